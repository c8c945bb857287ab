"""What a step means in words and formulas: the story that the player shows and the worked solution prints.

`tell(trace, k)` turns one Step into a Story: what happens, because of what, the rule, the rule with numbers put in, the
result, the ledger, a remark and the sentence a lecturer would say. Formulas are Symbols here; the player writes them as
MathML, the handout as LaTeX.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..core.errors import shape_text
from ..core.kinks import slope_convention, value_convention
from ..i18n.phrases import phrase
from ..i18n.phrases import spoken as spoken_in
from ..symbolic import formula
from ..symbolic.formula import Symbol
from ..symbolic.number_format import number
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
    notes: tuple[str, ...] = ()  # what must be said for the lines to be true, broadcasting and conventions


def tell(trace: Trace, k: int, language: str | None = None) -> Story:
    """The story of the step that leads to state k, 1 ≤ k ≤ len(trace); in the trace's language if none is given."""
    trace, step = trace.in_language(language), trace.steps[k - 1]
    text = Words(trace.language, {"node": trace.names[step.node], "parent": trace.names[step.focus]})
    if step.kind == "zero":
        return _zero(trace, k, text)
    if step.kind == "update" and k in trace.memories:
        return _trained(trace, k, text)
    teller = {"evaluate": _evaluation, "seed": _seed, "contribution": _contribution, "unbroadcast": _unbroadcast,
              "update": _update}[step.kind]
    story = teller(trace, step, text.names, text)
    if step.kind == "evaluate" and trace.losses:
        story = replace(story, remark=_loss_remark(trace, k, text) or story.remark)
    notes = _notes(trace, step, text)
    return replace(story, notes=notes, remark=" ".join([*notes, *filter(None, [story.remark])]) or None)


def tell_node(trace: Trace, k: int, language: str | None = None) -> Story | None:
    """All that a node receives told as one step, if step k is the last of several that bring it something, or None."""
    trace = trace.in_language(language)
    arrivals = trace.arrivals.get(trace.steps[k - 1].focus, []) if trace.steps[k - 1].phase == "backward" else []
    if len(arrivals) < 2 or arrivals[-1] != k:
        return None
    steps = [step for step in (trace.steps[j - 1] for j in arrivals) if step.total is not None]
    last, node = steps[-1], steps[-1].focus
    names = {"node": trace.names[last.node], "parent": trace.names[node]}
    text = Words(trace.language, names)
    first, left_out = formula.shown(steps)
    rule = formula.total([trace.contribution(step) for step in first], left_out, _more(text.language))
    told = (Line("rule", "=", rule, left=trace.gradient(node, last.total, "result")),
            Line("numbers", "=", rule, numbers=True),
            Line("result", "=", Symbol(None, last.total, "result")))
    notes = _gathered_notes(trace, arrivals)
    if len(steps) == 1:  # one contribution, which was summed to the node's shape
        story = replace(_unbroadcast(trace, last, names, text), lines=told)
    else:
        story = Story(text("now.gathered", count=str(len(steps))), None, told, _sum_of(steps, text),
                      text("remark.branch"), _say_gathered(trace, steps, text))
    return replace(story, notes=notes, remark=" ".join([*notes, story.remark]))


def _gathered_notes(trace, arrivals):
    """What the single steps must say to be true, said once; of which node, if only some of them say it."""
    found, givers = {}, set()
    for step in (trace.steps[k - 1] for k in arrivals):
        giver = trace.names[step.node]
        givers.add(giver)
        for note in _notes(trace, step, Words(trace.language, {"node": giver, "parent": trace.names[step.focus]})):
            found.setdefault(note, {})[giver] = None
    return tuple(note if len(givers) == len(of) else f"{_listed(list(of), trace.language)}: {note}"
                 for note, of in found.items())


def _sum_of(steps, text):
    """The ledger of all contributions at once: 0 + (−4) + 3 = −1."""
    if not _is_number(steps[-1].total):
        return None
    parts, left_out = formula.shown([0.0, *(step.contribution for step in steps)])
    shown = formula.text(formula.total([Symbol(None, part) for part in parts], left_out, _more(text.language)))
    return text("ledger"), f"{shown} = ", number(steps[-1].total)


def _say_gathered(trace, steps, text):
    last = steps[-1]
    count = text.aloud(float(len(steps)))
    if _is_number(last.total):
        listed = _listed([text.aloud(step.contribution) for step in steps], text.language)
        return text("say.gathered", count=count, listed=listed, total=text.aloud(last.total))
    givers = _listed(list(dict.fromkeys(trace.names[step.node] for step in steps)), text.language)
    return text("say.gathered.array", count=count, givers=givers)


