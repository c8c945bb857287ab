"""The style that pyproject.toml declares ([tool.ruff]) holds in every file of the repository."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHECK = (sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise")


def test_ruff_finds_nothing():
    done = subprocess.run([*CHECK, "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"`ruff check .` says:\n{done.stdout}{done.stderr}"


def test_ruff_looks_by_the_declared_rules():
    """Without its settings it would find nothing here, and the test above could not fail."""
    source = "x = 1  # " + 150 * "a" + "\nfor a, b in zip([x], [x]):\n    exec('a')\n"
    done = subprocess.run([*CHECK, "--stdin-filename=nnteach/other.py", "-"], input=source, cwd=ROOT,
                          capture_output=True, text=True)
    assert [rule in done.stdout for rule in ("E501", "B905", "S102")] == [True] * 3, done.stdout
