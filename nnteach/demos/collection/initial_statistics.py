"""How initial weights treat a deep network (002-46, 003-23): activations forward, gradients backward.

Eight layers of 100 units on 200 random samples, before any training. Too small weights, and the signal dies
on its way; too large ones, and it saturates or explodes; the right spread, about 1/√n, keeps both ways open.
"""

from functools import lru_cache

import numpy as np

from ...core.autodiff import grad
from ...core.graph import ordered
from ...core.ops import mean, square
from ...nn import MLP
from ...nn.initializers import constant, glorot_normal, he_normal, inverse_sqrt, linear_default, normal, zeros
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice
from ..framework.style import BACKWARD, FORWARD, LINE, panels

LAYERS, WIDTH, SAMPLES, BINS = 8, 100, 200, 60
ACTIVATIONS = ("tanh", "relu", "sigmoid")
INITIALIZERS = {
    "0": zeros,
    "constant 0.01": constant(0.01),
    "0.01 · N(0, 1)": normal(0.01),
    "N(0, 1)": normal(1.0),
    "N(0, 1)/√n": inverse_sqrt,
    "He: √(2/n) · N(0, 1)": he_normal,
    "Glorot: 2/(n_in + n_out)": glorot_normal,
    "PyTorch's: ±1/√n": linear_default,
}


@lru_cache(maxsize=64)
def statistics(initializer: str, activation: str):
    """(activations, gradients) of every hidden layer: two lists of arrays (200, 100).

    The gradients are those of the squared error of the output by what comes out of each layer, target 1.
    """
    net = MLP(
        [WIDTH] * (LAYERS + 1) + [1],
        activation=activation,
        initializer=INITIALIZERS[initializer],
        bias_initializer="zeros",
        rng=0,
    )
    pred = net.forward(np.random.default_rng(1).normal(size=(SAMPLES, WIDTH)))
    nodes = {node.name: node for node in ordered(pred)}
    outs = [nodes[f"out{i}"] for i in range(1, LAYERS + 1)]
    gradients = grad(0.5 * SAMPLES * mean(square(pred - 1.0)), outs)
    return [out.value for out in outs], [np.asarray(g) for g in gradients]


@lru_cache(maxsize=64)
def spreads(initializer: str, activation: str):
    """Standard deviations of activations and of gradients, two lists with a number for each layer."""
    return tuple([float(np.std(layer)) for layer in part] for part in statistics(initializer, activation))


@lru_cache(maxsize=64)
def histograms(initializer: str, activation: str):
    """(counts of the activations, of the gradients, reach of the gradients): counts of shape (8, 60).

    The activations are counted from −2 to 2, the gradients over four deviations of those in the last layer.
    """
    forward, backward = statistics(initializer, activation)
    reach = max(4 * float(np.std(backward[-1])), 1e-12)
    return _counts(forward, 2.0), _counts(backward, reach), reach


def _counts(layers, reach):
    return np.array([np.histogram(np.clip(v, -reach, reach), BINS, (-reach, reach))[0] for v in layers])


def draw(figure, initializer, activation):
    """One histogram per layer, activations at the left and gradients at the right, with their spread."""
    forward, backward = spreads(initializer, activation)
    outs, gradients, reach = histograms(initializer, activation)
    left, right = panels(figure, 1, 2, left=0.09, right=0.88, wspace=0.42, top=0.84)
    _ridges(left, outs, forward, 2.0, FORWARD)
    left.set_title("activations  →", color=FORWARD)
    _ridges(right, gradients, backward, reach, BACKWARD)
    right.set_title("←  gradients", color=BACKWARD)
    left.set_xlabel("what comes out")
    right.set_xlabel("gradient by what comes out")
    return (
        f"{initializer}, {activation}: the activations' spread goes from "
        f"{digits(forward[0], 3)} in layer 1 to {digits(forward[-1], 3)} "
        f"in layer {LAYERS}; the gradients', on the way back, from "
        f"{digits(backward[-1], 3)} to {digits(backward[0], 3)}."
    )


def _ridges(axes, layers, sizes, reach, colour):
    """Histograms above each other, layer 1 at the top, each as high as its own maximum."""
    from matplotlib.collections import PolyCollection

    edges = np.linspace(-reach, reach, BINS + 1)
    axes.hlines(range(LAYERS), -reach, reach, color=LINE, linewidth=1)
    bases = np.arange(LAYERS)[::-1, None]
    heights = np.repeat(bases + 0.85 * layers / layers.max(axis=1, keepdims=True), 2, axis=1)
    y = np.concatenate([bases, heights, bases], axis=1)
    outlines = np.stack([np.broadcast_to(np.repeat(edges, 2), y.shape), y], axis=-1)
    axes.add_collection(PolyCollection(outlines, color=colour, linewidth=0), autolim=False)
    for i, size in enumerate(sizes):
        axes.text(
            1.02,
            LAYERS - 0.8 - i,
            f"σ = {digits(size, 2)}",
            transform=axes.get_yaxis_transform(),
            color=colour,
            fontsize=15,
        )
    axes.set(
        xlim=(edges[0], edges[-1]), ylim=(-0.1, LAYERS), yticks=[LAYERS - 0.7 - i for i in range(LAYERS)]
    )
    axes.set_yticklabels([f"layer {i}" for i in range(1, LAYERS + 1)] if colour == FORWARD else [""] * LAYERS)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=3)


def prepare():
    """Compute all of it, so that no control has to wait."""
    for initializer in INITIALIZERS:
        for activation in ACTIVATIONS:
            histograms(initializer, activation)
            spreads(initializer, activation)


DEMO = Demo(
    "initialisation",
    "Initial weights, layer by layer",
    "002-46, 003-23",
    draw,
    (
        choice("initializer", "weights", list(INITIALIZERS), "0.01 · N(0, 1)"),
        choice("activation", "activation", ACTIVATIONS),
    ),
    prepare=prepare,
)
