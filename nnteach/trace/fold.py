"""A graph too large to be shown, folded: "… 8,333 operations" in one box, and very many inputs in one box, too.

    small = folded(root)       # a graph of a few dozen nodes that ends in the same number

A fold is a node with a primitive of its own, so that whatever shows graphs shows folds: trace, picture, player and
worked solution know nothing about them. Its value is computed by the operations inside, and its rule is the backward
pass through them; the numbers at its borders are therefore those of the whole graph.

Where to fold: the operations, in the order in which they were made, are cut into runs. Any such cut is right, because
nothing was made before what it needs. A good one has few results that cross it, as between two layers, so of all places
near the one that would make the runs equally long, the one with the fewest is taken; and a result that has a name ends
its run. A run with one result is shown by that, one with several by all of them, as one array.
"""

import math
import re
from collections.abc import Callable

import numpy as np

from ..core.autodiff import pulled, zero_like
from ..core.graph import Node, constant, ordered, record, settle, variable
from ..core.node_names import labels, short
from ..core.primitive import Primitive
from ..i18n.phrases import phrase

RUNS = 14
"""Into how many runs operations without names are cut."""
MOST_NAMED = 24
"""Results with names, or kinds of them such as h1[0], h1[1], …, that end a run each."""
MOST_RUNS = 40
MOST_MORE = 3
"""Other runs that have to end so that one may."""
ENOUGH_NAMED = 3
"""With as many, nothing is cut elsewhere."""
MOST_LEAVES = 20
"""Inputs and constants that have a box each; of more, those of one kind share one."""


class Fold(Primitive):
    """Operations that are shown as one; `count` says how many."""

    def __init__(self, inside: "Inside", notation: str):
        rules = tuple(inside.rule(slot) for slot in range(len(inside.shapes)))
        super().__init__(inside.forward, rules, notation, inside.elementwise)
        self.name, self.inside, self.count = "fold", inside, len(inside.rows)

    def __reduce__(self):
        return Fold, (self.inside, self.notation)


def folded(root: Node, language: str = "en") -> Node:
    """A small graph that ends in the value of a large one.

    Args:
        root: the result.
        language: of what stands in the boxes.

    Returns:
        The counterpart of the result. Leaves that have a box of their own are the same nodes in both graphs.
    """
    return _Folding(root, language).result()


# ------------------------------------------------------------------------------------------------ what is in a fold

class Place:
    """Where a number of the large graph stands in the small one: in which box, from which entry on."""

    __slots__ = ("box", "dtype", "shape", "start", "whole")

    def __init__(self, box, node, start, whole):
        self.box, self.shape, self.dtype, self.start, self.whole = box, node.shape, node.dtype, start, whole

    def taken(self, value):
        """The number, taken out of the value of the box."""
        if self.whole:
            return value
        part = np.asarray(value).ravel()[self.start:self.start + math.prod(self.shape)]
        return settle(part.reshape(self.shape).astype(self.dtype))


