"""Losses and regularizers: by hand, against PyTorch, and where logits are huge."""

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
from nnteach.nn import losses
from nnteach.nn.regularizers import L1, L2, norm_penalty, together

PRED = np.array([[0.2, 0.9], [0.6, 0.3], [0.5, 0.5]])
TARGET = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LOGITS = np.array([[0.5, -1.0, 2.0], [3.0, 0.0, -2.0]])
CLASSES = np.array([2, 1])
ONE_HOT = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


def slope_of(loss, pred, *rest, **settings):
    node = nt.variable(pred, "pred")
    return nt.grad(loss(node, *rest, **settings), node)


# ---------------------------------------------------------------------------------------------------
# reductions


@pytest.mark.parametrize(
    "loss, entries",
    [
        (losses.squared_error, (PRED - TARGET) ** 2),
        (losses.half_squared_error, 0.5 * (PRED - TARGET) ** 2),
        (losses.mse, (PRED - TARGET) ** 2),
        (losses.mae, abs(PRED - TARGET)),
        (losses.binary_cross_entropy, -np.log(np.where(TARGET == 1, PRED, 1 - PRED))),
    ],
)
def test_reductions_entry_by_entry(loss, entries):
    """C9: "mean" counts samples and outputs, "batchmean" samples only."""
    assert loss(PRED, TARGET, reduction="none") == pytest.approx(entries)
    assert loss(PRED, TARGET, reduction="sum") == pytest.approx(entries.sum())
    assert loss(PRED, TARGET, reduction="mean") == pytest.approx(entries.sum() / 6)
    assert loss(PRED, TARGET, reduction="batchmean") == pytest.approx(entries.sum() / 3)


def test_reductions_of_a_categorical_loss_are_over_samples():
    each = [-math.log(math.e**2 / (math.e**0.5 + math.e**-1 + math.e**2)), -math.log(1 / (math.e**3 + 1 + math.e**-2))]
    for target in (CLASSES, ONE_HOT, ONE_HOT.astype(int)):
        assert losses.cross_entropy(LOGITS, target, reduction="none") == pytest.approx(each)
        assert losses.cross_entropy(LOGITS, target, reduction="sum") == pytest.approx(sum(each))
        assert losses.cross_entropy(LOGITS, target) == pytest.approx(sum(each) / 2)
        assert losses.cross_entropy(LOGITS, target, "batchmean") == pytest.approx(sum(each) / 2)


def test_defaults_are_those_of_the_decks():
    """000-02 sums with ½, 001-12 sums without, 001-26 averages."""
    assert losses.half_squared_error(PRED, TARGET) == pytest.approx(losses.squared_error(PRED, TARGET) / 2)
    assert losses.squared_error(PRED, TARGET) == pytest.approx(6 * losses.mse(PRED, TARGET))


def test_mean_squared_error_is_not_the_residual_sum():
    """E004-9: 7.5 against 30."""
    pred, target = np.zeros((2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])
    assert losses.mse(pred, target) == 7.5
    assert losses.squared_error(pred, target) == 30


def test_one_output_and_one_sample():
    assert losses.mse(np.array([1.0, 3.0]), np.array([0.0, 0.0])) == 5
    assert losses.squared_error(-4.0, 5.0) == 81  # 001-25
    assert losses.squared_error(-4.0, 5.0, "batchmean") == 81
    assert losses.cross_entropy(LOGITS[0], np.array(2)) == pytest.approx(losses.cross_entropy(LOGITS[:1], [2]))


# ------------------------------------------------------------------------------------------------- against
# PyTorch

