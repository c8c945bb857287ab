"""Error messages, word for word: what was expected, what came, what to do next."""

import numpy as np
import pytest

import nnteach as nt
from nnteach.core import errors
from nnteach.core.errors import DtypeError, GraphError, ImmutableError, NNTeachError, ShapeError
from nnteach.core.graph import constant, variable

x, v, b = variable(2.0, "x"), variable([1.0, 2.0], "v"), variable(np.ones(4), "b")
W, V, U = variable(np.ones((2, 3)), "W"), variable(np.ones((2, 3)), "V"), variable(np.ones((2, 5)), "U")

STAY = "expected a node to stay in the graph (np.exp(node), node.sum() and so on work),\n  "
FIXED = "expected a graph that stays as it was computed,\n  "
NUMPY = "expected a NumPy function with a rule in nnteach's table,\n  "
ADD_ONE = "Write it with the primitives in nt.ops, or add one with @nt.primitive"

MESSAGES = [
    (
        lambda: W @ V,
        ShapeError,
        "expected shapes that fit in matmul,\n  got W (2, 3), V (2, 3).\n  "
        "W @ V pairs the 3 columns of W with the 2 rows of V. Did you mean W @ V.T?",
    ),
    (
        lambda: W @ U,
        ShapeError,
        "expected shapes that fit in matmul,\n  got W (2, 3), U (2, 5).\n  "
        "W @ U pairs the 3 columns of W with the 2 rows of U. Did you mean W.T @ U?",
    ),
    (
        lambda: W @ v,
        ShapeError,
        "expected shapes that fit in matmul,\n  got W (2, 3), v (2,).\n  "
        "W @ v pairs the 3 columns of W with the 2 entries of v. Did you mean W.T @ v?",
    ),
    (
        lambda: b @ W,
        ShapeError,
        "expected shapes that fit in matmul,\n  got b (4,), W (2, 3).\n  "
        "b @ W pairs the 4 entries of b with the 2 rows of W.",
    ),
    (
        lambda: W @ x,
        ShapeError,
        "expected shapes that fit in matmul,\n  got W (2, 3), x scalar.\n  "
        "@ is for vectors and matrices; write * for a number",
    ),
    (
        lambda: x @ x,
        ShapeError,
        "expected shapes that fit in matmul,\n  got x scalar, x scalar.\n  "
        "@ is for vectors and matrices; write * for a number",
    ),
    (
        lambda: W + b,
        ShapeError,
        "expected shapes that fit in add,\n  got W (2, 3), b (4,).\n  "
        "Axes are compared from the last: 3 and 4 differ, and neither is 1",
    ),
    (
        lambda: (W + 1) * constant(np.ones((3, 3))),
        ShapeError,
        "expected shapes that fit in multiply,\n  "
        "got the result of add (2, 3), an unnamed constant (3, 3).\n  "
        "Axes are compared from the last: 2 and 3 differ, and neither is 1",
    ),
    (
        lambda: np.where(b > 0, W, b),
        ShapeError,
        "expected shapes that fit in where,\n  got the result of greater (4,), W (2, 3), b (4,).\n  "
        "Axes are compared from the last: 3 and 4 differ, and neither is 1",
    ),
    (
        lambda: W.reshape(4),
        ShapeError,
        "expected shapes that fit in reshape,\n  got W (2, 3).\n  "
        "cannot reshape array of size 6 into shape (4,)",
    ),
    (
        lambda: v[7],
        ShapeError,
        "expected shapes that fit in getitem,\n  got v (2,).\n  "
        "index 7 is out of bounds for axis 0 with size 2",
    ),
    (
        lambda: float(x),
        DtypeError,
        STAY + "got float(x), which would lose the gradient silently.\n  "
        "Write np.exp(x) instead of math.exp(x), and out = nt.stack([x, y]) instead of out[0] = x.\n  "
        "If you want the plain number, which knows no gradient, write x.value",
    ),
    (
        lambda: np.asarray(v),
        DtypeError,
        STAY + "got np.asarray(v), which would lose the gradient silently.\n  "
        "Write nt.stack([x, y]) instead of np.array([x, y]), X @ W instead of X.dot(W).\n  "
        "If you want the plain number, which knows no gradient, write v.value",
    ),
    (
        lambda: np.asarray(v * 2),
        DtypeError,
        STAY + "got np.asarray(node), which would lose the gradient silently.\n  "
        "Write nt.stack([x, y]) instead of np.array([x, y]), X @ W instead of X.dot(W).\n  "
        "If you want the plain number, which knows no gradient, write node.value",
    ),
    (
        lambda: variable(np.array([1, 2]), "k"),
        DtypeError,
        "expected real numbers for the variable k,\n  "
        "got an array of int64.\n  Whole numbers have no gradient: write array.astype(float)",
    ),
    (
        lambda: variable("2"),
        DtypeError,
        "expected real numbers,\n  got '2'.\n  Complex numbers, texts and objects have no gradient here; "
        "for a fraction, write float(it)",
    ),
    (
        lambda: variable(x),
        DtypeError,
        "expected numbers,\n  got x, a node.\n  Write node.value to start afresh from its number",
    ),
    (
        lambda: v[v > 1],
        DtypeError,
        "expected an index made of whole numbers, slices or a mask,\n  "
        "got the result of greater, a node.\n  "
        "Write .value after it: the choice is then fixed, and no gradient flows through it",
    ),
    (lambda: np.arctan(x), GraphError, NUMPY + f"got np.arctan on x.\n  {ADD_ONE}"),
    (lambda: np.add.reduce(v), GraphError, NUMPY + "got np.add.reduce on v.\n  Write np.sum(v, axis=0)"),
    (lambda: np.logaddexp.reduce(v), GraphError, NUMPY + f"got np.logaddexp.reduce on v.\n  {ADD_ONE}"),
    (lambda: np.cumsum(v), GraphError, NUMPY + f"got np.cumsum.\n  {ADD_ONE}"),
    (
        lambda: np.dot(v, np.ones((2, 2, 2))),
        GraphError,
        "expected np.dot of vectors and matrices,\n  "
        "got an array of shape (2, 2, 2).\n  "
        "Write a @ b, which multiplies the matrices of a stack one by one",
    ),
    (
        lambda: (v * 2).backward(),
        GraphError,
        "expected a single number to differentiate,\n  "
        "got the result of multiply of shape (2,).\n  "
        "Sum or average it first, as in f.sum().backward(), or give seed=",
    ),
    (
        lambda: nt.grad(constant(1.0) + 1, x),
        GraphError,
        "expected a result that depends on a variable,\n  "
        "got the result of add.\n  "
        "Make the inputs with nt.variable or nt.variables; constants have no gradient",
    ),
    (
        lambda: nt.grad(v * 2, v, seed=[1.0]),
        GraphError,
        "expected a seed of the result's shape, (2,),\n  got (1,).",
    ),
    (
        lambda: setattr(x, "value", 3.0),
        ImmutableError,
        FIXED + "got a new value for x.\n  "
        "Build the expression again with the new number, or use nt.recompute(f, {x: 3.0})",
    ),
    (
        lambda: v.__setitem__(0, 1.0),
        ImmutableError,
        FIXED + "got a new entry for v.\n  "
        "Choose by a mask instead, as in np.where(mask, new, old), or join parts by np.concatenate",
    ),
    (
        lambda: np.ones(2).__iadd__(v),
        ImmutableError,
        "expected a result of its own,\n  "
        "got an array to write v into (out=, +=, *=).\n  Write a = a + b instead of a += b",
    ),
    (lambda: nt.trace(x * 2).state_at(9), GraphError, "expected a step from 0 to 3,\n  got 9."),
]


