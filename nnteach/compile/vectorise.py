"""From a graph of single numbers, for one sample, to arrays, for a batch: the scalar zoom backwards.

    batched(run, leaves, {0, 1}, "mean")    # Σ W[i][j] * x[j] + b[i], …, becomes X @ W.T + b, …

The scalar graph is sorted by levels: a node stands one level above the highest of its inputs, and a tree of
additions counts as one node, a sum of products. Nodes of one level that do the same become one operation on
arrays: a `Block` with a column for each node and a row for each sample. Sums over the same numbers are a matrix
product; other sums lie side by side.

Only the forward pass is translated. The gradient of the array graph follows from the table of rules, as for
every graph.
"""

import functools
import itertools
import operator
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from ..core import ops
from ..core.errors import GraphError, ShapeError, message
from ..core.graph import Node, constant, ordered, variable
from ..core.node_names import describe

_SIGNS = {ops.add: (1, 1), ops.subtract: (1, -1), ops.negative: (-1,), ops.sum: (1,), ops.mean: (1,)}
_SUMS = (*_SIGNS, ops.multiply)  # a single product is a sum of one


@dataclass(eq=False)
class Block:
    """Scalar nodes side by side: an array (samples, width), or (width,) if all samples share them."""

    node: Node
    width: int
    batched: bool


def batched(run, leaves: list[Node], batch: set[int], reduction: str) -> Node:
    """The loss of a batch, from a function that computes the loss of one sample with single numbers.

    Args:
        run: `run(inputs, scalars)` calls the function on nested lists of scalar Nodes; `scalars` are all of
            them.
        leaves: the arguments, as array Nodes.
        batch: the positions of those whose first axis counts samples.
        reduction: "mean" or "sum" over the samples.

    Returns:
        A single number, computed from the leaves.
    """
    samples = _samples(leaves, batch)
    inputs, places = [], {}
    for i, leaf in enumerate(leaves):
        numbers = _numbers(leaf.value[0] if i in batch else leaf.value)
        shape = (samples, numbers.size) if i in batch else (numbers.size,)
        block = Block(ops.reshape(leaf, shape=shape), numbers.size, i in batch)
        places.update((number, (block, k)) for k, number in enumerate(numbers.flat))
        inputs.append(numbers.tolist())
    root = run(inputs, list(places))
    block, column = _Translation(places, root).place_of(root)
    loss = block.node if block.width == 1 else block.node[..., column]
    if reduction == "mean":
        return loss.mean()
    return loss.sum() if block.batched else loss.sum() * samples


def _samples(leaves, batch):
    """The number of samples, in which all arguments of the batch agree."""
    shapes = {describe(leaves[i]): leaves[i].shape for i in sorted(batch)}
    lengths = {shape[:1] for shape in shapes.values()}
    if len(lengths) > 1 or lengths & {(), (0,)}:
        given = ", ".join(f"{name} of shape {shape}" for name, shape in shapes.items())
        raise ShapeError(message("as many rows, and at least one, in every argument of the batch", given,
                                 "The first axis of each counts the samples"))
    return lengths.pop()[0] if lengths else 1


def _numbers(values):
    """The scalar Nodes of one sample of an argument."""
    made = np.empty(np.shape(values), object)
    for index in np.ndindex(made.shape):
        made[index] = variable(float(values[index] if index else values))
    return made


