"""No function, answer or solution makes a check raise: whatever they do, a check ends in a Result in words.

What is tried: errors of every kind, answers of every kind, hostile objects, changed inputs and settings, both as the
student's and as the teacher's; then at random, in containers.
"""

import asyncio
import functools
import inspect
import re
import sys
import textwrap
import threading
import unittest.mock
import warnings
from collections import OrderedDict, UserDict, namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiers import one_in

import nnteach as nt
from nnteach.homework.grading.result import Result

try:
    import torch as pytorch
except ImportError:
    pytorch = None

# A coroutine that nobody awaits is an answer, too; Python says so when it is gone.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <coroutine:pytest.PytestUnraisableExceptionWarning"),
]


class Stubborn(BaseException):
    """No Exception, as SystemExit is none."""

    def __str__(self):
        raise ValueError("no words")


class Hostile:
    """Raises at everything that can be asked of it."""

    def _no(self, *args, **named):
        raise Stubborn

    __eq__ = __ne__ = __repr__ = __str__ = __len__ = __iter__ = __bool__ = __float__ = __array__ = __getitem__ = _no
    __hash__ = __call__ = __contains__ = __int__ = __index__ = __lt__ = __format__ = _no

    def __getattr__(self, name):
        raise Stubborn


class Liar:
    """Gives itself out for another class, and has whatever attribute is asked for."""

    __class__ = property(lambda self: np.ndarray)
    shape = dtype = ndim = property(lambda self: "no shape")

    def __getattr__(self, name):
        return self


class Names(dict):
    """A dict that breaks when it is looked through."""

    def __iter__(self):
        raise RuntimeError("no names")

    items = keys = values = __iter__


class Forever:
    """Goes on without end."""

    def __iter__(self):
        return self

    def __next__(self):
        return 1.0


class Unprintable(Exception):
    def __str__(self):
        return 7


def deep(n=5000):
    nested = []
    for _ in range(n):
        nested = [nested]
    return nested


def itself():
    nested = [1.0]
    nested.append(nested)
    return nested


async def awaited():
    return 1.0


Pair = namedtuple("Pair", "dx dy")
ANSWERS = {
    "None": None,
    "dots": ...,
    "number": 1.0,
    "whole": 3,
    "huge": 10**400,
    "true": True,
    "complex": 1j,
    "nan": np.nan,
    "inf": -np.inf,
    "text": "x" * 10_000,
    "empty": "",
    "surrogate": "\ud800",
    "bytes": b"1",
    "list": [1, 2],
    "ragged": [[1], [1, 2]],
    "gaps": [None, 1.0],
    "deep": deep(),
    "itself": itself(),
    "dict": {"dx": 1.0},
    "other names": {"a": 1, 2: 3, None: 4, (1, 2): 5, "\ud800": 6},
    "set": {1.0, 2.0},
    "range": range(2),
    "object": object(),
    "class": int,
    "function": len,
    "module": np,
    "Ellipses": {"dx": ..., "dy": None},
    "object array": np.array([None, "x", 1j], dtype=object),
    "texts": np.array(["a", "b"]),
    "no entries": np.zeros((0, 3)),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "record": np.zeros(2, dtype=[("a", float)]),
    "masked": np.ma.masked_array([1.0, 2.0], [True, False]),
    "matrix": [[1.0, 2.0]],
    "Node": nt.variable(1.0),
    "Nodes": [nt.variable(1.0), nt.variable([2.0])],
    "pairs": [(np.eye(2), np.ones(2))],
    "fraction": Fraction(1, 3),
    "decimal": Decimal("NaN"),
    "snan": Decimal("sNaN"),
    "long": np.longdouble(1),
    "Mock": unittest.mock.MagicMock(),
    "named": Pair(1.0, 2.0),
    "user dict": UserDict(dx=1),
    "hostile": Hostile(),
    "hostile list": [Hostile(), 1.0],
    "hostile dict": {"dx": Hostile(), "dy": 1.0},
    "liar": Liar(),
    "names": Names(dx=1.0),
    "forever": Forever(),
    "many": np.ones(100_000),
    "error": ValueError("x"),
    "partial": functools.partial(max, 1),
    "ints": np.array([10**18, -5]),
    "uint": np.array([1, 2], dtype=np.uint8),
    "tiny": np.array([5e-324, 1e308]),
}
if pytorch:
    ANSWERS |= {
        "tensor": pytorch.ones(2),
        "needs grad": pytorch.ones(2, requires_grad=True),
        "sparse": pytorch.eye(2).to_sparse(),
        "half": pytorch.ones(2).bfloat16(),
    }
