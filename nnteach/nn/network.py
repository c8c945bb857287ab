"""Networks: a list of layers, and their parameters as named arrays.

    net = MLP([2, 8, 1], activation="tanh", rng=0)
    net.parameters["W1"]            # shape (8, 2); assign or change entries as you like
    net.forward(X)                  # a Node named pred: draw it, step through it, differentiate it
    net.predict(X)                  # the same numbers without a graph
    net.fit(X, T, loss="binary_cross_entropy_with_logits", optimizer=Adam(0.05), epochs=200)

`Network` takes any list of layers, `MLP` makes the usual one.
"""

import numpy as np

from ..core.errors import GraphError, ShapeError, message, shape_text
from ..core.graph import Node, constant, ordered, variable
from .layers import Activation, Dense, Dropout, named
from .normalization import NORMALIZATIONS
from .table import look_up
from .theta import as_theta, from_theta


class Network:
    """Layers in a row.

    Args:
        layers: see `layers.py` for what a layer is.
        rng: a Generator, or a seed for one, from which the parameters are drawn.
        dtype: precision of the parameters.

    Attributes:
        parameters: name -> array; what training changes.
        buffers: name -> array; running statistics of batch normalisation.
    """

    def __init__(self, layers, rng=0, dtype=np.float64):
        rng = np.random.default_rng(rng)
        self.layers, self.dtype = list(layers), np.dtype(dtype)
        self.parameters, self.buffers = {}, {}
        for layer in self.layers:
            self._take(self.parameters, layer.initial(rng) if hasattr(layer, "initial") else {})
            self._take(self.buffers, layer.buffers() if hasattr(layer, "buffers") else {})

    def _take(self, into, arrays):
        for name, array in arrays.items():
            if name in into:
                raise GraphError(message("layers with different numbers", f"the name {name} twice"))
            into[name] = np.asarray(array, dtype=self.dtype)

    @property
    def size(self) -> int:
        """How many numbers are learnt."""
        return sum(np.size(array) for array in self.parameters.values())

    def run(self, X, values: dict, training: bool = False, seen: dict | None = None):
        """Through all layers.

        Args:
            X: a Node or an array, shape (batch, n_in), or (n_in,) for one sample.
            values: name -> Node or array, for parameters, buffers and, in training, what `draw` gives.
            training: whether dropout and batch normalisation behave as in training.
            seen: takes up the new running statistics.
        """
        for layer in self.layers:
            X = layer(X, values, training, seen)
        return named(X, "pred")

    def forward(self, X, training: bool = False, rng=None) -> Node:
        """The prediction as a Node, in a graph of named nodes: X, W1, b1, pre1, out1, …, pred.

        Args:
            X: shape (batch, n_in), or (n_in,) for one sample; an array, or a Node to differentiate by it.
            training: whether dropout drops and batch normalisation goes by the batch.
            rng: for the masks of dropout, a Generator or seed.
        """
        X = X if isinstance(X, Node) else constant(np.asarray(X, self.dtype), "X")
        drawn = self.draw(rng, X.shape[:-1]) if training else {}
        values = {name: constant(array, name) for name, array in (self.buffers | drawn).items()}
        return self.run(X, values | self.nodes(), training)

    def nodes(self) -> dict:
        """A fresh variable for every parameter, by name."""
        return {name: variable(array, name) for name, array in self.arrays(self.parameters).items()}

    def draw(self, rng, batch: tuple[int, ...]) -> dict:
        """The random numbers of one training step on a batch of this shape, such as (32,), by name."""
        drawing = [layer for layer in self.layers if hasattr(layer, "draw")]
        if drawing and rng is None:
            raise GraphError(message("rng= for the masks of dropout", "none", "Give a np.random.Generator or a seed"))
        rng = np.random.default_rng(rng) if drawing else None
        return {name: mask.astype(self.dtype) for layer in drawing for name, mask in layer.draw(rng, batch).items()}

    def predict(self, X) -> np.ndarray:
        """The prediction as an array, without a graph."""
        return self.run(np.asarray(X, self.dtype), self.arrays(self.parameters | self.buffers))

    def arrays(self, values: dict) -> dict:
        """The values as arrays of the network's precision; those that are such already are not copied."""
        return {name: np.asarray(array, self.dtype) for name, array in values.items()}

    def save(self, path) -> None:
        """Write parameters and buffers to an .npz file, all or nothing."""
        from .training.checkpoints import save

        save(path, {"parameters": self.parameters, "buffers": self.buffers})

    def load(self, path) -> "Network":
        """Take parameters and buffers from a file that `save` or `fit(checkpoint=…)` wrote.

        Raises:
            CheckpointError: the file is damaged, or something else.
            ShapeError: it is of a network with other layers. This one is then as it was.
        """
        from .training.checkpoints import damaged, load

        content = load(path)
        parameters = content.get("parameters")
        if not isinstance(parameters, dict) or any(np.asarray(p).dtype.kind != "f" for p in parameters.values()):
            raise damaged(path, KeyError("parameters"))
        for name in dict.fromkeys([*self.parameters, *parameters]):
            ours, theirs = (getattr(of.get(name), "shape", "no such parameter") for of in (self.parameters, parameters))
            if ours != theirs:
                raise ShapeError(message(f"{name} of shape {ours} in {path}", f"{theirs}",
                                         "Build the network with the layers that it was saved with"))
        self.parameters, self.buffers = parameters, content.get("buffers", {})
        return self


