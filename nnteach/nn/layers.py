"""The layers of a network: dense, activation, dropout.

Normalisation has a module of its own. A layer holds no numbers. It is called as

    layer(x, values, training=False, seen=None)

with its input, shape (batch, n_in), and with `values`, a dict from names to what stands for them: Nodes where
a graph is wanted, arrays where only the result is. So the same lines make pictures, gradients and fast
predictions. `initial(rng)` gives the parameters it starts with, `draw(rng, batch)` the random numbers it
wants in training, `buffers()` what it remembers besides; each of the three is optional.
"""

from ..core.errors import GraphError, message
from ..core.graph import Node
from .activations import activation as activation_of
from .activations import name_of
from .initializers import initializer as initializer_of


class Dense:
    """Every unit listens to every input: pre = x Wᵀ + b, with rows for samples (004-21, E000-8).

    Args:
        n_in: inputs.
        n_out: units.
        number: of the layer, for the names W1 (n_out, n_in), b1 (n_out,) and pre1.
        initializer: of the weights, a name or a function.
        bias_initializer: of the biases; they are drawn like a column of the weights, so that it knows n_in.
    """

    def __init__(self, n_in, n_out, number=1, initializer="linear_default", bias_initializer="zeros"):
        self.n_in, self.n_out, self.number = n_in, n_out, number
        self.initializer, self.bias_initializer = initializer_of(initializer), initializer_of(bias_initializer)

    def initial(self, rng):
        shape = (self.n_out, self.n_in)
        return {
            f"W{self.number}": self.initializer(rng, shape),
            f"b{self.number}": self.bias_initializer(rng, shape)[:, 0].copy(),
        }

    def __call__(self, x, values, training=False, seen=None):
        transposed = named(values[f"W{self.number}"].T, f"W{self.number}ᵀ")
        return named(x @ transposed + values[f"b{self.number}"], f"pre{self.number}")


class Activation:
    """An activation after a dense layer: out = f(pre), entry by entry (the softmax: row by row)."""

    def __init__(self, function, number=1):
        self.function, self.number = activation_of(function), number

    def __call__(self, x, values, training=False, seen=None):
        out = self.function(x)
        return named(out, f"out{self.number}") if out is not x else out

    def __repr__(self):
        return name_of(self.function)


class Dropout:
    """Sets units to 0 at random in training: for every sample and step anew (002-44; C24).

    Args:
        width: units.
        p: probability of being dropped, in [0, 1); deck 002 advises at most 0.5.
        number: of the layer, for the name mask1.
        inverted: True: what stays is multiplied by 1/(1 − p) in training, and nothing is done otherwise
            (PyTorch, Keras).
            False: the classic form, × (1 − p) at test time, deck 002's "small correction" (E002-14).
    """

    def __init__(self, width, p, number=1, inverted=True):
        if not 0 <= p < 1:
            raise GraphError(message("a probability of being dropped, 0 ≤ p < 1", repr(p)))
        self.width, self.p, self.number, self.inverted = width, p, number, inverted

    def draw(self, rng, batch):
        """The mask of one training step, shape (*batch, width)."""
        kept = (rng.random((*batch, self.width)) >= self.p).astype(float)
        return {f"mask{self.number}": kept / (1 - self.p) if self.inverted else kept}

    def __call__(self, x, values, training=False, seen=None):
        if training:
            return named(x * values[f"mask{self.number}"], f"kept{self.number}")
        return x if self.inverted else x * (1 - self.p)


def named(x, name):
    """Give a node its name; an array has none."""
    return x.named(name) if isinstance(x, Node) else x
