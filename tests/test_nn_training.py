"""Training: steps, the loop, and what it reports."""

import sys
from pathlib import Path

import numpy as np
import pytest

from nnteach import nn
from nnteach.core.errors import GraphError, ShapeError
from nnteach.data import blob, cubic, moons
from nnteach.nn import metrics
from nnteach.nn.optimizers import SGD, Adam, Momentum, Nesterov
from nnteach.nn.regularizers import L2
from nnteach.nn.schedules import Exponential, Plateau, Step
from nnteach.support.progress import progress

X, T = nn.boolean.CORNERS, np.array([0, 1, 1, 0])
BINARY = "binary_cross_entropy_with_logits"


def learns_xor(sizes, seed, epochs=300):
    net = nn.MLP(sizes, "tanh", rng=seed)
    net.fit(X, T, loss=BINARY, optimizer=Adam(0.05), epochs=epochs, batch_size=None, metrics={})
    return bool(((net.predict(X) > 0).ravel() == T).all())


@pytest.mark.slow
def test_2_8_1_learns_xor_from_every_seed_and_narrow_nets_get_stuck():
    """002-08: 50 of 50; with two hidden units about half, which is a lesson on non-convexity."""
    assert sum(learns_xor([2, 8, 1], seed) for seed in range(50)) == 50
    assert 15 <= sum(learns_xor([2, 2, 1], seed) for seed in range(50)) <= 35


@pytest.mark.parametrize(
    "optimizer",
    [SGD(0.1), Momentum(0.1), Nesterov.as_in("001", learning_rate=0.1), Adam(0.01)],
    ids=lambda o: type(o).__name__,
)
@pytest.mark.parametrize("settings", [{}, {"dropout": 0.3}, {"normalization": "layer"}], ids=str)
def test_compiled_and_eager_training_agree(optimizer, settings):
    data, runs = moons(40, rng=1), []
    for compiled in (True, False):
        net = nn.MLP([2, 6, 1], "tanh", rng=3, **settings)
        history = net.fit(
            *data,
            loss=BINARY,
            optimizer=optimizer,
            epochs=3,
            batch_size=16,
            rng=5,
            compiled=compiled,
            regularizer=L2(1e-3),
            validation=data,
            schedule=Exponential(0.1, 0.5),
        )
        runs.append((history, net.parameters))
    assert runs[0][0]["val_loss"] == pytest.approx(runs[1][0]["val_loss"], rel=1e-12)
    for name in runs[0][1]:
        np.testing.assert_allclose(runs[0][1][name], runs[1][1][name], atol=1e-12)


def test_a_whole_training_is_pytorchs():
    """784-100-10 in small: 20 epochs of cross-entropy with Adam, in order, to 1e-9."""
    torch = pytest.importorskip("torch")
    points, classes = np.random.default_rng(0).normal(size=(30, 4)), np.arange(30) % 3
    net = nn.MLP([4, 5, 3], "sigmoid", rng=1)
    theirs = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.Sigmoid(), torch.nn.Linear(5, 3)).double()
    for i, layer in enumerate((theirs[0], theirs[2]), start=1):
        layer.weight.data, layer.bias.data = (torch.tensor(net.parameters[f"{c}{i}"]) for c in "Wb")
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.01)
    for _ in range(20):
        for start in range(0, 30, 8):
            rows = slice(start, start + 8)
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(
                theirs(torch.tensor(points[rows])), torch.tensor(classes[rows])
            ).backward()
            optimizer.step()
    net.fit(points, classes, loss="cross_entropy", optimizer=Adam(0.01), epochs=20, batch_size=8, batches="in_order")
    np.testing.assert_allclose(net.parameters["W1"], theirs[0].weight.detach().numpy(), atol=1e-9)
    np.testing.assert_allclose(net.predict(points), theirs(torch.tensor(points)).detach().numpy(), atol=1e-9)


