"""CustomObject XML → SObject, with the platform's refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from lxml import etree

from localorg.deploy import names
from localorg.deploy.problems import Component, Problems
from localorg.deploy.source import NAMESPACE, Element, Part
from localorg.ids import DIGITS
from localorg.model import Field, Schema, SObject
from localorg.schema.system import system_fields

_SHARING = frozenset({"Private", "Read", "ReadWrite", "ReadWriteTransfer", "ControlledByParent", "FullAccess"})
_REQUIRED = ("pluralLabel", "nameField", "deploymentStatus", "sharingModel")


def read(part: Part, schema: Schema, problems: Problems) -> SObject | None:
    """A custom object with its system fields; None for one of the platform or of a package, which keeps its own."""
    name = part.component.name
    known = schema.get(name)
    if not name.endswith(("__c", "__mdt", "__e")):
        if known is None:
            problems.add(part.component, f"Entity of type 'CustomObject' named '{name}' cannot be found")
        return None
    if known is not None and name.count("__") > 1:
        return None
    names.check_name(part, name, "Object", problems)
    names.check_label(part, problems)
    names.check_texts(part, problems)
    found = SObject(name, part.root.get("label"), part.root.get("pluralLabel") or part.root.get("label"), "")
    found.custom = True
    found.description = part.root.get("description")
    found.key_prefix = known.key_prefix if known else free_prefix(schema, name)
    setting = part.root.get("customSettingsType")
    if setting:
        found.setting = setting
    elif name.endswith("__c"):
        _check_required(part, problems)
        found.sharing = part.root.get("sharingModel") or "ReadWrite"
    found.createable = not name.endswith("__mdt")
    found.queryable = not name.endswith("__e")
    found.updateable = found.deletable = name.endswith("__c")
    for field in system_fields():
        found.add(field)
    if name.endswith("__mdt"):
        for field in metadata_fields():
            found.add(field)
    if name.endswith("__e"):
        found.publish_behavior = part.root.get("publishBehavior") or "PublishAfterCommit"
        if part.root.get("eventType") not in ("HighVolume", "StandardVolume"):
            problems.add(part.component, "Required field is missing: eventType", part.root.line)
    if name.endswith("__c"):
        found.add(_name_field(part, setting, problems))
    return found


def described(sobject: SObject) -> Part:
    """What there is to tell of an object that nobody deployed: who may see its records."""
    root = etree.Element(f"{{{NAMESPACE}}}CustomObject", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    for element in ("externalSharingModel", "sharingModel"):
        etree.SubElement(root, f"{{{NAMESPACE}}}{element}").text = sobject.sharing
    path = PurePosixPath(f"objects/{sobject.name}.object")
    return Part(Component("CustomObject", sobject.name, path), Element(root))


def metadata_fields() -> Iterator[Field]:
    """What every record of a metadata type has."""
    yield Field("DeveloperName", "string", "Custom Metadata Record Name", length=40, nillable=False, name_field=True)
    yield Field("MasterLabel", "string", "Label", length=40, nillable=False)
    yield Field("Language", "string", "Master Language", length=40, nillable=False)
    yield Field("NamespacePrefix", "string", "Namespace Prefix", length=15)
    yield Field("QualifiedApiName", "string", "Qualified API Name", length=70, nillable=False)
    yield Field("Label", "string", "Label", length=40, nillable=False)


def _check_required(part: Part, problems: Problems) -> None:
    for element in _REQUIRED:
        child = part.root.child(element)
        if child is None or not (child.text or child.children):
            problems.add(part.component, f"Must specify a non-empty {element} for the CustomObject", part.root.line)
    sharing = part.root.child("sharingModel")
    if sharing is not None and sharing.text and sharing.text not in _SHARING:
        message = f"'{sharing.text}' is not a valid value for the enum 'SharingModel'"
        problems.add(part.component, message, sharing.line)


def _name_field(part: Part, setting: str, problems: Problems) -> Field:
    field = Field("Name", "string", "Name", length=38 if setting else 80, name_field=True)
    given = part.root.child("nameField")
    if given is None:
        return field
    field.label = given.get("label") or "Name"
    if given.get("type") == "AutoNumber":
        _auto_number(field, given, part, problems)
    elif given.get("type") != "Text":
        problems.add(part.component, "The name field must be of type Text or AutoNumber", given.line)
    return field


def _auto_number(field: Field, given: Element, part: Part, problems: Problems) -> None:
    display = given.get("displayFormat")
    if "{0" not in display:
        problems.add(part.component, "Must specify 'displayFormat' for a name field of type AutoNumber", given.line)
    field.auto_number = display or "{0}"
    field.createable = field.updateable = field.nillable = False


def free_prefix(schema: Schema, name: str) -> str:
    """The next key prefix nobody has: `a` for objects, `m` for metadata types, `e` for events."""
    family = {"__mdt": "m", "__e": "e"}.get(name[name.rindex("__") :], "a")
    taken = {sobject.key_prefix for sobject in schema}
    return next(family + a + b for a in DIGITS for b in DIGITS if family + a + b not in taken)


def check_relationships(part: Part, found: SObject, problems: Problems) -> None:
    """Detail objects take their owner and sharing from the master; an object has at most two masters."""
    masters = [field for field in found if field.master_detail]
    if len(masters) > 2:
        problems.add(part.component, "Custom objects can have at most two master-detail relationships")
    if masters and found.sharing != "ControlledByParent":
        message = f"Cannot set sharingModel to {found.sharing} on a CustomObject with a MasterDetail relationship field"
        problems.add(part.component, message, _sharing_line(part))
    if not masters and found.sharing == "ControlledByParent":
        message = "Cannot set sharingModel to ControlledByParent on a CustomObject without a MasterDetail relationship"
        problems.add(part.component, message, _sharing_line(part))


def _sharing_line(part: Part) -> int:
    sharing = part.root.child("sharingModel")
    return sharing.line if sharing is not None else part.root.line
