"""Two mistakes at once: pairs of those that explain at least a part of the answers."""

from itertools import permutations

import numpy as np

from ..exercises.exercise import Task
from .evidence import Evidence

CANDIDATES = 3
MOST_PAIRS = 700


def explaining_pairs(task: Task, evidence: Evidence, singles) -> list[tuple]:
    """Two mistakes that explain the answers together.

    Args:
        task: with the student's numbers.
        evidence: the answers.
        singles: (hypothesis, the answers it leads to alone).

    Returns:
        (the two ids, the two changes), the best first; none if no pair explains them.
    """
    wrong = evidence.wrong_names()
    usable = [(h, row) for h, row in singles if _keeps_right(evidence, row, wrong)]
    tried, rest = _in_order(evidence, usable, wrong)
    return _found(task, evidence, tried) or _found(task, evidence, rest)


def _in_order(evidence, usable, wrong):
    """The pairs that can explain all: first those with a mistake that explains some answers alone."""
    if len(usable) < 2:
        return [], []
    starts = {i for i, (_, row) in enumerate(usable) if _explains_some(evidence, row, wrong)}
    changed, fits = _effects(evidence, usable, wrong)
    # What only one of the two changes must be explained by it; what neither changes stays wrong.
    one, other = changed[:, None], changed[None]
    explained = (one & other) | (one & fits[:, None] & ~other) | (other & fits[None] & ~one)
    tried, rest = [], []
    for i, j in np.argwhere(np.triu(explained.all(axis=2), 1)):
        first, second = (i, j) if i in starts or j not in starts else (j, i)
        if usable[i][0].id != usable[j][0].id and _go_together(evidence, usable[i], usable[j]):
            (tried if first in starts else rest).append((usable[first][0], usable[second][0]))
    return tried[:MOST_PAIRS], rest[: max(0, MOST_PAIRS - len(tried))]


def _effects(evidence, usable, wrong):
    """For each mistake and each wrong answer: whether it changes it, and whether it explains it."""
    parts = [evidence.slices[name] for name in wrong]
    given = [evidence.part(name) for name in wrong]
    changed = np.array([[not np.array_equal(row[p], evidence.truth[p]) for p in parts] for _, row in usable])
    fits = np.array([[np.all(g.agrees(row[p])) for g, p in zip(given, parts, strict=True)] for _, row in usable])
    return changed.astype(bool), fits.astype(bool)


def _found(task, evidence, pairs):
    found = []
    for one, other in pairs:
        for first, second in permutations((one, other)) if _meet(one, other) else ((one, other),):
            if evidence.explains(evidence.attempt(task, first.change, second.change)):
                found.append(((one.id, other.id), (first.change, second.change)))
                break
    return found


EXCLUSIVE = ({"W_sum", "b_sum"}, {"first_sample", "last_sample", "b_first"})  # each denies the other


def _go_together(evidence, one, other):
    """Whether two mistakes can be made at once: at one place, only if one of them is a mere factor."""
    (first, row), (second, other_row) = one, other
    if any({first.id, second.id} <= group for group in EXCLUSIVE):
        return False
    a, b = first.change, second.change
    shared = a.edges.keys() & b.edges.keys() or a.forward.keys() & b.forward.keys() or a.given.keys() & b.given.keys()
    shared = shared or a.steps.keys() & b.steps.keys() or (a.step and b.step)
    return not shared or _is_factor(evidence, row) or _is_factor(evidence, other_row)


def _is_factor(evidence, row):
    """Whether a mistake multiplies all that it changes by one number."""
    changed = ~np.isclose(row, evidence.truth)
    factors = row[changed] / evidence.truth[changed] if np.all(evidence.truth[changed]) else np.array([0.0])
    return factors.size > 0 and bool(factors[0]) and bool(np.allclose(factors, factors[0]))


def _meet(one, other):
    """Whether two mistakes are made at the same place, so that it matters which comes first."""
    return bool(one.change.edges.keys() & other.change.edges.keys())


def _keeps_right(evidence, row, wrong):
    """Whether a mistake leaves the right answers right."""
    right = [name for name in evidence.names if name not in wrong]
    return all(np.all(evidence.part(name).agrees(row[evidence.slices[name]])) for name in right)


def _explains_some(evidence, row, wrong):
    """Whether a mistake explains one of the wrong answers, at least up to a factor."""
    for name in wrong:
        part = evidence.slices[name]
        mine, theirs = evidence.part(name), row[part]
        if not theirs.any() or np.array_equal(theirs, evidence.truth[part]):
            continue
        factor = theirs @ mine.array / (theirs @ theirs)
        if np.all(mine.agrees(theirs)) or (mine.array.size > 2 and factor and np.all(mine.agrees(factor * theirs))):
            return True
    return False
