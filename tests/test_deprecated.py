"""A name that has moved works for one version, and the warning says where it is and when the old one goes."""

import importlib
import subprocess
import sys
import warnings

import pytest

from nnteach.support import deprecated


@pytest.fixture
def package(tmp_path, monkeypatch):
    """`add(name, text)` writes a module; they are found, and forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def add(name, text):
        path = tmp_path.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")
        importlib.invalidate_caches()

    yield add
    for name in set(sys.modules) - before:
        del sys.modules[name]


USE = "from nnteach.support.deprecated import moved, moved_module, moved_names\n"


@pytest.mark.parametrize("since, gone", [("0.2", "0.3"), ("0.2.0", "0.3"), ("0.9", "0.10"), ("1.9.3", "1.10")])
def test_what_is_deprecated_goes_with_the_next_minor_version(since, gone):
    assert deprecated.next_minor(since) == gone
    with pytest.warns(DeprecationWarning, match=rf"a\.b has moved .* nnteach {since} .* removed in {gone}: use c\.d$"):
        deprecated.moved("a.b", "c.d", since=since)


def warned(action):
    """What an action gives, and the only warning that it brings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = action()
    only, = caught
    assert only.category is DeprecationWarning
    return result, only


def test_a_function_that_warns_points_at_its_caller(package):
    package("houses.old", f"{USE}def f():\n    moved('houses.old.f', 'houses.new.f', since='0.2')\n    return 3\n")
    old = importlib.import_module("houses.old")
    result, warning = warned(lambda: old.f())
    assert result == 3 and warning.filename == __file__


@pytest.mark.parametrize("name, value", [("number", 4), ("shelf", "module"), ("under_another_name", 5)])
def test_a_name_that_has_moved_is_found_with_a_warning(package, name, value):
    package("houses.shelf", "number = 4\nother = 5\n")
    names = {"number": "houses.shelf.number", "shelf": "houses.shelf", "under_another_name": "houses.shelf.other"}
    package("houses.old", f"{USE}stays = 1\n__getattr__ = moved_names(__name__, {names!r}, since='0.2')\n")
    old = importlib.import_module("houses.old")
    found, warning = warned(lambda: getattr(old, name))
    assert found == (sys.modules["houses.shelf"] if value == "module" else value)
    assert warning.filename == __file__
    assert f"houses.old.{name} has moved to {names[name]} " in str(warning.message)


def test_from_import_of_a_name_that_has_moved(package):
    package("houses.shelf", "number = 4\n")
    names = {"number": "houses.shelf.number"}
    package("houses.old", f"{USE}__getattr__ = moved_names(__name__, {names!r}, since='1.4')\n")
    space = {}
    with pytest.warns(DeprecationWarning, match=r"removed in 1\.5"):
        exec("from houses.old import number", space)
    assert space["number"] == 4


def test_what_never_was_there_is_missing_as_anywhere(package):
    package("houses.old", f"{USE}stays = 1\n__getattr__ = moved_names(__name__, {{'a': 'math.pi'}}, since='0.2')\n")
    old = importlib.import_module("houses.old")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert old.stays == 1 and not hasattr(old, "b")
    with pytest.raises(AttributeError, match=r"module 'houses\.old' has no attribute 'b'"):
        _ = old.b


def test_an_error_inside_the_new_module_is_not_hidden(package):
    package("houses.broken", "import a_module_that_is_not_there\n")
    package("houses.old", f"{USE}__getattr__ = moved_names(__name__, {{'a': 'houses.broken'}}, since='0.2')\n")
    old = importlib.import_module("houses.old")
    with pytest.warns(DeprecationWarning), pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_there"):
        _ = old.a


@pytest.mark.parametrize("line", ["import houses.old as old", "from houses import old",
                                  "import importlib; old = importlib.import_module('houses.old')"])
def test_a_module_that_has_moved_is_the_new_one_and_the_warning_points_at_the_import(package, line, tmp_path):
    package("houses.new", "class Door: pass\n")
    package("houses.old", f"{USE}moved_module(__name__, 'houses.new', since='0.2')\n")
    program = tmp_path / "program.py"
    program.write_text(f"{line}\nimport houses.new as new\nassert old is new and old.Door is new.Door\n", "utf-8")
    done = subprocess.run([sys.executable, "-W", "always", program], capture_output=True, text=True, cwd=tmp_path,
                          env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    said = [text for text in done.stderr.splitlines() if "DeprecationWarning" in text]
    assert len(said) == 1 and "houses.old has moved to houses.new in nnteach 0.2" in said[0]
    assert said[0].startswith(f"{program}:1:" if "importlib" not in line else ""), said


def test_a_program_of_ones_own_sees_the_warning_without_any_option(package, tmp_path):
    """DeprecationWarning is shown by default where the line stands in `__main__`; it does, for it points there."""
    package("houses.new", "")
    package("houses.old", f"{USE}moved_module(__name__, 'houses.new', since='0.2')\n")
    done = subprocess.run([sys.executable, "-c", "import houses.old"], capture_output=True, text=True, cwd=tmp_path,
                          env={"PYTHONPATH": str(tmp_path)})
    assert "houses.old has moved to houses.new" in done.stderr
