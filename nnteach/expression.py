"""Read a typed expression such as "q = x + y; f = q * z" and build its graph.

Nothing typed here is ever run as a program. The text is cut into words (`words.py`), Python's parser arranges
them in a tree, and this module walks the tree and builds nodes from the few forms it knows: numbers, names,
+ - * / ** @, brackets, lists of numbers, calls of primitives, and `name = ...` to name what is computed.
Anything else is refused, with a caret under the place.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import math
import operator
import re
import unicodedata
from collections.abc import Mapping

import numpy as np

from .errors import ExpressionError, NNTeachError
from .graph import Node, constant, variable
from .primitive import PRIMITIVES, Primitive
from .words import Source, Word, cut

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
}
NOT_TYPED = set(  # there are operators for them, or no lesson needs them typed
    "add subtract multiply divide negative power matmul matvec equal greater "
    "greater_equal not_equal logical_and logical_or logical_not where stop_gradient".split()
)
ALIASES = {"abs": "absolute", "ln": "log", "max": "maximum", "min": "minimum"}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def _functions() -> dict[str, Primitive]:
    """Every primitive that can be called with nothing but its inputs: no axis, shape or index is needed."""
    table = {
        name: primitive
        for name, primitive in PRIMITIVES.items()
        if isinstance(primitive.vjps, tuple) and _needs(primitive) == len(primitive.vjps)
    }
    return {name: table[name] for name in table.keys() - NOT_TYPED} | {
        alias: table[name] for alias, name in ALIASES.items()
    }


def _needs(primitive: Primitive) -> int:
    parameters = inspect.signature(primitive.forward).parameters.values()
    return sum(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)


FUNCTIONS = _functions()
ALLOWED = (
    "Allowed are numbers, names, + - * / ** @, brackets, lists of numbers such as [1, 2], name = ...; and "
    f"the functions {', '.join(sorted(FUNCTIONS))}."
)


def parse(text: str, values: Mapping[str, object]) -> Node:
    """Build the graph of an expression.

    Args:
        text: one expression, or assignments and then an expression, separated by `;` or new lines. What is
            assigned is named: in "q = x + y; f = q * z" the nodes are called q and f, and f is the result.
        values: a number, list or array for every name that the expression does not assign itself.

    Returns:
        The node of the last line. Every name in `values` is a variable; every number is a constant.

    Raises:
        ExpressionError: the text holds something else, a value is missing, or one is not used.
    """
    values = {_known_as(name): value for name, value in values.items()}
    source = cut(text)
    for name in values:
        if name in FUNCTIONS:
            raise ExpressionError(
                f"{name} is the name of a function, so it cannot have a value; choose another name."
            )
    tree = _tree(source)
    _check_missing(source, values)
    result = _Builder(source, values).build(tree)
    _check_unused(source, values)
    return result


def parse_value(text: str) -> tuple[str, object]:
    """Read `name=number` or `name=[1, 2]` as typed on a command line; `x=0,5` and `x=−2` are understood.

    Returns:
        The name, and a float or a nested list of floats.
    """
    name, equals, number = (part.strip() for part in unicodedata.normalize("NFKC", text).partition("="))
    if not equals or not name.isidentifier():
        raise ExpressionError(f"A value is written name=number, for example x=-2; I got {text!r}.")
    number = number.translate(Source.SAME)
    if DECIMAL_COMMA.fullmatch(number):
        number = number.replace(",", ".")
    if NUMBER.fullmatch(number):
        value = float(number)
        if math.isinf(value):
            raise ExpressionError(
                f"{name}={number} is too large for a float64; the largest is about 1.8e308."
            )
        return name, value
    if number.startswith("["):
        source = cut(number)
        return name, _Builder(source, {}).numbers(_tree(source).body[-1].value).tolist()
    raise ExpressionError(
        f"{name} needs a number or a list of numbers, for example {name}=0.5 or {name}=[1, -2]; "
        f"I got {number!r}."
    )


def _known_as(name: str) -> str:
    """Python's own form of an identifier: full-width or composed letters count as the plain ones."""
    return unicodedata.normalize("NFKC", name)


