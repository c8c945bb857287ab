"""The advice of the checks and the homework, followed: every error of `nnteach/homework` is provoked, and what it says
to do is done and leads to what was wanted."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys

import numpy as np
import pytest

import nnteach as nt
from nnteach import homework
from nnteach.cli.commands import main
from nnteach.core import errors
from nnteach.core.errors import NNTeachError
from nnteach.homework.classroom import grade, handout
from nnteach.homework.classroom.grade import Sheet
from nnteach.homework.exercises.definitions import slope
from nnteach.homework.exercises.reference import reference
from nnteach.i18n.check_phrases import phrase
from nnteach.symbolic.formula import Symbol

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(homework.__path__, "nnteach.homework.")
    if not found.ispkg
]
NETWORK = {"layers": [2, 2, 2], "batch": 1}
SHEET = Sheet("x_plus_y_times_z")


def square(x):
    return x * x


def solution(x=2.0):
    return x * x


def no_defaults(x):
    return x * x


@nt.primitive(vjps=(lambda g, y, x: g / (1 + float(x) ** 2),), notation="arctan(a)")
def arctan(x):
    return np.arctan(x)


def in_words(function):
    """The slope of a student's own operation, as a sheet writes it."""
    z = nt.variable(0.5, "z")
    return slope(function(z), z, {z: Symbol("z", z.value)})


def sheets(folder, *students):
    """The files of a class with one student."""
    handout.new_sheets(SHEET, list(students) or ["ada"], folder)
    return sorted(file.name for file in folder.iterdir())


def made_by_the_command(path):
    """What the file of a sheet says that the command made."""
    roster(path, b"Ada\n")
    assert (
        main(["homework", "new", "x_plus_y_times_z", "--roster", str(path / "class.csv"), "-o", str(path / "hw")]) == 0
    )
    return Sheet.read(path / "hw" / "sheet.json").name


def folder_with(path, **files):
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return path


def handed_in(path):
    """A graded folder, with its sheet."""
    sheet = handout.new_sheets(SHEET, ["ada"], path / "hw")
    folder = folder_with(path / "in", ada_json='{"dx": 1}')
    return grade.grade(folder, sheet)


def csv_of(path, form):
    grade.write_csv(handed_in(path), path / "grades.csv", form)
    return (path / "grades.csv").read_text(encoding="utf-8").count("ada")


def refused_file(path):
    (path / "hw").mkdir()
    (path / "hw" / "sheet.json").write_text("[", encoding="utf-8")
    return Sheet.read(path / "hw" / "sheet.json")


def roster(path, content):
    (path / "class.csv").write_bytes(content)
    return handout.read_roster(path / "class.csv")


