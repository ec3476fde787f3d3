"""Lightning pages: the object they are for, the components and fields on them, the regions they fill."""

from __future__ import annotations

from localorg.deploy.checks.common import Check, missing, need_object
from localorg.deploy.checks.screens import need_action
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World
from localorg.model import SObject

# Properties of the platform's components that name a region of the page.
_REGION_PROPERTIES = frozenset({"body", "tabs", "columns", "sections"})


def flexipage(part: Part, world: World, problems: Problems) -> None:
    named = part.root.child("sobjectType")
    owner = need_object(part, named, world, problems) if named is not None else None
    if part.root.get("type") == "RecordPage" and named is None:
        problems.add(part.component, "Required field is missing: sobjectType", part.root.line)
    regions = {found.text for found in part.root.all("flexiPageRegions/name")}
    for instance in part.root.all("flexiPageRegions/itemInstances/componentInstance"):
        _component(part, instance, regions, world, problems)
    for item in part.root.all("flexiPageRegions/itemInstances/fieldInstance/fieldItem"):
        _field(part, item, owner, world, problems)


def _component(part: Part, instance: Element, regions: set[str], world: World, problems: Problems) -> None:
    name = instance.child("componentName")
    if name is not None and name.text.startswith("c:"):
        own = name.text.removeprefix("c:")
        if not any(world.has(kind, own) for kind in ("LightningComponentBundle", "AuraDefinitionBundle")):
            message = f"We couldn't retrieve the design time component information for component {name.text}."
            problems.add(part.component, message, name.line)
        else:
            _exposed(part, name, own, world, problems)
    for given in instance.all("componentInstanceProperties"):
        value = given.child("value")
        if value is not None and given.get("name") in _REGION_PROPERTIES and value.text not in regions:
            problems.add(part.component, f"The region {value.text} does not exist on the page", value.line)
        if given.get("name") == "actionNames":
            for action in given.all("valueList/valueListItems/value"):
                need_action(part, action, world, problems)


def _exposed(part: Part, name: Element, own: str, world: World, problems: Problems) -> None:
    """Only a component that offers itself to this kind of page can stand on it."""
    bundle = world.part("LightningComponentBundle", own)
    if bundle is None:
        return
    wanted = {"RecordPage": "lightning__RecordPage", "AppPage": "lightning__AppPage", "HomePage": "lightning__HomePage"}
    target = wanted.get(part.root.get("type"))
    if not bundle.root.flag("isExposed") or (target and target not in bundle.root.texts("targets/target")):
        message = f"The component {name.text} is not available on a page of type {part.root.get('type')}"
        problems.add(part.component, message, name.line)


def _field(part: Part, item: Element, owner: SObject | None, world: World, problems: Problems) -> None:
    path = item.text.removeprefix("Record.")
    if owner is not None and world.field(owner, path) is None:
        problems.add(part.component, missing("fieldItem", "CustomField", f"{owner.name}.{path}"), item.line)


CHECKS: dict[str, Check] = {"FlexiPage": flexipage}
