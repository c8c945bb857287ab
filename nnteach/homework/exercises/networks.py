"""Exercises on networks: backpropagation through dense layers, from a description of the network."""

from dataclasses import dataclass

from ...core.errors import GraphError, message
from ...core.graph import constant, ordered, variable
from ...nn.activations import ACTIVATIONS
from ...nn.losses import LOSSES
from ...nn.regularizers import L2
from ...nn.table import look_up
from .definitions import activation_in_words, loss_in_words
from .exercise import Exercise, Leaf, Place, Stage, Task

LEARNING_RATE = 0.5
LOSS_OF = {"softmax": "cross_entropy"}  # of an output activation; any other has half the squared error
PAIRED = {"cross_entropy": "categorical_cross_entropy"}  # taken from y, so that y is a stage on the way


@dataclass(frozen=True)
class Plan:
    """The description of a network exercise.

    Attributes:
        layers: numbers of units from the inputs to the outputs.
        hidden: activation of the hidden layers.
        output: activation of the last layer.
        loss: a name from LOSSES; squared errors and cross-entropies are averaged over the batch.
        batch: number of samples.
        l2: λ of the penalty ½λ Σ W²; 0 for none.
        skip: whether every hidden layer but the first adds its input to its output.
        shared: whether the hidden layers after the first share the weights of the second.
        learning_rate: of the update step.
    """

    layers: tuple[int, ...]
    hidden: str = "relu"
    output: str = "softmax"
    loss: str = "cross_entropy"
    batch: int = 4
    l2: float = 0.0
    skip: bool = False
    shared: bool = False
    learning_rate: float = LEARNING_RATE

    @property
    def depth(self) -> int:
        return len(self.layers) - 1

    def owner(self, layer: int) -> int:
        """The layer whose weights a layer uses."""
        return 2 if self.shared and 2 <= layer < self.depth else layer

    @property
    def parameters(self) -> list[str]:
        owners = sorted({self.owner(layer) for layer in range(1, self.depth + 1)})
        return [name for k in owners for name in (f"W{k}", f"b{k}")]


def network(
    layers,
    hidden="relu",
    output="softmax",
    loss=None,
    batch=4,
    l2=0.0,
    skip=False,
    shared=False,
    learning_rate=LEARNING_RATE,
    example=None,
    title=None,
    ask=None,
) -> Exercise:
    """Backpropagation through a network with dense layers.

    Args:
        layers, hidden, output, loss, batch, l2, skip, shared, learning_rate: see Plan.
        example: numbers by name, used when no student is named.
        title: a headline.
        ask: the stages to hand in; by default the gradients of all weights and biases.

    Raises:
        GraphError: a name that is not known, or sizes that do not fit.
    """
    loss = loss or LOSS_OF.get(output, "half_squared_error")
    plan = Plan(tuple(int(n) for n in layers), hidden, output, loss,
                int(batch), float(l2), bool(skip), bool(shared), float(learning_rate))
    _check_plan(plan)
    asked = tuple(ask or _in_order(f"d{name}" for name in plan.parameters))
    sizes = "-".join(map(str, plan.layers))
    return Exercise(
        f"backprop {plan}" + (f" {asked}" if ask else ""),
        title or f"Backpropagation through a {sizes} network",
        asked,
        _leaves(plan),
        lambda given: _network_task(plan, given),
        _conventions(plan),
        example,
    )


def _check_plan(plan):
    if len(plan.layers) < 2 or min(plan.layers) < 1 or plan.batch < 1:
        raise GraphError(
            message(
                "at least two layer sizes, such as [3, 3, 3], and a batch of at least 1",
                f"layers {list(plan.layers)}, batch {plan.batch}",
                "Give the widths from the inputs to the outputs, as in layers=[3, 4, 2], batch=1",
            )
        )
    look_up("activation", ACTIVATIONS, plan.hidden)
    look_up("activation", ACTIVATIONS, plan.output)
    look_up("loss", LOSSES, plan.loss)
    inner = plan.layers[1:-1]
    if (plan.skip or plan.shared) and (len(inner) < 2 or len(set(inner)) > 1):
        raise GraphError(
            message("two hidden layers or more of one width for skip= or shared=", f"layers {list(plan.layers)}",
                    f"Write layers={[plan.layers[0], *[max(inner, default=3)] * max(2, len(inner)), plan.layers[-1]]}")
        )
    if plan.output == "softmax" and plan.layers[-1] == 1:
        raise GraphError(message('two outputs or more with output="softmax": of one output it is always 1',
                                 f"layers {list(plan.layers)}",
                                 f'Write layers={[*plan.layers[:-1], 2]}, or output="sigmoid"'))
    if plan.loss == "cross_entropy" and plan.output != "softmax":
        raise GraphError(message('output="softmax" with cross_entropy', repr(plan.output),
                                 'Write output="softmax", or another loss, such as loss="mse"'))


