"""Fashion-MNIST for the lessons: scaled, split, and honest about how much of it there is."""

from dataclasses import dataclass

import numpy as np

from ..data import fashion_mnist
from ..data.idx import DataError
from ..data.sources import FASHION_MNIST
from .here import mode as current_mode

HELD_OUT = 557
"""Images kept for the test where the set comes without test images: 2,000 of the first 2,557 are then left."""
QUICK = 2_000
"""Images for training in quick mode, at most."""
SIDE = 28


@dataclass(frozen=True, repr=False)
class Clothes:
    """Pictures of clothes, ready for training.

    Attributes:
        x_train, x_test: float32 in 0 … 1, shape (n, 28, 28).
        y_train, y_test: class numbers, shape (n,).
        names: of the ten classes.
        note: empty for the whole set; else what this is. It belongs under every figure.
        synthetic: whether these are no pictures of clothes at all.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    names: tuple[str, ...]
    note: str = ""
    synthetic: bool = False

    def __repr__(self):
        what = "synthetic stand-in" if self.synthetic else "Fashion-MNIST"
        sizes = f"{len(self.x_train):,} images to train with, {len(self.x_test):,} to test with"
        return f"{what}: {sizes}" + (f"\n({self.note})" if self.note else "")


def clothes(mode: str | None = None) -> Clothes:
    """The data of the Fashion-MNIST lessons.

    Args:
        mode: quick or full; None: NNTEACH_MODE. Full takes what is on this machine or downloads the set. Quick
            downloads nothing and takes at most 2,000 images; where there are none, a synthetic stand-in takes
            their place, so that everything can be tried without them.

    Raises:
        DataError: in full mode, if the set is nowhere and cannot be downloaded. Nothing is ever put in its place.
    """
    quick = (mode or current_mode()) == "quick"
    try:
        images = fashion_mnist(partial=True, download=not quick)
    except DataError:
        if not quick:
            raise
        return stand_in()
    return _prepared(images, quick)


def _prepared(images, quick) -> Clothes:
    """Scaled to 0 … 1 and split; the last images are held out where no others are there to test with."""
    x, y, x_test, y_test = images.x_train, images.y_train, images.x_test, images.y_test
    notes = []
    if len(x_test) == 0:
        x, x_test, y, y_test = x[:-HELD_OUT], x[-HELD_OUT:], y[:-HELD_OUT], y[-HELD_OUT:]
        notes.append(f"the first {len(images.x_train):,} of Fashion-MNIST's images, {HELD_OUT} held out")
    if quick and len(x) > QUICK:
        x, y = x[:QUICK], y[:QUICK]
        notes.append(f"trained on {QUICK:,} only")
    note = "; ".join(notes) or images.note
    return Clothes(_scaled(x), y, _scaled(x_test), y_test, images.names, note)


def _scaled(images):
    return images.astype(np.float32) / 255


def stand_in(seed: int = 0) -> Clothes:
    """Ten patterns with noise, in the shape of Fashion-MNIST: to try the machinery, never for a result."""
    rng = np.random.default_rng(seed)
    patterns = rng.random((10, SIDE, SIDE))
    labels = rng.integers(0, 10, 500 + HELD_OUT)
    noisy = 0.35 * patterns[labels] + 0.65 * rng.random((len(labels), SIDE, SIDE))
    x = noisy.astype(np.float32)
    note = "SYNTHETIC patterns, not Fashion-MNIST"
    return Clothes(x[:500], labels[:500], x[500:], labels[500:], FASHION_MNIST.names, note, True)
