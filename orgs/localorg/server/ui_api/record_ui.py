"""`/ui-api/record-ui`, `/layout` and `/record-defaults`: records with what is needed to lay them out or make new ones."""

from __future__ import annotations

from typing import Any

from localorg.model import Field, SObject
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes
from localorg.server.ui_api import layouts, object_info, paths, records, shape
from localorg.server.ui_api.display import display_value
from localorg.server.ui_api.shape import Shown

routes = Routes("/services/data/v<version>/ui-api")


@routes.on("GET", "/record-ui/<record_ids>")
def record_ui(call: Call, record_ids: str) -> Reply:
    kinds = paths.split(call.query.get("layoutTypes", "")) or ["Full"]
    modes = paths.split(call.query.get("modes", "")) or ["View"]
    call.query["layoutTypes"] = ",".join(kinds)
    shown: dict[str, Shown] = {}
    objects: dict[str, SObject] = {}
    for record_id in paths.split(record_ids):
        sobject, key = records.object_of(call.session, record_id)
        shown[key] = records.read(call, key)
        objects[sobject.name] = sobject
    return records.unless_known(
        call,
        shape.tagged(
            {
                "layouts": {name: laid_out(call, one, kinds, modes) for name, one in objects.items()},
                "layoutUserStates": {},
                "objectInfos": {name: object_info.object_info(call.session, name) for name in objects},
                "records": shown,
            }
        ),
    )


@routes.on("GET", "/layout/<name>")
def layout(call: Call, name: str) -> Reply:
    sobject = records.known(call.session, name)
    kind = layouts.check_type(call.query.get("layoutType") or "Full")
    return records.unless_known(call, layouts.layout(call.session, sobject, kind, call.query.get("mode") or "View"))


@routes.on("GET", "/record-defaults/create/<name>")
def defaults_to_create(call: Call, name: str) -> Reply:
    sobject = records.known(call.session, name)
    record_type = call.query.get("recordTypeId") or object_info.default_record_type(call.session, sobject)
    fields = {field.name: _default(call, field) for field in sobject if _asked_for(call, sobject, field)}
    record = {
        "apiName": sobject.name,
        "childRelationships": {},
        "fields": fields,
        "id": None,
        "recordTypeId": record_type,
    }
    return Reply(
        {
            "layout": layouts.layout(call.session, sobject, "Full", "Create"),
            "objectInfos": {sobject.name: object_info.object_info(call.session, sobject.name)},
            "record": record | {"recordTypeInfo": None, "lastModifiedById": None, "lastModifiedDate": None},
        }
    )


@routes.on("GET", "/record-defaults/clone/<record_id>")
def defaults_to_clone(call: Call, record_id: str) -> Reply:
    sobject, key = records.object_of(call.session, record_id)
    call.query["optionalFields"] = ",".join(field.name for field in sobject if _asked_for(call, sobject, field))
    return Reply(
        {
            "layout": layouts.layout(call.session, sobject, "Full", "Edit"),
            "objectInfos": {sobject.name: object_info.object_info(call.session, sobject.name)},
            "record": records.read(call, key) | {"id": None},
        }
    )


def laid_out(call: Call, sobject: SObject, kinds: list[str], modes: list[str]) -> dict[str, Any]:
    """record type → layout type → mode → layout."""
    record_type = object_info.default_record_type(call.session, sobject)
    by_kind = {kind: {mode: layouts.layout(call.session, sobject, kind, mode) for mode in modes} for kind in kinds}
    return {str(record_type): by_kind}


def _asked_for(call: Call, sobject: SObject, field: Field) -> bool:
    return field.createable and call.session.access.writable(sobject, field, creating=True)


def _default(call: Call, field: Field) -> Shown:
    value = field.default
    if field.default_formula:
        value = call.session.clock.stamp()[: 10 if field.default_formula.startswith("TODAY") else None]
    elif field.name == "OwnerId":
        value = call.session.user.id
    elif field.type == "boolean":
        value = bool(value)
    elif value is None and field.picklist:
        value = next((one.value for one in field.picklist if one.default and one.active), None)
    return {"displayValue": display_value(field, value, call.session.user), "value": value}
