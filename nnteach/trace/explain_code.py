"""The forward and backward pass as plain Python, with the student's own names.

    print(explain_code(f))

The code is made by running the rules of the table on symbols and writing those as Python. It stands alone (NumPy is all
it needs, and the functions of `nnteach.core.ops` where NumPy has none), it runs, and gives the engine's numbers.
"""

import itertools
import keyword
import re

import numpy as np

from ..core import ops
from ..core.autodiff import backward_steps
from ..core.errors import GraphError, message
from ..core.graph import Node, ordered
from ..core.node_names import labels
from ..core.primitive import PRIMITIVES
from ..symbolic.formula import Symbol, as_symbol
from .trace import is_bare_number

# Written by template: {0}, {1} are the inputs, {axis} and the like the settings. Anything else becomes a call into ops.
_PYTHON = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / {1}", "power": "{0} ** {1}",
    "negative": "-{0}", "square": "{0} ** 2", "matmul": "{0} @ {1}", "matrix_transpose": "{0}.T",
    "exp": "np.exp({0})", "log": "np.log({0})", "sqrt": "np.sqrt({0})", "sin": "np.sin({0})", "cos": "np.cos({0})",
    "tanh": "np.tanh({0})", "absolute": "np.abs({0})", "sign": "np.sign({0})", "maximum": "np.maximum({0}, {1})",
    "minimum": "np.minimum({0}, {1})", "outer": "np.outer({0}, {1})", "equal": "({0} == {1})", "greater": "({0} > {1})",
    "greater_equal": "({0} >= {1})", "not_equal": "({0} != {1})", "logical_and": "np.logical_and({0}, {1})",
    "logical_or": "np.logical_or({0}, {1})", "logical_not": "np.logical_not({0})", "where": "np.where({0}, {1}, {2})",
    "matvec": "{0} @ {1}",
}
_ONLY_FOR_RANKS = {"outer": (1, 1), "matrix_transpose": (2,), "matvec": (2, 1)}  # as NumPy means them
_BY_NOTATION = {PRIMITIVES[name].notation: name for name in
                ("add", "subtract", "multiply", "divide", "negative", "square", "greater", "greater_equal")}
MOST_CHARACTERS = 100_000
"""Of one line of code."""
_OPERATORS = (" + ", " - ", " * ", " / ", " ** ", " @ ")


def explain_code(root: Node) -> str:
    """Write the forward and backward pass of a result as plain Python.

    Args:
        root: a single number.

    Returns:
        Source code. It defines every value under its own name and every gradient as d and that name; run it with
        `exec(code, {})` or paste it into a cell, where an operation of one's own must be defined.

    Raises:
        GraphError: if the result is an array.
    """
    if root.shape != ():
        raise GraphError(message("a single number to differentiate", f"an array of shape {root.shape}",
                                 "Sum or average it first"))
    nodes = ordered(root)
    names = _identifiers(labels(nodes))
    leaves = [n for n in nodes if n.primitive is None and not is_bare_number(n)]
    lines = ["# the inputs", *[f"{names[n]} = {_literal(n.value)}" for n in leaves]]
    lines += ["", "# forward: every value from those before it"]
    lines += [f"{names[n]} = {_forward(n, names)}" for n in nodes if n.primitive]
    lines += ["", "# backward: every gradient from those after it", f"d{names[root]} = 1.0", *_backward(root, names)]
    code = "\n".join(lines)
    imports = ["import numpy as np"] * ("np." in code) + ["from nnteach import ops"] * ("ops." in code)
    return "\n".join([*imports, ""] * bool(imports) + [code]) + "\n"


def _identifiers(named):
    """Python identifiers for all nodes, as close to their names as can be, and distinct."""
    taken, result, twins = {"np", "ops"}, {}, {}
    for node, name in named.items():
        word = re.sub(r"\W+", "_", name).strip("_")[:40] or "u"
        word = f"u{word}" if word[0].isdigit() or keyword.iskeyword(word) else word
        unique, numbers = word, twins.setdefault(word, itertools.count(2))
        while unique in taken or f"d{unique}" in taken:
            unique = f"{word}_{next(numbers)}"
        taken |= {unique, f"d{unique}"}
        result[node] = unique
    return result


