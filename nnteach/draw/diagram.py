"""A diagram as plain data: cards joined by wires, and the text that stands on them.

Nothing here knows about graphs of Nodes, Graphviz or SVG. A trace is turned into a `Diagram`, and from
there on every function of this package is a pure function of it.
"""

import re
import unicodedata
from dataclasses import dataclass

ADVANCE = 0.60
"""Width of one character of a monospace font, in em; Courier, Menlo and DejaVu Sans Mono agree on it."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNKNOWN = "\ufffd"


@dataclass(frozen=True)
class Card:
    """One node of the graph, as it looks when everything is known.

    Args:
        name: unique name, exactly as the student wrote it; may be any string.
        operation: what stands beside the name, such as `x + y` or `input`.
        kind: `input`, `constant` or `operation`.
        value: lines of the formatted value; empty while not known.
        gradient: lines of the formatted gradient; empty while not known.
        value_size: (rows, columns) in characters that a value may ever need.
        gradient_size: the same for the gradient; (0, 0) if there will never be one.
        captions: the words over the two, in the reader's language.
        cells: (rows, columns) of heat cells, where the array is too large to be written out; else (0, 0).
        heat: the cells of value and gradient (`heat.py`); empty while not known.
        sign: `+` or `−` on a box that can be opened or closed.
    """

    name: str
    operation: str
    kind: str
    value: tuple[str, ...] = ()
    gradient: tuple[str, ...] = ()
    value_size: tuple[int, int] = (1, 1)
    gradient_size: tuple[int, int] = (1, 1)
    captions: tuple[str, str] = ("value", "gradient")
    cells: tuple[int, int] = (0, 0)
    heat: tuple[str, str] = ("", "")
    sign: str = ""


@dataclass(frozen=True)
class Wire:
    """One input of an operation: an edge from a parent card to a slot of a child card.

    Args:
        parent: index of the card whose value is used.
        child: index of the card that uses it.
        slot: position among the child's inputs, from 0; `x*x` has two wires, slots 0 and 1.
        chip: contribution to the parent's gradient, as text; empty if there is none.
        chip_columns: width in characters of the widest text the chip must ever hold; 0 for no chip.
        product: the two lines that stand in the chip while the edge is in use, "(−4)·1" and "= −4"; or none.
    """

    parent: int
    child: int
    slot: int
    chip: str = ""
    chip_columns: int = 0
    product: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagram:
    """Cards, and the wires between them as indices into the cards.

    Args:
        title: what the picture shows.
        now: what the tag at the card in use says, in the reader's language.
        legend: how heat cells are read, in lines that stand below everything; empty where there are none.

    Raises:
        ValueError: if a wire has no card at one of its ends, joins a card to itself, or takes a slot twice.
    """

    title: str
    cards: tuple[Card, ...] = ()
    wires: tuple[Wire, ...] = ()
    now: str = "NOW"
    legend: tuple[str, ...] = ()

    def __post_init__(self):
        taken = set()
        for wire in self.wires:
            if not (0 <= wire.parent < len(self.cards) and 0 <= wire.child < len(self.cards)):
                raise ValueError(f"a wire must join two of the {len(self.cards)} cards, got {wire}")
            if wire.parent == wire.child:
                raise ValueError(f"a wire must join two different cards, got {wire}")
            if wire.slot < 0 or (wire.child, wire.slot) in taken:
                raise ValueError(f"each slot 0, 1, … of a card takes one wire, got one too many: {wire}")
            taken.add((wire.child, wire.slot))

    @property
    def edge_ids(self):
        """Ids of all wires, in order."""
        return tuple(self.edge_id(wire) for wire in self.wires)

    def edge_id(self, wire):
        """`parent->child#slot`, what `data-edge` holds."""
        return edge_id(self.cards[wire.parent].name, self.cards[wire.child].name, wire.slot)

    def slot_counts(self):
        """Number of input slots of each card; a slot without a wire (a broken graph) still keeps its room."""
        counts = [0] * len(self.cards)
        for wire in self.wires:
            counts[wire.child] = max(counts[wire.child], wire.slot + 1)
        return counts


@dataclass(frozen=True)
class Moment:
    """How a diagram looks at one step. Only texts and states differ from step to step; nothing ever moves.

    Args:
        phase: what is going on: `forward`, `backward` or `update`.
        cards: the diagram's cards, with the values and gradients known so far.
        states: of each card: `todo`, `now` or `done`.
        wires: the diagram's wires, with the contributions known so far.
        flows: of each wire its state and which way it was last used, `rest`, `forward` or `backward`.
    """

    phase: str
    cards: tuple[Card, ...]
    states: tuple[str, ...]
    wires: tuple[Wire, ...]
    flows: tuple[tuple[str, str], ...]


def final_moment(diagram):
    """The diagram as it stands when everything is known: what flowed last flowed back, where there is a gradient."""
    states = tuple("done" if card.value else "todo" for card in diagram.cards)
    flows = tuple(_final_flow(diagram.cards[wire.parent], diagram.cards[wire.child]) for wire in diagram.wires)
    return Moment("backward", diagram.cards, states, diagram.wires, flows)


def _final_flow(parent, child):
    if parent.gradient and child.gradient:
        return "done", "backward"
    return ("done", "forward") if child.value else ("todo", "rest")


def edge_id(parent, child, slot):
    """Id of the edge that puts `parent` into input `slot` of `child`: `parent->child#slot`."""
    return f"{attribute_text(parent)}->{attribute_text(child)}#{slot}"


def attribute_text(text):
    """`text` as it can stand in an XML attribute: the few characters XML forbids become U+FFFD."""
    return _NOT_XML.sub(_UNKNOWN, str(text))


def clean_text(text, columns=None):
    """Any string as one visible line: no control characters, no line breaks, no stray direction changes.

    Args:
        text: any string, lone surrogates and NUL included.
        columns: shorten to this many character cells with an ellipsis in the middle; None for the whole text.
    """
    text = _SPACES.sub(" ", str(text))
    text = _CONTROLS.sub(_UNKNOWN, attribute_text(text))
    text = _BIDI_CONTROLS.sub("", text)
    if columns is not None:
        text = _shorten(text, columns)
    if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text):
        # FSI … PDI: text that runs right to left must not turn round what stands after it.
        text = f"\u2068{text}\u2069"
    return text


def columns_of(text):
    """Number of monospace cells a line takes: 2 for East Asian wide characters, 0 for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def text_width(text, size):
    """Width in px of a line set in a monospace font of `size` px."""
    return columns_of(text) * ADVANCE * size


def _cells(char):
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _shorten(text, columns):
    # The number of characters is limited too: zero-width ones could otherwise pile up without end.
    if len(text) <= 4 * columns and columns_of(text) <= columns:
        return text
    tail = _first_cells(text[::-1], (columns - 1) // 2)[::-1]
    return _first_cells(text, columns - 1 - columns_of(tail)) + "…" + tail


def _first_cells(text, columns):
    taken = 0
    for index, char in enumerate(text[:2 * columns + 1]):
        taken += _cells(char)
        if taken > columns:
            return text[:index]
    return text[:2 * columns]
