"""Gradient checking: right rules pass, wrong ones are found, kinks are named."""

import numpy as np
import pytest
from hypothesis import assume, given
from samples import CASES, IDS, numbers
from strategies import COMMON, programs

import nnteach as nt
from nnteach.checks.gradient_check import check_gradients
from nnteach.core import ops
from nnteach.core.errors import GraphError
from nnteach.core.graph import constant, variable, variables
from nnteach.core.primitive import PRIMITIVES


@nt.primitive(vjps=(lambda g, y, x: g * x,))
def half_right(x):
    """x², with the factor 2 forgotten in its rule."""
    return x * x


def test_the_first_lesson():
    x, y, z = variables(x=-2, y=5, z=-4)
    check = check_gradients((x + y) * z)
    assert check and not check.wrong and not check.kinks and not check.notes
    assert [(c.variable, c.entry, c.backprop, c.verdict) for c in check.comparisons] == [
        ("x", (), -4.0, "agrees"),
        ("y", (), -4.0, "agrees"),
        ("z", (), 3.0, "agrees"),
    ]
    assert all(c.error < 1e-9 for c in check.comparisons)


def test_the_table_reads_well():
    x, y = variables(x=3, y=0.5)
    lines = repr(check_gradients(half_right(x) * 1.0 + y)).splitlines()
    assert lines == [
        "variable  entry  backprop  central difference  relative error  verdict",
        "x                3         6                   0.5             differs",
        lines[2],
        "1 of 2 differ.",
        "ε = 0.0001; relative error = |a − n| / max(|a|, |n|, 0.001): a from backprop, n the difference.",
    ]
    assert lines[2].startswith("y                1         1 ") and lines[2].endswith("agrees")
    assert repr(check_gradients(x * y)).splitlines()[-2] == "All entries agree."


def test_the_table_in_a_notebook():
    page = check_gradients(variable([1.0, 2.0], "<w>").sum())._repr_html_()
    assert page.startswith("<table><thead><tr><th>variable</th><th>entry</th>") and page.count("<tr>") == 3
    assert "<td>&lt;w&gt;</td><td>1</td><td>1</td>" in page and "<w>" not in page


@pytest.mark.parametrize("name, sample", CASES, ids=IDS)
def test_every_primitive_passes(name, sample):
    if name == "stop_gradient":
        return
    nodes = sample.nodes()
    f = PRIMITIVES[name](*nodes, **sample.static)
    f = ops.sum(f * constant(numbers(*f.shape, seed=7)))
    assert check_gradients(f, [n for n in nodes if n.active]), repr(check_gradients(f))


@COMMON
@given(programs(max_lines=5))
def test_random_graphs_pass(program):
    assume(program.distance_to_kink() > 1e-2)
    xs, f = program.graph()
    # Where large slopes cancel, what is left of the difference is mostly its own error.
    assume(all(np.all((g == 0) | (np.abs(g) > 1e-2)) for g in nt.grad(f, xs)))
    assert check_gradients(f)


@COMMON
@given(programs(max_lines=5))
def test_random_graphs_with_a_wrong_rule_fail(program):
    xs, _ = program.graph()
    assume(program.distance_to_kink() > 1e-2)
    f = program.run([half_right(x) for x in xs])
    right = program.run([x * x for x in xs])
    assume(any(np.any(np.abs(g) > 0.1) for g in nt.grad(right, xs)) and abs(right.value) < 100)
    assert not check_gradients(f, xs)


@pytest.mark.parametrize(
    "f, kink",
    [
        (lambda x: nt.relu(x).named("h"), "h = relu(x)"),
        (lambda x: abs(x).named("h"), "h = absolute(x)"),
        (lambda x: nt.leaky_relu(x, 0.1).named("h"), "h = leaky_relu(x, 0.1)"),
        (lambda x: nt.maximum(x, 0.0).named("h"), "h = maximum(x, 0)"),
        (lambda x: nt.minimum(x, -2 * x).named("h"), "h = minimum(x, q)"),
        (lambda x: nt.elu(x, alpha=3.0).named("h"), "h = elu(x)"),
        (lambda x: ops.where((x > 0).named("c"), 3 * x, x), "c = greater(x, 0)"),
        (lambda x: np.clip(x, 0.0, 1.0).named("h"), "h = clip(x, 0, 1)"),
    ],
)
@pytest.mark.parametrize("at", [0.0, 2e-5, -2e-5])
def test_a_kink_between_both_ends_is_named(f, kink, at):
    """At the kink itself some conventions happen to agree with one another; near it none does."""
    check = check_gradients(f(variable(at, "x")) * 1.0)
    (c,) = check.comparisons
    assert kink in c.kinks
    assert c.verdict == "kink" or abs(c.backprop - c.difference) < 1e-4
    if c.verdict == "kink":
        assert not check and not check.wrong and check.kinks == c.kinks
        assert f"Within ±ε lies a kink of {kink}: try a smaller epsilon, or another point." in repr(check)


def test_away_from_the_kink_or_with_a_smaller_step_there_is_none():
    x = variable(2e-5, "x")
    assert check_gradients(nt.relu(x), epsilon=1e-6)
    assert check_gradients(nt.relu(variable(0.1)))


