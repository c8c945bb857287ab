"""Checking a student's function against a solution: by value, on many cases, with words for what differs.

    check(backward, solution)     # a Result: falsy unless right, and it says what to look at

Any way of getting there is right if the numbers are right. The right numbers are never shown.
"""

import inspect
import traceback
import warnings
from dataclasses import dataclass

import numpy as np

from ..errors import DtypeError, message, shape_text
from .cases import Case, CheckError, input_names, make_cases
from .compare import ONLY, Comparison, Truth, compare, title
from .explain import Difference
from .function_mistakes import with_mistakes
from .result import Result
from .values import kind_of


def check(student_function, solution_function, cases: int = 20, rng=None, inputs=None) -> Result:
    """Compare a student's function with a solution function.

    Args:
        student_function: takes the same inputs, in the same order; returns numbers, arrays, Nodes or tensors,
            alone, in a tuple or in a dict, right to three significant digits at least.
        solution_function: the same for the solution.
        cases: how many cases to try: the example, special ones (zeros, ties, dead units) and random ones.
        rng: a `np.random.Generator`; by default the cases are the same every time.
        inputs: a function rng -> dict or tuple of inputs, or example inputs to imitate; by default what the
            solution has in its attribute `inputs` or as default values.

    Returns:
        A Result that is falsy unless every case is right; it shows itself in a notebook.

    Raises:
        DtypeError: one of the two is no function.
        CheckError: nothing says what the inputs look like, or the solution works on none of them.
    """
    _must_be_functions(student_function, solution_function)
    rng = np.random.default_rng(0) if rng is None else rng
    graph = getattr(solution_function, "graph", None)
    made = make_cases(solution_function, cases, rng, inputs)

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
    tried = _cases_with_truth(solution_function, cases, rng, kinks)
    if problem := _takes_other_inputs(student_function, input_names(solution_function)):
        return Result("error", f"{name} takes other inputs", (problem,))
    trials = [_try(student_function, case, truth) for case, truth in tried]
    with _quiet():
        return explain(_verdict(name, trials), trials)


