"""The static picture: a diagram and its layout as one self-contained SVG.

It shows the final state, or any other moment, and is complete as it stands. The player finds the parts by class and
attribute (`nnteach/player/README.md`, "The picture") and changes nothing but texts and classes. The tree is built
with ElementTree, so whatever a name contains is text and never markup. A notebook with many players holds many
pictures: what all parts have in common stands in the style sheet, and a node's lengths count from its corner.
"""

import xml.etree.ElementTree as ET
from pathlib import Path

from .card import (
    CHIP,
    CHIP_HEIGHT,
    CHIP_ROW,
    CORNER,
    HEADER,
    LEGEND_ROW,
    PADDING,
    SIGN,
    captions,
    chip_size,
    grid_place,
    has_gradient,
    header_labels,
    number_labels,
)
from .curves import length
from .diagram import attribute_text, clean_text, columns_of, final_moment
from .heat import cell_size, grid_size, rectangles
from .style import style_sheet

STYLE = Path(__file__).with_name("picture.css")
ARROW_LENGTH, ARROW_HALF_WIDTH = 12, 5
NOW_WIDTH, NOW_HEIGHT, NOW_RISE = 46, 20, 14
_SUMMARY_CARDS = 40


def picture(diagram, layout, summary=None, moment=None):
    """The SVG source of the picture.

    Args:
        diagram: the `Diagram`.
        layout: its `Layout`.
        summary: the picture in words, for those who cannot see it; made from names and numbers if not given.
        moment: the `Moment` to show; the final one if not given.
    """
    moment = moment or final_moment(diagram)
    width, height = _length(layout.width), _length(layout.height)
    svg = ET.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "nnteach-picture" + " forward-pass" * (moment.phase == "forward"), "role": "img",
        "width": width, "height": height, "viewBox": f"0 0 {width} {height}"})
    _add_text(svg, "title", clean_text(diagram.title))
    _add_text(svg, "desc", clean_text(summary or _summary(diagram)))
    _add_text(svg, "style", style_sheet(STYLE))
    ET.SubElement(svg, "rect", {"class": "ground", "width": width, "height": height})
    edges = ET.SubElement(svg, "g", {"class": "edges"})
    # Spaces count, because columns of a matrix stand under each other.
    nodes = ET.SubElement(svg, "g", {"class": "nodes", "xml:space": "preserve"})
    for wire, flow, route in zip(moment.wires, moment.flows, layout.routes, strict=True):
        _add_edge(edges, diagram.edge_id(wire), wire, flow, route)
    for card, state, box in zip(moment.cards, moment.states, layout.boxes, strict=True):
        _add_node(nodes, card, state, box, diagram.now)
    for row, line in enumerate(reversed(diagram.legend)):
        place = {"class": "legend", "x": _length(PADDING), "y": _length(layout.height - PADDING - row * LEGEND_ROW)}
        _add_text(svg, "text", line, place)
    return source(svg)


def source(svg):
    """A picture as text. ElementTree writes a `>` in texts as `&gt;`, so that ` />` always ends a tag."""
    return ET.tostring(svg, encoding="unicode").replace(" />", "/>")


def arrow(tip, to_the_right, size=1):
    """The three corners of an arrow-head with its tip on a card; lines are level there."""
    back = tip[0] + size * (-ARROW_LENGTH if to_the_right else ARROW_LENGTH)
    return tip, (back, tip[1] - size * ARROW_HALF_WIDTH), (back, tip[1] + size * ARROW_HALF_WIDTH)


def _add_node(parent, card, state, box, now):
    place = f"translate({_point((box.x, box.y))})"
    node = ET.SubElement(parent, "g", {"data-node": attribute_text(card.name), "class": state, "transform": place})
    if not has_gradient(card):
        node.set("data-no-gradient", "")
    _add_text(node, "title", f"{clean_text(card.name)}: {clean_text(card.operation)}")
    _add_rect(node, "box", 0, 0, box.w, box.h, CORNER)
    ET.SubElement(node, "path", {"class": "rule", "d": f"M{PADDING} {HEADER}H{_length(box.w - PADDING)}"})
    for label in header_labels(card) + captions(card, box.w):
        _add_label(node, label)
    for role in ("value", "gradient"):
        _add_numbers(node, role, number_labels(card, box.w, role))
        if all(card.cells) and (role == "value" or has_gradient(card)):
            _add_cells(node, card, role, box.w)
    if card.sign:
        node.set("aria-expanded", "false" if card.sign == "+" else "true")
        _add_sign(node, card.sign, box.w)
    _add_now_tag(node, box.w / 2, now)


def _add_label(parent, label):
    name = label.role if label.anchor == "start" else f"{label.role} {label.anchor}"
    _add_text(parent, "text", label.text, {"class": name} | _place(label.x, label.y))


def _add_numbers(parent, role, labels):
    """One text with a tspan a line."""
    text = ET.SubElement(parent, "text", {"class": role})
    for label in labels:
        _add_text(text, "tspan", label.text, _place(label.x, label.y))


