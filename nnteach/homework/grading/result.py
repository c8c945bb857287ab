"""The outcome of a check: falsy unless right, and shown as text, Markdown or HTML."""

import html
from dataclasses import dataclass, field

SIGNS = {"correct": "✓", "not_attempted": "○"}  # anything else is ✗; the words say it too


@dataclass(frozen=True)
class Result:
    """What a check found.

    Attributes:
        verdict: "correct", "wrong", "incomplete", "not_attempted", "error", "bad_type" or "changes_inputs".
        headline: the verdict in a sentence.
        points: what differs, a sentence each.
        mistakes: the ids of the mistakes that explain it, the first wrong answer's first.
        first_wrong: the name of the first wrong answer.
        case: the smallest case that fails: inputs by name.
        call: lines that show this case.
    """

    verdict: str
    headline: str
    points: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    first_wrong: str | None = None
    case: dict | None = field(default=None, repr=False)
    call: tuple[str, ...] = field(default=(), repr=False)

    @property
    def ok(self) -> bool:
        """Whether the answer is right."""
        return self.verdict == "correct"

    def __bool__(self):
        return self.ok

    @property
    def title(self) -> str:
        """The headline with its sign."""
        return f"{SIGNS.get(self.verdict, '✗')} {self.headline}"

    @property
    def message(self) -> str:
        """Everything, as plain text."""
        points = [f"  • {point}" for point in self.points]
        return "\n".join([self.title, *points, *(f"    {line}" for line in self.call)])

    __repr__ = __str__ = lambda self: self.message

    def to_markdown(self) -> str:
        """Everything, as Markdown; what the student wrote stands as text."""
        points = [f"* {_escape(point)}" for point in self.points]
        call = ["", "```", *self.call, "```"] if self.call else []
        return "\n".join([f"**{_escape(self.title)}**", "", *points, *call]) + "\n"

    def _repr_html_(self) -> str:
        parts = [f"<strong>{html.escape(self.title)}</strong>"]
        if self.points:
            items = "".join(f"<li>{html.escape(point)}</li>" for point in self.points)
            parts.append(f"<ul>{items}</ul>")
        if self.call:
            lines = html.escape("\n".join(self.call))
            parts.append(f'<pre style="font-family: monospace">{lines}</pre>')
        return f'<div data-nnteach-check="{self.verdict}">{"".join(parts)}</div>'


def _escape(text):
    for c in "\\`*_{}[]<>#|$&":
        text = text.replace(c, f"&#{ord(c)};")
    return text
