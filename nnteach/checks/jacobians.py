"""The softmax Jacobian, to look at: ∂hᵢ/∂aⱼ = hᵢ(δᵢⱼ − hⱼ), entry by entry (000-25).

    J = nt.softmax_jacobian([1.0, 2.0, 3.0])
    J                    # a table: the diagonal in bold with a ◆, formulas and numbers in every cell
    J.product(g)         # (∂h/∂a)ᵀ g, row by row

The numbers are the engine's (`jacobian`, `vjp`); the formulas are Symbols, written as everywhere else.
"""

import html
from typing import NamedTuple

import numpy as np

from ..core import ops
from ..core.autodiff import jacobian, vjp
from ..core.errors import ShapeError, message, shape_text
from ..core.graph import Node, variable
from ..support.shown import Shown
from ..symbolic import formula
from ..symbolic.formula import Symbol
from ..symbolic.number_format import number

DIAGONAL = "◆"  # besides bold type: the diagonal is told apart without colour


class Entry(NamedTuple):
    """One entry of the Jacobian: where it stands (from 1), its formula with names and numbers, and its value."""

    i: int
    j: int
    symbol: Symbol
    value: float

    def text(self, numbers: bool = False) -> str:
        """Such as "h₁ · (1 − h₁)"."""
        return formula.text(self.symbol, numbers)

    def latex(self, numbers: bool = False) -> str:
        """The same in LaTeX."""
        return formula.latex(self.symbol, numbers)

    def math(self, numbers: bool = False) -> list:
        """The same as a tree of MathML elements."""
        return formula.math(self.symbol, numbers)


MOST_ROWS = 20
"""Of the table of a Jacobian, and as many columns."""


class Row(NamedTuple):
    """One row of (∂h/∂a)ᵀ g: which aⱼ (from 1), Σᵢ gᵢ ∂hᵢ/∂aⱼ as a formula, and what aⱼ receives."""

    j: int
    symbol: Symbol
    value: float


