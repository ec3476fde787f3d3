"""`/quickActions`: the deployed quick actions, of an object and global ones, described and performed."""

from __future__ import annotations

from typing import Any

from localorg.deploy.shelf import Stored
from localorg.deploy.source import Element
from localorg.errors import ApiError
from localorg.model import SObject
from localorg.server.http import Call, Reply, not_found
from localorg.server.layouts import item
from localorg.server.records import known, single
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>")
Shown = dict[str, Any]
UNSET = (
    "accessLevelRequired", "canvasApplicationId", "canvasApplicationName", "flowDevName", "flowRecordIdVar", "height",
    "iconName", "lightningComponentBundleId", "lightningComponentBundleName", "lightningComponentQualifiedName",
    "mobileExtensionId", "showQuickActionLcHeader", "showQuickActionVfHeader", "targetRecordTypeId",
    "visualforcePageName", "visualforcePageUrl", "width",
)  # fmt: skip


@routes.on("GET", "/quickActions")
def everywhere(call: Call) -> Reply:
    return Reply([brief(call, one, base(call, None)) for one in stored(call, "")])


@routes.on("GET", "/sobjects/<name>/quickActions")
def of_object(call: Call, name: str) -> Reply:
    """An object's own actions, and those that are everywhere."""
    sobject = known(call, name)
    found = [*stored(call, sobject.name), *stored(call, "")]
    return Reply([brief(call, one, base(call, sobject)) for one in found])


@routes.on("GET", "/quickActions/<action>")
@routes.on("GET", "/sobjects/<name>/quickActions/<action>")
def one(call: Call, action: str, name: str = "") -> Reply:
    sobject, found = context(call, name), find(call, name, action)
    return Reply(brief(call, found, base(call, sobject)))


@routes.on("GET", "/quickActions/<action>/describe")
@routes.on("GET", "/sobjects/<name>/quickActions/<action>/describe")
def describe(call: Call, action: str, name: str = "") -> Reply:
    sobject, found = context(call, name), find(call, name, action)
    root = found.part().root
    unset: Shown = dict.fromkeys(UNSET)
    body = brief(call, found, base(call, sobject)) | unset | {
        "colors": [],
        "contextSobjectType": sobject.name if sobject else None,
        "defaultValues": [{"field": key, "defaultValue": value} for key, value in defaults(root).items()] or None,
        "iconUrl": None,
        "icons": [],
        "layout": {"layoutRows": rows(call, root), "name": None},
        "miniIconUrl": None,
        "targetParentField": root.get("targetParentField") or None,
        "targetSobjectType": target(call, found).name,
    }  # fmt: skip
    return Reply(dict(sorted(body.items())))


@routes.on("GET", "/quickActions/<action>/defaultValues")
@routes.on("GET", "/sobjects/<name>/quickActions/<action>/defaultValues")
@routes.on("GET", "/sobjects/<name>/quickActions/<action>/defaultValues/<context_id>")
def default_values(call: Call, action: str, name: str = "", context_id: str = "") -> Reply:
    context(call, name)
    found = find(call, name, action)
    values = {"attributes": {"type": target(call, found).name}} | defaults(found.part().root)
    return Reply(values | parent(found, context_id))


@routes.on("POST", "/quickActions/<action>")
@routes.on("POST", "/sobjects/<name>/quickActions/<action>")
def perform(call: Call, action: str, name: str = "") -> Reply:
    """Makes a record, or changes the one it stands on, with the action's own values where none are given."""
    context(call, name)
    found = find(call, name, action)
    payload = call.json_object()
    record, context_id = payload.get("record") or {}, payload.get("contextId")
    if not isinstance(record, dict) or not isinstance(context_id, str | None):
        raise ApiError("JSON_PARSER_ERROR", "A quick action takes a record (an object) and a contextId (a text)")
    wanted = {key: value for key, value in record.items() if key != "attributes"}
    sobject, root = target(call, found), found.part().root
    creates = root.get("type") != "Update"
    if creates:
        values = defaults(root) | parent(found, context_id or "") | wanted
        result = single(call, call.session.insert(sobject.name, [values], all_or_none=True))
    else:
        values = {"Id": context_id} | defaults(root) | wanted
        result = single(call, call.session.update(sobject.name, [values], all_or_none=True))
    body: Shown = {
        "contextId": context_id,
        "created": creates,
        "errors": [],
        "feedItemIds": None,
        "id": result.id,
        "success": True,
    }
    return Reply(body, 201 if creates else 200)


def stored(call: Call, owner: str) -> list[Stored]:
    """The actions of an object; with no owner those that are everywhere."""
    found = call.session.org.shelf.of("QuickAction")
    return [one for one in found if (one.name.partition(".")[0] if "." in one.name else "") == owner]


def context(call: Call, name: str) -> SObject | None:
    return known(call, name) if name else None


def find(call: Call, owner: str, action: str) -> Stored:
    shelf = call.session.org.shelf
    found = (shelf.find("QuickAction", f"{owner}.{action}") if owner else None) or shelf.find("QuickAction", action)
    if found is None:
        raise not_found()
    return found


def base(call: Call, sobject: SObject | None) -> str:
    return f"{call.api}/sobjects/{sobject.name}/quickActions" if sobject else f"{call.api}/quickActions"


def brief(call: Call, one: Stored, url: str) -> Shown:
    root, name = one.part().root, one.name.rpartition(".")[2]
    here = f"{url}/{name}"
    addresses = {"defaultValues": f"{here}/defaultValues", "describe": f"{here}/describe", "quickAction": here}
    return {
        "actionEnumOrId": one.id,
        "label": root.get("label") or root.get("standardLabel") or name,
        "name": name,
        "type": root.get("type"),
        "urls": addresses | {"defaultValuesTemplate": f"{here}/defaultValues/{{ID}}"},
    }


def target(call: Call, one: Stored) -> SObject:
    """The object an action makes or changes: the one it names, else the one it stands on."""
    name = one.part().root.get("targetObject") or one.name.partition(".")[0]
    return known(call, name)


def defaults(root: Element) -> Shown:
    """Values that the action says plainly; formulas are the page's to work out."""
    return {one.get("field"): one.get("literalValue") for one in root.all("fieldOverrides") if one.get("literalValue")}


def parent(one: Stored, context_id: str) -> Shown:
    field = one.part().root.get("targetParentField")
    return {field: context_id} if field and context_id else {}


def rows(call: Call, root: Element) -> list[Shown]:
    name = root.get("targetObject")
    sobject = call.session.sobject(name) if name else None
    if sobject is None:
        return []
    names = root.texts("quickActionLayout/quickActionLayoutColumns/quickActionLayoutItems/field")
    fields = [field for name in names if (field := sobject.get(name)) and call.session.readable(sobject, field)]
    return [
        {"layoutItems": [item(call, sobject, field, place)], "numItems": 1} for place, field in enumerate(fields, 1)
    ]
