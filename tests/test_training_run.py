"""A training run in the player: zero, forward, loss, backward, update, by nnteach's own optimizers, on one layout."""

import itertools
import re

import numpy as np
import pytest
from browser import BOXES, DOM, NODES, PLAYER, browser_page  # noqa: F401  (a fixture)

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.core.graph import rebuild
from nnteach.nn.optimizers import OPTIMIZERS, SGD, Adam, Momentum, Nesterov
from nnteach.player.python.page import document, frame_height
from nnteach.symbolic.formula import Symbol
from nnteach.trace.step_text import tell

FORMS = [(name, where) for name, made in OPTIMIZERS.items() for where in ("pytorch", *made.forms)]


def loss():
    w, b = nt.variables(w=-1.0, b=0.5)
    return ((w * nt.constant(2.0, "x") + b - nt.constant(3.0, "t")) ** 2).named("L")


def network():
    rng = np.random.default_rng(0)
    X, T = nt.constant(rng.normal(size=(2, 2)), "X"), nt.constant(rng.normal(size=(2, 1)), "T")
    W, b = nt.variable(rng.normal(size=(3, 2)), "W1"), nt.variable(rng.normal(size=3), "b1")
    V, c = nt.variable(rng.normal(size=(1, 3)), "W2"), nt.variable(rng.normal(size=1), "b2")
    return (((nt.tanh(X @ W.T + b).named("a1") @ V.T + c).named("y") - T) ** 2).mean().named("L")


# ------------------------------------------------------------------------------------------------ the numbers

@pytest.mark.parametrize("name, where", FORMS)
@pytest.mark.parametrize("decay", [
    {}, *({"weight_decay": 0.1, "decay": how} for how in ("l2", "decoupled", "plain", "paper"))])
def test_the_formulas_of_an_optimizer_give_what_it_computes(name, where, decay):
    optimizer = OPTIMIZERS[name].as_in(where, learning_rate=0.1, **decay)
    theta, state = np.array([0.5, -2.0]), optimizer.init({"w": np.zeros(2)})
    for t in (1, 2, 3):
        g = np.array([0.3, -1.0]) * t
        new, after = optimizer.update({"w": theta}, {"w": g}, state)
        kept = [{slot: one[slot]["w"] for slot in optimizer.slots} for one in (state, after)]
        *remembered, (_, rule) = optimizer.formulas(Symbol("w", theta), Symbol("g", g), Symbol("η", 0.1), t, *kept)
        np.testing.assert_allclose(rule.value, new["w"], rtol=1e-12)
        for left, right in remembered:
            np.testing.assert_allclose(left.value, right.value, rtol=1e-12)
        theta, state = new["w"], after


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.1), Nesterov(0.05), Adam(0.1, weight_decay=0.01)], ids=repr)
@pytest.mark.parametrize("make", [loss, network])
def test_a_run_is_bit_for_bit_the_optimizer_run_by_hand(make, optimizer):
    root = make()
    t = nt.trace(root, optimizer=optimizer, iterations=4)
    inputs = [node for node in t.nodes if node.kind == "input"]
    values = {node.name: np.asarray(node.value) for node in inputs}
    state, losses = optimizer.init(values), []
    for _ in range(4):
        copies = rebuild(root, {node: values[node.name] if node.shape else float(values[node.name]) for node in inputs})
        losses.append(copies[root].value)
        gradients = nt.grad(copies[root], [copies[node] for node in inputs])
        named = {node.name: np.asarray(gradient) for node, gradient in zip(inputs, gradients, strict=True)}
        values, state = optimizer.update(values, named, state)
    end = t.state_at(len(t))
    assert all(np.array_equal(end.nodes[name].value, value) for name, value in values.items())
    assert [loss for _, loss in t.losses] == losses
    assert all(np.array_equal(t.memories[len(t)].after[slot], state[slot][inputs[-1].name]) for slot in optimizer.slots)


def test_what_cannot_be_run_is_refused():
    with pytest.raises(GraphError, match=r"optimizer=nt\.nn\.optimizers"):
        nt.step(loss(), iterations=3)
    with pytest.raises(GraphError, match="Give the rate to the optimizer"):
        nt.step(loss(), learning_rate=0.1, optimizer=SGD(0.1))
    with pytest.raises(GraphError, match="a number of iterations, 1 or more"):
        nt.step(loss(), optimizer=SGD(0.1), iterations=0)
    with pytest.raises(GraphError, match="at_look_ahead=False"):
        nt.step(loss(), optimizer=Nesterov(at_look_ahead=True))
    with pytest.raises(GraphError, match="a single number to train on"):
        nt.step(nt.variable([1.0, 2.0], "x") * 2.0, optimizer=SGD(0.1))
    assert nt.trace(loss(), optimizer=SGD(0.1)).iterations == 1


def test_the_rule_stands_with_names_and_with_numbers():
    t = nt.trace(loss(), optimizer=Adam(0.1), iterations=2)
    update = t.to_text().split("w takes a step downhill.")[2]
    for line in ("m ← β1 · m + (1 − β1) · g = 0.9 · (−1.8) + (1 − 0.9) · (−16.8) = −3.3",
                 "m̂ ← m / (1 − β1^t) = (−3.3) / (1 − 0.9^2) = −17.37",
                 "w ← w − η · m̂ / (√v̂ + ε) = −0.9 − 0.1 · (−17.37)"):
        assert line in update
    assert r"\hat{m}" in t.to_latex()
    markdown = t.to_markdown("it")
    assert "### Iterazione 2 · In avanti: i valori" in markdown and "| 2 | 17.64 |" in markdown


