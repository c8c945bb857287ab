"""Every line that is shown is true: it is read by `evaluate_lines`, computed, and compared with the engine's number.

The documents are taken as they are handed out, as text and as Markdown with LaTeX. With names put in, a formula must
come to the engine's number; with numbers put in, to the digits that are shown; in LaTeX rows and columns count.
"""

import re

import evaluate_lines
import numpy as np
import pytest
from evaluate_lines import NotShown, NotTrue, agrees, chain, latex_to_text
from samples import SAMPLES

import nnteach as nt
from nnteach import trace
from nnteach.core import ops
from nnteach.core.graph import constant, variable
from nnteach.core.primitive import PRIMITIVES
from nnteach.symbolic import formula
from nnteach.trace.step_text import tell, tell_start
from nnteach.trace.trace import is_bare_number
from nnteach.trace.worked import chain as chain_of

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
STEP = re.compile(r"^ *(\d+)\.? +(.*?)\.? *$")


def text_lines(told):
    """Step number -> the lines of the worked solution for a terminal."""
    return _lines(told.to_text().splitlines(), lambda line: line.strip() if line.startswith("       ") else None)


def latex_lines(told):
    """Step number -> the formulas of the worked solution in Markdown, as text."""
    return _lines(told.to_markdown().splitlines(), lambda line: (
        latex_to_text(found[1]) if (found := re.fullmatch(r" +\$(.*)\$ *", line)) else None))


def _lines(lines, read):
    found, now = {}, None
    for line in lines:
        if (begin := STEP.match(line)) and not line.startswith("       "):
            now = found.setdefault(int(begin[1]), [])
        elif now is not None and (shown := read(line)) is not None:
            now.append(shown)
    return found


def names_at(told, step):
    """What the names and gradients in the lines of a step stand for."""
    root = told.names[told.root]
    known = {told.names[n]: n.value for n in told.nodes if not is_bare_number(n)}
    if step.kind in ("contribution", "unbroadcast"):
        known[f"∂{root}/∂{told.names[step.node]}"] = known[f"∇{told.names[step.node]} {root}"] = step.upstream
        local = step._replace(kind="contribution").local
        if local is not None:
            known.setdefault(f"∂{told.names[step.node]}/∂{told.names[step.parent]}", local)
    if step.kind == "update":
        known[f"∂{root}/∂{told.names[step.node]}"] = known[f"∇{told.names[step.node]} {root}"] = step.upstream
        known[told.notation.learning_rate], known[told.names[step.node]] = told.learning_rate, step.before
    return known


def check(told, k, lines, matrices):
    step, notes = told.steps[k - 1], note_of(told, k)
    evaluate_lines.BROADCAST[0], evaluate_lines.ZERO_LN_ZERO[0] = "repeated" in notes, "0 · ln 0 counts as 0" in notes
    names = names_at(told, step)
    expected = {"evaluate": step.total, "seed": step.total, "update": step.total}.get(step.kind, step.contribution)
    if "on its own" in notes:
        return  # a stack of products is not written as one formula
    for line in lines:
        if line.startswith(("ledger", "conto")) or " = " not in line:
            continue
        parts, signs = chain(line)
        if signs[0] == "+=":
            before = 0.0 if step.before is None else step.before
            assert step.total is None or np.allclose(step.total, before + expected, equal_nan=True)
            check_parts(parts[1:], expected, names, matrices, line)
        elif signs[0] == "←":
            check_parts(parts[1:], expected, names, matrices, line)
        elif step.kind in ("contribution", "unbroadcast") and parts[0] == told.names[step.node]:
            check_parts(parts[1:], step.node.value, names, matrices, line)  # because
        elif step.kind == "contribution":
            one = "same for every entry" in notes and np.ptp(step.local) == 0
            fits = "smaller array is repeated" in notes
            check_parts(parts[1:], np.ravel(step.local)[0] if one else step.local, names, matrices, line, fits)
        else:
            check_parts(parts[1:], expected, names, matrices, line)
        assert len(parts) == len(set(parts)), f"said twice: {line}"