# provoke, what the message must say, the advice followed, what it leads to; each is given an empty folder
ADVICE = {
    # ---------------------------------------------------------------- checks
    "no function": (
        lambda _: nt.check(square(2.0), solution),
        "without calling it: check(backward, solution)",
        lambda _: nt.check(square, solution).ok,
        True,
    ),
    "no solution": (
        lambda _: nt.check(square, 4.0),
        "without calling it",
        lambda _: nt.check(square, solution).ok,
        True,
    ),
    "no examples": (
        lambda _: nt.check(square, no_defaults),
        "a function rng -> dict of inputs",
        lambda _: nt.check(square, no_defaults, inputs=lambda rng: {"x": rng.normal()}).ok,
        True,
    ),
    "no examples, imitated": (
        lambda _: nt.check(square, no_defaults),
        "or example inputs to imitate",
        lambda _: nt.check(square, no_defaults, inputs={"x": 1.5}).ok,
        True,
    ),
    "no names": (
        lambda _: nt.check(square, dict),
        "Write it with def and name its inputs",
        lambda _: nt.check(square, solution).ok,
        True,
    ),
    "other inputs": (
        lambda _: nt.check(square, solution, inputs={"y": 1.0}),
        "names of the solution's parameters: dict(x=...)",
        lambda _: nt.check(square, solution, inputs={"x": 1.0}).ok,
        True,
    ),
    "nested for ever": (
        lambda _: nt.check(square, solution, inputs={"x": endless()}),
        "The input x: expected",
        lambda _: nt.check(square, solution, inputs={"x": [1.0]}) is not None,
        True,
    ),
    "reveal": (
        lambda _: nt.reveal({"dX": 1.0}, {"dx": 1.0}),
        "Do you mean dx?",
        lambda _: repr(nt.reveal({"dx": 1.0}, {"dx": 1.0})),
        "dx: you said 1, it is 1 (as you said)",
    ),
    "reveal, unlike": (
        lambda _: nt.reveal({"loss": 1.0}, {"dx": 1.0}),
        "Keep the names of the cell as they are",
        lambda _: repr(nt.reveal({"dx": None}, {"dx": 1.0})),
        "dx: no prediction yet; it is 1",
    ),
    # ---------------------------------------------------------------- exercises by name
    "reference": (
        lambda _: reference("x_plus_y_time_z"),
        "Did you mean 'x_plus_y_times_z'?",
        lambda _: reference("x_plus_y_times_z") is not None,
        True,
    ),
    "exercise": (
        lambda _: nt.exercise("16_activation"),
        "Did you mean '16_activations'?",
        lambda _: len(nt.exercise("16_activations").asked) > 0,
        True,
    ),
    "exercise, unlike": (
        lambda _: nt.exercise("zzz"),
        "Write one of these names, such as '",
        lambda said: len(nt.exercise(re.search("such as '(.*)'", said)[1]).asked) > 0,
        True,
    ),
    "homework": (
        lambda _: nt.homework("sigmoid_2_2"),
        "Did you mean 'sigmoid_2_2_2'?",
        lambda _: nt.homework("sigmoid_2_2_2").asked,
        nt.homework("sigmoid_2_2_2").asked,
    ),
    "homework, unlike": (
        lambda _: nt.homework("zzzzzz"),
        "such as 'backprop'",
        lambda _: len(nt.homework("backprop").asked),
        4,
    ),
    "fixed exercise": (
        lambda _: nt.homework("sigmoid_2_2_2", layers=[2, 3, 1]),
        'homework("backprop", layers=...)',
        lambda _: nt.homework("backprop", layers=[2, 3, 2]).given["W1"].shape,
        (3, 2),
    ),
    "a topic's settings": (
        lambda _: nt.homework("dropout", forms="classic"),
        "Did you mean 'form'?",
        lambda _: nt.homework("dropout", form="classic").exercise.title,
        "Classic dropout with a given mask",
    ),
    "dropout": (
        lambda _: nt.homework("dropout", form="clasic"),
        "Did you mean 'classic'?",
        lambda _: nt.homework("dropout", form="classic").exercise.title,
        "Classic dropout with a given mask",
    ),
    "gate": (
        lambda _: nt.homework("boolean", gate="NAND gate"),
        "Did you mean 'nand'?",
        lambda _: nt.homework("boolean", gate="nand").exercise.title,
        "Weights for NAND",
    ),
    "language": (
        lambda _: nt.homework("x*y", language="english"),
        "such as 'en'",
        lambda _: phrase("correct", "en") != "",
        True,
    ),
    "language, in capitals": (
        lambda _: nt.homework("x*y", language="IT"),
        "Did you mean 'it'?",
        lambda _: nt.homework("x*y", language="it").language,
        "it",
    ),
    # ---------------------------------------------------------------- networks
    "layers": (
        lambda _: nt.homework(layers=[3]),
        "as in layers=[3, 4, 2], batch=1",
        lambda _: nt.homework(layers=[3, 4, 2], batch=1).given["W2"].shape,
        (2, 4),
    ),
    "batch": (
        lambda _: nt.homework(layers=[3, 2], batch=0),
        "batch=1",
        lambda _: nt.homework(layers=[3, 4, 2], batch=1).given["X"].shape,
        (1, 3),
    ),
    "skip": (
        lambda _: nt.homework(layers=[3, 3, 2], skip=True),
        "Write layers=[3, 3, 3, 2]",
        lambda _: nt.homework(layers=[3, 3, 3, 2], skip=True).exercise.title,
        "Backpropagation through a 3-3-3-2 network",
    ),
    "shared": (
        lambda _: nt.homework(layers=[3, 2, 4, 2], shared=True),
        "Write layers=[3, 4, 4, 2]",
        lambda _: nt.homework(layers=[3, 4, 4, 2], shared=True).exercise.title,
        "Backpropagation through a 3-4-4-2 network",
    ),
    "cross-entropy": (
        lambda _: nt.homework(**NETWORK, output="sigmoid", loss="cross_entropy"),
        'Write output="softmax"',
        lambda _: nt.homework(**NETWORK, output="softmax", loss="cross_entropy").asked[0],
        "dW2",
    ),
    "cross-entropy, another loss": (
        lambda _: nt.homework(**NETWORK, output="sigmoid", loss="cross_entropy"),
        'loss="mse"',
        lambda _: nt.homework(**NETWORK, output="sigmoid", loss="mse").asked[0],
        "dW2",
    ),
    "unreadable numbers": (
        lambda _: nt.homework("1000000*x*y", student="ada"),
        "answers lie between 0.0001 and 100",
        lambda _: nt.homework("x*y", student="ada").variant.separated,
        True,
    ),
    "dead units": (
        lambda _: nt.homework(layers=[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2], batch=1, student="ada"),
        "Try other layer sizes or a larger batch",
        lambda _: nt.homework(layers=[2, 3, 2], batch=4, student="ada").variant.draws > 0,
        True,
    ),
    "mistake": (
        lambda _: nt.homework("x*y").replay("nothing"),
        "as in hw.replay('sign')",
        lambda _: replayed("sign"),
        True,
    ),
    "no check yet": (
        lambda _: nt.homework("x*y").replay(),
        "Check answers first",
        lambda _: replayed_after_a_check(),
        True,
    ),
    "player": (
        lambda _: nt.homework("dropout").solution().player(),
        "Its steps are in .to_markdown()",
        lambda _: "mask" in nt.homework("dropout").solution().to_markdown(),
        True,
    ),
    "a rule without a formula": (
        lambda _: in_words(arctan),
        "with operators and primitives only",
        lambda _: (
            in_words(nt.primitive(vjps=(lambda g, y, x: g / (1 + x * x),), notation="arctan(a)")(np.arctan)).value
        ),
        0.8,
    ),
    "one output of softmax": (
        lambda _: nt.homework(layers=[2, 3, 1]),
        "Write layers=[2, 3, 2]",
        lambda _: nt.homework(layers=[2, 3, 2], student="ada").given["W2"].shape,
        (2, 3),
    ),
    "one output": (
        lambda _: nt.homework(layers=[2, 3, 1]),
        'output="sigmoid"',
        lambda _: nt.homework(layers=[2, 3, 1], output="sigmoid", student="ada").given["W2"].shape,
        (1, 3),
    ),
    "an activation": (
        lambda _: nt.homework(layers=[2, 2], output="sigmoit"),
        "Did you mean 'sigmoid'?",
        lambda _: nt.homework(layers=[2, 2], output="sigmoid").given["W1"].shape,
        (2, 2),
    ),
    # ---------------------------------------------------------------- handing out and grading
    "a folder twice": (
        lambda path: [sheets(path / "hw") for _ in range(2)],
        "Name another folder with -o",
        lambda path: sheets(path / "hw2"),
        ["ada.ipynb", "sheet.json"],
    ),
    "a name with a slash": (
        lambda path: sheets(path / "hw", "Ada/B"),
        "Write it as 'Ada_B'",
        lambda path: sheets(path / "hw", "Ada_B"),
        ["Ada_B.ipynb", "sheet.json"],
    ),
    "a name with a dot": (
        lambda path: sheets(path / "hw", ".ada"),
        "Write it as 'ada'",
        lambda path: sheets(path / "hw", "ada"),
        ["ada.ipynb", "sheet.json"],
    ),
    "no name": (
        lambda path: sheets(path / "hw", ""),
        "Write it as 'A1'",
        lambda path: sheets(path / "hw", "A1"),
        ["A1.ipynb", "sheet.json"],
    ),
    "a roster that is none": (
        lambda path: handout.read_roster(path / "class.csv"),
        "Name the file of the class list",
        lambda path: roster(path, b"student\nAda\n"),
        ["Ada"],
    ),
    "a roster in UTF-16": (
        lambda path: roster(path, "Zo\u00eb\n".encode("utf-16")),
        "saved as CSV in UTF-8",
        lambda path: roster(path, "Zo\u00eb\n".encode()),
        ["Zo\u00eb"],
    ),
    "the file of a sheet": (refused_file, "nnteach homework new … -o FOLDER", made_by_the_command, "x_plus_y_times_z"),
    "an empty folder": (
        lambda path: grade.grade(path, SHEET),
        "Name the folder that the hand-ins were saved in",
        lambda path: [row.student for row in handed_in(path)],
        ["ada"],
    ),
    "a form of grades": (
        lambda path: csv_of(path, "Moodle"),
        "Did you mean 'moodle'?",
        lambda path: csv_of(path, "moodle"),
        1,
    ),
}