def tell_start(trace: Trace, language: str | None = None) -> tuple[str, str]:
    """What stands in the panel before the first step: (now, say)."""
    language = language or trace.language
    inputs = [trace.names[n] for n in trace.nodes if n.kind == "input"]
    listed = _listed(inputs, language) if inputs else "–"
    first = next((step.node for step in trace.steps if step.kind == "evaluate"), None)
    say = phrase("say.start", language, inputs=listed, first=trace.names.get(first, listed))
    if first is not None and first.primitive.name == "matrix_transpose":
        say = phrase("say.start.transposed", language, inputs=listed, turned=trace.names[first.parents[0]])
    return phrase("now.start" if len(inputs) > 1 else "now.start.one", language, inputs=listed), say


def _listed(items, language):
    """x, y and z; of very many the first, and how many more there are."""
    items, left_out = formula.shown(items)
    items += [phrase("list.more", language, count=left_out)] * bool(left_out)
    return phrase("list.and", language).join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _more(language):
    """What stands for the terms of a sum that are left out, with {count} for their number."""
    return phrase("formula.more", language, count="{count}")


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

def _zero(trace, k, text):
    iteration = {"k": trace.iteration_at(k), "n": trace.iterations}
    return Story(text("now.zero", **iteration), None, (), None, text("remark.zero"), text("say.zero", **iteration))


def _loss_remark(trace, k, text):
    """What became of the loss since the iteration before."""
    number_of = trace.iteration_at(k) - 1
    if trace.losses[number_of][0] != k or number_of == 0:
        return None
    before, now = (trace.losses[i][1] for i in (number_of - 1, number_of))
    key = "fell" if now < before else "rose" if now > before else "stayed"
    return text(f"remark.loss.{key}", before=text.number(before), now=text.number(now))


def _evaluation(trace, step, names, text):
    operation, left = trace.operation(step.node), trace.symbol(step.node)
    told = [Line("rule", "=", operation, left=left), Line("numbers", "=", operation, numbers=True),
            Line("result", "=", Symbol(None, step.total, "value", row=operation.row))]
    if _says_nothing(trace, step.node):  # W1ᵀ = W1ᵀ
        told[:2] = [replace(told[1], left=left)]
    aloud = text.aloud(formula.text(operation))
    if _is_number(step.total) and all(p.shape == () for p in step.node.parents):
        say = text("say.evaluate", operation=aloud, numbers=text.aloud(formula.text(operation, numbers=True)),
                   result=text.aloud(step.total))
    elif step.node.primitive.name == "matrix_transpose":
        say = text("say.transposed", turned=trace.names[step.node.parents[0]])
    else:
        say = text("say.evaluate.array", operation=aloud)
    return Story(text("now.evaluate"), None, tuple(told), None, None, say)


def _says_nothing(trace, node):
    """Whether a node is called as it is computed, as W1ᵀ is."""
    return formula.text(trace.symbol(node)) == formula.text(trace.operation(node))


def _seed(trace, step, names, text):
    root = trace.gradient(step.node, step.total, "upstream")
    told = (Line("rule", "=", Symbol(None, step.total, "result"), left=root),)
    return Story(text("now.seed"), None, told, None, None, text("say.seed"))


def _contribution(trace, step, names, text):
    received = trace.gradient(step.parent, step.total, "result")
    because = Symbol(None, None, "", "a = b", (trace.symbol(step.node), trace.operation(step.node)))
    if _says_nothing(trace, step.node):
        because = None
    rule = trace.contribution(step)
    told = [Line("rule", "+=", rule, left=received)]
    if step.node.primitive.elementwise:
        told.append(_local_line(trace, step))
    told += [Line("numbers", "=", rule, numbers=True),
             Line("result", "=", Symbol(None, step.contribution, "result", row=rule.row))]
    return Story(text("now.contribution"), because, tuple(told), _ledger(step, text),
                 _remark(trace, step, text), _say_contribution(trace, step, rule, text))


def _local_line(trace, step):
    """The local derivative as a formula; its value follows with the numbers put in."""
    child, parent = Symbol(trace.names[step.node]), Symbol(trace.names[step.parent])
    left = Symbol(None, step.local, "local", "∂a/∂b", (child, parent))
    return Line("local", "=", trace.local(step), left=left)


def _unbroadcast(trace, step, names, text):
    rule = trace.contribution(step)
    raw = Symbol(None, trace.copies(step)[1])
    told = (Line("rule", "+=", rule, left=trace.gradient(step.parent, role="result")),
            Line("numbers", "=", formula.combined(rule.notation, step.contribution, (raw,), elementwise=False),
                 numbers=True),
            Line("result", "=", Symbol(None, step.contribution, "result", row=rule.row)))
    if np.size(raw.value) == step.parent.size:  # one number in brackets and without: nothing was copied
        return Story(text("now.reshaped"), None, told, _ledger(step, text), text("remark.reshaped"),
                     text("say.reshaped"))
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


