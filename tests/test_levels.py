"""The levels of the player: one pass as a graph of arrays, of single numbers, and as a network of neurons."""

import base64
import json
import zlib

import numpy as np
import pytest
from browser import DOM, NODES, PLAYER, browser_page  # noqa: F401  (a fixture)

import nnteach as nt
from nnteach.errors import GraphError
from nnteach.player.levels import MOST_SCALARS, scalars_of
from nnteach.player.page import document
from nnteach.trace import trace


def network(sizes=(2, 3, 1), batch=2, activation="sigmoid", seed=0):
    rng = np.random.default_rng(seed)
    net = nt.nn.MLP(list(sizes), activation=activation, rng=rng)
    X, T = rng.normal(size=(batch, sizes[0])), rng.normal(size=(batch, sizes[-1]))
    return nt.nn.losses.mse(net.forward(X), T).named("L")


def expression():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return ((x + y).named("q") * z).named("f")


def unpacked(text):
    return json.loads(zlib.decompress(base64.b64decode(text)))


def message_at(data, level):
    """The part of the message for one level, whether it is shown first or packed."""
    return data if data["level"] == level else unpacked(data["levels"][level])


# ----------------------------------------------------------------------------------------------- which levels there are

def test_a_graph_of_numbers_has_one_level_and_a_graph_of_arrays_two():
    assert nt.step(expression()).data["levels"] == {}
    x = nt.variable([1.0, 2.0], "x")
    data = nt.step((x * x).sum().named("f")).data
    assert data["level"] == "vector" and set(data["levels"]) == {"scalar"}
    assert nt.step((x * x).sum(), level="scalar").data["level"] == "scalar"


@pytest.mark.parametrize("level, word", [("scalar", "single number as result"), ("neuron", "layers in a row")])
def test_a_level_that_is_not_there_is_refused_with_the_reason(level, word):
    with pytest.raises(GraphError, match=word):
        nt.step(nt.variable([1.0, 2.0], "x") * 2, level=level)
    with pytest.raises(GraphError, match="a level among scalar, vector, neuron"):
        nt.step(expression(), level="atoms")


def test_a_large_graph_is_not_taken_apart():
    assert scalars_of(trace(nt.variable(np.ones(MOST_SCALARS + 1), "x").sum())) is None
    assert scalars_of(trace(nt.variable(np.ones(50), "x").sum())) is not None


def test_an_operation_that_only_knows_arrays_leaves_the_vector_level():
    @nt.primitive(vjps=(lambda g, y, x: g * np.sign(x),), elementwise=False)
    def total(x):
        return float(np.sum(np.abs(np.asarray(x, float))))
    assert nt.step(total(nt.variable([1.0, -2.0], "x"))).data["levels"] == {}


# -------------------------------------------------------------------------------------------- the same moments everywhere

def test_every_step_of_the_scalar_graph_has_its_moment_in_the_vector_graph():
    scalars = scalars_of(trace(network()))
    vector, single, moments = scalars.vector, scalars.trace, scalars.moments
    assert len(moments) == len(single) + 1 and moments[0] == 0 and moments[-1] == len(vector)
    for step, moment in list(zip(single.steps, moments[1:], strict=True))[:-1]:
        there = vector.steps[moment - 1]
        assert step.kind == there.kind
        assert scalars.owner[step.node] is there.node
        if step.slot is not None and scalars.owner[step.parent] is not there.node:
            assert step.parent in set(scalars.entries[there.parent].flat)


def test_the_entries_of_a_transposed_matrix_keep_their_names():
    names = set(scalars_of(trace(network())).trace.names.values())
    assert {"W1[2,1]", "b1[0]", "pre1[1,2]", "out1[0,0]", "q[0,0]", "L"} <= names
    assert not any("ᵀ" in name for name in names)
