"""The static picture: a diagram and its layout as one self-contained SVG.

It shows the final state, or any other moment, and is complete as it stands. The player finds the parts by class and
attribute (`nnteach/player/README.md`, "The picture") and changes nothing but texts and classes. The tree is built
with ElementTree, so whatever a name contains is text and never markup.
"""

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

from .card import (
    CHIP,
    CHIP_HEIGHT,
    CHIP_ROW,
    CORNER,
    HEADER,
    LEGEND_ROW,
    PADDING,
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
        "xmlns": "http://www.w3.org/2000/svg", "class": "nnteach-picture" + " forward-pass" * (moment.phase == "forward"), "role": "img",
        "width": width, "height": height, "viewBox": f"0 0 {width} {height}"})
    _add_text(svg, "title", clean_text(diagram.title))
    _add_text(svg, "desc", clean_text(summary or _summary(diagram)))
    _add_text(svg, "style", _style())
    ET.SubElement(svg, "rect", {"class": "ground", "width": width, "height": height})
    edges, nodes = ET.SubElement(svg, "g", {"class": "edges"}), ET.SubElement(svg, "g", {"class": "nodes"})
    for wire, flow, route in zip(moment.wires, moment.flows, layout.routes, strict=True):
        _add_edge(edges, diagram.edge_id(wire), wire, flow, route)
    for card, state, box in zip(moment.cards, moment.states, layout.boxes, strict=True):
        _add_node(nodes, card, state, box, diagram.now)
    for row, line in enumerate(reversed(diagram.legend)):
        place = {"class": "legend", "x": _length(PADDING), "y": _length(layout.height - PADDING - row * LEGEND_ROW)}
        _add_text(svg, "text", line, place)
    return ET.tostring(svg, encoding="unicode")


def arrow(tip, to_the_right, size=1):
    """The three corners of an arrow-head with its tip on a card; lines are level there."""
    back = tip[0] + size * (-ARROW_LENGTH if to_the_right else ARROW_LENGTH)
    return tip, (back, tip[1] - size * ARROW_HALF_WIDTH), (back, tip[1] + size * ARROW_HALF_WIDTH)


def _add_node(parent, card, state, box, now):
    attributes = {"data-node": attribute_text(card.name), "data-state": state, "class": state}
    node = ET.SubElement(parent, "g", attributes)
    if not has_gradient(card):
        node.set("data-no-gradient", "")
    _add_text(node, "title", f"{clean_text(card.name)}: {clean_text(card.operation)}")
    _add_rect(node, "box", box.x, box.y, box.w, box.h, CORNER)
    rule = f"M{_length(box.x + PADDING)} {_length(box.y + HEADER)}H{_length(box.right - PADDING)}"
    ET.SubElement(node, "path", {"class": "rule", "d": rule})
    for label in header_labels(card) + captions(card, box.w):
        _add_label(node, label, box)
    for role in ("value", "gradient"):
        _add_numbers(node, role, number_labels(card, box.w, role), box)
        if all(card.cells) and (role == "value" or has_gradient(card)):
            _add_cells(node, card, role, box)
    _add_now_tag(node, box, now)


def _add_label(parent, label, box):
    attributes = {"class": label.role, "x": _length(box.x + label.x), "y": _length(box.y + label.y)}
    if label.anchor != "start":
        attributes["text-anchor"] = label.anchor
    _add_text(parent, "text", label.text, attributes)


def _add_numbers(parent, role, labels, box):
    """One text with a tspan a line; spaces count, because columns of a matrix stand under each other."""
    text = ET.SubElement(parent, "text", {"class": role, "xml:space": "preserve"})
    if role == "gradient":
        text.set("text-anchor", "end")
    for label in labels:
        _add_text(text, "tspan", label.text, {"x": _length(box.x + label.x), "y": _length(box.y + label.y)})


