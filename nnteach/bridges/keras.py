"""A Keras model as our graph, on whichever backend Keras runs.

The layers are taken one after the other and looked up in LAYERS: the name of the class finds the line, and the class
must be Keras's own. Keras has kernels as (n_in, n_out); ours are W (n_out, n_in), so a gradient of W is the transpose
of Keras's. In the end Keras runs the model itself, and its numbers must be ours.
"""

import numpy as np

from ..core import ops
from ..core.errors import GraphError, message
from ..core.graph import Node
from ..nn.activations import leaky_relu
from . import keras_run
from .build import BridgeError, Builder, at_least_one, require, unsupported
from .keras_losses import Loss
from .verify import Opened, compare, same, untouched


def from_keras(model, X, y, loss=None, *, training: bool = False, masks=None) -> Node:
    """Open a Keras model: the loss as a Node of our graph, with the model's numbers.

    Keras then computes output, loss and gradients (with the backend's own means) of the model on the same X and y. If
    they are not those of the graph, up to rounding, the model is refused. Its weights, averages and seeds stay as
    they are; only a model that is not built yet is built.

    Args:
        model: a Sequential, or a functional Model whose layers stand in a row.
        X: inputs, shape (batch, …).
        y: targets, as the loss wants them.
        loss: a loss of Keras, by name, function or object, or a name of `nnteach.nn.losses`; None: the compiled
            one, or else the one that goes with the model's output (categorical cross-entropy after a softmax,
            binary after a sigmoid, cross-entropy from logits for class numbers, else the mean squared error).
        training: whether dropout drops and batch normalisation goes by the batch, as in `model(X, training=True)`:
            a normalisation with `trainable=False` does not.
        masks: for training, one array of 0 and 1 per dropout layer, in order.

    Returns:
        The loss, with the L1 and L2 penalties of the layers. Its graph has the names X, W1, b1, pre1, out1, …,
        pred, target, loss. Frozen weights (`trainable=False`) are constants in it.

    Raises:
        BridgeError: for a layer or loss that cannot be opened, and for a model whose numbers in Keras are others;
            the message names the reason where there is one to be found.
    """
    if not isinstance(model, require("keras", "keras").Model):
        raise BridgeError(message("a model of Keras, a keras.Model", f"{model!r:.80}"))
    with untouched():
        return _open(model, at_least_one(np.asarray(X)), np.asarray(y), loss, training, masks)


def _open(model, X, y, loss, training, masks) -> Node:
    layers = _layers(model, X)
    dtype = _precision(layers, X)
    given = loss if loss is not None else _compiled_loss(model)

    def start(dtype, rounded=False):
        builder = Builder(dtype, training, masks, {id(variable) for variable in model.trainable_variables}, rounded)
        pred = x = builder.input(_as_taken(model, X))
        for layer in layers:
            pred = _put_on(builder, layer, pred)
        if pred is x:
            raise BridgeError(message("a model that computes something", "one that hands its input on unchanged"))
        return builder, pred

    def build(dtype, form=0, rounded=False):
        builder, pred = start(dtype, rounded)
        chosen = Loss(given, pred, y)
        with np.errstate(all="ignore"):
            node = chosen.put_on(builder, pred, chosen.forms(pred)[form])
        return Opened(node, pred, {owner.path: node for owner, node in builder.owned()})

    chosen = Loss(given, start(dtype)[1], y)
    opened = build(dtype)
    theirs = keras_run.run(
        model,
        X,
        None if chosen.keras is None else chosen,
        training,
        masks,
        [layer for layer in layers if type(layer) is _own("Dropout")],
        None if chosen.keras is not None else opened.slope(),
    )
    theirs.precision = _lowest(layers, model, chosen, theirs)
    return _agreeing(build, dtype, len(chosen.forms(opened.pred)), opened, theirs, layers).loss


def _agreeing(build, dtype, forms, opened, theirs, layers) -> Opened:
    """The way of computing the loss that has Keras's numbers; the error of the first if none has."""
    for form in range(forms):
        if same(candidate := build(dtype, form) if form else opened, theirs):
            return candidate
    refused = None
    for form in range(forms):
        candidate = build(dtype, form) if form else opened
        try:
            compare(
                "Keras",
                candidate,
                theirs,
                lambda dtype, form=form: build(dtype, form),
                lambda: _reasons(layers),
                lambda form=form: build(dtype, form, rounded=True),
            )
            return candidate
        except BridgeError as error:
            refused = refused or error
    raise refused


