"""How each stage of an exercise is computed: a sentence, and a formula with symbols, as text and as LaTeX.

Hints and worked solutions are written with it. An expression needs no such table: its rules are run on symbols.
"""

import functools
import operator
from typing import NamedTuple

import numpy as np

from ...symbolic import formula
from ...symbolic.formula import Symbol, as_symbol
from ...trace.trace import trace
from ..exercises.definitions import backward, in_words, slope, spelled
from ..exercises.exercise import Task
from ..exercises.procedure import Procedure


class How(NamedTuple):
    """How a stage is computed: in a sentence, as a formula, and the formula in LaTeX."""

    sentence: str
    text: str
    latex: str


def how(task: Task, name: str) -> How:
    """How a stage is computed."""
    if isinstance(task, Procedure):
        step = task.step(name)
        return How(step.sentence, step.text, step.latex)
    return _of_network(task, name) if task.is_network else _of_expression(task, name)


# ------------------------------------------------------------------------------------------------ networks


def _of_network(task, name):
    if name.endswith("_new"):
        p = name.removesuffix("_new")
        return How("One step down the gradient.", f"{p} − η · d{p}", rf"{_latex(p)} - \eta \, {_latex('d' + p)}")
    if name == "y":
        return _activated(task, task.depth)
    k = int("".join(c for c in name if c.isdigit()))
    kind = name.removesuffix(str(k))
    return {"z": _pre, "a": _activated, "h": _skipped, "delta": _delta, "dW": _weights, "db": _biases}[kind](
        task, k
    )


def _input(task, k):
    """What goes into a layer: X, or the result of the layer before."""
    return task.find("product", k)[0].parents[0].name


def _weights_of(task, k):
    return task.find("turn", k)[0].parents[0].name


def _pre(task, k):
    h, W = _input(task, k), _weights_of(task, k)
    b = f"b{W[1:]}"
    return How(
        "The weighted sum of the inputs, plus the bias, which is added to every row.",
        f"{h} {W}ᵀ + {b}",
        rf"{_latex(h)} {_latex(W)}^\top + {_latex(b)}",
    )


def _activated(task, k):
    a, z = _activation(task, k)
    if a is z:
        return How(f"There is no activation here: it is z{k} itself.", f"z{k}", _latex(f"z{k}"))
    written = spelled(a, {z: _name(f"z{k}", z)})
    if not a.primitive.elementwise:
        sentence = f"The {a.primitive.name} of each row: e to the power of every entry, divided by their sum."
        return How(sentence, *_both(written))
    return How(f"The activation, entry by entry: {in_words(written)}.", *_both(written))


def _skipped(task, k):
    h = _input(task, k)
    a, z = _activation(task, k)
    whole = spelled(a, {z: _name(f"z{k}", z)})
    return How("The activation of this layer, and by the skip connection what came into it.",
               *_both(whole + _name(h, task.find("product", k)[0].parents[0])))


def _activation(task, k):
    """The activation of a layer and its pre-activation: the same node, where there is none."""
    z = task.find("bias", k)[0]
    return (task.find("activation", k) + task.find("output", k) + [z])[0], z


def _delta(task, k):
    if k == task.depth:
        return _output_delta(task, k)
    arriving = [_delta_symbol(task, j) @ _name(_weights_of(task, j), task.find("turn", j)[0].parents[0])
                for j in _reached(task, k)]
    upstream = functools.reduce(operator.add, arriving)
    where = "; over the skip connection comes what the layer after it receives" if len(arriving) > 1 else ""
    a, z = _activation(task, k)
    W = _weights_of(task, k + 1)
    if a is z:
        return How(f"The gradient goes back through {W}{where}; there is no activation.", *_both(upstream))
    sentence, delta = _through(task, k, upstream)
    return How(f"The gradient goes back through {W}{where}, then through the activation, {sentence}.", *_both(delta))


def _reached(task, k):
    """The layers whose δ comes to the result of layer k: the next one, and those that a skip connection leads to."""
    yield k + 1
    while task.find("skip", k + 1):
        k += 1
        yield k + 1


def _through(task, k, upstream):
    """What becomes of a gradient in the activation of a layer: in words, and as a formula."""
    a, z = _activation(task, k)
    known = {z: _name(f"z{k}", z)}
    if not task.find("skip", k):  # beside a skip connection the activation alone has no name
        known[a] = _name("y" if k == task.depth else f"a{k}", a)
    if not a.primitive.elementwise:
        upstream = Symbol(upstream.name, np.asarray(a.value), "", upstream.notation, upstream.inputs)
        return f"a {a.primitive.name}, which mixes the entries of a row", backward(a, z, known, upstream)
    factor = slope(a, z, known)
    words = in_words(factor)
    return f"whose derivative is {words}", upstream * factor


