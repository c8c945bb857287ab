"""The scalar zoom is an independent check of every array rule: no finite differences, no shared code."""

import numpy as np
import pytest
from differences import assert_close
from hypothesis import given
from samples import SAMPLES
from strategies import COMMON, programs

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.core.graph import ordered
from nnteach.core.primitive import PRIMITIVES
from nnteach.trace.scalarise import entries


def gradients_agree(root, wrt):
    """Zoom, run backward, and compare the gradient of every variable with the vector graph's, entry by entry."""
    scalar = entries(root)
    single = scalar[root].item()
    assert all(node.shape == () for node in ordered(single))
    assert_close(single.value, root.value, 1e-12)
    single.backward()
    for node, gradient in zip(wrt, nt.grad(root, wrt), strict=True):
        got = [0.0 if entry.grad is None else entry.grad for entry in scalar[node].flat]
        assert_close(np.reshape(got, node.shape), gradient, 1e-12)


@pytest.mark.parametrize("name", [n for n in SAMPLES if any(rule is not None for rule in (PRIMITIVES[n].vjps[0],))])
def test_every_primitive_zooms_to_the_same_gradients(name):
    for sample in SAMPLES[name]:
        nodes = sample.nodes()
        out = PRIMITIVES[name](*nodes, **sample.static)
        weights = np.random.default_rng(0).uniform(0.5, 1.5, out.shape)
        gradients_agree((out * weights).sum(), [n for n in nodes if n.kind == "input"])


@COMMON
@given(programs())
def test_random_graphs_zoom_to_the_same_gradients(program):
    variables, root = program.graph()
    gradients_agree(root, variables)


def test_a_layer_becomes_its_multiplications_and_additions():
    W, x = nt.variable([[1.0, 2.0], [3.0, 4.0]], "W"), nt.constant([5.0, 6.0], "x")
    names = [node.name for node in ordered(nt.scalars((W @ x).sum())) if node.kind == "input"]
    assert names == ["W[0,0]", "W[0,1]", "W[1,0]", "W[1,1]"]
    made = [node.primitive.name for node in ordered(nt.scalars((W @ x).sum())) if node.primitive]
    assert sorted(made) == ["add"] * 3 + ["multiply"] * 4


def test_an_array_is_refused_with_advice():
    with pytest.raises(GraphError, match=r"v of shape \(2,\)"):
        nt.scalars(nt.variable([1.0, 2.0], "v"))
