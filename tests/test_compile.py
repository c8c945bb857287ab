"""Compiled replay gives what the eager engine gives, as often as it is called, and touches nobody's arrays."""

import threading

import numpy as np
import pytest
from hypothesis import given
from samples import CASES, IDS
from strategies import COMMON, hostile_names, programs

import nnteach as nt
from nnteach.compile.codegen import Source
from nnteach.compile.program import Program
from nnteach.core import ops
from nnteach.core.errors import DtypeError, GraphError, ShapeError
from nnteach.core.primitive import PRIMITIVES


def eager(fn, arguments, wrt):
    nodes = [nt.variable(x) if i in wrt else nt.constant(x) for i, x in enumerate(arguments)]
    root = fn(*nodes)
    return root.value, tuple(nt.grad(root, [nodes[i] for i in wrt]))


def assert_same(made, expected, rtol=0.0):
    """Equal numbers, shapes and precisions; bit for bit unless a tolerance is given."""
    value, gradients = made
    for x, y in zip((value, *gradients), (expected[0], *expected[1]), strict=True):
        assert type(x) is type(y) and np.asarray(x).dtype == np.asarray(y).dtype
        np.testing.assert_allclose(x, y, rtol=rtol, atol=rtol)


def check(fn, *arguments, wrt=None, rtol=1e-13):
    """Trace and replay; both are what the eager engine computes."""
    wrt = [i for i, x in enumerate(arguments) if np.asarray(x).dtype.kind == "f"] if wrt is None else wrt
    step, expected = nt.compile(fn, wrt=wrt), eager(fn, arguments, wrt)
    for _ in range(3):
        assert_same(step(*arguments), expected, rtol)
    assert step.traces == 1
    return step


def network(X, T, W1, b1, W2, b2):
    return ops.softmax_cross_entropy(nt.relu(X @ W1 + b1) @ W2 + b2, T).mean()


def network_arguments(batch=5, dtype=np.float32, seed=0):
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=shape) for shape in ((batch, 4), (4, 6), (6,), (6, 3), (3,))]
    arrays.insert(1, np.eye(3)[rng.integers(3, size=batch)])
    return [x.astype(dtype) for x in arrays]


# ------------------------------------------------------------------------------------------------ the same
# numbers


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_replays_as_it_runs_eagerly(dtype):
    arguments = network_arguments(dtype=dtype)
    step = check(network, *arguments, wrt=[2, 3, 4, 5], rtol=1e-6 if dtype is np.float32 else 1e-13)
    other = network_arguments(dtype=dtype, seed=1)
    assert_same(
        step(*other), eager(network, other, [2, 3, 4, 5]), rtol=1e-6 if dtype is np.float32 else 1e-13
    )


@COMMON
@given(programs())
def test_random_programs_replay_as_they_run_eagerly(program):
    check(lambda *leaves: nt.square(nt.variable(0.0)) + program.run(leaves), *program.leaves, rtol=1e-12)


@COMMON
@given(programs())
@pytest.mark.filterwarnings("ignore::nnteach.core.errors.DisconnectedWarning")
def test_gradients_of_random_gradients_replay(program):
    """Second derivatives: the gradient graph, compiled and differentiated once more."""

    def slope(*leaves):
        gradient = nt.grad(program.run(leaves), leaves[0], symbolic=True)
        return ops.sum(gradient * gradient)

    variables, root = program.graph()
    if nt.grad(root, variables[0], symbolic=True).active:
        check(slope, *program.leaves, rtol=1e-9)


@pytest.mark.parametrize(("name", "sample"), CASES, ids=IDS)
def test_every_primitive_replays(name, sample):
    inputs = [x.copy() if isinstance(x, np.ndarray) else x for x in sample.inputs]
    wrt = [i for i, x in enumerate(inputs) if np.asarray(x).dtype.kind == "f"]

    def fn(*nodes):
        out = PRIMITIVES[name](*nodes, **sample.static)
        return ops.sum(out * np.arange(1.0, 1 + out.size).reshape(out.shape)) + sum(
            ops.sum(nodes[i]) for i in wrt
        )

    check(fn, *inputs, wrt=wrt)


