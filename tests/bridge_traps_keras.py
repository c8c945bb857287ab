"""Models of Keras that look like others and compute something else: each is opened exactly, or refused in words.

A line of TRAPS is a function that makes (model, X, y, loss, settings of from_keras), and what must happen: EQUAL, or
words of the message. The reference is Keras itself.
"""

import keras
import numpy as np
from keras import layers

EQUAL, NEAR = "equal", "equal but for the constants that TensorFlow rounds to float32"
N_IN, BATCH, CLASSES = 5, 7, 3
TRAPS = {}


def trap(expected):
    """Enter a function in the table."""

    def enter(make):
        TRAPS[make.__name__] = make, expected
        return make

    return enter


def data():
    rng = np.random.default_rng(1)
    rows = rng.uniform(0.05, 0.95, (BATCH, CLASSES))
    X = rng.normal(size=(BATCH, N_IN)).astype(keras.config.floatx())
    return X, rng.integers(0, CLASSES, BATCH), (rows / rows.sum(1, keepdims=True)).astype(keras.config.floatx())


def mlp(*between, end="linear", n_out=CLASSES):
    return keras.Sequential([layers.Input((N_IN,)), layers.Dense(6), *between, layers.Dense(n_out, activation=end)])


def simple(model, loss, target="labels", **settings):
    X, labels, rows = data()
    y = {
        "labels": labels,
        "rows": rows,
        "column": labels[:, None],
        "binary": (labels > 0).astype(int),
        "binary column": (labels > 0).astype(float)[:, None],
        "one-hot": np.eye(CLASSES)[labels],
    }[target]
    return model, X, y, loss, settings


def normalised(trainable=True):
    model = mlp(layers.BatchNormalization(trainable=trainable), layers.ReLU())
    model.layers[1].moving_mean.assign(np.linspace(-1, 1, 6))
    model.layers[1].moving_variance.assign(np.linspace(0.5, 2, 6))
    return model


# ------------------------------------------------------------------------------------------ losses by their name


@trap("not Keras's own")
def own_function_of_that_name():
    def mean_squared_error(y, p):
        return keras.ops.sum(keras.ops.square(p - y), axis=-1)

    return simple(mlp(), mean_squared_error, "rows")


@trap("not Keras's own")
def own_class_of_that_name():
    class MeanSquaredError(keras.losses.Loss):
        def call(self, y, p):
            return 5 * keras.ops.mean(keras.ops.square(p - y), axis=-1)

    return simple(mlp(), MeanSquaredError(), "rows")


@trap("not Keras's own")
def own_subclass_of_that_name():
    class MeanSquaredError(keras.losses.MeanSquaredError):
        def call(self, y, p):
            return 2 * super().call(y, p)

    return simple(mlp(), MeanSquaredError(), "rows")


@trap("Keras's own numbers")
def a_loss_whose_call_was_replaced():
    loss = keras.losses.MeanSquaredError()
    loss.call = lambda y, p: keras.ops.mean(keras.ops.abs(p - y), axis=-1)
    return simple(mlp(), loss, "rows")


@trap("with brackets")
def a_loss_class_instead_of_a_loss():
    return simple(mlp(), keras.losses.MeanSquaredError, "rows")


@trap("<lambda>")
def a_lambda_as_loss():
    return simple(mlp(), lambda y, p: keras.ops.mean(keras.ops.abs(p - y)), "rows")


@trap("not Keras's own")
def a_compiled_loss_of_that_name():
    def binary_crossentropy(y, p):
        return keras.ops.mean(keras.ops.abs(p - y), axis=-1)

    model = mlp()
    model.compile(loss=binary_crossentropy)
    return simple(model, None, "rows")


@trap("loss_weights")
def a_compiled_loss_with_a_weight():
    model = mlp()
    model.compile(loss="mse", loss_weights=[0.25])
    return simple(model, None, "rows")


@trap("compute_loss")
def a_compiled_model_with_a_loss_of_its_own():
    class Own(keras.Sequential):
        def compute_loss(self, *args, **settings):
            return 2 * super().compute_loss(*args, **settings)

    model = Own([layers.Input((N_IN,)), layers.Dense(CLASSES)])
    model.compile(loss="mse")
    return simple(model, None, "rows")


# ------------------------------------------------------------------------------------------ settings of losses


@trap(EQUAL)
def binary_smoothing_of_logits():
    return simple(mlp(), keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.25), "rows")


@trap(EQUAL)
def binary_smoothing_of_probabilities():
    return simple(mlp(end="sigmoid"), keras.losses.BinaryCrossentropy(label_smoothing=0.25), "rows")


