"""Dropout seen on activations (002-44; E002-14): who is silent, and why a correction is needed.

One layer of 40 units on 24 samples. In training every unit is silent with probability p, anew for each sample
and step. Without a correction what the next layer adds up would be larger at test time than it ever was in
training: the inverted form divides by 1 − p in training, the classic form multiplies by 1 − p at test time.
"""

from functools import lru_cache

import numpy as np

from ...nn import activations
from ...nn.layers import Dense, Dropout
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, number, whole
from ..framework.style import BACKWARD, FORWARD, INK, panels

UNITS, SAMPLES, MANY = 40, 24, 4000
FORMS = {
    "inverted: / (1 − p) in training": "inverted",
    "classic: · (1 − p) at test time": "classic",
    "no correction (wrong)": "none",
}


@lru_cache(maxsize=2)
def activations_of(samples: int) -> np.ndarray:
    """What comes out of a dense layer with ReLU, before any training: (samples, 40)."""
    rng = np.random.default_rng(1)
    layer = Dense(10, UNITS, initializer="he_normal", bias_initializer="zeros")
    return activations.activation("relu")(layer(rng.normal(size=(samples, 10)), layer.initial(rng)))


@lru_cache(maxsize=64)
def passes(p: float, form: str, step: int, samples: int = SAMPLES):
    """The same activations in training and at test time, and which are kept: three arrays (samples, 40)."""
    layer = Dropout(UNITS, p, inverted=form == "inverted")
    out = activations_of(samples)
    mask = layer.draw(np.random.default_rng(step), (samples,))
    return layer(out, mask, training=True), out if form == "none" else layer(out, {}), mask["mask1"] > 0


def draw(figure, p, form, step):
    """The layer in one training step, at test time, and the sum that the next layer gets in both."""
    training, test, kept = passes(p, form, step)
    axes = panels(figure, 1, 3, left=0.04, wspace=0.16, width_ratios=(1, 1, 1.1))
    for one, values, title in zip(axes[:2], (training, test), (f"training, step {step}", "test time"), strict=True):
        shown = np.where(kept, values, np.nan) if one is axes[0] else values
        one.set_facecolor(INK)
        one.imshow(shown, cmap="Blues", vmin=0, vmax=3, aspect="auto", interpolation="nearest")
        one.set(xticks=[], yticks=[], xlabel=f"{UNITS} units")
        one.set_title(title)
    axes[0].set_ylabel(f"{SAMPLES} samples (black: silenced)")
    sums = [values.sum(axis=1) for values in passes(p, form, step, MANY)[:2]]
    _sums(axes[2], *sums)
    means = [float(values.mean()) for values in sums]
    return (
        f"p = {digits(p)}: {round(100 * np.mean(~kept))} % of the "
        "values are silenced in this step. On average the next layer "
        f"adds up {digits(means[0], 3)} in training and {digits(means[1], 3)} at test time."
    )


def _sums(axes, training, test):
    edges = np.linspace(0, 80, 61)
    for values, colour, text, dashes, y in (
        (training, BACKWARD, "training", (0, (4, 2)), 0.95),
        (test, FORWARD, "test time", "-", 0.87),
    ):
        counts, _ = np.histogram(values, edges)
        axes.stairs(counts / len(values), edges, color=colour, linewidth=3, linestyle=dashes)
        axes.axvline(values.mean(), color=colour, linewidth=1.5, linestyle=dashes)
        axes.text(
            0.98,
            y,
            text if dashes == "-" else f"- - {text}",
            color=colour,
            transform=axes.transAxes,
            ha="right",
            va="top",
        )
    axes.set(xlim=(0, 80), ylim=(0, 0.14), yticks=[], xlabel="sum over the units")
    axes.set_title("what the next layer gets")


DEMO = Demo(
    "dropout",
    "Dropout on the activations of a layer",
    "002-44",
    draw,
    (
        number("p", "probability p of being dropped", 0.5, 0, 0.9, 0.05),
        choice("form", "correction", FORMS),
        whole("step", "training step", 1, 1, 30),
    ),
)