# Computed as a whole: the precision of the result depends on asking for the numbers, or entries may come
# twice.
WHOLE = {"astype", "scatter", "stop_gradient"}


@pytest.mark.parametrize("name", sorted(PRIMITIVES.keys() - WHOLE))
def test_every_primitive_comes_apart_into_calls_of_numpy(name):
    """None falls back on being called whole, which would be right, and slow."""
    for sample in (sample for other, sample in CASES if other == name):
        nodes = sample.nodes()
        if any(node.shape for node in nodes):
            program = Program(nodes, [PRIMITIVES[name](*nodes, **sample.static)])
            assert not [call for call in program.calls if call.function is PRIMITIVES[name].forward]


def test_a_primitive_of_your_own_that_asks_for_numbers_is_called_whole():
    @nt.primitive(vjps=(lambda g, y, x: g * y,))
    def slow_exp(x):
        return np.array([float(np.exp(entry)) for entry in x])  # no Result goes through float

    check(lambda x: ops.sum(slow_exp(x * 2.0)), np.array([1.0, 2.0]))


def test_plain_numbers_stay_plain():
    """A Python float adapts to float32; a np.float64 would not."""

    def fn(x, w):
        return ops.sum(x * nt.exp(w * w))

    value, (dx, dw) = nt.compile(fn)(np.ones(3, np.float32), 0.5)
    assert type(value) is np.float32 and dx.dtype == np.float32 and type(dw) is float
    check(fn, np.ones(3, np.float32), 0.5, rtol=1e-6)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_scalars_where_python_raises_are_as_numpy_has_them():
    check(lambda x, y: x / y + nt.log(y) + x**y, -1.0, 0.0)


def test_the_default_is_every_float_argument():
    value, gradients = nt.compile(lambda x, k, w: ops.sum(x * k * w))(np.ones(2), np.array([1, 2]), 3)
    assert value == 9.0 and len(gradients) == 2
    np.testing.assert_array_equal(gradients[0], [3.0, 6.0])
    assert gradients[1] == 3.0


def test_without_gradients_the_value_may_be_an_array():
    value, gradients = nt.compile(lambda x: nt.exp(x), wrt=[])(np.zeros((2, 3)))
    np.testing.assert_array_equal(value, np.ones((2, 3)))
    assert gradients == ()


def test_negative_positions_count_from_the_end():
    assert nt.compile(lambda x, w: x * w, wrt=[-1])(3.0, 4.0) == (12.0, (3.0,))


def test_a_variable_that_does_not_count_has_zero_gradient():
    with pytest.warns(nt.errors.DisconnectedWarning):
        _, (_, dw) = nt.compile(lambda x, w: ops.sum(x))(np.ones(2), np.ones(3))
    np.testing.assert_array_equal(dw, np.zeros(3))
    dw += 1.0  # ours, writeable, and not what the next call returns


def test_nan_and_infinity_pass_through():
    check(lambda x: ops.sum(nt.relu(x) * x), np.array([np.nan, np.inf, -1.0]))


# ------------------------------------------------------------------------------------------------- whose
# memory


def aliases(x, w):
    """Gradients that are views, constants, arguments, and the same array twice."""
    return ops.sum(x + w) + ops.sum(x * w) + ops.sum(nt.exp(x).reshape(3, 2))


def test_returned_arrays_are_the_callers_own():
    step, (x, w) = nt.compile(aliases), (np.ones((2, 3)), np.full((2, 3), 2.0))
    first = step(x, w)
    kept = [g.copy() for g in first[1]]
    for g in first[1]:
        assert g.flags.writeable and not np.shares_memory(g, x) and not np.shares_memory(g, w)
    assert not np.shares_memory(*first[1])
    step(x * 3, w * 3)
    for g, k in zip(first[1], kept, strict=True):
        np.testing.assert_array_equal(g, k)
        g[...] = 7.0
    assert_same(step(x, w), eager(aliases, (x, w), [0, 1]), 1e-13)