def check_parts(parts, expected, names, matrices, line, fits=False):
    for part in parts:
        if matrices and re.search(UNREADABLE_AS_MATRICES, part):
            continue
        # Names have no rows and columns: what they stand for has.
        has_names = any(re.search(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z(])", part) for name in names)
        try:
            if fits:
                found = evaluate_lines.value(part, names)
                found = np.ravel(found)[0] if np.size(found) == 1 else found
                assert np.allclose(np.broadcast_to(found, np.shape(expected)), expected, rtol=2e-3), line
            else:
                assert agrees(part, expected, names, matrices=matrices and not has_names), (
                    f"{part} is not {expected}: {line}")
        except NotShown:
            continue
        except (NotTrue, ValueError) as trouble:
            raise AssertionError(f"{line}: {trouble}") from trouble


# What cannot be read in LaTeX as a formula of matrices, and why: all of these speak of the axes of an array, which a
# list that is drawn as a row or column does not show. They are checked in the text form, where NumPy's meaning holds.
UNREADABLE_AS_MATRICES = r"\w\[|\]\[|\)\[|scatter|reshape|spread|transpose|; axis|\d\]; "


def note_of(told, k):
    return " ".join(getattr(tell(told, k), "notes", ()))


def check_all(told):
    for lines, matrices in ((text_lines(told), False), (latex_lines(told), True)):
        assert set(lines) == set(range(1, len(told) + 1))
        for k, shown in lines.items():
            assert shown
            check(told, k, shown, matrices)


CALLS = [(name, number) for name in PRIMITIVES for number in range(len(SAMPLES[name]))]


def result(out):
    """A number made of an array, so that every entry gets a gradient of its own."""
    if out.shape == ():
        return out
    return ops.sum(out * constant(np.linspace(-1, 1.5, out.size).reshape(out.shape).round(1), "c"))


@pytest.mark.parametrize("name, number", CALLS)
def test_every_primitive_in_every_shape(name, number):
    sample = SAMPLES[name][number]
    inputs = [variable(np.round(x, 1), f"x{i}") if np.asarray(x).dtype.kind == "f" else constant(x, f"x{i}")
              for i, x in enumerate(sample.inputs)]
    check_all(trace(result(PRIMITIVES[name](*inputs, **sample.static).named("y")).named("f")))


# ------------------------------------------------------------------------------------------- ties, kinks, shapes


TIES = {
    "max(x, 0)": lambda x: np.maximum(x, 0.0), "max(0, x)": lambda x: np.maximum(0.0, x),
    "min(x, 0)": lambda x: np.minimum(x, 0.0), "min(0, x)": lambda x: np.minimum(0.0, x), "|x|": abs,
    "ReLU": ops.relu, "ReLU of 002": nt.nn.activations.relu_002, "leaky": nt.nn.activations.leaky_relu,
    "leaky of 002": nt.nn.activations.leaky_relu_002, "ELU": lambda x: ops.elu(x, alpha=0.5),
    "low bound": lambda x: np.clip(x, 0.0, 1.0), "high bound": lambda x: np.clip(x, -1.0, 0.0),
    "half of a tie": lambda x: ops.maximum(x, 0.0, at_tie=0.5),
    "less of a tie": lambda x: ops.minimum(x, 0.0, at_tie=0.25),
    "step": ops.step, "step of 004": lambda x: ops.step(x, at_zero=1.0),
    "half a step": lambda x: ops.step(x, at_zero=0.5),
    "sign": np.sign, "where": lambda x: np.where(x >= 0, x, 2 * x), "square": lambda x: x * x, "cube": lambda x: x**3,
    "power": lambda x: (x + 1.0) ** (x + 2.0), "0 ln 0": lambda x: ops.xlogy(x, x), "softplus": ops.softplus,
}
SAYS_NO_CONVENTION = ("square", "cube", "power", "softplus", "0 ln 0")  # smooth there, or defined


@pytest.mark.parametrize("name", TIES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 2)])
def test_at_ties_and_kinks(name, shape):
    x = nt.variable(np.zeros(shape) if shape != (3,) else np.array([-0.5, 0.0, 2.0]), "x")
    told = trace(result((TIES[name](x) + x).named("y")).named("f"))
    check_all(told)
    assert ("convention" in told.to_text()) == (name not in SAYS_NO_CONVENTION)
    assert ("convention" in told.to_markdown()) == ("convention" in told.to_latex()) == ("convention" in told.to_text())


@pytest.mark.parametrize("reduce", [np.max, np.min])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_entries_that_tie(reduce, axis):
    x = nt.variable([[2.0, 1.0], [2.0, 1.0]], "x")
    told = trace(result(reduce(x, axis=axis).named("y")).named("f"))
    check_all(told)
    assert "share it equally" in told.to_text() or axis == 1


