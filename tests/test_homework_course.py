"""The exercises of the course that are worked out by hand: their notebooks, on twenty students each."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnteach.cli.commands import main
from nnteach.homework import homework
from nnteach.homework.exercises.course_set import COURSE

ROOT = Path(__file__).resolve().parent.parent
STUDENTS = [f"contract {i}" for i in range(20)]


def notebook(folder, key):
    return json.loads((ROOT / folder / f"hw_{key}.ipynb").read_text(encoding="utf-8"))


def source(content, cell_id):
    return "".join(next(cell["source"] for cell in content["cells"] if cell["id"] == cell_id))


@pytest.fixture(scope="module")
def sheets():
    sys.path.insert(0, str(ROOT / "solutions"))
    try:
        return runpy.run_path(str(ROOT / "solutions" / "sheets.py"))
    finally:
        sys.path.remove(str(ROOT / "solutions"))


def test_there_are_at_least_thirty_exercises():
    made = list((ROOT / "exercises").glob("*.ipynb"))
    assert len(made) >= 30 and len(COURSE) >= 16
    assert {path.name for path in made} == {path.name for path in (ROOT / "solutions").glob("*.ipynb")}


def test_every_exercise_has_a_solution_and_belongs_to_a_lesson(sheets):
    assert sheets["SOLVED"].keys() == COURSE.keys()
    for key, entry in COURSE.items():
        assert (ROOT / "notebooks" / f"{entry.lesson}.ipynb").is_file(), key


@pytest.mark.parametrize("key", COURSE)
def test_the_notebook_is_what_the_table_gives(key, sheets):
    made, stored = sheets["notebook"](key), notebook("solutions", key)
    cells = [cell for cell in stored["cells"] if cell["id"] != "install"]  # docs/finish.py puts it there
    assert [(c["id"], c["source"]) for c in made["cells"]] == [(c["id"], c["source"]) for c in cells]
    assert stored["metadata"]["nnteach"] == {"lesson": COURSE[key].lesson, "exercise": key}


@pytest.mark.parametrize("key", COURSE)
def test_the_solution_is_right_for_twenty_students_and_an_empty_sheet_is_not(key):
    """The contract: the cell that is handed out, with the solution in it, on twenty students' numbers."""
    entry, content = COURSE[key], notebook("solutions", key)
    answers, check = (compile(source(content, name), name, "exec") for name in ("answers", "check"))
    given = set()
    for student in STUDENTS:
        hw = homework(entry.name, student=student, **entry.settings)
        names = {"np": np, "hw": hw}
        exec(answers, names)
        result = eval(compile(source(content, "check"), "check", "eval"), names)
        assert result.ok and result.verdict == "correct", (student, result)
        given.add(hw.variant.id)
        assert hw.hint(1) and hw.hint(2) and hw.hint(3) and hw.solution().to_markdown()
    assert len(given) == len(STUDENTS) and check
    assert hw.check(dict.fromkeys(hw.asked)).verdict == "not_attempted"


@pytest.mark.parametrize("key", COURSE)
def test_what_is_handed_out_holds_no_solution(key):
    handed_out = json.dumps(notebook("exercises", key), ensure_ascii=False)
    solved = re.findall(r"# solution\n(.*?)# end solution", source(notebook("solutions", key), "answers"), re.DOTALL)
    for line in solved[0].splitlines():
        assert line.strip() == "" or json.dumps(line, ensure_ascii=False)[1:-1] not in handed_out
    assert "solution(" not in handed_out and "NotImplementedError" not in handed_out
    assert source(notebook("exercises", key), "answers").splitlines() == [
        f"{name} = None" for name in homework(COURSE[key].name, **COURSE[key].settings).asked
    ]


@pytest.mark.parametrize("key", COURSE)
def test_the_stored_check_is_right(key):
    cell = next(c for c in notebook("solutions", key)["cells"] if c["id"] == "check")
    assert "".join(cell["outputs"][0]["data"]["text/plain"]).startswith("✓ Right")


@pytest.mark.slow
def test_all_sheets_can_be_printed(tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text("ada\n", encoding="utf-8")
    command = ["homework", "new", "course", "--roster", str(roster), "--format", "pdf", "-o", str(tmp_path / "hw")]
    assert main(command) == 0
    for key in COURSE:
        for file in (tmp_path / "hw" / key / "sheets.pdf", tmp_path / "hw-solutions" / f"{key}.pdf"):
            assert file.read_bytes().startswith(b"%PDF")
    assert not [path for path in (tmp_path / "hw").rglob("*") if "solution" in path.name]


def test_the_exercises_are_in_step(tmp_path):
    done = subprocess.run([sys.executable, ROOT / "solutions" / "make.py", "--check"], capture_output=True, text=True)
    assert not [line for line in done.stderr.splitlines() if "hw_" in line]
