"""Fetching a file of known length and checksum: several mirrors, resumed where it broke off, all or nothing.

pooch keeps its promise: a file is under its own name only if its SHA-256 is right. What it has not is carrying on, so
the downloader that it is given here does that: what arrives goes into `NAME.part`, whatever interrupts it, and is
handed to pooch when it is whole.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import shutil
import socket
import ssl
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..core.errors import message
from ..support.progress import bars, in_notebook
from .idx import DataError, looks_like_a_page, looks_like_a_pointer

if TYPE_CHECKING:
    from requests import Response

TIMEOUT = 20.0
"""Seconds without a byte after which a mirror is given up."""
ABANDONED = 60.0
"""Seconds after which a part that nobody writes to may be taken over."""
CHUNK = 1 << 16


class _Refused(Exception):
    """Why one mirror did not serve; the next one is tried."""


def fetch(urls: Sequence[str], target: str | Path, size: int, sha256: str, by_hand: str = "",
          show: bool | None = None) -> Path:
    """Download a file to `target`, from the first mirror that has it right.

    Args:
        urls: the same file on several mirrors.
        target: where it goes; its folder is made. Nothing is fetched if the right file stands there.
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
                _from_mirror(url, target, sha256, _Resumed(part, size, _wants_bar(show)))
            except _Refused as reason:
                reasons.append(f"{url}: {reason}")
                continue
            return target
    got = "\n    ".join(["none:", *reasons])
    raise DataError(message(f"{target.name} from one of {len(reasons)} mirrors", got, by_hand))


@contextlib.contextmanager
def _own_part(target: Path) -> Iterator[Path]:
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


def _from_mirror(url: str, target: Path, sha256: str, downloader: _Resumed) -> None:
    """Let pooch fetch it; a part whose beginning turns out to be wrong is fetched once more from the start."""
    resumed = downloader.part.exists()
    for attempt in (1, 2):
        try:
            with _quiet(), _disk_errors(target):
                _retrieve(url, target, sha256, downloader)
            return
        except ValueError as error:  # what pooch says of a wrong checksum, after it has deleted the file
            if not resumed or attempt == 2:
                reason = f"expected the SHA-256 {sha256[:12]}…, got another: another or a damaged file"
                raise _Refused(reason) from error


def _retrieve(url: str, target: Path, sha256: str, downloader: _Resumed) -> None:
    import pooch  # only where something is fetched

    pooch.retrieve(url, f"sha256:{sha256}", fname=target.name, path=target.parent, downloader=downloader)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """pooch tells of every download on standard error; here a bar does."""
    import pooch

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("WARNING")
    try:
        yield
    finally:
        logger.setLevel(level)


# --------------------------------------------------------------------------------- what pooch is given to download with


class _Resumed:
    """A downloader for pooch that carries on with a part.

    Args:
        part: the file that what arrives is written to.
        size: of the whole file, in bytes.
        bar: whether a progress bar is shown.
    """

    def __init__(self, part: Path, size: int, bar: bool):
        self.part, self.size, self.bar = part, size, bar

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """Fetch what is missing; the whole file then stands where pooch wants it."""
        os.unlink(output_file)  # empty as yet: a process that is killed leaves none behind
        have = self.part.stat().st_size if self.part.exists() else 0
        if have > self.size:
            self.part.unlink()
            have = 0
        if have < self.size:
            self._receive(url, have)
        with _disk_errors(self.part):
            os.replace(self.part, output_file)

    def _receive(self, url: str, have: int) -> None:
        import requests

        # Compressed files are wanted as they are, and `Range` counts bytes of what is sent.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        try:
            with requests.get(url, headers=headers, timeout=TIMEOUT, stream=True) as response:
                response.raise_for_status()
                self._write(response, have if response.status_code == requests.codes.partial_content else 0)
        except requests.RequestException as error:
            raise _Refused(_in_words(error)) from error
        self._check_size()

    def _write(self, response: Response, start: int) -> None:
        """Append what comes to the part, or begin it anew where the mirror cannot resume."""
        have = start
        with _disk_errors(self.part):
            file = self.part.open("r+b" if start else "wb")
        with file, _progress(self.part, start, self.size, self.bar) as told:
            file.seek(start)
            for chunk in _chunks(response):
                if have == 0:
                    _check_start(chunk)
                self._append(file, chunk)
                have += len(chunk)
                told(len(chunk))
                if have > self.size:
                    break

    def _append(self, file: IO[bytes], chunk: bytes) -> None:
        with _disk_errors(self.part):  # only around what the disk does: the network has words of its own
            file.write(chunk)
            file.flush()

    def _check_size(self) -> None:
        have = self.part.stat().st_size
        if have < self.size:
            broke_off = "it broke off (the next attempt carries on from there)"
            raise _Refused(f"expected {self.size:,} bytes, got {have:,}: {broke_off}")
        if have > self.size:
            raise _Refused(f"expected {self.size:,} bytes, got more: another file")


