"""Every question and every prediction of every lesson, tried with the answer of a reader who understood.

The answers stand in `lesson_answers.py`, worked out by hand. Of the two lessons on clothes, which train for minutes,
only the cells run that need no training.
"""

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lesson_answers import ANSWERS, EXPERIMENTS

from nnteach.frameworks import extras

HERE = Path(__file__).resolve().parent
PATHS = {path.stem: path for path in sorted((HERE.parent / "notebooks").glob("*.ipynb"))}
SAID_RIGHT = ("as you said", "right as far as you rounded it")
TOO_LONG = {
    "tf_fashion": ("chance-guess", "chance-reveal", "question-1", "question-2"),
    "tf_fashion_hyper": ("grid-guess", "grid-reveal", "luck-guess", "luck-reveal", "question-1", "question-2"),
}


def about(name):
    return json.loads(PATHS[name].read_text(encoding="utf-8"))["metadata"]["nnteach"]


def code_cells(name):
    """(id, source) of the code cells that count: not what installs, shows a demo or a figure."""
    cells = json.loads(PATHS[name].read_text(encoding="utf-8"))["cells"]
    found = [(cell["id"], "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    wanted = TOO_LONG.get(name)
    return [(cell, source) for cell, source in found
            if cell != "install" and "demo" not in cell and "plt." not in source and (wanted is None or cell in wanted)]


FRAMEWORKS = [name for name in PATHS if about(name)["part"] == "Frameworks"]


def asks(source):
    return "check_answer(" in source or (".check(" in source and "nt.homework(" in source)


# ------------------------------------------------------------------------------------------------- a lesson is run


def value_of(source, names, replaced=None):
    """Run a cell; the value of its last line. Names in `replaced` keep what they are given there."""
    body = ast.parse(source).body
    if replaced:
        names.update(replaced)
        body = [node for node in body if not (isinstance(node, ast.Assign) and targets(node) & replaced.keys())]
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


def targets(node):
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def answered(source, answer):
    """What a question's own names get: of several names (theta1, theta2) each its part."""
    asked = [name for node in ast.parse(source).body if isinstance(node, ast.Assign) and has_gap(node.value)
             for name in targets(node)]
    return dict(zip(asked, [answer[name] for name in asked] if len(asked) > 1 else [answer], strict=True))


def has_gap(node):
    return any(isinstance(part, ast.Constant) and part.value is None for part in ast.walk(node))


def complaints(name):
    """Run a lesson with a reader's answers; what was not called right."""
    names, found = {"__name__": "lesson"}, []
    if name in TOO_LONG:
        exec("import numpy as np\nimport nnteach as nt", names)
    for cell, source in code_cells(name):
        answers = ANSWERS[name].get(cell)
        if cell.endswith("-guess"):
            guesses = answers if isinstance(answers, list) else [answers]
            names["my_guess"] = guesses[0]
        elif asks(source):
            for answer in answers:
                said = repr(value_of(source, names, answered(source, answer)))
                found += [] if said.startswith("✓") else [f"{name} {cell}: {answer!r} → {said}"]
        else:
            value = value_of(source, names)
            if cell.endswith("-reveal") and (name, cell.replace("reveal", "guess")) not in EXPERIMENTS:
                for sharper in guesses[1:]:
                    found += not_right(f"{name} {cell}", value)
                    names["my_guess"] = sharper
                    value = value_of(source, names)
                found += not_right(f"{name} {cell}", value)
    return found


def not_right(where, revealed):
    return [f"{where}: {row}" for row in revealed.rows if row[3] not in SAID_RIGHT]


# ------------------------------------------------------------------------------------------------------ the tests


@pytest.mark.parametrize("name", PATHS)
def test_every_question_and_every_prediction_has_an_answer_here(name):
    cells = json.loads(PATHS[name].read_text(encoding="utf-8"))["cells"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}
    asked = {cell for cell, source in sources.items() if cell.endswith("-guess") or asks(source)}
    assert asked == ANSWERS[name].keys() | {cell for lesson, cell in EXPERIMENTS if lesson == name}


@pytest.mark.parametrize("name", [name for name in PATHS if name not in FRAMEWORKS])
def test_the_answers_of_a_reader_who_understood_are_right(name):
    assert complaints(name) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_answers_to_a_framework_lesson_are_right(name, tmp_path):
    """In a process of its own, because a framework is chosen when it is first imported, and in quick mode."""
    if absent := extras.missing(*about(name).get("needs", ())):
        pytest.skip(f"not installed: {', '.join(absent)}")
    environment = os.environ | {"NNTEACH_MODE": "quick", "MPLBACKEND": "Agg", "PYTHONPATH": str(HERE)}
    done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, timeout=280, cwd=tmp_path,
                          env=environment)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr[-2000:]


def test_an_answer_that_answers_another_question_is_not_right():
    """A search of 50 was killed after 20: 50 is how many are done in the end, 30 how many the second run starts."""
    cells = json.loads(PATHS["tf_fashion_hyper"].read_text(encoding="utf-8"))["cells"]
    text = {cell["id"]: "".join(cell["source"]) for cell in cells}
    asked = text["question-2-told"]
    assert "start" in asked and "are done then" not in asked
    names = {}
    exec("import numpy as np\nimport nnteach as nt", names)
    said = {answer: repr(value_of(text["question-2"], names, {"my_answer": answer})) for answer in (30, 50)}
    assert said[30].startswith("✓") and not said[50].startswith("✓")


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):  # what the lesson itself prints
        found = complaints(sys.argv[1])
    print("\n".join(found), end="")
