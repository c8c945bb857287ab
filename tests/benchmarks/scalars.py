"""micrograd's own moons demo, one training step, and a deep chain: engines of single numbers.

The network is 2-16-16-1 with ReLU, its loss a hinge with L2 regularisation on 100 points, all as in
micrograd's demo.ipynb. `_loss_of_sample` is the demo's code for one point; `nnteach eager` and micrograd run
it point by point, the compiled version is told that the points are a batch.
"""

import itertools
import random

import numpy as np

ALPHA, RATE, SIZES, POINTS = 1e-4, 0.1, (2, 16, 16, 1), 100


def _points():
    """Two half moons: X (100, 2), labels −1 and 1."""
    rng = np.random.default_rng(1337)
    angle = rng.uniform(0, np.pi, POINTS)
    label = np.repeat([-1.0, 1.0], POINTS // 2)
    X = np.stack([np.cos(angle) * -label + (label > 0), np.sin(angle) * -label + 0.5 * (label > 0)], axis=1)
    return X + rng.normal(scale=0.1, size=X.shape), label


def _weights():
    """[[(weights of a neuron, its bias), …] for each layer], as plain floats."""
    rng = random.Random(1337)
    return [
        [([rng.uniform(-1, 1) for _ in range(n_in)], 0.0) for _ in range(n_out)]
        for n_in, n_out in itertools.pairwise(SIZES)
    ]


def _score(network, x, relu):
    for k, layer in enumerate(network):
        pre = [sum((w * xi for w, xi in zip(weights, x, strict=True)), bias) for weights, bias in layer]
        x = [relu(z) for z in pre] if k < len(network) - 1 else pre
    return x[0]


def _total_loss(network, X, labels, relu, value):
    scores = [_score(network, [*map(value, row)], relu) for row in X]
    losses = [relu(1 + -y * score) for y, score in zip(labels, scores, strict=True)]
    return sum(losses) * (1.0 / len(losses)) + ALPHA * sum(p * p for p in _parameters(network))


def _parameters(network):
    return [p for layer in network for weights, bias in layer for p in (*weights, bias)]


def moons_micrograd():
    """micrograd, as its demo does it (the gradients are set to zero first)."""
    from micrograd.engine import Value

    X, labels = _points()
    network = [[([*map(Value, weights)], Value(bias)) for weights, bias in layer] for layer in _weights()]

    def step():
        loss = _total_loss(network, X.tolist(), labels.tolist(), lambda v: v.relu(), Value)
        for p in _parameters(network):
            p.grad = 0
        loss.backward()
        for p in _parameters(network):
            p.data -= RATE * p.grad
        return loss.data

    return step


def moons_eager():
    """nnteach, a Node for every number."""
    import nnteach as nt

    X, labels = _points()
    values = _weights()

    def step():
        network = [
            [([*map(nt.variable, weights)], nt.variable(bias)) for weights, bias in layer] for layer in values
        ]
        loss = _total_loss(network, X.tolist(), labels.tolist(), nt.relu, nt.constant)
        loss.backward()
        for layer, nodes in zip(values, network, strict=True):
            layer[:] = [
                ([w.value - RATE * w.grad for w in weights], bias.value - RATE * bias.grad)
                for weights, bias in nodes
            ]
        return loss.value

    return step


def moons_compiled():
    """nnteach, the same code for one point, compiled for the batch."""
    import nnteach as nt

    X, labels = _points()
    parameters = []
    for layer in _weights():
        parameters += [np.array([weights for weights, _ in layer]), np.array([bias for _, bias in layer])]

    def loss_of_sample(x, y, *arrays):
        network = [
            [*zip(weights, biases, strict=True)]
            for weights, biases in zip(arrays[::2], arrays[1::2], strict=True)
        ]
        loss = nt.relu(1 + -y * _score(network, x, nt.relu))
        return loss + ALPHA * sum(p * p for p in _parameters(network))

    replay = nt.compile(loss_of_sample, wrt=range(2, 8), batch=[0, 1])

    def step():
        loss, gradients = replay(X, labels, *parameters)
        for p, g in zip(parameters, gradients, strict=True):
            p -= RATE * g
        return loss

    return step


def chain_eager(depth):
    """nnteach: x ↦ 1.0001 · x, again and again, built and run backward."""
    import nnteach as nt

    def step():
        x = y = nt.variable(1.0)
        for _ in range(depth):
            y = y * 1.00001
        y.backward()
        return x.grad

    return step


def chain_pytorch(depth):
    """PyTorch: the same chain."""
    import torch

    def step():
        x = y = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
        for _ in range(depth):
            y = y * 1.00001
        y.backward()
        return x.grad.item()

    return step


def chain_autograd(depth):
    """HIPS autograd: the same chain."""
    from autograd import grad

    def chain(x):
        for _ in range(depth):
            x = x * 1.00001
        return x

    return lambda: float(grad(chain)(1.0))


def chain_mygrad(depth):
    """MyGrad: the same chain."""
    import mygrad as mg

    def step():
        x = y = mg.tensor(1.0)
        for _ in range(depth):
            y = y * 1.00001
        y.backward()
        return x.grad.item()

    return step


MOONS = {"nnteach eager": moons_eager, "nnteach compiled": moons_compiled, "micrograd": moons_micrograd}
CHAIN = {
    "nnteach eager": chain_eager,
    "PyTorch": chain_pytorch,
    "autograd": chain_autograd,
    "MyGrad": chain_mygrad,
}