FRESH = {  # what has to be made anew for every call
    "generator": lambda: (x for x in (1.0, 2.0)),
    "endless": lambda: iter(int, 1),
    "coroutine": awaited,
    "map": lambda: map(float, "12"),
    "iterator of dicts": lambda: iter([{"dx": 1.0}]),
    "views": lambda: {"a": 1.0}.values(),
    "raising iterator": lambda: (1 / 0 for _ in "a"),
}
ERRORS = [
    ValueError("x"),
    ZeroDivisionError(),
    SystemExit(3),
    GeneratorExit(),
    Stubborn(),
    Unprintable(),
    StopIteration(1),
    RecursionError(),
    MemoryError(),
    asyncio.CancelledError(),
    NotImplementedError(),
    AssertionError,
    Exception(Hostile()),
    ExceptionGroup("many", [ValueError()]),
    UnicodeDecodeError("utf-8", b"x", 0, 1, "y"),
    SyntaxError("x"),
    OSError(2, "y"),
    Warning("w"),
    KeyError("\ud800"),
    TypeError("x" * 100_000),
]


def endless_recursion(x, y):
    return endless_recursion(x, y)


def changes_its_inputs(x, y):
    x += 1
    y[...] = np.nan
    return {"dx": x, "dy": y}


def changes_numpy(x, y):
    np.seterr(all="raise")
    np.set_printoptions(precision=1, threshold=1)
    return {"dx": x, "dy": y / 0}


def makes_errors_of_warnings(x, y):
    warnings.simplefilter("error")
    return {"dx": x / 0, "dy": y}


def closes_the_screen(x, y):
    sys.stdout.close()
    sys.stdout = None
    return x


def lowers_the_limit(x, y):
    sys.setrecursionlimit(len(inspect.stack()) + 60)
    return {"dx": x, "dy": y}


def floods(x, y):
    for _ in range(2000):
        print("x" * 100)
    return {"dx": x, "dy": y}


def two_threads(x, y):
    seen = []
    worker = threading.Thread(target=lambda: seen.append(x))
    worker.start()
    worker.join()
    return seen


class Callable:
    __name__ = 5
    __signature__ = "none"

    def __call__(self, x, y):
        return {"dx": x}


class Attributes:
    """Callable, and any attribute of it is itself."""

    def __getattr__(self, name):
        return self

    def __call__(self, *inputs):
        return self


def wrapped_in_itself(x, y):
    return 1 / 0


wrapped_in_itself.__wrapped__ = wrapped_in_itself


def generates(x, y):
    yield x
    yield y


def raises(error):
    def function(x, y):
        raise error

    return function


def always(answer):
    return lambda x, y: answer


FUNCTIONS = (
    {
        f.__name__: f
        for f in (
            endless_recursion,
            changes_its_inputs,
            changes_numpy,
            makes_errors_of_warnings,
            closes_the_screen,
            lowers_the_limit,
            floods,
            two_threads,
            wrapped_in_itself,
            generates,
            max,
            np.add,
            print,
            dict,
            divmod,
        )
    }
    | {
        "object": Callable(),
        "attributes": Attributes(),
        "no inputs": lambda: 1.0,
        "one input": lambda x: x,
        "Mock": unittest.mock.Mock(),
        "any inputs": lambda *a, **k: a,
        "names only": lambda *, x, y: x,
        "partial": functools.partial(max, 1),
        "class": Result,
        "lambda": lambda x, y: {"dx": x},
        "awaited": lambda x, y: awaited(),
        "builtin": "".join,
        "a type": int,
    }
    | {f"raises {i}": raises(error) for i, error in enumerate(ERRORS)}
)

X2, Y2 = np.array([1.0, -2.0]), np.array([0.5, 3.0])


def solution(x=X2, y=Y2):
    return {"dx": 1 / y, "dy": -x / y**2}


solution.graph = lambda x, y: np.sum(nt.variable(x, "x") / nt.variable(y, "y"))


