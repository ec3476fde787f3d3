"""The standard and NPSP objects every local org starts with, as data files: one object a file, one field a line.

`scripts/build_org_schema.py` writes them; nothing here edits them.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, fields
from functools import cache
from importlib import resources
from typing import Any

from localorg.model import Field, PicklistValue, Schema, SObject, ValidationRule

_NESTED = {"picklist", "reference_to"}


def field_to_dict(field: Field) -> dict[str, Any]:
    """Only what differs from the defaults, so that the files stay short."""
    entry: dict[str, Any] = {}
    for spec in fields(Field):
        value = getattr(field, spec.name)
        if spec.default is not MISSING and value == spec.default:
            continue
        entry[spec.name] = value
    if field.picklist:
        entry["picklist"] = [_picklist_entry(value) for value in field.picklist]
    if field.reference_to:
        entry["reference_to"] = list(field.reference_to)
    return entry


def field_from_dict(entry: dict[str, Any]) -> Field:
    plain = {key: value for key, value in entry.items() if key not in _NESTED}
    field = Field(**plain)
    field.picklist = tuple(_picklist_value(value) for value in entry.get("picklist", ()))
    field.reference_to = tuple(entry.get("reference_to", ()))
    return field


def object_to_dict(sobject: SObject) -> dict[str, Any]:
    """The object's own attributes, without its fields."""
    entry: dict[str, Any] = {}
    for spec in fields(SObject):
        value = getattr(sobject, spec.name)
        if spec.name == "fields" or (spec.default is not MISSING and value == spec.default) or value == {}:
            continue
        entry[spec.name] = value
    if sobject.validation_rules:
        entry["validation_rules"] = {name: asdict(rule) for name, rule in sobject.validation_rules.items()}
    return entry


def object_from_dict(entry: dict[str, Any], field_entries: list[dict[str, Any]]) -> SObject:
    rules = {name: ValidationRule(**rule) for name, rule in entry.get("validation_rules", {}).items()}
    own = {"record_types": dict(entry.get("record_types", {})), "validation_rules": rules}
    sobject = SObject(**{**entry, **own})
    for item in field_entries:
        sobject.add(field_from_dict(item))
    return sobject


def _picklist_entry(value: PicklistValue) -> Any:
    if value == PicklistValue(value.value, value.value):
        return value.value
    entry = [value.value, value.label, value.default, value.active]
    return [*entry, list(value.valid_for)] if value.valid_for else entry


def _picklist_value(entry: Any) -> PicklistValue:
    if isinstance(entry, str):
        return PicklistValue(entry, entry)
    value, label, default, active, *valid_for = entry
    return PicklistValue(value, label, default, active, *map(tuple, valid_for))


@cache
def _files() -> tuple[tuple[dict[str, Any], list[dict[str, Any]]], ...]:
    folder = resources.files(__package__) / "objects"
    loaded = []
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".json"):
            entry = json.loads(file.read_text(encoding="utf-8"))
            loaded.append((entry["object"], entry["fields"]))
    return tuple(loaded)


def load() -> Schema:
    """A fresh copy of the schema of an org with NPSP installed and nothing else."""
    schema = Schema()
    for entry, field_entries in _files():
        schema.add(object_from_dict(entry, field_entries))
    return schema
