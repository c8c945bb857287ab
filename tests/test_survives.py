"""What a cell shows is there when the notebook is saved and opened again: every output holds HTML, a picture or text
that needs no kernel; and the widgets of a cell's earlier runs are closed. In a real kernel, without a browser."""

import inspect
import pkgutil
from importlib import import_module

import pytest
from jupyter_client.manager import start_new_kernel

import nnteach as nt

WIDGET = "application/vnd.jupyter.widget-view+json"
LASTING = ("text/html", "text/markdown", "image/png", "image/svg+xml")
GRAPH = """
import nnteach as nt, numpy as np
x, y, z = nt.variables(x=-2, y=5, z=-4)
f = ((x + y).named("q") * z).named("f")
"""
SEARCH = """
import pathlib, tempfile
folder = pathlib.Path(tempfile.mkdtemp())
found = nt.search(lambda rate, report: (rate - 1) ** 2, {"rate": (0.0, 2.0)}, 4,
                  study=str(folder / "s.log"), show="plot")
found.plot()"""

# Every class that shows itself, by code that shows one.
SHOWN = {
    "player.python.player.Player": "nt.step(f)",
    "player.python.live.LivePlayer": "nt.step(f).live()",
    "draw.Drawing": "nt.draw(f)",
    "course.quizzes.Quiz": 'nt.quiz("001.1")',
    "checks.gradient_check.GradientCheck": "nt.check_gradients(f, [x, y, z])",
    "checks.jacobians.SoftmaxJacobian": "nt.softmax_jacobian([1.0, 2.0, 3.0])",
    "demos.framework.gallery_table.Gallery": "nt.demos.gallery()",
    "demos.framework.show.Show": "nt.demos.parabola()",
    "demos.framework.content.Still": "nt.demos.parabola.still()",
    "demos.framework.playground_live.Live": "nt.demos.playground()",
    "homework.grading.result.Result": 'nt.homework("sigmoid_2_2_2", student="A").check(dW2=1)',
    "homework.reveal.Revealed": 'nt.reveal({"x": None}, {"x": 1.0})',
    "homework.homework.Homework": 'nt.homework("sigmoid_2_2_2", student="A")',
    "homework.output.solution.Solution": 'nt.homework("sigmoid_2_2_2", student="A").solution()',
    "homework.output.documents.Document": 'nt.homework("sigmoid_2_2_2", student="A").hint(1)',
    "search.result.Plot": SEARCH,
}
NEEDS = {"search.result.Plot": "optuna"}
WITH_SHOW = ("player.python.player.Player", "player.python.live.LivePlayer", "draw.Drawing", "course.quizzes.Quiz",
             "demos.framework.show.Show", "demos.framework.content.Still", "demos.framework.playground_live.Live",
             "checks.gradient_check.GradientCheck",
             "checks.jacobians.SoftmaxJacobian", "demos.framework.gallery_table.Gallery")


def rich_classes():
    """Every class of the package that says how it is shown."""
    ways = {"_ipython_display_", "_repr_html_", "_repr_markdown_", "_repr_mimebundle_", "_repr_png_", "_repr_svg_"}
    for module in pkgutil.walk_packages(nt.__path__, "nnteach."):
        if "_course" in module.name or module.name.endswith("__main__"):
            continue
        try:
            loaded = import_module(module.name)
        except ImportError:
            continue  # a framework that is not here
        for name, one in vars(loaded).items():
            if inspect.isclass(one) and one.__module__ == module.name and ways & set(vars(one)):
                yield f"{module.name}.{name}".removeprefix("nnteach.")


