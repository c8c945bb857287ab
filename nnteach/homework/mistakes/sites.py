"""Where in a graph a mistake can be made: the functions that the lines of `catalogue.py` are written with.

Each returns a function task -> Changes: first the mistake made everywhere it can be made, then, where there are several
layers or nodes, made in one of them only. A rule is changed by a function of the Edge (`rerun.py`).
"""

from ...core import ops
from ..exercises.exercise import Task
from ..exercises.rerun import Change

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus")
BEFORE_A_LOSS = (*ACTIVATIONS, "softmax")
SQUARED = ("square", "absolute")
LOGARITHMIC = ("xlogy",)


def on(find, function):
    """Change the rule on the edges that `find(task)` yields as (where, edge)."""

    def changes(task):
        return everywhere_and_each(list(find(task)), function)

    return changes


def everywhere_and_each(found, function):
    """One Change with all the edges, then one for each place, if there are several."""
    if found:
        yield Change(edges=dict.fromkeys([edge for _, edge in found], function))
    places = list(dict.fromkeys(where for where, _ in found))
    for place in places if len(places) > 1 else ():
        yield Change(edges={edge: function for where, edge in found if where == place}, where=place)


def has_loss(task: Task, *names) -> bool:
    """Whether the loss is made with one of these primitives."""
    return any(n.primitive.name in names for n in task.find("loss"))


def top(task: Task):
    """The edges over which the prediction receives its gradient."""
    return task.edges_into(task.stages["y"].node)


def is_paired(task: Task) -> bool:
    """Whether the loss takes logarithms, so that the output's derivative cancels."""
    return has_loss(task, *LOGARITHMIC)


# ------------------------------------------------------------------------------------------- loss and output


def every_top(function, losses=None):
    """Where the prediction receives its gradient: a change of the loss, which scales or turns everything."""
    marks = {"mse": "mean", "mae": "mean", "cross_entropy": "xlogy", "binary_cross_entropy": "xlogy"}

    def changes(task):
        fits = losses is None or has_loss(task, *{marks[name] for name in losses})
        wanted = top(task) if task.is_network and fits else []
        if wanted:
            yield Change(edges=dict.fromkeys(wanted, function))

    return changes


def squares(function):
    """Where the error is squared."""
    return on(lambda task: [("", (n, 0)) for n in task.find("loss") if n.primitive.name == "square"], function)


def crossed(function):
    """Where y − t first shows: behind the square, or behind the activation if the loss takes logarithms."""

    def find(task):
        if task.is_network and is_paired(task):
            return [("", (n, 0)) for n in task.find("output")]
        return [("", (n, 0)) for n in task.find("loss") if n.primitive.name == "square"]

    return on(find, function)


def output(function, paired=None, only=(), but=()):
    """The step from y back to its pre-activation; `paired`: only with (or without) a loss of logarithms."""

    def find(task):
        nodes = task.find("output") if task.is_network else outermost(task)
        return [
            ("" if task.is_network else where(task, n), (n, 0))
            for n in nodes
            if (paired is None or is_paired(task) == paired)
            and (not only or n.primitive.name in only)
            and n.primitive.name not in but
            and (task.is_network or n.active)
        ]

    return on(find, function)


def reading(letter, change, squared=False):
    """Other numbers read off the sheet: the given arrays whose name begins with a letter."""

    def changes(task):
        names = [name for name in task.given if name.startswith(letter)] if task.is_network else []
        if squared and is_paired(task):
            names = []
        fitting = {name: change(task.given[name], task) for name in names}
        fitting = {name: array for name, array in fitting.items() if array.shape == task.given[name].shape}
        if fitting:
            yield Change(given=fitting)
        for name in fitting if len(fitting) > 1 else ():
            yield Change(given={name: fitting[name]}, where=name)

    return changes


# ----------------------------------------------------------------------------------------------- the layers


def outermost(task) -> list:
    """The activations of a graph that is no network by our plan, behind which no other and no weight comes.

    They make its output. Whatever comes after them, the loss say, has no weights.
    """
    before = set()
    for n in reversed(task.nodes):
        if n.primitive is not None and (n in before or _is_a_layer(n)):
            before.update(n.parents)
    return [n for n in task.nodes if n.primitive and n.primitive.name in BEFORE_A_LOSS and n not in before]


