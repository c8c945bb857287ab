"""What a check of a homework found, in words that never give a right number away."""

from dataclasses import dataclass, field

from .answers import Judgement
from .diagnose import Diagnosis
from .result import Result
from .wording import words

HEADLINES = {
    "correct": "Right",
    "correct_rounded": "Right, with rounding on the way",
    "other_convention": "Right for another convention of the loss",
    "wrong": "Not right yet",
    "incomplete": "Not complete yet",
    "not_attempted": "Not attempted yet: fill in the answers and check again",
    "bad_shape": "The shapes do not fit yet",
    "bad_type": "These are no numbers yet",
}
SIGNS = {
    "correct": "✓ right",
    "follows": "→ follows from your earlier values",
    "wrong": "✗ not right",
    "few_digits": "… needs more digits",
    "missing": "○ missing",
    "bad_shape": "✗ shape",
    "bad_type": "✗ no numbers",
}


@dataclass(frozen=True)
class Checked(Result):
    """What a check found; falsy unless right.

    Attributes:
        stages: name -> verdict, for every answer handed in or asked for.
        candidates: explanations, the best first; each a tuple of ids, two if two mistakes were made.
        certainty: "exactly" or "looks"; "" if no mistake is named.
    """

    stages: dict = field(default_factory=dict)
    candidates: tuple = ()
    certainty: str = ""

    @property
    def ok(self) -> bool:
        return self.verdict in ("correct", "correct_rounded")

    @property
    def title(self) -> str:
        sign = "✓" if self.ok else "○" if self.verdict == "not_attempted" else "✗"
        return f"{sign} {self.headline}"

    def to_dict(self) -> dict:
        """Everything as plain data."""
        return {
            "verdict": self.verdict,
            "ok": self.ok,
            "mistakes": list(self.mistakes),
            "certainty": self.certainty,
            "candidates": [list(ids) for ids in self.candidates],
            "first_wrong": self.first_wrong,
            "stages": dict(self.stages),
            "message": self.message,
        }


def report(verdict: str, judgement: Judgement, found: Diagnosis) -> Checked:
    """The result of a check."""
    first = next(iter(judgement.named("bad_shape", "bad_type", "wrong")), None) or next(
        iter(judgement.named("few_digits", "follows", "missing")), None
    )
    if verdict in ("correct", "correct_rounded"):
        first = None
    ids = _ids(found)
    if verdict == "bad_shape" and _is_transposed(judgement):
        ids = ("dW_T",)
    return Checked(
        verdict,
        HEADLINES[verdict] + (f": look at {first}" if first and verdict == "wrong" else ""),
        tuple(_points(verdict, judgement, found, first)),
        ids,
        first,
        stages={name: stage.verdict for name, stage in judgement.stages.items()},
        candidates=found.candidates,
        certainty=found.certainty,
    )


def _ids(found):
    """The ids of one mistake each, the best first; of two at once, those of the best pair."""
    if not found.candidates:
        return ()
    pairs = len(found.candidates[0]) > 1
    return found.candidates[0] if pairs else tuple(ids[0] for ids in found.candidates)


def _is_transposed(judgement):
    """Whether a weight gradient came with rows and columns exchanged."""
    return any(
        s.name.startswith("dW") and s.given is not None and f"expected {s.given.array.shape[::-1]}" in s.note
        for s in judgement.stages.values()
        if s.verdict == "bad_shape"
    )


def _points(verdict, judgement, found, first):
    yield from _explained(verdict, found)
    yield from (s.note for s in judgement.stages.values() if s.verdict in ("bad_type", "bad_shape", "few_digits"))
    if verdict == "wrong" and not found.candidates:
        yield from _located(judgement, found, first)
    for kind, said in (
        ("correct", "right"),
        ("follows", "consistent with your earlier values"),
        ("missing", "still missing"),
    ):
        if names := judgement.named(kind):
            if verdict not in ("correct", "not_attempted") and (kind != "correct" or verdict != "correct_rounded"):
                yield f"{said}: {', '.join(names)}"
    yield from judgement.notes


def _explained(verdict, found):
    if verdict == "correct_rounded":
        yield "The method is right; the last digits show that something was rounded on the way. Keep four digits there."
    if not found.candidates:
        return
    where = f" ({found.where})" if found.where else ""
    if verdict == "other_convention":
        yield f"These are the right numbers if you {_did(found.candidates[0])}; this sheet means it otherwise."
        return
    lead = "This is exactly what you get if you" if found.certainty == "exactly" else "It looks as if you"
    told = [_did(ids) if found.certainty == "exactly" else f"did this: {_did(ids)}" for ids in found.candidates]
    yield f"{lead} {'; or if you '.join(told)}{where}."
    for ids in found.candidates[:1]:
        yield from (f"Look at {words(i)[1]}" + ("" if words(i)[1].endswith("?") else ".") for i in ids)
    if len(found.candidates) > 1:
        yield "Which of these did you do? On other numbers they differ: try hw.hint(4)."


def _did(ids):
    return " and ".join(words(i)[0] for i in ids)


def _located(judgement, found, first):
    if found.factor:
        yield "Every answer is off by one and the same factor: what stands before the loss, over what is it averaged?"
    elif judgement.named("follows"):
        yield f"{first} is the first that is not right; what is marked as consistent was computed well from it."
    elif judgement.named("correct") and first:
        yield f"{first} does not follow from the right values before it."
