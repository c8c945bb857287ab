"""The table of primitives: the one place in nnteach that knows a derivative.

Every primitive stands here once: its backprop rules, one per input, how it is written, and its forward function. Read a
rule as a line of a calculus table:

    g        the gradient that arrives from above (upstream), of the same shape as the output
    y        the output of the primitive
    a, b, x  its inputs
    result   what that input receives: upstream times local derivative

A rule uses operators and other primitives only. So what flows through it decides what comes out: floats and arrays give
numbers, Nodes give a gradient graph, symbols give formulas (`primitive.py` tells how).

A rule need not undo broadcasting: `autodiff` sums a contribution to the shape of its input, once, for every
rule. `None` in the place of a rule says that no gradient flows there. `kink` is 0 exactly where a slope, or
at a jump the value, is a convention: the story of a step then says so (`kinks.py`). Numbers such as 000-28
name the slide a definition comes from.

To add a primitive, add one entry; the tests run over the table.
"""

import builtins
import functools
import itertools
import math

import numpy as np

from .primitive import as_numpy, entry, every_slot, ndim, plain, shape_of, size


def _input(x, **_):
    """The kink of what bends at 0."""
    return x


def _difference(a, b, **_):
    """The kink of what bends where its inputs tie."""
    return a - b


def dtype_of(x) -> np.dtype:
    """The precision; a plain number has float64."""
    return np.dtype(getattr(x, "dtype", np.float64))


def _axis(shapes, static):
    """Along which axes, where a sum, a mean or a maximum is not of all entries."""
    along, rank = static.get("axis"), len(shapes[0])
    axes = () if along is None or not rank else along if isinstance(along, tuple) else (along,)
    return _axes([axis % rank for axis in axes]) if len(axes) < rank else ""


def _axes(axes):
    return f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}" if axes else ""


def _axis_but_the_last(shapes, static):
    """Along which axis, where it is not the last one: a softmax is taken row by row."""
    rank = len(shapes[0])
    return "" if static.get("axis", -1) in (-1, rank - 1) else _axes([static["axis"] % rank])


def _axis_after(shapes, static):
    """Along which axis a sum had been taken: that of the result, where it has one more."""
    return _axis([static["shape"]], static)


def _axis_but_the_first(shapes, static):
    return _axes([static["axis"] % len(shapes[0])]) if static.get("axis") else ""


def _added_axes(shapes, static):
    """Over which axes `sum_to` sums."""
    given, kept = shapes[0], static["shape"]
    lead = len(given) - len(kept)
    axes = [axis for axis, n in enumerate(given) if axis < lead or n != kept[axis - lead]]
    return _axes(axes) or "no axis" if len(axes) < len(given) else ""


def _at_zero(shapes, static):
    """What a step is at 0, if it is not 0."""
    at_zero = static.get("at_zero", 0.0)
    return f"{at_zero:g}" if at_zero else ""


def _alpha(shapes, static):
    return f"{static['alpha']:g}" if static.get("alpha", 1.0) != 1 else ""


_LONGEST = 24  # letters of an index that is written


def _index(shapes, static):
    """An index as it stands between brackets; none that is too long to be read."""
    index = static["index"]
    written = ", ".join(map(_one_index, index if isinstance(index, tuple) else (index,)))
    return written.replace("-", "−") if len(written) <= _LONGEST else ""


def _one_index(part):
    if isinstance(part, slice):
        ends = ["" if end is None else str(end) for end in (part.start, part.stop, part.step)]
        return ":".join(ends[:2] if part.step is None else ends)
    if part is Ellipsis or part is None:
        return "…" if part is Ellipsis else "None"
    return str(np.asarray(part).tolist())


def _are_numbers(*inputs):
    return all([type(x) in (bool, float) for x in inputs])  # noqa: C419  (a list: for two a generator is slower)


