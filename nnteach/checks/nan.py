"""Finding the first place where a calculation went wrong."""

import numpy as np

from ..core.autodiff import backward_steps
from ..core.graph import Node
from ..symbolic import formula
from ..symbolic.number_format import lines
from ..trace.trace import trace


def find_nan(root: Node) -> str | None:
    """Say where nan or inf first arises, forward or backward.

    Args:
        root: any node.

    Returns:
        A sentence that names the node, its operation and its inputs; None if every number is finite.
    """
    record = trace(root)
    for node in record.nodes:
        if not np.all(np.isfinite(node.value)) and all(np.all(np.isfinite(p.value)) for p in node.parents):
            operation = record.operation(node)
            inputs = ", ".join(f"{record.names[p]} = {_shown(p.value)}" for p in node.parents)
            made = f" = {formula.text(operation)} with {inputs}" if node.primitive else ""
            return f"first seen on the way forward, at {record.names[node]}{made}: it is {_shown(node.value)}"
    if root.shape != () or not root.active:
        return None
    for step in backward_steps(root):
        if not np.all(np.isfinite(step.contribution)):
            return (f"first seen on the way back, from {record.names[step.node]} to {record.names[step.parent]}: "
                    f"{formula.text(record.contribution(step))} is {_shown(step.contribution)}")
    return None


def _shown(value):
    return "; ".join(lines(value))
