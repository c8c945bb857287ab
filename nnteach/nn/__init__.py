"""Networks and their training, in pieces that can be opened one by one.

Read `network.py` (what a network is), `training/step.py` (one step), `training/fit.py` (the loop); then the tables:
`activations`, `losses`, `optimizers`, `schedules`, `initializers`, `regularizers`, `normalization`. Each is
one place to add an entry to. No derivative is known here: gradients come from `autodiff` and the table in
`core/ops.py`.
"""

from . import activations as activations
from . import augmentation as augmentation
from . import boolean as boolean
from . import conventions as conventions
from . import experiments as experiments
from . import initializers as initializers
from . import layers as layers
from . import losses as losses
from . import metrics as metrics
from . import multiclass as multiclass
from . import normalization as normalization
from . import optimizers as optimizers
from . import perceptron as perceptron
from . import regularizers as regularizers
from . import schedules as schedules
from . import theta as theta
from .minimize import Descent as Descent
from .minimize import minimize as minimize
from .multiclass import OneVsAll as OneVsAll
from .multiclass import OneVsOne as OneVsOne
from .network import MLP as MLP
from .network import Network as Network
from .network import layer_outputs as layer_outputs
from .perceptron import McCullochPitts as McCullochPitts
from .perceptron import Perceptron as Perceptron
from .theta import as_theta as as_theta
from .theta import from_theta as from_theta
from .training import batches as batches
from .training import checkpoints as checkpoints
from .training.fit import EarlyStopping as EarlyStopping
from .training.fit import fit as fit
from .training.history import History as History
from .training.step import Trainer as Trainer
