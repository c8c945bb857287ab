"""The page `nnteach lab` opens: lessons in order, those of one deck first, and its letters everywhere."""

import json
import os
import re
import subprocess
import sys

import pytest

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.course import contents, copying
from nnteach.symbolic.notation import NOTATIONS, notation, use


@pytest.fixture(scope="module")
def files():
    return copying.shipped()


def names(page):
    return re.findall(r"\((notebooks/[^)#]*)\)", page)  # not the link to a cell, which stands above the list


def test_every_lesson_stands_on_the_page_once_and_in_order(files):
    listed = names(contents.page(files))
    assert sorted(listed) == [name for name in files if name.startswith("notebooks/") and name.endswith(".ipynb")]
    orders = [json.loads(files[name].read_text("utf-8"))["metadata"]["nnteach"]["order"] for name in listed]
    assert orders == sorted(orders)


@pytest.mark.parametrize("deck", [key for key in NOTATIONS if key != "nnteach"])
def test_the_lessons_of_a_deck_come_first_and_all_others_after(files, deck):
    chosen, _, others = contents.page(files, deck).partition("## Also in the course")
    def covers(name):
        return json.loads(files[name].read_text("utf-8"))["metadata"]["nnteach"]["covers"]
    assert all(any(item.startswith(deck) for item in covers(name)) for name in names(chosen))
    assert not any(item.startswith(deck) for name in names(others) for item in covers(name))
    assert sorted(names(chosen) + names(others)) == sorted(names(contents.page(files)))


def test_links_lead_to_files_of_the_course(files):
    for deck in (None, "001"):
        assert set(re.findall(r"\]\(([^)#]*)", contents.page(files, deck))) <= set(files)


def test_the_link_to_the_first_player_names_a_cell_that_has_one(files):
    name, _, cell_id = contents.FIRST_PLAYER.partition("#cell-id=")
    cells = json.loads(files[name].read_text("utf-8"))["cells"]
    (cell,) = [cell for cell in cells if cell["id"] == cell_id]
    assert "nnteach-output" in "".join(cell["outputs"][0]["data"]["text/html"])
    assert all(f"]({contents.FIRST_PLAYER})" in contents.page(files, deck) for deck in (None, "003"))


def test_every_exercise_stands_on_the_page_under_its_own_title(files):
    links = re.findall(r"\[([^]]*)\]\((exercises/[^)]*)\)", contents.page(files))
    assert {name for _, name in links} == {name for name in files if name.startswith("exercises/")}
    assert len({title for title, _ in links}) == len(links)


def test_an_exercise_stands_beside_its_lesson(files):
    (line,) = [line for line in contents.page(files, "001").splitlines() if "notebooks/06_relu_net" in line]
    assert "(exercises/06_relu_net.ipynb)" in line and "30 minutes" in line and "001-24" in line


def test_a_notebook_without_metadata_comes_last(tmp_path):
    for name, metadata in (("a", {}), ("b", {"nnteach": {"order": 3, "covers": ["001-05"], "part": "One"}})):
        (tmp_path / name).write_text(json.dumps({"cells": [{"source": ["# Title\n"]}], "metadata": metadata}))
    page = contents.page({"notebooks/a.ipynb": tmp_path / "a", "notebooks/b.ipynb": tmp_path / "b"})
    assert names(page) == ["notebooks/b.ipynb", "notebooks/a.ipynb"] and "## One" in page and "## More" in page


def test_the_page_is_copied_like_a_lesson_and_never_over_the_lecturers_own(tmp_path, files):
    lessons = {name: path for name, path in files.items() if "06_relu" in name}
    made = {contents.name(): "first"}
    copying.copy_course(tmp_path, lessons, made)
    assert copying.copy_course(tmp_path, lessons, {contents.name(): "second"}).renewed == [contents.name()]
    (tmp_path / contents.name()).write_text("mine")
    assert copying.copy_course(tmp_path, lessons, {contents.name(): "third"}).kept == [contents.name()]
    assert (tmp_path / contents.name()).read_text() == "mine"


# ------------------------------------------------------------------------------------- a notation chosen once


@pytest.fixture
def free():
    yield
    use(None)


def test_a_notation_is_chosen_once_and_given_back(free):
    (x,) = nt.variables(x=1)
    f = nt.sigmoid(x * 2) * 3
    assert use("000") is NOTATIONS["000"] and "a1" in nt.trace(f).to_text() and "h1" in nt.trace(f).to_text()
    assert "h1" not in nt.trace(f, notation="003").to_text()
    assert use(None) is NOTATIONS["nnteach"] and "h1" not in nt.trace(f).to_text()


def test_a_notation_that_is_not_known_is_refused_and_changes_nothing(free):
    use("002")
    with pytest.raises(GraphError, match="Bicocca"):
        use("005")
    assert notation() is NOTATIONS["002"]


def test_the_environment_chooses_for_every_notebook(monkeypatch):
    monkeypatch.setenv("NNTEACH_COURSE", "003")
    assert notation() is NOTATIONS["003"] and notation("001") is NOTATIONS["001"]
    monkeypatch.setenv("NNTEACH_COURSE", "nonsense")
    with pytest.raises(GraphError, match="nonsense"):
        notation()


def test_the_command_knows_the_decks_and_no_others(tmp_path):
    done = subprocess.run([sys.executable, "-m", "nnteach", "lab", "--course", "009", str(tmp_path / "c")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "000" in done.stderr and not (tmp_path / "c").exists()


@pytest.mark.slow
def test_the_command_writes_the_page_of_the_deck(tmp_path):
    home = {name: str(tmp_path / name) for name in ("HOME", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR")}
    done = subprocess.run([sys.executable, "-m", "nnteach", "lab", str(tmp_path / "c"), "--course", "002", "--check"],
                          capture_output=True, text=True, timeout=120, env=os.environ | home)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "c" / "course-002.md").read_text("utf-8").startswith("# Télécom Paris")


@pytest.mark.lab
@pytest.mark.slow
def test_jupyterlab_shows_the_page_and_its_links_open_lessons(lab):
    page = lab.context.new_page()
    page.goto(f"{lab.server.address}lab/workspaces/contents/tree/{contents.name()}?token={lab.server.token}")
    page.locator(".jp-RenderedMarkdown h1", has_text="The course").wait_for()
    page.locator(".jp-RenderedMarkdown a", has_text="6. ").first.click()
    page.locator(".jp-NotebookPanel:visible").wait_for()
    page.get_by_role("tab", name="course").click()
    page.get_by_role("link", name="lesson 2 at its player").click()
    page.locator(".jp-NotebookPanel:visible iframe").wait_for()
