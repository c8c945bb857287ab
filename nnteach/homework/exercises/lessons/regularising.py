"""Lessons 25 to 28: early stopping, weight decay, normalisation, and the first units."""

import numpy as np

from ..exercise import Leaf
from .lesson import lesson, normal, slip, step

# -------------------------------------------------------------------------------------- 25: early stopping


def _best_so_far(v, better=lambda new, old: new < old):
    best, seen = 1, []
    for number, loss in enumerate(v.losses, start=1):
        best = number if better(loss, v.losses[best - 1]) else best
        seen.append(best)
    return np.array(seen, dtype=float)


def _since_last_fall(v):
    """Epochs in a row that were no better than the one before."""
    row = [0]
    for before, loss in zip(v.losses, v.losses[1:], strict=False):
        row.append(0 if loss < before else row[-1] + 1)
    return np.array(row, dtype=float)


def _stop(v, enough=lambda since, patience: since > patience):
    over = [number for number, since in enumerate(v.since, start=1) if enough(since, v.patience)]
    return float(over[0] if over else len(v.losses))


def _curve(rng):
    losses = [int(n) for n in rng.integers(1, 9, int(rng.integers(1, 12)))]
    return {"losses": losses, "patience": int(rng.integers(0, 4))}


def _draw_curve(numbers):
    return {"losses": np.array(numbers.choice([i / 10 for i in range(2, 10)], 9)), "patience": 1 + numbers.below(2)}


STOPPING = lesson(
    "25_fitting", "Early stopping", ("stop", "best"),
    {"losses": Leaf((9,), "positive"), "patience": Leaf((), "number")},
    (
        step("best_so_far", _best_so_far, "The best epoch so far, after every epoch.",
             "the epoch of the smallest of losses up to now, the first of equals"),
        step("since", lambda v: np.arange(1, len(v.losses) + 1) - v.best_so_far,
             "How many epochs in a row brought no improvement.",
             "epoch − best_so_far"),
        step("stop", _stop, "The first epoch at which that is more than the patience; else the last one.",
             "the first epoch with since > patience"),
        step("best", lambda v: v.best_so_far[int(v.stop) - 1], "The best of those that were trained.",
             "best_so_far at stop"),
    ),
    (
        slip("stop_too_soon", "stop when the patience is reached, not when it is exceeded",
             "more than patience, or as many",
             stop=lambda v: _stop(v, lambda since, patience: since >= max(patience, 1))),
        slip("stop_equal_is_better", "count an equal loss as an improvement", "what an improvement is",
             best_so_far=lambda v: _best_so_far(v, lambda new, old: new <= old)),
        slip("stop_best_of_all", "look for the best epoch among those that were never trained, too",
             "which losses are known at the stop",
             best=lambda v: 1.0 + np.argmin(v.losses)),
        slip("stop_by_the_one_before", "compare with the epoch before instead of the best one",
             "what a loss must be smaller than",
             since=_since_last_fall),
        slip("stop_last_is_best", "take the last epoch for the best one", "whose weights are kept",
             best=lambda v: v.stop),
        slip("stop_from_zero", "number the epochs from 0", "the number of the first epoch",
             stop=lambda v: _stop(v) - 1, best=lambda v: v.best_so_far[int(_stop(v)) - 1] - 1),
    ),
    "Remember the best epoch so far: how far behind it lies is how many epochs in a row brought nothing.",
    lively=lambda v: v.stop < 8 and v.best > 1 and np.argmin(v.losses) >= v.stop,
    draw=_draw_curve,
    inputs=_curve,
    native=lambda given: {"losses": [float(loss) for loss in given["losses"]], "patience": int(given["patience"])},
    kinks=False,
    tip="You only have to remember one number: the best epoch so far. How many epochs in a row were no "
        "improvement then?",
)

# ---------------------------------------------------------------------------------------- 26: weight decay


def _adam(gradient):
    return 0.1 * gradient / (np.abs(gradient) + 1e-8)


def _draw_weights(numbers):
    tenths = [i / 10 for i in range(-20, 21) if abs(i) > 2]
    return {"w": np.array(numbers.choice(tenths, 2)), "g": np.array([0.0, numbers.choice(tenths, 1)[0]])}


def _weights(rng):
    n = rng.integers(1, 5)
    made = normal(rng, w=n, g=n)
    return made | {"g": made["g"] * rng.integers(0, 2, n) + 0.0}  # without a gradient the decay stands alone


