"""Optimizers as small pure records: a state goes in with the gradients, a new state comes out, and nothing is changed.

    optimizer = Adam(learning_rate=1e-3)
    state = optimizer.init(parameters)                                      # {"t": 0, "m": {...}, "v": {...}}
    at = optimizer.look_ahead(parameters, state)                            # where to take the gradients (Nesterov)
    parameters, state = optimizer.update(parameters, gradients, state)      # dicts name -> array, and a new state

So every state can be kept and shown. The plain form of each is PyTorch's; `Adam.as_in("keras")`, `Momentum.as_in("001")`
give the form of a framework or a deck, from the table FORMS at the end. The letters are the decks': v a velocity or a mean
of squares, m a mean of gradients, G a sum of squares; `rate` is the learning rate of this step.

To add an optimizer, add a class with `slots` (the arrays it keeps per parameter) and `rule`, and a line to OPTIMIZERS.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ..errors import GraphError, message
from .table import look_up

DECAYS = ("l2", "decoupled", "paper", "plain")


@dataclass(frozen=True)
class SGD:
    """θ ← θ − rate · g (000-05, 001-32, 002-30, 004-13); with all samples in one batch it is gradient descent (004-12).

    Args:
        learning_rate: step size, called lr, η or α in the decks (C12).
        weight_decay: λ; 0 for none.
        decay: what λ means (002-43, E002-16; C11):
            "l2"         g + λθ in place of g, which is the penalty ½λ‖θ‖²: PyTorch, but for its AdamW
            "decoupled"  θ − rate·λ·θ: AdamW in PyTorch, every optimizer in Keras (E002-13)
            "paper"      θ − (rate / learning_rate)·λ·θ: Loshchilov and Hutter's schedule factor
            "plain"      θ − λθ, whatever the rate: Hanson and Pratt 1988 (002-43)
        decay_biases: whether parameters with a name in b are decayed, too; PyTorch and Keras do (E004-23).
    """

    learning_rate: float = 1e-2
    weight_decay: float = 0.0
    decay: str = "l2"
    decay_biases: bool = True

    slots: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self):
        if self.decay not in DECAYS:
            raise GraphError(message(f"one of the decays {', '.join(DECAYS)}", repr(self.decay)))

    def init(self, parameters: dict) -> dict:
        """The state before the first step: `t`, the number of steps made, and a dict name -> array for each slot."""
        return {"t": 0} | {slot: {name: self.start(slot, x) for name, x in parameters.items()} for slot in self.slots}

    def start(self, slot, x):
        """What a slot holds in the beginning."""
        return np.zeros_like(x)

    def look_ahead(self, parameters: dict, state: dict, learning_rate: float | None = None) -> dict:
        """The parameters at which the next gradients are wanted: these, except for Nesterov's look-ahead."""
        return parameters

    def update(self, parameters: dict, gradients: dict, state: dict, learning_rate: float | None = None):
        """One step.

        Args:
            parameters: name -> array.
            gradients: name -> array of the same shape, taken at `look_ahead(parameters, state)`.
            state: what `init` or the last step returned.
            learning_rate: of this step; the optimizer's own by default.

        Returns:
            The new parameters and the new state; the old ones are left as they are.
        """
        rate = self.learning_rate if learning_rate is None else learning_rate
        after = {"t": state["t"] + 1} | {slot: {} for slot in self.slots}
        new = {}
        for name, theta in parameters.items():
            shrink, g = self._decayed(name, theta, gradients[name], rate)
            kept = {slot: state[slot][name] for slot in self.slots}
            step, *slots = self.rule(g, rate, after["t"], **kept)
            new[name] = theta + step if shrink == 0.0 else theta - shrink * theta + step
            for slot, value in zip(self.slots, slots, strict=True):
                after[slot][name] = value
        return new, after

    def rule(self, g, rate, t):
        """What is added to θ, and the new content of each slot.

        Args:
            g: gradient.
            rate: learning rate of this step.
            t: number of this step, 1 for the first.
            **slots: the content of each slot, by name.
        """
        return (-rate * g,)

    def _decayed(self, name, theta, g, rate):
        """The share of θ that is taken away, and the gradient with the penalty's."""
        decay = 0.0 if name.startswith("b") and not self.decay_biases else self.weight_decay
        if decay and self.decay == "l2":
            return 0.0, g + decay * theta
        return decay * {"l2": 1.0, "decoupled": rate, "paper": rate / self.learning_rate, "plain": 1.0}[self.decay], g

    @classmethod
    def as_in(cls, where: str, **settings):
        """The form of a framework or deck: "keras", "001", "002"; settings as in the constructor come on top.

        Raises:
            GraphError: if that place has no form of this optimizer of its own.
        """
        forms = FORMS[cls.__name__]
        if where != "pytorch" and where not in forms:
            raise GraphError(message(f"a form of {cls.__name__}: {', '.join(['pytorch', *forms])}", repr(where)))
        form = {} if where == "pytorch" else dict(forms[where])
        return form.pop("of", cls)(**{**form, **settings})

    def with_rate(self, learning_rate: float):
        """The same optimizer with another learning rate."""
        return replace(self, learning_rate=learning_rate)


