"""Predict, then reveal: what is asked before a step is shown, and what known slips would have given.

For every step that sets a number there is one question, its answer, and a list of wrong numbers, each with the slip
that leads to it (`catalogue.py`), so that the browser only has to compare. What can be asked is a number, its sign
alone, or which node comes next (`next_node.py`).
"""

from collections.abc import Callable

import numpy as np

from ....core.errors import GraphError, message
from ....core.graph import Node
from ....i18n.phrases import phrase
from ....symbolic.number_format import number, rows
from ....trace.trace import Trace
from ..message import Texts, entry_name
from .mistakes import Moment, entry, slips_at
from .next_node import order_question

CHOICES = 3  # A, B and C, for a show of hands
WISHES = ("all", "branches", "sign", "order")


def question(
    trace: Trace, k: int, texts: Texts, whole: Callable[[Node], str] | None = None, predict="all"
) -> dict | None:
    """The question before step k, as README.md in this folder describes it; None if nothing is asked there.

    Args:
        trace: the trace.
        k: the step, from 1.
        texts: takes up the numbers.
        whole: a node's name for `predict`; its own if not given.
        predict: "all", "branches", "sign", "order", or names of nodes.
    """
    if predict == "order":
        return order_question(trace, k)
    step = trace.steps[k - 1]
    if not _wanted(trace, step, predict, whole) or not _can_be_seen(step):
        return None
    answer = step.contribution if step.total is None else step.total
    index = np.unravel_index(k % np.size(answer), np.shape(answer))
    right = entry(answer, index)
    if not np.isfinite(right):
        return None
    slips = list(slips_at(Moment(trace, step), right, index))
    return {
        "kind": "sign" if predict == "sign" else _kind(step),
        "text": _text(trace, step, index, "sign" if predict == "sign" else "ask"),
        "answer": texts.place(right),
        "slips": [[texts.place(value), key] for key, value in slips],
        "names": {"node": trace.names[step.node], "parent": trace.names[step.focus]},
        "choices": [texts.place(value) for value in _choices(right, [value for _, value in slips])],
    }


def checked(predict):
    """The wish for predictions, if it is one: None, one of WISHES, or names."""
    names = isinstance(predict, (list, tuple, set)) and all(isinstance(name, str) for name in predict)
    if names or predict in (None, *WISHES):
        return predict
    wishes = ", ".join(f'"{wish}"' for wish in WISHES)
    raise GraphError(message(f'predict={wishes} or a list of names such as ["x", "y"]', repr(predict)))


def _wanted(trace, step, predict, whole):
    if predict == "branches":
        return step.before is not None and step.phase == "backward"
    if predict in ("all", "sign"):
        return True
    return trace.names[step.focus] in predict or (whole is not None and whole(step.focus) in predict)


def _can_be_seen(step):
    """Whether all numbers that are needed are on the screen; those of a large array are not."""
    known = [step.node] if step.kind == "seed" else [step.node, *step.node.parents]
    shown = all(node.shape == () or rows(node.value) is not None for node in known)
    return shown and step.kind not in ("unbroadcast", "zero")


def _kind(step):
    if step.kind != "contribution":
        return {"evaluate": "value", "update": "weight", "seed": "gradient"}[step.kind]
    return "contribution" if step.total is None else "gradient" if step.before is None else "total"


def _text(trace, step, index, asked):
    node, parent = trace.names[step.node], trace.names[step.focus]
    if _kind(step) == "contribution":  # as large as the node: it has still to be summed to the shape of the parent
        return phrase(f"{asked}.contribution", trace.language, node=entry_name(node, index), parent=parent)
    before = "" if step.before is None else number(entry(step.before, index))
    rate = "" if trace.learning_rate is None else number(trace.learning_rate)
    return phrase(
        f"{asked}.{_kind(step)}",
        trace.language,
        node=node,
        before=before,
        rate=rate,
        parent=entry_name(parent, index),
    )


def _choices(right, wrong):
    """The answer and the likeliest wrong ones, from small to large, none of which looks like another."""
    chosen = [right]
    for value in [*wrong, -right, 2 * right, right + 1, right - 1, right + 2]:
        if len(chosen) < CHOICES and number(value) not in map(number, chosen):
            chosen.append(value)
    return sorted(chosen)
