"""NumPy's warnings: where the student's own line computes inf or nan, and nowhere else."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import CASES, IDS
from strategies import COMMON

import nnteach as nt
from nnteach.core.autodiff import backward_steps
from nnteach.core.graph import constant, ordered, variable
from nnteach.core.primitive import PRIMITIVES

EXTREMES = (np.nan, np.inf, -np.inf, 1e308, -1e308, 1e-320, 0.0, -1000.0)
# A student who writes these asks NumPy for just this; on arrays NumPy warns, so it does on nodes.
NUMPYS_OWN = {primitive.name for primitive in PRIMITIVES.values() if primitive.name in (
    "add subtract multiply divide power square exp log sqrt sin cos sum mean matmul outer").split()}
UNDER_WAY = {"matvec", "sum_to", "scatter"}  # rules are made of these; nobody writes them


def warned(function, *arguments, **settings):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = function(*arguments, **settings)
    return made, [w for w in caught if issubclass(w.category, RuntimeWarning)]


def with_extremes(sample, pair):
    """The inputs of a sample, filled with two extreme numbers in turn."""
    numbers = itertools.cycle(pair)

    def fill(x):
        if np.asarray(x).dtype.kind != "f":
            return constant(x)
        filled = np.array([next(numbers) for _ in range(np.size(x))]).reshape(np.shape(x))
        return variable(filled if np.ndim(x) else float(filled))

    return [fill(x) for x in sample.inputs]


@pytest.mark.parametrize("name, sample", CASES, ids=IDS)
def test_no_primitive_warns_of_what_the_student_did_not_write(name, sample):
    """softmax([1e308, −1e308]) told of an overflow in a subtraction that nobody had written; rules likewise."""
    for pair in itertools.product(EXTREMES, EXTREMES):
        nodes = with_extremes(sample, pair)
        made, told = warned(PRIMITIVES[name].__call__, *nodes, **sample.static)
        if name not in NUMPYS_OWN | UNDER_WAY:
            assert not told, (pair, [str(w.message) for w in told])
        if made.dtype.kind == "f" and made.active:
            assert not warned(back_in_every_way, made, nodes)[1], pair


def back_in_every_way(made, nodes):
    seed = np.ones(made.shape)
    made.backward(seed=seed)
    nt.grad(made, nodes, symbolic=True, seed=seed)
    return [step.local for step in backward_steps(made, seed)]


@pytest.mark.parametrize("function", [
    lambda x: nt.log(x), lambda x: np.log(x), lambda x: 1.0 / x, lambda x: x / 0.0, lambda x: nt.sqrt(x - 1.0),
    lambda x: nt.exp(1000.0 + x), lambda x: (x - 2.0) ** 0.5 / x, lambda x: x**-1.0,
])
def test_a_warning_about_a_number_points_at_the_line_that_computed_it(function):
    """It pointed into nnteach/core/primitive.py."""
    _, told = warned(function, variable(0.0))
    assert told and {w.filename for w in told} == {__file__}
    assert all(" encountered in " in str(w.message) for w in told)
    with np.errstate(all="ignore"):
        assert warned(function, variable(0.0))[1] == []
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        function(variable(0.0))


def losses():
    rows = np.array([[1e308, -1e308, 0.0], [np.inf, 1.0, 2.0], [-np.inf, 0.0, 1e308], [np.nan, 1.0, 2.0]])
    classes, table = np.array([0, 1, 2, 0]), np.eye(3)[[0, 1, 2, 0]]
    for name, loss in nt.nn.losses.LOSSES.items():
        if name in nt.nn.losses.FROM_CLASSES:
            yield name, lambda loss=loss: loss(variable(rows), classes)
        yield name, lambda loss=loss: loss(variable(rows), table)
    for name in ("softmax", "log_softmax", "logsumexp", "sigmoid", "softplus", "tanh", "relu", "elu"):
        yield name, lambda name=name: getattr(nt, name)(variable(rows)).sum()


@pytest.mark.parametrize("case", [pytest.param(make, id=f"{name}-{i}") for i, (name, make) in enumerate(losses())])
def test_losses_of_extreme_scores_go_back_without_a_word(case):
    with np.errstate(all="ignore"):  # a squared error of 1e308 is NumPy's own to tell
        loss = case()
    _, told = warned(loss.backward)
    assert not told
    step = nt.compile(lambda x: nt.softmax(x).sum() + nt.softplus(x).sum() + nt.logsumexp(x).sum())
    for _ in range(2):
        _, told = warned(step, np.array([[1e308, -1e308, 0.0], [0.0, 1.0, 2.0]]))
        assert not told


def test_softmax_and_its_relatives_of_the_largest_numbers():
    x = np.array([1e308, -1e308, 1e308])
    for node in (variable(x), variable(np.float32([3e38, -3e38, 3e38]))):
        made, told = warned(lambda node=node: [nt.softmax(node), nt.log_softmax(node), nt.logsumexp(node)])
        assert not told
        np.testing.assert_allclose(made[0].value, [0.5, 0.0, 0.5])
        assert made[1].value[1] == -np.inf and np.isfinite(made[2].value)


GRAPHS = {
    "quotient": lambda x, y: nt.log(x) / y, "power": lambda x, y: nt.exp(x) ** y, "gates": lambda x, y: nt.maximum(
        x, y) * nt.minimum(x, y) + abs(x), "softmax": lambda x, y: nt.logsumexp(nt.stack([x, y])) - nt.softmax(nt.stack(
            [x, y]))[0], "mean": lambda x, y: np.var(nt.stack([x, y])) + nt.norm(nt.stack([x, y])),
    "tiny": lambda x, y: -1.234e-100 * x * y, "layer": lambda x, y: nt.nn.losses.mse(
        nt.stack([nt.stack([x, y]), nt.stack([y, x])]) @ np.ones((2, 2)), np.zeros((2, 2))),
}


@pytest.mark.parametrize("name", GRAPHS)
@COMMON
@given(st.sampled_from(EXTREMES), st.sampled_from(EXTREMES))
def test_nothing_that_shows_a_graph_warns(name, a, b):
    """Warnings are errors here."""
    with np.errstate(all="ignore"):
        f = GRAPHS[name](variable(a, "x"), variable(b, "y"))
    t = nt.trace(f, learning_rate=0.1)
    assert t.to_text() and t.to_markdown() and t.to_latex() and t.to_json() and nt.explain_code(f)
    assert nt.check_gradients(f).comparisons and nt.simplify(f).node is not None and nt.find_nan(f) != ""
    assert nt.from_json(nt.to_json(f)).shape == nt.scalars(f).shape == () and len(ordered(f)) == len(t.nodes)
    assert nt.recompute(f, {ordered(f)[0]: 0.0}) is not None


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("pair", [(1e308, -1e308), (1e-320, 0.0), (np.nan, np.inf)])
def test_the_player_and_the_picture_do_not_warn(name, pair):
    with np.errstate(all="ignore"):
        f = GRAPHS[name](variable(pair[0], "x"), variable(pair[1], "y"))
    assert nt.step(f, predict="all").to_html() and nt.draw(f).svg


@pytest.mark.parametrize("expression", ["log(x)/y", "sqrt(x-y)", "1/(x*x*x)", "x**y", "log(x-y)*log(y)"])
def test_drawing_numbers_for_a_homework_does_not_warn(expression):
    for student in ("Ada", "Bob", "Eve"):
        hw = nt.homework(expression, student=student)
        assert hw.check(dx=1.0) is not None and hw.solution().to_markdown()
