"""Pictures of a search: what is drawn is what the ledger says, and alt text says it too."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

optuna = pytest.importorskip("optuna")
pytest.importorskip("matplotlib")

from nnteach.search import SearchError, live, plots, search  # noqa: E402

SPACE = {"lr": (1e-4, 1e-1, "log"), "units": [16, 32, 64], "activation": ["relu", "<b>"]}


def objective(lr, units, activation, report):
    top = 1 - 0.2 * (math.log10(lr) + 2) ** 2 + units / 1000
    for epoch in range(6):
        report(top * (1 - math.exp(-epoch - 1)), epoch)
    return top


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ledgers")


@pytest.fixture(scope="module")
def random(folder):
    return search(objective, SPACE, 20, folder / "random.log")


@pytest.fixture(scope="module")
def pruned(folder):
    return search(objective, SPACE, 20, folder / "tpe.log", sampler="tpe", pruner="median")


def line(figure, label):
    return next(line for line in figure.axes[0].lines if line.get_label() == label).get_ydata()


def test_best_so_far_and_its_band(random):
    figure = plots.best_so_far(random)
    values = [trial.value for trial in random.trials]
    assert line(figure, "trial").tolist() == values
    assert line(figure, "best so far")[:-1].tolist() == np.maximum.accumulate(values).tolist()
    assert "grey band" in plots.alt(figure) and f"trial {random.best.index}." in plots.alt(figure)
    assert len(figure.axes[0].collections) == 1


def test_the_band_is_what_random_searches_do():
    """Nine in ten searches, drawn from the same values with another program, run inside it."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=200)
    trials = [SimpleNamespace(state="complete", value=value, index=k) for k, value in enumerate(values)]
    result = SimpleNamespace(trials=trials, maximize=True, sampler="random", best=trials[int(values.argmax())])
    band = plots.best_so_far(result).axes[0].collections[0].get_paths()[0]
    corners = band.vertices
    for k in (0, 4, 30):
        low, high = np.sort(corners[np.isclose(corners[:, 0], k)][:, 1])[[0, -1]]
        best = rng.choice(values, (4000, k + 1)).max(axis=1)
        inside = np.mean((best >= low) & (best <= high))
        assert 0.86 < inside < 0.97, k


def test_a_search_that_learns_has_the_band_of_a_random_one(random, pruned):
    assert "band" not in plots.alt(plots.best_so_far(pruned))
    assert "band" in plots.alt(plots.best_so_far(pruned, against=random))


def test_parallel_coordinates(random):
    figure = plots.parallel(random)
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == [*SPACE, "value"]
    bold = [line for line in figure.axes[0].lines if line.get_linewidth() == 5]
    lr = (math.log10(random.best.params["lr"]) + 4) / 3
    assert len(bold) == 1 and bold[0].get_ydata()[0] == pytest.approx(lr) and bold[0].get_ydata()[-1] == 1


def test_importance_finds_what_matters(folder):
    found = search(lambda a, b: a + 0.01 * b, {"a": (0.0, 1.0), "b": (0.0, 1.0)}, 40, folder / "two.log")
    said = plots.alt(plots.importance(found))
    assert said.startswith("Importance of the parameters: a ") and int(said.split()[5]) > 80


def test_learning_curves(pruned):
    figure = plots.learning_curves(pruned)
    count = sum(trial.state == "pruned" for trial in pruned.trials)
    assert count and f"20 trials, {count} of them pruned" in plots.alt(figure)
    dashed = [line for line in figure.axes[0].lines if line.get_marker() == "x" and len(line.get_xdata())]
    assert len(dashed) == count


def test_a_picture_shows_itself_with_its_alt_text(random, tmp_path):
    for kind in plots.KINDS:
        shown = random.plot(kind)
        page = shown._repr_html_()
        assert page.startswith("<img alt=") and repr(shown) == shown.alt and "<b>" not in page
        shown.save(tmp_path / f"{kind}.png")
        assert (tmp_path / f"{kind}.png").stat().st_size > 10_000
    with pytest.raises(SearchError, match="best, parallel, importance, curves"):
        random.plot("pie")


def test_nothing_to_draw_is_said(folder):
    none = search(lambda x: math.nan, {"x": (0.0, 1.0)}, 2, folder / "none.log")
    for kind in plots.KINDS:
        with pytest.raises(SearchError, match="to draw"):
            none.plot(kind)


def test_the_table_has_the_best_first(random, pruned):
    rows = [row.split() for row in random.report(5).splitlines()[5:10]]
    best = sorted((trial.value for trial in random.trials), reverse=True)
    assert [float(row[1]) for row in rows] == pytest.approx(best[:5], rel=1e-3)
    assert random.report(5).endswith("… and 15 more") and "pruned" in pruned.report(20)


def test_a_picture_that_grows_and_one_that_stays(folder, monkeypatch):
    pytest.importorskip("anywidget")
    shown = []
    monkeypatch.setattr(live, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    result = search(lambda x: x, {"x": (0.0, 1.0)}, 3, folder / "live.log", show="plot")
    widget, still = shown
    assert widget.jpeg.startswith(b"\xff\xd8") and "of 3 trials" in widget.say and "Best so far" in widget.title
    assert still.alt == result.plot().alt
