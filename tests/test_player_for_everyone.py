"""The player for everyone: axe-core finds nothing, the keyboard does everything, and colour is never all there is."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from browser import PLAYER, browser_page  # noqa: F401  (a fixture)

import nnteach as nt
import nnteach.player
from nnteach.nn.optimizers import Adam
from nnteach.player.python.page import document, notebook_output

STYLE = Path(nnteach.player.__file__).with_name("player.css").read_text(encoding="utf-8")


def network():
    numbers = np.random.default_rng(0)
    net = nt.nn.MLP([2, 2, 1], "tanh", rng=numbers)
    return nt.nn.losses.mse(net.forward(numbers.normal(size=(2, 2))), numbers.normal(size=(2, 1))).named("L")


def expression():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return ((x + y).named("q") * z).named("f")


# ------------------------------------------------------------------------------------------------------ axe-core

# What is pressed, one key after the other, to get to a view.
VIEWS = {
    "start": "", "forward": "→ →", "backward": "End ←", "scalar": "1 End", "neuron": "3 End ←", "layers": "4 End ←",
    "by nodes": "g End ←", "cell": "→ → → → c", "table": "End t", "keys": "?", "question": "p →",
    "projector": "f End ←", "question on a projector": "f p →",
}  # fmt: skip
NAMES = {"→": "ArrowRight", "←": "ArrowLeft"}


@pytest.fixture
def check():
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def check(page):
        found = axe.run(page)
        assert found.violations_count == 0, found.generate_report()

    return check


def walk(shown, keys):
    for key in keys.split():
        shown.press(NAMES.get(key, key))
    shown.still()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_view(browser_page, check, theme):  # noqa: F811
    source = document(nt.step(network()).data)
    for keys in VIEWS.values():
        shown = browser_page(source, color_scheme=theme, reduced_motion="reduce")
        walk(shown, keys)
        check(shown.page)
        shown.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_a_training_run(browser_page, check, theme):  # noqa: F811
    w, b = nt.variables(w=-1.0, b=0.5)
    loss = ((w * nt.constant(2.0, "x") + b - nt.constant(3.0, "t")) ** 2).named("L")
    player = nt.step(loss, optimizer=Adam(0.1), iterations=3)
    shown = browser_page(document(player.data), color_scheme=theme, reduced_motion="reduce")
    for keys in ("", "i i", "End", "t", "t ?"):
        walk(shown, keys)
        check(shown.page)


@pytest.mark.parametrize("size", [(600, 800), (1024, 768)])
def test_axe_finds_nothing_in_a_small_window(browser_page, check, size):  # noqa: F811
    shown = browser_page(document(nt.step(network()).data), viewport=dict(zip(("width", "height"), size, strict=True)))
    walk(shown, "End ←")
    check(shown.page)


def test_axe_finds_nothing_in_the_picture_of_a_notebook(browser_page, check):  # noqa: F811
    output = notebook_output(nt.step(expression()).data)
    page = f"<!doctype html><html lang='en'><title>a</title><main><h1>a</h1>{output}</main></html>"
    check(browser_page(page, java_script_enabled=True).page)
    image = page.replace("<script>{", "<script type='text/plain'>{")
    check(browser_page(image).page)


# --------------------------------------------------------------------------------------------------- the keyboard

WALK = [  # key, what it changes, and to what
    ("ArrowRight", "data-step", "1"), ("PageDown", "data-step", "2"), ("ArrowLeft", "data-step", "1"),
    ("PageUp", "data-step", "0"), ("Shift+ArrowRight", "data-step", "1"), ("End", "data-phase", "done"),
    ("Shift+ArrowLeft", "data-pass", "backward"), ("Home", "data-phase", "start"), ("t", "data-view", "table"),
    ("t", "data-view", "picture"), ("?", "data-view", "help"), ("Escape", "data-view", "picture"),
    ("b", "data-blank", ""), (".", "data-blank", None), ("f", "data-projector", ""), ("f", "data-projector", None),
    ("g", "data-grain", "node"), ("g", "data-grain", "edge"), ("1", "data-level", "scalar"),
    ("3", "data-level", "neuron"), ("4", "data-level", "layer"), ("2", "data-level", "vector"),
    ("End", "data-phase", "done"), ("c", "data-cell", "pre1[0,0]"), ("Escape", "data-cell", None),
    ("Home", "data-step", "0"), ("p", "data-asking", None), ("ArrowRight", "data-asking", "value"),
    ("Escape", "data-asking", None),
]  # fmt: skip


def test_every_function_by_keyboard_alone(browser_page):  # noqa: F811
    shown = browser_page(document(nt.step(network()).data), reduced_motion="reduce")
    for key, attribute, expected in WALK:
        shown.press(key)
        if attribute == "data-cell" and expected:
            assert shown.page.locator(PLAYER).get_attribute(attribute)
        else:
            shown.page.wait_for_function(
                "([name, wanted]) => document.querySelector('[data-nnteach-player]').getAttribute(name) === wanted",
                arg=[attribute, expected])


def test_the_tab_key_comes_to_every_button_and_out_again(browser_page):  # noqa: F811
    shown = browser_page(document(nt.step(expression()).data))
    wanted = set(shown.page.locator(".nn-toolbar button").evaluate_all("all => all.map(one => one.dataset.action)"))
    seen = set()
    for _ in range(len(wanted) + 8):
        shown.press("Tab")
        here = shown.page.evaluate("""() => { const one = document.activeElement;
            return [one.dataset.action ?? "",
                    getComputedStyle(one).outlineStyle !== "none" || one.matches("[data-node], body")]; }""")
        seen.add(here[0])
        assert here[1], f"{here[0]} does not show that it has the focus"
    assert wanted <= seen


# ------------------------------------------------------------------------------------------------------- colours

TEXTS = ("--ink", "--quiet", "--forward", "--backward")
GROUNDS = ("--ground", "--panel", "--forward-tint", "--backward-tint")
DEFICIENCIES = {  # Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "greyscale": [[0.2126, 0.7152, 0.0722]] * 3,
}


def palettes():
    """The palettes of the style sheet, in order: light, dark (twice), and those of a projector."""
    blocks = re.findall(r"\{([^{}]*--ground: #[^{}]*)\}", STYLE)
    return [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def linear(colour):
    value = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The contrast ratio of WCAG 2.2."""
    low, high = sorted(0.05 + linear(colour) @ (0.2126, 0.7152, 0.0722) for colour in (one, other))
    return high / low


