"""The worked solution: a trace written out as a document that could be handed to students.

One structure (title, forward, backward, update, results) and three ways to write it: Markdown with LaTeX formulas, a
LaTeX fragment, and plain text for a terminal.
"""

import re

from ..core.errors import GraphError, message
from ..i18n.phrases import phrase
from ..symbolic import formula
from ..symbolic.formula import Symbol
from ..symbolic.latex_escape import math, prose
from ..symbolic.number_format import lines
from .step_text import tell
from .trace import Trace, is_bare_number

MOST_STEPS = 30_000


def to_markdown(trace, language: str | None = None) -> str:
    """A worked solution in Markdown; formulas between dollar signs."""
    trace = trace.in_language(language)
    language = trace.language
    out = [f"## {_markdown_text(_title(trace, language))}", ""]
    for heading, steps in _sections(trace, language):
        out += [f"### {heading}", ""]
        for k in steps:
            story = tell(trace, k, language)
            out += [f"{k}. {_markdown_text(story.now)}.  "]
            out += [f"   ${line}$  " for line in chain(story, formula.latex, "latex")]
            out += [f"   {_markdown_text(note)}  " for note in story.notes]
            if story.ledger:
                out += [f"   {_markdown_text(story.ledger[0])}: {story.ledger[1]}**{story.ledger[2]}**  "]
        out += [""]
    return "\n".join(out + _markdown_table(trace, language))


def to_latex(trace, language: str | None = None) -> str:
    """A worked solution as a LaTeX fragment; needs amsmath."""
    trace = trace.in_language(language)
    language = trace.language
    out = [rf"\section*{{{prose(_title(trace, language))}}}"]
    for heading, steps in _sections(trace, language):
        out += [rf"\subsection*{{{prose(heading)}}}", rf"\begin{{enumerate}}\setcounter{{enumi}}{{{steps[0] - 1}}}"]
        for k in steps:
            story = tell(trace, k, language)
            out += [rf"\item {prose(story.now)}.\\"]
            out += [f"${math(line)}$\\\\" for line in chain(story, formula.latex, "latex")]
            out += [f"{prose(note)}\\\\" for note in story.notes]
            if story.ledger:
                total = formula.latex(Symbol(None, trace.steps[k - 1].total))
                out += [rf"{prose(story.ledger[0])}: ${math(story.ledger[1])}\mathbf{{{total}}}$"]
            out[-1] = out[-1].removesuffix("\\\\")
        out += [r"\end{enumerate}"]
    return "\n".join(out) + "\n"


def to_text(trace, language: str | None = None) -> str:
    """A worked solution for a terminal."""
    trace = trace.in_language(language)
    language = trace.language
    out = [_title(trace, language)]
    for heading, steps in _sections(trace, language):
        out += ["", heading, "-" * len(heading)]
        for k in steps:
            story = tell(trace, k, language)
            out += [f"{k:3}  {story.now}."] + [f"       {line}" for line in chain(story, formula.text, "text")]
            out += [f"       {note}" for note in story.notes]
            if story.ledger:
                out += [f"       {story.ledger[0]}: {story.ledger[1]}{story.ledger[2]}"]
    return "\n".join(out) + "\n"


def _title(trace, language):
    result = f"{trace.names[trace.root]} = {formula.text(trace.expression())}"
    return phrase("worked.title", language, title=result)


def _sections(trace, language):
    """The numbers of the steps of each phase, under the phase's heading.

    Raises:
        GraphError: if there are more of them than a document should have.
    """
    if len(trace) > MOST_STEPS:
        raise GraphError(message(f"at most {MOST_STEPS} steps in a worked solution", f"{len(trace)}",
                                 "Take the trace of a result on the way, or fewer iterations; "
                                 "trace.to_json() has all numbers"))
    ends = [start - 1 for start in trace.starts[1:]] + [len(trace)]
    for iteration, (first, last) in enumerate(zip(trace.starts or [1], ends, strict=True), start=1):
        heading = phrase("worked.iteration", language, k=iteration) + " · " if trace.starts else ""
        for phase in ("forward", "backward", "update"):
            steps = [k for k in range(first, last + 1) if trace.steps[k - 1].phase == phase]
            if steps:
                yield heading + phrase(f"worked.{phase}", language), steps


