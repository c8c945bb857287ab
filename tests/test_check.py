"""`nt.check`: right answers in every form are accepted, planted differences named, no right number is shown.

Solutions here are written by hand in NumPy; they share no code with the engine that computes the reference.
"""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiers import one_in

import nnteach as nt
from nnteach.core.errors import DtypeError, GraphError
from nnteach.homework.check import check, check_answer
from nnteach.homework.exercises.reference import reference
from nnteach.homework.grading.cases import CheckError, make_cases
from nnteach.homework.grading.values import NotNumbers, agrees, to_array
from nnteach.homework.reveal import reveal

SIGMOID, RELU, PRODUCT = (reference(name) for name in ("sigmoid_net", "relu_net", "x_plus_y_times_z"))

GRID, LABELS = np.ones((2, 3)), np.array([0, 2, 1])


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def backward(x, W1, b1, W2, b2, t):
    h = sigmoid(W1 @ x + b1)
    y = sigmoid(W2 @ h + b2)
    g2 = (y - t) * y * (1 - y)
    g1 = (W2.T @ g2) * h * (1 - h)
    return {"dW1": np.outer(g1, x), "db1": g1, "dW2": np.outer(g2, h), "db2": g2}


def relu_backward(at_zero=0.0):
    def backward(x, W1, b1, W2, b2, y):
        pre = W1 @ x + b1
        o = np.maximum(0, pre)
        g2 = 2 * (W2 @ o + b2 - y)
        g1 = (W2.T @ g2) * np.where(pre == 0, at_zero, pre > 0)
        return {"dW1": np.outer(g1, x), "db1": g1, "dW2": np.outer(g2, o), "db2": g2}

    return backward


def changed(change, of=backward):
    """A student's function whose answers are changed after the fact."""
    return lambda *inputs: change(of(*inputs))


def each(change):
    return lambda answers: {name: change(array) for name, array in answers.items()}


def only(name, change):
    return lambda answers: {**answers, name: change(answers[name])}


def digits(n):
    return np.vectorize(lambda value: float(f"{value:.{n - 1}e}"), otypes=[float])


# -------------------------------------------------------------------------------------------- what is right

FORMS = {
    "as it is": lambda a: a,
    "three digits": each(digits(3)),
    "four digits": each(digits(4)),
    "float32": each(np.float32),
    "float32, back in float64": each(lambda v: np.float32(v).astype(float)),
    "lists": each(np.ndarray.tolist),
    "nested tuples": each(lambda v: tuple(map(tuple, v)) if v.ndim == 2 else tuple(v)),
    "lists of three digits": each(lambda v: digits(3)(v).tolist()),
    "Nodes": each(nt.constant),
    "lists of Nodes": each(lambda v: [nt.constant(row) for row in v]),
    "a tuple in order": lambda a: tuple(a.values()),
    "a list in order": lambda a: list(a.values()),
    "in another order": lambda a: dict(reversed(a.items())),
    "with something extra": lambda a: {**a, "loss": 3.0},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(5))
def test_a_right_answer_is_right_in_every_form(form, seed):
    result = check(changed(FORMS[form]), SIGMOID, rng=np.random.default_rng(seed))
    assert result and result.ok and result.verdict == "correct", result
    assert result.message.startswith("✓ Right in all ")


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_every_slope_between_the_two_sides_of_a_kink_is_right(at_zero):
    for seed in range(20):
        assert check(relu_backward(at_zero), RELU, rng=np.random.default_rng(seed))


def test_a_slope_beyond_both_sides_of_a_kink_is_wrong():
    assert not check(relu_backward(at_zero=2.0), RELU)


def test_a_vector_as_a_column_is_accepted_with_a_remark():
    result = check(changed(only("db2", lambda v: v.reshape(-1, 1))), SIGMOID)
    assert result and "db2 has shape" in result.message and "accepted" in result.message


