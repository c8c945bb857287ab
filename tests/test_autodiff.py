"""The backward pass: the course's worked networks, its own rules of conduct, and independent oracles."""

import numpy as np
import pytest
from differences import assert_close, assert_same_bits, central_difference
from hypothesis import assume, given, settings
from strategies import COMMON, programs, smooth_programs

import nnteach as nt
from nnteach.core.autodiff import backward, backward_steps, grad, hessian, jacobian, jvp, vjp
from nnteach.core.errors import DisconnectedWarning, GraphError
from nnteach.core.graph import constant, ordered, variable, variables

# ------------------------------------------------------------------------- worked by hand in the course


def test_x_plus_y_times_z():
    """001: (x + y) z at (−2, 5, −4)."""
    x, y, z = variables(x=-2, y=5, z=-4)
    q = (x + y).named("q")
    f = q * z
    f.backward()
    assert (q.value, f.value) == (3.0, -12.0)
    assert (x.grad, y.grad, z.grad, q.grad, f.grad) == (-4.0, -4.0, 3.0, -4.0, 1.0)


def test_relu_net_2_2_1():
    """001-24/25, with w5 as it should be: −1.91, where the slide prints −2.00."""
    x1, x2, w1, w2, b1, w3, w4, b2, w5, w6, b3 = nodes = variables(
        x1=2, x2=1, w1=0, w2=2, b1=3, w3=-4, w4=-1, b2=1, w5=-2, w6=0, b3=6
    )
    o1, o2 = w1 * x1 + w2 * x2 + b1, w3 * x1 + w4 * x2 + b2
    o3, o4 = nt.relu(o1), nt.relu(o2)
    o5 = w5 * o3 + w6 * o4 + b3
    loss = (o5 - 5.0) ** 2
    loss.backward()
    assert [o.value for o in (o1, o2, o3, o4, o5, loss)] == [5.0, -8.0, 5.0, 0.0, -4.0, 81.0]
    assert [n.grad for n in (o5, o3, o4, o1, o2)] == [-18.0, 36.0, 0.0, 36.0, 0.0]
    assert [n.grad for n in nodes] == [0.0, 72.0, 72.0, 36.0, 36.0, 0.0, 0.0, 0.0, -90.0, 0.0, -18.0]

    after = {n: n.value - 1e-3 * n.grad for n in nodes[2:]}
    assert [after[n] for n in nodes[2:]] == pytest.approx(
        [-0.072, 1.964, 2.964, -4, -1, 1, -1.91, 0, 6.018], abs=1e-12
    )
    again = nt.graph.rebuild(loss, after)
    assert again[o5].value == pytest.approx(-3.11944, abs=5e-6) and again[loss].value == pytest.approx(
        65.9253059, abs=5e-8
    )
    only_two = nt.graph.rebuild(loss, {w1: after[w1], w5: after[w5]})
    assert only_two[o5].value == pytest.approx(-3.27496, abs=5e-6)
    assert only_two[loss].value == pytest.approx(68.47496300, abs=5e-9)