def _literal(value):
    if np.ndim(value) == 0:
        return repr(value.item() if isinstance(value, np.generic) else value)
    kept = f", dtype=np.{value.dtype}" if value.dtype != np.float64 else ""
    return f"np.array({value.tolist()}{kept})"


def _symbol(node, names):
    return Symbol(None if is_bare_number(node) else names[node], node.value)


def _forward(node, names):
    inputs = [_symbol(p, names) for p in node.parents]
    return _call(node.primitive, inputs, [*map(_leaf, inputs)], node.static)


def _backward(root, names):
    """One line for every step of the backward pass; what arrives second is added to what is there.

    An array is added in a new one: `du += …` would also change the gradient that `du` was set equal to.
    """
    node = rules = None
    for step in backward_steps(root):
        if step.node is not node:  # one after the other hands on to all of its inputs
            node, rules = step.node, _rules(step.node, names)
        target = f"d{names[step.parent]}"
        if step.kind == "unbroadcast":
            written = f"ops.sum_to({target}_here, shape={step.parent.shape})"
        else:
            upstream = Symbol(f"d{names[node]}", step.upstream)
            written = _write(as_symbol(rules(step.slot, upstream)))
        if step.total is None:
            yield f"{target}_here = {written}"
        elif step.before is None:
            yield f"{target} = {written}"
        else:
            yield f"{target} += {written}" if step.parent.shape == () else f"{target} = {target} + {written}"


def _rules(node, names):
    """The rules of a node on symbols, as a function of slot and upstream gradient."""
    rules, given = node.primitive.rules([_symbol(p, names) for p in node.parents], node.static)
    out = Symbol(names[node], node.value)
    return lambda slot, upstream: rules[slot](upstream, out, *given, **node.static)


def _write(symbol: Symbol) -> str:
    """An expression of symbols as Python, from its leaves up, with a stack of our own.

    Raises:
        GraphError: if the rule of an operation of one's own makes more of it than a file should hold.
    """
    written, waiting = {}, [symbol]  # by id: the symbols live as long as the one they are part of
    while waiting:
        one = waiting[-1]
        missing = [part for part in one.inputs if id(part) not in written] if _is_made(one) else []
        if missing:
            waiting += missing
            continue
        written[id(waiting.pop())] = text = _made(one, written) if _is_made(one) else _leaf(one)
        if _is_made(one) and len(text) > MOST_CHARACTERS:
            raise GraphError(message(f"rules that are written in {MOST_CHARACTERS} characters", "a longer one",
                                     "Name what it computes several times in an operation of its own"))
    return written[id(symbol)]


def _is_made(symbol):
    return symbol.name is None and symbol.notation is not None


def _leaf(symbol):
    if symbol.name is not None:
        return symbol.name
    whole = np.ndim(symbol.value) == 0 and float(symbol.value).is_integer() and abs(symbol.value) < 1e6
    return str(int(symbol.value)) if whole else _literal(symbol.value)


def _made(symbol, written):
    primitive = symbol.primitive or PRIMITIVES[_BY_NOTATION[symbol.notation]]
    return _call(primitive, symbol.inputs, [written[id(x)] for x in symbol.inputs], symbol.static)


def _call(primitive, inputs, written, static):
    template = _PYTHON.get(primitive.name)
    ranks = tuple(len(x.shape) for x in inputs)
    if template is None or static or ranks != _ONLY_FOR_RANKS.get(primitive.name, ranks):
        settings = [f"{key}={_setting(value)}" for key, value in static.items()]
        where = "ops." if hasattr(ops, primitive.name) else ""  # an operation of one's own goes by its own name
        return f"{where}{primitive.name}({', '.join([*written, *settings])})"
    if template.startswith(("{0}", "-")):
        written = [f"({x})" if _needs_brackets(x) else x for x in written]
    return template.format(*written)


def _setting(value):
    return f"np.{value.name}" if isinstance(value, np.dtype) else repr(value)


def _needs_brackets(written):
    depth, flat = 0, []
    for c in written:
        depth += (c in "([") - (c in ")]")
        flat.append(c if depth == 0 else "")
    return any(operator in "".join(flat) for operator in _OPERATORS) or written.startswith("-")