def test_a_tensor_like_object_is_read_by_its_numpy_method():
    class Tensor:
        def __init__(self, array):
            self.array = array

        def detach(self):
            return self

        def numpy(self):
            return self.array

    assert check(changed(each(Tensor)), SIGMOID)


@settings(max_examples=300, deadline=None)
@given(st.floats(1e-9, 1e9), st.sampled_from((-1, 1)), st.integers(3, 12))
def test_a_number_rounded_to_three_digits_or_more_is_right(size, sign, how_many):
    truth = np.array(sign * size)
    assert agrees(digits(how_many)(truth), truth)


@settings(max_examples=300, deadline=None)
@given(st.floats(1e-6, 1e6), st.floats(0.012, 1.0), st.sampled_from((-1, 1)))
def test_a_number_that_is_off_by_more_than_a_hundredth_is_wrong(truth, by, sign):
    assert not agrees(np.array(truth * (1 + sign * by)), np.array(truth))


def test_a_number_that_was_computed_must_agree_in_full():
    truth = np.array([0.123456789, 0.87654321])
    assert agrees(truth * (1 + 1e-9), truth).all()
    assert not agrees(truth * 1.0003, truth).any()


# ------------------------------------------------------------------------------------ what differs, by name

SQUARE = {
    "x": np.ones(3),
    "W1": np.ones((3, 3)),
    "b1": np.ones(3),
    "W2": np.ones((3, 3)),
    "b2": np.ones(3),
    "t": np.ones(3),
}
PLANTED = {
    "sign": (each(np.negative), "sign", "every answer has the wrong sign"),
    "one sign": (only("db1", np.negative), "sign", "db1 has the wrong sign"),
    "twice": (each(lambda v: 2 * v), "two", "every answer is 2 times too large"),
    "half": (only("dW2", lambda v: v / 2), "half", "dW2 is only 1/2"),
    "three times": (only("dW2", lambda v: 3 * v), "sum", "dW2 is 3 times too large"),
    "minus twice": (only("dW1", lambda v: -2 * v), "two", "2 times too large and has the wrong sign"),
    "transposed": (only("dW1", np.transpose), "dW_T", "dW1 is transposed"),
    "swapped": (
        lambda a: {**a, "db1": a["db2"], "db2": a["db1"]},
        "swap_layers",
        "db1 and db2 have changed places",
    ),
    "of another": (lambda a: {**a, "dW1": a["dW2"]}, "equals_another", "dW1 has the numbers that dW2 should have"),
    "in a ring": (
        lambda a: {**a, "dW1": a["dW2"], "dW2": a["dW1"], "db1": a["dW1"][0]},
        "swap_layers",
        "dW1 and dW2 have changed places",
    ),
    "any factor": (only("dW1", lambda v: 0.2479 * v), "factor", "one and the same factor"),
    "all zero": (only("db1", lambda v: 0 * v), "zero", "db1 is zero"),
    "nan": (only("dW2", lambda v: v * np.nan), "not_finite", "dW2 is nan"),
    "absolute": (only("dW2", np.abs), "abs", "dW2 has the right size, but the wrong sign"),
    "shifted": (only("db2", lambda v: v + 0.3), "shift", "the same amount"),
    "reversed": (only("db2", lambda v: v[::-1]), "unit_order", "db2 "),
    "close": (
        only("dW1", lambda v: v * np.linspace(1.005, 1.012, v.size).reshape(v.shape)),
        "round_intermediate",
        "close",
    ),
    "text": (only("db1", lambda v: "0.1"), "bad_type", "db1 is a text"),
    "flat": (only("dW1", np.ravel), "bad_shape", "the numbers are right"),
    "summed": (only("db1", np.sum), "bad_shape", "has shape scalar, expected (3,)"),
    "two decimals": (each(lambda v: np.round(v, 2)), "digits", "rounded too far"),
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("seed", one_in(5, range(5)))
def test_each_planted_difference_is_named(name, seed):
    change, mistake, words = PLANTED[name]
    result = check(changed(change), SIGMOID, inputs=SQUARE, rng=np.random.default_rng(seed))
    assert not result
    assert mistake in result.mistakes, result
    assert words in result.message


def test_one_wrong_entry_is_located():
    def spoil(array):
        array = array.copy()
        array[1, 2] += 0.5
        return array

    result = check(changed(only("dW1", spoil)), SIGMOID, inputs=SQUARE)
    assert "dW1 is right except in entry [1, 2]" in result.points
    assert "right: db1, dW2, db2" in result.points and result.first_wrong == "dW1"


def test_one_wrong_row_is_located():
    result = check(
        changed(
            only("dW1", lambda v: v + [[0], [0.5], [0.7]] * np.array([1, 2, 3]) * np.array([[0], [0], [1]]))
        ),
        SIGMOID,
        inputs=SQUARE,
    )
    assert "dW1 is right except in row 2" in result.points


def test_two_exchanged_entries_are_located():
    result = check(changed(only("db2", lambda v: v[[0, 2, 1]])), SIGMOID, inputs=SQUARE)
    assert "db2 has two entries exchanged: entries [1], [2]" in result.points


def test_a_factor_that_is_the_batch_size_is_told_from_a_fixed_one():
    def mean_gradient(X, t):
        return 2 * X.T @ (X @ np.ones(X.shape[1]) - t) / len(X)

    def inputs(rng):
        n, k = rng.integers(2, 9, 2)
        return {"X": rng.normal(size=(n, k)), "t": rng.normal(size=n)}

    result = check(lambda X, t: mean_gradient(X, t) * len(X), mean_gradient, inputs=inputs)
    assert "the result is too large by the factor len(X)" in result.points and result.mistakes == ("sum",)
    result = check(lambda X, t: mean_gradient(X, t) / len(X), mean_gradient, inputs=inputs)
    assert "the result is only 1/len(X) of what it should be" in result.points and result.mistakes == (
        "mean_twice",
    )


def test_a_transpose_that_square_matrices_hide_is_found_by_other_shapes():
    def no_transpose(x, W1, b1, W2, b2, t):
        h = sigmoid(W1 @ x + b1)
        y = sigmoid(W2 @ h + b2)
        g2 = (y - t) * y * (1 - y)
        g1 = W2 @ g2 * h * (1 - h)
        return {"dW1": np.outer(g1, x), "db1": g1, "dW2": np.outer(g2, h), "db2": g2}

    symmetric = {
        **SIGMOID.example,
        "W2": np.array([[0.4, 0.5], [0.5, 0.55]]),
    }  # where nobody can tell W from its transpose
    assert check(no_transpose, SIGMOID, inputs=lambda rng: symmetric, cases=1).ok
    result = check(no_transpose, SIGMOID)
    assert (
        result.verdict == "error"
        and "ValueError in line" in result.message
        and "g1 = W2 @ g2" in result.message
    )


def test_a_gate_that_was_forgotten_is_wrong_only_where_units_are_dead():
    def no_gate(x, W1, b1, W2, b2, y):
        o = np.maximum(0, W1 @ x + b1)
        g2 = 2 * (W2 @ o + b2 - y)
        g1 = W2.T @ g2
        return {"dW1": np.outer(g1, x), "db1": g1, "dW2": np.outer(g2, o), "db2": g2}

    result = check(no_gate, RELU)
    right = int(re.search(r"right in (\d+) of 20", result.message)[1])
    assert 0 < right < 20 and "right: dW2, db2" in result.points


# ------------------------------------------------------------------------------------------------ the cases


def test_the_cases_hold_the_example_zeros_ties_dead_units_and_many_shapes():
    cases = make_cases(RELU, 20, np.random.default_rng(0))
    assert len(cases) == 20
    assert all(np.array_equal(cases[0].inputs[name], RELU.example[name]) for name in RELU.example)
    pre = [c.inputs["W1"] @ c.inputs["x"] + c.inputs["b1"] for c in cases]
    assert any(not any(value.any() for value in case.inputs.values()) for case in cases)
    assert any((p == 0).any() and c.inputs["x"].any() for p, c in zip(pre, cases, strict=True)), (
        "no case lies on a kink"
    )
    assert any((p < 0).all() for p in pre), "no case switches all units off"
    assert any((p > 0).any() and (p < 0).any() for p in pre)
    assert len({c.inputs["W1"].shape for c in cases}) > 5 and any(
        len(set(c.inputs["W1"].shape)) == 2 for c in cases
    )


def test_the_smallest_failing_case_is_shown():
    def wrong_above_one(x):
        return x**2 if abs(x) <= 1 else x**3

    result = check(wrong_above_one, lambda x: x**2, inputs=lambda rng: (float(rng.integers(1, 2000)),))
    others = [
        case.inputs["x"]
        for case in make_cases(
            lambda x: x**2, 20, np.random.default_rng(0), lambda rng: (float(rng.integers(1, 2000)),)
        )
        if case.inputs["x"] > 1
    ]
    assert len(str(result.case["x"])) == min(len(str(x)) for x in others)


def test_inputs_may_come_from_defaults_examples_a_tuple_or_a_function():
    def solution(a, b=2.0):
        return a * b

    def with_defaults(a=GRID, b=2.0):
        return a * b

    wrong = lambda a, b: a + b  # noqa: E731
    for inputs in (
        (np.ones((2, 3)), 2.0),
        {"a": np.ones((2, 3)), "b": 2.0},
        lambda rng: {"b": 3.0, "a": rng.normal(size=4)},
        lambda rng: (rng.normal(size=4), 2.0),
    ):
        assert check(lambda a, b: b * a, solution, inputs=inputs) and not check(
            wrong, solution, inputs=inputs
        )
    assert check(lambda a, b: b * a, with_defaults) and not check(wrong, with_defaults)
    seen = []
    check(lambda a, b: seen.append((a.shape, a.dtype, type(b))), with_defaults)
    assert set(seen) == {((2, 3), np.dtype(float), float)}


def test_whole_numbers_stay_whole_and_texts_stay_as_they_are():
    seen = []
    check(
        lambda labels, n, kind: seen.append((labels, n, kind)) or 0.0,
        lambda labels=LABELS, n=3, kind="mean": 0.0,
    )
    assert len(seen) == 20 and all(a.dtype.kind == "i" and a.min() >= 0 and a.max() <= 2 for a, _, _ in seen)
    assert (
        all(isinstance(n, int) and kind == "mean" for _, n, kind in seen) and len({n for _, n, _ in seen}) > 3
    )


def test_cases_where_the_solution_has_no_answer_are_left_out():
    assert check(np.log, lambda x=2.0: np.log(x)).message == "✓ Right in all 9 cases" or check(
        np.log, lambda x=2.0: np.log(x)
    )
    result = check(lambda x: x, lambda x=2.0: x / 0)
    assert result.verdict == "error" and result.mistakes == ("solution",)
    assert "ZeroDivisionError" in result.message and "no mistake of yours" in result.message


def test_the_same_check_gives_the_same_result():
    assert (
        check(changed(each(np.negative)), SIGMOID).message
        == check(changed(each(np.negative)), SIGMOID).message
    )


# ------------------------------------------------------------------------------------ what students also do


@pytest.mark.parametrize("answer", [None, ..., {"dW1": None, "db1": ..., "dW2": None, "db2": None}, {}])
def test_an_empty_answer_is_not_attempted(answer):
    result = check(lambda *inputs: answer, SIGMOID)
    assert (
        result.verdict == "not_attempted" and not result and result.message.startswith("○ Not attempted yet")
    )


def test_a_stub_is_not_attempted():
    def stub(x, W1, b1, W2, b2, t):
        raise NotImplementedError("your code goes here")

    assert check(stub, SIGMOID).verdict == "not_attempted"


def test_part_of_an_answer_is_judged_and_the_rest_named():
    result = check(changed(lambda a: {"dW1": a["dW1"], "db1": a["db1"], "dW2": ...}), SIGMOID)
    assert (
        result.verdict == "incomplete"
        and "dW2 is not filled in yet" in result.points
        and "right: dW1, db1" in result.points
    )


def test_a_misspelt_name_is_recognised():
    result = check(
        changed(lambda a: {("dw1" if name == "dW1" else name): v for name, v in a.items()}), SIGMOID
    )
    assert "is dW1 what you call dw1?" in result.points


def test_an_answer_of_another_kind_is_told():
    result = check(changed(lambda a: a["dW1"]), SIGMOID)
    assert (
        result.verdict == "bad_type"
        and "expected 4 answers, dW1, db1, dW2, db2, got an array" in result.message
    )
    assert "got a tuple of 2" in check(lambda *inputs: (1, 2), SIGMOID).message


def test_an_exception_is_told_with_its_line_and_without_our_traceback():
    def broken(x, y, z):
        return {"dx": x / 0}

    result = check(broken, PRODUCT)
    assert result.verdict == "error" and "broken stopped with an error" in result.message
    assert "ZeroDivisionError in line" in result.message and 'return {"dx": x / 0}' in result.message
    assert "Traceback" not in result.message and ".py" not in result.message


def test_exit_does_not_stop_the_notebook():
    def leave(x, y, z):
        raise SystemExit

    assert "SystemExit" in check(leave, PRODUCT).message


def test_changed_inputs_are_told_and_do_not_spoil_the_check():
    def in_place(x, W1, b1, W2, b2, t):
        answers = backward(x, W1, b1, W2, b2, t)
        W1 -= answers["dW1"]
        return answers

    result = check(in_place, SIGMOID)
    assert (
        result.verdict == "changes_inputs"
        and not result
        and "in_place changes its input W1: work on a copy" in result.points
    )


def test_other_inputs_are_told_before_anything_is_called():
    result = check(lambda x, y: 1, PRODUCT)
    assert (
        result.verdict == "error"
        and "expected the inputs (x, y, z), got a function of (x, y)" in result.message
    )


def test_overflow_in_a_students_function_gives_no_warning(recwarn):
    check(lambda x, y, z: {"dx": np.exp(np.array([1e9])), "dy": z, "dz": x + y}, PRODUCT)
    assert not recwarn.list


def test_nothing_is_printed(capsys):
    check(backward, SIGMOID)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "student, solution, words",
    [
        (backward(*SIGMOID.example.values()), SIGMOID, "expected your function"),
        (backward, 3.0, "expected a solution function"),
    ],
)
def test_what_is_no_function_is_refused(student, solution, words):
    with pytest.raises(DtypeError, match=words):
        check(student, solution)


