"""A graph too large to be shown is folded, and every number at the border of a fold is that of the whole graph."""

import os
import pickle
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from layout_bounds import SHAPES

import nnteach as nt
from nnteach.core.graph import ordered
from nnteach.trace import fold
from nnteach.trace.fold import Fold, _Folding, folded

DRAW = sys.modules["nnteach.draw"]  # the function has the same name
LARGE = 100_000
LEGIBLE = 60


def mlp(n):
    """A network, written out in single numbers."""
    net = nt.nn.MLP([4, n // 40 + 2, 3], activation="sigmoid")
    X = np.random.default_rng(0).normal(size=(5, 4))
    return nt.scalars(nt.nn.losses.cross_entropy(net.forward(X), np.arange(5) % 3))


def by_hand(n):
    """A network of single numbers without a name in it, unit by unit."""
    h, units = [nt.variable(k / 9, f"x{k}") for k in range(9)], []
    for layer in range(max(1, n // 180)):
        for unit in range(9):
            total = nt.variable(0.1, f"b{layer}_{unit}")
            for k, x in enumerate(h):
                total = total + nt.variable((k - unit) / 9, f"w{layer}_{unit}_{k}") * x
            units.append(nt.tanh(total))
        h, units = units, []
    return sum(h[1:], h[0])


def with_names(n):
    """A chain with a few results that have names."""
    x, w = nt.variables(x=0.5, w=1.01)
    h = x
    for k in range(n):
        h = nt.tanh(w * h) + 0.1
        if k in (n // 3, n // 2, 2 * n // 3):
            h = h.named("begin" if k == n // 3 else "middle" if k == n // 2 else "end")
    return (h ** 2).named("loss")


def of_arrays(n):
    """Arrays, whole numbers, and a mask that is used much later."""
    W, h = nt.variable(np.linspace(-0.5, 0.5, 9).reshape(3, 3), "W"), nt.variable(np.array([0.3, -0.2, 0.1]), "h")
    mask, rows = h > 0, nt.constant(np.array([2, 0, 1]), "rows")
    for k in range(n // 4):
        h = nt.tanh(W @ h) + np.array([0.1, 0.0, -0.1])
        h = nt.where(mask, h, 0.5 * h) if k % 7 == 0 else h[rows.value]
    return h.sum()


def single_precision(n):
    h = nt.variable(np.float32(0.5), "x")
    for k in range(n):
        h = nt.sin(h) if k % 2 else h * nt.variable(np.float32(1 + k / n), f"w{k}")
    return h


def chain(h, n):
    for _ in range(n):
        h = nt.tanh(h)
    return h


def shared(n):
    """A result that everything after it uses, in a chain of residual blocks."""
    w = nt.tanh(nt.variable(0.1, "v"))
    h = nt.variable(0.5, "x")
    for _ in range(n // 3):
        h = h + w * nt.sin(h)
    return h


ALL = {**SHAPES, **{make.__name__: make for make in (mlp, by_hand, with_names, of_arrays, single_precision, shared)}}


def assert_true(root):
    """Every number of the folded graph is the one of the same node in the whole graph."""
    folding = _Folding(root, "en")
    small = folding.result()
    assert np.array_equal(small.value, root.value, equal_nan=True)
    if root.active and root.shape == ():
        small.backward()
        root.backward()
    for node, place in folding.places.items():
        box = folding.boxes[place.box]
        taken = place.taken(box.value)
        assert np.array_equal(taken, node.value, equal_nan=True) and np.asarray(taken).dtype == node.dtype
        if node.grad is not None and box.grad is not None:
            rtol = 1e-3 if node.dtype == np.float32 else 1e-10
            grad = np.ravel(box.grad)[place.start:place.start + node.size].reshape(node.shape)
            assert np.allclose(grad, node.grad, rtol=rtol, atol=1e-12, equal_nan=True)
    assert small.grad is not None or not root.active or root.shape
    return small


# ----------------------------------------------------------------------------------------------- true numbers

@pytest.mark.parametrize("shape", ALL)
@pytest.mark.parametrize("n", [60, 400, 2_000])
def test_numbers_at_the_borders_are_those_of_the_whole_graph(shape, n):
    small = assert_true(ALL[shape](n))
    nodes = ordered(small)
    assert len(nodes) <= LEGIBLE
    assert sum(node.primitive.count for node in nodes if isinstance(node.primitive, Fold)) <= 4 * n + 2_000
    assert {node.name for node in nodes if node.kind == "input"} != {None}


@settings(max_examples=60, deadline=None, phases=[Phase.generate])
@given(st.data())
def test_any_graph_can_be_folded(data):
    """Whatever is computed from whatever, with names anywhere."""
    shape = data.draw(st.sampled_from([(), (2,), (2, 3)]))
    numbers = st.floats(-2, 2, width=32)
    nodes = [nt.variable(np.full(shape, data.draw(numbers)) if shape and k else data.draw(numbers), f"x{k}")
             for k in range(data.draw(st.integers(1, 30)))]
    nodes += [nt.constant(data.draw(numbers), "c")] * data.draw(st.integers(0, 1))
    for k in range(data.draw(st.integers(1, 60))):
        a, b = (nodes[-data.draw(st.integers(1, min(len(nodes), 40)))] for _ in "ab")
        made = data.draw(st.sampled_from([
            lambda a, b: a + b, lambda a, b: a * b, lambda a, b: nt.tanh(a) - b, lambda a, b: nt.maximum(a, b),
            lambda a, b: nt.where(a > b, a, 0.5 * b), lambda a, b: (a > b) & (b < 1), lambda a, b: a * 1.0 + 2]))(a, b)
        nodes.append(made.named(f"{data.draw(st.sampled_from('hst'))}[{k}]") if data.draw(st.booleans()) else made)
    used = [node for node in nodes if node.dtype == np.float64][-data.draw(st.integers(1, 20)):]
    assert_true(sum((node.sum() for node in used), nt.constant(0.0)))


def test_a_constant_and_an_array_are_folded_too():
    h = nt.constant(0.5, "c")
    v = nt.variable(np.array([0.5, 2.0]), "v")
    for _ in range(300):
        h, v = nt.tanh(h), nt.tanh(v)
    assert_true(h)
    assert_true(v)
    assert nt.draw(folded(v)).svg and nt.draw(folded(h)).svg


# ----------------------------------------------------------------------------------------------- legible

def test_a_network_of_single_numbers_is_folded_into_the_network():
    net = nt.nn.MLP([5, 8, 7, 3], activation="tanh")
    vector = nt.nn.losses.mse(net.forward(np.ones((4, 5))), np.zeros((4, 3)))
    small = folded(nt.scalars(vector))
    boxes = {node.name: node for node in ordered(small)}
    vector.backward()
    small.backward()
    assert len(boxes) < 20
    for node in ordered(vector):
        if node.name in boxes and node.shape:
            assert boxes[node.name].shape == node.shape and np.allclose(boxes[node.name].value, node.value)
            if node.active:
                assert np.allclose(boxes[node.name].grad, node.grad)
    assert {"W1", "b1", "W2", "b2", "W3", "b3", "pre1", "pre2", "out1", "out2"} <= {*boxes}


def test_results_with_names_stay_in_sight():
    boxes = {node.name: node for node in ordered(folded(with_names(900)))}
    assert {"x", "w", "begin", "middle", "end", "loss"} == {*boxes}
    assert boxes["middle"].primitive.notation == "… 450 operations"


def test_the_last_operation_stands_for_itself():
    small = folded(SHAPES["depth"](900))
    assert small.primitive.name == "tanh"


def test_a_run_is_cut_where_little_crosses():
    """Between layers, although nothing has a name there."""
    widths = [node.size for node in ordered(folded(by_hand(4_000))) if node.primitive]
    assert max(widths) <= 9


def test_leaves_of_one_name_share_a_box():
    leaves = [node for node in ordered(folded(SHAPES["width"](400))) if not node.primitive]
    assert [node.name for node in leaves] == ["x0 … x199"] and leaves[0].shape == (200,)


# ----------------------------------------------------------------------------------------------- shown

@pytest.fixture
def small_pictures(monkeypatch):
    monkeypatch.setattr(DRAW, "MOST_NODES", 100)


@pytest.mark.parametrize("shape", ALL)
@pytest.mark.parametrize("language", ["en", "it"])
def test_player_and_picture_show_the_fold(small_pictures, shape, language):
    root = ALL[shape](500)
    player = nt.step(root, language=language)
    assert len(player.data["nodes"]) <= LEGIBLE and player.to_html() and player._repr_html_()
    told = {"en": "operations in all; their numbers", "it": "operazioni in tutto; i numeri"}[language]
    assert told in player.data["picture"] and told in player.data["start"]["remark"]
    drawing = nt.draw(nt.trace(root, language=language))
    assert len(drawing.diagram.cards) <= LEGIBLE and told in drawing.svg
    assert any(card.operation.startswith("… ") for card in drawing.diagram.cards)


def test_a_mask_is_asked_for_like_any_number():
    v = nt.variable(np.array([1.0, -2.0, 3.0]), "v")
    assert nt.step(nt.where(v > 0, v, 0.5 * v).sum(), predict="all").data["steps"]


def test_what_is_not_too_large_is_not_folded(monkeypatch):
    monkeypatch.setattr(DRAW, "MOST_NODES", 30)
    x = nt.variable(0.5, "x")
    thirty = sum((x * k for k in range(14)), x)  # the numbers that x is multiplied with have no box
    assert len(nt.draw(thirty).diagram.cards) == 29 and nt.step(thirty).root is thirty
    assert len(nt.draw(nt.tanh(nt.tanh(thirty))).diagram.cards) < 20


def test_the_advice_leads_inside(small_pictures):
    x = nt.variable(0.5, "x")
    on_the_way = chain(x, 61)
    h = chain(on_the_way, 240)
    assert "step through an intermediate result, a node of yours: nt.step(node)" in nt.draw(h).svg
    inside = nt.step(on_the_way)
    assert len(inside.trace.nodes) == 62 and x in inside.trace.nodes


def test_values_in_the_player_are_those_of_the_engine(small_pictures):
    root = with_names(300)
    data = nt.step(root).data
    root.backward()
    nodes = {node.name: node for node in ordered(root) if node.name}
    told = {node["name"]: node["timeline"][-1] for node in data["nodes"]}
    for name in ("x", "w", "begin", "middle", "end", "loss"):
        value, grad = (float(data["texts"][place][0]) for place in told[name][2:])
        assert value == nodes[name].value and grad == pytest.approx(nodes[name].grad, rel=1e-12)


@pytest.mark.parametrize("shape", ["recurrent", "mlp", "of_arrays"])
def test_a_folded_graph_is_kept_trained_and_linked_like_any_other(small_pictures, shape, tmp_path):
    root = ALL[shape](400)
    player = pickle.loads(pickle.dumps(nt.step(root, learning_rate=0.1)))
    assert player.data == nt.step(root, learning_rate=0.1).data
    assert pickle.loads(pickle.dumps(nt.draw(root))).svg == nt.draw(root).svg
    trained = nt.step(root, optimizer=nt.nn.optimizers.SGD(0.01), iterations=3)
    whole = nt.trace(root, optimizer=nt.nn.optimizers.SGD(0.01), iterations=3)
    assert [loss for _, loss in trained.trace.losses] == pytest.approx([loss for _, loss in whole.losses], rel=1e-9)
    for name in ("f.html", "f.md", "f.tex", "f.csv", "f.svg"):
        player.save(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 200
    for predict in ("all", "branches", "order", "sign"):
        assert nt.step(root, predict=predict).data


def test_a_changed_input_is_computed_through_the_folds(small_pictures):
    x, w = nt.variables(x=0.5, w=1.01)
    root = h = x
    for _ in range(200):
        root = h = nt.tanh(w * h) + 0.1
    player = nt.step(root)
    changed = nt.graph.recompute(player.root, {w: 0.7})
    assert changed.value == nt.graph.recompute(root, {w: 0.7}).value != root.value


def test_an_operation_of_ones_own_is_folded(small_pictures):
    @nt.primitive(vjps=(lambda g, y, x: g * 3 * x * x,))
    def cube(x):
        return x ** 3
    h = nt.variable(0.9, "x")
    for k in range(300):
        h = cube(h) + 0.5 if k % 9 == 0 else nt.sin(h)
    assert_true(h)
    assert nt.step(h).to_html()


def test_the_work_is_in_proportion_to_the_graph(monkeypatch):
    """Counted: what is recorded when a graph is folded and differentiated: each operation once, and the boxes."""
    made = []
    record = fold.record
    monkeypatch.setattr(fold, "record", lambda *args: made.append(1) or record(*args))
    for shape in ALL:
        made.clear()
        root = ALL[shape](1_000)
        folded(root).backward()
        assert len(made) <= len(ordered(root)) + LEGIBLE


@pytest.mark.slow
@pytest.mark.parametrize("shape", ALL)
def test_a_hundred_thousand_nodes_are_shown(shape):
    root = ALL[shape](LARGE if shape != "mlp" else 20_000)
    assert len(nt.draw(root).diagram.cards) <= LEGIBLE and nt.draw(root).svg
    player = nt.step(root)
    assert len(player.to_html()) < 3_000_000 and len(player._repr_html_()) < 3_000_000


# It draws again and again, so that Ctrl-C comes at any time.
ENDLESS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background inherits none
import sys
import nnteach as nt
h = nt.variable(0.5, "x")
for _ in range(30_000):
    h = nt.tanh(h)
nt.step(h).data
print("begins", flush=True)
while True:
    nt.step(h).to_html()
    nt.draw(h).svg
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
@pytest.mark.parametrize("after", [0.0, 0.1, 0.3])
def test_ctrl_c_stops_folding(after):
    with subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as running:
        try:
            assert running.stdout.readline() == "begins\n"
            with pytest.raises(subprocess.TimeoutExpired):
                running.wait(timeout=after)
            running.send_signal(signal.SIGINT)
            _, told = running.communicate(timeout=60)
        finally:
            running.kill()
    assert told.rstrip().endswith("KeyboardInterrupt")