SHAPES = [((3, 1), (3,)), ((3,), (1, 3)), ((3,), (3, 1)), ((1, 3), (3, 1)), ((2, 3), (3,)), ((2, 3), (2, 1)),
          ((2, 3), ()), ((), (3,)), ((3,), (3,)), ((2, 3), (1, 3)), ((1,), (3,)), ((1, 1), (2, 2)),
          ((3,), (3, 3)), ((2, 2), (2,))]
ENTRYWISE = {"+": lambda a, b: a + b, "−": lambda a, b: a - b, "·": lambda a, b: a * b, "/": lambda a, b: a / b,
             "^": lambda a, b: (a * a + 0.5) ** b, "max": np.maximum, "min": np.minimum,
             "xlogy": lambda a, b: ops.xlogy(a, b * b)}


@pytest.mark.parametrize("operator", ENTRYWISE)
@pytest.mark.parametrize("left, right", SHAPES)
def test_broadcasting(operator, left, right):
    rng = np.random.default_rng(3)
    a, b = (nt.variable(rng.integers(1, 9, shape) / 4 + shift, name) for shape, shift, name in
            ((left, 0.1, "a"), (right, 0.2, "b")))
    told = trace(result(ENTRYWISE[operator](a, b).named("y")).named("f"))
    check_all(told)
    stretched = [x for x in (a, b) if x.size > 1 and x.shape != np.broadcast_shapes(left, right)]
    assert told.to_text().count("broadcasting") >= len(stretched)


@pytest.mark.parametrize("left, right", [((3,), (3, 2)), ((2, 3), (3,)), ((3,), (3,)), ((2, 3), (3, 2)),
                                         ((1, 3), (3, 1))])
def test_products(left, right):
    rng = np.random.default_rng(5)
    A, B = (nt.variable(rng.integers(-9, 9, shape) / 4, name) for shape, name in ((left, "A"), (right, "B")))
    check_all(trace(result((A @ B).named("y")).named("f")))


def test_a_column_less_a_list_tells_what_becomes_of_it():
    y, t = nt.variable([[1.0], [2.0], [4.0]], "y"), nt.constant([1.0, 2.0, 3.0], "t")
    for text in (trace(np.mean((y - t) ** 2)).to_text(), trace(np.mean((y - t) ** 2)).to_markdown()):
        assert "t has one axis and acts as a row" in text and "result has the shape (3, 3)" in text
    tex = trace(np.mean((y - t) ** 2)).to_markdown()
    assert r"\begin{pmatrix} 1 & 2 & 3 \end{pmatrix}" in tex and r"1 \\ 2 \\ 3" not in tex


def test_nothing_is_said_of_itself():
    """W1ᵀ = W1ᵀ is no reason, and nothing is transposed twice."""
    net = nt.nn.MLP([2, 3, 2], activation="tanh", rng=np.random.default_rng(0))
    loss = nt.nn.losses.cross_entropy(net.forward(np.array([[1.0, 2.0], [0.5, -1.0]])), np.array([0, 1]))
    told = trace(loss)
    check_all(told)
    for text in (told.to_text(), told.to_markdown(), told.to_latex()):
        assert "transposed transposed" not in text
    for k in range(1, len(told) + 1):
        story = tell(told, k)
        assert "transposed transposed" not in story.say
        because = story.because and (formula.text(story.because.inputs[0]), formula.text(story.because.inputs[1]))
        assert not because or because[0] != because[1]
    assert "computes W1ᵀ" not in tell_start(told)[1]


# ------------------------------------------------------------------------------------- activations, losses, updates


@pytest.mark.parametrize("name", list(nt.nn.activations.ACTIVATIONS))
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_every_activation(name, shape):
    if name == "softmax" and shape == ():
        return
    x = nt.variable(np.resize([-1.5, 0.0, 0.75, 2.0], shape), "x")
    check_all(trace(result((nt.nn.activations.ACTIVATIONS[name](x) * x).named("y")).named("f")))


@pytest.mark.parametrize("name", list(nt.nn.losses.LOSSES))
@pytest.mark.parametrize("reduction", ["sum", "mean", "batchmean"])
@pytest.mark.parametrize("shape", [(3,), (2, 3)])
def test_every_loss(name, reduction, shape):
    pred = nt.variable(np.resize([0.2, 0.5, 0.3, 0.1], shape), "p")
    target = np.resize([0.0, 1.0, 0.0, 1.0, 0.0, 0.0], shape)
    check_all(trace(nt.nn.losses.LOSSES[name](pred, nt.constant(target, "t"), reduction).named("L")))


