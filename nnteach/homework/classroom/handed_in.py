"""Reading what was handed in: the values in a notebook or a JSON file. Nothing in it is ever run.

In a notebook, an answer is a literal: `dW1 = [[0.1, 0.2], [0.3, 0.4]]`, with np.array(...) around it or not,
or an argument of `hw.check(dW1=...)`. Where a name is written to several times, the last one counts. Whatever
was computed has no literal; `hw.export("A17.json", dW1=dW1, ...)` writes the values to a file instead.
"""

import ast
import json
from pathlib import Path

MOST_BYTES = 5_000_000
MOST_CELLS = 2_000
WRAPPERS = ("array", "asarray", "float64", "float32", "tensor", "constant")


class Unreadable(Exception):
    """A file that holds no answers; the text says why."""


def read_file(path: Path) -> dict:
    """The answers in a file, by name.

    Raises:
        Unreadable: with the reason, for a file of any content.
    """
    try:
        if path.is_symlink() or not path.is_file():
            raise Unreadable("is no plain file")
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"is larger than {MOST_BYTES // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or type(error).__name__}"[:200]) from None
    return read_bytes(content, path.name)


def read_bytes(content: bytes, name: str) -> dict:
    """The answers in the content of a file; its name says whether it is a notebook.

    Raises:
        Unreadable: with the reason.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"))
        return _in_notebook(data) if name.lower().endswith(".ipynb") else _in_json(data)
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"cannot be read: {str(error) or type(error).__name__}"[:200]) from None


def _in_json(content):
    answers = content.get("answers", content) if isinstance(content, dict) else None
    if not isinstance(answers, dict):
        raise Unreadable("holds no answers by name")
    return {str(name): value for name, value in answers.items()}


def _in_notebook(content):
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("is no notebook")
    seen: dict = {}
    answers: dict = {}
    for cell in cells[:MOST_CELLS]:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            _read_cell(_source(cell), seen, answers)
    return seen | answers


def _source(cell):
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in text.splitlines())


def _read_cell(source, seen, answers):
    """What a cell assigns, and what it hands to a check; a cell that is no Python holds nothing."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in tree.body:
        for call in _checks(statement):
            for keyword in call.keywords:
                if keyword.arg and (value := _literal(keyword.value, seen)) is not None:
                    answers[keyword.arg] = value
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=written)
                | ast.AnnAssign(target=ast.Name(id=name), value=written)
            ):
                value = _literal(written, seen)
                answers.pop(name, None)  # written to again after a check: the newer one counts
                if value is None:
                    seen.pop(name, None)
                else:
                    seen[name] = value


def _checks(statement):
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call) and getattr(value.func, "attr", "") in ("check", "export"):
        yield value


def _literal(node, seen):
    """The value of a literal, of a literal in np.array(...), or of a name that holds one; else None."""
    match node:
        case ast.Name(id=name):
            return seen.get(name)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[first, *_]) if name in WRAPPERS:
            return _literal(first, seen)
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return None if value is Ellipsis or isinstance(value, (bytes, set, dict, complex)) else value
