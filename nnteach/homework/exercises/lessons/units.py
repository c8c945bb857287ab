"""Lessons 13 to 16: the perceptron, networks of Boolean units, counting a network, and activations."""

import numpy as np

from ..exercise import Leaf
from .lesson import back, lesson, normal, sigmoid, slip, step

# ------------------------------------------------------------------------------- 13: an epoch of the perceptron


def _epoch(v, answer=lambda score: score > 0, sign=1, bias=1.0, rated=True, held=False, always=False):
    """θ after every sample, a row each, and what was answered there."""
    theta, path, answers = np.asarray(v.theta, dtype=float), [], []
    for x, t in zip(v.X, v.T, strict=True):
        said = float(answer((v.theta if held else theta) @ np.array([1.0, *x])))
        error = (1 - 2 * t) if always else said - t
        theta = theta - sign * (v.rate if rated else 1.0) * error * np.array([bias, *x])
        path.append(theta)
        answers.append(said)
    return np.array(path), np.array(answers)


def _otherwise(**how):
    return {"path": lambda v: _epoch(v, **how)[0], "answers": lambda v: _epoch(v, **how)[1]}


def _samples(rng):
    X = rng.integers(-4, 5, (rng.integers(2, 6), 2)) / 2
    T = rng.integers(0, 2, len(X)).astype(float)
    return {"theta": rng.integers(-3, 4, 3) / 2, "X": X, "T": T, "rate": rng.choice([0.25, 0.5, 1.0])}


def _draw_samples(numbers):
    half = [i / 2 for i in range(-4, 5) if i]
    return {"theta": np.array(numbers.choice([i / 2 for i in range(-3, 4)], 3)),
            "X": np.array([numbers.choice(half, 2) for _ in range(4)]),
            "T": np.array(numbers.choice([0.0, 1.0], 4)), "rate": numbers.choice([0.25, 0.5], 1)[0]}


PERCEPTRON = lesson(
    "13_perceptron_and_xor", "An epoch of the perceptron", {"theta": "theta_new", "mistakes": "mistakes"},
    {"theta": Leaf((3,), "number"), "X": Leaf((4, 2), "number"), "T": Leaf((4,), "binary"),
     "rate": Leaf((), "rate")},
    (
        step("path", lambda v: _epoch(v)[0],
             "θ after every sample, a row each; it changes at once where the answer was wrong.",
             "theta − rate · (answer − T ) · (1, X ), sample by sample",
             r"\theta \leftarrow \theta - \text{rate} \, (\text{answer} - t) \, (1, x_1, x_2)"),
        step("answers", lambda v: _epoch(v)[1], "What was answered at every sample, with the θ of that moment.",
             "1 where theta · (1, X ) > 0, else 0, with the theta of that moment",
             r"[\theta \cdot (1, x_1, x_2) > 0]"),
        step("theta_new", lambda v: v.path[-1], "θ after the last sample.", "the last row of path"),
        step("mistakes", lambda v: float(np.sum(v.answers != v.T)), "Where answer and target differ.",
             "how often answers ≠ T",
             r"\#\{\text{answer} \neq t\}"),
    ),
    (
        slip("percep_sign", "add rate · (answer − t) · x instead of subtracting it", "the sign of the change",
             **_otherwise(sign=-1)),
        slip("percep_at_zero", "answer 1 where the sum is exactly 0", "the rule for a sum of 0",
             **_otherwise(answer=lambda score: score >= 0)),
        slip("percep_no_bias", "leave θ₀ as it is when θ changes", "the 1 in front of every sample",
             **_otherwise(bias=0.0)),
        slip("percep_held", "answer all samples with the θ from the beginning",
             "when θ changes: at once, or at the end",
             **_otherwise(held=True)),
        slip("percep_no_rate", "leave out the rate", "how far θ goes in one change", **_otherwise(rated=False)),
        slip("percep_score", "take the sum itself for the answer, without the threshold",
             "the answer: it is 0 or 1",
             **_otherwise(answer=lambda score: score)),
        slip("percep_always", "change θ at samples that were answered rightly, too",
             "the samples after which θ changes",
             **_otherwise(always=True)),
    ),
    "Answer, compare, change: only a wrong answer changes θ, and it does so before the next sample is looked at.",
    lively=lambda v: 1 <= v.mistakes <= 3,
    draw=_draw_samples,
    inputs=_samples,
    kinks=False,
    tip="`error` is −1, 0 or 1. Where it is 0, the same line of code leaves θ as it is; no `if` is needed.",
)

# ------------------------------------------------------------------------------------ 14: Boolean networks


def _layer(x, theta):
    return np.column_stack([np.ones(len(x)), x]) @ theta.T


def _bias_last(x, theta):
    return np.column_stack([x, np.ones(len(x))]) @ theta.T


