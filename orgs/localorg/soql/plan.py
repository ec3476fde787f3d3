"""A compiled query: streams records (REST), flat rows (Bulk CSV) or a count from a SQLite connection."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from localorg.model import SObject
from localorg.soql import sqlfunctions
from localorg.soql.records import VERSION, Parent, Record, Row, builder
from localorg.soql.refusals import too_complicated
from localorg.soql.rendering import Convert

PAGE = 1000  # parents whose children are fetched by one statement
_SQLITE_LIMITS = ("parser stack overflow", "Expression tree is too large", "too many")


@dataclass(frozen=True)
class Statement:
    """One SELECT. A child's also takes its parents' ids, as the JSON list `:parents`."""

    sql: str
    values: dict[str, object]

    def execute(self, connection: sqlite3.Connection, **more: object) -> sqlite3.Cursor:
        if sqlfunctions.PREFIX in self.sql:
            sqlfunctions.register(connection)
        cursor = connection.cursor()
        cursor.row_factory = None
        try:
            return cursor.execute(self.sql, {**self.values, **more} if more else self.values)
        except sqlite3.OperationalError as error:
            if any(limit in str(error) for limit in _SQLITE_LIMITS):
                raise too_complicated() from None
            raise


@dataclass(frozen=True)
class ChildPlan:
    key: str
    statement: Statement  # its last column is the parent's id
    shape: Parent
    children: tuple[ChildPlan, ...]

    def fetch(self, connection: sqlite3.Connection, parents: list[str], version: str) -> dict[str, list[Record]]:
        """The children of these parents, in order, by parent id."""
        found: dict[str, list[Record]] = defaultdict(list)
        rows = self.statement.execute(connection, parents=json.dumps(parents)).fetchall()
        records = Page(self.shape, self.children, version).records(connection, rows)
        for row, record in zip(rows, records, strict=True):
            found[row[-1]].append(record)
        return found


class Page:
    """Builds the records of some rows at once, and fetches all their children with one statement a relationship."""

    def __init__(self, shape: Parent, children: tuple[ChildPlan, ...], version: str) -> None:
        self.build = builder(shape, version)
        self.id_index = shape.id_index
        self.children = children
        self.version = version

    def records(self, connection: sqlite3.Connection, rows: list[Row]) -> list[Record]:
        records = [record for row in rows if (record := self.build(row)) is not None]
        ids = [row[self.id_index] for row in rows]
        for child in self.children:
            found = child.fetch(connection, ids, self.version)
            for record_id, record in zip(ids, records, strict=True):
                if some := found.get(record_id):
                    record[child.key] = {"totalSize": len(some), "done": True, "records": some}
        return records


@dataclass(frozen=True)
class Plan:
    sobject: SObject
    columns: tuple[str, ...]  # as the user wrote them
    statement: Statement
    flat: Statement
    counting: Statement
    shape: Parent | None  # None for aggregate results, which have `keys`
    keys: tuple[tuple[str, Convert | None], ...] = ()
    types: dict[str, str] = field(default_factory=dict)  # of an aggregate result's values
    children: tuple[ChildPlan, ...] = ()
    is_count: bool = False
    tracking: str | None = None  # FOR VIEW, FOR REFERENCE

    @property
    def sql(self) -> str:
        return self.statement.sql

    def run(self, connection: sqlite3.Connection, version: str = VERSION) -> Iterator[Record]:
        """Records as REST returns them; none for `SELECT COUNT()`, whose answer is `count`."""
        if self.is_count:
            return iter(())
        if self.shape is None:
            return self._aggregates(connection)
        if not self.children:
            return map(builder(self.shape, version), self.statement.execute(connection))  # type: ignore[arg-type]
        return self._with_children(connection, Page(self.shape, self.children, version))

    def rows(self, connection: sqlite3.Connection) -> Iterator[Row]:
        """Flat tuples under `columns`, as Bulk CSV shows them."""
        return self.flat.execute(connection)

    def count(self, connection: sqlite3.Connection) -> int:
        """How many records `run` yields in all; for `SELECT COUNT()` the answer itself."""
        return int(self.counting.execute(connection).fetchone()[0])

    def _aggregates(self, connection: sqlite3.Connection) -> Iterator[Record]:
        for row in self.statement.execute(connection):
            record: Record = {"attributes": {"type": "AggregateResult"}}
            for (key, convert), value in zip(self.keys, row, strict=True):
                record[key] = convert(value) if convert else value
            yield record

    def _with_children(self, connection: sqlite3.Connection, page: Page) -> Iterator[Record]:
        cursor = self.statement.execute(connection)
        while rows := cursor.fetchmany(PAGE):
            yield from page.records(connection, rows)
