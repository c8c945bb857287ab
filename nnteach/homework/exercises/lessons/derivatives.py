"""Lessons 10 to 12: second derivatives, an operation of one's own, and slopes without derivatives."""

import numpy as np

from ....core import ops
from ....core.autodiff import grad
from ....core.graph import variable
from ..exercise import Leaf
from .lesson import back, lesson, normal, sigmoid, slip, step

NUMBER = Leaf((), "number")

# -------------------------------------------------------------------------------------------- 10: a Hessian


def _units(rng):
    n = rng.integers(1, 5)
    return normal(rng, w=n, x=n) | {"t": float(rng.integers(0, 2))}


HESSIAN = lesson(
    "10_symbol_to_symbol", "The gradient and the Hessian of a unit", ("dw", "H"),
    {"w": Leaf((2,), "number"), "x": Leaf((2,), "number"), "t": Leaf((), "binary")},
    (
        step("z", lambda v: v.w @ v.x, "Forward: the score.", "w · x", r"w \cdot x"),
        step("p", lambda v: sigmoid(v.z), "The derivative of ln(1 + eᶻ) is the sigmoid.", "σ( z )", r"\sigma(z)"),
        back("dw", lambda v: (v.p - v.t) * v.x, "A number times x: the error.", "( p − t ) x", "(p - t) \\, x"),
        back("H", lambda v: v.p * (1 - v.p) * np.outer(v.x, v.x),
             "Only p depends on w; its slope is p (1 − p), times x once more.",
             "p (1 − p ) x xᵀ", r"p (1 - p) \, x x^\top"),
    ),
    (
        slip("hess_sign", "take t − p for the error", "the sign of p − t", dw=lambda v: (v.t - v.p) * v.x),
        slip("hess_no_target", "forget t in the gradient", "the derivative of t z", dw=lambda v: v.p * v.x),
        slip("hess_diagonal", "fill in the diagonal of H only", "whether ∂L/∂w₁ depends on w₂",
             H=lambda v: np.diag(v.p * (1 - v.p) * v.x**2)),
        slip("hess_squared", "multiply the gradient by itself instead of differentiating it again",
             "what depends on w in the gradient",
             H=lambda v: np.outer(v.dw, v.dw)),
        slip("hess_no_slope", "leave out σ′ in the Hessian", "the derivative of p by z",
             H=lambda v: np.outer(v.x, v.x)),
        slip("hess_one_x", "forget the inner derivative, the second x", "the derivative of z by wⱼ",
             H=lambda v: v.p * (1 - v.p) * np.outer(v.x, np.ones_like(v.x))),
    ),
    "The gradient is itself a computation on w. Differentiate it as any other: what in it depends on w?",
    lively=lambda v: 0.2 < abs(v.z) < 2.5,
    inputs=_units,
    tip="The gradient is a number times **x**. Only that number depends on **w**, so *H*[*i*, *j*] is its "
        "derivative by *w*ⱼ, times *x*ᵢ. What is σ′?",
)

# ------------------------------------------------------------------------------- 11: an operation of one's own

SOFT_MAXIMUM = lesson(
    "11_custom_operations", "The backward rules of a soft maximum", ("da", "db"),
    {"g": NUMBER, "a": NUMBER, "b": NUMBER},
    (
        step("total", lambda v: np.exp(v.a) + np.exp(v.b), "What stands in the logarithm.", "exp( a ) + exp( b )",
             "e^a + e^b"),
        step("share", lambda v: np.exp(v.a) / v.total,
             "The inner derivative eᵃ, divided by what stands in the logarithm.",
             "exp( a ) / total", r"\frac{e^a}{e^a + e^b}"),
        back("da", lambda v: v.g * v.share, "What arrives, times the share of a.", "g · share",
             r"g \, \frac{e^a}{e^a + e^b}"),
        back("db", lambda v: v.g * np.exp(v.b) / v.total, "What arrives, times the share of b.",
             "g · exp( b ) / total",
             r"g \, \frac{e^b}{e^a + e^b}"),
    ),
    (
        slip("op_no_upstream", "leave out the gradient g that arrives", "what every rule multiplies",
             da=lambda v: v.share, db=lambda v: 1 - v.share),
        slip("op_hard", "send everything to the larger one, as the hard maximum does",
             "whether the smaller one counts, too",
             da=lambda v: v.g * (v.a > v.b), db=lambda v: v.g * (v.b >= v.a)),
        slip("op_no_inner", "forget the inner derivative of the exponential", "the derivative of eᵃ + eᵇ by a",
             da=lambda v: v.g / v.total, db=lambda v: v.g / v.total),
        slip("op_no_log", "forget the derivative of the logarithm", "the derivative of ln s",
             da=lambda v: v.g * np.exp(v.a), db=lambda v: v.g * np.exp(v.b)),
        slip("op_exchanged", "exchange the two inputs", "which share is whose",
             da=lambda v: v.g * (1 - v.share), db=lambda v: v.g * v.share),
        slip("op_raw_share", "take shares of a and b themselves, without the exponentials",
             "what stands in the logarithm",
             da=lambda v: v.g * v.a / (v.a + v.b), db=lambda v: v.g * v.b / (v.a + v.b)),
    ),
    "The chain rule, from outside to inside: the logarithm, the sum, the exponential; and g before them all.",
    inputs=lambda rng: dict(zip("gab", rng.integers(-10, 11, size=3) / 2, strict=True)),
    tip="The chain rule, with *s* = eᵃ + eᵇ: ∂*y*/∂*s* = 1/*s*. And then, what is ∂*s*/∂*a*? The two results are "
        "a softmax.",
)

