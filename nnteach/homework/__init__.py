"""Homework: exercises with numbers for every student, checks by value, and the name of the mistake.

`sheet.py` is the place to begin for exercises, `mistakes.py` holds the table of mistakes. `check.py` checks functions
against solution functions, `reveal.py` predicts before revealing.
"""

import sys
from types import ModuleType

from .cases import CheckError as CheckError
from .check import check as check
from .check import check_answer as check_answer
from .reference import reference as reference
from .result import Result as Result
from .reveal import Revealed as Revealed
from .reveal import reveal as reveal
from .sheet import Homework as Homework
from .sheet import homework as homework


class _Callable(ModuleType):
    """`nt.homework(...)` makes a homework, and `nt.homework` is this package all the same."""

    def __call__(self, exercise, **settings):
        return homework(exercise, **settings)


sys.modules[__name__].__class__ = _Callable
