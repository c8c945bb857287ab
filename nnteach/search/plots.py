"""Pictures of a search: plain matplotlib figures, whose label is their alt text.

    nt.search.plots.best_so_far(result)          or result.plot()
    nt.search.plots.parallel(result)                result.plot("parallel")
    nt.search.plots.importance(result)              result.plot("importance")
    nt.search.plots.learning_curves(result)         result.plot("curves")

What colour says is said again by a marker, a line's width or a word.
"""

import functools
import math
import warnings

import numpy as np

from ..core.errors import message
from ..demos.framework.style import BACKWARD, FORWARD, INK, LINE, QUIET, RC, label_ends, panels
from ..symbolic.number_format import number as digits
from .space import Choice, SearchError

SIZE = (12.8, 6.0)
RIGHT = 0.76  # of the axes: beside them stand what the lines are, and the legend
QUANTILES = (0.05, 0.95)
"""Edges of the band: of random searches, 9 in 10 run inside it."""
LINES = {
    "best": {"color": BACKWARD, "linewidth": 5},
    "complete": {"color": FORWARD, "linewidth": 1.5},
    "pruned": {"color": QUIET, "linewidth": 1.5, "linestyle": (0, (4, 2)), "marker": "x"},
}


def _in_style(draw):
    """The course's style while a picture is drawn, and no longer."""

    @functools.wraps(draw)
    def styled(result, **settings):
        from matplotlib import rc_context

        with rc_context(RC):
            return draw(result, **settings)

    return styled


@_in_style
def best_so_far(result, against=None):
    """Every trial's value, and the best so far; around it the band in which random searches run.

    Args:
        result: a Result.
        against: a Result of random candidates that the band is computed from; None: `result` itself, if its
            candidates are random.
    """
    figure, axes = _figure()
    done = [trial for trial in result.trials if trial.state == "complete"]
    if not done:
        raise _nothing("a completed trial", result)
    index, values = np.array([trial.index for trial in done]), np.array([trial.value for trial in done])
    best = (np.maximum if result.maximize else np.minimum).accumulate(values)
    told = _band(axes, result if against is None and result.sampler == "random" else against)
    pruned = [trial.index for trial in result.trials if trial.state == "pruned"]
    if pruned:  # at the edge: the values at which they were given up are of other epochs
        axes.plot(pruned, [0.02] * len(pruned), "x", color=QUIET, label="pruned", transform=axes.get_xaxis_transform())
    axes.plot(index, values, "o", color=FORWARD, markersize=7, label="trial")
    axes.step([*index, len(result.trials) - 1], [*best, best[-1]], where="post", color=BACKWARD, label="best so far")
    last = len(result.trials)
    axes.set(xlim=(-0.5, last - 0.5), xlabel="trial", ylabel="value", title="Best so far")
    ends = [(best[-1], f"best {digits(best[-1])}", BACKWARD)]
    label_ends(axes, ends)
    _legend(axes)
    better = "highest" if result.maximize else "lowest"
    return _said(
        figure,
        f"Best so far over {last} trials, {len(pruned)} of them pruned: the {better} value is {digits(best[-1])}, "
        f"reached in trial {result.best.index}.{told}",
    )


def _band(axes, result) -> str:
    """The band of random searches: the best of k draws from these values, without replacement."""
    if result is None:
        return ""
    values = np.sort([t.value for t in result.trials if t.state == "complete"])
    values = values if result.maximize else values[::-1]
    n = len(values)
    if n < 2:
        return ""
    trials = np.arange(len(result.trials))
    # The best of k draws is at most the j-th of n values with probability (j/n)^k.
    low, high = (values[np.ceil(n * quantile ** (1 / (trials + 1))).astype(int) - 1] for quantile in QUANTILES)
    axes.fill_between(
        trials, low, high, color=LINE, alpha=0.6, linewidth=0, step="post", label="9 of 10\nrandom searches"
    )
    return f" A grey band shows where 9 of 10 random searches run, computed from {n} random candidates."


@_in_style
def parallel(result):
    """A line for every completed trial through its parameters to its value; the best is drawn bold."""
    done = sorted(
        (t for t in result.trials if t.state == "complete"), key=lambda t: t.value, reverse=not result.maximize
    )
    if not done:
        raise _nothing("a completed trial", result)
    figure, axes = _figure(right=0.94, bottom=0.12, top=0.86)
    names = [*result.space.entries, "value"]
    values = np.array([trial.value for trial in done])
    columns = [_axis(axes, x, name, result.space.entries[name], done) for x, name in enumerate(names[:-1])]
    columns.append(_scale(axes, len(names) - 1, values.min(), values.max(), lambda v: v))
    heights = np.array(
        [
            [place(trial.params.get(name, trial.value)) for place, name in zip(columns, names, strict=True)]
            for trial in done
        ]
    )
    share = (values - values.min()) / (np.ptp(values) or 1.0)
    share = share if result.maximize else 1 - share
    colours = _map()(0.9 - 0.9 * share)
    for line, colour, part in zip(heights[:-1], colours, share, strict=False):
        axes.plot(line, color=colour, linewidth=1.0 + 1.5 * part, alpha=0.8)
    axes.plot(heights[-1], marker="o", markersize=11, **LINES["best"])
    axes.set_title("Every trial, and the best (bold)")
    _names_below(axes, names)
    best = ", ".join(f"{name} {_plain(value)}" for name, value in result.best.params.items())
    return _said(
        figure,
        f"Parallel coordinates of {len(done)} trials over {', '.join(names)}; the better, the darker and "
        f"wider. The best has {best} and the value {digits(result.best.value)}.",
    )


