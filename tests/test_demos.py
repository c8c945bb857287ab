"""The demos: their numbers, their pictures and words, and what a notebook keeps. In JupyterLab: test_demos_lab.py."""

import json
import pkgutil
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image, ImageChops

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.demos.collection import (
    batch_noise,
    descent_on_parabola,
    descent_on_surfaces,
    epsilon_sweep,
    fit_of_cubic,
    loss_monitoring,
    optimizer_race_on_surfaces,
    path_growth,
    rate_gallery,
    schedule_gallery,
    xor_nonconvexity,
)
from nnteach.demos.framework import regions, style, surfaces
from nnteach.demos.framework.content import pixels
from nnteach.demos.framework.demo import Demo, choice, number, switch

DEMOS = [getattr(nt.demos, name) for name in nt.demos.DEMOS]
every_demo = pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)


# --- every demo ---

@every_demo
def test_a_demo_is_described(demo):
    assert getattr(nt.demos, demo.name) is demo
    assert demo.title and demo.controls
    assert re.search(r"\b00[0-4]-\d\d", demo.slides), "where do the decks teach this?"


@every_demo
def test_the_same_values_give_the_same_picture_and_words(demo):
    first, second = demo.still(), demo.still()
    assert first.png == second.png
    assert first.sentence == second.sentence and first.sentence.endswith(".")


@every_demo
def test_the_figure_is_large_and_so_are_its_letters(demo):
    figure = demo.figure()
    assert figure.get_size_inches()[0] >= 12
    texts = [text for text in figure.findobj(lambda artist: hasattr(artist, "get_fontsize")) if text.get_text()]
    assert texts and min(text.get_fontsize() for text in texts if text.get_visible()) >= 11


@every_demo
def test_the_stored_output_needs_no_kernel(demo):
    still = demo.still()
    page = still._repr_html_()
    assert 'src="data:image/png;base64,' in page and "<script" not in page
    assert demo.title in still.alt and still.sentence in still.alt
    assert repr(still) == f"{demo.title}. {still.sentence}"


@pytest.mark.slow
@every_demo
def test_every_control_has_a_widget_that_holds_its_value(demo):
    show = demo()
    assert set(show.inputs) <= {control.name for control in demo.controls}
    for control in demo.controls:
        if control.name in show.inputs:
            assert show.inputs[control.name].value == pytest.approx(control.start)


@pytest.mark.slow
@every_demo
def test_a_board_that_was_drawn_upon_shows_what_a_new_figure_does(demo):
    board = demo.board()
    # The last three are the same picture: frames that stay as they are, are copied from the second on.
    for changes in [{control.name: other(control)} for control in demo.controls] + [{}, {}, {}]:
        fresh, sentence = demo.fill(demo.values(**changes))
        assert demo.fill(demo.values(**changes), board) == (board, sentence)
        # What was written is copied, and rounded once more: two of 255 at the edge of a letter.
        far = ImageChops.difference(pixels(board), pixels(fresh)).getextrema()
        assert max(high for _, high in far) <= 2, changes


FRAMES = {
    "limits": lambda axes: axes.set_xlim(0, 7),
    "the other axis": lambda axes: axes.set_ylim(-1, 3),
    "scale": lambda axes: axes.set(yscale="log", ylim=(0.1, 10)),
    "ticks": lambda axes: axes.set_xticks([0.2, 0.7], ["a", "b"]),
    "minor ticks": lambda axes: axes.minorticks_on(),
    "label": lambda axes: axes.set_ylabel("loss"),
    "colour of the label": lambda axes: axes.xaxis.label.set_color("red"),
    "place of the label": lambda axes: axes.xaxis.set_label_coords(0.5, 0.2),
    "colours": lambda axes: axes.tick_params(colors="red"),
    "length": lambda axes: axes.tick_params(length=0),
    "size": lambda axes: axes.tick_params(labelsize=22),
    "distance": lambda axes: axes.tick_params(pad=12),
    "direction": lambda axes: axes.tick_params(direction="in"),
    "turned": lambda axes: axes.tick_params(axis="x", rotation=30),
    "grid": lambda axes: axes.grid(True),
    "side": lambda axes: axes.yaxis.tick_right(),
    "edge": lambda axes: axes.spines["left"].set_position(("data", 0.5)),
    "gone": lambda axes: axes.axis("off"),
}


