"""A run's answers, to be looked up donor by donor: an indexed file that processes share, so that none holds a nonprofit in memory."""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

import contextlib
import os
import pathlib
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any, Self

import duckdb

from steward.night import layers, scored
from steward.state.turns import alone

MONTHS = "months_since_last_gift"
# Of a profile row: what the service tells. Scores, bands and ranks come by outcome.
TOLD = ("Segment__c", "Next_Step__c", "Excluded_Reason__c", "Suggested_Ask__c", "Reasons__c")
_BY_OUTCOME = ("_Score__c", "_Band__c", "_Rank__c")
_KEY = "contact_id"
_ROWS = 5_000  # written at once
_MEMORY = "256MB"  # DuckDB's while the file is made; it spills beside it
# A row has two or three kilobytes: pages hold several, so that little is left over. What breaks off is made anew.
_PRAGMAS = "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
_AT_ONCE = 500  # donors of one look-up


class Answers:
    """What one run concluded of each Contact (pseudonyms). Reads take microseconds, and memory only of the system's cache."""

    def __init__(self, path: pathlib.Path) -> None:
        # Nobody changes a finished file, so nothing is locked; a newer run's has another name.
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._turn = threading.Lock()

    def of(self, donor_keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The profile fields in `TOLD`, those of the outcomes, and the months since the unit's last gift; strangers are left out."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(donor_keys), _AT_ONCE):
            part = donor_keys[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            with self._turn:
                rows = self._db.execute(f"SELECT * FROM answers WHERE {_KEY} IN ({marks})", part)
                names = [column for column, *_ in rows.description]
                found |= {row[0]: dict(zip(names, row, strict=True)) for row in rows}
        return found

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def place(folder: pathlib.Path, concluded: pathlib.Path) -> pathlib.Path:
    """Where the file of a run's answers belongs; a run that was taken up and scored again has a file of its own."""
    return folder / f"{concluded.name}-{(concluded / scored.FEATURES).stat().st_mtime_ns:x}.db"


def prepared(path: pathlib.Path, concluded: pathlib.Path) -> Answers:
    """The answers that a run left in `concluded`; the first process that asks makes their file, the others wait for it."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with alone(path.parent / "lock"):
            if not path.exists():
                _make(path, concluded)
                _keep_only(path)
    return Answers(path)


def _make(path: pathlib.Path, concluded: pathlib.Path) -> None:
    """Complete or not at all."""
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    spill = path.with_suffix(".spill")
    config = {"memory_limit": _MEMORY, "threads": 1, "temp_directory": str(spill)}
    with contextlib.closing(sqlite3.connect(half)) as target, duckdb.connect(config=config) as source:  # type: ignore[arg-type]
        target.executescript(_PRAGMAS)
        source.execute("SET enable_progress_bar = false")  # a service's output is its log
        told = _told(source, concluded)
        target.execute(f"CREATE TABLE answers ({', '.join(told.columns)})")
        fill = f"INSERT INTO answers VALUES ({', '.join('?' * len(told.columns))})"
        for batch in told.to_arrow_reader(_ROWS):
            target.executemany(fill, zip(*(column.to_pylist() for column in batch.columns), strict=True))
        target.execute(f"CREATE UNIQUE INDEX of_contact ON answers ({_KEY})")
        target.commit()
    half.chmod(0o600)
    with half.open("rb") as written:
        os.fsync(written.fileno())  # a name must not promise what a power cut has taken
    half.replace(path)


def _told(source: duckdb.DuckDBPyConnection, concluded: pathlib.Path) -> duckdb.DuckDBPyRelation:
    """What is told of each Contact, its key first, in the order of the parts."""
    rows, features = scored.rows(concluded), layers.rows(concluded / scored.FEATURES)
    held = source.sql(f"FROM {rows}").columns
    names = [name for name in held if name in TOLD or name.endswith(_BY_OUTCOME)]
    units = f"(SELECT unit_id, {MONTHS} FROM {features})"
    return source.sql(f"SELECT {', '.join([_KEY, MONTHS, *names])} FROM {rows} LEFT JOIN {units} USING (unit_id)")


def _keep_only(path: pathlib.Path) -> None:
    """An older run's file goes; who still has it open reads on."""
    for other in path.parent.glob("*.db"):
        if other != path:
            other.unlink(missing_ok=True)
