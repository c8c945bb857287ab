"""Places in CSS px, y down: boxes, routes, and how a route is put together from its pieces."""

from dataclasses import dataclass

from .card import card_size, chip_size, slot_offset

MARGIN = 16
"""Free room (px) round the whole drawing."""
STUB = 10
"""Length (px) of the level beginning and end of a line, under the arrow-heads."""
CLEARANCE = 5
SAMPLES = 16


@dataclass(frozen=True)
class Box:
    """A rectangle: its top left corner, width and height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self):
        """x of the right side."""
        return self.x + self.w

    @property
    def bottom(self):
        """y of the lower side."""
        return self.y + self.h

    @property
    def middle(self):
        """Centre (x, y)."""
        return self.x + self.w / 2, self.y + self.h / 2


@dataclass(frozen=True)
class Route:
    """An edge: 3k + 1 points of k cubic Bézier curves from parent to child, and the box of its chip, if any."""

    points: tuple[tuple[float, float], ...]
    chip: Box | None = None


@dataclass(frozen=True)
class Layout:
    """Places of all cards and wires of a diagram, in their order; width and height are those of the canvas."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    routes: tuple[Route, ...] = ()


def assemble(diagram, cards, chips, pieces):
    """The layout, from centres and pieces of curves in any coordinates in px with y down.

    Args:
        diagram: the `Diagram`.
        cards: centre (x, y) of each card.
        chips: dict from the index of a wire to the centre (x, y) of its chip.
        pieces: dict from the index of a wire to lists of 3k + 1 points: to the chip and from it, or one for all.
            They touch no card and no chip. Where a smoother line does not either, it is taken instead.
    """
    slots = diagram.slot_counts()
    boxes = [_box(centre, card_size(card, count)) for card, centre, count in zip(diagram.cards, cards, slots)]
    chips = {index: _box(centre, chip_size(diagram.wires[index].chip_columns)) for index, centre in chips.items()}
    routes = []
    for index, wire in enumerate(diagram.wires):
        parent, child, chip = boxes[wire.parent], boxes[wire.child], chips.get(index)
        start = (parent.right, parent.middle[1])
        end = (child.x, child.y + slot_offset(child.h, wire.slot, slots[wire.child]))
        if not chip:
            points = plain_route(start, end, pieces[index])
        else:
            others = [box for box in (*boxes, *chips.values()) if box not in (parent, child, chip)]
            points = smooth_route(start, end, chip, others, pieces[index])
        routes.append(Route(points, chip))
    return _on_canvas(boxes, routes)


def smooth_route(start, end, chip, others, pieces):
    """A line from port to port through the middle of the chip: as straight as it can be without touching a thing.

    Args:
        start, end: ports (x, y), where the line is level for the length of an arrow-head.
        chip: Box of its chip.
        others: Boxes it must not touch.
        pieces: what to take before and behind the chip where every smoother curve touches something.
    """
    leaves, enters = (start[0] + STUB, start[1]), (end[0] - STUB, end[1])
    steepest = _steepest(leaves, chip.middle, enters)
    arm = chip.w / 2
    for share in (1, 0.6, 0.3, 0):
        to_chip = _half(leaves, chip.middle, share * steepest, arm)
        from_chip = _reversed(_half(_flipped(enters), _flipped(chip.middle), share * steepest, arm))
        touching = _touches(to_chip, others), _touches(from_chip, others)
        if not any(touching):
            break
    # Level in the chip, the two halves no longer depend on each other.
    if touching[0]:
        before = (chip.x - CLEARANCE, chip.middle[1])
        to_chip = _first_clear(others, _extended(leaves, curve(leaves, before), chip.middle),
                               _extended(leaves, _level_ends(pieces[0], start[1], chip.middle[1]), chip.middle))
    if touching[1]:
        behind = (chip.right + CLEARANCE, chip.middle[1])
        from_chip = _first_clear(others, _extended(chip.middle, curve(behind, enters), enters),
                                 _extended(chip.middle, _level_ends(pieces[1], chip.middle[1], end[1]), enters))
    return tuple([start, *straight(start, leaves), *to_chip[1:], *from_chip[1:], *straight(enters, end)])


