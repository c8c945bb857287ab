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
    streams, depth = (sys.stdout, sys.stderr), sys.getrecursionlimit()
    try:
        sys.stdout, sys.stderr = map(_KeptOpen, streams)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout, sys.stderr = streams
        sys.setrecursionlimit(depth)


class _KeptOpen:
    """A stream that whoever is called may write to and not close: a closed stdout could not be opened again."""

    def __init__(self, stream):
        self._stream = stream

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def close(self) -> None:
        pass


def said(error) -> str:
    """What an exception says; nothing if it cannot say it."""
    return shown(safely("", str, error))


def shown(text, most: int = 300) -> str:
    """Somebody else's text as it can be shown anywhere: cut if it is long, without what no file can hold."""
    text = text if isinstance(text, str) else ""
    text = text[:most] + "…" if len(text) > most else text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
