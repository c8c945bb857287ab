"""Models of PyTorch that look like others and compute something else: each is opened exactly, or refused in words.

A line of TRAPS is a function that makes (model, X, y, loss, settings of from_torch), and what must happen: EQUAL, or
words of the message. The reference is PyTorch itself, on a second model from the same function.
"""

import functools
import types

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, prune

EQUAL = "equal"
N_IN, BATCH, CLASSES = 5, 7, 3
TRAPS = {}


def trap(expected, name=None):
    """Enter a function in the table."""

    def enter(make):
        TRAPS[name or make.__name__.strip("_")] = make, expected
        return make

    return enter


def data():
    """Inputs, class numbers, rows of numbers in (0, 1)."""
    rng = np.random.default_rng(1)
    X, rows = rng.normal(size=(BATCH, N_IN)), rng.uniform(0.05, 0.95, (BATCH, CLASSES))
    return torch.tensor(X), torch.tensor(rng.integers(0, CLASSES, BATCH)), torch.tensor(rows)


X, LABELS, ROWS = data()


class Net(nn.Module):
    """Two layers, in the way that the subclass says."""

    def __init__(self):
        super().__init__()
        self.a, self.o = nn.Linear(N_IN, 6), nn.Linear(6, CLASSES)
        self.a, self.o = self.a.double(), self.o.double()


def with_forward(forward, **parts):
    """A Net with this forward, and these parts in addition."""

    def make(_=None):
        model = type("Model", (Net,), {"forward": forward})()
        for part, value in parts.items():
            setattr(model, part, value() if isinstance(value, type(lambda: 0)) else value)
        return model.double()

    return make()


def mlp(*between, end=(), n_out=CLASSES):
    return nn.Sequential(nn.Linear(N_IN, 6), *between, nn.Linear(6, n_out), *end).double()


def simple(model, loss=None, y=None, **settings):
    return model, X, LABELS if y is None else y, F.cross_entropy if loss is None else loss, settings


# ------------------------------------------------------------------------------------------ losses by their name


@trap("not PyTorch's own")
def own_class_of_that_name():
    class MSELoss(nn.Module):
        def forward(self, p, t):
            return 0.5 * ((p - t) ** 2).sum()

    return simple(mlp(), MSELoss(), ROWS)


@trap("not PyTorch's own")
def own_subclass_of_that_name():
    class CrossEntropyLoss(nn.CrossEntropyLoss):
        def forward(self, p, t):
            return 2 * super().forward(p, t)

    return simple(mlp(), CrossEntropyLoss())


@trap("not PyTorch's own")
def own_function_of_that_name():
    def mse_loss(p, t):
        return ((p - t) ** 2).sum()

    return simple(mlp(), mse_loss, ROWS)


@trap("1.")
def a_loss_whose_forward_was_replaced():
    loss = nn.MSELoss()
    loss.forward = lambda p, t: 10 * F.mse_loss(p, t)
    return simple(mlp(), loss, ROWS)


@trap("PyTorch's own numbers")
def a_loss_with_a_hook():
    loss = nn.MSELoss()
    loss.register_forward_hook(lambda module, inputs, out: 3 * out)
    return simple(mlp(), loss, ROWS)


@trap("with brackets")
def a_loss_class_instead_of_a_loss():
    return simple(mlp(), nn.MSELoss, ROWS)


@trap("partial")
def a_partial_function():
    return simple(mlp(), functools.partial(F.cross_entropy, label_smoothing=0.3))


@trap("<lambda>")
def a_lambda_as_loss():
    return simple(mlp(), lambda p, t: F.mse_loss(p, t) * 2, ROWS)


# ------------------------------------------------------------------------------------------ settings of losses


@trap("ignores")
def nll_that_ignores_a_class():
    return simple(mlp(end=(nn.LogSoftmax(1),)), nn.NLLLoss(ignore_index=1))


@trap("ignores")
def cross_entropy_that_ignores_a_class():
    return simple(mlp(), nn.CrossEntropyLoss(ignore_index=int(LABELS[0])))


