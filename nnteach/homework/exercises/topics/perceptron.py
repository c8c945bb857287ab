"""Epochs of Rosenblatt's perceptron: θ after each, and how many samples were on the wrong side (002-05)."""

import numpy as np

from ..exercise import Exercise, Leaf
from ..procedure import Procedure, Slip, Step

RATES = (0.1, 0.2, 0.5, 1.0)
CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
AND = {
    "X": np.array(CORNERS, dtype=float),
    "T": np.array([0.0, 0.0, 0.0, 1.0]),
    "theta0": np.zeros(3),
    "alpha": 1.0,
}
PRINCIPLE = (
    "Go through the samples in the given order. Put x₀ = 1 in front of each, predict 1 if θᵀx > 0 and 0 otherwise, "
    "and change θ only where the prediction is wrong, at once, before the next sample."
)


def perceptron(epochs: int = 3, samples: int = 4) -> Exercise:
    """Rosenblatt's rule by hand: θ and the number of mistakes after every epoch."""
    epochs, samples = int(epochs), int(samples)
    asked = tuple(name for k in range(1, epochs + 1) for name in (f"theta{k}", f"errors{k}"))
    leaves = {"X": Leaf((samples, 2), "input"), "T": Leaf((samples,), "binary"), "theta0": Leaf((3,), "zero"),
              "alpha": Leaf((), "rate")}
    return Exercise(
        f"perceptron {epochs} {samples}",
        f"{epochs} epochs of the perceptron",
        asked,
        leaves,
        lambda given: Procedure(given, _steps(epochs), _slips(epochs), PRINCIPLE, _lively),
        (
            "Each row of X is a sample; x₀ = 1 is put in front of it, so θ = (θ₀, θ₁, θ₂) has the bias first.",
            "The prediction is 1 if θᵀx > 0, else 0 (at exactly 0 it is 0); θ ← θ − α (prediction − t) x.",
            "An epoch takes the samples in the given order; errors1 is how many were predicted wrongly in the first.",
        ),
        AND if samples == 4 else None,
        _draw(samples),
    )


def _draw(samples):
    def draw(numbers):
        """Samples on both sides of a line that goes through no sample."""
        half = [i / 2 for i in range(-4, 5) if i]
        X = np.array([numbers.choice(half, 2) for _ in range(samples)])
        line = np.array(numbers.choice((-1.5, -0.5, 0.5, 1.5), 3))
        T = (line[0] + X @ line[1:] > 0).astype(float)
        return {"X": X, "T": T, "theta0": np.zeros(3), "alpha": numbers.choice(RATES, 1)[0]}

    return draw


def _lively(v):
    return v.errors1 > 0 and getattr(v, "errors2", 1) > 0 and 0 < v.T.sum() < len(v.T)


def _error(theta, x, t):
    return float(theta @ x > 0) - t


def by_rule(theta, x, t, v):
    """What Rosenblatt's rule adds to θ at a sample: nothing where it is predicted rightly."""
    return -v.alpha * _error(theta, x, t) * x


def epoch(theta, v, change=by_rule, order=1, held=False):
    """θ after one epoch.

    Args:
        theta: before it.
        v: with X, T and alpha.
        change: (θ, x, t, v) -> what is added to θ.
        order: −1 to go through the samples backwards.
        held: whether all samples are predicted with the θ before the epoch.
    """
    before = theta = np.asarray(theta, dtype=float)
    X = np.column_stack([np.ones(len(v.X)), v.X])[::order]
    for x, t in zip(X, v.T[::order], strict=True):
        theta = theta + change(before if held else theta, x, t, v)
    return theta


def errors(theta, v):
    """How many samples are predicted wrongly in an epoch that begins with θ."""
    wrong = []

    def change(theta, x, t, v):
        wrong.append(_error(theta, x, t) != 0)
        return by_rule(theta, x, t, v)

    epoch(theta, v, change)
    return float(sum(wrong))


def _steps(epochs):
    steps = []
    for k in range(1, epochs + 1):
        old = f"theta{k - 1}"
        steps += [
            Step(f"theta{k}", lambda v, old=old: epoch(getattr(v, old), v),
                 "Through all samples once; θ changes at every sample that is predicted wrongly.",
                 f"{old} − Σ alpha (prediction − t) x , sample by sample",
                 rf"\theta_{{{k - 1}}} - \sum \alpha (\hat y - t) x"),
            Step(f"errors{k}", lambda v, old=old: errors(getattr(v, old), v),
                 "The samples at which θ had to change in this epoch.",
                 "how often prediction ≠ t", r"\#\{\hat y \neq t\}"),
        ]
    return tuple(steps)


def _slips(epochs):
    def every(change=by_rule, **how):
        """θ after every epoch, if the mistake is made in all of them."""
        return {f"theta{k}": lambda v, k=k: epoch(getattr(v, f"theta{k - 1}"), v, change, **how)
                for k in range(1, epochs + 1)}

    again = {f"theta{k}": lambda v: epoch(v.theta0, v) for k in range(2, epochs + 1)}
    return (
        Slip("percep_sign", "add α (prediction − t) x instead of subtracting it",
             "the sign of the change: where must θᵀx go when the answer should have been 1?",
             every(lambda theta, x, t, v: v.alpha * _error(theta, x, t) * x)),
        Slip("percep_at_zero", "predict 1 where θᵀx is exactly 0", "the rule for θᵀx = 0",
             every(lambda theta, x, t, v: -v.alpha * (float(theta @ x >= 0) - t) * x)),
        Slip("percep_no_bias", "leave θ₀ as it is when θ changes", "x₀ = 1 stands in front of every sample",
             every(lambda theta, x, t, v: -v.alpha * _error(theta, x, t) * x * np.array([0, 1, 1]))),
        Slip("percep_always", "change θ at samples that were predicted rightly, too",
             "at which samples θ changes", every(lambda theta, x, t, v: v.alpha * (2 * t - 1) * x)),
        Slip("percep_score", "take θᵀx itself for the prediction, without the threshold",
             "the prediction: it is 0 or 1", every(lambda theta, x, t, v: -v.alpha * (theta @ x - t) * x)),
        Slip("percep_batch", "predict all samples with the θ from the beginning of the epoch",
             "when θ changes: at once, or at the end of the epoch?", every(held=True)),
        Slip("percep_plus_minus", "use −1 and 1 where this sheet uses 0 and 1",
             "the two values of a prediction", every(lambda theta, x, t, v: -2 * v.alpha * _error(theta, x, t) * x)),
        Slip("percep_no_rate", "leave out the learning rate α", "how far θ goes in one change",
             every(lambda theta, x, t, v: -_error(theta, x, t) * x)),
        Slip("percep_backwards", "go through the samples from the last to the first", "the order of the samples",
             every(order=-1)),
        Slip("percep_only_ones", "change θ only where a 1 was missed", "both kinds of wrong predictions change θ",
             every(lambda theta, x, t, v: -v.alpha * min(_error(theta, x, t), 0.0) * x)),
        Slip("percep_only_zeros", "change θ only where a 0 was missed", "both kinds of wrong predictions change θ",
             every(lambda theta, x, t, v: -v.alpha * max(_error(theta, x, t), 0.0) * x)),
        Slip("percep_restart", "begin every epoch with the first θ again", "with which θ an epoch begins", again),
    )