def plain_route(start, end, pieces):
    """The one piece of a wire without a chip, from port to port."""
    if not pieces:                                      # Graphviz may lose an edge in a very crowded drawing
        return tuple(curve(start, end))
    return tuple(_extended(start, _level_ends(pieces[0], start[1], end[1]), end))


def curve(start, end):
    """The four points of a cubic curve that leaves `start` and enters `end` horizontally."""
    middle = (start[0] + end[0]) / 2
    return [start, (middle, start[1]), (middle, end[1]), end]


def straight(start, end):
    """The three points after `start` of a straight line written as a cubic curve."""
    (x0, y0), (x1, y1) = start, end
    return [(x0 + (x1 - x0) / 3, y0 + (y1 - y0) / 3), (x0 + (x1 - x0) * 2 / 3, y0 + (y1 - y0) * 2 / 3), end]


def on_curve(points, t):
    """The point at t from 0 to 1 on the cubic curve of four points."""
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def _steepest(start, middle, end):
    """Slope at the chip: none if the line turns back there, else the milder of the two sides' (so no overshoot)."""
    before = (middle[1] - start[1]) / max(middle[0] - start[0], 1)
    after = (end[1] - middle[1]) / max(end[0] - middle[0], 1)
    if before * after <= 0:
        return 0
    return min(before, after, key=abs)


def _half(port, middle, slope, arm):
    """One cubic curve from a level port to the middle of the chip, where it has the given slope."""
    width = middle[0] - port[0]
    arm = min(arm, width / 2)
    return [port, (port[0] + width * 0.4, port[1]), (middle[0] - arm, middle[1] - slope * arm), middle]


def _first_clear(others, curve_of_ours, given):
    return given if _touches(curve_of_ours, others) else curve_of_ours


def _extended(start, piece, end):
    """The piece with a straight line before and behind it."""
    return [start, *straight(start, piece[0]), *piece[1:], *straight(piece[-1], end)]


def _flipped(point):
    return -point[0], -point[1]


def _reversed(points):
    """The same curve turned by 180° about the origin and run through backwards."""
    return [_flipped(point) for point in reversed(points)]


def _touches(points, boxes):
    """Whether a route comes closer than the clearance to one of the boxes."""
    xs, ys = zip(*points)
    near = [box for box in boxes
            if box.x - CLEARANCE < max(xs) and box.right + CLEARANCE > min(xs)
            and box.y - CLEARANCE < max(ys) and box.bottom + CLEARANCE > min(ys)]
    if not near:
        return False
    samples = [on_curve(points[first:first + 4], step / SAMPLES)
               for first in range(0, len(points) - 1, 3) for step in range(SAMPLES)]
    return any(box.x - CLEARANCE < x < box.right + CLEARANCE and box.y - CLEARANCE < y < box.bottom + CLEARANCE
               for box in near for x, y in samples)


def _box(centre, size):
    return Box(centre[0] - size[0] / 2, centre[1] - size[1] / 2, *size)


def _level_ends(piece, leaves, enters):
    """Make both ends exactly as high as the ports they belong to, and the curve horizontal there."""
    (x0, _), (x1, _), *inner, (x2, _), (x3, _) = piece
    return [(x0, leaves), (x1, leaves), *inner, (x2, enters), (x3, enters)]


def _on_canvas(boxes, routes):
    """Move everything so that the drawing starts at the margin; round to a tenth of a pixel."""
    found = boxes + [route.chip for route in routes if route.chip]
    corners = [(box.x, box.y) for box in found] + [(box.right, box.bottom) for box in found]
    corners += [point for route in routes for point in route.points]
    xs, ys = zip(*corners) if corners else ((0,), (0,))
    dx, dy = MARGIN - min(xs), MARGIN - min(ys)

    def moved(box):
        return Box(round(box.x + dx, 1), round(box.y + dy, 1), box.w, box.h)

    return Layout(
        round(max(xs) + dx + MARGIN, 1), round(max(ys) + dy + MARGIN, 1), tuple(moved(box) for box in boxes),
        tuple(Route(tuple((round(x + dx, 1), round(y + dy, 1)) for x, y in route.points),
                    route.chip and moved(route.chip)) for route in routes))
