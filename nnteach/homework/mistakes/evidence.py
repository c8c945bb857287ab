"""The student's answers as evidence: what they agree with, and how much that says.

What is said of a mistake depends on how many digits agree that the right answers do not agree with, too
(EXACTLY, LOOKS): few digits agree by chance. Three digits of one number do in one case of some hundred, for there are
many mistakes; so one number at three digits names nothing.
"""

import numpy as np

from ..exercises.exercise import Task
from ..grading.answers import Given
from .hypotheses import attempt, flat

EXACTLY = (10, 2)  # significant digits, in how many numbers
LOOKS = (6, 1)
PAIR = (12, 4)
IDLE = (0.0, 1.0)  # sizes of what is typed where nothing was computed, over a whole answer
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
        self.shapes = {name: part.array.shape for name, part in given.items()}
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

        Zeros, answers of ones and repetitions tell nothing; but a number that stands in another answer, too, does,
        if some answer is right: then it was not merely typed everywhere. Where all that was asked for is there and
        some of it right, the pattern tells something, too.
        """
        some_right = bool(np.any(self.right & ~np.isin(np.abs(self.all.array), IDLE)))
        seen = {}
        for name, part in self.slices.items():
            size, digits = np.abs(self.all.array[part]), self.all.digits[part]
            idle = IDLE if len(np.unique(size)) == 1 else IDLE[:1]
            for i in np.flatnonzero(~self.right[part] & ~np.isin(size, idle)):
                seen[size[i], name if some_right else ""] = int(np.clip(digits[i], *COUNTED_DIGITS))
        pattern = PATTERN if complete and len(self.wrong_names()) < len(self.names) else 0
        return sum(seen.values()) + pattern, len(seen)

    def part(self, name) -> Given:
        """One of the answers."""
        part = self.slices[name]
        return Given(self.all.array[part], self.all.unit[part], self.all.digits[part], self.all.single)

    def blank(self) -> set:
        """The answers that hold zeros and nothing else, where the right ones do not."""
        return {name for name in self.wrong_names() if not self.all.array[self.slices[name]].any()}

    def wrong_names(self) -> set:
        return {name for name, part in self.slices.items() if not np.all(self.right[part])}


def enough(weight, gate) -> bool:
    """Whether enough digits in enough numbers agree."""
    return weight[0] >= gate[0] and weight[1] >= gate[1]


def certainty(weight) -> str:
    """How sure the message may sound: "exactly", "looks" or ""."""
    return "exactly" if enough(weight, EXACTLY) else "looks" if enough(weight, LOOKS) else ""
