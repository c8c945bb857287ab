"""A name needs evidence: what is said of zeros, exchanges, steps, roundings, single numbers; and no name is false."""

import itertools

import false_names
import numpy as np
import pytest
from homework_acceptance import GROUPS, keeping, net_of
from planted import backprop, three_digits

import nnteach as nt
from nnteach.homework.exercises.reference import reference
from nnteach.homework.homework import homework
from nnteach.homework.mistakes.catalogue import MISTAKES
from nnteach.homework.mistakes.hypotheses import SAME, attempt, flat, hypotheses
from nnteach.homework.mistakes.pairs import _go_together


def sheet(group, student="evidence"):
    return homework("backprop", student=student, **GROUPS[group])


def typed(hw, answers):
    return {name: three_digits(answers[name]) for name in hw.asked}


each_group = pytest.mark.parametrize("group", GROUPS)


# ------------------------------------------------------------------------------------------------ false names


def test_no_name_is_false():
    """Wrong answers of the kinds in `false_names.py` on a few exercises; the script itself tries thousands on all."""
    few = ["3-3-3 relu, softmax", "penalty", "hw gates", "(x + y) * z", "(a + b) * (a - b)", "sigmoid(w * x + b)"]
    tried, false = false_names.run(240, few, students=1, out=lambda *said: None)
    assert tried > 200 and false == []


@pytest.mark.slow
def test_no_name_is_false_in_thousands():
    tried, false = false_names.run(2000, students=4, known=True, out=lambda *said: None)
    assert tried > 1900 and false == []


def test_a_false_name_would_be_noticed():
    paper = next(iter(false_names.sheets(1, ["tanh"])))[1][0]
    paper.hypotheses = hypotheses(paper.hw.task)
    wrong = paper.backprop("sign")
    said = paper.hw.check(typed(paper.hw, wrong))
    assert said.mistakes == ("sign",) and not false_names.is_false(paper, wrong, said)
    assert false_names.is_false(paper, paper.backprop("b_mean"), said)


# ------------------------------------------------------------------------------------------------------- zeros


@each_group
def test_zeros_are_not_attempted_and_no_mistake(group):
    hw = sheet(group)
    r = hw.check({name: np.zeros_like(hw.truth[name]) for name in hw.asked})
    assert r.verdict == "not_attempted" and r.mistakes == () and "Nothing but zeros" in r.message and not r.ok
    right = typed(hw, hw.truth)
    layers = {name[2:] for name in hw.asked}
    for k in layers if len(layers) > 1 else ():
        r = hw.check({name: a * (name[2:] != k) for name, a in right.items()})
        assert r.mistakes == () and f"dW{k}" in r.message and r.verdict == "wrong", (k, r)
    for name in hw.asked[::2]:
        r = hw.check(right | {name: 0.0 * right[name]})
        assert r.mistakes == () and r.verdict == "wrong", (name, r)


def test_no_gradient_for_any_bias_is_a_mistake_made_by_hand():
    hw = sheet("tanh")
    r = hw.check({name: a * (name[1] == "W") for name, a in typed(hw, hw.truth).items()})
    assert r.mistakes == ("b_zero",) and r.certainty == "exactly"


@pytest.mark.parametrize("text", ["(x + y) * z", "x / y - y", "(a + b) * (a - b)"])
def test_zeros_in_an_expression(text):
    hw = homework(text, student="evidence")
    r = hw.check(dict.fromkeys(hw.asked, 0.0))
    assert r.verdict == "not_attempted" and r.mistakes == ()


# ------------------------------------------------------------------------------------- exchanges, inner factors


@pytest.mark.parametrize("text", ["sigmoid(w * x + b)", "(w * x + b) ** 2", "tanh(w * x + b)"])
@pytest.mark.parametrize("student", ["a", "b", "c"])
def test_the_inner_factor_forgotten_is_no_exchange(text, student):
    hw = homework(text, student=student)
    once = float(three_digits(hw.truth["db"]))
    r = hw.check(dw=once, dx=once, db=once)
    assert not r.ok and "swap_layers" not in r.mistakes
    if len({abs(float(three_digits(hw.truth[name]))) for name in hw.asked}) == 3:
        assert "inner_factor" in r.mistakes and "inner derivative" in r.message


