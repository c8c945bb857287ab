"""The levels of the player: the same pass as a graph of arrays, of single numbers, and as a network of neurons.

Every level has its own picture and steps, and says of each of its steps which step of the vector level shows the same
moment (`moments`); the player goes from one level to another by that. All numbers come from one trace, or, in the
scalar graph, from the same operations written out.
"""

import functools
import re

import numpy as np

from ....core.errors import GraphError, message
from ....core.graph import Node
from ....draw import drawn
from ....draw.chain import chain_of
from ....i18n.phrases import words
from ....trace.scalarise import entries
from ....trace.trace import Trace
from ..message import MOST_NUMBERS, Telling, entry_name, level_message
from ..pack import joined, packed
from ..questions.mistakes import slip_words
from ..questions.predict import question
from .cells import cell_recipes
from .layers import layer_level, open_layers
from .neuron import drawable_chain, neuron_level
from .slopes import slope_recipes

LEVELS = ("scalar", "vector", "neuron", "layer")
"""In the order of their buttons and of the keys 1 to 4."""

MOST_SCALARS = 400
"""Nodes of a scalar graph; a larger one is a wall of numbers."""

MOST_SCALARS_IN_ALL = 800
"""The same, times the iterations of a training run."""


class Scalars:
    """The scalar graph behind a trace, and which node of the trace each of its nodes belongs to."""

    def __init__(self, vector: Trace):
        self.vector = vector
        self.entries = entries(vector.root)
        self.owner = _owners(vector, self.entries)
        _name_results(vector, self.entries)

    @functools.cached_property
    def trace(self) -> Trace:
        """The trace of the scalar graph."""
        return self.vector.like(self.entries[self.vector.root].item())

    @functools.cached_property
    def moments(self) -> list[int]:
        """For every step of the scalar graph, from 0 on, the step of the vector graph that shows the same."""
        places = _places(self.vector)
        found = [0]
        for k, step in enumerate(self.trace.steps, start=1):
            keys = [(self.trace.iteration_at(k), *key) for key in self._keys(step)]
            found.append(next((places[key] for key in keys if key in places), found[-1]))
        found[-1] = len(self.vector)
        return found

    def _keys(self, step):
        """What this step may be in the vector graph, the best first."""
        node = self.owner[self.trace.original(step.node)]
        if step.slot is None:
            return [(step.kind, node, None)]
        given = self.trace.original(step.parent)
        slots = [slot for slot, parent in enumerate(node.parents) if given in self._members[parent]]
        slots.sort(key=lambda slot: slot != step.slot)  # x * x: the same slot, if both would do
        return [(step.kind, node, slot) for slot in [*slots, *range(len(node.parents))]]

    @functools.cached_property
    def _members(self):
        return {node: set(made.flat) for node, made in self.entries.items()}


