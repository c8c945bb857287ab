"""Solving a task again, with something changed on the way.

A mistake is not a formula of its own: it is the task's own graph with a few rules or forward functions
exchanged. The engine differentiates the graph once and its steps are kept (`Task.steps`); with a change in it
they are taken again, in the same order, where the change reaches. So a mistake goes as far as the graph does
(any depth, skip connections, shared weights, expressions), and costs microseconds. `wrong_graph.py` makes the
same changes in a graph to step through.

The same way, a student's own values take the place of computed ones: what follows from them is judged by them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...core import ops
from ...core.autodiff import zero_like
from ...core.graph import Node, settle
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
        rare: whether it is too rare to draw a student's numbers by: they need not tell it from all the others.
    """

    edges: dict = field(default_factory=dict)
    forward: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    after: Callable | None = None
    step: Callable | None = None
    steps: dict = field(default_factory=dict)
    where: str = ""
    rare: bool = False


class World:
    """A task with something changed in it, and what the changed rules may ask of it.

    Attributes:
        upstream: node -> the gradient that arrived there, for nodes with a changed rule.
        arrived: node -> the gradients that arrived there, where somebody notes them.
        edges, forward, given: all changes, merged: see `Change`.
    """

    def __init__(self, task: Task, changes=()):
        self.task = task
        self.upstream, self.arrived = {}, {}
        self.edges, self.forward, self.given = _merged(changes)

    def value(self, node: Node):
        """The value of a node here."""
        raise NotImplementedError

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

    def rule(self, node: Node, slot: int):
        """The rule of an edge, with all its changes in it."""
        rule = node.primitive.vjps[slot]
        for function in self.edges.get((node, slot), ()):
            rule = self._changed(node, rule, function)
        return rule

    def _changed(self, node, rule, function):
        def changed(g, out, *inputs, **static):
            self.upstream[node] = g
            return function(Edge(g, out, inputs, rule, static, node, self))

        return changed

    def result(self, node: Node, inputs):
        """The value of a node, with all its changes in it."""
        value = node.primitive.forward(*inputs, **node.static)
        for change in self.forward.get(node, ()):
            value = change(value, *inputs)
        return value


class Rerun(World):
    """The task's numbers with changes in them; only what a change reaches is computed again.

    Attributes:
        values: node -> its value here.
        totals: node -> its gradient here.
        computed: node -> its value before it was replaced by the student's own.
    """

    def __init__(self, task: Task, changes=(), touch=None):
        super().__init__(task, changes)
        self.touch, self.computed = touch, {}
        self.touched = {(stage.node, stage.kind): name for name, stage in task.stages.items()} if touch else {}
        self.values, self.moved = {}, set()
        self.go_forward()
        self.totals = {task.root: 1.0}
        self.go_back()

    def value(self, node: Node):
        return self.values[node]

    def go_forward(self):
        """Compute the nodes again that a change reaches; `moved` are the nodes with another value."""
        for node in self.task.nodes:
            own = self.touched.get((node, "value"))
            if node.primitive is None:
                changed = node.name in self.given
                self.values[node] = settle(np.array(self.given[node.name])) if changed else node.value
            elif changed := bool(own or node in self.forward or not self.moved.isdisjoint(node.parents)):
                value = settle(self.result(node, [self.values[p] for p in node.parents]))
                self.values[node] = value if own is None else self._taken_over(node, own, value)
            else:
                self.values[node] = node.value
            if changed:
                self.moved.add(node)

    def _taken_over(self, node, own, value):
        self.computed[node] = value
        return settle(np.asarray(self.touch(own, value)))

    def go_back(self):
        """Apply the rules again that a change reaches, in the order in which the engine applied them."""
        moved, again, totals = self.moved, set(), self.totals
        for node, slot, parent, total in self.task.steps:
            reached = node in again or node in moved or (node, slot) in self.edges or self.touched
            if reached or not moved.isdisjoint(node.parents):
                contribution, before = self.contribution(node, slot, parent), totals.get(parent)
                total = contribution if before is None else settle(before + contribution)
                again.add(parent)
            elif parent in again:
                total = settle(totals[parent] + self.task.contributions[node, slot])
            totals[parent] = total

    def contribution(self, node, slot, parent):
        """What one edge hands on here."""
        g, out = self.totals[node], self.values[node]
        if self.touched and (own := self.touched.get((node, "gradient"))):
            g = self.touch(own, g)
        inputs = [self.values[p] for p in node.parents]
        rule = self.rule(node, slot) if (node, slot) in self.edges else node.primitive.vjps[slot]
        try:
            found = rule(g, out, *inputs, **node.static)
        except ZeroDivisionError:  # where plain floats raise, NumPy answers inf or nan
            found = rule(*map(np.float64, (g, out, *inputs)), **node.static)
        if type(found) is not float and found.shape != (shape := parent.shape):
            found = ops.sum_to(found, shape=shape)
        return found if type(found) is float else settle(found)


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


def resolve(task: Task, *changes: Change, touch=None, update=True) -> dict[str, np.ndarray]:
    """All stages of a task.

    Args:
        task: the exercise with its numbers.
        changes: what is done differently; nothing for the right answers.
        touch: (name of a stage, computed value) -> the value to go on with; what is returned is the computed one.
        update: whether the parameters after the step are wanted, too.

    Returns:
        Name -> array, in the order of the stages, and W1_new and so on where there is a learning rate.
    """
    with np.errstate(all="ignore"):
        if isinstance(task, Procedure):
            return task.solve(changes, touch)
        world = Rerun(task, changes, touch)
        answers = {name: _stage(world, stage) for name, stage in task.stages.items()}
        for change in changes:
            if change.after is not None:
                answers = change.after(answers, task)
        return answers | _updated(task, changes, answers, touch) if update else answers


def _stage(world, stage):
    node = stage.node
    if stage.kind == "gradient":
        return world.totals[node] if node in world.totals else zero_like(node)
    return world.computed.get(node, world.values[node])


def _updated(task, changes, answers, touch):
    """The parameters after the update step, W1_new and so on."""
    if task.learning_rate is None:
        return {}
    step = next((change.step for change in changes if change.step), lambda theta, g, rate: theta - rate * g)
    return {
        f"{name}_new": step(theta, touch(d, answers[d]) if touch else answers[d], task.learning_rate)
        for name, theta in task.given.items()
        if (d := f"d{name}") in answers
    }
