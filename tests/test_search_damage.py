"""A damaged ledger: what is somebody else's is left alone, what can be read is kept, the rest is done again."""

import errno
import json
import os
import random
import subprocess
import sys

import pytest

pytest.importorskip("optuna")

from nnteach.search import SearchError, search
from nnteach.search.storage import optuna_itself

SPACE = {"lr": (1e-4, 1e-1, "log"), "units": [16, 32, 64], "layers": (1, 3)}
N = 12


def score(lr, units, layers, seed):
    return lr * units + layers + seed % 7


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "search.log"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The lines of a finished search, and its table."""
    path = tmp_path_factory.mktemp("whole") / "search.log"
    found = search(score, SPACE, N, path, show=False)
    return path.read_bytes().splitlines(keepends=True), found.table


def values(table):
    return [(row["index"], row["value"], row["lr"], row["units"], row["layers"], row["seed"]) for row in table]


# ------------------------------------------------------------------------------------------ not a journal at all

FOREIGN = {
    "notes": b"my notes\nlast line",
    "notebook": b'{\n "cells": []\n}',
    "csv": b"1,2\n3,4",
    "json lines": b'{"a": 1}\n{"a": 2}',
    "one line": b"my notes",
    "binary": bytes(range(256)) * 3,
    "blank": b"\n\n  \nx",
    "NULs": b"\0" * 50,
    "a list": b"[1, 2]\n[3",
    "op_code that is no number": b'{"op_code": "0"}\n{"op',
    "deep": b"[" * 100_000,
    "utf-16": "{\"op_code\": 0}\n".encode("utf-16"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_something_else_is_refused_and_not_touched(ledger, name):
    ledger.write_bytes(FOREIGN[name])
    with pytest.raises(SearchError, match="left as it is"):
        search(score, SPACE, 2, ledger, show=False)
    assert ledger.read_bytes() == FOREIGN[name]
    assert [p.name for p in ledger.parent.iterdir()] == [ledger.name]


def test_the_command_line_touches_no_file_of_something_else(ledger, tmp_path):
    (tmp_path / "obj.py").write_text("def score(x):\n    return x\n")
    ledger.write_bytes(FOREIGN["notebook"])
    done = subprocess.run(
        [sys.executable, "-m", "nnteach", "search", "obj:score", "--space", "x=0:1", "--trials", "2",
         "--study", str(ledger)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "Name another file" in done.stderr
    assert ledger.read_bytes() == FOREIGN["notebook"]


# ----------------------------------------------------------------------------------------------- a crash's end

@pytest.mark.parametrize("cut", [1, 2, 7, 40])
def test_a_half_written_last_line_is_cut_off(ledger, finished, cut):
    lines, table = finished
    ledger.write_bytes(b"".join(lines)[:-cut])
    found = search(score, SPACE, N, ledger, show=False)
    assert values(found.table) == values(table)
    if cut == 1:  # the record was whole, only the end of its line was missing
        assert ledger.read_bytes().startswith(b"".join(lines))


# ------------------------------------------------------------------------------------------- damage in the middle

def damage(line, how):
    return {"nul": b"\0" * (len(line) - 1) + b"\n", "half": line[: len(line) // 2] + b"\n",
            "garbage": bytes((7 * b) % 251 or 1 for b in line[:-1]).replace(b"\n", b"x") + b"\n",
            "empty": b"\n"}[how]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["nul", "half", "garbage", "empty"])
def test_every_damaged_line_is_named_and_the_others_are_kept(ledger, finished, how):
    """Each line of a whole search in turn: what the others hold stays with the candidate that it is about."""
    lines, table = finished
    whole = values(table)
    for at in range(1, len(lines)):
        damaged = [*lines[:at], damage(lines[at], how), *lines[at + 1:]]
        ledger.write_bytes(b"".join(damaged))
        with pytest.warns(UserWarning, match=rf"line {at + 1} could not be read"):
            found = search(score, SPACE, 0, ledger, show=False)
        kept = [t for t in found.optuna.trials if t.state.name == "COMPLETE"]
        assert len(kept) >= N - 1
        for trial in kept:
            _, value, lr, units, layers, _ = whole[trial.user_attrs["index"]]
            assert trial.value == value
            assert all(trial.params.get(k, v) == v for k, v in [("lr", lr), ("units", units), ("layers", layers)])
        copy = ledger.with_name("search.log.damaged")
        assert copy.read_bytes() == b"".join(damaged)
        copy.unlink()
        done_again = search(score, SPACE, N, ledger, show=False)  # mended: no warning a second time
        assert values(done_again.table) == whole


def test_a_blanked_block_of_several_lines(ledger, finished):
    lines, table = finished
    rng = random.Random(5)
    for _ in range(25):
        first = rng.randrange(1, len(lines) - 6)
        count = rng.randrange(2, 7)
        size = sum(map(len, lines[first:first + count])) - 1
        ledger.write_bytes(b"".join([*lines[:first], b"\0" * size + b"\n", *lines[first + count:]]))
        with pytest.warns(UserWarning, match=rf"line {first + 1} could not be read"):
            found = search(score, SPACE, N, ledger, show=False)
        assert values(found.table) == values(table)
        ledger.with_name("search.log.damaged").unlink()


@pytest.mark.slow
def test_a_search_that_was_stopped_in_the_middle_and_damaged_is_carried_on_with(ledger, finished):
    """Candidates that wait, are half done, and done: cut at every line, with the line before damaged."""
    lines, table = finished
    for cut in range(4, len(lines), 3):
        ledger.write_bytes(b"".join([*lines[:cut - 1], b"\0\0\0\n"]))
        with pytest.warns(UserWarning, match=f"line {cut}"):
            found = search(score, SPACE, N, ledger, show=False)
        assert values(found.table) == values(table)
        ledger.with_name("search.log.damaged").unlink()


def test_a_line_that_was_taken_out_is_noticed(ledger, finished):
    """Without a word, every later record would be told of another trial."""
    lines, _ = finished
    at = next(i for i, line in enumerate(lines) if json.loads(line)["op_code"] == 4)
    content = b"".join(lines[:at] + lines[at + 1:])
    ledger.write_bytes(content)
    with pytest.raises(SearchError, match="a line was taken out"):
        search(score, SPACE, N, ledger, show=False)
    assert ledger.read_bytes() == content


def test_copies_of_damaged_files_are_never_overwritten(ledger, finished):
    lines, _ = finished
    ledger.with_name("search.log.damaged").write_text("an earlier one")
    ledger.write_bytes(b"".join([*lines[:5], b"?\n", *lines[6:]]))
    with pytest.warns(UserWarning, match=r"search\.log\.damaged-2"):
        search(score, SPACE, N, ledger, show=False)
    assert ledger.with_name("search.log.damaged").read_text() == "an earlier one"


# ----------------------------------------------------------------------- whatever happens, no trial stays RUNNING

class Hostile:
    def __repr__(self):
        raise RuntimeError


RETURNS = {
    "too large": 10**400, "negative, too large": -(10**400), "text": "0.5", "None": None, "complex": 1j,
    "list": [0.5], "without a repr": Hostile(),
}


@pytest.mark.parametrize("name", RETURNS)
def test_what_is_no_score_is_refused_in_words(ledger, name):
    with pytest.raises(SearchError) as caught:
        search(lambda lr: RETURNS[name], {"lr": (0.0, 1.0)}, 3, ledger, show=False)
    assert "expected" in str(caught.value)
    assert running(ledger) == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_stopped_in_the_middle(ledger, stop):
    def objective(lr):
        raise stop

    with pytest.raises(stop):
        search(objective, {"lr": (0.0, 1.0)}, 3, ledger, show=False)
    assert running(ledger) == []


def test_a_full_disk_is_said_and_the_search_carries_on_afterwards(ledger, monkeypatch):
    """The disk is full from the third trial on, for every write; then there is room again, in the same process."""
    backend = optuna_itself().storages.journal.JournalFileBackend
    append, state = backend.append_logs, {"full": False, "calls": 0}

    def on_a_small_disk(self, logs):
        if state["full"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        append(self, logs)

    def objective(lr):
        state["calls"] += 1
        state["full"] = state["calls"] == 3
        return lr

    monkeypatch.setattr(backend, "append_logs", on_a_small_disk)
    with pytest.raises(SearchError, match=r"No space left[\s\S]*Make room"):
        search(objective, {"lr": (0.0, 1.0)}, 5, ledger, show=False)
    state["full"] = False
    found = search(objective, {"lr": (0.0, 1.0)}, 5, ledger, show=False)
    assert [t.state for t in found.trials] == ["complete"] * 5 and running(ledger) == []


def running(ledger):
    optuna = optuna_itself()
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(ledger)))
    return [t for t in optuna.load_study(study_name="nnteach", storage=storage).trials if t.state.name == "RUNNING"]


# ------------------------------------------------------------------------------------------- ranges and settings

@pytest.mark.parametrize("ends", [
    (0, 10**30), (-(10**30), 0), (1, 10**400), (0.5, 10**400), (-1.7e308, 1.7e308), (1, 2**63), (0, 2**53 + 1),
    (1, 10**30, "log"), (float("-inf"), 1.0), (0.0, float("nan")),
])
def test_a_range_that_no_float_can_hold_is_refused_in_words(ledger, ends):
    with pytest.raises(SearchError) as caught:
        search(lambda x: float(x), {"x": ends}, 2, ledger, show=False)
    assert "expected" in str(caught.value) and not ledger.exists()


@pytest.mark.parametrize("ends", [(0, 2**53), (0.0, 1e30), (-8e307, 8e307), (5e-324, 1.0, "log"), (1, 2**53, "log")])
@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_ranges_up_to_the_limit_work(ledger, ends, sampler):
    found = search(lambda x: -float(x) / 2, {"x": ends}, 3, ledger, sampler=sampler, show=False)
    assert [t.state for t in found.trials] == ["complete"] * 3
    assert all(ends[0] <= t.params["x"] <= ends[1] for t in found.trials)


@pytest.mark.parametrize("settings", [
    {"seed": -1}, {"seed": 1.5}, {"seed": "x"}, {"seed": True}, {"n_trials": True}, {"n_trials": 10**9},
    {"n_jobs": True}, {"study": "foo://bar"}, {"study": "sqlite:////nowhere/at/all.db"}, {"study": "mysql://h/db"},
])
def test_settings_that_make_no_sense_are_refused_in_words(ledger, settings):
    with pytest.raises(SearchError, match="expected"):
        search(score, SPACE, **{"n_trials": 2, "study": ledger, "show": False} | settings)
