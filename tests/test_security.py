"""Names are text, whatever is in them; nothing given by a user is ever run."""

import ast
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from strategies import COMMON, hostile_names

import nnteach as nt
from nnteach.checks.gradient_check import check_gradients
from nnteach.core.graph import ordered
from nnteach.core.node_names import describe, labels
from nnteach.symbolic import formula
from nnteach.trace.trace import trace

PACKAGE = Path(nt.__file__).parent
FORBIDDEN = {"eval", "exec", "__import__"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_no_file_runs_what_it_is_given(path):
    """`codegen.py` alone runs Python: a program it wrote itself from a graph, with names of its own.

    And `search/crew.py` alone reads a pickle: the objective that the searching process itself hands to its
    workers, in a folder of its own that only its user can enter and that goes with it.
    """
    written, handed_on = {"codegen.py"}, {"crew.py"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and path.name not in written:
            assert node.func.id not in FORBIDDEN, f"line {node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Import | ast.ImportFrom) and path.name not in handed_on:
            names = [a.name for a in node.names] + [getattr(node, "module", None) or ""]
            assert not {name.split(".")[0] for name in names} & UNSAFE_MODULES, f"line {node.lineno}"
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant) and node.value.value is False


def hostile_graph(name):
    """A graph with the name on a variable, on an inner node and on the result."""
    x, y = nt.variable(2.0, name), nt.variable([1.0, -1.0], "y")
    q = (x * x).named(name)
    return (nt.relu(q * y).sum() + q).named(name)


def strings(tree):
    """Every leaf of a [tag, role, child, …] tree."""
    _, _, *children = tree
    for child in children:
        yield from ([child] if isinstance(child, str) else strings(child))


@COMMON
@given(hostile_names)
def test_any_name_goes_through_everything_as_text(name):
    f = hostile_graph(name)
    t = trace(f, learning_rate=0.1)
    assert next(iter(t.names.values())) == name and len(set(t.names.values())) == len(t.nodes)
    assert describe(f) == name and name in repr(f)
    square = t.operation(t.nodes[1]) if t.nodes[1].primitive else t.operation(t.nodes[2])
    assert formula.text(square).startswith(name)
    for step in t:
        written = t.contribution(step) if step.slot is not None else t.operation(step.node)
        assert formula.text(written, numbers=True) is not None
        tex = re.sub(r"\\[{}\\]", "", formula.latex(written))
        assert tex.count("{") == tex.count("}")
        assert list(strings(formula.math(written)))
    data = json.loads(json.dumps(t.to_json()))
    assert data["nodes"][0]["name"] == name and set(data["edges"]) == set(t.edge_timelines)
    assert t.state_at(len(t)).nodes[name].value is not None


def test_a_name_with_markup_is_escaped_in_the_only_html_the_engine_writes():
    page = check_gradients(hostile_graph("<img src=x onerror=alert(1)>"))._repr_html_()
    assert "<img" not in page and "&lt;img src=x onerror=alert(1)&gt;" in page


def test_markup_in_a_name_is_no_tag_in_latex_either():
    """Markdown cells put LaTeX into a web page."""
    assert not re.search("<[a-zA-Z/!?]", formula.latex(formula.Symbol("<img src=x onerror=alert(1)>")))


@COMMON
@given(hostile_names)
def test_no_name_breaks_out_of_latex(name):
    """No command but those that escape: a name cannot open a group, end the formula, or run \\input."""
    tex = formula.latex(formula.Symbol(name))
    allowed = r"\\(mathrm|backslash|hat|tilde|[#$%&_{} ]|[A-Za-z]+ |[A-Za-z]+ _)"
    greek = re.fullmatch(r"\\[A-Za-z]+ (_\{\d+\})?", tex)
    assert greek or not re.sub(allowed, "", tex).count("\\")
    assert not re.search(r"(?<!\\)[$%#&]", tex) and "\n" not in tex


def test_a_name_of_ten_thousand_characters():
    name = "n" * 10_000
    f = hostile_graph(name)
    assert labels(ordered(f))[f].startswith(name)
    assert len(repr(check_gradients(f))) < 3_000  # tables stay readable
    with pytest.raises(nt.graph.GraphError, match="expected"):
        (f * nt.variable([1.0, 2.0])).backward()
