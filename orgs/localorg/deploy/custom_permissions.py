"""CustomPermission components as rows of the org's CustomPermission table, under the ids that grants name."""

from __future__ import annotations

from localorg.deploy.permission_sets import Rows
from localorg.deploy.shelf import Shelf
from localorg.deploy.source import Source


def write(source: Source, shelf: Shelf, writer: Rows) -> None:
    for part in source.of("CustomPermission"):
        sql = "SELECT Id FROM CustomPermission WHERE DeveloperName = ?"
        known = writer.connection.execute(sql, (part.name,)).fetchone()
        row = {"MasterLabel": part.root.get("label") or part.name}
        if known is None:
            identity = writer.add("CustomPermission", {"DeveloperName": part.name, **row})
        else:
            identity = known[0]
            writer.change("CustomPermission", identity, row)
        shelf.same_id("CustomPermission", part.name, identity)
