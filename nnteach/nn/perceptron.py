"""Single threshold units: McCulloch and Pitts's, set by hand, and Rosenblatt's, which learns (002-03 to 002-06)."""

from dataclasses import dataclass

import numpy as np

from ..core import ops
from ..core.errors import ShapeError, message, shape_text
from .theta import with_ones


@dataclass(frozen=True)
class McCullochPitts:
    """Fires when the weighted sum reaches the threshold (1943; 002-03, 004-06).

    Args:
        weights: one per input, set by hand; 1 excites, −1 inhibits.
        threshold: T. AND of two inputs is T = 2 with weights (1, 1), OR is T = 1, NOT is T = 0 with weight
            −1.
    """

    weights: tuple[float, ...]
    threshold: float

    def __call__(self, x) -> np.ndarray:
        """0 or 1 for every row of x, shape (…, n_in)."""
        return (np.asarray(x) @ np.asarray(self.weights) >= self.threshold).astype(int)


@dataclass(frozen=True)
class Learning:
    """What `Perceptron.fit` leaves behind.

    Attributes:
        thetas: θ in the beginning and after every sample that was looked at, shape (1 + looks, n).
        mistakes: how many in every epoch.
    """

    thetas: np.ndarray
    mistakes: list[int]

    @property
    def converged(self) -> bool:
        """Whether the last epoch went without a mistake."""
        return self.mistakes[-1] == 0

    @property
    def epochs(self) -> int:
        """How many there were; the last of a converged run is the one without a mistake."""
        return len(self.mistakes)

    def __repr__(self):
        end = "without a mistake" if self.converged else f"still with {self.mistakes[-1]} mistakes"
        return f"Learning({self.epochs} epochs, {end}, θ = {self.thetas[-1].tolist()})"


class Perceptron:
    """1 if θᵀx > 0, else 0, with x₀ = 1 (002-04; at exactly 0 the answer is 0).

    Args:
        n_in: inputs.
        bias: False leaves out x₀, as deck 002 prints the sums; then not even AND is learnt (E002-7).

    Attributes:
        theta: shape (1 + n_in,), the bias first; zero in the beginning. Shape (n_in,) without bias.
    """

    def __init__(self, n_in: int, bias: bool = True):
        self.n_in, self.bias = n_in, bias
        self.theta = np.zeros(n_in + bias)

    def score(self, X) -> np.ndarray:
        """θᵀx for every row of X: the real-valued confidence, shape (batch,)."""
        return self._inputs(X) @ self.theta

    def predict(self, X) -> np.ndarray:
        """0 or 1 for every row of X, shape (batch, n_in)."""
        return (self.score(X) > 0).astype(int)

    def fit(self, X, T, learning_rate: float = 1.0, epochs: int = 100) -> Learning:
        """Rosenblatt's rule, θ ← θ − α(ŷ − y)x, sample by sample in the given order (002-05).

        Args:
            X: shape (n, n_in).
            T: 0 or 1, shape (n,).
            epochs: at most so many; it ends earlier with the first epoch without a mistake (E002-7).
        """
        X, T = self._inputs(X), np.asarray(T).reshape(-1)
        thetas, mistakes = [self.theta], []
        while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
            mistakes.append(0)
            for x, y in zip(X, T, strict=True):
                error = int(self.theta @ x > 0) - y
                self.theta = self.theta - learning_rate * error * x
                thetas.append(self.theta)
                mistakes[-1] += bool(error)
        return Learning(np.array(thetas), mistakes)

    def _inputs(self, X):
        X = np.asarray(X, dtype=float)
        if X.ndim != 2 or X.shape[1] != self.n_in:
            raise ShapeError(message(f"X of shape (batch, {self.n_in})", shape_text(X.shape)))
        return with_ones(X) if self.bias else X


def perceptron_loss(theta, x, target):
    """The loss whose gradient descent is Rosenblatt's rule: Σ (ŷ − y) θᵀx, with ŷ held constant (002-06).

    Args:
        theta: a Node, shape (n,).
        x: shape (batch, n), with x₀ = 1 in front if there is a bias.
        target: 0 or 1, shape (batch,).
    """
    score = x @ theta
    error = ops.stop_gradient(ops.step(score)) - target
    return ops.sum(error * score)
