"""Which mistake leads to these answers: every mistake is made in the student's own exercise, and the results compared.

The order is: single mistakes; rounding on the way (`rounding.py`); answers under each other's names or in another
order; two mistakes at once (`pairs.py`). How sure the words may sound is for `evidence.py` to say.
"""

from dataclasses import dataclass

import numpy as np

from ..exercises.exercise import Exercise, Task
from ..grading.answers import Given
from .evidence import COUNTED_DIGITS, IDLE, LOOKS, PAIR, Evidence, certainty, enough
from .hypotheses import SAME, Hypothesis, attempt, catalogue, hypotheses
from .pairs import CANDIDATES, explaining_pairs
from .places import Spot, in_other_places, the_spot
from .rounding import (
    BARE,
    COARSE,
    nearer_a_mistake,
    rounded_on_the_way,
    rounded_to_decimals,
    with_rounding,
    within_rounding,
)


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
        blank: answers that hold nothing but zeros.
        spot: the one number that is not right, where all others are.
        few: whether too few decimals were kept in every step.
        same_as_step: whether the step that is made with the gradient has the same numbers, as with η = ½.
        ask: a mistake that would explain the one wrong number there is; too little to name it.
    """

    candidates: tuple[tuple[str, ...], ...] = ()
    certainty: str = ""
    changes: tuple = ()
    where: str = ""
    rounded: bool = False
    factor: bool = False
    close: bool = False
    blank: tuple[str, ...] = ()
    spot: Spot | None = None
    ask: str = ""
    few: bool = False
    same_as_step: bool = False


def diagnose(exercise: Exercise, task: Task, truth: dict, given: dict[str, Given]) -> Diagnosis:
    """Find what explains answers that are not right.

    Args:
        exercise: what was to be solved.
        task: with the student's numbers.
        truth: the right stages.
        given: the answers, in the right shapes.
    """
    evidence = Evidence(given, truth)
    complete = set(exercise.asked) <= given.keys()
    weight = evidence.weight(complete)
    singles = _singles(exercise, task, evidence)
    fitting = [(h, row) for h, row in singles if evidence.explains(row)]
    if evidence.blank():
        return _with_zeros(task, evidence, complete, weight, singles)
    if fitting:
        return _named(task, evidence, weight, fitting)
    if rounded_to_decimals(task, evidence):
        return Diagnosis(few=True)
    if within_rounding(task, evidence, BARE) and not nearer_a_mistake(evidence, [row for _, row in singles]):
        rounded = rounded_on_the_way(task, evidence)
        return Diagnosis(rounded=rounded, close=not rounded, spot=None if rounded else the_spot(evidence))
    if (moved := in_other_places(evidence)) and certainty(weight):
        return Diagnosis(((moved,),), certainty(weight))
    if enough(weight, PAIR) and (pairs := _pairs(task, evidence, singles)):
        return pairs
    if enough(weight, LOOKS) and any(evidence.explains(with_rounding(task, evidence, d)) for d in COARSE):
        return Diagnosis((("round_intermediate",),), "looks")
    return Diagnosis(factor=_common_factor(evidence), spot=the_spot(evidence))


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


def _named(task, evidence, weight, fitting):
    """All that explains the answers; more than can be said leaves them unexplained."""
    sure = certainty(weight)
    best = [pair for pair in fitting if evidence.rounds_to(pair[1])] or fitting
    ids = list(dict.fromkeys(h.id for h, _ in best))
    first = best[0][0]
    if not sure or len(ids) > CANDIDATES:
        return Diagnosis(ask=ids[0] if len(ids) == 1 else "", spot=the_spot(evidence))
    where = first.change.where if len({h.change.where for h, _ in best}) == 1 else ""
    return Diagnosis(tuple((i,) for i in ids), sure, (first.change,), where, same_as_step=_is_a_step(task, ids))


def _is_a_step(task, ids):
    """Whether a factor is the learning rate of the sheet, too: then the step η · dW has the same numbers."""
    return ids == ["half"] and task.learning_rate == 0.5


def _with_zeros(task, evidence, complete, weight, singles):
    """Answers of nothing but zeros are not filled in yet, whatever mistake would lead to them.

    One mistake of that kind is made by hand: no gradient at all for the biases, where those of the weights are there.
    And what explains the other numbers explains the zeros, too.
    """
    fitting = [(h, row) for h, row in singles if evidence.explains(row)]
    left = [(h, row) for h, row in fitting if not _only_zeros(evidence, row) or (complete and _no_biases(evidence, h))]
    if left and certainty(weight) and not all(_only_zeros(evidence, row) for _, row in left):
        return _named(task, evidence, weight, left)
    if left:
        return Diagnosis(((left[0][0].id,),), "exactly", (left[0][0].change,))
    told = [(h, row) for h, row in singles if not _only_zeros(evidence, row) or h.id == "b_zero"]
    if enough(weight, PAIR) and (pairs := _pairs(task, evidence, told)):
        return pairs
    blank = evidence.blank()
    return Diagnosis(blank=tuple(name for name in evidence.names if name in blank))


def _no_biases(evidence, hypothesis):
    return hypothesis.id == "b_zero" and not hypothesis.change.where and evidence.blank() == evidence.wrong_names()


def _only_zeros(evidence, row):
    """Whether a mistake turns answers to zero and does nothing else."""
    scale = np.max(np.abs(evidence.truth), initial=SAME)
    changed = ~np.isclose(row, evidence.truth, rtol=SAME, atol=SAME * scale)
    return bool(np.all(np.abs(row[changed]) <= SAME * scale))


def _pairs(task, evidence, singles):
    """Two mistakes at once, if they explain the answers and not too many pairs do."""
    pairs = explaining_pairs(task, evidence, [(h, row) for h, row in singles if not h.change.rare])
    ids = tuple(dict.fromkeys(ids for ids, _ in pairs))
    return Diagnosis(ids, "exactly", pairs[0][1]) if 0 < len(ids) <= CANDIDATES else None


def after_a_slip(task: Task, given: dict[str, Given], wrong: list[str]) -> Diagnosis:
    """A mistake that explains a wrong stage, when everything is computed on from the student's own values.

    Args:
        task: with the student's numbers.
        given: all answers; an early one may hold a slip of its own.
        wrong: the names that do not follow from the answers before them.
    """
    own = {name: g.array for name, g in given.items()}
    found = []
    for h in hypotheses(task):
        row = attempt(task, h.change, touch=lambda name, value: own.get(name, value))
        if row is None or any(np.shape(row[name]) != g.array.shape for name, g in given.items()):
            continue
        fits = {name for name, g in given.items() if np.all(g.agrees(np.asarray(row[name], dtype=float)))}
        explained = [name for name in wrong if name in fits]
        if explained and given.keys() - fits <= set(wrong) and _tells(given, explained):
            found.append(h)
    ids = tuple(dict.fromkeys((h.id,) for h in found))
    if not 0 < len(ids) <= CANDIDATES:
        return Diagnosis()
    return Diagnosis(ids, "looks", (found[0].change,), found[0].change.where if len(found) == 1 else "")


def _tells(given, names):
    """Whether there are enough different numbers in some answers for a name."""
    numbers = {abs(x) for name in names for x in np.ravel(given[name].array)} - set(IDLE)
    return len(numbers) * COUNTED_DIGITS[0] >= LOOKS[0]


def _common_factor(evidence):
    """One factor for all answers; what it comes from is not known."""
    if np.count_nonzero(evidence.truth) < 3 or not evidence.all.array.any():
        return False
    factor = evidence.truth @ evidence.all.array / (evidence.truth @ evidence.truth)
    return bool(np.all(evidence.all.agrees(factor * evidence.truth)))
