"""Weights for logical functions: any weights are right that give the truth table (003-02 to 003-07).

There is no one right answer to compare with, so this topic judges by what the weights do. The mistakes are found the
same way: by what the weights would do with one thing put right.
"""

import numpy as np

from ....core.errors import GraphError, message
from ....support.similar_names import choose
from ...grading.answers import Judgement, read
from ...grading.answers import Stage as Judged
from ...grading.values import NotNumbers, has_gaps
from ...mistakes.diagnose import Diagnosis
from ..exercise import Exercise, Leaf
from ..procedure import Procedure, Slip, Step

TABLES = {  # the output for the inputs 00, 01, 10, 11; NOT has one input
    "not": (1, 0), "and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nor": (1, 0, 0, 0), "nand": (1, 1, 1, 0),
    "and_not": (0, 0, 1, 0), "implies": (1, 1, 0, 1), "xnor": (1, 0, 0, 1), "xor": (0, 1, 1, 0),
}
TWO_LAYERS = {"xnor": (1.0, -1.0), "xor": (-1.0, 1.0)}  # the sign of the output unit after AND, NOR
ONE_UNIT = {
    "not": (10, -20), "and": (-30, 20, 20), "or": (-10, 20, 20), "nor": (10, -20, -20), "nand": (30, -20, -20),
    "and_not": (-10, 20, -20), "implies": (10, -20, 20),
}
DRAWN = ("and", "or", "nor", "nand", "and_not", "implies")
PRINCIPLE = (
    "The bias decides what comes out where all inputs are 0; each weight moves the sum when its input becomes 1. "
    "Write one inequality for every row of the table. What no line separates needs two layers."
)


def boolean(gate: str | None = None) -> Exercise:
    """Weights that make a logical function: "not", "and", "or", "nor", "nand", "xnor", "xor", …; drawn if not named."""
    if gate is not None and gate not in TABLES:
        raise GraphError(message(f"a gate among {', '.join(TABLES)}", repr(gate), choose(gate, TABLES)))
    names = ("theta1", "theta2") if gate in TWO_LAYERS else ("theta",)
    n = 1 if gate == "not" else 2
    table = np.array(TABLES[gate or "and"], dtype=float)
    return Exercise(
        f"boolean {gate}",
        f"Weights for {gate.upper().replace('_', ' ')}" if gate else "Weights for a truth table",
        names,
        {"T": Leaf((2**n,), "binary")},
        lambda given: Procedure(given, _steps(names, given["T"]), SLIPS, PRINCIPLE),
        (_rows_in_words(n), *_units_in_words(names, n)),
        {"T": table},
        lambda numbers: {"T": table if gate else np.array(TABLES[numbers.choice(DRAWN, 1)[0]], dtype=float)},
        judge,
    )


def _rows_in_words(n):
    rows = "0, 1" if n == 1 else "(0, 0), (0, 1), (1, 0), (1, 1)"
    return f"T is the output for the inputs {rows}, in this order."


def _units_in_words(names, n):
    yield "A unit fires, 1, where its weighted sum is above 0; where it is below, 0. Exactly 0 is undecided."
    if len(names) == 1:
        yield f"theta is the bias, then {n} weight{'s' * (n > 1)}. Any weights that give the table are right."
    else:
        yield "theta1 has a row (bias, weight of x₁, weight of x₂) for each hidden unit; theta2 is that of the output."
        yield "Any weights that give the table are right."


def _gate(table):
    return next(name for name, rows in TABLES.items() if rows == tuple(int(t) for t in table))


def _steps(names, table):
    gate = _gate(table)
    if len(names) == 1:
        return (Step("theta", lambda v: np.array(ONE_UNIT[gate], dtype=float),
                     "One choice of many: the sums are −10 or less, and 10 or more.", "bias, weights",
                     r"(b, w_1, \ldots)"),)
    sign = TWO_LAYERS[gate][0]
    hidden = np.array([ONE_UNIT["and"], ONE_UNIT["nor"]], dtype=float)
    return (
        Step("theta1", lambda v: hidden, "Hidden units for AND and for NOR.", "AND, NOR",
             r"(\mathrm{AND}, \mathrm{NOR})"),
        Step("theta2", lambda v: sign * np.array(ONE_UNIT["or"], dtype=float), "OR of the two, or not.",
             "OR of AND and NOR" if sign > 0 else "NOR of AND and NOR", r"\mathrm{(N)OR}"),
    )


# ------------------------------------------------------------------------------------------------- judging


