"""Layers put on top of each other as named nodes, whatever framework their numbers come from.

The names are those of `nnteach.nn`: X, W1 (n_out, n_in), b1, pre1, out1, …, pred, target, loss.
"""

import numpy as np

from ..core import ops
from ..core.errors import GraphError, NNTeachError, ShapeError, message, shape_text
from ..core.graph import Node, constant, ordered, variable
from ..frameworks import engines
from ..nn import losses
from ..nn.layers import named
from ..nn.normalization import standardize


class BridgeError(NNTeachError, TypeError):
    """Something in a foreign model that cannot be opened as our graph."""


class Builder:
    """The graph while it is built.

    Args:
        dtype: precision of the model; the inputs are brought to it.
        training: whether dropout drops and batch normalisation goes by the batch.
        masks: for training, one array of 0 and 1 per dropout layer, in order.
        trainable: ids of the framework's parameters that get a gradient; None: they say so themselves.
        rounded: whether settings such as a slope of 0.3 are rounded to float32.
    """

    def __init__(self, dtype, training=False, masks=None, trainable=None, rounded=False):
        self.dtype, self.training = np.dtype(dtype), training
        self.trainable, self.rounded = trainable, rounded
        self.masks = None if masks is None else [np.asarray(mask, self.dtype) for mask in masks]
        self.number = 0  # of the dense layer we are at, as in W1, pre1, out1
        self.norms = self.drops = 0
        self.penalties, self.penalized = [], []
        self.precision = None  # in which the framework's layers so far compute, where each has its own
        self.frozen = False  # whether what is built now gets no gradient, as under torch.no_grad()
        self._owned = {}

    def input(self, X) -> Node:
        """The inputs, shape (batch, …)."""
        return constant(np.asarray(X, self.dtype), "X")

    def setting(self, value):
        """A number, or an array of numbers, that a layer has as a setting."""
        value = np.asarray(value, np.float32 if self.rounded else None)
        return float(value) if value.ndim == 0 else value.astype(self.dtype)

    def parameter(self, owner, array, name) -> Node:
        """A variable, or a constant if it is frozen; shared by several layers it stays one node."""
        trainable = owner.requires_grad if self.trainable is None else id(owner) in self.trainable
        key = id(owner), bool(trainable and not self.frozen)
        if key not in self._owned:
            make = variable if key[1] else constant
            self._owned[key] = owner, make(np.asarray(array, self.dtype), name)
        return self._owned[key][1]

    def owned(self) -> list:
        """The variables, each with the framework's parameter: pairs (owner, node)."""
        return [(owner, node) for (_, trainable), (owner, node) in self._owned.items() if trainable]

    def dense(self, x: Node, W: Node, b: Node | None) -> Node:
        """pre = x Wᵀ + b."""
        if x.shape[-1] != W.shape[1]:
            raise ShapeError(
                message(
                    f"inputs with {W.shape[1]} columns for {W.name} {shape_text(W.shape)}",
                    shape_text(x.shape),
                    "Flatten images first, or check X",
                )
            )
        product = x @ W.T.named(f"{W.name}ᵀ")
        return named(product if b is None else product + b, f"pre{self.number}")

    def next_dense(self) -> int:
        """The number of the next dense layer."""
        self.number += 1
        return self.number

    def out(self, x: Node, activation) -> Node:
        """An activation, as a function of nodes."""
        out = activation(x)
        return out if out is x else named(out, f"out{self.number}" if self.number else None)

    def batch_norm(self, x, gamma, beta, mean, variance, eps, by_batch) -> Node:
        """Normalise by the batch, or by running statistics if there are any; gamma and beta may be None."""
        if x.ndim != 2:
            raise ShapeError(
                message("inputs of shape (batch, channels) for batch normalisation", shape_text(x.shape))
            )
        if by_batch or mean is None:
            x, _, _ = standardize(x, (0,), eps)
        else:
            mean, variance = (
                constant(np.asarray(array, self.dtype), f"{name}{self.norms}")
                for name, array in (("mean", mean), ("variance", variance))
            )
            x = (x - mean) / ops.sqrt(variance + eps)
        x = x if gamma is None else gamma * x
        return named(x if beta is None else x + beta, f"norm{self.norms}")

    def dropout(self, x: Node, p: float, active: bool) -> Node:
        """Nothing outside training; in training times the given mask and 1/(1 − p)."""
        self.drops += 1
        if not active or p == 0:
            return x
        if self.masks is None or len(self.masks) < self.drops:
            raise GraphError(
                message(
                    f"a mask for dropout layer {self.drops}",
                    f"{len(self.masks or ())} masks",
                    self._without_masks(),
                )
            )
        mask = self.masks[self.drops - 1]
        if mask.shape != x.shape:
            raise ShapeError(
                message(
                    f"a mask of shape {shape_text(x.shape)} for dropout layer {self.drops}",
                    shape_text(mask.shape),
                )
            )
        return named(x * constant(mask / (1 - p) if p < 1 else 0 * mask, f"mask{self.drops}"), f"kept{self.number}")

    def _without_masks(self):
        """What to do where dropout drops and there is no mask."""
        masks = "Pass masks=[…], one array of 0 and 1 per dropout layer"
        if self.training:
            return f"{masks}, or training=False"
        return f"{masks}, or write F.dropout(x, p, self.training): this one drops outside training, too"

    def flatten(self, x: Node, start: int = 1, end: int = -1) -> Node:
        """Axes `start` to `end`, both included, as one."""
        start, end = start % x.ndim, end % x.ndim
        shape = (*x.shape[:start], int(np.prod(x.shape[start : end + 1])), *x.shape[end + 1 :])
        return x if shape == x.shape else x.reshape(shape).named("flat")

    def loss(self, pred: Node, y, function, reduction="mean", smoothing=0.0, per_sample=False) -> Node:
        """The loss on top of the prediction, and the penalties.

        Args:
            y: class numbers, rows of probabilities, or numbers in the prediction's shape.
            function: one of `nnteach.nn.losses`.
            reduction: "mean" or "sum", or "own" for the one that the function takes by itself.
            smoothing: share of the probability that is spread over all classes.
            per_sample: whether "sum" sums the mean over outputs (Keras) instead of all entries (PyTorch).
        """
        if reduction not in ("mean", "sum", "own"):
            raise BridgeError(message("a loss of one number: reduction mean or sum", repr(reduction)))
        target = np.asarray(y)
        if function in losses.FROM_CLASSES:
            target = losses.as_one_hot(target, pred.value)
            target = target * (1 - smoothing) + smoothing / target.shape[-1] if smoothing else target
        settings = () if reduction == "own" else (reduction,)
        loss = function(pred.named("pred"), constant(np.asarray(target, self.dtype), "target"), *settings)
        if per_sample and reduction == "sum" and function not in losses.FROM_CLASSES:
            loss = loss / pred.shape[-1]
        for penalty in self.penalties:
            loss = loss + penalty
        return loss.named("loss")


