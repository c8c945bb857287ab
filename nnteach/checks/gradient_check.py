"""Is a gradient right? Compare it with what the function itself does (003, "gradient check").

`check_gradients(f)` moves one entry of one variable at a time by ±ε, computes the whole graph again, and
compares the central difference (f(x + ε) − f(x − ε)) / 2ε with the gradient from backprop. The two know
nothing of each other: the difference uses forward functions only, backprop uses the rules.
"""

import html
from dataclasses import dataclass

import numpy as np

from ..core import ops
from ..core.autodiff import gradients
from ..core.errors import GraphError, NNTeachError, message
from ..core.graph import Node, constant, ordered, rebuild
from ..core.node_names import describe, labels
from ..support.shown import Shown
from ..symbolic.number_format import number

SHOWN = 24  # rows of the table: the worst entries
@dataclass(frozen=True)
class Comparison:
    """One entry of one variable, both ways.

    Attributes:
        variable, entry: its name, and the index in it; () for a number.
        backprop, difference: what the backward pass and the central difference say.
        error: the relative error |a − n| / max(|a|, |n|, tiny).
        kinks: operations with a kink between x − ε and x + ε, where the central difference means little.
        verdict: "agrees", "differs", or "kink" (differs, but with such an operation in between).
    """

    variable: str
    entry: tuple[int, ...]
    backprop: float
    difference: float
    error: float
    kinks: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, repr=False)
class GradientCheck(Shown):
    """What a gradient check found: true if every entry agrees. It shows itself as a table."""

    comparisons: tuple[Comparison, ...]
    epsilon: float
    tiny: float
    notes: tuple[str, ...] = ()

    def __bool__(self):
        return all(c.verdict == "agrees" for c in self.comparisons)

    @property
    def wrong(self) -> tuple[Comparison, ...]:
        """The entries that differ, and not because of a kink."""
        return tuple(c for c in self.comparisons if c.verdict == "differs")

    @property
    def kinks(self) -> tuple[str, ...]:
        """The operations whose kink lies so near that the check cannot decide."""
        return tuple(dict.fromkeys(k for c in self.comparisons if c.verdict == "kink" for k in c.kinks))

    def __repr__(self):
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        return "\n".join([*lines, *self._remarks()])

    def _repr_html_(self):
        head, *rows = [map(html.escape, row) for row in self._rows()]
        body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
        head = f"<thead><tr><th>{'</th><th>'.join(head)}</th></tr></thead>"
        remarks = "".join(f"<p>{html.escape(remark)}</p>" for remark in self._remarks())
        return f"<table>{head}<tbody>{body}</tbody></table>{remarks}"

    def _rows(self):
        shown = set(sorted(self.comparisons, key=lambda c: (c.verdict == "agrees", -c.error))[:SHOWN])
        return [("variable", "entry", "backprop", "central difference", "relative error", "verdict"),
                *(_row(c) for c in self.comparisons if c in shown)]

    def _remarks(self):
        count, undecided = len(self.comparisons), sum(c.verdict == "kink" for c in self.comparisons)
        doubt = f", {undecided} cannot be decided" if undecided else ""
        yield "All entries agree." if self else f"{len(self.wrong)} of {count} differ{doubt}."
        if count > SHOWN:
            yield f"{count - SHOWN} entries with smaller errors are not shown."
        for kink in self.kinks:
            yield f"Within ±ε lies a kink of {kink}: try a smaller epsilon, or another point."
        yield from self.notes
        formula = f"|a − n| / max(|a|, |n|, {number(self.tiny, 2)})"
        yield f"ε = {number(self.epsilon)}; relative error = {formula}: a from backprop, n the difference."


def _row(c):
    name = " ".join(c.variable.split())
    return (name if len(name) <= 40 else f"{name[:39]}…", ", ".join(map(str, c.entry)),
            number(c.backprop, 8), number(c.difference, 8), number(c.error, 2), c.verdict)


