"""From a graph to a list of NumPy calls: what `compile` replays.

A primitive's own forward function says which NumPy calls it is made of. It is run once more on `Result`s,
which take part in NumPy's protocols and write down what is called on them; so sigmoid comes apart into exp,
add, divide, and no operation is described twice. A forward function that does not go along, because it asks
for the numbers, is called whole.

On the way the list is made short: a call made twice is shared, what depends on no argument is computed at
once, nothing is spread where NumPy broadcasts anyway, a factor 1 is left out, and what no output needs is
dropped.
"""

import operator

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..core.graph import Node, ordered
from ..core.nested import leaves, mapped
from ..core.primitive import shape_of, size

TOTAL, LARGEST, SMALLEST = np.add.reduce, np.maximum.reduce, np.minimum.reduce
REDUCTIONS = (TOTAL, LARGEST, SMALLEST)
# A plain float stays one: it adapts to the precision of an array, and Python's operators are fast on it.
_ON_FLOATS = {"add": operator.add, "subtract": operator.sub, "multiply": operator.mul}
_NEUTRAL = {np.multiply: 1, operator.mul: 1, np.add: 0, operator.add: 0}


class Result(NDArrayOperatorsMixin):
    """What a call gives, or an argument.

    Attributes:
        function: what is called; None for an argument.
        inputs: its positional arguments: Results and constants, also inside tuples.
        settings: its keyword arguments.
        value: what it gave at trace time; replay relies on its shape and precision.
        node: the node of the graph that it was written down for.
    """

    __hash__ = object.__hash__

    def __init__(self, program, function, inputs, settings, value):
        self.program, self.node = program, program.node
        self.function, self.inputs, self.settings, self.value = function, inputs, settings, value

    @property
    def shape(self):
        return shape_of(self.value)

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return size(self.value)

    @property
    def dtype(self):
        return np.asarray(self.value).dtype

    def __bool__(self):
        raise TypeError("the number is not known until replay")

    def __getitem__(self, index):
        return self.program.call(operator.getitem, self, index)

    def reshape(self, *shape):
        return _reshape(self, shape[0] if len(shape) == 1 else shape)

    def swapaxes(self, *axes):
        return _swapaxes(self, *axes)

    def clip(self, low, high):
        return self.program.call(np.clip, self, low, high)

    def copy(self, order):
        return self.program.call(np.copy, self, order)

    def __array_ufunc__(self, ufunc, method, *inputs, **settings):
        return NotImplemented if method != "__call__" or settings else self.program.call(ufunc, *inputs)

    def __array_function__(self, function, types, inputs, settings):
        if function in _SPELLED_OUT:
            return _SPELLED_OUT[function](*inputs, **settings)
        return self.program.call(function, *inputs, **settings)


class Program:
    """The calls that compute some nodes of a graph anew from its arguments.

    Args:
        arguments: the leaves whose values are given at every replay.
        outputs: the nodes to compute.

    Attributes:
        arguments: one Result for each.
        calls: the Results to compute, in order.
        outputs: for each node its Result, or a constant.
    """

    def __init__(self, arguments: list[Node], outputs: list[Node]):
        self.node = None
        self._calls: dict = {}
        self._in_columns: dict = {}  # a Result -> its copy column by column: two orders in one call are slow
        self.arguments = [Result(self, None, (), {}, node.value) for node in arguments]
        found = dict(zip(arguments, self.arguments, strict=True))
        with np.errstate(all="ignore"):  # the eager run at trace time has said what there was to say
            for self.node in ordered(*outputs):
                if self.node not in found:
                    found[self.node] = self._write_down(self.node, [found[p] for p in self.node.parents])
        self.outputs = [found[node] for node in outputs]
        self.calls = self._needed()

    def call(self, function, /, *inputs, **settings):
        """Write down a call, unless it was made before or has no effect."""
        if is_elementwise(function) or function in REDUCTIONS:
            inputs = tuple(self._in_columns.get(x, x) if isinstance(x, Result) else x for x in inputs)
        if function is np.where or is_elementwise(function):
            inputs = _unspread(inputs)
        if function in _NEUTRAL and (same := _unchanged(inputs, _NEUTRAL[function])) is not None:
            return same
        key = function, _key(inputs), _key(tuple(settings.items()))
        if key not in self._calls:
            value = function(*_values(inputs), **settings)
            self._calls[key] = Result(self, function, inputs, settings, value)
            if function is np.copy:
                self._in_columns[inputs[0]] = self._calls[key]
        return self._calls[key]

    def _write_down(self, node, inputs):
        if not any(isinstance(x, Result) for x in inputs):
            return node.value  # depends on no argument
        if type(node.value) is float and all(type(x) is float for x in _values(inputs)):
            function = _ON_FLOATS.get(node.primitive.name, node.primitive.forward)
            made = self.call(function, *inputs, **node.static)
        else:
            made = self._taken_apart(node, inputs)
        if type(node.value) is float and type(made.value) is not float:
            return self.call(float, made)
        is_array_of_one = isinstance(made.value, np.ndarray) and not made.shape
        return self.call(operator.getitem, made, ()) if is_array_of_one else made

    def _taken_apart(self, node, inputs):
        try:
            made = node.primitive.forward(*inputs, **node.static)
        except Exception:  # a student's function may ask for the numbers in any way it likes
            made = None
        if isinstance(made, Result) and _agree(made.value, node.value):
            return made
        return self.call(node.primitive.forward, *inputs, **node.static)

    def _needed(self):
        needed, stack = set(), [*results_in(self.outputs)]
        while stack:
            result = stack.pop()
            if result not in needed:
                needed.add(result)
                stack.extend(results_in(result.inputs))
        return [call for call in self._calls.values() if call in needed]


