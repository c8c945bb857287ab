"""Lecture mode in JupyterLab: one key from the notebook to the projector, idea by idea, and on into the next lesson."""

import json
import re
import string

import nbformat
import pytest
from browser import PLAYER
from labserver import KERNEL
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from nnteach.course import contents, copying

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


# ------------------------------------------------------------------------------------------ nothing can break it

CELLS = "() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.model.toJSON().cells)"
BLACK = ".nnteach-lecture-blank"
MODIFIED = ["Control+b", "Control+z", "Control+m", "Control+Shift+-", "Alt+ArrowDown", "Control+Shift+ArrowDown",
            "Control+Shift+d", "Control+Shift+c"]
OTHERS = ["Enter", "Escape", "Delete", "Backspace", "ArrowUp", "ArrowDown", "Home", "End", "Tab", "Shift+ArrowDown",
          "Shift+ArrowUp", "F1", "F4"]
PROSE = "# Title\n\nSome prose with a [link](https://example.org)."
# A frame that nnteach did not make: by a click it says what a player says.
FOREIGN = """from IPython.display import HTML, display
said = "parent.postMessage(JSON.stringify({method: &quot;next&quot;}), &quot;*&quot;)"
display(HTML(f"<iframe class=foreign srcdoc=\\"<button onclick='{said}'>say</button>\\"></iframe>"))"""
WIDGETS = """import ipywidgets
ipywidgets.VBox([ipywidgets.Text(), ipywidgets.IntSlider(), ipywidgets.Button(description="press"),
                 ipywidgets.Dropdown(options=["a", "b"])])"""


def notebook(lab, name, *pages):
    """A notebook with a page of prose and code for every source, and the page on which a lecture begins."""
    cells = [cell for k, source in enumerate(pages)
             for cell in (new_markdown_cell(f"{PROSE} {k}"), new_code_cell(source))]
    path = lab.server.folder / name
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    page = lab.open(path)
    page.set_viewport_size({"width": 1366, "height": 768})
    return page


def begin(page):
    page.keyboard.press("F2")
    page.locator(".nnteach-lecture-bar").wait_for()
    while place(page)[0] > 1:  # it begins where the active cell is
        page.keyboard.press("PageUp")


def test_no_key_changes_the_notebook(lab):
    """JupyterLab's own keys cut, add, merge and turn cells, restart the kernel and open dialogs."""
    page = notebook(lab, "keys.ipynb", "a = 1", "b = 2", "c = 3")
    begin(page)
    page.keyboard.press("PageDown")
    before = page.evaluate(CELLS)
    for button in (None, "End (F2)"):
        for key in [*string.printable[:94], *OTHERS, *MODIFIED]:
            if button and key == "Enter":
                continue  # presses it
            if button:
                page.get_by_role("button", name=button).focus()
            for _ in range(2):  # d d deletes, 0 0 restarts, b and the point give the picture back
                page.keyboard.press(key)
            assert page.evaluate(CELLS) == before, key
            assert page.locator(".jp-Dialog, .jp-mod-editMode, .lm-Menu").count() == 0, key
            assert place(page) == (2, 3), key
    for key, there in [("ArrowRight", 3), ("ArrowLeft", 2), ("PageDown", 3), ("PageUp", 2), (" ", 3),
                       ("Shift+Space", 2)]:
        page.locator("body").evaluate("() => document.activeElement.blur()")
        page.keyboard.press(key)
        assert place(page) == (there, 3), key
    page.keyboard.press("F2")
    page.locator(".nnteach-lecture-bar").wait_for(state="detached")
    assert page.evaluate(CELLS) == before
    page.locator(".jp-Cell.jp-mod-active").wait_for()
    page.keyboard.press("a")  # JupyterLab has its keys again
    page.wait_for_function(f"before => ({CELLS})() !== before", arg=before)


@pytest.mark.parametrize("key", ["b", "."])
def test_the_wall_is_black_until_the_next_key(lab, key):
    page = notebook(lab, "black.ipynb", "a = 1", "b = 2")
    begin(page)
    for back, there in [(key, 1), ("x", 1), ("Escape", 1), ("PageDown", 2), ("PageUp", 1), ("click", 1)]:
        page.keyboard.press(key)
        box = page.locator(BLACK).bounding_box()
        assert (box["width"], box["height"]) == (1366, 768)
        assert page.evaluate("() => document.elementFromPoint(600, 740).className") == BLACK[1:]
        if back == "click":
            page.mouse.click(600, 400)
        else:
            page.keyboard.press(back)
        assert page.locator(BLACK).count() == 0 and place(page) == (there, 2), back
    page.keyboard.press(key)
    page.keyboard.press("F2")
    assert page.locator(f"{BLACK}, .nnteach-lecture-bar").count() == 0


def test_a_clicker_turns_the_page_wherever_the_cursor_is(lab):
    page = notebook(lab, "focus.ipynb", WIDGETS, "b = 2", FOREIGN)
    lab.run_all(page)
    begin(page)
    focused = [lambda: page.locator(".nnteach-lecture .cm-content:visible").click(),
               lambda: page.locator(".nnteach-lecture input[type=text]:visible").click(),
               lambda: page.locator(".nnteach-lecture [role=slider]:visible").focus(),
               lambda: page.locator(".nnteach-lecture select:visible").focus(),
               lambda: page.get_by_role("button", name="press").click(),
               lambda: page.get_by_role("button", name="On →").focus()]
    for focus in focused:
        focus()
        page.keyboard.press("PageDown")
        assert place(page) == (2, 3)
        page.locator(".nnteach-lecture .cm-content:visible").click()
        page.keyboard.press("PageUp")
        assert place(page) == (1, 3)
    # What has the focus still has its own keys.
    page.locator(".nnteach-lecture .cm-content:visible").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" # b.x")
    assert page.locator(".nnteach-lecture .cm-content:visible").inner_text().endswith(" # b.x")
    handle = page.locator(".nnteach-lecture [role=slider]:visible")
    handle.focus()
    page.keyboard.press("ArrowRight")
    assert float(handle.get_attribute("aria-valuenow")) == 1 and place(page) == (1, 3)


