"""Rows of a query as text: by REST where they are few, by Bulk where they are many."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from steward.salesforce import bulk_query, loading
from steward.salesforce.bulk import Notes
from steward.salesforce.client import Gateway

_BATCH = 10_000


def cell(record: Mapping[str, Any], path: Sequence[str]) -> str:
    """One value of a REST record as Bulk would write it; `path` leads through parents."""
    value: Any = record
    for name in path:
        value = value.get(name) if value is not None else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def stage(
    db: duckdb.DuckDBPyConnection,
    gateway: Gateway,
    fields: Sequence[str],
    source: str,
    folder: pathlib.Path,
    *,
    name: str,
    notes: Notes | None = None,
) -> None:
    """Makes the rows of `SELECT fields FROM source` readable as the view `raw`, as `loading.stage` does."""
    soql = f"SELECT {', '.join(fields)} FROM {source}"  # noqa: S608 names of the contract
    total, first, more = gateway.first_page(soql)
    if total > gateway.rest_rows:
        loading.stage(db, bulk_query.download(gateway, soql, folder, name, notes=notes).pages, fields)
        return
    paths = [gateway.names.to_org(field).split(".") for field in fields]
    records = [*first, *gateway.next_pages(more)]
    columns = [pa.array([cell(record, path) or None for record in records], pa.string()) for path in paths]
    db.register("raw", pa.table(columns, names=[f"c{number}" for number in range(len(columns))]))


def rows(
    gateway: Gateway,
    fields: Sequence[str],
    source: str,
    folder: pathlib.Path,
    *,
    name: str,
    notes: Notes | None = None,
) -> Iterator[dict[str, str]]:
    """The same rows one by one, keyed by the contract's names; null is an empty text."""
    with duckdb.connect() as db:
        stage(db, gateway, fields, source, folder, name=name, notes=notes)
        found = db.execute("FROM raw")
        while batch := found.fetchmany(_BATCH):
            for row in batch:
                yield {field: value or "" for field, value in zip(fields, row, strict=True)}
