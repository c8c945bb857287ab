"""Keras's own forward and backward of a model, on whichever backend it runs, without changing the model.

Everything runs in a StatelessScope: the model works on other tensors in the place of its variables, so that neither
averages nor seeds nor gradients of the student's model move.
"""

from contextlib import contextmanager

import numpy as np

from ..core.errors import message
from .build import BridgeError
from .verify import Theirs


def run(model, X, loss, training, masks, drops, seed=None) -> Theirs:
    """Keras's output, loss with penalties, and gradients in our layout.

    Args:
        model: it is run twice, and left as it is.
        X: an array.
        loss: a `keras_losses.Loss`; None: it is none of Keras's.
        training: Keras's flag.
        masks: for dropout, one a call and in order; None: there are none.
        drops: the layers that take them.
        seed: without a loss, the gradient to start from.

    Raises:
        BridgeError: if Keras refuses, or its numbers are not the same each time.
    """
    import keras

    def forward(values):
        with keras.StatelessScope(values, collect_losses=True), _masked(drops, masks):
            pred = _asked("forward", model, keras.ops.convert_to_tensor(X), training=training)
            if loss is None:
                return pred, pred
            total = _asked("loss", loss.of, pred, advice=loss.advice)
            for penalty in model.losses:
                total = total + keras.ops.cast(penalty, total.dtype)
        return pred, total

    variables = list(model.trainable_variables)
    pred, total, found = BACKENDS[keras.backend.backend()](forward, model.variables, variables, seed)
    if not _equal(pred, _numbers(forward([(variable, variable.value) for variable in model.variables])[0])):
        raise BridgeError(
            message(
                "a model that gives the same numbers each time",
                "one that gives others when it is called again",
                "Take out its randomness, and what it remembers from call to call",
            )
        )
    gradients = {
        variable.path: slope.T if slope.ndim == 2 else slope
        for variable, slope in zip(variables, found, strict=True)
        if slope is not None
    }
    return Theirs(pred, None if loss is None else float(total), gradients, "float32")


# ---------------------------------------------------------------------------------------------- by the backend


def _by_tensorflow(forward, everything, wanted, seed):
    import tensorflow as tf

    values = {id(variable): tf.convert_to_tensor(variable.value) for variable in everything}
    given = [values[id(variable)] for variable in wanted]
    with tf.GradientTape() as tape:
        tape.watch(given)
        pred, total = forward([(variable, values[id(variable)]) for variable in everything])
    start = None if seed is None else tf.cast(tf.convert_to_tensor(seed), total.dtype)
    slopes = tape.gradient(total, given, output_gradients=start)
    return pred.numpy(), total.numpy(), [slope if slope is None else np.asarray(slope) for slope in slopes]


def _by_torch(forward, everything, wanted, seed):
    import torch

    with torch.inference_mode(False), torch.enable_grad():
        values = {id(variable): variable.value.detach().clone() for variable in everything}
        given = [values[id(variable)].requires_grad_() for variable in wanted]
        pred, total = forward([(variable, values[id(variable)]) for variable in everything])
        slopes = [None] * len(given)
        if given and total.requires_grad:
            start = None if seed is None else torch.as_tensor(np.asarray(seed)).to(total)
            slopes = torch.autograd.grad(total, given, start, allow_unused=True)
    return _numbers(pred), _numbers(total), [slope if slope is None else _numbers(slope) for slope in slopes]


def _by_jax(forward, everything, wanted, seed):
    import jax

    ids = {id(variable) for variable in wanted}
    others = [(variable, variable.value) for variable in everything if id(variable) not in ids]

    def of(values):
        pred, total = forward([*others, *zip(wanted, values, strict=True)])
        return total, pred

    total, back, pred = jax.vjp(of, [variable.value for variable in wanted], has_aux=True)
    start = np.ones((), total.dtype) if seed is None else np.asarray(seed, total.dtype)
    return np.asarray(pred), np.asarray(total), [np.asarray(slope) for slope in back(start)[0]]


BACKENDS = {"tensorflow": _by_tensorflow, "torch": _by_torch, "jax": _by_jax}


def _numbers(tensor) -> np.ndarray:
    """A tensor of any backend as an array."""
    return np.asarray(tensor.detach().cpu() if hasattr(tensor, "detach") else tensor)


def _equal(some, others):
    near = 1e-4 if some.dtype == np.float32 else 1e-11
    return some.shape == others.shape and np.allclose(some, others, rtol=near, atol=0, equal_nan=True)


def _asked(what, function, *args, advice="Try model(X) without nnteach first", **settings):
    """Call something of Keras's or the student's; what it refuses, we refuse."""
    try:
        return function(*args, **settings)
    except BridgeError:
        raise
    except Exception as error:
        said = [line for line in str(error).strip().split("\n") if line.strip()]
        raise BridgeError(
            message(
                f"a model and a loss whose {what} Keras itself can compute",
                f"{type(error).__name__}: {' '.join(said[:2])}" if said else type(error).__name__,
                advice,
            )
        ) from error


@contextmanager
def _masked(layers, masks):
    """While this holds, the dropout layers take the masks given instead of drawing them."""
    import keras

    waiting = iter(() if masks is None else masks)

    def dropped(layer):
        def call(inputs, training=False):
            mask = next(waiting, None)
            if not training or layer.rate == 0 or mask is None:
                return inputs
            scaled = np.asarray(mask) / (1 - layer.rate) if layer.rate < 1 else np.zeros(np.shape(mask))
            return inputs * keras.ops.convert_to_tensor(scaled, dtype=inputs.dtype)

        return call

    layers = list({id(layer): layer for layer in layers}.values()) if masks is not None else []
    for layer in layers:
        vars(layer)["call"] = dropped(layer)
    try:
        yield
    finally:
        for layer in layers:
            del vars(layer)["call"]
