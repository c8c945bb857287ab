"""Optimizers with a rate of its own for every entry of a parameter: AdaGrad, RMSprop, AdaDelta, Adam, AdamW."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...core.errors import GraphError, message
from ...symbolic.formula import HAT, Symbol
from .descent import KERAS, SGD
from .formulas import average, left_of, root_of


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

    forms: ClassVar = {
        "001": {"eps_inside": True},
        "keras": {"eps_inside": True, "eps": 1e-7, "initial_accumulator": 0.1} | KERAS,
    }

    def start(self, slot, x):
        return np.full_like(x, self.initial_accumulator)

    def rule(self, g, rate, t, G):
        G = G + g * g
        return -rate * g / root(G, self.eps, self.eps_inside), G

    def written(self, theta, g, rate, t, G):
        old, new = G
        yield new, old + g * g
        yield left_of(theta), theta - rate / root_of(new, self.eps, self.eps_inside) * g


@dataclass(frozen=True)
class RMSprop(SGD):
    """AdaGrad that forgets: v is a moving average of the squared gradients (002-37; C16).

    Deck 001 has it under the name AdaDelta (001-36).

    Args:
        average: share of v that is kept; γ in the decks, 0.99 in PyTorch and 0.9 in Keras.
        eps_inside: False: √v + ε (PyTorch). True: √(v + ε) (001-36, 002-37, Keras).
    """

    average: float = 0.99
    eps: float = 1e-8
    eps_inside: bool = False

    slots: ClassVar = ("v",)

    forms: ClassVar = {
        "002": {"eps_inside": True, "average": 0.9},
        "keras": {"eps_inside": True, "average": 0.9, "eps": 1e-7} | KERAS,
    }

    def rule(self, g, rate, t, v):
        v = self.average * v + (1 - self.average) * g * g
        return -rate * g / root(v, self.eps, self.eps_inside), v

    def written(self, theta, g, rate, t, v):
        old, new = v
        yield new, average("γ", self.average, old, g * g)
        yield left_of(theta), theta - rate / root_of(new, self.eps, self.eps_inside) * g


@dataclass(frozen=True)
class AdaDelta(SGD):
    """Zeiler's rule (2012): the step is RMS of past steps / RMS of gradients · g, in the parameter's units.

    A learning rate is not needed: 1 is the paper's rule. What deck 001 prints under this name is RMSprop with
    ε inside the root (001-36, E001-5): `AdaDelta.as_in("001")`.

    Args:
        average: share that the moving averages v (of g²) and u (of squared steps) keep; ρ in PyTorch and
            Keras.
    """

    learning_rate: float = 1.0
    average: float = 0.9
    eps: float = 1e-6

    slots: ClassVar = ("v", "u")

    forms: ClassVar = {
        "001": {"of": RMSprop, "eps_inside": True, "average": 0.9},
        "keras": {"average": 0.95, "eps": 1e-7} | KERAS,
    }

    def rule(self, g, rate, t, v, u):
        v = self.average * v + (1 - self.average) * g * g
        step = -root(u, self.eps, inside=True) / root(v, self.eps, inside=True) * g
        u = self.average * u + (1 - self.average) * step * step
        return rate * step, v, u

    def written(self, theta, g, rate, t, v, u):
        (old, new), (old_u, new_u) = v, u
        yield new, average("ρ", self.average, old, g * g)
        formula = root_of(old_u, self.eps, True) / root_of(new, self.eps, True) * g
        step = Symbol("Δ", formula.value)
        yield step, formula
        yield new_u, average("ρ", self.average, old_u, step * step)
        yield left_of(theta), theta - rate * step


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

    forms: ClassVar = {
        "001": {"bias_correction": False},
        "002": {"eps_mode": "inside"},
        "keras": {"eps_mode": "hat", "eps": 1e-7} | KERAS,
    }

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

    def written(self, theta, g, rate, t, m, v):
        (old_m, new_m), (old_v, new_v) = m, v
        yield new_m, average("β1", self.beta1, old_m, g)
        yield new_v, average("β2", self.beta2, old_v, g * g)
        one, two = (1 - Symbol(name, share) ** t for name, share in (("β1", self.beta1), ("β2", self.beta2)))
        if self.eps_mode == "hat" and self.bias_correction:
            yield left_of(theta), theta - rate * (np.sqrt(two) / one) * (new_m / root_of(new_v, self.eps, False))
            return
        if self.bias_correction:
            hats = []
            for kept, share in ((new_m, one), (new_v, two)):
                formula = kept / share
                hats.append(Symbol(None, formula.value, "", HAT, (Symbol(kept.name),)))
                yield hats[-1], formula
            new_m, new_v = hats
        yield left_of(theta), theta - rate * (new_m / root_of(new_v, self.eps, self.eps_mode == "inside"))


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with the weight decay beside the step, not in the gradient (002-43; Loshchilov and Hutter 2019; C11)."""

    weight_decay: float = 1e-2
    decay: str = "decoupled"

    forms: ClassVar = {"keras": {"eps_mode": "hat", "eps": 1e-7, "weight_decay": 0.004}}


def root(square, eps, inside: bool):
    """√(square + ε) or √square + ε."""
    return np.sqrt(square + eps) if inside else np.sqrt(square) + eps
