"""Networks: their graphs, named parameters, the θ column, deck 003's δ, Δ and D, and the decks' worked numbers."""

import numpy as np
import pytest
from differences import assert_close
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMMON

import nnteach as nt
from nnteach import nn
from nnteach.core.errors import GraphError, ShapeError
from nnteach.nn import losses
from nnteach.nn.regularizers import L2
from nnteach.nn.theta import forward, with_ones

RNG = np.random.default_rng(0)


def with_parameters(net, **parameters):
    net.parameters.update({name: np.array(value, dtype=float) for name, value in parameters.items()})
    return net


# ------------------------------------------------------------------------------------------------- worked
# numbers

VARIANTS = {  # 2A.1: the matrices as printed, and those that the slide's solution was computed with
    "as_printed": (
        [[0.15, 0.25], [0.2, 0.3]],
        [[0.4, 0.5], [0.5, 0.55]],
        0.3041139744,
        [[0.0043009712, 0.0008601942], [0.0056677416, 0.0011335483]],
    ),
    "solution": (
        [[0.15, 0.2], [0.25, 0.3]],
        [[0.4, 0.45], [0.5, 0.55]],
        0.3000731713,
        [[0.0043641675, 0.0008728335], [0.0048956761, 0.0009791352]],
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_2_2_2_net_of_deck_000(variant):
    W1, W2, value, dW1 = VARIANTS[variant]
    net = with_parameters(nn.MLP([2, 2, 2], "sigmoid", "sigmoid"), W1=W1, W2=W2, b1=[0.35, 0.35], b2=[0.6, 0.6])
    loss = losses.half_squared_error(net.forward([0.5, 0.1]), [0.01, 0.99]).named("loss")
    loss.backward()
    nodes = {node.name: node for node in nt.trace(loss).nodes}
    assert loss.value == pytest.approx(value, abs=5e-11)
    np.testing.assert_allclose(nodes["W1"].grad, dW1, atol=5e-11)


def test_one_step_on_the_2_2_2_net():
    """2A.1: 𝓛 after a step with rate 0.1 and 0.5, solution variant."""
    W1, W2, *_ = VARIANTS["solution"]
    for rate, value in ((0.1, 0.2964575541), (0.5, 0.2818332273)):
        net = with_parameters(nn.MLP([2, 2, 2], "sigmoid", "sigmoid"), W1=W1, W2=W2, b1=[0.35, 0.35], b2=[0.6, 0.6])
        trainer = nn.Trainer(net, "half_squared_error", nn.optimizers.SGD(rate))
        X, T = trainer.prepare([[0.5, 0.1]], [[0.01, 0.99]])
        trainer.step(X, T)
        assert trainer.evaluate(X, T, {})["loss"] == pytest.approx(value, abs=5e-11)


def test_the_hand_made_net_of_deck_001():
    """001-24, E001-1: w₅ becomes −1.91, not −2.00; everything updated, the loss is 65.9253059."""
    net = with_parameters(nn.MLP([2, 2, 1], "relu"), W1=[[0, 2], [-4, -1]], b1=[3, 1], W2=[[-2, 0]], b2=[6])
    trainer = nn.Trainer(net, "squared_error", nn.optimizers.SGD(1e-3))
    X, T = trainer.prepare([[2.0, 1.0]], [5.0])
    assert trainer.step(X, T) == 81
    assert_close(net.parameters["W2"], np.array([[-1.91, 0]]))
    assert_close(net.parameters["W1"], np.array([[-0.072, 1.964], [-4, -1]]))
    assert_close(net.parameters["b2"], np.array([6.018]))
    assert trainer.evaluate(X, T, {})["loss"] == pytest.approx(65.9253059)


@pytest.mark.parametrize(
    "sizes, count",
    [
        ([3, 4, 1], 21),
        ([2, 4, 1], 17),
        ([784, 100, 10], 79_510),
        ([2, 8, 1], 33),
        ([784, 300, 100, 10], 266_610),
        ([784, 64, 64, 10], 55_050),
    ],
)
def test_numbers_of_parameters(sizes, count):
    assert nn.MLP(sizes).size == count


# ------------------------------------------------------------------------------------------------ graph and
# arrays


def test_forward_is_a_graph_of_named_nodes():
    net = nn.MLP([2, 3, 1], "tanh", "sigmoid")
    pred = net.forward([[0.1, 0.2], [0.3, 0.4]])
    names = {node.name: node for node in nt.trace(pred).nodes if node.name}
    assert set(names) == {"X", "W1", "W1ᵀ", "b1", "pre1", "out1", "W2", "W2ᵀ", "b2", "pre2", "pred"}
    assert names["X"].kind == "constant" and names["W1"].kind == "input" and pred.shape == (2, 1)
    assert_close(names["out1"].value, np.tanh(names["pre1"].value))
    outputs = nn.layer_outputs(net, [[0.1, 0.2], [0.3, 0.4]])
    assert list(outputs) == ["pre1", "out1", "pre2", "pred"] and outputs["out1"].shape == (2, 3)


@pytest.mark.parametrize(
    "settings",
    [{}, {"normalization": "batch"}, {"normalization": "layer"}, {"dropout": 0.4}, {"dropout": 0.4, "inverted": False}],
    ids=str,
)
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "elu", "softplus", "leaky_relu"])
def test_predict_gives_the_numbers_of_forward(activation, settings):
    net = nn.MLP([3, 4, 4, 2], activation, "softmax", rng=5, **settings)
    X = RNG.normal(size=(6, 3))
    assert_close(net.predict(X), net.forward(X).value)
    assert_close(net.predict(X).sum(axis=1), np.ones(6))
    if settings.get("normalization") != "batch":
        assert_close(net.predict(X[0]), net.predict(X)[0])


