"""Why backprop does not walk paths (000-32): nodes, edges and paths of real graphs, counted and plotted."""

from functools import lru_cache

import numpy as np

from ...core.graph import ordered, variable
from ...core.ops import sum as total
from ...core.ops import tanh
from ...trace.gradient_paths import count_paths
from ...trace.scalarise import scalars
from ..framework.demo import Demo, choice, whole
from ..framework.style import BACKWARD, FORWARD, INK, MARKERS, label_ends, panels, powers_of_ten

DEEPEST = 8
LINES = {"paths": "paths: one product each,\nby the naive chain rule", "edges": "edges: one step each,\nby backprop",
         "nodes": "nodes: one evaluation\neach, forward"}


def network(depth: int, width: int = 3):
    """A fully connected tanh network as a scalar graph: (its output, its first input)."""
    rng = np.random.default_rng(0)
    h = variable(rng.normal(size=width), "x")
    for layer in range(depth):
        h = tanh(variable(rng.normal(size=(width, width)), f"W{layer + 1}") @ h)
    output = scalars(total(h))
    return output, next(node for node in ordered(output) if node.name == "x[0]")


def count(depths=range(1, 9), width: int = 3) -> dict[str, list[int]]:
    """Nodes, edges and paths from one input to the output, for networks of each depth.

    Args:
        depths: numbers of layers.
        width: units in every layer.

    Returns:
        Lists named "depth", "nodes", "edges", "paths".
    """
    counts: dict[str, list[int]] = {"depth": [], "nodes": [], "edges": [], "paths": []}
    for depth in depths:
        output, x = network(depth, width)
        nodes = ordered(output)
        for name, number in (("depth", depth), ("nodes", len(nodes)), ("edges", sum(len(n.parents) for n in nodes)),
                             ("paths", count_paths(output, x))):
            counts[name].append(number)
    return counts


def plot(depths=range(1, 9), width: int = 3):
    """The counts as a figure with a logarithmic scale; each line carries its own label.

    Returns:
        A matplotlib Figure.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.8, 6))
    _lines(figure, count(depths, width), width)
    return figure


@lru_cache(maxsize=16)
def _all(width):
    return count(range(1, DEEPEST + 1), width)


def draw(figure, layers, width):
    """The counts for up to so many layers."""
    counts = {name: numbers[:layers] for name, numbers in _all(width).items()}
    _lines(figure, counts, width)
    nodes, edges, paths = (counts[name][-1] for name in ("nodes", "edges", "paths"))
    return (f"With {layers} layers of {width} units there are {nodes} nodes and {edges} edges, "
            f"but {paths} paths from one input to the output.")


def _lines(figure, counts, width):
    axes = panels(figure, right=0.76)
    highest = np.log10(counts["paths"][-1])
    powers_of_ten(axes.yaxis, 0, max(4, int(np.ceil(highest))), 1)
    axes.set(xlim=(0.7, max(len(counts["depth"]), 2) + 0.2), xlabel=f"layers of {width} units")
    axes.set_xticks(counts["depth"])
    axes.set_title("how many")
    ends = []
    for (name, text), colour, marker in zip(LINES.items(), (BACKWARD, FORWARD, INK), MARKERS, strict=False):
        axes.plot(counts["depth"], counts[name], color=colour, marker=marker)
        ends.append((counts[name][-1], text, colour))
    label_ends(axes, ends, 0.15)


DEMO = Demo(
    "path_explosion", "Why backprop does not walk paths", "000-32", draw,
    (whole("layers", "layers", 8, 2, DEEPEST), choice("width", "units in a layer", {"2": 2, "3": 3, "4": 4}, 3)),
    prepare=lambda: [_all(width) for width in (2, 3, 4)])