@pytest.mark.parametrize(
    "fn",
    [
        lambda x, w: ops.sum(x),
        lambda x, w: ops.sum(x * w),
        lambda x, w: ops.sum(x.T),
        lambda x, w: ops.sum(x + w),
        lambda x, w: ops.sum(x * 2.0) + 0.0 * ops.sum(w),
        lambda x, w: ops.sum(x.reshape(6) * w.reshape(6)),
    ],
)
@pytest.mark.filterwarnings("ignore::nnteach.core.errors.DisconnectedWarning")
def test_no_gradient_shares_memory_with_an_argument_or_another(fn):
    x, w = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    step = nt.compile(fn)
    (a, b), (c, d) = step(x, w)[1], step(x, w)[1]
    arrays = [x, w, a, b, c, d]
    assert not any(np.shares_memory(p, q) for i, p in enumerate(arrays) for q in arrays[:i])


def test_arguments_are_never_written_to():
    arguments = network_arguments()
    before = [x.copy() for x in arguments]
    for x in arguments:
        x.setflags(write=False)
    step = nt.compile(network, wrt=[2, 3, 4, 5])
    step(*arguments), step(*arguments)
    for x, y in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(x, y)


def test_without_copy_the_numbers_are_the_same_and_the_memory_is_reused():
    arguments = network_arguments()
    step = nt.compile(network, wrt=[2, 3, 4, 5], copy=False)
    _, first = step(*arguments)
    value, second = step(*arguments)
    assert all(np.shares_memory(a, b) for a, b in zip(first, second, strict=True))
    assert_same((value, second), eager(network, arguments, [2, 3, 4, 5]), 1e-6)


def test_arguments_in_any_order_in_memory():
    X, T, W1, b1, W2, b2 = network_arguments(dtype=np.float64)
    strange = [np.asfortranarray(X), T[::-1][::-1], np.repeat(W1, 2, axis=1)[:, ::2], b1, W2.T.copy().T, b2]
    assert_same(
        nt.compile(network, wrt=[2, 5])(*strange), eager(network, (X, T, W1, b1, W2, b2), [2, 5]), 1e-12
    )


def test_threads_wait_for_each_other():
    step, arguments = nt.compile(network, wrt=[2]), [network_arguments(seed=k) for k in range(4)]
    expected = [eager(network, a, [2])[1][0] for a in arguments]
    wrong = []

    def work(k):
        for _ in range(200):
            if not np.allclose(step(*arguments[k])[1][0], expected[k], atol=1e-5):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# ------------------------------------------------------------------------------------------------------
# tracing


def test_a_new_shape_or_precision_is_traced_again_and_said():
    calls = []

    def loss(x, w):
        calls.append(x.shape)
        return ops.sum(x * w)

    step = nt.compile(loss)
    for x in (np.ones(2), np.zeros(2), np.ones(3), np.ones(2, np.float32), np.ones(2)):
        step(x, 2.0)
    assert calls == [(2,), (3,), (2,)] and step.traces == 3
    assert step.report().splitlines() == [
        "trace 1: float64 (2,), number",
        "trace 2: float64 (3,), number",
        "trace 3: float32 (2,), number",
    ]
    assert repr(step) == "<compiled loss, traced 3 times>"


def test_whole_numbers_and_lists_are_numbers():
    step = nt.compile(lambda x, w: ops.sum(x * w))
    assert step([1.0, 2.0], 3)[0] == 9.0 and step(np.array([1.0, 2.0]), np.float64(3))[0] == 9.0
    assert step.traces == 1


def test_verbose_says_when_it_traces(capsys):
    step = nt.compile(lambda x: x * x, verbose=True)
    step(2.0), step(3.0)
    assert capsys.readouterr().out == "nnteach traced <lambda>, trace 1: number\n"


@pytest.mark.parametrize(
    "decide",
    [lambda x: x if x > 0 else -x, lambda x: max(x, 0.0), lambda x: x if x else x + 1, lambda x: x > 0 and x],
)
def test_a_decision_on_a_value_is_refused(decide):
    with pytest.raises(GraphError, match=r"nt\.where|np\.where"):
        nt.compile(decide)(2.0)
    decide(nt.variable(2.0))  # eagerly it is fine, also after the refusal


