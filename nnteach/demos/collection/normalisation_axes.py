"""Batch, layer, group and instance normalisation (002-48, 002-50): which numbers are averaged together.

Four samples with six channels of 4 × 4 places. The pixels framed in black share one mean and one variance.
After it every such group has mean 0 and variance 1, by nnteach's own layers; γ and β are left out.
"""

from functools import lru_cache

import numpy as np

from ...nn.normalization import batch_norm, group_norm, instance_norm, layer_norm
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, number, whole
from ..framework.regions import palette
from ..framework.style import BACKWARD, FORWARD, INK

BATCH, CHANNELS, SIDE, GROUPS = 4, 6, 4, 2
FRAME = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
KINDS = {
    "batch (over B and S)": "batch",
    "layer (over C and S)": "layer",
    f"group, G = {GROUPS}": "group",
    "instance (over S)": "instance",
}
NORMALISE = {
    "batch": batch_norm,
    "layer": layer_norm,
    "group": lambda x: group_norm(x, GROUPS),
    "instance": instance_norm,
}
SHARED = {
    "batch": "all samples, one channel",
    "layer": "one sample, all channels",
    "group": f"one sample, {CHANNELS // GROUPS} channels",
    "instance": "one sample, one channel",
}


@lru_cache(maxsize=16)
def batch(shift: float) -> np.ndarray:
    """Samples that differ in brightness, channels that differ in scale and mean; shape (4, 6, 4, 4)."""
    rng = np.random.default_rng(0)
    bright = shift * rng.normal(size=(BATCH, 1, 1, 1))
    mean, scale = rng.normal(size=(1, CHANNELS, 1, 1)), rng.uniform(0.3, 1.5, (1, CHANNELS, 1, 1))
    return bright + mean + scale * rng.normal(size=(BATCH, CHANNELS, SIDE, SIDE))


def together(kind: str, sample: int, channel: int) -> np.ndarray:
    """Which (sample, channel) pairs are averaged with the one given: booleans, shape (4, 6)."""
    samples, channels = np.arange(BATCH)[:, None], np.arange(CHANNELS)[None, :]
    width = CHANNELS // GROUPS
    same = {
        "batch": channels == channel,
        "layer": samples == sample,
        "group": (samples == sample) & (channels // width == channel // width),
        "instance": (samples == sample) & (channels == channel),
    }[kind]
    return np.broadcast_to(same, (BATCH, CHANNELS))


def draw(figure, kind, sample, channel, shift):
    """The batch before and after, the numbers averaged together framed; their histogram."""
    before = batch(shift)
    after = NORMALISE[kind](before)
    chosen = together(kind, sample - 1, channel - 1)
    left, right = figure.add_axes((0.05, 0.14, 0.33, 0.72)), figure.add_axes((0.41, 0.14, 0.33, 0.72))
    _tiles(left, before, chosen, "before")
    _tiles(right, after, chosen, "after")
    for axes in (left, right):
        axes.plot(SIDE * (channel - 0.5) - 0.5, SIDE * (sample - 0.5) - 0.5, "o", color=INK, markersize=14)
    left.set_yticks([SIDE * i + SIDE / 2 - 0.5 for i in range(BATCH)], [f"{i + 1}" for i in range(BATCH)])
    left.set_ylabel("samples")
    _histogram(figure.add_axes((0.78, 0.14, 0.19, 0.72)), before[chosen], after[chosen])
    values = before[chosen]
    return (
        f"Averaged together: {SHARED[kind]}, {values.size} numbers, "
        f"of mean {digits(float(values.mean()), 3)} and variance "
        f"{digits(float(values.var()), 3)}; afterwards of mean "
        f"{digits(round(float(after[chosen].mean()), 6))} and variance "
        f"{digits(float(after[chosen].var()), 3)}."
    )


def _tiles(axes, values, chosen, title):
    """One square of 4 × 4 places for each sample (row) and channel (column)."""
    from matplotlib.collections import LineCollection

    axes.imshow(
        values.transpose(0, 2, 1, 3).reshape(BATCH * SIDE, CHANNELS * SIDE),
        cmap=palette(),
        vmin=-3,
        vmax=3,
        aspect="auto",
        interpolation="nearest",
    )
    width, height = CHANNELS * SIDE - 0.5, BATCH * SIDE - 0.5
    between = [[(x, -0.5), (x, height)] for x in np.arange(SIDE, width, SIDE) - 0.5]
    between += [[(-0.5, y), (width, y)] for y in np.arange(SIDE, height, SIDE) - 0.5]
    axes.add_collection(LineCollection(between, colors="white", linewidths=5), autolim=False)
    frames = SIDE * (np.argwhere(chosen)[:, None, ::-1] + FRAME) - 0.5
    axes.add_collection(LineCollection(frames, colors=INK, linewidths=4, clip_on=False), autolim=False)
    axes.set(xlabel="channels", yticks=[], xlim=(-0.5, width), ylim=(height, -0.5))
    axes.set_xticks(
        [SIDE * i + SIDE / 2 - 0.5 for i in range(CHANNELS)], [f"{i + 1}" for i in range(CHANNELS)]
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title)


def _histogram(axes, before, after):
    edges = np.linspace(-5, 5, 19)
    for values, colour, text, dashes, y in (
        (before, BACKWARD, "- - before", (0, (4, 2)), 0.98),
        (after, FORWARD, "after", "-", 0.91),
    ):
        counts, _ = np.histogram(np.clip(values, -5, 5), edges)
        axes.stairs(counts / values.size, edges, color=colour, linewidth=3, linestyle=dashes)
        axes.text(0.0, y, text, color=colour, transform=axes.transAxes, va="top")
    axes.axvline(0, color=INK, linewidth=1)
    axes.set(xlim=(-5, 5), yticks=[], xlabel="the framed numbers")
    axes.locator_params(axis="x", nbins=3)


DEMO = Demo(
    "normalisation",
    "What is averaged: batch, layer, group, instance",
    "002-48, 002-50",
    draw,
    (
        choice("kind", "normalisation", KINDS),
        whole("sample", "sample", 2, 1, BATCH),
        whole("channel", "channel", 3, 1, CHANNELS),
        number("shift", "samples differ by", 1.5, 0, 3, 0.25),
    ),
)
