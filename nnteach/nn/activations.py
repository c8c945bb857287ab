"""Activations by name, and the forms of them on which courses and frameworks disagree.

An activation takes the pre-activation `pre` (a Node or an array, any shape) and gives `out` of the same
shape. None of them knows a derivative: all are primitives of `ops.py` or composed of such. To add one, add a
line to ACTIVATIONS.
"""

import functools

from ..core import ops
from .table import look_up


def identity(pre):
    """The pre-activation itself: for outputs of a regression, and for logits (004-10)."""
    return pre


def leaky_relu(pre, slope=0.01):
    """x above zero, slope · x from zero down (002-18), so that the slope at the kink is `slope`; 0.01 as in PyTorch."""
    return ops.leaky_relu(pre, slope)


def leaky_relu_002(pre, slope=0.01):
    """Leaky ReLU with the slope 1 at the kink, as deck 002 has it (002-18, E002-9)."""
    return ops.where(pre >= 0, pre, slope * pre)


relu_002 = functools.partial(ops.relu, at_zero=1.0)
relu_002.__doc__ = "ReLU with the slope 1 at the kink, as deck 002 has it (002-17, E002-9)."


def tanh_from_sigmoid(pre):
    """tanh z = 2σ(2z) − 1 (002-16). Deck 004 prints 2σ(z) − 1, which is tanh(z/2) (E004-1)."""
    return 2 * ops.sigmoid(2 * pre) - 1


def step(pre, at_zero=0.0):
    """1 above zero, 0 below (002-14). At zero: 0 in deck 002, 1 in deck 004, whose neuron fires when it *reaches* 0."""
    return ops.step(pre, at_zero=at_zero)


ACTIVATIONS = {
    "identity": identity,
    "sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "relu": ops.relu,
    "relu_002": relu_002,
    "leaky_relu": leaky_relu,
    "leaky_relu_002": leaky_relu_002,
    "elu": ops.elu,
    "softplus": ops.softplus,
    "softmax": ops.softmax,
    "step": step,
}


def activation(name):
    """The activation of that name; a function is returned as it is."""
    return look_up("activation", ACTIVATIONS, name)


def name_of(function) -> str:
    """What an activation is called: its name in the table, or its own."""
    names = [name for name, entry in ACTIVATIONS.items() if entry is function]
    return names[0] if names else getattr(function, "__name__", "activation")
