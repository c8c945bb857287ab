"""The trace: everything that happens in one forward and one backward pass, as plain data.

`trace(f)` is a sequence of Steps: every evaluation, the seed, every contribution along an edge, and, with a learning
rate, the update of every variable. With an optimizer it is a training run: zero, forward, backward, update, as often as
wanted, on one graph. `state_at(k)` tells how things stand after k of them; picture, player, table and
worked solution are all made from that.
"""

import bisect
import functools
from dataclasses import dataclass, field, replace

import numpy as np

from ..core import ops
from ..core.autodiff import Step, backward_steps, seed_of, zero_like
from ..core.errors import GraphError, message
from ..core.graph import Node, ordered, rebuild, settle
from ..i18n.phrases import catalogue, phrase
from ..symbolic import formula
from ..symbolic.formula import Symbol, as_symbol, derivative
from ..symbolic.notation import Notation, names
from ..symbolic.notation import notation as notation_of

MOST_BYTES = 4_000_000_000
"""Of the gradients that the steps of a trace keep."""
MOST_NUMBERS = 5_000_000
"""That are written in full; as many are about 100 MB of text."""


@dataclass(frozen=True)
class NodeState:
    """How a node stands: its status ("todo", "now", "done"), its value and its gradient so far (None: unknown yet)."""

    status: str
    value: object = None
    grad: object = None


@dataclass(frozen=True)
class EdgeState:
    """How an edge stands: its status, which way it was last used, and what it contributed (None: nothing yet)."""

    status: str = "todo"
    direction: str = "rest"
    contribution: object = None


@dataclass(frozen=True)
class State:
    """Everything as it stands after `step` steps; nodes by name, edges by "parent->child#slot"."""

    step: int
    phase: str
    nodes: dict[str, NodeState]
    edges: dict[str, EdgeState]


@dataclass
class Timeline:
    """The states of one node or edge over time: `states[i]` holds from step `starts[i]` on.

    Here a status may also be "half": the forward pass has been here, the backward pass is still to come. So the
    backward pass can begin without a change of everything that waits for it: what is half done counts as done before
    it, and as to do in it.
    """

    starts: list[int] = field(default_factory=list)
    states: list = field(default_factory=list)

    def change(self, step, state):
        if self.starts and self.starts[-1] == step:
            self.states[-1] = state
        else:
            self.starts.append(step)
            self.states.append(state)

    @property
    def last(self):
        return self.states[-1]

    def at(self, step):
        return self.states[bisect.bisect_right(self.starts, step) - 1]


@dataclass(frozen=True)
class Memory:
    """What an optimizer remembers of a parameter before and after a step, slot -> array, and the number of the step."""

    t: int
    before: dict[str, object]
    after: dict[str, object]


