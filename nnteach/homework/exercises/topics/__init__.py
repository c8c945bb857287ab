"""The topics that are lists of steps. To add one, write its file here, and its line in TOPICS: nothing else.

The file has a function (settings) -> Exercise, whose first line says what is practised; the `Procedure` it builds holds
the steps and the slips. The tests run over the table.
"""

import numpy as np

from .batch_norm import batch_norm
from .boolean import boolean
from .dropout import dropout
from .gradient_check import gradient_check
from .perceptron import perceptron
from .softmax_jacobian import softmax_jacobian

TOPICS = {
    "perceptron": perceptron,
    "boolean": boolean,
    "gradient_check": gradient_check,
    "batch_norm": batch_norm,
    "dropout": dropout,
    "softmax_jacobian": softmax_jacobian,
}


def _all_slips():
    made = [*(make() for make in TOPICS.values()), dropout("classic")]
    for exercise in made:
        given = exercise.example or {name: np.ones(leaf.shape) for name, leaf in exercise.leaves.items()}
        yield from exercise.build(given).slips


SLIPS = {slip.id: slip for slip in _all_slips()}
