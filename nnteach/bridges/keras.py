"""A Keras model as our graph, on whichever backend Keras runs.

The layers are taken one after the other and looked up in LAYERS by the name of their class. Keras has kernels as
(n_in, n_out); ours are W (n_out, n_in), so a gradient of W is the transpose of Keras's.
"""

import numpy as np

from .. import ops
from ..errors import GraphError, message
from ..graph import Node
from ..nn.activations import leaky_relu
from .build import BridgeError, Builder, require, unsupported
from .keras_losses import put_on_loss


def from_keras(model, X, y, loss=None, *, training: bool = False, masks=None) -> Node:
    """Open a Keras model: the loss as a Node of our graph, with the model's numbers.

    Args:
        model: a Sequential, or a functional Model whose layers stand in a row.
        X: inputs, shape (batch, …).
        y: targets, as the loss wants them.
        loss: a loss of Keras, by name, function or object, or a name of `nnteach.nn.losses`; None: the compiled
            one, or else the one that goes with the model's output (categorical cross-entropy after a softmax,
            binary after a sigmoid, cross-entropy from logits for class numbers, else the mean squared error).
        training: whether dropout drops and batch normalisation goes by the batch.
        masks: for training, one array of 0 and 1 per dropout layer, in order.

    Returns:
        The loss, with the L1 and L2 penalties of the layers. Its graph has the names X, W1, b1, pre1, out1, …,
        pred, target, loss.

    Raises:
        BridgeError: for a layer or loss that cannot be opened; the message names it, and those that can.
    """
    if not isinstance(model, require("keras", "keras").Model):
        raise BridgeError(message("a model of Keras, a keras.Model", f"{model!r:.80}"))
    X, y = np.asarray(X), np.asarray(y)
    layers = _layers(model, X)
    builder = Builder(_precision(layers, X), training, masks)
    pred = x = builder.input(X)
    for layer in layers:
        pred = _put_on(builder, layer, pred)
    if pred is x:
        raise BridgeError(message("a model that computes something", "one that hands its input on unchanged"))
    return put_on_loss(builder, pred, y, getattr(model, "loss", None) if loss is None else loss)


# ------------------------------------------------------------------------------------------------ the layers


def _layers(model, X) -> list:
    """The layers in a row; models inside the model are opened."""
    import keras

    found, waiting = [], [model]
    while waiting:
        layer = waiting.pop()
        if isinstance(layer, keras.Sequential):
            if not layer.built and layer is model:
                layer.build((None, *X.shape[1:]))
            waiting += reversed(layer.layers)
        elif type(layer).__name__ == "Functional":
            waiting += reversed(_chain(layer))
        elif isinstance(layer, keras.Model):
            raise BridgeError(
                message(
                    "a Sequential or a functional Model",
                    f"{type(layer).__name__}, with a call() of its own",
                    "Its layers cannot be seen from outside: write it as keras.Sequential([...])",
                )
            )
        else:
            found.append(layer)
    return found


def _chain(model) -> list:
    """The layers of a functional model, followed from the output back to the input."""
    if len(model.outputs) != 1 or len(model.inputs) != 1:
        raise BridgeError(
            message(
                "a model with one input and one output",
                f"{len(model.inputs)} inputs and {len(model.outputs)} outputs",
            )
        )
    chain, tensor = [], model.outputs[0]
    while True:
        layer, index, _ = tensor._keras_history
        if type(layer).__name__ == "InputLayer":
            return chain[::-1]
        inputs = layer._inbound_nodes[index].input_tensors
        if len(inputs) != 1:
            raise BridgeError(
                message(
                    "layers in a row",
                    f"{layer.name} ({type(layer).__name__}), with {len(inputs)} inputs",
                    "Branches cannot be opened yet; from_torch can open sums of branches",
                )
            )
        chain.append(layer)
        tensor = inputs[0]


def _array(weight) -> np.ndarray:
    """The numbers of a weight of Keras's."""
    if weight.dtype not in ("float32", "float64"):
        raise BridgeError(
            message("weights in float32 or float64", weight.dtype, 'Build the model with dtype="float32"')
        )
    value = weight.value
    return np.asarray(
        value.detach().cpu() if hasattr(value, "detach") else value
    )  # PyTorch's, or another backend's


def _precision(layers, X):
    """That of the first weight; without weights, that of X."""
    first = next((weight for layer in layers for weight in getattr(layer, "weights", ())), None)
    dtype = X.dtype if first is None else _array(first).dtype
    return dtype if dtype.kind == "f" else np.float64


def _put_on(builder, layer, x) -> Node:
    kind = type(layer).__name__
    if kind not in LAYERS or not type(layer).__module__.startswith("keras."):
        raise unsupported(
            "layers",
            f"the layer {getattr(layer, 'name', layer)}: {kind}",
            LAYERS,
            "Open the model up to this layer: keras.Sequential(model.layers[:k])",
        )
    return LAYERS[kind](builder, layer, x)


