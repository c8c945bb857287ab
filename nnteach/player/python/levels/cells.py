"""How every cell of a small array is computed from single numbers, for the vector level: pre[1,0] = W[0,0] · x[0] + ….

The scalar zoom knows it. What is shipped is short: for every cell its place, then signs as text and the cells that it
is made of as [node, row, column]; their numbers are in the message already. `slopes.py` does the same for gradients.
"""

import re

import numpy as np

from ....draw import drawn
from ....draw.heat import heat_numbers
from ....symbolic import formula
from ....symbolic.formula import Symbol
from ....symbolic.number_format import number, rows
from ....trace.trace import Trace, is_bare_number

MOST_PARTS = 24
"""Of one cell: a longer sum does not fit into the panel."""
_MARK = re.compile("\ue000([0-9,-]+)\ue001")


def cell_recipes(vector: Trace, entries: dict, owner: dict) -> dict[str, list]:
    """For every node that shows its cells, how each is computed, row by row.

    Args:
        vector: the trace.
        entries: every node -> the object array of the scalar nodes that are its entries.
        owner: every scalar node -> the node that it was made for.
    """
    boxes = {node: place for place, node in enumerate(drawn(vector))}
    marks = cell_marks(vector, entries, boxes)
    recipes = {}
    for node, place in boxes.items():
        if node.primitive and node.shape and shows_cells(node):
            made = [_recipe((place, *index), scalar, node, owner, marks)
                    for index, scalar in np.ndenumerate(entries[node])]
            if all(made):
                recipes[vector.names[node]] = made
    return recipes


def shows_cells(node) -> bool:
    """Whether all numbers of a node are at hand in the message, as they are shown."""
    return rows(node.value) is not None or bool(heat_numbers(node.value)) if node.shape else True


def cell_marks(vector: Trace, entries: dict, boxes: dict) -> dict:
    """How an entry is marked in a formula: its node and its place there; the oldest node that shows it."""
    marks = {}
    for node in vector.nodes:
        shown = node in boxes and shows_cells(node)
        for index, scalar in np.ndenumerate(entries[node]):
            if shown:
                marks.setdefault(scalar, mark((boxes[node], *index)))
            elif is_bare_number(node):
                marks.setdefault(scalar, number(scalar.value))
    return marks


def mark(cell: tuple) -> str:
    """A cell as it stands in a formula until it is cut into parts."""
    return f"\ue000{','.join(map(str, cell))}\ue001"


def parts_of(cell: tuple, written: Symbol) -> list | None:
    """A cell, then the formula for it in parts; None if that is too long."""
    pieces = _MARK.split(formula.text(written))  # texts and cells in turn
    found = [[int(x) for x in piece.split(",")] if k % 2 else piece for k, piece in enumerate(pieces)]
    found = [part for part in found if part != ""]
    return [[*cell], *found] if len(found) <= MOST_PARTS else None


def _recipe(cell, root, node, owner, marks):
    """The recipe of an entry; None if it is made of what is not shown."""
    if marks.get(root) != mark(cell):
        return None  # a cell that is only handed on, as by a transpose
    written = {}
    for scalar in below(root, lambda one: owner.get(one) is node):
        known = marks.get(scalar)
        if scalar is not root and known is not None:
            written[scalar] = Symbol(known)
        elif scalar.primitive is None:
            written[scalar] = Symbol(None, scalar.value)
        elif owner.get(scalar) is not node:
            return None
        else:
            made = tuple(written[parent] for parent in scalar.parents)
            notation, made = ("a²", made[:1]) if _is_square(scalar) else (scalar.primitive.notation, made)
            written[scalar] = Symbol(None, None, "", notation, made)
    return parts_of(cell, written[root])


def _is_square(scalar):
    if scalar.primitive.notation != "a ^ b":
        return False
    return scalar.parents[1].kind == "constant" and scalar.parents[1].value == 2


def below(root, goes_on) -> list:
    """The scalar nodes below an entry, each after what it is made of; nothing below those that `goes_on` refuses."""
    order, done, stack = [], set(), [(root, False)]
    while stack:
        scalar, finished = stack.pop()
        if finished:
            order.append(scalar)
        elif scalar not in done:
            done.add(scalar)
            stack.append((scalar, True))
            if goes_on(scalar):
                stack += [(parent, False) for parent in scalar.parents]
    return order
