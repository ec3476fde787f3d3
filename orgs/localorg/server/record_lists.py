"""sObject Collections: up to 200 records in one call, results in the order of the request, allOrNone on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from localorg.engine import SaveResult
from localorg.errors import ApiError
from localorg.server.faults import lock_error
from localorg.server.http import Call, Reply
from localorg.server.records import external, known, retrieved, shown
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/composite/sobjects")
MAX_RECORDS = 200
MAX_READ = 2000
MAX_CHUNKS = 10
ROLLED_BACK = ApiError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
Record = dict[str, Any]
Save = Callable[[str, list[Record]], Sequence[SaveResult]]


@routes.on("POST", "")
def create(call: Call) -> Reply:
    records, all_or_none = given(call)
    save: Save = lambda name, some: call.session.insert(name, some, all_or_none=False)  # noqa: E731
    return Reply([shown(result) for result in saved(call, records, all_or_none, save)])


@routes.on("PATCH", "")
def update(call: Call) -> Reply:
    records, all_or_none = given(call)
    save: Save = lambda name, some: call.session.update(name, some, all_or_none=False)  # noqa: E731
    return Reply([shown(result) for result in saved(call, records, all_or_none, save)])


@routes.on("PATCH", "/<name>/<field>")
def upsert(call: Call, name: str, field: str) -> Reply:
    sobject = known(call, name)
    key = external(sobject, field).name
    records, all_or_none = given(call)
    for record in records:
        if type_of(record).lower() != sobject.name.lower():
            raise ApiError("INVALID_INPUT", f"All records must be of type {sobject.name}")
    save: Save = lambda name, some: call.session.upsert(name, key, some, all_or_none=False)  # noqa: E731
    results = saved(call, records, all_or_none, save)
    return Reply([shown(result) | ({"created": result.created} if result.success else {}) for result in results])


@routes.on("DELETE", "")
def delete(call: Call) -> Reply:
    ids = [text.strip() for text in call.query.get("ids", "").split(",") if text.strip()]
    if not ids:
        raise ApiError("REQUIRED_FIELD_MISSING", "At least 1 Id is required.")
    limited(len(ids), MAX_RECORDS)
    records = [{"Id": record_id, "attributes": {"type": object_name(call, record_id)}} for record_id in ids]
    save: Save = lambda name, some: call.session.delete(name, [one["Id"] for one in some], all_or_none=False)  # noqa: E731
    all_or_none = call.query.get("allOrNone", "").lower() == "true"
    return Reply([shown(result) for result in saved(call, records, all_or_none, save)])


@routes.on("GET", "/<name>")
def read(call: Call, name: str) -> Reply:
    ids, fields = call.query.get("ids", ""), call.query.get("fields", "")
    return several(call, name, ids.split(","), fields.split(","))


@routes.on("POST", "/<name>")
def read_by_post(call: Call, name: str) -> Reply:
    wanted = call.json_object()
    return several(call, name, wanted.get("ids") or [], wanted.get("fields") or [])


def several(call: Call, name: str, ids: list[str], fields: list[str]) -> Reply:
    """The records asked for, in the order of the ids, null where there is none."""
    sobject = known(call, name)
    limited(len(ids), MAX_READ)
    records: list[Record | None] = []
    for record_id in ids:
        try:
            records.append(retrieved(call, sobject, record_id.strip(), [field.strip() for field in fields]))
        except ApiError as problem:
            if problem.status != 404:
                raise
            records.append(None)
    return Reply(records)


def given(call: Call) -> tuple[list[Record], bool]:
    payload = call.json_object()
    records = payload.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ApiError("INVALID_INPUT", "records must be a list of objects")
    limited(len(records), MAX_RECORDS)
    return records, payload.get("allOrNone") is True


def limited(count: int, most: int) -> None:
    if count > most:
        raise ApiError(
            "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records into this call"
        )


def saved(call: Call, records: list[Record], all_or_none: bool, save: Save) -> list[SaveResult]:
    """Each run of records of one type in turn, in one transaction; undone when one fails and all must succeed."""
    runs = [(name, list(run)) for name, run in groupby(records, key=type_of)]
    if len(runs) > MAX_CHUNKS:
        raise ApiError("INVALID_INPUT", f"The request has more than {MAX_CHUNKS} changes of object type")
    results: list[SaveResult] = []
    try:
        with call.session.transaction():
            for name, run in runs:
                results.extend(one_run(call, name, run, save))
            if all_or_none and not all(result.success for result in results):
                raise RollbackError
    except RollbackError:
        return [undone(result) for result in results]
    return results


class RollbackError(Exception):
    """Leaves the transaction without keeping anything."""


def undone(result: SaveResult) -> SaveResult:
    return SaveResult(None, False, False, (ROLLED_BACK,)) if result.success else result


def one_run(call: Call, name: str, run: list[Record], save: Save) -> Iterator[SaveResult]:
    try:
        sobject = known(call, name)
    except ApiError as problem:
        yield from [SaveResult(None, False, False, (problem,))] * len(run)
        return
    locked = [call.runtime.faults.locks_row(call.method, f"{call.path}/{sobject.name}") for _ in run]
    plain = [without_attributes(one) for one, is_locked in zip(run, locked, strict=True) if not is_locked]
    results = iter(save(sobject.name, plain))
    for one, is_locked in zip(run, locked, strict=True):
        yield SaveResult(None, False, False, (lock_error(one.get("Id")),)) if is_locked else next(results)


def object_name(call: Call, record_id: str) -> str:
    sobject = call.runtime.org.object_of(record_id)
    return sobject.name if sobject else ""


def type_of(record: Record) -> str:
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    return name if isinstance(name, str) else ""


def without_attributes(record: Record) -> Record:
    """The record's fields; `id` in any spelling becomes `Id`."""
    return {("Id" if key.lower() == "id" else key): value for key, value in record.items() if key != "attributes"}
