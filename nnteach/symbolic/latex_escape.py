"""Any text as pdfLaTeX can set it: markup characters escaped, and every letter one that the fonts have.

`formula.latex` writes formulas for LaTeX and for MathJax, which knows all of Unicode. A document for pdfLaTeX goes
through `prose` (text) or `math` (a formula that is already LaTeX), and then compiles whatever the names are.
"""

import unicodedata

from .templates import greek_command

_PROSE = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
          ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''", "[": "{[}", "]": "{]}", "`": "{`}"}
_PROSE |= {c: "\\" + c for c in "#$%&_{}"}
_TYPED = {" ": r"\ ", "−": "-"}
_SIGNS = {"−": "-", "·": r"\cdot", "×": r"\times", "⊙": r"\odot", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum",
          "√": r"\surd", "∞": r"\infty", "≥": r"\ge", "≤": r"\le", "≠": r"\ne", "←": r"\leftarrow", "→": r"\to",
          "±": r"\pm", "…": r"\ldots", "²": "{}^{2}", "³": "{}^{3}", "ᵀ": r"{}^{\top}", "⊤": r"\top", "′": "'"}
_MARKS = {"–": "--", "—": "---", "’": "'", "‘": "`", "“": "``", "”": "''"}
_ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327")  # those of every font


def prose(text: str) -> str:
    """A line of text that LaTeX shows as it is, as far as its fonts reach."""
    return "".join(_PROSE.get(c) or _character(c, in_math=False) for c in " ".join(text.split()))


def typed(text: str) -> str:
    """A line as a typewriter sets it: every space counts, and no letter is a command."""
    return rf"\texttt{{{''.join(_TYPED.get(c) or _PROSE.get(c) or _character(c, in_math=False) for c in text)}}}"


def math(formula: str) -> str:
    """A formula, as `formula.latex` writes it, with every letter that pdfLaTeX does not know as a command."""
    return "".join(_character(c, in_math=True) for c in formula)


def _character(c, in_math):
    if c.isascii():
        return c if c.isprintable() else " "
    if c in _SIGNS:
        return rf"\ensuremath{{{_SIGNS[c]}}}"
    if command := greek_command(c):
        return rf"\ensuremath{{\{command}}}"
    if unicodedata.category(c) in ("Cc", "Cf", "Mn", "Me", "Zl", "Zp"):
        return ""
    known = c if _is_accented(c) else _MARKS.get(c) or rf"\texttt{{U+{ord(c):04X}}}"
    return rf"\text{{{known}}}" if in_math else known


def _is_accented(c):
    """Whether this is a letter a to z with one accent, such as è."""
    parts = unicodedata.normalize("NFD", c)
    return len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _ACCENTS
