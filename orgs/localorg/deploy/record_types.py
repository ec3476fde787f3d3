"""RecordType components as rows of the org's RecordType table."""

from __future__ import annotations

import sqlite3
from urllib.parse import unquote

from localorg.deploy.permission_sets import Rows
from localorg.deploy.problems import Problems
from localorg.deploy.shelf import Stored
from localorg.deploy.source import Part, Source
from localorg.model import Schema, SObject
from localorg.store import Store


def check(part: Part, owner: SObject, problems: Problems) -> None:
    for picklist in part.root.all("picklistValues"):
        name = picklist.get("picklist")
        if owner.get(name) is None:
            message = f"In field: picklist - no Picklist named {owner.name}.{name} found"
            problems.add(part.component, message, picklist.line)


def offered(stored: Stored | None, field: str) -> set[str] | None:
    """The values of a picklist that records of the type may have, encoded as in an address; None for all of them."""
    for picklist in stored.part().root.all("picklistValues") if stored else ():
        if picklist.get("picklist").lower() == field.lower():
            return {unquote(one.get("fullName")) for one in picklist.all("values")}
    return None


def write(source: Source, store: Store, schema: Schema, now: str, user_id: str, connection: sqlite3.Connection) -> None:
    writer = Rows(store, schema, now, user_id, connection)
    for part in source.of("RecordType"):
        owner, _, own = part.name.partition(".")
        sql = "SELECT Id FROM RecordType WHERE SobjectType = ? AND DeveloperName = ?"
        known = connection.execute(sql, (owner, own)).fetchone()
        row = {"Name": part.root.get("label"), "Description": part.root.get("description") or None,
               "IsActive": part.root.flag("active")}  # fmt: skip
        if known is not None:
            writer.change("RecordType", known[0], row)
        else:
            writer.add("RecordType", {"SobjectType": owner, "DeveloperName": own, **row})
