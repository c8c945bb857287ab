"""Formulas of any length and depth are written: cut to what can be read, with the number of what is left out."""

import numpy as np
import pytest

import nnteach as nt
from nnteach.symbolic.formula import MOST_TERMS, SHOWN_TERMS, Symbol, cut, latex, math, text
from nnteach.trace.step_text import tell, tell_node, tell_start
from nnteach.trace.trace import Trace

N = 5_000
X = Symbol("x", 2.0)


def chain(notation, n):
    made = X
    for k in range(n - 1):
        made = Symbol(None, None, "", notation, (made, Symbol(f"y{k}", 1.0)))
    return made


def to_the_right(notation, n):
    made = X
    for _ in range(n - 1):
        made = Symbol(None, None, "", notation, (X, made))
    return made


def nested(notation, n):
    made = X
    for _ in range(n):
        made = Symbol(None, None, "", notation, (made,))
    return made


def doubled(n):
    made = X
    for _ in range(n):
        made = Symbol(None, None, "", "a · b", (made, made))
    return made


LONG = {
    "a sum": chain("a + b", N), "differences": chain("a − b", N), "a product": chain("a · b", N),
    "a product of matrices": chain("a @ b", N), "a sum to the right": to_the_right("a + b", N),
    "a power of powers": to_the_right("a ^ b", N), "fractions": chain("a / b", N), "calls": nested("tanh(a)", N),
    "signs": nested("−a", N), "squares": nested("a²", N), "roots": nested("√a", N), "a list":
    Symbol(None, None, "", "[a; b; …]", (X,) * N), "a call of many": Symbol(None, None, "", "max(a, b)", (X,) * N),
    "the same again and again": doubled(200), "a name with marks": Symbol("W" + "ᵀ" * N),
}


def said(tree):
    """What a screen reader gets of MathML: its texts."""
    waiting, found = [tree], []
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            found.append(part)
        else:
            waiting += reversed(part[2:])
    return " ".join(found)


@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize("name", LONG)
def test_a_long_formula_is_written_and_can_be_read(name, numbers):
    for shown in (text(LONG[name], numbers), latex(LONG[name], numbers), said(math(LONG[name], numbers))):
        assert len(shown) < 15_000, "longer than anybody reads"
        assert name == "a name with marks" or "…" in shown or r"\ldots" in shown, "what is left out is said"


@pytest.mark.parametrize("notation, sign", [("a + b", "+"), ("a · b", "·"), ("a @ b", "@")])
def test_what_is_left_out_is_counted(notation, sign):
    shown = text(chain(notation, 400))
    assert shown.startswith(f"x {sign} y0 {sign} y1 {sign}")
    assert shown.endswith(" … and 380 more") and shown.count(f" {sign} ") == SHOWN_TERMS
    assert latex(chain(notation, 400)).endswith(r"\ldots\text{\ and\ 380\ more}")
    assert math(chain(notation, 400))[-1] == ["mtext", "", "… and 380 more"]
    assert text(Symbol(None, None, "", "[a; b; …]", (X,) * 400)).endswith("; x; … and 380 more]")


@pytest.mark.parametrize("notation", ["a + b", "a · b", "a − b"])
def test_what_can_be_read_is_left_alone(notation):
    longest = chain(notation, MOST_TERMS)
    assert cut(longest) is longest and "…" not in text(longest)
    assert text(chain(notation, MOST_TERMS + 1)).endswith(f"… and {MOST_TERMS + 1 - SHOWN_TERMS} more")


def test_what_is_cut_once_is_not_cut_again():
    for long in LONG.values():
        once = cut(long)
        assert [write(once) for write in (text, latex, math)] == [write(cut(once)) for write in (text, latex, math)]


def test_entries_stay_entries_and_colours_stay():
    arrays = Symbol("a", np.ones(2), "upstream")
    for _ in range(400):
        arrays = Symbol(None, np.ones(2), "", "a · b", (arrays, Symbol("b", np.ones(2), "local")))
    assert text(arrays).startswith("a ⊙ b ⊙ b") and "·" not in text(arrays)
    assert "upstream" in str(math(arrays)) and "local" in str(math(arrays))


# --------------------------------------------------------------------------- what the package makes of long graphs

def used(n):
    """f = x + x + … + x, in which x has n uses."""
    x = f = nt.variable(0.5, "x")
    for _ in range(n - 1):
        f = f + x
    return f


def alternating(n):
    x = f = nt.variable(0.5, "x")
    for k in range(n):
        f = f * 1.0001 + x if k % 2 else nt.tanh(f)
    return f


