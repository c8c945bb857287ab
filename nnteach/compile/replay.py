"""Compiled replay: trace a function once, then run straight-line NumPy.

    step = compile(loss, wrt=[2, 3])           # loss(X, target, W, b) -> a Node
    value, (dW, db) = step(X, target, W, b)    # traces: the graph and its gradient, by the rules of the table
    value, (dW, db) = step(X, target, W, b)    # replays: no Node is made

A replay is the counterpart of TensorFlow's `tf.function`. It is traced again whenever the shape or precision
of an argument changes; `step.traces` counts, `step.report()` tells why, `step.source` is the code that runs.
Whatever may change between calls has to be an argument: an array that the function takes from elsewhere, or a
random mask that it draws, stays what it was.

A loss written for one sample, with single numbers, runs at array speed when it is told what a sample is:

    step = compile(loss, wrt=[2, 3], batch=[0, 1])    # loss(x, target, W, b) multiplies W[i][j] * x[j]
"""

import inspect
import threading
from collections.abc import Callable, Sequence

import numpy as np

from ..core.autodiff import grad
from ..core.errors import DtypeError, GraphError, message
from ..core.graph import Node, constant, no_decisions_on, variable
from ..core.node_names import describe
from .codegen import Source
from .program import Program
from .vectorise import batched

__all__ = ["Compiled", "compile"]


def compile(
    fn: Callable,
    wrt: Sequence[int] | None = None,
    *,
    batch: Sequence[int] | None = None,
    reduction: str = "mean",
    copy: bool = True,
    verbose: bool = False,
) -> "Compiled":
    """Trace a function once and replay it, with its gradients, as straight-line NumPy.

    Args:
        fn: computes a Node from Nodes; a single number if gradients are wanted. Decisions on values are
            refused: they would be taken once and for all.
        wrt: the positions of the arguments to differentiate by; by default all that hold real numbers. With
            an empty list only the value is computed.
        batch: the positions of the arguments whose first axis counts samples. The function then is written
            for one sample and single numbers: it gets nested lists of Nodes, such as W[i][j].
        reduction: "mean" or "sum", over the samples.
        copy: new arrays at every call, which are the caller's own. With False they lie in buffers that the
            next call writes over, or are views of arguments: read them, do not keep or change them.
        verbose: print a line whenever the function is traced.

    Returns:
        `step(*arrays) -> (value, gradients)`, the gradients a tuple with one per index in `wrt`. It computes
        what the eager engine computes; with `batch` sums run in another order, so the last digits may differ.
        Calls from several threads wait for each other.
    """
    return Compiled(fn, wrt, batch, reduction, copy, verbose)


class Compiled:
    """A function ready for replay; `compile` makes it.

    Attributes:
        traces: how often the function was traced.
        source: the Python code of the last trace.
    """

    def __init__(self, fn, wrt=None, batch=None, reduction="mean", copy=True, verbose=False):
        if reduction not in ("mean", "sum"):
            raise ValueError(message('reduction "mean" or "sum"', repr(reduction)))
        self.fn, self.wrt = fn, None if wrt is None else tuple(wrt)
        self.batch = None if batch is None else tuple(batch)
        self.reduction, self.copy, self.verbose = reduction, copy, verbose
        self.source = ""
        self._replays: dict = {}  # signature -> function
        self._signature = self._replay = None  # of the last call
        self._lock = threading.RLock()

    def __call__(self, *arguments):
        arguments = [x if type(x) is np.ndarray and x.ndim else _plain(x) for x in arguments]
        signature = [(x.shape, x.dtype) if type(x) is not float else float for x in arguments]
        with self._lock:
            if signature != self._signature:
                self._replay, self._signature = self._replay_for(signature, arguments), signature
            return self._replay(*arguments)

    def __deepcopy__(self, _):
        return self  # as any function is its own copy

    @property
    def traces(self) -> int:
        return len(self._replays)

    def report(self) -> str:
        """The signatures it was traced for, a line each: one trace per combination of shapes and precisions."""
        traced = enumerate(self._replays, 1)
        return "\n".join(f"trace {i}: {', '.join(map(_spelled, signature))}" for i, signature in traced)

    def __repr__(self):
        return f"<compiled {_name(self.fn)}, traced {self.traces} time{'s' * (self.traces != 1)}>"

    # -------------------------------------------------------------------------------------------- tracing

    def _replay_for(self, signature, arguments):
        key = tuple(signature)
        if key not in self._replays:
            self._replays[key] = self._trace(arguments)
            if self.verbose:
                print(f"nnteach traced {_name(self.fn)}, {self.report().splitlines()[-1]}")
        return self._replays[key]

    def _trace(self, arguments):
        wrt = self._wrt(arguments)
        names = _argument_names(self.fn, len(arguments))
        given = enumerate(zip(arguments, names, strict=True))
        leaves = [variable(x, name) if i in wrt else constant(x, name) for i, (x, name) in given]
        root = self._root(leaves)
        gradients = grad(root, [leaves[i] for i in wrt], symbolic=True) if wrt else []
        source = Source(Program(leaves, [root, *gradients]), backward_from=root.serial + 1, copy=self.copy)
        self.source = source.text
        return source.function()

    def _root(self, leaves):
        if self.batch is None:
            return self._run(leaves, leaves)
        return batched(self._run, leaves, {range(len(leaves))[i] for i in self.batch}, self.reduction)

    def _run(self, inputs, leaves):
        """Call the function on Nodes, or on lists of Nodes, made of these leaves."""
        with no_decisions_on(leaves):
            root = self.fn(*inputs)
        if not isinstance(root, Node):
            advice = "Return the loss itself, computed from the arguments"
            raise GraphError(message(f"a Node from {_name(self.fn)}", f"a {type(root).__name__}", advice))
        return root

    def _wrt(self, arguments):
        if self.wrt is None:
            real = [i for i, x in enumerate(arguments) if type(x) is float or x.dtype.kind == "f"]
            if arguments and not real:
                raise DtypeError(message("real numbers in at least one argument, to differentiate by",
                                         ", ".join(map(_spelled, [(x.shape, x.dtype) for x in arguments])),
                                         "Whole numbers have no gradient: write array.astype(float); for the value "
                                         "alone, nt.compile(fn, wrt=[])"))
            return real
        return [range(len(arguments))[i] for i in self.wrt]


def _plain(x):
    """An argument as an array, or as a single number: whole numbers become floats, float32 stays."""
    if isinstance(x, Node):
        advice = "A replay has no graph: write node.value"
        raise DtypeError(message("numbers or arrays", f"the node {describe(x)}", advice))
    array = np.asarray(x)
    if array.ndim:  # a list of whole numbers stands for real ones, as in nt.variable([1, 2]); an array says its type
        return array.astype(float) if array.dtype.kind in "iu" and not isinstance(x, np.ndarray) else array
    return array[()] if array.dtype.kind not in "iu" and array.dtype != np.float64 else float(array)


def _name(fn):
    return getattr(fn, "__name__", "a function")


def _argument_names(fn, count):
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):
        parameters = ()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:count]
    return names + [f"input {i}" for i in range(len(names), count)]


def _spelled(kind):
    return "number" if kind is float else f"{kind[1]} {kind[0]}"
