"""Which cases of a long table stay in the fast tier: one in a few, the others are marked `slow`."""

from collections.abc import Iterable

import pytest


def one_in(every: int, cases: Iterable, at: int = 0) -> list:
    """The cases, all but one in `every` of them marked `slow`.

    Args:
        every: how many cases share one that stays in the fast tier.
        cases: what a test is parametrized with.
        at: which one stays; two tests over one table take different ones, and more of it is tried.
    """
    rows = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*row, marks=() if i % every == at else pytest.mark.slow) for i, row in enumerate(rows)]
