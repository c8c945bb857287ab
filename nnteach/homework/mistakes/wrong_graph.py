"""A task's graph with mistakes in it, to step through: the changes of `rerun.py`, as primitives of their own."""

import operator

from ...core.graph import Node, constant, record, variable
from ...core.primitive import Primitive
from ..exercises.exercise import Task
from ..exercises.rerun import World


class WrongGraph(World):
    """A copy of a task's graph, in which a few primitives are exchanged.

    Attributes:
        copies: node of the task -> its counterpart.
        root: what to step through.
    """

    def __init__(self, task: Task, changes=()):
        super().__init__(task, changes)
        self.changed = {node for node, _ in self.edges} | self.forward.keys()
        self.copies: dict[Node, Node] = {}
        for node in task.nodes:
            self.copies[node] = self._copy(node)
        self.root = self.copies[task.root]

    def value(self, node: Node):
        return self.copies[node].value

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
        old = node.primitive
        rules = [self.rule(node, slot) if rule else None for slot, rule in enumerate(old.vjps)]
        forward = self._forward(node) if node in self.forward else old.forward
        return Primitive(forward, tuple(rules), old.notation, old.elementwise)

    def _forward(self, node):
        def forward(*inputs, **static):
            return self.result(node, inputs)

        return forward
