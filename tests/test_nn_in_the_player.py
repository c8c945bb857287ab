"""Every kind of network opens in the player at all three levels, fresh and trained."""

import numpy as np
import pytest

import nnteach as nt
from nnteach import nn
from nnteach.nn.boolean import CORNERS

XOR = np.array([[0.0], [1.0], [1.0], [0.0]])
LEVELS = ("vector", "scalar", "neuron")
NETWORKS = {
    "2-2-1": {"sizes": [2, 2, 1]},
    "2-8-1": {"sizes": [2, 8, 1], "activation": "tanh"},
    "deep": {"sizes": [2, 3, 3, 1], "activation": "leaky_relu"},
    "sigmoid": {"sizes": [2, 3, 1], "activation": "sigmoid", "output": "sigmoid"},
    "elu": {"sizes": [2, 3, 1], "activation": "elu"},
    "softplus": {"sizes": [2, 3, 1], "activation": "softplus"},
    "one layer": {"sizes": [2, 1]},
    "dropout": {"sizes": [2, 4, 1], "dropout": 0.5},
    "layer normalisation": {"sizes": [2, 4, 1], "normalization": "layer"},
    "batch normalisation": {"sizes": [2, 4, 1], "normalization": "batch"},
}


CASES = [pytest.param(name, level, id=f"{name}-{level}") for name in NETWORKS for level in LEVELS]


@pytest.mark.parametrize("trained", [False, True], ids=["fresh", "trained"])
@pytest.mark.parametrize("name, level", CASES)
def test_a_network_opens_at_every_level(name, level, trained):
    settings = dict(NETWORKS[name])
    net = nn.MLP(settings.pop("sizes"), settings.pop("activation", "relu"), rng=0, **settings)
    if trained:
        net.fit(CORNERS, XOR, optimizer=nn.optimizers.Adam(0.05), epochs=20, batch_size=None)
    pred = net.forward(CORNERS[1:3])
    np.testing.assert_allclose(pred.value, net.predict(CORNERS[1:3]), rtol=1e-14)
    player = nt.step(nn.losses.mse(pred, XOR[1:3]).named("L"), level=level)
    assert player.level == level  # the constructor has built it, or said why there is none
