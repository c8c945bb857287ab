"""What goes wrong, said clearly.

Every message has the same three parts: what was expected, what came (with shapes and the student's own
names), and what to do next. Each class is also the built-in exception a NumPy user would catch.
"""

import itertools


class NNTeachError(Exception):
    """Base class of every error this package raises on purpose."""


class ShapeError(NNTeachError, ValueError):
    """Shapes that do not fit together."""


class DtypeError(NNTeachError, TypeError):
    """A value that is not a real number, or an array of numbers that has no derivative."""


class GraphError(NNTeachError, ValueError):
    """A graph used in a way that has no meaning, such as the gradient of a vector without a seed."""


class ImmutableError(NNTeachError, AttributeError):
    """An attempt to change a node or a value that the graph relies on."""


class ExpressionError(NNTeachError, ValueError):
    """An expression typed by a user that is not one of the few allowed forms."""


class DisconnectedWarning(UserWarning):
    """A gradient that is zero because the result does not depend on the node at all."""


def message(expected: str, got: str, advice: str = "") -> str:
    """Join the parts of an error message, one line each."""
    lines = [f"expected {expected}", f"got {got}"]
    return ",\n  ".join(lines) + (f".\n  {advice}" if advice else ".")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as a reader says it: `scalar`, `(3,)`, `(2, 3)`."""
    return "scalar" if shape == () else str(tuple(shape))


def product_advice(a: str, b: str, a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> str:
    """What to do about a matrix product `a @ b` whose shapes do not fit."""
    if not a_shape or not b_shape:
        return "@ is for vectors and matrices; write * for a number"
    columns, rows = a_shape[-1], b_shape[-2] if len(b_shape) > 1 else b_shape[0]
    if columns == rows:
        return ""
    said = (f"{a} @ {b} pairs the {columns} {'columns' if len(a_shape) > 1 else 'entries'} of {a} with the {rows} "
            f"{'rows' if len(b_shape) > 1 else 'entries'} of {b}.")
    if len(b_shape) == 2 and b_shape[1] == columns:
        return f"{said} Did you mean {a} @ {b}.T?"
    return f"{said} Did you mean {a}.T @ {b}?" if len(a_shape) == 2 and a_shape[0] == rows else said


def broadcasting_advice(shapes: list[tuple[int, ...]]) -> str:
    """Where shapes that should be broadcast do not fit; empty if they do."""
    for sizes in itertools.zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        unequal = sorted({size for size in sizes if size != 1})
        if len(unequal) > 1:
            return f"Axes are compared from the last: {' and '.join(map(str, unequal))} differ, and neither is 1"
    return ""
