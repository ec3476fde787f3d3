"""Loads a generated folder into an org, object by object, following steward/mapping.yml."""

from __future__ import annotations

import csv
import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from operator import itemgetter

from steward.errors import InputError
from steward.salesforce.client import Gateway

from datasets import bulk, handlers
from datasets.bulk import Row
from datasets.mapping import Lookup, Step

ROWS_A_JOB = 50_000
AUDIT_FIELDS = ("CreatedDate", "FirstRespondedDate")  # written where this user may
Progress = Callable[[str, int], None]
Record = dict[str, str]
Maker = Callable[[Record], str]


@dataclass
class Load:
    """One load: `ids[table][n]` is the Salesforce id of the table's row n + 1."""

    gateway: Gateway
    folder: pathlib.Path
    progress: Progress
    record_types: dict[tuple[str, str], str] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)  # objects and fields this org has not

    def run(self, steps: Sequence[Step]) -> dict[str, int]:
        """Rows loaded by object. Objects that the org lacks (volunteers, for one) are left out, as are their fields."""
        self.gateway.describe_all([handlers.HANDLER, *(step.sobject for step in steps)])
        self.record_types = self._record_types()
        with handlers.switched_off(self.gateway):
            return self._load(steps)

    def _load(self, steps: Sequence[Step]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for step in steps:
            if not self.gateway.fields(step.sobject):
                self.skipped.append(step.sobject)
                continue
            counts[step.sobject] = self._insert(step)
            for loaded in steps[: steps.index(step) + 1]:
                self._link(loaded, step.table)
        return counts

    def _insert(self, step: Step) -> int:
        header, columns = self._columns(step)
        self.ids[step.table] = []
        rows = self._rows(step.table, columns)
        while chunk := list(islice(rows, ROWS_A_JOB)):
            self.ids[step.table] += bulk.send(self.gateway, step.sobject, "insert", header, chunk)
            self.progress(step.sobject, len(self.ids[step.table]))
        return len(self.ids[step.table])

    def _link(self, step: Step, arrived: str) -> None:
        """Fill the look-ups of a loaded table whose target table has only now arrived."""
        for lookup in (each for each in step.lookups if each.later and each.table == arrived):
            if step.table not in self.ids or not self._writable(step.sobject, lookup.field):
                continue
            target = self.ids[lookup.table]
            rows = [
                (self.ids[step.table][int(record["id"]) - 1], target[int(record[lookup.column]) - 1])
                for record in self._records(step.table)
                if record[lookup.column]
            ]
            if rows:
                bulk.send(self.gateway, step.sobject, "update", ("Id", lookup.field), rows)

    def _columns(self, step: Step) -> tuple[list[str], list[Maker]]:
        """The fields this org and user have, each with how its text is made from a record."""
        audit = {name: name for name in AUDIT_FIELDS if name in self._table_columns(step.table)}
        columns: dict[str, Maker] = {}
        for name, column in (step.fields | audit).items():
            if self._writable(step.sobject, name):
                columns[name] = self._maker(step.sobject, name, column)
        for lookup in step.lookups:
            if not lookup.later and lookup.table in self.ids and self._writable(step.sobject, lookup.field):
                columns[lookup.field] = partial(self._target, lookup)
        return list(columns), list(columns.values())

    def _maker(self, sobject: str, name: str, column: str) -> Maker:
        if name == "RecordTypeId":
            return partial(self._record_type, sobject, column)
        kind = self.gateway.fields(sobject)[self.gateway.names.to_org(name)].type
        return partial(_flag, column) if kind == "boolean" else itemgetter(column)

    def _record_type(self, sobject: str, column: str, record: Record) -> str:
        return self.record_types.get((sobject, record[column]), "")

    def _target(self, lookup: Lookup, record: Record) -> str:
        number = record[lookup.column]
        return self.ids[lookup.table][int(number) - 1] if number else ""

    def _writable(self, sobject: str, name: str) -> bool:
        facts = self.gateway.fields(sobject).get(self.gateway.names.to_org(name))
        if facts is not None and facts.createable:
            return True
        if name not in AUDIT_FIELDS and (label := f"{sobject}.{name}") not in self.skipped:
            self.skipped.append(label)
        return False

    def _rows(self, table: str, makers: Sequence[Maker]) -> Iterator[Row]:
        for record in self._records(table):
            yield tuple(make(record) for make in makers)

    def _records(self, table: str) -> Iterator[Record]:
        path = self.folder / f"{table}.csv"
        if not path.exists():
            raise InputError(f"{path} is missing.", "Generate the data set first.")
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    def _table_columns(self, table: str) -> Sequence[str]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file))

    def _record_types(self) -> dict[tuple[str, str], str]:
        """Record types are configuration: those this org has are used, the others left to its default."""
        if "RecordType" not in self.gateway.objects:
            return {}
        found = self.gateway.query("SELECT Id, DeveloperName, SobjectType FROM RecordType WHERE IsActive = true")
        return {(one["SobjectType"], one["DeveloperName"]): one["Id"] for one in found}


def _flag(column: str, record: Record) -> str:
    return "true" if record[column] in ("1", "True", "true") else "false"
