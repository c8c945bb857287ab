"""A right solution is never called wrong, however it is written: every exercise, and what a teacher promises.

The solutions stand in `right_solutions.py`; the published one of each exercise is tried in `test_lesson_exercises.py`.
"""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from right_solutions import RIGHT

import nnteach as nt
from nnteach.homework.exercises.lessons import LESSONS
from nnteach.homework.grading.cases import make_cases
from nnteach.homework.grading.domain import draw, moved, seen_in, special

EACH = [(name, i) for name, functions in RIGHT.items() for i in range(len(functions))]
each_solution = pytest.mark.parametrize("name, which", EACH, ids=[f"{n}-{RIGHT[n][i].__name__}" for n, i in EACH])


def test_every_exercise_has_two_more_solutions():
    assert RIGHT.keys() == LESSONS.keys() and all(len(functions) >= 2 for functions in RIGHT.values())


def tried(name, which, students):
    for student in students:
        result = nt.exercise(name, student=f"Student {student}").check(RIGHT[name][which])
        assert result.ok and result.headline == "Right in all 20 cases", (student, result)


@each_solution
def test_a_right_solution_is_right_for_three_students(name, which):
    tried(name, which, range(3))


@pytest.mark.slow
@each_solution
def test_a_right_solution_is_right_for_thirty_students(name, which):
    tried(name, which, range(3, 30))


# ----------------------------------------------------------------------------------- the domain of an exercise

PROMISED = {  # kind of a leaf -> what every case has to keep
    "binary": lambda a: np.isin(a, (0, 1)).all(),
    "one_hot": lambda a: np.isin(a, (0, 1)).all() and np.all(a.sum(axis=-1) == 1),
    "rate": lambda a: np.all(a > 0),
    "positive": lambda a: np.all(a > 0),
}


@pytest.mark.parametrize("name", LESSONS)
def test_no_case_leaves_what_an_exercise_promises(name):
    kept = 0
    for student in range(10):
        ex = nt.exercise(name, student=f"Student {student}")
        for case in ex.cases(np.random.default_rng(student)):
            for arguments in ([*case.inputs.values()], *case.nearby(np.random.default_rng(1))):
                for (input_name, leaf), value in zip(ex.exercise.leaves.items(), arguments, strict=True):
                    first = ex.inputs[input_name]
                    assert np.asarray(value).dtype.kind == np.asarray(first).dtype.kind or leaf.kind == "positive"
                    if leaf.kind in PROMISED:
                        assert PROMISED[leaf.kind](np.asarray(value)), (input_name, value)
                        kept += 1
    assert kept or not {leaf.kind for leaf in LESSONS[name].leaves.values()} & PROMISED.keys()


# ------------------------------------------------------------------------------------ what a teacher promises


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def one_hot(rng):
    n, k = rng.integers(1, 5), rng.integers(2, 5)
    return {"Z": rng.normal(size=(n, k)), "T": np.eye(k)[rng.integers(0, k, n)]}


def bits(rng):
    n = rng.integers(2, 6)
    return {"z": rng.normal(size=n), "t": rng.integers(0, 2, n).astype(float)}


def rows(rng):
    return {"P": rng.dirichlet(np.ones(3), 2), "Q": rng.dirichlet(np.ones(3), 2)}


def zeros_in_rows(rng):
    p = rng.dirichlet(np.ones(4), 2) * (rng.random((2, 4)) > 0.4) + np.eye(4)[[0, 1]]
    return {"P": p / p.sum(axis=1, keepdims=True)}


def signs(rng):
    n = rng.integers(1, 6)
    return {"s": rng.normal(size=n), "y": rng.choice([-1.0, 1.0], n)}


def counts(rng):
    return {"labels": rng.integers(0, 4, 6).astype(float), "n": float(rng.integers(1, 5))}


def spread(rng):
    a = rng.normal(size=(3, 3))
    return {"S": a @ a.T + np.eye(3), "x": rng.normal(size=3)}