@trap(EQUAL)
def smoothing_of_probabilities():
    return simple(mlp(end="softmax"), keras.losses.CategoricalCrossentropy(label_smoothing=0.25), "one-hot")


@trap(EQUAL)
def smoothing_and_a_sum():
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.25, reduction="sum")
    return simple(mlp(), loss, "rows")


@trap(EQUAL)
def sparse_of_a_sigmoid():
    return simple(mlp(end="sigmoid"), "sparse_categorical_crossentropy")


@trap(EQUAL)
def sparse_of_raw_numbers():
    return simple(mlp(), "sparse_categorical_crossentropy")


@trap(EQUAL)
def sparse_of_exponentials():
    return simple(mlp(end="exponential"), keras.losses.SparseCategoricalCrossentropy())


@trap(EQUAL)
def categorical_of_a_sigmoid():
    return simple(mlp(end="sigmoid"), "categorical_crossentropy", "one-hot")


@trap(EQUAL)
def categorical_of_raw_numbers():
    return simple(mlp(), "categorical_crossentropy", "one-hot")


@trap(EQUAL)
def categorical_of_relu():
    model = mlp(end="relu")
    model.layers[-1].bias.assign([1.0, 1.0, 1.0])  # a row of zeros would be 0/0
    return simple(model, "categorical_crossentropy", "one-hot")


@trap(EQUAL)
def binary_of_raw_numbers():
    return simple(mlp(), "binary_crossentropy", "rows")


@trap(EQUAL)
def binary_of_a_softmax():
    return simple(mlp(end="softmax"), "binary_crossentropy", "one-hot")


@trap(EQUAL)
def logits_that_are_probabilities():
    return simple(mlp(end="softmax"), keras.losses.SparseCategoricalCrossentropy(from_logits=True))


@trap(EQUAL)
def logits_that_are_sigmoids():
    return simple(mlp(end="sigmoid"), keras.losses.BinaryCrossentropy(from_logits=True), "rows")


@trap(EQUAL)
def softmax_as_a_layer():
    return simple(mlp(layers.Dense(CLASSES), layers.Softmax()), "sparse_categorical_crossentropy")


@trap(EQUAL)
def softmax_twice():
    model = keras.Sequential([layers.Input((N_IN,)), layers.Dense(CLASSES, activation="softmax"), layers.Softmax()])
    return simple(model, "sparse_categorical_crossentropy")


@trap(EQUAL)
def softmax_after_dropout():
    model = keras.Sequential([layers.Input((N_IN,)), layers.Dense(CLASSES, activation="softmax"), layers.Dropout(0.5)])
    return simple(model, "sparse_categorical_crossentropy")


@trap("SparseCategoricalCrossentropy|to_categorical")
def class_numbers_for_the_categorical():
    return simple(mlp(end="softmax"), "categorical_crossentropy")


@trap("SparseCategoricalCrossentropy|to_categorical")
def class_numbers_in_a_column_for_the_categorical():
    return simple(mlp(end="softmax"), keras.losses.CategoricalCrossentropy(), "column")


@trap("argmax")
def rows_for_the_sparse():
    return simple(mlp(end="softmax"), "sparse_categorical_crossentropy", "one-hot")


@trap("prediction's shape|Keras itself")
def class_numbers_for_the_binary():
    return simple(mlp(end="sigmoid"), "binary_crossentropy")


@trap("prediction's shape|Keras itself|Keras's own")
def class_numbers_for_the_squared_error():
    return simple(mlp(), "mse")


@trap(EQUAL)
def one_output_and_a_row_of_targets():
    return simple(mlp(end="sigmoid", n_out=1), "binary_crossentropy", "binary")


@trap(EQUAL)
def one_output_and_a_row_for_an_object():
    return simple(mlp(end="sigmoid", n_out=1), keras.losses.BinaryCrossentropy(), "binary")


@trap(EQUAL)
def one_output_and_a_column_of_targets():
    return simple(mlp(n_out=1), "mse", "binary column")


@trap("all classes")
def an_ignored_class():
    return simple(mlp(end="softmax"), keras.losses.SparseCategoricalCrossentropy(ignore_class=1))


@trap("one number")
def no_reduction():
    return simple(mlp(), keras.losses.MeanSquaredError(reduction="none"), "rows")


@trap(EQUAL)
def probabilities_of_zero():
    model = mlp(end="softmax")
    model.layers[-1].kernel.assign(300 * model.layers[-1].kernel)
    return simple(model, "sparse_categorical_crossentropy")


