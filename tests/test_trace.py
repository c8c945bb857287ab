"""The trace: what happens in a forward and a backward pass, and how everything stands after each step."""

import json

import numpy as np
import pytest
from differences import assert_same_bits
from hypothesis import given
from strategies import COMMON, programs

import nnteach as nt
from nnteach.core.autodiff import backward_steps
from nnteach.core.errors import GraphError
from nnteach.core.graph import constant, variable, variables
from nnteach.symbolic import formula
from nnteach.trace.trace import as_data, trace


@pytest.fixture
def first():
    """The first lesson: f = (x + y) z at (−2, 5, −4)."""
    x, y, z = variables(x=-2, y=5, z=-4)
    return trace(((x + y).named("q") * z).named("f"))


def test_what_happens_in_the_first_lesson(first):
    assert repr(first) == "Trace(f: 5 nodes, 7 steps)"
    assert [(s.kind, s.phase, first.names[s.node], first.names[s.focus], first.edge(s)) for s in first] == [
        ("evaluate", "forward", "q", "q", None),
        ("evaluate", "forward", "f", "f", None),
        ("seed", "backward", "f", "f", None),
        ("contribution", "backward", "f", "q", "q->f#0"),
        ("contribution", "backward", "f", "z", "z->f#1"),
        ("contribution", "backward", "q", "x", "x->q#0"),
        ("contribution", "backward", "q", "y", "y->q#1"),
    ]
    assert [s.total for s in first] == [3.0, -12.0, 1.0, -4.0, 3.0, -4.0, -4.0]


def test_states_of_the_first_lesson(first):
    start = first.state_at(0)
    assert start.phase == "start" and {n: (s.status, s.value, s.grad) for n, s in start.nodes.items()} == {
        "x": ("done", -2.0, None),
        "y": ("done", 5.0, None),
        "z": ("done", -4.0, None),
        "q": ("todo", None, None),
        "f": ("todo", None, None),
    }
    assert {e: (s.status, s.direction) for e, s in start.edges.items()} == dict.fromkeys(
        ("x->q#0", "y->q#1", "q->f#0", "z->f#1"), ("todo", "rest")
    )

    one = first.state_at(1)
    assert (one.phase, one.nodes["q"].status, one.nodes["q"].value) == ("forward", "now", 3.0)
    assert (one.edges["x->q#0"].status, one.edges["x->q#0"].direction) == ("now", "forward")
    assert one.edges["q->f#0"].status == "todo"

    four = first.state_at(4)
    assert four.phase == "backward" and four.nodes["q"].grad == -4.0 and four.nodes["q"].status == "now"
    assert (four.nodes["f"].status, four.nodes["f"].grad) == ("done", 1.0)
    assert (
        four.edges["q->f#0"].status,
        four.edges["q->f#0"].direction,
        four.edges["q->f#0"].contribution,
    ) == ("now", "backward", -4.0)
    assert (four.nodes["x"].status, four.nodes["x"].grad) == ("todo", None)

    end = first.state_at(7)
    assert end.phase == "done" and {n: s.grad for n, s in end.nodes.items()} == {
        "x": -4.0,
        "y": -4.0,
        "z": 3.0,
        "q": -4.0,
        "f": 1.0,
    }


@pytest.mark.parametrize("k", [-1, 8])
def test_there_is_no_state_before_the_start_or_after_the_end(first, k):
    with pytest.raises(GraphError, match="a step from 0 to 7"):
        first.state_at(k)


def test_the_phases_in_order():
    x, w = variable(2.0, "x"), variable(3.0, "w")
    t = trace((w * x - 1.0) ** 2, learning_rate=0.1)
    phases = [t.phase_at(k) for k in range(len(t) + 1)]
    order = ["start", "forward", "backward", "update", "done"]
    assert list(dict.fromkeys(phases)) == order
    assert phases == sorted(phases, key=order.index)


