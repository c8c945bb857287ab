"""Minimising a function of one array, and keeping the whole path: for pictures of optimizers at work."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..core.autodiff import grad
from ..core.graph import variable
from .optimizers import SGD


@dataclass(frozen=True)
class Descent:
    """What `minimize` returns.

    Attributes:
        path: the points, from the start on, shape (steps + 1, *start.shape).
        values: the function at each of them, shape (steps + 1,).
        states: the optimizer's state at each of them.
    """

    path: np.ndarray
    values: np.ndarray
    states: list = field(repr=False)

    def __repr__(self):
        best = int(np.nanargmin(self.values)) if np.isfinite(self.values).any() else 0
        return (
            f"Descent({len(self.values) - 1} steps, from {self.values[0]:.6g} to {self.values[-1]:.6g}, "
            f"lowest {self.values[best]:.6g} after {best})"
        )


def minimize(fn: Callable, start, optimizer: SGD, steps: int = 100, schedule: Callable | None = None) -> Descent:
    """Follow the gradients of a function downhill (001-06, 001-12).

    Args:
        fn: takes a Node of the start's shape and returns a Node that is a single number.
        start: a number or an array.
        optimizer: such as `SGD(0.1)`.
        steps: how many; there is no other test for the end, because in floating point "until f' = 0" may
            never come (E001-10).
        schedule: step number 0, 1, … -> learning rate; the optimizer's own by default.
    """
    point = {"x": np.asarray(start, dtype=float)}
    state = optimizer.init(point)
    path, states, values = [point["x"]], [state], []
    with np.errstate(over="ignore", invalid="ignore"):  # to diverge is a lesson, not an accident
        for i in range(steps):
            rate = schedule(i) if schedule else optimizer.learning_rate
            at = optimizer.look_ahead(point, state, rate)
            value, slope = _value_and_slope(fn, at["x"])
            values.append(value if at is point else _value_and_slope(fn, point["x"])[0])
            point, state = optimizer.update(point, {"x": np.asarray(slope)}, state, rate)
            path.append(point["x"])
            states.append(state)
        values.append(_value_and_slope(fn, point["x"])[0])
    return Descent(np.array(path), np.array(values), states)


def _value_and_slope(fn, x):
    node = variable(x, "x")
    value = fn(node)
    return value.value, grad(value, node)
