"""`/search`: SOSL that looks for one record by its id; there is no text index, and other searches are refused."""

from __future__ import annotations

import re
from typing import Any

from localorg import ids
from localorg.errors import ApiError
from localorg.server.http import Call, Reply
from localorg.server.records import retrieved
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/search")
FIND = re.compile(
    r"\s*FIND\s*\{(?P<term>[^}]*)\}(?:\s+IN\s+(?:ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS)?"
    r"(?:\s+RETURNING\s+(?P<returning>.+?))?(?:\s+LIMIT\s+\d+)?\s*$",
    re.IGNORECASE | re.DOTALL,
)
RETURNED = re.compile(r"\s*(?P<name>\w+)\s*(?:\((?P<fields>[\w\s,.]*)\))?\s*(?:,|$)")


@routes.on("GET", "")
def search(call: Call) -> Reply:
    sosl = call.query.get("q")
    if not sosl:
        raise ApiError("MALFORMED_SEARCH", "Missing or invalid 'q' parameter")
    found = FIND.match(sosl)
    if found is None:
        raise ApiError("MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces.")
    term = found["term"].strip().strip('"')
    if len(term) < 2:
        raise ApiError("MALFORMED_SEARCH", "search term must be longer than one character: " + term)
    record_id = ids.normalized(term)
    if record_id is None:
        message = "The local org has no text index: it searches for records by their id only; use a query for the rest"
        raise ApiError("NOT_SUPPORTED", message)
    record = by_id(call, record_id, returning(call, found["returning"]))
    return Reply({"searchRecords": [record] if record else []})


def returning(call: Call, text: str | None) -> dict[str, list[str]] | None:
    """Object and fields asked for, by lower-cased name; None for whatever there is."""
    if text is None:
        return None
    wanted: dict[str, list[str]] = {}
    at = 0
    while at < len(text):
        part = RETURNED.match(text, at)
        if part is None or part.end() == at:
            raise ApiError("MALFORMED_SEARCH", f"unexpected token: '{text[at : at + 40].strip()}'")
        if call.session.sobject(part["name"]) is None:
            raise ApiError("INVALID_TYPE", f"sObject type '{part['name']}' is not supported.")
        names = [name.strip() for name in (part["fields"] or "").split(",") if name.strip()]
        wanted[part["name"].lower()] = names or ["Id"]
        at = part.end()
    return wanted


def by_id(call: Call, record_id: str, wanted: dict[str, list[str]] | None) -> dict[str, Any] | None:
    sobject = call.runtime.org.object_of(record_id)
    if sobject is None or call.session.sobject(sobject.name) is None:
        return None
    fields = ["Id"] if wanted is None else wanted.get(sobject.name.lower())
    if fields is None:
        return None
    try:
        return retrieved(call, sobject, record_id, fields)
    except ApiError as problem:
        if problem.status != 404:
            raise
        return None
