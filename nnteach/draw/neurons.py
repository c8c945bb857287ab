"""The picture of a network: a circle for every unit, a line for every weight.

It has the same parts as the picture of a graph (`nnteach/player/README.md`, "The picture"), so that the player treats
both alike: a unit, a weight and a bias are each a `g[data-node]`, a line between two units a `g[data-edge]`. Inside a
circle stand the activation and, below it, δ: the gradient by the pre-activation.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from .card import CHIP, NUMBER, OPERATION
from .diagram import ADVANCE, attribute_text, clean_text, text_width
from .picture import ARROW_HALF_WIDTH, NOW_HEIGHT, NOW_RISE, NOW_WIDTH, STYLE, source
from .picture import ARROW_LENGTH as ARROW
from .style import style_sheet

MARGIN, CAPTIONS, CAPTION_ROW = 24, 34, 16
LABEL_GAP, LABEL_COLUMNS = 6, 8  # of the name beside a bias, scale or shift
NAME_BELOW = 18
CHIP_SIZE_ROWS = 38  # a weight and, below it, its gradient
ROOM_BESIDE_CHIPS = 14
"""px between a column of weights and the nearer circles: for arrow-heads."""
LEAST_ROOM = 90  # px between circles that have no weights between them


@dataclass(frozen=True)
class Cell:
    """A number of the network and its gradient, as they stand at the end: a unit, a weight, a bias or the loss."""

    name: str
    value: str
    gradient: str
    columns: int  # characters of the widest number it will ever show
    has_gradient: bool = True


@dataclass(frozen=True)
class Line:
    """A connection from a unit to a unit of the next layer, with its weight; or to the loss, without one."""

    id: str
    source: int
    target: int
    weight: Cell | None


@dataclass(frozen=True)
class Sketch:
    """A network to draw.

    Attributes:
        columns: the units of every layer, inputs first; the loss alone in the last, if there is one.
        captions: what stands over each of them.
        lines: the connections from each column to the next.
        below: for every column, what stands below each unit: its bias, and its scale, shift or mask.
        now: the word on the tag of what happens now.
        legend: one line below all.
        remarks: a word below a caption, for the first columns or all.
    """

    title: str
    columns: list[list[Cell]]
    captions: list[str]
    lines: list[list[Line]]
    below: list[list[tuple[Cell, ...]]]
    now: str = "NOW"
    legend: str = ""
    remarks: Sequence[str] = ()


def neuron_picture(sketch: Sketch, summary: str) -> str:
    """The SVG source of a network.

    Args:
        sketch: what to draw.
        summary: the picture in words.
    """
    places = _Places(sketch)
    svg = _frame(places, sketch.title, summary)
    edges, nodes = ET.SubElement(svg, "g", {"class": "edges"}), ET.SubElement(svg, "g", {"class": "nodes"})
    _captions(svg, places, sketch)
    for column, lines in enumerate(sketch.lines):
        for line in lines:
            start, end = places.ends(column, line)
            _line(edges, line, start, end)
            if line.weight:
                _chip(nodes, line.weight, places.on(column, start, end), "weight")
    for column, cells in enumerate(sketch.columns):
        for row, cell in enumerate(cells):
            _unit(nodes, cell, places.unit(column, row), places.radius, sketch.now)
            _below(nodes, sketch.below[column][row], places.unit(column, row), places.radius)
    return source(svg)


def _frame(places, title, summary):
    """The SVG with its title, its description and its ground."""
    width, height = f"{places.width:g}", f"{places.height:g}"
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "nnteach-picture",
            "role": "img",
            "width": width,
            "height": height,
            "viewBox": f"0 0 {width} {height}",
        },
    )
    _text(svg, title, tag="title")
    _text(svg, summary, tag="desc")
    _text(svg, style_sheet(STYLE), tag="style")
    ET.SubElement(svg, "rect", {"class": "ground", "width": width, "height": height})
    return svg


def _captions(svg, places, sketch):
    """What stands over the columns, and the legend below all."""
    for y, captions in ((MARGIN, sketch.captions), (MARGIN + CAPTION_ROW, sketch.remarks)):
        for x, caption in zip(places.x, captions, strict=False):
            if caption:
                _text(svg, caption, {"class": "caption", "text-anchor": "middle", "x": f"{x:g}", "y": f"{y:g}"})
    _text(
        svg, sketch.legend, {"class": "caption", "x": f"{MARGIN}", "y": f"{places.height - MARGIN / 2:g}"}, columns=200
    )


class _Places:
    """Where everything stands. The weights between two layers form a column of their own, in which no two overlap.

    At the share 1/(m + 1) of the way from n units to m units, both a pitch P apart, the n·m lines pass through points
    that are exactly P/(m + 1) apart; at n/(n + 1), exactly P/(n + 1).
    """

    def __init__(self, sketch):
        cells = [cell for column in sketch.columns for cell in column]
        self.counts = [len(column) for column in sketch.columns]
        widest = max(cell.columns for cell in cells)
        self.radius = max(34, round((widest * ADVANCE * NUMBER + 14) / 2))
        below = NAME_BELOW + (CHIP_SIZE_ROWS + 8) * max(len(chips) for column in sketch.below for chips in column)
        self.pitch = max(
            [2 * self.radius + below + NOW_RISE + 14]
            + [(min(n, m) + 1) * (CHIP_SIZE_ROWS + 4) for n, m, lines in self._pairs(sketch) if lines[0].weight]
        )
        self.tallest = max(self.counts)
        self.x = [MARGIN + self.radius]
        for n, m, lines in self._pairs(sketch):
            widest = max([_chip_width(line.weight) for line in lines if line.weight], default=0)
            share, room = _share(n, m), ROOM_BESIDE_CHIPS + widest / 2
            reach = max(self.radius, *map(_reach, sketch.below[len(self.x)]))
            free = max((self.radius + room) / share, (reach + room) / (1 - share)) if widest else 0
            self.x.append(round(self.x[-1] + max(2 * self.radius + LEAST_ROOM, free)))
        self.width = self.x[-1] + self.radius + MARGIN
        self.height = CAPTIONS + NOW_RISE + 2 * MARGIN + self.tallest * self.pitch

    def _pairs(self, sketch):
        return zip(self.counts, self.counts[1:], sketch.lines, strict=False)

    def unit(self, column, row):
        """Centre of a unit."""
        top = CAPTIONS + NOW_RISE + MARGIN / 2 + self.radius
        return self.x[column], round(top + (row + (self.tallest - self.counts[column]) / 2) * self.pitch, 1)

    def ends(self, column, line):
        """Where a line leaves one circle and meets the other."""
        (x0, y0), (x1, y1) = self.unit(column, line.source), self.unit(column + 1, line.target)
        far = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        dx, dy = (x1 - x0) / far * self.radius, (y1 - y0) / far * self.radius
        return (x0 + dx, y0 + dy), (x1 - dx, y1 - dy)

    def on(self, column, start, end):
        """The middle of a weight: on its line, in the column of weights."""
        share = _share(*self.counts[column : column + 2])
        x0, x1 = self.x[column : column + 2]
        x, (xs, ys), (xe, ye) = x0 + (x1 - x0) * share, start, end
        return x, ys + (ye - ys) * (x - xs) / (xe - xs)


def _share(n, m):
    """How far along the lines from n units to m units their weights stand, so that none covers another."""
    return n / (n + 1) if n <= m else 1 / (m + 1)


def _unit(parent, cell, centre, radius, now):
    (x, y), node = centre, _node(parent, cell, "unit")
    _box(node, x - radius, y - radius, 2 * radius, 2 * radius, radius)
    _numbers(node, cell, x, (y - 4, y + 18) if cell.has_gradient else (y + 6, 0), NUMBER)
    _text(
        node,
        cell.name,
        {"class": "operation", "x": f"{x:g}", "y": f"{y + radius + NAME_BELOW:g}"},
    )
    tag = ET.SubElement(node, "g", {"class": "now-tag"})
    top = y - radius - NOW_RISE
    ET.SubElement(
        tag,
        "rect",
        {
            "x": f"{x - NOW_WIDTH / 2:g}",
            "y": f"{top:g}",
            "width": f"{NOW_WIDTH}",
            "height": f"{NOW_HEIGHT}",
            "rx": f"{NOW_HEIGHT / 2:g}",
        },
    )
    _text(tag, now, {"x": f"{x:g}", "y": f"{top + 14.5:g}"})


def _below(parent, cells, centre, radius):
    """The numbers of a unit's own, one under the other; where there are several, each with its name."""
    x, y = centre[0], centre[1] + radius + NAME_BELOW + 6 + CHIP_SIZE_ROWS / 2
    for row, cell in enumerate(cells):
        at = y + row * (CHIP_SIZE_ROWS + 8)
        node = _chip(parent, cell, (x, at), "bias")
        if len(cells) > 1:
            place = {"x": f"{x - _chip_width(cell) / 2 - LABEL_GAP:g}", "y": f"{at + 4:g}"}
            _text(node, _label(cell), {"class": "operation end"} | place, columns=LABEL_COLUMNS)


