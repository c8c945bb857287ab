"""Writing files whole or not at all: whoever reads one sees the old file or the new one, never half of one.

    write_text("grades.csv", text)
    with whole("f.pdf") as part:        # for what wants to write into a path itself
        figure.savefig(part, format="pdf")

What is written goes to a part beside the file, which then takes its place in one step. A process that is killed
leaves its part behind; the next one that writes the same file clears it away.
"""

import contextlib
import os
import secrets
import socket
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

ENDING = ".nnteach-part"


@contextlib.contextmanager
def whole(path: str | os.PathLike) -> Iterator[Path]:
    """A path to write into; at the end what was written becomes the file, unless something was raised.

    Args:
        path: the file that is meant. Its folder must exist.

    Raises:
        OSError: it cannot be written; the file is then as it was.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(21, "Is a folder", str(path))
    sweep(path)
    part = path.with_name(f"{_mark(path)}{os.getpid()}-{secrets.token_hex(4)}{ENDING}")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))  # the user's own permissions, by umask
        yield part
        _to_disk(part)
        with contextlib.suppress(OSError):
            os.chmod(part, path.stat().st_mode & 0o7777)
        os.replace(part, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename == str(part):
            error.filename = str(path)  # the name the user knows
        raise


def write_bytes(path: str | os.PathLike, content: bytes) -> None:
    """Write a file, whole or not at all."""
    with whole(path) as part:
        part.write_bytes(content)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write a text as UTF-8, its ends of lines as they are, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def sweep(path: str | os.PathLike) -> None:
    """Clear away the parts of a file whose writers, processes of this machine, are no more."""
    path = Path(path)
    with contextlib.suppress(OSError):
        for part in path.parent.glob(f"{_mark(path)}*{ENDING}"):
            pid = part.name.removeprefix(_mark(path)).partition("-")[0]
            if pid.isdecimal() and not runs(int(pid)):
                part.unlink(missing_ok=True)


def _mark(path: Path) -> str:
    """How the names of a file's parts begin: short, however long its own name is, and with the machine in it."""
    return f".{zlib.crc32(path.name.encode('utf-8', 'surrogateescape')):08x}{_machine():08x}-"


def _machine() -> int:
    return zlib.crc32(socket.gethostname().encode("utf-8", "surrogateescape"))


def _to_disk(part: Path) -> None:
    """See that the content is on the disk before the name is: a power cut could otherwise leave an empty file."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def runs(pid: int) -> bool:
    """Whether a process of this number runs on this machine."""
    if sys.platform == "win32":  # there, os.kill(pid, 0) would end it
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # only to ask about it
        code = ctypes.c_ulong()
        running = (
            bool(handle) and ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value == 259
        )
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(running)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
