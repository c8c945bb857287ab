"""What each notation looks like in text, LaTeX and MathML, and how strongly it holds its parts together.

A primitive says how it is written by its `notation`, such as "a / b" or "σ(a)". Most notations are calls and need no
entry here; FORMS holds those that are drawn in two dimensions or need brackets by precedence.
"""

import re
import unicodedata
from typing import NamedTuple

from ..core.primitive import SETTING

SUM, PREFIX, SIGMA, PRODUCT, POWER, ATOM = range(1, 7)  # how strongly a form holds its parts together


class Form(NamedTuple):
    """How one notation is written: its own strength, the strength it asks of each part, and its three styles."""

    binds: int
    needs: tuple[int, ...]
    text: str
    latex: str
    math: tuple


def _infix(glyph, latex, binds, needs):
    return Form(binds, needs, f"{{0}} {glyph} {{1}}", f"{{0}} {latex} {{1}}", ("mrow", 0, ("mo", glyph), 1))


FORMS = {
    "a + b": _infix("+", "+", SUM, (SUM, SIGMA)),
    "a − b": _infix("−", "-", SUM, (SUM, SIGMA)),
    "a · b": _infix("·", r"\cdot", PRODUCT, (PRODUCT, PRODUCT)),
    "a ⊙ b": _infix("⊙", r"\odot", PRODUCT, (PRODUCT, PRODUCT)),  # a · b of two arrays: entry by entry
    "a @ b": Form(PRODUCT, (PRODUCT, POWER), "{0} @ {1}", r"{0}\,{1}", ("mrow", 0, ("mo", "\u2062"), 1)),
    "a @ bᵀ": Form(PRODUCT, (PRODUCT, ATOM), "{0} @ {1}ᵀ", r"{0}\,{1}^\top",
                   ("mrow", 0, ("mo", "\u2062"), ("msup", 1, ("mi", "⊤")))),
    "a / b": Form(PRODUCT, (PRODUCT, POWER), "{0} / {1}", r"\frac{{{0}}}{{{1}}}", ("mfrac", 0, 1)),
    "a ^ b": Form(POWER, (ATOM, ATOM), "{0}^{1}", "{0}^{{{1}}}", ("msup", 0, 1)),
    "a ^ 3": Form(POWER, (ATOM,), "{0}³", "{0}^3", ("msup", 0, ("mn", "3"))),
    "a²": Form(POWER, (ATOM,), "{0}²", "{0}^2", ("msup", 0, ("mn", "2"))),
    "e ^ a": Form(POWER, (ATOM,), "e^{0}", "e^{{{0}}}", ("msup", ("mi", "e"), 0)),
    "a · ln(b)": Form(PRODUCT, (PRODUCT, 0), "{0} · ln({1})", r"{0} \cdot \ln({1})",
                      ("mrow", 0, ("mo", "·"), ("mi", "ln"), ("mo", "("), 1, ("mo", ")"))),
    "−a": Form(PREFIX, (PRODUCT,), "−{0}", "-{0}", ("mrow", ("mo", "−"), 0)),
    "¬a": Form(PREFIX, (ATOM,), "¬{0}", r"\lnot {0}", ("mrow", ("mo", "¬"), 0)),
    "a": Form(ATOM, (ATOM,), "{0}", "{0}", ("mrow", 0)),
    "a[…]": Form(POWER, (ATOM,), "{0}[…]", r"{0}[\ldots]", ("mrow", 0, ("mo", "[…]"))),
    "aᵀ": Form(POWER, (ATOM,), "{0}ᵀ", r"{0}^\top", ("msup", 0, ("mi", "⊤"))),
    "Σ a": Form(SIGMA, (PRODUCT,), "Σ {0}", r"\sum {0}", ("mrow", ("mo", "∑"), 0)),
    "√a": Form(ATOM, (ATOM,), "√{0}", r"\sqrt{{{0}}}", ("msqrt", 0)),
    "|a|": Form(ATOM, (SUM,), "|{0}|", r"\lvert {0} \rvert", ("mrow", ("mo", "|"), 0, ("mo", "|"))),
    "[a > 0]": Form(ATOM, (SUM,), "[{0} > 0]", "[{0} > 0]",
                    ("mrow", ("mo", "["), 0, ("mo", ">"), ("mn", "0"), ("mo", "]"))),
    "a = b": Form(0, (0, 0), "{0} = {1}", "{0} = {1}", ("mrow", 0, ("mo", "="), 1)),
    "∂a/∂b": Form(ATOM, (ATOM, ATOM), "∂{0}/∂{1}", r"\frac{{\partial {0}}}{{\partial {1}}}",
                  ("mfrac", ("mrow", ("mo", "∂"), 0), ("mrow", ("mo", "∂"), 1))),
    "â": Form(ATOM, (ATOM,), "{0}\u0302", r"\hat{{{0}}}", ("mover", 0, ("mo", "^"))),
    "∇b a": Form(ATOM, (ATOM, ATOM), "∇{1} {0}", r"\nabla_{{{1}}} {0}", ("mrow", ("msub", ("mo", "∇"), 1), 0)),
}

