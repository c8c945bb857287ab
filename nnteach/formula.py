"""Formulas: the rules of the table, run on symbols, written as text, LaTeX or MathML.

A Symbol is a name together with its number. Computing with symbols builds an expression, and a rule of `ops.py` run on
symbols therefore gives the formula of the derivative. The same expression is written with names or with the numbers put
in:

    x, w = Symbol("x", 2.0), Symbol("w", -3.0)
    text(w * x)                   'w · x'
    text(w * x, numbers=True)     '(−3) · 2'

`forms.py` says what each notation looks like, `digits.py` how a number is shown. None of the three knows the table: a
primitive reaches a Symbol through `__apply__` and tells its notation itself.
"""

import numpy as np

from .digits import lines, number, rows
from .forms import ATOM, INDEXED, POWER, PREFIX, PRODUCT, form_of, latex_name
from .primitive import FROM_NUMPY


class Symbol:
    """A name with a number, a bare number, or an expression made of them.

    Args:
        name: how it is written; None for a bare number.
        value: its number or array.
        role: "upstream", "local", "result" or "value": its colour in the player.
    """

    __slots__ = ("inputs", "name", "notation", "primitive", "role", "static", "value")

    def __init__(self, name, value=None, role="", notation=None, inputs=(), primitive=None, static=None):
        self.name, self.value, self.role, self.notation, self.inputs = name, value, role, notation, inputs
        self.primitive, self.static = primitive, static or {}  # of an expression, for those who run it again

    @property
    def shape(self):
        return np.shape(self.value)

    @property
    def dtype(self):
        return np.asarray(self.value).dtype

    @property
    def is_number(self) -> bool:
        return self.name is None and self.notation is None

    def is_exactly(self, number) -> bool:
        return self.is_number and self.shape == () and self.value == number

    def with_role(self, role) -> "Symbol":
        return Symbol(self.name, self.value, role, self.notation, self.inputs, self.primitive, self.static)

    @classmethod
    def __apply__(cls, primitive, inputs, static):
        inputs = tuple(map(as_symbol, inputs))
        with np.errstate(all="ignore"):
            value = primitive.forward(*[x.value for x in inputs], **static)
        if primitive.notation.startswith("where(") and np.ndim(inputs[0].value) == 0:
            case = inputs[1] if inputs[0].value else inputs[2]  # with the numbers known, the case that holds
            if case.shape == np.shape(value):
                return case
            return Symbol(case.name, value, case.role, case.notation, case.inputs, case.primitive, case.static)
        if primitive.notation == "a ^ b" and inputs[1].is_exactly(1):
            return inputs[0]
        if primitive.notation == "a ^ b" and inputs[1].is_exactly(2):
            return Symbol(None, value, "", "a²", inputs[:1])
        written = primitive.written([x.shape for x in inputs], static)
        return Symbol(None, value, "", written, inputs, primitive, static)

    def __add__(self, other):
        return _made("a + b", lambda a, b: a + b, self, other)

    def __radd__(self, other):
        return as_symbol(other) + self

    def __sub__(self, other):
        return _made("a − b", lambda a, b: a - b, self, other)

    def __rsub__(self, other):
        return as_symbol(other) - self

    def __mul__(self, other):
        other = as_symbol(other)
        for one, rest in ((self, other), (other, self)):
            if one.is_exactly(1):
                return rest
            if one.is_exactly(-1):
                return -rest
        if self is other:
            return Symbol(None, self.value * self.value, "", "a²", (self,))
        return _made("a · b", lambda a, b: a * b, self, other)

    def __rmul__(self, other):
        return as_symbol(other) * self

    def __truediv__(self, other):
        return _made("a / b", np.true_divide, self, other)

    def __rtruediv__(self, other):
        return as_symbol(other) / self

    def __neg__(self):
        if self.is_number:
            return Symbol(None, -self.value)
        return self.inputs[0] if self.notation == "−a" else Symbol(None, -self.value, "", "−a", (self,))

    def __pow__(self, other):
        return np.power(self, other)

    def __rpow__(self, other):
        return np.power(other, self)

    def __matmul__(self, other):
        return np.matmul(self, other)

    def __abs__(self):
        return np.abs(self)

    def __lt__(self, other):
        return as_symbol(other) > self

    def __le__(self, other):
        return as_symbol(other) >= self

    def __bool__(self):
        return self.value is None or bool(self.value)  # a rule with `if x > 0` takes the branch that the number takes

    def __array_ufunc__(self, ufunc, method, *inputs, **settings):
        return FROM_NUMPY[ufunc](*inputs) if ufunc in FROM_NUMPY and not settings else NotImplemented

    def __array_function__(self, function, types, inputs, settings):
        return FROM_NUMPY[function](*inputs, **settings) if function in FROM_NUMPY else NotImplemented

    def __gt__(self, other):
        return Symbol(None, self.value > as_symbol(other).value, "", "[a > b]", (self, as_symbol(other)))

    def __ge__(self, other):
        return Symbol(None, self.value >= as_symbol(other).value, "", "[a ≥ b]", (self, as_symbol(other)))


