"""Rules for notebooks under pytest, wherever it is started: quick mode, and no lesson without its framework."""

import json
import os
from functools import cache
from importlib.util import find_spec

import pytest

from nnteach.frameworks.extras import missing

# The lessons on frameworks try their machinery here; NNTEACH_MODE=full makes pytest run them as readers do.
os.environ.setdefault("NNTEACH_MODE", "quick")

# Keras has one backend in a process: decided here, before a test imports it.
for _backend in ("tensorflow", "torch", "jax"):
    if find_spec(_backend):
        os.environ.setdefault("KERAS_BACKEND", _backend)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow talks while it is loaded


def pytest_collection_modifyitems(items):
    """A cell of a notebook is marked `notebook`, and skipped if what the notebook needs is not installed."""
    for item in items:
        if type(item).__module__.startswith("nbval"):
            item.add_marker("notebook")
            if absent := _not_installed(item.path):
                item.add_marker(pytest.mark.skip(reason=f"{item.path.name} needs the extra {', '.join(absent)}"))


@cache
def _not_installed(path):
    """The extras a notebook names in its metadata that are not installed."""
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    return missing(*metadata.get("nnteach", {}).get("needs", ()))
