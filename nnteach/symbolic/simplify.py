"""Tidying a gradient graph, visibly: the same value from fewer nodes, with a list of what was done.

Symbol-to-symbol derivatives (000-37) contain products by one and sums with zero that a person would not write. Nothing
is simplified behind the student's back: `simplify` is called on purpose and says what it did.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from ..core import ops
from ..core.graph import Node, constant, ordered, record


@dataclass(frozen=True)
class Simplified:
    """A tidied graph.

    Attributes:
        node: the counterpart of the result.
        before, after: how many nodes there were and are.
        rules: how often each rule was used, by its text, such as "1 · a → a".
    """

    node: Node
    before: int
    after: int
    rules: dict[str, int]

    def __repr__(self):
        used = "".join(f"\n  {count} × {rule}" for rule, count in self.rules.items())
        return f"{self.before} nodes became {self.after}{used}"


@np.errstate(all="ignore")  # it was all computed before
def simplify(root: Node) -> Simplified:
    """Rewrite a graph by the rules of `_RULES` and by computing what depends on no variable.

    Args:
        root: any node; its graph stays as it is.

    Returns:
        Simplified; `.node` has the same value (entries may differ in the last digit where constants were combined).
    """
    copies: dict[Node, Node] = {}
    known: dict[tuple, Node] = {}
    used: Counter = Counter()
    for node in ordered(root):
        copies[node] = _tidy(node, [copies[p] for p in node.parents], known, used)
    result = copies[root]
    return Simplified(result, len(ordered(root)), len(ordered(result)), dict(used))


def _tidy(node, parents, known, used):
    if node.primitive is None:
        return node
    if not node.active:
        used["numbers computed"] += 1
        return constant(node.value, node.name)
    for text, primitive, applies, result in _RULES:
        if node.primitive is primitive and applies(*parents):
            replacement = result(*parents)
            if replacement.shape == node.shape:
                used[text] += 1
                return replacement
    return _once(node, parents, known, used)


def _once(node, parents, known, used):
    """The same operation on the same nodes is computed once."""
    key = (node.primitive, tuple(map(id, parents)), repr(node.static))
    if key in known:
        used["the same thing twice → once"] += 1
        return known[key]
    if node.name is None and all(p is q for p, q in zip(parents, node.parents, strict=True)):
        copy = node
    else:
        copy = record(node.primitive, parents, node.static)
        if node.name:
            copy.name = node.name
    known[key] = copy
    return copy


def _is(number):
    return lambda x: not x.active and bool(np.all(np.equal(x.value, number)))


def _one_of(test, index):
    return lambda *inputs: test(inputs[index])


_ZERO, _ONE = _is(0), _is(1)


def _zeros(a, b):
    return constant(np.zeros(np.broadcast_shapes(a.shape, b.shape)) if a.shape or b.shape else 0.0)


_RULES = (
    ("a · 0 → 0", ops.multiply, _one_of(_ZERO, 1), _zeros),
    ("0 · a → 0", ops.multiply, _one_of(_ZERO, 0), _zeros),
    ("1 · a → a", ops.multiply, _one_of(_ONE, 0), lambda a, b: b),
    ("a · 1 → a", ops.multiply, _one_of(_ONE, 1), lambda a, b: a),
    ("0 + a → a", ops.add, _one_of(_ZERO, 0), lambda a, b: b),
    ("a + 0 → a", ops.add, _one_of(_ZERO, 1), lambda a, b: a),
    ("a − 0 → a", ops.subtract, _one_of(_ZERO, 1), lambda a, b: a),
    ("a / 1 → a", ops.divide, _one_of(_ONE, 1), lambda a, b: a),
    ("a ^ 1 → a", ops.power, _one_of(_ONE, 1), lambda a, b: a),
    ("where(true, a, b) → a", ops.where, _one_of(_is(1), 0), lambda c, a, b: a),
    ("where(false, a, b) → b", ops.where, _one_of(_is(0), 0), lambda c, a, b: b),
    ("−(−a) → a", ops.negative, lambda a: a.primitive is ops.negative, lambda a: a.parents[0]),
    ("(aᵀ)ᵀ → a", ops.matrix_transpose, lambda a: a.primitive is ops.matrix_transpose, lambda a: a.parents[0]),
)
