"""nnteach: see how neural networks learn, one step of the chain rule at a time.

    import nnteach as nt

    x, y, z = nt.variables(x=-2, y=5, z=-4)
    q = (x + y).named("q")
    f = (q * z).named("f")
    f.backward()                 # x.grad is -4.0
    nt.step(f)                   # step through it, forth and back
    nt.draw(f)                   # or look at it whole
    nt.trace(f).to_markdown()    # or hand it out as a worked solution

To read the code, begin with `core/ops.py` (the table of derivatives), then `core/graph.py`, `core/autodiff.py` and
`trace/trace.py`.
"""

from ._moved import install as _install_old_paths
from .compile.replay import compile as compile
from .core import arraylike as _arraylike  # noqa: F401  (imported for what it does: it teaches Node NumPy's functions)
from .core import serial as _serial  # noqa: F401  (imported for what it does: it teaches Node to be pickled)
from .core.autodiff import Step as Step
from .core.autodiff import backward_steps as backward_steps
from .core.autodiff import grad as grad
from .core.autodiff import hessian as hessian
from .core.autodiff import jacobian as jacobian
from .core.autodiff import jvp as jvp
from .core.autodiff import vjp as vjp
from .core.composed import norm as norm
from .core.composed import one_hot as one_hot
from .core.composed import stack as stack
from .core.graph import Node as Node
from .core.graph import constant as constant
from .core.graph import no_grad as no_grad
from .core.graph import recompute as recompute
from .core.graph import variable as variable
from .core.graph import variables as variables
from .core.ops import clip as clip
from .core.ops import cos as cos
from .core.ops import elu as elu
from .core.ops import exp as exp
from .core.ops import leaky_relu as leaky_relu
from .core.ops import log as log
from .core.ops import log_softmax as log_softmax
from .core.ops import logsumexp as logsumexp
from .core.ops import maximum as maximum
from .core.ops import minimum as minimum
from .core.ops import relu as relu
from .core.ops import sigmoid as sigmoid
from .core.ops import sigmoid_cross_entropy as sigmoid_cross_entropy
from .core.ops import sin as sin
from .core.ops import softmax as softmax
from .core.ops import softmax_cross_entropy as softmax_cross_entropy
from .core.ops import softplus as softplus
from .core.ops import sqrt as sqrt
from .core.ops import square as square
from .core.ops import stop_gradient as stop_gradient
from .core.ops import tanh as tanh
from .core.ops import where as where
from .core.primitive import primitive as primitive
from .draw import draw as draw
from .player import step as step
from .symbolic.simplify import simplify as simplify
from .trace.gradient_paths import paths as paths
from .trace.trace import Trace as Trace
from .trace.trace import trace as trace

__version__ = "0.2.0"

_install_old_paths()

# Loaded when first asked for, so that `import nnteach` stays instant: name -> the module it is in; of a module, the
# package it is in, with a dot at the end. None stands for nnteach itself.
_LATER = {
    "errors": "core.", "graph": "core.", "ops": "core.", "autodiff": "core.",
    "formula": "symbolic.", "notation": "symbolic.",
    "nn": None, "data": None, "demos": None, "homework": None, "search": None, "bridges": None,
    "frameworks": None, "needs": "frameworks.extras",
    "from_torch": "bridges.torch", "from_keras": "bridges.keras",
    "check": "homework.check", "check_answer": "homework.check", "exercise": "homework.lesson_exercise",
    "reference": "homework.exercises.reference", "reveal": "homework.reveal",
    "quiz": "course.quizzes", "check_gradients": "checks.gradient_check", "check_primitive": "checks.primitive_check",
    "explain_code": "trace.explain_code", "softmax_jacobian": "checks.jacobians",
    "collector_paused": "core.graph", "find_nan": "checks.nan",
    "scalars": "trace.scalarise", "from_json": "core.serial", "to_json": "core.serial",
}


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module 'nnteach' has no attribute {name!r}")
    import importlib

    place = _LATER[name] or ""
    whole = not place or place.endswith(".")  # a module or package, not something in one
    module = importlib.import_module(f".{place}{name}" if whole else f".{place}", __name__)
    value = globals()[name] = module if whole else getattr(module, name)
    return value


def __dir__():
    return sorted({*globals(), *_LATER})
