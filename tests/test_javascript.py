"""The player's own tests run in Node.js (`node --test`); here they count like any other test."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nnteach as nt
from nnteach.course import quizzes
from nnteach.demos.framework.playground_live import Picture as Playground
from nnteach.demos.framework.show import Picture
from nnteach.player.python import script
from nnteach.player.python.live import LivePlayer
from nnteach.player.python.page import document, notebook_output

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.mjs"))
MODULES = sorted(path for folder in ("docs", "nnteach") for path in (HERE.parent / folder).rglob("*.js"))
TYPESCRIPT = "typescript@5.9.3"


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


# ------------------------------------------------------------------------------------------------------ all modules


def node_check(source, name="module"):
    """Whether Node.js can read it as an ES module, as `node --check` says."""
    node = shutil.which("node") or pytest.skip("node is not on PATH")
    done = subprocess.run([node, "--input-type=module", "--check"], input=source, capture_output=True, text=True,
                          encoding="utf-8", timeout=60)
    assert done.returncode == 0, f"{name}: {done.stderr}"


def module_id(path):
    return path.relative_to(HERE.parent).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_every_module_is_valid_javascript_and_is_checked_for_types(path):
    source = path.read_text(encoding="utf-8")
    assert source.startswith("// @ts-check\n")
    node_check(source, path.name)


def product():
    x, y = nt.variables(x=2.0, y=3.0)
    return nt.step((x * y).named("f"), predict="all").data


SHOWN = {
    "a player in a notebook": lambda: notebook_output(product()),
    "a player's page": lambda: document(product()),
    "a quiz in a notebook": lambda: nt.quiz("001")._repr_html_(),
    "a quiz's page": lambda: quizzes.document(nt.quiz("001")),
}


@pytest.mark.parametrize("make", SHOWN.values(), ids=SHOWN)
def test_every_script_in_an_output_is_valid_javascript(make):
    scripts = re.findall(r"<script(?: type=\"module\")?>(.*?)</script>", make(), re.DOTALL)
    assert scripts
    for source in scripts:
        node_check(source)


@pytest.mark.parametrize("widget", [LivePlayer, Picture, Playground], ids=lambda widget: widget.__module__)
def test_the_script_of_every_widget_is_valid_javascript(widget):
    esm = widget._esm
    node_check(esm if isinstance(esm, str) else str(esm))


@pytest.fixture(scope="module")
def tsc(request):
    """The TypeScript compiler, fetched once with npm into pytest's cache; CI may not do without it."""
    folder = request.config.cache.mkdir(TYPESCRIPT.replace("@", "-"))
    program = folder / "node_modules" / "typescript" / "bin" / "tsc"
    if not program.is_file():
        without = pytest.fail if os.environ.get("CI") else pytest.skip
        npm = shutil.which("npm") or without("npm is not on PATH, and with it TypeScript would be fetched")
        done = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", folder, TYPESCRIPT],
                              capture_output=True, text=True, timeout=240)
        if done.returncode:
            without(f"TypeScript could not be fetched: {done.stderr}")
    return lambda *arguments, **rest: subprocess.run([shutil.which("node"), program, *arguments], capture_output=True,
                                                     text=True, timeout=240, **rest)


def test_all_types_are_right(tsc):
    done = tsc("--project", HERE / "tsconfig.json", "--listFiles")
    assert done.returncode == 0, done.stdout
    checked = {Path(line).resolve() for line in done.stdout.splitlines()}
    assert set(MODULES) <= checked, "a module is not among those that tsconfig.json includes"


def test_a_wrong_type_is_noticed(tsc, tmp_path):
    (tmp_path / "wrong.js").write_text("// @ts-check\n/** @type {number} */\nexport const one = \"1\";\n")
    done = tsc("--noEmit", "--checkJs", "--allowJs", tmp_path / "wrong.js")
    assert done.returncode != 0 and "TS2322" in done.stdout
