"""What differs between an answer and the truth, in words that never give the right number away.

EXPLANATIONS is a table of small detectives. Each looks at one wrong answer and returns what it recognised, or
None. To recognise one more kind of mistake, write one more function and put it in the table, where the most
telling stands first.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ...core.errors import shape_text
from .guard import safely
from .values import agrees, not_finite, places, rounded_too_far


@dataclass(frozen=True)
class Wrong:
    """A wrong answer and what may be needed to see why.

    Attributes:
        given: what was handed in, as an array.
        truth: what is right.
        others: the truth for the other names of the same answer.
        lengths: numbers that a factor may come from, such as the batch size, by what they are called.
    """

    given: np.ndarray
    truth: np.ndarray
    others: dict[str, np.ndarray] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)

    def would_be(self, repaired: np.ndarray) -> bool:
        """Whether an answer repaired in some way is right."""
        return repaired.shape == self.truth.shape and bool(np.all(agrees(repaired, self.truth)))


class Difference(NamedTuple):
    """A mistake that explains a wrong answer.

    Attributes:
        id: what kind of mistake it is.
        text: the rest of a sentence that begins with the name of the answer.
        which: which one of its kind: the factor, or the other name.
    """

    id: str
    text: str
    which: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The same in two cases if the mistake is the same, though the words may tell of other entries."""
        return self.id, self.which


ANOTHER = "equals_another"  # two answers that have changed places are an exchange; see `check.py`


def differences(wrong: Wrong) -> list[Difference]:
    """Everything that would explain a wrong answer, the most telling first; never empty."""
    found = []
    for explanation in EXPLANATIONS:
        recognised = safely(None, explanation, wrong)
        found += recognised if isinstance(recognised, list) else [recognised] if recognised else []
    return [*found, Difference("differs", "is not right yet")]


def _not_finite(wrong):
    if not np.isfinite(wrong.given).all():
        return Difference("not_finite", not_finite(wrong.given))


def _shape(wrong):
    given, truth = wrong.given.shape, wrong.truth.shape
    if given == truth:
        return None
    shapes = f"shape {shape_text(given)}, expected {shape_text(truth)}"
    if len(given) == 2 and wrong.would_be(wrong.given.T):
        return Difference("dW_T", f"is transposed: {shapes}")
    if len(given) == 2 and given == truth[::-1]:
        return Difference("bad_shape", f"has the shape of the transpose ({shapes}), but not its numbers")
    numbers_fit = wrong.given.size == wrong.truth.size and wrong.would_be(wrong.given.reshape(truth))
    return Difference("bad_shape", f"has {shapes}{'; the numbers are right' if numbers_fit else ''}")


def _transposed(wrong):
    if wrong.given.ndim == 2 and wrong.given.shape == wrong.truth.shape and wrong.would_be(wrong.given.T):
        return Difference("dW_T", "is transposed: rows and columns have changed places")


def _sign(wrong):
    if wrong.would_be(-wrong.given):
        return Difference("sign", "has the wrong sign; its size is right")


def _belongs_to_another(wrong):
    given = wrong.given
    names = [name for name, truth in wrong.others.items()
             if truth.any() and truth.shape == given.shape and np.all(agrees(given, truth))]
    return [Difference(ANOTHER, f"has the numbers that {name} should have", name) for name in names]


def _zero(wrong):
    if wrong.given.size and not wrong.given.any():
        return Difference("zero", "is zero, but something does flow here")


def _factor(wrong):
    """A constant factor, such as 2 or the batch size. All that fit are named; more cases tell them apart."""
    found = []
    for kind, name, factor, size in _factors(wrong.lengths):
        if wrong.would_be(wrong.given / factor):
            found.append(Difference(kind, size, name))
        elif wrong.would_be(-wrong.given / factor):
            found.append(Difference(kind, f"{size} and has the wrong sign", f"-{name}"))
    return found


def _factors(lengths):
    """The factors that slips lead to: (id, name, factor, sentence)."""
    for n in (2, 3, 4, 10):
        yield "two" if n == 2 else "sum", f"{n}", n, f"is {n} times too large"
        yield "half" if n == 2 else "mean_twice", f"1/{n}", 1 / n, f"is only 1/{n} of what it should be"
    for name, n in lengths.items():
        yield "sum", name, n, f"is too large by the factor {name}"
        yield "mean_twice", f"1/{name}", 1 / n, f"is only 1/{name} of what it should be"


def _common_factor(wrong):
    """One factor for all entries, whatever it is. The factor itself would give the answer away."""
    if wrong.given.shape != wrong.truth.shape or np.count_nonzero(wrong.truth) < 3 or not wrong.given.any():
        return None
    factor = np.vdot(wrong.truth, wrong.given) / np.vdot(wrong.truth, wrong.truth)
    if factor and np.isfinite(factor) and wrong.would_be(wrong.given / factor):
        return Difference("factor", "is off by one and the same factor in every entry")


def _some_signs(wrong):
    if wrong.given.shape == wrong.truth.shape and wrong.would_be(np.abs(wrong.given) * np.sign(wrong.truth)):
        bad = ~agrees(wrong.given, wrong.truth)
        return Difference("abs", f"has the right size, but the wrong sign{places(bad)}")


def _entries_in_other_places(wrong):
    if wrong.given.shape != wrong.truth.shape or wrong.truth.size < 2:
        return None
    in_order = [np.sort(array, axis=None) for array in (wrong.given, wrong.truth)]
    if not np.all(agrees(*in_order)):
        return None
    bad = ~agrees(wrong.given, wrong.truth)
    if bad.sum() == 2:
        return Difference("unit_order", f"has two entries exchanged:{places(bad).removeprefix(' in')}")
    return Difference("unit_order", "holds the right numbers in the wrong places")


def _too_few_digits(wrong):
    if wrong.given.shape == wrong.truth.shape and rounded_too_far(wrong.given, wrong.truth):
        return Difference("digits", "is rounded too far: keep at least three significant digits")


def _shifted(wrong):
    if wrong.given.shape == wrong.truth.shape and wrong.truth.size > 2:
        shift = np.mean(wrong.given - wrong.truth)
        if wrong.would_be(wrong.given - shift):
            return Difference("shift", "is off by the same amount in every entry: is a term missing?")


def _in_one_place(wrong):
    """One wrong entry, row or column among right ones."""
    if wrong.given.shape != wrong.truth.shape or wrong.truth.size < 2:
        return None
    bad = ~agrees(wrong.given, wrong.truth)
    if bad.sum() == 1:
        return Difference("entry", f"is right except{places(bad)}")
    if bad.ndim == 2 and not bad.all():
        for what, axis in (("row", 1), ("column", 0)):
            lines = np.flatnonzero(bad.any(axis=axis))
            if len(lines) == 1 and bad.shape[1 - axis] > 1:
                return Difference("entry", f"is right except in {what} {lines[0]}")
    if bad.sum() <= bad.size / 2:
        return Difference("entry", f"is right except{places(bad)}")


def _close(wrong):
    if wrong.given.shape != wrong.truth.shape:
        return None
    if np.all(np.abs(wrong.given - wrong.truth) <= 0.02 * np.abs(wrong.truth)):
        return Difference("round_intermediate", "is close, but not right: was something rounded on the way?")


EXPLANATIONS = (_not_finite, _shape, _transposed, _sign, _belongs_to_another, _zero, _factor, _some_signs,
                _too_few_digits, _entries_in_other_places, _close, _in_one_place, _common_factor, _shifted)
