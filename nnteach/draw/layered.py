"""A plain layered placement, for machines where Graphviz cannot run at all.

Columns by longest path, order within a column by the barycentre of the neighbours, curves with horizontal
tangents. Long edges keep a lane of their own through every column they cross, so no line runs over a card.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from .card import card_size, has_chip, wire_chip_size
from .curves import curve, straight
from .dot import CARD_MARGIN, CHIP_MARGIN, leaves_in_first_column

COLUMN_GAP = 38
ROW_GAP = 12
LANE_HEIGHT = 10
SWEEPS = 6
MOST_LANES = 20_000


@dataclass
class Spot:
    """Something that needs room in a column: a card, a chip, or the lane of a long edge."""

    column: int
    width: float = 0
    height: float = LANE_HEIGHT
    is_lane: bool = False
    x: float = 0
    y: float = 0
    before: list = field(default_factory=list)
    after: list = field(default_factory=list)


def place(diagram):
    """Centres and curves for `routes.assemble`.

    Args:
        diagram: the `Diagram`.

    Returns:
        (cards, chips, pieces): centre (x, y) of each card; dict from the index of a wire to the centre of its
        chip; dict from the index of a wire to its curves. All in px, y down.
    """
    cards = _card_spots(diagram, _card_columns(diagram))
    chains = _chains(diagram, cards)
    for chain in chains:
        for left, right in pairwise(chain):
            left.after.append(right)
            right.before.append(left)
    grid = _grid(cards + [spot for chain in chains for spot in chain[1:-1]])
    _set_x(grid)
    _set_y(grid)
    chips = {index: (chain[1].x, chain[1].y) for index, chain in enumerate(chains)
             if has_chip(diagram, diagram.wires[index])}
    pieces = {index: _curves(chain, index in chips) for index, chain in enumerate(chains)}
    return [(spot.x, spot.y) for spot in cards], chips, pieces


def _curves(chain, with_chip):
    """The curve from parent to child, or the two to the chip and from it."""
    if with_chip:
        return [_curve_through(chain[:2]), _curve_through(chain[1:])]
    return [_curve_through(chain)]


def _curve_through(chain):
    """From the right side of the first spot, straight through the lanes, to the left side of the last."""
    points = []
    for left, right in pairwise(chain):
        leaves, enters = (left.x + left.width / 2, left.y), (right.x - right.width / 2, right.y)
        points += straight(points[-1], leaves) if points else [leaves]
        points += curve(leaves, enters)[1:]
    return points


def _card_columns(diagram):
    """Longest path from the leaves, two columns a step (the odd ones hold the chips)."""
    parents, children = _neighbours(diagram)
    waiting = [len(found) for found in parents]
    ready = [index for index, count in enumerate(waiting) if count == 0]
    columns = [0] * len(diagram.cards)
    for index in ready:                                 # grows while it is read: Kahn's algorithm
        for child in children[index]:
            columns[child] = max(columns[child], columns[index] + 2)
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    first = leaves_in_first_column(diagram)
    for index, found in enumerate(children):            # a leaf stands close to where it is used first
        if found and not parents[index] and index not in first:
            columns[index] = max(0, min(columns[child] for child in found) - 2)
    return columns


def _neighbours(diagram):
    parents = [[] for _ in diagram.cards]
    children = [[] for _ in diagram.cards]
    for wire in diagram.wires:
        parents[wire.child].append(wire.parent)
        children[wire.parent].append(wire.child)
    return parents, children


def _card_spots(diagram, columns):
    spots = []
    for card, slots, column in zip(diagram.cards, diagram.slot_counts(), columns, strict=True):
        width, height = card_size(card, slots)
        spots.append(Spot(column, width + 2 * CARD_MARGIN[0], height + 2 * CARD_MARGIN[1]))
    return spots


def _chains(diagram, cards):
    """For each wire: parent, then its chip or a lane in every column between, then child."""
    spans = [cards[wire.child].column - cards[wire.parent].column for wire in diagram.wires]
    with_lanes = sum(spans) <= MOST_LANES
    return [_chain(diagram, wire, cards[wire.parent], cards[wire.child], with_lanes)
            for wire in diagram.wires]


def _chain(diagram, wire, parent, child, with_lanes):
    last = child.column if with_lanes else parent.column + 1
    between = [Spot(column, is_lane=True) for column in range(parent.column + 1, last)]
    if has_chip(diagram, wire):
        width, height = wire_chip_size(wire)
        chip = Spot(parent.column + 1, width + 2 * CHIP_MARGIN[0], height + 2 * CHIP_MARGIN[1])
        between[:1] = [chip]
    return [parent, *between, child]


def _grid(spots):
    """Spots by column, in the order in which they stand from top to bottom."""
    grid = [[] for _ in range(max((spot.column for spot in spots), default=-1) + 1)]
    for spot in spots:
        grid[spot.column].append(spot)
    _stack(grid)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in grid if forward else reversed(grid):
            column.sort(key=lambda spot: _mean_y(spot.before if forward else spot.after, spot.y))
            _stack([column])
    return grid


def _stack(columns):
    for column in columns:
        y = -sum(spot.height + ROW_GAP for spot in column) / 2
        for spot in column:
            spot.y = y + spot.height / 2
            y += spot.height + ROW_GAP


def _mean_y(neighbours, otherwise):
    return sum(spot.y for spot in neighbours) / len(neighbours) if neighbours else otherwise


def _set_x(grid):
    x = 0
    for column in grid:
        width = max((spot.width for spot in column), default=0)
        for spot in column:
            spot.x = x + width / 2
            if spot.is_lane:
                spot.width = width                      # a lane crosses the whole column in a straight line
        x += width + COLUMN_GAP


def _set_y(grid):
    """Draw every spot towards its neighbours, as far as the order in the column leaves room."""
    for sweep in range(SWEEPS):
        for column in grid if sweep % 2 else reversed(grid):
            wishes = [_mean_y(spot.before if sweep % 2 else spot.after, spot.y) for spot in column]
            _spread(column, wishes)


def _spread(column, wishes):
    """Place the spots of a column near their wishes without overlap, and keep their common centre."""
    bottom = float("-inf")
    for spot, wish in zip(column, wishes, strict=True):
        spot.y = max(wish, bottom + spot.height / 2)
        bottom = spot.y + spot.height / 2 + ROW_GAP
    shift = sum(wish - spot.y for spot, wish in zip(column, wishes, strict=True)) / max(len(column), 1)
    for spot in column:
        spot.y += shift
