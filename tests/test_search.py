"""Searches: the same candidates whoever asks, nothing lost to a kill, nothing tried twice."""

import ast
import contextlib
import csv
import json
import math
import os
import pickle
import random
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

optuna = pytest.importorskip("optuna")

import search_kills  # noqa: E402

import nnteach  # noqa: E402
from nnteach.search import Result, SearchError, owners, search  # noqa: E402
from nnteach.search.ledger import SILENT_SECONDS, Ledger, outcome  # noqa: E402
from nnteach.search.space import Space, parse  # noqa: E402

SPACE = {"lr": (1e-4, 1e-1, "log"), "units": [16, 32, 64], "layers": (1, 3)}


def score(lr, units, layers):
    return -((math.log10(lr) + 2) ** 2) + units / 64 - layers


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "study.log"


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of the student's own, which workers can import; every trial leaves a line in a file.

    From the HELD_FROM-th trial on, each waits until it is killed or a file says go.
    """
    (tmp_path / "student.py").write_text(
        textwrap.dedent("""
        import os, time

        def slow(x, seed):
            with open(os.environ["DIARY"], "a") as diary:
                diary.write(f"begin {seed}\\n")
            with open(os.environ["DIARY"]) as diary:
                begun = diary.read().count("begin")
            while begun >= int(os.environ.get("HELD_FROM", 1000)) and not os.path.exists(os.environ["DIARY"] + "-go"):
                time.sleep(0.02)
            time.sleep(0.15)
            with open(os.environ["DIARY"], "a") as diary:
                diary.write(f"end {seed}\\n")
            return x

        def deadly(x, seed):
            if x > 0.5:
                os.kill(os.getpid(), 9)
            return x

        def wrong(x):
            raise KeyError("units")

        left = []

        def leaky(x):
            left.append(bytes(1_000_000))
            return len(left)
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("DIARY", str(tmp_path / "diary"))
    import student

    yield student
    del sys.modules["student"]


# ------------------------------------------------------------------------------------------------------ the space


def test_candidates_depend_on_the_seed_alone():
    space = Space(SPACE)
    ten = [space.sample(0, index) for index in range(10)]
    assert ten == [Space(SPACE).sample(0, index) for index in range(10)]
    assert ten != [space.sample(1, index) for index in range(10)]
    assert len({candidate["lr"] for candidate in ten}) == 10


def test_ranges_are_kept_and_filled():
    space = Space(
        {
            "lr": (1e-4, 1e-1, "log"),
            "layers": (1, 3),
            "width": (1, 100, "log"),
            "p": (0.0, 0.5),
            "f": ["a", None, 3],
        }
    )
    drawn = [space.sample(0, index) for index in range(600)]
    for name, low, high in (("lr", 1e-4, 1e-1), ("layers", 1, 3), ("width", 1, 100), ("p", 0.0, 0.5)):
        values = [candidate[name] for candidate in drawn]
        assert low <= min(values) and max(values) <= high
    assert {candidate["layers"] for candidate in drawn} == {1, 2, 3} and {candidate["f"] for candidate in drawn} == {
        "a",
        None,
        3,
    }
    assert np.mean([candidate["lr"] < 10**-2.5 for candidate in drawn]) == pytest.approx(0.5, abs=0.07)
    assert np.mean([candidate["width"] <= 10 for candidate in drawn]) == pytest.approx(
        0.57, abs=0.07
    )  # ln(10.5/0.5)/ln(201)
    assert all(type(candidate["width"]) is int for candidate in drawn)