@trap("ignores")
def a_function_ignores_minus_100():
    y = LABELS.clone()
    y[0] = -100
    return simple(mlp(), F.cross_entropy, y)


@trap("without weight=")
def class_weights():
    return simple(mlp(end=(nn.LogSoftmax(1),)), nn.NLLLoss(weight=torch.tensor([1.0, 2.0, 3.0]).double()))


@trap("without pos_weight=")
def positive_weights():
    return simple(mlp(), nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0).double()), ROWS)


@trap("without weight=")
def weights_of_entries():
    return simple(mlp(end=(nn.Sigmoid(),)), nn.BCELoss(weight=torch.tensor([1.0, 2.0, 3.0]).double()), ROWS)


@trap(EQUAL)
def label_smoothing_of_classes():
    return simple(mlp(), nn.CrossEntropyLoss(label_smoothing=0.1, reduction="sum"))


@trap(EQUAL)
def label_smoothing_of_rows():
    return simple(mlp(), nn.CrossEntropyLoss(label_smoothing=0.1), ROWS)


@trap("−100")
def bce_stops_at_100():
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid()).double()
    with torch.no_grad():
        model[0].weight.fill_(-115.0)
        model[0].bias.zero_()
    return model, torch.ones(1, 1).double(), torch.ones(1, 1).double(), nn.BCELoss(), {}


@trap("between 0 and 1")
def bce_of_logits():
    return simple(mlp(), nn.BCELoss(), ROWS)


@trap(EQUAL)
def nll_of_probabilities():
    return simple(mlp(end=(nn.Softmax(1),)), nn.NLLLoss())


@trap(EQUAL)
def nll_of_logits():
    return simple(mlp(), nn.NLLLoss())


@trap(EQUAL)
def softmax_twice():
    return simple(mlp(end=(nn.Softmax(1),)), nn.CrossEntropyLoss())


@trap(EQUAL)
def log_softmax_twice():
    return simple(mlp(end=(nn.LogSoftmax(1),)), nn.CrossEntropyLoss())


@trap("argmax")
def one_hot_whole_numbers():
    return simple(mlp(), nn.CrossEntropyLoss(), F.one_hot(LABELS, CLASSES))


@trap("PyTorch itself")
def rows_for_nll():
    return simple(mlp(end=(nn.LogSoftmax(1),)), nn.NLLLoss(), ROWS)


@trap("one number")
def no_reduction():
    return simple(mlp(), nn.MSELoss(reduction="none"), ROWS)


@trap("column of targets")
def a_column_against_a_row():
    return simple(mlp(n_out=1), nn.MSELoss(), ROWS[:, 0])


@trap("prediction's shape")
def a_row_against_a_column():
    model = with_forward(lambda self, x: self.o(self.a(x))[:, 0])
    return simple(model, nn.MSELoss(), ROWS[:, :1])


@trap("axis 1")
def classes_on_the_last_of_three_axes():
    return mlp(), torch.stack([X, X]), torch.stack([LABELS, LABELS]), nn.CrossEntropyLoss(), {}


@trap(EQUAL)
def class_numbers_in_few_bits():
    return simple(mlp(), nn.CrossEntropyLoss(), LABELS)


# ------------------------------------------------------------------------------------------ in place


@trap("in-place")
def in_place_function_through_a_view():
    def forward(self, x):
        h = self.a(x)
        F.relu(h.view(-1), inplace=True)
        return self.o(h)

    return simple(with_forward(forward))


@trap(EQUAL)
def in_place_layer_before_a_skip():
    model = with_forward(lambda self, x: _skip(self, self.a(x)), r=lambda: nn.ReLU(inplace=True))
    return simple(model)


def _skip(self, x):
    h = self.r(x)
    return self.o(x + h)


@trap(EQUAL)
def in_place_function_before_a_skip():
    def forward(self, x):
        x = self.a(x)
        h = F.relu(x, inplace=True)
        return self.o(x + h)

    return simple(with_forward(forward))


