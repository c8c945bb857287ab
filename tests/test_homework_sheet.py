"""Homeworks as a student meets them: numbers, check, hints, solution. Right answers come from planted.py."""

import re

import numpy as np
import pytest
from planted import backprop, three_digits

from nnteach.core.errors import ExpressionError, GraphError
from nnteach.homework.exercises.slides import FIXED
from nnteach.homework.homework import homework
from nnteach.homework.numbers.variants import Numbers, separation_report

A17 = {"layers": [3, 3, 3], "hidden": "relu", "output": "softmax", "batch": 4}
NET = A17 | {"loss": "cross_entropy", "learning_rate": 0.5}
KINDS = {
    "deep": {"layers": [3, 4, 3, 2], "hidden": "tanh", "output": "sigmoid", "batch": 3},
    "mse": {"layers": [2, 3, 3], "hidden": "softplus", "output": "tanh", "loss": "mse", "batch": 4},
    "binary": {
        "layers": [3, 3, 2],
        "hidden": "leaky_relu",
        "output": "sigmoid",
        "loss": "binary_cross_entropy",
        "batch": 4,
    },
    "penalty": {"layers": [3, 3, 3], "hidden": "sigmoid", "output": "softmax", "batch": 4, "l2": 0.2},
    "skip": {"layers": [3, 3, 3, 3], "hidden": "tanh", "output": "softmax", "batch": 4, "skip": True},
    "shared": {"layers": [3, 3, 3, 3, 2], "hidden": "sigmoid", "output": "identity", "batch": 4, "shared": True},
    "one layer": {"layers": [3, 2], "output": "sigmoid", "batch": 3},
}


@pytest.fixture(scope="module")
def hw():
    return homework("backprop", **A17, student="A17")


@pytest.fixture
def right(hw):
    return backprop(NET, hw.given)


def loss_of(description):
    return description.get("loss") or (
        "cross_entropy" if description.get("output") == "softmax" else "half_squared_error"
    )


# --------------------------------------------------------------------------------------------------- numbers


def test_what_is_given_and_asked(hw):
    assert {name: np.shape(value) for name, value in hw.given.items()} == {
        "X": (4, 3),
        "T": (4, 3),
        "W1": (3, 3),
        "b1": (3,),
        "W2": (3, 3),
        "b2": (3,),
    }
    assert hw.asked == ("dW2", "db2", "dW1", "db1")
    assert hw.stages[:4] == ("z1", "a1", "z2", "y")


def test_the_same_name_has_the_same_numbers_anywhere(hw):
    """Written down once: another Python or NumPy must draw the same."""
    assert hw.variant.id == "ba3465"
    assert hw.given["X"][0].tolist() == [-1.5, -1.5, 0.2]
    stream = Numbers("sheet", "ada", 1)
    assert [stream.below(1000) for _ in range(4)] == GOLDEN


GOLDEN = [773, 215, 167, 313]


def test_another_student_sheet_or_version_has_other_numbers(hw):
    for other in (
        homework("backprop", **A17, student="A18"),
        homework("backprop", **A17, student="A17", version=2),
        homework("backprop", **(A17 | {"batch": 5}), student="A17"),
    ):
        assert other.variant.id != hw.variant.id
        assert not np.array_equal(other.given["W1"], hw.given["W1"])


def test_numbers_are_short_and_away_from_kinks(hw):
    for value in hw.given.values():
        assert np.allclose(value * 20, np.round(value * 20), atol=1e-9)
    z1 = hw.given["X"] @ hw.given["W1"].T + hw.given["b1"]
    assert np.abs(z1).min() > 0.05 and (z1 > 0).any(axis=0).all() and not (z1 > 0).all()


def test_given_numbers_cannot_be_changed_by_accident(hw):
    with pytest.raises(ValueError):
        hw.given["W1"][0, 0] = 1.0


def test_the_separation_report_tells_ties_and_draws():
    report = separation_report(homework("backprop", **A17, student="x").exercise, students=3)
    assert len(report.mistakes) > 40 and not report.close and max(report.draws) < 60
    tied = separation_report(homework("backprop", **(A17 | {"batch": 2}), student="x").exercise, students=1)
    assert ("sum", "two") in tied.ties and "sum = two" in repr(tied)


# ------------------------------------------------------------------------------------------ right and wrong


