"""Answers as they are handed in: read with the digits they were written with, and judged stage by stage.

Every stage is judged twice: by the truth, and by what follows from the student's own earlier values. So one
slip costs one stage; what was computed rightly from a wrong number "follows".
"""

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from ...core.errors import shape_text
from ...support.similar_names import unknown_name
from ...symbolic.numerals import NotANumber, is_list, numeral, typed_list
from ..exercises.exercise import Task
from ..exercises.rerun import resolve
from .guard import guarded
from .values import (
    COMPUTED,
    LEAST_DIGITS,
    NOISE,
    READ_AS_PERCENT,
    SINGLE,
    NotNumbers,
    comma_advice,
    digits_of,
    has_gaps,
    in_percent,
    kind_of,
    listed,
    meant_otherwise,
    not_finite,
    rounded_too_far,
    to_array,
    two_readings,
)

MOST_TYPED = 6  # digits; a number with more of them was computed
SLACK = 1.001  # one unit of the last digit, and what a double makes of it


@dataclass(frozen=True)
class Given:
    """An answer that could be read.

    Attributes:
        array: its numbers, float64.
        unit: for each, the place value of the last digit that was written; 0 for a computed number.
        digits: for each, how many significant digits were written.
        single: whether the numbers went through float32.
        note: a remark that costs nothing.
    """

    array: np.ndarray
    unit: np.ndarray
    digits: np.ndarray
    single: bool = False
    note: str = ""

    def agrees(self, values: np.ndarray, share: float = 1.0) -> np.ndarray:
        """Entry by entry, whether values can be what was handed in; values may have more axes in front.

        Args:
            values: an array of the same shape, or a stack of them.
            share: how much of a unit they may be off: 1, or 0.5 for what was rounded and not cut off.
        """
        with np.errstate(invalid="ignore", over="ignore"):
            axes = tuple(range(values.ndim - self.array.ndim, values.ndim))
            scale = np.max(np.abs(values), axis=axes, keepdims=True, initial=0.0)
            relative, floor = (SINGLE, SINGLE / 100) if self.single else (COMPUTED, NOISE)
            tolerance = np.maximum(relative * np.abs(values) + floor * scale, share * SLACK * self.unit)
            return np.abs(values - self.array) <= tolerance

    def in_shape(self, shape) -> "Given | None":
        """The same numbers in another shape, if only axes of length 1 differ; None if more does."""
        if self.array.shape == shape:
            return self
        if np.squeeze(self.array).shape != tuple(n for n in shape if n != 1):
            return None
        note = f"has shape {shape_text(self.array.shape)}, expected {shape_text(shape)}: accepted"
        return Given(*(x.reshape(shape) for x in (self.array, self.unit, self.digits)), self.single, note)


def read(value) -> Given:
    """An answer in any form that `values.to_array` takes; of what was typed as text, trailing zeros count as digits.

    Raises:
        NotNumbers: it is something else, whatever a student's object itself raises when it is looked at.
    """
    given, problem = guarded(_read, value)
    if problem is None:
        return given
    known = isinstance(problem, (NotNumbers, NotANumber))
    raise NotNumbers(str(problem) if known else f"{kind_of(value)} that cannot be read") from problem


def _read(value) -> Given:
    value = listed(value)
    if isinstance(value, str) and is_list(value):
        value = _list_of(value)
    array = to_array(value)
    if _has_text(value):
        return _as_typed(value, array)
    single = array.dtype.itemsize < 8 or (array.size > 0 and bool(np.all(array.astype(np.float32) == array)))
    if single:  # 0.0822 in float32 is 0.0822 as the student sees it, not 0.08219999819
        narrow = array if array.dtype.itemsize < 8 else array.astype(np.float32)
        array = np.reshape([float(str(x)) for x in narrow.ravel()], narrow.shape)
    array = np.asarray(array, dtype=float)
    digits = np.reshape([digits_of(float(x)) for x in array.ravel()], (*array.shape, 2)).astype(int)
    return Given(array, _units(*np.moveaxis(digits, -1, 0)), digits[..., 0], single)


def _units(digits, exponents):
    """The place value of the last digit, the third at least; 0 where the number was computed."""
    units = 10.0 ** (exponents - np.maximum(digits, LEAST_DIGITS) + 1)
    return np.where((digits == 0) | (digits > MOST_TYPED), 0.0, units)


def _list_of(text):
    try:
        return typed_list(text)
    except NotANumber as problem:
        raise NotNumbers(str(problem)) from None


def _leaves(value):
    """The entries of nested lists, in the order of an array of them."""
    stack = [value]
    while stack:
        item = listed(stack.pop())
        item = item.tolist() if isinstance(item, np.ndarray) else item
        if isinstance(item, (list, tuple)):
            stack += reversed(item)
        else:
            yield item


def _has_text(value):
    return any(isinstance(item, (str, Decimal)) for item in _leaves(value))


def _as_typed(value, array):
    """Numbers of which some were typed as text."""
    typed = [isinstance(item, (str, Decimal)) for item in _leaves(value)]
    parsed = [numeral(str(item)) if text else (0.0, *digits_of(float(x)))
              for item, text, x in zip(_leaves(value), typed, array.ravel(), strict=True)]
    _, digits, exponents = (np.reshape(column, array.shape) for column in zip(*parsed, strict=True))
    return Given(array.astype(float), _units(digits, exponents), digits)


# ----------------------------------------------------------------------------------------------- judging


