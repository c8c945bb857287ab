"""One step of training: forward, loss, gradients, update.

The gradients come from the engine and from nowhere else: `compile` traces the loss once and replays it,
`eager` builds a new graph at every step. Both give the same numbers.
"""

from collections.abc import Callable

import numpy as np

from ...compile.replay import Compiled
from ...core.autodiff import grad
from ...core.errors import ShapeError, message, shape_text
from ...core.graph import constant, variable
from .. import losses
from ..network import Network
from ..optimizers import optimizer as optimizer_of
from .checkpoints import load, save


class Trainer:
    """A network with a loss, an optimizer and its state: makes one step at a time.

    Args:
        network: its `parameters` and `buffers` are replaced at every step; the old arrays are left as they
            are.
        loss: a name from LOSSES, or a function (pred, target) -> number.
        optimizer: a name or a record, such as Adam(1e-3).
        regularizer: a penalty, such as L2(1e-4), or None.
        rng: for the masks of dropout, a Generator or seed.
        compiled: replay a traced program; False runs the engine node by node. Batch normalisation always
            does, because its statistics are wanted besides the gradients.
    """

    def __init__(self, network: Network, loss="mse", optimizer="adam", regularizer=None, rng=0, compiled=True):
        self.network, self.loss, self.regularizer = network, losses.loss(loss), regularizer
        self.optimizer, self.rng = optimizer_of(optimizer), np.random.default_rng(rng)
        network.parameters = network.arrays(network.parameters)  # a student may have put in lists
        self.state = self.optimizer.init(network.parameters)
        self._names, self._drawn, self._seen = list(network.parameters), [], {}
        wrt = range(2, 2 + len(self._names))
        replay = compiled and not network.buffers
        self._differentiate = Compiled(self._objective, wrt, copy=False) if replay else eager(self._objective, wrt)

    def step(self, X, T, learning_rate: float | None = None) -> float:
        """One update on one minibatch.

        Args:
            X: shape (batch, n_in).
            T: targets as the loss compares them; see `prepare`.
            learning_rate: of this step; the optimizer's own by default.

        Returns:
            The loss before the update, penalty included.
        """
        network = self.network
        drawn = network.draw(self.rng, X.shape[:-1])
        self._drawn = list(drawn)
        at = self.optimizer.look_ahead(network.parameters, self.state, learning_rate)
        value, gradients = self._differentiate(X, T, *at.values(), *drawn.values())
        gradients = dict(zip(self._names, gradients, strict=True))
        network.parameters, self.state = self.optimizer.update(network.parameters, gradients, self.state, learning_rate)
        network.buffers = network.buffers | self._seen
        return float(value)

    def _objective(self, X, T, *arrays):
        """What is minimised, as a Node: the loss in training, and the penalty."""
        values = dict(zip(self._names + self._drawn, arrays, strict=True)) | self.network.buffers
        pred = self.network.run(X, values, training=True, seen=self._seen)
        return self._with_penalty(self.loss(pred, T), values, X.shape[0])

    def _with_penalty(self, value, values, samples):
        if self.regularizer is None:
            return value
        return value + self.regularizer({name: values[name] for name in self._names}, samples)

    def prepare(self, X, T):
        """Inputs and targets as `step` wants them: of the network's precision, class numbers as one-hot rows."""
        X, T = np.asarray(X, self.network.dtype), np.asarray(T)
        if len(X) != len(T):
            raise ShapeError(message("one target per sample", f"X {shape_text(X.shape)} and T {shape_text(T.shape)}"))
        pred = self.network.predict(X[:1])
        if self.loss in losses.FROM_CLASSES:
            T = losses.as_one_hot(T, np.broadcast_to(pred, (len(X), *pred.shape[1:])))
        elif T.ndim == 1 and pred.shape[1:] == (1,):
            T = T[:, None]
        return X, np.asarray(T, self.network.dtype)

    def evaluate(self, X, T, metrics: dict, prefix: str = "") -> dict:
        """Loss (penalty included, as in Keras) and metrics without training; X and T prepared."""
        pred = self.network.predict(X)
        value = self._with_penalty(self.loss(pred, T), self.network.parameters, len(X))
        return {f"{prefix}loss": value} | {f"{prefix}{name}": metric(pred, T) for name, metric in metrics.items()}

    def save(self, path, **more) -> None:
        """Write parameters, buffers and the optimizer's state to an .npz file, and what else is given (001-30)."""
        content = {"parameters": self.network.parameters, "buffers": self.network.buffers, "optimizer": self.state}
        save(path, content | more)

    def load(self, path) -> dict:
        """Go on where the file was written; returns all that is in it."""
        self.network.load(path)
        content = load(path)
        self.state = {slot: {} for slot in self.optimizer.slots} | content["optimizer"]
        self.state["t"] = int(self.state["t"])
        return content


def eager(fn: Callable, wrt):
    """Like `nt.compile`, but through new Nodes at every call."""

    def step(*arrays):
        leaves = [variable(x) if i in wrt else constant(x) for i, x in enumerate(arrays)]
        value = fn(*leaves)
        return value.value, grad(value, [leaves[i] for i in wrt])

    return step
