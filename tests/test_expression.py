"""Typed expressions: what is understood, and how the rest is refused."""

import keyword
import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnteach as nt
from nnteach.core.errors import ExpressionError
from nnteach.core.graph import ordered
from nnteach.symbolic import formula
from nnteach.symbolic.expression import FUNCTIONS, WRITTEN_OUT, parse, parse_value
from nnteach.symbolic.formula import Symbol
from nnteach.trace.trace import trace

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # 1/0 is inf here, as in NumPy


def refusal(text, **values):
    with pytest.raises(ExpressionError) as caught:
        parse(text, values)
    return str(caught.value)


def used(text, **values):
    """Those of the values whose names stand in the text."""
    names = re.findall(r"\w+", text)
    return {name: value for name, value in values.items() if name in names}


# ------------------------------------------------------------------------------------------------ understood

@pytest.mark.parametrize("text, expected", [
    ("(x + y) * z", -12.0), ("x + y * z", -22.0), ("x - y - z", -3.0), ("-x**2", -4.0), ("(-x)**2", 4.0),
    ("2**3**2 + 0*x*y*z", 512.0), ("x / y / 2 + 0*z", -0.2), ("x−y·z×1", 18.0), ("x÷y + 0*z", -0.4),
    ("+x + .5 + 1e1 + 2.", 10.5),
    ("max(x, y) + min(y, z) + abs(x)", 3.0), ("ln(exp(x))", -2.0), ("x * (y\n\n  + z)", -2.0),
    ("\tx+1  ", -1.0),
])
def test_value(text, expected):
    assert parse(text, used(text, x=-2, y=5, z=-4)).value == pytest.approx(expected, abs=1e-15)


def test_the_graph_is_the_one_python_would_build():
    f = parse("q = x + y; f = q * z", {"x": -2, "y": 5, "z": -4})
    assert (f.name, f.parents[0].name, f.parents[1].name) == ("f", "q", "z")
    f.backward()
    grads = {node.name: node.grad for node in ordered(f)}
    assert grads == {"x": -4.0, "y": -4.0, "z": 3.0, "q": -4.0, "f": 1.0}


def test_an_unnamed_result_stays_unnamed_and_names_on_lines_of_their_own():
    f = parse("q = x + 1\nq * x", {"x": 2})
    assert f.name is None and f.value == 6.0 and f.parents[1] is f.parents[0].parents[0]


def test_numbers_are_constants_and_a_sign_belongs_to_its_number():
    f = parse("-2 * x", {"x": 3})
    assert [parent.kind for parent in f.parents] == ["constant", "input"]
    assert f.parents[0].value == -2.0


def test_vectors_and_matrices():
    f = parse("sum([[1, 2], [3, -4]] @ v)", {"v": [1, 0.5]})
    assert f.value == 3.0
    f.backward()
    assert next(n for n in ordered(f) if n.name == "v").grad.tolist() == [4.0, -2.0]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_of_the_table_can_be_called(name):
    needs = len(FUNCTIONS[name].vjps)
    values = {f"x{i}": np.full((2, 2) if name == "matrix_transpose" else 2, 0.5 + i) for i in range(needs)}
    node = parse(f"{name}({', '.join(values)})", values)
    assert node.primitive is FUNCTIONS[name]


def test_other_alphabets():
    assert parse("é·변수 + δ", {"é": 2, "변수": 3, "δ": 1}).value == 7.0
    assert parse("ｘ + 1", {"x": 1}).value == 2.0  # full-width x is Python's x


# --------------------------------------------------------------------------------------------------- refused