def _label(cell):
    """The name of the array that a number is from."""
    return cell.name.rpartition("[")[0] or cell.name


def _reach(cells):
    """How far what stands below a unit, with its names, reaches to the left of its middle."""
    widths = [_chip_width(cell) / 2 + LABEL_GAP + text_width(_label(cell), OPERATION) for cell in cells]
    most = NUMBER * ADVANCE * LABEL_COLUMNS + max(map(_chip_width, cells), default=0) / 2
    return min(max(widths), most) if len(cells) > 1 else 0


def _chip(parent, cell, centre, part):
    (x, y), node, width = centre, _node(parent, cell, part), _chip_width(cell)
    _box(node, x - width / 2, y - CHIP_SIZE_ROWS / 2, width, CHIP_SIZE_ROWS, 5)
    _numbers(node, cell, x, (y - 3, y + 13) if cell.has_gradient else (y + 5, 0), CHIP)
    return node


def _chip_width(cell):
    return round(max(cell.columns, 3) * ADVANCE * CHIP + 14)


def _node(parent, cell, part):
    node = ET.SubElement(
        parent, "g", {"data-node": attribute_text(cell.name), "data-part": part, "class": "done"}
    )
    if not cell.has_gradient:
        node.set("data-no-gradient", "")
    _text(node, cell.name, tag="title")
    return node


