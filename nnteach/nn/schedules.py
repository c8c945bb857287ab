"""Learning-rate schedules (002-32): records that are called with the step number 0, 1, 2, … and give the
rate.

What counts as a step, an epoch or a minibatch, is the caller's choice (`fit` has `schedule_per`). Deck 002
names these without formulas; the formulas are PyTorch's, where PyTorch has them. Only `Plateau` has to be
told how it goes: its state is a value too, so that a run can be repeated and shown.
"""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Constant:
    """Always the same rate."""

    rate: float

    def __call__(self, step):
        return self.rate


@dataclass(frozen=True)
class Step:
    """Times `factor` after every `every` steps."""

    rate: float
    every: int
    factor: float = 0.1

    def __call__(self, step):
        return self.rate * self.factor ** (step // self.every)


@dataclass(frozen=True)
class Exponential:
    """Times `factor` at every step."""

    rate: float
    factor: float

    def __call__(self, step):
        return self.rate * self.factor**step


@dataclass(frozen=True)
class InverseTime:
    """rate / (1 + decay · step): the sum of the rates is infinite, that of their squares finite (E002-18)."""

    rate: float
    decay: float

    def __call__(self, step):
        return self.rate / (1 + self.decay * step)


@dataclass(frozen=True)
class Linear:
    """In a straight line from `rate` to `end` in `steps` steps, and constant from there on."""

    rate: float
    end: float
    steps: int

    def __call__(self, step):
        return self.rate + (self.end - self.rate) * min(step / self.steps, 1.0)


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from `rate` down to `lowest` in `steps` steps, and constant from there on."""

    rate: float
    steps: int
    lowest: float = 0.0

    def __call__(self, step):
        return _cosine(self.rate, self.lowest, min(step / self.steps, 1.0))


@dataclass(frozen=True)
class WarmRestarts:
    """Cosine that starts again (Loshchilov and Hutter 2017).

    Each run is `stretch` times as long as the one before. Just before a restart is the time to keep a copy of
    the weights for a snapshot ensemble (Huang et al. 2017).
    """

    rate: float
    first: int
    stretch: int = 1
    lowest: float = 0.0

    def __call__(self, step):
        length = self.first
        while step >= length:
            step, length = step - length, length * self.stretch
        return _cosine(self.rate, self.lowest, step / length)


@dataclass(frozen=True)
class Triangular:
    """Up from `lowest` to `highest` in `half` steps, down again in as many, and so on (Smith 2017)."""

    lowest: float
    highest: float
    half: int

    def __call__(self, step):
        phase = step % (2 * self.half) / self.half
        return self.lowest + (self.highest - self.lowest) * (1 - abs(phase - 1))


@dataclass(frozen=True)
class OneCycle:
    """Up to `highest` and down to almost nothing, once (Smith and Topin 2018).

    Args:
        highest: the largest rate; it starts from highest / start_div and ends at highest / start_div /
            end_div.
        steps: of the whole cycle; the last one has number steps − 1.
        share_up: part of the cycle that goes up.
    """

    highest: float
    steps: int
    share_up: float = 0.3
    start_div: float = 25.0
    end_div: float = 1e4

    def __call__(self, step):
        start, top = self.highest / self.start_div, self.share_up * self.steps - 1
        if step <= top:
            return _cosine(start, self.highest, step / top if top > 0 else 1.0)
        down = (min(step, self.steps - 1) - top) / (self.steps - 1 - top)
        return _cosine(self.highest, start / self.end_div, down)


@dataclass(frozen=True)
class Plateau:
    """Times `factor` when a loss has not become better for more than `patience` epochs (002-32 "÷10").

    A record of its own state: `plateau = plateau.seen(validation_loss)` after every epoch, and `plateau.rate`
    is the rate.

    Args:
        patience: epochs without improvement that are tolerated; the rate falls at the next one, as in
            PyTorch. Keras lets it fall one epoch earlier.
        threshold: better means below best · (1 − threshold).
        cooldown: epochs after a fall in which none is counted.
    """

    rate: float
    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    cooldown: int = 0
    lowest: float = 0.0
    best: float = math.inf
    waited: int = 0
    cooling: int = 0

    def seen(self, loss: float) -> "Plateau":
        """The schedule after another epoch with this loss."""
        better = loss < self.best * (1 - self.threshold)
        waited = 0 if better or self.cooling else self.waited + 1
        after = replace(self, best=loss if better else self.best, waited=waited, cooling=max(self.cooling - 1, 0))
        if waited <= self.patience:
            return after
        return replace(after, rate=max(self.rate * self.factor, self.lowest), waited=0, cooling=self.cooldown)

    def __call__(self, step):
        return self.rate


def _cosine(start, end, share):
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
