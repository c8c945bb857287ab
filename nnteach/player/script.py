"""The script that is delivered: the parts in `js/`, joined into one ES module without comments and indentation.

    python -m nnteach.player.script > player.js

A page, a notebook's output, the widget and the tests in Node.js all get this one text. The parts are modules that
import each other, for the reader and for the type checker; a part stands behind those that it imports from, so that
joined they need no imports.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "js"
PARTS = ("lookup", "keys", "elements", "heat", "picture", "curve", "cells", "overview", "panel", "views", "toolbar", "stage", "inputs",
         "levels", "lens", "clock", "screen", "prediction", "actions", "player", "widget")
"""In this order; `message.js` holds types alone."""

_BLOCK_COMMENT = re.compile(r"/\*\*.*?\*/ ?", re.DOTALL)
_LINE_COMMENT = re.compile(r"^ *//.*$|  // .*$", re.MULTILINE)
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";$', re.MULTILINE)

_TIGHT = ("=>", "{", "===", "!==", "&&", "||", "??")
"""What stands between spaces for its reader only; no text in the script has one of them."""


@cache
def script() -> str:
    """The whole script."""
    return "".join(_delivered(FOLDER.joinpath(f"{part}.js").read_text(encoding="utf-8")) for part in PARTS)


def _delivered(source):
    """A part without what only its reader needs. Comments that begin in a line of code have two spaces before them."""
    for unneeded in (_IMPORT, _BLOCK_COMMENT, _LINE_COMMENT):
        source = unneeded.sub("", source)
    for sign in _TIGHT:
        source = source.replace(f" {sign} ", sign).replace(f" {sign}\n", f"{sign}\n")
    return "".join(f"{line.strip()}\n" for line in source.splitlines() if line.strip())


if __name__ == "__main__":
    print(script(), end="")