def test_a_decision_on_what_no_argument_reaches_is_fine():
    limit = nt.constant(1.0)
    assert nt.compile(lambda x: x * (2.0 if limit > 0 else 3.0))(1.0) == (2.0, (2.0,))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: nt.compile(lambda x: 3.0)(1.0), GraphError, "a Node"),
        (lambda: nt.compile(lambda x: x * x)(nt.variable(1.0)), DtypeError, "node.value"),
        (lambda: nt.compile(lambda x: x * x)(np.ones(3)), GraphError, "single number"),
        (lambda: nt.compile(lambda x: x * x, reduction="max"), ValueError, "mean"),
        (lambda: nt.compile(lambda x: x * x, wrt=[0])(np.array([1, 2])), DtypeError, "Whole numbers"),
        (lambda: nt.compile(lambda x: x, wrt=[1])(1.0), IndexError, "range"),
    ],
)
def test_mistakes_are_explained(call, error, text):
    with pytest.raises(error, match=text):
        call()


# -------------------------------------------------------------------------------------------------- the
# source


def test_the_source_is_short_shared_and_reused():
    step = nt.compile(network, wrt=[2, 3, 4, 5])
    step(*network_arguments())
    lines = step.source.splitlines()
    assert lines[0] == "def replay(a0, a1, a2, a3, a4, a5):" and "    # backward" in lines
    assert sum("exp(" in line for line in lines) == 1  # the softmax of the gradient is that of the loss
    assert not any("broadcast_to" in line for line in lines)
    assert len(lines) < 45


def test_what_is_not_needed_is_not_computed():
    step = nt.compile(lambda x, w: ops.sum(nt.tanh(x) * w), wrt=[1])
    step(np.ones(3), np.ones(3))
    assert "tanh" in step.source and step.source.count("multiply(") == 1


@COMMON
@given(hostile_names)
def test_names_never_become_code(name):
    """Not those of nodes, of primitives, of settings or of arguments."""

    def cube(x, /, **settings):
        return np.array([float(x[0]) ** 3])  # called whole, with its settings

    cube.__name__ = name
    mine = nt.primitive(vjps=(lambda g, y, x, /, **settings: g * 3.0 * x * x,))(cube)
    step = nt.compile(lambda x: ops.sum(mine(x.named(name), **{name: name}).named(name)))
    value, (slope,) = step(np.array([2.0]))
    assert (value, slope[0]) == (8.0, 12.0)
    code = [line.split("#")[0] for line in step.source.split("\n")]
    assert all(set(line) <= set("abcdefghijklmnopqrstuvwxyz_0123456789(),.=[]:-+* TN") for line in code)


def test_a_long_chain_is_no_deeper_than_a_short_one():
    def chain(x):
        for _ in range(20_000):
            x = x * 1.0001
        return x

    value, (slope,) = nt.compile(chain)(1.0)
    assert value == slope == pytest.approx(1.0001**20_000)


# ------------------------------------------------------------------------------------------- one sample, many
# samples


def neuron_by_neuron(x, y, W1, b1, W2, b2):
    """A hinge loss with regularisation, in plain Python: sums, lists, single numbers."""
    hidden = [
        nt.relu(sum((w * xi for w, xi in zip(row, x, strict=True)), b)) for row, b in zip(W1, b1, strict=True)
    ]
    score = sum(w * h for w, h in zip(W2, hidden, strict=True)) + b2
    return nt.relu(1 - y * score) + 0.01 * sum(w * w for row in W1 for w in row)


def batch_arguments(batch=7, seed=0):
    rng = np.random.default_rng(seed)
    return [
        rng.normal(size=(batch, 2)),
        rng.choice([-1.0, 1.0], batch),
        rng.normal(size=(4, 2)),
        rng.normal(size=4),
        rng.normal(size=4),
        0.3,
    ]


def nested(x, make):
    return [nested(part, make) for part in x] if np.ndim(x) else make(float(x))


def flat(x):
    return [node for part in x for node in flat(part)] if isinstance(x, list) else [x]


