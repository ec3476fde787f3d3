"""What may be there only once: unique values, memberships and assignments, settings, the names of profiles."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from localorg.batch import UNSET, Batch
from localorg.convert import distinct
from localorg.model import Field, SObject
from localorg.store import quote

_ONCE = {
    "CampaignMember": (
        (("CampaignId", "ContactId"), "Already a campaign member."),
        (("CampaignId", "LeadId"), "Already a campaign member."),
    ),
    "PermissionSetAssignment": (
        (("AssigneeId", "PermissionSetId"), "duplicate value found: AssigneeId duplicates value on record with id: {}"),
    ),
}


def check(batch: Batch, connection: sqlite3.Connection) -> None:
    """Fails the rows that would be there a second time."""
    values(batch, connection)
    settings(batch, connection)
    profile_names(batch, connection)


def values(batch: Batch, connection: sqlite3.Connection) -> None:
    for field in batch.sobject:
        column = batch.columns.get(field.name) if field.unique else None
        if column is None:
            continue
        fold = (lambda text: text) if field.case_sensitive else str.lower
        owners = {fold(str(value)): key for value, key in _holders(batch.sobject, field, column, connection)}
        for row, value in enumerate(column):
            if value is None or value is UNSET or row in batch.errors:
                continue
            owner = owners.setdefault(fold(str(value)), str(batch.ids[row]))
            if owner != batch.ids[row]:
                message = f"duplicate value found: {field.name} duplicates value on record with id: {owner[:15]}"
                batch.fail(row, "DUPLICATE_VALUE", message)


def pairs(batch: Batch, connection: sqlite3.Connection) -> None:
    """Memberships and assignments that exist already, or come twice."""
    for (first, second), message in _ONCE.get(batch.sobject.name, ()):
        lefts, rights = batch.columns.get(first), batch.columns.get(second)
        if lefts is None or rights is None:
            continue
        live = " AND IsDeleted = 0" if batch.sobject.get("IsDeleted") else ""
        sql = (
            f"SELECT {first}, {second}, Id FROM {quote(batch.sobject.name)} "
            f"WHERE {first} IN (SELECT value FROM json_each(?)) AND {second} IN (SELECT value FROM json_each(?)){live}"
        )
        found = connection.execute(sql, (json.dumps(list(distinct(lefts))), json.dumps(list(distinct(rights)))))
        owners = {(left, right): key for left, right, key in found}
        for row, pair in enumerate(zip(lefts, rights, strict=True)):
            if None in pair or UNSET in pair or row in batch.errors:
                continue
            owner = owners.setdefault(pair, batch.ids[row])
            if owner != batch.ids[row]:
                batch.fail(row, "DUPLICATE_VALUE", message.format(str(owner)[:15]))


def settings(batch: Batch, connection: sqlite3.Connection) -> None:
    """A hierarchy setting has one row for the organization, a profile or a user."""
    owner = batch.sobject.get("SetupOwnerId") if batch.sobject.setting == "Hierarchy" else None
    given = batch.columns.get("SetupOwnerId") if owner else None
    if owner is None or given is None:
        return
    rows = dict(_holders(batch.sobject, owner, given, connection))
    for row, value in enumerate(given):
        if value is None or value is UNSET or row in batch.errors:
            continue
        if rows.setdefault(value, str(batch.ids[row])) != batch.ids[row]:
            message = f"duplicate value found: SetupOwnerId duplicates value on record with id: {str(value)[:15]}"
            batch.fail(row, "DUPLICATE_VALUE", message)


def profile_names(batch: Batch, connection: sqlite3.Connection) -> None:
    """Two profiles are never called the same, whatever the case."""
    names = batch.columns.get("Name") if batch.sobject.name == "Profile" else None
    if names is None:
        return
    known = {str(name).lower(): key for name, key in connection.execute("SELECT Name, Id FROM Profile")}
    for row, name in enumerate(names):
        if name is None or name is UNSET or row in batch.errors:
            continue
        if known.setdefault(str(name).lower(), str(batch.ids[row])) != batch.ids[row]:
            batch.fail(row, "FIELD_INTEGRITY_EXCEPTION", "The profile name is already in use: Name", ("Name",))


def _holders(
    sobject: SObject, field: Field, values: Sequence[Any], connection: sqlite3.Connection
) -> list[tuple[Any, str]]:
    live = " AND IsDeleted = 0" if sobject.get("IsDeleted") else ""
    column = quote(field.name)
    return connection.execute(
        f"SELECT {column}, Id FROM {quote(sobject.name)} WHERE {column} IN (SELECT value FROM json_each(?)){live}",
        (json.dumps(list(distinct(values))),),
    ).fetchall()
