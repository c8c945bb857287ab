"""Quizzes: the questions themselves (what can be computed is), and the widget in a browser."""

import re

import numpy as np
import pytest
from browser import browser_page  # noqa: F401

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.course.quizzes import _output, document, read

QUESTIONS = {question.id: question for question in read()}


# ------------------------------------------------------------------------------------------- the questions


def test_there_are_the_six_of_the_lecture_and_more_in_all_parts_of_the_course():
    assert len(nt.quiz("001")) == 6 and len(QUESTIONS) >= 26
    assert {question.id.split(".")[0] for question in read()} == {"001", "graphs", "networks", "training"}


@pytest.mark.parametrize("question", read(), ids=lambda q: q.id)
def test_a_question_has_one_right_option_and_a_reason_for_each(question):
    assert 4 <= len(question.options) <= 5 and sum(option.right for option in question.options) == 1
    assert len({option.text for option in question.options}) == len(question.options)
    assert all(option.why.endswith((".", "!")) and len(option.why) >= 10 for option in question.options)
    assert question.asks.endswith("?") and all(re.fullmatch(r"00[0-4]-\d\d", slide) for slide in question.slides)
    assert not any(option.text.lower() in ("all of the above", "none of the above") for option in question.options)


def test_the_right_option_is_not_always_in_the_same_place():
    places = [[option.right for option in question.options].index(True) for question in read()]
    assert max(places.count(place) for place in set(places)) <= len(places) / 2


def product():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return nt.grad((x + y) * z, z)


def branches():
    x = nt.variable(2.0, name="x")
    return nt.grad(3 * x - 5 * x, x)


def gate():
    a, b = nt.variables(a=2, b=5)
    return nt.grad(4 * np.maximum(a, b), a)


def steepest_sigmoid():
    s = nt.variable(np.linspace(-6, 6, 1201), name="s")
    return nt.grad(nt.sigmoid(s).sum(), s).max()


def shut_gate():
    z = nt.variable(-3.0, name="z")
    return nt.grad(7 * nt.relu(z), z)


def softmax_delta():
    logits = nt.variable(np.log([[0.7, 0.2, 0.1]]), name="a")
    delta = nt.grad(nt.nn.losses.cross_entropy(logits, np.array([1])), logits)[0]
    return f"({', '.join(f'{value:g}' for value in np.round(delta, 12))})"


def gradient_shape():
    W = nt.variable(np.ones((3, 4)), name="W")
    return str(nt.grad((np.ones((10, 4)) @ W.T).sum(), W).shape)


def perceptron():
    x, theta = np.array([1.0, 2.0, -1.0]), np.zeros(3)
    new = theta - 0.5 * ((theta @ x > 0) - 1) * x
    return f"({', '.join(f'{value:g}' for value in new)})"


def momentum():
    w = nt.variable(1.0, name="w")
    g = nt.grad(0.5 * w, w)
    return 1.0 - 0.1 * (0.9 * -2 + g)


def first_step_of_adam():
    path = nt.nn.minimize(lambda w: 500 * w, 0.0, nt.nn.optimizers.Adam(learning_rate=0.001), steps=1).path
    return round(abs(float(path[1] - path[0])), 9)


def penalty():
    W = nt.variable(3.0, name="W")
    return nt.grad(W + 0.5 * 0.1 * W * W, W)


COMPUTED = {
    "graphs.1": product, "graphs.2": branches, "graphs.3": gate, "graphs.6": steepest_sigmoid, "networks.1": shut_gate,
    "networks.2": softmax_delta, "networks.3": gradient_shape, "networks.9": perceptron, "training.2": momentum,
    "training.3": first_step_of_adam, "training.4": lambda: 3 / (1 - 0.5), "training.6": penalty,
    "graphs.5": lambda: f"{2 * 1000} times",
}


@pytest.mark.parametrize("name", COMPUTED)
def test_what_can_be_computed_is_computed(name):
    value = COMPUTED[name]()
    said = value if isinstance(value, str) else f"{float(value):.10g}".replace("-", "−")
    assert QUESTIONS[name].right.text == said.replace("-", "−")