def eager_loop(fn, arguments, batch, wrt, reduction):
    """The function, sample by sample, on scalar Nodes; the arguments of the batch get a gradient per sample."""
    shared = [None if i in batch else nested(x, nt.variable) for i, x in enumerate(arguments)]
    samples = len(arguments[min(batch)]) if batch else 1
    rows = [
        [nested(x[k], nt.variable) if i in batch else shared[i] for i, x in enumerate(arguments)]
        for k in range(samples)
    ]
    total = sum(fn(*row) for row in rows)
    total = total * (1 / samples) if reduction == "mean" else total
    places = [[node for row in rows for node in flat(row[i])] if i in batch else flat(shared[i]) for i in wrt]
    gradients = [nt.grad(total, nodes) for nodes in places]
    return total.value, [np.reshape(g, np.shape(arguments[i])) for g, i in zip(gradients, wrt, strict=True)]


def check_batch(fn, arguments, batch, wrt, reduction="mean", rtol=1e-12):
    step = nt.compile(fn, wrt=wrt, batch=batch, reduction=reduction)
    expected, slopes = eager_loop(fn, arguments, batch, wrt, reduction)
    for _ in range(2):
        value, gradients = step(*arguments)
        np.testing.assert_allclose(value, expected, rtol=rtol)
        for made, slope in zip(gradients, slopes, strict=True):
            assert np.shape(made) == np.shape(slope)
            np.testing.assert_allclose(made, slope, rtol=rtol, atol=rtol)
    return step


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_scalar_network_runs_as_matrix_products(reduction):
    step = check_batch(neuron_by_neuron, batch_arguments(), [0, 1], [0, 2, 3, 4, 5], reduction)
    assert step.source.count("matmul(") == 6  # as if it had been written as X @ W1.T and h @ W2
    assert len(step.source.splitlines()) < 80


def test_another_batch_size_is_another_trace():
    step = nt.compile(neuron_by_neuron, wrt=[2], batch=[0, 1])
    for batch in (7, 3, 7):
        arguments = batch_arguments(batch)
        expected, slopes = eager_loop(neuron_by_neuron, arguments, [0, 1], [2], "mean")
        value, (slope,) = step(*arguments)
        np.testing.assert_allclose(value, expected)
        np.testing.assert_allclose(slope, slopes[0])
    assert step.traces == 2


SCALAR_PROGRAMS = {
    "convolution": lambda x, w: sum(
        nt.tanh(sum(w[k] * x[i + k] for k in range(2))) for i in range(len(x) - 1)
    ),
    "shared subexpressions": lambda x, w: (a := x[0] * w[0]) * a + a * x[1] + nt.exp(a - w[1]) * w[1],
    "the same x twice": lambda x, w: nt.sigmoid(w[0] * x[0] + w[1] * x[0] - x[0] + x[1] * x[1]) - 2.0,
    "weights column by column": lambda x, w: (
        nt.relu(x[0] * w[0] + x[1] * w[2]) + nt.tanh(x[0] * w[1] + x[1] * w[3])
    ),
    "backwards": lambda x, w: sum(a * b for a, b in zip(x, w[::-1], strict=False)),
    "division and power": lambda x, w: (x[0] / (2.0 + w[0] * w[0])) ** 2 - (-x[1] / 3.0) + (x[2] - w[1]) ** 3,
    "choices": lambda x, w: nt.maximum(x[0], w[0]) * np.where(x[1] > w[1], x[1], w[2]) + np.abs(x[2]),
    "no weights in a row": lambda x, w: x[0] + x[1] + w[0] + 1.0,
    "weights alone": lambda x, w: nt.exp(w[0] * w[1]) + w[2],
    "one entry only": lambda x, w: x[1],
    "numbers of different sizes": lambda x, w: sum(
        (i + 1.5) * nt.sin(a) * b for i, (a, b) in enumerate(zip(x, w, strict=False))
    ),
}


