"""What a new record has though nobody sent it: defaults, its owner, a name, the next number."""

from __future__ import annotations

import sqlite3
from typing import Any

from localorg.batch import UNSET, Batch, given
from localorg.model import Field
from localorg.store import Store


def fill(batch: Batch, user_id: str, now: str) -> None:
    """Defaults where a row was sent nothing; a checkbox is never blank."""
    for field in batch.sobject:
        values = batch.columns.get(field.name)
        if values is None:
            if (default := _default(field, user_id, now)) is not None and field.stored:
                batch.columns[field.name] = [default] * batch.size
        elif UNSET in values or (field.type == "boolean" and None in values):
            default = _default(field, user_id, now)
            empty = (UNSET, None) if field.type == "boolean" else (UNSET,)
            batch.columns[field.name] = [default if value in empty else value for value in values]


def for_everyone(batch: Batch, connection: sqlite3.Connection) -> None:
    """A hierarchy setting without an owner is the organization's."""
    (organization,) = connection.execute("SELECT Id FROM Organization").fetchone()
    given = batch.columns.get("SetupOwnerId") or [UNSET] * batch.size
    batch.columns["SetupOwnerId"] = [organization if value in (UNSET, None) else value for value in given]


def name_by_id(batch: Batch) -> None:
    """A custom record that was given no name is called by its id."""
    name = batch.sobject.get("Name")
    if batch.sobject.custom and name and name.createable and batch.sobject.setting != "List":
        sent = batch.columns.get("Name", [None] * batch.size)
        batch.columns["Name"] = [
            value if given(value) else str(key)[:15] for value, key in zip(sent, batch.ids, strict=True)
        ]


def number(batch: Batch, store: Store, connection: sqlite3.Connection, now: str) -> None:
    """The next numbers of fields that count by themselves."""
    for field in batch.sobject:
        if field.auto_number:
            first = store.take_numbers(connection, f"auto:{batch.sobject.name}.{field.name}", batch.size)
            template = auto_number_format(field.auto_number, now)
            batch.columns[field.name] = [template.format(first + row) for row in range(batch.size)]


def auto_number_format(display: str, now: str) -> str:
    """`RUN-{000000}` as a Python format string; date parts are filled in."""
    dates = {"{YYYY}": now[:4], "{YY}": now[2:4], "{MM}": now[5:7], "{DD}": now[8:10]}
    dates["{MMDDYY}"] = now[5:7] + now[8:10] + now[2:4]
    for part, text in dates.items():
        display = display.replace(part, text)
    head, _, rest = display.partition("{")
    zeros, _, tail = rest.partition("}")
    return f"{head}{{:0{max(len(zeros), 1)}d}}{tail}"


def _default(field: Field, user_id: str, now: str) -> Any:
    if field.default_formula:
        return now[:10] if field.default_formula.startswith("TODAY") else now
    if field.name == "OwnerId":
        return user_id
    return int(field.default) if isinstance(field.default, bool) else field.default
