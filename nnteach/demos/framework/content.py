"""What a demo is, as data: controls, one pure drawing function, and the picture for a value of each control.

`draw(figure, **values)` draws into an empty figure and returns the sentence. It depends on the values alone, so
that the same values always give the same picture; what is slow to compute it keeps with functools.lru_cache.
How a demo is shown with its controls stands in `show.py`.
"""

import base64
import html
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from ...core.errors import GraphError, message
from ...support.shown import Shown
from ...symbolic.number_format import number as digits
from .style import RC

DPI = 100
PALETTE = 192  # colours of a stored picture
# The stored picture makes room for the living one; without a kernel it is the other way round. JupyterLab would
# show an error in place of a widget that is no longer there, even if the same output holds a picture.
STYLE = """<style>
.jp-OutputArea:has(.nnteach-demo) .nnteach-still { display: none; }
.jp-OutputArea-child:has(.nnteach-still) ~ .jp-OutputArea-child .jp-OutputArea-output.jupyter-widgets { display: none; }
.nnteach-still img, .nnteach-demo img { width: 100%; max-width: 1440px; height: auto; }
.nnteach-say { font-size: 20px; line-height: 1.4; max-width: 1400px; min-height: 2.8em; white-space: normal; }
.nnteach-demo { --jp-widgets-font-size: 17px; --jp-widgets-inline-height: 40px; --jp-widgets-inline-label-width: auto;
                --jp-widgets-slider-handle-size: 24px; overflow: visible; }
.nnteach-demo .widget-html-content { white-space: normal; }
</style>"""


@dataclass(frozen=True)
class Control:
    """Something a lecturer can move; made by `number`, `power`, `whole`, `choice`, `switch` and `play`.

    Attributes:
        kind: "number", "power" (a slider in powers of ten), "whole", "choice", "switch" or "play".
        name: of the argument of `draw`.
        label: what the audience reads.
        start: the first value.
        low, high: range of a number.
        step: between two positions of the slider; of the exponent for "power".
        options: text -> value, for "choice".
        interval: milliseconds between two frames, for "play".
    """

    kind: str
    name: str
    label: str
    start: object
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    options: dict = field(default_factory=dict)
    interval: int = 100

    def check(self, value):
        """The value, if this control can have it.

        Raises:
            GraphError: if it cannot.
        """
        if self.kind == "choice":
            if value in list(self.options.values()):
                return value
            raise GraphError(message(f"{self.name}: one of {', '.join(map(repr, self.options.values()))}", repr(value)))
        if self.kind == "switch":
            return bool(value)
        if not self.low <= value <= self.high:
            raise GraphError(message(f"{self.name} between {digits(self.low)} and {digits(self.high)}", repr(value)))
        return int(value) if self.kind in ("whole", "play") else float(value)

    def said(self, value) -> str:
        """A value as the audience reads it."""
        if self.kind == "choice":
            return next(text for text, option in self.options.items() if option == value)
        return ("off", "on")[value] if self.kind == "switch" else digits(value)


def number(name, label, start, low, high, step=0.01) -> Control:
    """A slider."""
    return Control("number", name, label, start, low, high, step)


def power(name, label, start, low, high, step=0.025) -> Control:
    """A slider whose positions are powers of ten; low and high are numbers such as 1e-4, step is of the exponent."""
    return Control("power", name, label, start, low, high, step)


def whole(name, label, start, low, high, step=1) -> Control:
    """A slider of whole numbers."""
    return Control("whole", name, label, start, low, high, step)


def choice(name, label, options, start=None) -> Control:
    """One of several: a dict text -> value, or a sequence of texts; the first one is the start."""
    options = dict(options) if isinstance(options, dict) else {text: text for text in options}
    return Control("choice", name, label, next(iter(options.values())) if start is None else start, options=options)


def switch(name, label, start=False) -> Control:
    """On or off."""
    return Control("switch", name, label, start)


def play(name, label, last, start=0, step=1, interval=100, first=0) -> Control:
    """Time: a slider from `first` to `last` with a play button; nothing starts by itself."""
    return Control("play", name, label, start, first, last, step, interval=interval)