@pytest.mark.parametrize("name", SCALAR_PROGRAMS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.filterwarnings("ignore::nnteach.core.errors.DisconnectedWarning")
def test_scalar_programs_run_on_a_batch(name, reduction):
    rng = np.random.default_rng(3)
    check_batch(
        SCALAR_PROGRAMS[name],
        [rng.normal(size=(5, 3)), rng.normal(size=4)],
        [0],
        [0, 1],
        reduction,
        rtol=1e-11,
    )


@COMMON
@given(programs())
@pytest.mark.filterwarnings("ignore::nnteach.core.errors.DisconnectedWarning")
def test_random_scalar_programs_run_on_a_batch(program):
    """The leaves of a random program are entries of x and w in turn."""

    def fn(x, w):
        leaves = [(x if i % 2 else w)[i] for i in range(len(program.leaves))]
        return program.run(leaves) + 0.5 * x[0] * w[0]

    rng = np.random.default_rng(len(program.lines))
    arguments = [rng.normal(size=(4, 3)), rng.normal(size=3)]
    check_batch(fn, arguments, [0], [0, 1], rtol=1e-9)


def test_without_a_batch_lists_of_numbers_work_too():
    check_batch(
        lambda w: sum(nt.exp(x) * x for row in w for x in row), [np.arange(6.0).reshape(2, 3)], [], [0]
    )


def test_a_batch_in_single_precision_stays_there():
    arguments = [np.asarray(x, np.float32) for x in batch_arguments()]
    value, gradients = nt.compile(neuron_by_neuron, wrt=[2, 3], batch=[0, 1])(*arguments)
    assert value.dtype == np.float32 and {g.dtype for g in gradients} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: nt.compile(lambda x, y: x * y, batch=[0, 1])(np.ones(3), np.ones(4)),
            ShapeError,
            "as many rows",
        ),
        (lambda: nt.compile(lambda x: x, batch=[0])(3.0), ShapeError, "as many rows"),
        (
            lambda: nt.compile(lambda x: ops.softmax(nt.constant(np.ones(3)) * x)[0], batch=[0])(np.ones(3)),
            GraphError,
            "single numbers",
        ),
        (lambda: nt.compile(lambda x: x if x > 0 else -x, batch=[0])(np.ones(3)), GraphError, "where"),
    ],
)
def test_mistakes_with_a_batch_are_explained(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_the_source_of_a_program_can_be_read_without_compiling():
    x = nt.variable(np.ones(3), "x")
    root = ops.sum(x * x)
    source = Source(Program([x], [root]), backward_from=root.serial + 1)
    assert source.function()(np.full(3, 2.0)) == (12.0, ())
    assert "# multiply" in source.text


def test_short_rows_are_stored_in_columns_in_a_replay_too():
    """NumPy reduces them faster so; the eager engine and the replay take the copy from the same line of the table."""
    x, target = np.random.default_rng(0).normal(size=(5, 3)), np.eye(3)[[0, 2, 1, 1, 0]]
    replay = nt.compile(lambda a, t: nt.softmax_cross_entropy(a, t).mean(), wrt=[0])
    replay(x, target)
    assert sum(".copy(" in line for line in replay.source.splitlines()) == 2  # of the logits and of the targets


@pytest.mark.parametrize("argument", [[1, 2, 3], (1, 2, 3), [[1, 2], [3, 4]], 3, np.int64(3), [1, 2.5]])
def test_whole_numbers_in_a_list_have_gradients_as_in_a_variable(argument):
    step = nt.compile(lambda x: (x * x).sum())
    x = nt.variable(argument)
    (x * x).sum().backward()
    value, (slope,) = step(argument)
    assert value == (x * x).sum().value and np.asarray(slope).dtype == np.float64
    np.testing.assert_array_equal(slope, x.grad)


def test_arrays_of_whole_numbers_alone_are_refused_in_words():
    with pytest.raises(DtypeError, match=r"array\.astype\(float\)"):
        nt.compile(lambda k: (k * k).sum())(np.array([1, 2, 3]))
    assert nt.compile(lambda k: (k * k).sum(), wrt=[])(np.array([1, 2, 3])) == (14, ())
    value, (slope,) = nt.compile(lambda x, k: (x * k).sum())([1.0, 2.0], np.array([3, 4]))
    assert value == 11.0 and slope.tolist() == [3.0, 4.0]


def test_a_choice_has_the_precision_of_both_branches():
    for condition in (True, False):
        assert type(nt.where(condition, 1.5, True) + 0.0) in (float, np.float64)
        assert nt.where(condition, np.float32([1.0]), np.array([2.0])).dtype == np.float64
        x = nt.variable(-2.0)
        assert nt.log(nt.where(x >= 0 if condition else x < 0, 2.0, nt.constant(True))).dtype == np.float64
