"""The course's exercises as functions of the engine: their answers are computed, never stored.

    solution = reference("relu_net")
    solution(x, W1, b1, W2, b2, y)["dW1"]     # the gradient, by nnteach's own backward pass
    solution.example                          # the numbers on the slide

To add an exercise, write its loss as a function of Nodes and put it into EXERCISES.
"""

import inspect

import numpy as np

from ...core import ops
from ...core.autodiff import grad
from ...core.errors import GraphError, message
from ...core.graph import Node, variable
from ...support.similar_names import choose


class Reference:
    """The gradients of a loss, as a function to check students' functions against.

    Attributes:
        name: what the exercise is called.
        example: the inputs of the exercise, by name, in order.
        inputs: a function rng -> random inputs, layers of all widths among them.
        kinds: of the numbers in each input, within which special cases are made; see `domain.Kind`.
    """

    def __init__(self, name, loss, wrt, example, inputs):
        self.name, self.loss, self.wrt = name, loss, wrt
        self.example, self.inputs = example, inputs
        self.kinds = dict.fromkeys(example, "real")
        self.__name__ = name
        self.__signature__ = inspect.signature(loss)
        self.__doc__ = loss.__doc__

    def __repr__(self):
        gradients = ", ".join(f"d{name}" for name in self.wrt)
        return f"reference({self.name!r}): {gradients} of {', '.join(self.example)}"

    def graph(self, *inputs) -> Node:
        """The loss as a Node, for `nt.step` and `nt.trace`; without inputs, that of the example."""
        return self.loss(*self._leaves(inputs or self.example.values()).values()).named("loss")

    def __call__(self, *inputs) -> dict[str, object]:
        """The gradients at these inputs: "dW1" for W1 and so on."""
        leaves = self._leaves(inputs)
        gradients = grad(self.loss(*leaves.values()), [leaves[name] for name in self.wrt])
        return {f"d{name}": gradient for name, gradient in zip(self.wrt, gradients, strict=True)}

    def _leaves(self, inputs):
        return {name: variable(value, name) for name, value in zip(self.example, inputs, strict=True)}


def reference(name: str) -> Reference:
    """An exercise of the course, by name.

    Raises:
        GraphError: there is none of this name.
    """
    if name not in EXERCISES:
        raise GraphError(message(f"an exercise among {', '.join(EXERCISES)}", repr(name), choose(name, EXERCISES)))
    return EXERCISES[name]


# ------------------------------------------------------------------------------------------------ the losses

def _product(x, y, z):
    """f = (x + y) z (001-11)."""
    return (x + y).named("q") * z


def _relu_net(x, W1, b1, W2, b2, y):
    """(pred − y)², one hidden layer of ReLU units, linear output (001-24)."""
    hidden = ops.relu((W1 @ x + b1).named("pre")).named("out")
    pred = (W2 @ hidden + b2).named("pred")
    return ops.sum(ops.square(pred - y))


def _sigmoid_net(x, W1, b1, W2, b2, t):
    """½‖y − t‖², two layers of sigmoid units (000-29)."""
    h = ops.sigmoid((W1 @ x + b1).named("a1")).named("h1")
    y = ops.sigmoid((W2 @ h + b2).named("a2")).named("y")
    return 0.5 * ops.sum(ops.square(y - t))


def _numbers(rng):
    return {name: float(rng.integers(-9, 10)) for name in "xyz"}


def _network(target):
    """Random inputs for a net with one hidden layer; the widths of the three layers mostly differ."""
    def inputs(rng):
        n_in, n_hidden, n_out = rng.integers(1, 5, 3)
        shapes = {"x": n_in, "W1": (n_hidden, n_in), "b1": n_hidden,
                  "W2": (n_out, n_hidden), "b2": n_out, target: n_out}
        return {name: np.round(rng.normal(0, 1, shape), 1) + 0.0 for name, shape in shapes.items()}
    return inputs


def _arrays(**values):
    return {name: np.array(value, dtype=float) for name, value in values.items()}


_WEIGHTS = ("W1", "b1", "W2", "b2")
_SLIDE_001_24 = _arrays(x=[2, 1], W1=[[0, 2], [-4, -1]], b1=[3, 1], W2=[[-2, 0]], b2=[6], y=[5])
_SLIDE_000_30 = _arrays(  # what the slides solve; what they print differs in two places (E000-1, E000-2)
    x=[0.5, 0.1], W1=[[0.15, 0.2], [0.25, 0.3]], b1=[0.35, 0.35],
    W2=[[0.4, 0.45], [0.5, 0.55]], b2=[0.6, 0.6], t=[0.01, 0.99])

EXERCISES = {exercise.name: exercise for exercise in (
    Reference("x_plus_y_times_z", _product, ("x", "y", "z"), {"x": -2.0, "y": 5.0, "z": -4.0}, _numbers),
    Reference("relu_net", _relu_net, _WEIGHTS, _SLIDE_001_24, _network("y")),
    Reference("sigmoid_net", _sigmoid_net, _WEIGHTS, _SLIDE_000_30, _network("t")),
)}
