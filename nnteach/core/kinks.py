"""Where a slope or a value is a convention: at kinks, ties and jumps.

The table in `ops.py` declares the kinks of a primitive, as an expression that is 0 exactly there. What the slope is on
either side is not written down anywhere: the rule itself is asked, a hair to the left and a hair to the right.
"""

from typing import Any, NamedTuple

import numpy as np

from .autodiff import Step
from .graph import Node

HAIR = 1e-9  # relative to the input, in float64: the slopes beside the kink are then right to all digits shown


class Convention(NamedTuple):
    """What was decided at a kink.

    Attributes:
        count: how many entries of the input sit there.
        taken: the values in use there, in ascending order.
        left, right: the slopes on both sides, likewise; None where a slope has no value entry by entry.
    """

    count: int  # type: ignore[assignment]  # a tuple has a method of that name
    taken: tuple[float, ...]
    left: tuple[float, ...] | None = None
    right: tuple[float, ...] | None = None


@np.errstate(all="ignore")
def slope_convention(step: Step) -> Convention | None:
    """The convention behind the slope of a contribution; None if no input sits at a kink."""
    at = at_kink(step.node)
    if step.kind != "contribution" or not np.any(at):
        return None
    if step.local is None:  # a reduction: entries that tie share
        return Convention(int(np.sum(at)), ())
    left, right = (_distinct(_slope(step, side), at) for side in (-1, 1))
    return Convention(int(np.sum(at)), _distinct(step.local, at), left, right)


@np.errstate(all="ignore")
def value_convention(node: Node) -> Convention | None:
    """The convention behind a value at a jump (sign, step, a comparison); None if it has slopes, or is at none."""
    primitive: Any = node.primitive  # of a leaf nobody asks
    if primitive.kink is None or any(rule is not None for rule in primitive.vjps):
        return None
    at = at_kink(node)
    return Convention(int(np.sum(at)), _distinct(node.value, at)) if np.any(at) else None


def at_kink(node: Node):
    """Which entries sit exactly at a kink: a bool, or an array of them."""
    if node.primitive is None or node.primitive.kink is None:
        return False
    return np.equal(node.primitive.kink(*(parent.value for parent in node.parents), **node.static), 0)


def _slope(step, side):
    """The local derivative with the step's input moved a hair to one side."""
    inputs = [np.asarray(parent.value, np.float64) for parent in step.node.parents]
    inputs[step.slot] = inputs[step.slot] + side * HAIR * np.maximum(1.0, np.abs(inputs[step.slot]))
    primitive, static = step.node.primitive, step.node.static
    out = np.asarray(primitive.forward(*inputs, **static))
    return primitive.vjps[step.slot](np.ones_like(out), out, *inputs, **static)


def _distinct(values, at):
    """The different values at the kinks; what differs by a hair is the same."""
    values, at = np.broadcast_arrays(np.asarray(values, np.float64), at)
    return tuple(float(v) for v in np.unique(np.round(values[at], 7) + 0.0))
