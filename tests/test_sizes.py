"""What is too large to be shown is refused in words, and the advice in them works; what is not grows with its size."""

import functools
import itertools
import sys

import numpy as np
import pytest
from layout_bounds import SHAPES

import nnteach as nt
from nnteach.core import ops
from nnteach.core.errors import GraphError
from nnteach.core.node_names import MOST_CHARACTERS, short
from nnteach.export import pages
from nnteach.export.names import tidied
from nnteach.player.python import player
from nnteach.player.python.questions import next_node
from nnteach.player.python.questions.next_node import order_question
from nnteach.trace import explain_code, scalarise, worked

TRACE = sys.modules["nnteach.trace.trace"]  # the function has the same name


# ------------------------------------------------------------------------------------------- refused, with advice

def test_very_many_steps_are_refused(monkeypatch):
    monkeypatch.setattr(player, "MOST_STEPS", 100)
    sgd = nt.nn.optimizers.SGD(0.1)
    loss = (nt.variable(1.0, "w") - 3.0) ** 2
    with pytest.raises(GraphError, match=r"at most 100 steps to go through,\n  got 350") as refused:
        nt.step(loss, optimizer=sgd, iterations=50)
    assert "iterations=2" in str(refused.value)
    assert nt.step(loss, optimizer=sgd, iterations=2).to_html()
    monkeypatch.setattr(worked, "MOST_STEPS", 100)
    trace = nt.trace(loss, optimizer=sgd, iterations=50)
    for write in (trace.to_markdown, trace.to_latex, trace.to_text):
        with pytest.raises(GraphError, match="at most 100 steps in a worked solution"):
            write()
    assert len(trace.to_json()["steps"]) == 350


@functools.cache
def uses_of_a_matrix(n, rows=1000):
    W, h = nt.variable(np.zeros((rows, rows)), "W"), nt.variable(np.zeros(rows), "h")
    for _ in range(n):
        h = nt.tanh(W @ h)
    return h.sum()


@pytest.mark.parametrize("show", [nt.trace, nt.step, nt.draw])
def test_gradients_that_would_fill_the_memory_are_refused_before_the_first_is_made(monkeypatch, show):
    """A matrix of 8 MB that is used 400 times has 400 contributions and as many sums."""
    root = uses_of_a_matrix(400)
    monkeypatch.setattr(TRACE, "backward_steps", None)
    with pytest.raises(GraphError, match=r"at most 4 GB of gradients,\n  got steps with about 6\.\d\d GB") as refused:
        show(root)
    assert "f.backward()" in str(refused.value) and "a result on the way" in str(refused.value)


def test_the_advice_for_too_many_gradients_works(monkeypatch):
    monkeypatch.setattr(TRACE, "MOST_BYTES", 400_000)
    root = uses_of_a_matrix(100, rows=20)
    with pytest.raises(GraphError):
        nt.trace(root)
    root.backward()
    assert nt.trace(uses_of_a_matrix(20, rows=20)) and nt.trace(uses_of_a_matrix(100, rows=5))
    sgd = nt.nn.optimizers.SGD(0.1)
    with pytest.raises(GraphError):
        nt.trace(uses_of_a_matrix(20, rows=20), optimizer=sgd, iterations=30)
    assert nt.trace(uses_of_a_matrix(20, rows=20), optimizer=sgd, iterations=2)


def test_single_numbers_do_not_count_as_arrays(monkeypatch):
    monkeypatch.setattr(TRACE, "MOST_BYTES", 1)
    assert len(nt.trace(SHAPES["fan_out"](2_000))) > 2_000


def test_millions_of_numbers_are_not_written_in_full(monkeypatch):
    trace = nt.trace((nt.variable(np.ones((1000, 1000)), "W") ** 2).sum())
    with pytest.raises(GraphError, match=r"at most 5000000 numbers to write in full,\n  got \d{7}") as refused:
        trace.to_json()
    assert "trace[k].contribution" in str(refused.value)
    assert trace[-1].contribution.shape == (1000, 1000) and trace.state_at(1)
    for write in (trace.to_markdown, trace.to_latex, trace.to_text):
        assert len(write()) < 20_000
    assert nt.trace((nt.variable(np.ones((10, 10)), "W") ** 2).sum()).to_json()


