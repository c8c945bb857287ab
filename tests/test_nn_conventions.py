"""The factors of the decks in numbers: the list of conventions on which they disagree, C1, C9 and C10."""

import numpy as np
import pytest

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.nn import conventions

PRED, TARGET = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[0.0, 0.0], [1.0, 2.0]])  # squares: 1 + 4, 4 + 9


@pytest.mark.parametrize("key, value", [(None, 4.5), ("000", 9.0), ("001", 18.0), ("002", 9.0), ("004", 18.0)])
def test_the_squared_error_of_a_deck(key, value):
    assert conventions.squared_error(PRED, TARGET, key) == value


def test_a_deck_without_a_squared_error_says_so():
    with pytest.raises(GraphError, match="Padova"):
        conventions.squared_error(PRED, TARGET, "003")


@pytest.mark.parametrize("key, slope", [(None, 0.0), ("000", 0.0), ("002", 1.0), ("004", 0.0)])
def test_the_slope_of_relu_at_zero(key, slope):
    (x,) = nt.variables(x=0)
    assert nt.grad(conventions.relu(x, key), x) == slope


@pytest.mark.parametrize("key, half, over_samples, include_bias", [
    (None, False, False, False), ("000", False, False, True), ("001", False, False, False),
    ("002", False, False, True), ("003", True, True, False), ("004", True, False, True),
])
def test_the_penalty_of_a_deck(key, half, over_samples, include_bias):
    made = conventions.penalty(0.1, key)
    assert (made.strength, made.half, made.over_samples, made.include_bias) == (0.1, half, over_samples, include_bias)


def test_what_is_chosen_once_is_followed():
    try:
        nt.notation.use("001")
        assert conventions.squared_error(PRED, TARGET) == 18.0
        assert nt.nn.losses.squared_error(PRED, TARGET, "mean") == 4.5  # what is not of the course stays
    finally:
        nt.notation.use(None)
