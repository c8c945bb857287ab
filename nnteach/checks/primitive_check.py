"""Checking the rules of an operation of your own (000-39): which one is wrong, and can it be differentiated again?

    @nt.primitive(vjps=(lambda g, y, x: g * 3 * x * x,))
    def cube(x):
        return x ** 3

    check_primitive(cube, 2.0)
"""

from dataclasses import dataclass

import numpy as np

from ..core import ops
from ..core.autodiff import gradients
from ..core.errors import NNTeachError
from ..core.graph import Node, constant, settle, variable
from ..core.primitive import Primitive
from ..symbolic.number_format import number


@dataclass(frozen=True)
class RuleReport:
    """What was found about the rule of one input.

    Attributes:
        slot: which input.
        verdict: "right", "wrong", "no gradient" (the rule is None), or "not differentiable again".
        error: the largest difference from central differences, relative to the largest slope.
        advice: what to look at; empty if all is well.
    """

    slot: int
    verdict: str
    error: float
    advice: str = ""

    def __bool__(self):
        return self.verdict in ("right", "no gradient")


class PrimitiveReport(tuple):
    """The reports of all inputs; true if every rule is right. Its repr is a table."""

    def __bool__(self):
        return all(self)

    def __repr__(self):
        rows = [f"input {r.slot}: {r.verdict} (relative error {number(r.error, 2)})"
                + (f"\n  {r.advice}" if r.advice else "") for r in self]
        return "\n".join(rows)


TOLERANCE = 1e-5


def check_primitive(primitive: Primitive, *inputs, epsilon: float = 1e-5, **static) -> PrimitiveReport:
    """Compare every rule of an operation with central differences, and run it on Nodes.

    Args:
        primitive: the operation.
        inputs: numbers or arrays to try it at, away from kinks.
        epsilon: how far to move each entry.
        static: the operation's settings.

    Returns:
        A report for each input; the whole is true if all rules are right.
    """
    inputs = [np.array(x, dtype=float) for x in inputs]
    values = [settle(x.copy()) for x in inputs]
    out = settle(np.array(primitive.forward(*values, **static), dtype=float))
    seed = settle(np.random.default_rng(0).uniform(0.5, 1.5, np.shape(out)))
    return PrimitiveReport(_check_slot(primitive, slot, inputs, values, out, seed, epsilon, static)
                           for slot in range(len(inputs)))


def _check_slot(primitive, slot, inputs, values, out, seed, epsilon, static):
    try:
        rule = primitive.vjps[slot]
    except IndexError:
        return RuleReport(slot, "wrong", float("inf"),
                          f"there are {len(primitive.vjps)} rules for {len(inputs)} inputs")
    slope = _central_differences(primitive, slot, inputs, seed, epsilon, static)
    if rule is None:
        flat = not np.any(np.abs(slope) > TOLERANCE)
        return RuleReport(slot, "no gradient", 0.0,
                          "" if flat else "the output does change with this input: is a rule missing?")
    result = np.asarray(rule(seed, out, *values, **static), dtype=float)
    if result.shape != slope.shape:
        try:
            result = np.asarray(ops.sum_to(result, shape=slope.shape))
        except ValueError:
            return RuleReport(slot, "wrong", float("inf"),
                              f"the rule gives shape {result.shape}, the input has {slope.shape}")
    error = float(np.max(np.abs(result - slope)) / max(np.max(np.abs(slope)), 1e-12)) if slope.size else 0.0
    if not error <= TOLERANCE:
        return RuleReport(slot, "wrong", error, _factor(result, slope))
    return _check_again(primitive, slot, inputs, seed, error, epsilon, static)


def _central_differences(primitive, slot, inputs, seed, epsilon, static):
    return _slope(lambda *moved: np.sum(seed * primitive.forward(*moved, **static)), slot, inputs, epsilon)


def _slope(f, slot, inputs, epsilon):
    """Central differences of a number with respect to every entry of one input."""
    slope = np.zeros(inputs[slot].shape)
    for index in np.ndindex(slope.shape):
        sides = []
        for move in (epsilon, -epsilon):
            moved = [x.copy() for x in inputs]
            moved[slot][index] += move
            sides.append(f(*map(settle, moved)))
        slope[index] = (sides[0] - sides[1]) / (2 * epsilon)
    return slope


def _factor(result, slope):
    """Say so if the rule is off by one constant factor, the most common slip."""
    where = np.abs(slope) > TOLERANCE
    ratios = result[where] / slope[where]
    if ratios.size and np.all(np.isfinite(ratios)) and np.ptp(ratios) <= TOLERANCE * np.max(np.abs(ratios)) + 1e-12:
        return f"everywhere {number(ratios.flat[0])} times what it should be"
    return "compare it with the derivative of the forward function by this input"


def _check_again(primitive, slot, inputs, seed, error, epsilon, static):
    """A rule must itself be differentiable, or second derivatives would silently be wrong."""
    rule, nodes = primitive.vjps[slot], [variable(x) for x in inputs]

    def numbers(*values):
        return np.sum(rule(seed, primitive.forward(*values, **static), *values, **static))

    try:
        total = ops.sum(rule(constant(seed), primitive(*nodes, **static), *nodes, **static))
    except (NNTeachError, TypeError) as problem:
        why = " ".join(str(problem).split()).rstrip(".")
        return RuleReport(slot, "not differentiable again", error,
                          f"on Nodes the rule stops: {why}. Write the rule with operators and nnteach functions")
    for other, node in enumerate(nodes):
        [second] = gradients(total, [node]) if isinstance(total, Node) and total.active else [np.zeros(node.shape)]
        if not np.allclose(second, _slope(numbers, other, inputs, epsilon), rtol=1e-3, atol=1e-4):
            return RuleReport(slot, "not differentiable again", error,
                              "its own derivative is lost: use the inputs themselves, "
                              "with operators and nnteach functions, not their .value")
    return RuleReport(slot, "right", error)
