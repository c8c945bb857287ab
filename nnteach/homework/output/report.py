"""What a check of a homework found, in words that never give a right number away."""

from dataclasses import dataclass, field

from ...i18n.check_phrases import phrase
from ..grading.answers import Judgement
from ..grading.result import Result
from ..mistakes.diagnose import Diagnosis
from ..mistakes.wording import words

SIGNS = {
    "correct": "✓ right",
    "follows": "→ follows from your earlier values",
    "wrong": "✗ not right",
    "few_digits": "… needs more digits",
    "missing": "○ missing",
    "bad_shape": "✗ shape",
    "bad_type": "✗ no numbers",
}

NOTED = ("bad_type", "bad_shape", "few_digits", "wrong")  # verdicts whose note is told


@dataclass(frozen=True, repr=False)  # as text it is its message, as every result
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


def report(verdict: str, judgement: Judgement, found: Diagnosis, language: str = "en") -> Checked:
    """The result of a check, in a language."""
    first = next(iter(judgement.named("bad_shape", "bad_type", "wrong")), None) or next(
        iter(judgement.named("few_digits", "follows", "missing")), None
    )
    if verdict in ("correct", "correct_rounded"):
        first = None
    ids = _ids(found)
    if verdict == "bad_shape" and _is_transposed(judgement):
        ids = ("dW_T",)
    where = f": {phrase('look.at', language, first=first)}" if first and verdict == "wrong" else ""
    return Checked(
        verdict,
        phrase(verdict, language) + where,
        tuple(_points(verdict, judgement, found, first, language)),
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


def _points(verdict, judgement, found, first, language):
    yield from _explained(verdict, found, language)
    yield from (s.note for s in judgement.stages.values() if s.verdict in NOTED and s.note)
    yield from _unnamed(found, language)
    if verdict == "wrong" and not found.candidates:
        yield from _located(judgement, found, first, language)
    for kind, said in (("correct", "right"), ("follows", "follows"), ("missing", "missing")):
        if names := judgement.named(kind):
            if verdict not in ("correct", "not_attempted") and (kind != "correct" or verdict != "correct_rounded"):
                yield f"{phrase(said, language)}: {', '.join(names)}"
    yield from judgement.notes


def _explained(verdict, found, language):
    if verdict == "correct_rounded":
        yield phrase("rounded", language)
    if not found.candidates:
        return
    where = f" ({found.where})" if found.where else ""
    if verdict == "other_convention":
        yield phrase("convention", language, did=_did(found.candidates[0], language))
        if found.same_as_step:
            yield phrase("convention.step", language)
        return
    kind = "exactly" if found.certainty == "exactly" else "looks"
    told = phrase(f"{kind}.or", language).join(_did(ids, language) for ids in found.candidates)
    yield phrase(kind, language, did=told, where=where)
    for look in (words(i, language)[1] for i in found.candidates[0]):
        yield phrase("look", language, look=look) + ("" if look.endswith("?") else ".")
    if len(found.candidates) > 1:
        yield phrase("which", language)


def _did(ids, language):
    return phrase("and", language).join(words(i, language)[0] for i in ids)


def _unnamed(found, language):
    """What can be said of wrong answers without a name for the mistake."""
    if found.blank:
        yield phrase("blank", language, names=", ".join(found.blank))
    if found.few:
        yield phrase("few.decimals", language)
    if found.spot:
        key = f"spot.{found.spot.kind}" if found.spot.kind else "spot"
        yield phrase(key, language, place=found.spot.place)
    if found.ask:
        look = words(found.ask, language)[1]
        yield phrase("ask", language, look=look) + ("" if look.endswith("?") else ".")


def _located(judgement, found, first, language):
    if found.close:
        yield phrase("close", language)
    elif found.factor:
        yield phrase("factor", language)
    elif judgement.named("follows"):
        yield phrase("first", language, first=first)
    elif judgement.named("correct") and first:
        yield phrase("from.right", language, first=first)
