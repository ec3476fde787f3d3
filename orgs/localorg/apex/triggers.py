"""Where the org's saves meet Apex: before and after triggers, two hundred rows at a time, and NPSP's table-driven handlers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localorg import convert
from localorg.apex import shapes
from localorg.batch import UNSET, Batch, SaveResult, from_records
from localorg.model import SObject

if TYPE_CHECKING:
    from localorg.apex.runner import Apex

CHUNK = 200
ATTEMPTS = 3
REFUSED = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
FAILED = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
_HANDLERS = (
    "SELECT npsp__Class__c, npsp__Trigger_Action__c, npsp__Usernames_to_Exclude__c FROM npsp__Trigger_Handler__c"
    " WHERE npsp__Active__c = 1 AND IsDeleted = 0 AND npsp__Object__c IN (?, ?) ORDER BY npsp__Load_Order__c, Name"
)
Rows = list[dict[str, Any]]


class _RefusedError(Exception):
    """An after trigger refused rows that are written already: what the chunk wrote is undone."""

    def __init__(self, errors: dict[int, list[tuple[str, str, tuple[str, ...]]]]) -> None:
        super().__init__("refused by a trigger")
        self.errors = errors


@dataclass
class Triggers:
    """The triggers of one user's writes."""

    apex: Apex
    user_id: str
    username: str
    _old: list[Rows] = field(default_factory=list)

    def fire_on(self, sobject: SObject, operation: str) -> bool:
        """Whether any Apex wants to hear of an operation on the object."""
        return self._wants(sobject, "before", operation) or self._wants(sobject, "after", operation)

    def _wants(self, sobject: SObject, when: str, operation: str) -> bool:
        if sobject.is_event or not self.apex.available:
            return False
        if f"{when} {operation}" in self.apex.triggered.get(sobject.name.lower(), ()):
            return True
        return any(when.title() + operation.title() in actions for _, actions in self._handlers(sobject, operation))

    # In chunks

    def around(self, batch: Batch, operation: str, work: Callable[[Batch], list[SaveResult]]) -> list[SaveResult]:
        """The work on the batch, chunk by chunk where triggers fire."""
        if not self.fire_on(batch.sobject, operation):
            return work(batch)
        self.apex.begin(self.user_id)
        results: list[SaveResult] = []
        for start in range(0, batch.size, CHUNK):
            results += self._chunk(batch.part(range(start, min(start + CHUNK, batch.size))), work)
        return results

    def _chunk(self, chunk: Batch, work: Callable[[Batch], list[SaveResult]]) -> list[SaveResult]:
        """Rows that an after trigger refuses are left out, and the others saved anew."""
        rows = list(range(chunk.size))
        results: dict[int, SaveResult] = {}
        for _ in range(ATTEMPTS):
            try:
                with self.apex.org.store.write():
                    found = work(chunk.part(rows))
                results.update(zip(rows, found, strict=True))
                break
            except _RefusedError as refused:
                for place, errors in refused.errors.items():
                    for code, message, fields in errors:
                        chunk.fail(rows[place], code, message, fields)
                failed = chunk.results(created=False)
                results.update({row: failed[row] for row in rows if row in chunk.errors})
                rows = [row for row in rows if row not in chunk.errors]
        return [results[row] for row in range(chunk.size)]

    # Before and after

    def before_insert(self, batch: Batch) -> None:
        if self._wants(batch.sobject, "before", "insert"):
            self._before(batch, "insert", [_shown(batch, row) for row in batch.live()], None)
            _blank_gaps(batch)

    def before_update(self, batch: Batch) -> None:
        if not self.fire_on(batch.sobject, "update"):
            return
        old = self.rows(batch.sobject, [str(batch.ids[row]) for row in batch.live()])
        self._old.append(old)
        new = [{**before, **_shown(batch, row)} for row, before in zip(batch.live(), old, strict=True)]
        if self._wants(batch.sobject, "before", "update"):
            self._before(batch, "update", new, old)

    def after_insert(self, batch: Batch) -> None:
        if self._wants(batch.sobject, "after", "insert"):
            self._after(batch, "insert", None)

    def after_update(self, batch: Batch) -> None:
        if not self.fire_on(batch.sobject, "update"):
            return
        known = {row["Id"]: row for row in self._old.pop()}
        if self._wants(batch.sobject, "after", "update"):
            self._after(batch, "update", [known[str(batch.ids[row])] for row in batch.live()])

    def before_delete(self, batch: Batch) -> None:
        if self.fire_on(batch.sobject, "delete"):
            old = self.rows(batch.sobject, [str(batch.ids[row]) for row in batch.live()])
            self._old.append(old)
            live = list(batch.live())
            if self._wants(batch.sobject, "before", "delete"):
                self._fail(batch, live, self._fire(batch.sobject, "before", "delete", None, old))

    def after_delete(self, batch: Batch) -> None:
        if self.fire_on(batch.sobject, "delete"):
            known = {row["Id"]: row for row in self._old.pop()}
            live = list(batch.live())
            old = [known[str(batch.ids[row])] for row in live]
            if self._wants(batch.sobject, "after", "delete"):
                self._refuse(live, self._fire(batch.sobject, "after", "delete", None, old))

    def after_undelete(self, batch: Batch) -> None:
        if self.fire_on(batch.sobject, "undelete"):
            self._after(batch, "undelete", None)

    def _before(self, batch: Batch, operation: str, new: Rows, old: Rows | None) -> None:
        live = list(batch.live())
        if not live:
            return
        outcome = self._fire(batch.sobject, "before", operation, new, old)
        if outcome["ok"]:
            _take(batch, live, outcome["value"]["changes"])
        self._fail(batch, live, outcome)

    def _after(self, batch: Batch, operation: str, old: Rows | None) -> None:
        live = list(batch.live())
        if live:
            new = self.rows(batch.sobject, [str(batch.ids[row]) for row in live])
            self._refuse(live, self._fire(batch.sobject, "after", operation, new, old))

    def _fire(self, sobject: SObject, when: str, operation: str, new: Rows | None, old: Rows | None) -> dict[str, Any]:
        handlers = [name for name, actions in self._handlers(sobject, operation) if when.title() in actions]
        found: dict[str, Any] = self.apex.request(
            "triggers", sobject=sobject.name, when=when, operation=operation, records=new, old=old, handlers=handlers
        )
        return found

    # What comes back

    def _fail(self, batch: Batch, live: list[int], outcome: dict[str, Any]) -> None:
        for row, errors in _errors(live, outcome).items():
            for code, message, fields in errors:
                batch.fail(row, code, message, fields)

    def _refuse(self, live: list[int], outcome: dict[str, Any]) -> None:
        errors = _errors(live, outcome)
        if errors:
            raise _RefusedError(errors)

    # NPSP's handlers

    def _handlers(self, sobject: SObject, operation: str) -> list[tuple[str, str]]:
        """(class, actions) of the active rows of npsp__Trigger_Handler__c whose class was deployed here."""
        if sobject.name == "npsp__Trigger_Handler__c":
            return []
        local = sobject.name.removeprefix("npsp__")
        try:
            with self.apex.org.store.read() as connection:
                rows = connection.execute(_HANDLERS, (sobject.name, local)).fetchall()
        except sqlite3.OperationalError:
            return []
        known = self.apex.class_names
        ending = operation.title()
        return [
            (name, actions or "")
            for name, actions, excluded in rows
            if name and name.lower() in known and ending in (actions or "") and not self._is_excluded(excluded)
        ]

    def _is_excluded(self, usernames: str | None) -> bool:
        return self.username.lower() in {one.strip().lower() for one in (usernames or "").split(";")}

    def rows(self, sobject: SObject, keys: Sequence[str]) -> Rows:
        """Stored records with every field, formulas too, in the order of the keys."""
        if not keys:
            return []
        session = self.apex.session(self.user_id)
        listed = ", ".join(f"'{key}'" for key in keys)
        fields = ", ".join(shapes.stored_fields(sobject))
        found = session.query(f"SELECT {fields} FROM {sobject.name} WHERE Id IN ({listed})", all_rows=True)  # noqa: S608
        known = {record["Id"]: record for record in found.records}
        return [known[key] for key in keys]