DECAY = lesson(
    "26_regularisation", "The first step of Adam and of AdamW", ("penalty", "decoupled"),
    {"w": Leaf((2,), "number"), "g": Leaf((2,), "number")},
    (
        step("g_penalty", lambda v: v.g + 0.05 * v.w, "The penalty changes the gradient.", "g + 0.05 w",
             "g + \\lambda w"),
        step("penalty", lambda v: v.w - _adam(v.g_penalty),
             "Adam then takes it for any other gradient: its size is lost.",
             "w − 0.1 g_penalty / (| g_penalty | + ε)",
             r"w - 0.1 \, \frac{g + \lambda w}{|g + \lambda w| + \varepsilon}"),
        step("decoupled", lambda v: v.w - 0.1 * 0.05 * v.w - _adam(v.g),
             "The decay stands beside Adam, in its own size.",
             "w − 0.1 · 0.05 w − 0.1 g / (| g | + ε)", r"w - 0.1 \lambda w - 0.1 \, \frac{g}{|g| + \varepsilon}"),
    ),
    (
        slip("decay_exchanged", "exchange the two", "which of them puts λw into the gradient",
             penalty=lambda v: v.w - 0.1 * 0.05 * v.w - _adam(v.g),
             decoupled=lambda v: v.w - _adam(v.g + 0.05 * v.w)),
        slip("decay_no_rate", "leave out the rate in the decay", "by how much w shrinks",
             decoupled=lambda v: v.w - 0.05 * v.w - _adam(v.g)),
        slip("decay_grows", "add the decay instead of subtracting it", "which way w is pulled",
             g_penalty=lambda v: v.g - 0.05 * v.w, decoupled=lambda v: v.w + 0.1 * 0.05 * v.w - _adam(v.g)),
        slip("decay_both", "put the penalty into AdamW's gradient, too", "what AdamW's averages see",
             decoupled=lambda v: v.w - 0.1 * 0.05 * v.w - _adam(v.g_penalty)),
        slip("decay_plain", "take a plain step, without dividing by the size of the gradient",
             "what Adam does with the size of a gradient",
             penalty=lambda v: v.w - 0.1 * v.g_penalty, decoupled=lambda v: v.w - 0.1 * 0.05 * v.w - 0.1 * v.g),
        slip("decay_forgotten", "leave the decay out of AdamW", "by how much w shrinks",
             decoupled=lambda v: v.w - _adam(v.g)),
    ),
    "In the first step Adam's fraction is the sign of its gradient: what is put into it loses its size there.",
    draw=_draw_weights,
    inputs=_weights,
    kinks=False,
    tip="√(*g*²) is |*g*|, so the step without decay is the rate times *g* / (|*g*| + *ε*).",
)

# --------------------------------------------------------------------------------------- 27: normalisation


def _over(values, axes, ddof=0, root=True, centred=True):
    variance = values.var(axis=axes, keepdims=True, ddof=ddof) + 1e-5
    mean = values.mean(axis=axes, keepdims=True) if centred else 0.0
    return (values - mean) / (np.sqrt(variance) if root else variance)