def test_a_solution_that_says_nothing_about_its_inputs_is_refused():
    with pytest.raises(CheckError, match="to know what a, b may be"):
        check(lambda a, b: a, lambda a, b: a)
    with pytest.raises(CheckError, match="inputs named a, b"):
        check(lambda a, b: a, lambda a, b: a, inputs={"a": 1.0})


# ------------------------------------------------------------------------------- what is shown and what not


@pytest.mark.parametrize("name", [name for name in PLANTED if name not in ("text",)])
def test_no_right_number_is_shown(name):
    """Of the numbers shown, none is one of the truth that the student has not found."""
    result = check(changed(PLANTED[name][0]), SIGMOID, inputs=SQUARE)
    inputs = tuple(result.case.values())
    truth, found = SIGMOID(*inputs), PLANTED[name][0](backward(*inputs))
    shown = {
        round(abs(float(word)), 4)
        for word in re.findall(r"\d+\.\d+(?:e[-+]\d+)?", "\n".join(result.points + result.call))
    }
    own = {round(abs(float(v)), 4) for a in (*inputs, *found.values()) for v in np.ravel(a)}
    hidden = {round(abs(float(v)), 4) for a in truth.values() for v in np.ravel(a)} - own
    assert not shown & hidden


def test_what_a_student_wrote_is_never_markup():
    nasty = "<img src=x onerror=alert(1)>"

    def broken(x, y, z):
        raise ValueError(nasty)

    for result in (
        check(broken, PRODUCT),
        check(lambda x, y, z: {nasty: 1, "dx": z, "dy": z, "dz": 0}, PRODUCT),
    ):
        assert nasty in result.message
        assert "<img" not in result._repr_html_() and "&lt;img" in result._repr_html_()
        assert "<img" not in result.to_markdown()