def test_only_the_last_of_the_five_can_be_a_loss():
    """001.6: the slope is 0 at e = 0 and only there, the value is least there, and it is defined everywhere."""
    grid = np.linspace(-3, 3, 601)
    losses = (lambda e: e**3, np.log, np.sin, lambda e: 1 / e, lambda e: 5 * e**2 - 2)
    fit = []
    with np.errstate(all="ignore"):
        for loss in losses:
            values = loss(grid)
            fit.append(bool(np.all(np.isfinite(values)) and np.argmin(values) == 300))
    assert fit == [option.right for option in QUESTIONS["001.6"].options]


def test_a_rate_of_one_jumps_there_and_back_and_ten_sigmoids_leave_a_millionth():
    path = nt.nn.minimize(lambda x: x * x, 3.0, nt.nn.optimizers.SGD(learning_rate=1.0), steps=4).path
    assert np.ravel(path).tolist() == [3, -3, 3, -3, 3] and "3 and −3" in QUESTIONS["training.1"].right.text
    assert 0.25**10 == pytest.approx(1e-6, rel=0.05) and "millionth" in QUESTIONS["networks.8"].right.text


def test_units_that_begin_alike_stay_alike_and_copies_of_samples_change_nothing():
    rng = np.random.default_rng(3)
    X, t = rng.normal(size=(5, 2)), rng.integers(0, 2, 5)
    W = nt.variable(np.full((3, 2), 0.4), name="W")
    hidden = np.tanh(nt.constant(X) @ W.T)
    grads = nt.grad(nt.nn.losses.cross_entropy(hidden @ np.full((3, 2), 0.2), t), W)
    assert np.allclose(grads, grads[0])
    V = nt.variable(rng.normal(size=(2, 2)), name="V")
    once = nt.grad(nt.nn.losses.cross_entropy(nt.constant(X) @ V, t), V)
    twice = nt.grad(nt.nn.losses.cross_entropy(nt.constant(np.tile(X, (2, 1))) @ V, np.tile(t, 2)), V)
    assert np.allclose(once, twice) and "the same" in QUESTIONS["networks.4"].right.text


# Where the decks speak of it; the titles of the items stand in docs/items.tsv.
SLIDES = {
    "001.1": ["001-27"], "001.2": ["001-27"], "001.3": ["001-27"], "001.4": ["001-27"], "001.5": ["001-27"],
    "001.6": ["001-27"],
    "graphs.1": ["001-11"],  # (x + y) z, step by step
    "graphs.2": ["000-12", "002-27"],  # the chain rule with many paths; patterns in the backward flow
    "graphs.3": ["002-27"],
    "graphs.4": ["000-32"],  # what it costs on any graph
    "graphs.5": ["003-24"],  # checking a gradient
    "graphs.6": ["000-28"],  # derivatives of logistic, ReLU and tanh
    "networks.1": ["002-17"],  # ReLU
    "networks.2": ["000-25", "002-12"],  # back through softmax; cross-entropy and likelihood
    "networks.3": ["000-34"],  # batches of inputs
    "networks.4": ["001-29"],  # minibatches
    "networks.5": ["002-07"],  # XOR
    "networks.6": ["001-23"],  # why activations are needed
    "networks.7": ["003-23"],  # first weights at random
    "networks.8": ["002-15"],  # sigmoid
    "networks.9": ["002-05"],  # how a perceptron learns
    "training.1": ["001-06", "001-14"],  # gradient descent in one dimension; two learning rates
    "training.2": ["001-33"],  # momentum
    "training.3": ["001-37"],  # Adam
    "training.4": ["002-44"],  # dropout
    "training.5": ["002-48"],  # batch normalisation
    "training.6": ["002-42"],  # L2 and L1
    "training.7": ["001-30"],  # the whole training procedure
}


def test_a_question_names_the_slides_that_deal_with_it():
    assert {name: list(question.slides) for name, question in QUESTIONS.items()} == SLIDES


