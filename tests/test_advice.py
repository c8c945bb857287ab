"""The advice in a message, followed: every message of the engine that says what to write is provoked, and what it says
is done and compared with the right number."""

import ast
import importlib
import inspect
import math
import operator
import pickle
import sys
from fractions import Fraction

import numpy as np
import pytest

import nnteach as nt
from nnteach.core import errors
from nnteach.core.errors import NNTeachError
from nnteach.core.graph import constant, variable
from nnteach.trace import scalarise

MODULES = [importlib.import_module(f"nnteach.{name}") for name in (
    "core.graph", "core.autodiff", "compile.replay", "compile.vectorise", "checks.jacobians", "core.serial",
    "trace.scalarise", "core.arraylike", "core.composed")]


def x():
    return variable(2.5, "x")


def v():
    return variable([1.0, -2.0, 4.0], "v")


def W():
    return variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "W")


def slope(f, node):
    return np.asarray(nt.grad(f, node))


def squares(k):
    return (k * k).sum()


def set_value(node):
    node.value = 3.0


def delete(node):
    del node[1]


def put(node):
    node[1] = 7.0


def put_into(array, node):
    array[0] = node


def add_into(array, node):
    array += node


@nt.primitive(vjps=(lambda g, y, x: g / (1 + x * x),), notation="arctan(a)")
def arctan(x):
    return np.arctan(x)


def of_x(function, at=2.5):
    """A value and a slope as numbers, by following the advice on a variable x."""
    node = variable(at, "x")
    made = function(node)
    return made.value, nt.grad(made, node)


