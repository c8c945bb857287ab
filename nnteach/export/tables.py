"""Tables for a spreadsheet or a grading script: CSV with every number in full."""

import csv
import io

from ..draw.diagram import attribute_text
from ..symbolic import formula
from ..symbolic.number_format import exact
from ..trace.trace import Trace, is_bare_number

_STEP_NUMBERS = ("upstream", "local", "contribution", "before", "total")


def nodes_csv(trace: Trace, step: int | None = None) -> str:
    """One row a node: its operation, value and gradient (the repr of a float, JSON for an array; empty: not known).

    Args:
        trace: the trace.
        step: the moment; the end if not given.
    """
    state = trace.state_at(len(trace) if step is None else step)
    rows = []
    for node in trace.nodes:
        if is_bare_number(node) and node is not trace.root:
            continue
        stand = state.nodes[trace.names[node]]
        operation = formula.text(trace.operation(node)) if node.primitive else node.kind
        rows.append([_text(trace.names[node]), _text(operation), _number(stand.value), _number(stand.grad)])
    return _written(["node", "operation", "value", "gradient"], rows)


def steps_csv(trace: Trace) -> str:
    """One row a step: what happens where, and the numbers of the chain rule."""
    rows = [[k, step.phase, step.kind, _text(trace.names[step.focus]), _text(trace.edge(step) or ""),
             *(_number(getattr(step, name)) for name in _STEP_NUMBERS)] for k, step in enumerate(trace.steps, start=1)]
    return _written(["step", "phase", "kind", "node", "edge", *_STEP_NUMBERS], rows)


def _written(heads, rows):
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    return out.getvalue()


def _number(value):
    return "" if value is None else exact(value)


def _text(name):
    """A name as a cell: a spreadsheet must not take it for a formula of its own."""
    name = attribute_text(name)
    return f"'{name}" if name[:1] in tuple("=+-@\t\r\n") else name