@pytest.mark.parametrize("kind", KINDS)
def test_right_answers_by_hand_are_right(kind):
    description = KINDS[kind]
    hw = homework("backprop", **description, student="ada")
    net = {"hidden": "relu", "learning_rate": 0.5} | description | {"loss": loss_of(description)}
    grads = backprop(net, hw.given)
    assert hw.check(grads).verdict == "correct"
    assert hw.check({name: three_digits(grads[name]) for name in hw.asked}).verdict == "correct"


FORMS = {
    "in full": lambda a: a,
    "three digits": three_digits,
    "lists": lambda a: a.tolist(),
    "float32": lambda a: a.astype(np.float32),
    "float32 of three digits": lambda a: three_digits(a).astype(np.float32),
    "text with a comma": lambda a: [[f"{x:.2e}".replace(".", ",") for x in row] for row in np.atleast_2d(a)],
    "rows upright": lambda a: a if a.ndim == 2 else a.reshape(-1, 1),
    "a text": lambda a: str(three_digits(a).tolist()),
    "a real minus sign": lambda a: [[f"{x:.3g}".replace("-", "−") for x in row] for row in np.atleast_2d(a)],
}


@pytest.mark.parametrize("form", FORMS)
def test_right_answers_are_accepted_in_every_form(hw, right, form):
    r = hw.check({name: FORMS[form](grad) for name, grad in right.items()})
    assert r and r.verdict == "correct", r.message


def test_tensors_are_accepted(hw, right):
    torch = pytest.importorskip("torch")
    assert hw.check({name: torch.tensor(grad) for name, grad in right.items()})


def test_cut_off_digits_pass_and_a_digit_less_does_not(hw, right):
    x = right["dW2"][0, 0]
    scale = 10.0 ** (np.floor(np.log10(abs(x))) - 2)
    cut = np.trunc(x / scale) * scale
    assert hw.check(right | {"dW2": np.where(right["dW2"] == x, float(f"{cut:.3g}"), right["dW2"])})
    r = hw.check(
        {name: np.reshape([float(f"{v:.0e}") for v in grad.ravel()], grad.shape) for name, grad in right.items()}
    )
    assert not r and r.verdict == "incomplete" and "three significant digits" in r.message


def test_rounding_on_the_way_is_right(hw):
    rounded = backprop(
        NET, hw.given, slip=lambda name, a: np.reshape([float(f"{x:.3e}") for x in np.ravel(a)], np.shape(a))
    )
    assert hw.check({name: three_digits(rounded[name]) for name in hw.asked}).ok


def test_rounding_where_large_terms_cancel_is_right():
    """db4 sums to zero, and what is left of it is a hundredth of what went into it."""
    deep = {"layers": [3, 3, 3, 3, 3], "hidden": "tanh", "output": "softmax", "batch": 4}
    hw = homework("backprop", student="unseen 7 right depth 4 45", **deep)
    rounded = backprop(
        deep | {"loss": "cross_entropy"}, hw.given,
        slip=lambda name, a: np.reshape([float(f"{x:.3e}") for x in np.ravel(a)], np.shape(a)),
    )
    answers = {name: three_digits(rounded[name]) for name in hw.asked}
    assert np.max(np.abs(rounded["db4"] - hw.truth["db4"])) > 0.01 * np.max(np.abs(hw.truth["db4"]))
    assert hw.check(answers).verdict == "correct_rounded"
    assert not hw.check(answers | {"dW1": answers["dW1"] * [1.0, 1.0, 1.05]}).ok


def test_nothing_handed_in(hw):
    for answers in ({}, {"dW1": None}, {"dW1": ..., "db1": [None, None, None]}):
        r = hw.check(answers)
        assert not r and r.verdict == "not_attempted" and not r.mistakes


def test_some_answers_missing(hw, right):
    r = hw.check(dW2=right["dW2"], db2=right["db2"])
    assert r.verdict == "incomplete" and r.stages == {
        "dW2": "correct",
        "db2": "correct",
        "dW1": "missing",
        "db1": "missing",
    }
    assert r.first_wrong == "dW1"


def test_wrong_shapes_and_types_are_named(hw, right):
    r = hw.check(right | {"dW1": right["dW1"][:2]})
    assert r.verdict == "bad_shape" and "(2, 3), expected (3, 3)" in r.message
    r = hw.check(right | {"dW1": "a third"})
    assert r.verdict == "bad_type" and r.first_wrong == "dW1"
    assert hw.check(right | {"dW1": {"a": 1}}).verdict == "bad_type"
    assert hw.check(right | {"dW1": right["dW1"] * np.nan}).verdict == "wrong"


