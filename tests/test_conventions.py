"""The conventions on which decks and frameworks disagree, C1 to C30: one test each, and both sides in numbers."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

import nnteach as nt
from nnteach import nn
from nnteach.nn import losses
from nnteach.nn.activations import leaky_relu, leaky_relu_002, relu_002, step
from nnteach.nn.boolean import CORNERS
from nnteach.nn.normalization import BatchNorm, Running
from nnteach.nn.optimizers import AdaDelta, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSprop
from nnteach.nn.regularizers import L2
from nnteach.symbolic.notation import NOTATIONS, names


def slope(function, *at):
    """The slopes of a function at these numbers or arrays; of a single one, its own."""
    nodes = [nt.variable(x) for x in at]
    found = nt.grad(function(*nodes), nodes)
    return found[0] if len(found) == 1 else tuple(found)


def after(form, g=1.0, theta=1.0, steps=1, rates=(None,)):
    """θ after some steps with a constant gradient."""
    parameters = {"W1": np.array([theta])}
    state = form.init(parameters)
    for i in range(steps):
        parameters, state = form.update(parameters, {"W1": np.array([g])}, state, rates[i % len(rates)])
    return float(parameters["W1"][0])


def valley(theta):
    return 0.5 * (theta * theta * np.array([1.0, 10.0])).sum()


def names_shown(course):
    """The letters of σ(w·x + b) in the player."""
    w, x, b = nt.variable(0.5, "w"), nt.constant(2.0, "x"), nt.variable(-1.0, "b")
    hidden = nt.sigmoid(w * x + b)
    root = (hidden * nt.variable(3.0, "v")).named("L")
    return set(names(list(nt.trace(root).nodes), NOTATIONS[course]).values())


def test_C01_slope_of_relu_at_zero():
    assert slope(nt.relu, 0.0) == 0 and NOTATIONS["nnteach"].relu_at_zero == 0  # PyTorch, Keras
    assert slope(relu_002, 0.0) == 1 and NOTATIONS["002"].relu_at_zero == 1
    assert slope(lambda x: nt.relu(x, at_zero=0.5), 0.0) == 0.5  # torch.maximum(x, 0)


def test_C02_slope_of_leaky_relu_and_elu_at_zero():
    assert slope(lambda x: leaky_relu(x, 0.1), 0.0) == 0.1
    assert slope(lambda x: leaky_relu_002(x, 0.1), 0.0) == 1
    assert slope(lambda x: nt.elu(x, alpha=0.5), 0.0) == 0.5
    assert slope(leaky_relu, -1.0) == 0.01  # PyTorch's slope; Keras's layer has 0.3, so it has to be told
    assert slope(lambda x: leaky_relu(x, 0.3), -1.0) == 0.3


def test_C03_ties_of_the_max_gate():
    assert slope(nt.maximum, 2.0, 2.0) == (1, 0)  # the router of 002: to the first
    assert slope(lambda a, b: nt.maximum(a, b, at_tie=0.5), 2.0, 2.0) == (0.5, 0.5)  # PyTorch
    assert slope(lambda x: nt.ops.max(x), np.array([2.0, 2.0])).tolist() == [0.5, 0.5]  # reduce_max


def test_C04_names_before_and_after_the_activation():
    assert (NOTATIONS["000"].pre, NOTATIONS["000"].out) == ("a", "h")
    assert (NOTATIONS["002"].pre, NOTATIONS["002"].out) == ("z", "a")
    shown = {course: " ".join(names_shown(course)) for course in ("000", "002")}
    assert "h" in shown["000"] and "h" not in shown["002"]
    assert "z" in shown["002"] and "z" not in shown["000"]


def test_C05_names_of_prediction_and_target():
    pairs = {course: (n.pred, n.target) for course, n in NOTATIONS.items()}
    assert pairs["000"] == ("y", "t") and pairs["001"] == ("z", "y") and pairs["002"] == ("ŷ", "y")
    assert pairs["000"][0] == pairs["002"][1] == "y"  # the same letter for opposite things


def test_C06_weights_from_rows_or_from_columns():
    net = nn.MLP([3, 2])
    x, kernel = np.array([[0.3, -0.2, 0.9]]), net.parameters["W1"].T  # Keras: (n_in, n_out)
    assert net.parameters["W1"].shape == (2, 3) and kernel.shape == (3, 2)  # decks and PyTorch: (n_out, n_in)
    np.testing.assert_allclose(x @ kernel + net.parameters["b1"], net.predict(x), rtol=1e-15)
    with pytest.raises(ValueError, match="mismatch"):
        x @ net.parameters["W1"]


def test_C07_bias_as_a_vector_or_as_column_0():
    net = nn.MLP([2, 3, 1], "sigmoid", "sigmoid", rng=4)
    W, b = net.parameters["W1"], net.parameters["b1"]
    theta, x = nn.as_theta(W, b), np.array([0.4, -1.1])
    np.testing.assert_allclose(theta @ [1.0, *x], W @ x + b, rtol=1e-14)
    back = nn.from_theta(theta)
    assert (back[0] == W).all() and (back[1] == b).all()
    assert (nn.MLP.from_thetas(net.thetas()).predict(CORNERS) == net.predict(CORNERS)).all()


def test_C08_samples_in_rows_or_in_columns():
    net = nn.MLP([2, 3], rng=1)
    W, b = net.parameters["W1"], net.parameters["b1"]
    columns = W @ CORNERS.T + b[:, None]
    np.testing.assert_allclose(net.predict(CORNERS), columns.T, rtol=1e-14)
    np.testing.assert_allclose(net.predict(CORNERS[2]), columns[:, 2], rtol=1e-14)


def test_C09_half_and_reduction_of_the_squared_error():
    pred, target = np.array([[1.0, 2.0], [3.0, 5.0]]), np.zeros((2, 2))  # Σ² = 39
    assert losses.half_squared_error(pred, target) == 19.5  # 000
    assert losses.squared_error(pred, target) == 39  # 001 and 004
    assert losses.squared_error(pred, target, "batchmean") == 19.5  # 002: 1/N
    assert losses.mse(pred, target) == 9.75  # PyTorch and Keras: over all entries
    assert slope(lambda p: losses.half_squared_error(p, target), pred).tolist() == pred.tolist()
    assert slope(lambda p: losses.squared_error(p, target), pred).tolist() == (2 * pred).tolist()


def test_C10_what_lambda_means_in_an_l2_penalty():
    parameters = {"W1": np.array([3.0, 4.0]), "b1": np.array([2.0])}
    values = {where: L2.as_in(where, 0.1)(parameters, samples=5) for where in L2.FORMS}
    assert values == pytest.approx({"000": 2.9, "002": 2.9, "003": 0.25, "pytorch": 1.45, "keras": 2.5})
    assert nn.regularizers.norm_penalty(0.1, parameters["W1"]) == pytest.approx(0.5)  # 000 as printed


def test_C11_what_weight_decay_means():
    assert after(Adam(0.1, weight_decay=0.1)) == pytest.approx(0.9)  # PyTorch: a part of the gradient
    assert after(AdamW(0.1, weight_decay=0.1)) == pytest.approx(0.89)  # beside the step
    assert after(Adam.as_in("keras", learning_rate=0.1, weight_decay=0.1)) == pytest.approx(0.89, abs=1e-6)
    assert (AdamW().weight_decay, AdamW.as_in("keras").weight_decay) == (0.01, 0.004)
    sgd = {d: after(nn.optimizers.SGD(0.1, 0.1, d), 0.0, rates=(0.05,)) for d in ("l2", "decoupled", "paper", "plain")}
    assert sgd == pytest.approx({"l2": 0.995, "decoupled": 0.995, "paper": 0.95, "plain": 0.9})


@pytest.mark.parametrize("course, letter", {
    "nnteach": r"\eta", "000": r"\alpha", "001": r"\mathrm{lr}",
    "002": r"\alpha", "003": r"\eta", "004": r"\alpha"}.items())
def test_C12_symbol_of_the_learning_rate(course, letter, tmp_path):
    """What a student reads in the update, not only what the table of profiles says."""
    w = nt.variable(2.0, "w")
    player = nt.step((w * w).named("f"), learning_rate=0.1, notation=course)
    player.save(tmp_path / "steps.md")
    written = (tmp_path / "steps.md").read_text(encoding="utf-8")
    update = next(line for line in written.splitlines() if "←" in line or "leftarrow" in line)
    assert [one for one in (r"\eta", r"\alpha", r"\mathrm{lr}") if one in update] == [letter]


def test_C12_alpha_is_the_momentum_in_001():
    assert NOTATIONS["001"].momentum == NOTATIONS["002"].learning_rate == "α"


def test_C13_learning_rate_inside_or_outside_the_velocity():
    deck = [Momentum.as_in(where, learning_rate=0.1) for where in ("001", "002", "keras")]
    constant = [after(form, steps=3) for form in (*deck, Momentum(0.1))]
    assert constant == pytest.approx([1 - 0.1 * (1 + 1.9 + 2.71)] * 4)
    falling = [after(form, steps=2, rates=(0.1, 0.01)) for form in (*deck, Momentum(0.1))]
    assert falling == pytest.approx([1 - 0.1 - (0.09 + 0.01)] * 3 + [1 - 0.1 - 0.01 * 1.9])


def test_C14_look_ahead_or_shifted_nesterov():
    deck, framework = (nn.minimize(valley, [1.0, 1.0], form, 6) for form in (
        Nesterov.as_in("001", learning_rate=0.05), Nesterov(0.05)))  # fmt: skip
    np.testing.assert_allclose(deck.path[-1], [0.300145, -0.005569], atol=5e-7)
    np.testing.assert_allclose(framework.path[-1], [0.164877, 0.080997], atol=5e-7)
    np.testing.assert_allclose(framework.path[-1], deck.path[-1] + 0.9 * deck.states[-1]["v"]["x"], atol=1e-12)


def test_C15_epsilon_and_start_of_adagrad():
    def first(form):
        return (1 - after(form, g=1e-2)) / form.learning_rate

    assert first(AdaGrad(eps=1e-4)) == pytest.approx(1e-2 / (1e-2 + 1e-4))  # PyTorch: √G + ε
    assert first(AdaGrad.as_in("001", eps=1e-4)) == pytest.approx(1e-2 / math.sqrt(2e-4))  # √(ε + G)
    assert first(AdaGrad.as_in("keras", eps=0.0)) == pytest.approx(1e-2 / math.sqrt(0.1 + 1e-4))


def test_C16_two_rules_called_adadelta():
    assert type(AdaDelta.as_in("001")) is RMSprop and AdaDelta.as_in("001").eps_inside
    ends = [nn.minimize(lambda x: 0.5 * x * x, 1.0, form, 5).path[-1] for form in (AdaDelta(), AdaDelta.as_in("001"))]
    assert ends == pytest.approx([0.98363, 0.8955], abs=5e-5)


def test_C17_epsilon_and_bias_correction_of_adam():
    def first(g, **form):
        return (1 - after(Adam(1.0, eps=1e-6, **form), g)) / 1.0

    modes = {mode: first(1e-6, eps_mode=mode) for mode in ("outside", "inside", "hat")}
    assert modes == pytest.approx({"outside": 0.5, "inside": 0.001, "hat": 0.0307}, rel=2e-3)
    assert first(1.0) == pytest.approx(1.0, rel=1e-5)
    assert first(1.0, bias_correction=False) == pytest.approx(math.sqrt(10), rel=1e-4)  # 001 (E001-4)


def test_C18_two_initialisers_called_xavier():
    shape, rng = (300, 100), np.random.default_rng(0)
    printed, named = nn.initializers.linear_default(rng, shape), nn.initializers.glorot_uniform(rng, shape)
    assert abs(printed).max() == pytest.approx(1 / math.sqrt(100), rel=1e-3)  # what 002 prints; PyTorch's default
    assert abs(named).max() == pytest.approx(math.sqrt(6 / 400), rel=1e-3)  # what it names; Keras's default
    assert printed.std() == pytest.approx(1 / math.sqrt(300), rel=0.02)
    assert named.std() == pytest.approx(math.sqrt(2 / 400), rel=0.02)


def test_C19_error_at_the_output():
    z, y = np.array([[0.3, -1.2]]), np.array([[1.0, 0.0]])
    a = nt.sigmoid(z)
    of_000 = slope(lambda n: losses.half_squared_error(nt.sigmoid(n), y), z)
    of_003 = slope(lambda n: losses.binary_cross_entropy(nt.sigmoid(n), y, "sum"), z)
    np.testing.assert_allclose(of_000, (a - y) * a * (1 - a), atol=1e-15)
    np.testing.assert_allclose(of_003, a - y, atol=1e-15)
    np.testing.assert_allclose(slope(lambda n: losses.squared_error(n, y), z), 2 * (z - y), atol=1e-15)  # 001
    softmax = slope(lambda n: losses.cross_entropy(n, y), z)
    np.testing.assert_allclose(softmax, nt.softmax(z) - y, atol=1e-15)  # 002, 004
    assert abs(of_000 - of_003).min() > 0.1


def test_C20_loss_from_probabilities_or_from_logits():
    z, target = np.array([[2.0, -1.0, 0.5]]), np.array([0])
    assert losses.cross_entropy(z, target) == pytest.approx(losses.categorical_cross_entropy(nt.softmax(z), target))
    twice = losses.cross_entropy(nt.softmax(z), target)  # softmax before a loss that wants logits: no error, but wrong
    assert twice > 2 * losses.cross_entropy(z, target)
    far = np.array([[1000.0]])
    assert losses.binary_cross_entropy_with_logits(far, np.array([[0.0]])) == 1000  # finite
    with np.errstate(divide="ignore"):
        assert losses.binary_cross_entropy(nt.sigmoid(far), np.array([[0.0]])) == math.inf


def test_C21_softmax_is_open_but_rounds_to_zero():
    near, far = nt.softmax(np.array([0.0, 30.0])), nt.softmax(np.array([0.0, 1000.0]))
    assert 0 < near[0] < 1 and near.sum() == 1
    assert far[0] == 0 and nt.log_softmax(np.array([0.0, 1000.0]))[0] == -1000


def test_C22_threshold_at_zero():
    z = np.array([-1.0, 0.0, 1.0])
    assert step(z).tolist() == [0, 0, 1]  # 002
    assert step(z, at_zero=1.0).tolist() == [0, 1, 1]  # 004: fires when it reaches the threshold
    assert nn.McCullochPitts((1.0,), 0.0)([[0.0]]).tolist() == [1]
    assert nn.Perceptron(1).predict([[0.0]]).tolist() == [0]


def test_C23_running_statistics_and_place_of_batch_normalisation():
    start, batch = (np.zeros(1), np.ones(1)), (np.ones(1), np.ones(1), 2)  # variance 1 by n, 2 by n − 1
    pytorch = Running(*start, new_weight=0.1, unbiased=True).seen(*batch)
    keras = Running(*start, new_weight=0.01, unbiased=False).seen(*batch)
    assert (pytorch.mean[0], pytorch.variance[0]) == pytest.approx((0.1, 0.9 + 0.1 * 2))
    assert (keras.mean[0], keras.variance[0]) == pytest.approx((0.01, 1.0))
    assert BatchNorm.FORMS == {"pytorch": (1e-5, 0.1, True), "keras": (1e-3, 0.01, False)}
    nets = [nn.MLP([2, 4, 1], normalization="batch", normalize=place, rng=0) for place in ("before", "after")]
    before, behind = (net.forward(CORNERS, training=True, rng=0).value for net in nets)
    assert abs(before - behind).max() > 0.01


def test_C24_inverted_or_classic_dropout():
    inverted, classic = (nn.layers.Dropout(1000, 0.2, inverted=flag) for flag in (True, False))
    x, rng = np.ones((1, 1000)), np.random.default_rng(0)
    assert set(np.unique(inverted(x, inverted.draw(rng, (1,)), training=True))) == {0.0, 1.25}
    assert set(np.unique(classic(x, classic.draw(rng, (1,)), training=True))) == {0.0, 1.0}
    assert (inverted(x, {}) == 1).all() and (classic(x, {}) == 0.8).all()


def test_C25_what_an_epoch_is():
    seen = []
    for size in (4, 1):  # 003's iteration is a full batch: one step per epoch; 002's epoch has ⌈n/size⌉ of them
        net, rates = nn.MLP([2, 1]), []
        net.fit(CORNERS, np.zeros(4), epochs=3, batch_size=size, schedule_per="step", schedule=rates_into(rates))
        seen.append(len(rates))
    assert seen == [3, 12]


def rates_into(rates):
    def schedule(number):
        rates.append(number)
        return 0.1

    return schedule


def test_C26_partition_or_random_sample():
    rng = np.random.default_rng(0)
    partition = np.concatenate([*nn.batches.shuffled(60, 10, rng)])
    sample = np.concatenate([*nn.batches.sampled(60, 10, rng)])
    assert len(set(partition)) == 60 and len(partition) == len(sample) == 60
    assert 30 < len(set(sample)) < 50  # 60 (1 − (5/6)⁶) = 39.9 on average


def test_C27_gradients_pushed_to_inputs_or_pulled_from_children():
    assert (NOTATIONS["000"].contributions, NOTATIONS["002"].contributions) == ("pull", "push")
    x = nt.variable(3.0, "x")
    L = x * x + 2 * x  # x has several children: the contributions add up
    pulled = nt.grad(L, [x], symbolic=True)[0]  # symbol to symbol, as in 000: a graph itself
    L.backward()  # numbers, as in 002
    assert x.grad == pulled.value == 8


def test_C28_dates_of_backpropagation():
    """The decks say 1986 (000), 1985 and 1986 (002) and “1960s” (004): the timeline tells all, and the source."""
    history = nt.demos.history
    last = next(control.high for control in history.controls if control.name == "event")
    said = next(text for text in (history.say(event=k) for k in range(1, last + 1)) if text.startswith("1986"))
    for part in ("000: 1986", "002: 1985", "004: “1960s”", "Rumelhart, Hinton, Williams", "1970"):
        assert part in said


def test_C29_central_or_one_sided_differences():
    """003: central with ε = 10⁻⁴; the error is of order ε² and not ε."""
    x, eps, at = nt.variable(1.5, "x"), 1e-4, 1.5
    checked = nt.check_gradients(nt.exp(x))
    assert checked.epsilon == eps
    forward = (math.exp(at + eps) - math.exp(at)) / eps
    assert abs(checked.comparisons[0].difference - math.exp(at)) < 1e-7 < 1e-4 < abs(forward - math.exp(at))


@pytest.mark.slow
def test_C30_backends_of_keras():
    """002 lists those of Keras 3; Theano and CNTK, in 004, were those of Keras 1 and 2: today's Keras refuses them."""
    from nnteach.frameworks.extras import BACKENDS

    assert sorted(BACKENDS) == ["jax", "tensorflow", "torch"]
    pytest.importorskip("keras")
    for name, known in [("theano", False), ("cntk", False), ("torch", True)]:
        run = subprocess.run([sys.executable, "-c", "import keras"], env=os.environ | {"KERAS_BACKEND": name},
                             capture_output=True, text=True, timeout=120)
        assert ("Unable to import backend" not in run.stderr) == known, run.stderr