def _names_below(axes, names):
    """A name below every column, and no other frame: the columns are axes themselves."""
    axes.set(xlim=(-0.25, len(names) - 0.75), ylim=(-0.06, 1.06), yticks=[])
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", length=0, pad=10, labelcolor=INK)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _axis(axes, x, name, entry, done):
    """The vertical axis of a parameter; returns its function from values to heights between 0 and 1."""
    if isinstance(entry, Choice) and not _is_numeric(entry.values):
        places = dict(zip(map(repr, entry.values), np.linspace(0.05, 0.95, len(entry.values)), strict=True))
        _ticks(axes, x, [(place, text.strip("'")) for text, place in places.items()])
        return lambda value: places[repr(value)]
    low, high = (min(entry.values), max(entry.values)) if isinstance(entry, Choice) else (entry.low, entry.high)
    return _scale(axes, x, low, high, math.log if getattr(entry, "log", False) else lambda v: v)


def _scale(axes, x, low, high, transform):
    bottom, top = transform(low), transform(high)
    _ticks(axes, x, [(0.0, digits(low, 3)), (1.0, digits(high, 3))])
    return lambda value: (transform(value) - bottom) / (top - bottom) if top > bottom else 0.5


def _ticks(axes, x, marks):
    axes.axvline(x, color=QUIET, linewidth=1.5, zorder=0)
    for height, text in marks:
        axes.annotate(
            text,
            (x, height),
            (8, 0),
            textcoords="offset points",
            va="center",
            fontsize=14,
            color=INK,
            zorder=5,
            bbox={"facecolor": "white", "alpha": 0.85, "pad": 1.5, "linewidth": 0},
        )


@_in_style
def importance(result):
    """How much of the difference between good and bad trials each parameter explains (PED-ANOVA)."""
    import optuna

    varied = [name for name in result.space.entries if len({repr(t.params.get(name)) for t in result.trials}) > 1]
    if sum(t.state == "complete" for t in result.trials) < 10 or not varied:
        raise _nothing("10 completed trials, whose parameters differ", result)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(result.optuna, evaluator=evaluator, params=varied)
    shares = sorted(found.items(), key=lambda item: item[1])
    figure, axes = _figure(left=0.2, right=0.93)
    bars = axes.barh([name for name, _ in shares], [share for _, share in shares], color=FORWARD, height=0.6)
    axes.bar_label(bars, [f"{100 * share:.0f} %" for _, share in shares], padding=8, fontsize=16, color=INK)
    axes.set(xlim=(0, 1.05), xlabel="share of the importance", title="Which parameters matter")
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=17)
    said = ", ".join(f"{name} {100 * share:.0f} %" for name, share in reversed(shares))
    return _said(figure, f"Importance of the parameters: {said}.")


@_in_style
def learning_curves(result):
    """What was reported after every epoch; pruned trials are dashed and end early, the best is drawn bold."""
    reported = {t.user_attrs["index"]: t.intermediate_values for t in result.optuna.trials if t.intermediate_values}
    shown = [trial for trial in result.trials if trial.index in reported and trial.state in ("complete", "pruned")]
    if not shown:
        raise _nothing("an objective with a parameter `report` that it calls after every epoch", result)
    figure, axes = _figure()
    best = result.best.index if any(t.state == "complete" for t in shown) else None
    for trial in sorted(shown, key=lambda trial: trial.index == best):
        epochs, values = zip(*sorted(reported[trial.index].items()), strict=True)
        axes.plot(epochs, values, markevery=[-1], **LINES["best" if trial.index == best else trial.state])
    pruned = sum(trial.state == "pruned" for trial in shown)
    for state in ("complete", "pruned"):
        axes.plot([], [], label=state, **LINES[state])
    axes.set(xlabel="epoch", ylabel="value", title="Learning curves")
    axes.margins(x=0.02)
    axes.locator_params(axis="x", integer=True)
    if best is not None:  # it was drawn last
        end = values[-1]
        label_ends(axes, [(end, f"trial {best}", BACKWARD)])
    _legend(axes)
    return _said(
        figure,
        f"Learning curves of {len(shown)} trials, {pruned} of them pruned."
        + ("" if best is None else f" The best, trial {best}, ends at {digits(end)}."),
    )


KINDS = {"best": best_so_far, "parallel": parallel, "importance": importance, "curves": learning_curves}


def alt(figure) -> str:
    """What a screen reader says about one of these figures."""
    return figure.get_label()


# ------------------------------------------------------------------------------------------------------ helpers


def _figure(**edges):
    """A figure of its own, which pyplot does not keep, and its axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, dpi=100)
    return figure, panels(figure, **{"right": RIGHT, "left": 0.1} | edges)


def _said(figure, sentence):
    figure.set_label(sentence)
    return figure


def _legend(axes):
    axes.legend(loc="lower left", bbox_to_anchor=(1.0, 0.0), fontsize=15, frameon=False)


def _map():
    from matplotlib import colormaps

    return colormaps["cividis"]


def _is_numeric(values):
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _plain(value):
    return digits(value) if isinstance(value, float) else str(value)


def _nothing(expected, result):
    return SearchError(message(f"{expected} to draw", repr(result).split("\n")[0]))