# Steps in between may overflow or give nan where the result is right or says so itself: NumPy's warnings would be about
# what the student has not written.
_QUIET = functools.partial(np.errstate, all="ignore")
_exp, _log, _sqrt = plain(math.exp, np.exp), plain(math.log, np.log), plain(math.sqrt, np.sqrt)
_sin, _cos, _tanh = plain(math.sin, np.sin), plain(math.cos, np.cos), plain(math.tanh, np.tanh)


# ---------------------------------------------------------------------------------------------- arithmetic

@entry(lambda g, y, a, b: g,
        lambda g, y, a, b: g, notation="a + b", numpy=(np.add,))
def add(a, b):
    """Sum, elementwise. An add gate hands its gradient to both inputs unchanged (002-27)."""
    return a + b


@entry(lambda g, y, a, b: g,
        lambda g, y, a, b: -g, notation="a − b", numpy=(np.subtract,))
def subtract(a, b):
    """Difference, elementwise."""
    return a - b


@entry(lambda g, y, a, b: g * b,
        lambda g, y, a, b: g * a, notation="a · b", numpy=(np.multiply,))
def multiply(a, b):
    """Product, elementwise. Each input's local derivative is the other input (002-27)."""
    return a * b


@entry(lambda g, y, a, b: g * (1 / b),
        lambda g, y, a, b: g * (-a / (b * b)), notation="a / b", numpy=(np.divide,))
def divide(a, b):
    """Quotient, elementwise; x / 0 is inf or nan, as in NumPy."""
    try:
        return a / b
    except ZeroDivisionError:
        return as_numpy(np.divide, a, b)


@entry(lambda g, y, a: -g, notation="−a", numpy=(np.negative,))
def negative(a):
    """The opposite number."""
    return -a


def _not_zero(x):
    return where(equal(x, 0.0), 1.0, x)


@entry(lambda g, y, a, b: g * (b * power(where(equal(b, 0.0), _not_zero(a), a), b - 1)),
        lambda g, y, a, b: g * (y * log(_not_zero(a))), notation="a ^ b", numpy=(np.power, np.float_power))
def power(a, b):
    """a to the power b, elementwise.

    At b = 0 the result is constant in a, so that slope is 0 even at a = 0. At a = 0 the slope in b is taken as 0.
    """
    if type(a) is float and type(b) is float:
        try:
            y = a**b
        except ArithmeticError:
            y = None
        return y if type(y) is float else as_numpy(np.power, a, b)  # Python's answer may be a complex number
    return a**b


@entry(lambda g, y, x: g * (2 * x), notation="a²", numpy=(np.square,))
def square(x):
    """x times x."""
    return x * x


@entry(lambda g, y, x: g * sign(x), notation="|a|", kink=_input, numpy=(np.abs, np.fabs))
def absolute(x):
    """Absolute value; its slope at the kink x = 0 is taken as 0."""
    return abs(x)


@entry(None, kink=_input, numpy=(np.sign,))
def sign(x):
    """−1, 0 or 1; flat, so no gradient flows."""
    return float(np.sign(x)) if type(x) is float else np.sign(x)


# ------------------------------------------------------------------------------------- elementary functions

@entry(lambda g, y, x: g * y, notation="e ^ a", numpy=(np.exp,))
def exp(x):
    """Exponential function."""
    return _exp(x) if type(x) is float else np.exp(x)


@entry(lambda g, y, x: g * (1 / x), notation="ln(a)", numpy=(np.log,))
def log(x):
    """Natural logarithm; log 0 is −inf and the log of a negative number nan, as in NumPy."""
    return _log(x) if type(x) is float else np.log(x)


@entry(lambda g, y, a, b: g * log(b),
        lambda g, y, a, b: g * where(equal(a, 0.0), 0.0, a / where(equal(a, 0.0), 1.0, b)), notation="a · ln(b)")
def xlogy(a, b):
    """a ln b, and 0 where a is 0, even if b is 0 too (002-12): a class that does not occur costs nothing."""
    with _QUIET():
        return a * log(where(equal(a, 0.0), 1.0, b))


@entry(lambda g, y, x: g * (1 / (2 * y)), notation="√a", numpy=(np.sqrt,))
def sqrt(x):
    """Square root."""
    return _sqrt(x) if type(x) is float else np.sqrt(x)


