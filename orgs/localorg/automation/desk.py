"""Where automation reads and writes: one transaction, in system mode, on behalf of the user who started it."""

from __future__ import annotations

# ruff: noqa: S608 (names come from this package, values are bound)
import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from localorg.automation.handlers import Switchboard
from localorg.batch import UNSET, Batch
from localorg.errors import ApiError
from localorg.permissions import Access

if TYPE_CHECKING:
    from localorg.dml import Writer

Row = dict[str, Any]


class Desk:
    """Automation writes what the user themselves might not: NPSP's handlers run without sharing and field security."""

    def __init__(self, writer: Writer, switchboard: Switchboard) -> None:
        system = Access(writer.access.user, frozenset({"ModifyAllData", "ViewAllData"}))
        self.writer = dataclasses.replace(writer, access=system)
        self.connection = writer.connection
        self.switchboard = switchboard
        self.today = writer.today

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Records as dicts; a list among the values is bound as JSON, for `IN (SELECT value FROM json_each(?))`."""
        bound = [json.dumps(list(value)) if isinstance(value, list | set | tuple) else value for value in values]
        cursor = self.connection.execute(sql, bound)
        names = [item[0] for item in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def by_id(self, sobject: str, names: Sequence[str], keys: Iterable[Any]) -> dict[str, Row]:
        wanted = {key for key in keys if key and key is not UNSET}
        if not wanted:
            return {}
        listed = ", ".join(("Id", *names))
        sql = f"SELECT {listed} FROM {sobject} WHERE Id IN (SELECT value FROM json_each(?)) AND IsDeleted = 0"
        return {row["Id"]: row for row in self.rows(sql, wanted)}

    def insert(self, sobject: str, rows: Sequence[Row]) -> list[str]:
        """The ids of new records. Raises the first refusal: what NPSP cannot write fails the save that asked for it."""
        return self._save(sobject, rows, "insert")

    def update(self, sobject: str, rows: Sequence[Row]) -> None:
        self._save(sobject, rows, "update")

    def delete(self, sobject: str, keys: Sequence[str]) -> None:
        if keys:
            remover = self.writer.remover()
            results = remover.delete(self.writer.schema[sobject], list(keys))
            _raise_first(results)

    def _save(self, sobject: str, rows: Sequence[Row], verb: str) -> list[str]:
        if not rows:
            return []
        columns: dict[str, list[Any]] = {name: [] for row in rows for name in row}
        for row in rows:
            for name, values in columns.items():
                values.append(row.get(name, UNSET))
        batch = Batch(self.writer.schema[sobject], columns, len(rows))
        results = self.writer.insert(batch) if verb == "insert" else self.writer.update(batch)
        _raise_first(results)
        return [str(result.id) for result in results]


def _raise_first(results: Sequence[Any]) -> None:
    for result in results:
        if not result.success:
            problem: ApiError = result.errors[0]
            raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"npsp: {problem.code}: {problem.message}")