def seen(result):
    """A result, shown in every form; a check that failed itself would say so."""
    assert isinstance(result, Result)
    for text in (result.message, repr(result), result.to_markdown(), result._repr_html_(), result.headline):
        assert isinstance(text, str) and text.encode("utf-8") and len(text) < 30_000
    assert bool(result) == result.ok
    return result


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    limit, errors, streams = sys.getrecursionlimit(), np.geterr(), (sys.stdout, sys.stderr)
    filters, printing = list(warnings.filters), np.get_printoptions()
    yield
    np.set_printoptions(**printing)
    assert (limit, errors, streams) == (sys.getrecursionlimit(), np.geterr(), (sys.stdout, sys.stderr))
    assert filters == list(warnings.filters)


@pytest.mark.parametrize("name", one_in(3, FUNCTIONS))
def test_no_function_makes_a_check_raise(name):
    function = FUNCTIONS[name]
    assert not seen(nt.check(function, solution)).ok
    assert not seen(nt.exercise("03", student="Ada").check(lambda x, v: function(x, v)))
    seen(nt.exercise("03", student="Ada").check(function))


@pytest.mark.parametrize("name", one_in(3, [*ANSWERS, *FRESH]))
def test_no_answer_makes_a_check_raise(name):
    make = FRESH.get(name) or (lambda: ANSWERS[name])
    for right in (solution, lambda x=X2, y=Y2: x, lambda x=X2, y=Y2: [(x, y), (y, x)], lambda x=1.0, y=2.0: x):
        seen(nt.check(lambda x, y: make(), right))
    assert not seen(nt.check(lambda x, y: {"dx": make(), "dy": y}, solution)).ok
    seen(nt.exercise("03", student="Ada").check(lambda x, v: make()))
    for truth in (1.0, X2, {"dx": 1.0}, "up", [(X2, 1.0)]):
        seen(nt.check_answer(make(), truth))
        assert repr(nt.reveal({"a": make()}, {"a": truth})) and nt.reveal({"a": make()}, {"a": truth})._repr_html_()
    hw = nt.homework("x*y", student="Ada")
    seen(hw.check(dx=make()))
    seen(hw.check(make()))
    seen(nt.homework("boolean", student="Ada").check(theta=make()))


@pytest.mark.parametrize("name", one_in(3, [*ANSWERS, *FRESH], at=1))
def test_no_solution_makes_a_check_raise(name):
    make = FRESH.get(name) or (lambda: ANSWERS[name])

    def teacher(x=X2, y=Y2):
        return make()

    for student in (lambda x, y: make(), lambda x, y: x, lambda x, y: {"dx": make()}):
        result = seen(nt.check(student, teacher))
        if "solution" in result.mistakes:
            assert "does not work" in result.headline and "no mistake of yours" in result.message
    seen(nt.check_answer(1.0, make()))
    seen(nt.check_answer(make(), make()))


@pytest.mark.parametrize("name", one_in(3, [name for name in FUNCTIONS if name not in ("floods",)], at=1))
def test_no_function_of_a_teacher_makes_a_check_raise(name):
    function = FUNCTIONS[name]

    def teacher(x=X2, y=Y2):
        return function(x, y)

    result = seen(nt.check(lambda x, y: {"dx": x, "dy": y}, teacher))
    if name.startswith("raises"):
        assert result.mistakes == ("solution",) and "stopped with" in result.message
    assert (
        seen(
            nt.check(lambda x, y: x, lambda x=X2, y=Y2: x, inputs=lambda rng: function(rng, rng))
            if name.startswith("raises")
            else result
        )
        is not None
    )
    with_graph = lambda x=X2, y=Y2: {"dx": x}  # noqa: E731
    with_graph.graph = function
    seen(nt.check(lambda x, y: {"dx": 2.5 * x}, with_graph))


def test_ctrl_c_goes_through():
    with pytest.raises(KeyboardInterrupt):
        nt.check(raises(KeyboardInterrupt()), solution)
    with pytest.raises(KeyboardInterrupt):
        nt.check(always(1.0), lambda x=1.0, y=2.0: raises(KeyboardInterrupt())(x, y))


def test_a_quotient_at_zero_is_checked_and_the_mistake_named():
    def teacher(x=-2.0, y=3.0):
        return {"dx": 1 / y, "dy": -x / y**2}

    teacher.graph = lambda x, y: nt.variable(x, "x") / nt.variable(y, "y")
    result = nt.check(lambda x, y: {"dx": 1 / y, "dy": x / y**2}, teacher)
    assert not result.ok and ("quotient_sign" in result.mistakes or "sign" in result.mistakes)
    assert nt.check(lambda x, y: {"dx": 1 / y, "dy": -x / y**2}, teacher, inputs=lambda rng: (0.0, 1.0)).ok


