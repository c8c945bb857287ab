"""The softmax and its Jacobian by hand, and a gradient taken back through it (000-25)."""

import numpy as np

from ..exercise import Exercise, Leaf
from ..procedure import Procedure, Slip, Step

PRINCIPLE = (
    "Every output of a softmax depends on every input: they share the sum in the denominator. So the derivative is a "
    "matrix, and the gradient goes back through all of it."
)


def softmax_jacobian(classes: int = 3) -> Exercise:
    """The Jacobian of the softmax, and the gradient behind it."""
    shape = (int(classes),)
    return Exercise(
        f"softmax_jacobian {shape}",
        "The Jacobian of the softmax",
        ("p", "J", "dz"),
        {"z": Leaf(shape, "input"), "g": Leaf(shape, "input")},
        lambda given: Procedure(given, STEPS, SLIPS, PRINCIPLE, lambda v: v.p.min() > 0.03),
        ("p = softmax(z); J has a row for every output: J[i, j] = ∂p[i] / ∂z[j].",
         "g is the gradient of the loss by p; dz is the gradient of the loss by z."),
    )


def _softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def _diagonal(p):
    return np.diag(p * (1 - p))


STEPS = (
    Step("p", lambda v: _softmax(v.z), "Powers of e, divided by their sum.", "exp( z ) / Σ exp( z )",
         r"e^{z} / \sum_k e^{z_k}"),
    Step("J", lambda v: np.diag(v.p) - np.outer(v.p, v.p), "p (1 − p) on the diagonal, minus the products off it.",
         "diag( p ) − p p ᵀ", r"\mathrm{diag}(p) - p p^\top", "gradient"),
    Step("dz", lambda v: v.J.T @ v.g, "Every input gets a gradient from every output.", "J ᵀ g", r"J^\top g",
         "gradient"),
)
SLIPS = (
    Slip("sm_not_normalised", "forget to divide by the sum", "the denominator of the softmax",
         {"p": lambda v: np.exp(v.z)}),
    Slip("sm_share_of_z", "divide z itself by its sum, without e", "what is divided by the sum",
         {"p": lambda v: v.z / v.z.sum()}),
    Slip("sm_sigmoid", "take the sigmoid of every entry", "whether an output depends on the other inputs",
         {"p": lambda v: 1 / (1 + np.exp(-v.z))}),
    Slip("sm_diagonal", "differentiate the softmax entry by entry: only the diagonal",
         "whether an output depends on the other inputs", {"J": lambda v: _diagonal(v.p)}),
    Slip("sm_off_sign", "lose the minus sign off the diagonal", "whether another output rises or falls",
         {"J": lambda v: np.outer(v.p, v.p) + np.diag(v.p - 2 * v.p**2)}),
    Slip("sm_all_products", "put −pᵢ pⱼ on the diagonal, too", "what stands on the diagonal",
         {"J": lambda v: -np.outer(v.p, v.p)}),
    Slip("sm_diag_p", "put p alone on the diagonal", "what stands on the diagonal",
         {"J": lambda v: np.diag(v.p + v.p**2) - np.outer(v.p, v.p)}),
    Slip("sm_diag_one_minus", "put 1 − p on the diagonal", "what stands on the diagonal",
         {"J": lambda v: np.diag(1 - v.p) - np.outer(v.p, v.p) + np.diag(v.p**2)}),
    Slip("sm_dz_diagonal", "use only the diagonal of J for dz", "how many outputs an input moves",
         {"dz": lambda v: np.diag(v.J) * v.g}),
    Slip("sm_dz_row_sums", "multiply g by the sums of J's rows", "the product of a matrix and a vector",
         {"dz": lambda v: np.abs(v.J).sum(axis=1) * v.g}),
    Slip("sm_dz_p", "multiply g by p", "the derivative of the softmax is a matrix", {"dz": lambda v: v.p * v.g}),
)
