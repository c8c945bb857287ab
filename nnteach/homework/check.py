"""Checking a student's function against a solution: by value, on many cases, with words for what differs.

    check(backward, solution)     # a Result: falsy unless right, and it says what to look at

Any way of getting there is right if the numbers are right. The right numbers are never shown. Whatever the student's
function or the teacher's does, a check ends with a Result.
"""

import copy
import inspect
import sys
import traceback
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace

import numpy as np

from ..core.errors import DtypeError, message, shape_text
from .grading.cases import Case, InputsError, input_names, make_cases
from .grading.compare import ONLY, Comparison, Truth, compare, title
from .grading.differences import ANOTHER, Difference
from .grading.guard import guarded, quiet, safely, said, shown
from .grading.result import Result
from .grading.structure import kept
from .grading.stub import Printed, is_stub
from .grading.values import kind_of
from .mistakes.function_mistakes import with_mistakes

MOST_WRITTEN = 300
MORE_DIRECTIONS = 30  # in which a kink is looked at before an answer there is called wrong
AT_A_POINT = (ArithmeticError, ValueError)  # what a division by 0 or math.log(0) raises


def check(student_function, solution_function, cases: int = 20, rng=None, inputs=None) -> Result:
    """Compare a student's function with a solution function.

    Args:
        student_function: takes the same inputs, in the same order; returns numbers, arrays, Nodes or tensors, alone or
            in lists, tuples and dicts of any depth, right to three significant digits at least.
        solution_function: the same for the solution.
        cases: how many cases to try: the example, special ones (zeros, ties, dead units) and random ones.
        rng: a `np.random.Generator`; by default the cases are the same every time.
        inputs: a function rng -> dict or tuple of inputs, which is taken at its word: nothing else is tried; or example
            inputs to imitate in shape, type and kind (one-hot stays one-hot, positive stays positive). By default what
            the solution has in its attribute `inputs` or as default values.

    Returns:
        A Result that is falsy unless every case is right; it shows itself in a notebook.

    Raises:
        DtypeError: one of the two is no function.
        CheckError: nothing says what the inputs look like.
    """
    _must_be_functions(student_function, solution_function)
    rng = np.random.default_rng(0) if rng is None else rng
    graph = getattr(solution_function, "graph", None)
    try:
        made = make_cases(solution_function, cases, rng, inputs)
    except InputsError as problem:
        return _teachers(str(problem))

    def explain(result, trials):
        return with_mistakes(result, trials, graph)

    return check_cases(student_function, solution_function, made, rng, explain)


def check_cases(student_function, solution_function, cases: list[Case], rng, explain, kinks: bool = True) -> Result:
    """Compare a student's function with a solution function on given cases.

    Args:
        student_function, solution_function: see `check`.
        cases: what to try them on.
        rng: a `np.random.Generator`, for the directions in which a kink is looked at.
        explain: (Result, trials) -> Result, which may name the mistake.
        kinks: whether every slope between those on both sides of a kink is right.
    """
    _must_be_functions(student_function, solution_function)
    name = _name_of(student_function)
    tried, problem = _cases_with_truth(solution_function, cases, rng, kinks)
    if not tried:
        return _teachers(problem)
    if problem := _takes_other_inputs(student_function, input_names(solution_function)):
        return Result("error", f"{name} takes other inputs", (problem,))
    run = _Run(student_function, solution_function, rng, kinks)
    with redirect_stdout(run.printed):
        trials = [run.trial(case, truth) for case, truth in tried]
    with quiet():
        return _explained(_verdict(name, trials), trials, explain)


def _explained(result, trials, explain):
    """The result with the mistake named; a guess at a mistake that fails is no guess."""
    return safely(result, explain, result, trials)


def _teachers(problem):
    """What there is to say where the solution does not work: it is no fault of the student's."""
    return Result("error", "This cannot be checked: the solution to compare with does not work",
                  (problem, "This is no mistake of yours: show it to your teacher"), ("solution",))


def check_answer(answer, truth) -> Result:
    """Compare an answer that was worked out by hand with the truth, by value and without showing the truth.

    Args:
        answer: a number, an array, a word or a container of these; None where it is not filled in yet. A number may be
            of any kind, or typed as a text: "−4,3", "1/3".
        truth: the same, computed.
    """
    with quiet():
        right, error = guarded(Truth.of, truth)
        if error is not None:
            return _teachers(f"the truth is {shown(safely('', str, error))}")
        found, error = guarded(compare, answer, right)
        if error is not None:
            return Result("bad_type", f"Your answer is {kind_of(answer)} that cannot be read", (), ("bad_type",))
        return _verdict("your answer", [Trial(Case({}), found)])


