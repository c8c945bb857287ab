"""A run that was killed and started again gives the numbers of one that was not."""

import io
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from nnteach import nn
from nnteach.data import moons
from nnteach.nn.optimizers import Adam, Nesterov
from nnteach.nn.schedules import Exponential, Plateau
from nnteach.nn.training.checkpoints import load

BINARY = "binary_cross_entropy_with_logits"
SETTINGS = [
    {"optimizer": Adam(0.02)},
    {"optimizer": Nesterov.as_in("001"), "schedule": Exponential(0.1, 0.99), "schedule_per": "step"},
    {"optimizer": Adam(0.02), "schedule": Plateau(0.02, 0.5, patience=0), "early_stopping": 2},
]


class Killed(Exception):
    pass


def train(epochs, path=None, kill_after=None, architecture=None, **settings):
    def kill(epoch, network, history):
        if epoch == kill_after:
            raise Killed

    net = nn.MLP([2, 6, 1], "tanh", rng=3, **(architecture or {}))
    history = net.fit(
        *moons(60, rng=1), loss=BINARY, epochs=epochs, batch_size=16, rng=5, validation=0.3, resume=path,
        callback=kill, **settings,
    )  # fmt: skip
    return net, history


@pytest.mark.parametrize("architecture", [{"dropout": 0.3}, {"normalization": "batch"}], ids=str)
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: type(s.get("schedule")).__name__)
def test_a_run_that_was_killed_goes_on_with_the_same_numbers(tmp_path, settings, architecture):
    path = tmp_path / "run.npz"
    whole, history = train(9, architecture=architecture, **settings)
    with pytest.raises(Killed):
        train(9, path, kill_after=4, architecture=architecture, **settings)
    assert load(path)["epoch"] == 4
    again, resumed = train(9, path, architecture=architecture, **settings)
    assert resumed == history and resumed.best_epoch == history.best_epoch
    for name, array in (whole.parameters | whole.buffers).items():
        np.testing.assert_array_equal((again.parameters | again.buffers)[name], array)


def test_a_finished_run_is_not_trained_further_and_more_epochs_are_added(tmp_path):
    path = tmp_path / "run.npz"
    first, history = train(3, path)
    again, resumed = train(3, path)
    assert resumed == history and (again.parameters["W1"] == first.parameters["W1"]).all()
    assert train(5, path)[1] == train(5)[1]


def test_a_run_that_stopped_early_stays_stopped(tmp_path):
    path, stopping = tmp_path / "run.npz", {"early_stopping": 0, "optimizer": Adam(0.3)}
    first, history = train(200, path, **stopping)
    assert history.epochs < 200
    again, resumed = train(200, path, **stopping)
    assert resumed == history and (again.parameters["W1"] == first.parameters["W1"]).all()


SCRIPT = """
import os, sys
from nnteach import nn
from nnteach.data import moons

def die(epoch, network, history):
    if epoch == int(sys.argv[2]):
        os._exit(9)  # as if killed: nothing is cleaned up

net = nn.MLP([2, 6, 1], dropout=0.2, rng=0)
net.fit(*moons(60, rng=1), loss="binary_cross_entropy_with_logits", epochs=6, rng=2, resume=sys.argv[1], callback=die)
print(net.parameters["W2"].tolist())
"""


def test_a_process_that_died_goes_on(tmp_path):
    def run(path, last):
        found = subprocess.run([sys.executable, "-c", SCRIPT, path, str(last)], capture_output=True, text=True)
        assert found.stderr == ""
        return found.returncode, found.stdout

    whole = run(tmp_path / "whole.npz", 0)
    assert run(tmp_path / "killed.npz", 3) == (9, "")
    assert run(tmp_path / "killed.npz", 0) == whole and whole[0] == 0


# ------------------------------------------------------------------------------------------ files that are damaged

DAMAGE = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "cut at the end": lambda content: content[:-30],
    "text": lambda content: b"these are my notes",
    "flipped in the data": lambda content: content[:200] + bytes([content[200] ^ 0xFF]) + content[201:],
    "NULs": lambda content: b"\0" * len(content),
    "a pickle": lambda content: b"\x80\x04K\x01.",
    "another archive": lambda content: _archive({"notes.txt": b"text"}),
    "a checkpoint of less": lambda content: _archive({"epoch.npy": _npy(np.array(3))}),
    "an array": lambda content: _npy(np.arange(3.0)),
}


def _npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _archive(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_checkpoint_is_said_in_words_and_the_advice_works(tmp_path, how):
    """Never NumPy's own "If you trust the file you can load it unsafely"; moved away, the run begins anew."""
    path = tmp_path / "run.npz"
    X, T = np.eye(4), np.array([0, 1, 1, 0])
    settings = {"loss": "cross_entropy", "epochs": 2, "resume": path}
    fit = nn.MLP([4, 3, 2], rng=np.random.default_rng(0)).fit
    fit(X, T, **settings)
    content = DAMAGE[how](path.read_bytes())
    path.write_bytes(content)
    network = nn.MLP([4, 3, 2], rng=np.random.default_rng(0))
    with pytest.raises(nn.checkpoints.CheckpointError) as caught:
        network.fit(X, T, **settings)
    said = str(caught.value)
    assert "pickle" not in said and "expected" in said and str(path) in said
    assert path.read_bytes() == content  # it may still be of use to somebody
    path.rename(tmp_path / "away.npz")
    nn.MLP([4, 3, 2], rng=np.random.default_rng(0)).fit(X, T, **settings)


def test_a_killed_run_leaves_no_part_behind_once_it_goes_on(tmp_path):
    path = tmp_path / "run.npz"
    program = """
import os, signal, sys
import numpy as np
from nnteach import nn
from nnteach.support import atomic
real = atomic.os.replace
def killed(*names):
    os.kill(os.getpid(), signal.SIGKILL)
def once(*names, n=[0]):
    n[0] += 1
    return real(*names) if n[0] < 3 else killed(*names)
atomic.os.replace = once
nn.MLP([4, 3, 2], rng=np.random.default_rng(0)).fit(np.eye(4), np.array([0, 1, 1, 0]), loss="cross_entropy",
                                                    epochs=6, resume=sys.argv[1])
"""
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", program, str(path)]).returncode < 0
    assert len(list(tmp_path.iterdir())) == 2  # and one part: the second run cleared away the first one's
    nn.MLP([4, 3, 2], rng=np.random.default_rng(0)).fit(np.eye(4), np.array([0, 1, 1, 0]), loss="cross_entropy",
                                                           epochs=6, resume=path)
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"]
