"""Pictures of graphs: a trace becomes a diagram, Graphviz places it, and an SVG shows it.

    draw(f)                    # shows itself in a notebook
    draw(f).save("f.svg")      # or .pdf, .png

Each step is a function of plain data: `diagram_of` (trace -> cards and wires), `layout` (positions), `picture` (SVG).
"""

import dataclasses
import functools
import html

from ..core.errors import shape_text
from ..core.graph import Node, ordered
from ..core.primitive import shape_of
from ..i18n.phrases import phrase
from ..support.shown import Shown
from ..symbolic.formula import Symbol, text
from ..symbolic.number_format import number
from ..trace.fold import Fold, counted, folded
from ..trace.trace import Trace, edge_name, is_bare_number, trace
from .diagram import Card, Diagram, Moment, Wire
from .heat import MOST_CELLS, box_lines, cells_of, heat_codes, is_heat, is_sampled

NUMBER_COLUMNS = 10  # the widest that `digits.number` writes: −0.0001234
RANGE_COLUMNS = 21  # of a large array: −0.000123 … −0.000123
PRODUCT_COLUMNS = 25  # two of them, with brackets and a dot
PRODUCT_UP_TO = 12  # nodes; more of them are shown closer together
CHIPS_UP_TO = 150  # nodes; in a larger picture the contributions stand in the panel only


MOST_NODES = 5_000  # in one picture; of more, nobody sees anything, and a browser does not open them


def draw(root: Node) -> "Drawing":
    """A picture of the graph of a result, with every value and, for a single number, every gradient.

    A graph of more nodes than can be seen is folded: boxes such as "… 8,333 operations" stand for many of them.

    Args:
        root: the node whose graph is drawn.

    Returns:
        A Drawing that shows itself; `.svg` is its source, `.dot` the Graphviz source, `.save(path)` writes a file.
    """
    return Drawing(root if isinstance(root, Trace) else trace(in_sight(root)))


def in_sight(root: Node, language: str = "en") -> Node:
    """The result of a graph that can be shown: itself, or its counterpart in a folded one."""
    nodes = ordered(root)
    is_small = sum(node is root or not is_bare_number(node) for node in nodes) <= MOST_NODES
    return root if is_small else folded(root, language)


class Drawing(Shown):
    """A static picture of a trace, in its final state or at any step."""

    def __init__(self, trace: Trace, any_number: bool = False):
        root = in_sight(trace.root, trace.language)
        self.trace = trace if root is trace.root else trace.like(root)
        self.any_number = any_number

    def __reduce__(self):
        return Drawing, (self.trace, self.any_number)

    @functools.cached_property
    def diagram(self) -> Diagram:
        return diagram_of(self.trace, self.any_number)

    @functools.cached_property
    def layout(self):
        from .layout import layout
        return layout(self.diagram)

    @functools.cached_property
    def svg(self) -> str:
        from .picture import picture
        return picture(self.diagram, self.layout, summary=summary(self.trace))

    @property
    def dot(self) -> str:
        """The picture as Graphviz source."""
        from .dot import to_dot
        return to_dot(self.diagram).source

    def moment(self, step: int | None = None) -> Moment | None:
        """How the picture looks at a step; None for the final state."""
        return None if step is None else moment_of(self.trace, self.diagram, step)

    def save(self, path, step: int | None = None) -> None:
        """Write the picture to a file; the ending says what kind: .svg, .pdf or .png.

        Args:
            path: where to.
            step: the step to show, from 0 to the number of steps; the final state if not given.
        """
        from .export import save
        save(self.diagram, self.layout, path, self.moment(step), summary(self.trace))

    def __repr__(self):
        return f"Drawing({self.diagram.title}: {len(self.diagram.cards)} nodes)"

    def _repr_html_(self):
        from .style import image_source
        return f'<img alt="{html.escape(summary(self.trace))}" src="{image_source(self.svg)}">'


def diagram_of(trace: Trace, any_number: bool = False) -> Diagram:
    """The cards and wires of a trace.

    Each card has room for the widest number that this trace will show, or with `any_number` for any number at all.
    """
    least = NUMBER_COLUMNS if any_number else 1
    final, nodes = trace.state_at(len(trace)), drawn(trace)
    index = {node: i for i, node in enumerate(nodes)}
    cards = tuple(card_of(trace, node, final.nodes[trace.names[node]], least) for node in nodes)
    chips = _chips(trace)
    wires = tuple(_wire(trace, index, node, slot, chips, any_number)
                  for node in nodes for slot, parent in enumerate(node.parents) if parent in index)
    return Diagram(title(trace), cards, wires, phrase("now", trace.language), legend(trace, nodes))


def legend(trace: Trace, nodes: list[Node]) -> tuple[str, ...]:
    """How heat cells and folds are read, where some of these nodes are shown by them."""
    shapes = [node.shape for node in nodes if is_heat(node.value)]
    told = [phrase("heat.legend", trace.language)] if shapes else []
    if any(map(is_sampled, shapes)):
        told.append(phrase("heat.sampled", trace.language, count=MOST_CELLS))
    if hidden := sum(node.primitive.count for node in nodes if isinstance(node.primitive, Fold)):
        told += [phrase("fold.legend", trace.language, count=counted(hidden, trace.language)),
                 phrase("fold.inside", trace.language)]
    return tuple(told)


