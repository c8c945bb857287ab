"""What covers the items of the five decks: the cells that teach them, exercises, demos, and where they are only named.

    python docs/covered.py               # every item, its status, what covers it, and the gaps
    python docs/covered.py --gaps        # the counts and the gaps only; status 1 if there is one
    python docs/covered.py --catalogue FILE   # also compare the ids with those of a catalogue of the decks

The items stand in `items.tsv`: id, title, the reason where one is left out, and the cell that teaches it with a few
words that must stand there ("lesson#cell", then words between bars). An item has one of five statuses:

    taught     a cell of a lesson deals with it: the one that `items.tsv` names
    exercise   no cell does, but an exercise's metadata (`covers`) name it
    demo       neither, but a demo shows it
    named      a lesson's metadata name it, and no more: a word in the box on the slides
    left out   on purpose, with a reason

What has none of them is a gap. A test that names an item teaches nobody, and does not count.
"""

import argparse
import functools
import importlib
import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ITEMS = Path(__file__).with_name("items.tsv")
ID = re.compile(r"\b00[0-4]-\d\d\b")
SPAN = re.compile(r"\b(00[0-4])-(\d\d)(?:\s*(?:…|to|–|-)\s*(?:\1-)?(\d\d)\b)?")
KINDS = ("lesson", "exercise", "demo")
STATUSES = ("taught", "exercise", "demo", "named", "left out", "gap")
# Cells that list what the slides say, or what was said: no item is taught there.
NO_TEACHING = {"title", "slides", "summary"}


@dataclass
class Item:
    """An item of a deck.

    Attributes:
        id, title: such as "001-24" and "The 2-2-1 ReLU network".
        left_out: why it is not covered.
        taught: the cell that teaches it, such as "06_relu_net#forward".
        terms: words that stand in this cell, between bars.
        covered: places by KINDS; of a lesson the cell that teaches it or, if none does, one that names it.
    """

    id: str
    title: str
    left_out: str = ""
    taught: str = ""
    terms: str = ""
    covered: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def deck(self) -> str:
        """Such as "000"."""
        return self.id[:3]

    @property
    def status(self) -> str:
        """The first of STATUSES that it has."""
        has = (self.taught, self.covered["exercise"], self.covered["demo"], self.covered["lesson"], self.left_out, True)
        return next(status for status, holds in zip(STATUSES, has, strict=True) if holds)

    @property
    def is_gap(self) -> bool:
        """Whether nothing covers it and no reason is given."""
        return self.status == "gap"


@dataclass(frozen=True)
class Notebook:
    """A lesson, a solution or an exercise, with what its metadata say."""

    path: Path
    cells: list = field(repr=False)
    about: dict

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def title(self) -> str:
        """The heading, without its number."""
        first = "".join(self.cells[0]["source"]).splitlines()[0]
        return re.sub(r"^#+ *(\d+\. *)?", "", first).strip()

    @property
    def order(self) -> tuple:
        """Where it stands: its metadata's order, else behind everything, by name."""
        return (self.about.get("order", 10**6), self.name)


@functools.cache
def notebooks(folder: str) -> tuple[Notebook, ...]:
    """The notebooks of a folder of the project, in reading order."""
    found = []
    for path in (ROOT / folder).glob("*.ipynb"):
        data = json.loads(path.read_text(encoding="utf-8"))
        found.append(Notebook(path, data["cells"], data["metadata"].get("nnteach", {})))
    return tuple(sorted(found, key=lambda notebook: notebook.order))


def items() -> dict[str, Item]:
    """Every item with what covers it, by id."""
    rows = [line.split("\t") for line in ITEMS.read_text(encoding="utf-8").splitlines() if line]
    table = {row[0]: Item(*row) for row in rows}
    for item in table.values():
        item.covered["lesson"] += [item.taught] if item.taught else []
    for kind, name, place in (*_in_notebooks(), *_in_demos()):
        if name in table and place not in table[name].covered[kind] and not _is_taught(table[name], place):
            table[name].covered[kind].append(place)
    return table


def _is_taught(item, place):
    """Whether this is the lesson whose cell is named already."""
    return place.partition("#")[0] == item.taught.partition("#")[0]


