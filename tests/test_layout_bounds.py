"""Every layout has a bound of work, and Ctrl-C stops it: what is too much for Graphviz, nnteach places itself."""

import os
import signal
import subprocess
import sys
import warnings

import pytest
from layout_bounds import SHAPES
from test_draw import assert_sound, overlap

import nnteach as nt
from nnteach.draw import Drawing, layered
from nnteach.draw import layout as layout_module
from nnteach.draw.curves import samples
from nnteach.draw.layered import ranks_crossed
from nnteach.draw.layout import layout
from nnteach.draw.routes import assemble


def diagram_of(shape, n):
    return Drawing(nt.trace(SHAPES[shape](n))).diagram


def own_layout(diagram):
    return assemble(diagram, *layered.place(diagram))


@pytest.fixture(autouse=True)
def nothing_kept():
    layout_module._layouts.clear()
    yield
    layout_module._layouts.clear()


@pytest.fixture
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# ------------------------------------------------------------------------------- who places what, and how much work

@pytest.mark.parametrize("shape, n", [("fan_out", 120), ("recurrent", 200), ("skips", 300), ("fan_out", 2_000),
                                      ("many_inputs", 2_400), ("depth", 4_900)])
def test_what_would_take_graphviz_minutes_is_not_given_to_it(monkeypatch, no_warnings, shape, n):
    monkeypatch.setattr(layout_module, "_backends", list)  # none is asked, so nothing can be missing
    diagram = diagram_of(shape, n)
    assert not layout_module.is_for_graphviz(diagram)
    assert len(layout(diagram).boxes) == len(diagram.cards)


@pytest.mark.parametrize("shape, n", [("fan_out", 40), ("recurrent", 60), ("skips", 60), ("depth", 2_000),
                                      ("width", 2_000), ("many_inputs", 300)])
def test_what_graphviz_can_do_in_seconds_stays_with_it(monkeypatch, shape, n):
    monkeypatch.setenv("NNTEACH_LAYOUT", "wasm")
    monkeypatch.setattr(layout_module, "place", None)  # the placement of our own must not be needed
    diagram = diagram_of(shape, n)
    assert layout_module.is_for_graphviz(diagram)
    assert len(layout(diagram).boxes) == len(diagram.cards)


def test_the_estimate_counts_ranks_beyond_the_first():
    assert ranks_crossed(diagram_of("depth", 100)) == 0
    assert [ranks_crossed(diagram_of("fan_out", n)) for n in (10, 20)] == [90, 380]  # 2 · (0 + 1 + … + (n − 1))
    assert ranks_crossed(diagram_of("fan_out", 200)) == 199 * 100  # without chips every wire is one rank


def test_instructions_are_a_bound_of_their_own(monkeypatch, no_warnings):
    """Whatever the estimate says; and it is no reason to advise an installation."""
    diagram = diagram_of("fan_out", 30)
    monkeypatch.setenv("NNTEACH_LAYOUT", "wasm")
    monkeypatch.setattr(layout_module, "_notes", set())
    by_graphviz = layout(diagram)
    layout_module._layouts.clear()
    monkeypatch.setattr(layout_module, "MOST_INSTRUCTIONS", 50_000_000)
    assert layout(diagram) == own_layout(diagram) != by_graphviz
    assert not layout_module._notes


def test_the_clock_is_the_last_resort(monkeypatch, no_warnings):
    diagram = diagram_of("fan_out", 120)
    monkeypatch.setenv("NNTEACH_LAYOUT", "wasm")
    monkeypatch.setattr(layout_module, "MOST_RANKS_CROSSED", 10**9)
    monkeypatch.setattr(layout_module, "MOST_INSTRUCTIONS", 10**15)
    monkeypatch.setattr(layout_module, "SECONDS", 0.2)
    assert layout(diagram) == own_layout(diagram)
    assert_sound(diagram_of("fan_out", 5), layout(diagram_of("fan_out", 5)))  # and nothing is poisoned


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script with a first line for Unix")
def test_a_dot_that_does_not_end_is_ended(monkeypatch, no_warnings, tmp_path):
    program = tmp_path / "dot"
    program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(600)\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("NNTEACH_LAYOUT", "dot")
    monkeypatch.setattr(layout_module, "_notes", set())
    monkeypatch.setattr(layout_module, "SECONDS", 0.2)
    diagram = diagram_of("fan_out", 5)
    assert layout(diagram) == own_layout(diagram)
    assert not layout_module._notes


