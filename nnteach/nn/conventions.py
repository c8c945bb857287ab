"""The factors of the chosen course: its squared error, its ReLU at 0, its penalty.

    nt.notation.use("003")                          # once, at the beginning of a lecture
    nt.nn.conventions.squared_error(pred, target)   # with that deck's factor and reduction
    nt.nn.conventions.penalty(0.1)                  # λ/2m without the biases, as deck 003 prints it

Everywhere else nnteach's own conventions hold, so that a program gives the same numbers whatever was chosen. The
numbers after C are those of the list of conventions on which the decks disagree.
"""

from ..core import ops
from ..core.errors import GraphError, message
from ..symbolic.notation import NOTATIONS, Notation, notation
from . import losses
from .regularizers import L2

# C10: how λ stands before the penalty, and whether it takes the biases too. Deck 001 has no penalty.
PENALTIES = {
    "000": {"include_bias": True},
    "002": {"include_bias": True},
    "003": {"half": True, "over_samples": True},
    "004": {"half": True, "include_bias": True},
}


def squared_error(pred, target, profile: "str | Notation | None" = None):
    """The squared error with the factor and the reduction of a course (C9).

    Raises:
        GraphError: the deck has no squared error.
    """
    course = notation(profile)
    if course.loss_factor is None:
        raise GraphError(message("a course with a squared error", f"{course.course}, which has cross-entropy only"))
    # The decks' mean is over the samples, each with the sum of its outputs.
    reduction = "batchmean" if course.reduction == "mean" else course.reduction
    return course.loss_factor * losses.squared_error(pred, target, reduction)


def relu(pre, profile: "str | Notation | None" = None):
    """ReLU with the slope at 0 of a course; 0 where its deck states none (C1)."""
    return ops.relu(pre, at_zero=notation(profile).relu_at_zero or 0.0)


def penalty(strength: float, profile: "str | Notation | None" = None) -> L2:
    """The squared norm of the weights with the factors of a course (C10); nnteach's own where its deck has none."""
    course = notation(profile)
    key = next((key for key, known in NOTATIONS.items() if known == course), None)
    return L2(strength, **PENALTIES.get(key, {}))
