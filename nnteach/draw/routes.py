"""Places in CSS px, y down: boxes, routes, and how a route is made of the pieces an engine gives."""

from dataclasses import dataclass

from .card import card_size, slot_offset, wire_chip_size
from .curves import curve, half, joined, samples, straight

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
    """An edge: 3k + 1 points of k cubic Bézier curves from parent to child, and its chip's box, if any."""

    points: tuple[tuple[float, float], ...]
    chip: Box | None = None


@dataclass(frozen=True)
class Layout:
    """Places of all cards and wires, in the order of the diagram; width and height of the canvas."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    routes: tuple[Route, ...] = ()


def assemble(diagram, cards, chips, pieces, fixed=frozenset()):
    """The layout, from centres and pieces of curves in any coordinates in px with y down.

    Args:
        diagram: the `Diagram`.
        cards: centre (x, y) of each card.
        chips: dict from the index of a wire to the centre (x, y) of its chip.
        pieces: dict from the index of a wire to lists of 3k + 1 points: to the chip and from it, or one for
            all. They touch no card and no chip; where a smoother line does not either, that is taken.
        fixed: the wires for which no smoother line is sought.
    """
    slots = diagram.slot_counts()
    boxes = [_box(centre, card_size(card, count))
             for card, centre, count in zip(diagram.cards, cards, slots, strict=True)]
    chips = {index: _box(centre, wire_chip_size(diagram.wires[index]))
             for index, centre in chips.items()}
    routes = []
    for index, wire in enumerate(diagram.wires):
        parent, child, chip = boxes[wire.parent], boxes[wire.child], chips.get(index)
        start = (parent.right, parent.middle[1])
        end = (child.x, child.y + slot_offset(child.h, wire.slot, slots[wire.child]))
        if chip and index in fixed:
            to_chip, from_chip = pieces[index]
            points = [*joined(start, to_chip, chip.middle), *joined(chip.middle, from_chip, end)[1:]]
        elif chip:
            others = [box for box in (*boxes, *chips.values()) if box not in (parent, child, chip)]
            points = _route_through(chip, start, end, pieces[index], others)
        else:
            # Graphviz may lose an edge in a very crowded drawing.
            points = joined(start, pieces[index][0] if pieces[index] else curve(start, end), end)
        routes.append(Route(tuple(points), chip))
    return _on_canvas(boxes, routes)


def _route_through(chip, start, end, pieces, others):
    """A line from port to port through the middle of the chip, as straight as the other boxes allow."""
    leaves, enters, middle = (start[0] + STUB, start[1]), (end[0] - STUB, end[1]), chip.middle
    steepest = _steepest(leaves, middle, enters)
    for share in (1, 0.6, 0.3, 0):
        slope = share * steepest
        halves = [half(leaves, middle, slope, chip.w / 2), half(enters, middle, slope, chip.w / 2)[::-1]]
        touching = [_touches(points, others) for points in halves]
        if not any(touching):
            break
    # Level in the chip, the two halves do not depend on each other: each may be replaced alone.
    beside = (chip.x - CLEARANCE, middle[1]), (chip.right + CLEARANCE, middle[1])
    if touching[0]:
        halves[0] = _detour(leaves, middle, [curve(leaves, beside[0]), *pieces[:1]], others)
    if touching[1]:
        halves[1] = _detour(middle, enters, [curve(beside[1], enters), *pieces[1:]], others)
    return [start, *straight(start, leaves), *halves[0][1:], *halves[1][1:], *straight(enters, end)]


def _detour(start, end, curves, others):
    """The first of the curves, extended to both ends, that touches no box; else the last."""
    for found in curves:
        points = joined(start, found, end)
        if not _touches(points, others):
            break
    return points


def _steepest(start, middle, end):
    """Slope at the chip: the milder of both sides', so that nothing overshoots; 0 if the line turns."""
    before = (middle[1] - start[1]) / max(middle[0] - start[0], 1)
    after = (end[1] - middle[1]) / max(end[0] - middle[0], 1)
    return min(before, after, key=abs) if before * after > 0 else 0


def _touches(points, boxes):
    """Whether a line comes closer than the clearance to one of the boxes."""
    xs, ys = zip(*points, strict=True)
    reach = [(box.x - CLEARANCE, box.right + CLEARANCE, box.y - CLEARANCE, box.bottom + CLEARANCE)
             for box in boxes]
    near = [(left, right, top, bottom) for left, right, top, bottom in reach
            if left < max(xs) and min(xs) < right and top < max(ys) and min(ys) < bottom]
    return any(left < x < right and top < y < bottom
               for x, y in (samples(points, SAMPLES) if near else ()) for left, right, top, bottom in near)


def _box(centre, size):
    return Box(centre[0] - size[0] / 2, centre[1] - size[1] / 2, *size)


def _on_canvas(boxes, routes):
    """Move everything so that the drawing starts at the margin; round to a tenth of a pixel."""
    found = boxes + [route.chip for route in routes if route.chip]
    corners = [(box.x, box.y) for box in found] + [(box.right, box.bottom) for box in found]
    corners += [point for route in routes for point in route.points]
    xs, ys = zip(*corners, strict=True) if corners else ((0,), (0,))
    dx, dy = MARGIN - min(xs), MARGIN - min(ys)

    def moved(box):
        return Box(round(box.x + dx, 1), round(box.y + dy, 1), box.w, box.h)

    return Layout(
        round(max(xs) + dx + MARGIN, 1), round(max(ys) + dy + MARGIN, 1), tuple(moved(box) for box in boxes),
        tuple(Route(tuple((round(x + dx, 1), round(y + dy, 1)) for x, y in route.points),
                    route.chip and moved(route.chip)) for route in routes))
