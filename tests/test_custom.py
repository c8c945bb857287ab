"""A student's own primitive: which rule is wrong, and whether it can be differentiated again."""

import math

import numpy as np
import pytest
from samples import SAMPLES

import nnteach as nt
from nnteach.checks.primitive_check import check_primitive
from nnteach.core.primitive import PRIMITIVES


def test_a_right_rule_is_right():
    @nt.primitive(vjps=(lambda g, y, a, b: g * b * nt.cos(a * b), lambda g, y, a, b: g * a * nt.cos(a * b)))
    def sine_of_product(a, b):
        return np.sin(a * b)

    report = check_primitive(sine_of_product, [0.3, -1.2], 2.0)
    assert report and [r.verdict for r in report] == ["right", "right"]
    x = nt.variable(0.4, "x")
    assert math.isclose(nt.grad(nt.grad(sine_of_product(x, x), x, symbolic=True), x),
                        2 * math.cos(0.16) - 4 * 0.16 * math.sin(0.16))


def test_the_wrong_input_is_named_with_its_factor():
    @nt.primitive(vjps=(lambda g, y, a, b: g * b, lambda g, y, a, b: -g * a))
    def product(a, b):
        return a * b

    report = check_primitive(product, 2.0, 3.0)
    assert not report and [r.verdict for r in report] == ["right", "wrong"]
    assert report[1].advice == "everywhere −1 times what it should be"
    assert "input 1: wrong" in repr(report)


@pytest.mark.parametrize("rule", [lambda g, y, x: g * 3 * getattr(x, "value", x) ** 2,
                                  lambda g, y, x: g * 3 * float(x) ** 2, lambda g, y, x: g * np.asarray(3 * x * x)])
def test_a_rule_that_forgets_to_be_differentiable_is_reported(rule):
    @nt.primitive(vjps=(rule,))
    def cube(x):
        return x**3

    assert check_primitive(cube, 2.0)[0].verdict == "not differentiable again"


def test_a_missing_rule_is_reported():
    @nt.primitive(vjps=(None,))
    def double(x):
        return 2 * x

    assert "is a rule missing" in check_primitive(double, 1.0)[0].advice

    @nt.primitive(vjps=(lambda g, y, a, b: g,))
    def total(a, b):
        return a + b

    assert check_primitive(total, 1.0, 2.0)[1].verdict == "wrong"


@pytest.mark.parametrize("name", ["multiply", "tanh", "matmul", "softmax", "sum", "logsumexp", "divide"])
def test_our_own_rules_pass(name):
    for sample in SAMPLES[name][:3]:
        assert check_primitive(PRIMITIVES[name], *sample.inputs, **sample.static), (name, sample)