@entry(lambda g, y, x: g * cos(x), numpy=(np.sin,))
def sin(x):
    """Sine of an angle in radians."""
    return _sin(x) if type(x) is float else np.sin(x)


@entry(lambda g, y, x: g * -sin(x), numpy=(np.cos,))
def cos(x):
    """Cosine of an angle in radians."""
    return _cos(x) if type(x) is float else np.cos(x)


# ----------------------------------------------------------------------------------------------- activations

@entry(lambda g, y, x: g * (y * (1 - y)), notation="σ(a)")
def sigmoid(x):
    """Logistic function 1 / (1 + e^−x) (000-28); computed from e^−|x|, which never overflows."""
    small = _exp(-abs(x))
    return where(x >= 0, 1.0, small) / (1 + small)


@entry(lambda g, y, x: g * (1 - y * y), numpy=(np.tanh,))
def tanh(x):
    """Hyperbolic tangent (000-28, 002-16)."""
    return _tanh(x) if type(x) is float else np.tanh(x)


def _between(x, low, high):
    """x, cut off at low and high; on large arrays several times as fast as np.maximum."""
    return (x if hasattr(x, "clip") else np.asarray(x)).clip(low, high)


@entry(lambda g, y, x, at_zero=0.0: g * step(x, at_zero=at_zero), notation="ReLU(a)", kink=_input)
def relu(x, at_zero=0.0):
    """max(0, x) (000-28, 001-21). The slope at the kink is a convention: 0 as in PyTorch and Keras, or `at_zero`."""
    if type(x) is float:
        return 0.0 if x <= 0.0 else x  # in this order a nan stays a nan
    return _between(x, 0.0, math.inf)


@entry(lambda g, y, x, slope: where(x > 0, g, g * slope),
        lambda g, y, x, slope: g * where(x > 0, 0.0, x), notation="LeakyReLU(a, b)", kink=lambda x, slope: x)
def leaky_relu(x, slope):
    """x above zero, `slope` times x from zero down (002-18); with a variable as slope it is the parametric ReLU."""
    if _are_numbers(x, slope):
        return x if x > 0 else slope * x
    with _QUIET():  # slope · x may overflow where it is not taken
        return where(x > 0, x, slope * x)


@entry(lambda g, y, x, alpha=1.0: where(x > 0, g, g * (y + alpha)), notation="ELU(a)", setting=_alpha,
       kink=lambda x, alpha=1.0: x if alpha != 1 else 1.0)
def elu(x, alpha=1.0):
    """x above zero, α(e^x − 1) from zero down (002-19)."""
    if type(x) is float:
        return x if x > 0 else alpha * math.expm1(x)
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


@entry(lambda g, y, x: g * sigmoid(x), notation="softplus(a)")
def softplus(x):
    """ln(1 + e^x) (001-21 "smooth ReLU", 002-20), without overflow."""
    with _QUIET():
        return float(np.logaddexp(0.0, x)) if type(x) is float else np.logaddexp(0.0, x)


@entry(None, notation="[a > 0]", kink=_input, setting=_at_zero)
def step(x, at_zero=0.0):
    """1 above zero, 0 below, `at_zero` at zero (002-14 Heaviside); flat, so no gradient flows."""
    if type(x) is float:
        return 1.0 if x > 0 else (0.0 if x < 0 else at_zero + 0.0 * x)  # 0·nan keeps a nan
    above = np.ceil(_between(x, 0.0, 1.0))  # many times faster than np.heaviside; a nan stays a nan here too
    return above if at_zero == 0 else np.where(np.equal(x, 0), at_zero, above)


# ------------------------------------------------------------------------------------------------ choosing

@entry(lambda g, y, a, b, at_tie=1.0: g * step(a - b, at_zero=at_tie),
        lambda g, y, a, b, at_tie=1.0: g * step(b - a, at_zero=1 - at_tie), notation="max(a, b)",
        kink=_difference, numpy=(np.maximum,))