def test_the_first_prints_are_shown_and_no_flood(capsys):
    def talks(x, y):
        print("x is", x)
        return solution(x, y)

    assert nt.check(talks, solution).ok
    assert capsys.readouterr().out == f"x is {X2}\n"
    nt.check(floods, solution)
    assert len(capsys.readouterr().out) <= 3000


# ---------------------------------------------------------------------------------------------- containers

LAYERS = [(np.array([[1.0, 2.5], [-0.5, 3.0]]), np.array([0.5, -1.0])), (np.array([[1.5, -2.0]]), np.array([0.25]))]
X3 = np.array([1.5, -1.0])


def forward_and_back(layers=LAYERS, x=X3):
    inputs, grads = [x], []
    for W, b in layers:
        inputs.append(np.tanh(W @ inputs[-1] + b))
    g = np.ones(len(inputs[-1]))
    for (W, _), h, out in zip(layers[::-1], inputs[-2::-1], inputs[:0:-1], strict=True):
        g = g * (1 - out**2)
        grads.insert(0, (np.outer(g, h), g))
        g = W.T @ g
    return grads


def renamed(answer):
    return {"grads": {f"layer{i}": {"dW": dW, "db": db} for i, (dW, db) in enumerate(answer)}, "cache": None}


FORMS = {
    "as it is": lambda grads: grads,
    "tuples": lambda grads: tuple(map(tuple, grads)),
    "lists": lambda grads: list(map(list, grads)),
    "a generator": lambda grads: (pair for pair in grads),
    "generators": lambda grads: (iter(pair) for pair in grads),
    "nested lists": lambda grads: [(dW.tolist(), db.tolist()) for dW, db in grads],
    "Nodes": lambda grads: [(nt.constant(dW), nt.variable(db)) for dW, db in grads],
    "zip": lambda grads: zip(*zip(*grads, strict=True), strict=True),
    "views": lambda grads: [(dW.T.copy().T, db) for dW, db in grads],
    "object array": lambda grads: [
        np.array([dW, db], dtype=object) if dW.shape[0] != db.shape[0] else (dW, db) for dW, db in grads
    ],
}

if pytorch:
    FORMS["tensors"] = lambda grads: [(pytorch.tensor(dW, requires_grad=True), pytorch.tensor(db)) for dW, db in grads]


@pytest.mark.parametrize("form", FORMS)
def test_parameters_in_containers_are_compared_by_value(form):
    assert nt.check(lambda layers, x: FORMS[form](forward_and_back(layers, x)), forward_and_back).ok
    assert nt.check(forward_and_back, lambda layers=LAYERS, x=X3: FORMS[form](forward_and_back(layers, x))).ok
    as_dicts = lambda layers=LAYERS, x=X3: renamed(forward_and_back(layers, x))  # noqa: E731
    assert nt.check(lambda layers, x: OrderedDict(renamed(forward_and_back(layers, x))), as_dicts).ok


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda g: [g[0], (g[1][0], -g[1][1])], "result[1][1] has the wrong sign"),
        (lambda g: [(2 * g[0][0], g[0][1]), g[1]], "result[0][0] is 2 times too large"),
        (lambda g: [(g[0][0].T, g[0][1]), g[1]], "result[0][0] is transposed"),
        (lambda g: [g[0]], "result[1][0] is not filled in yet"),
        (lambda g: [*g, g[0]], "a list of 3, expected one of 2"),
        (lambda g: [g[0], g[1][0]], "result[1]"),
        (lambda g: {"dW": 1}, "is a dict, expected a list of 2"),
        (lambda g: [g[0], ("a", g[1][1])], "result[1][0] is the text 'a'"),
        (lambda g: [g[0], None], "result[1][0] is not filled in yet"),
    ],
)
def test_what_is_wrong_in_a_container_is_named_by_its_place(change, words):
    result = nt.check(lambda layers, x: change(forward_and_back(layers, x)), forward_and_back)
    assert not result.ok and words in result.message, result


def test_parameters_in_containers_vary_and_changes_in_them_are_seen():
    seen_inputs = []
    nt.check(lambda layers, x: seen_inputs.append(layers[0][0].tolist()), forward_and_back)
    assert len({str(W) for W in seen_inputs}) > 10

    def in_place(layers, x):
        grads = forward_and_back(layers, x)
        layers[1][1][0] = 5.0
        return grads

    result = nt.check(in_place, forward_and_back)
    assert result.verdict == "changes_inputs" and "changes its input layers" in result.message


