"""Optimizers: known numbers, what has to hold for all of them, and minimising with the path kept."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMMON

from nnteach import nn
from nnteach.core.errors import GraphError
from nnteach.nn.optimizers import OPTIMIZERS, SGD, AdaDelta, AdaGrad, Adam, AdamW, Momentum, Nesterov, optimizer
from nnteach.symbolic.formula import Symbol


def quadratic(*curvatures):
    return lambda x: 0.5 * (x * x * np.array(curvatures)).sum()


def half_square(x):
    return 0.5 * x * x


# ------------------------------------------------------------------------------------------- numbers of the
# catalogue


def test_nesterov_keeps_the_point_in_the_decks_and_the_point_ahead_in_frameworks():
    """2B: after 6 steps on ½θᵀdiag(1, 10)θ, and PyTorch's point is the deck's θ + αv (C14)."""

    def run(form):
        return nn.minimize(quadratic(1.0, 10.0), [1.0, 1.0], form, 6)

    deck, torch = run(Nesterov.as_in("001", learning_rate=0.05)), run(Nesterov(0.05))
    np.testing.assert_allclose(deck.path[-1], [0.300145, -0.005569], atol=5e-7)
    np.testing.assert_allclose(run(Nesterov.as_in("002", learning_rate=0.05)).path, deck.path, atol=1e-12)
    np.testing.assert_allclose(torch.path[-1], [0.164877, 0.080997], atol=5e-7)
    np.testing.assert_allclose(run(Nesterov.as_in("keras", learning_rate=0.05)).path, torch.path, atol=1e-12)
    ahead = [theta + 0.9 * state["v"]["x"] for theta, state in zip(deck.path, deck.states, strict=True)]
    np.testing.assert_allclose(torch.path, ahead, atol=1e-12)


def test_momentum_with_the_rate_inside_and_outside_differs_under_a_schedule_only():
    """2B, C13: the rate falls from .05 to .005 after step 2."""

    def run(form, schedule=None):
        return nn.minimize(quadratic(1.0, 10.0), [1.0, 1.0], form, 3, schedule).path

    def falling(step):
        return 0.05 if step < 2 else 0.005

    inside = [Momentum.as_in(place, learning_rate=0.05) for place in ("001", "002", "keras")]
    for form in inside:
        np.testing.assert_allclose(run(form), run(Momentum(0.05)), atol=1e-12)
        np.testing.assert_allclose(run(form, falling)[-1], [0.7699625, -0.82], atol=1e-12)
    np.testing.assert_allclose(run(Momentum(0.05), falling)[-1], [0.8448875, -0.253], atol=1e-12)


def test_adadelta_of_zeiler_and_of_deck_001():
    """E001-5, C16: five steps on ½θ² from 1."""
    assert nn.minimize(half_square, 1.0, AdaDelta(), 5).path[-1] == pytest.approx(0.98363, abs=5e-6)
    assert nn.minimize(half_square, 1.0, AdaDelta.as_in("001"), 5).path[-1] == pytest.approx(0.8955, abs=5e-5)


def first_step(form, g=1.0, theta=0.0):
    """The first step in units of the learning rate."""
    parameters = {"W1": np.array([theta])}
    after, _ = form.update(parameters, {"W1": np.array([g])}, form.init(parameters))
    return float((theta - after["W1"][0]) / form.learning_rate)


def test_adam_without_bias_correction_starts_with_a_long_step():
    """E001-4: 3.162 times the learning rate."""
    assert first_step(Adam.as_in("001")) == pytest.approx(math.sqrt(10), rel=1e-6)
    assert first_step(Adam()) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(
    "eps, mode, step",
    [
        (1e-8, "outside", 0.990099),
        (1e-8, "inside", 0.0099995),  # E002-1
        (1e-6, "outside", 0.5),
        (1e-6, "inside", 0.001),
        (1e-6, "hat", 0.0307),
    ],
)  # C17
def test_where_adam_puts_its_epsilon_shows_for_small_gradients(eps, mode, step):
    assert first_step(Adam(eps=eps, eps_mode=mode), g=1e-6) == pytest.approx(step, rel=2e-3)


def test_adagrad_epsilon_and_accumulator():
    """C15: √G + ε against √(ε + G), and Keras's accumulator, which starts at 0.1."""
    assert first_step(AdaGrad(eps=1e-4), g=1e-2) == pytest.approx(1e-2 / (1e-2 + 1e-4))
    assert first_step(AdaGrad(eps=1e-4, eps_inside=True), g=1e-2) == pytest.approx(1e-2 / math.sqrt(2e-4))
    assert first_step(AdaGrad.as_in("keras")) == pytest.approx(1 / math.sqrt(1.1), rel=1e-6)


