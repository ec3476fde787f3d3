"""Insert, update and upsert: converted columns in, checked and derived, written with one statement a batch."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from localorg import checks, defaults, derive, hooks, lookups, uniqueness, validation
from localorg.apex.triggers import Triggers
from localorg.automation.conductor import Conductor
from localorg.automation.handlers import Switchboard
from localorg.batch import UNSET, Batch, SaveResult, given
from localorg.clock import Clock
from localorg.events import EventBus, publishing
from localorg.model import Field, Schema, SObject
from localorg.permissions import AUDIT_FIELDS, Access
from localorg.removal import Remover
from localorg.statements import change_rows, has_column, insert_rows, stored_rows
from localorg.store import Store

Columns = dict[str, list[Any]]


@dataclass
class Writer:
    """Writes for one user inside one transaction (`connection`)."""

    store: Store
    schema: Schema
    access: Access
    clock: Clock
    connection: sqlite3.Connection
    events: EventBus
    triggers: Triggers
    fiscal_start: int = 1
    switchboard: Switchboard | None = None

    @property
    def automation(self) -> Conductor:
        """NPSP's handlers around this writer's saves."""
        if self.switchboard is None:
            self.switchboard = Switchboard(self.connection, self.access.user)
        return Conductor(self, self.switchboard)

    @property
    def today(self) -> date:
        """The organization's own day."""
        zone = self.connection.execute("SELECT TimeZoneSidKey FROM Organization").fetchone()[0]
        return self.clock.now().astimezone(ZoneInfo(zone or "UTC")).date()

    def remover(self) -> Remover:
        """Deletes for the same user in the same transaction, without NPSP's handlers."""
        return Remover(self.schema, self.access, self.clock, self.connection, self.triggers)

    def insert(self, batch: Batch) -> list[SaveResult]:
        return self.triggers.around(batch, "insert", self._insert)

    def update(self, batch: Batch) -> list[SaveResult]:
        return self.triggers.around(batch, "update", self._update)

    def _insert(self, batch: Batch) -> list[SaveResult]:
        sobject = batch.sobject
        if not self.access.createable(sobject):
            message = f"entity type cannot be inserted: {sobject.label}"
            batch.fail_all("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)
            return batch.results(created=False)
        if any(value is not UNSET and value is not None for value in batch.columns.pop("Id", ())):
            batch.fail_all("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",))
        self._check_columns(batch, creating=True)
        sent = _sent(batch)
        defaults.fill(batch, self.access.user.id, self.clock.stamp())
        if batch.sobject.setting == "Hierarchy":
            defaults.for_everyone(batch, self.connection)
        batch.ids = list(self.store.new_ids(self.connection, sobject, batch.size))
        defaults.name_by_id(batch)
        self.automation.before_insert(batch)
        self.triggers.before_insert(batch)
        if rule := derive.rule_for(sobject.name):
            rule.apply(batch, self._moment(creating=True, sent=sent))
        self._check_rows(batch, creating=True)
        if sobject.is_event:
            return publishing.publish(batch, self.events, self.clock.now(), self.access.user.id)
        self._write_valid(batch, self.write_new, creating=True)
        hooks.after_insert(self, batch)
        self.automation.after_insert(batch)
        self.triggers.after_insert(batch)
        for row in batch.errors:
            batch.ids[row] = None
        return batch.results(created=True)

    def _update(self, batch: Batch) -> list[SaveResult]:
        sobject = batch.sobject
        if not self.access.updateable(sobject):
            message = "insufficient access rights on object id"
            batch.fail_all("INSUFFICIENT_ACCESS_OR_READONLY", message)
            return batch.results(created=False)
        self._take_ids(batch)
        checks.protected(batch, self.access, self.connection)
        self._check_columns(batch, creating=False)
        stored = self.automation.before_update(batch)
        self.triggers.before_update(batch)
        self._check_rows(batch, creating=False)
        rule = self._rule(batch)
        sent, before = self._complete(batch, rule.needs if rule else ())
        if rule:
            rule.apply(batch, self._moment(creating=False, sent=sent, before=before))
        self._write_valid(batch, self._write_changes, creating=False)
        hooks.after_update(self, batch)
        self.automation.after_update(batch, stored)
        self.triggers.after_update(batch)
        return batch.results(created=False)

    def upsert(self, batch: Batch, external: Field) -> list[SaveResult]:
        """Rows whose external id is known are updated, the others inserted; results keep the order."""
        keys = batch.columns.get(external.name) or [None] * batch.size
        self._refuse_unusable_keys(batch, external, keys)
        matches = lookups.by_external_id(self.connection, batch.sobject, external, keys)
        new: list[int] = []
        known: list[int] = []
        for row, key in enumerate(keys):
            found = matches.get(lookups.fold(external, key), ()) if row not in batch.errors else ()
            if len(found) > 1:
                message = f"{external.name}: more than one record found for external id field: [{', '.join(found)}]"
                batch.fail(row, "DUPLICATE_EXTERNAL_ID", message, (external.name,))
            elif found:
                batch.ids[row] = found[0]
                known.append(row)
            elif row not in batch.errors and external.name == "Id" and given(key):
                batch.fail(row, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ("Id",))
            elif row not in batch.errors:
                new.append(row)
        results = batch.results(created=False)
        for rows, write in ((new, self.insert), (known, self._update_known(external))):
            if rows:
                for row, result in zip(rows, write(batch.part(rows)), strict=True):
                    results[row] = result
        return results

    def _update_known(self, external: Field) -> Callable[[Batch], list[SaveResult]]:
        def write(batch: Batch) -> list[SaveResult]:
            del batch.columns[external.name]
            batch.columns["Id"] = list(batch.ids)
            return self.update(batch)

        return write

    def _refuse_unusable_keys(self, batch: Batch, external: Field, keys: Sequence[Any]) -> None:
        counts = Counter(lookups.fold(external, key) for key in keys)
        for row, key in enumerate(keys):
            if not given(key):
                if external.name != "Id":
                    batch.fail(row, "MISSING_ARGUMENT", f"{external.name} not specified", ())
            elif counts[lookups.fold(external, key)] > 1:
                message = f"Duplicate external id specified: {key}"
                batch.fail(row, "DUPLICATE_VALUE", message, (external.name,))

    # Checks

    def _check_columns(self, batch: Batch, *, creating: bool) -> None:
        lookups.resolve(batch, self.schema, self.connection)
        checks.visible_fields(batch, self.access)
        checks.writable_fields(batch, self.access, creating=creating)

    def _check_rows(self, batch: Batch, *, creating: bool) -> None:
        checks.required(batch, creating=creating)
        checks.references(batch, self.schema, self.connection)
        checks.within_reach(batch, self.access, self.schema, self.connection)
        uniqueness.check(batch, self.connection)
        if creating:
            uniqueness.pairs(batch, self.connection)
            checks.one_of(batch)

    def _rule(self, batch: Batch) -> derive.Rule | None:
        """The derivation an update calls for: none unless it touches what the derivation looks at."""
        rule = derive.rule_for(batch.sobject.name)
        return rule if rule and rule.concerns(batch.columns) else None

    def _moment(self, *, creating: bool, sent: Columns, before: Columns | None = None) -> derive.Moment:
        return derive.Moment(
            self.connection, self.clock.stamp(), creating, self.fiscal_start, sent=sent, before=before or {}
        )

    def _write_valid(self, batch: Batch, write: Callable[[Batch], None], *, creating: bool) -> None:
        """Write the rows; when validation rules refuse some of them, write again without those."""
        if not validation.rules(batch.sobject):
            write(batch)
            return
        check = validation.Validation(self.schema, self.connection, self.access.user, self.clock.now())
        check.remember(batch, creating=creating)
        self.connection.execute("SAVEPOINT unchecked")
        write(batch)
        if check.fail_rows(batch):
            self.connection.execute("ROLLBACK TO unchecked")
            write(batch)
        self.connection.execute("RELEASE unchecked")

    # Inserts

    def write_along(self, batch: Batch) -> None:
        """Rows that the platform adds of its own accord: new ids, no checks, no triggers."""
        batch.ids = list(self.store.new_ids(self.connection, batch.sobject, batch.size))
        self.write_new(batch)

    def write_new(self, batch: Batch) -> None:
        sobject = batch.sobject
        defaults.number(batch, self.store, self.connection, self.clock.stamp())
        names = [name for name in batch.columns if has_column(sobject, name) and name not in AUDIT_FIELDS]
        columns = [batch.columns[name] for name in names]
        for name, constant in self._audit(sobject).items():
            names.append(name)
            columns.append(_filled(batch.columns.get(name), constant, batch.size))
        insert_rows(self.connection, sobject, ["Id", *names], batch.good(batch.ids, *columns))

    def _audit(self, sobject: SObject) -> dict[str, str]:
        now, user = self.clock.stamp(), self.access.user.id
        system = {
            "CreatedDate": now,
            "CreatedById": user,
            "LastModifiedDate": now,
            "LastModifiedById": user,
            "SystemModstamp": now,
        }
        return {name: value for name, value in system.items() if sobject.get(name)}

    # Updates

    def _take_ids(self, batch: Batch) -> None:
        keys = batch.columns.pop("Id", [None] * batch.size)
        prefix = batch.sobject.key_prefix
        there = checks.existing(self.connection, batch.sobject, [key for key in keys if isinstance(key, str)])
        for row, key in enumerate(keys):
            if key is None or key is UNSET:
                batch.fail(row, "MISSING_ARGUMENT", "Id not specified in an update call", ("Id",))
            elif key[:3] != prefix:
                batch.fail(row, "MALFORMED_ID", f"Record ID: id value of incorrect type: {key}", ("Id",))
            elif key not in there:
                batch.fail(row, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", status=404)
            elif there[key]:
                batch.fail(row, "ENTITY_IS_DELETED", "entity is deleted", status=404)
            batch.ids[row] = None if key is UNSET else key

    def _complete(self, batch: Batch, needs: Sequence[str]) -> tuple[Columns, Columns]:
        """Fill what an update leaves unset from the stored rows, with whatever a derivation needs.

        Gives back, for the needed columns, the rows they were sent for and what they held before.
        """
        needed = [name for name in needs if batch.sobject.get(name)]
        sent = _sent(batch)
        for name in needed:
            batch.column(name)
        gaps = [name for name, values in batch.columns.items() if has_column(batch.sobject, name) and UNSET in values]
        wanted = list(dict.fromkeys([*gaps, *needed]))
        if not wanted:
            return sent, {}
        stored = stored_rows(self.connection, batch, wanted)
        nothing = (None,) * len(wanted)
        rows = [stored.get(key, nothing) for key in batch.ids]
        before = {name: [row[place] for row in rows] for place, name in enumerate(wanted)}
        for name in gaps:
            pairs = zip(batch.columns[name], before[name], strict=True)
            batch.columns[name] = [old if value is UNSET else value for value, old in pairs]
        return sent, before

    def _write_changes(self, batch: Batch) -> None:
        names = [name for name in batch.columns if has_column(batch.sobject, name)]
        for name in names:
            field = batch.sobject.get(name)
            if field is not None and field.type == "boolean" and None in batch.columns[name]:
                batch.columns[name] = [value or 0 for value in batch.columns[name]]
        audit = self._audit(batch.sobject)
        stamps = {name: audit[name] for name in audit if not name.startswith("Created")}
        change_rows(self.connection, batch, names, stamps)


def _filled(values: list[Any] | None, constant: str, size: int) -> list[Any]:
    if values is None:
        return [constant] * size
    return [constant if value is UNSET or value is None else value for value in values]


def _sent(batch: Batch) -> Columns:
    return {name: [value is not UNSET for value in values] for name, values in batch.columns.items()}