_COMMANDS = {"≥": r"\ge", "≠": r"\ne", "∧": r"\land", "∨": r"\lor"}
_UPRIGHT = {"σ": r"\sigma", "ln": r"\ln", "max": r"\max", "min": r"\min",
            "sin": r"\sin", "cos": r"\cos", "tanh": r"\tanh"}


def form_of(notation: str, count: int) -> Form:
    """The form of a notation; anything that is not in FORMS is a call such as `max(a, b)`, or a bracket `[a > b]`."""
    notation, _, setting = notation.partition(SETTING)
    if setting and notation in _WITH_SETTING:
        return _WITH_SETTING[notation](setting)
    if notation in FORMS:
        return FORMS[notation]
    if match := re.fullmatch(r"\[a ([^{}]) b\]", notation):
        sign = match[1]
        return Form(ATOM, (SUM, SUM), f"[{{0}} {sign} {{1}}]", f"[{{0}} {_COMMANDS.get(sign, sign)} {{1}}]",
                    ("mrow", ("mo", "["), 0, ("mo", sign), 1, ("mo", "]")))
    if notation == "[a; b; …]":
        written, parts = _listed(count, ";")
        tex, more = _after(setting, ";")
        return Form(ATOM, (0,) * count, f"[{written}{'; ' * bool(setting)}{setting}]", f"[{written}{tex}]",
                    ("mrow", ("mo", "["), *parts, *more, ("mo", "]")))
    inner = re.fullmatch(r"(\w+)\((\w+)\(a\), b\)", notation)  # crossentropy(softmax(a), b)
    head = notation.split("(")[0]
    written, parts = _listed(count, ",")
    upright = _UPRIGHT.get(head) or _operatorname(head)
    if inner and count == 2:
        return _of_function(head, inner[2])
    tex, more = _after(setting, ";")
    return Form(ATOM, (0,) * count, f"{_literally(head)}({written}{'; ' * bool(setting)}{_literally(setting)})",
                f"{upright}({written}{tex})", ("mrow", ("mi", head), ("mo", "("), *parts, *more, ("mo", ")")))


def _of_function(head, function):
    """head(function({0}), {1})."""
    first = f"{_UPRIGHT.get(function) or _operatorname(function)}({{0}})"
    return Form(ATOM, (0, 0), f"{head}({function}({{0}}), {{1}})", f"{_operatorname(head)}({first}, {{1}})",
                ("mrow", ("mi", head), ("mo", "("), ("mi", function), ("mo", "("), 0, ("mo", ")"), ("mo", ","), 1,
                 ("mo", ")")))


def _after(setting, mark):
    """A setting behind what it belongs to, in LaTeX and MathML."""
    return (rf"{mark}\ {_upright(setting)}", [("mo", mark), ("mtext", setting)]) if setting else ("", [])


