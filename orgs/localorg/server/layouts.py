"""Page and compact layouts as REST describes them: `/sobjects/X/describe/layouts` and what stands beside it."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from localorg import describe
from localorg.model import Field, SObject
from localorg.server.http import Call, Reply, not_found
from localorg.server.records import known
from localorg.server.routing import Routes
from localorg.server.ui_api import layouts as pages
from localorg.server.ui_api.layouts import Section
from localorg.server.ui_api.shape import MASTER

routes = Routes("/services/data/v<version>")
Shown = dict[str, Any]
AT_ONCE = 100
SYSTEM_DEFAULT = ("System Default", "SYSTEM")


@routes.on("GET", "/sobjects/<name>/describe/layouts")
def all_layouts(call: Call, name: str) -> Reply:
    if name.lower() == "global":
        return Reply({"layouts": [publisher()], "recordTypeMappings": [], "recordTypeSelectorRequired": [False]})
    sobject = known(call, name)
    types = call.session.record_types(sobject.name)
    body = {
        # an object with record types says which layout is whose, and shows each under its record type's address
        "layouts": None if types else [layout(call, sobject)],
        "recordTypeMappings": [
            mapping(call, sobject, *one, first=not n) for n, one in enumerate(record_types(call, sobject))
        ],
        "recordTypeSelectorRequired": [len(types) > 1],
    }
    return Reply(body)


@routes.on("GET", "/sobjects/<name>/describe/layouts/<record_type>")
def one_layout(call: Call, name: str, record_type: str) -> Reply:
    sobject = known(call, name)
    check_record_type(call, sobject, record_type)
    return Reply(layout(call, sobject))


@routes.on("GET", "/sobjects/<name>/describe/compactLayouts")
def compact_layouts(call: Call, name: str) -> Reply:
    sobject = known(call, name)
    found = compact(call, sobject)
    here = f"{call.api}/sobjects/{sobject.name}/describe/compactLayouts"
    mappings = [
        {
            "available": True,
            "compactLayoutId": found["id"],
            "compactLayoutName": found["name"],
            "recordTypeId": key,
            "recordTypeName": label,
            "urls": {"compactLayout": f"{here}/{key}"},
        }
        for key, _, label in record_types(call, sobject)
    ]
    body = {
        "compactLayouts": [found],
        "defaultCompactLayoutId": found["id"],
        "recordTypeCompactLayoutMappings": mappings,
        "urls": {"primary": f"{here}/primary"},
    }
    return Reply(body)


@routes.on("GET", "/sobjects/<name>/describe/compactLayouts/<record_type>")
def one_compact_layout(call: Call, name: str, record_type: str) -> Reply:
    sobject = known(call, name)
    if record_type != "primary":
        check_record_type(call, sobject, record_type)
    return Reply(compact(call, sobject))


@routes.on("GET", "/compactLayouts")
def primary_compact_layouts(call: Call) -> Reply:
    names = [name.strip() for name in call.query.get("q", "").split(",") if name.strip()][:AT_ONCE]
    return Reply({(sobject := known(call, name)).name: compact(call, sobject) for name in names})


@routes.on("GET", "/sobjects/<name>/describe/approvalLayouts")
def approval_layouts(call: Call, name: str) -> Reply:
    """This org has no approval processes to lay out."""
    known(call, name)
    return Reply({"approvalLayouts": []})


@routes.on("GET", "/sobjects/<name>/describe/namedLayouts/<layout_name>")
def named_layout(call: Call, name: str, layout_name: str) -> Reply:
    """Named layouts are the platform's own, of users and the like; no object here has one."""
    known(call, name)
    raise not_found()


@routes.on("GET", "/sobjects/<name>/defaultValues")
def default_values(call: Call, name: str) -> Reply:
    """What a new record begins with: the defaults of the fields asked for, or of all."""
    sobject = known(call, name)
    asked = {text.strip().lower() for text in call.query.get("fields", "").split(",") if text.strip()}
    fields = [field for field in sobject if call.session.readable(sobject, field) and field.createable]
    wanted = [field for field in fields if not asked or field.name.lower() in asked]
    values = {field.name: field.default for field in wanted if field.default is not None}
    return Reply({"attributes": {"type": sobject.name}} | values)


