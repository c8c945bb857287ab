"""The topics that are lists of steps: right by an independent source, and every slip wrong and named."""

import numpy as np
import pytest
from planted import three_digits

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.homework.exercises.rerun import resolve
from nnteach.homework.exercises.topics import SLIPS, TOPICS
from nnteach.homework.exercises.topics.boolean import ONE_UNIT, TABLES, sums
from nnteach.homework.homework import homework, kinds
from nnteach.homework.mistakes.hypotheses import catalogue, hypotheses
from nnteach.homework.mistakes.wording import words
from nnteach.nn.normalization import batch_norm
from nnteach.nn.perceptron import Perceptron

SHEETS = {name: (name, {}) for name in TOPICS if name != "boolean"} | {
    "classic": ("dropout", {"form": "classic"}),
    "longer": ("perceptron", {"epochs": 2, "samples": 6}),
}
STUDENTS = ("ada", "Łukasz", "student 7")


@pytest.mark.parametrize("key", SHEETS)
@pytest.mark.parametrize("student", STUDENTS)
def test_the_truth_is_right_and_every_slip_is_wrong_and_named(key, student):
    name, settings = SHEETS[key]
    hw = homework(name, student=student, **settings)
    assert hw.check(hw.truth).verdict == "correct"
    assert hw.check({n: three_digits(v) for n, v in hw.truth.items()}).ok
    known = catalogue(hw.exercise)
    assert {h.id for h in hypotheses(hw.task)} == {key[0] for key in known.keys}  # every slip can be made
    assert hw.variant.separated and len(known.keys) >= 7
    for h in hypotheses(hw.task):
        solved = resolve(hw.task, h.change)
        r = hw.check({n: three_digits(solved[n]) for n in hw.asked})
        assert not r.ok and all(known.tied(i, h.id) for i in r.mistakes), (h.id, r)
        assert h.id in r.mistakes or (one_number(solved, hw) and f"look at {h.look}" in r.message), (h.id, r)


def one_number(solved, hw):
    """Whether a single number is wrong: then there is a question instead of a name."""
    return sum(np.sum(three_digits(solved[n]) != three_digits(hw.truth[n])) for n in hw.asked) == 1


def test_batch_norm_agrees_with_the_engine():
    hw = homework("batch_norm", student="engine")
    x, gamma, beta = nt.variables(**{name: hw.given[name] for name in ("x", "gamma", "beta")})
    loss = nt.ops.sum(batch_norm(x, gamma, beta, eps=0.0) * hw.given["g"])
    for name, gradient in zip(("dx", "dgamma", "dbeta"), nt.grad(loss, [x, gamma, beta]), strict=True):
        np.testing.assert_allclose(hw.truth[name], gradient, rtol=1e-9, atol=1e-12)


def test_the_softmax_jacobian_agrees_with_the_engine():
    hw = homework("softmax_jacobian", student="engine")
    z = nt.variable(hw.given["z"], name="z")
    jacobian = nt.jacobian(nt.softmax(z), z)
    np.testing.assert_allclose(hw.truth["J"], jacobian, atol=1e-12)
    np.testing.assert_allclose(hw.truth["dz"], jacobian.T @ hw.given["g"], atol=1e-12)


@pytest.mark.parametrize("student", [None, "engine", "another"])
def test_the_perceptron_agrees_with_the_one_that_learns(student):
    hw = homework("perceptron", student=student)
    unit = Perceptron(2)
    learnt = unit.fit(hw.given["X"], hw.given["T"], learning_rate=hw.given["alpha"], epochs=3)
    n = len(hw.given["X"])
    for k, mistakes in enumerate(learnt.mistakes, start=1):
        np.testing.assert_allclose(hw.truth[f"theta{k}"], learnt.thetas[k * n])
        assert hw.truth[f"errors{k}"] == mistakes


def test_a_gradient_check_by_hand_agrees_with_differences():
    hw = homework("gradient_check", student="engine")
    a, b, x, h = (hw.given[name] for name in "abxh")
    f = np.polynomial.Polynomial([0, b, 0, a])
    assert np.isclose(hw.truth["analytic"], f.deriv()(x)) and np.isclose(hw.truth["plus"], f(x + h))
    assert np.isclose(abs(hw.truth["numeric"] - hw.truth["analytic"]), abs(a) * h**2)


