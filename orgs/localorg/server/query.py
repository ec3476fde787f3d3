"""`/query` and `/queryAll`: the first page, then the rest by locator, in the page size the client asked for."""

from __future__ import annotations

import json
import re
from itertools import chain, islice
from typing import Any

from localorg.errors import ApiError
from localorg.server.http import JSON, Call, Reply
from localorg.server.routing import Routes
from localorg.server.setup_objects import IN_DATA_API, compiled, database
from localorg.soql.plan import Plan
from localorg.soql.records import Record

DEFAULT_BATCH = 2000
SMALLEST_BATCH = 200
routes = Routes("/services/data/v<version>")
BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
INDEXED = re.compile(r"USING (?:COVERING )?INDEX \S+ \((\w+)[=<>]")
LOCATOR = re.compile(r"([0-9A-Za-z]{15,18})-(\d+)$")


@routes.on("GET", "/query")
def query(call: Call) -> Reply:
    return first_page(call, all_rows=False)


@routes.on("GET", "/queryAll")
def query_all(call: Call) -> Reply:
    return first_page(call, all_rows=True)


@routes.on("GET", "/<any(query, queryAll):kind>/<locator>")
def following_page(call: Call, kind: str, locator: str) -> Reply:
    found = LOCATOR.match(locator)
    if found is None:
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    name, start = found.group(1), int(found.group(2))
    total, records = call.runtime.cursors.page(name, call.user_id, start, batch_size(call))
    end = start + len(records)
    return page(call, total, name if end < total else None, end, b",".join(records))


def first_page(call: Call, all_rows: bool) -> Reply:
    if "explain" in call.query:
        return explained(call, call.query["explain"], all_rows)
    soql = call.query.get("q")
    if soql is None:
        raise ApiError("MALFORMED_QUERY", "Missing or invalid 'q' parameter")
    try:
        plan = call.session.query(soql, all_rows=all_rows).plan
    except ApiError as problem:
        if problem.code != "INVALID_TYPE":
            raise
        return about_the_org(call, soql, problem)
    if plan.is_count:
        with call.runtime.org.store.read() as connection:
            return Reply({"totalSize": plan.count(connection), "done": True, "records": []})
    body = started(call, plan)
    if plan.tracking in ("VIEW", "REFERENCE"):
        keys = [one["attributes"]["url"].rpartition("/")[2] for one in body["records"]]
        call.session.mark_viewed(plan.sobject, keys, viewed=plan.tracking == "VIEW")
    return Reply(body)


def started(call: Call, plan: Plan) -> dict[str, Any]:
    """The first page of records, and where the rest is kept."""
    size = batch_size(call)
    with call.runtime.org.store.read() as connection:
        records = plan.run(connection, call.version)
        first = list(islice(records, size))
        following = next(records, None)
        if following is None:
            return {"totalSize": len(first), "done": True, "records": first}
        locator = call.runtime.state.new_id("01g")
        total = call.runtime.cursors.save(locator, call.user_id, chain(first, [following], records))
    more = f"{call.api}/query/{locator}-{len(first)}"
    return {"totalSize": total, "done": False, "nextRecordsUrl": more, "records": first}


def everything(call: Call, soql: str) -> list[Record]:
    """All records of a query that another endpoint asks on the user's behalf."""
    plan = call.session.query(soql).plan
    with call.runtime.org.store.read() as connection:
        return list(plan.run(connection, call.version))


def explained(call: Call, soql: str, all_rows: bool) -> Reply:
    """How SQLite would go about it, in the form in which the platform tells of its optimizer."""
    if re.match(r"\w{15}(\w{3})?$", soql):
        raise ApiError("INVALID_PARAMETER", "The local org explains queries, not reports and list views")
    plan = call.session.query(soql, all_rows=all_rows).plan
    with call.runtime.org.store.read() as connection:
        steps = connection.execute(f"EXPLAIN QUERY PLAN {plan.sql}", plan.statement.values).fetchall()
        cardinality = plan.count(connection)
    whole = call.session.record_counts([plan.sobject.name]).get(plan.sobject.name, 0)
    indexed = INDEXED.search(" ".join(step[3] for step in steps[:1]))
    shown = {
        "cardinality": cardinality,
        "fields": [indexed.group(1)] if indexed else [],
        "leadingOperationType": "Index" if indexed else "TableScan",
        "notes": [],
        "relativeCost": round(cardinality / whole if indexed and whole else 1.0, 3),
        "sobjectCardinality": whole,
        "sobjectType": plan.sobject.name,
    }
    return Reply({"plans": [shown], "sourceQuery": soql})


def about_the_org(call: Call, soql: str, unknown: ApiError) -> Reply:
    """Some objects of the tooling API can be queried here as well."""
    try:
        plan = compiled(call.session, soql, only=IN_DATA_API)
    except ApiError as problem:
        raise (unknown if problem.code == "INVALID_TYPE" else problem) from problem
    with database(call, soql) as connection:
        records = list(plan.run(connection, call.version))
        total = plan.count(connection) if plan.is_count else len(records)
    return Reply({"totalSize": total, "done": True, "records": records})


def page(call: Call, total: int, locator: str | None, end: int, records: bytes) -> Reply:
    """A page whose records are JSON text already."""
    head: dict[str, Any] = {"totalSize": total, "done": locator is None}
    if locator is not None:
        head["nextRecordsUrl"] = f"{call.api}/query/{locator}-{end}"
    text = json.dumps(head, separators=(",", ":")).encode()
    return Reply(text[:-1] + b',"records":[' + records + b"]}", content_type=JSON)


def batch_size(call: Call) -> int:
    found = BATCH_SIZE.search(call.headers.get("Sforce-Query-Options", ""))
    if found is None:
        return DEFAULT_BATCH
    return min(max(int(found.group(1)), SMALLEST_BATCH), DEFAULT_BATCH)
