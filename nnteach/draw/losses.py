"""The loss curve of a training run as an SVG, whose points the player shows one after the other.

As a static picture it is complete. A point and the line that leads to it are a `g[data-loss="3"]`, the third
of the run.
"""

import math
import xml.etree.ElementTree as ET

from ..i18n.phrases import phrase
from ..symbolic.number_format import number
from .picture import STYLE
from .style import style_sheet

WIDTH, HEIGHT = 440, 132
LEFT, RIGHT, TOP, BOTTOM = 96, 40, 24, 28
"""Room for the axis of the loss, the last label, the first label and the axis of the iterations, in px."""
MOST_LABELS = 7
"""With more points only the first and the last have a number of their own."""


def loss_curve(losses: list, language: str = "en") -> str:
    """The SVG source of a loss curve.

    Args:
        losses: one number per iteration.
        language: of the texts.
    """
    shown = [float(loss) for loss in losses]
    places = _places(shown)
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "nnteach-picture", "role": "img",
                             "width": f"{WIDTH}", "height": f"{HEIGHT}", "viewBox": f"0 0 {WIDTH} {HEIGHT}"})
    _text(svg, "title", _in_words(shown, language))
    _text(svg, "style", style_sheet(STYLE))
    ET.SubElement(svg, "rect", {"class": "ground", "width": f"{WIDTH}", "height": f"{HEIGHT}"})
    _axes(svg, shown, places, language)
    for i, loss in enumerate(shown):
        _point(svg, i, loss, places, labelled=len(shown) <= MOST_LABELS or i in (0, len(shown) - 1))
    return ET.tostring(svg, encoding="unicode")


def _places(losses):
    """Where each point stands, (x, y) in px; y is None for a loss that is not finite."""
    finite = [loss for loss in losses if math.isfinite(loss)] or [0.0]
    low, high = min(0.0, *finite), max(*finite, min(0.0, *finite) + 1e-300)
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    steps = max(len(losses) - 1, 1)
    return [(LEFT + across * i / steps, TOP + down * (high - loss) / (high - low) if math.isfinite(loss) else None)
            for i, loss in enumerate(losses)]


def _axes(svg, losses, places, language):
    floor = HEIGHT - BOTTOM
    ET.SubElement(svg, "path", {"class": "rule", "d": f"M{LEFT - 12} {TOP}V{floor + 6}H{WIDTH - RIGHT + 12}"})
    _label(svg, "caption", phrase("loss", language), LEFT - 20, TOP + 4, "end")
    _label(svg, "caption", phrase("curve.axis", language), LEFT - 20, floor + 21, "end")
    every = math.ceil(len(losses) / 10)
    for i, (x, _) in enumerate(places):
        if i % every == 0:
            _label(svg, "caption", number(i + 1), x, floor + 21, "middle")


def _point(svg, i, loss, places, labelled):
    x, y = places[i]
    group = ET.SubElement(svg, "g", {"data-loss": f"{i + 1}"})
    if y is None:
        _label(group, "value", number(loss), x, TOP + 14, "middle")
        return
    if i and places[i - 1][1] is not None:
        x0, y0 = places[i - 1]
        ET.SubElement(group, "path", {"class": "curve", "d": f"M{x0:.1f} {y0:.1f}L{x:.1f} {y:.1f}"})
    ET.SubElement(group, "circle", {"class": "point", "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4"})
    if labelled:
        _label(group, "number", number(loss), x, y - 9, "middle")


def _label(parent, role, text, x, y, anchor):
    attributes = {"class": role, "x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    _text(parent, "text", text, attributes)


def _text(parent, tag, text, attributes=None):
    ET.SubElement(parent, tag, attributes or {}).text = text


def _in_words(losses, language):
    told = "; ".join(phrase("curve.point", language, k=i, loss=number(loss)) for i, loss in enumerate(losses, start=1))
    return phrase("curve", language, values=told)
