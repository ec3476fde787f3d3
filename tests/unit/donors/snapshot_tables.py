"""Snapshot tables for tests: name the columns that matter; the rest is null or unticked, typed by the contract."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from steward.donors import Ledger
from steward.salesforce import contract

_ARROW = {
    "BOOLEAN": pa.bool_(),
    "DECIMAL(18,2)": pa.decimal128(18, 2),
    "DECIMAL(18,6)": pa.decimal128(18, 6),
    "BIGINT": pa.int64(),
    "DATE": pa.date32(),
    "VARCHAR": pa.string(),
}
LONG_AGO = dt.date(2000, 1, 1)

Rows = Iterable[Mapping[str, Any]]


def schema(name: str) -> pa.Schema:
    if name == "settings":
        columns: list[tuple[str, contract.Kind]] = [(one.name, one.kind) for one in contract.SETTINGS]
    else:
        columns = [(one.name, one.kind) for one in contract.table(name).columns]
    return pa.schema([(column, _ARROW[kind.parquet]) for column, kind in columns])


def tables(**rows: Rows) -> dict[str, ir.Table]:
    """Every snapshot table; `tables(contacts=[{"contact_id": "ann"}])` has one contact and nothing else."""
    return {name: ibis.memtable(table) for name, table in arrow_tables(**rows).items()}


def arrow_tables(**rows: Rows) -> dict[str, pa.Table]:
    names = [one.name for one in contract.TABLES]
    unknown = set(rows) - {*names, "settings"}
    assert not unknown, f"no such table: {unknown}"
    built = {name: _table(name, rows.get(name, ())) for name in names}
    built["settings"] = _table("settings", [{**_defaults(), **next(iter(rows.get("settings", ())), {})}])
    return built


def held(ledger: Ledger) -> Ledger:
    """Worked out at once, as a night holds it: what is asked of it often need not be prepared anew each time."""
    parts = [part.name for part in dataclasses.fields(ledger)]
    return Ledger(**{name: ibis.memtable(getattr(ledger, name).to_pyarrow()) for name in parts})


def _defaults() -> dict[str, Any]:
    return {one.name: {"false": False, "true": True}.get(one.default, one.default) for one in contract.SETTINGS}


def _table(name: str, rows: Rows) -> pa.Table:
    fields = schema(name)
    filled = [{field.name: _value(field, row.get(field.name)) for field in fields} for row in rows]
    extra = {key for row in rows for key in row} - set(fields.names)
    assert not extra, f"{name} has no column {extra}"
    return pa.Table.from_pylist(filled, schema=fields)


def _value(field: pa.Field, value: Any) -> Any:
    if value is None:
        return {"created_on": LONG_AGO}.get(field.name, False if field.type == pa.bool_() else None)
    if pa.types.is_decimal(field.type):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.type.scale))
    return dt.date.fromisoformat(value) if field.type == pa.date32() and isinstance(value, str) else value


def household(key: str, *people: str, **account: Any) -> dict[str, list[dict[str, Any]]]:
    return {
        "accounts": [{"account_id": key, "is_individual": True, "account_type": "Household Account", **account}],
        "contacts": [{"contact_id": person, "account_id": key} for person in people],
    }


def gift(key: str, unit: str | None, amount: Any, date: str, **more: Any) -> dict[str, Any]:
    return {
        "gift_id": key, "account_id": unit, "amount": amount, "close_date": date, "is_won": True, "is_closed": True,
        **more,
    }  # fmt: skip


def rows(table: ir.Table, *order: str) -> list[dict[str, Any]]:
    """The table's rows as dictionaries, sorted."""
    found = table.to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: [str(row[key]) for key in (order or row)])


def by(table: ir.Table, key: str) -> dict[Any, dict[str, Any]]:
    return {row[key]: row for row in rows(table)}
