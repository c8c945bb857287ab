"""One answer against the truth: name by name, what is missing, what is wrong and what would explain it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from ...core.errors import shape_text
from ...support.similar_names import meant
from .differences import Difference, Wrong, differences
from .guard import safely
from .structure import ONLY as ONLY
from .structure import Misfit, follow, kept, leaves
from .structure import named as named
from .values import (
    READ_AS_PERCENT,
    NotNumbers,
    agrees,
    comma_advice,
    has_gaps,
    in_percent,
    is_empty,
    kind_of,
    meant_otherwise,
    to_array,
    two_readings,
)

ROUNDING = 1e-13  # of the largest number in a case: what is smaller is what rounding leaves of a zero


@dataclass(frozen=True)
class Truth:
    """What is right: arrays by name, and at a kink the range of slopes that are all right.

    Attributes:
        values: the arrays.
        low, high: between which an answer is right.
        words: right answers that are words, by name.
        paths: name -> the keys that lead to it in the answer.
        floor: what is not larger than this is rounding error.
    """

    values: dict[str, np.ndarray]
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]
    words: dict[str, str] = field(default_factory=dict)
    paths: dict[str, tuple] = field(default_factory=dict)
    floor: float = 0.0

    @classmethod
    def of(cls, answer, nearby=(), scale: float = 0.0, floor: float = 0.0) -> "Truth":
        """The truth as a solution function returned it, here and at nearby points.

        Args:
            answer: what it returned here.
            nearby: what it returned a hair away.
            scale: the largest number it was given.
            floor: what is no larger than this is rounding error, too.

        Raises:
            NotNumbers: it is no number, array, word or container of these.
        """
        values, words, paths = _read(answer)
        around = [values]
        for near in nearby:
            others = safely({}, lambda near=near: _read(near)[0])
            if {n: a.shape for n, a in others.items()} == {n: a.shape for n, a in values.items()}:
                around.append(others)
        low = {name: np.min([v[name] for v in around], axis=0) for name in values}
        high = {name: np.max([v[name] for v in around], axis=0) for name in values}
        largest = max([scale, *(float(np.max(np.abs(array), initial=0.0)) for array in values.values())])
        return cls(values, low, high, words, paths, max(floor, ROUNDING * largest if np.isfinite(largest) else 0.0))

    @property
    def names(self) -> list[str]:
        """Of all answers, in order."""
        return [name for name in self.paths if name in self.values or name in self.words]

    @property
    def tops(self) -> list[str]:
        """The names at the top of the answer, in order."""
        return list(dict.fromkeys(path[0].key for path in self.paths.values()))

    @property
    def finite(self) -> bool:
        return all(np.isfinite(array).all() for side in (self.low, self.high) for array in side.values())


def _read(answer):
    """Arrays, words and paths of a solution's answer, by name."""
    values, words, paths = {}, {}, {}
    for name, leaf in leaves(answer).items():
        paths[name] = leaf.path
        if isinstance(leaf.value, str):
            words[name] = leaf.value
        else:
            values[name] = to_array(leaf.value)
    if not paths:
        raise NotNumbers("nothing")
    return values, words, paths


@dataclass
class Comparison:
    """What was found in one answer.

    Attributes:
        given: the answers that could be read, by name.
        wrong: for each wrong answer everything that would explain it, the most telling first.
        empty: names whose answer was left open or is missing.
        misfit: what was handed in, where it cannot be matched with the names at all.
        notes: remarks that cost nothing.
    """

    given: dict[str, np.ndarray] = field(default_factory=dict)
    wrong: dict[str, list[Difference]] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    misfit: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return not (self.wrong or self.empty or self.misfit)


def title(name: str) -> str:
    """How an answer is called in a sentence."""
    return name or "the result"


def compare(answer, truth: Truth, lengths: dict[str, int] | None = None) -> Comparison:
    """Judge an answer by its values.

    Args:
        answer: what the student handed in: a number, an array, a list, a tuple, or a dict of these.
        truth: what is right.
        lengths: numbers that a wrong factor may come from, by what they are called.
    """
    found = Comparison()
    for name, value in _by_truths_names(kept(answer), truth, found).items():
        _read_one(name, value, truth, found)
    for name, given in found.given.items():
        _judge(name, given, truth, lengths or {}, found)
    return found


