"""The command line as a user meets it: what is printed, where, and with which status."""

import importlib
import os
import signal
import subprocess
import sys
import time

import lowest
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnteach.cli import doctor
from nnteach.cli.commands import main
from nnteach.symbolic.expression import FUNCTIONS

SHOW = ["show", "q = x + y; f = q * z", "x=-2", "y=5", "z=-4"]


def command(*arguments, **settings):
    return subprocess.run(
        [sys.executable, "-m", "nnteach.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | settings.pop("env", {}),
        **settings,
    )


# ------------------------------------------------------------------------------------------------------ show


def test_show_prints_the_worked_steps(capsys):
    assert main(SHOW) == 0
    out, err = capsys.readouterr()
    assert "(−4) · 1 = −4" in out and "q · z = 3 · (−4) = −12" in out
    assert err == ""


def test_an_expression_may_begin_with_a_minus(capsys):
    assert main(["show", "-x*y", "x=2", "y=3"]) == 0
    assert "−6" in capsys.readouterr().out


@pytest.mark.parametrize("expression, values, shown", [
    ("--x", ["x=2"], "= 2"), ("---x", ["x=2"], "= −2"), ("-x", ["x=2"], "= −2"), ("--x*y", ["x=2", "y=3"], "= 6"),
    ("-h", ["h=2"], "= −2"), ("-o", ["o=2"], "= −2"), ("-o*2", ["o=2"], "= −4"), ("-h*h", ["h=2"], "= −4"),
    ("--output", ["output=2"], None), ("--force*2", ["force=2"], "= 4"), ("--help*2", ["help=2"], "= 4"),
    ("-output", ["output=2"], "= −2"), ("-", ["x=2"], None), ("-1", [], "−1"),
    ("--1", [], "= 1"), ("-.5*x", ["x=2"], "= −1"), ("−−x", ["x=2"], "= 2"), ("--version", ["version=2"], "= 2"),
])
def test_an_expression_that_looks_like_an_option(expression, values, shown, capsys):
    try:
        status = main(["show", expression, *values])
    except SystemExit as ended:  # it is an option
        status = ended.code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    if shown is not None:
        assert status == 0 and shown in out, err
    else:
        assert status == 2 and err


def test_options_of_show_stay_options(tmp_path, capsys):
    for k, options in enumerate((["-o", "0.html"], ["--output", "1.html"], ["--output=2.html", "--force"])):
        options = [option.replace(".html", "").replace(str(k), str(tmp_path / f"{k}.html")) for option in options]
        assert main(["show", "--x", "x=2", *options]) == 0
        assert "data-nnteach-player" in (tmp_path / f"{k}.html").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["show", "-h"])
    assert "EXPRESSION" in capsys.readouterr().out


NUMBERS = st.sampled_from("0 1 2 -1 0.5 1e308 -1e308 1e-320 .5 10 1e999 00 1/3 inf nan [] [1] [1,2] [[1,2],[3,4]] "
                          "[[1],[2]] [[1,2],[3]] [1e308,-1e308] [[[1]]] [1 [x]".split())
ATOMS = st.sampled_from(["x", "y", "W", "é", "2", "0", "1e308", "[1,2]", "[[1,2],[3,4]]", "[]", "--x"])
EXPRESSIONS = st.recursive(ATOMS, lambda inner: st.one_of(
    st.builds("{}{}{}".format, inner, st.sampled_from("+ - * / ** @ // % ^ , ; = ⊙ −".split()), inner),
    st.builds("({})".format, inner), st.builds("-{}".format, inner), st.builds("a = {}; a*x".format, inner),
    st.builds("{}({})".format, st.sampled_from([*FUNCTIONS, "tan", "x", "eval"]), inner),
    st.builds("{}({}, {})".format, st.sampled_from(sorted(FUNCTIONS)), inner, inner)), max_leaves=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EXPRESSIONS | st.text(max_size=12), st.dictionaries(st.sampled_from("xyWéa"), NUMBERS | st.text(max_size=6)))
