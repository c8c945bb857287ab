"""Names that have moved: they still work for one minor version, and say where to find what they stand for.

A module that hands on some of its names ends with

    __getattr__ = moved_names(__name__, {"old_name": "nnteach.new.module.new_name"}, since="0.2")

and a module that has moved as a whole is nothing but a line at its old place:

    moved_module(__name__, "nnteach.new.module", since="0.2")

The warning is a DeprecationWarning that points at the line of the caller: Python shows it to who runs that line in a
notebook, as a script or under pytest, and not to the users of a package that has it.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Mapping
from types import ModuleType


def next_minor(version: str) -> str:
    """The version in which goes what is deprecated in this one: "0.2" and "0.2.1" give "0.3"."""
    major, minor = version.split(".")[:2]
    return f"{major}.{int(minor) + 1}"


def moved(old: str, new: str, *, since: str, stacklevel: int = 2) -> None:
    """Warn that a public name has moved.

    Args:
        old: the name that was used, in full: `nnteach.trace.Step`.
        new: the name to use instead.
        since: the version, as "0.2", that deprecates the old name; the next minor version removes it.
        stacklevel: whose line the warning points at; 2 is that of the caller of the function that calls this one.
    """
    text = f"{old} has moved to {new} in nnteach {since} and will be removed in {next_minor(since)}: use {new}"
    warnings.warn(text, DeprecationWarning, stacklevel=stacklevel + 1)


def moved_names(module: str, names: Mapping[str, str], *, since: str) -> Callable[[str], object]:
    """A `__getattr__` for a module some of whose names have moved.

    Args:
        module: the module's `__name__`.
        names: what has moved: the old name -> the new one in full, `package.module.name` or `package.module`.
        since: the version that deprecates them.

    Returns:
        A function that finds a moved name, with a warning, and raises AttributeError for any other.
    """

    def __getattr__(name: str) -> object:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        moved(f"{module}.{name}", names[name], since=since)
        return _found(names[name])

    return __getattr__


def moved_module(old: str, new: str, *, since: str) -> ModuleType:
    """Let a module's old name stand for the module that has taken its place; importing it warns.

    Args:
        old: the old module's `__name__`.
        new: the new module's name.
        since: the version that deprecates the old name.
    """
    moved(old, new, since=since, stacklevel=3)  # the line that imports it: `warnings` skips Python's own frames
    module = sys.modules[old] = importlib.import_module(new)
    return module


def _found(name: str) -> object:
    """The module of this name, or what a module has under its last part."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        parent, _, last = name.rpartition(".")
        if not parent or error.name not in (name, parent):
            raise
        return getattr(importlib.import_module(parent), last)