@trap(EQUAL)
def in_place_function_by_position():
    def forward(self, x):
        x = self.a(x)
        h = F.relu(x, True)
        return self.o(x + h)

    return simple(with_forward(forward))


@trap(EQUAL)
def in_place_method_whose_result_is_dropped():
    def forward(self, x):
        x = self.a(x)
        x.relu_()
        return self.o(x)

    return simple(with_forward(forward))


@trap(EQUAL)
def in_place_on_the_input():
    def forward(self, x):
        F.relu(x, inplace=True)
        return self.o(F.tanh(self.a(x)))

    return simple(with_forward(forward))


@trap("PyTorch's own numbers")
def plus_equals_on_a_second_name():
    def forward(self, x):
        x = y = self.a(x)
        y += 1
        return self.o(x * y)

    return simple(with_forward(forward))


@trap("in-place|inplace")
def in_place_that_autograd_refuses():
    def forward(self, x):
        h = torch.sigmoid(self.a(x))
        g = torch.relu_(h)
        return self.o(g * h)

    return simple(with_forward(lambda self, x: forward(self, x)))


# ------------------------------------------------------------------------------------------ no gradient


@trap(EQUAL)
def no_grad_around_a_layer():
    def forward(self, x):
        with torch.no_grad():
            h = torch.relu(self.a(x))
        return self.o(h)

    return simple(with_forward(forward))


@trap(EQUAL)
def no_grad_in_the_middle():
    def forward(self, x):
        h = self.a(x)
        with torch.no_grad():
            gate = torch.sigmoid(h)
        return self.o(h * gate)

    return simple(with_forward(forward))


class Doubling(torch.autograd.Function):
    """A ReLU whose backward is its own."""

    @staticmethod
    def forward(ctx, x):
        return torch.relu(x)

    @staticmethod
    def backward(ctx, upstream):
        return 2 * upstream


@trap("the gradient of a.weight")
def a_backward_of_its_own():
    return simple(with_forward(lambda self, x: self.o(Doubling.apply(self.a(x)))))


@trap("hooks")
def a_hook_of_a_result():
    def forward(self, x):
        h = self.a(x)
        h.register_hook(lambda slope: -slope)
        return self.o(h)

    return simple(with_forward(forward))


@trap(EQUAL)
def detach():
    def forward(self, x):
        h = self.a(x)
        return self.o(h * torch.sigmoid(h).detach())

    return simple(with_forward(forward))


@trap("attributes of a tensor")
def data_of_a_tensor():
    return simple(with_forward(lambda self, x: self.o(self.a(x).data)))


