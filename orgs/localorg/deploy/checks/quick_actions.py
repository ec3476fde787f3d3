"""Quick actions: their object, target and fields, and the component, page or flow they open."""

from __future__ import annotations

from localorg.deploy.checks.common import Check, need, need_field, need_object
from localorg.deploy.problems import Problems
from localorg.deploy.source import Part
from localorg.deploy.world import World

_OPENS = {
    "flowDefinition": "Flow",
    "lightningComponent": "AuraDefinitionBundle",
    "lightningWebComponent": "LightningComponentBundle",
    "page": "ApexPage",
}


def quick_action(part: Part, world: World, problems: Problems) -> None:
    owner_name = part.owner if "." in part.name else ""
    if owner_name and world.schema.get(owner_name) is None:
        problems.add(part.component, f"Entity of type 'CustomObject' named '{owner_name}' cannot be found")
    for element, kind in _OPENS.items():
        found = part.root.child(element)
        if found is not None:
            need(part, found, kind, world, problems)
    target_name = part.root.child("targetObject")
    target = (
        need_object(part, target_name, world, problems) if target_name is not None else world.schema.get(owner_name)
    )
    if target is None:
        return
    for found in [
        *part.root.all("fieldOverrides/field"),
        *part.root.all("quickActionLayout/quickActionLayoutColumns/quickActionLayoutItems/field"),
    ]:
        need_field(part, found, target, world, problems)


CHECKS: dict[str, Check] = {"QuickAction": quick_action}
