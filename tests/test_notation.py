"""Notation profiles: each course's letters in names, formulas and updates, and its conventions as data."""

import pytest

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.symbolic import formula
from nnteach.symbolic.notation import NOTATIONS, Notation, notation
from nnteach.trace.step_text import tell


def two_layers():
    """x → W1 x + b1 → σ → w · → σ, the result unnamed."""
    x, b = nt.constant([0.5, 0.1], "x"), nt.variable([0.35, 0.35], "b1")
    W = nt.variable([[0.15, 0.2], [0.25, 0.3]], "W1")
    return nt.sigmoid((nt.sigmoid(W @ x + b) * nt.variable([0.4, 0.45], "w2")).sum())


def test_the_five_decks_and_our_own():
    assert list(NOTATIONS) == ["nnteach", "000", "001", "002", "003", "004"]


# The catalogue's section 3, by its numbers: C4, C5, C12, C13, C9, C1, C7, C27.
CONVENTIONS = {
    "000": ("a", "h", "y", "t", "α", None, 0.5, "sum", None, "vector", "pull"),
    "001": ("o", "o", "z", "y", "lr", "α", 1.0, "sum", None, "vector", None),
    "002": ("z", "a", "ŷ", "y", "α", "γ", 1.0, "mean", 1.0, "column", "push"),
    "003": ("z", "a", "h", "y", "η", None, None, "mean", None, "column", None),
    "004": ("z", "a", "a", "y", "α", None, 1.0, "sum", None, "vector", None),
}


@pytest.mark.parametrize("key", CONVENTIONS)
def test_a_profile_agrees_with_the_catalogue(key):
    n = NOTATIONS[key]
    assert (n.pre, n.out, n.pred, n.target, n.learning_rate, n.momentum, n.loss_factor, n.reduction, n.relu_at_zero,
            n.bias, n.contributions) == CONVENTIONS[key]


@pytest.mark.parametrize(
    "key, names",
    [
        (None, ["q", "r", "s", "u", "v", "f"]),
        ("nnteach", ["q", "r", "s", "u", "v", "f"]),
        ("000", ["u1", "a1", "h1", "u2", "a2", "y"]),
        ("001", ["o1", "o2", "o3", "o4", "o5", "z"]),
        ("002", ["y1", "z1", "a1", "y2", "z2", "ŷ"]),
        ("003", ["u1", "z1", "a1", "u2", "z2", "h"]),
        ("004", ["u1", "z1", "a1", "u2", "z2", "a"]),
    ],
)
def test_letters_of_unnamed_nodes(key, names):
    t = nt.trace(two_layers(), notation=key)
    assert [t.names[n] for n in t.nodes if n.primitive] == names
    assert {t.names[n] for n in t.nodes if not n.primitive} == {"x", "W1", "b1", "w2"}


def test_a_students_own_names_stay_and_are_never_taken_twice():
    u1, a = nt.variable(2.0, "u1"), nt.variable(3.0, "y")
    f = nt.sigmoid((u1 * a).named("h1") + nt.sigmoid(u1))
    t = nt.trace(f, notation="000")
    assert [t.names[n] for n in t.nodes] == ["u1", "y", "h1", "h2", "a1", "y1"]
    assert len(set(t.names.values())) == len(t.nodes)


def test_a_leaf_as_the_only_node():
    assert list(nt.trace(nt.variable(2.0), notation="000").names.values()) == ["u1"]


@pytest.mark.parametrize("key", NOTATIONS)
def test_a_course_changes_no_number(key):
    plain, ours = nt.trace(two_layers(), 0.5), nt.trace(two_layers(), 0.5, notation=key)
    assert [repr(s.total) for s in plain] == [repr(s.total) for s in ours]


@pytest.mark.parametrize("key, symbol", [("000", "α"), ("001", "lr"), ("002", "α"), ("003", "η"), ("004", "α")])
def test_the_step_size_of_an_update(key, symbol):
    x = nt.variable(3.0, "x")
    t = nt.trace((x * x).named("f"), learning_rate=0.1, notation=key)
    rule = tell(t, len(t)).lines[0].symbol
    assert formula.text(rule) == f"x − {symbol} · ∂f/∂x"
    assert formula.text(rule, numbers=True) == "3 − 0.1 · 6"


def test_deck_000_writes_gradients_of_arrays_with_a_nabla():
    t = nt.trace(two_layers(), notation="000")
    W = next(node for node in t.nodes if node.name == "W1")
    symbol = t.gradient(W, W.value)
    assert (formula.text(symbol), formula.latex(symbol)) == ("∇W1 y", r"\nabla_{W_{1}} y")
    assert formula.math(symbol)[0] == "mrow"
    assert formula.text(symbol, numbers=True) == "[[0.15, 0.2], [0.25, 0.3]]"
    assert formula.text(t.gradient(t.root)) == "∂y/∂y"  # of a number: as in the deck's scalar chain rule
    leibniz = nt.trace(t.root, notation="003")
    assert formula.text(leibniz.gradient(W)) == "∂h/∂W1"


def test_a_profile_of_ones_own():
    mine = Notation("my course", graph="n", learning_rate="ε")
    x = nt.variable(2.0, "x")
    assert list(nt.trace((x + 1.0) * x, notation=mine).names.values()) == ["x", "1", "n1", "f"]


def test_an_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(GraphError) as caught:
        nt.trace(nt.variable(2.0, "x") * 1.0, notation="005")
    assert '"000" (Roma Tor Vergata)' in str(caught.value) and "got '005'" in str(caught.value)
    assert notation("000") is NOTATIONS["000"] and notation() is NOTATIONS["nnteach"]
