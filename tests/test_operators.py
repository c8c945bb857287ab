"""Every operator of Python's data model on a Node does what it does on an array, or is refused in words."""

import copy
import itertools
import math
import operator
import pickle

import numpy as np
import pytest

import nnteach as nt
from nnteach.core.errors import DtypeError, GraphError, ImmutableError, NNTeachError, ShapeError
from nnteach.core.graph import Node, constant, ordered, variable
from nnteach.symbolic.formula import Symbol

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # 1/0 is inf here, as in NumPy

# ------------------------------------------------------------------------------------- between two operands

BETWEEN_TWO = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "divmod": divmod, "**": operator.pow, "@": operator.matmul, "&": operator.and_,
    "|": operator.or_, "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
    "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge,
}
IN_PLACE = {
    "+=": operator.iadd, "-=": operator.isub, "*=": operator.imul, "/=": operator.itruediv, "//=": operator.ifloordiv,
    "%=": operator.imod, "**=": operator.ipow, "@=": operator.imatmul, "&=": operator.iand, "|=": operator.ior,
    "^=": operator.ixor, "<<=": operator.ilshift, ">>=": operator.irshift,
}
UFUNCS = {
    "<": np.less, "<=": np.less_equal, "==": np.equal, "!=": np.not_equal, ">": np.greater, ">=": np.greater_equal,
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "//": np.floor_divide, "%": np.remainder,
    "divmod": np.divmod, "**": np.power, "@": np.matmul, "&": np.bitwise_and, "|": np.bitwise_or,
    "^": np.bitwise_xor, "<<": np.left_shift, ">>": np.right_shift,
    "and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor,
}
NO_RULE = ("//", "%", "divmod", "<<", ">>")  # refused for all numbers, with what to write instead
VALUES = {
    "number": (np.float64(2.0), np.float64(0.5)), "zero": (np.float64(0.0), np.float64(0.0)),
    "vector": (np.array([0.0, -1.5, 2.0]), np.array([0.0, 2.0, 2.0])),
    "number and vector": (np.float64(2.0), np.array([0.0, 2.0, 2.0])),
    "matrix": (np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[1.0, 3.0], [0.0, 4.0]])),
    "matrix and row": (np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([1.0, -1.0])),
    "masks": (np.array([True, False, True]), np.array([True, True, False])),
    "yes and no": (np.bool_(True), np.bool_(False)),
    "nan": (np.array([np.nan, 1.0]), np.array([np.nan, np.nan])),
    "misfits": (np.array([1.0, 2.0]), np.array([1.0, 2.0, 3.0])),
    "empty": (np.zeros(0), np.zeros(0)),
}


def node(value):
    return constant(value) if value.dtype == bool else variable(value)


FORMS = {
    "node, node": lambda a, b: (node(a), node(b)),
    "node, plain": lambda a, b: (node(a), b.item() if b.ndim == 0 else b),
    "plain, node": lambda a, b: (a.item() if a.ndim == 0 else a, node(b)),
    "node, NumPy's": lambda a, b: (node(a), b),
    "NumPy's, node": lambda a, b: (a, node(b)),
    "node, list": lambda a, b: (node(a), b.tolist()),
    "list, node": lambda a, b: (a.tolist(), node(b)),
}


def outcome(function, *operands):
    try:
        return function(*operands)
    except Exception as error:
        return error


def assert_as_on_arrays(name, got, expected, with_array_first=False):
    """The same numbers in a Node, or the same refusal in words of ours."""
    if isinstance(expected, Exception) or name in NO_RULE:
        assert isinstance(got, NNTeachError), got
        assert str(got).startswith("expected ") and "got " in str(got)
        return
    assert isinstance(got, Node), got
    np.testing.assert_array_equal(got.value, expected)
    assert np.shape(got.value) == np.shape(expected)
    assert (np.asarray(got.value).dtype == bool) == (np.asarray(expected).dtype == bool)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("name", BETWEEN_TWO)
