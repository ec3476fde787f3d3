"""What stands beside `/search`: which objects it goes through, the columns of its results, suggestions while one types."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from typing import Any

from localorg.model import Field, SObject
from localorg.server import sosl
from localorg.server.http import Call, Reply
from localorg.server.query import everything
from localorg.server.records import known
from localorg.server.routing import Routes
from localorg.server.search import ANYWHERE, listed, number
from localorg.server.ui_api.layouts import compact

routes = Routes("/services/data/v<version>/search")
ROWS, SUGGESTED, SHORTEST = 25, 5, 3


@routes.on("GET", "/scopeOrder")
def scope_order(call: Call) -> Reply:
    found = [sobject for name in ANYWHERE if (sobject := call.session.sobject(name))]
    return Reply([{"type": one.name, "url": f"{call.api}/sobjects/{one.name}/describe"} for one in found])


@routes.on("GET", "/layout")
def layouts(call: Call) -> Reply:
    return Reply([layout(call, known(call, name)) for name in listed(call.query.get("q"))])


def layout(call: Call, sobject: SObject) -> dict[str, Any]:
    names = [name for section in compact(call.session, sobject) for name in section.columns[0]]
    return {
        "errorMsg": None,
        "label": "Search Results",
        "limitRows": ROWS,
        "objectType": sobject.name,
        "searchColumns": [column(sobject, field) for name in names if (field := sobject.get(name))],
    }


def column(sobject: SObject, field: Field) -> dict[str, Any]:
    kind = field.type if field.type in ("date", "datetime") else None
    return {"field": f"{sobject.name}.{field.name}", "format": kind, "label": field.label, "name": field.name}


@routes.on("GET", "/suggestions")
def suggestions(call: Call) -> Reply:
    """Records of the objects asked for, one of the words of whose name begins so."""
    text = call.query.get("q", "")
    if len(text.strip()) < SHORTEST:
        raise sosl.malformed(f"search term must be at least {SHORTEST} characters: {text}")
    most = number(call.query.get("limit")) or SUGGESTED
    found = [
        one for name in listed(call.query.get("sobject")) for one in beginning(call, known(call, name), text, most + 1)
    ]
    return Reply({"autoSuggestResults": found[:most], "hasMoreResults": len(found) > most})


@routes.on("GET", "/suggestSearchQueries")
def suggested_queries(call: Call) -> Reply:
    """Searches of others in Knowledge, which this org has not."""
    return Reply({"autoSuggestResults": [], "hasMoreResults": False})


def beginning(call: Call, sobject: SObject, text: str, most: int) -> list[dict[str, Any]]:
    if sobject.get("Name") is None:
        return []
    typed = text.strip().replace("\\", "\\\\").replace("'", "\\'").replace("%", "\\%").replace("_", "\\_")
    condition = f"(Name LIKE '{typed}%' OR Name LIKE '% {typed}%')"
    where = f"{condition} AND ({call.query['where']})" if call.query.get("where") else condition
    fields = listed(call.query.get(f"{sobject.name}.fields") or call.query.get("fields")) or ["Id", "Name"]
    return everything(call, f"SELECT {', '.join(fields)} FROM {sobject.name} WHERE {where} ORDER BY Name LIMIT {most}")
