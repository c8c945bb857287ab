"""Kill a search at random moments, and see that nothing is lost: `python tests/search_kills.py`.

    python tests/search_kills.py                     20 kills of single workers and of everything; a journal
    python tests/search_kills.py --ledger sqlite     the same with a database in a file
    python tests/search_kills.py --ledger grpc       the same through Optuna's gRPC proxy (needs grpcio)
    python tests/search_kills.py --dask              a Dask cluster of two launches the workers; one is killed
    python tests/search_kills.py --efficiency        how much faster two workers are than one

Kills are SIGKILL: the operating system ends the process on the spot. Afterwards every candidate must have been
completed exactly once, with the value it has in a search that nobody disturbed, and nothing that was complete may
have been begun again. The diary that the objective writes is the witness beside the ledger.

A search that is started again after a kill has 10 s to its first new trial. That depends on what else the machine
does, so the load is printed beside it: about a second of it is computing (two processes one after the other import
NumPy, nnteach and Optuna), and 3 s more are waited if the kill left the journal locked.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import nnteach as nt
from nnteach.search.ledger import Ledger, outcome
from nnteach.search.space import Space

SPACE = {"x": (0.0, 1.0)}
LONGEST_RESUME = 10.0  # seconds, from the start of a process to its first trial
STUDENT = """
import os, time

def note(what, seed):
    with open(os.environ["DIARY"], "a") as diary:
        diary.write(f"{what} {seed} {time.time()}\\n")

def slow(x, seed):
    note("begin", seed)
    time.sleep(0.1 + 0.2 * x)
    note("end", seed)
    return x

def pause(x):
    time.sleep(1.0)
    return x

def calculate(x):
    end, total = time.process_time() + 1.0, 0.0
    while time.process_time() < end:
        total += x * x
    return x
"""
PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from nnteach.search import search
from student import slow
if __name__ == "__main__":
    search(slow, {space!r}, {n}, {study!r}, n_jobs={n_jobs}, show=False)
"""


@dataclass
class Report:
    """What happened: kills by kind, seconds from a start after a kill to the first trial, attempts, candidates."""

    kills: Counter = field(default_factory=Counter)
    resumes: list = field(default_factory=list)
    attempts: int = 0
    complete: int = 0

    def __str__(self):
        kinds = ", ".join(f"{count} of {kind}" for kind, count in sorted(self.kills.items()))
        resumed = ""
        if self.resumes:
            longest, median = max(self.resumes), sorted(self.resumes)[len(self.resumes) // 2]
            resumed = (
                f"; {len(self.resumes)} restarts, to the first new trial {median:.1f} s (median), "
                f"{longest:.1f} s (longest; at most {LONGEST_RESUME:.0f} s)"
            )
        return (
            f"{self.kills.total()} kills ({kinds}): {self.complete} candidates completed exactly once in "
            f"{self.attempts} attempts{resumed}"
        )


class Trouble:
    """A search in a folder, and everything that happens to it.

    Args:
        folder: an empty one.
        study: a journal file, or an address.
        n: trials in all.
        rng: decides who is killed when.
    """

    def __init__(self, folder: Path, study: str, n: int, rng: random.Random):
        self.folder, self.study, self.n, self.rng, self.report = Path(folder), str(study), n, rng, Report()
        (self.folder / "student.py").write_text(STUDENT)
        self.diary = self.folder / "diary"
        self.environment = os.environ | {"DIARY": str(self.diary)}

    def start(self, n_jobs=2) -> subprocess.Popen:
        """The search in a process group of its own, as soon as its first trial has begun, or all are done."""
        program = PROGRAM.format(folder=str(self.folder), space=SPACE, n=self.n, study=self.study, n_jobs=n_jobs)
        known, begin = len(self.lines()), time.monotonic()
        log = (self.folder / "log").open("ab")
        with log:
            running = subprocess.Popen(
                [sys.executable, "-c", program], start_new_session=True, stdout=log, stderr=log, env=self.environment
            )
        while len(self.lines()) == known and running.poll() is None:
            time.sleep(0.02)
        if self.report.kills and running.poll() is None:
            self.report.resumes.append(time.monotonic() - begin)
        return running

    def kill(self, running, everything: bool):
        """One worker, which the search must replace by itself; or the whole group, workers included."""
        time.sleep(self.rng.uniform(0.0, 1.0))
        if everything:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
        elif workers := children(running.pid):
            os.kill(self.rng.choice(workers), signal.SIGKILL)
        else:
            return
        self.report.kills["everything" if everything else "a worker"] += 1

    def go(self, kills: int) -> Report:
        """So many kills, then the search undisturbed to its end, then the proof."""
        running = self.start()
        while self.report.kills.total() < kills and running.poll() is None:
            self.kill(running, everything=self.rng.random() < 0.5)
            if running.poll() is not None:
                running = self.start()
        said = running.wait(300), (self.folder / "log").read_text()
        assert said == (0, ""), said
        assert self.report.kills.total() == kills, (
            f"finished after {self.report.kills.total()} kills: ask for more trials"
        )
        self.check()
        return self.report

    def lines(self) -> list[str]:
        """The objective's diary, line by line."""
        return self.diary.read_text().splitlines() if self.diary.exists() else []

    def check(self):
        """Every candidate complete, once, with its value, and never begun again after that."""
        study = self.study
        if "://" not in study:
            assert all(json.loads(line) for line in Path(study).read_text().splitlines()), "a corrupt journal"
        attempts = ledger_of(study).attempts()
        self.report.attempts, self.report.complete = sum(map(len, attempts.values())), len(attempts)
        assert sorted(attempts) == list(range(self.n)), "candidates are missing"
        space = Space(SPACE)
        for index, trials in attempts.items():
            states = [outcome(trial) for trial in trials]
            assert states == ["interrupted"] * (len(states) - 1) + ["complete"], (index, states)
            assert trials[-1].value == space.sample(0, index)["x"], index
        ended = {str(t[-1].user_attrs["seed"]): t[-1].datetime_complete.timestamp() for t in attempts.values()}
        again = [
            line
            for line in self.lines()
            if line.startswith("begin") and float(line.split()[2]) > ended[line.split()[1]]
        ]
        assert not again, f"begun again after it was complete: {again}"


def ledger_of(study: str) -> Ledger:
    """The ledger as a search of `slow` opens it."""
    settings = {"direction": "maximize", "sampler": "random", "pruner": None, "seed": 0, "objective": "slow"}
    return Ledger(study, Space(SPACE), settings)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(number) for number in listed.split()]


