"""The assignment as nbgrader itself takes it: released without solutions, graded to the right points."""

import json
import os
import sys

import pytest

from nnteach.homework.classroom.grade import Sheet
from nnteach.homework.classroom.nbgrader import to_nbgrader
from nnteach.homework.homework import homework

SHEET = Sheet("x_plus_y_times_z", points=6.0)


def test_the_source_has_a_graded_cell_for_every_answer(tmp_path):
    content = json.loads(to_nbgrader(SHEET, tmp_path / "source" / "hw" / "hw.ipynb").read_text(encoding="utf-8"))
    graded = [c["metadata"]["nbgrader"] for c in content["cells"] if c["metadata"]["nbgrader"]["grade"]]
    assert len(graded) == 3 and sum(cell["points"] for cell in graded) == 6.0
    assert all(cell["locked"] for cell in graded)
    ids = [c["metadata"]["nbgrader"]["grade_id"] for c in content["cells"]]
    assert len(set(ids)) == len(ids)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of nbgrader with the assignment released."""
    pytest.importorskip("nbgrader")
    here = os.path.dirname(sys.executable)  # nbgrader starts `alembic` from the path
    monkeypatch.setenv("PATH", here + os.pathsep + os.environ["PATH"])
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    to_nbgrader(SHEET, tmp_path / "source" / "hw" / "hw.ipynb")
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.db_url = f"sqlite:///{tmp_path}/gradebook.db"
    config.ExecutePreprocessor.timeout = 120
    api = NbGraderAPI(config=config)
    assert api.generate_assignment("hw")["success"]
    return tmp_path, api


def hand_in(folder, student, answers):
    """The released notebook with a name and answers in it."""
    notebook = json.loads((folder / "release" / "hw" / "hw.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"]["nbgrader"]["grade_id"]
        if grade_id == "student":
            cell["source"] = f"student = {student!r}"
        if grade_id == "answers" and answers is not None:
            cell["source"] = "\n".join(f"{name} = {value!r}" for name, value in answers.items())
    place = folder / "submitted" / student / "hw"
    place.mkdir(parents=True)
    (place / "hw.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.filterwarnings("ignore")  # of nbgrader's own
@pytest.mark.timeout(300)
@pytest.mark.slow
def test_nbgrader_gives_the_points(course):
    folder, api = course
    released = (folder / "release" / "hw" / "hw.ipynb").read_text(encoding="utf-8")
    assert "hw.truth" not in released and "SOLUTION" not in released
    right = {name: float(value) for name, value in homework(SHEET.name, student="ada").truth.items()}
    asked = {name: right[name] for name in homework(SHEET.name, student="ada").asked}
    hand_in(folder, "ada", asked)
    other = homework(SHEET.name, student="bob")
    hand_in(folder, "bob", {name: float(other.truth[name]) * (1 if name == "dz" else -1) for name in other.asked})
    hand_in(folder, "eve", None)
    points = {}
    for student in ("ada", "bob", "eve"):
        assert api.autograde("hw", student)["success"]
        with api.gradebook as gradebook:
            points[student] = gradebook.find_submission("hw", student).score
    assert points == {"ada": 6.0, "bob": 2.0, "eve": 0.0}
