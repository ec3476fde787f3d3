"""Reading one table from the org, by REST where it is small and by Bulk where it is not, into CSV pages of one form."""

# ruff: noqa: S608  names in the SOQL come from the contract, never from data

from __future__ import annotations

import csv
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from steward.salesforce import bulk_query, contract, loading, merging
from steward.salesforce.access import Access
from steward.salesforce.bulk import Notes
from steward.salesforce.client import Gateway, Page, expect
from steward.salesforce.read_rows import cell
from steward.salesforce.refusals import PlatformError
from steward.salesforce.terms import Table

_TOO_LARGE = "QUERY_TIMEOUT"
_BUSIEST = ("opportunities", "contacts")


@dataclass(frozen=True)
class Pages:
    """CSV pages with a header line, their columns as SOQL paths, and the number of records by the org's own count."""

    name: str
    paths: tuple[pathlib.Path, ...]
    columns: list[str]
    rows: int

    def check(self, counted: int) -> None:
        expect(counted == self.rows, f"{self.name}: {counted} records arrived where the org counts {self.rows}.")

    def remove(self) -> None:
        for path in self.paths:
            path.unlink(missing_ok=True)


class Reader:
    """Reads tables of one org into a working folder."""

    def __init__(self, gateway: Gateway, access: Access, folder: pathlib.Path, notes: Notes) -> None:
        self._gateway = gateway
        self._access = access
        self._folder = folder
        self._notes = notes

    def counts(self) -> dict[str, int]:
        """How many rows the org has of each table it shows; a table too large for it to count is left out."""
        tables = [one for one in contract.TABLES if not self._access.lacks(one)]
        queries = [(_counting(one), one.archived) for one in tables]
        try:
            return dict(zip((one.name for one in tables), self._gateway.counts(queries), strict=True))
        except PlatformError as refused:
            if refused.code != _TOO_LARGE:
                raise
        counted = {one.name: self._count(query) for one, query in zip(tables, queries, strict=True)}
        return {name: count for name, count in counted.items() if count is not None}

    def _count(self, query: tuple[str, bool]) -> int | None:
        try:
            return self._gateway.counts([query])[0]
        except PlatformError as refused:
            if refused.code != _TOO_LARGE:
                raise
            return None

    def newest_stamp(self) -> datetime:
        """The latest SystemModstamp among the tables that change most: the org's clock as its rows show it."""
        newest = datetime.fromtimestamp(0, UTC)
        latest = "SELECT SystemModstamp FROM {} ORDER BY SystemModstamp DESC LIMIT 1"
        queries = [(latest.format(contract.table(name).object), False) for name in _BUSIEST]
        for _, rows, _ in self._gateway.first_pages(queries):
            for row in rows:
                newest = max(newest, datetime.fromisoformat(str(row["SystemModstamp"]).replace("+0000", "+00:00")))
        return newest

    def full(self, table: Table, expected: int | None) -> Pages:
        """All rows of a table; the number `expected` only decides how they are read."""
        columns = loading.raw_columns(table, self._absent(table), ())
        if self._access.lacks(table):
            return Pages(table.name, (), columns, 0)
        soql = contract.soql(table, self._absent(table), table.where)
        if expected is not None and expected <= self._gateway.rest_rows:
            return self._save(table, columns, self._gateway.query(soql, deleted=table.archived))
        return self._bulk(table, columns, soql, deleted=table.archived)

    def changes(self, since: datetime) -> dict[str, Pages]:
        """Of each table the rows that changed, were deleted or merged away since a moment of the org's clock."""
        where = f"SystemModstamp >= {since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        extra = {one.name: merging.extra_fields(one, self._access.known[one.name]) for one in contract.TABLES}
        queries = {
            one.name: contract.soql(one, self._absent(one), where, extra[one.name])
            for one in contract.TABLES
            if not self._access.lacks(one)
        }
        first = dict(zip(queries, self._gateway.first_pages([(soql, True) for soql in queries.values()]), strict=True))
        found = {}
        for table in contract.TABLES:
            columns = loading.raw_columns(table, self._absent(table), extra[table.name])
            found[table.name] = self._changed(table, columns, queries.get(table.name), first.get(table.name))
        return found

    def _changed(self, table: Table, columns: list[str], soql: str | None, page: Page | None) -> Pages:
        """The changed rows of one table, whose first page is here."""
        if soql is None or page is None:
            return Pages(table.name, (), columns, 0)
        total, rows, more = page
        if total > self._gateway.rest_rows:
            return self._bulk(table, columns, soql, deleted=True)
        return self._save(table, columns, [*rows, *self._gateway.next_pages(more)])

    def _absent(self, table: Table) -> tuple[str, ...]:
        return self._access.absent[table.name]

    def _bulk(self, table: Table, columns: list[str], soql: str, *, deleted: bool) -> Pages:
        got = bulk_query.download(self._gateway, soql, self._folder, table.name, deleted=deleted, notes=self._notes)
        return Pages(table.name, got.pages, columns, got.rows)

    def _save(self, table: Table, columns: list[str], records: Iterable[Mapping[str, Any]]) -> Pages:
        """Writes REST records in the form of a Bulk page."""
        path = self._folder / f"{table.name}-rest.csv"
        names = [self._gateway.names.to_org(column).split(".") for column in columns]
        lines = ([cell(record, name) for name in names] for record in records)
        return Pages(table.name, (path,), columns, save_records(path, columns, lines))


def save_records(path: pathlib.Path, columns: Sequence[str], lines: Iterable[Sequence[str]]) -> int:
    """Writes lines of text in the form of a Bulk page; returns how many there were."""
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        for line in lines:
            writer.writerow(line)
            rows += 1
    return rows


def _counting(table: Table) -> str:
    where = f" WHERE {table.where}" if table.where else ""
    return f"SELECT COUNT() FROM {table.object}{where}"
