"""`/ui-api/object-info`: what the user sees of an object, its record types and its picklists."""

from __future__ import annotations

from typing import Any

from localorg import translated
from localorg.deploy import record_types as record_types_deployed
from localorg.engine import Session
from localorg.errors import ApiError, NotFound
from localorg.model import COMPOUND_TYPES, Field, PicklistValue, SObject
from localorg.picklists import controlling
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes
from localorg.server.ui_api import paths, records, shape
from localorg.server.ui_api.shape import MASTER, Shown

routes = Routes("/services/data/v<version>/ui-api/object-info")
_DATA_TYPES = {"id": "Id", "datetime": "DateTime", "multipicklist": "MultiPicklist", "textarea": "TextArea"}
_DATA_TYPES |= {"combobox": "ComboBox", "encryptedstring": "EncryptedString", "anyType": "AnyType"}
PICKLISTS = ("picklist", "multipicklist")


@routes.on("GET", "/<name>")
def show(call: Call, name: str) -> Reply:
    return records.unless_known(call, object_info(call.session, name))


@routes.on("GET", "/batch/<names>")
def show_several(call: Call, names: str) -> Reply:
    return Reply(records.each(paths.split(names), lambda name: object_info(call.session, name)))


@routes.on("GET", "/<name>/picklist-values/<record_type>")
def picklists(call: Call, name: str, record_type: str) -> Reply:
    sobject = records.known(call.session, name)
    _check_record_type(call.session, sobject, record_type)
    shown = {
        field.name: picklist(call, sobject, field, record_type)
        for field in sobject
        if field.type in PICKLISTS and call.session.readable(sobject, field)
    }
    return records.unless_known(call, shape.tagged({"picklistFieldValues": shown}))


@routes.on("GET", "/<name>/picklist-values/<record_type>/<path:field_name>")
def one_picklist(call: Call, name: str, record_type: str, field_name: str) -> Reply:
    sobject = records.known(call.session, name)
    _check_record_type(call.session, sobject, record_type)
    field = sobject.get(field_name.rpartition(".")[2])
    if field is None or field.type not in PICKLISTS or not call.session.readable(sobject, field):
        raise ApiError("INVALID_INPUT", f"{field_name} is not a picklist field of {sobject.name} that you can see")
    return records.unless_known(call, picklist(call, sobject, field, record_type))


def object_info(session: Session, name: str) -> Shown:
    sobject = records.known(session, name)
    described = session.describe(sobject.name)
    copied = (
        "associateEntityType", "associateParentEntity", "compactLayoutable", "createable", "custom", "deletable",
        "feedEnabled", "keyPrefix", "label", "labelPlural", "layoutable", "mruEnabled", "queryable", "searchLayoutable",
        "searchable", "updateable",
    )  # fmt: skip
    return shape.tagged(
        {name: described[name] for name in copied}
        | {
            "apiName": sobject.name,
            "childRelationships": [_child(child) for child in described["childRelationships"]],
            "defaultRecordTypeId": default_record_type(session, sobject),
            "dependentFields": dependent_fields(sobject),
            "fields": {item["name"]: _field(session, sobject, item) for item in described["fields"]},
            "nameFields": name_fields(sobject),
            "recordTypeInfos": record_types(session, sobject),
            "themeInfo": {"color": "9050E9" if sobject.custom else "5867E8", "iconUrl": None},
        }
    )


def default_record_type(session: Session, sobject: SObject) -> str | None:
    types = session.record_types(sobject.name)
    return types[0][0] if types else MASTER


def record_types(session: Session, sobject: SObject) -> Shown:
    own = session.record_types(sobject.name)
    shown = {key: shape.record_type_info(key, label, default=place == 0) for place, (key, _, label) in enumerate(own)}
    return shown | {MASTER: shape.record_type_info(MASTER, "Master", default=not own, master=True)}


def name_fields(sobject: SObject) -> list[str]:
    if sobject.get("LastName") is not None and sobject.get("Name") is not None:
        return [name for name in ("Name", "FirstName", "LastName") if sobject.get(name)]
    return [field.name for field in sobject if field.name_field or field.name == "Name"][:1]


