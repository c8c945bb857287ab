"""The learning rate (002-39, 001-14): too low, good, too high, on one small network.

The same 2-8-1 network learns the two moons from the same first weights, by SGD with minibatches of 25; only the
rate differs. The slide's figure is lost; it showed four such curves. At the right the loss after the last epoch for
many rates: the valley in which a rate is good is wide on one side and ends in a cliff on the other.
"""

from functools import lru_cache

import numpy as np

from ...data.toy import moons
from ...nn import MLP, fit
from ...nn.optimizers import SGD
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, power
from ..framework.style import BACKWARD, COLOURS, DASHES, INK, QUIET, label_ends, panels, powers_of_ten

EPOCHS = 40
NAMED = {"much too low": 0.003, "low": 0.03, "good": 3.0, "too high": 10.0, "much too high": 100.0}
SWEEP = tuple(float(f"{rate:.3g}") for rate in np.logspace(-3, 2, 21))


@lru_cache(maxsize=512)
def losses(learning_rate: float) -> np.ndarray:
    """The training loss of every epoch, shape (40,); what is no number any more counts as 10⁶."""
    network = MLP([2, 8, 1], activation="tanh", rng=1)
    with np.errstate(over="ignore", invalid="ignore"):
        history = fit(network, *moons(200, noise=0.2), loss="binary_cross_entropy_with_logits", epochs=EPOCHS,
                      optimizer=SGD(learning_rate), batch_size=25, metrics={}, show=False)
    return np.nan_to_num(np.array(history["loss"]), nan=1e6, posinf=1e6)


def draw(figure, learning_rate):
    """Loss curves of named rates and of the chosen one at the left, the last loss against the rate at the right."""
    curves, valley = panels(figure, 1, 2, left=0.07, wspace=0.68, width_ratios=(1.2, 1))
    chosen = losses(learning_rate)
    _curves(curves, chosen)
    _valley(valley, learning_rate, chosen[-1])
    best = min(SWEEP, key=lambda rate: losses(rate)[-1])
    return (f"With learning rate {digits(learning_rate, 3)} the loss goes from {digits(chosen[0], 3)} to "
            f"{digits(chosen[-1], 3)} in {EPOCHS} epochs; from this one start, {digits(best, 3)} is the best "
            f"of the rates tried, with {digits(losses(best)[-1], 3)}.")


def _curves(axes, chosen):
    powers_of_ten(axes.yaxis, -2, 2, 1)
    axes.set(xlim=(1, EPOCHS), xlabel="epoch")
    axes.set_title("training loss")
    epochs, ends = np.arange(1, EPOCHS + 1), []
    for (name, rate), colour, dash in zip(NAMED.items(), (COLOURS[0], *COLOURS[2:]), DASHES, strict=False):
        curve = losses(rate)
        axes.plot(epochs, curve, color=colour, linestyle=dash, linewidth=2)
        ends.append((curve[-1], f"{name}: {digits(rate)}", colour))
    axes.plot(epochs, chosen, color=BACKWARD, linewidth=5, alpha=0.85)
    label_ends(axes, [*ends, (chosen[-1], "chosen", BACKWARD)])


def _valley(axes, learning_rate, last):
    powers_of_ten(axes.xaxis, -3, 2, 1)
    powers_of_ten(axes.yaxis, -2, 2, 1)
    axes.plot(SWEEP, [losses(rate)[-1] for rate in SWEEP], color=QUIET, marker="o", markersize=6, linewidth=1.5)
    axes.plot(learning_rate, last, marker="o", markersize=16, color=BACKWARD, markeredgecolor=INK)
    axes.set(xlabel="learning rate")
    axes.set_title(f"loss after {EPOCHS} epochs", fontweight="normal")


DEMO = Demo(
    "learning_rates", "Too low, good, too high: the learning rate", "002-39, 001-14", draw,
    (power("learning_rate", "learning rate", 0.3, 1e-3, 100.0),),
    prepare=lambda: [losses(rate) for rate in SWEEP])