def sums(thetas, n) -> np.ndarray:
    """The weighted sum of the last unit for every row of the table; the units before it fire or do not."""
    h = np.array([[i >> (n - 1 - j) & 1 for j in range(n)] for i in range(2**n)], dtype=float)
    for theta in thetas:
        z = np.atleast_2d(theta)[:, 0] + h @ np.atleast_2d(theta)[:, 1:].T
        h = np.where(z > 0, 1.0, 0.0)
    return z[:, 0]


def _gives(thetas, table):
    z = sums(thetas, int(np.log2(len(table))))
    return bool(np.all((z > 0) == (table > 0.5)) and np.all(z != 0))


def _flip_bias(theta):
    return np.concatenate([-np.atleast_2d(theta)[:, :1], np.atleast_2d(theta)[:, 1:]], axis=1)


def _bias_last(theta):
    return np.roll(np.atleast_2d(theta), 1, axis=1)


def _swapped(theta):
    theta = np.atleast_2d(theta)
    return theta[:, [0, *range(theta.shape[1] - 1, 0, -1)]]


REPAIRS = (  # id, and the weights with that mistake put right
    ("bool_inverted", lambda theta: -theta),
    ("bool_bias_sign", _flip_bias),
    ("bool_bias_last", _bias_last),
    ("bool_weights_swapped", _swapped),
)
SLIPS = (
    Slip("bool_inverted", "turn all signs of the output unit: what should fire stays off, and the reverse",
         "the first row of the table: must the sum be above or below 0 there?", {}),
    Slip("bool_bias_sign", "give the bias the other sign", "the sum where all inputs are 0 is the bias alone", {}),
    Slip("bool_bias_last", "write the bias last instead of first", "the order in theta: the bias comes first", {}),
    Slip("bool_weights_swapped", "exchange the weights of the two inputs", "which column of the table is x₁", {}),
    Slip("bool_no_bias", "leave the bias at 0", "what the sum is where all inputs are 0", {}),
    Slip("bool_zero", "leave the sum at exactly 0 in some row",
         "the rows in which the sum is neither above nor below 0", {}),
    Slip("bool_other_gate", "build another logical function than the one asked for",
         "the table, row by row: which rows differ?", {}),
)


def judge(hw, given: dict):
    """Judge weights by what they do; returns the verdict, the Judgement and the Diagnosis, as `report` wants them."""
    stages, table = {}, hw.given["T"]
    for name in hw.asked:
        stages[name] = _read(name, given.get(name), np.shape(hw.truth[name]))
    judgement = Judgement(stages)
    kinds = {s.verdict for s in stages.values()}
    for kind in ("bad_type", "bad_shape", "missing"):
        if kind in kinds:
            verdict = kind if kind != "missing" else "not_attempted" if kinds == {"missing"} else "incomplete"
            return verdict, judgement, Diagnosis()
    thetas = [stages[name].given.array for name in hw.asked]
    right = _gives(thetas, table)
    found = Diagnosis() if right else diagnosed(thetas, table)
    note = "" if right else _rows_that_differ(thetas, table)
    last = "correct" if right else "wrong"
    judged = {name: Judged(name, last, given=s.given) for name, s in stages.items()}
    return last, Judgement(judged, (note,) if note else ()), found


def _read(name, value, shape):
    if value is None or value is Ellipsis or has_gaps(value):
        return Judged(name, "missing")
    try:
        given = read(value)
    except NotNumbers as problem:
        return Judged(name, "bad_type", f"{name} is {problem}, expected numbers of shape {shape}")
    fitting = given.in_shape(shape)
    if fitting is None or not np.all(np.isfinite(fitting.array)):
        return Judged(name, "bad_shape", f"{name} has shape {given.array.shape}, expected {shape}")
    return Judged(name, "", given=fitting)


def diagnosed(thetas, table) -> Diagnosis:
    """What, put right in the last unit, would give the table."""
    *before, last = thetas
    z = sums(thetas, int(np.log2(len(table))))
    ids = [i for i, repair in REPAIRS if _gives([*before, repair(last)], table)]
    if not ids and np.atleast_2d(last)[0, 0] == 0:
        ids = ["bool_no_bias"]
    if not ids and np.any(z == 0):
        ids = ["bool_zero"]
    if not ids and tuple((z > 0).astype(int)) in TABLES.values():
        ids = ["bool_other_gate"]
    return Diagnosis(tuple((i,) for i in ids[:3]), "looks" if ids else "")


def _rows_that_differ(thetas, table):
    z = sums(thetas, int(np.log2(len(table))))
    wrong = np.flatnonzero(((z > 0) != (table > 0.5)) | (z == 0)) + 1
    return f"the weights do not give the table in row {', '.join(map(str, wrong))}"
