"""CustomMetadata XML → rows of the metadata type's table, with the platform's refusals."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from localorg.deploy import names
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World
from localorg.model import NUMBER_TYPES, Field, Schema, SObject
from localorg.store import Store, quote

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
MAX_LABEL = 40


@dataclass
class Record:
    """One record of a metadata type; values by field, references still by name."""

    sobject: str
    name: str
    label: str
    values: dict[str, Any] = field(default_factory=dict)


def read(part: Part, world: World, problems: Problems) -> Record | None:
    type_name, _, own = part.name.rpartition(".")
    sobject = world.schema.get(f"{type_name}__mdt")
    if sobject is None or not own:
        problems.add(part.component, f"The custom metadata type {type_name} cannot be found")
        return None
    names.check_name(part, own, "Custom Metadata Record", problems)
    label = part.root.child("label")
    if label is not None and len(label.text) > MAX_LABEL:
        problems.add(part.component, f"Value too long for field: MasterLabel maximum length is:{MAX_LABEL}", label.line)
    record = Record(sobject.name, own, part.root.get("label") or own)
    for element in part.root.all("values"):
        _value(record, element, part, sobject, problems)
    missing = [
        one.name
        for one in sobject
        if one.custom and not one.nillable and one.type != "boolean" and record.values.get(one.name) is None
    ]
    if missing:
        problems.add(part.component, f"Required field is missing: [{', '.join(missing)}]", part.root.line)
    return record


def _value(record: Record, element: Element, part: Part, sobject: SObject, problems: Problems) -> None:
    name, value = element.get("field"), element.child("value")
    found = sobject.get(name)
    if found is None or not found.custom:
        message = f"In field: field - no CustomField named {sobject.name}.{name} found"
        problems.add(part.component, message, element.line)
        return
    if found.name in record.values:
        problems.add(part.component, f"Duplicate values for {name}", element.line)
    if value is None or value.node.get(NIL) == "true" or not value.text:
        record.values[found.name] = None
        return
    try:
        record.values[found.name] = _converted(found, value.text)
    except ValueError as problem:
        problems.add(part.component, str(problem), value.line)


def _converted(field_: Field, text: str) -> object:
    if field_.type == "boolean":
        if text not in ("true", "false"):
            raise ValueError(f"'{text}' is not a valid value for the type xsd:boolean")
        return text == "true"
    if field_.type in NUMBER_TYPES:
        return round(_number(text), field_.scale)
    if field_.picklist and field_.restricted and text.lower() not in {one.value.lower() for one in field_.picklist}:
        raise ValueError(f"bad value for restricted picklist field: {text}")
    if field_.length and len(text) > field_.length:
        raise ValueError(f"{field_.name}: data value too large: {text[:60]} (max length={field_.length})")
    return text


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a valid value for the type xsd:double") from None


def write(found: list[Record], store: Store, schema: Schema, now: str, user_id: str) -> None:
    """Add or replace; then point references, which name other records, at those records' ids."""
    with store.write() as connection:
        for record in found:
            _write_one(record, store, schema[record.sobject], connection, now, user_id)
        for record in found:
            _resolve(record, schema[record.sobject], connection)


def _write_one(
    record: Record, store: Store, sobject: SObject, connection: sqlite3.Connection, now: str, user_id: str
) -> None:
    table = quote(sobject.name)
    sql = f"SELECT Id FROM {table} WHERE DeveloperName = ? AND NamespacePrefix IS NULL"
    known = connection.execute(sql, (record.name,)).fetchone()
    row: dict[str, Any] = {
        "DeveloperName": record.name, "MasterLabel": record.label, "Label": record.label, "Language": "en_US",
        "QualifiedApiName": record.name, "LastModifiedDate": now, "LastModifiedById": user_id, "SystemModstamp": now,
    }  # fmt: skip
    row |= record.values
    if known is None:
        row |= {
            "Id": store.new_ids(connection, sobject, 1)[0],
            "CreatedDate": now,
            "CreatedById": user_id,
            "IsDeleted": 0,
        }
    row = {name: value for name, value in row.items() if sobject.get(name)}
    if known is None:
        columns, marks = ", ".join(map(quote, row)), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))
    else:
        settings = ", ".join(f"{quote(name)} = ?" for name in row)
        connection.execute(f"UPDATE {table} SET {settings} WHERE Id = ?", [*row.values(), known[0]])


def _resolve(record: Record, sobject: SObject, connection: sqlite3.Connection) -> None:
    for name, value in record.values.items():
        target = sobject.fields[name.lower()]
        if value is None or target.type != "reference" or not target.reference_to:
            continue
        parent = quote(target.reference_to[0])
        sql = f"UPDATE {quote(sobject.name)} SET {quote(name)} = (SELECT Id FROM {parent} WHERE DeveloperName = ?)"
        connection.execute(f"{sql} WHERE DeveloperName = ?", (value, record.name))


def remove(name: str, schema: Schema, connection: sqlite3.Connection) -> None:
    type_name, _, own = name.rpartition(".")
    sobject = schema.get(f"{type_name}__mdt")
    if sobject is not None:
        connection.execute(f"DELETE FROM {quote(sobject.name)} WHERE DeveloperName = ?", (own,))
