"""What `describe` says of an object to one user. Addresses carry `{version}` for the server to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localorg import picklists
from localorg.lookups import is_id_lookup
from localorg.model import COMPOUND_TYPES, Field, Schema, SObject
from localorg.permissions import Access, has_field_security

RecordTypes = list[tuple[str, str, str]]
_SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    "location": "urn:location",
}
_FOLLOWED = frozenset({"Account", "Case", "Contact", "Lead", "Opportunity", "User"})
_NOT_RECORDS = frozenset({"Organization", "UserLicense", "UserRole"})  # no layout, no triggers, nothing recently seen
_NOT_PREFILTERED = frozenset({
    "CreatedById", "LastModifiedById", "MasterRecordId", "OwnerId", "RecordTypeId", "RecurrenceActivityId",
})  # fmt: skip
_PERSON_NAMES = frozenset({"FirstName", "LastName", "Salutation"})
_MASTER_RECORD_TYPE = "012000000000000AAA"


def sobject(found: SObject, schema: Schema, access: Access, record_types: RecordTypes) -> dict[str, Any]:
    fields = [field(found, item, access) for item in found if access.readable(found, item)]
    return summary(found, access) | {
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "actionOverrides": [],
        "childRelationships": [_child(*pair) for pair in children(found, schema, access)],
        "compactLayoutable": True,
        "fields": fields,
        "implementedBy": None,
        "implementsInterfaces": None,
        "isInterface": False,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": _record_type_infos(found, record_types),
        "searchLayoutable": _searchable(found),
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {found.label_plural}", "name": "everything"},
            {"label": f"My {found.label_plural}", "name": "mine"},
        ],
        "urls": _urls(found) | {"uiDetailTemplate": "/{ID}", "uiEditTemplate": "/{ID}/e", "uiNewRecord": _new(found)},
    }


def summary(found: SObject, access: Access) -> dict[str, Any]:
    """The object's entry in the global describe."""
    deletable = access.deletable(found)
    searchable = _searchable(found)
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": access.createable(found),
        "custom": found.custom,
        "customSetting": bool(found.setting),
        "deepCloneable": found.name in ("Campaign", "Opportunity"),
        "deletable": deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": found.name in _FOLLOWED,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": found.key_prefix,
        "label": found.label,
        "labelPlural": found.label_plural,
        "layoutable": not found.setting and not found.setup and found.name not in _NOT_RECORDS,
        "mergeable": found.name in ("Account", "Contact", "Lead") and deletable,
        "mruEnabled": searchable and found.name not in _NOT_RECORDS,
        "name": found.name,
        "queryable": found.queryable,
        "replicateable": found.get("SystemModstamp") is not None,
        "retrieveable": True,
        "searchable": searchable,
        "triggerable": not found.setup and found.name not in _NOT_RECORDS,
        "undeletable": found.get("IsDeleted") is not None and deletable and not found.follows,
        "updateable": access.updateable(found),
        "urls": _urls(found),
    }


def _searchable(found: SObject) -> bool:
    return not (found.setting or found.setup or found.follows or found.name in ("Organization", "UserLicense"))


def _urls(found: SObject) -> dict[str, str]:
    """Where the platform has what belongs to the object; of these, articles and series of events are not served."""
    base = f"/services/data/v{{version}}/sobjects/{found.name}"
    urls = {"describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}", "sobject": base}
    if found.setting or found.setup or found.name == "Organization":
        return urls
    urls |= {"layouts": f"{base}/describe/layouts", "compactLayouts": f"{base}/describe/compactLayouts"}
    if found.name != "CampaignMember":
        urls["quickActions"] = f"{base}/quickActions"
    if found.name in ("Task", "Event"):
        return urls | ({"eventSeriesUpdates": f"{base}/{{ID}}/fromThisEventOnwards"} if found.name == "Event" else {})
    urls["defaultValues"] = f"{base}/defaultValues?recordTypeId&fields"
    if found.get("OwnerId") is not None:
        urls |= {"approvalLayouts": f"{base}/describe/approvalLayouts", "listviews": f"{base}/listviews"}
    if found.name == "Case":
        urls["caseArticleSuggestions"] = f"{base}/suggestedArticles"
        urls["caseRowArticleSuggestions"] = f"{base}/{{ID}}/suggestedArticles"
    return urls


def _new(found: SObject) -> str:
    return f"/{found.key_prefix}/e"