@pytest.mark.parametrize("text, hint", [
    ("x^2", "**"), ("x²", "**"), ("2x", "2*x"), ("2(x+1)", "2*(...)"), ("x y", "x*y"),
    ("(x)(x)", "(...)*(...)"), ("x(2)", "x*(...)"),
    ("x 2", "x*2"), ("x < 2", "Comparisons"), ("x == 2", "Comparisons"), ("x != 2", "Comparisons"),
    ("x.real", "dot"), ("x.__class__", "dot"),
    ("lambda: x", "lambda"), ("x if x else 1", "word if"), ("x and x", "word and"), ("not x", "word not"),
    ("None", "None"),
    ("exp(x=1)", "without names"), ("exp(*x)", "Allowed"), ("exp(**x)", "Allowed"),
    ("exp + x", "exp is a function"), ("expp(x)", "Did you mean exp"),
    ("exp(x, x)", "1 input, not 2"), ("exp()", "1 input, not 0"), ("maximum(x)", "2 inputs, not 1"),
    ("x[0]", "Taking a part"), ("[x, 1]", "list"), ("[]", "list"),
    ("[[1, 2], [3]] @ x", "one length"), ("x @ x", "vectors and matrices"), ("x // 2", "//"),
    ("x % 2", "%"), ("x, x", "comma"), ("0,5*x", "0.5"), ("()", "comma"),
    ("(x", "never closed"), ("x)", "closes nothing"), ("(x]", "closes nothing"), ("x +", "missing"),
    ("* x", "Allowed"), ("x */ 2", "missing"), (";", "missing"),
    ("'x'", "Texts"), ("f\"{x}\"", "Texts"), ("x := 2", ":"), ("x # 2", "#"), ("{x}", "{"), ("x\\", "\\"),
    ("x?", "?"), ("\x1b[31mx", "U+001B"), ("x\x00", "U+0000"),
    ("1e999*x", "too large"), ("007*x", "leading 0"), ("1j*x", "1*j"), ("0x10", "0*x10"),
    ("1_000", "1*_000"), ("x+1 = 3", "new name"), ("x += 1", "Allowed"),
    ("a = b = x", "Allowed"), ("f = x", "already"), ("f = +x", "already"),
    ("exp = x", "name of a function"), ("x = 2", "both"), ("a = x*2; a = x*3", "twice"),
    ("a = x*2; x*3", "does not use"), ("x*2; x*3", "Only the last"),
    ("a = b*x; b = x*2; a*b", "before the line"), ("import os", "import"), ("del x", "del"),
    ("__import__('os')", "'"), ("eval(x)", "eval is not a function"), ("[i for i in x]", "for"),
    ("", "There is no expression"), ("  \n ", "There is no expression"),
])
def test_refused_with_a_hint(text, hint):
    message = refusal(text, x=1.0)
    assert hint in message
    assert "Traceback" not in message


@pytest.mark.parametrize("text, column", [
    ("x^2", 1), ("(x + 1) < 2", 8), ("é + ü²", 5), ("x·é − 2x", 7), ("x + foo(x)", 4), ("x +", 3),
    ("x + (x", 4), ("x * (x + w)", 9),
    ("변수 + x^2", 8), ("x // x", 2),  # Korean letters are two columns wide
])
def test_the_caret_stands_under_the_place(text, column):
    _, caret, *_ = refusal(text, x=1.0, é=1.0, ü=1.0, 변수=1.0).split("\n")
    assert caret == " " * column + "^"


def test_the_caret_in_a_line_of_many():
    assert refusal("q = x + 1\nq ^ 2", x=1).startswith("q ^ 2\n  ^\n")


def test_the_caret_in_a_very_long_line():
    text = "x + " * 400 + "x ^ 2" + " + x" * 400
    shown, caret, *_ = refusal(text, x=1).split("\n")
    assert shown[len(caret) - 1] == "^" and len(shown) < 100


def test_missing_values_are_named_all_at_once():
    message = refusal("x + y*w", x=1)
    assert "y and w have no values" in message and "y=1 w=1" in message


def test_a_value_that_nothing_uses():
    message = refusal("x + 1", x=1, x2=3)
    assert "x2" in message and "it uses x" in message


def test_a_value_for_a_function():
    assert "exp is the name of a function" in refusal("exp(x)", x=1, exp=2)


def test_shapes_that_do_not_fit_are_told_with_the_students_names():
    message = refusal("[1, 2, 3] + v", v=[1, 2])
    assert "v (2,)" in message and "(3,)" in message


# ---------------------------------------------------------------------------------------- long, deep, strange

def test_a_long_sum_is_refused_before_it_is_parsed():
    assert "5,000 operations" in refusal("1" + "+1" * 5000)
    assert "characters" in refusal("x" * 1_000_000)


@pytest.mark.parametrize("text", [
    "1" + "+1" * 1000, "-" * 998 + "x", "x" + "**x" * 500,
    "(" * 50 + "x" + ")" * 50, "exp(" * 50 + "x" + ")" * 50,
])
def test_up_to_the_limits_it_works(text):
    parse(text, used(text.replace("**", " ").replace("-", " "), x=1.0))