@pytest.mark.parametrize(
    "given, said",
    [
        ({}, "a space"),
        (5, "a space"),
        ({"two words": (1, 2)}, "two words"),
        ({"lr": 0.1}, "lr as a tuple"),
        ({"lr": (0.1,)}, "lr as a tuple"),
        ({"lr": (1, 2, 3)}, "lr as a tuple"),
        ({"lr": (1, 2, "lin")}, "lr as a tuple"),
        ({"lr": (2, 1)}, "low < high"),
        ({"lr": (1, 1)}, "low < high"),
        ({"lr": (0.0, 1.0, "log")}, "above 0"),
        ({"lr": ("a", "b")}, "two numbers"),
        ({"lr": (0.0, math.inf)}, "two numbers"),
        ({"units": []}, "several different"),
        ({"units": [1, 1]}, "several different"),
        ({"layer": [object()]}, "Write a name"),
        ([{"a": 1}, {"b": 1}], "all have a"),
    ],
)
def test_a_space_that_makes_no_sense(given, said):
    with pytest.raises(SearchError, match=said):
        Space(given)


def test_a_space_on_the_command_line():
    assert parse("lr=1e-4:1e-1:log") == ("lr", (1e-4, 1e-1, "log"))
    assert parse("layers=1:3") == ("layers", (1, 3))
    assert parse("units=16,32") == ("units", [16, 32])
    assert parse("optimizer=adam,sgd,None") == ("optimizer", ["adam", "sgd", None])
    with pytest.raises(SearchError, match="NAME=LOW:HIGH"):
        parse("lr")


# ----------------------------------------------------------------------------------------------------- searching


def test_a_search_and_its_result(ledger, tmp_path):
    result = search(score, SPACE, 12, ledger)
    assert isinstance(result, Result) and len(result) == 12
    assert [trial.params for trial in result.trials] == [Space(SPACE).sample(0, index) for index in range(12)]
    assert all(trial.value == score(**trial.params) for trial in result.trials)
    assert result.best.value == max(trial.value for trial in result.trials)
    assert repr(result).startswith("Search: 12 complete\n  best ") and "units=" in repr(result)
    assert len({trial.seed for trial in result.trials}) == 12
    rows = list(csv.DictReader(result.to_csv(tmp_path / "t.csv").read_text().splitlines()))
    assert len(rows) == 12 and float(rows[3]["value"]) == result.trials[3].value and rows[3]["state"] == "complete"
    assert set(SPACE) <= set(result.table[0])
    assert len(result.optuna.trials) == 12  # Optuna's own plots and importances work on it


def test_n_trials_is_a_total(ledger):
    calls = []

    def objective(lr, units, layers):
        calls.append(lr)
        return score(lr, units, layers)

    first = search(objective, SPACE, 5, ledger)
    again = search(objective, SPACE, 5, ledger)
    assert len(calls) == 5 and again.table == first.table
    assert len(search(objective, SPACE, 3, ledger)) == 3 and len(calls) == 5
    more = search(objective, SPACE, 8, ledger)
    assert len(calls) == 8 and more.table[:5] == first.table


def test_minimize(ledger):
    result = search(score, SPACE, 6, ledger, direction="minimize")
    assert result.best.value == min(trial.value for trial in result.trials)


def test_another_search_is_not_mixed_in(ledger):
    search(score, SPACE, 2, ledger)
    with pytest.raises(SearchError) as caught:
        search(score, SPACE | {"lr": (1e-5, 1e-1, "log")}, 2, ledger, seed=3)
    said = str(caught.value)
    assert "space: lr: from 0.0001 to 0.1, log  →  from 1e-05 to 0.1, log" in said and "seed: 0  →  3" in said
    assert "units" not in said and "study=" in said
    with pytest.raises(SearchError, match="momentum: not there  →  from"):
        search(lambda lr, units, layers, momentum: 0, SPACE | {"momentum": (0.0, 1.0)}, 2, ledger)
    with pytest.raises(SearchError, match="objective: score"):
        search(lambda lr, units, layers: 0.0, SPACE, 2, ledger)


