"""A search while it runs: a bar where somebody looks, or the picture of the best so far in a notebook."""

import sys
import time

from ..support.progress import bars, in_notebook
from .ledger import outcome
from .result import Result

OPEN = ("waiting", "running")
SECONDS = 1.0
"""Least time between two pictures: drawing one takes a tenth of a second."""


def watcher(ledger, n_trials: int, study: str, show):
    """What shows how the search goes.

    Args:
        show: True for a bar, "plot" for the picture, False for nothing; None: a bar if somebody looks.
    """
    if show == "plot" and in_notebook():
        return _Picture(ledger, n_trials, study)
    return _Bar(ledger, n_trials, (sys.stderr.isatty() or in_notebook()) if show is None else show is True)


class _Bar:
    """tqdm's bar with the best value so far."""

    def __init__(self, ledger, n_trials, shown):
        self.bar = None
        self.best = max if ledger.settings["direction"] == "maximize" else min
        if shown:
            self.bar = bars()(total=n_trials, unit="trial", desc="search", leave=False)

    def update(self, latest):
        if self.bar is None:
            return
        values = [trial.value for trial in latest if outcome(trial) == "complete"]
        self.bar.n = sum(outcome(trial) not in OPEN for trial in latest)
        if values:
            self.bar.set_postfix(best=f"{self.best(values):.4g}", refresh=False)
        self.bar.refresh()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.bar is not None:
            self.bar.close()


class _Picture:
    """The best so far, drawn anew about every second; in the end it is replaced by a picture that stays."""

    def __init__(self, ledger, n_trials, study):
        from ..demos.framework.picture import Picture  # anywidget is not needed to search

        self.made_of = ledger, n_trials, study
        self.widget, self.drawn = Picture(title="Search", say=f"0 of {n_trials} trials"), 0.0

    def update(self, latest):
        if time.monotonic() - self.drawn > SECONDS:
            self._draw()
            self.drawn = time.monotonic()

    def _draw(self):
        from ..demos.framework.content import quick

        result = Result(*self.made_of)
        done = sum(trial.state not in OPEN for trial in result.trials)
        if any(trial.state == "complete" for trial in result.trials):
            shown = result.plot()
            self.widget.title = shown.alt
            self.widget.show(quick(shown.figure), f"{done} of {self.made_of[1]} trials. {shown.alt}")

    def __enter__(self):
        from IPython.display import display

        display(self.widget)
        return self

    def __exit__(self, kind, *_):
        from IPython.display import display

        self.widget.close()
        result = Result(*self.made_of)
        if kind is None and any(trial.state == "complete" for trial in result.trials):
            display(result.plot())  # the widget is gone when the notebook is opened again; this stays
