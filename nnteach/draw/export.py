"""Pictures as files: SVG as it is, PNG and PDF drawn from the same layout by matplotlib.

No program besides Python is needed. matplotlib is imported only when a PNG or a PDF is asked for. `paint` puts a
picture on any axes; the pages of a handout and the frames of a film are made with it too.
"""

import contextlib
import logging
import unicodedata
import warnings
from pathlib import Path

from ..support import atomic
from .card import (
    CHIP,
    CHIP_HEIGHT,
    CHIP_ROW,
    CORNER,
    HEADER,
    LEGEND,
    LEGEND_ROW,
    PADDING,
    captions,
    chip_size,
    grid_place,
    has_gradient,
    header_labels,
    number_labels,
)
from .diagram import clean_text, columns_of, final_moment
from .heat import cell_size, grid_size, opacity, rectangles
from .picture import NOW_HEIGHT, NOW_RISE, NOW_WIDTH, arrow, picture

PX_PER_INCH = 96
POINTS_PER_PX = 0.75
PIXELS_PER_PX = 2
SMALLEST_LETTERS = 3
"""In px; smaller ones, in a picture made very small, are left out."""
LARGEST_SIDE = 16_000
"""Most pixels of a PNG's longer side; a very large drawing is made coarser rather than not at all."""

INK, QUIET, LINE, GROUND = "#16181d", "#5c6370", "#c9ccd3", "#ffffff"
FORWARD, BACKWARD = "#0067a5", "#b34700"
FORWARD_TINT, BACKWARD_TINT = "#eef5fa", "#fff3e8"
MONOSPACE, SANS = "DejaVu Sans Mono", "DejaVu Sans"         # both come with matplotlib
_COLOURS = {"name": INK, "operation": QUIET, "caption": QUIET, "value": FORWARD, "gradient": BACKWARD}
_BOLD = {"name", "value", "gradient"}