@pytest.mark.parametrize("language, more, listed", [("en", "… and 380 more", "1 and 380 more"),
                                                    ("it", "… e altri 380", "1 e altri 380")])
def test_all_contributions_told_at_once_are_cut_and_their_total_is_true(language, more, listed):
    trace = nt.trace(used(400), language=language)
    k = len(trace)
    story = tell_node(trace, k)
    rule, numbers, result = (text(line.symbol, line.numbers) for line in story.lines)
    assert rule.startswith("∂f/∂f · ∂f/∂x + ") and rule.endswith(more)
    assert rule.count("/∂x") == SHOWN_TERMS == numbers.count("1 · 1") and numbers.endswith(more)
    assert result == "400" == story.ledger[2]
    assert story.ledger[1].startswith("0 + 1 + 1 + 1 + ") and story.ledger[1].endswith(
        {"en": "… and 381 more = ", "it": "… e altri 381 = "}[language])
    assert "400" in story.now and "400" in story.say and listed in story.say
    assert len(story.say) < 500


def test_a_trace_told_in_another_language_says_the_rest_in_it():
    x = nt.variable(np.ones(40), "x")
    trace = Trace(nt.stack([*x]).sum(), language="en")
    k = next(k for k, step in enumerate(trace.steps, start=1) if step.node.primitive.name == "concatenate")
    assert text(tell(trace, k).lines[0].symbol).endswith("… and 20 more]")
    assert text(tell(trace, k, "it").lines[0].symbol).endswith("… e altri 20]")
    assert "… e altri 20" in trace.to_markdown("it") and "and 20 more" not in trace.to_markdown("it")


def test_very_many_inputs_are_listed_only_in_part():
    trace = nt.trace(nt.stack([nt.variable(float(k), f"x{k}") for k in range(300)]).sum())
    now, say = tell_start(trace)
    assert "x19 and 280 more are given" in now and "x20" not in now + say


@pytest.mark.slow
@pytest.mark.parametrize("make, n", [(used, 300), (used, 401), (alternating, 400)])
def test_what_a_page_and_a_notebook_show_of_long_sums(make, n):
    player = nt.step(make(n))
    for page in (player.to_html(), player._repr_html_()):
        assert len(page) < 3_000_000
    told = [step["whole"] for step in player.data["steps"] if "whole" in step]
    assert any("and" in said(line) and "more" in said(line) for whole in told for _, line in whole["lines"])


def test_the_command_line_shows_a_long_sum(tmp_path, capsys):
    from nnteach.cli.commands import main

    assert main(["show", "+".join(["x"] * 301), "x=1", "-o", str(tmp_path / "r.html")]) in (0, None)
    assert (tmp_path / "r.html").exists() and "Traceback" not in capsys.readouterr().err


def rule_of_many_terms(g, out, x):
    total = g * x
    for _ in range(2_000):
        total = total + g * x
    return total


def test_a_rule_of_many_terms_is_told_and_written_as_code():
    op = nt.primitive(vjps=(rule_of_many_terms,))(lambda x: 1000.5 * x * x)
    f = op(nt.variable(2.0, "x"))
    assert "… and 1981 more" in f"{nt.trace(f).to_text()}{nt.trace(f).to_markdown()}"
    assert nt.explain_code(f).count(" + ") == 2_000  # code is never cut


def test_a_rule_that_would_fill_a_disk_is_refused_in_words():
    def rule(g, out, x):
        made = g * x
        for _ in range(100):
            made = made + made
        return made

    op = nt.primitive(vjps=(rule,))(lambda x: x * x)
    f = op(nt.variable(2.0, "x"))
    assert "…" in nt.trace(f).to_text()
    with pytest.raises(nt.errors.GraphError, match="expected rules that are written in 100000 characters"):
        nt.explain_code(f)


def test_the_softmax_of_a_long_vector_is_told():
    jacobian = nt.softmax_jacobian(np.linspace(0, 1, 200))
    row = jacobian.product(np.ones(200))[0]
    assert text(row.symbol).endswith("… and 180 more") and row.value == pytest.approx(0, abs=1e-12)
    for shown in (jacobian.to_markdown(), jacobian._repr_html_()):
        assert "180 more rows and columns" in shown and len(shown) < 200_000
    assert "more rows" not in nt.softmax_jacobian(np.ones(20)).to_markdown()


def test_more_paths_than_python_writes_digits():
    x = f = nt.variable(1e-300, "x")
    for _ in range(15_000):
        f = f + f * 0.0
    found = nt.paths(f, x, limit=2)
    assert found.count == 2**15_000
    assert "… and about 10^4515 more" in repr(found) and "about 10^4515 paths, 45000 edges" in repr(found)
