"""The slips of the decks: every line of code is run, and the page is made from the data file."""

import json
import re
from pathlib import Path

import errata as pages
import pytest

from nnteach.core.errors import GraphError
from nnteach.course import errata

ROOT = Path(__file__).resolve().parent.parent
SLIPS = errata.read()
COUNTS = {"000": 22, "001": 25, "002": 23, "003": 15, "004": 25}
# Names, dates, and what a library is called today: there is nothing to compute.
WORDS = set("E000-12 E000-15 E000-17 E000-19 E001-12 E001-14 E001-22 E002-15 E002-17 E002-19 E002-21 E003-3 E003-6 "
            "E004-13 E004-14 E004-17 E004-22".split())


@pytest.mark.parametrize("slip", [slip for slip in SLIPS if slip.code], ids=lambda slip: slip.id)
def test_the_code_of_a_slip_prints_what_is_stored(slip):
    assert pages.run(slip.code) == slip.shows
    assert len(slip.code.splitlines()) <= 8 and max(map(len, slip.code.splitlines())) <= 110


def test_only_matters_of_words_have_no_code():
    assert {slip.id for slip in SLIPS if not slip.code} == WORDS


def test_every_slip_of_every_deck_is_there_once_and_in_order():
    expected = [f"E{deck}-{number}" for deck, count in COUNTS.items() for number in range(1, count + 1)]
    assert [slip.id for slip in SLIPS] == expected


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.id)
def test_a_slip_is_complete(slip):
    assert slip.printed and slip.correct and slip.reason and slip.weight in errata.WEIGHTS
    assert re.fullmatch(rf"{slip.deck}-\d\d", slip.slide)
    assert slip.reason.endswith(".")


def test_a_slip_is_found_by_its_id_and_a_wrong_id_is_refused():
    assert errata.slip("E001-1").correct == "w5 = −1.91"
    with pytest.raises(GraphError, match="E000-1"):
        errata.slip("E9")


def test_the_page_is_the_one_the_data_file_gives():
    assert (ROOT / "docs" / "errata.md").read_text(encoding="utf-8") == pages.page()


def test_the_page_shows_a_formula_as_it_is():
    assert pages.literal("W_k * [x]") == r"W\_k \* \[x\]"
    assert pages.page({"E001-1": ["[Lesson 6](a.html)"]}).count("[Lesson 6](a.html)") == 1


LESSONS = sorted(ROOT.glob("notebooks/*.ipynb"))
ID = re.compile(r"E00[0-4]-\d{1,2}\b")


def named_and_told(path):
    """The ids in a lesson's metadata, and those in its prose."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    prose = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    return set(notebook["metadata"]["nnteach"].get("errata", ())), set(ID.findall(prose))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_tells_the_slips_that_its_metadata_name_and_no_others(path):
    named, told = named_and_told(path)
    assert named <= {slip.id for slip in SLIPS}
    assert named == told


def test_every_slip_is_told_in_a_lesson():
    told = set().union(*(named_and_told(path)[1] for path in LESSONS))
    assert [slip.id for slip in SLIPS if slip.id not in told] == []
