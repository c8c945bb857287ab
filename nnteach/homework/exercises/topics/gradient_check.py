"""A gradient check by hand: central differences, the derivative, and their relative error (CS231n; 002-30)."""

from ..exercise import Exercise, Leaf
from ..procedure import Procedure, Slip, Step

PRINCIPLE = (
    "Two ways to the same slope: go a little to both sides and see how much f changes, or differentiate. "
    "What counts is their difference in relation to their size."
)


def gradient_check() -> Exercise:
    """Check a derivative by central differences, by hand."""
    return Exercise(
        "gradient_check",
        "A gradient check by hand",
        ("plus", "minus", "numeric", "analytic", "error"),
        {"a": Leaf((), "number"), "b": Leaf((), "number"), "x": Leaf((), "number"), "h": Leaf((), "half")},
        lambda given: Procedure(given, STEPS, SLIPS, PRINCIPLE, lambda v: v.error > 0.005 and abs(v.analytic) > 0.2),
        ("f(x) = a x³ + b x; plus = f(x + h) and minus = f(x − h).",
         "numeric is the slope by central differences, analytic is f′(x).",
         "error = |numeric − analytic| / max(|numeric|, |analytic|). Keep all decimals until then.",
         "h is large here, so that the error can be seen; a program takes 1e-5."),
    )


def _f(v, x):
    return v.a * x**3 + v.b * x


def _relative(v):
    return abs(v.numeric - v.analytic) / max(abs(v.numeric), abs(v.analytic))


STEPS = (
    Step("plus", lambda v: _f(v, v.x + v.h), "The function, a step to the right.", "f( x + h )", "f(x + h)"),
    Step("minus", lambda v: _f(v, v.x - v.h), "The function, a step to the left.", "f( x − h )", "f(x - h)"),
    Step("numeric", lambda v: (v.plus - v.minus) / (2 * v.h), "The change, divided by the whole distance.",
         "( plus − minus ) / (2 h )", r"\frac{f(x + h) - f(x - h)}{2h}"),
    Step("analytic", lambda v: 3 * v.a * v.x**2 + v.b, "The derivative.", "3 a x ² + b", "3 a x^2 + b"),
    Step("error", _relative, "The difference, in relation to the larger of the two.",
         "| numeric − analytic | / max(| numeric |, | analytic |)",
         r"\frac{|\mathrm{numeric} - \mathrm{analytic}|}{\max(|\mathrm{numeric}|, |\mathrm{analytic}|)}"),
)
SLIPS = (
    Slip("gc_divided_by_h", "divide by h instead of 2h", "how far apart the two points are",
         {"numeric": lambda v: (v.plus - v.minus) / v.h}),
    Slip("gc_one_sided", "take the difference to one side only", "from which point to which the change is taken",
         {"numeric": lambda v: (v.plus - _f(v, v.x)) / v.h}),
    Slip("gc_not_divided", "leave out the division by 2h", "a slope is a change by a distance",
         {"numeric": lambda v: v.plus - v.minus}),
    Slip("gc_sign", "subtract the right value from the left one", "which of the two is subtracted",
         {"numeric": lambda v: (v.minus - v.plus) / (2 * v.h)}),
    Slip("gc_added", "add the two values", "a change is a difference",
         {"numeric": lambda v: (v.plus + v.minus) / (2 * v.h)}),
    Slip("gc_no_factor", "forget the 3 of x³", "the derivative of x³", {"analytic": lambda v: v.a * v.x**2 + v.b}),
    Slip("gc_power", "keep the exponent 3", "the exponent in the derivative of x³",
         {"analytic": lambda v: 3 * v.a * v.x**3 + v.b}),
    Slip("gc_linear", "leave the term b x as it is", "the derivative of b x",
         {"analytic": lambda v: 3 * v.a * v.x**2 + v.b * v.x}),
    Slip("gc_constant", "drop the b", "the derivative of b x", {"analytic": lambda v: 3 * v.a * v.x**2}),
    Slip("gc_absolute", "leave the error absolute", "the error in relation to what?",
         {"error": lambda v: abs(v.numeric - v.analytic)}),
    Slip("gc_by_sum", "divide by the sum of the two instead of the larger", "what stands below in the error",
         {"error": lambda v: abs(v.numeric - v.analytic) / (abs(v.numeric) + abs(v.analytic))}, convention=True),
    Slip("gc_percent", "give the error in per cent", "whether the error is a share or a percentage",
         {"error": lambda v: 100 * _relative(v)}),
)
