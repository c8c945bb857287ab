"""Why activations are needed (001-23): two linear layers are one, whatever they learn.

The same network twice, 2-6-1, with and without ReLU between its layers, trained side by side. Without it the
product W₂W₁ is a single row of weights, and says exactly what the whole network says: its boundary is a line.
"""

from functools import lru_cache

import numpy as np

from ...data.toy import blobs, circles, moons, xor
from ...nn import MLP, Trainer
from ...nn.metrics import metrics_for
from ...nn.optimizers import Adam
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, play
from ..framework.regions import grid, probability, show_map, show_points
from ..framework.style import panels

STEPS, EVERY, UNITS = 300, 10, 6
SETS = {
    "moons": lambda: moons(200, 0.12, rng=1),
    "circles": lambda: circles(200, 0.08, rng=1),
    "XOR": lambda: xor(200, 0.12, rng=1),
    "blobs": lambda: blobs(200, 2, 0.4, rng=1),
}


@lru_cache(maxsize=16)
def training(data: str, activation: str):
    """(samples centred on 0, classes, the network every 10 steps)."""
    X, T = SETS[data]()
    X = X - X.mean(axis=0)
    net = MLP([2, UNITS, 1], activation=activation, initializer="he_normal", bias_initializer="zeros", rng=2)
    trainer = Trainer(net, "binary_cross_entropy_with_logits", Adam(0.03))
    prepared = trainer.prepare(X, T)
    states = [net.parameters]
    for step in range(1, STEPS + 1):
        trainer.step(*prepared)
        if step % EVERY == 0:
            states.append(net.parameters)
    return X, T, states


def network(data: str, activation: str, step: int) -> MLP:
    """The network as it was after a step."""
    net = MLP([2, UNITS, 1], activation=activation)
    net.parameters = training(data, activation)[2][step // EVERY]
    return net


def collapse(net: MLP) -> MLP:
    """A network of one layer with the weights W₂W₁ and the bias W₂b₁ + b₂."""
    p = net.parameters
    one = MLP([2, 1])
    one.parameters = {"W1": p["W2"] @ p["W1"], "b1": p["W2"] @ p["b1"] + p["b2"]}
    return one


def draw(figure, data, step):
    """The regions of two linear layers, of the one layer that they are, and of the network with ReLU."""
    X, T, _ = training(data, "identity")
    linear, bent = network(data, "identity", step), network(data, "relu", step)
    one = collapse(linear)
    reach = 1.25 * np.abs(X).max()
    shares = []
    titles = ("two linear layers", "one layer, W₂W₁", "two layers with ReLU")
    places = panels(figure, 1, 3, left=0.03, bottom=0.05, wspace=0.08)
    for axes, net, title in zip(places, (linear, one, bent), titles, strict=True):
        show_map(
            axes,
            probability(net, grid(-reach, reach)),
            -0.2,
            1.2,
            (-reach, reach, -reach, reach),
            boundary=0.5,
        )
        show_points(axes, X, T, 40)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[])
        shares.append(accuracy(net, X, T))
        axes.set_title(f"{title}: {round(100 * shares[-1])} %")
    row = ", ".join(digits(weight, 3) for weight in one.parameters["W1"][0])
    return (
        f"After {step} steps W₂W₁ = [{row}]: the two linear layers are this one layer, and tell "
        f"{round(100 * shares[0])} % of the samples right. With "
        f"ReLU between them it is {round(100 * shares[2])} %."
    )


def accuracy(net, X, T) -> float:
    """Share of the samples on the right side of the boundary."""
    from ...nn.losses import binary_cross_entropy_with_logits

    measure = metrics_for(binary_cross_entropy_with_logits)["accuracy"]
    return float(measure(net.predict(X), T[:, None]))


def prepare():
    """Train on every data set, so that no control has to wait."""
    for data in SETS:
        training(data, "identity")
        training(data, "relu")


DEMO = Demo(
    "why_relu",
    "Why activations: two linear layers are one",
    "001-23",
    draw,
    (choice("data", "data", list(SETS)), play("step", "step", STEPS, STEPS, EVERY, interval=120)),
    prepare=prepare,
)