@pytest.mark.parametrize("name", ["f.gif", "f.pdf"])
def test_a_picture_for_each_of_very_many_steps_is_refused(monkeypatch, tmp_path, name):
    monkeypatch.setattr(pages, "MOST_PAGES", 10)
    shown = nt.step(SHAPES["depth"](20))
    with pytest.raises(GraphError, match="at most 10 steps for a") as refused:
        shown.save(tmp_path / name)
    assert '.save("f.png", step=1), or all steps as .html or .md' in str(refused.value)
    shown.save(tmp_path / "f.png", step=1)
    shown.save(tmp_path / "f.html")
    shown.save(tmp_path / "f.md")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.html", "f.md", "f.png"]


def test_the_scalars_of_a_large_network_are_refused_before_they_are_made(monkeypatch):
    monkeypatch.setattr(scalarise, "variable", None)
    net = nt.nn.MLP([784, 128, 10])
    X, T = np.zeros((64, 784)), np.zeros(64, int)
    with pytest.raises(GraphError, match=r"at most 1000000 single numbers,\n  got about \d{8} of them"):
        nt.scalars(nt.nn.losses.cross_entropy(net.forward(X), T))
    monkeypatch.undo()
    few = nt.nn.MLP([4, 3, 2])
    assert nt.scalars(nt.nn.losses.cross_entropy(few.forward(X[:1, :4]), T[:1])).shape == ()


@pytest.mark.parametrize("make", [
    lambda: nt.nn.losses.mse(nt.nn.MLP([3, 4, 2]).forward(np.ones((5, 3))), np.ones((5, 2))),
    lambda: nt.nn.losses.cross_entropy(nt.nn.MLP([3, 4, 2]).forward(np.ones((5, 3))), np.ones(5, int)),
    lambda: (nt.variable(np.ones((6, 7)), "a") @ nt.variable(np.ones((7, 8)), "b")).mean()])
def test_scalars_are_estimated_well(make):
    """What is refused would have been large, and what is not is not."""
    root = make()
    made = {node for entries in scalarise.entries(root).values() for node in entries.flat}
    waiting = list(made)
    while waiting:
        new = [parent for parent in waiting.pop().parents if parent not in made]
        made |= {*new}
        waiting += new
    assert 0.3 < len(made) / sum(map(scalarise._count, nt.graph.ordered(root))) < 3


def test_which_node_comes_next_is_not_asked_of_a_thousand():
    root = SHAPES["depth"](1_200)
    with pytest.raises(GraphError, match='at most 1000 nodes for predict="order"'):
        nt.step(root, predict="order")
    assert nt.step(root, predict="branches") and nt.step(root)


# --------------------------------------------------------------------------------------------- grows with the size

@pytest.mark.parametrize("shape", SHAPES)
def test_the_nodes_that_may_come_next_are_those_without_a_reason_against_it(shape):
    trace = nt.trace(SHAPES[shape](30))
    asked = 0
    for k in range(1, len(trace) + 1):
        if question := order_question(trace, k):
            nodes, _ = next_node._nodes(trace)
            at = next_node._passes(trace)[k]
            free = {trace.names[node] for node in nodes if at.reason(node, k) is None}
            assert set(question["right"]) == free and question["right"][0] == trace.names[trace.steps[k - 1].node]
            assert set(question["choices"]) <= free | {name for name, *_ in question["wrong"]}
            asked += 1
    assert asked > 20


def test_reasons_are_told_of_neighbours_only(monkeypatch):
    counted = itertools.count()
    reason = next_node._Pass.reason
    monkeypatch.setattr(next_node._Pass, "reason", lambda *args: next(counted) * 0 or reason(*args))
    trace = nt.trace(SHAPES["depth"](400))
    steps = sum(order_question(trace, k) is not None for k in range(1, len(trace) + 1))
    assert next(counted) <= next_node.MOST_WRONG * steps


JOINED = {
    "stack": lambda xs: nt.stack(xs), "concatenate": lambda xs: np.concatenate([x.reshape(1) for x in xs]),
    "columns": lambda xs: np.column_stack([x.reshape(1, 1) for x in xs]), "hstack": lambda xs: np.hstack(
        [x.reshape(1) for x in xs]), "last axis": lambda xs: nt.stack([x.reshape(1) for x in xs], axis=-1),
}
LOOKS = {
    "backward": lambda f, x: f.backward(), "symbolic": lambda f, x: nt.grad(f, x, symbolic=True),
    "text": lambda f, x: nt.trace(f).to_text(), "json": lambda f, x: nt.trace(f).to_json(),
    "code": lambda f, x: nt.explain_code(f), "draw": lambda f, x: nt.draw(f).svg,
    "check": lambda f, x: nt.check_gradients(f, x[:1]), "hessian": lambda f, x: nt.hessian(f, x[0]),
}


