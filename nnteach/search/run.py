"""The search: plan, have the trials done here or by worker processes, look after the workers, report."""

import datetime
import importlib
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from ..core.errors import message
from .crew import RECYCLED, Crew
from .ledger import Ledger, outcome
from .live import OPEN, watcher
from .result import Result
from .space import SearchError, Space
from .storage import unwritable
from .work import ObjectiveFailed, attempt, check_signature

MOST_TRIALS = 1_000_000
"""Every candidate is queued in the ledger before the first is tried; a larger number is a slip of the keyboard."""
POLL = 0.2
"""Seconds between two looks at the workers."""
ALLOWED = {"direction": ("maximize", "minimize"), "sampler": ("random", "tpe"), "pruner": (None, "median")}


def search(
    objective,
    space,
    n_trials: int | None = None,
    study: str = "search.log",
    *,
    direction: str = "maximize",
    sampler: str = "random",
    pruner: str | None = None,
    n_jobs: int = 1,
    seed: int = 0,
    recycle: int = RECYCLED,
    show: bool | str | None = None,
) -> Result:
    """Try candidates of a space, and remember all of them in a file.

    Args:
        objective: a function with the names of the space as parameters, which returns a number. If it has a
            parameter `seed`, it gets a whole number, always the same for the same candidate; if it has a
            parameter `report`, a function report(value, epoch), which also ends trials that the pruner gives up.
        space: names to ranges and choices, or a list of candidates; see `space.py`.
        n_trials: in total, those of earlier calls included; for a list of candidates the default is all.
        study: the journal file, or the address of a database. The same call carries on with it.
        direction: "maximize" or "minimize".
        sampler: "random", whose candidates depend on the seed alone, or "tpe", which learns from what is done.
        pruner: None, or "median": give up what is worse than half of the others at the same epoch.
        n_jobs: processes; 1 works in this one.
        seed: of the candidates, and of the seeds that trials get.
        recycle: trials after which a worker process is replaced: frameworks lose memory with every model.
        show: True for a progress bar, "plot" for a picture that grows in the notebook, False for nothing; None: a
            bar if somebody looks.

    Raises:
        SearchError: if the settings make no sense, the study is of another search, or the objective fails
            before any trial was completed.
    """
    space = Space(space)
    n_trials = _total(n_trials, space)
    chosen = {"direction": direction, "sampler": sampler, "pruner": pruner}
    _check_choices(chosen, space)
    _check_counts(n_jobs=n_jobs, recycle=recycle, seed=seed)
    extras = check_signature(objective, list(space.entries))
    name = getattr(objective, "__qualname__", type(objective).__name__)
    try:
        ledger = Ledger(str(study), space, {**chosen, "seed": int(seed), "objective": name})
        ledger.plan(n_trials)
        with watcher(ledger, n_trials, str(study), show) as bar:
            if n_jobs == 1:
                _here(ledger, objective, extras, n_trials, bar)
            else:
                _by_workers(ledger, objective, str(study), n_trials, (n_jobs, recycle), bar)
        return Result(ledger, n_trials, str(study))
    except OSError as error:  # the objective's own errors are in the ledger; this is the ledger's
        raise unwritable(study, error) from error


def _total(n_trials, space):
    if n_trials is None and space.candidates is not None:
        return len(space.candidates)
    if not _is_whole(n_trials) or not 0 <= n_trials <= MOST_TRIALS:
        raise SearchError(message(f"n_trials, a whole number from 0 to {MOST_TRIALS:,}", repr(n_trials)))
    if space.candidates is not None and n_trials > len(space.candidates):
        raise SearchError(message(f"n_trials up to {len(space.candidates)}, the length of the list", str(n_trials)))
    return n_trials


def _check_choices(chosen, space):
    for name, allowed in ALLOWED.items():
        if chosen[name] not in allowed:
            raise SearchError(message(f"{name} as one of {', '.join(map(repr, allowed))}", repr(chosen[name])))
    if space.candidates is not None and chosen["sampler"] != "random":
        raise SearchError(
            message('sampler="random" with a list of candidates', repr(chosen["sampler"]), "The list is the sample")
        )


def _check_counts(**given):
    for name, number in given.items():
        least = 0 if name == "seed" else 1
        if not _is_whole(number) or number < least:
            raise SearchError(message(f"{name} as a whole number from {least}", repr(number)))


def _is_whole(number) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _latest(ledger, n_trials) -> list:
    """The last attempt at every candidate."""
    return [trials[-1] for index, trials in ledger.attempts().items() if index < n_trials]


def _is_open(trials) -> bool:
    return any(outcome(trial) in OPEN for trial in trials)


def _here(ledger, objective, extras, n_trials, bar):
    """All trials in this process; what another process is at is waited for."""
    begun = datetime.datetime.now()
    while True:
        trial = ledger.claim(n_trials)
        if trial is None:
            ledger.recover(n_trials, begun)
            latest = _latest(ledger, n_trials)
            bar.update(latest)
            if not _is_open(latest):
                return
            if not any(outcome(t) == "waiting" for t in latest):
                time.sleep(POLL)
            continue
        try:
            attempt(ledger, trial, objective, extras)
        except ObjectiveFailed as failed:
            _give_up_if_hopeless(_latest(ledger, n_trials), failed.__cause__)
        bar.update(_latest(ledger, n_trials))


def _give_up_if_hopeless(latest, cause=None):
    """An objective that fails before any trial was completed has a mistake: do not fail n times with it."""
    failed = [trial for trial in latest if outcome(trial) == "error"]
    if not failed or any(outcome(trial) in ("complete", "pruned") for trial in latest):
        return
    told = failed[0].user_attrs
    advice = "Correct it, and search again: nothing is lost"
    if cause is None:  # it happened in a worker: its traceback is all there is
        advice += f". In the worker:\n{told['error'].strip()}"
    raise SearchError(
        message("an objective that works", f"in trial {told['index']}: {told['said']}", advice)
    ) from cause


# --------------------------------------------------------------------------------------------- worker processes


def _by_workers(ledger, objective, place, n_trials, crew_of, bar):
    """Keep a crew of processes at work until nothing is open; `crew_of` is its size and `recycle`."""
    begun = datetime.datetime.now()
    with tempfile.TemporaryDirectory(prefix="nnteach-search-") as folder, Crew(Path(folder), *crew_of) as crew:
        crew.write_job(objective, ledger, place, n_trials)
        while True:
            crew.look()
            ledger.recover(n_trials, begun)
            latest = _latest(ledger, n_trials)
            bar.update(latest)
            _give_up_if_hopeless(latest)
            if not _is_open(latest):
                return
            crew.hire(sum(outcome(trial) == "waiting" for trial in latest))
            time.sleep(POLL)


def load_objective(name: str):
    """The function that "module:function" names; the module may lie in the current folder."""
    module, _, function = name.partition(":")
    if not function:
        raise SearchError(message("MODULE:FUNCTION, such as train:accuracy", repr(name)))
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        raise SearchError(message(f"a module {module} in this folder, or installed", str(error))) from error
    if not callable(getattr(found, function, None)):
        raise SearchError(message(f"a function {function} in {module}", f"{module} has no such function"))
    return getattr(found, function)
