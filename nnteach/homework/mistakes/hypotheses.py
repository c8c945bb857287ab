"""What can go wrong in an exercise: the mistakes that apply to it, and those that cannot be told apart.

Whether a mistake applies is not listed but tried: on arbitrary numbers of full precision it must change some
answer. Two mistakes that lead to the same answers on such numbers are a tie; with a batch of 2, say, "sum" and
"two". So ties are a property of the exercise, known before any student's numbers are drawn.
"""

from typing import NamedTuple

import numpy as np

from ..exercises.draw import Numbers
from ..exercises.exercise import Exercise, Task
from ..exercises.procedure import Procedure
from ..exercises.rerun import Change, resolve
from .catalogue import MISTAKES, Mistake

TRIALS = 3  # draws of arbitrary numbers; two mistakes that agree on all of them agree always
COARSE_TRIALS = 20  # of numbers from a short list, on which mistakes may agree by chance
KINKED = ("relu", "leaky_relu", "elu")
SAME = 1e-9


class Hypothesis(NamedTuple):
    """A mistake, made in one of the ways in which it can be made."""

    mistake: Mistake
    change: Change

    @property
    def id(self) -> str:
        return self.mistake.id

    @property
    def look(self) -> str:
        """Where to look, in English."""
        return self.mistake.look

    @property
    def key(self) -> tuple[str, str]:
        """What is the same for every student: the mistake, and where."""
        return self.mistake.id, self.change.where


class Catalogue(NamedTuple):
    """What can go wrong in an exercise.

    Attributes:
        keys: the hypotheses that apply.
        ties: pairs of ids that lead to the same answers, whatever the numbers are.
        drawn_by: the same for those by which numbers are drawn (not `Change.rare`).
        silent: the hypotheses that only ever turn answers to zero.
    """

    keys: frozenset
    ties: frozenset
    silent: frozenset
    drawn_by: frozenset = frozenset()

    def tied(self, one: str, other: str) -> bool:
        return one == other or frozenset((one, other)) in self.ties


def hypotheses(task: Task, keys=None) -> list[Hypothesis]:
    """All mistakes that can be made in a task, or those of some keys."""
    if isinstance(task, Procedure):
        found = [Hypothesis(slip, Change(steps=slip.steps)) for slip in task.slips]
    else:
        found = [Hypothesis(mistake, change) for mistake in MISTAKES.values() for change in mistake.changes(task)]
    return found if keys is None else [h for h in found if h.key in keys]


def outcomes(task: Task, tried: list[Hypothesis], asked) -> np.ndarray:
    """The answers each mistake leads to, a row each; nan where it leads to nothing of the right shape."""
    right = flat(resolve(task), asked)
    rows = np.full((len(tried), right.size), np.nan)
    for i, hypothesis in enumerate(tried):
        row = attempt(task, hypothesis.change)
        if row is not None and (row := flat(row, asked)).shape == right.shape:
            rows[i] = row
    return rows


def attempt(task: Task, *changes, touch=None, update=True):
    """The stages with something changed; None where it leads to nothing."""
    try:
        return resolve(task, *changes, touch=touch, update=update)
    except Exception:  # a mistake may lead anywhere, to a division by 0 for example; it ends no check
        return None


def flat(answers: dict, names) -> np.ndarray:
    """Answers one after the other, as one vector."""
    return np.concatenate([np.ravel(answers[name]) for name in names])


_KNOWN: dict[str, Catalogue] = {}


def catalogue(exercise: Exercise) -> Catalogue:
    """What can go wrong in an exercise; worked out once."""
    key = f"{exercise.sheet} {exercise.asked}"
    if key not in _KNOWN:
        _KNOWN[key] = _explore(exercise)
    return _KNOWN[key]


def _explore(exercise):
    rng = np.random.default_rng(0)
    tried, rows, right = None, [], []
    for _ in range(TRIALS if exercise.draw is None else COARSE_TRIALS):
        task = next(filter(is_lively, (exercise.build(_arbitrary(rng, exercise)) for _ in range(1000))), None)
        task = task or exercise.build(_arbitrary(rng, exercise))
        tried = hypotheses(task)
        rows.append(outcomes(task, tried, exercise.asked))
        right.append(flat(resolve(task), exercise.asked))
    table, truth = np.concatenate(rows, axis=1), np.concatenate(right)
    keys = [h.key for h in tried]
    applies = np.all(np.isfinite(table), axis=1) & ~_alike(table, truth)
    ties, drawn_by = set(), set()
    for i in np.flatnonzero(applies):
        for j in np.flatnonzero(_alike(table, table[i]) & applies):
            if keys[i][0] != keys[j][0]:
                ties.add(pair := frozenset((keys[i][0], keys[j][0])))
                drawn_by |= set() if tried[i].change.rare or tried[j].change.rare else {pair}
    silent = ~np.any((np.abs(table - truth) > SAME) & (table != 0), axis=1)
    return Catalogue(
        frozenset(keys[i] for i in np.flatnonzero(applies)),
        frozenset(ties),
        frozenset(keys[i] for i in np.flatnonzero(silent)),
        frozenset(drawn_by),
    )


def _alike(table, row):
    scale = np.max(np.abs(row), initial=SAME)
    return np.all(np.abs(table - row) <= SAME * (np.abs(row) + scale), axis=1)


def is_lively(task: Task) -> bool:
    """Whether every layer with a kink has open and closed gates, and with a few samples no unit is dead."""
    if isinstance(task, Procedure):
        return task.is_lively()
    for node in task.find("activation"):
        gates = node.parents[0].value > 0
        if node.primitive.name in KINKED and (gates.all() or not gates.any()):
            return False
        if node.primitive.name in KINKED and task.batch > 2 and not gates.any(axis=0).all():
            return False
    return True


def _arbitrary(rng, exercise):
    """Numbers that nothing coincides on."""
    if exercise.draw is not None:
        return exercise.draw(Numbers(exercise.sheet, rng.integers(2**60)))
    return {name: _values(rng, leaf) for name, leaf in exercise.leaves.items()}


def _values(rng, leaf):
    if leaf.kind in ("one_hot", "binary"):
        width = leaf.shape[-1] if leaf.kind == "one_hot" else 2
        classes = rng.permutation(
            np.arange(np.prod(leaf.shape[:-1] if leaf.kind == "one_hot" else leaf.shape)) % width
        )
        return np.eye(width)[classes] if leaf.kind == "one_hot" else classes.reshape(leaf.shape).astype(float)
    if leaf.kind in ("share", "drop", "half"):
        return rng.uniform(0.1, 0.4 if leaf.kind == "drop" else 0.9, leaf.shape or None)
    values = rng.uniform(0.3, 1.5, leaf.shape) * rng.choice((-1.0, 1.0), leaf.shape)
    return values if leaf.shape else float(abs(values))