# 000-29/30: the matrices as printed, and those that the printed solution was computed with (catalogue 2A.1).
SIGMOID_NET = {
    "as printed": {
        "W1": [[0.15, 0.25], [0.20, 0.30]],
        "W2": [[0.40, 0.50], [0.50, 0.55]],
        "z1": [0.100, 0.130],
        "a1": [0.45, 0.48],
        "h1": [0.6106392339, 0.6177478748],
        "z2": [0.5531296310, 0.6450809481],
        "a2": [1.1531296310, 1.2450809481],
        "y": [0.7600820925, 0.7764471884],
        "loss": 0.3041139744,
        "dy": [0.7500820925, -0.2135528116],
        "slope2": [0.1823573052, 0.1735769520],
        "da2": [0.1367829490, -0.0370678461],
        "dW2": [[0.0835250352, 0.0844973761], [-0.0226350812, -0.0228985832]],
        "dh1": [0.0361792565, 0.0480041591],
        "slope1": [0.2377589599, 0.2361354380],
        "da1": [0.0086019424, 0.0113354831],
        "dW1": [[0.0043009712, 0.0008601942], [0.0056677416, 0.0011335483]],
        "dx": [0.0035573880, 0.0055511305],
        "after_a_tenth": 0.3005555053,
        "after_a_half": 0.2861520239,
    },
    "as solved": {
        "W1": [[0.15, 0.20], [0.25, 0.30]],
        "W2": [[0.40, 0.45], [0.50, 0.55]],
        "z1": [0.095, 0.155],
        "a1": [0.445, 0.505],
        "h1": [0.6094497836, 0.6236336283],
        "z2": [0.5244150462, 0.6477233874],
        "a2": [1.1244150462, 1.2477233874],
        "y": [0.7548067435, 0.7769055199],
        "loss": 0.3000731713,
        "dy": [0.7448067435, -0.2130944801],
        "slope2": [0.1850735234, 0.1733233331],
        "da2": [0.1378440083, -0.0369342456],
        "dW2": [[0.0840090010, 0.0859641590], [-0.0225095680, -0.0230334376]],
        "dh1": [0.0366704805, 0.0417159687],
        "slope1": [0.2380207449, 0.2347147260],
        "da1": [0.0087283351, 0.0097913522],
        "dW1": [[0.0043641675, 0.0008728335], [0.0048956761, 0.0009791352]],
        "dx": [0.0037570883, 0.0046830727],
        "after_a_tenth": 0.2964575541,
        "after_a_half": 0.2818332273,
    },
}


@pytest.mark.parametrize("reading", SIGMOID_NET)
def test_sigmoid_net_2_2_2(reading):
    """000-29/30, every value to ten digits."""
    table = SIGMOID_NET[reading]
    x, b1, b2 = variable([0.5, 0.1]), variable([0.35, 0.35]), variable([0.6, 0.6])
    W1, W2, target = variable(table["W1"]), variable(table["W2"]), constant([0.01, 0.99])
    z1 = W1 @ x
    a1 = z1 + b1
    h1 = nt.sigmoid(a1)
    z2 = W2 @ h1
    a2 = z2 + b2
    y = nt.sigmoid(a2)
    loss = 0.5 * nt.square(y - target).sum()
    loss.backward()
    found = {
        "z1": z1.value,
        "a1": a1.value,
        "h1": h1.value,
        "z2": z2.value,
        "a2": a2.value,
        "y": y.value,
        "loss": loss.value,
        "dy": y.grad,
        "da2": a2.grad,
        "dW2": W2.grad,
        "dh1": h1.grad,
        "da1": a1.grad,
        "dW1": W1.grad,
        "dx": x.grad,
        "slope2": np.diag(jacobian(y, a2)),
        "slope1": np.diag(jacobian(h1, a1)),
    }
    for rate, name in ((0.1, "after_a_tenth"), (0.5, "after_a_half")):
        moved = {n: n.value - rate * n.grad for n in (W1, W2, b1, b2)}
        found[name] = nt.recompute(loss, moved).value
    for name, value in found.items():
        np.testing.assert_allclose(value, table[name], rtol=0, atol=5.01e-11, err_msg=name)
    assert set(found) == set(table) - {"W1", "W2"}
    assert_same_bits(b1.grad, a1.grad)
    assert_same_bits(b2.grad, a2.grad)


# ------------------------------------------------------------------------------------------ rules of conduct


@pytest.fixture
def net():
    """A loss with a shared node, a branch and broadcasting; its variables."""
    rng = np.random.default_rng(1)
    W, b = variable(rng.normal(size=(3, 2)), "W"), variable(rng.normal(size=3), "b")
    X = constant(rng.normal(size=(4, 2)), "X")
    h = nt.tanh(X @ W.T + b)
    return (h * h + nt.sigmoid(h) * b).mean(), [W, b]


def test_a_second_backward_gives_the_same_gradients(net):
    f, _ = net
    f.backward()
    first = {n: n.grad for n in ordered(f)}
    f.backward()
    for node, gradient in first.items():
        if gradient is not None:
            assert_same_bits(node.grad, gradient)


def test_accumulate_adds_to_the_variables_only(net):
    f, wrt = net
    f.backward(accumulate=True)  # nothing to add to yet
    once, inner = [n.grad for n in wrt], f.parents[0].grad
    f.backward(accumulate=True)
    for node, gradient in zip(wrt, once, strict=True):
        np.testing.assert_array_equal(node.grad, 2 * gradient)
    assert_same_bits(f.parents[0].grad, inner)
    f.backward()
    assert_same_bits(wrt[0].grad, once[0])


