"""Rows on their way into the org, a column at a time, with what is wrong with each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import compress
from typing import Any, Final, Literal, NamedTuple

from localorg.errors import ApiError, RecordError
from localorg.model import SObject


class _Unset(Enum):
    """Not given: unchanged in an update, the default in an insert."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Unset.UNSET
Unset = Literal[_Unset.UNSET]


def given(value: object) -> bool:
    """Whether a cell holds something: neither null nor left out."""
    return value is not None and value is not UNSET


class SaveResult(NamedTuple):
    id: str | None
    success: bool
    created: bool
    errors: tuple[ApiError, ...] = ()


class Batch:
    """`columns` maps API names to equally long lists; a value is null (None), UNSET, or of the field's stored type."""

    def __init__(self, sobject: SObject, columns: Mapping[str, Sequence[Any]], size: int) -> None:
        self.sobject = sobject
        self.size = size
        self.columns: dict[str, list[Any]] = {name: list(values) for name, values in columns.items()}
        self.errors: dict[int, list[ApiError]] = {}
        self.ids: list[str | None] = [None] * size

    def fail(self, row: int, code: str, message: str, fields: tuple[str, ...] = (), *, status: int = 400) -> None:
        """`status` is what a request answers that is about this record alone."""
        self.errors.setdefault(row, []).append(RecordError(code, message, fields=fields, status=status))

    def fail_all(self, code: str, message: str, fields: tuple[str, ...] = ()) -> None:
        for row in range(self.size):
            self.fail(row, code, message, fields)

    def live(self) -> Iterable[int]:
        """The rows nothing is wrong with."""
        return range(self.size) if not self.errors else (row for row in range(self.size) if row not in self.errors)

    def column(self, name: str) -> list[Any]:
        """The column, added as unset when it was not given."""
        return self.columns.setdefault(name, [UNSET] * self.size)

    def good(self, *columns: Sequence[Any]) -> list[list[Any]]:
        """The columns without the rows that failed."""
        if not self.errors:
            return [list(column) for column in columns]
        keep = [row not in self.errors for row in range(self.size)]
        return [list(compress(column, keep)) for column in columns]

    def part(self, rows: Sequence[int]) -> Batch:
        """Some of the rows as a batch of their own."""
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        picked = Batch(self.sobject, columns, len(rows))
        picked.ids = [self.ids[row] for row in rows]
        picked.errors = {place: self.errors[row] for place, row in enumerate(rows) if row in self.errors}
        return picked

    def results(self, *, created: bool) -> list[SaveResult]:
        if not self.errors:
            return [SaveResult(identity, True, created) for identity in self.ids]
        return [
            SaveResult(identity, False, False, tuple(self.errors[row]))
            if row in self.errors
            else SaveResult(identity, True, created)
            for row, identity in enumerate(self.ids)
        ]


def from_records(sobject: SObject, records: Sequence[Mapping[str, Any]]) -> Batch:
    """JSON records as columns. Names keep the case of the schema; a name the object lacks fails its row."""
    batch = Batch(sobject, {}, len(records))
    for row, record in enumerate(records):
        for key, value in record.items():
            if key.lower() == "attributes":
                continue
            field = sobject.get(key)
            if field is None and isinstance(value, Mapping) and sobject.parent(key):
                _reference(batch, row, key, value)
            elif field is None:
                message = f"No such column '{key}' on sobject of type {sobject.name}"
                batch.fail(row, "INVALID_FIELD", message)
            else:
                batch.column(field.name)[row] = value
    return batch


def _reference(batch: Batch, row: int, relationship: str, value: Mapping[str, Any]) -> None:
    """`{"Contact__r": {"Donor_Id__c": "…"}}` becomes the column `Contact__r.Donor_Id__c`."""
    target = str((value.get("attributes") or {}).get("type") or "")
    prefix = f"{target}:{relationship}" if target else relationship
    for name, key in value.items():
        if name.lower() != "attributes":
            batch.column(f"{prefix}.{name}")[row] = key