def _groups(v, **how):
    samples, channels, places = v.x.shape
    return _over(v.x.reshape(samples, 2, channels // 2, places), (2, 3), **how).reshape(v.x.shape)


def _alternating(v):
    samples, channels, places = v.x.shape
    return _over(v.x.reshape(samples, channels // 2, 2, places), (1, 3)).reshape(v.x.shape)


def _all_four(**how):
    return {"batch": lambda v: _over(v.x, (0, 2), **how), "layer": lambda v: _over(v.x, (1, 2), **how),
            "instance": lambda v: _over(v.x, 2, **how), "group": lambda v: _groups(v, **how)}


def _pictures(rng):
    shape = int(rng.integers(1, 4)), 2 * int(rng.integers(1, 3)), int(rng.integers(2, 5))
    return {"x": np.round(rng.normal(size=shape), 1)}


RIGHT = _all_four()
NORMS = lesson(
    "27_normalisation", "Four ways to normalise", ("batch", "layer", "instance", "group"),
    {"x": Leaf((2, 4, 3), "number")},
    (
        step("batch", RIGHT["batch"], "Over all samples and places of a channel.",
             "x normalised over axes 0 and 2"),
        step("layer", RIGHT["layer"], "Over all channels and places of a sample.",
             "x normalised over axes 1 and 2"),
        step("instance", RIGHT["instance"], "Over the places alone.", "x normalised over axis 2"),
        step("group", RIGHT["group"], "The channels in two halves, each normalised over its channels and places.",
             "x normalised in the shape (samples, 2, channels / 2, places), over axes 2 and 3"),
    ),
    (
        slip("norm_exchanged", "exchange batch and layer", "what is averaged together in a batch norm",
             batch=RIGHT["layer"], layer=RIGHT["batch"]),
        slip("norm_samples_only", "average over the samples alone for the batch norm, place by place",
             "whether places count together",
             batch=lambda v: _over(v.x, 0)),
        slip("norm_n1", "divide the variance by one less", "by what np.var divides", **_all_four(ddof=1)),
        slip("norm_no_root", "divide by the variance instead of its root", "what the difference is divided by",
             **_all_four(root=False)),
        slip("norm_no_mean", "forget to subtract the mean", "what stands above in the fraction",
             **_all_four(centred=False)),
        slip("norm_alternating", "put every other channel into a group", "which channels are the first half",
             group=_alternating),
        slip("norm_group_is_layer", "take all channels for one group", "how many groups there are",
             group=RIGHT["layer"]),
    ),
    "All four are the same formula; they differ in which axes belong together.",
    inputs=_pictures,
    tip="For the groups, `x.reshape(samples, 2, channels // 2, places)` splits the channels axis in two: group, "
        "and channel in the group.",
)

# ------------------------------------------------------------------------------------ 28: the first units


def _draw_unit(numbers):
    return {"X": np.reshape(numbers.choice([0, 1], 12), (4, 3)), "weights": np.array(numbers.choice([-1, 1, 2], 3)),
            "T": 1 + numbers.below(2)}


def _unit(rng):
    n, n_in = rng.integers(1, 6, 2)
    return {"X": rng.integers(0, 2, (n, n_in)), "weights": rng.integers(-1, 2, n_in), "T": int(rng.integers(0, 3))}


def _whole(given):
    return {"X": given["X"].astype(int), "weights": given["weights"].astype(int), "T": int(given["T"])}


def _fires(mask):
    return np.asarray(mask).astype(float)


HISTORY = lesson(
    "28_history", "Reaching and exceeding a threshold", ("reaches", "exceeds"),
    {"X": Leaf((4, 3), "binary"), "weights": Leaf((3,), "number"), "T": Leaf((), "number")},
    (
        step("total", lambda v: v.X @ v.weights, "The weighted sum of every row.", "X · weights", r"X w"),
        step("reaches", lambda v: _fires(v.total >= v.T), "At the threshold it fires.", "1 where total ≥ T",
             r"[X w \geq T]"),
        step("exceeds", lambda v: _fires(v.total > v.T), "At the threshold it does not.", "1 where total > T",
             r"[X w > T]"),
    ),
    (
        slip("fire_exchanged", "exchange the two units", "which of them fires at exactly T",
             reaches=lambda v: _fires(v.total > v.T), exceeds=lambda v: _fires(v.total >= v.T)),
        slip("fire_both_reach", "let both fire at exactly T", "more than T",
             exceeds=lambda v: _fires(v.total >= v.T)),
        slip("fire_both_exceed", "let neither fire at exactly T", "T or more",
             reaches=lambda v: _fires(v.total > v.T)),
        slip("fire_unweighted", "count the ones and forget the weights", "what every input is multiplied by",
             total=lambda v: v.X.sum(axis=1)),
        slip("fire_below", "fire where the sum is too small", "the direction of the comparison",
             reaches=lambda v: _fires(v.total <= v.T), exceeds=lambda v: _fires(v.total < v.T)),
    ),
    "Both units add up what their inputs weigh; all that differs is what happens at exactly T.",
    lively=lambda v: np.any(v.total == v.T) and np.any(v.total > v.T) and np.any(v.total < v.T),
    draw=_draw_unit,
    inputs=_unit,
    native=_whole,
    kinks=False,
    tip="A comparison of arrays gives an array of True and False; `.astype(int)` makes 1 and 0 of it.",
)

EXERCISES = (STOPPING, DECAY, NORMS, HISTORY)
