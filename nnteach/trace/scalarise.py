"""The scalar zoom: the graph of single numbers behind a graph of arrays.

    scalars(f)          # the same loss, built from single multiplications and additions

Every array becomes an object array of scalar Nodes, and the operations run once more on those: NumPy's own
matrix product and sum, on objects, multiply and add our Nodes, and so write out the scalar graph. Gradients
are equal entry by entry, which makes the zoom an independent check of every array rule.
"""

import builtins

import numpy as np

from ..core import ops
from ..core.errors import GraphError, message
from ..core.graph import Node, constant, ordered, variable
from ..core.node_names import describe, short


def scalars(root: Node) -> Node:
    """The scalar graph of a vector graph.

    Args:
        root: a single number, such as a loss.

    Returns:
        Its counterpart in the scalar graph. An entry of W is called W[0,1]; use `entries` for the whole map.

    Raises:
        GraphError: if the root is an array.
    """
    if root.shape != ():
        raise GraphError(message("a single number to zoom into", f"{describe(root)} of shape {root.shape}",
                                 "Sum or average it first, or use nnteach.trace.scalarise.entries(f)"))
    return entries(root)[root].item()


MOST_SCALARS = 1_000_000
"""Nodes of a scalar graph; as many take seconds and half a gigabyte."""


@np.errstate(all="ignore")  # it was all computed before
def entries(root: Node) -> dict[Node, np.ndarray]:
    """For every node of a graph, the object array of the scalar Nodes that are its entries.

    Raises:
        GraphError: if they would be very many.
    """
    count = builtins.sum(map(_count, ordered(root)))
    if count > MOST_SCALARS:
        raise GraphError(message(f"a graph of at most {MOST_SCALARS} single numbers", f"about {count} of them",
                                 "Take fewer samples or units, such as the loss of X[:1], "
                                 "or the scalars of a result on the way"))
    scalar: dict[Node, np.ndarray] = {}
    for node in ordered(root):
        scalar[node] = _leaf(node) if node.primitive is None else _apply(node, [scalar[p] for p in node.parents])
        if node.name and node.primitive is not None:
            _name(scalar[node], node.name)
    return scalar


def _count(node):
    """About how many scalar nodes a node becomes: entries, terms of its sums, products."""
    if node.primitive is None or node.primitive.elementwise:
        return node.size
    if node.primitive.name == "matmul":
        return 2 * node.size * node.parents[0].shape[-1]
    return node.size + builtins.sum(parent.size for parent in node.parents)


def _leaf(node):
    make = variable if node.kind == "input" else constant
    values = np.asarray(node.value)
    made = np.empty(node.shape, object)
    for index in np.ndindex(node.shape):
        made[index] = make(values[index].item() if values.dtype == np.float64 else values[index])
    if node.name:
        _name(made, node.name)
    return made


def _name(nodes, name):
    name = short(name)  # it comes once for every entry
    for index in np.ndindex(nodes.shape):
        if not nodes[index].name:  # an entry of Wᵀ is an entry of W, and keeps its name
            nodes[index].named(name + (f"[{','.join(map(str, index))}]" if index else ""))


def _apply(node, inputs):
    if node.primitive.elementwise:
        return _entry_by_entry(node.primitive, inputs, node.static)
    written_out = _WRITTEN_OUT.get(node.primitive.name, node.primitive.forward)
    return _objects(written_out(*inputs, **node.static))


def _entry_by_entry(primitive, inputs, static):
    inputs = [_objects(x) for x in inputs]
    made = np.empty(np.broadcast_shapes(*(x.shape for x in inputs)), object)
    inputs = [np.broadcast_to(x, made.shape) for x in inputs]
    for index in np.ndindex(made.shape):
        made[index] = primitive(*[x[index] for x in inputs], **static)
    return made


def _objects(x):
    """An array of objects, also for a single one (NumPy would otherwise try to look inside the Node)."""
    if isinstance(x, np.ndarray):
        return x
    single = np.empty((), object)
    single[()] = x
    return single


# What NumPy cannot do on objects, written out in primitives of single numbers. The shift by the maximum that keeps the
# array versions from overflowing is left out: the zoom is for looking at small numbers.

def _exp(x):
    return _entry_by_entry(ops.exp, [x], {})


def _log(x):
    return _entry_by_entry(ops.log, [x], {})


def _mean(x, axis=None, keepdims=False):
    total = _objects(np.sum(x, axis=axis, keepdims=keepdims))
    return total / (x.size // total.size)


def _softmax(x, axis=-1):
    powers = _exp(x)
    return powers / np.sum(powers, axis=axis, keepdims=True)


def _log_softmax(x, axis=-1):
    return x - _logsumexp(x, axis=axis, keepdims=True)


def _logsumexp(x, axis=-1, keepdims=False):
    return _log(_objects(np.sum(_exp(x), axis=axis, keepdims=keepdims)))


def _softmax_cross_entropy(x, target):
    return -np.sum(target * _log_softmax(x), axis=-1)


def _scatter(x, shape, index):
    places = np.empty(shape, object)
    for place in np.ndindex(places.shape):
        places[place] = []
    x = _objects(x)
    targets = _objects(places[index])
    for place, source in zip(np.ndindex(targets.shape), np.ndindex(x.shape), strict=True):
        targets[place].append(x[source])
    made = np.empty(places.shape, object)
    for place in np.ndindex(made.shape):
        made[place] = builtins.sum(places[place][1:], places[place][0]) if places[place] else constant(0.0)
    return made


_WRITTEN_OUT = {"mean": _mean, "softmax": _softmax, "log_softmax": _log_softmax, "logsumexp": _logsumexp,
                "softmax_cross_entropy": _softmax_cross_entropy,
                "scatter": _scatter}