class Trace:
    """A forward and a backward pass, or several of them, step by step.

    Attributes:
        root: the result.
        nodes: all nodes, oldest first; those of the first iteration.
        names: a distinct name for every node; one and the same in all iterations.
        steps: the Steps; `trace[k]` is what happens at step k + 1.
        notation: the letters of a course; `language` of the sentences.
        learning_rate, optimizer, iterations: how the variables are updated, if they are.
        memories: step k -> what the optimizer remembers at that update.
        timelines: by name, how each node stands over time; `edge_timelines` likewise.
    """

    def __init__(self, root: Node, learning_rate: float | None = None, notation: "str | Notation | None" = None,
                 language: str = "en", optimizer=None, iterations: int = 1):
        self.root = root
        self.learning_rate, self.optimizer, self.iterations = _checked(learning_rate, optimizer, iterations)
        self.notation, self.language = notation_of(notation), language
        catalogue(language)  # a language that is not known is said here, and not in the middle of a document
        self.nodes = ordered(root)
        _check_memory(self.nodes, self.iterations)
        self.names = names(self.nodes, self.notation)
        self.originals: dict[Node, Node] = {}  # nodes of later iterations -> those of the first
        self.memories: dict[int, Memory] = {}
        self._symbols: dict[Node, Symbol] = {}  # of a node with very many inputs they are wanted at every step
        self._operations: dict[Node, Symbol] = {}
        self._rules: dict[Node, tuple] = {}
        with np.errstate(all="ignore"):  # an inf or nan is shown in its step; a warning on top says nothing new
            self.steps = tuple(_all_steps(root, self.nodes, learning_rate) if optimizer is None else self._training())

    def like(self, root: Node) -> "Trace":
        """The trace of another result with the same settings."""
        return Trace(root, *self._settings())

    def _settings(self) -> tuple:
        rate = None if self.optimizer else self.learning_rate
        return rate, self.notation, self.language, self.optimizer, self.iterations

    def __reduce__(self):  # its tables go by the identity of nodes, which a pickle makes anew one by one
        return Trace, (self.root, *self._settings())

    def in_language(self, language: str | None) -> "Trace":
        """The same trace, told in another language; itself if none is given."""
        if language in (None, self.language):
            return self
        return self.but(language=language)

    def but(self, **changes) -> "Trace":
        """A copy with something else in it; the formulas, which hold names and words, are made anew."""
        other = object.__new__(Trace)
        other.__dict__ |= self.__dict__ | changes | {"_symbols": {}, "_operations": {}, "_rules": {}}
        return other

    def _training(self):
        """All steps of a training run; every iteration has nodes of its own under the names of the first."""
        if not self.root.active or self.root.shape != ():
            raise GraphError(message("a single number to train on, such as a loss",
                                     f"{self.names[self.root]} of shape {self.root.shape}"))
        made, copies = 0, {node: node for node in self.nodes}
        parameters = [node for node in self.nodes if node.kind == "input"]
        values = {self.names[node]: np.asarray(node.value) for node in parameters}
        memory = self.optimizer.init(values)
        for _ in range(self.iterations):
            root, gradients = copies[self.root], {}
            steps = [Step("zero", root, None, None, None, None, None), *_one_pass(root, ordered(root), gradients)]
            slopes = {self.names[node]: gradients.get(copies[node], zero_like(node)) for node in parameters}
            new, after = self.optimizer.update(values, {name: np.asarray(g) for name, g in slopes.items()}, memory)
            for node in parameters if gradients else ():
                name, copy = self.names[node], copies[node]
                total = settle(new[name])
                steps.append(Step("update", copy, None, slopes[name], settle(total - copy.value), copy.value, total))
                kept = [{slot: state[slot][name] for slot in self.optimizer.slots} for state in (memory, after)]
                self.memories[made + len(steps)] = Memory(after["t"], *kept)
            yield from steps
            made, values, memory = made + len(steps), new, after
            copies = rebuild(self.root, {node: settle(new[self.names[node]]) for node in parameters})
            self.originals |= {copy: node for node, copy in copies.items()}
            self.names |= {copy: self.names[node] for node, copy in copies.items()}

    def original(self, node: Node) -> Node:
        """The node of the first iteration that stands for this one."""
        return self.originals.get(node, node)

    @functools.cached_property
    def starts(self) -> list[int]:
        """The first step of every iteration of a training run; empty without an optimizer."""
        return [k for k, step in enumerate(self.steps, start=1) if step.kind == "zero"]

    @functools.cached_property
    def arrivals(self) -> dict[Node, list[int]]:
        """For every node that receives a gradient, the steps that bring it."""
        found = {}
        for k, step in enumerate(self.steps, start=1):
            if step.phase == "backward":
                found.setdefault(step.focus, []).append(k)
        return found

    def iteration_at(self, k: int) -> int:
        """The iteration that step k belongs to, from 1 on."""
        return max(1, bisect.bisect_right(self.starts, k))

    @functools.cached_property
    def losses(self) -> list[tuple[int, object]]:
        """When the loss of every iteration becomes known, and what it is: (step, loss); empty without an optimizer."""
        found = [(k, step.total) for k, step in enumerate(self.steps, start=1)
                 if step.kind == "evaluate" and self.original(step.node) is self.root]
        return found if self.starts else []

    @functools.cached_property
    def _timelines(self):
        return _follow(self)

    @property
    def timelines(self) -> dict[str, Timeline]:
        return self._timelines[0]

    @property
    def edge_timelines(self) -> dict[str, Timeline]:
        return self._timelines[1]

    def __len__(self):
        return len(self.steps)

    def __getitem__(self, k):
        return self.steps[k]

    def __repr__(self):
        return f"Trace({self.names[self.root]}: {len(self.nodes)} nodes, {len(self)} steps)"

    def state_at(self, k: int) -> State:
        """How everything stands after k steps, 0 ≤ k ≤ len(trace)."""
        if not 0 <= k <= len(self):
            raise GraphError(message(f"a step from 0 to {len(self)}", repr(k)))
        backward = k > 0 and self.steps[k - 1].phase == "backward"
        return State(k, self.phase_at(k), {name: _whole(line.at(k), backward) for name, line in self.timelines.items()},
                     {edge: _whole(line.at(k), backward) for edge, line in self.edge_timelines.items()})

    def phase_at(self, k: int) -> str:
        """"start", "forward", "backward", "update", or "done" when nothing is left."""
        return "start" if k == 0 else "done" if k == len(self) else self.steps[k - 1].phase

    def edge(self, step: Step) -> str | None:
        """The name of the edge a step is on."""
        return None if step.slot is None else edge_name(self.names, step.node, step.slot)

    # ------------------------------------------------------------------------------- as formulas

    def symbol(self, node: Node) -> Symbol:
        """The node as a symbol: its name and number; an unnamed constant is just its number."""
        if node not in self._symbols:
            self._symbols[node] = Symbol(None if is_bare_number(node) else self.names[node], node.value)
        return self._symbols[node]

    def operation(self, node: Node) -> Symbol:
        """How the node was computed, on its parents' symbols; a leaf is its own symbol."""
        if node.primitive is None:
            return self.symbol(node)
        if node not in self._operations:
            self._operations[node] = self._operation(node)
        return self._operations[node]

    def _operation(self, node):
        inputs = tuple(map(self.symbol, node.parents))
        if node.primitive.notation == "a ^ b" and inputs[1].is_exactly(2):
            return Symbol(None, node.value, "", "a²", inputs[:1])
        written = node.primitive.written([x.shape for x in inputs], node.static)
        return self.cut(formula.combined(written, node.value, inputs, node.primitive.elementwise))

    def expression(self, longest: int = 60) -> Symbol:
        """The result in terms of its leaves, (x + y) · z; if that is long, of what has a name of its own.

        Args:
            longest: letters; what is longer even with names is given by its last operation.
        """
        for keep in (lambda node: False, lambda node: node.name is not None and node is not self.root):
            written = self._written(keep, longest)
            if written is not None:
                return written
        return self.operation(self.root)

    def _written(self, keep, longest):
        written = {}
        for node in self.nodes:
            inputs = [written[parent] for parent in node.parents]
            made = self.symbol(node) if node.primitive is None or keep(node) else self.operation(node)
            if made.inputs:
                inputs = inputs[:1] if made.notation == "a²" else inputs
                made = Symbol(None, node.value, "", made.notation, tuple(inputs))
            if len(formula.text(made)) > longest:
                return None
            written[node] = made
        return written[self.root]

    def cut(self, symbol: Symbol) -> Symbol:
        """A formula of a length that can be read; what is left out is said in the language of the trace."""
        return formula.cut(symbol, phrase("formula.more", self.language, count="{count}"))

    def gradient(self, node: Node, value=None, role="") -> Symbol:
        """The symbol ∂f/∂node, or ∇_node f where the course writes it so."""
        style = self.notation.gradient if node.shape else "∂a/∂b"
        return derivative(self.names[self.root], self.names[node], value, role, style)

    def local(self, step: Step) -> Symbol:
        """The local derivative of a step as a formula: the rule, run on symbols, with 1 for the upstream gradient."""
        written = self.rule(step, as_symbol(1.0), step.local).with_role("local")
        return written.as_row() if len(step.node.shape) > 1 else written

    def contribution(self, step: Step) -> Symbol:
        """What a step hands on as a formula: upstream · local, or the whole rule where it is no product of entries."""
        if step.kind == "unbroadcast":
            copies, raw = self.copies(step)
            axes = ops.sum_to.written([np.shape(raw)], {"shape": step.parent.shape})
            return formula.combined(axes, step.contribution, (copies,), elementwise=False)
        upstream = self.gradient(step.node, step.upstream, "upstream")
        if not step.node.primitive.elementwise:
            return self.rule(step, upstream, step.contribution)
        child, parent = self.names[step.node], self.names[step.parent]
        local = Symbol(None, step.local, "local", "∂a/∂b", (Symbol(child), Symbol(parent)))
        return formula.combined("a · b", step.contribution, (upstream, local))

    def copies(self, step: Step) -> tuple[Symbol, object]:
        """What an input that was repeated receives in all its copies, before they are added up: formula and number."""
        whole = step._replace(kind="contribution")
        raw = self.rule(whole, Symbol(None, step.upstream)).value
        if np.shape(raw) == np.shape(step.upstream) and np.array_equal(raw, step.upstream, equal_nan=True):
            return self.gradient(step.node, step.upstream, "upstream"), raw
        return self.contribution(whole._replace(contribution=raw)), raw

    def rule(self, step: Step, upstream: Symbol, result=None) -> Symbol:
        """The rule of a step, run on symbols; where it does not run on them, just `result` or the contribution."""
        node = step.node
        rules, out, inputs = self._rules_of(node)
        try:
            return self.cut(as_symbol(rules[step.slot](upstream, out, *inputs, **node.static)))
        except (TypeError, AttributeError, ValueError):  # a rule of one's own that asks more than a symbol can answer
            return Symbol(None, step.contribution if result is None else result)

    def _rules_of(self, node):
        """The rules of a node, its own symbol and those to give them; a node of many inputs is asked at many steps."""
        if node not in self._rules:
            rules, inputs = node.primitive.rules([self.symbol(p) for p in node.parents], node.static)
            self._rules[node] = rules, Symbol(self.names[node], node.value), inputs
        return self._rules[node]

    # ---------------------------------------------------------------------------- as documents

    def to_json(self) -> dict:
        """The trace as plain data: names, operations, edges and steps, every number in full.

        Raises:
            GraphError: if there are more numbers than a text should hold.
        """
        kept = ("upstream", "contribution", "before", "total")
        numbers = sum(n.size for n in self.nodes) + sum(np.size(getattr(s, name)) for s in self.steps for name in kept)
        if numbers > MOST_NUMBERS:
            raise GraphError(message(f"a trace of at most {MOST_NUMBERS} numbers to write in full", f"{numbers}",
                                     "Take smaller arrays, or the trace of a result on the way; trace[k].contribution "
                                     "and trace.state_at(k) are the arrays themselves"))
        return {"root": self.names[self.root],
                "nodes": [{"name": self.names[n], "kind": n.kind, "operation": formula.text(self.operation(n)),
                           "value": as_data(n.value)} for n in self.nodes],
                "edges": list(self.edge_timelines),
                "steps": [{"kind": s.kind, "phase": s.phase, "node": self.names[s.focus], "edge": self.edge(s),
                           **{name: as_data(getattr(s, name)) for name in kept}}
                          for s in self.steps]}


