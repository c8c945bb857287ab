"""Backward as readable Python: the code runs by itself and gives the engine's numbers."""

import keyword

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

GOLDEN = """\
# the inputs
x = -2.0
y = 5.0
z = -4.0

# forward: every value from those before it
q = x + y
f = q * z

# backward: every gradient from those after it
df = 1.0
dq = df * z
dz = df * q
dx = dq
dy = dq
"""


def assert_code_agrees(root):
    variables = [node for node in ordered(root) if node.kind == "input"]
    for i, node in enumerate(variables):
        node.name = node.name or f"x{i}"
    space = {}
    exec(nt.explain_code(root), space)  # our own output
    for node, gradient in zip(variables, nt.grad(root, variables), strict=True):
        assert_close(np.broadcast_to(space.get(f"d{node.name}", 0.0), node.shape), gradient, 1e-12)


def test_the_code_reads_as_one_would_write_it():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    assert nt.explain_code((x + y).named("q") * z) == GOLDEN


@pytest.mark.parametrize("name", SAMPLES)
def test_every_primitive_can_be_written_and_run(name):
    for sample in SAMPLES[name]:
        out = PRIMITIVES[name](*sample.nodes(), **sample.static)
        if out.active and out.dtype.kind == "f":
            assert_code_agrees((out * np.random.default_rng(0).uniform(0.5, 1.5, out.shape)).sum())


@COMMON
@given(programs())
def test_random_graphs_run_as_code(program):
    assert_code_agrees(program.graph()[1])


def test_names_become_identifiers():
    names = ["class", "a b", "a-b", "1st", "", "np", "df", "<img src=x>", "x'; import os", "naïve", "λ"]
    total = sum((nt.variable(float(i), name) for i, name in enumerate(names)), nt.constant(0.0)).named("g")
    code = nt.explain_code(total)
    space = {}
    exec(code, space)  # names are not code: nothing but the assignments runs
    assert space["g"] == total.value
    written = {line.split(" = ")[0] for line in code.splitlines() if " = " in line}
    assert all(word.isidentifier() and not keyword.iskeyword(word) for word in written)


def test_an_array_is_refused():
    with pytest.raises(GraphError, match="Sum or average"):
        nt.explain_code(nt.variable([1.0, 2.0]) * 2)


def test_an_operation_of_ones_own_goes_by_its_own_name():
    @nt.primitive(vjps=(lambda g, y, x: 3 * g * x * x,))
    def cubed(x):
        return x ** 3

    space = {"cubed": cubed}
    exec(nt.explain_code(cubed(nt.variable(2.0, "q"))), space)  # our own output
    assert space["dq"] == 12.0
