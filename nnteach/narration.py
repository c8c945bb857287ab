"""What a step means in words and formulas: the story that the player shows and the worked solution prints.

`tell(trace, k)` turns one Step into a Story: what happens, because of what, the rule, the rule with numbers put in, the
result, the ledger, a remark and the sentence a lecturer would say. Formulas are Symbols here; the player writes them as
MathML, the handout as LaTeX.
"""

from dataclasses import dataclass

import numpy as np

from . import formula
from .digits import number
from .errors import shape_text
from .formula import Symbol
from .phrases import phrase
from .phrases import spoken as spoken_in
from .trace import Trace


@dataclass(frozen=True)
class Line:
    """One line of a derivation: its caption, what stands before the formula, and the formula, with numbers or names."""

    caption: str
    sign: str
    symbol: Symbol
    numbers: bool = False
    left: Symbol | None = None


@dataclass(frozen=True)
class Story:
    """One step, told."""

    now: str
    because: Symbol | None
    lines: tuple[Line, ...]
    ledger: tuple[str, str, str] | None  # caption, sum, total
    remark: str | None
    say: str


def tell(trace: Trace, k: int, language: str | None = None) -> Story:
    """The story of the step that leads to state k, 1 ≤ k ≤ len(trace); in the trace's language if none is given."""
    step = trace.steps[k - 1]
    teller = {"evaluate": _evaluation, "seed": _seed, "contribution": _contribution, "unbroadcast": _unbroadcast,
              "update": _update}[step.kind]
    names = {"node": trace.names[step.node], "parent": trace.names[step.focus]}
    return teller(trace, step, names, Words(language or trace.language, names))


def tell_start(trace: Trace, language: str | None = None) -> tuple[str, str]:
    """What stands in the panel before the first step: (now, say)."""
    language = language or trace.language
    inputs = [trace.names[n] for n in trace.nodes if n.kind == "input"]
    both = [", ".join(inputs[:-1]), inputs[-1]] if len(inputs) > 1 else inputs
    listed = phrase("list.and", language).join(both) if inputs else "–"
    first = trace.names[trace.steps[0].node] if trace.steps else listed
    return (phrase("now.start" if len(inputs) > 1 else "now.start.one", language, inputs=listed),
            phrase("say.start", language, inputs=listed, first=first))


@dataclass(frozen=True)
class Words:
    """The phrases of a language for one step, with the names of its nodes put in."""

    language: str
    names: dict[str, str]

    def __call__(self, key, **words):
        return phrase(key, self.language, **self.names, **words)

    def aloud(self, written):
        """A number or a written formula as it is read aloud."""
        return spoken_in(written if isinstance(written, str) else number(written), self.language)

    def number(self, value):
        """A number as it is written in a sentence."""
        return number(value).replace(".", phrase("spoken.decimal", self.language))


def _is_number(value):
    return value is not None and np.ndim(value) == 0


# ------------------------------------------------------------------------------------------ step by step

def _evaluation(trace, step, names, text):
    operation, result = trace.operation(step.node), Symbol(None, step.total, "value")
    told = (Line("rule", "=", operation, left=trace.symbol(step.node)), Line("numbers", "=", operation, numbers=True),
            Line("result", "=", result))
    aloud = text.aloud(formula.text(operation))
    if _is_number(step.total) and all(p.shape == () for p in step.node.parents):
        say = text("say.evaluate", operation=aloud, numbers=text.aloud(formula.text(operation, numbers=True)),
                   result=text.aloud(step.total))
    else:
        say = text("say.evaluate.array", operation=aloud)
    return Story(text("now.evaluate"), None, told, None, None, say)


def _seed(trace, step, names, text):
    root = trace.gradient(step.node, step.total, "upstream")
    return Story(text("now.seed"), None, (Line("rule", "=", Symbol(None, step.total, "result"), left=root),), None, None,
                 text("say.seed"))


def _contribution(trace, step, names, text):
    received = trace.gradient(step.parent, step.total, "result")
    because = Symbol(None, None, "", "a = b", (trace.symbol(step.node), trace.operation(step.node)))
    rule = trace.contribution(step)
    told = [Line("rule", "+=", rule, left=received)]
    if step.node.primitive.elementwise:
        told.append(_local_line(trace, step))
    told += [Line("numbers", "=", rule, numbers=True), Line("result", "=", Symbol(None, step.contribution, "result"))]
    return Story(text("now.contribution"), because, tuple(told), _ledger(step, text),
                 _remark(trace, step, text), _say_contribution(trace, step, rule, text))


