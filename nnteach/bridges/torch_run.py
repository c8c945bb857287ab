"""PyTorch's own forward and backward of a model, on a copy that the student never sees.

`copied` makes the copy, `untouched` gives random numbers back, `followed` refuses what a trace cannot see, and
`run` computes what `verify` compares with.
"""

import copy
import inspect
import random
import sys
from contextlib import contextmanager

import numpy as np

from ..core.errors import message
from . import verify
from .build import BridgeError
from .verify import Theirs

ADVICE = {
    "hooks": "Hooks change numbers unseen: remove them first (handle.remove())",
    "pruning": 'Make it permanent first: torch.nn.utils.prune.remove(module, "weight")',
    "norm": "Remove it first: torch.nn.utils.remove_weight_norm(module), or remove_spectral_norm(module)",
    "parametrization": 'Remove it first: torch.nn.utils.parametrize.remove_parametrizations(module, "weight")',
    "forward": "Write it as a method of the class",
    "random": "Take the noise out, or use nn.Dropout and hand over its masks=",
}
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


# ------------------------------------------------------------------------------------ what cannot be followed


def followed(model):
    """Refuse a model whose numbers do not come from its forward() alone, and say what to do."""
    import torch

    _wrapped(model)
    everywhere = vars(torch.nn.modules.module)
    if any(everywhere.get(f"_global{name}") for name in HOOKS):
        raise _not("a model without hooks", "hooks for all modules (register_module_…_hook)", ADVICE["hooks"])
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        _plain_tensor(name, tensor)
    for path, module in model.named_modules():
        _plain_module(path or "the model", module)


def _not(expected, given, advice):
    return BridgeError(message(expected, given, advice))


def _wrapped(model):
    """Wrappers around a model: the model inside is the one to open."""
    import torch

    inside = None
    if isinstance(model, torch.jit.ScriptModule):
        raise _not(
            "a model as it was written", "one after torch.jit.script or torch.jit.trace", "Open it before that step"
        )
    compiled = getattr(sys.modules.get("torch._dynamo.eval_frame"), "OptimizedModule", ())
    if isinstance(model, compiled):
        inside = "_orig_mod"
    elif isinstance(model, (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel)) or isinstance(
        model, getattr(sys.modules.get("torch.optim.swa_utils"), "AveragedModel", ())
    ):
        inside = "module"
    if inside:
        raise _not(
            "a model as it was written", f"{type(model).__name__}, a wrapper around it", f"Open model.{inside}"
        )


def _plain_module(path, module):
    """Hooks, parametrizations, pruning and methods of the instance change numbers behind forward()'s back."""
    import torch

    if torch.nn.utils.parametrize.is_parametrized(module):
        raise _not("layers with parameters of their own", f"{path}, parametrized", ADVICE["parametrization"])
    hooks = [hook for name in HOOKS for hook in vars(module).get(name, {}).values()]
    if hooks:
        where = {type(hook).__module__ for hook in hooks}
        advice = next(
            (ADVICE[kind] for part, kind in (("prune", "pruning"), ("_norm", "norm")) if part in str(where)),
            ADVICE["hooks"],
        )
        raise _not("layers without hooks", f"{path} ({type(module).__name__}), with {_named(hooks[0])}", advice)
    for method in ("forward", "__call__"):
        if method in vars(module):
            raise _not(
                f"a {method}() that is written in the class",
                f"{path} ({type(module).__name__}), where {method} was replaced on the object",
                ADVICE["forward"],
            )
    if isinstance(module, torch.jit.ScriptModule):
        raise _not("layers as they were written", f"{path}, scripted", "Open the model before torch.jit.script")


def _named(hook):
    return f"the hook {getattr(hook, '__name__', type(hook).__name__)}"


def _plain_tensor(name, tensor):
    """Parameters must have numbers, and gradients that nobody changes."""
    import torch

    if isinstance(tensor, torch.nn.parameter.UninitializedTensorMixin):
        raise _not("layers with weights", f"{name}, which is made when the model is first called",
                   "Call model(X) once")  # fmt: skip
    if tensor.is_meta:
        raise _not("numbers in the model", f"{name} on the device meta, which has none",
                   'Load them first, or model.to_empty(device="cpu")')  # fmt: skip
    if tensor.dtype not in (torch.float32, torch.float64) and isinstance(tensor, torch.nn.Parameter):
        raise _not("numbers in float32 or float64", f"{name} in {tensor.dtype}", "Write model.float() first")
    if tensor._backward_hooks or getattr(tensor, "_post_accumulate_grad_hooks", None):
        raise _not("gradients as backward computes them", f"{name}, with a hook that may change its gradient",
                   ADVICE["hooks"])  # fmt: skip


# -------------------------------------------------------------------------------------------------- the copy


@contextmanager
def untouched():
    """Whatever runs inside draws no random number of the student's, and gradients are on whatever the mode."""
    import torch

    with (
        verify.untouched(),
        torch.random.fork_rng(devices=[]),
        torch.inference_mode(False),
        torch.enable_grad(),
        torch.device("cpu"),
    ):
        yield