@pytest.mark.parametrize("change", FRAMES.values(), ids=FRAMES)
def test_a_frame_is_copied_only_as_long_as_it_looks_the_same(change):
    def draw(figure, changed):
        axes = figure.add_axes((0.2, 0.3, 0.6, 0.5))
        axes.set(xlabel="epoch", xlim=(0, 1))
        axes.plot([0, 1], [0.2, 0.8])
        if changed:
            change(axes)
        return ""

    demo = Demo("frames", "", "", draw, (switch("changed", ""),), size=(4, 3))
    board = demo.board()
    for changed in (False, False, False, True, True, True):
        demo.fill({"changed": changed}, board)
        fresh = pixels(demo.figure(changed=changed))
        assert max(high for _, high in ImageChops.difference(pixels(board), fresh).getextrema()) <= 2, changed


def test_a_frame_that_stays_is_not_drawn_again(monkeypatch):
    drawn = []
    monkeypatch.setattr("matplotlib.axis.Tick.draw", lambda tick, renderer: drawn.append(tick))
    show = nt.demos.parabola()
    for steps in (3, 4):
        show.inputs["steps"].value = steps
    drawn.clear()
    show.inputs["steps"].value = 5
    assert drawn == []


def test_a_map_that_pillow_enlarges_looks_as_matplotlib_draws_it():
    x, y = np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 40))
    values, extent = np.sin(3 * x) + y, (-1, 1, -2, 2)
    pictures = []
    for ours in (True, False):
        figure = Figure(figsize=(4, 3))
        axes = figure.add_axes((0, 0, 1, 1))
        if ours:
            regions.show_map(axes, values, -2, 2, extent)
        else:
            axes.imshow(values, regions.palette(), vmin=-2, vmax=2, extent=extent, origin="lower", aspect="auto",
                        interpolation="bilinear")
        pictures.append(np.asarray(pixels(figure)).astype(int)[4:-4, 4:-4])
    far = np.abs(pictures[0] - pictures[1]).max(axis=2)
    assert far.mean() < 2 and far.max() < 30, (far.mean(), far.max())


def test_a_map_fills_its_axes_in_a_drawing_too(tmp_path):
    figure = Figure(figsize=(4, 3))
    regions.show_map(figure.add_axes((0, 0, 1, 1)), np.eye(5), 0, 1, (0, 1, 0, 1))
    figure.savefig(tmp_path / "map.svg", dpi=200)
    image = ElementTree.parse(tmp_path / "map.svg").find(".//{http://www.w3.org/2000/svg}image")
    assert [round(float(image.get(side))) for side in ("width", "height")] == [4 * 72, 3 * 72]


def test_the_figure_of_a_shown_demo_can_be_saved_at_another_size(tmp_path):
    show, files = nt.demos.parabola(), [tmp_path / "shown.png", tmp_path / "new.png"]
    for figure, file in zip((show.figure, nt.demos.parabola.figure()), files, strict=True):
        figure.savefig(file, dpi=150)
    shown, new = map(Image.open, files)
    assert shown.size == new.size == (1920, 900)
    assert max(high for _, high in ImageChops.difference(shown, new).getextrema()) <= 2
    show.redraw()
    assert pixels(show.figure).size == (1280, 600)
    for drawing in (tmp_path / "shown.svg", tmp_path / "shown.pdf"):
        show.figure.savefig(drawing)
        assert drawing.stat().st_size > 10_000


def other(control):
    """A value that is not where the control starts."""
    if control.kind == "switch":
        return not control.start
    if control.kind == "choice":
        return [value for value in control.options.values() if value != control.start][-1]
    return control.low if control.start != control.low else control.high


