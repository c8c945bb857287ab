"""A plain layered placement, for machines where Graphviz cannot run at all, and for graphs that are too much for it.

Columns by longest path, order within a column by the barycentre of the neighbours, curves with horizontal
tangents. Long edges keep a lane of their own through every column they cross, so no line runs over a card. Where that
would be very many lanes, the long edges of a card share one track below all cards instead: it leaves the card's row
in the gap behind its column, and comes up in the gap before the column where it is used. So the work grows with cards
and wires, however far apart they are.
"""

import heapq
from dataclasses import dataclass, field
from itertools import pairwise

from .card import card_size, has_chip, slot_offset, wire_chip_size
from .curves import curve, straight
from .dot import CARD_MARGIN, CHIP_MARGIN, leaves_in_first_column

COLUMN_GAP = 38
ROW_GAP = 12
LANE_HEIGHT = 10
SWEEPS = 6
MOST_LANES = 2_000
"""Lanes in all columns together, up to which every long edge has its own."""
LONG = 4
"""Columns from which on an edge is long, where there would be more lanes than that."""
TRACK_GAP, TRACK_HEIGHT = 30, 12


@dataclass
class Spot:
    """Something that needs room in a column: a card, a chip, or the lane of a long edge."""

    column: int
    width: float = 0
    height: float = LANE_HEIGHT
    is_lane: bool = False
    pull: int = 1  # 0: moves out of the way of what else is in its column
    x: float = 0
    y: float = 0
    before: list = field(default_factory=list)
    after: list = field(default_factory=list)


def place(diagram):
    """Centres and curves for `routes.assemble`.

    Args:
        diagram: the `Diagram`.

    Returns:
        (cards, chips, pieces, fixed): centre (x, y) of each card; dict from the index of a wire to the centre of its
        chip; dict from the index of a wire to its curves; the wires whose curves are not to be made smoother. All in
        px, y down.
    """
    cards = _card_spots(diagram, _card_columns(diagram))
    long = _long_wires(diagram, cards)
    chains = [_chain(diagram, wire, cards[wire.parent], cards[wire.child], index in long)
              for index, wire in enumerate(diagram.wires)]
    for index, chain in enumerate(chains):
        if index in long:
            chain[1].after += chain[2:]  # a chip follows its card, and no card follows a track
            continue
        for left, right in pairwise(chain):
            left.after.append(right)
            right.before.append(left)
    grid = _grid(cards + [spot for chain in chains for spot in chain[1:-1]])
    edges = _set_x(grid)
    _set_y(grid)
    tracks = _tracks({index: chains[index] for index in long}, grid)
    chips = {index: (chain[1].x, chain[1].y) for index, chain in enumerate(chains)
             if has_chip(diagram, diagram.wires[index])}
    pieces = {index: _curves(chain, index in chips) for index, chain in enumerate(chains) if index not in long}
    slots = diagram.slot_counts()
    for index in long:
        port = _port(diagram.wires[index], slots, chains[index])
        pieces[index] = _curves_by_track(chains[index], port, edges, tracks[index])
    return [(spot.x, spot.y) for spot in cards], chips, pieces, long


def ranks_crossed(diagram):
    """How many ranks all wires together cross beyond one each, in Graphviz's ranks; the work of a layout goes by it."""
    columns = _card_columns(diagram)
    rank = 1 if any(has_chip(diagram, wire) for wire in diagram.wires) else 2
    return sum((columns[wire.child] - columns[wire.parent] - 2) // rank for wire in diagram.wires)


def _long_wires(diagram, cards):
    """The wires that go by a track: none as long as there is room for a lane each."""
    spans = [cards[wire.child].column - cards[wire.parent].column for wire in diagram.wires]
    if sum(spans) - 2 * len(spans) <= MOST_LANES:
        return set()
    return {index for index, span in enumerate(spans) if span > LONG}


def _tracks(chains, grid):
    """For each long wire the height of its track; all wires of a card share one, and two cards where neither meets."""
    below = max((spot.y + spot.height / 2 for column in grid for spot in column), default=0) + TRACK_GAP
    reach = {}
    for chain in chains.values():
        start = chain[0]
        reach[id(start)] = start.column, max(reach.get(id(start), (0, 0))[1], chain[1].column)
    taken, free, rows, height = [], [], 0, {}
    for key, (first, last) in sorted(reach.items(), key=lambda item: item[1]):
        while taken and taken[0][0] < first:
            heapq.heappush(free, heapq.heappop(taken)[1])
        row = heapq.heappop(free) if free else rows
        rows = max(rows, row + 1)
        heapq.heappush(taken, (last, row))
        height[key] = below + row * TRACK_HEIGHT
    return {index: height[id(chain[0])] for index, chain in chains.items()}


def _curves(chain, with_chip):
    """The curve from parent to child, or the two to the chip and from it."""
    if with_chip:
        return [_curve_through(chain[:2]), _curve_through(chain[1:])]
    return [_curve_through(chain)]


def _port(wire, slots, chain):
    """Height at which a wire enters what stands at the end of its track: a chip in its middle, a card at a slot."""
    end = chain[1]
    if len(chain) > 2:
        return end.y
    height = end.height - 2 * CARD_MARGIN[1]
    return end.y - height / 2 + slot_offset(height, wire.slot, slots[wire.child])


def _curves_by_track(chain, port, edges, height):
    """Down to the track in the gap behind the first spot's column, along it, and up in the gap before the next's."""
    start, end = chain[:2]
    corners = [(edges[start.column][1], start.y), (edges[start.column + 1][0], height),
               (edges[end.column - 1][1], height), (edges[end.column][0], port)]
    leaves, enters = (start.x + start.width / 2, start.y), (end.x - end.width / 2, port)
    track = [leaves, *straight(leaves, corners[0]), *curve(*corners[:2])[1:], *straight(*corners[1:3]),
             *curve(*corners[2:])[1:], *straight(corners[3], enters)]
    return [track, *([_curve_through(chain[1:])] if len(chain) > 2 else [])]


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


def _chain(diagram, wire, parent, child, is_long):
    """Parent, chip or lanes, and child. The chip stands behind the parent; that of a long wire, before the child."""
    if is_long:
        between = []
    else:
        between = [Spot(column, is_lane=True) for column in range(parent.column + 1, child.column)]
    if has_chip(diagram, wire):
        width, height = wire_chip_size(wire)
        column = child.column - 1 if is_long else parent.column + 1
        size = width + 2 * CHIP_MARGIN[0], height + 2 * CHIP_MARGIN[1]
        between[:1] = [Spot(column, *size, pull=0 if is_long else 1)]
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
    """Place the columns side by side; returns where each begins and ends."""
    x, edges = 0, []
    for column in grid:
        width = max((spot.width for spot in column), default=0)
        for spot in column:
            spot.x = x + width / 2
            if spot.is_lane:
                spot.width = width                      # a lane crosses the whole column in a straight line
        edges.append((x, x + width))
        x += width + COLUMN_GAP
    return edges


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
    pulled = sum(spot.pull * (wish - spot.y) for spot, wish in zip(column, wishes, strict=True))
    shift = pulled / max(sum(spot.pull for spot in column), 1)
    for spot in column:
        spot.y += shift
