"""What sheets and worked solutions say of activations and losses: all that decides a number, nothing false."""

import functools
import itertools
import re

import numpy as np
import pytest

from nnteach import homework, primitive
from nnteach.core import ops
from nnteach.core.errors import GraphError
from nnteach.core.graph import variable
from nnteach.homework.exercises.definitions import activation_in_words, backward, loss_in_words, slope, spelled
from nnteach.homework.output.formulas import how
from nnteach.nn.activations import ACTIVATIONS
from nnteach.nn.losses import LOSSES
from nnteach.symbolic.formula import Symbol, text

POINTS = np.array([[-2.0, -0.5, 0.0], [0.25, 0.0, 1.5]])
IDENTIFIER = re.compile(r"[A-Za-z]\w*_\w+")


@pytest.fixture
def table():
    """The tables of activations and losses, put back after the test."""
    kept = dict(ACTIVATIONS), dict(LOSSES)
    yield ACTIVATIONS, LOSSES
    for now, before in zip((ACTIVATIONS, LOSSES), kept, strict=True):
        now.clear()
        now.update(before)


def derivative(name, points=POINTS):
    """What the engine hands back through an activation to which ones come."""
    z = variable(points, "z")
    a = ACTIVATIONS[name](z)
    ops.sum(a).backward()
    return np.zeros(points.shape) if z.grad is None else z.grad


ELEMENTWISE = [name for name in ACTIVATIONS if name not in ("identity", "softmax")]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_slope_of_every_activation_is_the_one_that_is_used(name):
    z = variable(POINTS, "z")
    a = ACTIVATIONS[name](z)
    known = {z: Symbol("z", z.value), a: Symbol("a", a.value)}
    written = slope(a, z, known)
    assert np.allclose(np.broadcast_to(written.value, POINTS.shape), derivative(name)), text(written)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_what_a_sheet_says_of_an_activation_is_what_is_computed(name):
    z = variable(POINTS, "z")
    a = ACTIVATIONS[name](z)
    assert np.allclose(spelled(a, {z: Symbol("z", z.value)}).value, a.value)
    words = activation_in_words(name)
    assert not IDENTIFIER.search(words)
    left, at, right = (derivative(name, np.full((1, 1), x)).item() for x in (-1e-9, 0.0, 1e-9))
    assert (f"slope {at:g} at z = 0" in words) == (not np.isclose(left, right))


@pytest.mark.parametrize("name, settings", [("leaky_relu", "0.01 · z"), ("leaky_relu_002", "0.01 · z"),
                                            ("elu", "e^z − 1"), ("relu_002", "slope 1"), ("relu", "slope 0")])
def test_a_sheet_has_all_that_decides_a_number(name, settings):
    sheet = homework("backprop", hidden=name, student="A").show()
    assert settings in sheet and name not in sheet.replace("leaky ReLU", "")


def every_network():
    """All pairs of activations that can be combined with every loss."""
    for loss, output in itertools.product(LOSSES, ACTIVATIONS):
        if loss != "cross_entropy" or output == "softmax":
            yield "tanh", output, loss
    yield from ((hidden, "softmax", "cross_entropy") for hidden in ACTIVATIONS)


NETWORKS = list(every_network())


@functools.cache
def made(hidden, output, loss):
    try:
        return homework("backprop", layers=[2, 3, 2], hidden=hidden, output=output, loss=loss, student="Ada")
    except GraphError:
        return None


def network(hidden, output, loss):
    return made(hidden, output, loss) or pytest.skip("no numbers fit: the logarithm of a negative prediction")


@pytest.mark.parametrize("hidden, output, loss", NETWORKS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_identifier_of_the_program_is_in_a_sheet_or_a_solution(hidden, output, loss):
    hw = network(hidden, output, loss)
    found = IDENTIFIER.findall(re.sub(r"\$[^$]*\$", "", str(hw.solution())))  # LaTeX has subscripts
    assert not found
    assert "whose derivative is 1." not in str(hw.solution())


@pytest.mark.parametrize("hidden, output, loss", NETWORKS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_y_minus_t_is_said_only_where_it_is_true(hidden, output, loss):
    hw = network(hidden, output, loss)
    if "(y − T) / 4" == how(hw.task, "delta2").text:
        assert np.allclose(hw.truth["delta2"], (hw.truth["y"] - hw.given["T"]) / 4)


def test_a_new_activation_is_explained_by_its_own_rule(table):
    swish = primitive(vjps=(lambda g, y, x: g * (ops.sigmoid(x) + y * (1 - ops.sigmoid(x))),),
                      notation="swish(a)")(lambda x: x / (1 + np.exp(-x)))
    table[0]["swish"] = lambda pre: swish(pre)
    hw = homework("backprop", layers=[2, 3, 2], hidden="swish", student="A")
    assert "whose derivative is σ(z1) + a1 ⊙ (1 − σ(z1))" in str(hw.solution())


def test_an_activation_whose_rule_cannot_be_written_is_refused(table):
    odd = primitive(vjps=(lambda g, y, x: g * np.cosh(float(x[0, 0])),), notation="odd(a)")(np.sinh)
    table[0]["odd"] = lambda pre: odd(pre)
    with pytest.raises(GraphError, match="operators and primitives"):
        z = variable(POINTS, "z")
        a = ACTIVATIONS["odd"](z)
        slope(a, z, {z: Symbol("z", z.value), a: Symbol("a", a.value)})


def test_a_new_loss_is_written_out(table):
    table[1]["quartic"] = lambda pred, target, reduction="mean": ops.sum((pred - target) ** 4) if (
        reduction != "none") else (pred - target) ** 4
    assert loss_in_words("quartic") == "the quartic, Σ ((y − t)^4)"


def test_a_gradient_comes_back_through_whatever_the_activation_is_made_of():
    z = variable(POINTS, "z")
    out = ops.softmax(z)
    known = {z: Symbol("z", z.value), out: Symbol("y", out.value)}
    g = Symbol("g", np.arange(6.0).reshape(2, 3))
    found = backward(out, z, known, g)
    assert np.allclose(found.value, ops.softmax.vjps[0](g.value, out.value, z.value))
    assert text(found) == "y ⊙ (g − Σ[axis 1] g ⊙ y)"
