"""The table of contents of the course folder: what `nnteach lab` opens, for all of the course or for one deck."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..symbolic.notation import notation

LAST = 10**6  # a lesson without a place in the order comes behind all others
FIRST_PLAYER = "notebooks/02_x_plus_y_times_z.ipynb#cell-id=player"  # JupyterLab goes to the cell with this id


@dataclass(frozen=True)
class Entry:
    """A notebook of the course: its name in the folder, its heading, and what its metadata say."""

    name: str
    title: str
    about: dict

    @property
    def order(self) -> tuple:
        """Where it stands in reading order."""
        return self.about.get("order", LAST), self.name

    def items(self, deck: str | None) -> list[str]:
        """The items of the deck it covers."""
        return [item for item in self.about.get("covers", ()) if deck and item.startswith(deck)]


def name(deck: str | None = None) -> str:
    """The file of the page in the course folder."""
    return f"course-{deck}.md" if deck else "course.md"


def page(files: Mapping[str, Path], deck: str | None = None) -> str:
    """The page as Markdown: the lessons in reading order, those of the deck first.

    Args:
        files: the course, name in the folder -> file.
        deck: such as "002"; None lists everything once.
    """
    lessons = _entries(files, "notebooks/")
    exercises = _entries(files, "exercises/")
    chosen = [lesson for lesson in lessons if not deck or lesson.items(deck)]
    others = [lesson for lesson in lessons if lesson not in chosen]
    lines = [*_head(deck, FIRST_PLAYER.partition("#")[0] in files), *_by_part(chosen, exercises, deck)]
    if others:
        lines += ["## Also in the course", "", *(_line(lesson, exercises, None) for lesson in others), ""]
    return "\n".join(lines)


def _entries(files, folder):
    """The notebooks of a folder in reading order."""
    found = []
    for where, path in files.items():
        if where.startswith(folder) and where.endswith(".ipynb"):
            data = json.loads(path.read_text(encoding="utf-8"))
            first = "".join(data["cells"][0]["source"]) if data["cells"] else ""
            title = re.sub(r"^#+ *", "", first.partition("\n")[0]) or Path(where).stem
            found.append(Entry(where, title, data["metadata"].get("nnteach", {})))
    return sorted(found, key=lambda entry: entry.order)


def _head(deck, shows_a_player):
    see = f"To see a player at once, open [lesson 2 at its player]({FIRST_PLAYER}): it works before anything is run."
    see = see if shows_a_player else ""
    keys = ("Click a lesson to open it. In it, `Shift+Enter` runs a cell and goes to the next. Click a player, then "
            "step with → and ←; `f` fills the wall, `p` asks for a prediction first, `?` lists all keys. In a lecture, "
            "`F2` shows one idea at a time, large, to the end and on into the next lesson; PageDown turns the page.")
    if not deck:
        return ["# The course", "", "**Begin with lesson 1;** each lesson ends with the next. " + keys, "", see, ""]
    letters = notation(deck)
    return [f"# {letters.course}", "",
            f"The lessons that go with deck {deck}, in reading order, with the items of its slides. {keys}", "",
            f"Nodes without a name of their own get the letters of the deck: `{letters.pre}` before an activation, "
            f"`{letters.out}` after it, `{letters.learning_rate}` for the learning rate.", "", see, ""]


def _by_part(lessons, exercises, deck):
    lines, part = [], None
    for lesson in lessons:
        if lesson.about.get("part") != part:
            part = lesson.about.get("part")
            lines += [*([""] if lines else []), f"## {part or 'More'}", ""]
        lines.append(_line(lesson, exercises, deck))
    return [*lines, ""]


def _line(lesson, exercises, deck):
    """A lesson with its minutes, its exercises and the slides it goes with."""
    number = "" if re.match(r"\d+\. ", lesson.title) else f"{lesson.about.get('order', '')}. ".lstrip(". ")
    words = [f"- {number}[{lesson.title}]({lesson.name})"]
    if "minutes" in lesson.about:
        words.append(f"{lesson.about['minutes']} minutes")
    if slides := lesson.items(deck):
        words.append(f"slides {', '.join(slides)}")
    stem = Path(lesson.name).stem
    practice = " · ".join(_practice([each for each in exercises if each.about.get("lesson") == stem]))
    return " · ".join(words) + (f"<br>{practice}" if practice else "")


def _practice(entries):
    """The exercises of a lesson under their own titles: what is programmed, and what is done by hand."""
    for words, beginning in (("in code", r"Exercise \d+\. "), ("by hand", "By hand: ")):
        links = [f"[{re.sub(beginning, '', each.title)}]({each.name})" for each in entries
                 if re.match(beginning, each.title)]
        if links:
            yield f"{words}: {', '.join(links)}"
