"""Symmetry breaking (002-46, 003-23): units that begin as copies of each other stay so for ever.

Five hidden units, each an arrow of its two weights. With spread 0 all begin at the same place, get the same
gradient, and remain one unit; the smallest difference is enough, and grows.
"""

from functools import lru_cache

import numpy as np

from ...data.toy import circles
from ...nn import MLP, Trainer
from ...nn.optimizers import Adam
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, play
from ..framework.regions import grid, probability, show_map, show_points
from ..framework.style import COLOURS, INK, MARKERS, panels

STEPS, UNITS, EVERY = 300, 5, 5
SPREADS = {"0": 0.0, "0.0001": 1e-4, "0.01": 0.01, "0.1": 0.1, "1": 1.0}
START = {"all zero": 0.0, "all the same": 0.5}


@lru_cache(maxsize=32)
def training(start: str, spread: float):
    """(samples, classes, the parameters every 5 steps, the losses of all steps)."""
    X, T = circles(160, noise=0.08, rng=1)
    net = MLP([2, UNITS, 1], activation="tanh")
    rng = np.random.default_rng(0)
    net.parameters = {
        name: START[start] + spread * rng.normal(size=array.shape)
        if name.startswith("W")
        else np.zeros_like(array)
        for name, array in net.parameters.items()
    }
    trainer = Trainer(net, "binary_cross_entropy_with_logits", Adam(0.05))
    prepared = trainer.prepare(X, T)
    states, losses = [net.parameters], []
    for step in range(1, STEPS + 1):
        losses.append(trainer.step(*prepared))
        if step % EVERY == 0:
            states.append(net.parameters)
    return X, T, states, losses


def different(W, places: int = 6) -> int:
    """How many units are not copies of another one."""
    return len(np.unique(np.round(W, places), axis=0))


def draw(figure, start, spread, step):
    """Weights of the hidden units, the loss, and the region."""
    X, T, states, losses = training(start, spread)
    weights, curve, region = panels(figure, 1, 3, left=0.07, wspace=0.3, width_ratios=(1.2, 0.8, 1.2))
    now = states[step // EVERY]
    path = np.array([state["W1"] for state in states])
    _weights(weights, path[: step // EVERY + 1], max(1.0, 1.15 * np.abs(path).max()))
    curve.plot(losses[: max(step, 1)], color=INK)
    curve.set(xlim=(0, STEPS), ylim=(0, 0.9), xlabel="step")
    curve.set_title("loss")
    net = MLP([2, UNITS, 1], activation="tanh")
    net.parameters = now
    show_map(region, probability(net, grid(-1.4, 1.4)), -0.2, 1.2, (-1.4, 1.4, -1.4, 1.4), boundary=0.5)
    show_points(region, X, T, 40)
    region.set(xlim=(-1.4, 1.4), ylim=(-1.4, 1.4), xticks=[], yticks=[])
    region.set_title("the region")
    count = different(now["W1"])
    return (
        f"{START_WORDS[start]}, spread {digits(spread)}: after {step} steps {count} of {UNITS} units "
        f"{'differ' if count > 1 else 'is all there is: the others are its copies'}; "
        f"loss {digits(losses[max(step, 1) - 1], 3)}."
    )


START_WORDS = {"all zero": "Weights zero", "all the same": "All weights 0.5"}


def _weights(axes, path, reach):
    for unit in range(UNITS):
        axes.plot(path[:, unit, 0], path[:, unit, 1], color=COLOURS[unit], linewidth=2)
        axes.plot(
            *path[-1, unit],
            marker=MARKERS[unit],
            color=COLOURS[unit],
            markersize=18 - 2 * unit,
            linestyle="none",
        )
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="weight of x₁", ylabel="weight of x₂")
    axes.set_title(f"{UNITS} hidden units")


def prepare():
    """Train from every start, so that no control has to wait."""
    for start in START:
        for spread in SPREADS.values():
            training(start, spread)


DEMO = Demo(
    "symmetry",
    "Symmetry breaking",
    "002-46, 003-23",
    draw,
    (
        choice("start", "weights begin", list(START), "all the same"),
        choice("spread", "random spread", SPREADS, 0.0),
        play("step", "step", STEPS, STEPS, EVERY, interval=80),
    ),
    prepare=prepare,
)
