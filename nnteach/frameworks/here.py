"""Where a lesson runs: in which mode, with which engine, on which device.

    NNTEACH_MODE=quick    little data, few epochs: it shows that everything works, and no more
    NNTEACH_MODE=full     all the data there is (for readers, the default)
"""

import os
import shutil
from dataclasses import dataclass
from importlib import metadata

from ..core.errors import NNTeachError, message
from . import engines

MODES = ("quick", "full")
PACKAGES = {"tensorflow": ("tensorflow", "tensorflow-cpu"), "torch": ("torch",), "jax": ("jax",),
            "sklearn": ("scikit-learn",)}
NAMES = {"tensorflow": "TensorFlow", "torch": "PyTorch", "jax": "JAX", "numpy": "NumPy",
         "sklearn": "scikit-learn"}


@dataclass(frozen=True)
class Here:
    """Where a lesson runs.

    Attributes:
        mode: quick or full.
        engine: what computes, with its version.
        device: what it computes on.
    """

    mode: str
    engine: str
    device: str

    def __repr__(self):
        return f"{self.mode} mode · {self.engine} · {self.device}"

    @property
    def quick(self) -> bool:
        """Whether only the machinery is tried."""
        return self.mode == "quick"

    def title(self, text: str, data=None) -> str:
        """A figure's title with what belongs under every figure: the data, if they are not all, and the mode."""
        notes = [note for note in (getattr(data, "note", ""), f"{self.mode} mode") if note]
        return f"{text}\n({'; '.join(notes)})"


def mode() -> str:
    """NNTEACH_MODE, full if it is not set.

    Raises:
        NNTeachError: for anything but quick and full.
    """
    given = os.environ.get("NNTEACH_MODE") or "full"
    if given not in MODES:
        raise NNTeachError(message("NNTEACH_MODE to be quick or full", repr(given)))
    return given


def here(engine: str = "keras") -> Here:
    """Where the lesson runs; TensorFlow is told to take a GPU's memory only as it needs it.

    Args:
        engine: keras (whatever engine it runs on), tensorflow, torch, jax, sklearn or numpy.
    """
    label = ""
    if engine == "keras":
        keras = engines.load("keras")
        engine, label = keras.backend.backend(), f"Keras {keras.__version__} on "
    return Here(mode(), label + _version(engine), DEVICES.get(engine, _cpu)())


def _version(engine) -> str:
    for package in PACKAGES.get(engine, (engine,)):
        try:
            return f"{NAMES.get(engine, engine)} {metadata.version(package).split('+')[0]}"
        except metadata.PackageNotFoundError:
            continue
    return NAMES.get(engine, engine)


def _cpu() -> str:
    """The CPU, and what to do about a GPU that is there and not seen."""
    advice = ", though there is a GPU: see `nnteach doctor --devices`" if shutil.which("nvidia-smi") else ""
    return f"CPU{advice}"


def _tensorflow() -> str:
    tf = engines.load("tensorflow")
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:
            pass  # TensorFlow has computed already: it keeps the memory it took
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus]
    return ", ".join(names) or _cpu()


def _torch() -> str:
    torch = engines.load("torch")
    if torch.cuda.is_available():
        return ", ".join(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))
    return "Apple GPU (mps)" if torch.backends.mps.is_available() else _cpu()


def _jax() -> str:
    jax = engines.load("jax")
    names = [device.device_kind for device in jax.devices() if device.platform != "cpu"]
    return ", ".join(names) or _cpu()


DEVICES = {"tensorflow": _tensorflow, "torch": _torch, "jax": _jax}