def test_show_prints_steps_or_a_caret_and_a_sentence(capsys, expression, values):
    """Whatever is typed: no traceback, no warning (they are errors here), no silence."""
    try:
        status = main(["show", expression, *[f"{name}={value}" for name, value in values.items()]])
    except SystemExit as ended:
        assert expression in ("-h", "--help", "--", "-o") or "--output".startswith(expression.strip()[:8])
        status = ended.code
        capsys.readouterr()
        return
    out, err = capsys.readouterr()
    if status == 0:
        assert out and not err
    else:
        lines = err.removeprefix("nnteach:\n").splitlines()
        caret = next(place for place, line in enumerate(lines) if line.strip() == "^")
        assert status == 2 and not out and len(lines) > caret + 1 and "Traceback" not in err


def test_a_decimal_comma(capsys):
    assert main(["show", "2*x", "x=0,5"]) == 0
    assert "= 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["show", "x^2", "x=1"], "x^2\n ^\n"),
        (["show", "x*y", "x=1"], "y has no value"),
        (["show", "x", "x=1", "x=2"], "two values"),
        (["show", "x", "x"], "name=number"),
        (["show", "__import__('os')"], "Texts"),
        (["show", "x", "x=1", "-o", "no/such/f.html"], "does not exist"),
        (["show", "x", "x=1", "-o", "."], "is a folder"),
        (["lab", __file__], "is a file"),
    ],
)
def test_an_error_is_one_clean_message_on_stderr(arguments, said, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert said in err and err.startswith("nnteach:")
    assert "Traceback" not in err and out == ""


def test_debugging_shows_the_traceback(monkeypatch):
    monkeypatch.setenv("NNTEACH_DEBUG", "1")
    with pytest.raises(ValueError, match="not allowed"):
        main(["show", "x^2", "x=1"])


def test_show_writes_a_page_and_says_where(tmp_path, capsys):
    page = tmp_path / "f.html"
    assert main([*SHOW, "-o", str(page)]) == 0
    assert "data-nnteach-player" in page.read_text(encoding="utf-8")
    assert str(page) in capsys.readouterr().out
    assert main([*SHOW, "-o", str(page)]) == 0  # its own page may be written anew


def test_show_does_not_write_over_another_file(tmp_path, capsys):
    thesis = tmp_path / "thesis.html"
    thesis.write_text("three years of work")
    assert main([*SHOW, "-o", str(thesis)]) == 2
    assert thesis.read_text() == "three years of work"
    out, err = capsys.readouterr()
    assert "--force" in err and out == ""
    assert main([*SHOW, "-o", str(thesis), "--force"]) == 0
    assert "data-nnteach-player" in thesis.read_text(encoding="utf-8")


# -------------------------------------------------------------------------------------------------- all of it


def test_help_loads_nothing_heavy():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from nnteach.cli import main\ntry: main(['--help'])\n"
            "except SystemExit: pass\nassert not {'matplotlib', 'IPython', 'anywidget', 'wasmtime', "
            "'graphviz', 'jupyterlab', 'nnteach.symbolic.expression'} & set(sys.modules)",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in ("lab", "show", "doctor"))


def test_version(capsys):
    import nnteach

    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0 and capsys.readouterr().out == f"nnteach {nnteach.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["frob"], ["show"], ["lab", "a", "b"]])
