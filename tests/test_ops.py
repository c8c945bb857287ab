"""The table of primitives: every test runs over every entry, with the samples of `samples.py`."""

import numpy as np
import pytest
from differences import assert_close, assert_same_bits, central_difference
from samples import CASES, IDS, SAMPLES, Sample, numbers

import nnteach as nt
from nnteach.core import ops
from nnteach.core.autodiff import backward_steps, grad
from nnteach.core.graph import Node, constant, ordered, settle, variable
from nnteach.core.primitive import PRIMITIVES

over_the_table = pytest.mark.parametrize("name, sample", CASES, ids=IDS)


def weighted_sum(y, seed=7):
    """A number in which every entry of y counts differently."""
    return ops.sum(y * constant(numbers(*y.shape, seed=seed)))


def differentiable(name, sample):
    return [
        slot
        for slot, x in enumerate(sample.inputs)
        if PRIMITIVES[name].vjps[slot] is not None and np.asarray(x).dtype.kind == "f"
    ]


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive_has_samples_a_rule_per_input_and_a_docstring(name):
    assert name in SAMPLES, (
        f"add inputs for the primitive {name!r} to SAMPLES in tests/samples.py, away from its kinks"
    )
    assert len(SAMPLES[name]) >= 3, f"{name!r} wants three shapes at least in tests/samples.py"
    for sample in SAMPLES[name]:
        for slot in range(len(sample.inputs)):
            assert PRIMITIVES[name].vjps[slot] is None or callable(PRIMITIVES[name].vjps[slot])
    assert PRIMITIVES[name].__doc__


def test_samples_are_of_primitives_that_exist():
    assert set(SAMPLES) <= set(PRIMITIVES)


@over_the_table
def test_rule_is_the_slope_of_the_forward_function(name, sample):
    primitive, y = PRIMITIVES[name], PRIMITIVES[name].forward(*sample.inputs, **sample.static)
    g = numbers(*np.shape(y), seed=7)
    for slot, x in enumerate(sample.inputs):
        if primitive is ops.stop_gradient or np.asarray(x).dtype.kind != "f":
            continue
        expected = central_difference(
            lambda *inputs: np.sum(g * primitive.forward(*inputs, **sample.static)), sample.inputs, slot
        )
        rule = primitive.vjps[slot]
        result = 0.0 if rule is None else rule(g, y, *sample.inputs, **sample.static)
        assert_close(
            ops.sum_to(
                np.broadcast_to(result, np.broadcast_shapes(np.shape(result), np.shape(x))), shape=np.shape(x)
            ),
            expected,
        )


@over_the_table
def test_rule_on_nodes_gives_the_same_bits_as_on_numbers(name, sample):
    nodes = sample.nodes()
    out = PRIMITIVES[name](*nodes, **sample.static)
    g = constant(numbers(*out.shape, seed=7))
    for slot in differentiable(name, sample):
        rule = PRIMITIVES[name].vjps[slot]
        on_nodes = rule(g, out, *nodes, **sample.static)
        on_numbers = rule(g.value, out.value, *(n.value for n in nodes), **sample.static)
        assert isinstance(on_nodes, Node)
        assert_same_bits(on_nodes.value, settle(on_numbers))


@over_the_table
def test_backward_in_numbers_and_in_nodes_agrees_bit_for_bit(name, sample):
    nodes = sample.nodes()
    f = weighted_sum(PRIMITIVES[name](*nodes, **sample.static))
    for number, node in zip(grad(f, nodes), grad(f, nodes, symbolic=True), strict=True):
        assert_same_bits(number, node.value)


@over_the_table
def test_second_derivative_is_the_slope_of_the_first(name, sample):
    slots = differentiable(name, sample)

    def first(*inputs):
        """One number made of all first derivatives."""
        nodes = Sample(inputs).nodes()
        f = weighted_sum(
            ops.tanh(PRIMITIVES[name](*nodes, **sample.static))
        )  # tanh: else most second ones are 0
        slopes = grad(f, [nodes[slot] for slot in slots], symbolic=True)
        return nodes, sum(weighted_sum(slope, seed=slot) for slot, slope in zip(slots, slopes, strict=True))

    if slots:
        nodes, total = first(*sample.inputs)
        for slot in slots:
            expected = central_difference(lambda *inputs: first(*inputs)[1].value, sample.inputs, slot)
            assert_close(grad(total, nodes[slot]) if total.active else np.zeros(nodes[slot].shape), expected)


