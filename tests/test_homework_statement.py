"""The sheet says everything that its numbers depend on: whoever reads only the sheet can work out the answers."""

import re

import numpy as np
import pytest

from nnteach.homework.exercises.networks import network
from nnteach.homework.homework import homework
from nnteach.nn.activations import ACTIVATIONS
from nnteach.nn.losses import LOSSES

BASE = {"layers": [3, 3, 3, 3], "hidden": "tanh", "output": "sigmoid", "loss": "half_squared_error", "batch": 4,
        "l2": 0.0, "skip": False, "shared": False, "learning_rate": 0.5}
OTHER = {  # each setting that the answers depend on, and another value of it
    "layers": [[3, 3, 3], [2, 3, 3, 3]], "hidden": ["relu", "leaky_relu", "elu", "sigmoid", "softplus"],
    "output": ["tanh", "identity"], "loss": ["squared_error", "mse", "mae", "binary_cross_entropy"], "batch": [5, 1],
    "l2": [0.2, 0.3], "skip": [True], "shared": [True], "learning_rate": [0.1]}


def said(**description):
    """What a sheet says besides its numbers and the student."""
    exercise = network(**(BASE | description))
    shapes = (f"{name} {leaf.shape}" for name, leaf in exercise.leaves.items())
    return "\n".join([exercise.title, *exercise.conventions, *shapes])


@pytest.mark.parametrize("setting, value", [(name, value) for name, values in OTHER.items() for value in values])
def test_every_setting_that_the_answers_depend_on_is_said(setting, value):
    assert said(**{setting: value}) != said(), f"the sheet does not say {setting}"


def test_every_setting_is_tried():
    assert OTHER.keys() == BASE.keys()


def test_two_penalties_two_rates_and_two_batches_are_told_apart():
    assert len({said(l2=x) for x in (0.0, 0.1, 0.2, 0.25)}) == 4
    assert len({said(learning_rate=x) for x in (0.5, 0.05, 0.25)}) == 3
    assert len({said(batch=n) for n in (1, 2, 3)}) == 3


def test_the_penalty_says_its_factor_and_what_it_counts():
    text = said(l2=0.2)
    assert "0.2" in text and "½" in text and "W²" in text and "not the biases" in text


def test_every_loss_has_words_of_its_own():
    told = {}
    for name in LOSSES:
        output = "softmax" if name == "cross_entropy" else "sigmoid"
        text = said(loss=name, output=output)
        line = next(line for line in text.splitlines() if line.startswith("The loss is"))
        assert "_" not in line and re.search("[Σ²|]", line), f"{name}: {line}"
        told[name] = line
    alike = {"cross_entropy", "categorical_cross_entropy"}  # the same loss by two names
    assert len(set(told.values())) >= len(told) - len(alike) + 1


def test_every_activation_has_words_of_its_own():
    told = {}
    for name in ACTIVATIONS:
        if name == "softmax":
            continue
        line = next(line for line in said(hidden=name).splitlines() if line.startswith("Hidden"))
        assert "_" not in line, line
        told[name] = line
    same = [(a, b) for a in told for b in told if a < b and told[a] == told[b]]
    assert all(_alike(a, b) for a, b in same), same


def _alike(one, other):
    """Whether two names stand for one function."""
    from nnteach import variable

    z = np.linspace(-2.0, 2.0, 9)[None]
    return np.array_equal(ACTIVATIONS[one](variable(z)).value, ACTIVATIONS[other](variable(z)).value)


# -------------------------------------------------------------------------------- a solver that reads the sheet


SOLVED = {
    "plain": {"layers": [3, 3, 2], "hidden": "tanh", "output": "sigmoid", "batch": 3},
    "penalty": {"layers": [3, 3, 3], "hidden": "sigmoid", "output": "softmax", "l2": 0.2},
    "leaky": {"layers": [3, 3, 2], "hidden": "leaky_relu", "output": "identity"},
    "elu": {"layers": [3, 3, 2], "hidden": "elu", "output": "tanh"},
    "relu, one sample": {"layers": [3, 3, 2], "hidden": "relu", "output": "identity", "batch": 1},
    "twice the error": {"layers": [3, 3, 2], "hidden": "softplus", "output": "tanh", "loss": "squared_error"},
    "averaged over the outputs": {"layers": [3, 3, 2], "hidden": "tanh", "output": "tanh", "loss": "mse"},
    "absolute": {"layers": [3, 3, 2], "hidden": "tanh", "output": "identity", "loss": "mae"},
    "binary": {"layers": [3, 3, 2], "hidden": "tanh", "output": "sigmoid", "loss": "binary_cross_entropy"},
    "skip": {"layers": [3, 3, 3, 3], "hidden": "tanh", "output": "softmax", "skip": True},
    "shared": {"layers": [3, 3, 3, 3], "hidden": "tanh", "output": "softmax", "shared": True},
}


