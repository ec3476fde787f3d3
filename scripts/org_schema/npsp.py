"""Adds NPSP's objects and fields from the facts: types, lengths, relationships, and formulas with full API names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from localorg.model import Field, PicklistValue, SObject
from localorg.schema.system import owner_field, system_fields

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NOT_OBJECTS = {"Activity", "EntityDefinition", "FieldDefinition", "OpportunityCompetitor", "Site"}
_METADATA_TYPES = {"MetadataRelationship"}
# Two summaries count only some payments; the facts do not carry the filter.
_SUMMARY_FILTERS = {
    "npe01__Payments_Made__c": "npe01__Paid__c",
    "npe01__Amount_Written_Off__c": "npe01__Written_Off__c",
}
_LABELS = {
    "statusCompleted": "Completed",
    "statusInProgress": "In progress",
    "statusNotStarted": "Not started",
    "RecurringDonationMultiplyValue": "Multiply By",
    "RecurringDonationOpenStatus": "Open",
    "Relationship_Explanation_Connector": "is",
    "oppInstallmentsOf": "of",
}
_NAME = re.compile(r"\$Label\.(\w+)|\"[^\"]*\"|'[^']*'|\$?[A-Za-z_][\w.]*")


def add(objects: dict[str, SObject], packaged: dict[str, Any]) -> None:
    names = sorted(name for name in packaged if name not in _NOT_OBJECTS)
    for position, name in enumerate(item for item in names if item not in objects):
        objects[name] = _object(name, packaged[name], _prefix(name, position))
    for name in names:
        for field in _fields(packaged[name]["fields"], objects):
            objects[name].add(field)
        for key, entry in sorted(packaged[name].get("record_types", {}).items()):
            objects[name].record_types[key] = entry["label"]
    for activity in ("Task", "Event"):
        for field in _fields(packaged["Activity"]["fields"], objects):
            objects[activity].add(field)
    _expand_custom(objects)
    _qualify_formulas(objects)


def _prefix(name: str, position: int) -> str:
    if name.endswith("__mdt"):
        return "m" + BASE62[position // 62] + BASE62[position % 62]
    if name.endswith("__e"):
        return "e" + BASE62[position // 62] + BASE62[position % 62]
    return "a" + BASE62[position // 62] + BASE62[position % 62]


def _object(name: str, entry: dict[str, Any], prefix: str) -> SObject:
    meta = entry.get("meta", {})
    label = meta.get("label") or re.sub(r"^\w+?__|__\w+$", "", name).replace("_", " ")
    sobject = SObject(name, label, meta.get("pluralLabel") or label, prefix, custom=True)
    sobject.description = meta.get("description") or ""
    sobject.sharing = meta.get("sharingModel") or "ReadWrite"
    for field in system_fields():
        sobject.add(field)
    if meta.get("customSettingsType"):
        _setting(sobject, meta["customSettingsType"])
    elif name.endswith("__mdt"):
        _metadata_type(sobject)
        sobject.createable = sobject.updateable = sobject.deletable = False
    else:
        has_master = any(field["type"] == "MasterDetail" for field in entry["fields"].values())
        if not has_master:
            sobject.add(owner_field(("User", "Group")))
        sobject.add(_name_field(meta.get("name_field") or {}))
    if name.endswith("__e"):
        sobject.queryable = sobject.updateable = sobject.deletable = False
    return sobject


def _setting(sobject: SObject, kind: str) -> None:
    sobject.setting = kind
    sobject.add(Field("Name", "string", "Name", length=38, name_field=True, nillable=kind != "List"))
    if kind == "Hierarchy":
        targets = ("Organization", "Profile", "User")
        sobject.add(
            Field(
                "SetupOwnerId",
                "reference",
                "Location",
                length=18,
                nillable=False,
                updateable=False,
                reference_to=targets,
                relationship_name="SetupOwner",
            )
        )


def _metadata_type(sobject: SObject) -> None:
    for name, label, length in (
        ("DeveloperName", "Custom Metadata Record Name", 40),
        ("MasterLabel", "Label", 40),
        ("Language", "Master Language", 40),
        ("NamespacePrefix", "Namespace Prefix", 15),
        ("QualifiedApiName", "Qualified API Name", 70),
        ("Label", "Label", 40),
    ):
        sobject.add(Field(name, "string", label, length=length, nillable=name == "NamespacePrefix"))
    sobject.fields["developername"].name_field = True


def _name_field(entry: dict[str, Any]) -> Field:
    field = Field("Name", "string", entry.get("label") or "Name", length=80, name_field=True)
    if entry.get("type") == "AutoNumber":
        field.auto_number = entry["display_format"]
        field.createable = field.updateable = field.nillable = False
    return field


def _fields(entries: dict[str, Any], objects: dict[str, SObject]) -> Iterator[Field]:
    for name, entry in sorted(entries.items()):
        # a link that depends on the reader's theme is not asked for by data, and no formula here knows themes
        if entry["source_path"] == "platform-standard" or "UITheme" in entry.get("formula", ""):
            continue
        if all(target in objects for target in entry.get("reference_to") or ()):
            yield _field(name, entry)
        else:
            yield _text_for(name, entry)


def _text_for(name: str, entry: dict[str, Any]) -> Field:
    """Metadata relationships to EntityDefinition and FieldDefinition read as the qualified API name."""
    field = Field(name, "string", entry.get("label") or name, length=255)
    if entry["type"] == "MetadataRelationship":
        field.definition, field.relationship_name = entry["reference_to"][0], entry["relationship_name"]
    return field


def _field(name: str, entry: dict[str, Any]) -> Field:
    described = entry["describe"]
    field = Field(name, described["type"], entry.get("label") or name)
    field.length = described.get("length") or 0
    field.precision, field.scale = described.get("precision") or 0, described.get("scale") or 0
    if field.type in ("double", "currency", "percent") and not field.precision:
        field.precision = 18
    field.nillable = described["nillable"]
    field.createable, field.updateable = described["createable"], described["updateable"]
    field.filterable = described["filterable"]
    field.unique, field.external_id = bool(entry.get("unique")), bool(entry.get("externalId"))
    field.case_sensitive = bool(entry.get("caseSensitive"))
    field.description, field.help = entry.get("description") or "", entry.get("help") or ""
    field.long_text = entry["type"] in ("LongTextArea", "Html")
    _picklist(field, entry)
    _relationship(field, entry)
    _computed(field, entry)
    if "default_value" in entry and not field.calculated:
        _default(field, str(entry["default_value"]))
    if field.type == "boolean" and not field.calculated and field.default is None:
        field.default = False
    return field


def _picklist(field: Field, entry: dict[str, Any]) -> None:
    field.restricted = bool(entry.get("restricted"))
    field.picklist = tuple(
        PicklistValue(item["value"], item["label"], bool(item.get("default"))) for item in entry.get("picklist", ())
    )
    field.default = next((value.value for value in field.picklist if value.default), None)


def _relationship(field: Field, entry: dict[str, Any]) -> None:
    if not entry.get("reference_to"):
        return
    field.length = 18
    field.reference_to = tuple(entry["reference_to"])
    field.relationship_name = entry.get("relationship_name")
    field.child_relationship_name = entry.get("child_relationship_name")
    field.master_detail = field.cascade_delete = entry["type"] == "MasterDetail"
    field.restrict_delete = entry.get("delete_constraint") == "Restrict"


def _computed(field: Field, entry: dict[str, Any]) -> None:
    if entry.get("formula"):
        field.formula = re.sub(r"\s*\n\s*", " ", entry["formula"]).strip()
    if entry.get("summary"):
        child, _, foreign_key = entry["summary"]["summaryForeignKey"].partition(".")
        summarized = (entry["summary"].get("summarizedField") or "").partition(".")[2]
        parts = (
            child,
            foreign_key,
            entry["summary"]["summaryOperation"],
            summarized,
            _SUMMARY_FILTERS.get(field.name, ""),
        )
        field.formula = _rollup(*parts)
    if field.calculated:
        field.createable = field.updateable = False


def _rollup(child: str, foreign_key: str, operation: str, summarized: str, only_if: str) -> str:
    arguments = [child, foreign_key, operation, summarized, only_if]
    while not arguments[-1]:
        arguments.pop()
    return "ROLLUP(" + ", ".join(f'"{argument}"' for argument in arguments) + ")"


def _default(field: Field, text: str) -> None:
    if "(" in text:
        field.default_formula = text.upper()
    elif field.type == "boolean":
        field.default = text.lower() == "true"
    elif field.type in ("double", "currency", "percent", "int"):
        field.default = float(text)
    else:
        field.default = text.strip('"')


def _expand_custom(objects: dict[str, SObject]) -> None:
    activities = tuple(
        sorted(o.name for o in objects.values() if o.name.endswith("__c") and not o.setting and o.queryable)
    )
    for name in ("Task", "Event"):
        what = objects[name].fields["whatid"]
        what.reference_to = tuple(item for item in what.reference_to if item != "custom") + activities


def _qualify_formulas(objects: dict[str, SObject]) -> None:
    """Packaged formulas name their fields without the namespace; the org's have it."""
    for sobject in objects.values():
        for field in sobject:
            if field.formula and field.formula.startswith("ROLLUP("):
                field.formula = _qualified_rollup(field, objects)
            elif field.formula:
                field.formula = _NAME.sub(lambda m: _qualified(m, sobject, field, objects), field.formula)  # noqa: B023


