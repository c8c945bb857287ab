"""A PyTorch model as our graph.

The model's `forward` is followed symbolically (torch.fx), so a Sequential and a Module with a forward of its own
are opened alike. What is met on the way is looked up in LAYERS, FUNCTIONS and METHODS: the name finds the line, and
the object must be PyTorch's own. In the end PyTorch runs the model itself, and its numbers must be ours.
"""

import builtins
import inspect
import operator

import numpy as np

from ..core import ops
from ..core.errors import message
from ..core.graph import Node
from ..nn.activations import leaky_relu
from . import torch_run
from .build import BridgeError, Builder, at_least_one, require, softplus, unsupported
from .torch_losses import put_on_loss, target
from .verify import Opened, compare


def from_torch(model, X, y, loss=None, *, training: bool = False, masks=None) -> Node:
    """Open a PyTorch model: the loss as a Node of our graph, with the model's numbers.

    PyTorch then computes output, loss and gradients of a copy of the model on the same X and y. If they are not
    those of the graph, up to rounding, the model is refused. The model, its gradients, modes and buffers, and the
    state of random numbers stay as they are.

    Args:
        model: a Sequential, or a Module whose forward uses the layers and functions below.
        X: inputs, shape (batch, …); an array or a tensor.
        y: targets, as the loss wants them.
        loss: a loss of torch.nn or torch.nn.functional, or a name of `nnteach.nn.losses`; None: the one that
            goes with the model's output (NLLLoss after a log-softmax, BCELoss after a sigmoid, CrossEntropyLoss
            for class numbers, else MSELoss).
        training: whether dropout drops and batch normalisation goes by the batch, as after `model.train()`; else
            the model is opened as after `model.eval()`. A model that is in that mode already keeps the modes of
            its parts: batch normalisation that was frozen with `.eval()` stays frozen.
        masks: for training, one array of 0 and 1 per dropout layer, in order.

    Returns:
        The loss. Its graph has the names X, W1, b1, pre1, out1, …, pred, target, loss. Frozen parameters
        (`requires_grad_(False)`) are constants in it.

    Raises:
        BridgeError: for a layer or loss that cannot be opened, and for a model whose numbers in PyTorch are others;
            the message names the reason where there is one to be found.
    """
    if not isinstance(model, require("torch", "torch").nn.Module):
        raise BridgeError(message("a model of PyTorch, a torch.nn.Module", f"{model!r:.80}"))
    torch_run.followed(model)
    with torch_run.untouched():
        return _open(model, X, y, loss, training, masks)


def _open(model, X, y, loss, training, masks) -> Node:
    import torch

    twin = torch_run.copied(model, training)
    graph, array = _traced(twin), at_least_one(_array(X))

    def build(dtype):
        builder = Builder(dtype, training, masks)
        x = builder.input(array)
        pred = _run(builder, twin, graph, x)
        if pred is x:
            raise BridgeError(message("a model that computes something", "one that hands its input on unchanged"))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # log 0 has an error message below
            node, reference = put_on_loss(builder, pred, _array(y), loss)
        return Opened(node, pred, _named(builder, twin)), reference

    opened, reference = build(_precision(twin, X))
    given = torch.as_tensor(np.asarray(array)).to(_dtype(opened.pred))
    theirs = torch_run.run(
        torch_run.copied(model, training),
        given,
        lambda out: target(_array(y), out, reference),
        reference,
        masks,
        None if reference else opened.slope(),
    )
    compare("PyTorch", opened, theirs, lambda dtype: build(dtype)[0], lambda: _reasons(graph, twin, opened, reference))
    return opened.loss


def _dtype(node):
    import torch

    return torch.float32 if node.dtype == np.float32 else torch.float64


def _named(builder, twin):
    """Our parameters under PyTorch's names."""
    paths = {id(tensor): path for path, tensor in torch_run.tensors(twin).items()}
    return {paths[id(owner)]: node for owner, node in builder.owned() if id(owner) in paths}


