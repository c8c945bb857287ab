"""Predict, then reveal: a guess beside the truth, told without praise or blame.

    my_guess = {"x": None, "y": -4, "z": 5}
    reveal(my_guess, {"x": x.grad, "y": y.grad, "z": z.grad})
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.errors import GraphError, message
from ..support.similar_names import meant
from ..symbolic.number_format import lines
from .grading.compare import Truth, compare
from .grading.guard import quiet, safely
from .grading.values import NotNumbers, comma_advice, has_gaps, kind_of, to_array

REMARKS = {
    "sign": "the size is right, the sign is the other one",
    "two": "that is twice as much",
    "half": "that is half of it",
    "digits": "right as far as you rounded it",
    "round_intermediate": "very close",
    "dW_T": "rows and columns have changed places",
    "unit_order": "the right numbers, in other places",
}


@dataclass(frozen=True)
class Revealed:
    """One line a name: (name, what was guessed, what it is, a remark). Shows itself as text or as a table."""

    rows: tuple[tuple[str, str, str, str], ...]

    def __repr__(self):
        return "\n".join(f"{name}: {_sentence(said, truth)}{f' ({remark})' if remark else ''}"
                         for name, said, truth, remark in self.rows)

    def _repr_html_(self):
        head = "".join(f'<th scope="col">{word}</th>' for word in ("", "you said", "it is", ""))
        body = "".join(map(_html_row, self.rows))
        return f"<table data-nnteach-reveal><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def reveal(guess, truth) -> Revealed:
    """Put predictions beside what came out.

    Args:
        guess: what the student predicted, by name: numbers, arrays, words such as "up"; None for nothing yet.
        truth: what it is, by the same names: numbers, arrays, Nodes or words.

    Raises:
        GraphError: the guess has a name that there is no truth for.
    """
    truth = dict(truth) if isinstance(truth, Mapping) else {"it": truth}
    guess = dict(guess) if isinstance(guess, Mapping) else dict.fromkeys(truth, guess)
    if unknown := [str(name) for name in guess if name not in truth]:
        expected, got = f"predictions for {', '.join(map(str, truth))}", f"one for {', '.join(unknown)}"
        near = meant(unknown[0], truth)
        advice = f"Do you mean {near}?" if near else "Keep the names of the cell as they are"
        raise GraphError(message(expected, got, advice))
    return Revealed(tuple(_row(str(name), guess.get(name), value) for name, value in truth.items()))


def _row(name, said, truth):
    if has_gaps(said):
        return name, "", _text(truth), ""
    if isinstance(truth, str):
        said = safely("", str, said)
        return name, said, truth, "as you said" if said.strip().lower() == truth.lower() else ""
    with quiet():
        return name, _text(said), _text(truth), safely("", _remark, said, truth)


def _remark(said, truth):
    """What a guess is to the truth, in a word; nothing if there is nothing to say."""
    if advice := comma_advice(said, np.shape(to_array(truth))):
        return advice
    found = compare(said, Truth.of(truth if not isinstance(truth, tuple) else list(truth)))
    if found.right:
        return "as you said"
    ids = [difference.id for difference in next(iter(found.wrong.values()))] if found.wrong else []
    return next((REMARKS[i] for i in ids if i in REMARKS), "")


def _text(value):
    try:
        return "; ".join(line.strip() for line in lines(np.asarray(to_array(value))))
    except NotNumbers:
        return safely(kind_of(value), str, value)


def _sentence(said, truth):
    return f"you said {said}, it is {truth}" if said else f"no prediction yet; it is {truth}"


def _html_row(row):
    name, said, truth, remark = map(html.escape, row)
    cells = "".join(f"<td>{entry}</td>" for entry in (said or "no prediction yet", truth, remark))
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'
