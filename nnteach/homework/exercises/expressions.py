"""Exercises on expressions: the derivatives of a formula, or its values step by step."""

import ast

from ...core.graph import ordered
from ...core.node_names import labels
from ...symbolic.expression import FUNCTIONS, parse
from .exercise import Exercise, Leaf, Stage, Task


def expression(text: str, example=None, title=None, kind="number", ask=None) -> Exercise:
    """All derivatives of an expression such as "q = x + y; f = q * z" (000-17, 001-11).

    Args:
        text: see `nnteach.symbolic.expression.parse`.
        example: numbers by name, used when no student is named.
        title: a headline.
        kind: what numbers are drawn: "number", "positive", "weight", …; or by name, "positive" for the others.
        ask: the stages to hand in; by default the derivatives by all inputs.
    """
    names = _names(text)
    task = _expression_task(text, example or dict.fromkeys(names, 0.5))
    asked = tuple(ask or (f"d{name}" for name in names))
    result = task.root.name or "The result"
    told = f"{result} is to be differentiated by every input; dx is its derivative by x."
    if ask:
        told = f"To be computed, in order: {'; '.join(part.strip() for part in text.split(';'))}."
    return Exercise(
        f"expression {text} {kind}" + (f" {asked}" if ask else ""),
        title or f"The derivatives of {text.split('=')[-1].strip()}",
        asked,
        {name: Leaf((), kind if isinstance(kind, str) else kind.get(name, "positive")) for name in names},
        lambda given: _expression_task(text, given),
        (told,),
        example,
    )


def _names(text):
    """The names an expression does not assign itself, in the order in which they stand; `parse` refuses the rest."""
    try:
        tree = ast.parse(text.replace(";", "\n").replace("\n ", "\n").strip())
    except SyntaxError:
        parse(text, {})  # which says where and why
        raise
    used = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    assigned = {n.id for n in used if isinstance(n.ctx, ast.Store)}
    used.sort(key=lambda n: (n.lineno, n.col_offset))
    return list(dict.fromkeys(n.id for n in used if n.id not in assigned and n.id not in FUNCTIONS))


def _expression_task(text, given) -> Task:
    root = parse(text, given)
    named = labels(nodes := ordered(root))
    stages = {named[n]: Stage(n, "value") for n in nodes if n.primitive}
    for n in reversed(nodes):
        if n.active and n is not root:
            stages[f"d{named[n]}"] = Stage(n, "gradient")
    return Task(root, given, stages, {})