@trap(EQUAL)
def no_grad_as_a_decorator_of_a_part():
    class Frozen(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(N_IN, N_IN)

        @torch.no_grad()
        def forward(self, x):
            return torch.tanh(self.inner(x))

    return simple(with_forward(lambda self, x: self.o(self.a(self.f(x))), f=lambda: Frozen()))


@trap(EQUAL)
def a_frozen_layer():
    model = mlp(nn.Tanh())
    model[0].requires_grad_(False)
    return simple(model)


@trap(EQUAL)
def a_frozen_bias():
    model = mlp(nn.Tanh())
    model[0].bias.requires_grad_(False)
    return simple(model)


@trap(EQUAL)
def a_frozen_normalisation_that_has_weights():
    model = mlp(nn.BatchNorm1d(6))
    model[1].requires_grad_(False)
    return simple(model)


@trap(EQUAL)
def a_frozen_parameter_of_its_own():
    return simple(
        with_forward(lambda self, x: self.o(self.a(x) * self.s), s=lambda: nn.Parameter(torch.tensor(2.0), False))
    )


# ------------------------------------------------------------------------------------------ modes


@trap(EQUAL)
def normalisation_frozen_in_training():
    model = mlp(nn.BatchNorm1d(6), nn.ReLU())
    model(X)
    model[1].eval()
    return simple(model, training=True)


@trap(EQUAL)
def dropout_switched_off_in_training():
    model = mlp(nn.Dropout(0.5), nn.ReLU())
    model[1].eval()
    return simple(model, training=True)


@trap("masks=")
def dropout_that_never_stops():
    return simple(with_forward(lambda self, x: self.o(F.dropout(self.a(x), 0.5))))


@trap(EQUAL)
def dropout_as_a_function_with_masks():
    model = with_forward(lambda self, x: self.o(F.dropout(self.a(x), 0.25, self.training)))
    return simple(model, training=True, masks=[np.arange(BATCH * 6).reshape(BATCH, 6) % 3 > 0])


@trap(EQUAL)
def dropout_of_everything():
    return simple(mlp(nn.Dropout(1.0)), training=True, masks=[np.ones((BATCH, 6))])


def _by_mode(self, x):
    if self.training:
        return self.o(self.a(x))
    return self.o(torch.relu(self.a(x)))


@trap(EQUAL)
def a_branch_by_mode_outside_training():
    return simple(with_forward(_by_mode))


@trap(EQUAL)
def a_branch_by_mode_in_training():
    model = with_forward(_by_mode)
    return simple(model.eval(), training=True)


@trap(EQUAL)
def a_factor_by_mode():
    return simple(with_forward(lambda self, x: self.o(self.a(x) * 2 if self.training else self.a(x))))


# ------------------------------------------------------------------------------------------ hooks and their kind


def _hooked(register):
    model = mlp(nn.Tanh())
    register(model)
    return simple(model)


HOOKS = {
    "forward hook": lambda m: m[1].register_forward_hook(lambda module, inputs, out: out + 0.1),
    "pre-hook": lambda m: m[0].register_forward_pre_hook(lambda module, inputs: (2 * inputs[0],)),
    "hook of the whole": lambda m: m.register_forward_hook(lambda module, inputs, out: 2 * out),
    "backward hook": lambda m: m[1].register_full_backward_hook(lambda module, into, out: (2 * into[0],)),
    "backward pre-hook": lambda m: m[1].register_full_backward_pre_hook(lambda module, out: (2 * out[0],)),
    "hook of a parameter": lambda m: m[0].weight.register_hook(lambda slope: 2 * slope),
    "pruning": lambda m: prune.l1_unstructured(m[0], "weight", 0.5),
    "random pruning": lambda m: prune.random_unstructured(m[2], "bias", 1),
    "old weight norm": lambda m: nn.utils.weight_norm(m[0]),
    "old spectral norm": lambda m: nn.utils.spectral_norm(m[0]),
    "weight norm": lambda m: parametrizations.weight_norm(m[0]),
    "spectral norm": lambda m: parametrizations.spectral_norm(m[0]),
    "orthogonal": lambda m: parametrizations.orthogonal(m[0]),
}
_WORDS = {"hook": "without hooks|hook that may", "norm": "[Rr]emove", "orth": "parametrized", "prun": "prune.remove"}
for _name, _register in HOOKS.items():
    _words = next(words for part, words in _WORDS.items() if part in _name)
    TRAPS[_name] = functools.partial(_hooked, _register), _words


# ------------------------------------------------------------------------------------------ methods replaced


@trap("replaced on the object")
def forward_replaced_on_the_model():
    model = with_forward(lambda self, x: self.o(self.a(x)))
    model.forward = types.MethodType(lambda self, x: 2 * self.o(self.a(x)), model)
    return simple(model)


@trap("replaced on the object")
def forward_replaced_on_a_layer():
    model = mlp(nn.Tanh())
    model[1].forward = torch.relu
    return simple(model)


@trap("__call__")
def a_call_of_its_own():
    class Doubled(nn.Sequential):
        def __call__(self, x):
            return 2 * super().__call__(x)

    return simple(Doubled(nn.Linear(N_IN, 4), nn.Tanh(), nn.Linear(4, CLASSES)).double())


@trap(EQUAL)
def a_layer_with_another_forward():
    class Linear(nn.Linear):
        def forward(self, x):
            return F.linear(x, self.weight * 2.0, self.bias)

    return simple(nn.Sequential(Linear(N_IN, CLASSES)).double())


@trap("layers that nnteach can open|operations that nnteach can open|PyTorch's own")
def a_layer_of_that_name():
    class ReLU(nn.Module):
        def forward(self, x):
            return torch.clamp(x, min=0.1)

    return simple(mlp(ReLU()))


@trap("not PyTorch's own")
def a_function_of_that_name():
    return simple(with_forward(lambda self, x: self.o(relu(self.a(x)))))


def relu(x):
    return torch.clamp(x, min=0.5)


torch.fx.wrap("relu")


@trap(EQUAL)
def a_function_of_that_name_that_is_followed():
    def relu(x):
        return torch.tanh(x) + 1

    return simple(with_forward(lambda self, x: self.o(relu(self.a(x)))))


@trap(EQUAL)
def a_subclass_of_a_sequential():
    class Residual(nn.Sequential):
        def forward(self, x):
            return x + super().forward(x)

    return simple(Residual(nn.Linear(N_IN, N_IN), nn.Tanh()).double(), nn.MSELoss(), X + 1)


@trap(EQUAL)
def arguments_by_name():
    return simple(with_forward(lambda self, x: F.linear(input=torch.relu(input=self.a(x)), weight=self.o.weight)))


# ------------------------------------------------------------------------------------------ wrappers


@trap("model.module")
def averaged():
    return simple(torch.optim.swa_utils.AveragedModel(mlp(nn.Tanh())))


@trap("autocast")
def mixed_precision():
    class Mixed(nn.Sequential):
        @torch.autocast("cpu", dtype=torch.bfloat16)
        def forward(self, x):
            return super().forward(x)

    return Mixed(nn.Linear(N_IN, 4), nn.Linear(4, CLASSES)), X.float(), LABELS, nn.CrossEntropyLoss(), {}


@trap("at least one sample")
def no_samples():
    return mlp(), X[:0], LABELS[:0], nn.CrossEntropyLoss(), {}


@trap("_orig_mod")
def compiled():
    import torch._dynamo

    return simple(torch.compile(mlp(nn.Tanh()), backend="eager"))


@trap("torch.jit")
def scripted():
    return simple(torch.jit.trace(mlp(nn.Tanh()), X))


@trap("torch.jit")
def a_scripted_part():
    return simple(nn.Sequential(torch.jit.trace(mlp(nn.Tanh()), X)))


@trap("model.module")
def parallel():
    return simple(nn.DataParallel(mlp(nn.Tanh())))


@trap("meta")
def on_the_device_meta():
    return simple(mlp(nn.Tanh()).to("meta"))


@trap("Call model")
def lazy():
    return simple(nn.Sequential(nn.LazyLinear(CLASSES)))


@trap("float32 or float64")
def half_precision():
    return simple(mlp(nn.Tanh()).half())


@trap("float32 or float64")
def complex_numbers():
    return simple(mlp(nn.Tanh()).to(torch.complex64))


# ------------------------------------------------------------------------------------------ state and chance


@trap("when it is called again|the same numbers")
def it_counts_its_calls():
    def forward(self, x):
        self.calls += 1
        return self.o(self.a(x) * self.calls)

    return simple(with_forward(forward, calls=0))


@trap("when it is called again|the same numbers")
def a_buffer_that_grows():
    def forward(self, x):
        self.seen.add_(1)
        return self.o(self.a(x) * self.seen)

    model = with_forward(forward)
    model.register_buffer("seen", torch.zeros(()).double())
    return simple(model)


@trap("random numbers")
def noise():
    return simple(with_forward(lambda self, x: self.o(self.a(x) + torch.randn(6).double())))


@trap("random numbers")
def noise_of_numpy():
    return simple(with_forward(lambda self, x: self.o(self.a(x) * float(np.random.uniform(1, 2)))))


@trap("when it is called again")
def noise_of_its_own_generator():
    draws = np.random.default_rng(0)
    return simple(with_forward(lambda self, x: self.o(self.a(x) * float(draws.uniform(1, 2)))))


@trap("in __init__")
def a_layer_made_in_forward():
    return simple(with_forward(lambda self, x: self.o(nn.Linear(N_IN, 6).double()(x))))


# ------------------------------------------------------------------------------------------ sharing and settings


@trap(EQUAL)
def a_layer_used_twice():
    shared = nn.Linear(N_IN, N_IN)
    return simple(nn.Sequential(shared, nn.Tanh(), shared, nn.Tanh()).double(), nn.MSELoss(), X + 1)


@trap(EQUAL)
def weights_tied_by_assignment():
    model = nn.Sequential(nn.Linear(N_IN, N_IN), nn.Tanh(), nn.Linear(N_IN, N_IN)).double()
    model[2].weight = model[0].weight
    return simple(model, nn.MSELoss(), X + 1)


@trap(EQUAL)
def nested():
    return simple(nn.Sequential(nn.Sequential(nn.Linear(N_IN, 6), nn.Sequential(nn.Tanh())), nn.Linear(6, 3)).double())


@trap(EQUAL)
def softplus_with_a_threshold():
    return simple(mlp(nn.Softplus(beta=2.0, threshold=0.3)))


@trap(EQUAL)
def softplus_of_large_numbers():
    return mlp(nn.Softplus()), 40 * X, LABELS, nn.CrossEntropyLoss(), {}


@trap(EQUAL)
def softmax_over_the_batch():
    return simple(mlp(nn.Softmax(dim=0)))


@trap(EQUAL)
def flatten_from_the_front():
    return simple(mlp(nn.Flatten(-1)))


@trap(EQUAL)
def normalisation_without_averages():
    return simple(mlp(nn.BatchNorm1d(6, track_running_stats=False, eps=0.1)))


@trap("more than 1 value")
def normalisation_of_a_single_sample():
    return mlp(nn.BatchNorm1d(6)), X[:1], LABELS[:1], nn.CrossEntropyLoss(), {"training": True}


@trap(EQUAL)
def exact_zeros_before_kinks():
    model = mlp(nn.ReLU(), nn.LeakyReLU(0.2))
    with torch.no_grad():
        model[0].bias.zero_()
    return model, torch.zeros(BATCH, N_IN).double(), LABELS, nn.CrossEntropyLoss(), {}


@trap("absolute is taken exactly at a kink")
def absolute_error_of_nothing():
    model = mlp(nn.Tanh())
    return model, X, model(X).detach(), nn.L1Loss(), {}


@trap(EQUAL)
def a_plain_tensor_as_attribute():
    model = with_forward(lambda self, x: self.o(self.a(x)) * self.w)
    model.w = torch.full((3,), 0.5).double().requires_grad_()
    return simple(model)


@trap("PyTorch's own numbers|registered")
def parameters_in_a_plain_list():
    model = with_forward(lambda self, x: self.o(self.a(x) * self.ws[0]))
    model.ws = [torch.full((6,), 0.5).double().requires_grad_()]
    return simple(model)


# ------------------------------------------------------------------------------------------ inputs in other types


@trap(EQUAL)
def inputs_in_single_precision():
    return mlp(nn.Tanh()), X.float(), LABELS, nn.CrossEntropyLoss(), {}


@trap(EQUAL)
def whole_numbers_as_inputs():
    return mlp(nn.Tanh()), (3 * X).int(), LABELS, nn.CrossEntropyLoss(), {}


@trap(EQUAL)
def lists():
    return mlp(nn.Tanh()), X.tolist(), LABELS.tolist(), nn.CrossEntropyLoss(), {}


@trap(EQUAL)
def whole_numbers_as_targets():
    return mlp(nn.Tanh()), X, torch.ones(BATCH, CLASSES, dtype=torch.int64), nn.MSELoss(), {}


@trap(EQUAL)
def truth_values_as_targets():
    return mlp(nn.Tanh()), X, ROWS > 0.5, nn.BCEWithLogitsLoss(), {}
