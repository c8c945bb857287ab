"""Questions with a few options each, and for every option why it is right or not; no kernel is needed to answer.

    nt.quiz("001")                        # the six questions of the lecture
    nt.quiz("graphs.2")                   # one question of `quizzes.toml`
    nt.quiz("What is 2 + 2?", ("4", True, "Two pairs."), ("5", False, "Count again."))

A cell shows the options as lines to unfold, which work in any viewer, trusted or not; where scripts may run, a frame of
its own takes their place: radio buttons, a check, and a region that is read aloud.
"""

import functools
import html
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import GraphError, message
from ..homework.grading.guard import safely
from ..homework.grading.values import kind_of
from ..player.python.script import plain
from ..support import atomic
from ..support.shown import Shown

FILE = Path(__file__).with_name("quizzes.toml")
PAGE = Path(__file__).with_name("quizzes.html")
LETTERS = "ABCDEFGH"
FIRST_HEIGHT = 320
"""Height in px of the frame until the page in it says how high it is."""


@dataclass(frozen=True)
class Option:
    """One option: its text, and why it is right or not."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: such as "001.3"; empty for a question of one's own.
        asks: the question.
        options: exactly one of them is right.
        note: what is said beside the explanation once it is answered right.
        slides: ids of the catalogue.
    """

    id: str
    asks: str
    options: tuple[Option, ...]
    note: str = ""
    slides: tuple[str, ...] = ()

    @property
    def right(self) -> Option:
        return next(option for option in self.options if option.right)


@dataclass(frozen=True)
class Quiz(Shown):
    """Some questions; shows itself in a notebook, as text, and as a page of its own."""

    questions: tuple[Question, ...]
    _name: str = field(default="quiz", repr=False)

    def __len__(self):
        return len(self.questions)

    def __repr__(self):
        return "\n\n".join(_as_text(question) for question in self.questions)

    def _repr_html_(self):
        return _output(self)

    def save(self, path) -> Path:
        """Write a page that needs no network and no kernel."""
        path = Path(path)
        atomic.write_text(path, document(self))
        return path


def quiz(question: str, *options: tuple[str, bool, str]) -> Quiz:
    """Questions of the course by name, or one of your own.

    Args:
        question: a group such as "001", a question such as "001.3", or with options the question itself.
        *options: (text, whether it is right, why), one of them right.

    Raises:
        GraphError: a name that is not known, or options that are none.
    """
    if options:
        return Quiz((_own(question, options),))
    known = read()
    wanted = question if isinstance(question, str) else None
    chosen = tuple(q for q in known if wanted in (q.id, q.id.split(".")[0]))
    if not chosen:
        groups = dict.fromkeys(q.id.split(".")[0] for q in known)
        advice = "To ask a question of your own, give options: (text, whether it is right, why)"
        got = repr(question) if wanted is not None else kind_of(question)
        raise GraphError(message(f"a quiz among {', '.join(groups)}", got, advice))
    return Quiz(chosen, f"quiz-{question}")


@functools.cache
def read() -> tuple[Question, ...]:
    """All questions of the data file, in order."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["question"]
    return tuple(
        Question(
            entry["id"],
            entry["asks"],
            tuple(Option(text, i == entry["right"], why) for i, (text, why) in enumerate(entry["options"])),
            entry.get("note", ""),
            tuple(entry["slides"]),
        )
        for entry in entries
    )


def _own(question, options):
    made = []
    for given in options:
        if not (isinstance(given, tuple) and len(given) == 3 and isinstance(given[1], bool)):
            got = safely(kind_of(given), repr, given)
            raise GraphError(message("options such as (\"4\", True, \"Two pairs.\")", got))
        made.append(Option(str(given[0]), given[1], str(given[2])))
    if not 2 <= len(made) <= len(LETTERS) or sum(option.right for option in made) != 1:
        expected = f"2 to {len(LETTERS)} options, one of them right"
        raise GraphError(message(expected, f"{len(made)}, {sum(option.right for option in made)} of them right"))
    return Question("", question, tuple(made))


# ------------------------------------------------------------------------------------------------ what it shows


def _as_text(question):
    options = [f"  {letter}  {option.text}" for letter, option in zip(LETTERS, question.options, strict=False)]
    return "\n".join([question.asks, *options])


def _output(asked):
    """Lines to unfold, and a script that puts the page in a frame in their place."""
    page = html.escape(document(asked), quote=True)
    script = plain("around") + _UPGRADE
    return (
        f'<div class="nnteach-quiz" data-height="{FIRST_HEIGHT}">'
        f'<div class="nnteach-quiz-plain">{"".join(map(_plain, asked.questions))}</div>'
        f'<template data-page="{page}"></template><script>{{{script}}}</script></div>'
    )


def _plain(question):
    """A question without any script or style: each option unfolds what there is to say about it."""
    lines = [f"<p><strong>{html.escape(question.asks)}</strong></p>"]
    for letter, option in zip(LETTERS, question.options, strict=False):
        said = f"{'✓ Right.' if option.right else '✗ Not this one.'} {option.why}"
        note = f" {question.note}" if option.right and question.note else ""
        summary = f"<summary>{letter}. {html.escape(option.text)}</summary>"
        lines.append(f"<details>{summary}<p>{html.escape(said + note)}</p></details>")
    return "".join(lines)


# `document.currentScript` is not to be relied on where a notebook inserts outputs: every output that is not a frame
# yet is made one. The page says how high it is; nothing else passes between the two.
_UPGRADE = r"""
for (const box of document.querySelectorAll(".nnteach-quiz:not([data-ready])")) {
  box.setAttribute("data-ready", "");
  const frame = document.createElement("iframe");
  frame.title = "Quiz";
  frame.style.cssText = "display:block;width:100%;border:0;height:" + box.dataset.height + "px";
  frame.setAttribute("sandbox", "allow-scripts");
  addEventListener("message", (event) => {
    if (event.source === frame.contentWindow && Number.isFinite(event.data?.quizHeight))
      frame.style.height = Math.min(event.data.quizHeight, 20000) + "px";
  });
  const { page } = box.querySelector("template").dataset;
  frame.srcdoc = page.replace("<html ", '<html data-theme="' + themeAround() + '" ');
  tellFrame(frame);
  box.append(frame);
  box.querySelector(".nnteach-quiz-plain").hidden = true;
}
"""


def document(asked: Quiz) -> str:
    """The quiz as one HTML page that works from a file and asks nothing of the network."""
    forms = "".join(_form(question, i, len(asked)) for i, question in enumerate(asked.questions))
    return PAGE.read_text(encoding="utf-8").replace("<!-- questions -->", forms)


def _form(question, number, of):
    heading = f'<span class="number">{number + 1} <span class="of">of {of}</span></span> ' if of > 1 else ""
    options = "".join(
        f'<label class="option"><input type="radio" name="q{number}" value="{i}"'
        f' data-right="{str(option.right).lower()}" data-why="{html.escape(_why(question, option))}">'
        f'<span class="letter" aria-hidden="true">{LETTERS[i]}</span>'
        f'<span class="text">{html.escape(option.text)}</span><span class="mark" aria-hidden="true"></span></label>'
        for i, option in enumerate(question.options)
    )
    return (
        f'<form class="question" data-question="{html.escape(question.id)}"><fieldset>'
        f"<legend>{heading}{html.escape(question.asks)}</legend>{options}</fieldset>"
        '<div class="answer"><button type="button">Check</button>'
        '<p class="feedback" role="status" aria-live="polite"></p></div></form>'
    )


def _why(question, option):
    return f"{option.why} {question.note}".strip() if option.right else option.why
