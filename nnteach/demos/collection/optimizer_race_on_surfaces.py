"""The race of the optimizers on the long valley, the saddle and Beale's function (001-32 … 001-39, 002-30 … 002-38).

Radford's animation, run here by nnteach's own optimizers. All begin at one point; where a gradient is nearly zero,
at the saddle, plain gradient descent waits, and whoever remembers or rescales gradients is gone. AdaDelta has no
learning rate of its own kind: its steps begin at about √ε.
"""

import numpy as np

from ...nn.optimizers import SGD, AdaDelta, AdaGrad, Adam, Momentum, Nesterov, RMSprop
from ..framework.demo import Demo, choice, number, play
from ..framework.style import COLOURS, DASHES, INK, MARKERS, label_ends, panels, powers_of_ten
from ..framework.surfaces import SURFACES, contours, descend

STEPS = 120
# A rate for each that suits it: with one rate for all the race would be about rates.
RATES = {
    "valley": {"SGD": 0.2, "Momentum": 0.05, "Nesterov": 0.05,
               "AdaGrad": 1.0, "AdaDelta": 1.0, "RMSprop": 0.15, "Adam": 0.4},
    "saddle": {"SGD": 0.05, "Momentum": 0.01, "Nesterov": 0.01,
               "AdaGrad": 0.3, "AdaDelta": 1.0, "RMSprop": 0.05, "Adam": 0.1},
    "beale": {"SGD": 0.002, "Momentum": 0.001, "Nesterov": 0.001,
              "AdaGrad": 0.5, "AdaDelta": 1.0, "RMSprop": 0.03, "Adam": 0.15},
}
# Nesterov in the decks' form: what is drawn is θ for all, and not the point ahead of it.
MAKERS = {"SGD": SGD, "Momentum": Momentum, "Nesterov": lambda rate: Nesterov(rate, at_look_ahead=True),
          "AdaGrad": AdaGrad, "AdaDelta": lambda rate: AdaDelta(rate, eps=1e-3), "RMSprop": RMSprop, "Adam": Adam}


def race(surface: str, factor: float = 1.0) -> dict:
    """The descents of all optimizers on a surface, by name.

    Args:
        surface: "valley", "saddle" or "beale".
        factor: times the rate of every optimizer in RATES.
    """
    ground = SURFACES[surface]
    return {name: descend(ground, ground.start, MAKERS[name](factor * rate), STEPS)
            for name, rate in RATES[surface].items()}


def drop(surface: str, values: np.ndarray) -> np.ndarray:
    """How high above the minimum; on the saddle, how far below the saddle point."""
    return np.maximum(-values if SURFACES[surface].minimum is None else values, 1e-12)


def draw(figure, surface, factor, steps):
    """All paths from above at the left, the heights against the step at the right."""
    runs = race(surface, factor)
    above, heights = panels(figure, 1, 2, left=0.06, right=0.845, wspace=0.24, width_ratios=(1.4, 1))
    ground = SURFACES[surface]
    contours(above, ground)
    above.plot(*ground.start, marker="s", markersize=14, color=INK, linestyle="none")
    above.set_title(f"{ground.title}, step {steps}")
    saddle = ground.minimum is None
    powers_of_ten(heights.yaxis, *((-4, 4) if saddle else (-8, 2)))
    heights.set(xlim=(0, STEPS), xlabel="step")
    heights.set_title("depth below the saddle" if saddle else "height above the minimum", fontweight="normal")
    ends = []
    for (name, run), colour, dash, marker in zip(runs.items(), COLOURS, DASHES, MARKERS, strict=False):
        look = {"color": colour, "linestyle": dash, "marker": marker, "markevery": [-1], "markeredgecolor": "white"}
        above.plot(*run.path[: steps + 1].T, linewidth=2.2, markersize=14, **look)
        depth = drop(surface, run.values[: steps + 1])
        heights.plot(depth, linewidth=2.4, markersize=11, **look)
        ends.append((depth[-1], name, colour, marker))
    label_ends(heights, ends)
    return _sentence(surface, runs, steps)


def _sentence(surface, runs, steps):
    sign = -1 if SURFACES[surface].minimum is None else 1
    order = sorted(runs, key=lambda name: sign * drop(surface, runs[name].values)[steps])
    goal = "deepest below the saddle" if sign < 0 else "nearest to the height of the minimum"
    return f"{SURFACES[surface].title} after {steps} steps: {order[0]} is {goal}, then {order[1]}; last is {order[-1]}."


DEMO = Demo(
    "optimizer_race", "The race of the optimizers", "001-32 … 001-39, 002-30 … 002-38", draw,
    (choice("surface", "surface", {"long valley": "valley", "saddle": "saddle", "Beale's function": "beale"}),
     number("factor", "all rates times", 1.0, 0.1, 2.0, 0.1), play("steps", "step", STEPS, start=40, interval=120)),
    prepare=lambda: [race(surface) for surface in RATES])
