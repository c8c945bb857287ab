"""How numbers and arrays are shown."""

import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import COMMON

from nnteach.symbolic.number_format import exact, lines, number, rows


@pytest.mark.parametrize(
    "value, shown",
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (-4.0, "−4"),
        (0.5, "0.5"),
        (-0.072, "−0.072"),
        (1 / 3, "0.3333"),
        (2 / 3, "0.6667"),
        (-1.91, "−1.91"),
        (3.14159, "3.142"),
        (12.3456, "12.35"),
        (1234.56, "1235"),
        (12345.6, "12346"),
        (999999.0, "999999"),
        (1e6, "1e6"),
        (-1.5e6, "−1.5e6"),
        (1234567.0, "1.235e6"),
        (1e-4, "0.0001"),
        (0.00012345, "0.0001234"),
        (9.9e-5, "9.9e−5"),
        (-1e-9, "−1e−9"),
        (1e300, "1e300"),
        (5e-324, "4.941e−324"),
        (0.99999, "1"),
        (0.99999999999, "1"),
        (-0.99999999, "−1"),
        (9.99996, "10"),
        (99.99996, "100"),
        (0.000999999, "0.001"),
        (9.99999e-5, "1e−4"),
        (999999.9, "1000000"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "nan"),
        (True, "1"),
        (np.False_, "0"),
        (7, "7"),
        (np.float32(0.1), "0.1"),
        (np.int64(-2), "−2"),
        (np.array(0.25), "0.25"),
    ],
)
def test_a_number_as_it_is_shown(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    "value, digits, shown",
    [
        (np.pi, 8, "3.1415927"),
        (1.13e-13, 2, "1.1e−13"),
        (123.456, 2, "123"),
        (0.105, 1, "0.1"),
        (2.0000001, 8, "2.0000001"),
    ],
)
def test_more_or_fewer_digits(value, digits, shown):
    assert number(value, digits) == shown


@COMMON
@given(st.floats(), st.integers(1, 12))
@example(0.9999999999, 4)
@example(9.5, 1)
def test_what_is_shown_is_the_number_to_that_many_digits(value, digits):
    shown = number(value, digits)
    assert "-" not in shown and " " not in shown
    back = float(shown.replace("−", "-").replace("∞", "inf"))
    if math.isnan(value):
        assert math.isnan(back)
    elif math.isfinite(value) and math.isfinite(back):
        assert abs(back - value) <= 0.5001 * 10.0 ** (1 - digits) * abs(value) + 5e-324
    else:
        assert abs(value) > 1e308 and back * value > 0


def test_rows_of_small_arrays():
    assert rows([1.0, -2.0]) == [["1"], ["−2"]]  # a vector stands upright
    assert rows(np.eye(2)) == [["1", "0"], ["0", "1"]]
    assert rows(np.zeros((5, 1))) is None and rows(np.zeros((2, 2, 2))) is None
    assert rows(3.0) is None


def test_lines_are_aligned():
    assert lines(-0.5) == ["−0.5"]
    assert lines([[1.0, -22.5], [0.25, 3.0]]) == ["   1  −22.5", "0.25      3"]
    assert lines(np.zeros((60, 784))) == ["array 60×784"]
    assert lines(np.array([True, False])) == ["1", "0"]


@pytest.mark.parametrize("value", [0.1, -12.0, 1 / 3, 5e-324, 1e22])
def test_exact_is_the_repr(value):
    assert exact(value) == repr(value) and float(exact(value)) == value


def test_exact_arrays_are_json():
    value = np.array([[0.1, -1.0], [2.0, 1 / 3]])
    assert json.loads(exact(value)) == value.tolist()
    assert exact(np.float32(0.1)) == "0.1"
