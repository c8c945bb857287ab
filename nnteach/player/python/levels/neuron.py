"""The neuron level of the message: the vector trace once more, one unit, weight and bias at a time.

Nothing is computed here: every number is an entry of an array of the trace, and every step is a step of the trace.
"""

import numpy as np

from ....draw import operation_text, summary, title
from ....draw.chain import Chain, chain_of, groups
from ....draw.neurons import Cell, Line, Sketch, neuron_picture
from ....i18n.phrases import phrase
from ....symbolic.number_format import number
from ....trace.trace import Timeline, Trace, edge_name
from ..message import Telling, Texts, entry_name

MOST_UNITS = 8  # in one layer
MOST_WEIGHTS = 24  # numbers between two layers that can still be read; without them, the lines alone are drawn
ANY_NUMBER = 10  # characters


def drawable_chain(trace: Trace) -> Chain | None:
    """The network behind a trace, if there is one that can be drawn."""
    chain = chain_of(trace)
    return chain if chain and max(chain.widths) <= MOST_UNITS else None


def neuron_level(chain: Chain, any_number: bool = False, telling: Telling | None = None) -> dict:
    """What the browser needs to show a network as neurons, for the first sample.

    Arguments as in `message.level_message`.
    """
    telling = telling or Telling(chain.trace)
    made = _Network(chain, any_number, telling.texts)
    return {
        "title": title(chain.trace),
        "summary": summary(chain.trace),
        "picture": neuron_picture(made.sketch, summary(chain.trace)),
        "root": chain.trace.names[chain.trace.root],
        "nodes": list(made.nodes.values()),
        "edges": made.edges,
        **telling.parts,
    }