@over_the_table
def test_rules_speak_the_language_of_the_table(name, sample):
    """Every derivative is made of entries of the table again, so it can be taken as often as one likes."""
    nodes = sample.nodes()
    f = weighted_sum(ops.sin(PRIMITIVES[name](*nodes, **sample.static)))
    for _ in range(3):
        slopes = [s for s in grad(f, nodes, symbolic=True) if s.active]
        if not slopes:
            break
        f = sum(weighted_sum(s) for s in slopes)
    assert np.isfinite(f.value)
    for node in ordered(f):
        assert node.primitive is None or PRIMITIVES.get(node.primitive.name) is node.primitive


@over_the_table
def test_float32_and_shapes_are_kept_on_every_edge(name, sample):
    static = {"dtype": np.dtype(np.float32)} if name == "astype" else sample.static
    inputs = [
        x.astype(np.float32) if np.asarray(x).dtype.kind == "f" and np.ndim(x) else x for x in sample.inputs
    ]
    inputs = [np.float32(x) if type(x) is float else x for x in inputs]
    nodes = Sample(inputs).nodes()
    out = PRIMITIVES[name](*nodes, **static)
    assert out.dtype in (np.float32, np.bool_)
    if out.dtype == np.bool_:
        return
    for step in backward_steps(out, seed=np.ones(out.shape)):
        if step.kind == "contribution":
            assert step.contribution.dtype == np.float32, f"the rule of input {step.slot} leaves float32"
        if step.total is not None:
            assert step.total.dtype == np.float32
            assert step.total.shape == step.parent.shape


@pytest.mark.parametrize("name", [name for name, primitive in PRIMITIVES.items() if primitive.elementwise])
def test_contribution_is_upstream_times_local_exactly(name):
    scalars = [s for s in SAMPLES[name] if all(np.ndim(x) == 0 for x in s.inputs)]
    assert scalars, f"give {name!r} a sample of plain numbers in tests/samples.py"
    for sample in scalars:
        out = PRIMITIVES[name](*sample.nodes(), **sample.static)
        if out.dtype.kind != "f":
            continue
        for upstream in (1.0, 0.1, -3.7):
            for step in backward_steps(out, seed=upstream):
                assert step.contribution == step.upstream * step.local


@pytest.mark.parametrize("name", [name for name, primitive in PRIMITIVES.items() if primitive.elementwise])
def test_elementwise_means_entry_by_entry(name):
    """An elementwise primitive on arrays does what it does on each number, forward and backward."""
    for sample in SAMPLES[name]:
        arrays = np.broadcast_arrays(*sample.inputs)
        whole = PRIMITIVES[name].forward(*arrays, **sample.static)
        assert np.shape(whole) == arrays[0].shape
        for index in np.ndindex(arrays[0].shape):
            single = PRIMITIVES[name].forward(*(settle(x[index]) for x in arrays), **sample.static)
            assert single == pytest.approx(float(whole[index]), rel=1e-14)


# ----------------------------------------------------------------------------- conventions, edges, extremes