def test_a_result_shows_the_same_in_all_three_forms():
    result = check(changed(only("db1", np.negative)), SIGMOID)
    for text in (repr(result), result._repr_html_()):
        assert "Not right yet" in text and "db1 has the wrong sign" in text and "W1 = np.array(" in text
    assert "**✗ Not right yet" in result.to_markdown()


# -------------------------------------------------------------------------- answers, predictions, exercises


def test_a_single_answer_is_checked_by_value():
    assert (
        check_answer(-4.3, -4.3)
        and check_answer({"x": 2}, {"x": 2.0})
        and check_answer([0.138, -0.0369], np.array([0.1378440083, -0.0369342456]))
    )
    assert check_answer(None, 1.0).verdict == "not_attempted"
    assert check_answer([None, 1.0], np.ones(2)).verdict == "not_attempted"
    assert check_answer({"x": None, "y": 1}, {"x": 1.0, "y": 1.0}).verdict == "incomplete"
    wrong = check_answer(4.3, -4.3)
    assert wrong.mistakes == ("sign",) and "4.3" not in wrong.message


def test_a_prediction_is_shown_beside_the_truth():
    shown = repr(
        reveal(
            {"a": None, "b": 2, "c": "4,0", "d": "UP", "e": [1, 2]},
            {"a": nt.constant(1.0), "b": -2, "c": 4, "d": "up", "e": np.array([1.0, 2.0])},
        )
    )
    assert shown.splitlines() == [
        "a: no prediction yet; it is 1",
        "b: you said 2, it is −2 (the size is right, the sign is the other one)",
        "c: you said 4, it is 4 (as you said)",
        "d: you said UP, it is up (as you said)",
        "e: you said 1; 2, it is 1; 2 (as you said)",
    ]


