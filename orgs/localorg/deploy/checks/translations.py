"""Translations: each translated label, field, tab, report, section of a layout and picklist value is there to be translated."""

from __future__ import annotations

from localorg.deploy.checks.common import Check, missing, need
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World

_NAMED = {
    "customApplications/name": "CustomApplication",
    "customLabels/name": "CustomLabel",
    "customTabs/name": "CustomTab",
    "dashboards/name": "Dashboard",
    "flowDefinitions/fullName": "Flow",
    "quickActions/name": "QuickAction",
    "reportTypes/name": "ReportType",
    "reports/name": "Report",
}


def translations(part: Part, world: World, problems: Problems) -> None:
    for path, kind in _NAMED.items():
        for found in part.root.all(path):
            need(part, found, kind, world, problems)


def of_object(part: Part, world: World, problems: Problems) -> None:
    """`Contact-fr`: the object, then a dash and the language."""
    owner = part.name.rpartition("-")[0]
    if world.schema.get(owner) is None:
        problems.add(part.component, missing("fullName", "CustomObject", owner))
    for rule in part.root.all("validationRules/name"):
        need(part, rule, "ValidationRule", world, problems, f"{owner}.{rule.text}")
    for translated in part.root.all("layouts"):
        _sections(part, translated, owner, world, problems)


def _sections(part: Part, translated: Element, owner: str, world: World, problems: Problems) -> None:
    name = f"{owner}-{translated.get('layout')}"
    layout = world.part("Layout", name)
    if layout is None:
        problems.add(part.component, missing("layout", "Layout", name), translated.line)
        return
    known = set(layout.root.texts("layoutSections/label"))
    for found in translated.all("sections/section"):
        if found.text not in known:
            problems.add(part.component, missing("section", f"section of {name}", found.text), found.line)


def of_field(part: Part, world: World, problems: Problems) -> None:
    owner = world.schema.get(part.owner.rpartition("-")[0])
    name = part.name.partition(".")[2]
    field = None if owner is None else owner.get(name)
    if owner is not None and field is None:
        problems.add(part.component, missing("name", "CustomField", f"{owner.name}.{name}"))
    if field is not None:
        _values(part, "picklistValues/masterLabel", {one.label for one in field.picklist}, problems)


def of_value_set(part: Part, world: World, problems: Problems) -> None:
    """`Rating-fr`: the global value set, then a dash and the language."""
    name = part.name.rpartition("-")[0]
    known = world.part("GlobalValueSet", name)
    if known is None:
        problems.add(part.component, missing("fullName", "GlobalValueSet", name))
        return
    _values(part, "valueTranslation/masterLabel", {one.text for one in known.root.all("customValue/label")}, problems)


def _values(part: Part, path: str, labels: set[str], problems: Problems) -> None:
    for found in part.root.all(path):
        if found.text not in labels:
            problems.add(part.component, missing(found.name, "picklist value", found.text), found.line)


CHECKS: dict[str, Check] = {
    "Translations": translations,
    "CustomObjectTranslation": of_object,
    "CustomFieldTranslation": of_field,
    "GlobalValueSetTranslation": of_value_set,
}
