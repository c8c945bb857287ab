"""Lessons 1 to 5: a descent, three small expressions, and a neuron."""

import numpy as np

from ..exercise import Leaf
from ..reference import reference
from .lesson import back, lesson, normal, sigmoid, slip, step

NUMBER, RATE = Leaf((), "number"), Leaf((), "rate")

# ------------------------------------------------------------------------------------- 1: descent on a parabola

FROM = {1: "start", 2: "x1", 3: "x2", 4: "x3"}


def _in_every_step(step_name, compute):
    """A step of the descent, four times: name -> values by name -> result; compute(v, place, k)."""
    return {f"{step_name}{k}": lambda v, k=k, old=old: compute(v, getattr(v, old), k) for k, old in FROM.items()}


def _slope(v, x, k):
    return 2 * v.a * x + v.b


def _walk(v, x, k):
    return x - v.rate * getattr(v, f"slope{k}")


def _descent():
    slopes, places = _in_every_step("slope", _slope), _in_every_step("x", _walk)
    for k, old in FROM.items():
        yield step(f"slope{k}", slopes[f"slope{k}"], f"The derivative of f, at {old}.", f"2 a {old} + b",
                   f"2 a \\, {_tex(old)} + b")
        yield step(f"x{k}", places[f"x{k}"], "A step against the slope.", f"{old} − rate · slope{k}",
                   rf"{_tex(old)} - \text{{rate}} \cdot \text{{slope}}_{k}")
    yield step("places", lambda v: np.array([v.start, v.x1, v.x2, v.x3, v.x4]),
               "The start and the four places after it.",
               "start , x1 , x2 , x3 , x4", r"(\text{start}, x_1, x_2, x_3, x_4)")


def _tex(place):
    return r"\text{start}" if place == "start" else f"x_{place[1:]}"


DESCENT = lesson(
    "01_derivative_and_descent", "Gradient descent on a parabola", ("places",),
    {"a": Leaf((), "positive"), "b": NUMBER, "c": NUMBER, "start": NUMBER, "rate": RATE},
    _descent(),
    (
        slip("gd_no_two", "forget the 2 in the derivative of x²", "the derivative of a x²",
             **_in_every_step("slope", lambda v, x, k: v.a * x + v.b)),
        slip("gd_first_slope", "take the slope at the start for every step", "the place where the slope is taken",
             **_in_every_step("slope", lambda v, x, k: _slope(v, v.start, k))),
        slip("gd_uphill", "add rate · slope, which climbs", "the sign in x − rate · slope",
             **_in_every_step("x", lambda v, x, k: x + v.rate * getattr(v, f"slope{k}"))),
        slip("gd_constant", "keep c in the derivative", "the derivative of a constant",
             **_in_every_step("slope", lambda v, x, k: _slope(v, x, k) + v.c)),
        slip("gd_no_b", "drop b from the derivative", "the derivative of b x",
             **_in_every_step("slope", lambda v, x, k: 2 * v.a * x)),
        slip("gd_value", "take the value f(x) for the slope", "what is subtracted: f or f′",
             **_in_every_step("slope", lambda v, x, k: v.a * x**2 + v.b * x + v.c)),
        slip("gd_no_rate", "leave out the rate", "how long a step is",
             **_in_every_step("x", lambda v, x, k: x - getattr(v, f"slope{k}"))),
        slip("gd_no_start", "leave out the start", "how many places there are",
             places=lambda v: np.array([v.x1, v.x2, v.x3, v.x4])),
    ),
    "The slope says which way is up, so a step goes the other way; at the new place the slope is another one.",
    lively=lambda v: abs(v.slope1) > 0.3 and np.max(np.abs(v.places)) < 20,
    tip="The derivative of *a* *x*² + *b* *x* + *c* is 2*a* *x* + *b*. Does *c* matter at all?",
)

# ---------------------------------------------------------------------------------------- 2: (x + y) z

