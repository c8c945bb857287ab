"""Keras models as our graph: the same numbers and gradients, and clear words where one cannot be opened.

Gradients come from torch.autograd where Keras runs on PyTorch, from GradientTape where it runs on TensorFlow.
The backend is the one in KERAS_BACKEND, or the first of TensorFlow, PyTorch and JAX that is there (`conftest.py`).
"""

import re
import warnings

import numpy as np
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what a framework warns of while it loads is not ours
    keras = pytest.importorskip("keras")

from bridge_traps_keras import EQUAL, NEAR, TRAPS

import nnteach as nt
from nnteach.bridges import BridgeError, from_keras, parameters
from nnteach.core.errors import GraphError, NNTeachError, ShapeError

layers = keras.layers
BACKEND = keras.backend.backend()
# On PyTorch and JAX Keras multiplies matrices in float32, whatever its policy says: the proof to ten digits is
# the one on TensorFlow (and that of from_torch).
TOLERANCE = {"float32": 1e-6} | ({"float64": 1e-10} if BACKEND == "tensorflow" else {})
N_IN, BATCH, CLASSES = 5, 7, 3


@pytest.fixture(params=TOLERANCE)
def dtype(request):
    """Both the policy and floatx: either alone leaves something in float32."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(request.param)
    keras.config.set_dtype_policy(request.param)
    keras.utils.set_random_seed(0)
    yield request.param
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


def batch(dtype):
    """Inputs, class numbers, and rows that sum to 1."""
    rng = np.random.default_rng(1)
    rows = rng.uniform(0.05, 0.95, (BATCH, CLASSES))
    X = rng.normal(size=(BATCH, N_IN)).astype(dtype)
    return X, rng.integers(0, CLASSES, BATCH), (rows / rows.sum(1, keepdims=True)).astype(dtype)


def reference(model, X, y, loss, training=False):
    """Keras's loss with its penalties, and its gradients, by the backend's own means."""
    loss = keras.losses.get(loss)
    is_object = isinstance(loss, keras.losses.Loss)

    def value(mean, add):
        pred = model(keras.ops.convert_to_tensor(X), training=training)
        values = (loss.call if is_object else loss)(keras.ops.convert_to_tensor(y), pred)
        return (add if is_object and loss.reduction == "sum" else mean)(values) + sum(model.losses)

    variables = [variable.value for variable in model.trainable_variables]
    if BACKEND == "torch":
        import torch

        total = value(torch.mean, torch.sum)
        return total.item(), [gradient.numpy() for gradient in torch.autograd.grad(total, variables)]
    if BACKEND == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            total = value(tf.reduce_mean, tf.reduce_sum)
        return float(total), [np.asarray(gradient) for gradient in tape.gradient(total, variables)]
    pytest.skip(f"no reference for gradients on {BACKEND}")


def assert_same(model, X, y, loss, training=False, **settings):
    expected, gradients = reference(model, X, y, loss, training)
    ours = from_keras(model, X, y, loss, training=training, **settings)
    ours.backward()
    tolerance = TOLERANCE[X.dtype.name]
    assert ours.value == pytest.approx(expected, rel=tolerance)
    rounding = 100 * np.finfo(X.dtype).eps * max(map(np.linalg.norm, gradients))
    for node, gradient in zip(parameters(ours).values(), gradients, strict=True):
        ours_in_keras = node.grad.T if node.ndim == 2 else node.grad
        if np.linalg.norm(gradient) <= rounding:  # a bias before batch normalisation by the batch
            assert np.linalg.norm(ours_in_keras) <= rounding, node.name
        else:
            assert np.linalg.norm(ours_in_keras - gradient) <= tolerance * np.linalg.norm(gradient), node.name
    return ours


def sequential(*between, end="linear", n_out=CLASSES):
    return keras.Sequential([layers.Input((N_IN,)), layers.Dense(6), *between, layers.Dense(n_out, activation=end)])


# Numbers such as 0.1 would not do as settings: TensorFlow and Keras take some of them as float32 on the way.
LAYERS = {
    "relu": lambda: layers.ReLU(),
    "leaky": lambda: layers.LeakyReLU(negative_slope=0.25),
    "relu with a slope": lambda: layers.ReLU(negative_slope=0.125),
    "elu": lambda: layers.ELU(0.7),
    "softmax": lambda: layers.Softmax(),
    "dropout": lambda: layers.Dropout(0.4),
    "flatten": lambda: layers.Flatten(),
    "rescaling": lambda: layers.Rescaling(2.0, 0.5),
    "batch norm": lambda: layers.BatchNormalization(),
    "bare norm": lambda: layers.BatchNormalization(scale=False, center=False),
    "penalties": lambda: layers.Dense(
        4,
        "relu",
        kernel_regularizer=keras.regularizers.L2(0.125),
        bias_regularizer=keras.regularizers.L1L2(0.25, 0.5),
    ),
    "no bias": lambda: layers.Dense(4, use_bias=False),
    "layer as activation": lambda: layers.Dense(4, activation=layers.LeakyReLU(negative_slope=0.25)),
} | {
    f"Activation {name}": (lambda name=name: layers.Activation(name))
    for name in (
        "linear",
        "relu",
        "leaky_relu",
        "elu",
        "softplus",
        "sigmoid",
        "tanh",
        "softmax",
        "log_softmax",
        "exponential",
    )
}


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer(name, dtype):
    X, y, _ = batch(dtype)
    if BACKEND == "tensorflow" and name == "Activation leaky_relu" and dtype == "float64":
        pytest.skip("its slope of 0.2 is a float32 in TensorFlow")
    model = sequential(LAYERS[name]())
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.moving_mean.assign(np.linspace(-1, 1, 6))
            layer.moving_variance.assign(np.linspace(0.5, 2, 6))
    assert_same(model, X, y, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


@pytest.mark.parametrize(
    "loss, end, target",
    [
        (keras.losses.SparseCategoricalCrossentropy(), "softmax", "classes"),
        (keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"), "linear", "classes"),
        (keras.losses.CategoricalCrossentropy(), "softmax", "rows"),
        (keras.losses.CategoricalCrossentropy(), "sigmoid", "rows"),
        (keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), "linear", "rows"),
        (keras.losses.BinaryCrossentropy(label_smoothing=0.1), "sigmoid", "rows"),
        (keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum"), "linear", "rows"),
        (keras.losses.MeanSquaredError(reduction="sum"), "tanh", "rows"),
        ("mse", "linear", "rows"),
        ("mae", "linear", "rows"),
        ("sparse_categorical_crossentropy", "softmax", "classes"),
        ("binary_crossentropy", "sigmoid", "rows"),
    ],
)
def test_every_loss(loss, end, target, dtype):
    X, classes, rows = batch(dtype)
    if isinstance(loss, keras.losses.Loss):
        loss = type(loss).from_config(loss.get_config())  # made anew, it computes in the precision of now
    assert_same(sequential(layers.ReLU(), end=end), X, classes if target == "classes" else rows, loss)


def test_the_compiled_loss_is_taken(dtype):
    X, classes, rows = batch(dtype)
    model = sequential(end="softmax")
    for loss, y in (
        ("sparse_categorical_crossentropy", classes),
        ("mse", rows),
        (keras.losses.CategoricalCrossentropy(), rows),
    ):
        model.compile(loss=loss)
        assert from_keras(model, X, y).value == pytest.approx(reference(model, X, y, loss)[0], rel=TOLERANCE[dtype])
    uncompiled = sequential(end="softmax")
    expected = reference(uncompiled, X, classes, "sparse_categorical_crossentropy")[0]
    assert from_keras(uncompiled, X, classes).value == pytest.approx(expected, rel=TOLERANCE[dtype])


def test_a_functional_model_with_models_inside(dtype):
    X, y, _ = batch(dtype)
    inner = keras.Sequential([layers.Input((6,)), layers.Dense(4, "relu"), layers.Dropout(0.5)])
    x = entry = keras.Input((N_IN,))
    for layer in (layers.Rescaling(1 / 4), layers.Dense(6, "tanh"), inner, layers.Dense(CLASSES)):
        x = layer(x)
    assert_same(keras.Model(entry, x), X, y, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def test_a_layer_used_twice_has_one_variable(dtype):
    X, y, _ = batch(dtype)
    shared = layers.Dense(N_IN, "tanh")
    model = keras.Sequential([layers.Input((N_IN,)), shared, shared, layers.Dense(CLASSES)])
    ours = assert_same(model, X, y, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert list(parameters(ours)) == ["W1", "b1", "W3", "b3"]


def random_model(rng, norms):
    model, widths = [layers.Input((N_IN,)), layers.Flatten()], []
    for _ in range(rng.integers(1, 4)):
        n_out = int(rng.integers(2, 9))
        model.append(layers.Dense(n_out, use_bias=bool(rng.random() < 0.8)))
        if rng.random() < 0.5 and norms:
            model.append(layers.BatchNormalization())
        model.append(layers.Activation(str(rng.choice(["relu", "elu", "softplus", "sigmoid", "tanh"]))))
        if rng.random() < 0.5:
            model.append(layers.Dropout(float(rng.uniform(0.1, 0.6))))
            widths.append(n_out)
    return keras.Sequential([*model, layers.Dense(CLASSES, activation="softmax")]), widths


class Masked(layers.Layer):
    """Dropout with a given mask, as Keras would apply it."""

    def __init__(self, mask, rate):
        super().__init__()
        self.mask, self.rate = mask, rate

    def call(self, x):
        return x * keras.ops.convert_to_tensor(self.mask, x.dtype) / (1 - self.rate)

    def compute_output_shape(self, shape):
        return shape


@pytest.mark.parametrize("training", [False, True], ids=["predict", "train"])
def test_random_models(training, dtype):
    """25 models a case, 100 in all, with batch normalisation, and dropout with a fixed mask.

    Normalising by the batch loses digits in float32, in any engine: the proof of that is the one in float64.
    """
    norms = not (training and dtype == "float32")
    rng = np.random.default_rng(3)
    X, y, _ = batch(dtype)
    for _ in range(25):
        model, widths = random_model(rng, norms)
        masks = [rng.random((BATCH, n)) < 0.7 for n in widths]
        remaining = iter(masks)
        same = keras.Sequential(
            [
                layers.Input((N_IN,)),
                *(
                    Masked(next(remaining), layer.rate) if isinstance(layer, layers.Dropout) and training else layer
                    for layer in model.layers
                ),
            ]
        )
        expected, gradients = reference(same, X, y, "sparse_categorical_crossentropy", training)
        ours = from_keras(model, X, y, "sparse_categorical_crossentropy", training=training, masks=masks)
        ours.backward()
        assert ours.value == pytest.approx(expected, rel=TOLERANCE[dtype])
        rounding = 100 * np.finfo(dtype).eps * max(map(np.linalg.norm, gradients))
        for node, gradient in zip(parameters(ours).values(), gradients, strict=True):
            difference = np.linalg.norm((node.grad.T if node.ndim == 2 else node.grad) - gradient)
            assert difference <= max(TOLERANCE[dtype] * np.linalg.norm(gradient), rounding), node.name


def test_probabilities_of_zero_cost_what_keras_says(dtype):
    model = keras.Sequential([layers.Input((1,)), layers.Dense(2, "softmax")])
    model.layers[0].kernel.assign([[200.0, -200.0]])
    X = np.array([[1.0]], dtype)
    assert_same(model, X, np.array([1]), keras.losses.SparseCategoricalCrossentropy())


def test_targets_in_a_column(dtype):
    X, classes, rows = batch(dtype)
    assert_same(sequential(end="softmax"), X, classes[:, None], keras.losses.SparseCategoricalCrossentropy())
    model = sequential(end="sigmoid", n_out=1)
    loss = keras.losses.BinaryCrossentropy()
    expected = reference(model, X, rows[:, :1], loss)[0]
    assert from_keras(model, X, rows[:, 0], loss).value == pytest.approx(expected, rel=TOLERANCE[dtype])


def test_names_and_an_unbuilt_model(dtype):
    X = np.random.default_rng(0).random((4, 28, 28)).astype(dtype)
    model = keras.Sequential([layers.Flatten(), layers.Dense(8, "relu"), layers.Dense(10, "softmax")])
    loss = from_keras(model, X[:1], np.array([3]))
    names = {node.name for node in nt.graph.ordered(loss)}
    assert {"X", "flat", "W1", "b1", "pre1", "out1", "W2", "b2", "pred", "target", "loss"} <= names
    assert parameters(loss)["W1"].shape == (8, 784) and parameters(loss)["W1"].dtype == dtype
    assert model.built and loss.value == pytest.approx(
        reference(model, X[:1], np.array([3]), "sparse_categorical_crossentropy")[0], rel=TOLERANCE[dtype]
    )


# ------------------------------------------------------------------------------------------ what cannot be opened


class Own(keras.Model):
    def call(self, x):
        return x


def branched():
    entry = keras.Input((N_IN,))
    return keras.Model(entry, layers.Add(name="sum_of_two")([layers.Dense(3)(entry), layers.Dense(3)(entry)]))


@pytest.mark.parametrize(
    "make, said",
    [
        (
            lambda: sequential(layers.LayerNormalization(name="norm")),
            ["the layer norm: LayerNormalization", "BatchNormalization"],
        ),
        (lambda: sequential(layers.Activation("gelu")), ["gelu", "softplus"]),
        (lambda: sequential(layers.Activation(lambda x: x)), ["<lambda>", "softplus"]),
        (lambda: sequential(layers.ReLU(max_value=6.0, name="six")), ["max_value", "six with 6.0"]),
        (
            lambda: sequential(layers.Dense(4, kernel_regularizer=keras.regularizers.OrthogonalRegularizer())),
            ["Orthogonal", "L1L2"],
        ),
        (Own, ["Own", "call()", "Sequential"]),
        (branched, ["sum_of_two (Add), with 2 inputs"]),
        (lambda: keras.Sequential([layers.Input((N_IN,)), layers.Dropout(0.5)]), ["unchanged"]),
    ],
    ids=["layer", "activation", "lambda", "setting", "regularizer", "subclass", "branches", "nothing"],
)
def test_what_cannot_be_opened_is_named(make, said):
    X, y, _ = batch("float32")
    with pytest.raises(BridgeError) as caught:
        from_keras(make(), X, y, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for words in said:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    "loss, said",
    [
        (keras.losses.Huber(), "Huber"),
        ("hinge", "hinge"),
        (keras.losses.MeanSquaredError(reduction=None), "one number"),
        (keras.losses.SparseCategoricalCrossentropy(ignore_class=2), "all classes"),
    ],
)
def test_losses_that_cannot_be_opened_are_named(loss, said):
    X, _, rows = batch("float32")
    with pytest.raises(BridgeError, match=said):
        from_keras(sequential(end="softmax"), X, rows, loss)


def test_what_is_no_model():
    with pytest.raises(BridgeError, match=r"a keras\.Model"):
        from_keras([1, 2], [[1.0]], [1])


def test_shapes_that_do_not_fit():
    X, y, rows = batch("float32")
    with pytest.raises(ShapeError, match="5 columns for W1"):
        from_keras(sequential(), X[:, :3], y)
    with pytest.raises(GraphError, match="masks="):
        from_keras(sequential(layers.Dropout(0.5)), X, rows, "mse", training=True)


# ------------------------------------------------------------------------------------------ traps


@pytest.mark.filterwarnings("ignore:.*received `from_logits=True`")
@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_opened_exactly_or_refused_in_words(name, finest):
    make, expected = TRAPS[name]
    model, X, y, loss, settings = make()
    if expected not in (EQUAL, NEAR):
        with pytest.raises(NNTeachError) as caught:
            from_keras(model, X, y, loss, **settings)
        assert re.search(expected, str(caught.value), re.DOTALL), str(caught.value)
        return
    before = [numbers(variable).copy() for variable in model.variables]
    ours = from_keras(model, X, y, loss, **settings)
    assert all((array == numbers(now)).all() for array, now in zip(before, model.variables, strict=True))
    ours.backward()
    X, y = np.asarray(X, finest), as_fit(np.asarray(y), model(np.asarray(X, finest)))
    masks = iter(settings.pop("masks", ()))
    for layer in model.layers:
        if isinstance(layer, layers.Dropout) and settings.get("training"):
            kept = 1 - layer.rate
            layer.call = lambda x, kept=kept, **_: x * keras.ops.convert_to_tensor(next(masks) / kept, finest)
    loss = next(iter(model.loss.values())) if loss is None else loss
    value, gradients = reference(model, X, y, loss, **settings)
    tolerance = max(TOLERANCE[finest], 1e-6 if expected == NEAR else 0)
    assert ours.value == pytest.approx(value, rel=tolerance)
    rounding = 100 * np.finfo(finest).eps * max([0, *map(np.linalg.norm, gradients)])
    for node, gradient in zip(parameters(ours).values(), gradients, strict=True):
        apart = np.linalg.norm((node.grad.T if node.ndim == 2 else node.grad) - gradient)
        assert apart <= tolerance * np.linalg.norm(gradient) + rounding, node.name


def numbers(variable):
    """Those of a variable of Keras's, on any backend."""
    return np.asarray(variable.value.detach() if hasattr(variable.value, "detach") else variable.value)