def maximum(a, b, at_tie=1.0):
    """The larger of two; a max gate routes the gradient to it (002-27). On a tie the first gets the share `at_tie`."""
    return (a if a >= b or a != a else b) if type(a) is type(b) is float else np.maximum(a, b)


@entry(lambda g, y, a, b, at_tie=1.0: g * step(b - a, at_zero=at_tie),
        lambda g, y, a, b, at_tie=1.0: g * step(a - b, at_zero=1 - at_tie), notation="min(a, b)",
        kink=_difference, numpy=(np.minimum,))
def minimum(a, b, at_tie=1.0):
    """The smaller of two; on a tie the first gets the share `at_tie` of the gradient."""
    return (a if a <= b or a != a else b) if type(a) is type(b) is float else np.minimum(a, b)


@entry(lambda g, y, x, low, high: g * (step(x - low, at_zero=1.0) * step(high - x, at_zero=1.0)),
        lambda g, y, x, low, high: g * step(low - x),
        lambda g, y, x, low, high: g * step(x - high),
        kink=lambda x, low, high: (x - low) * (x - high), numpy=(np.clip,))
def clip(x, low, high):
    """x, kept between low and high; the gradient flows where nothing was cut off, both bounds included."""
    if type(x) is float and ndim(low) == ndim(high) == 0:
        return builtins.min(builtins.max(x, low), high)
    return np.clip(x, low, high)


def _are_alike(a, b):
    return shape_of(a) == shape_of(b) and getattr(a, "dtype", type(a)) == getattr(b, "dtype", type(b))


@entry(None,
        lambda g, y, c, a, b: where(c, g, 0.0),
        lambda g, y, c, a, b: where(c, 0.0, g), notation="where(a, b, c)", numpy=(np.where,))
def where(condition, a, b):
    """a where the condition holds, else b; the gradient goes to the one that was taken."""
    if type(condition) is bool and (type(a) is type(b) is float or _are_alike(a, b)):
        return a if condition else b
    return np.where(condition, a, b)


@entry(None, None, notation="[a = b]", numpy=(np.equal,))
def equal(a, b):
    """Whether the entries are equal; no gradient flows."""
    return a == b


@entry(None, None, notation="[a ≠ b]", numpy=(np.not_equal,))
def not_equal(a, b):
    """Whether the entries differ, as a nan does from everything; no gradient flows."""
    return a != b


@entry(None, None, notation="[a > b]", kink=_difference, numpy=(np.greater,))
def greater(a, b):
    """Whether a > b; no gradient flows."""
    return a > b


@entry(None, None, notation="[a ≥ b]", kink=_difference, numpy=(np.greater_equal,))
def greater_equal(a, b):
    """Whether a ≥ b; no gradient flows."""
    return a >= b


@entry(None, None, notation="[a ∧ b]", numpy=(np.logical_and,))
def logical_and(a, b):
    """Whether both hold (are not 0); no gradient flows."""
    return bool(a) and bool(b) if _are_numbers(a, b) else np.logical_and(a, b)


@entry(None, None, notation="[a ∨ b]", numpy=(np.logical_or,))
def logical_or(a, b):
    """Whether one of the two holds, or both; no gradient flows."""
    return bool(a) or bool(b) if _are_numbers(a, b) else np.logical_or(a, b)


@entry(None, notation="¬a", numpy=(np.logical_not,))
def logical_not(a):
    """Whether it does not hold (is 0); no gradient flows."""
    return not a if _are_numbers(a) else np.logical_not(a)


# ------------------------------------------------------------------------------- sums, and undoing them

def _sum(x, axis=None, keepdims=False):
    """np.sum, without the two microseconds that it takes to come down to np.add.reduce."""
    return (np.add.reduce if type(x) is np.ndarray else np.sum)(x, axis=axis, keepdims=keepdims)


def _largest(x, axis=None, keepdims=False):
    """np.max, likewise."""
    return (np.maximum.reduce if type(x) is np.ndarray else np.max)(x, axis=axis, keepdims=keepdims)