def test_a_click_on_the_white_is_for_nothing(lab):
    page = notebook(lab, "white.ipynb", "a = 1", "b = 2", "c = 3")
    begin(page)
    before = page.evaluate(CELLS)
    for there, (x, y) in [(2, (700, 500)), (3, (10, 300)), (2, (700, 700)), (1, (1360, 40))]:
        back = there < place(page)[0]
        page.mouse.click(x, y)
        page.mouse.dblclick(x, y)
        assert page.locator(".jp-mod-editMode").count() == 0
        page.keyboard.press("PageUp" if back else "PageDown")
        assert place(page) == (there, 3)
    prose = page.locator(".nnteach-lecture .jp-MarkdownOutput p:visible").first
    prose.click()
    prose.dblclick()
    page.keyboard.press("Shift+Enter")  # runs the code, not the prose
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[1]").wait_for(state="attached")
    assert page.locator(".nnteach-lecture .jp-MarkdownOutput p:visible").count() == 1
    assert [cell["source"] for cell in json.loads(page.evaluate(CELLS))] == [
        cell["source"] for cell in json.loads(before)]


def test_the_cursor_does_not_go_to_a_cell_that_nobody_sees(lab):
    page = notebook(lab, "cursor.ipynb", "a = 1", "b = 2")
    begin(page)
    page.locator(".nnteach-lecture .cm-content:visible").click()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "Control+Shift+-", "Alt+Enter", "Control+Enter"):
        page.keyboard.press(key)
    page.keyboard.type("xyz")
    cells = json.loads(page.evaluate(CELLS))
    assert len(cells) == 4 and cells[3]["source"] == "b = 2" and cells[2]["source"] == f"{PROSE} 1"
    assert page.locator(".jp-Cell.jp-mod-active:visible").count() == 1


LAYOUT = """() => {
    const { content, toolbar } = window.jupyterapp.shell.currentWidget;
    const width = (node) => Math.round(node.getBoundingClientRect().width);
    const tools = [...toolbar.node.children].filter((tool) => width(tool) > 0).length;
    const outer = content.node.querySelector(".jp-WindowedPanel-outer");
    return { notebook: width(content.node), outer: width(outer), tools };
}"""


@pytest.mark.parametrize("how", ["key", "button", "player", "command"])
@pytest.mark.parametrize("pages", [0, 9])
def test_leaving_it_leaves_the_notebook_as_it_was(lab, how, pages):
    page = lab.open(SECOND)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.wait_for_function(f"() => ({LAYOUT})().tools > 10")
    before = page.evaluate(LAYOUT)
    begin(page)
    for _ in range(pages):
        page.get_by_role("button", name="On →").click()
    if how == "player":
        while not page.evaluate(HAS_PLAYER):
            page.get_by_role("button", name="On →").click()
        page.locator(f"{SHOWN} iframe").content_frame.locator(PLAYER).focus()
    shown = page.locator(SHOWN).first.get_attribute("data-windowed-list-index")
    if how == "button":
        page.get_by_role("button", name="End (F2)").click()
    elif how == "command":
        page.evaluate("() => void window.jupyterapp.commands.execute('nnteach:lecture')")
    else:
        page.keyboard.press("F2")
    page.locator(".nnteach-lecture-bar").wait_for(state="detached")
    page.wait_for_function(f"before => JSON.stringify(({LAYOUT})()) === JSON.stringify(before)", arg=before)
    page.wait_for_function("""index => {
        const cell = document.querySelector(`.jp-Notebook [data-windowed-list-index="${index}"]`);
        const box = cell?.getBoundingClientRect();
        return box && box.top < innerHeight - 40 && box.bottom > 100;
    }""", arg=shown)


def test_only_players_and_quizzes_turn_the_page(lab):
    page = notebook(lab, "foreign.ipynb", FOREIGN, QUIZ, "c = 3")
    lab.run_all(page)
    begin(page)
    page.frame_locator("iframe.foreign").locator("button").click()
    page.evaluate("() => postMessage('{\"method\":\"next\"}', '*')")  # nor any script of the page
    page.evaluate("() => postMessage({ method: 'next' }, '*')")
    page.wait_for_timeout(500)  # nothing shall come
    assert place(page) == (1, 3)
    page.keyboard.press("F2")  # in the foreign frame, whose keys are its own
    page.get_by_role("button", name="On →").click()
    assert place(page) == (2, 3)
    status = page.locator(".nnteach-lecture-bar").get_by_role("status")
    for key, there in [("PageDown", 3), ("PageUp", 2), ("PageUp", 1)]:
        if there != 2:
            page.frame_locator(".nnteach-quiz iframe").locator("label").first.click()
        page.keyboard.press(key)
        status.filter(has_text=f"{there} of 3").wait_for()


QUIZ = """import nnteach as nt
nt.quiz("001.1")"""


def test_every_lesson_is_on_the_course_page_as_the_lecture_reads_it():
    names = [name for name in copying.shipped() if name.startswith("notebooks/") and name.endswith(".ipynb")]
    listed = re.findall(r"(?m)^- .*?\]\((notebooks/[^)#]+\.ipynb)\)", contents.page(copying.shipped()))
    assert sorted(listed) == sorted(names)
