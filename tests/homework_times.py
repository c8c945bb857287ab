"""How long a class of homework takes: 500 submissions graded, and one check with its diagnosis.

    python tests/homework_times.py [number of submissions]

The submissions are a fifth each right, with one mistake, with two, right for another convention, and with a
slip that is no known mistake. They are notebooks in a temporary folder, graded by the function of `nnteach
grade`. Processor time is the time that counts on a machine with other work to do; elapsed time is what a
teacher waits.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from planted import CORE, backprop, three_digits

from nnteach.homework import homework
from nnteach.homework.classroom.grade import Sheet, grade

NETWORK = {"layers": [3, 3, 3], "hidden": "relu", "output": "softmax", "batch": 4}
NET = NETWORK | {"loss": "cross_entropy", "learning_rate": 0.5}
MISTAKES = [m for m in CORE if m not in ("sign", "two", "half", "sum", "overwrite")]
KINDS = ("right", "one mistake", "two mistakes", "another convention", "an unknown slip")


def handed_in(kind, given, rng):
    """The gradients of a student of some kind, to three digits."""
    slip = None
    planted = {
        "one mistake": rng.choice(MISTAKES, 1), "two mistakes": rng.choice(MISTAKES, 2, replace=False),
        "another convention": ["two"],
    }.get(kind, ())
    if kind == "an unknown slip":
        def slip(name, array):
            return array + 0.3 * (np.arange(array.size).reshape(array.shape) == 0) if name == "z1" else array
    grads = backprop(NET, given, *planted, slip=slip)
    return {name: three_digits(g) for name, g in grads.items()}


def write_notebook(path, answers):
    """A notebook in which the answers are assigned, a cell each."""
    cells = [{"cell_type": "code", "source": f"{name} = np.array({a.tolist()})", "metadata": {}, "outputs": []}
             for name, a in answers.items()]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def submissions(folder, count, seed=20261121):
    """Fill a folder with submissions, all kinds in turn.

    Returns:
        The sheet, and for each student the homework, the kind and the answers.
    """
    rng, made = np.random.default_rng(seed), {}
    for i in range(count):
        name, kind = f"student {i:03}", KINDS[i % len(KINDS)]
        hw = homework("backprop", student=name, **NETWORK)
        made[name] = hw, kind, handed_in(kind, hw.given, rng)
        write_notebook(Path(folder) / f"{name}.ipynb", made[name][2])
    draws = {name: hw.variant.draws for name, (hw, _, _) in made.items()}
    return Sheet("backprop", dict(NETWORK), draws=draws), made


def timed(work, *arguments):
    """What comes out, and how many seconds it took: (result, elapsed, of the processor)."""
    begun, worked = time.perf_counter(), time.process_time()
    result = work(*arguments)
    return result, time.perf_counter() - begun, time.process_time() - worked


def in_the_notebook(made):
    """The same answers, checked one by one as in a notebook: results and times by kind."""
    results, times = {}, {kind: [] for kind in KINDS}
    for name, (hw, kind, answers) in made.items():
        results[name], *seconds = timed(hw.check, answers)
        times[kind].append(seconds)
    return results, times


def differing(rows, results):
    """The students whose notebook and row do not say the same."""
    return [row.student for row in rows if (row.verdict, row.mistakes, row.first_wrong, row.stages) != (
        (r := results[row.student]).verdict, r.mistakes, r.first_wrong, r.stages)]


def main(count=500):
    with tempfile.TemporaryDirectory() as folder:
        (sheet, made), elapsed, processor = timed(submissions, folder, count)
        print(f"{count} students' numbers drawn, submissions written: {elapsed:.1f} s elapsed, "
              f"{processor:.1f} s of the processor")
        rows, elapsed, processor = timed(grade, folder, sheet)
        print(f"{count} submissions graded: {elapsed:.1f} s elapsed, {processor:.1f} s of the processor")
    results, times = in_the_notebook(made)
    print(f"notebook and grader differ: {len(differing(rows, results))} of {len(rows)}\n")
    print(f"{'a check, milliseconds':24}{'elapsed':>10}{'slowest':>10}{'processor':>11}{'slowest':>10}   verdicts")
    for kind in KINDS:
        told = sorted({results[name].verdict for name, (_, k, _) in made.items() if k == kind})
        (elapsed, processor), worst = 1e3 * np.median(times[kind], axis=0), 1e3 * np.max(times[kind], axis=0)
        print(f"{kind:24}{elapsed:10.1f}{worst[0]:10.1f}{processor:11.1f}{worst[1]:10.1f}   {', '.join(told)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
