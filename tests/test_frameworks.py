"""The framework lessons: what they share, the two silent mistakes, and numbers that come from full runs only."""

import importlib
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import nnteach as nt
from nnteach.cli import doctor
from nnteach.cli.doctor import gpu_advice
from nnteach.core.errors import NNTeachError
from nnteach.frameworks import Here, clothes, extras, mode, record, recorded
from nnteach.frameworks.clothes import _prepared, stand_in
from nnteach.frameworks.results import code_hash

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LESSONS = [
    path
    for path in sorted(NOTEBOOKS.glob("*.ipynb"))
    if json.loads(path.read_text(encoding="utf-8"))["metadata"]["nnteach"].get("part") == "Frameworks"
]
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # PyTorch on NumPy 2
needs_tensorflow = pytest.mark.skipif(bool(extras.missing("tensorflow")), reason="TensorFlow is not installed")
FULL, QUICK = Here("full", "an engine", "CPU"), Here("quick", "an engine", "CPU")


def python(program, *arguments, **env):
    """Run a program in a process of its own, because a framework is chosen when it is first imported."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | env,
    )


# ------------------------------------------------------------------------------------------- what has to be there

WITHOUT = """
    import sys
    for name in ("keras", "tensorflow", "torch", "jax", "sklearn", "optuna", "distributed"):
        sys.modules[name] = None     # as if it were not installed
    import nnteach as nt
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_without_its_framework_a_lesson_says_in_one_sentence_what_to_install(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    setup = next("".join(cell["source"]) for cell in notebook["cells"] if cell["id"] == "setup")
    done = python(textwrap.dedent(WITHOUT) + setup, NNTEACH_MODE="quick")
    last = done.stderr.strip().splitlines()[-1]
    assert "MissingExtra: This lesson needs " in last and "pip install" in last and last.count(". ") == 0
    assert notebook["metadata"]["nnteach"]["needs"]


def test_a_notebook_shows_the_sentence_and_no_traceback():
    error = extras.MissingExtra("This lesson needs more.")
    assert error._render_traceback_() == ["This lesson needs more."]


@pytest.mark.slow
def test_nnteach_alone_imports_steps_and_checks_homework():
    done = python(
        textwrap.dedent(WITHOUT)
        + textwrap.dedent("""
            x, y = nt.variables(x=2, y=3)
            html = nt.step((x * y).named("f"))._repr_html_()
            sheet = nt.homework("backprop", layers=[2, 2, 2], student="A1")
            print(len(html) > 1000, bool(sheet.check(sheet.truth)), bool(nt.check_answer(6.0, x * y)))
        """)
    )
    assert (done.stdout, done.stderr) == ("True True True\n", "")


def test_an_extra_that_is_none_is_refused():
    with pytest.raises(NNTeachError, match="expected some of keras"):
        nt.needs("kears")


@needs_tensorflow
def test_the_tensorflow_lessons_refuse_another_backend():
    done = python("import nnteach as nt; nt.needs('tensorflow')", KERAS_BACKEND="jax")
    assert "take KERAS_BACKEND out" in done.stderr


def test_an_engine_that_keras_is_to_run_on_and_is_not_there_is_asked_for():
    done = python("""
        import sys
        import nnteach as nt
        nt.frameworks.extras.found = lambda module: module != "jax"
        nt.needs("keras")
    """, KERAS_BACKEND="jax")
    last = done.stderr.strip().splitlines()[-1]
    assert "MissingExtra: Keras is to run on jax" in last and "pip install jax" in last and last.count(". ") == 0


def test_a_folder_that_only_has_the_name_of_a_framework_is_none(tmp_path, monkeypatch):
    (tmp_path / "a_framework").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert not extras.found("a_framework")
    (tmp_path / "a_framework" / "__init__.py").touch()
    importlib.invalidate_caches()
    assert extras.found("a_framework")


# The lesson's own code, from the first cell to the last, in a process that has no TensorFlow.
LESSON = """
    import json, pathlib, sys, warnings
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
    sys.modules["tensorflow"] = None     # as if it were not installed
    cells = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["cells"]
    names = {}
    for cell in cells:
        if cell["cell_type"] == "code" and "colab" not in cell["metadata"].get("tags", ()):
            exec("".join(cell["source"]), names)
    print(names["here"].engine, len(names["models"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "name"), [
    pytest.param("torch", "PyTorch", marks=pytest.mark.torch), ("jax", "JAX")])
def test_the_lesson_on_clothes_runs_on_another_engine(engine, name, nowhere):
    if extras.missing("keras") or not extras.found(engine):
        pytest.skip(f"Keras and {name} are not both installed")
    done = python(
        LESSON, NOTEBOOKS / "tf_fashion.ipynb",
        KERAS_BACKEND=engine, NNTEACH_MODE="quick", MPLBACKEND="agg", OMP_NUM_THREADS="1",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f" on {name} " in done.stdout and done.stdout.split()[-1] == "1"


@needs_tensorflow
@pytest.mark.slow
def test_importing_tensorflow_after_needs_says_nothing():
    done = python("""
        import nnteach as nt
        nt.needs("tensorflow")
        import tensorflow as tf
        print(nt.frameworks.here(), (tf.ones(2) + 1).numpy().sum())
    """)
    assert done.returncode == 0 and done.stderr == "" and "Keras" in done.stdout


def test_an_unknown_mode_is_refused(monkeypatch):
    monkeypatch.setenv("NNTEACH_MODE", "fast")
    with pytest.raises(NNTeachError, match="quick or full"):
        mode()


def test_a_title_names_mode_and_data():
    assert QUICK.title("errors", stand_in()).splitlines() == [
        "errors", "(SYNTHETIC patterns, not Fashion-MNIST; quick mode)"
    ]
    assert FULL.title("errors") == "errors\n(full mode)"


def test_advice_for_a_gpu_that_is_there_and_not_seen():
    assert "tensorflow[and-cuda]" in gpu_advice("tensorflow", "/physical_device:CPU:0", has_gpu=True)
    assert "cuda" in gpu_advice("jax", "TFRT_CPU_0", has_gpu=True)
    assert gpu_advice("torch", "cpu, NVIDIA H100", has_gpu=True) == ""
    assert gpu_advice("tensorflow", "/physical_device:CPU:0", has_gpu=False) == ""


def test_the_doctor_tries_keras_on_the_engine_that_is_there(monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr(doctor, "found", lambda module: module not in ("tensorflow", "jax"))
    assert doctor._quiet()["KERAS_BACKEND"] == "torch"
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert doctor._quiet()["KERAS_BACKEND"] == "jax"  # what was asked for is not changed


def test_the_doctor_says_when_keras_has_no_engine(monkeypatch):
    monkeypatch.setattr(doctor, "found", lambda module: module == "keras")
    finding = doctor._look_up("keras", "keras", "lessons on Keras", devices=False)
    assert finding.state == doctor.BROKEN and "pip install tensorflow" in finding.advice


def test_the_doctor_gives_one_command_for_each_purpose():
    findings = [doctor.Finding(name, doctor.MISSING, purpose)
                for name, purpose in (("a", "plots"), ("b", "lessons"), ("c", "plots"))]
    said = doctor.report(findings)
    assert said.count("pip install") == 2 and "pip install a c" in said and "pip install b" in said


# ------------------------------------------------------------------------------------------------------- the data


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine without the images."""
    for name in ("NNTEACH_CACHE", "KERAS_HOME", "HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("NNTEACH_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


def test_quick_mode_works_without_images_and_says_so(nowhere):
    data = clothes("quick")
    assert data.synthetic and "SYNTHETIC" in data.note and "synthetic" in repr(data)
    assert data.x_train.shape[1:] == (28, 28) and set(data.y_test) <= set(range(10))


def test_full_mode_never_puts_something_else_in_their_place(nowhere, monkeypatch):
    monkeypatch.setattr("nnteach.data.images.fetch", _no_network)
    with pytest.raises(OSError, match="no network"):
        clothes("full")


def _no_network(*_, **__):
    from nnteach.data.idx import DataError

    raise DataError("no network")


def test_a_part_of_the_set_is_split_and_named():
    images = nt.data.ImageSet(
        np.zeros((2557, 28, 28), np.uint8), np.arange(2557) % 10, np.zeros((0, 28, 28), np.uint8),
        np.zeros(0, int), ("a",) * 10, "Fashion-MNIST", Path("."), "only a part", False,
    )
    data = _prepared(images, quick=False)
    assert (len(data.x_train), len(data.x_test)) == (2000, 557)
    assert data.y_test[0] == 2000 % 10 and "the first 2,557" in data.note


# ---------------------------------------------------------------------------------------------------- the results


def test_only_full_runs_with_real_data_are_recorded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lesson.ipynb").write_text('{"cells": []}', encoding="utf-8")
    record("lesson", QUICK, accuracy=1.0)
    record("lesson", FULL, stand_in(), accuracy=1.0)
    assert not list(tmp_path.glob("results/*")) and "No full run" in repr(recorded("lesson"))
    record("lesson", FULL, accuracy=0.83456, seeds=[1, 2])
    assert recorded("lesson")["found"] == {"accuracy": 0.8346, "seeds": [1, 2]}
    assert "accuracy: 0.8346" in repr(recorded("lesson"))


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("results/*.json")), ids=lambda path: path.stem)
def test_recorded_results_are_of_this_code_and_of_a_full_run(path):
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["mode"] == "full" and "SYNTHETIC" not in found["data"]
    assert found["code"] == code_hash(NOTEBOOKS / f"{path.stem}.ipynb"), "run the lesson again in full mode"