def test_a_slip_in_the_first_epoch_costs_one_stage():
    hw = homework("perceptron", student="carried")
    own = {"theta1": hw.truth["theta1"] + [0.3, 0.0, 0.0]}
    follows = resolve(hw.task, touch=lambda name, value: own.get(name, value))
    r = hw.check({name: own.get(name, follows[name]) for name in hw.asked})
    assert r.stages["theta1"] == "wrong" and r.first_wrong == "theta1"
    assert r.stages["theta2"] in ("follows", "correct") and r.stages["theta3"] in ("follows", "correct")


# --------------------------------------------------------------------------------------------------- boolean


@pytest.mark.parametrize("gate", TABLES)
def test_any_weights_that_give_the_table_are_right(gate):
    hw = homework("boolean", gate=gate, student="ada")
    assert hw.check(hw.truth).verdict == "correct"
    assert hw.check({name: 0.05 * value for name, value in hw.truth.items()}).ok
    r = hw.check({name: value * (1 if name == "theta1" else -1) for name, value in hw.truth.items()})
    assert not r.ok and "bool_inverted" in r.mistakes


def test_boolean_weights_are_judged_by_what_they_do():
    hw = homework("boolean", gate="and")
    assert hw.check(theta="[-1.5, 1, 1]") and hw.check(theta=[-3, 2, 2.5])
    assert hw.check(theta=[1.5, 1, 1]).mistakes == ("bool_bias_sign",)
    assert hw.check(theta=[1, 1, -1.5]).mistakes == ("bool_bias_last",)
    assert hw.check(theta=[0, 1, 1]).mistakes == ("bool_no_bias",)
    assert hw.check(theta=[-1, 1, 1]).mistakes == ("bool_zero",)
    assert hw.check(theta=list(ONE_UNIT["or"])).mistakes == ("bool_other_gate",)
    assert homework("boolean", gate="and_not").check(theta=ONE_UNIT["and_not"][:1] + ONE_UNIT["and_not"][:0:-1]
                                                     ).mistakes == ("bool_weights_swapped",)
    assert hw.check().verdict == "not_attempted" and hw.check(theta=[1, 2]).verdict == "bad_shape"
    assert hw.check(theta=[np.nan, 1, 1]).verdict == "bad_shape" and hw.check(theta="two").verdict == "bad_type"
    assert "row" in hw.check(theta=[1.5, 1, 1]).message


def test_no_single_unit_gives_xor():
    """Why XOR and XNOR ask for two layers: a fine grid of weights has none."""
    grid = np.linspace(-3, 3, 13)
    outputs = {tuple(sums([np.array([b, v, w])], 2) > 0) for b in grid for v in grid for w in grid}
    assert not outputs & {tuple(bool(t) for t in TABLES[g]) for g in ("xor", "xnor")}
    assert {tuple(bool(t) for t in TABLES[g]) for g in ("and", "or", "nor", "nand", "and_not", "implies")} <= outputs


# ---------------------------------------------------------------------------------------------- what they say


@pytest.mark.parametrize("name", TOPICS)
def test_sheet_hints_and_solution(name):
    hw = homework(name, student="ada")
    shown = str(hw.show())
    assert all(f"`{asked}`" in shown for asked in hw.asked)
    assert all(hw.hint(level) for level in (1, 2, 3, 4))
    told = hw.solution()
    assert all(f"**{asked}**" in told.to_markdown() for asked in hw.asked) and r"\item" in told.to_latex()
    with pytest.raises(GraphError, match="steps"):
        told.player()


def test_a_wrong_way_can_be_read_step_by_step():
    hw = homework("batch_norm", student="ada")
    assert "← here" in hw.replay("bn_no_dvar")
    with pytest.raises(GraphError):
        hw.replay("sign")


def test_every_slip_says_what_and_where():
    for slip in SLIPS:
        did, look = words(slip)
        assert did and look and not did.endswith(".") and did[0].islower()


def test_kinds_lists_every_exercise():
    listed = kinds()
    assert set(TOPICS) < set(listed) and "backprop" in listed and "xor_forward" in listed
    assert all(told for told in listed.values()) and repr(listed).count("\n") == len(listed) - 1
    assert nt.homework.kinds() == listed


def test_settings_that_do_not_fit_are_refused():
    for name, settings in (("perceptron", {"layers": 3}), ("gradient_check", {"h": 1}), ("dropout", {"form": "odd"}),
                           ("boolean", {"gate": "maybe"})):
        with pytest.raises(GraphError):
            homework(name, **settings)


@pytest.mark.parametrize("name", ["step_sgd", "step_nesterov", "step_adadelta", "step_adamw"])
def test_steps_of_optimizers(name):
    hw = homework(name, student="ada")
    assert hw.check({n: three_digits(hw.truth[n]) for n in hw.asked}).ok and hw.variant.separated
