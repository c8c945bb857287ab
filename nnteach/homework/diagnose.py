"""Which mistake leads to these answers: every mistake is made in the student's own exercise, and the results compared.

The order is: single mistakes; answers under each other's names or in another order; rounding on the way; two
mistakes at once. What is said depends on how much agrees that the right answers do not agree with, too
(EXACTLY, LOOKS): few digits agree by chance.
"""

from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from .answers import Given
from .exercise import Exercise, Task
from .hypotheses import Hypothesis, attempt, catalogue, flat, hypotheses
from .resolve import resolve

EXACTLY = (10, 2)  # significant digits, in how many numbers
LOOKS = (4, 1)
PAIR = (12, 4)
ZERO_ANSWER = 10  # digits that a whole answer of zeros is worth, where the right one is not zero
COUNTED_DIGITS = (
    3,
    6,
)  # of one number: it is compared by three at least, and a chance match needs no more than six
PATTERN = 1  # digit that it is worth if exactly the answers are wrong that a mistake makes wrong
CANDIDATES = 3
MOST_PAIRS = 700
SPREAD = 2.0  # another order of rounding may err more than those tried
NEARER = 1 / 3  # of the distance to the right answers: then it is a mistake, and not rounding
CLOSE = 0.01  # of the largest entry
FINE, BARE, COARSE = 4, 3, (1, 2)  # significant digits kept on the way: safe, just right if nothing else is wrong, too few
WAYS = (np.round, np.trunc, np.floor, np.ceil)


@dataclass(frozen=True)
class Diagnosis:
    """What explains the answers.

    Attributes:
        candidates: explanations, the best first, each a tuple of ids (two if two mistakes were made).
        certainty: "exactly", "looks" or "".
        changes: what the best candidate changes, to step through it.
        where: in which layer or at which node, if not everywhere.
        rounded: whether nothing is wrong but the digits kept on the way.
        factor: whether all answers are off by one and the same factor.
        close: whether three digits kept on the way might explain it, or a slip as small.
    """

    candidates: tuple[tuple[str, ...], ...] = ()
    certainty: str = ""
    changes: tuple = ()
    where: str = ""
    rounded: bool = False
    factor: bool = False
    close: bool = False


class Evidence:
    """The student's answers as one vector, to compare solutions with."""

    def __init__(self, given: dict[str, Given], truth: dict):
        self.names = list(given)
        parts = [given[name] for name in self.names]
        self.all = Given(
            np.concatenate([p.array.ravel() for p in parts]),
            np.concatenate([p.unit.ravel() for p in parts]),
            np.concatenate([p.digits.ravel() for p in parts]),
            any(p.single for p in parts),
        )
        self.slices, start = {}, 0
        for name, part in zip(self.names, parts, strict=True):
            self.slices[name] = slice(start, start + part.array.size)
            start += part.array.size
        self.truth = flat(truth, self.names)
        self.right = self.all.agrees(self.truth)

    def vector(self, answers: dict | None):
        """A solution in the form of the answers; None if it has another shape or is not finite."""
        row = None if answers is None else flat(answers, self.names)
        return row if row is not None and row.shape == self.truth.shape and np.all(np.isfinite(row)) else None

    def explains(self, row) -> bool:
        return row is not None and bool(np.all(self.all.agrees(row)))

    def rounds_to(self, row) -> bool:
        """Whether the answers are this solution rounded, and not merely within a unit of it."""
        return bool(np.all(self.all.agrees(row, share=0.5)))

    def weight(self, complete: bool) -> tuple[int, int]:
        """How many digits there are that tell a mistake from the right answers, and in how many numbers.

        Zeros and repetitions tell nothing, except a whole answer of zeros. Where all that was asked for is
        there and some of it right, the pattern tells something, too.
        """
        telling = ~self.right & (self.all.array != 0)
        sizes, first = np.unique(np.abs(self.all.array[telling]), return_index=True)
        digits = int(np.clip(self.all.digits[telling][first], *COUNTED_DIGITS).sum())
        zeros = [
            part
            for part in self.slices.values()
            if not self.all.array[part].any() and np.count_nonzero(self.truth[part]) > 1
        ]
        pattern = PATTERN if complete and len(self.wrong_names()) < len(self.names) else 0
        return digits + ZERO_ANSWER * len(zeros) + pattern, len(sizes) + 2 * len(zeros)

    def wrong_names(self) -> set:
        return {name for name, part in self.slices.items() if not np.all(self.right[part])}


