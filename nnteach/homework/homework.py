"""A homework: the exercise of one student, with its numbers, its check, its hints and its worked solution.

hw = homework("backprop", layers=[3, 3, 3], hidden="relu", output="softmax", batch=4, student="A17")
hw.show()                                # network, numbers, conventions, what to hand in
r = hw.check(dW1=..., db1=..., dW2=..., db2=...)
r.ok, r.verdict, r.mistakes, r.first_wrong, r.message
hw.hint(1)      hw.solution()      hw.replay()
"""

import functools
import inspect
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from ..core.errors import GraphError, message
from ..i18n.check_phrases import catalogue, phrase
from ..support import atomic
from ..support.similar_names import choose
from .exercises.exercise import Exercise
from .exercises.expressions import expression
from .exercises.networks import network
from .exercises.procedure import Procedure
from .exercises.rerun import resolve
from .exercises.slides import FIXED
from .exercises.topics import TOPICS
from .grading import attempts
from .grading.answers import Judgement, judge, read
from .grading.answers import verdict as verdict_of
from .grading.guard import guarded, quiet, safely, shown
from .grading.structure import MOST_OF_A_NAME
from .grading.values import kind_of
from .mistakes.diagnose import Diagnosis, after_a_slip, diagnose
from .mistakes.hypotheses import hypotheses
from .mistakes.wording import slip_of
from .mistakes.wrong_graph import WrongGraph
from .numbers.variants import VERSION, Separation, separation_report, variant
from .output.documents import Document, hint_of, sheet_of, wrong_steps
from .output.report import Checked, report
from .output.solution import Solution

HINTS = 4


def homework(
    name: str = "backprop", student: str | None = None, version: int = VERSION, language: str = "en", **description
) -> "Homework":
    """Make a homework.

    Args:
        name: "backprop" for a network that the description describes; the name of a fixed exercise (`FIXED`); or an
            expression such as "(x + y) * z".
        student: whose numbers; the same name has the same numbers everywhere. None for the exercise's example.
        version: of the way numbers are drawn.
        language: of the sheet, the hints and what a check says: "en" or "it".
        **description: see `exercise.network`: layers, hidden, output, loss, batch, l2, skip, shared, learning_rate.

    Raises:
        GraphError: a name or a description that does not fit.
        ExpressionError: an expression that cannot be read.
    """
    made = _made(name, student, version, language, description)
    made.origin = functools.partial(homework, name, student, version, language, **description)
    return made


def _made(name, student, version, language, description) -> "Homework":
    if name == "backprop":
        return Homework(network(**({"layers": [3, 3, 3]} | description)), student, version, language=language)
    if name in TOPICS:
        return Homework(TOPICS[name](**_known_settings(name, description)), student, version, language=language)
    if name in FIXED:
        made = FIXED[name]
        if description:
            raise GraphError(
                message(
                    f"no description for the exercise {name}",
                    ", ".join(description),
                    'Describe a network of your own as homework("backprop", layers=...)',
                )
            )
        return Homework(made(), student, version, language=language)
    if name.isidentifier():
        known = ", ".join([*TOPICS, *FIXED])
        raise GraphError(message(f'"backprop", an expression, or an exercise among {known}', repr(name),
                                 choose(name, ["backprop", *TOPICS, *FIXED])))
    return Homework(expression(name, **description), student, version, language=language)


def _again(origin, log_path) -> "Homework":
    """A homework from its pickle: made anew, which gives the same numbers."""
    made = origin()
    made._log_path = log_path
    return made


def kinds() -> "Kinds":
    """All exercises that `homework` knows by name, with what each practises."""
    told = {"backprop": "Backpropagation through a network of your own: layers=, hidden=, output=, loss=, batch=, …"}
    told |= {name: inspect.getdoc(make).splitlines()[0].rstrip(".") for name, make in TOPICS.items()}
    told |= {name: make().title for name, make in FIXED.items()}
    return Kinds(told | {'"(x + y) * z"': "The derivatives of any expression"})


class Kinds(dict):
    """Name -> what is practised; shows itself as a list."""

    def __repr__(self):
        width = max(map(len, self))
        return "\n".join(f"{name:{width}}  {told}" for name, told in self.items())


