"""The computational graph: a Node for every variable, constant and intermediate result.

Computing with Nodes records the graph, in plain Python, NumPy or both:

    x, y, z = variables(x=-2, y=5, z=-4)
    f = (x + y) * z                     # or np.multiply(x + y, z)

A Node never changes: it keeps its value, the ordered tuple of its parents (so that x * x has two edges) and
the primitive that made it. Every node is made after its parents and numbered as it is made, so *oldest first*
is a topological order and *newest first* a valid order for the backward pass: one sort, no recursion, however
deep the graph.
"""

import gc
import itertools
import operator
import reprlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from . import ops
from .errors import (
    DtypeError,
    GraphError,
    ImmutableError,
    ShapeError,
    broadcasting_advice,
    message,
    product_advice,
    shape_text,
)
from .nested import mapped
from .node_names import describe
from .primitive import PRIMITIVES, Primitive

_next_serial = itertools.count().__next__
_LATER = {"name": None, "grad": None}  # what a slot answers until it is filled
_NO_SETTINGS: dict = {}
_AS_FLOAT = frozenset((np.float64, int))
_BOOL, _FLOAT = np.dtype(bool), np.dtype(np.float64)
_PLAIN = frozenset((float, int, np.ndarray))  # what most often stands beside a node; asking for more costs time
_recording = True  # False inside no_grad()
_undecided: ContextVar[frozenset["Node"]] = ContextVar(
    "leaves whose numbers a function being traced must not ask for", default=frozenset())

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


# A graph gives its arrays back all at once, and the C library would return that memory to the system only to fetch
# it again, page by page, for the next graph: half the time of a training step. Once it has seen a block of this size
# come and go, glibc keeps up to twice as much. The block is never touched, so it costs no memory.
np.empty(31 << 20, np.uint8)


