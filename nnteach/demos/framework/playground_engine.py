"""The playground's engine: trains a small network a few steps at a time, and says what every unit sees.

    engine = Engine(data="moons", layers="4, 2")
    frame = engine.frame(steps=10)          # ten minibatch steps; then maps, losses, weights
    engine.step_graph()                     # the next step as a graph: nt.step(...) opens it

It knows nothing of pictures; the same settings and the same number of frames always give the same numbers.
"""

from typing import NamedTuple

import numpy as np

from ...core.graph import constant
from ...core.ops import sigmoid
from ...data.toy import blobs, circles, moons, spirals, xor
from ...nn import MLP, Trainer
from ...nn.losses import binary_cross_entropy_with_logits
from ...nn.optimizers import SGD
from ...nn.regularizers import L1, L2
from ...nn.training.batches import shuffled
from .regions import grid, unit_maps

SAMPLES, REACH, SIDE = 240, 1.25, 40
MOST_LOSSES = 400

# name -> (function, where its middle is, how far it reaches), so that all of them fill the same square
SETS = {
    "circles": (circles, (0.0, 0.0), 1.1),
    "xor": (xor, (0.5, 0.5), 0.75),
    "moons": (moons, (0.5, 0.25), 1.6),
    "blobs": (lambda n, noise, rng: blobs(n, 2, noise + 0.1, rng), (0.0, 0.0), 1.4),
    "spirals": (spirals, (0.0, 0.0), 1.05),
}
FEATURES = {
    "x₁": lambda x, y: x,
    "x₂": lambda x, y: y,
    "x₁²": lambda x, y: x * x,
    "x₂²": lambda x, y: y * y,
    "x₁x₂": lambda x, y: x * y,
    "sin 3x₁": lambda x, y: np.sin(3 * x),
    "sin 3x₂": lambda x, y: np.sin(3 * y),
}
PENALTIES = {"none": None, "L1": L1, "L2": L2}
KEEPS_LEARNING = ("learning_rate", "batch", "steps")  # may change without a fresh start


class Frame(NamedTuple):
    """What there is to see after some steps.

    Attributes:
        maps: one array (units, SIDE, SIDE) for each layer, from −1 to 1; the last is 2·p − 1.
        weights: one array (n_out, n_in) for each layer.
        losses: (training, validation), without the penalty.
        accuracy: on the samples kept back.
        steps: how many were made so far.
    """

    maps: list
    weights: list
    losses: tuple
    accuracy: float
    steps: int


class Engine:
    """A network in training, with its data.

    Args:
        data: a name of SETS.
        noise: of the data, a standard deviation.
        features: which of FEATURES the network is given.
        layers: units of the hidden layers, "4, 2"; "" for none.
        activation: of the hidden layers.
        penalty, strength: a name of PENALTIES and its λ.
        learning_rate, batch, seed: of the training.
    """

    def __init__(
        self,
        data="circles",
        noise=0.1,
        features=("x₁", "x₂"),
        layers="4, 2",
        activation="tanh",
        penalty="none",
        strength=0.001,
        learning_rate=0.1,
        batch=12,
        seed=0,
    ):
        self.learning_rate, self.batch = learning_rate, batch
        self.rng = np.random.default_rng(seed)
        self.features = tuple(features) or ("x₁", "x₂")  # a network needs an input
        self.points, self.classes = self._sample(data, noise)
        self.hidden = [int(units) for units in layers.split(",") if units.strip()]
        self.network = MLP(
            [len(self.features), *self.hidden, 1],
            activation=activation,
            rng=self.rng,
            initializer="glorot_uniform",
            bias_initializer="zeros",
        )
        self.penalty = PENALTIES[penalty] and PENALTIES[penalty](strength)
        self.trainer = Trainer(
            self.network, "binary_cross_entropy_with_logits", SGD(learning_rate), self.penalty
        )
        X, T = self.trainer.prepare(self.inputs(self.points), self.classes)
        half = SAMPLES // 2
        self.train, self.kept_back = (X[:half], T[:half]), (X[half:], T[half:])
        self.places = self.inputs(grid(-REACH, REACH, SIDE))
        self.feature_maps = self.places.T.reshape(-1, SIDE, SIDE)
        self.steps, self.queue = 0, iter(())
        self.next_rows = self._rows()
        self.losses = [self._losses()]

    def _sample(self, data, noise):
        make, middle, reach = SETS[data]
        X, T = make(SAMPLES, noise=noise, rng=self.rng)
        return (X - middle) / reach, T

    def inputs(self, points) -> np.ndarray:
        """The chosen features of points (n, 2): shape (n, number of features)."""
        return np.column_stack([FEATURES[name](*points.T) for name in self.features])

    def _rows(self) -> np.ndarray:
        """Sample numbers of another minibatch; a new epoch begins when all were seen."""
        rows = next(self.queue, None)
        if rows is None:
            self.queue = shuffled(len(self.train[0]), self.batch, self.rng)
            rows = next(self.queue)
        return rows

    def frame(self, steps: int = 10) -> Frame:
        """Make some steps, and look at everything.

        Args:
            steps: of one minibatch each; with 0 nothing is learnt.
        """
        X, T = self.train
        for _ in range(steps):
            rows, self.next_rows = self.next_rows, self._rows()
            self.trainer.step(X[rows], T[rows], self.learning_rate)
        if steps:
            self.steps += steps
            self.losses = [*self.losses[-MOST_LOSSES:], self._losses()]
        *hidden, output = unit_maps(self.network, self.places)
        weights = [self.network.parameters[f"W{i}"] for i in range(1, len(self.network.sizes))]
        return Frame(
            [*map(_scaled, hidden), 2 * sigmoid(output) - 1],
            weights,
            self.losses[-1],
            self.accuracy(),
            self.steps,
        )

    def _losses(self) -> tuple[float, float]:
        return tuple(
            float(binary_cross_entropy_with_logits(self.network.predict(X), T))
            for X, T in (self.train, self.kept_back)
        )

    def accuracy(self) -> float:
        """Share of the samples kept back that are told right."""
        X, T = self.kept_back
        return float(np.mean((self.network.predict(X) > 0) == (T > 0.5)))

    def step_graph(self, samples: int = 1):
        """The loss on the next samples as a graph, with the weights of now: what `nt.step` opens.

        Args:
            samples: how many; the graph of one sample is small enough to be read number by number.
        """
        rows = self.next_rows[0] if samples == 1 else self.next_rows[:samples]
        X, T = (array[rows] for array in self.train)
        parameters = self.network.nodes()
        pred = self.network.run(constant(X, "X"), parameters)
        loss = binary_cross_entropy_with_logits(pred, constant(T, "t"))
        return (loss if self.penalty is None else loss + self.penalty(parameters, samples)).named("L")


def _scaled(maps):
    """From −1 to 1: as it is if it fits, else divided by the largest size, unit by unit."""
    return maps / np.maximum(1.0, np.abs(maps).max(axis=(1, 2), keepdims=True))
