"""Lessons 6 to 9: two networks of two layers, a batch, and softmax with cross-entropy."""

import numpy as np

from ..exercise import Leaf
from ..reference import reference
from .lesson import back, lesson, normal, sigmoid, slip, step

RELU, SIGMOID = reference("relu_net"), reference("sigmoid_net")


def _leaves(target):
    weights, bias = Leaf((2, 2), "weight"), Leaf((2,), "bias")
    put_in = Leaf((2,), "input")
    return {"x": put_in, "W1": weights, "b1": bias, "W2": weights, "b2": bias, target: put_in}


# --------------------------------------------------------------------------------------- 6: a ReLU network


def _switches(v):
    return np.any(v.pre > 0.05) and np.any(v.pre < -0.05) and np.all(np.abs(v.pre) > 0.05)


RELU_NET = lesson(
    "06_relu_net", "The backward pass of a ReLU network", ("dW1", "db1", "dW2", "db2"),
    _leaves("y"),
    (
        step("pre", lambda v: v.W1 @ v.x + v.b1, "Forward, before the switch.", "W1 x + b1", "W_1 x + b_1"),
        step("out", lambda v: np.maximum(v.pre, 0), "Forward, behind the switch.", "max(0, pre )",
             r"\max(0, \text{pre})"),
        step("pred", lambda v: v.W2 @ v.out + v.b2, "Forward, the output.", "W2 out + b2", "W_2 o + b_2"),
        back("dpred", lambda v: 2 * (v.pred - v.y), "The derivative of the square: twice the error.",
             "2 ( pred − y )", "2 (p - y)"),
        back("dW2", lambda v: np.outer(v.dpred, v.out),
             "A weight gets δ of its unit times the input it multiplies.",
             "dpred outᵀ", r"\partial p \; o^\top"),
        back("db2", lambda v: v.dpred, "A bias gets δ of its unit.", "dpred", r"\partial p"),
        back("dout", lambda v: v.W2.T @ v.dpred, "Back through W2: down its columns.", "W2ᵀ dpred",
             r"W_2^\top \partial p"),
        back("dpre", lambda v: v.dout * (v.pre > 0), "Through the switch, where it was open on the way forward.",
             "dout ⊙ [ pre > 0]", r"\partial o \odot [\text{pre} > 0]"),
        back("dW1", lambda v: np.outer(v.dpre, v.x), "A weight gets δ of its unit times the input it multiplies.",
             "dpre xᵀ", r"\partial \text{pre} \; x^\top"),
        back("db1", lambda v: v.dpre, "A bias gets δ of its unit.", "dpre", r"\partial \text{pre}"),
    ),
    (
        slip("relu_open", "let the gradient through switches that were closed",
             "where ReLU was off on the way forward",
             dpre=lambda v: v.dout),
        slip("square_no_two", "forget the 2 in the derivative of the square", "the derivative of (p − y)²",
             dpred=lambda v: v.pred - v.y),
        slip("error_sign", "subtract the prediction from the target", "the sign of p − y",
             dpred=lambda v: 2 * (v.y - v.pred)),
        slip("W2_not_turned", "go back with W2 instead of its transpose", "the shape of W2 on the way back",
             dout=lambda v: v.W2 @ v.dpred),
        slip("relu_by_gradient", "switch by the sign of the gradient instead of the value before ReLU",
             "which value decides whether the switch is open", dpre=lambda v: np.maximum(v.dout, 0)),
        slip("relu_not_for_bias", "forget the switch for the bias b1 alone", "what arrives at b1",
             db1=lambda v: v.dout),
        slip("pre_for_out", "use the value before ReLU for W2", "what W2 multiplies on the way forward",
             dW2=lambda v: np.outer(v.dpred, v.pre)),
    ),
    "Go forward and keep every value. Then back: a weight gets the δ of its unit times the input it multiplies.",
    lively=_switches,
    inputs=RELU.inputs,
    graph=RELU.graph,
    tip="Compare shapes: each gradient has the shape of what it belongs to. `np.outer(g, o)` has a row for each "
        "entry of `g` and a column for each entry of `o`.",
)

