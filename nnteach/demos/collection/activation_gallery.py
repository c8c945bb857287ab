"""Activations with derivatives, saturation and dead units (000-28, 001-21, 002-14 … 002-18, 004-09).

At the left a function and its derivative. At the right what that derivative does in a layer of 60 units on 60
samples: where it is nearly 0, nothing is learnt from that sample; a unit for which it is 0 on every sample is
dead.
"""

from functools import lru_cache

import numpy as np

from ...core.autodiff import grad
from ...core.graph import variable
from ...core.ops import sum as total
from ...nn.activations import ACTIVATIONS
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, number
from ..framework.style import BACKWARD, FORWARD, INK, QUIET, panels

UNITS = SAMPLES = 60
FLAT = 0.01
NAMES = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "ReLU": "relu",
    "Leaky ReLU (slope 0.01)": "leaky_relu",
    "ELU": "elu",
    "Smooth ReLU, ln(1 + eˣ)": "softplus",
    "step": "step",
}
SAID = {
    "sigmoid": "f′ = f(1 − f), at most ¼: ten layers pass on at most a millionth",
    "tanh": "f′ = 1 − f², at most 1, and f is centred on 0",
    "relu": "f′ is 1 or 0, and undefined at the kink, where 0 is taken",
    "leaky_relu": "f′ is 1 or 0.01: no unit is ever dead",
    "elu": "f′ is 1, or eˣ below zero",
    "softplus": "f′ is the sigmoid: no kink, and never quite 0",
    "step": "f′ is 0 everywhere: gradient descent learns nothing",
}


@lru_cache(maxsize=64)
def curve(name: str):
    """(x, f, f′) on 401 places from −6 to 6; f′ from the engine."""
    x = np.linspace(-6, 6, 401)
    return x, *both(name, x)


def both(name: str, x):
    """f and f′ at an array of places."""
    node = variable(x, "x")
    out = ACTIVATIONS[name](node)
    return out.value, grad(total(out), node)


def slopes(name: str, bias: float, scale: float) -> np.ndarray:
    """f′ in a layer, samples by units: pre ~ N(bias of the unit, scale²), biases ~ N(bias, 1)."""
    rng = np.random.default_rng(0)
    offsets = np.sort(rng.normal(size=UNITS))
    pre = bias + offsets + scale * rng.normal(size=(SAMPLES, UNITS))
    return both(name, pre)[1]


def draw(figure, activation, x, bias, scale):
    """The function and its derivative; the derivative of every unit on every sample."""
    left, right = panels(figure, 1, 2, wspace=0.22, top=0.86)
    _curves(left, activation, x)
    layer = slopes(activation, bias, scale)
    flat, dead = float(np.mean(np.abs(layer) < FLAT)), int(np.all(layer == 0, axis=0).sum())
    right.imshow(layer, cmap="Greys_r", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    right.set(xlabel=f"{UNITS} units, by their bias", ylabel=f"{SAMPLES} samples", xticks=[], yticks=[])
    right.set_title(f"f′ (black is 0): {round(100 * flat)} % flat, {dead} dead", fontsize=17)
    fx, slope = (float(v) for v in both(activation, np.array(x)))
    return (
        f"{SAID[activation]}. At x = {digits(x)}: f = {digits(fx, 4)}, "
        f"f′ = {digits(slope, 4)}. In the layer the slope is "
        f"below {FLAT} for {round(100 * flat)} % of the values, and {dead} of {UNITS} units are dead."
    )


def _curves(axes, name, at):
    x, f, slope = curve(name)
    f, slope = (
        np.where(np.abs(np.diff(v, prepend=v[0])) > 0.5, np.nan, v) for v in (f, slope)
    )  # a jump is no line
    axes.axhline(0, color=QUIET, linewidth=1)
    axes.fill_between(x, -1.3, 2.2, where=np.abs(np.nan_to_num(slope)) < FLAT, color="#e9eaee", linewidth=0)
    axes.plot(x, f, color=FORWARD)
    axes.plot(x, slope, color=BACKWARD, linestyle=(0, (5, 2)))
    fx, fslope = both(name, np.array(at))
    axes.plot([at, at], [fx, fslope], color=INK, linewidth=1.2)
    axes.plot(at, fx, "o", color=FORWARD, markersize=13)
    axes.plot(at, fslope, "s", color=BACKWARD, markersize=12)
    axes.set(xlim=(-6, 6), ylim=(-1.3, 2.2), xlabel="x; grey: flat, f′ < 0.01")
    axes.text(-5.8, 2.0, "f", color=FORWARD, fontsize=20)
    axes.text(-5.2, 2.0, "- - f′", color=BACKWARD, fontsize=20)


DEMO = Demo(
    "activations",
    "Activations, saturation and dead units",
    "000-28, 001-21, 002-14 … 002-18, 004-09",
    draw,
    (
        choice("activation", "activation", NAMES),
        number("x", "x", 1.5, -6, 6, 0.1),
        number("bias", "mean pre-activation", 0.0, -6, 6, 0.25),
        number("scale", "spread over samples", 1.0, 0.1, 5, 0.1),
    ),
)
