"""PyTorch models as our graph: the same numbers and gradients, and clear words where one cannot be opened."""

import contextlib
import copy
import random
import re
import threading
from itertools import zip_longest

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from bridge_traps_torch import EQUAL, TRAPS  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import nnteach as nt  # noqa: E402
from nnteach.bridges import BridgeError, from_torch, parameters  # noqa: E402
from nnteach.core.errors import GraphError, NNTeachError, ShapeError  # noqa: E402
from nnteach.symbolic.number_format import number as digits  # noqa: E402

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-6}
N_IN, BATCH, CLASSES = 5, 7, 3


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def batch(dtype=torch.float64, n_out=CLASSES):
    """Inputs, class numbers, and rows of numbers."""
    rng = np.random.default_rng(1)
    X = torch.tensor(rng.normal(size=(BATCH, N_IN)), dtype=dtype)
    rows = torch.tensor(rng.uniform(0.05, 0.95, size=(BATCH, n_out)), dtype=dtype)
    return X, torch.tensor(rng.integers(0, n_out, BATCH)), rows


def assert_same(model, X, y, loss, **settings):
    """Our loss and all gradients against autograd's, by relative difference of whole tensors."""
    expected, gradients = autograd(model, X, y, loss)
    ours = from_torch(model, X, y, loss, **settings)
    ours.backward()
    assert ours.value == pytest.approx(expected, rel=TOLERANCE[X.dtype])
    assert_gradients(ours, gradients, TOLERANCE[X.dtype])
    return ours


def assert_gradients(ours, expected, tolerance, exact=None):
    """Relative difference per tensor. A bias before batch normalisation by the batch has the gradient 0, of
    which only rounding is left: there, ours must be rounding too. `exact`, PyTorch's own gradients in a higher
    precision, widens the tolerance where PyTorch itself loses digits: ours may lose ten times as much.
    """
    exact = expected if exact is None else exact
    lost = [float((a - b).norm() / (b.norm() + 1e-300)) for a, b in zip(expected, exact, strict=True)]
    expected = [gradient.numpy() for gradient in expected]
    rounding = 100 * np.finfo(expected[0].dtype).eps * max(map(np.linalg.norm, expected))
    for node, reference, loss in zip(parameters(ours).values(), expected, lost, strict=True):
        if np.linalg.norm(reference) <= rounding:
            assert np.linalg.norm(node.grad) <= rounding, node.name
        else:
            assert np.linalg.norm(node.grad - reference) <= (tolerance + 10 * loss) * np.linalg.norm(reference), (
                node.name
            )


def mlp(*between, n_out=CLASSES, end=()):
    return nn.Sequential(nn.Linear(N_IN, 6), *between, nn.Linear(6, n_out), *end)


ACTIVATIONS = [
    nn.ReLU(),
    nn.LeakyReLU(0.2),
    nn.ELU(0.7),
    nn.Softplus(),
    nn.Softplus(beta=2),
    nn.Sigmoid(),
    nn.Tanh(),
    nn.Softmax(dim=1),
    nn.LogSoftmax(dim=-1),
    nn.Identity(),
    nn.Dropout(0.4),
    nn.Flatten(),
    nn.BatchNorm1d(6),
    nn.BatchNorm1d(6, affine=False),
    nn.BatchNorm1d(6, track_running_stats=False),
]


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("layer", ACTIVATIONS, ids=repr)
def test_every_layer(layer, dtype):
    X, y, _ = batch(dtype)
    model = mlp(layer).to(dtype)
    model(X)  # batch normalisation sees a batch, so that its averages are not 0 and 1
    assert_same(model.eval(), X, y, nn.CrossEntropyLoss())


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    "loss, end, target",
    [
        (nn.CrossEntropyLoss, (), "classes"),
        (nn.CrossEntropyLoss, (), "softmax"),
        (nn.NLLLoss, (nn.LogSoftmax(1),), "classes"),
        (nn.MSELoss, (), "rows"),
        (nn.L1Loss, (), "rows"),
        (nn.BCELoss, (nn.Sigmoid(),), "rows"),
        (nn.BCEWithLogitsLoss, (), "rows"),
    ],
)
def test_every_loss(loss, end, target, reduction, dtype):
    X, classes, rows = batch(dtype)
    y = {"classes": classes, "rows": rows, "softmax": rows.softmax(1)}[target]
    assert_same(mlp(nn.Tanh(), end=end).to(dtype), X, y, loss(reduction=reduction))


