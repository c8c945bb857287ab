"""A diagram as Graphviz DOT source.

DOT decides about places only: boxes have a fixed size that comes from `card.py`, and every label is there
for people who read the source. A label always starts with `{` and so can never be taken for HTML.
"""

import graphviz

from .card import card_name, card_operation, card_size, has_chip, wire_chip_size

PX_PER_INCH = 96
CARD_MARGIN = (13, 10)
"""Free room (px) left and right of a card, for level arrow-heads, and above and below, for the NOW tag."""
CHIP_MARGIN = (4, 5)
MOST_LEAVES_IN_FIRST_COLUMN = 3
"""A graph worked by hand is drawn with all inputs on the left, a larger one with each where it is used."""

MOST_CARDS_POLISHED = 300
"""In larger graphs Graphviz soon stops straightening wires and undoing crossings: 3 s and not 22 for 2,000 cards."""
HURRIED = {"nslimit": "1", "mclimit": "0.3"}

_RECORD_SPECIAL = str.maketrans({char: "\\" + char for char in "\\{}|<>"} | {"&": "&amp;"})


def to_dot(diagram):
    """DOT source in which each input is a port of its own and each chip a small node amid an edge.

    Since a chip is a node, Graphviz itself keeps it off every box and every other chip.

    Args:
        diagram: the `Diagram`.

    Returns:
        `graphviz.Digraph` with nodes n0, n1, … (cards) and c0, c1, … (chips, numbered like their wires), and
        edges whose ids say which wire they belong to: w0 (no chip), or w0a to the chip and w0b from it.
    """
    graph = graphviz.Digraph("nnteach")
    hurry = HURRIED if in_hurry(diagram) else {}
    graph.attr("graph", rankdir="LR", nodesep="0.12", ranksep="0.05", **hurry)
    graph.attr("node", shape="record", fixedsize="true", margin="0", fontname="Courier", fontsize="10")
    graph.attr("edge", arrowhead="none")
    slots = diagram.slot_counts()
    for index, card in enumerate(diagram.cards):
        size = card_size(card, slots[index])
        graph.node(f"n{index}", _record_label(card, slots[index]), **_inches(size, CARD_MARGIN))
    if first_column := leaves_in_first_column(diagram):
        with graph.subgraph() as column:
            column.attr(rank="source")
            for index in first_column:
                column.node(f"n{index}")
    any_chip = any(has_chip(diagram, wire) for wire in diagram.wires)
    for index, wire in enumerate(diagram.wires):
        tail, head = f"n{wire.parent}:out:e", f"n{wire.child}:in{wire.slot}:w"
        if has_chip(diagram, wire):
            _add_wire_with_chip(graph, tail, head, index, wire)
        else:
            # Beside edges with a chip, which span two ranks, an edge without one spans two as well.
            graph.edge(tail, head, id=f"w{index}", minlen="2" if any_chip else "1")
    return graph


def in_hurry(diagram):
    """Whether Graphviz is told to hurry."""
    return len(diagram.cards) > MOST_CARDS_POLISHED


def leaves_in_first_column(diagram):
    """Indices of the leaves, if they are few enough to stand in one column on the left; else none."""
    fed = {wire.child for wire in diagram.wires}
    leaves = [index for index in range(len(diagram.cards)) if index not in fed]
    return leaves if 1 < len(leaves) <= MOST_LEAVES_IN_FIRST_COLUMN else []


def _add_wire_with_chip(graph, tail, head, index, wire):
    chip = f"c{index}"
    graph.node(chip, "", shape="box", **_inches(wire_chip_size(wire), CHIP_MARGIN))
    graph.edge(tail, f"{chip}:w", id=f"w{index}a")
    graph.edge(f"{chip}:e", head, id=f"w{index}b")


def _record_label(card, slots):
    """`{{<in0>|<in1>}|q\\nx + y|<out>}`: input ports on the left, the output port on the right."""
    inputs = "|".join(f"<in{slot}>" for slot in range(slots))
    text = "\\n".join(part.translate(_RECORD_SPECIAL) for part in (card_name(card), card_operation(card)))
    return f"{{{{{inputs}}}|{text}|<out>}}" if slots else f"{{{text}|<out>}}"


def _inches(size, margin):
    width, height = (length + 2 * room for length, room in zip(size, margin, strict=True))
    return {"width": f"{width / PX_PER_INCH:.4f}", "height": f"{height / PX_PER_INCH:.4f}"}
