"""The bias as a vector beside the weights, or as column 0 of a matrix θ whose input starts with x₀ = 1 (C7).

Decks 000, 001 and 004 write W x + b, decks 002 and 003 θ x. Everything here computes with the vector; these
functions lead from one to the other, and `forward` computes the way of decks 002 and 003, so that the
gradients come as theirs do.
"""

import numpy as np

from ..core import ops
from ..core.errors import ShapeError, message, shape_text
from ..core.primitive import shape_of
from .activations import activation as activation_of


def as_theta(W, b) -> np.ndarray:
    """θ of shape (n_out, 1 + n_in) from W of shape (n_out, n_in) and b of shape (n_out,)."""
    W, b = np.asarray(W), np.asarray(b)
    if W.ndim != 2 or b.shape != W.shape[:1]:
        raise ShapeError(
            message(
                "W of shape (n_out, n_in) and b of shape (n_out,)",
                f"W {shape_text(W.shape)} and b {shape_text(b.shape)}",
            )
        )
    return np.column_stack([b, W])


def from_theta(theta) -> tuple[np.ndarray, np.ndarray]:
    """W and b from θ; copies."""
    theta = np.asarray(theta)
    if theta.ndim != 2 or theta.shape[1] < 2:
        raise ShapeError(message("θ of shape (n_out, 1 + n_in), the bias in column 0", shape_text(theta.shape)))
    return theta[:, 1:].copy(), theta[:, 0].copy()


def with_ones(x):
    """x₀ = 1 in front, as a₀ = 1 in every layer (003-16, E003-13): shape (batch, n) -> (batch, 1 + n)."""
    return ops.concatenate(np.ones((shape_of(x)[0], 1)), x, axis=1)


def forward(X, thetas, activation="sigmoid", output="sigmoid"):
    """Forward with the bias in column 0, a⁽ˡ⁺¹⁾ = f(θ⁽ˡ⁾ [1; a⁽ˡ⁾]), one row per sample (002-09, 003-16).

    Args:
        X: shape (batch, n_in).
        thetas: Nodes or arrays, θ⁽ˡ⁾ of shape (n_out, 1 + n_in). With Nodes, their gradients are D.
        activation: of the hidden layers.
        output: activation of the last layer.
    """
    hidden, last = activation_of(activation), activation_of(output)
    a = X
    for number, theta in enumerate(thetas, start=1):
        a = (last if number == len(thetas) else hidden)(with_ones(a) @ theta.T)
    return a
