"""Modules that have moved: every old path gives the very module that stands at the new one, and says so."""

import importlib
import subprocess
import sys

import pytest

from nnteach import _moved


@pytest.mark.parametrize("old", sorted({*_moved.OLD} - {*_moved.NAMES_OF_FUNCTIONS}))
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


@pytest.mark.parametrize("old", _moved.NAMES_OF_FUNCTIONS)
def test_an_old_path_with_the_name_of_a_function_gives_the_names_of_its_module(old):
    name = old.rpartition(".")[2]
    with pytest.warns(DeprecationWarning, match=f"{old} has moved to {_moved.OLD[old]}"):
        found = getattr(importlib.import_module(old), name)
    assert found is getattr(importlib.import_module(_moved.OLD[old]), name)
    with pytest.raises(AttributeError):
        importlib.import_module(old).__path__  # noqa: B018


def test_old_paths_put_no_module_in_the_place_of_a_public_name():
    """In a process of its own: what other tests have imported is no help there."""
    program = """
import importlib, warnings
import nnteach as nt
from nnteach import _moved
warnings.simplefilter("ignore")
places = {"nnteach": nt, "nnteach.homework": nt.homework, "nnteach.nn": nt.nn, "nnteach.demos": nt.demos,
          "nnteach.player": importlib.import_module("nnteach.player")}
before = {(at, name): getattr(place, name) for at, place in places.items() for name in dir(place)
          if not name.startswith("_")}
for old in _moved.OLD:
    importlib.import_module(old)
wrong = [f"{at}.{name}" for (at, name), one in before.items() if getattr(places[at], name) is not one]
assert not wrong, wrong
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module, names", {
    "nnteach.trace": "Step NodeState EdgeState State Timeline Memory is_bare_number as_data edge_name",
    "nnteach.compile": "Compiled",
    "nnteach.course": "CourseError Copied shipped copy_course describe PARTS MANIFEST",
    "nnteach.homework.mistakes": "GROUPS MISTAKES OF_ANSWERS",
    "nnteach.nn.training": "Rates",
    "nnteach.cli": "lab show homework grade search COMMANDS",
    "nnteach.demos.framework.demo": "Control Still pixels quick small DPI PALETTE STYLE",  # was demos.stage
}.items())
def test_the_names_of_a_module_that_is_a_package_now_are_found_and_warn(module, names):
    """Modules of 0.1 whose path stays, though what they held stands one module further down."""
    for name in names.split():
        with pytest.warns(DeprecationWarning, match=f"{module}.{name} has moved to"):
            assert getattr(importlib.import_module(module), name) is not None


def test_what_nobody_moved_is_not_found():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nnteach.nothing")
