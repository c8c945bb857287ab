"""Homework: exercises with numbers for every student, checks by value, and the name of the mistake.

`homework.py` is the place to begin for exercises, `lesson_exercise.py` for those of the lessons. `check.py` checks
functions against solution functions, `reveal.py` predicts before revealing. `mistakes/catalogue.py` holds the table of
mistakes, and `classroom/grade.py` grades a folder.

The package can be called like its function: `nt.homework("backprop", student="A17")`.
"""

import sys
import types

from .check import check as check
from .check import check_answer as check_answer
from .classroom.grade import Sheet as Sheet
from .classroom.nbgrader import to_nbgrader as to_nbgrader
from .exercises.reference import reference as reference
from .grading.cases import CheckError as CheckError
from .grading.result import Result as Result
from .homework import Homework as Homework
from .homework import homework as homework
from .homework import kinds as kinds
from .reveal import Revealed as Revealed
from .reveal import reveal as reveal


class _Package(types.ModuleType):
    """`nt.homework` is this package as soon as anybody imports a part of it; so the package itself answers the call."""

    def __call__(self, *arguments, **settings):
        return homework(*arguments, **settings)


sys.modules[__name__].__class__ = _Package
