"""Gradient descent on surfaces of two numbers (001-06, 001-33, 002-34): down the steepest slope, step by step.

On the round bowl every start leads straight to the minimum; the long valley forces a small rate, because its steep
direction allows no other, and then the flat one takes for ever; momentum helps. Where there are two valleys the
start decides which one is found.
"""

import numpy as np

from ...nn.optimizers import Momentum
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, number, play, power
from ..framework.style import BACKWARD, FORWARD, INK, panels
from ..framework.surfaces import SURFACES, contours, descend

STEPS = 100
FAR = 1e3  # a point so far away is not drawn


def run(surface, x, y, learning_rate, momentum):
    """The descent on the surface of that name: a Descent of 100 steps."""
    return descend(SURFACES[surface], (x, y), Momentum(learning_rate, momentum=momentum), STEPS)


def draw(figure, surface, x, y, learning_rate, momentum, steps):
    """The path from above at the left, the height against the step at the right."""
    ground, descent = SURFACES[surface], run(surface, x, y, learning_rate, momentum)
    above, heights = panels(figure, 1, 2, wspace=0.24, width_ratios=(1.5, 1))
    contours(above, ground)
    path = descent.path[: steps + 1]
    _path(above, path)
    above.set_title(ground.title)
    shown = np.clip(descent.values[: steps + 1], -20, 40)
    heights.plot(shown, color=FORWARD)
    heights.plot(steps, shown[-1], marker="o", markersize=14, color=BACKWARD, markeredgecolor=INK)
    heights.set(xlim=(-2, STEPS + 2), xlabel="step")
    heights.set_title("height f(x, y)")
    return _sentence(ground, path, descent.values[steps], learning_rate, steps)


def _path(axes, path):
    near = path[np.abs(path).max(axis=1) < FAR]
    axes.plot(*near.T, color=BACKWARD, linewidth=2, marker="o", markersize=6)
    axes.plot(*path[0], marker="s", markersize=14, color=INK, linestyle="none")
    axes.annotate("start", path[0], xytext=(12, 10), textcoords="offset points", color=INK)
    axes.plot(*near[-1], marker="o", markersize=15, color=BACKWARD, markeredgecolor=INK, linestyle="none")


def _sentence(ground, path, height, learning_rate, steps):
    told = f"{ground.title}, learning rate {digits(learning_rate)}: after {steps} steps "
    if np.abs(path[-1]).max() > FAR:
        return told + "the point is far outside the picture: it diverges."
    told += f"the point is at ({digits(path[-1][0])}, {digits(path[-1][1])}), height {digits(height)}"
    if ground.minimum is None:
        return told + "; a saddle has no lowest point."
    return told + f", {digits(np.hypot(*(path[-1] - ground.minimum)), 3)} from the minimum."


DEMO = Demo(
    "surfaces", "Gradient descent on surfaces", "001-06, 001-33, 002-34", draw,
    (choice("surface", "surface", {ground.title.split(":")[0]: name for name, ground in SURFACES.items()}, "valley"),
     number("x", "start x", -3.0, -9, 4.5, 0.1), number("y", "start y", 2.0, -3, 3, 0.1),
     power("learning_rate", "learning rate", 0.1, 1e-3, 1.0), number("momentum", "momentum", 0.0, 0, 0.98, 0.02),
     play("steps", "step", STEPS, start=STEPS, interval=150)))
