"""Sentences of the lessons that follow from numbers: the numbers once more, with NumPy, Keras or PyTorch.

Nothing is read from the cell beside the sentence. Where chance decides, several seeds do.
"""

import itertools
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from nnteach import data, nn
from nnteach.frameworks import engines, extras
from nnteach.nn.schedules import Plateau
from nnteach.nn.training.fit import EarlyStopping

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras on NumPy 2
needs = {name: pytest.mark.skipif(bool(extras.missing(name)), reason=f"the extra {name} is not installed")
         for name in ("keras", "torch", "sklearn")}


def cells(lesson):
    notebook = json.loads((ROOT / "notebooks" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


def prose(lesson):
    notebook = json.loads((ROOT / "notebooks" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    return "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")


def recorded(lesson):
    return json.loads((ROOT / "notebooks" / "results" / f"{lesson}.json").read_text(encoding="utf-8"))["found"]


def says(lesson, *numbers):
    """Whether the prose of a lesson has these numbers, as they are written here."""
    text = prose(lesson)
    return all(re.search(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", text) for number in numbers)


# ------------------------------------------------------------- 26: decay and penalty, and where L1 ends


def path(mu, gradient, decay=0.0, penalty=0.0, steps=6, rate=0.1):
    w, v, found = 1.0, 0.0, []
    for _ in range(steps):
        v = mu * v + gradient(w) + 2 * penalty * w
        w = w - decay * w - rate * v
        found.append(w)
    return np.array(found)


def nothing(w):
    return 0.0


@pytest.mark.parametrize("rate, decay", [(0.1, 0.1), (0.01, 0.02), (0.5, 0.3)])
def test_a_penalty_is_weight_decay_for_plain_sgd_and_for_no_momentum(rate, decay):
    same = path(0.0, nothing, decay=decay, rate=rate)
    assert np.allclose(path(0.0, nothing, penalty=decay / (2 * rate), rate=rate), same)
    for mu in (0.5, 0.9):
        for factor in np.linspace(0.1, 3, 59):  # no other λ gives the same steps, either
            other = path(mu, nothing, penalty=factor * decay / (2 * rate), rate=rate)
            assert not np.allclose(other[:2], path(mu, nothing, decay=decay, rate=rate)[:2])
    text = prose("26_regularisation")
    assert "**plain SGD** (and momentum)" not in text and "SGDW" in text


def test_the_numbers_of_momentum_with_decay_and_with_penalty():
    decayed, punished = path(0.9, nothing, decay=0.1), path(0.9, nothing, penalty=0.5)
    assert [f"{decayed[1]:.2f}", f"{punished[1]:.2f}"] == ["0.81", "0.72"] and punished[-1] < 0
    assert says("26_regularisation", "0.81", "0.72")
    ends = [path(0.9, lambda w: w - 1, steps=5000, **kind)[-1] for kind in ({"decay": 0.01}, {"penalty": 0.05})]
    assert np.round(ends, 4).tolist() == [0.9901, 0.9091]


@needs["torch"]
def test_weight_decay_of_pytorchs_sgd_is_the_penalty():
    torch = engines.load("torch")

    w = torch.tensor([1.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=1.0)
    found = []
    for _ in range(6):
        optimizer.zero_grad()
        (0.0 * w).sum().backward()
        optimizer.step()
        found.append(w.item())
    assert np.allclose(found, path(0.9, nothing, penalty=0.5), atol=1e-6)


@needs["keras"]
def test_weight_decay_of_kerass_sgd_is_the_decay():
    keras = engines.load("keras")

    w = keras.Variable([1.0])
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, weight_decay=1.0)
    found = []
    for _ in range(6):
        optimizer.apply([keras.ops.zeros(1)], [w])
        found.append(float(keras.ops.convert_to_numpy(w)[0]))
    assert np.allclose(found, path(0.9, nothing, decay=0.1), atol=1e-6)


@pytest.mark.parametrize("start", [0.03, 0.31, 1.27])
def test_a_gradient_step_hops_over_the_minimum_of_l1_and_soft_thresholding_lands_on_it(start):
    hop = soft = start
    seen = []
    for _ in range(200):
        hop -= 0.05 * np.sign(hop)
        soft = np.sign(soft) * max(abs(soft) - 0.05, 0.0)
        seen.append(hop)
    assert soft == 0.0 and min(map(abs, seen)) > 1e-3
    grid = np.linspace(-1, 1, 20001)
    lowest = grid[np.argmin(0.5 * (grid - 0.3) ** 2 + 0.5 * abs(grid))]
    assert abs(lowest) < 1e-12  # the minimum of the whole cost is at exactly 0
    objective = cells("26_regularisation")["title"]
    assert "makes weights exactly zero" not in objective and "minimum" in objective


# ----------------------------------------------------------------------------------------- 22: one point for all


def valley(w):
    return 0.05 * w[0] ** 2 + 2 * w[1] ** 2


def in_the_valley(mu, ahead, steps=60, rate=0.2):
    """θ and the look-ahead point φ after some steps."""
    theta, v, bend = np.array([-9.0, 2.0]), np.zeros(2), np.array([0.1, 4.0])
    for _ in range(steps):
        v = mu * v + bend * (theta - rate * mu * v if ahead else theta)
        theta = theta - rate * v
    return theta, theta - rate * mu * v


def test_momentum_and_nesterov_are_compared_at_one_point():
    notebook = json.loads((ROOT / "notebooks" / "22_optimizers.ipynb").read_text(encoding="utf-8"))
    (shown,) = ("".join(cell["outputs"][0]["text"]) for cell in notebook["cells"] if cell["id"] == "nesterov")
    printed = {name: float(number) for name, number in re.findall(r"(\w+) +(\S+)", shown)}
    theta = {"SGD": in_the_valley(0.0, False)[0], "Momentum": in_the_valley(0.9, False)[0],
             "Nesterov": in_the_valley(0.9, True)[0]}
    assert printed == {name: float(f"{valley(w):.2g}") for name, w in theta.items()}
    assert f"{valley(in_the_valley(0.9, True)[1]):.2g}" == "8.2e-05"


def test_the_formulas_that_the_objective_promises_are_there_in_one_convention():
    text = prose("22_optimizers")
    for formula in ("*v* ← *μ v* + *g*(*w* − rate · *μ v*)", "*G* ← *G* + *g*²", "*s* ← *γ s* + (1 − *γ*) *g*²"):
        assert formula in text
    from nnteach.course.quizzes import read

    (asked,) = (question.asks for question in read() if question.id == "training.2")
    assert "v ← 0.9 v + g" in asked and "w ← w − 0.1 v" in asked


def test_no_optimizer_wins_on_all_three_surfaces():
    from nnteach.demos.collection import optimizer_race_on_surfaces as race

    winners = set()
    for surface in race.RATES:
        height = {name: run.values[-1] for name, run in race.race(surface).items()}
        winners.add(min(height, key=height.get))
    assert len(winners) > 1 and "No optimizer wins on all three" in prose("22_optimizers")


# -------------------------------------------------------------------------- 23: rates, with a network of our own


def last_loss(rate, seed, epochs=40):
    """A 2-8-1 tanh network on the moons, written out; its last epoch's mean loss."""
    X, T = data.toy.moons(200, noise=0.2)
    t, rng = np.asarray(T, float).reshape(-1, 1), np.random.default_rng(seed)
    W1, b1 = rng.uniform(-1, 1, (2, 8)) / np.sqrt(2), np.zeros(8)
    W2, b2 = rng.uniform(-1, 1, (8, 1)) / np.sqrt(8), np.zeros(1)
    for _ in range(epochs):
        losses = []
        for rows in np.array_split(rng.permutation(200), 8):
            h = np.tanh(X[rows] @ W1 + b1)
            z = h @ W2 + b2
            losses.append(np.mean(np.logaddexp(0, z) - t[rows] * z))
            with np.errstate(over="ignore"):
                g = (1 / (1 + np.exp(-z)) - t[rows]) / len(rows)
            g1 = g @ W2.T * (1 - h**2)
            W2, b2 = W2 - rate * h.T @ g, b2 - rate * g.sum(0)
            W1, b1 = W1 - rate * X[rows].T @ g1, b1 - rate * g1.sum(0)
    return float(np.mean(losses))


@pytest.fixture(scope="module")
def rates():
    tried = [float(f"{rate:.2g}") for rate in np.logspace(-2, 2, 13)]
    return {rate: [last_loss(rate, seed) for seed in range(6)] for rate in tried}


def test_good_rates_lie_where_the_lesson_says_and_rates_beyond_are_broken(rates):
    mean = {rate: np.mean(found) for rate, found in rates.items()}
    best = min(mean, key=mean.get)
    assert 1 <= best <= 4.6 and mean[best] < mean[0.1] / 2 and mean[best] < mean[10]
    assert all(min(rates[rate]) > math.log(2) for rate in (22, 46, 100))
    assert max(max(rates[rate]) for rate in rates if rate <= 4.6) < math.log(2)
    assert 22 / best < 100 and "less than two powers of ten below" in prose("23_schedules")


def test_the_start_decides_at_ten(rates):
    assert max(rates[10.0]) > 3 * min(rates[10.0])


# ------------------------------------------------------------- 23 and 25: how patience is counted, by the real ones


def losses_by_chance(seed):
    return [round(float(x), 2) for x in np.random.default_rng(seed).uniform(0.1, 1, 25)]


def ours(losses, patience):
    watch = EarlyStopping(patience=patience)
    for epoch, value in enumerate(losses, start=1):
        watch = watch.seen(value, epoch)
        if watch.over:
            return epoch
    return None


def kerass(losses, patience):
    keras = engines.load("keras")

    class Model:
        stop_training = False

        def get_weights(self):
            return []

    watch = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)
    watch.set_model(model := Model())
    watch.on_train_begin()
    for epoch, value in enumerate(losses):
        watch.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            return epoch + 1
    return None


LESSON_25 = [0.9, 0.7, 0.5, 0.6, 0.55, 0.52, 0.4, 0.3]


@needs["keras"]
@pytest.mark.parametrize("seed", range(8))
def test_kerass_patience_is_ours_and_one_more(seed):
    for patience in (1, 2, 3, 5):
        assert ours(losses_by_chance(seed), patience) == kerass(losses_by_chance(seed), patience + 1)


@needs["keras"]
def test_the_epochs_that_lesson_25_names():
    assert (ours(LESSON_25, 2), kerass(LESSON_25, 2), kerass(LESSON_25, 3)) == (6, 5, 6)
    assert (ours([5, 4, 3, 3, 3, 2], 1), kerass([5, 4, 3, 3, 3, 2], 1)) == (5, 4)
    text = prose("25_fitting")
    assert "wait >= patience" in text and "patience of 3 in Keras" in text


def falls(losses, patience, kind):
    """After which epochs the rate falls."""
    if kind == "nnteach":
        rates = list(itertools.accumulate(losses, lambda plateau, loss: plateau.seen(loss),
                                          initial=Plateau(1.0, factor=0.5, patience=patience)))[1:]
        return [plateau.rate for plateau in rates]
    if kind == "torch":
        torch = engines.load("torch")

        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=patience)
        found = []
        for loss in losses:
            plateau.step(loss)
            found.append(optimizer.param_groups[0]["lr"])
        return found
    keras = engines.load("keras")

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=patience)
    plateau.set_model(model)
    plateau.on_train_begin()
    found = []
    for epoch, loss in enumerate(losses):
        plateau.on_epoch_end(epoch, {"val_loss": loss})
        found.append(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
    return found


@needs["torch"]
@pytest.mark.parametrize("seed", range(5))
def test_our_plateau_counts_like_pytorchs(seed):
    for patience in (1, 2, 4):
        assert falls(losses_by_chance(seed), patience, "nnteach") == falls(losses_by_chance(seed), patience, "torch")


@needs["keras"]
@pytest.mark.parametrize("seed", range(3))
def test_kerass_plateau_needs_one_more(seed):
    for patience in (1, 2, 4):
        found = falls(losses_by_chance(seed), patience + 1, "keras")
        assert np.allclose(falls(losses_by_chance(seed), patience, "nnteach"), found)
    losses = [1.0, 0.8, 0.7, 0.75, 0.72, 0.71, 0.6]
    assert [1 + int(np.argmax(np.array(falls(losses, p, kind)) < 1)) for p, kind in ((2, "nnteach"), (2, "keras"))] \
        == [6, 5]


def test_keras_stops_early_on_data_that_are_not_trained_on():
    source = cells("tf_keras")["fit"]
    assert 'monitor="val_loss"' in source and "validation_data=" in source and 'monitor="loss"' not in source


# ----------------------------------------------------------------------- comparisons, by one protocol or said


def test_the_search_and_its_finals_are_said_to_be_of_two_protocols():
    found, text = recorded("tf_fashion_hyper"), cells("tf_fashion_hyper")["recorded-told"]
    best, finals = found["best_in_the_search"], found["test_accuracies"]
    told = [float(word) for word in re.findall(r"0\.\d{3}", text)]
    assert all(min(abs(number - word) for word in told) < 0.000501 for number in (best, min(finals), max(finals)))
    assert ("all *above*" in text) == all(final > best for final in finals)
    source = cells("tf_fashion_hyper")
    assert "range(2 if here.quick else 8)" in source["tpe-objective"]
    assert "(2, 1) if here.quick else (20, 3)" in source["final"]
    assert all(word in text for word in ("500 pictures for 8 epochs", "2,000 pictures for 20 epochs", "compared"))
    assert f"{math.sqrt(best * (1 - best) / 500):.3f}" == "0.018" and "0.018" in text
    assert f"{0.809 - best:.3f}" == "0.017" and "0.017" in text


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_twenty_equal_candidates_is_reported_almost_two_deviations_too_high(seed):
    measured = np.random.default_rng(seed).normal(0.80, 0.015, (10_000, 20))
    assert 1.8 < (measured.max(axis=1).mean() - 0.80) / 0.015 < 2
    # ".84, then .81: was the search wrong?" That much is what luck does.
    assert np.mean(measured.max(axis=1) - np.random.default_rng(seed + 99).normal(0.80, 0.015, 10_000) > 0.02) > 0.5


def test_what_is_concluded_from_the_clothes_is_what_was_recorded():
    found, text = recorded("tf_fashion"), cells("tf_fashion")["recorded-told"]
    lead = found["mean_accuracy"] - found["baseline"]
    worst = min(found["accuracies"]) - found["baseline"]
    deviation = math.sqrt(0.84 * 0.16 / 557)
    assert f"{lead:.3f}" in text and f"{round(557 * lead)} of the 557" in text
    assert f"ahead by {round(557 * worst)} pictures only" in text and worst > 0
    assert 1.3 < lead / deviation < 1.7 and "one and a half standard deviations" in text
    assert lead / math.sqrt(2 * 0.84 * 0.16 / 10_000) > 4  # "with 10,000 test pictures … beyond doubt"


@needs["sklearn"]
@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_on_iris_no_difference_can_be_shown(seed):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    flowers, splits = data.iris(), RepeatedStratifiedKFold(n_splits=10, n_repeats=3, random_state=seed)
    network = MLPClassifier((4,), solver="lbfgs", alpha=0.01, max_iter=1000, random_state=1)
    difference = np.subtract(*(cross_val_score(make_pipeline(StandardScaler(), each), flowers.X, flowers.T, cv=splits)
                               for each in (network, LogisticRegression(max_iter=1000))))
    error = math.sqrt(difference.var(ddof=1) * (1 / 30 + 15 / 135))
    assert abs(difference.mean()) / error < 2
    assert "difference.std()" not in cells("mlpclassifier")["gate"]


@pytest.mark.parametrize("seed", range(5))
def test_a_training_loss_averaged_over_its_epoch_lies_above_the_loss_at_its_end(seed):
    """Why a validation loss below it in the first epochs is no mistake; the quiz does not call it one, either."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(400, 5))
    t, w, losses = (X @ rng.normal(size=5) > 0).astype(float), np.zeros(5), []
    def loss(rows):
        z = X[rows] @ w
        return np.mean(np.logaddexp(0, z) - t[rows] * z)
    for rows in np.array_split(rng.permutation(200), 20):  # the other 200 are for validation
        losses.append(loss(rows))
        w = w - 0.5 * X[rows].T @ (1 / (1 + np.exp(-X[rows] @ w)) - t[rows]) / len(rows)
    assert np.mean(losses) > loss(slice(200)) and np.mean(losses) > loss(slice(200, None))
    from nnteach.course.quizzes import read

    assert not any("hardly ever happens" in option.why for question in read() for option in question.options)
    assert "the mean over an epoch" in prose("tf_fashion")


# ------------------------------------------------------------------------------------------------- counts, and "only"


def test_no_line_does_better_than_calling_all_outside():
    """Lesson 15: one neuron can do no better. All lines through the square, by angle and place."""
    X, T = data.blob(400, rng=0)
    best = 0.0
    for angle in np.linspace(0, 2 * np.pi, 360, endpoint=False):
        inside = np.asarray(T)[np.argsort(X @ [np.cos(angle), np.sin(angle)])]
        left, right = np.append(0, np.cumsum(inside == 0)), np.append(0, np.cumsum(inside == 1))
        best = max(best, (left + right[-1] - right).max() / len(inside))
    assert f"{100 * best:.1f}" == "68.5" == f"{100 * np.mean(np.asarray(T) == 0):.1f}"


def test_three_rules_called_xavier_are_three():
    text = prose("21_initialisation")
    assert "Three rules called Xavier" in text and text.count("U(−") >= 2 and "√(1/*n*_in) · N(0, 1)" in text
    rng, factors = np.random.default_rng(0), {}
    for name, W in (("slide", rng.uniform(-1, 1, (100, 300)) / np.sqrt(300)),
                    ("1/n", rng.normal(size=(100, 300)) / np.sqrt(300)),
                    ("Glorot", rng.uniform(-1, 1, (100, 300)) * np.sqrt(6 / 400))):
        factors[name] = (rng.normal(size=(4000, 300)) @ W.T).var()
    assert np.allclose([factors["slide"], factors["1/n"], factors["Glorot"]], [1 / 3, 1, 1.5], rtol=0.05)


@pytest.mark.parametrize("sigmoid", [False, True])
def test_all_zero_freezes_tanh_and_makes_copies_of_sigmoids(sigmoid):
    W1, b1, W2, b2, x = np.zeros((2, 2)), np.zeros(2), np.zeros(2), 0.0, np.array([1.0, 2.0])
    for _ in range(20):
        a = W1 @ x + b1
        h = 1 / (1 + np.exp(-a)) if sigmoid else np.tanh(a)
        slope = h * (1 - h) if sigmoid else 1 - h**2
        g = 2 * (W2 @ h + b2 - 1)
        g1 = g * W2 * slope
        W2, b2, W1, b1 = W2 - 0.1 * g * h, b2 - 0.1 * g, W1 - 0.1 * np.outer(g1, x), b1 - 0.1 * g1
    assert (W1.any(), W2.any()) == (sigmoid, sigmoid) and np.array_equal(W1[0], W1[1]) and W2[0] == W2[1]


def test_with_equal_sizes_the_shapes_leave_two_products():
    G, H = np.random.default_rng(0).normal(size=(2, 3, 3))
    assert (G.T @ H).shape == (H.T @ G).shape and not np.allclose(G.T @ H, H.T @ G)
    assert "there is only one order in which the product fits" not in prose("08_matrix_form")


def test_the_jacobian_of_a_layer_with_respect_to_its_inputs_is_its_matrix():
    W, x, h = np.random.default_rng(1).normal(size=(4, 3)), np.ones(3), 1e-6
    columns = [(W @ (x + h * unit) - W @ (x - h * unit)) / (2 * h) for unit in np.eye(3)]
    assert np.allclose(np.transpose(columns), W) and 1000 * 1000 * 1000 == 10**9
    assert "it would have a million entries" not in prose("03_chain_rule") and "10⁹" in prose("03_chain_rule")


@pytest.mark.parametrize("seed", range(5))
def test_batches_sampled_anew_miss_about_a_third(seed):
    rng = np.random.default_rng(seed)
    seen = {int(row) for _ in range(20) for row in rng.choice(1000, 50, replace=False)}
    assert 0.3 < 1 - len(seen) / 1000 < 0.42 and "about a third" in prose("24_batch_size")


def test_why_now_in_years_and_hours():
    work = 3 * 15_470e6 * 1.2e6
    notebook = json.loads((ROOT / "notebooks" / "28_history.ipynb").read_text(encoding="utf-8"))
    (shown,) = ("".join(cell["outputs"][0]["data"]["text/plain"]) for cell in notebook["cells"]
                if cell["id"] == "why-now-count")
    assert shown == f"'{work / 1e6 / (3600 * 24 * 365):,.0f} years, {work / 1e13 / 3600:.1f} hours'"


def test_the_history_says_what_its_sources_say():
    from nnteach.demos.collection.timeline import EVENTS

    years = {event.label: event.year for event in EVENTS}
    assert years["Dropout"] <= years["AlexNet"] == 2012 and "ResNet" in years  # AlexNet used dropout
    text = "\n".join(prose(lesson) for lesson in ("13_perceptron_and_xor", "28_history"))
    assert "adds its weighted inputs. It fires" not in text and "Rosenblatt's theorem" not in text
    assert "inhibiting" in text and "Novikoff" in text
    assert [event.year for event in EVENTS] == sorted(event.year for event in EVENTS)


def test_the_measured_digits_are_asked_for():
    source = cells("one_net_five_engines")
    assert "-12, " not in source["digits-reveal"] and "below 10 to the power" not in source["numbers-predict"]
    assert nn.MLP([784, 100, 10]).size == 79_510