class Node:
    """A vertex of the graph.

    Operators compute as on an array, comparisons too: `x == 0` is a node with a yes or no for every entry. A single
    number can decide (`if x == 0:`, `x in [y, z]`), and then goes by value, as NumPy's numbers do; whether two names
    mean one node is asked by `is`. Dicts and sets of nodes go by identity. What is no number is not equal: `x == None`
    is False.

    Attributes:
        value: a float, or an array that cannot be written to.
        parents: the nodes it was computed from, in order; empty for a leaf.
        primitive: the operation that made it; None for a leaf.
        static: the operation's settings, such as the axis of a sum.
        active: whether the value depends on a variable, so that a gradient is worth computing.
        name: what the student calls it, or None.
        grad: the gradient of the last `backward()` that reached it, or None.
    """

    # `name` and `grad` stay empty until they are needed: making a node is the engine's hottest line.
    __slots__ = ("__weakref__", "_value", "active", "grad", "name", "parents", "primitive", "serial", "static")

    if not TYPE_CHECKING:  # for a checker, what is not declared does not exist, so that it finds a slip of the pen
        def __getattr__(self, name):
            try:
                return _LATER[name]
            except KeyError:
                raise AttributeError(self._no_attribute(name)) from None

    @property
    def value(self) -> Any:
        return self._value

    @value.setter
    def value(self, _):
        raise ImmutableError(message("a graph that stays as it was computed", f"a new value for {describe(self)}",
                                     "Build the expression again with the new number, "
                                     "or use nt.recompute(f, {x: 3.0})"))

    def named(self, name: str) -> "Node":
        """Give the node the name it is shown under, and return it: `q = (x + y).named("q")`."""
        self.name = str(name)
        return self

    # ------------------------------------------------------------------------------------ what it is

    @property
    def kind(self) -> str:
        """"input", "constant" or "operation"."""
        return "operation" if self.primitive else "input" if self.active else "constant"

    @property
    def shape(self) -> tuple[int, ...]:
        return getattr(self._value, "shape", ())

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.size(self._value))

    @property
    def dtype(self) -> np.dtype:
        return getattr(self._value, "dtype", _BOOL if type(self._value) is bool else _FLOAT)

    @property
    def T(self) -> "Node":
        """The transpose of a matrix; a vector or a number is its own."""
        return self if self.ndim < 2 else ops.matrix_transpose(self) if self.ndim == 2 else ops.transpose(
            self, axes=tuple(range(self.ndim))[::-1])

    def __repr__(self) -> str:
        made = f", {self.primitive.name}" if self.primitive else f", {self.kind}"
        value = self._value if self.size <= 20 else f"array of shape {self.shape}"
        return f"Node({self.name + ' = ' if self.name else ''}{value}{made})"

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError(f"{describe(self)} is a single number, which has no length")
        return self.shape[0]

    def __iter__(self) -> "Iterator[Node]":
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        self._may_be_decided_on()
        if self.size != 1:
            raise GraphError(message("a single number to decide on (if, while, and, or, not, in, max, sorted)",
                                     f"{describe(self)} of shape {self.shape}",
                                     "Entry by entry: np.where(v > 0, a, b) for if, (v > 0) & (v < 1) for and, | for "
                                     "or, ~ for not; for one answer np.all(v > 0) or np.any(v > 0)"))
        return bool(self._value)

    def _may_be_decided_on(self):
        leaves = _undecided.get()
        if leaves and not leaves.isdisjoint(ordered(self)):
            raise GraphError(message("a function that takes the same way for all numbers",
                                     f"a decision (if, while, and, or, max) on {describe(self)}, "
                                     "which depends on an argument",
                                     "nt.compile replays the way taken once: "
                                     "choose entry by entry with nt.where(x > 0, a, b)"))

    def __contains__(self, item) -> bool:
        if not self.shape:
            raise TypeError(f"{describe(self)} is a single number, which contains nothing; write {self._called} == …")
        found = self == item
        if not isinstance(found, Node):
            return False
        found._may_be_decided_on()
        return bool(np.any(found._value))

    def __format__(self, spec: str) -> str:
        if spec and self.shape:
            raise DtypeError(message("a single number to format", f"{describe(self)} of shape {self.shape}",
                                     f"Write np.round({self._called}.value, 2), which is an array without a gradient"))
        return format(self._value, spec) if spec else repr(self)

    # ------------------------------------------------------------------------- leaving the graph, aloud

    @property
    def _called(self):
        """What an example in a message calls it."""
        return self.name or "node"

    def _leaves_the_graph(self, how, advice=""):
        raise DtypeError(message("a node to stay in the graph (np.exp(node), node.sum() and so on work)", how,
                                 f"{advice}If you want the plain number, which knows no gradient, "
                                 f"write {self._called}.value"))

    if not TYPE_CHECKING:  # both always raise: a checker says so beforehand
        def __array__(self, dtype=None, copy=None):
            self._leaves_the_graph(f"np.asarray({self._called}), which would lose the gradient silently",
                                   "Write nt.stack([x, y]) instead of np.array([x, y]), X @ W instead of X.dot(W).\n  ")

        def __float__(self):
            self._leaves_the_graph(f"float({self._called}), which would lose the gradient silently",
                                   f"Write np.exp({self._called}) instead of math.exp({self._called}), and "
                                   "out = nt.stack([x, y]) instead of out[0] = x.\n  ")

    # ----------------------------------------------------------------------------------- a part of it

    def __getitem__(self, index: Any) -> "Node":
        return ops.getitem(self, index=_own_index(index))

    def __delitem__(self, index):
        raise ImmutableError(message("a graph that stays as it was computed", f"del of an entry of {describe(self)}",
                                     "Join what stays, as in np.concatenate([v[:1], v[2:]])"))

    def __setitem__(self, index, _):
        raise ImmutableError(message("a graph that stays as it was computed", f"a new entry for {describe(self)}",
                                     "Choose by a mask instead, as in np.where(mask, new, old), "
                                     "or join parts by np.concatenate"))

    # ------------------------------------------------------------------------------- for type checkers alone

    # What is bound elsewhere: operators by the table below, methods by `arraylike`, `backward` by `autodiff`.
    if TYPE_CHECKING:
        _value: Any
        active: bool
        grad: Any
        name: str | None
        parents: tuple["Node", ...]
        primitive: Primitive | None
        serial: int
        static: dict[str, Any]
        __apply__: ClassVar[Callable[..., "Node"]]

        def __add__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __radd__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __sub__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __rsub__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __mul__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __rmul__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __truediv__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __rtruediv__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __pow__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __rpow__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __matmul__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __rmatmul__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __and__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __rand__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __or__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __ror__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __xor__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __rxor__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __neg__(self) -> "Node": ...
        def __pos__(self) -> "Node": ...
        def __abs__(self) -> "Node": ...
        def __invert__(self) -> "Node": ...
        def __gt__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __ge__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __lt__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __le__(self, other: "Node | ArrayLike", /) -> "Node": ...
        def __eq__(self, other: object, /) -> "Node": ...  # type: ignore[override]  # entry by entry, as on arrays
        def __ne__(self, other: object, /) -> "Node": ...  # type: ignore[override]
        def __hash__(self) -> int: ...
        def __array_ufunc__(self, ufunc: np.ufunc, method: Literal["__call__", "reduce", "reduceat", "accumulate",
                            "outer", "at"], *inputs: Any, **settings: Any) -> Any: ...
        def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, settings: Any) -> Any: ...
        def _no_attribute(self, name: str) -> str: ...

        def sum(self, axis: int | tuple[int, ...] | list[int] | None = None, keepdims: bool = False) -> "Node": ...
        def mean(self, axis: int | tuple[int, ...] | list[int] | None = None, keepdims: bool = False) -> "Node": ...
        def max(self, axis: int | tuple[int, ...] | list[int] | None = None, keepdims: bool = False) -> "Node": ...
        def min(self, axis: int | tuple[int, ...] | list[int] | None = None, keepdims: bool = False) -> "Node": ...
        def var(self, axis: int | tuple[int, ...] | list[int] | None = None, ddof: float = 0,
                keepdims: bool = False) -> "Node": ...
        def std(self, axis: int | tuple[int, ...] | list[int] | None = None, ddof: float = 0,
                keepdims: bool = False) -> "Node": ...
        def dot(self, b: "Node | ArrayLike") -> "Node": ...
        def reshape(self, *shape: int | tuple[int, ...] | list[int]) -> "Node": ...
        def transpose(self, *axes: int | tuple[int, ...] | list[int] | None) -> "Node": ...
        def swapaxes(self, axis1: int, axis2: int) -> "Node": ...
        def squeeze(self, axis: int | tuple[int, ...] | None = None) -> "Node": ...
        def astype(self, dtype: Any) -> "Node": ...
        def flatten(self) -> "Node": ...
        def ravel(self) -> "Node": ...
        def copy(self, order: str = "C") -> "Node": ...
        def clip(self, min: "Node | ArrayLike | None" = None, max: "Node | ArrayLike | None" = None) -> "Node": ...
        def any(self, *args: Any, **settings: Any) -> Any: ...
        def all(self, *args: Any, **settings: Any) -> Any: ...
        def argmax(self, *args: Any, **settings: Any) -> Any: ...
        def argmin(self, *args: Any, **settings: Any) -> Any: ...
        def argsort(self, *args: Any, **settings: Any) -> Any: ...
        def nonzero(self) -> tuple[np.ndarray, ...]: ...
        def backward(self, seed: Any = None, accumulate: bool = False) -> None: ...


