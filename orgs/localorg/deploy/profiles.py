"""The org's profiles as components: told for the objects that are asked for, and changed by what a deployment lists."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from localorg.deploy.permission_sets import ACTIONS, Rows, takes_object_permissions
from localorg.deploy.problems import Component, Problems
from localorg.deploy.shelf import Stored
from localorg.deploy.source import NAMESPACE, Element, Part
from localorg.model import Schema, SObject
from localorg.permissions import has_field_security

# The Metadata API knows the platform's own profiles by other names than people do.
_FULL_NAMES = {"Admin": "System Administrator", "Standard": "Standard User", "ReadOnly": "Read Only"}


def profile_id(name: str, connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT Id FROM Profile WHERE Name = ?", (_FULL_NAMES.get(name, name),)).fetchone()
    return row[0] if row else None


def _own_set(profile: str, connection: sqlite3.Connection) -> str:
    sql = "SELECT Id FROM PermissionSet WHERE ProfileId = ? AND IsOwnedByProfile = 1"
    return str(connection.execute(sql, (profile,)).fetchone()[0])


def described(
    name: str, beside: list[Stored], asked: set[str], schema: Schema, connection: sqlite3.Connection
) -> Part | None:
    """A profile tells of what is retrieved beside it: those objects, their fields, tabs, apps and classes."""
    profile = profile_id(name, connection)
    if profile is None:
        return None
    own = _own_set(profile, connection)
    objects = [sobject for sobject in schema if sobject.name in asked and takes_object_permissions(sobject)]
    root = etree.Element(f"{{{NAMESPACE}}}Profile", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    for stored in beside:
        if stored.kind == "ApexClass":
            _add(root, "classAccesses", {"apexClass": stored.name, "enabled": False})
    _add(root, "", {"custom": name == _FULL_NAMES.get(name, name)})
    for row in _field_rows(objects, own, connection):
        _add(root, "fieldPermissions", row)
    for row in _object_rows(objects, own, connection):
        _add(root, "objectPermissions", row)
    for stored in beside:
        if stored.kind == "CustomTab":
            _add(root, "tabVisibilities", {"tab": stored.name, "visibility": "DefaultOff"})
    return Part(Component("Profile", name, PurePosixPath(f"profiles/{name}.profile")), Element(root))


def _field_rows(objects: list[SObject], own: str, connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    sql = "SELECT Field, PermissionsEdit, PermissionsRead FROM FieldPermissions WHERE ParentId = ?"
    granted = {name: (edit, read) for name, edit, read in connection.execute(sql, (own,))}
    for sobject in objects:
        for field in sobject:
            full = f"{sobject.name}.{field.name}"
            if field.custom and field.compound is None and has_field_security(sobject, field):
                edit, read = granted.get(full, (False, False))
                yield {"editable": bool(edit) and not field.calculated, "field": full, "readable": bool(read)}


def _object_rows(objects: list[SObject], own: str, connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    columns = ", ".join(ACTIONS.values())
    sql = f"SELECT SobjectType, {columns} FROM ObjectPermissions WHERE ParentId = ?"
    granted = {name: allowed for name, *allowed in connection.execute(sql, (own,))}
    for sobject in objects:
        allowed = granted.get(sobject.name)
        if allowed is not None:
            yield {"object": sobject.name} | {name: bool(one) for name, one in zip(ACTIONS, allowed, strict=True)}


def _add(root: etree._Element, name: str, values: dict[str, Any]) -> None:
    node = etree.SubElement(root, f"{{{NAMESPACE}}}{name}") if name else root
    for key, value in sorted(values.items()):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        etree.SubElement(node, f"{{{NAMESPACE}}}{key}").text = text


def check(part: Part, problems: Problems, connection: sqlite3.Connection) -> None:
    if profile_id(part.name, connection) is None:
        problems.add(part.component, f"The local org has no profile {part.name}, and makes none: use a permission set")


def write(parts: Iterable[Part], schema: Schema, writer: Rows, connection: sqlite3.Connection) -> None:
    """What a profile lists is granted or taken as it says; the rest stays."""
    for part in parts:
        profile = profile_id(part.name, connection)
        if profile is None:
            continue
        own = _own_set(profile, connection)
        for grant in part.root.all("objectPermissions"):
            sobject = schema[grant.get("object")]
            row = {column: grant.flag(action) for action, column in ACTIONS.items()}
            _replace(writer, connection, "ObjectPermissions", "SobjectType", own, {"SobjectType": sobject.name, **row})
        for grant in part.root.all("fieldPermissions"):
            owner, _, name = grant.get("field").partition(".")
            sobject = schema[owner]
            full = f"{sobject.name}.{sobject.fields[name.lower()].name}"
            row = {"PermissionsRead": grant.flag("readable"), "PermissionsEdit": grant.flag("editable")}
            whole = {"SobjectType": sobject.name, "Field": full, **row}
            _replace(writer, connection, "FieldPermissions", "Field", own, whole)


def _replace(
    writer: Rows, connection: sqlite3.Connection, table: str, key: str, parent: str, row: dict[str, Any]
) -> None:
    connection.execute(f"DELETE FROM {table} WHERE ParentId = ? AND {key} = ?", (parent, row[key]))
    if any(value is True for value in row.values()):
        writer.add(table, {"ParentId": parent, **row})