@pytest.mark.slow
def test_the_blob_of_deck_004():
    """004-26 to 004-28: 2-4-1, sigmoid, Adam 0.01, batch 100, 2000 epochs: ≥ .85 over 10 seeds (Bayes ≈ .88)."""
    scores = []
    for seed in range(10):
        points, classes = blob(400, rng=seed)
        net = nn.MLP([2, 4, 1], "sigmoid", rng=seed)
        net.fit(points, classes, loss=BINARY, optimizer=Adam(0.01), epochs=2000, batch_size=100, metrics={}, rng=seed)
        scores.append(metrics.accuracy(net.predict(points), classes, threshold=0.0))
    assert np.mean(scores) >= 0.85, scores


def test_full_batch_gradient_descent_is_minimize():
    """The loop adds nothing to the optimizer's steps: a cubic fit as in 001-12."""
    x, y = cubic()
    features = np.column_stack([x**3, x**2, x])
    net = nn.MLP([3, 1], initializer="zeros", bias_initializer="zeros")
    history = net.fit(features, y, loss="squared_error", optimizer=SGD(7.5e-4), epochs=50, batch_size=None)
    design = np.column_stack([features, np.ones(len(x))])
    path = nn.minimize(lambda w: ((design @ w - y) ** 2).sum(), np.zeros(4), SGD(7.5e-4), 50)
    np.testing.assert_allclose(np.append(net.parameters["W1"], net.parameters["b1"]), path.path[-1], atol=1e-10)
    assert history["loss"] == pytest.approx(path.values[:-1])


# ------------------------------------------------------------------------------------------------ what fit
# reports


def test_history_holds_a_number_per_epoch_and_prints_a_short_table():
    net = nn.MLP([2, 4, 1], "tanh")
    history = net.fit(*moons(30), loss=BINARY, epochs=40, validation=0.2, rng=0)
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]
    assert all(len(numbers) == 40 for numbers in history.values()) and history.epochs == 40
    lines = repr(history).splitlines()
    assert [line.split()[0] for line in lines] == ["epoch", "1", "11", "21", "30", "40"] and max(map(len, lines)) < 80
    assert repr(nn.History()) == "History(no epochs)"


def test_the_same_seed_gives_the_same_training():
    runs = [
        nn.MLP([2, 4, 1], dropout=0.2, rng=1).fit(*moons(40), loss=BINARY, epochs=3, rng=seed) for seed in (4, 4, 5)
    ]
    assert runs[0] == runs[1] and runs[0] != runs[2]


def test_the_penalty_is_part_of_the_loss():
    net = nn.MLP([2, 1])
    before = net.parameters
    history = net.fit(X, T, loss=BINARY, epochs=1, batch_size=None, regularizer=L2(0.5), validation=(X, T))
    plain = nn.MLP([2, 1]).fit(X, T, loss=BINARY, epochs=1, batch_size=None)
    assert history["loss"][0] == pytest.approx(plain["loss"][0] + 0.5 * np.sum(before["W1"] ** 2))
    assert history["val_loss"][0] == pytest.approx(
        nn.losses.binary_cross_entropy_with_logits(net.predict(X), T[:, None]) + 0.5 * np.sum(net.parameters["W1"] ** 2)
    )


def test_accuracy_follows_the_loss():
    logits, probabilities = np.array([[0.3], [-0.2]]), np.array([[0.3], [0.6]])
    binary = metrics.metrics_for(nn.losses.binary_cross_entropy_with_logits)["accuracy"]
    assert binary(logits, np.array([[1], [0]])) == 1
    assert metrics.metrics_for(nn.losses.binary_cross_entropy)["accuracy"](probabilities, np.array([[0], [1]])) == 1
    assert binary(np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([[1, 0], [0, 1]])) == 0.75  # labels, not classes
    assert metrics.accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1])) == 0.5
    assert metrics.metrics_for(nn.losses.mse) == {}
    assert metrics.confusion(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]), 2).tolist() == [[0, 0], [1, 1]]


