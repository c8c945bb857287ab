"""What the player promises, shown on random expressions and networks in a real Chromium.

The numbers: every one in the document is the engine's, at every step and level. The document: a function of the message
and the step alone, on a picture in which nothing moves, at the cost of what changes.
"""

import json
import random

import numpy as np
import pytest
from browser import BOXES, PLAYER, browser_page  # noqa: F401  (a fixture)
from strategies import OPERANDS, OPERATIONS, Program

import nnteach as nt
from nnteach.draw import drawn
from nnteach.draw.chain import chain_of
from nnteach.player.python.levels.levels import scalars_of
from nnteach.player.python.page import document
from nnteach.trace.trace import edge_name

# Shows every message at every level and step; what changes from one step to the next comes back, as texts.
WALK = """async (messages) => {
  const { mount } = await import(URL.createObjectURL(new Blob([window.script], {type: "text/javascript"})));
  const seen = [];
  for (const data of messages) {
    const root = document.body.appendChild(document.createElement("div"));
    root.style.display = "none";  // what is read needs no layout
    const player = mount(root, data);
    const levels = {};
    const offered = [...root.querySelectorAll(".nn-levels button")].map((button) => button.dataset.action);
    for (const level of offered.length ? offered : [data.level]) {
      root.querySelector(`[data-action="${level}"]`)?.click();
      while (root.dataset.level !== level) await new Promise((done) => setTimeout(done));
      const before = {}, steps = [];
      const edges = [...root.querySelectorAll("[data-edge]")], nodes = [...root.querySelectorAll("[data-node]")];
      for (let step = 0; step <= Number(root.dataset.steps); step += 1) {
        player.goTo(step);
        const now = [...nodes.map(({dataset: d}) => [d.node, d.value, d.grad]),
          ...edges.map(({dataset: d}) => [d.edge, d.contribution ?? ""])];
        const changed = now.filter(([name, ...texts]) => before[name] !== (before[name] = texts.join("|")));
        steps.push(changed);
      }
      levels[level] = steps;
    }
    seen.push(levels);
    player.destroy();
    root.remove();
  }
  return seen;
}"""
EXPRESSIONS, NETWORKS, TOGETHER = 150, 50, 25


def random_expression(seed):
    """Up to six operations on up to three numbers or small arrays."""
    rng = random.Random(seed)
    shapes = [(), (), (3,), (2, 3)]
    leaves = [np.array(np.random.default_rng(seed + k).normal(size=rng.choice(shapes)))[()]
              for k in range(rng.randint(1, 3))]
    lines = []
    for count in range(rng.randint(2, 6)):
        name = rng.choice(list(OPERATIONS))
        lines.append((name, tuple(rng.randrange(len(leaves) + count) for _ in range(OPERANDS[name]))))
    return Program(tuple(leaves), tuple(lines)).graph()[1]


def random_network(seed):
    """One to three layers of one to three units, two samples, any activation and normalisation."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    sizes = [rng.randint(1, 3) for _ in range(rng.randint(2, 3))]
    activation = rng.choice(["relu", "tanh", "sigmoid", "elu", "softplus", "leaky_relu"])
    net = nt.nn.MLP(sizes, activation, rng=numbers, normalization=rng.choice([None, None, "layer", "batch"]))
    X, T = numbers.normal(size=(2, sizes[0])), numbers.normal(size=(2, sizes[-1]))
    return nt.nn.losses.mse(net.forward(X), T).named("L")


MAKERS = [(random_expression, seed) for seed in range(EXPRESSIONS)]
MAKERS += [(random_network, seed) for seed in range(NETWORKS)]


@pytest.fixture(scope="module")
def page(chromium):
    """A page with the script, in which messages are shown."""
    from nnteach.player.python.script import script

    page = chromium.new_page(reduced_motion="reduce")
    page.goto("about:blank")
    page.evaluate("script => { window.script = script; }", script())
    yield page
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(MAKERS), TOGETHER))
def test_every_number_at_every_step_is_the_engines(page, first):
    players = [nt.step(make(seed)) for make, seed in MAKERS[first : first + TOGETHER]]
    for player, levels in zip(players, page.evaluate(WALK, [player.data for player in players]), strict=True):
        vector = list(states(levels["vector"]))
        follow(player.trace, vector)
        ledgers(player.trace, vector)
        if "scalar" in levels:
            scalars = scalars_of(player.trace)
            found = list(states(levels["scalar"]))
            follow(scalars.trace, found)
            same_entries(found[-1][0], vector[-1][0], scalars)
        for level in {"neuron", "layer"} & levels.keys():
            same_at_another_level(list(states(levels[level])), vector, player.trace)


def states(steps):
    """What the document says at each step, and the names for which it says something new.

    Name of a node -> [value, gradient], of an edge -> [contribution]; None: not known.
    """
    now = {}
    for changed in steps:
        now = now | {name: [json.loads(number(text)) if text else None for text in texts] for name, *texts in changed}
        yield now, {name for name, *_ in changed}


def number(text):
    """JSON of a value in full: Python's words for what is no number."""
    return text.replace("inf", "Infinity").replace("nan", "NaN")