@entry(lambda g, y, x, axis=None, keepdims=False: spread(g, shape=shape_of(x), axis=axis, keepdims=keepdims),
        notation="Σ a", elementwise=False, setting=_axis, numpy=(np.sum,))
def sum(x, axis=None, keepdims=False):
    """Sum over all entries or over an axis: every entry receives the gradient of its sum."""
    return _sum(x, axis, keepdims)


@entry(lambda g, y, x, axis=None, keepdims=False:
        spread(g * (size(y) / size(x)), shape=shape_of(x), axis=axis, keepdims=keepdims),
        notation="mean(a)", elementwise=False, setting=_axis, numpy=(np.mean,))
def mean(x, axis=None, keepdims=False):
    """Mean over all entries or over an axis."""
    total = _sum(x, axis, keepdims)
    return total / (size(x) / size(total))


@entry(lambda g, y, x, shape, axis=None, keepdims=False: sum(g, axis=axis, keepdims=keepdims),
        notation="spread(a)", elementwise=False, setting=_axis_after)
def spread(x, shape, axis=None, keepdims=False):
    """Repeat a sum's gradient over the axes that were summed: the counterpart of `sum`."""
    if axis is not None and not keepdims:
        x = np.expand_dims(x, axis)
    if shape == ():
        return x
    return np.full(shape, x) if isinstance(x, (float, np.floating)) else np.broadcast_to(x, shape)


@entry(lambda g, y, x, shape: broadcast_to(g, shape=shape_of(x)), notation="Σ a", elementwise=False,
       setting=_added_axes)
def sum_to(x, shape):
    """Sum over the axes that broadcasting had repeated, back to `shape`."""
    lead = len(x.shape) - len(shape)
    if x.shape[lead:] == shape:
        return _sum(x, 0 if lead == 1 else tuple(range(lead))) if lead else x
    axes = tuple(axis for axis, n in enumerate((None,) * lead + shape) if n != x.shape[axis])
    return _sum(x, axes, keepdims=True).reshape(shape)


@entry(lambda g, y, x, shape: g, notation="spread(a)", elementwise=False, numpy=(np.broadcast_to,))
def broadcast_to(x, shape):
    """Repeat along new or single-entry axes, by NumPy's broadcasting rules; the backward pass sums the copies."""
    return np.broadcast_to(x, shape)


def _winners(y, x, axis, keepdims):
    """1 where x is the extreme y, shared equally on a tie."""
    won = astype(equal(x, spread(y, shape=shape_of(x), axis=axis, keepdims=keepdims)), dtype=dtype_of(x))
    return won / sum(won, axis=axis, keepdims=True)


def _untied(x, extreme, axis=None, keepdims=False):
    """0 for the entries that are the extreme together with others, else 1."""
    won = x == extreme(x, axis=axis, keepdims=True)
    return np.where(won & (np.sum(won, axis=axis, keepdims=True) > 1), 0.0, 1.0)


@entry(lambda g, y, x, axis=None, keepdims=False:
       spread(g, shape=shape_of(x), axis=axis, keepdims=keepdims) * _winners(y, x, axis, keepdims),
       notation="max(a)", elementwise=False, setting=_axis,
       kink=lambda x, **along: _untied(x, np.max, **along), numpy=(np.max,))
def max(x, axis=None, keepdims=False):
    """The largest entry, of all or along an axis; entries that tie share the gradient equally."""
    return np.max(x, axis=axis, keepdims=keepdims)


@entry(lambda g, y, x, axis=None, keepdims=False:
       spread(g, shape=shape_of(x), axis=axis, keepdims=keepdims) * _winners(y, x, axis, keepdims),
       notation="min(a)", elementwise=False, setting=_axis,
       kink=lambda x, **along: _untied(x, np.min, **along), numpy=(np.min,))
def min(x, axis=None, keepdims=False):
    """The smallest entry, of all or along an axis; entries that tie share the gradient equally."""
    return np.min(x, axis=axis, keepdims=keepdims)


