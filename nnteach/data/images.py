"""Fashion-MNIST and MNIST: looked for on this machine, else downloaded, and checked either way.

    data = nt.data.fashion_mnist()
    data.x_train.shape        # (60000, 28, 28), uint8

The places, in order: `path`, the folder named in $NNTEACH_DATA, nnteach's cache ($NNTEACH_CACHE, else the
system's folder for caches), Keras's and torchvision's. A set that is not the published one, byte for byte, is
refused; a part of it is taken only with `partial=True`, and says so in `note`.
"""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.errors import message
from . import idx
from .download import fetch
from .idx import DataError
from .places import cache, find, inside, places
from .sources import FASHION_MNIST, MNIST, Source

SIDE = 28


@dataclass(frozen=True, repr=False)
class ImageSet:
    """Images with their labels.

    Attributes:
        x_train, x_test: uint8, shape (n, 28, 28); 0 is background.
        y_train, y_test: class numbers, int64, shape (n,).
        names: of the classes.
        title: of the set.
        source: the folder or file it was read from.
        note: empty, or how much of the set this is; it belongs into every title of a figure made from it.
        verified: whether the files are, byte for byte, the published ones.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    names: tuple[str, ...]
    title: str
    source: Path
    note: str = ""
    verified: bool = True

    def __repr__(self):
        counts = f"{len(self.x_train):,} training and {len(self.x_test):,} test images"
        return f"{self.title}: {self.note or counts} of {SIDE} × {SIDE}, {len(self.names)} classes"


def fashion_mnist(path=None, *, partial: bool = False, download: bool = True) -> ImageSet:
    """Zalando's pictures of clothes, ten classes (Xiao, Rasul and Vollgraf 2017).

    Args:
        path: a folder with the four IDX files, gzipped or not; None: look for them (see the module).
        partial: take a set with fewer images, too, or without test images.
        download: whether to fetch what is not found.

    Raises:
        DataError: if it is missing, damaged, incomplete or out of reach; the message says what to do.
    """
    return load(FASHION_MNIST, path, partial, download)


def mnist(path=None, *, partial: bool = False, download: bool = True) -> ImageSet:
    """Handwritten digits (LeCun, Cortes and Burges); arguments as for `fashion_mnist`."""
    return load(MNIST, path, partial, download)


def load(source: Source, path=None, partial: bool = False, download: bool = True) -> ImageSet:
    """Find, check and read a set; see `fashion_mnist`."""
    if path is not None:
        return _from_path(source, Path(path).expanduser(), partial)
    problems, searched = [], []
    for place, trusted in places(source):
        searched.append(str(place))
        if not _is_there(source, place):
            continue
        try:
            return _read(source, place, partial)
        except DataError as error:
            if trusted:  # the user named this folder: do not pass over it in silence
                raise
            problems.append(str(error))
    if not download:
        got = "\n    ".join(["nothing usable in", *searched, *problems])
        raise DataError(message(f"{source.title} on this machine", got, _by_hand(source)))
    return _read(source, _download(source), partial)


# ----------------------------------------------------------------------------------------- finding, fetching


def _is_there(source, place) -> bool:
    return place.is_file() if place.suffix == ".npz" else any(find(place, file) for file in source.files)


def _from_path(source, path, partial):
    if path.is_file() and path.suffix != ".npz":
        path = path.parent
    for place in (path,) if path.suffix == ".npz" else inside(source, path):
        if _is_there(source, place):
            return _read(source, place, partial)
    wanted = ", ".join(f"{file.name}.gz" for file in source.files)
    got = "no such folder" if not path.exists() else "none of them" if path.is_dir() else "something else"
    raise DataError(
        message(
            f"{path} to be a folder with {wanted} (or unpacked)",
            got,
            "Leave path= out, and the set is looked for and, if need be, downloaded",
        )
    )


def _download(source) -> Path:
    folder = cache() / source.folder
    for file in source.files:
        target = folder / f"{file.name}.gz"
        if not (target.is_file() and _sha256(target) == file.packed_sha256):
            urls = [f"{mirror}{target.name}" for mirror in source.mirrors]
            fetch(urls, target, file.packed_size, file.packed_sha256, _by_hand(source))
    return folder


def _by_hand(source) -> str:
    return (
        f"Get the four files of {source.title} on a machine with a network ({source.home}) and put them into "
        f"{cache() / source.folder}, or into any folder that you pass as path= or name in NNTEACH_DATA"
    )


# --------------------------------------------------------------------------------------------- reading and checking


def _read(source, place, partial) -> ImageSet:
    parts = _from_archive(source, place) if place.suffix == ".npz" else _from_files(source, place, partial)
    arrays, verified = [], True
    for images, labels in (source.files[:2], source.files[2:]):
        (x, x_good), (y, y_good) = parts[images.name], parts[labels.name]
        _check_pair(source, place, x, y, images, partial)
        verified &= x_good and y_good
        arrays += [x.copy(), y.astype(np.int64)]
    note = _note(source, arrays)
    return ImageSet(*arrays, source.names, source.title, place, note, verified and not note)


def _from_files(source, folder, partial) -> dict:
    """Name -> (array, whether it is the published file); a missing test half is empty if a part will do."""
    parts = {}
    for position, file in enumerate(source.files):
        path, axes = find(folder, file), 3 if position % 2 == 0 else 1
        if path is None:
            test_half_missing = position >= 2 and not any(find(folder, other) for other in source.files[2:])
            if partial and test_half_missing:
                parts[file.name] = np.zeros((0, SIDE, SIDE)[:axes], np.uint8), False
                continue
            found = sorted(other.name for other in folder.iterdir() if other.is_file())
            raise DataError(
                message(
                    f"{folder / file.name}.gz, or {file.name} unpacked",
                    f"only {', '.join(found)}",
                    f"Add the missing file. {_by_hand(source)}",
                )
            )
        content = idx.read(path, axes)
        parts[file.name] = content.array, _verify(path, content.array, content.sha256, file, partial)
    return parts


def _verify(path, array, sha256, file, partial) -> bool:
    """Whether this is the published file; a file with all samples that is another one is refused."""
    _check_size(path, array, file, partial)
    if len(array) < file.count:
        return False
    if file.sha256:
        found, wanted = sha256, file.sha256
    elif path.suffix == ".gz":
        found, wanted = _sha256(path), file.packed_sha256
    else:
        return False  # no checksum of the unpacked file is published
    if found != wanted:
        raise DataError(
            message(
                f"{path} to have the SHA-256 {wanted}",
                found,
                "Its contents were changed, or it is another set. Delete it and load the set again",
            )
        )
    return True


def _check_size(path, array, file, partial):
    """Images of another size are of another set, and so are more of them than there are."""
    if array.shape[1:] not in ((), (SIDE, SIDE)):
        raise DataError(
            message(f"{path} to have images of {SIDE} × {SIDE}", f"{array.shape[1:]}", "This is another set")
        )
    if len(array) > file.count or (len(array) < file.count and not partial):
        raise DataError(
            message(
                f"{path} to have {file.count:,} samples",
                f"{len(array):,}",
                "To use a part of the set, ask for it: partial=True"
                if len(array) < file.count
                else "This is another set; check the path",
            )
        )


def _from_archive(source, path) -> dict:
    """The parts of Keras's archive of arrays."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = [np.asarray(archive[name]) for name in ("x_train", "y_train", "x_test", "y_test")]
    except PermissionError as error:
        raise idx.unreadable(path, error) from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            message(
                f"{path} to be an archive of x_train, y_train, x_test, y_test",
                str(error),
                f"Delete {path} and load the set again",
            )
        ) from error
    return {
        file.name: (array, _verify(path, array, _sha256_as_idx(array), file, False))
        for file, array in zip(source.files, arrays, strict=True)
    }