def _as_taken(model, X):
    """X in the precision in which the model takes it."""
    taken = getattr((getattr(model, "inputs", None) or [None])[0], "dtype", None)
    return X.astype(taken) if taken in ("float32", "float64") else X


def _lowest(layers, model, loss, theirs):
    """The lowest precision on Keras's way; on PyTorch and JAX Keras multiplies matrices in float32."""
    import keras

    met = {str(theirs.pred.dtype), loss.precision}
    met |= {layer.compute_dtype for layer in layers if hasattr(layer, "compute_dtype")}
    met |= {str(tensor.dtype) for tensor in getattr(model, "inputs", None) or ()}
    return "float32" if "float32" in met or keras.backend.backend() != "tensorflow" else "float64"


def _compiled_loss(model):
    """The loss of compile(), if the model computes it as Keras does."""
    import keras

    given = getattr(model, "loss", None)
    for method in ("compute_loss", "train_step", "test_step"):
        if given is not None and getattr(type(model), method) is not getattr(keras.Model, method):
            raise BridgeError(
                message(f"a model with Keras's {method}()", f"{type(model).__name__}, with its own", "Pass loss=…")
            )
    settings = getattr(getattr(model, "_compile_config", None), "config", None) or {}
    if given is not None and settings.get("loss_weights") is not None:
        raise BridgeError(
            message("a compiled loss without loss_weights=", "one with them", "Pass loss=… for the loss by itself")
        )
    return given


def _reasons(layers) -> list[str]:
    """What may be behind other numbers, and what to do."""
    found = []
    for layer in layers:
        if not str(getattr(type(layer).call, "__module__", "")).startswith("keras."):
            found.append(f"The method call of {type(layer).__name__} is not Keras's: restore it, or restart Python.")
    return list(dict.fromkeys(found))


def _own(kind):
    """Keras's layer of that name."""
    import keras

    return getattr(keras.layers, kind, None)


# ------------------------------------------------------------------------------------------------ the layers


def _layers(model, X) -> list:
    """The layers in a row; models inside the model are opened."""
    import keras

    functional = _functional()
    found, waiting = [], [model]
    while waiting:
        layer = waiting.pop()
        if isinstance(layer, keras.Model):
            _without_own_call(layer, keras.Sequential if isinstance(layer, keras.Sequential) else functional)
        if isinstance(layer, keras.Sequential):
            if not layer.built and layer is model:
                layer.build((None, *X.shape[1:]))
            waiting += reversed(layer.layers)
        elif isinstance(layer, functional):
            waiting += reversed(_chain(layer))
        else:
            found.append(layer)
    return found


def _functional():
    """The class of functional models, which Keras does not export."""
    from keras.src.models.functional import Functional

    return Functional


def _without_own_call(model, base):
    """Refuse a model that computes something else than its layers in a row."""
    import keras

    kind = type(model)
    own = next((method for method in ("call", "__call__") if method in vars(model)), None)
    if isinstance(model, base) and own is None and kind.call is base.call and kind.__call__ is keras.Model.__call__:
        return
    raise BridgeError(
        message(
            "a Sequential or a functional Model",
            f"{kind.__name__}, with a {own or 'call'}() of its own",
            "Its layers cannot be seen from outside: write it as keras.Sequential([...])",
        )
    )


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
        if type(layer) is _own("InputLayer"):
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
    if kind not in LAYERS or type(layer) is not _own(kind):
        said = f"the layer {getattr(layer, 'name', layer)}: {kind}"
        raise unsupported(
            "layers",
            f"{said}, which is not Keras's own" if kind in LAYERS else said,
            LAYERS,
            "Open the model up to this layer: keras.Sequential(model.layers[:k])",
        )
    _plain(builder, layer)
    return LAYERS[kind](builder, layer, x)


def _plain(builder, layer):
    """Refuse what changes a layer's numbers behind its settings."""
    _refuse(layer, quantization_mode=None, lora_enabled=False, activity_regularizer=None)
    if "call" in vars(layer):
        raise BridgeError(
            message("layers as Keras made them", f"{layer.name}, where call() was replaced on the object")
        )
    computes, one = layer.compute_dtype, builder.precision or layer.compute_dtype
    if computes not in ("float32", "float64") or computes != layer.variable_dtype or computes != one:
        raise BridgeError(
            message(
                f"a model in {one if one in ('float32', 'float64') else 'float32 or float64'} throughout",
                f"{layer.name}, which computes in {computes} and keeps {layer.variable_dtype}",
                'Build all layers under keras.config.set_dtype_policy("float32")',
            )
        )
    builder.precision = None if type(layer) is _own("InputLayer") else computes