def test_a_network_is_that_of_pytorch():
    torch = pytest.importorskip("torch")
    net = nn.MLP([3, 5, 4], "tanh", rng=2)
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 4)).double()
    theirs.load_state_dict(
        {
            f"{2 * i}.{kind}": torch.tensor(net.parameters[f"{letter}{i + 1}"])
            for i in (0, 1)
            for kind, letter in (("weight", "W"), ("bias", "b"))
        }
    )
    X, T = RNG.normal(size=(7, 3)), RNG.integers(0, 4, 7)
    loss = losses.cross_entropy(net.forward(X), T)
    expected = torch.nn.functional.cross_entropy(theirs(torch.tensor(X)), torch.tensor(T))
    assert loss.value == pytest.approx(expected.item(), rel=1e-12)
    loss.backward()
    expected.backward()
    W1 = next(node for node in nt.trace(loss).nodes if node.name == "W1")
    np.testing.assert_allclose(W1.grad, theirs[0].weight.grad.numpy(), atol=1e-12)


def test_a_gradient_by_the_input():
    net = nn.MLP([2, 3, 1], "tanh")
    X = nt.variable([[0.3, -0.4]], "X")
    loss = net.forward(X).sum()
    assert nt.jacobian(net.forward(X), X).shape == (1, 1, 1, 2) and nt.grad(loss, X).all()


def test_parameters_may_be_assigned_and_changed():
    net = nn.MLP([2, 1])
    net.parameters["W1"] = [[1, 2]]
    net.parameters["b1"][0] = 0.5
    assert net.predict([[1.0, 1.0]]).tolist() == [[3.5]]
    assert net.forward([[1.0, 1.0]]).value.tolist() == [[3.5]]
    net.fit([[1.0, 1.0]], [4.0], optimizer="adam", epochs=2)
    assert net.parameters["W1"].dtype == float and (net.parameters["W1"] > [[1, 2]]).all()