def test_a_file_that_is_no_journal(ledger):
    ledger.write_text("my notes")
    with pytest.raises(SearchError, match="journal of Optuna"):
        search(score, SPACE, 2, ledger)
    assert ledger.read_text() == "my notes"
    with pytest.raises(SearchError, match="file to write to"):
        search(score, SPACE, 2, ledger / "below a file")


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"direction": "up"}, "maximize"),
        ({"sampler": "grid"}, "tpe"),
        ({"pruner": "hard"}, "median"),
        ({"n_jobs": 0}, "n_jobs"),
        ({"recycle": 0}, "recycle"),
        ({"study": "grpc://localhost"}, "grpc://HOST:PORT"),
        ({"n_trials": -1}, "n_trials"),
        ({"n_trials": None}, "n_trials"),
        ({"n_trials": 1.5}, "n_trials"),
    ],
)
def test_settings_that_make_no_sense(settings, said, ledger):
    with pytest.raises(SearchError, match=said):
        search(score, SPACE, **({"n_trials": 2, "study": ledger} | settings))


def test_the_objective_must_fit_the_space(ledger):
    with pytest.raises(SearchError, match="no parameter layers"):
        search(lambda lr, units: 0, SPACE, 2, ledger)
    with pytest.raises(SearchError, match="The space has no width"):
        search(lambda lr, units, layers, width: 0, SPACE, 2, ledger)
    assert len(search(lambda **params: params["lr"], SPACE, 2, ledger)) == 2


def test_an_objective_that_is_wrong_fails_once_and_can_be_corrected(ledger):
    calls = []

    def objective(x):
        calls.append(x)
        if len(calls) == 1:
            raise KeyError("units")
        return x

    with pytest.raises(SearchError, match=r"in trial 0: KeyError: 'units'") as caught:
        search(objective, {"x": (0.0, 1.0)}, 4, ledger)
    assert isinstance(caught.value.__cause__, KeyError) and len(calls) == 1
    result = search(objective, {"x": (0.0, 1.0)}, 4, ledger)
    assert len(calls) == 5 and calls[0] == calls[1] and result.trials[0].attempts == 2
    with pytest.raises(SearchError, match="a number from the objective"):
        search(lambda x: "good", {"x": (0.0, 1.0)}, 1, ledger.with_name("other.log"))


def test_single_errors_and_nan_are_kept_apart(ledger):
    def objective(x):
        if x == 2:
            raise ValueError("too wide")
        return math.nan if x == 3 else x

    candidates = [{"x": x} for x in (1, 2, 3, 4)]
    result = search(objective, candidates, study=ledger)
    assert [trial.state for trial in result.trials] == ["complete", "error", "not finite", "complete"]
    assert "too wide" in result.trials[1].error and result.best.params == {"x": 4}
    again = search(objective, candidates, study=ledger)
    assert [trial.attempts for trial in again.trials] == [
        1,
        2,
        1,
        1,
    ]  # an error gets another chance, a nan does not


def test_seeds_are_the_candidates(ledger):
    seen = {}

    def objective(x, seed):
        seen[seed] = np.random.default_rng(seed).random()
        return seen[seed]

    first = search(objective, {"x": (0.0, 1.0)}, 3, ledger)
    other = search(objective, {"x": (0.0, 1.0)}, 3, ledger.with_name("other.log"))
    assert [t.value for t in first.trials] == [t.value for t in other.trials] and len(seen) == 3


def test_ctrl_c_leaves_the_rest_for_next_time(ledger):
    calls = []

    def objective(x):
        calls.append(x)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return x

    with pytest.raises(KeyboardInterrupt):
        search(objective, {"x": (0.0, 1.0)}, 5, ledger)
    result = search(objective, {"x": (0.0, 1.0)}, 5, ledger)
    assert len(calls) == 6 and calls[2] == calls[3] and [t.attempts for t in result.trials] == [1, 1, 2, 1, 1]


def test_tpe_finds_a_known_maximum_that_random_candidates_miss(ledger):
    def objective(x, y, kind):
        return -((x - 0.3) ** 2) - (math.log10(y) + 2) ** 2 - (kind != "b")

    space = {"x": (-5.0, 5.0), "y": (1e-5, 1e1, "log"), "kind": ["a", "b", "c"]}
    best = [search(objective, space, 60, ledger.with_name(s), sampler=s).best for s in ("tpe", "random")]
    assert best[0].value > best[1].value and best[0].params["kind"] == "b"
    assert best[0].params["x"] == pytest.approx(0.3, abs=0.5)
    assert math.log10(best[0].params["y"]) == pytest.approx(-2, abs=0.5)


