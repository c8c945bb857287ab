"""How time and memory grow with the graph: forward, backward and trace on chains, trees and layered graphs.

Time t(n) ≈ c · nᵏ: the exponent k is fitted over 10² … 10⁵ nodes by least squares on the logarithms. Every
graph is of scalar Nodes, where nothing but the engine takes time. Memory is what the finished graph, its
gradients and its trace hold.
"""

import gc
import time
import tracemalloc

import numpy as np

SIZES = (100, 1_000, 10_000, 100_000)
PHASES = ("forward, collector paused", "forward", "backward", "trace")
WIDTH = 10  # of the layered graph: every node has ten parents in the layer below


def chain(nodes):
    """As deep as it is large; a product and its constant at every step."""
    import nnteach as nt

    x = y = nt.variable(1.0)
    for _ in range(nodes // 2):
        y = y * 1.00001
    return x, y


def tree(nodes):
    """As wide as it is large: pairs are multiplied until one is left."""
    import nnteach as nt

    level = [nt.variable(1.0) for _ in range(nodes // 2)]
    first = level[0]
    while len(level) > 1:
        level = [a * b for a, b in zip(level[::2], level[1::2], strict=False)] + level[len(level) & ~1 :]
    return first, level[0]


def layered(nodes):
    """Layers of ten, completely connected, as in a network: ten to the number of layers paths."""
    import nnteach as nt

    layer = [nt.variable(1.0 + i / 100) for i in range(WIDTH)]
    first = layer[0]
    for _ in range(max(1, nodes // (WIDTH * (WIDTH + 1)))):
        layer = [sum(layer[1:], layer[0]) * 0.1 for _ in range(WIDTH)]
    return first, sum(layer[1:], layer[0])


def phases(build, nodes):
    """Seconds of the processor for each of PHASES, and the number of nodes that there really are."""
    import nnteach as nt
    from nnteach.graph import ordered

    gc.collect()  # so that what came before is not charged to this graph; from here on the collector runs as it likes
    with nt.collector_paused():
        paused = time.process_time()
        build(nodes)
        paused = time.process_time() - paused
    start = time.process_time()
    _, root = build(nodes)
    built = time.process_time()
    root.backward()
    done = time.process_time()
    nt.trace(root)
    end = time.process_time()
    return np.array([paused, built - start, done - built, end - done]), len(ordered(root))


def held(build, nodes):
    """Bytes held by the graph, its gradients and its trace."""
    import nnteach as nt

    gc.collect()
    tracemalloc.start()
    _, root = build(nodes)
    root.backward()
    trace = nt.trace(root)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del trace
    return size


def exponent(sizes, amounts):
    """k of amount ≈ c · sizeᵏ."""
    return float(np.polyfit(np.log(sizes), np.log(amounts), 1)[0])


def measure(repeats=5):
    """Sizes and amounts for every kind of graph and phase; of some repeats the fastest, least disturbed."""
    results = {}
    for build in (chain, tree, layered):
        counts, times, sizes = [], [], []
        for nodes in SIZES:
            runs = [phases(build, nodes) for _ in range(repeats if nodes < SIZES[-1] else 3)]
            counts.append(runs[0][1])
            times.append(np.min([seconds for seconds, _ in runs], axis=0))
            sizes.append(held(build, nodes))
        for phase, amounts in zip(PHASES, np.transpose(times), strict=True):
            results[build.__name__, phase] = counts, amounts
        results[build.__name__, "memory"] = counts, sizes
    return results


def plot(results, path):
    """One line per kind of graph and phase, logarithmic, with the fitted exponents in the legend."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = dict(zip(("time", "memory"), figure.subplots(1, 2), strict=True))
    for (graph, phase), (counts, amounts) in results.items():
        kind = "memory" if phase == "memory" else "time"
        label = f"{graph}{'' if kind == 'memory' else ', ' + phase}: exponent {exponent(counts, amounts):.2f}"
        style = {"chain": "-", "tree": "--", "layered": ":"}[graph]
        axes[kind].loglog(counts, amounts, style, marker="o", markersize=3, label=label)
    axes["time"].set(xlabel="nodes", ylabel="seconds", title="Time")
    axes["memory"].set(xlabel="nodes", ylabel="bytes", title="Memory held")
    for ax in axes.values():
        ax.legend(fontsize=6, loc="lower right")
        ax.grid(alpha=0.3)
    figure.savefig(path)
