"""The frame of every page: head, navigation, theme, and the way to the page before and after."""

import html
import os
from dataclasses import dataclass
from pathlib import PurePosixPath

MENU = (("index.html", "Start"), ("lessons/index.html", "Lessons"), ("exercises/index.html", "Exercises"),
        ("gallery.html", "Gallery"), ("decks/index.html", "Decks"), ("errata.html", "Slips"),
        ("compare.html", "Compared"))

# Before anything is drawn: the theme that was chosen here, for the page and for the players in it.
THEME = """let theme = null;
try { theme = localStorage.getItem("nnteach-theme"); } catch {}
if (theme) {
  document.documentElement.dataset.theme = theme;
  document.body.dataset.jpThemeLight = String(theme === "light");
}"""


@dataclass(frozen=True)
class Page:
    """A page of the site.

    Attributes:
        path: of its file in the site, with forward slashes.
        title: in the browser's tab.
        body: HTML of its main part, with its heading. Links in it are relative to its own folder.
        before, after: (path, title) of its neighbours in reading order, or None.
    """

    path: str
    title: str
    body: str
    before: tuple[str, str] | None = None
    after: tuple[str, str] | None = None


def link(source: str, target: str) -> str:
    """The address of the page `target` as a page `source` writes it."""
    return os.path.relpath(target, str(PurePosixPath(source).parent)).replace(os.sep, "/")


def text(page: Page, menu=MENU) -> str:
    """The whole page as HTML."""
    to = lambda target: link(page.path, target)  # noqa: E731
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(page.title)} · nnteach</title>
<link rel="icon" href="{to('icon.svg')}">
<link rel="stylesheet" href="{to('site.css')}">
</head>
<body>
<script>{THEME}</script>
<a class="skip" href="#main">To the text</a>
<header>
<a class="name" href="{to('index.html')}">nnteach</a>
<nav aria-label="Site">{_menu(page, menu)}</nav>
<button id="theme" type="button" aria-label="Dark or light" title="Dark or light">◐</button>
</header>
<main id="main">
{page.body}
</main>
{_neighbours(page)}
<footer>nnteach · MIT licence · this page needs no network</footer>
<script src="{to('site.js')}"></script>
</body>
</html>
"""


def _menu(page, menu):
    here = {"lessons": "lessons/index.html", "exercises": "exercises/index.html", "decks": "decks/index.html"}
    current = here.get(page.path.split("/")[0], page.path)
    return " ".join(
        f'<a href="{link(page.path, target)}"{" aria-current=page" if target == current else ""}>{name}</a>'
        for target, name in menu)


def _neighbours(page):
    if not (page.before or page.after):
        return ""
    parts = []
    for target, rel, arrow in ((page.before, "prev", "← {}"), (page.after, "next", "{} →")):
        if target:
            words = arrow.format(html.escape(target[1]))
            parts.append(f'<a rel="{rel}" href="{link(page.path, target[0])}">{words}</a>')
    return f'<nav class="neighbours" aria-label="Before and after">{"".join(parts)}</nav>'
