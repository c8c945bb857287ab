"""Fetching a file of known length and checksum: several mirrors, resumed where it broke off, all or nothing.

What arrives goes into `NAME.part`, and only a file whose SHA-256 is right is renamed to NAME. So a file under
its own name is always whole, whatever was interrupted.
"""

import contextlib
import errno
import hashlib
import http.client
import os
import shutil
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from ..core.errors import message
from ..support.progress import bars, in_notebook
from .idx import DataError, looks_like_a_page, looks_like_a_pointer

TIMEOUT = 20.0
"""Seconds without a byte after which a mirror is given up."""
ABANDONED = 60.0
"""Seconds after which a part that nobody writes to may be taken over."""
CHUNK = 1 << 16


class _Refused(Exception):
    """Why one mirror did not serve; the next one is tried."""


def fetch(urls, target, size: int, sha256: str, by_hand: str = "", show: bool | None = None) -> Path:
    """Download a file to `target`, from the first mirror that has it right.

    Args:
        urls: the same file on several mirrors.
        target: where it goes; its folder is made.
        size: in bytes.
        sha256: of the file, in hexadecimal.
        by_hand: what to do instead, for the message if nothing works.
        show: a progress bar; None: if somebody looks.

    Raises:
        DataError: if there is no room, no network, or no mirror with the right file.
    """
    target, reasons = Path(target), []
    with _own_part(target) as part:
        _check_room(part, size)
        for url in urls:
            try:
                _from_mirror(url, part, size, sha256, _wants_bar(show))
            except _Refused as reason:
                reasons.append(f"{url}: {reason}")
                continue
            with _disk_errors(target):
                os.replace(part, target)
            return target
    got = "\n    ".join(["none:", *reasons])
    raise DataError(message(f"{target.name} from one of {len(reasons)} mirrors", got, by_hand))


@contextlib.contextmanager
def _own_part(target):
    """A part file that no other process writes to; what another one left behind is carried on with."""
    with _disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shared = target.with_name(f"{target.name}.part")
        mine = shared.with_name(f"{shared.name}-{os.getpid()}")
        for left in (shared, *target.parent.glob(f"{shared.name}-*")):
            with contextlib.suppress(OSError):
                if left == shared or time.time() - left.stat().st_mtime > ABANDONED:
                    os.replace(left, mine)  # atomic: of several processes one succeeds
                    break
    try:
        yield mine
    finally:
        with contextlib.suppress(OSError):
            os.replace(mine, shared)


def _from_mirror(url, part, size, sha256, bar):
    """Fetch into the part; one whose beginning turns out to be wrong is fetched once more from the start."""
    resumed = part.exists()
    for attempt in (1, 2):
        _receive(url, part, size, bar)
        if (found := _digest(part)) == sha256:
            return
        part.unlink()
        if not resumed or attempt == 2:
            raise _Refused(
                f"expected the SHA-256 {sha256[:12]}…, got {found[:12]}…: another or a damaged file"
            )


def _receive(url, part, size, bar):
    have = part.stat().st_size if part.exists() else 0
    if have == size:
        return
    if have > size:
        part.unlink()
        have = 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            _write(response, part, have if response.status == 206 else 0, size, bar)
    except DataError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise _Refused(_in_words(error)) from error
    have = part.stat().st_size
    if have != size:
        raise _Refused(
            f"expected {size:,} bytes, got {have:,}: it broke off (the next attempt carries on from there)"
            if have < size
            else f"expected {size:,} bytes, got more: another file"
        )


def _write(response, part, start, size, bar):
    """Append what comes to the part, or begin it anew where the mirror cannot resume."""
    have = start
    with _disk_errors(part):
        file = part.open("r+b" if start else "wb")
    with file, _progress(part, start, size, bar) as told:
        file.seek(start)
        while have <= size and (chunk := response.read1(CHUNK)):
            if have == 0:
                _check_start(chunk)
            with _disk_errors(part):  # only around what the disk does: the network has words of its own
                file.write(chunk)
                file.flush()
            have += len(chunk)
            told(len(chunk))


def _check_start(chunk):
    if looks_like_a_page(chunk):
        raise _Refused(
            "expected a gzip file, got a web page (HTML): a login page of the network, or an error page"
        )
    if looks_like_a_pointer(chunk):
        raise _Refused("expected a gzip file, got a Git LFS pointer")


def _digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _in_words(error) -> str:
    """What a network error means."""
    reason = getattr(error, "reason", error)
    if isinstance(error, urllib.error.HTTPError):
        return f"it answered {error.code} ({error.reason})" + (
            ": the proxy wants a login" if error.code == 407 else ""
        )
    if isinstance(reason, ssl.SSLError):
        return f"its certificate was not accepted ({reason}); a proxy in between, or a wrong clock?"
    if isinstance(reason, socket.gaierror):
        return "its name was not found: no network, or a proxy is needed (HTTPS_PROXY)"
    if isinstance(reason, TimeoutError):
        return f"no answer within {TIMEOUT:.0f} s"
    return f"no connection ({reason})"


# ------------------------------------------------------------------------------------------ the disk, and the bar


def _check_room(part, size):
    have = part.stat().st_size if part.exists() else 0
    free = shutil.disk_usage(part.parent).free
    if free < size - have:
        raise _no_room(part, f"{free:,} bytes free, and {size - have:,} are needed")


@contextlib.contextmanager
def _disk_errors(path):
    """Turn what the disk has against us into a message."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(path, error.strerror) from error
        raise DataError(
            message(
                f"{path.parent} to be a folder to write to",
                error.strerror or str(error),
                "Name another folder in the environment variable NNTEACH_CACHE",
            )
        ) from error


def _no_room(path, got):
    return DataError(
        message(
            f"room on the disk of {path.parent}",
            got,
            "Make room, or name a folder on another disk in NNTEACH_CACHE",
        )
    )


def _wants_bar(show):
    return (sys.stderr.isatty() or in_notebook()) if show is None else show


@contextlib.contextmanager
def _progress(part, start, size, show):
    """A function that is told of every chunk; it moves tqdm's bar where one is shown."""
    if not show:
        yield lambda count: None
        return
    name = part.name.split(".part")[0]
    with bars()(desc=name, initial=start, total=size, unit="B", unit_scale=True, leave=False) as bar:
        yield bar.update