@dataclass(frozen=True)
class Momentum(SGD):
    """A ball with friction: the velocity v remembers past gradients (001-33, 002-35; C13).

    Args:
        momentum: share of the velocity that is kept; α in 001, γ in 002, μ in PyTorch.
        rate_inside: False: v ← μv + g, θ ← θ − rate·v (PyTorch). True: v ← μv + rate·g, θ ← θ − v (002-35).
            The same for a constant rate, different as soon as it changes.
        sign: −1: v points up the slope, as above. 1: v ← μv − rate·g, θ ← θ + v (001-33, Keras): the same steps.
    """

    momentum: float = 0.9
    rate_inside: bool = False
    sign: int = -1

    slots: ClassVar = ("v",)

    def rule(self, g, rate, t, v):
        v = self.momentum * v - self.sign * self._inside(rate) * g
        return self.sign * self._outside(rate) * v, v

    def _inside(self, rate):
        return rate if self.rate_inside else 1.0

    def _outside(self, rate):
        return 1.0 if self.rate_inside else rate


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum whose gradient is taken where the velocity is about to lead (001-34, 002-36; C14).

    Args:
        at_look_ahead: True: the decks' form, whose θ_t is the point itself; the gradient is wanted at θ + αv (001)
            or θ − γv (002), which `look_ahead` gives. False: the form of PyTorch and Keras, which keeps the point ahead
            φ_t = θ_t + αv_t in place of θ_t and takes the gradient there. For a constant rate, φ is the same in both.
    """

    at_look_ahead: bool = False

    def look_ahead(self, parameters, state, learning_rate=None):
        if not self.at_look_ahead:
            return parameters
        ahead = self.sign * self.momentum * self._outside(self.learning_rate if learning_rate is None else learning_rate)
        return {name: theta + ahead * state["v"][name] for name, theta in parameters.items()}

    def rule(self, g, rate, t, v):
        step, v = super().rule(g, rate, t, v)
        if self.at_look_ahead:
            return step, v
        return self.momentum * step - self._outside(rate) * self._inside(rate) * g, v


@dataclass(frozen=True)
class AdaGrad(SGD):
    """Every entry has a rate of its own, divided by the root of all its squared gradients so far (001-35; C15).

    Args:
        eps_inside: False: √G + ε (PyTorch). True: √(G + ε) (001-35, Keras).
        initial_accumulator: what G starts from; 0 in PyTorch, 0.1 in Keras.
    """

    eps: float = 1e-10
    eps_inside: bool = False
    initial_accumulator: float = 0.0

    slots: ClassVar = ("G",)

    def start(self, slot, x):
        return np.full_like(x, self.initial_accumulator)

    def rule(self, g, rate, t, G):
        G = G + g * g
        return -rate * g / root(G, self.eps, self.eps_inside), G


@dataclass(frozen=True)
class RMSprop(SGD):
    """AdaGrad that forgets: v is a moving average of the squared gradients (002-37, and 001-36 under the name AdaDelta; C16).

    Args:
        average: share of v that is kept; γ in the decks, 0.99 in PyTorch and 0.9 in Keras.
        eps_inside: False: √v + ε (PyTorch). True: √(v + ε) (001-36, 002-37, Keras).
    """

    average: float = 0.99
    eps: float = 1e-8
    eps_inside: bool = False

    slots: ClassVar = ("v",)

    def rule(self, g, rate, t, v):
        v = self.average * v + (1 - self.average) * g * g
        return -rate * g / root(v, self.eps, self.eps_inside), v


@dataclass(frozen=True)
class AdaDelta(SGD):
    """Zeiler's rule (2012): the step is RMS of past steps / RMS of gradients · g, in the parameter's own units.

    A learning rate is not needed: 1 is the paper's rule. What deck 001 prints under this name is RMSprop with ε inside
    the root (001-36, E001-5): `AdaDelta.as_in("001")`.

    Args:
        average: share that the moving averages v (of g²) and u (of squared steps) keep; ρ in PyTorch and Keras.
    """

    learning_rate: float = 1.0
    average: float = 0.9
    eps: float = 1e-6

    slots: ClassVar = ("v", "u")

    def rule(self, g, rate, t, v, u):
        v = self.average * v + (1 - self.average) * g * g
        step = -root(u, self.eps, inside=True) / root(v, self.eps, inside=True) * g
        u = self.average * u + (1 - self.average) * step * step
        return rate * step, v, u


@dataclass(frozen=True)
class Adam(SGD):
    """Moving averages m of the gradients and v of their squares, both corrected for their start at 0 (002-38; C17).

    Args:
        beta1: share of m that is kept.
        beta2: share of v that is kept.
        bias_correction: False: m and v as they are, like deck 001 (001-37); the first step is then
            (1 − β₁)/√(1 − β₂) = 3.162 times as long (E001-4).
        eps_mode: "outside": m̂ / (√v̂ + ε), Kingma and Ba's Algorithm 1, PyTorch.
            "inside": m̂ / √(v̂ + ε) (002-38); wants an ε of about the other's square (E002-1).
            "hat": √(1−β₂ᵗ)/(1−β₁ᵗ) · m / (√v + ε̂), their faster variant, Keras.
    """

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    bias_correction: bool = True
    eps_mode: str = "outside"

    slots: ClassVar = ("m", "v")

    def __post_init__(self):
        super().__post_init__()
        if self.eps_mode not in ("outside", "inside", "hat"):
            raise GraphError(message('the eps_mode "outside", "inside" or "hat"', repr(self.eps_mode)))

    def rule(self, g, rate, t, m, v):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g * g
        c1, c2 = (1 - self.beta1**t, 1 - self.beta2**t) if self.bias_correction else (1.0, 1.0)
        if self.eps_mode == "hat":
            return -rate * math.sqrt(c2) / c1 * m / root(v, self.eps, inside=False), m, v
        return -rate / c1 * m / root(v / c2, self.eps, self.eps_mode == "inside"), m, v


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with the weight decay beside the step, not in the gradient (002-43; Loshchilov and Hutter 2019; C11)."""

    weight_decay: float = 1e-2
    decay: str = "decoupled"