def _asserts(check, then):
    def student(*inputs):
        assert check(*inputs)
        return then(*inputs)

    return student


CW = np.array([1.0, 2.0, 3.0, 4.0])
PROMISES = {  # what a teacher's function draws, a solution, and a student's that is the same on all that it draws
    "softmax less target": (
        one_hot,
        lambda Z, T: nt.nn.losses.cross_entropy(nt.constant(Z), T).value,
        lambda Z, T: -np.mean(np.log(softmax(Z)[T == 1])),
    ),
    "class weights": (one_hot, lambda Z, T: (T * CW[: T.shape[1]]).sum(axis=1), lambda Z, T: CW[T.argmax(axis=1)]),
    "cross-entropy by bits": (
        bits,
        lambda z, t: np.mean(np.logaddexp(0, z) - t * z),
        lambda z, t: np.mean([np.log1p(np.exp(-v if k == 1 else v)) for v, k in zip(z, t, strict=True)]),
    ),
    "asserted rows": (
        rows,
        lambda P, Q: np.sum(P * np.log(P / Q)),
        _asserts(
            lambda P, Q: np.allclose(P.sum(1), 1) and np.all(P > 0),
            lambda P, Q: np.sum(P * np.log(P)) - np.sum(P * np.log(Q)),
        ),
    ),
    "0 log 0": (zeros_in_rows, lambda P: -np.sum(P[P > 0] * np.log(P[P > 0])), lambda P: -np.sum(P * np.log(P))),
    "hinge by sign": (
        signs,
        lambda s, y: np.maximum(0, 1 - y * s),
        lambda s, y: np.where(y == 1, np.maximum(0, 1 - s), np.maximum(0, 1 + s)),
    ),
    "labels as floats": (
        counts,
        lambda labels, n: np.bincount(labels.astype(int), minlength=4) / n,
        lambda labels, n: [np.sum(labels == k) / n for k in range(4)],
    ),
    "a covariance": (
        spread,
        lambda S, x: x @ np.linalg.inv(S) @ x,
        lambda S, x: np.sum(np.linalg.solve(np.linalg.cholesky(S), x) ** 2),
    ),
}


@pytest.mark.parametrize("name", PROMISES)
@pytest.mark.parametrize("seed", range(5))
def test_what_a_function_draws_is_taken_at_its_word(name, seed):
    inputs, solution, student = PROMISES[name]
    result = nt.check(student, solution, inputs=inputs, rng=np.random.default_rng(seed))
    assert result.ok, result


@pytest.mark.parametrize("name", PROMISES)
def test_every_case_is_one_that_was_drawn(name):
    inputs, solution, _ = PROMISES[name]
    drawn = []

    def noted(rng):
        drawn.append(inputs(rng))
        return drawn[-1]

    cases = make_cases(solution, 20, np.random.default_rng(0), noted)
    first = next(iter(drawn[0]))
    assert len(cases) == 20 and all(any(case.inputs[first] is d[first] for d in drawn) for case in cases)