def as_symbol(x) -> Symbol:
    """The thing itself if it is a Symbol, else a bare number."""
    return x if isinstance(x, Symbol) else Symbol(None, x)


def _made(notation, compute, a, b):
    a, b = as_symbol(a), as_symbol(b)
    with np.errstate(all="ignore"):
        value = compute(a.value, b.value)
    if a.is_number and b.is_number and np.ndim(value) == 0:
        return Symbol(None, value)  # 2 − 1 in an exponent is 1
    return Symbol(None, value, "", notation, (a, b))


GRADIENTS = ("∂a/∂b", "∇b a")  # two ways to write one
HAT = "â"
STANDING_FOR_A_NUMBER = (*GRADIENTS, HAT)  # with numbers put in, each is the number it stands for


def derivative(of: str, by: str, value=None, role="", style=GRADIENTS[0]) -> Symbol:
    """The symbol ∂of/∂by, or ∇_by of, with the number it stands for."""
    return Symbol(None, value, role, style, (Symbol(of), Symbol(by)))


def _form(symbol):
    form = form_of("a ⊙ b" if _is_entrywise(symbol) else symbol.notation, len(symbol.inputs))
    # A product of matrices in one of entries, or the other way round, would be read in the wrong order.
    mixed = (lambda x: x.notation in _OF_MATRICES) if _is_entrywise(symbol) else _is_entrywise
    if _is_entrywise(symbol) or symbol.notation in _OF_MATRICES:
        needs = (max(need, POWER) if mixed(x) else need for need, x in zip(form.needs, symbol.inputs, strict=True))
        form = form._replace(needs=tuple(needs))
    return form


_OF_MATRICES = ("a @ b", "a @ bᵀ")


def _is_entrywise(symbol):
    return symbol.notation == "a · b" and all(x.shape for x in symbol.inputs)


def _is_leaf(symbol, numbers):
    return symbol.notation is None or (numbers and symbol.notation in STANDING_FOR_A_NUMBER)


# --------------------------------------------------------------------------------------- the three styles

def text(symbol: Symbol, numbers: bool = False) -> str:
    """A formula as plain text, with names or with the numbers put in."""
    return _write(symbol, numbers, _text_leaf, lambda form: form.text, "({0})")


def latex(symbol: Symbol, numbers: bool = False) -> str:
    """A formula as LaTeX (without the dollar signs)."""
    return _write(symbol, numbers, _latex_leaf, lambda form: form.latex, r"\left({0}\right)")


def math(symbol: Symbol, numbers: bool = False) -> list:
    """A formula as the tree of MathML elements that the player builds: [tag, role, child, …]."""
    tree = _math_leaf(symbol, numbers) if _is_leaf(symbol, numbers) else _math_form(symbol, numbers)
    return ["mrow", symbol.role, tree] if symbol.role else tree


