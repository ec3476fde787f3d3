"""What the checks share: looking a name up and saying, in the platform's words, that it is not there."""

from __future__ import annotations

import re
from collections.abc import Callable

from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World
from localorg.model import Field, SObject

Check = Callable[[Part, World, Problems], None]
_RELATIVE_DATE = re.compile(r"(TODAY|YESTERDAY|TOMORROW|THIS_\w+|LAST_\w+|NEXT_\w+|N_\w+_AGO)(:\d+)?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


def missing(element: str, kind: str, name: str) -> str:
    return f"In field: {element} - no {kind} named {name} found"


def need(part: Part, found: Element, kind: str, world: World, problems: Problems, name: str | None = None) -> bool:
    """Whether the component that an element names exists; a problem at the element's line if not."""
    wanted = found.text if name is None else name
    if not wanted or world.has(kind, wanted):
        return True
    problems.add(part.component, missing(found.name, kind, wanted), found.line)
    return False


def need_object(part: Part, found: Element, world: World, problems: Problems) -> SObject | None:
    sobject = world.schema.get(found.text)
    if sobject is None and found.text:
        problems.add(part.component, missing(found.name, "CustomObject", found.text), found.line)
    return sobject


def need_field(part: Part, found: Element, owner: SObject, world: World, problems: Problems) -> Field | None:
    """The field an element names by its path from an object."""
    arrived = world.field(owner, found.text)
    if arrived is None:
        problems.add(part.component, missing(found.name, "CustomField", f"{owner.name}.{found.text}"), found.line)
        return None
    return arrived[1]


def check_filter(part: Part, field: Field, operation: str, value: Element | None, problems: Problems) -> None:
    """A picklist's filter names values, separated by commas; a date's a date, or one relative to today."""
    if value is None or not value.text:
        return
    if field.picklist and field.restricted and operation in ("equals", "notEqual"):
        known = {one.value.lower() for one in field.picklist} | {one.label.lower() for one in field.picklist}
        for wanted in value.text.split(","):
            if wanted.strip().strip('"').lower() not in known:
                message = f"Invalid filter value: {wanted} is not a value of the picklist {field.name}"
                problems.add(part.component, message, value.line)
    dated = field.type in ("date", "datetime")
    if dated and not (_RELATIVE_DATE.fullmatch(value.text) or _DATE.fullmatch(value.text)):
        problems.add(part.component, f"Invalid filter value: {value.text} is not a date for {field.name}", value.line)
