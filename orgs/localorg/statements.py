"""Rows as SQLite takes and gives them: one statement a batch."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from localorg.batch import Batch
from localorg.model import SObject
from localorg.store import quote


def insert_rows(connection: sqlite3.Connection, sobject: SObject, names: list[str], columns: list[list[Any]]) -> None:
    """One executemany. Columns that hold one value throughout go into the statement itself."""
    if not columns or not columns[0]:
        return
    marks, varying = [], []
    for name, column in zip(names, columns, strict=True):
        first = column[0]
        if name != "Id" and isinstance(first, str | int | None) and column.count(first) == len(column):
            marks.append(_literal(first))
        else:
            marks.append("?")
            varying.append(column)
    listed = ", ".join(quote(name) for name in names)
    sql = f"INSERT INTO {quote(sobject.name)} ({listed}) VALUES ({', '.join(marks)})"
    connection.executemany(sql, zip(*varying, strict=True))


def _literal(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    return "'" + value.replace("'", "''") + "'"


def change_rows(connection: sqlite3.Connection, batch: Batch, names: list[str], stamps: Mapping[str, str]) -> None:
    """The columns named, of the good rows, by their ids; the stamps are the same in each."""
    settings = [f"{quote(name)} = ?" for name in names] + [f"{name} = '{value}'" for name, value in stamps.items()]
    if settings:
        columns = batch.good(*(batch.columns[name] for name in names), batch.ids)
        sql = f"UPDATE {quote(batch.sobject.name)} SET {', '.join(settings)} WHERE Id = ?"
        connection.executemany(sql, zip(*columns, strict=True))


def stored_rows(connection: sqlite3.Connection, batch: Batch, names: list[str]) -> dict[str | None, Sequence[Any]]:
    """What the batch's records hold in these columns, by id."""
    columns = ", ".join(quote(name) for name in names)
    rows = connection.execute(
        f"SELECT Id, {columns} FROM {quote(batch.sobject.name)} WHERE Id IN (SELECT value FROM json_each(?))",
        (json.dumps([key for key in batch.ids if key]),),
    )
    return {row[0]: row[1:] for row in rows}


def has_column(sobject: SObject, name: str) -> bool:
    field = sobject.get(name)
    return field is not None and field.stored
