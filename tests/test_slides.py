"""What all lessons share: the cell for Colab, and slides whose players step."""

import json
import re
import subprocess
import sys
from pathlib import Path

import finish
import pytest
from browser import PLAYER

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


@pytest.mark.browser
def test_players_step_in_slides_even_when_reveal_js_cannot_be_fetched(chromium, finished, tmp_path):
    """nbconvert takes reveal.js from elsewhere; without a network the slides stand below each other and still step."""
    (tmp_path / "lesson.ipynb").write_text(finish.to_text(finished), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "slides", "lesson.ipynb"], cwd=tmp_path, check=True,
                   capture_output=True, timeout=120)
    page = chromium.new_page(viewport={"width": 1024, "height": 768})
    page.route("http*://**", lambda route: route.abort())
    page.goto((tmp_path / "lesson.slides.html").as_uri())
    headings = sum(cell["metadata"]["slideshow"]["slide_type"] == "slide" for cell in finished["cells"])
    assert page.locator(".slides > section").count() == headings
    player = page.locator(".slides section section iframe").first.content_frame.locator(PLAYER)
    player.focus()
    page.keyboard.press("ArrowRight")
    assert player.get_attribute("data-step") == "1"
    page.close()