def trace(root: Node, learning_rate: float | None = None, notation: str | Notation | None = None,
          language: str = "en", optimizer=None, iterations: int = 1) -> Trace:
    """Record the forward and the backward pass of a result, and with a learning rate the update of its variables.

    Args:
        root: the result.
        learning_rate: the size of the update; None for no update.
        notation: the course whose letters are used, such as "000", or a Notation; None for nnteach's own.
        language: of the sentences, "en" or "it".
        optimizer: such as nt.nn.optimizers.Adam(0.1): a training run instead of a single update.
        iterations: of the training run.
    """
    return Trace(root, learning_rate, notation, language, optimizer, iterations)


def _check_memory(nodes, iterations):
    """Refuse a trace whose arrays would fill the memory, before the first of them is made.

    Every step keeps what it hands on and the sum so far. Of a large matrix that is used at thousands of places, this
    is thousands of such matrices, though the graph has only one.
    """
    kept = sum(np.asarray(p.value).nbytes for node in nodes for p in node.parents if p.active and p.shape)
    if 2 * kept * iterations > MOST_BYTES:
        raise GraphError(message(f"a trace that keeps at most {MOST_BYTES / 1e9:g} GB of gradients",
                                 f"steps with about {2 * kept * iterations / 1e9:.3g} GB",
                                 "Take smaller arrays, fewer iterations or a result on the way; "
                                 "f.backward() keeps one gradient for each node"))


