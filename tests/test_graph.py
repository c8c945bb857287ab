"""The graph: nodes, edges, order, NumPy's protocols, immutability, names, recomputation."""

import gc
import math
import sys
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMMON, hostile_names, programs

import nnteach as nt
from nnteach.core.errors import DtypeError, GraphError, ImmutableError, ShapeError
from nnteach.core.graph import Node, constant, ordered, rebuild, recompute, variable
from nnteach.core.node_names import describe, labels


@pytest.fixture
def x():
    return variable(2.0, "x")


@pytest.fixture
def v():
    return variable([1.0, -2.0, 3.0], "v")


# ------------------------------------------------------------------------------------------ nodes and edges


def test_a_node_used_twice_has_two_edges(x):
    f = x * x
    assert f.parents == (x, x) and f.value == 4.0
    f.backward()
    assert x.grad == 4.0


def test_order_of_operands_is_kept(x):
    y = variable(3.0, "y")
    assert (x - y).parents == (x, y) and (y - x).parents == (y, x)
    assert (5.0 - x).parents[1] is x and (5.0 - x).value == 3.0
    assert (x < y).value is True and (x >= y).value is False


@pytest.mark.parametrize(
    "compute, expected",
    [
        (lambda x: x + 1, 3.0),
        (lambda x: 1 + x, 3.0),
        (lambda x: x - 1, 1.0),
        (lambda x: 1 - x, -1.0),
        (lambda x: 3 * x, 6.0),
        (lambda x: x / 4, 0.5),
        (lambda x: 4 / x, 2.0),
        (lambda x: x**3, 8.0),
        (lambda x: 3**x, 9.0),
        (lambda x: -x, -2.0),
        (lambda x: +x, 2.0),
        (lambda x: abs(-x), 2.0),
    ],
)
def test_operators(x, compute, expected):
    assert compute(x).value == expected
    assert type(compute(x).value) is float


def test_kinds(x):
    assert (x.kind, constant(1.0).kind, (x + 1).kind) == ("input", "constant", "operation")
    assert [n.active for n in (x, constant(1.0), x + 1, constant(1.0) + 1)] == [True, False, True, False]


def test_what_a_node_says_of_itself(x, v):
    assert repr(x) == "Node(x = 2.0, input)"
    assert repr(x * 3) == "Node(6.0, multiply)"
    assert repr(variable(np.zeros((30, 30)), "W")) == "Node(W = array of shape (30, 30), input)"
    assert f"{x * 3:.2f}" == "6.00" and f"{x}" == repr(x)
    assert (v.shape, v.ndim, v.size, len(v), v.dtype) == ((3,), 1, 3, 3, np.float64)
    assert (x.shape, x.ndim, x.size) == ((), 0, 1)


def test_iterating_and_indexing_stay_in_the_graph(v):
    first, _, last = v
    f = first * last + v[-1] * v[1:].sum()
    f.backward()
    np.testing.assert_array_equal(v.grad, [3.0, 3.0, 1.0 + 3.0 + 1.0])


def test_transpose_and_reshape():
    W = variable(np.arange(6.0).reshape(2, 3), "W")
    np.testing.assert_array_equal(W.T.value, W.value.T)
    assert W.reshape(3, -1).shape == W.reshape((3, 2)).shape == (3, 2)
    assert variable(np.zeros((4, 2, 3))).T.shape == (3, 2, 4)
    assert variable([1.0]).T.shape == (1,)


def test_a_comparison_is_a_number_like_any_other(x):
    y = variable(3.0)
    assert ((x > 0) - (y > 0)).value == 0.0 and type(((x > 0) - (y > 0)).value) is float
    f = (x > 1) * x
    f.backward()
    assert x.grad == 1.0


def test_gradient_of_a_mask_is_not_cut_down_to_yes_or_no(v):
    mask = v > 0
    f = (mask * (2.0 * v)).sum()
    f.backward()
    np.testing.assert_array_equal(v.grad, [2.0, 0.0, 2.0])
    np.testing.assert_array_equal(mask.grad, [2.0, -4.0, 6.0])


# ------------------------------------------------------------------------------------------------- order


@COMMON
@given(programs())
def test_every_node_comes_after_its_parents(program):
    _, f = program.graph()
    nodes = ordered(f)
    place = {node: i for i, node in enumerate(nodes)}
    assert nodes[-1] is f and len(place) == len(nodes)
    for node in nodes:
        assert all(place[parent] < place[node] for parent in node.parents)


def test_order_reaches_what_the_result_needs_and_nothing_else(x):
    unused = x + 1
    f = x * 2
    assert unused not in set(ordered(f)) and len(ordered(f)) == 3


def test_a_shared_node_is_visited_once(x):
    f = x
    for _ in range(60):
        f = f + f  # 2^60 paths
    assert len(ordered(f)) == 61
    f.backward()
    assert x.grad == 2.0**60