TORCH = [
    (losses.mse, "mse_loss", PRED, TARGET),
    (losses.mae, "l1_loss", PRED, TARGET),
    (losses.binary_cross_entropy, "binary_cross_entropy", PRED, TARGET),
    (losses.binary_cross_entropy_with_logits, "binary_cross_entropy_with_logits", LOGITS, ONE_HOT),
    (losses.cross_entropy, "cross_entropy", LOGITS, CLASSES),
    (losses.cross_entropy, "cross_entropy", LOGITS, ONE_HOT),
    (losses.negative_log_likelihood, "nll_loss", np.log(PRED), np.array([1, 0, 1])),
]


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("ours, name, pred, target", TORCH, ids=lambda x: x if isinstance(x, str) else "")
def test_value_and_slope_are_those_of_pytorch(ours, name, pred, target, reduction):
    torch = pytest.importorskip("torch")
    x = torch.tensor(pred, requires_grad=True)
    value = getattr(torch.nn.functional, name)(x, torch.tensor(target), reduction=reduction)
    value.sum().backward()
    node = nt.variable(pred)
    loss = ours(node, target, reduction=reduction)
    np.testing.assert_allclose(loss.value, value.detach().numpy(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(nt.grad(loss.sum(), node), x.grad.numpy(), rtol=0, atol=1e-9)


# ----------------------------------------------------------------------------------- logits and probabilities
# (C19, C20)


def test_from_logits_and_from_probabilities_are_the_same_loss():
    """004-11, 004-22: and the slopes by the logits are σ(z) − y and softmax − y."""
    sigmoid = nt.sigmoid(LOGITS)
    assert losses.binary_cross_entropy(sigmoid, ONE_HOT) == pytest.approx(
        losses.binary_cross_entropy_with_logits(LOGITS, ONE_HOT), rel=1e-12
    )
    assert_close(slope_of(losses.binary_cross_entropy_with_logits, LOGITS, ONE_HOT, "sum"), sigmoid - ONE_HOT)
    softmax = nt.softmax(LOGITS)
    for target in (CLASSES, ONE_HOT):
        assert losses.categorical_cross_entropy(softmax, target) == pytest.approx(
            losses.cross_entropy(LOGITS, target), rel=1e-12
        )
        assert losses.negative_log_likelihood(nt.log_softmax(LOGITS), target) == pytest.approx(
            losses.cross_entropy(LOGITS, target), rel=1e-12
        )
    assert_close(slope_of(losses.cross_entropy, LOGITS, CLASSES, "sum"), softmax - ONE_HOT)


def test_the_output_error_of_every_deck():
    """C19: ⊙σ' with ½SE and sigmoid (000), 2(o − y) (001), a − y with BCE and sigmoid (003, E003-9)."""
    z, y = np.array([[0.3, -1.2]]), np.array([[1.0, 0.0]])
    a = nt.sigmoid(z)
    assert_close(slope_of(lambda n: losses.half_squared_error(nt.sigmoid(n), y), z), (a - y) * a * (1 - a))
    assert_close(slope_of(losses.squared_error, z, y), 2 * (z - y))
    assert_close(slope_of(lambda n: losses.binary_cross_entropy(nt.sigmoid(n), y, "sum"), z), a - y)


def test_deck_003s_sum_of_binary_losses_does_not_go_with_a_softmax():
    """E003-2: with softmax and the sum of K binary cross-entropies the slope is (.196, −1.106, .910), not a − y."""
    z, y = np.log(np.array([0.281, 0.154, 0.565])), np.array([0.0, 1.0, 0.0])
    both = [
        slope_of(lambda n, f=f: f(nt.softmax(n), y, "sum"), z)
        for f in (losses.binary_cross_entropy, losses.categorical_cross_entropy)
    ]
    assert both[0] == pytest.approx([0.196, -1.106, 0.910], abs=2e-3)
    assert both[1] == pytest.approx([0.281, -0.846, 0.565], abs=1e-12)


def test_deck_003s_cost_has_the_sign_that_makes_delta_a_minus_y():
    """E003-1: with the printed sign the slope is y − a, +.4256 where a − y is −.4256."""
    z = math.log(0.5744 / 0.4256)
    assert slope_of(losses.binary_cross_entropy_with_logits, z, 1.0) == pytest.approx(-0.4256)
    assert slope_of(lambda n: -losses.binary_cross_entropy_with_logits(n, 1.0), z) == pytest.approx(0.4256)


@pytest.mark.parametrize("z", [1000.0, -1000.0])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_binary_cross_entropy_is_stable_from_logits(z, target):
    logits = np.array([[z]])
    expected = max(z, 0.0) - z * target  # 1000 or 0; PyTorch's BCELoss would stop at 100 (E004-18)
    assert losses.binary_cross_entropy_with_logits(logits, np.array([[target]])) == expected
    slope = slope_of(losses.binary_cross_entropy_with_logits, logits, np.array([[target]]))
    assert slope.item() == float(z > 0) - target


def test_cross_entropy_is_stable_from_logits():
    logits = np.array([[1000.0, -1000.0, 0.0]] * 3)
    assert losses.cross_entropy(logits, np.arange(3), "none").tolist() == [0, 2000, 1000]
    assert slope_of(losses.cross_entropy, logits, np.arange(3), "sum").tolist() == [[0, 0, 0], [1, -1, 0], [1, 0, -1]]


def test_a_class_that_does_not_occur_costs_nothing_even_at_probability_zero():
    pred = np.array([[1.0, 0.0]])
    assert losses.categorical_cross_entropy(pred, np.array([0])) == 0
    assert losses.binary_cross_entropy(pred, np.array([[1.0, 0.0]])) == 0
    assert slope_of(losses.categorical_cross_entropy, pred, np.array([0])).tolist() == [[-1, 0]]
    with np.errstate(divide="ignore"):
        assert losses.categorical_cross_entropy(pred, np.array([1])) == math.inf


@COMMON
@given(st.lists(st.floats(-30, 30), min_size=2, max_size=5), st.data())
def test_adding_a_number_to_all_logits_changes_nothing(logits, data):
    target = np.array([data.draw(st.integers(0, len(logits) - 1))])
    shift = data.draw(st.floats(-100, 100))
    logits = np.array([logits])
    assert losses.cross_entropy(logits + shift, target) == pytest.approx(losses.cross_entropy(logits, target), abs=1e-9)
    assert losses.cross_entropy(logits, target) >= 0


# --------------------------------------------------------------------------------------------------------
# mistakes


def test_a_target_of_another_shape_is_refused():
    for loss in (losses.mse, losses.mae, losses.binary_cross_entropy, losses.binary_cross_entropy_with_logits):
        with pytest.raises(ShapeError, match=r"T.reshape\(-1, 1\)"):
            loss(np.zeros((3, 1)), np.zeros(3))
    with pytest.raises(ShapeError, match="whole class numbers"):
        losses.cross_entropy(LOGITS, np.array([0.0, 1.0]))
    with pytest.raises(ShapeError, match="from 0 to 2"):
        losses.cross_entropy(LOGITS, np.array([0, 3]))
    with pytest.raises(ShapeError, match="one score per class"):
        losses.cross_entropy(0.3, np.array(0))


def test_unknown_names_are_refused():
    with pytest.raises(GraphError, match="Did you mean 'cross_entropy'"):
        losses.loss("crossentropy")
    with pytest.raises(GraphError, match="batchmean"):
        losses.mse(PRED, TARGET, reduction="average")
    assert losses.loss("mae") is losses.mae and losses.loss(max) is max


# ------------------------------------------------------------------------------------------------
# regularizers (C10)

PARAMETERS = {"W1": np.array([[3.0, 4.0]]), "b1": np.array([2.0]), "gamma1": np.array([5.0]), "beta1": np.array([7.0])}


@pytest.mark.parametrize(
    "penalty, samples, value",
    [
        (L2.as_in("keras", 0.1), 1, 2.5),  # as Keras prints it for (3, 4)
        (L2.as_in("000", 0.1), 1, 2.9),
        (L2.as_in("002", 0.1), 8, 2.9),
        (L2.as_in("003", 0.1), 5, 0.1 / (2 * 5) * 25),
        (L2.as_in("pytorch", 0.1), 1, 0.05 * 29),
        (L1.as_in("keras", 0.1), 1, 0.7),
        (L1.as_in("002", 0.1), 1, 0.9),
        (together(L1(0.1), L2(0.1)), 1, 0.7 + 2.5),
    ],
)
def test_penalties_in_every_scaling(penalty, samples, value):
    assert penalty(PARAMETERS, samples) == pytest.approx(value)
    nodes = {name: nt.variable(array, name) for name, array in PARAMETERS.items()}
    assert penalty(nodes, samples).value == pytest.approx(value)


def test_slopes_of_penalties():
    """E000-4: λ‖θ‖² pulls with 2λθ = (6, 8)λ, the printed λ‖θ‖ with (.6, .8)λ; ½λ‖θ‖² with λθ."""

    def slope(penalty):
        W = nt.variable([[3.0, 4.0]], "W1")
        return nt.grad(penalty({"W1": W}), W).ravel()

    assert slope(L2(1.0)) == pytest.approx([6, 8])
    assert slope(L2(1.0, half=True)) == pytest.approx([3, 4])
    assert slope(L1(1.0)) == pytest.approx([1, 1])
    assert slope(lambda p: norm_penalty(1.0, p["W1"])) == pytest.approx([0.6, 0.8])


def test_an_l2_penalty_is_weight_decay_for_sgd_and_not_for_adam():
    """002-43, E004-23: PyTorch's weight_decay=λ is the penalty ½λ‖θ‖², for every optimizer."""

    def slope(theta):
        return 3 * theta["W1"]

    theta = {"W1": np.array([1.0, -2.0])}
    for make in (nn.optimizers.SGD, nn.optimizers.Adam):
        plain, decayed = make(0.1), make(0.1, weight_decay=0.4)
        node = nt.variable(theta["W1"], "W1")
        with_penalty = nt.grad((1.5 * node * node).sum() + L2(0.4, half=True)({"W1": node}), node)
        penalised = plain.update(theta, {"W1": with_penalty}, plain.init(theta))[0]["W1"]
        assert_close(decayed.update(theta, {"W1": slope(theta)}, decayed.init(theta))[0]["W1"], penalised)
    with pytest.raises(GraphError, match="003"):
        L2.as_in("001", 0.1)
