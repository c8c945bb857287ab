"""The gradient as a sum over paths, and how many there are."""

import math

import pytest
from differences import assert_close
from hypothesis import given
from strategies import COMMON, programs

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.trace.gradient_paths import count_paths


@COMMON
@given(programs(max_lines=6))
def test_the_paths_add_up_to_the_gradient(program):
    root = nt.scalars(program.graph()[1])
    for node in [n for n in nt.graph.ordered(root) if n.kind == "input"][:2]:
        found = nt.paths(root, node, limit=5000)
        if found.count <= 5000:
            assert len(found.listed) == found.count
            assert_close(found.total, nt.grad(root, node), 1e-9)
            assert found.gradient == nt.grad(root, node)


def test_paths_double_with_every_layer_and_edges_do_not():
    x = a = nt.variable(1.0, "x")
    for _ in range(60):
        a = a + a
    found = nt.paths(a, x, limit=3)
    assert (found.count, found.edges, len(found.listed)) == (2**60, 120, 3)
    assert found.gradient == 2.0**60


def test_a_path_reads_from_the_variable_to_the_result():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    assert repr(nt.paths((x + y).named("q") * z, x)) == "x → q → f:  1 · (−4) = −4\n1 path, 4 edges; the gradient is −4"


def test_no_path_means_no_gradient():
    x, y = nt.variables(x=1.0, y=2.0)
    found = nt.paths(y * 2, x)
    assert (found.count, found.gradient, found.listed) == (0, 0.0, ())
    assert count_paths(x, x) == 1 and math.isclose(nt.paths(x, x).total, 1.0)


def test_arrays_are_sent_to_the_zoom():
    with pytest.raises(GraphError, match=r"nt\.scalars"):
        x = nt.variable([1.0, 2.0], "x")
        nt.paths((x * x).sum(), x)
