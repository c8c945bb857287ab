"""What a course calls things: one profile per deck.

The engine has one convention of its own; a profile only says how it is written. The letter `a` is the worst trap:
before the activation in deck 000, after it in decks 002, 003 and 004.

    nt.step(f, notation="000")     # unnamed nodes are a1, h1, a2, …, and the step size is α
    nt.notation.use("000")         # from here on everywhere, without saying so again

`nnteach lab --course 000` chooses it for every notebook, by the environment variable NNTEACH_COURSE.

`pre`, `out`, `graph` and `pred` (names of unnamed nodes), `learning_rate` and `gradient` change what is shown. The
other entries are the deck's conventions as plain data, for exercises and checks that follow a deck. The numbers after
C are those of the list of conventions on which the decks disagree.
"""

import itertools
import os
from dataclasses import dataclass

from ..core.errors import GraphError, message
from ..core.graph import Node
from ..core.node_names import labels

ACTIVATIONS = frozenset("sigmoid tanh relu leaky_relu elu softplus softmax step".split())
LEIBNIZ, NABLA = "∂a/∂b", "∇b a"
"""How a gradient is written: ∂f/∂W everywhere, or ∇_W f where W is a vector or a matrix."""


@dataclass(frozen=True)
class Notation:
    """The names and conventions of a course.

    Args:
        course: whose deck it is.
        pre: letter of what goes into an activation; `out` of what comes out (C4).
        graph: letter of any other unnamed node; None: letters as nnteach gives them, q, r, s, …
        pred: letter of an unnamed result that is an activation, the prediction (C5).
        target: letter of what it is compared with (C5).
        learning_rate, momentum: their symbols (C12, C13); momentum None: the deck has none.
        gradient: LEIBNIZ or NABLA.
        loss_factor: factor before the squared error (C9); None: the deck has no squared error.
        reduction: "sum" or "mean" over the samples (C9).
        relu_at_zero: the slope of ReLU at 0 (C1); None: not stated.
        bias: "vector", or "column" for column 0 of θ with x₀ = 1 (C7).
        contributions: "push" gradients to the inputs, or "pull" them from the children (C27); None: not stated.
    """

    course: str
    pre: str = "z"
    out: str = "a"
    graph: str | None = None
    pred: str = "f"
    target: str = "t"
    learning_rate: str = "η"
    momentum: str | None = "μ"
    gradient: str = LEIBNIZ
    loss_factor: float | None = 0.5
    reduction: str = "mean"
    relu_at_zero: float | None = 0.0
    bias: str = "vector"
    contributions: str | None = "push"


NOTATIONS = {
    "nnteach": Notation("nnteach"),
    "000": Notation("Roma Tor Vergata, Neural Networks and Deep Learning: Training",
                    pre="a", out="h", graph="u", pred="y", target="t", learning_rate="α", momentum=None, gradient=NABLA,
                    loss_factor=0.5, reduction="sum", relu_at_zero=None, contributions="pull"),
    "001": Notation("Milano-Bicocca, Neural Networks",
                    pre="o", out="o", graph="o", pred="z", target="y", learning_rate="lr", momentum="α",
                    loss_factor=1.0, reduction="sum", relu_at_zero=None, contributions=None),
    "002": Notation("Télécom Paris, Introduction to Deep Learning",
                    pre="z", out="a", graph="y", pred="ŷ", target="y", learning_rate="α", momentum="γ",
                    loss_factor=1.0, reduction="mean", relu_at_zero=1.0, bias="column"),
    "003": Notation("Padova, Artificial Neural Networks II",
                    pre="z", out="a", graph="u", pred="h", target="y", learning_rate="η", momentum=None,
                    loss_factor=None, reduction="mean", relu_at_zero=None, bias="column", contributions=None),
    "004": Notation("Ohio State, ECE 5307 Unit 8",
                    pre="z", out="a", graph="u", pred="a", target="y", learning_rate="α", momentum=None,
                    loss_factor=1.0, reduction="sum", relu_at_zero=None, contributions=None),
}


_chosen: list[Notation] = []  # what `use` was given last, if it was called


def use(profile: "str | Notation | None") -> Notation:
    """Choose the profile of everything that is not told another one; None goes back to the one of the start.

    Raises:
        GraphError: for a key that is not known.
    """
    _chosen[:] = [] if profile is None else [notation(profile)]
    return notation()


def notation(profile: "str | Notation | None" = None) -> Notation:
    """The profile of a course, by its key; None is the chosen one, nnteach's own if none was chosen.

    Raises:
        GraphError: for a key that is not known.
    """
    if isinstance(profile, Notation):
        return profile
    if profile is None and _chosen:
        return _chosen[0]
    if profile is None:
        profile = os.environ.get("NNTEACH_COURSE") or "nnteach"
    if profile not in NOTATIONS:
        known = ", ".join(f'"{key}" ({value.course.split(",")[0]})' for key, value in NOTATIONS.items())
        raise GraphError(message(f"a notation among {known}", repr(profile)))
    return NOTATIONS[profile]


def names(nodes: list[Node], profile: Notation) -> dict[Node, str]:
    """A distinct name for every node: the student's own where there is one, else the letters of the course."""
    result = labels(nodes)
    if profile.graph is None:
        return result
    unnamed = [node for node in nodes if not node.name and node.kind != "constant"]
    taken = {result[node] for node in nodes if node not in set(unnamed)}
    counters = {letter: itertools.count(1) for letter in (profile.pre, profile.out, profile.graph)}
    before = {node.parents[0] for node in nodes if _is_activation(node)}
    for node in unnamed:
        if node is nodes[-1] and node.primitive:
            result[node] = _free(_of_result(node, profile), taken)
            continue
        letter = profile.out if _is_activation(node) else profile.pre if node in before else profile.graph
        result[node] = next(name for i in counters[letter] if (name := f"{letter}{i}") not in taken)
        taken.add(result[node])
    return result


def _is_activation(node):
    return node.primitive is not None and node.primitive.name in ACTIVATIONS


def _of_result(node, profile):
    return profile.pred if _is_activation(node) else "f"


def _free(letter, taken):
    """The letter itself, or with the first number that makes it free."""
    candidates = itertools.chain([letter], (f"{letter}{i}" for i in itertools.count(1)))
    return next(name for name in candidates if name not in taken)
