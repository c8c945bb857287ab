"""Initial weights, activations, normalisation and dropout."""

import math

import numpy as np
import pytest
from differences import assert_close
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMMON

import nnteach as nt
from nnteach import nn
from nnteach.core.errors import GraphError, ShapeError
from nnteach.nn.activations import ACTIVATIONS, activation, leaky_relu, leaky_relu_002, tanh_from_sigmoid
from nnteach.nn.initializers import INITIALIZERS, constant, fans, initializer, normal, uniform
from nnteach.nn.normalization import BatchNorm, batch_norm, group_norm, instance_norm, layer_norm

N_OUT, N_IN = 300, 200


# ----------------------------------------------------------------------------------------------------
# initializers


@pytest.mark.parametrize(
    "name, variance, bound",
    [
        ("normal", 0.01**2, None),
        ("uniform", 0.12**2 / 3, 0.12),
        ("inverse_sqrt", 1 / N_IN, None),
        ("he_normal", 2 / N_IN, None),
        ("he_uniform", 2 / N_IN, math.sqrt(6 / N_IN)),
        ("glorot_uniform", 2 / (N_IN + N_OUT), math.sqrt(6 / (N_IN + N_OUT))),
        ("glorot_normal", 2 / (N_IN + N_OUT), None),
        ("linear_default", 1 / (3 * N_IN), 1 / math.sqrt(N_IN)),
        ("zeros", 0, 0),
    ],
)
def test_variance_and_bounds(name, variance, bound):
    weights = INITIALIZERS[name](np.random.default_rng(0), (N_OUT, N_IN))
    assert weights.shape == (N_OUT, N_IN)
    assert weights.mean() == pytest.approx(0, abs=4 * math.sqrt(variance / weights.size))
    assert weights.var() == pytest.approx(variance, rel=0.03)
    if bound is not None:
        assert abs(weights).max() <= bound
        assert abs(weights).max() == pytest.approx(bound, rel=1e-3)
    else:
        assert abs(weights).max() > 3.5 * weights.std()  # a normal distribution has tails


def test_every_initializer_is_tested_and_drawn_from_the_rng_it_is_given():
    for name, draw in INITIALIZERS.items():
        first, again, other = (draw(np.random.default_rng(seed), (3, 4)) for seed in (1, 1, 2))
        assert (first == again).all()
        assert name == "zeros" or (first != other).any()
    assert (constant(0.3)(None, (2, 3)) == 0.3).all()
    assert normal(2.0)(np.random.default_rng(0), (100, 100)).std() == pytest.approx(2, rel=0.03)
    assert abs(uniform(2.0)(np.random.default_rng(0), (100, 100))).max() == pytest.approx(2, rel=0.01)


def test_bounds_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    layer = torch.nn.Linear(N_IN, N_OUT)
    ours = nn.MLP([N_IN, N_OUT]).parameters
    for theirs, mine in ((layer.weight, ours["W1"]), (layer.bias, ours["b1"])):
        assert float(theirs.detach().abs().max()) == pytest.approx(abs(mine).max(), rel=0.01)
        assert mine.shape == tuple(theirs.shape)


def test_what_002_prints_as_xavier_lets_signals_shrink_and_glorots_does_not():
    """E002-2, C18: the variance after five linear layers is (1/3)⁵ = .0041, against about 1."""

    def variance_after_five_layers(name):
        rng = np.random.default_rng(0)
        x = rng.normal(size=(500, 300))
        for _ in range(5):
            x = x @ initializer(name)(rng, (300, 300)).T
        return x.var()

    assert variance_after_five_layers("linear_default") == pytest.approx(3**-5, rel=0.15)
    assert variance_after_five_layers("glorot_uniform") == pytest.approx(1, rel=0.15)


def test_he_keeps_the_size_of_signals_through_relu():
    rng = np.random.default_rng(0)
    x = start = rng.normal(size=(500, 300))
    for _ in range(5):
        x = nt.relu(x @ initializer("he_normal")(rng, (300, 300)).T)
    assert np.mean(x**2) == pytest.approx(np.mean(start**2), rel=0.2)


def test_zero_weights_stay_copies_of_each_other():
    """003-23: symmetry is never broken."""
    X, T = nn.boolean.CORNERS, np.array([0, 0, 0, 1])
    for start in (constant(0.3), "zeros"):
        net = nn.MLP([2, 3, 1], "sigmoid", initializer=start, bias_initializer="zeros")
        net.fit(X, T, loss="binary_cross_entropy_with_logits", epochs=30, batch_size=None)
        assert net.parameters["b2"].any()  # it did learn
        assert (net.parameters["W1"] == net.parameters["W1"][0]).all()


def test_fans_of_matrices_and_of_convolutions():
    assert fans((3, 4)) == (4, 3)
    assert fans((8, 3, 5, 5)) == (75, 200)
    with pytest.raises(ShapeError, match="n_out, n_in"):
        fans((3,))


