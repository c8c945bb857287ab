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


def test_the_delivered_script_keeps_its_texts_and_loses_its_comments():
    """What finds the texts knows no template within another: join the parts instead."""
    sources = "".join(path.read_text(encoding="utf-8") for path in script.FOLDER.glob("*.js"))
    assert not re.search(r"\$\{[^}]*`", sources), "a template within a template"
    delivered = script.script()
    assert '.join(" = ")' in delivered and "= ${text}`" in delivered
    assert "/**" not in delivered and "@param" not in delivered and "import {" not in delivered
    assert "function unpack(text){" in delivered and len(delivered) < 0.65 * len(sources)


TEXTS = re.compile(r'"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`')
COMMENTS = re.compile(r"/\*.*?\*/|^ *//.*$|  // .*$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", [*script.PARTS, *script.ADDED])
def test_every_text_of_a_part_is_delivered_letter_by_letter(name):
    """And the part is valid JavaScript before and after; what the player does with it, the tests in browsers see."""
    source = COMMENTS.sub("", (script.FOLDER / f"{name}.js").read_text(encoding="utf-8"))
    source = re.sub(r"^import .*$", "", source, flags=re.MULTILINE)
    texts = TEXTS.findall(source)
    delivered = script.part(name)
    at = 0
    for text in texts:
        assert text in delivered[at:], f"{text} was changed, or is not in its place"
        at = delivered.index(text, at) + len(text)


@pytest.mark.parametrize("name", [*script.PARTS, *script.ADDED])
def test_what_is_delivered_is_what_rjsmin_makes_of_the_source(name):
    """In an installed wheel, where the minified parts come from the build, as in a checkout."""
    assert script.part(name) == script.minified(name)


def test_a_wheel_gets_every_part_that_is_delivered(tmp_path):
    script.write_minified(tmp_path / "min")
    written = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "min").iterdir()}
    assert written == {name: script.part(name) for name in (*script.PARTS, *script.ADDED)}
    sources = {path.stem for path in script.FOLDER.glob("*.js")}
    assert sources - written.keys() == {"message"}, "a part that neither PARTS nor ADDED names"


def test_without_a_minifier_a_checkout_delivers_the_parts_as_they_are_written(tmp_path):
    """The module is read alone, as the build of a wheel does, by a Python that has nothing installed."""
    program = ("import importlib.util, sys\n"
               "spec = importlib.util.spec_from_file_location('script', sys.argv[1])\n"
               "module = importlib.util.module_from_spec(spec)\n"
               "spec.loader.exec_module(module)\n"
               "sys.stdout.buffer.write(module.minified('keys').encode())")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program, script.__file__], capture_output=True, check=True)
    source = (script.FOLDER / "keys.js").read_text(encoding="utf-8")
    assert done.stdout.decode().splitlines()[-1] == source.splitlines()[-1] and "import {" not in done.stdout.decode()


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
