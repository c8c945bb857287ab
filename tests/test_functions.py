"""Composed functions, jvp and vjp, and the search for the first nan."""

import numpy as np
import pytest
from differences import assert_close, central_difference

import nnteach as nt
from nnteach.core.errors import ShapeError


def test_norm_and_its_gradient_also_at_zero():
    x = nt.variable([[3.0, 4.0], [0.0, 0.0]], "x")
    rows = nt.norm(x, axis=1)
    assert rows.value.tolist() == [5.0, 0.0]
    assert_close(nt.grad(rows.sum(), x), [[0.6, 0.8], [0.0, 0.0]], 1e-15)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_stack_is_numpys(axis):
    a, b = nt.variable([1.0, 2.0], "a"), nt.variable([3.0, 4.0], "b")
    joined = nt.stack([a, b], axis=axis)
    assert np.array_equal(joined.value, np.stack([a.value, b.value], axis=axis))
    weights = np.arange(4.0).reshape(2, 2)
    assert_close(nt.grad((joined * weights).sum(), b),
                 central_difference(lambda b: np.sum(np.stack([a.value, b], axis=axis) * weights), [b.value], 0), 1e-8)


def test_stack_wants_one_shape():
    with pytest.raises(ShapeError, match="one shape"):
        nt.stack([nt.variable([1.0]), nt.variable(1.0)])


def test_one_hot():
    assert nt.one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    for wrong in ([3], [-1], [0.5]):
        with pytest.raises(ShapeError, match="from 0 to 2"):
            nt.one_hot(wrong, 3)


def test_jvp_and_vjp_are_products_with_the_jacobian():
    rng = np.random.default_rng(3)
    W, x = nt.variable(rng.normal(size=(3, 2)), "W"), nt.variable(rng.normal(size=2), "x")
    h = nt.softmax(nt.tanh(W @ x))
    direction, weights = rng.normal(size=(3, 2)), rng.normal(size=3)
    J = nt.jacobian(h, W)
    assert_close(nt.jvp(h, W, direction), np.tensordot(J, direction, 2), 1e-12)
    assert_close(nt.vjp(h, W, weights), np.tensordot(weights, J, 1), 1e-12)
    assert nt.jvp(h, nt.variable(1.0), 1.0).tolist() == [0, 0, 0]


def test_the_first_nan_is_found_on_the_way_forward():
    x = nt.variable(0.0, "x")
    with np.errstate(all="ignore"):
        f = nt.log(x).named("l") * x
    assert nt.find_nan(f) == "first seen on the way forward, at l = ln(x) with x = 0: it is −∞"


def test_the_first_nan_is_found_on_the_way_back():
    x = nt.variable(0.0, "x")
    assert nt.find_nan(nt.sqrt(x).named("r")) == "first seen on the way back, from r to x: ∂r/∂r · ∂r/∂x is ∞"
    assert nt.find_nan(x * 2) is None
