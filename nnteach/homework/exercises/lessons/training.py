"""Lessons 20 to 22: an epoch of minibatches, initial weights, and Adam."""

import numpy as np

from ..exercise import Leaf
from .lesson import lesson, normal, slip, step

NUMBER, RATE = Leaf((), "number"), Leaf((), "rate")

# ---------------------------------------------------------------------------------- 20: an epoch of minibatches


def _fit(v, over=np.sum, factor=2.0, size=None, stale=False, sign=1, last=True):
    """w and b after every minibatch, a row each."""
    w, b, path, size = v.w, v.b, [(v.w, v.b)], size or v.size
    for start in range(0, len(v.x) if last else len(v.x) - v.size + 1, size):
        x, y = v.x[start:start + size], v.y[start:start + size]
        new = w - sign * v.rate * factor * over((w * x + b - y) * x)
        b = b - sign * v.rate * factor * over((new if stale else w) * x + b - y)
        w = new
        path.append((w, b))
    return np.array(path[1:] or path)


def _minibatches(rng):
    n = int(rng.integers(1, 8))
    x, y = np.round(rng.normal(size=(2, n)), 1)
    w, size = float(rng.integers(-3, 4)), int(rng.integers(1, 5))
    return {"w": w, "b": 1.0, "x": x, "y": y, "size": size, "rate": 0.05}


def _draw_fit(numbers):
    tenths = [i / 10 for i in range(-20, 21) if abs(i) > 2]
    one = numbers.choice(tenths, 2)
    x, y = np.reshape(numbers.choice(tenths, 10), (2, 5))
    return {"w": one[0], "b": one[1], "x": x, "y": y, "size": 2, "rate": numbers.choice([0.05, 0.1], 1)[0]}


EPOCH = lesson(
    "20_training", "An epoch of minibatches", {"w": "w_new", "b": "b_new"},
    {"w": NUMBER, "b": NUMBER, "x": Leaf((5,), "number"), "y": Leaf((5,), "number"), "size": NUMBER, "rate": RATE},
    (
        step("path", _fit, "w and b after every minibatch, a row each: both gradients first, then both updates.",
             "w − rate · 2 Σ (w x + b − y) x , b − rate · 2 Σ (w x + b − y)",
             r"w - \eta \, 2 \sum (w x_i + b - y_i) \, x_i, \quad b - \eta \, 2 \sum (w x_i + b - y_i)"),
        step("w_new", lambda v: v.path[-1, 0], "w after the last minibatch.", "the last w of path"),
        step("b_new", lambda v: v.path[-1, 1], "b after the last minibatch.", "the last b of path"),
    ),
    (
        slip("fit_mean", "average over the minibatch; this loss is a sum", "whether the loss is a sum or a mean",
             path=lambda v: _fit(v, over=np.mean)),
        slip("fit_no_two", "forget the 2 in the derivative of the square", "the derivative of (f(x) − y)²",
             path=lambda v: _fit(v, factor=1.0)),
        slip("fit_one_by_one", "change w before you compute the gradient of b",
             "with which w the error is computed",
             path=lambda v: _fit(v, stale=True)),
        slip("fit_no_last", "leave out the last minibatch where it is smaller",
             "how many samples the last minibatch has",
             path=lambda v: _fit(v, last=False)),
        slip("fit_full_batch", "make a single update with all samples", "how many updates an epoch has",
             path=lambda v: _fit(v, size=len(v.x))),
        slip("fit_single", "make an update for every sample", "how many samples an update has",
             path=lambda v: _fit(v, size=1)),
        slip("fit_uphill", "add rate · gradient, which climbs", "the sign of the update",
             path=lambda v: _fit(v, sign=-1)),
    ),
    "For each minibatch in turn: predict, errors, both gradients, and only then both updates.",
    lively=lambda v: np.max(np.abs(v.path)) < 10,
    draw=_draw_fit,
    inputs=_minibatches,
    tip="Compute both gradients *before* you change *w* or *b*. If *w* is changed first, the gradient of *b* is "
        "taken at another point.",
)

# --------------------------------------------------------------------------------------- 21: initial weights


