"""What is counted besides the loss: how often the decision is right."""

import numpy as np

from . import losses


def accuracy(pred, target, threshold: float = 0.5) -> float:
    """Share of right decisions, in [0, 1].

    Args:
        pred: scores: (batch, classes), where the largest decides; or (batch, 1) or (batch,), decided at the
            threshold.
        target: class numbers (batch,) or one-hot; or 0 and 1, in the shape of pred.
        threshold: for a single output: 0.5 for a probability, 0 for a logit. A score on the threshold counts
            as class 0.
    """
    return float(np.mean(classes_of(pred, threshold) == classes_of(target, 0.5)))


def label_accuracy(pred, target, threshold: float = 0.5) -> float:
    """Share of right labels, each output deciding for itself: for several labels per sample (003-12)."""
    return float(np.mean((np.asarray(pred) > threshold) == (np.asarray(target) > 0.5)))


def classes_of(scores, threshold: float = 0.5) -> np.ndarray:
    """Class numbers (batch,) from scores, one-hot rows or class numbers themselves."""
    scores = np.asarray(scores)
    if scores.ndim == 2 and scores.shape[1] > 1:
        return scores.argmax(axis=1)
    scores = scores.reshape(-1)
    return scores if scores.dtype.kind in "iu" else (scores > threshold).astype(int)


def confusion(pred, target, classes: int, threshold: float = 0.5) -> np.ndarray:
    """How often class i (row) was taken for class j (column), shape (classes, classes)."""
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (classes_of(target), classes_of(pred, threshold)), 1)
    return counts


def metrics_for(loss) -> dict:
    """The metrics that suit a loss: the accuracy for a loss of classes, with its threshold; none for a regression."""
    if loss in losses.BINARY:
        threshold = losses.BINARY[loss]

        def binary_accuracy(pred, target):
            several = np.ndim(pred) == 2 and np.shape(pred)[1] > 1
            return (label_accuracy if several else accuracy)(pred, target, threshold)

        return {"accuracy": binary_accuracy}
    return {"accuracy": accuracy} if loss in losses.FROM_CLASSES else {}
