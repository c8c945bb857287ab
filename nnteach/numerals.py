"""Numbers as people type them: 4.3, 4,3, −4.3 with a real minus sign, 1/3, 1.2e-3, 1·10⁻³; and lists of such numbers.

One reader for whatever is typed, in a notebook, on a sheet or in the player, so that all of them know the same numbers.
"""

import re
import unicodedata
from typing import NamedTuple

MINUS = "−‐‑‒–﹣－"  # what text programs make of a minus sign
SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
FLAGS = re.IGNORECASE | re.ASCII
DECIMAL = r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)"
POWER = r"10(?:\^|\*\*)\(?[+-]?\d+\)?"
NUMBER = re.compile(rf"(?P<mantissa>{DECIMAL})(?:e(?P<e>[+-]?\d+)|[*·⋅×x](?P<times>{POWER}))?", FLAGS)
TEN = re.compile(rf"(?P<sign>[+-]?)(?P<times>{POWER})", FLAGS)
MOST_LETTERS = 400  # of one number
MOST_SHOWN = 30


class NotANumber(ValueError):
    """A text that is no number; the message continues a sentence: "is …"."""


class Numeral(NamedTuple):
    """A number as it was typed.

    Attributes:
        value: the number.
        digits: how many significant digits were typed; 0 for zero.
        exponent: the power of ten of the first digit.
    """

    value: float
    digits: int
    exponent: int


def numeral(text: str) -> Numeral:
    """The number that a text stands for.

    Raises:
        NotANumber: it stands for none.
    """
    written = _plain(text)
    above, slash, below = written.partition("/")
    if not slash:
        return _number(written, text)
    one, other = _number(above, text), _number(below, text)
    if other.value == 0:
        raise NotANumber(f"the text {shown(text)}, a division by 0")
    value = one.value / other.value
    return Numeral(value, *_digits(value))


def typed_list(text: str) -> list:
    """The texts of the numbers in a list that was typed: [[1, 2], [3, 4]], [[1 2] [3 4]] or 1,5; 2,5.

    Raises:
        NotANumber: the brackets do not fit.
    """
    between = r"\s;" if ";" in text else r"\s,"
    found, depth = [[]], 0
    for token in re.findall(rf"[\[\]()]|[^\[\](){between}]+", text):
        if token in "[(":
            found.append([])
            depth += 1
        elif token in "])":
            if depth == 0:
                raise NotANumber("a text that is no list of numbers: its brackets do not match")
            inner = found.pop()
            found[-1].append(inner)
            depth -= 1
        else:
            found[-1].append(token)
    if depth:
        raise NotANumber("a text that is no list of numbers: its brackets do not match")
    entries = found[0]
    return entries[0] if len(entries) == 1 and isinstance(entries[0], list) else entries


def is_list(text: str) -> bool:
    """Whether a text was meant as a list of numbers."""
    return text.strip()[:1] in ("[", "(") or ";" in text


def shown(text: str) -> str:
    """A text in quotation marks, cut if it is long."""
    return repr(text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…")


def _plain(text):
    """A typed number in plain letters; a blank stays only where it would join two numbers."""
    if len(text) > MOST_LETTERS:
        raise NotANumber(f"the text {shown(text)}, too long for a number")
    text = re.sub("[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "^" + m[0].translate(SUPERSCRIPTS), text.strip())
    text = re.sub(r"(\d)([¼-¾⅐-⅞])", r"\1 \2", text)  # 1½ is no 11/2
    text = unicodedata.normalize("NFKC", text).replace("\u2044", "/")
    text = re.sub(f"[{MINUS}]", "-", text)
    text = re.sub(r"(?<=\d)[ _'’](?=\d{3}(?!\d))", "", text)  # 60 000
    return re.sub(r"\s*([-+*·⋅×/^])\s*", r"\1", text)


def _number(written, text):
    if named := re.fullmatch(r"[+-]?(nan|inf|infinity|∞)", written, re.IGNORECASE):
        raise NotANumber(f"{named[0].lower()}, which is no finite number")
    match = NUMBER.fullmatch(written) or TEN.fullmatch(written)
    if match is None:
        raise NotANumber(f"the text {shown(text)}, which is no number")
    parts = match.groupdict()
    mantissa = (parts.get("mantissa") or f"{parts.get('sign', '')}1").replace(",", ".")
    power = parts.get("e") or re.sub(r"^10(\^|\*\*)|[()]", "", parts.get("times") or "") or "0"
    value = float(f"{mantissa}e{power}")
    if value in (float("inf"), float("-inf")):
        raise NotANumber("a number too large for a float64")
    significant = re.sub(r"\D", "", mantissa).lstrip("0")
    return Numeral(value, len(significant) if value else 0, _digits(value)[1])


def _digits(value):
    """How many significant digits a number needs, and the exponent of the first."""
    if value == 0:
        return 0, 0
    return len(repr(abs(value)).split("e")[0].replace(".", "").strip("0")), int(f"{value:e}".split("e")[1])
