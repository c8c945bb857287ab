"""What covers the items of the five decks: lessons and their cells, demos, exercises, tests.

    python docs/covered.py               # every item, what covers it, and the gaps
    python docs/covered.py --gaps        # the gaps only; status 1 if there is one
    python docs/covered.py --catalogue FILE   # also compare the ids with those of a catalogue of the decks

The items stand in `items.tsv`: id, title, and the reason where one is left out. What covers them is read from the
lessons' and exercises' metadata (`covers`), from the demos' `slides` and from the ids that tests name.
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
# Tests of the pages and of this list name items without testing what they teach.
NOT_OF_A_SUBJECT = {"test_coverage.py", "test_errata.py", "test_notebooks.py", "test_site.py"}
KINDS = ("lesson", "exercise", "demo", "test")


@dataclass
class Item:
    """An item of a deck; `covered` maps each of KINDS to places such as "06_relu_net#forward-reveal"."""

    id: str
    title: str
    left_out: str = ""
    covered: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def deck(self) -> str:
        """Such as "000"."""
        return self.id[:3]

    @property
    def is_gap(self) -> bool:
        """Whether nothing covers it and no reason is given."""
        return not self.left_out and not any(self.covered.values())


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
    for kind, name, place in (*_in_notebooks(), *_in_demos(), *_in_tests()):
        if name in table and place not in table[name].covered[kind]:
            table[name].covered[kind].append(place)
    return table


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
        for item in ids_in(importlib.import_module(f"nnteach.demos.{module}").DEMO.slides):
            yield "demo", item, f"nt.demos.{name}"


def _in_tests():
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        if path.name in NOT_OF_A_SUBJECT:
            continue
        for name in sorted(set(ids_in(path.read_text(encoding="utf-8")))):
            yield "test", name, path.name


def report(table: dict[str, Item]) -> str:
    """The table as text: an item a line."""
    lines = []
    for item in table.values():
        places = "; ".join(place for kind in KINDS for place in item.covered[kind][:3])
        lines.append(f"{item.id}  {item.title:44} {places or left(item)}")
    return "\n".join([*lines, "", summary(table)])


def left(item: Item) -> str:
    """Why an item is not covered."""
    return f"left out: {item.left_out}" if item.left_out else "GAP"


def summary(table: dict[str, Item]) -> str:
    """One line: how many, and the gaps."""
    gaps = [item.id for item in table.values() if item.is_gap]
    out = sum(bool(item.left_out) for item in table.values())
    taught = sum(bool(item.covered["lesson"]) for item in table.values())
    return (f"{len(table)} items: {taught} in lessons, {out} left out with a reason, {len(gaps)} gaps"
            + (f": {', '.join(gaps)}" if gaps else ""))


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
    return int(any(item.is_gap for item in table.values()))


if __name__ == "__main__":
    sys.exit(main())
