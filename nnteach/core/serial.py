"""Saving a graph: as a flat list of rows, so that a deep graph needs no deep recursion.

    pickle.dumps(f), copy.deepcopy(f)         # through `to_rows`
    json.dumps(to_json(f)), from_json(data)   # plain data that any program can read

A row names its primitive; the rule itself is looked up in the table when the graph is read again. Values are computed
anew from the leaves, which gives the same bits.
"""

import numpy as np

from .errors import GraphError, message
from .graph import Node, constant, ordered, record, variable
from .nested import mapped
from .primitive import PRIMITIVES


def to_rows(root: Node) -> list[tuple]:
    """The graph as (primitive or None, places of the parents, settings, value of a leaf, kind, name), oldest first."""
    nodes = ordered(root)
    place = {node: i for i, node in enumerate(nodes)}
    return [(n.primitive, tuple(place[p] for p in n.parents), n.static,
             None if n.primitive else n.value, n.kind, n.name) for n in nodes]


@np.errstate(all="ignore")  # it was all computed before
def from_rows(rows: list[tuple]) -> Node:
    """The graph of rows; returns its last node."""
    nodes: list[Node] = []
    for primitive, parents, static, value, kind, name in rows:
        if primitive is None:
            node = (variable if kind == "input" else constant)(value)
        else:
            node = record(primitive, [nodes[i] for i in parents], static)
        if name is not None:
            node.name = name
        nodes.append(node)
    return nodes[-1]


def _itself(node: Node, memo=None) -> Node:
    return node  # which never changes, so it is its own copy


for _name, _method in (("reduce", lambda self: (from_rows, (to_rows(self),))),
                       ("copy", _itself), ("deepcopy", _itself)):
    setattr(Node, f"__{_name}__", _method)


def to_json(root: Node) -> dict:
    """The graph as plain data for `json.dumps`."""
    return {"format": "nnteach-graph", "version": 1, "nodes": [_as_data(*row) for row in to_rows(root)]}


def _as_data(primitive, parents, static, value, kind, name):
    row = {"op": primitive.name if primitive else kind, "parents": list(parents),
           "settings": {key: _encode(setting) for key, setting in static.items()}}
    if primitive is None:
        row |= {"value": np.asarray(value).tolist(), "dtype": str(np.asarray(value).dtype)}
    return {**row, "name": name}


def from_json(data: dict) -> Node:
    """The graph of `to_json`.

    Raises:
        GraphError: if the data are something else, or name a primitive that is not in the table.
    """
    if not isinstance(data, dict) or data.get("format") != "nnteach-graph":
        raise GraphError(message("data written by to_json, with format 'nnteach-graph'", f"{str(data)[:60]}"))
    rows = []
    for row in data["nodes"]:
        leaf = row["op"] in ("input", "constant")
        if not leaf and row["op"] not in PRIMITIVES:
            raise GraphError(message("a primitive of nnteach's table", repr(row["op"]),
                                     "A primitive of your own can be pickled, but JSON knows only the table"))
        value = np.array(row["value"], dtype=row["dtype"]) if leaf else None
        settings = {key: _decode(setting) for key, setting in row["settings"].items()}
        rows.append((None if leaf else PRIMITIVES[row["op"]], row["parents"], settings, value, row["op"], row["name"]))
    return from_rows(rows)


def _encode(x):
    """A setting as JSON: tuples, slices, arrays, dtypes and … are spelled out."""
    return mapped(x, _encoded, (tuple,), lambda _, parts: {"tuple": parts})


def _encoded(x):
    if isinstance(x, slice):
        return {"slice": [_number(bound) for bound in (x.start, x.stop, x.step)]}
    if isinstance(x, np.ndarray | list):
        return {"array": np.asarray(x).tolist(), "dtype": str(np.asarray(x).dtype)}
    if isinstance(x, np.dtype):
        return {"dtype": str(x)}
    return {"ellipsis": True} if x is Ellipsis else _number(x)


def _number(x):
    return x.item() if isinstance(x, np.generic) else x


def _decode(x):
    return mapped(x, lambda part: part, (list, dict), _decoded)


def _decoded(container, parts):
    if isinstance(container, list):
        return parts
    made = dict(zip(container, parts, strict=True))
    if "tuple" in made:
        return tuple(made["tuple"])
    if "slice" in made:
        return slice(*made["slice"])
    if "array" in made:
        return np.array(made["array"], dtype=made["dtype"])
    return np.dtype(made["dtype"]) if "dtype" in made else Ellipsis
