"""The ledger: an Optuna study in a journal file. It alone knows what was tried, what is tried now, by whom.

Every candidate has an index, 0 … n_trials − 1, and a seed made of it. A trial of Optuna's is one attempt at a
candidate: WAITING until a worker claims it, RUNNING while the worker lives, then COMPLETE, PRUNED or FAIL. An
attempt whose worker is gone is marked interrupted, and the candidate is queued again. Optuna itself would leave
it RUNNING for ever.

A worker on this machine is gone if its process is; one on another machine, if its heart has stopped: while it
works it counts up a number in its trial, and we look by our own clock whether that number still moves.
"""

import contextlib
import datetime
import threading
import time
import traceback

import numpy as np

from ..core.errors import message
from . import owners
from .space import SearchError, Space
from .storage import Lock, open_storage, optuna_itself, pruner_of

UNOWNED_SECONDS = 5
"""Age at which an attempt without an owner was claimed by a process that was killed in the same moment."""
BEAT_SECONDS = 10
"""Time between two heartbeats of a worker."""
SILENT_SECONDS = 60
"""Time without a heartbeat after which a worker on another machine is given up."""
MOST_INTERRUPTIONS = 5
"""Attempts at one candidate that may take their process with them, before it is given up in this run."""


AT_WORK: set[tuple[str, int]] = set()
"""What this process is at: place of the ledger and id of the trial. A trial of ours that is not here was dropped."""