def _is_number(x):
    """Whether an operator takes it: numbers, arrays and lists; anything else may know an operator of its own."""
    return isinstance(x, (np.ndarray, list, tuple)) or np.isscalar(x)


def _is_comparable(x):
    """The same for == and !=, which have an answer for everything: a text is no number, so it is not equal."""
    return _is_number(x) and not isinstance(x, (str, bytes))


def _operator(primitive: Primitive, compute, swapped=False, takes=_is_number):
    """An operator of Node; `record` for two inputs, written out because scalar graphs live on it."""
    def method(self, other, *modulo):
        if modulo:
            return NotImplemented  # pow(x, 2, 3), which arrays have not either
        if type(other) is not Node:
            if type(other) not in _PLAIN and not takes(other):
                return NotImplemented
            other = constant(other)
        a, b = (other, self) if swapped else (self, other)
        if not _recording:
            return record(primitive, (a, b))
        try:
            value = compute(a._value, b._value)
        except (ValueError, TypeError, ArithmeticError):
            return record(primitive, (a, b))  # which explains, or computes as NumPy does
        node = _new(Node)
        node._value = value if type(value) is float else settle(value)
        node.parents = (a, b)
        node.primitive = primitive
        node.static = _NO_SETTINGS
        node.serial = _next_serial()
        node.active = a.active or b.active
        return node
    return method


