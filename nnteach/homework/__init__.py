"""Homework: exercises with numbers for every student, checks by value, and the name of the mistake.

`sheet.py` is the place to begin for exercises, `mistakes.py` holds the table of mistakes. `check.py` checks functions
against solution functions, `reveal.py` predicts before revealing, `grade.py` grades a folder.

The package can be called like its function: `nt.homework("backprop", student="A17")`.
"""

import sys
import types

from .cases import CheckError as CheckError
from .check import check as check
from .check import check_answer as check_answer
from .grade import Sheet as Sheet
from .nbgrader import to_nbgrader as to_nbgrader
from .reference import reference as reference
from .result import Result as Result
from .reveal import Revealed as Revealed
from .reveal import reveal as reveal
from .sheet import Homework as Homework
from .sheet import homework as homework
from .sheet import kinds as kinds


class _Package(types.ModuleType):
    """`nt.homework` is this package as soon as anybody imports a part of it; so the package itself answers the call."""

    def __call__(self, *arguments, **settings):
        return homework(*arguments, **settings)


sys.modules[__name__].__class__ = _Package
