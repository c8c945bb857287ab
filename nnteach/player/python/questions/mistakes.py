"""Slips: the wrong numbers that known mistakes lead to at a step, computed by the rules with one thing changed.

The gradient left out, the operands swapped, the input put where the output belongs: whatever a mistake of the homework
does to one step is taken from there (`wrong_rules.py`), so that both give the same diagnosis.
"""

from collections.abc import Callable, Iterator

import numpy as np

from ....i18n.phrases import phrase
from ....trace.trace import Trace
from ....trace.wrong_rules import WRONG_RULES, WRONG_UPDATES

SAME = 1e-9  # relative difference below which two numbers are the same answer
Slips = tuple[tuple[str, Callable[["Moment"], object]], ...]


class Moment:
    """A step as one meets it when working it out by hand: what is known, and the rule, to be run with a slip in it."""

    def __init__(self, trace: Trace, step):
        self.step, self.node, self.slot = step, step.node, step.slot
        self.g, self.out = step.upstream, step.node.value
        self.inputs = [parent.value for parent in step.node.parents]
        self.rate, self.memory = trace.learning_rate, trace.optimizer and trace.optimizer.slots
        self.name = step.node.primitive.name if step.node.primitive else ""

    def rule(self, g=None, out=None, inputs=None):
        """What the rule gives, with something else in the place of the gradient, the output or the inputs."""
        slot = self.slot or 0
        return self.node.primitive.vjps[slot](
            self.g if g is None else g,
            self.out if out is None else out,
            *(self.inputs if inputs is None else inputs),
            **self.node.static,
        )

    @property
    def right(self):
        return self.rule()

    def ruled(self, g, out, *inputs):
        """The rule on other numbers, as `wrong_rules.py` asks for it."""
        return self.rule(g, out, inputs)

    @property
    def one(self):
        return np.ones_like(self.out) if self.node.shape else 1.0

    @property
    def swapped(self):
        return self.inputs[::-1]

    @property
    def copies(self):
        """How many entries of the input a sum or mean joins."""
        return np.size(self.inputs[0]) / np.size(self.out)


def _wrong(mistake):
    """A mistake of the homework's table, made in this step."""
    return lambda m: WRONG_RULES[mistake](m, m.slot or 0)


def _wrong_update(mistake):
    return lambda m: WRONG_UPDATES[mistake](m.step.before, m.g, m.rate)


# Slips: the key of the words ("slip.…" in phrases.py), and what it gives; the likeliest first.

