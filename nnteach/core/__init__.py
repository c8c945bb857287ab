"""The engine: errors, the table of primitives (`ops.py`, the heart), the graph, and the backward pass."""
