"""Under- and overfitting seen by validation (001-16): too few units, too many, and training for too long.

Underfitting: both losses stay high. Overfitting: the training loss falls on while the validation loss rises.
What the network has never seen decides, so a part of the samples is always kept back.
"""

import numpy as np

from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, play
from ..framework.regression import EPOCHS, EVERY, fit, show_fit
from ..framework.style import BACKWARD, FORWARD, INK, QUIET, label_ends, panels, powers_of_ten


def draw(figure, units, noise, epoch):
    """The curve through the samples at the left, both losses at the right."""
    run = fit(units, noise)
    left, right = panels(figure, 1, 2, right=0.87, wspace=0.22)
    show_fit(left, run, run.curves[epoch // EVERY], FORWARD)
    left.set_title(f"1-{units}-1 with tanh, {len(run.x)} samples")
    left.text(0.02, 0.93, "· · the truth", color=QUIET, transform=left.transAxes)
    training, validation = (np.array(run.history[name][: epoch + 1]) for name in ("loss", "val_loss"))
    show_losses(right, training, validation, noise)
    best = int(np.argmin(validation))
    right.axvline(best, color=INK, linewidth=1.5, linestyle=(0, (2, 2)))
    return (
        f"{units} hidden unit{'s' * (units > 1)}, epoch {epoch}: "
        f"training loss {digits(training[-1], 3)}, validation loss "
        f"{digits(validation[-1], 3)}, lowest {digits(validation[best], 3)} "
        f"in epoch {best}: {verdict(training, validation, noise)}."
    )


def show_losses(axes, training, validation, noise):
    """Both losses so far; the dotted line is the noise, which nobody can go below for long."""
    powers_of_ten(axes.yaxis, -3, 1, every=1)
    axes.set(ylim=(0.002, 2.5), xlim=(0, EPOCHS), xlabel="epoch")
    axes.axhline(noise**2, color=QUIET, linewidth=1.5, linestyle=(0, (1, 1)))
    axes.plot(training, color=INK)
    axes.plot(validation, color=BACKWARD, linestyle=(0, (5, 2)))
    axes.set_title("mean squared error")
    label_ends(
        axes,
        [
            (training[-1], "training", INK),
            (validation[-1], "validation", BACKWARD),
            (noise**2, "noise", QUIET),
        ],
    )


def verdict(training, validation, noise) -> str:
    """In words: underfits, overfits, or fits."""
    if validation[-1] > 1.3 * validation.min() and training[-1] < noise**2:
        return "it overfits, learning the noise by heart"
    if training[-1] > 2 * noise**2:
        return "it underfits so far"
    return "it fits"


UNITS = {str(n): n for n in (1, 2, 4, 16, 64)}
NOISES = {"0.1": 0.1, "0.25": 0.25}


def prepare():
    """Train every network, so that no control has to wait."""
    for units in UNITS.values():
        for noise in NOISES.values():
            fit(units, noise)


DEMO = Demo(
    "overfitting",
    "Under- and overfitting",
    "001-16",
    draw,
    (
        choice("units", "hidden units", UNITS, 16),
        choice("noise", "noise σ", NOISES, 0.25),
        play("epoch", "epoch", EPOCHS, EPOCHS, EVERY, interval=100),
    ),
    prepare=prepare,
)
