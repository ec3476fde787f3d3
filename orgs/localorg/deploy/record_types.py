"""RecordType components as rows of the org's RecordType table."""

from __future__ import annotations

import sqlite3

from localorg.deploy.permission_sets import Rows
from localorg.deploy.source import Source
from localorg.model import Schema
from localorg.store import Store


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