def test_a_transposed_answer_that_does_not_fit_is_named():
    hw = homework("backprop", layers=[4, 3, 2], output="softmax", batch=3, student="ada")
    grads = backprop(
        {"hidden": "relu", "output": "softmax", "loss": "cross_entropy", "batch": 3, "layers": [4, 3, 2]}, hw.given
    )
    r = hw.check(grads | {"dW1": grads["dW1"].T, "dW2": grads["dW2"].T})
    assert r.verdict == "bad_shape" and r.mistakes == ("dW_T",)


def test_a_name_that_is_not_asked_for_is_told(hw, right):
    assert "do you mean dW1?" in hw.check(right | {"DW1": 1.0}).message


def test_an_object_that_equals_everything_is_no_answer(hw):
    class Always:
        def __eq__(self, other):
            return True

        def __array__(self, dtype=None, copy=None):
            return np.array([object()])

    assert hw.check({name: Always() for name in hw.asked}).verdict == "bad_type"


# ------------------------------------------------------------------------------------------------- stages


def test_one_slip_costs_one_stage(hw):
    seen = {}

    def slip(name, array):
        if name == "z1":
            array = array.copy()
            array[0, 1] += 0.37
        seen[name] = array
        return array

    grads = backprop(NET, hw.given, slip=slip)
    r = hw.check(
        z1=seen["z1"],
        a1=seen["a1"],
        z2=seen["z2"],
        y=seen["a2"],
        delta2=seen["delta2"],
        delta1=seen["delta1"],
        **grads,
    )
    assert not r and r.first_wrong == "z1"
    assert [name for name, verdict in r.stages.items() if verdict == "wrong"] == ["z1"]
    assert set(r.stages.values()) <= {"wrong", "follows", "correct"}


def test_a_mistake_after_a_slip_is_still_seen(hw):
    seen = {}

    def slip(name, array):
        array = array + 0.25 * (name == "z1")
        seen[name] = array
        return array

    grads = backprop(NET, hw.given, "hid_deriv_missing", slip=slip)
    r = hw.check(z1=seen["z1"], a1=seen["a1"], z2=seen["z2"], y=seen["a2"], delta2=seen["delta2"], **grads)
    assert r.first_wrong == "z1" and r.stages["dW2"] == "follows" and r.stages["dW1"] == "wrong"
    assert "hid_deriv_missing" in r.mistakes


def test_the_update_step_may_be_handed_in(hw, right):
    new = {f"{p}_new": hw.given[p] - 0.5 * right[f"d{p}"] for p in ("W1", "b1", "W2", "b2")}
    assert hw.check(**right, **new)
    up = {f"{p}_new": hw.given[p] + 0.5 * right[f"d{p}"] for p in ("W1", "b1", "W2", "b2")}
    assert hw.check(**right, **up).mistakes == ("ascent",)


# ------------------------------------------------------------------------------------- what is said and shown


def test_the_result_as_plain_data(hw, right):
    import json

    r = hw.check({name: -grad for name, grad in right.items()})
    data = json.loads(json.dumps(r.to_dict()))
    assert data["mistakes"] == ["sign"] and data["certainty"] == "exactly" and data["first_wrong"] == "dW2"
    assert "<ul>" in r._repr_html_() and "exactly what you get" in r.to_markdown()


def test_the_sheet_says_what_is_meant(hw):
    sheet = hw.show()
    for words in (
        "cross-entropy",
        "averaged over the 4 samples",
        "one row per unit",
        "`dW2` 3×3",
        "−1.5",
        "ba3465",
    ):
        assert words in sheet
    assert not leaks(sheet, hw)


def leaks(text, hw):
    """Right answers in a text, by their first four digits."""
    shown = {f"{abs(float(x)):.3e}" for x in re.findall(r"\d+\.\d{3,}", text.replace("−", "-"))}
    return shown & {f"{abs(x):.3e}" for name in hw.asked for x in np.ravel(hw.truth[name]) if x}


def test_hints_go_from_the_principle_to_other_numbers(hw, right):
    hw.check(right | {"dW1": 2 * right["dW1"]})
    hints = [hw.hint(level) for level in (1, 2, 3, 4)]
    assert (
        "local derivative" in hints[0]
        and "dW1" in hints[1]
        and "delta1ᵀ X" in hints[2]
        and "With other numbers" in hints[3]
    )
    assert not any(leaks(hint, hw) for hint in hints)
    for beyond in (0, 5, "2", None, True):
        assert "numbered 1 to 4" in hw.hint(beyond) and "hw.solution()" in hw.hint(beyond)


