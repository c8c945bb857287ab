"""The training loop: minibatches, one step, the run, its history, and its file."""

from .fit import EarlyStopping as EarlyStopping
from .fit import fit as fit
from .step import Trainer as Trainer
