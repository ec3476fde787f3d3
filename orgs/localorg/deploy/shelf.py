"""Every deployed component as it was deployed: what `retrieve` hands back and what later deployments refer to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from localorg import ids
from localorg.deploy import kinds
from localorg.deploy.problems import Component, Problems
from localorg.deploy.source import Part, parse

if TYPE_CHECKING:
    from localorg.store import Store

_TABLES = """
CREATE TABLE IF NOT EXISTS _metadata (
    kind TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, id TEXT NOT NULL, xml BLOB NOT NULL, content BLOB,
    created TEXT NOT NULL, created_by TEXT NOT NULL, modified TEXT NOT NULL, modified_by TEXT NOT NULL,
    PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS _metadata_files (
    kind TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, path TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (kind, name, path));
CREATE TABLE IF NOT EXISTS _metadata_packages (
    package TEXT NOT NULL COLLATE NOCASE, kind TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (package, kind, name));
"""
_OF_OBJECTS = ("CustomObjectTranslation", "CustomFieldTranslation", "GlobalValueSetTranslation")
_COLUMNS = "kind, name, id, xml, content, created, created_by, modified, modified_by"


@dataclass(frozen=True)
class Stored:
    """A component on the shelf."""

    kind: str
    name: str
    id: str
    xml: bytes
    content: bytes | None
    created: str
    created_by: str
    modified: str
    modified_by: str
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return (self.content or b"").decode("utf-8", "replace")

    def part(self) -> Part:
        component = Component(self.kind, self.name, PurePosixPath(f"{self.kind}/{self.name}"))
        problems = Problems()
        root = parse(self.xml, component, problems)
        if root is None:
            raise ValueError(f"the stored {self.kind} {self.name} cannot be read: {problems.found[0].message}")
        return Part(component, root, self.content, self.files)


class Shelf:
    def __init__(self, store: Store) -> None:
        self._store = store
        with store.write() as connection:
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)

    def find(self, kind: str, name: str) -> Stored | None:
        found = self._read("WHERE kind = ? AND name = ?", kind, name)
        return found[0] if found else None

    def of(self, kind: str) -> list[Stored]:
        return self._read("WHERE kind = ?", kind)

    def all(self) -> list[Stored]:
        return self._read("")

    def in_package(self, package: str) -> list[Stored]:
        """What was deployed under a package's name; nothing for a package that never was."""
        where = "JOIN _metadata_packages p USING (kind, name) WHERE p.package = ?"
        return self._read(where, package)

    def add_to_package(self, package: str, parts: Iterable[Part]) -> None:
        with self._store.write() as connection:
            rows = ((package, part.kind, part.name) for part in parts)
            connection.executemany("INSERT OR IGNORE INTO _metadata_packages VALUES (?, ?, ?)", rows)

    def names(self) -> set[tuple[str, str]]:
        """Kind and lower-cased name of everything here."""
        with self._store.read() as connection:
            return {(kind, name.lower()) for kind, name in connection.execute("SELECT kind, name FROM _metadata")}

    def speaks(self, locale: str) -> bool:
        """Whether anything of objects, fields or values is translated into it: `Contact-fr`, `Contact-fr.Pace__c`."""
        sql = "SELECT 1 FROM _metadata WHERE kind IN (?, ?, ?) AND (name LIKE ? OR name LIKE ?) LIMIT 1"
        with self._store.read() as connection:
            row = connection.execute(sql, (*_OF_OBJECTS, f"%-{locale}", f"%-{locale}.%")).fetchone()
        return row is not None

    def _read(self, where: str, *values: str) -> list[Stored]:
        with self._store.read() as connection:
            sql = f"SELECT {_COLUMNS} FROM _metadata {where} ORDER BY kind, name"  # noqa: S608 (where is ours)
            rows = connection.execute(sql, values).fetchall()
            files: dict[tuple[str, str], dict[str, bytes]] = {}
            if any(kinds.by_name()[row[0]].bundle or row[0] == "StaticResource" for row in rows):
                sql = f"SELECT kind, name, path, body FROM _metadata_files {where}"  # noqa: S608 (ours as well)
                for kind, name, path, body in connection.execute(sql, values):
                    files.setdefault((kind, name), {})[path] = body
        return [replace(Stored(*row), files=files.get((row[0], row[1]), {})) for row in rows]

    def put(self, parts: Iterable[Part], now: str, user_id: str) -> dict[tuple[str, str], str]:
        """Add or replace; returns each component's id, which stays when it is replaced."""
        given: dict[tuple[str, str], str] = {}
        with self._store.write() as connection:
            for part in parts:
                known = connection.execute(
                    "SELECT id FROM _metadata WHERE kind = ? AND name = ?", (part.kind, part.name)
                ).fetchone()
                identity = known[0] if known else self._new_id(connection, part.kind)
                given[part.kind, part.name] = identity
                row = (part.kind, part.name, identity, part.xml(), part.content, now, user_id, now, user_id)
                connection.execute(
                    "INSERT INTO _metadata VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name,"
                    " xml = excluded.xml, content = excluded.content, modified = excluded.modified,"
                    " modified_by = excluded.modified_by",
                    row,
                )
                self._replace_files(connection, part)
        return given

    def _new_id(self, connection: sqlite3.Connection, kind: str) -> str:
        prefix = kinds.by_name()[kind].prefix
        return ids.make(prefix, self._store.take_numbers(connection, f"id:{prefix}", 1))

    def _replace_files(self, connection: sqlite3.Connection, part: Part) -> None:
        connection.execute("DELETE FROM _metadata_files WHERE kind = ? AND name = ?", (part.kind, part.name))
        rows = ((part.kind, part.name, path, body) for path, body in part.files.items())
        connection.executemany("INSERT INTO _metadata_files VALUES (?, ?, ?, ?)", rows)

    def same_id(self, kind: str, name: str, identity: str) -> None:
        """The component is a record too: it goes by the record's id."""
        with self._store.write() as connection:
            connection.execute("UPDATE _metadata SET id = ? WHERE kind = ? AND name = ?", (identity, kind, name))

    def remove(self, kind: str, name: str) -> None:
        with self._store.write() as connection:
            for table in ("_metadata", "_metadata_files", "_metadata_packages"):
                connection.execute(f"DELETE FROM {table} WHERE kind = ? AND name = ?", (kind, name))  # noqa: S608
