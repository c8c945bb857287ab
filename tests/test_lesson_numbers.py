"""Every decimal number in the prose of a lesson stands in a cell or in what it gave, or is accounted for here."""

import json
import math
import re
from pathlib import Path

import pytest

LESSONS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
# Numbers that no cell gives: from a slide, from a story, a choice to guess from, or computed here. Those of the two
# lessons on clothes are compared with the recorded runs in test_lesson_claims.py.
ELSEWHERE = {
    "07_sigmoid_net": {"0.6478": "printed on the slide"},
    "16_activations": {"0.99331": 1 / (1 + math.exp(-5))},
    "17_losses": {"0.665": math.exp(2) / (math.exp(2) + math.exp(1) + 1)},
    "18_likelihood": {"1.5": "a choice", "0.01": 1 / 100},
    "tf_fashion": {"0.023": "recorded", "0.900": "a story"},
    "tf_fashion_hyper": {"0.001": "the title", "0.84": "the question", "0.13": "a version", "0.018": "recorded",
                         "0.017": "recorded"},
}


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
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    quotes = not path.stem.startswith("2")  # the box on the slides may quote what a slide prints
    known = ELSEWHERE.get(path.stem, {})
    found = unfounded([cell for cell in cells if not (quotes and cell["id"] == "slides")])
    assert set(found) == set(known)
    for word, value in known.items():
        assert isinstance(value, str) or abs(value - float(word)) <= 0.5000001 * 10 ** -len(word.split(".")[1])


def test_a_number_from_nowhere_is_found():
    cells = [
        {"cell_type": "markdown", "source": ["The loss is 0.25, not 0.31; lesson 20 has the loop."]},
        {"cell_type": "code", "source": ["loss"], "outputs": [{"data": {"text/plain": ["0.2496"]}}]},
    ]
    assert unfounded(cells) == ["0.31"]
