"""Compiled replay: a function is traced once and replayed as straight-line NumPy."""

from ..support.deprecated import moved_names
from .replay import compile as compile

# Names of version 0.1, when this was one module.
__getattr__ = moved_names(__name__, {
    "Compiled": "nnteach.compile.replay.Compiled",
}, since="0.2")
