"""Fitting a cubic by gradient descent (001-12 … 001-14): the deck's four starts and its two learning rates.

f(x) = w₁x³ + w₂x² + w₃x + w₄ and l = Σ(f(xᵢ) − yᵢ)², a sum without ½ and 1/N. The deck's data are lost with its
figure; these, 50 points on [−2, 2], are chosen so that both of its rates are stable, one slow and one quick. Had x
gone from −3 to 3, the quicker rate would diverge: the largest rate that does not is 2 / λ_max(2 ΦᵀΦ). The loss is
convex in w, so that every start leads to the same curve (E001-8, E001-15).
"""

from functools import cache, lru_cache

import numpy as np

from ...compile.replay import Compiled
from ...core.ops import sum as total
from ...data.toy import cubic
from ...nn.optimizers import SGD
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, play, power
from ..framework.style import BACKWARD, FORWARD, INK, QUIET, panels, powers_of_ten

STARTS = {"[−9, 2, 1, 30]": (-9.0, 2.0, 1.0, 30.0), "[−9, 2, 1, −20]": (-9.0, 2.0, 1.0, -20.0),
          "[−40, 0, 0, 0]": (-40.0, 0.0, 0.0, 0.0), "[0, 0, 0, 0]": (0.0, 0.0, 0.0, 0.0)}
RATES = (2e-5, 7.5e-4)  # the deck's: slow and quick
STEPS = 500
POWERS = (" x³", " x²", " x", "")


@cache
def data(reach: float = 2.0):
    """x, y of the 50 points to be fitted."""
    return cubic(reach=reach)


def limit(reach: float = 2.0) -> float:
    """The learning rate beyond which gradient descent diverges on this data."""
    powers = np.vander(data(reach)[0], 4)
    return 2 / np.linalg.eigvalsh(2 * powers.T @ powers).max()


@lru_cache(maxsize=256)
def fits(learning_rate: float, reach: float, steps: int):
    """All four descents at once: weights and losses, shapes (steps + 1, 4, 4) and (steps + 1, 4)."""
    x, y = data(reach)
    powers = np.vander(x, 4).T
    step = Compiled(lambda w: total((w @ powers - y) ** 2))
    w, optimizer = {"w": np.array(list(STARTS.values()))}, SGD(learning_rate)
    state, path = optimizer.init(w), [w["w"]]
    with np.errstate(over="ignore", invalid="ignore"):  # the lesson may be that it diverges
        for _ in range(steps):
            _, (gradient,) = step(w["w"])
            w, state = optimizer.update(w, {"w": gradient}, state)
            path.append(w["w"])
        return np.array(path), ((np.array(path) @ powers - y) ** 2).sum(axis=-1)


def fit(start: tuple, learning_rate: float, reach: float = 2.0, steps: int = STEPS):
    """The weights and losses of the descent from one of STARTS, shapes (steps + 1, 4) and (steps + 1,)."""
    path, losses = fits(learning_rate, reach, steps)
    one = list(STARTS.values()).index(start)
    return path[:, one], losses[:, one]


def draw(figure, start, learning_rate, reach, steps):
    """The points and the curve of now at the left, the loss of this and of the other starts at the right."""
    path, losses = fit(start, learning_rate, reach)
    curve, loss = panels(figure, 1, 2, wspace=0.26, width_ratios=(1.2, 1))
    _curve(curve, path[steps], path[0], reach)
    powers_of_ten(loss.yaxis, 0, 6)
    for other in STARTS.values():
        loss.plot(_shown(fit(other, learning_rate, reach)[1]), color=QUIET, linewidth=1.2, linestyle=(0, (3, 2)))
    loss.plot(_shown(losses[: steps + 1]), color=FORWARD)
    loss.plot(steps, _shown(losses[steps]), marker="o", markersize=14, color=BACKWARD, markeredgecolor=INK)
    loss.set(xlim=(-10, STEPS + 10), xlabel="step")
    loss.set_title("loss Σ(f(x) − y)²; dashed: all four starts", fontweight="normal", fontsize=16)
    return _sentence(path[steps], losses[steps], learning_rate, reach, steps)


def _shown(losses):
    return np.nan_to_num(np.minimum(losses, 1e30), nan=1e30)


def _curve(axes, w, first, reach):
    x, y = data(reach)
    fine = np.linspace(-reach, reach, 120)
    axes.plot(x, y, marker="o", markersize=6, color=INK, linestyle="none", alpha=0.75)
    axes.plot(fine, np.polyval(first, fine), color=QUIET, linewidth=1.8, linestyle=(0, (4, 2)))
    with np.errstate(invalid="ignore", over="ignore"):
        axes.plot(fine, np.clip(np.nan_to_num(np.polyval(w, fine), nan=1e6), -1e6, 1e6), color=BACKWARD)
    low, high = y.min() - 8, y.max() + 8
    axes.set(xlim=(-reach * 1.05, reach * 1.05), ylim=(low, high), xlabel="x")
    axes.text(0.03, 0.93, "dashed: the start", transform=axes.transAxes, color=QUIET)
    axes.set_title(f"f(x) = {_polynomial(w)}", color=BACKWARD, fontsize=16)


def _polynomial(w):
    terms = (f"{digits(value, 3)}{power}" for value, power in zip(w, POWERS, strict=True))
    return " + ".join(terms).replace("+ −", "− ")


def _sentence(w, loss, learning_rate, reach, steps):
    told = f"Learning rate {digits(learning_rate)}, {steps} steps: "
    if not loss < 1e7:
        highest = digits(limit(reach), 3)
        return told + f"the loss has exploded, because the rate is above the limit {highest} for these x."
    best = np.polyfit(*data(reach), 3)
    lowest = ((np.polyval(best, data(reach)[0]) - data(reach)[1]) ** 2).sum()
    return told + (f"the loss is {digits(loss)}; the best cubic has {digits(lowest)}, and every start leads to it, "
                   f"as the loss is convex in the weights.")


DEMO = Demo(
    "cubic_fit", "Fitting a cubic: four starts, two learning rates", "001-12, 001-13, 001-14", draw,
    (choice("start", "start [w₁, w₂, w₃, w₄]", STARTS), power("learning_rate", "learning rate", 7.5e-4, 1e-5, 2e-3),
     choice("reach", "x from", {"−2 to 2": 2.0, "−3 to 3": 3.0}),
     play("steps", "step", STEPS, start=100, step=5, interval=120)))