PRODUCT = lesson(
    "02_x_plus_y_times_z", "The backward pass of (x + y) · z", ("dx", "dy", "dz"),
    {"x": NUMBER, "y": NUMBER, "z": NUMBER},
    (
        step("q", lambda v: v.x + v.y, "Forward: the sum is needed on the way back.", "x + y", "x + y"),
        back("dq", lambda v: v.z, "A multiply gate gives each factor the other one.", "z", "z"),
        back("dx", lambda v: v.dq, "An add gate hands on what it gets.", "dq", r"\partial f / \partial q"),
        back("dy", lambda v: v.dq, "An add gate hands on what it gets.", "dq", r"\partial f / \partial q"),
        back("dz", lambda v: v.q, "A multiply gate gives each factor the other one.", "q", "q"),
    ),
    (
        slip("mul_keeps", "give each factor of the product itself instead of the other one",
             "what a multiply gate does",
             dq=lambda v: v.q, dz=lambda v: v.z),
        slip("add_multiplies", "multiply by x and y at the add gate", "the derivative of x + y by x",
             dx=lambda v: v.dq * v.x, dy=lambda v: v.dq * v.y),
        slip("add_swaps", "exchange x and y at the add gate, as if it were a product",
             "the derivative of x + y by x",
             dx=lambda v: v.dq * v.y, dy=lambda v: v.dq * v.x),
        slip("add_shares", "share the gradient between x and y, half each", "what an add gate does",
             dx=lambda v: v.dq / 2, dy=lambda v: v.dq / 2),
        slip("local_only", "stop at the add gate, without what arrives there", "what arrives at q",
             dx=lambda v: 1.0, dy=lambda v: 1.0),
    ),
    "Begin at f with the gradient 1 and go back gate by gate: what arrives, times the derivative of the gate.",
    inputs=reference("x_plus_y_times_z").inputs,
    graph=reference("x_plus_y_times_z").graph,
    tip="Begin at *f* with the gradient 1 and go back to *q* first. What is ∂*f*/∂*q*? How much does *q* change "
        "if *x* changes by 1?",
)

# ----------------------------------------------------------------------------- 3: through a vector function


def _jacobian(v):
    a, b, c = v.x
    return np.array([[b, a, 0], [0, c, b], [1, 0, 1]], dtype=float)


def _own_factor(v):
    a, b, c = v.x
    return np.array([[a, b, 0], [0, b, c], [1, 0, 1]], dtype=float)


CHAIN = lesson(
    "03_chain_rule", "A gradient through a vector function", ("J", "dx"),
    {"x": Leaf((3,), "number"), "v": Leaf((3,), "number")},
    (
        step("J", _jacobian, "Row k holds the derivatives of gₖ: by x₁, by x₂, by x₃.",
             "rows ( x₂ , x₁ , 0 ), ( 0 , x₃ , x₂ ), ( 1 , 0 , 1 ), from x",
             r"\begin{pmatrix} x_2 & x_1 & 0 \\ 0 & x_3 & x_2 \\ 1 & 0 & 1 \end{pmatrix}"),
        back("dx", lambda v: v.J.T @ v.v, "Down each column: the paths from xᵢ to all gₖ add up.", "Jᵀ v",
             r"J^\top v"),
    ),
    (
        slip("jac_no_turn", "multiply by J instead of its transpose", "along which axis of J the paths to xᵢ lie",
             dx=lambda v: v.J @ v.v),
        slip("jac_turned", "put what belongs in a row of J into a column", "which index of J is that of g",
             J=lambda v: _jacobian(v).T, dx=lambda v: _jacobian(v).T @ v.v),
        slip("jac_own_factor", "differentiate x₁x₂ by x₁ and keep x₁", "the derivative of a product by one factor",
             J=_own_factor),
        slip("jac_no_upstream", "leave out the gradient v that arrives", "what each path is multiplied by",
             dx=lambda v: v.J.sum(axis=0)),
        slip("jac_diagonal", "follow only the way from xᵢ to gᵢ", "how many outputs depend on each input",
             dx=lambda v: np.diag(v.J) * v.v),
    ),
    "What arrives at the output goes back along every path: output k hands vₖ · ∂gₖ/∂xᵢ to input i, and these add up.",
    inputs=lambda rng: normal(rng, spread=3.0, x=3, v=3),
    tip="Row *k* of *J* belongs to *g*ₖ. The sum over paths to *x*ᵢ runs over *k*, that is down a column: hence "
        "the transpose.",
)

# ----------------------------------------------------------------------------------- 4: gates and a branch

