"""The player, Python's side: a trace becomes the message that the browser shows (README.md in this folder)."""

import functools
from pathlib import Path

from .. import formula
from ..digits import exact, lines
from ..draw import Drawing, chip_text, drawn, operation_text, summary, title
from ..errors import GraphError, message
from ..graph import Node, rebuild
from ..narration import tell, tell_start
from ..phrases import CATALOGUES
from ..trace import Trace, trace

LEVELS = ("vector", "scalar", "neuron")


def step(root: Node, level: str = "vector", predict=None, notation=None, learning_rate: float | None = None) -> "Player":
    """Step forth and back through the forward and backward pass of a result.

    Args:
        root: the node to step through; a single number if gradients are to be shown.
        level: "vector" shows the graph as it was written.
        predict: what the student has to predict before it is shown.
        notation: the course whose letters are used.
        learning_rate: if given, the update of every variable is shown too.

    Returns:
        A Player that shows itself in a notebook; `.save("f.html")` writes a page of its own, `.live()` links it to Python.
    """
    if level not in LEVELS:
        raise GraphError(message(f"a level among {', '.join(LEVELS)}", repr(level)))
    return Player(root, learning_rate)


class Player:
    """A trace that can be stepped through."""

    def __init__(self, root: Node, learning_rate: float | None = None):
        self.root = root
        self.learning_rate = learning_rate
        self.trace = trace(root, learning_rate)

    def __repr__(self):
        return f"Player({title(self.trace)}: {len(self.trace.nodes)} nodes, {len(self.trace)} steps)"

    @functools.cached_property
    def data(self) -> dict:
        """The message to the browser."""
        return player_data(self.trace)

    def _repr_html_(self):
        from .page import notebook_output
        return notebook_output(self.data)

    def to_html(self) -> str:
        """The player as a page of its own that needs no network."""
        from .page import document
        return document(self.data)

    def save(self, path) -> None:
        """Write the player to a file: .html interactive, .md or .tex the worked solution, .svg .pdf .png the picture."""
        path = Path(path)
        writers = {".html": self.to_html, ".md": self.trace.to_markdown, ".tex": self.trace.to_latex}
        if path.suffix in writers:
            path.write_text(writers[path.suffix](), encoding="utf-8")
        elif path.suffix in (".svg", ".pdf", ".png"):
            Drawing(self.trace).save(path)
        else:
            raise GraphError(message("a file ending in .html, .md, .tex, .svg, .pdf or .png", f"{path.name!r}"))

    def live(self):
        """The player as a widget linked to Python: change a number and everything is computed again."""
        from .live import live_player
        leaves = {self.trace.names[node]: node for node in self.trace.nodes if node.kind == "input"}

        def recompute(values: dict) -> dict:
            # From the graph as it was first, so that changes never pile up and the names stay.
            root = rebuild(self.root, {leaves[name]: value for name, value in values.items()})[self.root]
            return player_data(trace(root, self.learning_rate), any_number=True)
        return live_player(recompute)


def player_data(trace: Trace, any_number: bool = False) -> dict:
    """The message for a trace, as README.md in this folder describes it.

    With `any_number` the boxes have room for any number, so that changed inputs do not move them.
    """
    texts = _Texts()
    return {
        "title": title(trace),
        "summary": summary(trace),
        "picture": Drawing(trace, any_number).svg,
        "root": trace.names[trace.root],
        "nodes": [_node(trace, node, texts) for node in drawn(trace)],
        "edges": _edges(trace, texts),
        "steps": [_step(trace, k) for k in range(1, len(trace) + 1)],
        "start": dict(zip(("now", "say"), tell_start(trace))),
        "inputs": [{"name": trace.names[n], "value": n.value} for n in trace.nodes if n.kind == "input" and n.shape == ()],
        "words": {key: word for key, word in CATALOGUES["en"].items() if "." not in key},
        "texts": texts.table,
    }


class _Texts:
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
    return {"name": name, "kind": node.kind, "operation": operation_text(trace, node),
            "timeline": [[start, state.status, texts.place(state.value), texts.place(state.grad)]
                         for start, state in zip(line.starts, line.states)]}


def _edges(trace, texts):
    chips = {k: chip_text(step) for k, step in enumerate(trace.steps, start=1) if step.slot is not None}
    edges, boxes = [], set(drawn(trace))
    for node in trace.nodes:
        for slot, parent in enumerate(node.parents):
            if parent not in boxes:
                continue
            name = f"{trace.names[parent]}->{trace.names[node]}#{slot}"
            line, chip, timeline = trace.edge_timelines[name], "", []
            for start, state in zip(line.starts, line.states):
                if state.contribution is not None:
                    chip = chips[start if state.status == "now" else start - 1]
                timeline.append([start, state.status, state.direction, texts.place(state.contribution), chip])
            edges.append({"id": name, "parent": trace.names[parent], "child": trace.names[node], "slot": slot,
                          "timeline": timeline})
    return edges


def _step(trace, k):
    step, story = trace.steps[k - 1], tell(trace, k)
    return {"phase": step.phase, "node": trace.names[step.focus], "edge": trace.edge(step), "now": story.now,
            "because": None if story.because is None else formula.math(story.because), "lines": _lines(story),
            "ledger": story.ledger, "remark": story.remark, "say": story.say}


def _lines(story):
    shown = []
    for line in story.lines:
        left = [] if line.left is None else [formula.math(line.left)]
        tree = ["mrow", "", *left, ["mo", "", line.sign], formula.math(line.symbol, line.numbers)]
        if line.caption == "local" and formula.text(line.symbol, True) != formula.text(line.symbol):
            tree += [["mo", "", "="], formula.math(line.symbol, True)]
        shown.append([line.caption, tree])
    return shown

