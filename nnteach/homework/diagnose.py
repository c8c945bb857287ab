"""Which mistake leads to these answers: every mistake is made in the student's own exercise, and the results compared.

The order is: single mistakes; rounding on the way (`rounding.py`); answers under each other's names or in another
order; two mistakes at once (`pairs.py`). How sure the words may sound is for `evidence.py` to say.
"""

from dataclasses import dataclass

import numpy as np

from .answers import Given
from .evidence import COUNTED_DIGITS, EXACTLY, LOOKS, PAIR, Evidence, certainty, enough
from .exercise import Exercise, Task
from .hypotheses import Hypothesis, attempt, catalogue, hypotheses
from .pairs import CANDIDATES, explaining_pairs
from .rounding import BARE, COARSE, nearer_a_mistake, rounded_on_the_way, with_rounding, within_rounding


@dataclass(frozen=True)
class Diagnosis:
    """What explains the answers.

    Attributes:
        candidates: explanations, the best first, each a tuple of ids (two if two mistakes were made).
        certainty: "exactly", "looks" or "".
        changes: what the best candidate changes, to step through it.
        where: in which layer or at which node, if not everywhere.
        rounded: whether nothing is wrong but the digits kept on the way.
        factor: whether all answers are off by one and the same factor.
        close: whether three digits kept on the way might explain it, or a slip as small.
    """

    candidates: tuple[tuple[str, ...], ...] = ()
    certainty: str = ""
    changes: tuple = ()
    where: str = ""
    rounded: bool = False
    factor: bool = False
    close: bool = False


def diagnose(exercise: Exercise, task: Task, truth: dict, given: dict[str, Given]) -> Diagnosis:
    """Find what explains answers that are not right.

    Args:
        exercise: what was to be solved.
        task: with the student's numbers.
        truth: the right stages.
        given: the answers, in the right shapes.
    """
    evidence = Evidence(given, truth)
    weight = evidence.weight(complete=set(exercise.asked) <= given.keys())
    singles = _singles(exercise, task, evidence)
    fitting = [(h, row) for h, row in singles if evidence.explains(row)]
    if fitting:
        return _named(evidence, weight, fitting)
    if within_rounding(task, evidence, BARE) and not nearer_a_mistake(evidence, [row for _, row in singles]):
        rounded = rounded_on_the_way(task, evidence)
        return Diagnosis(rounded=rounded, close=not rounded)
    moved = _in_other_places(evidence)
    if moved and (len(evidence.wrong_names()) > 1 or enough(weight, EXACTLY)):  # one answer alone may be a coincidence
        return Diagnosis(((moved,),), certainty(weight))
    if enough(weight, PAIR) and (pairs := explaining_pairs(task, evidence, singles)):
        ids = tuple(dict.fromkeys(ids for ids, _ in pairs))[:CANDIDATES]
        return Diagnosis(ids, "exactly", pairs[0][1])
    if enough(weight, LOOKS) and any(evidence.explains(with_rounding(task, evidence, d)) for d in COARSE):
        return Diagnosis((("round_intermediate",),), "looks")
    return Diagnosis(factor=_common_factor(evidence))


# ------------------------------------------------------------------------------------------ single mistakes


def _singles(exercise, task, evidence) -> list[tuple[Hypothesis, np.ndarray]]:
    """Every mistake that changes one of the answers, with the answers it leads to."""
    keys = None if evidence.updated else catalogue(exercise).keys
    found = []
    for h in hypotheses(task, keys):
        row = evidence.attempt(task, h.change)
        if row is not None and not np.array_equal(row, evidence.truth):
            found.append((h, row))
    return found


def _named(evidence, weight, fitting):
    sure = certainty(weight)
    best = [pair for pair in fitting if evidence.rounds_to(pair[1])] or fitting
    ids = list(dict.fromkeys(h.id for h, _ in best))[:CANDIDATES]
    first = best[0][0]
    if not sure:
        return Diagnosis()
    return Diagnosis(tuple((i,) for i in ids), sure, (first.change,), first.change.where)


def _in_other_places(evidence):
    """Right numbers under another name, or in another order."""
    wrong, moved = evidence.wrong_names(), set()
    for name in wrong:
        mine, truth = evidence.part(name), evidence.truth[evidence.slices[name]]
        if not mine.array.any():
            return None
        others = [evidence.truth[part] for other, part in evidence.slices.items() if other != name]
        if any(other.size == mine.array.size and np.all(mine.agrees(other)) for other in others):
            moved.add("swap_layers")
        elif mine.array.size > 1 and _sorted(mine).agrees(np.sort(truth)).all():
            moved.add("unit_order")
        else:
            return None
    return moved.pop() if len(moved) == 1 else None


def _sorted(given):
    order = np.argsort(given.array)
    return Given(given.array[order], given.unit[order], given.digits[order], given.single)


def after_a_slip(task: Task, given: dict[str, Given], wrong: list[str]) -> Diagnosis:
    """A mistake that explains a wrong stage, when everything is computed on from the student's own values.

    Args:
        task: with the student's numbers.
        given: all answers; an early one may hold a slip of its own.
        wrong: the names that do not follow from the answers before them.
    """
    own = {name: g.array for name, g in given.items()}
    for h in hypotheses(task):
        row = attempt(task, h.change, touch=lambda name, value: own.get(name, value))
        if row is None or any(np.shape(row[name]) != g.array.shape for name, g in given.items()):
            continue
        fits = {name for name, g in given.items() if np.all(g.agrees(np.asarray(row[name], dtype=float)))}
        explained = [name for name in wrong if name in fits]
        digits = sum(int(np.count_nonzero(given[name].array)) * COUNTED_DIGITS[0] for name in explained)
        if explained and given.keys() - fits <= set(wrong) and digits >= LOOKS[0]:
            return Diagnosis(((h.id,),), "looks", (h.change,), h.change.where)
    return Diagnosis()


def _common_factor(evidence):
    """One factor for all answers; what it comes from is not known."""
    if np.count_nonzero(evidence.truth) < 3 or not evidence.all.array.any():
        return False
    factor = evidence.truth @ evidence.all.array / (evidence.truth @ evidence.truth)
    return bool(np.all(evidence.all.agrees(factor * evidence.truth)))
