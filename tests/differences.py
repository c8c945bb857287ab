"""Central differences of a function of plain arrays: the oracle that knows no rule."""

import numpy as np


def central_difference(f, inputs, slot, epsilon=1e-5):
    """How the number f(*inputs) changes with every entry of one input, in that input's shape."""
    slope = np.zeros(np.shape(inputs[slot]))
    for index in np.ndindex(slope.shape):
        ends = []
        for step in (epsilon, -epsilon):
            moved = np.array(inputs[slot], dtype=np.float64)
            moved[index] += step
            ends.append(f(*inputs[:slot], moved[()], *inputs[slot + 1 :]))
        slope[index] = (ends[0] - ends[1]) / (2 * epsilon)
    return slope


def assert_close(actual, expected, tolerance=1e-6):
    """Equal up to the tolerance, relative to the larger of 1 and the largest entry."""
    assert np.shape(actual) == np.shape(expected)
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance * scale)


def assert_same_bits(actual, expected):
    """Equal in type, shape and every bit."""
    a, b = np.asarray(actual), np.asarray(expected)
    assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()), (
        f"{actual!r} is not {expected!r}"
    )