def test_losses_as_functions_and_smoothing():
    X, classes, rows = batch()
    model = mlp(nn.ReLU()).double()
    assert_same(model, X, classes, F.cross_entropy)
    assert_same(model, X, rows, F.mse_loss)
    assert_same(model, X, classes, nn.CrossEntropyLoss(label_smoothing=0.2))
    assert from_torch(model, X, rows, "mse").value == from_torch(model, X, rows, nt.nn.losses.mse).value


def test_without_a_loss_the_one_that_goes_with_the_output_is_taken():
    X, classes, rows = batch()
    for end, y, loss in (
        (nn.Identity(), classes, F.cross_entropy),
        (nn.LogSoftmax(1), classes, F.nll_loss),
        (nn.Sigmoid(), rows, F.binary_cross_entropy),
        (nn.Identity(), rows, F.mse_loss),
    ):
        model = mlp(nn.ReLU(), end=(end,)).double()
        assert from_torch(model, X, y).value == pytest.approx(loss(model(X), y).item(), rel=1e-12)
    model = mlp(nn.ReLU(), end=(nn.Softmax(1),)).double()
    assert from_torch(model, X, classes).value == pytest.approx(F.nll_loss(model(X).log(), classes).item(), rel=1e-12)


def random_model(rng):
    """Up to four layers with all that may stand between them; how many dropouts there are; the loss."""
    layers, width, drops = [nn.Flatten()], N_IN, []
    for _ in range(rng.integers(1, 4)):
        n_out = int(rng.integers(2, 9))
        layers.append(nn.Linear(width, n_out, bias=bool(rng.random() < 0.8)))
        if rng.random() < 0.5:
            layers.append(nn.BatchNorm1d(n_out))
        layers.append([nn.ReLU(), nn.LeakyReLU(), nn.ELU(), nn.Softplus(), nn.Sigmoid(), nn.Tanh()][rng.integers(6)])
        if rng.random() < 0.5:
            layers.append(nn.Dropout(float(rng.uniform(0.1, 0.6))))
            drops.append(n_out)
        width = n_out
    layers.append(nn.Linear(width, CLASSES))
    loss = [nn.CrossEntropyLoss(), nn.MSELoss(), nn.BCEWithLogitsLoss(), nn.L1Loss()][rng.integers(4)]
    return nn.Sequential(*layers), drops, loss


class Masked(nn.Module):
    """Dropout with a given mask, as PyTorch would apply it."""

    def __init__(self, mask, p):
        super().__init__()
        self.mask, self.p = torch.as_tensor(mask), p

    def forward(self, x):
        return x * self.mask.to(x.dtype) / (1 - self.p)


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
def test_random_models(dtype, training):
    """25 models a case, 100 in all, with batch normalisation, and dropout with a fixed mask."""
    rng = np.random.default_rng(7)
    for _ in range(25):
        model, drops, loss = random_model(rng)
        X, classes, rows = batch(dtype)
        y = classes if isinstance(loss, nn.CrossEntropyLoss) else rows
        model.to(dtype)(X)
        masks = [rng.random((BATCH, n)) < 0.7 for n in drops]
        remaining = iter(masks)
        reference = nn.Sequential(
            *(
                Masked(next(remaining), layer.p) if training and isinstance(layer, nn.Dropout) else layer
                for layer in model
            )
        ).train(training)
        ours = from_torch(model, X, y, loss, training=training, masks=masks)
        ours.backward()
        expected, gradients = autograd(reference, X, y, loss)
        _, exact = autograd(copy.deepcopy(reference).double(), X.double(), y if y is classes else y.double(), loss)
        assert ours.value == pytest.approx(expected, rel=TOLERANCE[dtype])
        assert_gradients(ours, gradients, TOLERANCE[dtype], exact)


def autograd(model, X, y, loss):
    value = loss(model(X), y)
    return value.item(), torch.autograd.grad(value, list(model.parameters()))


