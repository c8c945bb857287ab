"""The table of mistakes: every line changes something, is named, and gives no number away."""

import re

import numpy as np
import planted
import pytest
from planted import CORE, backprop, three_digits

from nnteach.homework.exercises.rerun import resolve
from nnteach.homework.homework import homework
from nnteach.homework.mistakes.catalogue import MISTAKES, OF_ANSWERS
from nnteach.homework.mistakes.hypotheses import attempt, catalogue, hypotheses
from nnteach.homework.mistakes.wording import words

SHEETS = {
    "softmax": ("backprop", {"layers": [3, 3, 3]}),
    "sigmoid": ("backprop", {"layers": [3, 3, 3], "hidden": "sigmoid", "output": "sigmoid"}),
    "tanh": ("backprop", {"layers": [3, 3, 3], "hidden": "tanh", "output": "tanh", "loss": "mse"}),
    "leaky": ("backprop", {"layers": [3, 3, 3], "hidden": "leaky_relu", "output": "identity"}),
    "binary": (
        "backprop",
        {"layers": [3, 3, 3], "hidden": "tanh", "output": "sigmoid", "loss": "binary_cross_entropy"},
    ),
    "penalty": ("backprop", {"layers": [3, 3, 3], "hidden": "sigmoid", "l2": 0.3}),
    "skip": ("backprop", {"layers": [3, 3, 3, 3], "hidden": "tanh", "skip": True}),
    "neuron": ("sigmoid_neuron", {}),
    "product": ("sum_times_difference", {}),
    "gates": ("gates", {}),
    "calculus": ("r = a ** 3; s = log(a) * b; u = r + s - cos(b); f = u * u", {"kind": "positive"}),
}
SHEETS |= {name: (name, {}) for name in ("step_momentum", "step_adam", "xor_forward", "softmax_delta")}
UPDATES = {"ascent", "no_lr", "lr_twice", "lr_on_weights", "step_only"}


@pytest.fixture(scope="module")
def sheets():
    return {key: homework(name, student="mistakes", **description) for key, (name, description) in SHEETS.items()}


def answers_of(hw, change):
    return {name: three_digits(value) for name, value in resolve(hw.task, change).items() if name in hw.asked}


def test_there_are_at_least_sixty():
    assert len(MISTAKES) + len(OF_ANSWERS) >= 75
    assert set(CORE) <= MISTAKES.keys() and set(planted.MORE) <= MISTAKES.keys()


def test_every_mistake_applies_somewhere(sheets):
    applying = {key[0] for hw in sheets.values() for key in catalogue(hw.exercise).keys}
    assert MISTAKES.keys() - applying == UPDATES  # those show in the new weights only


@pytest.mark.parametrize("key", SHEETS)
def test_every_mistake_is_called_wrong_and_is_among_the_candidates(sheets, key):
    hw = sheets[key]
    known = catalogue(hw.exercise)
    every = 3 if hw.task.depth > 2 else 1  # a deep network has each mistake in every layer, too
    for h in hypotheses(hw.task, known.keys)[::every]:
        r = hw.check(answers_of(hw, h.change))
        assert not r.ok, h.key
        if r.mistakes and len(r.candidates[0]) == 1:
            assert any(known.tied(i, h.id) for i in r.mistakes), (h.key, r.mistakes)


@pytest.mark.parametrize("key", ["softmax", "sigmoid", "tanh", "leaky", "binary", "penalty"])
def test_core_mistakes_planted_by_hand_are_named_exactly(sheets, key):
    hw = sheets[key]
    net = {"hidden": "relu", "output": "softmax", "batch": 4, "learning_rate": 0.5} | SHEETS[key][1]
    net["loss"] = net.get("loss", "cross_entropy" if net["output"] == "softmax" else "half_squared_error")
    right, named = backprop(net, hw.given), 0
    for mistake in CORE:
        if mistake == "overwrite" or (mistake in ("softmax_diag", "p_only") and net["output"] != "softmax"):
            continue
        grads = backprop(net, hw.given, mistake)
        if all(np.array_equal(three_digits(grads[n]), three_digits(right[n])) for n in hw.asked):
            continue
        r = hw.check({name: three_digits(grads[name]) for name in hw.asked})
        assert r.mistakes == (mistake,) and r.certainty == "exactly", (mistake, r)
        assert r.verdict == ("other_convention" if MISTAKES[mistake].convention else "wrong")
        named += 1
    assert named >= 11


@pytest.mark.parametrize(
    "mistake", ["mul_not_swapped", "quotient_sign", "quotient_no_square", "exp_as_x", "minus_lost"]
)
def test_slips_of_calculus_by_hand_are_named(sheets, mistake):
    hw = sheets["neuron"]
    wrong = planted.neuron(**hw.given, planted=mistake)
    r = hw.check({name: three_digits(value) for name, value in wrong.items()})
    assert any(catalogue(hw.exercise).tied(i, mistake) for i in r.mistakes)


def test_one_path_lost_at_a_branch(sheets):
    """One number at three digits is too little for a name, but enough for a question; in full it is named."""
    hw = sheets["product"]
    for which in ("overwrite", "overwrite first"):
        wrong = planted.product_of_sums(**hw.given, planted=which)
        r = hw.check({n: three_digits(v) for n, v in wrong.items()})
        assert r.mistakes == () and f"look at {MISTAKES['overwrite'].look}" in r.message


