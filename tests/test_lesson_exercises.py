"""The exercises of the lessons, on twenty students each: numbers, check, mistakes by name, hints, worked solution.

Three derivations must agree: the table's steps, nnteach's engine as the notebook calls it, and the notebook's solution.
"""

import inspect
import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tiers import one_in

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.homework.exercises.lessons import LESSONS
from nnteach.homework.grading.compare import named
from nnteach.homework.lesson_exercise import FunctionExercise, exercise
from nnteach.homework.output.solution import written
from nnteach.symbolic.number_format import number

ROOT = Path(__file__).resolve().parent.parent
STUDENTS = [f"contract {i}" for i in range(20)]
ENGINES = ("by_nnteach", "by_library", "by_backprop", "by_counting")
REFERENCES = {"02_x_plus_y_times_z": "x_plus_y_times_z", "06_relu_net": "relu_net", "07_sigmoid_net": "sigmoid_net"}
# Mistakes made by hand in the notebook's own solution: (what stands there, what is written instead, its id).
PLANTED = {
    "01_derivative_and_descent": [
        ("2 * a * places[-1]", "a * places[-1]", "gd_no_two"),
        ("2 * a * places[-1]", "2 * a * start", "gd_first_slope"),
        ("places[-1] - rate", "places[-1] + rate", "gd_uphill"),
        ("places = [start]", "places = []\n    places.append(start)", None),
    ],
    "02_x_plus_y_times_z": [
        ("dq, dz = z, q", "dq, dz = q, z", "mul_keeps"),
        ("dx, dy = dq, dq", "dx, dy = dq * y, dq * x", "add_swaps"),
    ],
    "03_chain_rule": [("J.T @ v", "J @ v", "jac_no_turn"), ('"J": J,', '"J": J.T,', "jac_turned")],
    "04_gates_and_branches": [("dy1 + dy2, -dy2", "dy1, -dy2", "branch_first"), ("-dy2", "dy2", "minus_lost")],
    "05_sigmoid_neuron": [("f * (1 - f)", "1 - f**2", "sig_as_tanh"), ('"db": ds', '"db": ds * b', "bias_times_b")],
    "06_relu_net": [(" * (pre > 0)", "", "relu_open"), ("g = 2 * (", "g = (", "square_no_two")],
    "07_sigmoid_net": [("W2.T @ g", "W2 @ g", "W2_not_turned"), ("* h * (1 - h)", "", "no_hidden_slope")],
    "08_matrix_form": [("b2 - T", "b2 - T; G = G / len(X)", "batch_mean"), ("* H * (1 - H)", "", "no_hidden_slope")],
    "09_softmax_cross_entropy": [
        ("axis=1", "axis=0", "smce_columns"),
        ("E / S - T", "T - E / S", "smce_sign"),
        ("Z.max(axis=1, keepdims=True)", "np.zeros((len(Z), 1))", "smce_overflow"),
    ],
    "10_symbol_to_symbol": [
        ("p * (1 - p) * np.outer(x, x)", "np.diag(p * (1 - p) * x * x)", "hess_diagonal"),
        ("(p - t) * x", "p * x", "hess_no_target"),
    ],
    "11_custom_operations": [("g * ", "", "op_no_upstream"), (" / total", "", "op_no_log")],
    "12_gradient_checking": [
        ("/ (2 * e)", "/ e", "diff_by_e"),
        ("cost(down, X, T)) / (2 * e)", "cost(W, X, T)) / e", "diff_one_sided"),
    ],
    "13_perceptron_and_xor": [
        ("> 0", ">= 0", "percep_at_zero"),
        ("theta - rate", "theta + rate", "percep_sign"),
        ("rate * error", "error", "percep_no_rate"),
    ],
    "14_boolean_networks": [
        ("[np.ones(len(inputs)), inputs]", "[inputs, np.ones(len(inputs))]", "bias_last"),
        ("1 / (1 + np.exp(-(with_ones @ theta.T)))", "(with_ones @ theta.T > 0) * 1.0", "hard_steps"),
    ],
    "15_neuron_to_mlp": [
        ("sum(sizes[1:])", "sum(sizes)", "count_input_biases"),
        ("ways *= width", "ways = width + (ways if ways > 1 else 0)", None),
    ],
    "16_activations": [
        (
            'np.where(on, z, alpha * z), "d_leaky": np.where(on, 1.0, alpha)',
            'np.where(on, alpha * z, z), "d_leaky": np.where(on, alpha, 1.0)',
            "where_exchanged",
        ),
        ("elu + alpha", "elu", "elu_slope_is_value"),
    ],
    "17_losses": [("/ len(z)", "", "bce_no_n"), ("np.logaddexp(0, z)", "np.log(1 + np.exp(z))", "bce_overflow")],
    "17_reductions": [
        ("2 * error", "error", "red_no_two"),
        (
            '"d_mean": slope / numbers, "d_batchmean": slope / samples',
            '"d_mean": slope, "d_batchmean": slope',
            "red_gradient_whole",
        ),
    ],
    "18_likelihood": [("np.exp(s)", "s", "nll_s_is_sigma"), ("mu - y) / sigma**2", "y - mu) / sigma**2", "nll_sign")],
    "19_multiclass": [
        ("> 0", ">= 0", "votes_at_zero"),
        ("range(i + 1, K)", "(k for k in range(K) if k != i)", "votes_twice"),
    ],
    "20_training": [("rate * 2", "rate", "fit_no_two"), ("np.sum", "np.mean", "fit_mean")],
    "21_initialisation": [
        ('np.sqrt(1 / n_in), "he": np.sqrt(2 / n_in)', '1 / n_in, "he": 2 / n_in', "init_variance"),
        ("1 / np.sqrt(n_in)}", "np.sqrt(1 / (3 * n_in))}", "init_bound_is_std"),
    ],
    "22_optimizers": [
        ("(m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t))", "m / (np.sqrt(v)", "adam_no_correction"),
        ("**t", "", "adam_first_power"),
    ],
    "23_schedules": [
        ("(step - warm) / (steps - warm)", "step / steps", "sched_from_zero"),
        (" / 2", "", "sched_no_half"),
    ],
    "24_batch_size": [
        ("np.sqrt((N - n) / (N - 1))", "(N - n) / (N - 1)", "noise_no_root"),
        ("np.std(gradients)", "np.std(gradients, ddof=1)", "noise_n1"),
    ],
    "25_fitting": [
        ("<", "<=", "stop_equal_is_better"),
        ("number - best > patience", "number - best >= max(patience, 1)", "stop_too_soon"),
    ],
    "26_regularisation": [
        ("0.1 * 0.05 * w", "0.05 * w", "decay_no_rate"),
        ("w - 0.1 * 0.05 * w - adam", "w - adam", "decay_forgotten"),
    ],
    "27_normalisation": [
        ("keepdims=True)\n        return", "keepdims=True, ddof=1)\n        return", "norm_n1"),
        ("over(x, (0, 2))", "over(x, 0)", "norm_samples_only"),
    ],
    "28_history": [("total > T", "total >= T", "fire_both_reach"), ("total >= T", "total > T", "fire_both_exceed")],
}
each_exercise = pytest.mark.parametrize("name", LESSONS)
some_students = pytest.mark.parametrize("students", [
    pytest.param(slice(3), id="three"), pytest.param(slice(3, None), id="all others", marks=pytest.mark.slow)])


