"""Lessons 17 to 19: losses, reductions, likelihood, and votes."""

import itertools

import numpy as np

from ..exercise import Leaf
from .lesson import back, lesson, normal, sigmoid, slip, step

# ------------------------------------------------------------------------------- 17: binary cross-entropy


def _logits(rng):
    n = rng.integers(1, 6)
    return {"z": rng.choice([-800.0, -2.5, -0.5, 0.0, 1.5, 3.0, 800.0], n), "t": rng.integers(0, 2, n) + 0.0}


def _losses(v):
    return np.logaddexp(0, v.z) - v.t * v.z


BCE = lesson(
    "17_losses", "Binary cross-entropy without overflow", ("loss", "dz"),
    {"z": Leaf((3,), "number"), "t": Leaf((3,), "binary")},
    (
        step("each", _losses, "The loss of every example: ln(e⁰ + eᶻ), by np.logaddexp.", "ln(1 + eᶻ) − t z",
             r"\ln(1 + e^z) - t z"),
        step("loss", lambda v: np.mean(v.each), "Their mean.", "the mean of each", r"\tfrac1n \sum_i"),
        step("p", lambda v: np.exp(-np.logaddexp(0, -v.z)), "The probabilities.", "σ( z )", r"\sigma(z)"),
        back("dz", lambda v: (v.p - v.t) / len(v.z), "The error; a mean divides the gradient by n, too.",
             "( p − t ) / n", "(p - t) / n"),
    ),
    (
        slip("bce_sum", "add the examples up instead of taking the mean", "whether the loss is a sum or a mean",
             loss=lambda v: np.sum(v.each), dz=lambda v: v.p - v.t),
        slip("bce_no_n", "forget in the gradient that the loss is a mean", "what a mean does to the gradient",
             dz=lambda v: v.p - v.t),
        slip("bce_sign", "subtract the probability from the target", "the sign of p − t",
             dz=lambda v: (v.t - v.p) / len(v.z)),
        slip("bce_slope", "multiply by the slope of the sigmoid once more", "what cancels in p − t",
             dz=lambda v: (v.p - v.t) * v.p * (1 - v.p) / len(v.z)),
        slip("bce_overflow", "compute eᶻ as it is, which overflows at 800", "the largest number that occurs",
             loss=lambda v: np.mean(np.log(1 + np.exp(v.z)) - v.t * v.z)),
        slip("bce_logs", "take logarithms of p and 1 − p, which are 0 at ±800", "the logarithm of 0",
             loss=lambda v: np.mean(-v.t * np.log(sigmoid(v.z)) - (1 - v.t) * np.log(1 - sigmoid(v.z)))),
        slip("bce_one_class", "count only the examples whose target is 1",
             "the loss of an example whose target is 0",
             loss=lambda v: np.mean(v.t * np.logaddexp(0, -v.z))),
    ),
    "Never compute e to a large power: both the loss and σ can be written with e to the power of −|z| alone.",
    lively=lambda v: 0 < v.t.sum() < 3,
    inputs=_logits,
    tip="`np.logaddexp(a, b)` is ln(eᵃ + eᵇ), safely. For the sigmoid use e to the power of −|z|, and think of "
        "both signs. Do not forget what a mean does to the gradient.",
)

# ------------------------------------------------------------------------------------------ 17: reductions


def _pairs(rng):
    rows, columns = rng.integers(1, 5, 2)
    return normal(rng, spread=2.0, pred=(rows, columns), target=(rows, columns))


