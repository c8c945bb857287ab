"""How each stage of an exercise is computed: a sentence, and a formula with symbols, as text and as LaTeX.

Hints and worked solutions are written with it. An expression needs no such table: its rules are run on symbols.
"""

from typing import NamedTuple

import numpy as np

from .. import formula
from ..trace import trace
from .exercise import Task
from .procedure import Procedure


class How(NamedTuple):
    """How a stage is computed: in a sentence, as a formula, and the formula in LaTeX."""

    sentence: str
    text: str
    latex: str


SLOPES = {
    "sigmoid": ("a ⊙ (1 − a)", r"a \odot (1 - a)"),
    "tanh": ("1 − a ⊙ a", r"1 - a \odot a"),
    "relu": ("1 where z > 0, else 0", r"[z > 0]"),
    "leaky_relu": ("1 where z > 0, else the small slope", r"f'(z)"),
    "elu": ("1 where z > 0, else a + α", r"f'(z)"),
    "softplus": ("σ(z)", r"\sigma(z)"),
}


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
        "The weighted sum of the inputs, plus the bias.",
        f"{h} {W}ᵀ + {b}",
        rf"{_latex(h)} {_latex(W)}^\top + {_latex(b)}",
    )


def _activated(task, k):
    nodes = task.find("activation", k) + task.find("output", k)
    name = nodes[0].primitive.name if nodes else "the identity"
    return How(
        f"The activation, {name}, entry by entry." if name != "softmax" else "The softmax of each row.",
        f"{name}(z{k})",
        rf"\mathrm{{{name.replace('_', ' ')}}}({_latex(f'z{k}')})",
    )


def _skipped(task, k):
    h = _input(task, k)
    return How(
        "The skip connection: the input of the layer is added.", f"a{k} + {h}", f"{_latex(f'a{k}')} + {_latex(h)}"
    )


def _delta(task, k):
    if k == task.depth:
        return _output_delta(task, k)
    W = _weights_of(task, k + 1)
    name = task.find("activation", k)[0].primitive.name if task.find("activation", k) else "identity"
    slope = SLOPES.get(name, ("1", "1"))
    skipped = task.find("skip", k + 1)
    extra = ("δ through the skip connection + ", r"\delta_\mathrm{skip} + ") if skipped else ("", "")
    return How(
        f"The gradient goes back through {W}, then through the activation, whose derivative is {slope[0]}.",
        f"({extra[0]}delta{k + 1} {W}) ⊙ f′(z{k})",
        rf"({extra[1]}{_latex(f'delta{k + 1}')} {_latex(W)}) \odot f'({_latex(f'z{k}')})",
    )


def _output_delta(task, k):
    node = (task.find("output", k) or [None])[0]
    kind = node.primitive.name if node is not None else "identity"
    n = rf"\tfrac{{1}}{{{task.batch}}}" if task.batch > 1 else ""
    if any(m.primitive.name == "xlogy" for m in task.find("loss")):
        return How(
            f"For this loss behind {kind}, the derivatives of the logarithm and of the activation cancel to y − t.",
            f"(y − T) / {task.batch}",
            rf"{n} (y - T)",
        )
    slope = SLOPES.get(kind, ("1", "1"))[0].replace("a", "y")
    return How(
        f"The derivative of the loss by y, times the derivative of the activation, {slope}.",
        f"∂loss/∂y ⊙ f′(z{k})",
        rf"\frac{{\partial L}}{{\partial y}} \odot f'({_latex(f'z{k}')})",
    )


def _weights(task, k):
    layers = [p.layer for n, p in task.places.items() if p.role == "turn" and n.parents[0].name == f"W{k}"]
    parts = [
        (f"delta{j}ᵀ {_input(task, j)}", rf"{_latex(f'delta{j}')}^\top {_latex(_input(task, j))}") for j in layers
    ]
    penalty = (" + λ W", r" + \lambda W") if task.l2 else ("", "")
    return How(
        "Every weight receives δ of its unit times the input it multiplies, summed over the samples.",
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
    """A value in LaTeX, to four digits."""
    return formula.latex(formula.Symbol(None, np.asarray(value) if np.ndim(value) else float(value)))
