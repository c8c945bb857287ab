"""The step of every optimizer as formulas, with the numbers put in: what a player and a worked solution show.

A formula is a pair (left, right) of Symbols, "m ← β1 · m + (1 − β1) · g". The right side computes its own number as it
is built, and the tests compare that with what the optimizer computes. The last formula is that of the parameter.

To add an optimizer, write a function that yields its formulas and register it for its class.
"""

from functools import singledispatch

import numpy as np

from ...core.errors import GraphError, message
from ...symbolic.formula import HAT, Symbol
from .adaptive import AdaDelta, AdaGrad, Adam, RMSprop
from .descent import SGD, Momentum, Nesterov


def formulas(optimizer, theta: Symbol, g: Symbol, rate: Symbol, t: int, before: dict, after: dict, letter=str) -> list:
    """The formulas of one step for one parameter.

    Args:
        optimizer: its settings are the numbers of the formulas.
        theta: the parameter before the step.
        g: its gradient.
        rate: the learning rate of this step.
        t: the number of this step, 1 for the first.
        before: what the optimizer remembered of this parameter, slot -> array.
        after: what it remembers now.
        letter: how the name of a slot is written.

    Returns:
        Pairs (what becomes new, formula) in the order of computation; the parameter comes last.
    """
    decay, g, shrunk = _decayed(optimizer, theta, g, rate)
    slots = {slot: (Symbol(letter(slot), before[slot]), Symbol(letter(slot), after[slot])) for slot in optimizer.slots}
    return [*decay, *_rule(optimizer, shrunk, g, rate, Symbol("t", float(t)), **slots)]


def _decayed(optimizer, theta, g, rate):
    """The gradient with the penalty's, as a formula of its own, or the parameter less the share that is taken away."""
    if not optimizer.weight_decay or (theta.name.startswith("b") and not optimizer.decay_biases):
        return [], g, theta
    share = Symbol("λ", optimizer.weight_decay)
    if optimizer.decay == "l2":
        total = g + share * theta
        return [(Symbol("g", total.value), total)], Symbol("g", total.value), theta
    if optimizer.decay == "paper":
        share = share * Symbol(None, rate.value / optimizer.learning_rate)
    elif optimizer.decay == "decoupled":
        share = rate * share
    return [], g, theta - share * theta


@singledispatch
def _rule(optimizer, theta, g, rate, t, **slots):
    raise GraphError(message("an optimizer whose step can be written out",
                             type(optimizer).__name__, "Register its formulas in nnteach/nn/optimizers/formulas.py"))


@_rule.register
def _(optimizer: SGD, theta, g, rate, t):
    yield _new(theta), theta - rate * g


@_rule.register
def _(optimizer: Momentum, theta, g, rate, t, v):
    old, new = v
    yield new, _velocity(optimizer, old, g, rate)
    move = new if optimizer.rate_inside else rate * new
    yield _new(theta), theta + move if optimizer.sign > 0 else theta - move


@_rule.register
def _(optimizer: Nesterov, theta, g, rate, t, v):
    old, new = v
    if optimizer.at_look_ahead:  # only the gradient is another one
        yield from _rule.dispatch(Momentum)(optimizer, theta, g, rate, t, v)
        return
    yield new, _velocity(optimizer, old, g, rate)
    kept = Symbol("μ", optimizer.momentum) * new
    if optimizer.sign < 0 and not optimizer.rate_inside:
        yield _new(theta), theta - rate * (g + kept)
    else:
        move = kept if optimizer.rate_inside else rate * kept
        yield _new(theta), (theta + move if optimizer.sign > 0 else theta - move) - rate * g


def _velocity(optimizer, v, g, rate):
    push = rate * g if optimizer.rate_inside else g
    kept = Symbol("μ", optimizer.momentum) * v
    return kept - push if optimizer.sign > 0 else kept + push


@_rule.register
def _(optimizer: AdaGrad, theta, g, rate, t, G):
    old, new = G
    yield new, old + g * g
    yield _new(theta), theta - rate / _root(new, optimizer.eps, optimizer.eps_inside) * g


@_rule.register
def _(optimizer: RMSprop, theta, g, rate, t, v):
    old, new = v
    yield new, _average("γ", optimizer.average, old, g * g)
    yield _new(theta), theta - rate / _root(new, optimizer.eps, optimizer.eps_inside) * g


@_rule.register
def _(optimizer: AdaDelta, theta, g, rate, t, v, u):
    (old, new), (old_u, new_u) = v, u
    yield new, _average("ρ", optimizer.average, old, g * g)
    formula = _root(old_u, optimizer.eps, True) / _root(new, optimizer.eps, True) * g
    step = Symbol("Δ", formula.value)
    yield step, formula
    yield new_u, _average("ρ", optimizer.average, old_u, step * step)
    yield _new(theta), theta - rate * step


@_rule.register
def _(optimizer: Adam, theta, g, rate, t, m, v):
    (old_m, new_m), (old_v, new_v) = m, v
    yield new_m, _average("β1", optimizer.beta1, old_m, g)
    yield new_v, _average("β2", optimizer.beta2, old_v, g * g)
    one, two = (1 - Symbol(name, share) ** t for name, share in (("β1", optimizer.beta1), ("β2", optimizer.beta2)))
    if optimizer.eps_mode == "hat" and optimizer.bias_correction:
        yield _new(theta), theta - rate * (np.sqrt(two) / one) * (new_m / _root(new_v, optimizer.eps, False))
        return
    if optimizer.bias_correction:
        hats = []
        for kept, share in ((new_m, one), (new_v, two)):
            formula = kept / share
            hats.append(Symbol(None, formula.value, "", HAT, (Symbol(kept.name),)))
            yield hats[-1], formula
        new_m, new_v = hats
    yield _new(theta), theta - rate * (new_m / _root(new_v, optimizer.eps, optimizer.eps_mode == "inside"))


def _average(letter, share, old, new):
    """A moving average: the share that is kept of the old, and the rest of the new."""
    kept = Symbol(letter, share)
    return kept * old + (1 - kept) * new


def _root(square, eps, inside):
    eps = Symbol("ε", eps)
    return np.sqrt(square + eps) if inside else np.sqrt(square) + eps


def _new(theta):
    """The parameter on the left side; of `θ − ηλ · θ` it is θ."""
    return theta if theta.notation is None else theta.inputs[0]
