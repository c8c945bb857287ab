"""The exercises of the course that are worked out by hand, in the order of the lessons.

From a line here comes the notebook solutions/hw_<key>.ipynb (`solutions/sheets.py`), and with it the exercise for
students; `nnteach homework new course` prints all of them. To add an exercise, add a line, and run solutions/sheets.py.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Entry(NamedTuple):
    """One exercise of the course.

    Attributes:
        title: of its notebook.
        lesson: the name of the lesson that it belongs to.
        aim: what it practises, in one or two sentences; slides in brackets.
        name: as `homework` knows it.
        settings: of `homework`.
        minutes: how long it takes by hand.
    """

    title: str
    lesson: str
    aim: str
    name: str
    settings: Mapping = MappingProxyType({})
    minutes: int = 15


COURSE = {
    "product": Entry(
        "By hand: (x + y) z", "02_x_plus_y_times_z",
        "Three inputs, one sum, one product: every derivative, from the result back (001-11).",
        "x_plus_y_times_z", minutes=5),
    "sum_times_difference": Entry(
        "By hand: (x₁ + x₂)(x₂ − x₃)", "04_gates_and_branches",
        "One input is used twice, so two gradients meet there, and one of the signs is a minus (002-23).",
        "sum_times_difference", minutes=8),
    "gates": Entry(
        "By hand: add, multiply and max gates", "04_gates_and_branches",
        "What each gate does with a gradient: hand it on, exchange factors, or send it one way (002-27).",
        "gates", minutes=8),
    "sigmoid_neuron": Entry(
        "By hand: a sigmoid neuron, gate by gate", "05_sigmoid_neuron",
        "The sigmoid taken apart into five gates; the chain rule runs through all of them.",
        "sigmoid_neuron", minutes=12),
    "relu_2_2_1": Entry(
        "By hand: the 2-2-1 ReLU network", "06_relu_net",
        "Weights, biases and gates that stay closed: all gradients of a network that fits on a slide (001-24).",
        "relu_2_2_1"),
    "sigmoid_2_2_2": Entry(
        "By hand: the 2-2-2 sigmoid network", "07_sigmoid_net",
        "Two layers of sigmoid units with half the squared error (000-29, 000-30).",
        "sigmoid_2_2_2", minutes=25),
    "xor_forward": Entry(
        "By hand: the XOR network, forward", "13_perceptron_and_xor",
        "All four rows of the truth table through two ReLU units: what the hidden layer makes of them.",
        "xor_forward", minutes=10),
    "perceptron": Entry(
        "By hand: an epoch of the perceptron", "13_perceptron_and_xor",
        "Predict, compare, update, sample after sample, with the threshold as a weight (002-05).",
        "perceptron"),
    "boolean": Entry(
        "By hand: weights for a truth table", "14_boolean_networks",
        "No training: one inequality for every row, and weights that meet them all (003-02). Many answers are right.",
        "boolean", minutes=10),
    "softmax_delta": Entry(
        "By hand: δ behind softmax and cross-entropy", "09_softmax_cross_entropy",
        "Three samples, three classes: the probabilities, and the gradient by the logits (000-25).",
        "softmax_delta"),
    "softmax_jacobian": Entry(
        "By hand: the Jacobian of the softmax", "09_softmax_cross_entropy",
        "Every output depends on every logit: the whole matrix, and a gradient taken through it.",
        "softmax_jacobian"),
    "network_3_3_3": Entry(
        "By hand: a 3-3-3 network on a batch of four", "09_softmax_cross_entropy",
        "ReLU, softmax and cross-entropy in matrix form, averaged over a batch: what a framework does in one line.",
        "backprop", {"layers": [3, 3, 3], "hidden": "relu", "output": "softmax", "batch": 4}, 40),
    "regularised": Entry(
        "By hand: a network with a penalty on its weights", "20_training",
        "The same way back, and what an L2 penalty adds to it: to the weights, and not to the biases.",
        "backprop", {"layers": [2, 3, 2], "hidden": "tanh", "output": "softmax", "batch": 3, "l2": 0.2}, 35),
    "step_sgd": Entry(
        "By hand: a step of gradient descent", "22_optimizers",
        "One weight, its gradient and a learning rate: where does the weight go (001-32)?",
        "step_sgd", minutes=3),
    "step_momentum": Entry(
        "By hand: a step with momentum", "22_optimizers",
        "The velocity first, then the weight (001-33).",
        "step_momentum", minutes=5),
    "step_nesterov": Entry(
        "By hand: a step with Nesterov's momentum", "22_optimizers",
        "The gradient is taken where the momentum would lead (001-34).",
        "step_nesterov", minutes=6),
    "step_adagrad": Entry(
        "By hand: a step of AdaGrad", "22_optimizers",
        "A learning rate for every weight, which only ever falls (001-35).",
        "step_adagrad", minutes=5),
    "step_rmsprop": Entry(
        "By hand: a step of RMSprop", "22_optimizers",
        "A running mean of squares instead of their sum (001-36).",
        "step_rmsprop", minutes=5),
    "step_adadelta": Entry(
        "By hand: a step of AdaDelta", "22_optimizers",
        "No learning rate: the steps made so far take its place.",
        "step_adadelta", minutes=6),
    "step_adam": Entry(
        "By hand: the third step of Adam", "22_optimizers",
        "Two running means, both corrected for their start, and the step (001-37).",
        "step_adam", minutes=8),
    "step_adamw": Entry(
        "By hand: the third step of AdamW", "22_optimizers",
        "Adam, with a decay of the weight that the running means never see.",
        "step_adamw", minutes=8),
    "gradient_check": Entry(
        "By hand: checking a gradient by differences", "03_chain_rule",
        "Central differences, the analytic gradient, and the relative error between them.",
        "gradient_check", minutes=12),
    "batch_norm": Entry(
        "By hand: batch normalisation, forward and back", "20_training",
        "Mean and variance depend on every sample, and so three gradients meet at the input (002-48).",
        "batch_norm", minutes=35),
    "dropout": Entry(
        "By hand: dropout", "20_training",
        "Which units stay, by what they are scaled, and what comes back through them.",
        "dropout", minutes=8),
}
