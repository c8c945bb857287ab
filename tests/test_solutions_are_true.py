"""Every formula of a worked homework comes to its number, for several students and in both languages."""

import functools
import re

import evaluate_lines
import numpy as np
import pytest
from evaluate_lines import agrees, latex_to_text

import nnteach as nt
from nnteach.homework.exercises.slides import FIXED
from nnteach.homework.exercises.topics import TOPICS
from nnteach.homework.output.formulas import how

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
NETWORKS = {
    "relu and softmax": {}, "leaky": {"hidden": "leaky_relu", "output": "sigmoid", "l2": 0.1},
    "leaky of 002": {"hidden": "leaky_relu_002", "output": "identity", "loss": "mse"},
    "ELU": {"hidden": "elu", "output": "tanh", "loss": "half_squared_error"},
    "skip": {"layers": [2, 3, 3, 3, 2], "hidden": "sigmoid", "skip": True, "output": "identity", "loss": "mae"},
    "skip and leaky": {"layers": [2, 3, 3, 2], "hidden": "leaky_relu", "skip": True, "l2": 0.5},
    "shared": {"layers": [2, 3, 3, 3, 2], "hidden": "tanh", "shared": True, "l2": 0.25},
    "softplus": {"hidden": "softplus", "output": "sigmoid", "loss": "binary_cross_entropy"},
    "softmax inside": {"hidden": "softmax", "output": "softmax", "loss": "mse"},
    "no activation": {"hidden": "identity", "output": "softmax", "loss": "categorical_cross_entropy"},
    "step": {"hidden": "step", "output": "sigmoid", "loss": "squared_error"},
    "relu of 002": {"hidden": "relu_002", "output": "identity", "loss": "negative_log_likelihood"},
    "logits": {"hidden": "tanh", "output": "identity", "loss": "binary_cross_entropy_with_logits"},
    "one sample": {"hidden": "tanh", "batch": 1},
    "wrong pair": {"output": "sigmoid", "loss": "categorical_cross_entropy"},
}
# What is said in words, because it is no formula: how often something happens, a list, a rule sample by sample.
IN_WORDS = re.compile(r"how often|sample by sample|bias, weights|^f\(")


def plain(text):
    """The text of a homework in the form that `evaluate_lines` reads: products of matrices have their sign."""
    text = re.sub(r"the column (sums|means) of (\([^()]*\)²|[^+]*[^+ ])", lambda found: (
        f"Σ[axis 0] ({found[2].strip()})" if found[1] == "sums" else f"mean({found[2].strip()}; axis 0)"), text)
    text = re.sub(r"\( ", "(", re.sub(r" (?=[)²ᵀ^])", "", text)).replace("√ ", "√").replace("− ½", "(−0.5) ·")
    text = re.sub(r"\| (\w+(?: − \w+)?) \|", r"|\1|", text).replace("exp(", "e^(").replace("^(3/2)", "^(1.5)")
    text = re.sub(r"(?<= \d) (?=\()", " · ", re.sub("^− ", "−", text))
    return re.sub(r"(?<=[A-Za-z0-9)ᵀ]) (?=[A-Za-z(])", " @ ", text)


def names_of(hw):
    """What the names of a homework stand for: given and computed numbers, and all derivatives of its graph."""
    known = {**hw.given, **hw.truth, "η": getattr(hw.task, "learning_rate", None) or 0.0}
    known["n"] = len(hw.given["x"]) if "x" in hw.given and np.ndim(hw.given["x"]) else 1
    if hw.task.root is not None and not hw.task.is_network:
        told = nt.trace(hw.task.root)
        known |= {told.names[node]: node.value for node in told.nodes if node.name or node.primitive}
        backward = [step for step in told.steps if step.phase == "backward" and step.total is not None]
        known |= {f"∂{told.names[told.root]}/∂{told.names[step.focus]}": step.total for step in backward}
        known |= {f"∂{told.names[step.node]}/∂{told.names[step.parent]}": step.local
                  for step in backward if step.slot is not None}
    return {name: value for name, value in known.items() if not re.fullmatch(r"[\d.]+", name)}


def check(hw):
    evaluate_lines.BROADCAST[0], evaluate_lines.ZERO_LN_ZERO[0] = True, True
    names = names_of(hw)
    for name, value in hw.truth.items():
        told = how(hw.task, name)
        if IN_WORDS.search(told.text):
            continue
        assert agrees(plain(told.text), value, names), f"{name} = {told.text} is not {value}"
        if hw.task.is_network:
            assert agrees(of_latex(told.latex), value, names), f"{name} = {told.latex} is not {value}"


def of_latex(latex):
    """The LaTeX of a network's homework as text; the sums of columns are written over rows."""
    latex = re.sub(r"\\sum_\{\\mathrm\{rows\}\} (\\delta_\{\d+\})", r"\\sum_{\\mathrm{axis\\ 0}} (\1)", latex)
    latex = re.sub(r"\\tfrac\{1\}\{(\d+)\} ", r"\\frac{1}{\1} \\cdot ", latex).replace(r"\partial W", "dW")
    latex = latex.replace(r"\partial b", "db").replace(r" \, ", r"\,")
    latex = re.sub(r"\^\\top (?=[A-Za-z]|\\delta)", r"^\\top\\,", latex)
    latex = re.sub(r"(X|[ahz]_\{\d\}) (?=W_)", r"\1\\,", latex)
    return latex_to_text(latex).replace("δ", "delta").replace("_{new}", "_new")


@functools.cache
def made(name, student, language):
    if name in NETWORKS:
        return nt.homework("backprop", **({"layers": [2, 3, 2]} | NETWORKS[name]), student=student, language=language)
    return nt.homework(name, student=student, language=language)


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("student", ["Ada", "Zoë"])
@pytest.mark.parametrize("name", [*NETWORKS, *FIXED, *TOPICS])
def test_every_formula_of_a_solution(name, student, language):
    hw = made(name, student, language)
    check(hw)
    if hw.task.root is not None:
        assert str(hw.solution()).count("$") >= 2 * len(hw.solution().steps())


@pytest.mark.parametrize("name", ["sin(x) * y + x / y", "r = a * b; f = r + tanh(a)", "max(x + 1, y) / z", "exp(x * y)",
                                  "sqrt(x * x + y * y)", "log(1 + exp(x)) * x ** 3", "abs(x) * relu(y)"])
@pytest.mark.parametrize("student", ["Ada", "Zoë", "Bo"])
def test_every_formula_of_an_expression(name, student):
    check(nt.homework(name, student=student))