def usual_loss(pred: Node, y):
    """The loss that goes with an output: what `loss=None` means."""
    after = {
        ops.log_softmax: losses.negative_log_likelihood,
        ops.softmax: losses.categorical_cross_entropy,
        ops.sigmoid: losses.binary_cross_entropy,
    }
    if pred.primitive in after:
        return after[pred.primitive]
    classes = np.asarray(y).dtype.kind in "iu" and np.ndim(y) == pred.ndim - 1
    return losses.cross_entropy if classes else losses.mse


def parameters(loss: Node) -> dict[str, Node]:
    """The variables of an opened model by name, in the order of the layers: W1, b1, W2, …"""
    return {node.name: node for node in ordered(loss) if node.kind == "input"}


def require(framework: str, package: str):
    """Import a framework, or say what to install."""
    try:
        return engines.load(framework)
    except engines.EngineClash:
        raise
    except ImportError as error:
        raise BridgeError(
            message(f"{framework}, whose model is to be opened", "none installed", f"pip install {package}")
        ) from error


def at_least_one(X):
    """The inputs, unless there are none."""
    if np.ndim(X) and not np.size(X):
        raise ShapeError(message("at least one sample in X", f"an array of shape {shape_text(np.shape(X))}"))
    return X


def softplus(x, beta=1.0, threshold=np.inf):
    """ln(1 + e^(βx)) / β; where βx is above the threshold x itself, as PyTorch has it."""
    smooth = ops.softplus(x) if beta == 1 else ops.softplus(beta * x) / beta
    above = beta * x.value > threshold
    return ops.where(constant(above), x, smooth) if np.any(above) else smooth


def unsupported(what: str, given: str, table, advice: str = "") -> BridgeError:
    """The error for a layer or loss that is not in the table."""
    return BridgeError(message(f"{what} that nnteach can open: {', '.join(sorted(table))}", given, advice))