@pytest.mark.parametrize(
    "provoke, kind, text", MESSAGES, ids=[f"{m[1].__name__}-{i}" for i, m in enumerate(MESSAGES)]
)
def test_message(provoke, kind, text):
    with pytest.raises(kind) as caught:
        provoke()
    assert type(caught.value) is kind
    assert str(caught.value) == text


def test_ragged_rows():
    """The last line is NumPy's, whose wording changes."""
    with pytest.raises(ShapeError) as caught:
        variable([[1.0, 2.0], [3.0]])
    assert str(caught.value).startswith("expected rows of one length,\n  got [[1.0, 2.0], [3.0]].\n  ")


@pytest.mark.parametrize(
    "name, builtin",
    [
        ("ShapeError", ValueError),
        ("DtypeError", TypeError),
        ("GraphError", ValueError),
        ("ImmutableError", AttributeError),
        ("ExpressionError", ValueError),
    ],
)
def test_every_error_is_also_one_that_a_numpy_user_would_catch(name, builtin):
    assert issubclass(getattr(errors, name), builtin) and issubclass(getattr(errors, name), NNTeachError)


def test_the_parts_of_a_message():
    assert errors.message("a", "b", "c") == "expected a,\n  got b.\n  c"
    assert errors.message("a", "b") == "expected a,\n  got b."
    assert [errors.shape_text(s) for s in ((), (3,), (2, 3))] == ["scalar", "(3,)", "(2, 3)"]


@pytest.mark.parametrize(
    "shapes, said",
    [
        ([(2, 3), (3,)], ""),
        ([(2, 1), (1, 3)], ""),
        ([(), (2,)], ""),
        ([(2, 3), (2,)], "2 and 3"),
        ([(2, 3), (3, 3)], "2 and 3"),
        ([(4,), (3,), (2,)], "2 and 3 and 4"),
    ],
)
def test_broadcasting_advice_speaks_where_numpy_refuses(shapes, said):
    try:
        np.broadcast_shapes(*shapes)
        assert said == "" == errors.broadcasting_advice(shapes)
    except ValueError:
        assert said and f": {said} differ" in errors.broadcasting_advice(shapes)