def test_an_exchange_is_mutual():
    hw = sheet("3-3-3 sigmoid, sigmoid")
    right = typed(hw, hw.truth)
    one_way = hw.check(right | {"dW1": right["dW2"]})
    assert one_way.mistakes == () and not one_way.ok
    both = hw.check(right | {"dW1": right["dW2"], "dW2": right["dW1"]})
    assert both.mistakes == ("swap_layers",)
    deep = sheet("depth 3")
    right = typed(deep, deep.truth)
    ring = deep.check(right | {"dW1": right["dW2"], "dW2": right["dW3"], "dW3": right["dW1"]})
    assert ring.mistakes == ("swap_layers",)


# ------------------------------------------------------------------------------------ the step, the mean, signs


@each_group
def test_the_step_and_the_new_weights_instead_of_the_gradient(group):
    hw = sheet(group)
    rate = hw.task.learning_rate
    step = {name: -rate * hw.truth[name] for name in hw.asked}
    r = hw.check(typed(hw, step))
    assert r.mistakes == ("step_not_gradient",) and r.certainty == "exactly", r
    r = hw.check(typed(hw, {name: hw.given[name[1:]] + step[name] for name in hw.asked}))
    assert r.mistakes == ("new_not_gradient",) and r.certainty == "exactly", r


def test_a_half_that_is_the_learning_rate_is_said_to_be_a_tie():
    hw = sheet("tanh")
    r = hw.check({name: 0.5 * hw.truth[name] for name in hw.asked})
    assert r.verdict == "other_convention" and "the step η · dW has the same numbers" in r.message
    other = homework("backprop", student="evidence", **GROUPS["tanh"], learning_rate=0.2)
    assert "the step" not in other.check({name: 0.5 * other.truth[name] for name in other.asked}).message


@pytest.mark.parametrize("group", ["tanh", "penalty", "depth 3", "3-3-3 relu, softmax"])
def test_the_mean_left_out_in_one_layer_is_one_sentence(group):
    hw = sheet(group)
    net = net_of(GROUPS[group])
    wrong = backprop(net, hw.given, slip=lambda name, a: 4.0 * a if name in ("dW2", "db2") else a)
    r = hw.check(typed(hw, wrong))
    assert r.mistakes == ("layer_sum",) and "but not out of" not in r.message and "(layer 2)" in r.message


@pytest.mark.parametrize("group", ["tanh", "penalty", "depth 3", "shared weights"])
@pytest.mark.parametrize("name", ["dW2", "db1"])
def test_a_sign_lost_in_one_gradient(group, name):
    hw = sheet(group)
    wrong = backprop(net_of(GROUPS[group]), hw.given, slip=lambda n, a: -a if n in owners(group, name) else a)
    r = hw.check(typed(hw, wrong))
    assert r.mistakes == ("sign_here",) and f"({name})" in r.message, r


def owners(group, name):
    """The layers' gradients that add up to one of the sheet's."""
    return ("dW2", "dW3") if group == "shared weights" and name == "dW2" else (name,)


@pytest.mark.parametrize("mistake, factor", [("R_missing", 0.0), ("R_double", 2.0), ("R_sign", -1.0)])
def test_the_penalty_of_one_layer(mistake, factor):
    hw = sheet("penalty")
    wrong = dict(hw.truth) | {"dW1": hw.truth["dW1"] + (factor - 1) * 0.3 * hw.given["W1"]}
    r = hw.check(typed(hw, wrong))
    assert r.mistakes == (mistake,) and "(layer 1)" in r.message


# ----------------------------------------------------------------------------------------------- pairs and ties


CONTRADICT = [("first_sample", "last_sample"), ("W_sum", "b_sum"), ("hid_deriv_missing", "hid_deriv_double"),
              ("in_x", "own_W"), ("b_all", "b_first"), ("target_swap", "target_row"), ("F_nobias", "F_bias_sign"),
              ("R_missing", "R_sign"), ("ce_only", "p_only"), ("b_first", "last_sample")]


class Truth:
    def __init__(self, hw):
        self.truth = flat(hw.truth, hw.asked)


