"""One answer against the truth: name by name, what is missing, what is wrong and what would explain it."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import shape_text
from .explain import Difference, Wrong, differences
from .values import NotNumbers, agrees, has_gaps, is_empty, kind_of, to_array

ONLY = ""  # the name of an answer that is a single number or array


@dataclass(frozen=True)
class Truth:
    """What is right: arrays by name, and at a kink the range of slopes that are all right."""

    values: dict[str, np.ndarray]
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]

    @classmethod
    def of(cls, answer, nearby=()) -> "Truth":
        """The truth as a solution function returned it, here and at nearby points."""
        values = {name: to_array(value) for name, value in named(answer).items()}
        around = [values] + [{name: to_array(v) for name, v in named(near).items()} for near in nearby]
        return cls(values, {name: np.min([v[name] for v in around], axis=0) for name in values},
                   {name: np.max([v[name] for v in around], axis=0) for name in values})

    @property
    def finite(self) -> bool:
        return all(np.isfinite(array).all() for side in (self.low, self.high) for array in side.values())


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


def named(answer) -> dict[str, object]:
    """An answer by names: a dict as it is, a tuple by position, anything else under the name ONLY."""
    if isinstance(answer, Mapping):
        return {str(name): value for name, value in answer.items()}
    if isinstance(answer, tuple):
        return {f"value {i}": value for i, value in enumerate(answer, start=1)}
    return {ONLY: answer}


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
    answers = _by_truths_names(answer, truth, found)
    for name, value in answers.items():
        if has_gaps(value):
            found.empty.append(name)
            continue
        try:
            found.given[name] = to_array(value)
        except NotNumbers as problem:
            expected = _expected(truth.values[name])
            found.wrong[name] = [Difference("bad_type", f"is {problem}, expected {expected}")]
    for name, given in found.given.items():
        _judge(name, given, truth, lengths or {}, found)
    return found


def _by_truths_names(answer, truth, found):
    """The answer under the names of the truth; what is not there is empty."""
    names = list(truth.values)
    if is_empty(answer):
        return dict.fromkeys(names)
    if isinstance(answer, Mapping) and names != [ONLY]:
        given = named(answer)
        _note_names(names, given, found)
        return {name: given.get(name) for name in names}
    if names == [ONLY]:
        return {ONLY: answer}
    if isinstance(answer, (tuple, list)) and len(answer) == len(names):
        return dict(zip(names, answer, strict=True))  # in the same order, without the names
    if len(names) == 1:
        return {names[0]: answer}
    many = f" of {len(answer)}" if isinstance(answer, (tuple, list)) else ""
    found.misfit = f"expected {len(names)} answers, {', '.join(names)}, got {kind_of(answer)}{many}"
    return {}


def _note_names(names, given, found):
    extra = [name for name in given if name not in names]
    spelt = {name.lower(): name for name in extra}
    for name in names:
        if name not in given and (alike := difflib.get_close_matches(name.lower(), spelt, n=1)):
            found.notes.append(f"is {name} what you call {spelt[alike[0]]}?")
    if extra:
        found.notes.append(f"not asked for, so not checked: {', '.join(extra)}")


def _judge(name, given, truth, lengths, found):
    value, low, high = truth.values[name], truth.low[name], truth.high[name]
    if given.shape != value.shape and value.ndim <= 1 and np.squeeze(given).shape == np.squeeze(value).shape:
        shapes = f"has shape {shape_text(given.shape)}, expected {shape_text(value.shape)}"
        found.notes.append(f"{title(name)} {shapes}: accepted, but in a sum NumPy would broadcast it")
        given = given.reshape(value.shape)
    if given.shape == value.shape and np.all(agrees(given, low, high)):
        return
    others = {other: array for other, array in truth.values.items() if other != name}
    found.wrong[name] = differences(Wrong(given, value, others, lengths))


def _expected(array):
    return "a number" if array.ndim == 0 else f"an array of shape {shape_text(array.shape)}"
