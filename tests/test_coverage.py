"""What covers the items of the five decks: the list is complete, the search finds what is there, nothing is missing."""

from collections import Counter
from pathlib import Path

import covered
import pytest

COUNTS = {"000": 56, "001": 39, "002": 50, "003": 26, "004": 34}
CATALOGUE = Path(__file__).resolve().parents[2] / "shared" / "course" / "catalogue.md"


@pytest.fixture(scope="module")
def table():
    return covered.items()


def test_every_item_of_every_deck_is_listed_once_and_in_order():
    ids = [line.split("\t")[0] for line in covered.ITEMS.read_text(encoding="utf-8").splitlines()]
    assert ids == [f"{deck}-{number:02d}" for deck, count in COUNTS.items() for number in range(1, count + 1)]


@pytest.mark.skipif(not CATALOGUE.is_file(), reason="the catalogue of the decks is not here")
def test_the_list_is_that_of_the_catalogue(table):
    assert covered.ids_of_catalogue(CATALOGUE) == set(table)


def test_no_item_is_without_a_lesson_exercise_or_demo(table):
    assert [item.id for item in table.values() if item.is_gap] == []


def test_every_cell_that_is_said_to_teach_an_item_deals_with_it(table):
    assert [fault for item in table.values() for fault in covered.faults(item)] == []
    assert sum(bool(item.taught) for item in table.values()) >= 190


def test_the_words_are_no_empty_ones_and_no_cell_teaches_half_a_deck(table):
    taught = [item for item in table.values() if item.taught]
    for item in taught:
        words = item.terms.split("|")
        assert len(words) >= 2 or len(words[0]) >= 3, item.id
    texts = {f"{notebook.name}#{cell['id']}": cell for notebook in covered.notebooks("notebooks")
             for cell in notebook.cells}
    for item in taught:  # a sentence or two at the least, and no line of code
        cell = texts[item.taught]
        assert cell["cell_type"] == "markdown" and len("".join(cell["source"]).split()) >= 18, item.taught
    cells = Counter(item.taught for item in taught)
    assert max(cells.values()) <= 6, cells.most_common(3)


@pytest.mark.parametrize("taught, terms, complaint", [
    ("99_nothing#forward", "ReLU", "no lesson 99_nothing"),
    ("06_relu_net#nowhere", "ReLU", "no cell nowhere"),
    ("06_relu_net#slides", "Bicocca", "no cell slides that teaches"),
    ("06_relu_net#forward", "ReLU|transformer", "does not say 'transformer'"),
    ("06_relu_net#forward", "", "does not say ''"),
    ("05_sigmoid_neuron#neuron", "vectors", "not in the metadata"),
])
def test_a_pointer_that_does_not_hold_is_found(taught, terms, complaint, monkeypatch, tmp_path, capsys):
    item = covered.Item("001-24", "The network", "", taught, terms)
    (fault,) = covered.faults(item)
    assert complaint in fault
    items = tmp_path / "items.tsv"
    items.write_text(f"001-24\tThe network\t\t{taught}\t{terms}\n", encoding="utf-8")
    monkeypatch.setattr(covered, "ITEMS", items)
    assert covered.main(["--gaps"]) == 1 and complaint in capsys.readouterr().out


def test_a_word_in_the_box_is_not_teaching_and_a_test_covers_nothing(monkeypatch, tmp_path):
    """002-25 stands in a box; 000-99 stands in the tests and nowhere else, 000-41 has a demo of its own."""
    items = tmp_path / "items.tsv"
    rows = "002-25\tFigures\n000-99\tA thing\n000-41\tThe playground\n001-24\tThe network\n001-01\tDates\tlogistics\n"
    items.write_text(rows, encoding="utf-8")
    monkeypatch.setattr(covered, "ITEMS", items)
    assert [item.status for item in covered.items().values()] == ["named", "gap", "demo", "exercise", "left out"]


def test_the_command_tells_what_is_taught_from_what_is_only_named(table, capsys):
    assert covered.main(["--gaps"]) == 0
    said = capsys.readouterr().out
    by = Counter(item.status for item in table.values())
    assert f"{by['taught']} taught in a lesson" in said and f"{by['named']} only named" in said
    assert sum(by.values()) == sum(COUNTS.values()) and by["gap"] == 0


def test_what_is_left_out_has_a_reason_and_is_little(table):
    left_out = [item for item in table.values() if item.left_out]
    assert len(left_out) <= 8 and all(len(item.left_out.split()) >= 3 for item in left_out)


def test_lessons_exercises_and_demos_name_items_that_exist(table):
    known = {*table, "001-1Q"}
    for folder in ("notebooks", "exercises", "solutions"):
        for notebook in covered.notebooks(folder):
            assert set(notebook.about.get("covers", ())) <= known, notebook.name
    assert {name for _, name, _ in covered._in_demos()} <= known


def test_what_is_known_to_cover_an_item_is_found(table):
    places = table["001-24"].covered
    assert places["lesson"][0].startswith("06_relu_net") and places["exercise"][0].startswith("exercises/06_relu_net")
    assert "nt.demos.cubic_fit" in table["001-12"].covered["demo"]
    assert places["lesson"][0] == table["001-24"].taught == "06_relu_net#forward"


def test_the_place_in_a_lesson_is_a_cell_that_names_the_item(table):
    cells = {notebook.name: {cell["id"]: "".join(cell["source"]) for cell in notebook.cells}
             for notebook in covered.notebooks("notebooks")}
    seen = 0
    for item in table.values():
        for place in item.covered["lesson"]:
            name, _, cell = place.partition("#")
            assert not cell or place == item.taught or item.id in covered.ids_in(cells[name][cell])
            seen += bool(cell)
    assert seen > 5


@pytest.mark.parametrize("text, ids", [
    ("001-06", ["001-06"]), ("001-06 … 001-09", ["001-06", "001-07", "001-08", "001-09"]),
    ("001-06 to 08", ["001-06", "001-07", "001-08"]), ("000-10, 002-07", ["000-10", "002-07"]),
    ("001-1Q and 1001-06", []),
])
def test_ids_are_read_with_their_spans(text, ids):
    assert covered.ids_in(text) == ids


def test_a_gap_is_reported_and_makes_the_command_fail(table, monkeypatch, tmp_path, capsys):
    items = tmp_path / "items.tsv"
    rows = "000-99\tA thing nobody teaches\n001-24\tThe network\n001-01\tDates\tlogistics\n"
    items.write_text(rows, encoding="utf-8")
    monkeypatch.setattr(covered, "ITEMS", items)
    assert covered.main([]) == 1
    said = capsys.readouterr().out
    assert "GAP" in said and "left out  logistics" in said and "1 gaps: 000-99" in said
    items.write_text("001-24\tThe network\n", encoding="utf-8")
    assert covered.main(["--gaps"]) == 0 and "0 gaps" in capsys.readouterr().out


def test_ids_that_a_catalogue_has_and_the_list_has_not_are_named(tmp_path, capsys):
    catalogue = tmp_path / "catalogue.md"
    catalogue.write_text("| 000-01 | C | a |\n| 000-99 | C | b |\n", encoding="utf-8")
    assert covered.main(["--gaps", "--catalogue", str(catalogue)]) == 1
    said = capsys.readouterr().out.splitlines()[-1]
    assert "000-99" in said and "000-02" in said and "000-01" not in said


def test_lessons_come_in_the_order_of_their_metadata():
    orders = [notebook.about["order"] for notebook in covered.notebooks("notebooks")]
    assert orders == sorted(orders)
