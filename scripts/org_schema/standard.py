"""Reads standard.txt, the short form of the standard objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from localorg.model import Field, PicklistValue, SObject
from localorg.schema.system import owner_field, system_fields

_TYPE = re.compile(r"(\w+)(?:\((\d+)(?:,(\d+))?\))?$")
_TOKEN = re.compile(r'fx\{[^}]*\}|"[^"]*"|=\{[^}]*\}|=.*?(?=\s+["@>~<](?=\S)|\s+md\b|$)|\S+')
STAGES = (
    "Prospecting|Pledged|Closed Lost|Closed Won|LOI Submitted|Application Submitted|Cultivating|"
    "In-Kind Not Yet Received|In-Kind Received|Withdrawn|Identification|Qualification|Cultivation|Solicitation|"
    "Proposal/Review|Verbal Commitment|Awarded|Posted|Declined"
)
# Real, but only with a feature that Salesforce's own type list was made without.
_NOT_IN_APEX = {"MiddleName", "Suffix", "PermissionsCreateAuditFields"}
_SYSTEM = ("IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp")


def read(path: Path) -> Iterator[SObject]:
    current: SObject | None = None
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("object "):
            if current:
                yield current
            current = _object(line)
        else:
            if current is None:
                raise SystemExit(f"standard.txt: {line!r} stands before the first object")
            current.add(_field(line))
    if current:
        yield current


def _object(line: str) -> SObject:
    head = re.match(r"object (\w+) (\w{3}) (.+?)((?: (?:owner|public|setup|readonly|noname|follows)\S*)*)$", line)
    if head is None:
        raise SystemExit(f"standard.txt: {line!r} is no object line")
    name, prefix, labels, flags = head.group(1), head.group(2), head.group(3), head.group(4).split()
    label, plural = labels.split("|") if "|" in labels else labels.split(" ", 1)
    sobject = SObject(name, label, plural, prefix)
    for field in system_fields():
        sobject.add(field)
    for flag in flags:
        key, _, value = flag.partition("=")
        if key == "owner":
            sobject.add(owner_field(tuple((value or "User").split(","))))
        elif key == "follows":
            sobject.follows, sobject.sharing = value, "ControlledByParent"
        elif key in ("public", "setup"):
            setattr(sobject, key, True)
        elif key == "readonly":
            sobject.createable = sobject.updateable = sobject.deletable = False
    if not sobject.get("OwnerId") and not sobject.follows:
        sobject.sharing = "Read"
    return sobject


def _field(line: str) -> Field:
    name, rest = line.split(" ", 1)
    tokens = _TOKEN.findall(rest)
    matched = _TYPE.match(tokens[0])
    if matched is None:
        raise SystemExit(f"standard.txt: {line!r} has no type")
    field = Field(name, matched.group(1), _label(name))
    _measure(field, matched.group(2), matched.group(3))
    for flag in tokens[1:]:
        _flag(field, flag)
    field.name_field = name == "Name" or field.name_field
    if field.type == "boolean":
        field.nillable = False
        field.default = False if field.default is None else field.default
    return field


def _measure(field: Field, first: str | None, second: str | None) -> None:
    if field.type in ("currency", "double", "percent"):
        field.precision, field.scale = int(first or 18), int(second or 0)
    elif field.type == "int":
        field.precision = int(first or 9)
    elif field.type == "reference":
        field.length = 18
    elif first:
        field.length = int(first)
    if field.type == "textarea" and field.length > 255:
        field.long_text = True
    if field.type == "address":
        field.filterable = False


def _flag(field: Field, flag: str) -> None:
    if flag == "!":
        field.nillable = False
    elif flag == "ro":
        field.createable = field.updateable = False
    elif flag == "c":
        field.updateable = False
    elif flag == "nf":
        field.filterable = False
    elif flag == "ext":
        field.external_id = False
        field.unique = field.name == "Username"
    elif flag == "md":
        field.cascade_delete = True
    elif flag == "name":
        field.name_field = True
    elif flag.startswith("fx{"):
        field.formula = flag[3:-1]
    elif flag.startswith("auto="):
        field.auto_number = flag[5:]
    else:
        _punctuated(field, flag)


def _punctuated(field: Field, flag: str) -> None:
    kind, text = flag[0], flag[1:]
    if kind == '"':
        field.label = text[:-1]
    elif kind == ">":
        field.reference_to = tuple(text.split(","))
    elif kind == "~":
        field.relationship_name = text
    elif kind == "<":
        field.child_relationship_name = text
    elif kind == "@":
        field.compound = text
    elif text.startswith("{"):
        field.default = text[1:-1]
    elif kind == "=":
        field.picklist = tuple(_values(STAGES if text == "@OpportunityStage" else text))
        field.default = next((value.value for value in field.picklist if value.default), None)
    else:
        raise SystemExit(f"standard.txt: {field.name}: what is {flag!r}?")


def _values(text: str) -> Iterator[PicklistValue]:
    for entry in text.split("|"):
        value = entry.removesuffix("*")
        yield PicklistValue(value, value, default=entry.endswith("*"))


def _label(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"\bId$", "ID", words)


def drop_absent_system_fields(objects: Iterable[SObject], apex: dict[str, Any]) -> None:
    """Setup objects lack some of the system fields: no IsDeleted where nothing goes to the recycle bin."""
    for sobject in objects:
        for name in _SYSTEM:
            if sobject.name in apex and name not in apex[sobject.name]:
                del sobject.fields[name.lower()]


def unknown_names(objects: Iterable[SObject], apex: dict[str, Any]) -> list[str]:
    """Standard fields that Salesforce's own type list does not have: a slip in standard.txt."""
    problems = []
    for sobject in objects:
        known = apex.get(sobject.name)
        if known is None:
            if not sobject.custom:
                problems.append(f"{sobject.name}: not a standard object")
            continue
        for field in sobject:
            if not field.custom and field.name not in known and field.name not in _NOT_IN_APEX:
                problems.append(f"{sobject.name}.{field.name}: not in standard_objects.json")
    return problems
