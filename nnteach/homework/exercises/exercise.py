"""What an exercise is, and the task that it becomes with numbers.

An Exercise holds no numbers. Given numbers, it builds a Task: the graph, its stages (every result a student may hand
in, with the node it stands for) and the places of the nodes, by which the mistakes of `catalogue.py` find them.
`networks.py` and `expressions.py` make exercises from a description, `slides.py` has those of the decks.

    exercise = network([3, 3, 3], hidden="relu", output="softmax", batch=4)
    task = exercise.build(numbers)            # X, T, W1, b1, W2, b2
    task.stages["delta1"]                     # Stage(node z1, "gradient")
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ...core.autodiff import backward_steps
from ...core.graph import Node, ordered


class Stage(NamedTuple):
    """What an answer stands for: the value of a node, or the gradient of the loss by it."""

    node: Node
    kind: str


class Place(NamedTuple):
    """What a node is in its network: "product", "bias", "activation", …, and in which layer."""

    role: str
    layer: int


class Leaf(NamedTuple):
    """A given array: its shape, and what kind of numbers it holds (`variants.py` draws them)."""

    shape: tuple[int, ...]
    kind: str


@dataclass(frozen=True, eq=False)
class Task:
    """An exercise with its numbers, as a graph.

    Attributes:
        root: the loss, or the result of an expression.
        given: the numbers.
        stages: name -> Stage, in the order in which they are computed.
        places: node -> Place; the nodes of an expression have none.
        learning_rate: of the update step; None if there is none.
        l2: λ of the penalty.
        nodes: all nodes, oldest first.
        contributions: (node, slot) -> what the edge hands on; known together with `steps`.
    """

    root: Node
    given: dict
    stages: dict[str, Stage]
    places: dict[Node, Place]
    learning_rate: float | None = None
    l2: float = 0.0
    nodes: list[Node] = field(default_factory=list)
    contributions: dict = field(default_factory=dict)

    def __post_init__(self):
        self.nodes.extend(ordered(self.root))

    @cached_property
    def steps(self) -> list[tuple]:
        """The engine's way back, an edge a line: (node, slot, parent, the parent's gradient so far)."""
        walked = [step for step in backward_steps(self.root) if step.total is not None]
        self.contributions.update({(step.node, step.slot): step.contribution for step in walked})
        return [(step.node, step.slot, step.parent, step.total) for step in walked]

    @property
    def is_network(self) -> bool:
        return bool(self.places)

    @property
    def batch(self) -> int:
        """The number of samples; 1 for an expression."""
        return len(self.given["X"]) if self.is_network else 1

    @property
    def depth(self) -> int:
        """The number of layers; 0 for an expression."""
        return max((place.layer for place in self.places.values()), default=0)

    def find(self, role: str, layer: int | None = None) -> list[Node]:
        """The nodes of a role, in one layer or in all."""
        return [n for n, place in self.places.items() if place.role == role and layer in (None, place.layer)]

    def name_of(self, node: Node) -> str:
        """How a node is called on the sheet: its own name, or that of its stage."""
        stages = (name for name, stage in self.stages.items() if stage == (node, "value"))
        return node.name or next(stages, "")

    def edges_into(self, parent: Node) -> list[tuple[Node, int]]:
        """The edges over which a node receives its gradient, in the order in which it arrives."""
        return [
            (n, slot)
            for n in reversed(self.nodes)
            for slot, p in enumerate(n.parents)
            if p is parent and n.primitive.vjps[slot] is not None
        ]


@dataclass(frozen=True)
class Exercise:
    """What is to be solved, without the numbers.

    Attributes:
        sheet: the description in one line; the same line and student, the same numbers.
        title: a headline.
        asked: the names of the answers that make it complete.
        leaves: the given arrays.
        build: numbers -> Task.
        conventions: sentences that say what is meant by what.
        example: the numbers it has when no student is named; None to draw them.
        draw: Numbers -> the numbers of a student, where they are not drawn one by one.
        judge: (Homework, answers) -> Checked, where not one answer is right but all that do what is asked.
    """

    sheet: str
    title: str
    asked: tuple[str, ...]
    leaves: dict[str, Leaf]
    build: Callable[[dict], Task]
    conventions: tuple[str, ...] = ()
    example: dict | None = None
    draw: Callable | None = None
    judge: Callable | None = None