def _output_delta(task, k):
    y, z = _activation(task, k)
    loss = task.find("loss")[-1]
    known = {y: _name("y", y), z: _name(f"z{k}", z)}
    if y is not z and _cancels(task, y, z):
        return How(f"For this loss behind the {y.primitive.name}, the derivatives of the logarithm "
                   "and of the activation cancel to y − t.", *_averaged(task))
    by_y = backward(loss, y, known, as_symbol(1.0))
    if y is z:
        return How("The derivative of the loss by y, which is z itself.", *_both(by_y))
    sentence, delta = _through(task, k, by_y)
    return How(f"The derivative of the loss by y, then through the activation, {sentence}.", *_both(delta))


def _cancels(task, y, z):
    """Whether y − t, averaged, is what z receives: only behind its own activation, and if the targets sum to 1."""
    takes_logarithms = any(n.primitive.name == "xlogy" for n in task.find("loss"))
    difference = (y.value - task.given["T"]) / task.batch
    return takes_logarithms and np.allclose(_received(task, z), difference, rtol=1e-9, atol=1e-12)


def _averaged(task):
    if task.batch == 1:
        return "y − T", "y - T"
    return f"(y − T) / {task.batch}", rf"\tfrac{{1}}{{{task.batch}}} (y - T)"


def _received(task, node):
    """The gradient of a node; where none arrives, it is zero."""
    found = (total for _, _, parent, total in reversed(task.steps) if parent is node)
    return next(found, np.zeros(node.shape))


def _delta_symbol(task, j):
    return Symbol(f"δ{j}", _received(task, task.find("bias", j)[0]))


def _name(name, node):
    return Symbol(name, node.value)


def _both(symbol):
    """A formula as text, in which a product of matrices is written without a sign, and as LaTeX."""
    text, latex = formula.text(symbol), formula.latex(symbol)
    return text.replace(" @ ", " ").replace("δ", "delta"), latex.replace(r"\delta _", r"\delta_")


def _weights(task, k):
    layers = [p.layer for n, p in task.places.items() if p.role == "turn" and n.parents[0].name == f"W{k}"]
    parts = [
        (f"delta{j}ᵀ {_input(task, j)}", rf"{_latex(f'delta{j}')}^\top {_latex(_input(task, j))}") for j in layers
    ]
    share = formula.text(as_symbol(task.l2))
    penalty = (f" + {share} W{k}", rf" + {share}\,{_latex(f'W{k}')}") if task.l2 else ("", "")
    return How(
        "Every weight receives δ of its unit times the input it multiplies, summed over the samples"
        + (", and λ times itself from the penalty." if task.l2 else "."),
        " + ".join(p[0] for p in parts) + penalty[0],
        " + ".join(p[1] for p in parts) + penalty[1],
    )


def _biases(task, k):
    layers = [p.layer for n, p in task.places.items() if p.role == "bias" and n.parents[1].name == f"b{k}"]
    return How(
        "Every bias receives δ of its unit, summed over the samples.",
        " + ".join(f"the column sums of delta{j}" for j in layers),
        " + ".join(rf"\sum_{{\mathrm{{rows}}}} {_latex(f'delta{j}')}" for j in layers),
    )


def _latex(name):
    letters = name.rstrip("0123456789")
    index = name[len(letters) :]
    symbol = {"delta": r"\delta", "dW": r"\partial W", "db": r"\partial b"}.get(letters, letters)
    return f"{symbol}_{{{index}}}" if index else symbol


# ---------------------------------------------------------------------------------------------- expressions


def _of_expression(task, name):
    told, stage = trace(task.root), task.stages[name]
    if stage.kind == "value":
        operation = told.operation(stage.node)
        return How("The value, from the values before it.", formula.text(operation), formula.latex(operation))
    arriving = [
        told.contribution(step)
        for step in told.steps
        if step.slot is not None and step.parent is stage.node and step.kind == "contribution"
    ]
    many = len(arriving) > 1
    return How(
        "The gradients over all paths add up." if many else "The gradient from above times the local derivative.",
        " + ".join(map(formula.text, arriving)),
        " + ".join(map(formula.latex, arriving)),
    )


def matrix(value) -> str:
    """A value in LaTeX, to four digits; a list of numbers as a row, as it stands on the sheet."""
    value = np.asarray(value)[None, :] if np.ndim(value) == 1 else np.asarray(value) if np.ndim(value) else float(value)
    return formula.latex(formula.Symbol(None, value))