def grow(n):
    f = x = variable(1.0, "x")
    for i in range(n):
        f = f * 1.0 if i % 2 else f + 0.0
    return x, f


def build_run_print_and_forget(n):
    x, f = grow(n)
    f.backward()
    assert x.grad == 1.0
    assert repr(f).startswith("Node(1.0, ")
    names = labels(ordered(f))
    assert len(set(names.values())) == len(names) == 2 * n + 1
    del x, f, names
    gc.collect()


@pytest.mark.slow
def test_a_chain_of_100_000_operations():
    build_run_print_and_forget(100_000)


@pytest.mark.slow
def test_a_chain_of_1_000_000_operations():
    build_run_print_and_forget(1_000_000)


def test_a_chain_can_be_recomputed_and_differentiated_in_nodes():
    x, f = grow(20_000)
    assert recompute(f, {x: 3.0}).value == 3.0
    assert nt.grad(f, x, symbolic=True).value == 1.0


def test_naming_many_equal_constants_takes_linear_time():
    """In lines that run: if every twin is counted from 2 again, they are four times as many for twice the nodes."""
    few, many = (lines_run(labels, ordered(grow(n)[1])) for n in (500, 1_000))
    assert few < many < 2.5 * few


def lines_run(function, *arguments):
    count, before = 0, sys.gettrace()

    def trace(_frame, event, _argument):
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
    return count


# --------------------------------------------------------------------------------------- NumPy's protocols


@pytest.mark.parametrize(
    "function",
    [
        np.exp,
        np.log,
        np.sqrt,
        np.sin,
        np.cos,
        np.tanh,
        np.square,
        np.negative,
        np.abs,
        np.sign,
        np.sum,
        np.mean,
        np.max,
        np.min,
        lambda x: np.add(x, 1.0),
        lambda x: np.power(x, 2.0),
        lambda x: np.maximum(x, 1.5),
        lambda x: np.minimum(1.5, x),
        lambda x: np.where(x > 1.2, x, 0.0),
        lambda x: np.divide(1.0, x),
        lambda x: np.multiply(x, [1.0, 2.0, 3.0]),
        lambda x: np.concatenate([x, x]),
        lambda x: np.reshape(x, (3, 1)),
        lambda x: np.broadcast_to(x, (2, 3)),
        lambda x: np.sum(x, axis=0, keepdims=True),
        lambda x: np.mean(x, axis=-1),
        lambda x: np.outer(x, x),
        lambda x: np.dot(x, x),
        lambda x: np.matmul(x, np.ones((3, 2))),
        lambda x: np.dot(2.0, x),
        lambda x: np.transpose(np.reshape(x, (1, 3))),
        lambda x: np.outer(np.reshape(x, (1, 3)), [1.0, 2.0]),
        lambda x: np.clip(x, 0.5, 1.5),
        lambda x: x**2.0,
        lambda x: np.dot(np.ones((4, 2, 3)), x),
    ],
)
def test_numpy_functions_work_on_nodes_as_on_arrays(function):
    values = np.array([0.4, 1.3, 2.2])
    node = function(variable(values))
    assert isinstance(node, Node) and node.active
    np.testing.assert_allclose(
        node.value, function(values), rtol=1e-15
    )  # x * x and x ** 2 may differ in the last bit
    assert node.shape == np.shape(function(values))


def test_numpy_knows_the_shape_of_a_node(v):
    assert np.shape(v) == (3,) and np.ndim(v) == 1 and np.size(v) == 3


@pytest.mark.parametrize("left", [np.float64(2), np.float32(2), np.int64(2), 2, True, np.array(2.0)])
def test_a_number_of_any_kind_on_the_left(x, left):
    assert isinstance(left * x, Node) and (left * x).value == float(left) * 2.0
    assert isinstance(left + x, Node) and (left - x).value == float(left) - 2.0


def test_an_array_on_the_left(v):
    for node, expected in (
        (np.ones((2, 3)) @ v, [2.0, 2.0]),
        (np.ones(3) * v, v.value),
        (np.ones(3) - v, 1 - v.value),
        ([1.0, 2.0, 3.0] * v, [1.0, -4.0, 9.0]),
    ):
        assert isinstance(node, Node)
        np.testing.assert_array_equal(node.value, expected)


@pytest.mark.parametrize("function", [np.cumsum, np.arctan, np.linalg.inv, np.add.reduce, np.signbit, np.sort])
def test_a_numpy_function_without_a_rule_is_refused(v, function):
    with pytest.raises(GraphError, match="a NumPy function with a rule"):
        function(v)


