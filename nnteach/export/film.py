"""The film: an animated GIF that goes through all steps, with the sentence under the picture."""

import textwrap

from ..draw import Drawing, losses
from ..draw.export import BACKWARD, FORWARD, INK, PX_PER_INCH, SANS, paint, rendering, visible
from ..support import atomic
from ..support.progress import progress
from ..trace.step_text import tell, tell_start
from ..trace.trace import Trace
from .curve import paint_curve
from .pages import check_pages

LARGEST_SIDE = 2400
"""Most pixels of the longer side."""
SMALLEST_WIDTH = 560
SIZE, LEADING, PADDING = 15, 21, 14
"""Of the sentence, in px: letters, distance of the lines, and room round it; larger under a wide picture."""
USUAL_WIDTH = 1000
COLOURS = 64
SHORTEST, PER_CHARACTER, AT_THE_END = 1500, 45, 4000
"""How long a step is shown, in ms: as long as its sentence takes to read."""


def write_film(trace: Trace, path) -> None:
    """Write a GIF with a frame for the start and one for every step."""
    check_pages(trace, "a film")
    from PIL import Image

    drawing = Drawing(trace)
    told = _told(trace)
    width = max(drawing.layout.width, SMALLEST_WIDTH)
    columns = int((width - 2 * PADDING) / (0.58 * SIZE * _zoom(width)))
    sentences = [textwrap.wrap(visible(say), columns) for _, say in told]
    most = max(map(len, sentences))

    def frames():
        for k in progress(range(len(told)), len(told), unit="frame"):
            pixels = _frame(drawing, k, visible(told[k][0])[:columns], sentences[k], width, most)
            yield Image.fromarray(pixels).convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE)

    shown = [max(SHORTEST, PER_CHARACTER * len(say)) for _, say in told]
    with rendering(), atomic.whole(path) as part:
        film = frames()
        next(film).save(part, "GIF", save_all=True, append_images=film, duration=[*shown[:-1], AT_THE_END], loop=0)


def _zoom(width):
    return max(1, width / USUAL_WIDTH)


def _told(trace):
    """What happens and the sentence, for the start and every step."""
    stories = (tell(trace, k) for k in range(1, len(trace) + 1))
    return [tell_start(trace), *((story.now, story.say) for story in stories)]


def _frame(drawing, k, now, sentence, width, most):
    """One frame as an array of pixels, shape (height, width, 4); all frames of a film have the same shape."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    layout, trace, zoom = drawing.layout, drawing.trace, _zoom(width)
    room = losses.HEIGHT if trace.starts else 0
    height = layout.height + room + 2 * PADDING + (most + 1) * LEADING * zoom
    dpi = PX_PER_INCH * min(1, LARGEST_SIDE / max(width, height))
    figure = Figure(figsize=(width / PX_PER_INCH, height / PX_PER_INCH), dpi=dpi, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    left = (width - layout.width) / 2
    box = (left / width, 1 - layout.height / height, layout.width / width, layout.height / height)
    paint(figure.add_axes(box), drawing.diagram, layout, drawing.moment(k))
    if room:
        width_of_curve = losses.WIDTH / width
        box = (0.5 - width_of_curve / 2, 1 - (layout.height + room) / height, width_of_curve, room / height)
        paint_curve(figure.add_axes(box), trace, k)
    colour = FORWARD if k == 0 or trace.steps[k - 1].phase == "forward" else BACKWARD
    for row, line in enumerate([now, *sentence]):
        y = layout.height + room + PADDING + (row + 0.75) * LEADING * zoom
        figure.text(PADDING / width, 1 - y / height, line, fontsize=0.75 * SIZE * zoom, family=SANS, parse_math=False,
                    color=INK if row else colour, weight="normal" if row else "bold")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())
