"""What a primitive is, and how the table in `ops.py` is entered. This module imports nothing of ours.

A primitive called on something that has `__apply__` (a Node, a Symbol) hands the call to it; anything else is
computed at once. That dispatch is all it takes for one rule to serve numbers, gradient graphs and formulas.
"""

import functools
import math
import os
import sys
import warnings

import numpy as np

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep

PRIMITIVES: dict[str, "Primitive"] = {}
_NUMBERS = frozenset((float, int, bool, np.ndarray, np.float64, np.float32))  # computed at once; asking them costs time
FROM_NUMPY: dict = {}  # NumPy function -> ours, so that np.exp(node) is exp(node)
SETTING = "\x1f"  # stands in a notation before what the settings add to it


class Primitive:
    """An elementary operation that knows its own derivative.

    Attributes:
        name: the name it is called by.
        forward: numbers in, number out.
        vjps: one backprop rule per input, `rule(g, y, *inputs, **static)`, or None where no gradient flows.
        notation: how it is written, with a, b, c for the inputs; `formula.py` turns it into text, LaTeX and MathML.
        elementwise: whether every entry has a local derivative of its own (in a matrix product it has not).
        kink: a function of the inputs that is 0 just where the slope, or at a jump the value, is a convention; or None.
        setting: a function (shapes, static) -> how the settings are written, such as "axis 0"; or None.
    """

    def __init__(self, forward, vjps, notation=None, elementwise=True, kink=None, setting=None):
        functools.update_wrapper(self, forward)
        self.name = forward.__name__
        self.forward = forward
        self.vjps = vjps
        self.notation = notation or f"{self.name}(a)"
        self.elementwise = elementwise
        self.kink = kink
        self.setting = setting

    def written(self, shapes=(), static=None) -> str:
        """The notation with what its settings add: a sum along an axis is not written like the sum of all."""
        added = self.setting(shapes, static or {}) if self.setting else ""
        return f"{self.notation}{SETTING}{added}" if added else self.notation

    def rules(self, inputs, static):
        """The rules for these inputs, one per slot, and what to give them as inputs: `rules[slot](g, y, *given)`.

        Whoever applies several rules of one node asks once and keeps the answer.
        """
        return self.vjps.at(inputs, static) if isinstance(self.vjps, every_slot) else (self.vjps, inputs)

    def __call__(self, *inputs, **static):
        for x in inputs:
            if type(x) not in _NUMBERS and (apply := getattr(type(x), "__apply__", None)) is not None:
                return apply(self, inputs, static)
        return self.forward(*inputs, **static)

    def __repr__(self):
        return f"<primitive {self.name}>"

    def __reduce__(self):
        return self.__qualname__  # pickled by name: a rule is looked up, never copied


def primitive(vjps, notation=None, elementwise=True):
    """Turn a function into a primitive of your own (000-39).

    Args:
        vjps: one rule per input, `rule(g, out, *inputs)`, written with operators and primitives; None: no gradient.
        notation: how it is written, for example "max(a, b)"; the default is `name(a)`.
        elementwise: False if an entry of the output depends on several entries of one input.

    Returns:
        A decorator that makes a Primitive of a forward function.

    Example:
        >>> @primitive(vjps=(lambda g, y, x: g * 3 * x * x,), notation="a ^ 3")
        ... def cube(x):
        ...     return x ** 3
        >>> cube(2.0)
        8.0
    """
    return lambda forward: Primitive(forward, tuple(vjps), notation, elementwise)


def entry(*vjps, notation=None, elementwise=True, numpy=(), kink=None, setting=None):
    """A line of the table: like `primitive`, and found by its own name and by NumPy's functions."""
    def enter(forward):
        rules = vjps[0] if vjps and isinstance(vjps[0], every_slot) else vjps
        made = PRIMITIVES[forward.__name__] = Primitive(forward, rules, notation, elementwise, kink,
                                                            setting)
        FROM_NUMPY.update(dict.fromkeys(numpy, made))
        return made
    return enter


class every_slot:
    """The rules of a primitive with any number of inputs, made by one function of the slot.

    Args:
        rule_of: slot -> rule, `rule(g, y, *inputs, **static)`.
        rules_at: (inputs, static) -> a function slot -> rule without inputs, `rule(g, y, **static)`. Handing k inputs
            to k rules, each of which looks at all of them, would cost the square of k; what they have to know of each
            other is found out here, once.
    """

    def __init__(self, rule_of, rules_at=None):
        self.rule_of, self.rules_at = rule_of, rules_at

    def __getitem__(self, slot):
        return self.rule_of(slot)

    def at(self, inputs, static):
        """The rules for these inputs, and the inputs that they want to be given."""
        return (self, inputs) if self.rules_at is None else (every_slot(self.rules_at(inputs, static)), ())


def plain(scalar, array):
    """A forward function that computes a Python float by `scalar` and anything else by `array`.

    Plain floats keep a scalar graph several times faster than NumPy's. Where `math` raises, NumPy's answer
    (inf, nan) holds.
    """
    def forward(x):
        if type(x) is not float:
            return array(x)
        try:
            return scalar(x)
        except (OverflowError, ValueError):
            return as_numpy(array, x)
    return forward


def as_numpy(function, *numbers: float) -> float:
    """NumPy's answer, inf or nan, where Python raises; its warning points at the line outside nnteach that asked."""
    def warn(kind, _):
        warnings.warn(f"{kind} encountered in {function.__name__}", RuntimeWarning, stacklevel=_levels_within_nnteach())

    wanted: dict = {kind: "call" if what == "warn" else what for kind, what in np.geterr().items()}
    with np.errstate(**wanted, call=warn):
        return float(function(*numbers))


def _levels_within_nnteach():
    frame, level = sys._getframe(2), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith((_PACKAGE, "<nnteach")):
        frame, level = frame.f_back, level + 1
    return level


def shape_of(x) -> tuple[int, ...]:
    """The shape of a number, array, Node or Symbol; a plain number has shape ()."""
    return getattr(x, "shape", ())


def ndim(x) -> int:
    """The number of axes."""
    return len(shape_of(x))


def size(x) -> int:
    """The number of entries."""
    return math.prod(shape_of(x))
