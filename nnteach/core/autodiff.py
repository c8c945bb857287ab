"""The backward pass: the chain rule, one edge at a time.

`backward_steps(f)` is a generator that yields a Step for every application of the chain rule. `backward()` and `grad()`
merely run it to its end; the player shows what it yields. There is no second implementation, so a picture cannot
disagree with a number.

    for step in backward_steps(f):
        step.upstream * step.local == step.contribution     # and step.before + step.contribution == step.total
"""

import functools
import itertools
import operator
import warnings
from typing import NamedTuple

import numpy as np

from . import ops
from .errors import DisconnectedWarning, GraphError, message, shape_text
from .graph import Node, constant, ordered, settle, variable
from .node_names import describe
from .primitive import shape_of

_number = operator.attrgetter("_value")  # what the rules read in symbol-to-number mode


_FLOAT64 = np.dtype(np.float64)  # that of a plain float


def _itself(node):  # what they read in symbol-to-symbol mode
    return node


class Step(NamedTuple):
    """One application of the chain rule, on the edge from a node back to one of its parents.

    A trace also holds the steps before and after the backward pass ("zero", "evaluate", "seed", "update"),
    where node itself is what changes, slot is None, and before + contribution = total still holds.

    Attributes:
        kind: "contribution", or "unbroadcast" where a contribution is summed to the parent's shape.
        node: the node whose gradient is complete and handed on.
        slot: which of its parents receives (x * x has slots 0 and 1).
        upstream: the gradient of the node.
        contribution: what goes to the parent through this edge.
        before: the parent's gradient so far; None if nothing has arrived yet.
        total: the parent's gradient after this step; None while the contribution has still to be summed to shape.
    """

    kind: str
    node: Node
    slot: int | None
    upstream: object
    contribution: object
    before: object
    total: object

    @property
    def parent(self) -> Node | None:
        """Who receives; None if the step is not on an edge."""
        return None if self.slot is None else self.node.parents[self.slot]

    @property
    def focus(self) -> Node:
        """The node that this step changes."""
        return self.node if self.slot is None else self.node.parents[self.slot]

    @property
    def phase(self) -> str:
        """"forward", "backward" or "update"."""
        return {"zero": "forward", "evaluate": "forward", "update": "update"}.get(self.kind, "backward")

    @property
    def local(self):
        """The local derivative, entry by entry; None where there is no such number (a matrix product)."""
        if self.kind != "contribution" or not self.node.primitive.elementwise:
            return None
        out = self.node.value
        one = 1.0 if type(out) is float else settle(np.ones_like(out))
        with np.errstate(all="ignore"):
            return settle(_contribution(self.node, self.slot, one, out, [p.value for p in self.node.parents]))


def backward_steps(root: Node, seed=None):
    """Walk back from a node, newest node first, and yield a Step for every edge.

    Args:
        root: the node to differentiate; a single number unless a seed is given.
        seed: the gradient to start from, of the root's shape; 1 by default.

    Yields:
        Step, in the order in which the chain rule is applied.

    Raises:
        GraphError: if the root is an array and there is no seed, or depends on no variable.
    """
    steps = itertools.starmap(Step, _sweep(root, ordered(root), {root: seed_of(root, seed)}, _number))
    return iter(np.errstate(all="ignore")(functools.partial(next, steps, None)), None)


def _sweep(root, order, totals, read):
    """The only backward pass: fill `totals` (node -> gradient) and yield the fields of a Step for every edge.

    `read` says what the rules see of a node: its number, or the node itself.
    """
    for node in reversed(order):  # newest first: whoever uses a node was made after it, so its gradient is complete
        parents = node.parents
        if not parents or node not in totals:
            continue
        upstream, out, inputs = totals[node], read(node), [*map(read, parents)]
        rules, static = node.primitive.vjps, node.static
        if type(rules) is not tuple:  # any number of inputs
            rules, inputs = node.primitive.rules(inputs, static)
        for slot, parent in enumerate(parents):
            if not parent.active or (rule := rules[slot]) is None:
                continue
            try:
                contribution = rule(upstream, out, *inputs, **static)
            except ZeroDivisionError:
                contribution = _contribution(node, slot, upstream, out, inputs)
            kind, before = "contribution", totals.get(parent)
            if type(contribution) is not float:
                if contribution is not upstream:
                    contribution = settle(contribution)
                fitted = _fit(contribution, parent)
                if fitted is not contribution:
                    yield kind, node, slot, upstream, contribution, before, None
                    kind, contribution = "unbroadcast", fitted
            elif type(parent._value) is not float and not parent.shape:
                contribution = settle(_precision(parent).type(contribution))
            total = contribution
            if before is not None:
                total = before + contribution
                if type(total) is not float:
                    total = settle(total)
            totals[parent] = total
            yield kind, node, slot, upstream, contribution, before, total


