"""Keras's losses, with its own ways of targets, reductions and probabilities near 0."""

import numpy as np

from ..core import ops
from ..core.errors import message
from ..core.graph import Node
from ..nn import losses
from .build import BridgeError, unsupported, usual_loss

LOSSES = {  # Keras's name, as a function -> from probabilities (or numbers), from logits
    "mean_squared_error": (losses.mse, None),
    "mean_absolute_error": (losses.mae, None),
    "binary_crossentropy": (losses.binary_cross_entropy, losses.binary_cross_entropy_with_logits),
    "categorical_crossentropy": (losses.categorical_cross_entropy, losses.cross_entropy),
    "sparse_categorical_crossentropy": (losses.categorical_cross_entropy, losses.cross_entropy),
}
FROM_LOGITS = {both[0]: both[1] for both in LOSSES.values() if both[1]}
CLASSES = {
    "MeanSquaredError": "mean_squared_error",
    "MeanAbsoluteError": "mean_absolute_error",
    "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
}
MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
ADVICE = {
    "categorical_crossentropy": "For class numbers take SparseCategoricalCrossentropy, or write "
    "keras.utils.to_categorical(y)",
    "sparse_categorical_crossentropy": "For rows with a single 1 take CategoricalCrossentropy, or write y.argmax(1)",
}


class Loss:
    """A loss for a prediction: ours, and Keras's to compare with.

    Args:
        loss: what the student gave.
        pred: the prediction, a Node.
        y: the targets.

    Attributes:
        keras: Keras's loss; None for one of nnteach's.
        function: one of `nnteach.nn.losses`.
        settings: Keras's.
    """

    def __init__(self, loss, pred, y):
        if isinstance(loss, list | tuple | dict) and len(loss) == 1:  # of a model with one output
            (loss,) = loss.values() if isinstance(loss, dict) else loss
        self.own, self.settings, self.y = _is_ours(loss), {}, y
        if loss is None:
            self.function = usual_loss(pred, y)
            self.keras = _same_in_keras(self.function, y, pred)
        elif self.own:
            self.function, self.keras = losses.loss(loss), None
        else:
            self.keras = _found(loss)
            self.function, self.settings = _known(self.keras)

    def forms(self, pred):
        """The ways in which Keras may compute it; they differ near 0 and 1, and where no probability is given.

        It keeps probabilities 1e-7 from 0 and 1 and makes them sum to 1, in this order or the other. On TensorFlow
        it goes back to what the sigmoid or softmax was taken of, even if that is not the one which the loss wants.
        """
        function, before = self.function, pred.parents[0] if pred.primitive in (ops.softmax, ops.sigmoid) else None
        if self.own or function not in {*FROM_LOGITS, *FROM_LOGITS.values()}:
            return [lambda pred: (pred, function)]
        from_logits = FROM_LOGITS.get(function, function)
        back = [] if before is None else [lambda pred: (pred.parents[0], from_logits)]
        if function in FROM_LOGITS.values():
            return [lambda pred: (pred, function), *back]
        ways = [_plain, _cut] if function is losses.binary_cross_entropy else [_in_sum, _cut_in_sum, _sum_of_cut]
        return [(lambda pred, way=way: (way(pred), function)) for way in ways[:1]] + back + [
            (lambda pred, way=way: (way(pred), function)) for way in ways[1:]
        ]  # fmt: skip

    def put_on(self, builder, pred, form) -> Node:
        """The loss as Keras computes it, on top of the prediction."""
        shape, (pred, function) = pred, form(pred)
        y, smoothing = like_prediction(self.y, shape, function), self.settings.get("label_smoothing", 0.0)
        if smoothing and function not in losses.FROM_CLASSES:
            y = y * (1 - smoothing) + smoothing / 2
        reduction = self.settings.get("reduction", "mean")
        return builder.loss(
            pred,
            y,
            function,
            "own" if self.own else "mean" if reduction in MEANS else reduction,
            smoothing if function in losses.FROM_CLASSES else 0.0,
            per_sample=True,
        )

    def of(self, pred):
        """Keras's own number, from its own prediction."""
        import keras

        if isinstance(self.keras, keras.losses.Loss):
            return self.keras(keras.ops.convert_to_tensor(self.y), pred)
        y, shape = self.y, tuple(pred.shape)
        if y.size == np.prod(shape) and abs(y.ndim - len(shape)) == 1 and 1 in y.shape[-1:] + shape[-1:]:
            y = y.reshape(shape)  # as fit() does it
        return keras.ops.mean(self.keras(keras.ops.convert_to_tensor(y), pred))

    @property
    def precision(self):
        """Of Keras's arithmetic; a loss has one of its own."""
        return getattr(self.keras, "dtype", "float64")

    @property
    def advice(self):
        """What to do where Keras refuses the targets."""
        name = _name(self.keras)
        return ADVICE.get(CLASSES.get(name, name), "Try loss(y, model(X)) without nnteach first")


