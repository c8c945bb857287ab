"""The frame of a plot, its two axes with ticks and labels, is copied as long as nothing about it changes.

To draw them takes nearly half of a redraw, and most controls move what stands between them alone.
"""


class Kept:
    """Draws an axis as it is; one that looks as it did the last time is from then on copied."""

    def __init__(self, axis):
        self.axis, self._draw = axis, axis.draw
        self._look, self._picture = None, None
        axis.draw = self.draw

    def draw(self, renderer) -> None:
        """Instead of the axis' own `draw`, which serves for a PDF or an SVG: they cannot copy pixels."""
        if not hasattr(renderer, "apart"):
            return self._draw(renderer)
        sheet = renderer.width, renderer.height, renderer.dpi
        if (look_of(self.axis), sheet) != self._look:
            self._draw(renderer)
            # Only now its label has found its place.
            self._look, self._picture = (look_of(self.axis), sheet), None
        else:
            self._picture = self._picture or renderer.apart(self._draw)
            renderer.copy(*self._picture)
            self.axis.stale = False


def look_of(axis) -> tuple:
    """All that says how an axis is drawn; equal for two moments if it then looks the same."""
    axis.get_ticklabels()  # puts all ticks where they are now, the minor ones too
    ticks = tuple(_tick(tick) for tick in (*axis.majorTicks, *axis.minorTicks))
    label = _text(axis.label), axis.label.get_position(), axis.labelpad, axis.get_label_position()
    return axis.get_visible(), axis.get_ticks_position(), _place(axis), label, ticks


def _place(axis):
    """Where it stands. Its label stands beside the edges of the plot; they may stand at a number of the other axis."""
    axes = axis.axes
    edges = tuple((str(edge.get_position()), edge.get_visible()) for edge in axes.spines.values())
    moved = any("outward" not in position for position, _ in edges)
    limits = (*axes.get_xlim(), *axes.get_ylim()) if moved else tuple(axis.get_view_interval())
    return axes.bbox.bounds, limits, axis.get_scale(), edges


def _tick(tick):
    lines = (_line(line) for line in (tick.tick1line, tick.tick2line, tick.gridline))
    return tick.get_loc(), tick.get_visible(), tick.get_pad(), *lines, _text(tick.label1), _text(tick.label2)


def _line(line):
    return line.get_visible() and (
        line.get_color(), line.get_markeredgecolor(), line.get_markersize(), line.get_markeredgewidth(),
        line.get_marker(), line.get_linestyle(), line.get_linewidth(), line.get_alpha())


def _text(text):
    return text.get_visible() and (
        text.get_text(), text.get_color(), hash(text.get_fontproperties()), text.get_rotation(), text.get_ha(),
        text.get_va(), text.get_alpha())