def _trained(trace, k, text):
    """The update by an optimizer: what it remembers, formula by formula, and then the parameter."""
    step, memory, name = trace.steps[k - 1], trace.memories[k], text.names["node"]
    taken = set(trace.names.values())

    def letter(slot):
        return slot if slot not in taken else f"{slot}_{name}"

    slope = trace.gradient(step.node, step.upstream, "upstream")
    *remembered, (_, rule) = trace.optimizer.formulas(
        Symbol(name, step.before), Symbol(letter("g"), step.upstream, "upstream") if trace.optimizer.slots else slope,
        Symbol(trace.notation.learning_rate, trace.learning_rate, "local"),
        memory.t, memory.before, memory.after, letter)
    told = [Line("gradient", "=", slope, left=Symbol(letter("g"), role="upstream")),
            Line("gradient", "=", slope, numbers=True)]
    told = told * bool(trace.optimizer.slots) + [line for left, right in remembered for line in (
        Line("memory", "←", right, left=left), Line("memory", "=", right, numbers=True),
        Line("memory", "=", Symbol(None, right.value, "value")))]
    told += [Line("rule", "←", rule, left=Symbol(name, step.total, "result")), Line("numbers", "=", rule, numbers=True),
             Line("result", "=", Symbol(None, step.total, "result"))]
    kind = type(trace.optimizer).__name__
    if _is_number(step.total):
        numbers = {"total": step.total, "before": step.before, "gradient": step.upstream, "rate": trace.learning_rate}
        say = text("say.trained", optimizer=kind, **{key: text.aloud(value) for key, value in numbers.items()})
    else:
        say = text("say.trained.array", optimizer=kind, rate=text.aloud(trace.learning_rate))
    remark = text("remark.trained" if remembered else "remark.update")
    return Story(text("now.update"), None, tuple(told), None, remark, say)


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
        if step.node.primitive.name == "matrix_transpose":
            say = text("say.turned.back")
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
    """A branch is always told; of the gate's own patterns the one that fits best, where no convention decides."""
    if step.before is not None:
        return text("remark.branch")
    return None if slope_convention(step) else _gate_remark(step, text)


# ------------------------------------------------------------------------ what must be said for a line to be true

def _notes(trace, step, text):
    """Where NumPy or a convention does what the formula alone does not say."""
    if step.kind == "evaluate":
        return (*_broadcasting(trace, step.node, text), *_along_rows(step.node, text),
                *_one_by_one(trace.operation(step.node), text),
                *filter(None, (_zero_times_infinity(step.node, text), _jump_remark(step, text))))
    if step.kind == "contribution":
        return (*filter(None, (_kink_remark(step, text), _repeated_in_rule(trace, step, text),
                               _zero_times_infinity(step.node, text))), *_one_by_one(trace.contribution(step), text))
    if step.kind == "unbroadcast":
        rule = trace.contribution(step)
        return (*_one_by_one(rule, text), *[text("note.fit")] * _mixes_shapes(rule))
    return ()


def _one_by_one(symbol, text):
    """Whether matrices are multiplied that lie in a stack."""
    products = [one for one in _parts(symbol) if one.notation in ("a @ b", "a @ bᵀ")]
    if any(max(len(x.shape) for x in (one, *one.inputs)) > 2 or _is_stacked(one) for one in products):
        yield text("note.stack")


def _is_stacked(product):
    """Whether what looks like a product of two matrices is one of many vectors, each with its own."""
    a, b = (x.shape for x in product.inputs)
    return len(a) == len(b) == 2 and (product.notation == "a @ bᵀ" or a[1] != b[0] or len(product.shape) != 2)


def _parts(symbol):
    """A formula and all formulas in it."""
    waiting = [symbol]
    while waiting:
        waiting += (one := waiting.pop()).inputs
        yield one


def _broadcasting(trace, node, text):
    """Which inputs are repeated, and how, if an operation is one of entries and the shapes differ."""
    if not node.primitive.elementwise:
        return
    for parent in dict.fromkeys(node.parents):
        if parent.shape != node.shape and parent.size > 1:
            yield _repeated(trace.names[parent], parent.shape, node.shape, text)
        elif parent.shape != node.shape and node.primitive.name in ("add", "subtract"):
            yield text("note.number", name=trace.names[parent])
    arrays = list(dict.fromkeys(p for p in node.parents if p.size > 1))
    if len(arrays) > 1 and all(p.shape != node.shape for p in arrays):
        yield text("note.pairs", shape=shape_text(node.shape))


def _repeated(name, shape, to, text):
    kept = (1,) * (len(to) - len(shape)) + shape
    if len(to) == 2 and kept[0] == 1:
        kind = "note.row" if len(shape) == 2 else "note.list"
        return text(kind, name=name, count=str(to[0]))
    if len(to) == 2:
        return text("note.column", name=name, count=str(to[1]))
    return text("note.repeated", name=name, shape=shape_text(shape), to=shape_text(to))


