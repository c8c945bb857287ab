"""The measures of a card and of a chip, in CSS px: how large each is, and where its texts stand.

The layout, the SVG picture and the PNG and PDF files all take their measures from here.
"""

from dataclasses import dataclass

from .diagram import ADVANCE, clean_text, text_width
from .heat import grid_size

NAME, OPERATION, CAPTION, NUMBER, CHIP = 16, 13, 12, 16, 13
"""Font sizes. Nothing on screen is smaller than 12 px."""

PADDING = 12
HEADER = 32
ROW = 20
CHIP_HEIGHT, CHIP_ROW = 22, 16
CORNER = 7
MOST_CARDS_WITH_CHIPS = 150
"""Above this, chips would be too many to read and would double the time for the layout."""

_NAME_COLUMNS, _OPERATION_COLUMNS = 22, 30
_SMALLEST_WIDTH = 132
_SLOT_PITCH = 14
_CAPTION_ADVANCE = 6.8  # of a proportional font, on average
_CAPTION_BASELINE = HEADER + 18
_FIRST_ROW_BASELINE = _CAPTION_BASELINE + 20
_BETWEEN_NUMBERS = 22
_ABOVE_CELLS = 10
LEGEND, LEGEND_ROW = 14, 22
SIGN = 20


@dataclass(frozen=True)
class Label:
    """One line of text of a card: its role, its place from the card's top left corner, and how it is set."""

    role: str
    text: str
    x: float
    y: float
    size: int
    anchor: str = "start"


def card_size(card, slots=1):
    """(width, height) of a card in px; it never changes while stepping.

    Args:
        card: the card.
        slots: number of its inputs; a node with very many inputs grows taller so that its arrows stay apart.
    """
    rows = max(card.value_size[0], card.gradient_size[0], len(card.value), len(card.gradient), 1)
    header = text_width(card_name(card), NAME) + 9 + text_width(card_operation(card), OPERATION)
    header += (SIGN + PADDING) * bool(card.sign)
    numbers = _column_width(card, "value") + _column_width(card, "gradient") + _BETWEEN_NUMBERS
    width = max(_SMALLEST_WIDTH, 2 * PADDING + max(header, numbers))
    below = grid_size(card.cells)[1] + _ABOVE_CELLS if all(card.cells) else 0
    height = max(_FIRST_ROW_BASELINE + (rows - 1) * ROW + 12 + below, slots * _SLOT_PITCH)
    return _even(width), _even(height)


def chip_size(columns, rows=1):
    """(width, height) of a chip that holds `rows` lines of `columns` characters, in px."""
    return _even(columns * ADVANCE * CHIP + 16), CHIP_HEIGHT + CHIP_ROW * (rows - 1)


def wire_chip_size(wire):
    """(width, height) that the chip of a wire may ever need, in px."""
    return chip_size(wire.chip_columns, len(wire.product) or 1)


def has_chip(diagram, wire):
    """Whether there is a chip on this wire."""
    return wire.chip_columns > 0 and len(diagram.cards) <= MOST_CARDS_WITH_CHIPS


def slot_offset(height, slot, slots):
    """Distance in px from the top of a card to an input; slots are spread over the left side in order."""
    return height * (slot + 0.5) / slots


def card_name(card):
    """The card's name as it is shown, shortened if it is very long."""
    return clean_text(card.name, _NAME_COLUMNS)


def card_operation(card):
    """The card's operation as it is shown, shortened if it is very long."""
    return clean_text(card.operation, _OPERATION_COLUMNS)


def header_labels(card):
    """Name, and beside it the operation."""
    name, operation = card_name(card), card_operation(card)
    return (Label("name", name, PADDING, 21, NAME),
            Label("operation", operation, PADDING + text_width(name, NAME) + 9, 21, OPERATION))


def captions(card, width):
    """The words over the numbers; a card that never gets a gradient has no caption for it."""
    labels = [Label("caption", card.captions[0], PADDING, _CAPTION_BASELINE, CAPTION)]
    if has_gradient(card):
        labels.append(Label("caption", card.captions[1], width - PADDING, _CAPTION_BASELINE, CAPTION, "end"))
    return tuple(labels)


def has_gradient(card):
    """Whether the card has room for a gradient."""
    return card.gradient_size[0] > 0 or bool(card.gradient)


def number_labels(card, width, role):
    """The lines of the value (left) or of the gradient (right), with empty lines for rows not in use now.

    Args:
        card: the card.
        width: its width in px.
        role: `value` or `gradient`.
    """
    lines, size = (card.value, card.value_size) if role == "value" else (card.gradient, card.gradient_size)
    rows = max(size[0], len(lines))
    lines = tuple(clean_text(line) for line in lines or ("·",) * min(rows, 1))
    lines += ("",) * (rows - len(lines))
    x, anchor = (PADDING, "start") if role == "value" else (width - PADDING, "end")
    return tuple(Label(role, line, x, _FIRST_ROW_BASELINE + row * ROW, NUMBER, anchor)
                 for row, line in enumerate(lines))


def grid_place(card, width, role):
    """Where the heat cells of the value (left) or the gradient (right) begin: (x, y) from the card's corner."""
    rows = max(card.value_size[0], card.gradient_size[0], 1)
    x = PADDING if role == "value" else width - PADDING - grid_size(card.cells)[0]
    return x, _FIRST_ROW_BASELINE + (rows - 1) * ROW + _ABOVE_CELLS


def _column_width(card, role):
    if role == "gradient" and not has_gradient(card):
        return 0
    lines, size = (card.value, card.value_size) if role == "value" else (card.gradient, card.gradient_size)
    widest = max([text_width(line, NUMBER) for line in lines], default=0)
    caption = int(len(card.captions[role == "gradient"]) * _CAPTION_ADVANCE)
    return max(widest, size[1] * ADVANCE * NUMBER, caption, grid_size(card.cells)[0])


def _even(length):
    """The next even whole number, so that centres and corners both fall on whole pixels."""
    return 2 * round(length / 2 + 0.499)
