"""Many small networks at once: how often XOR is learnt."""

import numpy as np

from nnteach import nn
from nnteach.nn.experiments import xor_success
from nnteach.nn.optimizers import Adam, Nesterov


def test_2_8_1_always_learns_xor_and_narrow_networks_get_stuck():
    """002-08: with two hidden units about half get stuck, with four about one in twenty or fewer."""
    assert xor_success(8).sum() == 50
    assert 15 <= xor_success(2).sum() <= 35
    assert 45 <= xor_success(4).sum() <= 50
    assert 90 <= xor_success(4, range(100)).sum() < 100


def test_each_network_is_trained_as_if_it_were_alone():
    XOR = np.array([0, 1, 1, 0])
    for optimizer in (Adam(0.05), Nesterov.as_in("002", learning_rate=0.1)):
        alone = []
        for seed in range(6):
            net = nn.MLP([2, 2, 1], "tanh", rng=seed)
            net.fit(nn.boolean.CORNERS, XOR, loss="binary_cross_entropy_with_logits", optimizer=optimizer,
                    epochs=200, batch_size=None, metrics={})  # fmt: skip
            alone.append(((net.predict(nn.boolean.CORNERS) > 0).ravel() == XOR).all())
        assert xor_success(2, range(6), optimizer=optimizer, epochs=200).tolist() == alone


def test_untrained_networks_have_not_learnt_it():
    assert xor_success(8, epochs=0).sum() < 10
