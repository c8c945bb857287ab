"""Gradient descent on x² (001-05, 001-06): one number, the learning rate, decides between four fates.

With f' = 2x every step multiplies x by 1 − 2·rate: below 0.5 x creeps to the minimum from one side, at 0.5 it is
there at once, from 0.5 to 1 it jumps across, at 1 for ever, and beyond 1 it flies away. "While f'(x) ≠ 0" would
never end in floating point (E001-10), so the steps are counted.
"""

from functools import lru_cache

import numpy as np

from ...core.ops import square
from ...nn import minimize
from ...nn.optimizers import SGD
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, number, play
from ..framework.style import BACKWARD, FORWARD, INK, QUIET, panels, powers_of_ten

STEPS = 30


@lru_cache(maxsize=256)
def descent(start: float, learning_rate: float):
    """The 30 steps from a start: a Descent."""
    return minimize(square, start, SGD(learning_rate), steps=STEPS)


def fate(learning_rate: float) -> str:
    """What becomes of x, in words."""
    factor = 1 - 2 * learning_rate
    if factor == 0:
        return "one step leads to the minimum"
    if abs(factor) == 1:
        return "x jumps to and fro for ever" if factor < 0 else "x stays where it is"
    if abs(factor) > 1:
        return "every step leads further away: it diverges"
    return "x creeps down from one side" if factor > 0 else "x jumps across the minimum and comes closer: it oscillates"


def draw(figure, start, learning_rate, steps):
    """The parabola with the points so far at the left, |x| against the step at the right."""
    path = descent(start, learning_rate).path[: steps + 1]
    curve, sizes = panels(figure, 1, 2, wspace=0.28, width_ratios=(1.3, 1))
    _curve(curve, path, start)
    _sizes(sizes, path)
    factor = 1 - 2 * learning_rate
    figure.suptitle(f"each step: x ← x − {digits(learning_rate)} · 2x = {digits(factor)} · x", x=0.08, y=0.97,
                    ha="left", color=BACKWARD, fontsize=20)
    return (f"From {digits(start)} with learning rate {digits(learning_rate)}, {fate(learning_rate)}; "
            f"after {steps} steps x = {digits(path[-1])} and x² = {digits(path[-1] ** 2)}.")


def _curve(axes, path, start):
    reach = max(3.2, abs(start) * 1.25)
    xs = np.linspace(-reach, reach, 200)
    axes.plot(xs, xs**2, color=FORWARD)
    axes.plot(path, path**2, color=BACKWARD, linewidth=1.5, marker="o", markersize=8, clip_on=True)
    axes.plot(path[:1], path[:1] ** 2, marker="s", markersize=14, color=INK, linestyle="none")
    axes.plot(path[-1:], path[-1:] ** 2, marker="o", markersize=16, color=BACKWARD, markeredgecolor=INK,
              linestyle="none")
    if abs(path[-1]) < reach:
        axes.annotate("now", (path[-1], path[-1] ** 2), xytext=(0, 22), textcoords="offset points", color=BACKWARD,
                      ha="center")
    else:
        axes.text(0.5, 0.9, "now: far outside the picture", transform=axes.transAxes, ha="center", color=BACKWARD)
    axes.set(xlim=(-reach, reach), ylim=(-0.4, reach**2), xlabel="x", ylabel="f(x) = x²")


def _sizes(axes, path):
    axes.axhline(abs(path[0]), color=QUIET, linewidth=1.5, linestyle=(0, (2, 2)))
    axes.text(STEPS, abs(path[0]) * 1.3, "start", color=QUIET, ha="right")
    axes.plot(np.maximum(abs(path), 1e-16), color=BACKWARD, marker="o", markersize=6, linewidth=2)
    powers_of_ten(axes.yaxis, -8, 4)
    axes.set(xlim=(-0.5, STEPS + 0.5), xlabel="step")
    axes.set_title("distance |x| from the minimum", fontweight="normal")


DEMO = Demo(
    "parabola", "Gradient descent on x²", "001-05, 001-06", draw,
    (number("start", "start x₀", 3.0, -4, 4, 0.1), number("learning_rate", "learning rate", 0.1, 0, 1.2, 0.01),
     play("steps", "step", STEPS, start=10, interval=400)))