def _array(tensor):
    """A tensor's numbers as an array; anything else as it is."""
    if not hasattr(tensor, "detach"):
        return np.asarray(tensor)
    try:
        return tensor.detach().cpu().numpy()
    except (TypeError, NotImplementedError) as error:
        raise BridgeError(
            message("numbers in float32 or float64", f"{tensor.dtype} on {tensor.device}", "Write model.float() first")
        ) from error


def _precision(model, X):
    first = next(model.parameters(), None)
    dtype = np.asarray(_array(X) if first is None else _array(first)).dtype
    return dtype if dtype in (np.float32, np.float64) else np.float64


# ------------------------------------------------------------------------------------------ through the model


def _run(builder, model, graph, x):
    """Follow the model's forward, one operation after the other."""
    from torch.fx.node import map_arg

    results = {}
    for node in graph.nodes:
        args, settings = (map_arg(given, results.__getitem__) for given in (node.args, node.kwargs))
        if node.op == "placeholder":
            if isinstance(x, Node):
                results[node], x = x, None
                continue
            if not args:
                raise BridgeError(message("a model with one input", f"another, called {node.name}"))
            results[node] = args[0]
        elif node.op == "output":
            return _single(args[0])
        else:
            results[node] = result = _apply(builder, model, node, args, settings)
            if _in_place(node, model) and args:
                results |= {key: result for key, value in results.items() if value is args[0]}


def _traced(model):
    import torch.fx

    class Tracer(torch.fx.Tracer):
        """One that notes what is computed under torch.no_grad()."""

        def create_node(self, *args, **settings):
            node = super().create_node(*args, **settings)
            node.meta["no gradient"] = not torch.is_grad_enabled()
            return node

    try:
        return Tracer().trace(model)
    except Exception as error:  # whatever a student's forward does with a symbol instead of numbers
        raise BridgeError(
            message(
                "a forward() that takes the same way for all inputs",
                f"{type(error).__name__}: {error}",
                "Make all layers in __init__, as attributes of the model"
                if "not installed as a submodule" in str(error)
                else "Leave out what depends on the numbers or their shape (if, for, assert, print, .item(), "
                ".numpy()), what changes single entries (x[:, 0] = 0) and hooks, or use nn.Sequential",
            )
        ) from error


def _in_place(node, model) -> bool:
    """Whether the operation overwrites its input, so that whoever uses that later gets the result."""
    if node.op == "call_module":
        return getattr(model.get_submodule(node.target), "inplace", False) is True
    name = getattr(node.target, "__name__", node.target)
    if node.op not in ("call_function", "call_method") or name in ("getattr", "getitem"):
        return False
    if name.endswith("_"):
        return True
    parameters = list(inspect.signature(ACTIVATIONS[name]).parameters)[1:] if name in ACTIVATIONS else []
    given = dict(zip(parameters, node.args, strict=False)) | dict(node.kwargs)
    return given.get("inplace", False) is True


def _single(result):
    if not isinstance(result, Node):
        raise BridgeError(
            message(
                "a model with one output",
                f"{type(result).__name__}",
                "Return the prediction alone from forward()",
            )
        )
    return result


def _apply(builder, model, node, args, settings):
    """One operation that the trace has met; under torch.no_grad() no gradient flows through it."""
    if node.op == "get_attr":
        return _attribute(builder, model, node.target)
    builder.frozen = node.meta.get("no gradient", False)
    if "input" in settings and not args:  # PyTorch's name of the first argument
        args, settings = (settings["input"],), {name: value for name, value in settings.items() if name != "input"}
    try:
        result = _looked_up(model, node)(builder, *_with_module(model, node, args), **settings)
    except TypeError as error:
        if isinstance(error, BridgeError):
            raise
        kind, said = _said(model, node)
        raise BridgeError(
            message(f"{kind} with its usual settings", f"{said} with {settings or args[1:]}", str(error))
        ) from error
    finally:
        frozen, builder.frozen = builder.frozen, False
    return ops.stop_gradient(result) if frozen and isinstance(result, Node) and result.active else result


