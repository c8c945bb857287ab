"""Solving a task again, with something changed on the way.

A mistake is not a formula of its own: it is the task's own graph with a few primitives exchanged for ones whose rule or
forward function is changed. The engine differentiates that graph as any other, so a mistake reaches as far as the graph
does (any depth, skip connections, shared weights, expressions), and the wrong graph can be stepped through like the
right one.

The same way, a student's own values take the place of computed ones: what follows from them is judged by them.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..autodiff import backward_steps, zero_like
from ..graph import Node, constant, record, variable
from ..primitive import Primitive
from .exercise import Task
from .procedure import Procedure


class Edge:
    """What a changed rule sees of the step it replaces.

    Attributes:
        g: the gradient that arrives from above.
        out: the output of the node.
        inputs: its inputs.
        rule: the rule that stood here.
        node: the node of the task whose rule it is.
        world: the graph in which it happens.
    """

    __slots__ = ("g", "inputs", "node", "out", "rule", "static", "world")

    def __init__(self, g, out, inputs, rule, static, node, world):
        self.g, self.out, self.inputs, self.rule, self.static = g, out, inputs, rule, static
        self.node, self.world = node, world

    @property
    def layer(self) -> int:
        return self.world.task.places[self.node].layer

    @property
    def right(self):
        """What the rule that stood here hands on."""
        return self.rule(self.g, self.out, *self.inputs, **self.static)

    def ruled(self, g, out, *inputs):
        """The rule that stood here, on other numbers."""
        return self.rule(g, out, *inputs, **self.static)

    def again(self, x):
        """The node's function, of another number."""
        return self.node.primitive.forward(x, *self.inputs[1:], **self.static)


@dataclass(frozen=True)
class Change:
    """What is done differently.

    Attributes:
        edges: (node, slot) -> a function of the Edge that gives the contribution.
        forward: node -> a function (right value, *inputs) that gives the value.
        given: other numbers for leaves, by name.
        after: changes the answers when all is computed: (answers, task) -> answers.
        step: the update that is made instead of θ − rate · g: (θ, g, rate) -> new θ.
        steps: name of a step of a `Procedure` -> how it is done instead.
        where: in which layer or at which node, if not everywhere.
    """

    edges: dict = field(default_factory=dict)
    forward: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    after: Callable | None = None
    step: Callable | None = None
    steps: dict = field(default_factory=dict)
    where: str = ""


class World:
    """A copy of a task's graph with changes in it.

    Attributes:
        copies: node of the task -> its counterpart.
        upstream: node -> the gradient that arrived there, for nodes with a changed rule.
        computed: node -> its value before it was replaced by the student's own.
        arrived: node -> the gradients that arrived there, where somebody notes them.
    """

    def __init__(self, task: Task, changes=(), touch=None):
        self.task, self.touch = task, touch
        self.copies: dict[Node, Node] = {}
        self.upstream, self.computed, self.arrived = {}, {}, {}
        self.edges, self.forward, self.given = _merged(changes)
        self.touched = {(stage.node, stage.kind): name for name, stage in task.stages.items()} if touch else {}
        self.changed = {node for node, _ in (*self.edges, *self.touched)} | self.forward.keys()
        for node in task.nodes:
            self.copies[node] = self._copy(node)
        self.root = self.copies[task.root]

    def value(self, node: Node):
        """The value of a node here."""
        return self.copies[node].value

    @property
    def row_numbers(self):
        """The numbers of the samples, in a column."""
        return np.arange(self.task.batch)[:, None]

    def note(self, node: Node, contribution):
        """Remember what arrives at a node; returns it unchanged."""
        self.arrived.setdefault(node, []).append(contribution)
        return contribution

    def running_totals(self, node: Node):
        """The sum of all totals that a node went through while its gradients arrived: 2a + b for a, then b."""
        return sum(np.add.accumulate(self.arrived[node]))

    def _copy(self, node):
        if node.primitive is None:
            if node.name not in self.given:
                return node
            return (variable if node.active else constant)(self.given[node.name], node.name)
        parents = [self.copies[p] for p in node.parents]
        if node in self.changed:
            copy = record(self._primitive(node), parents, node.static)
        elif all(map(operator.is_, parents, node.parents)):
            return node  # nothing before it is changed
        else:
            copy = record(node.primitive, parents, node.static)
        return copy.named(node.name) if node.name is not None else copy

    def _primitive(self, node):
        """A primitive in the place of the node's that does something differently."""
        changed = [self.edges.get((node, slot), ()) for slot in range(len(node.parents))]
        own_value, own_gradient = self.touched.get((node, "value")), self.touched.get((node, "gradient"))
        old = node.primitive
        forward = self._forward(node, own_value)
        rules = [
            self._rule(node, old.vjps[slot], functions, own_gradient) for slot, functions in enumerate(changed)
        ]
        return Primitive(forward, tuple(rules), old.notation, old.elementwise)

    def _forward(self, node, own):
        old, changes = node.primitive.forward, self.forward.get(node, ())
        if not changes and own is None:
            return old

        def forward(*inputs, **static):
            value = old(*inputs, **static)
            for change in changes:
                value = change(value, *inputs)
            if own is not None:
                self.computed[node] = value
                value = self.touch(own, value)
            return value

        return forward

    def _rule(self, node, rule, functions, own):
        if rule is None or not (functions or own):
            return rule
        for function in functions:
            rule = self._changed(node, rule, function)
        if own is None:
            return rule
        return lambda g, out, *inputs, **static: rule(self.touch(own, g), out, *inputs, **static)

    def _changed(self, node, rule, function):
        def changed(g, out, *inputs, **static):
            self.upstream[node] = g
            return function(Edge(g, out, inputs, rule, static, node, self))

        return changed


def _merged(changes):
    """Several changes as one: rules and forward functions are changed one after the other."""
    edges, forward, given = {}, {}, {}
    for change in changes:
        for edge, function in change.edges.items():
            edges.setdefault(edge, []).append(function)
        for node, function in change.forward.items():
            forward.setdefault(node, []).append(function)
        given |= change.given
    return edges, forward, given


def resolve(task: Task, *changes: Change, touch=None) -> dict[str, np.ndarray]:
    """All stages of a task.

    Args:
        task: the exercise with its numbers.
        changes: what is done differently; nothing for the right answers.
        touch: (name of a stage, computed value) -> the value to go on with; what is returned is the computed one.

    Returns:
        Name -> array, in the order of the stages, and W1_new and so on where there is a learning rate.
    """
    with np.errstate(all="ignore"):
        if isinstance(task, Procedure):
            return task.solve(changes, touch)
        world = World(task, changes, touch)
        gradients = {world.root: 1.0}
        for step in backward_steps(world.root):
            if step.total is not None:
                gradients[step.parent] = step.total
        answers = {name: _stage(world, stage, gradients) for name, stage in task.stages.items()}
        for change in changes:
            if change.after is not None:
                answers = change.after(answers, task)
        return answers | _updated(task, changes, answers)


def _stage(world, stage, gradients):
    copy = world.copies[stage.node]
    if stage.kind == "gradient":
        return gradients[copy] if copy in gradients else zero_like(copy)
    return world.computed.get(stage.node, copy.value)


def _updated(task, changes, answers):
    """The parameters after the update step, W1_new and so on."""
    if task.learning_rate is None:
        return {}
    step = next((change.step for change in changes if change.step), lambda theta, g, rate: theta - rate * g)
    return {
        f"{name}_new": step(theta, answers[f"d{name}"], task.learning_rate)
        for name, theta in task.given.items()
        if f"d{name}" in answers
    }