@dataclass(frozen=True)
class Trial:
    """What a function did in one case.

    Attributes:
        case: the inputs.
        found: what was found in its answer; None if it raised.
        error: what it raised, and the line of the student's code, number and text.
        changed: the inputs that it changed in place.
        shapes: the expected shapes, by name.
        nothing: whether a function that does something returned None.
    """

    case: Case
    found: Comparison | None = None
    error: BaseException | None = None
    line: tuple[int, str] | None = None
    changed: tuple[str, ...] = ()
    shapes: tuple[tuple[str, tuple], ...] = ()
    nothing: bool = False

    @property
    def right(self) -> bool:
        return self.found is not None and self.found.right

    @property
    def open(self) -> bool:
        """Whether nothing was handed in."""
        if isinstance(self.error, NotImplementedError):
            return True
        found = self.found
        if self.nothing or found is None or found.given or found.wrong or found.notes:
            return False
        return bool(found.empty)


# ------------------------------------------------------------------------------------ running the functions

def _cases_with_truth(solution, cases, rng, kinks):
    """The cases on which the solution has an answer, with it, and what is wrong with the solution elsewhere."""
    tried, problem = [], ""
    for case in cases:
        answer, error = _called(solution, case.arguments())
        if error is not None:
            problem = problem or f"it stopped with {type(error).__name__}: {said(error)}".rstrip(": ")
            continue
        with quiet():
            truth, error = guarded(_truth, case, answer, solution, rng, 3 if kinks else 0)
        if error is not None:
            problem = problem or f"what it returned is {said(error) or 'no answer'}"
        elif truth.finite:
            tried.append((case, truth))
        else:
            problem = problem or "it returned nan or infinity"
    return tried, problem or "there is no case to try"


def _truth(case, answer, solution, rng, directions):
    """What is right in a case, between the two sides of a kink."""
    near = (_called(solution, arguments) for arguments in case.nearby(rng, directions))
    return Truth.of(answer, [around for around, error in near if error is None], case.scale, case.floor)


def _called(function, arguments):
    """What a function returns and what it raises, one of the two; nothing is printed, no warning shown."""
    with quiet(), redirect_stdout(_NOWHERE):
        return guarded(function, *arguments)


_NOWHERE = Printed(None)
_NOWHERE.stop()


class _Run:
    """The student's function, tried on one case after the other."""

    def __init__(self, function, solution, rng, kinks):
        self.function, self.solution, self.rng, self.kinks = function, solution, rng, kinks
        self.printed = Printed(sys.stdout)
        self.stub = is_stub(function)

    def trial(self, case, truth) -> Trial:
        """What the function does in a case; at a point where only a convention decides, it is right."""
        trial, answer = self._once(case, truth)
        self.printed.stop()
        if trial.right or not (self.kinks and case.kinds) or trial.nothing or trial.changed:
            return trial
        with quiet():
            found = safely(None, self._at_a_kink, trial, case, truth, answer)
        return trial if found is None else replace(trial, found=found, error=None)

    def _once(self, case, truth):
        arguments = case.arguments()
        with quiet():
            answer, error = guarded(self.function, *arguments)
        if error is not None:  # the student's mistake: it is explained and stops no notebook
            return Trial(case, error=error, line=safely(None, _line_of, error, self.function)), None
        with quiet():
            answer, error = guarded(kept, answer)
            found, error = guarded(compare, answer, truth, _lengths(case.inputs)) if error is None else (None, error)
        if error is not None:
            found = Comparison(misfit=f"expected numbers, got {kind_of(answer)} that cannot be read")
        after = dict(zip(case.inputs, arguments, strict=True))
        changed = tuple(name for name, before in case.inputs.items() if not _same(before, after[name]))
        shapes = tuple((name, array.shape) for name, array in truth.values.items())
        nothing = answer is None and not self.stub
        return Trial(case, found, changed=changed, shapes=shapes, nothing=nothing), answer

    def _at_a_kink(self, trial, case, truth, answer):
        """The comparison with what is right on any side of a kink; None if that does not make it right."""
        if trial.found is not None and not (trial.found.misfit or trial.found.empty):
            expected, _ = _called(self.solution, case.arguments())
            wider = _truth(case, expected, self.solution, self.rng, MORE_DIRECTIONS)
            if wider.finite and (found := compare(answer, wider)).right:
                return found
        return Comparison() if self._only_here(trial, case) else None

    def _only_here(self, trial, case):
        """Whether the function has no answer at this one point, and the right one wherever one goes from there."""
        given = trial.found.given.values() if trial.found else ()
        if not isinstance(trial.error, AT_A_POINT) and all(np.isfinite(array).all() for array in given):
            return False
        for arguments in case.nearby(self.rng):
            mine, error = _called(self.function, [safely(a, copy.deepcopy, a) for a in arguments])
            right, problem = _called(self.solution, arguments)
            if error is not None or problem is not None:
                return False
            if not compare(mine, Truth.of(right, (), case.scale, case.floor)).right:
                return False
        return True