# ------------------------------------------------------------------------------------------------------
# activations


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_work_on_arrays_and_on_nodes(name):
    pre = np.array([[-1.5, 0.5, 2.0]])
    node = nt.variable(pre)
    out = activation(name)(node)
    assert_close(np.asarray(out.value), activation(name)(pre))
    assert out.shape == pre.shape


def slope_at_zero(function):
    x = nt.variable(0.0)
    return nt.grad(function(x), x)


def test_slopes_at_the_kink():
    """C1, C2, E002-9: deck 002 says 1, frameworks say 0 and the slope."""
    assert slope_at_zero(activation("relu")) == 0
    assert slope_at_zero(activation("relu_002")) == 1
    assert slope_at_zero(lambda x: leaky_relu(x, 0.1)) == 0.1
    assert slope_at_zero(lambda x: leaky_relu_002(x, 0.1)) == 1
    assert slope_at_zero(lambda x: nt.elu(x, alpha=0.5)) == 0.5
    x = np.array([-2.0, -0.1, 0.0, 0.3])
    assert (leaky_relu(x, 0.1) == leaky_relu_002(x, 0.1)).all()


def test_tanh_from_the_sigmoid_and_deck_004s_slip():
    """E004-1: 2σ(2z) − 1 is tanh, 2σ(z) − 1 at 1 is .4621."""
    z = np.linspace(-3, 3, 13)
    assert_close(tanh_from_sigmoid(z), np.tanh(z))
    assert 2 * nt.sigmoid(1.0) - 1 == pytest.approx(0.4621, abs=5e-5)


def test_thresholds_at_zero():
    """C22: deck 002 is at 0 for 0, deck 004 fires when the threshold is reached."""
    assert activation("step")(np.array([-1.0, 0.0, 1.0])).tolist() == [0, 0, 1]
    assert nn.activations.step(np.array([-1.0, 0.0, 1.0]), at_zero=1.0).tolist() == [0, 1, 1]


def test_a_misspelt_activation_is_named():
    with pytest.raises(GraphError, match="Did you mean 'sigmoid'"):
        nn.MLP([2, 1], output="sigmiod")


# ----------------------------------------------------------------------------------------------------
# normalisation