def scalars_of(vector: Trace) -> Scalars | None:
    """The scalar level of a trace; None if there is none worth showing: it is the same graph, or a very large one."""
    shapes = [node.shape for node in vector.nodes]
    if vector.root.shape != () or all(shape == () for shape in shapes):
        return None
    most = min(MOST_SCALARS, MOST_SCALARS_IN_ALL // vector.iterations)
    if sum(node.value.size for node in drawn(vector) if node.shape) > most:
        return None  # before the work is done
    try:
        made = Scalars(vector)
    except (TypeError, ValueError, AttributeError, GraphError):  # an operation of one's own that only knows arrays
        return None
    return made if len(drawn(made.trace)) <= most else None


@np.errstate(all="ignore")  # an inf or nan is shown in its step; a warning on top says nothing new
def player_data(vector: Trace, level: str = "vector", any_number: bool = False, predict=None) -> dict:
    """The message to the browser: one level to begin with, and the others packed.

    Args:
        vector: the trace.
        level: the first level shown.
        any_number: whether boxes have room for any number.
        predict: what is asked from the start; None: whoever wants questions asks for them, and gets all.
    """
    ask = functools.partial(question, predict="all" if predict is None else predict)
    telling = Telling(vector, ask)
    makers = levels_of(vector, level, ask)
    made = {name: {"level": name, **make(any_number, telling)} for name, make in makers.items()}
    first = made.pop(level)
    levels = {name: packed(joined(_own(data, first))) for name, data in made.items()}
    return {
        **first,
        "levels": levels,
        **_folds(vector, makers, first, any_number, telling),
        "predict": predict is not None,
        "slips": slip_words(vector.language),
        "inputs": [
            {"name": vector.names[n], "value": n.value} for n in vector.nodes if n.kind == "input" and n.shape == ()
        ],
        "words": words(vector.language),
    }


_WHY = {
    "scalar": f"Scalar graphs are of graphs of arrays with a single number as result, up to {MOST_SCALARS} nodes",
    "neuron": "Neurons are drawn for layers in a row: x @ W.T + b, an activation, and so on",
    "layer": "Layers are collapsed where there are two or more in a row: x @ W.T + b, an activation, and so on",
    "vector": "",
}


def _folds(vector, makers, first, any_number, telling):
    """The level of layers with each layer open in turn; packed together, because they have so much in common."""
    made = open_layers(chain_of(vector), any_number, telling) if "layer" in makers else {}
    return {"folds": packed(joined({name: _own(data, first) for name, data in made.items()}))} if made else {}


def _own(data, first):
    """What of a level is not that of the first too: levels with the same steps tell them once."""
    own = {key: part for key, part in data.items() if key != "curve" and not (key in first and part == first[key])}
    return own | {"picture": _bare(data["picture"], first["picture"])}


_STYLE = re.compile("<style>.*?</style>", re.DOTALL)
_HEAT = re.compile('(<g class="heat" data-heat=)"[^"]*"|<path class="heat-[^>]*>')


def _bare(picture, first):
    """A picture without what the player puts there: the style sheet of the first one, and heat cells."""
    without = _HEAT.sub(lambda found: f'{found[1]}""' if found[1] else "", picture)
    return without.replace(_STYLE.search(first)[0], "<style/>")


def levels_of(vector: Trace, wanted: str = "vector", ask=None) -> dict:
    """The levels that exist for a trace: name -> function of (any_number, telling) that makes its part of the message.

    Raises:
        GraphError: if the level that is wanted is not among them.
    """
    scalars = scalars_of(vector)
    offered = {
        "scalar": scalars and functools.partial(_scalar_level, scalars, ask),
        "vector": functools.partial(_vector_level, vector, scalars),
        "layer": (layers := chain_of(vector)) and len(layers.layers) > 1 and functools.partial(layer_level, layers),
        "neuron": (chain := drawable_chain(vector)) and functools.partial(neuron_level, chain),
    }
    offered = {name: make for name, make in offered.items() if make}
    if wanted not in offered:
        raise GraphError(message(f"a level that this graph has ({', '.join(offered)})", repr(wanted), _WHY[wanted]))
    return offered


def first_level(vector: Trace) -> str:
    """The level that says most at first sight: a large network would be a graph of arrays without numbers."""
    parameters = sum(np.size(node.value) for node in vector.nodes if node.kind == "input")
    layers = parameters > MOST_NUMBERS and chain_of(vector)
    return "layer" if layers and len(layers.layers) > 1 else "vector"


def _vector_level(vector, scalars, any_number, telling):
    made = level_message(vector, any_number, telling)
    if scalars:
        made["cells"] = cell_recipes(vector, scalars.entries, scalars.owner)
        made["slopes"] = slope_recipes(vector, scalars.entries)
    return made


def _scalar_level(scalars, ask, any_number, _telling):
    def whole(node):
        return scalars.vector.names[scalars.owner[node]]

    ask = ask and functools.partial(ask, whole=whole)
    made = level_message(scalars.trace, any_number, Telling(scalars.trace, ask))
    owners = {
        scalars.trace.names[node]: scalars.vector.names[owner]
        for node, owner in scalars.owner.items()
        if node in scalars.trace.names
    }
    return {
        **made,
        "moments": scalars.moments,
        "nodes": [{**node, "of": owners[node["name"]]} for node in made["nodes"]],
    }


def _owners(vector, made):
    """For every scalar node, the vector node that it was made for: the oldest whose entries it leads to."""
    owner: dict[Node, Node] = {}
    for node in vector.nodes:
        stack = list(made[node].flat)
        while stack:
            scalar = stack.pop()
            if scalar not in owner:
                owner[scalar] = node
                stack.extend(scalar.parents)
    return owner


def _name_results(vector, made):
    """Give the entries of unnamed results the name that the vector graph shows: q[0,1]."""
    for node in vector.nodes:
        for index, scalar in _indexed(made[node]) if node.primitive and not node.name else ():
            if not scalar.name and scalar.kind != "constant":
                scalar.named(entry_name(vector.names[node], index))


def _indexed(made):
    return ((index, made[index]) for index in np.ndindex(made.shape))


def _places(vector):
    """The step that does something for the first time, by what it does: (iteration, kind, node, slot)."""
    places = {}
    for k, step in enumerate(vector.steps, start=1):
        places.setdefault((vector.iteration_at(k), step.kind, vector.original(step.node), step.slot), k)
    return places