def given_on(sheet):
    """The arrays that a sheet prints, by name."""
    block = sheet.split("```")[1].replace("−", "-")
    found = {}
    for name, text in re.findall(r"(?m)^(\w+) *=? *((?:[^=\n]*\n?(?!\w+ *=))*)", block):
        rows = [[float(x) for x in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", line)] for line in text.splitlines()]
        rows = [row for row in rows if row]
        if rows:
            found[name] = np.array(rows[0] if name[0] == "b" else rows)
    return found


def activation_on(words, z):
    """An activation, by what the sheet says of it."""
    number = [float(x) for x in re.findall(r"\d+\.\d+", words)]
    if "leaky ReLU" in words:
        return np.where(z > 0, z, number[0] * z)
    if "ReLU" in words:
        return np.maximum(z, 0.0)
    if "ELU" in words:
        return np.where(z > 0, z, (number[0] if number else 1.0) * (np.exp(z) - 1))
    if "softmax" in words:
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    return {"sigmoid": lambda: 1 / (1 + np.exp(-z)), "tanh": lambda: np.tanh(z),
            "softplus": lambda: np.log1p(np.exp(z)), "none": lambda: z}[re.match(r"\w+", words)[0]]()


def loss_on(sheet, y, t):
    words = re.search(r"The loss is (.*)", sheet)[1]
    if "binary cross-entropy" in words:
        each = -(t * np.log(y) + (1 - t) * np.log(1 - y))
    elif "cross-entropy" in words:
        each = -t * np.log(y)
    else:
        each = abs(y - t) if "absolute" in words else (y - t) ** 2
        each = each / 2 if "half" in words else each
    total = each.sum() / (y.shape[1] if "averaged over the outputs" in words else 1)
    samples = re.search(r"averaged over the (\d+) samples", words)
    return total / (int(samples[1]) if samples else 1)


def value_on(sheet, given):
    """The loss, worked out from what the sheet says and from nothing else."""
    layers = [int(n) for n in re.search(r"through a ([\d-]+) network", sheet)[1].split("-")]
    hidden = re.search(r"Hidden layers: (.*?)\. Output: ", sheet)[1]
    output = re.search(r"Output: (.*?)\.\n", sheet)[1]
    h, last = given["X"], len(layers) - 1
    for k in range(1, last + 1):
        own = 2 if "use the same W2 and b2" in sheet and 2 <= k < last else k
        a = activation_on(output if k == last else hidden, h @ given[f"W{own}"].T + given[f"b{own}"])
        h = a + h if "is added to its output" in sheet and 1 < k < last else a
    loss = loss_on(sheet, h, given["T"])
    if penalty := re.search(r"penalty ½ λ Σ W² with λ = ([\d.]+), over the weights, not the biases", sheet):
        loss += 0.5 * float(penalty[1]) * sum((w**2).sum() for name, w in given.items() if name[0] == "W")
    return loss


@pytest.mark.parametrize("key", SOLVED)
def test_who_reads_only_the_sheet_can_work_out_the_answers(key):
    hw = homework("backprop", student="reads", **SOLVED[key])
    sheet = str(hw.show())
    given = given_on(sheet)
    assert given.keys() == hw.given.keys()
    assert all(np.allclose(np.reshape(given[n], np.shape(hw.given[n])), hw.given[n]) for n in given)
    given = {n: np.reshape(given[n], np.shape(hw.given[n])).astype(float) for n in given}
    found, h = {}, 1e-6
    for name in hw.asked:
        array = given[name[1:]]
        found[name] = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            before = array[place]
            array[place] = before + h
            right = value_on(sheet, given)
            array[place] = before - h
            found[name][place] = (right - value_on(sheet, given)) / (2 * h)
            array[place] = before
    for name, array in found.items():
        np.testing.assert_allclose(array, hw.truth[name], rtol=1e-5, atol=1e-8)


def test_a_line_less_is_noticed():
    """The solver above reads the lines: without the one on the penalty, its answers are wrong."""
    hw = homework("backprop", student="reads", **SOLVED["penalty"])
    sheet = str(hw.show())
    without = "\n".join(line for line in sheet.splitlines() if "penalty" not in line)
    given = {name: np.array(value) for name, value in hw.given.items()}
    assert abs(value_on(sheet, given) - value_on(without, given)) > 1e-3