class Net(nn.Module):
    """A network as tutorials write it."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 16)
        self.block = nn.Sequential(nn.Linear(16, 16), nn.Tanh())
        self.fc2 = nn.Linear(16, 10, bias=False)
        self.scale = nn.Parameter(torch.tensor(0.7))

    def forward(self, x):
        x = x.view(x.size(0), -1)
        x = F.dropout(F.relu(self.fc1(x)), 0.3, self.training)
        x = x + self.block(x) * self.scale
        return F.log_softmax(self.fc2(torch.sigmoid(x)), dim=1)


def test_a_module_with_a_forward_of_its_own():
    model = Net().double().eval()
    X, y = torch.rand(4, 28, 28, dtype=torch.float64), torch.tensor([1, 0, 9, 9])
    expected = F.nll_loss(model(X), y)
    expected.backward()
    ours = from_torch(model, X, y)
    ours.backward()
    got = parameters(ours)
    assert list(got) == ["W1", "b1", "W2", "b2", "scale", "W3"]
    assert_gradients(
        ours,
        [
            model.fc1.weight.grad,
            model.fc1.bias.grad,
            model.block[0].weight.grad,
            model.block[0].bias.grad,
            model.scale.grad,
            model.fc2.weight.grad,
        ],
        1e-10,
    )


def test_a_layer_used_twice_has_one_variable():
    shared = nn.Linear(N_IN, N_IN)
    model = nn.Sequential(shared, nn.Tanh(), shared, nn.Tanh(), nn.Linear(N_IN, CLASSES)).double()
    X, y, _ = batch()
    ours = assert_same(model, X, y, nn.CrossEntropyLoss())
    assert list(parameters(ours)) == ["W1", "b1", "W3", "b3"]


def test_a_single_layer_is_a_model():
    X, y, _ = batch()
    model = nn.Linear(N_IN, CLASSES).double()
    ours = from_torch(model, X, y)
    assert ours.value == pytest.approx(F.cross_entropy(model(X), y).item(), rel=1e-12)


def test_names_and_the_player():
    X, y, _ = batch()
    loss = from_torch(mlp(nn.ReLU(), nn.Dropout(0.5)).double(), X[:1], y[:1], nn.CrossEntropyLoss())
    names = {node.name for node in nt.graph.ordered(loss)}
    assert {"X", "W1", "b1", "pre1", "out1", "W2", "b2", "pred", "target", "loss"} <= names
    assert "W1" in nt.trace(loss).to_text()
    assert "W1" in nt.step(loss)._repr_html_()


class Counting(nn.Module):
    """A model with everything that a call could change: averages, a counter, a list, chance."""

    def __init__(self):
        super().__init__()
        self.body = mlp(nn.BatchNorm1d(6), nn.Dropout(0.25), nn.ReLU(inplace=True))
        self.calls, self.seen = 0, []
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        self.seen.append(self.calls)
        self.count += 1
        return self.body(F.relu(x, inplace=True))


def everything(model, X, y):
    """The state of a model, of its inputs, and of chance."""
    return {
        "state": {name: value.clone() for name, value in model.state_dict().items()},
        "grad": [parameter.grad.clone() for parameter in model.parameters()],
        "objects": [id(tensor) for parameter in model.parameters() for tensor in (parameter, parameter.grad)],
        "trainable": [parameter.requires_grad for parameter in model.parameters()],
        "modes": [module.training for module in model.modules()],
        "hooks": [len(module._forward_hooks) for module in model.modules()],
        "names": [set(vars(module)) for module in model.modules()],
        "own": (model.calls, list(model.seen)),
        "inputs": (X.clone(), y.clone(), X.requires_grad, X.grad),
        "chance": (torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()),
    }


def alike(some, others):
    if isinstance(some, dict):
        return set(some) == set(others) and all(alike(some[key], others[key]) for key in some)
    if isinstance(some, list | tuple):
        return len(some) == len(others) and all(map(alike, some, others))
    return bool((some == others).all()) if hasattr(some, "shape") else some == others


@pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
def test_the_model_is_left_alone(training, mode):
    X, y, _ = batch()
    model = Counting().double()
    F.cross_entropy(model(X.clone()), y).backward()
    model.body[1].eval()
    masks = [np.ones((BATCH, 6))]
    before = everything(model, X, y)
    with mode():
        loss = from_torch(model, X, y, nn.CrossEntropyLoss(), training=training, masks=masks)
        with pytest.raises(NNTeachError):
            from_torch(model, X, y, lambda p, t: p.sum(), training=training, masks=masks)
    assert alike(everything(model, X, y), before)
    loss.backward()
    assert np.linalg.norm(parameters(loss)["W1"].grad) > 0


def test_models_and_inputs_made_in_inference_mode():
    with torch.inference_mode():
        model = mlp(nn.Tanh()).double()
        X, y, _ = batch()
    loss = from_torch(model, X, y, nn.CrossEntropyLoss())
    with torch.inference_mode():
        expected = F.cross_entropy(model(X), y).item()
    assert loss.value == pytest.approx(expected, rel=1e-12)


def test_attributes_that_cannot_be_copied():
    model = mlp(nn.Tanh()).double()
    model.lock = threading.Lock()
    model.kept = [model[0](batch()[0])]  # a tensor with a history
    X, y, _ = batch()
    assert_same(model, X, y, nn.CrossEntropyLoss())


def test_a_large_model_opens_as_layers_and_is_not_sent_number_by_number():
    """235,200 weights and as many gradients would be 10 MB; the page has their shape and range instead."""
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10)
    )
    X, y = torch.rand(32, 28, 28), torch.arange(32) % 10
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(model(X), y).backward()
        optimizer.step()
    player = nt.step(from_torch(model, X[:1], y[:1]))
    assert player.level == "layer" and {"vector", "neuron"} & set(player.data["levels"])
    assert [node["operation"] for node in player.data["nodes"] if "layer" in node["operation"]] == [
        "layer 1 · relu",
        "layer 2 · relu",
        "layer 3",
    ]
    W1 = model[1].weight.detach().numpy()
    told = [full for full, _ in player.data["texts"] if full.startswith("array 300×784: ")]
    assert f"array 300×784: {digits(W1.min())} … {digits(W1.max())}" in told
    assert len(player._repr_html_()) < 300_000
    assert nt.step(from_torch(mlp(nn.ReLU()), X[:1, 0, :5], y[:1] % CLASSES)).level == "vector"


# ------------------------------------------------------------------------------------------ what cannot be opened


class Undecided(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


class Unknown(nn.Module):
    def forward(self, x):
        return torch.cumsum(x, 1)


class Two(nn.Module):
    def forward(self, x, other):
        return x + other


class Pair(nn.Module):
    def forward(self, x):
        return torch.relu(x), x


@pytest.mark.parametrize(
    "model, said",
    [
        (
            nn.Sequential(nn.Linear(N_IN, 4), nn.Unflatten(1, (1, 4)), nn.Conv1d(1, 1, 2)),
            ["the layer 1: Unflatten", "Linear"],
        ),
        (mlp(nn.GELU()), ["the layer 1: GELU", "LeakyReLU", "BatchNorm1d"]),
        (Undecided(), ["takes the same way", "if, for"]),
        (Unknown(), ["cumsum() in forward()"]),
        (Two(), ["one input", "other"]),
        (Pair(), ["one output", "tuple"]),
        (nn.Identity(), ["unchanged"]),
    ],
    ids=["unflatten", "gelu", "if", "cumsum", "two inputs", "two outputs", "nothing"],
)
def test_what_cannot_be_opened_is_named(model, said):
    X, y, _ = batch()
    with pytest.raises(BridgeError) as caught:
        from_torch(model.double(), X, y)
    for words in said:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    "loss, said",
    [
        (nn.HuberLoss(), "HuberLoss"),
        (nn.CrossEntropyLoss(weight=torch.ones(CLASSES)), "without weight="),
        (nn.CrossEntropyLoss(reduction="none"), "none"),
        (nn.CrossEntropyLoss(ignore_index=2), "which CrossEntropyLoss ignores"),
    ],
)
def test_losses_that_cannot_be_opened_are_named(loss, said):
    X, *_ = batch()
    with pytest.raises(BridgeError, match=said):
        from_torch(mlp().double(), X, torch.tensor([2] * BATCH), loss)


def test_what_is_no_model():
    with pytest.raises(BridgeError, match=r"a torch\.nn\.Module"):
        from_torch([1, 2], [[1.0]], [1])


def test_half_precision():
    X, y, _ = batch()
    with pytest.raises(BridgeError, match=r"model\.float\(\)"):
        from_torch(mlp().bfloat16(), X, y)


def test_shapes_that_do_not_fit():
    X, y, rows = batch()
    with pytest.raises(ShapeError, match="5 columns for W1"):
        from_torch(mlp().double(), X[:, :3], y)
    with pytest.raises(ShapeError, match="prediction's shape"):
        from_torch(mlp(n_out=1).double(), X, rows[:, 0], nn.MSELoss())  # PyTorch spreads it to 7 x 7, with a warning
    with pytest.raises(ShapeError, match="mask of shape"):
        from_torch(mlp(nn.Dropout(0.5)).double(), X, y, training=True, masks=[np.ones(3)])
    with pytest.raises(GraphError, match="masks="):
        from_torch(mlp(nn.Dropout(0.5)).double(), X, y, training=True)


def test_a_probability_of_exactly_zero():
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid()).double()
    with torch.no_grad():
        model[0].weight.fill_(-1000.0)
    with pytest.raises(GraphError, match="BCEWithLogitsLoss"):
        from_torch(model, [[1.0]], [[1.0]], nn.BCELoss())


# ------------------------------------------------------------------------------------------ traps


@contextlib.contextmanager
def masked(masks):
    """While this holds, PyTorch's dropout takes these masks, one a call."""
    waiting, original = iter(masks), F.dropout

    def dropped(x, p=0.5, training=True, inplace=False):
        mask = next(waiting)
        if not training or p == 0:
            return x
        return x * torch.as_tensor(mask) / (1 - p) if p < 1 else 0 * x

    try:
        F.dropout = dropped if masks else original
        yield
    finally:
        F.dropout = original