def _normal(v, deviation):
    return np.random.default_rng(v.seed).normal(0, deviation, (v.n_out, v.n_in))


def _uniform(v, bound):
    return np.random.default_rng(v.seed).uniform(-bound, bound, (v.n_out, v.n_in))


def _turned(v, name):
    rng = np.random.default_rng(v.seed)
    if name in ("lecun", "he"):
        return rng.normal(0, getattr(v, f"{name}_std"), (v.n_in, v.n_out)).T
    bound = getattr(v, f"{name}_bound")
    return rng.uniform(-bound, bound, (v.n_in, v.n_out)).T


def _draw_layer(numbers):
    n_in, n_out = 2 + numbers.below(3), 2 + numbers.below(3)
    return {"n_in": n_in, "n_out": n_out, "seed": numbers.below(100)}


RULES = ("lecun", "he", "glorot", "heuristic")
INITIAL = lesson(
    "21_initialisation", "Initial weights by four rules", RULES,
    {"n_in": NUMBER, "n_out": NUMBER, "seed": NUMBER},
    (
        step("lecun_std", lambda v: np.sqrt(1 / v.n_in), "The root of the variance.", "√(1 / n_in )",
             r"\sqrt{1 / n_\text{in}}"),
        step("he_std", lambda v: np.sqrt(2 / v.n_in), "The root of the variance.", "√(2 / n_in )",
             r"\sqrt{2 / n_\text{in}}"),
        step("glorot_bound", lambda v: np.sqrt(6 / (v.n_in + v.n_out)), "The bound, as it is given.",
             "√(6 / ( n_in + n_out ))",
             r"\sqrt{6 / (n_\text{in} + n_\text{out})}"),
        step("heuristic_bound", lambda v: np.sqrt(1 / v.n_in),
             "±c has the variance c²/3, so c² is 3 times the variance.",
             "√(1 / n_in )", r"\sqrt{1 / n_\text{in}}"),
        step("lecun", lambda v: _normal(v, v.lecun_std), "Drawn by a new generator.",
             "normal, with deviation lecun_std"),
        step("he", lambda v: _normal(v, v.he_std), "Drawn by a new generator.", "normal, with deviation he_std"),
        step("glorot", lambda v: _uniform(v, v.glorot_bound), "Drawn by a new generator.",
             "uniform, between − glorot_bound and glorot_bound"),
        step("heuristic", lambda v: _uniform(v, v.heuristic_bound), "Drawn by a new generator.",
             "uniform, between − heuristic_bound and heuristic_bound"),
    ),
    (
        slip("init_variance", "hand the variance to the generator, which wants the deviation",
             "the second input of rng.normal",
             lecun_std=lambda v: 1 / v.n_in, he_std=lambda v: 2 / v.n_in),
        slip("init_bound_is_std", "take the standard deviation for the bound",
             "the variance of a uniform distribution in ±c",
             heuristic_bound=lambda v: np.sqrt(1 / (3 * v.n_in))),
        slip("init_fan_out", "count the units instead of the inputs", "what n_in counts",
             lecun_std=lambda v: np.sqrt(1 / v.n_out), he_std=lambda v: np.sqrt(2 / v.n_out),
             heuristic_bound=lambda v: np.sqrt(1 / v.n_out)),
        slip("init_turned", "draw the weights in the shape (n_in, n_out) and turn them over",
             "in which order the numbers are drawn",
             **{name: lambda v, name=name: _turned(v, name) for name in RULES}),
        slip("init_he_is_lecun", "forget the 2 of He's rule", "what ReLU does to half of the units",
             he_std=lambda v: np.sqrt(1 / v.n_in)),
        slip("init_glorot_normal", "draw Glorot's weights by a normal distribution",
             "which distribution the rule names",
             glorot=lambda v: _normal(v, v.glorot_bound)),
    ),
    "A generator is told a deviation or a bound, the rules tell variances: a normal distribution needs the root, "
    "a uniform one in ±c has the variance c²/3.",
    lively=lambda v: v.n_in != v.n_out,
    draw=_draw_layer,
    inputs=lambda rng: dict(zip(("n_in", "n_out", "seed"), (int(n) for n in rng.integers(1, 9, 3)), strict=True)),
    tip="A uniform distribution in ±*c* has the variance *c*²/3. Which *c* has the variance 1/(3 n_in)?",
)