def follow(trace, seen):
    """The engine's own steps, once more: what is known after each, and how much of the gradient has arrived."""
    names, values, grads, given = trace.names, {}, {}, {}
    nodes = {names[node]: node for node in trace.nodes}
    assert {name for name, told in seen[0][0].items() if len(told) == 2} == {names[node] for node in drawn(trace)}
    for (now, new), step in zip(seen[1:], engine_steps(trace), strict=True):
        if step.slot is None:
            values[names[step.node]] = step.node.value
            grads |= {names[step.node]: step.total} if step.kind == "seed" else {}
        else:
            given[edge_name(names, step.node, step.slot)] = step.contribution
            grads |= {} if step.total is None else {names[step.parent]: step.total}
        # What neither of the two has changed is as it was before.
        ours = {names[step.node]} if step.slot is None else {names[step.parent], edge_name(names, step.node, step.slot)}
        for name in (new | ours) & now.keys():
            told = now[name]
            if len(told) == 1:
                assert same(told[0], given.get(name)), name
            else:
                if name in values:
                    assert same(told[0], nodes[name].value)
                else:
                    assert told[0] is None or not nodes[name].primitive
                assert same(told[1], grads.get(name)), name
    leaves = [node for node in trace.nodes if node.kind == "input"]
    for leaf, grad in zip(leaves, nt.grad(trace.root, leaves), strict=True):
        assert same(seen[-1][0][names[leaf]][0], leaf.value)
        assert same(seen[-1][0][names[leaf]][1], grad)


def engine_steps(trace):
    """The steps before the backward pass as the trace has them, then what the engine gives when it is asked again."""
    ahead = [step for step in trace.steps if step.slot is None]
    return ahead + list(nt.backward_steps(trace.root))


def same(told, number):
    """Whether a number in the document is this one, bit for bit; None: neither is known."""
    return told is None if number is None else told is not None and np.array_equal(told, number, equal_nan=True)


def ledgers(trace, seen):
    """The contributions of every edge to a node, added in the order of the steps, are its gradient."""
    totals = {}
    for step in engine_steps(trace):
        if step.slot is not None and step.total is not None:
            name = trace.names[step.parent]
            shown = np.array(seen[-1][0][edge_name(trace.names, step.node, step.slot)][0])
            totals[name] = shown if name not in totals else totals[name] + shown
    for name, total in totals.items():
        assert same(seen[-1][0][name][1], total), name


def same_at_another_level(seen, vector, trace):
    """A unit shows an entry of its output and of the gradient of its pre-activation; all else shows what is its own.

    The box of a layer shows its output whole.
    """
    pre = {trace.names[layer.out]: trace.names[layer.pre] for layer in chain_of(trace).layers}
    for (now, new), (whole, also) in zip(seen, vector, strict=True):
        for name, told in ((name, told) for name, told in now.items() if len(told) == 2):
            array, index = array_and_index(name)
            graded = pre.get(array, array) if index else array
            if {name, array, graded} & (new | also):
                assert told == [entry(whole[array][0], index), entry(whole[graded][1], index)], name


def array_and_index(name):
    """The name of an entry, W1[2,0], as the name of its array and the index."""
    whole, bracket, index = name.partition("[")
    return whole, tuple(map(int, index.rstrip("]").split(","))) if bracket else ()


def entry(value, index):
    return value if value is None or not index else np.array(value)[index].item()


def same_entries(scalars, vector, made):
    """In the end, the entries that stand as single numbers agree with the arrays but for the order of rounding."""
    trace = made.vector
    for node, numbers in made.entries.items():
        for index, one in np.ndenumerate(numbers):
            told, whole = scalars.get(made.trace.names.get(one)), vector.get(trace.names[node])
            if told and whole and made.owner[one] is node:
                for number, array in zip(told, whole, strict=True):
                    if number is not None and array is not None:
                        np.testing.assert_allclose(number, np.array(array)[index], rtol=1e-9, atol=1e-12)


