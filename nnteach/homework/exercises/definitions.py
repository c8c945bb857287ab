"""What an activation or a loss is, and its derivative, written out for the sheets and worked solutions of networks.

Nothing here is a table of derivatives: the graph that the activation or the loss makes is walked on symbols, and the
rules of `ops.py` write the slope. What a rule cannot write is refused; there is no slope by default.
"""

import numpy as np

from ...core import ops
from ...core.autodiff import backward_steps
from ...core.errors import GraphError, message
from ...core.graph import constant, ordered, variable
from ...core.node_names import describe
from ...core.primitive import SETTING
from ...nn.activations import ACTIVATIONS
from ...nn.losses import LOSSES
from ...symbolic import formula
from ...symbolic.formula import Symbol, as_symbol

# What a primitive computes, in simpler ones; any other is written as it is, such as tanh(z).
_SPELLED = {
    "sigmoid": lambda z: 1 / (1 + ops.exp(-z)),
    "relu": lambda z, at_zero=0.0: ops.maximum(0.0, z),
    "leaky_relu": lambda z, slope: ops.where(z > 0, z, slope * z),
    "elu": lambda z, alpha=1.0: ops.where(z > 0, z, alpha * (ops.exp(z) - 1)),
    "softplus": lambda z: ops.log(1 + ops.exp(z)),
    "sigmoid_cross_entropy": lambda z, t: ops.log(1 + ops.exp(z)) - t * z,
}
TITLES = {"relu": "ReLU", "relu_002": "ReLU", "leaky_relu": "leaky ReLU", "leaky_relu_002": "leaky ReLU", "elu": "ELU",
          "step": "step function"}
NAMED = {
    "half_squared_error": "half the squared error, ½ Σ (y − t)²",
    "squared_error": "the squared error, Σ (y − t)²",
    "mse": "the squared error (y − t)², averaged over the outputs too",
    "mae": "the absolute error |y − t|, averaged over the outputs too",
    "cross_entropy": "the cross-entropy, −Σ t ln y",
    "categorical_cross_entropy": "the cross-entropy, −Σ t ln y",
    "binary_cross_entropy": "the binary cross-entropy, −Σ (t ln y + (1 − t) ln(1 − y))",
    "binary_cross_entropy_with_logits": "the binary cross-entropy of σ(y), computed from the logits y: "
                                        "Σ (ln(1 + e^y) − t y)",
    "negative_log_likelihood": "the negative log-likelihood, −Σ t y, where y is the logarithm of a probability",
}
_PROBE = np.array([[-1.5, 0.25, 0.0], [0.75, -0.25, 1.5]])  # numbers of both signs and 0: every case is written


# -------------------------------------------------------------------------------------------- in words


def activation_in_words(name: str) -> str:
    """An activation for a sheet: what it computes with all its settings, and its slope where that is a convention."""
    z = variable(_PROBE, "z")
    a = ACTIVATIONS[name](z)
    title = TITLES.get(name, name.replace("_", " "))
    if a is z:
        return "none (the identity)"
    if a.primitive.name == "softmax":
        return "softmax of each row"
    return f"{title}, {in_words(spelled(a, {z: Symbol('z', z.value)}))}{_at_zero(a, z)}"


def _at_zero(a, z):
    """The slope at 0, if it differs from one of the slopes beside it."""
    left, at, right = (_slope_at(a, z, place) for place in (-1e-9, 0.0, 1e-9))
    return "" if np.isclose(left, at) and np.isclose(at, right) else f", with slope {at:g} at z = 0"


def _slope_at(a, z, place):
    """The slope of an elementwise activation at one place, by the rules."""
    point = variable(np.full((1, 1), place), "z")
    out = _again(a, z, point)
    return float(next((step.total for step in reversed(list(backward_steps(ops.sum(out)))) if step.parent is point),
                      np.zeros((1, 1))).item())


def _again(a, z, point):
    """The same activation of another node."""
    copies = {z: point}
    for node in ordered(a):
        if node not in copies:
            inputs = [copies[p] for p in node.parents]
            copies[node] = node.primitive(*inputs, **node.static) if node.primitive else node
    return copies[a]


def in_words(symbol: Symbol) -> str:
    """A formula as it is read on a sheet; a distinction of cases in words."""
    if (symbol.notation or "").startswith("where("):
        condition, then, otherwise = symbol.inputs
        return f"{in_words(then)} where {formula.text(condition).strip('[]')}, else {in_words(otherwise)}"
    if (written := formula.text(symbol)).startswith("[") and written.index("]") == len(written) - 1:
        return f"1 where {formula.text(symbol).strip('[]')}, else 0"
    return formula.text(symbol)


def loss_in_words(name: str) -> str:
    """A loss for a sheet: in words, and as a formula in the prediction y and the target t."""
    if name in NAMED:
        return NAMED[name]
    y, t = variable(_PROBE, "y"), constant(np.abs(_PROBE), "t")
    each = LOSSES[name](y, t, "none")
    formula_of = formula.text(spelled(each, {y: Symbol("y", y.value), t: Symbol("t", t.value)}))
    return f"the {name.replace('_', ' ')}, {'' if each.ndim < 2 else 'Σ '}({formula_of})"


# ------------------------------------------------------------------------------------------ as formulas


