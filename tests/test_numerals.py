"""One reader of numbers: what is typed means the same to every check, to a prediction and to the player."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnteach as nt
from nnteach.homework.grading.answers import _read_one, read
from nnteach.homework.grading.values import NotNumbers, to_array
from nnteach.support.similar_names import meant
from nnteach.symbolic.numerals import NotANumber, numeral, typed_list

HW = nt.homework("x*y", student="Ada")
X = float(HW.truth["dx"])  # what is asked for is one number, whatever it is
MINUS_4_3 = [
    -4.3,
    Fraction(-43, 10),
    Decimal("-4.3"),
    Decimal("-4.30"),
    np.float32(-4.3),
    np.float64(-4.3),
    np.float16(-4.3),
    np.array(-4.3),
    np.array("-4,3"),
    np.array(Fraction(-43, 10), dtype=object),
    nt.constant(-4.3),
    "-4.3",
    "−4.3",
    "-4,3",
    "−4,30",
    " −4.3 ",
    "– 4.3",
    "-43/10",
    "−43 / 10",
    "-4.3e0",
    "-0.43e1",
    "−43·10⁻¹",
    "-43*10^-1",
    "-43 × 10**(-1)",
    "-4300·10⁻³",
    "−43·10^{-1}",
    "-43 x 10^-1",
    "−0,43 × 10¹",
    "≈ −4.3",
    "-430 %",
    "−430%",
    "-430,0 %",
    "-430 percent",
    "-4300 ‰",
    "-860/2 %",
    "-4.3e2 ％",
]
LISTS = [
    [1.5, -2],
    (1.5, -2),
    ["1.5", "-2"],
    ["1,5", "−2"],
    [Fraction(3, 2), Decimal(-2)],
    "[1.5, −2]",
    "(1.5, -2)",
    "1,5; −2",
    "[1.5 -2.]",
    np.array(["1,5", "−2"]),
    [nt.constant(1.5), "-2"],
    (x for x in (1.5, -2.0)),
    "[3/2, -2,]",
    map(float, (1.5, -2)),
]
NO_NUMBERS = {  # what it is -> what the message says of it
    "a text": ("abc", "the text 'abc', which is no number"),
    "two numbers": ("1 2", "no number"),
    "two marks": ("1,2.3", "no number"),
    "a percent sign alone": ("%", "no number"),
    "a letter with a percent sign": ("x %", "no number"),
    "division by zero": ("1/0", "a division by 0"),
    "nan as a text": ("nan", "no finite number"),
    "infinity as a text": ("−∞", "no finite number"),
    "a huge text": ("1e999", "too large"),
    "a huge int": (10**400, "too large"),
    "complex": (1j, "complex number"),
    "nan": (float("nan"), "nan (not a number)"),
    "infinity": (float("-inf"), "infinite"),
    "a dict": ({"a": 1}, "a dict"),
    "a set": ({1}, "a set, which has no order"),
    "an object": (object(), "an object of type object"),
    "a function": (len, "a function"),
    "a class": (int, "the class int"),
    "bytes": (b"4", "an object of type bytes"),
}


def checks(answer, truth=-4.3):
    """The same answer to every check of a number that there is: the message of each."""
    yield nt.check_answer(answer, truth)
    yield nt.check(lambda x: answer, lambda x=1.5: truth)
    yield nt.check(lambda x: {"f": answer}, lambda x=1.5: {"f": truth})


@pytest.mark.parametrize("answer", MINUS_4_3, ids=lambda answer: f"{type(answer).__name__} {answer}")
def test_a_number_is_right_however_it_is_written(answer):
    assert all(checks(answer)), [str(result) for result in checks(answer)]
    assert repr(nt.reveal(answer, -4.3)).endswith("(as you said)")
    assert read(answer).agrees(np.array(-4.3)).all()


@pytest.mark.parametrize("which", range(len(LISTS)))
def test_a_list_is_right_however_it_is_written(which):
    answer = LISTS[which]
    answer = list(answer) if hasattr(answer, "__next__") else answer
    assert nt.check_answer(answer, np.array([1.5, -2.0])) and read(answer).agrees(np.array([1.5, -2.0])).all()
    assert nt.check(lambda x: iter(answer) if isinstance(answer, list) else answer, lambda x=1.0: np.array([1.5, -2.0]))
    assert repr(nt.reveal({"a": answer}, {"a": [1.5, -2.0]})).endswith("(as you said)")


@pytest.mark.parametrize("answer, words", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_is_no_number_is_called_what_it_is(answer, words):
    for result in checks(answer):
        assert not result and words in result.message
    told = HW.check(dx=answer)
    assert not told.ok and words in told.message and "dx" in told.message
    assert nt.reveal({"x": answer}, {"x": 1.0})


@pytest.mark.parametrize("empty", [None, ..., "", "  ", [None], [1.0, ...]])
def test_what_is_open_is_not_attempted(empty):
    assert nt.check_answer(empty, 1.0).verdict == "not_attempted"
    assert HW.check(dx=empty).verdict == "not_attempted" and HW.check({"dx": empty}).verdict == "not_attempted"


def test_the_odd_one_in_a_list_is_named():
    assert "'x', which is no number" in nt.check_answer(["1", "x"], np.ones(2)).message
    assert "dx is the text 'x', which is no number" in HW.check(dx=["1", "x"]).message
    assert "complex" in nt.check_answer([1j, 2], np.ones(2)).message


@pytest.mark.parametrize("whole, part", [(-4, 3), (4, 3), (0, 5), (-12, 25), (3, 0)])
def test_a_decimal_comma_in_python_is_explained_and_what_is_advised_is_right(whole, part):
    meant_numbers = [float(f"{whole}.{part}")] if whole else [0.5, -0.5]
    for truth in meant_numbers:
        told = [result.message for result in checks((whole, part), truth)][:1]
        told.append(HW.check(dx=(whole, part)).message)
        told.append(repr(nt.reveal({"x": (whole, part)}, {"x": truth})))
        for text in told:
            advised = re.search(r"do you mean (\S+)(?: or (\S+))?\? Python writes a decimal point: (.*)", text)
            forms = [form for form in (*advised.groups()[:2], *re.split(r" or |\)", advised[3])) if form]
            assert any(nt.check_answer(form, truth) for form in forms)
            python = [eval(form) for form in re.split(r" or |\)", advised[3]) if form]  # as it would be typed
            assert any(nt.check_answer(number, truth) for number in python)


def test_a_pair_that_is_asked_for_is_no_decimal_comma():
    assert nt.check_answer((-4, 3), np.array([-4.0, 3.0]))
    assert "decimal point" not in nt.check_answer((-4, 3), np.array([1.0, 3.0])).message


def every_check(answer, truth):
    """Checks, a homework's stage, and a prediction: whether each says right, and what they say."""
    found = [(result.ok, result.message) for result in checks(answer, truth)]
    stage = _read_one("dx", answer, np.asarray(truth, dtype=float))
    right = not stage.verdict and bool(stage.given.agrees(np.asarray(truth, dtype=float)).all())
    return [*found, (right, stage.note)]


