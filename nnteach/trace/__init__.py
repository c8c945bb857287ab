"""One forward and one backward pass as plain data, and in words."""

from . import worked as worked  # gives a trace its documents
from .trace import Trace as Trace
from .trace import trace as trace
