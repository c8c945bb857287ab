"""No function recurses over a graph, a formula or what somebody nests in data: Python's stack ends at a thousand calls.

The first half reads the source of the package and finds every function that calls itself, directly or through others;
each must stand in ALLOWED with the bound of its depth. The second half runs deep, wide and nested things through every
public door with a low limit.
"""

import ast
import copy
import json
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

import nnteach
import nnteach as nt
from nnteach.core.errors import NNTeachError
from nnteach.core.kinks import at_kink
from nnteach.core.nested import MOST_NESTED
from nnteach.core.serial import _decode, _encode
from nnteach.player.python.player import Player

PACKAGE = Path(nnteach.__file__).parent

# What may call itself, or seems to by its name, and why its depth is bounded whatever a user does.
NESTED = "what a user nests is refused beyond a depth that is checked on the way"
TABLES = "over formulas of the package's own tables, a few symbols deep"
OTHER = "the method of the same name of another class"
ONCE = "once more at most"
ALLOWED = {
    "compile.codegen:Source._called": ONCE, "compile.codegen:Source._index": NESTED,
    "compile.codegen:Source._text": NESTED,
    "demos.framework.board:Board._again": "hands itself on to be called later",
    "demos.framework.board:Board.add_axes": ONCE,
    "draw.layout:_wasm_module": "hands on how to empty its own cache",
    "course.errata:read": "a word in a comprehension that is a function, too",
    "course.errata:slip": "a word in a comprehension that is a function, too",
    "symbolic.expression:_Builder._nested": "lists as deep as the brackets of an expression, which lexer.py bounds",
    "symbolic.templates:latex_name": ONCE,
    "symbolic.formula:_math_form.build": "over one form of the table in templates.py, three deep",
    "frameworks.results:_plain": "over what the package's own cells record", "frameworks.results:_text": ONCE,
    "checks.gradient_check:GradientCheck.kinks": OTHER,
    "homework.grading.answers:Judgement.given": OTHER, "homework.grading.cases:Case.size": OTHER,
    **{f"homework.check:{name}": NESTED for name in ("_alike", "_as_python")},
    **{f"homework.grading.domain:{name}": NESTED
       for name in ("_is_list_of_numbers", "_tuples", "numbers_in", "with_numbers")},
    "homework.exercises.definitions:_product": TABLES, "homework.exercises.definitions:_sum": TABLES,
    "homework.exercises.definitions:_tidy": TABLES, "homework.exercises.definitions:in_words": TABLES,
    "homework.lesson_exercise:exercise": "a word in a comprehension that is a function, too",
    "homework.classroom.grade:Sheet.homework": OTHER,
    "homework.classroom.handed_in:_literal": "as deep as Python's parser allows brackets, which is 200",
    "homework.homework:homework": "a word in a comprehension that is a function, too",
    "homework.grading.structure:_collect": NESTED, "homework.grading.structure:_holds_arrays": NESTED,
    "homework.grading.structure:kept": NESTED,
    **{f"homework.grading.values:{name}": NESTED for name in (
        "_has_texts", "_kind_of", "_no_array", "_number", "_odd_one", "_plain", "_retyped", "_tensor", "_typed",
        "kind_of", "number_as_text", "to_array")},
    "nn.training.checkpoints:flatten": "over what a trainer keeps: optimizer, slots, arrays",
    "nn.network:Network.draw": OTHER,
    "nn.training.resuming:_plain": "over the state of one of NumPy's generators",
    "course.quizzes:Question.right": OTHER, "search.space:Space.sample": OTHER, "search.space:Space.suggest": OTHER,
    "trace.trace:Trace.contribution": ONCE, "trace.trace:Trace.copies": ONCE,
    "trace.trace:as_data": "as deep as an array has axes, which is 64 at most",
}


class Functions(ast.NodeVisitor):
    """The functions of a module, by qualified name, and what each of them names."""

    def __init__(self, module, tree):
        self.module, self.scope, self.found, self.imported = module, [], {}, {}
        self.visit(tree)

    def visit_ImportFrom(self, node):
        package = self.module.split(".")[:-node.level] if node.level else []
        base = ".".join([*package, *(node.module or "").split(".")]).strip(".") if node.level else node.module
        for alias in node.names:
            self.imported[alias.asname or alias.name] = f"{base}.{alias.name}".removeprefix("nnteach.").strip(".")

    def visit_ClassDef(self, node):
        self.scope.append(node.name)
        self.generic_visit(node)
        self.scope.pop()

    def visit_FunctionDef(self, node):
        self.scope.append(node.name)
        self.found[".".join(self.scope)] = node
        self.generic_visit(node)
        self.scope.pop()

    visit_AsyncFunctionDef = visit_FunctionDef


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        yield Functions(name, ast.parse(path.read_text(encoding="utf-8")))