def test_brackets_too_deep():
    assert "more than 50 deep" in refusal("(" * 51 + "x" + ")" * 51, x=1)
    assert "more than 50 deep" in refusal("(" * 9999 + "x", x=1)


def test_a_tower_of_powers_overflows_to_infinity_at_once():
    assert parse("9**9**9**9", {}).value == np.inf  # whole numbers would take all memory


WORDS = [*"x y exp max 1 2.5 + - * / ** @ ( ) [ ] , = ; ^ é ² . _ < 0 e ' \\ :".split(), "\n", " ",
         *keyword.kwlist[:6]]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.text(max_size=20))
def test_any_text_is_a_graph_or_a_refusal(text):
    for values in ({}, {"x": 1.0}, {"x": [1.0, 2.0], "y": 3.0}):
        try:
            parse(text, values)
        except ExpressionError as error:
            assert str(error)


def binary(left, sign, right):
    value = {"+": left[1] + right[1], "-": left[1] - right[1], "*": left[1] * right[1]}[sign]
    return f"({left[0]} {sign} {right[0]})", value


TEXTS_AND_VALUES = st.recursive(
    st.sampled_from([("x", 0.3), ("y", -1.2), ("2", 2.0), (".5", 0.5)]),
    lambda inner: st.one_of(st.builds(binary, inner, st.sampled_from("+-*"), inner),
                            inner.map(lambda one: (f"-{one[0]}", -one[1])),
                            inner.map(lambda one: (f"tanh({one[0]})", np.tanh(one[1])))))


@settings(max_examples=200, deadline=None)
@given(TEXTS_AND_VALUES)
def test_values_agree_with_python(text_and_value):
    text, expected = text_and_value
    got = parse(text, used(text, x=0.3, y=-1.2)).value
    assert got == pytest.approx(float(expected), rel=1e-14, abs=1e-300)


# ----------------------------------------------------------------------------------------------------- values

@pytest.mark.parametrize("text, expected", [
    ("x=-2", ("x", -2.0)), ("x=0,5", ("x", 0.5)), ("x=−1,5e3", ("x", -1500.0)), ("x=.5", ("x", 0.5)),
    ("x = 3", ("x", 3.0)),
    ("v=[1,-2]", ("v", [1.0, -2.0])), ("W=[[1, 2], [3, 4.5]]", ("W", [[1.0, 2.0], [3.0, 4.5]])),
    ("δ=1", ("δ", 1.0)),
])
def test_values_as_typed(text, expected):
    assert parse_value(text) == expected


@pytest.mark.parametrize("text", [
    "x", "x=", "=3", "2=3", "x=abc", "x=inf", "x=nan", "x=1e999", "x=1/3", "x=[y]", "x=[1]+2", "x=[1",
    "x=[[1,2],[3]]",
    "x=[]", "x=1,2,3", "x=__import__('os')", "x==2", "x=0x10", "x=١",
])
def test_values_refused(text):
    with pytest.raises(ExpressionError):
        parse_value(text)


@pytest.mark.parametrize("text, said", [
    ("x", "name=number"), ("x=abc", "needs a number"), ("x=1e999", "too large"), ("x=[[1,2],[3]]", "one length"),
    ("x=[1", "never closed"), ("x=[y]", "list holds"), ("x=[1]+2", "list holds"), ("x=[1];[2]", "one list"),
    ("x=[1]\n[2]", "one list"), ("=", "name=number"), ("x=[]", "list holds"), ("x=[1]=[2]", "new name"),
    ("x=" + "[" * 60 + "1" + "]" * 60, "more than 50"), ("x=[\x00]", "U+0000"), ("x=½", "needs a number"),
])
def test_a_value_is_refused_with_a_caret_and_a_sentence(text, said):
    with pytest.raises(ExpressionError) as caught:
        parse_value(text)
    _, caret, *sentence = str(caught.value).split("\n")
    assert caret.strip() == "^" and said in " ".join(sentence)


def test_the_caret_of_a_value_stands_under_what_was_typed():
    with pytest.raises(ExpressionError) as caught:
        parse_value("x1 =  1/3")
    assert str(caught.value).startswith("x1 =  1/3\n      ^\n")


