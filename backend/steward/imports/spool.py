"""The plan on its way to the org: a private scratch database, in memory while small, on disk when it is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from steward.imports import plan
from steward.imports.plan import Gift, Options, Rejected

_TABLES = """
CREATE TABLE donor (key TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE campaign (key TEXT PRIMARY KEY, name TEXT NOT NULL, first TEXT, last TEXT) WITHOUT ROWID;
CREATE TABLE gift (key TEXT PRIMARY KEY, line INTEGER, donor TEXT, day TEXT, amount TEXT, campaign TEXT) WITHOUT ROWID;
CREATE TABLE alike (key TEXT PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE refused (line INTEGER PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE present (object TEXT, key TEXT, PRIMARY KEY (object, key)) WITHOUT ROWID;
"""


class Spool:
    def __init__(self, options: Options) -> None:
        self.options = options
        self._db = sqlite3.connect("")  # SQLite's private temporary database
        self._db.executescript("PRAGMA journal_mode = OFF;" + _TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, gift: Gift) -> Rejected | None:
        """Take a gift in; identical rows are told apart by how often they came, a gift id may come once only."""
        key = gift.key if gift.own_id else self._numbered(gift.key)
        campaign = plan.key(self.options.source, "c", gift.campaign) if gift.campaign else None
        donor = gift.donor.key if gift.donor else None
        row = (key, gift.row, donor, gift.day.isoformat(), str(gift.amount), campaign)
        if not self._db.execute("INSERT OR IGNORE INTO gift VALUES (?, ?, ?, ?, ?, ?)", row).rowcount:
            first = self._db.execute("SELECT line FROM gift WHERE key = ?", (key,)).fetchone()[0]
            return Rejected(gift.row, f"the gift id was already on row {first}", "the gift id came before")
        if gift.donor:
            self._db.execute("INSERT OR IGNORE INTO donor VALUES (?, ?)", (gift.donor.key, gift.donor.name))
        if campaign and gift.campaign:
            self._remember_campaign(campaign, gift)
        return None

    def mark_present(self, sobject: str, keys: Iterable[str]) -> None:
        """Keys that the org already holds: their rows are not sent again."""
        self._db.executemany("INSERT OR IGNORE INTO present VALUES (?, ?)", ((sobject, key) for key in keys))

    def is_present(self, sobject: str, key: str) -> bool:
        found = self._db.execute("SELECT 1 FROM present WHERE object = ? AND key = ?", (sobject, key))
        return found.fetchone() is not None

    def refuse(self, gift_key: str, reason: str) -> None:
        """Note why the org did not take a gift."""
        sql = "INSERT OR REPLACE INTO refused SELECT line, ? FROM gift WHERE key = ?"
        self._db.execute(sql, (reason, gift_key))

    def refused(self, line: int) -> str | None:
        found = self._db.execute("SELECT reason FROM refused WHERE line = ?", (line,)).fetchone()
        return str(found[0]) if found else None

    def count(self, table: str) -> int:
        """Rows of `donor`, `campaign` or `gift`."""
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own names

    def new(self, columns: str, table: str, sobject: str, order: str) -> Iterator[tuple[str, ...]]:
        """Rows whose key the org does not hold yet."""
        where = "NOT EXISTS (SELECT 1 FROM present WHERE object = ? AND present.key = one.key)"
        sql = f"SELECT {columns} FROM {table} AS one WHERE {where} ORDER BY {order}"  # noqa: S608 - our own names
        yield from self._db.execute(sql, (sobject,))

    def alike(self) -> int:
        """Rows without an id of their own that say just what an earlier one said."""
        return int(self._db.execute("SELECT coalesce(sum(seen - 1), 0) FROM alike").fetchone()[0])

    def span(self) -> tuple[str, str]:
        """The first and the last gift's day, empty without gifts."""
        first, last = self._db.execute("SELECT min(day), max(day) FROM gift").fetchone()
        return first or "", last or ""

    def has_anonymous(self) -> bool:
        return self._db.execute("SELECT 1 FROM gift WHERE donor IS NULL LIMIT 1").fetchone() is not None

    def _numbered(self, key: str) -> str:
        sql = "INSERT INTO alike VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET seen = seen + 1 RETURNING seen"
        seen = self._db.execute(sql, (key,)).fetchone()[0]
        return key if seen == 1 else f"{key}#{seen}"

    def _remember_campaign(self, key: str, gift: Gift) -> None:
        day = gift.day.isoformat()
        sql = (
            "INSERT INTO campaign VALUES (?, ?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)"
        )
        self._db.execute(sql, (key, plan.campaign_name(gift.campaign or ""), day, day))