def test_the_first_step_of_adam_without_its_correction_is_among_the_wrong_answers():
    g, rate = 500.0, 0.001
    uncorrected = rate * (0.1 * g) / np.sqrt(0.001 * g**2)
    (option,) = [option for option in QUESTIONS["training.3"].options if option.text == f"{uncorrected:.3g}"]
    assert not option.right and "without the correction" in option.why
    (tenth,) = [option for option in QUESTIONS["training.3"].options if option.text == "0.0001"]
    assert "longer, not shorter" in tenth.why


def test_what_is_demanded_of_a_loss_holds_for_the_logistic_loss_too():
    """It falls for ever and attains no minimum (E001-9), so no loss can be asked to have one."""
    z = np.linspace(-30, 30, 601)
    assert np.all(np.diff(np.logaddexp(0, -z)) < 0)
    assert "bounded below" in QUESTIONS["001.2"].right.text and "minimum" not in QUESTIONS["001.2"].right.text


# ------------------------------------------------------------------------------------------ asking for them


def test_by_name_and_of_ones_own():
    assert [question.id for question in nt.quiz("001.3").questions] == ["001.3"]
    own = nt.quiz("2 + 2 = ?", ("4", True, "Two pairs."), ("<b>5</b>", False, "Count again."))
    assert "<b>5" not in own._repr_html_() and "&lt;b&gt;5" in own._repr_html_()
    assert repr(own).splitlines() == ["2 + 2 = ?", "  A  4", "  B  <b>5</b>"]


@pytest.mark.parametrize("options", [(("4", True, "."),), (("4", True, "."), ("5", True, ".")), ("4", "5")])
def test_a_question_needs_one_right_option(options):
    with pytest.raises(GraphError, match=r"one of them right|options such as"):
        nt.quiz("2 + 2 = ?", *options)


def test_an_unknown_name_is_told_with_the_known_ones():
    with pytest.raises(GraphError, match=r"(?s)graphs.*'004'"):
        nt.quiz("004")


# ---------------------------------------------------------------------------------------------- in a browser


def test_answering_with_the_keyboard(browser_page):  # noqa: F811
    page = browser_page(document(nt.quiz("001"))).page
    first = page.locator("form").first
    page.keyboard.press("Tab")  # into the options: the first one
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    feedback = first.locator("[role=status]")
    assert feedback.inner_text().startswith("✗ Not this one.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert feedback.inner_text().startswith("✓ Right.")
    assert page.locator(".score").inner_text() == "1 of 6 answered right"
    page.locator("form").nth(1).locator("button").click()
    assert page.locator("form").nth(1).locator("[role=status]").inner_text() == "Choose an option first."


@pytest.mark.parametrize("width, height, scheme", [(1920, 1080, "light"), (1024, 768, "dark"), (390, 800, "light")])
def test_accessible_and_without_sideways_scrolling(browser_page, width, height, scheme):  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    page = browser_page(
        document(nt.quiz("networks")), viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
    ).page
    for i in (0, 1, 3):
        page.locator("form").first.locator("label").nth(i).click()
        page.locator("form button").first.click()
    violations = Axe().run(page).response["violations"]
    assert [violation["id"] for violation in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scripts", [True, False])
def test_in_a_saved_notebook_with_and_without_scripts(browser_page, scripts):  # noqa: F811
    quizzes = _output(nt.quiz("001")) + _output(nt.quiz("graphs.1"))
    output = f"<!doctype html><html lang='en'><title>n</title><body>{quizzes}"
    page = browser_page(output, java_script_enabled=scripts).page
    if not scripts:
        page.locator("summary").nth(2).click()
        assert "✓ Right. A time zone" in page.locator("details").nth(2).inner_text()
        return
    page.wait_for_function("document.querySelectorAll('iframe').length === 2")
    assert not page.locator("details").first.is_visible()
    frame = page.frame_locator("iframe").first
    frame.locator("form").first.wait_for()
    page.frames[1].wait_for_load_state()  # the form stands there before its script
    frame.locator("label").nth(2).click()
    frame.locator("button").first.click()
    assert frame.locator("[role=status]").first.inner_text().startswith("✓ Right.")
    inner = page.frames[1].evaluate("document.querySelector('main').scrollHeight")
    page.wait_for_function(f"document.querySelector('iframe').offsetHeight >= {inner}")
