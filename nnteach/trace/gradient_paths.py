"""The gradient as a sum over paths, and why backprop does not walk them (000-12, 000-32).

∂f/∂x is the sum, over all paths from x to f, of the product of the local derivatives along the path. The number of
paths can grow exponentially with depth; backprop visits every edge once.
"""

import math
from dataclasses import dataclass

from ..core.autodiff import Step, backward_steps
from ..core.errors import GraphError, message
from ..core.graph import Node, ordered
from ..core.node_names import describe, labels
from ..symbolic.number_format import number


@dataclass(frozen=True)
class Path:
    """One way from a variable to the result: the nodes on it, and the local derivatives between them."""

    nodes: tuple[str, ...]
    locals: tuple[float, ...]

    @property
    def product(self) -> float:
        """What this path adds to the gradient."""
        return math.prod(self.locals)

    def __repr__(self):
        factors = " · ".join(f"({n})" if (n := number(x)).startswith("−") else n for x in self.locals)
        return f"{' → '.join(self.nodes)}:  {factors or '1'} = {number(self.product)}"


@dataclass(frozen=True)
class Paths:
    """All paths from a variable to a result, or the first `limit` of them.

    Attributes:
        count: how many paths there are.
        edges: how many edges the backward pass visits instead.
        listed: the paths that were walked.
        gradient: the gradient by backprop; equal to `total` when every path is listed.
    """

    count: int
    edges: int
    listed: tuple[Path, ...]
    gradient: float

    @property
    def total(self) -> float:
        return math.fsum(path.product for path in self.listed)

    def __repr__(self):
        rest = f"\n… and {_counted(self.count - len(self.listed))} more" if self.count > len(self.listed) else ""
        shown = "\n".join(map(repr, self.listed))
        paths_ = "path" if self.count == 1 else "paths"
        counted = f"{_counted(self.count)} {paths_}, {self.edges} edges"
        return f"{shown}{rest}\n{counted}; the gradient is {number(self.gradient)}"


def _counted(count):
    """A number of paths; one that would fill lines, and that Python itself does not write, by its size."""
    return str(count) if count < 10**100 else f"about 10^{int(math.log10(count))}"


def paths(root: Node, wrt: Node, limit: int = 20) -> Paths:
    """The gradient of a result as a sum over the paths from a variable.

    Args:
        root: the result, in a graph of single numbers (use `scalars` on a vector graph).
        wrt: the variable.
        limit: how many paths to list at most; all are counted.

    Raises:
        GraphError: if a value on the way is an array.
    """
    steps = list(backward_steps(root))
    for step in steps:
        if step.local is None or step.node.shape != () or step.parent.shape != ():
            raise GraphError(message("a graph of single numbers", f"{describe(step.node)} with an array in it",
                                     "Use nt.scalars(f) first"))
    listed = _walk(root, wrt, steps, labels(ordered(root)), limit)
    gradient = next((s.total for s in reversed(steps) if s.parent is wrt), 1.0 if wrt is root else 0.0)
    return Paths(count_paths(root, wrt), len(steps), tuple(listed), gradient)


def count_paths(root: Node, wrt: Node) -> int:
    """How many paths lead from a variable to a result: one addition per edge, however many paths there are."""
    return _ways(root, wrt)[root]


def _ways(root, wrt):
    """For every node of the graph, the number of paths that lead to it from `wrt`."""
    ways = {}
    for node in ordered(root):
        ways[node] = 1 if node is wrt else sum(ways[p] for p in node.parents)
    return ways


def _walk(root, wrt, steps: list[Step], names, limit):
    """Follow every edge backwards from the root, depth first, with a stack of our own."""
    incoming: dict[Node, list[Step]] = {}
    for step in steps:
        incoming.setdefault(step.node, []).append(step)
    ways = _ways(root, wrt)
    found, stack = [], [(root, (names[root], None, None))]  # a way is a link to the way before it: it may be long
    while stack and len(found) < limit:
        node, way = stack.pop()
        if node is wrt:
            found.append(_path(way))
            continue
        for step in reversed(incoming.get(node, [])):
            if ways[step.parent]:
                stack.append((step.parent, (names[step.parent], step.local, way)))
    return found


def _path(way):
    """The path of a way, from the variable on."""
    nodes, factors = [], []
    while way:
        name, local, way = way
        nodes.append(name)
        factors.append(local)
    return Path(tuple(nodes), tuple(factors[:-1]))
