"""Graphs survive pickle, copy and JSON, however deep they are."""

import copy
import json
import pickle

import pytest
from differences import assert_same_bits
from hypothesis import given
from samples import SAMPLES
from strategies import COMMON, programs

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.core.graph import ordered
from nnteach.core.primitive import PRIMITIVES


def assert_same_graph(copied, root):
    for a, b in zip(ordered(copied), ordered(root), strict=True):
        assert (a.kind, a.name, a.primitive, len(a.parents)) == (b.kind, b.name, b.primitive, len(b.parents))
        assert_same_bits(a.value, b.value)


@COMMON
@given(programs())
def test_pickle_and_json_give_the_same_graph(program):
    root = program.graph()[1]
    assert_same_graph(pickle.loads(pickle.dumps(root)), root)
    assert_same_graph(nt.from_json(json.loads(json.dumps(nt.to_json(root)))), root)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_settings_of_every_primitive_survive(name):
    for sample in SAMPLES[name]:
        out = PRIMITIVES[name](*sample.nodes(), **sample.static)
        assert_same_graph(nt.from_json(json.loads(json.dumps(nt.to_json(out)))), out)


def test_shared_nodes_stay_shared_and_copies_are_the_node_itself():
    x = nt.variable(3.0, "x")
    back = pickle.loads(pickle.dumps(x * x))
    assert back.parents[0] is back.parents[1]
    assert copy.copy(x) is x and copy.deepcopy([x, x]) == [x, x]


def test_indexing_survives_json():
    x = nt.variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "x")
    for part in (x[0], x[..., 1], x[:, ::-1], x[[0, 0]], x[1, 2], x[None]):
        assert_same_graph(nt.from_json(json.loads(json.dumps(nt.to_json(part)))), part)


@pytest.mark.slow
def test_a_hundred_thousand_nodes_are_pickled():
    node = nt.variable(1.0, "x")
    for _ in range(100_000):
        node = node * 1.0000001
    assert pickle.loads(pickle.dumps(node)).value == node.value


def test_other_data_are_refused():
    with pytest.raises(GraphError, match="nnteach-graph"):
        nt.from_json({"nodes": []})
    data = nt.to_json(nt.exp(nt.variable(1.0)))
    data["nodes"][-1]["op"] = "__import__"
    with pytest.raises(GraphError, match="__import__"):
        nt.from_json(data)
