"""Predict, then reveal: the questions and slips that Python computes, and how the player asks and answers."""

import json

import numpy as np
import pytest
from browser import DOM, PLAYER, browser_page  # noqa: F401  (a fixture)
from test_page import CONTRAST, SMALLEST

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.core.primitive import PRIMITIVES
from nnteach.player.python.message import Texts
from nnteach.player.python.page import document
from nnteach.player.python.questions.mistakes import ANY_BACKWARD, BACKWARD, FORWARD, SEED, UPDATE, slip_words
from nnteach.player.python.questions.predict import question
from nnteach.trace.trace import trace


def branching(predict="all"):
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return nt.step((((x + y).named("q") * z).named("r") * x).named("f"), predict=predict)


def asked(root, learning_rate=None):
    """Every question of a trace by step: kind, text, answer, and the slips as {key: number}."""
    texts, found = Texts(), {}
    for k in range(1, len(told := trace(root, learning_rate)) + 1):
        ask = question(told, k, texts)
        if ask:
            number = [float(full) for full, _ in texts.table]
            found[k] = (
                ask["kind"],
                ask["text"],
                number[ask["answer"]],
                {key: number[place] for place, key in ask["slips"]},
            )
    return found


def single(operation, **values):
    """The questions about one operation on inputs with these values, forward and for each input, by what is asked."""
    inputs = nt.variables(**values)
    found = asked(operation(*inputs).named("f"))
    return {
        text.split()[-1].rstrip("?"): (answer, slips) for kind, text, answer, slips in found.values() if kind != "seed"
    }


# ------------------------------------------------------------------------------------------------------ the questions


def test_there_is_a_question_for_every_number_and_its_answer_is_the_engines():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    root = (((x + y).named("q") * z).named("r") * x).named("f")
    told, found = trace(root, 0.1), asked(root, 0.1)
    assert set(found) == set(range(1, len(told) + 1))
    for k, (_, _, answer, slips) in found.items():
        assert answer == told.steps[k - 1].total
        assert answer not in slips.values() and len(set(slips.values())) == len(slips)
    assert [kind for kind, *_ in found.values()] == ["value"] * 3 + ["gradient"] * 5 + ["total", "gradient"] + [
        "weight"
    ] * 3
    assert found[9][1] == "The gradient of x is −12 so far. What is it with what q hands to it?"
    assert found[9][3]["overwritten"] == 8.0 and found[9][3]["not_added"] == -12.0


def test_slips_of_a_product_and_of_the_update():
    a, b = nt.variables(a=2.0, b=5.0)
    found = asked((3 * (a * b).named("p")).named("f"), 0.1)
    slips = {text: (answer, slips) for _, text, answer, slips in found.values()}
    answer, wrong = slips["What is the gradient of a?"]
    assert answer == 15.0
    assert wrong == {"own": 6.0, "upstream": 5.0, "unchanged": 3.0, "added": 8.0, "sign": -15.0}
    answer, wrong = slips["What is a after its step with learning rate 0.1?"]
    assert answer == 0.5
    assert wrong == pytest.approx(
        {"uphill": 3.5, "rate": -13.0, "rate_twice": 1.85, "slope_missing": 1.9, "change": -1.5, "sign": -0.5}
    )


def test_slips_of_sigmoid_tanh_relu_and_minus():
    s = 1 / (1 + np.exp(-0.5))
    (x,) = nt.variables(x=0.5)
    answer, slips = asked((2 * nt.sigmoid(x)).named("f"))[5][2:]
    assert answer == pytest.approx(2 * s * (1 - s))
    assert slips["input"] == pytest.approx(2 * 0.5 * 0.5) and slips["function"] == pytest.approx(2 * s)
    assert slips["upstream"] == pytest.approx(s * (1 - s)) and slips["unchanged"] == 2.0
    (x,) = nt.variables(x=-1.0)
    answer, slips = asked((2 * nt.relu(x)).named("f"))[5][2:]
    assert answer == 0.0 and slips["gate"] == 2.0
    a, b = nt.variables(a=1.0, b=2.0)
    found = asked(((a - b).named("d") * 3).named("f"))
    assert [slips["minus"] for _, text, _, slips in found.values() if text == "What is the gradient of b?"] == [3.0]


