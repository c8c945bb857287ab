"""What lies in a folder of hand-ins, to the last file: read in sub-folders and in archives as platforms make them.

Every file is either a `HandIn` or a line of `left_out` with the reason. Nothing is unpacked on the disk, and no link
is followed.
"""

import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from .handed_in import MOST_BYTES, Unreadable, read_bytes, read_file

KINDS = (".ipynb", ".json")
SHEET = "sheet.json"
MOST_MEMBERS = 5_000
"""Files in one archive."""


@dataclass(frozen=True)
class HandIn:
    """One file that may hold answers.

    Attributes:
        place: where it lies, from the folder on; "class.zip/Ada.ipynb" in an archive.
        student: the name of the file without its ending.
        content: of a member of an archive, or the reason why it cannot be read; None: `path` is read.
        path: of a file.
    """

    place: str
    student: str
    content: bytes | Unreadable | None = None
    path: Path | None = None

    def read(self) -> dict:
        """The answers by name.

        Raises:
            Unreadable: with the reason.
        """
        if isinstance(self.content, Unreadable):
            raise self.content
        return read_file(self.path) if self.content is None else read_bytes(self.content, self.place)


@dataclass
class Found:
    """What a folder holds: `hand_ins`, and `left_out`: (place, reason) of everything else."""

    hand_ins: list[HandIn] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def look_through(folder: Path) -> Found:
    """Everything in a folder, in the order of the names."""
    found = Found()
    stack = [folder]
    while stack:
        entries = sorted(stack.pop().iterdir(), key=lambda path: path.name)
        stack += [path for path in reversed(entries) if path.is_dir() and not path.is_symlink()
                  and not _is_of_the_system(path.name)]
        for path in entries:
            if path.is_symlink() or not path.is_dir():
                _add(found, path, shown(path.relative_to(folder).as_posix()))
    found.hand_ins.sort(key=lambda one: one.place)
    return found


def _add(found, path, place):
    kind = path.suffix.lower()
    if _is_of_the_system(path.name) or place == SHEET:
        return
    if kind in KINDS:
        found.hand_ins.append(HandIn(place, shown(path.stem), path=path))
    elif kind == ".zip" and path.is_file() and not path.is_symlink():
        _add_archive(found, path, place)
    else:
        found.left_out.append((place, f"neither {' nor '.join(KINDS)} nor .zip"))


def _add_archive(found, path, place):
    """The members of an archive, without unpacking it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members[:MOST_MEMBERS]:
                _add_member(found, archive, member, f"{place}/{shown(member.filename)}")
            if len(members) > MOST_MEMBERS:
                found.left_out.append((place, f"holds {len(members):,} files; the first {MOST_MEMBERS:,} were read"))
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        found.left_out.append((place, f"an archive that cannot be read: {str(error) or type(error).__name__}"))


def _add_member(found, archive, member, place):
    name = Path(member.filename.replace("\\", "/"))
    if any(map(_is_of_the_system, name.parts)):
        return
    if name.suffix.lower() not in KINDS:
        found.left_out.append((place, f"neither {' nor '.join(KINDS)}"))
    elif name.name != SHEET:
        found.hand_ins.append(HandIn(place, shown(name.stem), _content(archive, member)))


def _content(archive, member):
    """What a member holds; how much that is, is seen while it is read, whatever the archive says of it."""
    try:
        with archive.open(member) as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return Unreadable(f"cannot be read from its archive: {error}"[:200])
    return Unreadable(f"is larger than {MOST_BYTES // 1_000_000} MB") if len(content) > MOST_BYTES else content


def _is_of_the_system(name: str) -> bool:
    """What computers add by themselves: .DS_Store, __MACOSX, .ipynb_checkpoints, Thumbs.db."""
    hidden = name.startswith((".", "__MACOSX")) and name not in (".", "..")
    return hidden or name in ("Thumbs.db", "desktop.ini")


def shown(name: str) -> str:
    """The name of a file as text: bytes that are no UTF-8 are spelled out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
