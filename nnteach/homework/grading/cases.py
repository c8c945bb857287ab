"""The cases a function is checked on: an example, its special neighbours, and random ones.

Special cases are those where mistakes hide or show: all zeros, ties and kinks (every number −1, 0 or 1), and
arrays of one sign each, which switch whole layers of ReLU units off. They are made within what an exercise promises:
within the kinds of numbers that it declares or that its example shows; a function that draws inputs is taken at its
word, and the special ones are chosen among those it draws. Numbers are short, so that a student can repeat a case by
hand.
"""

import collections
import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ...core import nested
from ...core.errors import GraphError, NNTeachError, message
from .domain import Kind, draw, moved, numbers_in, seen_in, special, with_numbers
from .guard import guarded, quiet, safely, said

HOW = ("zeros", "ties", "ties", "ties", "ties", "one_sign", "one_sign", "one_sign")
MORE_DRAWS = 24  # of a function that draws inputs, for the special ones to be chosen from


class CheckError(NNTeachError, ValueError):
    """A check that cannot be made as it was asked for."""


class InputsError(Exception):
    """The teacher's function that draws inputs does not work; the message says why."""


@dataclass(frozen=True)
class Case:
    """Inputs to call a function with, by name.

    Attributes:
        inputs: the inputs.
        special: whether it is apt to lie on a kink.
        kinds: what the numbers in each input have to be, by where they stand; without them it has no neighbours.
        own: whether these are the student's own numbers.
        floor: what is no larger than this is rounding error, where a right way of computing it makes some.
    """

    inputs: dict[str, object]
    special: bool = False
    kinds: dict[str, dict[tuple, Kind]] = field(default_factory=dict)
    own: bool = False
    floor: float = 0.0

    def arguments(self) -> list:
        """Fresh copies, so that no function can change a case for the next one."""
        return [safely(value, copy.deepcopy, value) for value in self.inputs.values()]

    @property
    def size(self) -> tuple[int, int]:
        """How much there is to read in the case: how many numbers, and how long they are."""
        arrays = [array for value in self.inputs.values() for _, array in numbers_in(value)]
        return sum(a.size for a in arrays), sum(len(str(a.tolist())) for a in arrays)

    @property
    def dull(self) -> bool:
        """Whether all numbers are zero, so that there is nothing to see."""
        return not any(array.any() for value in self.inputs.values() for _, array in numbers_in(value))

    @property
    def scale(self) -> float:
        """The largest of the numbers."""
        arrays = [array for value in self.inputs.values() for _, array in numbers_in(value) if array.size]
        return max((float(np.max(np.abs(array.astype(float)))) for array in arrays), default=0.0)

    def nearby(self, rng, directions: int = 3) -> list[list]:
        """Arguments a hair away, in pairs on opposite sides, so that both sides of a kink are seen."""
        found = []
        for _ in range(directions if self.kinds else 0):
            ways = {name: {where: rng.standard_normal(array.shape) for where, array in numbers_in(value)}
                    for name, value in self.inputs.items()}
            for sign in (1, -1):
                found.append([self._moved(name, value, ways[name], sign)
                              for name, value in zip(self.inputs, self.arguments(), strict=True)])
        return found

    def _moved(self, name, value, ways, sign):
        def change(where, array):
            kind = self.kinds.get(name, {}).get(where)
            return None if kind is None or array.dtype.kind != "f" else moved(kind, array, sign * ways[where])

        return with_numbers(value, change)


def make_cases(solution, how_many: int, rng, inputs=None, kinds=None) -> list[Case]:
    """Cases for a solution function.

    Args:
        solution: the solution function; it says what its inputs are called.
        how_many: how many cases to make.
        rng: a `np.random.Generator`.
        inputs: a function rng -> dict or tuple of inputs; or example inputs to imitate in shape, type and kind.
            If not given, the solution's attribute `inputs` is used, or the default values of its parameters.
        kinds: name of an input -> kind of its numbers (`domain.Kind.name`), within which special cases are made; if
            not given, the solution's attribute `kinds` where the inputs are its own.

    Raises:
        CheckError: nothing says what the inputs look like.
        InputsError: the function that draws inputs does not work.
    """
    names = input_names(solution)
    example = None if callable(inputs) else inputs
    if inputs is None:
        inputs, example = getattr(solution, "inputs", None), getattr(solution, "example", None)
        kinds = kinds or getattr(solution, "kinds", None)
    if not callable(inputs):
        example = _named(_defaults(solution, names) if example is None else example, names)
        return _imitations(example, how_many, rng, kinds or {})
    return _drawn(_drawing(inputs, names), None if example is None else _named(example, names), how_many, rng, kinds)


def input_names(function) -> list[str]:
    """What a function calls its inputs."""
    kinds = inspect.Parameter
    signature, error = guarded(inspect.signature, function)
    if error is not None:
        raise CheckError(message("a solution function that says what its inputs are called", said(error) or "none",
                                 "Write it with def and name its inputs"))
    parameters = signature.parameters.values()
    return [p.name for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)]


def _imitations(example, how_many, rng, declared):
    """The example, special cases, and random ones, all of them within the kinds of numbers of the example."""
    kinds = _kinds_of([example], declared, example=True)

    def drawn():
        return {name: with_numbers(safely(value, copy.deepcopy, value), _redraw(kinds[name], rng))
                for name, value in example.items()}

    special = [Case(_special(drawn(), kinds, how, rng), True, kinds) for how in HOW]
    return [Case(example, True, kinds), *special, *(Case(drawn(), False, kinds) for _ in range(how_many))][:how_many]