# ---------------------------------------------------------------------------------------------- there and back again

# A thousand random actions; wherever the same level, grain and step is reached again, the document must be the same.
WANDER = """async ([count, seed]) => {
  const root = document.querySelector("[data-nnteach-player]"), seen = new Map(), levels = new Map(), wrong = [];
  const boxes = () => JSON.stringify([...root.querySelectorAll("[data-node] .box, [data-edge] .line")].map((box) => {
    const {x, y, width, height} = box.getBBox(); return [x, y, width, height]; }));
  let state = seed;
  const random = (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % below;
  };
  const press = (key, shiftKey = false) =>
    root.dispatchEvent(new KeyboardEvent("keydown", {key, shiftKey, bubbles: true}));
  press("g"); press("g");
  for (let turn = 0; turn < count; turn += 1) {
    const steps = Number(root.dataset.steps);
    const kind = random(8);
    if (kind < 3) for (let k = random(4); k >= 0; k -= 1) press(random(2) ? "ArrowRight" : "ArrowLeft");
    else if (kind === 3) press(["ArrowRight", "ArrowLeft"][random(2)], true);
    else if (kind === 4) {
      const slider = root.querySelector("[type=range]");
      slider.value = random(steps + 1);
      slider.dispatchEvent(new Event("input", {bubbles: true}));
    } else if (kind === 5) { press("g"); press("End"); press("Home"); }
    else if (kind === 6) {
      const [from, level] = [root.dataset.level, String(1 + random(4))];
      press(level); await new Promise((done) => setTimeout(done));
      const back = root.querySelector(`[data-action="${from}"]`);
      if (random(2)) { back?.click(); await new Promise((done) => setTimeout(done)); }
    } else press(["Home", "End"][random(2)]);
    document.activeElement?.blur?.();
    await new Promise(requestAnimationFrame);  // formulas are fitted before a frame
    const place = [root.dataset.level, root.dataset.grain, root.dataset.step].join(" "), now = root.outerHTML;
    if (seen.has(place) && seen.get(place) !== now) wrong.push([turn, place]);
    seen.set(place, now);
    const drawn = boxes();
    if (levels.has(root.dataset.level) && levels.get(root.dataset.level) !== drawn) wrong.push([turn, "boxes"]);
    levels.set(root.dataset.level, drawn);
  }
  return {wrong, places: seen.size, levels: levels.size};
}"""


def small_network(**settings):
    numbers = np.random.default_rng(0)
    net = nt.nn.MLP([2, 2, 1], "tanh", rng=numbers, **settings)
    return nt.nn.losses.mse(net.forward(numbers.normal(size=(2, 2))), numbers.normal(size=(2, 1))).named("L")


def test_a_formula_that_was_set_smaller_leaves_nothing_behind(browser_page):  # noqa: F811
    w = nt.variable(np.arange(12.0).reshape(3, 4) / 7, "w")  # wider than the panel
    shown = browser_page(document(nt.step((w * w).sum().named("f")).data), reduced_motion="reduce")
    shown.painted()
    whole = "() => document.querySelector('[data-nnteach-player]').outerHTML"
    first, sizes = shown.page.evaluate(whole), set()
    for _ in range(int(shown.page.locator("[data-nnteach-player]").get_attribute("data-steps"))):
        shown.press("ArrowRight")
        shown.painted()
        sizes.add(shown.page.locator("[data-formula]").get_attribute("style"))
    shown.press("Home")
    shown.painted()
    assert "--fit: 1;" in sizes and len(sizes) > 1
    assert shown.page.evaluate(whole) == first


def test_a_thousand_steps_jumps_and_levels_there_and_back_give_the_same_document(browser_page):  # noqa: F811
    shown = browser_page(document(nt.step(small_network()).data), reduced_motion="reduce")
    shown.painted()
    found = shown.page.evaluate(WANDER, [1000, 7])
    assert found["wrong"] == []
    assert found["levels"] == 4 and found["places"] > 100


