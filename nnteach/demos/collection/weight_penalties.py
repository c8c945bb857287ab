"""L1 and L2 (002-42): what a penalty on the weights does to the weights, and to the region.

L2 shrinks all weights, the large ones most; L1 takes the same from each, so that most end at about 0. Either
way the boundary gets smoother, and with a large λ the network says nothing any more. Biases are not penalised
here.
"""

from functools import lru_cache

import numpy as np

from ...data.toy import moons
from ...nn import MLP, Trainer
from ...nn.optimizers import Adam
from ...nn.regularizers import L1, L2
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice
from ..framework.regions import grid, probability, show_map, show_points
from ..framework.style import BACKWARD, FORWARD, QUIET, panels

STEPS, UNITS, SMALL = 600, 16, 0.02
KINDS = {"none": None, "L1: λ Σ |w|": L1, "L2: λ Σ w²": L2}
STRENGTHS = {digits(value): value for value in (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)}


@lru_cache(maxsize=1)
def data():
    """Two noisy moons: 80 samples to train on, 400 kept back."""
    return moons(80, 0.3, rng=0), moons(400, 0.3, rng=1)


@lru_cache(maxsize=32)
def trained(kind: str, strength: float) -> MLP:
    """A 2-16-1 network after 600 steps on all samples."""
    penalty = KINDS[kind] and KINDS[kind](strength)
    net = MLP([2, UNITS, 1], activation="tanh", rng=0)
    trainer = Trainer(net, "binary_cross_entropy_with_logits", Adam(0.05), penalty)
    prepared = trainer.prepare(*data()[0])
    for i in range(STEPS):  # ever smaller steps: the slope of |w| jumps at 0, and would keep weights jumping
        trainer.step(*prepared, learning_rate=0.05 * (1 - i / STEPS))
    return net


def weights(net: MLP) -> np.ndarray:
    """All weights without the biases, from the largest size to the smallest."""
    every = np.concatenate([net.parameters["W1"].ravel(), net.parameters["W2"].ravel()])
    return every[np.argsort(-np.abs(every))]


def accuracy(net: MLP, samples) -> float:
    """Share of the samples on the right side."""
    return float(np.mean((net.predict(samples.X)[:, 0] > 0) == samples.T))


def draw(figure, kind, strength):
    """The region at the left, all weights by size at the right."""
    net, (train, held) = trained(kind, strength), data()
    left, right = panels(figure, 1, 2, left=0.04, wspace=0.2, width_ratios=(1.1, 1))
    extent = (-1.9, 2.9, -1.6, 2.1)
    places = (grid(-1, 1) + 1) / 2 * [extent[1] - extent[0], extent[3] - extent[2]] + [extent[0], extent[2]]
    show_map(left, probability(net, places), -0.2, 1.2, extent, boundary=0.5)
    show_points(left, *train, 60)
    left.set(xlim=extent[:2], ylim=extent[2:], xticks=[], yticks=[])
    shares = [round(100 * accuracy(net, samples)) for samples in (train, held)]
    left.set_title(f"right: training {shares[0]} %, validation {shares[1]} %")
    every = weights(net)
    small = int(np.sum(np.abs(every) < SMALL))
    _bars(right, every)
    return (
        f"{kind}{f', λ = {digits(strength)}' if KINDS[kind] else ''}: "
        f"Σ|w| = {digits(np.abs(every).sum(), 3)}, "
        f"largest weight {digits(np.abs(every).max(), 3)}, "
        f"{small} of {len(every)} weights below {SMALL} in size; "
        f"{shares[1]} % of the samples kept back are told right."
    )


def _bars(axes, every):
    axes.axhline(0, color=QUIET, linewidth=1)
    axes.vlines(
        np.arange(len(every)), 0, every, colors=[FORWARD if w > 0 else BACKWARD for w in every], linewidth=6
    )
    axes.set_yscale("symlog", linthresh=0.1, linscale=0.5)
    axes.set(ylim=(-20, 20), xlim=(-1, len(every)), xticks=[], xlabel="the weights, by their size")
    axes.set_yticks([-10, -1, -0.1, 0, 0.1, 1, 10], ["−10", "−1", "−0.1", "0", "0.1", "1", "10"])
    axes.minorticks_off()
    axes.set_title(f"{len(every)} weights")


def prepare():
    """Train with every penalty, so that no control has to wait."""
    for kind in KINDS:
        for strength in STRENGTHS.values():
            trained(kind, strength)


DEMO = Demo(
    "penalties",
    "L1 and L2: smaller weights, smoother regions",
    "002-42",
    draw,
    (choice("kind", "penalty", list(KINDS), "L1: λ Σ |w|"), choice("strength", "λ", STRENGTHS, 0.003)),
    prepare=prepare,
)