def field(found: SObject, item: Field, access: Access) -> dict[str, Any]:
    compound = item.type in COMPOUND_TYPES
    calculated = item.calculated and item.custom
    number = item.type in ("double", "currency", "percent")
    return {
        "aggregatable": not item.long_text and not compound and item.type != "boolean",
        "aiPredictionField": False,
        "autoNumber": item.auto_number is not None,
        "byteLength": item.length * 3 if item.type not in ("id", "reference") else 18,
        "calculated": calculated,
        "calculatedFormula": item.formula if calculated and not item.summary else None,
        "cascadeDelete": item.master_detail or (item.custom and item.cascade_delete),
        "caseSensitive": item.case_sensitive,
        "compoundFieldName": "Name" if (found.name, item.name) == ("Account", "Name") else item.compound,
        "controllerName": item.controller or None,
        "createable": access.writable(found, item, creating=True),
        "custom": item.custom,
        "defaultValue": item.default if item.type != "boolean" or item.calculated else bool(item.default),
        "defaultValueFormula": item.default_formula,
        "defaultedOnCreate": _defaulted(item),
        "dependentPicklist": bool(item.controller),
        "deprecatedAndHidden": False,
        "digits": item.precision if item.type == "int" else 0,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": item.external_id,
        "extraTypeInfo": _extra(found, item),
        "filterable": compound or (item.filterable and not item.long_text),
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": item.blanks_as_zero,
        "groupable": _groupable(item),
        "highScaleNumber": False,
        "htmlFormatted": item.type == "textarea" and bool(item.formula),
        "idLookup": is_id_lookup(found, item),
        "inlineHelpText": item.help or None,
        "label": item.label,
        "length": item.length,
        "mask": None,
        "maskType": None,
        "name": item.name,
        "nameField": item.name_field,
        "namePointing": len(item.reference_to) > 1,
        "nillable": item.nillable,
        "permissionable": has_field_security(found, item),
        "picklistValues": picklists.described(found, item),
        "polymorphicForeignKey": len(item.reference_to) > 1,
        "precision": item.precision if number else 0,
        "queryByDistance": compound,
        "referenceTargetField": None,
        "referenceTo": [item.definition] if item.definition else list(item.reference_to),
        "relationshipName": item.relationship_name,
        "relationshipOrder": _relationship_order(found, item),
        "restrictedDelete": item.restrict_delete,
        "restrictedPicklist": item.restricted,
        "scale": item.scale if number else 0,
        "searchPrefilterable": item.type == "reference" and _searchable(found) and item.name not in _NOT_PREFILTERED,
        "soapType": _SOAP_TYPES.get(item.type, "xsd:string"),
        "sortable": not item.long_text and not compound and item.type != "multipicklist",
        "type": "reference" if item.definition else item.type,
        "unique": item.unique,
        "updateable": access.writable(found, item, creating=False),
        "writeRequiresMasterRead": False,
    }


def _defaulted(item: Field) -> bool:
    system = ("Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp")
    has_default = item.default is not None or item.default_formula is not None or item.auto_number is not None
    return item.name in system or item.name in ("OwnerId", "SetupOwnerId") or (has_default and not item.calculated)


def _extra(found: SObject, item: Field) -> str | None:
    if (found.name, item.name) == ("Account", "Name"):
        return "switchablepersonname"
    if item.name == "PhotoUrl":
        return "imageurl"
    if item.compound == "Name" and item.name in _PERSON_NAMES:
        return "personname"
    if item.type == "textarea" and not item.formula:
        return "plaintextarea"
    if item.name == "Name" and item.length == 121:
        return "personname"
    return None


def _groupable(item: Field) -> bool:
    if item.calculated or item.long_text or item.type in COMPOUND_TYPES:
        return False
    return item.type not in ("double", "currency", "percent", "datetime", "multipicklist", "textarea") or (
        item.type == "textarea" and item.length <= 255 and not item.custom
    )


def _relationship_order(found: SObject, item: Field) -> int | None:
    if not item.master_detail:
        return None
    masters = [other.name for other in found if other.master_detail]
    return masters.index(item.name)


def children(parent: SObject, schema: Schema, access: Access) -> Iterator[tuple[SObject, Field]]:
    for child in schema:
        if not access.visible(child):
            continue
        for item in child:
            if item.type == "reference" and parent.name in item.reference_to and access.readable(child, item):
                yield child, item


def _child(child: SObject, item: Field) -> dict[str, Any]:
    return {
        "cascadeDelete": item.cascade_delete or item.master_detail,
        "childSObject": child.name,
        "deprecatedAndHidden": False,
        "field": item.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": item.child_relationship_name,
        "restrictedDelete": item.restrict_delete,
    }


def _record_type_infos(found: SObject, record_types: RecordTypes) -> list[dict[str, Any]]:
    """The object's record types with the master type last; the first of the object's own is the default."""
    if found.follows:
        return []
    rows = [*record_types, (_MASTER_RECORD_TYPE, "Master", "Master")]
    return [
        {
            "active": True,
            "available": True,
            "defaultRecordTypeMapping": position == 0,
            "developerName": developer_name,
            "master": developer_name == "Master",
            "name": label,
            "recordTypeId": identity,
            "urls": {"layout": f"/services/data/v{{version}}/sobjects/{found.name}/describe/layouts/{identity}"},
        }
        for position, (identity, developer_name, label) in enumerate(rows)
    ]