def test_entries_of_arrays_are_asked_for_by_name():
    A, x = nt.variable([[1.0, 2.0], [3.0, 4.0]], "A"), nt.variable([1.0, -1.0], "x")
    texts = [text for _, text, *_ in asked(((A @ x).named("v") ** 2).sum().named("s")).values()]
    assert any(text.startswith("What is the gradient of A[") for text in texts)
    large = nt.variable(np.ones(30), "w")
    assert {kind for kind, *_ in asked(large.sum()).values()} == {"gradient"}  # of the result itself


def test_nothing_is_asked_about_what_is_not_finite():
    (x,) = nt.variables(x=0.0)
    with np.errstate(all="ignore"):
        assert 1 not in asked(nt.log(x).named("f"))


def test_every_slip_has_its_words_and_its_primitive():
    assert {*FORWARD, *BACKWARD} <= PRIMITIVES.keys()
    words = slip_words()
    tables = [*FORWARD.values(), *BACKWARD.values(), ANY_BACKWARD, UPDATE, SEED]
    assert all(words[key] for table in tables for key, _ in table)
    assert "{parent}" in words["own"]


@pytest.mark.parametrize("predict, steps", [
    ("all", 10), ("branches", 1), ("sign", 10), ("order", 7), (["q", "y"], 3), ([], 0), (None, 10)])
def test_what_is_asked(predict, steps):
    data = branching(predict).data
    assert sum("ask" in step for step in data["steps"]) == steps
    assert data["predict"] is (predict is not None)


def test_a_wish_that_is_none_is_refused():
    with pytest.raises(GraphError, match='"branches", "sign", "order" or a list of names'):
        branching("some")


def test_names_reach_the_entries_of_the_scalar_graph():
    w = nt.variable([1.0, 2.0], "w")
    steps = nt.step((w * w).sum().named("s"), level="scalar", predict=["w"]).data["steps"]
    assert {step["node"] for step in steps if "ask" in step} == {"w[0]", "w[1]"}


def test_slips_of_exponential_power_and_absolute_value():
    (x,) = nt.variables(x=-2.0)
    for make, key, wrong in [
        (np.exp, "like_a_power", 3 * -2 * np.exp(-3)), (np.abs, "unsigned", 3.0), (lambda a: a**3, "factor", 12.0)]:
        [slips] = [slips for _, text, _, slips in asked((3 * make(x)).named("f")).values() if "gradient of x" in text]
        assert slips[key] == pytest.approx(wrong), key


def ordered(root, **settings):
    """Every question about the order by step: what is right, and why what is not."""
    told = trace(root, **settings)
    found = {k: question(told, k, Texts(), predict="order") for k in range(1, len(told) + 1)}
    return {k: (ask["right"], {name: key for name, key, _ in ask["wrong"]}) for k, ask in found.items() if ask}


def test_which_nodes_may_come_next():
    x, y = nt.variables(x=2.0, y=3.0)
    a, b = (x * y).named("a"), (x + 1).named("b")
    found = ordered((a * b).named("f"), learning_rate=0.1)
    # 1 2 3: forward; 4: the seed; 5 f hands on to two; then a and b, in the order of the trace
    assert found[1] == (["a", "b"], {"x": "given", "y": "given", "f": "waits"})
    assert found[2] == (["b"], {"x": "given", "y": "given", "a": "computed", "f": "waits"})
    assert found[4] == (["f"], dict.fromkeys(["x", "y", "a", "b"], "root"))
    assert found[5] == (["f"], {"x": "leaf", "y": "leaf", "a": "incomplete", "b": "incomplete"})
    assert set(found) == {1, 2, 3, 4, 5, 7, 8}
    assert set(found[7][0]) == {"a", "b"} and found[7][1]["f"] == "handed"


