"""A canvas that writes each text once and copies it from then on: letters take half the time of a redraw."""

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

    def __init__(self, width, height, dpi):
        super().__init__(width, height, dpi)
        self._written = {}

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
        clip = self.new_gc()
        clip.set_clip_rectangle(gc.get_clip_rectangle())
        # An image is placed by its lower left corner, from the lower edge of the picture.
        self.draw_image(clip, left + right, self.height - (top + down), patch)

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
