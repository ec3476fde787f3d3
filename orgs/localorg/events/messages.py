"""One event message, and the table that keeps messages until they expire."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from localorg.clock import stamp

RETENTION = timedelta(hours=72)  # high-volume events
TABLE = """
CREATE TABLE IF NOT EXISTS _events (
    replay_id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, uuid TEXT NOT NULL, published TEXT NOT NULL,
    payload TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS _events_name ON _events (name, replay_id);
CREATE INDEX IF NOT EXISTS _events_published ON _events (published);
"""
_COLUMNS = "replay_id, name, uuid, payload"


@dataclass(frozen=True)
class Event:
    """`payload` holds CreatedDate, CreatedById and every custom field as JSON shows it, empty ones as None."""

    name: str  # the object: `AI_Giving_Change__e`
    replay_id: int
    uuid: str
    payload: dict[str, Any]

    @property
    def channel(self) -> str:
        return f"/event/{self.name}"


def keep(connection: sqlite3.Connection, events: Sequence[Event], now: datetime) -> None:
    rows = ((event.replay_id, event.name, event.uuid, stamp(now), json.dumps(event.payload)) for event in events)
    connection.executemany("INSERT INTO _events VALUES (?, ?, ?, ?, ?)", rows)


def expire(connection: sqlite3.Connection, now: datetime) -> None:
    connection.execute("DELETE FROM _events WHERE published < ?", (stamp(now - RETENTION),))


def after(connection: sqlite3.Connection, position: int, names: Sequence[str] | None, limit: int) -> list[Event]:
    """The messages behind a position, oldest first; of some events only, when `names` are given."""
    chosen = "" if names is None else "AND name IN (SELECT value FROM json_each(?))"
    values: list[Any] = [position, *([] if names is None else [json.dumps(list(names))]), limit]
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM _events WHERE replay_id > ? {chosen} ORDER BY replay_id LIMIT ?",  # noqa: S608
        values,
    )
    return [Event(name, replay_id, uuid, json.loads(payload)) for replay_id, name, uuid, payload in rows]


def newest(connection: sqlite3.Connection) -> int:
    """The highest replay id given so far, also when its message has expired."""
    row = connection.execute("SELECT next - 1 FROM _numbers WHERE name = 'replay'").fetchone()
    return int(row[0]) if row else 0


def published_since(connection: sqlite3.Connection, moment: datetime) -> int:
    row = connection.execute("SELECT count(*) FROM _events WHERE published >= ?", (stamp(moment),)).fetchone()
    return int(row[0])
