"""The demos on networks: the numbers behind their pictures, and the playground alive in a real JupyterLab."""

import hashlib

import numpy as np
import pytest

import nnteach as nt
from nnteach.demos.playground_engine import SETS, SIDE, Engine

# ---------------------------------------------------------------------------------------------- the playground


@pytest.mark.parametrize("data", SETS)
def test_the_playground_learns_every_data_set_but_spirals(data):
    engine = Engine(data=data)
    first = engine.frame(0)
    last = engine.frame(2500)
    assert first.steps == 0 and last.steps == 2500
    assert last.losses[0] < first.losses[0]
    if data != "spirals":  # two inputs and 4-2 units are too few for them
        assert last.accuracy > 0.9


def test_a_frame_depends_on_settings_and_steps_alone():
    one, other = Engine(data="moons", seed=3), Engine(data="moons", seed=3)
    for _ in range(3):
        frame = one.frame(10)
    same = other.frame(10)  # looking at a frame on the way, or not at all, changes nothing
    other.frame(0)
    other.step_graph()
    same = other.frame(20)
    assert same.losses == frame.losses and same.steps == 30
    assert all(np.array_equal(a, b) for a, b in zip(same.maps, frame.maps))
    assert Engine(data="moons", seed=4).frame(30).losses != frame.losses


def test_a_frame_has_a_map_for_every_unit():
    frame = Engine(layers="8, 4, 2", features=("x₁", "x₁x₂", "sin 3x₂"), activation="relu").frame(5)
    assert [maps.shape for maps in frame.maps] == [(8, SIDE, SIDE), (4, SIDE, SIDE), (2, SIDE, SIDE), (1, SIDE, SIDE)]
    assert all(np.abs(maps).max() <= 1 for maps in frame.maps)
    assert [weights.shape for weights in frame.weights] == [(8, 3), (4, 8), (2, 4), (1, 2)]


@pytest.mark.parametrize("penalty", ["none", "L1", "L2"])
def test_the_step_that_is_opened_is_the_step_that_is_made_next(penalty):
    engine = Engine(penalty=penalty, strength=0.05, batch=12)
    engine.frame(7)
    loss = engine.step_graph(samples=12)
    before = engine.network.parameters
    loss.backward()
    gradients = {node.name: node.grad for node in nt.trace(loss).nodes if node.name in before}
    engine.frame(1)
    for name, after in engine.network.parameters.items():
        np.testing.assert_allclose(after, before[name] - 0.1 * gradients[name], rtol=0, atol=1e-12)


def test_the_playground_is_seen_without_a_kernel_and_with_one():
    live = nt.demos.playground(data="xor")
    still = live.still()
    assert still.png.startswith(b"\x89PNG") and "1200 steps" in still.alt and "data xor" in still.alt
    live.answer("frame")
    assert live.engine.steps == 10 and "10 steps" in live.still().alt
    live.inputs["learning_rate"].value = 1.0
    assert live.engine.steps == 10, "a new learning rate goes on with the network there is"
    live.inputs["activation"].value = "relu"
    assert live.engine.steps == 0
    assert nt.demos.playground.say(data="xor") == still.sentence
    player = live.open_step()
    assert len(player.trace) > 0 and player.level == "neuron"


PLAYGROUND = """import nnteach as nt
live = nt.demos.playground()
live"""


@pytest.mark.lab
@pytest.mark.slow
def test_the_playground_in_jupyterlab(lab):
    page = lab.open(lab.write("playground.ipynb", PLAYGROUND))
    lab.run_all(page)
    root = page.locator(".jp-OutputArea-output [data-steps='0']")
    root.wait_for()
    canvas = page.locator(".nnteach-playground canvas")
    seen = {_pixels(canvas)}
    page.get_by_role("button", name="One frame").click()
    page.locator("[data-steps='10']").wait_for()
    seen.add(_pixels(canvas))
    page.get_by_role("button", name="▶ Play").click()
    page.wait_for_function("Number(document.querySelector('[data-steps]').dataset.steps) >= 400")
    page.get_by_role("button", name="Pause").click()
    seen.add(_pixels(canvas))
    print("frames a second:", page.locator("[data-fps]").get_attribute("data-fps"))
    page.locator(".nnteach-demo-playground select").first.select_option("spirals")
    page.locator("[data-steps='0']").wait_for()
    seen.add(_pixels(canvas))
    assert len(seen) == 4, "the picture changed each time"
    page.get_by_role("button", name="Open this step in the player").click()
    page.frame_locator("iframe").locator("[data-nnteach-player]").wait_for()


def _pixels(canvas):
    return hashlib.sha256(canvas.evaluate("canvas => canvas.toDataURL()").encode()).hexdigest()