def lab(rgb):
    """CIE L*a*b* of linear RGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.cbrt(xyz / (0.9505, 1.0, 1.089))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_every_text_has_its_contrast():
    found = palettes()
    assert len(found) == 6
    for number, palette in enumerate(found):
        least = 4.5 if number < 3 else 7.0
        for text in TEXTS:
            for ground in GROUNDS:
                assert contrast(palette[text], palette[ground]) >= least, (number, text, ground)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_forward_backward_and_text_stay_apart(deficiency):
    """Values and gradients by colour too, except in grey: there place, caption and word tell them apart."""
    seen = np.array(DEFICIENCIES[deficiency])
    for palette in palettes():
        for one, other in combinations(("--ink", "--forward", "--backward"), 2):
            if deficiency != "greyscale" or "--ink" in (one, other):
                apart = np.linalg.norm(lab(seen @ linear(palette[one])) - lab(seen @ linear(palette[other])))
                assert apart >= 10, (deficiency, one, other, round(apart, 1))


@pytest.mark.parametrize("deficiency", ["protanopia", "deuteranopia", "tritanopia", "achromatopsia"])
def test_states_differ_in_more_than_colour(browser_page, deficiency):  # noqa: F811
    """To do is dashed, now is thick and has a tag, done is neither; the table has the words."""
    shown = browser_page(document(nt.step(expression()).data), reduced_motion="reduce")
    shown.page.context.new_cdp_session(shown.page).send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})
    shown.press("ArrowRight", 2)
    looks = shown.page.evaluate("""() => Object.fromEntries(['todo', 'now', 'done'].map((state) => {
        const node = document.querySelector(`[data-node][data-state=${state}]`); if (!node) return [state, null];
        const [box, tag] = ['.box', '.now-tag rect'].map((part) => getComputedStyle(node.querySelector(part)));
        return [state, [box.strokeDasharray, box.strokeWidth, tag.display].join()]; }))""")
    known = [look for look in looks.values() if look]
    assert len(set(known)) == len(known) >= 2
    shown.press("t")
    words = shown.page.locator(".nn-table tbody td:last-child").all_text_contents()
    assert {"now", "forward ✓"} <= {word.lower() for word in words}
    shown.press("End")
    assert "done ✓" in shown.page.locator(".nn-table tbody td:last-child").all_text_contents()


def test_a_sign_is_a_sign_and_not_a_colour():
    data = nt.step(expression()).data
    shown = [lines[0] for full, lines in data["texts"] if re.match(r"-\d", full) and float(full) < 0]
    assert shown and all(text.startswith("−") for text in shown)


PARTS = (".nn-toolbar", ".nn-stage", ".nn-panel", ".nn-formula", ".nn-say")
SEEN = """part => {
    const element = document.querySelector(part);
    element.scrollIntoView({ block: "nearest" });
    const { top, bottom, left, right, height } = element.getBoundingClientRect();
    return height > 15 && left >= -1 && right <= innerWidth + 1
        && Math.min(bottom, innerHeight) - Math.max(top, 0) >= Math.min(height, 0.6 * innerHeight) - 1;
}"""


@pytest.mark.parametrize("width, height", [(320, 256), (341, 192), (480, 270), (390, 420), (640, 360), (844, 390)])
@pytest.mark.parametrize("level", ["vector", "scalar"])
def test_at_400_percent_every_part_can_be_seen(browser_page, width, height, level):  # noqa: F811
    """WCAG 1.4.10: 1280 × 1024 at 400 % is 320 × 256, and nothing may be lost."""
    W, v = nt.variable([[0.5, -1.0], [2.0, 0.25]], "W"), nt.constant([1.0, -2.0], "v")
    source = document(nt.step(((W @ v).named("h") ** 2).sum().named("L"), level=level).data)
    shown = browser_page(source, viewport={"width": width, "height": height})
    shown.press("ArrowRight")
    assert [part for part in PARTS if not shown.page.evaluate(SEEN, part)] == []
    assert shown.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    shown.press("p")
    shown.press("ArrowRight")
    box = shown.page.locator("[data-answer]").bounding_box()
    assert 0 <= box["y"] and box["y"] + box["height"] <= height + 3  # where one is to type is in sight
