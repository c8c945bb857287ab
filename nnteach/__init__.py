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

from . import homework as homework
from .autodiff import Step as Step
from .autodiff import backward_steps as backward_steps
from .autodiff import grad as grad
from .autodiff import hessian as hessian
from .autodiff import jacobian as jacobian
from .autodiff import jvp as jvp
from .autodiff import vjp as vjp
from .custom import check_primitive as check_primitive
from .compile import compile as compile
from .draw import draw as draw
from .explain import explain_code as explain_code
from .functions import norm as norm
from .functions import one_hot as one_hot
from .functions import stack as stack
from .gradient_check import check_gradients as check_gradients
from .graph import Node as Node
from .graph import constant as constant
from .graph import recompute as recompute
from .graph import variable as variable
from .graph import variables as variables
from .guards import find_nan as find_nan
from .homework import check as check
from .homework import check_answer as check_answer
from .homework import reference as reference
from .homework import reveal as reveal
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
from .ops import sin as sin
from .ops import softmax as softmax
from .ops import softplus as softplus
from .ops import sqrt as sqrt
from .ops import square as square
from .ops import stop_gradient as stop_gradient
from .ops import tanh as tanh
from .ops import where as where
from .paths import paths as paths
from .player import step as step
from .primitive import primitive as primitive
from .serial import from_json as from_json
from .serial import to_json as to_json
from .simplify import simplify as simplify
from .trace import Trace as Trace
from .trace import trace as trace
from .zoom import scalars as scalars

__version__ = "0.1.0"
