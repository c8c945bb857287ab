"""Around the training loop: early stopping, checkpoints, minibatches."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMMON

from nnteach import nn
from nnteach.core.errors import ShapeError
from nnteach.data import moons
from nnteach.nn.optimizers import Adam
from nnteach.nn.training import batches, checkpoints

X, T = nn.boolean.CORNERS, np.array([0, 1, 1, 0])
BINARY = "binary_cross_entropy_with_logits"


# ------------------------------------------------------------------------------------------ early stopping,
# checkpoints


def test_early_stopping_waits_and_remembers_the_best():
    """002-41."""
    watch, losses = nn.EarlyStopping(patience=2, min_delta=0.01), [1.0, 0.5, 0.495, 0.6, math.nan, 0.4]
    states = [watch := watch.seen(loss, epoch) for epoch, loss in enumerate(losses, 1)]
    assert [state.over for state in states] == [False, False, False, False, True, False]
    assert (states[4].best, states[4].best_epoch) == (0.5, 2) and states[5].best_epoch == 6


def test_early_stopping_goes_back_to_the_best_parameters(tmp_path):
    """A rate that is far too large: the validation loss soon gets worse; what is kept is the best epoch's."""
    train, back = moons(20, noise=0.3, rng=0), moons(200, noise=0.3, rng=1)
    net = nn.MLP([2, 30, 1], "tanh", rng=0)
    history = net.fit(
        *train,
        loss=BINARY,
        optimizer=Adam(0.05),
        epochs=400,
        batch_size=None,
        validation=back,
        early_stopping=20,
        checkpoint=tmp_path / "best.npz",
    )
    best = int(np.argmin(history["val_loss"]))
    assert history.best_epoch == best + 1 and history.epochs == best + 1 + 21 < 400
    assert history["val_loss"][-1] > 1.05 * history["val_loss"][best]
    kept = nn.losses.binary_cross_entropy_with_logits(net.predict(back.X), back.T[:, None])
    assert kept == pytest.approx(history["val_loss"][best], rel=1e-12)
    loaded = nn.MLP([2, 30, 1], "tanh", rng=7).load(tmp_path / "best.npz")
    assert (loaded.predict(back.X) == net.predict(back.X)).all()
    assert checkpoints.load(tmp_path / "best.npz")["epoch"] == best + 1


def test_a_trainer_goes_on_where_a_file_was_written(tmp_path):
    def trainer(seed):
        return nn.Trainer(nn.MLP([2, 4, 1], normalization="batch", rng=seed), BINARY, Adam(0.05))

    first, second = trainer(0), trainer(1)
    data = first.prepare(X, T)
    for _ in range(5):
        first.step(*data)
    first.save(tmp_path / "run.npz", epoch=5)
    assert second.load(tmp_path / "run.npz")["epoch"] == 5
    assert [first.step(*data) for _ in range(3)] == [second.step(*data) for _ in range(3)]
    assert second.state["t"] == 8


@COMMON
@given(
    st.dictionaries(
        st.text("abcW12", min_size=1), st.dictionaries(st.text("abc", min_size=1), st.integers(0, 9), min_size=1)
    )
)
def test_flatten_and_nest(content):
    assert checkpoints.nest(checkpoints.flatten(content)) == content


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "net.npz"
    checkpoints.save(path, {"a": np.ones(2)})
    with pytest.raises(ZeroDivisionError):
        checkpoints.save(path, {"a": Unwritable()})
    assert checkpoints.load(path)["a"].tolist() == [1, 1]
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]
    with pytest.raises(ShapeError, match="W1"):
        nn.MLP([2, 1]).save(path) or nn.MLP([3, 1]).load(path)


class Unwritable:
    def __array__(self, dtype=None, copy=None):
        raise ZeroDivisionError


# --------------------------------------------------------------------------------------------------
# minibatches (C26)


@COMMON
@given(n=st.integers(1, 60), size=st.integers(1, 20), seed=st.integers(0, 50))
def test_samplers(n, size, seed):
    rng = np.random.default_rng(seed)
    parts = {name: [*batches.sampler(name)(n, size, rng)] for name in batches.SAMPLERS}
    assert all(len(rows) == math.ceil(n / size) for rows in parts.values())
    assert sorted(np.concatenate(parts["shuffled"])) == list(range(n))  # a partition
    assert list(np.concatenate(parts["in_order"])) == list(range(n))
    assert all(len(set(rows)) == len(rows) == min(size, n) for rows in parts["sampled"])


def test_sampling_is_right_on_average_and_a_partitions_second_batch_is_not():
    """E004-15: given the first batch {1, 2} of 1 … 6, the second of a partition averages 4.5, not 3.5."""
    values, rng = np.arange(1.0, 7.0), np.random.default_rng(0)
    second = {"shuffled": [], "sampled": []}
    for name, means in second.items():
        for _ in range(4000):
            first, after, _ = batches.sampler(name)(6, 2, rng)
            if set(values[first]) == {1, 2}:
                means.append(values[after].mean())
    assert np.mean(second["shuffled"]) == pytest.approx(4.5, abs=0.2)
    assert np.mean(second["sampled"]) == pytest.approx(3.5, abs=0.3)


def test_the_noise_of_a_minibatch_falls_with_the_root_of_its_size():
    """002-33: σ/√n; a hundred times as many samples, a tenth of the error."""
    rng, values = np.random.default_rng(0), np.random.default_rng(1).normal(size=100_000)
    errors = [
        np.std([values[next(batches.sampled(len(values), n, rng))].mean() for _ in range(150)]) for n in (10, 1000)
    ]
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.25)


def test_split_keeps_every_sample_once():
    (a, ta), (b, tb) = batches.split(np.arange(10), np.arange(10) * 2, 0.3, np.random.default_rng(0))
    assert len(b) == 3 and sorted([*a, *b]) == list(range(10))
    assert (ta == 2 * a).all() and (tb == 2 * b).all()
