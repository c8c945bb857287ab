"""The player in Firefox, where half of the readers may be: what only another engine shows to be wrong.

    apt-get install firefox-esr && pip install "playwright==1.60.0" && pytest tests/test_firefox.py

All tests with a browser can be tried in it: NNTEACH_BROWSER=firefox pytest tests/test_cells.py
"""

import pytest
from browser import PLAYER, BrowserPage

import nnteach as nt
from nnteach.player.python.page import document, notebook_output


@pytest.fixture
def shown(firefox, tmp_path):
    """`shown(source)` shows a page in Firefox; at the end there must be no request and no message in the console."""
    opened = []

    def open_page(source, **context):
        opened.append(BrowserPage(firefox, tmp_path, **context))
        opened[-1].page.on("console", lambda message: opened[-1].errors.append(message.text))
        opened[-1].show(source)
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()
    assert [one.errors for one in opened if one.errors] == [], "a page reported errors"


def matrices():
    W, v = nt.variable([[0.5, -1.0], [2.0, 0.25], [1.5, 3.0]], "W"), nt.constant([1.0, -2.0], "v")
    return nt.step(((W @ v).named("h") ** 2).sum().named("L"), learning_rate=0.1).data


def numbers(predict="all"):
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return nt.step(((x + y).named("q") * z).named("f"), predict=predict).data


@pytest.mark.parametrize("which", ["value", "gradient"])
def test_a_click_on_a_number_of_every_row(shown, which):
    page = shown(document(matrices()))
    page.press("End")
    root = page.page.locator(PLAYER)
    if which == "value":
        page.press("Home")
        page.press("ArrowRight")
    node, rows = ("W", 3) if which == "gradient" else ("h", 3)
    for row in range(rows):
        lines = page.page.locator(f"[data-node={node}] .{which} > tspan")
        for column, x in [(0, 6), (1, None)][: 2 if node == "W" else 1]:
            width = lines.nth(row).bounding_box()["width"]
            lines.nth(row).click(position={"x": x or width - 6, "y": 8})
            wanted = f"∂L/∂W[{row},{column}]" if node == "W" else f"h[{row}]"
            assert root.get_attribute("data-cell") == wanted
        page.press("Escape")


@pytest.mark.parametrize("make", [document, lambda data: f"<!doctype html><title>n</title>{notebook_output(data)}"],
                         ids=["page", "output"])
def test_a_prediction_is_typed_and_other_keys_are_no_text(shown, make):
    page = shown(make(numbers())).page
    frame = page.frame_locator("iframe") if page.locator(".nnteach-output").count() else page
    root, field = frame.locator(PLAYER), frame.locator("[data-answer]")
    root.press("ArrowRight")
    page.keyboard.type("3x,")
    assert field.input_value() == "3,"
    page.keyboard.press("Escape")
    assert root.get_attribute("data-asking") is None
    root.press("ArrowRight")
    for typed in ("77", "3,0"):
        field.fill(typed)
        page.keyboard.press("Enter")
    assert frame.locator(".nn-feedback").inner_text() == "✓ Right: 3."
    assert root.get_attribute("data-step") == "1"


def test_matrices_do_not_break_within_a_formula(shown):
    page = shown(document(matrices()), viewport={"width": 1366, "height": 768})
    for _ in range(int(page.page.locator(PLAYER).get_attribute("data-steps"))):
        page.press("ArrowRight")
        page.painted()
        # As high as when no line may break in them; and no bracket touches a number.
        broken = page.page.evaluate("""() => [...document.querySelectorAll(".nn-panel math")].filter((math) => {
            const before = math.getBoundingClientRect().height;
            math.style.whiteSpace = "nowrap";
            const after = math.getBoundingClientRect().height, cell = math.querySelector("mtd");
            return Math.abs(before - after) > 1 || (cell && parseFloat(getComputedStyle(cell).paddingLeft) < 4);
        }).map((math) => math.textContent)""")
        assert broken == []


def test_keys_levels_and_views(shown):
    page = shown(document(matrices()))
    root = page.page.locator(PLAYER)
    for key, name, value in [("End", "data-phase", "done"), ("t", "data-view", "table"), ("t", "data-view", "picture"),
                             ("?", "data-view", "help"), ("Escape", "data-view", "picture"),
                             ("1", "data-level", "scalar"), ("2", "data-level", "vector"), ("b", "data-blank", ""),
                             ("b", "data-blank", None), ("Home", "data-step", "0")]:
        page.press(key)
        assert root.get_attribute(name) == value, key


def test_a_quiz(shown):
    from nnteach.course.quizzes import document as quiz_page

    page = shown(quiz_page(nt.quiz("2 + 2 = ?", ("4", True, "Two pairs."), ("5", False, "Count again.")))).page
    page.locator("label").nth(1).click()
    page.keyboard.press("Enter")
    assert page.locator("[role=status]").first.inner_text().startswith("✗ Not this one.")
    page.locator("label").first.click()
    page.locator("button").click()
    assert page.locator("[role=status]").first.inner_text().startswith("✓ Right.")
