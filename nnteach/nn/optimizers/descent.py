"""What every optimizer has in common, and those with one learning rate for all: SGD, momentum, Nesterov.

Each has its `rule`, which computes a step, and beside it the same as formulas, `written`. The form of each that a
framework or a deck uses stands in `forms`.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ...core.errors import GraphError, message
from ...symbolic.formula import Symbol
from .formulas import left_of

KERAS = {"decay": "decoupled"}
DECAYS = ("l2", "decoupled", "paper", "plain")


@dataclass(frozen=True)
class SGD:
    """θ ← θ − rate · g (000-05, 001-32, 002-30, 004-13); gradient descent, if a batch is all samples (004-12).

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

    # Where a framework's or deck's form differs from the defaults, which are PyTorch's.
    forms: ClassVar[dict] = {"keras": KERAS}

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

    def formulas(self, theta, g, rate, t, before, after, letter=str) -> list:
        """The formulas of one step for one parameter; the settings are the numbers in them.

        Args:
            theta: the parameter before the step.
            g: its gradient.
            rate: the learning rate of this step.
            t: the number of this step, 1 for the first.
            before: what the optimizer remembered of this parameter, slot -> array.
            after: what it remembers now.
            letter: how the name of a slot is written.

        Returns:
            Pairs (what becomes new, formula) in the order of computation; the parameter comes last.

        Raises:
            GraphError: if a class has a `rule` of its own and no formulas for it.
        """
        ruled = _home(self, "rule")
        if not issubclass(_home(self, "written"), ruled):
            raise GraphError(message("an optimizer whose step can be written out", type(self).__name__,
                                     f"Give {ruled.__name__} a method `written` beside its `rule`"))
        decay, g, shrunk = self._decay_written(theta, g, rate)
        slots = {s: (Symbol(letter(s), before[s]), Symbol(letter(s), after[s])) for s in self.slots}
        return [*decay, *self.written(shrunk, g, rate, Symbol("t", float(t)), **slots)]

    def rule(self, g, rate, t):
        """What is added to θ, and the new content of each slot.

        Args:
            g: gradient.
            rate: learning rate of this step.
            t: number of this step, 1 for the first.
            **slots: the content of each slot, by name.
        """
        return (-rate * g,)

    def written(self, theta, g, rate, t):
        """The formulas of `rule`, each with what becomes new; of every slot its symbols before and after."""
        yield left_of(theta), theta - rate * g

    def _decayed(self, name, theta, g, rate):
        """The share of θ that is taken away, and the gradient with the penalty's."""
        decay = 0.0 if name.startswith("b") and not self.decay_biases else self.weight_decay
        if not decay:
            return 0.0, g
        if self.decay == "l2":
            return 0.0, g + decay * theta
        if self.decay == "plain":
            return decay, g
        return decay * (rate if self.decay == "decoupled" else rate / self.learning_rate), g

    def _decay_written(self, theta, g, rate):
        """The gradient with the penalty's, as a formula of its own, or the parameter less the share taken away."""
        if not self.weight_decay or (theta.name.startswith("b") and not self.decay_biases):
            return [], g, theta
        share = Symbol("λ", self.weight_decay)
        if self.decay == "l2":
            total = g + share * theta
            return [(Symbol("g", total.value), total)], Symbol("g", total.value), theta
        if self.decay == "paper":
            share = share * Symbol(None, rate.value / self.learning_rate)
        elif self.decay == "decoupled":
            share = rate * share
        return [], g, theta - share * theta

    @classmethod
    def as_in(cls, where: str, **settings):
        """The form of a framework or deck: "keras", "001", "002"; settings as in the constructor come on top.

        Raises:
            GraphError: if that place has no form of this optimizer of its own.
        """
        forms = {"pytorch": {}} | cls.forms
        if where not in forms:
            raise GraphError(message(f"a form of {cls.__name__}: {', '.join(forms)}", repr(where)))
        form = dict(forms[where])
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
        sign: −1: v points up the slope, as above. 1: v ← μv − rate·g, θ ← θ + v (001-33, Keras): the same
            steps.
    """

    momentum: float = 0.9
    rate_inside: bool = False
    sign: int = -1

    slots: ClassVar = ("v",)

    forms: ClassVar = {
        "001": {"rate_inside": True, "sign": 1},
        "002": {"rate_inside": True},
        "keras": {"rate_inside": True, "sign": 1} | KERAS,
    }

    def rule(self, g, rate, t, v):
        v = self.momentum * v - self.sign * self._inside(rate) * g
        return self.sign * self._outside(rate) * v, v

    def written(self, theta, g, rate, t, v):
        old, new = v
        yield new, self._velocity(old, g, rate)
        move = new if self.rate_inside else rate * new
        yield left_of(theta), theta + move if self.sign > 0 else theta - move

    def _velocity(self, v, g, rate):
        push = rate * g if self.rate_inside else g
        kept = Symbol("μ", self.momentum) * v
        return kept - push if self.sign > 0 else kept + push

    def _inside(self, rate):
        return rate if self.rate_inside else 1.0

    def _outside(self, rate):
        return 1.0 if self.rate_inside else rate


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum whose gradient is taken where the velocity is about to lead (001-34, 002-36; C14).

    Args:
        at_look_ahead: True: the decks' form, whose θ_t is the point itself; the gradient is wanted at θ + αv
            (001) or θ − γv (002), which `look_ahead` gives. False: the form of PyTorch and Keras, which keeps
            the point ahead φ_t = θ_t + αv_t in place of θ_t and takes the gradient there. For a constant
            rate, φ is the same in both.
    """

    at_look_ahead: bool = False

    forms: ClassVar = {
        "001": {"rate_inside": True, "sign": 1, "at_look_ahead": True},
        "002": {"rate_inside": True, "at_look_ahead": True},
        "keras": {"rate_inside": True, "sign": 1} | KERAS,
    }

    def look_ahead(self, parameters, state, learning_rate=None):
        if not self.at_look_ahead:
            return parameters
        ahead = (
            self.sign * self.momentum * self._outside(self.learning_rate if learning_rate is None else learning_rate)
        )
        return {name: theta + ahead * state["v"][name] for name, theta in parameters.items()}

    def rule(self, g, rate, t, v):
        step, v = super().rule(g, rate, t, v)
        if self.at_look_ahead:
            return step, v
        return self.momentum * step - self._outside(rate) * self._inside(rate) * g, v

    def written(self, theta, g, rate, t, v):
        old, new = v
        if self.at_look_ahead:  # only the gradient is another one
            yield from super().written(theta, g, rate, t, v)
            return
        yield new, self._velocity(old, g, rate)
        kept = Symbol("μ", self.momentum) * new
        if self.sign < 0 and not self.rate_inside:
            yield left_of(theta), theta - rate * (g + kept)
        else:
            move = kept if self.rate_inside else rate * kept
            yield left_of(theta), (theta + move if self.sign > 0 else theta - move) - rate * g


def _home(optimizer, method: str) -> type:
    """The class that a method of an optimizer is written in."""
    return next(cls for cls in type(optimizer).__mro__ if method in vars(cls))
