"""Layers in a row, recognised in any graph: x @ W.T + b or W @ x + b, an activation, and so on, and then a loss.

Between the pre-activation and the next layer anything may happen that keeps to the units: normalisation,
dropout. What a network is called or built with plays no part: only what was computed counts.
"""

from dataclasses import dataclass, replace

from ..core.graph import Node, ordered
from ..trace.trace import Trace

ACTIVATIONS = frozenset(("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "step", "softmax", "sin", "exp"))
TRANSPOSED = frozenset(("matrix_transpose", "transpose"))


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes:
        weight: its weights, a leaf of shape (n_out, n_in), or (n_in, n_out) if not `by_rows`.
        by_rows: whether row j of the weights leads to unit j.
        weight_slot: which input of the product they are.
        bias: a leaf, or None.
        product, pre, out: matrix product, pre-activation and output; the same node where nothing is between them.
        helper: the transpose of the weights, if there is one.
        station: the operations on the way from the pre-activation to the output besides these two: the parts of a
            normalisation, or an activation with dropout behind it.
        extras: the leaves that they use: scale, shift, a mask.
    """

    weight: Node
    by_rows: bool
    weight_slot: int
    bias: Node | None
    product: Node
    pre: Node
    out: Node
    helper: Node | None
    station: tuple[Node, ...] = ()
    extras: tuple[Node, ...] = ()

    @property
    def data(self) -> Node:
        """What the layer works on."""
        return self.product.parents[1 - self.weight_slot]

    @property
    def width(self) -> int:
        """Number of units."""
        return self.weight.shape[0 if self.by_rows else 1]

    @property
    def operations(self) -> list[Node]:
        """All that the layer computes, in order; each node once."""
        return list(dict.fromkeys((self.product, self.pre, *self.station, self.out)))

    @property
    def activation(self) -> str | None:
        """The name of its activation."""
        names = [node.primitive.name for node in self.operations if node.primitive.name in ACTIVATIONS]
        return names[-1] if names else None

    @property
    def normalised(self) -> bool:
        """Whether its units are divided by a measure of their spread."""
        return any(node.primitive.name == "divide" for node in self.station)

    def weight_index(self, source: int, unit: int) -> tuple[int, int]:
        """Where the weight from an input to a unit stands."""
        return (unit, source) if self.by_rows else (source, unit)


@dataclass(frozen=True)
class Chain:
    """A network of layers in a row, found in a trace."""

    trace: Trace
    layers: tuple[Layer, ...]

    @property
    def samples_in_columns(self) -> bool:
        """Whether the samples stand in columns: W @ x."""
        return self.layers[0].weight_slot == 0

    @property
    def widths(self) -> list[int]:
        """Numbers of units, inputs first."""
        first = self.layers[0]
        return [first.weight.shape[1 if first.by_rows else 0], *(layer.width for layer in self.layers)]

    @property
    def loss(self) -> Node | None:
        """The result, if it is more than the output of the last layer."""
        return None if self.trace.root is self.layers[-1].out else self.trace.root

    def index(self, node: Node, unit: int, sample: int = 0) -> tuple[int, ...]:
        """Where the number of a unit stands in an array of inputs or outputs."""
        if len(node.shape) == 1:
            return (unit,)
        return (unit, sample) if self.samples_in_columns else (sample, unit)

    def leaf_index(self, leaf: Node, unit: int) -> tuple[int, ...]:
        """Where the number that a bias, scale, shift or mask has for a unit stands, for the first sample."""
        own = 0 if self.samples_in_columns and len(leaf.shape) == 2 else len(leaf.shape) - 1
        return tuple(unit if axis == own and length > 1 else 0 for axis, length in enumerate(leaf.shape))


def chain_of(trace: Trace) -> Chain | None:
    """The layers behind a result; None if it is not made by layers in a row."""
    users = _users(trace)
    products = [node for node in trace.nodes if node.primitive and node.primitive.name == "matmul"]
    layers: list[Layer] = []
    for k, product in enumerate(products):
        layer = _layer(product, layers[-1].out if layers else None, users)
        if layer is not None and k + 1 < len(products):
            layer = _up_to(layer, products[k + 1])
        if layer is None:
            return None
        layers.append(layer)
    if not layers or len({layer.weight_slot for layer in layers}) > 1:
        return None
    if any(len(node.shape) not in (1, 2) for layer in layers for node in (layer.data, layer.out)):
        return None
    leaves = [leaf for layer in layers for leaf in (layer.weight, layer.bias, *layer.extras) if leaf is not None]
    if len(set(leaves)) < len(leaves):
        return None  # layers that share a weight: it would belong to two of them
    chain = Chain(trace, tuple(layers))
    return chain if chain.loss is None or chain.loss.shape == () else None


def _users(trace):
    users = {node: [] for node in trace.nodes}
    for node in trace.nodes:
        for parent in dict.fromkeys(node.parents):
            users[parent].append(node)
    return users


def _layer(product, data, users):
    found = [_weight(product, slot) for slot in (1, 0)]
    fitting = [
        slot
        for slot, weight in zip((1, 0), found, strict=True)
        if weight and (data is None or product.parents[1 - slot] is data)
    ]
    if data is None and len(fitting) == 2:  # both are leaves: what is trained, transposed, or a matrix
        fitting.sort(
            key=lambda slot: (
                not product.parents[slot].active,
                not product.parents[slot].parents,
                len(product.parents[slot].shape) != 2,
            )
        )
    if not fitting:
        return None
    slot = fitting[0]
    weight, helper = _weight(product, slot)
    bias, pre = _bias(product, users)
    return Layer(weight, (slot == 0) == (helper is None), slot, bias, product, pre, _activation(pre, users), helper)


def _weight(product, slot):
    """The matrix on one side of a product, and its transpose if that stands there; None if it is no leaf."""
    node = product.parents[slot]
    helper = None
    if node.primitive and node.primitive.name in TRANSPOSED:
        node, helper = node.parents[0], node
    return (node, helper) if node.primitive is None and len(node.shape) == 2 else None


def _bias(product, users):
    if len(users[product]) == 1 and (add := users[product][0]).primitive.name == "add" and add.shape == product.shape:
        other = add.parents[1] if add.parents[0] is product else add.parents[0]
        if other.primitive is None and other.shape:
            return other, add
    return None, product


def _activation(pre, users):
    if len(users[pre]) == 1 and users[pre][0].primitive.name in ACTIVATIONS and users[pre][0].parents[0] is pre:
        return users[pre][0]
    return pre


def _up_to(layer, product):
    """The layer with all that happens before the next product; None if more flows into that than the layer makes."""
    if any(parent is layer.out for parent in product.parents):
        return layer
    ends = [node for node in product.parents if layer.pre in set(ordered(node))]
    if len(ends) != 1 or ends[0].shape != layer.pre.shape:
        return None
    before = set(ordered(layer.pre))
    found = [node for node in ordered(ends[0]) if node not in before]
    station = [node for node in found if node.primitive]
    leaves = [node for node in found if node.primitive is None]
    inside = {*found, layer.pre}
    if any(parent not in inside and parent.shape for node in station for parent in node.parents):
        return None
    return replace(layer, out=ends[0], station=tuple(station[:-1]), extras=tuple(leaf for leaf in leaves if leaf.shape))


def groups(chain: Chain) -> dict[Node, tuple]:
    """What each node of the graph is a part of: ("unit", layer), ("weight", layer), ("bias", layer) or ("loss",)."""
    found: dict[Node, tuple] = {}
    for number, layer in enumerate(chain.layers, start=1):
        found |= dict.fromkeys(layer.operations, ("unit", number))
        found |= dict.fromkeys([node for node in (layer.weight, layer.helper) if node is not None], ("weight", number))
        if layer.bias is not None:
            found[layer.bias] = ("bias", number)
        found |= {leaf: ("extra", number, place) for place, leaf in enumerate(layer.extras)}
    for node in ordered(chain.layers[0].data):
        found.setdefault(node, ("unit", 0))
    for node in chain.trace.nodes:
        if node.primitive:
            found.setdefault(node, ("loss",))
    return found
