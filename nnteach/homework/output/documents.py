"""What a homework tells: the sheet, the hints, and the steps as they go with a mistake."""

import re

import numpy as np

from ...i18n.check_phrases import phrase
from ..exercises.procedure import Procedure
from ..exercises.rerun import resolve
from ..mistakes.wording import words
from .formulas import how
from .solution import written


class Document(str):
    """A text in Markdown that a notebook shows set, and a terminal as it is."""

    __slots__ = ()

    def _repr_markdown_(self):
        return str(self)

    __repr__ = str.__str__


# ------------------------------------------------------------------------------------------------ the sheet


def whose(student: str | None) -> str:
    """A student's name behind the id of the numbers: as it is, or quoted where Markdown could take it for markup."""
    if student is None:
        return ""
    name = " ".join(student.split())
    harmless = re.fullmatch(r"[\w .,'’()-]*", name) and not re.search(r"(^|\W)_|_(\W|$)", name)
    return f" · {name}" if harmless else f" · {quoted(name)}"


def quoted(text: str) -> str:
    """A text as code in Markdown, whatever stands in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"`{text}`"


def unquoted(line: str) -> str:
    """A line of a sheet without the marks of its code."""
    return re.sub(r"(`+)( ?)(.+?)\2\1(?!`)", r"\3", line)


def sheet_of(hw) -> Document:
    """The sheet of a homework: title, conventions, numbers, and what to hand in."""
    who = whose(hw.student)
    heading = phrase("sheet.variant", hw.language, variant=hw.variant.id)
    out = [f"## {hw.exercise.title}", "", heading + who, "", *(f"* {line}" for line in hw.exercise.conventions), ""]
    out += [f"### {phrase('sheet.given', hw.language)}", "", "```"]
    out += [*(line for name, value in hw.given.items() for line in written(name, value)), "```", ""]
    return Document("\n".join([*out, *_hand_in(hw)]) + "\n")


def _hand_in(hw):
    shapes = ", ".join(f"`{name}` {_shape(hw, hw.truth[name])}" for name in hw.asked)
    digits = "" if hw.exercise.judge else phrase("sheet.digits", hw.language)
    yield from (f"### {phrase('sheet.hand.in', hw.language)}", "", f"{shapes}{digits}.")
    if early := [name for name in hw.stages if name not in hw.asked and _is_on_the_way(hw, name)]:
        yield phrase("sheet.early", hw.language, names=", ".join(f"`{name}`" for name in early))


def _is_on_the_way(hw, name):
    """Whether a stage comes before the last one asked for, and has a name that the sheet explains."""
    stages = hw.task.stages
    stage, kinds = stages.get(name), {stages[n].kind for n in hw.asked if n in stages}
    return stage is not None and bool(stage.node.name) and (stage.kind == "value" or "gradient" in kinds)


def _shape(hw, value):
    return phrase("sheet.number", hw.language) if np.ndim(value) == 0 else "×".join(map(str, np.shape(value)))


# ------------------------------------------------------------------------------------------------ the hints


def hint_of(hw, level: int, name: str, found=None) -> Document:
    """A hint: 1 the principle, 2 which step, 3 its formula, 4 the same step with other numbers.

    Args:
        hw: the homework.
        level: which hint.
        name: the answer that it is about.
        found: the diagnosis of the last check, if there was one.
    """
    told = how(hw.task, name)
    if level == 1:
        stage = hw.task.stages.get(name)
        key = "hint.back" if stage is None or stage.kind == "gradient" else "hint.forward"
        return Document(hw.task.principle if isinstance(hw.task, Procedure) else phrase(key, hw.language))
    if level == 2:
        look = words(found.candidates[0][0], hw.language)[1] if found and found.candidates else ""
        more = " " + phrase("look", hw.language, look=look) + ("" if look.endswith("?") else ".") if look else ""
        return Document(f"{phrase('hint.begin', hw.language, name=name)} {told.sentence}{more}")
    if level == 3:
        return Document(f"{name} = {told.text}")
    return _elsewhere(hw, name, told)


def _elsewhere(hw, name, told):
    """The same step with the numbers of nobody."""
    other = _somebody_else(hw, name)
    known = other.truth | other.given
    parts = told.text.replace("ᵀ", " ").replace("(", " ").replace(")", " ").split()
    used = [part for part in dict.fromkeys(parts) if part in known]
    lines = [line for n in used for line in written(n, known[n])]
    result = written(name, other.truth[name])
    return Document(
        "\n".join([phrase("hint.other", hw.language), "```", *lines, f"{name} = {told.text}", *result, "```"])
    )


def _somebody_else(hw, name):
    """A homework in which this answer is another one; where there are few answers, the first ones drawn may agree."""
    for again in range(20):
        other = type(hw)(hw.exercise, f"hint for {hw.student}{again or ''}", language=hw.language)
        if not np.array_equal(other.truth[name], hw.truth[name]):
            break
    return other


def wrong_steps(hw, changes) -> Document:
    """The steps as they go with a mistake; a list of steps has no graph to step through."""
    changed = {name for change in changes for name in change.steps}
    lines = [phrase("steps.wrong", hw.language), "```"]
    for name, value in resolve(hw.task, *changes).items():
        lines += [*written(name, value), *(["    ← " + phrase("steps.here", hw.language)] if name in changed else [])]
    return Document("\n".join([*lines, "```"]))
