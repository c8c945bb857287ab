"""What a search found."""

import csv
from dataclasses import dataclass
from pathlib import Path

from ..errors import message
from .ledger import outcome
from .space import SearchError


@dataclass(frozen=True)
class Trial:
    """One candidate and what became of it.

    Attributes:
        index: of the candidate, 0 … n_trials − 1.
        state: complete, pruned, error, "not finite", interrupted, running or waiting.
        value: what the objective returned, or None.
        params: name -> value.
        seed: what the objective got as `seed`.
        seconds: how long the last attempt took, or None.
        attempts: how often it was tried; more than once after interruptions and errors.
        error: the traceback, if the objective raised one.
    """

    index: int
    state: str
    value: float | None
    params: dict
    seed: int
    seconds: float | None
    attempts: int
    error: str = ""


class Result:
    """The trials of a search, in order of the candidates.

    Attributes:
        trials: list of Trial.
        study: the journal file; nt.search carries on with it.
        optuna: Optuna's own study, for its plots and its analysis of importance.
    """

    def __init__(self, ledger, n_trials: int, study: str):
        attempts = ledger.attempts()
        self.trials = [_trial(index, attempts[index]) for index in sorted(attempts) if index < n_trials]
        self.study, self.optuna = study, ledger.study
        self.maximize = ledger.settings["direction"] == "maximize"

    @property
    def best(self) -> Trial:
        """The trial with the best value."""
        complete = [trial for trial in self.trials if trial.state == "complete"]
        if not complete:
            raise SearchError(
                message(
                    "a trial that was completed",
                    f"none of {len(self.trials)}",
                    "See .trials for what became of them",
                )
            )
        return (max if self.maximize else min)(complete, key=lambda trial: trial.value)

    @property
    def table(self) -> list[dict]:
        """One dict per trial, ready for pandas.DataFrame."""
        return [
            {
                "index": t.index,
                "state": t.state,
                "value": t.value,
                **t.params,
                "seed": t.seed,
                "seconds": t.seconds,
                "attempts": t.attempts,
            }
            for t in self.trials
        ]

    def to_csv(self, path) -> Path:
        """Write the table to a file, and return its path."""
        columns = list(dict.fromkeys(column for row in self.table for column in row))
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(self.table)
        return Path(path)

    def __len__(self):
        return len(self.trials)

    def __repr__(self):
        counts = {}
        for trial in self.trials:
            counts[trial.state] = counts.get(trial.state, 0) + 1
        said = f"Search: {', '.join(f'{count} {state}' for state, count in counts.items()) or 'no trials'}"
        if "complete" not in counts:
            return said
        params = ", ".join(f"{name}={_short(value)}" for name, value in self.best.params.items())
        return f"{said}\n  best {_short(self.best.value)} with {params} (trial {self.best.index})"


def _short(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _trial(index, attempts) -> Trial:
    last = attempts[-1]
    seconds = last.duration.total_seconds() if last.duration is not None else None
    params = last.params or last.system_attrs.get("fixed_params", {})
    return Trial(
        index,
        outcome(last),
        last.value,
        dict(params),
        last.user_attrs["seed"],
        seconds,
        len(attempts),
        last.user_attrs.get("error", ""),
    )
