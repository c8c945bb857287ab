"""A task that is a list of steps, for what is no graph to differentiate: an epoch of the perceptron, batch-norm.

Each step computes one answer from those before it. A mistake is the same list with some steps exchanged, so it is
solved, checked, explained and diagnosed by the code that does so for graphs: `rerun.py` asks the task itself.
To add a topic, write its steps and slips in one file of `topics/`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple


class Step(NamedTuple):
    """One answer, and how it comes about.

    Attributes:
        name: of the answer.
        compute: values by name -> the answer.
        sentence: what is done.
        text: the formula; names of answers stand between spaces.
        latex: the formula in LaTeX.
        kind: "value" on the way forward, "gradient" on the way back.
    """

    name: str
    compute: Callable
    sentence: str
    text: str
    latex: str
    kind: str = "value"


class Slip(NamedTuple):
    """A mistake: some steps done otherwise. The words are those of `mistakes.Mistake`.

    Attributes:
        steps: name of a step -> values by name -> the wrong answer.
    """

    id: str
    did: str
    look: str
    steps: dict
    convention: bool = False


class Stage(NamedTuple):
    """What an answer stands for; the node of a graph's stage is a step here."""

    node: Step
    kind: str


@dataclass(frozen=True, eq=False)
class Procedure:
    """An exercise with its numbers, as a list of steps.

    Attributes:
        given: the numbers.
        steps: in the order in which they are done.
        slips: what can go wrong.
        principle: the first hint.
        lively: values by name -> whether the numbers are worth calculating with.
    """

    given: dict
    steps: tuple[Step, ...]
    slips: tuple[Slip, ...]
    principle: str
    lively: Callable = lambda v: True
    places: dict = field(default_factory=dict)
    root = None
    learning_rate = None
    l2 = 0.0
    batch = 1
    depth = 0
    is_network = False

    @property
    def stages(self) -> dict[str, Stage]:
        """Name -> Stage, in the order in which they are computed."""
        return {step.name: Stage(step, step.kind) for step in self.steps}

    def find(self, role: str, layer: int | None = None) -> list:
        """Nodes by their role; a list of steps has none."""
        return []

    def is_lively(self) -> bool:
        """Whether the numbers are worth calculating with."""
        return bool(self.lively(SimpleNamespace(**self.given, **self.solve())))

    def solve(self, changes=(), touch=None) -> dict:
        """All answers; with changed steps, and going on from `touch`'s values, as `resolve.resolve` has it."""
        changed = {name: compute for change in changes for name, compute in change.steps.items()}
        values, answers = SimpleNamespace(**self.given), {}
        for step in self.steps:
            answers[step.name] = value = changed.get(step.name, step.compute)(values)
            setattr(values, step.name, touch(step.name, value) if touch else value)
        return answers

    def step(self, name: str) -> Step:
        """A step by its name."""
        return next(step for step in self.steps if step.name == name)
