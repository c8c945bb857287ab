"""Homework: checking functions and answers by value, naming what differs, predicting before revealing.

`check.py` is the place to begin; `explain.py` holds the table of mistakes that are recognised, `reference.py`
that of exercises.
"""

from .cases import CheckError as CheckError
from .check import check as check
from .check import check_answer as check_answer
from .reference import reference as reference
from .result import Result as Result
from .reveal import Revealed as Revealed
from .reveal import reveal as reveal