@trap(EQUAL)
def saturated_sigmoids():
    model = mlp(end="sigmoid")
    model.layers[-1].kernel.assign(300 * model.layers[-1].kernel)
    return simple(model, "binary_crossentropy", "one-hot")


# ------------------------------------------------------------------------------------------ frozen, and by mode


@trap(EQUAL)
def a_frozen_layer():
    model = mlp(layers.ReLU())
    model.layers[0].trainable = False
    return simple(model, "mse", "rows")


@trap(EQUAL)
def a_frozen_layer_with_a_penalty():
    model = mlp(layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.25)))
    model.layers[1].trainable = False
    return simple(model, "mse", "rows")


@trap(EQUAL)
def a_frozen_model_inside():
    inner = keras.Sequential([layers.Input((6,)), layers.Dense(4, "tanh"), layers.BatchNormalization()])
    inner.trainable = False
    return simple(mlp(inner), "mse", "rows", training=True)


@trap(EQUAL)
def a_frozen_normalisation_in_training():
    return simple(normalised(trainable=False), "mse", "rows", training=True)


@trap(EQUAL)
def a_normalisation_in_training():
    return simple(normalised(), "mse", "rows", training=True)


@trap(EQUAL)
def a_normalisation_outside_training():
    return simple(normalised(), "mse", "rows")


@trap(EQUAL)
def dropout_of_everything():
    model = mlp(layers.Dropout(0.25), layers.ReLU(), layers.Dropout(0.5))
    masks = [np.arange(BATCH * 6).reshape(BATCH, 6) % k > 0 for k in (3, 4)]
    return simple(model, "mse", "rows", training=True, masks=masks)


@trap("masks=")
def dropout_without_masks():
    return simple(mlp(layers.Dropout(0.25)), "mse", "rows", training=True)


# ------------------------------------------------------------------------------------------ penalties


@trap(EQUAL)
def a_shared_layer_with_a_penalty():
    shared = layers.Dense(N_IN, "tanh", kernel_regularizer=keras.regularizers.L1L2(0.25, 0.5))
    model = keras.Sequential([layers.Input((N_IN,)), shared, shared, layers.Dense(CLASSES)])
    return simple(model, "mse", "rows")


@trap(EQUAL)
def a_penalty_that_came_after_the_weights():
    model = mlp(layers.Dense(4))
    model.layers[1].kernel_regularizer = keras.regularizers.L2(0.5)
    return simple(model, "mse", "rows")


@trap(EQUAL)
def penalties_of_a_normalisation():
    model = mlp(layers.BatchNormalization(gamma_regularizer=keras.regularizers.L1(0.5)))
    return simple(model, "mse", "rows")


@trap(NEAR)
def a_penalty_that_tensorflow_rounds():
    return simple(mlp(layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.01))), "mse", "rows")


@trap("regularizers that nnteach can open")
def a_penalty_of_that_name():
    class L2(keras.regularizers.L2):
        def __call__(self, x):
            return 2 * super().__call__(x)

    return simple(mlp(layers.Dense(4, kernel_regularizer=L2(0.5))), "mse", "rows")


@trap("activity_regularizer")
def a_penalty_of_the_activity():
    return simple(mlp(layers.ReLU(activity_regularizer=keras.regularizers.L2(0.5))), "mse", "rows")


@trap("activity_regularizer|Keras's own numbers")
def a_penalty_of_the_activity_of_the_model():
    model = mlp()
    model.activity_regularizer = keras.regularizers.L2(0.5)
    return simple(model, "mse", "rows")


# ------------------------------------------------------------------------------------------ layers and activations


@trap(NEAR)
def leaky_relu_as_a_layer():
    return simple(mlp(layers.LeakyReLU()), "mse", "rows")


@trap(NEAR)
def leaky_relu_as_a_function():
    return simple(mlp(layers.Activation("leaky_relu")), "mse", "rows")


@trap(NEAR)
def rescaling_by_255():
    return simple(mlp(layers.Rescaling(1 / 255, offset=-0.1)), "mse", "rows")


@trap(NEAR)
def elu_with_an_alpha():
    return simple(mlp(layers.ELU(0.3)), "mse", "rows")


@trap("activations that nnteach can open")
def an_activation_of_that_name():
    def relu(x):
        return keras.ops.maximum(x, 0.5)

    return simple(mlp(layers.Dense(4, relu)), "mse", "rows")


@trap("activations that nnteach can open")
def a_lambda_as_activation():
    return simple(mlp(layers.Dense(4, lambda x: keras.ops.relu(x))), "mse", "rows")


