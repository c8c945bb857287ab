"""Formulas: the rules of the table, run on symbols, written as text, LaTeX or MathML.

A Symbol is a name together with its number. Computing with symbols builds an expression, and a rule of `ops.py` run on
symbols therefore gives the formula of the derivative. The same expression is written with names or with the numbers put
in:

    x, w = Symbol("x", 2.0), Symbol("w", -3.0)
    text(w * x)                   'w · x'
    text(w * x, numbers=True)     '(−3) · 2'

`templates.py` says what each notation looks like, `number_format.py` how a number is shown. None of the three knows
the table: a primitive reaches a Symbol through `__apply__` and tells its notation itself.

A formula may have any length and depth; what is written has not: `cut` leaves out what is too much to read, and says
how much that is.
"""

import functools
from collections import deque

import numpy as np

from ..core.primitive import FROM_NUMPY, SETTING
from .number_format import lines, number, rows
from .templates import ATOM, INDEXED, POWER, PREFIX, PRODUCT, escape_latex, form_of, latex_name

_TURNED = {np.less: np.greater, np.less_equal: np.greater_equal}


class Symbol:
    """A name with a number, a bare number, or an expression made of them.

    Args:
        name: how it is written; None for a bare number.
        value: its number or array.
        role: "upstream", "local", "result" or "value": its colour in the player.
        row: whether an array of one axis acts as a row here; else it is drawn upright.
    """

    __slots__ = ("inputs", "name", "notation", "primitive", "role", "row", "static", "value")

    def __init__(self, name, value=None, role="", notation=None, inputs=(), primitive=None, static=None, row=False):
        self.name, self.value, self.role, self.notation, self.inputs = name, value, role, notation, inputs
        self.primitive, self.static = primitive, static or {}  # of an expression, for those who run it again
        self.row = row

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
        return Symbol(self.name, self.value, role, self.notation, self.inputs, self.primitive, self.static, self.row)

    def as_row(self) -> "Symbol":
        """The same as a row, if it is an array of one axis; what it is made of entry by entry, too."""
        made, waiting = {}, [self]  # by id: what comes twice is turned once
        while waiting:
            one = waiting[-1]
            if one.row or len(one.shape) != 1 or one.notation in _OF_MATRICES:
                made[id(waiting.pop())] = one
            elif missing := [x for x in one.inputs if x.shape == one.shape and id(x) not in made]:
                waiting += missing
            else:
                inputs = tuple(made[id(x)] if x.shape == one.shape else x for x in one.inputs)
                made[id(waiting.pop())] = Symbol(one.name, one.value, one.role, one.notation, inputs, one.primitive,
                                                 one.static, row=True)
        return made[id(self)]

    @classmethod
    def __apply__(cls, primitive, inputs, static):
        inputs = tuple(map(as_symbol, inputs))
        with np.errstate(all="ignore"):
            value = primitive.forward(*[x.value for x in inputs], **static)
        if primitive.notation.startswith("where(") and np.ndim(inputs[0].value) == 0:
            case = inputs[1] if inputs[0].value else inputs[2]  # with the numbers known, the case that holds
            if case.shape == np.shape(value):
                return case
            return Symbol(case.name, value, case.role, case.notation, case.inputs, case.primitive, case.static,
                          case.row)
        if primitive.notation == "aᵀ" and (turned_back := _turned_back(inputs[0], value)) is not None:
            return turned_back
        if primitive.notation == "a ^ b" and inputs[1].is_exactly(1):
            return inputs[0]
        if primitive.notation == "a ^ b" and inputs[1].is_exactly(2):
            return Symbol(None, value, "", "a²", inputs[:1], row=inputs[0].row)
        written = primitive.written([x.shape for x in inputs], static)
        return combined(written, value, inputs, primitive.elementwise, primitive, static)

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
            return Symbol(None, self.value * self.value, "", "a²", (self,), row=self.row)
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
        return self.inputs[0] if self.notation == "−a" else Symbol(None, -self.value, "", "−a", (self,), row=self.row)

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

    def __eq__(self, other):
        return np.equal(self, other)

    def __ne__(self, other):
        return np.not_equal(self, other)

    __hash__ = object.__hash__  # what is kept by symbol is kept by identity

    def __and__(self, other):
        return np.logical_and(self, other)

    def __or__(self, other):
        return np.logical_or(self, other)

    def __invert__(self):
        return np.logical_not(self)

    def __bool__(self):
        return self.value is None or bool(self.value)  # a rule with `if x > 0` takes the branch that the number takes

    def __array_ufunc__(self, ufunc, method, *inputs, **settings):
        if ufunc in _TURNED and not settings:  # a < b is b > a
            ufunc, inputs = _TURNED[ufunc], inputs[::-1]
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