@pytest.mark.parametrize("typed, truth", [
    ("12.5 %", 0.125), ("12,5%", 0.125), ("25/2 %", 0.125), ("125 ‰", 0.125), ("0,125", 0.125),
    ("1/8", 0.125), ("1,25·10⁻¹", 0.125), ("1.25 × 10^−1", 0.125), ("1.25 x 10^(-1)", 0.125), ("100 %", 1.0),
    ("−3 %", -0.03), ("0.5 %", 0.005), ("12.5 %", 12.5), ("12,5 %", 12.5), ("-3 %", -3.0), ("97 per cent", 97.0),
    (["10 %", "90 %"], [0.1, 0.9]), ("[10 %, 90 %]", [0.1, 0.9]), ("12,5 %; 30 %", [0.125, 0.3]),
    (["10 %", "90 %"], [10.0, 90.0]), (np.array(["10 %", "90 %"]), [0.1, 0.9]),
    ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1 234,5", 1234.5), ("1.234.567", 1234567.0), ("1,234,567", 1234567.0),
    ("1,234", 1.234), ("1.234", 1.234),
], ids=str)
def test_percents_and_both_marks_are_read_as_they_are_meant(typed, truth):
    truth = np.asarray(truth) if isinstance(truth, list) else truth
    for ok, said in every_check(typed, truth):
        assert ok, said


@pytest.mark.parametrize("typed, truth", [
    ("0.125 %", 0.125), ("0,5 %", 0.5), ("1 %", 1.0), ("-0.3 %", -0.3), ("1,234", 1234.0), ("1.234", 1234.0),
    ("−12,500", -12500.0), (["0.1 %", "0.9 %"], [0.1, 0.9]),
], ids=str)
def test_what_can_be_read_in_two_ways_is_asked_about_and_the_right_one_is_right(typed, truth):
    truth = np.asarray(truth) if isinstance(truth, list) else truth
    for ok, said in every_check(typed, truth):
        assert not ok and "can be read in two ways, " in said
        one, other = re.search(r"in two ways, (.+) and (.+): write the one that you mean", said).groups()
        assert nt.check_answer(other, truth) and nt.check_answer(eval(other), truth)
        assert not nt.check_answer(eval(one), truth)


@pytest.mark.parametrize("typed, truth", [("12.5 %", 0.25), ("13 %", 12.5), ("1,250", 1234.0), ("12 %", 120.0),
                                          ("0.125 %", 125.0)])
