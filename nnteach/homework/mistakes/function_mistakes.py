"""The mistake in a student's function: the reference's own graph, with each known mistake in it, on the tried cases.

A function hands in all digits, and on many cases. A mistake is named only if it explains every case that was tried, the
right ones too: there it must not show.
"""

from dataclasses import replace

import numpy as np

from ...core.graph import ordered
from ...core.node_names import labels
from ...i18n.check_phrases import phrase
from ..exercises.exercise import Stage, Task
from ..grading.values import agrees
from .hypotheses import attempt, hypotheses
from .wording import words

LEAST_WRONG, MOST_CASES = 2, 8
MOST_NAMED = 3


def task_of(root) -> Task:
    """A graph as a task: every value and every gradient is a stage; it has no places, as expressions have none."""
    named = labels(nodes := ordered(root))
    stages = {named[n]: Stage(n, "value") for n in nodes if n.primitive}
    stages |= {f"d{named[n]}": Stage(n, "gradient") for n in reversed(nodes) if n.active and n is not root}
    return Task(root, {named[n]: n.value for n in nodes if n.primitive is None}, stages, {})


def with_mistakes(result, trials, graph):
    """The result of a check, and the known mistake that explains it.

    Args:
        result: of the check.
        trials: all of them.
        graph: see `mistakes_in`; None if the solution has none to make a mistake in.
    """
    if result.verdict != "wrong" or graph is None or any(trial.found is None for trial in trials):
        return result
    in_order = sorted(trials, key=lambda trial: trial.case.size)
    named = mistakes_in(graph, [(trial.case.arguments(), trial.found.given, trial.right) for trial in in_order])
    if not named:
        return result
    ids = dict.fromkeys(h.id for h in named)
    return naming(result, [(i, *words(i)) for i in ids], named[0].change.where if len(named) == 1 else "")


def naming(result, named, where=""):
    """The result of a check, with mistakes that explain it: (id, what was done, where to look) each.

    Args:
        result: of the check.
        named: the mistakes.
        where: at which node, if it is one mistake made at one node.
    """
    told, look = phrase("exactly.or").join(did for _, did, _ in named), named[0][2]
    place = f" ({where})" if where else ""
    said = phrase("exactly", did=told, where=place), phrase("look", look=look) + ("" if look.endswith("?") else ".")
    ids = dict.fromkeys([*(name for name, _, _ in named), *result.mistakes])
    return replace(result, points=(*said, *result.points), mistakes=tuple(ids))


def mistakes_in(graph, tried) -> list:
    """The known mistakes that explain what a function returned.

    Args:
        graph: takes the inputs of a case and returns the loss as a Node.
        tried: (inputs, what the function returned by name, whether it was right), the smallest wrong case first.

    Returns:
        Hypotheses of the table of mistakes; none if nothing explains every case, or too much does.
    """
    left, first = None, {}
    wrong = [case for case in tried if not case[2]][:MOST_CASES]
    right = [case for case in tried if case[2]][:MOST_CASES]
    if len(wrong) < LEAST_WRONG:
        return []
    for inputs, returned, _ in [*wrong, *right]:
        task = task_of(graph(*inputs))
        fitting = {h.key: h for h in hypotheses(task) if _explains(task, h, returned)}
        first = first or fitting
        left = fitting.keys() if left is None else left & fitting.keys()
        if not left:
            return []
    fitting = [h for key, h in first.items() if key in (left or ())]
    return fitting if len({h.id for h in fitting}) <= MOST_NAMED else []


def _explains(task, hypothesis, returned):
    row = attempt(task, hypothesis.change, update=False)
    return row is not None and returned.keys() <= row.keys() and all(
        np.shape(row[name]) == array.shape and np.all(agrees(array, np.asarray(row[name], dtype=float)))
        for name, array in returned.items()
    )
