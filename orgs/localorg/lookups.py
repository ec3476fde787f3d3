"""Find records by an external id: the key of an upsert, or the parent in a column like `Contact__r.Donor_Id__c`."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from localorg.batch import UNSET, Batch
from localorg.convert import distinct
from localorg.errors import ApiError
from localorg.model import Field, Schema, SObject
from localorg.store import quote


def is_id_lookup(sobject: SObject, field: Field) -> bool:
    """Whether the field can find records: external ids, the Id, names of custom objects, a person's email."""
    if field.external_id or field.name in ("Id", "Email", "Username", "DeveloperName"):
        return True
    return sobject.custom and field.name_field


def external_field(sobject: SObject, name: str) -> Field | None:
    field = sobject.get(name)
    return field if field is not None and is_id_lookup(sobject, field) else None


def fold(field: Field, key: Any) -> Any:
    return key.lower() if isinstance(key, str) and not field.case_sensitive and field.type != "id" else key


def by_external_id(
    connection: sqlite3.Connection, sobject: SObject, field: Field, keys: Sequence[Any]
) -> dict[Any, list[str]]:
    """Folded key → ids of the live records that have it."""
    column = quote(field.name)
    live = " AND IsDeleted = 0" if sobject.get("IsDeleted") else ""
    rows = connection.execute(
        f"SELECT {column}, Id FROM {quote(sobject.name)} WHERE {column} IN (SELECT value FROM json_each(?)){live}",
        (json.dumps(list(distinct(keys))),),
    )
    found: dict[Any, list[str]] = {}
    for key, identity in rows:
        found.setdefault(fold(field, key), []).append(identity)
    return found


def split(sobject: SObject, name: str) -> tuple[Field, str | None, str] | None:
    """`Contact__r.Donor_Id__c`, or `Contact:Who.Email`, as (reference field, target object's name, key field's name)."""
    path, _, key = name.rpartition(".")
    target, _, relationship = path.rpartition(":")
    field = sobject.parent(relationship) if path else None
    return (field, target or None, key) if field else None


def target_of(schema: Schema, reference: Field, target: str | None, key: str) -> tuple[SObject, Field] | None:
    names = (target,) if target else reference.reference_to
    for name in names:
        sobject = schema.get(name)
        field = external_field(sobject, key) if sobject else None
        if sobject and field:
            return sobject, field
    return None


def resolve(batch: Batch, schema: Schema, connection: sqlite3.Connection) -> None:
    """Replace relationship columns by the reference columns they stand for."""
    for name in [column for column in batch.columns if "." in column]:
        values = batch.columns.pop(name)
        parts = split(batch.sobject, name)
        found = target_of(schema, *parts) if parts else None
        if parts is None or found is None:
            _refuse(batch, name, values, parts)
            continue
        sobject, key = found
        matches = by_external_id(connection, sobject, key, values)
        column = batch.column(parts[0].name)
        for row, value in enumerate(values):
            if value is None or value is UNSET:
                column[row] = value if column[row] is UNSET else column[row]
                continue
            ids = matches.get(fold(key, value), [])
            if len(ids) == 1:
                column[row] = ids[0]
            else:
                batch.fail(row, *_not_one(sobject, key, value, ids))


def _not_one(sobject: SObject, key: Field, value: Any, ids: list[str]) -> tuple[str, str]:
    if ids:
        return "DUPLICATE_EXTERNAL_ID", f"{key.name}: more than one record found for external id field: {ids}"
    return "INVALID_FIELD", f"Foreign key external ID: {value} not found for field {key.name} in entity {sobject.name}"


def _refuse(batch: Batch, name: str, values: list[Any], parts: tuple[Field, str | None, str] | None) -> None:
    if parts is None:
        message = f"No such column '{name}' on sobject of type {batch.sobject.name}"
    else:
        message = (
            f"Field name provided, {parts[2]} is not an External ID or indexed field for {parts[0].reference_to[0]}"
        )
    for row, value in enumerate(values):
        if value is not UNSET:
            batch.fail(row, "INVALID_FIELD", message)


def check_header(sobject: SObject, schema: Schema, columns: Sequence[str]) -> list[str]:
    """CSV headers in the schema's spelling; one unknown name fails the whole job, as in Bulk API."""
    names = []
    for column in columns:
        field = sobject.get(column)
        if field is not None:
            names.append(field.name)
        elif "." in column and (parts := split(sobject, column)) and target_of(schema, *parts):
            names.append(column)
        else:
            raise ApiError("INVALIDBATCH", f"InvalidBatch : Field name not found : {column}")
    return names
