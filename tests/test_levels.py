"""The levels of the player: one pass as a graph of arrays, of single numbers, and as a network of neurons."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from browser import DOM, NODES, PLAYER, browser_page  # noqa: F401  (a fixture)
from unpacking import unpacked

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.draw.chain import chain_of
from nnteach.player.python.levels.levels import MOST_SCALARS, scalars_of
from nnteach.player.python.levels.neuron import MOST_UNITS
from nnteach.player.python.page import document
from nnteach.trace.trace import trace


def network(sizes=(2, 3, 1), batch=2, activation="sigmoid", seed=0):
    rng = np.random.default_rng(seed)
    net = nt.nn.MLP(list(sizes), activation=activation, rng=rng)
    X, T = rng.normal(size=(batch, sizes[0])), rng.normal(size=(batch, sizes[-1]))
    return nt.nn.losses.mse(net.forward(X), T).named("L")


def expression():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return ((x + y).named("q") * z).named("f")


def message_at(data, level):
    """The part of the message for one level, whether it is shown first or packed."""
    return data if data["level"] == level else {**data, **unpacked(data["levels"][level])}


# ----------------------------------------------------------------------------------------------- which levels there are


def test_a_graph_of_numbers_has_one_level_and_a_graph_of_arrays_two():
    assert nt.step(expression()).data["levels"] == {}
    x = nt.variable([1.0, 2.0], "x")
    data = nt.step((x * x).sum().named("f")).data
    assert data["level"] == "vector" and set(data["levels"]) == {"scalar"}
    assert nt.step((x * x).sum(), level="scalar").data["level"] == "scalar"


@pytest.mark.parametrize("level, word", [("scalar", "single number as result"), ("neuron", "layers in a row")])
def test_a_level_that_is_not_there_is_refused_with_the_reason(level, word):
    with pytest.raises(GraphError, match=word):
        nt.step(nt.variable([1.0, 2.0], "x") * 2, level=level)
    with pytest.raises(GraphError, match="a level among scalar, vector, neuron, layer"):
        nt.step(expression(), level="atoms")


def test_a_large_graph_is_not_taken_apart():
    assert scalars_of(trace(nt.variable(np.ones(MOST_SCALARS + 1), "x").sum())) is None
    assert scalars_of(trace(nt.variable(np.ones(50), "x").sum())) is not None


def test_an_operation_that_only_knows_arrays_leaves_the_vector_level():
    @nt.primitive(vjps=(lambda g, y, x: g * np.sign(x),), elementwise=False)
    def total(x):
        return float(np.sum(np.abs(np.asarray(x, float))))

    assert nt.step(total(nt.variable([1.0, -2.0], "x"))).data["levels"] == {}


# ----------------------------------------------------------------------------------------- the same moments everywhere


def test_every_step_of_the_scalar_graph_has_its_moment_in_the_vector_graph():
    scalars = scalars_of(trace(network()))
    vector, single, moments = scalars.vector, scalars.trace, scalars.moments
    assert len(moments) == len(single) + 1 and moments[0] == 0 and moments[-1] == len(vector)
    for step, moment in list(zip(single.steps, moments[1:], strict=True))[:-1]:
        there = vector.steps[moment - 1]
        assert step.kind == there.kind
        assert scalars.owner[step.node] is there.node
        if step.slot is not None and scalars.owner[step.parent] is not there.node:
            assert step.parent in set(scalars.entries[there.parent].flat)


def test_the_entries_of_a_transposed_matrix_keep_their_names():
    names = set(scalars_of(trace(network())).trace.names.values())
    assert {"W1[2,1]", "b1[0]", "pre1[1,2]", "out1[0,0]", "q[0,0]", "L"} <= names
    assert not any("ᵀ" in name for name in names)


# ------------------------------------------------------------------------------------------------------------ neurons


def test_a_network_is_recognised_however_it_is_written():
    rng = np.random.default_rng(0)
    W, V = nt.variable(rng.normal(size=(3, 2)), "W"), nt.variable(rng.normal(size=(3, 1)), "V")
    b, x = nt.variable(rng.normal(size=3), "b"), nt.constant(rng.normal(size=2), "x")
    rows = ((nt.sigmoid(nt.constant(rng.normal(size=(4, 2)), "X") @ W.T + b) @ V) ** 2).mean()
    by_columns = (nt.variable(rng.normal(size=(1, 3)), "U") @ nt.tanh(W @ x + b)).sum()
    assert chain_of(trace(rows)).widths == chain_of(trace(by_columns)).widths == [2, 3, 1]
    assert chain_of(trace(network((3, 4, 2)))).widths == [3, 4, 2]


@pytest.mark.parametrize(
    "make",
    [
        expression,
        lambda: (
            nt.variable(np.ones((2, 2)), "A")
            @ nt.variable(np.ones((2, 2)), "B")
            @ nt.variable(np.ones((2, 2)), "A2")
            @ (nt.variable(np.ones((2, 2)), "C") @ nt.variable(np.ones((2, 2)), "D"))
        ).sum(),  # not in a row
    ],
    ids=["numbers", "a tree"],
)
def test_what_is_no_row_of_layers_has_no_neurons(make):
    assert chain_of(trace(make())) is None


def test_wide_layers_are_not_drawn_as_neurons():
    assert "neuron" not in nt.step(network((2, MOST_UNITS + 1, 1), batch=1)).data["levels"]
    assert "neuron" in nt.step(network((2, MOST_UNITS, 1), batch=1)).data["levels"]


def entry(value, name):
    """The entry that a name like W1[0,1] stands for, in full."""
    index = tuple(map(int, name[name.index("[") + 1 : -1].split(","))) if "[" in name else ()
    return repr(np.asarray(value)[index].item())


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "identity"])
def test_every_number_of_a_neuron_is_an_entry_of_the_trace(activation):
    root = network((2, 3, 2), activation=activation)
    told = trace(root, 0.1)
    data = message_at(nt.step(root, learning_rate=0.1).data, "neuron")
    pre = {"out1": "pre1"}  # where δ stands
    assert {node["name"] for node in data["nodes"]} >= {"X[0,0]", "W1[2,1]", "b2[1]", "pred[0,1]", "L"}
    for k in range(len(told) + 1):
        state = told.state_at(k)
        for node in data["nodes"]:
            _, _, value, gradient = [one for one in node["timeline"] if one[0] <= k][-1]
            there, graded = state.nodes[node["of"]], state.nodes[pre.get(node["of"], node["of"])]
            for place, full in ((value, there.value), (gradient, graded.grad)):
                assert (data["texts"][place][0] if place is not None else None) == (
                    None if full is None else entry(full, node["name"])
                )


def test_all_three_levels_agree_to_the_last_digit_shown():
    root = network((2, 3, 2), batch=1)
    data = nt.step(root).data
    final = {}
    for level in ("vector", "scalar", "neuron"):
        part = message_at(data, level)
        for node in part["nodes"]:
            for kind, place in zip(("value", "gradient"), node["timeline"][-1][2:], strict=True):
                if place is not None and (level != "vector" or node["name"] == "L"):
                    final.setdefault((node["name"], kind), set()).add(tuple(part["texts"][place][1]))
    shared = [key for key in final if key[0].startswith(("W", "b", "pred", "L"))]
    assert len(shared) > 30 and all(len(final[key]) == 1 for key in shared)


def test_weights_neither_cover_each_other_nor_a_unit():
    for sizes in ((2, 2, 2), (3, 4, 2), (1, 5, 1), (4, 4)):
        picture = ET.fromstring(message_at(nt.step(network(sizes, batch=1)).data, "neuron")["picture"])
        boxes = [
            tuple(float(box.get(key)) for key in ("x", "y", "width", "height"))
            for box in picture.iter("{http://www.w3.org/2000/svg}rect")
            if box.get("class") == "box"
        ]
        for i, (x, y, w, h) in enumerate(boxes):
            assert all(x + w <= X or X + W <= x or y + h <= Y or Y + H <= y for X, Y, W, H in boxes[i + 1 :]), sizes


# ---------------------------------------------------------------------------------------------------- in the browser


@pytest.fixture(scope="module")
def source():
    return document(nt.step(network((2, 2, 1), batch=1), learning_rate=0.1).data)


def test_the_keys_1_2_3_and_the_buttons_change_the_level(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    root = shown.page.locator(PLAYER)
    assert root.get_attribute("data-level") == "vector"
    assert shown.page.locator(".nn-levels button").all_inner_texts() == ["scalar", "vector", "neuron", "layers"]
    for key, level, node in [("1", "scalar", "W1[0,1]"), ("3", "neuron", "out1[0,1]"), ("2", "vector", "W1")]:
        shown.press(key)
        shown.page.wait_for_function(
            "level => document.querySelector('[data-level]').dataset.level === level", arg=level
        )
        assert node in shown.page.evaluate(NODES)
        assert shown.page.locator('.nn-levels [aria-pressed="true"]').inner_text() == level
    shown.page.get_by_role("button", name="neuron").click()
    assert root.get_attribute("data-level") == "neuron"


def test_the_moment_and_the_node_are_carried_over(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    say = shown.page.locator("[data-say]")
    shown.page.locator('[data-node="out1"]').click()
    assert say.text_content() == "out1 is sigma of pre1."
    shown.page.locator('[data-node="out1"]').focus()
    shown.press("1")
    assert say.text_content().startswith("out1[0,1] is sigma of pre1[0,1]:")
    assert shown.page.evaluate("() => document.activeElement.dataset.node") == "out1[0,0]"
    shown.press("3")
    assert say.text_content() == "out1 is sigma of pre1."
    assert shown.page.locator('[data-node="out1[0,1]"]').get_attribute("data-state") == "now"
    shown.press("End")
    shown.press("2")
    assert shown.page.locator(PLAYER).get_attribute("data-phase") == "done"


def test_there_and_back_is_the_same_document_at_every_step(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("1")
    shown.press("2")  # at once: the first wish does not come true later
    shown.page.wait_for_timeout(300)
    assert shown.page.locator(PLAYER).get_attribute("data-level") == "vector"
    rng = np.random.default_rng(0)
    for step in rng.permutation(int(shown.page.locator(PLAYER).get_attribute("data-steps")) + 1)[:12]:
        shown.page.get_by_role("slider").fill(str(step))
        shown.painted()
        here = shown.page.evaluate(DOM)
        for keys in (("1", "2"), ("3", "2"), ("1", "3", "1", "2")):
            for key in keys:
                shown.press(key)
        shown.painted()
        assert shown.page.evaluate(DOM) == here


def test_a_click_on_a_weight_goes_to_its_gradient(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("3")
    weight = shown.page.locator('[data-node="W1[0,1]"]')
    for _ in range(3):
        weight.click()
    assert weight.get_attribute("data-state") == "now"
    assert shown.page.locator(PLAYER).get_attribute("data-phase") == "backward"
    assert shown.page.locator('[data-edge="X[0,1]->out1[0,0]#1"]').count() == 1


def test_without_decompression_the_page_says_what_it_needs(browser_page, source):  # noqa: F811
    shown = browser_page(source.replace("<body>", "<body><script>delete window.DecompressionStream</script>"))
    told, needed = shown.page.locator("#player > p").all_inner_texts()
    assert told.startswith("Computational graph of L")
    assert needed.endswith("a browser of 2023 or later that runs JavaScript.")
