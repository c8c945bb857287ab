"""Where image sets may lie on this machine."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from platformdirs import PlatformDirs
from platformdirs.api import PlatformDirsABC

from .sources import File, Source

SYSTEM = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, "linux")
"""What decided where 0.1 kept its downloads."""


def cache(kind: type[PlatformDirsABC] = PlatformDirs) -> Path:
    """The folder that downloads go to: the one that NNTEACH_CACHE names, or where the system keeps caches."""
    if own := os.environ.get("NNTEACH_CACHE"):
        return Path(own).expanduser()
    return Path(kind("nnteach", appauthor=False).user_cache_dir)


def former_cache(system: str) -> Path:
    """Where 0.1 kept its downloads. What lies there is still read; nothing is written there."""
    base = os.environ.get("LOCALAPPDATA" if system == "Windows" else "XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "nnteach"


def places(source: Source, system: str | None = None) -> Iterator[tuple[Path, bool]]:
    """Where the set may be, and whether the user named the place."""
    if named := os.environ.get("NNTEACH_DATA"):
        yield from ((place, True) for place in inside(source, Path(named).expanduser()))
    caches = [cache()] if os.environ.get("NNTEACH_CACHE") else [cache(), former_cache(system or SYSTEM)]
    yield from ((folder / source.folder, False) for folder in dict.fromkeys(caches))
    keras = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser() / "datasets"
    yield keras / source.folder, False
    if source.keras_archive:
        yield keras / source.keras_archive, False
    for root in (Path("data"), Path.home() / "data"):  # torchvision has no default; its examples say "data"
        yield root / source.torchvision / "raw", False


def inside(source, folder):
    """The folder's own order: a subfolder of the set's name, torchvision's, or the folder itself."""
    return folder / source.folder, folder / source.torchvision / "raw", folder


def find(folder: Path, file: File) -> Path | None:
    """The file under one of its names; the gzipped one first, because its checksum is published."""
    dotted = file.name.replace("-idx", ".idx")  # as some programs name it when they unpack
    names = (f"{file.name}.gz", file.name, f"{dotted}.gz", dotted)
    return next((path for name in names if (path := folder / name).is_file()), None)