# ------------------------------------------------------------------------------------------ linear algebra

def _matmul_left(g, y, a, b):
    if len(b.shape) == 1:
        return g * b if len(a.shape) == 1 else outer(g, b)
    return matvec(b, g) if len(a.shape) == 1 else g @ matrix_transpose(b)


def _matmul_right(g, y, a, b):
    if len(b.shape) == 1:
        return g * a if len(a.shape) == 1 else matvec(matrix_transpose(a), g)
    return outer(a, g) if len(a.shape) == 1 else matrix_transpose(a) @ g


@entry(_matmul_left, _matmul_right, notation="a @ b", elementwise=False, numpy=(np.matmul,))
def matmul(a, b):
    """Matrix product for all of NumPy's ranks: (…, m, n) @ (…, n, p) -> (…, m, p); vectors as in NumPy."""
    return np.matmul(a, b)


@entry(lambda g, y, a, x: outer(g, x),
        lambda g, y, a, x: matvec(matrix_transpose(a), g), notation="a @ b", elementwise=False)
def matvec(a, x):
    """Matrices times vectors: (…, m, n), (…, n) -> (…, m)."""
    return np.matmul(a, x[..., None])[..., 0]


@entry(lambda g, y, a, b: matvec(g, b),
        lambda g, y, a, b: matvec(matrix_transpose(g), a), notation="a @ bᵀ", elementwise=False)
def outer(a, b):
    """Outer product of vectors: (…, m), (…, n) -> (…, m, n)."""
    return a[..., :, None] * b[..., None, :]


@entry(lambda g, y, x: matrix_transpose(g), notation="aᵀ", elementwise=False)
def matrix_transpose(x):
    """Swap the last two axes."""
    return x.swapaxes(-1, -2)


# ------------------------------------------------------------------------------------------------- shapes

@entry(lambda g, y, x, axes: transpose(g, axes=tuple(int(i) for i in np.argsort(axes))),
        notation="transpose(a)", elementwise=False,
       setting=lambda shapes, static: _axes(static["axes"]))
def transpose(x, axes):
    """Put the axes in another order."""
    return np.transpose(x, axes)


@entry(lambda g, y, x, shape: reshape(g, shape=shape_of(x)), notation="reshape(a)", elementwise=False,
        numpy=(np.reshape,))
def reshape(x, shape):
    """The same entries in another shape."""
    return np.reshape(x, shape)


@entry(lambda g, y, x, index: scatter(g, shape=shape_of(x), index=index), notation="a[…]", elementwise=False,
       setting=_index)
def getitem(x, index):
    """A part of an array, by NumPy's indexing."""
    return (np.asarray(x) if type(x) is float else x)[index]


@entry(lambda g, y, x, shape, index: getitem(g, index=index), notation="scatter(a)", elementwise=False,
       setting=_index)
def scatter(x, shape, index):
    """Zeros of `shape` with x added at `index`: the counterpart of `getitem`; an entry taken twice receives twice."""
    out = np.zeros(shape, dtype=np.asarray(x).dtype)
    np.add.at(out, index, x)
    return out


def _slice_of(slot):
    def rule(g, y, *inputs, axis=0):
        return _slices(inputs, {"axis": axis})(slot)(g, y, axis)
    return rule


def _slices(inputs, static):
    """The rules of all inputs at once: each knows where its part begins."""
    lengths = (shape_of(x)[static.get("axis", 0)] for x in inputs)
    ends = [0, *itertools.accumulate(lengths)]

    def rule_of(slot):
        def rule(g, y, axis=0):
            along = slice(ends[slot], ends[slot + 1])
            return getitem(g, index=(slice(None),) * (axis % ndim(g)) + (along,))
        return rule
    return rule_of


@entry(every_slot(_slice_of, _slices), notation="[a; b; …]", elementwise=False,
       setting=_axis_but_the_first)
def concatenate(*inputs, axis=0):
    """Arrays one after the other along an axis; each gets its own part of the gradient."""
    return np.concatenate(inputs, axis=axis)


