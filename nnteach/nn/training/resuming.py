"""A run of `fit` as a file, so that one that was killed goes on with the numbers it would have had.

The file holds all that the next epoch depends on: parameters and buffers, the optimizer's state, the random
generator's, how far the schedule and early stopping have come, the best parameters so far and the history.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from .checkpoints import damaged

WATCHED = ("best", "best_epoch", "waited")


def remember(path, run, rng, epoch: int) -> None:
    """Write the run as it is after this epoch; all or nothing.

    Args:
        path: the .npz file.
        run: the bookkeeping of `fit`.
        rng: the Generator that shuffles the samples and draws the masks.
        epoch: the number of epochs that are done.
    """
    parameters, buffers = run.best
    content = {
        "epoch": epoch,
        "rng": json.dumps(_plain(rng.bit_generator.state)),  # its numbers are longer than any of NumPy's
        "history": dict(run.history),
        "best": {"parameters": parameters, "buffers": buffers},
        "watch": {name: getattr(run.watch, name) for name in WATCHED},
        "rates": {"epochs": run.rates.epochs, "steps": run.rates.steps},
    }
    if hasattr(run.rates.schedule, "seen"):
        content["schedule"] = asdict(run.rates.schedule)
    run.trainer.save(path, **content)


def go_on(path, run, rng) -> int:
    """Bring a run to where the file says it was.

    Returns:
        The number of epochs that are done; 0 if there is no file yet.

    Raises:
        CheckpointError: the file is damaged, or something else.
    """
    if not Path(path).exists():
        return 0
    content = run.trainer.load(path)
    try:
        return _go_on(content, run, rng)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(path, error) from None


def _go_on(content, run, rng) -> int:
    rng.bit_generator.state = json.loads(str(content["rng"]))
    run.history.update({name: numbers.tolist() for name, numbers in content["history"].items()})
    run.best = content["best"]["parameters"], content["best"].get("buffers", {})
    run.watch = replace(run.watch, **{name: content["watch"][name].item() for name in WATCHED})
    run.rates.epochs, run.rates.steps = (content["rates"][name].item() for name in ("epochs", "steps"))
    if "schedule" in content:
        state = {name: value.item() for name, value in content["schedule"].items()}
        run.rates.schedule = replace(run.rates.schedule, **state)
    return content["epoch"].item()


def _plain(state):
    """A generator's state in JSON's types: some generators have arrays in theirs."""
    if isinstance(state, dict):
        return {name: _plain(value) for name, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray) else state