class SoftmaxJacobian(Shown):
    """All derivatives of a softmax of one vector.

    Attributes:
        a: the pre-activations, a Node of shape (n,).
        h: their softmax, a Node of shape (n,).
        matrix: the Jacobian, shape (n, n); row i holds the derivatives of hᵢ. Rows and columns sum to 0.
    """

    formula = "∂hᵢ/∂aⱼ = hᵢ · (δᵢⱼ − hⱼ)"
    latex = r"\frac{\partial h_i}{\partial a_j} = h_i \left(\delta_{ij} - h_j\right)"

    def __init__(self, a):
        self.a = a if isinstance(a, Node) else variable(np.asarray(a, float), "a")
        if self.a.ndim != 1 or not self.a.size:
            raise ShapeError(message("a vector of pre-activations, shape (n,)", shape_text(self.a.shape),
                                     "Of a batch, give one row: a[0]"))
        leaf = variable(self.a.value, self.a.name or "a")
        self.h = ops.softmax(leaf).named("h")
        self.matrix = jacobian(self.h, leaf)
        self._leaf = leaf

    def __len__(self):
        return self.h.size

    def __repr__(self):
        return f"SoftmaxJacobian({self.formula})\n{self.matrix}"

    def entry(self, i: int, j: int) -> Entry:
        """∂hᵢ/∂aⱼ, counted from 1."""
        n = len(self)
        if not (1 <= i <= n and 1 <= j <= n):
            raise ShapeError(message(f"indices from 1 to {n}", f"({i}, {j})"))
        value = float(self.matrix[i - 1, j - 1])
        delta = Symbol(None, float(i == j))
        bracket = Symbol(None, float(i == j) - self._h(j).value, "", "a − b", (delta, self._h(j)))
        return Entry(i, j, Symbol(None, value, "", "a · b", (self._h(i), bracket)), value)

    def product(self, g) -> list[Row]:
        """(∂h/∂a)ᵀ g, row by row: aⱼ receives Σᵢ gᵢ · ∂hᵢ/∂aⱼ.

        Args:
            g: the upstream gradient, shape (n,).
        """
        g = np.asarray(g, float)
        if g.shape != self.h.shape:
            raise ShapeError(message(f"an upstream gradient of shape {shape_text(self.h.shape)}", shape_text(g.shape)))
        received = vjp(self.h, self._leaf, g)
        return [Row(j, self._sum(g, j), float(received[j - 1])) for j in range(1, len(self) + 1)]

    def _h(self, i):
        return Symbol(f"h_{i}", float(self.h.value[i - 1]))

    def _sum(self, g, j):
        """g₁ · ∂h₁/∂aⱼ + g₂ · ∂h₂/∂aⱼ + …"""
        total = None
        for i in range(1, len(self) + 1):
            slope = formula.derivative(f"h_{i}", f"a_{j}", float(self.matrix[i - 1, j - 1]), "local")
            upstream = Symbol(f"g_{i}", float(g[i - 1]), "upstream")
            term = Symbol(None, None, "", "a · b", (upstream, slope))
            total = term if total is None else Symbol(None, None, "", "a + b", (total, term))
        return total

    # ------------------------------------------------------------------------------------ as tables

    def _cells(self):
        """Rows of entries, those of a very long vector in part."""
        n = self._shown
        return [[self.entry(i, j) for j in range(1, n + 1)] for i in range(1, n + 1)]

    @property
    def _shown(self):
        return min(len(self), MOST_ROWS)

    @property
    def _rest(self):
        left_out = len(self) - self._shown
        return f" … and {left_out} more rows and columns." * bool(left_out)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def to_markdown(self) -> str:
        """The table in Markdown, formulas in LaTeX; the diagonal is bold and marked."""
        heads = "".join(f" $a_{{{j}}}$ |" for j in range(1, self._shown + 1))
        lines = [f"$${self.latex}$$", "", f"| |{heads}", "|---|" + "---|" * self._shown]
        for i, row in enumerate(self._cells(), start=1):
            lines.append(f"| $h_{{{i}}}$ |" + "".join(f" {_markdown_cell(entry)} |" for entry in row))
        return "\n".join([*lines, "", f"{DIAGONAL} diagonal: $i = j$. Rows and columns sum to 0.{self._rest}"])

    def _repr_html_(self) -> str:
        name = html.escape(self.a.name or "a")
        heads = "".join(f'<th scope="col">a<sub>{j}</sub></th>' for j in range(1, self._shown + 1))
        rows = "".join(f'<tr><th scope="row">h<sub>{i}</sub></th>{"".join(map(_html_cell, row))}</tr>'
                       for i, row in enumerate(self._cells(), start=1))
        return (f"<table><caption>h = softmax({name}): {html.escape(self.formula)}. {DIAGONAL} diagonal, i = j. "
                f"Rows and columns sum to 0.{self._rest}</caption>"
                f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>")


def _markdown_cell(entry):
    shown = f"${entry.latex()}$ = {number(entry.value)}"
    return f"{DIAGONAL} **{shown}**" if entry.i == entry.j else shown


def _html_cell(entry):
    """Formula, numbers put in, and result, one below the other."""
    lines = "<br>".join(html.escape(line) for line in
                        (entry.text(), f"= {entry.text(numbers=True)}", f"= {number(entry.value)}"))
    if entry.i != entry.j:
        return f"<td>{lines}</td>"
    return f'<td style="border: 2px solid currentColor"><strong>{DIAGONAL} {lines}</strong></td>'


def softmax_jacobian(a) -> SoftmaxJacobian:
    """The Jacobian of the softmax of one vector, as an object to look at (000-25).

    Args:
        a: the pre-activations, shape (n,): a Node, an array or a list.
    """
    return SoftmaxJacobian(a)