def chain(story, write, style):
    """The lines of a derivation, each a chain `left = formula = numbers = result` that reads from left to right.

    Args:
        story: the step, told.
        write: `formula.text` or `formula.latex`.
        style: "text", "latex" or "mathtext", which is matplotlib's kind of LaTeX.
    """
    if story.because is not None:
        yield write(story.because)
    chain = ""
    for line in story.lines:
        sign = _SIGNS[style].get(line.sign, line.sign)
        written = write(line.symbol, line.numbers)
        if line.caption == "local":
            yield _local(line, write, written, sign)
        elif line.left is not None:
            if chain:
                yield chain
            chain = f"{write(line.left)} {sign} {written}"
        elif not chain.endswith(f" {sign} {written}"):
            chain += f" {sign} {written}"
    if chain:
        yield chain


def _local(line, write, written, sign):
    chain = f"{write(line.left)} {sign} {written}"
    steps = [write(line.symbol, True)]
    if line.symbol.shape == line.left.shape:  # one number for all entries is not written out as an array
        steps.append(write(Symbol(None, line.left.value, row=line.symbol.row)))
    for more in steps:
        if not chain.endswith(f" {sign} {more}"):
            chain += f" {sign} {more}"
    return chain


_SIGNS = {"text": {}, "latex": {"+=": r"\mathrel{+}=", "←": r"\leftarrow"},
          "mathtext": {"+=": r"\;{+}{=}\;", "←": r"\leftarrow"}}


def _markdown_table(trace, language):
    """The results at a glance: every node with its value and gradient."""
    state = trace.state_at(len(trace))
    heads = [phrase(key, language) for key in ("worked.node", "operation", "value", "gradient")]
    out = [f"### {phrase('worked.results', language)}", "", f"| {' | '.join(heads)} |", "|---|---|---|---|"]
    for node in trace.nodes:
        if is_bare_number(node):
            continue
        name = trace.names[node]
        stand = state.nodes[name]
        grad = "–" if stand.grad is None else _cell(stand.grad)
        operation = formula.text(trace.operation(node)) if node.primitive else phrase(node.kind, language)
        value = stand.value if trace.starts else node.value
        out.append(f"| {_markdown_text(name)} | {_markdown_text(operation)} | {_cell(value)} | {grad} |")
    return [*out, "", *_losses(trace, language)]


def _losses(trace, language):
    """The loss of every iteration of a training run."""
    if not trace.losses:
        return []
    rows = [f"| {i} | {_cell(loss)} |" for i, (_, loss) in enumerate(trace.losses, start=1)]
    heads = [phrase(key, language) for key in ("curve.axis", "loss")]
    return [f"### {phrase('worked.losses', language)}", "", f"| {' | '.join(heads)} |", "|---|---|", *rows, ""]


def _cell(value):
    return "; ".join(line.strip() for line in lines(value))


_MARKUP = {ord(c): f"&#{ord(c)};" for c in "\\`*_{}[]<>#|$&"}


def _markdown_text(text):
    """Names are text: what Markdown or HTML would read as markup is escaped."""
    text = " ".join(text.split()).translate(_MARKUP)
    # What looks like an address would become a link.
    return re.sub(r":(?=//)|(?<=www)\.|(?<=\S)@(?=\S)", lambda found: f"&#{ord(found[0])};", text, flags=re.IGNORECASE)


# Methods of a trace, set here because the trace itself is data and knows nothing of documents.
Trace.to_markdown = to_markdown
Trace.to_latex = to_latex
Trace.to_text = to_text
