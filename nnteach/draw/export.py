"""Pictures as files: SVG as it is, PNG and PDF drawn from the same layout by matplotlib.

No program besides Python is needed. matplotlib is imported only when a PNG or a PDF is asked for.
"""

import warnings
from pathlib import Path

from .card import CHIP, CHIP_HEIGHT, CORNER, HEADER, PADDING, captions, chip_size, header_labels, number_labels
from .diagram import clean_text, columns_of
from .picture import arrow, edge_state, picture

PX_PER_INCH = 96
POINTS_PER_PX = 0.75
PIXELS_PER_PX = 2
LARGEST_SIDE = 16_000
"""Most pixels of a PNG's longer side; a very large drawing is made coarser rather than not at all."""

_INK, _QUIET, _LINE, _GROUND = "#16181d", "#5c6370", "#c9ccd3", "#ffffff"
_FORWARD, _BACKWARD = "#0067a5", "#b34700"
_MONOSPACE, _SANS = "DejaVu Sans Mono", "DejaVu Sans"       # both come with matplotlib
_COLOURS = {"name": _INK, "operation": _QUIET, "caption": _QUIET, "value": _FORWARD, "gradient": _BACKWARD}
_BOLD = {"name", "value", "gradient"}


def save(diagram, layout, path):
    """Write the picture to a file.

    Args:
        diagram: the `Diagram`.
        layout: its `Layout`.
        path: a path that ends in .svg, .png or .pdf.

    Raises:
        ValueError: for any other ending.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind == ".svg":
        path.write_text(picture(diagram, layout), encoding="utf-8")
    elif kind in (".png", ".pdf"):
        _save_with_matplotlib(diagram, layout, path, kind)
    else:
        raise ValueError(f"a picture's file name must end in .svg, .png or .pdf, got {path.name!r}; "
                         f"try {path.with_suffix('.svg').name if path.stem else 'picture.svg'!r}")


def _save_with_matplotlib(diagram, layout, path, kind):
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(layout.width / PX_PER_INCH, layout.height / PX_PER_INCH), facecolor=_GROUND)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, layout.width), ylim=(layout.height, 0))
    axes.axis("off")
    for wire, route in zip(diagram.wires, layout.routes, strict=True):
        _draw_edge(axes, diagram, wire, route)
    for card, box in zip(diagram.cards, layout.boxes, strict=True):
        _draw_card(axes, card, box)
    scale = min(PIXELS_PER_PX, LARGEST_SIDE / max(layout.width, layout.height))
    # Neither file names its maker or the hour: the same picture is the same bytes.
    tags = ("Software",) if kind == ".png" else ("Creator", "Producer", "CreationDate")
    with warnings.catch_warnings(), rc_context({"pdf.fonttype": 42}):
        warnings.filterwarnings("ignore", "Glyph")          # a name in a script without a font shows as boxes
        figure.savefig(path, format=kind[1:], dpi=PX_PER_INCH * scale, metadata=dict.fromkeys(tags))


def _draw_card(axes, card, box):
    colour = _BACKWARD if card.gradient else _QUIET
    axes.add_patch(_rounded(box.x, box.y, box.w, box.h, CORNER, edgecolor=colour,
                            linewidth=1.5 * POINTS_PER_PX, linestyle="-" if card.value else "--"))
    axes.plot((box.x + PADDING, box.right - PADDING), (box.y + HEADER,) * 2, color=_LINE,
              linewidth=POINTS_PER_PX, solid_capstyle="butt")
    labels = header_labels(card) + captions(card, box.w)
    for role in ("value", "gradient"):
        labels += number_labels(card, box.w, role)
    for label in labels:
        _draw_text(axes, box.x + label.x, box.y + label.y, label.text, label.size, _COLOURS[label.role],
                   bold=label.role in _BOLD, family=_SANS if label.role == "caption" else _MONOSPACE,
                   ha="right" if label.anchor == "end" else "left")


def _draw_edge(axes, diagram, wire, route):
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.path import Path as Curve

    direction = edge_state(diagram, wire)[1]
    colour = {"backward": _BACKWARD, "forward": _QUIET, "rest": _LINE}[direction]
    codes = [Curve.MOVETO] + [Curve.CURVE4] * (len(route.points) - 1)
    axes.add_patch(PathPatch(Curve(route.points, codes), facecolor="none", edgecolor=colour,
                             linewidth=1.5 * POINTS_PER_PX, capstyle="butt"))
    if direction != "rest":
        forward = direction == "forward"
        corners = arrow(route.points[-1 if forward else 0], forward)
        axes.add_patch(Polygon(corners, facecolor=colour, linewidth=0))
    if route.chip and direction == "backward":
        _draw_chip(axes, wire, route.chip)


def _draw_chip(axes, wire, box):
    x, y = box.middle
    width = min(box.w, chip_size(max(columns_of(wire.chip), 1))[0])
    axes.add_patch(_rounded(x - width / 2, y - CHIP_HEIGHT / 2, width, CHIP_HEIGHT, 4, edgecolor=_BACKWARD,
                            linewidth=POINTS_PER_PX))
    _draw_text(axes, x, y + 0.35 * CHIP, clean_text(wire.chip), CHIP, _BACKWARD, bold=True, ha="center")


def _rounded(x, y, width, height, corner, **style):
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch((x, y), width, height, boxstyle=f"round,pad=0,rounding_size={corner}",
                          facecolor=_GROUND, **style)


def _draw_text(axes, x, y, text, size, colour, bold=False, family=_MONOSPACE, ha="left"):
    # parse_math: a dollar sign in a name is a dollar sign.
    axes.text(x, y, text, fontsize=size * POINTS_PER_PX, color=colour, family=family, ha=ha, va="baseline",
              weight="bold" if bold else "normal", parse_math=False)
