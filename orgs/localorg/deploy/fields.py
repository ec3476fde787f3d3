"""CustomField XML → Field, with the platform's refusals."""

from __future__ import annotations

from dataclasses import replace

from localorg.deploy import names, summaries
from localorg.deploy.field_shapes import SHAPES, line_of, need, number
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World
from localorg.model import Field, PicklistValue, Schema, SObject
from localorg.store import column_type

ValueSets = dict[str, tuple[PicklistValue, ...]]
_TYPES = {
    "Text": "string",
    "LongTextArea": "textarea",
    "TextArea": "textarea",
    "Html": "textarea",
    "Number": "double",
    "Currency": "currency",
    "Percent": "percent",
    "Checkbox": "boolean",
    "Date": "date",
    "DateTime": "datetime",
    "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist",
    "Lookup": "reference",
    "MasterDetail": "reference",
    "AutoNumber": "string",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Time": "time",
    "EncryptedText": "encryptedstring",
    "Hierarchy": "reference",
    "Location": "location",
    "MetadataRelationship": "reference",
    "Summary": "double",
}
_EVENT_TYPES = frozenset({"Checkbox", "Date", "DateTime", "LongTextArea", "Number", "Text"})
_METADATA_TYPES = frozenset({
    "Checkbox", "Date", "DateTime", "Email", "LongTextArea", "MetadataRelationship", "Number", "Percent", "Phone",
    "Picklist", "Text", "TextArea", "Url",
})  # fmt: skip
_ALLOWED = {"__e": _EVENT_TYPES, "__mdt": _METADATA_TYPES}
_LENGTHS = {"TextArea": 255, "Email": 80, "Phone": 40, "Url": 255, "AutoNumber": 30, "Picklist": 255}
_FORMULA_TYPES = frozenset({"Text", "Number", "Currency", "Percent", "Checkbox", "Date", "DateTime"})
_CAN_BE_UNIQUE = frozenset({"Text", "Number", "Email"})
_CAN_BE_KEY = frozenset({"Text", "Number", "Email", "AutoNumber"})
FORMULA_TEXT_LENGTH = 1300
MAX_FORMULA = 3900


def value_sets(world: World, problems: Problems) -> ValueSets:
    """The shared value sets by name, deployed now or before."""
    found = {}
    for part in world.all("GlobalValueSet"):
        found[part.name] = values(part, part.root.all("customValue"), problems)
    return found


def read(part: Part, owner: SObject, schema: Schema, value_sets: ValueSets, problems: Problems) -> list[Field]:
    """The field, with its parts where it has some; none for a standard field, which keeps what it is."""
    own = part.name.rpartition(".")[2]
    names.check_full_name(part, problems)
    if not own.endswith("__c"):
        if owner.get(own) is None:
            problems.add(part.component, f"In field: fullName - no CustomField named {owner.name}.{own} found")
        return []
    names.check_name(part, own, "Field", problems)
    names.check_label(part, problems)
    names.check_texts(part, problems)
    kind = part.root.get("type")
    allowed = _ALLOWED.get(owner.name[-5:]) or _ALLOWED.get(owner.name[-3:])
    if kind not in _TYPES:
        shown = (
            f"Fields of type {kind} are not emulated by the local org" if kind else "Required field is missing: type"
        )
        problems.add(part.component, shown, line_of(part.root, "type"))
        return []
    if allowed and kind not in allowed:
        message = f"Can not create a CustomField of type {kind} on {owner.name}"
        problems.add(part.component, message, line_of(part.root, "type"))
    field = Field(own, _TYPES[kind], part.root.get("label"))
    field.description, field.help = part.root.get("description"), part.root.get("inlineHelpText")
    if kind == "Summary":
        summaries.read(field, owner, part, schema, problems)
    elif part.root.get("formula"):
        _formula(field, kind, part, problems)
    else:
        _plain(field, kind, part, schema, value_sets, problems)
    return [field, *_coordinates(field, part)] if kind == "Location" else [field]


def _coordinates(field: Field, part: Part) -> list[Field]:
    """A location is written and read by its two halves."""
    stem, scale = field.name.removesuffix("__c"), part.root.number("scale") or 0
    return [
        Field(f"{stem}__{half}__s", "double", f"{field.label} ({half})", precision=18, scale=scale, compound=field.name)
        for half in ("Latitude", "Longitude")
    ]


