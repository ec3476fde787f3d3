"""What a user comes back to: recently viewed records, and list views with the records they hold."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from typing import Any

from localorg.model import SObject
from localorg.server.http import Call, Reply
from localorg.server.query import everything
from localorg.server.records import known
from localorg.server.routing import Routes
from localorg.server.ui_api import list_views
from localorg.server.ui_api.list_views import ListView
from localorg.server.ui_api.lists import number, view_with_id

routes = Routes("/services/data/v<version>")
MOST_RECENT, MOST = 200, 2_000
PAGE = 25


@routes.on("GET", "/recent")
def recent(call: Call) -> Reply:
    """The records that queries FOR VIEW gave last, of every object that remembers it."""
    limit = number(call, "limit", MOST_RECENT, 0, MOST_RECENT)
    found: list[tuple[str, dict[str, Any]]] = []
    for sobject in call.session.org.schema:
        if sobject.get("LastViewedDate") and sobject.get("Name") and call.session.sobject(sobject.name):
            found += viewed(call, sobject, limit)
    found.sort(key=lambda one: one[0], reverse=True)
    return Reply([record for _, record in found[:limit]])


def viewed(call: Call, sobject: SObject, limit: int) -> list[tuple[str, dict[str, Any]]]:
    soql = f"SELECT Id, Name, LastViewedDate FROM {sobject.name} WHERE LastViewedDate != null"
    records = everything(call, f"{soql} ORDER BY LastViewedDate DESC LIMIT {limit}")
    return [(str(record.pop("LastViewedDate")), record) for record in records]


@routes.on("GET", "/sobjects/<name>/listviews")
def views(call: Call, name: str) -> Reply:
    sobject = known(call, name)
    shown = [brief(call, view) for view in list_views.of(call.session, sobject)]
    body = {"done": True, "listviews": shown, "nextRecordsUrl": None, "size": len(shown), "sobjectType": sobject.name}
    return Reply(body)


@routes.on("GET", "/sobjects/<name>/listviews/<view_id>")
def view(call: Call, name: str, view_id: str) -> Reply:
    known(call, name)
    return Reply(brief(call, view_with_id(call.session, view_id)))


@routes.on("GET", "/sobjects/<name>/listviews/<view_id>/describe")
def describe(call: Call, name: str, view_id: str) -> Reply:
    known(call, name)
    found = view_with_id(call.session, view_id)
    scope = "mine" if found.mine else "everything"
    body = {
        "columns": columns(found),
        "id": found.id,
        "orderBy": [],
        "query": soql_of(call, found),
        "scope": scope,
        "sobjectType": found.sobject.name,
        "whereCondition": {"conditions": conditions(found), "conjunction": found.logic or "and"},
    }
    return Reply(body)


@routes.on("GET", "/sobjects/<name>/listviews/<view_id>/results")
def results(call: Call, name: str, view_id: str) -> Reply:
    known(call, name)
    found = view_with_id(call.session, view_id)
    limit, start = number(call, "limit", PAGE, 0, MOST), number(call, "offset", 0, 0, MOST)
    records = everything(call, f"{soql_of(call, found)} LIMIT {limit} OFFSET {start}")
    shown = [{"columns": [cell(record, column.path) for column in found.columns]} for record in records]
    body = {
        "columns": columns(found),
        "developerName": found.name,
        "done": True,
        "id": found.id,
        "label": found.label,
        "records": shown,
        "size": len(shown),
    }
    return Reply(body)


def brief(call: Call, one: ListView) -> dict[str, Any]:
    url = f"{call.api}/sobjects/{one.sobject.name}/listviews/{one.id}"
    return {
        "describeUrl": f"{url}/describe",
        "developerName": one.name,
        "id": one.id,
        "label": one.label,
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }


def columns(one: ListView) -> list[dict[str, Any]]:
    return [
        {
            "ascendingLabel": None,
            "descendingLabel": None,
            "fieldNameOrPath": column.path,
            "hidden": False,
            "label": column.label,
            "selectListItem": column.path,
            "sortDirection": None,
            "sortIndex": None,
            "sortable": not column.field.long_text,
            "type": column.field.type,
        }
        for column in one.columns
    ]


def conditions(one: ListView) -> list[dict[str, Any]]:
    return [{"field": a.column.path, "operator": a.operator, "values": list(a.values)} for a in one.filters]


def soql_of(call: Call, one: ListView) -> str:
    paths = dict.fromkeys([*(column.path for column in one.columns), "Id"])
    return f"SELECT {', '.join(paths)} FROM {one.sobject.name}{list_views.where(one, call.user_id)}"


def cell(record: dict[str, Any], path: str) -> dict[str, Any]:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return {"fieldNameOrPath": path, "value": None if value is None else text}
