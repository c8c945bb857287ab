"""The exercise of a lesson, for one student: a function to write, tried on the student's numbers and on random ones.

    ex = exercise("16_activations", student="Ada")
    ex.show()                    # the numbers to try it on by hand
    ex.check(activations)        # a Result: falsy unless right; it names the mistake where it knows it
    ex.hint(1)      ex.solution()
"""

import functools
import hashlib
import inspect
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from ..core.errors import GraphError, message
from ..support.similar_names import choose
from .check import check_cases
from .exercises.lessons import LESSONS
from .exercises.lessons.lesson import in_words
from .exercises.rerun import Change, resolve
from .grading.cases import Case, make_cases
from .grading.compare import named
from .grading.result import Result
from .grading.values import agrees, to_array
from .homework import Homework
from .mistakes.function_mistakes import naming, with_mistakes
from .mistakes.hypotheses import attempt
from .output.documents import Document, whose
from .output.formulas import how
from .output.solution import Solution, written

CASES = 20
CLOSE = 1e-5  # relative; on a dozen cases no other mistake comes as close
MOST_NAMED = 3


def exercise(name: str, student: str | None = None) -> "FunctionExercise":
    """The exercise of a lesson.

    Args:
        name: of its notebook, such as "16_activations"; its number alone will do where there is one of that number.
        student: whose numbers; the same name has the same numbers everywhere.

    Raises:
        GraphError: there is none of this name.
    """
    found = [key for key in LESSONS if key == name or key.partition("_")[0] == name]
    if len(found) != 1:
        known = ", ".join(LESSONS)
        raise GraphError(message(f"the name of an exercise among {known}", repr(name), choose(name, LESSONS)))
    made = FunctionExercise(LESSONS[found[0]], student)
    made.origin = functools.partial(exercise, found[0], student)
    return made


