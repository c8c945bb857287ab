"""Numbers as students hand them in: reading them, and judging them by value.

The rule for "right": an answer that was rounded is right within one unit of its last digit, with three
significant digits at least; one that was computed in full must agree in full. So a correct answer with three
digits is accepted, and a small slip in a computed one is not hidden by a generous tolerance.
"""

import decimal
import itertools
import numbers
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Set, ValuesView

import numpy as np

from ...core.graph import Node
from ...symbolic.numerals import NotANumber, is_list, numeral, otherwise, shown, typed_list
from .guard import guarded, safely

LEAST_DIGITS = 3
COMPUTED = 1e-6  # relative; rounding errors of a double stay far below it
SINGLE = 1e-4  # relative; what is left when somebody computed in float32
LARGEST_UNIT = 0.0101  # relative; the third digit of 1.00 is the largest that can be the last one
NOISE = 1e-9  # relative to the largest entry: an entry that cancels to almost zero has no digits of its own
MOST_ENTRIES = 10_000  # of what is read one by one
MOST_NESTED = 50


class NotNumbers(Exception):
    """What was handed in is no array of real numbers; the text says what it is."""


def is_empty(value) -> bool:
    """Whether an answer has not been filled in: None, `...` or an empty text."""
    return value is None or value is Ellipsis or (isinstance(value, str) and not value.strip())


def has_gaps(value) -> bool:
    """Whether an answer, or an entry of a list, has not been filled in."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = safely([], lambda: value.ravel()[:MOST_ENTRIES].tolist())
    return is_empty(value) or (isinstance(value, (list, tuple)) and any(map(is_empty, value)))


def to_array(value) -> np.ndarray:
    """An answer as an array of floats.

    It may be a number of any kind (a Fraction, a Decimal, one typed as a text such as "−4,3" or "1/3"), an array,
    nested lists, a Node, a PyTorch or TensorFlow tensor.

    Raises:
        NotNumbers: it is something else; the message says what, and goes on from "is".
    """
    plain, error = guarded(_plain, value)
    array, other = guarded(np.asarray, plain)
    if isinstance(error, NotNumbers):
        raise error from None
    if error is not None or other is not None:
        raise NotNumbers(_no_array(value)) from None
    if array.dtype.kind not in "biuf":
        raise NotNumbers(kind_of(value) if array.ndim == 0 else _no_array(value))
    if array.dtype == np.float16:  # as it is printed: what it is printed with are the digits that it has
        return np.reshape([float(str(x)) for x in array.ravel()], array.shape)
    return array.astype(float) if array.dtype.kind in "biu" or array.dtype.itemsize > 8 else array


def _no_array(value):
    return f"{kind_of(value)} that is no array of numbers"


def _plain(value, depth=0):
    """A value in terms of NumPy's numbers, lists and arrays."""
    if depth > MOST_NESTED:
        raise NotNumbers("a list nested too deep to be an array of numbers")
    if isinstance(value, Node):
        return value.value
    if isinstance(value, str):
        return _typed(value, depth)
    value = listed(value)
    if isinstance(value, (list, tuple)):
        return [_plain(entry, depth + 1) for entry in value]
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise NotNumbers("an array with masked entries")
    if isinstance(value, np.ndarray):
        return _plain(value.tolist(), depth + 1) if value.dtype.kind in "OUT" else value
    if isinstance(value, np.generic):
        return value
    if isinstance(value, (numbers.Number, decimal.Decimal)):
        return _number(value)
    return _tensor(value)


def _typed(text, depth=0):
    try:
        return _plain(typed_list(text), depth + 1) if is_list(text) else numeral(text).value
    except NotANumber as problem:
        raise NotNumbers(str(problem)) from None


def _number(value):
    """Any kind of number as a float."""
    if isinstance(value, complex) or not isinstance(value, (numbers.Real, decimal.Decimal)):
        raise NotNumbers("a complex number, where real ones are meant")
    found, error = guarded(float, value)
    if isinstance(error, OverflowError):
        raise NotNumbers("a number too large for a float64")
    if error is not None:
        raise NotNumbers(kind_of(value))
    return found