# ------------------------------------------------------------------------------------- 7: a sigmoid network

SIGMOID_NET = lesson(
    "07_sigmoid_net", "The backward pass of a sigmoid network", ("dW1", "db1", "dW2", "db2"),
    _leaves("t") | {"t": Leaf((2,), "share")},
    (
        step("a1", lambda v: v.W1 @ v.x + v.b1, "Forward, before the first sigmoid.", "W1 x + b1", "W_1 x + b_1"),
        step("h", lambda v: sigmoid(v.a1), "Forward, behind it.", "σ( a1 )", r"\sigma(a_1)"),
        step("a2", lambda v: v.W2 @ v.h + v.b2, "Forward, before the second sigmoid.", "W2 h + b2", "W_2 h + b_2"),
        step("y", lambda v: sigmoid(v.a2), "Forward, the output.", "σ( a2 )", r"\sigma(a_2)"),
        back("da2", lambda v: (v.y - v.t) * v.y * (1 - v.y),
             "The error, times the slope of the sigmoid by its own value.",
             "( y − t ) ⊙ y ⊙ (1 − y )", r"(y - t) \odot y \odot (1 - y)"),
        back("dW2", lambda v: np.outer(v.da2, v.h), "A weight gets δ of its unit times the input it multiplies.",
             "da2 hᵀ", r"\partial a_2 \; h^\top"),
        back("db2", lambda v: v.da2, "A bias gets δ of its unit.", "da2", r"\partial a_2"),
        back("dh", lambda v: v.W2.T @ v.da2, "Back through W2: down its columns.", "W2ᵀ da2",
             r"W_2^\top \partial a_2"),
        back("da1", lambda v: v.dh * v.h * (1 - v.h), "Times the slope of the first sigmoid.",
             "dh ⊙ h ⊙ (1 − h )", r"\partial h \odot h \odot (1 - h)"),
        back("dW1", lambda v: np.outer(v.da1, v.x), "A weight gets δ of its unit times the input it multiplies.",
             "da1 xᵀ", r"\partial a_1 \; x^\top"),
        back("db1", lambda v: v.da1, "A bias gets δ of its unit.", "da1", r"\partial a_1"),
    ),
    (
        slip("sig_twice", "apply the sigmoid a second time in its derivative",
             "whether h is before or after the sigmoid",
             da2=lambda v: (v.y - v.t) * sigmoid(v.y) * (1 - sigmoid(v.y)),
             da1=lambda v: v.dh * sigmoid(v.h) * (1 - sigmoid(v.h))),
        slip("W2_not_turned", "go back with W2 instead of its transpose", "the shape of W2 on the way back",
             dh=lambda v: v.W2 @ v.da2),
        slip("half_ignored", "differentiate the square as if it had no ½", "the factor before the loss",
             da2=lambda v: 2 * (v.y - v.t) * v.y * (1 - v.y)),
        slip("error_sign", "subtract the output from the target", "the sign of y − t",
             da2=lambda v: (v.t - v.y) * v.y * (1 - v.y)),
        slip("no_output_slope", "leave out the slope of the sigmoid at the output", "the gate between a2 and y",
             da2=lambda v: v.y - v.t),
        slip("no_hidden_slope", "leave out the slope of the sigmoid in the hidden layer",
             "the gate between a1 and h",
             da1=lambda v: v.dh),
        slip("sig_as_tanh", "take 1 − h², the slope of tanh", "whose derivative 1 − h² is",
             da2=lambda v: (v.y - v.t) * (1 - v.y**2), da1=lambda v: v.dh * (1 - v.h**2)),
    ),
    "With h = σ(a) the slope is h (1 − h): what you kept on the way forward is all that the way back needs.",
    inputs=SIGMOID.inputs,
    graph=SIGMOID.graph,
    tip="With *h* = σ(*a*), the derivative is σ′(*a*) = *h* (1 − *h*). You have *h* already: do not apply the "
        "sigmoid a second time.",
)

