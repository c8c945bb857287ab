"""Modules that have moved: every old path gives the very module that stands at the new one, and says so."""

import importlib
import subprocess
import sys

import pytest

from nnteach import _moved


@pytest.mark.parametrize("old", _moved.OLD)
def test_an_old_path_gives_the_module_at_its_new_place(old):
    new = importlib.import_module(_moved.OLD[old])
    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=f"{old} has moved to {_moved.OLD[old]}"):
        assert importlib.import_module(old) is new
    assert new.__spec__.name == new.__name__ == _moved.OLD[old]


def test_names_can_be_imported_from_an_old_path_and_the_warning_points_at_the_line(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import nnteach as nt\nfrom nnteach.ops import relu\nassert relu is nt.relu\n"
                       "import nnteach.homework.sheet as sheet\nassert sheet.Homework is nt.homework.Homework\n")
    done = subprocess.run([sys.executable, "-W", "always", str(program)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "program.py:2: DeprecationWarning: nnteach.ops has moved" in done.stderr


def test_what_nobody_moved_is_not_found():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nnteach.nothing")