@dataclass(frozen=True)
class Content:
    """What a demo is, as data: its controls, and how it is drawn for a value of each.

    Attributes:
        name: as in `nt.demos.NAME`.
        title: one line for the audience.
        slides: where the decks teach this, such as "001-06 … 001-09".
        draw: `draw(figure, **values)` fills an empty figure and returns one sentence that says what is seen.
        controls: what can be moved, in the order shown.
        size: of the figure in inches, 100 pixels each.
        actions: text on a button -> function that is given the values by name; what it returns is shown below.
        prepare: called before the demo is shown, to fill caches, so that no control has to wait for them.
    """

    name: str
    title: str
    slides: str
    draw: Callable = field(repr=False)
    controls: tuple[Control, ...] = field(repr=False)
    size: tuple[float, float] = (12.8, 6.0)
    actions: dict = field(default_factory=dict, repr=False)
    prepare: Callable | None = field(default=None, repr=False)

    def values(self, **changes) -> dict:
        """A value for every control: the start values, and what is given.

        Raises:
            GraphError: if there is no such control, or it cannot have that value.
        """
        controls = {control.name: control for control in self.controls}
        if unknown := changes.keys() - controls.keys():
            raise GraphError(message(f"controls of {self.name}: {', '.join(controls)}", ", ".join(sorted(unknown))))
        return {name: control.check(changes.get(name, control.start)) for name, control in controls.items()}

    def figure(self, **changes):
        """The picture as a matplotlib Figure: the plain form."""
        return self.fill(self.values(**changes))[0]

    def say(self, **changes) -> str:
        """One sentence: what is seen with these values."""
        return self.fill(self.values(**changes))[1]

    def still(self, **changes) -> "Still":
        """The picture with its text: it shows itself, and needs neither widgets nor a kernel."""
        values = self.values(**changes)
        figure, sentence = self.fill(values)
        return Still(self, values, small(figure), sentence)

    def fill(self, values: dict, board=None):
        """A figure, new or else the board, wiped; and its sentence."""
        from matplotlib import rc_context
        from matplotlib.figure import Figure
        with rc_context(RC):
            if board is not None:
                board.wipe()
            figure = Figure(figsize=self.size, dpi=DPI) if board is None else board
            return figure, self.draw(figure, **values)

    def board(self):
        """A figure that `fill` can draw upon again and again, which is quicker."""
        from matplotlib import rc_context

        from .board import Board
        with rc_context(RC):
            return Board(figsize=self.size, dpi=DPI)


def pixels(figure, mode="RGB"):
    """The figure as a Pillow image: in three bytes a pixel, or as it is in four, "RGBX"."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    with rc_context(RC):
        canvas.draw()
    size = canvas.get_width_height()
    image = Image.frombuffer("RGBX", size, canvas.buffer_rgba(), "raw", "RGBX", 0, 1)
    return image if mode == "RGBX" else image.convert(mode)


def quick(figure) -> bytes:
    """The figure as a JPEG for the moment: packed six times as quickly as a PNG, and not to be told from it."""
    file = io.BytesIO()
    pixels(figure, "RGBX").save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def small(figure) -> bytes:
    """The figure as a PNG to be stored: a palette makes it a third as large, and nobody sees it."""
    from PIL import Image
    file = io.BytesIO()
    few = pixels(figure).quantize(PALETTE, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(file, "PNG", compress_level=6)
    return file.getvalue()


@dataclass(frozen=True)
class Still(Shown):
    """A picture of a demo with its text."""

    demo: Content
    values: dict
    png: bytes = field(repr=False)
    sentence: str

    def __repr__(self):
        return f"{self.demo.title}. {self.sentence}"

    @property
    def alt(self) -> str:
        """What a screen reader says: title, sentence, and where the controls stand."""
        states = [f"{control.label} {control.said(self.values[control.name])}" for control in self.demo.controls]
        return f"{self.demo.title}. {self.sentence} ({', '.join(states)})"

    def _repr_html_(self):
        width, height = (round(inches * DPI) for inches in self.demo.size)
        address = f"data:image/png;base64,{base64.b64encode(self.png).decode('ascii')}"
        return (f'<div class="nnteach-still">{STYLE}'
                f'<img alt="{html.escape(self.alt)}" width="{width}" height="{height}" src="{address}">'
                f"<p>This is a picture. For the demo with its controls, run {self._what()} in JupyterLab.</p></div>")

    def _what(self):
        """What is to be run; a demo of one's own is in no gallery."""
        from .. import DEMOS
        return f"<code>nt.demos.{self.demo.name}()</code>" if self.demo.name in DEMOS else "its cell"