def _known_settings(name, description):
    """The settings of a topic, if it has them all."""
    known = inspect.signature(TOPICS[name]).parameters
    if unknown := [setting for setting in description if setting not in known]:
        expected = f"settings of {name} among {', '.join(known)}" if known else f"no settings for {name}"
        raise GraphError(message(expected, ", ".join(unknown),
                                 choose(unknown[0], known) if known else "Leave them out"))
    return description


class Homework:
    """An exercise with the numbers of one student.

    Attributes:
        exercise: what is to be solved.
        student: whose numbers these are; None for the example.
        variant: the numbers, with the id that is printed on the sheet.
        given: name -> array.
        asked: the names to hand in.
        task: the graph.
        language: of what a check says.
    """

    origin = None  # what makes the same homework again: an exercise is made of functions, which cannot be pickled

    def __init__(
        self, exercise: Exercise, student=None, version: int = VERSION, draws: int | None = None, language: str = "en"
    ):
        catalogue(language)  # which refuses one that is not known
        self.language = language
        self.exercise, self.student = exercise, None if student is None else str(student)
        self.variant = variant(exercise, self.student, version, draws)
        self.given = {name: _locked(value) for name, value in self.variant.given.items()}
        self.asked = exercise.asked
        self.task = exercise.build(self.given)
        self._last: tuple[Judgement, Diagnosis] | None = None
        self._log_path = None

    def __reduce__(self):
        if self.origin is None:
            return super().__reduce_ex__(4)
        return _again, (self.origin, self._log_path)

    @cached_property
    def truth(self) -> dict[str, np.ndarray]:
        """The right answers: for teachers, and for the check."""
        return {name: np.asarray(value, dtype=float) for name, value in resolve(self.task).items()}

    @property
    def stages(self) -> tuple[str, ...]:
        """All names that may be handed in, in the order in which they are computed."""
        return tuple(self.truth)

    def __repr__(self):
        who = f"student {self.student}" if self.student is not None else "example"
        return f"Homework({self.exercise.title}, {who}, variant {self.variant.id}: hand in {', '.join(self.asked)})"

    def _repr_markdown_(self):
        return str(self.show())

    # ------------------------------------------------------------------------------------------ the sheet

    def show(self) -> Document:
        """The sheet: the network, the numbers, the conventions, and what to hand in."""
        return sheet_of(self)

    # ------------------------------------------------------------------------------------------ the check

    def check(self, answers: dict | None = None, /, **named) -> Checked:
        """Check answers by value, and say what is wrong with them.

        Args:
            answers: name -> numbers, arrays, lists, tensors or texts such as "0,082".
            **named: the same.

        Returns:
            Falsy unless right; with `.verdict`, `.mistakes`, `.first_wrong`, `.stages` and `.message`.
        """
        with quiet():
            return self._checked(*self._by_name(answers, named))

    def _by_name(self, answers, named):
        """The answers by name, and what to say about those that have none."""
        named = {shown(name, MOST_OF_A_NAME): value for name, value in named.items()}
        if answers is None:
            return named, ()
        items, error = guarded(lambda: [(shown(str(name), MOST_OF_A_NAME), answers[name]) for name in answers])
        if isinstance(answers, Mapping) and error is None:
            return dict(items) | named, ()
        names = ", ".join(f"{name}=..." for name in self.asked)
        return named, (f"expected answers by name, got {kind_of(answers)}: write hw.check({names})",)

    def _checked(self, given, notes):
        if self.exercise.judge is not None:
            return self._noted(report(*self.exercise.judge(self, given), self.language))
        judgement = judge(self.task, self.truth, self.asked, given)
        judgement = replace(judgement, notes=(*judgement.notes, *notes))
        verdict, found = verdict_of(judgement), Diagnosis()
        if verdict == "wrong":
            found = self._diagnosis(judgement)
            verdict = _by_diagnosis(found, judgement.given)
        if verdict == "incomplete" and judgement.named("few_digits") and not judgement.named("missing"):
            found = self._diagnosis(judgement)  # 0.0998, rounded on the way to 0.1, looks as if digits were missing
            found = found if found.rounded else Diagnosis()
            verdict = "correct_rounded" if found.rounded else verdict
        elif verdict == "correct_rounded" and judgement.named("missing"):
            verdict = "incomplete"
        self._last = judgement, found
        values = {name: g.array.tolist() for name, g in judgement.given.items()}
        return self._noted(report(verdict, judgement, found, self.language), values=values)

    def _noted(self, result, **more):
        self._note(
            event="check",
            verdict=result.verdict,
            mistakes=list(result.mistakes),
            first_wrong=result.first_wrong,
            **more,
        )
        return result

    def export(self, path, answers: dict | None = None, /, **named) -> None:
        """Write answers to a JSON file, to be handed in."""
        values = {name: read(value).array.tolist() for name, value in (dict(answers or {}) | named).items()}
        content = {"student": self.student, "variant": self.variant.id, "answers": values}
        atomic.write_text(path, json.dumps(content, indent=1) + "\n")

    def log_to(self, path) -> "Homework":
        """Keep a log of checks, hints and solutions as JSON lines (`attempts.py`); returns the homework itself."""
        self._log_path = path
        return self

    def _note(self, **entry):
        if self._log_path is not None:
            attempts.add(self._log_path, {"student": self.student, "variant": self.variant.id, **entry})

    def _diagnosis(self, judgement):
        """By all answers; failing that, by each in its turn, given what was handed in before it."""
        return safely(Diagnosis(), self._diagnosed, judgement)  # a guess that fails is no guess

    def _diagnosed(self, judgement):
        given = judgement.given
        found = diagnose(self.exercise, self.task, self.truth, given)
        if found.candidates or found.rounded or not judgement.named("follows"):
            return found
        return after_a_slip(self.task, given, judgement.named("wrong"))

    # -------------------------------------------------------------------------------- hints and solutions

    def hint(self, level: int = 1) -> Document:
        """A hint: 1 the principle, 2 which step, 3 its formula, 4 the same step with other numbers.

        After a check, hints are about the first wrong answer; before, about the first stage. Beyond the last one it
        says where to go on.
        """
        if isinstance(level, bool) or level not in range(1, HINTS + 1):
            return Document(phrase("hint.none", self.language, count=HINTS))
        self._note(event="hint", level=level)
        found = self._last[1] if self._last else None
        return hint_of(self, level, self._first_wrong() or next(iter(self.truth)), found)

    def _first_wrong(self):
        return (
            next(
                iter(self._last[0].named("bad_shape", "bad_type", "wrong", "few_digits", "follows", "missing")),
                None,
            )
            if self._last
            else None
        )

    def solution(self) -> "Solution":
        """The worked solution with these numbers: shows itself; .to_markdown(), .to_latex(), .player()."""
        self._note(event="solution")
        return Solution(self)

    def replay(self, mistake: str | None = None):
        """Step through the calculation as it goes with a mistake: the one found by the last check, or one by its id."""
        changes = self._last[1].changes if self._last and mistake is None else ()
        if mistake is not None:
            changes = [h.change for h in hypotheses(self.task) if h.id == mistake][:1]
        if not changes:
            raise GraphError(
                message(
                    "a mistake that can be made in this exercise",
                    repr(mistake),
                    "Check answers first, or name one, as in hw.replay('sign')",
                )
            )
        if isinstance(self.task, Procedure):
            return wrong_steps(self, changes)
        from ..player import step as step_through

        with np.errstate(all="ignore"):
            return step_through(WrongGraph(self.task, changes).root)

    def separation_report(self, students: int = 20) -> Separation:
        """How well this exercise tells mistakes apart, over some students."""
        return separation_report(self.exercise, students)


def _by_diagnosis(found, given):
    """The verdict on wrong answers, when it is known what is wrong with them."""
    if found.rounded:
        return "correct_rounded"
    if found.few:
        return "incomplete"
    numbers = [x for g in given.values() for x in np.ravel(g.array)]
    if found.blank and len(numbers) > 1 and not any(numbers):
        return "not_attempted"
    return "other_convention" if _is_convention(found) else "wrong"


def _is_convention(found):
    first = found.candidates[0] if found.candidates else ()
    return (
        len(first) == 1 and getattr(slip_of(first[0]), "convention", False) and found.certainty == "exactly"
    )


def _locked(value):
    if np.ndim(value):
        value = np.array(value, dtype=float)
        value.setflags(write=False)
    return value
