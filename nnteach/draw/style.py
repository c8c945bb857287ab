"""Style sheets and pictures as a page carries them: without what only their reader needs."""

import re
from functools import cache
from pathlib import Path

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'("[^"]*")')
_AROUND = re.compile(r" ?([{};,>]) ?")
_TAG = re.compile("<[^>]*>")
_GREATER = re.compile(r"(?<!\])&gt;")  # not in "]]>", which XML forbids


@cache
def style_sheet(path: Path) -> str:
    """A style sheet without comments, line ends and spaces that mean nothing."""
    parts = _STRING.split(_COMMENT.sub("", path.read_text(encoding="utf-8")))
    return "".join(part if part.startswith('"') else _compact(part) for part in parts)


def _compact(css):
    css = _AROUND.sub(r"\1", re.sub(r"\s+", " ", css))
    return css.replace(": ", ":").replace(";}", "}")


def image_source(svg: str) -> str:
    """An SVG as the `src` of an `<img>`: a data URL, shorter than base64 and still to be read.

    Only what a URL or an attribute in double quotes cannot hold is escaped. A `<` could stand there, but would make
    careful sanitizers drop the attribute.

    Args:
        svg: the source as ElementTree writes it, in which a `>` always ends a tag.

    Returns:
        The attribute's text, ready to stand between double quotes.
    """
    svg = _TAG.sub(lambda tag: tag[0].replace('"', "'"), svg.replace("'", "&#39;"))
    svg = _GREATER.sub(">", svg)
    for char, code in (("%", "%25"), ("#", "%23"), ("<", "%3C"), ('"', "%22"), ("  ", "%20%20"), ("\n", "%0A")):
        svg = svg.replace(char, code)
    return "data:image/svg+xml," + svg.replace("&", "&amp;")