# ------------------------------------------------------------------------------------------- other ledgers, Dask


class Server:
    """Optuna's gRPC proxy over a journal, in a process of its own."""

    def __init__(self, folder: Path):
        with socket.create_server(("localhost", 0)) as free:
            self.port = free.getsockname()[1]
        program = f"import nnteach as nt; nt.search.serve({str(folder / 'served.log')!r}, {self.port})"
        self.process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
        self.study = f"grpc://localhost:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def by_dask(folder: Path, study: str, n: int) -> Report:
    """Two workers of a Dask cluster take part in the search; one of them is killed, and its task is run again."""
    from distributed import Client, LocalCluster

    trouble = Trouble(folder, study, n, random.Random(0))
    os.environ["DIARY"] = str(trouble.diary)
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with LocalCluster(**settings) as cluster, Client(cluster) as client:
        tasks = client.map(take_part, [(str(folder), study, n)] * 2, pure=False)
        while len(trouble.lines()) < 6:
            time.sleep(0.05)
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        trouble.report.kills["a worker of Dask"] += 1
        values = client.gather(tasks)
    assert values[0] == values[1]
    trouble.check()
    return trouble.report


def take_part(job) -> list[float]:
    """What Dask runs on its workers: the same call of nt.search as anywhere."""
    folder, study, n = job
    sys.path.insert(0, folder)
    from student import slow

    return [trial.value for trial in nt.search(slow, SPACE, n, study, show=False).trials]


# ---------------------------------------------------------------------------------------------------- efficiency


def efficiency(folder: Path, objective: str, n: int = 40) -> float:
    """Time of one process over time of two workers, their start included; every trial takes a second."""
    (folder / "student.py").write_text(STUDENT)
    sys.path.insert(0, str(folder))
    import student

    seconds = []
    for n_jobs in (1, 2):
        begin = time.monotonic()
        nt.search(getattr(student, objective), SPACE, n, f"{folder}/{objective}{n_jobs}.log", n_jobs=n_jobs, show=False)
        seconds.append(time.monotonic() - begin)
    print(
        f"{n} trials of 1 s, {objective}: {seconds[0]:.1f} s with one process, {seconds[1]:.1f} s with two workers, "
        f"{seconds[0] / seconds[1]:.2f} ×",
        flush=True,
    )
    return seconds[0] / seconds[1]


def tell(report: Report):
    """Print a report, with the load of the machine; end with an error if a restart took too long."""
    print(f"{report}. Load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores.")
    if max(report.resumes, default=0.0) > LONGEST_RESUME:
        sys.exit(f"A restart took longer than {LONGEST_RESUME:.0f} s.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--ledger", choices=["journal", "sqlite", "grpc"], default="journal")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dask", action="store_true")
    parser.add_argument("--efficiency", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.efficiency:
            efficiency(folder, "pause")
            efficiency(folder, "calculate")
        elif options.dask:
            print(by_dask(folder, str(folder / "study.log"), 40))
        elif options.ledger == "grpc":
            with Server(folder) as server:
                tell(Trouble(folder, server.study, 12 * options.kills, random.Random(options.seed)).go(options.kills))
        else:
            study = str(folder / "study.log") if options.ledger == "journal" else f"sqlite:///{folder}/study.db"
            tell(Trouble(folder, study, 12 * options.kills, random.Random(options.seed)).go(options.kills))


if __name__ == "__main__":
    main()