def test_a_case_in_containers_can_be_tried_again():
    result = nt.check(lambda layers, x: [(dW, 2 * db) for dW, db in forward_and_back(layers, x)], forward_and_back)
    named = dict(line.split(" = ", 1) for line in result.call if " = " in line)
    inputs = {name: eval(text, {"np": np}) for name, text in named.items()}
    assert [dW.shape for dW, _ in forward_and_back(**inputs)] == [(2, 2), (1, 2)]


@pytest.mark.parametrize(
    "truth, answer, ok",
    [
        ([X2, Y2], [X2, Y2], True),
        ([X2, Y2], np.stack([X2, Y2]), True),
        ((X2, 3.0), [X2, 3], True),
        ({"a": X2}, [X2], True),
        ({"a": [X2, None, "relu"]}, {"a": (X2, 5, "ReLU")}, True),
        ({"a": [X2, None, "relu"]}, {"a": (X2, 5, "tanh")}, False),
        ((Pair(1.0, 2.0)), Pair(1.0, 2.0), True),
        ({"dx": 1.0, "dy": 2.0}, Pair(1.0, 2.0), True),
        ({"dx": 1.0, "dy": 2.0}, Pair(2.0, 1.0), False),
        ({1: X2, 2: Y2}, {1: X2, 2: Y2}, True),
        ({1: X2}, {"1": X2}, True),
        ([[X2], [Y2, X2]], [[X2], [Y2, X2]], True),
        ([[X2], [Y2, X2]], [[X2], [Y2]], False),
        ([{"W": X2}], [{"W": X2}], True),
        ("up", " Up", True),
        ("up", "down", False),
        (True, np.True_, True),
        (True, False, False),
    ],
)
def test_containers_of_many_kinds(truth, answer, ok):
    assert seen(nt.check(lambda x: answer, lambda x=1.5: truth)).ok is ok
    assert seen(nt.check_answer(answer, truth)).ok is ok


# --------------------------------------------------------------------------------------------- at random

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=5),
    st.fractions(),
    st.decimals(),
    st.binary(max_size=3),
    st.sampled_from([*ANSWERS][:60]).map(lambda name: ANSWERS[name]),  # Hypothesis would print the hostile ones
    st.floats(-9, 9).map(np.float32),
    st.lists(st.floats(-9, 9), max_size=3).map(np.array),
    st.lists(st.floats(-9, 9), min_size=1, max_size=2).map(nt.constant),
)
answers = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(iter),
        st.dictionaries(st.sampled_from(["dx", "dy", "Dx", 1, None]), inner, max_size=3),
    ),
    max_leaves=5,
)
some = settings(max_examples=150, deadline=None, suppress_health_check=[*HealthCheck])


@some
@given(answers, answers)
def test_whatever_comes_back_a_check_ends(mine, theirs):
    seen(nt.check(lambda x: mine, lambda x=1.5: theirs, cases=2))
    seen(nt.check(lambda x, y: mine, solution, cases=3))
    seen(nt.check_answer(mine, theirs))
    assert isinstance(repr(nt.reveal({"a": mine}, {"a": theirs})), str)


@some
@given(answers, answers)
def test_whatever_is_handed_in_a_homework_is_checked(one, other):
    hw = nt.homework("x/y", student="Ada")
    seen(hw.check(dx=one, dy=other))
    seen(hw.check({"dx": one, "f": other, "DY": one}))


# ------------------------------------------------------------------------------------- what beginners do


def source_of(function):
    return textwrap.dedent(inspect.getsource(function))


def descend(a, b, c, start, rate):
    places = [start]
    for _ in range(4):
        places.append(places[-1] - rate * (2 * a * places[-1] + b))
    answer = {"places": places}
    print(answer)


def test_a_function_without_return_is_told_so_and_return_makes_it_right(capsys):
    ex = nt.exercise("01", student="Ada")
    result = ex.check(descend)
    assert result.headline == "descend returned nothing: is `return` missing?" and not result.ok
    assert result.verdict != "not_attempted" and "Not attempted" not in result.message
    word = re.search("`(.*)`", result.headline)[1]
    names = {}
    exec(source_of(descend).replace("print(answer)", f"{word} answer"), names)
    assert ex.check(names["descend"]).ok