def endless():
    loop = []
    loop.append(loop)
    return loop


def replayed(mistake):
    hw = nt.homework("sigmoid_2_2_2", student="Ada")
    return len(hw.replay(mistake).trace) > 0


def replayed_after_a_check():
    hw = nt.homework("sigmoid_2_2_2", student="Ada")
    hw.check({name: -hw.truth[name] for name in hw.asked})
    return len(hw.replay().trace) > 0


FROM_WHAT_IS_SAID = ("exercise, unlike",)  # their advice is taken from the message itself
# What raises without a message of three parts, and why that is no error that a reader sees.
INTERNAL = {
    "NotNumbers": "caught by the checks, which go on from `is`: tests/test_numerals.py reads what they say",
    "Misfit": "caught by compare, which goes on from `is`",
    "InputsError": "caught by check, which tells it as the teacher's",
    "Unreadable": "caught by grade_file, which makes it the remark of a row",
    "ValueError": "caught where a mistake is tried that does not fit",
    "NotImplementedError": "of a method that a subclass has",
    "error": "NotNumbers again",
    "self.content": "Unreadable again",
}
WRAPPED = {"grading.cases:_of_some_depth": "goes on with the three parts of the graph's own message"}


def said_by(provoke, path):
    try:
        provoke(path)
    except NNTeachError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", ADVICE)
