"""`/tooling`: what developers' tools ask about the org itself, by queries, by descriptions and one at a time."""

from __future__ import annotations

from typing import Any

from localorg import describe, ids
from localorg.errors import ApiError
from localorg.model import SObject
from localorg.server import shares, tooling_rows, tooling_settings  # noqa: F401 (fill the objects that are asked for)
from localorg.server.http import Call, Reply, not_found
from localorg.server.routing import Routes
from localorg.server.setup_objects import IN_TOOLING_API, compiled, database, described
from localorg.soql import Plan

routes = Routes("/services/data/v<version>/tooling")
OFFERED = ("executeAnonymous", "query", "queryAll", "runTestsAsynchronous", "runTestsSynchronous", "sobjects")
Record = dict[str, Any]


@routes.on("GET", "")
def resources(call: Call) -> Reply:
    return Reply({name: f"{call.api}/tooling/{name}" for name in OFFERED})


@routes.on("GET", "/sobjects")
def describe_global(call: Call) -> Reply:
    shown = [placed(call, describe.summary(one, call.session.access)) for one in described()]
    return Reply(
        {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sorted(shown, key=lambda one: str(one["name"]))}
    )


@routes.on("GET", "/sobjects/<name>")
def describe_briefly(call: Call, name: str) -> Reply:
    return Reply(
        {"objectDescribe": placed(call, describe.summary(known(name), call.session.access)), "recentItems": []}
    )


@routes.on("GET", "/sobjects/<name>/describe")
def describe_whole(call: Call, name: str) -> Reply:
    return Reply(placed(call, describe.sobject(known(name), described(), call.session.access, [])))


@routes.on("GET", "/sobjects/<name>/<key>")
def retrieve(call: Call, name: str, key: str) -> Reply:
    """One of them with all its fields."""
    sobject = known(name)
    identity = ids.normalized(key)
    if identity is None:
        raise not_found()
    fields = ", ".join(field.name for field in sobject)
    soql = f"SELECT {fields} FROM {sobject.name} WHERE Id = '{identity}'"  # noqa: S608 (names come from the schema)
    plan = compiled(call.session, soql)
    with database(call, soql) as connection:
        found = [moved(record) for record in plan.run(connection, call.version)]
    if not found:
        raise not_found()
    return Reply(found[0])


def known(name: str) -> SObject:
    found = described().get(name)
    if found is None:
        raise not_found()
    return found


def placed(call: Call, shown: Record) -> Record:
    """A description with its addresses under /tooling."""
    base = f"{call.api}/tooling/sobjects/{shown['name']}"
    return shown | {"urls": {"describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}", "sobject": base}}


@routes.on("GET", "/query")
@routes.on("GET", "/queryAll")
def query(call: Call) -> Reply:
    text = call.query.get("q")
    if text is None:
        raise ApiError("MALFORMED_QUERY", "Missing or invalid 'q' parameter")
    try:
        plan = compiled(call.session, text)
    except ApiError as problem:
        shared = from_records(call, text) if problem.code == "INVALID_TYPE" else None
        if shared is None:
            raise
        return shared
    with database(call, text) as connection:
        records = [moved(record) for record in plan.run(connection, call.version)]
        return answer(plan, records, plan.count(connection) if plan.is_count else len(records))


def from_records(call: Call, text: str) -> Reply | None:
    """Users, profiles and the like are records that both APIs show; None when the object is none of them."""
    try:
        found = call.session.query(text)
    except ApiError:
        return None
    if found.plan.sobject.name not in IN_TOOLING_API:
        return None
    with call.runtime.org.store.read() as connection:
        records = [moved(record) for record in found.plan.run(connection, call.version)]
        return answer(found.plan, records, found.plan.count(connection) if found.plan.is_count else len(records))


def answer(plan: Plan, records: list[Record], total: int) -> Reply:
    head = {"size": total, "totalSize": total, "done": True, "queryLocator": None}
    return Reply(head | {"entityTypeName": plan.sobject.name, "records": records})


def moved(record: Record) -> Record:
    """The record with its addresses, and its parents', under /tooling."""
    attributes = record.get("attributes")
    shown = {key: moved(value) if isinstance(value, dict) else value for key, value in record.items()}
    if isinstance(attributes, dict) and "url" in attributes:
        shown["attributes"] = attributes | {"url": attributes["url"].replace("/sobjects/", "/tooling/sobjects/", 1)}
    return shown
