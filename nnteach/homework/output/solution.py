"""The worked solution of a homework, with the student's numbers: as Markdown, as LaTeX, and to step through."""

import numpy as np

from ...core.errors import GraphError, message
from ...symbolic.latex_escape import prose
from ...symbolic.number_format import lines, number
from .formulas import how, matrix


class Solution:
    """A worked solution, with a student's numbers."""

    def __init__(self, hw):
        self._hw = hw

    def __repr__(self):
        return self.to_markdown()

    def _repr_markdown_(self):
        return self.to_markdown()

    def to_markdown(self) -> str:
        """In Markdown, with formulas between dollar signs."""
        hw = self._hw
        out = [str(hw.show()), "### Solution", ""]
        for name, value in self.steps():
            told = how(hw.task, name)
            out += [f"**{name}**: {told.sentence}  ", f"${told.latex} = {matrix(value)}$", ""]
        return "\n".join(out)

    def to_latex(self) -> str:
        """As a LaTeX fragment; needs amsmath."""
        hw = self._hw
        out = [rf"\section*{{{prose(hw.exercise.title)}}}", rf"Variant {hw.variant.id}", r"\begin{itemize}"]
        out += [rf"\item[{prose(name)}] ${matrix(value)}$" for name, value in hw.given.items()]
        out += [r"\end{itemize}", r"\begin{enumerate}"]
        for name, value in self.steps():
            told = how(hw.task, name)
            out.append(rf"\item \texttt{{{prose(name)}}}: ${told.latex} = {matrix(value)}$")
        return "\n".join([*out, r"\end{enumerate}"]) + "\n"

    def player(self):
        """The calculation, to step through."""
        from ...player import step as step_through

        if self._hw.task.root is None:
            raise GraphError(
                message("an exercise on a graph", self._hw.exercise.title, "Its steps are in .to_markdown()")
            )
        return step_through(self._hw.task.root)

    def steps(self) -> list[tuple]:
        """(name, value) of every stage, in the order in which they are computed."""
        asked_update = any(name.endswith("_new") for name in self._hw.asked)
        return [(n, v) for n, v in self._hw.truth.items() if asked_update or not n.endswith("_new")]


def written(name, value):
    """A name and its numbers, row under row."""
    if np.ndim(value) == 0:
        return [f"{name} = {number(value)}"]
    if np.ndim(value) == 1:
        return [f"{name} = " + "  ".join(map(number, value))]
    if np.ndim(value) > 2:
        lead = f"{name} = "
        return (lead + np.array2string(np.asarray(value), precision=4, separator=", ", prefix=lead)).splitlines()
    if max(np.shape(value)) > 4:
        return [f"{name} = {np.array2string(np.asarray(value), precision=4, separator=', ')}"]
    rows = lines(np.atleast_2d(value))
    lead = f"{name} = "
    return [(lead if i == 0 else " " * len(lead)) + row for i, row in enumerate(rows)]
