"""Homework: exercises with numbers for every student, checks by value, and the name of the mistake.

`sheet.py` is the place to begin for exercises, `mistakes.py` holds the table of mistakes. `check.py` checks functions
against solution functions, `reveal.py` predicts before revealing.
"""

from .cases import CheckError as CheckError
from .check import check as check
from .check import check_answer as check_answer
from .reference import reference as reference
from .result import Result as Result
from .reveal import Revealed as Revealed
from .reveal import reveal as reveal
from .sheet import Homework as Homework
from .sheet import homework as homework