@pytest.mark.parametrize("door", LOOKS)
@pytest.mark.parametrize("joined", JOINED)
def test_a_node_of_many_inputs_costs_in_proportion_to_them(monkeypatch, joined, door):
    """Counted: how often the table of primitives asks for a shape. Eight times the inputs are eight times as many."""
    asked = itertools.count()
    shape_of = ops.shape_of
    monkeypatch.setattr(ops, "shape_of", lambda x: next(asked) * 0 or shape_of(x))
    counts = []
    for k in (30, 240):
        xs = [nt.variable(0.1 * i, f"x{i}") for i in range(k)]
        f = (JOINED[joined](xs) ** 2).sum()
        before = next(asked)
        LOOKS[door](f, xs)
        counts.append(next(asked) - before)
    assert counts[1] <= 12 * counts[0]


@pytest.mark.parametrize("joined", JOINED)
def test_a_rule_of_a_joint_is_given_no_other_inputs(monkeypatch, joined):
    """To hand k inputs to each of k rules would cost the square of k, even if none of them looks."""
    given, original = [], ops.concatenate.vjps.rules_at

    def counted(inputs, static):
        rule_of = original(inputs, static)
        return lambda slot: lambda *args, **static: given.append(len(args)) or rule_of(slot)(*args, **static)

    monkeypatch.setattr(ops.concatenate.vjps, "rules_at", counted)
    xs = [nt.variable(0.1 * i, f"x{i}") for i in range(40)]
    f = (JOINED[joined](xs) ** 2).sum()
    f.backward()
    assert given == [2] * 40 and np.allclose([x.grad for x in xs], [0.2 * i for i in range(40)])
    nt.explain_code(f)
    nt.trace(f).to_text()
    assert {*given} == {2}


def test_symbols_are_made_once_and_not_at_every_step(monkeypatch):
    """A node with k inputs has k steps, each of which asks for all of them."""
    trace, made = nt.trace(SHAPES["many_inputs"](300)), itertools.count()
    symbol = TRACE.Symbol
    monkeypatch.setattr(TRACE, "Symbol", lambda *args, **more: next(made) * 0 or symbol(*args, **more))
    trace.to_text()
    assert next(made) < 20 * len(trace)


def test_a_copy_of_a_trace_has_formulas_of_its_own():
    x = nt.variable(2.0, "a name that is longer than thirty-two characters")
    trace = nt.trace(x * x + 1)
    before = trace.to_text()
    assert "a name that is l…irty-two charact" not in before
    assert "longer than" not in tidied(trace).to_text() and trace.to_text() == before


@pytest.mark.parametrize("length", [100_000, 1_000_000])
def test_a_very_long_name_is_shortened_in_what_is_shown(tmp_path, length):
    name = "a" * (length // 2) + "b" * (length // 2)
    w = nt.variable(np.ones((2, 3)), name)
    loss = (w @ nt.constant(np.ones(3))).named(name + "c").sum()
    assert w.name == name
    page = nt.step(loss).to_html()
    assert len(page) < 3_000_000
    for made in (nt.draw(loss).svg, nt.explain_code(loss), nt.trace(loss).to_markdown()):
        assert len(made) < 2_000_000
    assert len(nt.scalars(loss).parents[0].name or "") <= MOST_CHARACTERS + 10
    code = nt.compile(lambda v: (v.named(name) * 2).named(name).sum(), [0])
    assert code(np.ones(2))[0] == 4


def test_shortened_names_are_distinct():
    long = "x" * MOST_CHARACTERS
    assert short(long) == long and len(short(long + "y")) == MOST_CHARACTERS
    twins = [nt.variable(1.0, long + "a" * k + "x" * MOST_CHARACTERS) for k in range(3)]
    names = nt.trace(sum(twins, nt.variable(0.0, "z"))).names
    assert len({names[twin] for twin in twins}) == 3


def test_thousands_of_twins_get_names():
    named = {k: f"a{'+-*/'[k % 4]}b" for k in range(2_000)}
    assert len({*explain_code._identifiers(named).values()}) == 2_000
    x = f = nt.variable(1.0, "x" * 40)
    for k in range(500):
        f = (f + x).named("y" * 40 + str(k))
    trace = nt.trace(f)
    assert len({*tidied(trace).names.values()}) == len(trace.names)