def _two_layers(rng):
    rows, n_in, hidden, n_out = rng.integers(1, 5, 4)
    return normal(rng, spread=2.0, X=(rows, n_in), theta1=(hidden, 1 + n_in), theta2=(n_out, 1 + hidden))


BOOLEAN = lesson(
    "14_boolean_networks", "Forward through two layers", ("a", "h"),
    {"X": Leaf((3, 2), "number"), "theta1": Leaf((2, 3), "number"), "theta2": Leaf((1, 3), "number")},
    (
        step("pre1", lambda v: _layer(v.X, v.theta1), "A 1 in front of every row, then each unit's weighted sum.",
             "(1, X ) theta1ᵀ", r"(1, X) \, \theta_1^\top"),
        step("a", lambda v: sigmoid(v.pre1), "The sigmoid, entry by entry.", "σ( pre1 )", r"\sigma(\text{pre}_1)"),
        step("pre2", lambda v: _layer(v.a, v.theta2), "A 1 in front of a, too.", "(1, a ) theta2ᵀ",
             r"(1, a) \, \theta_2^\top"),
        step("h", lambda v: sigmoid(v.pre2), "The sigmoid once more.", "σ( pre2 )", r"\sigma(\text{pre}_2)"),
    ),
    (
        slip("bias_last", "put the ones behind the inputs instead of in front", "in which column the bias stands",
             pre1=lambda v: _bias_last(v.X, v.theta1), pre2=lambda v: _bias_last(v.a, v.theta2)),
        slip("no_bias", "leave out the biases", "column 0 of both matrices",
             pre1=lambda v: v.X @ v.theta1[:, 1:].T, pre2=lambda v: v.a @ v.theta2[:, 1:].T),
        slip("no_bias_above", "leave out the bias of the second layer", "what is put in front of a",
             pre2=lambda v: v.a @ v.theta2[:, 1:].T),
        slip("linear_output", "leave out the sigmoid of the second layer", "what f is applied to",
             h=lambda v: v.pre2),
        slip("hard_steps", "use a threshold instead of the sigmoid", "which f this network has",
             a=lambda v: (v.pre1 > 0) * 1.0, h=lambda v: (v.pre2 > 0) * 1.0),
        slip("pre_handed_on", "hand on the sums of the first layer instead of what its units say",
             "what the second layer is given",
             pre2=lambda v: _layer(v.pre1, v.theta2)),
    ),
    "A layer is a 1 in front of every row, a product with the transposed matrix, and f entry by entry; then again.",
    inputs=_two_layers,
    tip="`np.column_stack([np.ones(len(X)), X])` puts a column of ones in front. With one input a row, the layer "
        "is a product with θᵀ.",
)

# ----------------------------------------------------------------------------------- 15: counting a network


def _ways(v):
    return float(np.prod(v.sizes[1:-1]))


COUNT = lesson(
    "15_neuron_to_mlp", "Counting a network", ("weights", "biases", "ways"),
    {"sizes": Leaf((4,), "number")},
    (
        step("weights", lambda v: float(np.dot(v.sizes[:-1], v.sizes[1:])),
             "Each layer times the next one, added up.",
             "Σ n m, of neighbours in sizes", r"\sum_l n_l n_{l+1}"),
        step("biases", lambda v: float(np.sum(v.sizes[1:])), "One for each unit; the inputs are no units.",
             "Σ n, of sizes without the first", r"\sum_{l > 0} n_l"),
        step("ways", _ways, "A way picks one unit in every hidden layer.",
             "the product of sizes without the first and the last",
             r"\prod_{\text{hidden}} n_l"),
    ),
    (
        slip("count_input_biases", "give the inputs biases, too", "which numbers are computed by units",
             biases=lambda v: float(np.sum(v.sizes))),
        slip("count_no_output_biases", "forget the biases of the outputs", "which numbers are computed by units",
             biases=lambda v: float(np.sum(v.sizes[1:-1]))),
        slip("count_weights_with_biases", "count the biases among the weights", "what stands in W and what in b",
             weights=lambda v: float(np.dot(v.sizes[:-1], v.sizes[1:]) + np.sum(v.sizes[1:]))),
        slip("count_all_ways", "count the ways from every input to every output", "where the ways begin and end",
             ways=lambda v: float(np.prod(v.sizes))),
        slip("count_ways_added", "add the hidden widths instead of multiplying them",
             "how many choices a way makes, one after the other",
             ways=lambda v: float(np.sum(v.sizes[1:-1]))),
        slip("count_weights_product", "multiply all widths for the weights", "which layers are connected",
             weights=lambda v: float(np.prod(v.sizes))),
    ),
    "Look at two neighbouring layers first: every unit of one is connected to every unit of the other.",
    draw=lambda numbers: {"sizes": np.array(numbers.choice([2.0, 3.0, 4.0, 5.0, 6.0], 4))},
    inputs=lambda rng: {"sizes": [int(n) for n in rng.integers(1, 7, rng.integers(2, 6))]},
    native=lambda given: {"sizes": [int(n) for n in given["sizes"]]},
    kinks=False,
    tip="`zip(sizes, sizes[1:])` gives each layer with the next one. Without hidden layers there is one way.",
)

