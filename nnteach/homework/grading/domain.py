"""What inputs may be: kinds of numbers, told from examples or declared, and what can be done within each kind.

An example of [[0, 1, 0], [1, 0, 0]] is one-hot, and so is everything that is made of it: other numbers, special ones
and those a hair away. So no case ever leaves what an exercise promises.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .guard import safely

HAIR = 1e-7  # how far away the other side of a kink is looked at
ROW_SUM = 1e-9


@dataclass(frozen=True)
class Kind:
    """A kind of numbers.

    Attributes:
        name: "real", "positive", "nonnegative", "negative", "nonpositive", "share" (0 to 1), "whole" (0, 1, 2, …),
            "binary" (0 or 1), "signs" (−1 or 1), "one_hot", "probabilities", or "fixed" for what is left alone.
        low, high: the smallest and the largest seen.
        axis: along which one-hot entries and probabilities add up to 1.
        whole: whether only whole numbers were seen.
        form: "symmetric", "definite", "increasing", "lower" or "upper", where an example has this form.
    """

    name: str
    low: float = -1.0
    high: float = 1.0
    axis: int = -1
    whole: bool = False
    form: str = ""

    @property
    def size(self) -> float:
        """The size of a typical number."""
        return max(abs(self.low), abs(self.high)) or 1.0


def seen_in(samples: list[np.ndarray], example: bool = True) -> Kind:
    """The kind of some numbers.

    Args:
        samples: arrays of numbers, one for each time that they were drawn.
        example: whether there is one sample, made up to show the shape; in it nothing but ones or zeros says no more.
    """
    values = np.concatenate([np.ravel(sample).astype(float) for sample in samples])
    if not values.size or not np.isfinite(values).all():
        return Kind("fixed")
    low, high, whole = float(values.min()), float(values.max()), bool(np.all(values == np.round(values)))
    counts = all(sample.dtype.kind in "biu" for sample in samples)  # whole numbers by type
    several = values.size > 1 or counts
    found = set(values.tolist()) if whole and several else set()
    if found and not (example and len(found) == 1) and found <= {-1.0, 0.0, 1.0}:
        if special := _discrete(found, samples):
            return special
    if (axis := _adds_up_along(samples, low)) is not None:
        return Kind("probabilities", low, high, axis)
    whole = counts or (whole and several and (len(found) > 1 or not example or high > 1))
    form = _form(samples[0]) if example else ""
    return Kind("whole" if counts and low >= 0 else _by_sign(low, high, whole), low, high, whole=whole, form=form)


def _discrete(found, samples):
    if found <= {0.0, 1.0}:
        for axis in (-1, 0):
            if all(s.ndim and s.shape[axis] > 1 and np.all(s.sum(axis=axis) == 1) for s in samples):
                return Kind("one_hot", 0.0, 1.0, axis)
        return Kind("binary", 0.0, 1.0)
    return Kind("signs", -1.0, 1.0) if 0.0 not in found else None


def _adds_up_along(samples, low):
    if low < 0:
        return None
    for axis in (-1, 0):
        if all(s.ndim and s.shape[axis] > 1 and np.all(np.abs(s.sum(axis=axis) - 1) < ROW_SUM) for s in samples):
            return axis
    return None


def _by_sign(low, high, whole):
    if low == high == 0:
        return "real"
    if low >= 0 and whole:
        return "whole"
    if (0 <= low and high < 1) or (low >= 0 and high == 1 and low < 1):
        return "share"
    if low >= 0:
        return "positive" if low > 0 else "nonnegative"
    if high <= 0:
        return "negative" if high < 0 else "nonpositive"
    return "real"


def _form(array):
    if array.ndim == 1 and array.size > 2 and np.all(np.diff(array) > 0):
        return "increasing"
    if array.ndim != 2 or array.shape[0] != array.shape[1] or len(array) < 2 or not array.any():
        return ""
    if np.ptp(array) == 0:
        return ""
    if np.array_equal(array, array.T):
        return "definite" if np.all(np.linalg.eigvalsh(array) > 0) else "symmetric"
    return "lower" if not np.triu(array, 1).any() else "upper" if not np.tril(array, -1).any() else ""


# ------------------------------------------------------------------------------------ other numbers of a kind


def draw(kind: Kind, shape: tuple, rng) -> np.ndarray:
    """Random numbers of a kind, short ones, about as large as those seen."""
    return _in_form(kind, DRAWN[kind.name](kind, shape, rng), rng)


def _real(kind, shape, rng):
    if kind.whole:
        return rng.integers(-int(kind.size), int(kind.size) + 1, shape).astype(float)
    return _short(rng.normal(0, kind.size, shape), kind)


def _short(array, kind):
    return np.round(array, _places(kind)) + 0.0


def _places(kind):
    return max(0, 2 - int(np.floor(np.log10(kind.size))))


def _positive(kind, shape, rng):
    return np.maximum(np.abs(_short(rng.normal(0, kind.size, shape), kind)), 10.0 ** -_places(kind))


def _nonnegative(kind, shape, rng):
    return _positive(kind, shape, rng) * (rng.random(shape) > 0.2)


def _share(kind, shape, rng):
    found = np.minimum(kind.size * rng.uniform(0.3, 1.9 if not shape else 1.0, shape), 0.95)
    found = np.maximum(_short(found, kind), 10.0 ** -_places(kind))
    ends = [end for end, seen in ((0.0, kind.low == 0), (1.0, kind.high == 1)) if seen]
    return np.where(rng.random(shape) < 0.2, rng.choice(ends, shape), found) if ends else found


def _whole(kind, shape, rng):
    low = int(min(kind.low, 1))
    return rng.integers(low, max(int(kind.high), low + 1) + 1, shape).astype(float)


def _one_hot(kind, shape, rng):
    width = shape[kind.axis]
    rest = tuple(np.delete(shape, kind.axis))
    return np.moveaxis(np.eye(width)[rng.integers(0, width, rest)], -1, kind.axis)


def _probabilities(kind, shape, rng):
    width = shape[kind.axis]
    rest = tuple(np.delete(shape, kind.axis))
    parts = 20 * width
    some = 0 if kind.low == 0 else 1  # of twentieths, so that each row adds up to 1
    rows = (some * np.ones(width) + rng.multinomial(parts - some * width, rng.dirichlet(np.ones(width)), rest)) / parts
    return np.moveaxis(rows.reshape(*rest, width), -1, kind.axis)


DRAWN: dict[str, Callable] = {
    "real": _real,
    "positive": _positive,
    "nonnegative": _nonnegative,
    "negative": lambda kind, shape, rng: -_positive(kind, shape, rng),
    "nonpositive": lambda kind, shape, rng: -_nonnegative(kind, shape, rng),
    "share": _share,
    "whole": _whole,
    "binary": lambda kind, shape, rng: rng.integers(0, 2, shape).astype(float),
    "signs": lambda kind, shape, rng: rng.choice((-1.0, 1.0), shape),
    "one_hot": _one_hot,
    "probabilities": _probabilities,
}


def _in_form(kind, array, rng):
    if kind.form == "increasing":
        return np.sort(array)
    if kind.form == "symmetric":
        return np.tril(array) + np.tril(array, -1).T
    if kind.form == "definite":
        half = np.tril(array, -1) + np.tril(array, -1).T
        return half + np.diag(np.abs(half).sum(axis=1) + np.abs(np.diag(array)) + 10.0 ** -_places(kind))
    return np.tril(array) if kind.form == "lower" else np.triu(array) if kind.form == "upper" else array


# -------------------------------------------------------------------------------- special numbers, and a hair away


def special(kind: Kind, array: np.ndarray, how: str, rng) -> np.ndarray:
    """Numbers of a kind where mistakes hide or show: "zeros", "ties" or "one_sign".

    Args:
        kind: what they have to be.
        array: numbers of this kind, drawn by whoever made the exercise.
        how: all zero, or as near to it as the kind allows; all −1, 0 or 1; or all of one sign.
        rng: a `np.random.Generator`.
    """
    make = SPECIAL.get((kind.name, how))
    return array if make is None or kind.form else np.asarray(make(array, rng), dtype=float) + 0.0  # no −0.0


SPECIAL: dict[tuple[str, str], Callable] = {
    ("real", "zeros"): lambda a, rng: 0 * a,
    ("real", "ties"): lambda a, rng: rng.integers(-1, 2, a.shape),
    ("real", "one_sign"): lambda a, rng: np.abs(a) * rng.choice((-1, 1)),
    ("nonnegative", "zeros"): lambda a, rng: 0 * a,
    ("nonnegative", "ties"): lambda a, rng: rng.integers(0, 2, a.shape),
    ("nonpositive", "zeros"): lambda a, rng: 0 * a,
    ("nonpositive", "ties"): lambda a, rng: -rng.integers(0, 2, a.shape),
    ("positive", "zeros"): lambda a, rng: np.full(a.shape, np.min(a, initial=1.0)),
    ("positive", "ties"): lambda a, rng: rng.choice(a.ravel(), a.shape) if a.size else a,
    ("negative", "ties"): lambda a, rng: rng.choice(a.ravel(), a.shape) if a.size else a,
    ("share", "ties"): lambda a, rng: rng.choice(a.ravel(), a.shape) if a.size else a,
    ("whole", "zeros"): lambda a, rng: np.full(a.shape, np.min(a, initial=9.0)),
    ("binary", "zeros"): lambda a, rng: 0 * a,
    ("binary", "ties"): lambda a, rng: rng.integers(0, 2, a.shape),
    ("signs", "zeros"): lambda a, rng: np.ones(a.shape),
    ("one_hot", "zeros"): lambda a, rng: a,
}


def moved(kind: Kind, array: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Numbers of a kind a hair away; what counts or names something stays as it is.

    Args:
        kind: what they have to be.
        array: the numbers.
        way: in which direction, of the same shape.
    """
    if kind.form:
        way = {"lower": np.tril, "upper": np.triu, "increasing": np.copy}.get(kind.form, lambda w: w + w.T)(way)
    if kind.name == "real":
        return array + HAIR * min(1.0, float(np.max(np.abs(array), initial=0.0)) or 1.0) * way
    if kind.name in ("positive", "nonnegative", "negative", "nonpositive"):
        sign = -1.0 if kind.name.startswith("n") and not kind.name.startswith("nonn") else 1.0
        return np.where(array == 0, sign * HAIR * np.abs(way), array * (1 + HAIR * way))
    if kind.name == "share":
        inside = np.where(array == 0, HAIR * np.abs(way), array * (1 + HAIR * way))
        return np.where(array == 1, 1 - HAIR * np.abs(way), inside)
    if kind.name == "probabilities":
        near = np.abs(array + HAIR * way)
        return near / near.sum(axis=kind.axis, keepdims=True)
    return array