def root(square, eps, inside: bool):
    """√(square + ε) or √square + ε."""
    return np.sqrt(square + eps) if inside else np.sqrt(square) + eps


# Where a framework's or deck's form differs from the defaults above, which are PyTorch's.
_KERAS = {"decay": "decoupled"}
FORMS = {
    "SGD": {"keras": _KERAS},
    "Momentum": {
        "001": {"rate_inside": True, "sign": 1},
        "002": {"rate_inside": True},
        "keras": {"rate_inside": True, "sign": 1} | _KERAS,
    },
    "Nesterov": {
        "001": {"rate_inside": True, "sign": 1, "at_look_ahead": True},
        "002": {"rate_inside": True, "at_look_ahead": True},
        "keras": {"rate_inside": True, "sign": 1} | _KERAS,
    },
    "AdaGrad": {
        "001": {"eps_inside": True},
        "keras": {"eps_inside": True, "eps": 1e-7, "initial_accumulator": 0.1} | _KERAS,
    },
    "RMSprop": {
        "002": {"eps_inside": True, "average": 0.9},
        "keras": {"eps_inside": True, "average": 0.9, "eps": 1e-7} | _KERAS,
    },
    "AdaDelta": {
        "001": {"of": RMSprop, "eps_inside": True, "average": 0.9},
        "keras": {"average": 0.95, "eps": 1e-7} | _KERAS,
    },
    "Adam": {
        "001": {"bias_correction": False},
        "002": {"eps_mode": "inside"},
        "keras": {"eps_mode": "hat", "eps": 1e-7} | _KERAS,
    },
    "AdamW": {"keras": {"eps_mode": "hat", "eps": 1e-7, "weight_decay": 0.004}},
}
OPTIMIZERS = {
    "sgd": SGD, "momentum": Momentum, "nesterov": Nesterov, "adagrad": AdaGrad, "adadelta": AdaDelta, "rmsprop": RMSprop,
    "adam": Adam, "adamw": AdamW,
}


def optimizer(name):
    """The optimizer of that name with its default settings; an optimizer is returned as it is."""
    found = look_up("optimizer", OPTIMIZERS, name)
    return found() if isinstance(found, type) else found