def test_a_node_waits_for_every_branch():
    (x,) = nt.variables(x=2.0)
    q = (x * x).named("q")
    r = nt.sigmoid(q).named("r")
    told = trace((q * r).named("f"))
    asks = [question(told, k, Texts(), predict="order") for k in range(1, len(told) + 1)]
    on_the_way_back = [ask for ask in asks if ask and ask["text"].startswith("Which node can hand")]
    [before_r] = [ask for ask in on_the_way_back if ask["right"] == ["r"]]
    why = "q still waits for what r hands to it: its gradient is not complete."
    assert ["q", "incomplete", why] in before_r["wrong"]


def test_the_order_is_asked_in_every_iteration_of_a_training_run():
    (w,) = nt.variables(w=2.0)
    found = ordered(((w * 3).named("y") ** 2).named("L"), optimizer=nt.nn.optimizers.SGD(0.1), iterations=2)
    assert [right for right, _ in found.values()] == [["y"], ["L"], ["L"], ["L"], ["y"]] * 2


def test_signs_have_the_questions_and_slips_of_the_numbers():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    told = trace(((x + y).named("q") * z).named("f"))
    ask = question(told, 2, Texts(), predict="sign")
    assert ask["kind"] == "sign" and ask["text"] == "Is the value of f positive, negative or zero?"
    assert ask["slips"] == question(told, 2, Texts())["slips"]


@pytest.mark.parametrize("predict", ["all", "sign", "order"])
def test_questions_speak_the_readers_language(predict):
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    f = (((x + y).named("q") * z).named("r") * x).named("f")
    english, italian = ([step["ask"]["text"] for step in nt.step(f, predict=predict, language=language).data["steps"]
                         if "ask" in step] for language in ("en", "it"))
    assert len(english) == len(italian) > 0 and not set(english) & set(italian)


# ---------------------------------------------------------------------------------------------------- in the browser

ASKED, FEEDBACK = ".nn-ask", ".nn-feedback"


@pytest.fixture(scope="module")
def source():
    return document(branching().data)