def _is_a_layer(node):
    """Whether a node is an activation, or applies a weight: a parameter of the graph."""
    name = node.primitive.name
    if name != "multiply":
        return name in BEFORE_A_LOSS or name == "matmul"
    logarithm = any(p.primitive and p.primitive.name == "log" for p in node.parents)  # t · ln y is a loss
    return not logarithm and any(p.primitive is None and p.active for p in node.parents)


def hidden(function, only=ACTIVATIONS, networks_only=False, anywhere=False):
    """Back through a hidden activation; in a graph that is no network by our plan, every one that is not outermost.

    Args:
        function: the changed rule.
        only: names of activations.
        networks_only: whether other graphs do not have it.
        anywhere: whether the words fit the output, too; then in such graphs any activation will do.
    """

    def find(task):
        nodes = task.find("activation") if task.is_network else [] if networks_only else task.nodes
        if not task.is_network and not anywhere and not networks_only:
            last = set(outermost(task))
            nodes = [n for n in nodes if n not in last]
        return [(where(task, n), (n, 0)) for n in nodes if n.primitive and n.primitive.name in only]

    return on(find, function)


def where(task, node) -> str:
    """A node's place in a sentence: its layer, or its name."""
    if place := task.places.get(node):
        return f"layer {place.layer}"
    values = (name for name, stage in task.stages.items() if stage.node is node and stage.kind == "value")
    return next((f"at {name}" for name in values), "")


def beside(edge):
    """The derivative of an activation at the values of the next layer, if it is as wide."""
    places = edge.world.task.places
    nxt = next(n for n, place in places.items() if place.role == "bias" and place.layer == edge.layer + 1)
    z = edge.world.value(nxt)
    if z.shape != edge.out.shape:
        raise ValueError("the next layer is not as wide")
    return edge.ruled(edge.g, edge.again(z), z, *edge.inputs[1:])


def passed_back(function, others=False, single_path=False):
    """The product that takes δ to the layer before (slot 0): from the second layer on."""

    def changes(task):
        found = [
            (f"layer {task.places[n].layer}", (n, 0)) for n in task.find("product") if task.places[n].layer > 1
        ]
        if single_path:
            return _single_paths(task, found)
        if others:
            return _other_weights(task, found, function)
        return everywhere_and_each(found, function)

    return changes


def _single_paths(task, found):
    for place, (n, slot) in found:
        width = n.shape[1]
        for j in range(width if width > 1 else 0):

            def one(e, j=j):
                return e.g[:, j : j + 1] @ e.inputs[1].T[j : j + 1]

            yield Change(edges={(n, slot): one}, where=f"{place}, unit {j + 1}")


def _other_weights(task, found, function):
    for place, (n, slot) in found:
        own = n.parents[1].parents[0]
        for name, array in task.given.items():
            if name.startswith("W") and name != own.name and array.shape == own.shape:
                yield Change(edges={(n, slot): lambda e, W=array: function(e, W)}, where=f"{place}, {name}")


def upstream_of():
    """Pass back what arrived at the activation, not what left it."""

    def changes(task):
        acts = {p.layer: n for n, p in task.places.items() if p.role in ("activation", "output")}
        found = [
            (f"layer {p.layer}", n)
            for n, p in task.places.items()
            if p.role == "product"
            and 1 < p.layer
            and p.layer in acts
            and not (p.layer == task.depth and is_paired(task))
        ]
        for chosen in all_and_each(found):
            edges = {}
            for _, n in chosen:
                act = acts[task.places[n].layer]
                slot = next((i for i, rule in enumerate(act.primitive.vjps) if rule), 0)
                edges[act, slot] = lambda e: e.right  # unchanged; what arrives there is remembered
                edges[n, 0] = lambda e, act=act: e.world.upstream[act] @ e.inputs[1].T
            yield Change(edges=edges, where=chosen[0][0] if len(chosen) < len(found) else "")

    return changes


def all_and_each(found):
    return ([found] if found else []) + ([[one] for one in found] if len(found) > 1 else [])