def _contribution(node, slot, upstream, out, inputs):
    """Apply one rule where plain floats may raise; NumPy answers inf or nan instead."""
    rules, inputs = node.primitive.rules(inputs, node.static)
    rule = rules[slot]
    try:
        return rule(upstream, out, *inputs, **node.static)
    except ZeroDivisionError:
        with np.errstate(all="ignore"):
            return rule(*map(np.float64, (upstream, out, *inputs)), **node.static)


def _fit(contribution, parent):
    """Undo broadcasting (sum over the axes along which the parent was repeated) and keep the parent's precision."""
    value = parent._value
    if type(value) is not np.ndarray:
        shape, dtype = parent.shape, parent.dtype
    elif type(contribution) is np.ndarray and contribution.shape == value.shape and contribution.dtype is value.dtype:
        return contribution  # nearly always
    else:
        shape, dtype = value.shape, value.dtype
    if shape_of(contribution) != shape:
        contribution = settle(ops.sum_to(contribution, shape=shape))
    if dtype.kind != "f" or getattr(contribution, "dtype", _FLOAT64) == dtype:  # a pickled array has one of its own
        return contribution
    return settle(ops.astype(contribution, dtype=dtype))


def seed_of(root, seed):
    if not root.active:
        raise GraphError(message("a result that depends on a variable", describe(root),
                                 "Make the inputs with nt.variable or nt.variables; constants have no gradient"))
    if seed is not None:
        seed = settle(np.array(seed, dtype=_precision(root)))
        if shape_of(seed) != root.shape:
            raise GraphError(message(f"a seed of the result's shape, {shape_text(root.shape)}",
                                     shape_text(shape_of(seed))))
        return seed
    if root.shape != ():
        raise GraphError(message("a single number to differentiate", f"{describe(root)} of shape {root.shape}",
                                 "Sum or average it first, as in f.sum().backward(), or give seed="))
    return 1.0 if type(root.value) is float else settle(_precision(root).type(1))


def _exhaust(root, seed, read=_number):
    """Run the backward pass to its end; returns the nodes in order and the gradients of those reached.

    A slope that is inf or nan is no accident of a line of code, so NumPy does not warn: `find_nan` says where it arose.
    """
    order, totals = ordered(root), {root: seed}
    with np.errstate(all="ignore"):
        for _ in _sweep(root, order, totals, read):
            pass
    return order, totals


def backward(root: Node, seed=None, accumulate: bool = False) -> None:
    """Set `.grad` of every node the result was computed from.

    A second call replaces the gradients; with `accumulate=True` it adds to those of the variables, as PyTorch does.
    """
    order, totals = _exhaust(root, seed_of(root, seed))
    for node in order:
        gradient = totals.get(node)
        if gradient is None:
            gradient = zero_like(node) if node.active else None  # nothing flows here, or it is a constant
        if accumulate and not node.parents and node.grad is not None and gradient is not None:
            gradient = settle(node.grad + gradient)
        node.grad = gradient


Node.backward = backward  # type: ignore[method-assign, assignment]  # here, because the graph itself knows nothing of derivatives


def zero_like(node: Node):
    """The zero of a node's shape and precision."""
    return 0.0 if type(node.value) is float else settle(np.zeros(node.shape, _precision(node)))


def _precision(node):
    """The precision of a node's gradient; that of a yes or no is a real number, too."""
    return node.dtype if node.dtype.kind == "f" else _FLOAT64