def results_in(inputs):
    """The Results among the inputs of a call, also inside tuples and lists."""
    return (x for x in leaves([*inputs], (tuple, list)) if isinstance(x, Result))


def is_elementwise(function) -> bool:
    """Whether a function treats entries one by one (a matrix product does not, though it is a ufunc)."""
    return function is np.clip or (isinstance(function, np.ufunc) and function.signature is None)


# ------------------------------------------------------------------------------------------ making it short


def _unspread(inputs):
    """The inputs without those repetitions that broadcasting among the inputs makes up for."""
    inputs = list(inputs)
    for slot, x in enumerate(inputs):
        narrow = _before_spreading(x)
        if narrow is not None:
            fewer = [*inputs[:slot], narrow, *inputs[slot + 1 :]]
            if _broadcast(fewer) == _broadcast(inputs):
                inputs = fewer
    return tuple(inputs)


def _before_spreading(x):
    if isinstance(x, Result):
        return x.inputs[0] if x.function is np.broadcast_to else None
    uniform = isinstance(x, np.ndarray) and x.size and (x == x.flat[0]).all()
    return x.flat[0] if uniform else None


def _broadcast(inputs):
    """Shape and precision of what an elementwise function makes of these."""
    values = _values(inputs)
    return np.broadcast_shapes(*map(np.shape, values)), np.result_type(*values)


def _unchanged(inputs, neutral):
    """The other input, if one is the neutral number and changes neither shape nor precision."""
    for x, other in (inputs, inputs[::-1]):
        is_neutral = not isinstance(x, Result) and np.ndim(x) == 0 and x == neutral
        if is_neutral and _broadcast(inputs) == (other.shape, other.dtype):
            return other
    return None


def _values(inputs):
    """The inputs with every Result replaced by its value at trace time."""
    return mapped([*inputs], lambda x: x.value if isinstance(x, Result) else x, (tuple, list))


def _agree(made, value):
    """Whether two results are the same but for rounding; a sum may run in another order here."""
    made, value = np.asarray(made), np.asarray(value)
    if made.shape != value.shape or made.dtype != value.dtype or value.dtype.kind != "f":
        return made.dtype == value.dtype and np.array_equal(made, value)
    near = np.sqrt(np.finfo(value.dtype).eps)
    largest = np.max(np.abs(value), initial=0, where=np.isfinite(value))
    return np.allclose(made, value, rtol=near, atol=near * largest, equal_nan=True)


def _key(x):
    """Equal keys mean equal inputs; arrays and other objects are equal to themselves only."""
    return mapped(x, _key_of_one, (tuple, list), lambda container, parts: (type(container), *parts))


def _key_of_one(x):
    if isinstance(x, slice):
        return slice, *map(_key_of_atom, (x.start, x.stop, x.step))
    return _key_of_atom(x)


def _key_of_atom(x):
    return (type(x), repr(x)) if isinstance(x, bool | int | float | str | np.generic | None) else id(x)


# ------------------------------------------------- NumPy functions, in terms of those that are replayed


def _reduction(reduce):
    def call(x, axis=None, keepdims=False):
        return x.program.call(reduce, x, axis=axis, **({"keepdims": True} if keepdims else {}))

    return call


def _reshape(x, shape):
    shape = np.reshape(x.value, shape).shape
    if shape == x.shape:
        return x
    if x.function in REDUCTIONS and "keepdims" in x.settings:
        summed = x.program.call(x.function, *x.inputs, axis=x.settings["axis"])
        if summed.shape == shape:
            return summed
    return x.program.call(np.reshape, x, shape)


def _swapaxes(x, *axes):
    if x.function is np.swapaxes and x.inputs[1:] == axes:
        return x.inputs[0]
    if x.function is np.matmul and x.ndim == 2 and all(np.ndim(part) == 2 for part in _values(x.inputs)):
        a, b = x.inputs  # (a b)ᵀ = bᵀ aᵀ, which is new memory and not a view that has to be copied
        return np.matmul(np.swapaxes(b, *axes), np.swapaxes(a, *axes))
    return x.program.call(np.swapaxes, x, *axes)


_SPELLED_OUT = {
    np.swapaxes: _swapaxes,
    np.sum: _reduction(TOTAL),
    np.max: _reduction(LARGEST),
    np.min: _reduction(SMALLEST),
    np.reshape: _reshape,
    np.expand_dims: lambda x, axis: _reshape(x, np.expand_dims(x.value, axis).shape),
    np.squeeze: lambda x, axis=None: _reshape(x, np.squeeze(x.value, axis).shape),
    np.broadcast_to: lambda x, shape: (
        x if x.shape == tuple(shape) else x.program.call(np.broadcast_to, x, tuple(shape))
    ),
}