def spelled(node, known: dict, spell: bool = True) -> Symbol:
    """How a node is computed from those that are known, written out.

    Args:
        node: the result.
        known: node -> Symbol.
        spell: whether σ, ReLU and the like are written in simpler functions.
    """
    return _symbols(node, known, spell)[node]


def _symbols(node, known, spell):
    made = dict(known)
    for n in ordered(node):
        if n in made:
            continue
        if n.primitive is None:
            made[n] = Symbol(n.name, n.value)
            continue
        compute = _SPELLED.get(n.primitive.name, n.primitive) if spell else n.primitive
        made[n] = as_symbol(compute(*(made[p] for p in n.parents), **n.static))
    return made


def slope(node, at, known: dict) -> Symbol:
    """The derivative of an elementwise result by the node it was made of, as the rules write it.

    Args:
        node: the result, such as an activation or the loss.
        at: what it is differentiated by.
        known: node -> Symbol, for whatever has a name.

    Raises:
        GraphError: if a rule cannot be written.
    """
    return backward(node, at, known, as_symbol(1.0))


def backward(node, at, known: dict, upstream: Symbol) -> Symbol:
    """What `at` receives when `node` has the gradient `upstream`, as the rules write it."""
    made = _symbols(node, known, spell=False)
    inside = set(ordered(node))
    totals = {node: upstream}
    for n in reversed(ordered(node)):
        if n is at or n not in totals or n.primitive is None:
            continue
        for slot, parent in enumerate(n.parents):
            if parent in inside and _leads_to(parent, at) and n.primitive.vjps[slot] is not None:
                part = _tidy(_rule(n, slot, totals[n], made))
                totals[parent] = _sum(totals[parent], part) if parent in totals else part
    return totals.get(at, as_symbol(0.0))


def _leads_to(node, at):
    return at in set(ordered(node))


def _rule(node, slot, upstream, made):
    try:
        return as_symbol(node.primitive.vjps[slot](
            upstream, made[node], *(made[p] for p in node.parents), **node.static))
    except (TypeError, AttributeError, ValueError) as trouble:
        raise GraphError(message(f"a rule of {node.primitive.name} that can be written as a formula",
                                 f"one that stops with {type(trouble).__name__} on symbols",
                                 f"Write the rule for {describe(node.parents[slot])} with operators and "
                                 "primitives only")) from trouble


def _tidy(symbol: Symbol) -> Symbol:
    """The same without guards against a division by zero that does not happen, and with numbers multiplied."""
    if not symbol.inputs:
        return symbol
    inputs = tuple(_tidy(x) for x in symbol.inputs)
    if symbol.notation.partition(SETTING)[0] == "spread(a)" and _is_number(inputs[0]):
        return inputs[0]  # a number for every entry
    if symbol.notation.startswith("where(") and inputs[0].notation == "[a = b]":
        return _unguarded(symbol, inputs)
    if symbol.notation == "a · b":
        return _product(*inputs)
    if symbol.notation == "−a":
        return _product(as_symbol(-1.0), inputs[0])
    return Symbol(symbol.name, symbol.value, symbol.role, symbol.notation, inputs, symbol.primitive, symbol.static)


def _unguarded(symbol, inputs):
    """What stands behind `where(… = 0, …, rest)`, if with these numbers it comes to the same."""
    rest = inputs[2]
    if rest.notation == "a / b":
        over, under = rest.inputs
        with np.errstate(all="ignore"):
            rest = over / (under.inputs[2] if (under.notation or "").startswith("where(") else under)
    if np.array_equal(np.broadcast_to(rest.value, np.shape(symbol.value)), symbol.value):
        return rest
    return Symbol(None, symbol.value, "", symbol.notation, inputs, symbol.primitive, symbol.static)


def _product(a, b):
    """a · b with its numbers in front, and multiplied into a distinction of cases."""
    for one, other in ((a, b), (b, a)):
        if _is_number(one):
            factor, rest = _factor(other)
            return rest if one.value * factor == 1 else as_symbol(one.value * factor) * rest
        if (one.notation or "").startswith("where("):
            condition, then, otherwise = one.inputs
            return ops.where(condition, _product(then, other), _product(otherwise, other))
    return a * b


def _is_number(symbol):
    return symbol.is_number and symbol.shape == ()


def _factor(symbol):
    """The number in front of a product, and the rest."""
    if symbol.notation == "−a":
        return -1.0, symbol.inputs[0]
    if symbol.notation == "a · b" and _is_number(symbol.inputs[0]):
        return symbol.inputs[0].value, symbol.inputs[1]
    return 1.0, symbol


def _sum(a, b):
    """a + b; two distinctions of the same cases make one, and a negative number is taken away."""
    for one, other in ((a, b), (b, a)):
        if one.is_exactly(0):
            return other
    if all((x.notation or "").startswith("where(") for x in (a, b)) and _same(a.inputs[0], b.inputs[0]):
        return ops.where(a.inputs[0], _sum(a.inputs[1], b.inputs[1]), _sum(a.inputs[2], b.inputs[2]))
    factor, rest = _factor(b)
    return a - _product(as_symbol(-factor), rest) if factor < 0 else a + b


def _same(a, b):
    return formula.text(a) == formula.text(b)
