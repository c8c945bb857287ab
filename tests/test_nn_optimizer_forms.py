"""Every form of every optimizer, 50 steps long: against PyTorch, Keras and the decks' formulas."""

import numpy as np
import pytest
from keras_float64 import keras  # noqa: F401  (a fixture)

import nnteach as nt
from nnteach import nn
from nnteach.nn.optimizers import OPTIMIZERS, SGD, AdaDelta, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSprop

START = np.array([0.7, -1.2, 0.4])
STEPS = 50


def bumpy(x, lib=np):
    """Not convex, and every entry is of another scale."""
    scales = np.array([1.0, 3.0, 0.1]) if lib is np else lib.tensor([1.0, 3.0, 0.1], dtype=lib.float64)
    return (scales * (lib.sin(3.0 * x) + x * x)).sum() + (x[0] * x[1] - x[2]) ** 2


# ------------------------------------------------------------------------------------------ against PyTorch

AGAINST_TORCH = [
    (SGD(0.03), "SGD", {"lr": 0.03}),
    (SGD(0.03, weight_decay=0.1), "SGD", {"lr": 0.03, "weight_decay": 0.1}),
    (Momentum(0.02), "SGD", {"lr": 0.02, "momentum": 0.9}),
    (Momentum(0.02, momentum=0.5, weight_decay=0.2), "SGD", {"lr": 0.02, "momentum": 0.5, "weight_decay": 0.2}),
    (Nesterov(0.02), "SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    (AdaGrad(0.3), "Adagrad", {"lr": 0.3}),
    (AdaGrad(0.3, initial_accumulator=0.1), "Adagrad", {"lr": 0.3, "initial_accumulator_value": 0.1}),
    (RMSprop(0.02), "RMSprop", {"lr": 0.02}),
    (RMSprop(0.02, average=0.8, eps=1e-3), "RMSprop", {"lr": 0.02, "alpha": 0.8, "eps": 1e-3}),
    (AdaDelta(), "Adadelta", {}),
    (AdaDelta(0.5, average=0.95, eps=1e-3), "Adadelta", {"lr": 0.5, "rho": 0.95, "eps": 1e-3}),
    (Adam(0.05), "Adam", {"lr": 0.05}),
    (Adam(0.05, beta1=0.8, beta2=0.9, eps=1e-2), "Adam", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-2}),
    (Adam(0.05, weight_decay=0.1), "Adam", {"lr": 0.05, "weight_decay": 0.1}),
    (AdamW(0.05), "AdamW", {"lr": 0.05}),
    (AdamW(0.05, weight_decay=0.3), "AdamW", {"lr": 0.05, "weight_decay": 0.3}),
]


@pytest.mark.parametrize("ours, name, settings", AGAINST_TORCH, ids=lambda x: str(x)[:60])
def test_fifty_steps_are_those_of_pytorch(ours, name, settings):
    torch = pytest.importorskip("torch")
    x = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    theirs, path = getattr(torch.optim, name)([x], **settings), [START]
    for _ in range(STEPS):
        theirs.zero_grad()
        bumpy(x, torch).backward()
        theirs.step()
        path.append(x.detach().numpy().copy())
    np.testing.assert_allclose(nn.minimize(bumpy, START, ours, STEPS).path, path, rtol=0, atol=1e-9)


def test_every_optimizer_is_compared_with_pytorch():
    assert {type(ours) for ours, _, _ in AGAINST_TORCH} == set(OPTIMIZERS.values())


# -------------------------------------------------------------------------------------------- against Keras

AGAINST_KERAS = [
    (SGD.as_in("keras", learning_rate=0.03, weight_decay=0.1), "SGD", {"learning_rate": 0.03, "weight_decay": 0.1}),
    (Momentum.as_in("keras", learning_rate=0.02), "SGD", {"learning_rate": 0.02, "momentum": 0.9}),
    (Nesterov.as_in("keras", learning_rate=0.02), "SGD", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True}),
    (AdaGrad.as_in("keras", learning_rate=0.3), "Adagrad", {"learning_rate": 0.3}),
    (RMSprop.as_in("keras", learning_rate=0.02), "RMSprop", {"learning_rate": 0.02}),
    (AdaDelta.as_in("keras", learning_rate=1.0), "Adadelta", {"learning_rate": 1.0}),
    (Adam.as_in("keras", learning_rate=0.05), "Adam", {"learning_rate": 0.05}),
    (Adam.as_in("keras", learning_rate=0.05, weight_decay=0.1), "Adam", {"learning_rate": 0.05, "weight_decay": 0.1}),
    (AdamW.as_in("keras", learning_rate=0.05), "AdamW", {"learning_rate": 0.05}),
]


