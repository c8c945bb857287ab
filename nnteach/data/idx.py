"""IDX files, the format of MNIST and its successors: a header, then bytes. Plain or gzipped.

    0x00 0x00 0x08 AXES     the magic number: 2051 for images (3 axes), 2049 for labels (1 axis)
    one 32-bit number, big-endian, per axis
    the bytes, last axis fastest

Whatever can be wrong with such a file has a message of its own, which names the file, what was expected, what
was found, and what to do.
"""

import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..core.errors import NNTeachError, message

UNSIGNED_BYTES = 8
LARGEST = 1 << 30  # bytes; a damaged header must not make us ask for more memory than there is
WHAT = {1: "labels", 3: "images"}
DELETE = "Delete {path} and load the set again, so that it is fetched anew"


class DataError(NNTeachError, OSError):
    """A data set that is missing, damaged, incomplete or out of reach."""


class Content(NamedTuple):
    """What an IDX file holds.

    Attributes:
        array: uint8, not writeable.
        sha256: of the unpacked file, so that it is the same however the file was packed.
    """

    array: np.ndarray
    sha256: str


def read(path, axes: int) -> Content:
    """Read an IDX file.

    Args:
        path: the file; whether it is gzipped is seen from its first bytes, not from its name.
        axes: 1 for labels, 3 for images.

    Raises:
        DataError: if it is not what it should be.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(256)
            file.seek(0)
            _check_start(path, start)
            if start[:2] == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=file) as unpacked:
                    return _parse(path, unpacked, axes)
            return _parse(path, file, axes)
    except DataError:
        raise
    except EOFError as error:
        raise _problem(
            path,
            "a whole gzip file",
            f"{_bytes(path)} bytes, then its end in the middle",
            "It was cut off, as by a broken download. " + DELETE,
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _problem(
            path, "a gzip file in order", f"one whose contents do not add up ({error})", DELETE
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path, error: OSError) -> DataError:
    """The error for a file that the system does not give us."""
    if isinstance(error, FileNotFoundError):
        advice = "Check the path, or leave it out: the set is then looked for and, if need be, downloaded"
    elif isinstance(error, PermissionError):
        advice = "Give yourself the right to read it, or copy it to a folder of your own and pass path="
    else:
        advice = "Check the disk, or copy the file to another folder and pass path="
    return _problem(path, "a file that can be read", error.strerror or str(error), advice)


def looks_like_a_page(start: bytes) -> bool:
    """Whether a file begins like a web page."""
    return start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<head"))


def looks_like_a_pointer(start: bytes) -> bool:
    """Whether this is Git LFS's note about a large file instead of the file."""
    return start.startswith(b"version https://git-lfs")


def _check_start(path, start):
    if not start:
        raise _problem(path, "an IDX file", "an empty file", DELETE)
    if looks_like_a_page(start):
        raise _problem(
            path,
            "an IDX file or its gzip",
            "a web page (HTML)",
            "A login page or an error page was saved under this name. " + DELETE,
        )
    if looks_like_a_pointer(start):
        raise _problem(
            path,
            "an IDX file or its gzip",
            "a Git LFS pointer, a note of three lines",
            "Run `git lfs pull` where it comes from, or take the file from elsewhere",
        )


def _parse(path, stream, axes):
    header = stream.read(4 + 4 * axes)
    _check_magic(path, header, axes)
    if len(header) < 4 + 4 * axes:
        raise _problem(path, f"a header of {4 + 4 * axes} bytes", f"{len(header)} bytes in all", DELETE)
    shape = struct.unpack(f">{axes}I", header[4:])
    expected = math.prod(shape)
    if expected > LARGEST:
        raise _problem(
            path, f"a count of {WHAT[axes]} that can be", f"a header that promises {shape}", DELETE
        )
    body = stream.read(expected + 1)
    if len(body) != expected:
        _wrong_length(path, shape, axes, len(body), expected)
    array = np.frombuffer(body, np.uint8).reshape(shape)
    return Content(array, hashlib.sha256(header + body).hexdigest())


def _check_magic(path, header, axes):
    expected = bytes((0, 0, UNSIGNED_BYTES, axes))
    if header[:4] == expected:
        return
    found = int.from_bytes(header[:4], "big")
    other = {bytes((0, 0, UNSIGNED_BYTES, n)): what for n, what in WHAT.items()}.get(header[:4])
    raise _problem(
        path,
        f"the magic number {int.from_bytes(expected, 'big')} of {WHAT[axes]}",
        f"{found}" + (f", that of {other}" if other else ""),
        f"The files of {WHAT[axes]} and {other} were mixed up: check their names"
        if other
        else "This is no IDX file of unsigned bytes. " + DELETE,
    )


def _wrong_length(path, shape, axes, found, expected):
    promised = f"{shape[0]} {WHAT[axes]}" + (f" of {shape[1]} × {shape[2]}" if axes == 3 else "")
    got = "more" if found > expected else f"{found} bytes"
    advice = "The count in its header is wrong. " if found > expected else "It was cut off. "
    raise _problem(path, f"{expected} bytes, for the {promised} its header promises", got, advice + DELETE)


def _bytes(path):
    return f"{Path(path).stat().st_size:,}"


def _problem(path, expected, got, advice):
    return DataError(message(f"{path} to be {expected}", got, advice.format(path=path)))