def test_no_demo_is_hidden_by_a_module_of_its_name():
    modules = {module.name for module in pkgutil.iter_modules(nt.demos.__path__)}
    assert not modules & set(nt.demos.DEMOS)
    assert set(nt.demos.DEMOS) <= set(dir(nt.demos))


def test_demos_load_nothing_heavy_before_one_is_drawn():
    program = ("import sys, nnteach as nt; nt.demos.gallery(); "
               "print(sorted({'matplotlib', 'ipywidgets', 'anywidget', 'IPython'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_gallery_lists_every_demo():
    text, table = repr(nt.demos.gallery()), nt.demos.gallery()._repr_html_()
    for demo in DEMOS:
        assert f"nt.demos.{demo.name}()" in text and f"nt.demos.{demo.name}()" in table


def test_an_unknown_demo_is_an_attribute_error_that_lists_them():
    with pytest.raises(AttributeError, match="no demo 'parabolla'; there are parabola"):
        nt.demos.parabolla  # noqa: B018


# --- the stage ---

def line(figure, slope, colour):
    figure.subplots().plot([0, slope], color=colour)
    return f"The slope is {slope}."


LINE = Demo("line", "A <line> & more", "000-01", line,
            (number("slope", "slope", 1.0, 0, 2, 0.5), choice("colour", "colour", {"blue": "b", "red": "r"})))


def test_a_picture_follows_its_controls():
    show = LINE(slope=0.5)
    before = show.image.jpeg
    show.inputs["slope"].value = 2.0
    assert show.image.jpeg != before
    assert show.sentence == "The slope is 2.0."
    show.reset()
    assert show.image.jpeg == before and show.values == {"slope": 0.5, "colour": "b"}


def test_a_notebook_gets_the_picture_and_the_widgets(monkeypatch):
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: bundles.append(data))
    show = LINE()
    show._ipython_display_()
    still, live = bundles
    assert 'src="data:image/png;base64,' in still["text/html"]
    assert still["text/plain"] == "A <line> & more. The slope is 1.0."
    assert live["application/vnd.jupyter.widget-view+json"]["model_id"] == show.box.model_id
    assert live["text/html"] == ""  # where there are no widgets, nothing more is shown
    json.dumps(bundles)


def test_words_never_become_markup():
    assert "A &lt;line&gt; &amp; more" in LINE.still()._repr_html_()


@pytest.mark.parametrize("values, words", [
    ({"slop": 1.0}, "controls of line: slope, colour"), ({"slope": 3.0}, "slope between 0 and 2"),
    ({"colour": "green"}, "colour: one of 'b', 'r'")])
def test_a_wrong_value_is_refused_with_what_is_possible(values, words):
    with pytest.raises(GraphError, match=words):
        LINE.figure(**values)


def test_labels_are_moved_apart_and_keep_their_order():
    moved = style.apart([0.5, 0.49, 0.9, 0.5], 0.1)
    assert np.all(np.diff(np.sort(moved)) >= 0.1 - 1e-12)
    assert moved == pytest.approx([0.4967, 0.3967, 0.9, 0.5967], abs=1e-3)  # about their middle; 0.9 stays


# --- the numbers of each demo ---

@pytest.mark.parametrize("rate, words", [(0.1, "creeps"), (0.5, "one step"), (0.8, "oscillates"), (1.0, "for ever"),
                                         (1.1, "diverges")])
def test_on_the_parabola_every_step_multiplies_by_one_minus_twice_the_rate(rate, words):
    path = descent_on_parabola.descent(3.0, rate).path
    assert path == pytest.approx(3.0 * (1 - 2 * rate) ** np.arange(31))
    assert words in nt.demos.parabola.say(learning_rate=rate)


@pytest.mark.parametrize("name", surfaces.SURFACES)
def test_the_quick_descent_is_minimize(name):
    surface, optimizer = surfaces.SURFACES[name], nt.nn.optimizers.Momentum(0.001)
    slow = nt.nn.minimize(lambda p: surface.fn(p[0], p[1]), surface.start, optimizer, steps=20)
    quick = surfaces.descend(surface, surface.start, optimizer, 20)
    np.testing.assert_allclose(quick.path, slow.path, rtol=1e-12)
    np.testing.assert_allclose(quick.values, slow.values, rtol=1e-12)