def test_between_two(name, values, form):
    a, b = VALUES[values]
    expected = outcome(BETWEEN_TWO[name], a, b)
    got = outcome(BETWEEN_TWO[name], *FORMS[form](a, b))
    if values == "yes and no" and name in ("+", "-", "*", "**"):  # one yes or no counts as 1 or 0
        expected = BETWEEN_TWO[name](float(a), float(b))
        assert float(np.asarray(got.value)) == expected
        return
    assert_as_on_arrays(name, got, expected)


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_a_name_gets_a_new_node(name, values):
    a, b = VALUES[values]
    before = node(a)
    got, other = outcome(IN_PLACE[name], before, node(b)), outcome(BETWEEN_TWO[name[:-1]], node(a), node(b))
    np.testing.assert_array_equal(before.value, a)
    assert type(got) is type(other)
    if isinstance(got, Node):
        assert got is not before
        np.testing.assert_array_equal(got.value, other.value)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_into_an_array_is_refused(name):
    array = np.array([1.0, 2.0])
    with pytest.raises(ImmutableError, match=r"Write a = a \+ b"):
        IN_PLACE[name](array, variable([1.0, 2.0]))
    np.testing.assert_array_equal(array, [1.0, 2.0])


@pytest.mark.parametrize("form", ["node, node", "node, NumPy's", "NumPy's, node"])
@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("name", UFUNCS)
def test_by_numpys_name(name, values, form):
    a, b = VALUES[values]
    if values == "yes and no" and name in ("+", "-", "*", "/", "**", "@"):
        pytest.skip("a number like any other: see test_between_two")
    assert_as_on_arrays(name, outcome(UFUNCS[name], *FORMS[form](a, b)), outcome(UFUNCS[name], a, b))


# ------------------------------------------------------------------------------------------- of one operand

OF_ONE = {
    "-": operator.neg, "+": operator.pos, "~": operator.invert, "abs": abs, "np.isnan": np.isnan,
    "np.isinf": np.isinf, "np.isfinite": np.isfinite, "np.logical_not": np.logical_not, "np.positive": np.positive,
    "np.reciprocal": np.reciprocal, "np.sign": np.sign,
}
SINGLES = {
    "number": np.float64(-2.5), "zero": np.float64(0.0), "vector": np.array([0.0, -1.5, 2.0]),
    "extremes": np.array([np.nan, np.inf, -np.inf, 1e308, 5e-324, -0.0]), "mask": np.array([True, False]),
    "inf": np.float64(np.inf), "empty": np.zeros(0),
}


@pytest.mark.parametrize("values", SINGLES)
@pytest.mark.parametrize("name", OF_ONE)
def test_of_one(name, values):
    value = SINGLES[values]
    if values == "mask" and name in ("np.reciprocal", "np.isinf", "np.isfinite", "np.positive", "np.sign", "+"):
        pytest.skip("NumPy computes these of masks in ways of its own, or not at all")
    assert_as_on_arrays("", outcome(OF_ONE[name], node(value)), outcome(OF_ONE[name], value))


