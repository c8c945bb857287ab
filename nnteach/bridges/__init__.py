"""Models made elsewhere, opened: a Keras or PyTorch model becomes our graph, with the same numbers.

    nt.step(nt.from_torch(model, X[:1], y[:1]))     # step through your own model
    nt.step(nt.from_keras(model, X[:1], y[:1]))

`build.py` puts layers on top of each other as named nodes; `torch.py` and `keras.py` each hold a table from the
framework's layers to those, `torch_losses.py` and `keras_losses.py` one of its losses. `torch_run.py` and
`keras_run.py` let the framework compute the model itself, without changing it, and `verify.py` refuses what differs.
To open another layer, add a line to the table; a line that is wrong is found when the first model is opened.
"""

from .build import BridgeError as BridgeError
from .build import parameters as parameters
from .keras import from_keras as from_keras
from .torch import from_torch as from_torch
