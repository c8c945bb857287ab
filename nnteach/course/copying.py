"""Copy the course into a student's folder, and never over a student's file.

The folder remembers in `.nnteach/manifest.json` what was copied there (SHA-256 of each file). So a later copy
can tell three cases apart: a file as it was shipped (it may be renewed), a file the student has worked in (it
stays), and one the student has worked in while a newer version came out (it stays, the newer goes beside it).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import NNTeachError
from ..support import atomic

PARTS = ("notebooks", "exercises")
MANIFEST = Path(".nnteach", "manifest.json")


class CourseError(NNTeachError):
    """The course cannot be found, or cannot be copied to the folder that was asked for."""


@dataclass
class Copied:
    """What `copy_course` did. Names are relative to the folder, with forward slashes.

    `new` and `renewed` hold files that are now exactly as shipped; `kept` are the student's own; `beside`
    maps a kept file to the newer version put next to it; `notes` are sentences for the student.
    """

    folder: Path
    new: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def as_shipped(self) -> list[Path]:
        """The files that are ours to the last byte."""
        names = [*self.new, *self.renewed, *self.unchanged, *self.beside.values()]
        return [self.folder / name for name in names]


def shipped() -> dict[str, Path]:
    """The course of this installation: name relative to the student's folder -> file.

    An installed wheel carries it in `nnteach/_course`; in a source checkout it stands beside the package.
    """
    package = Path(__file__).resolve().parents[1]
    root = package / "_course" if (package / "_course").is_dir() else package.parent
    files = {
        path.relative_to(root).as_posix(): path for part in PARTS for path in _visible_files(root / part)
    }
    if not any(name.endswith(".ipynb") for name in files):
        raise CourseError(
            f"This installation of nnteach has no lessons: none were found in {root}.\n"
            "Install nnteach again from its wheel or from a complete checkout."
        )
    return dict(sorted(files.items()))


def copy_course(folder: str | os.PathLike, files: Mapping[str, Path] | None = None,
                made: Mapping[str, str] | None = None) -> Copied:
    """Copy the course to `folder`, which is made if need be, and say what was done.

    Args:
        folder: where the student works.
        files: what to copy, by the name it gets in the folder; the course of this installation if not given.
        made: texts of files that are made for this folder, by name, such as its table of contents.

    Raises:
        CourseError: `folder` cannot be a folder, or this installation has no course.
    """
    folder = Path(folder).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"The course needs a folder, but {folder} is a file. Name another folder.")
    files = shipped() if files is None else files
    folder.mkdir(parents=True, exist_ok=True)
    report = Copied(folder)
    manifest = _read_manifest(report)
    for name, source in files.items():
        _copy_one(name, source.read_bytes(), manifest, report)
    for name, text in (made or {}).items():
        _copy_one(name, text.encode(), manifest, report)
    _write(folder / MANIFEST, json.dumps({"files": manifest}, indent=1, sort_keys=True).encode())
    return report


def describe(report: Copied) -> str:
    """A few lines telling the student what happened to the folder."""
    lines = [f"The course is in {report.folder}"]
    for count, text in (
        (len(report.new), "new"),
        (len(report.renewed), "renewed (you had not changed them)"),
        (len(report.kept), "kept as you left them"),
    ):
        if count:
            lines.append(f"  {count} file{'s' if count > 1 else ''} {text}")
    lines += [f"  {name} has a newer version: {newer}" for name, newer in report.beside.items()]
    return "\n".join(lines + report.notes)


def _copy_one(name: str, content: bytes, manifest: dict[str, str], report: Copied) -> None:
    target = report.folder / name
    now, last = _digest(content), manifest.get(name)
    manifest[name] = now
    if not os.path.lexists(target):
        _write(target, content)
        report.new.append(name)
        return
    have = _digest(target.read_bytes()) if target.is_file() else None
    if have == now:
        report.unchanged.append(name)
    elif have is not None and have == last:
        _write(target, content)
        report.renewed.append(name)
    else:
        report.kept.append(name)
        if now != last:
            report.beside[name] = _put_beside(name, content, manifest, report)


def _put_beside(name: str, content: bytes, manifest: dict[str, str], report: Copied) -> str:
    """Write `lesson (new).ipynb`, or `lesson (new 2).ipynb` if the student has worked in that one too."""
    for candidate in _names_beside(name):
        target = report.folder / candidate
        ours = target.is_file() and _digest(target.read_bytes()) in (
            manifest.get(candidate),
            _digest(content),
        )
        if ours or not os.path.lexists(target):
            _write(target, content)
            manifest[candidate] = _digest(content)
            return candidate
    raise AssertionError("the names never end")


def _names_beside(name: str) -> Iterator[str]:
    path, number = Path(name), 1
    while True:
        mark = "(new)" if number == 1 else f"(new {number})"
        yield path.with_name(f"{path.stem} {mark}{path.suffix}").as_posix()
        number += 1


def _read_manifest(report: Copied) -> dict[str, str]:
    path = report.folder / MANIFEST
    if not path.exists():
        return {}
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {str(name): str(digest) for name, digest in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        # Without it every changed file counts as the student's: more copies than needed, and nothing lost.
        report.notes.append(f"{path} could not be read and was written anew.")
        return {}


def _visible_files(folder: Path) -> list[Path]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return [
        path
        for path in paths
        if not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
    ]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(target: Path, content: bytes) -> None:
    """Write a whole file or nothing: a full disk or a pulled plug leaves no half notebook."""
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(target, content)