def test_np_dot_of_stacks_is_refused_because_it_is_not_matmul():
    with pytest.raises(GraphError, match=r"np\.dot of vectors and matrices"):
        np.dot(variable(np.ones((2, 2, 3))), np.ones((2, 3, 2)))


# ------------------------------------------------------------------------------------- leaving the graph


@pytest.mark.parametrize(
    "leave",
    [
        float,
        complex,
        np.asarray,
        np.array,
        math.exp,
        lambda x: np.array([x, x]),
        lambda x: np.add(np.zeros(2), [x, x]),
        lambda x: variable([x, 1.0]),
        lambda x: np.multiply(x, [x, 1.0]),
    ],
)
def test_leaving_the_graph_is_refused_with_advice(x, leave):
    with pytest.raises(DtypeError, match=r"x\.value") as caught:
        leave(x)
    assert "lose the gradient silently" in str(caught.value)


def test_writing_a_node_into_an_array_is_refused(x):
    with pytest.raises(
        ValueError, match="setting an array element"
    ) as caught:  # NumPy's words, and ours as their cause
        np.zeros(1)[0] = x
    assert "x.value" in str(caught.value.__cause__)


def test_a_node_is_no_value_for_a_variable(x):
    with pytest.raises(DtypeError, match="x, a node"):
        variable(x)


@pytest.mark.parametrize("index", [lambda v: v > 0, lambda v: (slice(None), v), lambda v: variable(1.0, "i")])
def test_a_node_is_no_index(v, index):
    with pytest.raises(DtypeError, match=r"Write \.value after it"):
        v[index(v)]


# -------------------------------------------------------------------------------------------- immutability


def test_a_value_cannot_be_set(x, v):
    with pytest.raises(ImmutableError, match="recompute"):
        x.value = 3.0
    with pytest.raises(ImmutableError, match=r"np\.where"):
        v[0] = 3.0
    with pytest.raises(AttributeError):
        x.colour = "red"


def test_no_value_can_be_written_into(v):
    W = variable(np.ones((2, 3)), "W")
    f = ((W @ v).reshape(1, 2) + np.broadcast_to(v[:2], (1, 2))).sum(axis=0).sum()
    f.backward()
    arrays = [a for n in ordered(f) for a in (n.value, n.grad) if isinstance(a, np.ndarray)]
    assert len(arrays) > 8
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 7.0


