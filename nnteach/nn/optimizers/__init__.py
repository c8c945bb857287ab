"""Optimizers as small pure records: a state goes in, a new state comes out, and nothing is changed.

    optimizer = Adam(learning_rate=1e-3)
    state = optimizer.init(parameters)                                   # {"t": 0, "m": {...}, "v": {...}}
    at = optimizer.look_ahead(parameters, state)                         # where to take the gradients
    parameters, state = optimizer.update(parameters, gradients, state)   # dicts name -> array, a new state

So every state can be kept and shown. The plain form of each is PyTorch's; `Adam.as_in("keras")`,
`Momentum.as_in("001")` give the form of a framework or a deck. The letters are the decks': v a velocity or a
mean of squares, m a mean of gradients, G a sum of squares; `rate` is the learning rate of this step.

To add an optimizer, write a class with `slots` (the arrays it keeps per parameter), `rule` and, beside it, `written`
(the same as formulas, for the player) in `descent.py` or `adaptive.py`, and add a line to OPTIMIZERS.
"""

from ..table import look_up
from .adaptive import AdaDelta, AdaGrad, Adam, AdamW, RMSprop
from .descent import SGD, Momentum, Nesterov

OPTIMIZERS = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "adadelta": AdaDelta,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}


def optimizer(name):
    """The optimizer of that name with its default settings; an optimizer is returned as it is."""
    found = look_up("optimizer", OPTIMIZERS, name)
    return found() if isinstance(found, type) else found
