"""Copying the course: nothing a student wrote is ever lost."""

import json
from pathlib import Path

import pytest

from nnteach.course import copying
from nnteach.course.copying import CourseError, copy_course, describe

LESSON, OTHER = "notebooks/01 first.ipynb", "exercises/01.ipynb"


class Shop:
    """The shipped course at one version, and a student's folder."""

    def __init__(self, tmp_path):
        self.shelf, self.folder = tmp_path / "shipped", tmp_path / "student"
        self.ship(LESSON, "lesson, version 1")
        self.ship(OTHER, "exercise")

    def ship(self, name, text):
        (self.shelf / name).parent.mkdir(parents=True, exist_ok=True)
        (self.shelf / name).write_text(text)

    def copy(self):
        files = {
            p.relative_to(self.shelf).as_posix(): p for p in sorted(self.shelf.rglob("*")) if p.is_file()
        }
        return copy_course(self.folder, files)

    def read(self, name):
        return (self.folder / name).read_text()

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def listing(self):
        return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*.ipynb"))


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_first_copy(shop):
    report = shop.copy()
    assert shop.listing() == [OTHER, LESSON] == sorted(report.new)
    assert shop.read(LESSON) == "lesson, version 1"
    assert "2 files new" in describe(report)


def test_a_second_copy_changes_nothing(shop):
    shop.copy()
    report = shop.copy()
    assert (report.new, report.renewed, report.kept, report.beside) == ([], [], [], {})
    assert shop.listing() == [OTHER, LESSON]


def test_an_untouched_file_is_renewed(shop):
    shop.copy()
    shop.ship(LESSON, "lesson, version 2")
    report = shop.copy()
    assert report.renewed == [LESSON] and shop.read(LESSON) == "lesson, version 2"
    assert shop.listing() == [OTHER, LESSON]


def test_a_students_file_is_kept_without_a_copy_while_the_lesson_is_the_same(shop):
    shop.copy()
    shop.write(LESSON, "my answers")
    report = shop.copy()
    assert report.kept == [LESSON] and report.beside == {}
    assert shop.read(LESSON) == "my answers" and shop.listing() == [OTHER, LESSON]


def test_a_students_file_is_kept_and_the_new_version_put_beside_it_once(shop):
    shop.copy()
    shop.write(LESSON, "my answers")
    shop.ship(LESSON, "lesson, version 2")
    report = shop.copy()
    beside = "notebooks/01 first (new).ipynb"
    assert report.beside == {LESSON: beside}
    assert (shop.read(LESSON), shop.read(beside)) == ("my answers", "lesson, version 2")
    assert beside in describe(report)
    (shop.folder / beside).unlink()
    assert shop.copy().beside == {} and shop.listing() == [OTHER, LESSON]


def test_work_in_the_new_version_is_kept_too(shop):
    shop.copy()
    shop.write(LESSON, "my answers")
    shop.ship(LESSON, "lesson, version 2")
    shop.copy()
    shop.write("notebooks/01 first (new).ipynb", "my answers again")
    shop.ship(LESSON, "lesson, version 3")
    assert shop.copy().beside == {LESSON: "notebooks/01 first (new 2).ipynb"}
    assert shop.read(LESSON) == "my answers"
    assert shop.read("notebooks/01 first (new).ipynb") == "my answers again"
    assert shop.read("notebooks/01 first (new 2).ipynb") == "lesson, version 3"


def test_an_untouched_new_version_is_renewed_in_place(shop):
    shop.copy()
    shop.write(LESSON, "my answers")
    for version in "23":
        shop.ship(LESSON, f"lesson, version {version}")
        assert shop.copy().beside == {LESSON: "notebooks/01 first (new).ipynb"}
    assert shop.read("notebooks/01 first (new).ipynb") == "lesson, version 3"


def test_a_file_of_the_same_name_that_was_there_before_is_the_students(shop):
    (shop.folder / "notebooks").mkdir(parents=True)
    shop.write(LESSON, "something else")
    report = shop.copy()
    assert shop.read(LESSON) == "something else" and report.beside == {
        LESSON: "notebooks/01 first (new).ipynb"
    }


def test_a_deleted_file_comes_back(shop):
    shop.copy()
    (shop.folder / LESSON).unlink()
    assert shop.copy().new == [LESSON] and shop.read(LESSON) == "lesson, version 1"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', "null", "\x00"])
def test_a_broken_manifest_loses_nothing(shop, text):
    shop.copy()
    shop.write(LESSON, "my answers")
    (shop.folder / copying.MANIFEST).write_text(text)
    report = shop.copy()
    assert shop.read(LESSON) == "my answers" and report.notes
    assert json.loads((shop.folder / copying.MANIFEST).read_text())["files"]


def test_a_link_is_not_written_through(shop, tmp_path):
    elsewhere = tmp_path / "elsewhere.ipynb"
    elsewhere.write_text("not ours")
    shop.copy()
    (shop.folder / LESSON).unlink()
    (shop.folder / LESSON).symlink_to(elsewhere)
    shop.ship(LESSON, "lesson, version 2")
    shop.copy()
    assert elsewhere.read_text() == "not ours"


def test_a_folder_that_is_a_file(shop):
    shop.folder.write_text("a file")
    with pytest.raises(CourseError, match="is a file"):
        shop.copy()


def test_no_temporary_file_is_left(shop):
    shop.copy()
    assert not list(shop.folder.rglob(".nnteach-*"))


def test_the_installation_ships_every_lesson_and_exercise_and_no_solution():
    root = Path(__file__).parent.parent
    expected = {
        p.relative_to(root).as_posix()
        for part in copying.PARTS
        for p in (root / part).rglob("*.ipynb")
        if ".ipynb_checkpoints" not in p.parts
    }
    shipped = {name for name in copying.shipped() if name.endswith(".ipynb")}
    assert shipped == expected and shipped
    assert not any("solution" in name for name in copying.shipped())
