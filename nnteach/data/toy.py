"""Data sets in the plane, to be seen at a glance; every one is drawn from an explicit rng.

    X, T = moons(200, noise=0.1, rng=np.random.default_rng(0))

X has shape (n, 2), T holds class numbers, shape (n,). The classes are as equally large as n allows, unless
said otherwise, and the samples are in random order.
"""

from typing import NamedTuple

import numpy as np


class Toy(NamedTuple):
    """Points and their classes; unpacks as X, T."""

    X: np.ndarray
    T: np.ndarray


def moons(n=200, noise=0.1, rng=0) -> Toy:
    """Two half circles, each reaching into the other; scikit-learn's set of that name."""
    rng, T = _start(n, 2, rng)
    angle = np.pi * rng.random(n)
    side = np.where(T == 0, 1.0, -1.0)
    X = np.column_stack([np.cos(angle) * side + T, np.sin(angle) * side + 0.5 * T])
    return Toy(X + rng.normal(0.0, noise, X.shape), T)


def circles(n=200, noise=0.05, inner=0.5, rng=0) -> Toy:
    """Class 1 on a circle of radius `inner` inside class 0 on the unit circle."""
    rng, T = _start(n, 2, rng)
    X = _on_circle(2 * np.pi * rng.random(n), np.where(T == 1, inner, 1.0))
    return Toy(X + rng.normal(0.0, noise, X.shape), T)


def spirals(n=200, noise=0.05, turns=1.5, arms=2, rng=0) -> Toy:
    """As many spiral arms as classes, of radius up to 1: the playground's hardest."""
    rng, T = _start(n, arms, rng)
    along = np.sqrt(rng.random(n))  # so that the points are equally dense all along
    X = _on_circle(2 * np.pi * (turns * along + T / arms), along)
    return Toy(X + rng.normal(0.0, noise, X.shape), T)


def xor(n=200, noise=0.1, rng=0) -> Toy:
    """Clouds at the corners of the unit square; class 1 where the coordinates differ (002-07, 003-06)."""
    rng = np.random.default_rng(rng)
    corner = rng.permutation(np.arange(n) % 4)
    X = np.column_stack([corner // 2, corner % 2]).astype(float)
    return Toy(X + rng.normal(0.0, noise, X.shape), (corner // 2) ^ (corner % 2))


def blobs(n=200, classes=3, spread=0.15, rng=0) -> Toy:
    """Round clouds around points on the unit circle, standard deviation `spread`."""
    rng, T = _start(n, classes, rng)
    X = _on_circle(2 * np.pi * T / classes, np.ones(n))
    return Toy(X + rng.normal(0.0, spread, X.shape), T)


def blob(n=400, rng=0) -> Toy:
    """A blob in the middle of the unit square, not separable by a line (004-02).

    The slide's points are lost; this is the set of S. Rangan's public demo, from which the slides descend: x
    uniform in [0, 1]², z = 10 (e^(−8r²) − ½) with r the distance from (½, ½), and class 1 with probability
    σ(z). So about 30 % are of class 1, and no classifier is right in more than about 88 %.
    """
    rng = np.random.default_rng(rng)
    X = rng.random((n, 2))
    z = 10 * (np.exp(-8 * np.sum((X - 0.5) ** 2, axis=1)) - 0.5)
    return Toy(X, (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int))


def cats_and_dogs(n=200, rng=0) -> Toy:
    """Weight in kg and length of the body in cm of cats (1) and dogs (0) (003-08).

    The slides' points are lost; these are made up. Cats are all alike; a dog may be smaller or much larger,
    so that a cat is found by combining half-planes.
    """
    rng, T = _start(n, 2, rng)
    length = np.where(T == 1, rng.normal(46.0, 3.0, n), rng.uniform(28.0, 100.0, n))
    build = np.where(T == 1, 4.5e-5, 6.5e-5) * np.exp(rng.normal(0.0, 0.12, n))  # kg per cm³: dogs are heavier set
    return Toy(np.column_stack([build * length**3, length]), T)


def cubic(n=50, weights=(1.0, -2.0, -1.0, 2.0), reach=2.0, noise=0.5, rng=0) -> tuple[np.ndarray, np.ndarray]:
    """Points near a cubic, for deck 001's fit (001-12): x and w₁x³ + w₂x² + w₃x + w₄ + noise, shapes (n,).

    x lies in [−reach, reach]. With reach 2 both of the slide's learning rates, 2·10⁻⁵ and 7.5·10⁻⁴, are
    stable; with reach 3 the larger diverges.
    """
    x = np.linspace(-reach, reach, n)
    return x, np.polyval(weights, x) + np.random.default_rng(rng).normal(0.0, noise, n)


TOYS = {
    "xor": xor,
    "moons": moons,
    "circles": circles,
    "spirals": spirals,
    "blobs": blobs,
    "blob": blob,
    "cats_and_dogs": cats_and_dogs,
}


def _start(n, classes, rng):
    """The generator, and balanced class numbers in random order."""
    rng = np.random.default_rng(rng)
    return rng, rng.permutation(np.arange(n) % classes)


def _on_circle(angle, radius):
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
