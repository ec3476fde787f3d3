"""Translations: each translated label, field and tab is there to be translated."""

from __future__ import annotations

from localorg.deploy.checks.common import Check, missing, need
from localorg.deploy.problems import Problems
from localorg.deploy.source import Part
from localorg.deploy.world import World

_NAMED = {
    "customApplications/name": "CustomApplication",
    "customLabels/name": "CustomLabel",
    "customTabs/name": "CustomTab",
    "flowDefinitions/fullName": "Flow",
    "quickActions/name": "QuickAction",
    "reportTypes/name": "ReportType",
}


def translations(part: Part, world: World, problems: Problems) -> None:
    for path, kind in _NAMED.items():
        for found in part.root.all(path):
            need(part, found, kind, world, problems)


def of_object(part: Part, world: World, problems: Problems) -> None:
    """`Contact-fr`: the object, then a dash and the language."""
    if world.schema.get(part.name.rpartition("-")[0]) is None:
        problems.add(part.component, missing("fullName", "CustomObject", part.name.rpartition("-")[0]))


def of_field(part: Part, world: World, problems: Problems) -> None:
    owner = world.schema.get(part.owner.rpartition("-")[0])
    name = part.name.partition(".")[2]
    if owner is not None and owner.get(name) is None:
        problems.add(part.component, missing("name", "CustomField", f"{owner.name}.{name}"))


CHECKS: dict[str, Check] = {
    "Translations": translations,
    "CustomObjectTranslation": of_object,
    "CustomFieldTranslation": of_field,
}
