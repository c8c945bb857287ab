"""What a type checker says of nnteach: of a program that uses it, and of the package itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from nnteach import Node

ROOT = Path(__file__).parents[1]
FIRST_LINES = """\
import numpy as np
import nnteach as nt
x, y, z = nt.variables(x=-2.0, y=5.0, z=-4.0)
W, h = nt.variable(np.ones((2, 2))), nt.variable(np.ones(2))
"""
NODES = (
    "(x + y) * z", "W @ h", "np.ones((2, 2)) @ h", "-x", "+x", "abs(x)", "x ** 2", "2 ** x", "x - 1", "1 - x", "1 / x",
    "x / y", "np.ones(2) * h", "h + [1.0, 2.0]", "h[0]", "W[:, 0]", "x == 0", "x != y", "x > 0", "x <= y", "0 < x",
    "(x > 0) & (y < 1)", "~(x > 0)", "(x > 0) | (y > 0)", "h.sum()", "W.mean(axis=0, keepdims=True)",
    "W.max(axis=(0, 1))",
    "W.min()", "W.var(ddof=1)", "W.std(0)", "W.T", "W.dot(h)", "W.reshape(4)", "W.reshape((4, 1))", "W.transpose(1, 0)",
    "W.swapaxes(0, 1)", "h.squeeze()", "h.astype(np.float32)", "W.flatten()", "W.ravel()", "h.clip(0, 1)", "h.copy()",
    "(x + y).named('q')", "nt.constant(2)", "nt.recompute(x * y, {x: 3.0})", "next(iter(h))",
)
ACCEPTED = (  # what NumPy's stubs and the table of primitives answer is not more than "anything"
    "np.exp(x)", "np.tanh(W @ h)", "nt.exp(x)", "nt.relu(W @ h)", "(x * y).backward()",
    "h.sum().backward(accumulate=True)", "x.grad", "x.value + 1", "x.shape[0]", "len(h)", "{x: 1}[x]", "x in [y, z]",
    "f'{x:.2f}'", "h.argmax()", "bool(x == 0)", "x.parents[0].name",
)
REFUSED = ("x.sumn()", "x + None", "x.reshape('a')", "W @ {}", "x.colour", "float(x)")


def mypy(*arguments, where=ROOT):
    done = subprocess.run([sys.executable, "-m", "mypy", *arguments], cwd=where, capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What mypy says of every line, asked once for all: line of the program -> its messages."""
    pytest.importorskip("mypy")
    where = tmp_path_factory.mktemp("user")
    lines = [*FIRST_LINES.splitlines(), *(f"reveal_type({each})" for each in NODES), *ACCEPTED, *REFUSED]
    (where / "program.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = dict.fromkeys(lines, "")
    for row in mypy("program.py", where=where).splitlines():
        place, _, text = row.partition(": ")
        if place.startswith("program.py:"):
            found[lines[int(place.split(":")[1]) - 1]] += text + "\n"
    return found


@pytest.mark.parametrize("expression", NODES)
def test_a_checker_knows_that_it_is_a_node(said, expression):
    assert said[f"reveal_type({expression})"] == 'note: Revealed type is "nnteach.core.graph.Node"\n'


@pytest.mark.parametrize("line", ACCEPTED)
def test_a_checker_accepts_it(said, line):
    assert said[line] == ""


@pytest.mark.parametrize("line", REFUSED)
def test_a_checker_refuses_what_would_fail(said, line):
    assert "error" in said[line]


@pytest.mark.slow
def test_mypy_finds_nothing_in_the_package():
    pytest.importorskip("mypy")
    said = mypy()
    assert said.startswith("Success"), said


def test_the_types_are_shipped():
    assert (Path(sys.modules[Node.__module__].__file__).parents[1] / "py.typed").exists()
