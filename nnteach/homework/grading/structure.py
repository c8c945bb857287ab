"""Answers in containers: lists of (W, b), dicts of layers, generators; each array in them with the way to it.

    leaves({"loss": 2.0, "grads": [(dW1, db1), (dW2, db2)]})
    # {"loss": Leaf(2.0, …), "grads[0][0]": Leaf(dW1, …), "grads[0][1]": Leaf(db1, …), …}
"""

import inspect
import itertools
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ...core.graph import Node
from .guard import safely, shown
from .values import MOST_ENTRIES, MOST_NESTED, NotNumbers, is_empty, kind_of, listed

ONLY = ""  # the name of an answer that is a single number or array
MOST_OF_A_NAME = 60


class Key(NamedTuple):
    """One step into a container: a key, and of a list how many entries it has."""

    key: object
    length: int | None = None


class Leaf(NamedTuple):
    """An array, a number or a word of an answer, and the keys that lead to it from the top of the answer."""

    value: object
    path: tuple[Key, ...]


def named(answer) -> dict[str, object]:
    """An answer by names: a dict as it is, a tuple by position, anything else under the name ONLY."""
    if isinstance(answer, Mapping):
        return {shown(str(name), MOST_OF_A_NAME): answer[name] for name in itertools.islice(answer, MOST_ENTRIES)}
    if isinstance(answer, tuple):
        return {f"value {i}": value for i, value in enumerate(answer, start=1)}
    return {ONLY: answer}


def kept(answer, depth=0):
    """An answer as it is now: generators gone through once, arrays copied before a later call changes them."""
    answer = listed(answer)
    if depth > MOST_NESTED:
        return answer
    if type(answer) in (list, tuple):
        return type(answer)(kept(entry, depth + 1) for entry in answer)
    if type(answer) is dict:
        return {key: kept(entry, depth + 1) for key, entry in answer.items()}
    if inspect.iscoroutine(answer):
        answer.close()
    return answer.copy() if type(answer) is np.ndarray else answer


def leaves(answer) -> dict[str, Leaf]:
    """Every array, number and word of an answer by a name that says where it stands; what is None is left out."""
    found = {}
    for name, value in named(kept(answer)).items():
        _collect(name, value, (Key(name),), found)
    return found


def _collect(name, value, path, found):
    if len(path) > MOST_NESTED:
        raise NotNumbers("a list nested too deep to be an array of numbers")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _collect(f"{name or 'result'}[{str(key)!r}]", inner, (*path, Key(key)), found)
    elif isinstance(value, (list, tuple)) and _holds_arrays(value):
        for i, inner in enumerate(value):
            _collect(f"{name or 'result'}[{i}]", inner, (*path, Key(i, len(value))), found)
    elif not is_empty(value):
        found[name] = Leaf(value, path)


def _holds_arrays(values):
    """Whether a list is no array of numbers itself, but a container of arrays, words and other containers."""
    if safely(None, np.asarray, values) is None:
        return True  # ragged
    return any(
        isinstance(entry, (Mapping, str)) or entry is None or _dimensions(entry) > 0
        or (isinstance(entry, (list, tuple)) and _holds_arrays(entry))
        for entry in values
    )


def _dimensions(value):
    if isinstance(value, (np.ndarray, Node)):
        return np.ndim(value.value if isinstance(value, Node) else value)
    shape = getattr(value, "shape", ()) if hasattr(value, "__array__") or hasattr(value, "numpy") else ()
    return len(shape)


class Misfit(Exception):
    """An answer that is built in another way than the truth; the message goes on from "is"."""


def follow(value, path):
    """What stands at the end of a path in an answer; None where it is left open.

    Raises:
        Misfit: there is no such place.
    """
    for key, length in path:
        value = listed(value)
        if is_empty(value):
            return None
        value = _inside(value, key, length)
    return listed(value)


def _inside(value, key, length):
    if isinstance(value, Mapping):
        if key in value:
            return value[key]
        by_text = {str(k): v for k, v in value.items()}
        if isinstance(key, str):
            return by_text.get(key)
    elif length is not None and (isinstance(value, (list, tuple)) or _dimensions(value) > 0):
        if len(value) > length:
            raise Misfit(f"{kind_of(value)} of {len(value)}, expected one of {length}")
        return value[key] if key < len(value) else None
    expected = "a dict" if length is None else f"a list of {length}"
    raise Misfit(f"{kind_of(value)}, expected {expected}")
