"""A canvas that draws what stays once and copies it from then on: letters take half the time of a redraw."""

from functools import cached_property
from math import ceil, cos, floor, radians, sin

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg

MANY = 1000  # texts to remember, more than a demo has even when it is dragged through all its numbers


class Canvas(FigureCanvasAgg):
    """Agg, with a memory for texts."""

    _sheet, _pen = None, None

    def get_renderer(self):
        sheet = *self.figure.bbox.size, self.figure.dpi
        if sheet != self._sheet:  # `savefig` may ask for another one
            self._sheet, self._pen = sheet, Pen(*sheet)
        return self._pen


class Pen(RendererAgg):
    """Agg's renderer; what it wrote before, at the same fraction of a pixel, it copies."""

    def __init__(self, width, height, dpi, written=None):
        super().__init__(width, height, dpi)
        self._written = {} if written is None else written

    @cached_property
    def _sheet(self):
        """A second sheet of the same size, for what is drawn apart."""
        return Pen(self.width, self.height, self.dpi, self._written)

    def apart(self, draw) -> tuple:
        """What `draw(renderer)` draws, by itself, as `copy` takes it: its pixels and their lower left corner."""
        self._sheet.clear()
        draw(self._sheet)
        ink = np.asarray(self._sheet.buffer_rgba())
        covered = ink[..., 3] > 0
        rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
        if not rows.size:
            return ink[:0], 0, 0
        (top, bottom), (left, right) = rows[[0, -1]] + (0, 1), columns[[0, -1]] + (0, 1)
        return ink[top:bottom, left:right][::-1].copy(), left, self.height - bottom

    def copy(self, pixels, left, bottom, clip=None) -> None:
        """Pixels from below, as they are; `clip` is a rectangle that they must not leave."""
        if pixels.size:
            gc = self.new_gc()
            gc.set_clip_rectangle(clip)
            self.draw_image(gc, left, bottom, pixels)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if gc.get_clip_path()[0] is not None:
            return super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        left, top = floor(x), floor(y)
        at = x - left, y - top
        key = s, prop.copy(), angle, ismath, at, gc.get_rgb(), gc.get_alpha(), gc.get_antialiased()
        if key not in self._written:
            if len(self._written) == MANY:
                self._written.clear()
            self._written[key] = self._write(gc, *at, s, prop, angle, ismath, mtext)
        patch, right, down = self._written[key]
        # An image is placed by its lower left corner, from the lower edge of the picture.
        self.copy(patch, left + right, self.height - (top + down), gc.get_clip_rectangle())

    def _write(self, gc, x, y, s, prop, angle, ismath, mtext):
        """A text on a sheet of its own: its pixels, and where their lower left corner is beside its origin."""
        width, height, descent = self.get_text_width_height_descent(s, prop, ismath)
        room = 2 + ceil(height / 2)  # letters may reach out of their box
        turn, tilt = cos(radians(angle)), sin(radians(angle))
        corners = [(turn * w + tilt * d, turn * d - tilt * w) for w in (0, width) for d in (descent - height, descent)]
        (left, right), (top, bottom) = [(floor(min(c)) - room, ceil(max(c)) + room) for c in zip(*corners, strict=True)]
        sheet = RendererAgg(right - left, bottom - top, self.dpi)
        ink = sheet.new_gc()
        ink.copy_properties(gc)
        ink.set_clip_rectangle(None)
        sheet.draw_text(ink, x - left, y - top, s, prop, angle, ismath, mtext)
        return np.asarray(sheet.buffer_rgba())[::-1].copy(), left, bottom
