"""What NumPy's functions, an array's methods and the rest of Python's operators do with a Node.

What is the same thing as something in the table of primitives is computed by it, and stays in the graph: `np.exp(x)`,
`x.max(axis=0)`, `np.stack([x, y])`, `(x > 0) & (x < 1)`. What only looks gives plain answers: `np.argmax(x)`,
`np.any(x > 0)`. Everything else is refused, and the message says what to write instead. This module is imported for
what it does to Node.
"""

import inspect
import sys

import numpy as np

from . import composed, ops
from .errors import DtypeError, GraphError, ImmutableError, message
from .graph import Node, constant, misfit
from .nested import leaves, mapped
from .node_names import describe
from .primitive import FROM_NUMPY, PRIMITIVES, Primitive

NO_RULE = "Write it with the primitives in nt.ops, or add one with @nt.primitive"


# ------------------------------------------------------- functions whose arguments are not ours one to one

def _dot(a, b):
    """np.dot is the product with a number, or the matrix product as long as the second has no more than two axes."""
    if np.ndim(b) > 2:
        raise GraphError(message("np.dot of vectors and matrices", f"an array of shape {np.shape(b)}",
                                 "Write a @ b, which multiplies the matrices of a stack one by one"))
    return ops.matmul(a, b) if np.ndim(a) and np.ndim(b) else ops.multiply(a, b)


def _sum(x, axis=None, keepdims=False):
    return ops.sum(x, axis=_axes(axis), keepdims=keepdims)


def _mean(x, axis=None, keepdims=False):
    return ops.mean(x, axis=_axes(axis), keepdims=keepdims)


def _max(x, axis=None, keepdims=False):
    return ops.max(x, axis=_axes(axis), keepdims=keepdims)


def _min(x, axis=None, keepdims=False):
    return ops.min(x, axis=_axes(axis), keepdims=keepdims)


def _axes(axis):
    return tuple(axis) if isinstance(axis, list) else axis


def _var(x, axis=None, ddof=0, keepdims=False):
    squares = ops.square(x - _mean(x, axis, keepdims=True))
    kept = _mean(squares, axis, keepdims)
    return kept * (squares.size / (squares.size - ddof * kept.size)) if ddof else kept


def _std(x, axis=None, ddof=0, keepdims=False):
    return ops.sqrt(_var(x, axis, ddof, keepdims))


def _reshape(x, *shape):
    shape = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    try:
        shape = np.reshape(x.value, shape).shape  # -1 is settled here
    except (ValueError, TypeError) as error:
        raise misfit(ops.reshape, (x,), error) from error
    return ops.reshape(x, shape=shape)


def _flat(x):
    return np.reshape(x, (-1,))


def _transpose(x, *axes):
    axes = axes[0] if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))) else axes
    return ops.transpose(x, axes=tuple(axes)) if axes else x.T


