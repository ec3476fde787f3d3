"""`/ui-api/records`: one record or several to look at, and to create, update and delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from localorg import ids
from localorg.engine import SaveResult, Session
from localorg.errors import ApiError, Forbidden, NotFound
from localorg.model import SObject
from localorg.server.http import Call, Reply, not_found
from localorg.server.routing import Routes
from localorg.server.ui_api import layouts, paths, refusals, shape
from localorg.server.ui_api.shape import Shown

routes = Routes("/services/data/v<version>/ui-api")
MAX_BATCH = 200


@routes.on("GET", "/records/<record_id>")
def show(call: Call, record_id: str) -> Reply:
    return unless_known(call, read(call, record_id))


@routes.on("GET", "/records/batch/<record_ids>")
def show_several(call: Call, record_ids: str) -> Reply:
    return Reply(each(paths.split(record_ids), lambda record_id: read(call, record_id)))


@routes.on("POST", "/records")
def create(call: Call) -> Reply:
    given = call.json_object()
    sobject = known(call.session, str(given.get("apiName") or ""))
    results = call.session.insert(sobject.name, [_fields(sobject, given, refusals.CREATE)], all_or_none=True)
    made = saved(sobject, results, refusals.CREATE)
    return Reply(read(call, made, sorted(given.get("fields") or {})), 201)


@routes.on("PATCH", "/records/<record_id>")
def update(call: Call, record_id: str) -> Reply:
    sobject, key = object_of(call.session, record_id)
    given = call.json_object()
    fields = _fields(sobject, given, refusals.UPDATE)
    check_unchanged(call, sobject, key)
    saved(sobject, call.session.update(sobject.name, [fields | {"Id": key}], all_or_none=True), refusals.UPDATE)
    return Reply(read(call, key, sorted(given.get("fields") or {})))


@routes.on("DELETE", "/records/<record_id>")
def delete(call: Call, record_id: str) -> Reply:
    sobject, key = object_of(call.session, record_id)
    saved(sobject, call.session.delete(sobject.name, [key], all_or_none=True), refusals.DELETE)
    return Reply.nothing()


# What the resources share


def read(call: Call, record_id: str, also: Sequence[str] = ()) -> Shown:
    """The record with the fields the query string asks for: by name, by layout, or both kinds of optional."""
    session = call.session
    sobject, key = object_of(session, record_id)
    required = paths.split(call.query.get("fields", ""))
    optional = [*paths.split(call.query.get("optionalFields", "")), *also]
    types = paths.split(call.query.get("layoutTypes", ""))
    if types or not (required or optional):
        optional += layouts.fields_shown(session, sobject, types or ["Full"])
    tree = paths.wanted(session, sobject, required, optional)
    asked = {path.rpartition(".")[2] for path in (*required, *optional)}
    named = {field.name for field in sobject if field.name.lower() in {name.lower() for name in asked}}
    return shape.record(session, tree, found(session, tree, key), named)


def found(session: Session, tree: paths.Wanted, key: str) -> Shown:
    soql = f"SELECT {', '.join(tree.soql_paths())} FROM {tree.sobject.name} WHERE Id = '{key}'"  # noqa: S608 (names come from the schema)
    for record in session.query(soql).records:
        return record
    try:
        session.retrieve(tree.sobject.name, key, ["Id"])
    except NotFound as problem:
        if problem.code == "ENTITY_IS_DELETED":
            raise
    raise not_found()


def object_of(session: Session, record_id: str) -> tuple[SObject, str]:
    key = ids.normalized(record_id)
    sobject = session.org.object_of(record_id) if key else None
    if key is None or sobject is None:
        raise NotFound("NOT_FOUND", "The requested resource does not exist")
    if session.sobject(sobject.name) is None:
        message = "You don't have access to this record. Ask your administrator for help or to request access."
        raise Forbidden("INSUFFICIENT_ACCESS", message)
    return sobject, key


def known(session: Session, name: str) -> SObject:
    sobject = session.sobject(name)
    if sobject is None:
        raise NotFound("INVALID_TYPE", f"Object {name} is not supported in UI API")
    return sobject


def saved(sobject: SObject, results: Sequence[SaveResult], doing: str) -> str:
    if not results[0].success:
        raise refusals.RecordRefused(doing, sobject, results[0].errors)
    return str(results[0].id)


def each(keys: Sequence[str], one: Callable[[str], Shown]) -> Shown:
    """A batch: every key gets a result of its own with its own status."""
    if len(keys) > MAX_BATCH:
        raise ApiError("INVALID_INPUT", f"A batch takes at most {MAX_BATCH} ids, not {len(keys)}")
    results: list[Shown] = []
    for key in keys:
        try:
            results.append({"result": one(key), "statusCode": 200})
        except ApiError as problem:
            results.append({"result": [problem.body()], "statusCode": problem.status})
    return {"hasErrors": any(entry["statusCode"] >= 400 for entry in results), "results": results}


def unless_known(call: Call, body: Shown) -> Reply:
    """304 when the client has this very body."""
    headers = {"ETag": f'"{body["eTag"]}"'}
    if body["eTag"] in call.headers.get("If-None-Match", ""):
        return Reply.nothing(304, headers)
    return Reply(body, headers=headers)


def _fields(sobject: SObject, given: dict[str, Any], doing: str) -> dict[str, Any]:
    fields = given.get("fields")
    if not isinstance(fields, dict):
        raise ApiError("INVALID_INPUT", "The request body must have fields: a map of field names to values")
    unknown = [name for name in fields if sobject.get(name) is None]
    if unknown:
        errors = [
            ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}") for name in unknown
        ]
        raise refusals.RecordRefused(doing, sobject, errors)
    return {name: value for name, value in fields.items() if name.lower() != "id"}


def check_unchanged(call: Call, sobject: SObject, key: str) -> None:
    """With If-Unmodified-Since, nothing is written over someone else's later change."""
    since = call.headers.get("If-Unmodified-Since")
    if not since:
        return
    tree = paths.wanted(call.session, sobject, [], [])
    current = shape.record(call.session, tree, found(call.session, tree, key))
    if current["lastModifiedDate"] and datetime.fromisoformat(current["lastModifiedDate"]) > _moment(since):
        raise refusals.Stale(current)


def _moment(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        raise ApiError("INVALID_INPUT", f"If-Unmodified-Since is no date: {text}") from None
