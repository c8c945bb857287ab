"""Cells: large arrays as heat cells, every cell of a value or gradient as a sum, and layers that open."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from browser import DOM, NODES, PLAYER, browser_page  # noqa: F401  (a fixture)
from differences import assert_close
from samples import SAMPLES

import nnteach as nt
from nnteach.core.autodiff import backward_steps
from nnteach.core.primitive import PRIMITIVES
from nnteach.draw import Drawing, drawn
from nnteach.draw.heat import MOST_CELLS, box_lines, cells_of, grid_size, heat_codes, heat_numbers, is_heat, rectangles
from nnteach.player.python.levels.levels import scalars_of
from nnteach.player.python.levels.slopes import contribution_graph, first_contributions, slope_recipes
from nnteach.player.python.page import document
from nnteach.symbolic import number_format
from nnteach.symbolic.expression import parse
from nnteach.trace.scalarise import entries
from nnteach.trace.trace import trace

SVG = "{http://www.w3.org/2000/svg}"


def network(sizes=(3, 5, 4, 2), batch=3, activation="sigmoid"):
    rng = np.random.default_rng(0)
    net = nt.nn.MLP(list(sizes), activation=activation, rng=rng)
    X, T = rng.normal(size=(batch, sizes[0])), rng.normal(size=(batch, sizes[-1]))
    return nt.nn.losses.mse(net.forward(X), T).named("L")


# --------------------------------------------------------------------------------------------------- heat cells


def test_a_small_array_is_written_out_and_a_large_one_has_cells_with_shape_and_range_in_words():
    assert not is_heat(np.ones((4, 4))) and heat_codes(np.ones((4, 4))) == ""
    assert box_lines(np.eye(2)) == ["1  0", "0  1"]
    assert not is_heat(3.0) and not is_heat(np.ones((0, 9)))
    value = np.linspace(-1, 0.5, 10).reshape(5, 2)
    assert box_lines(value) == ["array 5×2", "−1 … 0.5"]
    assert heat_numbers(value).split("/")[0] == "−1 −0.8333"


def test_a_code_tells_sign_and_magnitude_relative_to_the_largest():
    assert heat_codes(np.array([0.0, 0.1, -0.3, 0.5, -1.0, 1.0])) == "01b2d4"
    assert heat_codes(np.zeros(6)) == "000000"
    assert heat_codes(np.array([np.nan, np.inf, -np.inf, 2.0, -1.0])) == "04d4b"


SHAPES = [((784, 100), (12, 12)), ((5, 2), (5, 2)), ((100,), (1, 12)), ((2, 3, 6), (6, 6))]


@pytest.mark.parametrize("shape, expected", SHAPES)
def test_a_large_array_is_sampled_evenly_and_always_alike(shape, expected):
    value = np.random.default_rng(1).normal(size=shape)
    codes = heat_codes(value)
    assert codes == heat_codes(value.copy())
    assert cells_of(shape) == (codes.count("/") + 1, len(codes.split("/")[0])) == expected
    assert len(codes) <= MOST_CELLS * (MOST_CELLS + 1)


def test_every_cell_of_a_sample_is_a_number_of_the_array():
    value = np.arange(1.0, 101.0)
    picked = [1 + round(99 * k / 11) for k in range(12)]
    assert heat_codes(value) == "".join(str(int(np.ceil(x / 25))) for x in picked)


def test_a_negative_cell_has_a_slit_and_a_positive_one_none_whatever_the_colour():
    found = rectangles("4d/0a", (10, 10))
    assert {code: len(pieces) for code, pieces in found.items()} == {"4": 1, "a": 2, "d": 2}
    (_, top, _, high), (_, second, _, low) = found["d"]
    assert second - (top + high) >= 1 and low == high
    width, height = grid_size((2, 2))
    every = [piece for pieces in found.values() for piece in pieces]
    assert all(x >= 0 and x + w <= width and y >= 0 and y + h <= height for x, y, w, h in every)


def test_the_printed_picture_of_a_step_has_the_cells_of_that_step():
    drawing = Drawing(trace(network((784, 100, 10), 16)))
    last = drawing.svg
    first = drawing.moment(0)
    shown = {card.name: card.heat for card in first.cards}
    assert shown["W1"][0] and shown["W1"][1] == "" and shown["out1"] == ("", "")
    found = [group.get("data-heat") for group in ET.fromstring(last).iter(f"{SVG}g") if group.get("class") == "heat"]
    assert len(found) > 15 and all(found) and "array 100×784" in last and "Cells: the stronger" in last
    assert len(last.encode()) < 120_000, "78,400 numbers do not travel"


def test_pdf_and_png_show_the_cells_too(tmp_path):
    pytest.importorskip("matplotlib")
    drawing = Drawing(trace((nt.variable(np.linspace(-1, 1, 20).reshape(5, 4), "W") ** 2).sum().named("L")))
    for ending in ("pdf", "png"):
        drawing.save(tmp_path / f"with.{ending}", 0)
    from matplotlib.image import imread

    colours = {tuple(pixel) for row in imread(tmp_path / "with.png")[:, :, :3] for pixel in row}
    assert any(blue > red + 0.3 for red, _, blue in colours) and any(red > blue + 0.3 for red, _, blue in colours)
    assert (tmp_path / "with.pdf").read_bytes().startswith(b"%PDF")


# --------------------------------------------------------------------------------- every cell of a gradient as a sum


@pytest.mark.parametrize("name", [n for n in SAMPLES if PRIMITIVES[n].vjps[0] is not None])
def test_what_flows_along_an_edge_taken_apart_is_what_the_engine_sends(name):
    """To 1e-12 and not bit for bit: the single numbers are added in another order than a matrix product adds them."""
    for sample in SAMPLES[name]:
        nodes = sample.nodes()
        out = PRIMITIVES[name](*nodes, **sample.static)
        seed = np.random.default_rng(0).uniform(0.5, 1.5, out.shape)
        steps = {}
        for step in backward_steps(out, seed=seed):
            if step.node is out:
                steps[step.slot] = step  # the last one: summed to the parent's shape
        assert steps
        for step in steps.values():
            made, _ = contribution_graph(step)
            got = [single.value for single in entries(made)[made].flat]
            assert_close(np.reshape(got, step.parent.shape), np.asarray(step.contribution), 1e-12)


def recipe_value(recipe, cells):
    """The number that a recipe gives with every cell's number in full, computed from the formula's text."""
    numbers, text = {}, ""
    for part in recipe[1:]:
        if isinstance(part, str):
            text += part
        else:
            key = f"v{len(numbers)}"
            numbers[key] = cells(part)
            text += key
    text = re.sub(r"^ \+ |^ (?=−)", "", text).replace("−", "-").replace("·", "*").replace("²", "**2")
    text = re.sub(r"\[(\w+) > 0\]", r"step(\1)", text).replace("σ(", "sigmoid(")
    return parse(text, numbers).value if re.search(r"[a-z]", text) else float(text)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "softplus"])
def test_the_recipes_of_a_network_add_up_to_the_gradients_of_the_engine(activation):
    """As they are written: products and sums of cells. To 1e-12: sums in another order, constants as they are shown."""
    told = trace(network((2, 5, 2), 3, activation))
    recipes = slope_recipes(told, scalars_of(told).entries)
    nodes, final = drawn(told), told.state_at(len(told))

    def cell(part):
        node, *index = part
        state = final.nodes[told.names[nodes[~node if node < 0 else node]]]
        return float(np.asarray(state.grad if node < 0 else state.value)[tuple(index)])

    steps = {told.edge(step): step for step in told.steps if step.slot is not None and step.total is not None}
    assert {name for name in recipes if "W" in name or "b" in name} and len(recipes) >= 12
    for name, rows in recipes.items():
        got = [recipe_value(recipe, cell) for recipe in rows]
        expected = np.asarray(steps[name].contribution).ravel()
        assert [tuple(recipe[0][1:]) for recipe in rows] == list(np.ndindex(steps[name].parent.shape))
        # A factor such as 1/6 is written with four digits.
        assert_close(np.array(got), expected, 1e-4 if "->L" in name else 1e-12)


def text_of(told, recipe):
    nodes = drawn(told)

    def name(cell):
        place, *index = cell
        called = told.names[nodes[~place if place < 0 else place]]
        return ("∂" if place < 0 else "") + called + f"{index}".replace(" ", "")

    named = [part if isinstance(part, str) else name(part) for part in recipe]
    return f"{named[0]} = {''.join(named[1:])}"


def test_how_gradients_are_written():
    told = trace(network((2, 2), 2, "relu"))
    recipes = slope_recipes(told, scalars_of(told).entries)
    written = {name: text_of(told, rows[1]) for name, rows in recipes.items()}
    assert written["b1->pred#1"] == "∂b1[1] =  + ∂pred[0,1] + ∂pred[1,1]"
    assert written["W1ᵀ->q#1"] == "∂W1ᵀ[0,1] =  + X[0,0] · ∂q[0,1] + X[1,0] · ∂q[1,1]"
    x = nt.variable([-1.0, 2.0], "x")
    told = trace((nt.relu(x).named("r") - x).named("d").sum().named("L"))
    recipes = slope_recipes(told, scalars_of(told).entries)
    assert text_of(told, recipes["x->r#0"][0]) == "∂x[0] =  + ∂r[0] · [x[0] > 0]"
    assert text_of(told, recipes["x->d#1"][0]) == "∂x[0] =  − ∂d[0]"
    told = trace((x**3).named("c").sum().named("L"))
    recipe = slope_recipes(told, scalars_of(told).entries)["x->c#0"][1]
    assert text_of(told, recipe) == "∂x[1] =  + ∂c[1] · 3 · x[1]²"


def test_a_scalar_that_meets_an_array_gathers_its_whole_gradient():
    w, x = nt.variable(2.0, "w"), nt.constant([1.0, 2.0, 3.0], "x")
    told = trace((w * x).named("y").sum().named("L"))
    [recipe] = slope_recipes(told, scalars_of(told).entries)["w->y#0"]
    assert text_of(told, recipe) == "∂w[] =  + ∂y[0] · x[0] + ∂y[1] · x[1] + ∂y[2] · x[2]"


def test_an_operation_of_ones_own_that_knows_only_arrays_has_no_recipes():
    @nt.primitive(vjps=(lambda g, y, x: g * np.sign(np.asarray(x, float)),), elementwise=False)
    def total(x):
        return np.sum(np.abs(x))

    x = nt.variable([1.0, -2.0], "x")
    told = trace((total(x).named("t") + x.sum().named("s")).named("L"))
    edges = {told.edge(step) for step in first_contributions(told)}
    assert set(slope_recipes(told, scalars_of(told).entries)) == {"x->s#0"} < edges


# ------------------------------------------------------------------------------------------------- in the browser


@pytest.fixture(scope="module")
def player():
    return nt.step(network(), learning_rate=0.1)


@pytest.fixture(scope="module")
def source(player):
    return document(player.data)


HEAT = """() => Object.fromEntries([...document.querySelectorAll('[data-node]')].map((node) => [node.dataset.node,
    [...node.querySelectorAll('.heat')].map((grid) => [grid.dataset.heat, Object.fromEntries([...grid.children].map(
        (path) => [path.getAttribute('class'), path.getAttribute('d')]))])]))"""


def go_to(shown, step):
    shown.page.get_by_role("slider").fill(str(step))
    shown.painted()


def test_the_browser_draws_the_cells_as_python_does_and_those_of_every_step(browser_page, player, source):  # noqa: F811
    shown = browser_page(source)
    parts = {group.get("data-node"): [[grid.get("data-heat"), {path.get("class"): path.get("d") for path in grid}]
                                      for grid in group if grid.get("class") == "heat"]
             for group in ET.fromstring(player.data["picture"]).iter(f"{SVG}g") if group.get("data-node")}
    go_to(shown, len(player.trace))
    assert shown.page.evaluate(HEAT) == parts and sum(map(len, parts.values())) > 10
    for step in (0, 3, 12, len(player.trace) // 2):
        go_to(shown, step)
        found, state = shown.page.evaluate(HEAT), player.trace.state_at(step)
        for name, grids in found.items():
            node = state.nodes[name]
            expected = [heat_codes(value) if value is not None else "" for value in (node.value, node.grad)]
            assert [codes for codes, _ in grids] == expected[: len(grids)]


def cell_of(shown):
    return shown.page.locator(PLAYER).get_attribute("data-cell")


def lines_of(shown):
    return [line.removeprefix("= ") for line in shown.page.locator(".nn-cell p").all_inner_texts()]


def test_a_click_on_a_cell_of_a_gradient_shows_its_sum(browser_page):  # noqa: F811
    shown = browser_page(document(nt.step(network((2, 2), 2)).data))
    shown.press("End")
    shown.painted()
    number = shown.page.locator('[data-node="W1"] text.gradient tspan').nth(1)
    box = number.bounding_box()
    shown.page.mouse.click(box["x"] + box["width"] - 10, box["y"] + box["height"] / 2)
    assert cell_of(shown) == "∂L/∂W1[1,1]"
    written, numbers, result = lines_of(shown)
    assert written == "∂L/∂W1ᵀ[1,1]" and result == number.text_content().split()[1] == numbers
    assert shown.page.locator(".nn-frame.nn-back").count() == 1
    shown.press("Escape")
    assert cell_of(shown) is None and shown.page.locator(".nn-frame").count() == 0


def test_a_click_on_a_heat_cell_shows_its_sum(browser_page, player, source):  # noqa: F811
    shown = browser_page(source)
    shown.page.locator('[data-node="b1"]').focus()
    shown.page.keyboard.press("End")
    shown.painted()
    grid = shown.page.locator('[data-node="b1"] .heat-frame').nth(1)
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    shown.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # the third of five, or its slit
    assert cell_of(shown) == "∂L/∂b1[2]"
    written, numbers, result = lines_of(shown)
    said = f"∂L/∂b1[2] = {written} = {numbers} = {result}"
    assert shown.page.locator("[data-say]").text_content() == said
    assert written == " + ".join(f"∂L/∂pre1[{row},2]" for row in range(3))
    assert result == number_format.number(player.trace.state_at(len(player.trace)).nodes["b1"].grad[2])


def test_the_key_c_walks_through_the_cells_of_the_gradient_and_then_of_the_value(browser_page):  # noqa: F811
    shown = browser_page(document(nt.step(network((2, 2), 2)).data))
    shown.press("End")
    shown.painted()
    shown.page.locator('[data-node="q"]').focus()
    seen = []
    for _ in range(9):
        shown.press("c")
        seen.append(cell_of(shown))
    places = ["0,0", "0,1", "1,0", "1,1"]
    assert seen == [f"∂L/∂q[{place}]" for place in places] + [f"q[{place}]" for place in places] + ["∂L/∂q[0,0]"]
    shown.press("Shift+C")
    assert cell_of(shown) == "q[1,1]" and shown.page.locator("[data-say]").inner_text().count("=") >= 2


def test_the_sum_grows_with_every_contribution_that_arrives(browser_page):  # noqa: F811
    x = nt.variable([1.0, 2.0], "x")
    told = nt.step(((x * x).named("s") + nt.exp(x).named("e")).sum().named("L"))
    shown = browser_page(document(told.data))
    found = []
    for step in range(len(told.trace) + 1):
        go_to(shown, step)
        shown.page.locator('[data-node="x"]').focus()
        shown.press("c")
        if (cell_of(shown) or "").startswith("∂L/∂x"):
            found.append(lines_of(shown)[0])
    first, *_, last = found
    assert len(set(found)) == 3 and last.count("∂L/∂") == 3 and last.startswith(first)


def test_after_an_update_the_sums_still_have_the_numbers_that_they_were_made_of(browser_page):  # noqa: F811
    told = nt.step(network((2, 2, 1), 2), learning_rate=0.5)
    shown = browser_page(document(told.data))
    updates = [k for k, step in enumerate(told.trace.steps, start=1) if step.phase == "update"]
    seen = []
    for step in (updates[0] - 1, updates[-1]):
        go_to(shown, step)
        shown.page.locator('[data-node="out1"]').focus()
        shown.press("c")
        seen.append(lines_of(shown))
    assert cell_of(shown) == "∂L/∂out1[0,0]" and seen[0] == seen[1] and "W2[0,0]" in seen[0][0]


# ---------------------------------------------------------------------------------------------------------- layers


def test_what_opening_layers_costs():
    """Measured: 7 KB for 784-100-10, 18 KB for 3-5-4-2; nothing above four layers, where the vector level serves."""
    data = nt.step(network((784, 100, 10), 16)).data
    assert data["level"] == "layer" and len(data["folds"]) < 9_000
    assert "folds" not in nt.step(network((2, 2, 2, 2, 2, 2), 1)).data


def wait_for(shown, attribute, expected):
    shown.page.wait_for_function(
        "([name, wanted]) => document.querySelector('[data-nnteach-player]').getAttribute(name) === wanted",
        arg=[attribute, expected])


def names(shown):
    return set(shown.page.evaluate(NODES))


@pytest.fixture
def layers(browser_page):  # noqa: F811
    shown = browser_page(document(nt.step(network((784, 100, 10), 16)).data), viewport={"width": 1920, "height": 1080})
    shown.painted()
    return shown


def test_a_layer_opens_and_closes_by_click_and_enter_and_o_and_its_button(layers):
    shown = layers
    folded = names(shown)
    assert "pre1" not in folded
    shown.page.locator('[data-node="out1"]').click(position={"x": 60, "y": 20})
    wait_for(shown, "data-open", "1")
    assert names(shown) - folded >= {"W1ᵀ", "q", "pre1"} and "pre2" not in names(shown) and "out1" in names(shown)
    shown.page.locator('[data-node="out1"] .fold').click()
    wait_for(shown, "data-open", None)
    assert names(shown) == folded
    shown.page.locator('[data-node="pred"]').focus()
    shown.press("Enter")
    wait_for(shown, "data-open", "2")
    assert shown.page.evaluate("() => document.activeElement.dataset.node") == "pred"
    assert shown.page.locator('[data-node="pred"]').get_attribute("aria-expanded") == "true"
    shown.press("o")
    wait_for(shown, "data-open", None)
    shown.press("?")
    shown.page.locator('.nn-help [data-action="fold"]').click()
    wait_for(shown, "data-open", "1")
    shown.press("4")
    wait_for(shown, "data-open", None)


def test_step_and_selection_are_carried_and_another_layer_closes(layers):
    shown = layers
    go_to(shown, 20)
    say = shown.page.locator("[data-say]").inner_text()
    shown.page.locator('[data-node="out1"]').focus()
    shown.press("o")
    wait_for(shown, "data-open", "1")
    assert shown.step == 20 and shown.page.locator("[data-say]").inner_text() == say
    shown.page.locator('[data-node="pred"]').focus()
    shown.press("Enter")
    wait_for(shown, "data-open", "2")
    assert "pre1" not in names(shown) and shown.step == 20
    shown.page.locator('[data-node="out1"]').focus()
    shown.press("2")
    wait_for(shown, "data-level", "vector")
    assert shown.page.evaluate("() => document.activeElement.dataset.node") == "out1"


def test_the_box_that_was_opened_stays_where_it_is_as_far_as_possible(layers):
    shown = layers
    box = shown.page.locator('[data-node="out1"] > .box')
    before = box.bounding_box()
    shown.page.locator('[data-node="out1"] .fold').click()
    wait_for(shown, "data-open", "1")
    shown.painted()
    after = box.bounding_box()
    assert abs(after["x"] - before["x"]) < 2 and abs(after["y"] - before["y"]) < 60  # its row is lower now


def test_opening_and_closing_leaves_the_document_as_it_was(layers):
    shown = layers
    rng = np.random.default_rng(0)
    last = int(shown.page.locator(PLAYER).get_attribute("data-steps"))
    for step in [0, last, *rng.integers(0, last, 4)]:
        go_to(shown, step)
        here = shown.page.evaluate(DOM)
        for keys in (("o", "o"), ("o", "2", "4"), ("2", "o", "4")):
            for key in keys:
                shown.press(key)
            shown.painted()
            assert shown.page.evaluate(DOM) == here, (step, keys)


def test_every_number_with_a_layer_open_is_that_of_the_vector_level(layers):
    shown = layers
    for step in (3, 11, 18, 26):
        go_to(shown, step)
        shown.press("2")
        wait_for(shown, "data-level", "vector")
        vector = shown.page.evaluate(NODES)
        shown.press("4")
        shown.press("o")
        opened = shown.page.evaluate(NODES)
        assert len(opened) > 9
        for name, node in opened.items():
            assert (node["value"], node["grad"]) == (vector[name]["value"], vector[name]["grad"])
        shown.press("4")


# --------------------------------------------------------------------------------------------------- for everyone


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_these_views(browser_page, source, theme):  # noqa: F811
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shown = browser_page(source, color_scheme=theme, reduced_motion="reduce")
    for keys in ("End", "c", "Escape 4", "o", "f", "ArrowLeft c", "t"):
        for key in keys.split():
            shown.press(key)
        shown.still()
        found = axe.run(shown.page)
        assert found.violations_count == 0, (keys, found.generate_report())


def test_in_grey_magnitude_is_lightness_and_sign_is_a_slit(browser_page, source):  # noqa: F811
    """The computed opacities rise with the magnitude, and every negative path has two pieces for each cell."""
    shown = browser_page(source)
    shown.press("End")
    looks = shown.page.evaluate("""() => Object.fromEntries([...document.querySelectorAll('.heat path')].map((path) =>
        [path.getAttribute('class'),
         [Number(getComputedStyle(path).fillOpacity), path.getAttribute('d').match(/M/g).length]]))""")
    for codes in ("1234", "abcd"):
        assert [looks[f"heat-{code}"][0] for code in codes] == [0.25, 0.5, 0.75, 1]
    assert all(looks[f"heat-{code}"][1] % 2 == 0 for code in "abcd")


def test_the_table_has_the_numbers_behind_the_cells(browser_page, source):  # noqa: F811
    shown = browser_page(source)
    shown.press("t")
    row = shown.page.locator(".nn-table tbody tr", has=shown.page.locator("th", has_text=re.compile("^W1$")))
    assert len(row.locator("td.nn-value small").inner_text().split()) == 15 and "array 5×3" in row.inner_text()
