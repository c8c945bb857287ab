"""The page of slips, and what their lines of code print.

    python docs/errata.py          # write docs/errata.md
    python docs/errata.py --run    # first run every entry's code and store what it prints in nnteach/course/errata.toml
"""

import contextlib
import io
import re
import sys
from pathlib import Path

from nnteach.course import errata
from nnteach.symbolic.notation import NOTATIONS

PAGE = Path(__file__).with_name("errata.md")
START = "import numpy as np\nimport nnteach as nt\n"
INTRODUCTION = """# Slips in the slides

Every slide deck has some. Each is listed with what is printed, what is right, why, and, where there is something to
compute, a few lines that show it (`import numpy as np` and `import nnteach as nt` go first). The lessons tell of them
where they come up. This page is made from `nnteach/course/errata.toml` by `python docs/errata.py`; a test runs every
line.
"""


def main(arguments: list[str]) -> int:
    """Write the page; with --run the stored results first."""
    if "--run" in arguments:
        store()
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def page(lessons: dict[str, list[str]] | None = None) -> str:
    """The page as Markdown; `lessons` maps the id of a slip to links to the lessons that tell of it."""
    parts, deck = [INTRODUCTION], None
    for slip in errata.read():
        if slip.deck != deck:
            deck = slip.deck
            parts.append(f"## Deck {deck}: {NOTATIONS[deck].course}\n")
        parts.append(entry(slip, (lessons or {}).get(slip.id, [])))
    return "\n".join(parts)


def entry(slip: errata.Slip, lessons: list[str]) -> str:
    """One slip as Markdown."""
    lines = [f"### {slip.id}\n", f"- **Printed** (slide item {slip.slide}): {literal(slip.printed)}",
             f"- **Correct:** {literal(slip.correct)}", f"- **Why:** {literal(slip.reason)}"]
    if lessons:
        lines.append(f"- **Lesson:** {', '.join(lessons)}")
    if slip.code:
        lines += ["", "```python", slip.code.strip(), "```", "", "```text", slip.shows.strip(), "```"]
    return "\n".join(lines) + "\n"


def literal(text: str) -> str:
    """Text as Markdown that shows it as it is: stars, bars and underscores are meant."""
    return re.sub(r"([\\*_|<>\[\]`#])", r"\\\1", text)


def run(code: str) -> str:
    """What the code of one entry prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(START + code, "errata.toml", "exec"), {})  # noqa: S102, our own data file
    return printed.getvalue()


def store() -> None:
    """Write what every entry's code prints into the data file."""
    text = re.sub(r"^shows = '''\n.*?'''\n", "", errata.FILE.read_text(encoding="utf-8"), flags=re.S | re.M)
    errata.FILE.write_text(re.sub(r"^code = '''\n(.*?)'''\n", _with_result, text, flags=re.S | re.M), encoding="utf-8")
    errata.read.cache_clear()


def _with_result(found: re.Match) -> str:
    return f"{found[0]}shows = '''\n{run(found[1])}'''\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