def check_gradients(f: Node, wrt=None, epsilon: float = 1e-4, tolerance: float = 1e-5, max_entries: int = 50,
                    rng: np.random.Generator | None = None) -> GradientCheck:
    """Compare the gradients from backprop with central differences (003: ε = 1e-4 is near the best).

    Two numbers a and n agree if |a − n| / max(|a|, |n|, tiny) ≤ tolerance. Below `tiny` a central difference
    resolves nothing: its own error is about ε² from the curve and 10 · 2e-16 · |f| / ε from rounding.

    Args:
        f: a single number.
        wrt: a node or a list of nodes; all variables by default.
        epsilon: the step ε.
        tolerance: the relative error up to which two numbers agree.
        max_entries: of a larger array only so many are compared, evenly spaced or drawn by `rng`.
        rng: draws the entries of larger arrays.

    Returns:
        A GradientCheck: true if all agree; it shows itself as a table.

    Raises:
        GraphError: if f is an array, or something in `wrt` is a constant.
    """
    nodes = ordered(f)
    inputs = [n for n in nodes if n.kind == "input"]
    wrt = inputs if wrt is None else [wrt] if isinstance(wrt, Node) else list(wrt)
    for node in wrt:
        if not node.active:
            raise GraphError(message("variables", f"{describe(node)}, which is constant"))
    names = labels([*(n for n in wrt if n not in set(nodes)), *nodes])
    bends = [n for n in nodes if _sides(n)]
    comparisons = []
    computed = gradients(f, wrt)
    tiny = max(epsilon**2, 10 * np.finfo(float).eps * abs(f.value) / epsilon) / tolerance
    for node, gradient in zip(wrt, computed, strict=True):
        for entry in _entries(node, max_entries, rng):
            up, down = (_moved(f, node, entry, step) for step in (epsilon, -epsilon))
            difference = float((up[f].value - down[f].value) / (2 * epsilon))
            backprop = float(np.asarray(gradient)[entry])
            error = abs(backprop - difference) / max(abs(backprop), abs(difference), tiny)
            kinks = tuple(_call(n, names) for n in bends if _differ(_sides(up[n]), _sides(down[n])))
            verdict = "agrees" if error <= tolerance else "kink" if kinks else "differs"
            comparisons.append(Comparison(names[node], entry, backprop, difference, error, kinks, verdict))
    return GradientCheck(tuple(comparisons), epsilon, tiny, tuple(_notes(nodes, wrt, names)))


def _entries(node, most, rng):
    entries = list(np.ndindex(node.shape))
    if len(entries) <= most:
        return entries
    spaced = np.linspace(0, len(entries) - 1, most).astype(int)
    return [entries[i] for i in (sorted(rng.choice(len(entries), most, replace=False)) if rng else spaced)]


def _moved(f, node, entry, step):
    """The whole graph again, with one entry moved, in float64."""
    leaves = {n: n.value.astype(np.float64) for n in ordered(f) if not n.parents and n.dtype == np.float32}
    moved = np.array(node.value, dtype=np.float64)
    moved[entry] += step
    return rebuild(f, {**leaves, node: moved})


def _sides(node):
    """On which side of its kinks an operation stands: each yes or no, −1, 0 or 1 it or its rules ask for.

    The rules are run on stand-ins, so a kink is found wherever a rule has one, in the student's own ones too.
    """
    if node.primitive is None:
        return []
    asked = [node] if _is_flat(node) else []
    inputs, out = [constant(p.value) for p in node.parents], constant(node.value)
    rules, inputs = node.primitive.rules(inputs, node.static)
    for rule in [rules[slot] for slot, p in enumerate(node.parents) if p.active]:
        try:
            with np.errstate(all="ignore"):
                local = rule and rule(constant(np.ones_like(node.value)), out, *inputs, **node.static)
        except (NNTeachError, TypeError):
            continue  # a rule of one's own that does not run on Nodes
        asked += [n for n in ordered(local) if _is_flat(n)] if isinstance(local, Node) else []
    return [n.value for n in asked]


def _is_flat(node):
    has_rule = node.primitive and any(node.primitive.vjps[slot] for slot in range(len(node.parents)))
    return not has_rule and node.primitive not in (None, ops.stop_gradient)


def _differ(sides, others):
    return len(sides) != len(others) or any(np.any(a != b) for a, b in zip(sides, others, strict=True))


def _call(node, names):
    return f"{names[node]} = {node.primitive.name}({', '.join(names[p] for p in node.parents)})"


def _notes(nodes, wrt, names):
    if any(n.dtype == np.float32 for n in nodes):
        yield ("Some numbers are float32, which keeps 7 digits: backprop used them as they are, the central "
               "differences were computed in float64. Use float64 to check a gradient.")
    if stopped := [names[n] for n in nodes if n.primitive is ops.stop_gradient]:
        yield f"stop_gradient in {', '.join(stopped)} hides from backprop what the central differences see."
    if unused := [names[n] for n in wrt if n not in set(nodes)]:
        yield f"{names[nodes[-1]]} does not depend on {', '.join(unused)}."