class Ledger:
    """The study, and who does what in it.

    Args:
        place: a journal file, or the address of a database that Optuna knows.
        space: what is searched.
        settings: direction, sampler, pruner, seed and objective; kept in the study, so that a search is
            carried on with what it was begun with.
    """

    def __init__(self, place: str, space: Space, settings: dict):
        optuna = optuna_itself()
        self.space, self.settings, self.place = space, settings, place
        self._planning = contextlib.nullcontext()
        self.storage = open_storage(place)
        if "://" not in place:
            self._planning = Lock(f"{place}.plan")
        self.study = optuna.create_study(
            study_name="nnteach",
            storage=self.storage,
            direction=settings["direction"],
            load_if_exists=True,
            pruner=pruner_of(settings["pruner"]),
        )
        self.study_id = self.storage.get_study_id_from_name(self.study.study_name)
        self.states = optuna.trial.TrialState
        self._hearts = {}  # number of a trial elsewhere -> its last heartbeat, and when we first saw that
        self._check_same(place)

    def _check_same(self, place):
        """Refuse to mix two searches in one ledger."""
        ours = {**{f"space: {name}": said for name, said in self.space.describe().items()}, **self.settings}
        theirs = self.study.user_attrs.get("nnteach")
        if theirs is None:
            self.study.set_user_attr("nnteach", ours)
            return
        differing = [
            f"{key}: {theirs.get(key, 'not there')}  →  {ours.get(key, 'not there')}"
            for key in dict.fromkeys([*theirs, *ours])
            if theirs.get(key) != ours.get(key)
        ]
        if differing:
            raise SearchError(
                message(
                    f"the search that {place} was begun with",
                    "another one\n    " + "\n    ".join(differing),
                    "Name another file as study=, or search on with the same settings",
                )
            )

    # ------------------------------------------------------------------------------------------------- attempts

    def id_of(self, trial) -> int:
        """The number by which the storage knows a trial of this study, whichever storage it is."""
        return self.storage.get_trial_id_from_study_id_trial_number(self.study_id, trial.number)

    def reported(self, trial_id: int) -> dict[int, float]:
        """What a trial has reported so far, epoch by epoch."""
        return self.storage.get_trial(trial_id).intermediate_values

    def attempts(self) -> dict[int, list]:
        """Optuna's trials by index of the candidate, oldest first."""
        found = {}
        for trial in self.study.get_trials(deepcopy=False):
            lost = trial.state == self.states.WAITING and "seed" not in trial.user_attrs  # see journal.py
            if "index" in trial.user_attrs and not lost and outcome(trial) != "queued twice":
                found.setdefault(trial.user_attrs["index"], []).append(trial)
        return found

    def plan(self, n_trials: int) -> None:
        """Queue every candidate that is neither done nor being done; an error gets another chance."""
        with self._planning as lock:
            self._mark_interrupted()
            attempts = self.attempts()
            for index in range(n_trials):
                if lock is not None:
                    lock.keep()
                before = attempts.get(index, [])
                if not before or outcome(before[-1]) in ("interrupted", "error"):
                    self._queue(index, before)

    def recover(self, n_trials: int, since: datetime.datetime) -> None:
        """Queue candidates again whose workers were killed in this run."""
        with self._planning:
            self._mark_interrupted()
            for index, trials in self.attempts().items():
                lost = [
                    t for t in trials if outcome(t) == "interrupted" and t.datetime_start and t.datetime_start >= since
                ]
                again = outcome(trials[-1]) == "interrupted" and len(lost) < MOST_INTERRUPTIONS
                if index < n_trials and again:
                    self._queue(index, trials)

    def _queue(self, index, before):
        if self.settings["sampler"] == "random":
            params = self.space.sample(self.settings["seed"], index)
        else:  # what an interrupted attempt was about to try is tried again
            known = before[-1].params if before else {}
            params = known if set(known) == set(self.space.entries) else {}
        self.study.enqueue_trial(params, user_attrs={"index": index, "seed": self.seed_of(index)})

    def _mark_interrupted(self):
        now = datetime.datetime.now()
        for trial in self.study.get_trials(deepcopy=False, states=(self.states.RUNNING,)):
            owner = trial.user_attrs.get("owner")
            unowned = owner is None and (now - trial.datetime_start).total_seconds() > UNOWNED_SECONDS
            dropped = owner == owners.me() and self._key(self.id_of(trial)) not in AT_WORK
            if unowned or dropped or (owner and (owners.is_gone(owner) or self._is_silent(trial, owner))):
                self.end(self.id_of(trial), "interrupted")

    def _key(self, trial_id: int) -> tuple[str, int]:
        return self.place, trial_id

    def let_go(self, trial_id: int) -> None:
        """Nobody in this process works at the trial any more, whatever the ledger could be told of it."""
        AT_WORK.discard(self._key(trial_id))

    def _is_silent(self, trial, owner) -> bool:
        """Whether a worker on another machine has not given a sign of life for long; their clock is not asked."""
        if owners.is_here(owner):
            return False
        beat, now = trial.user_attrs.get("beat", 0), time.monotonic()
        last, since = self._hearts.get(trial.number, (None, now))
        self._hearts[trial.number] = (beat, since if beat == last else now)
        return beat == last and now - since > SILENT_SECONDS

    @contextlib.contextmanager
    def heartbeat(self, trial_id: int):
        """Count up a number in the trial as long as this lasts, for those who look from other machines."""
        done = threading.Event()

        def beat():
            count = 0
            while not done.wait(BEAT_SECONDS):
                count += 1
                with contextlib.suppress(Exception):  # the trial itself will tell of a ledger out of reach
                    self.storage.set_trial_user_attr(trial_id, "beat", count)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def seed_of(self, index: int) -> int:
        """The seed of a candidate, whoever tries it and whenever."""
        return int(np.random.SeedSequence([self.settings["seed"], index]).generate_state(1)[0])

    def claim(self, n_trials: int):
        """The next candidate that waits, as an Optuna trial that is ours alone; None if none waits."""
        optuna = optuna_itself()
        waiting = self.study.get_trials(deepcopy=False, states=(self.states.WAITING,))
        for trial in sorted(waiting, key=lambda trial: trial.user_attrs.get("index", 0)):
            if trial.user_attrs.get("index", n_trials) >= n_trials or "seed" not in trial.user_attrs:
                continue
            with contextlib.suppress(optuna.exceptions.UpdateFinishedTrialError):
                trial_id = self.id_of(trial)
                if self.storage.set_trial_state_values(trial_id, self.states.RUNNING):
                    AT_WORK.add(self._key(trial_id))
                    self.storage.set_trial_user_attr(trial_id, "owner", owners.me())
                    # Once more which candidate it is: should lines of the journal be lost, this tells the trials apart.
                    self.storage.set_trial_user_attr(trial_id, "index", trial.user_attrs["index"])
                    if not self._is_queued_twice(trial):
                        return optuna.trial.Trial(self._study_for(trial), trial_id)
                    self.end(trial_id, "queued twice")
        return None

    def _is_queued_twice(self, trial) -> bool:
        """Whether an earlier attempt at the same candidate waits, runs or is done.

        A database has no lock for planners, so two may queue a candidate. The one queued first counts: whoever
        sees the later one also sees it.
        """
        before = self.attempts().get(trial.user_attrs["index"], [])
        return any(t.number < trial.number and t.state != self.states.FAIL for t in before)

    def _study_for(self, trial):
        """The study with a sampler of the trial's own seed, so that a resumed search goes the same way.

        Loaded anew for every trial: a study object keeps what it once read of the others.
        """
        optuna = optuna_itself()
        kind = optuna.samplers.TPESampler if self.settings["sampler"] == "tpe" else optuna.samplers.RandomSampler
        return optuna.load_study(
            study_name=self.study.study_name,
            storage=self.storage,
            pruner=self.study.pruner,
            sampler=kind(seed=trial.user_attrs["seed"]),
        )

    def end(self, trial_id: int, how: str, value: float | None = None, error: BaseException | None = None) -> None:
        """Close an attempt: "complete" with a value, "pruned", "error", "not finite", "interrupted", "queued twice"."""
        optuna = optuna_itself()
        with contextlib.suppress(optuna.exceptions.UpdateFinishedTrialError):  # two may notice the same dead worker
            if how not in ("complete", "pruned"):
                self.storage.set_trial_user_attr(trial_id, "outcome", how)
            if error is not None:
                said = "".join(traceback.format_exception_only(error)).strip()
                self.storage.set_trial_user_attr(trial_id, "said", said[:2000])
                self.storage.set_trial_user_attr(trial_id, "error", "".join(traceback.format_exception(error))[-4000:])
            state = {"complete": self.states.COMPLETE, "pruned": self.states.PRUNED}.get(how, self.states.FAIL)
            self.storage.set_trial_state_values(trial_id, state, None if value is None else [value])


def outcome(trial) -> str:
    """What became of an attempt: waiting, running, complete, pruned, error, "not finite" or interrupted."""
    state = trial.state.name.lower()
    return trial.user_attrs.get("outcome", "interrupted") if state == "fail" else state