def test_the_same_seed_gives_the_same_network():
    first, again, other = (nn.MLP([2, 3, 1], rng=seed).parameters for seed in (1, 1, 2))
    assert all((first[name] == again[name]).all() and (first[name] != other[name]).any() for name in first)
    net = nn.MLP([2, 3, 1], dtype=np.float32)
    assert {array.dtype for array in net.parameters.values()} == {np.dtype(np.float32)}
    assert net.predict(np.zeros((1, 2))).dtype == net.forward(np.zeros((1, 2))).dtype == np.float32


def test_rows_and_columns_are_the_same_numbers():
    """C8, E000-8: one row per sample here; A = XWᵀ + 1bᵀ, its transpose WXᵀ + b1ᵀ is what a column view shows."""
    net, X = nn.MLP([3, 2]), RNG.normal(size=(4, 3))
    W, b = net.parameters["W1"], net.parameters["b1"]
    assert_close(net.predict(X).T, W @ X.T + b[:, None])
    assert_close(net.predict(X[0]), W @ X[0] + b)


def test_two_linear_layers_collapse_into_one():
    """001-23: W₂(W₁x + b₁) + b₂ = (W₂W₁)x + (W₂b₁ + b₂); with ReLU between it is not so."""
    X = RNG.normal(size=(20, 2))
    for activation, same in (("identity", True), ("relu", False)):
        net = nn.MLP([2, 5, 3], activation)
        p = net.parameters
        collapsed = X @ (p["W2"] @ p["W1"]).T + p["W2"] @ p["b1"] + p["b2"]
        assert np.allclose(net.predict(X), collapsed) is same


def test_mistakes_are_explained():
    with pytest.raises(ShapeError, match="at least two sizes"):
        nn.MLP([3])
    with pytest.raises(GraphError, match="before"):
        nn.MLP([2, 3, 1], normalize="around")
    with pytest.raises(GraphError, match="batch, layer"):
        nn.MLP([2, 3, 1], normalization="bacth")
    with pytest.raises(GraphError, match="W1 twice"):
        nn.Network([nn.layers.Dense(2, 2), nn.layers.Dense(2, 2)])
    with pytest.raises(ShapeError, match="W1"):
        nn.MLP([2, 3, 1]).forward(np.zeros((4, 3)))
    with pytest.raises(ShapeError, match="θ2 with 3 columns"):
        nn.MLP.from_thetas([[[0, 1], [0, 1]], [[0, 1]]])


def test_repr_is_short():
    assert repr(nn.MLP([2, 8, 1], "tanh")) == "MLP(2-8-1, tanh, identity, 33 parameters)"


# ------------------------------------------------------------------------------------------- bias and θ (C7)


@COMMON
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_theta_and_back(n_out, n_in, seed):
    rng = np.random.default_rng(seed)
    W, b, theta = rng.normal(size=(n_out, n_in)), rng.normal(size=n_out), rng.normal(size=(n_out, 1 + n_in))
    assert all((x == y).all() for x, y in zip(nn.from_theta(nn.as_theta(W, b)), (W, b), strict=True))
    assert (nn.as_theta(*nn.from_theta(theta)) == theta).all()
    x = rng.normal(size=(3, n_in))
    assert_close(with_ones(x) @ nn.as_theta(W, b).T, x @ W.T + b)


def test_theta_of_wrong_shapes_is_refused():
    with pytest.raises(ShapeError, match=r"b \(2,\)"):
        nn.as_theta(np.ones((3, 2)), np.ones(2))
    with pytest.raises(ShapeError, match="column 0"):
        nn.from_theta(np.ones((3, 1)))


def test_a_network_from_thetas_computes_what_the_thetas_do():
    thetas = [RNG.normal(size=(4, 4)), RNG.normal(size=(2, 5))]
    net, X = nn.MLP.from_thetas(thetas), RNG.normal(size=(5, 3))
    assert_close(net.predict(X), forward(X, thetas))
    assert all((a == b).all() for a, b in zip(net.thetas(), thetas, strict=True))