def change(rng, model):
    """Something that is not seen in a list of layers; its name."""
    layer = model.layers[int(rng.integers(len(model.layers)))]
    dense = [each for each in model.layers if isinstance(each, layers.Dense)]
    changes = {
        "nothing": lambda: None,
        "frozen": lambda: setattr(layer, "trainable", False),
        "all frozen but one": lambda: [setattr(each, "trainable", False) for each in dense[1:]],
        "call": lambda: setattr(layer, "call", lambda x, **_: 2 * x),
        "class": lambda: setattr(layer, "__class__", type("Own", (type(layer),), {"call": lambda self, x: x + x})),
        "activation": lambda: setattr(dense[0], "activation", lambda x: x * x),
        "regularizer": lambda: setattr(dense[0].kernel, "regularizer", keras.regularizers.L2(0.5)),
        "own regularizer": lambda: setattr(dense[0].kernel, "regularizer", lambda w: keras.ops.sum(w * w * w)),
        "no bias": lambda: setattr(dense[0], "use_bias", False),
        "zeros": lambda: dense[0].kernel.assign(0 * numbers(dense[0].kernel)),
    }
    name = str(rng.choice(list(changes)))
    changes[name]()
    return name


def test_random_models_with_something_unseen(finest):
    """Each is opened exactly or refused; those in which nothing was changed are all opened."""
    rng = np.random.default_rng(11)
    X, y, rows = batch(finest)
    opened = 0
    for _ in range(40):
        model, _ = random_model(rng, norms=True)
        model.layers[-1].activation = keras.activations.get(str(rng.choice(["softmax", "sigmoid", "linear", "tanh"])))
        what = change(rng, model)
        name = str(rng.choice(["sparse_categorical_crossentropy", "categorical_crossentropy", "mse", "mae"]))
        target = y if name.startswith("sparse") else rows
        try:
            ours = from_keras(model, X, target, name)
        except NNTeachError:
            assert what != "nothing"
            continue
        value, gradients = reference(model, X, target, name)
        opened += 1
        assert ours.value == pytest.approx(value, rel=TOLERANCE[finest]), what
        if not parameters(ours):
            assert not gradients, what
            continue
        ours.backward()
        rounding = 100 * np.finfo(finest).eps * max(map(np.linalg.norm, gradients))
        for node, gradient in zip(parameters(ours).values(), gradients, strict=True):
            apart = np.linalg.norm((node.grad.T if node.ndim == 2 else node.grad) - gradient)
            assert apart <= TOLERANCE[finest] * np.linalg.norm(gradient) + rounding, (what, node.name)
    assert opened > 15


