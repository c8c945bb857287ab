"""Every control of player and quiz, by a real key or click, inside every host that ships it: a saved page, an output
in a bare page, the site, slides, Voilà and JupyterLab. A sandboxed frame may forbid what a page of its own may do."""

import functools
import re
import shutil
import subprocess
import sys

import cells as site_cells
import nbformat
import pytest
from browser import PLAYER
from build import HERE, LECTURE, _lecture  # the site's own parts
from labserver import KERNEL, Lab
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from shell import Page
from shell import text as site_page

from nnteach.course import quizzes
from nnteach.player.python.page import document

GRAPH = """import nnteach as nt
W = nt.variable([[0.5, -1.0], [2.0, 0.25]], "W")
L = ((W @ nt.constant([1.0, -2.0], "v")).named("h") ** 2).sum().named("L")
x, y = nt.variables(x=-2, y=5)
"""
SOURCES = {
    "player": GRAPH + "nt.step(L)",
    "numbers": GRAPH + 'nt.step((x + y).named("q"), predict="all")',
    "signs": GRAPH + 'nt.step((x + y).named("q"), predict="sign")',
    "order": GRAPH + 'nt.step(((x + y).named("q") * x).named("f"), predict="order")',
    "quiz": GRAPH + 'nt.quiz("2 + 2 = ?", ("4", True, "Two pairs."), ("5", False, "Count again."))',
}
HOSTS = ("page", "output", "site", "slides", "voila", "lab")


@functools.cache
def products():
    """What the cells show, made here."""
    made = {}
    for name, source in SOURCES.items():
        *lines, last = source.splitlines()
        names = {}
        exec("\n".join(lines), names)
        made[name] = eval(last, names)
    return made


def notebook(run=True):
    cells = []
    for number, (name, source) in enumerate(SOURCES.items(), 1):
        shown = {"text/html": products()[name]._repr_html_(), "text/plain": name}
        outputs = [nbformat.v4.new_output("execute_result", shown, execution_count=number)] if run else []
        cells.append(new_code_cell(source, outputs=outputs, execution_count=number if run else None))
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


class Host:
    """Where the products are shown: `frame(name)` is where one of them is looked for."""

    def __init__(self, page, frames=None, pages=None):
        self.page, self.frames, self.pages, self.now = page, frames, pages, None

    def frame(self, name):
        if self.pages:
            if self.now != name:
                self.page.goto(self.pages[name])
            self.now = name
            return self.page
        kind, place = (".nnteach-quiz", 0) if name == "quiz" else (".nnteach-output", list(SOURCES).index(name))
        box = self.page.locator(f"{self.frames} {kind}").nth(place)
        box.scroll_into_view_if_needed()
        return box.locator("iframe").content_frame


def page_host(chromium, folder, request):
    for name, one in products().items():
        source = quizzes.document(one) if name == "quiz" else document(one.data)
        (folder / f"{name}.html").write_text(source, encoding="utf-8")
    return Host(chromium.new_page(), pages={name: (folder / f"{name}.html").as_uri() for name in SOURCES})


def file_host(chromium, path, frames="body"):
    page = chromium.new_page(viewport={"width": 1300, "height": 1000}, accept_downloads=True)
    page.route(lambda address: address.startswith("http"), lambda route: route.abort())
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    return Host(page, frames)


def output_host(chromium, folder, request):
    body = "".join(one._repr_html_() for one in products().values())
    (folder / "n.html").write_text(f"<!doctype html><html lang='en'><title>n</title><body>{body}", encoding="utf-8")
    return file_host(chromium, folder / "n.html")


def site_host(chromium, folder, request):
    (folder / "lessons").mkdir()
    body = site_cells.to_html(notebook()["cells"]) + LECTURE
    (folder / "lessons" / "n.html").write_text(site_page(Page("lessons/n.html", "n", body)), encoding="utf-8")
    for name in ("site.js", "site.css"):
        shutil.copy(HERE / name, folder / name)
    (folder / "lecture.js").write_text(_lecture(), encoding="utf-8")
    return file_host(chromium, folder / "lessons" / "n.html", "main")


