"""Bulk ingest: rows in chunks, columns at a time. As in Bulk API, 200 rows share a transaction and fail one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from localorg import convert, lookups
from localorg.batch import UNSET, Batch, SaveResult
from localorg.errors import ApiError
from localorg.model import Field, SObject

if TYPE_CHECKING:
    import sqlite3

    from localorg.session import Session

BATCH = 5_000
TRANSACTION = 200
_SAVES = {"insert": ("insert",), "update": ("update",), "upsert": ("insert", "update")}
Write = Callable[["sqlite3.Connection", Batch], list[SaveResult]]


def run(
    session: Session,
    operation: str,
    sobject: SObject,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    external: Field | None,
) -> Iterator[SaveResult]:
    write = _operation(session, operation, external)
    key = external.name if operation == "upsert" and external else "Id" if operation != "insert" else None
    source = iter(rows)
    while chunk := list(islice(source, BATCH)):
        for batch in _apart(session, operation, _batch(sobject, names, chunk), key):
            with session.org.store.write() as connection:
                results = write(connection, batch)
            yield from results


def _operation(session: Session, operation: str, external: Field | None) -> Write:
    if operation == "insert":
        return lambda connection, batch: session.loader(connection).insert(batch)
    if operation == "update":
        return lambda connection, batch: session.loader(connection).update(batch)
    if operation == "upsert" and external is not None:
        return lambda connection, batch: session.loader(connection).upsert(batch, external)
    if operation in ("delete", "hardDelete"):
        return lambda connection, batch: session.remover(connection, session.loader(connection)).delete(
            batch.sobject, [str(key) for key in batch.columns.get("Id", ())], hard=operation == "hardDelete"
        )
    raise ApiError("INVALIDJOB", f"InvalidJob : Unable to run operation {operation}")


def _batch(sobject: SObject, names: Sequence[str], chunk: list[Sequence[Any]]) -> Batch:
    try:
        columns = list(zip(*chunk, strict=True))
        if len(columns) != len(names):
            raise ValueError
    except ValueError:
        width = len(names)
        columns = list(zip(*((*row[:width], *[UNSET] * (width - len(row))) for row in chunk), strict=True))
    batch = Batch(sobject, dict(zip(names, columns, strict=True)), len(chunk))
    convert.convert_csv(batch)
    return batch


def _apart(session: Session, operation: str, batch: Batch, key: str | None) -> Iterator[Batch]:
    """The batch whole, or in transactions of 200 rows when a record comes twice, as the later row must see the earlier,
    or when Apex triggers run, whose limits are a transaction's."""
    values = batch.columns.get(key) if key else None
    field = batch.sobject.get(key) if key else None
    once = values is None or field is None or len({lookups.fold(field, value) for value in values}) == batch.size
    if once and not any(
        session.triggers().fire_on(batch.sobject, found) for found in _SAVES.get(operation, ("delete",))
    ):
        yield batch
        return
    for start in range(0, batch.size, TRANSACTION):
        yield batch.part(range(start, min(start + TRANSACTION, batch.size)))