@pytest.mark.parametrize("name", [name for name, surface in surfaces.SURFACES.items() if surface.minimum])
def test_at_the_minimum_the_surface_is_flat(name):
    surface = surfaces.SURFACES[name]
    _, (gradient,) = surfaces.slope(surface)(np.array(surface.minimum, dtype=float))
    assert np.abs(gradient).max() < 1e-4


def test_where_there_are_two_valleys_the_start_decides():
    right, left = (descent_on_surfaces.run("two", x, 1.0, 0.1, 0.0).path[-1][0] for x in (2.5, -2.5))
    assert right > 1.5 and left < -2


def test_in_the_long_valley_momentum_is_ahead_of_gradient_descent():
    plain, heavy = (descent_on_surfaces.run("valley", -8.0, 2.0, 0.1, m).values[-1] for m in (0.0, 0.8))
    assert heavy < plain / 100


def test_at_the_saddle_gradient_descent_is_left_behind():
    runs = optimizer_race_on_surfaces.race("saddle")
    depth = {name: -run.values[60] for name, run in runs.items()}
    assert depth["SGD"] < min(depth[name] for name in ("AdaGrad", "RMSprop", "Adam"))


def test_every_racer_comes_down_on_every_surface():
    for surface in optimizer_race_on_surfaces.RATES:
        for name, run in optimizer_race_on_surfaces.race(surface).items():
            assert run.values[-1] < run.values[0], (surface, name)


def test_the_cubic_is_fitted_from_all_four_starts_by_the_quick_rate():
    x, y = fit_of_cubic.data()
    best = np.polyfit(x, y, 3)
    for start in fit_of_cubic.STARTS.values():
        path, losses = fit_of_cubic.fit(start, 7.5e-4, steps=3000)
        np.testing.assert_allclose(path[-1], best, atol=1e-4)
        assert losses[-1] == pytest.approx(((np.polyval(best, x) - y) ** 2).sum())


def test_the_decks_slow_rate_is_far_from_done_where_the_quick_one_has_arrived():
    zero = fit_of_cubic.STARTS["[0, 0, 0, 0]"]
    slow, quick = (fit_of_cubic.fit(zero, rate)[1][-1] for rate in fit_of_cubic.RATES)
    assert slow > 2 * quick


def test_beyond_the_limit_the_cubic_diverges():
    assert fit_of_cubic.limit(2.0) == pytest.approx(1.74e-3, rel=0.01)  # as the catalogue of the decks says
    assert fit_of_cubic.limit(3.0) == pytest.approx(1.67e-4, rel=0.01)
    zero = fit_of_cubic.STARTS["[0, 0, 0, 0]"]
    assert fit_of_cubic.fit(zero, 7.5e-4, 3.0, steps=50)[1][-1] > 1e10
    assert "exploded" in nt.demos.cubic_fit.say(reach=3.0, steps=500)


def test_a_rate_is_good_between_too_low_and_too_high():
    last = {name: rate_gallery.losses(rate)[-1] for name, rate in rate_gallery.NAMED.items()}
    assert last["good"] < last["low"] < last["much too low"] < last["much too high"]


def test_the_gallery_of_schedules_runs_each_as_it_is():
    for name, schedule in schedule_gallery.table(2.0).items():
        rates = schedule_gallery.run(name, 2.0)["learning_rate"]
        if name != "plateau":  # which depends on the losses
            assert rates == pytest.approx([schedule(epoch) for epoch in range(schedule_gallery.EPOCHS)])
    assert len(set(schedule_gallery.run("plateau", 2.0)["learning_rate"])) > 1


def test_the_noise_of_a_minibatch_is_sigma_over_root_n():
    own = batch_noise.gradients(0.0)
    for size in batch_noise.SIZES:
        assert batch_noise.estimates(0.0, size).std() == pytest.approx(own.std() / np.sqrt(size), rel=0.1)
    assert own.mean() == pytest.approx(-4, abs=0.1)  # E d(wx − y)²/dw at w = 0, with y = 2x and var x = 1