def _box(node, x, y, width, height, corner):
    ET.SubElement(
        node,
        "rect",
        {
            "class": "box",
            "x": f"{x:.1f}",
            "y": f"{y:.1f}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "rx": f"{corner:g}",
        },
    )


def _numbers(node, cell, x, baselines, size):
    for role, shown, y in zip(("value", "gradient"), (cell.value, cell.gradient), baselines, strict=True):
        if role == "value" or cell.has_gradient:
            # Set as an attribute of style: the sheet gives all numbers of cards one size.
            text = ET.SubElement(node, "text", {"class": role, "style": f"font-size:{size}px"})
            _text(text, shown or "·", {"x": f"{x:g}", "y": f"{y:.1f}"}, tag="tspan")


def _line(parent, line, start, end):
    (x0, y0), (x1, y1) = start, end
    far = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    edge = ET.SubElement(
        parent,
        "g",
        {
            "data-edge": attribute_text(line.id),
            "class": "done backward",
            "style": f"--length:{far:.1f}px",
        },
    )
    ET.SubElement(edge, "path", {"class": "line", "d": f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"})
    along = (x1 - x0) / far, (y1 - y0) / far
    for name, tip, sign in (("forward", end, -1), ("backward", start, 1)):
        _arrow(edge, name, tip, (sign * along[0], sign * along[1]))


def _arrow(edge, name, tip, back):
    """An arrow-head with its tip on a circle; `back` points from the tip along the line."""
    (x, y), (dx, dy) = tip, back
    base, side = (x + dx * ARROW, y + dy * ARROW), (-dy * ARROW_HALF_WIDTH, dx * ARROW_HALF_WIDTH)
    corners = [(x, y), (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])]
    d = "M" + " ".join(f"{a:.1f} {b:.1f}" for a, b in corners) + "Z"
    ET.SubElement(edge, "path", {"class": f"arrow-{name}", "d": d,
                                 "style": f"transform-box:view-box;transform-origin:{x:.1f}px {y:.1f}px"})


def _text(parent, text, attributes=None, tag="text", columns=22):
    element = ET.SubElement(parent, tag, attributes or {})
    element.text = text if tag == "style" else clean_text(text, columns if tag == "text" else None)