T3 = np.eye(3)[[0, 2]]
MASK = np.array([1.0, 0.0, 1.0])
ROWS = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
SIGNS = np.array([1.0, -1.0, 1.0])
RATES = np.array([0.5, 2.0, 1.5])
COUNTS = np.array([3.0, 0.0, 2.0, 2.0])
TIMES = np.array([0.0, 0.5, 2.0])
Z3, Z33, ONES2, LABELS = np.zeros(3), np.zeros((2, 3)), np.ones(2), np.array([0, 2, 1])
SYMMETRIC, TRIANGLE, ON = np.array([[1.0, 2], [2, -1]]), np.array([[1.5, 0], [-2, 1]]), np.array([True, False])
NEAR_0, FIVE, FROM_0 = np.array([1.5, -1]), np.array([1.5, -1, 2, 0.5, 1]), np.array([0.0, 1.5])
COVARIANCE = np.array([[2.0, 0.5], [0.5, 1.0]])
DEFAULTS = {  # a solution with examples, and a student's that is the same on all that is like the examples
    "one-hot": (lambda Z=Z33, T=T3: softmax(Z) - T, lambda Z, T: softmax(Z) - np.eye(3)[T.argmax(1)]),
    "a mask": (lambda x=Z3, m=MASK: x * m, lambda x, m: np.where(m == 1, x, 0)),
    "rows": (
        lambda P=ROWS: np.sum(P * np.log(P), axis=1),
        lambda P: np.sum(P * np.log(P / P.sum(1, keepdims=True)), axis=1),
    ),
    "signs": (lambda s=Z3, y=SIGNS: y * s, lambda s, y: np.where(y > 0, s, -s)),
    "positive": (lambda r=RATES: np.log(r), lambda r: 2 * np.log(np.sqrt(r))),
    "a positive number": (lambda x=2.0: np.sqrt(x**2), lambda x: x),
    "a negative number": (lambda x=-2.0: np.abs(x), lambda x: -x),
    "a share": (lambda p=0.3: -np.log(1 - p), lambda p: -np.log1p(-p)),
    "counts": (lambda n=COUNTS: (n[:, None] == np.arange(4)) * 1.0, lambda n: np.eye(4)[n.astype(int)]),
    "a whole number": (lambda n=4: float(sum(range(n + 1))), lambda n: n * (n + 1) / 2),
    "labels": (lambda k=LABELS: np.eye(3)[k], lambda k: (k[:, None] == np.arange(3)).astype(float)),
    "times": (lambda t=TIMES: np.diff(t), lambda t: np.diff(np.sort(t))),
    "a covariance": (
        lambda S=COVARIANCE: np.log(np.linalg.det(S)),
        lambda S: 2 * np.sum(np.log(np.diag(np.linalg.cholesky(S)))),
    ),
    "a symmetric matrix": (lambda A=SYMMETRIC, x=ONES2: 2 * A @ x, lambda A, x: A @ x + x @ A),
    "a triangle": (lambda L=TRIANGLE: np.diag(L).prod(), lambda L: np.linalg.det(L)),
    "true or false": (lambda on=ON: on * 2.0, lambda on: [2.0 if o else 0.0 for o in on]),
}


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("seed", range(5))
def test_what_examples_show_is_kept(name, seed):
    solution, student = DEFAULTS[name]
    result = nt.check(student, solution, rng=np.random.default_rng(seed))
    assert result.ok and result.headline.startswith("Right in all"), result
    examples = {n: p.default for n, p in inspect.signature(solution).parameters.items()}
    assert nt.check(student, solution, inputs=examples, rng=np.random.default_rng(seed)).ok


POINTS = {  # formulas that differ only at a point where nothing but a convention decides
    "relu": (lambda x=NEAR_0: (x > 0) * 1.0, lambda x: (x >= 0) * 1.0),
    "absolute": (lambda x=NEAR_0: np.sign(x), lambda x: np.where(x >= 0, 1.0, -1.0)),
    "absolute, divided": (lambda x=NEAR_0: np.sign(x), lambda x: x / np.abs(x)),
    "maximum": (
        lambda a=1.5, b=-2.0, c=0.0: ((a + c > b) * 1.0, (a + c <= b) * 1.0),
        lambda a, b, c: ((a + c >= b) * 1.0, (a + c < b) * 1.0),
    ),
    "the first of five": (lambda x=FIVE: np.eye(5)[np.argmax(x)], lambda x: np.eye(5)[4 - np.argmax(x[::-1])]),
    "shared among five": (lambda x=FIVE: np.eye(5)[np.argmax(x)], lambda x: (x == x.max()) / np.sum(x == x.max())),
    "x ln x": (lambda x=FROM_0: np.where(x > 0, x * np.log(np.where(x > 0, x, 1)), 0), lambda x: x * np.log(x)),
    "a plain logarithm": (lambda x=0.0: x**2 and x**2 * np.log(x**2), lambda x: [float(x**2 * math.log(x * x))]),
    "sin x / x": (lambda x=NEAR_0: np.sinc(x / np.pi), lambda x: np.sin(x) / x),
    "a norm": (lambda x=NEAR_0: x / max(np.linalg.norm(x), 1e-30), lambda x: x / np.linalg.norm(x)),
}


