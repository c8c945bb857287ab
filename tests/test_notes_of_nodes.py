"""Told as one step per node, a gradient says of broadcasting, ties and conventions all that its single steps say."""

import numpy as np
import pytest

import nnteach as nt
from nnteach import trace
from nnteach.core import ops
from nnteach.trace.step_text import tell, tell_node

x = nt.variable([-0.5, 0.0, 2.0], "x")
X = nt.variable([[2.0, 1.0], [2.0, 1.0]], "X")
row, column = nt.variable([1.0, 2.0, 4.0], "r"), nt.variable([[1.0], [3.0]], "c")
zero = nt.variable(0.0, "z")
GRAPHS = {
    "kink of a ReLU": lambda: ops.sum(ops.relu(x) + x),
    "tie of a maximum": lambda: np.maximum(zero, 0.0) + zero,
    "absolute value at zero": lambda: abs(zero) * zero + zero,
    "leaky ReLU and ReLU": lambda: ops.sum(nt.nn.activations.leaky_relu(x) * ops.relu(x)),
    "entries that tie": lambda: np.max(X) + ops.sum(X * X),
    "a column beside a row": lambda: ops.sum(row * column + row),
    "a number for all": lambda: ops.sum(zero * row + row) * zero,
    "a stack of products": lambda: ops.sum(nt.variable(np.ones((2, 2, 3)), "S") @ row) + ops.sum(row),
    "0 · ln 0": lambda: ops.xlogy(zero, zero),
    "a row repeated twice": lambda: ops.sum(np.maximum(row, column) / (row + column)),
}


def nodes_told(told, language=None):
    """(the steps that bring a node something, its story as one step), wherever there is one."""
    for k in range(1, len(told) + 1):
        if (story := tell_node(told, k, language)) is not None:
            yield told.arrivals[told.steps[k - 1].focus], story


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("name", GRAPHS)
def test_all_notes_of_the_edges_are_said_of_the_node(name, language):
    told = trace(GRAPHS[name](), language=language)
    found = list(nodes_told(told))
    wanted = [note for arrivals, _ in found for k in arrivals for note in tell(told, k).notes]
    assert found and wanted
    for arrivals, story in found:
        for k in arrivals:
            for note in tell(told, k).notes:
                assert sum(one.endswith(note) for one in story.notes) == 1
                assert note in story.remark


def test_a_note_that_only_one_of_two_says_names_it():
    told = trace(ops.sum((ops.relu(x).named("h") + np.tanh(x).named("t")).named("s")))
    (_, story), = nodes_told(told)
    assert len(story.notes) == 1 and story.notes[0].startswith("h: 1 of 3 entries sit exactly at a kink")


def test_nothing_is_said_twice():
    told = trace(ops.sum(ops.relu(x).named("a") + ops.relu(x).named("b")))
    (_, story), = nodes_told(told)
    assert len(story.notes) == 1 and "convention" in story.notes[0] and not story.notes[0].startswith(("a", "b:"))


@pytest.mark.parametrize("shape", [(1,), (1, 1), (1, 2), (1, 1, 2)])
def test_what_only_changes_its_shape_is_not_called_copied(shape):
    """A number beside an array of one entry meets it once: nothing was used several times, no copies are added."""
    w = nt.variable(np.full(shape[2:] or (2,) * (shape[-1] == 2), 0.5)[()], "w")
    told = trace(ops.sum(w * nt.constant(np.full(shape, 3.0), "c")))
    stories = [tell(told, k) for k, step in enumerate(told.steps, 1) if step.kind == "unbroadcast"]
    stories += [story for _, story in nodes_told(told)]
    assert stories
    for story in stories:
        assert not any(word in f"{story.now} {story.say} {story.remark}" for word in ("copies", "copied", "several"))