def test_schedules_count_epochs_or_steps():
    def rates(**settings):
        return nn.MLP([2, 1]).fit(X, T, loss=BINARY, epochs=4, batch_size=2, **settings)["learning_rate"]

    assert rates(schedule=Step(1.0, 2)) == pytest.approx([1, 1, 0.1, 0.1])
    assert rates(schedule=Step(1.0, 2), schedule_per="step") == pytest.approx([1, 0.1, 0.01, 0.001])
    assert rates(optimizer=SGD(0.3)) == [0.3] * 4
    plateau = rates(schedule=Plateau(1e-9, patience=0, threshold=0.5), optimizer=SGD(0.3))
    assert plateau == pytest.approx([1e-9, 1e-9, 1e-10, 1e-11])
    with pytest.raises(GraphError, match="schedule_per"):
        rates(schedule_per="batch")


def test_an_epoch_is_one_pass_over_the_samples():
    """C25: ⌈n/B⌉ steps, as in 002-31; a full batch makes one step an epoch (003-20)."""

    def steps(**settings):
        seen = []
        nn.MLP([2, 1]).fit(
            *moons(10), epochs=3, schedule=lambda step: seen.append(step) or 0.1, schedule_per="step", **settings
        )
        return seen

    assert steps(batch_size=4) == list(range(9))
    assert steps(batch_size=None) == [0, 1, 2]


def test_a_leftover_batch_of_one_sample_is_no_trouble():
    net = nn.MLP([2, 3, 1], normalization="batch", dropout=0.2)
    assert np.isfinite(net.fit(*moons(9), epochs=2, batch_size=4)["loss"]).all()


def test_a_callback_sees_every_epoch_and_may_stop():
    seen = []
    history = nn.MLP([2, 1]).fit(
        X, T, loss=BINARY, epochs=10, callback=lambda epoch, net, h: seen.append((epoch, h.epochs)) or epoch == 3
    )
    assert seen == [(1, 1), (2, 2), (3, 3)] and history.epochs == 3


# ---------------------------------------------------------------------------------------------------------
# the rest


def test_targets_are_brought_into_shape_or_refused():
    trainer = nn.Trainer(nn.MLP([2, 3]), "cross_entropy")
    assert trainer.prepare(X, np.array([0, 2, 1, 0]))[1].tolist()[1] == [0, 0, 1]
    assert nn.Trainer(nn.MLP([2, 1])).prepare(X, T)[1].shape == (4, 1)
    with pytest.raises(ShapeError, match="one target per sample"):
        trainer.prepare(X, T[:3])
    with pytest.raises(GraphError, match="val_accuracy"):
        nn.MLP([2, 1]).fit(X, T, loss=BINARY, validation=(X, T), early_stopping=nn.EarlyStopping(monitor="val_error"))
    with pytest.raises(GraphError, match="Did you mean 'shuffled'"):
        nn.MLP([2, 1]).fit(X, T, batches="shuffle")


def test_nothing_is_shown_outside_a_terminal_or_notebook(capsys):
    nn.MLP([2, 1]).fit(X, T, epochs=3)
    assert capsys.readouterr() == ("", "")
    assert progress(range(3), 3) == range(3)


def test_the_bar_is_tqdms_if_it_is_there_and_none_if_it_is_not(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert progress(range(3), 3, show=True) == range(3)
    monkeypatch.delitem(sys.modules, "tqdm.auto")
    tqdm = pytest.importorskip("tqdm")
    assert isinstance(progress(range(3), 3, show=True), tqdm.tqdm)


def test_training_needs_nothing_but_numpy():
    folder = Path(nn.__file__).parent
    lines = {line for path in folder.glob("*.py") for line in path.read_text(encoding="utf-8").splitlines()}
    assert not [line for line in lines if line.startswith(("import torch", "import tqdm", "from tqdm", "import scipy"))]
