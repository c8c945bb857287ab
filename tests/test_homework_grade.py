"""Grading a class: by value, without running anything; every bad file is one row; the log shows tampering."""

import csv
import json
import os
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from homework_times import differing, in_the_notebook, submissions
from matplotlib.backends.backend_agg import FigureCanvasAgg
from planted import backprop, three_digits

from nnteach.cli.commands import main
from nnteach.core.errors import GraphError
from nnteach.homework import homework
from nnteach.homework.classroom.grade import Row, Sheet, class_page, grade, write_csv
from nnteach.homework.classroom.handed_in import Unreadable, read_file
from nnteach.homework.classroom.handout import new_sheets, read_roster
from nnteach.homework.grading import attempts
from nnteach.homework.lesson_exercise import exercise
from nnteach.homework.output.pdf import pages_of

LAYERS = {"layers": [3, 3, 3], "hidden": "relu", "output": "softmax", "batch": 4}
NET = LAYERS | {"loss": "cross_entropy"}


def notebook(path, *cells):
    made = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in cells]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def literals(grads):
    return "\n".join(f"{name} = {three_digits(value).tolist()}" for name, value in grads.items())


@pytest.fixture
def sheet():
    return Sheet("backprop", dict(LAYERS))


def given(student):
    return homework("backprop", student=student, **LAYERS).given


# ------------------------------------------------------------------------------------------------- reading


def test_literals_are_read_from_a_notebook(tmp_path):
    path = notebook(
        tmp_path / "a.ipynb",
        "%matplotlib inline\nimport numpy as np\ndW1 = np.array([[1, -2.5], [3e-2, 4]])",
        "x = 5\ndb1 = [x, 2]",
        "db1 = [1, '0,5']\nhw.check(dW2=dW1, db2=None)",
        "this is no Python",
    )
    assert read_file(path) == {
        "x": 5,
        "dW1": [[1, -2.5], [0.03, 4]],
        "db1": [1, "0,5"],
        "dW2": [[1, -2.5], [0.03, 4]],
    }


def test_the_last_of_several_answers_counts(tmp_path):
    path = notebook(tmp_path / "a.ipynb", "dW1 = [1]", "hw.check(dW1=[2])", "dW1 = [3]")
    assert read_file(path)["dW1"] == [3]
    path = notebook(tmp_path / "b.ipynb", "dW1 = [1]", "dW1 = compute()")
    assert "dW1" not in read_file(path)


def test_nothing_in_a_file_is_run(tmp_path):
    mark = tmp_path / "ran"
    path = notebook(
        tmp_path / "a.ipynb",
        f"open({str(mark)!r}, 'w')",
        "while True: pass",
        "import sys; sys.exit()",
        "dW1 = [0] * 10 ** 10",
        "db1 = __import__('os').getcwd()",
    )
    assert read_file(path) == {} and not mark.exists()