def _with_module(model, node, args):
    return (model.get_submodule(node.target), *args) if node.op == "call_module" else args


def _said(model, node):
    """The name of an operation, and what a message calls it."""
    if node.op == "call_module":
        module = model.get_submodule(node.target)
        return type(module).__name__, f"the layer {node.target}: {module}"
    kind = getattr(node.target, "__name__", node.target)
    return kind, f"{kind}() in forward()"


def _looked_up(model, node):
    """The line of the table; what only has the name of a layer or function of PyTorch's is not in it."""
    import torch

    kind, said = _said(model, node)
    if node.op == "call_module":
        table, own = LAYERS, type(model.get_submodule(node.target)) is getattr(torch.nn, kind, None)
    elif node.op == "call_function":
        table = FUNCTIONS
        own = any(getattr(place, kind, None) is node.target for place in _places())
    else:
        table, own = METHODS, True
    line = table.get(kind) or (table.get(kind[:-1]) if node.op != "call_module" and kind.endswith("_") else None)
    if line is None or not own:
        what = "layers" if table is LAYERS else "operations"
        raise unsupported(what, said + ("" if line is None else ", which is not PyTorch's own"), table)
    return line


def _places():
    """Where functions of PyTorch's live, and the operators that it overloads."""
    import torch

    return torch.nn.functional, torch, operator, builtins


def _attribute(builder, model, path):
    """A parameter, or a buffer, that forward() itself uses."""
    owner, _, name = path.rpartition(".")
    tensor = getattr(model.get_submodule(owner), name)
    array = np.asarray(_array(tensor))
    return builder.parameter(tensor, array, path.replace(".", "_")) if tensor.requires_grad else array


def _linear(builder, x, weight, bias=None):
    """F.linear, and so every Linear: the parameters arrive as nodes or as tensors."""
    number = builder.next_dense()
    W = weight if isinstance(weight, Node) else builder.parameter(weight, _array(weight), f"W{number}")
    b = (
        bias
        if bias is None or isinstance(bias, Node)
        else builder.parameter(bias, _array(bias), f"b{number}")
    )
    return builder.dense(x, W, b)


def _batch_norm(builder, module, x):
    builder.norms += 1
    gamma, beta = (
        None if tensor is None else builder.parameter(tensor, _array(tensor), f"{name}{builder.norms}")
        for name, tensor in (("gamma", module.weight), ("beta", module.bias))
    )
    mean, variance = (
        None if tensor is None else _array(tensor) for tensor in (module.running_mean, module.running_var)
    )
    return builder.batch_norm(x, gamma, beta, mean, variance, module.eps, module.training)


def _softmax(primitive):
    def apply(builder, x, dim=None, dtype=None, _stacklevel=3):
        if dtype is not None:
            raise TypeError("dtype= would change the precision on the way")
        axis = (0 if x.ndim in (0, 1, 3) else 1) if dim is None else dim  # PyTorch's own guess
        return builder.out(x, lambda pre: primitive(pre, axis=axis - x.ndim if axis >= 0 else axis))

    return apply


def _reshape(builder, x, *shape):
    return x.reshape(*shape).named("flat")