# ------------------------------------------------------------------- deck 003's matrix form comes out of the
# engine


def deck_003(X, Y, thetas, lam):
    """003-16 to 003-19, as printed but for the bias row (E003-5): z, a, δ, Δ and D, sample by sample."""
    delta_sum = [np.zeros_like(theta) for theta in thetas]
    for x, y in zip(X, Y, strict=True):
        a = [np.append(1.0, x)]
        for theta in thetas:
            a.append(np.append(1.0, nt.sigmoid(theta @ a[-1])))
        delta = a[-1][1:] - y
        for l in reversed(range(len(thetas))):  # noqa: E741
            delta_sum[l] += np.outer(delta, a[l])
            inner = a[l][1:]
            delta = thetas[l][:, 1:].T @ delta * inner * (1 - inner)
    without_bias = [np.where(np.arange(theta.shape[1]) > 0, theta, 0.0) for theta in thetas]
    D = [(s + lam * theta) / len(X) for s, theta in zip(delta_sum, without_bias, strict=True)]
    return delta_sum, D


def test_delta_and_D_of_deck_003():
    """3-4-3-1, m = 5, λ = .7: D is the gradient, Δ is not (E003-4)."""
    rng = np.random.default_rng(4)
    thetas = [rng.normal(size=shape) for shape in ((4, 4), (3, 5), (1, 4))]
    X, Y, lam = rng.normal(size=(5, 3)), rng.integers(0, 2, (5, 1)).astype(float), 0.7
    net = nn.MLP.from_thetas(thetas)
    trainer = nn.Trainer(
        net, lambda p, t: losses.binary_cross_entropy(p, t, "batchmean"), nn.optimizers.SGD(1.0), L2.as_in("003", lam)
    )
    trainer.step(*trainer.prepare(X, Y))
    gradients = [before - after for before, after in zip(thetas, net.thetas(), strict=True)]  # the rate is 1
    Delta, D = deck_003(X, Y, thetas, lam)
    for gradient, printed, total in zip(gradients, D, Delta, strict=True):
        np.testing.assert_allclose(gradient, printed, atol=1e-12)
        assert abs(gradient - total).max() > 0.1


def test_gradients_of_theta_nodes_are_D_without_the_penalty():
    thetas = [RNG.normal(size=(2, 4)), RNG.normal(size=(2, 3))]
    X, Y = RNG.normal(size=(6, 3)), RNG.integers(0, 2, (6, 2)).astype(float)
    nodes = [nt.variable(theta, f"theta{i}") for i, theta in enumerate(thetas, 1)]
    loss = losses.binary_cross_entropy(forward(X, nodes), Y, "batchmean")
    for gradient, D in zip(nt.grad(loss, nodes), deck_003(X, Y, thetas, 0.0)[1], strict=True):
        np.testing.assert_allclose(gradient, D, atol=1e-12)


def test_matrix_form_of_deck_004():
    """004-21, E004-4, E004-5: ∂W_H = (∂Z_H)ᵀX, and ∂b_H sums over the batch."""
    net, X = nn.MLP([3, 4, 2], "sigmoid", rng=9), RNG.normal(size=(5, 3))
    T = RNG.integers(0, 2, (5, 2)).astype(float)
    loss = losses.binary_cross_entropy_with_logits(net.forward(X), T, "sum")
    loss.backward()
    node = {n.name: n for n in nt.trace(loss).nodes if n.name}
    A, dZo = node["out1"].value, nt.sigmoid(node["pred"].value) - T
    dZh = dZo @ node["W2"].value * A * (1 - A)
    for name, expected in (("W2", dZo.T @ A), ("b2", dZo.sum(axis=0)), ("W1", dZh.T @ X), ("b1", dZh.sum(axis=0))):
        np.testing.assert_allclose(node[name].grad, expected, atol=1e-12)
