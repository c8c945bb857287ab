"""Monitoring a training run (001-15, 001-16): six runs, and what their curves say before anybody has looked inside.

Each run has one thing wrong with it, or nothing. First only the curves are seen; a switch tells what it was.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...data.toy import moons
from ...nn import MLP, fit
from ...nn.optimizers import SGD, Adam
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, play, switch
from ..framework.style import BACKWARD, FORWARD, INK, label_ends, panels

EPOCHS = 80


@dataclass(frozen=True)
class Run:
    """One run: what is done, and what the curves tell."""

    told: str
    optimizer: SGD
    samples: int = 200
    noise: float = 0.2
    hidden: int = 8
    shuffled_labels: bool = False


RUNS = {
    "A": Run("as it should be: both losses fall together and level off", SGD(1.0)),
    "B": Run("the learning rate is too low: both losses still fall at the end", SGD(0.01)),
    "C": Run("the learning rate is too high: the losses jump and do not settle", SGD(8.0)),
    "D": Run("overfitting: the training loss falls while the validation loss rises", Adam(0.1), 40, 0.5, 64),
    "E": Run("the labels were shuffled: nothing is learnt that holds for new samples", Adam(0.02), 60, hidden=32,
             shuffled_labels=True),
    "F": Run("the network is too small: both losses level off together, but high", SGD(0.3), 400, 0.2, 1),
}


@lru_cache(maxsize=16)
def history(name: str) -> dict:
    """The History of that run over 80 epochs."""
    run, rng = RUNS[name], np.random.default_rng(5)
    X, T = moons(run.samples, noise=run.noise, rng=rng)
    if run.shuffled_labels:
        T = rng.permutation(T)
    network = MLP([2, run.hidden, 1], activation="tanh", rng=1)
    return fit(network, X, T, loss="binary_cross_entropy_with_logits", optimizer=run.optimizer, epochs=EPOCHS,
               batch_size=20, validation=moons(400, noise=run.noise, rng=rng), show=False)


def draw(figure, run, epoch, reveal):
    """Loss at the left and accuracy at the right, of training and validation, up to an epoch."""
    past = history(run)
    loss, accuracy = panels(figure, 1, 2, right=0.87, wspace=0.5, top=0.78)
    _pair(loss, past["loss"][:epoch], past["val_loss"][:epoch], (0, 1.5))
    _pair(accuracy, past["accuracy"][:epoch], past["val_accuracy"][:epoch], (0.2, 1.02))
    loss.set_title("loss", fontweight="normal")
    accuracy.set_title("accuracy", fontweight="normal")
    told = RUNS[run].told
    figure.suptitle(f"Run {run}: {told if reveal else 'what is going on here?'}", x=0.08, y=0.96, ha="left",
                    color=BACKWARD if reveal else INK, fontsize=20)
    now = {name: digits(values[epoch - 1], 3) for name, values in past.items()}
    return (f"Run {run} after {epoch} epochs: training loss {now['loss']}, validation loss {now['val_loss']}, "
            f"validation accuracy {now['val_accuracy']}{'; ' + told if reveal else ''}.")


def _pair(axes, train, validation, limits):
    epochs = np.arange(1, len(train) + 1)
    axes.set(xlim=(1, EPOCHS), ylim=limits, xlabel="epoch")
    axes.plot(epochs, train, color=FORWARD)
    axes.plot(epochs, validation, color=BACKWARD, linestyle=(0, (4, 1.5)))
    label_ends(axes, [(train[-1], "training", FORWARD), (validation[-1], "validation", BACKWARD)], 0.08)


DEMO = Demo(
    "loss_curves", "What the loss curves say", "001-15, 001-16", draw,
    (choice("run", "run", list(RUNS)), play("epoch", "epoch", EPOCHS, start=EPOCHS, interval=150, first=1),
     switch("reveal", "tell what it is")),
    prepare=lambda: [history(name) for name in RUNS])
