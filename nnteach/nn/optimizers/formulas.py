"""Parts of the formulas that optimizers write their steps with: what a player and a worked solution show.

A formula is a pair (left, right) of Symbols, "m ← β1 · m + (1 − β1) · g". The right side computes its own number as it
is built, and the tests compare that with what the optimizer computes. The last formula is that of the parameter.
"""

import numpy as np

from ...symbolic.formula import Symbol


def average(letter, share, old, new):
    """A moving average: the share that is kept of the old, and the rest of the new."""
    kept = Symbol(letter, share)
    return kept * old + (1 - kept) * new


def root_of(square, eps, inside):
    """√(square + ε) or √square + ε."""
    eps = Symbol("ε", eps)
    return np.sqrt(square + eps) if inside else np.sqrt(square) + eps


def left_of(theta):
    """The parameter on the left side; of `θ − ηλ · θ` it is θ."""
    return theta if theta.notation is None else theta.inputs[0]