class FunctionExercise(Homework):
    """A function to write, with the numbers of one student.

    Attributes:
        given: the student's own inputs, by name.
        truth: all steps of the solution on these inputs; for teachers, and for the check.
    """

    _wrong = None  # the step behind the first wrong result of the last check

    def __repr__(self):
        who = f"student {self.student}" if self.student is not None else "example"
        returned = ", ".join(name or "the result" for name in self.exercise.returns)
        return f"FunctionExercise({self.exercise.title}, {who}, variant {self.variant.id}: return {returned})"

    @property
    def inputs(self) -> dict:
        """The student's own numbers as the function takes them: copies."""
        return self.exercise.native({name: np.array(v) if np.ndim(v) else v for name, v in self.given.items()})

    def reference(self, *inputs):
        """What the function has to return for these inputs."""
        return self.exercise.results(resolve(self.exercise.build(dict(zip(self.given, inputs, strict=True)))))

    @property
    def slips(self) -> tuple:
        """The mistakes that are known for this exercise."""
        return (*self.task.slips, *self.exercise.unseen)

    def planted(self, slip, *inputs):
        """What a function with this mistake returns; None where it cannot go on."""
        answers = attempt(self.exercise.build(dict(zip(self.given, inputs, strict=True))), Change(steps=slip.steps))
        return None if answers is None else self.exercise.results(answers)

    def show(self) -> Document:
        """The numbers of this student, and what the function has to return."""
        who = whose(self.student)
        numbers = [line for name, value in self.given.items() for line in written(name, value)]
        asked = ", ".join(self._asked(*result) for result in self.exercise.returns.items())
        return Document("\n".join([
            f"**{self.exercise.title}**, your numbers (variant {self.variant.id}{who})", "",
            "```", *numbers, "```", "",
            f"With these inputs your function returns {asked}. They are the first case of the check: work them out by "
            f"hand if you are not sure. The other {CASES - 1} cases are random.", ""]))

    def _asked(self, name, step):
        shape = np.shape(self.truth[step])
        size = "a number" if shape == () else f"{'×'.join(map(str, shape))} numbers"
        return f"`{name}` ({size})" if name else size

    # ------------------------------------------------------------------------------------------ the check

    def check(self, function) -> Result:
        """Check a function on the student's own numbers and on random inputs, and say what is wrong with it.

        Raises:
            DtypeError: it is no function.
        """
        seed = hashlib.sha256(f"{self.exercise.sheet}\n{self.student}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(seed[:8], "big"))
        result = check_cases(function, self._solution(), self.cases(rng), rng, self._explained, self.exercise.kinks)
        self._wrong = None if result.first_wrong is None else self.exercise.returns.get(result.first_wrong)
        return self._noted(result)

    def cases(self, rng) -> list[Case]:
        """The student's own numbers first, then special and random ones."""
        inputs, kinds = self.exercise.inputs or self.inputs, self.exercise.kinds_of_inputs
        made = make_cases(self._solution(), CASES, rng, inputs, kinds)
        return [*map(self._with_floor, [Case(self.inputs, kinds=made[0].kinds, own=True), *made[1:]])]

    def _with_floor(self, case):
        """A case with the rounding error that the exercise allows for."""
        rounding = self.exercise.rounding
        return case if rounding is None else replace(case, floor=float(rounding(SimpleNamespace(**case.inputs))))

    def _solution(self):
        def solution(*inputs):
            return self.reference(*inputs)

        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        solution.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in self.given])
        return solution

    def _explained(self, result, trials):
        """The result, and the mistakes that explain every case; where both slopes are right, kinks decide nothing."""
        if result.verdict not in ("wrong", "error"):
            return result
        decisive = [trial for trial in trials if not (self.exercise.kinks and trial.case.special)]
        if not any(trial.found and trial.found.wrong for trial in decisive):
            return result
        found = {slip.id: slip for slip in self.slips if all(self._explains(slip, trial) for trial in decisive)}
        if found:
            return naming(result, [(slip.id, slip.did, slip.look) for slip in [*found.values()][:MOST_NAMED]])
        return with_mistakes(result, trials, self.exercise.graph)

    def _explains(self, slip, trial):
        returned = self.planted(slip, *trial.case.arguments())
        if trial.found is None or returned is None:
            return trial.found is None and returned is None  # neither came to an end
        returned = named(returned)
        return bool(trial.found.given) and all(
            _same(array, to_array(returned[name])) for name, array in trial.found.given.items()
        )

    # ------------------------------------------------------------------------------- hints and the solution

    def solution(self) -> "WorkedFunction":
        """The worked solution with these numbers: shows itself; .to_markdown(), .to_latex()."""
        self._note(event="solution")
        return WorkedFunction(self)

    def hint(self, level: int = 1) -> Document:
        """A hint: 1 the principle, 2 which step, 3 its formula and a tip for the program, 4 other numbers.

        After a check, hints are about the first wrong result; before, about the first step.
        """
        told = super().hint(level)
        return Document(f"{told}\n\n{self.exercise.tip}") if level == 3 else told

    def _first_wrong(self):
        return self._wrong


def _same(one, other):
    """Whether a function returned what a mistake leads to; differences for derivatives cost a few digits."""
    scale = np.max(np.abs(other), initial=0.0, where=np.isfinite(other))
    if one.shape != other.shape:
        return False
    return bool(np.all(agrees(one, other) | np.isclose(one, other, rtol=CLOSE, atol=CLOSE * scale, equal_nan=True)))


class WorkedFunction(Solution):
    """The worked solution of a function on a student's numbers: every step, with its formula and what it gives."""

    def to_markdown(self) -> str:
        """In Markdown, with formulas between dollar signs."""
        out = [str(self._hw.show()), "### Solution", ""]
        for name, value in self._hw.truth.items():
            told = how(self._hw.task, name)
            formula = f"`{told.text}`" if told.latex == in_words(told.text) else f"${told.latex}$"
            out += [f"**{name}**: {told.sentence}", "", formula, "", "```", *written(name, value), "```", ""]
        return "\n".join(out)
