"""New images from old ones, as a camera might have seen them (002-45).

Only what leaves the label true makes sense. Every function takes images of shape (n, height, width) with
numbers in [0, 1] and an rng, and returns new images of that shape; each image gets a change of its own. What
comes in from outside the frame is 0.

    augment = chain(partial(shift, pixels=2), partial(rotate, degrees=10), partial(noise, std=0.05))
    augment(images, rng)
"""

import numpy as np


def contrast(images, rng, amount: float = 0.3):
    """Stretch or squeeze the intensities around the image's mean, by a factor in [1 − amount, 1 + amount]."""
    mean = images.mean(axis=(1, 2), keepdims=True)
    return np.clip(mean + _each(rng, images, 1 - amount, 1 + amount) * (images - mean), 0.0, 1.0)


def brightness(images, rng, amount: float = 0.2):
    """Add a number in [−amount, amount] to all pixels of an image."""
    return np.clip(images + _each(rng, images, -amount, amount), 0.0, 1.0)


def noise(images, rng, std: float = 0.05):
    """Add normal noise to every pixel."""
    return np.clip(images + rng.normal(0.0, std, images.shape), 0.0, 1.0)


def flip(images, rng, p: float = 0.5):
    """Left and right changed over, with probability p: fine for a boot, wrong for the digit 2."""
    chosen = rng.random(len(images)) < p
    return np.where(chosen[:, None, None], images[:, :, ::-1], images)


def shift(images, rng, pixels: int = 2):
    """Move by whole pixels, up to so many in each direction."""
    return _resampled(images, offset=rng.integers(-pixels, pixels + 1, (len(images), 2)).astype(float))


def rotate(images, rng, degrees: float = 10.0):
    """Turn around the middle, by an angle in [−degrees, degrees]."""
    angle = np.deg2rad(rng.uniform(-degrees, degrees, len(images)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return _resampled(images, np.moveaxis(turn, 2, 0))


def scale(images, rng, amount: float = 0.1):
    """Zoom by a factor in [1 − amount, 1 + amount], the middle staying in place; above 1 this crops."""
    factor = rng.uniform(1 - amount, 1 + amount, len(images))
    return _resampled(images, np.eye(2) / factor[:, None, None])


def chain(*changes):
    """One change after the other, as one function (images, rng)."""

    def augment(images, rng):
        for change in changes:
            images = change(images, rng)
        return images

    return augment


def _each(rng, images, low, high):
    """One number per image."""
    return rng.uniform(low, high, (len(images), 1, 1))


def _resampled(images, matrix=None, offset=None):
    """Images whose pixel p is the old one's at `matrix @ (p − middle) + middle − offset`, by bilinear interpolation."""
    n, height, width = images.shape
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    grid = np.stack(np.mgrid[0:height, 0:width], axis=-1).reshape(-1, 2) - middle
    places = np.broadcast_to(grid, (n, *grid.shape)) if matrix is None else grid @ np.swapaxes(matrix, 1, 2)
    places = places + middle - (0.0 if offset is None else offset[:, None, :])
    corner = np.floor(places).astype(int)
    share = places - corner
    result = np.zeros(places.shape[:2])
    for down in (0, 1):
        for right in (0, 1):
            weight = np.abs(1 - down - share[..., 0]) * np.abs(1 - right - share[..., 1])
            result += weight * _pixels(images, corner[..., 0] + down, corner[..., 1] + right)
    return result.reshape(images.shape)


def _pixels(images, rows, columns):
    """The pixels at these places of each image, 0 outside."""
    n, height, width = images.shape
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    found = images[np.arange(n)[:, None], rows.clip(0, height - 1), columns.clip(0, width - 1)]
    return np.where(inside, found, 0.0)
