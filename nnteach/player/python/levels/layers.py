"""The level of layers: the vector graph with every layer collapsed into one box, `layer 1 · tanh`, or one of them open.

Nothing is computed here: the steps are those of the vector level, and a box is in use whenever one of the operations
in it is. It shows the output of the layer and the gradient of the output. A layer opens into its own nodes, and another
one that was open closes; with all of them open it would be the vector level.
"""

import dataclasses

from ....draw import NUMBER_COLUMNS, card_of, contribution_text, drawn, legend, operation_text, summary, title
from ....draw.chain import Chain
from ....draw.diagram import Diagram, Wire
from ....i18n.phrases import phrase
from ....trace.trace import Trace, edge_name
from ..message import Telling
from .neuron import flow_of, merged, status_of, without_repeats

MOST_OPENING = 4
"""Layers that can be opened, each with a picture of its own; in a deeper network the vector level serves."""


def open_layers(chain: Chain, any_number: bool = False, telling: Telling | None = None) -> dict[str, dict]:
    """What `layer_level` gives with each layer opened in turn, by its name, such as `layer1`; {} in a deep network."""
    count = len(chain.layers)
    if not _opens(count):
        return {}
    return {_name(k): layer_level(chain, any_number, telling, k) for k in range(1, count + 1)}


def _opens(count):
    return count <= MOST_OPENING


def _name(opened):
    """The name of the level with a layer open; without one, of the level itself."""
    return f"layer{opened or ''}"


def layer_level(chain: Chain, any_number: bool = False, telling: Telling | None = None, opened: int = 0) -> dict:
    """What the browser needs to show a network layer by layer.

    Arguments as in `message.level_message`; `opened` is the number of the layer that is open, from 1 on, or 0 for none.
    """
    from ....draw.layout import layout  # it loads Graphviz, and nothing else here needs that
    from ....draw.picture import picture

    telling = telling or Telling(chain.trace)
    trace, texts, made = chain.trace, telling.texts, _Collapsed(chain, any_number, opened)
    nodes, edges = [made.node(node, texts) for node in made.boxes], [made.edge(edge, texts) for edge in made.edges]
    diagram = made.diagram()
    return {
        "level": "layer",
        "open": opened,
        "title": title(trace),
        "summary": summary(trace),
        "picture": picture(diagram, layout(diagram), summary=summary(trace)),
        "root": trace.names[trace.root],
        "nodes": nodes,
        "edges": edges,
        **telling.parts,
    }


@dataclasses.dataclass(frozen=True)
class _Edge:
    """An edge between two boxes, and the edges of the vector graph that it stands for; the parent's own comes first."""

    parent: object
    child: object
    slot: int
    stands_for: tuple[str, ...]