class Inside:
    """The operations in a fold, as a program that runs forward and backward.

    Args:
        taken: (slot, place in that box, whether it depends on a variable) of every number that comes from outside.
        fixed: numbers that are needed inside only.
        rows: (primitive, places of its inputs, settings); places count `taken`, then `fixed`, then the rows themselves.
        outputs: the places of the results.
        shape: of the array that holds them, if there are several.
        shapes: of the boxes that something is taken from; None: one that is a single node itself.
        elementwise: whether it makes one single number of single numbers.
    """

    def __init__(self, taken, fixed, rows, outputs, shape, shapes, elementwise):
        self.taken, self.fixed, self.rows, self.outputs = taken, fixed, rows, outputs
        self.shape, self.shapes, self.elementwise = shape, shapes, elementwise
        self._ran = self._pulled = None

    def __reduce__(self):
        return Inside, (self.taken, self.fixed, self.rows, self.outputs, self.shape, self.shapes, self.elementwise)

    def forward(self, *inputs):
        """The results, as one array if there are several."""
        nodes = self._run(inputs)
        values = [nodes[place].value for place in self.outputs]
        return values[0] if len(values) == 1 else _joined(values, self.shape)

    def rule(self, slot: int) -> Callable:
        """The backward pass to one of the boxes that something is taken from."""
        def rule(g, _, *inputs):
            return self._backward(g, inputs)[slot]
        return rule

    def _run(self, inputs):
        """The graph inside, on these numbers; the last one is kept, because every rule wants it."""
        if self._ran is None or not _same(self._ran[0], inputs):
            for x in inputs:
                _check_number(x)
            self._ran = inputs, self._recorded(inputs)
        return self._ran[1]

    @np.errstate(all="ignore")  # what there is to say was said where the lines of the student's ran
    def _recorded(self, inputs):
        nodes = [_border(place.taken(inputs[slot]), active) for slot, place, active in self.taken]
        nodes += map(constant, self.fixed)
        for primitive, places, static in self.rows:
            nodes.append(record(primitive, [nodes[place] for place in places], static))
        return nodes

    def _backward(self, g, inputs):
        """The gradients of all boxes; every rule asks for those of the same pass."""
        _check_number(g)
        nodes = self._run(inputs)
        if self._pulled is None or self._pulled[0] is not g or self._pulled[1] is not nodes:
            self._pulled = g, nodes, self._gradients(g, nodes)
        return self._pulled[2]

    def _gradients(self, g, nodes):
        totals = pulled(nodes, self._seeds(g, nodes))
        made = [None if shape is None else np.zeros(math.prod(shape)) for shape in self.shapes]
        for (slot, place, _), node in zip(self.taken, nodes, strict=False):
            gradient = totals.get(node)
            if place.whole:
                made[slot] = zero_like(node) if gradient is None else gradient
            elif gradient is not None:
                made[slot][place.start:place.start + node.size] = np.ravel(gradient)
        return [settle(gradient if shape is None else gradient.reshape(shape))
                for gradient, shape in zip(made, self.shapes, strict=True)]

    def _seeds(self, g, nodes):
        """What arrives at each of the results, in its shape and precision."""
        outputs = [nodes[place] for place in self.outputs]
        if len(outputs) == 1:
            return {outputs[0]: g}
        seeds, start = {}, 0
        for node in outputs:
            part = np.ravel(g)[start:start + node.size].reshape(node.shape)
            seeds[node] = settle(part.astype(node.dtype if node.dtype.kind == "f" else float))
            start += node.size
        return {node: seed for node, seed in seeds.items() if node.active}


def _check_number(x):
    """Whether it is a number or an array of them, and nothing that a formula or a graph is made of."""
    if not isinstance(x, float | bool | np.ndarray | np.generic) or np.asarray(x).dtype == object:
        raise TypeError("a fold works on numbers")


def _joined(values, shape):
    """Several numbers and arrays as one array of real numbers."""
    return np.concatenate([np.ravel(value) for value in values]).reshape(shape) * 1.0


def _same(before, now):
    return len(before) == len(now) and all(a is b for a, b in zip(before, now, strict=True))


def _border(value, active):
    """A leaf for a number from outside: as it is, even a yes or no, and with a gradient if it has one there."""
    node = constant(value)
    node.active = active
    return node


# --------------------------------------------------------------------------------------------------- where to fold