@pytest.mark.parametrize("profile", ["000", "001", "002", "003", "004"])
def test_in_the_letters_of_every_course(profile):
    W, b, x = nt.variable([[0.5, -1.0], [2.0, 0.25]], "W"), nt.variable([0.5, 0.0], "b"), nt.constant([1.0, 2.0], "x")
    h = nt.sigmoid(W @ x + b)
    check_all(trace(0.5 * np.sum((h - nt.constant([0.0, 1.0], "t")) ** 2), notation=profile, learning_rate=0.5))


def test_no_invented_letter_means_something_else():
    """h is no loss beside a hidden layer h1, p and g are kept for networks, the opening says what it is."""
    x, h1 = nt.variables(x=2, h1=3)
    assert "h" not in trace(x * h1 + x * x * h1 * x * h1 * x + x).names.values()
    net = nt.nn.MLP([2, 3, 2], activation="tanh", rng=np.random.default_rng(0))
    X, T = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    for loss in (nt.nn.losses.mse, nt.nn.losses.half_squared_error, nt.nn.losses.cross_entropy):
        told = trace(loss(net.forward(X), nt.constant(T, "T")))
        invented = {name for node, name in told.names.items() if not node.name}
        assert not invented & {"g", "h", "p", "z", "a", "t"}
        opening = formula.text(told.expression())
        assert "T" in opening and ("pred" in opening or "W2" in opening)
        assert not any(re.search(rf"\b{re.escape(name)}\b", opening) for name in invented if name.isalpha())


# ------------------------------------------------------------------------------------------------------ optimizers


OPTIMIZERS = {
    **nt.nn.optimizers.OPTIMIZERS,
    "with L2": lambda: nt.nn.optimizers.SGD(0.1, weight_decay=0.25),
    "momentum, decks": lambda: nt.nn.optimizers.Momentum(0.1, 0.9, sign=1, rate_inside=True),
    "AdamW": lambda: nt.nn.optimizers.AdamW(0.1, weight_decay=0.5),
}


@pytest.mark.parametrize("name", list(OPTIMIZERS))
@pytest.mark.parametrize("shape", [(), (3,), (2, 2)])
def test_every_step_of_an_optimizer(name, shape):
    """With numbers put in, every formula of an update comes to what stands behind it, and the last to the parameter."""
    w = nt.variable(np.resize([1.5, -0.5, 2.0, 0.25], shape), "w")
    told = trace(result((w * w).named("y")).named("L"), optimizer=OPTIMIZERS[name](), iterations=2)
    for k in range(1, len(told) + 1):
        if told.steps[k - 1].kind != "update":
            continue
        for write, style, read in ((formula.text, "text", str), (formula.latex, "latex", latex_to_text)):
            lines = [read(line) for line in chain_of(tell(told, k), write, style)]
            for line in lines:
                parts, _ = chain(line)
                shown = evaluate_lines.value(parts[-1], matrices=style == "latex")
                for part in parts[1:]:
                    if not re.search(r"[A-Za-zα-ωΔ]", part.replace("array", "").replace("e−", "")):
                        assert agrees(part, shown, matrices=style == "latex"), f"{part}: {line}"
            assert agrees(chain(lines[-1])[0][-1], told.steps[k - 1].total, matrices=style == "latex")


@pytest.mark.parametrize("name, number", CALLS)
def test_the_code_that_is_shown_runs_and_gives_the_gradients(name, number):
    sample = SAMPLES[name][number]
    inputs = [variable(x, f"x{i}") if np.asarray(x).dtype.kind == "f" else constant(x, f"x{i}")
              for i, x in enumerate(sample.inputs)]
    f = result(PRIMITIVES[name](*inputs, **sample.static).named("y")).named("f")
    if not f.active:
        return
    known = {}
    exec(nt.explain_code(f), known)  # what the package writes, from its own table
    assert np.allclose(known["f"], f.value)
    f.backward()
    for node in inputs:
        if node.kind == "input" and node.grad is not None and f"d{node.name}" in known:
            assert np.allclose(known[f"d{node.name}"], node.grad)