def test_tpe_learns_and_goes_the_same_way_when_resumed(ledger):
    def objective(x, y):
        return -((x - 0.3) ** 2) - (y - 0.7) ** 2

    space = {"x": (0.0, 1.0), "y": (0.0, 1.0)}
    whole = search(objective, space, 30, ledger, sampler="tpe")
    part = ledger.with_name("part.log")
    search(objective, space, 13, part, sampler="tpe")
    resumed = search(objective, space, 30, part, sampler="tpe")
    assert [t.params for t in resumed.trials] == [t.params for t in whole.trials]
    values = [t.value for t in whole.trials]
    assert np.mean(values[20:]) > np.mean(values[:10])


def test_pruning_saves_epochs_and_keeps_the_best(ledger):
    """Curves 1 − e^(−x·epoch) that never cross: pruning may only end those that would not have won."""
    done = {None: 0, "median": 0}
    best = {}
    for pruner in done:

        def objective(x, report, pruner=pruner):
            for epoch in range(10):
                done[pruner] += 1
                report(1 - math.exp(-x * (epoch + 1)), epoch)
            return 1 - math.exp(-10 * x)

        found = search(objective, {"x": (0.01, 0.3)}, 30, ledger.with_name(f"{pruner}.log"), pruner=pruner)
        best[pruner] = found.best
    assert done[None] == 300 and done["median"] < 200
    assert best[None].params == best["median"].params


def test_pruning(ledger):
    def objective(x, report):
        for epoch in range(5):
            report(x * (epoch + 1), epoch)
        return 5 * x

    candidates = [{"x": x} for x in (5, 6, 7, 8, 9, 1, 10)]
    result = search(objective, candidates, study=ledger, pruner="median")
    assert [t.state for t in result.trials] == ["complete"] * 5 + ["pruned", "complete"]
    assert result.trials[5].value == 1 and result.best.params == {"x": 10}


def test_candidates_and_scores_are_those_of_scikit_learn(ledger):
    pytest.importorskip("sklearn")
    from scipy.stats import loguniform
    from sklearn.model_selection import ParameterSampler, RandomizedSearchCV, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    X, T = nnteach.data.iris()[:2]
    tree = DecisionTreeClassifier(random_state=0)
    space = {"ccp_alpha": loguniform(1e-3, 0.3), "criterion": ["gini", "entropy"]}
    theirs = RandomizedSearchCV(tree, space, n_iter=6, cv=3, random_state=0).fit(X, T)

    def objective(**params):
        return cross_val_score(DecisionTreeClassifier(random_state=0, **params), X, T, cv=3).mean()

    ours = search(objective, list(ParameterSampler(space, 6, random_state=0)), study=ledger)
    assert [t.params for t in ours.trials] == theirs.cv_results_["params"]
    assert np.array_equal([t.value for t in ours.trials], theirs.cv_results_["mean_test_score"])


def test_a_bar(ledger, capsys):
    search(score, SPACE, 3, ledger, show=True)
    said = capsys.readouterr().err
    assert "3/3" in said and "best=" in said
    search(score, SPACE, 4, ledger)
    assert capsys.readouterr().err == ""


# -------------------------------------------------------------------------------------------- workers, and killing


@pytest.mark.slow
def test_workers_find_what_one_process_finds(ledger, module):
    one = search(module.slow, {"x": (0.0, 1.0)}, 6, ledger, show=False)
    two = search(module.slow, {"x": (0.0, 1.0)}, 6, ledger.with_name("two.log"), n_jobs=2)
    assert [(t.params, t.value, t.seed) for t in two.trials] == [(t.params, t.value, t.seed) for t in one.trials]
    owner = {t.user_attrs["owner"] for t in two.optuna.trials}
    assert len(owner) == 2 and owners.me() not in owner