def own_names(function):
    """What a function names outside those defined in it: names, attributes of self, and of what it loops over."""
    names, own, others = set(), set(), set()
    waiting = list(function.body)  # without decorators, defaults and types
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            if node.value.id in ("self", "cls"):
                own.add(node.attr)
            elif node.value.id in looped(function):
                others.add(node.attr)
    return names, own, others


def assigned(function):
    """The names that a function binds itself: no function of the module is meant by them."""
    arguments = function.args
    bound = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    bound |= {a.arg for a in (arguments.vararg, arguments.kwarg) if a}
    return bound | {node.id for node in ast.walk(function)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def looped(function):
    """The names that a loop or a comprehension binds: one after the other, such as the parts of a whole."""
    loops = [node.target for node in ast.walk(function) if isinstance(node, ast.For | ast.comprehension)]
    return {node.id for target in loops for node in ast.walk(target) if isinstance(node, ast.Name)}


def calls(found):
    """Who may call whom, as far as the source says: {(module, function): {(module, function), …}}."""
    everything = {(part.module, name) for part in found for name in part.found}
    edges = {key: set() for key in everything}
    for part in found:
        for name, function in part.found.items():
            scope = name.split(".")
            names, own, others = own_names(function)
            for called in names - assigned(function):
                # From inside out: a function defined here, beside, or at the top of the module, or imported.
                candidates = [(part.module, ".".join([*scope[:k], called])) for k in range(len(scope), -1, -1)]
                candidates = [c for c in candidates if c in everything and not is_method(part, c[1])]
                if not candidates and called in part.imported:
                    module, _, function_name = part.imported[called].rpartition(".")
                    candidates = [c for c in ((module, function_name),) if c in everything]
                edges[part.module, name] |= {*candidates[:1]}
            for attribute in own:
                method = (part.module, ".".join([*scope[:-1], attribute]))
                edges[part.module, name] |= {method} & everything
            if scope[-1] in others and is_method(part, name):  # part.walk() for each part, in walk
                edges[part.module, name].add((part.module, name))
    return edges


def is_method(part, name):
    return "." in name and name.rsplit(".", 1)[0] not in part.found


def circles(edges):
    """The functions that can come back to themselves: strongly connected components, without recursion."""
    def reachable(start):
        seen, waiting = set(), [*edges[start]]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += edges[one]
        return seen

    return {key for key in edges if key in reachable(key)}


def test_a_circle_is_found():
    """The test below could not fail if this one did."""
    source = ("def a(x):\n    return map(b, x)\ndef b(x):\n    return [a(part) for part in x]\n"
              "def c(x):\n    return a(x)\n"
              "class D:\n    def walk(self):\n        return [part.walk() for part in self.parts]\n"
              "    def size(self):\n        return self.whole.size()\n"
              "def e(x):\n    def f(y):\n        return f(y - 1)\n    return f(x)\n")
    found = circles(calls([Functions("m", ast.parse(source))]))
    assert found == {("m", "a"), ("m", "b"), ("m", "D.walk"), ("m", "e.f")}


def test_no_function_calls_itself_but_those_whose_depth_is_bounded():
    found = {f"{module}:{name}" for module, name in circles(calls([*modules()]))}
    assert sorted(found - set(ALLOWED)) == [], "a function that calls itself: use a stack, or say what bounds its depth"
    assert sorted(set(ALLOWED) - found) == [], "no longer needed"


# --------------------------------------------------------------------------------------------- with a low limit

DEEP = 400


def chain(n=DEEP):
    h = nt.variable(0.5, "x")
    for k in range(n):
        h = nt.tanh(h) if k % 2 else h * 1.001
    return h


def wide(n=DEEP):
    x = f = nt.variable(0.5, "x")
    for _ in range(n):
        f = f + x
    return f


def product(n=DEEP):
    x = f = nt.variable(1.0, "x")
    for _ in range(n):
        f = f * x
    return f


def vectors(n=DEEP // 3):
    W, h = nt.variable(0.1 * np.eye(2), "W"), nt.variable(np.ones(2), "h")
    for _ in range(n):
        h = nt.tanh(W @ h)
    return h.sum()


def doubling(n=60):
    """2 ** 60 paths."""
    f = nt.variable(1e-9, "x")
    for _ in range(n):
        f = f + f
    return f


GRAPHS = {make.__name__: make for make in (chain, wide, product, vectors, doubling)}


def leaf(f):
    return next(node for node in nt.graph.ordered(f) if node.kind == "input")


def compiled(f):
    def loop(v):
        for _ in range(DEEP):
            v = nt.tanh(v * 1.001)
        return v
    return nt.compile(loop)(0.5)


DOORS = {
    "step": lambda f: nt.step(f).to_html(), "notebook": lambda f: nt.step(f)._repr_html_(),
    "branches": lambda f: nt.step(f, predict="branches").data, "Italian": lambda f: Player(f, language="it").data,
    "draw": lambda f: nt.draw(f).svg, "dot": lambda f: nt.draw(f).dot,
    "markdown": lambda f: nt.trace(f).to_markdown(), "latex": lambda f: nt.trace(f).to_latex(),
    "text": lambda f: nt.trace(f).to_text(), "trace to json": lambda f: nt.trace(f).to_json(),
    "code": nt.explain_code, "simplify": nt.simplify,
    "symbolic": lambda f: nt.trace(nt.grad(f, [leaf(f)], symbolic=True)[0]).to_text() if f.size == 1 else None,
    "scalars": nt.scalars, "paths": lambda f: repr(nt.paths(nt.scalars(f), leaf(nt.scalars(f)))),
    "hessian": lambda f: nt.hessian(f, leaf(f)), "jacobian": lambda f: nt.jacobian(f, leaf(f)),
    "check": lambda f: nt.check_gradients(f, [leaf(f)]), "find nan": nt.find_nan,
    "kinks": lambda f: [at_kink(node) for node in nt.graph.ordered(f) if node.primitive],
    "compile": compiled, "json": lambda f: nt.from_json(json.loads(json.dumps(nt.to_json(f)))),
    "pickle": lambda f: pickle.loads(pickle.dumps(f)), "deep copy": copy.deepcopy, "repr": repr,
    "backward": lambda f: f.backward(),
}


@pytest.fixture
def low_limit():
    """As many calls as NumPy, the standard library and our own modules need in each other, and no more."""
    before, depth, frame = sys.getrecursionlimit(), 0, sys._getframe()
    while frame:
        depth, frame = depth + 1, frame.f_back
    yield lambda: sys.setrecursionlimit(depth + 160)
    sys.setrecursionlimit(before)


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("graph", GRAPHS)
def test_no_depth_or_width_of_a_graph_is_too_much(low_limit, graph, door):
    DOORS[door](chain(2))  # what is imported late is imported now
    slow = door in ("hessian", "symbolic") and graph != "doubling"  # with the square of the depth
    f = GRAPHS[graph](200) if slow else GRAPHS[graph]()
    low_limit()
    DOORS[door](f)


def nested(depth, inner):
    for _ in range(depth):
        inner = [inner]
    return inner


def endless():
    inside = []
    inside.append(inside)
    return inside


def setting(depth):
    made = {"ellipsis": True}
    for _ in range(depth):
        made = {"tuple": [made]}
    return made


def stored(depth):
    data = nt.to_json(nt.variable(np.ones(3), "v")[0])
    data["nodes"][-1]["settings"]["index"] = setting(depth)
    return data


V = nt.variable(np.ones(3), "v")
CONTAINERS = {
    "a leaf": lambda x: nt.variable(x, "x"), "an index": lambda x: V[x], "a tuple of it": lambda x: V[(x,)],
    "stack": lambda x: nt.stack([V, x]), "a NumPy function": lambda x: np.concatenate([V, x]),
    "addition": lambda x: V + x, "compile": lambda x: nt.compile(lambda v: v.sum())(x),
    "an answer": lambda x: nt.homework("backprop", layers=[2, 2, 2], student="A").check(dW1=x),
    "a number": lambda x: nt.check_answer(x, 2.0), "a function": lambda x: nt.check(lambda v: x, lambda v: v * 2),
}


@pytest.mark.parametrize("make", [lambda: nested(70, 1.0), lambda: nested(400, 1.0), lambda: nested(400, V),
                                  lambda: nested(5_000, 1.0), endless],
                         ids=["70", "400", "nodes", "5000", "endless"])
@pytest.mark.parametrize("door", CONTAINERS)
def test_nested_containers_are_refused_in_words_or_read(door, make):
    try:
        CONTAINERS[door](make())
    except (NNTeachError, ValueError, TypeError, IndexError) as error:  # NumPy's own words are words, too
        assert not isinstance(error, RecursionError) and str(error)


def test_stored_graphs_may_not_be_nested_without_end():
    with pytest.raises(nt.errors.GraphError, match=f"nested at most {MOST_NESTED} deep"):
        nt.from_json(stored(2_000))
    for one in ((slice(0, 2), None, ..., -1), (1, (2, (3,))), slice(None, None, -1), np.dtype("float32"), 3, "ij"):
        assert _decode(json.loads(json.dumps(_encode(one)))) == one
    for one in ([0, 2], np.array([[1, 2]]), np.array([True, False])):
        assert np.array_equal(_decode(json.loads(json.dumps(_encode(one)))), one)
