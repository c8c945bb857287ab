"""The noise of a minibatch's gradient (002-33, 001-32): its standard error is σ/√n, so a hundredfold batch has a tenth.

The model is y = w x, the loss (w x − y)². A gradient for every one of 20,000 samples comes from one backward pass,
by giving each sample a w of its own; batches of n of them are drawn, and their means compared with the mean of all.
They are drawn with replacement; without it (C26) the error would be smaller by √(1 − n/N), which is nothing here.
"""

from functools import lru_cache

import numpy as np

from ...core.autodiff import grad
from ...core.graph import variable
from ...nn.losses import squared_error
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, number
from ..framework.style import BACKWARD, FORWARD, INK, QUIET, panels, powers_of_ten

SIZES = (1, 4, 16, 64, 256)
SAMPLES, BATCHES = 20_000, 1000


@lru_cache(maxsize=64)
def gradients(w: float) -> np.ndarray:
    """d(w x − y)²/dw of every sample, shape (20000,)."""
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, SAMPLES)
    y = 2 * x + rng.normal(0, 1, SAMPLES)
    own = variable(np.full(SAMPLES, w), "w")
    return grad(squared_error(own * x, y), own)


@lru_cache(maxsize=256)
def estimates(w: float, size: int) -> np.ndarray:
    """The mean gradients of 1000 minibatches of n samples, shape (1000,)."""
    rng = np.random.default_rng(size)
    return gradients(w)[rng.integers(0, SAMPLES, (BATCHES, size))].mean(axis=1)


def draw(figure, size, w):
    """How the estimates scatter at the left, their standard deviation against the batch size at the right."""
    sigma, truth = gradients(w).std(), gradients(w).mean()
    scatter, law = panels(figure, 1, 2, wspace=0.26)
    bins = np.linspace(truth - 4 * sigma, truth + 4 * sigma, 97)
    # Heights as a share of the largest: a narrow peak would be too tall to compare with a wide one.
    for n, colour, dash in ((1, QUIET, (0, (2, 1))), (size, FORWARD, "-")):
        heights = np.histogram(estimates(w, n), bins)[0]
        scatter.stairs(heights / heights.max(), bins, color=colour, linestyle=dash, linewidth=2, fill=n > 1,
                       alpha=0.75 if n > 1 else 1.0)
    scatter.axvline(truth, color=BACKWARD, linewidth=2.5)
    scatter.text(truth + 0.2 * sigma, 1.06, "gradient of all samples", color=BACKWARD)
    scatter.set(ylim=(0, 1.15), yticks=[], xlabel=f"gradient of a minibatch: n = {size}; dotted: n = 1")
    _law(law, sigma, size, w)
    spread = estimates(w, size).std()
    return (f"A minibatch of {size} has a gradient with standard deviation {digits(spread, 3)}; "
            f"σ/√n = {digits(sigma, 3)}/{digits(np.sqrt(size), 3)} = {digits(sigma / np.sqrt(size), 3)}. "
            f"The gradient of all samples is {digits(truth, 3)}.")


def _law(axes, sigma, size, w):
    powers_of_ten(axes.yaxis, -1, 2, 1)
    axes.set(xscale="log", xlim=(0.8, 400), xlabel="samples n in a minibatch")
    axes.set_xticks(SIZES, map(str, SIZES))
    axes.minorticks_off()
    axes.plot(SIZES, [sigma / np.sqrt(n) for n in SIZES], color=INK, linewidth=1.8, linestyle=(0, (5, 2)))
    axes.plot(SIZES, [estimates(w, n).std() for n in SIZES], marker="o", color=FORWARD, linestyle="none", markersize=11)
    axes.plot(size, estimates(w, size).std(), marker="o", markersize=18, color=FORWARD, markeredgecolor=BACKWARD,
              markeredgewidth=3)
    axes.text(0.95, 0.88, "points: measured\ndashed: σ/√n", transform=axes.transAxes, ha="right", va="top")
    axes.set_title("standard deviation")


DEMO = Demo(
    "minibatch_noise", "The noise of minibatches: σ/√n", "002-33, 001-32", draw,
    (choice("size", "samples in a minibatch", {str(n): n for n in SIZES}, 16),
     number("w", "weight w", 0.0, -2, 4, 0.1)))