@trap("not Keras's own")
def a_layer_of_that_name():
    class Dense(layers.Dense):
        def call(self, x):
            return 2 * super().call(x)

    return simple(mlp(Dense(4)), "mse", "rows")


@trap("not Keras's own")
def a_layer_that_pretends_to_be_of_keras():
    class ReLU(layers.Layer):
        def call(self, x):
            return keras.ops.maximum(x, 0.5)

    ReLU.__module__ = "keras.layers"
    return simple(mlp(ReLU()), "mse", "rows")


@trap("replaced on the object")
def a_layer_whose_call_was_replaced():
    model = mlp(layers.ReLU())
    model.layers[1].call = lambda x: keras.ops.tanh(x)
    return simple(model, "mse", "rows")


@trap("call")
def a_model_whose_call_was_replaced():
    model = mlp(layers.ReLU())
    model.call = lambda x, **_: 2 * x
    return simple(model, "mse", "rows")


@trap("call")
def a_sequential_with_a_call_of_its_own():
    class Doubled(keras.Sequential):
        def call(self, x, training=None, mask=None):
            return 2 * super().call(x, training=training, mask=mask)

    return simple(Doubled([layers.Input((N_IN,)), layers.Dense(CLASSES)]), "mse", "rows")


@trap("call")
def a_sequential_with_a_double_call():
    class Doubled(keras.Sequential):
        def __call__(self, *args, **settings):
            return 2 * super().__call__(*args, **settings)

    return simple(Doubled([layers.Input((N_IN,)), layers.Dense(CLASSES)]), "mse", "rows")


@trap(EQUAL)
def a_functional_model_as_a_class():
    class Own(keras.Model):
        def __init__(self):
            entry = keras.Input((N_IN,))
            super().__init__(inputs=entry, outputs=layers.Dense(CLASSES)(layers.Dense(4, "tanh")(entry)))

    return simple(Own(), "mse", "rows")


@trap("throughout")
def a_layer_in_another_precision():
    other = {"float32": "float64", "float64": "float32"}[keras.config.floatx()]
    return simple(mlp(layers.ReLU(dtype=other)), "mse", "rows")


@trap("not Keras's own.*activation=")
def an_operation_as_activation():
    return simple(mlp(layers.Dense(4, keras.ops.relu)), "mse", "rows")


@trap(EQUAL)
def a_loss_by_the_name_of_the_output():
    model = mlp(end="softmax")
    model.compile(loss={model.layers[-1].name: "mse"})
    return simple(model, None, "rows")


@trap("throughout")
def mixed_precision():
    return simple(mlp(layers.Dense(4, dtype="mixed_float16")), "mse", "rows")


@trap("layers that nnteach can open")
def noise():
    return simple(mlp(layers.GaussianNoise(0.5)), "mse", "rows", training=True)


@trap("layers that nnteach can open")
def a_lambda_layer():
    return simple(mlp(layers.Lambda(lambda x: 2 * x)), "mse", "rows")


@trap(EQUAL)
def a_layer_used_twice():
    shared = layers.Dense(N_IN, "tanh")
    return simple(keras.Sequential([layers.Input((N_IN,)), shared, shared, layers.Dense(CLASSES)]), "mse", "rows")


@trap(EQUAL)
def nested_models():
    inner = keras.Sequential([layers.Input((6,)), keras.Sequential([layers.Dense(4, "relu")]), layers.ELU()])
    return simple(mlp(inner), "mse", "rows")


@trap(EQUAL)
def exact_zeros_before_kinks():
    model, X, y, loss, settings = simple(mlp(layers.ReLU(), layers.ReLU(negative_slope=0.25)), "mse", "rows")
    return model, 0 * X, y, loss, settings


@trap(EQUAL)
def penalties_at_exact_zeros():
    return simple(mlp(layers.Dense(4, bias_regularizer=keras.regularizers.L1(0.5))), "mse", "rows")


# ------------------------------------------------------------------------------------------ inputs in other types


@trap(EQUAL)
def whole_numbers_as_inputs():
    model, X, y, loss, settings = simple(mlp(layers.ReLU()), "mse", "rows")
    return model, (3 * X).astype(int), y, loss, settings


@trap(EQUAL)
def lists():
    model, X, y, loss, settings = simple(mlp(layers.ReLU()), "mse", "rows")
    return model, X.tolist(), y.tolist(), loss, settings


@trap(EQUAL)
def class_numbers_as_floats_in_a_column():
    model, X, y, loss, settings = simple(mlp(end="softmax"), "sparse_categorical_crossentropy", "column")
    return model, X, y.astype(float), loss, settings
