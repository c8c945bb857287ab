"""What one looks at in a step: grains, cells of a matrix, collapsed layers, the overview, and formulas in lines."""

import json

import pytest
from browser import DOM, NODES, PLAYER, browser_page  # noqa: F401  (a fixture)
from test_levels import message_at
from test_training_run import loss, network

import nnteach as nt
from nnteach.nn.optimizers import Adam
from nnteach.player.python.page import document, notebook_output
from nnteach.symbolic.number_format import number


def branched():
    x, y = nt.variables(x=2, y=-3)
    return ((x * y).named("q") + x * x).named("f")


def test_a_node_at_a_time(browser_page):  # noqa: F811
    shown = browser_page(document(nt.step(branched()).data))
    root, say = shown.page.locator(PLAYER), shown.page.locator("[data-say]")
    shown.press("ArrowRight", 7)
    here = shown.page.evaluate(DOM)
    assert shown.page.locator("[data-ledger]").inner_text().split("\n")[-1] == "0 + 2 = 2"
    shown.press("g")
    assert shown.step == 9 and root.get_attribute("data-grain") == "node"
    assert say.inner_text() == "Steps: one per edge or one per node: one per node."
    assert shown.page.locator("[data-ledger]").inner_text().split("\n")[-1] == "0 + 2 + 2 + (−3) = 1"
    assert shown.page.locator("[data-edge].now").count() == 3
    assert shown.page.locator(".nn-count").inner_text() == "step 7 of 8"
    shown.press("ArrowRight")
    assert shown.step == 10 and shown.page.locator("[data-edge].now").count() == 1
    shown.press("ArrowLeft")
    assert say.inner_text() == "x has 3 contributions, 2, 2 and minus 3. Together that makes 1."
    shown.press("ArrowLeft")
    assert shown.step == 6
    shown.page.locator('.nn-toolbar [data-action="grain"]').click()
    shown.press("ArrowRight")
    assert shown.step == 7 and root.get_attribute("data-grain") == "edge"
    again = shown.page.evaluate(DOM).replace(' data-grain="edge"', "")
    assert again.replace(' aria-pressed="false"', "") == here.replace(' aria-pressed="false"', "")


def test_a_cell_of_a_matrix_is_a_sum_of_numbers(browser_page):  # noqa: F811
    player = nt.step(network())
    shown = browser_page(document(player.data))
    say, page = shown.page.locator("[data-say]"), shown.page
    scalar = {node["name"]: node for node in message_at(player.data, "scalar")["nodes"]}
    shown.press("ArrowRight", 4)
    line = page.locator('[data-node="a1"] .value tspan').nth(1)
    page.locator('[data-node="a1"]').scroll_into_view_if_needed()
    box = line.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 10, box["y"] + box["height"] / 2)
    assert shown.step == 4 and page.locator(PLAYER).get_attribute("data-cell") == "a1[1,2]"
    name = scalar["a1[1,2]"]["operation"]
    value = shown.page.locator('[data-node="a1"]').get_attribute("data-value")
    assert say.inner_text().startswith("a1[1,2] = tanh(") and name.startswith("tanh(")
    assert page.locator(".nn-cell p").last.inner_text() == f"= {number(json.loads(value)[1][2])}"
    shown.press("c")
    assert page.locator(PLAYER).get_attribute("data-cell") == "a1[0,0]"
    shown.press("Shift+C")
    page.locator('.nn-cell [data-action="cellBefore"]').click()
    assert page.locator(PLAYER).get_attribute("data-cell") == "a1[1,1]"
    shown.press("Escape")
    assert page.locator(".nn-cell, .nn-frame").count() == 0 and not say.inner_text().startswith("a1[")
    shown.press("ArrowRight", 2)  # p = a1 @ W2ᵀ
    shown.press("c")
    assert say.inner_text().count("W2[0,") == 3 and say.inner_text().count("a1[0,") == 3


def test_layers_collapse_and_expand_at_the_same_step(browser_page):  # noqa: F811
    player = nt.step(network(), learning_rate=0.1)
    shown = browser_page(document(player.data))
    root = shown.page.locator(PLAYER)
    for steps in (3, 12, 5):
        shown.press("ArrowRight", steps)
        at, vector = shown.step, shown.page.evaluate(NODES)
        shown.press("4")
        assert root.get_attribute("data-level") == "layer" and shown.step == at
        layers = shown.page.evaluate(NODES)
        assert set(layers) < set(vector) and len(layers) <= len(vector) - 4
        assert {name: (node["value"], node["grad"]) for name, node in layers.items()} == {
            name: (vector[name]["value"], vector[name]["grad"]) for name in layers}
        shown.press("2")
        assert shown.page.evaluate(NODES) == vector


def test_a_large_graph_has_an_overview(browser_page):  # noqa: F811
    value = nt.variable(0.5, name="x")
    for place in range(160):
        value = nt.sin(value).named(f"s{place}")
    shown = browser_page(document(nt.step(value).data))
    page = shown.page
    shown.press("ArrowRight", 100)
    shown.painted()
    pane, now = page.locator(".nn-stage").bounding_box(), page.locator("[data-node].now").bounding_box()
    assert pane["x"] <= now["x"] and now["x"] + now["width"] <= pane["x"] + pane["width"]
    here = float(page.locator(".nn-here").get_attribute("x"))
    window = page.locator(".nn-window")
    left, width = (float(window.get_attribute(key)) for key in ("x", "width"))
    assert left <= here <= left + width
    box = page.locator(".nn-overview svg").bounding_box()
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    page.wait_for_function("() => document.querySelector('.nn-stage').scrollLeft === 0")
    assert shown.step == 100
    assert browser_page(document(nt.step(branched()).data)).page.locator(".nn-overview").count() == 0


OVERFLOW = """() => [...document.querySelectorAll('.nn-math, .nn-because')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"""


@pytest.mark.parametrize("make", [
    lambda: nt.step(loss(), optimizer=Adam(0.1), iterations=1), lambda: nt.step(network())])
def test_formulas_break_into_lines(browser_page, make):  # noqa: F811
    player = make()
    shown = browser_page(document(player.data), viewport={"width": 1024, "height": 768})
    for _ in range(len(player.trace) + 1):
        shown.painted()
        assert shown.page.evaluate(OVERFLOW) == [], shown.step
        shown.press("ArrowRight")


def test_twenty_five_players_stay_small():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    small = len(notebook_output(nt.step(((x + y).named("q") * z).named("f")).data))
    run = len(notebook_output(nt.step(loss(), optimizer=Adam(0.1), iterations=5).data))
    net = len(notebook_output(nt.step(network()).data))
    assert 21 * small + 2 * run + 2 * net <= 3_000_000