def faults(item: Item) -> list[str]:
    """What is wrong with the cell that is said to teach an item; empty if nothing is."""
    if not item.taught:
        return []
    name, _, cell = item.taught.partition("#")
    lesson = next((each for each in notebooks("notebooks") if each.name == name), None)
    if lesson is None:
        return [f"{item.id}: there is no lesson {name}"]
    text = next(("".join(each["source"]) for each in lesson.cells if each["id"] == cell), None)
    if text is None or cell in NO_TEACHING:
        return [f"{item.id}: {name} has no cell {cell} that teaches"]
    missing = [term for term in item.terms.split("|") if not term or term.lower() not in text.lower()]
    found = [f"{item.id}: {item.taught} does not say {term!r}" for term in missing]
    return found + ([] if item.id in lesson.about["covers"] else [f"{item.id}: not in the metadata of {name}"])


def ids_in(text: str) -> list[str]:
    """The ids a text names; "001-06 … 001-09" names four."""
    found = []
    for deck, first, last in SPAN.findall(text):
        found += [f"{deck}-{number:02d}" for number in range(int(first), int(last or first) + 1)]
    return found


def _in_notebooks():
    for kind, folder in (("lesson", "notebooks"), ("exercise", "exercises")):
        for notebook in notebooks(folder):
            for name in notebook.about.get("covers", ()):
                # 001-1Q is the table of questions that go with the quiz.
                place = f"{'exercises/' * (kind == 'exercise')}{notebook.name}{_cell_naming(notebook, name)}"
                yield kind, name.replace("001-1Q", "001-27"), place


def _cell_naming(notebook, name):
    """The cell that names the id, as "#cell"; nothing where only the metadata do."""
    cells = (cell["id"] for cell in notebook.cells if name in ids_in("".join(cell["source"])))
    return next((f"#{cell}" for cell in cells), "")


def _in_demos():
    from nnteach.demos import DEMOS

    for name, module in DEMOS.items():
        for item in ids_in(importlib.import_module(f"nnteach.demos.collection.{module}").DEMO.slides):
            yield "demo", item, f"nt.demos.{name}"


def report(table: dict[str, Item]) -> str:
    """The table as text: an item a line."""
    lines = []
    for item in table.values():
        places = "; ".join(place for kind in KINDS for place in item.covered[kind][:3])
        status = "GAP" if item.is_gap else item.status
        lines.append(f"{item.id}  {item.title:44} {status:9} {places or item.left_out}".rstrip())
    return "\n".join([*lines, "", summary(table)])


def summary(table: dict[str, Item]) -> str:
    """One line: how many have each status, and the gaps."""
    by = {status: [item.id for item in table.values() if item.status == status] for status in STATUSES}
    words = {"taught": "taught in a lesson", "exercise": "in an exercise only", "demo": "in a demo only",
             "named": "only named", "left out": "left out with a reason", "gap": "gaps"}
    counts = ", ".join(f"{len(by[status])} {word}" for status, word in words.items())
    return f"{len(table)} items: {counts}" + (f": {', '.join(by['gap'])}" if by["gap"] else "")


def ids_of_catalogue(path: Path) -> set[str]:
    """The ids of the first column of a catalogue's tables."""
    return set(re.findall(r"^\| (00[0-4]-\d\d) \|", path.read_text(encoding="utf-8"), re.M))


def main(arguments=None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gaps", action="store_true", help="only the gaps")
    parser.add_argument("--catalogue", type=Path, metavar="FILE", help="compare with the ids of this catalogue")
    options = parser.parse_args(arguments)
    table = items()
    print(summary(table) if options.gaps else report(table))
    if options.catalogue and (differ := ids_of_catalogue(options.catalogue) ^ table.keys()):
        print(f"in one list only: {', '.join(sorted(differ))}")
        return 1
    wrong = [fault for item in table.values() for fault in faults(item)]
    print("\n".join(wrong), end="\n" * bool(wrong))
    return int(bool(wrong) or any(item.is_gap for item in table.values()))


if __name__ == "__main__":
    sys.exit(main())
