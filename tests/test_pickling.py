"""What a user holds in a notebook can be pickled and copied: for another process, a checkpoint, a cache."""

import copy
import pickle

import numpy as np
import pytest

import nnteach as nt
from nnteach.homework.exercises.course_set import COURSE
from nnteach.homework.exercises.lessons import LESSONS


def objects():
    x, y = nt.variables(x=1.0, y=2.0)
    f = x * y
    net = nt.nn.MLP([2, 3, 2], rng=np.random.default_rng(0))
    return {
        "node": f, "trace": nt.trace(f), "step": nt.trace(f)[0], "player": nt.step(f), "drawing": nt.draw(f),
        "scalars": nt.scalars(f), "paths": nt.paths(f, x), "checked gradients": nt.check_gradients(f), "network": net,
        "history": net.fit(np.eye(2), np.array([0, 1]), loss="cross_entropy", epochs=2),
        "descent": nt.nn.minimize(lambda w: w * w, 1.0, nt.nn.optimizers.Adam(0.1), steps=3),
        "quiz": nt.quiz("001"), "demo": nt.demos.playground,
        "checked": nt.homework("(x + y) * z", student="A").check(dx=1.0),
        "solution": nt.homework("(x + y) * z", student="A").solution(),
    }


OBJECTS = objects()


@pytest.mark.parametrize("name", OBJECTS)
def test_it_can_be_pickled_and_copied(name):
    thing = OBJECTS[name]
    for again in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing), copy.copy(thing)):
        assert repr(again) == repr(thing)


@pytest.mark.parametrize("level", ["vector", "neuron"])
def test_a_player_from_a_pickle_is_the_same_page(level):
    """Its tables go by the identity of nodes: one that only looks right would fail at the first step."""
    net = nt.nn.MLP([2, 2, 2], "sigmoid", rng=np.random.default_rng(0))
    loss = nt.nn.losses.mse(net.forward(np.eye(2)), np.eye(2))
    player = nt.step(loss, level=level, learning_rate=0.5, predict="all", language="it")
    again = pickle.loads(pickle.dumps(player))
    assert again.to_html() == player.to_html()
    assert pickle.loads(pickle.dumps(player.trace)).to_markdown() == player.trace.to_markdown()
    assert pickle.loads(pickle.dumps(nt.draw(loss))).svg == nt.draw(loss).svg
    run = nt.step(loss, optimizer=nt.nn.optimizers.Adam(0.1), iterations=2)
    assert pickle.loads(pickle.dumps(run)).to_html() == run.to_html()


@pytest.mark.parametrize("key", COURSE)
def test_every_sheet_comes_back_with_its_numbers(key):
    made = COURSE[key]
    hw = nt.homework(made.name, student="Zoë", language="it", **made.settings)
    again = pickle.loads(pickle.dumps(hw))
    assert str(again.show()) == str(hw.show()) and again.variant.id == hw.variant.id
    assert again.check(again.truth).verdict == hw.check(hw.truth).verdict


@pytest.mark.parametrize("name", LESSONS)
def test_every_exercise_of_a_lesson_comes_back_with_its_numbers(name):
    exercise = nt.exercise(name, student="Zoë")
    again = pickle.loads(pickle.dumps(exercise))
    assert str(again.show()) == str(exercise.show()) and again.variant.id == exercise.variant.id


def test_a_compiled_function_is_its_own_copy():
    step = nt.compile(lambda a: a * a)
    assert copy.deepcopy(step)(3.0)[0] == 9.0