def test_a_wrong_command_shows_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2 and "usage:" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes and signals")
def test_a_reader_that_stops_early_is_no_error():
    long = " + ".join(["x"] * 300)
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; '{sys.executable}' -m nnteach.cli show '{long}' x=1 | head -n 1"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes and signals")
def test_ctrl_c_is_quiet():
    program = (
        "import signal, sys, time; from nnteach.cli import commands as cli\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whatever a job in the background inherits
        "def wait(options): print('on', flush=True); time.sleep(60)\n"
        "cli.COMMANDS = ((cli._add_doctor, wait),); sys.exit(cli.main(['doctor']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "on\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")


def test_a_console_without_our_signs_gets_question_marks():
    done = subprocess.run(
        [sys.executable, "-m", "nnteach.cli", *SHOW],
        capture_output=True,
        timeout=120,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0 and b"?4" in done.stdout


# ------------------------------------------------------------------------------------------------------- lab


@pytest.mark.slow
def test_lab_check_serves_the_course_and_stops(tmp_path):
    home = {
        "HOME": str(tmp_path),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
    }
    done = command("lab", str(tmp_path / "my course"), "--check", env=home)
    assert done.returncode == 0, done.stderr
    assert "JupyterLab serves the course" in done.stdout
    assert list((tmp_path / "my course" / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_lab_ends_with_the_server_when_told_to(tmp_path):
    runtime = tmp_path / "runtime"
    env = os.environ | {
        "HOME": str(tmp_path),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "nnteach.cli", "lab", str(tmp_path / "c"), "--no-browser"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not list(runtime.glob("jpserver-*.json")) and time.monotonic() < deadline:
        time.sleep(0.1)
    server = int(next(runtime.glob("jpserver-*.json")).stem.split("-")[1])
    process.terminate()
    process.communicate(timeout=30)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_lab_without_jupyterlab_says_what_to_install(tmp_path):
    """In an environment that has nnteach and NumPy and nothing else."""
    import numpy

    import nnteach

    site = tmp_path / "site"
    site.mkdir()
    for module in (nnteach, numpy):
        source = os.path.dirname(module.__file__)
        (site / os.path.basename(source)).symlink_to(source)
    program = (
        "import sys\n"
        f"sys.path[:] = [p for p in sys.path if 'site-packages' not in p] + [{str(site)!r}]\n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f)]\n"
        "from nnteach.cli import main\n"
        "sys.exit(main(['lab', 'course']))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert "pip install jupyterlab" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "course").exists()


# ---------------------------------------------------------------------------------------------------- doctor


def test_doctor_finds_this_environment_working(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    lines = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert " ok " in lines["numpy"] and " ok " in lines["Python"]
    assert "nnteach works here" in out
    states = {line.index(" ok ") for line in out.splitlines() if " ok " in line}
    assert len(states) == 1  # aligned


def dist_info(folder, name, version):
    """What pip leaves of a package: `importlib.metadata` finds this one before the real one."""
    made = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    made.mkdir()
    (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_doctor_says_of_every_package_that_it_is_too_old(tmp_path, monkeypatch):
    """Whatever pyproject.toml asks for: optuna 4.0 was "ok", and no search could begin."""
    monkeypatch.syspath_prepend(tmp_path)
    for name, (wanted, _) in doctor.requirements().items():
        dist_info(tmp_path, name, "0.0.1")
        importlib.invalidate_caches()
        finding = doctor.with_version(doctor.Finding(name, doctor.OK, "0.0.1"))
        assert (finding.state, finding.detail) == (doctor.UNFIT, f"0.0.1, and nnteach needs {wanted}")
        assert finding.advice.endswith(f'pip install "{name}{wanted}"')


@pytest.mark.parametrize("name, status", [("numpy", 1), ("optuna", 0), ("wasmtime", 1)])
def test_the_doctor_of_an_environment_that_is_too_old(tmp_path, name, status):
    dist_info(tmp_path, name, "0.0.1")
    done = command("doctor", env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == status and "0.0.1, and nnteach needs >=" in done.stdout


def test_the_oldest_versions_that_are_tried_are_those_of_pyproject():
    """What .ci/run installs for its trial: one bound for each package, everywhere the same."""
    pinned = dict(line.split("==") for line in lowest.constraints(lowest.PYPROJECT.read_text(encoding="utf-8")))
    asked = {name: wanted for name, (wanted, _) in doctor.requirements().items() if name not in lowest.LEFT_OUT}
    assert asked.keys() == pinned.keys()
    assert all(f">={pinned[name]}" in wanted.split(",") for name, wanted in asked.items())


@pytest.mark.slow
def test_doctor_tells_a_broken_package_and_goes_on(tmp_path):
    (tmp_path / "anywidget.py").write_text("raise OSError('a file of it is missing')")
    (tmp_path / "torch.py").write_text("import os; os.abort()")
    done = command("doctor", "--devices", env={"PYTHONPATH": str(tmp_path)})
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert "BROKEN" in lines["anywidget"] and "a file of it is missing" in lines["anywidget"]
    assert "BROKEN" in lines["torch"]
    assert "--force-reinstall anywidget" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")  # neither is core


def test_doctor_fails_when_the_core_is_broken(tmp_path):
    finding = doctor.Finding("numpy", doctor.BROKEN, "ImportError: no", "pip install numpy", core=True)
    assert not doctor.works([finding])
    assert "nnteach cannot work here: numpy" in doctor.report([finding])