def test_a_prediction_that_is_text_stays_text():
    shown = reveal({"a": "<b>no idea</b>"}, {"a": 1.0})._repr_html_()
    assert "<b>" not in shown and "&lt;b&gt;no idea" in shown


def test_a_prediction_of_something_else_is_refused():
    with pytest.raises(GraphError, match="predictions for x, y"):
        reveal({"w": 1}, {"x": 1, "y": 2})


@pytest.mark.parametrize(
    "answer", ["a text", {1: 2}, object(), 1j, [[1, 2], [3]], lambda: 1, np.array([None])]
)
def test_what_is_no_number_is_no_answer(answer):
    with pytest.raises(NotNumbers):
        to_array(answer)


@pytest.mark.parametrize(
    "exercise, solution",
    [
        (SIGMOID, backward),
        (RELU, relu_backward()),
        (PRODUCT, lambda x, y, z: {"dx": z, "dy": z, "dz": x + y}),
    ],
)
def test_the_engine_and_the_hand_written_solution_agree(exercise, solution):
    for seed in range(20):
        inputs = tuple(exercise.inputs(np.random.default_rng(seed)).values())
        for name, gradient in solution(*inputs).items():
            np.testing.assert_allclose(exercise(*inputs)[name], gradient, rtol=1e-12, atol=1e-14)


