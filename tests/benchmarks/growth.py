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
PHASES = ("forward, collector paused", "forward", "backward", "trace", "all three")
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
    from nnteach.core.graph import ordered

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
    return np.array([paused, built - start, done - built, end - done, end - start]), len(ordered(root))


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
    """A panel of times for each kind of graph, and one of memory, logarithmic; the legends give the exponents."""
    from matplotlib.figure import Figure

    graphs = list(dict.fromkeys(graph for graph, _ in results))
    figure = Figure(figsize=(10, 8), layout="constrained")
    *times, memory = figure.subplots(2, 2).flat
    times[1].sharey(times[0])
    times[2].sharey(times[0])
    for graph, axes in zip(graphs, times, strict=True):
        _lines(axes, {phase: results[graph, phase] for phase in PHASES})
        axes.set(title=f"Time: {graph}", ylabel="seconds of the processor")
    _lines(memory, {graph: results[graph, "memory"] for graph in graphs})
    memory.set(title="Memory held", ylabel="bytes")
    figure.savefig(path)


def _lines(axes, amounts):
    """One line for each of (nodes, amounts)."""
    for (label, (counts, amount)), marker in zip(amounts.items(), "osD^v", strict=False):
        label = f"{label}: {exponent(counts, amount):.2f}"
        axes.loglog(counts, amount, marker=marker, markersize=4, label=label)
    room_for_legend = 50 * max(max(amount) for _, amount in amounts.values())
    axes.set(xlabel="nodes", ylim=(None, room_for_legend))
    axes.legend(loc="upper left", title="exponent")
    axes.grid(alpha=0.3)