def _refuse(layer, **settings):
    """Refuse a layer with settings that would give other numbers."""
    for name, meaningless in settings.items():
        given = getattr(layer, name, meaningless)
        if given != meaningless:
            raise BridgeError(
                message(f"{type(layer).__name__} with {name}={meaningless}", f"{layer.name} with {given!r}")
            )


def _dense(builder, layer, x):
    _refuse(layer, quantization_mode=None, lora_enabled=False, activity_regularizer=None)
    if not layer.built:
        raise GraphError(
            message(f"the weights of {layer.name}", "none yet", "Call the model once, or build it")
        )
    number = builder.next_dense()
    W = builder.parameter(layer.kernel, _array(layer.kernel).T, f"W{number}")
    b = builder.parameter(layer.bias, _array(layer.bias), f"b{number}") if layer.use_bias else None
    for node, regularizer in ((W, layer.kernel_regularizer), (b, layer.bias_regularizer)):
        _penalize(builder, node, regularizer)
    return _activate(builder, layer.activation, builder.dense(x, W, b))


def _penalize(builder, node, regularizer):
    """The L1 and L2 penalty of a parameter, as Keras adds it to the loss."""
    if regularizer is None or node is None:
        return
    if type(regularizer).__name__ not in ("L1", "L2", "L1L2"):
        raise unsupported("regularizers", type(regularizer).__name__, ("L1", "L2", "L1L2"))
    l1, l2 = (float(getattr(regularizer, name, 0.0)) for name in ("l1", "l2"))
    if l1:
        builder.penalties.append(l1 * ops.sum(ops.absolute(node)))
    if l2:
        builder.penalties.append(l2 * ops.sum(ops.square(node)))


def _activate(builder, activation, x):
    """An activation given as a function of Keras's, or as a layer."""
    import keras

    if isinstance(activation, keras.layers.Layer):
        return _put_on(builder, activation, x)
    name = getattr(activation, "__name__", str(activation))
    if name not in ACTIVATIONS or activation is not getattr(keras.activations, name):
        raise unsupported("activations", name, ACTIVATIONS)
    return builder.out(x, ACTIVATIONS[name])


def _relu(builder, layer, x):
    _refuse(layer, max_value=None, threshold=0.0)
    slope = float(layer.negative_slope)
    return builder.out(x, (lambda pre: leaky_relu(pre, slope)) if slope else ops.relu)


def _softmax(builder, layer, x):
    axis = layer.axis
    if not isinstance(axis, int):
        raise BridgeError(message("a softmax over one axis", f"{layer.name} over {axis}"))
    return builder.out(x, lambda pre: ops.softmax(pre, axis=axis - x.ndim if axis >= 0 else axis))


def _flatten(builder, layer, x):
    if layer.data_format == "channels_first" and x.ndim > 2:
        raise BridgeError(message("Flatten with channels_last", f"{layer.name} with channels_first"))
    return builder.flatten(x)


def _batch_norm(builder, layer, x):
    builder.norms += 1
    gamma, beta = (
        builder.parameter(weight, _array(weight), f"{name}{builder.norms}") if has else None
        for name, weight, has in (("gamma", layer.gamma, layer.scale), ("beta", layer.beta, layer.center))
    )
    for node, regularizer in ((gamma, layer.gamma_regularizer), (beta, layer.beta_regularizer)):
        _penalize(builder, node, regularizer)
    mean, variance = _array(layer.moving_mean), _array(layer.moving_variance)
    by_batch = builder.training and layer.trainable
    return builder.batch_norm(x, gamma, beta, mean, variance, float(layer.epsilon), by_batch)


def _rescaling(builder, layer, x):
    scale, offset = (np.asarray(number, builder.dtype)[()] for number in (layer.scale, layer.offset))
    x = (x * scale).named("scaled")
    return x if not np.any(offset) else (x + offset).named("scaled and shifted")


ACTIVATIONS = {  # name of Keras's function -> as a function of nodes
    "linear": lambda pre: pre,
    "relu": ops.relu,
    "leaky_relu": lambda pre: leaky_relu(pre, 0.2),  # Keras's own; the layer LeakyReLU has 0.3
    "elu": ops.elu,
    "softplus": ops.softplus,
    "sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "softmax": ops.softmax,
    "log_softmax": ops.log_softmax,
    "exponential": ops.exp,
}
LAYERS = {
    "InputLayer": lambda b, layer, x: x,
    "Dense": _dense,
    "Activation": lambda b, layer, x: _activate(b, layer.activation, x),
    "ReLU": _relu,
    "LeakyReLU": lambda b, layer, x: b.out(x, lambda pre: leaky_relu(pre, float(layer.negative_slope))),
    "ELU": lambda b, layer, x: b.out(x, lambda pre: ops.elu(pre, alpha=float(layer.alpha))),
    "Softmax": _softmax,
    "Flatten": _flatten,
    "Dropout": lambda b, layer, x: b.dropout(x, layer.rate, b.training),
    "BatchNormalization": _batch_norm,
    "Rescaling": _rescaling,
    "Identity": lambda b, layer, x: x,
}