FORWARD: dict[str, Slips] = {
    "add": (("product", lambda m: m.inputs[0] * m.inputs[1]), ("difference", lambda m: m.inputs[0] - m.inputs[1])),
    "subtract": (("order", lambda m: m.inputs[1] - m.inputs[0]), ("sum", lambda m: m.inputs[0] + m.inputs[1])),
    "multiply": (("sum", lambda m: m.inputs[0] + m.inputs[1]),),
    "divide": (("order", lambda m: m.inputs[1] / m.inputs[0]), ("product", lambda m: m.inputs[0] * m.inputs[1])),
    "negative": (("sign", lambda m: m.inputs[0]),),
    "square": (("doubled", lambda m: 2 * m.inputs[0]),),
    "power": (("exponent", lambda m: m.inputs[0] * m.inputs[1]), ("order", lambda m: m.inputs[1] ** m.inputs[0])),
    "sqrt": (("half", lambda m: m.inputs[0] / 2),),
    "log": (("log10", lambda m: np.log10(m.inputs[0])),),
    "relu": (("gate", lambda m: m.inputs[0]), ("absolute", lambda m: np.abs(m.inputs[0]))),
    "sigmoid": (("slope", lambda m: m.rule(m.one)), ("exponent_sign", lambda m: 1 - m.out)),
    "tanh": (("slope", lambda m: m.rule(m.one)),),
    "maximum": (("other", lambda m: np.minimum(*m.inputs)),),
    "minimum": (("other", lambda m: np.maximum(*m.inputs)),),
    "sum": (("average", lambda m: m.out / m.copies),),
    "mean": (("not_divided", lambda m: m.out * m.copies),),
}
BACKWARD: dict[str, Slips] = {
    "subtract": (("minus", _wrong("minus_lost")),),
    "multiply": (("own", _wrong("mul_not_swapped")),),
    "divide": (("not_inverted", lambda m: m.g * m.inputs[1]), ("minus", _wrong("quotient_sign"))),
    "square": (("two", _wrong("power_no_factor")),),
    "power": (("factor", _wrong("power_no_factor")),),
    "exp": (("like_a_power", lambda m: m.g * m.inputs[0] * np.exp(m.inputs[0] - 1)),),
    "absolute": (("unsigned", lambda m: m.g),),
    "relu": (("gate", _wrong("hid_deriv_missing")),),
    "maximum": (("routed", _wrong("max_wrong")),),
    "minimum": (("routed", _wrong("max_wrong")),),
    "sigmoid": (("input", _wrong("hid_deriv_at_z")), ("function", _wrong("hid_f_not_fprime"))),
    "tanh": (("input", _wrong("hid_deriv_at_z")), ("function", _wrong("hid_f_not_fprime"))),
    "log": (("function", lambda m: m.g * m.out),),
    "sqrt": (("function", lambda m: m.g * m.out),),
    "mean": (("not_divided", lambda m: m.rule() * m.copies),),
    "sum": (("average", lambda m: m.rule() / m.copies),),
}
ANY_BACKWARD = (
    ("upstream", _wrong("upstream_missing")),
    ("unchanged", _wrong("missing_inner")),
    ("added", lambda m: m.g + m.rule(m.one)),
)
UPDATE = (
    ("plain", lambda m: m.step.before - m.rate * m.g if m.memory else None),
    ("uphill", _wrong_update("ascent")),
    ("rate", _wrong_update("no_lr")),
    ("rate_twice", _wrong_update("lr_twice")),
    ("slope_missing", lambda m: m.step.before - m.rate),
    ("change", lambda m: m.step.contribution),
)
SEED = (("itself", lambda m: m.out), ("nothing", lambda m: 0.0 * m.out))


def slips_at(moment, right, index) -> Iterator[tuple[str, float]]:
    """The slips that lead to another number here, each number once: (key, number)."""
    seen = [right]
    for key, value in _all_slips(moment):
        if value is None or np.shape(value) != np.shape(moment.step.contribution):
            continue
        value = float(entry(value, index))
        if np.isfinite(value) and not any(_same(value, other) for other in seen):
            seen.append(value)
            yield key, value


def _all_slips(moment):
    step = moment.step
    right = step.contribution if step.total is None else step.total
    if step.kind == "update":
        yield from _worked(moment, UPDATE)
    elif step.kind == "seed":
        yield from _worked(moment, SEED)
    elif step.kind == "evaluate":
        yield from _worked(moment, FORWARD.get(moment.name, ()))
    else:
        before = 0.0
        if step.before is not None:
            before = step.before
            yield "overwritten", step.contribution
            yield "not_added", step.before
        for key, value in _worked(moment, (*BACKWARD.get(moment.name, ()), *ANY_BACKWARD)):
            yield key, before + value
    yield "sign", -1 * right  # of a yes or no, too, which has no minus


def _worked(moment, slips):
    """What each slip gives; one that cannot be computed here, for its shapes or a division by zero, gives nothing."""
    for key, compute in slips:
        try:
            with np.errstate(all="ignore"):
                yield key, compute(moment)
        except (TypeError, ValueError, ArithmeticError):
            continue


def slip_words(language: str = "en") -> dict[str, str]:
    """The words for all slips, with places for names that the browser fills in."""
    tables = [*FORWARD.values(), *BACKWARD.values(), ANY_BACKWARD, UPDATE, SEED]
    keys = {key for table in tables for key, _ in table} | {"overwritten", "not_added", "sign"}
    return {key: phrase(f"slip.{key}", language, node="{node}", parent="{parent}") for key in sorted(keys)}


def entry(value, index) -> float:
    """One number of an array, or the number itself."""
    return float(np.asarray(value)[index])


def _same(a, b):
    return abs(a - b) <= SAME * max(abs(a), abs(b))
