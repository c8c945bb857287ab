"""The whole course as a static site, whose players work on the page and which asks nothing of the network.

    pip install ".[site]"
    python docs/build.py -o site          # then open site/index.html
    python docs/build.py -o site --quick  # without the pictures of the gallery

Everything is read from the lessons, exercises, demos and data files of the project; nothing is written by hand twice.
`links.broken` looks at every link of what was built, and the build fails if one leads nowhere.
"""

import argparse
import html
import re
import shutil
import sys
from pathlib import Path

import cells
import covered
import errata
import links
import prose
from shell import Page, text

from nnteach.symbolic.notation import NOTATIONS

HERE, ROOT = covered.ITEMS.parent, covered.ROOT
BAR = ROOT / "nnteach/_jupyter/share/labextensions/nnteach-lecture/static/bar.js"  # the same one as in JupyterLab
FOLDERS = {"lessons": "notebooks", "exercises": "exercises"}
LECTURE = '\n<script src="../lecture.js" defer></script>'
DECKS = ("000", "001", "002", "003", "004")
PLAYERS = (("(x + y) z", "f = (x+y)*z", {"x": -2, "y": 5, "z": -4}),
           ("(x₁ + x₂)(x₂ − x₃), with a branch", "f = (x1+x2)*(x2-x3)", {"x1": 3, "x2": 5, "x3": 1}),
           ("A sigmoid neuron", "f = sigmoid(w0*x0 + w1*x1 + w2)", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}))


def main(arguments=None) -> int:
    """Run the command; returns the exit status: 1 if a link leads nowhere."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("site"), metavar="FOLDER")
    parser.add_argument("--quick", action="store_true", help="without the pictures of the gallery")
    options = parser.parse_args(arguments)
    pages = build(options.output, pictures=not options.quick)
    for problem in (broken := links.broken(options.output)):
        print(problem, file=sys.stderr)
    print(f"{len(pages)} pages are in {options.output}; open {options.output / 'index.html'}.")
    return int(bool(broken))


def build(folder: Path, pictures: bool = True) -> list[Page]:
    """Write the site into `folder`, and return its pages."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = [gallery(folder, pictures), start(pictures), slips(), comparison(),
             *notebook_pages("lessons"), *notebook_pages("exercises"), *deck_pages()]
    for page in pages:
        target = folder / page.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text(page), encoding="utf-8")
    for name in ("site.js", "icon.svg"):
        shutil.copy(HERE / name, folder / name)
    (folder / "lecture.js").write_text(_lecture(), encoding="utf-8")
    (folder / "site.css").write_text((HERE / "site.css").read_text("utf-8") + prose.colours(), encoding="utf-8")
    return pages


def _lecture() -> str:
    """Lecture mode as one classic script: a page opened from a file may not import modules."""
    bar, pages = BAR.read_text(encoding="utf-8"), (HERE / "lecture.js").read_text(encoding="utf-8")
    return re.sub(r"^export ", "", bar, flags=re.M) + re.sub(r"^import .*\n", "", pages, flags=re.M)


# ------------------------------------------------------------------------------------------------ start, gallery


def start(pictures: bool = True) -> Page:
    """The landing page: what it is, two commands, a player, the courses, and a few demos as an appetiser."""
    names = ("playground", "optimizer_race", "hidden_maps", "cubic_fit") if pictures else ()
    shown = "".join(f'<li><a href="gallery.html#{name}"><img src="demos/{name}.png" alt="{html.escape(title(name))}">'
                    f"</a><div><p>{html.escape(title(name))}</p></div></li>" for name in names)
    welcome = prose.to_html((HERE / "welcome.md").read_text(encoding="utf-8"))
    decks = "".join(f'<li><a href="decks/{deck}.html">{html.escape(NOTATIONS[deck].course)}</a></li>' for deck in DECKS)
    _, expression, values = PLAYERS[0]
    body = (welcome.replace("<p>[player]</p>", player(expression, values))
            .replace("<p>[decks]</p>", f"<ul>{decks}</ul>")
            .replace("<p>[demos]</p>", f'<ul class="tiles">{shown}</ul>' if shown else "")
            .replace("<p>[numbers]</p>", f"<p>{_numbers()}</p>"))
    return Page("index.html", "Step through backpropagation", body)


