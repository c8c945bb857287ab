"""What is searched: a dict from names to ranges and choices, or a list of candidates.

{"lr": (1e-4, 1e-1, "log"),      a real number, uniform in its logarithm
 "momentum": (0.0, 0.99),        a real number, uniform
 "layers": (1, 3),               a whole number, both ends included, because both are whole
 "units": [16, 32, 64]}          one of these

[{"lr": 0.1, "units": 16}, …]    exactly these, in this order
"""

import math
from typing import NamedTuple

import numpy as np

from ..core.errors import NNTeachError, message

HELP = 'Write {"lr": (1e-4, 1e-1, "log"), "layers": (1, 3), "units": [16, 32, 64]}'
LARGEST_WHOLE = 2**53
PLAIN = (str, bool, int, float, type(None))


class SearchError(NNTeachError, ValueError):
    """A search that cannot be begun, or carried on."""


class Range(NamedTuple):
    """Numbers from low to high."""

    low: float
    high: float
    log: bool = False

    @property
    def whole(self) -> bool:
        return isinstance(self.low, int) and isinstance(self.high, int)

    def sample(self, rng):
        """A number of the range, both ends included for whole numbers."""
        if not self.log:
            return int(rng.integers(self.low, self.high + 1)) if self.whole else float(rng.uniform(self.low, self.high))
        margin = 0.5 if self.whole else 0.0  # so that the ends are as likely as their neighbours
        number = math.exp(rng.uniform(math.log(self.low - margin), math.log(self.high + margin)))
        number = min(max(number, self.low), self.high)
        return round(number) if self.whole else number

    def suggest(self, trial, name):
        """Ask an Optuna trial for it."""
        ask = trial.suggest_int if self.whole else trial.suggest_float
        return ask(name, self.low, self.high, log=self.log)

    def __str__(self):
        return f"from {self.low} to {self.high}{', log' if self.log else ''}"


class Choice(NamedTuple):
    """One of several values."""

    values: tuple

    def sample(self, rng):
        return self.values[rng.integers(len(self.values))]

    def suggest(self, trial, name):
        return trial.suggest_categorical(name, self.values)

    def __str__(self):
        return f"one of {list(self.values)}"


class Space:
    """A space that was checked.

    Attributes:
        entries: name -> Range or Choice.
        candidates: the list it was given as, or None.
    """

    def __init__(self, given):
        self.candidates = None
        if isinstance(given, dict) and given:
            self.entries = {_name(name): _entry(name, value) for name, value in given.items()}
        elif isinstance(given, list | tuple) and given and all(isinstance(one, dict) and one for one in given):
            self.candidates = [{_name(name): _plain(name, value) for name, value in one.items()} for one in given]
            self.entries = _entries_of(self.candidates)
        else:
            raise SearchError(
                message(
                    "a space: a dict from names to ranges and choices, or a list of such dicts of values",
                    f"{given!r:.200}",
                    HELP,
                )
            )

    def sample(self, seed: int, index: int) -> dict:
        """The candidate of that index: the same whoever asks, and however many there will be."""
        if self.candidates is not None:
            return self.candidates[index]
        rng = np.random.default_rng([seed, index])
        return {name: entry.sample(rng) for name, entry in self.entries.items()}

    def suggest(self, trial) -> dict:
        """The values of an Optuna trial, by name."""
        return {name: entry.suggest(trial, name) for name, entry in self.entries.items()}

    def describe(self) -> dict[str, str]:
        """Name -> what it may be, in words; two spaces are the same if this is."""
        described = {name: str(entry) for name, entry in self.entries.items()}
        if self.candidates is not None:
            described["candidates"] = str(self.candidates)
        return described


def _name(name):
    if not isinstance(name, str) or not name.isidentifier():
        raise SearchError(message("names that can be parameters of the objective, such as lr", repr(name)))
    return name


def _entry(name, given):
    if isinstance(given, list):
        values = tuple(_plain(name, value) for value in given)
        if not values or len({repr(value) for value in values}) < len(values):
            raise SearchError(message(f"several different choices for {name}", repr(given), HELP))
        return Choice(values)
    if not isinstance(given, tuple) or not (len(given) == 2 or (len(given) == 3 and given[2] == "log")):
        raise SearchError(
            message(
                f'{name} as a tuple (low, high) or (low, high, "log"), or a list of choices',
                repr(given),
                HELP,
            )
        )
    low, high = (_plain(name, value) for value in given[:2])
    if not all(isinstance(end, int | float) and not isinstance(end, bool) and _is_finite(end) for end in (low, high)):
        raise SearchError(message(f"two numbers as the ends of {name}", f"{given!r:.200}", HELP))
    if not low < high:
        raise SearchError(
            message(f"{name} with low < high", repr(given), "Exchange them, or leave out what does not vary")
        )
    if len(given) == 3 and low <= 0:
        raise SearchError(message(f'{name} above 0, because of "log"', repr(given), "The logarithm of 0 is −∞"))
    found = Range(low, high, len(given) == 3)
    _check_extent(name, found)
    return found


def _is_finite(number) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number beyond every float
        return False


def _check_extent(name, entry):
    """Optuna keeps every number as a float, which holds whole numbers to 2⁵³ and no difference beyond 1.8e308."""
    given = f"{entry}"
    if entry.whole and max(abs(entry.low), abs(entry.high)) > LARGEST_WHOLE:
        raise SearchError(message(f"whole numbers up to 2⁵³ = {LARGEST_WHOLE:,} for {name}", given,
                                  f"Write ({float(entry.low)}, {float(entry.high)}) for real numbers, or search the "
                                  "exponent"))
    if not math.isfinite(float(entry.high) - float(entry.low)):
        raise SearchError(message(f"{name} with a finite difference of its ends", given,
                                  f"Search the exponent: {name}_exponent from −308 to 308"))


def _plain(name, value):
    """A value that a journal of text can hold."""
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, PLAIN):
        raise SearchError(
            message(
                f"numbers, texts, True, False or None for {name}",
                f"{value!r}, a {type(value).__name__}",
                "Write a name, and look the object up in the objective",
            )
        )
    return value


def _entries_of(candidates):
    names = list(candidates[0])
    for one in candidates:
        if set(one) != set(names):
            raise SearchError(message(f"candidates that all have {', '.join(names)}", f"{one}"))
    return {name: Choice(tuple({repr(one[name]): one[name] for one in candidates}.values())) for name in names}


def parse(text: str):
    """One entry as written on the command line: "lr=1e-4:1e-1:log", "layers=1:3" or "units=16,32,64"."""
    name, _, given = text.partition("=")
    if not given:
        raise SearchError(message("NAME=LOW:HIGH, NAME=LOW:HIGH:log or NAME=A,B,C", repr(text)))
    if ":" in given:
        ends = given.split(":")
        return name.strip(), (_number(ends[0]), *map(_number, ends[1:2]), *ends[2:])
    return name.strip(), [_number(value) for value in given.split(",")]


def _number(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"True": True, "False": False, "None": None}.get(text.strip(), text.strip())