_new = object.__new__
for _name, _primitive, _compute in (
        ("add", ops.add, operator.add), ("sub", ops.subtract, operator.sub), ("mul", ops.multiply, operator.mul),
        ("truediv", ops.divide, operator.truediv), ("pow", ops.power, ops.power.forward),
        ("matmul", ops.matmul, operator.matmul)):
    setattr(Node, f"__{_name}__", _operator(_primitive, _compute))
    setattr(Node, f"__r{_name}__", _operator(_primitive, _compute, swapped=True))
for _name, _method in (
        ("neg", lambda self: record(ops.negative, (self,))), ("pos", lambda self: self),
        ("abs", lambda self: record(ops.absolute, (self,))),
        ("gt", _operator(ops.greater, operator.gt)), ("ge", _operator(ops.greater_equal, operator.ge)),
        ("lt", _operator(ops.greater, operator.gt, swapped=True)),
        ("le", _operator(ops.greater_equal, operator.ge, swapped=True)),
        ("eq", _operator(ops.equal, operator.eq, takes=_is_comparable)),
        ("ne", _operator(ops.not_equal, operator.ne, takes=_is_comparable)),
        ("hash", object.__hash__)):
    setattr(Node, f"__{_name}__", _method)
# == compares numbers, as on an array; the graph itself goes by identity. A dict or a set compares hashes first, and
# those of two nodes never agree: they come from the address.


def record(primitive: Primitive, inputs, static=None) -> Node:
    """Compute a primitive on nodes (and numbers) and make the node that remembers it.

    Raises:
        ShapeError: if the shapes do not fit; the message names the operands.
    """
    parents = tuple([x if type(x) is Node else constant(x) for x in inputs])
    try:
        value = primitive.forward(*[p._value for p in parents], **(static or _NO_SETTINGS))
    except (ValueError, IndexError) as error:
        raise misfit(primitive, parents, error) from error
    except (TypeError, AttributeError) as error:
        if PRIMITIVES.get(primitive.name) is not primitive:
            raise  # an operation of the student's own: the traceback leads into it
        raise _unfit(primitive, parents, error) from error
    if not _recording:
        return constant(value)
    node = _new(Node)
    node._value = value if type(value) is float else settle(value)
    node.parents = parents
    node.primitive = primitive
    node.serial = _next_serial()
    node.static = static or _NO_SETTINGS
    node.active = any([p.active for p in parents])  # noqa: C419  (a list: for two parents a generator is slower)
    return node


Node.__apply__ = staticmethod(record)  # what a primitive does when it meets a Node


def misfit(primitive, parents, error):
    operands = ", ".join(f"{describe(p)} {shape_text(p.shape)}" for p in parents)
    shapes = [p.shape for p in parents]
    advice = (product_advice(*map(describe, parents), *shapes) if primitive is ops.matmul
              else primitive.elementwise and broadcasting_advice(shapes)) or str(error).strip()
    return ShapeError(message(f"shapes that fit in {primitive.name}", operands, advice))


def _unfit(primitive, parents, error):
    operands = ", ".join(f"{describe(p)} ({p.dtype}{f' of shape {p.shape}' if p.shape else ''})" for p in parents)
    is_number = not primitive.elementwise and any(p.shape == () for p in parents)
    advice = f"{primitive.name} is for vectors and matrices" if is_number else str(error).strip()
    return DtypeError(message(f"what {primitive.name} can compute with", operands, advice))


def settle(value):
    """Bring a result into one of the forms a node holds: a float, a bool, another NumPy scalar, or a locked array."""
    if isinstance(value, np.ndarray):
        if value.ndim:
            value.setflags(False)  # not writeable: a value changed in place would make every gradient wrong, silently
            return value
        value = value[()]
    if type(value) is np.bool_:
        return bool(value)
    return float(value) if type(value) in _AS_FLOAT else value


# ---------------------------------------------------------------------------------------------------- leaves

def _leaf(value, name, active):
    node = _new(Node)
    node._value = _own(value, name, active)
    node.parents = ()
    node.primitive = None
    node.static = _NO_SETTINGS
    node.serial = _next_serial()
    node.active = active
    if name is not None:
        node.name = str(name)
    return node


_GIVEN = reprlib.Repr()
_GIVEN.maxlevel, _GIVEN.maxstring, _GIVEN.maxother = 8, 100, 400
_GIVEN.maxtuple = _GIVEN.maxlist = _GIVEN.maxdict = 20
"""Shows what was given in a message: not thousands of numbers, and no list deeper than Python's stack."""


