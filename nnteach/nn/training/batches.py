"""Minibatches: arrays of sample numbers, one array per step (C26).

    for rows in shuffled(len(X), 32, rng):
        step(X[rows], T[rows])

One run through an iterator is one epoch. Which sampler is used matters for the claim that a minibatch's
gradient is right on average: a batch of `sampled` is, at every step; of a shuffled partition only the first
batch is, given the past (E004-15).
"""

import math

import numpy as np

from ..table import look_up


def shuffled(n: int, size: int, rng):
    """All n samples in random order, cut into ⌈n/size⌉ batches; the last may be smaller (004-15, E004-24)."""
    return in_order(n, size, rng, rng.permutation(n))


def in_order(n: int, size: int, rng=None, order=None):
    """All samples in their own order (000-05, and PyTorch's DataLoader unless told to shuffle: E004-11)."""
    order = np.arange(n) if order is None else order
    for start in range(0, n, size):
        yield order[start : start + size]


def sampled(n: int, size: int, rng):
    """⌈n/size⌉ batches, each of `size` different samples drawn from all n (000-35, 004-13); one epoch may miss some."""
    for _ in range(math.ceil(n / size)):
        yield rng.choice(n, min(size, n), replace=False)


SAMPLERS = {"shuffled": shuffled, "in_order": in_order, "sampled": sampled}


def sampler(name):
    """The sampler of that name; a function (n, size, rng) is returned as it is."""
    return look_up("sampler", SAMPLERS, name)


def split(X, T, share: float, rng):
    """Keep a random share of the samples back.

    Args:
        X, T: arrays with one row per sample.
        share: part to keep back, in (0, 1).
        rng: a Generator.

    Returns:
        (X, T) to train on, and (X, T) kept back.
    """
    order = rng.permutation(len(X))
    count = max(1, round(share * len(X)))
    back, train = order[:count], order[count:]
    return (X[train], T[train]), (X[back], T[back])