def test_gradient_checking_has_its_best_epsilon_where_theory_says():
    for dtype, best, floor in ((np.float64, 6e-6, 1e-9), (np.float32, 5e-3, 1e-4)):
        errors = epsilon_sweep.errors("exp", dtype, True, epsilon_sweep.backprop("exp"))
        lowest = epsilon_sweep.EPSILONS[errors.argmin()]
        assert best / 30 < lowest < best * 30
        assert errors.min() < floor and errors[0] > 100 * floor and errors[-1] > 100 * floor


def test_a_wrong_gradient_has_a_floor_that_no_epsilon_gets_below():
    errors = epsilon_sweep.errors("cube", np.float64, True, 0.5 * epsilon_sweep.backprop("cube"))
    assert errors.min() > 0.1


def test_xor_is_learnt_more_often_by_wider_networks():
    counts = xor_nonconvexity.learnt("tanh")
    assert 15 <= counts[2] <= 35  # about half
    assert 44 <= counts[4] <= 50  # about one in twenty is stuck
    assert counts[8] == 50


def test_stacked_networks_learn_as_each_would_alone():
    net = nt.nn.MLP([2, 4, 1], activation="tanh", rng=3)
    history = net.fit(xor_nonconvexity.X, xor_nonconvexity.T, loss="binary_cross_entropy_with_logits",
                      optimizer=nt.nn.optimizers.Adam(0.05), epochs=101, batch_size=None, batches="in_order",
                      metrics={})
    losses = xor_nonconvexity.train(4, "tanh")[0][:11, 3]
    np.testing.assert_allclose(losses, history["loss"][::10], rtol=1e-9)


def test_the_curves_show_what_is_told_of_each_run():
    runs = {name: loss_monitoring.history(name) for name in loss_monitoring.RUNS}
    assert runs["A"]["val_accuracy"][-1] > 0.93
    assert runs["B"]["loss"][-1] < runs["B"]["loss"][-10] and runs["B"]["loss"][-1] > 2 * runs["A"]["loss"][-1]
    assert np.abs(np.diff(runs["C"]["val_loss"])).mean() > 3 * np.abs(np.diff(runs["A"]["val_loss"])).mean()
    assert runs["D"]["val_loss"][-1] > min(runs["D"]["val_loss"]) + 0.1 and runs["D"]["loss"][-1] < 0.3
    assert runs["E"]["val_accuracy"][-1] < 0.6
    assert runs["F"]["loss"][-1] == pytest.approx(runs["F"]["val_loss"][-1], abs=0.08) and runs["F"]["loss"][-1] > 0.25
    assert "too low" in nt.demos.loss_curves.say(run="B", reveal=True)
    assert "too low" not in nt.demos.loss_curves.say(run="B")


def test_paths_grow_exponentially_and_edges_do_not():
    counts = path_growth.count(range(1, 6), width=3)
    # The output sums 3 units, and from layer to layer every path splits in three.
    assert counts["paths"] == [3**depth for depth in counts["depth"]]
    steps = set(np.diff(counts["edges"]))
    assert len(steps) == 1  # every layer adds the same number of edges


def test_the_picture_can_be_made(tmp_path):
    figure = path_growth.plot(range(1, 4))
    figure.savefig(tmp_path / "growth.png")
    assert (tmp_path / "growth.png").stat().st_size > 5000
    assert len(figure.axes[0].texts) == 3
    assert "6561 paths" in nt.demos.path_explosion.say(layers=8, width=3)  # 3⁸


@pytest.mark.parametrize("name", ["parabola", "why_relu", "playground"])
def test_a_picture_without_controls_says_how_to_get_them(name):
    shown = getattr(nt.demos, name).still()._repr_html_()
    assert f"<code>nt.demos.{name}()</code> in JupyterLab" in shown
    assert not any(tag in shown for tag in ("<button", "<input", "<select", "<a "))