def test_a_path_lost_twice_is_named():
    hw = homework("u = a * b + a * c; v = b * c + b; f = u * v", student="mistakes")
    change = next(h.change for h in hypotheses(hw.task) if h.id == "overwrite" and "," in h.change.where)
    r = hw.check(answers_of(hw, change))
    assert "overwrite" in r.mistakes


def test_two_mistakes_at_once(sheets):
    hw = sheets["sigmoid"]
    net = {
        "hidden": "sigmoid",
        "output": "sigmoid",
        "loss": "half_squared_error",
        "batch": 4,
        "learning_rate": 0.5,
        "layers": [3, 3, 3],
    }
    for pair in (("sign", "b_zero"), ("out_deriv_missing", "in_z"), ("W_noT", "hid_deriv_at_a"), ("two", "no_W")):
        grads = backprop(net, hw.given, *pair)
        r = hw.check({name: three_digits(grads[name]) for name in hw.asked})
        assert set(r.mistakes) == set(pair), (pair, r)


def test_answers_in_each_others_place(sheets):
    hw = sheets["softmax"]
    right = {name: three_digits(hw.truth[name]) for name in hw.asked}
    assert hw.check(right | {"dW1": right["dW2"], "dW2": right["dW1"]}).mistakes == ("swap_layers",)
    assert hw.check(right | {"dW1": right["dW1"][[1, 0, 2]]}).mistakes == ("unit_order",)


def test_slips_that_are_no_mistake_of_the_table_get_no_name(sheets):
    hw, rng, wrong = sheets["softmax"], np.random.default_rng(3), 0
    net = {"layers": [3, 3, 3], "hidden": "relu", "output": "softmax", "loss": "cross_entropy", "batch": 4}
    named = 0
    for _ in range(25):
        chosen = rng.choice(["W1", "z1", "delta2", "dW1", "db2"])

        def slip(name, array, chosen=chosen):
            array = np.array(array)
            if name == chosen:
                array[tuple(rng.integers(n) for n in array.shape)] += rng.choice((-1, 1)) * 0.3
            return array

        grads = backprop(net, hw.given, slip=slip)
        r = hw.check({name: three_digits(grads[name]) for name in hw.asked})
        named += bool(r.mistakes)
        wrong += not r.ok
    assert named == 0 and wrong >= 20  # a slip before a closed gate changes nothing


def test_one_number_names_nothing(sheets):
    """At two digits it may be right by chance; and one answer that equals another is no exchange."""
    hw = sheets["product"]
    right = {name: three_digits(value) for name, value in hw.truth.items() if name in hw.asked}
    assert hw.check(right | {"dx1": right["dx2"]}).mistakes == ()
    hw = sheets["neuron"]
    r = hw.check(dw0=float(f"{-hw.truth['dw0']:.1e}"))
    assert not r.ok and r.mistakes == ()


@pytest.mark.parametrize("key, name", [("neuron", "dw0"), ("product", "dx1")])
def test_one_number_at_two_digits_is_never_exactly_anything(sheets, key, name):
    """Every number of two digits and of the right size, so every slip that there can be."""
    size = 10.0 ** (np.floor(np.log10(abs(sheets[key].truth[name]))) - 1)
    for sign in (1, -1):
        for digits in range(10, 100):
            assert sheets[key].check({name: float(f"{sign * digits * size:.1e}")}).certainty != "exactly"


def test_a_constant_factor_of_unknown_origin_is_located_not_named(sheets):
    hw = sheets["softmax"]
    r = hw.check({name: 1.7 * hw.truth[name] for name in hw.asked})
    assert r.mistakes == () and "one and the same factor" in r.message


@pytest.mark.parametrize("mistake", [*MISTAKES, *OF_ANSWERS])
def test_words_are_short_and_give_no_number_away(mistake):
    did, look = words(mistake)
    assert did[0].islower() and not did.endswith(".") and len(f"{did} {look}".split()) < 45
    assert not re.search(r"\d\.\d", did + look)


def test_messages_name_no_right_number(sheets):
    hw = sheets["softmax"]
    known = catalogue(hw.exercise)
    right = {f"{abs(x):.3g}" for name in hw.asked for x in np.ravel(hw.truth[name])}
    for h in hypotheses(hw.task, known.keys)[::7]:
        message = hw.check(answers_of(hw, h.change)).message
        assert not right & set(re.findall(r"\d+\.\d+", message)) and len(message.split()) <= 160


@pytest.mark.parametrize("name", ["backprop", "sum_times_difference", "sigmoid_neuron", "relu_2_2_1"])
def test_a_mistake_in_the_graph_and_a_mistake_in_the_steps_lead_to_the_same_numbers(name):
    """`resolve` takes the engine's steps again; the engine on the changed graph must come to the same."""
    from nnteach.homework.mistakes.wrong_graph import WrongGraph

    task = homework(name, student="both ways").task
    for h in hypotheses(task):
        if h.change.after or h.change.step:
            continue
        with np.errstate(all="ignore"):
            try:
                world = WrongGraph(task, [h.change])
                world.root.backward()
            except (ValueError, IndexError):  # shapes that do not fit, here as there
                assert attempt(task, h.change) is None
                continue
        solved = resolve(task, h.change)
        for stage_name, (node, kind) in task.stages.items():
            copy = world.copies[node]
            expected = copy.value if kind == "value" else copy.grad
            assert np.array_equal(solved[stage_name], expected, equal_nan=True), (h.id, stage_name)