def test_an_update_moves_every_variable_down_its_gradient():
    """001-25: w5 = −2 − 0.001 · (−90) = −1.91."""
    w, c = variable(-2.0, "w5"), constant(5.0, "o3")
    idle, used = variable([1.0, 2.0], "idle"), variable([1.0, 1.0], "used")
    t = trace((w * c + 6.0 - 5.0) ** 2 + nt.stop_gradient(idle).sum() + used.sum(), learning_rate=1e-3)
    updates = {t.names[s.node]: s for s in t if s.kind == "update"}
    assert list(updates) == ["w5", "idle", "used"]
    step = updates["w5"]
    assert (step.upstream, step.before, step.slot, step.parent, step.phase) == (
        -90.0,
        -2.0,
        None,
        None,
        "update",
    )
    assert step.contribution == pytest.approx(0.09, abs=1e-15) and step.total == pytest.approx(
        -1.91, abs=1e-15
    )
    np.testing.assert_array_equal(updates["idle"].total, [1.0, 2.0])
    end = t.state_at(len(t))
    assert end.nodes["w5"].value == step.total and end.nodes["w5"].grad == -90.0
    np.testing.assert_allclose(end.nodes["used"].value, [0.999, 0.999])
    assert w.value == -2.0  # the graph itself never changes


def test_a_constant_or_a_vector_has_a_forward_pass_only():
    for f in (constant(2.0) * 3.0, variable([1.0, 2.0], "v") * 2.0):
        t = trace(f)
        assert [s.kind for s in t] == ["evaluate"]
        assert t.state_at(1).phase == "done"


def test_a_single_leaf():
    t = trace(variable(2.0, "x"))
    assert [s.kind for s in t] == ["seed"] and t.state_at(1).nodes["x"].grad == 1.0


def test_behind_a_stop_everything_is_done_with_zero():
    x, y = variables(x=1, y=2)
    t = trace(nt.stop_gradient(x) * y)
    end = t.state_at(len(t))
    assert (end.nodes["x"].status, end.nodes["x"].grad) == ("done", 0.0)
    assert {e: s.status for e, s in end.edges.items()} == {
        "x->q#0": "done",
        "q->f#0": "done",
        "y->f#1": "now",
    }


def test_a_node_with_two_contributions_waits_for_both():
    x = variable(3.0, "x")
    t = trace((x * x).named("f"))
    assert [(t.edge(s), s.before, s.total) for s in t if s.slot is not None] == [
        ("x->f#0", None, 3.0),
        ("x->f#1", 3.0, 6.0),
    ]
    between = t.state_at(len(t) - 1)
    assert between.nodes["x"].grad == 3.0 and t.state_at(len(t)).nodes["x"].grad == 6.0


@COMMON
@given(programs(max_lines=5))
def test_states_are_the_fold_of_the_steps(program):
    """Applied one by one, the steps give every state; at the end all is known and nothing is left to do."""
    _, f = program.graph()
    t = trace(f, learning_rate=0.5)
    values = {t.names[n]: n.value for n in t.nodes if not n.parents}
    grads, contributions, now_before = {}, {}, None
    for k, step in enumerate(t, start=1):
        name, state = t.names[step.focus], t.state_at(k)
        if step.phase == "backward":
            if step.total is not None:
                grads[name] = step.total
            if step.slot is not None:
                contributions[t.edge(step)] = step.contribution
        else:
            values[name] = step.total
        assert [n for n, s in state.nodes.items() if s.status == "now"] == [name]
        for n, s in state.nodes.items():
            assert_same_bits(s.value if s.value is not None else 0.0, values.get(n, 0.0))
        for n, gradient in grads.items():
            assert_same_bits(state.nodes[n].grad, gradient)
        for edge, contribution in contributions.items():
            assert_same_bits(state.edges[edge].contribution, contribution)
        now_before = state
    f.backward()
    for node in t.nodes:
        if node.active:
            assert_same_bits(now_before.nodes[t.names[node]].grad, node.grad)
    assert all(s.status in ("done", "now") for s in now_before.nodes.values())
    assert all(s.status in ("done", "now") for s in now_before.edges.values())
    assert set(now_before.edges) == {
        f"{t.names[p]}->{t.names[n]}#{i}" for n in t.nodes for i, p in enumerate(n.parents)
    }