def _chunks(response: Response) -> Iterator[bytes]:
    """What comes, as it comes. `iter_content` waits until a chunk is full, and loses what has come if it breaks off."""
    import urllib3

    try:
        while chunk := response.raw.read1(CHUNK):
            yield chunk
    except urllib3.exceptions.HTTPError as error:
        if not any(isinstance(reason, http.client.IncompleteRead) for reason in _reasons(error)):
            raise _Refused(_in_words(error)) from error
        # it broke off: `_check_size` tells how much there is


def _check_start(chunk: bytes) -> None:
    if looks_like_a_page(chunk):
        raise _Refused(
            "expected a gzip file, got a web page (HTML): a login page of the network, or an error page"
        )
    if looks_like_a_pointer(chunk):
        raise _Refused("expected a gzip file, got a Git LFS pointer")


def _in_words(error: BaseException) -> str:
    """What a network error means."""
    response = getattr(error, "response", None)
    if response is not None:
        proxy = ": the proxy wants a login" if response.status_code == 407 else ""
        return f"it answered {response.status_code} ({response.reason}){proxy}"
    reasons = list(_reasons(error))
    if found := next((reason for reason in reasons if isinstance(reason, ssl.SSLError)), None):
        return f"its certificate was not accepted ({found}); a proxy in between, or a wrong clock?"
    if any(isinstance(reason, socket.gaierror) for reason in reasons):
        return "its name was not found: no network, or a proxy is needed (HTTPS_PROXY)"
    if any(isinstance(reason, TimeoutError) for reason in reasons):
        return f"no answer within {TIMEOUT:.0f} s"
    return f"no connection ({reasons[-1]})"


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """An error and what it was raised for, outermost first: requests wraps urllib3, and urllib3 the socket."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((one for one in inner if isinstance(one, BaseException)), None)


# ------------------------------------------------------------------------------------------ the disk, and the bar


def _check_room(part: Path, size: int) -> None:
    have = part.stat().st_size if part.exists() else 0
    free = shutil.disk_usage(part.parent).free
    if free < size - have:
        raise _no_room(part, f"{free:,} bytes free, and {size - have:,} are needed")


@contextlib.contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
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


def _no_room(path: Path, got: str) -> DataError:
    return DataError(
        message(
            f"room on the disk of {path.parent}",
            got,
            "Make room, or name a folder on another disk in NNTEACH_CACHE",
        )
    )


def _wants_bar(show: bool | None) -> bool:
    return (sys.stderr.isatty() or in_notebook()) if show is None else show


@contextlib.contextmanager
def _progress(part: Path, start: int, size: int, show: bool):
    """A function that is told of every chunk; it moves tqdm's bar where one is shown."""
    if not show:
        yield lambda count: None
        return
    name = part.name.split(".part")[0]
    with bars()(desc=name, initial=start, total=size, unit="B", unit_scale=True, leave=False) as bar:
        yield bar.update
