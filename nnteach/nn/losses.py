"""Losses, from predictions or from logits, with every reduction that the courses use.

    loss(pred, target, reduction="mean")    # Nodes or arrays, (batch, n_out); one axis is a batch of numbers

`reduction` says what is done over which axis (C9):

    "none"       nothing: one loss per entry (batch, n_out), or per sample (batch,) if it is categorical
    "sum"        sum over samples and outputs                                (000, 001, 004)
    "mean"       mean over samples *and* outputs, as in PyTorch and Keras    (E004-9)
    "batchmean"  sum over outputs, mean over samples                         (002's 1/N, 003's 1/m)

With one output, "mean" and "batchmean" are the same. To add a loss, add a function and a line to LOSSES.
"""

import numpy as np

from ..core import ops
from ..core.composed import one_hot
from ..core.errors import GraphError, ShapeError, message, shape_text
from ..core.primitive import ndim, shape_of
from .table import look_up


def squared_error(pred, target, reduction="sum"):
    """(pred − target)², by default summed: 001-12, 004-11; "batchmean" is 002-13."""
    return reduce(ops.square(_difference(pred, target)), reduction)


def half_squared_error(pred, target, reduction="sum"):
    """½ (pred − target)², by default summed (000-02, 000-29); its slope is pred − target (000-23)."""
    return reduce(0.5 * ops.square(_difference(pred, target)), reduction)


def mse(pred, target, reduction="mean"):
    """Mean squared error (001-26), over all samples and outputs like PyTorch's MSELoss (E004-9)."""
    return squared_error(pred, target, reduction)


def mae(pred, target, reduction="mean"):
    """Mean absolute error (001-26); its slope at a perfect prediction is taken as 0."""
    return reduce(ops.absolute(_difference(pred, target)), reduction)


def binary_cross_entropy(pred, target, reduction="mean"):
    """−(t ln p + (1 − t) ln(1 − p)) from probabilities in (0, 1) (000-50, 003-14).

    A probability of exactly 0 or 1 where the target says otherwise costs inf, as the formula says; PyTorch's
    BCELoss stops at 100 there (E004-18). Prefer the form from logits, which has neither problem.
    """
    _difference(pred, target)  # for its message, if the shapes differ
    return reduce(-(ops.xlogy(target, pred) + ops.xlogy(1 - target, 1 - pred)), reduction)


def binary_cross_entropy_with_logits(logits, target, reduction="mean"):
    """ln(1 + e^z) − t z, without overflow (004-05, 004-11): the same number, from pre-activations."""
    _difference(logits, target)
    return reduce(ops.sigmoid_cross_entropy(logits, target), reduction)


def cross_entropy(logits, target, reduction="mean"):
    """Categorical cross-entropy from logits: ln Σ e^z − z_target (004-11), without overflow.

    Args:
        logits: shape (batch, classes), or (classes,) for a single sample.
        target: class numbers, shape (batch,), or one-hot (or any probabilities), shape (batch, classes).
        reduction: over the samples.

    Returns:
        A number, or shape (batch,) with reduction "none".
    """
    return reduce(ops.softmax_cross_entropy(logits, as_one_hot(target, logits)), reduction)


def categorical_cross_entropy(pred, target, reduction="mean"):
    """−Σ t_c ln y_c from probabilities (000-51, 002-12); arguments as in `cross_entropy`."""
    return reduce(-ops.sum(ops.xlogy(as_one_hot(target, pred), pred), axis=-1), reduction)


def negative_log_likelihood(log_pred, target, reduction="mean"):
    """−log_pred at the target: what follows a log-softmax (004-34 NLLLoss)."""
    return reduce(-ops.sum(as_one_hot(target, log_pred) * log_pred, axis=-1), reduction)


LOSSES = {
    "squared_error": squared_error,
    "half_squared_error": half_squared_error,
    "mse": mse,
    "mae": mae,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
    "categorical_cross_entropy": categorical_cross_entropy,
    "negative_log_likelihood": negative_log_likelihood,
}
FROM_CLASSES = (cross_entropy, categorical_cross_entropy, negative_log_likelihood)
BINARY = {binary_cross_entropy: 0.5, binary_cross_entropy_with_logits: 0.0}  # where the decision changes


def loss(name):
    """The loss of that name; a function (pred, target) is returned as it is."""
    return look_up("loss", LOSSES, name)


# --------------------------------------------------------------------------------------------------- helpers


def reduce(values, reduction: str):
    """Bring a loss per entry, shape (batch, …) or a single number, to one number, or leave it as it is."""
    if reduction == "none":
        return values
    if reduction == "sum":
        return ops.sum(values)
    if reduction == "mean":
        return ops.mean(values)
    if reduction == "batchmean":
        return ops.sum(values) / shape_of(values)[0] if ndim(values) else values
    raise GraphError(message('the reduction "none", "sum", "mean" or "batchmean"', repr(reduction)))


def as_one_hot(target, scores):
    """The target in the shape of the scores: class numbers become rows with a single 1 (002-10).

    Args:
        target: class numbers (…,) or rows (…, classes); a Node or an array.
        scores: what it is compared with, shape (…, classes).
    """
    shape = shape_of(scores)
    if not shape:
        raise ShapeError(
            message(
                "one score per class",
                "a single number",
                "For two classes and one output use binary_cross_entropy_with_logits",
            )
        )
    target = target if hasattr(target, "__apply__") else np.asarray(target)
    if target.shape == shape:
        return target if target.dtype.kind == "f" or hasattr(target, "__apply__") else target.astype(float)
    if target.shape == shape[:-1] and target.dtype.kind in "iu" and not hasattr(target, "__apply__"):
        return one_hot(target, shape[-1])
    raise ShapeError(
        message(
            f"whole class numbers of shape {shape_text(shape[:-1])} or rows of shape {shape_text(shape)}",
            f"a target of shape {shape_text(target.shape)} and type {target.dtype}",
        )
    )


def _difference(pred, target):
    """pred − target; a (batch, 1) against a (batch,) would silently spread to (batch, batch), so it is refused."""
    pred = pred if hasattr(pred, "__apply__") else np.asarray(pred)
    if shape_of(pred) != np.shape(target if not hasattr(target, "__apply__") else target.value):
        raise ShapeError(
            message(
                f"a target of the prediction's shape, {shape_text(shape_of(pred))}",
                shape_text(np.shape(target)),
                "Write T.reshape(-1, 1) for a column of targets",
            )
        )
    return pred - target
