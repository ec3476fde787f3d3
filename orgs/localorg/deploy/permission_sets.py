"""PermissionSet XML → the org's own permission rows, with the platform's refusals."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localorg.clock import Clock
from localorg.deploy import names
from localorg.deploy.problems import Problems
from localorg.deploy.shelf import Shelf
from localorg.deploy.source import Element, Part
from localorg.deploy.structure import user_permissions
from localorg.deploy.world import World
from localorg.model import Schema, SObject
from localorg.permissions import has_field_security
from localorg.store import Store, quote

ACTIONS = {
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
_NAME_IN = {
    "classAccesses": "apexClass",
    "customPermissions": "name",
    "flowAccesses": "flow",
    "pageAccesses": "apexPage",
}
_COMPONENTS = {
    "classAccesses": "ApexClass",
    "customPermissions": "CustomPermission",
    "flowAccesses": "Flow",
    "pageAccesses": "ApexPage",
}
_CHILDREN = ("ObjectPermissions", "FieldPermissions", "SetupEntityAccess", "PermissionSetTabSetting")
_TABS = {"Available": "DefaultOff", "Visible": "DefaultOn"}


@dataclass
class PermissionSet:
    name: str
    label: str
    description: str
    user_permissions: list[str] = field(default_factory=list)
    objects: list[dict[str, Any]] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    components: list[tuple[str, str]] = field(default_factory=list)  # kind and name: classes, custom permissions …
    tabs: list[dict[str, str]] = field(default_factory=list)


def read(part: Part, world: World, problems: Problems) -> PermissionSet:
    names.check_name(part, part.component.name, "Permission Set", problems)
    root, schema = part.root, world.schema
    found = PermissionSet(part.component.name, root.get("label"), root.get("description"))
    for element in root.all("objectPermissions"):
        _object(found, element, part, schema, problems)
    _parents(found, part, schema, problems)
    for element in root.all("fieldPermissions"):
        _field(found, element, part, schema, problems)
    for kind in ("customSettingAccesses", "customMetadataTypeAccesses"):
        for element in root.all(kind):
            if schema.get(element.get("name")) is None:
                message = f"In field: name - no CustomObject named {element.get('name')} found"
                problems.add(part.component, message, element.line)
            elif element.flag("enabled"):
                found.settings.append(element.get("name"))
    for element in root.all("userPermissions"):
        _user_permission(found, element, part, problems)
    for path, kind in _COMPONENTS.items():
        for element in root.all(path):
            if element.flag("enabled"):
                found.components.append((kind, element.get(_NAME_IN[path])))
    for element in root.all("tabSettings"):
        if element.get("visibility") in _TABS:
            found.tabs.append({"Name": element.get("tab"), "Visibility": _TABS[element.get("visibility")]})
    return found


def _user_permission(found: PermissionSet, element: Element, part: Part, problems: Problems) -> None:
    name = element.get("name")
    if name not in user_permissions():
        problems.add(part.component, f"Unknown user permission: {name}", element.line)
    elif element.flag("enabled"):
        found.user_permissions.append(name)


def _parents(found: PermissionSet, part: Part, schema: Schema, problems: Problems) -> None:
    """Reading a detail asks for reading its master; a Contact's or Opportunity's Account counts as one."""
    readable = {row["SobjectType"] for row in found.objects if row["PermissionsRead"]}
    for element in part.root.all("objectPermissions"):
        sobject = schema.get(element.get("object"))
        if sobject is None or not element.flag("allowRead"):
            continue
        masters = {to for field in sobject if field.master_detail for to in field.reference_to}
        masters |= {"Account"} if sobject.name in ("Contact", "Opportunity") else set()
        for master in sorted(masters - readable):
            needed = schema.get(master)
            if needed is not None and takes_object_permissions(needed):
                message = f"Permission Read{sobject.name} depends on permission(s): Read{master}"
                problems.add(part.component, message, element.line)


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
    allowed = {column: element.flag(action) for action, column in ACTIONS.items()}
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
    if editable and item.calculated:
        problems.warn(part.component, f"Field {name} is a formula: nobody can edit it", element.line)
    if takes_object_permissions(sobject) and all(row["SobjectType"] != sobject.name for row in found.objects):
        problems.warn(part.component, f"Field {name} is granted without access to {sobject.name}", element.line)
    row = {"SobjectType": sobject.name, "Field": full, "PermissionsRead": readable, "PermissionsEdit": editable}
    found.fields.append(row)


def write(
    found: PermissionSet,
    store: Store,
    schema: Schema,
    clock: Clock,
    user_id: str,
    connection: sqlite3.Connection,
    component_ids: Mapping[tuple[str, str], str],
) -> str:
    """Replace what the permission set grants; its id, which is returned, and assignments stay."""
    writer = Rows(store, schema, clock.stamp(), user_id, connection)
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
    for tab in found.tabs:
        writer.add("PermissionSetTabSetting", {"ParentId": parent, **tab})
    for setting in found.settings:
        access = {"ParentId": parent, "SetupEntityId": setting, "SetupEntityType": "CustomEntityDefinition"}
        writer.add("SetupEntityAccess", access)
    for kind, name in found.components:
        identity = component_ids.get((kind, name.lower()))
        if identity is not None:
            writer.add("SetupEntityAccess", {"ParentId": parent, "SetupEntityId": identity, "SetupEntityType": kind})
    return str(parent)


def write_groups(
    shelf: Shelf, store: Store, schema: Schema, now: str, user_id: str, connection: sqlite3.Connection
) -> None:
    """A group's row and its members, as deployed; who has the group has its permission sets (`permissions.py`)."""
    writer = Rows(store, schema, now, user_id, connection)
    for stored in shelf.of("PermissionSetGroup"):
        root = stored.part().root
        row = {"MasterLabel": root.get("label"), "Description": root.get("description") or None, "Status": "Updated"}
        sql = "SELECT Id FROM PermissionSetGroup WHERE DeveloperName = ?"
        known = connection.execute(sql, (stored.name,)).fetchone()
        if known is None:
            identity = writer.add("PermissionSetGroup", {"DeveloperName": stored.name, **row})
        else:
            identity = known[0]
            writer.change("PermissionSetGroup", identity, row)
        shelf.same_id("PermissionSetGroup", stored.name, identity)
        connection.execute("DELETE FROM PermissionSetGroupComponent WHERE PermissionSetGroupId = ?", (identity,))
        for name in root.texts("permissionSets"):
            member = connection.execute("SELECT Id FROM PermissionSet WHERE Name = ?", (name,)).fetchone()
            if member is not None:
                row = {"PermissionSetGroupId": identity, "PermissionSetId": member[0]}
                writer.add("PermissionSetGroupComponent", row)


def remove(kind: str, name: str, connection: sqlite3.Connection) -> None:
    """The set or group with everything that hangs on it."""
    column = "Name" if kind == "PermissionSet" else "DeveloperName"
    row = connection.execute(f"SELECT Id FROM {kind} WHERE {column} = ?", (name,)).fetchone()
    if row is None:
        return
    for table in ("PermissionSetAssignment", "PermissionSetGroupComponent"):
        connection.execute(f"DELETE FROM {table} WHERE {kind}Id = ?", row)
    for table in _CHILDREN if kind == "PermissionSet" else ():
        connection.execute(f"DELETE FROM {table} WHERE ParentId = ?", row)
    connection.execute(f"DELETE FROM {kind} WHERE Id = ?", row)


@dataclass
class Rows:
    """Writes rows of the org's own tables, stamped."""

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
