"""One SQLite file: a table an sObject, one writer at a time, any number of readers, and never `database is locked`."""

from __future__ import annotations

import calendar
import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from localorg import ids
from localorg.model import TEXT_TYPES, Field, Schema, SObject

# synchronous=OFF: a killed process loses nothing, only a power cut could; a local org is worth that for its speed.
_PRAGMAS = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=120000; PRAGMA temp_store=MEMORY;
PRAGMA wal_autocheckpoint=8000;
"""
# A reader's cache is small and maps nothing: there may be as many readers as the server has threads.
_MEMORY = {
    False: "PRAGMA cache_size=-65536; PRAGMA mmap_size=134217728;",
    True: "PRAGMA cache_size=-16384; PRAGMA mmap_size=0; PRAGMA query_only=1;",
}
_OWN_TABLES = """
CREATE TABLE IF NOT EXISTS _meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _numbers (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _components (
    kind TEXT NOT NULL, name TEXT NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS _recycle (id TEXT NOT NULL, sobject TEXT NOT NULL, root TEXT NOT NULL, PRIMARY KEY (id));
CREATE INDEX IF NOT EXISTS _recycle_root ON _recycle (root);
"""
_UNINDEXED = frozenset({"OwnerId", "CreatedById", "LastModifiedById", "RecordTypeId", "IndividualId", "Pricebook2Id"})
_SQL_TYPES = {"boolean": "INTEGER", "int": "INTEGER", "double": "REAL", "currency": "REAL", "percent": "REAL"}


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def column_type(field: Field) -> str:
    declared = _SQL_TYPES.get(field.type, "TEXT")
    if field.type in TEXT_TYPES and not field.case_sensitive:
        declared += " COLLATE NOCASE"
    return declared


class Store:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._write_lock = threading.RLock()
        self._writer_thread: int | None = None
        self._depth = 0
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self.transaction_ended: list[Callable[[bool], None]] = []  # told of commit or rollback, inside the lock
        self._writer = self._connect()
        self._writer.executescript(_OWN_TABLES)

    def _connect(self, *, query_only: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=120)
        connection.executescript(_PRAGMAS + _MEMORY[query_only])
        connection.create_function("local_date", 2, _local_date, deterministic=True)
        connection.create_function("add_months", 2, _add_months, deterministic=True)
        connection.create_function("full_match", 2, _full_match, deterministic=True)
        return connection

    def close(self) -> None:
        with self._write_lock, self._idle_lock:
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()

    # Connections

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees what is committed, or, inside this thread's own transaction, what it wrote."""
        if self._writer_thread == threading.get_ident():
            yield self._writer
            return
        with self._idle_lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect(query_only=True)
        try:
            yield connection
        finally:
            with self._idle_lock:
                self._idle.append(connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """The writing connection inside a transaction; nested use is a savepoint, so an inner failure undoes itself."""
        with self._write_lock:
            self._depth += 1
            self._writer_thread = threading.get_ident()
            begin, commit, rollback = _statements(self._depth)
            committed = False
            try:
                self._writer.execute(begin)
                try:
                    yield self._writer
                except BaseException:
                    for statement in rollback:
                        self._writer.execute(statement)
                    raise
                self._writer.execute(commit)
                committed = True
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._writer_thread = None
                    for tell in self.transaction_ended:
                        tell(committed)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Let others write while this thread waits for something outside. What it wrote so far is committed by that."""
        if self._writer_thread != threading.get_ident() or self._depth != 1:
            yield
            return
        self._writer.execute("COMMIT")
        self._depth, self._writer_thread = 0, None
        self._write_lock.release()
        try:
            yield
        finally:
            self._write_lock.acquire()
            self._depth, self._writer_thread = 1, threading.get_ident()
            self._writer.execute("BEGIN IMMEDIATE")

    # Small things

    def meta(self, name: str, default: Any = None) -> Any:
        with self.read() as connection:
            row = connection.execute("SELECT value FROM _meta WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row[0])

    def set_meta(self, name: str, value: Any) -> None:
        with self.write() as connection:
            connection.execute("INSERT OR REPLACE INTO _meta VALUES (?, ?)", (name, json.dumps(value)))

    def components(self, kind: str) -> dict[str, Any]:
        with self.read() as connection:
            rows = connection.execute("SELECT name, entry FROM _components WHERE kind = ? ORDER BY rowid", (kind,))
            return {name: json.loads(entry) for name, entry in rows}

    def set_components(self, kind: str, entries: dict[str, Any]) -> None:
        with self.write() as connection:
            connection.executemany(
                "INSERT INTO _components VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET entry = excluded.entry",
                ((kind, name, json.dumps(entry)) for name, entry in entries.items()),
            )

    def take_numbers(self, connection: sqlite3.Connection, name: str, count: int) -> int:
        """The first of `count` consecutive numbers nobody else gets."""
        row = connection.execute(
            "INSERT INTO _numbers VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next = next + ? RETURNING next",
            (name, count + 1, count),
        ).fetchone()
        return int(row[0]) - count

    def new_ids(self, connection: sqlite3.Connection, sobject: SObject, count: int) -> list[str]:
        first = self.take_numbers(connection, "id:" + sobject.key_prefix, count)
        return list(ids.sequence(sobject.key_prefix, first, count))

    # Tables

    def create_tables(self, schema: Schema) -> None:
        """Bring the file to the schema: new tables, new columns, indexes. Nothing is ever dropped."""
        with self.write() as connection:
            existing = _columns(connection)
            for sobject in schema:
                if sobject.name in existing:
                    _add_columns(connection, sobject, existing[sobject.name])
                else:
                    connection.execute(_create(sobject))
                for statement in _indexes(sobject):
                    connection.execute(statement)


def _local_date(moment: str | None, zone: str) -> str | None:
    """The day a moment falls on in a time zone, for formulas."""
    return moment and datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).date().isoformat()


def _add_months(day: str | None, months: float | None) -> str | None:
    """The same day some months on, or the month's last; a time of day stays."""
    if day is None or months is None:
        return None
    count = int(day[:4]) * 12 + int(day[5:7]) - 1 + int(months)
    year, month = count // 12, count % 12 + 1
    number = min(int(day[8:10]), calendar.monthrange(year, month)[1])
    return f"{year:04d}-{month:02d}-{number:02d}{day[10:]}"


def _full_match(text: str | None, pattern: str) -> int:
    """REGEX of a formula: the whole text must match. A pattern that is none matches nothing."""
    try:
        return int(re.fullmatch(pattern, text or "") is not None)
    except re.error:
        return 0


def _statements(depth: int) -> tuple[str, str, tuple[str, ...]]:
    if depth == 1:
        return "BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)
    name = f"level{depth}"
    return f"SAVEPOINT {name}", f"RELEASE {name}", (f"ROLLBACK TO {name}", f"RELEASE {name}")


def _columns(connection: sqlite3.Connection) -> dict[str, set[str]]:
    rows = connection.execute(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    )
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column.lower())
    return found


def _create(sobject: SObject) -> str:
    columns = ", ".join(_declaration(field) for field in sobject if field.stored)
    return f"CREATE TABLE {quote(sobject.name)} ({columns})"


def _declaration(field: Field) -> str:
    if field.name == "Id":
        return '"Id" TEXT NOT NULL PRIMARY KEY'
    suffix = " NOT NULL DEFAULT 0" if field.type == "boolean" else ""
    return f"{quote(field.name)} {column_type(field)}{suffix}"


def _add_columns(connection: sqlite3.Connection, sobject: SObject, present: set[str]) -> None:
    for field in sobject:
        if field.stored and field.name.lower() not in present:
            connection.execute(f"ALTER TABLE {quote(sobject.name)} ADD COLUMN {_declaration(field)}")


def _indexes(sobject: SObject) -> Iterable[str]:
    table = quote(sobject.name)
    if sobject.get("SystemModstamp"):
        yield f"CREATE INDEX IF NOT EXISTS {quote(sobject.name + '.SystemModstamp')} ON {table} (SystemModstamp)"
    for field in sobject:
        wanted = field.external_id or field.unique or (field.type == "reference" and field.name not in _UNINDEXED)
        if wanted and field.stored:
            name, column = quote(f"{sobject.name}.{field.name}"), quote(field.name)
            yield f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column}) WHERE {column} IS NOT NULL"
