"""The player in a real Chromium, as a file and as the output of a notebook cell."""

import re

import numpy as np
import pytest
from browser import BOXES, DOM, NODES, PLAYER, browser_page  # noqa: F401  (a fixture)
from playwright.sync_api import expect

import nnteach as nt
from nnteach.player.python.page import LARGEST_HEIGHT, SMALLEST_HEIGHT, document, frame_height, notebook_output

NASTY = ["<img src=x onerror=alert(1)>", 'a"b\'c`d', "two\nlines", "x" * 10_000, "שלום עולם",
         "</script><script>alert(1)</script>", "\u202eturned", "]]>&amp;<!--", "${1}{0}%s"]


def expression():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return ((x + y).named("q") * z).named("f")


def with_names(first, second):
    a, b = nt.variable(2.0, name=first), nt.variable(3.0, name=second)
    return ((a + b).named("s") * a).named("p")


@pytest.fixture(scope="module")
def message():
    return nt.step(expression()).data


@pytest.fixture(scope="module")
def source(message):
    return document(message)


# --------------------------------------------------------------------------------------------- the source alone

def test_the_page_is_one_file_that_may_load_nothing(source):
    assert "default-src 'none'" in source
    assert not re.search(r'(src|href)="(?!data:)', source)
    assert not re.search(r"@import|url\(", source.replace("/@import|url\\(/", ""))


def test_text_never_ends_the_script_it_stands_in():
    page = document(nt.step(with_names(*NASTY[5:7])).data)
    assert page.count("</script>") == 2
    assert "</script><script>alert" not in page


def test_the_title_is_escaped(message):
    assert "<title>a &lt; b &amp; c</title>" in document(message, "a < b & c")


def test_an_output_is_the_same_every_time(message):
    assert notebook_output(message) == notebook_output(message)


def test_an_output_has_the_picture_once_and_in_words(message):
    output = notebook_output(message)
    assert output.count("data:image/svg+xml,") == 1
    assert f'alt="{message["summary"]}"' in output
    assert output.startswith('<div class="nnteach-output"') and output.endswith("</div>")
    assert 'alt="in short"' in notebook_output(message, "in short")
    assert len(output) < 60_000


@pytest.mark.parametrize("height, ledger, expected", [
    (100, None, SMALLEST_HEIGHT), (346, None, 536), (5000, None, LARGEST_HEIGHT),
    (100, ["ledger of x", "0 + 1 = ", "1"], 600)])
def test_the_frame_is_as_high_as_its_picture_needs(height, ledger, expected):
    assert frame_height({"picture": f'<svg width="9" height="{height}.4">', "steps": [{"ledger": ledger}]}) == expected


# --------------------------------------------------------------------------------------------------- stepping