@pytest.mark.parametrize(
    "make", [variable, constant, lambda a: variable(np.ones(3)) * a, lambda a: a * variable(np.ones(3))]
)
def test_changing_the_given_array_later_changes_nothing(make):
    given_array = np.array([1.0, 2.0, 3.0])
    node = make(given_array)
    given_array[:] = 0.0
    np.testing.assert_array_equal(node.value, [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "index", [np.array([0, 1]), [0, 1], (np.array([0, 1]),), np.array([True, True, False])]
)
def test_changing_a_given_index_later_changes_nothing(v, index):
    part = v[index]
    (index[0] if isinstance(index, tuple) else index)[0] = 1 if not isinstance(index, list) else 2
    part.sum().backward()
    np.testing.assert_array_equal(v.grad, [1.0, 1.0, 0.0])


def test_adding_into_an_array_is_refused(v):
    total = np.zeros(3)
    with pytest.raises(ImmutableError, match=r"a = a \+ b"):
        total += v
    rebound = v
    rebound += v  # a new name for a new node, which is fine
    assert rebound is not v and v.value[0] == 1.0


# ------------------------------------------------------------------------------------------------ dtypes


@pytest.mark.parametrize("given_value", [3, 3.0, np.float64(3), np.int32(3), np.array(3), [3], [[3.0]], (3,)])
def test_whole_numbers_become_floats(given_value):
    assert variable(given_value).dtype == np.float64


def test_an_array_of_whole_numbers_is_no_variable_but_a_constant():
    with pytest.raises(DtypeError, match=r"astype\(float\)"):
        variable(np.array([1, 2]), "k")
    classes = constant(np.array([1, 2]))
    assert classes.dtype.kind == "i"
    f = (variable([1.0, 2.0]) * classes).sum()
    assert f.value == 5.0 and f.dtype == np.float64


def test_float32_is_kept():
    w = variable(np.float32([1.0, 2.0]), "w")
    f = (nt.sigmoid(w * 2.0) / 3 + w**2).mean()
    f.backward()
    assert f.dtype == w.dtype == w.grad.dtype == np.float32


@pytest.mark.parametrize("bad", ["two", None, 1j, object(), np.array(["a"]), [[1.0, 2.0], [3.0]]])
def test_what_is_no_real_number_is_refused(bad):
    with pytest.raises((DtypeError, ShapeError), match="expected"):
        variable(bad, "x")


def test_adding_something_foreign_is_pythons_own_type_error(x):
    with pytest.raises(TypeError):
        x + object()


# ------------------------------------------------------------------------------------------------- names


def test_names_are_never_required():
    x, y = variable(1.0), variable(2.0)
    assert list(labels(ordered((x + y) * x)).values()) == ["q", "r", "s", "f"]


def test_students_names_constants_and_twins():
    x, other = variable(1.0, "x"), variable(2.0, "x")
    f = (x * 2.0 + other * -2.0).named("q")
    assert set(labels(ordered(f)).values()) == {"x", "x (2)", "2", "−2", "r", "s", "q"}


def test_a_name_that_looks_like_a_twin_keeps_it():
    nodes = [variable(0.0, "x"), variable(0.0, "x"), variable(0.0, "x (2)")]
    assert list(labels(nodes).values()) == ["x", "x (3)", "x (2)"]


def test_a_large_graph_is_numbered():
    f = variable(1.0, "u2")
    for _ in range(30):
        f = nt.tanh(f)
    names = list(labels(ordered(f)).values())
    assert names[:3] == ["u2", "u1", "u3"] and names[-1] == "f"


@COMMON
@given(st.lists(st.one_of(st.none(), hostile_names), min_size=1, max_size=12))
def test_labels_are_distinct_and_keep_the_given_names(names):
    nodes = [variable(1.0, name) if i % 2 else constant(1.0, name) for i, name in enumerate(names)]
    result = labels(nodes)
    assert len(set(result.values())) == len(nodes)
    assert {name for name in names if name} <= set(result.values())


def test_named_returns_the_node_and_takes_text(x):
    assert x.named("y") is x and x.name == "y"
    assert x.named(3).name == "3"


def test_describing_a_node(x):
    assert [describe(n) for n in (x, variable(1.0), constant(1.0), x + 1)] == [
        "x",
        "an unnamed input",
        "an unnamed constant",
        "the result of add",
    ]


# --------------------------------------------------------------------------------------------- recompute


@COMMON
@given(programs())
def test_recomputing_with_other_numbers_is_building_with_other_numbers(program):
    variables, f = program.graph()
    other = [np.asarray(leaf) / 2 + 0.1 for leaf in program.leaves]
    again = recompute(f, dict(zip(variables, other, strict=True)))
    np.testing.assert_array_equal(again.value, program.run([variable(leaf) for leaf in other]).value)
    assert recompute(f, {}).value == f.value


def test_rebuilding_keeps_names_and_leaves_the_old_graph_alone(x):
    q = (x * 3.0).named("q")
    f = (q + x).named("f")
    copies = rebuild(f, {x: 5})
    assert (copies[x].name, copies[q].name, copies[f].name) == ("x", "q", "f")
    assert (copies[q].value, copies[f].value, f.value, copies[x].value) == (15.0, 20.0, 8.0, 5.0)
    assert copies[x].active and copies[f].parents == (copies[q], copies[x])


def test_an_inner_node_can_be_given_too(x):
    q = x * 3.0
    assert recompute(q + x, {q: 10.0}).value == 12.0


# --------------------------------------------------------------------------------- the protocol of shapes


def test_misfits_name_both_operands(x, v):
    W = variable(np.ones((2, 3)), "W")
    for compute in (
        lambda: W @ W,
        lambda: x @ x,
        lambda: v + variable(np.ones(4), "b"),
        lambda: W.reshape(4),
        lambda: np.concatenate([W, v]),
        lambda: v[7],
        lambda: W.sum(axis=5),
    ):
        with pytest.raises(ShapeError, match="expected shapes that fit"):
            compute()
    with pytest.raises(TypeError, match="single number"):
        len(x)


def test_no_grad_builds_no_graph():
    x = nt.variable(3.0, "x")
    with nt.no_grad():
        inside = nt.tanh(x) * x + np.exp(x)
        with nt.no_grad():
            pass
        assert (x * 2).kind == "constant"
    assert inside.kind == "constant" and inside.parents == () and inside.value == math.tanh(3) * 3 + math.exp(3)
    outside = x * inside
    assert nt.grad(outside, x) == inside.value
    with pytest.raises(ZeroDivisionError), nt.no_grad():
        raise ZeroDivisionError
    assert (x * 2).active  # recording again after an error


def test_node_by_constant_zero_without_a_graph():
    with nt.no_grad(), np.errstate(all="ignore"):
        assert (nt.variable(1.0) / 0.0).value == math.inf


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_paused_and_then_as_before(was_on):
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError), nt.collector_paused():
            assert not gc.isenabled()
            _ = 1 // 0
        assert gc.isenabled() == was_on
    finally:
        (gc.enable if before else gc.disable)()


def test_a_graph_needs_no_collector():
    with nt.collector_paused():
        x = nt.variable(2.0)
        y = x * x + 1
        kept = weakref.ref(y)
        y.backward()
        del y
        assert kept() is None
