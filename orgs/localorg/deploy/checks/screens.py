"""Names on list views, layouts, compact layouts, tabs and apps, and on an object's own settings."""

from __future__ import annotations

import re

from localorg.deploy.checks.common import Check, check_filter, missing, need, need_object
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World
from localorg.model import Field, SObject

# Columns that are the platform's own words. Standard objects have many more, all in capitals.
COLUMNS = frozenset({
    "NAME", "OBJECT_ID", "CREATED_DATE", "LAST_UPDATE", "LAST_ACTIVITY", "CREATEDBY_USER", "CREATEDBY_USER.ALIAS",
    "UPDATEDBY_USER", "UPDATEDBY_USER.ALIAS", "OWNER.ALIAS", "OWNER.FIRST_NAME", "OWNER.LAST_NAME", "RECORDTYPE",
})  # fmt: skip
_STANDARD_COLUMN = re.compile(r"[A-Z][A-Z0-9_]*(\.[A-Z][A-Z0-9_]*)*")
_STANDARD_LIST = re.compile(r"Related\w+List|Activity\w*|RelatedNoteList|RelatedFileList")
MAX_COMPACT_FIELDS = 10


def is_standard_column(name: str, owner: SObject) -> bool:
    return name in COLUMNS or (not owner.custom and _STANDARD_COLUMN.fullmatch(name) is not None)


def list_view(part: Part, world: World, problems: Problems) -> None:
    owner = world.schema.get(part.owner)
    if owner is None:
        problems.add(part.component, f"Entity of type 'CustomObject' named '{part.owner}' cannot be found")
        return
    for column in part.root.all("columns"):
        if not is_standard_column(column.text, owner) and world.field(owner, column.text) is None:
            problems.add(part.component, f"Could not resolve list view column: {column.text}", column.line)
    for given in part.root.all("filters"):
        name = given.get("field")
        field = world.field(owner, name)
        if field is not None:
            check_filter(part, field[1], given.get("operation"), given.child("value"), problems)
        elif not is_standard_column(name, owner):
            problems.add(part.component, f"Could not resolve list view column: {name}", given.line)


def layout(part: Part, world: World, problems: Problems) -> None:
    owner = world.schema.get(part.name.partition("-")[0])
    if owner is None:
        message = f"Entity of type 'CustomObject' named '{part.name.partition('-')[0]}' cannot be found"
        problems.add(part.component, message)
        return
    seen: set[str] = set()
    for item in part.root.all("layoutSections/layoutColumns/layoutItems"):
        _layout_item(part, item, owner, seen, problems)
    for field in owner if owner.custom else ():
        if _is_required(field) and field.name.lower() not in seen:
            message = f"Layout must contain an item for required layout field: {field.name}"
            problems.add(part.component, message, part.root.line)
    for related in part.root.all("relatedLists"):
        _related_list(part, related, owner, world, problems)
    for action in part.root.all("quickActionList/quickActionListItems/quickActionName"):
        need_action(part, action, world, problems)


def _is_required(field: Field) -> bool:
    needed = field.master_detail or (not field.nillable and field.type != "boolean")
    return field.custom and needed and not field.calculated and not field.auto_number


def _layout_item(part: Part, item: Element, owner: SObject, seen: set[str], problems: Problems) -> None:
    named = item.child("field")
    if named is None:
        return
    field = owner.get(named.text)
    if field is None:
        problems.add(part.component, missing("field", "CustomField", f"{owner.name}.{named.text}"), named.line)
        return
    if field.name.lower() in seen:
        problems.add(part.component, f"Duplicate field on the layout: {field.name}", named.line)
    if field.calculated and item.get("behavior") not in ("Readonly", ""):
        problems.add(part.component, f"Field {field.name} is calculated and can only be Readonly", named.line)
    seen.add(field.name.lower())