def check_answer(answer, truth) -> Result:
    """Compare an answer that was worked out by hand with the truth, by value and without showing the truth.

    Args:
        answer: a number, an array or a dict of these; None where it is not filled in yet.
        truth: the same, computed.
    """
    found = compare(answer, Truth.of(truth))
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
    """

    case: Case
    found: Comparison | None = None
    error: BaseException | None = None
    line: tuple[int, str] | None = None
    changed: tuple[str, ...] = ()
    shapes: tuple[tuple[str, tuple], ...] = ()

    @property
    def right(self) -> bool:
        return self.found is not None and self.found.right

    @property
    def open(self) -> bool:
        """Whether nothing was handed in."""
        if isinstance(self.error, NotImplementedError):
            return True
        found = self.found
        return found is not None and bool(found.empty) and not (found.given or found.wrong or found.notes)


# ------------------------------------------------------------------------------------ running the functions

def _cases_with_truth(solution, cases, rng, kinks):
    """The cases on which the solution has an answer, with it; elsewhere nothing can be compared."""
    tried, last = [], None
    for case in cases:
        nearby = case.nearby(rng) if kinks else ()
        try:
            with _quiet():
                truth = Truth.of(solution(*case.arguments()), [solution(*near) for near in nearby])
        except Exception as error:
            last = error
            continue
        if truth.finite:
            tried.append((case, truth))
    if not tried:
        got = f"none in {len(cases)} cases ({last or 'nan or infinity'})"
        raise CheckError(message("a solution that returns finite numbers", got,
                                 "Give inputs= that the solution can work on")) from last
    return tried


def _try(function, case, truth):
    arguments = case.arguments()
    try:
        with _quiet():
            answer = function(*arguments)
            found = compare(answer, truth, _lengths(case.inputs))
    except (Exception, SystemExit) as error:  # the student's mistake: it is explained and stops no notebook
        return Trial(case, error=error, line=_line_of(error, function))
    after = dict(zip(case.inputs, arguments, strict=True))
    changed = tuple(name for name, before in case.inputs.items() if not _same(before, after[name]))
    shapes = tuple((name, array.shape) for name, array in truth.values.items())
    return Trial(case, found, changed=changed, shapes=shapes)


class _quiet(warnings.catch_warnings):
    """An overflow in one of twenty cases is no reason to fill the notebook with warnings."""

    def __enter__(self):
        super().__enter__()
        warnings.simplefilter("ignore")


def _lengths(inputs):
    """Numbers that a wrong factor often comes from: the number of samples, inputs or outputs."""
    found = {}
    for name, value in inputs.items():
        for axis, n in enumerate(np.shape(value) if isinstance(value, (np.ndarray, list)) else ()):
            if n > 1:
                found[f"{name}.shape[{axis}]" if axis else f"len({name})"] = n
    return found


def _same(before, after):
    if isinstance(before, (np.ndarray, list)):
        try:
            return np.array_equal(before, after, equal_nan=np.asarray(before).dtype.kind == "f")
        except ValueError:
            return False
    return True  # numbers and texts cannot be changed in place


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
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return None  # some built-in functions do not tell
    try:
        signature.bind(*names)
    except TypeError:
        return f"expected the inputs ({', '.join(names)}), got a function of {signature}"
    return None


def _name_of(function):
    name = getattr(function, "__name__", "")
    return name if name.isidentifier() else "your function"


# ---------------------------------------------------------------------------------------------- the verdict

def _verdict(name, trials):
    failing = sorted((trial for trial in trials if not trial.right), key=lambda trial: trial.case.size)
    if any(trial.open for trial in failing):
        return Result("not_attempted", "Not attempted yet. Fill it in and run this cell again.")
    changed = dict.fromkeys(entry for trial in trials for entry in trial.changed)
    changes = tuple(f"{name} changes its input {entry}: work on a copy" for entry in changed)
    if not failing:
        return _all_right(trials, changes)
    first = failing[0]
    many = f": right in {len(trials) - len(failing)} of {len(trials)} cases" if len(trials) > 1 else ""
    if first.error is not None:
        return Result("error", f"{name} stopped with an error{many}", (_told(first), *changes), ("error",),
                      case=first.case.inputs, call=_shown(first))
    if first.found.misfit:
        headline = f"{name} does not return what is asked for"
        return Result("bad_type", headline, (first.found.misfit, *changes), ("bad_type",))
    return _not_right(failing, many, changes)


def _all_right(trials, changes):
    if changes:
        return Result("changes_inputs", "The numbers are right, but the inputs are changed", changes)
    notes = [note for trial in trials for note in trial.found.notes if "accepted" in note]
    headline = f"Right in all {len(trials)} cases" if len(trials) > 1 else "Right"
    return Result("correct", headline, tuple(notes[:1]))


def _not_right(failing, many, changes):
    case, found = failing[0].case, failing[0].found
    wrong = _best_explanations([trial for trial in failing if trial.found])
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
        key = next(d.key for d in decisive[0].found.wrong[name] if d.key in common)
        in_words = [d for trial in trials for d in trial.found.wrong[name] if d.key == key]
        best[name] = in_words[0]  # those of the smallest case, which is shown
    return best


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
    where = f" in line {line[0]} ({line[1]})" if line else ""
    return f"{type(error).__name__}{where}: {error}" if str(error) else f"{type(error).__name__}{where}"


def _shown(trial):
    """The case, ready to be tried again, and what came back."""
    inputs = [f"{name} = {_written(value)}" for name, value in trial.case.inputs.items()]
    lines = ["the smallest case that fails:", *inputs]
    expected = dict(trial.shapes)
    for name in trial.found.wrong if trial.found else ():
        if name in trial.found.given:
            given = trial.found.given[name]
            shapes = "" if given.shape == expected[name] == () else (
                f"   # shape {shape_text(given.shape)}, expected {shape_text(expected[name])}")
            lines.append(f"{'your ' + name if name != ONLY else 'your result'}: {_short(given)}{shapes}")
    return tuple(lines)


def _written(value):
    text = f"np.array({value.tolist()})" if isinstance(value, np.ndarray) else repr(value)
    return text if len(text) <= 300 else f"… an array of shape {np.shape(value)}"


def _short(array):
    return " ".join(np.array2string(array, precision=4, separator=", ", threshold=20).split())