def _turned_back(symbol, value):
    """What is transposed once more is what it was: (W1ᵀ)ᵀ is W1."""
    if symbol.notation == "aᵀ":
        return symbol.inputs[0]
    if symbol.notation is None and symbol.name is not None and len(symbol.name) > 1 and symbol.name.endswith("ᵀ"):
        return Symbol(symbol.name[:-1], value, symbol.role)
    return None


def _made(notation, compute, a, b):
    a, b = as_symbol(a), as_symbol(b)
    with np.errstate(all="ignore"):
        value = compute(a.value, b.value)
    if a.is_number and b.is_number and np.ndim(value) == 0:
        return Symbol(None, value)  # 2 − 1 in an exponent is 1
    return combined(notation, value, (a, b))


def combined(notation, value, inputs, elementwise=True, primitive=None, static=None) -> Symbol:
    """An expression in which an array of one axis lies as it acts: as a row beside a matrix or to the left of one."""
    base, _, setting = notation.partition(SETTING)
    rank, ranks = np.ndim(value), [len(x.shape) for x in inputs]
    row = False
    if base == "a @ b" and ranks[0] == 1:
        inputs, row = (inputs[0].as_row(), inputs[1]), rank == 1
    elif elementwise and 1 in ranks and (rank > 1 or any(x.row for x in inputs)):
        inputs, row = tuple(x.as_row() for x in inputs), rank == 1
    elif setting == "axis 0" and ranks == [2] and rank == 1:
        row = True  # the sums of columns stand side by side
    elif setting == "axis 0" and ranks == [1] and rank == 2:
        inputs = (inputs[0].as_row(),)
    return Symbol(None, value, "", notation, inputs, primitive, static, row)


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
    sizes = [np.size(x.value) for x in symbol.inputs if not (x.name or "").startswith(ELLIPSIS)]
    return symbol.notation == "a · b" and bool(sizes) and min(sizes) > 1


def _is_leaf(symbol, numbers):
    return symbol.notation is None or (numbers and symbol.notation in STANDING_FOR_A_NUMBER)


# ------------------------------------------------------------------------------------- what is too long to read

MOST_TERMS, SHOWN_TERMS = 24, 20
"""A sum, a product or a list of more parts than the first is cut to as many as the second."""
MOST_PARTS, MOST_DEPTH = 400, 30
"""Symbols in one formula, and how deep one stands in another; what goes beyond is an ellipsis."""
MORE = "… and {count} more"
ELLIPSIS = "…"
_CHAINS = ({"a + b", "a − b"}, {"a · b"}, {"a @ b"})  # from left to right without brackets


def rest(count: int, more: str = MORE) -> Symbol:
    """The words for what is left out, as a symbol."""
    return Symbol(more.format(count=count))


def shown(items) -> tuple[list, int]:
    """Those of many things that are written out, and how many more there are."""
    return (list(items[:SHOWN_TERMS]), len(items) - SHOWN_TERMS) if len(items) > MOST_TERMS else (list(items), 0)


def total(terms: list[Symbol], left_out: int = 0, more: str = MORE) -> Symbol:
    """The sum of symbols, and the words for those that are left out."""
    terms = [*terms, *[rest(left_out, more)] * bool(left_out)]
    return functools.reduce(lambda a, b: Symbol(None, None, "", "a + b", (a, b)), terms)


