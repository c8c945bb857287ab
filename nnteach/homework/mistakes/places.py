"""Right numbers in wrong places, and the one wrong number among right ones: what can be said without knowing why."""

from typing import NamedTuple

import numpy as np

from ..grading.answers import Given
from .evidence import Evidence

CLOSE = 0.005  # relative; half a unit of the third digit of 1.00
LEAST = 6  # numbers of an exercise, of which one is wrong, for that to be worth a word


class Spot(NamedTuple):
    """The one number that is not right: where it stands, and whether it is only its "sign" or decimal "point"."""

    place: str
    kind: str


def in_other_places(evidence: Evidence) -> str | None:
    """Right numbers under each other's names, or in another order; None if it is neither.

    Names are exchanged only if every wrong answer holds the right numbers of another wrong one, each of them once. An
    answer that merely equals another, which is right itself, was not exchanged with anything.
    """
    wrong = sorted(evidence.wrong_names())
    if not wrong or not all(evidence.part(name).array.any() for name in wrong):
        return None
    if _exchanged(evidence, wrong):
        return "swap_layers"
    return "unit_order" if all(_in_another_order(evidence, name) for name in wrong) else None


def _exchanged(evidence, wrong):
    holds = {}
    for name in wrong:
        mine = evidence.part(name)
        fitting = [other for other in evidence.names if other != name and _is(evidence, mine, other)]
        if len(fitting) != 1 or fitting[0] not in wrong:
            return False
        holds[name] = fitting[0]
    return len(wrong) > 1 and sorted(holds.values()) == wrong


def _is(evidence, mine, other):
    truth = evidence.truth[evidence.slices[other]]
    return truth.size == mine.array.size and bool(np.all(mine.agrees(truth)))


def _in_another_order(evidence, name):
    mine, truth = evidence.part(name), evidence.truth[evidence.slices[name]]
    return mine.array.size > 1 and bool(_sorted(mine).agrees(np.sort(truth)).all())


def _sorted(given):
    order = np.argsort(given.array)
    return Given(given.array[order], given.unit[order], given.digits[order], given.single)


def the_spot(evidence: Evidence) -> Spot | None:
    """The one number that is not right, if all others are."""
    wrong = np.flatnonzero(~evidence.right)
    if len(wrong) != 1 or evidence.right.size < LEAST:
        return None
    at = int(wrong[0])
    name = next(name for name, part in evidence.slices.items() if part.start <= at < part.stop)
    place = ", ".join(map(str, np.unravel_index(at - evidence.slices[name].start, evidence.shapes[name])))
    return Spot(f"{name}[{place}]" if place else name, _kind(evidence, at))


def _kind(evidence, at):
    mine, truth = evidence.all.array[at], evidence.truth[at]
    if np.isclose(mine, -truth, rtol=CLOSE, atol=0.0):
        return "sign"
    shifted = (truth * 10.0**k for k in (-3, -2, -1, 1, 2, 3))
    return "point" if any(np.isclose(mine, x, rtol=CLOSE, atol=0.0) for x in shifted) else ""