# provoke, what the message must say, the advice followed, the right numbers
ADVICE = {
    # ---------------------------------------------------------------- what leaves the graph
    "float": (lambda: float(x()), "write x.value", lambda: x().value, 2.5),
    "math.exp": (lambda: math.exp(x()), "np.exp(x) instead of math.exp(x)", lambda: of_x(np.exp), (
        math.exp(2.5), math.exp(2.5))),
    "np.array": (lambda: np.array([x(), x()]), "nt.stack([x, y]) instead of np.array([x, y])", lambda: of_x(
        lambda x: (nt.stack([x, x * x]) * np.array([1.0, 2.0])).sum()), (15.0, 11.0)),
    "np.asarray": (lambda: np.asarray(v()), "write v.value", lambda: v().value, [1.0, -2.0, 4.0]),
    "X.dot(W)": (lambda: np.ones((2, 2)).dot(W()), "X @ W instead of X.dot(W)", lambda: slope(
        (np.array([[1.0, 2.0], [3.0, 4.0]]) @ (w := W())).sum(), w), [[4.0] * 3, [6.0] * 3]),
    "a list with a node": (lambda: v() * [x(), 1.0, 1.0], "nt.stack([x, y])", lambda: of_x(
        lambda x: (v().value * nt.stack([x, 1.0, 1.0])).sum()), (4.5, 1.0)),
    "out[0] = x": (lambda: put_into(np.zeros(2), x()), "out = nt.stack([x, y]) instead of out[0] = x", lambda: of_x(
        lambda x: nt.stack([x, x]).sum()), (5.0, 2.0)),
    "out[:] = v": (lambda: put_into(np.zeros((1, 3)), v()), "nt.stack", lambda: slope(nt.stack([w := v()]).sum(), w),
                   [1.0, 1.0, 1.0]),
    "int": (lambda: int(x()), "int(x.value)", lambda: int(x().value), 2),
    "range": (lambda: range(x()), "int(x.value)", lambda: len(range(int(x().value))), 2),
    "complex": (lambda: complex(x()), "complex(x.value)", lambda: complex(x().value).real, 2.5),
    "round": (lambda: round(x()), "np.round(x.value, 2)", lambda: np.round(x().value, 2), 2.5),
    "math.floor": (lambda: math.floor(x()), "np.floor(x.value)", lambda: np.floor(x().value), 2.0),
    "math.ceil": (lambda: math.ceil(x()), "np.ceil(x.value)", lambda: np.ceil(x().value), 3.0),
    "math.trunc": (lambda: math.trunc(x()), "np.trunc(x.value)", lambda: np.trunc(x().value), 2.0),
    "format": (lambda: f"{v():.2f}", "np.round(v.value, 2)", lambda: np.round(v().value, 2), [1.0, -2.0, 4.0]),
    # ---------------------------------------------------------------- operators and functions without a rule
    "%": (lambda: x() % 2, "Write x - 2 * np.floor(x.value / 2)", lambda: of_x(
        lambda x: x - 2 * np.floor(x.value / 2)), (0.5, 1.0)),
    "% by a node": (lambda: 7 % x(), "Write 7 - x * np.floor(7 / x.value)", lambda: of_x(
        lambda x: 7 - x * np.floor(7 / x.value)), (2.0, -2.0)),
    "%=": (lambda: operator.imod(x(), 2), "Write x - 2 * np.floor(x.value / 2)", lambda: of_x(
        lambda x: x - 2 * np.floor(x.value / 2)), (0.5, 1.0)),
    "divmod": (lambda: divmod(x(), 2), "Write x - 2 * np.floor(x.value / 2)", lambda: of_x(
        lambda x: x - 2 * np.floor(x.value / 2)), (0.5, 1.0)),
    "np.mod": (lambda: np.mod(x(), 2), "Write x - 2 * np.floor(x.value / 2)", lambda: of_x(
        lambda x: x - 2 * np.floor(x.value / 2)), (0.5, 1.0)),
    "np.fmod": (lambda: np.fmod(variable(-2.5, "x"), 2), "Write x - 2 * np.trunc(x.value / 2)", lambda: of_x(
        lambda x: x - 2 * np.trunc(x.value / 2), -2.5), (-0.5, 1.0)),
    "//": (lambda: x() // 2, "Write np.floor(x.value / 2)", lambda: np.floor(x().value / 2), 1.0),
    "np.floor_divide": (lambda: np.floor_divide(x(), 2), "np.floor(x.value / 2)", lambda: np.floor(x().value / 2), 1.0),
    "<<": (lambda: x() << 2, "write x * 2.0 ** 2", lambda: of_x(lambda x: x * 2.0 ** 2), (10.0, 4.0)),
    ">>": (lambda: x() >> 2, "write x / 2.0 ** 2", lambda: of_x(lambda x: x / 2.0 ** 2), (0.625, 0.25)),
    "np.floor": (lambda: np.floor(v()), "Write np.floor(v.value)", lambda: np.floor(v().value), [1.0, -2.0, 4.0]),
    "np.round": (lambda: np.round(v()), "Write np.round(v.value)", lambda: np.round(v().value), [1.0, -2.0, 4.0]),
    "np.add.reduce": (lambda: np.add.reduce(v()), "Write np.sum(v, axis=0)", lambda: np.sum(v(), axis=0).value, 3.0),
    "np.maximum.reduce": (lambda: np.maximum.reduce(v()), "np.max(v, axis=0)", lambda: np.max(v(), axis=0).value, 4.0),
    "np.minimum.reduce": (lambda: np.minimum.reduce(v()), "np.min(v, axis=0)", lambda: np.min(v(), axis=0).value, -2.0),
    "np.multiply.outer": (lambda: np.multiply.outer(v(), v()), "Write np.outer(v, v)", lambda: np.outer(
        v(), v()).value[0], [1.0, -2.0, 4.0]),
    "np.arctan": (lambda: np.arctan(x()), "add one with @nt.primitive", lambda: of_x(arctan), (
        np.arctan(2.5), 1 / (1 + 2.5**2))),
    "np.cumsum": (lambda: np.cumsum(v()), "Write it with the primitives in nt.ops", lambda: nt.ops.matmul(
        np.tri(3), v()).value, [1.0, -1.0, 3.0]),
    "np.dot of stacks": (lambda: np.dot(W(), np.ones((2, 3, 2))), "Write a @ b", lambda: (
        W() @ np.ones((2, 3, 2))).value[1], [[6.0, 6.0], [15.0, 15.0]]),
    "norm": (lambda: np.linalg.norm(v(), 1), "np.sum(np.abs(x))", lambda: np.sum(np.abs(v())).value, 7.0),
    "largest norm": (lambda: np.linalg.norm(v(), np.inf), "np.max(np.abs(x))", lambda: np.max(np.abs(v())).value, 4.0),
    "np.where of one": (lambda: np.where(v() > 0), "write np.nonzero(x > 0)", lambda: np.nonzero(v() > 0)[0], [0, 2]),
    "dtype=": (lambda: np.sum(v(), dtype=np.float32), "write .astype(dtype) after it", lambda: np.sum(v()).astype(
        np.float32).value, np.float32(3.0)),
    "where=": (lambda: np.sqrt(v(), where=[True, False, True]), "np.where(mask, x, y) before it", lambda: np.sqrt(
        np.where([True, False, True], v(), 0.0)).value, [1.0, 0.0, 2.0]),
    "initial=": (lambda: np.sum(v(), initial=5.0), "Leave initial= out", lambda: (np.sum(v()) + 5.0).value, 8.0),
    "out=": (lambda: np.add(v(), 1.0, out=np.zeros(3)), "Write a = a + b", lambda: (v() + 1.0).value, [2.0, -1.0, 5.0]),
    "+=": (lambda: add_into(np.zeros(3), v()), "Write a = a + b instead of a += b", lambda: (np.zeros(3) + v()).value,
           [1.0, -2.0, 4.0]),
    "masks": (lambda: v() > 0 & v() < 3, "(x > 0) & (x < 1)", lambda: ((v() > 0) & (v() < 3)).value, [
        True, False, False]),
    "not a mask": (lambda: ~v(), "~(x > 0)", lambda: (~(v() > 0)).value, [False, True, False]),
    "mask - mask": (lambda: (v() > 0) - (v() > 3), "the `^` operator", lambda: ((v() > 0) ^ (v() > 3)).value, [
        True, False, False]),
    "-mask": (lambda: -(v() > 0), "the `~` operator", lambda: (~(v() > 0)).value, [False, True, False]),
    # ---------------------------------------------------------------- attributes
    "x.item": (lambda: x().item(), "is x.value", lambda: x().value, 2.5),
    "x.numpy": (lambda: v().numpy(), "is v.value", lambda: v().value, [1.0, -2.0, 4.0]),
    "x.detach": (lambda: x().detach(), "nt.stop_gradient(x)", lambda: of_x(
        lambda x: x * nt.stop_gradient(x)), (6.25, 2.5)),
    "x.exp": (lambda: x().exp(), "nt.ops.exp(x)", lambda: of_x(lambda x: nt.ops.exp(x)), (
        math.exp(2.5), math.exp(2.5))),
    "x.tanh": (lambda: x().tanh(), "nt.ops.tanh(x)", lambda: nt.ops.tanh(x()).value, math.tanh(2.5)),
    "v.prod": (lambda: v().prod(), "np.asarray(v.value).prod", lambda: np.asarray(v().value).prod(), -8.0),
    "x.tolist": (lambda: x().tolist(), "np.asarray(x.value).tolist", lambda: np.asarray(x().value).tolist(), 2.5),
    "v.view": (lambda: v().view(3, 1), "v.reshape(", lambda: v().reshape(3, 1).value, [[1.0], [-2.0], [4.0]]),
    "v.unsqueeze": (lambda: v().unsqueeze(0), "np.expand_dims(v, axis)", lambda: np.expand_dims(v(), 0).value, [
        [1.0, -2.0, 4.0]]),
    "W.permute": (lambda: W().permute(1, 0), "W.transpose(", lambda: W().transpose(1, 0).value[0], [1.0, 4.0]),
    "v.numel": (lambda: v().numel(), "v.size", lambda: v().size, 3),
    "x.clone": (lambda: x().clone(), "use x itself", lambda: x().value, 2.5),
    "x.zero_grad": (lambda: x().zero_grad(), "A second backward() replaces", lambda: twice(x()), 5.0),
    "astype(int)": (lambda: v().astype(int), "write v.value.astype(", lambda: v().value.astype(int), [1, -2, 4]),
    # ---------------------------------------------------------------- what does not change
    "x.value = 3": (lambda: set_value(x()), "nt.recompute(f, {x: 3.0})", lambda: nt.recompute((w := x()) ** 2, {
        w: 3.0}).value, 9.0),
    "v[1] = 7": (lambda: put(v()), "np.where(mask, new, old)", lambda: np.where([False, True, False], 7.0, v()).value, [
        1.0, 7.0, 4.0]),
    "v[1] = 7, joined": (lambda: put(v()), "join parts by np.concatenate", lambda: np.concatenate([
        (w := v())[:1], [7.0], w[2:]]).value, [1.0, 7.0, 4.0]),
    "del v[1]": (lambda: delete(v()), "np.concatenate([v[:1], v[2:]])", lambda: np.concatenate([
        (w := v())[:1], w[2:]]).value, [1.0, 4.0]),
    "v[v > 0]": (lambda: v()[v() > 0], "Write .value after it", lambda: slope((w := v())[(w > 0).value].sum(), w), [
        1.0, 0.0, 1.0]),
    # ---------------------------------------------------------------- decisions
    "if v": (lambda: bool(v() > 0), "np.where(v > 0, a, b) for if", lambda: np.where(v() > 0, 1.0, v()).value, [
        1.0, -2.0, 1.0]),
    "0 < v < 3": (lambda: 0 < v() < 3, "(v > 0) & (v < 1) for and", lambda: ((v() > 0) & (v() < 3)).value, [
        True, False, False]),
    "all": (lambda: bool(v() > 0), "np.all(v > 0) or np.any(v > 0)", lambda: [np.all(v() > 0), np.any(v() > 0)], [
        False, True]),
    "or": (lambda: v() > 0 or v() < 0, "| for or, ~ for not", lambda: ((v() > 3) | ~(v() > 0)).value, [
        False, True, True]),
    "compiled if": (lambda: nt.compile(lambda x: x if x > 0 else -x)(1.0), "nt.where(x > 0, a, b)", lambda: nt.compile(
        lambda x: nt.where(x > 0, x, -x))(-2.0)[0], 2.0),
    # ---------------------------------------------------------------- shapes
    "W @ V": (lambda: W() @ W(), "Did you mean W @ W.T?", lambda: (W() @ W().T).value, [[14.0, 32.0], [32.0, 77.0]]),
    "W @ u": (lambda: W() @ variable([1.0, 1.0], "u"), "Did you mean W.T @ u?", lambda: (
        W().T @ variable([1.0, 1.0], "u")).value, [5.0, 7.0, 9.0]),
    "W @ 2": (lambda: W() @ 2.0, "write * for a number", lambda: (W() * 2.0).value[0], [2.0, 4.0, 6.0]),
    "x @ v": (lambda: x() @ v(), "write * for a number", lambda: (x() * v()).value, [2.5, -5.0, 10.0]),
    "backward of an array": (lambda: v().backward(), "as in f.sum().backward()", lambda: slope((w := v()).sum(), w), [
        1.0, 1.0, 1.0]),
    "grad of an array": (lambda: nt.grad((w := v()) * 2, w), "give seed=", lambda: nt.grad((w := v()) * 2, w, seed=[
        1.0, 0.0, 0.0]), [2.0, 0.0, 0.0]),
    "a constant": (lambda: constant(1.0).backward(), "Make the inputs with nt.variable", lambda: of_x(
        lambda x: x * 1.0), (2.5, 1.0)),
    "softmax_jacobian": (lambda: nt.softmax_jacobian(W()), "give one row: a[0]", lambda: nt.softmax_jacobian(
        W()[0]).matrix.shape, (3, 3)),
    "scalars of an array": (lambda: nt.scalars(v() * 2), "Sum or average it first", lambda: nt.scalars(
        (v() * 2).sum()).value, 6.0),
    "entries of an array": (lambda: nt.scalars(v() * 2), "or use nnteach.trace.scalarise.entries(f)", lambda: [
        n.value for n in entries_of(v() * 2)], [2.0, -4.0, 8.0]),
    "very many scalars": (lambda: nt.scalars((variable(np.ones((2000, 300))) @ np.ones((300, 2))).sum()),
                          "such as the loss of X[:1]", lambda: nt.scalars((
                              variable(np.ones((2000, 300))[:1]) @ np.ones((300, 2))).sum()).value, 600.0),
    # ---------------------------------------------------------------- numbers
    "a node as a value": (lambda: variable(x()), "Write node.value", lambda: variable(x().value).value, 2.5),
    "whole numbers": (lambda: variable(np.array([1, 2]), "k"), "array.astype(float)", lambda: variable(
        np.array([1, 2]).astype(float)).value, [1.0, 2.0]),
    "a fraction": (lambda: x() + Fraction(1, 2), "write float(it)", lambda: (x() + float(Fraction(1, 2))).value, 3.0),
    # ---------------------------------------------------------------- compile
    "compiled, whole numbers": (lambda: nt.compile(squares)(np.array([1, 2])), "array.astype(float)", lambda:
                                nt.compile(squares)(np.array([1, 2]).astype(float))[1][0], [2.0, 4.0]),
    "compiled, the value alone": (lambda: nt.compile(squares)(np.array([1, 2])), "nt.compile(fn, wrt=[])", lambda:
                                  nt.compile(squares, wrt=[])(np.array([1, 2]))[0], 5.0),
    "compiled, no node": (lambda: nt.compile(lambda x: x.value)(1.0), "Return the loss itself", lambda: nt.compile(
        lambda x: x * x)(3.0)[0], 9.0),
    "compiled, of a node": (lambda: nt.compile(lambda x: x * x)(x()), "write node.value", lambda: nt.compile(
        lambda x: x * x)(x().value)[1][0], 5.0),
    "batch of unequal lengths": (lambda: nt.compile(lambda x, t: (x - t) ** 2, batch=[0, 1])(np.ones(3), np.ones(2)),
                                 "The first axis of each counts the samples", lambda: nt.compile(
                                     lambda x, t: (x - t) ** 2, batch=[0, 1])(np.ones(3), np.zeros(3))[0], 1.0),
    "batch on arrays": (lambda: nt.compile(lambda x: nt.softmax(nt.stack(x)).sum(), batch=[0])(np.ones((2, 3))),
                        "leave batch= out", lambda: nt.compile(lambda X: nt.softmax(X).sum())(np.ones((2, 3)))[0], 2.0),
    "an own operation as JSON": (lambda: nt.to_json and nt.from_json(nt.to_json(arctan(x()))), "can be pickled", lambda:
                                 pickle.loads(pickle.dumps(x() * 2)).value, 5.0),
}
ELSEWHERE = {  # sites whose third part is no advice of ours but NumPy's word on what does not fit
    "rows of one length",
}


def entries_of(node):
    return scalarise.entries(node)[node]


def twice(node):
    f = node * node
    f.backward()
    f.backward()
    return node.grad


def said_by(provoke):
    try:
        provoke()
    except Exception as error:
        while not isinstance(error, NNTeachError | AttributeError):
            error = error.__cause__  # NumPy's own words for out[0] = x, with ours as their cause
        return str(error)
    return ""


@pytest.mark.filterwarnings("ignore::nnteach.core.errors.DisconnectedWarning")
@pytest.mark.parametrize("name", ADVICE)
def test_the_advice_leads_to_the_right_number(name):
    provoke, advice, follow, right = ADVICE[name]
    said = said_by(provoke)
    assert said.startswith("expected ") and advice in said
    np.testing.assert_allclose(follow(), right, rtol=1e-14, atol=1e-16)


def test_scipys_functions_are_called_by_their_name():
    special = pytest.importorskip("scipy.special")
    for function, ours, inputs in ((special.expit, nt.sigmoid, (0.3,)), (special.xlogy, nt.ops.xlogy, (0.3, 0.5))):
        nodes = [variable(value, name) for value, name in zip(inputs, "xy", strict=False)]
        said = said_by(lambda function=function, nodes=nodes: function(*nodes))
        assert f"got scipy.special.{function.__name__} on " in said
        assert f"Write nt.{'ops.' if len(nodes) > 1 else ''}{ours.name}({', '.join('xy'[: len(nodes)])})" in said
        assert ours(*nodes).value == pytest.approx(function(*inputs))


def sites(module):
    """Where a module writes a message with advice: (file, line)."""
    tree = ast.parse(inspect.getsource(module))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "message":
            first = call.args[0]
            if len(call.args) == 3 and not (isinstance(first, ast.Constant) and first.value in ELSEWHERE):
                yield module.__name__, call.lineno


def test_every_advice_of_the_engine_is_in_the_table(monkeypatch):
    """A new message with advice has to be added above, with what it leads to."""
    reached = set()

    def message(expected, got, advice=""):
        caller = sys._getframe(1)
        reached.add((caller.f_globals["__name__"], caller.f_lineno))
        return errors.message(expected, got, advice)

    for module in MODULES:
        if hasattr(module, "message"):
            monkeypatch.setattr(module, "message", message)
    for provoke, *_ in ADVICE.values():
        said_by(provoke)
    assert {site for module in MODULES for site in sites(module)} <= reached


def checked(rule, forward=lambda x: x * x * x, at=2.0):
    return nt.check_primitive(nt.primitive(vjps=(rule,), notation="cube(a)")(forward), at)


def test_the_advice_about_a_rule_of_ones_own_is_right():
    """A factor, a rule that is missing, a shape, a derivative that is lost: each is mended as it is told."""
    said = repr(checked(lambda g, y, x: g * 6 * x * x))
    assert "everywhere 2 times what it should be" in said and checked(lambda g, y, x: g * 6 * x * x / 2)
    said = repr(checked(None))
    assert "is a rule missing?" in said and checked(lambda g, y, x: g * 3 * x * x)
    said = repr(checked(lambda g, y, x: g * 3 * np.square(getattr(x, "value", x))))
    assert "use the inputs themselves" in said and checked(lambda g, y, x: g * 3 * np.square(x))
    said = repr(checked(lambda g, y, x: g * x * x, at=np.array([1.0, 2.0, 3.0]), forward=lambda x: x * x))
    assert "compare it with the derivative of the forward function" in said
    said = repr(checked(lambda g, y, x: g / (1 + np.arctan(x) * 0 + x * x), np.arctan, 0.5))
    assert "Write the rule with operators and nnteach functions" in said
    assert checked(lambda g, y, x: g / (1 + x * x), np.arctan, 0.5)