def _is_ours(loss) -> bool:
    named = isinstance(loss, str) and loss in losses.LOSSES and loss not in ("mse", "mae")
    return named or any(loss is ours for ours in losses.LOSSES.values())


def _same_in_keras(function, y, pred):
    """Keras's loss that is taken where the student names none; a log-softmax has none."""
    import keras

    classes = np.ndim(y) < pred.ndim or (np.shape(y)[-1:] == (1,) != pred.shape[-1:])
    if function is losses.cross_entropy:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=pred.dtype.name)
    if function is losses.categorical_cross_entropy:
        return keras.losses.sparse_categorical_crossentropy if classes else keras.losses.categorical_crossentropy
    name = next((name for name, both in LOSSES.items() if function is both[0]), None)
    return name and getattr(keras.losses, name)


def _found(loss):
    import keras

    return keras.losses.get(loss) if isinstance(loss, str) else loss


def _name(loss):
    return getattr(loss, "__name__", type(loss).__name__)


def _known(loss):
    """One of our losses for one of Keras's own, and its settings; what only has such a name is refused."""
    import keras

    name = _name(loss)
    if isinstance(loss, type):
        raise BridgeError(message("a loss", f"{name}, its class", f"Write {name}() with brackets"))
    own = (type(loss) if name in CLASSES else loss) is getattr(keras.losses, name, None)
    function = CLASSES.get(name, name)
    if function not in LOSSES or not own:
        alike = f"{name}, which is not Keras's own" if function in LOSSES else name
        raise unsupported(
            "losses", alike, [*CLASSES, *LOSSES], "Losses of your own cannot be opened: build the graph with Nodes"
        )
    settings = loss.get_config() if name in CLASSES else {}
    if settings.get("ignore_class") is not None or settings.get("axis", -1) != -1:
        raise BridgeError(message(f"{name} over the last axis and all classes", f"{settings}"))
    return LOSSES[function][bool(settings.get("from_logits"))], settings


def like_prediction(y, pred, function):
    """The target in the shape the loss wants, as Keras brings (n,) and (n, 1) together."""
    if function in losses.FROM_CLASSES:
        y = y[..., 0] if y.ndim == pred.ndim and y.shape[-1] == 1 != pred.shape[-1] else y
        return y.astype(int) if y.ndim < pred.ndim else y  # class numbers may come as 3.0
    return y.reshape(pred.shape) if y.size == pred.size and abs(y.ndim - pred.ndim) == 1 else y


# ------------------------------------------------------------------------------------- probabilities near 0 and 1


def _plain(pred):
    return pred


def _in_sum(pred):
    """Probabilities that sum to 1."""
    return pred if pred.primitive is ops.softmax else pred / ops.sum(pred, axis=-1, keepdims=True)


def _cut(pred):
    import keras

    return ops.clip(pred, keras.config.epsilon(), 1 - keras.config.epsilon())


def _cut_in_sum(pred):
    return _cut(_in_sum(pred))


def _sum_of_cut(pred):
    cut = _cut(pred)
    return cut / ops.sum(cut, axis=-1, keepdims=True)
