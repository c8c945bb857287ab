"""Predict, then reveal: a guess beside the truth, told without praise or blame.

    my_guess = {"x": None, "y": -4, "z": 5}
    reveal(my_guess, {"x": x.grad, "y": y.grad, "z": z.grad})
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..digits import lines
from ..errors import GraphError, message
from .compare import Truth, compare
from .values import NotNumbers, has_gaps, to_array

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
        raise GraphError(message(expected, got, "Keep the names of the cell as they are"))
    return Revealed(tuple(_row(str(name), guess.get(name), value) for name, value in truth.items()))


def _row(name, said, truth):
    if has_gaps(said):
        return name, "", _text(truth), ""
    if isinstance(truth, str):
        return name, str(said), truth, "as you said" if str(said).strip().lower() == truth.lower() else ""
    said = _number(said)
    found = compare(said, Truth.of(truth if not isinstance(truth, tuple) else list(truth)))
    if found.right:
        return name, _text(said), _text(truth), "as you said"
    ids = [difference.id for difference in next(iter(found.wrong.values()))] if found.wrong else []
    return name, _text(said), _text(truth), next((REMARKS[i] for i in ids if i in REMARKS), "")


def _number(said):
    """A number typed as a text, with a decimal comma or a real minus sign, is a number too."""
    if isinstance(said, str):
        try:
            return float(said.replace(",", ".").replace("−", "-"))
        except ValueError:
            return said
    return said


def _text(value):
    try:
        return "; ".join(line.strip() for line in lines(np.asarray(to_array(value))))
    except NotNumbers:
        return str(value)


def _sentence(said, truth):
    return f"you said {said}, it is {truth}" if said else f"no prediction yet; it is {truth}"


def _html_row(row):
    name, said, truth, remark = map(html.escape, row)
    cells = "".join(f"<td>{entry}</td>" for entry in (said or "no prediction yet", truth, remark))
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'