@pytest.mark.parametrize(
    "f, at, expected",
    [
        (lambda x: nt.relu(x), 0.0, 0.0),
        (lambda x: nt.relu(x, at_zero=1.0), 0.0, 1.0),
        (lambda x: abs(x), 0.0, 0.0),
        (lambda x: nt.leaky_relu(x, 0.1), 0.0, 0.1),
        (lambda x: nt.elu(x), 0.0, 1.0),
        (lambda x: nt.maximum(x, 0.0), 0.0, 1.0),
        (lambda x: nt.maximum(0.0, x), 0.0, 0.0),
        (lambda x: nt.maximum(x, 0.0, at_tie=0.5), 0.0, 0.5),
        (lambda x: nt.minimum(x, 0.0), 0.0, 1.0),
        (lambda x: x**0, 0.0, 0.0),
        (lambda x: x**1, 0.0, 1.0),
        (lambda x: x**2, 0.0, 0.0),
        (lambda x: x**2, -3.0, -6.0),
        (lambda x: x**3, -2.0, 12.0),
        (lambda x: x**-1, -2.0, -0.25),
        (lambda x: 0.0 ** (x * x), 2.0, 0.0),
    ],
)
def test_slope_at_a_special_point(f, at, expected):
    x, v = variable(at), variable([at, 1.0])
    assert grad(f(x), x) == expected
    assert grad(ops.sum(f(v)), v)[0] == expected
    assert grad(f(x), x, symbolic=True).value == expected


@pytest.mark.parametrize(
    "f, at, expected",
    [
        (nt.sigmoid, 1000.0, 1.0),
        (nt.sigmoid, -1000.0, 0.0),
        (nt.tanh, 1000.0, 1.0),
        (nt.softplus, 1000.0, 1000.0),
        (nt.softplus, -1000.0, 0.0),
        (nt.elu, -1000.0, -1.0),
        (nt.elu, 1000.0, 1000.0),
    ],
)
def test_large_inputs_do_not_overflow(f, at, expected):
    """Warnings are errors in this suite, so this also says that nothing is warned about."""
    assert f(at) == expected
    assert f(np.array([at]))[0] == expected
    assert np.isfinite(grad(f(x := variable(at)), x)) and x.value == at
    assert np.isfinite(grad(ops.sum(f(v := variable([at, 0.5]))), v)).all()


@pytest.mark.parametrize("f", [nt.softmax, nt.log_softmax, nt.logsumexp])
def test_softmax_and_its_relatives_are_shifted(f):
    np.testing.assert_allclose(
        f(np.array([1000.0, 1001.0])) - (1000.0 if f is nt.logsumexp else 0.0),
        f(np.array([0.0, 1.0])),
        atol=1e-12,
    )


@pytest.mark.parametrize(
    "f",
    [
        nt.relu,
        nt.sigmoid,
        nt.tanh,
        nt.exp,
        nt.elu,
        abs,
        lambda x: nt.maximum(x, 0.0),
        lambda x: nt.minimum(0.0, x),
        ops.sign,
        ops.step,
    ],
)
def test_nan_stays_nan(f):
    assert np.isnan(f(float("nan")))
    assert np.isnan(f(np.array([1.0, np.nan]))[1])


def test_division_by_zero_is_inf_as_in_numpy():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert (variable(1.0) / 0.0).value == np.inf
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert nt.log(variable(0.0)).value == -np.inf
    assert grad(nt.sqrt(x := variable(0.0)), x) == np.inf


def test_calling_on_plain_numbers_makes_no_nodes():
    assert type(nt.sigmoid(0.0)) is float and nt.sigmoid(0.0) == 0.5
    assert isinstance(nt.relu(np.array([-1.0, 2.0])), np.ndarray)


def test_softmax_jacobian_is_h_times_delta_minus_h():
    x = variable([0.3, -0.2, 1.1])
    h = nt.softmax(x)
    np.testing.assert_allclose(
        nt.jacobian(h, x), h.value[:, None] * (np.eye(3) - h.value), rtol=1e-14, atol=1e-16
    )


def test_primitive_of_ones_own():
    @nt.primitive(vjps=(lambda g, y, x: g * 3 * x**2,), notation="a ^ 3")
    def cube(x):
        """x to the third."""
        return x * x * x

    x = variable(2.0, "x")
    assert cube(2.0) == 8.0
    assert cube(x).value == 8.0 and grad(cube(x), x) == 12.0
    assert nt.hessian(cube(x), x) == 12.0
    assert cube.__doc__ == "x to the third." and repr(cube) == "<primitive cube>"
    assert "cube" not in PRIMITIVES
