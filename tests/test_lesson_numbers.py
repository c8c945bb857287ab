"""Every decimal number in the prose of the lessons on training stands in a cell or in what it gave."""

import json
import re
from pathlib import Path

import pytest

LESSONS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("2[0-8]_*.ipynb"))


def told(cells):
    """The decimal numbers of the prose, as texts."""
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", text)


def computed(cells):
    """All numbers in code and in outputs, without their signs."""
    found = []
    for cell in cells:
        if cell["cell_type"] == "code":
            texts = ["".join(cell["source"])]
            for output in cell["outputs"]:
                texts.append("".join(output.get("text", "")))
                texts += ["".join(output.get("data", {}).get(kind, "")) for kind in ("text/plain", "text/markdown")]
            found += re.findall(r"\d+\.?\d*(?:e[-+]?\d+)?", "\n".join(texts))
    return [float(number) for number in found]


def unfounded(cells):
    """Numbers of the prose that are none of the computed ones, to the digits they are quoted with."""
    known = computed(cells)
    return [
        word
        for word in told(cells)
        if not any(abs(value - float(word)) <= 0.5000001 * 10 ** -len(word.split(".")[1]) for value in known)
    ]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_decimal_number_in_the_prose_stands_in_a_cell(path):
    assert unfounded(json.loads(path.read_text(encoding="utf-8"))["cells"]) == []


def test_a_number_from_nowhere_is_found():
    cells = [
        {"cell_type": "markdown", "source": ["The loss is 0.25, not 0.31; lesson 20 has the loop."]},
        {"cell_type": "code", "source": ["loss"], "outputs": [{"data": {"text/plain": ["0.2496"]}}]},
    ]
    assert unfounded(cells) == ["0.31"]
