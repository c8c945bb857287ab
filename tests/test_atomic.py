"""Files are written whole or not at all, whoever writes them."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nnteach as nt
from nnteach.support import atomic

PACKAGE = Path(nt.__file__).parent
MAY_WRITE = {  # modules that write in their own way, and why that is safe
    "support.atomic": "is the way itself",
    "data.download": "has parts of its own, which a broken download carries on with",
    "homework.grading.attempts": "adds one line to a log",
    "search.journal": "cuts a half-written line off a journal, or ends it, which a crash cannot make worse",
    "search.crew": "writes into a temporary folder of its own",
    "player.python.script": "the folder of a wheel that is being built, where nothing of ours can be imported",
    "course.lab": "the log of a server, in a temporary folder",
}


def writes(tree):
    """Calls that open a file for writing, or have a library write to a path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := getattr(node.func, "attr", getattr(node.func, "id", ""))):
            modes = [a.value for a in [*node.args, *(k.value for k in node.keywords)]
                     if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name in ("write_text", "write_bytes") or (name == "open" and any(set("wax+") & set(m) and len(m) < 4
                                                                                 for m in modes)):
                yield node


def test_every_module_writes_through_files():
    """The kind: no `write_text` of a path, no open(…, "w"): only `atomic.write_text`, `atomic.whole`."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if module in MAY_WRITE or "_course" in module:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        wrong += [f"{module}:{call.lineno}" for call in writes(tree)
                  if getattr(getattr(call.func, "value", None), "id", "") not in ("atomic", "part")]
    assert wrong == []


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "f.html"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), atomic.whole(target) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert target.read_text() == "old" and os.listdir(tmp_path) == ["f.html"]


@pytest.mark.parametrize("name", ["f.html", "f.svg", "f.png", "f.pdf", "f.gif", "f.tex", "f.md", "f.csv"])
def test_a_player_that_cannot_be_saved_leaves_the_old_file(tmp_path, monkeypatch, name):
    target = tmp_path / name
    target.write_text("old")
    monkeypatch.setattr(atomic.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    x, y = nt.variables(x=1, y=2)
    with pytest.raises(OSError):
        nt.step(x * y).save(target)
    assert target.read_text() == "old" and os.listdir(tmp_path) == [name]


def test_a_killed_writer_leaves_the_old_file_and_its_part_is_cleared_away(tmp_path):
    target = tmp_path / "model.npz"
    target.write_text("old")
    program = ("import os, signal, sys\nfrom nnteach.support import atomic\n"
               "with atomic.whole(sys.argv[1]) as part:\n    part.write_text('half')\n"
               "    os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))")
    assert subprocess.run([sys.executable, "-c", program, str(target)]).returncode != 0
    assert target.read_text() == "old" and len(os.listdir(tmp_path)) == 2
    atomic.write_text(target, "new")
    assert target.read_text() == "new" and os.listdir(tmp_path) == ["model.npz"]


def test_another_writer_that_is_still_at_work_keeps_its_part(tmp_path):
    target = tmp_path / "model.npz"
    with atomic.whole(target) as mine:
        mine.write_text("mine")
        atomic.write_text(target, "theirs")
        assert mine.exists()
    assert target.read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="permissions are another matter on Windows")
def test_permissions_are_the_users_own(tmp_path):
    before = os.umask(0o027)
    try:
        atomic.write_text(tmp_path / "new", "")
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640
        (tmp_path / "private").touch()
        (tmp_path / "private").chmod(0o600)
        atomic.write_text(tmp_path / "private", "")
        assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_the_longest_name_a_folder_takes(tmp_path):
    atomic.write_text(tmp_path / ("n" * 255), "text")
    assert (tmp_path / ("n" * 255)).read_text() == "text"


def test_a_folder_is_refused_under_its_own_name(tmp_path):
    with pytest.raises(IsADirectoryError, match="Is a folder"):
        atomic.write_text(tmp_path, "text")
    with pytest.raises(FileNotFoundError) as error:
        atomic.write_text(tmp_path / "nowhere" / "f.html", "text")
    assert error.value.filename == str(tmp_path / "nowhere" / "f.html")
