"""Keras in double precision, as a fixture: `from keras_float64 import keras`."""

import os
from importlib.util import find_spec

import pytest


@pytest.fixture
def keras():
    """Keras on TensorFlow, or on PyTorch where that is not installed; a test without either is skipped."""
    if "KERAS_BACKEND" not in os.environ and find_spec("tensorflow") is None:
        os.environ["KERAS_BACKEND"] = "torch"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow talks while it is loaded
    found = pytest.importorskip("keras", exc_type=ImportError)
    before = found.config.floatx()
    found.config.set_floatx("float64")
    yield found
    found.config.set_floatx(before)
