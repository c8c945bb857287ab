"""What the documents say: every command, piece of Python and name in them, each with the place where it stands.

Documents are all Markdown files of the repository, the text of its notebooks, the examples of the command line's help,
and the docstrings of modules, which say how a script is started. `tests/test_documents.py` tries what is found here.
"""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnteach.cli import commands as command_line

ROOT = Path(__file__).resolve().parent.parent
MARKDOWN = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / ".github").rglob("*.md")),
            *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "tests").rglob("*.md")),
            *sorted((ROOT / "nnteach").rglob("*.md"))]
NOTEBOOKS = [path for folder in ("notebooks", "solutions") for path in sorted((ROOT / folder).glob("*.ipynb"))]
ERRATA = ROOT / "docs" / "errata.md"  # made from nnteach/course/errata.toml; tests/test_errata.py runs its lines
SCRIPTS = [path for folder in ("docs", "solutions", "tests", "nnteach")
           for path in sorted((ROOT / folder).rglob("*.py"))]
PROGRAM = (r"(?:\S*/bin/|\.venv\\Scripts\\)?(?:python3?|py|pytest|pip|nnteach|jupyter|npx|npm|node|ruff|tsc|apt-get|"
           r"coverage|pre-commit)"
           r"|\.ci/run|%pip|tests/\w+\.py(?= )|source(?= \S+/activate)")
COMMAND = re.compile(rf"(?:[A-Z_]+=\S+ )*(?:{PROGRAM})(?: +\S.*)?$")
LONE = {"pytest", ".ci/run"}  # the name of any other program, with nothing behind it, is only a name
SUBCOMMANDS = "lab|show|homework|grade|search|doctor"
# in a docstring, without marks
IN_PROSE = re.compile(r"(?:[A-Z_]+=\S+ )*(?:python (?:\w[\w/]*\.py|-m )|pytest tests/)[^`|]*")


@dataclass(frozen=True)
class Said:
    """Something that stands in a document."""

    text: str
    where: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ---------------------------------------------------------------------------------------------------- Markdown

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?<=\n\n)((?: {4}\S.*\n)+)")
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def fenced(path: Path) -> list[Said]:
    """The fenced blocks, the kind being their language."""
    text = path.read_text(encoding="utf-8")
    return [Said(found[2], f"{name_of(path)}:{line_of(text, found)}", found[1]) for found in FENCE.finditer(text)]


def line_of(text: str, found: re.Match) -> int:
    return text.count("\n", 0, found.start()) + 1


def spans(path: Path) -> list[Said]:
    """What stands between single backticks, outside of blocks."""
    text = FENCE.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
    return [Said(" ".join(found[1].split()), f"{name_of(path)}:{line_of(text, found)}")
            for found in SPAN.finditer(text)]


def commands_in_markdown(path: Path) -> Iterator[Said]:
    blocks = [said for said in fenced(path) if said.kind in ("", "sh", "bash", "text")]
    text = FENCE.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
    blocks += [Said(found[1], f"{name_of(path)}:{line_of(text, found)}") for found in INDENTED.finditer(text)]
    lines = [Said(line.strip(), said.where) for said in blocks for line in said.text.splitlines()]
    yield from (said for said in lines + spans(path) if is_command(said.text))


def is_command(text: str) -> bool:
    """Whether this is something to type at a prompt."""
    bare = without_comment(text)
    if plain(bare).startswith("nnteach ") and not re.match(rf"nnteach (-|(?:{SUBCOMMANDS})\b)", plain(bare)):
        return False  # the package in a sentence
    return bool(COMMAND.fullmatch(bare)) and (" " in bare or bare in LONE)


# --------------------------------------------------------------------------------------------------- notebooks


def prose(path: Path) -> list[str]:
    """The cells of text of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def commands_in_notebook(path: Path) -> Iterator[Said]:
    yield from (Said(span, path.name) for text in prose(path) for span in SPAN.findall(text) if is_command(span))


def python_in_notebooks() -> list[Said]:
    """The blocks in cells of text, which no kernel runs; the kind is the text around them."""
    return [Said(found[2], path.name, text) for path in NOTEBOOKS for text in prose(path)
            for found in FENCE.finditer(text)]


# -------------------------------------------------------------------------------------------------- docstrings


def commands_in_docstring(path: Path) -> Iterator[Said]:
    """The commands in a module's docstring: indented, between backticks, or after the first colon of a sentence."""
    text = inspect.cleandoc(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
    for line in text.splitlines():
        found = [line.strip()] if line.startswith("    ") and is_command(line.strip()) else []
        found += [span for span in SPAN.findall(line) if is_command(span)]
        rest = SPAN.sub("", line) if not found else line.partition("#")[2]
        found += [command.strip().rstrip(".") for command in IN_PROSE.findall(rest)]
        yield from (Said(command, name_of(path)) for command in found)


def commands_of_help() -> Iterator[Said]:
    """The examples that `nnteach --help` ends with."""
    examples = (line for line in command_line.EPILOG.splitlines() if line.startswith("  "))
    yield from (Said(line.strip(), "nnteach --help") for line in examples)


# ---------------------------------------------------------------------------------------------------- commands


def commands() -> list[Said]:
    """Every simple command of every document, once for each place: `a && b` are two."""
    found = [said for path in MARKDOWN for said in commands_in_markdown(path)]
    found += [said for path in NOTEBOOKS for said in commands_in_notebook(path)]
    found += [said for path in SCRIPTS for said in commands_in_docstring(path)] + list(commands_of_help())
    return [Said(simple.strip(), said.where) for said in found for simple in without_comment(said.text).split(" && ")]


def without_comment(text: str) -> str:
    """A line without what explains it: after #, or behind two spaces or more."""
    return re.split(r"\s+#|\s{2,}", text.strip())[0].strip()


def plain(command: str) -> str:
    """A command as it is typed in an environment that is switched on."""
    return re.sub(r"(?<!\S)(?:\.venv/bin/(?!activate)|jax/bin/|wasm/bin/(?!python$)|\.venv\\Scripts\\)", "", command)


# ------------------------------------------------------------------------------------------------------ Python

PYTHON = re.compile(r"(?:with |[a-z]\w* = )?(?:nt|ex|hw|net|history|page|pack|loss|f|x)(?:\.\w+)+(?:\(.*\):?|\[.*\])?"
                    r"(?:\.\w+(?:\(.*\))?)*")


def python_spans() -> list[Said]:
    """What stands between backticks in Markdown and looks like Python about nnteach."""
    return [said for path in MARKDOWN for said in spans(path) if PYTHON.fullmatch(said.text)
            and not re.fullmatch(r"\w+\.(?:py|js|md|html|css|svg)", said.text)]


def python_blocks() -> dict[Path, list[Said]]:
    """The Python of every document, a program each. Those of the page of slips are run by tests/test_errata.py."""
    found = {path: [said for said in fenced(path) if said.kind == "python"] for path in MARKDOWN if path != ERRATA}
    return {path: blocks for path, blocks in found.items() if blocks}
