"""The handout: a PDF with one page a step, each with the picture at that step, the formulas and the sentence."""

import functools
import textwrap

from ..core.errors import GraphError, message
from ..draw import Drawing, title
from ..draw.export import BACKWARD, FORWARD, INK, PX_PER_INCH, QUIET, SANS, paint, rendering, visible
from ..i18n.phrases import phrase
from ..support import atomic
from ..support.progress import progress
from ..symbolic import formula
from ..trace.step_text import tell, tell_start
from ..trace.trace import Trace
from ..trace.worked import chain
from .curve import paint_curve

WIDTH, HEIGHT = 11.69, 8.27
"""A4 across, in inches."""
MARGIN = 0.55
PICTURE = (1.05, 4.4)
"""Distance of the picture from the top of the page, and its greatest height."""
LARGEST_SCALE, SMALLEST_SCALE = 1.3, 0.6
"""A larger picture than fits at the smallest scale is shown as a strip, and beneath it what is near the step."""
STRIP = 1.1
"""Greatest height of the strip."""
CURVE = 1.25
"""Height of the loss curve of a training run."""
POINTS_PER_INCH = 72
TEXT, FORMULA, HEAD = 11, 13, 15
"""Font sizes in points."""
COLUMNS, LINES = 112, 3
"""Characters a line, and the most lines of one formula or sentence."""


MOST_PAGES = 1_000


def check_pages(trace: Trace, kind: str) -> None:
    """Refuse a document with a picture for each of very many steps; of a few hundred it takes minutes."""
    if len(trace) > MOST_PAGES:
        raise GraphError(message(f"at most {MOST_PAGES} steps for {kind}, with a picture for each", f"{len(trace)}",
                                 "Save a single picture with step=…, such as .save(\"f.png\", step=1), "
                                 "or all steps as .html or .md"))


def write_handout(trace: Trace, path) -> None:
    """Write a PDF: a page for the start and one for every step."""
    check_pages(trace, "a handout")
    from matplotlib.backends.backend_pdf import PdfPages

    drawing = Drawing(trace)
    metadata = {"Title": visible(title(trace)), "Creator": None, "Producer": None, "CreationDate": None}
    with rendering(), atomic.whole(path) as part, PdfPages(part, metadata=metadata) as pdf:
        for k in progress(range(len(trace) + 1), len(trace) + 1, unit="page"):
            pdf.savefig(page(drawing, k))


def page(drawing: Drawing, k: int):
    """The page of a step as a matplotlib Figure; k = 0 is the start."""
    from matplotlib.figure import Figure

    trace = drawing.trace
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=POINTS_PER_INCH, facecolor="white")
    write = functools.partial(_write, figure)
    write(visible(title(trace))[:80], MARGIN, MARGIN, HEAD, weight="bold")
    place = phrase("step", trace.language, k=k, n=len(trace))
    phase = phrase(trace.steps[k - 1].phase if k else "start", trace.language)
    write(f"{place} · {phase}", WIDTH - MARGIN, MARGIN, TEXT, color=QUIET, ha="right")
    _place_picture(figure, drawing, k)
    _write_story(write, trace, k)
    return figure


def _place_picture(figure, drawing, k):
    top, most = PICTURE
    if drawing.trace.starts:
        most -= CURVE
        _place_curve(figure, drawing.trace, k, top + most)
    layout, moment = drawing.layout, drawing.moment(k)
    scale = min(_scale(layout, most), LARGEST_SCALE)
    if scale < SMALLEST_SCALE:
        scale = _scale(layout, STRIP)
        _place(figure, drawing, moment, scale, top, layout.height * scale / PX_PER_INCH)
        top, most, scale = top + STRIP, most - STRIP, SMALLEST_SCALE
    _place(figure, drawing, moment, scale, top, most)


def _place_curve(figure, trace, k, top):
    """The loss curve, in a band of its own under the picture."""
    from ..draw import losses

    scale = CURVE * PX_PER_INCH / losses.HEIGHT
    width = losses.WIDTH * scale / PX_PER_INCH
    place = ((WIDTH - width) / 2 / WIDTH, 1 - (top + CURVE) / HEIGHT, width / WIDTH, CURVE / HEIGHT)
    paint_curve(figure.add_axes(place), trace, k, scale)


