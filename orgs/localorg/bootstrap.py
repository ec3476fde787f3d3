"""What a new org holds before anyone loads data: organization, profiles, users, stages, record types, NPSP's settings."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import json
import sqlite3
from importlib import resources
from typing import Any

from localorg.automation.handlers import DEFAULTS
from localorg.clock import Clock
from localorg.model import Schema, SObject
from localorg.store import Store, quote

ADMIN = "admin@steward.example"
INTEGRATION = "integration@steward.example"


def fill(store: Store, schema: Schema, clock: Clock) -> None:
    """Write the seed into an empty org. Values starting with `@` name an earlier row of the seed."""
    text = (resources.files("localorg.schema") / "seed.json").read_text(encoding="utf-8")
    seed: dict[str, list[dict[str, Any]]] = json.loads(text)
    named: dict[str, str] = {}
    with store.write() as connection:
        writer = _Seed(store, schema, connection, clock.stamp(), named)
        for name, rows in seed.items():
            for row in rows:
                writer.add(name, row)
        writer.record_types()
        writer.permission_sets_of_profiles()
        writer.trigger_handlers()
        connection.execute("UPDATE User SET CreatedById = ?, LastModifiedById = ?", (named["admin"], named["admin"]))


class _Seed:
    def __init__(
        self, store: Store, schema: Schema, connection: sqlite3.Connection, now: str, named: dict[str, str]
    ) -> None:
        self.store, self.schema, self.connection, self.now, self.named = store, schema, connection, now, named

    def add(self, name: str, row: dict[str, Any]) -> str:
        sobject = self.schema[name]
        record = self._system(sobject) | {key: self._value(value) for key, value in row.items() if key != "@"}
        record["Id"] = self.store.new_ids(self.connection, sobject, 1)[0]
        names = ", ".join(quote(key) for key in record)
        marks = ", ".join("?" * len(record))
        self.connection.execute(f"INSERT INTO {quote(name)} ({names}) VALUES ({marks})", list(record.values()))
        if "@" in row:
            self.named[row["@"]] = record["Id"]
        return str(record["Id"])

    def _value(self, value: Any) -> Any:
        return self.named[value[1:]] if isinstance(value, str) and value.startswith("@") else value

    def _system(self, sobject: SObject) -> dict[str, Any]:
        admin = self.named.get("admin")
        system = {
            "CreatedDate": self.now,
            "LastModifiedDate": self.now,
            "SystemModstamp": self.now,
            "CreatedById": admin,
            "LastModifiedById": admin,
        }
        defaults = {field.name: field.default for field in sobject if field.stored and field.default is not None}
        return defaults | {name: value for name, value in system.items() if sobject.get(name)}

    def record_types(self) -> None:
        for sobject in self.schema:
            for developer_name, label in sobject.record_types.items():
                identity = {"Name": label, "DeveloperName": developer_name, "SobjectType": sobject.name}
                key = f"recordtype:{sobject.name}.{developer_name}"
                self.add("RecordType", {"@": key, **identity, "IsActive": True})
        household = self.named["recordtype:Account.HH_Account"]
        self.connection.execute(
            "UPDATE npe01__Contacts_And_Orgs_Settings__c SET npe01__HH_Account_RecordTypeID__c = ?", (household,)
        )

    def trigger_handlers(self) -> None:
        """NPSP's own automation, switched on as after its installation."""
        for handler in DEFAULTS:
            row = {"npsp__Object__c": handler.object, "npsp__Class__c": handler.name, "npsp__Active__c": True}
            row |= {"npsp__Trigger_Action__c": handler.actions, "npsp__Load_Order__c": handler.order}
            self.add("npsp__Trigger_Handler__c", row | {"Name": handler.name[:80], "OwnerId": self.named["admin"]})

    def permission_sets_of_profiles(self) -> None:
        """Each profile has a permission set of its own, and each user is assigned the one of the profile."""
        flags = [field.name for field in self.schema["Profile"] if field.name.startswith("Permissions")]
        columns = ", ".join(["Id", *flags])
        for profile, *values in self.connection.execute(f"SELECT {columns} FROM Profile").fetchall():
            identity = {"Name": f"X{profile}", "Label": f"X{profile}", "ProfileId": profile, "IsOwnedByProfile": True}
            owned = self.add("PermissionSet", identity | dict(zip(flags, values, strict=True)))
            users = self.connection.execute("SELECT Id FROM User WHERE ProfileId = ?", (profile,)).fetchall()
            for (user,) in users:
                self.add("PermissionSetAssignment", {"PermissionSetId": owned, "AssigneeId": user, "IsActive": True})