def pytorch(make):
    """PyTorch's own loss and gradients of a trap; those that are there, in the order of the parameters."""
    model, X, y, loss, settings = make()
    training = settings.get("training", False)
    if model.training != training:
        model.train(training)
    X, y = torch.as_tensor(np.asarray(X)).double(), torch.as_tensor(np.asarray(y))
    over_classes = isinstance(loss, nn.CrossEntropyLoss | nn.NLLLoss) or loss is F.cross_entropy
    y = y.long() if over_classes and not y.is_floating_point() else y.double()
    with masked(settings.get("masks", ())):
        value = loss(model(X), y)
    everything = [*model.parameters(), *(t for t in vars(model).values() if isinstance(t, torch.Tensor))]
    wanted = [tensor for tensor in everything if tensor.requires_grad]
    gradients = torch.autograd.grad(value, wanted, allow_unused=True)
    return value.item(), [gradient for gradient in gradients if gradient is not None]


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore:Complex modules")
def test_a_trap_is_opened_exactly_or_refused_in_words(name):
    make, expected = TRAPS[name]
    torch.manual_seed(0)
    model, X, y, loss, settings = make()
    if expected != EQUAL:
        with pytest.raises(NNTeachError) as caught:
            from_torch(model, X, y, loss, **settings)
        assert re.search(expected, str(caught.value)), str(caught.value)
        return
    ours = from_torch(model, X, y, loss, **settings)
    ours.backward()
    torch.manual_seed(0)
    value, gradients = pytorch(make)
    assert ours.value == pytest.approx(value, rel=1e-10)
    assert_gradients(ours, gradients, 1e-10)