# ------------------------------------------------------------------------------------------- 8: a batch


def _batches(rng):
    batch, n_in, hidden, n_out = rng.integers(1, 5, size=4)
    weights = {"W1": (hidden, n_in), "b1": hidden, "W2": (n_out, hidden), "b2": n_out}
    return normal(rng, X=(batch, n_in), **weights, T=(batch, n_out))


MATRIX = lesson(
    "08_matrix_form", "The backward pass of a batch", ("dW1", "db1", "dW2", "db2"),
    {"X": Leaf((3, 2), "input"), "W1": Leaf((2, 2), "weight"), "b1": Leaf((2,), "bias"),
     "W2": Leaf((2, 2), "weight"), "b2": Leaf((2,), "bias"), "T": Leaf((3, 2), "input")},
    (
        step("H", lambda v: sigmoid(v.X @ v.W1.T + v.b1), "Forward, the hidden layer: a row for each sample.",
             "σ( X W1ᵀ + b1 )", r"\sigma(X W_1^\top + b_1)"),
        step("Y", lambda v: v.H @ v.W2.T + v.b2, "Forward, the output.", "H W2ᵀ + b2", r"H W_2^\top + b_2"),
        back("dY", lambda v: v.Y - v.T, "The error; the ½ takes away the 2 of the square.", "Y − T", "Y - T"),
        back("dW2", lambda v: v.dY.T @ v.H, "The product sums over the samples.", "dYᵀ H", r"\partial Y^\top H"),
        back("db2", lambda v: v.dY.sum(axis=0), "A bias serves every sample: its gradient is a sum over the rows.",
             "the column sums of dY", r"\sum_i \partial Y_i"),
        back("dH", lambda v: v.dY @ v.W2, "Back through W2; with samples in rows there is no transpose.", "dY W2",
             r"\partial Y \, W_2"),
        back("dA", lambda v: v.dH * v.H * (1 - v.H), "Through the sigmoid.", "dH ⊙ H ⊙ (1 − H )",
             r"\partial H \odot H \odot (1 - H)"),
        back("dW1", lambda v: v.dA.T @ v.X, "The product sums over the samples.", "dAᵀ X", r"\partial A^\top X"),
        back("db1", lambda v: v.dA.sum(axis=0), "A sum over the rows.", "the column sums of dA",
             r"\sum_i \partial A_i"),
    ),
    (
        slip("batch_mean", "average over the samples; this loss adds them up",
             "whether the loss is a sum or a mean",
             dY=lambda v: (v.Y - v.T) / len(v.X)),
        slip("bias_mean", "average the biases' gradients over the samples",
             "how the samples' gradients come together",
             db2=lambda v: v.dY.mean(axis=0), db1=lambda v: v.dA.mean(axis=0)),
        slip("W2_turned", "go back with W2ᵀ, which is for samples in columns", "the shapes of δ and W2",
             dH=lambda v: v.dY @ v.W2.T),
        slip("half_ignored", "differentiate the square as if it had no ½", "the factor before the loss",
             dY=lambda v: 2 * (v.Y - v.T)),
        slip("no_hidden_slope", "leave out the slope of the sigmoid", "the gate between the score and H",
             dA=lambda v: v.dH),
        slip("weights_turned", "exchange rows and columns in both weight gradients",
             "the shape of W and that of its gradient",
             dW2=lambda v: v.H.T @ v.dY, dW1=lambda v: v.X.T @ v.dA),
        slip("bias_one_sample", "take the biases' gradients from the first sample alone",
             "how many samples use a bias",
             db2=lambda v: v.dY[0], db1=lambda v: v.dA[0]),
    ),
    "Write the shape beside each array: a gradient has the shape of what it belongs to, and mostly one product fits.",
    inputs=_batches,
    tip="Write the shape beside each array. ∇**W**₂ must be (outputs, units), **G** is (batch, outputs) and **H** "
        "is (batch, units): only one product fits. A bias is used by every sample, so its gradient is a sum over "
        "the rows.",
)

