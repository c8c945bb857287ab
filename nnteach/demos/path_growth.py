"""Why backprop does not walk paths (000-32): nodes, edges and paths of real graphs, counted and plotted."""

import numpy as np

from ..graph import ordered, variable
from ..ops import sum as total
from ..ops import tanh
from ..paths import count_paths
from ..zoom import scalars


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

    counts = count(depths, width)
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    for name, colour, text, shift in (("paths", "#b34700", "paths: one product each,\nby the naive chain rule", -8),
                                      ("edges", "#0067a5", "edges: one step each,\nby backprop", 3),
                                      ("nodes", "#16181d", "nodes: one evaluation\neach, forward", -34)):
        axes.plot(counts["depth"], counts[name], color=colour, marker="o", linewidth=2.5)
        axes.annotate(text, (counts["depth"][-1], counts[name][-1]), xytext=(12, shift), textcoords="offset points",
                      color=colour, fontsize=12)
    axes.set(yscale="log", xlabel=f"layers of {width} units", ylabel="how many", ylim=(1, counts["paths"][-1] * 4),
             xlim=(counts["depth"][0] - 0.3, counts["depth"][-1] * 1.4))
    axes.set_xticks(counts["depth"])
    axes.spines[["top", "right"]].set_visible(False)
    return figure
