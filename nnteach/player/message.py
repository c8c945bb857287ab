"""One level of the message to the browser (README.md in this folder): a trace and its picture as plain data."""

from collections.abc import Callable

from .. import formula
from ..digits import exact, lines
from ..draw import Drawing, chip_text, drawn, operation_text, summary, title
from ..formula import Symbol
from ..narration import tell, tell_start
from ..phrases import phrase
from ..trace import Trace


def level_message(trace: Trace, any_number: bool = False, ask: Callable | None = None) -> dict:
    """What the browser needs to show a trace at one level; numbers stand in a table of their own, each once.

    Args:
        trace: the trace.
        any_number: whether boxes have room for any number, so that changed inputs do not move them.
        ask: (trace, k, texts) -> the question before step k, or None.
    """
    texts = Texts()
    return {
        "title": title(trace),
        "summary": summary(trace),
        "picture": Drawing(trace, any_number).svg,
        "root": trace.names[trace.root],
        "nodes": [_node(trace, node, texts) for node in drawn(trace)],
        "edges": _edges(trace, texts),
        **story(trace, texts, ask),
        "texts": texts.table,
    }


def story(trace: Trace, texts: "Texts", ask: Callable | None = None) -> dict:
    """What the panel says at every step, and asks before it."""
    steps = [_step(trace, k) for k in range(1, len(trace) + 1)]
    for k, step in enumerate(steps, start=1):
        if question := ask and ask(trace, k, texts):
            step["ask"] = question
    return {"steps": steps, "start": _start(trace)}


LONGEST_EXPRESSION = 60
"""Characters of the result's expression at the start; a longer one is given by its last operation."""


def _start(trace):
    """How things stand before the first step: what will be computed, and how to begin."""
    now, say = tell_start(trace)
    written = Symbol(None, None, "", "a = b", (trace.symbol(trace.root), expression(trace)))
    return {
        "now": now,
        "say": say,
        "lines": [["expression", formula.math(written)]],
        "remark": phrase("start.how", trace.language),
    }


def expression(trace: Trace) -> Symbol:
    """The result in terms of its leaves, (x + y) · z, or by its last operation if that is long."""
    written = {}
    for node in trace.nodes:
        inputs = [written[parent] for parent in node.parents]
        made = trace.operation(node)
        if node.primitive:
            made = Symbol(None, node.value, "", made.notation, (inputs[0],) if made.notation == "a²" else tuple(inputs))
        if len(formula.text(made)) > LONGEST_EXPRESSION:
            return trace.operation(trace.root)
        written[node] = made
    return written[trace.root]


class Texts:
    """The table of numbers: each stands once, in full and as shown, and is referred to by its place."""

    def __init__(self):
        self.table, self.places = [], {}

    def place(self, value) -> int | None:
        if value is None:
            return None
        full = exact(value)
        if full not in self.places:
            self.places[full] = len(self.table)
            self.table.append([full, lines(value)])
        return self.places[full]


def _node(trace, node, texts):
    name = trace.names[node]
    line = trace.timelines[name]
    return {
        "name": name,
        "kind": node.kind,
        "operation": operation_text(trace, node),
        "timeline": [
            [start, state.status, texts.place(state.value), texts.place(state.grad)]
            for start, state in zip(line.starts, line.states, strict=True)
        ],
    }


def _edges(trace, texts):
    chips = {k: chip_text(step) for k, step in enumerate(trace.steps, start=1) if step.slot is not None}
    edges, boxes = [], set(drawn(trace))
    for node in trace.nodes:
        for slot, parent in enumerate(node.parents):
            if parent not in boxes:
                continue
            name = f"{trace.names[parent]}->{trace.names[node]}#{slot}"
            line, chip, timeline = trace.edge_timelines[name], "", []
            for start, state in zip(line.starts, line.states, strict=True):
                if state.contribution is not None:
                    chip = chips[start if state.status == "now" else start - 1]
                timeline.append([start, state.status, state.direction, texts.place(state.contribution), chip])
            edges.append(
                {
                    "id": name,
                    "parent": trace.names[parent],
                    "child": trace.names[node],
                    "slot": slot,
                    "timeline": timeline,
                }
            )
    return edges


def _step(trace, k):
    step, story = trace.steps[k - 1], tell(trace, k)
    return {
        "phase": step.phase,
        "node": trace.names[step.focus],
        "edge": trace.edge(step),
        "now": story.now,
        "because": None if story.because is None else formula.math(story.because),
        "lines": _lines(story),
        "ledger": story.ledger,
        "remark": story.remark,
        "say": story.say,
    }


def _lines(story):
    shown = []
    for line in story.lines:
        left = [] if line.left is None else [formula.math(line.left)]
        tree = ["mrow", "", *left, ["mo", "", line.sign], formula.math(line.symbol, line.numbers)]
        if line.caption == "local" and formula.text(line.symbol, True) != formula.text(line.symbol):
            tree += [["mo", "", "="], formula.math(line.symbol, True)]
        shown.append([line.caption, tree])
    return shown


def entry_name(name: str, index: tuple) -> str:
    """What an entry of an array is called: W[0,1]."""
    return name + (f"[{','.join(map(str, index))}]" if index else "")
