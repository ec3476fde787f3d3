"""Delete, undelete and merge: the recycle bin, what goes with a parent, and what merely lets go of it."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg import checks, ids
from localorg.apex.triggers import Triggers
from localorg.automation.desk import Row
from localorg.batch import Batch, SaveResult
from localorg.clock import Clock
from localorg.model import Field, Schema, SObject
from localorg.permissions import Access
from localorg.store import quote

if TYPE_CHECKING:
    from localorg.automation.conductor import Conductor

_IN = "IN (SELECT value FROM json_each(?))"


@dataclass
class Remover:
    schema: Schema
    access: Access
    clock: Clock
    connection: sqlite3.Connection
    triggers: Triggers
    automation: Conductor | None = None

    def delete(self, sobject: SObject, keys: Sequence[str], *, hard: bool = False) -> list[SaveResult]:
        batch = Batch(sobject, {}, len(keys))
        batch.ids = [ids.normalized(key) or key for key in keys]
        return self.triggers.around(batch, "delete", lambda part: self._delete(part, hard=hard))

    def _delete(self, batch: Batch, *, hard: bool) -> list[SaveResult]:
        sobject = batch.sobject
        if not self.access.deletable(sobject):
            batch.fail_all("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
            return batch.results(created=False)
        self._check_there(batch)
        checks.protected(batch, self.access, self.connection)
        self._check_closed_won(batch)
        self._check_restricted(batch)
        before = self._noted(sobject.name, [str(batch.ids[row]) for row in batch.live()])
        self.triggers.before_delete(batch)
        for row in batch.live():
            self._remove(sobject, [str(batch.ids[row])], root=str(batch.ids[row]), hard=hard)
        if self.automation:
            self.automation.after_delete(sobject.name, before)
        self.triggers.after_delete(batch)
        return batch.results(created=False)

    def undelete(self, sobject: SObject, keys: Sequence[str]) -> list[SaveResult]:
        batch = Batch(sobject, {}, len(keys))
        batch.ids = [ids.normalized(key) or key for key in keys]
        return self.triggers.around(batch, "undelete", self._undelete)

    def _undelete(self, batch: Batch) -> list[SaveResult]:
        sobject = batch.sobject
        found = checks.existing(self.connection, sobject, [str(key) for key in batch.ids])
        for row, key in enumerate(batch.ids):
            if not found.get(str(key)):
                batch.fail(row, "UNDELETE_FAILED", "Entity is not in the recycle bin")
                continue
            rows = self.connection.execute("SELECT id, sobject FROM _recycle WHERE root = ?", (key,)).fetchall()
            for identity, name in rows or [(key, sobject.name)]:
                self._mark(self.schema[name], [identity], deleted=False)
            self.connection.execute("DELETE FROM _recycle WHERE root = ?", (key,))
        self.triggers.after_undelete(batch)
        return batch.results(created=False)

    def merge(self, sobject: SObject, master: str, losers: Sequence[str]) -> None:
        """Children move to the master, the losers go to the recycle bin and remember it in MasterRecordId."""
        now, lost = self.clock.stamp(), json.dumps(list(losers))
        before = self._noted(sobject.name, losers)
        for child, field in self._pointing_at(sobject):
            stamp = f", SystemModstamp = '{now}'" if child.get("SystemModstamp") else ""
            column = quote(field.name)
            sql = f"UPDATE {quote(child.name)} SET {column} = ?{stamp} WHERE {column} {_IN}"
            self.connection.execute(sql, (master, lost))
        sql = f"UPDATE {quote(sobject.name)} SET MasterRecordId = ? WHERE Id {_IN}"
        self.connection.execute(sql, (master, lost))
        for loser in losers:
            self._mark(sobject, [loser], deleted=True)
            self.connection.execute("INSERT OR REPLACE INTO _recycle VALUES (?, ?, ?)", (loser, sobject.name, loser))
        if self.automation:
            self.automation.after_merge(sobject.name, master, before)

    def _noted(self, sobject: str, keys: Sequence[str]) -> dict[str, Row]:
        return self.automation.before_delete(sobject, keys) if self.automation else {}

    # What stands in the way

    def _check_there(self, batch: Batch) -> None:
        found = checks.existing(self.connection, batch.sobject, [str(key) for key in batch.ids])
        for row, key in enumerate(batch.ids):
            if not isinstance(key, str) or ids.normalized(key) is None or key[:3] != batch.sobject.key_prefix:
                batch.fail(row, "MALFORMED_ID", f"malformed id {key}")
            elif key not in found:
                batch.fail(row, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", status=404)
            elif found[key]:
                batch.fail(row, "ENTITY_IS_DELETED", "entity is deleted", status=404)

    def _check_closed_won(self, batch: Batch) -> None:
        if batch.sobject.name != "Account":
            return
        for row in list(batch.live()):
            won = self.connection.execute(
                "SELECT Name FROM Opportunity WHERE AccountId = ? AND IsWon = 1 AND IsDeleted = 0 LIMIT 5",
                (batch.ids[row],),
            ).fetchall()
            if won:
                names = ", ".join(name for (name,) in won)
                message = (
                    "Your attempt to delete the account could not be completed because some opportunities in that "
                    f"account were closed won. The list of the closed won opportunities is: {names}"
                )
                batch.fail(row, "DELETE_FAILED", message)

    def _check_restricted(self, batch: Batch) -> None:
        for child, field in self._pointing_at(batch.sobject):
            if not field.restrict_delete:
                continue
            for row in list(batch.live()):
                column, live = quote(field.name), _live(child)
                sql = f"SELECT Id FROM {quote(child.name)} WHERE {column} = ?{live} LIMIT 5"
                holders = [key for (key,) in self.connection.execute(sql, (batch.ids[row],))]
                if holders:
                    message = (
                        f"Your attempt to delete {batch.ids[row]} could not be completed because it is associated with "
                        f"the following {child.label_plural}.: {', '.join(holders)}"
                    )
                    batch.fail(row, "DELETE_FAILED", message)

    # What goes along

    def _remove(self, sobject: SObject, keys: list[str], *, root: str, hard: bool) -> None:
        for child, field in self._pointing_at(sobject):
            column, live = quote(field.name), _live(child)
            rows = self.connection.execute(
                f"SELECT Id FROM {quote(child.name)} WHERE {column} {_IN}{live}", (json.dumps(keys),)
            ).fetchall()
            children = [key for (key,) in rows]
            if children and (field.cascade_delete or field.master_detail):
                self._remove(child, children, root=root, hard=hard)
            elif children:
                self._let_go(child, field, children)
        if hard or not sobject.get("IsDeleted"):
            self.connection.execute(f"DELETE FROM {quote(sobject.name)} WHERE Id {_IN}", (json.dumps(keys),))
            return
        self._mark(sobject, keys, deleted=True)
        self.connection.executemany(
            "INSERT OR REPLACE INTO _recycle VALUES (?, ?, ?)", ((key, sobject.name, root) for key in keys)
        )

    def _let_go(self, child: SObject, field: Field, keys: list[str]) -> None:
        stamp = f", SystemModstamp = '{self.clock.stamp()}'" if child.get("SystemModstamp") else ""
        sql = f"UPDATE {quote(child.name)} SET {quote(field.name)} = NULL{stamp} WHERE Id {_IN}"
        self.connection.execute(sql, (json.dumps(keys),))

    def _mark(self, sobject: SObject, keys: list[str], *, deleted: bool) -> None:
        now = self.clock.stamp()
        sql = (
            f"UPDATE {quote(sobject.name)} SET IsDeleted = ?, SystemModstamp = ?, LastModifiedDate = ?, "
            f"LastModifiedById = ? WHERE Id {_IN}"
        )
        self.connection.execute(sql, (int(deleted), now, now, self.access.user.id, json.dumps(keys)))

    def _pointing_at(self, sobject: SObject) -> Iterator[tuple[SObject, Field]]:
        for child in self.schema:
            for field in child:
                if field.type == "reference" and field.stored and sobject.name in field.reference_to:
                    yield child, field


def _live(sobject: SObject) -> str:
    return " AND IsDeleted = 0" if sobject.get("IsDeleted") else ""
