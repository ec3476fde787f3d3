"""Every name that points somewhere must arrive: look-ups, formulas, permission sets (pages, reports: `screens.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .source import Component, FieldShape, Finding, Source, value

Objects = dict[str, dict[str, FieldShape]]
# Standard objects that a permission set cannot name: access to them follows the parent record.
FOLLOWS_PARENT = frozenset({"Task", "Event", "CampaignMember", "OpportunityContactRole"})
_WORD = re.compile(r"\$?[A-Za-z]\w*(?:\.\w+)*(\s*\()?")
_LITERALS = frozenset({"TRUE", "FALSE", "NULL"})


def check(source: Source) -> Iterator[Finding]:
    objects = source.objects()
    for one in source.of("field"):
        yield from _lookups(one, objects)
        if one.text("formula"):
            yield from _formula(one, one.object, one.text("formula"), objects)
    for one in source.of("validationRule"):
        yield from _formula(one, one.object, one.text("errorConditionFormula"), objects)
    for one in source.of("permissionset"):
        yield from PermissionSet(one, source, objects).check()


def resolve(start: str, path: str, objects: Objects) -> FieldShape | None:
    """The field behind `AI_Donor_Profile__r.Score__c`, walking relationships from `start`."""
    *steps, last = path.split(".")
    current = start
    for step in steps:
        fields = objects.get(current, {}).values()
        via = next((one for one in fields if one.relationship.lower() == step.lower() and one.reference_to), None)
        if via is None:
            return None
        current = via.reference_to[0]
    return next((one for one in objects.get(current, {}).values() if one.name.lower() == last.lower()), None)


def formula_names(formula: str) -> set[str]:
    """The field paths a formula mentions: no functions, literals, `$Global` variables or quoted text."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/', " ", formula, flags=re.S)
    words = (found for found in _WORD.finditer(bare) if not found.group(1))
    return {one.group() for one in words if one.group().upper() not in _LITERALS and not one.group().startswith("$")}


def _lookups(one: Component, objects: Objects) -> Iterator[Finding]:
    for target in one.texts("referenceTo"):
        if target not in objects:
            yield one.finding(f"refers to an unknown object {target!r}")


def _formula(one: Component, owner: str, formula: str, objects: Objects) -> Iterator[Finding]:
    for name in sorted(formula_names(formula)):
        if resolve(owner, name, objects) is None:
            yield one.finding(f"the formula refers to an unknown field {owner}.{name}")


class PermissionSet:
    """One permission set against the objects it names, with the rules by which a real org refuses it."""

    def __init__(self, one: Component, source: Source, objects: Objects) -> None:
        self.one, self.source, self.objects = one, source, objects
        self.granted = {value(grant, "object"): grant for grant in one.all("objectPermissions")}

    def check(self) -> Iterator[Finding]:
        yield from self._object_grants()
        yield from self._field_grants()
        yield from self._other_grants()

    def _object_grants(self) -> Iterator[Finding]:
        for name, grant in self.granted.items():
            if name not in self.objects:
                yield self.one.finding(f"grants access to an unknown object {name!r}", grant)
                continue
            if name in FOLLOWS_PARENT:
                yield self.one.finding(f"{name} cannot be named: access to it follows its parent", grant)
            for more, needed in (
                ("allowCreate", "allowRead"),
                ("allowEdit", "allowRead"),
                ("allowDelete", "allowEdit"),
                ("viewAllRecords", "allowRead"),
                ("modifyAllRecords", "allowDelete"),
            ):
                if value(grant, more) == "true" and value(grant, needed) != "true":
                    yield self.one.finding(f"{name}: {more} depends on {needed}", grant)
            for parent in self._masters(name):
                if value(self.granted.get(parent, grant), "allowRead") != "true" or parent not in self.granted:
                    yield self.one.finding(f"reading {name} depends on reading its parent {parent}", grant)

    def _masters(self, name: str) -> set[str]:
        """Objects whose read permission the platform asks for beside this one's."""
        masters = {
            to for field in self.objects[name].values() if field.type == "MasterDetail" for to in field.reference_to
        }
        return masters | ({"Account"} if name in ("Contact", "Opportunity") else set())

    def _field_grants(self) -> Iterator[Finding]:
        seen: set[str] = set()
        for grant in self.one.all("fieldPermissions"):
            path = value(grant, "field")
            if path in seen:
                yield self.one.finding(f"grants {path} twice", grant)
            seen.add(path)
            owner, _, name = path.partition(".")
            field = self.objects.get(owner, {}).get(name)
            if field is None:
                yield self.one.finding(f"grants an unknown field {path}", grant)
                continue
            if field.required:
                yield self.one.finding(f"{path} is required or master-detail: a permission set cannot name it", grant)
            if field.formula and value(grant, "editable") == "true":
                yield self.one.finding(f"{path} is a formula: nobody can edit it", grant)
            if value(grant, "editable") == "true" and value(grant, "readable") != "true":
                yield self.one.finding(f"{path} is editable but not readable", grant)
            if owner not in self.granted and owner not in FOLLOWS_PARENT:
                yield self.one.finding(f"grants {path} without access to {owner}", grant)

    def _other_grants(self) -> Iterator[Finding]:
        known = {
            "classAccesses/apexClass": self.source.names("cls"),
            "applicationVisibilities/application": self.source.names("app"),
            "customPermissions/name": self.source.names("customPermission"),
            "tabSettings/tab": self.source.names("tab"),
            "customSettingAccesses/name": set(self.objects),
        }
        for element, names in known.items():
            for name in self.one.texts(element):
                if name not in names and not name.startswith("standard-"):
                    yield self.one.finding(f"{element.partition('/')[0]}: unknown {name!r}")