def _refuse(layer, **settings):
    """Refuse a layer with settings that would give other numbers."""
    for name, meaningless in settings.items():
        given = getattr(layer, name, meaningless)
        if given != meaningless:
            raise BridgeError(
                message(f"{type(layer).__name__} with {name}={meaningless}", f"{layer.name} with {given!r}")
            )


def _dense(builder, layer, x):
    if not layer.built:
        raise GraphError(
            message(f"the weights of {layer.name}", "none yet", "Call the model once, or build it")
        )
    number = builder.next_dense()
    W = builder.parameter(layer.kernel, _array(layer.kernel).T, f"W{number}")
    b = builder.parameter(layer.bias, _array(layer.bias), f"b{number}") if layer.use_bias else None
    _penalize(builder, W, layer.kernel)
    _penalize(builder, b, layer.bias if layer.use_bias else None)
    return _activate(builder, layer.activation, builder.dense(x, W, b))


def _penalize(builder, node, weight):
    """The L1 and L2 penalty of a weight, as Keras adds it to the loss: once, and for no frozen one."""
    import keras

    regularizer = None if weight is None else weight.regularizer
    if regularizer is None or node.kind != "input" or any(weight is seen for seen in builder.penalized):
        return
    builder.penalized.append(weight)
    kinds = ("L1", "L2", "L1L2")
    if type(regularizer) not in [getattr(keras.regularizers, kind) for kind in kinds]:
        raise unsupported("regularizers", type(regularizer).__name__, kinds)
    l1, l2 = (builder.setting(getattr(regularizer, name, 0.0)) for name in ("l1", "l2"))
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
        advice = f'Keras\'s own is activation="{name}"' if name in ACTIVATIONS else ""
        raise unsupported("activations", f"{name}, which is not Keras's own" if advice else name, ACTIVATIONS, advice)
    return builder.out(x, lambda pre: ACTIVATIONS[name](builder, pre))


def _relu(builder, layer, x):
    _refuse(layer, max_value=None, threshold=0.0)
    slope = builder.setting(layer.negative_slope)
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
    for node, weight in ((gamma, layer.gamma), (beta, layer.beta)):
        _penalize(builder, node, None if node is None else weight)
    mean, variance = _array(layer.moving_mean), _array(layer.moving_variance)
    by_batch = builder.training and layer.trainable
    return builder.batch_norm(x, gamma, beta, mean, variance, builder.setting(layer.epsilon), by_batch)


def _rescaling(builder, layer, x):
    scale, offset = (builder.setting(number) for number in (layer.scale, layer.offset))
    x = (x * scale).named("scaled")
    return x if not np.any(offset) else (x + offset).named("scaled and shifted")


ACTIVATIONS = {  # name of Keras's function -> as a function of nodes
    "linear": lambda b, pre: pre,
    "relu": lambda b, pre: ops.relu(pre),
    "leaky_relu": lambda b, pre: leaky_relu(pre, b.setting(0.2)),  # Keras's own; the layer LeakyReLU has 0.3
    "elu": lambda b, pre: ops.elu(pre),
    "softplus": lambda b, pre: ops.softplus(pre),
    "sigmoid": lambda b, pre: ops.sigmoid(pre),
    "tanh": lambda b, pre: ops.tanh(pre),
    "softmax": lambda b, pre: ops.softmax(pre),
    "log_softmax": lambda b, pre: ops.log_softmax(pre),
    "exponential": lambda b, pre: ops.exp(pre),
}
LAYERS = {
    "InputLayer": lambda b, layer, x: x,
    "Dense": _dense,
    "Activation": lambda b, layer, x: _activate(b, layer.activation, x),
    "ReLU": _relu,
    "LeakyReLU": lambda b, layer, x: b.out(x, lambda pre: leaky_relu(pre, b.setting(layer.negative_slope))),
    "ELU": lambda b, layer, x: b.out(x, lambda pre: ops.elu(pre, alpha=b.setting(layer.alpha))),
    "Softmax": _softmax,
    "Flatten": _flatten,
    "Dropout": lambda b, layer, x: b.dropout(x, layer.rate, b.training),
    "BatchNormalization": _batch_norm,
    "Rescaling": _rescaling,
    "Identity": lambda b, layer, x: x,
}