def _add_cells(parent, card, role, width):
    """A frame, and in it one path for all cells of the same strength and sign."""
    x, y = grid_place(card, width, role)
    frame = [length + 1 for length in grid_size(card.cells)]
    _add_rect(parent, "heat-frame", x - 1, y - 1, *frame, 1)
    codes, size = card.heat[role == "gradient"], cell_size(card.cells)
    heat = ET.SubElement(parent, "g", {"class": "heat", "data-heat": codes, "data-size": f"{size[0]} {size[1]}",
                                       "transform": f"translate({_point((x, y))})"})
    for code, found in rectangles(codes, size).items():
        path = "".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in found)
        ET.SubElement(heat, "path", {"class": f"heat-{code}", "d": path})


def _add_sign(parent, sign, width):
    """A plus or a minus in a square, at the right of the header."""
    x, y, arm = width - PADDING / 2 - SIGN, (HEADER - SIGN) / 2, SIGN / 2 - 5
    group = ET.SubElement(parent, "g", {"class": "fold"})
    _add_rect(group, None, x, y, SIGN, SIGN, 4)
    middle = _point((x + SIGN / 2, y + SIGN / 2))
    upright = f"M{middle}m0-{arm:g}v{2 * arm:g}" if sign == "+" else ""
    ET.SubElement(group, "path", {"d": f"M{middle}m-{arm:g} 0h{2 * arm:g}{upright}"})


def _add_now_tag(parent, x, now):
    tag = ET.SubElement(parent, "g", {"class": "now-tag"})
    _add_rect(tag, None, x - NOW_WIDTH / 2, -NOW_RISE, NOW_WIDTH, NOW_HEIGHT, NOW_HEIGHT / 2)
    _add_text(tag, "text", now, _place(x, 14.5 - NOW_RISE))


def _add_edge(parent, name, wire, flow, route):
    state, direction = flow
    # The length lets the style end the line inside its arrow-head instead of beside its tip.
    edge = ET.SubElement(parent, "g", {
        "data-edge": name, "class": f"{state} {direction}", "style": f"--length:{length(route.points):.0f}px"})
    ET.SubElement(edge, "path", {"class": "line", "d": _curve_path(route.points)})
    for way, tip in (("forward", route.points[-1]), ("backward", route.points[0])):
        head = arrow(tip, to_the_right=way == "forward")
        ET.SubElement(edge, "path", {"class": f"arrow-{way}", "d": f"M{_point(tip)}l{_ways(head, head[1:])}z"})
    if route.chip:
        _add_chip(edge, wire, route.chip)


def _add_chip(parent, wire, box):
    """The chip: snug round the number; while the edge is in use, a larger one with the whole product instead."""
    chip = ET.SubElement(parent, "g", {"class": "chip with-product" if wire.product else "chip"})
    x, y = box.middle
    snug = min(box.w, chip_size(max(columns_of(wire.chip), 1))[0])
    _add_rect(chip, "snug", x - snug / 2, y - CHIP_HEIGHT / 2, snug, CHIP_HEIGHT, 4)
    _add_text(chip, "text", clean_text(wire.chip), {"class": "number"} | _place(x, y + 0.35 * CHIP))
    if wire.product:
        _add_rect(chip, "wide", box.x, box.y, box.w, box.h, 4)
        first = y + 0.35 * CHIP - (len(wire.product) - 1) * CHIP_ROW / 2
        product = ET.SubElement(chip, "text", {"class": "product"})
        for row, line in enumerate(wire.product):
            _add_text(product, "tspan", clean_text(line), _place(x, first + row * CHIP_ROW))


def _add_text(parent, tag, text, attributes=None):
    element = ET.SubElement(parent, tag, attributes or {})
    element.text = text
    return element


def _add_rect(parent, name, x, y, width, height, corner):
    attributes = {"class": name} if name else {}
    numbers = {"x": x, "y": y, "width": width, "height": height, "rx": corner}
    ET.SubElement(parent, "rect", attributes | {key: _length(value) for key, value in numbers.items()})


def _curve_path(points):
    """Cubic curves, the points of each counted from where it begins; level ones as the straight lines that they are."""
    path = [f"M{_point(points[0])}"]
    for k in range(0, len(points) - 1, 3):
        start, *ends = points[k:k + 4]
        is_level = all(end[1] == start[1] for end in ends)
        path.append(f"h{_length(ends[-1][0] - start[0])}" if is_level else f"c{_ways([start] * 3, ends)}")
    return "".join(path)


def _ways(starts, ends):
    """The way from each start to its end, as a path has it: "12 0-3.5 7"."""
    ways = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in zip(starts, ends, strict=False)]
    return " ".join(_point(way) for way in ways).replace(" -", "-")


def _place(x, y):
    return {"x": _length(x), "y": _length(y)}


def _point(point):
    return f"{_length(point[0])} {_length(point[1])}"


def _length(value):
    """A length with at most one decimal, and none where it is whole."""
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown


def _summary(diagram):
    told = []
    for card in diagram.cards[:_SUMMARY_CARDS]:
        gradient = f", gradient {'; '.join(card.gradient)}" if card.gradient else ""
        told.append(f"{card.name}: {card.operation}, value {'; '.join(card.value) or 'not known'}{gradient}")
    left = len(diagram.cards) - _SUMMARY_CARDS
    return ". ".join(told + [f"… and {left} more"] * (left > 0))