def into_weights(function, at=None):
    """The product that makes dW (slot 1); `at`: with other values than the layer's input."""

    def changes(task):
        found = [(f"layer {task.places[n].layer}", (n, 1)) for n in task.find("product")]
        if at is None:
            return everywhere_and_each(found, function)
        found = [(place, edge) for place, edge in found if _other_input(task, edge[0], at) is not None]
        return everywhere_and_each(found, lambda e: function(e, _value(e, _other_input(e.world.task, e.node, at))))

    return changes


def _other_input(task, product, at):
    """The node mistaken for the input of a layer: its pre-activation, X, or the layer's own output."""
    k, right = task.places[product].layer, product.parents[0]
    if at == "bias":
        chosen = task.find("bias", k - 1)
    elif at == "own":
        chosen = task.find("activation", k) + task.find("output", k) + task.find("bias", k)
    else:
        chosen = [n for n in task.nodes if n.name == "X"] if k > 1 else []
    return chosen[0] if chosen and chosen[0] is not right and chosen[0].shape == right.shape else None


def _value(edge, node):
    return edge.world.value(node)


def biases(function, of_input=False):
    """The edge to b (slot 1 of the sum); `of_input`: the function also gets the layer's input."""

    def with_input(e):
        return function(e, e.world.value(e.node.parents[0].parents[0]))

    def find(task):
        return [(f"layer {task.places[n].layer}", (n, 1)) for n in task.find("bias")]

    return on(find, with_input if of_input else function)


def only_sample(row):
    """Only one row counts for dW and db."""

    def only(e):
        mask = ops.where(e.world.row_numbers == row % e.world.task.batch, 1.0, 0.0)
        return e.ruled(e.g * mask, e.out, *e.inputs)

    def changes(task):
        edges = [(n, 1) for role in ("product", "bias") for n in task.find(role)]
        if edges:
            yield Change(edges=dict.fromkeys(edges, only))

    return changes


def parameters_of(task) -> dict[str, list]:
    """Name of a weight or bias -> the edges over which it receives its gradient from the data."""
    found: dict[str, list] = {}
    for n in task.find("product"):
        found.setdefault(n.parents[1].parents[0].name, []).append((n, 1))
    for n in task.find("bias"):
        found.setdefault(n.parents[1].name, []).append((n, 1))
    return found


def some_gradients(function, layers_only=False):
    """The gradients of one weight, one bias, one layer, all weights or all biases, but never all there are."""

    def changes(task):
        found = parameters_of(task)
        layers = list(dict.fromkeys(name[1:] for name in found))
        groups = {f"layer {k}": [f"W{k}", f"b{k}"] for k in layers}
        if not layers_only:
            groups = {f"d{name}": [name] for name in found} | groups
            groups |= {f"every d{letter}": [letter + k for k in layers] for letter in "Wb" if len(layers) > 1}
        for label, names in groups.items():
            if len(names) < len(found):
                edges = [edge for name in names for edge in found[name]]
                yield Change(edges=dict.fromkeys(edges, function), where=label, rare=True)

    return changes


def from_delta(function):
    """δ of a hidden layer, and with it all that comes from it, where that is more than one layer."""

    def changes(task):
        for n in task.find("activation"):
            if (k := task.places[n].layer) > 1:
                yield Change(edges={(n, 0): function}, where=f"from delta{k} on", rare=True)

    return changes


def transposed_data(task):
    """dW transposed before the penalty's part is added to it."""
    products = [n for n in task.find("product") if task.l2]
    if products:
        edges = {(n, 1): lambda e: e.right.T for n in products}
        yield Change(edges=edges, where="without the penalty's part", rare=True)


def forward(role, function, rule=None):
    """A changed value on the way forward; with `rule`, the way back fits to it."""

    def changes(task):
        found = [(f"layer {task.places[n].layer}", n) for n in task.find(role)]
        for chosen in all_and_each(found):
            place = chosen[0][0] if len(chosen) < len(found) else ""
            nodes = [n for _, n in chosen]
            fitting = {(n, 0): rule for n in nodes} if rule else {}
            yield Change(forward=dict.fromkeys(nodes, function), edges=fitting, where=place)
            if rule:
                yield Change(
                    forward=dict.fromkeys(nodes, function), where=f"{place} on the way forward only".strip()
                )

    return changes
