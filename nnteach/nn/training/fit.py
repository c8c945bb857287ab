"""Training: the loop of 001-30, 004-28 and every other deck, in one place.

    for every epoch: for every minibatch: one step (`step.py`); validate; remember the best; perhaps stop

`fit` puts the pieces together; early stopping, the schedule and the history keep their own books.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from ...core.errors import GraphError, message
from ...support.progress import progress
from ..metrics import metrics_for
from ..network import Network
from ..schedules import Plateau
from .batches import sampler, split
from .history import History
from .resuming import go_on, remember
from .step import Trainer


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when a number has not fallen for some epochs, and go back to the best (002-41).

    A record of its own state: `watch = watch.seen(value, epoch)`; then `watch.over` tells whether to stop.

    Args:
        patience: epochs without improvement that are tolerated; the next one ends training. Keras's callback counts
            one less: its patience 3 is 2 here.
        min_delta: by how much a value must be lower to count.
        monitor: which number of the history; "loss" if there is no validation.
    """

    patience: int = 10
    min_delta: float = 0.0
    monitor: str = "val_loss"
    best: float = math.inf
    best_epoch: int = 0
    waited: int = 0

    def seen(self, value: float, epoch: int) -> "EarlyStopping":
        """After another epoch; a nan is no improvement."""
        if value < self.best - self.min_delta:
            return replace(self, best=value, best_epoch=epoch, waited=0)
        return replace(self, waited=self.waited + 1)

    @property
    def over(self) -> bool:
        return self.waited > self.patience


def fit(
    network: Network,
    X,
    T,
    *,
    loss="mse",
    optimizer="adam",
    epochs: int = 100,
    batch_size: int | None = 32,
    validation=None,
    rng=0,
    schedule=None,
    schedule_per="epoch",
    regularizer=None,
    metrics=None,
    early_stopping=None,
    batches="shuffled",
    checkpoint=None,
    resume=None,
    callback=None,
    show: bool | None = None,
    compiled: bool = True,
) -> History:
    """Train a network.

    Args:
        network: is changed.
        X: inputs, shape (n, n_in).
        T: targets: (n, n_out), or class numbers (n,) for a categorical loss, or (n,) for a single output.
        loss, optimizer, regularizer, compiled: see `Trainer`.
        epochs: passes over the samples (C25).
        batch_size: samples per step; None for all (gradient descent).
        validation: (X, T), or the share of the samples to keep back.
        rng: for shuffling, the split and dropout: a Generator or a seed.
        schedule: from `schedules`: step number -> learning rate, or a Plateau, which watches the validation
            loss.
        schedule_per: "epoch" or "step": what the schedule counts.
        metrics: name -> function (pred, target) of arrays; the accuracy by default, where the loss is one of
            classes.
        early_stopping: an EarlyStopping, or a number of epochs to be patient.
        batches: "shuffled", "sampled" or "in_order", or a function (n, size, rng) -> arrays of sample
            numbers.
        checkpoint: a file to which the best parameters so far are written (001-30).
        resume: a file that is written after every epoch and, if it is there, read first: a run that was killed
            and is started again with the same arguments ends with the same numbers as one that was not.
        callback: called as callback(epoch, network, history) after every epoch; training ends if it returns
            True.
        show: the progress bar: True, False, or None for terminals and notebooks only.

    Returns:
        History. "loss" is the mean over the epoch's minibatches, each measured before its update (E004-20);
        "accuracy" is measured after the epoch, as "val_loss" and "val_accuracy" are.
    """
    rng = np.random.default_rng(rng)
    trainer = Trainer(network, loss, optimizer, regularizer, rng, compiled)
    X, T = trainer.prepare(X, T)
    if isinstance(validation, float):
        (X, T), validation = split(X, T, validation, rng)
    elif validation is not None:
        validation = trainer.prepare(*validation)
    metrics = metrics_for(trainer.loss) if metrics is None else metrics
    run = _Run(trainer, Rates(schedule, schedule_per), early_stopping, checkpoint, validation is not None)
    draw = sampler(batches)
    done = 0 if resume is None else go_on(resume, run, rng)
    to_do = range(epochs if run.watch.over else done, epochs)
    for epoch in progress((i + 1 for i in to_do), len(to_do), show):
        run.train(X, T, draw(len(X), batch_size or len(X), rng))
        run.measure(X, T, validation, metrics)
        over = run.over(epoch)
        if resume is not None:
            remember(resume, run, rng, epoch)
        if over or (callback and callback(epoch, network, run.history)):
            break
    return run.finish()


class Rates:
    """The learning rate of every step, by a schedule that counts steps or epochs; None: the optimizer's own."""

    def __init__(self, schedule, per):
        if per not in ("epoch", "step"):
            raise GraphError(message('schedule_per="epoch" or "step"', repr(per)))
        self.schedule, self.per = schedule, per
        self.epochs = self.steps = 0

    def __call__(self):
        """The rate of the next step."""
        rate = self.schedule and self.schedule(self.epochs if self.per == "epoch" else self.steps)
        self.steps += 1
        return rate

    def end_epoch(self, loss):
        self.epochs += 1
        if isinstance(self.schedule, Plateau):
            self.schedule = self.schedule.seen(loss)


class _Run:
    """The bookkeeping of one call of `fit`."""

    def __init__(self, trainer, rates, early_stopping, checkpoint, validated):
        self.trainer, self.rates, self.checkpoint = trainer, rates, checkpoint
        self.keep_best = early_stopping is not None
        if not isinstance(early_stopping, EarlyStopping):
            early_stopping = EarlyStopping(patience=math.inf if early_stopping is None else early_stopping)
        self.watch = early_stopping if validated else replace(early_stopping, monitor="loss")
        self.best = trainer.network.parameters, trainer.network.buffers
        self.history = History()

    def train(self, X, T, batches):
        """One epoch."""
        total = samples = 0.0
        for rows in batches:
            rate = self.rates()
            total += len(rows) * self.trainer.step(X[rows], T[rows], rate)
            samples += len(rows)
        self.rate = self.trainer.optimizer.learning_rate if rate is None else rate
        self.history.add(loss=total / samples)

    def measure(self, X, T, validation, metrics):
        """After the epoch, on the training samples (the metrics only) and on those kept back."""
        if metrics:
            pred = self.trainer.network.predict(X)
            self.history.add(**{name: metric(pred, T) for name, metric in metrics.items()})
        if validation is not None:
            self.history.add(**self.trainer.evaluate(*validation, metrics, prefix="val_"))
        self.history.add(learning_rate=self.rate)

    def over(self, epoch) -> bool:
        """Whether early stopping ends the training here; on the way, the best is kept."""
        if self.watch.monitor not in self.history:
            raise GraphError(message(f"something to monitor: {', '.join(self.history)}", repr(self.watch.monitor)))
        value = self.history[self.watch.monitor][-1]
        self.rates.end_epoch(value)
        self.watch = self.watch.seen(value, epoch)
        if self.watch.best_epoch == epoch:
            self.best = self.trainer.network.parameters, self.trainer.network.buffers
            if self.checkpoint is not None:
                self.trainer.save(self.checkpoint, epoch=epoch, value=value)
        return self.watch.over

    def finish(self) -> History:
        """Go back to the best parameters, if they are to be kept."""
        if self.keep_best:
            self.trainer.network.parameters, self.trainer.network.buffers = self.best
            self.history.best_epoch = self.watch.best_epoch
        return self.history


Network.fit = fit  # here, because a network itself knows nothing of training