def _tensor(value):
    """The array of a tensor, whichever framework made it; of anything else what it gives itself out for."""
    if callable(value) and not hasattr(value, "__array__") and not hasattr(value, "numpy"):
        raise NotNumbers(kind_of(value))
    for method in ("detach", "cpu"):
        if callable(getattr(value, method, None)):
            value = getattr(value, method)()
    if callable(getattr(value, "numpy", None)):
        array, error = guarded(value.numpy)
        value = array if error is None else value.float().numpy()  # bfloat16 has no counterpart in NumPy
    if not hasattr(value, "__array__") and hasattr(type(value), "__float__"):
        return float(value)
    return value


def listed(value):
    """What is gone through once, as a list; a generator no further than anybody would write by hand."""
    if isinstance(value, (Iterator, range, KeysView, ValuesView, ItemsView)):
        entries = list(itertools.islice(iter(value), MOST_ENTRIES + 1))
        if len(entries) > MOST_ENTRIES:
            raise NotNumbers(f"more than {MOST_ENTRIES:,} entries, as from something without an end")
        return entries
    return value


def kind_of(value) -> str:
    """What a value is, for a sentence: "a text", "an object of type Layer"."""
    return safely("an object that cannot be looked at", _kind_of, value)


def _kind_of(value):
    known = {dict: "a dict", list: "a list", tuple: "a tuple"}
    if value is None or value is Ellipsis:
        return "nothing"
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, str):
        return f"a text ({shown(value)})"
    if isinstance(value, complex):
        return "a complex number"
    if isinstance(value, np.ndarray) and value.dtype.kind not in "biuf":
        return f"an array of {value.dtype}"
    if isinstance(value, (list, tuple)) and (odd := _odd_one(value)):
        return f"{known.get(type(value), 'a list')} with {odd} in it,"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, (numbers.Real, np.ndarray, Node)):
        return "a number" if np.ndim(getattr(value, "value", value)) == 0 else "an array"
    if hasattr(value, "cr_await"):
        return "a coroutine (write def instead of async def)"
    if callable(value):
        return "a function"
    if isinstance(value, Iterator):
        return "a generator"
    if isinstance(value, Set):
        return "a set, which has no order (write a list)"
    if isinstance(value, Mapping):
        return "a dict"
    return known.get(type(value), f"an object of type {type(value).__name__}")


def _odd_one(values):
    """The first entry of a list that is no number, in words."""
    for entry in values[:MOST_ENTRIES]:
        if not isinstance(entry, (list, tuple)) and guarded(to_array, entry)[1] is not None:
            return kind_of(entry)
    return ""


def comma_advice(value, shape) -> str:
    """What to say where one number is asked for and a decimal comma made two of it; nothing if it did not."""
    if shape != () or type(value) is not tuple or len(value) != 2 or {type(part) for part in value} != {int}:
        return ""
    whole, part = value
    if part < 0:
        return ""
    meant = [f"{whole}.{part}"] if whole else [f"0.{part}", f"-0.{part}"]
    said, typed = " or ".join(meant).replace("-", "−"), " or ".join(meant)
    return f"is two numbers, {whole} and {part}: do you mean {said}? Python writes a decimal point: {typed}"


def meant_otherwise(value, truth) -> tuple[str, object] | None:
    """How an answer that is wrong as it is read would be right: what was read otherwise, and a plain answer.

    Only texts have several readings (`numerals.otherwise`); None where the answer is right, or wrong in all of them.
    """
    truth = np.asarray(truth, dtype=float)
    return safely(None, _meant_otherwise, value, truth) if safely(False, _has_texts, value) else None


def _meant_otherwise(value, truth):
    if guarded(to_array, value)[1] is not None or _is_right(value, truth):
        return None
    for kind in ("percent", "thousands"):
        plain = _retyped(value, lambda text, kind=kind: otherwise(text).get(kind, text))
        if _is_right(plain, truth):
            return kind, plain
    return None


def _is_right(value, truth):
    array, error = guarded(to_array, value)
    return error is None and np.shape(array) == truth.shape and bool(np.all(agrees(array, truth)))