def test_the_updated_weight_is_asked_for():
    data = nt.step(loss(), optimizer=Momentum(0.1), iterations=2).data
    asked = [step["ask"] for step in data["steps"] if step["phase"] == "update" and "ask" in step]
    assert len(asked) == 4 and {ask["kind"] for ask in asked} == {"weight"}
    assert "plain" in [key for _, key in asked[2]["slips"]]  # in the first iteration the velocity begins at 0


# --------------------------------------------------------------------------------------------------- in the browser

VISIBLE = """() => [...document.querySelectorAll('[data-loss]')]
    .filter(one => getComputedStyle(one).visibility === 'visible').length"""


def test_a_training_run_on_one_layout(browser_page):  # noqa: F811
    player = nt.step(loss(), optimizer=Adam(0.1), iterations=3)
    shown = browser_page(document(player.data))
    root, starts = shown.page.locator(PLAYER), player.trace.starts
    boxes = shown.page.evaluate(BOXES)
    seen, documents = [], []
    for _ in range(3):
        shown.press("i")
        seen.append((shown.step, root.get_attribute("data-iteration"), shown.page.evaluate(VISIBLE)))
        documents.append(shown.page.evaluate(DOM))
        assert shown.page.evaluate(BOXES) == boxes
    assert seen == [(starts[0], "1", 0), (starts[1], "2", 1), (starts[2], "3", 2)]
    assert set(shown.page.locator("[data-node=w]").get_attribute("data-grad").split()) == {"0.0"}
    shown.press("End")
    assert shown.page.evaluate(VISIBLE) == 3 and shown.page.evaluate(BOXES) == boxes
    end = player.trace.state_at(len(player.trace))
    assert {name: node["value"] for name, node in shown.page.evaluate(NODES).items()} == {
        name: repr(state.value) for name, state in end.nodes.items() if name in shown.page.evaluate(NODES)}
    shown.press("Shift+I")
    assert shown.step == starts[2] and shown.page.evaluate(DOM) == documents[2]
    shown.page.locator('.nn-curve [data-action="previousIteration"]').click()
    assert shown.step == starts[1] and shown.page.evaluate(DOM) == documents[1]
    assert shown.page.locator(".nn-curve").inner_text().startswith("iteration 2 of 3\nloss 20.25")
    phases = [step["phase"] for step in player.data["steps"]]
    assert [phase for phase, _ in itertools.groupby(phases)] == ["forward", "backward", "update"] * 3


CUT_OFF = """() => [...document.querySelectorAll('.nn-segments > span')]
    .filter((one) => one.firstElementChild?.offsetWidth > one.clientWidth).map((one) => one.textContent)"""


@pytest.mark.parametrize("projected", [False, True])
def test_a_phase_is_named_in_full_or_not_at_all(browser_page, projected):  # noqa: F811
    """However short the phases are: of names that have no room, colours and order are left."""
    for iterations in (1, 2, 3, 4):
        shown = browser_page(document(nt.step(loss(), optimizer=SGD(0.1), iterations=iterations).data))
        if projected:
            shown.press("f")
        shown.press("End")
        for width in (1920, 1440, 1240, 1024):
            shown.page.set_viewport_size({"width": width, "height": 600})
            assert shown.page.evaluate(CUT_OFF) == [], (iterations, width)


def test_the_table_has_what_the_optimizer_remembers(browser_page):  # noqa: F811
    player = nt.step(loss(), optimizer=Adam(0.1), iterations=2)
    shown = browser_page(document(player.data))
    shown.press("End")
    shown.press("t")
    rows = dict(shown.page.locator(".nn-table tbody tr").evaluate_all(
        "rows => rows.map(row => [row.cells[0].textContent, row.cells[2].firstChild.textContent])"))
    assert rows["m(w)"] == "−3.3" and rows["v(b)"] == "0.1515" and rows["w"] == "−0.8002"


def test_a_run_at_every_level_has_the_same_losses():
    player = nt.step(network(), optimizer=Adam(0.1), iterations=2)
    levels = set(player.data["levels"])
    assert levels == {"scalar", "neuron", "layer"}
    from test_levels import message_at
    for level in levels:
        data = message_at(player.data, level)
        losses = [float(data["texts"][place][0]) for _, place in data["losses"]]
        np.testing.assert_allclose(losses, [float(value) for _, value in player.trace.losses], rtol=1e-12)
        assert data.get("moments", [0])[-1] in (0, len(player.trace))
    assert frame_height(player.data) >= 600


# ------------------------------------------------------------------------------------------- units in trouble, in words

@pytest.mark.parametrize("made, said", [
    (lambda x: nt.relu(x), "Dead for these samples: column 1."),
    (lambda x: nt.relu(-x), "2 of 4 gates are closed"),
    (lambda x: nt.sigmoid(x * 20.0), "4 of 4 entries of s are saturated"),
    (lambda x: (x * 1e-6).named("s"), "The gradient vanishes"),
])
def test_units_in_trouble_are_named(made, said):
    x = nt.variable([[1.0, -2.0], [2.0, -1.0]], "x")
    x = x if "gates" not in said else nt.variable([[1.0, -2.0], [-2.0, 3.0]], "x")
    t = nt.trace(made(x).named("s").sum())
    remarks = " ".join(tell(t, k).remark or "" for k in range(1, len(t) + 1))
    assert re.search(re.escape(said), remarks), remarks
