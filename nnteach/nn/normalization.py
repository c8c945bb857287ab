"""Normalisation: batch, layer, group and instance (002-48, 002-50).

All four subtract a mean and divide by a standard deviation; they differ in the axes over which these are
taken. For x of shape (batch, channels, height, width), or (batch, channels):

    batch      batch, height, width        one mean per channel
    layer      channels, height, width     one mean per sample
    group      within groups of channels   one mean per sample and group
    instance   height, width               one mean per sample and channel

so group is layer with one group and instance with as many groups as channels. The variance is the mean square
(divided by the number, not by one less). gamma and beta, the scale and shift that are learnt, may be None.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ..core import ops
from ..core.errors import GraphError, ShapeError, message
from ..core.primitive import ndim, shape_of


def batch_norm(x, gamma=None, beta=None, eps=1e-5):
    """Normalise every channel over the batch, as in training; gamma, beta: (channels,)."""
    normalised, _, _ = standardize(x, _batch_axes(x), eps)
    return _scale_and_shift(normalised, gamma, beta, x)


def layer_norm(x, gamma=None, beta=None, eps=1e-5):
    """Normalise every sample by itself; gamma, beta: the shape of a sample."""
    normalised, _, _ = standardize(x, tuple(range(1, ndim(x))), eps)
    return _affine(normalised, gamma, beta)


def group_norm(x, groups: int, gamma=None, beta=None, eps=1e-5):
    """Normalise every sample in `groups` equal groups of channels; gamma, beta: (channels,)."""
    batch, channels = shape_of(x)[:2]
    if channels % groups:
        raise ShapeError(message(f"a number of groups that divides {channels} channels", str(groups)))
    normalised, _, _ = standardize(ops.reshape(x, shape=(batch, groups, -1)), (2,), eps)
    return _scale_and_shift(ops.reshape(normalised, shape=shape_of(x)), gamma, beta, x)


def instance_norm(x, gamma=None, beta=None, eps=1e-5):
    """Normalise every channel of every sample by itself, over its places; gamma, beta: (channels,)."""
    if ndim(x) < 3:
        raise ShapeError(message("samples of shape (batch, channels, …) with places to average over", str(shape_of(x))))
    return group_norm(x, shape_of(x)[1], gamma, beta, eps)


def standardize(x, axes, eps):
    """(x − mean) / √(variance + eps), and the mean and variance over these axes, with the axes kept."""
    mean = ops.mean(x, axis=axes, keepdims=True)
    centred = x - mean
    variance = ops.mean(ops.square(centred), axis=axes, keepdims=True)
    return centred / ops.sqrt(variance + eps), mean, variance


def _batch_axes(x):
    return (0, *range(2, ndim(x)))


def _scale_and_shift(x, gamma, beta, like):
    """One gamma and beta per channel, axis 1."""
    shape = (-1,) + (1,) * (ndim(like) - 2)
    return _affine(x, *(p if p is None or ndim(like) == 2 else ops.reshape(p, shape=shape) for p in (gamma, beta)))


def _affine(x, gamma, beta):
    x = x if gamma is None else gamma * x
    return x if beta is None else x + beta


# ------------------------------------------------------------------------------------ as layers of a network


@dataclass(frozen=True)
class Running:
    """The moving averages by which batch normalisation goes at test time (002-48 "EMA"; C23).

    Args:
        mean, variance: so far, shape (channels,).
        new_weight: share of the new batch. PyTorch calls this the momentum (0.1); Keras's momentum is the
            share of the old, 0.99, so there it is 0.01.
        unbiased: whether the batch's variance enters divided by n − 1 (PyTorch) or by n (Keras).
    """

    mean: np.ndarray
    variance: np.ndarray
    new_weight: float = 0.1
    unbiased: bool = True

    def seen(self, mean, variance, count: int) -> "Running":
        """The averages after another batch, with `count` numbers per channel; variance: the biased one."""
        if self.unbiased:
            variance = variance * count / max(count - 1, 1)  # of a single sample it is 0 either way
        w = self.new_weight
        return replace(self, mean=(1 - w) * self.mean + w * mean, variance=(1 - w) * self.variance + w * variance)


class BatchNorm:
    """Batch normalisation as a layer: by the batch in training, by running averages otherwise.

    Args:
        width: number of channels.
        number: of the layer, for the names gamma1, beta1, mean1, variance1.
        like: "pytorch" or "keras": eps 1e-5 or 1e-3, and the conventions of `Running`.
    """

    FORMS: ClassVar = {"pytorch": (1e-5, 0.1, True), "keras": (1e-3, 0.01, False)}

    def __init__(self, width: int, number: int = 1, like: str = "pytorch"):
        if like not in self.FORMS:
            raise GraphError(message('like="pytorch" or like="keras"', repr(like)))
        self.width, self.number = width, number
        self.eps, self.new_weight, self.unbiased = self.FORMS[like]

    def initial(self, rng):
        return {f"gamma{self.number}": np.ones(self.width), f"beta{self.number}": np.zeros(self.width)}

    def buffers(self):
        return {f"mean{self.number}": np.zeros(self.width), f"variance{self.number}": np.ones(self.width)}

    def __call__(self, x, values, training=False, seen=None):
        gamma, beta = values[f"gamma{self.number}"], values[f"beta{self.number}"]
        if not training:
            mean, variance = values[f"mean{self.number}"], values[f"variance{self.number}"]
            return gamma * ((x - mean) / ops.sqrt(variance + self.eps)) + beta
        if ndim(x) != 2:
            raise ShapeError(message("a batch of shape (batch, channels) to train on", str(shape_of(x))))
        normalised, mean, variance = standardize(x, (0,), self.eps)
        if seen is not None:
            self._remember(x, values, mean, variance, seen)
        return gamma * normalised + beta

    def _remember(self, x, values, mean, variance, seen):
        before = Running(values[f"mean{self.number}"], values[f"variance{self.number}"], self.new_weight, self.unbiased)
        mean, variance = (np.ravel(getattr(s, "value", s)) for s in (mean, variance))
        after = before.seen(mean, variance, shape_of(x)[0])
        seen[f"mean{self.number}"], seen[f"variance{self.number}"] = after.mean, after.variance


class LayerNorm:
    """Layer normalisation as a layer; the same in training and otherwise."""

    def __init__(self, width: int, number: int = 1, eps: float = 1e-5):
        self.width, self.number, self.eps = width, number, eps

    initial = BatchNorm.initial

    def __call__(self, x, values, training=False, seen=None):
        normalised, _, _ = standardize(x, -1, self.eps)
        return _affine(normalised, values[f"gamma{self.number}"], values[f"beta{self.number}"])


NORMALIZATIONS = {"batch": BatchNorm, "layer": LayerNorm}
