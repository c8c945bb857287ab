"""Formulas: every rule of the table on symbols, in text, LaTeX and MathML."""

import re
from pathlib import Path

import numpy as np
import pytest
from differences import assert_same_bits
from hypothesis import given
from samples import CASES, IDS, numbers
from strategies import COMMON, hostile_names

import nnteach as nt
from nnteach.core import ops
from nnteach.core.graph import settle
from nnteach.core.primitive import PRIMITIVES
from nnteach.symbolic.formula import Symbol, as_symbol, derivative, latex, math, text

CONTRACT = Path(__file__).parent.parent.joinpath("nnteach", "player", "README.md").read_text(encoding="utf-8")
TAGS = set(re.search(r"`tag` one of `([^`]*)`", CONTRACT)[1].split())
ROLES = {"", *re.search(r"`role` one of\s+`\"\" ([^`]*)`", CONTRACT)[1].split()}

a, b, c = Symbol("a", 2.0), Symbol("b", -3.0), Symbol("c", 0.5)
A, B = Symbol("A", np.ones((2, 2))), Symbol("B", -np.ones((2, 2)))


def check_math(tree):
    """A tree of [tag, role, child, …] as the player's contract has it, every leaf a text."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            continue
        tag, role, *children = node
        assert tag in TAGS and role in ROLES and children
        assert not any(isinstance(child, str) for child in children) or len(children) == 1
        if tag in ("mfrac", "msup", "msub"):
            assert len(children) == 2
        stack.extend(children)


def check_written(symbol):
    for with_numbers in (False, True):
        plain, tex = text(symbol, with_numbers), latex(symbol, with_numbers)
        assert plain and plain.count("(") == plain.count(")") and plain.count("[") == plain.count("]")
        assert not re.search(r"[{}]", plain), "a template shines through"
        assert "…](" not in plain and "-" not in plain, (
            "a real minus sign, and no notation called like a function"
        )
        assert tex.count("{") == tex.count("}") and tex.count(r"\left") == tex.count(r"\right")
        assert "{{" not in tex and "−" not in tex, "LaTeX sets its own minus sign"
        check_math(math(symbol, with_numbers))


@pytest.mark.parametrize("name, sample", CASES, ids=IDS)
def test_every_rule_on_symbols_is_a_formula_that_carries_its_number(name, sample):
    primitive = PRIMITIVES[name]
    y = settle(primitive.forward(*sample.inputs, **sample.static))
    symbols = [Symbol(letter, x) for letter, x in zip("abc", sample.inputs, strict=False)]
    forward = Symbol(None, y, "", primitive.notation, tuple(symbols))
    check_written(forward)
    upstream = numbers(*np.shape(y), seed=7)
    for slot in range(len(sample.inputs)):
        rule = primitive.vjps[slot]
        if rule is None:
            continue
        for g in (Symbol("g", upstream, "upstream"), derivative("f", "y", upstream, "upstream")):
            symbol = as_symbol(rule(g, Symbol("y", y), *symbols, **sample.static))
            check_written(symbol)
            expected = rule(upstream, y, *sample.inputs, **sample.static)
            np.testing.assert_array_equal(symbol.value, expected)
            assert np.shape(symbol.value) == np.shape(expected)


def test_dtypes_and_shapes_are_those_of_the_number():
    half = Symbol("h", np.float32([1, 2]))
    assert half.dtype == np.float32 and half.shape == (2,) and (half * 2).dtype == np.float32
    assert_same_bits((a * b + 1).value, -5.0)


LOCAL = {  # the rule with 1 for what comes from above, in each style; inputs a = 2, b = −3
    "add": [("1", "1"), ("1", "1")],
    "subtract": [("1", "1"), ("−1", "-1")],
    "multiply": [("b", "b"), ("a", "a")],
    "divide": [("1 / b", r"\frac{1}{b}"), ("(−a) / b²", r"\frac{-a}{b^2}")],
    "negative": [("−1", "-1")],
    "square": [("2 · a", r"2 \cdot a")],
    "exp": [("y", "y")],
    "log": [("1 / a", r"\frac{1}{a}")],
    "sqrt": [("1 / (2 · y)", r"\frac{1}{2 \cdot y}")],
    "sin": [("cos(a)", r"\cos(a)")],
    "cos": [("−sin(a)", r"-\sin(a)")],
    "sigmoid": [("y · (1 − y)", r"y \cdot \left(1 - y\right)")],
    "tanh": [("1 − y²", "1 - y^2")],
    "relu": [("[a > 0]", "[a > 0]")],
    "softplus": [("σ(a)", r"\sigma(a)")],
    "absolute": [("sign(a)", r"\operatorname{sign}(a)")],
    "maximum": [("[a − b ≥ 0]", r"[a - b \ge 0]"), ("[b − a > 0]", "[b - a > 0]")],
}


@pytest.mark.parametrize("name", LOCAL)
def test_local_derivatives_as_one_writes_them(name):
    for slot, (plain, tex) in enumerate(LOCAL[name]):
        inputs = [a, b][: len(LOCAL[name])]
        symbol = as_symbol(PRIMITIVES[name].vjps[slot](as_symbol(1.0), Symbol("y", 0.25), *inputs))
        assert (text(symbol), latex(symbol)) == (plain, tex)


@pytest.mark.parametrize(
    "exponent, expected",
    [
        (2.0, "2 · a"),
        (3.0, "3 · a²"),
        (4.0, "4 · a^3"),
        (-1.0, "−a^(−2)"),
        (0.5, "0.5 · a^(−0.5)"),
        (1.0, "a^0"),
    ],
)
def test_slope_of_a_power(exponent, expected):
    assert (
        text(PRIMITIVES["power"].vjps[0](as_symbol(1.0), Symbol("y", 1.0), a, as_symbol(exponent)))
        == expected
    )


def test_slope_of_a_matrix_product():
    left, right = ops.matmul.vjps
    G, W, X = Symbol("G", np.ones((2, 4))), Symbol("W", np.ones((2, 3))), Symbol("X", np.ones((3, 4)))
    assert (text(left(G, None, W, X)), latex(left(G, None, W, X))) == ("G @ Xᵀ", r"G\,X^\top")
    assert (text(right(G, None, W, X)), latex(right(G, None, W, X))) == ("Wᵀ @ G", r"W^\top\,G")
    g, x = Symbol("g", np.ones(2)), Symbol("x", np.ones(3))
    assert text(left(g, None, W, x)) == "g @ xᵀ" and text(right(g, None, W, x)) == "Wᵀ @ g"
    assert math(left(G, None, W, X)) == [
        "mrow",
        "",
        ["mi", "", "G"],
        ["mo", "", "\u2062"],
        ["msup", "", ["mi", "", "X"], ["mi", "", "⊤"]],
    ]


@pytest.mark.parametrize(
    "symbol, names, put_in",
    [
        (b * as_symbol(1.5), "b · 1.5", "(−3) · 1.5"),
        (as_symbol(-4.0) * as_symbol(a), "(−4) · a", "(−4) · 2"),
        (a + b, "a + b", "2 + (−3)"),
        (b + a, "b + a", "−3 + 2"),
        (a - b, "a − b", "2 − (−3)"),
        (a - (b - c), "a − (b − c)", "2 − (−3 − 0.5)"),
        (a - b - c, "a − b − c", "2 − (−3) − 0.5"),
        ((a + b) * c, "(a + b) · c", "(2 + (−3)) · 0.5"),
        (a * b / c, "a · b / c", "2 · (−3) / 0.5"),
        (a / (b * c), "a / (b · c)", "2 / ((−3) · 0.5)"),
        (-(a + b), "−(a + b)", "−(2 + (−3))"),
        (-1 * (-a), "a", "2"),
        ((-a) ** 2, "(−a)²", "(−2)²"),
        (b**2, "b²", "(−3)²"),
        (b * b, "b²", "(−3)²"),
        ((a**2) ** 3.0, "(a²)^3", "(2²)^3"),
        (ops.exp(-a), "e^(−a)", "e^(−2)"),
        (abs(b), "|b|", "|−3|"),
        (ops.sqrt(a + c), "√(a + c)", "√(2 + 0.5)"),
        (a > b, "[a > b]", "[2 > −3]"),
        (a <= b, "[b ≥ a]", "[−3 ≥ 2]"),
        (ops.sum(A) * b, "(Σ A) · b", "(Σ [[1, 1], [1, 1]]) · (−3)"),
        (a - ops.sum(A * B), "a − Σ A ⊙ B", "2 − Σ [[1, 1], [1, 1]] ⊙ [[−1, −1], [−1, −1]]"),
        (A @ B, "A @ B", "[[1, 1], [1, 1]] @ [[−1, −1], [−1, −1]]"),
        (ops.concatenate(A, B), "[A; B]", "[[[1, 1], [1, 1]]; [[−1, −1], [−1, −1]]]"),
        (ops.getitem(A, index=0), "A[0]", "[[1, 1], [1, 1]][0]"),
        (ops.maximum(a, b), "max(a, b)", "max(2, −3)"),
        (Symbol("tiny", 1e-5) ** 2, "tiny²", "(1e−5)²"),
        (derivative("f", "x", -4.0) * derivative("x", "w", 1.0), "∂f/∂x · ∂x/∂w", "(−4) · 1"),
    ],
)
def test_brackets_and_minus_signs(symbol, names, put_in):
    assert text(symbol) == names
    assert text(symbol, numbers=True) == put_in


@pytest.mark.parametrize(
    "symbol, names, put_in",
    [
        (a + b, "a + b", r"2 + \left(-3\right)"),
        (a**-1.0, "a^{-1}", "2^{-1}"),
        (ops.exp(-a), "e^{-a}", "e^{-2}"),
        (b**2, "b^2", r"\left(-3\right)^2"),
        ((a + b) / (a - b), r"\frac{a + b}{a - b}", r"\frac{2 + \left(-3\right)}{2 - \left(-3\right)}"),
        (
            A * B,
            r"A \odot B",
            r"\begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix} \odot \begin{pmatrix} -1 & -1 \\ -1 & -1 \end{pmatrix}",
        ),
        (Symbol("w5", 1e-5) ** 2, "w_{5}^2", r"\left(1 \cdot 10^{-5}\right)^2"),
        (Symbol("λ", 0.5) * Symbol("loss", np.inf), r"\lambda  \cdot \mathrm{loss}", r"0.5 \cdot \infty"),
        (Symbol("big", np.ones((9, 9))) * 2.0, r"\mathrm{big} \cdot 2", r"\text{array 9$\times$9} \cdot 2"),
        (derivative("f", "x", -4.0), r"\frac{\partial f}{\partial x}", "-4"),
    ],
)
def test_latex(symbol, names, put_in):
    assert latex(symbol) == names
    assert latex(symbol, numbers=True) == put_in


@pytest.mark.parametrize(
    "symbol, expected",
    [
        (a / b, ["mfrac", "", ["mi", "", "a"], ["mi", "", "b"]]),
        (a**-1.0, ["msup", "", ["mi", "", "a"], ["mn", "", "−1"]]),
        (Symbol("w5"), ["msub", "", ["mi", "", "w"], ["mn", "", "5"]]),
        (as_symbol(-0.5), ["mn", "", "−0.5"]),
        (Symbol(None, -4.0, "result"), ["mrow", "result", ["mn", "", "−4"]]),
        (
            a * as_symbol(-2.0),
            [
                "mrow",
                "",
                ["mi", "", "a"],
                ["mo", "", "·"],
                ["mrow", "", ["mo", "", "("], ["mn", "", "−2"], ["mo", "", ")"]],
            ],
        ),
        (
            as_symbol(np.array([1.0, -2.0])),
            [
                "mrow",
                "",
                ["mo", "", "["],
                [
                    "mtable",
                    "",
                    ["mtr", "", ["mtd", "", ["mn", "", "1"]]],
                    ["mtr", "", ["mtd", "", ["mn", "", "−2"]]],
                ],
                ["mo", "", "]"],
            ],
        ),
    ],
)
def test_mathml(symbol, expected):
    assert math(symbol) == expected
    check_math(math(symbol))


def test_roles_colour_the_parts():
    upstream, local = derivative("f", "q", -4.0, "upstream"), (a * c).with_role("local")
    assert math(upstream * local, numbers=True) == [
        "mrow",
        "",
        ["mrow", "", ["mo", "", "("], ["mrow", "upstream", ["mn", "", "−4"]], ["mo", "", ")"]],
        ["mo", "", "·"],
        ["mrow", "local", ["mrow", "", ["mn", "", "2"], ["mo", "", "·"], ["mn", "", "0.5"]]],
    ]
    assert math(upstream, numbers=True)[1] == "upstream" and math(local)[1] == "local"


@pytest.mark.parametrize(
    "name, expected",
    [
        ("x", "x"),
        ("w5", "w_{5}"),
        ("δ_2", r"\delta _{2}"),
        ("λ", r"\lambda "),
        ("Σ", r"\Sigma "),
        ("ο", "ο"),
        ("ά", "ά"),
        ("loss", r"\mathrm{loss}"),
        ("a_b", r"\mathrm{a\_b}"),
        ("50%", r"\mathrm{50\%}"),
        ("{0}", r"\mathrm{\{0\}}"),
        ("<b>", r"\mathrm{<{}b>}"),
        ("a b", r"\mathrm{a\ b}"),
    ],
)
def test_names_in_latex(name, expected):
    assert latex(Symbol(name)) == expected


@COMMON
@given(hostile_names)
def test_any_name_can_stand_in_a_formula(name):
    symbol = Symbol(name, -2.0)
    formula = (symbol + 1.0) * symbol / ops.exp(-symbol) - ops.maximum(symbol, a)
    assert text(formula).count(name) >= 4
    assert text(formula, numbers=True) == "(−2 + 1) · (−2) / e^(−(−2)) − max(−2, 2)"
    unescaped = re.sub(r"\\[{}]", "", latex(formula))
    assert unescaped.count("{") == unescaped.count("}")
    check_math(math(formula))


# ---------------------------------------------------------------- rules of a student's own, run on symbols


def own(rule, notation=None):
    @nt.primitive(vjps=(rule,), notation=notation)
    def mine(x):
        return x

    step = nt.trace(mine(nt.variable(-2.0, "x")))
    return text(step.local(step[-1]))


@pytest.mark.parametrize(
    "rule, expected",
    [
        (lambda g, y, x: g * 3 * x**2, "3 · x²"),
        (lambda g, y, x: g * np.exp(x), "e^x"),
        (lambda g, y, x: g * 2**x, "2^x"),
        (lambda g, y, x: np.multiply(g, nt.tanh(x)), "1 · tanh(x)"),
        (lambda g, y, x: g if x > 0 else 0.1 * g, "0.1"),
        (lambda g, y, x: g * (x < 3) * abs(x), "[3 > x] · |x|"),
        (lambda g, y, x: g * float(getattr(x, "value", x)) ** 2, "4"),
        (
            lambda g, y, x: g * x.cosine() if not isinstance(x, float) else g * 7.0,
            "7",
        ),  # asks too much: the number must do
    ],
)
def test_a_rule_of_ones_own(rule, expected):
    assert own(rule) == expected


@pytest.mark.parametrize(
    "notation", ["max{a}", "{0}", "}{", "a {0} b", "[a { b]", "<b>(a)", "%s(a)", "\\x(a)"]
)
def test_a_strange_notation_is_shown_as_it_is(notation):
    symbol = Symbol(None, 1.0, "", notation, (a,))
    assert notation.split("(")[0] in text(symbol) and latex(symbol)
    check_math(math(symbol))


def test_a_transposed_name_has_its_superscript_in_mathml():
    assert math(Symbol("W1ᵀ")) == ["msup", "", ["msub", "", ["mi", "", "W"], ["mn", "", "1"]], ["mi", "", "⊤"]]
    assert math(Symbol("ᵀ")) == ["mi", "", "ᵀ"]
