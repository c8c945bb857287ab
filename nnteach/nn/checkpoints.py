"""Saving arrays in an .npz file, all or nothing: a crash while writing leaves the old file as it was."""

import os
import tempfile
from pathlib import Path

import numpy as np


def save(path, content: dict) -> None:
    """Write nested dicts of arrays and numbers.

    Args:
        path: the file; its name should end in .npz, so that others know what it is.
        content: such as {"parameters": {"W1": array, …}, "optimizer": {"t": 3, "m": {…}}, "epoch": 7}.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **flatten(content))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # one step: a reader sees the old file or the new one
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load(path) -> dict:
    """Read what `save` wrote: nested dicts of arrays; a number comes back as an array without axes."""
    with np.load(path, allow_pickle=False) as file:  # a pickle could run anything
        return nest({name: file[name] for name in file.files})


def flatten(content: dict, prefix: str = "") -> dict:
    """Nested dicts as one, with names such as optimizer/m/W1."""
    flat = {}
    for name, value in content.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{prefix}{name}/")
        else:
            flat[f"{prefix}{name}"] = np.asarray(value)
    return flat


def nest(flat: dict) -> dict:
    """The inverse of `flatten` (a dict without entries is lost)."""
    content: dict = {}
    for path, value in flat.items():
        *folders, name = path.split("/")
        inner = content
        for folder in folders:
            inner = inner.setdefault(folder, {})
        inner[name] = value
    return content
