"""What a user comes back to: recently viewed records, and list views with the records they hold."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from datetime import datetime
from typing import Any

from localorg.model import Field, SObject
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
UNSEEN = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")
# How a page names the two orders of a column.
SORTING = (
    dict.fromkeys(("phone", "int", "double", "currency", "percent"), ("9-0", "0-9"))
    | dict.fromkeys(("date", "datetime"), ("New to Old", "Old to New"))
    | dict.fromkeys(("picklist", "multipicklist", "boolean"), ("Low to High", "High to Low"))
)


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


@routes.on("GET", "/sobjects/<name>/listviews/recent")
def recent_views(call: Call, name: str) -> Reply:
    """Which list views someone opened is not kept."""
    sobject = known(call, name)
    body = {"done": True, "listviews": [], "nextRecordsUrl": None, "size": 0, "sobjectType": sobject.name}
    return Reply(body)


@routes.on("GET", "/sobjects/<name>/listviews/<view_id>")
def view(call: Call, name: str, view_id: str) -> Reply:
    known(call, name)
    return Reply(brief(call, view_with_id(call.session, view_id)))


@routes.on("GET", "/sobjects/<name>/listviews/<view_id>/describe")
def describe(call: Call, name: str, view_id: str) -> Reply:
    known(call, name)
    found = view_with_id(call.session, view_id)
    body = {
        "columns": columns(found),
        "id": found.id,
        "orderBy": [
            {"fieldNameOrPath": path, "nullsPosition": "first", "sortDirection": "ascending"} for path in order(found)
        ],
        "query": soql_of(call, found),
        "scope": "mine" if found.mine else None,
        "sobjectType": found.sobject.name,
        "whereCondition": condition(found),
    }
    return Reply(body)


@routes.on("GET", "/sobjects/<name>/listviews/<view_id>/results")
def results(call: Call, name: str, view_id: str) -> Reply:
    known(call, name)
    found = view_with_id(call.session, view_id)
    limit, start = number(call, "limit", PAGE, 0, MOST), number(call, "offset", 0, 0, MOST)
    records = everything(call, f"{soql_of(call, found)} LIMIT {limit} OFFSET {start}")
    shown = [{"columns": [cell(record, column) for column in columns(found)]} for record in records]
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
    """What the view shows, and what comes along unseen."""
    by = order(one)
    shown = [column(found.path, found.label, found.field, by) for found in one.columns]
    known = {found.path for found in one.columns}
    unseen = [field for name in UNSEEN if name not in known and (field := one.sobject.get(name))]
    return [*shown, *(column(field.name, field.label, field, [], hidden=True) for field in unseen)]


def column(path: str, label: str, field: Field, by: list[str], *, hidden: bool = False) -> dict[str, Any]:
    upwards, downwards = (None, None) if hidden or field.long_text else SORTING.get(field.type, ("Z-A", "A-Z"))
    return {
        "ascendingLabel": upwards,
        "descendingLabel": downwards,
        "fieldNameOrPath": path,
        "hidden": hidden,
        "label": label,
        "selectListItem": f"toLabel({path})" if field.type in ("picklist", "multipicklist") else path,
        "sortDirection": "ascending" if path in by else None,
        "sortIndex": by.index(path) if path in by else None,
        "sortable": upwards is not None,
        "type": field.type,
    }


def order(one: ListView) -> list[str]:
    """By name where there is one, then by id."""
    return [*(["Name"] if one.sobject.get("Name") else []), "Id"]


def condition(one: ListView) -> dict[str, Any] | None:
    found = [{"field": a.column.path, "operator": a.operator, "values": list(a.values)} for a in one.filters]
    return {"conditions": found, "conjunction": one.logic or "and"} if len(found) > 1 else next(iter(found), None)


def soql_of(call: Call, one: ListView) -> str:
    paths = ", ".join(column["fieldNameOrPath"] for column in columns(one))
    by = ", ".join(f"{path} ASC NULLS FIRST" for path in order(one))
    return f"SELECT {paths} FROM {one.sobject.name}{list_views.where(one, call.user_id)} ORDER BY {by}"


def cell(record: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    value: Any = record
    for name in shown["fieldNameOrPath"].split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return {"fieldNameOrPath": shown["fieldNameOrPath"], "value": None if value is None else text(value, shown["type"])}


def text(value: Any, kind: str) -> str:
    """A list shows everything as text, moments as `Fri Aug 01 21:15:46 GMT 2014`."""
    if kind == "datetime":
        return f"{datetime.fromisoformat(value):%a %b %d %H:%M:%S} GMT {value[:4]}"
    return str(value).lower() if isinstance(value, bool) else str(value)