def refused_change(known: Field, new: Field) -> str:
    """Why a field that is there cannot become the new one; empty when it can."""
    if known.calculated != new.calculated:
        return "Cannot change a formula field to another field type, or back"
    if new.master_detail and not known.master_detail:
        return "Cannot update a field to a MasterDetail from something else"
    if known.reference_to and new.reference_to and known.reference_to != new.reference_to:
        return f"Cannot change the object that {new.name} refers to"
    if new.stored and column_type(known).split()[0] != column_type(new).split()[0]:
        return f"Cannot change the type of {new.name} from {known.type} to {new.type}: delete the field first"
    return ""


def _plain(field: Field, kind: str, part: Part, schema: Schema, value_sets: ValueSets, problems: Problems) -> None:
    field.length = _LENGTHS.get(kind, 0)
    shape = SHAPES.get(kind)
    if shape is not None:
        shape(field, kind, part, problems)
    if kind in ("Picklist", "MultiselectPicklist"):
        _picklist(field, kind, part, value_sets, problems)
    if kind in ("Lookup", "MasterDetail", "Hierarchy", "MetadataRelationship"):
        _relationship(field, kind, part, schema, problems)
    _keys(field, kind, part, problems)
    if part.root.flag("required") and kind not in ("Checkbox", "MasterDetail"):
        field.nillable = False
    _default(field, part, problems)


def _picklist(field: Field, kind: str, part: Part, value_sets: ValueSets, problems: Problems) -> None:
    value_set = part.root.child("valueSet")
    if value_set is None:
        problems.add(part.component, f"Must specify 'valueSet' for a CustomField of type {kind}", part.root.line)
        return
    field.restricted = value_set.flag("restricted")
    field.length = 4099 if kind == "MultiselectPicklist" else 255
    if kind == "MultiselectPicklist":
        need(part, "visibleLines", kind, problems)
    shared = value_set.child("valueSetName")
    definition = value_set.child("valueSetDefinition")
    if shared is not None:
        if shared.text not in value_sets:
            problems.add(
                part.component, f"In field: valueSet - no GlobalValueSet named {shared.text} found", shared.line
            )
        field.picklist = value_sets.get(shared.text, ())
        field.restricted = True
    elif definition is not None:
        field.picklist = values(part, definition.all("value"), problems)
    else:
        problems.add(part.component, "A valueSet must have a valueSetDefinition or a valueSetName", value_set.line)
    field.default = next((value.value for value in field.picklist if value.default), None)
    _dependence(field, value_set, part, problems)


def _dependence(field: Field, value_set: Element, part: Part, problems: Problems) -> None:
    """Which values go with which of the field that decides."""
    field.controller = value_set.get("controllingField")
    goes_with: dict[str, tuple[str, ...]] = {}
    for setting in value_set.all("valueSettings"):
        name = setting.get("valueName")
        if name not in {value.value for value in field.picklist}:
            problems.add(part.component, f"Picklist value: {name} in picklist: {field.name} not found", setting.line)
        goes_with[name] = tuple(setting.texts("controllingFieldValue"))
    if field.controller:
        field.picklist = tuple(replace(one, valid_for=goes_with.get(one.value, ())) for one in field.picklist)


def values(part: Part, elements: list[Element], problems: Problems) -> tuple[PicklistValue, ...]:
    found: dict[str, PicklistValue] = {}
    for element in elements:
        name = element.get("fullName")
        if not name or not element.get("label"):
            problems.add(part.component, "A picklist value must have a fullName and a label", element.line)
        elif name.lower() in found:
            problems.add(part.component, f"Duplicate value: {name}", element.line)
        elif len(name) > 255:
            problems.add(part.component, "Picklist values are at most 255 characters", element.line)
        active = element.get("isActive", "true").lower() != "false"
        found[name.lower()] = PicklistValue(name, element.get("label"), element.flag("default"), active)
    if not found:
        problems.add(part.component, "A picklist must have at least one value", part.root.line)
    return tuple(found.values())


