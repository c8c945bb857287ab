"""Mutation score: break every rule of the table in turn and see whether the fast tests notice.

    python tests/mutation.py [NAME …]         # all primitives, or the named ones

Every mutant runs the tests of the engine in a process of its own, which stops at the first failure. A mutant
that changes nothing (swapping the inputs of an addition) is left out, by trying it on numbers. Exits 1 if a
mutant survives.
"""

import contextlib
import io
import itertools
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nnteach.core import autodiff
from nnteach.core.graph import settle
from nnteach.core.primitive import PRIMITIVES, every_slot, shape_of

sys.path.insert(0, str(Path(__file__).parent))
from samples import SAMPLES  # the tests' own folder is on the path only now

TESTS = ("test_ops.py", "test_autodiff.py")


def turned(rule):
    """The wrong sign."""
    return lambda g, y, *inputs, **static: -rule(g, y, *inputs, **static)


def doubled(rule):
    """A factor too many."""
    return lambda g, y, *inputs, **static: 2.0 * rule(g, y, *inputs, **static)


def dropped(rule):
    """The local derivative forgotten: the upstream gradient handed on as it is."""
    def mutant(g, y, *inputs, **static):
        right = rule(g, y, *inputs, **static)
        return g if shape_of(g) == shape_of(right) else 0.0 * right
    return mutant


def swapped(rule):
    """The inputs taken for one another."""
    return lambda g, y, *inputs, **static: rule(g, y, *inputs[::-1], **static)


def input_for_output(rule):
    """The input taken for the output."""
    return lambda g, y, *inputs, **static: rule(g, inputs[0], *inputs, **static)


def output_for_input(rule):
    """The output taken for the inputs."""
    return lambda g, y, *inputs, **static: rule(g, y, *[y for _ in inputs], **static)


MUTATIONS = (turned, doubled, dropped, swapped, input_for_output, output_for_input)


def mutants(names):
    """All (name, slot, mutation) to try."""
    for name in names:
        rules = PRIMITIVES[name].vjps
        slots = (0, 1) if isinstance(rules, every_slot) else range(len(rules))
        for slot, mutation in itertools.product(slots, MUTATIONS):
            if rules[slot] is not None:
                yield name, slot, mutation


def broken(name, slot, mutation):
    """The rules of a primitive with one of them mutated."""
    rules = PRIMITIVES[name].vjps
    if isinstance(rules, every_slot):
        return every_slot(lambda s: mutation(rules[s]) if s == slot else rules[s])
    return tuple(mutation(rule) if s == slot else rule for s, rule in enumerate(rules))


def changes_nothing(name, slot, mutation):
    """Whether the mutant gives the right answer on all sample inputs, and so is no mistake at all."""
    primitive = PRIMITIVES[name]
    for inputs, static in SAMPLES[name]:
        values = list(inputs)
        out = settle(primitive.forward(*values, **static))
        seed = settle(np.random.default_rng(1).uniform(0.5, 1.5, shape_of(out)))
        if slot >= len(values):
            continue
        right = primitive.vjps[slot](seed, out, *values, **static)
        try:
            wrong = mutation(primitive.vjps[slot])(seed, out, *values, **static)
            if shape_of(right) != shape_of(wrong) or not np.allclose(right, wrong, rtol=1e-9, atol=1e-12):
                return False
        except Exception:  # a mutant that stops is noticed by anyone
            return False
    return True


def survives(patch):
    """Run the tests in a child with the patch applied; True if they still pass."""
    child = os.fork()
    if child == 0:
        patch()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            tests = [str(Path(__file__).parent / test) for test in TESTS]
            code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *tests])
        os._exit(int(code == 0))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def no_sum_over_broadcast_axes():
    """The engine's own mutant: a broadcast is not summed back, only its first copy is taken."""
    def fit(contribution, parent):
        if shape_of(contribution) != parent.shape:
            lead = len(shape_of(contribution)) - len(parent.shape)
            cut = tuple(slice(0, n) for n in parent.shape)
            contribution = settle(np.asarray(contribution)[(0,) * lead + cut])
        return contribution
    autodiff._fit = fit


def main(names):
    """Try all mutants; print a line for each survivor and the score."""
    killed, left_out, survivors, begun = 0, 0, [], time.perf_counter()
    todo = list(mutants(names or sorted(PRIMITIVES)))
    for i, (name, slot, mutation) in enumerate(todo, start=1):
        label = f"{name}, input {slot}: {mutation.__name__}"
        print(f"\r{i}/{len(todo)}  {label:60}", end="", flush=True)
        if changes_nothing(name, slot, mutation):
            left_out += 1
        elif survives(lambda n=name, s=slot, m=mutation: setattr(PRIMITIVES[n], "vjps", broken(n, s, m))):
            survivors.append(label)
        else:
            killed += 1
    if not names:
        if survives(no_sum_over_broadcast_axes):
            survivors.append("engine: no sum over broadcast axes")
        else:
            killed += 1
    print(f"\r{'':70}\r", end="")
    print("".join(f"survived: {label}\n" for label in survivors), end="")
    print(f"{killed} of {killed + len(survivors)} mutants killed, {left_out} that change nothing left out, "
          f"{time.perf_counter() - begun:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