def in_double(optimizer):
    """A plain Python 0.9 meets a tensor as float32 where Keras runs on TensorFlow; a NumPy number keeps its digits."""
    for name, value in vars(optimizer).items():
        if isinstance(value, float):
            setattr(optimizer, name, np.float64(value))
    return optimizer


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras 3.15 on NumPy 2
@pytest.mark.parametrize("ours, name, settings", AGAINST_KERAS, ids=lambda x: str(x)[:60])
def test_fifty_steps_are_those_of_keras(keras, ours, name, settings):  # noqa: F811
    theirs = in_double(getattr(keras.optimizers, name)(**settings))
    x, path = keras.Variable(START, dtype="float64"), [START]
    for _ in range(STEPS):
        node = nt.variable(np.array(keras.ops.convert_to_numpy(x)))
        gradient = nt.grad(bumpy(node), node)
        theirs.apply([keras.ops.convert_to_tensor(gradient)], [x])
        path.append(np.array(keras.ops.convert_to_numpy(x)))
    np.testing.assert_allclose(nn.minimize(bumpy, START, ours, STEPS).path, path, rtol=0, atol=1e-9)


# ----------------------------------------------------------------------------------- the decks' formulas, as
# printed


def deck_momentum_001(g, theta, memory, eta=0.02, alpha=0.9):
    v = alpha * memory.get("v", 0.0) - eta * g(theta)
    return theta + v, {"v": v}


def deck_momentum_002(g, theta, memory, eta=0.02, gamma=0.9):
    v = gamma * memory.get("v", 0.0) + eta * g(theta)
    return theta - v, {"v": v}


def deck_nesterov_001(g, theta, memory, eta=0.02, alpha=0.9):
    v = memory.get("v", 0.0)
    v = alpha * v - eta * g(theta + alpha * v)
    return theta + v, {"v": v}


def deck_nesterov_002(g, theta, memory, eta=0.02, gamma=0.9):
    v = memory.get("v", 0.0)
    v = gamma * v + eta * g(theta - gamma * v)
    return theta - v, {"v": v}


def deck_adagrad_001(g, theta, memory, eta=0.3, eps=1e-10):
    G = memory.get("G", 0.0) + np.diag(np.outer(g(theta), g(theta)))
    return theta - eta / np.sqrt(eps + G) * g(theta), {"G": G}


def deck_adadelta_001(g, theta, memory, eta=0.02, gamma=0.9, eps=1e-8):
    E = gamma * memory.get("E", 0.0) + (1 - gamma) * g(theta) ** 2
    return theta - eta / np.sqrt(E + eps) * g(theta), {"E": E}


def deck_adam_002(g, theta, memory, eta=0.05, b1=0.9, b2=0.999, eps=1e-8):
    t, m, v = memory.get("t", 0) + 1, memory.get("m", 0.0), memory.get("v", 0.0)
    m, v = b1 * m + (1 - b1) * g(theta), b2 * v + (1 - b2) * g(theta) * g(theta)
    step = -eta / np.sqrt(v / (1 - b2**t) + eps) * (m / (1 - b1**t))
    return theta + step, {"t": t, "m": m, "v": v}


def deck_adam_001(g, theta, memory, eta=0.05, b1=0.9, b2=0.999, eps=1e-8):
    """With g² for the misprinted g (E001-3), and the update rule that the slide leaves out (E001-4)."""
    m = b1 * memory.get("m", 0.0) + (1 - b1) * g(theta)
    v = b2 * memory.get("v", 0.0) + (1 - b2) * g(theta) ** 2
    return theta - eta * m / (np.sqrt(v) + eps), {"m": m, "v": v}


AGAINST_DECKS = [
    (Momentum.as_in("001", learning_rate=0.02), deck_momentum_001),
    (Momentum.as_in("002", learning_rate=0.02), deck_momentum_002),
    (Nesterov.as_in("001", learning_rate=0.02), deck_nesterov_001),
    (Nesterov.as_in("002", learning_rate=0.02), deck_nesterov_002),
    (AdaGrad.as_in("001", learning_rate=0.3), deck_adagrad_001),
    (AdaDelta.as_in("001", learning_rate=0.02), deck_adadelta_001),
    (RMSprop.as_in("002", learning_rate=0.02), deck_adadelta_001),  # the same rule under its right name (E001-5)
    (Adam.as_in("001", learning_rate=0.05), deck_adam_001),
    (Adam.as_in("002", learning_rate=0.05), deck_adam_002),
]


@pytest.mark.parametrize("ours, formula", AGAINST_DECKS, ids=lambda x: getattr(x, "__name__", ""))
def test_the_decks_forms_are_the_decks_formulas(ours, formula):
    def slope(theta):
        node = nt.variable(theta)
        return nt.grad(bumpy(node), node)

    theta, memory, path = START, {}, [START]
    for _ in range(STEPS):
        theta, memory = formula(slope, theta, memory)
        path.append(theta)
    np.testing.assert_allclose(nn.minimize(bumpy, START, ours, STEPS).path, path, rtol=0, atol=1e-9)


def test_every_form_is_tested():
    assert {type(ours) for ours, *_ in AGAINST_KERAS} == set(OPTIMIZERS.values())
    decks = sum(where in ("001", "002") for cls in OPTIMIZERS.values() for where in cls.__dict__["forms"])
    assert decks == len(AGAINST_DECKS)