def cut(symbol: Symbol, more: str = MORE) -> Symbol:
    """The formula, with what makes it too long to read left out.

    Args:
        symbol: any formula, however long or deep.
        more: what stands for the rest of a long sum, product or list, with {count} for how many.

    Returns:
        The same Symbol if it is short; else one of at most MOST_PARTS parts.
    """
    if _is_short(symbol):
        return symbol
    top = _Piece(symbol, 0)
    queue, left = deque([top]), MOST_PARTS
    pieces = [top]
    while queue:
        piece = queue.popleft()
        parts, piece.left_out = _parts(piece.symbol)
        left -= len(parts)
        if piece.depth == MOST_DEPTH or left < 0:
            piece.symbol, parts = (piece.symbol if piece.symbol.notation is None else Symbol(ELLIPSIS)), []
        piece.parts = [_Piece(part, piece.depth + 1) for part in parts]
        queue += piece.parts
        pieces += piece.parts
    for piece in reversed(pieces):
        piece.join(more)
    return top.symbol


class _Piece:
    """A symbol on the way to being cut: its parts, how many more were left out, and in the end what stands for it."""

    def __init__(self, symbol, depth):
        self.symbol, self.depth, self.parts, self.left_out = symbol, depth, [], 0

    def join(self, more):
        """Put the parts, which are cut already, together again."""
        if not self.parts:
            return
        parts = [piece.symbol for piece in self.parts] + [rest(self.left_out, more)] * bool(self.left_out)
        if _chain_of(self.symbol) is None:
            self.symbol = _with_inputs(self.symbol, tuple(parts))
            return
        links = _links(self.symbol)[:len(self.parts) - 1]
        links += [Symbol(None, links[-1].value, "", min(_chain_of(self.symbol)))] * bool(self.left_out)
        made = parts[0]
        for link, part in zip(links, parts[1:], strict=True):
            made = _with_inputs(link, (made, part))
        self.symbol = made if len(links) == 0 else Symbol(made.name, made.value, self.symbol.role, made.notation,
                                                          made.inputs, made.primitive, made.static, made.row)


def _with_inputs(symbol, inputs):
    return Symbol(symbol.name, symbol.value, symbol.role, symbol.notation, inputs, symbol.primitive, symbol.static,
                  symbol.row)


def _is_short(symbol):
    """Whether all of a formula can be written; it is looked at no longer than that takes."""
    waiting, count = [(symbol, 0)], 0
    while waiting:
        one, depth = waiting.pop()
        count += 1 + len(one.inputs)
        if depth == MOST_TERMS or count > MOST_PARTS or len(one.inputs) > MOST_TERMS:
            return False
        waiting += [(part, depth + 1) for part in one.inputs]
    return True


def _parts(symbol):
    """What a formula is made of, and how much of it is left out: of a sum its terms, of a product its factors."""
    if _chain_of(symbol) is None:
        found = list(symbol.inputs)
    else:
        links = _links(symbol)
        found = [links[0].inputs[0], *(link.inputs[1] for link in links)]
    return shown(found)


def _chain_of(symbol):
    """The notations that go on from left to right with a symbol's own; None if it stands alone."""
    return next((chain for chain in _CHAINS if symbol.notation in chain), None)


def _links(symbol):
    """The sums of a sum, a + b, a + b + c, …, the shortest first; a part that has a colour of its own is a term."""
    chain, links = _chain_of(symbol), [symbol]
    while (before := links[-1].inputs[0]).notation in chain and not before.role:
        links.append(before)
    return links[::-1]


# --------------------------------------------------------------------------------------- the three styles

def text(symbol: Symbol, numbers: bool = False) -> str:
    """A formula as plain text, with names or with the numbers put in."""
    return _write(symbol, numbers, _text_leaf, lambda form: form.text, "({0})")


def latex(symbol: Symbol, numbers: bool = False) -> str:
    """A formula as LaTeX (without the dollar signs)."""
    return _write(symbol, numbers, _latex_leaf, lambda form: form.latex, r"\left({0}\right)")


def math(symbol: Symbol, numbers: bool = False) -> list:
    """A formula as the tree of MathML elements that the player builds: [tag, role, child, …]."""
    def coloured(one, tree):
        return ["mrow", one.role, tree] if one.role else tree

    return _folded(cut(symbol), numbers, lambda one: coloured(one, _math_leaf(one, numbers)),
                   lambda one, parts: coloured(one, _math_form(one, parts, numbers)))