def _shown(batch: Batch, row: int) -> dict[str, Any]:
    """A row on its way in, as the API would show it."""
    shown: dict[str, Any] = {"attributes": {"type": batch.sobject.name}}
    for name, values in batch.columns.items():
        found, value = batch.sobject.get(name), values[row]
        if found is not None and value is not UNSET:
            shown[name] = bool(value) if found.type == "boolean" else value
    return shown


def _take(batch: Batch, live: list[int], changes: Rows) -> None:
    """What before triggers set, as if it had been sent."""
    if not any(changes):
        return
    given = from_records(batch.sobject, changes)
    convert.convert_json(given)
    for name, values in given.columns.items():
        column = batch.column(name)
        for place, value in enumerate(values):
            if value is not UNSET:
                column[live[place]] = value
    for place, errors in given.errors.items():
        batch.errors.setdefault(live[place], []).extend(errors)


def _blank_gaps(batch: Batch) -> None:
    """What a trigger set on some new rows is blank on the others: their defaults are in by then."""
    for name, values in batch.columns.items():
        if UNSET in values:
            batch.columns[name] = [None if value is UNSET else value for value in values]


def _errors(live: list[int], outcome: dict[str, Any]) -> dict[int, list[tuple[str, str, tuple[str, ...]]]]:
    """addError's refusals by row; an exception refuses every row."""
    if not outcome["ok"]:
        message = f"{outcome.get('trigger') or 'Apex'}\n\ncaused by: {outcome.get('text') or outcome['message']}\n\n{outcome['trace']}"
        return {row: [(FAILED, message, ())] for row in live}
    found: dict[int, list[tuple[str, str, tuple[str, ...]]]] = {}
    for error in outcome["value"]["errors"]:
        fields = (error["field"],) if error.get("field") else ()
        found.setdefault(live[error["row"]], []).append((REFUSED, error["message"], fields))
    return found
