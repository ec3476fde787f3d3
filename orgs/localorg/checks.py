"""What a row must satisfy before it is saved, each refusal in the platform's words."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from localorg import ids
from localorg.batch import UNSET, Batch
from localorg.convert import distinct
from localorg.errors import ApiError
from localorg.model import Field, Schema, SObject
from localorg.permissions import Access
from localorg.store import quote

_FILLED_BY_PLATFORM = frozenset({"OwnerId", "SetupOwnerId", "Name"})


def unknown_column(sobject: SObject, name: str) -> ApiError:
    return ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")


def visible_fields(batch: Batch, access: Access) -> None:
    """A field the user may not see does not exist for them."""
    for name in list(batch.columns):
        field = batch.sobject.get(name)
        if field is not None and not access.readable(batch.sobject, field):
            _fail_given(batch, name, "INVALID_FIELD", unknown_column(batch.sobject, name).message)
            del batch.columns[name]


def writable_fields(batch: Batch, access: Access, *, creating: bool) -> None:
    refused: dict[int, list[str]] = {}
    for name in list(batch.columns):
        field = batch.sobject.get(name)
        if field is None or name == "Id" or access.writable(batch.sobject, field, creating=creating):
            continue
        for row, value in enumerate(batch.columns[name]):
            if value is not UNSET:
                refused.setdefault(row, []).append(name)
        del batch.columns[name]
    for row, names in refused.items():
        message = (
            f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this field "
            f"and verify that it is read/write for your profile or permission set."
        )
        batch.fail(row, "INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(names))


def _fail_given(batch: Batch, name: str, code: str, message: str) -> None:
    for row, value in enumerate(batch.columns[name]):
        if value is not UNSET:
            batch.fail(row, code, message)


def required_fields(sobject: SObject) -> list[Field]:
    return [
        field
        for field in sobject
        if not field.nillable
        and field.createable
        and field.stored
        and field.type != "boolean"
        and field.default is None
        and field.default_formula is None
        and not field.auto_number
        and not (field.name in _FILLED_BY_PLATFORM and not _name_is_asked(sobject, field))
    ]


def _name_is_asked(sobject: SObject, field: Field) -> bool:
    """A custom record without a name is called by its id; standard objects and list settings insist."""
    return field.name == "Name" and (not sobject.custom or sobject.setting == "List")


def required(batch: Batch, *, creating: bool) -> None:
    """Missing in an insert, or set to null: one message naming all of them."""
    missing: dict[int, list[str]] = {}
    for field in required_fields(batch.sobject):
        values = batch.columns.get(field.name)
        if values is None:
            if creating:
                for row in range(batch.size):
                    missing.setdefault(row, []).append(field.name)
        elif None in values or (creating and UNSET in values):
            for row, value in enumerate(values):
                if value is None or (creating and value is UNSET):
                    missing.setdefault(row, []).append(field.name)
    for row, names in missing.items():
        if row not in batch.errors:
            message = f"Required fields are missing: [{', '.join(names)}]"
            batch.fail(row, "REQUIRED_FIELD_MISSING", message, tuple(names))


def references(batch: Batch, schema: Schema, connection: sqlite3.Connection) -> None:
    for name, values in batch.columns.items():
        field = batch.sobject.get(name)
        if field is None or field.type != "reference" or not field.reference_to:
            continue
        wanted = distinct(values)
        refusals = _refusals(field, batch.sobject, wanted, schema, connection) if wanted else {}
        if refusals:
            for row, value in enumerate(values):
                if value in refusals:
                    batch.fail(row, *refusals[value])


Refusal = tuple[str, str, tuple[str, ...]]


def _refusals(
    field: Field, sobject: SObject, wanted: set[Any], schema: Schema, connection: sqlite3.Connection
) -> dict[Any, Refusal]:
    refused: dict[Any, Refusal] = {}
    targets = [target for name in field.reference_to if (target := schema.get(name))]
    for target, keys in _by_target(targets, wanted):
        for key, deleted in _not_there(connection, target, keys) if target else ((key, 0) for key in keys):
            if deleted:
                refused[key] = ("ENTITY_IS_DELETED", "entity is deleted", ())
            elif target is None or key[:3] != target.key_prefix or ids.normalized(key) != key:
                refused[key] = _malformed(field, key)
            else:
                refused[key] = ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    if field.name == "RecordTypeId":
        refused |= _foreign_record_types(sobject, wanted - refused.keys(), connection)
    return refused


def _by_target(targets: list[SObject], keys: set[Any]) -> Iterable[tuple[SObject | None, Collection[str]]]:
    """Keys with the object they are looked for in; None for those of no object that the field may name."""
    if len(targets) == 1:
        return [(targets[0], keys)]
    by_prefix = {target.key_prefix: target for target in targets}
    prefixes = {key[:3] for key in keys}
    return [(by_prefix.get(prefix), [key for key in keys if key[:3] == prefix]) for prefix in prefixes]


def _not_there(connection: sqlite3.Connection, sobject: SObject, keys: Collection[str]) -> list[tuple[str, int]]:
    """The keys no live record has, each with whether it lies in the recycle bin.

    Asked of the index of ids alone, as rows of a large table are far apart.
    """
    sql = (
        f"SELECT value, 0 FROM json_each(:keys) WHERE NOT EXISTS (SELECT 1 FROM {quote(sobject.name)} WHERE Id = value)"
        " UNION ALL SELECT id, 1 FROM _recycle WHERE EXISTS (SELECT 1 FROM _recycle)"
        " AND id IN (SELECT value FROM json_each(:keys))"
    )
    return connection.execute(sql, {"keys": json.dumps(list(keys))}).fetchall()


def _malformed(field: Field, key: str) -> Refusal:
    return "MALFORMED_ID", f"{field.label}: id value of incorrect type: {key}", (field.name,)


def existing(connection: sqlite3.Connection, sobject: SObject, keys: Sequence[str]) -> dict[str, int]:
    """Which of these records there are, and whether they lie in the recycle bin."""
    deleted = "IsDeleted" if sobject.get("IsDeleted") else "0"
    rows = connection.execute(
        f"SELECT Id, {deleted} FROM {quote(sobject.name)} WHERE Id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(keys)),),
    )
    return dict(rows)


def _foreign_record_types(sobject: SObject, keys: Iterable[str], connection: sqlite3.Connection) -> dict[Any, Refusal]:
    refused: dict[Any, Refusal] = {}
    for key in keys:
        row = connection.execute("SELECT SobjectType FROM RecordType WHERE Id = ?", (key,)).fetchone()
        if row is None or row[0] != sobject.name:
            message = f"Record Type ID: this ID value isn't valid for the user: {key}"
            refused[key] = ("INVALID_CROSS_REFERENCE_KEY", message, ("RecordTypeId",))
    return refused


def one_of(batch: Batch) -> None:
    """A campaign member is a contact or a lead."""
    if batch.sobject.name == "CampaignMember":
        nothing = [None] * batch.size
        pairs = zip(batch.columns.get("ContactId", nothing), batch.columns.get("LeadId", nothing), strict=True)
        for row, pair in enumerate(pairs):
            if all(value is None or value is UNSET for value in pair) and row not in batch.errors:
                batch.fail(row, "REQUIRED_FIELD_MISSING", "Required fields are missing: [ContactId]", ("ContactId",))


def protected(batch: Batch, access: Access, connection: sqlite3.Connection) -> None:
    """Records that sharing lets the user see, at most, are not theirs to change."""
    keys = [key for key in batch.ids if key]
    hidden = _out_of_reach(access.record_filter(batch.sobject, "r"), batch.sobject, keys, connection)
    fixed = _out_of_reach(access.edit_filter(batch.sobject, "r"), batch.sobject, keys, connection)
    for row in list(batch.live()) if hidden or fixed else ():
        if batch.ids[row] in hidden:
            code, message = (
                "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
                "insufficient access rights on cross-reference id",
            )
            batch.fail(row, code, message)
        elif batch.ids[row] in fixed:
            batch.fail(row, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")


def within_reach(batch: Batch, access: Access, schema: Schema, connection: sqlite3.Connection) -> None:
    """A record may only point to what its writer can see; its master they must be able to change."""
    for name, values in batch.columns.items():
        field = batch.sobject.get(name)
        if field is None or field.type != "reference" or name == "OwnerId":
            continue
        for target in (found for one in field.reference_to if (found := schema.get(one))):
            rule = (access.edit_filter if field.master_detail else access.record_filter)(target, "r")
            wanted = [key for key in distinct(values) if key[:3] == target.key_prefix] if rule else []
            refused = _out_of_reach(rule, target, wanted, connection)
            for row, value in enumerate(values) if refused else ():
                if value in refused and row not in batch.errors:
                    message = f"insufficient access rights on cross-reference id: {value[:15]}"
                    batch.fail(row, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message)


def _out_of_reach(
    rule: str | None, sobject: SObject, keys: Sequence[str], connection: sqlite3.Connection
) -> frozenset[str]:
    if rule is None or not keys:
        return frozenset()
    sql = f"SELECT Id FROM {quote(sobject.name)} r WHERE Id IN (SELECT value FROM json_each(?)) AND NOT coalesce(({rule}), 0)"
    return frozenset(key for (key,) in connection.execute(sql, (json.dumps(list(keys)),)))


# What a pair of records may have only once, and how the platform says so.
