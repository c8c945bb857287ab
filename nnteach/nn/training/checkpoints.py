"""Saving arrays in an .npz file, all or nothing: a crash while writing leaves the old file as it was."""

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ...core.errors import NNTeachError, message
from ...support import atomic


class CheckpointError(NNTeachError, ValueError):
    """A file that is no checkpoint, or not this run's."""


def save(path, content: dict) -> None:
    """Write nested dicts of arrays and numbers.

    Args:
        path: the file; its name should end in .npz, so that others know what it is.
        content: such as {"parameters": {"W1": array, …}, "optimizer": {"t": 3, "m": {…}}, "epoch": 7}.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic.whole(path) as part, part.open("wb") as file:
        np.savez(file, **flatten(content))


def load(path) -> dict:
    """Read what `save` wrote: nested dicts of arrays; a number comes back as an array without axes.

    Raises:
        OSError: there is no such file, or it cannot be read.
        CheckpointError: its content is something else, or damaged.
    """
    atomic.sweep(path)
    content = io.BytesIO(Path(path).read_bytes())  # NumPy itself leaves a damaged file open
    try:
        with np.load(content, allow_pickle=False) as file:  # a pickle could run anything
            return nest({name: file[name] for name in file.files})
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, AttributeError, NotImplementedError,
            TypeError, SyntaxError, OverflowError, MemoryError) as error:
        raise damaged(path, error) from None


def damaged(path, error) -> "CheckpointError":
    """What to say of a file that was no checkpoint, or is none any more."""
    return CheckpointError(message(
        "a checkpoint that nnteach wrote, whole",
        f"{path}, which is damaged or something else ({type(error).__name__})",
        "Move it away, and the run begins anew; or put a copy of the checkpoint in its place"))


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
