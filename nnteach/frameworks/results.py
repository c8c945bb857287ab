"""What full runs found, written beside the lessons: the only place that prose takes its numbers from.

    nt.frameworks.record("tf_fashion", here, data, accuracy=0.83)     # does something in full mode only
    nt.frameworks.recorded("tf_fashion")                              # a sentence for the lesson
"""

import hashlib
import json
from pathlib import Path

from ..support import atomic
from .clothes import Clothes
from .here import Here

FOLDER = "results"


class Recorded(dict):
    """What a full run wrote; shows itself as sentences."""

    def __repr__(self):
        if not self:
            return "No full run has been recorded yet: set NNTEACH_MODE=full and run this notebook."
        found = "\n".join(f"  {name}: {_text(value)}" for name, value in self["found"].items())
        return f"Recorded by a full run on {self['device']} ({self['engine']})\nData: {self['data']}\n{found}"


def record(name: str, here: Here, data: Clothes | None = None, **found) -> None:
    """Write what a full run found; in quick mode, and with synthetic data, do nothing.

    Args:
        name: of the notebook, without its ending; it lies in the current folder.
        here: where it ran.
        data: what it ran with.
        found: the results, numbers or lists of numbers.
    """
    if here.quick or (data is not None and data.synthetic):
        return
    said = {
        "code": code_hash(Path(f"{name}.ipynb")),
        "mode": here.mode,
        "engine": here.engine,
        "device": here.device,
        "data": _describe(data),
        "found": {key: _plain(value) for key, value in found.items()},
    }
    folder = Path(FOLDER)
    folder.mkdir(exist_ok=True)
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    atomic.write_text(folder / f"{name}.json", text)


def recorded(name: str) -> Recorded:
    """What the last full run of a notebook found; empty if there was none."""
    path = Path(FOLDER) / f"{name}.json"
    return Recorded(json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})


def code_hash(path: Path) -> str:
    """The SHA-256 of a notebook's code, without the cell that installs: results of other code are stale."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells
            if cell["cell_type"] == "code" and "colab" not in cell["metadata"].get("tags", ())]
    return hashlib.sha256("\n\n".join(code).encode()).hexdigest()


def _describe(data) -> str:
    if data is None:
        return "none"
    sizes = f"{len(data.x_train):,} images to train with, {len(data.x_test):,} to test with"
    return f"{data.note or 'the whole of Fashion-MNIST'}; {sizes}"


def _plain(value):
    """Numbers as JSON knows them, to four digits after the point."""
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value if isinstance(value, str | int | bool) else round(float(value), 4)


def _text(value) -> str:
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
