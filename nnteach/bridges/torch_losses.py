"""PyTorch's losses: which of ours each is, and what only PyTorch does."""

import numpy as np

from ..core.errors import GraphError, message
from ..nn import losses
from .build import BridgeError, unsupported, usual_loss

LOSSES = {  # PyTorch's class and function -> ours
    "CrossEntropyLoss": losses.cross_entropy,
    "NLLLoss": losses.negative_log_likelihood,
    "MSELoss": losses.mse,
    "L1Loss": losses.mae,
    "BCELoss": losses.binary_cross_entropy,
    "BCEWithLogitsLoss": losses.binary_cross_entropy_with_logits,
    # the same as functions
    "cross_entropy": losses.cross_entropy,
    "nll_loss": losses.negative_log_likelihood,
    "mse_loss": losses.mse,
    "l1_loss": losses.mae,
    "binary_cross_entropy": losses.binary_cross_entropy,
    "binary_cross_entropy_with_logits": losses.binary_cross_entropy_with_logits,
}


def put_on_loss(builder, pred, y, loss):
    """The loss on top of the prediction, and the loss of PyTorch's that it is; None if it is one of nnteach's."""
    if loss is None:
        function = usual_loss(pred, y)
        return _finite(builder.loss(pred, y, function), function), _same_in_pytorch(function, y, pred)
    if isinstance(loss, str) or any(loss is ours for ours in losses.LOSSES.values()):
        return builder.loss(pred, y, losses.loss(loss), "own"), None
    function = _known(loss)
    _plain(loss, y)
    _classes(pred, y, function)
    settings = getattr(loss, "reduction", "mean"), getattr(loss, "label_smoothing", 0.0)
    return _finite(builder.loss(pred, y, function, *settings), function), loss


def _same_in_pytorch(function, y, pred):
    """The function of torch.nn.functional; probabilities as targets of a log-softmax have none."""
    import torch

    if function is losses.negative_log_likelihood and np.ndim(y) == pred.ndim:
        return None
    name = next((name for name, ours in LOSSES.items() if ours is function and name.islower()), None)
    return name and getattr(torch.nn.functional, name)


def _known(loss):
    """One of our losses for one of PyTorch's own; something else that has such a name is refused."""
    import torch

    name = getattr(loss, "__name__", type(loss).__name__)
    if isinstance(loss, type):
        raise BridgeError(message("a loss", f"{name}, its class", f"Write {name}() with brackets"))
    own = type(loss) is getattr(torch.nn, name, None) or loss is getattr(torch.nn.functional, name, None)
    if name not in LOSSES or not own:
        alike = f"{name}, which is not PyTorch's own" if name in LOSSES else name
        raise unsupported("losses", alike, LOSSES, "Losses of your own cannot be opened: build the graph with Nodes")
    return LOSSES[name]


def _plain(loss, y):
    """Refuse settings that give single classes or samples another weight."""
    name = getattr(loss, "__name__", type(loss).__name__)
    for setting in ("weight", "pos_weight"):
        if getattr(loss, setting, None) is not None:
            raise BridgeError(
                message(f"{name} without {setting}=", "one with it", "Leave it out to step through the model")
            )
    ignored = getattr(loss, "ignore_index", -100)
    if name in ("CrossEntropyLoss", "NLLLoss", "cross_entropy", "nll_loss") and y.dtype.kind in "iu":
        if (y == ignored).any():
            raise BridgeError(
                message(
                    "class numbers of every sample",
                    f"{ignored}, which {name} ignores",
                    "Leave these samples out of X and y",
                )
            )


def _classes(pred, y, function):
    """Targets of a loss over classes, in the forms that PyTorch takes."""
    if function not in losses.FROM_CLASSES:
        return
    if y.dtype.kind in "iub" and y.shape == pred.shape and pred.ndim > 1:
        raise BridgeError(
            message(
                f"class numbers of shape {pred.shape[:-1]}",
                f"whole numbers of shape {y.shape}, which PyTorch refuses",
                "Write y.argmax(1) for rows with a single 1, or y.float() for probabilities",
            )
        )
    if pred.ndim > 2:
        raise BridgeError(
            message(
                "predictions of shape (batch, classes)",
                f"{pred.shape}, of which PyTorch takes axis 1 for the classes",
                "Write .flatten(0, 1) at the end of forward(), and the same for y",
            )
        )


def target(y, out, loss):
    """The target as a tensor that PyTorch's loss takes: numbers in the precision of the output, or classes."""
    import torch

    tensor = torch.as_tensor(np.array(y))
    name = getattr(loss, "__name__", type(loss).__name__)
    classes = LOSSES.get(name) in losses.FROM_CLASSES and not tensor.is_floating_point()
    return tensor.to(torch.int64 if classes else out.dtype)


def reason(opened, loss) -> list[str]:
    """What a loss of PyTorch's does that the formula does not."""
    name = getattr(loss, "__name__", type(loss).__name__)
    if LOSSES.get(name) is losses.binary_cross_entropy:
        return [
            f"PyTorch's {name} stops the logarithm at −100, and its slope near 0 and 1: take BCEWithLogitsLoss of the "
            "numbers before the sigmoid, which is exact."
        ]
    return []


def _finite(loss, function):
    """PyTorch cuts the logarithm of 0 off at −100; the formula, and our graph, has an infinity there."""
    if np.isinf(loss.value) and function in (losses.binary_cross_entropy, losses.categorical_cross_entropy):
        raise GraphError(
            message(
                "predictions strictly between 0 and 1",
                "a loss of inf, from a prediction of exactly 0 or 1",
                "Use the loss from logits (BCEWithLogitsLoss, CrossEntropyLoss), which is exact",
            )
        )
    return loss
