"""What nodes are called: in messages, and where each needs a name of its own. This module imports nothing of ours."""

import itertools
import re

_INDEXED = re.compile(r"[A-Za-z]_?\d+ᵀ?")
_OF_NETWORKS = {"g", "h", "p"}  # a gradient, a hidden layer, probabilities

MOST_CHARACTERS = 10_000
"""Of a name, which stands in a picture, a page and every sentence about its node: a longer one is shortened."""


def short(name: str) -> str:
    """A name without the middle of a very long one."""
    if len(name) <= MOST_CHARACTERS:
        return name
    half = MOST_CHARACTERS // 2
    return f"{name[:half]}…{name[1 - half:]}"


def labels(nodes: list) -> dict:
    """A distinct name for every node: the student's own where there is one.

    Unnamed results of a small graph are called q, r, s, …, those of a large one u1, u2, … in order (000-17), the last
    one f if that is free. Unnamed constants are called by their number. Twins get a number in brackets. No letter is
    given that means something else: with h1 in the graph, h; beside matrices, what networks call so (`_OF_NETWORKS`).
    """
    taken = {short(node.name) for node in nodes if node.name}
    unnamed = [node for node in nodes if not node.name and node.kind != "constant"]
    meant = {name[0] for name in taken if _INDEXED.fullmatch(name)}
    meant |= _OF_NETWORKS if any(len(node.shape) > 1 for node in nodes) else set()
    letters = [c for c in "qrspuvghk" if c not in taken | meant]
    if len(unnamed) > len(letters):
        letters = _numbered(taken)
    free = iter(letters)
    result: dict = {}
    used: set[str] = set()
    twins: dict = {}
    for node in nodes:
        unique = name = short(node.name or "") or _default_name(node, nodes, free, taken)
        while unique in used or (unique != name and unique in taken):
            unique = f"{name} ({next(twins.setdefault(name, itertools.count(2)))})"
        used.add(unique)
        result[node] = unique
    return result


def _numbered(taken):
    return (name for name in (f"u{i}" for i in itertools.count(1)) if name not in taken)


def _default_name(node, nodes, letters, taken):
    if node.kind == "constant":
        return f"{node.value:g}".replace("-", "−") if node.shape == () and node.dtype.kind == "f" else "constant"
    if node is nodes[-1] and node.primitive and "f" not in taken:
        return "f"
    return next(letters)


def describe(node) -> str:
    """The node as a message names it: by its name, or by what it is."""
    return node.name or (f"the result of {node.primitive.name}" if node.primitive else f"an unnamed {node.kind}")
