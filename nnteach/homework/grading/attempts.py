"""The log of a student's attempts: one line of JSON each, chained by their hashes.

A changed, removed or reordered line breaks the chain. This makes tampering evident, not impossible: who writes
the whole file anew writes a sound chain.
"""

import datetime
import hashlib
import json
from pathlib import Path

FIRST = "0" * 16


def add(path, entry: dict, now: datetime.datetime | None = None) -> None:
    """Append an attempt."""
    path = Path(path)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    previous = json.loads(lines[-1])["hash"] if lines else FIRST
    now = now or datetime.datetime.now(datetime.UTC)
    line = {"time": now.isoformat(timespec="seconds"), **entry, "previous": previous}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line | {"hash": _hash(line)}, ensure_ascii=False) + "\n")


def verify(path) -> int | None:
    """The number of the first line at which the chain breaks, from 1; None if it holds."""
    previous = FIRST
    for number, text in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), start=1):
        try:
            line = json.loads(text)
            given = line.pop("hash")
        except (ValueError, KeyError, AttributeError):
            return number
        if line.get("previous") != previous or _hash(line) != given:
            return number
        previous = given
    return None


def _hash(line):
    return hashlib.sha256(json.dumps(line, sort_keys=True).encode()).hexdigest()[:16]