def _lengths(inputs):
    """Numbers that a wrong factor often comes from: the number of samples, inputs or outputs."""
    found = {}
    for name, value in inputs.items():
        for axis, n in enumerate(safely((), np.shape, value) if isinstance(value, (np.ndarray, list)) else ()):
            if n > 1:
                found[f"{name}.shape[{axis}]" if axis else f"len({name})"] = n
    return found


def _same(before, after):
    """Whether an input is still what it was; where that cannot be seen, it is."""
    return safely(True, _alike, before, after)


def _alike(before, after):
    if isinstance(before, Mapping):
        return list(before) == list(after) and all(_alike(value, after[key]) for key, value in before.items())
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_alike, before, after))
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, (bool, int, float, str)):  # in a list it may be another one now
        return type(before) is type(after) and (before == after or before != before)
    return True  # what cannot be looked into


def _line_of(error, function):
    """Where in the student's own code it happened: the line's number and text."""
    file = getattr(getattr(inspect.unwrap(function), "__code__", None), "co_filename", None)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return (frames[-1].lineno, frames[-1].line or "") if frames else None


def _must_be_functions(student, solution):
    for what, given in (("your function", student), ("a solution function", solution)):
        if not callable(given):
            advice = "Hand in the function itself, without calling it: check(backward, solution)"
            raise DtypeError(message(what, kind_of(given), advice))


def _takes_other_inputs(function, names):
    signature, error = guarded(inspect.signature, function)
    if error is not None or not isinstance(signature, inspect.Signature):
        return None  # some built-in functions do not tell
    if isinstance(guarded(signature.bind, *names)[1], TypeError):
        written = shown(safely("other inputs", str, signature))
        return f"expected the inputs ({', '.join(names)}), got a function of {written}"
    return None


def _name_of(function):
    name = safely("", getattr, function, "__name__", "")
    return name if isinstance(name, str) and name.isidentifier() else "your function"


# ---------------------------------------------------------------------------------------------- the verdict

def _verdict(name, trials):
    if all(trial.open for trial in trials):
        return Result("not_attempted", "Not attempted yet. Fill it in and run this cell again.")
    # The student's own numbers first; a case that is all zeros shows nothing, and comes last.
    failing = sorted((trial for trial in trials if not trial.right),
                     key=lambda trial: (not trial.case.own, trial.case.dull, trial.case.size))
    changed = dict.fromkeys(entry for trial in trials for entry in trial.changed)
    changes = tuple(f"{name} changes its input {entry}: work on a copy" for entry in changed)
    if not failing:
        return _all_right(trials, changes)
    first = failing[0]
    many = f": right in {len(trials) - len(failing)} of {len(trials)} cases" if len(trials) > 1 else ""
    if first.error is not None:
        return Result("error", f"{name} stopped with an error{many}", (_told(first), *changes), ("error",),
                      case=first.case.inputs, call=_shown(first))
    if first.nothing:
        return _no_return(name, trials, first, changes)
    if first.found.misfit:
        headline = f"{name} does not return what is asked for"
        return Result("bad_type", headline, (first.found.misfit, *changes), ("bad_type",))
    return _not_right(failing, many, changes)


def _no_return(name, trials, first, changes):
    """A function that works and hands nothing back."""
    count = sum(trial.nothing for trial in trials)
    some = f" in {count} of {len(trials)} cases" if count < len(trials) else ""
    headline = f"{name} returned nothing{some}: is `return` missing{' there' if some else ''}?"
    return Result("bad_type", headline, changes, ("no_return",), case=first.case.inputs if some else None,
                  call=_shown(first) if some else ())


def _all_right(trials, changes):
    if changes:
        return Result("changes_inputs", "The numbers are right, but the inputs are changed", changes)
    notes = [note for trial in trials for note in trial.found.notes if "accepted" in note]
    headline = f"Right in all {len(trials)} cases" if len(trials) > 1 else "Right"
    return Result("correct", headline, tuple(notes[:1]))


