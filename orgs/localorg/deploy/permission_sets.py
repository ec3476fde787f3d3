"""PermissionSet XML → the org's own permission rows, with the platform's refusals."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from localorg.clock import Clock
from localorg.deploy import names
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.model import Schema, SObject
from localorg.permissions import has_field_security
from localorg.store import Store, quote

_ACTIONS = {
    "allowRead": "PermissionsRead",
    "allowCreate": "PermissionsCreate",
    "allowEdit": "PermissionsEdit",
    "allowDelete": "PermissionsDelete",
    "viewAllRecords": "PermissionsViewAllRecords",
    "modifyAllRecords": "PermissionsModifyAllRecords",
    "viewAllFields": "PermissionsViewAllFields",
}
_NEEDS = {
    "allowCreate": ("allowRead",),
    "allowEdit": ("allowRead",),
    "allowDelete": ("allowRead", "allowEdit"),
    "viewAllRecords": ("allowRead",),
    "modifyAllRecords": ("allowRead", "allowEdit", "allowDelete", "viewAllRecords"),
}
_CHILDREN = ("ObjectPermissions", "FieldPermissions", "SetupEntityAccess")


@dataclass
class PermissionSet:
    name: str
    label: str
    description: str
    user_permissions: list[str] = field(default_factory=list)
    objects: list[dict[str, Any]] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)


def read(part: Part, schema: Schema, problems: Problems) -> PermissionSet:
    names.check_name(part, part.component.name, "Permission Set", problems)
    names.check_label(part, problems)
    root = part.root
    found = PermissionSet(part.component.name, root.get("label"), root.get("description"))
    for element in root.all("objectPermissions"):
        _object(found, element, part, schema, problems)
    for element in root.all("fieldPermissions"):
        _field(found, element, part, schema, problems)
    for kind in ("customSettingAccesses", "customMetadataTypeAccesses"):
        for element in root.all(kind):
            if schema.get(element.get("name")) is None:
                message = f"In field: name - no CustomObject named {element.get('name')} found"
                problems.add(part.component, message, element.line)
            elif element.flag("enabled"):
                found.settings.append(element.get("name"))
    found.user_permissions = [item.get("name") for item in root.all("userPermissions") if item.flag("enabled")]
    return found


def takes_object_permissions(sobject: SObject | None) -> bool:
    if sobject is None or sobject.follows or sobject.public or sobject.setup or sobject.setting:
        return False
    return not sobject.name.endswith("__mdt")


def _object(found: PermissionSet, element: Element, part: Part, schema: Schema, problems: Problems) -> None:
    name = element.get("object")
    sobject = schema.get(name)
    if sobject is None or not takes_object_permissions(sobject):
        problems.add(part.component, f"In field: object - no CustomObject named {name} found", element.line)
        return
    if any(row["SobjectType"] == sobject.name for row in found.objects):
        problems.add(part.component, f"Duplicate object permissions for {name}", element.line)
    for action, needed in _NEEDS.items():
        missing = [other for other in needed if element.flag(action) and not element.flag(other)]
        if missing:
            shown = ", ".join(f"{_word(other)}{sobject.name}" for other in missing)
            message = f"Permission {_word(action)}{sobject.name} depends on permission(s): {shown}"
            problems.add(part.component, message, element.line)
    allowed = {column: element.flag(action) for action, column in _ACTIONS.items()}
    found.objects.append({"SobjectType": sobject.name, **allowed})


def _word(action: str) -> str:
    return action.removeprefix("allow").capitalize() if action.startswith("allow") else action[0].upper() + action[1:]


def _field(found: PermissionSet, element: Element, part: Part, schema: Schema, problems: Problems) -> None:
    name = element.get("field")
    owner, _, item_name = name.partition(".")
    sobject = schema.get(owner)
    item = sobject.get(item_name) if sobject else None
    if sobject is None or item is None:
        problems.add(part.component, f"In field: field - no CustomField named {name} found", element.line)
        return
    if item.compound is not None or not has_field_security(sobject, item):
        problems.add(part.component, f"You cannot deploy to a required field: {name}", element.line)
        return
    full = f"{sobject.name}.{item.name}"
    if any(row["Field"] == full for row in found.fields):
        problems.add(part.component, f"Duplicate field permissions for {name}", element.line)
    readable, editable = element.flag("readable"), element.flag("editable")
    if editable and not readable:
        problems.add(part.component, f"Field {name}: editable needs readable", element.line)
    row = {"SobjectType": sobject.name, "Field": full, "PermissionsRead": readable, "PermissionsEdit": editable}
    found.fields.append(row)


def write(
    found: PermissionSet, store: Store, schema: Schema, clock: Clock, user_id: str, connection: sqlite3.Connection
) -> None:
    """Replace what the permission set grants; its id and assignments stay."""
    writer = _Rows(store, schema, clock.stamp(), user_id, connection)
    known = connection.execute("SELECT Id FROM PermissionSet WHERE Name = ?", (found.name,)).fetchone()
    flags = {f"Permissions{name}": True for name in found.user_permissions}
    flags = {name: True for name in flags if schema["PermissionSet"].get(name)}
    values = {"Label": found.label, "Description": found.description or None, **flags}
    if known is None:
        parent = writer.add("PermissionSet", {"Name": found.name, "IsCustom": True, "Type": "Regular", **values})
    else:
        parent = known[0]
        cleared = {item.name: False for item in schema["PermissionSet"] if item.name.startswith("Permissions")}
        writer.change("PermissionSet", parent, cleared | values)
        for table in _CHILDREN:
            connection.execute(f"DELETE FROM {quote(table)} WHERE ParentId = ?", (parent,))
    for row in found.objects:
        writer.add("ObjectPermissions", {"ParentId": parent, **row})
    for row in found.fields:
        writer.add("FieldPermissions", {"ParentId": parent, **row})
    for setting in found.settings:
        access = {"ParentId": parent, "SetupEntityId": setting, "SetupEntityType": "CustomEntityDefinition"}
        writer.add("SetupEntityAccess", access)


@dataclass
class _Rows:
    store: Store
    schema: Schema
    now: str
    user_id: str
    connection: sqlite3.Connection

    def add(self, name: str, row: dict[str, Any]) -> str:
        sobject = self.schema[name]
        system: dict[str, Any] = {"CreatedDate": self.now, "CreatedById": self.user_id} | self._modified()
        values = {key: value for key, value in (system | row).items() if sobject.get(key)}
        identity = self.store.new_ids(self.connection, sobject, 1)[0]
        names_sql = ", ".join(quote(key) for key in ["Id", *values])
        marks = ", ".join("?" * (len(values) + 1))
        sql = f"INSERT INTO {quote(name)} ({names_sql}) VALUES ({marks})"
        self.connection.execute(sql, [identity, *values.values()])
        return identity

    def change(self, name: str, identity: str, row: dict[str, Any]) -> None:
        values = {key: value for key, value in (self._modified() | row).items() if self.schema[name].get(key)}
        settings = ", ".join(f"{quote(key)} = ?" for key in values)
        self.connection.execute(f"UPDATE {quote(name)} SET {settings} WHERE Id = ?", [*values.values(), identity])

    def _modified(self) -> dict[str, Any]:
        return {"LastModifiedDate": self.now, "LastModifiedById": self.user_id, "SystemModstamp": self.now}
