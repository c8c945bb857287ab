"""XOR and non-convexity (000-06, 002-07, 002-08): the same small network, fifty starts, and some get stuck.

A loss that is convex in the prediction is not convex in the weights (E001-8): a 2-2-1 network that could represent
XOR fails to learn it from about half of its starts. With 4 hidden units it is about one in twenty, with 8 none:
more units than needed make the way down easier. All fifty networks train at once, stacked along a first axis;
they share nothing, because a sum of losses has no gradient across them and Adam works entry by entry.
"""

from functools import lru_cache

import numpy as np

from ...compile.replay import Compiled
from ...core.ops import sigmoid_cross_entropy
from ...core.ops import sum as total
from ...nn import MLP
from ...nn.activations import ACTIVATIONS
from ...nn.optimizers import Adam
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, play
from ..framework.style import BACKWARD, FORWARD, QUIET, panels, powers_of_ten

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
T = np.array([[0.0], [1.0], [1.0], [0.0]])
NONLINEAR = ("tanh", "sigmoid", "relu")
WIDTHS, SEEDS, STEPS, EVERY = (2, 4, 8), 50, 1000, 10


def first_weights(width: int, activation: str) -> dict:
    """The parameters of the networks with seeds 0 … 49, stacked: name -> array, seeds first, columns for units."""
    nets = [MLP([2, width, 1], activation=activation, rng=seed).parameters for seed in range(SEEDS)]
    return {name: np.stack([np.atleast_2d(net[name]).T if net[name].ndim == 2 else net[name][None] for net in nets])
            for name in nets[0]}


@lru_cache(maxsize=32)
def train(width: int, activation: str = "tanh"):
    """Train the fifty networks of a width, 1000 steps of Adam with rate 0.05.

    Returns:
        The losses, shape (101, 50), of every tenth step, and which networks are right on all four points then,
        booleans of the same shape.
    """
    act = ACTIVATIONS[activation]
    targets = np.broadcast_to(T, (SEEDS, 4, 1)).copy()

    def logits(W1, b1, W2, b2):
        return act(X @ W1 + b1) @ W2 + b2

    step = Compiled(lambda *arrays: total(sigmoid_cross_entropy(logits(*arrays), targets)) / 4)
    arrays, optimizer = first_weights(width, activation), Adam(0.05)
    state, losses, right = optimizer.init(arrays), [], []
    for number in range(STEPS + 1):
        if number % EVERY == 0:
            z = logits(*arrays.values())
            losses.append(sigmoid_cross_entropy(z, targets).mean(axis=(1, 2)))
            right.append(((z > 0) == (targets > 0)).all(axis=(1, 2)))
        _, gradients = step(*arrays.values())
        arrays, state = optimizer.update(arrays, dict(zip(arrays, gradients, strict=True)), state)
    return np.array(losses), np.array(right)


def learnt(activation: str = "tanh", steps: int = STEPS) -> dict[int, int]:
    """How many of the fifty have learnt XOR after some steps, by the number of hidden units."""
    return {width: int(train(width, activation)[1][steps // EVERY].sum()) for width in WIDTHS}


def draw(figure, width, activation, steps):
    """The losses of the fifty networks at the left; how many of each width have learnt it at the right."""
    losses, right = train(width, activation)
    counts = learnt(activation, steps)
    curves, bars = panels(figure, 1, 2, wspace=0.26, width_ratios=(1.5, 1))
    _curves(curves, losses[: steps // EVERY + 1], right[steps // EVERY], width)
    _bars(bars, counts, width)
    stuck = SEEDS - counts[width]
    return (f"After {steps} steps {counts[width]} of {SEEDS} networks 2-{width}-1 with {activation} have learnt XOR "
            f"and {stuck} {'has' if stuck == 1 else 'have'} not; of 2-2-1, 2-4-1 and 2-8-1 it is "
            f"{', '.join(str(counts[w]) for w in WIDTHS)}.")


def _curves(axes, losses, right, width):
    from matplotlib.collections import LineCollection
    powers_of_ten(axes.yaxis, -4, 0, 1)
    axes.set(xlim=(0, STEPS), xlabel="step")
    axes.set_title(f"loss of {SEEDS} networks 2-{width}-1")
    at = np.arange(len(losses)) * EVERY
    for chosen, colour, dash, words, y in ((right, FORWARD, "-", "all four right", 0.06),
                                           (~right, BACKWARD, (0, (4, 1.5)), "something wrong", 0.14)):
        lines = [np.column_stack([at, losses[:, i]]) for i in np.flatnonzero(chosen)]
        axes.add_collection(LineCollection(lines, colors=colour, linestyles=[dash], linewidths=1.3, alpha=0.7))
        axes.text(0.03, y, f"{len(lines)} {words} ({'solid' if dash == '-' else 'dashed'})", color=colour,
                  transform=axes.transAxes, fontweight="bold")


def _bars(axes, counts, width):
    for place, (units, count) in enumerate(counts.items()):
        colour = FORWARD if units == width else QUIET
        axes.bar(place, count, color=colour, width=0.6)
        axes.bar(place, SEEDS - count, bottom=count, color="white", edgecolor=BACKWARD, hatch="//", width=0.6)
        axes.text(place, SEEDS + 1.5, digits(count), ha="center", color=colour, fontweight="bold", fontsize=20)
    axes.set(ylim=(0, SEEDS * 1.12), xlim=(-0.6, len(counts) - 0.4), yticks=[0, 25, 50])
    axes.set_xticks(range(len(counts)), [f"2-{units}-1" for units in counts])
    axes.set_title(f"have learnt XOR, of {SEEDS}")


DEMO = Demo(
    "xor_starts", "XOR: the start decides whether a small network learns", "000-06, 002-07, 002-08", draw,
    (choice("width", "hidden units", {str(width): width for width in WIDTHS}),
     choice("activation", "activation", NONLINEAR),
     play("steps", "step", STEPS, start=STEPS, step=EVERY, interval=120)),
    prepare=lambda: [learnt(activation) for activation in NONLINEAR])
