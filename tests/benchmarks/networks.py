"""One training step of a ReLU network in every engine: softmax cross-entropy, SGD, float32.

Each function takes the layer sizes and the batch size and returns `step()`, which trains once and returns the
loss. All start from the same weights and see the same batch, so after any number of steps all losses must
agree (`run.py` checks).
"""

import itertools

import numpy as np

RATE = 0.1


def problem(sizes, batch):
    """The data and starting weights: X (batch, n_in), labels (batch,), one-hot rows, [W1, b1, W2, …]."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(batch, sizes[0])).astype(np.float32)
    labels = rng.integers(sizes[-1], size=batch)
    parameters = []
    for n_in, n_out in itertools.pairwise(sizes):
        parameters.append((rng.normal(size=(n_in, n_out)) / np.sqrt(n_in)).astype(np.float32))
        parameters.append(np.zeros(n_out, np.float32))
    return X, labels, np.eye(sizes[-1], dtype=np.float32)[labels], parameters


def by_hand(sizes, batch):
    """What a careful programmer writes in NumPy."""
    X, _, T, parameters = problem(sizes, batch)
    weights, biases = parameters[::2], parameters[1::2]

    def step():
        outs = [X]
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            outs.append(np.maximum(outs[-1] @ W + b, 0))
        logits = outs[-1] @ weights[-1] + biases[-1]
        shifted = logits - logits.max(axis=1, keepdims=True)
        powers = np.exp(shifted)
        total = powers.sum(axis=1, keepdims=True)
        loss = np.mean(np.log(total[:, 0]) - (T * shifted).sum(axis=1))
        g = (powers / total - T) / batch
        for k in reversed(range(len(weights))):
            dW, db = outs[k].T @ g, g.sum(axis=0)
            if k:
                g = (g @ weights[k].T) * (outs[k] > 0)
            weights[k] -= RATE * dW
            biases[k] -= RATE * db
        return float(loss)

    return step


def _loss(X, T, *parameters):
    from nnteach.core import ops

    for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        X = ops.relu(X @ W + b)
    return ops.softmax_cross_entropy(X @ parameters[-2] + parameters[-1], T).mean()


def compiled(sizes, batch):
    """nnteach, traced once and replayed."""
    import nnteach as nt

    X, _, T, parameters = problem(sizes, batch)
    replay = nt.compile(_loss, wrt=range(2, 2 + len(parameters)))

    def step():
        loss, gradients = replay(X, T, *parameters)
        for p, g in zip(parameters, gradients, strict=True):
            p -= RATE * g
        return float(loss)

    return step


def eager(sizes, batch):
    """nnteach, with the graph built anew in every step."""
    import nnteach as nt

    X, _, T, parameters = problem(sizes, batch)
    X, T = nt.constant(X), nt.constant(T)

    def step():
        nodes = [nt.variable(p) for p in parameters]
        loss = _loss(X, T, *nodes)
        for p, g in zip(parameters, nt.grad(loss, nodes), strict=True):
            p -= RATE * g
        return float(loss.value)

    return step


def pytorch(sizes, batch):
    """PyTorch on the CPU, as its tutorials write a training step: modules and an optimizer."""
    import torch

    X, labels, _, parameters = problem(sizes, batch)
    X, labels = torch.from_numpy(X), torch.from_numpy(labels)
    layers = [torch.nn.Linear(n_in, n_out) for n_in, n_out in itertools.pairwise(sizes)]
    with torch.no_grad():
        for layer, W, b in zip(layers, parameters[::2], parameters[1::2], strict=True):
            layer.weight.copy_(torch.from_numpy(W.T))
            layer.bias.copy_(torch.from_numpy(b))
    model = torch.nn.Sequential(*[part for layer in layers for part in (layer, torch.nn.ReLU())][:-1])
    criterion, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=RATE)

    def step():
        optimizer.zero_grad()
        loss = criterion(model(X), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def pytorch_functional(sizes, batch):
    """PyTorch with everything left out that can be: functions instead of modules, the update by hand."""
    import torch
    from torch.nn.functional import cross_entropy, linear

    X, labels, _, parameters = problem(sizes, batch)
    X, labels = torch.from_numpy(X), torch.from_numpy(labels)
    parameters = [torch.tensor(p.T.copy(), requires_grad=True) for p in parameters]

    def step():
        h = X
        for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = linear(h, W, b).relu()
        loss = cross_entropy(linear(h, parameters[-2], parameters[-1]), labels)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, g in zip(parameters, gradients, strict=True):
                p.sub_(g, alpha=RATE)
        return loss.item()

    return step


def autograd(sizes, batch):
    """HIPS autograd."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    X, _, T, parameters = problem(sizes, batch)

    def loss_of(parameters):
        h = X
        for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = anp.maximum(anp.dot(h, W) + b, 0)
        logits = anp.dot(h, parameters[-2]) + parameters[-1]
        shifted = logits - anp.max(logits, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(shifted), axis=1)) - anp.sum(T * shifted, axis=1))

    both = value_and_grad(loss_of)

    def step():
        loss, gradients = both(parameters)
        for p, g in zip(parameters, gradients, strict=True):
            p -= (RATE * g).astype(np.float32)
        return float(loss)

    return step


def mygrad(sizes, batch):
    """MyGrad, with its own fused loss."""
    import mygrad as mg
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    X, labels, _, parameters = problem(sizes, batch)
    parameters = [mg.tensor(p) for p in parameters]

    def step():
        h = X
        for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = relu(mg.matmul(h, W) + b)
        loss = softmax_crossentropy(mg.matmul(h, parameters[-2]) + parameters[-1], labels)
        loss.backward()
        for p in parameters:
            p.data -= RATE * p.grad
        return loss.item()

    return step


ENGINES = {
    "nnteach compiled": compiled,
    "nnteach eager": eager,
    "NumPy by hand": by_hand,
    "PyTorch": pytorch,
    "PyTorch, functional": pytorch_functional,
    "autograd": autograd,
    "MyGrad": mygrad,
}