def test_an_unknown_exercise_is_refused_with_the_known_ones():
    with pytest.raises(GraphError, match="sigmoid_net"):
        reference("nothing")


# ----------------------------------------------------------------------- the known mistakes, in functions, too


def relu_net_by_hand(gate=True, biases=1.0, sign=1.0, factor=2.0, transposed=True):
    """A student's function for the 2-2-1 network of the slides, with a mistake in it or not."""

    def backward(x, W1, b1, W2, b2, y):
        pre = W1 @ x + b1
        out = np.maximum(0, pre)
        g = sign * factor * (W2 @ out + b2 - y)
        dW2, db2 = np.outer(g, out), biases * g
        g = (W2.T if transposed or W2.shape[0] != W2.shape[1] else W2) @ g
        g = g * (pre > 0) if gate else g
        return {"dW1": np.outer(g, x), "db1": biases * g, "dW2": dW2, "db2": db2}

    return backward


@pytest.mark.parametrize(
    "made, mistake",
    [
        ({"gate": False}, "hid_deriv_missing"),
        ({"biases": 0.0}, "b_zero"),
        ({"sign": -1.0}, "sign"),
        ({"factor": 1.0}, "half"),
    ],
)
def test_a_known_mistake_in_a_function_is_named_as_in_the_homework(made, mistake):
    r = check(relu_net_by_hand(**made), reference("relu_net"))
    assert r.verdict == "wrong" and r.mistakes[0] == mistake
    assert r.points[0].startswith("This is exactly what you get if you ") and "the smallest case" in r.call[0]


