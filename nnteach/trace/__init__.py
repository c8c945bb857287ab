"""One forward and one backward pass as plain data, and in words."""

from .trace import Trace as Trace
from .trace import trace as trace