def copied(model, training):
    """The model once more, on the CPU and in the mode asked for.

    A model that is in that mode already keeps the modes of its parts, such as a frozen batch normalisation.
    Attributes that cannot be copied (a file, a lock, a tensor with a history) are shared.
    """
    memo = {id(module): object.__new__(type(module)) for module in model.modules()}
    for module in model.modules():
        state = {name: _copied(value, memo) for name, value in vars(module).items()}
        memo[id(module)].__dict__.update(state)
        if "_compiled_call_impl" in state:  # of model.compile(): the same numbers, from another compiler
            memo[id(module)].__dict__["_compiled_call_impl"] = None
    twin = memo[id(model)].to("cpu")
    return twin if twin.training == training else twin.train(training)


def _copied(value, memo):
    import torch

    try:
        return copy.deepcopy(value, memo)
    except Exception:  # whatever an attribute of a student's says to being copied
        if isinstance(value, torch.Tensor):
            return value.detach().clone()
        return type(value)(value) if type(value) in (list, dict, set) else value


def tensors(model) -> dict[str, object]:
    """Parameters, buffers and plain attributes of a model that are tensors, by their path; each once."""
    import torch

    found, seen = {}, set()
    for path, module in model.named_modules():
        held = module._parameters | module._buffers | vars(module)
        for name, tensor in held.items():
            if isinstance(tensor, torch.Tensor) and id(tensor) not in seen:
                seen.add(id(tensor))
                found[f"{path}.{name}" if path else name] = tensor
    return found


# --------------------------------------------------------------------------------------------- forward, backward


def run(model, X, y, loss, masks, seed=None) -> Theirs:
    """PyTorch's output, loss and gradients.

    Args:
        model: a copy; it is run twice.
        X: a tensor; what the model gets.
        y: a tensor, and in other types for the case that the loss takes it in none but these; see `targets`.
        loss: a loss of PyTorch's, or None.
        masks: for dropout, in order.
        seed: without a loss, the gradient to start from.

    Raises:
        BridgeError: if PyTorch refuses, or its numbers are not the same each time.
    """
    import torch

    out = _forward(model, X, masks)
    value = None if loss is None else _loss(loss, out, y)
    start = out if value is None else value
    wanted = {name: tensor for name, tensor in tensors(model).items() if tensor.requires_grad and tensor.is_leaf}
    found = [None] * len(wanted)
    if wanted and start.requires_grad:
        given = None if value is not None else torch.as_tensor(np.asarray(seed)).to(out.dtype)
        found = _asked("backward", torch.autograd.grad, start, [*wanted.values()], given, allow_unused=True)
    if not _equal(out, _forward(model, X, masks)):
        raise _not(
            "a forward() that gives the same numbers each time",
            "one that gives others when it is called again",
            "Take out what it remembers from call to call",
        )
    return Theirs(
        out.detach().numpy(),
        None if value is None else value.item(),
        {name: slope.numpy() for name, slope in zip(wanted, found, strict=True) if slope is not None},
        "float32" if torch.float32 in (out.dtype, start.dtype) else "float64",
    )


def _asked(what, function, *args, **settings):
    """Call something of PyTorch's or the student's; what it refuses, we refuse."""
    try:
        return function(*args, **settings)
    except BridgeError:
        raise
    except Exception as error:
        said = str(error).strip().split("\n")[0]
        raise _not(
            f"a model and a loss whose {what} PyTorch itself can compute",
            f"{type(error).__name__}: {said}" if said else type(error).__name__,
            "Try loss(model(X), y) without nnteach first",
        ) from error


def _forward(model, X, masks):
    import torch

    before = _random_state()
    with _masked(masks):
        out = _asked("forward", model, X.clone())
    if not isinstance(out, torch.Tensor):
        raise _not("a model with one output", type(out).__name__, "Return the prediction alone from forward()")
    if out.dtype not in (torch.float32, torch.float64):
        raise _not("an output in float32 or float64", f"one in {out.dtype}",
                   "Open the model outside of torch.autocast, and without .half() or .bfloat16()")  # fmt: skip
    if _random_state() != before:
        raise _not("a forward() that gives the same numbers each time", "one that draws random numbers",
                   ADVICE["random"])  # fmt: skip
    return out


def _random_state():
    import torch

    return torch.get_rng_state().numpy().tobytes(), str(np.random.get_state()), random.getstate()


def _equal(some, others):
    import torch

    near = 1e-4 if some.dtype == torch.float32 else 1e-11
    return some.shape == others.shape and torch.allclose(some, others, rtol=near, atol=0, equal_nan=True)


def _masked(masks):
    """While this holds, dropout takes the masks given, one a call and in order."""
    import torch
    from torch.overrides import TorchFunctionMode

    waiting = iter(() if masks is None else masks)

    class Masked(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            kwargs = kwargs or {}
            if function not in (torch.nn.functional.dropout, torch.dropout, torch.dropout_):
                return function(*args, **kwargs)
            mask = next(waiting, None)
            return _dropped(mask, *args, **kwargs)

    return Masked()


def _dropped(mask, x, p=0.5, training=None, inplace=False, train=True):
    import torch

    if not (train if training is None else training) or p == 0 or mask is None:
        return x
    kept = x * (torch.as_tensor(np.asarray(mask)).to(x.dtype) / (1 - p) if p < 1 else 0)
    return x.copy_(kept) if inplace else kept


def _loss(loss, out, y):
    import torch

    value = _asked("loss", loss, out, y(out) if inspect.isfunction(y) else y)
    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        raise _not("a loss of one number", f"{getattr(value, 'shape', value)}", "Use reduction='mean' or 'sum'")
    return value.reshape(())