@pytest.mark.parametrize(
    "place, name, replaced",
    [
        (layers.ReLU, "call", lambda original: lambda self, x: original(self, x) + 1),
        (layers.Dense, "call", lambda original: lambda self, x, training=None: 2 * original(self, x)),
        (keras.Sequential, "call", lambda original: lambda self, *args, **by: 2 * original(self, *args, **by)),
        (keras.Model, "__call__", lambda original: lambda self, *args, **by: 2 * original(self, *args, **by)),
        (keras.losses.MeanSquaredError, "call", lambda original: lambda self, y, p: 3 * original(self, y, p)),
        (keras.regularizers.L2, "__call__", lambda original: lambda self, x: 3 * original(self, x)),
    ],
)
def test_what_was_replaced_in_keras_itself(place, name, replaced, finest, monkeypatch):
    X, _, rows = batch(finest)
    model = sequential(layers.ReLU(), layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.5)))
    loss = keras.losses.MeanSquaredError()
    with monkeypatch.context() as patched:
        patched.setattr(place, name, replaced(getattr(place, name)))
        expected, _ = reference(model, X, rows, loss)
        try:
            assert from_keras(model, X, rows, loss).value == pytest.approx(expected, rel=TOLERANCE[finest])
        except BridgeError as error:
            assert re.search("not Keras's|Keras's own numbers|call", str(error))
    assert_same(model, X, rows, loss)


