"""What all lessons and solutions share: the cell that installs nnteach on Colab, and where slides begin.

    python docs/finish.py            # put it into notebooks/ and solutions/, then: python solutions/make.py
    python docs/finish.py --check    # status 1, and the names, where it is missing
    python docs/finish.py FILE …     # these notebooks only

Doing it twice changes nothing. Stored outputs stay; only the numbers of the runs go up by one where the cell is new.
`jupyter nbconvert --to slides` makes a slide of every heading and, below it, one of every idea.
"""

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALL = """import sys  # on Colab and in JupyterLite nnteach is installed first; elsewhere nothing happens
if "google.colab" in sys.modules or sys.platform == "emscripten":
    %pip install -q nnteach"""
CELL = {"cell_type": "code", "execution_count": 1, "id": "install", "outputs": [],
        "metadata": {"jupyter": {"source_hidden": True}, "tags": ["colab"]},  # one folded line: nobody needs to read it
        "source": INSTALL.splitlines(keepends=True)}


def main(arguments=None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, name what lacks it")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="notebooks, if not all")
    options = parser.parse_args(arguments)
    unfinished = []
    for path in options.files or sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*.ipynb")]):
        before = path.read_text(encoding="utf-8")
        after = to_text(finished(json.loads(before)))
        if after != before:
            unfinished.append(path.name)
            if not options.check:
                path.write_text(after, encoding="utf-8")
    print("\n".join(unfinished) or "nothing to do")
    return int(options.check and bool(unfinished))


def finished(notebook: dict) -> dict:
    """The notebook with the cell for Colab and with the beginnings of its slides."""
    return {**notebook, "cells": with_slides(with_install(notebook["cells"]))}


def with_install(cells: list[dict]) -> list[dict]:
    """The cell that installs nnteach, after the title and before the next prose."""
    rest = [cell for cell in cells if cell["id"] != CELL["id"]]
    at = next((i for i in range(1, len(rest)) if rest[i]["cell_type"] == "markdown"), len(rest))
    counts = iter(range(2, len(rest) + 2))
    if len(rest) == len(cells):
        rest = [_renumbered(cell, counts) for cell in rest]
    return [*rest[:at], dict(CELL) if _was_run(rest) else {**CELL, "execution_count": None}, *rest[at:]]


def _was_run(cells):
    return any(cell.get("execution_count") for cell in cells)


def _renumbered(cell, counts):
    """A code cell that was run, with the next number; its result carries the number too."""
    if not cell.get("execution_count"):
        return cell
    number = next(counts)
    outputs = [{**output, "execution_count": number} if "execution_count" in output else output
               for output in cell["outputs"]]
    return {**cell, "execution_count": number, "outputs": outputs}


def with_slides(cells: list[dict]) -> list[dict]:
    """Every cell with its slide type: a heading begins a slide, other prose one below it, code stays with it."""
    return [{**cell, "metadata": cell["metadata"] | {"slideshow": {"slide_type": _slide_type(cell)}}} for cell in cells]


def _slide_type(cell):
    if "colab" in cell["metadata"].get("tags", ()):
        return "skip"
    if cell["cell_type"] != "markdown":
        return "-"
    return "slide" if re.match(r"##? ", "".join(cell["source"])) else "subslide"


def to_text(notebook: dict) -> str:
    """A notebook as its file holds it; the same as in solutions/make.py."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.exit(main())
