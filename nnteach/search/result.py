"""What a search found."""

import base64
import csv
import html
import io
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import message
from ..support import atomic
from ..support.shown import Shown
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
        space: the Space that was searched.
        sampler: "random" or "tpe".
        maximize: whether large values are good.
        optuna: Optuna's own study, for its plots and its analysis of importance.
    """

    def __init__(self, ledger, n_trials: int, study: str):
        attempts = ledger.attempts()
        wanted = [index for index in sorted(attempts) if index < n_trials]
        self.trials = [_trial(index, attempts[index], ledger.seed_of(index)) for index in wanted]
        self.study, self.optuna = study, ledger.study
        self.space, self.sampler = ledger.space, ledger.settings["sampler"]
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
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows(self.table)
        atomic.write_text(path, text.getvalue())
        return Path(path)

    def plot(self, kind: str = "best", **settings) -> "Plot":
        """A picture with alt text that shows itself in a notebook.

        Args:
            kind: "best" (so far, with the band of random searches), "parallel" (coordinates), "importance" or
                "curves" (of learning).
            settings: of the function in `plots.py` that draws it.
        """
        from .plots import KINDS  # matplotlib is not needed to search

        if kind not in KINDS:
            raise SearchError(message(f"a picture among {', '.join(KINDS)}", repr(kind)))
        return Plot(KINDS[kind](self, **settings))

    def report(self, rows: int = 10) -> str:
        """What came of it as a table of text: the best trials first.

        Args:
            rows: how many trials at most.
        """
        order = sorted(
            self.trials,
            key=lambda t: (
                t.state != "complete",
                t.value is None,
                0 if t.value is None else t.value * (-1) ** self.maximize,
            ),
        )
        names = list(self.space.entries)
        table = [["trial", "value", *names, "state", "time"]] + [
            [
                str(t.index),
                _short(t.value),
                *(_short(t.params.get(name, "")) for name in names),
                t.state,
                _time(t.seconds),
            ]
            for t in order[:rows]
        ]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
        lines.insert(1, "  ".join("─" * width for width in widths))
        left = len(order) - rows
        return "\n".join([repr(self), "", *lines, *([f"… and {left} more"] if left > 0 else [])])

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


# Of a picture that grew while the search went on, and was a widget, JupyterLab shows an error when it is opened again.
STYLE = ".jp-OutputArea:has(.nnteach-search) .jp-OutputArea-output.jupyter-widgets:not(:has(*)) { display: none; }"


class Plot(Shown):
    """A picture of a search.

    Attributes:
        figure: the matplotlib Figure.
        alt: what a screen reader says.
    """

    def __init__(self, figure):
        self.figure, self.alt = figure, figure.get_label()

    def save(self, path):
        """Write it to a file; the ending, such as .png, .svg or .pdf, says what kind."""
        with atomic.whole(path) as part:
            self.figure.savefig(part, format=Path(path).suffix[1:] or None)

    def __repr__(self):
        return self.alt

    def _repr_html_(self):
        from ..demos.framework.content import small

        data = base64.b64encode(small(self.figure)).decode("ascii")
        alt = html.escape(self.alt)
        return (f'<img alt="{alt}" style="width:100%;max-width:1280px" src="data:image/png;base64,{data}"'
                f' class="nnteach-search"><style>{STYLE}</style>')


def _short(value):
    return "–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _time(seconds):
    return "–" if seconds is None else f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _trial(index, attempts, seed) -> Trial:
    last = attempts[-1]
    seconds = last.duration.total_seconds() if last.duration is not None else None
    params = {**last.system_attrs.get("fixed_params", {}), **last.params}
    return Trial(
        index,
        outcome(last),
        last.value,
        dict(params),
        seed,
        seconds,
        len(attempts),
        last.user_attrs.get("error", ""),
    )
