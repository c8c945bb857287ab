"""Where a ledger lies: in a journal file, in a database, or behind a server; and Optuna, which knows them all."""

import contextlib
import errno
import os
import urllib.parse
import warnings
from pathlib import Path

from ..core.errors import message
from . import journal as journals
from .space import SearchError

LOCK_SECONDS = 3
"""Age at which a lock was left by a process that was killed; Optuna's own 30 s would be waited for."""
SERVER_SECONDS = 10
"""Time in which a server must answer."""


def optuna_itself():
    try:
        import optuna
    except ImportError as error:
        raise SearchError(
            message(
                "Optuna, which keeps the ledger of a search",
                "none installed",
                'pip install "nnteach[search]"',
            )
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # it would report every trial on stderr
    return optuna


def pruner_of(name):
    pruners = optuna_itself().pruners
    return pruners.MedianPruner(n_startup_trials=5) if name == "median" else pruners.NopPruner()


def open_storage(place):
    optuna = optuna_itself()
    if "://" in place:
        return _proxy(place) if place.startswith("grpc://") else _database(place)
    journal = optuna.storages.journal
    path = Path(place)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = journal.JournalFileOpenLock(str(path), grace_period=LOCK_SECONDS)
        _repair(path, lock)
        return optuna.storages.JournalStorage(journal.JournalFileBackend(str(path), lock_obj=lock))
    except OSError as error:
        raise unwritable(place, error) from error
    except journals.NoJournal as error:
        raise SearchError(
            message(
                f"{place} to be a journal of Optuna, or no file yet",
                f"a file of something else ({error}); it was left as it is",
                "Name another file as study=",
            )
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SearchError(
            message(
                f"{place} to be a journal that can be read to its end",
                f"a damaged one ({error})",
                "Name another file as study=, and begin anew; or put a copy of this one in its place",
            )
        ) from error


def unwritable(place, error: OSError) -> SearchError:
    """What to say where the disk does not do what a ledger needs."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    advice = "Make room, and run the same search again: nothing that was done is lost" if full else ""
    return SearchError(message(f"{place} to be a file to write to", error.strerror or str(error), advice))


def _database(place):
    """The database at an address that SQLAlchemy understands."""
    try:
        return optuna_itself().storages.get_storage(place)
    except Exception as error:  # whatever SQLAlchemy, a driver that is missing or the database itself may say
        raise SearchError(
            message(
                "the address of a database that can be reached, such as sqlite:///search.db",
                f"{place} ({str(error).strip().splitlines()[0][:200]})",
                "Correct the address, install the database's driver, or name a file as study=",
            )
        ) from error


def _proxy(place):
    """Optuna's gRPC proxy at grpc://HOST:PORT, where `serve` answers."""
    optuna, address = optuna_itself(), urllib.parse.urlsplit(place)
    wanted = "grpc://HOST:PORT, where nt.search.serve(...) runs"
    if not address.hostname or not address.port:
        raise SearchError(message(wanted, place))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            proxy = optuna.storages.GrpcStorageProxy(host=address.hostname, port=address.port)
        proxy.wait_server_ready(timeout=SERVER_SECONDS)
    except ImportError as error:
        raise SearchError(
            message("grpcio, which speaks gRPC", "none installed", "pip install grpcio protobuf")
        ) from error
    except Exception as error:
        raise SearchError(message(wanted, f"{place}, where nobody answers", "Start the server first")) from error
    return proxy


def serve(study: str, port: int = 13000, host: str = "localhost") -> None:
    """Serve a ledger to machines that share no disk with this one, until it is stopped.

    The others give `study="grpc://HOST:PORT"`. The ledger lies here, in a journal file or a database.

    Args:
        study: the journal file, or the address of a database.
        port: a free one.
        host: the address to listen at; "0.0.0.0" for all machines of the network. Anybody who reaches it can
            write to the ledger: there is no password.
    """
    optuna_itself().storages.run_grpc_proxy_server(open_storage(str(study)), host=host, port=port)


def _repair(path, lock):
    """Make a journal readable again that a crash or a power cut has damaged, and say so."""
    if not path.exists() or not path.stat().st_size:
        return
    lock.acquire()
    try:
        mended = journals.mend(path)
    finally:
        lock.release()
    if mended:
        lines = f"line{'s' * (len(mended.lines) > 1)} {', '.join(map(str, mended.lines[:10]))}"
        warnings.warn(f"{path}: {lines} could not be read, as after a power cut. All the other lines are kept; what "
                      f"the search still lacks is done again. The file as it was is {mended.copy}", stacklevel=2)


class Lock:
    """One planner at a time: Optuna's lock, which outlives a killed process by LOCK_SECONDS at most."""

    def __init__(self, name):
        self.path = f"{name}.lock"
        self.lock = optuna_itself().storages.journal.JournalFileOpenLock(name, grace_period=LOCK_SECONDS)

    def __enter__(self):
        self.lock.acquire()
        return self

    def keep(self):
        """Tell those who wait that we are alive."""
        with contextlib.suppress(OSError):
            os.utime(self.path)

    def __exit__(self, *_):
        with contextlib.suppress(RuntimeError):
            self.lock.release()