class MLP(Network):
    """A multilayer perceptron: dense layers with an activation after each (002-09, 004-08).

    Args:
        sizes: numbers of units from the inputs to the outputs, [2, 8, 1].
        activation: of the hidden layers: a name from ACTIVATIONS, or a function.
        output: activation of the last layer. "identity" gives logits, which the stable losses want; the net
            of 000-29 has "sigmoid" everywhere.
        initializer: of the weights. The default of weights and biases is PyTorch's.
        bias_initializer: of the biases; "linear_default" as in PyTorch, or "zeros" as in Keras.
        normalization: "batch" or "layer" in the hidden layers.
        normalize: "before" or "after" the activation (C23, E002-12).
        dropout: probability of a hidden unit to be dropped.
        inverted: which form of dropout (see `layers.Dropout`).
        rng: a Generator or a seed for the initial parameters.
        dtype: precision.
    """

    def __init__(
        self,
        sizes,
        activation="relu",
        output="identity",
        *,
        initializer="linear_default",
        bias_initializer="linear_default",
        normalization=None,
        normalize="before",
        dropout=0.0,
        inverted=True,
        rng=0,
        dtype=np.float64,
    ):
        self.sizes = [int(n) for n in sizes]
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ShapeError(message("at least two sizes, inputs and outputs, such as [2, 8, 1]", repr(sizes)))
        if normalize not in ("before", "after"):
            raise GraphError(message('normalize="before" or "after" the activation', repr(normalize)))
        layers = []
        for number, (n_in, n_out) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), start=1):
            layers.append(Dense(n_in, n_out, number, initializer, bias_initializer))
            if number == len(self.sizes) - 1:
                layers.append(Activation(output, number))
                break
            after = [Activation(activation, number)]
            if normalization is not None:
                kind = look_up("normalization", NORMALIZATIONS, normalization)
                after.insert(normalize == "after", kind(n_out, number))
            if dropout:
                after.append(Dropout(n_out, dropout, number, inverted))
            layers += after
        super().__init__(layers, rng, dtype)

    @classmethod
    def from_thetas(cls, thetas, activation="sigmoid", output="sigmoid") -> "MLP":
        """A network with given weights, biases in column 0 (002-09, 003-03).

        Args:
            thetas: θ⁽ˡ⁾ of shape (n_out, 1 + n_in), from the input on.
        """
        pairs = [from_theta(np.array(theta, dtype=float)) for theta in thetas]
        net = cls([pairs[0][0].shape[1], *(len(b) for _, b in pairs)], activation, output)
        for number, (W, b) in enumerate(pairs, start=1):
            if W.shape != net.parameters[f"W{number}"].shape:
                columns = f"θ{number} with {net.sizes[number - 1] + 1} columns, one for the bias"
                raise ShapeError(message(columns, shape_text(np.shape(thetas[number - 1]))))
            net.parameters[f"W{number}"], net.parameters[f"b{number}"] = W, b
        return net

    def thetas(self) -> list[np.ndarray]:
        """The parameters of the dense layers with the biases in column 0."""
        return [as_theta(self.parameters[f"W{i}"], self.parameters[f"b{i}"]) for i in range(1, len(self.sizes))]

    def __repr__(self):
        activations = dict.fromkeys(repr(layer) for layer in self.layers if isinstance(layer, Activation))
        return f"MLP({'-'.join(map(str, self.sizes))}, {', '.join(activations)}, {self.size} parameters)"


def layer_outputs(network: Network, X) -> dict:
    """The output of every layer, by name (pre1, out1, …, pred), as arrays: for maps of hidden units (004-31)."""
    nodes = [node for node in ordered(network.forward(X)) if node.name and node.primitive]
    return {node.name: node.value for node in nodes if not node.name.endswith("ᵀ")}