def _read(source: Source) -> dict[str, Word]:
    """The names whose values are used, where each stands first."""
    return {_known_as(word.text): word for word in reversed(source.names) if word.before not in ("=", "(")}


def _check_missing(source: Source, values: Mapping[str, object]) -> None:
    assigned = {_known_as(word.text) for word in source.names if word.before == "="}
    read = _read(source)
    for name, word in read.items():
        if name in FUNCTIONS:
            raise source.refuse(word.start, f"{name} is a function: write {name}(...).")
    missing = sorted(read.keys() - values.keys() - assigned, key=lambda name: read[name].start)
    if missing:
        have = "has no value" if len(missing) == 1 else "have no values"
        example = " ".join(f"{name}=1" for name in missing)
        raise source.refuse(
            read[missing[0]].start, f"{_listed(missing)} {have}. Give one to each, such as {example}."
        )


def _check_unused(source: Source, values: Mapping[str, object]) -> None:
    read = _read(source)
    if unused := [name for name in values if name not in read]:
        raise ExpressionError(
            f"A value is given for {_listed(unused)}, but the expression has no such name; "
            f"it uses {_listed(sorted(read)) if read else 'no names'}."
        )


def _listed(names) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _tree(source: Source) -> ast.Module:
    try:
        return ast.parse(
            source.text
        )  # `cut` has bounded depth and length, so the parser cannot run out of stack
    except SyntaxError as error:
        position = source.position(error.lineno or 1, (error.offset or 1) - 1)
        if "assign" in error.msg:
            raise source.refuse(position, "Left of = stands one new name, such as q = x + y.") from None
        raise source.refuse(position, "Here something is missing, or there is too much.") from None