def test_a_right_prediction_reveals_the_step(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    plain = browser_page(document(branching(None).data))
    shown.press("ArrowRight")
    assert shown.step == 0
    assert (
        shown.page.locator(ASKED).inner_text()
        == shown.page.locator("[data-say]").text_content()
        == "What is the value of q?"
    )
    assert shown.page.evaluate("() => document.activeElement.dataset.answer") == ""
    assert shown.page.locator('[data-node="q"]').get_attribute("data-value") == ""
    shown.page.keyboard.type("3,0")
    shown.press("Enter")
    assert shown.step == 1
    assert shown.page.locator(FEEDBACK).inner_text() == "✓ Right: 3."
    shown.press("ArrowLeft")
    shown.press("p")
    plain.press("ArrowRight")
    plain.press("ArrowLeft")
    assert shown.page.evaluate(DOM) == plain.page.evaluate(DOM)


def test_a_slip_is_named_and_the_second_wrong_try_reveals(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("End")
    shown.press("ArrowLeft", 2)
    shown.press("ArrowRight")
    assert shown.page.locator(ASKED).inner_text().startswith("The gradient of x is −12 so far.")
    shown.page.keyboard.type("8")
    shown.press("Enter")
    assert shown.step == 8
    assert shown.page.locator(FEEDBACK).inner_text() == (
        "✗ Not 8. This is exactly what you get if you overwrite what was there: at branches gradients add. "
        "One more try."
    )
    shown.page.keyboard.type("-13")  # what was typed is selected, and so replaced
    shown.press("Enter")
    assert shown.step == 9
    assert shown.page.locator(FEEDBACK).inner_text() == "✗ You said -13; it is −4."


def test_what_is_no_number_or_has_too_few_digits_is_no_try(browser_page):  # noqa: F811
    (x,) = nt.variables(x=0.5)
    shown = browser_page(document(nt.step(nt.sigmoid(x).named("f"), predict="all").data))
    shown.press("ArrowRight")
    for typed, answer in [("abc", "“abc” is none"), ("0.6", "Close."), ("0.6", "Close."), ("0.622", "Right: 0.6225")]:
        shown.page.locator("[data-answer]").fill(typed)
        shown.press("Enter")
        assert answer in shown.page.locator(FEEDBACK).inner_text()


def test_skipping_cancelling_and_switching_off(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    root = shown.page.locator(PLAYER)
    shown.press("ArrowRight", 2)  # the field is empty, so the arrow goes on: the step is shown
    assert shown.step == 1 and root.get_attribute("data-asking") is None
    shown.press("PageDown")
    assert root.get_attribute("data-asking") == "value"
    shown.press("Escape")
    assert shown.step == 1 and root.get_attribute("data-asking") is None
    shown.press("p")
    shown.press("ArrowRight")
    assert shown.step == 2
    shown.press("End")
    assert shown.step == 10


def test_only_the_sign(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("ArrowRight")
    shown.page.get_by_role("button", name="negative").click()
    assert shown.page.locator(FEEDBACK).inner_text() == (
        "✗ Not negative. This sign is what you get if you multiply instead. One more try.")
    shown.page.get_by_role("button", name="positive").click()
    assert shown.page.locator(FEEDBACK).inner_text() == "✓ Right: 3."
    assert shown.step == 1


def test_the_room_is_asked_by_letters(browser_page, source):  # noqa: F811
    shown = browser_page(source, viewport={"width": 1920, "height": 1080})
    shown.press("f")
    shown.press("PageDown")
    choices = shown.page.locator(".nn-choices button")
    assert choices.all_inner_texts() == ["A−10", "B−7", "C3"]
    assert not shown.page.locator("[data-answer]").is_visible()
    assert choices.first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 32
    choices.first.click()
    assert "you multiply instead" in shown.page.locator(FEEDBACK).inner_text()
    choices.nth(2).click()
    assert shown.step == 1
    shown.press("PageDown", 2)  # a clicker needs one key only
    assert shown.step == 2


def test_play_stops_at_a_question(browser_page):  # noqa: F811
    shown = browser_page(document(branching("branches").data))
    shown.page.clock.install()
    shown.press(" ")
    shown.page.clock.run_for(30_000)
    assert shown.step == 8
    assert shown.page.locator(PLAYER).get_attribute("data-asking") == "total"


def test_attempts_can_be_downloaded(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("ArrowRight")
    shown.page.keyboard.type("-10")
    shown.press("Enter")
    shown.page.get_by_role("button", name="Show me").click()
    shown.press("?")
    with shown.page.expect_download() as download:
        shown.page.get_by_role("button", name="Download my predictions").click()
    kept = json.loads(download.value.path().read_text())
    assert [(one["said"], one["verdict"], one["slip"], one["answer"]) for one in kept["attempts"]] == [
        ("-10", "wrong", "product", "3.0"),
        ("", "skipped", None, "3.0"),
    ]
    assert kept["attempts"][0]["question"] == "What is the value of q?" and kept["attempts"][0]["milliseconds"] >= 0


def test_which_node_comes_next_is_answered_in_the_picture_or_by_a_letter(browser_page):  # noqa: F811
    shown = browser_page(document(branching("order").data))
    node, feedback = '[data-node="{}"]', shown.page.locator(FEEDBACK)
    shown.press("ArrowRight")
    assert shown.page.locator(PLAYER).get_attribute("data-asking") == "order"
    assert not shown.page.locator("[data-asked], [data-answer], .nn-question math").count()  # nothing tells the answer
    shown.page.locator(node.format("f")).click()
    assert feedback.inner_text() == "✗ Not f. f needs r, which is not computed yet. One more try."
    shown.page.locator(node.format("q")).press("Enter")
    assert (shown.step, feedback.inner_text()) == (1, "✓ Right: q.")
    shown.press("ArrowRight")
    choices = shown.page.locator(".nn-choices button")
    assert choices.all_inner_texts() == ["Aq", "Br", "Cf"]
    for _ in range(2):
        choices.nth(2).click()
    assert (shown.step, feedback.inner_text()) == (2, "✗ You said f; it is r. f needs r, which is not computed yet.")
    shown.press("End")
    shown.page.locator(node.format("q")).click()  # nothing is asked: a click goes to the node's step
    assert shown.step == 1


def test_a_node_that_could_come_next_as_well_is_right(browser_page):  # noqa: F811
    x, y = nt.variables(x=2.0, y=3.0)
    f = ((x * y).named("a") * (x + 1).named("b")).named("f")
    shown = browser_page(document(nt.step(f, predict="order").data))
    shown.press("ArrowRight")
    shown.page.locator('[data-node="b"]').click()
    assert shown.page.locator(FEEDBACK).inner_text() == (
        "✓ Right: b. a comes first here; b could come next just as well.")


@pytest.mark.parametrize("projected", [False, True])
def test_a_question_of_the_sign_alone_names_the_slip_too(browser_page, projected):  # noqa: F811
    a, b = nt.variables(a=1.0, b=2.0)
    shown = browser_page(document(nt.step(((a - b).named("d") * 3).named("f"), predict="sign").data))
    if projected:
        shown.press("f")
    shown.press("ArrowRight")
    assert not shown.page.locator("[data-answer], .nn-choices").count()
    shown.page.get_by_role("button", name="positive").click()
    assert shown.page.locator(FEEDBACK).inner_text() == (
        "✗ Not positive. This sign is what you get if you take the two in the wrong order. One more try.")
    shown.page.get_by_role("button", name="negative").click()
    assert (shown.step, shown.page.locator(FEEDBACK).inner_text()) == (1, "✓ Right: −1.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_question_can_be_read(browser_page, source, scheme):  # noqa: F811
    shown = browser_page(source, color_scheme=scheme)
    shown.press("ArrowRight")
    shown.page.keyboard.type("7")
    shown.press("Enter")
    ratio, where = shown.page.evaluate(CONTRAST)
    assert 4.5 <= ratio < 99, where
    assert shown.page.evaluate(SMALLEST) >= 12


OUTPUT = "<!doctype html><html lang='en'><title>n</title><body>{}"  # around what a cell shows: a sandboxed frame


@pytest.mark.parametrize("how", ["Enter", "click"])
def test_a_prediction_is_typed_in_the_frame_of_an_output(browser_page, how):  # noqa: F811
    page = browser_page(OUTPUT.format(branching()._repr_html_())).page
    frame = page.frame_locator("iframe")
    frame.locator(PLAYER).press("ArrowRight")
    for typed, said in [("abc", "“abc” is none"), ("77", "✗ Not 77."), ("3,0", "✓ Right: 3.")]:
        frame.locator("[data-answer]").fill(typed)
        if how == "Enter":
            page.keyboard.press("Enter")
        else:
            frame.get_by_role("button", name="Check").click()
        frame.locator(FEEDBACK, has_text=said).wait_for()
    assert frame.locator(PLAYER).get_attribute("data-step") == "1"


def test_letters_never_end_in_the_field_and_esc_and_a_clicker_always_work(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    field, root = shown.page.locator("[data-answer]"), shown.page.locator(PLAYER)
    for typed in ("", "12"):
        for key, name in [("f", "data-projector"), ("b", "data-blank")]:
            shown.press("ArrowRight")
            field.fill(typed)
            shown.press(key)
            assert root.get_attribute(name) == "" and field.input_value() == typed
            shown.press(key)
            assert root.get_attribute(name) is None
            assert shown.page.evaluate("() => document.activeElement.dataset.answer") == ""  # one can go on typing
            shown.press("Escape")
            assert root.get_attribute("data-asking") is None and shown.step == 0
    shown.press("ArrowRight")
    field.fill("12")
    for letter in "xzäqQ ":
        shown.page.keyboard.type(letter)
        assert field.input_value() == "12"
        assert f"“{letter}” is none" in shown.page.locator(FEEDBACK).inner_text()
    shown.press("PageDown")
    assert shown.step == 1