def test_a_mistake_that_is_not_in_the_table_is_not_named():
    r = check(lambda *inputs: relu_net_by_hand(factor=2.3)(*inputs), reference("relu_net"))
    assert r.verdict == "wrong" and not any("exactly what you get" in point for point in r.points)
    assert check(relu_net_by_hand(), reference("relu_net")).ok


def slopes_left_out(hidden=True, output=True):
    """A student's function for a network of sigmoid units, with the slopes of some units left out."""

    def backward(x, W1, b1, W2, b2, t):
        h = sigmoid(W1 @ x + b1)
        y = sigmoid(W2 @ h + b2)
        g2 = (y - t) * (y * (1 - y) if output else 1)
        g1 = (W2.T @ g2) * (h * (1 - h) if hidden else 1)
        return {"dW1": np.outer(g1, x), "db1": g1, "dW2": np.outer(g2, h), "db2": g2}

    return backward


@pytest.mark.parametrize(
    "left_out, named, other",
    [
        ({"output": False}, "out_deriv_missing", "hid_deriv_missing"),
        ({"hidden": False}, "hid_deriv_missing", "out_deriv_missing"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_slope_left_out_is_named_where_it_was_left_out(left_out, named, other, seed):
    r = check(slopes_left_out(**left_out), SIGMOID, rng=np.random.default_rng(seed))
    assert r.mistakes[0] == named and other not in r.mistakes
    assert ("output" if named == "out_deriv_missing" else "hidden") in r.points[0]


def test_a_single_layer_has_no_hidden_one():
    def solution(W=np.array([[0.5, -1.5], [1.0, 2.5]]), x=np.array([0.5, -1.0]), t=np.array([0.25, 0.75])):  # noqa: B008
        y = sigmoid(W @ x)
        return {"dW": np.outer((y - t) * y * (1 - y), x)}

    solution.graph = lambda W, x, t: np.sum((nt.sigmoid(nt.variable(W, "W") @ x) - t) ** 2) * 0.5
    r = check(lambda W, x, t: {"dW": np.outer(sigmoid(W @ x) - t, x)}, solution)
    assert r.mistakes[0] == "out_deriv_missing" and "hidden" not in r.message
