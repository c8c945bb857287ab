"""Several classes from binary classifiers (003-10 to 003-12), and several labels per sample.

    model = OneVsAll(lambda: Perceptron(2)).fit(X, classes)
    model.predict(X)                # class numbers

A binary classifier is anything with `fit(X, t)`, t being 0 or 1 of shape (n,), and a real-valued confidence:
`score(X)`, or `predict(X)` with logits as an MLP has; above 0 means 1.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np


class OneVsAll:
    """K classifiers, "this class or another"; the most confident one decides (003-11).

    Args:
        make: returns a new binary classifier.
        **settings: for its `fit`.
    """

    def __init__(self, make: Callable, **settings):
        self.make, self.settings, self.models = make, settings, []

    def fit(self, X, classes):
        """Train on class numbers 0 … K − 1, shape (n,). Returns the model itself."""
        classes = np.asarray(classes)
        self.models = [_trained(self.make(), X, classes == k, self.settings) for k in range(classes.max() + 1)]
        return self

    def scores(self, X) -> np.ndarray:
        """The confidence of every classifier, shape (n, K)."""
        return np.column_stack([_score(model, X) for model in self.models])

    def predict(self, X) -> np.ndarray:
        """Class numbers, shape (n,)."""
        return self.scores(X).argmax(axis=1)


class OneVsOne:
    """K(K − 1)/2 classifiers, one for each pair of classes; every one has a vote (003-10)."""

    def __init__(self, make: Callable, **settings):
        self.make, self.settings, self.models, self.count = make, settings, {}, 0

    def fit(self, X, classes):
        """Train on class numbers 0 … K − 1, shape (n,); each classifier sees the samples of its two classes only."""
        X, classes = np.asarray(X), np.asarray(classes)
        self.count = int(classes.max()) + 1
        for i, k in combinations(range(self.count), 2):
            rows = (classes == i) | (classes == k)
            self.models[i, k] = _trained(self.make(), X[rows], classes[rows] == k, self.settings)
        return self

    def votes(self, X) -> np.ndarray:
        """How many classifiers are for each class, shape (n, K)."""
        votes = np.zeros((len(X), self.count), dtype=int)
        for (i, k), model in self.models.items():
            for_k = _score(model, X) > 0
            votes[:, k] += for_k
            votes[:, i] += ~for_k
        return votes

    def predict(self, X) -> np.ndarray:
        """Class numbers, shape (n,); of equally many votes the lower class number wins."""
        return self.votes(X).argmax(axis=1)


def multi_hot(labels, count: int) -> np.ndarray:
    """Targets for several labels per sample: a 1 for every label that applies (003-12).

    Args:
        labels: for every sample the numbers of its labels, none to all: [[0, 2], [], [1]].

    Returns:
        Shape (n, count), for `binary_cross_entropy_with_logits` with one output per label.
    """
    rows = np.zeros((len(labels), count))
    for row, numbers in zip(rows, labels, strict=True):
        row[list(numbers)] = 1.0
    return rows


def labels_of(logits, threshold: float = 0.0) -> list[list[int]]:
    """For every sample the labels whose logit is above the threshold."""
    return [np.flatnonzero(row > threshold).tolist() for row in np.asarray(logits)]


def _trained(model, X, target, settings):
    model.fit(X, target.astype(float), **settings)
    return model


def _score(model, X):
    return np.reshape(model.score(X) if hasattr(model, "score") else model.predict(X), -1)
