"""The script that is delivered: the parts in `js/`, joined into one ES module without comments and indentation.

    python -m nnteach.player.python.script > player.js

A page, a notebook's output, the widget and the tests in Node.js all get this one text. The parts are modules that
import each other, for the reader and for the type checker; a part stands behind those that it imports from, so that
joined they need no imports.
"""

import re
from functools import cache
from pathlib import Path
from string import ascii_letters

FOLDER = Path(__file__).parents[1] / "js"
PARTS = ("inflate", "unpack", "lookup", "keys", "elements", "heat", "picture", "curve", "cells", "overview",
         "panel", "views", "toolbar", "stage", "inputs", "levels", "lens", "fold", "clock", "screen", "prediction",
         "actions", "player", "widget")
"""In this order. `message.js` holds types alone; `around.js` and `live.js` are added where they are needed."""

_BLOCK_COMMENT = re.compile(r"/\*\*.*?\*/ ?", re.DOTALL)
_LINE_COMMENT = re.compile(r"^ *//.*$|  // .*$", re.MULTILINE)
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";$', re.MULTILINE)

_TEXT = re.compile(r'("(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|/(?![*/ ])(?:\\.|\[(?:\\.|[^\]])*\]|[^/\\\n\[])+/)')
"""A string, a template (none stands in another) or a regular expression, in which every space counts; a division has
spaces round its sign."""
_SIGN = re.compile(r" ?(=>|[=!]==|&&|\|\||\?\?|[<>+*-]?=|[,;:{}?<>*%]|(?<!\+ )\+(?! ?\+)|(?<!- )-(?! ?-)) ?")
_KEYWORD = re.compile(r"\b(if|for|while|const|return) (?=[(\[])")
_BRACKET = re.compile(r"([)\]]) (?=[\w$(\[])")
_ONE_NAME = re.compile(r"(?<!\w)\((\w+)\)(?==>)")
_PRIVATE = re.compile(r"(?<=\.)#\w+")
"""What only its own class can see; in the whole script such a name has one letter."""
_INNER = re.compile(r"^export (?=class |const [A-Z])", re.MULTILINE)
"""What is used from outside are functions."""
_OPEN_LINE = re.compile(r"(?<=[;,{(\[])\n")
_LAST_LINE = re.compile(r";?\n(?=\})")
"""Before a closing brace no statement needs a semicolon but a loop without a body, which is not written here."""


@cache
def script() -> str:
    """The whole script."""
    return "".join(map(part, PARTS))


def part(name: str) -> str:
    """A part without what only its reader needs. Comments that begin in a line of code have two spaces before them."""
    source = FOLDER.joinpath(f"{name}.js").read_text(encoding="utf-8")
    for unneeded in (_IMPORT, _BLOCK_COMMENT, _LINE_COMMENT, _INNER):
        source = unneeded.sub("", source)
    for name, letter in zip(sorted(set(_PRIVATE.findall(source))), ascii_letters, strict=False):
        source = re.sub(rf"{name}\b", f"#{letter}", source)
    lines = _declared_together(_tight(line.strip()) for line in source.splitlines() if line.strip())
    return _OPEN_LINE.sub("", _LAST_LINE.sub("", "".join(f"{line}\n" for line in lines)))


def _declared_together(lines):
    """Of lines that each declare something, and are whole statements, one."""
    made = [""]
    for line in lines:
        word = line.partition(" ")[0]
        if word in ("const", "let") and made[-1].startswith(f"{word} ") and made[-1].endswith(";"):
            made[-1] = f"{made[-1][:-1]},{line.removeprefix(f'{word} ')}"
        else:
            made.append(line)
    return made[1:]


def plain(*names: str) -> str:
    """Parts for a script that is no module and exports nothing."""
    return "".join(map(part, names)).replace("export ", "")


def _tight(line):
    """A line without the spaces, and the brackets round a function's only name, that just its reader needs."""
    return "".join(part if k % 2 else _tight_code(part) for k, part in enumerate(_TEXT.split(line)))


def _tight_code(code):
    for unneeded in (_SIGN, _KEYWORD, _BRACKET, _ONE_NAME):
        code = unneeded.sub(r"\1", code)
    return code


if __name__ == "__main__":
    print(script(), end="")
