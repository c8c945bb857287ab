"""The larger promises: a digit classifier on MNIST (where the data set is) and the blob of deck 004."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnteach import nn
from nnteach.data import blob
from nnteach.nn.metrics import accuracy

HERE = Path(__file__).parent
BESIDE = HERE.parents[1] / "shared" / "data"


def data_folder():
    folder = Path(os.environ.get("NNTEACH_DATA", BESIDE))
    if not any((folder / "mnist").glob("train-images*")):
        pytest.skip("no MNIST in $NNTEACH_DATA or beside the repository")
    return folder


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_97_percent_of_the_digits():
    """004-32: 784-100-10, sigmoid, cross-entropy, Adam 1e-3, batches of 100; in at most 30 epochs."""
    command = [sys.executable, HERE / "benchmarks" / "mnist.py", "--data", data_folder(), "--only", "nnteach"]
    done = subprocess.run([*command, "--stop-at", "0.97"], capture_output=True, text=True, check=True)
    best = next(line for line in done.stdout.splitlines() if line.startswith("best test accuracy"))
    assert float(best.split()[-1]) >= 0.97


def test_a_net_that_learnt_the_blob_of_deck_004_is_right_on_fresh_points():
    """004-26: trained on 400 points, from ten seeds; no classifier can be right in more than about 88 %."""
    right = []
    for seed in range(10):
        net = nn.MLP([2, 8, 1], "sigmoid", rng=seed)
        net.fit(*blob(400, rng=seed), loss="binary_cross_entropy_with_logits", optimizer=nn.optimizers.Adam(0.05),
                epochs=60, batch_size=50, rng=seed, metrics={})  # fmt: skip
        X, T = blob(5000, rng=100 + seed)
        right.append(accuracy(net.predict(X), T, threshold=0.0))
    assert np.mean(right) >= 0.85, right
