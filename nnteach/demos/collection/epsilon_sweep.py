"""Gradient checking and its ε (003-24): too large and the secant bends away, too small and rounding eats it.

(J(θ + ε) − J(θ − ε)) / 2ε has an error that falls with ε² and, from rounding, one that grows with 1/ε: a V on
logarithmic axes, lowest near ε = 10⁻⁵ in float64 and 10⁻² in float32. The deck's 10⁻⁴ is a good choice in
float64 only. A wrong gradient shows itself as a floor that no ε gets below.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...core.autodiff import grad
from ...core.graph import variable
from ...core.ops import exp, relu, sigmoid
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, power, switch
from ..framework.style import BACKWARD, FORWARD, INK, QUIET, panels, powers_of_ten

EPSILONS = np.logspace(-14, 0, 57)
NOTHING = 1e-17  # where an error of exactly 0 is drawn


@dataclass(frozen=True)
class Function:
    """A function of one number, and where its derivative is checked."""

    title: str
    fn: Callable
    theta: float


FUNCTIONS = {
    "cube": Function("J(θ) = θ³ at 1", lambda t: t * t * t, 1.0),
    "exp": Function("J(θ) = exp(θ) at 0.5", exp, 0.5),
    "sigmoid": Function("J(θ) = σ(θ) at 1", sigmoid, 1.0),
    "kink": Function("J(θ) = max(0, θ) at 0.001", relu, 0.001),
}


def backprop(name: str) -> float:
    """The derivative, from the engine."""
    theta = variable(FUNCTIONS[name].theta, "theta")
    return float(grad(FUNCTIONS[name].fn(theta), theta))


def difference(name: str, epsilon: float, dtype=np.float64, central: bool = True) -> float:
    """The quotient of differences; every number on the way has that precision."""
    fn, theta, e = FUNCTIONS[name].fn, dtype(FUNCTIONS[name].theta), dtype(epsilon)
    low, width = (theta - e, dtype(2) * e) if central else (theta, e)
    return float((_value(fn, theta + e) - _value(fn, low)) / width)


def _value(fn, theta):
    return np.asarray(fn(variable(theta)).value)[()]


@lru_cache(maxsize=64)
def errors(name: str, dtype: type, central: bool, claimed: float) -> np.ndarray:
    """|difference − claimed| / max(|difference|, |claimed|) for every ε of EPSILONS."""
    found = np.array([difference(name, e, dtype, central) for e in EPSILONS])
    return np.maximum(abs(found - claimed) / np.maximum(np.maximum(abs(found), abs(claimed)), 1e-30), NOTHING)


def draw(figure, function, epsilon, central, mistake):
    """Secant and tangent at the left, the V at the right."""
    claimed = backprop(function) * (0.5 if mistake else 1.0)
    secant, sweep = panels(figure, 1, 2, wspace=0.26, right=0.93, width_ratios=(1, 1.25))
    _secant(secant, FUNCTIONS[function], epsilon, central, claimed)
    powers_of_ten(sweep.xaxis, -14, 0)
    powers_of_ten(sweep.yaxis, -16, 0, 4)
    for dtype, colour, dash, at in ((np.float64, FORWARD, "-", 14), (np.float32, BACKWARD, (0, (4, 1.5)), 37)):
        line = errors(function, dtype, central, claimed)
        sweep.plot(EPSILONS, line, color=colour, linestyle=dash)
        sweep.text(EPSILONS[at] * 2, line[at] * 8, dtype.__name__, color=colour, fontweight="bold")
    sweep.axvline(epsilon, color=INK, linewidth=1.5, linestyle=(0, (2, 2)))
    sweep.set(xlabel="ε")
    sweep.set_title("relative error")
    return _sentence(function, epsilon, central, claimed)


def _secant(axes, function, epsilon, central, claimed):
    theta, reach = function.theta, 1.5
    fine = np.linspace(theta - reach, theta + reach, 200)
    values = function.fn(variable(fine)).value
    axes.plot(fine, values, color=FORWARD)
    here = _value(function.fn, theta)
    axes.plot(fine, here + claimed * (fine - theta), color=QUIET, linewidth=1.8, linestyle=(0, (4, 2)))
    ends = np.array([theta - epsilon if central else theta, theta + epsilon])
    axes.plot(ends, function.fn(variable(ends)).value, color=BACKWARD, marker="o", markersize=12)
    axes.set(xlim=(fine[0], fine[-1]), ylim=(values.min() - 0.3, values.max() * 1.1), xlabel="θ")
    axes.set_title(function.title)
    axes.text(0.03, 0.95, "thick: the difference\ndashed: the slope from backprop", transform=axes.transAxes, va="top")


def _sentence(name, epsilon, central, claimed):
    found = {dtype: difference(name, epsilon, dtype, central) for dtype in (np.float64, np.float32)}
    off = {dtype: abs(value - claimed) / max(abs(value), abs(claimed), 1e-30) for dtype, value in found.items()}
    return (f"With ε = {digits(epsilon, 2)} the {'central' if central else 'one-sided'} difference is "
            f"{digits(found[np.float64], 8)} and backprop says {digits(claimed, 8)}: relative error "
            f"{digits(off[np.float64], 2)} in float64, {digits(off[np.float32], 2)} in float32.")


DEMO = Demo(
    "gradient_checking", "Gradient checking and the choice of ε", "003-24", draw,
    (choice("function", "function", {f.title: name for name, f in FUNCTIONS.items()}),
     power("epsilon", "ε", 1e-4, 1e-14, 1.0, 0.25), switch("central", "both sides (central difference)", True),
     switch("mistake", "a mistake: factor 2 forgotten")))