@pytest.mark.parametrize("one, other", CONTRADICT)
def test_two_mistakes_that_deny_each_other_are_no_pair(one, other):
    hw = sheet("penalty")
    truth, found = Truth(hw), {}
    for h in hypotheses(hw.task):
        if h.id in (one, other) and not h.change.where:
            found[h.id] = h, flat(attempt(hw.task, h.change), hw.asked)
    assert len(found) == 2 and not _go_together(truth, *found.values())


def test_a_factor_goes_with_everything():
    hw = sheet("tanh")
    truth = Truth(hw)
    made = {h.id: (h, flat(attempt(hw.task, h.change), hw.asked)) for h in hypotheses(hw.task) if not h.change.where}
    assert all(_go_together(truth, made["sign"], made[i]) for i in ("two", "no_W", "b_zero", "abs", "in_z"))


def test_what_has_the_same_numbers_is_said_as_a_tie():
    """With two samples, the sum for the mean and a forgotten ½ are the same; with two outputs, so are others."""
    hw = homework("backprop", layers=[3, 3, 3], hidden="tanh", output="sigmoid", batch=2, student="evidence")
    known = {h.id for h in hypotheses(hw.task)}
    for mistake in ("two", "half"):
        wrong = {name: (2.0 if mistake == "two" else 0.5) * hw.truth[name] for name in hw.asked}
        same = {h.id for h in hypotheses(hw.task) if (row := attempt(hw.task, h.change, update=False)) and all(
            np.allclose(row[n], wrong[n], rtol=SAME) for n in hw.asked)}
        r = hw.check(wrong)
        assert same <= known and len(same) > 1 and set(r.mistakes) == same


# --------------------------------------------------------------------------------------------- one number alone


@pytest.mark.parametrize("text", ["x * x", "a + a", "b = a + a", "b = a + a; y = b * b", "exp(x * y)", "sin(x ** 2)"])
@pytest.mark.parametrize("student", ["a", "b"])
def test_one_number_at_three_digits_names_nothing(text, student):
    hw = homework(text, student=student)
    for h in hypotheses(hw.task):
        row = attempt(hw.task, h.change)
        answers = {} if row is None else {name: three_digits(row[name]) for name in hw.asked}
        if row is None or not all(np.all(np.isfinite(a)) for a in answers.values()):
            continue
        if len({abs(float(a)) for a in answers.values()}) == 1:
            assert hw.check(answers).mistakes == (), (text, h.key)


@pytest.mark.parametrize("change, said", [(lambda x: -x, "look at its sign"), (lambda x: 10 * x, "decimal point"),
                                          (lambda x: 1.3 * x, "is the only number that is not right")])
def test_one_wrong_number_among_right_ones_is_shown(change, said):
    hw = sheet("tanh")
    answers = typed(hw, hw.truth)
    answers["dW2"] = answers["dW2"].copy()
    answers["dW2"][1, 2] = change(answers["dW2"][1, 2])
    r = hw.check(answers)
    assert r.mistakes == () and "dW2[1, 2]" in r.message and said in r.message


# -------------------------------------------------------------------------------------------------- roundings


@each_group
@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
def test_one_number_off_while_all_others_are_exact_is_no_rounding(group, share):
    hw, rng = sheet(group), np.random.default_rng(7)
    for _ in range(2):
        answers = {name: np.array(hw.truth[name]) for name in hw.asked}
        array = answers[str(rng.choice(hw.asked))].reshape(-1)
        array[rng.integers(array.size)] *= 1 + share
        if all(np.array_equal(typed(hw, answers)[n], three_digits(hw.truth[n])) for n in hw.asked):
            continue  # a zero
        assert hw.check(typed(hw, answers)).verdict == "wrong"


@each_group
def test_four_digits_kept_on_the_way_stay_right(group):
    for i in range(3):
        hw = sheet(group, f"rounds {i}")
        kept = backprop(net_of(GROUPS[group]), hw.given, slip=keeping(4))
        assert hw.check(typed(hw, kept)).ok


def test_cutting_off_cuts_nothing_off_a_short_decimal():
    """(a + b) + (a − b) = 5.2 comes out as 5.199999999999999: 5.18 is two units off, not cut off to three digits."""
    hw = homework("(a + b) * (a - b)", student="no name (a + b) * (a - b) 1")
    assert abs(hw.truth["da"] - 5.2) < 1e-12 and not hw.check(da=5.18, db=5.0) and not hw.check(da=5.2, db=4.98)


