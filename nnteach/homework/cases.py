"""The cases a function is checked on: an example, its special neighbours, and random ones.

Special cases are those where mistakes hide or show: all zeros, ties and kinks (every number −1, 0 or 1), and
arrays of one sign each, which switch whole layers of ReLU units off. Numbers are short, so that a student can
repeat a case by hand.
"""

import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import NNTeachError, message
from ..graph import Node


class CheckError(NNTeachError, ValueError):
    """A check that cannot be made as it was asked for."""


@dataclass(frozen=True)
class Case:
    """Inputs to call a function with, by name; special cases are apt to lie on a kink."""

    inputs: dict[str, object]
    special: bool = False

    def arguments(self) -> list:
        """Fresh copies, so that no function can change a case for the next one."""
        return [copy.deepcopy(value) for value in self.inputs.values()]

    @property
    def size(self) -> tuple[int, int]:
        """How much there is to read in the case: how many numbers, and how long they are."""
        arrays = [np.asarray(value) for value in self.inputs.values() if not isinstance(value, Node)]
        return sum(a.size for a in arrays), sum(len(str(a.tolist())) for a in arrays)

    def nearby(self, rng, directions: int = 3) -> list[list]:
        """Arguments a hair away, in pairs on opposite sides, so that both sides of a kink are seen."""
        found = []
        for _ in range(directions):
            ways = {n: 1e-7 * rng.standard_normal(np.shape(v)) for n, v in self.inputs.items() if _is_real(v)}
            for sign in (1, -1):
                arguments = dict(zip(self.inputs, self.arguments(), strict=True))
                found.append([v + sign * ways[name] if name in ways else v for name, v in arguments.items()])
        return found


def make_cases(solution, how_many: int, rng, inputs=None) -> list[Case]:
    """Cases for a solution function.

    Args:
        solution: the solution function; it says what its inputs are called.
        how_many: how many cases to make.
        rng: a `np.random.Generator`.
        inputs: a function rng -> dict or tuple of inputs; or example inputs to imitate in shape and type.
            If not given, the solution's attribute `inputs` is used, or the default values of its parameters.

    Raises:
        CheckError: nothing says what the inputs look like.
    """
    names = input_names(solution)
    example = None if callable(inputs) else inputs
    if inputs is None:
        inputs, example = getattr(solution, "inputs", None), getattr(solution, "example", None)
    if not callable(inputs):
        inputs, example = None, _defaults(solution, names) if example is None else example
    draw = _drawing(inputs, example, names)
    first = draw(rng) if example is None else _named(example, names)
    special = [Case(vary(draw(rng), rng), special=True) for vary in VARIATIONS]
    return [Case(first, special=True), *special, *(Case(draw(rng)) for _ in range(how_many))][:how_many]


def input_names(function) -> list[str]:
    """What a function calls its inputs."""
    kinds = inspect.Parameter
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)]


def _drawing(generator, example, names):
    if generator is not None:
        return lambda rng: _named(generator(rng), names)
    template = _named(example, names)
    return lambda rng: {name: _imitate(value, rng) for name, value in template.items()}


def _defaults(solution, names):
    defaults = {name: inspect.signature(solution).parameters[name].default for name in names}
    empty = [name for name, default in defaults.items() if default is inspect.Parameter.empty]
    if empty:
        expected = f"to know what {', '.join(empty)} may be"
        advice = "Give inputs=, a function rng -> dict of inputs, or example inputs to imitate"
        raise CheckError(message(expected, "a solution function without examples", advice))
    return defaults


def _named(values, names) -> dict:
    """Inputs as a dict in the order of the function's parameters."""
    if not isinstance(values, Mapping):
        values = values if isinstance(values, (tuple, list)) else (values,)
        values = dict(zip(names if len(values) == len(names) else range(len(values)), values, strict=True))
    if set(values) != set(names):
        raise CheckError(message(f"inputs named {', '.join(names)}", ", ".join(map(str, values)) or "none",
                                 "The inputs must fit the solution function's parameters"))
    return {name: values[name] for name in names}


def _is_real(value) -> bool:
    return isinstance(value, (float, np.generic, np.ndarray)) and np.asarray(value).dtype.kind == "f"


def _imitate(value, rng):
    """A random value like an example: same shape and type, numbers of about its size, short."""
    if isinstance(value, (bool, str)) or not isinstance(value, (int, float, list, np.generic, np.ndarray)):
        return copy.deepcopy(value)
    array = np.asarray(value)
    if array.dtype.kind == "f":
        size = float(np.max(np.abs(array), initial=0.0)) or 1.0
        digits = max(0, 2 - int(np.floor(np.log10(size))))
        drawn = np.round(rng.normal(0, size, array.shape), digits).astype(array.dtype)
    elif array.dtype.kind in "iu" and array.ndim:
        drawn = rng.integers(array.min(initial=0), array.max(initial=0) + 1, array.shape, dtype=array.dtype)
    elif array.dtype.kind in "iu":
        drawn = rng.integers(-9, 10, dtype=np.int64)
    else:
        return copy.deepcopy(value)
    return drawn.tolist() if isinstance(value, (int, float, list)) else drawn.astype(array.dtype)


def _zeros(inputs, rng):
    return {name: _changed(value, lambda a: 0 * a) for name, value in inputs.items()}


def _ties(inputs, rng):
    return {name: _changed(value, lambda a: rng.integers(-1, 2, a.shape)) for name, value in inputs.items()}


def _one_sign(inputs, rng):
    return {name: _changed(v, lambda a: np.abs(a) * rng.choice((-1, 1))) for name, v in inputs.items()}


def _changed(value, change):
    """A real number or array with other entries; whole numbers count or name something and stay."""
    if not _is_real(value):
        return value
    array = np.asarray(value)
    new = np.asarray(change(array) + 0.0).astype(array.dtype)  # + 0.0, for −0.0 looks odd in a message
    return float(new) if isinstance(value, float) else new


VARIATIONS = (_zeros, _ties, _ties, _ties, _ties, _one_sign, _one_sign, _one_sign)