def title(name: str) -> str:
    """The title of a demo."""
    from nnteach import demos

    return getattr(demos, name).title


def _numbers():
    from nnteach.demos import DEMOS

    return (f'{len(covered.notebooks("notebooks"))} <a href="lessons/index.html">lessons</a>, '
            f'{len(covered.notebooks("exercises"))} <a href="exercises/index.html">exercise sheets</a>, '
            f'{len(DEMOS)} <a href="gallery.html">demos</a>, '
            f'and <a href="errata.html">{len(errata.errata.read())} slips of the slides</a>, each explained.')


def player(expression: str, values: dict) -> str:
    """A player that works on the page."""
    from nnteach import step
    from nnteach.symbolic.expression import parse

    return f'<div class="output">{step(parse(expression, values))._repr_html_()}</div>'


def gallery(folder: Path, pictures: bool) -> Page:
    """Players to try, and a picture of every demo."""
    shown = [f"<h2>{html.escape(name)}</h2>{player(expression, values)}" for name, expression, values in PLAYERS]
    body = ["<h1>Gallery</h1><p>Players: press <kbd>→</kbd> and <kbd>←</kbd>, or <kbd>f</kbd> for the wall.</p>",
            *shown, "<h2>Demos</h2><p>In a notebook their controls can be moved: "
            "<code>nt.demos.NAME()</code>.</p>", f'<ul class="tiles">{"".join(_tiles(folder, pictures))}</ul>']
    return Page("gallery.html", "Gallery", "\n".join(body))


def _tiles(folder, pictures):
    from nnteach import demos

    for name in demos.DEMOS:
        demo, image, sentence = getattr(demos, name), "", ""
        if pictures:
            still = demo.still()
            (folder / "demos").mkdir(exist_ok=True)
            (folder / "demos" / f"{name}.png").write_bytes(still.png)
            image = f'<img src="demos/{name}.png" alt="{html.escape(still.alt)}" loading="lazy">'
            sentence = still.sentence
        yield (f'<li id="{name}">{image}<div><h3>{html.escape(demo.title)}</h3><p>{html.escape(sentence)}</p>'
               f'<p><code>nt.demos.{name}()</code></p></div></li>')


# ------------------------------------------------------------------------------------------ lessons and exercises


def notebook_pages(kind: str) -> list[Page]:
    """A page for every lesson or every exercise, each with its neighbours, and the list of all."""
    notebooks = covered.notebooks(FOLDERS[kind])
    names = [(f"{kind}/{notebook.name}.html", notebook.title) for notebook in notebooks]
    around = [None, *names, None]
    bodies = [_about(notebook, kind) + cells.to_html(notebook.cells) + LECTURE for notebook in notebooks]
    pages = [Page(path, title, body, around[i], around[i + 2])
             for i, (body, (path, title)) in enumerate(zip(bodies, names, strict=True))]
    return [_contents(kind, notebooks), *pages]


def _about(notebook, kind):
    """A line above a lesson: how long it takes, and which exercises belong to it."""
    words = [f'{notebook.about["minutes"]} minutes'] if "minutes" in notebook.about else []
    if kind == "lessons":
        words += [f'<a href="../exercises/{each.name}.html">{html.escape(each.title)}</a>'
                  for each in covered.notebooks("exercises") if each.about.get("lesson") == notebook.name]
    elif "lesson" in notebook.about:
        words.append(f'<a href="../lessons/{notebook.about["lesson"]}.html">The lesson</a>')
    return f'<p class="about">{" · ".join(words)}</p>\n' if words else ""


def _contents(kind, notebooks):
    title = {"lessons": "Lessons", "exercises": "Exercises"}[kind]
    lines, part = [f"<h1>{title}</h1>"], None
    for notebook in notebooks:
        if notebook.about.get("part", "") != part:
            part = notebook.about.get("part", "")
            lines.append(f'{"</ol>" if lines[-1].startswith("<li") else ""}'
                         f"{f'<h2>{html.escape(part)}</h2>' if part else ''}<ol>")
        minutes = notebook.about.get("minutes")
        minutes = f' <span class="about">{minutes} minutes</span>' if minutes else ""
        lines.append(f'<li value="{number_of(notebook)}"><a href="{notebook.name}.html">'
                     f"{html.escape(notebook.title)}</a>{minutes}</li>")
    return Page(f"{kind}/index.html", title, "\n".join([*lines, "</ol>"]))