def test_a_return_that_is_missing_on_one_way_is_told_with_a_case():
    def half(x, y):
        if x[0] > 0:
            return solution(x, y)

    result = nt.check(half, solution)
    assert re.match(r"half returned nothing in \d+ of \d+ cases: is `return` missing there\?", result.headline)
    assert result.case["x"][0] <= 0


STUBS = [
    "def f(x, y):\n    pass",
    "def f(x, y):\n    ...",
    "def f(x, y):\n    'what it does'",
    "def f(x, y):\n    return None",
    "def f(x, y):\n    raise NotImplementedError",
    "def f(x, y):\n    'doc'\n    return {'dx': None, 'dy': ...}",
    "f = lambda x, y: None",
    "def f(x, y):\n    return ...",
    "def f(x, y):\n    return x if False else None",
]


@pytest.mark.parametrize("text", STUBS)
def test_only_what_is_untouched_is_not_attempted(text):
    names = {}
    exec(text, names)
    assert nt.check(names["f"], solution).verdict == "not_attempted"


@pytest.mark.parametrize(
    "text",
    [
        "def f(x, y):\n    z = x + y",
        "def f(x, y):\n    print(x)",
        "def f(x, y):\n    for _ in x: pass",
        "def f(x, y):\n    return print(x)",
        "def f(x, y):\n    g = 1 / y\n    return None",
        "def f(x, y):\n    [0].append(x)",
    ],
)
def test_what_was_begun_is_attempted(text):
    names = {}
    exec(text, names)
    result = nt.check(names["f"], solution)
    assert result.verdict != "not_attempted" and "f returned nothing: is `return` missing?" in result.message


def test_generators_are_told_or_read():
    assert nt.check(generates, lambda x=X2, y=Y2: (x, y)).ok and nt.check(lambda x, y: x, lambda x=X2, y=Y2: x).ok
    assert not nt.check(generates, solution).ok


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x, y: {"dx": x[:1], "dy": y},
        lambda x, y: {"Dx": x, "dy": y},
        lambda x, y: unknown_name,  # noqa: F821
        lambda x, y: {"dx": [list(x)] * 3, "dy": y},
        lambda x, y: {"dx": "a", "dy": y},
    ],
)
def test_the_case_that_is_shown_is_not_all_zeros(wrong):
    result = nt.check(wrong, lambda x=X2, y=Y2: {"dx": x, "dy": y})
    assert result.case is not None and any(np.any(value) for value in result.case.values())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda a, b, c, start, rate: unknown_name,  # noqa: F821
        lambda a, b, c, start, rate: {"places": [start]},
        lambda a, b, c, start, rate: {"Places": [start] * 5},
        lambda a, b, c, start, rate: {"places": [start] * 5},
    ],
)
def test_the_students_own_numbers_are_shown_first(wrong):
    ex = nt.exercise("01", student="Ada")
    result = ex.check(wrong)
    assert result.case == ex.inputs and result.call[0] == "your numbers:"


QUIZZES = ["001", "nothing", "", 5, None, [], Hostile(), b"001", ("a",), {"a": 1}, 1.5, object()]


@pytest.mark.parametrize("which", range(len(QUIZZES)))
def test_a_quiz_is_shown_or_refused_in_words(which):
    try:
        assert len(nt.quiz(QUIZZES[which]))
    except nt.errors.GraphError as problem:
        assert "a quiz among" in str(problem)
    try:
        nt.quiz("What?", QUIZZES[which], ("a", True, "b"))
    except nt.errors.GraphError as problem:
        assert "options such as" in str(problem)


WITHOUT_END = {"deep": deep(3_000), "itself": itself(), "dict": {"a": deep(3_000)}, "tuple": (deep(200),)}


@pytest.mark.parametrize("name", WITHOUT_END)
def test_inputs_that_have_no_end_are_refused_in_words(name):
    """By the teacher's examples, by a generator, and by an example to imitate."""
    value = WITHOUT_END[name]
    for solution, more in ((lambda x=1.0, y=value: x, {}), (lambda x, y: x, {"inputs": lambda rng: (1.0, value)}),
                           (lambda x, y: x, {"inputs": {"x": 1.0, "y": value}})):
        with pytest.raises(nt.homework.CheckError, match="The input y: expected lists nested at most"):
            nt.check(lambda x, y: x, solution, **more)