def _in_order(asked):
    """dW before db, from the last layer to the first, as they are computed."""
    return tuple(sorted(asked, key=lambda name: (-int(name[2:]), name[1] == "b")))


def _leaves(plan):
    kinds = {"cross_entropy": "one_hot", "binary_cross_entropy": "binary"}
    target = kinds.get(plan.loss, "share" if plan.output in ("sigmoid", "softmax") else "input")
    leaves = {"X": Leaf((plan.batch, plan.layers[0]), "input"), "T": Leaf((plan.batch, plan.layers[-1]), target)}
    for name in plan.parameters:
        k = int(name[1:])
        shape = (plan.layers[k], plan.layers[k - 1])
        leaves[name] = Leaf(shape, "weight") if name[0] == "W" else Leaf(shape[:1], "bias")
    return leaves


def _network_task(plan, given) -> Task:
    places, stages = {}, {}
    values = {name: variable(given[name], name) for name in plan.parameters}
    h = constant(given["X"], "X")
    for k in range(1, plan.depth + 1):
        h = _layer(plan, k, h, values, places, stages)
    loss = _loss(plan, h, constant(given["T"], "T"), values, places)
    for k in range(plan.depth, 0, -1):
        stages[f"delta{k}"] = Stage(stages[f"z{k}"].node, "gradient")
        for name in (f"W{k}", f"b{k}"):
            if name in values:
                stages[f"d{name}"] = Stage(values[name], "gradient")
    return Task(loss, given, stages, places, plan.learning_rate, plan.l2)


def _layer(plan, k, h, values, places, stages):
    W, b = values[f"W{plan.owner(k)}"], values[f"b{plan.owner(k)}"]
    is_last = k == plan.depth
    turned = W.T
    product = h @ turned
    z = (product + b).named(f"z{k}")
    a = ACTIVATIONS[plan.output if is_last else plan.hidden](z)
    places |= {turned: Place("turn", k), product: Place("product", k), z: Place("bias", k)}
    stages[f"z{k}"] = Stage(z, "value")
    if a is not z:
        places[a.named("y" if is_last else f"a{k}")] = Place("output" if is_last else "activation", k)
    if plan.skip and 1 < k < plan.depth:
        a = (a + h).named(f"h{k}")
        places[a] = Place("skip", k)
    stages["y" if is_last else a.name or f"a{k}"] = Stage(a, "value")
    return a


def _loss(plan, y, target, values, places):
    known = set(ordered(y))
    measure = LOSSES[PAIRED.get(plan.loss, plan.loss)]
    loss = measure(y, target, "mean" if plan.loss in ("mse", "mae") else "batchmean")
    places |= {n: Place("loss", plan.depth) for n in ordered(loss) if n not in known and n.primitive}
    if plan.l2:
        penalty = L2(plan.l2, half=True)(values)
        known |= set(ordered(loss))
        places |= {n: Place("penalty", plan.depth) for n in ordered(penalty) if n not in known and n.primitive}
        loss = loss + penalty
        places[loss] = Place("total", plan.depth)
    return loss.named("loss")


def _conventions(plan):
    """What would otherwise be guessed: it decides factors of 2, of the batch and of the outputs."""
    loss, hidden, output = loss_in_words(plan.loss), activation_in_words(plan.hidden), activation_in_words(plan.output)
    lines = [
        "Each row of X and T is a sample; W has one row per unit, so z = X Wᵀ + b.",
        f"Hidden layers: {hidden}. Output: {output}." if plan.depth > 1 else f"Output: {output}.",
        f"The loss is {loss}; it is averaged over the {plan.batch} samples."
        if plan.batch > 1
        else f"The loss is {loss}.",
    ]
    if plan.l2:
        lines.append(f"Added to it is the penalty ½ λ Σ W² with λ = {plan.l2:g}, over the weights, not the biases.")
    if plan.skip:
        lines.append(
            "From the second hidden layer on, the input of a layer is added to its output: h = a + (what came in)."
        )
    if plan.shared:
        lines.append("All hidden layers after the first use the same W2 and b2.")
    lines.append(
        f"delta is the gradient by z. If you also make the update step, the learning rate is {plan.learning_rate:g}."
    )
    return tuple(lines)