class _Network:
    """The nodes and edges of the message, and the sketch of the picture, made layer by layer."""

    def __init__(self, chain, any_number, texts: Texts):
        self.chain, self.trace, self.any_number = chain, chain.trace, any_number
        self.texts, self.nodes, self.edges, self.cells = texts, {}, [], {}
        self.parts = {}
        for node, part in groups(chain).items():
            self.parts.setdefault(part, []).append(node)
        self.sketch = self._sketch()

    def _sketch(self):
        chain, layers = self.chain, self.chain.layers
        data = layers[0].data
        columns = [[self._cell(data, chain.index(data, unit), data, ("unit", 0)) for unit in range(chain.widths[0])]]
        captions, lines, below = [self._inputs(data)], [], [[()] * chain.widths[0]]
        for n, layer in enumerate(layers, start=1):
            units = range(layer.width)
            columns.append([self._cell(layer.out, chain.index(layer.out, unit), layer.pre, ("unit", n))
                            for unit in units])
            below.append([self._below(n, layer, unit) for unit in units])
            lines.append(self._lines(n, layer, columns))
            captions.append(f"{self.trace.names[layer.out]} = {operation_text(self.trace, layer.out)}")
        if chain.loss is not None:
            columns.append([self._cell(chain.loss, (), chain.loss, ("loss",))])
            below.append([()])
            lines.append([self._line(i, 0, columns, self._edges_to_loss(), None) for i in range(layers[-1].width)])
            captions.append(phrase("loss", self.trace.language))
        return Sketch(
            title(self.trace),
            columns,
            captions,
            lines,
            below,
            phrase("now", self.trace.language),
            phrase("neurons.legend", self.trace.language),
            ["", *(phrase("layer.normalised", self.trace.language) if layer.normalised else "" for layer in layers)],
        )

    def _below(self, n, layer, unit):
        """What a unit has of its own: its bias, and its scale, shift or mask where there are any."""
        leaves = [(layer.bias, ("bias", n))] if layer.bias is not None else []
        leaves += [(leaf, ("extra", n, place)) for place, leaf in enumerate(layer.extras) if self._is_own(leaf, layer)]
        return tuple(self._cell(leaf, self.chain.leaf_index(leaf, unit), leaf, part) for leaf, part in leaves)

    def _is_own(self, leaf, layer):
        """Whether a leaf has a number for every unit that is worth a place: what is learnt, and masks."""
        return layer.width in leaf.shape and (leaf.active or leaf.shape == layer.out.shape)

    def _inputs(self, data):
        """What stands over the inputs: their name, and which sample is shown where there are several."""
        samples = 1 if len(data.shape) == 1 else data.shape[1 if self.chain.samples_in_columns else 0]
        name = self.trace.names[data]
        return name if samples == 1 else phrase("neurons.sample", self.trace.language, name=name, samples=samples)

    def _lines(self, n, layer, columns):
        shown = len(columns[-2]) * layer.width <= MOST_WEIGHTS
        used = [edge_name(self.trace.names, layer.product, slot) for slot in (0, 1)]
        lines = []
        for unit in range(layer.width):
            for source in range(len(columns[-2])):
                weight = self._cell(layer.weight, layer.weight_index(source, unit), layer.weight, ("weight", n))
                lines.append(self._line(source, unit, columns, used, weight if shown else None))
        return lines

    def _edges_to_loss(self):
        out = self.chain.layers[-1].out
        return [
            edge_name(self.trace.names, node, slot)
            for node in self.trace.nodes
            for slot, parent in enumerate(node.parents)
            if parent is out
        ]

    def _cell(self, node, index, graded, part):
        """A number of the network: an entry of `node`, with the gradient of the same entry of `graded`."""
        name = entry_name(self.trace.names[node], index)
        line = merged([self.trace.timelines[self.trace.names[one]] for one in self.parts[part]])
        timeline = [
            [
                start,
                status_of([states[node].status, states[graded].status], states.values()),
                _entry(states[node].value, index),
                _entry(states[graded].grad, index),
            ]
            for start, states in self._states(part, line)
        ]
        self.nodes[name] = {
            "name": name,
            "kind": node.kind,
            "of": self.trace.names[node],
            "operation": operation_text(self.trace, node),
            "at": [self.trace.names[one] for one in self.parts[part]],
            "timeline": without_repeats([[*entry[:2], *map(self.texts.place, entry[2:])] for entry in timeline]),
        }
        numbers = [number(x) for entry in timeline for x in entry[2:] if x is not None]
        last = timeline[-1]
        return Cell(
            name,
            *("" if x is None else number(x) for x in last[2:]),
            max([ANY_NUMBER * self.any_number, *map(len, numbers)]),
            any(entry[3] is not None for entry in timeline),
        )

    def _states(self, part, starts):
        for start in starts:
            yield start, {node: self.trace.timelines[self.trace.names[node]].at(start) for node in self.parts[part]}

    def _line(self, source, unit, columns, used, weight):
        """A connection: it is in use whenever one of the edges that it stands for is."""
        parent, child = columns[-2][source].name, columns[-1][unit].name
        lines = [self.trace.edge_timelines[name] for name in used]
        timeline = [[start, *flow_of([line.at(start) for line in lines]), None, ""] for start in merged(lines)]
        self.edges.append(
            {
                "id": f"{parent}->{child}#{source}",
                "parent": parent,
                "child": child,
                "slot": source,
                "timeline": without_repeats(timeline),
            }
        )
        return Line(self.edges[-1]["id"], source, unit, weight)


def merged(lines: list[Timeline]) -> list[int]:
    """The steps at which one of the timelines changes."""
    return sorted({start for line in lines for start in line.starts})


def status_of(own, all_states):
    """A part is in use with any of its nodes, and done when those are whose numbers it shows."""
    if any(state.status == "now" for state in all_states):
        return "now"
    return next(status for status in ("todo", "half", "done") if status in own or status == "done")


def flow_of(states):
    directions = {state.direction for state in states}
    now = {state.direction for state in states if state.status == "now"}
    direction = next((way for way in ("backward", "forward") if way in (now or directions)), "rest")
    return status_of([state.status for state in states], states), direction


def _entry(value, index):
    return None if value is None else np.asarray(value)[index].item()


def without_repeats(timeline):
    return [entry for k, entry in enumerate(timeline) if k == 0 or entry[1:] != timeline[k - 1][1:]]
