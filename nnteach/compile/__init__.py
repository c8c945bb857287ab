"""Compiled replay: a function is traced once and replayed as straight-line NumPy."""

from .replay import compile as compile
