"""Toy data sets and the augmentation of images."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMMON

from nnteach.data import TOYS, blob, blobs, cats_and_dogs, circles, cubic, moons, spirals, xor
from nnteach.nn import augmentation as augment


@pytest.mark.parametrize("name", TOYS)
@COMMON
@given(n=st.integers(4, 100), seed=st.integers(0, 1000))
def test_sets_have_the_shape_they_promise_and_come_from_their_rng(name, n, seed):
    X, T = TOYS[name](n, rng=seed)
    again = TOYS[name](n, rng=np.random.default_rng(seed))
    assert X.shape == (n, 2) and T.shape == (n,) and T.dtype.kind == "i" and T.min() >= 0
    assert np.isfinite(X).all() and (X == again.X).all() and (T == again.T).all()
    assert (X != TOYS[name](n, rng=seed + 1).X).any()
    if name != "blob":
        counts = np.bincount(T)
        assert counts.max() - counts.min() <= 2


def test_without_noise_the_sets_are_what_their_names_say():
    X, T = xor(40, noise=0, rng=0)
    assert ((X[:, 0] != X[:, 1]) == T).all()
    X, T = circles(40, noise=0, rng=0)
    assert np.hypot(*X.T) == pytest.approx(np.where(T == 1, 0.5, 1.0))
    X, T = moons(40, noise=0, rng=0)
    centres = np.where(T[:, None] == 1, [1.0, 0.5], [0.0, 0.0])
    assert np.hypot(*(X - centres).T) == pytest.approx(1)
    assert (X[T == 0, 1] >= 0).all() and (X[T == 1, 1] <= 0.5).all()
    X, T = spirals(60, noise=0, turns=1.0, rng=0)
    angle = np.arctan2(X[:, 1], X[:, 0]) - 2 * np.pi * np.hypot(*X.T)
    assert np.cos(angle) == pytest.approx(np.where(T == 1, -1.0, 1.0))
    X, T = blobs(30, classes=5, spread=0, rng=0)
    assert len(np.unique(X.round(6), axis=0)) == 5


def test_the_blob_of_deck_004():
    """004-02: about 30 % in class 1, and the best possible classifier is right in about 88 %."""
    X, T = blob(20_000, rng=0)
    z = 10 * (np.exp(-8 * ((X - 0.5) ** 2).sum(axis=1)) - 0.5)
    assert 0.27 < T.mean() < 0.32
    assert np.mean((z > 0) == T) == pytest.approx(0.88, abs=0.01)
    assert X.min() >= 0 and X.max() <= 1


def test_cats_are_cat_sized():
    X, T = cats_and_dogs(2000, rng=0)
    cats, dogs = X[T == 1], X[T == 0]
    assert 3.0 < np.median(cats[:, 0]) < 6.0 and 40 < np.median(cats[:, 1]) < 52
    assert dogs[:, 0].max() > 30 and (X > 0).all()


def test_both_rates_of_deck_001_are_stable_on_the_cubic_and_one_is_not_on_a_wider_one():
    """001-14: the largest stable rate is 2/λ_max(2ΦᵀΦ), 1.74e-3 and 1.67e-4."""

    def limit(reach):
        x, y = cubic(50, reach=reach)
        assert x.shape == y.shape == (50,)
        design = np.vander(x, 4)
        return 2 / np.linalg.eigvalsh(2 * design.T @ design).max()

    assert limit(2.0) == pytest.approx(1.74e-3, rel=0.01) and limit(3.0) == pytest.approx(1.67e-4, rel=0.01)


# ---------------------------------------------------------------------------------------------------
# augmentation

IMAGES = np.random.default_rng(0).random((5, 9, 7))
CHANGES = {
    "contrast": augment.contrast,
    "brightness": augment.brightness,
    "noise": augment.noise,
    "flip": augment.flip,
    "shift": augment.shift,
    "rotate": augment.rotate,
    "scale": augment.scale,
}


@pytest.mark.parametrize("name", CHANGES)
def test_images_keep_shape_and_range_and_come_from_the_rng(name):
    first, again, other = (CHANGES[name](IMAGES, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == IMAGES.shape and first.min() >= 0 and first.max() <= 1
    assert (first == again).all() and (first != other).any() and (first != IMAGES).any()


@pytest.mark.parametrize(
    "change",
    [
        partial(augment.contrast, amount=0.0),
        partial(augment.brightness, amount=0.0),
        partial(augment.noise, std=0.0),
        partial(augment.flip, p=0.0),
        partial(augment.shift, pixels=0),
        partial(augment.rotate, degrees=0.0),
        partial(augment.scale, amount=0.0),
    ],
    ids=lambda c: c.func.__name__,
)
def test_no_change_is_no_change(change):
    np.testing.assert_allclose(change(IMAGES, np.random.default_rng(0)), IMAGES, atol=1e-12)


def test_a_shift_moves_whole_pixels_and_brings_in_nothing():
    dot = np.zeros((200, 7, 7))
    dot[:, 3, 3] = 1.0
    moved = augment.shift(dot, np.random.default_rng(0), pixels=2)
    places = np.argwhere(moved == 1.0)
    assert len(places) == 200 and moved.sum() == 200
    assert set(places[:, 1]) == set(places[:, 2]) == {1, 2, 3, 4, 5}
    assert augment.shift(np.ones((50, 4, 4)), np.random.default_rng(0), pixels=2).min() == 0


def test_a_flip_twice_is_nothing_and_a_quarter_turn_is_rot90():
    np.testing.assert_array_equal(augment.flip(augment.flip(IMAGES, RNG(), p=1.0), RNG(), p=1.0), IMAGES)
    square = np.random.default_rng(1).random((1, 6, 6))
    turned = augment._resampled(square, np.array([[[0.0, -1.0], [1.0, 0.0]]]))
    candidates = [np.rot90(square[0], k) for k in (1, 3)]
    assert min(abs(turned[0] - c).max() for c in candidates) < 1e-9


def test_changes_in_a_chain():
    both = augment.chain(partial(augment.flip, p=1.0), partial(augment.brightness, amount=0.0))
    np.testing.assert_array_equal(both(IMAGES, RNG()), IMAGES[:, :, ::-1])


def RNG():
    return np.random.default_rng(0)
