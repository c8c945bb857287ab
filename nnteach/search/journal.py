"""A journal file that a crash or a power cut has damaged: what can be read of it is kept, and nothing is guessed.

A journal is a text with one record of Optuna's a line. Trials have no names in it: the third record that creates a
trial creates trial 2, and later records speak of "trial 2". So a line that cannot be read must not simply be left
out: if it created a trial, everything after it would be told of the wrong one. `mend` puts an empty trial in its
place where the records that follow need one, which they show: they name trials by number, and every trial says which
candidate it is, once when it is made and once more when it is claimed.
"""

import itertools
import json
import re
from pathlib import Path
from typing import NamedTuple

from ..support import atomic

CREATE_TRIAL, SET_PARAM, SET_USER_ATTR = 4, 5, 8  # Optuna's numbers of operations
OF_A_TRIAL = range(5, 10)
MOST_LOST = 1_000
"""Trials that one unreadable line may have created: a power cut can blank many lines into one."""
EMPTY_TRIAL = {
    "op_code": CREATE_TRIAL, "worker_id": "mended", "study_id": 0, "datetime_start": None, "state": 4,
    "value": None, "values": None, "distributions": {}, "params": {}, "user_attrs": {}, "system_attrs": {},
    "intermediate_values": {},
}


class NoJournal(ValueError):
    """A file that is something else; it is left as it is."""


class Mended(NamedTuple):
    """What was done to a journal.

    Attributes:
        lines: the numbers of the lines that could not be read, counted from 1.
        copy: the file as it was.
    """

    lines: tuple[int, ...]
    copy: Path


def mend(path: Path) -> Mended | None:
    """See that a journal can be read to its end; None if nothing but a half-written last line had to be cut off.

    Args:
        path: the file. Nobody may write to it meanwhile.

    Raises:
        NoJournal: its first line is no record of Optuna's. Such a file is never touched.
        ValueError: it is damaged, and what follows the damage fits to no trial.
    """
    content = path.read_bytes()
    *lines, rest = content.split(b"\n")
    _check_first(lines, rest)
    records = [_record(line) for line in lines]
    if all(records):
        if rest:
            _end_with_a_whole_line(path, content, rest)
        if not _makes_sense(records, []):
            raise ValueError("its records do not fit to its trials, as when a line was taken out")
        return None
    copy = _copy_beside(path, content)
    whole = _realigned(lines, records)
    if _record(rest):
        whole.append(rest)
    atomic.write_bytes(path, b"".join(line + b"\n" for line in whole))
    return Mended(tuple(i + 1 for i, record in enumerate(records) if not record), copy)


def _check_first(lines, rest):
    """Only a file that begins as a journal is one; of a journal's own first record, half may have been written."""
    if lines and not _record(lines[0]):
        raise NoJournal("its first line is no record of Optuna's")
    if not lines and rest and not _record(rest) and not rest.startswith(b'{"op_code"'):
        raise NoJournal("its first line is no record of Optuna's")


def _record(line: bytes) -> dict | None:
    """The record on a line; None if it cannot be read."""
    try:
        record = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("op_code"), int) else None


def _end_with_a_whole_line(path, content, rest):
    """A crash may end a record in its middle, which cuts it off, or right before the end of its line."""
    with path.open("r+b") as file:
        if _record(rest):
            file.seek(0, 2)
            file.write(b"\n")
        else:
            file.truncate(len(content) - len(rest))


def _copy_beside(path, content) -> Path:
    names = (path.with_name(f"{path.name}.damaged{f'-{n}' if n > 1 else ''}") for n in itertools.count(1))
    copy = next(name for name in names if not name.exists())
    atomic.write_bytes(copy, content)
    return copy


# ------------------------------------------------------------------------------- which trials are missing


def _realigned(lines, records) -> list[bytes]:
    """The readable lines, with an empty trial for every one that an unreadable line had created."""
    empty = json.dumps(EMPTY_TRIAL, separators=(",", ":")).encode()
    whole, created = [], []
    at = 0
    while at < len(lines):
        if records[at]:
            whole.append(lines[at])
            _follow(records[at], created)
            at += 1
            continue
        end = next((i for i in range(at + 1, len(lines)) if not records[i]), len(lines))
        lost = _lost_trials(lines[at], records[at + 1:end], created)
        if lost is None:
            raise ValueError(f"line {at + 1} cannot be read, and what follows it fits to no trial before it")
        whole += [empty] * lost
        created += [{}] * lost
        at += 1
    return whole


def _follow(record, created):
    if record["op_code"] == CREATE_TRIAL:
        created.append(record)


def _lost_trials(line, following, created) -> int | None:
    """How many trials an unreadable line had created, so that all that follows it makes sense; None: no number does."""
    likely = [_gap_in_candidates(following, created), _creations_in(line)]
    for lost in dict.fromkeys([*likely, *range(MOST_LOST + 1)]):
        if _makes_sense(following, [*created, *[{}] * lost]):
            return lost
    return None


def _creations_in(line) -> int:
    return len(re.findall(rb'"op_code": ?%d\b' % CREATE_TRIAL, line))


def _gap_in_candidates(following, created) -> int:
    """Candidates are queued in order: between 3 and 6, two are missing. 0 if the order tells nothing."""
    first = next(iter(following), {})
    before = _candidate(created[-1]) if created else None
    after = _candidate(first) if first.get("op_code") == CREATE_TRIAL else None
    return max(0, after - before - 1) if None not in (before, after) else 0


def _candidate(trial) -> int | None:
    return trial.get("user_attrs", {}).get("index")


def _makes_sense(following, created) -> bool:
    """Whether the records speak of trials that exist, and say of them what they said of themselves."""
    for record in following:
        _follow(record, created)
        if record["op_code"] in OF_A_TRIAL:
            number = record.get("trial_id")
            if not isinstance(number, int) or not 0 <= number < len(created) or not _fits(record, created[number]):
                return False
    return True


def _fits(record, trial) -> bool:
    """Whether a record can be about a trial: by its candidate and by the numbers it was queued with."""
    if record["op_code"] == SET_USER_ATTR:
        said, known = record.get("user_attr", {}).get("index"), _candidate(trial)
        return said is None or known is None or said == known
    if record["op_code"] == SET_PARAM and "CategoricalDistribution" not in record.get("distribution", ""):
        fixed = trial.get("system_attrs", {}).get("fixed_params", {}).get(record.get("param_name"))
        return fixed is None or fixed == record.get("param_value_internal")
    return True
