"""Numbers for every student: the same anywhere for the same name (`draw.py`), and such that every mistake shows.

Numbers are drawn until they pass: no pre-activation near a kink, no dead and no idle unit, answers of a
readable size, and *separated*: every mistake that applies leads to answers that differ from the right ones,
and from those of every other mistake but its ties, by more than rounding to three digits can hide.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from ...core.errors import GraphError, message
from ..exercises.draw import Numbers, draw
from ..exercises.exercise import Exercise, Task
from ..exercises.rerun import resolve
from ..mistakes.hypotheses import KINKED, catalogue, flat, hypotheses, is_lively, outcomes

VERSION = 1  # of the way numbers are drawn: another one gives every student other numbers
DRAWS = 1000
PATIENCE = 120  # draws after which the best so far is taken
DIGITS = 3
APART = 2.0  # units of the third digit: each of two answers may be off by half a unit, and one unit is accepted
KINK = 0.05
READABLE = (1e-4, 1e2)


@dataclass(frozen=True)
class Variant:
    """The numbers of one student.

    Attributes:
        id: how it is printed on the sheet.
        given: name -> array.
        draws: how many draws it took.
        separated: whether it passed; false only for an exercise that no draw can separate.
    """

    id: str
    given: dict
    draws: int
    separated: bool = True


@np.errstate(all="ignore")  # what is drawn may be inf or nan; then it is drawn again
def variant(exercise: Exercise, student: str | None, version: int = VERSION, draws: int | None = None) -> Variant:
    """The numbers of a student, or the exercise's own example where there is no student.

    Args:
        exercise: what is to be solved.
        student: whose numbers.
        version: of the way they are drawn.
        draws: how many draws they took, if it is known: then they are not tried again.
    """
    if student is None and exercise.example is not None:
        return Variant("example", {name: _copied(value) for name, value in exercise.example.items()}, 0)
    numbers = Numbers(exercise.sheet, student or "", version)
    name = hashlib.sha256(f"{exercise.sheet}\n{student}\n{version}".encode()).hexdigest()[:6]
    if draws:
        given = [draw(exercise, numbers) for _ in range(draws)][-1]
        return Variant(name, given, draws)
    return _drawn(exercise, numbers, name)


def _drawn(exercise, numbers, name):
    """The first numbers that pass; after enough draws, those in which the fewest mistakes come too close."""
    best, fewest = None, np.inf
    for count in range(1, DRAWS + 1):
        given = draw(exercise, numbers)
        task = exercise.build(given)
        if not is_calm(exercise, task):
            continue
        close = sum(1 for _ in _too_close(exercise, task))
        if close < fewest:
            best, fewest = Variant(name, given, count, separated=not close), close
        if not close or count > PATIENCE:
            break
    if best is None:
        raise GraphError(
            message(
                "numbers that keep every unit alive and every answer readable",
                f"none in {DRAWS} draws for {exercise.title}",
                "Try other layer sizes or a larger batch" if exercise.sheet.startswith("backprop") else
                f"Change it so that its answers lie between {READABLE[0]:g} and {READABLE[1]:g}",
            )
        )
    return best


def _copied(value):
    return np.array(value, dtype=float) if np.ndim(value) else float(value)


# -------------------------------------------------------------------------------------------- what is refused


def is_calm(exercise: Exercise, task: Task) -> bool:
    """Whether all units live, none sits near a kink, and all answers are of a readable size."""
    kinked = [n for n in task.find("activation") if n.primitive.name in KINKED]
    if not is_lively(task) or any(np.min(np.abs(n.parents[0].value)) < KINK for n in kinked):
        return False
    answers = flat(resolve(task), exercise.asked)
    sizes = np.abs(answers[answers != 0])
    return bool(np.all(np.isfinite(answers)) and sizes.size and READABLE[0] <= sizes.max() <= READABLE[1])


def unit(values) -> np.ndarray:
    """The place value of the third significant digit."""
    with np.errstate(divide="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
    return np.where(np.isfinite(exponent), 10.0 ** (np.where(np.isfinite(exponent), exponent, 0) - DIGITS + 1), 0.0)


def distances(table: np.ndarray, units: np.ndarray, row: np.ndarray, row_units: np.ndarray) -> np.ndarray:
    """How far each row of answers is from one row: the largest distance of an entry, in units of the third digit."""
    apart = np.abs(table - row)
    return np.max(np.where(apart == 0, 0.0, apart / np.maximum(units, row_units)), axis=-1)


def is_separated(exercise: Exercise, task: Task) -> bool:
    """Whether every mistake shows, and no two but ties look the same."""
    return next(_too_close(exercise, task), None) is None


def _too_close(exercise, task):
    """Pairs (id, id) that cannot be told apart at three digits; the right answer is called "right"."""
    known = catalogue(exercise)
    tried = [h for h in hypotheses(task, known.keys) if not h.change.rare]
    table = outcomes(task, tried, exercise.asked)
    ids = [h.id for h in tried]
    truth = flat(resolve(task), exercise.asked)
    units, own = unit(table), unit(truth)
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in np.flatnonzero(~(distances(table, units, truth, own) > APART)):
            yield ids[i], "right"
        shown = np.any((np.abs(table - truth) > APART * own) & (table != 0), axis=1)
        for i in np.flatnonzero(~shown):  # zeros alone are no evidence
            if tried[i].key not in known.silent:
                yield ids[i], "zeros"
        for i in range(len(tried)):
            apart = distances(table[i + 1 :], units[i + 1 :], table[i], units[i])
            for j in np.flatnonzero(~(apart > APART)) + i + 1:
                if ids[i] != ids[j] and frozenset((ids[i], ids[j])) not in known.drawn_by:
                    yield ids[i], ids[j]


@dataclass(frozen=True)
class Separation:
    """How well an exercise tells mistakes apart, over some students.

    Attributes:
        exercise: its title.
        mistakes: the ids that apply.
        ties: pairs that no numbers can tell apart.
        draws: draws needed, one number per student.
        close: what is too close in variants that did not pass.
    """

    exercise: str
    mistakes: tuple[str, ...]
    ties: tuple[tuple[str, str], ...]
    draws: tuple[int, ...]
    close: tuple[tuple[str, str], ...]

    def __repr__(self):
        ties = ", ".join(" = ".join(pair) for pair in self.ties) or "none"
        close = ", ".join(" ≈ ".join(pair) for pair in self.close) or "none"
        return (
            f"{self.exercise}\n  {len(self.mistakes)} mistakes apply: {', '.join(self.mistakes)}\n  ties: {ties}\n"
            f"  draws for {len(self.draws)} students: median {int(np.median(self.draws))}, most {max(self.draws)}\n"
            f"  too close at three digits: {close}"
        )


def separation_report(exercise: Exercise, students=20) -> Separation:
    """Try an exercise on some students, given by name or by their number."""
    names = [f"student {i}" for i in range(students)] if isinstance(students, int) else list(students)
    known = catalogue(exercise)
    made = [variant(exercise, name) for name in names]
    close = {pair for v in made if not v.separated for pair in _too_close(exercise, exercise.build(v.given))}
    return Separation(
        exercise.title,
        tuple(sorted({key[0] for key in known.keys})),
        tuple(sorted(tuple(sorted(pair)) for pair in known.ties)),
        tuple(v.draws for v in made),
        tuple(sorted(close)),
    )