def titled(notebook) -> str:
    """The title with the number of a lesson in front; an exercise's title has its own."""
    number = notebook.about.get("order")
    return f"{number}. {notebook.title}" if number else notebook.title


def number_of(notebook) -> int:
    """The number of a lesson; of an exercise that of its lesson, which its file's name begins with."""
    digits = notebook.name.split("_")[0]
    return notebook.about.get("order", int(digits) if digits.isdigit() else 0)


# --------------------------------------------------------------------------------- decks, slips, how it compares


def deck_pages() -> list[Page]:
    """A page per deck: every item with what covers it, gaps in plain sight."""
    table = covered.items().values()
    pages = [deck_page(deck, [item for item in table if item.deck == deck]) for deck in DECKS]
    rows = "".join(f'<li><a href="{deck}.html">{deck}: {html.escape(NOTATIONS[deck].course)}</a></li>'
                   for deck in DECKS)
    introduction = ("<h1>Decks</h1><p>Five lecture decks on neural networks teach the same ideas in different letters. "
                    "Choose yours: every item of its slides is listed with the lesson, exercise and demo that treats "
                    "it. <code>nnteach lab --course 000</code> opens the lessons of one deck, in its letters.</p>")
    return [Page("decks/index.html", "Decks", f"{introduction}<ul>{rows}</ul>"), *pages]


def deck_page(deck: str, items: list) -> Page:
    """The page of one deck."""
    profile = NOTATIONS[deck]
    head = "".join(f"<th>{name}</th>" for name in ("item", "about", "lessons", "exercises", "demos"))
    rows = "".join(_row(item) for item in items)
    slips = ", ".join(f'<a href="../errata.html#{slip.id.lower()}">{slip.id}</a>'
                      for slip in errata.errata.read() if slip.deck == deck)
    body = (f"<h1>{html.escape(profile.course)}</h1>{_letters(profile)}"
            + prose.scrolled(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
            + f"<h2>Slips</h2><p>{slips}</p>")
    return Page(f"decks/{deck}.html", f"Deck {deck}", body)


def _letters(profile):
    names = {"before the activation": profile.pre, "after it": profile.out, "prediction": profile.pred,
             "target": profile.target, "learning rate": profile.learning_rate}
    said = ", ".join(f"{what} <code>{html.escape(letter)}</code>" for what, letter in names.items())
    return f"<p>Its letters: {said}.</p>"


def _row(item):
    places = item.covered
    shown = [", ".join(_place("lessons", place) for place in places["lesson"]) or item.left_out,
             ", ".join(_place("exercises", place) for place in places["exercise"]),
             ", ".join(f'<a href="../gallery.html#{name}">{name}</a>'
                       for name in (place.removeprefix("nt.demos.") for place in places["demo"]))]
    if item.is_gap:
        shown[0] = "not yet"
    elif item.status == "named":
        shown[0] += " (named only)"
    columns = "".join(f"<td>{column}</td>" for column in (item.id, html.escape(item.title), *shown))
    return f'<tr id="{item.id}"{" class=gap" if item.is_gap else ""}>{columns}</tr>'


def _place(kind, place):
    name, _, cell = place.removeprefix("exercises/").partition("#")
    notebook = next(each for each in covered.notebooks(FOLDERS[kind]) if each.name == name)
    return f'<a href="../{kind}/{name}.html{"#" if cell else ""}{cell}">{html.escape(titled(notebook))}</a>'


def slips() -> Page:
    """The slips of the slides, with links to the lessons that tell of them."""
    told: dict[str, list[str]] = {}
    for lesson in covered.notebooks("notebooks"):
        for name in lesson.about.get("errata", ()):
            told.setdefault(name, []).append(f"[{lesson.title}](lessons/{lesson.name}.html)")
    return Page("errata.html", "Slips in the slides", prose.to_html(errata.page(told)))


def comparison() -> Page:
    """How nnteach compares with other programs, where that page is written."""
    source = HERE / "how-it-compares.md"
    words = source.read_text(encoding="utf-8") if source.is_file() else "# How it compares\n\nThis page is to come."
    return Page("compare.html", "How it compares", prose.to_html(words))


if __name__ == "__main__":
    sys.exit(main())