def test_accumulating_over_two_results():
    x = variable(3.0)
    (x * x).backward()
    (5.0 * x).backward(accumulate=True)
    assert x.grad == 11.0


def test_what_is_not_connected_gets_zero():
    x, unused = variable(1.0), variable([1.0, 2.0], "unused")
    masked = variable([1.0, 2.0])
    f = x * 2 + nt.stop_gradient(masked).sum()
    with pytest.warns(DisconnectedWarning, match="was not computed from unused"):
        assert [np.sum(g) for g in grad(f, [x, unused, masked])] == [2.0, 0.0, 0.0]
    with pytest.warns(DisconnectedWarning):
        assert grad(f, unused).shape == (2,)
    assert grad(f, masked, symbolic=True).shape == (2,)
    f.backward()
    np.testing.assert_array_equal(masked.grad, [0.0, 0.0])
    assert constant(1.0).grad is None and unused.grad is None


def test_stop_gradient_stops_one_way_only():
    x = variable(3.0)
    assert grad(nt.stop_gradient(x) * x, x) == 3.0


def test_gradients_add_where_a_value_branches():
    x = variable(2.0)
    assert grad(x + x + x, x) == 3.0
    assert grad(x * x * x, x) == 12.0
    a = x + x
    assert grad(a * a + x, x) == 17.0


def test_constants_receive_nothing():
    c, x = constant(3.0), variable(2.0)
    f = c * x
    f.backward()
    assert c.grad is None and all(step.parent is not c for step in backward_steps(f))


def test_a_seed_weighs_the_result():
    x = variable([1.0, 2.0])
    y = x * x
    np.testing.assert_array_equal(grad(y, x, seed=[1.0, 10.0]), [2.0, 40.0])
    assert grad(y.sum(), x, seed=3.0).tolist() == [6.0, 12.0]
    np.testing.assert_array_equal(grad(y, x, symbolic=True, seed=[1.0, 10.0]).value, [2.0, 40.0])
    y.backward(seed=[0.0, 1.0])
    np.testing.assert_array_equal(x.grad, [0.0, 4.0])


def test_an_array_needs_a_seed_and_a_constant_has_no_gradient():
    x = variable([1.0, 2.0], "x")
    for f, seed, expected in (
        (x * 2, {}, "single number"),
        (x * 2, {"seed": [1.0]}, "seed of the result's shape"),
        (constant(1.0) + 1, {}, "depends on a variable"),
    ):
        with pytest.raises(GraphError, match=expected):
            backward(f, **seed)
        with pytest.raises(GraphError, match=expected):
            list(backward_steps(f, **seed))


def test_a_leaf_can_be_its_own_result():
    x = variable(2.0)
    x.backward()
    assert x.grad == 1.0 and grad(x, x) == 1.0 and list(backward_steps(x)) == []


def test_grad_of_one_node_or_of_many():
    x, y = variables(x=2, y=3)
    assert grad(x * y, x) == 3.0 and grad(x * y, [y]) == [2.0] and grad(x * y, (x, y)) == [3.0, 2.0]
    assert grad(x * y, []) == []


def test_the_gradient_of_an_inner_node():
    x = variable(2.0)
    q = x * x
    assert grad(q * q, q) == 8.0 and grad(q * q, [q, x], symbolic=True)[1].value == 32.0


@pytest.mark.parametrize("made_with", [
    lambda x: (constant(np.arange(3)) * x).sum(),
    lambda x: x * np.ones(3)[0], lambda x: nt.where(True, 0.5, x), lambda x: nt.where(x > 0, x, 2.0),
    lambda x: x * 2.0 + x, lambda x: (x > 1) * x, lambda x: nt.maximum(x, 3.0), lambda x: x ** 2,
])
def test_the_gradient_of_a_single_number_has_its_precision(made_with):
    x = variable(np.float32(2.0))
    for slope in (grad(made_with(x), x), grad(made_with(x), x, symbolic=True).value):
        assert type(slope) is np.float32
    wide = variable(2.0)
    assert type(grad(made_with(wide), wide)) is float and grad(made_with(wide), wide) == slope


# ---------------------------------------------------------------------------------- the steps themselves