def _read_one(name, value, truth, found):
    """Sort one answer into what is given, wrong or empty."""
    if isinstance(value, Misfit):
        found.wrong[name] = [Difference("bad_type", f"is {value}")]
    elif has_gaps(value):
        found.empty.append(name)
    elif name in truth.words:
        if str(value).strip().casefold() != truth.words[name].strip().casefold():
            found.wrong[name] = [Difference("differs", "is not the right word yet")]
    else:
        _read_numbers(name, value, truth.values[name], found)


def _read_numbers(name, value, right, found):
    expected = f"expected {_expected(right)}"
    if advice := comma_advice(value, right.shape):
        found.wrong[name] = [Difference("bad_type", advice)]
        return
    try:
        given = to_array(value)
    except NotNumbers as problem:
        found.wrong[name] = [Difference("bad_type", f"is {problem}, {expected}")]
        return
    if isinstance(value, str) and given.shape != right.shape:
        found.wrong[name] = [Difference("bad_type", f"is {kind_of(value)}, {expected}")]
        return
    if other := meant_otherwise(value, right):
        if not in_percent(other[0], right):
            found.wrong[name] = [Difference("bad_type", two_readings(value, other[1]))]
            return
        given = to_array(other[1])
        found.notes.append(f"{title(name)} {READ_AS_PERCENT}")
    found.given[name] = given


def _by_truths_names(answer, truth, found):
    """The answer under the names of the truth; what is not there is empty, what is built otherwise a Misfit."""
    tops = _by_top(answer, truth, found)
    answers = {}
    for name in truth.names if tops else ():
        top, *rest = truth.paths[name]
        try:
            answers[name] = follow(tops[top.key], rest)
        except Misfit as problem:
            answers[name] = problem
    return answers


def _by_top(answer, truth, found):
    """The answer under the names at the top of the truth; none where it does not fit at all."""
    tops = truth.tops
    if is_empty(answer):
        return dict.fromkeys(tops)
    if isinstance(answer, tuple) and hasattr(answer, "_asdict") and tops != [ONLY]:
        answer = answer._asdict() if set(tops) & set(answer._fields) else answer
    if isinstance(answer, Mapping) and tops != [ONLY]:
        given = named(answer)
        _note_names(tops, given, found)
        return {name: given.get(name) for name in tops}
    if tops == [ONLY]:
        return {ONLY: answer}
    if isinstance(answer, (tuple, list)) and len(answer) == len(tops):
        return dict(zip(tops, answer, strict=True))  # in the same order, without the names
    if len(tops) == 1 and not isinstance(answer, Set):
        return {tops[0]: answer}
    many = f" of {len(answer)}" if isinstance(answer, (tuple, list)) else ""
    found.misfit = f"expected {len(tops)} answers, {', '.join(tops)}, got {kind_of(answer)}{many}"
    return {}


def _note_names(names, given, found):
    extra = [name for name in given if name not in names]
    left = list(extra)
    for name in names:
        if name not in given and (alike := meant(name, left)):
            found.notes.append(f"is {name} what you call {alike}?")
            left.remove(alike)
    if extra:
        found.notes.append(f"not asked for, so not checked: {', '.join(extra)}")


def _judge(name, given, truth, lengths, found):
    value, low, high = truth.values[name], truth.low[name], truth.high[name]
    if given.shape != value.shape and value.ndim <= 1 and np.squeeze(given).shape == np.squeeze(value).shape:
        shapes = f"has shape {shape_text(given.shape)}, expected {shape_text(value.shape)}"
        found.notes.append(f"{title(name)} {shapes}: accepted, but in a sum NumPy would broadcast it")
        given = given.reshape(value.shape)
    if given.shape == value.shape and np.all(agrees(given, low, high, truth.floor)):
        return
    others = {other: array for other, array in truth.values.items() if other != name}
    found.wrong[name] = differences(Wrong(given, value, others, lengths))


def _expected(array):
    return "a number" if array.ndim == 0 else f"an array of shape {shape_text(array.shape)}"
