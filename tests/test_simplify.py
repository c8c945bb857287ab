"""Tidying a gradient graph: the same numbers from fewer nodes, and it says what it did."""

import numpy as np
from differences import assert_close
from hypothesis import given
from strategies import COMMON, programs

import nnteach as nt
from nnteach.core.autodiff import gradients
from nnteach.core.graph import ordered


@COMMON
@given(programs(max_lines=5))
def test_value_and_gradients_stay(program):
    variables, root = program.graph()
    [slope] = gradients(root, variables[:1], symbolic=True)
    tidy = nt.simplify(slope)
    assert_close(tidy.node.value, slope.value, 1e-12)
    assert tidy.node.shape == slope.shape and tidy.after == len(ordered(tidy.node)) <= tidy.before
    if slope.active and tidy.node.active:
        for was, now in zip(gradients(slope.sum(), variables), gradients(tidy.node.sum(), variables), strict=True):
            assert_close(now, was, 1e-9)


def test_the_derivative_of_a_cube_becomes_what_one_would_write():
    x = nt.variable(0.7, "x")
    tidy = nt.simplify(nt.grad(x**3, x, symbolic=True))
    assert nt.trace(tidy.node).to_text().splitlines()[0].startswith("f = 3 · ")
    assert tidy.after == 5 and tidy.rules["1 · a → a"] == 1
    assert repr(tidy).startswith(f"{tidy.before} nodes became 5")


def test_every_rule_keeps_shapes():
    x = nt.variable(np.ones((2, 3)), "x")
    assert nt.simplify(nt.constant(np.zeros((4, 1, 1))) + x).node.shape == (4, 2, 3)
    minus = -x
    assert nt.simplify(-minus).node is x and nt.simplify(x.T.T).node is x
    assert nt.simplify(x * 0).node.value.shape == (2, 3)


def test_the_same_thing_twice_is_computed_once():
    x = nt.variable(2.0, "x")
    tidy = nt.simplify(nt.sin(x) * nt.sin(x))
    assert tidy.rules == {"the same thing twice → once": 1} and len(set(tidy.node.parents)) == 1
