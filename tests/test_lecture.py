"""Lecture mode in JupyterLab: one key from the notebook to the projector, idea by idea, and on into the next lesson."""

import re

import pytest
from browser import PLAYER

from nnteach import contents, course

pytestmark = [pytest.mark.lab, pytest.mark.slow]
FIRST, SECOND = "notebooks/01_derivative_and_descent.ipynb", "notebooks/02_x_plus_y_times_z.ipynb"
SHOWN = ".nnteach-lecture .jp-Cell:visible"


def place(page):
    """Which idea is shown, and of how many."""
    return tuple(map(int, page.locator(".nnteach-lecture-bar").get_by_role("status").text_content().split(" of ")))


# Whether the idea in sight has a player, as the notebook says: the player itself comes a little later.
HAS_PLAYER = """() => window.jupyterapp.shell.currentWidget.content.widgets.some(({node, model}) =>
    !node.classList.contains("nnteach-away") && /nnteach-output/.test(JSON.stringify(model.outputs?.toJSON())))"""


def to_the_player(page):
    """Turn the pages of a lecture that has begun until there is a player; its frame."""
    assert place(page)[0] == 1
    while not page.evaluate(HAS_PLAYER):
        page.get_by_role("button", name="On →").click()
    frame = page.locator(f"{SHOWN} iframe")
    frame.wait_for()
    return frame


def is_in_sight(page, locator):
    box, size = locator.bounding_box(), page.viewport_size
    return box["x"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]


def test_one_key_shows_one_idea_and_the_same_key_everything(lab):
    page = lab.open(SECOND)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.keyboard.press("F2")
    assert place(page)[0] == 1 and page.locator(SHOWN).count() == 1
    assert page.locator(SHOWN).first.bounding_box()["width"] > 0.9 * page.viewport_size["width"]
    page.keyboard.press("PageDown")
    assert place(page)[0] == 2 and not page.get_by_role("heading", level=1).first.is_visible()
    page.keyboard.press("PageUp")
    assert place(page)[0] == 1 and page.get_by_role("heading", level=1).first.is_visible()
    page.keyboard.press("F2")
    assert page.locator(".nnteach-lecture, .nnteach-lecture-bar, .nnteach-away").count() == 0


@pytest.mark.parametrize("width, height", [(1920, 1080), (1024, 768)])
def test_the_player_is_wholly_in_sight_and_steps(lab, width, height):
    page = lab.open(SECOND)
    page.set_viewport_size({"width": width, "height": height})
    page.get_by_role("button", name="Lecture (F2)").click()
    frame = to_the_player(page)
    player = frame.content_frame.locator(PLAYER)
    before = place(page)
    player.focus()
    page.keyboard.press("ArrowRight")
    assert player.get_attribute("data-step") == "1" and place(page) == before
    assert is_in_sight(page, frame)


def test_a_clicker_steps_the_player_and_then_turns_the_page(lab):
    page = lab.open(SECOND)
    page.keyboard.press("F2")
    player, (before, last) = to_the_player(page).content_frame.locator(PLAYER), place(page)
    player.focus()
    for _ in range(int(player.get_attribute("data-steps"))):
        page.keyboard.press("PageDown")
    assert place(page) == (before, last)
    page.keyboard.press("PageDown")
    there = page.locator(".nnteach-lecture-bar").get_by_role("status")
    there.filter(has_text=f"{before + 1} of {last}").wait_for()
    page.get_by_role("button", name="← Back").click()
    player.focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    there.filter(has_text=f"{before - 1} of {last}").wait_for()
    page.keyboard.press("PageDown")
    player.focus()
    page.keyboard.press("F2")
    there.wait_for(state="detached")


def test_a_cell_runs_and_what_it_gives_stays_in_sight(lab):
    path = lab.write("lecture.ipynb", "a = 6", "a * 7", "a * 8")
    page = lab.open(path)
    page.keyboard.press("F2")
    for _ in range(3):
        page.keyboard.press("Shift+Enter")
    for given in ("42", "48"):
        page.locator(f"{SHOWN} .jp-OutputArea-output", has_text=given).wait_for()
    assert place(page) == (1, 1) and page.locator(f"{SHOWN} .jp-OutputArea-output").all_text_contents() == ["42", "48"]


def test_after_the_last_idea_comes_the_next_lesson_of_the_course(lab):
    page = lab.open(FIRST)
    page.keyboard.press("F2")
    for _ in range(place(page)[1]):
        assert "google.colab" not in " ".join(page.locator(SHOWN).all_text_contents())  # nobody needs to see it
        page.keyboard.press("PageDown")
    page.locator(f"{SHOWN} h1", has_text="Three numbers").wait_for()
    assert place(page)[0] == 1
    page.keyboard.press("F2")
    page.locator(".jp-NotebookPanel:visible h1", has_text="Three numbers").wait_for()


def test_the_end_of_a_notebook_that_is_no_lesson_stays(lab):
    page = lab.open(lab.write("alone.ipynb", "a = 6"))
    page.keyboard.press("F2")
    page.keyboard.press("PageDown")
    page.wait_for_timeout(1000)  # nothing shall come
    assert place(page) == (1, 1) and page.locator(".nnteach-lecture", has_text="a = 6").is_visible()


def test_the_key_that_ends_it_leaves_full_screen(lab):
    page = lab.open(SECOND)
    page.keyboard.press("F2")
    page.wait_for_function("document.fullscreenElement")
    page.keyboard.press("F2")
    page.wait_for_function("!document.fullscreenElement")


def test_who_ends_it_with_the_mouse_begins_it_again_with_the_key(lab):
    page = lab.open(SECOND)
    page.keyboard.press("F2")
    page.wait_for_function("document.fullscreenElement")
    page.get_by_role("button", name="End (F2)").click()
    page.wait_for_function("!document.fullscreenElement")
    page.evaluate("() => new Promise(requestAnimationFrame)")  # a lecture begun before its event would end with it
    page.keyboard.press("F2")
    assert place(page)[0] == 1


def test_every_lesson_is_on_the_course_page_as_the_lecture_reads_it():
    names = [name for name in course.shipped() if name.startswith("notebooks/") and name.endswith(".ipynb")]
    listed = re.findall(r"(?m)^- .*?\]\((notebooks/[^)#]+\.ipynb)\)", contents.page(course.shipped()))
    assert sorted(listed) == sorted(names)