def _related_list(part: Part, related: Element, owner: SObject, world: World, problems: Problems) -> None:
    name = related.get("relatedList")
    child_name, _, via = name.partition(".")
    child = world.schema.get(child_name)
    link = child.get(via) if child else None
    if child is None or link is None or owner.name not in link.reference_to:
        standard = world.schema.child(owner, name) is not None or _STANDARD_LIST.fullmatch(name)
        if not standard and not world.packaged(child_name):
            problems.add(part.component, f"Cannot find related list:{name}", related.line)
        return
    for field in related.all("fields"):
        if not is_standard_column(field.text, child) and world.field(child, field.text) is None:
            message = f"Invalid field:{field.text} in related list:{name}"
            problems.add(part.component, message, field.line)


def need_action(part: Part, action: Element, world: World, problems: Problems) -> None:
    """Names with a dot before them are an object's own; the rest is global or the platform's."""
    name = action.text.removeprefix("Global.")
    is_own = "." in name or world.has("QuickAction", name)
    if is_own and not name.startswith("FeedItem.") and not world.has("QuickAction", name):
        problems.add(part.component, missing(action.name, "QuickAction", name), action.line)


def compact_layout(part: Part, world: World, problems: Problems) -> None:
    owner = world.schema.get(part.owner)
    fields = part.root.all("fields")
    for field in fields:
        if owner is None or owner.get(field.text) is None:
            problems.add(part.component, missing("fields", "CustomField", f"{part.owner}.{field.text}"), field.line)
    if len(fields) > MAX_COMPACT_FIELDS:
        problems.add(part.component, f"A compact layout can have at most {MAX_COMPACT_FIELDS} fields", fields[-1].line)


def custom_object(part: Part, world: World, problems: Problems) -> None:
    owner = world.schema.get(part.name)
    assigned = part.root.child("compactLayoutAssignment")
    if assigned is not None and assigned.text not in ("", "SYSTEM"):
        need(part, assigned, "CompactLayout", world, problems, f"{part.name}.{assigned.text}")
    for item in (item for search in part.root.all("searchLayouts") for item in search.children):
        listed = item.name.endswith("Fields")
        if listed and owner and not is_standard_column(item.text, owner) and owner.get(item.text) is None:
            problems.add(part.component, missing(item.name, "CustomField", f"{part.name}.{item.text}"), item.line)


def tab(part: Part, world: World, problems: Problems) -> None:
    if part.root.flag("customObject") and world.schema.get(part.name) is None:
        problems.add(part.component, missing("customObject", "CustomObject", part.name))
    for element, kind in (
        ("flexiPage", "FlexiPage"),
        ("lwcComponent", "LightningComponentBundle"),
        ("page", "ApexPage"),
    ):
        found = part.root.child(element)
        if found is not None:
            need(part, found, kind, world, problems)
    targets = sum(
        part.root.child(name) is not None for name in ("customObject", "flexiPage", "lwcComponent", "page", "url")
    )
    if targets != 1 and part.root.child("auraComponent") is None:
        problems.add(part.component, "A tab must have exactly one target: an object, a page, a component or a URL")


def app(part: Part, world: World, problems: Problems) -> None:
    for item in part.root.all("tabs"):
        if not item.text.startswith("standard-"):
            need(part, item, "CustomTab", world, problems)
    for override in part.root.all("actionOverrides"):
        content = override.child("content")
        page = world.part("FlexiPage", content.text) if content is not None else None
        if content is None or override.get("type") != "Flexipage":
            continue
        if page is None:
            need(part, content, "FlexiPage", world, problems)
        elif page.root.get("sobjectType") != override.get("pageOrSobjectType"):
            message = f"The page {content.text} is for {page.root.get('sobjectType')}, not {override.get('pageOrSobjectType')}"
            problems.add(part.component, message, content.line)
    for found in part.root.all("profileActionOverrides/pageOrSobjectType"):
        if not found.text.startswith("standard-"):
            need_object(part, found, world, problems)


CHECKS: dict[str, Check] = {
    "ListView": list_view,
    "Layout": layout,
    "CompactLayout": compact_layout,
    "CustomObject": custom_object,
    "CustomTab": tab,
    "CustomApplication": app,
}
