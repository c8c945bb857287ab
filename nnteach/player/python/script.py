"""The script that is delivered: the parts in `js/`, minified by rjsmin and joined into one ES module.

    python -m nnteach.player.python.script > player.js

A page, a notebook's output, the widget and the tests in Node.js all get this one text. The parts are modules that
import each other, for the reader and for the type checker; a part stands behind those that it imports from, so that
joined they need no imports.

A wheel brings the minified parts along, in `js/min/`, so that nothing is minified where nnteach is used; they are made
by `hatch_build.py`, which has only this file to go by: it imports nothing of nnteach's. In a checkout they are minified
when they are asked for. Where rjsmin is not installed there, they are delivered as they are written.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "js"
PARTS = ("inflate", "unpack", "lookup", "keys", "elements", "heat", "picture", "curve", "cells", "overview",
         "panel", "views", "toolbar", "stage", "inputs", "levels", "lens", "fold", "clock", "screen", "prediction",
         "actions", "player", "widget")
"""In this order. `message.js` holds types alone; `around.js` and `live.js` are added where they are needed."""
ADDED = ("around", "live")

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";$', re.MULTILINE)
_INNER = re.compile(r"^export (?=class |const [A-Z])", re.MULTILINE)
"""What is used from outside are functions."""


@cache
def script() -> str:
    """The whole script."""
    return "".join(map(part, PARTS))


@cache
def part(name: str) -> str:
    """A part without what only its reader needs."""
    made = FOLDER / "min" / f"{name}.js"
    return made.read_text(encoding="utf-8") if made.exists() else minified(name)


def plain(*names: str) -> str:
    """Parts for a script that is no module and exports nothing."""
    return "".join(map(part, names)).replace("export ", "")


def minified(name: str) -> str:
    """A part, made smaller here and now."""
    source = FOLDER.joinpath(f"{name}.js").read_text(encoding="utf-8")
    for of_the_module in (_IMPORT, _INNER):
        source = of_the_module.sub("", source)
    try:
        from rjsmin import jsmin
    except ImportError:
        return source
    return f"{jsmin(source).strip()}\n"


def write_minified(folder: Path) -> None:
    """Write every part, for the wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PARTS + ADDED:
        (folder / f"{name}.js").write_text(minified(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    print(script(), end="")
