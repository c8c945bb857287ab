"""Mistakes where several gradients meet, and mistakes of the calculus in expressions: where they can be made.

Written like `sites.py`: each function returns a function task -> Changes.
"""

from ..exercises.rerun import Change
from .sites import all_and_each, where


def _branch_nodes(task, name):
    """Nodes that receive several gradients; loss and penalty are no branches of the network."""
    for n in task.nodes:
        if n.active and (name is None or (task.is_network and n is task.stages[name].node)):
            edges = [e for e in task.edges_into(n) if getattr(task.places.get(e[0]), "role", "") != "penalty"]
            if name is None:
                edges = [e for e in edges if getattr(task.places.get(e[0]), "role", "") != "loss"]
            if len(edges) > 1:
                yield n, edges


def branches(name=None, keep="last", also=None):
    """Keep one of several gradients that meet: `=` where `+=` belongs."""

    def changes(task):
        found = list(_branch_nodes(task, name))
        for which in filter(None, (keep, also)):
            for chosen in all_and_each(found):
                lost = [edge for _, edges in chosen for edge in (edges[:-1] if which == "last" else edges[1:])]
                label = ", ".join(n.name or n.primitive.name for n, _ in chosen)
                yield Change(
                    edges=dict.fromkeys(lost, lambda e: 0.0 * e.right), where=f"the {which} path to {label}"
                )

    return changes


def double_counted():
    """Go on from a branch with each gradient as it arrives, and with all that came before."""

    def changes(task):
        for n, edges in _branch_nodes(task, None):
            if n.primitive is None:
                continue
            arrive = dict.fromkeys(edges, lambda e, n=n: e.world.note(n, e.right))
            leave = {
                (n, slot): lambda e, n=n: e.ruled(e.world.running_totals(n), e.out, *e.inputs)
                for slot in range(len(n.parents))
            }
            yield Change(edges=arrive | leave, where=f"at {n.name}" if n.name else "")

    return changes


def calculus(names, function, slots=None, last=False, rare=False):
    """A slip with a rule of the calculus, in an expression.

    Args:
        names: of the primitives; "" for every one but the root, "root" for the root.
        function: (edge, slot) -> contribution.
        slots: which inputs; all by default.
        last: only the last input.
        rare: see `Change`; such a slip is tried at every single input, too.
    """

    def find(task):
        if task.is_network:
            return
        for n in task.nodes:
            if n.primitive is None or not _is_meant(task, n, names):
                continue
            for slot, parent in enumerate(n.parents):
                wanted = slot == len(n.parents) - 1 if last else slots is None or slot in slots
                if wanted and parent.active and n.primitive.vjps[slot] is not None:
                    yield where(task, n), (n, slot)

    def changes(task):
        found = list(find(task))
        with_slot = [(place, edge, lambda e, s=edge[1]: function(e, s)) for place, edge in found]
        if with_slot:
            yield Change(edges={edge: rule for _, edge, rule in with_slot}, rare=rare)
        places = list(dict.fromkeys(place for place, _ in found))
        for place in places if len(places) > 1 else ():
            yield Change(edges={edge: rule for p, edge, rule in with_slot if p == place}, where=place, rare=rare)
        for place, edge, rule in with_slot if rare and len(with_slot) > 1 else ():
            into = task.name_of(edge[0].parents[edge[1]])
            yield Change(edges={edge: rule}, where=f"{place}, on the way to {into}".lstrip(", "), rare=True)

    return changes


def computed(names, *functions):
    """A wrong value on the way forward, at one node of an expression.

    Args:
        names: of the primitives.
        *functions: (right value, *inputs) -> wrong value; each is a way of its own.
    """

    def changes(task):
        if task.is_network:
            return
        for n in task.nodes:
            if n.primitive is not None and n.primitive.name in names.split():
                for i, function in enumerate(functions):
                    place = where(task, n)
                    yield Change(forward={n: function}, where=place + f", {i + 1}" * (len(functions) > 1))

    return changes


def _is_meant(task, node, names):
    if names == "root":
        return node is task.root
    return node is not task.root if names == "" else node.primitive.name in names.split()


def either(*ways):
    """The same mistake in graphs of several kinds."""

    def changes(task):
        for way in ways:
            yield from way(task)

    return changes


def written(names, function, slots=None):
    """A mistake of the calculus in a network that is written with matrix products, W @ x + b, and has no places."""

    def changes(task):
        if not task.is_network and any(n.primitive and n.primitive.name == "matmul" for n in task.nodes):
            yield from calculus(names, function, slots)(task)

    return changes


def into_bias(edge, slot):
    """Nothing for a bias: a leaf that is added; to everything else what belongs to it."""
    return 0.0 * edge.right if edge.node.parents[slot].primitive is None else edge.right