def test_what_is_wrong_in_every_reading_is_wrong(typed, truth):
    for ok, said in every_check(typed, truth):
        assert not ok and "two ways" not in said


@given(st.decimals("-999", "999", places=2).filter(bool), st.sampled_from(["%", " %", "\u202f%", " percent", " ％"]),
       st.sampled_from(".,"))
def test_a_percent_is_a_hundredth(number, sign, mark):
    assert numeral(f"{number}".replace(".", mark) + sign).value == float(number / 100)


@given(
    st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6),
    st.integers(1, 12),
    st.sampled_from("-−–"),
    st.sampled_from(".,"),
)
def test_whatever_python_writes_is_read_back(value, places, minus, mark):
    written = f"{value:.{places}g}"
    typed = written.replace("-", minus, 1) if written.startswith("-") else written
    assert numeral(typed.replace(".", mark)).value == float(written)


@given(st.fractions(max_denominator=10**6).filter(bool))
def test_fractions_are_what_python_makes_of_them(fraction):
    assert numeral(str(fraction)).value == pytest.approx(float(fraction), rel=1e-15) == to_array(fraction)


@given(st.text(max_size=40) | st.text("0123456789.,-−+e/·⁻³x* []()%‰≈{}", max_size=12))
def test_no_text_is_more_than_no_number(text):
    for reader in (numeral, typed_list):
        try:
            reader(text)
        except NotANumber as problem:
            assert str(problem)
    try:
        read(text)
    except NotNumbers as problem:
        assert str(problem)


def test_digits_that_were_typed_count():
    assert [numeral(text).digits for text in ("0.010", "1/3", "4,300", "0", "−12")] == [2, 16, 4, 0, 2]
    assert [numeral(text).exponent for text in ("0.010", "12e3", "4")] == [-2, 4, 0]


@pytest.mark.parametrize(
    "wrong, known, right",
    [
        ("dw2", ["db2", "dW2"], "dW2"),
        ("DW2", ["db2", "dW2"], "dW2"),
        ("Dw_2", ["db2", "dW2"], "dW2"),
        ("∇W₂", ["db2", "dW2"], "dW2"),
        ("grad_W2", ["dW1", "dW2"], "dW2"),
        ("δ1", ["delta1", "delta2"], "delta1"),
        ("dW22", ["db1", "dW2"], "dW2"),
        ("loss", ["dW2", "db2"], None),
        ("db2", ["dW2", "db2"], "db2"),
    ],
)
def test_a_name_is_recognised_by_its_letters_before_their_likeness(wrong, known, right):
    assert meant(wrong, known) == meant(wrong, known[::-1]) == right


def test_a_name_in_another_case_is_advised_and_the_advice_is_right():
    hw = nt.homework("sigmoid_2_2_2", student="Ada")
    right = {name: hw.truth[name] for name in hw.asked}
    for name in hw.asked:
        for written in {name.lower(), name.upper(), f"{name[0]}_{name[1:]}"} - {name}:
            others = {n: v for n, v in right.items() if n != name}
            result = hw.check(others | {written: right[name]})
            advised = re.search(r"do you mean (\w+)\?", result.message)[1]
            assert not result.ok and hw.check(others | {advised: right[name]}).ok
    assert "do you mean dW2?" in hw.check(dw2=1).message and hw.check(dw2=1).verdict != "not_attempted"


@pytest.mark.parametrize("answers", [5, [1, 2], "dx", np.ones(3), object()], ids=lambda x: type(x).__name__)
def test_answers_without_names_are_told_how_to_be_handed_in(answers):
    told = HW.check(answers)
    assert not told.ok and "write hw.check(" in told.message
    call = re.search(r"write (hw\.check\(.*\))", told.message)[1]
    for name in HW.asked:
        call = call.replace(f"{name}=...", f"{name}={float(HW.truth[name])!r}")
    assert eval(call, {"hw": HW}).ok


@pytest.mark.parametrize("name", ["x*y", "sigmoid_2_2_2"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_beyond_the_last_hint_there_are_plain_words(name, language):
    hw = nt.homework(name, student="Ada", language=language)
    for level in (0, 5, -1, 2.5, "1", None, True, [1]):
        assert "hw.solution()" in hw.hint(level)
    assert eval(re.search(r"hw\.solution\(\)", hw.hint(5))[0], {"hw": hw}).to_markdown()


def test_the_player_reads_numbers_in_the_same_way():
    live = nt.step(nt.variable(2.0, "x") * 3).live()
    for text, value in (("4,5", 4.5), ("−2", -2.0), ("1/4", 0.25), ("1·10⁻¹", 0.1), (7, 7.0)):
        live.change = {"name": "x", "text": text}
        assert live.values == {"x": value} and live.trouble == ""
    live.change = {"name": "x", "text": "abc"}
    assert live.values == {"x": 7.0} and "'abc'" in live.trouble
