"""What may happen once only while a window of time lasts: a signed body taken, an alert sent. All processes share it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from steward.state.tables import SeenSignature


class Once:
    def __init__(self, engine: sa.Engine, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._now = now

    def first(self, what: str, until: dt.datetime) -> bool:
        """Remembers it until then; False where it was remembered already."""
        insert = (postgresql if self._engine.dialect.name == "postgresql" else sqlite).insert(SeenSignature)
        row = insert.values(signature=_mark(what), until=until).on_conflict_do_nothing()
        with self._engine.begin() as connection:
            connection.execute(sa.delete(SeenSignature).where(SeenSignature.until < self._now()))
            return connection.execute(row.returning(SeenSignature.signature)).first() is not None

    def forget(self, what: str) -> None:
        """It did not happen after all, and may again."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(SeenSignature).where(SeenSignature.signature == _mark(what)))


def _mark(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()
