"""What one user may see and write: permission sets (and the one behind the profile) added up, nothing else grants."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field

from localorg import sharing
from localorg.context import User
from localorg.model import Field, Schema, SObject

ACTIONS = ("Read", "Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords", "ViewAllFields")
USER_PERMISSIONS = (
    "ApiEnabled",
    "ModifyAllData",
    "ViewAllData",
    "CreateAuditFields",
    "ViewSetup",
    "CustomizeApplication",
    "ViewAllCustomSettings",
)
AUDIT_FIELDS = frozenset({"CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"})
_ALWAYS_VISIBLE = frozenset({
    "Id", "Name", "OwnerId", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById",
    "SystemModstamp", "RecordTypeId", "MasterRecordId", "LastActivityDate", "LastViewedDate", "LastReferencedDate",
    "IsClosed", "IsWon", "ForecastCategory", "FiscalQuarter", "FiscalYear", "Fiscal", "HasOpportunityLineItem",
    "PhotoUrl", "IsEmailBounced", "HasOpenActivity", "HasOverdueTask", "PushCount", "LastStageChangeDate",
    "EmailBouncedDate", "EmailBouncedReason", "IndividualId", "JigsawCompanyId", "JigsawContactId", "LastCURequestDate",
    "LastCUUpdateDate", "ForecastCategoryName", "IsConverted", "ConvertedDate", "ConvertedAccountId",
    "ConvertedContactId", "ConvertedOpportunityId", "IsUnreadByOwner",
})  # fmt: skip
# Fields that other objects have under field-level security.
_VISIBLE_ON = {
    "Opportunity": frozenset({"ContactId", "Pricebook2Id"}),
    "Case": frozenset({"Status", "ContactPhone", "ContactMobile", "ContactEmail", "ContactFax", "Comments"}),
}
# Activities have no object permissions, yet some of their fields can be withheld.
_SECURED_ON_ACTIVITIES = {
    "Task": frozenset({
        "ActivityDate", "CallDisposition", "CallDurationInSeconds", "CallObject", "CallType", "Description", "Type",
        "WhatId", "WhoId",
    }),
    "Event": frozenset({"Description", "IsAllDayEvent", "Location", "Type", "WhatId", "WhoId"}),
}  # fmt: skip


# Permission sets a user has directly, and those of the groups a user has.
_ASSIGNED = (
    "SELECT AssigneeId, PermissionSetId FROM PermissionSetAssignment UNION ALL SELECT g.AssigneeId, c.PermissionSetId"
    " FROM PermissionSetAssignment g JOIN PermissionSetGroupComponent c ON c.PermissionSetGroupId = g.PermissionSetGroupId"
)


def has_field_security(sobject: SObject, item: Field) -> bool:
    """Whether a permission set can grant or withhold this field; the others everyone sees who sees the object."""
    if item.custom:
        if sobject.setting or sobject.name.endswith("__mdt"):
            return False
        required = not item.nillable and item.type != "boolean" and not item.auto_number
        return not (required or item.master_detail or item.name_field)
    if sobject.name in _SECURED_ON_ACTIVITIES:
        return item.name in _SECURED_ON_ACTIVITIES[sobject.name]
    if sobject.public or sobject.setup or sobject.setting or sobject.follows or sobject.name.endswith("__mdt"):
        return False
    if item.name in _ALWAYS_VISIBLE or item.name in _VISIBLE_ON.get(sobject.name, ()):
        return False
    if item.name_field or item.compound == "Name":
        return False
    return item.nillable or item.type == "boolean"


@dataclass
class Access:
    """Names are lower-cased API names; `fields` maps (object, field) to whether it may also be written."""

    user: User
    permissions: frozenset[str] = frozenset()
    objects: dict[str, frozenset[str]] = field(default_factory=dict)
    fields: dict[tuple[str, str], bool] = field(default_factory=dict)
    settings: frozenset[str] = frozenset()
    schema: Schema = field(default_factory=Schema)

    @property
    def view_all(self) -> bool:
        return bool(self.permissions & {"ViewAllData", "ModifyAllData"})

    @property
    def modify_all(self) -> bool:
        return "ModifyAllData" in self.permissions

    @property
    def sets_audit_fields(self) -> bool:
        return "CreateAuditFields" in self.permissions

    # Objects

    def visible(self, sobject: SObject) -> bool:
        if sobject.public or self.view_all or self._may(sobject, "Read"):
            return True
        if sobject.setup:
            return "ViewSetup" in self.permissions
        if sobject.setting or sobject.name.endswith("__mdt"):
            wide = {"CustomizeApplication", "ViewAllCustomSettings"}
            return sobject.name.lower() in self.settings or bool(self.permissions & wide)
        return False

    def createable(self, sobject: SObject) -> bool:
        return sobject.createable and self._may_write(sobject, "Create")

    def updateable(self, sobject: SObject) -> bool:
        return sobject.updateable and self._may_write(sobject, "Edit")

    def deletable(self, sobject: SObject) -> bool:
        return sobject.deletable and self._may_write(sobject, "Delete")

    def _may_write(self, sobject: SObject, action: str) -> bool:
        if self.modify_all:
            return True
        if sobject.setup or sobject.setting or sobject.name.endswith("__mdt"):
            return False
        if sobject.name in ("Task", "Event"):
            return True
        if sobject.follows:
            action = "Edit"  # a contact role or campaign member is part of its parent
        return not sobject.public and self._may(sobject, action)

    def _may(self, sobject: SObject, action: str) -> bool:
        return action in self.objects.get((sobject.follows or sobject.name).lower(), ())

    # Fields

    def readable(self, sobject: SObject, item: Field) -> bool:
        if self.view_all or not has_field_security(sobject, item) or self._may(sobject, "ViewAllFields"):
            return True
        return self._key(sobject, item) in self.fields

    def writable(self, sobject: SObject, item: Field, *, creating: bool) -> bool:
        """Whether the field may be given in a create or an update."""
        if creating and item.name in AUDIT_FIELDS and self.sets_audit_fields and not sobject.setup:
            return True
        if not (item.createable if creating else item.updateable):
            return False
        if self.modify_all or not has_field_security(sobject, item):
            return True
        return self.fields.get(self._key(sobject, item), False)

    @staticmethod
    def _key(sobject: SObject, item: Field) -> tuple[str, str]:
        return sobject.name.lower(), (item.compound or item.name).lower()

    # Records

    def edit_filter(self, sobject: SObject, alias: str) -> str | None:
        """The rows this user may change or delete; None when sharing protects none."""
        return sharing.editable(self, self.schema, sobject, alias)

    def record_filter(self, sobject: SObject, alias: str) -> str | None:
        """The rows this user may see, as SQL on the table's alias; None when sharing hides nothing."""
        return sharing.visible(self, self.schema, sobject, alias)


