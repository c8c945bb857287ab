"""Lessons 23 and 24: a schedule with a warm-up, and the noise of a minibatch."""

import numpy as np

from ..exercise import Leaf
from .lesson import lesson, slip, step

NUMBER, RATE = Leaf((), "number"), Leaf((), "rate")

# -------------------------------------------------------------------------------------- 23: a warm-up


def _schedule(rng):
    warm = int(rng.integers(1, 10))
    steps = warm + int(rng.integers(1, 30))
    return {"step": int(rng.integers(0, steps + 5)), "warm": warm, "steps": steps, "top": 0.3}


def _draw_schedule(numbers):
    warm = 4 + numbers.below(7)
    steps = warm + 15 + numbers.below(20)
    return {"step": warm + 2 + numbers.below(steps - warm - 3), "warm": warm, "steps": steps,
            "top": numbers.choice([0.1, 0.2, 0.3, 0.4, 0.5], 1)[0]}


def _either(up, down):
    """A step that is another one during the warm-up."""
    return lambda v: up(v) if v.step < v.warm else down(v)


def _rising(v):
    return v.top * v.share


SCHEDULE = lesson(
    "23_schedules", "A warm-up, then half a cosine", {"": "rate"},
    {"step": NUMBER, "warm": NUMBER, "steps": NUMBER, "top": RATE},
    (
        step("share",
             _either(lambda v: v.step / v.warm, lambda v: min((v.step - v.warm) / (v.steps - v.warm), 1.0)),
             "How much of the warm-up, or of the fall behind it, is over.",
             "step / warm , or later ( step − warm ) / ( steps − warm ), at most 1",
             r"\text{step} / \text{warm} \text{ or } \frac{\text{step} - \text{warm}}{\text{steps} - \text{warm}}"),
        step("rate", _either(_rising, lambda v: v.top * (1 + np.cos(np.pi * v.share)) / 2),
             "A straight line up; then 1 … −1 of the cosine becomes 1 … 0.",
             "top · share , or later top (1 + cos(π share )) / 2",
             r"\text{top} \cdot \text{share}, \text{ or } \tfrac12 \text{top} \, (1 + \cos(\pi \, \text{share}))"),
    ),
    (
        slip("sched_from_zero", "let the cosine begin at step 0 instead of the end of the warm-up",
             "where the fall begins",
             share=_either(lambda v: v.step / v.warm, lambda v: min(v.step / v.steps, 1.0))),
        slip("sched_too_long", "divide by all steps instead of those behind the warm-up", "how long the fall is",
             share=_either(lambda v: v.step / v.warm, lambda v: min((v.step - v.warm) / v.steps, 1.0))),
        slip("sched_no_half", "forget to halve 1 + cos", "the rate at the end of the warm-up",
             rate=_either(_rising, lambda v: v.top * (1 + np.cos(np.pi * v.share)))),
        slip("sched_full_cosine", "go through a whole cosine", "the angle at the end",
             rate=_either(_rising, lambda v: v.top * (1 + np.cos(2 * np.pi * v.share)) / 2)),
        slip("sched_straight_down", "let the rate fall in a straight line", "the form of the fall",
             rate=_either(_rising, lambda v: v.top * (1 - v.share))),
        slip("sched_no_end", "go on along the cosine behind the last step", "the rate behind the last step",
             share=_either(lambda v: v.step / v.warm, lambda v: (v.step - v.warm) / (v.steps - v.warm))),
        slip("sched_no_warm_up", "begin with the full rate", "the rate in step 0",
             rate=_either(lambda v: v.top, lambda v: v.top * (1 + np.cos(np.pi * v.share)) / 2)),
    ),
    "Two parts, each by the share of it that is over: 0 at its beginning, 1 at its end.",
    draw=_draw_schedule,
    inputs=_schedule,
    kinks=False,
    tip="cos goes from 1 to −1 while its angle goes from 0 to π. How do you make 1 … 0 of 1 … −1?",
)

# ------------------------------------------------------------------------------- 24: the noise of a minibatch


def _population(rng):
    gradients = np.round(rng.normal(0, 3, int(rng.integers(3, 9))), 1)
    return {"gradients": gradients, "n": int(rng.integers(1, len(gradients)))}


def _draw_population(numbers):
    tenths = [i / 10 for i in range(-30, 31) if i]
    return {"gradients": np.array(numbers.choice(tenths, 5)), "n": 2 + numbers.below(2)}


def _left(v, below):
    return v.error * np.sqrt((len(v.gradients) - v.n) / below(len(v.gradients)))


NOISE = lesson(
    "24_batch_size", "The noise of a minibatch", {"with": "error", "without": "less"},
    {"gradients": Leaf((5,), "number"), "n": NUMBER},
    (
        step("sigma", lambda v: np.std(v.gradients), "The standard deviation of all gradients, divided by N.",
             "√(Σ ( gradients − mean)² / N)", r"\sqrt{\tfrac1N \sum (g_i - \bar g)^2}"),
        step("error", lambda v: v.sigma / np.sqrt(v.n), "With putting back.", "sigma / √ n", r"\sigma / \sqrt{n}"),
        step("less", lambda v: _left(v, lambda N: N - 1),
             "Without: the root of the factor, since the formula is for the square.",
             "error · √(( N − n ) / ( N − 1))", r"\frac{\sigma}{\sqrt n} \sqrt{\frac{N - n}{N - 1}}"),
    ),
    (
        slip("noise_n1", "divide by N − 1 in the standard deviation", "by what the squares are divided",
             sigma=lambda v: np.std(v.gradients, ddof=1)),
        slip("noise_no_root", "forget the root of the factor",
             "whether the formula is for the spread or its square",
             less=lambda v: v.error * (len(v.gradients) - v.n) / (len(v.gradients) - 1)),
        slip("noise_by_n", "divide by n instead of its root", "how the spread falls with n",
             error=lambda v: v.sigma / v.n),
        slip("noise_over_N", "divide by N instead of N − 1 in the factor", "the factor for n = 1",
             less=lambda v: _left(v, lambda N: N)),
        slip("noise_squares", "return the squares of the spreads",
             "whether the formula is for the spread or its square",
             error=lambda v: v.sigma**2 / v.n,
             less=lambda v: v.sigma**2 / v.n * (len(v.gradients) - v.n) / (len(v.gradients) - 1)),
        slip("noise_no_n", "leave out the size of the minibatch", "how the spread falls with n",
             error=lambda v: v.sigma),
    ),
    "A mean of n numbers spreads less than one of them; and if nothing is put back, the last ones are no surprise.",
    lively=lambda v: v.sigma > 0.3,
    draw=_draw_population,
    inputs=_population,
    tip="*N* is the number of samples, *n* that of the minibatch. The formula is for the *square* of the spread.",
)

EXERCISES = (SCHEDULE, NOISE)
