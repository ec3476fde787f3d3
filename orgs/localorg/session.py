"""What one user does in an org: query, describe, retrieve, insert, update, upsert, delete, bulk."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from localorg import batch as batches
from localorg import bulk, convert, describe, ids, lookups, namespaces, translated
from localorg import soql as language
from localorg.apex.triggers import Triggers
from localorg.automation import handlers
from localorg.batch import Batch, SaveResult
from localorg.clock import Clock
from localorg.context import Context
from localorg.dml import Writer
from localorg.errors import NotFound, RecordError
from localorg.model import Field, SObject
from localorg.permissions import Access
from localorg.queried import QueryResult
from localorg.removal import Remover
from localorg.store import quote

if TYPE_CHECKING:
    import sqlite3

    from localorg.engine import Org

PERMISSION_TABLES = frozenset({
    "PermissionSet", "PermissionSetAssignment", "ObjectPermissions", "FieldPermissions", "SetupEntityAccess", "User",
    "Profile",
})  # fmt: skip
Records = Sequence[Mapping[str, Any]]
ROLLED_BACK = "Record rolled back because not all records were valid and the request was using AllOrNone header"


class _UndoError(Exception):
    """Leaves the transaction of an all-or-none call whose rows were not all good."""


class Session:
    """What one user does. Every write is one transaction; `transaction()` joins several into one."""

    def __init__(self, org: Org, access: Access) -> None:
        self.org = org
        self.user = access.user
        self.namespace = ""

    @property
    def access(self) -> Access:
        return self.org.access(self.user.id)

    @property
    def clock(self) -> Clock:
        return self.org.clock

    def context(self, *, all_rows: bool = False, bulk: bool = False) -> Context:
        access = self.access
        return Context(
            schema=self.org.schema,
            user=self.user,
            now=self.org.clock.now(),
            readable=access.readable,
            all_rows=all_rows,
            bulk=bulk,
            visible=access.visible,
            record_filter=access.record_filter,
            org_id=self.org.id,
            fiscal_year_start_month=self.org.fiscal_year_start_month,
            namespace=self.namespace,
        )

    def sobject(self, name: str) -> SObject | None:
        """The object by API name, in any case; None when there is none for this user."""
        spellings = namespaces.spellings(self.namespace, name)
        found = next((one for each in spellings if (one := self.org.schema.get(each)) is not None), None)
        return found if found is not None and self.access.visible(found) else None

    def _known(self, name: str) -> SObject:
        found = self.sobject(name)
        if found is None:
            raise NotFound("NOT_FOUND", "The requested resource does not exist")
        return found

    def readable(self, sobject: SObject, field: Field) -> bool:
        return self.access.readable(sobject, field)

    def type_of(self, record_id: str) -> str:
        """The object of a record, by its id's prefix. Raises the platform's refusal of an id of no kind."""
        found = self.org.object_of(record_id)
        if found is None or ids.normalized(record_id) is None:
            raise NotFound("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        return found.name

    # Reading

    def query(self, soql: str, *, all_rows: bool = False, bulk: bool = False) -> QueryResult:
        plan = language.compile(language.parse(soql), self.context(all_rows=all_rows, bulk=bulk))
        return QueryResult(plan, self.org.store)

    def retrieve(self, sobject: str, record_id: str, fields: Sequence[str] | None = None) -> dict[str, Any]:
        """One record with the fields asked for, or all that the user may see."""
        found = self._known(sobject)
        names = list(fields) if fields else self._all_fields(found)
        soql = f"SELECT {', '.join(names)} FROM {found.name} WHERE Id = '{_id_literal(record_id)}'"
        for record in self.query(soql).records:
            return record
        if self._is_deleted(found, record_id):
            raise NotFound("ENTITY_IS_DELETED", "entity is deleted")
        raise NotFound("NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + record_id)

    def mark_viewed(self, sobject: SObject, keys: Sequence[str], *, viewed: bool) -> None:
        """What FOR VIEW and FOR REFERENCE leave on the records they gave."""
        names = ["LastReferencedDate", *(["LastViewedDate"] if viewed else [])]
        settings = ", ".join(f"{name} = :now" for name in names if sobject.get(name))
        if settings and keys:
            sql = f"UPDATE {quote(sobject.name)} SET {settings} WHERE Id IN (SELECT value FROM json_each(:keys))"
            with self.org.store.write() as connection:
                connection.execute(sql, {"now": self.clock.stamp(), "keys": json.dumps(list(keys))})

    def find(self, sobject: str, external_field: str, value: str) -> list[str]:
        """Ids of the records with this external id: none, one, or (300 Multiple Choices) several."""
        found = self._known(sobject)
        field = self._external(found, external_field)
        with self.org.store.read() as connection:
            matches = lookups.by_external_id(connection, found, field, [value])
        return matches.get(lookups.fold(field, value), [])

    def _all_fields(self, sobject: SObject) -> list[str]:
        return [field.name for field in sobject if self.access.readable(sobject, field)]

    def _is_deleted(self, sobject: SObject, record_id: str) -> bool:
        if not sobject.get("IsDeleted"):
            return False
        with self.org.store.read() as connection:
            sql = f"SELECT IsDeleted FROM {quote(sobject.name)} WHERE Id = ?"
            row = connection.execute(sql, (record_id,)).fetchone()
        return bool(row and row[0])

    def describe(self, name: str) -> dict[str, Any]:
        sobject = self._known(name)
        found = describe.sobject(sobject, self.org.schema, self.access, self.record_types(name))
        return translated.described(self.org.shelf, sobject, found, self.user.language)

    def describe_global(self) -> dict[str, Any]:
        shown = [describe.summary(item, self.access) for item in self.org.schema if self.access.visible(item)]
        return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sorted(shown, key=lambda item: item["name"])}

    def record_counts(self, names: Sequence[str] = ()) -> dict[str, int]:
        """Live records of each object named, or of all that the user may see."""
        wanted = [found for name in names if (found := self.sobject(name))] if names else list(self.org.schema)
        return self.org.record_counts([item for item in wanted if self.access.visible(item)])

    def record_types(self, name: str) -> list[tuple[str, str, str]]:
        """(id, DeveloperName, label) of the object's active record types."""
        with self.org.store.read() as connection:
            sql = "SELECT Id, DeveloperName, Name FROM RecordType WHERE SobjectType = ? AND IsActive = 1 ORDER BY Name"
            return connection.execute(sql, (name,)).fetchall()

    # Writing

    def insert(self, sobject: str, records: Records, *, all_or_none: bool = False) -> list[SaveResult]:
        return self._save(sobject, records, all_or_none, Writer.insert)

    def update(self, sobject: str, records: Records, *, all_or_none: bool = False) -> list[SaveResult]:
        return self._save(sobject, records, all_or_none, Writer.update)

    def upsert(
        self, sobject: str, external_field: str, records: Records, *, all_or_none: bool = False
    ) -> list[SaveResult]:
        external = self._external(self._known(sobject), external_field)
        return self._save(sobject, records, all_or_none, lambda writer, batch: writer.upsert(batch, external))

    def delete(self, sobject: str, ids: Sequence[str], *, all_or_none: bool = False) -> list[SaveResult]:
        found = self._known(sobject)
        return self._run(found, all_or_none, lambda connection: self.remover(connection).delete(found, ids))

    def undelete(self, sobject: str, ids: Sequence[str], *, all_or_none: bool = False) -> list[SaveResult]:
        found = self._known(sobject)
        return self._run(found, all_or_none, lambda connection: self.remover(connection).undelete(found, ids))

    def merge(self, sobject: str, master: str, losers: Sequence[str]) -> None:
        """Keep `master`, move the losers' children to it and put the losers into the recycle bin."""
        found = self._known(sobject)
        with self.org.store.write() as connection:
            self.remover(connection).merge(found, master, losers)

    def bulk(
        self,
        operation: str,
        sobject: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        external_field: str | None = None,
    ) -> Iterator[SaveResult]:
        """Bulk ingest (`insert`, `update`, `upsert`, `delete`, `hardDelete`): results in the order of the rows.

        Cells are CSV text: empty means unchanged, `#N/A` null (UNSET and None say the same). Nothing is read or
        written before the first result is asked for; a wrong header raises before any row is.
        """
        found = self._known(sobject)
        names = lookups.check_header(found, self.org.schema, columns)
        external = self._external(found, external_field) if external_field else None
        results = bulk.run(self, operation, found, names, rows, external)
        return self._watch_permissions(found, results)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several calls that succeed or fail together: leaving by an exception undoes them all."""
        with self.org.store.write():
            yield

    # What bulk and single calls share

    def writer(self, connection: sqlite3.Connection) -> Writer:
        org = self.org
        fiscal_start = org.fiscal_year_start_month
        return Writer(
            org.store, org.schema, self.access, org.clock, connection, org.events, self.triggers(), fiscal_start
        )

    def loader(self, connection: sqlite3.Connection) -> Writer:
        """A writer of Bulk loads: data that brings its own roles and payments, unless the org is told otherwise."""
        writer = self.writer(connection)
        writer.automation.switchboard.off = not handlers.in_bulk(self.org.store)
        return writer

    def remover(self, connection: sqlite3.Connection, writer: Writer | None = None) -> Remover:
        automation = (writer or self.writer(connection)).automation
        return Remover(self.org.schema, self.access, self.org.clock, connection, self.triggers(), automation)

    def triggers(self) -> Triggers:
        return Triggers(self.org.apex, self.user.id, self.user.username)

    def _save(
        self,
        sobject: str,
        records: Records,
        all_or_none: bool,
        write: Callable[[Writer, Batch], list[SaveResult]],
    ) -> list[SaveResult]:
        found = self._known(sobject)
        batch = batches.from_records(found, namespaces.written_out(self.namespace, found, records))
        convert.convert_json(batch)
        return self._run(found, all_or_none, lambda connection: write(self.writer(connection), batch))

    def _run(
        self, sobject: SObject, all_or_none: bool, work: Callable[[sqlite3.Connection], list[SaveResult]]
    ) -> list[SaveResult]:
        results: list[SaveResult] = []
        try:
            with self.org.store.write() as connection:
                results = work(connection)
                if all_or_none and not all(result.success for result in results):
                    raise _UndoError
        except _UndoError:
            undone = SaveResult(None, False, False, (RecordError("ALL_OR_NONE_OPERATION_ROLLED_BACK", ROLLED_BACK),))
            results = [undone if result.success else result for result in results]
        if sobject.name in PERMISSION_TABLES:
            self.org.permissions_changed()
        return results

    def _watch_permissions(self, sobject: SObject, results: Iterator[SaveResult]) -> Iterator[SaveResult]:
        try:
            yield from results
        finally:
            if sobject.name in PERMISSION_TABLES:
                self.org.permissions_changed()

    def _external(self, sobject: SObject, name: str) -> Field:
        field = lookups.external_field(sobject, name)
        if field is None or not self.access.readable(sobject, field):
            message = f"Provided external ID field does not exist or is not accessible: {name}"
            raise NotFound("NOT_FOUND", message)
        return field


def _id_literal(record_id: str) -> str:
    found = ids.normalized(record_id)
    if found is None:
        raise NotFound("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {record_id}")
    return found
