"""What Apex is told of the org's objects and users."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any

from localorg.model import Field, Schema, SObject

Shown = dict[str, Any]
_USER = (
    "SELECT u.Id, u.Name, u.FirstName, u.LastName, u.Username, u.Email, u.ProfileId, p.Name, u.UserRoleId,"
    " u.TimeZoneSidKey, u.LocaleSidKey, u.LanguageLocaleKey, u.UserType FROM User u"
    " JOIN Profile p ON p.Id = u.ProfileId WHERE u.Id = ?"
)
_USER_KEYS = (
    "id", "name", "firstName", "lastName", "username", "email", "profileId", "profile", "roleId", "timeZone", "locale",
    "language", "type",
)  # fmt: skip


def user(connection: sqlite3.Connection, user_id: str) -> Shown:
    row = connection.execute(_USER, (user_id,)).fetchone()
    shown = dict(zip(_USER_KEYS, row, strict=True)) if row else {"id": user_id}
    return {**shown, "currency": "USD"}


class Shapes:
    """The schema as the compiler reads it; child relationships are gathered once."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._children: dict[str, list[Shown]] = defaultdict(list)
        for child in schema:
            for field in child:
                for parent in field.reference_to if field.child_relationship_name else ():
                    shown = {"name": field.child_relationship_name, "sobject": child.name, "field": field.name}
                    self._children[parent].append(shown)

    def sobject(self, name: str) -> Shown | None:
        found = self.schema.get(name)
        if found is None:
            return None
        return {
            "name": found.name,
            "label": found.label,
            "prefix": found.key_prefix,
            "custom": found.custom,
            "setting": found.setting,
            "event": found.name.endswith("__e"),
            "fields": [field_shape(field) for field in (*found, *_of_every_event(found))],
            "children": self._children.get(found.name, []),
        }

    def names(self) -> list[str]:
        return [found.name for found in self.schema]


def _of_every_event(sobject: SObject) -> list[Field]:
    """What the bus gives each message; no column holds it."""
    if not sobject.is_event:
        return []
    given = (
        Field("EventUuid", "string", "Event UUID", length=36),
        Field("ReplayId", "string", "Replay ID", length=1000),
    )
    return [field for field in given if sobject.get(field.name) is None]


def field_shape(field: Field) -> Shown:
    return {
        "name": field.name,
        "type": field.type,
        "label": field.label,
        "length": field.length,
        "precision": field.precision,
        "scale": field.scale,
        "relationship": field.relationship_name,
        "parents": list(field.reference_to),
        "autoNumber": bool(field.auto_number),
        "calculated": field.calculated,
        "nillable": field.nillable,
        "externalId": field.external_id,
    }


def stored_fields(sobject: SObject) -> list[str]:
    """Every field a trigger sees: all but the compound ones, whose parts are there."""
    return [field.name for field in sobject if field.type not in ("address", "location")]


def holds(connection: sqlite3.Connection, user_id: str, permission_id: str) -> bool:
    """Whether any permission set of the user, or of a group the user has, grants a custom permission."""
    assigned = (
        "SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = ? UNION SELECT c.PermissionSetId"
        " FROM PermissionSetAssignment g JOIN PermissionSetGroupComponent c"
        " ON c.PermissionSetGroupId = g.PermissionSetGroupId WHERE g.AssigneeId = ?"
    )
    sql = f"SELECT 1 FROM SetupEntityAccess WHERE SetupEntityId = ? AND ParentId IN ({assigned}) LIMIT 1"  # noqa: S608
    return connection.execute(sql, (permission_id, user_id, user_id)).fetchone() is not None
