"""Predict, then reveal: what is asked before a step is shown, and what known slips would have given.

For every step that sets a number there is one question, its answer, and a list of wrong numbers, each with the slip
that leads to it. The wrong numbers are computed here, by the rules themselves with one thing changed (the gradient
left out, the operands swapped, the input put where the output belongs), so that the browser only has to compare.
"""

from collections.abc import Callable, Iterator

import numpy as np

from ..digits import number, rows
from ..errors import GraphError, message
from ..graph import Node
from ..phrases import phrase
from ..trace import Trace
from ..wrong_rules import WRONG_RULES, WRONG_UPDATES
from .message import Texts, entry_name

CHOICES = 3  # A, B and C, for a show of hands
SAME = 1e-9  # relative difference below which two numbers are the same answer


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

FORWARD: dict[str, tuple[tuple[str, Callable[[Moment], object]], ...]] = {
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
BACKWARD: dict[str, tuple[tuple[str, Callable[[Moment], object]], ...]] = {
    "subtract": (("minus", _wrong("minus_lost")),),
    "multiply": (("own", _wrong("mul_not_swapped")),),
    "divide": (("not_inverted", lambda m: m.g * m.inputs[1]), ("minus", lambda m: -m.rule() if m.slot else m.rule())),
    "square": (("two", _wrong("power_no_factor")),),
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


def question(
    trace: Trace, k: int, texts: Texts, whole: Callable[[Node], str] | None = None, predict="all"
) -> dict | None:
    """The question before step k, as README.md in this folder describes it; None if nothing is asked there.

    Args:
        trace: the trace.
        k: the step, from 1.
        texts: takes up the numbers.
        whole: a node's name for `predict`; its own if not given.
        predict: "all", "branches", or names of nodes.
    """
    step = trace.steps[k - 1]
    if not _wanted(trace, step, predict, whole) or not _can_be_seen(step):
        return None
    answer = step.contribution if step.total is None else step.total
    index = np.unravel_index(k % np.size(answer), np.shape(answer))
    right = _entry(answer, index)
    if not np.isfinite(right):
        return None
    slips = list(_slips(Moment(trace, step), right, index))
    return {
        "kind": _kind(step),
        "text": _text(trace, step, index),
        "answer": texts.place(right),
        "slips": [[texts.place(value), key] for key, value in slips],
        "names": {"node": trace.names[step.node], "parent": trace.names[step.focus]},
        "choices": [texts.place(value) for value in _choices(right, [value for _, value in slips])],
    }


def checked(predict):
    """The wish for predictions, if it is one: None, "all", "branches" or names."""
    names = isinstance(predict, (list, tuple, set)) and all(isinstance(name, str) for name in predict)
    if predict in (None, "all", "branches") or names:
        return predict
    raise GraphError(message('predict="all", "branches" or a list of names such as ["x", "y"]', repr(predict)))


def slip_words(language: str = "en") -> dict[str, str]:
    """The words for all slips, with places for names that the browser fills in."""
    tables = [*FORWARD.values(), *BACKWARD.values(), ANY_BACKWARD, UPDATE, SEED]
    keys = {key for table in tables for key, _ in table} | {"overwritten", "not_added", "sign"}
    return {key: phrase(f"slip.{key}", language, node="{node}", parent="{parent}") for key in sorted(keys)}


def _wanted(trace, step, predict, whole):
    if predict == "branches":
        return step.before is not None and step.phase == "backward"
    return (
        predict == "all" or trace.names[step.focus] in predict or (whole is not None and whole(step.focus) in predict)
    )


def _can_be_seen(step):
    """Whether all numbers that are needed are on the screen; those of a large array are not."""
    known = [step.node] if step.kind == "seed" else [step.node, *step.node.parents]
    return step.kind not in ("unbroadcast", "zero") and all(node.shape == () or rows(node.value) is not None for node in known)


def _kind(step):
    if step.kind != "contribution":
        return {"evaluate": "value", "update": "weight", "seed": "gradient"}[step.kind]
    return "contribution" if step.total is None else "gradient" if step.before is None else "total"


def _text(trace, step, index):
    node, parent = trace.names[step.node], trace.names[step.focus]
    if _kind(step) == "contribution":  # as large as the node: it has still to be summed to the shape of the parent
        return phrase("ask.contribution", trace.language, node=entry_name(node, index), parent=parent)
    before = "" if step.before is None else number(_entry(step.before, index))
    rate = "" if trace.learning_rate is None else number(trace.learning_rate)
    return phrase(
        f"ask.{_kind(step)}",
        trace.language,
        node=node,
        before=before,
        rate=rate,
        parent=entry_name(parent, index),
    )


def _slips(moment, right, index) -> Iterator[tuple[str, float]]:
    """The slips that lead to another number here, each number once: (key, number)."""
    seen = [right]
    for key, value in _all_slips(moment):
        if value is None or np.shape(value) != np.shape(moment.step.contribution):
            continue
        value = float(_entry(value, index))
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
    yield "sign", -right


def _worked(moment, slips):
    """What each slip gives; one that cannot be computed here, for its shapes or a division by zero, gives nothing."""
    for key, compute in slips:
        try:
            with np.errstate(all="ignore"):
                yield key, compute(moment)
        except (TypeError, ValueError, ArithmeticError):
            continue


def _choices(right, wrong):
    """The answer and the likeliest wrong ones, from small to large, none of which looks like another."""
    chosen = [right]
    for value in [*wrong, -right, 2 * right, right + 1, right - 1, right + 2]:
        if len(chosen) < CHOICES and number(value) not in map(number, chosen):
            chosen.append(value)
    return sorted(chosen)


def _same(a, b):
    return abs(a - b) <= SAME * max(abs(a), abs(b))


def _entry(value, index):
    return float(np.asarray(value)[index])