REDUCTIONS = lesson(
    "17_reductions", "Three reductions and their gradients",
    ("sum", "mean", "batchmean", "d_sum", "d_mean", "d_batchmean"),
    {"pred": Leaf((2, 3), "number"), "target": Leaf((2, 3), "number")},
    (
        step("sum", lambda v: np.sum((v.pred - v.target) ** 2), "All squares, added up.", "Σ ( pred − target )²",
             r"\sum_{ij} (p_{ij} - t_{ij})^2"),
        step("mean", lambda v: v.sum / v.pred.size, "Divided by how many numbers there are.",
             "sum / (rows · columns of pred )",
             r"\text{sum} / (\text{rows} \cdot \text{columns})"),
        step("batchmean", lambda v: v.sum / len(v.pred), "Divided by how many samples there are.", "sum / rows",
             r"\text{sum} / \text{rows}"),
        back("d_sum", lambda v: 2 * (v.pred - v.target), "The derivative of the square.", "2 ( pred − target )",
             "2 (p - t)"),
        back("d_mean", lambda v: v.d_sum / v.pred.size, "Divided like its loss.", "d_sum / (rows · columns)"),
        back("d_batchmean", lambda v: v.d_sum / len(v.pred), "Divided like its loss.", "d_sum / rows"),
    ),
    (
        slip("red_no_two", "forget the 2 in the derivative of the square", "the derivative of (p − t)²",
             d_sum=lambda v: v.pred - v.target),
        slip("red_gradient_whole", "divide the losses, but not their gradients", "what a mean does to the gradient",
             d_mean=lambda v: v.d_sum, d_batchmean=lambda v: v.d_sum),
        slip("red_by_columns", "divide by the number of outputs where samples are counted",
             "which axis holds the samples",
             batchmean=lambda v: v.sum / v.pred.shape[1], d_batchmean=lambda v: v.d_sum / v.pred.shape[1]),
        slip("red_mean_by_rows", "divide the mean by the rows alone", "how many numbers are averaged",
             mean=lambda v: v.sum / len(v.pred), d_mean=lambda v: v.d_sum / len(v.pred)),
        slip("red_sign", "subtract the prediction from the target in the gradient", "the sign of pred − target",
             d_sum=lambda v: 2 * (v.target - v.pred)),
        slip("red_absolute", "add the sizes of the errors, not their squares", "what is added up",
             sum=lambda v: np.sum(np.abs(v.pred - v.target)), d_sum=lambda v: np.sign(v.pred - v.target)),
    ),
    "All three are the same sum, divided by something; a gradient is divided by whatever its loss is divided by.",
    inputs=_pairs,
    tip="All three are the same sum, divided by 1, by the number of entries, or by the number of rows. What "
        "happens to a gradient when its loss is divided by a number?",
)

# ------------------------------------------------------------------------------------------ 18: likelihood


def _measurements(rng):
    y = np.round(rng.normal(0, 3, rng.integers(1, 6)), 1) + 0.0
    return {"y": y, "mu": float(rng.integers(-3, 4)), "s": float(rng.choice([-0.5, 0.0, 0.5]))}


def _nll(v, sigma, half=2.0, often=None):
    return np.sum((v.y - v.mu) ** 2) / (half * sigma**2) + (often or len(v.y)) * np.log(sigma * np.sqrt(2 * np.pi))


