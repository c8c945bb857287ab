"""The worker processes of a search: started, replaced when they end, ended with the search."""

import contextlib
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

from ..core.errors import message
from .space import Range, SearchError

RECYCLED = 25
"""Trials after which a worker is replaced by a new one: frameworks lose some megabytes with every model."""


class Crew:
    """The worker processes of a search.

    Args:
        folder: for what the workers must know, and for what they say.
        size: how many there are at a time.
        recycle: trials after which a worker is replaced by a new one.
    """

    def __init__(self, folder: Path, size: int, recycle: int = RECYCLED):
        self.folder, self.size, self.recycle, self.workers, self.failures = folder, size, recycle, [], 0

    def write_job(self, objective, ledger, place, n_trials):
        space = ledger.space.candidates or {
            name: {"range": [entry.low, entry.high] + ["log"] * entry.log}
            if isinstance(entry, Range)
            else {"choices": list(entry.values)}
            for name, entry in ledger.space.entries.items()
        }
        job = {
            "place": place,
            "space": space,
            "settings": ledger.settings,
            "n_trials": n_trials,
            "most": self.recycle,
            "parent": os.getpid(),
            "path": [os.path.abspath(entry) for entry in sys.path],
        }
        (self.folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        (self.folder / "objective.pickle").write_bytes(_pickle(objective))

    def hire(self, waiting: int):
        """Start as many workers as there is room and work for."""
        for _ in range(min(self.size - len(self.workers), waiting)):
            threads = str(max(1, (os.cpu_count() or 1) // self.size))
            names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
            log = (self.folder / "workers.log").open("ab")
            with log:
                self.workers.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "nnteach.search", str(self.folder)],
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        env=dict.fromkeys(names, threads) | os.environ,
                    )
                )

    def look(self):
        """Let go of workers that have ended. One that was killed is replaced; one that cannot work ends the search."""
        ended = [worker for worker in self.workers if worker.poll() is not None]
        self.workers = [worker for worker in self.workers if worker not in ended]
        self.failures += sum(worker.returncode > 0 for worker in ended)
        if self.failures > self.size:
            said = (self.folder / "workers.log").read_text(encoding="utf-8", errors="replace").strip()[-2000:]
            raise SearchError(
                message(
                    "workers that can do the objective",
                    f"{self.failures} that ended with an error",
                    f"n_jobs=1 works in this process. They said:\n{said}",
                )
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(3)
            worker.kill()
            worker.wait()


def _pickle(objective) -> bytes:
    """The objective for other processes; cloudpickle also takes functions of a notebook."""
    try:
        import cloudpickle as pickler
    except ImportError:
        pickler = pickle
    try:
        return pickler.dumps(objective)
    except Exception as error:
        raise SearchError(
            message(
                "an objective that can be sent to other processes",
                f"{objective!r} ({error})",
                "Put it into a module of its own and import it, or use n_jobs=1",
            )
        ) from error


def unpickle(content: bytes):
    """The objective, in a worker. What it is made of was pickled by the process that started us."""
    return pickle.loads(content)
