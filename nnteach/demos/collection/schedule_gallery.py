"""Learning-rate schedules (002-32): what each does to the rate, and to a training run.

The deck names them without formulas: linear and exponential decay, "÷10" on a plateau, cyclic (triangular, cosine),
cosine with warm restarts, one cycle. The same network learns the same data under each. Whatever else is said of
them, a decreasing rate calms the noise of minibatches at the end (E002-18).
"""

from functools import lru_cache

import numpy as np

from ...data.toy import moons
from ...nn import MLP, fit, schedules
from ...nn.optimizers import SGD
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, number
from ..framework.style import BACKWARD, FORWARD, QUIET, label_ends, panels, powers_of_ten

EPOCHS = 40


def table(rate: float) -> dict:
    """Name -> schedule over 40 epochs with this largest rate."""
    return {
        "constant": schedules.Constant(rate),
        "step": schedules.Step(rate, every=14, factor=0.1),
        "exponential": schedules.Exponential(rate, factor=0.9),
        "inverse time": schedules.InverseTime(rate, decay=0.15),
        "linear": schedules.Linear(rate, end=rate / 100, steps=EPOCHS),
        "plateau": schedules.Plateau(rate, factor=0.1, patience=4),
        "triangular": schedules.Triangular(rate / 20, rate, half=10),
        "cosine": schedules.Cosine(rate, steps=EPOCHS),
        "warm restarts": schedules.WarmRestarts(rate, first=8, stretch=2),
        "one cycle": schedules.OneCycle(rate, steps=EPOCHS),
    }


@lru_cache(maxsize=256)
def run(name: str, rate: float) -> dict:
    """The training run under that schedule: a History with "loss", "val_loss", "learning_rate"."""
    network = MLP([2, 8, 1], activation="tanh", rng=1)
    return fit(network, *moons(200, noise=0.25), loss="binary_cross_entropy_with_logits", optimizer=SGD(rate),
               epochs=EPOCHS, batch_size=25, validation=moons(400, noise=0.25, rng=1), metrics={}, show=False,
               schedule=table(rate)[name])


def draw(figure, schedule, rate):
    """The rate of every epoch at the left, the losses under it and under a constant rate at the right."""
    history, constant = run(schedule, rate), run("constant", rate)
    rates, losses = panels(figure, 1, 2, wspace=0.24, right=0.86)
    epochs = np.arange(1, EPOCHS + 1)
    rates.plot(epochs, history["learning_rate"], color=BACKWARD, drawstyle="steps-mid")
    rates.fill_between(epochs, history["learning_rate"], step="mid", color=BACKWARD, alpha=0.12, linewidth=0)
    rates.set(xlim=(1, EPOCHS), ylim=(0, rate * 1.08), xlabel="epoch")
    rates.set_title(f"learning rate: {schedule}", color=BACKWARD)
    powers_of_ten(losses.yaxis, -2, 0, 1)
    losses.plot(epochs, constant["loss"], color=QUIET, linewidth=2, linestyle=(0, (2, 1.5)))
    losses.plot(epochs, history["loss"], color=FORWARD)
    losses.set(xlim=(1, EPOCHS), xlabel="epoch")
    losses.set_title("training loss")
    label_ends(losses, [(constant["loss"][-1], "constant rate", QUIET), (history["loss"][-1], schedule, FORWARD)])
    return (f"Under the schedule “{schedule}” the rate goes from {digits(history['learning_rate'][0], 3)} to "
            f"{digits(history['learning_rate'][-1], 3)} and the loss ends at {digits(history['loss'][-1], 3)}; "
            f"with the constant rate {digits(rate)} it ends at {digits(constant['loss'][-1], 3)}.")


DEMO = Demo(
    "schedules", "Learning-rate schedules", "002-32", draw,
    (choice("schedule", "schedule", list(table(1.0)), "cosine"), number("rate", "largest rate", 3.0, 0.1, 5.0, 0.1)))