# Without Ctrl-C this would go on for hours.
ENDLESS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background inherits none
import sys, time
import nnteach as nt
from nnteach.draw import layout
layout.MOST_RANKS_CROSSED = layout.SECONDS = 10**9
layout.MOST_INSTRUCTIONS = 10**18
x = f = nt.variable(0.5, "x")
for _ in range(149):
    f = f + x
run = layout._render
def told(*args):
    print("begins", flush=True)
    return run(*args)
layout._render = told
if {in_a_notebook}:
    nt.step(f)._repr_html_()
else:
    nt.draw(f).save({path!r})
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
@pytest.mark.parametrize("in_a_notebook", [True, False])
def test_ctrl_c_stops_a_layout(tmp_path, in_a_notebook):
    code = ENDLESS.format(in_a_notebook=in_a_notebook, path=str(tmp_path / "f.svg"))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "NNTEACH_LAYOUT": "wasm"}) as running:
        try:
            assert running.stdout.readline() == "begins\n"
            running.send_signal(signal.SIGINT)
            _, told = running.communicate(timeout=60)
        finally:
            running.kill()
    assert told.rstrip().endswith("KeyboardInterrupt")


# ----------------------------------------------------------------------------------------------- our own placement

@pytest.mark.parametrize("n", [12, 121, 150, 151, 500])
@pytest.mark.parametrize("shape", SHAPES)
def test_our_own_layout_is_sound(shape, n):
    diagram = diagram_of(shape, n)
    placed = own_layout(diagram)
    if len(diagram.cards) < 160:  # it compares every two boxes
        assert_sound(diagram, placed)
    by_place = sorted([*placed.boxes, *(route.chip for route in placed.routes if route.chip)], key=lambda box: box.x)
    for index, box in enumerate(by_place):
        for other in by_place[index + 1:]:
            if other.x >= box.right:
                break
            assert not overlap(box, other)


@pytest.mark.slow
@pytest.mark.parametrize("shape, n", [("fan_out", 121), ("recurrent", 121), ("skips", 121), ("fan_out", 160)])
def test_no_long_line_runs_over_a_card_and_no_card_hides(shape, n):
    diagram = diagram_of(shape, n)
    placed = own_layout(diagram)
    for wire, route in zip(diagram.wires, placed.routes, strict=True):
        inside = [box for index, box in enumerate(placed.boxes) if index not in (wire.parent, wire.child)]
        reach = len(route.points) // 3
        for x, y in samples(route.points, 2_000 // reach):
            assert not any(box.x < x < box.right and box.y < y < box.bottom for box in inside), diagram.edge_id(wire)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_our_own_work_grows_with_the_graph_and_not_with_its_square(monkeypatch, shape):
    """Counted: the spots that want room, and the points of the lines."""
    made = []
    spot = layered.Spot
    monkeypatch.setattr(layered, "Spot", lambda *args, **kwargs: made.append(1) or spot(*args, **kwargs))
    for n in (400, 2_400):
        made.clear()
        diagram = diagram_of(shape, n)
        placed = own_layout(diagram)
        size = len(diagram.cards) + len(diagram.wires)
        assert len(made) <= 4 * size + layered.MOST_LANES
        assert sum(len(route.points) for route in placed.routes) <= 40 * size + 10 * layered.MOST_LANES


def test_a_fan_out_of_120_is_one_row_and_one_track():
    placed = own_layout(diagram_of("fan_out", 120))
    assert placed.height < 300
    assert len({round(box.y) for box in placed.boxes[3:]}) == 1
