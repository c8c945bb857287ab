"""The training loop: minibatches, one step, the run, its history, and its file."""

from ...support.deprecated import moved_names
from .fit import EarlyStopping as EarlyStopping
from .fit import fit as fit
from .step import Trainer as Trainer

# Names of version 0.1, when this was one module.
__getattr__ = moved_names(__name__, {
    "Rates": "nnteach.nn.training.fit.Rates",
}, since="0.2")