@cache
def cells(name, folder="solutions"):
    content = json.loads((ROOT / folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in content["cells"]}


def names_of(name, folder="solutions", old="", new=""):
    """What the notebook's cells define, with something else written in the solution."""
    texts, names = cells(name, folder), {}
    assert old in texts["task-function"], (name, old)
    for part in (texts["setup"], texts["spec"], texts["task-function"].replace(old, new)):
        exec(compile(part, name, "exec"), names)
    return names


def function_of(name, folder="solutions", old="", new=""):
    return names_of(name, folder, old, new)[re.search(r"def (\w+)", cells(name)["task-function"]).group(1)]


@cache
def made(name):
    return [exercise(name, student) for student in STUDENTS]


def with_slip(ex, slip):
    """A function that makes a mistake; it stops where the mistake leaves no way on."""

    def planted(*inputs):
        returned = ex.planted(slip, *inputs)
        if returned is None:
            raise ValueError("shapes that do not fit")
        return returned

    planted.__signature__ = inspect.signature(ex._solution())
    return planted


def alike(one, other):
    one, other = named(one), named(other)
    return one.keys() == other.keys() and all(
        np.shape(one[k]) == np.shape(other[k]) and np.allclose(one[k], other[k], rtol=1e-6, atol=1e-9) for k in one
    )


# --------------------------------------------------------------------------------------------- the table


def test_the_table_has_every_exercise_of_a_lesson():
    stems = {path.stem for path in (ROOT / "solutions").glob("*.ipynb") if not path.stem.startswith("hw_")}
    assert set(LESSONS) == stems == set(PLANTED) and len(stems) >= 29


@each_exercise
def test_an_exercise_is_complete(name):
    ex = made(name)[0]
    slips = {slip.id: slip for slip in ex.slips}
    assert len(slips) >= 3 and ex.exercise.tip and ex.task.principle.endswith((".", "?"))
    assert all(slip.did and slip.look and not slip.did.endswith(".") for slip in slips.values())
    assert f'nt.exercise("{name}"' in cells(name)["yours"] and f"**{ex.exercise.title}**" in ex.show()
    assert list(inspect.signature(function_of(name)).parameters) == list(ex.given)
    assert {planted for _, _, planted in PLANTED[name]} - {None} <= slips.keys()


# ------------------------------------------------------------------------------------------- the numbers


@each_exercise
def test_every_student_has_numbers_and_the_same_ones_again(name):
    assert len({str(ex.given) for ex in made(name)}) >= len(STUDENTS) - 1
    for ex in made(name):
        again = exercise(name, ex.student)
        assert str(again.given) == str(ex.given) and again.variant.id == ex.variant.id
        values = np.concatenate([np.ravel(value) for value in ex.given.values()])
        assert np.array_equal(values, np.round(values, 2)) and np.all(np.abs(values) <= 100)
        assert ex.task.is_lively() and all(np.isfinite(value).all() for value in ex.truth.values())


@each_exercise
def test_the_engine_says_the_same_as_the_steps(name):
    names = {} if name in REFERENCES else names_of(name)
    engine = nt.reference(REFERENCES[name]) if name in REFERENCES else next(names[e] for e in ENGINES if e in names)
    for i, ex in enumerate(made(name)):
        cases = ex.cases(np.random.default_rng(i))
        for case in [cases[0], *cases[-4:]]:
            with np.errstate(all="ignore"):
                assert alike(ex.reference(*case.arguments()), engine(*case.arguments())), case


# --------------------------------------------------------------------------------------------- the check


@each_exercise
@some_students
def test_the_solution_is_right_for_every_student(name, students):
    solution = function_of(name)
    for ex in made(name)[students]:
        result = ex.check(solution)
        assert result.ok and result.headline == "Right in all 20 cases", (ex.student, result)


@each_exercise
def test_the_sheet_as_it_is_handed_out_is_not_attempted(name):
    stub = function_of(name, "exercises")
    for ex in made(name)[:3]:
        result = ex.check(stub)
        assert result.verdict == "not_attempted" and "Fill it in and run this cell again" in result.message


@each_exercise
def test_every_mistake_shows_on_the_students_own_numbers(name):
    for ex in made(name):
        shown = [slip for slip in ex.task.slips if not alike(_or_nothing(ex, slip), ex.reference(*ex.inputs.values()))]
        hidden = {slip.id for slip in ex.task.slips} - {slip.id for slip in shown}
        # What overflows, or happens at exactly 0, needs the random cases.
        assert len(shown) >= 2 and len(hidden) <= 2, (ex.student, hidden)


def _or_nothing(ex, slip):
    returned = ex.planted(slip, *ex.inputs.values())
    return np.array(["nothing"]) if returned is None else returned


@each_exercise
@some_students
def test_a_mistake_fails_and_is_named(name, students):
    """Every student makes another one; with at most nine mistakes, each is made twice at least."""
    for i, ex in list(enumerate(made(name)))[students]:
        slip = ex.slips[i % len(ex.slips)]
        result = ex.check(with_slip(ex, slip))
        assert not result.ok and result.mistakes[0] == slip.id, (ex.student, slip.id, result)
        assert result.points[0] == f"This is exactly what you get if you {slip.did}."
        assert result.points[1].startswith(f"Look at {slip.look}")
        assert not set(_long_numbers(" ".join(result.points))) & set(_right_numbers(ex))


@pytest.mark.parametrize(
    "name, old, new, mistake", [(name, *planted) for name, all_ in PLANTED.items() for planted in all_]
)
@pytest.mark.parametrize("student", one_in(3, range(3)))
def test_a_mistake_made_by_hand_in_the_solution_is_named(name, old, new, mistake, student):
    wrong = function_of(name, old=old, new=new)
    result = made(name)[student].check(wrong)
    if mistake:
        assert not result.ok and mistake in result.mistakes[:3] and "exactly what you get" in result.points[0], result
    else:  # another way of writing it, or a mistake that is not in the table
        assert result.ok or not any("exactly what you get" in point for point in result.points)


@each_exercise
def test_a_function_that_is_wrong_in_no_known_way_is_not_explained(name):
    ex, solution = made(name)[0], function_of(name)
    off = lambda value: np.asarray(value) * 1.137 + 0.0531  # noqa: E731

    def wrong(*inputs):
        returned = solution(*inputs)
        return {key: off(value) for key, value in returned.items()} if isinstance(returned, dict) else off(returned)

    wrong.__signature__ = inspect.signature(solution)
    result = ex.check(wrong)
    assert result.verdict == "wrong" and not any("exactly what you get" in point for point in result.points)


@pytest.mark.parametrize("name", ["06_relu_net", "08_matrix_form", "12_gradient_checking", "22_optimizers"])
def test_inputs_changed_in_place_are_told(name):
    ex, solution = made(name)[0], function_of(name)

    def in_place(*inputs):
        returned = solution(*inputs)
        next(value for value in inputs if isinstance(value, np.ndarray))[...] += 1
        return returned

    in_place.__signature__ = inspect.signature(solution)
    result = ex.check(in_place)
    assert result.verdict == "changes_inputs" and "work on a copy" in result.points[0]


def test_the_students_numbers_are_the_first_case():
    ex = made("16_activations")[0]
    first = ex.cases(np.random.default_rng(0))[0]
    assert not first.special and np.array_equal(first.inputs["z"], ex.given["z"])
    # Right on all random cases and wrong on these: the case that is shown is this one.
    result = ex.check(
        lambda z, alpha: {
            k: v + (len(z) == 3 and np.array_equal(z, ex.given["z"])) for k, v in ex.reference(z, alpha).items()
        }
    )
    assert not result.ok and np.array_equal(result.case["z"], ex.given["z"])


# ------------------------------------------------------------------------------ hints and worked solutions


def _long_numbers(text, digits=4):
    """The numbers in a text that were written with so many significant digits."""
    return [w for w in re.findall(r"\d+\.\d+", text) if len(w.replace(".", "").lstrip("0")) >= digits]


def _right_numbers(ex, digits=4):
    values = [value for step in ex.exercise.returns.values() for value in np.ravel(ex.truth[step])]
    return _long_numbers(" ".join(map(number, values)), digits)


@pytest.mark.slow
@each_exercise
def test_four_hints_that_give_nothing_away(name):
    for ex in (exercise(name, student) for student in STUDENTS):
        hints = [ex.hint(level) for level in (1, 2, 3, 4)]
        assert all(len(hint) > 10 for hint in hints) and len(set(hints)) == 4
        assert ex.exercise.tip in hints[2] and hints[3].startswith("With other numbers:")
        assert not set(_right_numbers(ex, 3)) & set(_long_numbers(" ".join(hints[:3]), 3))
        first = ex.stages[0]  # the fourth has the numbers of nobody, and another result
        own = "\n".join(written(first, ex.truth[first]))
        assert f"\n{own}\n" not in hints[3]
    assert "numbered 1 to 4" in ex.hint(5)


def test_after_a_check_a_hint_is_about_the_first_wrong_result():
    ex = exercise("04", student="Ada")
    assert "dx2" not in ex.hint(2)
    slip = next(slip for slip in ex.slips if slip.id == "branch_first")
    ex.check(with_slip(ex, slip))
    assert "dx2" in ex.hint(2) and ex.hint(3).startswith("dx2 = dy1 + dy2")


@each_exercise
def test_the_worked_solution_shows_the_students_numbers(name):
    shown = set()
    for ex in made(name):
        text = ex.solution().to_markdown()
        shown.add(text)
        assert all(f"**{step.name}**: " in text for step in ex.task.steps) and ex.variant.id in text
        small = [value for step in ex.exercise.returns.values() if np.size(value := ex.truth[step]) <= 4]
        assert all(number(entry) in text for value in small for entry in np.ravel(value))
        assert all(number(value) in text for value in ex.given.values() if np.ndim(value) == 0)
    assert len(shown) >= len(STUDENTS) - 1 and "\\section" in ex.solution().to_latex()


# ------------------------------------------------------------------------------------------ asking for one


def test_an_exercise_is_found_by_its_number_and_others_are_refused():
    assert isinstance(exercise("16"), FunctionExercise) and exercise("16").exercise is LESSONS["16_activations"]
    for unknown in ("17", "nothing", ""):  # two exercises have the number 17
        with pytest.raises(GraphError, match="16_activations"):
            exercise(unknown)
    assert nt.exercise is exercise and "variant" in repr(exercise("16", student="Ada"))