@dataclass(frozen=True)
class Stage:
    """What became of one answer.

    Attributes:
        name: of the answer.
        verdict: "correct", "follows", "wrong", "few_digits", "missing", "bad_shape" or "bad_type".
        note: what there is to say about it.
        given: the numbers, if they could be read.
    """

    name: str
    verdict: str
    note: str = ""
    given: Given | None = None


@dataclass(frozen=True)
class Judgement:
    """All answers, judged; `notes` are remarks on the whole."""

    stages: dict[str, Stage]
    notes: tuple[str, ...] = ()

    def named(self, *verdicts) -> list[str]:
        """The names of the answers with one of these verdicts."""
        return [name for name, stage in self.stages.items() if stage.verdict in verdicts]

    @property
    def given(self) -> dict[str, Given]:
        """The answers in the right shape, by name."""
        return {
            name: s.given for name, s in self.stages.items() if s.given is not None and s.verdict != "bad_shape"
        }


def judge(task: Task, truth: dict, asked, answers: dict) -> Judgement:
    """Judge answers by the truth and by each other.

    Args:
        task: the exercise with its numbers.
        truth: its stages, solved.
        asked: the names that make it complete.
        answers: name -> what was handed in.
    """
    read_stages, notes = _read_all(truth, asked, answers)
    own = {name: stage.given.array for name, stage in read_stages.items() if stage.given is not None}
    carried = (
        _carried(task, own) if any(name in task.stages and not name.startswith("dW") for name in own) else truth
    )
    judged = {}
    for name, stage in read_stages.items():
        judged[name] = stage if stage.verdict or stage.given is None else _judged(stage, truth[name], carried[name])
    return Judgement(_zeros_of_decimals(judged, truth), tuple(notes))


def _zeros_of_decimals(judged, truth):
    """An answer of zeros, each too small for the decimals that the other answers have, lacks digits like these."""
    few = [stage.given.array for stage in judged.values() if stage.verdict == "few_digits"]
    decimals = next((d for d in range(2, 7) if few and all(np.allclose(a, np.round(a, d), atol=1e-12) for a in few)), 0)
    return {
        name: Stage(name, "few_digits", f"{name} needs at least three significant digits", stage.given)
        if decimals and stage.verdict == "wrong" and not stage.given.array.any()
        and np.all(np.abs(truth[name]) < 10.0**-decimals)
        else stage
        for name, stage in judged.items()
    }


def _read_all(truth, asked, answers):
    stages, notes = {}, []
    for name in answers:
        if name not in truth and not has_gaps(answers[name]):
            notes.append(unknown_name(name, truth))
    for name, value in truth.items():
        if name in answers and not has_gaps(answers[name]):
            stages[name] = _read_one(name, answers[name], np.asarray(value))
            if stages[name].given is not None and stages[name].given.note:
                notes.append(f"{name} {stages[name].given.note}")
        elif name in asked:
            stages[name] = Stage(name, "missing")
    return stages, notes


def _read_one(name, value, truth):
    shape, note = truth.shape, ""
    expected = f"expected {'a number' if shape == () else f'numbers of shape {shape_text(shape)}'}"
    if advice := comma_advice(value, shape):
        return Stage(name, "bad_type", f"{name} {advice}")
    if other := meant_otherwise(value, truth):
        if not in_percent(other[0], truth):
            return Stage(name, "bad_type", f"{name} {two_readings(value, other[1])}")
        value, note = other[1], READ_AS_PERCENT
    try:
        given = read(value)
    except NotNumbers as problem:
        return Stage(name, "bad_type", f"{name} is {problem}, {expected}")
    given = replace(given, note=note)
    fitting = given.in_shape(shape)
    if fitting is None:
        said = f"{name} has shape {shape_text(given.array.shape)}, expected {shape_text(shape)}"
        return Stage(name, "bad_shape", said, given)
    if not np.all(np.isfinite(fitting.array)):
        return Stage(name, "wrong", f"{name} {not_finite(fitting.array)}", fitting)
    return Stage(name, "", "", fitting)


def _carried(task, own):
    """Each stage as it follows from the student's own earlier values."""

    def touch(name, value):
        return own[name] if name in own and np.shape(own[name]) == np.shape(value) else value

    return resolve(task, touch=touch)


def _judged(stage, truth, carried):
    given, truth = stage.given, np.asarray(truth, dtype=float)
    if np.all(given.agrees(truth)):
        return Stage(stage.name, "correct", given=given)
    if carried is not truth and np.all(given.agrees(np.asarray(carried, dtype=float))):
        return Stage(stage.name, "follows", f"{stage.name} follows from your earlier values", given)
    if given.array.any() and _right_as_far_as_typed(given, truth):
        return Stage(stage.name, "few_digits", f"{stage.name} needs at least three significant digits", given)
    return Stage(stage.name, "wrong", given=given)


def _right_as_far_as_typed(given, truth):
    """Whether all that is off are numbers of fewer than three digits, right to these: 0.0063 for 0.00634."""
    off = ~given.agrees(truth)
    return bool(np.all(given.digits[off] < LEAST_DIGITS)) and rounded_too_far(given.array, truth)


def verdict(judgement: Judgement) -> str:
    """The verdict on the whole, before anything is known of the mistake."""
    kinds = {stage.verdict for stage in judgement.stages.values()}
    if kinds <= {"missing"}:
        return "incomplete" if judgement.notes else "not_attempted"
    for kind in ("bad_type", "bad_shape", "wrong"):
        if kind in kinds:
            return kind
    return "incomplete" if kinds & {"missing", "few_digits"} else "wrong" if "follows" in kinds else "correct"