def slides_host(chromium, folder, request):
    nbformat.write(notebook(), folder / "n.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "slides", str(folder / "n.ipynb")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return file_host(chromium, folder / "n.slides.html", ".slides")


def voila_host(chromium, folder, request):
    pytest.importorskip("voila")
    from test_voila import served

    nbformat.write(notebook(run=False), folder / "page.ipynb")
    server = served(folder)
    address = next(server)
    request.addfinalizer(lambda: next(server, None))
    context = chromium.new_context(viewport={"width": 1300, "height": 1000}, accept_downloads=True)
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(address) else route.abort())
    page = context.new_page()
    page.goto(address, wait_until="domcontentloaded")
    page.locator(".nnteach-quiz iframe").wait_for(timeout=120_000)
    return Host(page, "body")


def lab_host(chromium, folder, request):
    lab = Lab(request.getfixturevalue("lab_server"), chromium)
    request.addfinalizer(lab.close)
    path = lab.server.folder / "controls.ipynb"
    nbformat.write(notebook(run=False), path)
    page = lab.open(path)
    lab.run_all(page)
    return Host(page, ".jp-Notebook")


SERVED = {"voila": [pytest.mark.lab, pytest.mark.slow], "lab": [pytest.mark.lab, pytest.mark.slow]}


@pytest.fixture(scope="module", params=[pytest.param(name, marks=SERVED.get(name, [])) for name in HOSTS])
def host(request, chromium, tmp_path_factory):
    return globals()[f"{request.param}_host"](chromium, tmp_path_factory.mktemp(request.param), request)


class Shown:
    """A player at its first step, with nothing open."""

    def __init__(self, host, name="player"):
        self.page, self.frame = host.page, host.frame(name)
        self.root = self.frame.locator(PLAYER)
        self.root.wait_for()
        self.root.focus()
        if self.root.get_attribute("data-projector") is not None:
            self.key("f")
        for _ in range(3):
            self.key("Escape")
        wanted = name != "player"
        if (self.button("predict").get_attribute("aria-pressed") == "true") != wanted:
            self.key("p")
        if self.root.get_attribute("data-grain") == "node":
            self.key("g")
        for key in ("2", "Home"):
            self.key(key)
        self.has(step=0, view="picture")

    def key(self, key):
        self.page.keyboard.press(key)

    def button(self, action):
        return self.frame.locator(f".nn-toolbar [data-action={action}]")

    def has(self, **attributes):
        for name, value in attributes.items():
            if value is None:
                expect(self.root).not_to_have_attribute(f"data-{name}", re.compile(""))
            else:
                expect(self.root).to_have_attribute(f"data-{name}", str(value))


def stepped(player, by):
    """What moves between steps, from the third one."""
    for _ in range(2):
        player.key("ArrowRight")
    player.has(step=2)
    by()


def first(player, by):
    stepped(player, by)
    player.has(step=0)


def previous(player, by):
    stepped(player, by)
    player.has(step=1)


def next_(player, by):
    stepped(player, by)
    player.has(step=3)


def last(player, by):
    by()
    player.has(phase="done", step=player.root.get_attribute("data-steps"))


def next_phase(player, by):
    by()
    by()
    player.has(phase="backward")


def previous_phase(player, by):
    player.key("End")
    by()
    player.has(phase="backward")


def play(player, by):
    by()
    player.has(step=2)  # after a second or two
    by()
    expect(player.button("play")).to_have_attribute("aria-label", "Play")


def predict(player, by):
    by()
    player.key("ArrowRight")
    player.has(asking="value", step=0)
    player.key("Escape")
    by()
    player.has(asking=None)


def grain(player, by):
    by()
    player.has(grain="node")
    by()
    player.has(grain="edge")


def view(name, player, by):
    by()
    player.has(view=name)
    by()
    player.has(view="picture")


def level(name, player, by):
    by()
    player.has(level=name)


