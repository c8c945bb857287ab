"""Cut a typed expression into words, refuse early what no expression can hold, and point at places in it.

All that needs only the neighbouring words is checked here: characters, numbers, brackets,
forgotten multiplication signs, length and depth. So the parser that
comes next gets a short, flat text of known characters.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise

from ..core.errors import ExpressionError

MAX_CHARACTERS = 20_000
MAX_OPERATIONS = 1_000  # a longer sum is no lesson, and Python's parser takes about 3,000
MAX_DEPTH = 50
WORD = re.compile(
    r"""(?P<name>[^\W\d]\w*)
                    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
                    | (?P<operator>\*\*|//|[-+*/@])
                    | (?P<mark>[()\[\],=;\n])
                    | (?P<space>[ ]+)
                    | (?P<other>.)""",
    re.VERBOSE,
)
HINTS = {
    "^": "A power is written **, for example x**2.",
    ".": "A dot stands only inside a number, as in 0.5; parts of objects cannot be used here.",
    "%": "A remainder has no place here.",
    "√": "A square root is written sqrt(x).",
    "|": "An absolute value is written abs(x).",
    "ᵀ": "A transposed matrix is written matrix_transpose(W).",
    "∑": "A sum over all entries is written sum(v).",
    '"': "Texts have no place in an expression.",
    "'": "Texts have no place in an expression.",
    **dict.fromkeys("<>!", "Comparisons are not allowed; for a choice use maximum(a, b) or minimum(a, b)."),
    **dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹", "A power is written **, for example x**2."),
}


@dataclass(frozen=True)
class Word:
    """A piece of the text. `before` is the text of the word that follows: "(" for a name that is called."""

    kind: str
    text: str
    start: int
    before: str = ""


@dataclass(frozen=True)
class Source:
    """The text as it is parsed, its names in order, and places in it."""

    text: str
    names: tuple[Word, ...] = ()

    # Other characters for the same sign, one for one, so that places stay what they are.
    SAME = str.maketrans("−–·×⋅∗⊙÷∕\t\u00a0", "--*****//  ")

    def refuse(self, position: int, message: str) -> ExpressionError:
        """An error that shows the line of the text with a caret under `position`."""
        start = self.text.rfind("\n", 0, position) + 1
        line = self.text[start:].split("\n", 1)[0]
        column = position - start
        left, right = max(0, column - 50), column + 30  # a window: the line may have thousands of characters
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line[left:right])
        shown, indent = ("…" + shown, " ") if left else (shown, "")
        indent += " " * sum(_width(c) for c in line[left:column])
        return ExpressionError(f"{shown}{'…' if right < len(line) else ''}\n{indent}^\n{message}")

    def position(self, line: int, column: int, utf8: bool = False) -> int:
        """The place in the text of a line (from 1) and column (from 0; in bytes if `utf8`)."""
        lines = self.text.split("\n")
        if utf8:
            column = len(lines[line - 1].encode()[:column].decode())
        return sum(len(one) + 1 for one in lines[: line - 1]) + column


def cut(text: str, functions: Collection[str] = ()) -> Source:
    """Check the words of `text` and return it in the form the parser gets.

    Args:
        text: what was typed.
        functions: the names that are called: "sin x" has forgotten its brackets, no multiplication sign.

    Raises:
        ExpressionError: with a caret under the first place that cannot be right.
    """
    source = Source(_tidied(text))
    words = [
        Word(str(match.lastgroup), match[0], match.start())
        for match in WORD.finditer(source.text)
        if match.lastgroup != "space"
    ]
    for word in words:
        _check_word(source, word)
    _check_brackets(source, words)
    for word, following in pairwise(words):
        _check_neighbours(source, word, following, functions)
    _check_number_of_operations(source, words)
    after = [word.text for word in words[1:]] + [""]
    names = (replace(w, before=f) for w, f in zip(words, after, strict=True) if w.kind == "name")
    return replace(source, names=tuple(names))


def _tidied(text: str) -> str:
    """The text with one character for each sign, and no blanks around its lines."""
    if len(text) > MAX_CHARACTERS:
        raise Source(text).refuse(
            MAX_CHARACTERS, f"The expression has {len(text):,} characters; at most {MAX_CHARACTERS:,} can be read."
        )
    text = "\n".join(line.strip() for line in text.translate(Source.SAME).splitlines()).strip()
    if not text:
        raise Source(text).refuse(0, 'There is no expression. Write one such as "(x + y) * z".')
    return text


def _check_number_of_operations(source: Source, words: list[Word]) -> None:
    operations = [word for word in words if word.kind == "operator"]
    if len(operations) > MAX_OPERATIONS:
        raise source.refuse(
            operations[MAX_OPERATIONS].start,
            f"The expression has {len(operations):,} operations; at most {MAX_OPERATIONS:,} can be shown. "
            "Build a graph of this size in Python, with import nnteach as nt."
        )


def _check_word(source: Source, word: Word) -> None:
    if word.kind == "other":
        hint = HINTS.get(word.text, "Allowed are numbers, names, + - * / ** @, brackets and commas.")
        raise source.refuse(word.start, f"{_shown(word.text)} is not allowed here. {hint}")
    if word.kind == "name":
        if keyword.iskeyword(word.text):
            raise source.refuse(
                word.start, f"The word {word.text} is not allowed; it belongs to Python's programs."
            )
        for place, character in enumerate(word.text):
            if not ("_" + unicodedata.normalize("NFKC", character)).isidentifier() or character in HINTS:
                hint = HINTS.get(character, "Names consist of letters, digits and _.")
                raise source.refuse(word.start + place, f"{_shown(character)} is not allowed here. {hint}")
    if word.kind == "number" and word.text.isdigit() and len(word.text) > 1 and word.text[0] == "0":
        raise source.refuse(word.start, f"Leave out the leading 0: {word.text.lstrip('0') or '0'}.")
    if word.kind == "number" and float(word.text) == float("inf"):
        raise source.refuse(
            word.start, f"{word.text[:20]} is too large for a float64; the largest is about 1.8e308."
        )


def _check_brackets(source: Source, words: list[Word]) -> None:
    opened = []
    for word in words:
        if word.text in ("(", "["):
            opened.append(word)
            if len(opened) > MAX_DEPTH:
                raise source.refuse(word.start, f"The brackets are nested more than {MAX_DEPTH} deep.")
        elif word.text in (")", "]"):
            if not opened or opened.pop().text + word.text not in ("()", "[]"):
                raise source.refuse(word.start, f"This {word.text} closes nothing.")
        elif word.text == "=" and opened:
            raise source.refuse(
                word.start, "Inside brackets = has no place: a function takes its inputs without names."
            )
    if opened:
        raise source.refuse(opened[-1].start, f"This {opened[-1].text} is never closed.")


def _check_neighbours(source: Source, left: Word, right: Word, functions: Collection[str]) -> None:
    """Two things side by side: in a book they are multiplied, here the sign must be written."""
    ends = left.kind in ("name", "number") or left.text in (")", "]")
    begins = right.kind in ("name", "number") or right.text == "("
    called = left.kind == "name" and right.text == "("
    if ends and begins and not called:
        if left.text in functions:
            raise source.refuse(right.start, f"{left.text} is a function: write {left.text}({right.text[:20]}).")
        first, second = (word.text if len(word.text) <= 20 else "…" for word in (left, right))
        raise source.refuse(
            right.start,
            "To multiply, write the sign: "
            + {")": f"(...)*{second}", "]": f"[...]*{second}"}.get(first, f"{first}*{second}")
            + ("...)." if right.text == "(" else "."),
        )
    if ends and right.text == "[":
        raise source.refuse(
            right.start, "Taking a part by [ ] is not allowed; brackets [ ] only hold lists of numbers."
        )
    if left.text == right.text == "=":
        raise source.refuse(left.start, HINTS["<"])


def _shown(character: str) -> str:
    return (
        f"The character {character}" if character.isprintable() else f"The character U+{ord(character):04X}"
    )


def _width(character: str) -> int:
    """Columns in a terminal: none for an accent, two for a wide letter."""
    return (
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
    )
