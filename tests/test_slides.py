"""What all lessons share: the cell for Colab, and slides whose players step."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import finish
import pytest
from browser import PLAYER

from nnteach.course import lab

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "02_x_plus_y_times_z.ipynb"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def without_install(notebook):
    """A lesson as its author leaves it: without the cell, the numbers of its runs from 1."""
    cells = [cell for cell in notebook["cells"] if cell["id"] != "install"]
    if len(cells) == len(notebook["cells"]):
        return notebook
    return {**notebook, "cells": [finish._renumbered(cell, numbers) for numbers in [iter(range(1, len(cells)))]
                                  for cell in cells]}


@pytest.fixture(scope="module")
def finished():
    return finish.finished(without_install(read(LESSON)))


def test_doing_it_twice_changes_nothing(finished):
    assert finish.finished(finished) == finished


def test_the_cell_comes_after_the_title_and_the_runs_are_numbered_through(finished):
    cells = finished["cells"]
    assert cells[0]["cell_type"] == "markdown" and cells[1]["id"] == "install"
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        assert {output["execution_count"] for output in cell["outputs"] if "execution_count" in output} <= {
            cell["execution_count"]}


def test_nothing_else_of_the_lesson_changes(finished):
    before = without_install(read(LESSON))["cells"]
    after = [cell for cell in finished["cells"] if cell["id"] != "install"]
    assert [(cell["id"], cell["source"]) for cell in after] == [(cell["id"], cell["source"]) for cell in before]
    data = [[output.get("data") for output in cell.get("outputs", ())] for cell in before]
    assert [[output.get("data") for output in cell.get("outputs", ())] for cell in after] == data


def test_a_notebook_that_was_never_run_stays_so():
    title = {"id": "title", "cell_type": "markdown", "metadata": {}, "source": ["# T"]}
    code = {"id": "one", "cell_type": "code", "metadata": {}, "source": ["1"], "outputs": [], "execution_count": None}
    cells = [title, code]
    made = finish.with_install(cells)
    assert all(cell.get("execution_count") is None for cell in made) and len(made) == 3


def test_elsewhere_the_cell_does_nothing_and_prints_nothing():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    result = shell.run_cell(finish.INSTALL)
    InteractiveShell.clear_instance()
    assert result.success and result.result is None


def test_a_slide_begins_at_a_heading_and_code_stays_with_its_prose(finished):
    for cell in finished["cells"]:
        kind = cell["metadata"]["slideshow"]["slide_type"]
        heading = re.match(r"##? ", "".join(cell["source"])) and cell["cell_type"] == "markdown"
        assert kind == ("skip" if cell["id"] == "install" else "slide" if heading
                        else "subslide" if cell["cell_type"] == "markdown" else "-")


def test_the_command_names_what_lacks_it_and_then_has_nothing_to_do(tmp_path, capsys):
    path = tmp_path / "lesson.ipynb"
    path.write_text(finish.to_text(without_install(read(LESSON))), encoding="utf-8")
    assert finish.main(["--check", str(path)]) == 1 and capsys.readouterr().out == "lesson.ipynb\n"
    assert finish.main([str(path)]) == 0 and finish.main(["--check", str(path)]) == 0


# ---------------------------------------------------------------------------------------------- slides in a browser

LESSONS = ("01_derivative_and_descent", "02_x_plus_y_times_z", "07_sigmoid_net", "22_optimizers")
SIZES = ((1920, 1080), (1024, 768))
REVEAL = "https://unpkg.com/reveal.js@4.0.2/"
CDN = "https://cdnjs.cloudflare.com/ajax/libs/"
LIBRARIES = {REVEAL: "reveal.js", f"{CDN}require.js/2.1.10/require.min.js": "requirejs",
             f"{CDN}jquery/2.0.3/jquery.min.js": "jquery"}
PACKAGES = ("reveal.js@4.0.2", "requirejs@2.1.10", "jquery@2.1.0")
FILES = {"requirejs": "require.js", "jquery": "dist/jquery.min.js"}
READY = f"""() => new Promise((done) => require(["{REVEAL}dist/reveal.js"], (Reveal) => {{
    window.Reveal = Reveal;
    const ready = () => {{ Reveal.configure({{ transition: "none" }}); done(Reveal.getTotalSlides()); }};
    Reveal.isReady() ? ready() : Reveal.on("ready", ready);
}}))"""
# Until a player comes, its picture stands there: what is measured or looked for is the player.
PLAYERS = """() => [...document.querySelectorAll(".nnteach-output")].every((each) => each.querySelector("iframe"))"""
# What of the slide in sight is wrong: things that reach over its sides, code that is cut off, players not wholly
# in sight even when scrolled to, and the smallest letters as a part of the wall's height.
MEASURE = """() => {
    const slide = Reveal.getCurrentSlide(), over = [], seen = (each) => each.getBoundingClientRect().width > 0;
    for (const each of [...slide.querySelectorAll("p, pre, li, table, img, iframe")].filter(seen)) {
        const box = each.getBoundingClientRect();
        if (box.left < -1 || box.right > innerWidth + 1) over.push(`${each.tagName} is cut off at a side`);
        if (each.tagName === "PRE" && each.scrollWidth > each.clientWidth + 1) over.push("code: " + each.textContent);
        if (each.tagName !== "IFRAME") continue;
        each.scrollIntoView({ block: "end" });
        const { top, bottom } = each.getBoundingClientRect();
        if (top < -1 || bottom > innerHeight + 1) over.push(`player from ${top} to ${bottom}`);
    }
    const letters = [...slide.querySelectorAll("p, li, pre")].filter(seen).map((each) =>
        parseFloat(getComputedStyle(each).fontSize) * Reveal.getScale() / innerHeight);
    return { over, letters: Math.min(1, ...letters) };
}"""


def slides(notebook: Path, folder: Path, env=None, *options: str) -> Path:
    """`jupyter nbconvert --to slides`, as a lecturer types it; `env` is that of a terminal."""
    command = [sys.executable, "-m", "nbconvert", "--to", "slides", "--output-dir", str(folder), *options, notebook]
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=env)
    return folder / f"{notebook.stem}.slides.html"


@pytest.fixture(scope="module")
def libraries(request):
    """The folder with reveal.js and what its page needs besides, fetched once with npm."""
    folder = request.config.cache.mkdir("reveal")
    if not (folder / "node_modules" / "jquery").is_dir():
        npm = shutil.which("npm") or pytest.skip("npm is not on PATH")
        try:
            subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", folder, *PACKAGES],
                           capture_output=True, text=True, timeout=180, check=True)
        except subprocess.SubprocessError as failure:
            pytest.skip(f"reveal.js could not be fetched: {failure.stderr}")
    return folder / "node_modules"


@pytest.fixture
def projected(chromium, libraries, tmp_path):
    """`projected(path, width, height)`: the slides of a file under the real reveal.js, from the files of npm."""
    def answer(route):
        address = route.request.url
        start = next((each for each in LIBRARIES if address.startswith(each)), None)
        name = LIBRARIES.get(start)
        path = name and libraries / name / (FILES.get(name) or address.removeprefix(start))
        route.fulfill(path=path) if path and path.is_file() else route.abort()

    def open_slides(path, width, height):
        page = chromium.new_page(viewport={"width": width, "height": height})
        opened.append(page)
        page.route(lambda address: address.startswith("http"), answer)
        page.goto(path.as_uri())
        page.locator(".reveal").wait_for()
        count = page.evaluate(READY)
        page.wait_for_function(PLAYERS)
        return page, count

    opened = []
    yield open_slides
    for page in opened:
        page.close()


def test_players_step_in_slides_even_when_reveal_js_cannot_be_fetched(chromium, finished, tmp_path):
    """nbconvert takes reveal.js from elsewhere; without a network the slides stand below each other and still step."""
    (tmp_path / "lesson.ipynb").write_text(finish.to_text(finished), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1024, "height": 768})
    page.route(lambda address: address.startswith("http"), lambda route: route.abort())
    page.goto(slides(tmp_path / "lesson.ipynb", tmp_path).as_uri())
    headings = sum(cell["metadata"]["slideshow"]["slide_type"] == "slide" for cell in finished["cells"])
    assert page.locator(".slides > section").count() == headings
    player = page.locator(".slides section section iframe").first.content_frame.locator(PLAYER)
    player.focus()
    page.keyboard.press("ArrowRight")
    assert player.get_attribute("data-step") == "1"
    page.close()


OFFLINE = re.findall(r"^(?:npm|jupyter) .+$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
"""The README's two commands for a room without a network."""
SET = """() => document.querySelector(".MathJax_CHTML, .mjx-chtml") &&
    !document.querySelector(".MathJax_Preview:not(:empty)")"""