def test_the_meanings_of_weight_decay():
    """C11, E002-13, E002-16: θ = 1, rate 0.1, λ = 0.1, so that PyTorch's Adam gives .9000 and AdamW .8900."""

    def after(form, rate=None):
        parameters = {"W1": np.array([1.0])}
        return form.update(parameters, {"W1": np.array([1.0])}, form.init(parameters), rate)[0]["W1"][0]

    assert after(Adam(0.1, weight_decay=0.1)) == pytest.approx(0.9000)
    assert after(AdamW(0.1, weight_decay=0.1)) == pytest.approx(0.8900)
    assert after(Adam.as_in("keras", learning_rate=0.1, weight_decay=0.1)) == pytest.approx(0.8900, abs=1e-6)
    assert after(SGD(0.1, weight_decay=0.1)) == pytest.approx(1 - 0.1 * (1 + 0.1))
    assert after(SGD(0.1, weight_decay=0.1, decay="decoupled"), 0.05) == pytest.approx(1 - 0.05 * 0.1 - 0.05)
    assert after(SGD(0.1, weight_decay=0.1, decay="paper"), 0.05) == pytest.approx(1 - 0.5 * 0.1 - 0.05)
    assert after(SGD(0.1, weight_decay=0.1, decay="plain"), 0.05) == pytest.approx(1 - 0.1 - 0.05)


def test_hanson_and_pratts_decay_is_l2_with_half_the_weight_that_deck_002_states():
    """E002-3: θ = 2, λ = .01, rate .1, slope .3 of the data's loss: 1.95; (λ/α)θ² gives 1.93, λ/(2α)θ² 1.95."""

    def data(theta):
        return 0.3 * theta

    plain = nn.minimize(data, 2.0, SGD(0.1, weight_decay=0.01, decay="plain"), 1).path[-1]
    printed = nn.minimize(lambda t: data(t) + 0.01 / 0.1 * t * t, 2.0, SGD(0.1), 1).path[-1]
    right = nn.minimize(lambda t: data(t) + 0.01 / 0.2 * t * t, 2.0, SGD(0.1), 1).path[-1]
    assert (plain, printed, right) == (pytest.approx(1.95), pytest.approx(1.93), pytest.approx(1.95))


def test_biases_are_decayed_unless_told_otherwise():
    parameters = {"W1": np.ones(2), "b1": np.ones(2)}
    zero = {name: np.zeros(2) for name in parameters}
    both = SGD(0.1, weight_decay=0.5)
    only = SGD(0.1, weight_decay=0.5, decay_biases=False)
    assert both.update(parameters, zero, both.init(parameters))[0]["b1"].tolist() == [0.95, 0.95]
    after = only.update(parameters, zero, only.init(parameters))[0]
    assert (after["b1"].tolist(), after["W1"].tolist()) == ([1.0, 1.0], [0.95, 0.95])


# --------------------------------------------------------------------------------------------------
# properties


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_changes_nothing_it_was_given(name):
    form = optimizer(name)
    parameters = {"W1": np.ones((2, 2)), "b1": np.ones(2)}
    gradients = {key: np.full_like(value, 0.5) for key, value in parameters.items()}
    state = form.init(parameters)
    new, after = form.update(parameters, gradients, state)
    assert all((value == 1).all() for value in parameters.values())
    assert all((value == 0.5).all() for value in gradients.values())
    assert repr(state) == repr(form.init(parameters))
    assert after["t"] == 1 and all((new[key] < parameters[key]).all() for key in parameters)
    assert {slot: after[slot].keys() for slot in form.slots} == {slot: parameters.keys() for slot in form.slots}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_stays_float32(name):
    form = optimizer(name)
    parameters = {"W1": np.ones(3, np.float32)}
    state = form.init(parameters)
    for _ in range(2):
        parameters, state = form.update(parameters, {"W1": np.full(3, 0.5, np.float32)}, state)
    assert parameters["W1"].dtype == np.float32
    assert all(state[slot]["W1"].dtype == np.float32 for slot in form.slots)