def _checked(learning_rate, optimizer, iterations):
    """The settings of the update, if they go together; with an optimizer its learning rate counts."""
    if iterations != 1 and optimizer is None:
        raise GraphError(message("an optimizer, because there are several iterations",
                                 f"iterations={iterations!r} alone",
                                 "Add one, such as optimizer=nt.nn.optimizers.SGD(0.1)"))
    if not isinstance(iterations, int) or iterations < 1:
        raise GraphError(message("a number of iterations, 1 or more", f"iterations={iterations!r}"))
    if optimizer is None:
        return learning_rate, None, iterations
    if learning_rate is not None:
        raise GraphError(message("a learning rate or an optimizer", "both",
                                 f"Give the rate to the optimizer: {type(optimizer).__name__}({learning_rate!r})"))
    if not hasattr(optimizer, "formulas"):
        raise GraphError(message("an optimizer such as nt.nn.optimizers.Adam(0.1)", repr(optimizer)))
    if getattr(optimizer, "at_look_ahead", False):
        raise GraphError(message("an optimizer that takes its gradients at the parameters themselves", repr(optimizer),
                                 "The form with at_look_ahead=False makes the same steps"))
    return optimizer.learning_rate, optimizer, iterations


def is_bare_number(node: Node) -> bool:
    """Whether a node is just a number in a formula, such as the 2 in x ** 2, and not something to draw a box for."""
    return node.kind == "constant" and not node.name and node.shape == () and node.dtype.kind == "f"


