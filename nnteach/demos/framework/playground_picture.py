"""The picture of the playground: the network with the map of every unit, its decision region and its losses.

Every unit is drawn as the map of what it says over the plane, blue for positive and orange for negative; a
line to it is as thick as its weight.
"""

from functools import lru_cache

import numpy as np

from ...symbolic.number_format import number as digits
from .playground_engine import FEATURES, REACH, Engine, Frame
from .regions import show_map, show_points
from .style import BACKWARD, FORWARD, INK, QUIET

BOX = 0.62  # inches: side of a unit's map
SQUARE = (-REACH, REACH, -REACH, REACH)


def settings(values: dict) -> dict:
    """The settings of an Engine: the switches of the features become a tuple of names."""
    chosen = tuple(name for i, name in enumerate(FEATURES) if values[f"feature{i}"])
    return {"features": chosen} | {
        name: value
        for name, value in values.items()
        if not name.startswith("feature") and name not in ("frames", "steps")
    }


@lru_cache(maxsize=8)
def _trained(frames, steps, **chosen) -> tuple[Engine, Frame]:
    engine = Engine(**chosen)
    frame = engine.frame(0)
    for _ in range(frames):
        frame = engine.frame(steps)
    return engine, frame


def draw(figure, frames, steps, **values):
    """The network, its decision region and its losses, after `frames` frames of `steps` steps."""
    engine, frame = _trained(frames, steps, **settings(values))
    return draw_frame(figure, engine, frame)


def draw_frame(figure, engine: Engine, frame: Frame) -> str:
    """The network at the left, its decision region in the middle, the losses at the right."""
    _network(figure.add_axes((0, 0, 0.5, 1)), engine, frame)
    region = figure.add_axes((0.5, 0.12, 0.31, 0.31 * 14.4 / 6.2))
    show_map(region, frame.maps[-1][0], -1.3, 1.3, SQUARE, boundary=0.0)
    half = len(engine.points) // 2
    show_points(region, engine.points[:half], engine.classes[:half], 45)
    show_points(region, engine.points[half:], engine.classes[half:], 45, hollow=True)
    region.set(xlim=SQUARE[:2], ylim=SQUARE[2:], xticks=[], yticks=[])
    region.spines[:].set_visible(False)
    region.set_title("blue or orange? (hollow: kept back)", fontsize=16)
    _losses(figure.add_axes((0.865, 0.12, 0.12, 0.31 * 14.4 / 6.2)), engine)
    return say(frame)


def say(frame: Frame) -> str:
    """What is seen, in a sentence."""
    training, validation = frame.losses
    return (
        f"After {frame.steps} steps: training loss "
        f"{digits(training, 3)}, validation loss {digits(validation, 3)}; "
        f"{round(100 * frame.accuracy)} % of the samples kept back are told right."
    )


def caption(values: dict) -> str:
    """How it is trained, in a line."""
    penalty = (
        "no penalty"
        if values["penalty"] == "none"
        else f"{values['penalty']} with λ = {digits(values['strength'], 2)}"
    )
    return (
        f"SGD, learning rate {digits(values['learning_rate'], 3)}, batches of {values['batch']}, {penalty}; "
        f"{values['steps']} steps a frame"
    )


def _network(axes, engine, frame):
    axes.set(xlim=(0, 7.2), ylim=(0, 6.2))
    axes.axis("off")
    columns = [
        engine.feature_maps / np.maximum(1, np.abs(engine.feature_maps).max(axis=(1, 2), keepdims=True)),
        *frame.maps[:-1],
    ]
    places = [_column(len(maps), x) for maps, x in zip(columns, np.linspace(1.3, 5.7, len(columns)), strict=True)]
    for left, right, weights in zip(places, [*places[1:], [(7.3, 3.0)]], frame.weights, strict=True):
        _edges(axes, left, right, weights)
    for maps, column in zip(columns, places, strict=True):
        for values, (x, y) in zip(maps, column, strict=True):
            extent = (x - BOX / 2, x + BOX / 2, y - BOX / 2, y + BOX / 2)
            show_map(axes, values, -1, 1, extent)
            axes.plot(
                [extent[0], extent[1], extent[1], extent[0], extent[0]],
                [extent[2], extent[2], extent[3], extent[3], extent[2]],
                color=INK,
                linewidth=1.2,
            )
    for name, (x, y) in zip(engine.features, places[0], strict=True):
        axes.text(x - 0.45, y, name, ha="right", va="center")
    axes.set(xlim=(0, 7.2), ylim=(0, 6.2))


def _column(count, x):
    """Middles of the boxes of a layer, from above."""
    gap = min(1.0, 5.2 / count)
    return [(x, 3.0 + gap * ((count - 1) / 2 - i)) for i in range(count)]


def _edges(axes, left, right, weights):
    """One line per weight: as thick as it is large, dashed and orange if it is negative."""
    for (x2, y2), row in zip(right, weights, strict=True):
        for (x1, y1), weight in zip(left, row, strict=True):
            axes.plot(
                [x1 + BOX / 2, x2 - BOX / 2],
                [y1, y2],
                color=FORWARD if weight > 0 else BACKWARD,
                linestyle="-" if weight > 0 else (0, (4, 1.5)),
                linewidth=min(9.0, 0.6 + 2.2 * abs(weight)),
                solid_capstyle="butt",
                zorder=-1,
            )


def _losses(axes, engine):
    curves = np.array(engine.losses)
    axes.plot(curves[:, 0], color=INK, linewidth=2.5)
    axes.plot(curves[:, 1], color=BACKWARD, linestyle=(0, (4, 1.5)), linewidth=2.5)
    axes.set(ylim=(0, max(0.8, curves.max() * 1.05)), xlim=(0, max(20, len(curves))), xlabel="frame")
    axes.locator_params(nbins=3)
    axes.text(0.97, 0.97, "training", color=INK, ha="right", va="top", transform=axes.transAxes, fontsize=15)
    axes.text(
        0.97,
        0.9,
        "- - validation",
        color=BACKWARD,
        ha="right",
        va="top",
        transform=axes.transAxes,
        fontsize=15,
    )
    axes.set_title("loss", fontsize=16)
    axes.tick_params(colors=QUIET)