def _relationship(field: Field, kind: str, part: Part, schema: Schema, problems: Problems) -> None:
    field.length = 18
    field.relationship_name = field.name.removesuffix("__c") + "__r"
    reference = part.root.child("referenceTo")
    if reference is None or not reference.text:
        problems.add(part.component, f"Must specify 'referenceTo' for a CustomField of type {kind}", part.root.line)
    elif kind == "MetadataRelationship" and reference.text in ("EntityDefinition", "FieldDefinition", "EntityParticle"):
        field.type, field.length, field.definition = "string", 255, reference.text
        return
    else:
        target = schema.get(reference.text)
        of_metadata = reference.text.endswith("__mdt") == (kind == "MetadataRelationship")
        if target is None or target.setting or not of_metadata:
            message = f"referenceTo value of '{reference.text}' does not resolve to a valid sObject type"
            problems.add(part.component, message, reference.line)
        field.reference_to = (target.name if target else reference.text,)
    children = part.root.get("relationshipName")
    if children:
        field.child_relationship_name = f"{children}__r"
        names.check_relationship(part, children, problems)
    else:
        message = f"Must specify 'relationshipName' for a CustomField of type {kind}"
        problems.add(part.component, message, part.root.line)
    if kind != "MasterDetail" and part.root.child("relationshipOrder") is not None:
        message = f"Can not specify 'relationshipOrder' for a CustomField of type {kind}"
        problems.add(part.component, message, line_of(part.root, "relationshipOrder"))
    if kind == "MasterDetail":
        field.master_detail = field.cascade_delete = True
        field.reparentable = field.updateable = part.root.flag("reparentableMasterDetail")
        field.nillable = False
    constraint = part.root.get("deleteConstraint")
    field.cascade_delete = field.cascade_delete or constraint == "Cascade"
    field.restrict_delete = constraint == "Restrict" or (kind == "Lookup" and part.root.flag("required"))


def _keys(field: Field, kind: str, part: Part, problems: Problems) -> None:
    for element, allowed in (("unique", _CAN_BE_UNIQUE), ("externalId", _CAN_BE_KEY)):
        if part.root.flag(element) and kind not in allowed:
            message = f"Can not specify '{element}' for a CustomField of type {kind}"
            problems.add(part.component, message, line_of(part.root, element))
    field.unique, field.external_id = part.root.flag("unique"), part.root.flag("externalId")
    field.case_sensitive = part.root.flag("caseSensitive")


def _default(field: Field, part: Part, problems: Problems) -> None:
    text = part.root.get("defaultValue")
    if not text:
        return
    if field.type == "boolean":
        field.default = text.lower() == "true"
    elif "(" in text:
        field.default_formula = text.upper()
    elif field.type in ("double", "currency", "percent"):
        try:
            field.default = float(text)
        except ValueError:
            message = f"Invalid default value for {field.name}: {text} is not a number"
            problems.add(part.component, message, line_of(part.root, "defaultValue"))
    else:
        field.default = text.strip("\"'")


def _formula(field: Field, kind: str, part: Part, problems: Problems) -> None:
    field.formula = part.root.get("formula")
    field.blanks_as_zero = part.root.get("formulaTreatBlanksAs") != "BlankAsBlank"
    field.createable = field.updateable = False
    _check_formula(kind, part, problems)
    if kind not in _FORMULA_TYPES:
        message = f"Can not specify 'formula' for a CustomField of type {kind}"
        problems.add(part.component, message, line_of(part.root, "formula"))
    elif kind in ("Number", "Currency", "Percent"):
        number(field, kind, part, problems)
    elif kind == "Text":
        field.length = FORMULA_TEXT_LENGTH
    elif kind == "Checkbox":
        field.nillable = False


def _check_formula(kind: str, part: Part, problems: Problems) -> None:
    formula = part.root.get("formula")
    if len(formula) > MAX_FORMULA:
        message = f"Formula is too long ({len(formula)} characters). Maximum length is {MAX_FORMULA:,} characters."
        problems.add(part.component, message, line_of(part.root, "formula"))
    for element in ("required", "trackHistory", "externalId", "unique"):
        if part.root.flag(element):
            message = f"Can not specify '{element}' for a CustomField of type {kind} with a formula"
            problems.add(part.component, message, line_of(part.root, element))