class _Folding:
    """A large graph on its way to become a small one."""

    def __init__(self, root, language):
        self.root, self.language = root, language
        self.nodes = ordered(root)
        self.operations = [node for node in self.nodes if node.primitive]
        self.labels = labels(self.nodes)
        self.at = {node: k for k, node in enumerate(self.operations)}
        self.last_use = _uses(self.operations, self.at)[1]
        self.boxes: list[Node] = []
        self.places: dict[Node, Place] = {}
        self.whole: set[int] = set()  # the boxes of single nodes

    def result(self) -> Node:
        self._leaves()
        begin = 0
        for end in self._ends():
            self._run(self.operations[begin:end], end)
            begin = end
        return self.boxes[-1]

    # ---- leaves

    def _leaves(self):
        leaves = [node for node in self.nodes if not node.primitive and node.dtype.kind == "f"]
        leaves = [node for node in leaves if node.active or node.name or node.size > 1]
        for group in _groups(leaves, lambda node: _base(self.labels[node])):
            self._group(group)

    def _group(self, group):
        """A box for leaves: the only one itself, or an array of all their numbers."""
        box = group[0]
        if len(group) > 1:
            numbers = settle(_joined([node.value for node in group], _grid(group)))
            name = self._name(group)
            box = variable(numbers, name) if group[0].active else constant(numbers, name)
        self._put(box, group)

    def _put(self, box, group):
        """Remember where the numbers of these nodes are to be found."""
        start = 0
        for node in group:
            self.places[node] = Place(len(self.boxes), node, start, len(group) == 1)
            start += node.size
        if len(group) == 1:
            self.whole.add(len(self.boxes))
        self.boxes.append(box)

    def _name(self, group):
        """What several nodes are called together: W1 for W1[0,0], W1[0,1], …, else from the first to the last."""
        bases = {_indexed(node.name) for node in group}
        if len(bases) == 1 and (base := bases.pop()):
            return base
        return short(f"{self.labels[group[0]]} … {self.labels[group[-1]]}")

    # ---- runs of operations

    def _ends(self):
        """Where the runs end: after so many operations."""
        cuts = _Cuts(self.operations, self.at)
        for end in self._named_ends():
            cuts.add(end)
        if len(cuts.ends) <= ENOUGH_NAMED:
            for end in cuts.evenly():
                cuts.add(end)
            if len({p for p in self.root.parents if p.primitive}) == 1 and cuts.crossing[cuts.count - 2] == 1:
                cuts.add(cuts.count - 1)  # the last operation, by itself
        return sorted(cuts.ends)

    def _named_ends(self):
        """After every result that has a name; where there are very many, after the last of each kind."""
        named = [node for node in self.operations if node.name]
        last = {node.name: self.at[node] + 1 for node in named}
        if len(last) > MOST_NAMED:
            last = {_base(node.name): self.at[node] + 1 for node in named}
        return sorted(last.values()) if len(last) <= MOST_NAMED else []

    def _run(self, run, end):
        """A box for a run of operations."""
        results = [node for node in run if self.last_use[self.at[node]] >= end or node is self.root]
        # One operation stands for itself if all that it needs has a box of its own, or none, as the 2 in x ** 2.
        plain = len(run) == 1 and all(self.places[p].whole for p in run[0].parents if p in self.places)
        box = self._single(run[0]) if plain else self._fold(run, results)
        self._put(box.named(self._name(results) if len(results) > 1 else self.labels[results[0]]), results)

    def _single(self, node):
        """An operation that stands for itself."""
        parents = [self.boxes[self.places[p].box] if p in self.places else p for p in node.parents]
        return record(node.primitive, parents, node.static)

    def _fold(self, run, results):
        here = set(run)
        outside = dict.fromkeys(p for node in run for p in node.parents if p not in here)
        taken = [node for node in outside if node in self.places]
        fixed = [node for node in outside if node not in self.places]
        slots = {box: slot for slot, box in enumerate(sorted({self.places[node].box for node in taken}))}
        boxes = [self.boxes[box] for box in slots]
        place = {node: k for k, node in enumerate([*taken, *fixed, *run])}
        inside = Inside(
            [(slots[self.places[node].box], self.places[node], node.active) for node in taken],
            [node.value for node in fixed],
            [(node.primitive, tuple(place[p] for p in node.parents), node.static) for node in run],
            [place[node] for node in results],
            _grid(results),
            [None if box in self.whole else self.boxes[box].shape for box in slots],
            all(node.shape == () for node in boxes) and len(results) == 1 and results[0].shape == ())
        key = "fold.operations" if len(run) > 1 else "fold.operation"
        return record(Fold(inside, phrase(key, self.language, count=counted(len(run), self.language))), boxes)