def _add_cells(parent, card, role, box):
    """A frame, and in it one path for all cells of the same strength and sign."""
    x, y = grid_place(card, box.w, role)
    width, height = grid_size(card.cells)
    _add_rect(parent, "heat-frame", box.x + x - 1, box.y + y - 1, width + 1, height + 1, 1)
    codes, size = card.heat[role == "gradient"], cell_size(card.cells)
    heat = ET.SubElement(parent, "g", {"class": "heat", "data-heat": codes, "data-size": f"{size[0]} {size[1]}",
                                       "transform": f"translate({_length(box.x + x)} {_length(box.y + y)})"})
    for code, found in rectangles(codes, size).items():
        path = "".join(f"M{x} {y}h{width}v{height}h-{width}z" for x, y, width, height in found)
        ET.SubElement(heat, "path", {"class": f"heat-{code}", "d": path})


def _add_now_tag(parent, box, now):
    tag = ET.SubElement(parent, "g", {"class": "now-tag"})
    x = box.middle[0]
    _add_rect(tag, None, x - NOW_WIDTH / 2, box.y - NOW_RISE, NOW_WIDTH, NOW_HEIGHT, NOW_HEIGHT / 2)
    place = {"x": _length(x), "y": _length(box.y - NOW_RISE + 14.5), "text-anchor": "middle"}
    _add_text(tag, "text", now, place)


def _add_edge(parent, name, wire, flow, route):
    state, direction = flow
    # The length lets the style end the line inside its arrow-head instead of beside its tip.
    edge = ET.SubElement(parent, "g", {
        "data-edge": name, "data-state": state, "class": f"{state} {direction}",
        "style": f"--length:{_length(length(route.points))}px"})
    ET.SubElement(edge, "path", {"class": "line", "d": _curve_path(route.points)})
    for way, tip in (("forward", route.points[-1]), ("backward", route.points[0])):
        corners = " ".join(_point(corner) for corner in arrow(tip, to_the_right=way == "forward"))
        ET.SubElement(edge, "path", {"class": f"arrow-{way}", "d": f"M{corners}Z",
                                     "style": f"transform-origin:{_length(tip[0])}px {_length(tip[1])}px"})
    if route.chip:
        _add_chip(edge, wire, route.chip)


def _add_chip(parent, wire, box):
    """The chip: snug round the number; while the edge is in use, a larger one with the whole product instead."""
    chip = ET.SubElement(parent, "g", {"class": "chip with-product" if wire.product else "chip"})
    x, y = box.middle
    snug = min(box.w, chip_size(max(columns_of(wire.chip), 1))[0])
    _add_rect(chip, "snug", x - snug / 2, y - CHIP_HEIGHT / 2, snug, CHIP_HEIGHT, 4)
    place = {"x": _length(x), "y": _length(y + 0.35 * CHIP), "text-anchor": "middle"}
    _add_text(chip, "text", clean_text(wire.chip), {"class": "number"} | place)
    if wire.product:
        _add_rect(chip, "wide", box.x, box.y, box.w, box.h, 4)
        first = y + 0.35 * CHIP - (len(wire.product) - 1) * CHIP_ROW / 2
        product = ET.SubElement(chip, "text", {"class": "product", "text-anchor": "middle"})
        for row, line in enumerate(wire.product):
            _add_text(product, "tspan", clean_text(line), {"x": _length(x), "y": _length(first + row * CHIP_ROW)})


def _add_text(parent, tag, text, attributes=None):
    element = ET.SubElement(parent, tag, attributes or {})
    element.text = text
    return element


def _add_rect(parent, name, x, y, width, height, corner):
    attributes = {"class": name} if name else {}
    numbers = {"x": x, "y": y, "width": width, "height": height, "rx": corner}
    ET.SubElement(parent, "rect", attributes | {key: _length(value) for key, value in numbers.items()})


def _curve_path(points):
    return f"M{_point(points[0])}C" + " ".join(_point(point) for point in points[1:])


def _point(point):
    return f"{_length(point[0])} {_length(point[1])}"


def _length(value):
    """A length with at most one decimal, and none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def _summary(diagram):
    told = []
    for card in diagram.cards[:_SUMMARY_CARDS]:
        gradient = f", gradient {'; '.join(card.gradient)}" if card.gradient else ""
        told.append(f"{card.name}: {card.operation}, value {'; '.join(card.value) or 'not known'}{gradient}")
    left = len(diagram.cards) - _SUMMARY_CARDS
    return ". ".join(told + [f"… and {left} more"] * (left > 0))


@cache
def _style():
    return (Path(__file__).parent / "picture.css").read_text(encoding="utf-8")