@pytest.fixture(scope="module")
def run():
    """`run(code)` runs a cell in a real kernel and gives the data of its outputs, in order; a failure fails."""
    manager, client = start_new_kernel()

    def outputs(code, cell="cell"):
        found = []

        def note(message):
            kind, content = message["header"]["msg_type"], message["content"]
            if kind in ("display_data", "execute_result", "update_display_data"):
                found.append(content["data"])
            elif kind == "stream":  # of which one print may send two
                before = found.pop()["stream"] if found and "stream" in found[-1] else ""
                found.append({"stream": before + content["text"]})
            assert kind != "error", content

        client.execute_interactive(code, output_hook=note, timeout=300)
        return found

    outputs(GRAPH)
    yield outputs
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_every_class_that_shows_itself_is_tried():
    assert set(rich_classes()) <= set(SHOWN)


def lasts(data):
    return any(data.get(kind) for kind in LASTING)


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_needs_no_kernel(run, name):
    pytest.importorskip(NEEDS.get(name, "nnteach"))
    outputs = run(SHOWN[name])
    assert any(map(lasts, outputs))
    for place, data in enumerate(outputs):
        # A widget, which is gone, stands beside something that is not: before it, or when it is closed, after it.
        if WIDGET in data:
            assert any(map(lasts, outputs[:place])) or lasts(outputs[-1])
            assert ("<" not in data["text/plain"] and "(" not in data["text/plain"]) or lasts(outputs[-1])


@pytest.mark.parametrize("name", WITH_SHOW)
def test_what_is_shown_can_be_shown_before_a_print_and_in_a_loop(run, name):
    [once] = [run(SHOWN[name])]
    outputs = run(f"shown = {SHOWN[name]}\nfor _ in range(2):\n    answer = shown.show()\nprint('after', answer)")
    assert len(outputs) == 2 * len(once) + 1 and outputs[-1] == {"stream": "after None\n"}
    assert [set(data) for data in outputs[:len(once)]] == [set(data) for data in once]


def test_outside_of_a_notebook_it_is_printed(capsys):
    (x,) = nt.variables(x=2.0)
    nt.step((x * x).named("f")).show()
    assert capsys.readouterr().out == "Player(f = x · x: 2 nodes, 4 steps)\n"


COUNT = """
from ipywidgets.widgets.widget import _instances
print(len(_instances))"""
WIDGETS = ["player.python.live.LivePlayer", "demos.framework.show.Show", "demos.framework.playground_live.Live"]


def count(run):
    return int(run(COUNT)[-1]["stream"])


@pytest.mark.slow
@pytest.mark.parametrize("name", WIDGETS)
def test_a_cell_that_is_run_again_closes_its_widgets(run, name):
    run(SHOWN[name])
    once = count(run)
    for _ in range(12):
        run(SHOWN[name])
    assert count(run) == once


@pytest.mark.parametrize("code", [
    "from nnteach.support.progress import bars\nwith bars()(total=2, leave=False) as bar: bar.update(2)",
    "from nnteach.support.progress import progress\nimport time\nfor _ in progress(range(3), 3, True): time.sleep(1.2)",
])
def test_a_bar_that_is_done_leaves_nothing_behind(run, code):
    pytest.importorskip("tqdm")
    shown, taken_back = run(code)
    assert WIDGET in shown and taken_back == {"text/html": "", "text/plain": ""}


def test_two_players_of_one_run_and_those_of_another_cell_stay(run):
    run("one = nt.step(f).live()")
    run("kept = [nt.step(f).live() for _ in range(3)]")
    run("other = nt.step(q_ if (q_ := f) is f else f).live()")
    assert run("print([each.comm is not None for each in (one, other, *kept)])")[-1] == {"stream": f"{[True] * 5}\n"}
    run("kept = [nt.step(f).live() for _ in range(3)]")
    assert run("print([each.comm is not None for each in (one, other, *kept)])")[-1] == {"stream": f"{[True] * 5}\n"}


def test_what_a_cell_is_known_by():
    from nnteach.player.python.reruns import _names

    assert _names("id", "a = 1") & _names("id", "a = 2") and not _names("one", "a = 1") & _names("two", "a = 1")
    assert _names(None, "a = 1") & _names(None, "a = 1") and not _names(None, "")
