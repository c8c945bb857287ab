"""The student's answers as evidence: what they agree with, and how much that says.

What is said of a mistake depends on how many digits agree that the right answers do not agree with, too
(EXACTLY, LOOKS): few digits agree by chance.
"""

import numpy as np

from .answers import Given
from .exercise import Task
from .hypotheses import attempt, flat

EXACTLY = (10, 2)  # significant digits, in how many numbers
LOOKS = (4, 1)
PAIR = (12, 4)
ZERO_ANSWER = 10  # digits that a whole answer of zeros is worth, where the right one is not zero
COUNTED_DIGITS = (3, 6)  # of one number: compared by three at least; a chance match needs no more than six
PATTERN = 1  # digit that it is worth if exactly the answers are wrong that a mistake makes wrong


class Evidence:
    """The student's answers as one vector, to compare solutions with."""

    def __init__(self, given: dict[str, Given], truth: dict):
        self.names = list(given)
        self.updated = any(name.endswith("_new") for name in given)
        parts = [given[name] for name in self.names]
        self.all = Given(
            np.concatenate([p.array.ravel() for p in parts]),
            np.concatenate([p.unit.ravel() for p in parts]),
            np.concatenate([p.digits.ravel() for p in parts]),
            any(p.single for p in parts),
        )
        self.slices, start = {}, 0
        for name, part in zip(self.names, parts, strict=True):
            self.slices[name] = slice(start, start + part.array.size)
            start += part.array.size
        self.truth = flat(truth, self.names)
        self.right = self.all.agrees(self.truth)

    def vector(self, answers: dict | None):
        """A solution in the form of the answers; None if it has another shape or is not finite."""
        row = None if answers is None else flat(answers, self.names)
        return row if row is not None and row.shape == self.truth.shape and np.all(np.isfinite(row)) else None

    def attempt(self, task: Task, *changes):
        """The answers that some changes lead to; None if they have another shape or are not finite."""
        return self.vector(attempt(task, *changes, update=self.updated))

    def explains(self, row) -> bool:
        return row is not None and bool(np.all(self.all.agrees(row)))

    def rounds_to(self, row) -> bool:
        """Whether the answers are this solution rounded, and not merely within a unit of it."""
        return bool(np.all(self.all.agrees(row, share=0.5)))

    def weight(self, complete: bool) -> tuple[int, int]:
        """How many digits there are that tell a mistake from the right answers, and in how many numbers.

        Zeros and repetitions tell nothing, except a whole answer of zeros. Where all that was asked for is
        there and some of it right, the pattern tells something, too.
        """
        telling = ~self.right & (self.all.array != 0)
        sizes, first = np.unique(np.abs(self.all.array[telling]), return_index=True)
        digits = int(np.clip(self.all.digits[telling][first], *COUNTED_DIGITS).sum())
        zeros = [
            part
            for part in self.slices.values()
            if not self.all.array[part].any() and np.count_nonzero(self.truth[part]) > 1
        ]
        pattern = PATTERN if complete and len(self.wrong_names()) < len(self.names) else 0
        return digits + ZERO_ANSWER * len(zeros) + pattern, len(sizes) + 2 * len(zeros)

    def part(self, name) -> Given:
        """One of the answers."""
        part = self.slices[name]
        return Given(self.all.array[part], self.all.unit[part], self.all.digits[part], self.all.single)

    def wrong_names(self) -> set:
        return {name for name, part in self.slices.items() if not np.all(self.right[part])}


def enough(weight, gate) -> bool:
    """Whether enough digits in enough numbers agree."""
    return weight[0] >= gate[0] and weight[1] >= gate[1]


def certainty(weight) -> str:
    """How sure the message may sound: "exactly", "looks" or ""."""
    return "exactly" if enough(weight, EXACTLY) else "looks" if enough(weight, LOOKS) else ""
