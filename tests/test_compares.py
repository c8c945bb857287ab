"""docs/how-it-compares.md: every feature that is ticked for nnteach names a test, and that test exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGES = TESTS.parent / "docs"
NAMED = re.compile(r"`([\w/.]+\.py)::(\w+)`")


def tables(page):
    """Every table of a page as rows of cells, the heading first, the line of dashes left out."""
    text = (PAGES / page).read_text(encoding="utf-8")
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.M):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        yield [row for row in rows if not set("".join(row)) <= set("-: ")]


@cache
def functions(file):
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def without_proof(rows):
    """Features of a table that are ticked for nnteach, though no test is named that is there."""
    heading, *features = rows
    ours, proof = heading.index("nnteach"), heading.index("tested by")
    for row in features:
        named = NAMED.findall(row[proof])
        if row[ours] in ("yes", "partly") and not named:
            yield f"{row[0]}: no test"
        yield from (f"{row[0]}: {file}::{name}" for file, name in named
                    if not (TESTS / file).exists() or name not in functions(file))  # fmt: skip


def comparisons():
    return [rows for rows in tables("how-it-compares.md") if "nnteach" in rows[0]]


def test_every_tick_has_a_test_that_exists():
    assert len(comparisons()) == 3
    assert [missing for rows in comparisons() for missing in without_proof(rows)] == []


def test_every_row_is_complete_and_says_yes_partly_or_no():
    for heading, *features in comparisons():
        assert len({row[0] for row in features}) == len(features)
        for row in features:
            assert len(row) == len(heading), row[0]
            assert set(row[1:-1]) <= {"yes", "partly", "no", "?", "–"}, row[0]


def test_rows_that_others_win_are_shown():
    for heading, *features in comparisons():
        ours = heading.index("nnteach")
        assert [row for row in features if row[ours] != "yes" and "yes" in row[1:-1]]


@pytest.mark.parametrize(
    "tick, proof", [("yes", ""), ("partly", "a test"), ("no", "`test_page.py::test_that_is_not_there`")]
)
def test_a_tick_without_a_test_is_found(tick, proof):
    assert len(list(without_proof([["feature", "nnteach", "tested by"], ["steps", tick, proof]]))) == 1


def test_every_test_named_where_the_player_shows_exists():
    named = NAMED.findall((PAGES / "where-it-shows.md").read_text(encoding="utf-8"))
    assert named and [f"{file}::{name}" for file, name in named if name not in functions(file)] == []
