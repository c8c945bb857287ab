"""A LaTeX document that compiles: the graph, drawn in TikZ at the places of the layout, and the worked solution."""

from ..draw import Drawing
from ..draw.card import HEADER, PADDING, captions, has_gradient, header_labels, number_labels
from ..draw.diagram import final_moment
from ..symbolic.latex_escape import prose
from ..trace.trace import Trace

TEXT_WIDTH = 620
"""Width of the text on the page, in px; a wider picture is made smaller."""
MOST_CARDS = 150
WIDEST = 15_000
"""A larger graph (WIDEST in px) cannot be read on a page, and TeX has no room for it: no length above 16,384 pt."""

_DOCUMENT = r"""\documentclass[a4paper,10pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[margin=2.3cm]{geometry}
\usepackage{amsmath}
\usepackage{tikz}
\usetikzlibrary{arrows.meta}
\definecolor{forward}{HTML}{0067A5}
\definecolor{backward}{HTML}{B34700}
\definecolor{quiet}{HTML}{5C6370}
\setlength{\parindent}{0pt}
\setlength{\lineskip}{3pt}
\setlength{\lineskiplimit}{3pt}
\begin{document}
\raggedright
"""

_SIZES = {"name": r"\large", "operation": r"\normalsize", "caption": r"\small\rmfamily", "value": r"\large",
          "gradient": r"\large"}
_COLOURS = {"name": "black", "operation": "quiet", "caption": "quiet", "value": "forward", "gradient": "backward"}


def document(trace: Trace, step: int | None = None) -> str:
    """The document: the picture, in its final state or at a step, and the worked solution."""
    solution = trace.to_latex()
    heading, _, rest = solution.partition("\n")
    return "\n".join([_DOCUMENT + heading, _fitted(Drawing(trace), step), rest + r"\end{document}", ""])


def _fitted(drawing, step):
    if len(drawing.diagram.cards) > MOST_CARDS or drawing.layout.width > WIDEST:
        return f"% the graph has {len(drawing.diagram.cards)} nodes: too many to draw on a page"
    picture = tikz(drawing, step)
    if drawing.layout.width > TEXT_WIDTH:
        return "\\resizebox{\\textwidth}{!}{%\n" + picture + "}"
    return picture


def tikz(drawing: Drawing, step: int | None = None) -> str:
    """The picture as a tikzpicture; needs arrows.meta and the colours forward, backward and quiet."""
    diagram, layout = drawing.diagram, drawing.layout
    moment = drawing.moment(step) or final_moment(diagram)
    out = [r"\begin{tikzpicture}[x=0.75bp, y=-0.75bp, every node/.style={inner sep=0pt, font=\ttfamily}]"]
    for wire, (state, direction), route in zip(moment.wires, moment.flows, layout.routes, strict=True):
        out += _edge(wire, state, direction, route)
    colour = "forward" if moment.phase == "forward" else "backward"
    for card, state, box in zip(moment.cards, moment.states, layout.boxes, strict=True):
        out += _card(card, state, box, colour)
    return "\n".join([*out, r"\end{tikzpicture}", ""])


def _card(card, state, box, colour):
    if state == "todo" or (state == "done" and not has_gradient(card)):
        colour = "quiet"
    look = {"todo": "dashed, line width=0.6bp", "now": f"line width=2.4bp, fill={colour}!8", "done": "line width=1bp"}
    style = f"{colour}, rounded corners=5bp, {look[state]}"
    out = [rf"\draw[{style}] {_at(box.x, box.y)} rectangle {_at(box.right, box.bottom)};",
           rf"\draw[quiet!40] {_at(box.x + PADDING, box.y + HEADER)} -- {_at(box.right - PADDING, box.y + HEADER)};"]
    labels = header_labels(card) + captions(card, box.w) + number_labels(card, box.w, "value")
    for label in labels + number_labels(card, box.w, "gradient"):
        side = "east" if label.anchor == "end" else "west"
        out.append(_node(f"base {side}", box.x + label.x, box.y + label.y, _COLOURS[label.role], _SIZES[label.role],
                         label.text))
    return out


def _edge(wire, state, direction, route):
    forward = "forward" if state == "now" else "quiet"
    colour = {"backward": "backward", "forward": forward, "rest": "quiet!40"}[direction]
    head = "{Stealth[length=8bp, width=7bp]}"
    arrow = {"backward": f", {head}-", "forward": f", -{head}", "rest": ""}[direction]
    width = "2.4bp" if state == "now" else "1bp"
    pieces = [f".. controls {_at(*a)} and {_at(*b)} .. {_at(*c)}"
              for a, b, c in zip(*[iter(route.points[1:])] * 3, strict=True)]
    out = [rf"\draw[{colour}, line width={width}{arrow}] {_at(*route.points[0])} " + " ".join(pieces) + ";"]
    if route.chip and direction == "backward":
        x, y = route.chip.middle
        out.append(_node("center", x, y, "backward", r"\normalsize", wire.chip,
                         ", draw, fill=white, rounded corners=2bp, inner sep=3bp"))
    return out


def _node(anchor, x, y, colour, size, text, style=""):
    shown = prose(text).replace(" ", "~") if text.strip() else ""
    return rf"\node[anchor={anchor}, {colour}{style}] at {_at(x, y)} {{{size} {shown}}};" if shown else "%"


def _at(x, y):
    return f"({x:.1f},{y:.1f})"
