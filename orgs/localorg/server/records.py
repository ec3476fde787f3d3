"""One record at a time: create, read, update, delete; the same by external id with upsert, and of a record's parents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from localorg.engine import SaveResult
from localorg.errors import ApiError, NotFound
from localorg.lookups import external_field
from localorg.model import Field, SObject
from localorg.server import conditions, relations
from localorg.server.faults import lock_error
from localorg.server.http import Call, Reply, not_found
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/sobjects/<name>")


@routes.on("POST", "")
def create(call: Call, name: str) -> Reply:
    sobject = known(call, name)
    record = body(call)
    if any(key.lower() == "id" for key in record):
        raise ApiError("INVALID_FIELD", "The Id field should not be specified in the sobject data.", fields=("Id",))
    result = single(call, call.session.insert(sobject.name, [record], all_or_none=True))
    location = f"{call.api}/sobjects/{sobject.name}/{result.id}"
    return Reply(shown(result), 201, {"Location": location})


@routes.on("GET", "/<record_id>")
def read(call: Call, name: str, record_id: str) -> Reply:
    sobject = known(call, name)
    check_id(record_id)
    if conditions.unchanged(call, sobject, record_id):
        return Reply.nothing(304)
    return found(call, sobject, record_id)


@routes.on("PATCH", "/<record_id>")
def update(call: Call, name: str, record_id: str) -> Reply:
    sobject = known(call, name)
    check_id(record_id)
    record = body(call)
    if any(key.lower() == "id" for key in record):
        raise ApiError("INVALID_FIELD", "The Id field should not be specified in the sobject data.", fields=("Id",))
    conditions.check(call, sobject, record_id)
    lock(call, record_id)
    single(call, call.session.update(sobject.name, [{"Id": record_id} | record], all_or_none=True))
    return Reply.nothing()


@routes.on("DELETE", "/<record_id>")
def delete(call: Call, name: str, record_id: str) -> Reply:
    sobject = known(call, name)
    check_id(record_id)
    conditions.check(call, sobject, record_id)
    lock(call, record_id)
    single(call, call.session.delete(sobject.name, [record_id], all_or_none=True))
    return Reply.nothing()


@routes.on("GET", "/<field>/<path:value>")
def read_by_key(call: Call, name: str, field: str, value: str) -> Reply:
    sobject = known(call, name)
    if relations.is_record(sobject, field):
        return relations.follow(call, sobject, field, value)
    matches = call.session.find(sobject.name, external(sobject, field).name, value)
    if len(matches) != 1:
        return none_or_several(call, sobject, matches)
    return found(call, sobject, matches[0])


@routes.on("PATCH", "/<field>/<path:value>")
def upsert(call: Call, name: str, field: str, value: str) -> Reply:
    sobject = known(call, name)
    if relations.is_record(sobject, field):
        return update(call, *relations.parent_of(call, sobject, field, value))
    key = external(sobject, field)
    record = body(call)
    if any(given.lower() == key.name.lower() for given in record):
        raise ApiError(
            "INVALID_FIELD", f"The {key.name} field should not be specified in the sobject data.", fields=(key.name,)
        )
    matches = call.session.find(sobject.name, key.name, value)
    if len(matches) > 1:
        return none_or_several(call, sobject, matches)
    if not matches and call.query.get("updateOnly", "").lower() == "true":
        raise not_found()
    lock(call, matches[0] if matches else None)
    results = call.session.upsert(sobject.name, key.name, [{key.name: value} | record], all_or_none=True)
    result = single(call, results)
    location = {"Location": f"{call.api}/sobjects/{sobject.name}/{result.id}"} if result.created else {}
    reply: dict[str, Any] = {"id": result.id, "success": True, "errors": [], "created": result.created}
    if not result.created and float(call.version) < 46:
        return Reply.nothing()
    return Reply(reply, 201 if result.created else 200, location)


@routes.on("DELETE", "/<field>/<path:value>")
def delete_by_key(call: Call, name: str, field: str, value: str) -> Reply:
    sobject = known(call, name)
    if relations.is_record(sobject, field):
        return delete(call, *relations.parent_of(call, sobject, field, value))
    matches = call.session.find(sobject.name, external(sobject, field).name, value)
    if len(matches) != 1:
        return none_or_several(call, sobject, matches)
    lock(call, matches[0])
    single(call, call.session.delete(sobject.name, matches, all_or_none=True))
    return Reply.nothing()


def known(call: Call, name: str) -> SObject:
    """The object, or the platform's 404 when there is none for this user."""
    sobject = call.session.sobject(name)
    if sobject is None:
        raise not_found()
    return sobject


def body(call: Call) -> dict[str, Any]:
    record = call.json_object()
    return {key: value for key, value in record.items() if key != "attributes"}


def check_id(text: str) -> None:
    """What stands where an id should, and is none, is taken for the name of an external id field."""
    if len(text) not in (15, 18) or not text.isalnum():
        raise NotFound("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {text}")


def external(sobject: SObject, name: str) -> Field:
    field = external_field(sobject, name)
    if field is None:
        raise NotFound("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
    return field


def none_or_several(call: Call, sobject: SObject, matches: Sequence[str]) -> Reply:
    if not matches:
        raise not_found()
    return Reply([f"{call.api}/sobjects/{sobject.name}/{record_id}" for record_id in matches], 300)


def found(call: Call, sobject: SObject, record_id: str) -> Reply:
    wanted = call.query.get("fields")
    names = [name.strip() for name in wanted.split(",") if name.strip()] if wanted else None
    return Reply(retrieved(call, sobject, record_id, names))


def retrieved(call: Call, sobject: SObject, record_id: str, names: list[str] | None) -> dict[str, Any]:
    """One record; the engine leaves the API version in its address for the server to fill in."""
    if names and "id" not in (name.lower() for name in names):
        names = [*names, "Id"]
    record = call.session.retrieve(sobject.name, record_id, names)
    url = record["attributes"]["url"] = record["attributes"]["url"].replace("{version}", call.version)
    for name, value in record.items():
        field = sobject.get(name)
        if value is not None and field is not None and field.type == "base64":
            record[name] = f"{url}/{name}"
    return record


def lock(call: Call, record_id: str | None) -> None:
    if call.runtime.faults.locks_row(call.method, call.path):
        raise lock_error(record_id)


def single(call: Call, results: Sequence[SaveResult]) -> SaveResult:
    """The one result, or its error as the platform's array with the status that goes with its code."""
    result = results[0]
    if not result.success:
        raise result.errors[0]
    return result


def shown(result: SaveResult) -> dict[str, Any]:
    """A result as REST gives it. A published event succeeds with its UUID among the errors."""
    identity = {"id": result.id} if result.id and result.success else {}
    errors = [{"statusCode": e.code, "message": e.message, "fields": list(e.fields)} for e in result.errors]
    return identity | {"success": result.success, "errors": errors}