def _has_texts(value, depth=0):
    if depth > MOST_NESTED:
        return False
    value = value.tolist() if isinstance(value, np.ndarray) and value.dtype.kind in "OUT" else value
    entries = value[:MOST_ENTRIES] if isinstance(value, (list, tuple)) else ()
    return isinstance(value, str) or any(_has_texts(entry, depth + 1) for entry in entries)


def _retyped(value, change):
    value = value.tolist() if isinstance(value, np.ndarray) and value.dtype.kind in "OUT" else value
    if isinstance(value, (list, tuple)):
        return [_retyped(entry, change) for entry in value]
    return change(value) if isinstance(value, str) else value


def in_percent(kind, truth) -> bool:
    """Whether what is asked for counts percent itself, as where 12.5 is asked and 12.5 % typed."""
    return kind == "percent" and bool(np.all(np.abs(truth) > 1))


READ_AS_PERCENT = "is read as a number of percent, without the sign: accepted"


def two_readings(value, plain) -> str:
    """The question about an answer that is right in one reading only; goes on from the answer's name."""
    one, other = (number_as_text(to_array(text)) for text in (value, plain))
    return f"can be read in two ways, {one} and {other}: write the one that you mean"


def number_as_text(array) -> str:
    """A number as Python writes it, without a needless .0; of an array its list."""
    return f"[{', '.join(map(number_as_text, array))}]" if np.ndim(array) else f"{float(array):.12g}"


def not_finite(array) -> str:
    """Which entries of an array are nan or infinite, and what that often comes from."""
    bad = ~np.isfinite(array)
    kind = "nan (not a number)" if np.isnan(array).any() else "infinite"
    return f"is {kind}{places(bad)}: a division by 0, or a logarithm of 0 or less?"


def places(bad, most=3) -> str:
    """" in entry [0, 1]" for the marked entries; nothing for a single number."""
    if bad.ndim == 0 or (bad.all() and bad.size > 1):
        return ""
    found = [f"[{', '.join(map(str, index))}]" for index in np.argwhere(bad)]
    word = "entry" if len(found) == 1 else "entries"
    return f" in {word} {', '.join(found[:most])}{', …' if len(found) > most else ''}"


def agrees(given: np.ndarray, low: np.ndarray, high: np.ndarray | None = None, floor: float = 0.0) -> np.ndarray:
    """Entry by entry, whether an answer is right.

    Args:
        given: the answer.
        low, high: the truth, of the same shape; at a kink any slope between the two is right.
        floor: what is no larger than this is rounding error.

    Returns:
        Booleans of the same shape.
    """
    high = low if high is None else high
    with np.errstate(all="ignore"):
        distance = np.maximum(np.maximum(low - given, given - high), 0.0)
        right = distance <= np.maximum(_tolerance(given, low, high), floor)
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
    digits, exponent = digits_of(x)
    return 0.0 if digits == 0 or digits > 6 else 1.001 * 10.0 ** (exponent - max(digits, LEAST_DIGITS) + 1)


def digits_of(x: float) -> tuple[int, int]:
    """How many significant digits a number was written with, and the exponent of the first."""
    if x == 0 or not np.isfinite(x):
        return 0, 0
    shortest = repr(abs(x)).split("e")[0].replace(".", "").strip("0")  # 0.084 -> "84"
    return len(shortest), int(f"{x:e}".split("e")[1])


def rounded_too_far(given: np.ndarray, truth: np.ndarray) -> bool:
    """Whether an answer is the truth rounded too far: to decimals, or to one or two significant digits.

    Decimals may be cut off, too, where there are several of them: by one or two decimals many a wrong number is right.
    """
    with np.errstate(all="ignore"):
        if any(np.array_equal(given, np.round(truth, places)) for places in range(7)):
            return True
        cut = (np.trunc(truth * 10.0**places) / 10.0**places for places in range(3, 7))
        if any(np.allclose(given, shorter, rtol=NOISE, atol=0.0) for shorter in cut):
            return True
    pairs = zip(np.ravel(given), np.ravel(truth), strict=True)
    return all(x in (float(f"{t:.0e}"), float(f"{t:.1e}")) for x, t in pairs)
