"""Numbers from a name: the same on every machine, in every release of NumPy, and short.

    seed = sha256(sheet, student, version)  ->  PCG64, of which only the raw bits are used: its stream is fixed by
    definition, while what NumPy makes of it may change from release to release
"""

import hashlib

import numpy as np

from .exercise import Exercise


class Numbers:
    """A stream of whole numbers that is the same on every machine."""

    def __init__(self, *seed):
        text = "\n".join(map(str, seed)).encode()
        self._bits = np.random.PCG64(int.from_bytes(hashlib.sha256(text).digest()[:16], "big"))

    def below(self, n: int) -> int:
        """A number from 0 to n − 1."""
        return int(self._bits.random_raw() % n)

    def choice(self, values, count: int) -> list:
        """Some of these values, each as likely as any other."""
        return [values[self.below(len(values))] for _ in range(count)]


def _steps(low, high, unit):
    """Decimals from low to high, without 0; whole numbers divided once, so that 0.3 is 0.3."""
    first, last = round(low / unit), round(high / unit)
    return [i / round(1 / unit) for i in range(first, last + 1) if i]


KINDS = {
    "weight": _steps(-0.9, 0.9, 0.05),
    "bias": _steps(-0.5, 0.5, 0.05),
    "input": _steps(-2.0, 2.0, 0.1),
    "share": _steps(0.05, 0.95, 0.05),
    "binary": [0.0, 1.0],
    "number": [i for i in _steps(-3.0, 3.0, 0.1) if abs(i) > 0.2 and abs(i) != 1.0],
    "positive": _steps(0.2, 2.5, 0.1),
    "rate": _steps(0.05, 0.5, 0.05),
    "half": [0.25, 0.5],  # a step for differences that can be seen
    "drop": [0.2, 0.3, 0.4],  # a probability that is not 1 minus itself
}


def draw(exercise: Exercise, numbers: Numbers) -> dict:
    """Numbers for every given array, not yet tried."""
    if exercise.draw is not None:
        return exercise.draw(numbers)
    given = {}
    for name, leaf in exercise.leaves.items():
        count = int(np.prod(leaf.shape))
        if leaf.kind == "one_hot":
            given[name] = np.eye(leaf.shape[-1])[numbers.choice(range(leaf.shape[-1]), leaf.shape[0])]
        else:
            drawn = numbers.choice(KINDS[leaf.kind], count)
            given[name] = np.reshape(drawn, leaf.shape) if leaf.shape else drawn[0]
    return given