def moment_of(trace: Trace, diagram: Diagram, step: int) -> Moment:
    """How the diagram of a trace looks after some steps; every text is one that its card or chip has room for."""
    state, children = trace.state_at(step), drawn(trace)
    nodes = [state.nodes[card.name] for card in diagram.cards]
    edges = [state.edges[edge_name(trace.names, children[wire.child], wire.slot)] for wire in diagram.wires]
    cards = tuple(dataclasses.replace(card, value=_known(node.value), gradient=_known(node.grad),
                                      heat=(heat_codes(node.value), heat_codes(node.grad)))
                  for card, node in zip(diagram.cards, nodes, strict=True))
    wires = tuple(dataclasses.replace(wire, chip=contribution_text(edge.contribution) if wire.chip else "")
                  for wire, edge in zip(diagram.wires, edges, strict=True))
    phase = trace.steps[step - 1].phase if step else "forward"
    return Moment(phase, cards, tuple(node.status for node in nodes), wires,
                  tuple((edge.status, edge.direction) for edge in edges))


def _known(value):
    return () if value is None else tuple(box_lines(value))


def drawn(trace: Trace) -> list[Node]:
    """The nodes that get a box: all but bare numbers, which stand in the operation beside the name."""
    return [node for node in trace.nodes if node is trace.root or not is_bare_number(node)]


def title(trace: Trace) -> str:
    """What the picture shows: the last operation, as text."""
    return f"{trace.names[trace.root]} = {text(trace.operation(trace.root))}"


def operation_text(trace: Trace, node: Node) -> str:
    """What stands beside a node's name: how it was computed, or what kind of leaf it is."""
    if isinstance(node.primitive, Fold):
        return node.primitive.notation  # what it was computed from is seen by the wires
    return text(trace.operation(node)) if node.primitive else phrase(node.kind, trace.language)


def card_of(trace: Trace, node: Node, final, least: int = 1) -> Card:
    """The card of a node with room for all that it will show.

    Args:
        trace: the trace.
        node: the node.
        final: its last state.
        least: characters that a number has room for at least.
    """
    line = trace.timelines[trace.names[node]]
    values = [box_lines(state.value) for state in line.states if state.value is not None]
    grads = [box_lines(state.grad) for state in line.states if state.grad is not None]
    if is_heat(node.value) and least > 1:
        least = RANGE_COLUMNS
    return Card(trace.names[node], operation_text(trace, node), node.kind, tuple(box_lines(final.value)),
                tuple(grads[-1]) if grads else (), _room(values, least), _room(grads, least) if grads else (0, 0),
                (phrase("value", trace.language), phrase("gradient", trace.language)),
                cells_of(node.shape) if is_heat(node.value) else (0, 0),
                (heat_codes(final.value), heat_codes(final.grad)))


def _room(texts, least):
    return max(map(len, texts)), max(least, *(len(line) for text in texts for line in text))


def _wire(trace, index, node, slot, chips, any_number):
    texts, product = chips.get(edge_name(trace.names, node, slot), ([""], ()))
    columns = max(map(len, [*texts, *product]))
    if any_number and texts[-1]:
        columns = max(columns, PRODUCT_COLUMNS if product else NUMBER_COLUMNS)
    return Wire(index[node.parents[slot]], index[node], slot, texts[-1], columns, product)


def _chips(trace):
    """For each edge: all texts that its chip will ever show, the last one last, and the product, in two lines."""
    chips = {}
    if len(trace.nodes) > CHIPS_UP_TO:
        return chips
    for step in trace.steps:
        if step.slot is not None:
            texts, product = chips.get(trace.edge(step), ([], ()))
            chips[trace.edge(step)] = ([*texts, chip_text(step)], product or _product(trace, step))
    return chips


def chip_text(step) -> str:
    """The contribution, as it stands on an edge: a number, a short vector, or the shape of an array."""
    return contribution_text(step.contribution)


def contribution_text(contribution) -> str:
    """A contribution as a chip shows it."""
    if contribution is None:
        return ""
    shown = text(Symbol(None, contribution), numbers=True)
    is_short = len(shown) <= NUMBER_COLUMNS or not shape_of(contribution)  # −1.234e−100 has eleven
    return shown if is_short else shape_text(contribution.shape)


def _product(trace, step):
    """Upstream times local, for the edge in use, where the picture has room for it: ("(−4)·1", "= −4")."""
    if trace.iterations > 1 or len(trace.nodes) > PRODUCT_UP_TO or step.local is None or step.parent.shape != ():
        return ()
    return text(trace.contribution(step), numbers=True).replace(" · ", "·"), f"= {chip_text(step)}"


def summary(trace: Trace) -> str:
    """The picture in words, for those who cannot see it."""
    final = trace.state_at(len(trace))
    told = []
    nodes = drawn(trace)
    for node in nodes[:40]:
        name = trace.names[node]
        grad = final.nodes[name].grad
        value = final.nodes[name].value if trace.starts else node.value
        shown = {"node": name, "operation": operation_text(trace, node), "value": "; ".join(box_lines(value)),
                 "gradient": phrase("unknown", trace.language) if grad is None else "; ".join(box_lines(grad))}
        told.append(phrase("summary.node" if node.primitive else "summary.leaf", trace.language, **shown))
    if len(nodes) > 40:
        told.append(phrase("summary.more", trace.language, count=number(len(nodes) - 40)))
    return phrase("summary", trace.language, title=title(trace), values=". ".join(told))