def theme(player, by):
    """Light, dark, and again that of the page around."""
    around = player.root.get_attribute("data-theme")
    for chosen, said in (("light", "light"), ("dark", "dark"), (around, "automatic")):
        by()
        player.has(theme=chosen)
        expect(player.button("theme")).to_have_attribute("aria-label", f"Light or dark: {said}")


def fullscreen(player, by):
    by()
    player.has(projector="")
    player.key("f")
    player.has(projector=None)
    player.page.wait_for_function("() => !document.fullscreenElement")


def blank(player, by):
    by()
    player.has(blank="")
    player.frame.locator(".nn-blank").click()
    player.has(blank=None)


def close(player, by):
    player.key("t")
    by()
    player.has(view="picture")


def cell(player, by):
    player.key("End")
    by()
    expect(player.root).to_have_attribute("data-cell", re.compile("L"))
    player.key("Escape")
    player.has(cell=None)


WHAT = {
    "first": first, "previous": previous, "next": next_, "last": last, "play": play, "predict": predict, "grain": grain,
    "help": functools.partial(view, "help"), "table": functools.partial(view, "table"), "theme": theme,
    "fullscreen": fullscreen, "nextPhase": next_phase, "previousPhase": previous_phase, "blank": blank, "close": close,
    "cellAfter": cell, "cellBefore": cell,
    **{name: functools.partial(level, name) for name in ("scalar", "vector", "neuron", "layer")},
}
TOOLBAR = ("first", "previous", "play", "next", "last", "predict", "grain", "help", "table", "theme", "fullscreen",
           "scalar", "vector", "neuron")
KEYS = {"ArrowRight": "next", "PageDown": "next", "ArrowLeft": "previous", "PageUp": "previous", "Home": "first",
        "End": "last", "Space": "play", "Shift+ArrowRight": "nextPhase", "Shift+ArrowLeft": "previousPhase",
        "t": "table", "f": "fullscreen", ".": "blank", "b": "blank", "p": "predict", "g": "grain", "c": "cellAfter",
        "Shift+C": "cellBefore", "?": "help", "Escape": "close", "1": "scalar", "2": "vector",
        "3": "neuron"}


@pytest.mark.parametrize("action", TOOLBAR)
def test_every_button_of_the_toolbar(host, action):
    player = Shown(host)
    WHAT[action](player, lambda: player.button(action).click())


@pytest.mark.parametrize("key", KEYS)
def test_every_key(host, key):
    player = Shown(host)
    WHAT[KEYS[key]](player, lambda: player.key(key))


def test_slider_nodes_and_numbers(host):
    player = Shown(host)
    slider = player.frame.locator(".nn-track input")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    player.has(phase="done")
    player.frame.locator("[data-node=h] .box").first.click()
    player.has(step=1)
    player.frame.locator("[data-node=h]").focus()
    player.key("Enter")
    expect(player.root).not_to_have_attribute("data-step", "1")
    player.key("End")
    for row in range(2):
        player.frame.locator("[data-node=W] .gradient > tspan").nth(row).click(position={"x": 6, "y": 8})
        player.has(cell=f"∂L/∂W[{row},0]")
    player.frame.locator(".nn-cell [data-action=cellAfter]").click()
    player.has(cell="∂L/∂W[1,1]")
    player.frame.locator(".nn-cell [data-action=cellBefore]").click()
    player.has(cell="∂L/∂W[1,0]")
    player.frame.locator(".nn-cell [data-action=closeCell]").click()
    player.has(cell=None)


def test_the_table_and_the_help(host):
    player = Shown(host)
    player.key("t")
    player.frame.locator("[data-goto='2']").click()
    player.has(step=2)
    player.key("?")
    player.frame.locator(".nn-help [data-speed='2']").click()
    expect(player.frame.locator(".nn-help [data-speed='2']")).to_have_attribute("aria-pressed", "true")
    player.frame.locator(".nn-help [data-speed='1']").click()
    with host.page.expect_download() as download:
        player.frame.locator(".nn-help [data-action=download]").click()
    assert download.value.suggested_filename == "predictions.json"
    for action in ("next", "last", "first"):
        player.frame.locator(f".nn-help [data-action={action}]").click()
    player.has(step=0, view="help")
    player.frame.locator(".nn-help [data-action=close]").click()
    player.has(view="picture")


