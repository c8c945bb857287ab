"""Keras's losses, with its own ways of targets, reductions and probabilities near 0."""

from .. import ops
from ..errors import message
from ..graph import Node
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


def put_on_loss(builder, pred, y, loss) -> Node:
    """The loss as Keras computes it, on top of the prediction; None: the one that goes with the output."""
    if isinstance(loss, list | tuple) and len(loss) == 1:
        loss = loss[0]
    if loss is None:
        function, settings = usual_loss(pred, y), {}
    elif loss in losses.LOSSES.values() or (
        isinstance(loss, str) and loss in losses.LOSSES and loss not in ("mse", "mae")
    ):
        function, settings = losses.loss(loss), {}
    else:
        function, settings = _from_keras_loss(loss)
    y = _like_prediction(y, pred, function)
    if function is losses.binary_cross_entropy and (smoothing := settings.get("label_smoothing")):
        y = y * (1 - smoothing) + smoothing / 2
    reduction = settings.get("reduction", "mean")
    pred, function = _kept_from_zero(pred, function)
    return builder.loss(
        pred,
        y,
        function,
        "mean" if reduction in MEANS else reduction,
        settings.get("label_smoothing", 0.0) if function in losses.FROM_CLASSES else 0.0,
        per_sample=True,
    )


def _from_keras_loss(loss):
    """One of our losses, and Keras's settings."""
    import keras

    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    is_object = isinstance(loss, keras.losses.Loss)
    name = (
        CLASSES.get(type(loss).__name__, type(loss).__name__)
        if is_object
        else getattr(loss, "__name__", repr(loss))
    )
    if name not in LOSSES:
        raise unsupported("losses", name, [*CLASSES, *LOSSES])
    settings = loss.get_config() if is_object else {}
    if settings.get("ignore_class") is not None or settings.get("axis", -1) != -1:
        raise BridgeError(message(f"{name} over the last axis and all classes", f"{settings}"))
    return LOSSES[name][bool(settings.get("from_logits"))], settings


def _like_prediction(y, pred, function):
    """The target in the shape the loss wants, as Keras brings (n,) and (n, 1) together."""
    if function in losses.FROM_CLASSES:
        y = y[..., 0] if y.ndim == pred.ndim and y.shape[-1] == 1 != pred.shape[-1] else y
        return y.astype(int) if y.ndim < pred.ndim else y  # class numbers may come as 3.0
    return y.reshape(pred.shape) if y.size == pred.size and abs(y.ndim - pred.ndim) == 1 else y


def _kept_from_zero(pred, function):
    """What the loss is taken of, and the loss: done like Keras, only where that changes a number.

    Keras makes probabilities sum to 1 and keeps them 1e-7 from 0 and 1. On TensorFlow it goes back to the
    logits instead.
    """
    import keras

    if function not in FROM_LOGITS:
        return pred, function
    if function is losses.categorical_cross_entropy and pred.primitive is not ops.softmax:
        pred = pred / ops.sum(pred, axis=-1, keepdims=True)
    low, high = keras.config.epsilon(), 1 - keras.config.epsilon()
    outside = pred.value.min() < low or pred.value.max() > high
    if outside and keras.backend.backend() == "tensorflow" and pred.primitive in (ops.softmax, ops.sigmoid):
        return pred.parents[0], FROM_LOGITS[function]
    return (ops.clip(pred, low, high) if outside else pred), function