_ROW_BY_ROW = ("softmax", "logsumexp", "log_softmax", "softmax_cross_entropy")


def _along_rows(node, text):
    if node.primitive.name in _ROW_BY_ROW and node.parents[0].ndim == 2:
        if node.static.get("axis", -1) in (-1, 1):
            yield text("note.rows")


def _zero_times_infinity(node, text):
    """0 · ln 0 is 0 here, as a class that does not occur costs nothing."""
    if node.primitive.name == "xlogy" and np.any(np.equal(node.parents[0].value, 0) & (node.parents[1].value <= 0)):
        return text("note.xlogy")
    return None


def _repeated_in_rule(trace, step, text):
    """Whether shapes differ in the formulas of a step: a derivative that is one number, or smaller arrays."""
    formulas = [trace.contribution(step)]
    if step.node.primitive.elementwise:
        formulas.append(local := trace.local(step))
        if local.shape == () and np.shape(step.local) and np.size(step.local) > 1:
            return text("note.every")
        if local.shape != np.shape(step.local):
            return text("note.fit")
    return text("note.fit") if any(map(_mixes_shapes, formulas)) else None


def _mixes_shapes(symbol):
    """Whether arrays of different shapes meet entry by entry somewhere in a formula."""
    return any(one.notation in _ENTRYWISE and len({x.shape for x in one.inputs if np.size(x.value) > 1}) > 1
               for one in _parts(symbol))


_ENTRYWISE = ("a + b", "a − b", "a · b", "a / b", "a ^ b", "a · ln(b)", "where(a, b, c)", "[a > b]", "[a ≥ b]",
              "[a = b]", "[a ≠ b]", "[a ∧ b]", "[a ∨ b]", "max(a, b)", "min(a, b)")


# ----------------------------------------------------------------------------------------------- remarks


def _kink_remark(step, text):
    """Which slope was taken at a kink or tie, and what it is on either side."""
    if (found := slope_convention(step)) is None:
        return None
    counted = {"count": str(found.count), "size": str(np.size(step.parent.value))}
    if found.left is None:
        return text("remark.kink.shared", **counted)
    sides = {side: _listed([*map(text.number, getattr(found, side))], text.language)
             for side in ("left", "right", "taken")}
    kind = "remark.kink" if found.count == np.size(step.node.value) == 1 else "remark.kink.some"
    return text(kind, **counted, **sides)


def _jump_remark(step, text):
    """Which value was taken at a jump."""
    if (found := value_convention(step.node)) is None:
        return None
    taken = _listed([*map(text.number, found.taken)], text.language)
    key = "remark.jump" if np.size(step.node.value) == 1 else "remark.jump.some"
    return text(key, taken=taken, count=str(found.count), size=str(np.size(step.node.value)))


def _gate_remark(step, text):
    """The pattern of the gate that fits best."""
    name, local = step.node.primitive.name, step.local
    if told := _units_in_trouble(step, name, local, text):
        return told
    if name == "relu" and _is_number(local):
        at = step.parent.value
        return text("remark.relu.open" if at > 0 else "remark.relu.closed")
    if name in ("sigmoid", "tanh") and _is_number(local) and abs(local) < SATURATED:
        return text("remark.saturated", local=text.number(local))
    if name == "matmul":
        return text("remark.matmul", shape=shape_text(step.parent.shape))
    return text(f"remark.{name}") if name in _GATES else None


def _units_in_trouble(step, name, local, text):
    """Closed gates, dead and saturated units of a whole layer, in words; samples stand in rows."""
    if np.ndim(local) == 0 or local is None:
        return _vanished(step, text)
    if name == "relu" and not np.all(local):
        dead = [str(unit) for unit in np.flatnonzero(~local.any(axis=0))] if local.ndim == 2 and len(local) > 1 else []
        if dead:
            return text("remark.dead", units=_listed(dead, text.language))
        return text("remark.relu.some", count=str(int(np.sum(local == 0))), size=str(local.size))
    flat = int(np.sum(np.abs(local) < SATURATED))
    if name in ("sigmoid", "tanh") and flat:
        return text("remark.saturated.some", count=str(flat), size=str(local.size), limit=text.number(SATURATED))
    return _vanished(step, text)


VANISHED = 1e-5  # of a gradient that began as 1


def _vanished(step, text):
    largest = float(np.max(np.abs(step.contribution), initial=0.0))
    if not 0 < largest < VANISHED or np.max(np.abs(step.upstream)) < VANISHED:
        return None  # nothing, or it was so before
    return text("remark.vanishing", largest=text.number(largest))


_GATES = ("add", "subtract", "multiply", "square", "maximum", "minimum", "sum", "mean")
