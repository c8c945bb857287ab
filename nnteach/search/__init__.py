"""Hyperparameter search that cannot be lost: an Optuna journal is its only memory, processes are its workers.

    def objective(lr, units, seed):
        ...
        return accuracy

    nt.search(objective, {"lr": (1e-4, 1e-1, "log"), "units": [16, 32, 64]}, n_trials=50, study="fashion.log")

`n_trials` is a total: whatever killed a search, the same call carries on, and a finished one does nothing.
Read `space.py` (what is searched), `ledger.py` (who does which trial), `run.py` (the search).
"""

import importlib
import sys
from types import ModuleType

from .result import Result as Result
from .result import Trial as Trial
from .run import search as search
from .space import SearchError as SearchError
from .storage import serve as serve


class _Callable(ModuleType):
    """`nt.search(...)` searches, and `nt.search` is this package all the same."""

    def __call__(self, *args, **settings):
        return search(*args, **settings)

    def __reduce__(self):  # a function that mentions nt.search can be sent to other processes
        return importlib.import_module, (self.__name__,)


sys.modules[__name__].__class__ = _Callable