def counted(count: int, language: str) -> str:
    """A large number of things, as it is written in a sentence: 8,333."""
    return f"{count:,}".replace(",", phrase("thousands", language))


class _Cuts:
    """Where runs end, and the one thing that has to be seen to.

    A result that is used in its own run and after it would show only what it receives from after it. So its run ends
    with it; where that would take many more runs, there is no cut. Without any cut all is one run, which is right.
    """

    def __init__(self, operations, at):
        self.count = len(operations)
        first, last = map(np.array, _uses(operations, at))
        self.first, self.last, self.crossing = first, last, _crossing(last)
        self.ends = {self.count}

    def add(self, end):
        """End a run after so many operations, and all that has to end then, if these are few."""
        ends = {*self.ends, end}
        while len(ends) <= min(MOST_RUNS, len(self.ends) + 1 + MOST_MORE):
            split = self._split(ends)
            if not len(split):
                self.ends = ends
                return
            ends |= {*split[:MOST_RUNS].tolist()}

    def _split(self, ends):
        """The places after the operations that are used in their own run and after it."""
        run = np.repeat(np.arange(len(ends)), np.diff([0, *sorted(ends)]))
        used = self.first > np.arange(self.count)
        return 1 + np.flatnonzero(used & (run[self.first] == run) & (run[self.last] > run))

    def evenly(self):
        """Places near those that make all runs equally long, at each the one that fewest results cross."""
        room = max(1, self.count // (2 * RUNS))
        for k in range(1, RUNS):
            middle = k * self.count // RUNS
            near = range(max(1, middle - room), min(self.count, middle + room))
            if len(near) and not any(end in near for end in self.ends):
                yield min(near, key=lambda end: (self.crossing[end - 1], abs(end - middle)))


def _uses(operations, at):
    """For every operation, the places of the first and of the last one that use it; its own for the result."""
    first, last = list(range(len(operations))), list(range(len(operations)))
    for k, node in enumerate(operations):
        for place in {at[parent] for parent in node.parents if parent.primitive}:
            first[place] = k if first[place] == place else first[place]
            last[place] = k
    return first, last


def _crossing(last):
    """How many results made up to each operation are used after it."""
    change = np.ones(len(last), int)
    np.subtract.at(change, last, 1)
    return np.cumsum(change)


def _groups(leaves, base):
    """Leaves that share a box: few have one each; of many, those of one name; of very many names, those of one kind."""
    for key in (id, base, lambda _: ""):
        groups: dict = {}
        for node in leaves:
            groups.setdefault((key(node), node.kind, node.dtype), []).append(node)
        if len(groups) <= MOST_LEAVES:
            break
    return [*groups.values()]


def _indexed(name):
    """W1 of W1[0,1]; nothing for another name."""
    found = re.fullmatch(r"(.+?)(\[[\d, ]+\])+", name or "", re.DOTALL)
    return found[1] if found else ""


def _base(name):
    """What is common to names such as W1[0,0] and W1[0,1], or x1 and x2."""
    return _indexed(name) or name.rstrip("0123456789 ()") or name


def _grid(nodes):
    """The shape of an array of these nodes' numbers: that of W for W[0,0], W[0,1], …, or else all in a row."""
    flat = (sum(node.size for node in nodes),)
    found = [re.fullmatch(r".*\[([\d,]+)\]", node.name or "", re.DOTALL) for node in nodes]
    if not all(found) or any(node.size > 1 for node in nodes):
        return flat
    indices = [tuple(map(int, match[1].split(","))) for match in found]
    if len({*map(len, indices)}) > 1:
        return flat
    shape = tuple(largest + 1 for largest in map(max, zip(*indices, strict=True)))
    return shape if math.prod(shape) == len(nodes) and indices == [*np.ndindex(shape)] else flat
