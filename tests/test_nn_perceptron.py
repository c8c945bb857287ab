"""Threshold units, Boolean networks, several classes from binary classifiers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMMON

import nnteach as nt
from nnteach import nn
from nnteach.core.errors import ShapeError
from nnteach.data import blobs
from nnteach.nn.multiclass import labels_of, multi_hot
from nnteach.nn.perceptron import perceptron_loss
from nnteach.nn.theta import with_ones

CORNERS = nn.boolean.CORNERS
TABLES = {
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "nor": [1, 0, 0, 0],
    "xor": [0, 1, 1, 0],
    "xnor": [1, 0, 0, 1],
    "xor_relu": [0, 1, 1, 0],
}


# ---------------------------------------------------------------------------------------------------
# perceptron


@pytest.mark.parametrize("table, epochs, theta", [("and", 6, [-2, 2, 1]), ("or", 4, [0, 1, 1])])
def test_the_perceptron_learns_and_and_or(table, epochs, theta):
    """E002-7."""
    unit = nn.Perceptron(2)
    learning = unit.fit(CORNERS, TABLES[table])
    assert learning.converged and learning.epochs == epochs and unit.theta.tolist() == theta
    assert unit.predict(CORNERS).tolist() == TABLES[table]
    assert learning.thetas.shape == (1 + 4 * epochs, 3) and not learning.thetas[0].any()


def test_the_perceptron_never_learns_xor():
    """002-07: the thetas come round again, so it never will."""
    learning = nn.Perceptron(2).fit(CORNERS, TABLES["xor"], epochs=1000)
    assert not learning.converged and learning.epochs == 1000 and min(learning.mistakes) > 0
    ends = [tuple(theta) for theta in learning.thetas[::4]]
    assert len(set(ends)) < 20
    assert "still with 4 mistakes" in repr(learning)


def test_without_bias_not_even_and_is_learnt():
    """E002-7: three mistakes an epoch, for ever."""
    learning = nn.Perceptron(2, bias=False).fit(CORNERS, TABLES["and"], epochs=50)
    assert not learning.converged and learning.mistakes[-10:] == [3] * 10


def test_rosenblatts_rule_is_sgd():
    """002-06: on Σ (ŷ − y) θᵀx with ŷ held constant; the gradient comes from the engine."""
    learning = nn.Perceptron(2).fit(CORNERS, TABLES["and"], learning_rate=0.5)
    parameters, sgd = {"theta": np.zeros(3)}, nn.optimizers.SGD(0.5)
    state, path = sgd.init(parameters), [parameters["theta"]]
    for _ in range(learning.epochs):
        for x, y in zip(with_ones(CORNERS), TABLES["and"], strict=True):
            theta = nt.variable(parameters["theta"], "theta")
            gradient = nt.grad(perceptron_loss(theta, x[None], np.array([y])), theta)
            parameters, state = sgd.update(parameters, {"theta": gradient}, state)
            path.append(parameters["theta"])
    assert (np.array(path) == learning.thetas).all()


@COMMON
@given(seed=st.integers(0, 10_000))
def test_what_a_line_separates_is_learnt(seed):
    rng = np.random.default_rng(seed)
    line, X = rng.normal(size=3), rng.uniform(-1, 1, (12, 2))
    score = with_ones(X) @ line
    X, T = X[abs(score) > 0.2], (score > 0).astype(int)[abs(score) > 0.2]
    unit = nn.Perceptron(2)
    assert len(X) == 0 or (unit.fit(X, T, epochs=5000).converged and (unit.predict(X) == T).all())


def test_a_perceptron_is_off_at_zero_and_a_mcculloch_pitts_unit_fires_at_its_threshold():
    """C22."""
    assert nn.Perceptron(2).predict([[0.0, 0.0]]).tolist() == [0]
    assert nn.McCullochPitts((1, 1), 2)(CORNERS).tolist() == TABLES["and"]
    assert nn.McCullochPitts((1, 1), 1)(CORNERS).tolist() == TABLES["or"]
    assert nn.McCullochPitts((-1,), 0)([[0], [1]]).tolist() == [1, 0]
    assert nn.McCullochPitts((-1, -1), 0)([1, 0]).item() == 0
    with pytest.raises(ShapeError, match=r"\(batch, 2\)"):
        nn.Perceptron(2).predict([[1.0]])


# ---------------------------------------------------------------------------------------------- Boolean
# networks


@pytest.mark.parametrize("name", TABLES)
def test_given_weights_give_the_stated_tables(name):
    net = nn.boolean.NETWORKS[name]()
    assert np.round(net.predict(CORNERS).ravel()).tolist() == TABLES[name]
    assert abs(net.predict(CORNERS).ravel() - TABLES[name]).max() < 5e-5
    pred = net.forward(CORNERS)
    assert pred.name == "pred" and pred.active  # ready to be stepped through


def test_the_numbers_on_the_slides():
    """2A.2: NOT gives f(10), f(−10); NOR f(10), f(−10), f(−10), f(−30); XNOR .99995456 and 4.548e-5."""
    assert nn.boolean.not_().predict([[0.0], [1.0]]).ravel() == pytest.approx([0.999954602, 4.53978687e-5], rel=1e-8)
    nor = nn.boolean.nor().predict(CORNERS).ravel()
    assert nor == pytest.approx([0.999954602, 4.53978687e-5, 4.53978687e-5, 9.3576e-14], rel=1e-5)
    assert nn.boolean.xnor().predict(CORNERS).ravel() == pytest.approx(
        [0.99995456, 4.548e-5, 4.548e-5, 0.99995456], rel=1e-4
    )
    assert nn.boolean.xor_relu().predict(CORNERS).ravel().tolist() == [0, 1, 1, 0]


# ------------------------------------------------------------------------------------------------ several
# classes

POINTS = blobs(120, classes=4, spread=0.1, rng=2)


@pytest.mark.parametrize(
    "make, settings",
    [
        (lambda: nn.Perceptron(2), {}),
        (
            lambda: nn.MLP([2, 1]),
            {"loss": "binary_cross_entropy_with_logits", "epochs": 60, "optimizer": nn.optimizers.Adam(0.1)},
        ),
    ],
    ids=["perceptron", "logistic"],
)
def test_one_against_all_and_one_against_one(make, settings):
    """003-10, 003-11: K classifiers, and K(K − 1)/2."""
    every, pairs = nn.OneVsAll(make, **settings).fit(*POINTS), nn.OneVsOne(make, **settings).fit(*POINTS)
    assert len(every.models) == 4 and len(pairs.models) == 6
    assert np.mean(every.predict(POINTS.X) == POINTS.T) > 0.97
    assert np.mean(pairs.predict(POINTS.X) == POINTS.T) > 0.97
    assert (pairs.votes(POINTS.X).sum(axis=1) == 6).all()
    assert every.scores(POINTS.X).shape == (120, 4)


def test_several_labels_per_sample():
    """003-12: one sigmoid per label; targets and answers may hold none, one or all."""
    labels = [[0, 2], [], [1], [0, 1, 2]]
    targets = multi_hot(labels, 3)
    assert targets.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0], [1, 1, 1]]
    assert labels_of(targets, threshold=0.5) == labels
    net = nn.MLP([2, 12, 3], "tanh", rng=0)
    history = net.fit(
        CORNERS,
        targets,
        loss="binary_cross_entropy_with_logits",
        optimizer=nn.optimizers.Adam(0.05),
        epochs=200,
        batch_size=None,
    )
    assert labels_of(net.predict(CORNERS)) == labels and history["accuracy"][-1] == 1