# Steps once through all, by keys, and back to the start, at every level: how many elements each step changes, how many
# nodes it uses, and whether the picture is as it was in the end.
TOUCHED = """async () => {
  const root = document.querySelector("[data-nnteach-player]"), found = {};
  const press = (key) => root.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
  const offered = [...root.querySelectorAll(".nn-levels button")].map((button) => button.dataset.action);
  for (const level of offered.length ? offered : [root.dataset.level]) {
    root.querySelector(`[data-action="${level}"]`)?.click();
    while (root.dataset.level !== level) await new Promise((done) => setTimeout(done));
    press("Home");
    const began = root.querySelector(".nn-canvas").innerHTML, observer = new MutationObserver(() => {});
    observer.observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
    const steps = [];
    while (Number(root.dataset.step) < Number(root.dataset.steps)) {
      press("ArrowRight");
      const elements = observer.takeRecords().map(({target}) => target.nodeType === 1 ? target : target.parentElement);
      const touched = [...new Set(elements.filter((element) => element?.isConnected))];
      steps.push([touched.length, root.querySelectorAll(".nn-canvas [data-node][data-state=now]").length]);
    }
    observer.disconnect();
    press("Home");
    const nodes = root.querySelectorAll(".nn-canvas [data-node]").length;
    found[level] = [steps, nodes, root.querySelector(".nn-canvas").innerHTML === began];
  }
  return found;
}"""


def training_run():
    numbers = np.random.default_rng(0)
    net = nt.nn.MLP([2, 2, 1], "tanh", rng=numbers)
    loss = nt.nn.losses.mse(net.forward(numbers.normal(size=(2, 2))), np.ones((2, 1)))
    return nt.step(loss.named("L"), optimizer=nt.nn.optimizers.Momentum(0.1), iterations=2)


@pytest.mark.parametrize(
    "make", [lambda: nt.step(random_expression(0)), lambda: nt.step(small_network()), training_run],
    ids=["expression", "network", "training"])
def test_a_step_costs_what_it_changes(browser_page, make):  # noqa: F811
    player = make()
    shown = browser_page(document(player.data), reduced_motion="reduce")
    requests = len(shown.requests)
    scalars = scalars_of(player.trace).trace if "scalar" in player.data["levels"] else None
    for level, (touched, nodes, same_again) in shown.page.evaluate(TOUCHED).items():
        assert same_again, level
        steps = (scalars if level == "scalar" else player.trace).steps
        for k, ((count, used), step) in enumerate(zip(touched, steps, strict=True), start=1):
            # In one step all gradients are set to zero: it is about every node. A step of a network uses many at once.
            inputs = nodes if step.kind == "zero" else used + 1 if level == "neuron" else len(step.node.parents)
            assert count <= 12 + 6 * inputs, (level, k, count)
    assert len(shown.requests) == requests


# Jumps to and fro in a large graph; each time what has changed in the picture, and what differs there.
JUMPS = """async () => {
  const root = document.querySelector("[data-nnteach-player]"), slider = root.querySelector("[type=range]"), found = [];
  const parts = [...root.querySelectorAll(".nn-canvas [data-node], .nn-canvas [data-edge]")];
  const look = () => parts.map((part) =>
    [...part.attributes].map(({name, value}) => name === "tabindex" ? "" : value).join());
  let records = [];
  const observer = new MutationObserver((more) => records.push(...more));
  observer.observe(root.querySelector(".nn-canvas"),
    {subtree: true, childList: true, attributes: true, characterData: true});
  for (const part of [0.3, 0.7, 0.5, 1, 0]) {
    const before = look();
    slider.value = Math.round(part * Number(root.dataset.steps));
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const after = look(), drawn = parts.filter((part) => part.checkVisibility()).length;
    const touched = new Set(records.splice(0)
      .filter(({attributeName}) => !["tabindex", "display"].includes(attributeName))
      .map(({target}) => (target.closest ? target : target.parentElement).closest("[data-node], [data-edge]")));
    found.push([touched.size, after.filter((text, index) => text !== before[index]).length, drawn]);
  }
  return [found, parts.length, root.querySelectorAll(".nn-table, .nn-help").length];
}"""


def test_a_jump_touches_what_differs_and_only_what_is_near_is_drawn(browser_page):  # noqa: F811
    x = nt.variable(0.5, name="x")
    out = x
    for _ in range(80):
        out = nt.tanh(out) + 0.1
    shown = browser_page(document(nt.step(out).data), reduced_motion="reduce")
    jumps, parts, closed = shown.page.evaluate(JUMPS)
    for touched, different, visible in jumps:
        assert touched == different > 0
        assert 0 < visible < parts / 2
    assert closed == 0  # the table and the help are built when they are opened
