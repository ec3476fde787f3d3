"""`/tooling/query`: what developers' tools ask about the org itself."""

from __future__ import annotations

from typing import Any

from localorg.errors import ApiError
from localorg.server import shares, tooling_rows  # noqa: F401 (fill the objects that are asked for)
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes
from localorg.server.setup_objects import IN_TOOLING_API, compiled, database
from localorg.soql import Plan

routes = Routes("/services/data/v<version>/tooling")
Record = dict[str, Any]


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