class _Builder:
    """Turns the tree into nodes, with a stack of its own: no depth of nesting overflows Python's."""

    def __init__(self, source: Source, values: Mapping[str, object]):
        self.source = source
        self.values = values
        self.nodes: dict[str, Node] = {}
        self.unread: dict[str, ast.Name] = {}  # assigned names that nothing has used yet

    def build(self, tree: ast.Module) -> Node:
        for statement in tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name() as target], value=formula):
                    result = self._assign(target, formula)
                case ast.Expr(value=formula) if statement is tree.body[-1]:
                    result = self._evaluate(formula)
                case ast.Expr():
                    raise self._refuse(
                        statement, "Only the last part may go without a name; write name = ... here."
                    )
                case _:
                    raise self._refuse(statement, f"This is not allowed here. {ALLOWED}")
        for name, target in self.unread.items():
            if self.nodes[name] is not result:
                raise self._refuse(target, f"{name} is computed but the result does not use it.")
        return result

    def numbers(self, item: ast.AST) -> np.ndarray:
        """A list of numbers, or a list of such lists, as an array."""
        rows = self._nested(item)
        try:
            return np.array(rows)
        except ValueError:
            raise self._refuse(item, "The rows of this list are not of one length.") from None

    def _nested(self, item):
        match item:
            case ast.List(elts=[_, *_] as items):
                return [
                    self._nested(one) for one in items
                ]  # as deep as the brackets, which `cut` has bounded
            case ast.Constant():
                return float(item.value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
                return -float(value)
        raise self._refuse(
            item, "A list holds one or more numbers, or lists of numbers: [1, 2] or [[1, 2], [3, 4]]."
        )

    def _assign(self, target: ast.Name, formula: ast.AST) -> Node:
        name = target.id
        if name in FUNCTIONS:
            raise self._refuse(target, f"{name} is the name of a function; choose another name.")
        if name in self.values:
            raise self._refuse(target, f"{name} has both a value and a formula; leave one out.")
        if name in self.nodes:
            raise self._refuse(
                target, f"{name} is assigned twice; every name stands for one node. Choose another name."
            )
        node = self._evaluate(formula)
        if node.name is not None:
            raise self._refuse(
                formula,
                f"{node.name} has a name already; {name} needs an operation, such as "
                f"{name} = 2 * {node.name}.",
            )
        self.nodes[name], self.unread[name] = node.named(name), target
        return node

    def _evaluate(self, formula: ast.AST) -> Node:
        stack, results = [(formula, False)], []
        while stack:
            item, ready = stack.pop()
            parts = self._parts(item)
            if ready or not parts:
                first = len(results) - len(parts)
                results[first:] = [self._combine(item, results[first:])]
            else:
                stack.append((item, True))
                stack.extend((part, False) for part in reversed(parts))
        return results.pop()

    def _parts(self, item: ast.AST) -> tuple[ast.AST, ...]:
        """What has to be computed first. This is the list of allowed forms."""
        match item:
            case (
                ast.Constant() | ast.Name() | ast.List() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant())
            ):
                return ()
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                return (operand,)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return left, right
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                self._check_call(item, name, arguments)
                return tuple(arguments)
            case ast.BinOp(op=ast.FloorDiv()):
                raise self._refuse(
                    item.right, "// has no derivative; a quotient is written with one /.", back="//"
                )
            case ast.Tuple():
                raise self._refuse(
                    item,
                    "A comma stands between the inputs of a function or inside [ ]; a decimal "
                    "number is written with a point: 0.5.",
                )
        raise self._refuse(item, f"This is not allowed here. {ALLOWED}")

    def _check_call(self, item: ast.Call, name: str, arguments: list[ast.AST]) -> None:
        if name not in FUNCTIONS:
            if name in self.values or name in self.nodes:
                raise self._refuse(item, f"{name} is not a function; to multiply, write {name}*(...).")
            near = difflib.get_close_matches(name, FUNCTIONS, n=1)
            raise self._refuse(
                item,
                f"{name} is not a function I know."
                + (f" Did you mean {near[0]}?" if near else "")
                + f"\n{ALLOWED}",
            )
        needs = len(FUNCTIONS[name].vjps)
        if len(arguments) != needs:
            raise self._refuse(
                item, f"{name} takes {needs} input{'s' if needs > 1 else ''}, not {len(arguments)}."
            )

    def _combine(self, item: ast.AST, parts: list[Node]) -> Node:
        try:
            match item:
                case ast.Name(id=name):
                    return self._named(item, name)
                case ast.Constant() | ast.List() | ast.UnaryOp(operand=ast.Constant(), op=ast.USub()):
                    return constant(self.numbers(item) if isinstance(item, ast.List) else self._nested(item))
                case ast.UnaryOp(op=ast.USub()):
                    return -parts[0]
                case ast.UnaryOp():
                    return parts[0]
                case ast.BinOp(op=ast.MatMult()) if 0 in (parts[0].ndim, parts[1].ndim):
                    raise self._refuse(item, "@ multiplies vectors and matrices; for a number write *.")
                case ast.BinOp(op=op):
                    return OPERATORS[type(op)](*parts)
                case ast.Call(func=ast.Name(id=name)):
                    return FUNCTIONS[name](*parts)
        except ExpressionError:
            raise
        except (NNTeachError, TypeError) as error:  # TypeError: NumPy, given a number where it needs a vector
            raise self._refuse(item, f"This cannot be computed: {error}") from error

    def _named(self, item: ast.Name, name: str) -> Node:
        if name not in self.nodes:
            if name not in self.values:
                raise self._refuse(item, f"{name} is used before the line that computes it.")
            self.nodes[name] = variable(self.values[name], name=name)
        self.unread.pop(name, None)
        return self.nodes[name]

    def _refuse(self, item: ast.AST, message: str, back: str = "") -> ExpressionError:
        position = self.source.position(item.lineno, item.col_offset, utf8=True)
        return self.source.refuse(self.source.text.rindex(back, 0, position) if back else position, message)