def record_types(call: Call, sobject: SObject) -> list[tuple[str, str, str]]:
    """The object's record types, the master last."""
    return [*call.session.record_types(sobject.name), (MASTER, "Master", "Master")]


def check_record_type(call: Call, sobject: SObject, record_type: str) -> None:
    if record_type[:15] not in {key[:15] for key, _, _ in record_types(call, sobject)}:
        raise not_found()


def mapping(call: Call, sobject: SObject, key: str, developer_name: str, label: str, *, first: bool) -> Shown:
    lists = [field for field in sobject if field.picklist and call.session.readable(sobject, field)]
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": first,
        "developerName": developer_name,
        "layoutId": layout_id(call, sobject),
        "master": key == MASTER,
        "name": label,
        "picklistsForRecordType": [
            {
                "picklistName": field.name,
                "picklistValues": describe.field(sobject, field, call.session.access)["picklistValues"],
            }
            for field in lists
        ],
        "recordTypeId": key,
        "urls": {"layout": f"{call.api}/sobjects/{sobject.name}/describe/layouts/{key}"},
    }


def layout_id(call: Call, sobject: SObject) -> str | None:
    found = call.session.org.shelf.of("Layout")
    return next((one.id for one in found if one.name.startswith(f"{sobject.name}-")), None)


def layout(call: Call, sobject: SObject) -> Shown:
    sections = [section(call, sobject, one) for one in pages.full(call.session, sobject)]
    return publisher() | {
        "buttonLayoutSection": {"detailButtons": []},
        "detailLayoutSections": sections,
        "editLayoutSections": sections,
        "id": layout_id(call, sobject),
    }


def publisher() -> Shown:
    """A layout without fields: what is laid out on pages that are of no object."""
    return {
        "buttonLayoutSection": None,
        "detailLayoutSections": [],
        "editLayoutSections": [],
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": None,
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": [],
        "saveOptions": [],
    }


def section(call: Call, sobject: SObject, given: Section) -> Shown:
    rows = list(zip_longest(*given.columns))
    width = max(1, len(given.columns))
    shown = [
        {
            "layoutItems": [
                item(call, sobject, sobject.get(name) if name else None, place * width + column)
                for column, name in enumerate(row, 1)
            ],
            "numItems": len(row),
        }
        for place, row in enumerate(rows)
    ]
    return {
        "collapsed": False,
        "columns": width,
        "heading": given.heading,
        "layoutRows": shown,
        "layoutSectionId": None,
        "parentLayoutId": layout_id(call, sobject),
        "rows": len(rows),
        "tabOrder": "TopToBottom",
        "useCollapsibleSection": False,
        "useHeading": bool(given.heading),
    }


def item(call: Call, sobject: SObject, field: Field | None, place: int) -> Shown:
    if field is None:
        shape: Shown = {"label": "", "layoutComponents": [], "placeholder": True, "required": False}
        return {"editableForNew": False, "editableForUpdate": False} | shape
    details = describe.field(sobject, field, call.session.access)
    component: Shown = {
        "components": [],
        "details": details,
        "displayLines": 5 if field.long_text else 1,
        "tabOrder": place,
        "type": "Field",
        "value": field.name,
    }
    return {
        "editableForNew": details["createable"],
        "editableForUpdate": details["updateable"],
        "label": field.label,
        "layoutComponents": [component],
        "placeholder": False,
        "required": not field.nillable and details["createable"] and field.type != "boolean",
    }


def compact(call: Call, sobject: SObject) -> Shown:
    """The object's compact layout: the deployed one, else the platform's default."""
    deployed = call.session.org.shelf.of("CompactLayout")
    found = next((one for one in deployed if one.name.startswith(f"{sobject.name}.")), None)
    label, name = (found.part().root.get("label"), found.name.partition(".")[2]) if found else SYSTEM_DEFAULT
    names = [name for one in pages.compact(call.session, sobject) for name in one.columns[0]]
    fields = [field for name in names if (field := sobject.get(name))]
    items = [item(call, sobject, field, place) for place, field in enumerate(fields, 1)]
    shown = [{"editable": False} | {k: v for k, v in one.items() if not k.startswith("editableFor")} for one in items]
    return {
        "actions": [],
        "fieldItems": shown,
        "id": found.id if found else None,
        "imageItems": None,
        "label": label,
        "name": name,
        "objectType": sobject.name,
    }
