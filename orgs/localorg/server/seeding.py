"""Control verbs of trials: `seed` an org with records, all of them or none, and `heal` it of its faults.

A seed has the form of the org's own `schema/seed.json`: objects in the order in which they are written, a list of
records each. `"@": "smiths"` gives a record a name; `"AccountId": "@smiths"` in a later one stands for its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localorg.engine import Session
from localorg.errors import ApiError
from localorg.server.control import Given, verb
from localorg.server.runtime import Runtime

NAME = "@"


@verb
def seed(runtime: Runtime, given: Given) -> Any:
    """Insert `records` (object → list of records); says how many of each were made."""
    records = given.get("records")
    if not isinstance(records, dict) or not all(isinstance(rows, list) for rows in records.values()):
        raise ApiError("INVALID_INPUT", "A seed is an object: the names of objects, and a list of records for each")
    session = runtime.org.administrator()
    with session.transaction():
        return {"made": plant(session, records)}


@verb
def heal(runtime: Runtime, given: Given) -> Any:
    """End every fault."""
    return {"removed": runtime.faults.clear()}


def plant(session: Session, records: Mapping[str, list[dict[str, Any]]]) -> dict[str, int]:
    """Raises ApiError that names object and record where one cannot be written."""
    ids: dict[str, str] = {}
    for sobject, rows in records.items():
        for number, row in enumerate(rows, 1):  # one by one: each may name the one before
            (saved,) = session.insert(sobject, [_values(sobject, number, row, ids)])
            if saved.id is None:
                why = "; ".join(problem.message for problem in saved.errors)
                raise ApiError("INVALID_INPUT", f"{sobject} record {number} cannot be written: {why}")
            ids[str(row.get(NAME))] = saved.id
    return {sobject: len(rows) for sobject, rows in records.items()}


def _values(sobject: str, number: int, row: object, ids: Mapping[str, str]) -> dict[str, Any]:
    """The record's fields with ids in place of names; a text that starts with two @ means one."""
    if not isinstance(row, dict):
        raise ApiError("INVALID_INPUT", f"{sobject} record {number} is no object of field names and values")
    found = {}
    for field, value in row.items():
        if field == NAME:
            continue
        named = value[1:] if isinstance(value, str) and value.startswith(NAME) else None
        if named is not None and not named.startswith(NAME) and named not in ids:
            message = f"{sobject} record {number}: no earlier record is named {named!r} ({field})"
            raise ApiError("INVALID_INPUT", message)
        found[field] = value if named is None else ids.get(named, named)
    return found