def _redraw(kinds, rng):
    def change(where, array):
        kind = kinds.get(where)
        if kind is None or kind.name == "fixed":
            return None
        if array.dtype.kind == "b" and kind.name != "one_hot":
            return rng.integers(0, 2, array.shape)
        if array.ndim == 0 and array.dtype.kind in "iu":
            return _whole_number(int(array), rng)
        return draw(kind, array.shape, rng)

    return change


def _whole_number(example, rng):
    """A whole number of the sign of an example."""
    sizes = rng.integers(0 if example == 0 else 1, max(9, abs(example)) + 1)
    return -sizes if example < 0 else sizes


def _drawn(drawing, example, how_many, rng, declared):
    """What a function draws; without a word about its numbers, nothing that it did not draw itself."""
    first = drawing(rng) if example is None else example
    if declared:
        kinds = _kinds_of([first], declared)
        special = [Case(_special(drawing(rng), kinds, how, rng), True, kinds) for how in HOW]
        rest = [Case(drawing(rng), False, kinds) for _ in range(how_many)]
        return [Case(first, True, kinds), *special, *rest][:how_many]
    rest = [drawing(rng) for _ in range(how_many)]
    pool = [drawing(rng) for _ in range(MORE_DRAWS)] if how_many > 1 else []
    kinds = _kinds_of([first, *rest, *pool], {})
    chosen = _telling(pool)[: len(HOW)]
    return [Case(first, True, kinds), *(Case(c, True, kinds) for c in chosen),
            *(Case(r, False, kinds) for r in rest)][:how_many]


def _telling(pool):
    """Those of many inputs that are most special: with zeros, ties, numbers of one sign; each of them once."""
    def flat(inputs):
        arrays = [array.ravel().astype(float) for value in inputs.values() for _, array in numbers_in(value)]
        return np.concatenate([*arrays, np.zeros(0)])

    numbers = [flat(inputs) for inputs in pool]
    measures = (
        lambda a: np.count_nonzero(a) / max(a.size, 1),
        lambda a: len(np.unique(a)) / max(a.size, 1),
        lambda a: np.sum(a > 0) / max(a.size, 1),
        lambda a: np.sum(a < 0) / max(a.size, 1),
        lambda a: a.size,
        lambda a: -a.size,
        lambda a: np.max(np.abs(a), initial=0.0),
        lambda a: -np.max(np.abs(a), initial=0.0),
    )
    chosen = []
    for measure in measures:
        left = [i for i in range(len(pool)) if i not in chosen]
        if left:
            chosen.append(min(left, key=lambda i: measure(numbers[i])))
    return [pool[i] for i in chosen]


def _special(inputs, kinds, how, rng):
    def change(name):
        def of(where, array):
            kind = kinds.get(name, {}).get(where)
            return None if kind is None or array.dtype.kind != "f" else special(kind, array, how, rng)

        return of

    return {name: with_numbers(value, change(name)) for name, value in inputs.items()}


def _kinds_of(draws, declared, example=False):
    """The kinds of numbers in each input: name -> where they stand -> Kind."""
    kinds = {}
    for name in draws[0]:
        samples: dict[tuple, list] = {}
        for inputs in draws:
            for where, array in numbers_in(inputs[name]):
                samples.setdefault(where, []).append(array)
        kinds[name] = {where: seen_in(arrays, example) for where, arrays in samples.items()}
        if name in declared:
            kinds[name] = {where: Kind(declared[name], kind.low, kind.high) for where, kind in kinds[name].items()}
    return kinds


def _drawing(generator, names) -> Callable:
    def drawing(rng):
        with quiet():
            values, error = guarded(generator, rng)
        if error is not None:
            raise InputsError(f"the function that draws inputs stopped with {type(error).__name__}: {said(error)}")
        return _named(values, names)

    return drawing


def _defaults(solution, names):
    defaults = {name: inspect.signature(solution).parameters[name].default for name in names}
    empty = [name for name, default in defaults.items() if default is inspect.Parameter.empty]
    if empty:
        expected = f"to know what {', '.join(empty)} may be"
        advice = "Give inputs=, a function rng -> dict of inputs, or example inputs to imitate"
        raise CheckError(message(expected, "a solution function without examples", advice))
    return _of_some_depth(defaults)


def _named(values, names) -> dict:
    """Inputs as a dict in the order of the function's parameters."""
    if not isinstance(values, Mapping):
        values = values if isinstance(values, (tuple, list)) and len(values) == len(names) else (values,)
        values = dict(zip(names if len(values) == len(names) else range(len(values)), values, strict=True))
    if set(values) != set(names):
        named = ", ".join(f"{name}=..." for name in names)
        raise CheckError(message(f"inputs named {', '.join(names)}", ", ".join(map(str, values)) or "none",
                                 f"Give them by the names of the solution's parameters: dict({named})"))
    return _of_some_depth({name: values[name] for name in names})


def _of_some_depth(inputs: dict) -> dict:
    """The inputs, if their lists end somewhere: whatever looks into them may then call itself."""
    for name, value in inputs.items():
        try:
            collections.deque(nested.leaves(value), maxlen=0)
        except GraphError as error:
            raise CheckError(f"The input {name}: {error}") from None
    return inputs

