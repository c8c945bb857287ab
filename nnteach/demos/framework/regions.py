"""Maps of the plane: what a network, or one of its units, says at every place; and the samples upon it.

Class 1 is blue and a circle, class 0 orange and a square, so that nothing is lost in greyscale.
"""

from functools import lru_cache

import numpy as np

from ...core.ops import sigmoid
from ...nn import layer_outputs
from .style import BACKWARD, FORWARD, GROUND, INK


@lru_cache(maxsize=16)
def grid(low: float, high: float, side: int = 60) -> np.ndarray:
    """Places of a square, shape (side², 2); row by row from below, as `imshow(origin="lower")` wants them."""
    line = np.linspace(low, high, side)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def unit_maps(network, X) -> list[np.ndarray]:
    """What every unit says at places of a square, layer by layer; the last is the prediction.

    Args:
        network: an MLP.
        X: places, shape (side², n_in).

    Returns:
        One array of shape (units, side, side) for each layer.
    """
    side = round(len(X) ** 0.5)
    seen = layer_outputs(network, X)
    hidden = [seen.get(f"out{i}", seen.get(f"pre{i}")) for i in range(1, len(network.sizes) - 1)]
    return [values.T.reshape(-1, side, side) for values in [*hidden, seen["pred"]]]


def probability(network, X) -> np.ndarray:
    """Of class 1 at places of a square, from a network whose output is a logit; shape (side, side)."""
    side = round(len(X) ** 0.5)
    return sigmoid(network.predict(X)[:, 0]).reshape(side, side)


@lru_cache(maxsize=1)
def palette():
    """From orange over white to blue."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("classes", [BACKWARD, "#e9a574", "#ffffff", "#7fb9dd", FORWARD])


def show_map(axes, values, low, high, extent, boundary=None):
    """A map as a picture.

    Args:
        axes: for one map.
        values: shape (side, side).
        low, high: the values that are wholly orange and wholly blue.
        extent: (left, right, bottom, top).
        boundary: the value along which a line is drawn, if any.
    """
    from contourpy import contour_generator

    from .enlarged import Enlarged

    axes.add_image(Enlarged(axes, values, palette(), low, high, extent))
    axes.set(xlim=extent[:2], ylim=extent[2:])
    if boundary is not None and values.min() < boundary < values.max():
        rows, columns = values.shape
        places = np.linspace(*extent[:2], columns), np.linspace(*extent[2:], rows)
        for line in contour_generator(*places, values).lines(boundary):
            axes.plot(*line.T, "-", color=INK, linewidth=2.5)


def show_points(axes, X, T, size=60, hollow=False):
    """The samples; those kept back for validation are hollow."""
    for number, colour, marker in ((0, BACKWARD, "s"), (1, FORWARD, "o")):
        rows = T == number
        axes.plot(
            *X[rows].T,
            linestyle="",
            marker=marker,
            markersize=size**0.5,
            markerfacecolor=GROUND if hollow else colour,
            markeredgecolor=colour if hollow else GROUND,
            markeredgewidth=1.5 if hollow else 0.8,
            zorder=3,
        )
