"""Who does a trial: a process, known by its machine, its number and when it was started."""

import os
import socket
from pathlib import Path

from ..support.atomic import runs


def me() -> str:
    """This process, as it is written into the ledger."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())}"


def is_gone(owner: str) -> bool:
    """Whether that process is certainly no more. Of another machine's nothing is known, so it counts as alive."""
    _, pid, started = owner.rsplit(" ", 2)
    return is_here(owner) and (not runs(int(pid)) or _started(int(pid)) != started)


def is_here(owner: str) -> bool:
    """Whether that process is, or was, one of this machine."""
    return owner.rsplit(" ", 2)[0] == socket.gethostname()


def _started(pid: int) -> str:
    """When a process was started, in the system's own words; "?" where there is no telling.

    Numbers of processes are used again, so the number alone would take a stranger for the owner.
    """
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "?"
    return "gone" if after_name[0] in "ZX" else after_name[19]  # a zombie was killed, and waits to be noticed
