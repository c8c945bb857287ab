"""A PyTorch model as our graph.

The model's `forward` is followed symbolically (torch.fx), so a Sequential and a Module with a forward of its own
are opened alike. What is met on the way is looked up in LAYERS, FUNCTIONS and METHODS by its name.
"""

import numpy as np

from .. import ops
from ..errors import GraphError, message
from ..graph import Node
from ..nn import losses
from ..nn.activations import leaky_relu
from .build import BridgeError, Builder, require, softplus, unsupported, usual_loss


def from_torch(model, X, y, loss=None, *, training: bool = False, masks=None) -> Node:
    """Open a PyTorch model: the loss as a Node of our graph, with the model's numbers.

    Args:
        model: a Sequential, or a Module whose forward uses the layers and functions below.
        X: inputs, shape (batch, …); an array or a tensor.
        y: targets, as the loss wants them.
        loss: a loss of torch.nn or torch.nn.functional, or a name of `nnteach.nn.losses`; None: the one that
            goes with the model's output (NLLLoss after a log-softmax, BCELoss after a sigmoid, CrossEntropyLoss
            for class numbers, else MSELoss).
        training: whether dropout drops and batch normalisation goes by the batch, as after `model.train()`.
            The model's own mode is not asked.
        masks: for training, one array of 0 and 1 per dropout layer, in order.

    Returns:
        The loss. Its graph has the names X, W1, b1, pre1, out1, …, pred, target, loss.

    Raises:
        BridgeError: for a layer or loss that cannot be opened; the message names it, and those that can.
    """
    if not isinstance(model, require("torch", "torch").nn.Module):
        raise BridgeError(message("a model of PyTorch, a torch.nn.Module", f"{model!r:.80}"))
    builder = Builder(_precision(model, X), training, masks)
    pred = _run(builder, model, builder.input(_array(X)))
    if pred.primitive is None:
        raise BridgeError(message("a model that computes something", "one that hands its input on unchanged"))
    with np.errstate(divide="ignore", invalid="ignore"):  # log 0 has an error message below
        return _finite(_loss(builder, pred, _array(y), loss))


def _array(tensor):
    """A tensor's numbers as an array; anything else as it is."""
    if not hasattr(tensor, "detach"):
        return np.asarray(tensor)
    try:
        return tensor.detach().cpu().numpy()
    except TypeError as error:
        raise BridgeError(
            message("numbers in float32 or float64", str(tensor.dtype), "Write model.float() first")
        ) from error


def _precision(model, X):
    first = next(model.parameters(), None)
    dtype = np.asarray(_array(X) if first is None else _array(first)).dtype
    return dtype if dtype.kind == "f" else np.float64


# ------------------------------------------------------------------------------------------ through the model


def _run(builder, model, x):
    """Follow the model's forward, one operation after the other."""
    from torch.fx.node import map_arg

    results = {}
    for node in _traced(model).nodes:
        args, settings = (map_arg(given, results.__getitem__) for given in (node.args, node.kwargs))
        if node.op == "placeholder":
            if isinstance(x, Node):
                results[node], x = x, None
                continue
            if not args:
                raise BridgeError(message("a model with one input", f"another, called {node.name}"))
            results[node] = args[0]
        elif node.op == "output":
            return _single(args[0])
        else:
            results[node] = _apply(builder, model, node, args, settings)


def _traced(model):
    import torch.fx

    try:
        return torch.fx.symbolic_trace(model).graph
    except Exception as error:  # whatever a student's forward does with a symbol instead of numbers
        raise BridgeError(
            message(
                "a forward() that takes the same way for all inputs",
                f"{type(error).__name__}: {error}",
                "Leave out what depends on the numbers (if, for, print, .item(), .numpy()), or use nn.Sequential",
            )
        ) from error


def _single(result):
    if not isinstance(result, Node):
        raise BridgeError(
            message(
                "a model with one output",
                f"{type(result).__name__}",
                "Return the prediction alone from forward()",
            )
        )
    return result


def _apply(builder, model, node, args, settings):
    """One operation that the trace has met."""
    if node.op == "get_attr":
        return _attribute(builder, model, node.target)
    if node.op == "call_module":
        module = model.get_submodule(node.target)
        kind, table, said = type(module).__name__, LAYERS, f"the layer {node.target}: {module}"
        args = (module, *args)
    else:
        table = FUNCTIONS if node.op == "call_function" else METHODS
        kind = getattr(node.target, "__name__", node.target)
        said = f"{kind}() in forward()"
    if kind not in table:
        raise unsupported("layers" if table is LAYERS else "operations", said, table)
    try:
        return table[kind](builder, *args, **settings)
    except TypeError as error:
        if isinstance(error, BridgeError):
            raise
        raise BridgeError(
            message(f"{kind} with its usual settings", f"{said} with {settings or args[1:]}", str(error))
        ) from error


def _attribute(builder, model, path):
    """A parameter, or a buffer, that forward() itself uses."""
    owner, _, name = path.rpartition(".")
    tensor = getattr(model.get_submodule(owner), name)
    array = np.asarray(_array(tensor))
    return builder.parameter(tensor, array, path.replace(".", "_")) if tensor.requires_grad else array


def _linear(builder, x, weight, bias=None):
    """F.linear, and so every Linear: the parameters arrive as nodes or as tensors."""
    number = builder.next_dense()
    W = weight if isinstance(weight, Node) else builder.parameter(weight, _array(weight), f"W{number}")
    b = (
        bias
        if bias is None or isinstance(bias, Node)
        else builder.parameter(bias, _array(bias), f"b{number}")
    )
    return builder.dense(x, W, b)


