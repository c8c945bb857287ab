"""Grading a folder: one row a student, by value, and a page that says which mistakes the class made.

    sheet = Sheet.read("hw3/sheet.json")
    rows = grade("hw3/handed-in", sheet)
    write_csv(rows, "grades.csv", "moodle")
    print(class_page(rows, sheet))

A file that cannot be read is a row with the reason and no points; it never stops the others. What a student computed is
never run (`handed_in.py`); the verdict comes from the same check as in the notebook.
"""

import csv
import functools
import io
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ...core.errors import GraphError, message
from ...support import atomic
from ...support.similar_names import choose
from ..exercises.exercise import Exercise
from ..homework import Homework, homework
from ..mistakes.wording import words
from ..numbers.variants import VERSION
from ..output.documents import quoted
from .folder import KINDS, SHEET, Found, HandIn, look_through, shown
from .handed_in import Unreadable

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
        atomic.write_text(path, json.dumps(self.__dict__, indent=1, sort_keys=True) + "\n")

    @property
    def exercise(self) -> Exercise:
        return homework(self.name, "anybody", self.version, **self.description).exercise

    def homework(self, student: str, exercise: Exercise | None = None) -> Homework:
        """The homework of a student."""
        if exercise is None:
            return homework(self.name, student, self.version, **self.description)
        language = self.description.get("language", "en")
        made = Homework(exercise, student, self.version, self.draws.get(student), language)
        made.origin = functools.partial(self.homework, student)
        return made


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


class Rows(list):
    """The rows of a class.

    Attributes:
        left_out: (place, reason) of every file that is no hand-in.
        absent: students of the sheet who handed nothing in, by the names of the files.
    """

    left_out: tuple = ()
    absent: tuple = ()


def grade(folder, sheet: Sheet) -> Rows:
    """Grade every notebook and JSON file in a folder, its sub-folders and archives; a file is called as the student is.

    Args:
        folder: what was handed in.
        sheet: what was asked.

    Returns:
        A list of Rows, which also says what was left out and who is missing.

    Raises:
        GraphError: the folder is none, or holds no file of these kinds.
    """
    folder = Path(folder)
    found = look_through(folder) if folder.is_dir() else Found()
    if not found.hand_ins:
        others = ", ".join(place for place, _ in found.left_out[:5])
        given = f"{folder}, with {others}" if others else str(folder)
        expected = f"a folder with files ending in {' or '.join(KINDS)}, or .zip archives of them"
        raise GraphError(message(expected, given, "Name the folder that the hand-ins were saved in"))
    exercise = sheet.exercise
    rows = [grade_file(one, sheet, exercise) for one in found.hand_ins]
    names = Counter(row.student for row in rows)
    places = _places_of(found.hand_ins)
    graded = Rows(_several(row, places[row.student]) if names[row.student] > 1 else row for row in rows)
    graded.left_out = tuple(found.left_out)
    graded.absent = tuple(name for name in sheet.draws if name not in names)
    return graded


def _places_of(hand_ins) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for one in hand_ins:
        places.setdefault(one.student, []).append(one.place)
    return places


def grade_file(one: HandIn | Path, sheet: Sheet, exercise: Exercise) -> Row:
    """The row of one file, whatever is in it."""
    one = one if isinstance(one, HandIn) else HandIn(one.name, shown(one.stem), path=one)
    student = one.student
    try:
        answers = one.read()
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


def _several(row, places):
    """A student who handed in several files gets none of them counted: the teacher decides."""
    return Row(row.student, 0.0, "unreadable", remark=f"handed in more than once ({', '.join(places)}); keep one")


# --------------------------------------------------------------------------------------------- what comes out


def write_csv(rows: list[Row], path, form: str = "plain") -> None:
    """Write the grades: "plain", "moodle" or "canvas" columns.

    Raises:
        GraphError: another form.
    """
    writers = {"plain": _plain, "moodle": _moodle, "canvas": _canvas}
    if form not in writers:
        raise GraphError(message(f"a form among {', '.join(writers)}", repr(form), choose(form, writers)))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[_harmless(cell) for cell in line] for line in writers[form](rows)])
    atomic.write_bytes(path, text.getvalue().encode("utf-8", "backslashreplace"))  # names of files may be anything


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
    return "\n".join(out + _not_graded(rows)) + "\n"


def _not_graded(rows) -> list[str]:
    """Who is missing, what cannot be read, and which files were left out: nothing is passed over in silence."""
    unreadable = [f"{quoted(row.student)}: {row.remark}" for row in rows if row.verdict == "unreadable"]
    left_out = [f"{quoted(place)}: {reason}" for place, reason in getattr(rows, "left_out", ())]
    lists = {"Nothing handed in": [*map(quoted, getattr(rows, "absent", ()))], "Could not be read": unreadable,
             "Files that were not graded": left_out}
    out = []
    for title, lines in lists.items():
        if lines:
            out += ["", f"{title} ({len(lines)}):", "", *(f"- {line}" for line in lines)]
    return out