def test_the_end_shows_the_gradients(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    assert shown.page.evaluate(NODES)["q"] == {"value": "", "grad": "", "state": "todo"}
    shown.press("End")
    gradients = {name: float(node["grad"]) for name, node in shown.page.evaluate(NODES).items()}
    assert gradients == {"x": -4, "y": -4, "z": 3, "q": -4, "f": 1}
    assert shown.page.evaluate(NODES)["f"]["value"] == "-12.0"
    assert shown.page.locator('[data-edge="z->f#1"]').get_attribute("data-contribution") == "3.0"
    shown.press("Home")
    assert shown.page.locator("[data-contribution]").count() == 0


def test_steps_phases_and_sentences(browser_page, source, message):  # noqa: F811
    shown = browser_page(source)
    root = shown.page.locator(PLAYER)
    seen = []
    for step in range(8):
        assert root.get_attribute("data-step") == str(step)
        say = (message["start"] if step == 0 else message["steps"][step - 1])["say"]
        assert shown.page.locator("[data-say]").text_content() == say
        assert shown.page.locator(".nn-count").text_content() == f"step {step} of 7"
        seen.append(root.get_attribute("data-phase"))
        shown.press("ArrowRight")
    assert seen == ["start", "forward", "forward", *["backward"] * 4, "done"]
    assert root.get_attribute("data-steps") == "7"
    assert shown.page.locator("[data-ledger]").text_content() == "ledger of y0 + (−4) = −4"
    assert shown.page.locator("[data-formula] math").count() >= 3


def test_there_and_back_is_the_same_document(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("Home")
    documents, boxes = [shown.page.evaluate(DOM)], [shown.page.evaluate(BOXES)]
    for _ in range(9):
        shown.press("ArrowRight")
        documents.append(shown.page.evaluate(DOM))
        boxes.append(shown.page.evaluate(BOXES))
    assert len(set(documents)) == 8
    shown.press("ArrowLeft", 2)
    assert shown.page.evaluate(DOM) == documents[5]
    shown.press("ArrowLeft", 7)
    assert shown.page.evaluate(DOM) == documents[0]
    first = np.array(boxes[0])
    assert all(np.ptp(np.array(boxes)[:, :, :4], axis=0).ravel() == 0)
    assert np.isfinite(first).all()


def test_only_what_changes_is_touched(browser_page, source, message):  # noqa: F811
    shown = browser_page(source)
    shown.page.evaluate("""() => {
        const root = document.querySelector('[data-nnteach-player]');
        window.touched = new Set();
        new MutationObserver(records => records.forEach(record => window.touched.add(record.target)))
            .observe(root, {subtree: true, childList: true, characterData: true, attributes: true});
    }""")
    counts = []
    for step in message["steps"]:
        fan_in = 1 if step["edge"] else 2
        shown.press("ArrowRight")
        counts.append(shown.page.evaluate("() => { const n = window.touched.size; window.touched.clear(); return n; }"))
        assert 0 < counts[-1] <= 12 + 6 * fan_in, (step["now"], counts)


def test_the_slider_and_the_phases(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    slider = shown.page.get_by_role("slider")
    slider.fill("6")
    assert shown.step == 6
    assert slider.get_attribute("aria-valuetext") == "step 6 of 7, backward: q hands its gradient to x"
    box = slider.bounding_box()
    shown.page.mouse.click(box["x"] + box["width"] * 2 / 7, box["y"] + box["height"] / 2)
    assert shown.step == 2
    shown.press("Shift+ArrowRight")
    assert shown.step == 3
    shown.press("Shift+ArrowLeft", 2)
    assert shown.step == 0


def test_a_click_on_a_node_goes_to_its_steps(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    node = shown.page.locator('[data-node="q"]')
    node.click()
    assert shown.step == 1
    node.click()
    assert shown.step == 4
    shown.page.locator('[data-node="x"]').focus()
    shown.press("Enter")
    assert shown.step == 6
    assert shown.page.get_by_role("button", name="x, input: value −2, gradient −4, NOW").count() == 1


def test_play_stops_at_the_end_and_nothing_starts_by_itself(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.page.clock.install(time=0)
    shown.page.clock.pause_at(1_000)  # time passes only as it is told, however busy the machine is
    shown.page.clock.run_for(5_000)
    assert shown.step == 0
    shown.press(" ")
    shown.page.clock.run_for(2_100)
    assert shown.step == 2
    assert shown.page.get_by_role("button", name="Pause").count() == 1
    shown.page.clock.run_for(20_000)
    assert shown.step == 7
    assert shown.page.locator('[data-action="play"][aria-label="Play"]').count() == 1


def test_play_pauses_at_a_step_by_hand_and_when_the_page_is_hidden(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.page.clock.install(time=0)
    shown.page.clock.pause_at(1_000)  # time passes only as it is told, however busy the machine is
    shown.press(" ")
    shown.press("ArrowRight")
    shown.page.clock.run_for(5_000)
    assert shown.step == 1
    shown.press(" ")
    shown.page.evaluate("""() => { Object.defineProperty(document, 'hidden', {value: true});
                                   document.dispatchEvent(new Event('visibilitychange')); }""")
    shown.page.clock.run_for(5_000)
    assert shown.step == 1


# ------------------------------------------------------------------------------------------------ keys and buttons

def test_the_keyboard_walk(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    root = shown.page.locator(PLAYER)
    for key, step in [("PageDown", 1), ("PageUp", 0), ("End", 7), ("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0)]:
        shown.press(key)
        assert shown.step == step, key
    for key, view in [("t", "table"), ("?", "help"), ("?", "picture"), ("t", "table"), ("Escape", "picture")]:
        shown.press(key)
        assert root.get_attribute("data-view") == view, key
    for key in (".", "b"):
        shown.press(key)
        assert shown.page.locator(".nn-blank").is_visible()
        shown.press(key)
        assert not shown.page.locator(".nn-blank").is_visible()
    shown.press("Control+ArrowRight")
    assert shown.step == 0


def test_tab_reaches_every_control_and_one_node(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    seen = []
    for _ in range(15):
        shown.press("Tab")
        seen.append(shown.page.evaluate("() => { const a = document.activeElement;"
                                        "return a.dataset.action ?? a.dataset.node ?? a.type ?? a.className; }"))
    assert ["first", "previous", "play", "next", "last", "range", "predict", "grain", "help", "table",
            "theme", "fullscreen"] == seen[:12]
    assert "x" in seen[12:]
    shown.page.locator('[data-node="x"]').focus()
    shown.press("ArrowDown", 2)
    assert shown.page.evaluate("() => document.activeElement.dataset.node") == "z"
    shown.press("ArrowDown", 2)
    pane, node = shown.page.locator(".nn-stage").bounding_box(), shown.page.locator("[data-node]:focus").bounding_box()
    assert node["x"] + node["width"] <= pane["x"] + pane["width"]


def test_every_key_has_a_button(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("?")
    names = shown.page.locator(".nn-help button[data-action]").evaluate_all("all => all.map(one => one.dataset.action)")
    assert set(names) == {"next", "previous", "nextPhase", "previousPhase", "first", "last", "play", "table",
                          "fullscreen", "blank", "help", "close", "predict", "grain", "download"}
    shown.page.locator('.nn-help [data-action="nextPhase"]').click()
    assert shown.step == 1
    assert all(shown.page.locator("button").evaluate_all(
        "all => all.map(one => (one.getAttribute('aria-label') || one.textContent).length > 0)"))


def test_space_plays_after_a_click_on_a_button(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.page.locator('.nn-toolbar [data-action="next"]').click()
    shown.page.clock.install(time=0)
    shown.page.clock.pause_at(1_000)  # the next step does not come while we look
    shown.press(" ")
    assert shown.step == 1
    assert shown.page.get_by_role("button", name="Pause").count() == 1


def test_the_table_has_every_number(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("t")
    shown.press("End")
    rows = shown.page.locator(".nn-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
    assert rows[0] == ["x", "input", "−2", "−4", "done ✓"]
    assert rows[4] == ["f", "q · z", "−12", "1", "done ✓"]
    shown.page.locator(".nn-table li button").nth(3).click()
    assert shown.step == 4
    assert shown.page.locator(".nn-table tbody tr").first.locator("td").nth(2).text_content() == "·"


# --------------------------------------------------------------------------------------------------------- the look

def test_the_theme_follows_the_system_until_told_otherwise(browser_page, source):  # noqa: F811
    shown = browser_page(source, color_scheme="dark")

    def ground():
        return shown.page.locator(PLAYER).evaluate("one => getComputedStyle(one).backgroundColor")
    assert ground() == "rgb(20, 22, 26)"
    shown.page.locator('[data-action="theme"]').click()
    assert ground() == "rgb(255, 255, 255)"
    shown.page.locator('[data-action="theme"]').click()
    assert ground() == "rgb(20, 22, 26)"


SMALLEST = """() => Math.min(...[...document.querySelectorAll('[data-nnteach-player] *')]
    .filter(one => [...one.childNodes].some(child => child.nodeType === 3 && child.data.trim()) && one.checkVisibility()
                   && one.tagName !== 'style' && one.tagName !== 'title' && one.tagName !== 'desc')
    .map(one => parseFloat(getComputedStyle(one).fontSize)))"""


@pytest.mark.parametrize("key", ["End", "t", "?"])
def test_nothing_is_smaller_than_12_px(browser_page, source, key):  # noqa: F811
    shown = browser_page(source)
    shown.press("ArrowRight", 6)
    shown.press(key)
    assert shown.page.evaluate(SMALLEST) >= 12


CONTRAST = """() => {
    const luminance = rgb => rgb.map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
    const parse = text => text.match(/[\\d.]+/g).map(Number);
    const ground = one => { for (; one; one = one.parentElement) {
        const [r, g, b, a = 1] = parse(getComputedStyle(one).backgroundColor); if (a > 0) return [r, g, b]; } };
    const worst = [99, ''];
    for (const one of document.querySelectorAll('[data-nnteach-player] *')) {
        if (one.closest('svg') || !one.checkVisibility() || !one.textContent.trim() || one.children.length) continue;
        const [a, b] = [luminance(parse(getComputedStyle(one).color).slice(0, 3)), luminance(ground(one))];
        const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        if (ratio < worst[0]) worst.splice(0, 2, ratio, one.outerHTML);
    }
    return worst;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("keys", [["Home"], ["ArrowRight"], ["End"], ["End", "t"], ["End", "?"]], ids="-".join)
def test_text_stands_out_from_its_ground(browser_page, source, scheme, keys):  # noqa: F811
    shown = browser_page(source, color_scheme=scheme)
    for key in keys:
        shown.press(key)
    ratio, where = shown.page.evaluate(CONTRAST)
    assert 4.5 <= ratio < 99, where


@pytest.mark.parametrize("width, height", [(1920, 1080), (1024, 768)])
def test_a_long_formula_wraps_or_shrinks_where_it_is_projected(browser_page, width, height):  # noqa: F811
    W, x = nt.variable([[0.123, -1.5], [2.25, -0.456]], "W1"), nt.constant([1.234, -2.345], "x")
    loss = (nt.sigmoid(W @ x).named("h") ** 2).sum().named("L")
    run = nt.step(loss, optimizer=nt.nn.optimizers.Adam(0.0123), iterations=2)
    shown = browser_page(document(run.data), viewport={"width": width, "height": height})
    shown.press("f")
    shown.page.wait_for_function("() => document.fullscreenElement !== null")
    shown.press("End")
    shown.page.wait_for_function("""() => [...document.querySelectorAll(".nn-panel, .nn-math")]
        .every(one => one.scrollWidth <= one.clientWidth + 1)""")
    sizes = shown.page.evaluate("""() => [...document.querySelectorAll(".nn-math")]
        .map(one => parseFloat(getComputedStyle(one).fontSize))""")
    assert len(sizes) > 4 and min(sizes) >= (32 if width == 1920 else 17)


@pytest.mark.parametrize("width, height", [(1920, 1080), (1024, 768)])
def test_projected_sizes(browser_page, source, width, height):  # noqa: F811
    shown = browser_page(source, viewport={"width": width, "height": height})
    shown.press("ArrowRight", 6)
    shown.press("f")
    shown.page.wait_for_function("() => document.fullscreenElement !== null")
    number, formula, button = shown.page.evaluate("""() => {
        const svg = document.querySelector('.nn-canvas svg'), size = one => parseFloat(getComputedStyle(one).fontSize);
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        return [scale * size(document.querySelector('.value')), size(document.querySelector('.nn-math math')),
                Math.min(...[...document.querySelectorAll('.nn-toolbar button')].map(one => one.offsetHeight))];
    }""")
    assert round(number, 3) >= (20 if width == 1920 else 14) and button >= 44
    assert formula >= (32 if width == 1920 else 24)
    # The whole of a small picture is seen, on a small screen too.
    scrolls = "one => [one.scrollWidth - one.clientWidth, one.scrollTop]"
    assert shown.page.locator(".nn-stage").evaluate(scrolls) == [0, 0]
    shown.press("f")
    shown.page.wait_for_function("() => document.fullscreenElement === null")
    assert shown.page.locator(PLAYER).get_attribute("data-projector") is None


def test_full_screen_refused_still_fills_the_page(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.page.evaluate("() => { Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('no')); }")
    shown.press("f")
    box = shown.page.locator(PLAYER).bounding_box()
    assert box == {"x": 0, "y": 0, "width": 1180, "height": 640}
    shown.press("Escape")
    assert shown.page.locator(PLAYER).get_attribute("data-projector") is None


@pytest.mark.parametrize("preference, expected", [("reduce", 0), ("no-preference", 1)])
def test_motion_is_short_and_only_where_it_is_wanted(browser_page, source, preference, expected):  # noqa: F811
    shown = browser_page(source, reduced_motion=preference)
    shown.page.wait_for_timeout(300)  # what comes sooner than that after the last step does not move
    durations = shown.page.evaluate("""() => {
        document.querySelector('[data-action=next]').click();
        return document.getAnimations().map(one => one.effect.getTiming().duration);
    }""")
    assert min(len(durations), 1) == expected
    assert set(durations) <= {150}


def test_a_narrow_page_has_the_panel_below(browser_page, source):  # noqa: F811
    shown = browser_page(source, viewport={"width": 600, "height": 800})
    stage, panel = shown.page.locator(".nn-stage").bounding_box(), shown.page.locator(".nn-panel").bounding_box()
    assert panel["y"] >= stage["y"] + stage["height"] - 1
    assert shown.page.evaluate("() => document.documentElement.scrollWidth") <= 600


def test_the_current_node_is_followed_in_a_long_picture(browser_page):  # noqa: F811
    value = nt.variable(1.0, name="x")
    for number in range(12):
        value = nt.tanh(value).named(f"t{number}")
    shown = browser_page(document(nt.step(value).data))
    for _ in range(12):
        shown.press("ArrowRight")
        shown.painted()
        pane, now = shown.page.locator(".nn-stage").bounding_box(), shown.page.locator("[data-node].now").bounding_box()
        assert pane["x"] <= now["x"] and now["x"] + now["width"] <= pane["x"] + pane["width"]
    assert shown.page.evaluate("() => [scrollX, scrollY]") == [0, 0]


# ----------------------------------------------------------------------------------------------- names from outside

# Only a line that is too wide can be reached by the tab key: long names differ in it.
BUILT_OF = """all => all.map(one =>
    one.tagName + [...one.attributes].map(a => a.name).filter(name => name !== 'tabindex').join(' '))"""


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_any_name_stays_text(browser_page, name):  # noqa: F811
    root = with_names(name, "other")
    data = nt.step(root).data
    shown = browser_page(document(data))
    shown.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    plain = browser_page(document(nt.step(with_names("plain", "other")).data))
    shapes = []
    for one in (shown, plain):
        one.press("ArrowRight", 4)
        one.press("t")
        shapes.append(one.page.locator("body *").evaluate_all(BUILT_OF))
    assert shapes[0] == shapes[1]
    assert shown.page.locator(".nn-table tbody th").first.text_content() == data["nodes"][0]["name"]
    assert set(shown.page.evaluate(NODES)) == {"s", "p", "other", data["nodes"][0]["name"]}


def test_a_hostile_picture_is_only_a_picture(browser_page, message):  # noqa: F811
    loaded = message["picture"].replace("<svg ", '<svg onload="alert(1)" ', 1)
    hostile = loaded.replace("</svg>", """<script>alert(1)</script>
        <a href="javascript:alert(1)"><text>a</text></a><image href="http://x.test/"/><use href="http://x.test/a#b"/>
        <foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/></foreignObject>
        <rect onclick="alert(1)" style="fill:url(http://x.test/)" width="1" height="1"/></svg>""")
    shown = browser_page(document({**message, "picture": hostile}))
    svg = shown.page.locator(".nn-canvas > svg")
    assert svg.locator("script, foreignObject, image, use, a, [onclick], [href]").count() == 0
    assert svg.locator('rect[style*="url"]').count() == 0 and svg.get_attribute("onload") is None
    assert svg.locator("[data-node]").count() == 5


def test_a_damaged_picture_leaves_the_rest(browser_page, message):  # noqa: F811
    shown = browser_page(document({**message, "picture": "<svg><g>"}))
    shown.press("End")
    assert shown.page.get_by_role("alert").inner_text() == "The picture could not be read. Run the cell again."
    assert shown.step == 7


# ------------------------------------------------------------------------------------------------ in a notebook's page

def notebook(*outputs):
    body = "<p>text</p>".join(outputs)
    return f"<!doctype html><meta charset='utf-8'><body data-jp-theme-light='false'>{body}</body>"


def test_two_outputs_in_one_page_do_not_meet(browser_page, message):  # noqa: F811
    other = nt.step(with_names("a", "b")).data
    shown = browser_page(notebook(notebook_output(message), notebook_output(other), notebook_output(message)))
    page = shown.page
    page.wait_for_function("() => document.querySelectorAll('iframe').length === 3")
    frames = [page.frame_locator("iframe").nth(number) for number in range(3)]
    frames[0].locator('.nn-toolbar [data-action="next"]').click()
    page.keyboard.press("ArrowRight")
    frames[1].locator('.nn-toolbar [data-action="last"]').click()
    roots = [frame.locator(PLAYER) for frame in frames]
    assert [root.get_attribute("data-step") for root in roots] == ["2", roots[1].get_attribute("data-steps"), "0"]
    assert frames[1].locator('[data-node="p"]').get_attribute("data-value") == "10.0"
    assert roots[0].get_attribute("data-theme") == "dark"  # as the notebook around it
    assert page.locator("iframe").first.get_attribute("title") == message["summary"]
    assert page.locator(".nnteach-output img").first.is_hidden()


@pytest.mark.parametrize("away", [False, True])
def test_the_theme_of_the_page_is_followed_while_it_changes(browser_page, message, away):  # noqa: F811
    """A notebook may take a frame out of the page, which is loaded anew when it comes back."""
    quiz = nt.quiz("2 + 2 = ?", ("4", True, "Two pairs."), ("5", False, "Count again."))
    shown = browser_page(notebook(notebook_output(message), quiz._repr_html_()))
    page, frames = shown.page, shown.page.locator("iframe")
    shown_in = [page.frame_locator(".nnteach-output iframe").locator(PLAYER),
                page.frame_locator(".nnteach-quiz iframe").locator("html")]
    for light, theme in (("false", "dark"), ("true", "light"), ("false", "dark")):
        for one in shown_in:
            one.wait_for()
        page.evaluate("""([light, away]) => {
            const frames = [...document.querySelectorAll("iframe")], boxes = frames.map((frame) => frame.parentElement);
            if (away) for (const frame of frames) frame.remove();
            document.body.dataset.jpThemeLight = light;
            if (away) boxes.forEach((box, i) => box.append(frames[i]));
        }""", [light, away])
        for one in shown_in:
            expect(one).to_have_attribute("data-theme", theme)
            assert one.evaluate("one => getComputedStyle(one).colorScheme") == theme
    assert frames.count() == 2


def test_what_is_near_to_the_window_does_not_wait(browser_page, message):  # noqa: F811
    """An hour until the turn of the others: what stands before that stands because it is looked at."""
    later = "<script>window.nnteachTurn = 3600000</script>"
    shown = browser_page(notebook(later, *[notebook_output(message)] * 6))
    outputs = shown.page.locator(".nnteach-output")
    outputs.first.locator("iframe").wait_for()
    heights = outputs.evaluate_all("boxes => boxes.map(box => box.getBoundingClientRect().height)")
    assert outputs.last.locator("iframe").count() == 0 and outputs.last.locator("img").is_visible()
    outputs.last.scroll_into_view_if_needed()
    outputs.last.locator("iframe").wait_for()
    assert outputs.evaluate_all("boxes => boxes.map(box => box.getBoundingClientRect().height)") == heights


def test_players_out_of_sight_come_by_themselves(browser_page, message):  # noqa: F811
    shown = browser_page(notebook(*[notebook_output(message)] * 6))
    shown.page.wait_for_function("() => document.querySelectorAll('iframe').length === 6")
    assert shown.page.evaluate("scrollY") == 0


def test_full_screen_from_a_frame(browser_page, message):  # noqa: F811
    shown = browser_page(notebook(notebook_output(message)))
    frame = shown.page.frame_locator("iframe")
    frame.locator('.nn-toolbar [data-action="fullscreen"]').click()
    shown.page.wait_for_function("() => document.fullscreenElement?.tagName === 'IFRAME'")
    # The page within the frame hears of its new size a little later.
    width = f"document.querySelector('{PLAYER}').getBoundingClientRect().width"
    shown.page.frames[1].wait_for_function(f"() => {width} === 1180")


def test_without_scripts_the_picture_stays(browser_page, message):  # noqa: F811
    shown = browser_page(notebook(notebook_output(message)), java_script_enabled=False)
    image = shown.page.locator(".nnteach-output img")
    assert image.is_visible() and image.bounding_box()["width"] > 100
    assert shown.page.locator("iframe").count() == 0


def test_without_decompression_the_picture_stays(browser_page, message):  # noqa: F811
    before = "<script>delete window.DecompressionStream</script>"
    shown = browser_page(notebook(before + notebook_output(message)))
    shown.page.wait_for_timeout(200)
    assert shown.page.locator(".nnteach-output img").is_visible()
    assert shown.page.locator("iframe").count() == 0


def test_an_output_put_in_later_by_a_script_works_too(browser_page, message):  # noqa: F811
    shown = browser_page(notebook("<main></main>"))
    # As JupyterLab does it: the text first, then every script made anew.
    shown.page.evaluate("""source => {
        const main = document.querySelector('main');
        main.append(new DOMParser().parseFromString(source, 'text/html').querySelector('.nnteach-output'));
        for (const old of main.querySelectorAll('script')) {
            const made = document.createElement('script');
            for (const {name, value} of old.attributes) made.setAttribute(name, value);
            made.textContent = old.textContent;
            old.replaceWith(made);
        }
    }""", notebook_output(message))
    assert shown.page.frame_locator("iframe").locator(PLAYER).get_attribute("data-steps") == "7"