@pytest.mark.parametrize("refuse", [
    lambda: parse("x + 1", {"x": 1, "x2": 3}), lambda: parse("exp(x)", {"x": 1, "exp": 2}), lambda: parse("", {}),
    lambda: parse("1" + "+1" * 5000, {}), lambda: parse("x" * 30_000, {}),
])
def test_every_refusal_has_a_caret(refuse):
    with pytest.raises(ExpressionError) as caught:
        refuse()
    assert [line for line in str(caught.value).split("\n") if line.strip() == "^"]


# --------------------------------------------------------------------------------- too large, or of no meaning


def ones(rows, column=False):
    return [[1.0]] * rows if column else [1.0] * rows


BOMBS = {
    "list times column": ("v*w", {"v": ones(9990), "w": ones(4990, True)}),
    "two hundred times": ("v*w" + "*2" * 200, {"v": ones(9990), "w": ones(4990, True)}),
    "three lists": ("v*w*u", {"v": ones(3300), "w": ones(3300, True), "u": [ones(3300, True)]}),
    "column @ row": ("w @ v", {"w": ones(3300, True), "v": [ones(3300)]}),
    "outer": ("outer(v, v)", {"v": ones(3300)}), "batches": ("outer(w, v)", {"w": [ones(300, True)], "v": ones(9000)}),
    "a sum": ("v + w", {"v": ones(9990), "w": ones(4990, True)}),
    "maximum": ("max(v, w)", {"v": ones(9990), "w": ones(4990, True)}),
    "many": ("+".join(["v"] * 900), {"v": ones(9990)}),
    "the loss of a list and a column": ("softmax_cross_entropy(v, w*v)", {"v": ones(9990), "w": ones(4990, True)}),
    "a column and a matrix": ("clip(v, w, u)", {"v": ones(999), "w": ones(999, True), "u": 1.0}),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_be_too_large_is_refused_before_it_is_there(name):
    text, values = BOMBS[name]
    tracemalloc.start()
    try:
        message = refusal(text, **values)
        assert tracemalloc.get_traced_memory()[1] < 60e6
    finally:
        tracemalloc.stop()
    assert re.search(r"[\d,]+ numbers.*at most [\d,]+ can be shown", message) and "\n" in message


def test_what_is_not_too_large_is_computed():
    assert parse("sum(outer(v, v))", {"v": ones(300)}).value == 90_000.0
    assert parse("sum(w @ w)", {"w": [ones(50)] * 50}).value == 50.0**3


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.parametrize("arguments", [
    (2.0,), ([1.0],), ([[1.0, 2.0]],), ([[[1.0]], [[2.0]]],), (1e308,), ([1e308, -1e308],), (0.0,), (-1.0,),
    (2.0, [1.0, 2.0]), ([1.0, 2.0], 2.0), ([1.0, 2.0], [1.0, 2.0, 3.0]), ([[1.0, 2.0]], [1.0]), ([1.0], [1.0, 2.0]),
])
def test_a_function_of_anything_is_a_number_or_a_refusal(name, arguments):
    """`matrix_transpose(2)` was a traceback: every function, on numbers of every shape, forward and back."""
    needs = len(FUNCTIONS[name].vjps)
    values = {f"x{i}": arguments[i % len(arguments)] for i in range(needs)}
    try:
        node = parse(f"{name}({', '.join(values)})", values)
    except ExpressionError as error:
        shown, caret, *sentence = str(error).split("\n")
        assert shown.startswith(name) and caret == "^" and "has no attribute" not in " ".join(sentence)
        return
    trace(node).to_text()
    if node.shape == ():
        node.backward()
        assert all(np.shape(leaf.grad) == leaf.shape for leaf in ordered(node) if leaf.kind == "input")


# ------------------------------------------------------------------------------------ advice that is followed


@pytest.mark.parametrize("text, function", [
    ("tan(x)", np.tan), ("sinh(x)", np.sinh), ("cosh(x)", np.cosh), ("log2(x)", np.log2), ("log10(x)", np.log10),
    ("lg(x)", np.log10), ("ld(x)", np.log2), ("log1p(x)", np.log1p), ("expm1(x)", np.expm1), ("exp2(x)", np.exp2),
    ("cbrt(x)", np.cbrt), ("pow(x, 3)", lambda x: x**3), ("power(x, -x)", lambda x: x**-x), ("sgn(x)", np.sign),
    ("cot(x)", lambda x: 1 / np.tan(x)), ("logistic(x)", nt.sigmoid), ("expit(x - 1)", lambda x: nt.sigmoid(x - 1)),
    ("heaviside(x)", lambda x: np.heaviside(x, 0.0)), ("sinh(x - 2*x)", lambda x: np.sinh(-x)),
    ("cosh(x + 1)", lambda x: np.cosh(x + 1)), ("log2(x + 1)", lambda x: np.log2(x + 1)), ("pow(x+1, x+2)", lambda x: (
        x + 1) ** (x + 2)), ("divide(x - 1, x + 1)", lambda x: (x - 1) / (x + 1)), ("add(x, 1)", lambda x: x + 1),
    ("multiply(x + 1, x)", lambda x: (x + 1) * x), ("subtract(1, x - 1)", lambda x: 2 - x),
    ("negative(x - 1)", lambda x: 1 - x),
])
def test_a_function_that_is_none_of_ours_is_written_out(text, function):
    written = re.search(r"Write (.*)\.\nAllowed", refusal(text, x=0.7))[1]
    assert parse(written, {"x": 0.7}).value == pytest.approx(float(function(0.7)), rel=1e-14)


def test_every_function_written_out_is_one_that_is_refused():
    tried = ("tan cot sinh cosh log2 log10 ld lg log1p expm1 exp2 cbrt pow power logistic expit sgn heaviside divide "
             "multiply add subtract negative").split()
    assert set(WRITTEN_OUT) - set(tried) == {"dot", "matmul", "transpose"} and not set(WRITTEN_OUT) & set(FUNCTIONS)
    for name, expected in (("dot", 11.0), ("matmul", 11.0)):
        written = re.search(r"Write (.*)\.\n", refusal(f"{name}(v, w)", v=[1.0, 2.0], w=[3.0, 4.0]))[1]
        assert parse(written, {"v": [1.0, 2.0], "w": [3.0, 4.0]}).value == expected
    written = re.search(r"Write (.*)\.\n", refusal("transpose(W)", W=[[1.0, 2.0]]))[1]
    assert parse(written, {"W": [[1.0, 2.0]]}).value.tolist() == [[1.0], [2.0]]


@pytest.mark.parametrize("text, advice, value", [
    ("sin x", "sin(x)", np.sin(0.5)), ("2*exp x", "exp(x)", np.exp(0.5)), ("log 2", "log(2)", np.log(2.0)),
    ("2x", "2*x", 1.0), ("x 2", "x*2", 1.0), ("2(x+1)", "2*(x+1)", 3.0), ("x(2)", "x*(2)", 1.0), ("x^2", "x**2", 0.25),
    ("x²", "x**2", 0.25), ("√x", "sqrt(x)", 0.5**0.5), ("|x|", "abs(x)", 0.5), ("e**x", "exp(x)", np.exp(0.5)),
    ("x // 2", "/", 0.25), ("0,5", "0.5", 0.5), ("expp(x)", "exp", np.exp(0.5)), ("007", "7", 7.0),
    ("x < 2", "minimum(a, b)", None), ("x[0]", "lists of numbers", None),
])
def test_the_advice_is_right(text, advice, value):
    message = refusal(text, x=0.5)
    assert advice in message.replace("(...)", advice[2:])
    meant = {"expp(x)": "exp(x)", "x // 2": "x / 2"}.get(text, advice)
    if value is not None:
        assert parse(meant, used(meant, x=0.5)).value == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_what_nnteach_writes_it_also_reads(name):
    """σ(x), ReLU(x), max(a, b), ln(x): the player shows them so."""
    primitive, x = FUNCTIONS[name], np.array([[0.2, 0.7], [0.4, 0.9]])
    values = {f"x{i}": x + i for i in range(len(primitive.vjps))}
    inputs = [Symbol(given, value) for given, value in values.items()]
    written = formula.text(Symbol(None, None, "", primitive.notation, tuple(inputs)))
    if "(" not in written or written.startswith(("Σ", "spread(", "crossentropy(")):
        return  # drawn as a formula, or two primitives are written alike
    np.testing.assert_array_equal(parse(written, values).value, primitive.forward(*values.values()))


def test_signs_of_books():
    assert parse("x ⊙ y", {"x": 2, "y": 3}).value == 6.0 and parse("σ(x)", {"x": 0}).value == 0.5
