"""The demos: their numbers, and that their pictures can be made."""

from nnteach.demos import path_growth


def test_paths_grow_exponentially_and_edges_do_not():
    counts = path_growth.count(range(1, 6), width=3)
    # The output sums 3 units, and from layer to layer every path splits in three.
    assert counts["paths"] == [3**depth for depth in counts["depth"]]
    steps = {b - a for a, b in zip(counts["edges"], counts["edges"][1:])}
    assert len(steps) == 1  # every layer adds the same number of edges


def test_the_picture_can_be_made(tmp_path):
    figure = path_growth.plot(range(1, 4))
    figure.savefig(tmp_path / "growth.png")
    assert (tmp_path / "growth.png").stat().st_size > 5000
    assert len(figure.axes[0].texts) == 3