def _write(symbol, numbers, leaf, template, bracket):
    if _is_leaf(symbol, numbers):
        return leaf(symbol, numbers)
    form = _form(symbol)
    written = template(form)
    parts = [_write(x, numbers, leaf, template, bracket) for x in symbol.inputs]
    grouped = [f"{{{{{{{i}}}}}}}" in written for i in range(len(parts))]  # by braces: above a line, as an exponent
    # The notation of a primitive of one's own may name fewer inputs than there are: what it leaves out is not written.
    parts = [p if free or strength(x, numbers) >= need else bracket.format(p)
             for p, free, x, need in zip(parts, grouped, symbol.inputs, form.needs, strict=False)]
    return written.format(*parts)


def strength(symbol: Symbol, numbers: bool) -> int:
    """How strongly what is written holds together: a negative number is as weak as a minus sign, 2e5 as a product."""
    if not _is_leaf(symbol, numbers):
        return _form(symbol).binds
    is_written_as_number = (numbers or symbol.name is None) and symbol.shape == () and symbol.value is not None
    if not is_written_as_number:
        return ATOM
    written = number(symbol.value)
    return PREFIX if written.startswith("−") else PRODUCT if "e" in written else ATOM


def _text_leaf(symbol, numbers):
    if symbol.name is not None and not (numbers and symbol.value is not None):
        return symbol.name
    if np.ndim(symbol.value) == 0:
        return number(symbol.value)
    table = rows(symbol.value)
    if table is None:
        return lines(symbol.value)[0]
    if np.ndim(symbol.value) == 1:
        return "[" + ", ".join(row[0] for row in table) + "]"
    return "[" + ", ".join("[" + ", ".join(row) + "]" for row in table) + "]"


def _latex_leaf(symbol, numbers):
    if symbol.name is not None and not (numbers and symbol.value is not None):
        return latex_name(symbol.name)
    if np.ndim(symbol.value) == 0:
        return _latex_number(number(symbol.value))
    table = rows(symbol.value)
    if table is None:
        return rf"\text{{{lines(symbol.value)[0]}}}".replace("×", r"$\times$")
    body = r" \\ ".join(" & ".join(map(_latex_number, row)) for row in table)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _latex_number(shown):
    shown = shown.replace("−", "-").replace("∞", r"\infty").replace("nan", r"\text{nan}")
    mantissa, has_exponent, exponent = shown.partition("e")
    return rf"{mantissa} \cdot 10^{{{exponent}}}" if has_exponent else shown


def _math_leaf(symbol, numbers):
    if symbol.name is not None and not (numbers and symbol.value is not None):
        if len(symbol.name) > 1 and symbol.name.endswith("ᵀ"):
            return ["msup", "", _math_leaf(Symbol(symbol.name[:-1]), False), ["mi", "", "⊤"]]
        match = INDEXED.fullmatch(symbol.name)
        return ["msub", "", ["mi", "", match[1]], ["mn", "", match[2]]] if match else ["mi", "", symbol.name]
    if np.ndim(symbol.value) == 0:
        return ["mn", "", number(symbol.value)]
    table = rows(symbol.value)
    if table is None:
        return ["mtext", "", lines(symbol.value)[0]]
    cells = [["mtr", "", *[["mtd", "", ["mn", "", cell]] for cell in row]] for row in table]
    return ["mrow", "", ["mo", "", "["], ["mtable", "", *cells], ["mo", "", "]"]]


def _math_form(symbol, numbers):
    form = _form(symbol)
    free = form.math[0] in ("mfrac", "msqrt")

    def build(part, is_exponent=False):
        if isinstance(part, int):
            inner = symbol.inputs[part]
            tree = math(inner, numbers)
            bare = free or is_exponent or strength(inner, numbers) >= form.needs[part]
            return tree if bare else ["mrow", "", ["mo", "", "("], tree, ["mo", "", ")"]]
        tag, *children = part
        if children and isinstance(children[0], str):
            return [tag, "", children[0]]
        return [tag, "", *[build(c, tag == "msup" and i == 1) for i, c in enumerate(children)]]

    return build(form.math)
