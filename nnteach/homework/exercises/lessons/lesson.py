"""What the exercise of a lesson is: a function to write, as the steps of its solution and what goes wrong in them.

The steps are a `Procedure`, so numbers for every student, hints and worked solution come from the code that makes
them for the sheets; the same steps, on random inputs, are what a student's function is compared with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..exercise import Exercise
from ..procedure import Procedure, Slip, Step

# What the numbers of an input promise, by the kind of its leaf; a rate is never 0, a one-hot row stays one.
KINDS = {"number": "real", "weight": "real", "bias": "real", "input": "real", "rate": "positive",
         "positive": "positive", "binary": "binary", "one_hot": "one_hot", "share": "real"}


@dataclass(frozen=True)
class Lesson(Exercise):
    """An exercise that asks for a function; its leaves, in order, are the function's inputs.

    Attributes:
        inputs: rng -> random inputs of all sizes; None for inputs like the student's own.
        returns: the name of each result -> the step that has it; "" for a function that returns one result alone.
        native: the student's numbers -> inputs, where the function takes lists or whole numbers.
        graph: inputs -> the loss as a Node, for the mistakes that any gradient can have; None if there is none.
        kinks: whether at a kink every slope between the two is right.
        unseen: slips that a hand-sized case does not show at three digits, but many cases with all digits do.
        rounding: inputs -> the rounding error that a right program may make; None for that of ordinary arithmetic.
        tip: what helps with the program, in Markdown; it comes with the third hint.
    """

    inputs: Callable | None = None
    returns: dict[str, str] = field(default_factory=dict)
    native: Callable = dict
    graph: Callable | None = None
    kinks: bool = True
    unseen: tuple[Slip, ...] = ()
    rounding: Callable | None = None
    tip: str = ""

    @property
    def kinds_of_inputs(self) -> dict[str, str]:
        """What each input promises to be, as `domain.Kind` has it; special cases are made within it."""
        return {name: KINDS[leaf.kind] for name, leaf in self.leaves.items()}

    def results(self, answers: dict):
        """What the function has to return, of the answers of all steps."""
        found = {name: answers[step] for name, step in self.returns.items()}
        return found[""] if list(found) == [""] else found


def lesson(
    name: str, title: str, asked, leaves: dict, steps, slips, principle: str, lively: Callable | None = None, **more
) -> Lesson:
    """The exercise of a lesson.

    Args:
        name: of the notebook in `solutions/`.
        title: a headline.
        asked: the steps whose results the function returns, by name; or name of the result -> step.
        leaves: name of an input -> Leaf, what the student's own numbers are drawn by.
        steps: of the solution, in order.
        slips: what goes wrong in them; the first that explains a function is named first.
        principle: the first hint.
        lively: values by name -> whether the student's numbers are worth calculating with.
        **more: see `Lesson`.
    """
    returns = asked if isinstance(asked, dict) else {each: each for each in asked}
    steps, slips = tuple(steps), tuple(slips)

    def build(given):
        return Procedure(given, steps, slips, principle, lively or (lambda v: True))

    return Lesson(f"lesson {name}", title, tuple(returns.values()), leaves, build, returns=returns, **more)


def step(name: str, compute: Callable, sentence: str, text: str, latex: str = "", kind: str = "value") -> Step:
    """A step; a formula in words needs no LaTeX of its own."""
    return Step(name, compute, sentence, text, latex or in_words(text), kind)


def in_words(text: str) -> str:
    """A formula in words, as LaTeX."""
    return rf"\text{{{text}}}".replace("_", r"\_")


def back(name: str, compute: Callable, sentence: str, text: str, latex: str = "") -> Step:
    """A step on the way back."""
    return step(name, compute, sentence, text, latex, "gradient")


def slip(name: str, did: str, look: str, **steps) -> Slip:
    """A mistake: what was done, where to look, and the steps that are done otherwise."""
    return Slip(name, did, look, steps)


def sigmoid(z):
    """σ(z) = 1 / (1 + e⁻ᶻ), entry by entry."""
    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def normal(rng, digits: int = 1, spread: float = 1.0, **shapes) -> dict:
    """Random arrays with short numbers, by name and shape."""
    return {name: np.round(rng.normal(0, spread, shape), digits) + 0.0 for name, shape in shapes.items()}