def change(rng, model):
    """Something that is not seen in a list of layers; its name."""
    at = int(rng.integers(len(model)))
    layer, linear = model[at], [module for module in model if isinstance(module, nn.Linear)]
    double = type("Twice", (type(layer),), {"forward": lambda self, x: 2 * super(type(self), self).forward(x)})
    changes = {
        "nothing": lambda: None,
        "frozen": lambda: linear[0].requires_grad_(False),
        "frozen bias": lambda: linear[-1].bias.requires_grad_(False),
        "mode": lambda: layer.train(not layer.training),
        "hook": lambda: layer.register_forward_hook(lambda module, inputs, out: out * 1.5),
        "pre-hook": lambda: layer.register_forward_pre_hook(lambda module, inputs: (inputs[0] * 1.5,)),
        "backward hook": lambda: linear[0].weight.register_hook(lambda slope: 2 * slope),
        "forward": lambda: setattr(layer, "forward", lambda x: x * 2),
        "class": lambda: setattr(layer, "__class__", double),
        "in place": lambda: model.__setitem__(at, nn.Sequential(layer, nn.ReLU(inplace=True))),
        "skip": lambda: model.__setitem__(at, Skip(layer)),
        "no_grad": lambda: model.__setitem__(at, Cut(layer)),
        "pruned": lambda: nn.utils.prune.l1_unstructured(linear[0], "weight", 0.5),
        "normed": lambda: nn.utils.parametrizations.weight_norm(linear[0]),
        "noise": lambda: model.__setitem__(at, Noisy(layer)),
        "zeros": lambda: nn.init.zeros_(linear[0].weight.data),
    }
    name = str(rng.choice(list(changes)))
    changes[name]()
    return name