def _local_line(trace, step):
    """The local derivative as a formula; its value follows with the numbers put in."""
    left = Symbol(None, step.local, "local", "∂a/∂b", (Symbol(trace.names[step.node]), Symbol(trace.names[step.parent])))
    return Line("local", "=", trace.local(step), left=left)


def _unbroadcast(trace, step, names, text):
    raw = Symbol(None, None, "", "Σ a", (trace.gradient(step.node),))
    told = (Line("rule", "+=", raw, left=trace.gradient(step.parent, role="result")),
            Line("result", "=", Symbol(None, step.contribution, "result")))
    key = "say.unbroadcast" if _is_number(step.contribution) else "say.unbroadcast.array"
    say = text(key, total=text.aloud(step.contribution) if _is_number(step.contribution) else "")
    return Story(text("now.unbroadcast"), None, told, _ledger(step, text), text("remark.unbroadcast"), say)


def _update(trace, step, names, text):
    rate = Symbol(trace.notation.learning_rate, trace.learning_rate, "local")
    gradient = trace.gradient(step.node, step.upstream, "upstream")
    slope = Symbol(None, None, "", "a · b", (rate, gradient))
    step_down = Symbol(None, None, "", "a − b", (Symbol(names["node"], step.before), slope))
    told = (Line("rule", "←", step_down, left=Symbol(names["node"], step.total, "result")),
            Line("numbers", "=", step_down, numbers=True), Line("result", "=", Symbol(None, step.total, "result")))
    if _is_number(step.total):
        numbers = {"total": step.total, "before": step.before, "rate": trace.learning_rate, "gradient": step.upstream}
        say = text("say.update", **{key: text.aloud(value) for key, value in numbers.items()})
    else:
        say = text("say.update.array", rate=text.aloud(trace.learning_rate))
    return Story(text("now.update"), None, told, None, text("remark.update"), say)


# ---------------------------------------------------------------------------------- ledger and sentences

def _ledger(step, text):
    """The running total of the receiving node: 0 + (−4) = −4; for arrays only where the numbers fit."""
    if step.total is None or not _is_number(step.total):
        return None
    before = 0.0 if step.before is None else step.before
    shown = formula.text(Symbol(None, None, "", "a + b", (Symbol(None, before), Symbol(None, step.contribution))))
    return text("ledger"), f"{shown} = ", number(step.total)


def _say_contribution(trace, step, rule, text):
    if not step.node.primitive.elementwise:
        aloud = formula.text(trace.rule(step, Symbol(text("gradient.of"), step.upstream)))
        say = text("say.product" if "@" in step.node.primitive.notation else "say.through", formula=text.aloud(aloud))
    elif not _is_number(step.contribution):
        say = text("say.array")
    else:
        local = step.local
        key = {1.0: "say.unchanged", -1.0: "say.turned", 0.0: "say.blocked"}.get(local, "say.scaled")
        numbers = {"contribution": step.contribution, "upstream": step.upstream, "local": local}
        say = text(key, **{name: text.aloud(value) for name, value in numbers.items()})
    if step.before is not None and step.total is not None:
        say += " " + (text("say.total", before=text.aloud(step.before), total=text.aloud(step.total))
                      if _is_number(step.total) else text("say.total.array"))
    return say


SATURATED = 0.01  # a slope below this lets less than a hundredth of the gradient through


def _remark(trace, step, text):
    """The one remark that fits best: a branch, then the gate's own pattern."""
    name, local = step.node.primitive.name, step.local
    if step.before is not None:
        return text("remark.branch")
    if name == "relu" and _is_number(local):
        at = step.parent.value
        key = "open" if at > 0 else "closed" if at < 0 else "kink"
        return text(f"remark.relu.{key}", local=text.number(local))
    if name in ("sigmoid", "tanh") and _is_number(local) and abs(local) < SATURATED:
        return text("remark.saturated", local=text.number(local))
    if name == "matmul":
        return text("remark.matmul", shape=shape_text(step.parent.shape))
    return text(f"remark.{name}") if name in _GATES else None


_GATES = ("add", "subtract", "multiply", "square", "maximum", "minimum", "sum", "mean")