def replay(f, steps):
    """Apply the steps one by one, checking each against what is known by then; returns the gradients."""
    totals, handed_on, seen, waiting = {f: 1.0}, {}, set(), None
    for step in steps:
        assert step.phase == "backward" and step.parent is step.node.parents[step.slot] is step.focus
        assert_same_bits(step.upstream, totals[step.node])
        assert step.parent not in handed_on, "a gradient was handed on before it was complete"
        if not handed_on or next(reversed(handed_on)) is not step.node:
            assert step.node not in handed_on, "a node is visited once"
            handed_on[step.node] = True
        if step.before is None:
            assert step.parent not in totals
        else:
            assert_same_bits(step.before, totals[step.parent])
        if step.kind == "unbroadcast":
            assert waiting == (step.node, step.slot)
        else:
            assert waiting is None and (step.node, step.slot) not in seen
            seen.add((step.node, step.slot))
        waiting = (step.node, step.slot) if step.total is None else None
        if step.total is not None:
            before = 0.0 if step.before is None else step.before
            np.testing.assert_array_equal(step.total, before + step.contribution)
            assert np.shape(step.total) == step.parent.shape
            totals[step.parent] = step.total
    assert waiting is None
    return totals, seen


@COMMON
@given(programs())
def test_steps_drained_are_backward_and_grad(program):
    """Every prefix of the steps is legal, and the last total on each node is its gradient, bit for bit."""
    _, f = program.graph()
    totals, used = replay(f, backward_steps(f))
    f.backward()
    assert used == {
        (n, slot) for n in ordered(f) for slot, p in enumerate(n.parents) if p.active and n in totals
    }
    for node, gradient in zip(ordered(f), grad(f, ordered(f)), strict=True):
        if node.active:
            assert_same_bits(totals.get(node, np.zeros(node.shape)), gradient)
            assert_same_bits(node.grad, gradient)


@COMMON
@given(programs())
def test_broadcasting_is_undone_once_per_edge(program):
    _, f = program.graph()
    steps = list(backward_steps(f))
    for k, step in enumerate(steps):
        if step.kind == "contribution":
            fits = np.shape(step.contribution) == step.parent.shape
            assert fits == (step.total is not None)
            if not fits:
                after = steps[k + 1]
                assert (after.kind, after.node, after.slot) == ("unbroadcast", step.node, step.slot)
                assert_close(np.sum(after.contribution), np.sum(step.contribution), 1e-12)


def test_a_bias_shows_its_sum_over_the_batch():
    X, b = constant(np.ones((4, 3))), variable(np.zeros(3), "b")
    kinds = [(s.kind, np.shape(s.contribution)) for s in backward_steps((X + b).sum()) if s.parent is b]
    assert kinds == [("contribution", (4, 3)), ("unbroadcast", (3,))]


def test_the_local_derivative_of_a_step():
    x, w = variable([1.0, 2.0]), variable([3.0, 4.0])
    steps = list(backward_steps((x * w).sum()))
    assert steps[0].local is None  # a sum has no local derivative entry by entry
    np.testing.assert_array_equal(steps[1].local, w.value)
    shared = variable(2.0)
    assert [s.local for s in backward_steps(shared * 5.0 + 1.0)] == [1.0, 5.0]


def test_the_steps_come_one_at_a_time():
    """The generator computes nothing before it is asked."""
    asked = []

    @nt.primitive(vjps=(lambda g, y, x: asked.append(y) or g,))
    def watched(x):
        return x

    steps = backward_steps(watched(watched(variable(1.0))))
    assert asked == []
    next(steps)
    assert asked == [1.0]


# ------------------------------------------------------------------------------------------------- oracles


@COMMON
@given(programs())
def test_gradients_are_central_differences(program):
    """The oracle runs the program on arrays alone: no node, no rule, none of our functions."""
    assume(program.distance_to_kink() > 1e-3)
    xs, f = program.graph()
    assert_close(f.value, program.run(program.leaves), 1e-13)
    for slot, x in enumerate(xs):
        expected = central_difference(lambda *leaves: program.run(leaves), program.leaves, slot)
        assert_close(grad(f, x), expected)


