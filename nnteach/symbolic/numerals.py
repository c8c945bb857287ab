"""Numbers as people type them: 4.3, 4,3, −4.3 with a real minus sign, 1/3, 1.2e-3, 1·10⁻³, 12.5 %; and lists of these.

One reader for whatever is typed, in a notebook, on a sheet or in the player, so that all of them know the same numbers.
"""

import re
import unicodedata
from typing import NamedTuple

MINUS = "−‐‑‒–﹣－"  # what text programs make of a minus sign
SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
FLAGS = re.IGNORECASE | re.ASCII
DECIMAL = r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)"
POWER = r"10(?:\^|\*\*)[({]?[+-]?\d+[)}]?"
NUMBER = re.compile(rf"(?P<mantissa>{DECIMAL})(?:e(?P<e>[+-]?\d+)|[*·⋅×x](?P<times>{POWER}))?", FLAGS)
TEN = re.compile(rf"(?P<sign>[+-]?)(?P<times>{POWER})", FLAGS)
SHARES = {"%": -2, "‰": -3}  # powers of ten
PERCENT = re.compile(r"\s*(?:[%‰]|per ?cent\b)", FLAGS)
GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3})*(?![\d.,])")
BOTH_MARKS = re.compile(r"([+-]?)(\d{1,3}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3})*)(?!(?P=mark))[.,](\d+)(.*)")
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
    share = SHARES.get(written[-1:], 0)
    written = written[:-1].rstrip() if share else written
    above, slash, below = written.partition("/")
    if not slash:
        return _number(written, text, share)
    one, other = _number(above, text), _number(below, text)
    if other.value == 0:
        raise NotANumber(f"the text {shown(text)}, a division by 0")
    value = one.value / other.value / 10**-share
    return Numeral(value, *_digits(value))


def otherwise(text: str) -> dict[str, str]:
    """What a text can mean besides what `numeral` reads: what was read otherwise -> the text that says so plainly.

    "12.5 %" may answer a question for percent; "1,234" is 1.234 or, with a comma between thousands, 1234.
    """
    found = {}
    if PERCENT.search(text):
        found["percent"] = PERCENT.sub("", text)
    if GROUPED.search(text):
        found["thousands"] = GROUPED.sub(lambda m: m[0].replace(m["mark"], ""), text)
    return found


def typed_list(text: str) -> list:
    """The texts of the numbers in a list that was typed: [[1, 2], [3, 4]], [[1 2] [3 4]] or 1,5; 2,5.

    Raises:
        NotANumber: the brackets do not fit.
    """
    between = r"\s;" if ";" in text else r"\s,"
    text = PERCENT.sub(lambda m: "‰" if "‰" in m[0] else "%", text)  # a blank before it separates nothing
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
    text = PERCENT.sub(lambda m: "‰" if "‰" in m[0] else "%", text)
    text = re.sub(r"\s*([-+*·⋅×/^]|(?<=[\d ])x(?=[\d ]))\s*", r"\1", re.sub(r"^[≈~=]\s*", "", text))
    if both := BOTH_MARKS.fullmatch(text):  # 1.234,5 and 1,234.5: the last mark is the decimal one
        return f"{both[1]}{both[2].replace(both['mark'], '')}.{both[4]}{both[5]}"
    return GROUPED.sub(lambda m: m[0].replace(m["mark"], "") if m[0].count(m["mark"]) > 1 else m[0], text)


def _number(written, text, share=0):
    if named := re.fullmatch(r"[+-]?(nan|inf|infinity|∞)", written, re.IGNORECASE):
        raise NotANumber(f"{named[0].lower()}, which is no finite number")
    match = NUMBER.fullmatch(written) or TEN.fullmatch(written)
    if match is None:
        raise NotANumber(f"the text {shown(text)}, which is no number")
    parts = match.groupdict()
    mantissa = (parts.get("mantissa") or f"{parts.get('sign', '')}1").replace(",", ".")
    power = parts.get("e") or re.sub(r"^10(\^|\*\*)|[(){}]", "", parts.get("times") or "") or "0"
    value = float(f"{mantissa}e{_sum(power, share)}")
    if value in (float("inf"), float("-inf")):
        raise NotANumber("a number too large for a float64")
    significant = re.sub(r"\D", "", mantissa).lstrip("0")
    return Numeral(value, len(significant) if value else 0, _digits(value)[1])


def _sum(power, share):
    """A power of ten as a text, however many digits it has, with that of a percent sign."""
    return str(int(power) + share) if share else power


def _digits(value):
    """How many significant digits a number needs, and the exponent of the first."""
    if value == 0:
        return 0, 0
    return len(repr(abs(value)).split("e")[0].replace(".", "").strip("0")), int(f"{value:e}".split("e")[1])
