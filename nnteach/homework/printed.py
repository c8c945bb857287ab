"""Sheets on paper: one PDF for a class, a page or more a student, with lines to write the answers on.

Nothing but matplotlib is needed. The teacher's copy has the right answers in the places where students write theirs.
"""

import functools
import textwrap

import numpy as np

from ..draw.export import INK, QUIET, rendering, visible
from .solution import written

WIDTH, HEIGHT, MARGIN = 8.27, 11.69, 0.8
"""A4 upright, in inches."""
HEAD, TEXT, NUMBERS = 15, 10.5, 9.5
"""Font sizes in points."""
COLUMNS = 96
LINE = 0.2
"""Distance of two lines of text, in inches."""


def write_pdf(homeworks, path, solutions: bool = False) -> int:
    """Write the sheets of a class to one PDF.

    Args:
        homeworks: Homework of each student, in order.
        path: of the PDF.
        solutions: whether the right answers stand where students write theirs; for teachers.

    Returns:
        How many pages there are.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    pages, metadata = 0, {"Title": "Homework", "Creator": None, "Producer": None, "CreationDate": None}
    with rendering(), PdfPages(path, metadata=metadata) as pdf:
        for hw in homeworks:
            for figure in pages_of(hw, solutions):
                pdf.savefig(figure)
                pages += 1
    return pages


def pages_of(hw, solutions: bool = False) -> list:
    """The pages of one student, as matplotlib Figures."""
    lines = [*_task(hw), *_answers(hw, solutions)]
    pages, y = [], HEIGHT
    for text, size, style, height in lines:
        if y + height > HEIGHT - MARGIN:
            pages.append(_page(hw, len(pages)))
            y = MARGIN + 0.5
        if text == RULE:
            _rule(pages[-1], y + height - 0.05)
        else:
            pages[-1].text(MARGIN / WIDTH, 1 - y / HEIGHT, text, fontsize=size, va="top", parse_math=False,
                           color=INK, **style)
        y += height
    return pages


RULE = "\f"  # a line to write on
_PLAIN, _MONO, _BOLD = {}, {"family": "DejaVu Sans Mono"}, {"weight": "bold"}


def _page(hw, number):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white")
    write = functools.partial(figure.text, y=1 - (MARGIN - 0.25) / HEIGHT, fontsize=TEXT - 1.5, color=QUIET, va="top",
                              parse_math=False)
    write(MARGIN / WIDTH, s=visible(f"{hw.student or 'example'}")[:60])
    write(1 - MARGIN / WIDTH, s=f"variant {hw.variant.id}" + (f" · page {number + 1}" if number else ""), ha="right")
    return figure


def _task(hw):
    """Title, conventions and numbers: (text, size, style, height)."""
    yield visible(hw.exercise.title), HEAD, _BOLD, 0.45
    for sentence in hw.exercise.conventions:
        for i, line in enumerate(textwrap.wrap(visible(sentence), COLUMNS)):
            yield f"{'•' if i == 0 else ' '} {line}", TEXT, _PLAIN, LINE
    yield "", TEXT, _PLAIN, LINE / 2
    for name, value in hw.given.items():
        for line in written(name, value):
            yield visible(line), NUMBERS, _MONO, LINE * 0.9
        yield "", TEXT, _PLAIN, LINE / 3


def _answers(hw, solutions):
    """A place for every answer, as large as the answer is."""
    yield "", TEXT, _PLAIN, LINE
    yield "Hand in" + ("" if solutions else ", to three significant digits at least"), TEXT + 1, _BOLD, 0.35
    for name in hw.asked:
        rows = np.atleast_2d(hw.truth[name]).shape[0]
        if solutions:
            for line in written(name, hw.truth[name]):
                yield line, NUMBERS, _MONO, LINE * 0.9
            continue
        yield f"{name}   {_shape(hw.truth[name])}", TEXT, _PLAIN, LINE
        yield from [(RULE, TEXT, _PLAIN, 0.3)] * rows


def _shape(value):
    return "a number" if np.ndim(value) == 0 else f"({' × '.join(map(str, np.shape(value)))})"


def _rule(figure, y):
    from matplotlib.lines import Line2D

    ends = (MARGIN / WIDTH, 1 - MARGIN / WIDTH)
    figure.add_artist(Line2D(ends, (1 - y / HEIGHT,) * 2, color=QUIET, linewidth=0.6))