# --------------------------------------------------------------------------------------- 16: activations


def _activation_inputs(rng):
    return {"z": np.round(rng.normal(0, 2, rng.integers(1, 6)), 1) + 0.0, "alpha": rng.choice([0.01, 0.1, 0.5])}


ACTIVATIONS = lesson(
    "16_activations", "Value and slope of three activations",
    ("leaky", "d_leaky", "elu", "d_elu", "softplus", "d_softplus"),
    {"z": Leaf((3,), "number"), "alpha": Leaf((), "rate")},
    (
        step("leaky", lambda v: np.where(v.z > 0, v.z, v.alpha * v.z), "As it is above 0, small below.",
             "z where z > 0, else alpha z",
             r"z \text{ if } z > 0, \text{ else } \alpha z"),
        back("d_leaky", lambda v: np.where(v.z > 0, 1.0, v.alpha), "Two straight lines have two slopes.",
             "1 where z > 0, else alpha",
             r"1 \text{ if } z > 0, \text{ else } \alpha"),
        step("elu", lambda v: np.where(v.z > 0, v.z, v.alpha * (np.exp(v.z) - 1)),
             "As it is above 0, a saturating curve below.",
             "z where z > 0, else alpha (eᶻ − 1)", r"z \text{ if } z > 0, \text{ else } \alpha (e^z - 1)"),
        back("d_elu", lambda v: np.where(v.z > 0, 1.0, v.alpha * np.exp(v.z)),
             "Below 0 the slope is the value, plus alpha.",
             "1 where z > 0, else elu + alpha", r"1 \text{ if } z > 0, \text{ else } \alpha e^z"),
        step("softplus", lambda v: np.logaddexp(0, v.z), "A ReLU without the kink.", "ln(1 + exp( z ))",
             r"\ln(1 + e^z)"),
        back("d_softplus", lambda v: sigmoid(v.z), "Its slope is the sigmoid.", "σ( z )", r"\sigma(z)"),
    ),
    (
        slip("where_exchanged", "exchange the two sides of np.where for Leaky ReLU",
             "which of the two np.where takes where z > 0",
             leaky=lambda v: np.where(v.z > 0, v.alpha * v.z, v.z),
             d_leaky=lambda v: np.where(v.z > 0, v.alpha, 1.0)),
        slip("elu_no_alpha", "leave out α in ELU", "the formula below 0",
             elu=lambda v: np.where(v.z > 0, v.z, np.exp(v.z) - 1),
             d_elu=lambda v: np.where(v.z > 0, 1.0, np.exp(v.z))),
        slip("elu_slope_is_value", "take the value of ELU for its slope below 0", "the derivative of α(eᶻ − 1)",
             d_elu=lambda v: np.where(v.z > 0, 1.0, v.alpha * (np.exp(v.z) - 1))),
        slip("elu_slope_everywhere", "use the slope of the left side everywhere", "the slope of ELU above 0",
             d_elu=lambda v: v.alpha * np.exp(v.z)),
        slip("elu_no_one", "forget the − 1 in ELU", "the value of ELU just below 0",
             elu=lambda v: np.where(v.z > 0, v.z, v.alpha * np.exp(v.z))),
        slip("leaky_slope_times_z", "leave z in the slope of Leaky ReLU", "the derivative of αz",
             d_leaky=lambda v: np.where(v.z > 0, 1.0, v.alpha * v.z)),
        slip("leaky_slope_zero", "take the slope of ReLU, 0 below 0", "the slope of Leaky ReLU below 0",
             d_leaky=lambda v: np.where(v.z > 0, 1.0, 0.0)),
        slip("softplus_slope_sign", "take 1/(1 + eᶻ) for the slope of softplus",
             "the sign in the exponent of the sigmoid",
             d_softplus=lambda v: sigmoid(-v.z)),
    ),
    "np.where chooses entry by entry; each side has its own formula, and its own slope.",
    lively=lambda v: np.any(v.z > 0) and np.sum(v.z < 0) > 1,
    inputs=_activation_inputs,
    kinks=False,
    tip="`np.where(z > 0, one, other)` chooses entry by entry. For the slope of ELU look at *f* + α.",
)

EXERCISES = (PERCEPTRON, BOOLEAN, COUNT, ACTIVATIONS)