# ------------------------------------------------------------------------------------- numbers inside containers


def numbers_in(value, path=()):
    """The numbers of an input: (where they stand, an array of them), for each array, number and list of numbers."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from numbers_in(inner, (*path, key))
    elif _is_number(value) or isinstance(value, (np.ndarray, np.generic)) or _is_list_of_numbers(value):
        array = np.asarray(value)
        if array.dtype.kind in "biuf":
            yield path, array
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            yield from numbers_in(inner, (*path, i))


def with_numbers(value, change: Callable, path=()):
    """An input with other numbers: `change(where, array)` gives them, or None to leave them as they are."""
    if type(value) is dict:
        return {key: with_numbers(inner, change, (*path, key)) for key, inner in value.items()}
    if _is_number(value) or isinstance(value, (np.ndarray, np.generic)) or _is_list_of_numbers(value):
        array = np.asarray(value)
        new = change(path, array) if array.dtype.kind in "biuf" else None
        return value if new is None else _like(value, np.asarray(new).astype(array.dtype))
    if type(value) in (list, tuple):
        return type(value)(with_numbers(inner, change, (*path, i)) for i, inner in enumerate(value))
    return value


def _like(value, array):
    if isinstance(value, np.ndarray):
        return array
    if isinstance(value, np.generic):
        return array.dtype.type(array)
    return _tuples(array.tolist()) if isinstance(value, tuple) else array.tolist()


def _tuples(values):
    return tuple(map(_tuples, values)) if isinstance(values, list) else values


def _is_number(value):
    return isinstance(value, (bool, int, float)) and safely(False, lambda: np.asarray(value).dtype.kind in "biuf")


def _is_list_of_numbers(value):
    if type(value) not in (list, tuple) or not value:
        return False
    flat = all(isinstance(entry, (int, float, np.integer, np.floating)) for entry in value)
    nested = all(_is_list_of_numbers(entry) for entry in value)
    return (flat or nested) and safely(False, lambda: np.asarray(value).dtype.kind in "biuf")
