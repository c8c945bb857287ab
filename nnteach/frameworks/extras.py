"""What a lesson needs beyond nnteach itself: found, and made quiet, or asked for in one sentence."""

import logging
import os

from ..core.errors import NNTeachError, message
from . import engines
from .engines import found

MODULES = {  # extra -> what has to be importable
    "keras": ("keras", "sklearn"),
    "tensorflow": ("keras", "tensorflow"),
    "sklearn": ("sklearn",),
    "torch": ("torch",),
    "search": ("optuna",),
    "dask": ("distributed",),
}
INSTALL = {"tensorflow": "nnteach[keras]", "sklearn": "scikit-learn", "dask": "dask[distributed]"}
BACKENDS = ("tensorflow", "jax", "torch")
"""The engines Keras can run on, in the order in which they are tried."""
QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",  # alone, it leaves four lines in TensorFlow 2.21
    "TF_ENABLE_ONEDNN_OPTS": "0",  # takes those, and the differences between processors, away
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # JAX would take three quarters of the GPU's memory at once
}


class MissingExtra(NNTeachError, ImportError):
    """A lesson whose framework is not installed."""

    def _render_traceback_(self):
        """What a notebook shows: the sentence alone. There is no mistake in the cell to look for."""
        return [str(self)]


def needs(*extras: str) -> None:
    """See that what a lesson needs is installed, and load TensorFlow and PyTorch so that they get on (`engines.py`).

    Call it before the first import of a framework.

    Args:
        extras: of keras, tensorflow, sklearn, torch, search, dask.

    Raises:
        MissingExtra: one sentence that says what to install.
        EngineClash: PyTorch is needed, and TensorFlow was loaded before in the order in which the two clash.
    """
    if unknown := [extra for extra in extras if extra not in MODULES]:
        raise NNTeachError(message(f"some of {', '.join(MODULES)}", ", ".join(unknown)))
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    logging.getLogger("tensorflow").addFilter(_errors_only)
    absent = missing(*extras)
    if absent:
        packages = " ".join(f'"{INSTALL.get(extra, f"nnteach[{extra}]")}"' for extra in absent)
        raise MissingExtra(
            f"This lesson needs {_in_words(absent)}: run  pip install {packages}  and restart the kernel."
        )
    if "tensorflow" in extras and os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        raise MissingExtra(
            "This lesson is about TensorFlow itself: take KERAS_BACKEND out of the environment and restart the kernel."
        )
    if "keras" in extras or "tensorflow" in extras:
        engine = os.environ.setdefault("KERAS_BACKEND", _backend())
        if engine in BACKENDS and not found(engine):
            raise MissingExtra(
                f"Keras is to run on {engine} (KERAS_BACKEND), which is not installed: run  pip install {engine}  "
                "or take KERAS_BACKEND out of the environment, and restart the kernel."
            )
    _load(extras)


def _load(extras) -> None:
    """The engines a lesson is about to import, loaded in an order in which they live together."""
    backend = os.environ.get("KERAS_BACKEND")
    if "torch" in extras or ("keras" in extras and backend == "torch"):
        engines.check_torch()
        engines.triton_first()
    if "tensorflow" in extras or ("keras" in extras and backend == "tensorflow"):
        engines.load("tensorflow")


def _errors_only(record) -> bool:
    """TensorFlow warns of retracing wherever several models are made one after the other, and sets its own level."""
    return record.levelno >= logging.ERROR


def missing(*extras: str) -> list[str]:
    """Those of the extras that are not installed; nothing is imported for it."""
    return [extra for extra in extras if not _is_there(extra)]


def _is_there(extra) -> bool:
    complete = all(map(found, MODULES[extra]))
    return complete and (extra != "keras" or any(map(found, BACKENDS)))


def _backend() -> str:
    """The first engine that is installed."""
    return next(filter(found, BACKENDS))


def _in_words(extras) -> str:
    names = {"keras": "Keras and scikit-learn", "tensorflow": "TensorFlow", "sklearn": "scikit-learn"}
    names |= {"torch": "PyTorch", "search": "Optuna", "dask": "Dask"}
    return " and ".join(names[extra] for extra in extras)