class Around(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner


class Skip(Around):
    def forward(self, x):
        h = F.elu(x, inplace=True)
        return self.inner(h * x)


class Cut(Around):
    def forward(self, x):
        with torch.no_grad():
            return self.inner(x)


class Noisy(Around):
    def forward(self, x):
        return self.inner(x) + torch.rand(1, dtype=torch.float64)


def test_random_models_with_something_unseen():
    """Each is opened exactly or refused; those in which nothing was changed are all opened."""
    rng = np.random.default_rng(5)
    opened = 0
    for _ in range(150):
        model, drops, loss = random_model(rng)
        X, classes, rows = batch()
        y = classes if isinstance(loss, nn.CrossEntropyLoss) else rows
        model.double()(X)
        model.eval()
        what = change(rng, model)
        masks = [rng.random((BATCH, n)) < 0.7 for n in drops]
        try:
            ours = from_torch(model, X, y, loss, masks=masks)
        except NNTeachError:
            assert what != "nothing"
            continue
        opened += 1
        with masked(masks):
            value = loss(model(X.clone()), y)
        assert ours.value == pytest.approx(value.item(), rel=1e-10), what
        wanted = [parameter for parameter in model.parameters() if parameter.requires_grad]
        expected = torch.autograd.grad(value, wanted, allow_unused=True) if value.requires_grad else []
        expected = [gradient for gradient in expected if gradient is not None and gradient.any()]
        got = nt.autodiff.gradients(ours, [*parameters(ours).values()]) if ours.active else []
        got = [gradient for gradient in got if np.any(gradient)]
        most = max(map(np.linalg.norm, expected), default=0.0)
        rounding = 1e-13 * most  # of a bias before a normalisation, whose gradient is 0
        for mine, theirs in zip_longest(*([each for each in side if np.linalg.norm(each) > rounding]
                                          for side in (got, expected))):  # fmt: skip
            assert np.linalg.norm(mine - theirs.numpy()) <= 1e-10 * np.linalg.norm(theirs) + rounding, what
    assert opened > 60


@pytest.mark.parametrize(
    "place, name, replaced",
    [
        (F, "relu", lambda original: lambda x, inplace=False: original(x) + 1),
        (nn.ReLU, "forward", lambda original: lambda self, x: original(self, x) + 1),
        (nn.Linear, "forward", lambda original: lambda self, x: 2 * original(self, x)),
        (F, "cross_entropy", lambda original: lambda *args, **settings: 3 * original(*args, **settings)),
        (nn.CrossEntropyLoss, "forward", lambda original: lambda self, p, t: 3 * original(self, p, t)),
        (nn.Sequential, "forward", lambda original: lambda self, x: 2 * original(self, x)),
        (nn.Module, "__call__", lambda original: lambda self, *args: 2 * original(self, *args)),
    ],
)
def test_what_was_replaced_in_pytorch_itself(place, name, replaced, monkeypatch):
    X, y, _ = batch()
    model = mlp(nn.ReLU()).double()
    with monkeypatch.context() as patched:
        patched.setattr(place, name, replaced(getattr(place, name)))
        expected = nn.CrossEntropyLoss()(model(X), y).item()
        try:
            assert from_torch(model, X, y, nn.CrossEntropyLoss()).value == pytest.approx(expected, rel=1e-10)
        except BridgeError as error:
            assert "not PyTorch's" in str(error) or "PyTorch's own numbers" in str(error)
    assert_same(model, X, y, nn.CrossEntropyLoss())
