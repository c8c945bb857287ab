"""Schedules, losses, initial weights and normalisation against Keras, to 1e-9 in double precision."""

import numpy as np
import pytest
from keras_float64 import keras  # noqa: F401  (a fixture)

import nnteach as nt
from nnteach import nn
from nnteach.nn import losses
from nnteach.nn.normalization import BatchNorm, group_norm, instance_norm, layer_norm
from nnteach.nn.schedules import Cosine, Exponential, InverseTime, Linear, Step, WarmRestarts

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras 3.15 on NumPy 2


@pytest.fixture(autouse=True)
def in_double_precision(keras):  # noqa: F811
    """On PyTorch, Keras 3.15 computes `divide_no_nan` and `var` in single precision, whatever is asked for."""
    if keras.backend.backend() == "torch":
        pytest.skip("Keras on PyTorch computes these in single precision")

SCHEDULES = [
    (Step(0.1, 7, 0.5), "ExponentialDecay", {"decay_steps": 7, "decay_rate": 0.5, "staircase": True}),
    (Exponential(0.1, 0.9), "ExponentialDecay", {"decay_steps": 1, "decay_rate": np.float64(0.9)}),
    (InverseTime(0.1, 0.2), "InverseTimeDecay", {"decay_steps": 1, "decay_rate": 0.2}),
    (Linear(0.1, 0.02, 30), "PolynomialDecay", {"decay_steps": 30, "end_learning_rate": 0.02}),
    (Cosine(0.1, 40, 0.01), "CosineDecay", {"decay_steps": 40, "alpha": 0.1}),
    (WarmRestarts(0.1, 5, 2, 0.01), "CosineDecayRestarts", {"first_decay_steps": 5, "t_mul": 2.0, "alpha": 0.1}),
]


@pytest.mark.parametrize("ours, name, settings", SCHEDULES, ids=lambda x: str(x)[:40])
def test_fifty_steps_of_a_schedule(keras, ours, name, settings):  # noqa: F811
    theirs = getattr(keras.optimizers.schedules, name)(np.float64(0.1), **settings)  # a plain 0.1 would become float32
    steps = [step for step in range(51) if name != "CosineDecayRestarts" or step not in RESTARTS]
    rates = [float(keras.ops.convert_to_numpy(theirs(np.float64(step)))) for step in steps]
    np.testing.assert_allclose([ours(step) for step in steps], rates, rtol=0, atol=1e-9)


RESTARTS = (15, 35)  # Keras finds the run by a logarithm, which rounds either way exactly at a restart

PRED = np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
LOGITS = np.array([[2.0, -1.0, 0.3], [0.0, 4.0, -2.0], [-0.5, 0.5, 1.5]])
ONE_HOT = np.eye(3)[[1, 0, 2]]
LOSSES = [
    (losses.mse, "MeanSquaredError", PRED, ONE_HOT, {}),
    (losses.mae, "MeanAbsoluteError", PRED, ONE_HOT, {}),
    (losses.binary_cross_entropy, "BinaryCrossentropy", PRED, ONE_HOT, {}),
    (losses.binary_cross_entropy_with_logits, "BinaryCrossentropy", LOGITS, ONE_HOT, {"from_logits": True}),
    (losses.cross_entropy, "CategoricalCrossentropy", LOGITS, ONE_HOT, {"from_logits": True}),
    (losses.cross_entropy, "SparseCategoricalCrossentropy", LOGITS, ONE_HOT.argmax(1), {"from_logits": True}),
    (losses.categorical_cross_entropy, "CategoricalCrossentropy", PRED, ONE_HOT, {}),
]


@pytest.mark.parametrize("ours, name, pred, target, settings", LOSSES, ids=lambda x: x if isinstance(x, str) else "")
def test_fifty_values_of_a_loss(keras, ours, name, pred, target, settings):  # noqa: F811
    theirs = getattr(keras.losses, name)(**settings)
    for share in np.linspace(0.0, 1.0, 50):  # from the given predictions to equal ones
        moved = (1 - share) * pred + share / 3
        expected = float(keras.ops.convert_to_numpy(theirs(target, moved)))
        assert ours(moved, target) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "zeros"])
def test_initial_weights_are_spread_as_those_of_keras(keras, name):  # noqa: F811
    """Keras cuts its normal numbers off at two standard deviations and widens them to the same variance."""
    ours = nn.initializers.initializer(name)(np.random.default_rng(0), (200, 300))
    theirs = keras.ops.convert_to_numpy(keras.initializers.get(name)((300, 200)))  # (n_in, n_out)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02)
    assert abs(ours.mean() - theirs.mean()) < 1e-3
    if name.endswith("uniform"):
        assert abs(ours).max() == pytest.approx(abs(theirs).max(), rel=1e-3)


def test_fifty_batches_of_batch_normalisation(keras):  # noqa: F811
    """In training by the batch, afterwards by the running statistics (C23)."""
    theirs, ours, seen = keras.layers.BatchNormalization(), BatchNorm(4, like="keras"), {}
    values = ours.initial(None) | ours.buffers()
    for X in np.random.default_rng(0).normal(3, 2, (50, 7, 4)):
        expected = keras.ops.convert_to_numpy(theirs(X, training=True))
        np.testing.assert_allclose(ours(X, values | seen, training=True, seen=seen), expected, atol=1e-9)
        expected = keras.ops.convert_to_numpy(theirs(X, training=False))
        np.testing.assert_allclose(ours(X, values | seen), expected, atol=1e-9)


@pytest.mark.parametrize(
    "ours, name, settings",
    [
        (lambda x: layer_norm(x, eps=1e-3), "LayerNormalization", {"axis": [1, 2, 3]}),
        (lambda x: group_norm(x, 2, eps=1e-3), "GroupNormalization", {"groups": 2, "axis": 1}),
        (lambda x: instance_norm(x, eps=1e-3), "GroupNormalization", {"groups": 6, "axis": 1}),
    ],
    ids=["layer", "group", "instance"],
)
def test_normalisation_of_each_sample_by_itself(keras, ours, name, settings):  # noqa: F811
    X = nt.constant(np.random.default_rng(1).normal(1, 3, (3, 6, 4, 5)))
    expected = keras.ops.convert_to_numpy(getattr(keras.layers, name)(epsilon=1e-3, **settings)(X.value))
    np.testing.assert_allclose(ours(X).value, expected, atol=1e-9)
