"""Penalties on the parameters, in the scalings of the courses (C10).

    penalty = L2(0.1)(parameters, samples=batch_size)        # parameters: dict name -> Node or array

A penalty counts the weights (names in W) and, if asked to, the biases (names in b). The scaling decides what
a course's λ means: λ‖θ‖² has the slope 2λθ, ½λ‖θ‖² the slope λθ. Weight decay, which acts on the step and not
on the loss, is an option of the optimizers.
"""

from dataclasses import dataclass
from typing import ClassVar

from ..core import ops
from ..core.composed import norm
from ..core.errors import GraphError, message


@dataclass(frozen=True)
class Penalty:
    """λ · Σ size(θ), over the chosen parameters.

    Args:
        strength: λ.
        half: whether there is a factor ½.
        over_samples: whether it is divided by the number of samples m (003-14, 003-15).
        include_bias: whether biases count, too.
    """

    strength: float
    half: bool = False
    over_samples: bool = False
    include_bias: bool = False

    FORMS: ClassVar[dict] = {}

    def __call__(self, parameters: dict, samples: int = 1):
        """The penalty, a Node if the parameters are Nodes.

        Args:
            parameters: name -> Node or array.
            samples: how many samples the loss is averaged over; used with `over_samples` only.
        """
        sizes = [self.size(theta) for name, theta in parameters.items() if self.counts(name)]
        factor = self.strength * (0.5 if self.half else 1.0) / (samples if self.over_samples else 1)
        return factor * sum(sizes[1:], start=sizes[0]) if sizes else 0.0

    def counts(self, name: str) -> bool:
        """Whether a parameter of this name is penalised."""
        return name.startswith(("W", "theta")) or (self.include_bias and name.startswith("b") and name[1:].isdigit())

    @staticmethod
    def size(theta):
        """What is summed, of one parameter."""
        raise NotImplementedError

    @classmethod
    def as_in(cls, where: str, strength: float) -> "Penalty":
        """The scaling of a deck or framework: "000", "002", "003", "pytorch", "keras"."""
        if where not in cls.FORMS:
            raise GraphError(message(f"a form of {cls.__name__}: {', '.join(cls.FORMS)}", repr(where)))
        return cls(strength, **cls.FORMS[where])


class L2(Penalty):
    """λ Σ θ² (002-42, Keras), with options for ½λ‖θ‖² (PyTorch's weight_decay) and λ/(2m) Σ θ² (003-14)."""

    FORMS: ClassVar = {
        "000": {"include_bias": True},  # printed without the square (E000-4), see `norm_penalty`
        "002": {"include_bias": True},
        "003": {"half": True, "over_samples": True},
        "pytorch": {"half": True, "include_bias": True},
        "keras": {},
    }

    @staticmethod
    def size(theta):
        return ops.sum(ops.square(theta))


class L1(Penalty):
    """λ Σ |θ| (002-42): pulls weights to exactly 0. PyTorch's L1Loss compares predictions (E004-10)."""

    FORMS: ClassVar = {"002": {"include_bias": True}, "keras": {}}

    @staticmethod
    def size(theta):
        return ops.sum(ops.absolute(theta))


def norm_penalty(strength: float, theta):
    """λ‖θ‖₂, not squared, as deck 000 prints it (E000-4): slope λθ/‖θ‖, however small θ is."""
    return strength * norm(theta)


def together(*penalties):
    """The sum of several penalties, such as L1 and L2 (elastic net)."""

    def penalty(parameters, samples=1):
        return sum(p(parameters, samples) for p in penalties)

    return penalty
