"""Inputs to try every primitive at, away from kinks: a new entry of the table in `ops.py` adds its own here.

Write one() or two() for an elementwise primitive, or a list of Samples; every test over the table runs on it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from nnteach.core.graph import constant, settle, variable
from nnteach.core.primitive import PRIMITIVES


class Sample(NamedTuple):
    """One call of a primitive: its inputs and its settings."""

    inputs: tuple
    static: Mapping = MappingProxyType({})

    def nodes(self):
        """The inputs as nodes: real numbers are variables, masks are constants."""
        return [variable(x) if np.asarray(x).dtype.kind == "f" else constant(x) for x in self.inputs]


def numbers(*shape, positive=False, seed=0):
    """Numbers between 0.3 and 1.7, of both signs unless `positive`; a plain float for the empty shape."""
    rng = np.random.default_rng([seed, *shape, positive])
    signs = 1 if positive else rng.choice([-1.0, 1.0], shape)
    return settle(rng.uniform(0.3, 1.7, shape) * signs)


def one(positive=False, **static):
    """Samples of a primitive with one input, entry by entry."""
    return [Sample((numbers(*shape, positive=positive, seed=s),), static)
            for s, shape in enumerate([(), (), (3,), (2, 3)], start=3)]


def two(positive=False, **static):
    """Samples of a primitive with two inputs, entry by entry: every kind of broadcasting."""
    pairs = [((), ()), ((3,), (3,)), ((2, 3), (3,)), ((2, 1), (3,)), ((), (2, 3)), ((2, 3), (1, 1))]
    return [Sample((numbers(*a, positive=positive, seed=1), numbers(*b, positive=positive, seed=2)), static)
            for a, b in pairs]


def over_axes(**static):
    """Samples of a primitive that sums, or the like, over axes."""
    matrix = numbers(2, 3)
    return [Sample((matrix,), {**static, **axes}) for axes in (
        {}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)})]


def along_an_axis():
    """Samples of a primitive that keeps the shape and works along one axis."""
    return [Sample((numbers(3),)), Sample((numbers(2, 3),)), Sample((numbers(2, 3),), {"axis": 0})]


MASK, MATRIX, VECTOR = np.array([True, False, True]), numbers(2, 3), numbers(3)
PRODUCTS = [((3,), (3,)), ((2, 3), (3,)), ((2,), (2, 3)), ((2, 3), (3, 2)), ((4, 2, 3), (3, 2)),
            ((2, 3), (4, 3, 2)), ((3,), (4, 3, 2)), ((4, 2, 3), (3,))]

SAMPLES = {
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "maximum", "minimum", "leaky_relu"), two()),
    **dict.fromkeys(("equal", "not_equal", "greater", "greater_equal", "sigmoid_cross_entropy"), two()),
    **dict.fromkeys(("logical_and", "logical_or"), two()),
    **dict.fromkeys(("negative", "square", "absolute", "sign", "exp", "sin", "cos", "logical_not"), one()),
    **dict.fromkeys(("sigmoid", "tanh", "relu", "softplus", "step", "stop_gradient"), one()),
    **dict.fromkeys(("log", "sqrt"), one(positive=True)),
    **dict.fromkeys(("sum", "mean", "max", "min"), over_axes()),
    **dict.fromkeys(("power", "xlogy"), two(positive=True)),
    "elu": one() + one(alpha=0.5),
    "clip": [Sample((x, -1.0, 1.0)) for x in (0.4, -1.6, 1.6, numbers(3), MATRIX)],
    "where": [Sample((MASK, VECTOR, numbers(3, seed=9))), Sample((MASK, MATRIX, 0.5)),
              Sample((True, 0.5, 0.7)), Sample((True, 0.5, VECTOR)), Sample((MASK, numbers(2, 1), VECTOR))],
    "spread": [Sample((0.7,), {"shape": (2, 3)}), Sample((VECTOR,), {"shape": (2, 3), "axis": 0}),
               Sample((numbers(2, 1),), {"shape": (2, 3), "axis": 1, "keepdims": True})],
    "sum_to": [Sample((MATRIX,), {"shape": shape}) for shape in ((), (3,), (2, 1), (1, 1), (2, 3))],
    "broadcast_to": [Sample((x,), {"shape": (2, 3)}) for x in (0.7, VECTOR, numbers(2, 1), MATRIX)],
    "matmul": [Sample((numbers(*a, seed=1), numbers(*b, seed=2))) for a, b in PRODUCTS],
    "matvec": [Sample((numbers(*a, seed=1), numbers(*b, seed=2))) for a, b in
               (((2, 3), (3,)), ((4, 2, 3), (4, 3)), ((2, 3), (4, 3)))],
    "outer": [Sample((numbers(*a, seed=1), numbers(*b, seed=2))) for a, b in
              (((2,), (3,)), ((4, 2), (4, 3)), ((2,), (4, 3)))],
    "matrix_transpose": [Sample((MATRIX,)), Sample((numbers(4, 2, 3),)), Sample((numbers(1, 3),))],
    "transpose": [Sample((MATRIX,), {"axes": (1, 0)}), Sample((numbers(4, 2, 3),), {"axes": (2, 0, 1)}),
                  Sample((numbers(4, 2, 3),), {"axes": (0, 2, 1)})],
    "reshape": [Sample((MATRIX,), {"shape": shape}) for shape in ((6,), (3, 2), (1, 2, 3))],
    "getitem": [Sample((MATRIX,), {"index": index}) for index in (
        0, (1, 2), (slice(None), 1), (slice(None), slice(None, None, -1)), ([0, 0, 1],), (..., None, 0))],
    "scatter": [Sample((VECTOR,), {"shape": (2, 3), "index": 0}),
                Sample((0.7,), {"shape": (2, 3), "index": (1, 2)}),
                Sample((VECTOR,), {"shape": (2,), "index": ([0, 0, 1],)})],
    "concatenate": [Sample((VECTOR, numbers(2))),
                    Sample((MATRIX, numbers(1, 3), numbers(2, 3, seed=4)), {"axis": 0}),
                    Sample((MATRIX, numbers(2, 1)), {"axis": -1})],
    "astype": one(dtype=np.dtype(np.float64)),
    "softmax": along_an_axis(),
    "log_softmax": along_an_axis(),
    "logsumexp": [Sample((VECTOR,)), Sample((MATRIX,)), Sample((MATRIX,), {"axis": 0, "keepdims": True})],
    "softmax_cross_entropy": [Sample((VECTOR, np.array([0.2, 0.7, 0.1]))),
                              Sample((MATRIX, np.eye(3)[[0, 2]])),
                              Sample((MATRIX, numbers(2, 3, seed=5)))],
}

CASES = [(name, sample) for name in PRIMITIVES for sample in SAMPLES.get(name, [])]
IDS = [f"{name}-{i}" for name in PRIMITIVES for i in range(len(SAMPLES.get(name, [])))]