REFUSED = {
    "int": (int, "int(x.value)"), "float": (float, "x.value"), "complex": (complex, "complex(x.value)"),
    "operator.index": (operator.index, "int(x.value)"), "list[x]": (lambda x: [5, 6, 7][x], "int(x.value)"),
    "range": (range, "int(x.value)"), "round": (round, "np.round(x.value, 2)"),
    "round to digits": (lambda x: round(x, 2), "np.round(x.value, 2)"),
    "math.floor": (math.floor, "np.floor(x.value)"), "math.ceil": (math.ceil, "np.ceil(x.value)"),
    "math.trunc": (math.trunc, "np.trunc(x.value)"), "bin": (bin, "int(x.value)"),
    "slice": (lambda x: [5, 6, 7][x:], "int(x.value)"), "np.floor": (np.floor, "np.floor(x.value)"),
    "np.ceil": (np.ceil, "np.ceil(x.value)"), "np.trunc": (np.trunc, "np.trunc(x.value)"),
    "np.rint": (np.rint, "np.rint(x.value)"), "np.round": (np.round, "np.round(x.value)"),
    **{f"math.{name}": (getattr(math, name), "np.exp(x) instead of math.exp(x)") for name in (
        "exp log sqrt sin cos tanh tan atan erf gamma fabs isnan isfinite expm1 log1p".split())},
    "math.pow": (lambda x: math.pow(x, 2), "np.exp(x)"), "math.fsum": (lambda x: math.fsum([x, x]), "np.exp(x)"),
    "math.hypot": (lambda x: math.hypot(x, x), "np.exp(x)"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_lose_the_gradient_is_refused_with_what_to_write(name):
    function, advice = REFUSED[name]
    for x in (variable(1.0, "x"), (variable([0.5, 0.5], "v").sum()).named("x")):
        with pytest.raises(NNTeachError) as caught:
            function(x)
        assert advice in str(caught.value)
    if advice.startswith(("int(", "np.round", "np.floor", "np.ceil", "np.trunc", "np.rint", "complex")):
        assert eval(advice.split(",")[0].rstrip(")") + ")", {"x": x, "np": np}) == 1


def test_three_way_power_is_refused():
    for other in (2, variable(2.0), np.array([1.0])):
        with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \*\* or pow\(\)"):
            pow(variable(2.0), other, 3)


# ------------------------------------------------------------------------------------------- == on its own


def test_comparisons_are_entry_by_entry():
    """Code as students write it: each was answered by identity once."""
    x, pred, target = variable([0.0, 1.0, 2.0], "x"), variable([1.0, 2.0]), variable([1.0, 3.0])
    assert (x == 0).value.tolist() == [True, False, False] and (x != 0).value.tolist() == [False, True, True]
    assert np.where(x == 0, 10.0, x).value.tolist() == [10.0, 1.0, 2.0]
    assert np.mean(pred == target).value == 0.5
    f = np.sum(np.log(np.where(x == 0, 1.0, x)))
    assert f.value == np.log(2.0)
    f.backward()
    np.testing.assert_array_equal(x.grad, [0.0, 1.0, 0.5])


@pytest.mark.parametrize("foreign", [None, "text", b"text", object(), {}, {1}, ..., int, np.exp])
def test_what_is_no_number_is_not_equal(foreign):
    for x in (variable(1.0), variable([1.0, 2.0])):
        assert (x == foreign) is False and (x != foreign) is True
        assert (foreign == x) is False and (foreign != x) is True
        with pytest.raises(TypeError):
            x < foreign  # noqa: B015


def test_what_knows_an_answer_of_its_own_gives_it():
    assert variable(1.0) == AlwaysEqual() and AlwaysEqual() == variable(1.0)


class AlwaysEqual:
    def __eq__(self, other):
        return True


@pytest.mark.parametrize("foreign", [1j, ["a"], [None], [1.0, [2.0]]])
def test_lists_that_hold_no_numbers_are_refused_in_words(foreign):
    with pytest.raises(NNTeachError, match="expected"):
        variable([1.0, 2.0]) == foreign  # noqa: B015


def test_comparisons_may_be_replayed_and_decisions_not():
    step = nt.compile(lambda x: np.where(x == 0, 5.0 * x, np.where(x != 1, x * x, 7.0 * x)).sum())
    for values in ([0.0, 1.0, 3.0], [1.0, 0.0, 0.0]):
        x = variable(values)
        f = np.where(x == 0, 5.0 * x, np.where(x != 1, x * x, 7.0 * x)).sum()
        f.backward()
        value, (slope,) = step(np.array(values))
        assert value == f.value
        np.testing.assert_array_equal(slope, x.grad)


DECISIONS = {
    "if ==": lambda x: x * 2 if x == 0 else x * 3, "if !=": lambda x: x * 2 if x != 0 else x * 3,
    "if <": lambda x: x * 2 if x < 0 else x * 3, "and": lambda x: x * 2 if x > 0 and x < 1 else x,
    "not": lambda x: x * 2 if not x else x, "max": lambda x: max(x, 1.0) * 2, "sorted": lambda x: sorted([x, 1.0])[0],
    "in": lambda x: x * 2 if x in [0.0, 1.0] else x, "in node": lambda x: x * 2 if 1.0 in nt.stack([x, x]) else x,
    "index": lambda x: x * [0.0, 1.0].index(x), "np.any": lambda x: x * 2 if np.any(x > 0) else x,
    "np.argmax": lambda x: x * float(np.argmax(nt.stack([x, 1.0]))), ".all": lambda x: x * 2 if (x > 0).all() else x,
    "np.allclose": lambda x: x * 2 if np.allclose(x, 0) else x, "assert": lambda x: _asserted(x) * 2,
    "match": lambda x: x * _matched(x),
}


def _asserted(x):
    assert x == 0
    return x


def _matched(x):
    match x:
        case 0.0:
            return 2.0
    return 3.0


@pytest.mark.parametrize("name", DECISIONS)
def test_a_function_that_is_compiled_may_not_decide_on_a_comparison(name):
    DECISIONS[name](variable(0.0))  # plain code, while nothing is traced
    with pytest.raises(GraphError, match="takes the same way for all numbers"):
        nt.compile(DECISIONS[name])(0.0)


# ------------------------------------------------------------------- the graph itself goes by identity


def tour(made):
    """Everything that walks through a graph; equal numbers everywhere, so that == would take one node for another."""
    x, W, b = (variable(np.ones(shape), name) for shape, name in (((3, 2), "X"), ((2, 2), "W"), ((2,), "b")))
    W2, b2 = variable(np.ones((2, 2)), "W2"), variable(np.ones(2), "b2")
    hidden = nt.sigmoid(x @ W.T + b)
    vector, shared = (((nt.sigmoid(hidden @ V.T + c) - 1.0) ** 2).mean() for V, c in ((W2, b2), (W, b)))
    scalar = variable(1.0, "x") * variable(1.0, "y") + variable(1.0, "z")
    for f in (vector, shared, scalar):
        f.backward()
        t = nt.trace(f, learning_rate=0.1)
        made(t.to_text(), t.to_markdown(), t.to_latex(), t.to_json(), nt.explain_code(f), nt.to_json(f))
        made(nt.simplify(nt.grad(f, ordered(f)[0], symbolic=True)), nt.check_gradients(f), nt.find_nan(f))
        made(pickle.loads(pickle.dumps(f)), nt.recompute(f, {ordered(f)[0]: ordered(f)[0].value}), nt.draw(f).svg)
        for predict in (None, "order", "all"):
            made(nt.step(f, predict=predict).to_html())
    made(nt.scalars(vector), nt.paths(scalar, scalar.parents[1]), nt.softmax_jacobian([1.0, 1.0]).to_markdown())
    weights = np.ones((2, 2))
    layer = lambda x, W: sum(nt.tanh(W[i][0] * x[0] + W[i][1] * x[1] + x[0] * x[1]) for i in (0, 1))  # noqa: E731
    made(nt.compile(layer, batch=[0])(np.ones((4, 2)), weights), nt.compile(lambda W: (W @ W).sum())(weights))


def test_walking_through_a_graph_never_compares_numbers(monkeypatch):
    tour(lambda *_: None)  # what is loaded and kept on the way

    def compared(self, other):
        raise AssertionError(f"the graph's bookkeeping compares {self!r} with {other!r}")

    for kind in (Node, Symbol):
        monkeypatch.setattr(kind, "__eq__", compared)
        monkeypatch.setattr(kind, "__ne__", compared)
    tour(lambda *_: None)


RULES = {  # of a cube, with a case of its own at 0, as students write it
    "==": lambda g, y, x: g * np.where(x == 0, 0.0, 3 * x * x),
    "!=": lambda g, y, x: g * np.where(x != 0, 3 * x * x, 0.0),
    "<": lambda g, y, x: g * np.where(x < 0, 3 * x * x, 3 * x * x), "if ==": lambda g, y, x: g * (
        np.where(np.equal(x, 0), 7.0, 3 * x * x) - 7.0 * np.where(x == 0, 1.0, 0.0)),
    "np.less": lambda g, y, x: g * np.where(np.less(x, 1), 3 * x * x, x * x * 3), "np.less_equal": lambda g, y, x: g * (
        np.where(np.less_equal(x, 0), x * 0.0, 3 * x * x)),
    "&": lambda g, y, x: g * np.where((x >= 0) & (x < 9), 3 * x * x, 1.0),
    "|": lambda g, y, x: g * np.where((x < 0) | (x > 9), 1.0, 3 * x * x),
    "np.logical_not": lambda g, y, x: g * np.where(np.logical_not(x > 0), 0.0, 3 * x * x),
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("at", [2.0, 0.0, np.array([0.0, 2.0])], ids=str)
def test_a_rule_that_compares_is_shown_as_it_computes(name, at):
    """`x == 0` was False on a symbol, so the formula of the other case was shown."""
    cube = nt.primitive(vjps=(RULES[name],), notation="cube(a)")(lambda x: x * x * x)
    x = variable(at, "x")
    f = np.sum(cube(x)) if np.ndim(at) else cube(x)
    f.backward()
    np.testing.assert_array_equal(x.grad, 3 * at * at)
    written = {"cube": cube}
    exec(nt.explain_code(f).replace("<lambda>", "cube"), written)
    np.testing.assert_array_equal(written["dx"], x.grad)
    np.testing.assert_array_equal(nt.grad(f, x, symbolic=True).value, x.grad)
    assert nt.trace(f).to_text() and nt.step(f).to_html()


@pytest.mark.parametrize("exercise", ["backprop", "sigmoid(w*x+b)", "(x+y)*z"])
def test_homework_never_compares_nodes(exercise, monkeypatch):
    def compared(self, other):
        raise AssertionError(f"the homework's bookkeeping compares {self!r} with {other!r}")

    monkeypatch.setattr(Node, "__eq__", compared)
    monkeypatch.setattr(Node, "__ne__", compared)
    hw = nt.homework(exercise, student="Ada")
    right = {name: np.asarray(value) for name, value in hw.truth.items() if name in hw.asked}
    assert hw.check(**right).ok
    wrong = hw.check(**{name: -value for name, value in right.items()})
    assert not wrong.ok and hw.hint(1) and hw.solution().to_markdown()


# --------------------------------------------------------------------------------------- containers and bool


def test_a_list_of_single_numbers_answers_by_value_as_with_numpys_numbers():
    x, y = variable(1.0), variable(1.0)
    assert x in [y] and [y, x].index(x) == 0 and [x, y].count(x) == 2 and variable(2.0) not in [x, y]


def test_in_a_node_looks_at_its_entries_as_in_an_array():
    v, W = variable([1.0, 2.0, np.nan]), variable([[1.0, 2.0], [3.0, 4.0]])
    for values in (v, W):
        for item in (1.0, 4.0, 7.0, np.nan, variable(2.0), [1.0, 2.0, 0.0][: values.shape[-1]]):
            assert (item in values) is (getattr(item, "value", item) in values.value)
    assert None not in v and "text" not in v
    with pytest.raises(TypeError, match="single number"):
        1.0 in variable(1.0)  # noqa: B015


@pytest.mark.parametrize("decide", [
    bool, lambda v: v == v and v, lambda v: not v, lambda v: max(v, v * 2), lambda v: v in [v * 2],
    lambda v: 0 < v < 1, lambda v: sorted([v, v * 2]), lambda v: any([v]), lambda v: [v * 2].index(v),
])
def test_an_array_is_no_yes_or_no(decide):
    with pytest.raises(GraphError, match=r"np\.all\(v > 0\) or np\.any\(v > 0\)"):
        decide(variable([1.0, 2.0]))


def test_one_entry_decides_as_in_numpy():
    assert bool(variable([[3.0]])) and not bool(variable([0.0])) and bool(variable(2.0)) and not bool(variable(0.0))


def test_dicts_and_sets_go_by_identity():
    nodes = [variable(1.0) for _ in range(500)] + [variable([1.0, 2.0]) for _ in range(500)]
    assert len(set(nodes)) == len(dict.fromkeys(nodes)) == 1000
    assert all(found is node for found, node in zip(dict.fromkeys(nodes), nodes, strict=True))
    assert len({(a, b) for a, b in itertools.product(nodes[480:520], repeat=2)}) == 1600
    assert len(set(map(hash, nodes))) == 1000, "equal hashes alone would make a dict ask =="


# --------------------------------------------------------------------------------- parts, copies, the rest


INDICES = [0, -1, np.int64(1), slice(None), slice(1, None), slice(None, None, -1), ..., None, (0, 1), (slice(None), 0),
           [0, 1], np.array([1, 0]), (np.array([0, 1]), np.array([1, 0])), np.array([[True, False], [False, True]]),
           [True, False], (..., None), (None, 0), ([0, 1], [1, 1]), (slice(0, 0),), True, (), np.newaxis,
           7, (0, 0, 0), "a", 1.0, [0.5], (slice(None), [7]), {}, np.array([True, False, True])]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_every_kind_of_index(index):
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert_as_on_arrays("[]", outcome(lambda x: x[index], variable(values)), outcome(lambda x: x[index], values))


@pytest.mark.parametrize("index", [(), ..., None, (None, ...), True, 0, slice(None), "a"], ids=str)
def test_an_index_of_a_single_number(index):
    assert_as_on_arrays("[]", outcome(lambda x: x[index], variable(3.0)), outcome(lambda x: x[index], np.float64(3.0)))


@pytest.mark.parametrize("index", [variable(1.0), (0, variable(1.0)), [variable(1.0)], variable([1.0, 0.0]) == 1])
def test_a_node_as_an_index_is_refused_with_advice(index):
    with pytest.raises(DtypeError, match=r"Write \.value after it"):
        variable([[1.0, 2.0], [3.0, 4.0]])[index]


def test_entries_are_neither_written_nor_deleted():
    v = variable([1.0, 2.0], "v")
    with pytest.raises(ImmutableError, match=r"np\.where"):
        v[0] = 1.0
    with pytest.raises(ImmutableError, match=r"np\.concatenate"):
        del v[0]


def test_walking_through_the_entries():
    v, W = variable([1.0, 2.0, 3.0]), variable([[1.0, 2.0], [3.0, 4.0]])
    assert [e.value for e in v] == [1.0, 2.0, 3.0] and [e.value for e in reversed(v)] == [3.0, 2.0, 1.0]
    assert [row.value.tolist() for row in W] == [[1.0, 2.0], [3.0, 4.0]] and len(W) == 2
    a, *rest = v
    assert a.value == 1.0 and len(rest) == 2 and [*map(len, W)] == [2, 2] and sum(v).value == 6.0
    assert [i for i, _ in enumerate(v)] == [0, 1, 2] and [p.value for p, _ in zip(v, v, strict=True)] == [1.0, 2.0, 3.0]
    for walk in (len, iter, list, reversed, sum, lambda x: [*x], lambda x: dict.fromkeys(x)):
        with pytest.raises(TypeError, match=r"x is a single number"):
            walk(variable(1.0, "x"))


def test_written_out():
    x, v = variable(2.0, "x"), variable([1.0, 2.0], "v")
    assert f"{x:.1f}" == "2.0" and f"{x}" == str(x) == repr(x) == "Node(x = 2.0, input)" and f"{v}" == repr(v)
    assert f"{x:>6}" == "   2.0" and f"{x!r:.4}" == "Node" and "%s" % x == repr(x)  # noqa: UP031
    with pytest.raises(DtypeError, match=r"np\.round\(v\.value, 2\)"):
        f"{v:.2f}"
    with pytest.raises(DtypeError, match=r"x\.value"):
        "%.2f" % x  # noqa: UP031


def test_copies():
    x = variable([1.0, 2.0], "x")
    f = (x * x).sum().named("f")
    assert copy.copy(f) is f is copy.deepcopy(f) is f.copy() and next(iter(copy.deepcopy([f]))) is f
    again = pickle.loads(pickle.dumps(f))
    assert again is not f and again.value == f.value and again.name == "f"
    assert [n.name for n in ordered(again)] == ["x", None, "f"]


@pytest.mark.parametrize("use", [lambda x: x(), lambda x: x.__enter__(), lambda x: next(x), lambda x: memoryview(x)])
def test_what_a_number_cannot_do_is_pythons_own_error(use):
    with pytest.raises((TypeError, AttributeError)):
        use(variable(1.0))


def test_a_single_yes_or_no_is_a_mask_and_a_number():
    x = variable(0.5)
    inside = (x > 0) & (x < 1)
    assert inside.value is True and inside.dtype == bool and (~inside).value is False
    assert ((x > 0) | (x > 9)).value is True and ((x > 0) ^ (x < 1)).value is False
    assert (inside - (x > 9)).value == 1.0 and (variable([0.5, 2.0]) > 1)[1].value is True
    assert nt.grad(inside * x, x) == 1.0 and nt.jacobian(x * 3 * inside, x) == 3.0


def test_misfits_name_the_operands():
    a, b = variable([1.0, 2.0], "a"), variable([1.0, 2.0, 3.0], "b")
    for compare in (operator.eq, operator.ne, operator.lt, np.equal, np.not_equal):
        with pytest.raises(ShapeError, match=r"a \(2,\), b \(3,\)|b \(3,\), a \(2,\)"):
            compare(a, b)
