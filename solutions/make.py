"""Make the exercises from the solutions, and store the outputs of all notebooks from a clean run.

    python solutions/make.py            # write exercises/*.ipynb from solutions/*.ipynb
    python solutions/make.py --check    # exit 1 if one of them is not what the solutions give
    python solutions/make.py --run      # first run the lessons and the solutions and store their outputs

Edit `solutions/`, never `exercises/`. In a solution, everything between the lines `# solution` and
`# end solution` is left out and, inside a function, replaced by a stub; cells with the tag "solution" are left out
altogether.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LESSONS, SOLUTIONS, EXERCISES = (ROOT / name for name in ("notebooks", "solutions", "exercises"))
BEGIN, END = "# solution", "# end solution"
STUB = 'raise NotImplementedError("your code goes here")'
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}}
WIDGET = "application/vnd.jupyter.widget-view+json"


def main(arguments=None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only see whether exercises and solutions agree")
    parser.add_argument("--run", action="store_true", help="run lessons and solutions, store their outputs")
    parser.add_argument("only", nargs="*", help="notebooks to run, if not all")
    options = parser.parse_args(arguments)
    if options.check:
        return report(out_of_step())
    if options.run:
        for path in map(Path, options.only or notebooks(LESSONS) + notebooks(SOLUTIONS)):
            if not report_missing(path):
                run(path)
    for path in notebooks(SOLUTIONS):
        (EXERCISES / path.name).write_text(exercise(path), encoding="utf-8")
    for stale in {path.name for path in notebooks(EXERCISES)} - {path.name for path in notebooks(SOLUTIONS)}:
        (EXERCISES / stale).unlink()
    return 0


def notebooks(folder: Path) -> list[Path]:
    """The notebooks of a folder, in reading order."""
    return sorted(folder.glob("*.ipynb"))


def out_of_step() -> list[str]:
    """The names of exercises that differ from what their solutions give, are missing, or have no solution."""
    made = {path.name: exercise(path) for path in notebooks(SOLUTIONS)}
    have = {path.name: path.read_text(encoding="utf-8") for path in notebooks(EXERCISES)}
    return sorted(name for name in made.keys() | have.keys() if made.get(name) != have.get(name))


def report(names) -> int:
    """Say which exercises are out of step; returns the exit status."""
    for name in names:
        print(f"exercises/{name} is not what solutions/{name} gives: run solutions/make.py", file=sys.stderr)
    return 1 if names else 0


# ----------------------------------------------------------------------------- a solution becomes an exercise

def exercise(path: Path) -> str:
    """The text of the exercise notebook of a solution notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"] = [_without_solution(cell, path.name) for cell in notebook["cells"]
                         if "solution" not in cell["metadata"].get("tags", ())]
    return to_text(notebook)


def _without_solution(cell, where):
    if cell["cell_type"] != "code":
        return cell
    source = strip("".join(cell["source"]), where).splitlines(keepends=True)
    return {**cell, "source": source, "outputs": [], "execution_count": None}


def strip(source: str, where: str = "a cell") -> str:
    """Leave out what stands between the marks, and put the stub there.

    Raises:
        ValueError: a mark has no partner.
    """
    kept, inside = [], False
    for line in source.splitlines():
        mark = line.strip()
        if mark in (BEGIN, END):
            if inside == (mark == BEGIN):
                raise ValueError(f"{where}: expected {END if inside else BEGIN!r}, got {mark!r}")
            inside = mark == BEGIN
            if inside and line != mark:  # at the margin there is nothing to stub
                kept.append(line[:-len(BEGIN)] + STUB)
        elif not inside:
            kept.append(line)
    if inside:
        raise ValueError(f"{where}: {BEGIN!r} has no {END!r}")
    return "\n".join(kept)


def to_text(notebook: dict) -> str:
    """A notebook as its file holds it: the same bytes everywhere."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


# -------------------------------------------------------------------------------------------- storing outputs

def report_missing(path: Path) -> bool:
    """Whether a lesson needs a framework that is not installed; its stored outputs then stay as they are."""
    from nnteach.frameworks.extras import missing

    needs = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("nnteach", {}).get("needs", ())
    if absent := missing(*needs):
        print(f"{path.name} is left as it is: the extra {', '.join(absent)} is not installed", file=sys.stderr)
    return bool(absent)


def run(path: Path) -> None:
    """Run a notebook in a fresh kernel and store its outputs, and nothing that differs from run to run.

    Raises:
        RuntimeError: a cell wrote to stderr.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False,
                   resources={"metadata": {"path": str(path.parent)}}).execute()
    for cell in notebook.cells:
        if any(output.get("name") == "stderr" for output in cell.get("outputs", ())):
            raise RuntimeError(f"{path.name}, cell {cell.id}: something was written to stderr")
        # A widget needs its kernel, and its id differs from run to run; a demo's picture stands before it.
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", ())]
    notebook.metadata = {**KERNEL, "nnteach": notebook.metadata.get("nnteach", {})}
    path.write_text(to_text(_with_lines(notebook)), encoding="utf-8")


def _with_lines(notebook) -> dict:
    """Texts as lists of lines, as Jupyter stores them, so that a change shows as a line in a diff."""
    from nbformat.v4.rwbase import split_lines

    return split_lines(notebook)


if __name__ == "__main__":
    sys.exit(main())
