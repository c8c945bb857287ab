"""The loss curve of a training run in files: with as many points as are known at the step.

There is one drawing of it, the SVG of `draw/losses.py`. Here it is put under a picture, as it is into an SVG, and
element by element onto matplotlib's axes.
"""

import functools
import re
import xml.etree.ElementTree as ET

from ..draw import Drawing
from ..draw.export import (
    FORWARD,
    GROUND,
    INK,
    LARGEST_SIDE,
    LINE,
    MONOSPACE,
    PIXELS_PER_PX,
    POINTS_PER_PX,
    PX_PER_INCH,
    QUIET,
    SANS,
    paint,
    rendering,
)
from ..draw.losses import HEIGHT, WIDTH, loss_curve
from ..support import atomic
from ..trace.trace import Trace

SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = (12, INK, MONOSPACE, "bold")
_SIZES = {"caption": (12, QUIET, SANS, "normal"), "number": _NUMBER, "value": _NUMBER}
"""Of the curve's texts: size in px, colour, face and weight."""
_SIDES = {"middle": "center", "end": "right"}
_STYLES = {"curve": "fill:none;stroke:var(--p-forward,#0067a5);stroke-width:2", "number": "font-weight:bold",
           "point": "fill:var(--p-ground,#ffffff);stroke:var(--p-forward,#0067a5);stroke-width:2"}
"""In an SVG: what the player's style sheet says of these."""


def curve_at(trace: Trace, k: int) -> ET.Element:
    """The curve's SVG after k steps: the losses that are not known yet are not there."""
    losses = trace.losses
    root = ET.fromstring(_whole_curve(tuple(float(loss) for _, loss in losses), trace.language))
    for point in root.findall(f"{SVG}g[@data-loss]"):
        if losses[int(point.get("data-loss")) - 1][0] > k:
            root.remove(point)
    return root


@functools.lru_cache(4)
def _whole_curve(losses, language):
    return loss_curve(list(losses), language)


def paint_curve(axes, trace: Trace, k: int, scale: float = 1.0) -> None:
    """Draw the curve after k steps on matplotlib's axes, and nothing else on them.

    Args:
        axes: empty axes of WIDTH × HEIGHT px times the scale.
        trace: a training run.
        k: the step.
        scale: size of the axes to natural size, for letters and lines.
    """
    axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    axes.axis("off")
    for one in curve_at(trace, k).iter():
        role, tag = one.get("class"), one.tag.removeprefix(SVG)
        if tag == "path":
            xs, ys = zip(*_corners(one.get("d")), strict=True)
            colour, width = (LINE, 1) if role == "rule" else (FORWARD, 2)
            axes.plot(xs, ys, color=colour, linewidth=width * POINTS_PER_PX * scale)
        elif tag == "circle":
            axes.plot(float(one.get("cx")), float(one.get("cy")), "o", zorder=3, markersize=8 * POINTS_PER_PX * scale,
                      markerfacecolor=GROUND, markeredgecolor=FORWARD, markeredgewidth=2 * POINTS_PER_PX * scale)
        elif tag == "text":
            size, colour, face, weight = _SIZES[role]
            axes.text(float(one.get("x")), float(one.get("y")), one.text, fontsize=size * POINTS_PER_PX * scale,
                      color=colour, family=face, weight=weight, ha=_SIDES[one.get("text-anchor")], parse_math=False)


def _corners(d):
    """The corners of a path of straight lines: M x y, L x y, V y and H x."""
    x = y = 0.0
    for letter, numbers in re.findall(r"([MLVH])([^MLVH]+)", d):
        given = [float(number) for number in numbers.split()]
        x, y = {"V": (x, given[0]), "H": (given[0], y)}.get(letter) or given
        yield x, y


def save_with_curve(trace: Trace, path, step: int | None = None) -> None:
    """Write the picture of a training run with its loss curve beneath: .svg, .png or .pdf.

    Args:
        trace: a training run.
        path: where to.
        step: the step to show; the final state if not given.
    """
    drawing, k = Drawing(trace), len(trace) if step is None else step
    if path.suffix.lower() == ".svg":
        atomic.write_text(path, _svg(drawing, step, k))
    else:
        _save_with_matplotlib(drawing, step, k, path)


def _svg(drawing, step, k):
    from ..draw import summary
    from ..draw.picture import picture

    ET.register_namespace("", SVG[1:-1])
    root = ET.fromstring(picture(drawing.diagram, drawing.layout, summary(drawing.trace), drawing.moment(step)))
    curve = curve_at(drawing.trace, k)
    for tag in ("title", "style"):  # the picture has its own
        for one in curve.findall(SVG + tag):
            curve.remove(one)
    width, height = (float(number) for number in root.get("viewBox").split()[2:])
    wide, high = max(width, WIDTH), height + HEIGHT
    root.attrib |= {"width": f"{wide:g}", "height": f"{high:g}", "viewBox": f"0 0 {wide:g} {high:g}"}
    ground = root.find(f"{SVG}rect[@class='ground']")
    if ground is not None:
        ground.attrib |= {"width": f"{wide:g}", "height": f"{high:g}"}
    curve.attrib |= {"x": f"{(wide - WIDTH) / 2:g}", "y": f"{height:g}"}
    for one in curve.iter():
        if style := _STYLES.get(one.get("class")):
            one.set("style", style)
    for needless in ("class", "role"):
        curve.attrib.pop(needless, None)
    root.append(curve)
    return ET.tostring(root, encoding="unicode")


def _save_with_matplotlib(drawing, step, k, path):
    from matplotlib.figure import Figure

    layout, kind = drawing.layout, path.suffix.lower()
    width, height = max(layout.width, WIDTH), layout.height + HEIGHT
    figure = Figure(figsize=(width / PX_PER_INCH, height / PX_PER_INCH), facecolor=GROUND)
    left = (width - layout.width) / 2
    paint(figure.add_axes((left / width, HEIGHT / height, layout.width / width, layout.height / height)),
          drawing.diagram, layout, drawing.moment(step))
    paint_curve(figure.add_axes(((width - WIDTH) / 2 / width, 0, WIDTH / width, HEIGHT / height)), drawing.trace, k)
    scale = min(PIXELS_PER_PX, LARGEST_SIDE / max(width, height))
    tags = ("Software",) if kind == ".png" else ("Creator", "Producer", "CreationDate")
    with rendering(), atomic.whole(path) as part:
        figure.savefig(part, format=kind[1:], dpi=PX_PER_INCH * scale, metadata=dict.fromkeys(tags))