def _swapaxes(x, axis1, axis2):
    axes = list(range(x.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return ops.transpose(x, axes=tuple(axes))


def _squeeze(x, axis=None):
    return _reshape(x, np.squeeze(x.value, axis).shape)


def _expand_dims(x, axis):
    return _reshape(x, np.expand_dims(x.value, axis).shape)


def _concatenate(arrays, axis=0):
    return ops.concatenate(*map(_flat, arrays), axis=0) if axis is None else ops.concatenate(*arrays, axis=axis)


def _node(x):
    return x if isinstance(x, Node) else constant(x)


def _at_least_2d(x):
    x = _node(x)
    return ops.reshape(x, shape=(1, x.size)) if x.ndim < 2 else x


def _vstack(arrays):
    return ops.concatenate(*map(_at_least_2d, arrays), axis=0)


def _hstack(arrays):
    arrays = [x if x.ndim else _flat(x) for x in map(_node, arrays)]
    return ops.concatenate(*arrays, axis=0 if arrays[0].ndim == 1 else 1)


def _column_stack(arrays):
    columns = [x if x.ndim > 1 else ops.reshape(x, shape=(x.size, 1)) for x in map(_node, arrays)]
    return ops.concatenate(*columns, axis=1)


def _clip(x, low=None, high=None, **also):
    """All the ways to say it: np.clip(x, 0, 1), (x, 0, None), (x, a_min=0, a_max=1), (x, min=0)."""
    low = next((also.pop(name) for name in ("a_min", "min") if also.get(name) is not None), low)
    high = next((also.pop(name) for name in ("a_max", "max") if also.get(name) is not None), high)
    if any(setting is not None for setting in also.values()):
        raise TypeError
    if low is not None and high is not None:
        return ops.clip(x, low, high)
    return x if low is high is None else ops.maximum(x, low) if high is None else ops.minimum(x, high)


def _norm(x, ord=None, axis=None, keepdims=False):
    if ord not in (None, 2, "fro") or (ord == 2 and axis is None and x.ndim != 1) or (ord == "fro" and x.ndim != 2):
        raise GraphError(message("the Euclidean norm, of all entries or along an axis", f"np.linalg.norm with {ord=}",
                                 "Write it out, as in np.sum(np.abs(x)) or np.max(np.abs(x))"))
    return composed.norm(x, axis=_axes(axis), keepdims=keepdims)


def _where(condition, *branches):
    if len(branches) == 2:
        return ops.where(condition, *branches)
    raise GraphError(message("np.where with a condition and two branches, np.where(x > 0, a, b)",
                             f"np.where with {1 + len(branches)} input{'s' * len(branches)}",
                             "For the places where it holds, write np.nonzero(x > 0), which are plain numbers"))


def _differs_from_zero(x):
    return ops.not_equal(x, 0.0)


# ------------------------------------------------------------------------------------ logic, on masks only

def _logic(primitive, sign):
    """& | ^ ~ of masks; NumPy, too, refuses them for real numbers."""
    def compute(*inputs):
        nodes = [_node(x) for x in inputs]
        if any(node.dtype != bool for node in nodes):
            got = ", ".join(f"{describe(node)} ({node.dtype})" for node in nodes)
            raise DtypeError(message(f"masks (yes or no, entry by entry) for {sign}", got,
                                     "Compare first, in brackets, as in (x > 0) & (x < 1) or ~(x > 0)"))
        return primitive(*nodes)
    return compute


_AND, _OR = _logic(ops.logical_and, "&"), _logic(ops.logical_or, "|")
_XOR, _NOT = _logic(ops.not_equal, "^"), _logic(ops.logical_not, "~")

FUNCTIONS = {
    np.dot: _dot,
    np.outer: lambda a, b: ops.outer(_flat(a), _flat(b)),
    np.concatenate: _concatenate,
    np.stack: lambda arrays, axis=0: composed.stack(arrays, axis=axis),
    np.vstack: _vstack, np.hstack: _hstack, np.column_stack: _column_stack,
    np.transpose: lambda a, axes=None: _transpose(_node(a), axes),
    np.swapaxes: _swapaxes,
    np.reshape: lambda a, shape: _reshape(_node(a), shape),
    np.ravel: _flat,
    np.squeeze: lambda a, axis=None: _squeeze(a, axis), np.expand_dims: lambda a, axis: _expand_dims(a, axis),
    np.sum: lambda a, axis=None, keepdims=False: _sum(a, axis, keepdims),
    np.mean: lambda a, axis=None, keepdims=False: _mean(a, axis, keepdims),
    np.max: lambda a, axis=None, keepdims=False: _max(a, axis, keepdims),
    np.min: lambda a, axis=None, keepdims=False: _min(a, axis, keepdims),
    np.amax: lambda a, axis=None, keepdims=False: _max(a, axis, keepdims),
    np.amin: lambda a, axis=None, keepdims=False: _min(a, axis, keepdims),
    np.var: lambda a, axis=None, ddof=0, keepdims=False: _var(a, axis, ddof, keepdims),
    np.std: lambda a, axis=None, ddof=0, keepdims=False: _std(a, axis, ddof, keepdims),
    np.linalg.norm: _norm,
    np.clip: lambda a, *bounds, **also: _clip(a, *bounds, **also),
    np.where: _where,
    np.broadcast_to: lambda array, shape: ops.broadcast_to(array, shape=np.broadcast_shapes(shape)),
    np.copy: lambda a: a, np.positive: lambda x: x,
    np.reciprocal: lambda x: 1.0 / x,
    np.less: lambda a, b: ops.greater(b, a),
    np.less_equal: lambda a, b: ops.greater_equal(b, a),
    np.isnan: lambda x: ops.not_equal(x, x),
    np.isinf: lambda x: ops.equal(ops.absolute(x), np.inf),
    np.isfinite: lambda x: ops.greater(np.inf, ops.absolute(x)),
    np.logical_xor: lambda a, b: ops.not_equal(_differs_from_zero(a), _differs_from_zero(b)),
    np.bitwise_and: _AND, np.bitwise_or: _OR, np.bitwise_xor: _XOR, np.invert: _NOT,
    np.shape: lambda a: a.shape, np.ndim: lambda a: a.ndim, np.size: lambda a, axis=None: np.size(a.value, axis),
}

# What only looks: a plain answer, made of whole numbers, yes and no. A function being traced may not ask.
LOOKING = frozenset((np.any, np.all, np.argmax, np.argmin, np.argsort, np.count_nonzero, np.nonzero, np.argwhere,
                     np.array_equal, np.allclose, np.isclose, np.zeros_like, np.ones_like, np.result_type,
                     np.array2string, np.array_repr, np.array_str))


def _look(function, args, settings):
    for node in _nodes_in((args, settings)):
        if function not in (np.zeros_like, np.ones_like, np.result_type):
            node._may_be_decided_on()
    return function(*_plain(args), **_plain(settings))


def _nodes_in(x):
    return (part for part in leaves(x) if isinstance(part, Node))


def _plain(x):
    """Nodes replaced by their numbers, also within tuples and lists."""
    return mapped(x, lambda part: part.value if isinstance(part, Node) else part)


# ---------------------------------------------------------------------------------------- NumPy's protocols

def __array_ufunc__(self, ufunc, method, *inputs, **settings):
    ours = FUNCTIONS.get(ufunc) or FROM_NUMPY.get(ufunc)
    if method != "__call__" or ours is None:
        if "out" in settings and method in ("__call__", "at"):
            raise _no_place_to_write(self)
        raise _no_rule(_name(ufunc) if method == "__call__" else f"{_name(ufunc)}.{method}", inputs, describe(self))
    if "out" in settings:
        raise _no_place_to_write(self)
    return _call(ours, _name(ufunc), inputs, settings)


def __array_function__(self, function, types, args, settings):
    if function in LOOKING:
        return _look(function, args, settings)
    ours = FUNCTIONS.get(function) or FROM_NUMPY.get(function)
    if ours is None:
        raise _no_rule(_name(function), args)
    return _call(ours, _name(function), args, settings)


def _call(ours, name, args, settings):
    settings = {key: value for key, value in settings.items() if not _says_nothing(key, value)}
    try:
        return ours(*args, **settings)
    except TypeError as error:
        if _takes(ours, args, settings):
            raise
        takes = [p.name for p in _parameters(ours) if p.default is not p.empty or p.kind is p.KEYWORD_ONLY]
        offered = f" with {_listed(takes)}" if takes else " of its inputs alone"
        advice = ("Leave dtype= out and write .astype(dtype) after it" if "dtype" in settings else
                  "Choose with np.where(mask, x, y) before it" if "where" in settings else
                  f"Leave {_listed([f'{key}=' for key in settings])} out" if settings else "Leave the others out")
        raise GraphError(message(f"{name}{offered}", _listed([f"{key}=" for key in settings]) or "more inputs",
                                 advice)) from error


def _says_nothing(key, value):
    """A setting that is spelled out, but as NumPy has it anyway."""
    return value is np._NoValue or any(key == k and value is v for k, v in _AS_EVER)


_AS_EVER = (("dtype", None), ("out", None), ("where", True), ("casting", "same_kind"), ("order", "C"), ("order", "K"))


def _parameters(ours):
    return inspect.signature(ours.forward if isinstance(ours, Primitive) else ours).parameters.values()


def _takes(ours, args, settings):
    if ours is FUNCTIONS[np.clip]:
        return settings.keys() <= {"a_min", "a_max", "min", "max"} and len(args) <= 3
    try:
        inspect.signature(ours.forward if isinstance(ours, Primitive) else ours).bind(*args, **settings)
    except TypeError:
        return False
    return True


def _no_place_to_write(node):
    return ImmutableError(message("a result of its own", f"an array to write {describe(node)} into (out=, +=, *=)",
                                  "Write a = a + b instead of a += b"))


# ------------------------------------------------------------------------------------ what is refused, and how

_INSTEAD = {
    **{f"np.{name}": f"Write np.{name}({{0}}): it is flat, so it is a fixed number through which no gradient flows"
       for name in ("floor", "ceil", "trunc", "rint", "round", "around", "fix")},
    **dict.fromkeys(("np.remainder", "np.mod", "%", "divmod"), "Write {a} - {b} * np.floor({0} / {1}): "
                    "the floor is a fixed number, and the slopes are those of a remainder"),
    "np.fmod": "Write {a} - {b} * np.trunc({0} / {1}), with what is cut off as a fixed number",
    **dict.fromkeys(("np.floor_divide", "//"),
                    "Write np.floor({0} / {1}): it is flat, so it is a fixed number through which no gradient flows"),
    "scipy.special.expit": "Write nt.sigmoid({a})",
    "scipy.special.xlogy": "Write nt.ops.xlogy({a}, {b})",
    "np.add.reduce": "Write np.sum({a}, axis=0)",
    "np.maximum.reduce": "Write np.max({a}, axis=0)",
    "np.minimum.reduce": "Write np.min({a}, axis=0)",
    "np.multiply.outer": "Write np.outer({a}, {b})",
}


def _no_rule(name, inputs, on=""):
    a, b = _spelled(inputs)
    advice = _INSTEAD.get(name, NO_RULE).format(*_spelled(inputs, ".value"), a=a, b=b)
    return GraphError(message("a NumPy function with a rule in nnteach's table", f"{name} on {on}" if on else name,
                              advice))


def _spelled(inputs, ending=""):
    """Two inputs as an example names them."""
    inputs = [x for x in inputs if isinstance(x, Node) or not isinstance(x, (tuple, list, dict))][:2]
    names = [(x.name or letter) + ending if isinstance(x, Node) else f"{x!r}" if np.isscalar(x) else letter
             for x, letter in zip(inputs, "ab", strict=False)]
    return [*names, *["b"] * (2 - len(names))]


def _name(function):
    """A function as a student writes it; a ufunc does not say where it is from."""
    name, module = function.__name__, getattr(function, "__module__", None)
    if getattr(np, name, None) is function:
        return f"np.{name}"
    if module and module.startswith("numpy"):
        return f"np{module[5:].split('._')[0]}.{name}"
    special = sys.modules.get("scipy.special")
    if getattr(special, name, None) is function:
        return f"scipy.special.{name}"
    return f"{module}.{name}" if module else name


def _listed(words):
    *first, last = words or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _refused(sign, swapped=False):
    def method(self, other):
        inputs = (other, self) if swapped else (self, other)
        a, b = _spelled(inputs)
        got = f"{sign}({a}, {b})" if sign == "divmod" else f"{a} {sign} {b}"
        advice = _INSTEAD.get(sign, "For powers of two write {a} * 2.0 ** {b}" if sign == "<<" else
                              "For powers of two write {a} / 2.0 ** {b}")
        raise GraphError(message("an operator with a rule in nnteach's table", got,
                                 advice.format(*_spelled(inputs, ".value"), a=a, b=b)))
    return method


def _flattening(got, advice):
    def method(self, *_):
        name = self._called
        raise DtypeError(message("a node to stay in the graph (np.exp(node), node.sum() and so on work)",
                                 f"{got.format(name)}, which would lose the gradient silently",
                                 f"Write {advice.format(name)}, which is a plain number and knows no gradient"))
    return method


_ATTRIBUTES = {
    **dict.fromkeys(("item", "numpy", "data"), "The number or array, which knows no gradient, is {}.value"),
    "detach": "Write nt.stop_gradient({})", "clone": "A node never changes: use {} itself",
    "view": "Write {}.reshape(…) with the new shape", "permute": "Write {}.transpose(…) with the new order of the axes",
    "unsqueeze": "Write np.expand_dims({}, axis)", "numel": "Write {}.size", "zero_grad":
    "A second backward() replaces the gradients, so nothing has to be zeroed",
}


def _no_attribute(self, name):
    """What to write instead of an attribute that arrays have, or PyTorch's tensors, and nodes have not."""
    called = self._called
    if name in _ATTRIBUTES:
        advice = _ATTRIBUTES[name].format(called)
    elif name in PRIMITIVES and len(PRIMITIVES[name].vjps) == 1:
        advice = f"Write nt.ops.{name}({called})"
    elif hasattr(np.ndarray, name) and not name.startswith("_"):
        advice = f"An array has it, without a gradient: np.asarray({called}.value).{name}"
    else:
        return f"a Node has no attribute {name!r}"
    return message("something that nodes have, too", f"{called}.{name}", advice)


def _look_at(function):
    def method(self, *args, **settings):
        return _look(function, (self, *args), settings)
    return method


def _astype(self, dtype):
    if np.dtype(dtype).kind != "f":
        raise DtypeError(message("a precision of real numbers, such as np.float32", f"astype({np.dtype(dtype)})",
                                 f"For whole numbers, which have no gradient, write {self._called}.value.astype(…)"))
    return ops.astype(self, dtype=np.dtype(dtype))


_METHODS = {
    "__array_ufunc__": __array_ufunc__, "__array_function__": __array_function__, "_no_attribute": _no_attribute,
    "sum": _sum, "mean": _mean, "max": _max, "min": _min, "var": _var, "std": _std, "dot": _dot, "reshape": _reshape,
    "transpose": _transpose, "swapaxes": _swapaxes, "squeeze": _squeeze, "astype": _astype,
    "flatten": lambda self: _flat(self), "ravel": lambda self: _flat(self), "copy": lambda self, order="C": self,
    "clip": lambda self, min=None, max=None: _clip(self, min, max),
    "any": _look_at(np.any), "all": _look_at(np.all), "argmax": _look_at(np.argmax), "argmin": _look_at(np.argmin),
    "argsort": _look_at(np.argsort), "nonzero": _look_at(np.nonzero),
    "__and__": lambda self, other: _AND(self, other), "__rand__": lambda self, other: _AND(other, self),
    "__or__": lambda self, other: _OR(self, other), "__ror__": lambda self, other: _OR(other, self),
    "__xor__": lambda self, other: _XOR(self, other), "__rxor__": lambda self, other: _XOR(other, self),
    "__invert__": lambda self: _NOT(self),
    "__int__": _flattening("int({})", "int({0}.value)"), "__index__": _flattening("{} as an index", "int({0}.value)"),
    "__complex__": _flattening("complex({})", "complex({0}.value)"),
    "__round__": _flattening("round({})", "np.round({0}.value, 2)"),
    "__floor__": _flattening("math.floor({})", "np.floor({0}.value)"),
    "__ceil__": _flattening("math.ceil({})", "np.ceil({0}.value)"),
    "__trunc__": _flattening("math.trunc({})", "np.trunc({0}.value)"),
}
for _method, _function in _METHODS.items():
    setattr(Node, _method, _function)
for _word, _sign in (("mod", "%"), ("floordiv", "//"), ("divmod", "divmod"), ("lshift", "<<"), ("rshift", ">>")):
    setattr(Node, f"__{_word}__", _refused(_sign))
    setattr(Node, f"__r{_word}__", _refused(_sign, swapped=True))
