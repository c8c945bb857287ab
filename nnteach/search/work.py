"""Doing trials: the loop that a search in this process and every worker process run alike."""

import inspect
import math
import numbers
import os

from ..core.errors import message
from .ledger import Ledger
from .space import SearchError

EXTRAS = ("seed", "report")
"""What an objective may ask for besides the parameters that are searched."""


class ObjectiveFailed(Exception):
    """The objective raised an error; the ledger has it, and it is the cause of this one."""


def check_signature(objective, names) -> tuple[str, ...]:
    """Which of `seed` and `report` the objective wants; its parameters must be those of the space."""
    parameters = inspect.signature(objective).parameters.values()
    taken = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters)
    needed = [p.name for p in parameters if p.name in taken and p.default is p.empty]
    unknown = [name for name in names if name not in taken and not anything]
    missing = [name for name in needed if name not in names and name not in EXTRAS]
    if unknown or missing:
        raise SearchError(
            message(
                f"an objective with the parameters {', '.join(names)} (and, if it likes, seed and report)",
                f"{getattr(objective, '__name__', 'objective')}({', '.join(taken)})",
                " ".join(
                    [f"It has no parameter {name}." for name in unknown]
                    + [f"The space has no {name}." for name in missing]
                ),
            )
        )
    return tuple(name for name in EXTRAS if name in taken and name not in names)


def attempt(ledger: Ledger, trial, objective, extras) -> None:
    """Try a candidate, and write what came of it into the ledger.

    Raises:
        ObjectiveFailed: from the objective's own error, which is in the ledger by then.
    """
    optuna_pruned = _pruned()
    trial_id = ledger.id_of(trial)
    try:
        params = ledger.space.suggest(trial)
        wanted = {"seed": trial.user_attrs["seed"], "report": _reporter(trial)}
        with ledger.heartbeat(trial_id):
            value = objective(**params, **{name: wanted[name] for name in extras})
        score = _score(value)
    except optuna_pruned:
        reported = ledger.reported(trial_id)
        ledger.end(trial_id, "pruned", reported[max(reported)] if reported else None)
    except Exception as error:
        ledger.end(trial_id, "error", error=error)
        raise ObjectiveFailed from error
    except BaseException:  # Ctrl-C: the candidate waits for the next time
        ledger.end(trial_id, "interrupted")
        raise
    else:
        finite = math.isfinite(score)
        ledger.end(trial_id, "complete" if finite else "not finite", score if finite else None)
    finally:
        ledger.let_go(trial_id)


def _score(value) -> float:
    """What the objective returned, as a float."""
    advice = "Return the score, such as an accuracy"
    if not isinstance(value, numbers.Real):
        raise SearchError(message("a number from the objective", f"{_shown(value)}, a {type(value).__name__}", advice))
    try:
        return float(value)
    except OverflowError:
        raise SearchError(message("a number that a float can hold, up to 1.8e308", "a larger one", advice)) from None


def _shown(value) -> str:
    """A value for a message, whatever its repr does."""
    try:
        return f"{value!r:.80}"
    except Exception:
        return "something that cannot be printed"


def _pruned():
    import optuna

    return optuna.TrialPruned


def _reporter(trial):
    def report(value, epoch) -> None:
        """Tell how it goes after an epoch; ends the trial here if others were better by then."""
        trial.report(float(value), int(epoch))
        if trial.should_prune():
            raise _pruned()

    return report


def work(ledger: Ledger, objective, n_trials: int, most: int, parent: int) -> None:
    """What a worker process does: trials until none waits, its number is up, or nobody is left who asked for them."""
    extras = check_signature(objective, ledger.space.entries)
    for _ in range(most):
        if os.name != "nt" and os.getppid() != parent:
            return
        trial = ledger.claim(n_trials)
        if trial is None:
            return
        try:
            attempt(ledger, trial, objective, extras)
        except ObjectiveFailed:
            continue  # the ledger has it