@COMMON
@given(g=st.floats(1e-3, 1e3), sign=st.sampled_from([-1, 1]))
def test_adams_first_step_is_the_learning_rate_whatever_the_gradient(g, sign):
    assert first_step(Adam(), g=sign * g) == pytest.approx(sign, rel=1e-4)


@COMMON
@given(rate=st.floats(0.01, 0.9), start=st.floats(-10, 10))
def test_gradient_descent_on_x_squared(rate, start):
    """001-06: every step multiplies x by 1 − 2·rate."""
    path = nn.minimize(lambda x: x * x, start, SGD(rate), 5).path
    np.testing.assert_allclose(path, start * (1 - 2 * rate) ** np.arange(6), atol=1e-9)


def test_gradient_descent_on_x_squared_by_learning_rate():
    """2A.2: lr .5 reaches 0 in one step, 1 oscillates, 1.1 diverges; the values are those of the path."""

    def run(rate):
        return nn.minimize(lambda x: x * x, 3.0, SGD(rate), 100)

    assert run(0.1).path[:4] == pytest.approx([3, 2.4, 1.92, 1.536])
    assert run(0.5).path[1] == 0
    assert run(1.0).path.tolist() == [3, -3] * 50 + [3]
    assert abs(run(1.1).path[-1]) > 1e7
    assert run(0.1).values == pytest.approx(run(0.1).path ** 2)


def test_minimize_returns_the_whole_path():
    found = nn.minimize(quadratic(1.0, 10.0), [1.0, 1.0], Nesterov.as_in("001", learning_rate=0.05), steps=7)
    assert found.path.shape == (8, 2) and found.values.shape == (8,) and len(found.states) == 8
    assert found.values == pytest.approx([0.5 * (a * a + 10 * b * b) for a, b in found.path])
    assert repr(found).startswith("Descent(7 steps, from 5.5 to ")


def test_a_new_optimizer_is_a_rule_and_adam_as_deck_001_prints_it_is_none():
    """E001-3: with g in place of g², v is negative for g = −1, and its root nan."""

    class AsPrinted(Adam):
        def rule(self, g, rate, t, m, v):
            m = self.beta1 * m + (1 - self.beta1) * g
            v = self.beta2 * v + (1 - self.beta2) * g
            return -rate * m / np.sqrt(v), m, v

    with np.errstate(invalid="ignore"):
        assert math.isnan(first_step(AsPrinted(), g=-1.0))
    assert first_step(AsPrinted(), g=1.0) == pytest.approx(math.sqrt(10))


def test_a_rule_without_its_formulas_is_not_shown_with_those_of_another():
    """A class that inherits formulas and computes something else would be shown with formulas that are not its own."""

    class Halved(SGD):
        def rule(self, g, rate, t):
            return (-rate * g / 2,)

    class Both(Halved):
        def written(self, theta, g, rate, t):
            yield theta, theta - rate * g / 2

    numbers = Symbol("W", 1.0), Symbol("g", 4.0), Symbol("η", 0.1), 1, {}, {}
    with pytest.raises(GraphError, match="Give Halved a method `written` beside its `rule`"):
        Halved().formulas(*numbers)
    assert Both().formulas(*numbers)[-1][1].value == pytest.approx(0.8)


def test_names_and_mistakes():
    assert optimizer("adam") == Adam() and optimizer(SGD(0.3)) == SGD(0.3)
    assert Adam().with_rate(0.5).learning_rate == 0.5
    with pytest.raises(GraphError, match="Did you mean 'adam'"):
        optimizer("adan")
    with pytest.raises(GraphError, match="keras"):
        Adam.as_in("000")
    with pytest.raises(GraphError, match="decoupled"):
        SGD(decay="weights")
    with pytest.raises(GraphError, match="outside"):
        Adam(eps_mode="under")