def _batch_norm(builder, module, x):
    builder.norms += 1
    gamma, beta = (
        None if tensor is None else builder.parameter(tensor, _array(tensor), f"{name}{builder.norms}")
        for name, tensor in (("gamma", module.weight), ("beta", module.bias))
    )
    mean, variance = (
        None if tensor is None else _array(tensor) for tensor in (module.running_mean, module.running_var)
    )
    return builder.batch_norm(x, gamma, beta, mean, variance, module.eps)


def _softmax(primitive):
    def apply(builder, x, dim=None, dtype=None, _stacklevel=3):
        if dtype is not None:
            raise TypeError("dtype= would change the precision on the way")
        axis = (0 if x.ndim in (0, 1, 3) else 1) if dim is None else dim  # PyTorch's own guess
        return builder.out(x, lambda pre: primitive(pre, axis=axis - x.ndim if axis >= 0 else axis))

    return apply


def _reshape(builder, x, *shape):
    return x.reshape(*shape).named("flat")


ACTIVATIONS = {  # name of the function -> as a function of nodes
    "relu": lambda b, x, inplace=False: b.out(x, ops.relu),
    "leaky_relu": lambda b, x, negative_slope=0.01, inplace=False: b.out(
        x, lambda pre: leaky_relu(pre, negative_slope)
    ),
    "elu": lambda b, x, alpha=1.0, inplace=False: b.out(x, lambda pre: ops.elu(pre, alpha=float(alpha))),
    "softplus": lambda b, x, beta=1.0, threshold=20.0: b.out(x, lambda pre: softplus(pre, beta)),
    "sigmoid": lambda b, x: b.out(x, ops.sigmoid),
    "tanh": lambda b, x: b.out(x, ops.tanh),
    "softmax": _softmax(ops.softmax),
    "log_softmax": _softmax(ops.log_softmax),
}
LAYERS = {
    "Linear": lambda b, m, x: _linear(b, x, m.weight, m.bias),
    "ReLU": lambda b, m, x: ACTIVATIONS["relu"](b, x),
    "LeakyReLU": lambda b, m, x: ACTIVATIONS["leaky_relu"](b, x, m.negative_slope),
    "ELU": lambda b, m, x: ACTIVATIONS["elu"](b, x, m.alpha),
    "Softplus": lambda b, m, x: ACTIVATIONS["softplus"](b, x, m.beta),
    "Sigmoid": lambda b, m, x: ACTIVATIONS["sigmoid"](b, x),
    "Tanh": lambda b, m, x: ACTIVATIONS["tanh"](b, x),
    "Softmax": lambda b, m, x: ACTIVATIONS["softmax"](b, x, m.dim),
    "LogSoftmax": lambda b, m, x: ACTIVATIONS["log_softmax"](b, x, m.dim),
    "Flatten": lambda b, m, x: b.flatten(x, m.start_dim, m.end_dim),
    "Dropout": lambda b, m, x: b.dropout(x, m.p),
    "BatchNorm1d": _batch_norm,
    "Identity": lambda b, m, x: x,
}
FUNCTIONS = ACTIVATIONS | {
    "linear": _linear,
    "flatten": lambda b, x, start_dim=0, end_dim=-1: b.flatten(x, start_dim, end_dim),
    "dropout": lambda b, x, p=0.5, training=True, inplace=False: b.dropout(x, p),
    "add": lambda b, x, other: x + other,
    "sub": lambda b, x, other: x - other,
    "mul": lambda b, x, other: x * other,
    "truediv": lambda b, x, other: x / other,
    "matmul": lambda b, x, other: x @ other,
    "getattr": lambda b, x, name: _shape_or_transpose(x, name),
    "getitem": lambda b, x, index: x[index],
}
METHODS = ACTIVATIONS | {
    "flatten": FUNCTIONS["flatten"],
    "view": _reshape,
    "reshape": _reshape,
    "size": lambda b, x, dim=None: x.shape if dim is None else x.shape[dim],
    "t": lambda b, x: x.T,
}


def _shape_or_transpose(x, name):
    if name not in ("shape", "T"):
        raise unsupported("attributes of a tensor", f".{name} in forward()", ("shape", "T"))
    return getattr(x, name)


# ---------------------------------------------------------------------------------------------------- the loss

LOSSES = {
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


def _loss(builder, pred, y, loss):
    if loss is None:
        return builder.loss(pred, y, usual_loss(pred, y))
    if isinstance(loss, str) or loss in losses.LOSSES.values():
        return builder.loss(pred, y, losses.loss(loss))
    name = getattr(loss, "__name__", type(loss).__name__)
    if name not in LOSSES:
        raise unsupported("losses", name, LOSSES)
    for setting in ("weight", "pos_weight"):
        if getattr(loss, setting, None) is not None:
            raise BridgeError(
                message(f"{name} without {setting}=", "one with it", "Leave it out to step through the model")
            )
    if name == "CrossEntropyLoss" and y.dtype.kind in "iu" and (y == loss.ignore_index).any():
        raise BridgeError(
            message(
                "class numbers of every sample",
                f"{loss.ignore_index}, which {name} ignores",
                "Leave these samples out of X and y",
            )
        )
    settings = getattr(loss, "reduction", "mean"), getattr(loss, "label_smoothing", 0.0)
    return builder.loss(pred, y, LOSSES[name], *settings)


def _finite(loss):
    """PyTorch cuts the logarithm of 0 off at −100; the formula, and our graph, has an infinity there."""
    if np.isinf(loss.value):
        raise GraphError(
            message(
                "predictions strictly between 0 and 1",
                "a loss of inf, from a prediction of exactly 0 or 1",
                "Use the loss from logits (BCEWithLogitsLoss, CrossEntropyLoss), which is exact",
            )
        )
    return loss