def dependent_fields(sobject: SObject) -> Shown:
    """The dependent picklists under the fields that decide over them, each over its own again."""

    def under(name: str) -> Shown:
        return {one.name: under(one.name) for one in sobject if one.controller == name and one.name != name}

    controllers = {one.controller for one in sobject if one.controller}
    return {one.name: under(one.name) for one in sobject if one.name in controllers and not one.controller}


def _child(child: Shown) -> Shown:
    return {
        "childObjectApiName": child["childSObject"],
        "fieldName": child["field"],
        "junctionIdListNames": child["junctionIdListNames"],
        "junctionReferenceTo": child["junctionReferenceTo"],
        "relationshipName": child["relationshipName"],
    }


def _field(session: Session, sobject: SObject, item: Shown) -> Shown:
    same = (
        "calculated", "compoundFieldName", "controllerName", "createable", "custom", "externalId", "extraTypeInfo",
        "filterable", "filteredLookupInfo", "highScaleNumber", "htmlFormatted", "inlineHelpText", "label", "length",
        "maskType", "nameField", "polymorphicForeignKey", "precision", "referenceTargetField", "relationshipName",
        "scale", "searchPrefilterable", "sortable", "unique", "updateable",
    )  # fmt: skip
    targets = [found for name in item["referenceTo"] if (found := session.sobject(name))]
    required = not item["nillable"] and item["createable"] and not item["defaultedOnCreate"]
    return {name: item[name] for name in same} | {
        "apiName": item["name"],
        "compound": item["type"] in COMPOUND_TYPES
        or (item["name"] == "Name" and item["extraTypeInfo"] == "personname"),
        "compoundComponentName": None,
        "controllingFields": [item["controllerName"]] if item["controllerName"] else [],
        "dataType": _DATA_TYPES.get(item["type"], item["type"].capitalize()),
        "reference": item["type"] == "reference",
        "referenceToInfos": [{"apiName": one.name, "nameFields": name_fields(one)} for one in targets],
        "required": required and item["type"] != "boolean",
    }


def picklist(call: Call, sobject: SObject, field: Field, record_type: str) -> Shown:
    said = translated.values(call.session.org.shelf, sobject, field, call.session.user.language)
    places = {name: place for place, name in enumerate(controlling(sobject, field))}
    subset = of_record_type(call.session, sobject, field, record_type)
    active = [value for value in field.picklist if value.active and (subset is None or value.value in subset)]
    values = [_value(value, said, places) for value in active]
    default = next((_value(value, said, places) for value in active if value.default), None)
    return shape.tagged(
        {
            "controllerValues": places,
            "defaultValue": default,
            "url": f"{call.api}/ui-api/object-info/{sobject.name}/picklist-values/{record_type}/{field.name}",
            "values": values,
        }
    )


def of_record_type(session: Session, sobject: SObject, field: Field, record_type: str) -> set[str] | None:
    """What the type was deployed to offer; None where it says nothing of the field, and for the master type."""
    names = [name for key, name, _ in session.record_types(sobject.name) if key[:15] == record_type[:15]]
    stored = session.org.shelf.find("RecordType", f"{sobject.name}.{names[0]}") if names else None
    return record_types_deployed.offered(stored, field.name)


def _value(value: PicklistValue, said: dict[str, str], places: dict[str, int]) -> dict[str, Any]:
    """`said`: labels in the user's language; `places`: of the controlling values."""
    valid = [place for name, place in places.items() if name in value.valid_for]
    return {"attributes": None, "label": said.get(value.label, value.label), "validFor": valid, "value": value.value}


def _check_record_type(session: Session, sobject: SObject, record_type: str) -> None:
    known = {MASTER[:15]} | {key[:15] for key, _, _ in session.record_types(sobject.name)}
    if record_type[:15] not in known:
        raise NotFound("NOT_FOUND", f"There is no record type {record_type} of {sobject.name}")