class _Translation:
    """The blocks of a scalar graph.

    Args:
        places: for every scalar Node of an argument the block and the column in which it stands; the others
            are added.
        root: the loss of one sample.
    """

    def __init__(self, places, root):
        self._places, self._arguments = places, set(places)
        self._precision = np.result_type(np.float32, *(block.node.dtype for block, _ in places.values()))
        self._uses = Counter(parent for node in ordered(root) for parent in node.parents)
        self._terms: dict = {}  # of the nodes that are sums of products
        self._gathered: dict = {}
        for level in self._levels(root):
            self._do_sums([node for node in level if node in self._terms])
            self._do_others([node for node in level if node not in self._terms])

    def place_of(self, node):
        """The block and the column of a node; a number that depends on no argument gets a block of its own."""
        number = self._constant(node)
        return self._places[node] if number is None else (Block(constant([number]), 1, False), 0)

    def _constant(self, node):
        if node.active and (node.primitive or node in self._arguments):
            return None
        return float(node.value)

    # ------------------------------------------------------------------------------------- what depends on what

    def _levels(self, root):
        """The nodes that need a column, level by level."""
        needs, stack = {}, [root]
        while stack:
            node = stack.pop()
            if node not in needs and node not in self._arguments and self._constant(node) is None:
                needs[node] = self._needs(node)
                stack.extend(needs[node])
        level, levels = defaultdict(int), defaultdict(list)
        for node in sorted(needs, key=lambda node: node.serial):
            level[node] = 1 + max((level[needed] for needed in needs[node]), default=0)
            levels[level[node]].append(node)
        return [levels[k] for k in sorted(levels)]

    def _needs(self, node):
        if node.shape != () or not (node.primitive.elementwise or node.primitive in _SUMS):
            advice = "Write it with single numbers and lists, or leave batch= out and give it whole arrays"
            raise GraphError(message("a function of single numbers, as batch= asks for",
                                     f"{describe(node)}, which works on arrays", advice))
        if node.primitive not in _SUMS:
            return node.parents
        self._terms[node] = self._sum_of_products(node)
        return [x for _, factors in self._terms[node] for x in factors]

    def _sum_of_products(self, root):
        """A node as terms (number, up to two factors); sums that nobody else uses are dissolved in it."""
        terms, stack = [], [(1.0, root)]
        while stack:
            number, node = stack.pop()
            fixed, parents = self._constant(node), node.parents
            if fixed is not None:
                terms.append((number * fixed, ()))
            elif node.primitive not in _SUMS or (node is not root and self._uses[node] > 1):
                terms.append((number, (node,)))
            elif node.primitive is not ops.multiply:
                terms_of = zip(_SIGNS[node.primitive], parents, strict=True)
                stack.extend(reversed([(sign * number, parent) for sign, parent in terms_of]))
            else:
                scale = [self._constant(parent) for parent in parents]
                if scale == [None, None]:
                    terms.append((number, parents))
                else:
                    a, b = (scale[0], parents[1]) if scale[0] is not None else (scale[1], parents[0])
                    stack.append((number * a, b))
        return terms

    # --------------------------------------------------------------------------------- blocks of one level

    def _do_others(self, nodes):
        def alike(node):
            return node.primitive, repr(node.static), self._kind(node.parents)

        for group in _grouped(nodes, alike):
            slots = zip(*(node.parents for node in group), strict=True)
            self._add_block(group, group[0].primitive(*map(self._gather, slots), **group[0].static))

    def _do_sums(self, nodes):
        """Sums over the same numbers become a matrix product; others that are alike lie side by side."""
        terms = {node: self._by_kind(self._terms[node]) for node in nodes}
        singles = []
        for group in _grouped(nodes, lambda node: (_summed_over(terms[node]), _counts(terms[node]))):
            if len(group) > 1 and _summed_over(terms[group[0]]):
                self._add_sums(group, terms, as_matrix=True)
            else:
                singles += group
        for group in _grouped(singles, lambda node: _counts(terms[node])):
            self._add_sums(group, terms, as_matrix=len(group) == 1 and len(_summed_over(terms[group[0]])) > 1)

    def _add_sums(self, group, terms, as_matrix):
        parts = []
        if as_matrix:
            parts.append(self._matrix_product([_linear(terms[node]) for node in group]))
        for kind in terms[group[0]]:
            if not (as_matrix and kind in _LINEAR):
                parts.append(self._side_by_side([terms[node][kind] for node in group]))
        self._add_block(group, functools.reduce(operator.add, parts))

    def _by_kind(self, terms):
        """Terms by what they multiply; a factor that all samples share comes first."""
        kinds = defaultdict(list)
        for number, factors in sorted(terms, key=lambda term: [*map(self._position, term[1])]):
            factors = tuple(sorted(factors, key=lambda x: self._places[x][0].batched))
            kinds[self._kind(factors)].append((number, factors))
        return {kind: kinds[kind] for kind in sorted(kinds)}

    def _kind(self, nodes):
        """For each node whether every sample has its own."""
        return tuple(self.place_of(node)[0].batched for node in nodes)

    def _position(self, node):
        block, column = self._places[node]
        return block.node.serial, column

    # -------------------------------------------------------------------------------- operations on arrays

    def _matrix_product(self, rows):
        """Sums of weight · x over the same x, one for each row of weights."""
        count, over = len(rows), [factors[-1] for _, factors in rows[0]]
        weights = [[factors[0] if len(factors) == 2 else None for _, factors in row] for row in rows]
        by_row, by_column = [*itertools.chain(*weights)], [*itertools.chain(*zip(*weights, strict=True))]
        matrix = self._array([[number for number, _ in row] for row in rows]).T
        if self._is_run(by_row):
            matrix = self._gather(by_row).reshape(count, len(over)).T * self._even(matrix)
        elif any(weight is not None for weight in by_column):
            matrix = self._gather(by_column).reshape(len(over), count) * self._even(matrix)
        return ops.matmul(self._gather(over), matrix)

    def _side_by_side(self, sums):
        """Sums of as many products of a kind: all products at once, then every sum over its own."""
        count, length = len(sums), len(sums[0])
        terms = [term for terms in sums for term in terms]
        made = self._even(self._array([number for number, _ in terms]))  # one number for each product
        for slot in range(len(terms[0][1])):
            made = self._gather([factors[slot] for _, factors in terms]) * made
        if length == 1:
            return made
        if not isinstance(made, Node):
            made = np.broadcast_to(made, count * length)
        return made.reshape(*made.shape[:-1], count, length).sum(axis=-1)

    def _gather(self, nodes):
        """Some nodes side by side, in this order; None stands for a 1. Equal numbers are a single float."""
        nodes = tuple(nodes)
        key = tuple(map(id, nodes))  # by identity: == on two nodes compares their numbers
        if key not in self._gathered:
            numbers = [1.0 if node is None else self._constant(node) for node in nodes]
            fixed = self._array([x for x in numbers if x is not None])
            if len(fixed) == len(nodes):
                return self._even(fixed)
            block, column = Block(constant(fixed), len(fixed), False), itertools.count()
            pairs = zip(nodes, numbers, strict=True)
            places = [self._places[node] if x is None else (block, next(column)) for node, x in pairs]
            self._gathered[key] = _side_by_side(places)
        return self._gathered[key]

    def _is_run(self, nodes):
        """Whether the nodes stand in one block in this very order."""
        places = [self._places.get(node, (None, 0)) for node in nodes]
        block, first = places[0]
        return places == [(block, first + i) for i in range(len(nodes))]

    def _array(self, numbers):
        return np.array(numbers, self._precision)

    def _even(self, numbers):
        """A float instead of an array of equal numbers: it adapts to every precision."""
        return float(numbers.flat[0]) if (numbers == numbers.flat[0]).all() else numbers

    def _add_block(self, nodes, made):
        block = Block(made, len(nodes), made.ndim == 2)
        self._places.update((node, (block, k)) for k, node in enumerate(nodes))