def diagnose(exercise: Exercise, task: Task, truth: dict, given: dict[str, Given]) -> Diagnosis:
    """Find what explains answers that are not right.

    Args:
        exercise: what was to be solved.
        task: with the student's numbers.
        truth: the right stages.
        given: the answers, in the right shapes.
    """
    evidence = Evidence(given, truth)
    weight = evidence.weight(complete=set(exercise.asked) <= given.keys())
    singles = _singles(exercise, task, evidence)
    fitting = [(h, row) for h, row in singles if evidence.explains(row)]
    if fitting:
        return _named(evidence, weight, fitting)
    if within_rounding(task, evidence, BARE) and not _nearer_a_mistake(evidence, [row for _, row in singles]):
        rounded = rounded_on_the_way(task, evidence)
        return Diagnosis(rounded=rounded, close=not rounded)
    moved = _in_other_places(evidence)
    if moved and (len(evidence.wrong_names()) > 1 or enough(weight, EXACTLY)):  # one answer alone may be a coincidence
        return Diagnosis(((moved,),), _certainty(weight))
    if enough(weight, PAIR) and (pairs := _pairs(task, evidence, singles)):
        return pairs
    if enough(weight, LOOKS) and any(evidence.explains(_with_rounding(task, evidence, d)) for d in COARSE):
        return Diagnosis((("round_intermediate",),), "looks")
    return Diagnosis(factor=_common_factor(evidence))


def enough(weight, gate) -> bool:
    """Whether enough digits in enough numbers agree."""
    return weight[0] >= gate[0] and weight[1] >= gate[1]


def _certainty(weight):
    return "exactly" if enough(weight, EXACTLY) else "looks" if enough(weight, LOOKS) else ""


# ------------------------------------------------------------------------------------------ single mistakes


def _singles(exercise, task, evidence) -> list[tuple[Hypothesis, np.ndarray]]:
    """Every mistake that changes one of the answers, with the answers it leads to."""
    keys = None if any(name.endswith("_new") for name in evidence.names) else catalogue(exercise).keys
    found = []
    for h in hypotheses(task, keys):
        row = evidence.vector(attempt(task, h.change))
        if row is not None and not np.array_equal(row, evidence.truth):
            found.append((h, row))
    return found


def _named(evidence, weight, fitting):
    certainty = _certainty(weight)
    best = [pair for pair in fitting if evidence.rounds_to(pair[1])] or fitting
    ids = list(dict.fromkeys(h.id for h, _ in best))[:CANDIDATES]
    first = best[0][0]
    if not certainty:
        return Diagnosis()
    return Diagnosis(tuple((i,) for i in ids), certainty, (first.change,), first.change.where)


def _in_other_places(evidence):
    """Right numbers under another name, or in another order."""
    wrong, moved = evidence.wrong_names(), set()
    for name in wrong:
        part = evidence.slices[name]
        mine = evidence.all.array[part]
        if not mine.any():
            return None
        others = [evidence.slices[o] for o in evidence.names if o != name]
        if any(
            s.stop - s.start == mine.size and np.all(_part(evidence, part).agrees(evidence.truth[s]))
            for s in others
        ):
            moved.add("swap_layers")
        elif mine.size > 1 and _sorted(_part(evidence, part)).agrees(np.sort(evidence.truth[part])).all():
            moved.add("unit_order")
        else:
            return None
    return moved.pop() if len(moved) == 1 else None


def _sorted(given):
    order = np.argsort(given.array)
    return Given(given.array[order], given.unit[order], given.digits[order], given.single)


def _part(evidence, part):
    whole = evidence.all
    return Given(whole.array[part], whole.unit[part], whole.digits[part], whole.single)


def after_a_slip(task: Task, given: dict[str, Given], wrong: list[str]) -> Diagnosis:
    """A mistake that explains a wrong stage, when everything is computed on from the student's own values.

    Args:
        task: with the student's numbers.
        given: all answers; an early one may hold a slip of its own.
        wrong: the names that do not follow from the answers before them.
    """
    own = {name: g.array for name, g in given.items()}
    for h in hypotheses(task):
        row = attempt(task, h.change, touch=lambda name, value: own.get(name, value))
        if row is None or any(np.shape(row[name]) != g.array.shape for name, g in given.items()):
            continue
        fits = {name for name, g in given.items() if np.all(g.agrees(np.asarray(row[name], dtype=float)))}
        explained = [name for name in wrong if name in fits]
        digits = sum(int(np.count_nonzero(given[name].array)) * COUNTED_DIGITS[0] for name in explained)
        if explained and given.keys() - fits <= set(wrong) and digits >= LOOKS[0]:
            return Diagnosis(((h.id,),), "looks", (h.change,), h.change.where)
    return Diagnosis()


# ------------------------------------------------------------------------------------------------ rounding