def test_a_function_of_a_notebook_goes_to_workers(ledger):
    pytest.importorskip("cloudpickle")
    offset = 3.0
    result = search(lambda x: x + offset, {"x": (0.0, 1.0)}, 3, ledger, n_jobs=2)
    assert all(t.value == t.params["x"] + 3 for t in result.trials)


def test_an_error_in_a_worker_is_told(ledger, module):
    with pytest.raises(SearchError, match="KeyError: 'units'") as caught:
        search(module.wrong, {"x": (0.0, 1.0)}, 4, ledger, n_jobs=2)
    assert "student.py" in str(caught.value)


def test_a_candidate_that_kills_its_process_is_given_up(ledger, module, monkeypatch):
    monkeypatch.setattr("nnteach.search.ledger.MOST_INTERRUPTIONS", 2)
    result = search(module.deadly, [{"x": 0.2}, {"x": 0.9}, {"x": 0.4}], study=ledger, n_jobs=2)
    assert [t.state for t in result.trials] == ["complete", "interrupted", "complete"]
    assert result.trials[1].attempts == 2


@pytest.mark.slow
def test_workers_are_replaced_before_they_have_lost_much_memory(ledger, module):
    result = search(module.leaky, {"x": (0.0, 1.0)}, 7, ledger, n_jobs=2, recycle=2)
    assert [t.state for t in result.trials] == ["complete"] * 7
    assert max(t.value for t in result.trials) <= 2  # what is left over from trials of the same process
    owner = [t.user_attrs["owner"] for t in result.optuna.trials]
    assert len(set(owner)) >= 4 and max(map(owner.count, owner)) <= 2