ACTIVATIONS = {  # name of the function -> as a function of nodes
    "relu": lambda b, x, inplace=False: b.out(x, ops.relu),
    "leaky_relu": lambda b, x, negative_slope=0.01, inplace=False: b.out(
        x, lambda pre: leaky_relu(pre, negative_slope)
    ),
    "elu": lambda b, x, alpha=1.0, inplace=False: b.out(x, lambda pre: ops.elu(pre, alpha=float(alpha))),
    "softplus": lambda b, x, beta=1.0, threshold=20.0: b.out(x, lambda pre: softplus(pre, beta, threshold)),
    "sigmoid": lambda b, x: b.out(x, ops.sigmoid),
    "tanh": lambda b, x: b.out(x, ops.tanh),
    "softmax": _softmax(ops.softmax),
    "log_softmax": _softmax(ops.log_softmax),
}
LAYERS = {
    "Linear": lambda b, m, x: _linear(b, x, m.weight, m.bias),
    "ReLU": lambda b, m, x: ACTIVATIONS["relu"](b, x),
    "LeakyReLU": lambda b, m, x: ACTIVATIONS["leaky_relu"](b, x, m.negative_slope),
    "ELU": lambda b, m, x: ACTIVATIONS["elu"](b, x, m.alpha),
    "Softplus": lambda b, m, x: ACTIVATIONS["softplus"](b, x, m.beta, m.threshold),
    "Sigmoid": lambda b, m, x: ACTIVATIONS["sigmoid"](b, x),
    "Tanh": lambda b, m, x: ACTIVATIONS["tanh"](b, x),
    "Softmax": lambda b, m, x: ACTIVATIONS["softmax"](b, x, m.dim),
    "LogSoftmax": lambda b, m, x: ACTIVATIONS["log_softmax"](b, x, m.dim),
    "Flatten": lambda b, m, x: b.flatten(x, m.start_dim, m.end_dim),
    "Dropout": lambda b, m, x: b.dropout(x, m.p, m.training),
    "BatchNorm1d": _batch_norm,
    "Identity": lambda b, m, x: x,
}
FUNCTIONS = ACTIVATIONS | {
    "linear": _linear,
    "flatten": lambda b, x, start_dim=0, end_dim=-1: b.flatten(x, start_dim, end_dim),
    "dropout": lambda b, x, p=0.5, training=True, inplace=False: b.dropout(x, p, training),
    "add": lambda b, x, other: x + other,
    "sub": lambda b, x, other: x - other,
    "mul": lambda b, x, other: x * other,
    "truediv": lambda b, x, other: x / other,
    "matmul": lambda b, x, other: x @ other,
    "getattr": lambda b, x, name: _shape_or_transpose(x, name),
    "getitem": lambda b, x, index: x[index],
}
METHODS = ACTIVATIONS | {
    "flatten": FUNCTIONS["flatten"],
    "view": _reshape,
    "reshape": _reshape,
    "size": lambda b, x, dim=None: x.shape if dim is None else x.shape[dim],
    "t": lambda b, x: x.T,
    "detach": lambda b, x: ops.stop_gradient(x) if x.active else x,
}


def _shape_or_transpose(x, name):
    if name not in ("shape", "T"):
        raise unsupported("attributes of a tensor", f".{name} in forward()", ("shape", "T"))
    return getattr(x, name)


# ------------------------------------------------------------------------------------------------- what differs


def _reasons(graph, model, opened, reference) -> list[str]:
    """What may be behind other numbers, and what to do."""
    import torch

    from .torch_losses import reason

    found = []
    if any(_in_place(node, model) for node in graph.nodes):
        found.append("An in-place operation (inplace=True, relu_() …) overwrites numbers that are used again: "
                     "write it without.")  # fmt: skip
    replaced = {type(module).__name__ for module in model.modules() if _replaced(module)}
    if replaced:
        found.append(f"A method of {', '.join(sorted(replaced))} is not PyTorch's: restore it, or restart Python.")
    functions = torch.nn.functional
    patched = [name for name in FUNCTIONS if not _is_torchs(getattr(functions, name, None))]
    found += [f"torch.nn.functional.{name} is not PyTorch's: restore it, or restart Python." for name in patched]
    called = [type(module).__name__ for module in model.modules() if "__call__" in vars(type(module))]
    found += [f"{name} has a __call__() of its own: move what it does into forward()." for name in called]
    return [*found, *reason(opened, reference)]


def _replaced(module) -> bool:
    """Whether a class of PyTorch's has a forward() from elsewhere."""
    return type(module).__module__.startswith("torch.") and not _is_torchs(type(module).forward)


def _is_torchs(function) -> bool:
    """Whether a function was written by PyTorch; None and what is built in count as such."""
    home = getattr(inspect.unwrap(function), "__module__", None) if callable(function) else None
    return home is None or home.split(".")[0] == "torch"
