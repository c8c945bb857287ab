"""One forward and one backward pass as plain data, and in words."""

from ..support.deprecated import moved_names
from . import worked as worked  # gives a trace its documents
from .trace import Trace as Trace
from .trace import trace as trace

# Names of version 0.1, when this was one module.
__getattr__ = moved_names(__name__, {
    "Step": "nnteach.trace.trace.Step",
    "NodeState": "nnteach.trace.trace.NodeState",
    "EdgeState": "nnteach.trace.trace.EdgeState",
    "State": "nnteach.trace.trace.State",
    "Timeline": "nnteach.trace.trace.Timeline",
    "Memory": "nnteach.trace.trace.Memory",
    "is_bare_number": "nnteach.trace.trace.is_bare_number",
    "as_data": "nnteach.trace.trace.as_data",
    "edge_name": "nnteach.trace.trace.edge_name",
}, since="0.2")