def rounded_on_the_way(task: Task, evidence: Evidence) -> bool:
    """Whether the right method with rounding on the way explains the answers.

    With three digits kept, a small slip would be as close, so all answers must come out as they do with three.
    """
    three = (_with_rounding(task, evidence, BARE, way) for way in WAYS)
    return any(map(evidence.explains, three)) or within_rounding(task, evidence, FINE)


def within_rounding(task: Task, evidence: Evidence, digits: int) -> bool:
    """Whether the answers are as close to the right ones as keeping some digits on the way can make them.

    How far an entry may be off is tried out: every stage is rounded, cut off, and rounded up, and what cancels
    in one entry shows in another of these.
    """
    rows = [_with_rounding(task, evidence, digits, way) for way in WAYS]
    reach = np.max([np.abs(row - evidence.truth) for row in rows if row is not None], axis=0, initial=0.0)
    allowed = np.empty_like(reach)
    for part in evidence.slices.values():
        allowed[part] = np.minimum(SPREAD * reach[part], CLOSE * np.max(np.abs(evidence.truth[part])))
    return bool(np.all(np.abs(evidence.all.array - evidence.truth) <= allowed + 1.001 * evidence.all.unit + 1e-12))


def _nearer_a_mistake(evidence, rows) -> bool:
    """Whether a mistake, with rounding on the way, explains the answers much better than the right way with it."""
    scale = np.ones_like(evidence.truth)
    for part in evidence.slices.values():
        scale[part] = np.max(np.abs(evidence.truth[part]), initial=1e-12)

    def distance(row):
        return np.sqrt(np.mean(((evidence.all.array - row) / scale) ** 2))

    return any(distance(row) < NEARER * distance(evidence.truth) for row in rows)


def _with_rounding(task, evidence, digits, way=np.round):
    """The answers that come out if every stage is rounded to some significant digits."""
    return evidence.vector(resolve(task, touch=lambda name, value: _significant(value, digits, way)))


def _significant(value, digits, way):
    """A value, every entry rounded to some significant digits."""
    array = np.asarray(value, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.where(array == 0, 0.0, np.floor(np.log10(np.abs(array))))
    scale = 10.0 ** (digits - 1 - exponent)
    return way(array * scale) / scale if array.ndim else float(way(array * scale) / scale)


def _common_factor(evidence):
    """One factor for all answers; what it comes from is not known."""
    if np.count_nonzero(evidence.truth) < 3 or not evidence.all.array.any():
        return False
    factor = evidence.truth @ evidence.all.array / (evidence.truth @ evidence.truth)
    return bool(np.all(evidence.all.agrees(factor * evidence.truth)))


# ------------------------------------------------------------------------------------------- two mistakes


def _pairs(task, evidence, singles):
    """Two mistakes at once; only those are tried that leave the right answers right."""
    wrong = evidence.wrong_names()
    usable = [(h, row) for h, row in singles if _keeps_right(evidence, row, wrong)]
    starts = [i for i, (_, row) in enumerate(usable) if _explains_some(evidence, row, wrong)]
    tried = [(i, j) for i in starts for j in range(len(usable)) if i != j and (j not in starts or i < j)]
    rest = [(i, j) for i, j in combinations(range(len(usable)), 2) if i not in starts and j not in starts]
    found, count = [], 0
    for group in (tried, rest):
        for i, j in group:
            one, other = usable[i][0], usable[j][0]
            if one.id == other.id or count > MOST_PAIRS:
                continue
            count += 1
            for first, second in permutations((one, other)) if _meet(one, other) else ((one, other),):
                row = evidence.vector(attempt(task, first.change, second.change))
                if evidence.explains(row):
                    found.append(((one.id, other.id), (first.change, second.change)))
                    break
        if found:
            break
    if not found:
        return None
    ids = tuple(dict.fromkeys(pair for pair, _ in found))[:CANDIDATES]
    return Diagnosis(ids, "exactly", found[0][1])


def _meet(one, other):
    """Whether two mistakes are made at the same place, so that it matters which comes first."""
    return bool(one.change.edges.keys() & other.change.edges.keys())


def _keeps_right(evidence, row, wrong):
    """Whether a mistake leaves the right answers right."""
    return all(
        np.all(_part(evidence, part).agrees(row[part]))
        for name, part in evidence.slices.items()
        if name not in wrong
    )


def _explains_some(evidence, row, wrong):
    """Whether a mistake explains one of the wrong answers, at least up to a factor."""
    for name in wrong:
        part = evidence.slices[name]
        mine, theirs = _part(evidence, part), row[part]
        if not theirs.any() or np.array_equal(theirs, evidence.truth[part]):
            continue
        factor = theirs @ mine.array / (theirs @ theirs)
        if np.all(mine.agrees(theirs)) or (mine.array.size > 2 and factor and np.all(mine.agrees(factor * theirs))):
            return True
    return False
