"""Start JupyterLab on a folder with the course, or check without a browser that it would be served."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from ..core.errors import NNTeachError
from .copying import Copied

SECONDS_TO_START = 120
SETTINGS = Path(__file__).parents[1] / "_jupyter"  # no question about news in the middle of a lecture
SHARED = SETTINGS / "share"  # lecture mode (F2), and how slides look


class LabError(NNTeachError):
    """JupyterLab is missing, does not start, or does not serve the course."""


def require_jupyterlab() -> None:
    if importlib.util.find_spec("jupyterlab") is None:
        raise LabError(
            f"JupyterLab is not installed here. Install it with: {sys.executable} -m pip install jupyterlab"
        )


def trust(report: Copied) -> None:
    """Sign the notebooks that are ours to the last byte: their stored players work before the first run.

    A notebook the student has changed is left alone: Jupyter signs it when it is run.
    """
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in report.as_shipped():
        if path.suffix == ".ipynb":
            notary.sign(nbformat.read(path, as_version=4))


def serve(folder: Path, first: str | None = None, port: int | None = None, browser: bool = True) -> int:
    """Run JupyterLab on `folder` until the user ends it; `first` is the notebook it opens with.

    Returns:
        The exit status of JupyterLab.
    """
    options = [] if browser else ["--no-browser"]
    options += [f"--ServerApp.port={port}"] if port else []
    options += [f"--LabApp.default_url=/lab/tree/{quote(first)}"] if first else []
    with _start(folder, options) as server, _signals_left_to(server):
        return server.wait()


def check(folder: Path, names: list[str]) -> str:
    """Start a server, fetch JupyterLab's page and every notebook in `names` from it, and stop it.

    Returns:
        A sentence saying what was checked.

    Raises:
        LabError: the server does not come up, or serves something else than what lies in `folder`.
    """
    with tempfile.TemporaryDirectory(prefix="nnteach-check-") as runtime:
        log = Path(runtime, "log.txt")
        with log.open("wb") as stream, _start(folder, ["--no-browser"], runtime, stream) as server:
            try:
                address, token = _wait_until_up(server, runtime)
                _check_page(address, token)
                cells = sum(_check_notebook(address, token, folder, name) for name in names)
                _request(f"{address}api/shutdown", token, method="POST")
                server.wait(30)
            except (LabError, URLError, subprocess.TimeoutExpired, OSError) as error:
                end = log.read_text(errors="replace")[-2000:]
                raise LabError(
                    f"JupyterLab does not serve the course: {error}\nThe end of its log:\n{end}"
                ) from error
            finally:
                server.kill()
    return f"JupyterLab serves the course from {folder}: {len(names)} notebooks, {cells} cells."


def _start(folder: Path, options: list[str], runtime: str | None = None, log=None) -> subprocess.Popen:
    require_jupyterlab()
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *options]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append(
            "--allow-root"
        )  # in a container everybody is root; the server listens on this machine only
    env = environment()
    if runtime:
        env["JUPYTER_RUNTIME_DIR"] = runtime
    quiet = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT} if log else {}
    return subprocess.Popen(command, cwd=folder, env=env, **quiet)


def environment() -> dict[str, str]:
    """The environment in which Jupyter finds our settings, lecture mode and the look of slides.

    In a terminal of JupyterLab `jupyter` and `nnteach` are those of this Python, even if its environment is not active.
    """
    return (os.environ | _first("JUPYTER_CONFIG_PATH", SETTINGS) | _first("JUPYTER_PATH", SHARED)
            | _first("PATH", Path(sysconfig.get_path("scripts"))))


def _first(variable: str, folder: Path) -> dict[str, str]:
    """An environment variable that lists folders, with ours before the user's."""
    return {variable: os.pathsep.join([str(folder), *filter(None, [os.environ.get(variable)])])}


@contextlib.contextmanager
def _signals_left_to(server: subprocess.Popen):
    """Ctrl-C reaches JupyterLab by itself, which asks whether to stop; an order to end is passed on."""
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: server.terminate()),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_up(server: subprocess.Popen, runtime: str) -> tuple[str, str]:
    """Wait for the file in which a Jupyter server writes its address and token."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise LabError(f"it stopped at once with status {server.returncode}")
        for path in Path(runtime).glob("jpserver-*.json"):
            with contextlib.suppress(
                ValueError, KeyError, URLError, OSError
            ):  # half written, or not listening yet
                info = json.loads(path.read_text())
                _request(f"{info['url']}api", info["token"])
                return info["url"], info["token"]
        time.sleep(0.1)
    raise LabError(f"it did not answer within {SECONDS_TO_START} seconds")


def _check_page(address: str, token: str) -> None:
    page = _request(f"{address}lab", token).decode()
    if 'id="jupyter-config-data"' not in page:
        raise LabError("the page it serves is not JupyterLab's")


def _check_notebook(address: str, token: str, folder: Path, name: str) -> int:
    served = json.loads(_request(f"{address}api/contents/{quote(name)}?content=1", token))["content"]["cells"]
    stored = json.loads((folder / name).read_text(encoding="utf-8"))["cells"]
    if len(served) != len(stored):
        raise LabError(f"{name} has {len(stored)} cells but {len(served)} are served")
    return len(served)


def _request(url: str, token: str, method: str = "GET") -> bytes:
    request = Request(url, method=method, headers={"Authorization": f"token {token}"})
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.read()
    except HTTPError as error:
        raise LabError(f"{method} {url} is answered with {error.code} {error.reason}") from error
