"""Slips in the five decks, from one data file: `errata.toml` beside this module.

    for slip in read():
        print(slip.id, slip.printed, "->", slip.correct)

Nothing here runs an entry's code: `shows` holds what it printed, and the tests run every one again and compare.
"""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import GraphError, message

FILE = Path(__file__).with_name("errata.toml")
WEIGHTS = ("high", "middle", "low")


@dataclass(frozen=True)
class Slip:
    """One slip of a deck.

    Attributes:
        id: such as "E000-1"; the deck stands in it.
        slide: id of the item of the catalogue it is found in.
        weight: "high" a formula or number that a student would use, "middle" misleading, "low" a word or a digit.
        printed, correct, reason: plain sentences or formulas.
        code: a few lines that show it, with nnteach as nt and NumPy as np; empty where it is a matter of words.
        shows: what they print.
    """

    id: str
    slide: str
    weight: str
    printed: str
    correct: str
    reason: str
    code: str = ""
    shows: str = ""

    @property
    def deck(self) -> str:
        """The deck's number, such as "000"."""
        return self.id[1:4]


@functools.cache
def read() -> tuple[Slip, ...]:
    """All slips, deck by deck in the order of their numbers."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["slip"]
    return tuple(sorted((Slip(**entry) for entry in entries), key=lambda slip: (slip.deck, int(slip.id[5:]))))


def slip(name: str) -> Slip:
    """The slip with this id.

    Raises:
        GraphError: there is none.
    """
    found = [each for each in read() if each.id == name]
    if not found:
        raise GraphError(message("the id of a slip, such as E000-1", repr(name)))
    return found[0]
