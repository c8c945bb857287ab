"""Loading TensorFlow and PyTorch so that they live in one process, and so that a notebook stays clean.

Two things go wrong if they are merely imported. TensorFlow 2.21 and triton, the compiler that PyTorch's builds for
NVIDIA bring along, contain the same library in two versions: a process that loads TensorFlow first and triton later
(`torch._dynamo` does, behind `torch.compile` and the optimizers) dies without a word, a notebook's kernel too. The
other way round both work, so triton is always loaded first here. And while it is loaded, TensorFlow writes lines into
stderr that no setting keeps away: that it found no GPU, which `nnteach doctor --devices` says better.
"""

import contextlib
import functools
import importlib
import importlib.util
import os
import re
import sys
import tempfile
import warnings
from types import ModuleType

from ..core.errors import NNTeachError, message

NOISE = re.compile(rb"^(WARNING: All log messages before absl::InitializeLog|[IW]\d{4} |To enable the following "
                   rb"instructions:|\d{4}-\d\d-\d\d [\d:.]+: [IW] )")
"""What TensorFlow's C++ side says while it is loaded, errors aside."""


class EngineClash(NNTeachError, ImportError):
    """Two engines that would end the process, because they were loaded in the wrong order."""

    def _render_traceback_(self):
        """What a notebook shows: the sentence alone."""
        return [str(self)]


def load(engine: str) -> ModuleType:
    """Import an engine: tensorflow, torch, jax, or keras with the one it runs on.

    Raises:
        EngineClash: PyTorch is asked for where TensorFlow was loaded before triton.
    """
    if engine == "torch":
        check_torch()
    if not _is_loaded(engine):
        triton_first()
        with _without_noise():
            importlib.import_module(engine)
    if engine == "torch":
        _ask_for_cuda()
    return sys.modules[engine]


def _is_loaded(module: str) -> bool:
    """Whether a module is there; None stands for one that somebody has forbidden to import."""
    return sys.modules.get(module) is not None


@functools.cache
def _ask_for_cuda() -> None:
    """Have PyTorch look for a GPU: a build for NVIDIA warns once that it finds no driver."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="CUDA initialization")
        sys.modules["torch"].cuda.is_available()


def triton_first() -> None:
    """Load triton, where it is installed, if TensorFlow has not been loaded yet; afterwards both are safe."""
    if not _is_loaded("tensorflow") and not _is_loaded("triton") and found("triton"):
        with contextlib.suppress(Exception):  # a triton that cannot be loaded cannot clash either
            importlib.import_module("triton")


def check_torch() -> None:
    """See that PyTorch can be used in this process.

    Raises:
        EngineClash: if TensorFlow was loaded before triton; the next step of an optimizer could end the process.
    """
    if _is_loaded("tensorflow") and not _is_loaded("triton") and found("triton"):
        raise EngineClash(message(
            "PyTorch to be loaded before TensorFlow",
            "a process that loaded TensorFlow first: their builds for NVIDIA clash, and would end it without a word",
            "Restart the kernel, and write  import triton  (or nt.needs(\"torch\"))  above the first import of "
            "tensorflow or keras"))


def found(module: str) -> bool:
    """Whether a module is installed; nothing is imported for it, and a folder that only has its name is none."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return False
    return spec is not None and spec.origin is not None


@contextlib.contextmanager
def _without_noise():
    """Keep what C++ code writes to stderr, and hand on all but the noise afterwards."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as kept:
        try:
            stderr = os.dup(2)
        except OSError:  # a process without a stderr
            yield
            return
        try:
            os.dup2(kept.fileno(), 2)
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            kept.seek(0)
            said = b"".join(line for line in kept if not NOISE.match(line))
            if said.strip():
                sys.stderr.write(said.decode("utf-8", "replace"))
