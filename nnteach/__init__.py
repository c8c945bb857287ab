"""nnteach: see how neural networks learn, one step of the chain rule at a time.

    import nnteach as nt

    x, y, z = nt.variables(x=-2, y=5, z=-4)
    q = (x + y).named("q")
    f = (q * z).named("f")
    f.backward()                 # x.grad is -4.0
    nt.step(f)                   # step through it, forth and back
    nt.draw(f)                   # or look at it whole
    nt.trace(f).to_markdown()    # or hand it out as a worked solution

To read the code, begin with `ops.py` (the table of derivatives), then `graph.py`, `autodiff.py` and `trace.py`.
"""

from . import arraylike as _arraylike  # noqa: F401  (imported for what it does: it teaches Node NumPy's functions)
from . import serial as _serial  # noqa: F401  (imported for what it does: it teaches Node to be pickled)
from .autodiff import Step as Step
from .autodiff import backward_steps as backward_steps
from .autodiff import grad as grad
from .autodiff import hessian as hessian
from .autodiff import jacobian as jacobian
from .autodiff import jvp as jvp
from .autodiff import vjp as vjp
from .compile import compile as compile
from .draw import draw as draw
from .functions import norm as norm
from .functions import one_hot as one_hot
from .functions import stack as stack
from .graph import Node as Node
from .graph import constant as constant
from .graph import no_grad as no_grad
from .graph import recompute as recompute
from .graph import variable as variable
from .graph import variables as variables
from .ops import clip as clip
from .ops import cos as cos
from .ops import elu as elu
from .ops import exp as exp
from .ops import leaky_relu as leaky_relu
from .ops import log as log
from .ops import log_softmax as log_softmax
from .ops import logsumexp as logsumexp
from .ops import maximum as maximum
from .ops import minimum as minimum
from .ops import relu as relu
from .ops import sigmoid as sigmoid
from .ops import sigmoid_cross_entropy as sigmoid_cross_entropy
from .ops import sin as sin
from .ops import softmax as softmax
from .ops import softmax_cross_entropy as softmax_cross_entropy
from .ops import softplus as softplus
from .ops import sqrt as sqrt
from .ops import square as square
from .ops import stop_gradient as stop_gradient
from .ops import tanh as tanh
from .ops import where as where
from .paths import paths as paths
from .player import step as step
from .primitive import primitive as primitive
from .simplify import simplify as simplify
from .trace import Trace as Trace
from .trace import trace as trace

__version__ = "0.2.0"

# Loaded when first asked for, so that `import nnteach` stays instant: name -> the module it is in.
_LATER = {
    "nn": None, "data": None, "demos": None, "homework": None, "search": None, "bridges": None,
    "frameworks": None, "needs": "frameworks.extras",
    "from_torch": "bridges.torch", "from_keras": "bridges.keras",
    "check": "homework.check", "check_answer": "homework.check", "exercise": "homework.functions",
    "reference": "homework.reference", "reveal": "homework.reveal",
    "quiz": "quizzes", "check_gradients": "gradient_check", "check_primitive": "custom",
    "explain_code": "explain", "softmax_jacobian": "jacobians", "collector_paused": "graph", "find_nan": "guards",
    "scalars": "zoom", "from_json": "serial", "to_json": "serial",
}


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module 'nnteach' has no attribute {name!r}")
    import importlib

    module = importlib.import_module(f".{_LATER[name] or name}", __name__)
    value = globals()[name] = getattr(module, name) if _LATER[name] else module
    return value


def __dir__():
    return sorted({*globals(), *_LATER})
