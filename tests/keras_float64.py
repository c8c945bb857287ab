"""Keras in double precision, as a fixture: `from keras_float64 import keras`."""

import pytest


@pytest.fixture
def keras():
    """Keras on TensorFlow, or on PyTorch where that is not installed; a test without either is skipped."""
    found = pytest.importorskip("keras", exc_type=ImportError)
    floatx, policy = found.config.floatx(), found.config.dtype_policy()
    found.config.set_floatx("float64")
    found.config.set_dtype_policy("float64")  # layers go by it once anybody has asked for it
    yield found
    found.config.set_floatx(floatx)
    found.config.set_dtype_policy(policy)
