"""`/ui-api/list-info`, `/list-records` and `/list-ui`: deployed list views, as what they show and the records they hold."""

from __future__ import annotations

from localorg.engine import Session
from localorg.errors import ApiError, NotFound
from localorg.model import SObject
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes
from localorg.server.ui_api import list_views, paths, records, shape
from localorg.server.ui_api.list_views import ListView
from localorg.server.ui_api.shape import Shown

routes = Routes("/services/data/v<version>/ui-api")
DEFAULT_PAGE, LARGEST_PAGE, LARGEST_OFFSET = 50, 2000, 2000


@routes.on("GET", "/list-info/<name>/<view_name>")
def info(call: Call, name: str, view_name: str) -> Reply:
    return records.unless_known(call, list_info(call.session, view_named(call.session, name, view_name)))


@routes.on("GET", "/list-info/<name>")
@routes.on("GET", "/list-ui/<name>")
def of_object(call: Call, name: str) -> Reply:
    """The list views of an object; or, given an id, that list view."""
    if "__" not in name and len(name) in (15, 18) and name.startswith("00B"):
        view = view_with_id(call.session, name)
        return Reply(list_ui(call, view) if "/list-ui/" in call.path else list_info(call.session, view))
    views = list_views.of(call.session, records.known(call.session, name))
    lists = [
        {
            "apiName": view.name,
            "id": view.id,
            "label": view.label,
            "listUiUrl": f"{call.api}/ui-api/list-ui/{view.id}",
        }
        for view in views
    ]
    here = f"{call.api}/ui-api/list-ui/{name}?pageSize={DEFAULT_PAGE}&pageToken=0"
    paging = {"currentPageToken": "0", "currentPageUrl": here, "nextPageToken": None, "nextPageUrl": None}
    paging |= {"previousPageToken": None, "previousPageUrl": None}
    return Reply(
        shape.tagged({"count": len(lists), "lists": lists, "objectApiName": name, "pageSize": DEFAULT_PAGE} | paging)
    )


@routes.on("GET", "/list-records/<name>/<view_name>")
def records_of(call: Call, name: str, view_name: str) -> Reply:
    return Reply(list_records(call, view_named(call.session, name, view_name)))


@routes.on("GET", "/list-records/<view_id>")
def records_by_id(call: Call, view_id: str) -> Reply:
    return Reply(list_records(call, view_with_id(call.session, view_id)))


@routes.on("POST", "/list-records/<name>/<view_name>")
def records_posted(call: Call, name: str, view_name: str) -> Reply:
    """The same question with its parameters in the body."""
    for key, value in call.json_object().items():
        call.query[key] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return Reply(list_records(call, view_named(call.session, name, view_name)))


@routes.on("GET", "/list-ui/<name>/<view_name>")
def ui(call: Call, name: str, view_name: str) -> Reply:
    return Reply(list_ui(call, view_named(call.session, name, view_name)))


def view_named(session: Session, name: str, view_name: str) -> ListView:
    sobject = records.known(session, name)
    for view in list_views.of(session, sobject):
        if view.name.lower() == view_name.lower():
            return view
    raise NotFound("NOT_FOUND", f"There is no list view {view_name} of {sobject.name}")


def view_with_id(session: Session, view_id: str) -> ListView:
    for sobject in session.org.schema:
        for view in list_views.of(session, sobject) if session.access.visible(sobject) else ():
            if view.id[:15] == view_id[:15]:
                return view
    raise NotFound("NOT_FOUND", "The requested resource does not exist")


def list_ui(call: Call, view: ListView) -> Shown:
    return shape.tagged({"info": list_info(call.session, view), "records": list_records(call, view)})


def list_info(session: Session, view: ListView) -> Shown:
    return shape.tagged(
        {
            "cloneable": True,
            "createable": True,
            "deletable": False,
            "displayColumns": [
                {"fieldApiName": c.path, "label": c.label, "lookupId": c.lookup_id, "sortable": not c.field.long_text}
                for c in view.columns
            ],
            "filterLogicString": view.logic or None,
            "filteredByInfo": [
                {
                    "fieldApiName": f.column.path,
                    "label": f.column.label,
                    "operandLabels": list(f.values),
                    "operator": f.operator,
                }
                for f in view.filters
            ],
            "label": view.label,
            "listReference": reference(view),
            "orderedByInfo": [
                {"fieldApiName": c.path, "isAscending": True, "label": c.label} for c in view.columns[:1]
            ],
            "updateable": True,
            "userPreferences": {
                "columnWidths": {c.path: -1 for c in view.columns},
                "columnWrap": {c.path: False for c in view.columns},
            },
            "visibility": "Public",
            "visibilityEditable": False,
        }
    )


def reference(view: ListView) -> Shown:
    return {"id": view.id, "listViewApiName": view.name, "objectApiName": view.sobject.name, "type": "listView"}


def list_records(call: Call, view: ListView) -> Shown:
    size = number(call, "pageSize", DEFAULT_PAGE, 1, LARGEST_PAGE)
    start = number(call, "pageToken", 0, 0, LARGEST_OFFSET)
    extra = paths.split(call.query.get("fields", ""))
    optional = [*(c.path for c in view.columns), *paths.split(call.query.get("optionalFields", ""))]
    tree = paths.wanted(call.session, view.sobject, extra, optional)
    order = _order(call.session, view, call.query.get("sortBy", ""))
    where = list_views.where(view, call.session.user.id)
    soql = f"SELECT {', '.join(tree.soql_paths())} FROM {view.sobject.name}{where} ORDER BY {order}"  # noqa: S608
    found = list(call.session.query(f"{soql} LIMIT {size + 1} OFFSET {start}").records)
    more = len(found) > size
    here = f"{call.api}/ui-api/list-records/{view.sobject.name}/{view.name}"
    pages = {
        "current": start,
        "next": start + size if more else None,
        "previous": max(start - size, 0) if start else None,
    }
    shown: Shown = {}
    for which, token in pages.items():
        url = None if token is None else f"{here}?pageSize={size}&pageToken={token}"
        shown |= {f"{which}PageToken": None if token is None else str(token), f"{which}PageUrl": url}
    return shown | {
        "count": min(len(found), size),
        "fields": extra,
        "listInfoETag": list_info(call.session, view)["eTag"],
        "listReference": reference(view),
        "optionalFields": optional,
        "pageSize": size,
        "records": [shape.record(call.session, tree, one) for one in found[:size]],
        "sortBy": order,
    }


def _order(session: Session, view: ListView, asked: str) -> str:
    """`-CreatedDate` sorts downwards; a list without an order goes by its first column that can be sorted."""
    if not asked:
        return next((c.path for c in view.columns if not c.field.long_text), "Id")
    name = asked.lstrip("-")
    sobject: SObject = view.sobject
    paths.wanted(session, sobject, [name], [])
    return f"{name} {'DESC' if asked.startswith('-') else 'ASC'} NULLS {'LAST' if asked.startswith('-') else 'FIRST'}"


def number(call: Call, name: str, default: int, least: int, most: int) -> int:
    text = call.query.get(name) or str(default)
    if not text.isdigit() or not least <= int(text) <= most:
        raise ApiError("INVALID_INPUT", f"{name} must be a number from {least} to {most}, not {text}")
    return int(text)
