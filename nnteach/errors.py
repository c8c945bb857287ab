"""What goes wrong, said clearly.

Every message has the same three parts: what was expected, what came (with shapes and the student's own
names), and what to do next. Each class is also the built-in exception a NumPy user would catch.
"""


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


def message(expected: str, got: str, advice: str = "") -> str:
    """Join the parts of an error message, one line each."""
    lines = [f"expected {expected}", f"got {got}"]
    return ",\n  ".join(lines) + (f".\n  {advice}" if advice else ".")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as a reader says it: `scalar`, `(3,)`, `(2, 3)`."""
    return "scalar" if shape == () else str(tuple(shape))