def load_user(connection: sqlite3.Connection, user_id: str) -> User | None:
    row = connection.execute(
        "SELECT u.Id, u.Username, u.Name, u.Email, u.ProfileId, p.Name, u.TimeZoneSidKey, u.LocaleSidKey,"
        " u.LanguageLocaleKey, u.IsActive = 1 FROM User u JOIN Profile p ON p.Id = u.ProfileId WHERE u.Id = ?",
        (user_id,),
    ).fetchone()
    return User(*row) if row else None


def load_access(connection: sqlite3.Connection, user: User, schema: Schema) -> Access:
    """Add up every permission set assigned to the user."""
    flags = ", ".join(f"max(s.Permissions{name})" for name in USER_PERMISSIONS)
    assigned = f"FROM ({_ASSIGNED}) a JOIN {{table}} s ON s.{{key}} = a.PermissionSetId WHERE a.AssigneeId = ?"
    row = connection.execute(
        f"SELECT {flags} {assigned.format(table='PermissionSet', key='Id')}", (user.id,)
    ).fetchone()
    granted = frozenset(name for name, value in zip(USER_PERMISSIONS, row, strict=True) if value)
    settings = connection.execute(
        f"SELECT s.SetupEntityId {assigned.format(table='SetupEntityAccess', key='ParentId')}", (user.id,)
    )
    return Access(
        user,
        granted,
        _objects(connection, assigned, user),
        _fields(connection, assigned, user),
        frozenset(str(name).lower() for (name,) in settings),
        schema,
    )


def _objects(connection: sqlite3.Connection, assigned: str, user: User) -> dict[str, frozenset[str]]:
    columns = ", ".join(f"s.Permissions{action}" for action in ACTIONS)
    source = assigned.format(table="ObjectPermissions", key="ParentId")
    found: dict[str, set[str]] = defaultdict(set)
    for name, *allowed in connection.execute(f"SELECT s.SobjectType, {columns} {source}", (user.id,)):
        found[name.lower()].update(action for action, yes in zip(ACTIONS, allowed, strict=True) if yes)
    return {name: frozenset(actions) for name, actions in found.items()}


def _fields(connection: sqlite3.Connection, assigned: str, user: User) -> dict[tuple[str, str], bool]:
    source = assigned.format(table="FieldPermissions", key="ParentId")
    found: dict[tuple[str, str], bool] = {}
    for name, readable, editable in connection.execute(
        f"SELECT s.Field, s.PermissionsRead, s.PermissionsEdit {source}", (user.id,)
    ):
        sobject, _, item = name.lower().partition(".")
        if readable or editable:
            found[sobject, item] = found.get((sobject, item), False) or bool(editable)
    return found
