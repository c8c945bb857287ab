"""What the lessons on Keras, TensorFlow, PyTorch and scikit-learn share.

    nt.needs("keras")                # or one sentence that says what to install
    here = nt.frameworks.here()      # quick or full mode, the engine, the device
    data = nt.frameworks.clothes()   # Fashion-MNIST, or as much of it as there is, and it says so

Importing this package loads no framework: what needs one imports it inside a function, and `classifier.py` is
loaded when it is first asked for.
"""

from .clothes import Clothes as Clothes
from .clothes import clothes as clothes
from .extras import MissingExtra as MissingExtra
from .extras import needs as needs
from .here import Here as Here
from .here import here as here
from .here import mode as mode
from .results import record as record
from .results import recorded as recorded


def __getattr__(name):
    if name != "KerasClassifier":
        raise AttributeError(f"module 'nnteach.frameworks' has no attribute {name!r}")
    from .classifier import KerasClassifier

    return KerasClassifier