def _upright(setting):
    return _literally(rf"\mathrm{{{escape_latex(setting).replace('−', '-')}}}")


def _sum_along(setting):
    return Form(SIGMA, (PRODUCT,), f"Σ[{setting}] {{0}}", rf"\sum_{{{{{_upright(setting)}}}}} {{0}}",
                ("mrow", ("msub", ("mo", "∑"), ("mtext", setting)), 0))


def _taken_at(setting):
    return Form(POWER, (ATOM,), f"{{0}}[{_literally(setting)}]", f"{{0}}[{_upright(setting)}]",
                ("mrow", 0, ("mtext", f"[{setting}]")))


def _step_with_value(at_zero):
    """1 above zero, and at zero what was chosen there."""
    if at_zero == "1":
        return Form(ATOM, (SUM,), "[{0} ≥ 0]", "[{0} \\ge 0]",
                    ("mrow", ("mo", "["), 0, ("mo", "≥"), ("mn", "0"), ("mo", "]")))
    bracket = ("mo", "[")
    return Form(SUM, (SUM,), f"[{{0}} > 0] + {at_zero} · [{{0}} = 0]",
                rf"[{{0}} > 0] + {at_zero} \cdot [{{0}} = 0]",
                ("mrow", bracket, 0, ("mo", ">"), ("mn", "0"), ("mo", "]"), ("mo", "+"), ("mn", at_zero),
                 ("mo", "·"), bracket, 0, ("mo", "="), ("mn", "0"), ("mo", "]")))


_WITH_SETTING = {"Σ a": _sum_along, "a[…]": _taken_at, "[a > 0]": _step_with_value}


def _listed(count, mark):
    parts = [part for i in range(count) for part in (i, ("mo", mark))][:-1]
    return f"{mark} ".join(f"{{{i}}}" for i in range(count)), parts


def _operatorname(head):
    return _literally(rf"\operatorname{{{escape_latex(head)}}}")


def _literally(text):
    return text.replace("{", "{{").replace("}", "}}")  # what is built here is a template still to be filled


INDEXED = re.compile(r"([A-Za-zα-ωΑ-Ω])_?(\d+)")  # w5, W1, δ_2: a letter and its index


def latex_name(name: str) -> str:
    """A name in LaTeX: w5 as w_{5}, W1ᵀ as W_{1}^\\top, a longer word upright, everything special escaped."""
    if re.fullmatch(r"[^ᵀ]+ᵀ", name):
        return f"{{{latex_name(name[:-1])}^\\top}}"
    if match := INDEXED.fullmatch(name):
        return f"{_letter(match[1])}_{{{match[2]}}}"
    return _letter(name) if len(name) == 1 and name.isalpha() else rf"\mathrm{{{escape_latex(name)}}}"


_GREEK = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi
psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega""".split()  # those that LaTeX has a command for


def _letter(letter):
    command = greek_command(letter)
    return f"\\{command} " if command else letter


def greek_command(letter: str) -> str | None:
    """The name of the LaTeX command for a Greek letter; None for any other, and for those that LaTeX lacks."""
    spelled = unicodedata.name(letter, "").replace("LAMDA", "LAMBDA")  # Unicode's spelling of λ
    alphabet, _, command = spelled.rpartition(" LETTER ")
    cased = {"GREEK SMALL": command.lower(), "GREEK CAPITAL": command.title()}.get(alphabet)
    return cased if cased in _GREEK else None


def escape_latex(name: str) -> str:
    """Text that LaTeX shows as it is."""
    special = {"\\": r"\backslash ", "^": r"\hat{}", "~": r"\tilde{}", " ": r"\ ", "\n": r"\ ",
               "<": "<{}"}  # never the beginning of an HTML tag, should the formula stand in a web page
    return "".join(special.get(c, "\\" + c if c in "#$%&_{}" else c) for c in name)
