"""Names that fit into a document: short, of one line, and still distinct."""

import itertools

from ..draw.diagram import clean_text
from ..trace.trace import Trace

COLUMNS = 32
"""Longest name in a document, in characters."""


def tidied(trace: Trace) -> Trace:
    """The same trace under names that can be printed; itself if they all can."""
    fresh, used, twins = {}, set(), {}
    for name in dict.fromkeys(trace.names.values()):  # a node has one name in all iterations of a training run
        short = unique = clean_text(name, COLUMNS) or "–"
        numbers = twins.setdefault(short, itertools.count(2))  # which goes on: there may be thousands of twins
        while unique in used:
            unique = f"{short} ({next(numbers)})"
        fresh[name] = unique
        used.add(unique)
    names = {node: fresh[name] for node, name in trace.names.items()}
    if names == trace.names:
        return trace
    other = trace.but(names=names)
    other.__dict__.pop("_timelines", None)  # they go by name
    return other