def grad(root: Node, wrt, symbolic: bool = False, seed=None):
    """The gradient of a result with respect to some nodes.

    Args:
        root: the node to differentiate.
        wrt: a node, or a list of nodes.
        symbolic: give Nodes instead of numbers (000-37): they extend the graph and can be drawn, stepped and
            differentiated again.
        seed: the gradient to start from; 1 by default.

    Returns:
        One gradient per node of `wrt`, in a list, or a single one if `wrt` is a node; zero where nothing flows.

    Warns:
        DisconnectedWarning: if the result was not computed from a node of `wrt`.
    """
    nodes = [wrt] if isinstance(wrt, Node) else list(wrt)
    order, totals = _totals(root, symbolic, seed)
    used = set(order)
    for node in nodes:
        if node not in totals and node not in used:
            warnings.warn(f"{describe(root)} was not computed from {describe(node)}, so this gradient is 0",
                          DisconnectedWarning, stacklevel=2)
    result = _pick(totals, nodes, symbolic)
    return result[0] if isinstance(wrt, Node) else result


def gradients(root: Node, nodes: list[Node], symbolic: bool = False, seed=None) -> list:
    """Like `grad` for a list of nodes, without a word about those that nothing flows to."""
    return _pick(_totals(root, symbolic, seed)[1], nodes, symbolic)


def pulled(order: list[Node], seeds: dict[Node, object]) -> dict[Node, object]:
    """The gradients of several results at once: what arrives at them is handed on, and added up.

    Args:
        order: the nodes, oldest first, as `ordered` gives them.
        seeds: what arrives at each result.

    Returns:
        The gradient of every node that is reached.
    """
    totals = dict(seeds)
    with np.errstate(all="ignore"):
        for _ in _sweep(None, order, totals, _number):
            pass
    return totals


def _totals(root, symbolic, seed):
    start = seed_of(root, seed)
    return _exhaust(root, constant(start), _itself) if symbolic else _exhaust(root, start)


def _pick(totals, nodes, symbolic):
    zero = (lambda node: constant(zero_like(node))) if symbolic else zero_like
    return [totals[node] if node in totals else zero(node) for node in nodes]


def vjp(root: Node, wrt, vector):
    """Vector-Jacobian products, `vectorᵀ · ∂root/∂wrt`: one backward pass.

    Args:
        root: any node.
        wrt: a node, or a list of nodes.
        vector: one number per entry of the root, in its shape.

    Returns:
        An array of the shape of `wrt`, or a list of them.
    """
    return grad(root, wrt, seed=vector)


def jvp(root: Node, wrt: Node, vector) -> np.ndarray:
    """A Jacobian-vector product, `∂root/∂wrt · vector`: how the result moves when `wrt` moves along the vector.

    No second set of rules is needed: v ↦ vᵀJ is linear in v, and differentiating it in v gives J once more.

    Args:
        root: any node.
        wrt: a node.
        vector: a direction, in the shape of `wrt`.

    Returns:
        An array of the shape of the root.
    """
    seed = variable(np.zeros(root.shape, _precision(root)))
    _, totals = _exhaust(root, seed, _itself)
    if wrt not in totals:
        return zero_like(root)
    return gradients(ops.sum(totals[wrt] * constant(vector)), [seed])[0]


def jacobian(root: Node, wrt: Node) -> np.ndarray:
    """All derivatives of all entries: shape `root.shape + wrt.shape`."""
    rows = []
    for index in np.ndindex(root.shape):
        seed = np.zeros(root.shape, _precision(root))
        seed[index] = 1
        rows += gradients(root, [wrt], seed=seed)
    return np.reshape(np.array(rows), root.shape + wrt.shape)


def hessian(root: Node, wrt: Node) -> np.ndarray:
    """All second derivatives of a number: shape `wrt.shape + wrt.shape`."""
    [slope] = gradients(root, [wrt], symbolic=True)
    if not slope.active:
        return np.zeros(wrt.shape + wrt.shape, wrt.dtype)
    return jacobian(slope, wrt)
