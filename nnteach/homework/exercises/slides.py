"""The exercises of the decks, by name; each has the slide's numbers as its example, and others for every student."""

import functools

import numpy as np

from .expressions import expression
from .networks import network


def _arrays(**values):
    return {name: np.array(value, dtype=float) for name, value in values.items()}


_SIGMOID = {"X": [[0.5, 0.1]], "T": [[0.01, 0.99]], "b1": [0.35, 0.35], "b2": [0.6, 0.6]}
_AS_SOLVED = _arrays(**_SIGMOID, W1=[[0.15, 0.2], [0.25, 0.3]], W2=[[0.4, 0.45], [0.5, 0.55]])
_AS_PRINTED = _arrays(**_SIGMOID, W1=[[0.15, 0.25], [0.2, 0.3]], W2=[[0.4, 0.5], [0.5, 0.55]])
_RELU = _arrays(X=[[2, 1]], T=[[5]], W1=[[0, 2], [-4, -1]], b1=[3, 1], W2=[[-2, 0]], b2=[6])


def _sigmoid_net(example, how):
    return network(
        [2, 2, 2],
        hidden="sigmoid",
        output="sigmoid",
        loss="half_squared_error",
        batch=1,
        example=example,
        title=f"The 2-2-2 sigmoid network, {how}",
    )


_XOR = _arrays(
    X=[[0, 0], [0, 1], [1, 0], [1, 1]],
    T=[[0], [1], [1], [0]],
    W1=[[1, 1], [1, 1]],
    b1=[0, -1],
    W2=[[1, -2]],
    b2=[0],
)


def _optimizer_step(name, formulas, example, ask):
    """One step of an optimizer for one parameter w with the gradient g, without ε: all can be done by hand."""
    return expression(formulas, example, f"One step of {name}", {"mu": "share", "rate": "rate", "decay": "share"}, ask)


_STEPS = {
    "sgd": ("gradient descent", "change = rate * g; w_new = w - change", {"rate": 0.1, "g": 0.5, "w": 1.0}, ("w_new",)),
    "nesterov": (
        "Nesterov's momentum on ½ c w²",
        "ahead = w + mu * v; g = c * ahead; v_new = mu * v - rate * g; w_new = w + v_new",
        {"w": 1.0, "mu": 0.9, "v": 0.2, "c": 0.5, "rate": 0.1},
        ("ahead", "g", "v_new", "w_new"),
    ),
    "adadelta": (
        "AdaDelta",
        "G_new = 0.9 * G + 0.1 * g ** 2; change = sqrt(D) / sqrt(G_new) * g; w_new = w - change",
        {"G": 0.3, "g": 0.5, "D": 0.2, "w": 1.0},
        ("G_new", "change", "w_new"),
    ),
    "adamw": (
        "AdamW, the third",
        "m_new = 0.9 * m + 0.1 * g; v_new = 0.99 * v + 0.01 * g ** 2; m_hat = m_new / (1 - 0.9 ** 3); "
        "v_hat = v_new / (1 - 0.99 ** 3); w_new = w - rate * m_hat / sqrt(v_hat) - rate * decay * w",
        {"m": 0.2, "g": 0.5, "v": 0.3, "w": 1.0, "rate": 0.1, "decay": 0.2},
        ("m_new", "v_new", "m_hat", "v_hat", "w_new"),
    ),
    "momentum": (
        "momentum",
        "v_new = mu * v - rate * g; w_new = w + v_new",
        {"mu": 0.9, "v": 0.2, "rate": 0.1, "g": 0.5, "w": 1.0},
        ("v_new", "w_new"),
    ),
    "adagrad": (
        "AdaGrad",
        "G_new = G + g ** 2; w_new = w - rate * g / sqrt(G_new)",
        {"G": 0.3, "g": 0.5, "w": 1.0, "rate": 0.1},
        ("G_new", "w_new"),
    ),
    "rmsprop": (
        "RMSprop",
        "v_new = 0.9 * v + 0.1 * g ** 2; w_new = w - rate * g / sqrt(v_new)",
        {"v": 0.3, "g": 0.5, "w": 1.0, "rate": 0.1},
        ("v_new", "w_new"),
    ),
    "adam": (
        "Adam, the third",
        "m_new = 0.9 * m + 0.1 * g; v_new = 0.99 * v + 0.01 * g ** 2; m_hat = m_new / (1 - 0.9 ** 3); "
        "v_hat = v_new / (1 - 0.99 ** 3); w_new = w - rate * m_hat / sqrt(v_hat)",
        {"m": 0.2, "g": 0.5, "v": 0.3, "w": 1.0, "rate": 0.1},
        ("m_new", "v_new", "m_hat", "v_hat", "w_new"),
    ),
}

FIXED = {
    "sigmoid_2_2_2": functools.partial(_sigmoid_net, _AS_SOLVED, "with the matrices the slides solve (000-30)"),
    "sigmoid_2_2_2_as_printed": functools.partial(
        _sigmoid_net, _AS_PRINTED, "with the matrices as printed (000-29)"
    ),
    "relu_2_2_1": functools.partial(
        network,
        [2, 2, 1],
        hidden="relu",
        output="identity",
        loss="squared_error",
        batch=1,
        learning_rate=0.001,
        example=_RELU,
        title="The 2-2-1 ReLU network (001-24)",
    ),
    "x_plus_y_times_z": functools.partial(
        expression,
        "q = x + y; f = q * z",
        {"x": -2.0, "y": 5.0, "z": -4.0},
        "The derivatives of (x + y) z (001-11)",
    ),
    "sum_times_difference": functools.partial(
        expression,
        "y1 = x1 + x2; y2 = x2 - x3; z1 = y1 * y2",
        {"x1": 3.0, "x2": 5.0, "x3": 1.0},
        "The derivatives of (x1 + x2)(x2 − x3) (002)",
    ),
    "sigmoid_neuron": functools.partial(
        expression,
        "s = w0 * x0 + w1 * x1 + w2; f = 1 / (1 + exp(-s))",
        {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0},
        "A sigmoid neuron, gate by gate (002)",
        "positive",
    ),
    "gates": functools.partial(
        expression,
        "p = x * y; m = max(z, w); s = p + m; f = s * 2",
        {"x": 3.0, "y": -4.0, "z": 2.0, "w": -1.0},
        "Add, multiply and max gates (002-27)",
    ),
    "xor_forward": functools.partial(
        network,
        [2, 2, 1],
        hidden="relu",
        output="identity",
        loss="squared_error",
        batch=4,
        example=_XOR,
        title="The XOR network, forward (000)",
        ask=("z1", "a1", "y"),
    ),
    "softmax_delta": functools.partial(
        network,
        [2, 3],
        output="softmax",
        batch=3,
        title="δ behind softmax and cross-entropy (000-25)",
        ask=("y", "delta1"),
    ),
    **{f"step_{key}": functools.partial(_optimizer_step, *step) for key, step in _STEPS.items()},
}
