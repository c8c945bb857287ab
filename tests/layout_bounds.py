"""How drawing grows with a graph, for the shapes that are hard to draw: `python tests/layout_bounds.py [most nodes]`.

Prints a table of what is counted (cards, wires, ranks crossed, who placed them, size of the picture) and of seconds,
which depend on the machine and are for the eye only. `tests/test_layout_bounds.py` tests what is counted.
"""

import sys
import time

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.draw import Drawing
from nnteach.draw.layered import ranks_crossed
from nnteach.draw.layout import is_for_graphviz


def fan_out(n):
    """One variable used n times, in a chain: f = f + x."""
    x = f = nt.variable(0.5, "x")
    for _ in range(n):
        f = f + x
    return f


def recurrent(n):
    """A shared weight: h = tanh(w · h)."""
    w, h = nt.variables(w=0.5, h=0.1)
    for _ in range(n // 2):
        h = nt.tanh(w * h)
    return h


def depth(n):
    """A chain without branches."""
    h = nt.variable(0.5, "x")
    for _ in range(n):
        h = nt.tanh(h)
    return h


def width(n):
    """A tree: many leaves, added in pairs."""
    level = [nt.variable(k / n, f"x{k}") for k in range(n // 2)]
    while len(level) > 1:
        pairs = [a + b for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[2 * len(pairs):]
    return level[0]


def skips(n):
    """Long edges: every step uses what was computed at half the way to it."""
    steps = [nt.variable(0.5, "x")]
    for k in range(n // 2):
        steps.append(nt.tanh(steps[-1] + steps[k // 2]))
    return steps[-1]


def many_inputs(n):
    """One node with many inputs."""
    return nt.stack([nt.variable(k / n, f"x{k}") for k in range(n - 2)]).sum()


SHAPES = {shape.__name__: shape for shape in (fan_out, recurrent, depth, width, skips, many_inputs)}
SIZES = (30, 121, 400, 1_000, 3_000, 10_000, 100_000)


def row(name, n):
    """One line of the table."""
    root = SHAPES[name](n)
    start = time.perf_counter()
    try:
        drawing = Drawing(nt.trace(root))
        diagram = drawing.diagram
        by = "Graphviz" if is_for_graphviz(diagram) else "own"
        layout = drawing.layout
        placed = time.perf_counter() - start
        svg = len(drawing.svg)
        found = (f"{len(diagram.cards):>7,} {len(diagram.wires):>7,} {ranks_crossed(diagram):>13,} {by:<8} "
                 f"{layout.width:>11,.0f} × {layout.height:<9,.0f} {svg / 1e6:>5.1f} MB")
    except GraphError as error:
        placed, found = time.perf_counter() - start, f"refused: {error}"
    return f"{name:<12} {n:>7,} {placed:>6.2f} s {time.perf_counter() - start:>6.2f} s  {found}"


if __name__ == "__main__":
    most = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    print("shape          nodes  placed  written    cards   wires ranks crossed by              px             SVG")
    for shape in SHAPES:
        for size in SIZES:
            if size <= most:
                print(row(shape, size), flush=True)