LIKELIHOOD = lesson(
    "18_likelihood", "The likelihood of measurements", ("nll", "dmu", "best_mu"),
    {"y": Leaf((3,), "number"), "mu": Leaf((), "number"), "s": Leaf((), "bias")},
    (
        step("sigma", lambda v: np.exp(v.s), "s is the logarithm of σ.", "e^ s", "e^s"),
        step("nll", lambda v: _nll(v, v.sigma), "The squares by 2σ², and the constant once for each measurement.",
             "Σ ( y − mu )² / (2 sigma ²) + n ln( sigma √(2π))",
             r"\frac{\sum (y - \mu)^2}{2 \sigma^2} + n \ln(\sigma \sqrt{2\pi})"),
        back("dmu", lambda v: np.sum(v.mu - v.y) / v.sigma**2, "The derivative; the constant has none.",
             "Σ ( mu − y ) / sigma ²", r"\frac{\sum (\mu - y)}{\sigma^2}"),
        step("best_mu", lambda v: np.mean(v.y), "Where the derivative is 0, whatever σ is.", "the mean of y",
             r"\tfrac1n \sum y"),
    ),
    (
        slip("nll_s_is_sigma", "take s for σ itself", "what s is the logarithm of", sigma=lambda v: v.s),
        slip("nll_s_is_variance", "take s for the logarithm of the variance σ²", "what s is the logarithm of",
             sigma=lambda v: np.exp(v.s / 2)),
        slip("nll_sign", "lose the minus sign of the inner derivative", "the derivative of (y − μ)² by μ",
             dmu=lambda v: np.sum(v.y - v.mu) / v.sigma**2),
        slip("nll_one_constant", "count the constant once instead of for every measurement",
             "what is added for each measurement",
             nll=lambda v: _nll(v, v.sigma, often=1)),
        slip("nll_no_half", "forget the 2 in 2σ²", "the exponent of the Gaussian",
             nll=lambda v: _nll(v, v.sigma, half=1.0), dmu=lambda v: 2 * np.sum(v.mu - v.y) / v.sigma**2),
        slip("nll_no_sigma", "leave out σ² in the derivative", "what the squares are divided by",
             dmu=lambda v: np.sum(v.mu - v.y)),
        slip("nll_one_step", "take one step of gradient descent for the best μ", "where the derivative is 0",
             best_mu=lambda v: v.mu - v.dmu),
        slip("nll_median", "take the median for the best μ", "which sum of distances the median makes smallest",
             best_mu=lambda v: np.median(v.y)),
    ),
    "Logarithms make a sum of the product, and the sign turns the largest likelihood into the smallest NLL.",
    lively=lambda v: abs(np.mean(v.y) - np.median(v.y)) > 0.1,
    inputs=_measurements,
    tip="Set the derivative to 0 and solve for μ. Does σ matter for it?",
)

# ---------------------------------------------------------------------------------------------- 19: votes


def _votes(scores, for_k=lambda score: score > 0, pairs=None):
    """How many votes each class gets from some pairs, i < k if not told otherwise."""
    votes = np.zeros(len(scores))
    for i, k in pairs or itertools.combinations(range(len(scores)), 2):
        votes[k if for_k(scores[i][k]) else i] += 1
    return votes


def _ordered_pairs(v):
    return list(itertools.permutations(range(len(v.scores)), 2))


def _score_matrix(rng):
    K = rng.integers(2, 6)
    return {"scores": np.round(rng.normal(0, 2, (K, K)), 1) + 0.0}


VOTES = lesson(
    "19_multiclass", "One against one: the vote", ("votes", "winner"),
    {"scores": Leaf((4, 4), "number")},
    (
        step("votes", lambda v: _votes(v.scores), "Every pair once: above 0 the vote is for k, otherwise for i.",
             "for every pair i < k of scores : one vote for k if the score is above 0, else for i"),
        step("winner", lambda v: float(np.argmax(v.votes)), "The most votes; of equally many the lowest number.",
             "the first place of the largest entry of votes", r"\operatorname{argmax} \text{votes}"),
    ),
    (
        slip("votes_exchanged", "give the vote to the other class of the pair",
             "for which class a score above 0 is",
             votes=lambda v: _votes(v.scores, lambda score: score <= 0)),
        slip("votes_twice", "count the entries below the diagonal, too", "which entries mean something",
             votes=lambda v: _votes(v.scores, pairs=_ordered_pairs(v))),
        slip("votes_at_zero", "count a score of exactly 0 for k", "the rule for a score of 0",
             votes=lambda v: _votes(v.scores, lambda score: score >= 0)),
        slip("votes_last", "take the highest number where several have equally many", "who wins a tie",
             winner=lambda v: float(len(v.votes) - 1 - np.argmax(v.votes[::-1]))),
        slip("votes_fewest", "take the class with the fewest votes", "which entry of votes wins",
             winner=lambda v: float(np.argmin(v.votes))),
        slip("votes_from_one", "number the classes from 1", "the number of the first class",
             winner=lambda v: 1.0 + np.argmax(v.votes)),
    ),
    "Each pair of classes has one classifier, and it has one vote.",
    lively=lambda v: v.winner > 0 and np.sum(v.votes == v.votes.max()) > 1,
    inputs=_score_matrix,
    kinks=False,
    tip="Each pair must be counted once: `for k in range(i + 1, K)`. How many votes are there in all?",
)

EXERCISES = (BCE, REDUCTIONS, LIKELIHOOD, VOTES)