@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize("seed", range(5))
def test_a_point_where_only_a_convention_decides_decides_nothing(name, seed):
    solution, student = POINTS[name]
    assert nt.check(student, solution, rng=np.random.default_rng(seed)).ok


@pytest.mark.parametrize(
    "student",
    [
        lambda x: np.where(x > 0, 1.0, 0.5),  # wrong on one side
        lambda x: (x > 1e-3) * 1.0 + (x == 0) * 7.0,  # no slope of any side at the point
        lambda x: np.where(x == 0, np.nan, 0.0),
    ],
)
def test_a_kink_is_no_excuse(student):
    assert not nt.check(student, lambda x=NEAR_0: (x > 0) * 1.0)


def test_what_rounding_leaves_of_a_zero_is_zero():
    def solution(z=NEAR_0):
        p = softmax(z)
        return {"sum": np.sum(p) - 1, "mean": np.mean(z - z.mean()), "p": p}

    assert nt.check(lambda z: {"sum": 0, "mean": 0.0, "p": softmax(z)}, solution).ok
    assert not nt.check(lambda z: {"sum": 1e-6, "mean": 0.0, "p": softmax(z)}, solution).ok


# ---------------------------------------------------------------------------------------- kinds, by property

floats = st.floats(-100, 100).map(lambda x: round(x, 2))
EXAMPLES = st.one_of(
    st.lists(floats, min_size=1, max_size=6).map(np.array),
    st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=6).map(np.array),
    st.lists(st.sampled_from([-1.0, 1.0]), min_size=2, max_size=6).map(np.array),
    st.lists(st.integers(0, 9), min_size=1, max_size=6).map(lambda v: np.array(v, dtype=float)),
    st.lists(st.integers(0, 3), min_size=1, max_size=4).map(lambda k: np.eye(4)[k]),
    st.lists(st.lists(st.floats(0.1, 1), min_size=3, max_size=3), min_size=1, max_size=3).map(
        lambda v: np.array(v) / np.sum(v, axis=1, keepdims=True)
    ),
)
SEEN = (
    lambda a: np.all(a > 0),
    lambda a: np.all(a >= 0),
    lambda a: np.all(a < 0),
    lambda a: np.all(a <= 0),
    lambda a: np.all((a >= 0) & (a <= 1)),
    lambda a: np.isin(a, (0, 1)).all(),
    lambda a: np.isin(a, (-1, 1)).all(),
    lambda a: a.ndim > 1 and np.allclose(a.sum(axis=-1), 1),
)


@settings(max_examples=200, deadline=None)
@given(EXAMPLES, st.integers(0, 1000))
def test_what_can_be_seen_in_an_example_holds_in_all_that_is_made_of_it(example, seed):
    rng = np.random.default_rng(seed)
    kind = seen_in([example])
    drawn = [draw(kind, example.shape, rng) for _ in range(3)]
    made = [*drawn, *(special(kind, a, how, rng) for a in drawn for how in ("zeros", "ties", "one_sign"))]
    near = [moved(kind, a, rng.standard_normal(a.shape)) for a in [example, *made]]
    for holds in (seen for seen in SEEN if seen(example) and len(np.unique(example)) > 1):
        for array in (*made, *near):
            assert array.shape == example.shape and np.isfinite(array).all()
            assert holds(array), (kind, array)