def test_a_worker_elsewhere_is_known_by_its_heartbeat(ledger, monkeypatch):
    now = 0.0  # by the clock of those who look, which goes as it is told, however busy the machine is
    monkeypatch.setattr("nnteach.search.ledger.time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr("nnteach.search.ledger.BEAT_SECONDS", 0.02)
    monkeypatch.setattr(owners, "me", lambda: "elsewhere 1 1")
    search(score, SPACE, 1, ledger)  # only to have a ledger
    theirs = search_ledger(ledger)
    theirs.plan(2)
    trial = theirs.claim(2)
    ours = search_ledger(ledger)

    def seen():
        ours.recover(2, trial.datetime_start)
        return [outcome(t) for t in ours.attempts()[1]]

    def beats():
        return ours.attempts()[1][0].user_attrs.get("beat", 0)

    with theirs.heartbeat(theirs.id_of(trial)):
        for _ in range(4):  # three times as long as silence must last
            before = beats()
            wait_for(lambda before=before: beats() > before)
            now += 0.8 * SILENT_SECONDS
            assert seen() == ["running"]
    assert seen() == ["running"]  # what it has sent last may still be new to us
    now += 0.8 * SILENT_SECONDS
    assert seen() == ["running"]
    now += 0.8 * SILENT_SECONDS
    assert seen() == ["interrupted", "waiting"]


def search_ledger(place):
    """The ledger of `search(score, SPACE, study=place)`."""
    settings = {"direction": "maximize", "sampler": "random", "pruner": None, "seed": 0, "objective": "score"}
    return Ledger(str(place), Space(SPACE), settings)


def test_a_candidate_that_was_queued_twice_is_tried_once(ledger):
    """Two searches that plan at the same moment on a database queue the same candidates."""
    search(score, SPACE, 1, ledger)
    book = search_ledger(ledger)
    for _ in range(2):
        book._queue(1, [])
    first, second = book.claim(2), book.claim(2)
    assert first is not None and second is None
    book.end(book.id_of(first), "complete", 0.5)
    assert [(t.attempts, t.state) for t in search(score, SPACE, 2, ledger).trials] == [(1, "complete")] * 2


def test_optuna_is_used_by_its_public_names_only():
    """A name with an underscore may go with any version; such a name is used of an object of our own alone."""
    for path in Path(nnteach.__file__).parent.glob("search/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and re.match(r"_[^_]", node.attr):
                assert isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"), (
                    f"{path.name}, line {node.lineno}: {ast.unparse(node)}"
                )


@pytest.mark.parametrize("storage", ["journal", "sqlite"])
def test_a_trial_is_found_by_its_number_in_every_storage(storage, tmp_path):
    """A database counts the trials of all its studies: an id is no number."""
    place = str(tmp_path / "study.log") if storage == "journal" else f"sqlite:///{tmp_path / 'study.db'}"
    if storage == "sqlite":
        other = optuna.create_study(study_name="other", storage=place)
        other.enqueue_trial({})
        other.enqueue_trial({})
    book = search_ledger(place)
    book.plan(3)
    trials = [book.claim(3) for _ in range(3)]
    assert [trial.number for trial in trials] == [0, 1, 2]
    assert [book.storage.get_trial(book.id_of(trial)).number for trial in trials] == [0, 1, 2]
    trials[1].report(0.25, 4)
    assert book.reported(book.id_of(trials[1])) == {4: 0.25} and book.reported(book.id_of(trials[2])) == {}
    for trial in trials:
        book.end(book.id_of(trial), "complete", float(trial.number))
    assert [trial.value for trial in book.study.get_trials()] == [0.0, 1.0, 2.0]


def test_a_function_that_mentions_the_search_can_be_pickled():
    assert pickle.loads(pickle.dumps(nnteach.search)) is nnteach.search


PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from nnteach.search import search
from student import slow
if __name__ == "__main__":
    print(repr(search(slow, {{"x": (0.0, 1.0)}}, {n}, {ledger!r}, n_jobs={n_jobs}, show=False)), flush=True)
"""


def start(tmp_path, ledger, n, n_jobs):
    """A search in a process, and a process group, of its own."""
    program = PROGRAM.format(folder=str(tmp_path), n=n, ledger=str(ledger), n_jobs=n_jobs)
    return subprocess.Popen(
        [sys.executable, "-c", program],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def diary(tmp_path):
    path = tmp_path / "diary"
    return path.read_text().split("\n")[:-1] if path.exists() else []


posix = pytest.mark.skipif(os.name == "nt", reason="processes are killed by POSIX signals here")


@pytest.fixture
def asked(monkeypatch):
    """The seconds for which this process asks to sleep: they do not depend on what else the machine does."""
    seconds, sleep = [], time.sleep
    monkeypatch.setattr(time, "sleep", lambda length: seconds.append(length) or sleep(length))
    return seconds


@posix
def test_kill_minus_nine_in_the_middle_of_a_trial(tmp_path, ledger, module, asked, monkeypatch):
    monkeypatch.setenv("HELD_FROM", "3")
    running = start(tmp_path, ledger, 4, 1)
    wait_for(lambda: sum(line.startswith("begin") for line in diary(tmp_path)) == 3)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    monkeypatch.delenv("HELD_FROM")
    asked.clear()
    result = search(module.slow, {"x": (0.0, 1.0)}, 4, ledger)
    assert sum(asked) < 10
    assert [t.state for t in result.trials] == ["complete"] * 4
    assert [t.attempts for t in result.trials] == [1, 1, 2, 1]
    seeds = [t.seed for t in result.trials]
    assert [line for line in diary(tmp_path) if line.startswith("end")] == [f"end {seed}" for seed in seeds]
    states = [t.state.name for t in result.optuna.trials]
    assert states.count("FAIL") == 1 and "RUNNING" not in states


@pytest.mark.slow
@posix
@pytest.mark.parametrize("kind, kills", [("journal", 3), ("sqlite", 1), ("grpc", 1)])
def test_random_kills(kind, kills, tmp_path):
    """Nothing that was finished is lost or done twice; `python tests/search_kills.py` does it at length."""
    with contextlib.ExitStack() as stack:
        if kind == "grpc":
            pytest.importorskip("grpc")
            study = stack.enter_context(search_kills.Server(tmp_path)).study
        else:
            study = tmp_path / "study.log" if kind == "journal" else f"sqlite:///{tmp_path}/study.db"
        report = search_kills.Trouble(tmp_path, study, 10 * kills, random.Random(1)).go(kills)
    assert report.complete == 10 * kills and report.kills.total() == kills


@posix
def test_dask_only_launches_the_workers(tmp_path):
    pytest.importorskip("distributed")
    assert search_kills.by_dask(tmp_path, str(tmp_path / "study.log"), 12).complete == 12


def completed(ledger):
    """Indices of the completed candidates, from the journal itself, in order of their end."""
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(ledger)))
    trials = optuna.load_study(study_name=None, storage=storage).trials
    done = [t for t in trials if t.state.name == "COMPLETE"]
    return [t.user_attrs["index"] for t in sorted(done, key=lambda t: t.datetime_complete)]


@pytest.mark.slow
@posix
def test_a_killed_worker_is_replaced(tmp_path, ledger, module, monkeypatch):
    monkeypatch.setenv("HELD_FROM", "1")
    running = start(tmp_path, ledger, 6, 2)
    wait_for(lambda: len(diary(tmp_path)) == 2)  # both workers are in a trial
    workers = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(running.pid)], capture_output=True, text=True
    ).stdout.split()
    os.kill(int(workers[0]), signal.SIGKILL)
    (tmp_path / "diary-go").touch()
    said, _ = running.communicate(timeout=60)
    assert said.startswith("Search: 6 complete")
    result = search(module.slow, {"x": (0.0, 1.0)}, 6, ledger)
    assert sum(t.attempts for t in result.trials) == 7


@posix
def test_two_searches_share_a_ledger(tmp_path, ledger, module):
    both = [start(tmp_path, ledger, 10, 1) for _ in range(2)]
    for running in both:
        said, _ = running.communicate(timeout=60)
        assert said.startswith("Search: 10 complete"), said
    assert sorted(completed(ledger)) == list(range(10))
    ends = [line for line in diary(tmp_path) if line.startswith("end")]
    assert len(ends) == len(set(ends)) == 10


def test_a_half_written_line_is_cut_off(ledger):
    search(score, SPACE, 2, ledger)
    with ledger.open("ab") as file:
        file.write(b'{"op_code":4,"worker_id":"x')
    result = search(score, SPACE, 4, ledger)
    assert len(result) == 4 and all(json.loads(line) for line in ledger.read_text().splitlines())


@pytest.mark.slow
def test_a_lock_that_a_killed_process_left_is_not_waited_for_long(ledger, asked):
    search(score, SPACE, 1, ledger)
    (ledger.parent / f"{ledger.name}.lock").touch()
    assert len(search(score, SPACE, 2, ledger)) == 2
    assert sum(asked) < 10


def test_owners():
    assert not owners.is_gone(owners.me())
    host, pid, started = owners.me().rsplit(" ", 2)
    assert not owners.is_gone(f"elsewhere {pid} {started}")  # of other machines nothing is known
    done = subprocess.Popen([sys.executable, "-c", ""])
    wait_for(lambda: owners.is_gone(f"{host} {done.pid} 1"))
    done.wait()
    assert owners.is_gone(f"{host} {done.pid} 1")
    if started != "?":
        assert owners.is_gone(f"{host} {pid} {started}0")  # the number is used again, by another process


# ------------------------------------------------------------------------------------------------- the command line


def test_the_command_line(tmp_path, module):
    command = [
        sys.executable,
        "-m",
        "nnteach.cli",
        "search",
        "student:slow",
        "--space",
        "x=0.0:1.0",
        "--trials",
        "3",
        "--study",
        "s.log",
        "--csv",
        "s.csv",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout.startswith("Search: 3 complete\n  best ")
        and done.stdout.splitlines()[3].split() == ["trial", "value", "x", "state", "time"]
        and len((tmp_path / "s.csv").read_text().splitlines()) == 4
    )
    for wrong, said in (
        (["student:nothing"], "has no such"),
        (["nowhere:f"], "nowhere"),
        (["student"], "MODULE:FUNCTION"),
    ):
        bad = subprocess.run(
            [*command[:4], *wrong, *command[5:]], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert bad.returncode == 2 and said in bad.stderr and "Traceback" not in bad.stderr
