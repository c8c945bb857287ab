"""The player's own tests run in Node.js (`node --test`); here they count like any other test."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnteach.player import script

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.mjs"))


def node_test(*files):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on PATH")
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", *map(str, files)],
        cwd=HERE.parent,
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=250,
    )
    counts = {
        word: int(number) for word, number in re.findall(r"^# (tests|pass|fail) (\d+)$", done.stdout, re.M)
    }
    return done, counts


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_javascript(file):
    done, counts = node_test(file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert counts["pass"] == counts["tests"] > 0, done.stdout


def test_a_failing_javascript_test_is_noticed(tmp_path):
    wrong = tmp_path / "wrong.mjs"
    wrong.write_text(
        "import test from 'node:test'; test('wrong', () => { throw new Error('as it should'); });"
    )
    done, counts = node_test(wrong)
    assert done.returncode != 0
    assert counts["fail"] == 1


def test_the_delivered_script_keeps_the_spaces_of_its_texts():
    """They are left out beside signs, but not within a text; what finds the texts knows none within another."""
    sources = "".join(path.read_text(encoding="utf-8") for path in script.FOLDER.glob("*.js"))
    assert not re.search(r"\$\{[^}]*`", sources), "a template within a template: join the parts instead"
    assert '.join(" = ")' in script.script() and "= ${text}`" in script.script() and " => " not in script.script()
