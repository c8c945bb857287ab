"""Markdown, mathematics and code as HTML that asks nothing of the network: MathML and classes, no script."""

import functools
import html
import re

import latex2mathml.converter
import mistune
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

STYLES = {"light": "xcode", "dark": "github-dark"}


class Renderer(mistune.HTMLRenderer):
    """HTML with an id on every heading, code in colours, and tables that can be scrolled on a phone."""

    def heading(self, text, level, **attributes):
        return f'<h{level} id="{slug(text)}">{text}</h{level}>\n'

    def block_code(self, code, info=None):
        return highlighted(code, (info or "text").split()[0])

    def block_math(self, text):
        return f"<p>{math(text, 'block')}</p>\n"

    def inline_math(self, text):
        return math(text, "inline")

    def table(self, text):
        return scrolled(without_empty_headings(f"<table>{text}</table>"))


_markdown = mistune.create_markdown(renderer=Renderer(escape=True), plugins=["table", "math", "strikethrough"])


def to_html(text: str) -> str:
    """Markdown as HTML; HTML in it is shown as text."""
    return _markdown(text)


@functools.cache
def math(text: str, display: str) -> str:
    """LaTeX as MathML, which browsers draw by themselves."""
    # latex2mathml draws \mathrel{+}= as two signs with a gap; written together they are one.
    plain = text.replace(r"\mathrel{+}=", r"\text{+=}")
    # A power of a matrix would be one of five things, bracket, table, bracket; in braces they are one.
    plain = re.sub(r"\\begin\{(\w*matrix|array)\}", r"{\g<0>", plain)
    plain = re.sub(r"\\end\{(\w*matrix|array)\}", r"\g<0>}", plain)
    made = latex2mathml.converter.convert(plain, display=display)
    return re.sub(r' columnalign="(left|right|center)"', r' style="text-align: \1"', made)  # as MathML Core has it


def highlighted(code: str, language: str) -> str:
    """Code in colours; as plain text where the language is not known."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    # A block that can be scrolled must be reached from the keyboard.
    return highlight(code.rstrip("\n"), lexer, HtmlFormatter(cssclass="code")).replace(
        '<div class="code">', '<div class="code" tabindex="0" role="group" aria-label="Code">', 1)


def without_empty_headings(text: str) -> str:
    """A table's corner without words as a plain cell: a screen reader would announce it as a heading."""
    return re.sub(r"<th(?: [^>]*)?></th>", "<td></td>", text)


def scrolled(text: str) -> str:
    """A wide thing in a box that scrolls by itself, also from the keyboard."""
    return f'<div class="wide" tabindex="0" role="group" aria-label="Table">{text}</div>\n'


def colours() -> str:
    """The style sheet of code, light and dark."""
    light, dark = (HtmlFormatter(style=STYLES[theme], cssclass="code") for theme in ("light", "dark"))
    chosen, system = ':root[data-theme="dark"] .code', ':root:not([data-theme="light"]) .code'
    return "\n".join([light.get_style_defs(".code"), dark.get_style_defs(chosen),
                      "@media (prefers-color-scheme: dark) {", dark.get_style_defs(system), "}"])


def slug(text: str) -> str:
    """An id made from a heading."""
    plain = html.unescape(re.sub(r"<[^>]*>", "", text)).lower()
    return re.sub(r"[^\w]+", "-", plain).strip("-") or "part"
