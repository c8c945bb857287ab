"""Running what is somebody else's: whatever it raises is an outcome, and only Ctrl-C goes through."""

import sys
import warnings
from contextlib import contextmanager

import numpy as np


def guarded(function, *args, **named):
    """What a call returns and what it raises, one of the two: (result, None) or (None, error)."""
    try:
        return function(*args, **named), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, too: a student's exit() ends no notebook
        return None, error


def safely(default, function, *args, **named):
    """What a call returns, or something else if it raises."""
    result, error = guarded(function, *args, **named)
    return default if error is not None else result


@contextmanager
def quiet():
    """Without warnings, and with what is inside unable to change how NumPy and Python treat them outside.

    An overflow in one of twenty cases is no reason to fill a notebook with warnings.
    """
    streams = sys.stdout, sys.stderr
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout, sys.stderr = streams


def said(error) -> str:
    """What an exception says; nothing if it cannot say it."""
    text = safely("", str, error)
    return text if isinstance(text, str) else ""