def test_the_advice_leads_to_what_was_wanted(name, tmp_path):
    provoke, advice, follow, right = ADVICE[name]
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    said = said_by(provoke, tmp_path / "one")
    assert "expected " in said and "got " in said and advice in said
    given = said if name in FROM_WHAT_IS_SAID else tmp_path / "two"
    assert follow(given) == pytest.approx(right) if isinstance(right, float) else follow(given) == right


def raised(module):
    """What a module raises: (function, line, the name of the class, the call of `message` or None)."""
    tree = ast.parse(inspect.getsource(module))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Raise) and node.exc is not None:
                    call = node.exc if isinstance(node.exc, ast.Call) else None
                    first = call.args[0] if call and call.args else None
                    by_message = isinstance(first, ast.Call) and getattr(first.func, "id", "") == "message"
                    yield function.name, ast.unparse(call.func if call else node.exc), first if by_message else None


def test_every_error_has_three_parts_and_a_line_in_the_table(monkeypatch, tmp_path):
    """A new error has to say what to do, and has to be added above with what that leads to."""
    expected, reached = set(), set()

    def message(expected, got, advice=""):
        caller = sys._getframe(1)
        reached.add((caller.f_globals["__name__"], caller.f_lineno))
        return errors.message(expected, got, advice)

    for module in MODULES:
        short = module.__name__.removeprefix("nnteach.homework.")
        for function, kind, call in raised(module):
            if call is not None:
                assert len(call.args) == 3, f"{short}:{function} does not say what to do"
                expected.add((module.__name__, call.lineno))
            else:
                assert kind in INTERNAL or f"{short}:{function}" in WRAPPED, f"{short}:{function} raises {kind}"
        if hasattr(module, "message"):
            monkeypatch.setattr(module, "message", message)
    for number, (provoke, *_) in enumerate(ADVICE.values()):
        (tmp_path / str(number)).mkdir()
        said_by(provoke, tmp_path / str(number))
    assert expected <= reached, sorted(expected - reached)