# ------------------------------------------------------------------------------------------------- 22: Adam


def _averages(values, beta):
    """The running average after every step, a row each."""
    now, seen = np.zeros(np.shape(values)[1:]), []
    for value in values:
        now = beta * now + (1 - beta) * value
        seen.append(now)
    return np.array(seen)


def _powers(v, beta):
    return np.array([[1 - beta**t] for t in range(1, len(v.gradients) + 1)])


def _draw_steps(numbers):
    tenths = [i / 10 for i in range(-20, 21) if abs(i) > 2]
    return {"w": np.array(numbers.choice(tenths, 2)), "gradients": np.reshape(numbers.choice(tenths, 6), (3, 2))}


ADAM = lesson(
    "22_optimizers", "Three steps of Adam", {"": "w_new"},
    {"w": Leaf((2,), "number"), "gradients": Leaf((3, 2), "number")},
    (
        step("m", lambda v: _averages(v.gradients, 0.9),
             "The average of the gradients after every step, a row each.",
             "0.9 · before + 0.1 · row of gradients", "0.9 m + 0.1 g"),
        step("s", lambda v: _averages(v.gradients**2, 0.999), "The average of their squares.",
             "0.999 · before + 0.001 · row of gradients , squared", "0.999 v + 0.001 g^2"),
        step("m_hat", lambda v: v.m / _powers(v, 0.9), "Corrected: the averages began with 0.", "m / (1 − 0.9ᵗ)",
             r"m / (1 - 0.9^t)"),
        step("s_hat", lambda v: v.s / _powers(v, 0.999), "Corrected, too.", "s / (1 − 0.999ᵗ)",
             r"v / (1 - 0.999^t)"),
        step("steps", lambda v: 0.1 * v.m_hat / (np.sqrt(v.s_hat) + 1e-8), "How far each step goes.",
             "0.1 m_hat / (√ s_hat + ε)",
             r"0.1 \, \hat m / (\sqrt{\hat v} + \varepsilon)"),
        step("w_new", lambda v: v.w - v.steps.sum(axis=0), "All steps, one after the other.",
             "w − the column sums of steps",
             r"w - \sum_t \text{step}_t"),
    ),
    (
        slip("adam_no_correction", "leave out the bias correction", "what the averages began with",
             m_hat=lambda v: v.m, s_hat=lambda v: v.s),
        slip("adam_first_power", "correct every step as if it were the first", "the power in 1 − βᵗ",
             m_hat=lambda v: v.m / (1 - 0.9), s_hat=lambda v: v.s / (1 - 0.999)),
        slip("adam_no_root", "divide by v̂ instead of its root", "what the step is divided by",
             steps=lambda v: 0.1 * v.m_hat / (v.s_hat + 1e-8)),
        slip("adam_betas_exchanged", "exchange β₁ and β₂", "which average forgets faster",
             m=lambda v: _averages(v.gradients, 0.999), s=lambda v: _averages(v.gradients**2, 0.9),
             m_hat=lambda v: v.m / _powers(v, 0.999), s_hat=lambda v: v.s / _powers(v, 0.9)),
        slip("adam_no_momentum", "take the gradient itself for m̂", "what stands above in the step",
             m_hat=lambda v: v.gradients),
        slip("adam_uphill", "add the steps", "the sign of the update", w_new=lambda v: v.w + v.steps.sum(axis=0)),
        slip("adam_m_only", "correct m, but not v", "how many averages began with 0", s_hat=lambda v: v.s),
    ),
    "Two averages: of the gradients, and of their squares. Both began with 0, so both are too small at first.",
    draw=_draw_steps,
    inputs=lambda rng: normal(rng, spread=2.0, w=2, gradients=(rng.integers(1, 6), 2)),
    tip="The power in the correction is the number of the step, and the first step has the number 1. The averages "
        "themselves stay uncorrected: *m̂* and *v̂* are used and thrown away.",
)

EXERCISES = (EPOCH, INITIAL, ADAM)
