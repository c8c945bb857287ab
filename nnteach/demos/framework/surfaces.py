"""Functions of two numbers for optimizers to walk on, how to draw them, and quick descents on them.

Radford's races (001-39) were run on a long valley, a saddle and Beale's function. Each function is written once,
with operators, so that it takes Nodes for the descent and arrays for the picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from ...compile.replay import Compiled
from ...nn import Descent
from .style import INK, LINE, QUIET

LOST = 1e8  # a point further away has diverged and is left alone


@dataclass(frozen=True)
class Surface:
    """A function of two numbers.

    Attributes:
        title: its name for the audience.
        fn: takes x and y.
        x, y: the part that is drawn, low and high.
        start: where descents begin.
        minimum: where it is lowest, or None if it has no lowest point.
        levels: heights of the contour lines.
    """

    title: str
    fn: Callable
    x: tuple[float, float]
    y: tuple[float, float]
    start: tuple[float, float]
    minimum: tuple[float, float] | None
    levels: tuple[float, ...]

    def __hash__(self):
        return hash(self.title)


def beale(x, y):
    """Beale 1958: flat plains with steep walls, minimum 0 at (3, 0.5)."""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y * y) ** 2 + (2.625 - x + x * y * y * y) ** 2


SURFACES = {
    "bowl": Surface("Round bowl: x² + y²", lambda x, y: x * x + y * y, (-4, 4), (-3, 3), (-3.2, 2.2), (0, 0),
                    (0.25, 1, 2.5, 5, 9, 14, 20)),
    "valley": Surface("Long valley: 0.05 x² + 2 y²", lambda x, y: 0.05 * x * x + 2 * y * y, (-9, 5), (-3, 3),
                      (-8.0, 2.0), (0, 0), (0.05, 0.3, 1, 2.5, 5, 8.5, 13)),
    "saddle": Surface("Saddle: x² − y²", lambda x, y: x * x - y * y, (-3, 3), (-3, 3), (-2.4, 0.02), None,
                      (-8, -5, -2.5, -1, -0.2, 0.2, 1, 2.5, 5, 8)),
    "beale": Surface("Beale's function", beale, (-3, 4.5), (-2, 2), (1.0, 1.6), (3, 0.5),
                     (0.05, 0.3, 1, 3, 8, 20, 60, 200, 1000)),
    "two": Surface("Two valleys: (x² − 4)² / 8 + x / 2 + y²", lambda x, y: (x * x - 4) ** 2 / 8 + x / 2 + y * y,
                   (-3.5, 3.5), (-2.6, 2.6), (2.8, 1.8), (-2.11491, 0), (-0.6, 0, 0.6, 1.1, 1.6, 2.3, 3.2, 4.5, 6.5)),
}


@cache
def slope(surface: Surface) -> Callable:
    """The function compiled: a point, shape (2,), -> its value and a tuple with the gradient."""
    return Compiled(lambda point: surface.fn(point[0], point[1]))


@lru_cache(maxsize=512)
def descend(surface: Surface, start: tuple[float, float], optimizer, steps: int) -> Descent:
    """`nt.nn.minimize`, with the function compiled: quick enough to be run while a slider moves."""
    step = slope(surface)
    point = {"x": np.asarray(start, dtype=float)}
    state = optimizer.init(point)
    path, values, states = [point["x"]], [], [state]
    with np.errstate(over="ignore", invalid="ignore"):  # the lesson may be that it diverges
        for _ in range(steps):
            values.append(float(surface.fn(*point["x"])))
            if np.abs(point["x"]).max() < LOST:
                _, (gradient,) = step(optimizer.look_ahead(point, state)["x"])
                point, state = optimizer.update(point, {"x": gradient}, state)
            path.append(point["x"])
            states.append(state)
        values.append(float(surface.fn(*point["x"])))
    return Descent(np.array(path), np.array(values), states)


@cache
def grid(surface: Surface, points: int = 80):
    """x, y and heights of the picture, each of shape (points, points)."""
    x, y = np.meshgrid(np.linspace(*surface.x, points), np.linspace(*surface.y, points))
    return x, y, surface.fn(x, y)


@cache
def lines(surface: Surface):
    """Where the surface is as high as its levels: arrays of shape (points, 2)."""
    from contourpy import contour_generator

    heights = contour_generator(*grid(surface))
    return [line for level in surface.levels for line in heights.lines(level)]


def contours(axes, surface: Surface) -> None:
    """The surface from above: contour lines, and a cross at the minimum."""
    from matplotlib.collections import LineCollection

    axes.add_collection(LineCollection(lines(surface), colors=[LINE], linewidths=1.4), autolim=False)
    if surface.minimum:
        axes.plot(*surface.minimum, marker="+", markersize=20, markeredgewidth=3, color=INK, linestyle="none")
        axes.annotate("minimum", surface.minimum, xytext=(10, -24), textcoords="offset points", color=QUIET)
    axes.set(xlim=surface.x, ylim=surface.y, xlabel="x", ylabel="y")
