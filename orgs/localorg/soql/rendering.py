"""Stored values as the APIs show them: JSON for REST, text for CSV. SQLite does all it can; Python the rest."""

from __future__ import annotations

from collections.abc import Callable

from localorg.model import Field

Convert = Callable[[object], object]


def json_sql(sql: str, field: Field) -> str:
    """REST writes `+0000` where the store has `Z`."""
    return f"substr({sql}, 1, 23) || '+0000'" if field.type == "datetime" else sql


def csv_sql(sql: str, field: Field) -> str:
    return f"CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END" if field.type == "boolean" else sql


def converter(field: Field) -> Convert | None:
    return _boolean if field.type == "boolean" else None


def _boolean(value: object) -> object:
    return None if value is None else value == 1
