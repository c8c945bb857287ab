"""Early stopping (002-41): stop when the validation loss has not fallen for some epochs, and keep the best.

The watch is nnteach's own, `nn.EarlyStopping`; here it looks at a training run that goes on, so that one sees
what stopping spares. Too little patience stops at the first bump; too much costs only time, because the best
is kept.
"""

import numpy as np

from ...nn import EarlyStopping
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, whole
from ..framework.regression import EPOCHS, EVERY, PLACES, fit, show_fit, truth
from ..framework.style import BACKWARD, FORWARD, INK, panels
from .under_and_overfitting import UNITS, show_losses


def stop(losses, patience: int) -> tuple[int, int]:
    """(the epoch where training stops, the best epoch, whose parameters are kept)."""
    watch = EarlyStopping(patience=patience)
    for epoch, loss in enumerate(losses):
        watch = watch.seen(loss, epoch)
        if watch.over:
            return epoch, watch.best_epoch
    return len(losses) - 1, watch.best_epoch


def draw(figure, units, patience):
    """Both losses with the best epoch and the stop; the curve that is kept and the one without stopping."""
    run = fit(units, 0.25)
    validation = np.array(run.history["val_loss"])
    end, best = stop(validation, patience)
    losses, curves = panels(figure, 1, 2, right=0.95, wspace=0.42)
    show_losses(losses, np.array(run.history["loss"]), validation, 0.25)
    losses.axvspan(end, EPOCHS, color="#e9eaee", linewidth=0, zorder=0)
    losses.plot(best, validation[best], "o", color=FORWARD, markersize=16)
    losses.text(0.04, 0.05, "●  best: kept", color=FORWARD, transform=losses.transAxes)
    if end < EPOCHS:
        losses.axvline(end, color=INK, linewidth=2)
        losses.text(end + 8, 1.7, "stopped", color=INK)
    show_fit(curves, run, run.curves[round(best / EVERY)], FORWARD)
    curves.plot(PLACES[:, 0], run.curves[-1], color=BACKWARD, linestyle=(0, (4, 2)), linewidth=2)
    curves.set_title("kept, and - - without stopping")
    return (
        f"With patience {patience} training stops after epoch {end} "
        f"and goes back to epoch {best}, whose validation loss "
        f"is {digits(validation[best], 3)}; after all {EPOCHS} "
        f"epochs it would be {digits(validation[-1], 3)}."
    )


def distance(curve) -> float:
    """Root mean square distance of a curve at PLACES from the truth."""
    return float(np.sqrt(np.mean((curve - truth(PLACES[:, 0])) ** 2)))


def prepare():
    """Train every network, so that no control has to wait."""
    for units in UNITS.values():
        fit(units, 0.25)


DEMO = Demo(
    "early_stopping",
    "Early stopping keeps the best",
    "002-41",
    draw,
    (choice("units", "hidden units", UNITS, 16), whole("patience", "patience in epochs", 50, 0, 400, 5)),
    prepare=prepare,
)
