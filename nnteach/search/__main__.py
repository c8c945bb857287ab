"""A worker process: `python -m nnteach.search JOB`, started by a search with n_jobs > 1."""

import json
import sys
from pathlib import Path


def main(job: str) -> None:
    """Read the job, then work.

    Args:
        job: a folder with `job.json` and the pickled objective; the search that started us made it.
    """
    folder = Path(job)
    plan = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    sys.path[:] = plan["path"]
    from nnteach.search.crew import unpickle
    from nnteach.search.ledger import Ledger
    from nnteach.search.space import Space
    from nnteach.search.work import work

    objective = unpickle((folder / "objective.pickle").read_bytes())
    space = (
        plan["space"]
        if isinstance(plan["space"], list)
        else {
            name: tuple(entry["range"]) if "range" in entry else entry["choices"]
            for name, entry in plan["space"].items()
        }
    )
    work(
        Ledger(plan["place"], Space(space), plan["settings"]),
        objective,
        plan["n_trials"],
        plan["most"],
        plan["parent"],
    )


if __name__ == "__main__":
    main(sys.argv[1])
