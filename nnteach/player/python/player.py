"""The player, Python's side: a trace becomes the message that the browser shows (README.md in this folder)."""

import functools
from pathlib import Path

from ...core.errors import GraphError, message
from ...core.graph import Node, rebuild
from ...draw import in_sight, title
from ...support import atomic
from ...support.shown import Shown
from ...trace.trace import Trace
from .levels.levels import LEVELS, first_level, levels_of, player_data
from .questions.predict import checked

MOST_STEPS = 30_000  # a page tells them all
MOST_NODES_IN_ORDER = 1_000
"""With predict="order" every step asks about all nodes that could come next."""


def step(root: Node, level: str | None = None, predict=None, notation=None, learning_rate: float | None = None,
         language: str = "en", optimizer=None, iterations: int = 1) -> "Player":
    """Step forth and back through the forward and backward pass of a result.

    A graph of more nodes than can be seen is folded: boxes such as "… 8,333 operations" stand for many of them.

    Args:
        root: the node to step through; a single number if gradients are to be shown.
        level: what is shown first. "vector" is the graph as it was written, "scalar" that of its single numbers,
            "neuron" circles and weights, "layer" the graph with every layer collapsed into one box. The player offers
            all that exist. None: "layer" for networks of more than 1000 parameters, else "vector".
        predict: what the student has to predict before it is shown: "all" numbers, those at "branches", where gradients
            add, those of nodes by name, the "sign" of every number alone, or in which "order" the nodes come. With None
            nothing is asked until the key p asks for it.
        notation: the course whose letters are used.
        learning_rate: if given, the update of every variable is shown too.
        language: of all texts, "en" or "it".
        optimizer: such as nt.nn.optimizers.Adam(0.1), for a training run: zero, forward, backward, update.
        iterations: of the training run.

    Returns:
        A Player that shows itself at the end of a cell, and anywhere with `.show()`; `.save("f.html")` writes a page of
        its own, `.live()` links it to Python.
    """
    if level is not None and level not in LEVELS:
        raise GraphError(message(f"a level among {', '.join(LEVELS)}", repr(level)))
    return Player(root, learning_rate, level, predict, notation, language, optimizer, iterations)


class Player(Shown):
    """A trace that can be stepped through."""

    def __init__(self, root: Node, learning_rate: float | None = None, level: str | None = "vector",
                 predict=None, notation=None, language: str = "en", optimizer=None, iterations: int = 1):
        self.predict = checked(predict)
        self.root = in_sight(root, language)
        self.trace = Trace(self.root, learning_rate, notation, language, optimizer, iterations)
        self.level = level or first_level(self.trace)
        self._check_length()
        levels_of(self.trace, self.level)  # complains at once if there is no such level

    def __reduce__(self):
        return _again, (self.trace, self.level, self.predict)

    def _check_length(self):
        """Refuse what would be too long to tell."""
        if len(self.trace) > MOST_STEPS:
            raise GraphError(message(f"at most {MOST_STEPS} steps to go through", f"{len(self.trace)}",
                                     "Show fewer iterations: iterations=2 shows what each of them does"
                                     if self.trace.iterations > 1 else "Show the graph of a result on the way"))
        if self.predict == "order" and len(self.trace.nodes) > MOST_NODES_IN_ORDER:
            raise GraphError(message(f'at most {MOST_NODES_IN_ORDER} nodes for predict="order"',
                                     f"{len(self.trace.nodes)}",
                                     'Ask for numbers with predict="all" or "branches", or show a result on the way'))

    def __repr__(self):
        return f"Player({title(self.trace)}: {len(self.trace.nodes)} nodes, {len(self.trace)} steps)"

    @functools.cached_property
    def data(self) -> dict:
        """The message to the browser."""
        return player_data(self.trace, self.level, predict=self.predict)

    def _repr_html_(self):
        from .page import notebook_output
        return notebook_output(self.data)

    def to_html(self) -> str:
        """The player as a page of its own that needs no network."""
        from .page import document
        return document(self.data)

    def save(self, path, step: int | None = None) -> None:
        """Write the player to a file; the ending says what kind.

        Args:
            path: .html is interactive; .svg and .png are the picture, .pdf is a handout with one page a step, .gif a
                film, .tex a LaTeX document, .md the worked solution, .csv every number in full.
            step: the step that a picture shows; as a .pdf it is then a single picture too.
        """
        path = Path(path)
        if path.suffix.lower() == ".html" and step is None:
            atomic.write_text(path, self.to_html())
        else:
            from ...export import save
            save(self.trace, path, step)

    def live(self):
        """The player as a widget linked to Python: change a number and everything is computed again."""
        from .live import live_player
        leaves = {self.trace.names[node]: node for node in self.trace.nodes if node.kind == "input"}

        def recompute(values: dict) -> dict:
            # From the graph as it was first, so that changes never pile up and the names stay.
            root = rebuild(self.root, {leaves[name]: value for name, value in values.items()})[self.root]
            return player_data(self.trace.like(root), self.level, True, self.predict)
        return live_player(recompute, kept=self)


def _again(trace: Trace, level: str, predict) -> Player:
    """A player from its pickle."""
    return Player(trace.root, trace._settings()[0], level, predict, *trace._settings()[1:])