def _write(symbol, numbers, leaf, template, bracket):
    def join(one, parts):
        form = _form(one)
        written = template(form)
        # By braces: above a line, as an exponent.
        grouped = [f"{{{{{{{i}}}}}}}" in written for i in range(len(parts))]
        # The notation of a primitive of one's own may name fewer inputs than there are: the rest is not written.
        return written.format(*(
            part if free or strength(x, numbers) >= need else bracket.format(part)
            for part, free, x, need in zip(parts, grouped, one.inputs, form.needs, strict=False)))

    return _folded(cut(symbol), numbers, lambda one: leaf(one, numbers), join)


def _folded(symbol, numbers, leaf, join):
    """Write a formula from its leaves up, with a stack of our own: `join` is given a symbol and its written parts."""
    written, waiting = [], [(symbol, False)]
    while waiting:
        one, is_ready = waiting.pop()
        if _is_leaf(one, numbers):
            written.append(leaf(one))
        elif is_ready:
            first = len(written) - len(one.inputs)
            written[first:] = [join(one, written[first:])]
        else:
            waiting += [(one, True), *((part, False) for part in reversed(one.inputs))]
    return written[0]


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
        if symbol.name.startswith(ELLIPSIS):
            return rf"\ldots\text{{{escape_latex(symbol.name.removeprefix(ELLIPSIS))}}}"
        return latex_name(symbol.name)
    if np.ndim(symbol.value) == 0:
        return _latex_number(number(symbol.value))
    table = _table(symbol)
    if table is None:
        return rf"\text{{{lines(symbol.value)[0]}}}".replace("×", r"$\times$")
    body = r" \\ ".join(" & ".join(map(_latex_number, row)) for row in table)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _table(symbol):
    return rows(np.asarray(symbol.value)[None, :] if symbol.row and len(symbol.shape) == 1 else symbol.value)


def _latex_number(shown):
    if shown == "nan":
        return r"\text{nan}"
    shown = shown.replace("−", "-").replace("∞", r"\infty")
    mantissa, has_exponent, exponent = shown.partition("e")
    return rf"{mantissa} \cdot 10^{{{exponent}}}" if has_exponent else shown


def _math_leaf(symbol, numbers):
    if symbol.name is not None and not (numbers and symbol.value is not None):
        if symbol.name.startswith(ELLIPSIS):
            return ["mtext", "", symbol.name]
        return _math_name(symbol.name)
    if np.ndim(symbol.value) == 0:
        return ["mn", "", number(symbol.value)]
    table = _table(symbol)
    if table is None:
        return ["mtext", "", lines(symbol.value)[0]]
    cells = [["mtr", "", *[["mtd", "", ["mn", "", cell]] for cell in row]] for row in table]
    return ["mrow", "", ["mo", "", "["], ["mtable", "", *cells], ["mo", "", "]"]]


def _math_name(name):
    plain = name.rstrip("ᵀ")
    turned = len(name) - len(plain)
    if not plain or turned > 2:
        return ["mi", "", name]
    match = INDEXED.fullmatch(plain)
    tree = ["msub", "", ["mi", "", match[1]], ["mn", "", match[2]]] if match else ["mi", "", plain]
    for _ in range(turned):
        tree = ["msup", "", tree, ["mi", "", "⊤"]]
    return tree


def _math_form(symbol, parts, numbers):
    form = _form(symbol)
    free = form.math[0] in ("mfrac", "msqrt")

    def build(part, is_exponent=False):
        if isinstance(part, int):
            bare = free or is_exponent or strength(symbol.inputs[part], numbers) >= form.needs[part]
            return parts[part] if bare else ["mrow", "", ["mo", "", "("], parts[part], ["mo", "", ")"]]
        tag, *children = part
        if children and isinstance(children[0], str):
            return [tag, "", children[0]]
        return [tag, "", *[build(c, tag == "msup" and i == 1) for i, c in enumerate(children)]]

    return build(form.math)
