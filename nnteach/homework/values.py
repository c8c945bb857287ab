"""Numbers as students hand them in: reading them, and judging them by value.

The rule for "right": an answer that was rounded is right within one unit of its last digit, with three
significant digits at least; one that was computed in full must agree in full. So a correct answer with three
digits is accepted, and a small slip in a computed one is not hidden by a generous tolerance.
"""

import numbers

import numpy as np

from ..graph import Node

LEAST_DIGITS = 3
COMPUTED = 1e-6  # relative; rounding errors of a double stay far below it
SINGLE = 1e-4  # relative; what is left when somebody computed in float32
LARGEST_UNIT = 0.0101  # relative; the third digit of 1.00 is the largest that can be the last one
NOISE = 1e-9  # relative to the largest entry: an entry that cancels to almost zero has no digits of its own


class NotNumbers(Exception):
    """What was handed in is no array of real numbers; the text says what it is."""


def is_empty(value) -> bool:
    """Whether an answer has not been filled in: None or `...`."""
    return value is None or value is Ellipsis


def has_gaps(value) -> bool:
    """Whether an answer, or an entry of a list, has not been filled in."""
    return is_empty(value) or (isinstance(value, (list, tuple)) and any(map(is_empty, value)))


def to_array(value) -> np.ndarray:
    """An answer as an array: a number, an array, nested lists, a Node, a PyTorch or TensorFlow tensor.

    Raises:
        NotNumbers: it is something else.
    """
    try:
        array = np.asarray(_plain(value))
    except (TypeError, ValueError, RuntimeError, RecursionError):
        raise NotNumbers(f"{kind_of(value)} that is no array of numbers") from None
    if array.dtype.kind not in "biuf":
        raise NotNumbers(kind_of(value))
    return array.astype(float) if array.dtype.kind in "biu" else array


def _plain(value):
    if isinstance(value, Node):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, (numbers.Number, np.ndarray, np.generic)):
        return value
    for method in ("detach", "cpu", "numpy"):  # a tensor, whichever framework made it
        if callable(getattr(value, method, None)):
            value = getattr(value, method)()
    return value


def kind_of(value) -> str:
    """What a value is, for a sentence: "a text", "an object of type Layer"."""
    known = {str: "a text", dict: "a dict", complex: "a complex number", list: "a list", tuple: "a tuple"}
    if is_empty(value):
        return "nothing"
    if isinstance(value, np.ndarray) and value.dtype.kind not in "biuf":
        return f"an array of {value.dtype}"
    if callable(value):
        return "a function"
    if isinstance(value, (numbers.Real, np.ndarray, Node)):
        return "a number" if np.ndim(getattr(value, "value", value)) == 0 else "an array"
    return known.get(type(value), f"an object of type {type(value).__name__}")


def agrees(given: np.ndarray, low: np.ndarray, high: np.ndarray | None = None) -> np.ndarray:
    """Entry by entry, whether an answer is right.

    Args:
        given: the answer.
        low, high: the truth, of the same shape; at a kink any slope between the two is right.

    Returns:
        Booleans of the same shape.
    """
    high = low if high is None else high
    with np.errstate(all="ignore"):
        distance = np.maximum(np.maximum(low - given, given - high), 0.0)
        right = distance <= _tolerance(given, low, high)
        unsure = ~right & (distance <= LARGEST_UNIT * np.abs(given))
        if unsure.any():  # reading digits is slow, and most answers are right or far off
            right = right | (unsure & (distance <= _last_digit(given)))
    return right & np.isfinite(given)


def _tolerance(given, low, high):
    truth = np.maximum(np.abs(low), np.abs(high)).astype(float)
    scale = truth.max(initial=0.0) or 1.0
    # Numbers that went through float32 keep its digits even when they come back as float64, or in a list.
    single = given.size > 0 and bool(np.all(given.astype(np.float32) == given))
    return SINGLE * truth + SINGLE / 100 * scale if single else COMPUTED * truth + NOISE * scale


def _last_digit(given):
    return np.reshape([_unit(float(x)) for x in np.ravel(given)], np.shape(given))


def _unit(x: float) -> float:
    """The place value of the last digit that was written, the third significant one at least."""
    digits, exponent = _digits(x)
    return 0.0 if digits == 0 or digits > 6 else 1.001 * 10.0 ** (exponent - max(digits, LEAST_DIGITS) + 1)


def _digits(x: float) -> tuple[int, int]:
    """How many significant digits a number was written with, and the exponent of the first."""
    if x == 0 or not np.isfinite(x):
        return 0, 0
    shortest = repr(abs(x)).split("e")[0].replace(".", "").strip("0")  # 0.084 -> "84"
    return len(shortest), int(f"{x:e}".split("e")[1])


def rounded_too_far(given: np.ndarray, truth: np.ndarray) -> bool:
    """Whether an answer is the truth rounded too far: to decimals, or to one or two significant digits."""
    if any(np.array_equal(given, np.round(truth, places)) for places in range(4)):
        return True
    pairs = zip(np.ravel(given), np.ravel(truth), strict=True)
    return all(x in (float(f"{t:.0e}"), float(f"{t:.1e}")) for x, t in pairs)
