"""What the server itself remembers between restarts: clients, sessions, settings, API usage and Bulk jobs.

The records of the org are the engine's; this file (`server.db`) may be deleted without losing one of them.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localorg import ids

TABLES = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS clients (
    client_id TEXT PRIMARY KEY, name TEXT NOT NULL, secret_hash TEXT, certificate TEXT, run_as TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    token_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, client_id TEXT, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    token_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, client_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS approvals (client_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (client_id, user_id));
CREATE TABLE IF NOT EXISTS described (key TEXT PRIMARY KEY, etag TEXT NOT NULL, since INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS passwords (user_id TEXT PRIMARY KEY, salt TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS api_calls (hour INTEGER PRIMARY KEY, calls INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL, info TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS batches ON jobs (json_extract(info, '$.parent'));
CREATE TABLE IF NOT EXISTS numbers (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL);
"""


class State:
    """One SQLite connection behind a lock: statements here are few and short."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000;")
        self._connection.executescript(TABLES)
        self._lock = threading.RLock()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def run(self, sql: str, *values: object) -> int:
        """Execute one statement; returns how many rows it touched."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def setting(self, name: str, default: Any = None) -> Any:
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return default if row is None else json.loads(row["value"])

    def new_id(self, prefix: str) -> str:
        """A record id nobody else gets, for what the server keeps itself: jobs (750), query locators (01g)."""
        row = self.row(
            "INSERT INTO numbers VALUES (?, 1) ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last",
            prefix,
        )
        return ids.make(prefix, row["last"] if row else 1)

    def set(self, name: str, value: object) -> None:
        self.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, json.dumps(value))