class _Collapsed:
    """The boxes and edges that are left when layers are collapsed; `opened` is the number of one that is not, or 0."""

    def __init__(self, chain, any_number, opened=0):
        self.trace: Trace = chain.trace
        self.least = NUMBER_COLUMNS if any_number else 1
        self.numbers = {layer.out: k for k, layer in enumerate(chain.layers, start=1)}
        self.layers = {layer.out: (k, layer) for k, layer in enumerate(chain.layers, start=1) if k != opened}
        self.opened = chain.layers[opened - 1] if opened else None
        self.foldable = _opens(len(chain.layers))
        inside = {node for _, layer in self.layers.values() for node in self._members(layer) if node is not layer.out}
        self.boxes = [node for node in drawn(self.trace) if node not in inside]
        self.shown = set(self.boxes)
        self.edges = [edge for node in self.boxes for edge in self._edges_into(node)]

    def _members(self, layer):
        return [*([] if layer.helper is None else [layer.helper]), *layer.operations]

    def _edges_into(self, node):
        name = self.trace.names
        if node not in self.layers:
            return [_Edge(parent, node, slot, (edge_name(name, node, slot),))
                    for slot, parent in enumerate(node.parents) if parent in self.shown]
        layer = self.layers[node][1]
        product = edge_name(name, layer.product, layer.weight_slot)
        weight = (product,) if layer.helper is None else (edge_name(name, layer.helper, 0), product)
        found = [(layer.data, (edge_name(name, layer.product, 1 - layer.weight_slot),)), (layer.weight, weight)]
        if layer.bias is not None:
            slot = next(slot for slot, parent in enumerate(layer.pre.parents) if parent is layer.bias)
            found.append((layer.bias, (edge_name(name, layer.pre, slot),)))
        found += [(leaf, self._uses(leaf, layer)) for leaf in layer.extras]
        return [_Edge(parent, node, slot, edges) for slot, (parent, edges) in enumerate(found)]

    def _uses(self, leaf, layer):
        return tuple(edge_name(self.trace.names, node, slot) for node in layer.operations
                     for slot, parent in enumerate(node.parents) if parent is leaf)

    def operation(self, node):
        """What stands beside the name."""
        if node not in self.numbers:
            return operation_text(self.trace, node)
        called = phrase("layer.number", self.trace.language, k=self.numbers[node])
        if node not in self.layers:
            return f"{called} · {operation_text(self.trace, node)}"
        layer = self.layers[node][1]
        told = [called, layer.activation]
        if layer.normalised:
            told.insert(1, phrase("layer.normalised", self.trace.language))
        return " · ".join(filter(None, told))

    def fold(self, node):
        """The state that opens the layer of a box, or closes it; none for a box of no layer."""
        if not self.foldable:
            return {}
        if self.opened and node in set(self._members(self.opened)):
            return {"fold": _name(0)}
        return {"fold": _name(self.numbers[node])} if node in self.layers else {}

    def sign(self, node):
        """What the box of a layer says: that it opens, or closes."""
        return "" if node not in self.numbers or not self.foldable else "+" if node in self.layers else "−"

    def node(self, node, texts):
        """A box over time."""
        trace = self.trace
        members = self._members(self.layers[node][1]) if node in self.layers else [node]
        lines = {one: trace.timelines[trace.names[one]] for one in members}
        timeline = []
        for start in merged(lines.values()):
            states = {one: line.at(start) for one, line in lines.items()}
            status = status_of([states[node].status, states[members[0]].status], states.values())
            timeline.append([start, status, texts.place(states[node].value), texts.place(states[node].grad)])
        return {"name": trace.names[node], "kind": node.kind, "operation": self.operation(node),
                "at": [trace.names[one] for one in members], "timeline": without_repeats(timeline)} | self.fold(node)

    def edge(self, edge, texts):
        """An edge over time."""
        names, timeline = self.trace.names, []
        lines = [self.trace.edge_timelines[one] for one in edge.stands_for]
        for start in merged(lines):
            given = lines[0].at(start).contribution
            flow = flow_of([line.at(start) for line in lines])
            timeline.append([start, *flow, texts.place(given), contribution_text(given)])
        return {"id": f"{names[edge.parent]}->{names[edge.child]}#{edge.slot}", "parent": names[edge.parent],
                "child": names[edge.child], "slot": edge.slot, "timeline": without_repeats(timeline)}

    def diagram(self):
        """The picture to be drawn, in its final state."""
        trace = self.trace
        final, place = trace.state_at(len(trace)), {node: k for k, node in enumerate(self.boxes)}
        cards = tuple(dataclasses.replace(card_of(trace, node, final.nodes[trace.names[node]], self.least),
                                          operation=self.operation(node), sign=self.sign(node)) for node in self.boxes)
        wires = tuple(self._wire(edge, place) for edge in self.edges)
        return Diagram(title(trace), cards, wires, phrase("now", trace.language), legend(trace, self.boxes))

    def _wire(self, edge, place):
        states = self.trace.edge_timelines[edge.stands_for[0]].states
        chips = [contribution_text(state.contribution) for state in states]
        columns = max(map(len, chips))
        room = max(columns, self.least) if columns else 0
        return Wire(place[edge.parent], place[edge.child], edge.slot, chips[-1], room)
