"""Which node comes next: before each step that begins with another node, the right ones and why others are not.

Any node counts as right that could come next: one whose inputs are all computed, on the way back one whose gradient is
complete. The trace takes one of them.
"""

import functools

import numpy as np

from ....core.graph import Node
from ....draw import drawn
from ....i18n.phrases import phrase
from ....trace.trace import Trace

CHOICES = 3  # A, B and C, for a show of hands
MOST_WRONG = 40  # nodes whose reason is told, those nearest to the right one


def order_question(trace: Trace, k: int) -> dict | None:
    """The question which node step k begins with; None where no other node begins.

    Args:
        trace: the trace.
        k: the step, from 1.

    Returns:
        {"kind": "order", "text", "right": [names], "wrong": [[name, key, why not], …], "choices": [names]}; the first
        of the right ones is the one that the trace takes.
    """
    step = trace.steps[k - 1]
    if step.kind not in ("evaluate", "seed", "contribution") or (k > 1 and _goes_on(trace.steps[k - 2], step)):
        return None
    at, (nodes, places) = _passes(trace)[k], _nodes(trace)
    taken = trace.original(step.node)
    right = [taken, *(nodes[i] for i in at.right(k, nodes) if nodes[i] is not taken)]
    place = places[taken]
    near = nodes[max(place - MOST_WRONG // 2, 0):place + MOST_WRONG // 2]
    reasons = {node: at.reason(node, k) for node in near}
    wrong = [node for node in near if reasons[node] and node is not taken]
    told = [[trace.names[node], key, _why(trace, node, key, other)] for node in wrong for key, other in [reasons[node]]]
    chosen = sorted([taken, *_likely(wrong, reasons)][:CHOICES], key=places.get)
    return {
        "kind": "order",
        "text": phrase(f"order.{step.kind}", trace.language),
        "right": [trace.names[node] for node in right],
        "wrong": told,
        "choices": [trace.names[node] for node in chosen],
    }


def _goes_on(last, step):
    """Whether a step does more of what the last one did: a gradient is handed to one input after the other."""
    return last.phase == step.phase and last.node is step.node and last.kind != "seed"


@functools.lru_cache(2)
def _nodes(trace):
    """The nodes in the picture and the place of each, found once: every step asks for them."""
    nodes = drawn(trace)
    return nodes, {node: place for place, node in enumerate(nodes)}


@functools.lru_cache(2)
def _passes(trace):
    """For every step, from 1 on, the pass it belongs to."""
    passes = {}
    for k, step in enumerate(trace.steps, start=1):
        if k == 1 or trace.steps[k - 2].phase != step.phase:
            present = _Pass(trace)
        present.add(k, step)
        passes[k] = present
    return passes


class _Pass:
    """When each node has its turn in one pass, and until when it receives; in the nodes of the first iteration."""

    def __init__(self, trace: Trace):
        self.trace = trace
        self.turn: dict[Node, int] = {}
        self.last: dict[Node, tuple[int, Node]] = {}
        self.spans = None

    def add(self, k, step):
        node = self.trace.original(step.node)
        if step.kind != "seed":
            self.turn.setdefault(node, k)
        if step.slot is not None:
            self.last[self.trace.original(step.parent)] = k, node

    def right(self, k: int, nodes: list[Node]) -> np.ndarray:
        """The places of all nodes that can have their turn at step k: those without a reason against it."""
        if self.trace.steps[k - 1].kind == "seed":
            return np.array([], int)  # the root alone, which is taken
        if self.spans is None:
            span = self._forward_span if self.trace.steps[k - 1].kind == "evaluate" else self._backward_span
            self.spans = np.array([span(node) for node in nodes])
        return np.flatnonzero((self.spans[:, 0] <= k) & (k <= self.spans[:, 1]))

    def _forward_span(self, node):
        """The steps at which a node can be computed: after its inputs, and as long as it is not."""
        if node.primitive is None:
            return 1, 0
        return max((self.turn.get(one, 0) for one in node.parents), default=0) + 1, self.turn[node]

    def _backward_span(self, node):
        if node.primitive is None or node not in self.turn:
            return 1, 0
        return self.last.get(node, (0, None))[0] + 1, self.turn[node]

    def reason(self, node: Node, k: int) -> tuple[str, Node | None] | None:
        """Why a node cannot have its turn at step k: (key of the words, the node it waits for); None if it can."""
        kind = self.trace.steps[k - 1].kind
        if kind == "seed":
            return None if node is self.trace.root else ("root", self.trace.root)
        return self._forward(node, k) if kind == "evaluate" else self._backward(node, k)

    def _forward(self, node, k):
        if node.primitive is None:
            return "given", None
        if self.turn[node] < k:
            return "computed", None
        missing = [one for one in node.parents if self.turn.get(one, 0) >= k]
        return ("waits", missing[0]) if missing else None

    def _backward(self, node, k):
        if node.primitive is None:
            return "leaf", None
        if node not in self.turn:
            return "constant", None
        if self.turn[node] < k:
            return "handed", None
        last, giver = self.last.get(node, (0, None))
        return ("incomplete", giver) if last >= k else None


def _likely(wrong, reasons):
    """The nodes that a student is likeliest to take: first those that have to wait, then those that had their turn."""
    tempting = ("incomplete", "waits", "handed", "computed")
    rank = {key: place for place, key in enumerate(tempting)}
    return sorted(wrong, key=lambda node: rank.get(reasons[node][0], len(rank)))


def _why(trace, node, key, other):
    waited_for = "" if other is None else trace.names[other]
    return phrase(f"order.{key}", trace.language, node=trace.names[node], other=waited_for)