def _not_right(failing, many, changes):
    case, found = failing[0].case, failing[0].found
    wrong = _with_exchanges(_best_explanations([trial for trial in failing if trial.found]))
    headline = "Not right yet" if wrong else "Something is not filled in yet"
    still_open = [f"{title(name)} is not filled in yet" for name in found.empty]
    points = [*_points(wrong, found), *still_open, *found.notes]
    return Result("wrong" if wrong else "incomplete", headline + many, (*points, *changes),
                  mistakes=tuple(dict.fromkeys(difference.id for difference in wrong.values())),
                  first_wrong=next(iter([*wrong, *found.empty]), None),
                  case=case.inputs or None, call=_shown(failing[0]) if case.inputs else ())


def _best_explanations(failing) -> dict[str, Difference]:
    """For every wrong answer the first explanation that fits all cases in which it is wrong."""
    best = {}
    for name in dict.fromkeys(name for trial in failing for name in trial.found.wrong):
        trials = [trial for trial in failing if name in trial.found.wrong]
        # At a kink several slopes are right, but explanations know only one of them: regular cases decide.
        decisive = [trial for trial in trials if not trial.case.special] or trials
        common = set.intersection(*({d.key for d in trial.found.wrong[name]} for trial in decisive))
        found = decisive[0].found.wrong[name]
        key = next((d.key for d in found if d.key in common), found[-1].key)  # another kind of answer in every case
        in_words = [d for trial in trials for d in trial.found.wrong[name] if d.key == key]
        best[name] = in_words[0]  # those of the smallest case, which is shown
    return best


def _with_exchanges(wrong):
    """Only answers that hold each other's numbers were exchanged; one that merely equals another right one was not."""
    holds = {name: d.which for name, d in wrong.items() if d.id == ANOTHER}
    while lost := [name for name in holds if sorted(holds.values()).count(holds[name]) > 1 or holds[name] not in holds]:
        holds = {name: other for name, other in holds.items() if name not in lost}
    return {name: d._replace(id="swap_layers") if name in holds else d for name, d in wrong.items()}


def _points(wrong, found):
    kinds = {d.key for d in wrong.values()}
    if len(wrong) > 1 and len(kinds) == 1 and not found.empty and set(wrong) == set(found.given):
        yield f"every answer {next(iter(wrong.values())).text}"
        return
    holds = {name: d.which for name, d in wrong.items() if d.id == "swap_layers"}
    exchanged = {frozenset((name, other)) for name, other in holds.items() if holds.get(other) == name}
    yield from (f"{' and '.join(sorted(pair))} have changed places" for pair in sorted(exchanged, key=sorted))
    for name, difference in wrong.items():
        if not any(name in pair for pair in exchanged):
            yield f"{title(name)} {difference.text}"
    if right := [title(name) for name in found.given if name not in wrong]:
        yield f"right: {', '.join(right)}"


def _told(trial):
    """The student's exception in a sentence, with its line."""
    error, line = trial.error, trial.line
    where = f" in line {line[0]} ({shown(line[1])})" if line else ""
    kind, text = shown(type(error).__name__), said(error)
    return f"{kind}{where}: {text}" if text else f"{kind}{where}"


def _shown(trial):
    """The case, ready to be tried again, and what came back."""
    inputs = [f"{name} = {_written(value)}" for name, value in trial.case.inputs.items()]
    lines = ["your numbers:" if trial.case.own else "the smallest case that fails:", *inputs]
    expected = dict(trial.shapes)
    for name in trial.found.wrong if trial.found else ():
        if name in trial.found.given:
            given = trial.found.given[name]
            shapes = "" if given.shape == expected[name] == () else (
                f"   # shape {shape_text(given.shape)}, expected {shape_text(expected[name])}")
            lines.append(f"{'your ' + name if name != ONLY else 'your result'}: {_short(given)}{shapes}")
    return tuple(lines)


def _written(value):
    """An input as Python writes it; a large one by its shape."""
    text = shown(safely(kind_of(value), _as_python, value), MOST_WRITTEN + 1)
    many = safely((), np.shape, value) if isinstance(value, np.ndarray) else ()
    return text if len(text) <= MOST_WRITTEN else f"… an array of shape {many}" if many else text[:MOST_WRITTEN] + " …"


def _as_python(value):
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()})"
    if type(value) in (list, tuple) and any(isinstance(entry, (np.ndarray, list, tuple, dict)) for entry in value):
        inner = ", ".join(map(_as_python, value))
        end = "," if len(value) == 1 and type(value) is tuple else ""
        return f"[{inner}]" if type(value) is list else f"({inner}{end})"
    if type(value) is dict:
        return "{" + ", ".join(f"{key!r}: {_as_python(entry)}" for key, entry in value.items()) + "}"
    return repr(value)


def _short(array):
    return " ".join(np.array2string(array, precision=4, separator=", ", threshold=20).split())
