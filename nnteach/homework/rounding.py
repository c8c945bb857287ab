"""Right answers that were rounded on the way: how far off they may be."""

import numpy as np

from .evidence import Evidence
from .exercise import Task
from .resolve import resolve

SPREAD = 3.0  # another order of rounding may err more than those tried
SHARE = 0.5  # of the largest error of an answer's entries: where large terms cancel, an entry errs as much as others
NEARER = 1 / 3  # of the distance to the right answers: then it is a mistake, and not rounding
CLOSE = 0.01  # of the largest entry
FINE, BARE, COARSE = 4, 3, (1, 2)  # significant digits kept on the way: safe, just right if nothing else is wrong, too few
WAYS = (np.round, np.trunc, np.floor, np.ceil)


def rounded_on_the_way(task: Task, evidence: Evidence) -> bool:
    """Whether the right method with rounding on the way explains the answers.

    With three digits kept, a small slip would be as close, so all answers must come out as they do with three.
    """
    three = (with_rounding(task, evidence, BARE, way) for way in WAYS)
    return any(map(evidence.explains, three)) or within_rounding(task, evidence, FINE)


def within_rounding(task: Task, evidence: Evidence, digits: int) -> bool:
    """Whether the answers are as close to the right ones as keeping some digits on the way can make them.

    How far an entry may be off is tried out: every stage is rounded, cut off, and rounded up, and what cancels
    in one entry shows in another of these, or in another entry.
    """
    rows = [with_rounding(task, evidence, digits, way) for way in WAYS]
    reach = np.max([np.abs(row - evidence.truth) for row in rows if row is not None], axis=0, initial=0.0)
    allowed = np.empty_like(reach)
    for part in evidence.slices.values():
        least = SHARE * np.max(reach[part])
        allowed[part] = np.minimum(
            SPREAD * np.maximum(reach[part], least), CLOSE * np.max(np.abs(evidence.truth[part]))
        )
    return bool(np.all(np.abs(evidence.all.array - evidence.truth) <= allowed + 1.001 * evidence.all.unit + 1e-12))


def nearer_a_mistake(evidence, rows) -> bool:
    """Whether a mistake, with rounding on the way, explains the answers much better than the right way with it."""
    scale = np.ones_like(evidence.truth)
    for part in evidence.slices.values():
        scale[part] = np.max(np.abs(evidence.truth[part]), initial=1e-12)

    def distance(row):
        return np.sqrt(np.mean(((evidence.all.array - row) / scale) ** 2))

    return any(distance(row) < NEARER * distance(evidence.truth) for row in rows)


def with_rounding(task, evidence, digits, way=np.round):
    """The answers that come out if every stage is rounded to some significant digits."""
    return evidence.vector(resolve(task, touch=lambda name, value: _significant(value, digits, way)))


def _significant(value, digits, way):
    """A value, every entry rounded to some significant digits."""
    array = np.asarray(value, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.where(array == 0, 0.0, np.floor(np.log10(np.abs(array))))
    scale = 10.0 ** (digits - 1 - exponent)
    return way(array * scale) / scale if array.ndim else float(way(array * scale) / scale)