def _check_pair(source, place, x, y, file, partial):
    """Images and labels must belong together."""
    if len(x) != len(y):
        raise DataError(
            message(
                f"as many labels as images in {place}",
                f"{len(x):,} images and {len(y):,} labels ({file.name.split('-')[0]})",
                "The files are of different sets, or one was cut: get both anew",
            )
        )
    if len(y) and y.max() >= len(source.names):
        raise DataError(
            message(
                f"labels from 0 to {len(source.names) - 1} in {place}",
                f"the label {y.max()}",
                "The labels are damaged, or of another set",
            )
        )
    counts = np.bincount(y, minlength=len(source.names))
    if source.balanced and len(y) == file.count and counts.min() != counts.max():
        raise DataError(
            message(
                f"{file.count // len(counts):,} images of every class in {place}",
                f"{counts.tolist()}",
                f"This is not {source.title}; check the path",
            )
        )


def _note(source, arrays) -> str:
    """How much of the set this is; empty if it is all of it."""
    have = len(arrays[0]), len(arrays[2])
    full = source.files[0].count, source.files[2].count
    if have == full:
        return ""
    return f"only {have[0]:,} of {full[0]:,} training and {have[1]:,} of {full[1]:,} test images"


def _sha256(path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256_as_idx(array) -> str:
    """The checksum the array would have as an unpacked IDX file."""
    header = bytes((0, 0, idx.UNSIGNED_BYTES, array.ndim)) + np.array(array.shape, ">u4").tobytes()
    return hashlib.sha256(header + array.astype(np.uint8).tobytes()).hexdigest()
