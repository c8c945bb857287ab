"""Rules for notebooks under pytest, wherever it is started: quick mode, and no lesson without its framework."""

import json
import os
from functools import cache
from importlib.util import find_spec

import pytest

from nnteach.frameworks.engines import triton_first
from nnteach.frameworks.extras import missing

# The lessons on frameworks try their machinery here; NNTEACH_MODE=full makes pytest run them as readers do.
os.environ.setdefault("NNTEACH_MODE", "quick")

# Keras has one backend in a process: decided here, before a test imports it.
for _backend in ("tensorflow", "torch", "jax"):
    if find_spec(_backend):
        os.environ.setdefault("KERAS_BACKEND", _backend)
if os.environ.get("KERAS_BACKEND") == "torch":
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # networks this small are faster in one; two wait for each other
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow talks while it is loaded
triton_first()  # one process runs tests of both engines; see nnteach/frameworks/engines.py

SLOW = {"tf_fashion_hyper.ipynb"}  # even in quick mode: it trains one network after the other


def pytest_collection_modifyitems(items):
    """A cell of a notebook is marked `notebook`, and skipped if what the notebook needs is not installed."""
    for item in items:
        if type(item).__module__.startswith("nbval"):
            item.add_marker("notebook")
            if item.path.name in SLOW:
                item.add_marker("slow")
            if "torch" in _needs(item.path):
                item.add_marker("torch")
            if reason := _why_not(item.path):
                item.add_marker(pytest.mark.skip(reason=f"{item.path.name} {reason}"))


@cache
def _needs(path):
    """The extras that a notebook's metadata name."""
    return tuple(json.loads(path.read_text(encoding="utf-8"))["metadata"].get("nnteach", {}).get("needs", ()))


@cache
def _why_not(path):
    """Why a notebook cannot be run here, by the extras that its metadata name; empty if it can."""
    extras = _needs(path)
    if absent := missing(*extras):
        return f"needs the extra {', '.join(absent)}"
    if "tensorflow" in extras and os.environ["KERAS_BACKEND"] != "tensorflow":
        return f"is about TensorFlow itself, and KERAS_BACKEND is {os.environ['KERAS_BACKEND']}"
    return ""
