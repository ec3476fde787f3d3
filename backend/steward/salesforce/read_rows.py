"""Rows of a query as dicts of text: by REST where they are few, by Bulk where they are many."""

from __future__ import annotations

import csv
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steward.salesforce import bulk_query
from steward.salesforce.bulk import Notes
from steward.salesforce.client import Gateway


def cell(record: Mapping[str, Any], path: Sequence[str]) -> str:
    """One value of a REST record as Bulk would write it; `path` leads through parents."""
    value: Any = record
    for name in path:
        value = value.get(name) if value is not None else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def rows(
    gateway: Gateway,
    fields: Sequence[str],
    source: str,
    folder: pathlib.Path,
    *,
    name: str,
    notes: Notes | None = None,
) -> Iterator[dict[str, str]]:
    """Rows of `SELECT fields FROM source`, keyed by the contract's names."""
    soql = f"SELECT {', '.join(fields)} FROM {source}"  # noqa: S608 names of the contract
    total, first, more = gateway.first_page(soql)
    if total <= gateway.rest_rows:
        paths = [gateway.names.to_org(field).split(".") for field in fields]
        for record in [*first, *gateway.next_pages(more)]:
            yield {field: cell(record, path) for field, path in zip(fields, paths, strict=True)}
        return
    for page in bulk_query.download(gateway, soql, folder, name, notes=notes).pages:
        with page.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            next(reader, None)
            for line in reader:
                yield dict(zip(fields, line, strict=True))
        page.unlink()