def test_the_steps_are_those_of_the_engine():
    x, W = variable([1.0, -2.0], "x"), variable([[1.0, 2.0], [3.0, 4.0]], "W")
    f = (nt.tanh(W @ x) + x[0]).sum()
    backward = [s for s in trace(f) if s.phase == "backward"][1:]
    for ours, theirs in zip(backward, backward_steps(f), strict=True):
        assert ours[:3] == theirs[:3]
        assert_same_bits(ours.contribution, theirs.contribution)


# -------------------------------------------------------------------------------------------- as formulas


def test_formulas_of_the_first_lesson(first):
    steps = {first.edge(s): s for s in first if s.slot is not None}
    assert [formula.text(first.operation(n)) for n in first.nodes] == ["x", "y", "z", "x + y", "q · z"]
    step = steps["q->f#0"]
    assert formula.text(first.local(step)) == "z"
    assert formula.text(first.contribution(step)) == "∂f/∂f · ∂f/∂q"
    assert formula.text(first.contribution(step), numbers=True) == "1 · (−4)"
    assert formula.text(first.contribution(steps["x->q#0"]), numbers=True) == "(−4) · 1"
    assert first.local(step).role == "local" and first.contribution(step).inputs[0].role == "upstream"


@COMMON
@given(programs(max_lines=5))
def test_every_step_has_its_formulas_and_they_carry_its_numbers(program):
    _, f = program.graph()
    t = trace(f)
    for step in t:
        assert formula.text(t.operation(step.node)) and formula.latex(t.operation(step.node), numbers=True)
        if step.kind == "contribution":
            assert_same_bits(t.contribution(step).value, step.contribution)
            if step.node.primitive.elementwise:
                np.testing.assert_array_equal(
                    np.broadcast_to(t.local(step).value, np.shape(step.local)), step.local
                )


# ------------------------------------------------------------------------------------------------ as data


def test_to_json_is_plain_and_complete(first):
    data = json.loads(json.dumps(first.to_json(), allow_nan=False))
    assert data["root"] == "f"
    assert data["nodes"][3] == {"name": "q", "kind": "operation", "operation": "x + y", "value": 3.0}
    assert data["edges"] == ["x->q#0", "y->q#1", "q->f#0", "z->f#1"]
    assert data["steps"][5] == {
        "kind": "contribution",
        "phase": "backward",
        "node": "x",
        "edge": "x->q#0",
        "upstream": -4.0,
        "contribution": -4.0,
        "before": None,
        "total": -4.0,
    }
    assert len(data["steps"]) == len(first)


@COMMON
@given(programs())
def test_to_json_keeps_every_number_in_full(program):
    _, f = program.graph()
    t = trace(f, learning_rate=0.1)
    data = json.loads(json.dumps(t.to_json(), allow_nan=False))
    assert [n["name"] for n in data["nodes"]] == [t.names[n] for n in t.nodes]
    for node, shown in zip(t.nodes, data["nodes"], strict=True):
        np.testing.assert_array_equal(np.array(shown["value"]), np.asarray(node.value))
    for step, shown in zip(t, data["steps"], strict=True):
        assert shown["edge"] is None or shown["edge"] in data["edges"]
        np.testing.assert_array_equal(np.array(shown["contribution"]), np.array(as_data(step.contribution)))


def test_numbers_that_json_lacks_become_texts():
    assert as_data(np.array([1.0, np.inf])) == [1.0, "inf"] and as_data(float("nan")) == "nan"
    assert as_data(np.float32(0.5)) == 0.5 and as_data(None) is None and as_data(np.array([True])) == [True]
    f = variable([1.0, -np.inf], "x") * 2.0
    assert json.dumps(trace(f).to_json(), allow_nan=False)


def test_a_long_trace_is_made_without_recursion():
    f = variable(1.0, "x")
    for _ in range(3_000):
        f = f * 0.999
    t = trace(f)
    assert len(t) == 6_001 and t.state_at(len(t)).nodes["x"].grad == pytest.approx(0.999**3_000)


def test_markdown_escapes_a_name_once():
    """An escape holds the characters & and #, which must not be escaped again."""
    assert "| b&#95;o |" in nt.trace(nt.variable(2.0, "b_o") * 3).to_markdown()
