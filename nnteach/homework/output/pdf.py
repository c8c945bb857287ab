"""Sheets on paper: one PDF for a class, a page or more a student, with lines to write the answers on.

Nothing but matplotlib is needed. The teacher's copy has the right answers in the places where students write theirs,
and after them how they come about, step by step.
"""

import functools
import textwrap

import numpy as np

from ...draw.export import INK, QUIET, rendering, visible
from ...i18n.check_phrases import phrase
from ...support import atomic
from .formulas import how
from .solution import written

WIDTH, HEIGHT, MARGIN = 8.27, 11.69, 0.8
"""A4 upright, in inches."""
HEAD, TEXT, NUMBERS = 15, 10.5, 9.5
"""Font sizes in points."""
COLUMNS = 84
LINE = 0.2
"""Distance of two lines of text, in inches."""


def write_pdf(homeworks, path, solutions: bool = False) -> int:
    """Write the sheets of a class to one PDF.

    Args:
        homeworks: Homework of each student, in order.
        path: of the PDF.
        solutions: whether the right answers stand where students write theirs, with the steps; for teachers.

    Returns:
        How many pages there are.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    pages, metadata = 0, {"Title": "Homework", "Creator": None, "Producer": None, "CreationDate": None}
    with rendering(), atomic.whole(path) as part, PdfPages(part, metadata=metadata) as pdf:
        for hw in homeworks:
            for figure in pages_of(hw, solutions):
                pdf.savefig(figure)
                pages += 1
    return pages


def pages_of(hw, solutions: bool = False) -> list:
    """The pages of one student, as matplotlib Figures."""
    lines = [*_task(hw), *(_solved(hw) if solutions else _to_fill_in(hw))]
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
        yield from _numbers(written(name, value))
        yield "", TEXT, _PLAIN, LINE / 3


def _to_fill_in(hw):
    """A place for every answer, as large as the answer is."""
    digits = "" if hw.exercise.judge else phrase("sheet.digits", hw.language)
    yield from _headline(phrase("sheet.hand.in", hw.language) + digits)
    for name in hw.asked:
        yield f"{name}   {_shape(hw.truth[name])}", TEXT, _PLAIN, LINE
        yield from [(RULE, TEXT, _PLAIN, 0.3)] * np.atleast_2d(hw.truth[name]).shape[0]


def _solved(hw):
    """The answers, to compare with; then all steps, for whoever asks where a number comes from."""
    yield from _headline(phrase("sheet.hand.in", hw.language))
    for name in hw.asked:
        yield from _numbers(written(name, hw.truth[name]))
    yield from _headline(phrase("sheet.steps", hw.language))
    for name, value in hw.solution().steps():
        told = how(hw.task, name)
        for line in textwrap.wrap(visible(f"{name}: {told.sentence}"), COLUMNS):
            yield line, TEXT, _PLAIN, LINE
        yield from _numbers(textwrap.wrap(visible(f"{name} = {told.text}"), COLUMNS) + written(name, value))
        yield "", TEXT, _PLAIN, LINE / 3


def _headline(text):
    yield "", TEXT, _PLAIN, LINE
    yield text, TEXT + 1, _BOLD, 0.35


def _numbers(lines):
    return [(visible(line), NUMBERS, _MONO, LINE * 0.9) for line in lines]


def _shape(value):
    return "a number" if np.ndim(value) == 0 else f"({' × '.join(map(str, np.shape(value)))})"


def _rule(figure, y):
    from matplotlib.lines import Line2D

    ends = (MARGIN / WIDTH, 1 - MARGIN / WIDTH)
    figure.add_artist(Line2D(ends, (1 - y / HEIGHT,) * 2, color=QUIET, linewidth=0.6))