@pytest.mark.parametrize("how", ["Enter", "click"])
@pytest.mark.parametrize("typed, said, step", [
    ("3", "✓ Right: 3.", 1), ("3,0", "✓ Right: 3.", 1), ("77", "✗ Not 77.", 0), ("xy", "is none", 0),
    ("", "is none", 0)])
def test_a_prediction_is_typed(host, how, typed, said, step):
    player = Shown(host, "numbers")
    player.key("ArrowRight")
    player.has(asking="value")
    player.page.keyboard.type(typed)
    if how == "Enter":
        player.key("Enter")
    else:
        player.frame.locator("[data-action=answer]").click()
    expect(player.frame.locator(".nn-feedback")).to_contain_text(said)
    player.has(step=step)


def test_show_me_signs_and_choices(host):
    player = Shown(host, "numbers")
    player.key("ArrowRight")
    player.frame.locator(".nn-question [data-action=next]").click()
    player.has(step=1)
    player = Shown(host, "numbers")
    player.key("ArrowRight")
    player.frame.locator("[data-how=sign][data-guess='1']").click()
    player.has(step=1)
    player = Shown(host, "numbers")
    player.key("f")
    player.key("ArrowRight")
    player.frame.locator("[data-how=number]", has_text="3").first.click()
    player.has(step=1)
    player.key("f")
    player = Shown(host, "signs")
    player.key("ArrowRight")
    player.frame.locator("[data-how=sign][data-guess='1']").click()
    player.has(step=1)
    player = Shown(host, "order")
    player.key("ArrowRight")
    player.frame.locator("[data-node=q] .box").first.click()
    player.has(step=1)
    player.key("ArrowRight")
    player.frame.locator("[data-how=node]", has_text="f").click()
    player.has(step=2)


@pytest.mark.parametrize("how", ["Enter", "click"])
def test_a_quiz_is_answered(host, how):
    frame = host.frame("quiz")
    for option, said in ((1, "✗ Not this one."), (0, "✓ Right.")):
        frame.locator("label").nth(option).click()
        if how == "Enter":
            host.page.keyboard.press("Enter")
        else:
            frame.locator("button").click()
        expect(frame.locator("[role=status]").first).to_contain_text(said)


# ----------------------------------------------------------------------------------------------- and no other control

CONTROLS = """() => [...document.querySelectorAll("button, a, input, select, textarea, summary")].map((each) =>
    each.dataset.action ?? (each.dataset.how && `guess a ${each.dataset.how}`) ?? (each.dataset.goto && "goto")
        ?? (each.dataset.speed && "speed") ?? ("answer" in each.dataset ? "field" : each.type ?? each.tagName))"""
TRIED = {*TOOLBAR, *WHAT, "closeCell", "download", "answer", "field", "range", "goto", "speed", "guess a number",
         "guess a sign", "guess a node"}
TRIED_ELSEWHERE = {"nextIteration", "previousIteration", "fold"}  # in test_training_run.py and test_levels.py
HELP_KEYS = {"→": "ArrowRight", "←": "ArrowLeft", "Shift →": "Shift+ArrowRight", "Shift ←": "Shift+ArrowLeft",
             "Esc": "Escape", "Shift c": "Shift+C"}


def test_every_control_and_key_of_the_document_is_tried_above(chromium, tmp_path):
    host = page_host(chromium, tmp_path, None)
    found, keys = set(), set()
    for name, states in {"player": ("", "t", "?", "c"), "numbers": ("ArrowRight",), "signs": ("ArrowRight",),
                         "order": ("ArrowRight",)}.items():
        for key in states:
            player = Shown(host, name)
            if key == "c":
                player.key("End")
            if key:
                player.key(key)
            found |= set(host.page.evaluate(CONTROLS))
            keys |= set(player.frame.locator("kbd").all_inner_texts())
    assert found - TRIED - TRIED_ELSEWHERE == set()
    assert {HELP_KEYS.get(key, key) for key in keys} <= set(KEYS)
