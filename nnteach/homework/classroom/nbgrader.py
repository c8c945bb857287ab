"""A homework as an assignment of nbgrader: the same check, in cells that nbgrader locks, runs and counts.

    to_nbgrader(Sheet("backprop", {"layers": [3, 3, 3]}), "course/source/hw3/hw3.ipynb")
    nbgrader generate_assignment hw3          # the release has no solutions: they are computed, between markers

Every answer has a cell of its own with its share of the points: nbgrader gives all points of a cell that raises
nothing, so each ends in an `assert`. nbgrader itself is not needed to write the file.
"""

import json
from pathlib import Path

from ...support import atomic
from .grade import RIGHT, Sheet

SCHEMA = 3  # of the metadata in nbgrader's cells


def to_nbgrader(sheet: Sheet, path) -> Path:
    """Write the source version of an assignment.

    Args:
        sheet: the homework. Students write their own name into the first cell, and have their own numbers.
        path: of the notebook, such as course/source/hw3/hw3.ipynb; folders are made.

    Returns:
        The path.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": _cells(sheet), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    atomic.write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return path


def _cells(sheet):
    hw = sheet.homework("example")
    settings = "".join(f", {name}={value!r}" for name, value in sheet.description.items())
    names = ", ".join(f"{name}={name}" for name in hw.asked)
    share = sheet.points / len(hw.asked)
    solution = [f"{name} = hw.truth[{name!r}].tolist()" for name in hw.asked]
    answers = [f"{name} = ..." for name in hw.asked]
    right = ", ".join(map(repr, RIGHT))
    return [
        _cell("task", "markdown", f"## {hw.exercise.title}\n\nWrite your name into the next cell and run it.", {}),
        _cell("student", "code", 'student = "example"', {"solution": True}),
        _cell("sheet", "code", f"import nnteach as nt\n\n"
              f"hw = nt.homework({sheet.name!r}{settings}, student=student)\nhw.show()", {"locked": True}),
        _cell("answers", "code", "\n".join(
            [*answers, "### BEGIN SOLUTION", *solution, "### END SOLUTION"]), {"solution": True}),
        _cell("check", "code", f"hw.check({names})", {"locked": True}),
        *(_cell(f"test_{name}", "code", f"result = nt.homework({sheet.name!r}{settings}, student=student)"
                f".check({names})\nassert result.ok or result.stages[{name!r}] in ({right}), result.message",
                {"grade": True, "locked": True, "points": share}) for name in hw.asked),
    ]


def _cell(name, kind, source, nbgrader):
    flags = {"grade": False, "solution": False, "locked": False, "task": False} | nbgrader
    metadata = {"nbgrader": flags | {"grade_id": name, "schema_version": SCHEMA}}
    cell = {"cell_type": kind, "id": name.replace("_", "-"), "metadata": metadata,
            "source": source.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