def _scale(layout, height):
    """The scale at which the picture fits into the width of the page and a height in inches."""
    return min((WIDTH - 2 * MARGIN) / layout.width, height / layout.height) * PX_PER_INCH


def _place(figure, drawing, moment, scale, top, most):
    """Draw the picture amid a band of the page; of one that is larger, what is near the card in use."""
    layout = drawing.layout
    width = min(layout.width * scale / PX_PER_INCH, WIDTH - 2 * MARGIN)
    height = min(layout.height * scale / PX_PER_INCH, most)
    place = ((WIDTH - width) / 2 / WIDTH, 1 - (top + (most + height) / 2) / HEIGHT, width / WIDTH, height / HEIGHT)
    now = moment.states.index("now") if "now" in moment.states else 0
    x, y = layout.boxes[now].middle
    window = (_window(x, width * PX_PER_INCH / scale, layout.width),
              _window(y, height * PX_PER_INCH / scale, layout.height))
    paint(figure.add_axes(place), drawing.diagram, layout, moment, scale, window)


def _window(middle, size, whole):
    """The part of a length that is shown: `size` long, round the middle, within the whole."""
    start = min(max(middle - size / 2, 0), max(whole - size, 0))
    return start, start + size


def _write_story(write, trace, k):
    """Under the picture, from top to bottom: what happens, the formulas, the ledger, the remark, the sentence."""
    y = PICTURE[0] + PICTURE[1] + 0.15
    if k == 0:
        now, say = tell_start(trace)
        y = write(_wrapped(now), MARGIN, y, TEXT, weight="bold")
        write(_wrapped(say), MARGIN, y + 0.1, TEXT)
        return
    story = tell(trace, k)
    colour = FORWARD if trace.steps[k - 1].phase == "forward" else BACKWARD
    y = write(_wrapped(story.now), MARGIN, y, TEXT, weight="bold", color=colour)
    y = _write_formulas(write, story, y)
    if story.ledger:
        caption, total, result = story.ledger
        y = write(_wrapped(f"{caption}: {total}{result}"), MARGIN, y + 0.08, TEXT, color=QUIET)
    if story.remark:
        y = write(_wrapped(story.remark), MARGIN, y + 0.08, TEXT, style="italic")
    write(_wrapped(story.say), MARGIN, y + 0.08, TEXT)


def _write_formulas(write, story, y):
    """Formulas set as in a book where matplotlib can set them all and each fits in one line, else as text."""
    plain, set_in_type = list(chain(story, formula.text, "text")), list(chain(story, formula.latex, "mathtext"))
    in_type = all(len(line) <= COLUMNS for line in plain) and all(map(_can_be_set, set_in_type))
    for line in set_in_type if in_type else plain:
        if in_type:
            y = write(f"${line}$", MARGIN + 0.2, y + 0.08, FORMULA, parse_math=True)
        else:
            y = write(_wrapped(line), MARGIN + 0.2, y + 0.06, TEXT)
    return y


@functools.lru_cache(1000)
def _can_be_set(mathtext):
    """Whether matplotlib can set a formula. Parsing takes the longest: the ruler keeps it for `_write`."""
    from matplotlib.font_manager import FontProperties

    if not mathtext.isascii():
        return False
    try:
        _ruler().get_text_width_height_descent(f"${mathtext}$", FontProperties(family=SANS, size=FORMULA), True)
    except ValueError:
        return False
    return True


def _wrapped(text):
    return "\n".join(textwrap.wrap(visible(text), COLUMNS, max_lines=LINES, placeholder=" …", break_on_hyphens=False))


def _write(figure, text, x, y, size, color=INK, parse_math=False, **style):
    """Write text with its upper left corner at (x, y), in inches from the upper left; returns where it ends."""
    written = figure.text(x / WIDTH, 1 - y / HEIGHT, text, fontsize=size, color=color, va="top", family=SANS,
                          parse_math=parse_math, linespacing=1.25, **style)
    return y + written.get_window_extent(_ruler()).height / POINTS_PER_INCH


@functools.cache
def _ruler():
    """What measures texts as they will stand in the file, where a pixel is a point."""
    from matplotlib.backend_bases import RendererBase

    return RendererBase()