def as_data(value):
    """A value as JSON can hold it: an array as lists, inf and nan as texts."""
    if value is None or np.all(np.isfinite(value)):
        return value.tolist() if hasattr(value, "tolist") else value
    return [as_data(x) for x in value] if np.ndim(value) else repr(float(value))


def edge_name(names, node, slot) -> str:
    """The name of the edge into a node: "x->q#0"."""
    return f"{names[node.parents[slot]]}->{names[node]}#{slot}"


def _all_steps(root, nodes, learning_rate):
    gradients = {}
    yield from _one_pass(root, nodes, gradients)
    if gradients and learning_rate is not None:
        yield from _updates(nodes, gradients, learning_rate)


def _inputs(root):
    return [node for node in ordered(root) if node.kind == "input"]


def _one_pass(root, nodes, gradients):
    """The steps of one forward and backward pass; `gradients` is filled on the way."""
    for node in nodes:
        if node.primitive is not None:
            yield Step("evaluate", node, None, None, None, None, node.value)
    if not root.active or root.shape != ():
        return  # a vector or a constant has values to show, but no gradient to start from
    seed = seed_of(root, None)
    yield Step("seed", root, None, None, seed, None, seed)
    gradients[root] = seed
    for step in backward_steps(root):
        yield step
        gradients[step.parent] = step.total


def _updates(nodes, gradients, learning_rate):
    for node in nodes:
        if node.kind == "input":
            gradient = gradients.get(node, zero_like(node))
            change = settle(-learning_rate * gradient)
            yield Step("update", node, None, gradient, change, node.value, settle(node.value + change))


# ------------------------------------------------------------------------- how everything stands over time