@COMMON
@given(programs())
def test_gradients_in_numbers_and_in_nodes_agree_bit_for_bit(program):
    xs, f = program.graph()
    for number, node in zip(grad(f, xs), grad(f, xs, symbolic=True), strict=True):
        assert_same_bits(number, node.value)


@COMMON
@given(smooth_programs)
def test_hessians_are_symmetric_and_right(program):
    xs, f = program.graph()
    x, size = xs[0], xs[0].size
    H = hessian(f, x)
    assert H.shape == x.shape + x.shape
    flat = np.reshape(H, (size, size))
    assert_close(flat, flat.T, 1e-12)
    for i in range(size):

        def entry(*leaves, i=i):
            return np.ravel(grad(*_graph(program, leaves)))[i]

        slope = central_difference(entry, program.leaves, 0)
        assert_close(flat[i], slope.ravel(), 1e-5)


def _graph(program, leaves):
    xs = [variable(leaf) for leaf in leaves]
    return program.run(xs), xs[0]


@settings(COMMON, max_examples=500)
@given(programs())
def test_gradients_are_those_of_torch(program):
    torch = pytest.importorskip("torch")
    assume(program.distance_to_kink() > 1e-9)
    xs, f = program.graph()
    tensors = [torch.tensor(leaf, dtype=torch.float64, requires_grad=True) for leaf in program.leaves]
    result = program.run(tensors, lib=torch)
    expected = torch.autograd.grad(result, tensors, allow_unused=True)
    assert_close(f.value, result.item(), 1e-13)
    for ours, theirs, x in zip(grad(f, xs), expected, xs, strict=True):
        assert_close(ours, np.zeros(x.shape) if theirs is None else theirs.numpy(), 1e-12)


# ------------------------------------------------------------------------------------------ whole matrices


def test_jacobian_of_a_matrix_product():
    W, x = variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), variable([7.0, 8.0])
    y = W @ x
    np.testing.assert_array_equal(jacobian(y, x), W.value)
    assert jacobian(y, W).shape == (3, 3, 2)
    np.testing.assert_array_equal(jacobian(y, W)[1], [[0, 0], [7, 8], [0, 0]])
    assert jacobian(y.sum(), x).shape == (2,)


def test_hessian_of_a_quadratic_form():
    A, x = np.array([[2.0, 1.0], [0.0, 3.0]]), variable([1.0, -1.0])
    np.testing.assert_array_equal(hessian(x @ (A @ x), x), A + A.T)
    assert hessian(variable(2.0) * 3, variable(1.0)).shape == ()
    np.testing.assert_array_equal(hessian(x.sum(), x), np.zeros((2, 2)))


def test_derivatives_of_any_order():
    x = variable(0.7)
    f = nt.sin(x)
    for expected in (np.cos(0.7), -np.sin(0.7), -np.cos(0.7), np.sin(0.7)):
        f = grad(f, x, symbolic=True)
        assert f.value == pytest.approx(expected, rel=1e-14)


def test_jacobian_products_agree_with_the_jacobian():
    rng = np.random.default_rng(3)
    x, A = variable(rng.normal(size=3)), rng.normal(size=(2, 3))
    y = nt.tanh(A @ x)
    J, left, right = jacobian(y, x), rng.normal(size=2), rng.normal(size=3)
    np.testing.assert_allclose(vjp(y, x, left), left @ J, rtol=1e-13)
    np.testing.assert_allclose(jvp(y, x, right), J @ right, rtol=1e-13)
    np.testing.assert_array_equal(jvp(y, variable([1.0]), [1.0]), [0.0, 0.0])


@pytest.mark.parametrize(
    "a, b", [((4, 3), (1, 3)), ((4, 1), (1, 3)), ((), (2, 3)), ((3,), (2, 1, 3)), ((1, 1), (1,))]
)
def test_broadcasting_of_every_kind_is_undone(a, b):
    u, v = variable(np.full(a, 2.0)), variable(np.full(b, 3.0))
    for f in (u * v, u + v, u / v, u - v, nt.maximum(u, v)):
        f.sum().backward()
        assert np.shape(u.grad) == a and np.shape(v.grad) == b
    (u * v).sum().backward()
    repeats = np.broadcast(np.empty(a), np.empty(b)).size
    assert np.sum(u.grad) == 3.0 * repeats and np.sum(v.grad) == 2.0 * repeats
