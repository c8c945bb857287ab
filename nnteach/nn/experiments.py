"""Experiments on many networks at once: how often is XOR learnt, and how often does a network get stuck?

    xor_success(2).mean()    # the share of 2-2-1 networks, one for each of 50 seeds, that learn XOR

The networks are trained side by side, stacked along a first axis. None of them feels the others: the loss is
the sum of theirs, so that each gradient is its own, and Adam treats every entry by itself.
"""

import numpy as np

from ..compile.replay import Compiled
from ..core import ops
from . import losses
from .activations import activation as activation_of
from .boolean import CORNERS
from .network import MLP
from .optimizers import Adam

XOR = np.array([[0.0], [1.0], [1.0], [0.0]])


def xor_success(hidden: int, seeds=range(50), *, activation="tanh", optimizer=None, epochs: int = 300) -> np.ndarray:
    """Which 2-hidden-1 networks learn XOR: a lesson on losses that are not convex (002-08).

    Args:
        hidden: number of hidden units; with 2 about every second network gets stuck.
        seeds: one network for each, started as `MLP([2, hidden, 1], rng=seed)` is.
        activation: of the hidden units.
        optimizer: Adam(0.05) by default; it has to treat every entry by itself, as all of ours do.
        epochs: steps on all four corners.

    Returns:
        Whether all four corners are right in the end, a bool per seed.
    """
    starts = [MLP([2, hidden, 1], activation, rng=seed).parameters for seed in seeds]
    parameters = {name: np.stack([start[name] for start in starts]) for name in ("W1", "b1", "W2", "b2")}
    parameters = {name: x if x.ndim == 3 else x[:, None, :] for name, x in parameters.items()}  # b: one row
    targets = np.broadcast_to(XOR, (len(starts), *XOR.shape))
    predict = _networks(activation_of(activation))

    def loss(T, W1, b1, W2, b2):
        logits = predict(W1, b1, W2, b2)
        return ops.sum(losses.binary_cross_entropy_with_logits(logits, T, reduction="none")) / len(XOR)

    parameters = _trained(Compiled(loss, wrt=range(1, 5), copy=False), targets, parameters, optimizer, epochs)
    return ((predict(*parameters.values()) > 0) == (targets > 0.5)).all(axis=(1, 2))


def _networks(function):
    """The logits of all networks at the four corners, shape (networks, 4, 1)."""

    def predict(W1, b1, W2, b2):
        return function(CORNERS @ ops.matrix_transpose(W1) + b1) @ ops.matrix_transpose(W2) + b2

    return predict


def _trained(differentiate, targets, parameters, optimizer, epochs):
    optimizer = Adam(0.05) if optimizer is None else optimizer
    state = optimizer.init(parameters)
    for _ in range(epochs):
        at = optimizer.look_ahead(parameters, state)
        _, gradients = differentiate(targets, *at.values())
        parameters, state = optimizer.update(parameters, dict(zip(parameters, gradients, strict=True)), state)
    return parameters