def _whole(state, backward):
    """A state with "half" put into the words of the phase; on the way back an edge that waits is as if never used."""
    if state.status != "half":
        return state
    if not backward:
        return replace(state, status="done")
    return EdgeState() if isinstance(state, EdgeState) else replace(state, status="todo")


def _follow(trace):
    """Turn the steps into a timeline for every node and every edge."""
    nodes = {trace.names[n]: Timeline() for n in trace.nodes}
    edges = {edge_name(trace.names, n, slot): Timeline() for n in trace.nodes for slot in range(len(n.parents))}
    waiting = _arrivals(trace)
    graded = {trace.names[node] for node in waiting}
    used = {trace.edge(step) for step in trace.steps if step.slot is not None}
    for n in trace.nodes:
        name = trace.names[n]
        nodes[name].change(0, NodeState("todo") if n.primitive else NodeState(_done(name, graded), n.value))
    for edge in edges.values():
        edge.change(0, EdgeState())
    previous = None
    for k, step in enumerate(trace.steps, start=1):
        if previous is not None:
            _settle_previous(trace, nodes, edges, previous, k, waiting, graded, used)
        if step.kind == "zero":
            _begin_iteration(trace, nodes, edges, k, graded)
        if step.kind == "seed":
            _pass_by(trace, nodes, step, waiting, k)
        _apply(trace, nodes, edges, step, k)
        previous = step
    return nodes, edges


def _arrivals(trace):
    """How many contributions each node still waits for; the root waits for the seed."""
    count = {}
    for step in trace.steps:
        if step.phase == "backward" and step.total is not None:
            count[step.focus] = count.get(step.focus, 0) + 1
    return count


def _done(name, graded):
    """How far a node or an edge is after the forward pass, given those to which the backward pass comes."""
    return "half" if name in graded else "done"


def _settle_previous(trace, nodes, edges, step, k, waiting, graded, used):
    """What was `now` becomes `done` or `half`, or `todo` again while more contributions are to come."""
    if step.kind == "zero":
        return
    name, evaluated = trace.names[step.focus], step.kind == "evaluate"
    line = nodes[name]
    if step.phase == "backward" and step.total is not None:
        waiting[step.focus] -= 1
    waits = step.phase == "backward" and waiting[step.focus] > 0
    line.change(k, replace(line.last, status="todo" if waits else _done(name, graded) if evaluated else "done"))
    for edge in _edges_of(trace, step):
        edges[edge].change(k, replace(edges[edge].last, status=_done(edge, used) if evaluated else "done"))


def _begin_iteration(trace, nodes, edges, k, graded):
    """Before a pass of a training run: the parameters are what they have become, all gradients are zero."""
    for n in trace.nodes:
        name = trace.names[n]
        value = None if n.primitive else nodes[name].last.value
        status = "todo" if n.primitive else _done(name, graded)
        nodes[name].change(k, NodeState(status, value, zero_like(n) if n.active else None))
    for line in edges.values():
        line.change(k, EdgeState())


def _pass_by(trace, nodes, step, waiting, k):
    """What lies behind a rule that lets nothing through has no steps of its own: its gradient is zero all along."""
    for n in ordered(step.node):
        if n.active and n not in waiting:
            line = nodes[trace.names[n]]
            line.change(k, NodeState("done", line.last.value, zero_like(n)))


def _apply(trace, nodes, edges, step, k):
    if step.kind == "zero":
        return
    line = nodes[trace.names[step.focus]]
    old = line.last
    if step.phase == "backward":
        line.change(k, NodeState("now", old.value, old.grad if step.total is None else step.total))
    else:
        line.change(k, NodeState("now", step.total, old.grad))
    direction = {"evaluate": "forward"}.get(step.kind, "backward")
    for edge in _edges_of(trace, step):
        edges[edge].change(k, EdgeState("now", direction, step.contribution))


def _edges_of(trace, step):
    """The edges a step uses: all that lead into a node that is evaluated, or the one that carries the gradient."""
    if step.kind == "evaluate":
        return [edge_name(trace.names, step.node, slot) for slot in range(len(step.node.parents))]
    return [] if step.slot is None else [trace.edge(step)]
