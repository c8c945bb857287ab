"""Handing out: a sheet for every student of a roster, as a notebook, Markdown, LaTeX or PDF, without solutions."""

import csv
import json
import re
from pathlib import Path

from ...core.errors import GraphError, NNTeachError, message
from ...support import atomic
from ...symbolic.latex_escape import prose, typed
from ..exercises.course_set import COURSE
from ..output.documents import unquoted
from .folder import SHEET
from .grade import Sheet


def new_sheets(sheet: Sheet, students: list[str], folder, form: str = "notebook", solutions=None) -> Sheet:
    """Make a folder with the sheet's file and a sheet for every student: "notebook", "markdown", "latex" or "pdf".

    Nothing in the folder has a solution in it. Of "pdf" there is one file for the class, sheets.pdf. The
    teacher's copy, with the worked solutions of all students, lies beside the folder, never in it; a notebook
    solves itself.

    Args:
        sheet: what is asked.
        students: names, one sheet each.
        folder: a new folder.
        form: of the sheets.
        solutions: path of the teacher's copy; FOLDER-solutions.pdf, .md or .tex if not given.

    Raises:
        GraphError: a file is there already, or a name that cannot be a file's.
    """
    folder = Path(folder).absolute()
    solutions = Path(solutions or folder.with_name(f"{folder.name}-solutions{KEYS.get(form, '')}"))
    _must_be_new(folder / SHEET, *[solutions] * (form in KEYS))
    for name in students:
        if not name or Path(name).name != name or name.startswith("."):
            plain = re.sub(r"[^\w -]+", "_", name).strip("_ ") or "A1"
            raise GraphError(message("students' names that can be files' names", repr(name), f"Write it as {plain!r}"))
    folder.mkdir(parents=True, exist_ok=True)
    exercise = sheet.exercise
    made = [sheet.homework(name, exercise) for name in students]
    if form == "pdf":
        _print(made, folder, solutions)
    else:
        suffix, write = FORMS[form]
        for hw in made:
            atomic.write_text(folder / f"{hw.student}{suffix}", write(hw, sheet))
        if form in KEYS:
            atomic.write_text(solutions, _solved(made, form))
    complete = Sheet(**(sheet.__dict__ | {"draws": {hw.student: hw.variant.draws for hw in made}}))
    complete.write(folder / SHEET)
    return complete


def new_set(students: list[str], folder, form: str = "notebook", points: float = 10.0) -> list[Sheet]:
    """Make the sheets of all exercises of the course, a folder each; the teacher's copies lie in FOLDER-solutions."""
    folder = Path(folder).absolute()
    beside = folder.with_name(f"{folder.name}-solutions")
    if form in KEYS:
        beside.mkdir(parents=True, exist_ok=True)
    return [
        new_sheets(Sheet(made.name, dict(made.settings), points=points), students, folder / key, form,
                   beside / f"{key}{KEYS.get(form, '')}")
        for key, made in COURSE.items()
    ]


def _must_be_new(*files):
    for file in files:
        if file.exists():
            raise GraphError(message("a new folder", f"{file}, which is there already", "Name another folder with -o"))


def _print(made, folder, solutions):
    from ..output.pdf import write_pdf

    write_pdf(made, folder / "sheets.pdf")
    write_pdf(made, solutions, solutions=True)


def _solved(made, form):
    """The worked solutions of a class, a student after the other."""
    if form == "markdown":
        return "\n---\n\n".join(hw.solution().to_markdown() for hw in made)
    named = (f"\\textbf{{{prose(hw.student)}}}\n{hw.solution().to_latex()}" for hw in made)
    return "\n".join([LATEX_BEGINS, "\\clearpage\n".join(named), "\\end{document}", ""])


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
    """The sheet as a document of its own. No verbatim environment: a name could end it, and would then be run."""
    return "\n".join([LATEX_BEGINS, *_latex_lines(str(hw.show()).splitlines()), "\\end{document}", ""])


def _latex_lines(lines):
    """The lines of a sheet, which are Markdown of a simple kind, in LaTeX."""
    numbers = False
    for line in lines:
        if line == "```":
            numbers = not numbers
        elif numbers:
            yield typed(line) + r"\\"
        elif line.startswith("#"):
            yield rf"\section*{{{prose(line.lstrip('#'))}}}"
        else:
            yield prose(unquoted(line)) + "\n"


LATEX_BEGINS = r"""\documentclass[a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[margin=2cm]{geometry}
\usepackage{amsmath}
\setlength{\parindent}{0pt}
\begin{document}
\raggedright"""
KEYS = {"pdf": ".pdf", "markdown": ".md", "latex": ".tex"}
FORMS = {
    "notebook": (".ipynb", _notebook),
    "markdown": (".md", lambda hw, sheet: str(hw.show())),
    "latex": (".tex", _latex),
}


def read_roster(path) -> list[str]:
    """The students of a class: the first column of a text or CSV file, one a line; a header "student" is skipped."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            names = [line[0].strip() for line in csv.reader(file) if line and line[0].strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise NNTeachError(message("a text or CSV file with a student on each line", f"{path}: {error}",
                                   "Name the file of the class list, saved as CSV in UTF-8")) from None
    return [name for i, name in enumerate(names) if not (i == 0 and name.lower() in ("student", "id", "name"))]