# A term is (number, factors); its kind says for each factor whether every sample has its own. Linear terms
# are x and w · x.
_LINEAR = (True,), (False, True)


def _linear(terms):
    """The linear terms, in the order of their x."""
    found = [term for kind in _LINEAR for term in terms.get(kind, ())]
    return sorted(found, key=lambda term: term[1][-1].serial)


def _summed_over(terms):
    """The x of the linear terms, by identity, unless one comes twice."""
    over = tuple(id(factors[-1]) for _, factors in _linear(terms))
    return over if len(set(over)) == len(over) else ()


def _counts(terms):
    return tuple((kind, len(found)) for kind, found in terms.items())


def _grouped(nodes, key):
    """The nodes in groups of equal keys, in order."""
    groups = defaultdict(list)
    for node in nodes:
        groups[key(node)].append(node)
    return [*groups.values()]


def _side_by_side(places):
    """Columns of blocks, given as (block, column), as one array."""
    blocks = {block: None for block, _ in places}
    runs = [
        (block, [column for _, column in run])
        for block, run in itertools.groupby(places, key=lambda place: place[0])
    ]
    if len(runs) == len(blocks):
        pieces = [_columns(block.node, block.width, columns) for block, columns in runs]
        return pieces[0] if len(pieces) == 1 else ops.concatenate(*pieces, axis=-1)
    starts = dict(
        zip(blocks, itertools.accumulate((block.width for block in blocks), initial=0), strict=False)
    )
    whole = ops.concatenate(*(block.node for block in blocks), axis=-1)
    return _columns(whole, whole.shape[-1], [starts[block] + column for block, column in places])


def _columns(node, width, columns):
    first = columns[0]
    if columns != [*range(first, first + len(columns))]:
        return node[..., np.array(columns)]
    return node if len(columns) == width else node[..., first : first + len(columns)]