@each_group
def test_answers_rounded_to_decimals_have_too_few_digits_and_no_slip(group):
    for i, decimals in itertools.product(range(2), (3, 4)):
        hw = sheet(group, f"decimals {i}")
        r = hw.check({name: np.round(hw.truth[name], decimals) for name in hw.asked})
        assert r.verdict in ("incomplete", "correct", "correct_rounded") and "slip" not in r.message, r
        assert r.ok or "three significant digits" in r.message
        cut = hw.check({name: np.trunc(hw.truth[name] * 1e4) / 1e4 for name in hw.asked})
        assert cut.verdict in ("incomplete", "correct", "correct_rounded"), cut


def test_decimals_kept_in_every_step_are_too_few_digits():
    said = set()
    for i in range(4):
        hw = sheet("3-3-3 sigmoid, sigmoid", f"steps {i}")
        kept = backprop(net_of(GROUPS["3-3-3 sigmoid, sigmoid"]), hw.given, slip=lambda name, a: np.round(a, 3))
        r = hw.check({name: np.round(kept[name], 3) for name in hw.asked})
        said.add(r.verdict)
        assert not r.ok and "slip" not in r.message and r.mistakes == ()
    assert said == {"incomplete"}


# ------------------------------------------------------------------------------------------- functions, too


def sigmoid_net(x, W1, b1, W2, b2, t, output=True, hidden=True):
    h = 1 / (1 + np.exp(-(W1 @ x + b1)))
    y = 1 / (1 + np.exp(-(W2 @ h + b2)))
    delta2 = (y - t) * (y * (1 - y) if output else 1.0)
    delta1 = (W2.T @ delta2) * (h * (1 - h) if hidden else 1.0)
    return {"dW1": np.outer(delta1, x), "db1": delta1, "dW2": np.outer(delta2, h), "db2": delta2}


def test_the_slope_of_the_output_is_not_called_that_of_a_hidden_layer():
    def student(x, W1, b1, W2, b2, t):
        return sigmoid_net(x, W1, b1, W2, b2, t, output=False)

    r = nt.check(student, reference("sigmoid_net"))
    assert "out_deriv_missing" in r.mistakes and not any(i.startswith("hid") for i in r.mistakes)
    assert "the output's activation" in r.message and "hidden" not in r.message

    def another(x, W1, b1, W2, b2, t):
        return sigmoid_net(x, W1, b1, W2, b2, t, hidden=False)

    r = nt.check(another, reference("sigmoid_net"))
    assert "hid_deriv_missing" in r.mistakes and not any(i.startswith("out") for i in r.mistakes)


def test_a_function_that_repeats_a_right_number_exchanges_nothing():
    def solution(w=1.3, x=0.7, b=0.2):
        s = 1 / (1 + np.exp(-(w * x + b)))
        return {"dw": s * (1 - s) * x, "dx": s * (1 - s) * w, "db": s * (1 - s)}

    def student(w, x, b):
        s = 1 / (1 + np.exp(-(w * x + b)))
        return dict.fromkeys(("dw", "dx", "db"), s * (1 - s))

    assert "swap_layers" not in nt.check(student, solution).mistakes
    solution.graph = lambda w, x, b: nt.sigmoid(nt.variable(w, "w") * nt.variable(x, "x") + nt.variable(b, "b"))
    r = nt.check(student, solution)
    assert "inner_factor" in r.mistakes and "swap_layers" not in r.mistakes


def test_a_hypothesis_that_fails_stops_nothing(monkeypatch):
    """Whatever goes wrong in a guess: division by zero, a missing name, an attribute that is not there."""
    hw = sheet("tanh")
    for error in (ZeroDivisionError, KeyError, AttributeError, FloatingPointError, OverflowError, StopIteration):
        def fails(answers, task, error=error):
            raise error

        change = next(h.change for h in hypotheses(hw.task) if h.id == "dW_T")
        monkeypatch.setitem(change.__dict__, "after", fails)
        assert attempt(hw.task, change) is None
    assert MISTAKES