BRANCH = lesson(
    "04_gates_and_branches", "The backward pass of (x₁ + x₂)(x₂ − x₃)", ("dy1", "dy2", "dx1", "dx2", "dx3"),
    {"x1": NUMBER, "x2": NUMBER, "x3": NUMBER},
    (
        step("y1", lambda v: v.x1 + v.x2, "Forward, the first factor.", "x1 + x2", "x_1 + x_2"),
        step("y2", lambda v: v.x2 - v.x3, "Forward, the second factor.", "x2 − x3", "x_2 - x_3"),
        back("dy1", lambda v: v.y2, "A multiply gate gives each factor the other one.", "y2", "y_2"),
        back("dy2", lambda v: v.y1, "A multiply gate gives each factor the other one.", "y1", "y_1"),
        back("dx1", lambda v: v.dy1, "The add gate hands on what it gets.", "dy1", r"\partial y_1"),
        back("dx2", lambda v: v.dy1 + v.dy2, "Two edges leave x₂, so two gradients arrive and add up.", "dy1 + dy2",
             r"\partial y_1 + \partial y_2"),
        back("dx3", lambda v: -v.dy2, "Behind a minus sign the gradient changes its sign.", "− dy2",
             r"-\partial y_2"),
    ),
    (
        slip("branch_first", "follow only the first of the two paths to x₂", "how many edges leave x₂",
             dx2=lambda v: v.dy1),
        slip("branch_second", "follow only the second of the two paths to x₂", "how many edges leave x₂",
             dx2=lambda v: v.dy2),
        slip("branch_product", "multiply the two gradients that meet at x₂", "what paths that meet do",
             dx2=lambda v: v.dy1 * v.dy2),
        slip("branch_difference", "subtract the two gradients that meet at x₂", "the sign of x₂ in both gates",
             dx2=lambda v: v.dy1 - v.dy2),
        slip("minus_lost", "lose the minus sign in front of x₃", "the derivative of x₂ − x₃ by x₃",
             dx3=lambda v: v.dy2),
        slip("mul_keeps", "give each factor of the product itself instead of the other one",
             "what a multiply gate does",
             dy1=lambda v: v.y1, dy2=lambda v: v.y2),
    ),
    "Go back gate by gate; where a value was used twice, both gradients arrive, and they add up.",
    tip="How many edges leave *x*₂? That many contributions arrive there on the way back.",
)

# ------------------------------------------------------------------------------------- 5: a sigmoid neuron


def _neuron_inputs(rng):
    n = rng.integers(1, 5)
    return normal(rng, w=n, x=n) | {"b": round(float(rng.normal()), 1)}


NEURON = lesson(
    "05_sigmoid_neuron", "The backward pass of a sigmoid neuron", ("ds", "dw", "dx", "db"),
    {"w": Leaf((2,), "number"), "x": Leaf((2,), "number"), "b": NUMBER},
    (
        step("s", lambda v: v.w @ v.x + v.b, "Forward: the weighted sum, and the bias.", "w · x + b",
             "w \\cdot x + b"),
        step("f", lambda v: sigmoid(v.s), "Forward: the sigmoid.", "σ( s )", r"\sigma(s)"),
        back("ds", lambda v: v.f * (1 - v.f), "The slope of the sigmoid, by its own value.", "f (1 − f )",
             "f (1 - f)"),
        back("dw", lambda v: v.ds * v.x, "Each product exchanges: a weight gets its input.", "ds · x",
             r"\partial s \, x"),
        back("dx", lambda v: v.ds * v.w, "Each product exchanges: an input gets its weight.", "ds · w",
             r"\partial s \, w"),
        back("db", lambda v: v.ds, "The bias is added: it gets what arrives.", "ds", r"\partial s"),
    ),
    (
        slip("sig_twice", "apply the sigmoid to f once more before you differentiate",
             "whether f is before or after the sigmoid",
             ds=lambda v: sigmoid(v.f) * (1 - sigmoid(v.f))),
        slip("sig_of_s", "put s instead of f into f (1 − f)", "which value stands in σ′ = f (1 − f)",
             ds=lambda v: v.s * (1 - v.s)),
        slip("sig_as_tanh", "take 1 − f², the slope of tanh", "whose derivative 1 − f² is",
             ds=lambda v: 1 - v.f**2),
        slip("sig_no_slope", "leave out the slope of the sigmoid", "the gate between s and f", ds=lambda v: 1.0),
        slip("sig_value", "take f itself for its slope", "the derivative of σ", ds=lambda v: v.f),
        slip("mul_keeps", "give a weight its own value, and an input its own", "what a multiply gate does",
             dw=lambda v: v.ds * v.w, dx=lambda v: v.ds * v.x),
        slip("bias_times_b", "multiply by b for the bias", "the derivative of w · x + b by b",
             db=lambda v: v.ds * v.b),
    ),
    "The product w · x is a row of multiply gates, the bias an add gate; one slope, σ′, stands before them all.",
    lively=lambda v: 0.1 < abs(v.s) < 2.5,
    inputs=_neuron_inputs,
    tip="The product **w** · **x** is a row of multiply gates. Each one switches: a weight gets the gradient "
        "times its input.",
)

EXERCISES = (DESCENT, PRODUCT, CHAIN, BRANCH, NEURON)
