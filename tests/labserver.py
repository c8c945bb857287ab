"""A real JupyterLab, started by the real `nnteach lab`, and a notebook page in it for tests to drive.

Cells are run by JupyterLab's own command, never by keys: Shift+Enter in a loading page is often lost.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
READY = """async () => {
    await window.jupyterapp.restored;
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
}"""
OUTPUTS = (
    "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells.map(cell => cell.outputs || [])"
)


class LabServer:
    """`nnteach lab` on a folder of its own; nothing of the user's Jupyter is read or written."""

    def __init__(self, home: Path):
        self.home = home
        self.folder = home / "course"
        self.env = os.environ | {
            "HOME": str(home),
            "USERPROFILE": str(home),
            "IPYTHONDIR": str(home / "ipython"),
        }
        for part in ("config", "data", "runtime"):
            (home / part).mkdir()
            self.env[f"JUPYTER_{part.upper()}_DIR"] = str(home / part)
        # The only difference from a user's server: tests may call JupyterLab's commands.
        (home / "config" / "jupyter_server_config.json").write_text(
            '{"LabApp": {"expose_app_in_browser": true}}'
        )

    def __enter__(self):
        self.log = (self.home / "log.txt").open("wb")
        command = [sys.executable, "-m", "nnteach.cli", "lab", str(self.folder), "--no-browser"]
        self.process = subprocess.Popen(
            command,
            env=self.env,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            self.address, self.token = self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(120)  # it ends a kernel for every notebook that a test has opened
        self.log.close()

    def _wait(self):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            for path in (self.home / "runtime").glob("jpserver-*.json"):
                try:
                    info = json.loads(path.read_text())
                    urlopen(f"{info['url']}api", timeout=10).close()
                    return info["url"], info["token"]
                except (ValueError, OSError):
                    pass  # half written, or not listening yet
            time.sleep(0.1)
        raise AssertionError(f"JupyterLab did not start:\n{(self.home / 'log.txt').read_text()[-3000:]}")

    def jupyter(self, *arguments: str) -> None:
        """Run a Jupyter command such as `nbconvert` or `trust` with this server's settings."""
        subprocess.run(
            [sys.executable, "-m", "jupyter", *arguments],
            env=self.env,
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        )


class Lab:
    """One test's view of the server: it opens notebooks, and notes every request that leaves the machine."""

    def __init__(self, server: LabServer, chromium):
        self.server = server
        self.outside: list[str] = []
        self.context = chromium.new_context(viewport={"width": 1400, "height": 1000})
        self.context.set_default_timeout(60_000)
        self.context.on("request", self.note)

    def note(self, request):
        if not request.url.startswith((self.server.address, "data:", "blob:", "about:")):
            self.outside.append(request.url)

    def write(self, name: str, *sources: str) -> Path:
        """A new notebook in the course folder with one code cell for each source; nobody has run it."""
        path = self.server.folder / name
        cells = [new_code_cell(source) for source in sources]
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
        return path

    def open(self, path: Path | str):
        """Open a notebook of the course folder and wait until it and its kernel are ready."""
        name = Path(path).relative_to(self.server.folder) if Path(path).is_absolute() else Path(path)
        page = self.context.new_page()
        # A workspace of its own: what another test left open is not restored here.
        workspace = f"test-{time.monotonic_ns()}"
        page.goto(
            f"{self.server.address}lab/workspaces/{workspace}/tree/{quote(name.as_posix())}"
            f"?token={self.server.token}"
        )
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        page.evaluate(READY)
        return page

    def run_all(self, page) -> list[list[dict]]:
        """Run every cell, fail if one fails, and return each code cell's outputs in nbformat's form."""
        page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        outputs = page.evaluate(OUTPUTS)
        for number, cell in enumerate(outputs):
            errors = [output for output in cell if output["output_type"] == "error"]
            assert not errors, f"cell {number}: {errors[0]['ename']}: {errors[0]['evalue']}"
        return outputs

    def save(self, page) -> None:
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def close(self):
        self.context.close()
