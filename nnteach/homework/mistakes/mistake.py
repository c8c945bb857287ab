"""What a line of the table of mistakes is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One line of the table.

    Attributes:
        id: what it is called in results.
        did: what the student did; it continues "this is what you get if you …".
        look: where to look, without a number.
        changes: task -> the ways in which it can be made there, the usual one first; none if it cannot.
        convention: whether it is right under another convention of the loss.
    """

    id: str
    did: str
    look: str
    changes: Callable
    convention: bool = False
