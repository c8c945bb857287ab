"""One level of the message to the browser (README.md in this folder): a trace and its picture as plain data."""

import functools
from collections.abc import Callable

import numpy as np

from ...draw import Drawing, chip_text, drawn, legend, operation_text, summary, title
from ...draw.heat import box_lines, heat_codes, heat_numbers, is_heat
from ...draw.losses import loss_curve
from ...i18n.phrases import phrase
from ...symbolic import formula
from ...symbolic.formula import Symbol
from ...symbolic.number_format import exact, lines, number
from ...trace.step_text import tell, tell_node, tell_start
from ...trace.trace import Trace


def level_message(trace: Trace, any_number: bool = False, telling: "Telling | None" = None) -> dict:
    """What the browser needs to show a trace at one level; numbers stand in a table of their own, each once.

    Args:
        trace: the trace.
        any_number: whether boxes have room for any number, so that changed inputs do not move them.
        telling: what is told at every step, which levels with the same steps share.
    """
    telling = telling or Telling(trace)
    texts = telling.texts
    return {
        "title": title(trace),
        "summary": summary(trace),
        "picture": Drawing(trace, any_number).svg,
        "root": trace.names[trace.root],
        "nodes": [_node(trace, node, texts) for node in drawn(trace)],
        "edges": _edges(trace, texts),
        **telling.parts,
    }


class Telling:
    """The steps of a trace, told, and the numbers that they and the pictures of them need."""

    def __init__(self, trace: Trace, ask: Callable | None = None):
        self.trace, self.ask, self.texts = trace, ask, Texts()

    @functools.cached_property
    def parts(self) -> dict:
        """The parts of the message that are the same at every level with these steps."""
        told = training(self.trace, self.texts) | story(self.trace, self.texts, self.ask)
        return told | {"texts": self.texts.table, "heat": self.texts.heat}


def story(trace: Trace, texts: "Texts", ask: Callable | None = None) -> dict:
    """What the panel says at every step, and asks before it; `ask` is (trace, k, texts) -> a question or None."""
    steps = [_step(trace, k) for k in range(1, len(trace) + 1)]
    for k, step in enumerate(steps, start=1):
        if question := ask and ask(trace, k, texts):
            step["ask"] = question
    return {"steps": steps, "start": _start(trace)}


def training(trace: Trace, texts: "Texts") -> dict:
    """What a training run adds: where its iterations begin, its loss curve, and what the optimizer remembers."""
    if not trace.starts:
        return {}
    return {
        "iterations": trace.starts,
        "losses": [[k, texts.place(loss)] for k, loss in trace.losses],
        "curve": loss_curve([loss for _, loss in trace.losses], trace.language),
        "memory": _memory(trace, texts),
    }


def _memory(trace, texts):
    """Every array that the optimizer keeps, as a row of the table: how it stands over time."""
    rows = {}
    for k, memory in trace.memories.items():
        name = trace.names[trace.steps[k - 1].node]
        for slot in memory.after:
            row = rows.setdefault((slot, name), [[0, "done", texts.place(memory.before[slot]), None]])
            row.append([k, "done", texts.place(memory.after[slot]), None])
    word = phrase("memory", trace.language)
    return [{"name": f"{slot}({name})", "kind": "memory", "operation": word, "timeline": row}
            for (slot, name), row in rows.items()]


LONGEST_EXPRESSION = 60
"""Characters of the result's expression at the start; a longer one is written with the names that there are."""


def _start(trace):
    """How things stand before the first step: what will be computed, and how to begin."""
    now, say = tell_start(trace)
    written = Symbol(None, None, "", "a = b", (trace.symbol(trace.root), expression(trace)))
    return {
        "now": now,
        "say": say,
        "lines": [["expression", formula.math(written)]],
        "remark": " ".join([phrase("start.how", trace.language), *legend(trace, drawn(trace))]),
    }


def expression(trace: Trace) -> Symbol:
    """The result in terms of its leaves or of what has a name."""
    return trace.expression(LONGEST_EXPRESSION)


MOST_NUMBERS = 1000
"""Numbers up to which an array goes to the browser in full; a larger one is told by its shape and range."""


class Texts:
    """The table of numbers: each stands once, in full and as shown, and is referred to by its place."""

    def __init__(self):
        self.table, self.heat, self.places, self._large = [], {}, {}, {}

    def place(self, value) -> int | None:
        if value is None:
            return None
        if np.size(value) > MOST_NUMBERS:
            return self._place_of_large(value)
        full = exact(value)
        return self._enter(full, full, value)

    def _place_of_large(self, array):
        """The same array comes at many steps; it is kept, so that no other one can get its id."""
        if id(array) not in self._large:
            [shape] = lines(array)
            told = f"{shape}: {number(array.min())} … {number(array.max())}"
            self._large[id(array)] = array, self._enter((shape, array.tobytes()), told, array)
        return self._large[id(array)][1]

    def _enter(self, key, full, value):
        if key not in self.places:
            place = self.places[key] = len(self.table)
            self.table.append([full, box_lines(value)])
            if is_heat(value):
                self.heat[str(place)] = [heat_codes(value), heat_numbers(value)]
        return self.places[key]


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
    step = trace.steps[k - 1]
    made = {
        "phase": step.phase,
        "node": "" if step.kind == "zero" else trace.names[step.focus],
        "edge": trace.edge(step),
        **_told(tell(trace, k)),
    }
    if whole := tell_node(trace, k):
        arrivals = (trace.edge(trace.steps[j - 1]) for j in trace.arrivals[step.focus])
        made["whole"] = {**_told(whole), "edges": list(dict.fromkeys(arrivals))}
    return made


def _told(story):
    return {
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
        if line.caption in ("memory", "gradient") and line.left is None:  # a chain: formula = numbers = result
            shown[-1][1] += [["mo", "", line.sign], formula.math(line.symbol, line.numbers)]
            continue
        left = [] if line.left is None else [formula.math(line.left)]
        tree = ["mrow", "", *left, ["mo", "", line.sign], formula.math(line.symbol, line.numbers)]
        if line.caption == "local" and formula.text(line.symbol, True) != formula.text(line.symbol):
            tree += [["mo", "", "="], formula.math(line.symbol, True)]
        is_first = line.caption != "memory" or not any(caption == "memory" for caption, _ in shown)
        shown.append([line.caption if is_first else "", tree])
    return shown


def entry_name(name: str, index: tuple) -> str:
    """What an entry of an array is called: W[0,1]."""
    return name + (f"[{','.join(map(str, index))}]" if index else "")
