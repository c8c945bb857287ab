"""Functions composed of primitives: they need no rule of their own."""

import numpy as np

from . import ops
from .errors import ShapeError, message
from .primitive import shape_of


def norm(x, axis=None, keepdims=False):
    """Euclidean norm, of all entries or along an axis; its gradient at 0 is taken as 0."""
    total = ops.sum(ops.square(x), axis=axis, keepdims=keepdims)
    # Only where there is something to take the root of: the slope of √ at 0 is infinite.
    return ops.where(total > 0, ops.sqrt(ops.where(total > 0, total, 1.0)), 0.0)


def stack(nodes, axis=0):
    """Arrays of one shape, side by side along a new axis."""
    nodes = [x if hasattr(x, "__apply__") else np.asarray(x) for x in nodes]
    shapes = {shape_of(x) for x in nodes}
    if len(shapes) != 1:
        raise ShapeError(message("arrays of one shape to stack", ", ".join(map(str, sorted(shapes))) or "none"))
    shape = list(shapes.pop())
    shape.insert(axis if axis >= 0 else len(shape) + 1 + axis, 1)
    return ops.concatenate(*(ops.reshape(x, shape=tuple(shape)) for x in nodes), axis=axis)


def one_hot(classes, count: int) -> np.ndarray:
    """One row per class number, with a 1 in the place of the class (002-10).

    Args:
        classes: class numbers 0 … count − 1, shape (batch,).
        count: how many classes there are.

    Returns:
        float64, shape (batch, count).
    """
    classes = np.asarray(classes)
    if classes.dtype.kind not in "iu" or (classes.size and not 0 <= classes.min() <= classes.max() < count):
        raise ShapeError(message(f"whole class numbers from 0 to {count - 1}", f"{classes.tolist()!r:.80}"))
    return np.eye(count)[classes]