def test_a_wrong_rule_is_not_excused_by_a_kink_elsewhere():
    """Only the entry that moves across the kink is undecided."""
    x, w = variable(1e-5, "x"), variable(2.0, "w")
    check = check_gradients(nt.relu(x) + half_right(w))
    assert [c.verdict for c in check.comparisons] == ["kink", "differs"]
    assert [c.variable for c in check.wrong] == ["w"]
    assert "1 of 2 differ, 1 cannot be decided." in repr(check)


def test_a_kink_in_a_primitive_of_ones_own_is_found_by_its_rule():
    @nt.primitive(vjps=(lambda g, y, x: ops.where(x > 1.0, g, 0.5 * g),))
    def bent(x):
        return np.where(x > 1.0, x, 0.5 + 0.5 * x)

    assert check_gradients(bent(variable(1.00002, "x"))).kinks == ("f = bent(x)",)


def test_a_rule_that_does_not_run_on_nodes_is_checked_all_the_same():
    @nt.primitive(vjps=(lambda g, y, x: g * np.arctan(x),))
    def odd(x):
        return x * np.arctan(x) - 0.5 * np.log(1 + x * x)

    assert check_gradients(odd(variable(0.7)))


def test_entries_of_arrays():
    W = variable(np.arange(6.0).reshape(2, 3), "W")
    check = check_gradients(half_right(W[0]).sum() + (W[1] ** 2).sum())
    assert [c.entry for c in check.comparisons] == list(np.ndindex(2, 3))
    assert [c.entry for c in check.wrong] == [(0, 1), (0, 2)]  # at 0 the forgotten factor does not show
    assert "W         0, 2   2         4 " in repr(check)


def test_of_a_large_array_a_part_is_compared():
    w = variable(np.linspace(-1.0, 1.0, 10_000), "w")
    f = (w * w).sum()
    spaced = check_gradients(f, max_entries=5)
    assert [c.entry[0] for c in spaced.comparisons] == [0, 2499, 4999, 7499, 9999]
    drawn = [check_gradients(f, max_entries=5, rng=np.random.default_rng(s)).comparisons for s in (1, 1, 2)]
    entries = [[c.entry[0] for c in part] for part in drawn]
    assert (
        entries[0] == entries[1] != entries[2]
        and len(set(entries[0])) == 5
        and entries[0] == sorted(entries[0])
    )
    assert spaced and len(repr(check_gradients(f)).splitlines()) < 32
    assert "26 entries with smaller errors are not shown." in repr(check_gradients(f))


def test_the_worst_entries_are_the_ones_shown():
    w = variable(np.linspace(0.5, 1.0, 40), "w")
    f = (w**2).sum() + half_right(w[37])
    assert "w         37" in repr(check_gradients(f)) and "differs" in repr(check_gradients(f))


def test_float32_is_compared_in_float64_and_said_so():
    w = variable(np.float32([0.3, -0.7]), "w")
    check = check_gradients(nt.tanh(w * w).sum())
    assert check and any("float32" in note for note in check.notes)
    assert max(c.error for c in check.comparisons) < 1e-6  # in float32, a step of 1e-4 would leave two digits


def test_wrt_can_be_chosen():
    x, y = variables(x=1.0, y=2.0)
    q = (x * y).named("q")
    assert [c.variable for c in check_gradients(q * q, y).comparisons] == ["y"]
    assert [(c.variable, c.backprop) for c in check_gradients(q * q, [q, x]).comparisons] == [
        ("q", 4.0),
        ("x", 8.0),
    ]
    check = check_gradients(x * 2.0, [x, y])
    assert check and check.comparisons[1].backprop == 0.0 and check.notes == ("f does not depend on y.",)


def test_stop_gradient_is_named_as_the_reason():
    x = variable(3.0, "x")
    check = check_gradients(nt.stop_gradient(x).named("s") * x)
    assert (
        not check
        and "stop_gradient in s hides from backprop what the central differences see." in check.notes
    )


@pytest.mark.parametrize(
    "f, wrt, expected",
    [
        (variable([1.0, 2.0], "v") * 2, None, "single number"),
        (variable(1.0) * constant(2.0, "c"), [constant(3.0, "c")], "c, which is constant"),
        (constant(2.0) * 3, None, "depends on a variable"),
    ],
)
def test_what_cannot_be_checked(f, wrt, expected):
    with pytest.raises(GraphError, match=expected):
        check_gradients(f, wrt)


def test_a_step_too_large_or_too_small_is_seen_in_the_error():
    """003: the central difference is best near ε = 1e-4; both larger and smaller steps are worse."""
    x = variable(1.3, "x")
    found = [check_gradients(nt.exp(nt.sin(x)), epsilon=e).comparisons[0] for e in (1e-1, 1e-4, 1e-11)]
    errors = [abs(c.backprop - c.difference) for c in found]
    assert errors[0] > 1e-3 and errors[1] < 1e-8 and errors[2] > 1e-7


def test_infinite_slopes_never_agree():
    check = check_gradients(nt.sqrt(variable(0.0, "x")))  # and no warning, which would be an error here
    assert not check and "differs" in repr(check)
