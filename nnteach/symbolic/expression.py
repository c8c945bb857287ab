"""Read a typed expression such as "q = x + y; f = q * z" and build its graph.

Nothing typed here is ever run as a program. The text is cut into words (`lexer.py`), Python's parser arranges
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

from ..core.errors import ExpressionError
from ..core.graph import Node, constant, variable
from ..core.primitive import PRIMITIVES, Primitive
from .lexer import Source, Word, cut

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


def _as_written(primitive: Primitive) -> str:
    """The name by which nnteach writes a function: σ for sigmoid, ReLU for relu."""
    head, is_call, _ = primitive.notation.partition("(a")
    return head if is_call and head.isidentifier() else primitive.name


FUNCTIONS = _functions()
FUNCTIONS |= {written: FUNCTIONS[name] for name in [*FUNCTIONS] if (written := _as_written(FUNCTIONS[name])) not in
              FUNCTIONS and written not in ("crossentropy", "spread")}  # two primitives are written like that
WRITTEN_OUT = {  # functions that are none of ours, and what they are
    "tan": "sin({0})/cos({0})", "cot": "cos({0})/sin({0})", "sinh": "(exp({0}) - exp(-{0}))/2",
    "cosh": "(exp({0}) + exp(-{0}))/2", "log2": "log({0})/log(2)", "log10": "log({0})/log(10)", "ld": "log({0})/log(2)",
    "lg": "log({0})/log(10)", "log1p": "log(1 + {0})", "expm1": "exp({0}) - 1", "exp2": "2**{0}", "cbrt": "{0}**(1/3)",
    "pow": "{0}**{1}", "power": "{0}**{1}", "logistic": "sigmoid({0})", "expit": "sigmoid({0})", "sgn": "sign({0})",
    "dot": "{0} @ {1}", "matmul": "{0} @ {1}", "transpose": "matrix_transpose({0})", "heaviside": "step({0})",
    "divide": "{0}/{1}", "multiply": "{0}*{1}", "add": "{0} + {1}", "subtract": "{0} - {1}", "negative": "-{0}",
}
MOST_NUMBERS, MOST_NUMBERS_IN_ALL = 100_000, 1_000_000  # in one result, and in all that is computed together
ALLOWED = (
    "Allowed are numbers, names, + - * / ** @, brackets, lists of numbers such as [1, 2], name = ...; and "
    f"the functions {', '.join(sorted(FUNCTIONS))}."
)


@np.errstate(all="ignore")  # no line of a program: an inf or nan shows itself, and a warning says nothing new
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
    source = cut(text, FUNCTIONS)
    for name in values:
        if name in FUNCTIONS:
            raise about_value(name, f"{name} is the name of a function, so it can have no value; choose another name.")
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
    source = Source(unicodedata.normalize("NFKC", text))
    name, equals, number = source.text.partition("=")
    start = len(name) + 1 + len(number) - len(number.lstrip())
    name, number = name.strip(), number.strip()
    if not equals or not name.isidentifier():
        raise source.refuse(0, "A value is written name=number, for example x=-2.")
    number = number.translate(Source.SAME)
    if number.startswith("["):
        listed = cut(number)
        return name, _Builder(listed, {}).listed(_tree(listed)).tolist()
    if DECIMAL_COMMA.fullmatch(number):
        number = number.replace(",", ".")
    if not NUMBER.fullmatch(number):
        raise source.refuse(start, f"{name[:40]} needs a number or a list of numbers, for example x=0.5 or x=[1, -2].")
    if math.isinf(float(number)):
        raise source.refuse(start, "This is too large for a float64; the largest is about 1.8e308.")
    return name, float(number)


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
        euler = " The exponential function is written exp(x)." if missing == ["e"] else ""
        raise source.refuse(
            read[missing[0]].start, f"{_listed(missing)} {have}. Give one to each, such as {example}.{euler}"
        )


def _check_unused(source: Source, values: Mapping[str, object]) -> None:
    read = _read(source)
    if unused := [name for name in values if name not in read]:
        raise about_value(unused[0], f"A value is given for {_listed(unused)}, but the expression has no such name; "
                                     f"it uses {_listed(sorted(read)) if read else 'no names'}.")


def about_value(name: str, message: str) -> ExpressionError:
    """An error about a value that stands beside the expression."""
    return Source(f"{name}=…").refuse(0, message)


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


def _size(item: ast.AST, parts: list[Node]) -> int:
    """How many numbers come out; 0 where the shapes do not fit, which the computation itself will say."""
    shapes = [part.shape for part in parts]
    try:
        match item:
            case ast.BinOp(op=ast.MatMult()):
                left = shapes[0] if len(shapes[0]) > 1 else (1, *shapes[0])
                right = shapes[1] if len(shapes[1]) > 1 else (*shapes[1], 1)
                return math.prod((*np.broadcast_shapes(left[:-2], right[:-2]), *left[-2:-1], *right[-1:]))
            case ast.Call(func=ast.Name(id="outer")):
                return math.prod(np.broadcast_shapes((*shapes[0], 1), (*shapes[1][:-1], 1, *shapes[1][-1:])))
            case _:
                return math.prod(np.broadcast_shapes(*shapes)) if shapes else 0
    except ValueError:
        return 0


def _instead(name: str, arguments: list[ast.AST]) -> str:
    if template := WRITTEN_OUT.get(name):
        given = [_bracketed(argument) for argument in arguments]
        needs = 2 if "{1}" in template else 1
        shown = given if len(given) == needs and sum(map(len, given)) < 60 else ["x", "y"][:needs]
        return f" Write {template.format(*shown)}."
    near = difflib.get_close_matches(name, FUNCTIONS, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _bracketed(argument: ast.AST) -> str:
    written = ast.unparse(argument)
    return written if isinstance(argument, ast.Name | ast.Constant | ast.Call) else f"({written})"


class _Builder:
    """Turns the tree into nodes, with a stack of its own: no depth of nesting overflows Python's."""

    def __init__(self, source: Source, values: Mapping[str, object]):
        self.source = source
        self.values = values
        self.nodes: dict[str, Node] = {}
        self.size = 0  # of all results so far
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

    def listed(self, tree: ast.Module) -> np.ndarray:
        """The list of numbers that is all there is."""
        if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
            raise self._refuse(tree.body[-1], "A value is one number or one list of numbers, such as [1, -2].")
        return self.numbers(tree.body[0].value)

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
            raise self._refuse(item, f"{name} is not a function I know.{_instead(name, arguments)}\n{ALLOWED}")
        needs = len(FUNCTIONS[name].vjps)
        if len(arguments) != needs:
            raise self._refuse(
                item, f"{name} takes {needs} input{'s' if needs > 1 else ''}, not {len(arguments)}."
            )

    def _combine(self, item: ast.AST, parts: list[Node]) -> Node:
        try:
            self._check_size(item, _size(item, parts))
            return self._computed(item, parts)
        except ExpressionError:
            raise
        except MemoryError as error:
            raise self._refuse(item, "There is not enough memory for this.") from error
        except Exception as error:  # whatever NumPy makes of numbers that a function is not meant for
            raise self._refuse(item, f"This cannot be computed: {error}") from error

    def _computed(self, item: ast.AST, parts: list[Node]) -> Node:
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

    def _check_size(self, item: ast.AST, size: int) -> None:
        """Refuse what would be too large before it is there: a list and a column of 30 kB give gigabytes."""
        self.size += size
        if size > MOST_NUMBERS:
            raise self._refuse(item, f"This would be {size:,} numbers; at most {MOST_NUMBERS:,} can be shown.")
        if self.size > MOST_NUMBERS_IN_ALL:
            raise self._refuse(item, f"Up to here, {self.size:,} numbers would be computed; "
                                     f"at most {MOST_NUMBERS_IN_ALL:,} can be shown.")

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