def test_the_worked_solution_has_the_right_numbers(hw, right):
    text = hw.solution().to_markdown()
    assert all(f"{abs(x):.4g}"[:5] in text for x in right["db2"]) and r"\delta_{2}^\top a_{1}" in text
    assert hw.solution().to_latex().count(r"\begin{pmatrix}") >= 10


def test_the_wrong_way_can_be_stepped_through(hw, right):
    hw.check({name: -grad for name, grad in right.items()})
    wrong, own = hw.replay(), hw.solution().player()
    last = wrong.trace.timelines["W2"].last.grad
    assert np.allclose(last, -right["dW2"]) and np.allclose(own.trace.timelines["W2"].last.grad, right["dW2"])
    with pytest.raises(GraphError, match="mistake"):
        homework("backprop", **A17, student="A17").replay()


# ----------------------------------------------------------------------------------------- fixed exercises


def test_the_numbers_of_the_slides():
    """Catalogue 2A.1 (ii) and (i), 2A.2 (001), 4 (002); recomputed there to ten digits."""
    solved = {
        "dW2": [[0.0840090010, 0.0859641590], [-0.0225095680, -0.0230334376]],
        "db2": [0.1378440083, -0.0369342456],
        "dW1": [[0.0043641675, 0.0008728335], [0.0048956761, 0.0009791352]],
        "db1": [0.0087283351, 0.0097913522],
    }
    printed = {
        "dW2": [[0.0835250352, 0.0844973761], [-0.0226350812, -0.0228985832]],
        "db2": [0.1367829490, -0.0370678461],
        "dW1": [[0.0043009712, 0.0008601942], [0.0056677416, 0.0011335483]],
        "db1": [0.0086019424, 0.0113354831],
    }
    assert homework("sigmoid_2_2_2").check(solved) and homework("sigmoid_2_2_2_as_printed").check(printed)
    assert homework("relu_2_2_1").check(dW2=[[-90, 0]], db2=[-18], dW1=[[72, 36], [0, 0]], db1=[36, 0])
    assert homework("x_plus_y_times_z").check(dx=-4, dy=-4, dz=3)
    assert homework("sum_times_difference").check(dx1=4, dx2=12, dx3=-8)
    assert homework("sigmoid_neuron").check(dw0="−0,1966", dx0="0,3932", dw1="−0,3932", dx1="−0,5898", dw2="0,1966")


def test_the_published_wrong_gradient_of_000_is_named():
    """The public notebook's slips, W without transpose and σ′ at h (catalogue 2A.1), both at once."""
    hw = homework("sigmoid_2_2_2")
    right = {name: hw.truth[name] for name in ("dW2", "db2")}
    wrong = [[0.00439386, 0.00087877], [0.00552154, 0.00110431]]
    db1 = [0.00439386 / 0.5, 0.00552154 / 0.5]
    r = hw.check(**right, dW1=wrong, db1=[float(f"{x:.6f}") for x in db1])
    assert set(r.mistakes) == {"W_noT", "hid_deriv_at_a"}


@pytest.mark.parametrize("name", FIXED)
def test_every_fixed_exercise_has_variants_and_a_solution(name):
    hw = homework(name, student="ada")
    assert hw.check({n: hw.truth[n] for n in hw.asked}) and not hw.check({n: hw.truth[n] + 1.0 for n in hw.asked})
    assert "### Solution" in hw.solution().to_markdown() and hw.show()


def test_any_expression_is_a_homework():
    hw = homework("r = a * b; f = r + tanh(a)", student="ada")
    a, b = hw.given["a"], hw.given["b"]
    assert hw.check(da=b + 1 - np.tanh(a) ** 2, db=a)
    assert not hw.check(da=b, db=a)
    with pytest.raises(ExpressionError):
        homework("a +* b", student="ada")


def test_what_cannot_be_made_is_said():
    with pytest.raises(GraphError, match="exercise among"):
        homework("nonsense")
    with pytest.raises(GraphError, match="activation"):
        homework("backprop", hidden="rellu")
    with pytest.raises(GraphError, match="two hidden layers"):
        homework("backprop", layers=[3, 3, 3], skip=True)
    with pytest.raises(GraphError, match="no description"):
        homework("relu_2_2_1", batch=3)


def test_the_package_is_called_like_its_function():
    import nnteach as nt

    assert nt.homework("x_plus_y_times_z").check(dx=-4, dy=-4, dz=3)
    assert callable(nt.homework.reveal)