IMAGES = np.random.default_rng(3).normal(2.0, 3.0, (4, 6, 5, 3))
GAMMA, BETA = np.linspace(0.5, 2.0, 6), np.linspace(-1.0, 1.0, 6)


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (lambda x: batch_norm(x, GAMMA, BETA), lambda F, x, g, b: F.batch_norm(x, None, None, g, b, training=True)),
        (
            lambda x: batch_norm(x[:, :, 0, 0], GAMMA, BETA),
            lambda F, x, g, b: F.batch_norm(x[:, :, 0, 0], None, None, g, b, training=True),
        ),
        (lambda x: layer_norm(x), lambda F, x, g, b: F.layer_norm(x, x.shape[1:])),
        (lambda x: group_norm(x, 3, GAMMA, BETA), lambda F, x, g, b: F.group_norm(x, 3, g, b)),
        (lambda x: instance_norm(x, GAMMA, BETA), lambda F, x, g, b: F.instance_norm(x, weight=g, bias=b)),
    ],
    ids=["batch", "batch-2d", "layer", "group", "instance"],
)
def test_value_and_slope_are_those_of_pytorch(ours, theirs):
    torch = pytest.importorskip("torch")
    x = torch.tensor(IMAGES, requires_grad=True)
    y = theirs(torch.nn.functional, x, torch.tensor(GAMMA), torch.tensor(BETA))
    (y * y.detach().cos()).sum().backward()
    node = nt.variable(IMAGES)
    out = ours(node)
    np.testing.assert_allclose(out.value, y.detach().numpy(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(nt.grad((out * np.cos(out.value)).sum(), node), x.grad.numpy(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("normalise, axes", [(batch_norm, (0, 2, 3)), (layer_norm, (1, 2, 3)), (instance_norm, (2, 3))])
def test_axes_over_which_each_one_averages(normalise, axes):
    """002-50."""
    out = normalise(IMAGES)
    np.testing.assert_allclose(out.mean(axis=axes), 0, atol=1e-12)
    np.testing.assert_allclose(out.var(axis=axes), 1, atol=1e-4)
    for smaller in (axes[1:], axes[:-1]):
        assert abs(out.mean(axis=smaller)).max() > 0.1  # over fewer axes the mean is not 0


def test_group_is_layer_with_one_group_and_instance_with_all():
    """002-50: GN(1) = LN, GN(C) = IN."""
    np.testing.assert_allclose(group_norm(IMAGES, 1), layer_norm(IMAGES), atol=1e-12)
    np.testing.assert_allclose(group_norm(IMAGES, 6), instance_norm(IMAGES), atol=1e-12)
    with pytest.raises(ShapeError, match="divides 6 channels"):
        group_norm(IMAGES, 4)
    with pytest.raises(ShapeError, match="places to average"):
        instance_norm(IMAGES[:, :, 0, 0])


def run_batches(layer, batches):
    values, seen = layer.initial(None) | layer.buffers(), {}
    for X in batches:
        layer(X, values | seen, training=True, seen=seen)
    return seen


def test_running_statistics_are_those_of_pytorch():
    """C23: unbiased, and 0.1 is the share of the new."""
    torch = pytest.importorskip("torch")
    batches = np.random.default_rng(0).normal(3, 2, (5, 7, 4))
    theirs = torch.nn.BatchNorm1d(4, dtype=torch.float64)
    for X in batches:
        theirs(torch.tensor(X))
    seen = run_batches(BatchNorm(4), batches)
    np.testing.assert_allclose(seen["mean1"], theirs.running_mean.numpy(), atol=1e-12)
    np.testing.assert_allclose(seen["variance1"], theirs.running_var.numpy(), atol=1e-12)
    theirs.eval()
    layer = BatchNorm(4)
    np.testing.assert_allclose(
        layer(batches[0], layer.initial(None) | seen), theirs(torch.tensor(batches[0])).detach(), atol=1e-12
    )


def test_running_statistics_of_pytorch_and_of_keras():
    """C23: one batch with mean 1, variance 1 (biased) and 2 (unbiased), from mean 0 and variance 1."""
    batch = [np.array([[0.0], [2.0]])]
    torch, keras = run_batches(BatchNorm(1), batch), run_batches(BatchNorm(1, like="keras"), batch)
    assert (torch["mean1"], torch["variance1"]) == (pytest.approx([0.1]), pytest.approx([0.9 + 0.1 * 2]))
    assert (keras["mean1"], keras["variance1"]) == (pytest.approx([0.01]), pytest.approx([0.99 + 0.01 * 1]))
    assert (BatchNorm(1).eps, BatchNorm(1, like="keras").eps) == (1e-5, 1e-3)
    with pytest.raises(GraphError, match="keras"):
        BatchNorm(1, like="jax")


@pytest.mark.parametrize("normalize", ["before", "after"])
@pytest.mark.parametrize("normalization", ["batch", "layer"])
def test_a_network_with_normalisation_learns_and_predicts_by_what_it_has_seen(normalization, normalize):
    X, T = nn.boolean.CORNERS, np.array([0, 1, 1, 0])
    net = nn.MLP([2, 16, 1], "tanh", normalization=normalization, normalize=normalize, rng=1)
    net.fit(
        X, T, loss="binary_cross_entropy_with_logits", optimizer=nn.optimizers.Adam(0.05), epochs=150, batch_size=None
    )
    assert ((net.predict(X) > 0).ravel() == T).all()
    assert set(net.buffers) == ({"mean1", "variance1"} if normalization == "batch" else set())
    names = [node.name for node in nt.trace(net.forward(X)).nodes]
    assert {"gamma1", "beta1", "pre1", "pred"} <= set(names)


# ---------------------------------------------------------------------------------------------------------
# dropout


@COMMON
@given(p=st.floats(0.0, 0.9), seed=st.integers(0, 1000))
def test_masks_hold_two_numbers_and_their_mean_is_right(p, seed):
    inverted = nn.layers.Dropout(50, p).draw(np.random.default_rng(seed), (200,))["mask1"]
    classic = nn.layers.Dropout(50, p, inverted=False).draw(np.random.default_rng(seed), (200,))["mask1"]
    assert set(np.unique(classic)) <= {0.0, 1.0}
    assert classic.mean() == pytest.approx(1 - p, abs=0.03)
    assert_close(inverted, classic / (1 - p))


def test_inverted_and_classic_dropout():
    """C24, E002-14: the same factor 1 − p, in training or at test time; a factor 2 for p = ½."""
    X = np.random.default_rng(0).normal(size=(6, 2))
    inverted, classic = (nn.MLP([2, 40, 1], "relu", dropout=0.5, inverted=flag) for flag in (True, False))
    assert_close(
        inverted.forward(X, training=True, rng=3).value - inverted.parameters["b2"],
        2 * (classic.forward(X, training=True, rng=3).value - classic.parameters["b2"]),
    )
    assert_close(inverted.predict(X) - inverted.parameters["b2"], 2 * (classic.predict(X) - classic.parameters["b2"]))
    assert (inverted.forward(X, training=True, rng=3).value != inverted.predict(X)).all()


def test_dropped_units_receive_no_gradient():
    net = nn.MLP([2, 5, 1], "tanh", dropout=0.5, rng=0)
    pred = net.forward([[0.3, -0.2]], training=True, rng=7)
    pred.sum().backward()
    nodes = {node.name: node for node in nt.trace(pred.sum()).nodes}
    dropped = nodes["mask1"].value[0] == 0
    assert 0 < dropped.sum() < 5
    assert (nodes["out1"].grad[0][dropped] == 0).all() and (nodes["out1"].grad[0][~dropped] != 0).all()
    assert nodes["mask1"].kind == "constant"


def test_dropout_wants_an_rng_and_a_probability():
    with pytest.raises(GraphError, match="rng="):
        nn.MLP([2, 3, 1], dropout=0.5).forward(np.zeros((1, 2)), training=True)
    with pytest.raises(GraphError, match="0 ≤ p < 1"):
        nn.MLP([2, 3, 1], dropout=1.0)