@pytest.fixture(scope="module")
def beside(request):
    """The folder that the README's `npm install` makes, fetched once."""
    folder = request.config.cache.mkdir("slides")
    if not (folder / "node_modules" / "mathjax" / "MathJax.js").is_file():
        npm = shutil.which("npm") or pytest.skip("npm is not on PATH")
        try:
            subprocess.run([npm, *OFFLINE[0].split()[1:]], cwd=folder, capture_output=True, text=True, timeout=180,
                           check=True)
        except subprocess.SubprocessError as failure:
            pytest.skip(f"reveal.js and MathJax could not be fetched: {failure.stderr}")
    return folder / "node_modules"


@pytest.fixture
def offline(chromium):
    """A page with the network off, and the list of all that it asks for that is no file of this machine."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    context.set_offline(True)
    page, asked, errors = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))] == []
    assert errors == []


@pytest.fixture
def in_the_course(tmp_path, beside):
    """Where a terminal of `nnteach lab` stands: a copy of the lessons, and there what npm has put."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks", ignore=shutil.ignore_patterns("results"))
    (tmp_path / "node_modules").symlink_to(beside)
    return tmp_path


def test_the_slides_of_the_readme_turn_and_step_without_a_network(offline, in_the_course, monkeypatch):
    """The README's commands, word for word; then → from slide to slide, and in a player from step to step."""
    npm, jupyter = OFFLINE
    assert npm.startswith("npm install ") and jupyter.startswith("jupyter nbconvert --to slides ")
    monkeypatch.setenv("PATH", os.defpath)  # nobody has activated the environment
    subprocess.run(jupyter, shell=True, check=True, capture_output=True, timeout=120, cwd=in_the_course,
                   env=lab.environment())
    made, = in_the_course.glob("*.slides.html")
    offline.goto(made.as_uri())
    offline.wait_for_function("() => window.Reveal?.isReady()")
    offline.wait_for_function(SET)
    offline.evaluate('() => Reveal.configure({ transition: "none" })')
    headings = offline.locator(".slides > section").count()
    assert headings > 5
    for number in range(headings):
        assert offline.evaluate("() => Reveal.getIndices().h") == number
        offline.keyboard.press("ArrowRight")
    assert offline.evaluate("() => Reveal.getIndices().h") == headings - 1
    offline.keyboard.press("Home")
    frame = offline.locator(".slides section.present section.present iframe")
    for _ in range(offline.evaluate("() => Reveal.getTotalSlides()")):
        if frame.count():
            break
        offline.keyboard.press("Space")
    where, player = "() => JSON.stringify(Reveal.getIndices())", frame.content_frame.locator(PLAYER)
    before = offline.evaluate(where)
    player.focus()
    for key, step in (("ArrowRight", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1"), ("End", "7")):
        offline.keyboard.press(key)
        assert player.get_attribute("data-step") == step and offline.evaluate(where) == before
    offline.keyboard.press("PageDown")  # a clicker that finds no more steps goes on to the next slide
    offline.wait_for_function(f"before => ({where})() !== before", arg=before)


def test_without_mathjax_beside_them_slides_still_turn(offline, in_the_course, beside):
    (in_the_course / "node_modules").unlink()
    (in_the_course / "libraries").mkdir()
    (in_the_course / "libraries" / "reveal.js").symlink_to(beside / "reveal.js")
    prefix = "--SlidesExporter.reveal_url_prefix=libraries/reveal.js"
    offline.goto(slides(LESSON, in_the_course, lab.environment(), prefix).as_uri())
    offline.wait_for_function("() => window.Reveal?.isReady()")
    offline.keyboard.press("ArrowRight")
    assert offline.evaluate("() => Reveal.getIndices().h") == 1


@pytest.mark.slow
@pytest.mark.parametrize("env", [None, lab.environment()], ids=["plain", "from nnteach lab"])
def test_in_a_slide_keys_and_buttons_step_the_player_and_reveal_js_keeps_its_own(projected, tmp_path, env):
    page, count = projected(slides(LESSON, tmp_path, env), 1024, 768)
    where = "() => JSON.stringify(Reveal.getIndices())"
    frame = page.locator(".slides section.present section.present iframe")
    for _ in range(count):
        if frame.count():
            break
        page.keyboard.press("Space")
    before, player = page.evaluate(where), frame.content_frame.locator(PLAYER)
    player.focus()
    for key, step in (("ArrowRight", "1"), ("PageDown", "2"), ("ArrowLeft", "1"), ("End", "7"), ("Home", "0")):
        page.keyboard.press(key)
        assert player.get_attribute("data-step") == step and page.evaluate(where) == before
    frame.content_frame.get_by_role("button", name="Step forth").click()
    assert player.get_attribute("data-step") == "1" and page.evaluate(where) == before
    page.locator(".slides section.present section.present p").first.click()
    page.keyboard.press("Space")
    assert page.evaluate(where) != before
    page.keyboard.press("Shift+Space")
    player.focus()
    page.keyboard.press("End")
    page.keyboard.press("PageDown")  # a clicker that finds no more steps goes on to the next slide
    page.wait_for_function(f"before => ({where})() !== before", arg=before)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_no_slide_is_cut_off_or_too_small_for_the_back_row(projected, tmp_path, lesson):
    """As `nnteach lab` sets Jupyter up, at the sizes of two projectors; letters are 1/40 of the wall or more."""
    path = slides(ROOT / "notebooks" / f"{lesson}.ipynb", tmp_path, lab.environment())
    for width, height in SIZES:
        page, count = projected(path, width, height)
        for number in range(count):
            found = page.evaluate(MEASURE)
            assert found["over"] == [] and found["letters"] >= 1 / 40, (lesson, width, number)
            page.evaluate("() => Reveal.next()")


@pytest.mark.lab
@pytest.mark.slow
def test_the_menu_of_jupyterlab_makes_the_same_slides(lab_server):
    address = f"{lab_server.address}nbconvert/slides/notebooks/{LESSON.name}?token={lab_server.token}"
    with urlopen(address, timeout=60) as answer:
        page = answer.read().decode()
    style = (lab.SHARED / "nbconvert" / "templates" / "nnteach" / "static" / "lesson.css").read_text("utf-8")
    assert style.strip() in page and "innerWidth / innerHeight" in page
