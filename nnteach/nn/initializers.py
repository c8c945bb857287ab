"""Initial weights: functions (rng, shape) -> array, with shape (n_out, n_in).

The standard deviation of what comes out of a layer is √n_in · std(W) times that of what goes in (002-46), so
a deep network needs std(W) of about 1/√n_in, or √2 times that if ReLU sets half of it to zero.

To add an initializer, add a function and a line to INITIALIZERS.
"""

import math

import numpy as np

from ..core.errors import ShapeError, message, shape_text
from .table import look_up


def zeros(rng, shape):
    """All 0: the units of a layer stay copies of each other for ever (002-46 struck out, 003-23). Right for biases."""
    return np.zeros(shape)


def constant(value: float):
    """All the same number: as bad as zeros, for the same reason."""

    def initialize(rng, shape):
        return np.full(shape, float(value))

    return initialize


def normal(std: float = 0.01):
    """Normal with mean 0; the first entry of deck 002's list is 0.01 · N(0, 1) (002-46)."""

    def initialize(rng, shape):
        return rng.normal(0.0, std, shape)

    return initialize


def uniform(bound: float = 0.12):
    """Uniform in [−bound, bound] (003-23, where the bound is called ε)."""

    def initialize(rng, shape):
        return rng.uniform(-bound, bound, shape)

    return initialize


def inverse_sqrt(rng, shape):
    """N(0, 1) / √n_in (002-46; LeCun)."""
    return rng.normal(0.0, 1 / math.sqrt(fans(shape)[0]), shape)


def he_normal(rng, shape):
    """√(2 / n_in) · N(0, 1), made for ReLU (002-46; He et al. 2015)."""
    return rng.normal(0.0, math.sqrt(2 / fans(shape)[0]), shape)


def he_uniform(rng, shape):
    """Uniform with the same variance 2 / n_in."""
    return _uniform(rng, shape, 2 / fans(shape)[0])


def glorot_uniform(rng, shape):
    """Uniform in ±√(6 / (n_in + n_out)): what deck 002 *names* Xavier (E002-2), and Keras's default."""
    return _uniform(rng, shape, 2 / sum(fans(shape)))


def glorot_normal(rng, shape):
    """Normal with the same variance 2 / (n_in + n_out)."""
    return rng.normal(0.0, math.sqrt(2 / sum(fans(shape))), shape)


def linear_default(rng, shape):
    """Uniform in ±1/√n_in: PyTorch's default for weights and biases, and what 002 *prints* as Xavier.

    Its variance is 1 / (3 n_in), so that signals shrink by √3 in every linear layer: the heuristic that
    Glorot and Bengio criticise (E002-2).
    """
    return _uniform(rng, shape, 1 / (3 * fans(shape)[0]))


def _uniform(rng, shape, variance):
    bound = math.sqrt(3 * variance)
    return rng.uniform(-bound, bound, shape)


def fans(shape) -> tuple[int, int]:
    """(n_in, n_out) of weights of shape (n_out, n_in), or (n_out, channels_in, height, width)."""
    if len(shape) < 2:
        raise ShapeError(
            message(
                "a shape (n_out, n_in)",
                shape_text(tuple(shape)),
                "A bias is drawn as a column of the weights that it belongs to",
            )
        )
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


INITIALIZERS = {
    "zeros": zeros,
    "normal": normal(),
    "uniform": uniform(),
    "inverse_sqrt": inverse_sqrt,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "linear_default": linear_default,
}


def initializer(name):
    """The initializer of that name; a function is returned as it is."""
    return look_up("initializer", INITIALIZERS, name)
