"""How every cell of a gradient is computed from single numbers: ∂L/∂W[0,1] = ∂L/∂q[0,0] · X[0,1] + ∂L/∂q[1,0] · X[1,1].

The rule of the primitive, run on nodes that stand in for its output and inputs, gives what flows along an edge as a
graph of arrays. The scalar zoom takes that apart as it does the forward pass: there are no derivatives here.
"""

import operator

import numpy as np

from ....core import ops
from ....core.autodiff import Step
from ....core.errors import GraphError
from ....core.graph import Node, variable
from ....draw import drawn
from ....symbolic.formula import Symbol
from ....trace.scalarise import entries as entries_of
from ....trace.trace import Trace, is_bare_number
from .cells import below, cell_marks, mark, parts_of, shows_cells

_SIGNS = {"add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
          "negative": operator.neg}


def slope_recipes(vector: Trace, entries: dict) -> dict[str, list]:
    """For every edge between nodes that show their cells, how each cell of what flows back is computed, row by row.

    A recipe is as in `cells.py`, but begins with the sign with which it is added to what else arrives; a cell of the
    gradient of node k is [−1 − k, row, column].

    Args:
        vector: the trace.
        entries: every node -> the object array of the scalar nodes that are its entries.
    """
    boxes = {node: place for place, node in enumerate(drawn(vector))}
    marks = cell_marks(vector, entries, boxes)
    recipes = {}
    for step in first_contributions(vector):
        ends = step.node, step.parent
        if all(node in boxes and shows_cells(node) for node in ends) and any(node.shape for node in ends):
            made = _Contribution(step, entries, boxes, marks, vector.iterations > 1).recipes()
            if made and all(made):
                recipes[vector.edge(step)] = made
    return recipes


def first_contributions(vector: Trace) -> list[Step]:
    """For every edge the step that first brings something along it."""
    found = {}
    for step in vector.steps:
        if step.phase == "backward" and step.slot is not None and vector.original(step.node) is step.node:
            found.setdefault((step.node, step.slot), step)
    return list(found.values())


def contribution_graph(step: Step) -> tuple[Node, dict[Node, tuple]]:
    """What flows along an edge, as a graph of nodes that stand in for the real ones.

    Returns:
        The contribution, of the parent's shape; and for every node that stands in, (node, whether for its gradient).
    """
    node = step.node
    upstream, out = variable(step.upstream), variable(node.value)
    inputs = [parent if is_bare_number(parent) else variable(parent.value) for parent in node.parents]
    made = node.primitive.vjps[step.slot](upstream, out, *inputs, **node.static)
    if made.shape != step.parent.shape:
        made = ops.sum_to(made, shape=step.parent.shape)
    stands_for = dict(zip(inputs, ((parent, False) for parent in node.parents), strict=True))
    return made, stands_for | {out: (node, False), upstream: (node, True)}


class _Contribution:
    """What flows along one edge, taken apart into single numbers."""

    def __init__(self, step, entries, boxes, marks, several):
        self.step, self.boxes, self.several = step, boxes, several
        self.cells, self.written = None, {}
        try:
            made, stands_for = contribution_graph(step)
            single = entries_of(made)
        except (TypeError, ValueError, AttributeError, GraphError):  # a rule of one's own that only knows arrays
            return
        self.cells = single[made]
        for stand_in, (node, graded) in stands_for.items():
            if stand_in is node:
                continue  # a bare number is written as it is
            for index, scalar in np.ndenumerate(single.get(stand_in, np.empty(0, object))):
                known = mark((-1 - boxes[node], *index)) if graded else marks.get(entries[node][index])
                self.written[scalar] = Symbol(known, scalar.value) if known else None

    def recipes(self):
        """The recipe of every cell; None for one that is made of what is not shown."""
        if self.cells is None:
            return []
        place = -1 - self.boxes[self.step.parent]
        return [self._recipe((place, *index), scalar) for index, scalar in np.ndenumerate(self.cells)]

    def _recipe(self, cell, root):
        for scalar in below(root, lambda one: one not in self.written):
            if scalar not in self.written:
                self.written[scalar] = self._symbol(scalar)
        found = self.written[root]
        return None if found is None else _signed(parts_of(cell, found))

    def _symbol(self, scalar):
        inputs = [self.written[parent] for parent in scalar.parents]
        if any(part is None for part in inputs):  # a Symbol that stands for 0 counts as false
            return None
        if scalar.primitive is None:
            return Symbol(None, scalar.value)
        name = scalar.primitive.name
        if name == "where" and self.several and not inputs[0].is_number:
            return Symbol(None, scalar.value, "", scalar.primitive.notation, tuple(inputs))  # the case may change
        return _SIGNS.get(name, scalar.primitive)(*inputs, **scalar.static)


def _signed(recipe):
    """The recipe with the sign of what it adds."""
    if recipe is None:
        return None
    cell, first, *others = recipe
    if isinstance(first, str) and first.startswith("−"):
        return [cell, first.replace("−", " − ", 1), *others]
    return [cell, " + " + first, *others] if isinstance(first, str) else [cell, " + ", first, *others]
