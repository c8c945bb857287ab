"""The table of mistakes: what a student did, where to look, and how the solution changes by it.

Each line says in words what was done (it continues "this is exactly what you get if …") and where to look, without ever
giving the right number. Its changes are made to the task's own graph (`resolve.py`): a changed rule on some edges, a
changed forward function, other numbers read off the sheet, or a changed update step. Nothing here knows a solution.

To add a mistake, add a line; the tests run over the table. The ids are those of the research on homework checking; the
first of a group of ties is the more likely one. `slips.py` and `branches.py` find the places in a graph.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .. import ops
from ..wrong_rules import WRONG_RULES, WRONG_UPDATES
from .branches import branches, calculus, computed, double_counted, either, into_bias, written
from .slips import (
    after,
    beside,
    biases,
    crossed,
    every_top,
    forward,
    hidden,
    into_weights,
    only_sample,
    output,
    passed_back,
    penalties,
    reading,
    squares,
    step,
    upstream_of,
)


@dataclass(frozen=True)
class Mistake:
    """One line of the table.

    Attributes:
        id: what it is called in results.
        did: what the student did; it continues "this is what you get if you …".
        look: where to look, without a number.
        changes: task -> the ways in which it can be made there, the usual one first; none if it cannot.
        convention: whether it is right under another convention of the loss.
    """

    id: str
    did: str
    look: str
    changes: Callable
    convention: bool = False


LOSS = (
    Mistake("sign", "take t − y instead of y − t",
            "the derivative of the loss: by what is it taken, and what stands first?",
            either(every_top(lambda e: -e.right), written("root", lambda e, slot: -e.right))),
    Mistake("two", "leave out a factor ½, or keep a 2 that cancels",
            "the factor in front of the loss: what remains of it?",
            either(every_top(lambda e: 2.0 * e.right), written("root", lambda e, slot: 2.0 * e.right)), convention=True),
    Mistake("half", "put a factor ½ in once too often",
            "the factor in front of the loss: does the square bring down a 2?",
            either(every_top(lambda e: 0.5 * e.right), written("root", lambda e, slot: 0.5 * e.right)), convention=True),
    Mistake("sum", "add up the samples instead of averaging them",
            "the sum over the batch: is it a sum or a mean?",
            every_top(lambda e: e.right * e.world.task.batch), convention=True),
    Mistake("mean_twice", "divide by the number of samples twice",
            "the mean over the batch: in which step is it divided?",
            every_top(lambda e: e.right / e.world.task.batch)),
    Mistake("mean_outputs", "average over the outputs, too",
            "the loss: over what is it averaged, and over what summed?",
            every_top(lambda e: e.right / e.right.shape[-1]), convention=True),
    Mistake("sum_outputs", "add up the outputs instead of averaging them",
            "the loss: is it a mean over the outputs as well?",
            every_top(lambda e: e.right * e.right.shape[-1], losses=("mse", "mae")), convention=True),
    Mistake("mean_each_layer", "divide by the number of samples again in every layer",
            "how δ goes from one layer to the one before: the mean over the batch is in it already",
            passed_back(lambda e: e.right / e.world.task.batch)),
    Mistake("loss_value", "put in the loss itself instead of its derivative",
            "the first step back: the slope of a square",
            squares(lambda e: e.g * e.out)),
    Mistake("abs", "take y − t without its sign", "the sign of y − t in every entry",
            crossed(lambda e: abs(e.right))),
    Mistake("target_swap", "use the target of another output",
            "the columns of T: which belongs to which output?",
            reading("T", lambda T, task: T[:, [*list(range(1, T.shape[1])), 0]])),
    Mistake("target_row", "use the target of another sample", "the rows of T: which belongs to which row of X?",
            reading("T", lambda T, task: T[[*list(range(1, T.shape[0])), 0]])),
)

OUTPUT = (
    Mistake("out_deriv_missing", "leave out the derivative of the output's activation",
            "the step from y back to its pre-activation: with this loss, does anything cancel?",
            output(lambda e: e.g, paired=False)),
    Mistake("out_deriv_double",
            "multiply by the derivative of the output's activation, which has cancelled already",
            "the step from y back to its pre-activation: what cancels against the derivative of the logarithm?",
            output(lambda e: e.right * (e.out * (1 - e.out)), paired=True)),
    Mistake("out_deriv_at_a",
            "take the derivative of the output's activation at y instead of at its pre-activation",
            "what is put into f′: the value before the activation or after it?",
            output(lambda e: e.ruled(e.g, e.again(e.out), e.out), paired=False)),
    Mistake("out_deriv_at_z", "put the pre-activation into a formula for f′ that is written with y",
            "the formula for f′ at the output: is it written with y or with z?",
            output(lambda e: e.ruled(e.g, e.inputs[0], e.inputs[0]), paired=False, but=("softmax",))),
    Mistake("out_f_not_fprime", "multiply by y instead of the derivative of the output's activation",
            "the step from y back to its pre-activation: f or f′?",
            output(lambda e: e.g * e.out, paired=False)),
    Mistake("softmax_diag", "differentiate the softmax entry by entry",
            "the Jacobian of the softmax: what stands off its diagonal?",
            output(lambda e: e.g * e.out * (1 - e.out), only=("softmax",))),
    Mistake("softmax_offdiag_sign", "turn the sign off the diagonal of the softmax's Jacobian",
            "the Jacobian of the softmax, off its diagonal: do other outputs rise or fall?",
            output(lambda e: e.out * (e.g + ops.sum(e.g * e.out, axis=-1, keepdims=True) - 2 * e.g * e.out),
                   only=("softmax",))),
    Mistake("ce_only", "stop at the derivative of the cross-entropy, without the softmax",
            "the step from y back to its pre-activation: the softmax has a Jacobian",
            output(lambda e: e.g, paired=True)),
    Mistake("p_only", "forget to subtract the target", "δ of the output: what is subtracted from y?",
            output(lambda e: -e.out * ops.sum(e.g * e.out, axis=-1, keepdims=True), paired=True, only=("softmax",))),
    Mistake("y_not_error", "use y itself instead of y − t", "δ of the output: what is subtracted from y?",
            reading("T", lambda T, task: 0.0 * T, squared=True)),
    Mistake("log_base", "take the logarithm to base 10", "the logarithm in the loss: which base?",
            every_top(lambda e: e.right / ops.log(10.0), losses=("cross_entropy", "binary_cross_entropy"))),
    Mistake("bce_one_term", "differentiate only one of the two terms of the binary cross-entropy",
            "the loss has two terms: y is in both", branches("y", keep="last")),
)

HIDDEN = (
    Mistake("hid_deriv_missing", "leave out the derivative of the hidden activation",
            "the step from a hidden unit's output back to its pre-activation", hidden(WRONG_RULES["hid_deriv_missing"])),
    Mistake("hid_deriv_at_a", "take the derivative of the hidden activation at a instead of at z",
            "what is put into f′: the value before the activation or after it?",
            hidden(lambda e: e.ruled(e.g, e.again(e.out), e.out, *e.inputs[1:]))),
    Mistake("hid_deriv_at_z", "put z into a formula for f′ that is written with a",
            "the formula for f′ in the hidden layer: is it written with a or with z?",
            hidden(WRONG_RULES["hid_deriv_at_z"])),
    Mistake("hid_f_not_fprime", "multiply by a instead of the derivative of the hidden activation",
            "the step from a back to z: f or f′?", hidden(WRONG_RULES["hid_f_not_fprime"])),
    Mistake("hid_deriv_double", "multiply by the derivative of the hidden activation twice",
            "how often f′ of the hidden layer is multiplied in",
            hidden(lambda e: e.ruled(e.right, e.out, *e.inputs))),
    Mistake("wrong_act", "use the derivative of another activation",
            "which activation the hidden layer has, and its derivative",
            hidden(lambda e: _OTHER[e.node.primitive.name].vjps[0](e.g, e.out, e.inputs[0]), only=("sigmoid",
            "tanh"))),
    Mistake("tanh_no_square", "take 1 − a for the derivative of tanh",
            "the derivative of tanh: is something squared?",
            hidden(lambda e: e.g * (1 - e.out), only=("tanh",))),
    Mistake("sigmoid_no_a", "take 1 − a for the derivative of the sigmoid",
            "the derivative of the sigmoid has two factors",
            hidden(lambda e: e.g * (1 - e.out), only=("sigmoid",))),
    Mistake("relu_inverted", "let the gradient through where z is negative, and stop it where z is positive",
            "the ReLU's gate: for which z is it open?",
            hidden(lambda e: e.g * ops.where(e.inputs[0] > 0, 0.0, 1.0), only=("relu",))),
    Mistake("relu_upstream", "let the gradient through where the gradient is positive, whatever z is",
            "the ReLU's gate: does it look at z or at what comes from above?",
            hidden(lambda e: e.g * ops.where(e.g > 0, 1.0, 0.0), only=("relu",))),
    Mistake("leaky_slope", "stop the gradient where z is negative, though the leaky ReLU lets a little through",
            "the slope of the activation for negative z",
            hidden(lambda e: e.g * ops.where(e.inputs[0] > 0, 1.0, 0.0), only=("leaky_relu", "elu"))),
    Mistake("deriv_wrong_layer", "take the derivative of the activation at another layer's values",
            "f′ of the hidden layer: at which layer's z?", hidden(beside, networks_only=True)),
)
_OTHER = {"sigmoid": ops.tanh, "tanh": ops.sigmoid}

WEIGHTS = (
    Mistake("W_noT", "pass δ back through the weights the wrong way round: rows and columns exchanged",
            "the product that takes δ to the layer before: does each weight stand between the right two units?",
            either(passed_back(lambda e: e.g @ e.inputs[1]),
                   written("matmul", lambda e, slot: e.inputs[0] @ e.g, slots=(1,)))),
    Mistake("wrong_W", "pass δ back through the weights of another layer", "through which weights δ goes back",
            passed_back(lambda e, W: e.g @ W, others=True)),
    Mistake("no_W", "pass δ back without the weights",
            "the step from δ to the layer before: each unit has weights of its own",
            either(passed_back(lambda e: ops.sum(e.g, axis=1, keepdims=True) + 0.0 * e.inputs[0]),
                   written("matmul", lambda e, slot: ops.sum(e.g) + 0.0 * e.inputs[1], slots=(1,)))),
    Mistake("err_not_delta", "pass back the gradient by the output instead of δ",
            "what is multiplied by the weights: δ, "
            "or what there was before the activation's derivative?", upstream_of()),
    Mistake("dW_T", "hand in the weights' gradient transposed",
            "the shape of W: one row per unit, one column per input",
            after(lambda answers, k: {f"dW{k}": answers[f"dW{k}"].T})),
    Mistake("own_W", "multiply δ by the weight itself instead of the input that the weight multiplies",
            "dW: by what is a weight multiplied on the way forward?",
            into_weights(lambda e: e.inputs[1] * ops.sum(e.g, axis=0))),
    Mistake("in_z", "use z instead of a as the input of the layer in dW",
            "dW: which values went into this layer?",
            into_weights(lambda e, z: z.T @ e.g, at="bias")),
    Mistake("in_x", "use x as the input of a later layer in dW", "dW: which values went into this layer?",
            into_weights(lambda e, x: x.T @ e.g, at="X")),
    Mistake("in_out", "use the layer's own output instead of its input in dW",
            "dW: which values went into this layer?",
            into_weights(lambda e, own: own.T @ e.g, at="own")),
    Mistake("missing_path", "follow only one of the paths from a hidden unit to the outputs",
            "how many units of the next layer a hidden unit feeds", passed_back(None, single_path=True)),
    Mistake("fwd_transposed",
            "read the weights the wrong way round: rows and columns exchanged, from the start",
            "the first product on the way forward: which weights belong to which unit?",
            reading("W", lambda W, task: W.T)),
    Mistake("W_mean", "divide dW by the number of samples once more",
            "dW: the mean over the batch is in δ already",
            into_weights(lambda e: e.right / e.world.task.batch)),
    Mistake("W_sum", "leave the mean over the batch out of dW, but not out of db",
            "dW and db: the same mean over the batch?",
            into_weights(lambda e: e.right * e.world.task.batch)),
)

BIAS = (
    Mistake("b_zero", "leave out the gradient of the biases", "z depends on b, too: with which slope?",
            either(biases(lambda e: 0.0 * e.g), written("add", into_bias))),
    Mistake("b_mean", "average db over the samples, though the mean is in δ already",
            "db: the mean over the batch is in δ already",
            biases(lambda e: e.g / e.world.task.batch)),
    Mistake("b_sum", "leave the mean over the batch out of db, but not out of dW",
            "dW and db: the same mean over the batch?",
            biases(lambda e: e.g * e.world.task.batch)),
    Mistake("b_all", "add up all units for db", "db: one number per unit; what is added up?",
            biases(lambda e: ops.sum(e.g) + 0.0 * e.inputs[1])),
    Mistake("b_first", "take db from the first sample only", "db: how many samples use b?",
            biases(lambda e: e.g[0])),
    Mistake("b_rowsum_dW", "add up a row of dW for db", "by what b is multiplied on the way forward",
            biases(lambda e, h: e.g * ops.sum(h, axis=1, keepdims=True), of_input=True)),
    Mistake("bias_times_input", "multiply δ by the input for db, too",
            "by what b is multiplied on the way forward",
            biases(lambda e, h: e.g * h, of_input=True)),
    Mistake("first_sample", "use the first sample only", "how many rows X has, and what happens to them",
            only_sample(0)),
    Mistake("last_sample", "use the last sample only (as with = instead of += in a loop over the samples)",
            "how many rows X has, and how their gradients come together", only_sample(-1)),
    Mistake("F_nobias", "leave out the biases on the way forward", "z: is b in it?",
            forward("bias", lambda z, product, b: product)),
    Mistake("F_bias_sign", "subtract the biases on the way forward", "z: the sign of b",
            forward("bias", lambda z, product, b: product - b)),
    Mistake("F_noact", "leave out the activation of the hidden layer",
            "what comes between z and the next layer",
            forward("activation", lambda a, z, *_: z, rule=lambda e: e.g)),
)

GRAPH = (
    Mistake("updated_W", "pass δ back through weights that have been updated already",
            "when the weights change: before or after the gradient has passed through them?",
            passed_back(lambda e: e.g @ (e.inputs[1] - e.world.task.learning_rate * (
                e.inputs[0].T @ e.g + e.world.task.l2 * e.inputs[1])).T)),
    Mistake("overwrite", "keep only one of the gradients that meet at a branch",
            "how many ways lead from there to the result",
            branches(keep="last", also="first")),
    Mistake("double_count", "go on from a branch before all of its gradients have arrived",
            "in which order the nodes are taken on the way back", double_counted()),
    Mistake("mul_not_swapped", "give each factor of a product its own value instead of the other's",
            "the derivative of a · b by a", calculus("multiply", WRONG_RULES["mul_not_swapped"])),
    Mistake("power_rule", "keep the exponent when differentiating a power",
            "the exponent in the derivative of a power",
            calculus("power square", lambda e, slot: e.right * e.inputs[0], slots=(0,))),
    Mistake("power_no_factor", "forget the exponent as a factor when differentiating a power",
            "the factor in the derivative of a power",
            calculus("power square", WRONG_RULES["power_no_factor"], slots=(0,))),
    Mistake("quotient_sign", "lose the minus sign in the derivative of a quotient",
            "the sign of the derivative of 1/x",
            calculus("divide", WRONG_RULES["quotient_sign"], slots=(1,))),
    Mistake("quotient_no_square", "forget to square the denominator", "the derivative of 1/x: what is squared?",
            calculus("divide", lambda e, slot: e.right * e.inputs[1], slots=(1,))),
    Mistake("exp_as_x", "take x for the derivative of e^x", "the derivative of the exponential",
            calculus("exp", lambda e, slot: e.g * e.inputs[0])),
    Mistake("exp_as_power", "differentiate e^x like a power of x",
            "the derivative of the exponential: where does x stand?",
            calculus("exp", lambda e, slot: e.g * e.inputs[0] * ops.exp(e.inputs[0] - 1))),
    Mistake("log_as_x", "take x for the derivative of ln x", "the derivative of the logarithm",
            calculus("log", lambda e, slot: e.g * e.inputs[0])),
    Mistake("minus_lost", "lose the minus sign of a difference", "the derivative of a − b by b",
            calculus("subtract negative", WRONG_RULES["minus_lost"], slots=(1, 0), last=True)),
    Mistake("max_both", "let the gradient through to both sides of a maximum",
            "which of the two decides the maximum",
            calculus("maximum minimum", lambda e, slot: e.g)),
    Mistake("max_wrong", "send the gradient to the side that was not taken",
            "which of the two decides the maximum",
            calculus("maximum minimum", WRONG_RULES["max_wrong"])),
    Mistake("cos_sign", "lose the minus sign in the derivative of the cosine", "the derivative of the cosine",
            calculus("cos", lambda e, slot: -e.right)),
    Mistake("upstream_missing", "write down the local derivative without what comes from above",
            "the chain rule: the local derivative is one factor; what is the other?",
            calculus("", WRONG_RULES["upstream_missing"])),
    Mistake("missing_inner", "leave out the local derivative: outer derivative only",
            "the chain rule: is there something inside?",
            calculus("exp log sin cos tanh sigmoid power square sqrt divide", WRONG_RULES["missing_inner"], slots=(0,))),
    Mistake("seed_not_one", "start with the result itself instead of 1",
            "the derivative of the result by itself",
            calculus("root", lambda e, slot: e.right * e.out)),
)

VALUES = (
    Mistake("F_minus", "take a sum for a difference, or the reverse, on the way forward",
            "plus or minus, in every sum",
            computed("add subtract", lambda value, a, b: 2 * a - value)),
    Mistake("F_swapped", "exchange the two sides of a difference or a quotient",
            "what stands first in a difference or quotient",
            computed("subtract divide", lambda value, a, b: b - a if value == a - b else b / a)),
    Mistake("F_no_power", "forget to square", "is something squared?", computed("power square",
            lambda value, a, *_: a)),
    Mistake("F_no_root", "forget the root", "is there a root?", computed("sqrt", lambda value, a: a)),
    Mistake("F_dropped", "leave out one factor of a product", "which factors there are",
            computed("multiply", lambda value, a, b: b, lambda value, a, b: a)),
)

UPDATE = (
    Mistake("ascent", "add the step instead of subtracting it", "in which direction the loss falls",
            step(WRONG_UPDATES["ascent"])),
    Mistake("no_lr", "leave out the learning rate", "how far the step goes",
            step(WRONG_UPDATES["no_lr"])),
    Mistake("lr_twice", "multiply by the learning rate twice", "how far the step goes",
            step(WRONG_UPDATES["lr_twice"])),
    Mistake("lr_on_weights", "multiply the weights by the learning rate instead of the gradient",
            "what the learning rate is multiplied by", step(lambda theta, g, rate: rate * theta - g)),
    Mistake("step_only", "hand in the step instead of the new weights", "what the step is subtracted from",
            step(WRONG_UPDATES["step_only"])),
    Mistake("R_missing", "leave out the penalty", "the loss has a second term",
            penalties(lambda e: 0.0 * e.right)),
    Mistake("R_double", "count the penalty twice, or lose its ½", "the factor in front of the penalty",
            penalties(lambda e: 2.0 * e.right)),
    Mistake("R_sign", "subtract the penalty's gradient", "the sign of the penalty",
            penalties(lambda e: -e.right)),
    Mistake("R_bias", "let the penalty pull at the biases, too", "which parameters the penalty counts",
            after(lambda answers, k, task: {f"db{k}": answers[f"db{k}"] + task.l2 * task.given[f"b{k}"]},
                  penalised=True)),
)

GROUPS = (LOSS, OUTPUT, HIDDEN, WEIGHTS, BIAS, GRAPH, VALUES, UPDATE)
MISTAKES = {mistake.id: mistake for group in GROUPS for mistake in group}

# Mistakes of the answers, not of the steps: `diagnose.py` recognises them by comparing stages.
OF_ANSWERS = {
    "swap_layers": ("hand in an answer under another answer's name", "which answer belongs to which name"),
    "unit_order": ("hand in the right numbers in another order", "the order of rows and columns"),
    "round_intermediate": ("round to one or two digits on the way",
            "the digits kept on the way: four are safe"),
}