# --------------------------------------------------------------------------- 9: softmax and cross-entropy


def _scores(rng):
    n, classes = rng.integers(2, 5, 2)
    Z = np.round(rng.normal(0, 2, (n, classes)), 1) + rng.choice([0, 0, 1000])
    return {"Z": Z, "T": np.eye(classes)[rng.integers(0, classes, n)]}


SOFTMAX = lesson(
    "09_softmax_cross_entropy", "Softmax and cross-entropy for a batch", {"loss": "loss", "dZ": "dZ"},
    {"Z": Leaf((2, 3), "number"), "T": Leaf((2, 3), "one_hot")},
    (
        step("top", lambda v: v.Z.max(axis=1, keepdims=True), "The largest score of every row.",
             "the largest of each row of Z",
             r"\max_k Z_{ik}"),
        step("E", lambda v: np.exp(v.Z - v.top), "Exponentials of differences: none is larger than 1.",
             "exp( Z − top )",
             r"e^{Z - \text{top}}"),
        step("S", lambda v: v.E.sum(axis=1, keepdims=True), "Their sum, row by row.", "the row sums of E",
             r"\sum_k E_{ik}"),
        step("Y", lambda v: v.E / v.S, "The softmax: every row adds up to 1.", "E / S", "E / S"),
        step("loss", lambda v: np.sum(v.top + np.log(v.S)) - np.sum(v.T * v.Z),
             "The logarithm of the sum, less the score of the right class, added over the examples.",
             "Σ ( top + ln S ) − Σ T ⊙ Z", r"\sum_i (\text{top}_i + \ln S_i) - \sum_{ik} T_{ik} Z_{ik}"),
        back("dZ", lambda v: v.Y - v.T, "Softmax less target.", "Y − T", "Y - T"),
    ),
    (
        slip("smce_mean", "average over the examples; this loss is their sum",
             "whether the loss is a sum or a mean",
             loss=lambda v: (np.sum(v.top + np.log(v.S)) - np.sum(v.T * v.Z)) / len(v.Z),
             dZ=lambda v: (v.Y - v.T) / len(v.Z)),
        slip("smce_columns", "take the softmax down the columns", "along which axis the classes lie",
             top=lambda v: v.Z.max(axis=0, keepdims=True), S=lambda v: v.E.sum(axis=0, keepdims=True)),
        slip("smce_whole", "divide by the sum over the whole batch", "what every row of the softmax adds up to",
             S=lambda v: v.E.sum()),
        slip("smce_sign", "subtract the softmax from the target", "the sign of Y − T", dZ=lambda v: v.T - v.Y),
        slip("smce_no_target", "forget the target in the gradient", "the derivative of the second part of the loss",
             dZ=lambda v: v.Y),
        slip("smce_jacobian", "multiply by Y (1 − Y), as if the softmax were still ahead", "what cancels in Y − T",
             dZ=lambda v: (v.Y - v.T) * v.Y * (1 - v.Y)),
        slip("smce_overflow",
             "take exponentials of the scores as they are, which overflow when the scores are large",
             "scores of 1000", top=lambda v: np.zeros((len(v.Z), 1))),
        slip("smce_top_lost", "forget to add the largest score back to the loss",
             "what was subtracted from the scores",
             loss=lambda v: np.sum(np.log(v.S)) - np.sum(v.T * v.Z)),
    ),
    "Softmax looks at differences only, so the largest score of a row may be subtracted first. Behind it, the gradient "
    "is as simple as an error.",
    inputs=_scores,
    tip="Subtract the largest score of each row before you take exponentials: softmax does not change, and e⁰ is "
        "the largest number that occurs.",
)

EXERCISES = (RELU_NET, SIGMOID_NET, MATRIX, SOFTMAX)