@entry(lambda g, y, x, dtype: astype(g, dtype=dtype_of(x)), notation="a")
def astype(x, dtype):
    """The same numbers in another precision."""
    return np.asarray(x).astype(dtype)[()]


@entry(None, notation="stop(a)")
def stop_gradient(x):
    """The same value, through which no gradient flows."""
    return x


# ----------------------------------------------------------------------- softmax and its relatives

def _in_columns(x, axis):
    """The same entries, stored column by column where rows are short: NumPy reduces those up to five times as fast."""
    shape = shape_of(x)
    short = len(shape) == 2 and axis in (-1, 1) and shape[1] <= 64
    return x.copy("F") if short and hasattr(x, "copy") else x  # a Node has no layout, and is its own copy


def _shifted(x, axis):
    """x less its largest entry along the axis, so that e^x does not overflow."""
    x = _in_columns(x, axis)
    return x - _largest(x, axis, keepdims=True)


@entry(lambda g, y, x, axis=-1: y * (g - sum(g * y, axis=axis, keepdims=True)),
        notation="softmax(a)", elementwise=False, setting=_axis_but_the_last)
@_QUIET()
def softmax(x, axis=-1):
    """e^x over the sum of e^x (002-11); the rule is the Jacobian h_i(δ_ij − h_j) applied to g (000-25)."""
    powers = np.exp(_shifted(x, axis))
    return powers / _sum(powers, axis, keepdims=True)


@entry(lambda g, y, x, axis=-1, keepdims=False:
        spread(g, shape=shape_of(x), axis=axis, keepdims=keepdims) * softmax(x, axis=axis),
        notation="logsumexp(a)", elementwise=False, setting=_axis_but_the_last)
@_QUIET()
def logsumexp(x, axis=-1, keepdims=False):
    """ln Σ e^x without overflow (004-11); its slope is the softmax."""
    total = np.log(_sum(np.exp(_shifted(x, axis)), axis, keepdims=True)) + _largest(x, axis, keepdims=True)
    return total if keepdims else np.squeeze(total, axis=axis)


@entry(lambda g, y, x, axis=-1: g - exp(y) * sum(g, axis=axis, keepdims=True), notation="logsoftmax(a)",
        elementwise=False, setting=_axis_but_the_last)
@_QUIET()
def log_softmax(x, axis=-1):
    """The logarithm of the softmax, stable where the softmax itself underflows."""
    shifted = _shifted(x, axis)
    return shifted - np.log(_sum(np.exp(shifted), axis, keepdims=True))


# ------------------------------------------------------------------------ losses, from logits and stable

def _column(g):
    """One number per row, to be multiplied with rows."""
    return getitem(g, index=(..., None)) if shape_of(g) else g


def _distance(x, target):
    """The slope of the cross-entropy of one row: softmax − target, if the targets sum to 1."""
    target = _in_columns(target, -1)
    return softmax(x) * sum(target, axis=-1, keepdims=True) - target


@entry(lambda g, y, x, target: _column(g) * _distance(x, target),
        lambda g, y, x, target: _column(-g) * log_softmax(x),
        notation="crossentropy(softmax(a), b)", elementwise=False)
@_QUIET()
def softmax_cross_entropy(x, target):
    """−Σ target · log softmax(x) for every row (004-11); where targets sum to 1 the slope is softmax − target."""
    if shape_of(x)[-1:] != shape_of(target)[-1:]:
        raise ValueError("A row of scores wants a row of targets, one for each class")
    return -_sum(_in_columns(target, -1) * log_softmax.forward(x), -1)


@entry(lambda g, y, x, target: g * (sigmoid(x) - target),
        lambda g, y, x, target: g * -x, notation="crossentropy(σ(a), b)")
@_QUIET()
def sigmoid_cross_entropy(x, target):
    """−target · ln σ(x) − (1 − target) · ln(1 − σ(x)), elementwise, without overflow; target lies in [0, 1]."""
    return softplus(x) - target * x