@pytest.mark.parametrize("training", [False, True], ids=["predict", "train"])
def test_the_model_is_left_alone(training, finest):
    X, _, rows = batch(finest)
    model = sequential(layers.BatchNormalization(), layers.Dropout(0.25), layers.ReLU())
    model.compile(loss="mse", optimizer="sgd")
    before = [numbers(variable).copy() for variable in model.variables]
    attributes = [set(vars(layer)) for layer in model.layers]
    chance, given = np.random.get_state()[1].copy(), X.copy()
    from_keras(model, X, rows, training=training, masks=[np.ones((BATCH, 6))])
    with pytest.raises(NNTeachError):
        from_keras(model, X, rows, lambda y, p: p, training=training, masks=[np.ones((BATCH, 6))])
    assert all((array == numbers(now)).all() for array, now in zip(before, model.variables, strict=True))
    assert [set(vars(layer)) for layer in model.layers] == attributes
    assert (np.random.get_state()[1] == chance).all() and (X == given).all() and model.losses == []


def as_fit(y, pred):
    """A row of targets for a column of predictions is taken as a column, as fit() does."""
    return y[:, None] if y.ndim == 1 and tuple(pred.shape) == (len(y), 1) else y


@pytest.fixture
def finest(request):
    """Both the policy and floatx in the finest precision that the backend has."""
    name = list(TOLERANCE)[-1]
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(name)
    keras.config.set_dtype_policy(name)
    keras.utils.set_random_seed(0)
    yield name
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])
