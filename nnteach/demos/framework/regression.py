"""One regression, trained and watched, for the demos on overfitting and early stopping.

A wave seen through noise; 14 samples to train on, 200 to validate. Everything is in [−1, 1].
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ...nn import MLP, History, Trainer
from ...nn.optimizers import Adam

EPOCHS, EVERY, SAMPLES = 800, 10, 14
PLACES = np.linspace(-1, 1, 161)[:, None]


class Fit(NamedTuple):
    """A training run.

    Attributes:
        x, t: training samples, shape (n,).
        held_x, held_t: those kept back.
        curves: what the network says at PLACES every 10 epochs, shape (81, 161).
        history: losses, "loss" and "val_loss", before the first epoch and after each.
    """

    x: np.ndarray
    t: np.ndarray
    held_x: np.ndarray
    held_t: np.ndarray
    curves: np.ndarray
    history: History


def truth(x):
    """The wave itself."""
    return 0.8 * np.sin(3.5 * x)


def samples(n: int, noise: float, rng):
    """x uniform in [−1, 1] and the wave with noise, shapes (n,)."""
    x = rng.uniform(-1, 1, n)
    return x, truth(x) + rng.normal(0, noise, n)


@lru_cache(maxsize=32)
def fit(units: int, noise: float, epochs: int = EPOCHS) -> Fit:
    """Train 1-units-1 with tanh on all samples at once, Adam 0.03."""
    rng = np.random.default_rng(4)
    (x, t), (held_x, held_t) = samples(SAMPLES, noise, rng), samples(200, noise, rng)
    net = MLP([1, units, 1], activation="tanh", rng=1)
    # Large first weights, so that a wide network can bend often enough to overfit while we watch.
    net.parameters["W1"] = net.parameters["W1"] * 6
    net.parameters["b1"] = net.parameters["b1"] * 4
    trainer = Trainer(net, "mse", Adam(0.03))
    train, held = trainer.prepare(x[:, None], t), trainer.prepare(held_x[:, None], held_t)
    history, curves = History(), []
    for epoch in range(epochs + 1):
        if epoch % EVERY == 0:
            curves.append(net.predict(PLACES)[:, 0])
        history.add(val_loss=trainer.evaluate(*held, {})["loss"])
        history.add(loss=trainer.step(*train))  # measured before the step, as the other is
    return Fit(x, t, held_x, held_t, np.array(curves), history)


def show_fit(axes, run: Fit, curve, colour, dashes="-"):
    """The samples, the truth and what the network says."""
    from .style import INK, QUIET

    axes.plot(PLACES[:, 0], truth(PLACES[:, 0]), color=QUIET, linestyle=(0, (2, 2)), linewidth=2)
    axes.plot(PLACES[:, 0], curve, color=colour, linestyle=dashes)
    axes.plot(run.x, run.t, "o", color=INK, markersize=9)
    axes.set(xlim=(-1.02, 1.02), ylim=(-1.8, 1.8), xlabel="x")
