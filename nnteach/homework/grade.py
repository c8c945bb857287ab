"""Grading a folder: one row a student, by value, and a page that says which mistakes the class made.

    sheet = Sheet.read("hw3/sheet.json")
    rows = grade("hw3/handed-in", sheet)
    write_csv(rows, "grades.csv", "moodle")
    print(class_page(rows, sheet))

A file that cannot be read is a row with the reason and no points; it never stops the others. What a student computed is
never run (`handed_in.py`); the verdict comes from the same check as in the notebook.
"""

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import GraphError, NNTeachError, message
from .exercise import Exercise
from .handed_in import Unreadable, read_file
from .sheet import Homework, homework
from .variants import VERSION
from .wording import words

FILES = (".ipynb", ".json")
SHEET = "sheet.json"
RIGHT = ("correct", "follows")


@dataclass(frozen=True)
class Sheet:
    """A homework for a class.

    Attributes:
        name: "backprop", a fixed exercise or an expression.
        description: the arguments of `homework`.
        version: of the numbers.
        points: for everything right.
        convention: the share of the points for what is right under another convention of the loss.
        draws: student -> how many draws their numbers took, so that they need not be tried again.
    """

    name: str
    description: dict = field(default_factory=dict)
    version: int = VERSION
    points: float = 10.0
    convention: float = 0.5
    draws: dict = field(default_factory=dict)

    @classmethod
    def read(cls, path) -> "Sheet":
        """A sheet from its file."""
        try:
            return cls(**json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise GraphError(
                message(
                    f"the file of a sheet, {SHEET}",
                    f"{path}: {error}",
                    "It is made by: nnteach homework new … -o FOLDER",
                )
            ) from None

    def write(self, path) -> None:
        """Write the sheet to a file."""
        Path(path).write_text(json.dumps(self.__dict__, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @property
    def exercise(self) -> Exercise:
        return homework(self.name, "anybody", self.version, **self.description).exercise

    def homework(self, student: str, exercise: Exercise | None = None) -> Homework:
        """The homework of a student."""
        if exercise is None:
            return homework(self.name, student, self.version, **self.description)
        return Homework(exercise, student, self.version, self.draws.get(student))


@dataclass(frozen=True)
class Row:
    """What one student gets.

    Attributes:
        student: as the file is called.
        score: points.
        verdict: of the check, or "unreadable".
        mistakes: ids.
        first_wrong: name of the first wrong answer.
        stages: name -> verdict.
        remark: the reason if a file cannot be read; else the first sentence of the message.
        variant: the id of the numbers.
    """

    student: str
    score: float
    verdict: str
    mistakes: tuple[str, ...] = ()
    first_wrong: str | None = None
    stages: dict = field(default_factory=dict)
    remark: str = ""
    variant: str = ""


def grade(folder, sheet: Sheet) -> list[Row]:
    """Grade every notebook and JSON file in a folder; the file is called as the student is.

    Raises:
        GraphError: the folder is none, or empty.
    """
    folder = Path(folder)
    files = sorted(p for p in folder.iterdir() if p.suffix in FILES and p.name != SHEET) if folder.is_dir() else []
    if not files:
        raise GraphError(message(f"a folder with files ending in {' or '.join(FILES)}", str(folder)))
    exercise = sheet.exercise
    rows = [grade_file(path, sheet, exercise) for path in files]
    return [_without_twins(row, rows) for row in rows]


def grade_file(path: Path, sheet: Sheet, exercise: Exercise) -> Row:
    """The row of one file, whatever is in it."""
    student = path.stem
    try:
        answers = read_file(path)
        hw = sheet.homework(student, exercise)
        result = hw.check({name: value for name, value in answers.items() if name in hw.stages})
    except Unreadable as reason:
        return Row(student, 0.0, "unreadable", remark=str(reason))
    except Exception as error:  # one bad file is one row, whatever is bad about it
        return Row(student, 0.0, "unreadable", remark=f"cannot be graded: {type(error).__name__}: {error}"[:200])
    return Row(
        student,
        _score(result, hw, sheet),
        result.verdict,
        result.mistakes,
        result.first_wrong,
        dict(result.stages),
        (result.points or (result.headline,))[0],
        hw.variant.id,
    )


def _score(result, hw, sheet):
    if result.ok:
        return sheet.points
    if result.verdict == "other_convention":
        return round(sheet.points * sheet.convention, 2)
    right = sum(result.stages.get(name) in RIGHT for name in hw.asked)
    return round(sheet.points * right / len(hw.asked), 2)


def _without_twins(row, rows):
    """A student who handed in two files gets neither counted twice: the teacher decides."""
    twins = [r for r in rows if r.student == row.student]
    if len(twins) == 1:
        return row
    return Row(row.student, 0.0, "unreadable", remark="handed in as a notebook and as a JSON file; remove one")


# --------------------------------------------------------------------------------------------- what comes out


def write_csv(rows: list[Row], path, form: str = "plain") -> None:
    """Write the grades: "plain", "moodle" or "canvas" columns.

    Raises:
        GraphError: another form.
    """
    writers = {"plain": _plain, "moodle": _moodle, "canvas": _canvas}
    if form not in writers:
        raise GraphError(message(f"a form among {', '.join(writers)}", repr(form)))
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[_harmless(cell) for cell in line] for line in writers[form](rows)])


def _plain(rows):
    names = list(dict.fromkeys(name for row in rows for name in row.stages))
    yield ["student", "variant", "score", "verdict", "mistakes", "first wrong", *names, "remark"]
    for r in rows:
        yield [
            r.student,
            r.variant,
            r.score,
            r.verdict,
            " ".join(r.mistakes),
            r.first_wrong or "",
            *(r.stages.get(name, "") for name in names),
            r.remark,
        ]


def _moodle(rows):
    yield ["ID number", "Grade", "Feedback comments"]
    for r in rows:
        yield [r.student, r.score, r.remark]


def _canvas(rows):
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework"]
    for r in rows:
        yield ["", "", r.student, "", "", r.score]


def _harmless(cell):
    """A text that a spreadsheet would take for a formula is kept a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def class_page(rows: list[Row], sheet: Sheet) -> str:
    """What the class did, in Markdown: verdicts, mistakes by how often, answers by how often they were wrong."""
    verdicts = Counter(row.verdict for row in rows)
    mistakes = Counter(i for row in rows for i in row.mistakes[:1])
    wrong = Counter(row.first_wrong for row in rows if row.first_wrong)
    out = [
        f"# {sheet.exercise.title}",
        "",
        f"{len(rows)} handed in, {sum(r.score for r in rows) / len(rows):.1f} of "
        f"{sheet.points:g} points on average.",
        "",
        "| verdict | students |",
        "|---|---|",
    ]
    out += [f"| {verdict.replace('_', ' ')} | {n} |" for verdict, n in verdicts.most_common()]
    if mistakes:
        out += ["", "| students | mistake | what they did |", "|---|---|---|"]
        out += [f"| {n} | {i} | {words(i)[0]} |" for i, n in mistakes.most_common()]
    if wrong:
        out += ["", "First wrong answer: " + ", ".join(f"{name} ({n})" for name, n in wrong.most_common())]
    return "\n".join(out) + "\n"


# ------------------------------------------------------------------------------------------------ new sheets


def new_sheets(sheet: Sheet, students: list[str], folder, form: str = "notebook") -> Sheet:
    """Make a folder with the sheet's file and a sheet for every student: "notebook", "markdown" or "latex".

    Raises:
        GraphError: a file is there already, or a name that cannot be a file's.
    """
    folder, suffix = Path(folder), {"notebook": ".ipynb", "markdown": ".md", "latex": ".tex"}[form]
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / SHEET).exists():
        raise GraphError(
            message("a new folder", f"{folder / SHEET}, which is there already", "Name another folder with -o")
        )
    for name in students:
        if not name or Path(name).name != name or name.startswith("."):
            raise GraphError(message("students' names that can be files' names", repr(name)))
    exercise, draws = sheet.exercise, {}
    for name in students:
        hw = sheet.homework(name, exercise)
        draws[name] = hw.variant.draws
        text = {"notebook": _notebook, "markdown": lambda hw, sheet: str(hw.show()), "latex": _latex}[form](
            hw, sheet
        )
        (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    made = Sheet(**(sheet.__dict__ | {"draws": draws}))
    made.write(folder / SHEET)
    return made


def _notebook(hw, sheet):
    settings = "".join(f", {name}={value!r}" for name, value in sheet.description.items())
    code = [
        f"import nnteach as nt\n\nhw = nt.homework({sheet.name!r}{settings}, student={hw.student!r})",
        "\n".join(f"{name} = ..." for name in hw.asked),
        f"hw.check({', '.join(f'{name}={name}' for name in hw.asked)})",
    ]
    cells = [
        _cell("markdown", str(hw.show()), 0),
        *(_cell("code", source, i) for i, source in enumerate(code, start=1)),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return (
        json.dumps(
            {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}, indent=1
        )
        + "\n"
    )


def _cell(kind, source, number):
    cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _latex(hw, sheet):
    lines = str(hw.show()).replace("## ", "").replace("#", "").replace("`", "").splitlines()
    return "\\begin{verbatim}\n" + "\n".join(lines) + "\n\\end{verbatim}\n"


def read_roster(path) -> list[str]:
    """The students of a class: the first column of a text or CSV file, one a line; a header "student" is skipped."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            names = [line[0].strip() for line in csv.reader(file) if line and line[0].strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise NNTeachError(f"The roster {path} cannot be read: {error}") from None
    return [name for i, name in enumerate(names) if not (i == 0 and name.lower() in ("student", "id", "name"))]
