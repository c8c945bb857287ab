"""How every cell of a small array is computed from single numbers, for the vector level: pre[1,0] = W[0,0] · x[0] + ….

The scalar zoom knows it. What is shipped is short: for every cell its place, then signs as text and the cells that it is
made of as [node, row, column]; their numbers are in the message already.
"""

import re

import numpy as np

from .. import formula
from ..digits import number, rows
from ..draw import drawn
from ..formula import Symbol
from ..trace import Trace, is_bare_number

MOST_PARTS = 24
"""Of one cell: a longer sum does not fit into the panel."""
_MARK = re.compile("\ue000([0-9,]+)\ue001")


def cell_recipes(vector: Trace, entries: dict, owner: dict) -> dict[str, list]:
    """For every node that shows its cells, how each is computed, row by row.

    Args:
        vector: the trace.
        entries: every node -> the object array of the scalar nodes that are its entries.
        owner: every scalar node -> the node that it was made for.
    """
    boxes = {node: place for place, node in enumerate(drawn(vector))}
    marks = _marks(vector, entries, boxes)
    recipes = {}
    for node, place in boxes.items():
        if node.primitive and node.shape and rows(node.value) is not None:
            made = [_recipe(place, index, entries[node][index], node, owner, marks) for index in np.ndindex(node.shape)]
            if all(made):
                recipes[vector.names[node]] = made
    return recipes


def _marks(vector, entries, boxes):
    """How an entry is marked in a formula: its node and its place there; the oldest node that shows it."""
    marks = {}
    for node in vector.nodes:
        shown = node in boxes and (not node.shape or rows(node.value) is not None)
        for index, scalar in np.ndenumerate(entries[node]):
            if shown:
                marks.setdefault(scalar, f"\ue000{','.join(map(str, (boxes[node], *index)))}\ue001")
            elif is_bare_number(node):
                marks.setdefault(scalar, number(scalar.value))
    return marks


def _recipe(place, index, root, node, owner, marks):
    """The place of a cell, then its formula in parts; None if it is made of what is not shown."""
    own = f"\ue000{','.join(map(str, (place, *index)))}\ue001"
    if marks.get(root) != own:
        return None  # a cell that is only handed on, as by a transpose
    written = {}
    for scalar in _parts_of(root, node, owner):
        mark = marks.get(scalar)
        if scalar is not root and mark is not None:
            written[scalar] = Symbol(mark)
        elif scalar.primitive is None:
            written[scalar] = Symbol(None, scalar.value)
        elif owner.get(scalar) is not node:
            return None
        else:
            made = tuple(written[parent] for parent in scalar.parents)
            notation = scalar.primitive.notation
            written[scalar] = Symbol(None, None, "", "a²", made[:1]) if _is_square(notation, scalar) else Symbol(None, None, "", notation, made)
    text = formula.text(written[root])
    parts = [[int(x) for x in part.split(",")] if k % 2 else part for k, part in enumerate(_MARK.split(text))]
    parts = [part for part in parts if part != ""]
    return [[place, *index], *parts] if len(parts) <= MOST_PARTS else None


def _is_square(notation, scalar):
    return notation == "a ^ b" and scalar.parents[1].kind == "constant" and scalar.parents[1].value == 2


def _parts_of(root, node, owner):
    """The scalar nodes below an entry down to those of other nodes, each after what it is made of."""
    order, done, stack = [], set(), [(root, False)]
    while stack:
        scalar, below = stack.pop()
        if below:
            order.append(scalar)
        elif scalar not in done:
            done.add(scalar)
            stack.append((scalar, True))
            if owner.get(scalar) is node:
                stack += [(parent, False) for parent in scalar.parents]
    return order
