"""Logical functions as networks with given weights (003-02 to 003-07).

The inputs are 0 and 1, so ±10 or so as a pre-activation makes the sigmoid 0 or 1 but for 5 in 100 000. Each
function returns an MLP that can be drawn and stepped through. θ has the bias in column 0.
"""

import numpy as np

from .network import MLP

NOT_ROW = [10.0, -20.0]
NOR_ROW = [10.0, -20.0, -20.0]
AND_ROW = [-30.0, 20.0, 20.0]
OR_ROW = [-10.0, 20.0, 20.0]

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # the four inputs, in the order of truth tables


def not_() -> MLP:
    """NOT x = f(10 − 20x) (003-03)."""
    return MLP.from_thetas([[NOT_ROW]])


def nor() -> MLP:
    """(NOT x₁) AND (NOT x₂) = f(10 − 20x₁ − 20x₂) (003-04)."""
    return MLP.from_thetas([[NOR_ROW]])


def and_() -> MLP:
    """x₁ AND x₂ = f(−30 + 20x₁ + 20x₂) (003-02; the weights are Ng's, the slide's figure is lost)."""
    return MLP.from_thetas([[AND_ROW]])


def or_() -> MLP:
    """x₁ OR x₂ = f(−10 + 20x₁ + 20x₂) (003-02; likewise)."""
    return MLP.from_thetas([[OR_ROW]])


def xnor() -> MLP:
    """Equal or not: (x₁ AND x₂) OR (x₁ NOR x₂) (003-07)."""
    return MLP.from_thetas([[AND_ROW, NOR_ROW], [OR_ROW]])


def xor() -> MLP:
    """Different or not: the NOR, not the OR, of the same two hidden units (003-07)."""
    return MLP.from_thetas([[AND_ROW, NOR_ROW], [NOR_ROW]])


def xor_relu() -> MLP:
    """XOR with ReLU and small whole numbers: h = ReLU(Wx + c), y = h₁ − 2h₂ (000-10; Goodfellow et al. 6.1). Exact."""
    return MLP.from_thetas([[[0, 1, 1], [-1, 1, 1]], [[0, 1, -2]]], activation="relu", output="identity")


NETWORKS = {"not": not_, "nor": nor, "and": and_, "or": or_, "xnor": xnor, "xor": xor, "xor_relu": xor_relu}