def _qualified(match: re.Match[str], sobject: SObject, field: Field, objects: dict[str, SObject]) -> str:
    text = match.group(0)
    if match.group(1):
        return f'"{_LABELS[match.group(1)]}"'
    if text[0] in "\"'":
        return text
    namespace = field.name.split("__")[0]
    if text.startswith("$Setup."):
        setting, setting_field = text.removeprefix("$Setup.").split(".")
        return f"$Setup.{_with_namespace(setting, namespace)}.{_with_namespace(setting_field, namespace)}"
    path: list[str] = []
    current: SObject | None = sobject
    for step in text.split("."):
        qualified = _in_object(step, namespace, current)
        reference = current.parent(qualified) if current else None
        current = objects.get(reference.reference_to[0]) if reference else None
        path.append(qualified)
    return ".".join(path)


def _with_namespace(name: str, namespace: str) -> str:
    return name if name.count("__") > 1 else f"{namespace}__{name}"


def _in_object(name: str, namespace: str, sobject: SObject | None) -> str:
    if sobject is None or not name.endswith(("__c", "__r")) or name.count("__") > 1:
        return name
    wanted = f"{namespace}__{name}"
    found = sobject.parent(wanted) if name.endswith("__r") else sobject.get(wanted)
    return wanted if found else name


def _qualified_rollup(field: Field, objects: dict[str, SObject]) -> str:
    child, foreign_key, operation, *rest = re.findall(r'"([^"]*)"', field.formula or "")
    if not field.custom:
        return field.formula or ""
    namespace = field.name.split("__")[0]
    sobject = objects[_with_namespace(child, namespace)]
    names = [_in_object(name, namespace, sobject) for name in (foreign_key, *rest)]
    return _rollup(sobject.name, names[0], operation, *[*names[1:], "", ""][:2])


def dangling(objects: dict[str, SObject]) -> list[str]:
    return [
        f"{sobject.name}.{field.name}: refers to {target}, which no file describes"
        for sobject in objects.values()
        for field in sobject
        for target in field.reference_to
        if target not in objects
    ]