def test_the_recorded_network_is_good_enough():
    found = json.loads((NOTEBOOKS / "results" / "tf_fashion.json").read_text(encoding="utf-8"))["found"]
    assert found["seeds"] == 3 and found["mean_accuracy"] >= 0.80
    assert found["mean_accuracy"] == pytest.approx(np.mean(found["accuracies"]), abs=1e-4)


# --------------------------------------------------------------------------------------- the two silent mistakes


@pytest.fixture(scope="module")
def wrapper():
    """A Keras model of two layers in our wrapper, and ten patterns to tell apart."""
    if extras.missing("keras"):
        pytest.skip("Keras and scikit-learn are not installed")
    nt.needs("keras")
    import keras

    def build(units=64):
        model = keras.Sequential([
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ])
        model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
        return model

    return nt.frameworks.KerasClassifier(build, epochs=10, batch_size=16)


def test_a_clone_trains_as_many_epochs_as_were_asked_for(wrapper):
    from sklearn.base import clone

    data = stand_in()
    fitted = clone(wrapper).set_params(epochs=3, units=8).fit(data.x_train[:50], data.y_train[:50])
    assert len(fitted.history_["loss"]) == 3 and fitted.model_.layers[1].units == 8
    assert wrapper.epochs == 10 and wrapper.settings == {}


@pytest.mark.slow
def test_folds_are_stratified_so_that_sorted_labels_do_no_harm(wrapper):
    from sklearn.base import is_classifier
    from sklearn.model_selection import StratifiedKFold, check_cv, cross_val_score

    data = stand_in()
    X, y = data.x_train[:300], data.y_train[:300]
    assert is_classifier(wrapper) and isinstance(check_cv(3, y, classifier=True), StratifiedKFold)
    order = np.argsort(y, kind="stable")
    in_order = cross_val_score(wrapper, X[order], y[order], cv=3).mean()
    shuffled = cross_val_score(wrapper, X, y, cv=3).mean()
    assert in_order > 0.5 and abs(in_order - shuffled) < 0.1


def test_equal_seeds_give_equal_networks(wrapper):
    data = stand_in()
    X, y = data.x_train[:100], data.y_train[:100]
    first, second = (wrapper.fit(X, y).predict_proba(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)
