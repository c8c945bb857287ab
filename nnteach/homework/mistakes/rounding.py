"""Right answers that were rounded on the way: how far off they may be."""

from math import erf, erfc, sqrt

import numpy as np

from ..exercises.exercise import Task
from ..exercises.rerun import resolve
from ..grading.answers import NOISE, SLACK
from .evidence import Evidence

NEARER = 1 / 3  # of the distance to the right answers: then it is a mistake, and not rounding
FAR = 0.5  # of the largest entry: nothing so far off is rounding, and need not be tried
FINE, BARE, COARSE = 4, 3, (1, 2)  # digits kept on the way: safe, just right if nothing else is wrong, too few
WAYS = (np.round, np.trunc, np.floor, np.ceil)
CHANCE = 1e-5  # that one number is far off and all the others are exact, below which nobody rounded on the way
DECIMALS = (2, 3, 4, 5)  # kept by whoever rounds to decimals, not to significant digits


def rounded_on_the_way(task: Task, evidence: Evidence) -> bool:
    """Whether the right method with rounding on the way explains the answers.

    With three digits kept, a small slip would be as close, so all answers must come out as they do with three.
    """
    if any(evidence.explains(with_rounding(task, evidence, BARE, way)) for way in WAYS):
        return True
    if not within_rounding(task, evidence, FINE):
        return False
    if not _others_exact(evidence):
        return True
    as_written = (with_rounding(task, evidence, FINE, way) for way in WAYS)
    return any(map(evidence.explains, as_written)) or _chance(task, evidence) >= CHANCE


def _others_exact(evidence):
    """Whether every number but those that are off is the right one, rounded or cut off where it ends."""
    return any(np.all((evidence.truth >= low) & (evidence.truth <= high) | ~evidence.right)
               for low, high in _ends(evidence))


def _ends(evidence):
    """What the typed numbers may have been before they were rounded, and before they were cut off."""
    x, slack = evidence.all.array, NOISE * np.abs(evidence.truth) + 1e-12
    half, cut = 0.5 * SLACK * evidence.all.unit, SLACK * evidence.all.unit * np.sign(x)
    yield x - half - slack, x + half + slack
    yield np.minimum(x, x + cut) - slack, np.maximum(x, x + cut) + slack


def _chance(task, evidence):
    """How likely rounding on the way moves these numbers as far, and leaves all the others as they are.

    An error of rounding is anywhere within half a unit; many of them together are spread like a bell. The numbers that
    are exact are evidence, too: had somebody rounded, a few of them would have ended on another digit.
    """
    sigma = _errors(task, evidence, FINE)[1] / sqrt(12) + 1e-300
    low, high = next(_ends(evidence))
    chance = 1.0
    for x, t, s, a, b, right in zip(evidence.all.array, evidence.truth, sigma, low, high, evidence.right, strict=True):
        far = max(0.0, abs(x - t) - (b - a) / 2) / s
        inside = erf(min(b - t, 1e6) / s / sqrt(2)) - erf((a - t) / s / sqrt(2))
        chance *= max(inside / 2, 1e-3) if right else erfc(far / sqrt(2))
    return chance


def rounded_to_decimals(task: Task, evidence: Evidence) -> bool:
    """Whether the right method, with a fixed number of decimals kept in every step, explains the answers."""
    for decimals in DECIMALS:
        def touch(name, value, decimals=decimals):
            return np.round(value, decimals)

        row = evidence.vector(resolve(task, touch=touch, update=evidence.updated))
        if row is not None and np.all(np.abs(np.round(row, decimals) - evidence.all.array) <= NOISE):
            return True
    return False


def within_rounding(task: Task, evidence: Evidence, digits: int) -> bool:
    """Whether the answers are as close to the right ones as keeping some digits on the way can make them."""
    off = np.abs(evidence.all.array - evidence.truth)
    if any(np.max(off[part]) > FAR * np.max(np.abs(evidence.truth[part])) for part in evidence.slices.values()):
        return False
    return bool(np.all(evidence.right | (off <= reach(task, evidence, digits) + SLACK * evidence.all.unit)))


def reach(task: Task, evidence: Evidence, digits: int) -> np.ndarray:
    """How far off each answer may be if every number on the way is off by a unit of the last digit kept.

    The bound of a running error analysis: what one number on the way does to the answers is tried out, and what all of
    them do is added up without its signs. So it is large where large terms cancel, and small elsewhere.
    """
    return _unit(evidence.truth, digits) + _errors(task, evidence, digits)[0]


def _errors(task, evidence, digits):
    """What a unit of the last digit kept, in every number on the way, does to each answer: the sum, and by squares."""
    truth = resolve(task, update=evidence.updated)
    last = set() if evidence.updated else {f"d{name}" for name in task.given}  # nothing is computed from these
    total, squares = np.zeros_like(evidence.truth), np.zeros_like(evidence.truth)
    for name in task.stages.keys() - last:
        for entry, unit in _inexact(truth[name], digits):
            moved = evidence.vector(resolve(task, touch=_moving(name, entry, unit), update=evidence.updated))
            off = 0.0 if moved is None else np.abs(moved - evidence.truth)
            total, squares = total + off, squares + off**2
    return total, np.sqrt(squares)


def _inexact(value, digits):
    """The entries that need more digits, each with a unit of the last digit kept; 0.35 is 0.350 and not rounded."""
    units = _unit(value, digits)
    rest = np.abs(value - _significant(value, digits, np.round))
    return [(tuple(i), units[tuple(i)]) for i in np.argwhere(rest > NOISE * np.abs(value))]


def _moving(name, entry, unit):
    """A `touch` (see `resolve.resolve`) that moves one entry of one stage."""

    def touch(stage, value):
        if stage != name:
            return value
        moved = np.array(value, dtype=float)
        moved[entry] += unit
        return moved

    return touch


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
    scale = 10.0 ** (digits - 1 - _exponent(array))
    scaled, whole = array * scale, np.round(array * scale)
    scaled = np.where(np.abs(scaled - whole) <= NOISE * np.abs(whole), whole, scaled)  # 5.1999999999 is cut off to 5.2
    return way(scaled) / scale if array.ndim else float(way(scaled) / scale)


def _unit(value, digits):
    """The place value of the last of some significant digits, entry by entry; 0 for a zero."""
    return np.where(value == 0, 0.0, 10.0 ** (_exponent(value) - digits + 1))


def _exponent(value):
    """The place of the first digit: 2 for 123, −1 for 0.5; 0 for a zero."""
    with np.errstate(divide="ignore"):
        return np.where(value == 0, 0.0, np.floor(np.log10(np.abs(value))))