def save(diagram, layout, path, moment=None, summary=None):
    """Write the picture to a file.

    Args:
        diagram: the `Diagram`.
        layout: its `Layout`.
        path: a path that ends in .svg, .png or .pdf.
        moment: the `Moment` to show; the final one if not given.
        summary: the picture in words, which an SVG carries.

    Raises:
        ValueError: for any other ending.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind == ".svg":
        atomic.write_text(path, picture(diagram, layout, summary, moment))
    elif kind in (".png", ".pdf"):
        _save_with_matplotlib(diagram, layout, moment, path, kind)
    else:
        raise ValueError(f"a picture's file name must end in .svg, .png or .pdf, got {path.name!r}; "
                         f"try {path.with_suffix('.svg').name if path.stem else 'picture.svg'!r}")


def _save_with_matplotlib(diagram, layout, moment, path, kind):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(layout.width / PX_PER_INCH, layout.height / PX_PER_INCH), facecolor=GROUND)
    paint(figure.add_axes((0, 0, 1, 1)), diagram, layout, moment)
    scale = min(PIXELS_PER_PX, LARGEST_SIDE / max(layout.width, layout.height))
    # Neither file names its maker or the hour: the same picture is the same bytes.
    tags = ("Software",) if kind == ".png" else ("Creator", "Producer", "CreationDate")
    with rendering(), atomic.whole(path) as part:
        figure.savefig(part, format=kind[1:], dpi=PX_PER_INCH * scale, metadata=dict.fromkeys(tags))


@contextlib.contextmanager
def rendering():
    """While matplotlib writes a file: letters stay letters in a PDF, and one without a font shows as a box."""
    from matplotlib import rc_context

    fonts, formulas = logging.getLogger("fontTools"), logging.getLogger("matplotlib.mathtext")
    levels = fonts.level, formulas.level
    with warnings.catch_warnings(), rc_context({"pdf.fonttype": 42}):
        warnings.filterwarnings("ignore", "Glyph")
        fonts.setLevel(logging.ERROR)
        formulas.setLevel(logging.ERROR)
        try:
            yield
        finally:
            fonts.setLevel(levels[0])
            formulas.setLevel(levels[1])


def paint(axes, diagram, layout, moment=None, scale=1.0, window=None):
    """Draw the picture on matplotlib axes, and nothing else on them.

    Args:
        axes: empty axes; their limits become the window.
        diagram: the `Diagram`.
        layout: its `Layout`.
        moment: the `Moment` to show; the final one if not given.
        scale: size of the axes to natural size, for letters and lines.
        window: the part to show, ((left, right), (upper, lower)) in px; the whole canvas if not given.
    """
    moment = moment or final_moment(diagram)
    (left, right), (upper, lower) = window = window or ((0, layout.width), (0, layout.height))
    axes.set(xlim=(left, right), ylim=(lower, upper))
    axes.axis("off")
    painter = _Painter(axes, scale, moment.phase == "forward")
    for wire, flow, route in zip(moment.wires, moment.flows, layout.routes, strict=True):
        if _meets(window, *zip(*route.points, strict=True)):
            painter.edge(wire, *flow, route)
    for card, state, box in zip(moment.cards, moment.states, layout.boxes, strict=True):
        if _meets(window, (box.x, box.right), (box.y - NOW_RISE, box.bottom)):
            painter.card(card, state, box, diagram.now)
    painter.legend(diagram.legend, layout.height)


def _meets(window, xs, ys):
    (left, right), (upper, lower) = window
    return min(xs) < right and max(xs) > left and min(ys) < lower and max(ys) > upper


class _Painter:
    """What draws one picture: the style sheet of the SVG, once more for matplotlib."""

    def __init__(self, axes, scale, forward_pass):
        self.axes, self.scale = axes, scale
        self.colour, self.tint = (FORWARD, FORWARD_TINT) if forward_pass else (BACKWARD, BACKWARD_TINT)

    def card(self, card, state, box, now):
        colour = QUIET if state == "todo" or (state == "done" and not has_gradient(card)) else self.colour
        self._rounded(box.x, box.y, box.w, box.h, CORNER, {"todo": 1, "now": 3.5, "done": 1.5}[state], edgecolor=colour,
                      linestyle="--" if state == "todo" else "-", facecolor=self.tint if state == "now" else GROUND)
        self.axes.plot((box.x + PADDING, box.right - PADDING), (box.y + HEADER,) * 2, color=LINE,
                       linewidth=POINTS_PER_PX * self.scale, solid_capstyle="butt")
        labels = header_labels(card) + captions(card, box.w)
        for role in ("value", "gradient"):
            labels += number_labels(card, box.w, role)
        for label in labels:
            self._text(box.x + label.x, box.y + label.y, label.text, label.size, _COLOURS[label.role],
                       bold=label.role in _BOLD, family=SANS if label.role == "caption" else MONOSPACE,
                       ha="right" if label.anchor == "end" else "left")
        for role in ("value", "gradient")[:1 + has_gradient(card)] if all(card.cells) else ():
            self._cells(card, role, box)
        if state == "now":
            self._now_tag(box, now)

    def legend(self, lines, height):
        """How heat cells are read, below everything."""
        for row, line in enumerate(reversed(lines)):
            self._text(PADDING, height - PADDING - row * LEGEND_ROW, line, LEGEND, QUIET, family=SANS)

    def _cells(self, card, role, box):
        """The heat cells of an array: for every strength and sign one path."""
        from matplotlib.patches import PathPatch, Rectangle
        from matplotlib.path import Path as Outline

        x, y = grid_place(card, box.w, role)
        x, y = box.x + x, box.y + y
        width, height = grid_size(card.cells)
        self.axes.add_patch(Rectangle((x - 1, y - 1), width + 1, height + 1, facecolor=GROUND, edgecolor=LINE,
                                      linewidth=POINTS_PER_PX * self.scale))
        for code, found in rectangles(card.heat[role == "gradient"], cell_size(card.cells)).items():
            corners = [((x + a, y + b), (x + a + w, y + b), (x + a + w, y + b + h), (x + a, y + b + h), (x + a, y + b))
                       for a, b, w, h in found]
            outline = Outline.make_compound_path(*[Outline(one, closed=True) for one in corners])
            self.axes.add_patch(PathPatch(outline, facecolor=FORWARD if code < "a" else BACKWARD, linewidth=0,
                                          alpha=opacity(code), zorder=2))

    def _now_tag(self, box, now):
        x, y = box.middle[0], box.y - NOW_RISE
        self._rounded(x - NOW_WIDTH / 2, y, NOW_WIDTH, NOW_HEIGHT, NOW_HEIGHT / 2, 0, facecolor=self.colour)
        self._text(x, y + 14.5, now, 12, GROUND, bold=True, family=SANS, ha="center")

    def edge(self, wire, state, direction, route):
        from matplotlib.patches import Polygon

        used, forward = state == "now", direction == "forward"
        colour = {"backward": BACKWARD, "forward": FORWARD if used else QUIET, "rest": LINE}[direction]
        self._curve(route.points, direction, colour, used)
        if direction != "rest":
            corners = arrow(route.points[-1 if forward else 0], forward, 1.5 if used else 1)
            self.axes.add_patch(Polygon(corners, facecolor=colour, linewidth=0, zorder=2))
        if route.chip and direction == "backward":
            self._chip(wire, route.chip, used)

    def _curve(self, points, direction, colour, used):
        """The line, which ends inside its arrow-head, so that the tip stays sharp."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Curve

        points, short = list(points), 12 if used else 6
        if direction == "forward":
            points[-1] = (points[-1][0] - short, points[-1][1])
        elif direction == "backward":
            points[0] = (points[0][0] + short, points[0][1])
        codes = [Curve.MOVETO] + [Curve.CURVE4] * (len(points) - 1)
        width = (4.5 if used else 1.5) * POINTS_PER_PX * self.scale
        self.axes.add_patch(PathPatch(Curve(points, codes), facecolor="none", edgecolor=colour, linewidth=width,
                                      capstyle="butt"))

    def _chip(self, wire, box, used):
        """The contribution; while the edge is in use, the whole product instead, where there is room for it."""
        if used and wire.product:
            self._rounded(box.x, box.y, box.w, box.h, 4, 1.5, edgecolor=BACKWARD, facecolor=GROUND)
            lines, width = wire.product, box.w
        else:
            width = min(box.w, chip_size(max(columns_of(wire.chip), 1))[0])
            self._rounded(box.middle[0] - width / 2, box.middle[1] - CHIP_HEIGHT / 2, width, CHIP_HEIGHT, 4, 1,
                          edgecolor=BACKWARD, facecolor=GROUND)
            lines = (wire.chip,)
        first = box.middle[1] + 0.35 * CHIP - (len(lines) - 1) * CHIP_ROW / 2
        for row, line in enumerate(lines):
            self._text(box.middle[0], first + row * CHIP_ROW, clean_text(line), CHIP, BACKWARD, bold=True, ha="center")

    def _rounded(self, x, y, width, height, corner, line_width, **style):
        from matplotlib.patches import FancyBboxPatch

        self.axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=f"round,pad=0,rounding_size={corner}",
                                           linewidth=line_width * POINTS_PER_PX * self.scale, **style))

    def _text(self, x, y, text, size, colour, bold=False, family=MONOSPACE, ha="left"):
        if size * self.scale < SMALLEST_LETTERS:
            return
        # parse_math: a dollar sign in a name is a dollar sign.
        self.axes.text(x, y, visible(text), fontsize=size * POINTS_PER_PX * self.scale, color=colour,
                       family=[family, SANS], ha=ha, va="baseline", weight="bold" if bold else "normal",
                       parse_math=False, clip_on=True)


def visible(text):
    """A line without the characters that only steer a browser, which matplotlib would show as boxes."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")