# -------------------------------------------------------------------------------- 12: central differences

SMALL = 1e-4
USUAL = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)  # steps that a student may take


def _cost(W, v):
    return np.sum((np.tanh(v.X @ W.T) - v.T) ** 2) / len(v.X)


def _beside(v, e):
    """The cost with one entry of W a little larger, for every entry."""
    costs = np.zeros(v.W.shape)
    for entry in np.ndindex(v.W.shape):
        W = v.W.copy()
        W[entry] += e
        costs[entry] = _cost(W, v)
    return costs


def _exact(v):
    W = variable(v.W, "W")
    return grad(ops.sum(ops.square(ops.tanh(v.X @ W.T) - v.T)) / len(v.X), W)


def _layers(rng):
    m, n_in, n_out = rng.integers(1, 5, size=3)
    return normal(rng, W=(n_out, n_in), X=(m, n_in), T=(m, n_out))


DIFFERENCES = lesson(
    "12_gradient_checking", "Slopes by central differences", {"": "slopes"},
    {"W": Leaf((1, 2), "weight"), "X": Leaf((2, 2), "number"), "T": Leaf((2, 1), "share")},
    (
        step("J", lambda v: _cost(v.W, v), "The cost where we are.", "(1/m) Σ (tanh( X Wᵀ ) − T )²",
             r"\tfrac1m \sum (\tanh(X W^\top) - T)^2"),
        step("up", lambda v: _beside(v, SMALL), "The cost with one entry of W larger by 0.0001, for every entry.",
             "J( W + e )", "J(W + e)"),
        step("down", lambda v: _beside(v, -SMALL), "The cost with this entry smaller by as much.", "J( W − e )",
             "J(W - e)"),
        step("slopes", _exact, "The change, divided by the whole distance.", "( up − down ) / (2 e)",
             r"\frac{J(W + e) - J(W - e)}{2e}"),
    ),
    (
        slip("diff_by_e", "divide by e instead of 2e", "how far apart the two points are",
             slopes=lambda v: 2 * _exact(v)),
        slip("diff_sign", "subtract the upper cost from the lower one", "which of the two is subtracted",
             slopes=lambda v: -_exact(v)),
        slip("diff_half", "divide by 4e, or halve twice", "how far apart the two points are",
             slopes=lambda v: _exact(v) / 2),
        slip("diff_all_at_once", "move all entries of W together", "which entries move for one slope",
             slopes=lambda v: np.full(v.W.shape, np.sum(_exact(v)))),
    ),
    "One entry at a time: go a little to both sides, see how much the cost changes, and divide by the distance.",
    inputs=_layers,
    unseen=tuple(
        slip("diff_one_sided", "take the difference to one side only",
             "from which point to which the change is taken",
             slopes=lambda v, e=e: (_beside(v, e) - _cost(v.W, v)) / e)
        for e in USUAL
    ),
    rounding=lambda v: 1e-9 * max(1.0, _cost(v.W, v)),  # a difference of costs, divided by 2·10⁻⁶
    tip="`np.ndindex(W.shape)` gives the index of every entry. Change a **copy** of **W**: in `other = W`, both "
        "names mean the same array.",
)

EXERCISES = (HESSIAN, SOFT_MAXIMUM, DIFFERENCES)
