"""The contract of every exercise that is worked out by hand: what holds for the numbers of each of twenty students."""

import functools
import re

import numpy as np
import pytest
from planted import three_digits

from nnteach.homework import homework
from nnteach.homework.exercises.course_set import COURSE
from nnteach.homework.exercises.rerun import resolve
from nnteach.homework.exercises.topics.boolean import ONE_UNIT, TABLES
from nnteach.homework.mistakes.hypotheses import KINKED, catalogue, hypotheses
from nnteach.homework.numbers import variants
from nnteach.homework.output.solution import written

STUDENTS = [f"contract {i}" for i in range(20)]
SHORT = 4
"""Most digits of a given number, as it is typed."""
NEVER_APART = {"relu_2_2_1": "relu_upstream"}
"""With two hidden units and one sample, a gate on the sign of what arrives lets both, none, the wrong or the right one
through: always what another mistake does, or nothing."""

NAMED = {"step_sgd": 0, "step_adagrad": 2, "product": 5, "sum_times_difference": 8}
"""Of twenty planted mistakes ten or more are named, but for these exercises: their mistakes change one number, mostly,
and from one number at three digits none is named."""


def made(key, student):
    return homework(COURSE[key].name, student=student, **COURSE[key].settings)


@functools.cache
def drawn(key, student):
    return made(key, student)


@functools.cache
def mistakes(key):
    return sorted(catalogue(drawn(key, STUDENTS[0]).exercise).keys, key=str)


def handed_in(hw, answers):
    """The answers asked for, to three digits."""
    return {name: three_digits(answers[name]) for name in hw.asked}


each = pytest.mark.parametrize("key", COURSE)


@pytest.mark.slow
@each
def test_numbers_are_short_the_same_again_and_away_from_kinks(key):
    for student in STUDENTS:
        hw = drawn(key, student)
        assert all(float(f"{x:.{SHORT - 1}g}") == x for value in hw.given.values() for x in np.ravel(value))
        for node in hw.task.find("activation"):
            z = node.parents[0].value
            if node.primitive.name in KINKED:
                assert np.min(np.abs(z)) >= variants.KINK and (z > 0).any() and (z < 0).any()
        assert any(np.any(hw.truth[name]) for name in hw.asked)
        close = [] if hw.variant.separated else variants._too_close(hw.exercise, hw.task)
        assert all(NEVER_APART.get(key) in pair for pair in close), (student, close)
    again = made(key, STUDENTS[0])
    assert again.variant.id == drawn(key, STUDENTS[0]).variant.id
    assert all(np.array_equal(value, drawn(key, STUDENTS[0]).given[name]) for name, value in again.given.items())


@each
def test_right_is_right(key):
    for student in STUDENTS:
        hw = drawn(key, student)
        assert hw.check(hw.truth).verdict == "correct" and hw.check(handed_in(hw, hw.truth)).verdict == "correct"


def numbers_that_tell(wrong, right, stages):
    """How many different numbers are wrong, to the digits that are compared, and neither 0 nor 1.

    By fewer than two nothing is named.
    """
    return len({abs(x) for name in wrong if stages.get(name) != "correct"
                for x, t in zip(np.ravel(wrong[name]), np.ravel(right[name]), strict=True)
                if x != t and abs(x) not in (0.0, 1.0)})


@pytest.mark.parametrize("key", [key for key in COURSE if key != "boolean"])  # there many answers are right; see below
def test_a_mistake_is_wrong_and_named(key):
    """Another mistake for each student, so that many of them have their turn."""
    named, unnamed, known = 0, [], catalogue(drawn(key, STUDENTS[0]).exercise)
    for i, student in enumerate(STUDENTS):
        hw, planted = drawn(key, student), mistakes(key)[i % len(mistakes(key))]
        change = next(h.change for h in hypotheses(hw.task) if h.key == planted)
        answers = handed_in(hw, resolve(hw.task, change))
        r = hw.check(answers)
        assert not r.ok, (student, planted)
        if numbers_that_tell(answers, handed_in(hw, hw.truth), r.stages) > 1 and planted[0] != NEVER_APART.get(key):
            is_named = any(known.tied(i, planted[0]) for i in r.mistakes)
            assert is_named or not r.mistakes, (student, planted, r)  # another name would be a false one
            named += is_named
            unnamed += [] if is_named else [(student, planted, r)]
    assert len(unnamed) <= 1, unnamed  # six digits that four mistakes explain alike
    assert named >= NAMED.get(key, 10), named


@pytest.mark.parametrize("student", STUDENTS)
def test_weights_that_are_turned_round_are_named(student):
    hw = drawn("boolean", student)
    gate = next(name for name, rows in TABLES.items() if rows == tuple(hw.given["T"]))
    assert "bool_inverted" in hw.check(theta=[-x for x in ONE_UNIT[gate]]).mistakes


def significant(text):
    return {number.replace(".", "").strip("0") for number in re.findall(r"\d+\.\d+", text)}


@pytest.mark.slow
@each
def test_hints_lead_on_and_give_no_number_away(key):
    for student in STUDENTS:
        hw = drawn(key, student)
        secret = {f"{abs(x):.{n}g}".replace(".", "").strip("0")
                  for name in hw.asked for x in np.ravel(hw.truth[name]) for n in (3, 4)}
        hw.check({name: np.asarray(hw.truth[name]) + 1.0 for name in hw.asked})
        hints = [str(hw.hint(level)) for level in (1, 2, 3)]
        assert all(hints) and len(set(hints)) == 3
        assert not {number for number in secret & significant(" ".join(hints)) if len(number) > 1}, student


@each
def test_the_last_hint_has_other_numbers(key):
    for student in STUDENTS[:3]:
        hw = drawn(key, student)
        hint = str(hw.hint(4))
        assert "=" in hint
        for name in hw.asked:
            lines = written(name, hw.truth[name])
            assert np.size(hw.truth[name]) == 1 or key == "boolean" or not all(line in hint for line in lines)
        assert not all(line in hint for name, value in hw.given.items() for line in written(name, value))


@each
def test_the_worked_solution_has_the_numbers_of_the_student(key):
    for student in STUDENTS:
        hw = drawn(key, student)
        told = hw.solution().to_markdown()
        assert all(line in told for name, value in hw.given.items() for line in written(name, value))
        largest = max((x for name in hw.asked for x in np.ravel(hw.truth[name])), key=abs)
        assert all(f"**{name}**" in told for name in hw.asked) and f"{largest:.4g}" in told