@pytest.mark.parametrize(
    "content, reason",
    [
        ("{", "cannot be read"),
        ("[1, 2]", "no answers by name"),
        ("\x00\xff", "cannot be read"),
        ('{"answers": 3}', "no answers"),
        ("[" * 100_000, "cannot be read"),
        ("9" * 6_000_000, "larger than 5 MB"),
    ],
)
def test_a_bad_file_says_why(tmp_path, content, reason):
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(Unreadable, match=reason):
        read_file(path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "secret.json").write_text('{"answers": {"dW1": 1}}')
    (tmp_path / "a.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(Unreadable, match="plain file"):
        read_file(tmp_path / "a.json")


# ------------------------------------------------------------------------------------------------- grading


def test_a_class_is_graded(tmp_path, sheet):
    right = backprop(NET, given("ada"))
    notebook(tmp_path / "ada.ipynb", literals(right))
    homework("backprop", student="bob", **LAYERS).export(tmp_path / "bob.json", backprop(NET, given("bob"), "sign"))
    notebook(tmp_path / "eve.ipynb", literals(right))  # ada's notebook, renamed
    notebook(tmp_path / "two.ipynb", literals(backprop(NET, given("two"), "two")))
    notebook(
        tmp_path / "half.ipynb",
        literals({n: g for n, g in backprop(NET, given("half")).items() if n.endswith("2")}),
    )
    notebook(tmp_path / "none.ipynb", "dW1 = ...\ndb1 = None")
    (tmp_path / "broken.json").write_text("{")
    rows = {row.student: row for row in grade(tmp_path, sheet)}
    assert (rows["ada"].verdict, rows["ada"].score) == ("correct", 10.0)
    assert (rows["bob"].verdict, rows["bob"].mistakes, rows["bob"].score) == ("wrong", ("sign",), 0.0)
    assert rows["eve"].verdict == "wrong" and rows["eve"].score == 0.0
    assert (rows["two"].verdict, rows["two"].score) == ("other_convention", 5.0)
    assert (rows["half"].verdict, rows["half"].score) == ("incomplete", 5.0)
    assert (rows["none"].verdict, rows["none"].score) == ("not_attempted", 0.0)
    assert rows["broken"].verdict == "unreadable" and "cannot be read" in rows["broken"].remark
    page = class_page(list(rows.values()), sheet)
    assert "7 handed in" in page and "| 1 | sign |" in page


def test_the_grader_and_the_notebook_give_the_same_verdict(tmp_path):
    """Right, one mistake, two, another convention, an unknown slip, in turn; tests/homework_times.py has 500."""
    sheet, made = submissions(tmp_path, 30)
    rows, results = grade(tmp_path, sheet), in_the_notebook(made)[0]
    assert len(rows) == 30 and not differing(rows, results)
    assert {row.verdict for row in rows} == {"correct", "wrong", "other_convention"}


@pytest.mark.parametrize(
    "answer", ['"nan"', "float('inf')", "[[[[1]]]]", "{}", "'=1+1'", "1e999", "[1, [2]]", "True", "'' "]
)
def test_odd_answers_gain_nothing(tmp_path, sheet, answer):
    notebook(tmp_path / "ada.ipynb", "\n".join(f"{name} = {answer}" for name in ("dW1", "db1", "dW2", "db2")))
    row = grade(tmp_path, sheet)[0]
    assert row.score == 0.0 and row.verdict != "correct"


def test_two_files_of_one_student_are_left_to_the_teacher(tmp_path, sheet):
    notebook(tmp_path / "ada.ipynb", literals(backprop(NET, given("ada"))))
    (tmp_path / "ada.json").write_text('{"answers": {}}')
    assert [row.verdict for row in grade(tmp_path, sheet)] == ["unreadable"] * 2


EXPLOITS = {
    "an object that equals everything": "class A:\n    __eq__ = lambda *_: True\ndW1 = db1 = dW2 = db2 = A()",
    "a patched NumPy": "import numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True\ndW1 = [[0.0]]",
    "a patched check": "import nnteach as nt\nnt.homework.Homework.check = lambda *a, **k: True\nhw.check(dW1=1)",
    "the program's own solution": "dW1 = hw.truth['dW1']\ndb1 = hw.truth['db1']\nhw.check(dW1=dW1, db1=db1)",
    "an end of the program": "import sys, os\nsys.exit(0)\nos._exit(0)",
    "an infinite loop": "while True:\n    pass",
    "a list of ten gigabytes": "dW1 = [0.0] * 1_250_000_000",
    "a number of many digits": "dW1 = " + "9" * 100_000,
    "deep brackets": "dW1 = " + "[" * 5_000 + "]" * 5_000,
    "a power that takes for ever": "dW1 = 9 ** 9 ** 9 ** 9",
    "points written in by hand": "score = 10.0\nverdict = 'correct'\nok = True",
}


@pytest.mark.parametrize("code", EXPLOITS.values(), ids=EXPLOITS)
def test_an_exploit_gains_nothing_and_stops_nothing(tmp_path, sheet, code):
    notebook(tmp_path / "ada.ipynb", literals(backprop(NET, given("ada"))))
    notebook(tmp_path / "eve.ipynb", code)
    rows = {row.student: row for row in grade(tmp_path, sheet)}
    assert rows["ada"].score == 10.0 and rows["eve"].score == 0.0 and rows["eve"].verdict != "correct"


def test_cells_that_are_there_twice_count_once(tmp_path, sheet):
    """The wrong answer comes last, so it counts, however often the right one stands before it."""
    right, wrong = backprop(NET, given("ada")), backprop(NET, given("ada"), "sign")
    notebook(tmp_path / "ada.ipynb", *[literals(right)] * 3, literals(wrong))
    assert grade(tmp_path, sheet)[0].score == 0.0


# ------------------------------------------------------------------------------------------- files and tables


def test_columns_of_the_learning_platforms(tmp_path):
    rows = [Row("=cmd()", 5.0, "wrong", ("sign",), "dW2", {"dW2": "wrong"}, "Look")]
    heads = {"plain": "student", "moodle": "ID number", "canvas": "Student"}
    for form, head in heads.items():
        write_csv(rows, tmp_path / "g.csv", form)
        lines = list(csv.reader((tmp_path / "g.csv").read_text(encoding="utf-8").splitlines()))
        assert lines[0][0] == head and "'=cmd()" in lines[1]
    with pytest.raises(GraphError, match="moodle"):
        write_csv(rows, tmp_path / "g.csv", "excel")


def test_sheets_are_made_and_graded_from_the_command_line(tmp_path, capsys):
    (tmp_path / "class.csv").write_text("student,group\nada,1\nbob,2\n")
    folder = tmp_path / "hw"
    made = [
        "homework",
        "new",
        "backprop",
        "--layers",
        "3,3,3",
        "--roster",
        str(tmp_path / "class.csv"),
        "-o",
        str(folder),
    ]
    assert main(made) == 0 and main(made) == 2
    assert sorted(p.name for p in folder.iterdir()) == ["ada.ipynb", "bob.ipynb", "sheet.json"]
    source = (folder / "ada.ipynb").read_text()
    hw = homework("backprop", layers=[3, 3, 3], student="ada")
    answers = {f"{abs(x):.4g}" for name in hw.asked for x in np.ravel(hw.truth[name]) if x}
    assert not any(number in source for number in answers if len(number) > 5)
    notebook(folder / "ada.ipynb", literals(backprop(NET, hw.given)))
    assert main(["grade", str(folder), "-o", str(tmp_path / "g.csv"), "--page", str(tmp_path / "p.md")]) == 0
    assert "2 handed in" in capsys.readouterr().out and "| correct | 1 |" in (tmp_path / "p.md").read_text()
    lines = list(csv.DictReader((tmp_path / "g.csv").read_text(encoding="utf-8").splitlines()))
    assert [(line["student"], line["score"]) for line in lines] == [("ada", "10.0"), ("bob", "0.0")]


def test_a_made_notebook_is_valid_and_runs(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    new_sheets(Sheet("x_plus_y_times_z"), ["ada"], tmp_path)
    read = nbformat.read(tmp_path / "ada.ipynb", as_version=4)
    nbformat.validate(read)
    program = tmp_path / "cells.py"
    program.write_text("\n".join(c.source for c in read.cells if c.cell_type == "code") + "\nprint(hw.student)\n")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True)
    assert done.stdout == "ada\n"


def test_names_that_are_no_file_names_are_refused(tmp_path, sheet):
    for name in ("../x", "", ".x", "a/b"):
        with pytest.raises(GraphError, match="names"):
            new_sheets(sheet, [name], tmp_path / f"f{len(name)}")


def test_the_roster_is_the_first_column(tmp_path):
    (tmp_path / "r.csv").write_text("﻿name,group\nada,1\n\nbob,2\n", encoding="utf-8")
    assert read_roster(tmp_path / "r.csv") == ["ada", "bob"]


# ----------------------------------------------------------------------------------------------------- log


def test_the_log_shows_tampering(tmp_path):
    path = tmp_path / "log.jsonl"
    hw = homework("x_plus_y_times_z", student="ada").log_to(path)
    hw.check(dx=1.0)
    hw.hint(1)
    hw.solution()
    assert attempts.verify(path) is None
    lines = path.read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["check", "hint", "solution"] and max(
        map(len, lines)
    ) < 1000
    path.write_text("\n".join([lines[0], lines[1].replace('"level": 1', '"level": 0'), lines[2]]) + "\n")
    assert attempts.verify(path) == 2
    path.write_text("\n".join(lines[1:]) + "\n")
    assert attempts.verify(path) == 1
    path.write_text(lines[0] + "\n" + "no JSON\n")
    assert attempts.verify(path) == 2


# ------------------------------------------------------------------------------------ many files, and on paper


def test_a_folder_of_many_files_has_a_row_for_each(tmp_path):
    sheet = new_sheets(Sheet("x_plus_y_times_z"), [f"s{i}" for i in range(45)], tmp_path / "hw")
    handed_in = tmp_path / "in"
    handed_in.mkdir()
    for i in range(45):
        hw = sheet.homework(f"s{i}")
        hw.export(handed_in / f"s{i}.json", {name: value * (1 if i % 3 else -1) for name, value in hw.truth.items()})
    (handed_in / "broken.json").write_text("{", encoding="utf-8")
    rows = grade(handed_in, sheet)
    assert len(rows) == 46
    assert {row.verdict for row in rows} == {"correct", "wrong", "unreadable"}


def test_the_folder_to_hand_out_holds_no_solutions_whatever_its_form(tmp_path):
    for form in ("notebook", "markdown", "latex", "pdf"):
        new_sheets(Sheet("x_plus_y_times_z"), ["ada"], tmp_path / form, form)
        assert not [p for p in (tmp_path / form).rglob("*") if "solution" in p.name]
    with pytest.raises(GraphError, match="there already"):
        new_sheets(Sheet("x_plus_y_times_z"), ["ada"], tmp_path / "pdf", "pdf")


def test_the_teachers_copy_lies_beside_the_folder_with_every_step(tmp_path):
    """In Italian, too, and with a name that LaTeX must not read as commands."""
    for form, suffix in (("markdown", ".md"), ("latex", ".tex")):
        sheet = new_sheets(Sheet("x_plus_y_times_z", {"language": "it"}), ["ada", "b_b & co"], tmp_path / form, form)
        copy = (tmp_path / f"{form}-solutions{suffix}").read_text(encoding="utf-8")
        for student in ("ada", "b_b & co"):
            hw = sheet.homework(student, sheet.exercise)
            assert hw.language == "it" and hw.solution().steps()
            assert all(f"{value:.4g}" in copy for _, value in hw.solution().steps())
        assert ("b\\_b \\& co" in copy) == (form == "latex")
        assert ("### Da consegnare" in copy) == (form == "markdown")


@pytest.mark.slow
def test_sheets_on_paper_have_no_solutions_but_the_teachers_copy_has(tmp_path):
    new_sheets(Sheet("backprop", {"layers": [3, 3, 3]}), ["ada", "Łukasz <b>"], tmp_path / "hw", "pdf")
    for file in (tmp_path / "hw" / "sheets.pdf", tmp_path / "hw-solutions.pdf"):
        assert file.read_bytes().startswith(b"%PDF") and file.read_bytes().count(b"/Type /Page ") >= 2
    hw = Sheet.read(tmp_path / "hw" / "sheet.json").homework("ada")
    for solutions in (False, True):
        text = "\n".join(t.get_text() for page in pages_of(hw, solutions) for t in page.texts)
        assert "ada" in text and "dW2" in text and hw.variant.id in text and "W1 = " in text
        assert ("dW2 = " in text) == ("delta1 = (delta2 W2) ⊙ " in text) == solutions
        for page in pages_of(hw, solutions):
            ruler = FigureCanvasAgg(page).get_renderer()
            assert all(t.get_window_extent(ruler).x1 <= 0.95 * page.bbox.x1 for t in page.texts)


# ------------------------------------------------------------------------------- every file is graded or named


def fill(folder, names, sheet):
    """Right answers of students, as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        hw = sheet.homework(name)
        hw.export(folder / f"{name}.json", hw.truth)


@pytest.fixture
def product(tmp_path):
    return new_sheets(Sheet("x_plus_y_times_z"), ["Ada", "Bob", "Carl", "Dan", "Eve", "Fay"], tmp_path / "hw")


def test_capitals_sub_folders_and_archives_are_graded_and_what_is_left_is_named(tmp_path, product):
    """As platforms and file systems make them: none of seven files is passed over in silence."""
    place = tmp_path / "in"
    fill(place, ["Ada", "Bob"], product)
    (place / "Bob.json").rename(place / "Bob.JSON")
    fill(place / "Carl_12_assignsubmission_file_", ["Carl"], product)
    fill(tmp_path / "packed", ["Dan"], product)
    with zipfile.ZipFile(place / "Class.ZIP", "w") as archive:
        archive.write(tmp_path / "packed" / "Dan.json", "Dan_13/Dan.json")
        archive.writestr("Dan_13/report.docx", "text")
        archive.writestr("__MACOSX/Dan_13/._Dan.json", "rubbish")
    (place / "Fay.txt").write_text("my answers")
    (place / "Eve.zip").write_bytes(b"no archive")
    (place / ".DS_Store").write_bytes(b"")
    shutil.copy(tmp_path / "hw" / "sheet.json", place)
    rows = grade(place, product)
    assert {row.student: row.verdict for row in rows} == dict.fromkeys(["Ada", "Bob", "Carl", "Dan"], "correct")
    assert [name for name, _ in rows.left_out] == ["Class.ZIP/Dan_13/report.docx", "Eve.zip", "Fay.txt"]
    assert rows.absent == ("Eve", "Fay")
    page = class_page(rows, product)
    for said in ("Nothing handed in (2)", "`Eve`", "Files that were not graded (3)", "`Fay.txt`"):
        assert said in page


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="these systems know no such names")
@pytest.mark.parametrize("name", [b"Jos\xe9", b"\xff\xfe", "Zoe\u0308".encode(), "\u202eabc".encode(), b"a\nb",
                                  b"-x", b"=1+1", b"`rm`", b"<img src=x>", b"n" * 240])
def test_a_file_of_any_name_is_a_row_and_the_table_is_whole(tmp_path, product, name, capsys):
    place = tmp_path / "in"
    fill(place, ["Ada", "Bob"], product)
    shutil.copy(tmp_path / "hw" / "sheet.json", place)
    with open(os.path.join(os.fsencode(place), name + b".json"), "w") as file:
        file.write("{}")
    assert main(["grade", str(place), "-o", str(tmp_path / "g.csv")]) == 0
    with open(tmp_path / "g.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    assert len(lines) == 4 and {"Ada", "Bob"} < {line[0] for line in lines}
    assert "The grades are in" in capsys.readouterr().out


def test_a_run_that_fails_leaves_the_grades_of_before(tmp_path, product, monkeypatch):
    place, target = tmp_path / "in", tmp_path / "g.csv"
    fill(place, ["Ada"], product)
    target.write_text("grades of before")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError):
        write_csv(grade(place, product), target)
    assert target.read_text() == "grades of before" and {p.name for p in tmp_path.iterdir()} == {"hw", "in", "g.csv"}


@pytest.mark.parametrize("content, reason", [
    (lambda z: z.writestr("Ada.json", "0" * 5_100_000), "larger than 5 MB"),
    (lambda z: z.writestr("Ada.json", "{"), "cannot be read"),
    (lambda z: z.writestr("../../Ada.json", "{}"), ""),
    (lambda z: z.writestr("Ada.json", "[" * 200_000), "cannot be read"),
])
def test_hostile_archives_are_rows_and_nothing_is_unpacked(tmp_path, product, content, reason):
    place = tmp_path / "in"
    place.mkdir()
    with zipfile.ZipFile(place / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        content(archive)
    rows = grade(place, product)
    assert [row.student for row in rows] == ["Ada"] and reason in rows[0].remark and rows[0].score == 0
    assert [p.name for p in place.iterdir()] == ["a.zip"] and not list(tmp_path.glob("*.json"))


def test_the_status_of_the_command_says_whether_something_wants_a_look(tmp_path, product):
    place = tmp_path / "in"
    fill(place, ["Ada"], product)
    shutil.copy(tmp_path / "hw" / "sheet.json", place)
    command = ["grade", str(place), "-o", str(tmp_path / "g.csv")]
    assert main(command) == 0
    (place / "Bob.json").write_text("{")
    assert main(command) == 1
    (place / "Bob.json").unlink()
    (place / "Bob.pdf").write_text("scan")
    assert main(command) == 1


# ---------------------------------------------------------------------------------- names never become markup

HOSTILE = [
    r"\end{verbatim}\immediate\write18{touch PWNED}\input{secret}\begin{verbatim}", r"\input{secret}", "{}}{",
    "a$b^c_d#e%f&g~h", r"\\ \today \jobname", "^^5cinput{secret}",
    "<img src=x onerror=alert(1)>", "![a](http:x)", "`code` ``two``", "*bold* _it_ [l](x)",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_on_every_sheet(tmp_path, name):
    """In LaTeX no command, in Markdown no markup: sheets, exercises of lessons, and the teacher's copies."""
    if "/" in name:
        pytest.skip("no name of a file")
    new_sheets(Sheet("x_plus_y_times_z"), [name], tmp_path / "latex", "latex")
    [sheet] = (tmp_path / "latex").glob("*.tex")
    for text in (sheet.read_text(encoding="utf-8"), (tmp_path / "latex-solutions.tex").read_text(encoding="utf-8")):
        body = text.split(r"\begin{document}")[1]
        commands = (r"\immediate", r"\input", r"\write", r"\today", r"\jobname", "{verbatim}", "^^")
        assert not [command for command in commands if command in body]
        assert text.rstrip().endswith(r"\end{document}") and text.count(r"\end{document}") == 1
    from mistune import html

    for shown in (homework("(x+y)*z", student=name).show(), exercise("08", student=name).show()):
        rendered = html(str(shown))
        assert not [tag for tag in ("<img", "<a ", "<em>", "<strong>_", "<a>") if tag in rendered.partition("<code>")[0]
                    ] and "<img" not in rendered


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
def test_sheets_in_latex_compile_by_themselves_and_run_nothing(tmp_path):
    for number, name in enumerate(n for n in HOSTILE if "/" not in n):
        new_sheets(Sheet("backprop", dict(LAYERS)), [name], tmp_path / str(number), "latex")
        [sheet] = (tmp_path / str(number)).glob("*.tex")
        shutil.copy(sheet, tmp_path / f"{number}.tex")
        done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{number}.tex"], cwd=tmp_path,
                              capture_output=True, text=True, errors="replace")
        assert done.returncode == 0, done.stdout[-1500:]
    assert not (tmp_path / "PWNED").exists()