def _own(value, name, active):
    if type(value) is float:
        return value
    if type(value) is np.ndarray and value.dtype.kind == "f":
        return settle(value.copy())
    if isinstance(value, Node):
        raise DtypeError(message("numbers", f"{describe(value)}, a node",
                                 "Write node.value to start afresh from its number"))
    given = value
    try:
        array = np.array(value)
    except ValueError as error:
        raise ShapeError(message("rows of one length", _GIVEN.repr(given), str(error))) from error
    if array.dtype == bool and not active:
        return settle(array)
    if array.dtype.kind not in "iuf":
        raise DtypeError(message("real numbers", _GIVEN.repr(given),
                                 "Complex numbers, texts and objects have no gradient here; "
                                 "for a fraction, write float(it)"))
    if array.dtype.kind in "iu":
        if active and isinstance(given, np.ndarray) and given.ndim:
            raise DtypeError(message(f"real numbers for the variable {name or ''}".rstrip(),
                                     f"an array of {array.dtype}",
                                     "Whole numbers have no gradient: write array.astype(float)"))
        array = array.astype(np.float64) if active or not array.ndim else array
    return settle(array)


def _own_index(index):
    """A copy of an index, so that the caller's own array or list may change later."""
    return mapped(index, _own_part, (tuple, list))


def _own_part(index):
    if isinstance(index, Node):
        raise DtypeError(message("an index made of whole numbers, slices or a mask", f"{describe(index)}, a node",
                                 "Write .value after it: the choice is then fixed, and no gradient flows through it"))
    return index.copy() if isinstance(index, np.ndarray) else index


def variable(value, name: str | None = None) -> Node:
    """An input of the graph that has a gradient.

    A single number in float64 is held as a plain float, which adapts to the precision of an array it meets: with
    float32 it gives float32.

    Args:
        value: a number, or an array-like of real numbers; it is copied. Whole numbers become floats, float32 stays.
        name: what it is called in pictures and messages.
    """
    return _leaf(value, name, active=True)


def constant(value, name: str | None = None) -> Node:
    """A fixed number or array: data, a target, the 2 in x ** 2. It receives no gradient."""
    return _leaf(value, name, active=False)


def variables(**values) -> tuple[Node, ...]:
    """Several named variables at once: `x, y, z = variables(x=-2, y=5, z=-4)`."""
    return tuple(variable(value, name) for name, value in values.items())


@contextmanager
def no_grad():
    """Compute with nodes without building a graph: inside the block every result is a constant."""
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


@contextmanager
def collector_paused():
    """Build a very large graph without Python's cycle collector: `with nt.collector_paused(): f = ...`.

    A node points at older nodes only, so a graph has no cycles and is freed by counting references. The collector
    finds nothing in it, yet walks through all of it again and again while it grows: from 100,000 nodes on that is most
    of the time. The collector belongs to the whole program, so nnteach never pauses it unasked.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def no_decisions_on(leaves):
    """Refuse `if node:` for whatever is computed from these leaves: what follows would hold for these numbers only."""
    token = _undecided.set(frozenset(leaves))
    try:
        yield
    finally:
        _undecided.reset(token)


# ------------------------------------------------------------------------------------------ walking the graph

def ordered(*roots: Node) -> list[Node]:
    """Every node that the roots were computed from, and the roots, oldest first: a topological order."""
    seen, stack = set(roots), [*roots]
    while stack:
        for parent in stack.pop().parents:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=operator.attrgetter("serial"))


def recompute(root: Node, values: dict[Node, object]) -> Node:
    """The same graph with other numbers in some leaves.

    Args:
        root: the node to compute again.
        values: new values for leaves, by node.

    Returns:
        The counterpart of `root` in a new graph; the old one is untouched. Names carry over.
    """
    return rebuild(root, values)[root]


@np.errstate(all="ignore")  # what there is to say was said where the lines of the student's ran
def rebuild(root: Node, values: dict[Node, object]) -> dict[Node, Node]:
    """Like `recompute`, but returns every node's counterpart."""
    copies: dict[Node, Node] = {}
    for node in ordered(root):
        if node in values:
            copy = _leaf(values[node], None, node.active)
        elif node.primitive is None:
            copy = node
        else:
            copy = record(node.primitive, [copies[p] for p in node.parents], node.static)
        if node.name is not None and copy is not node:
            copy.name = node.name
        copies[node] = copy
    return copies
