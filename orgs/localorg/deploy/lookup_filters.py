"""Lookup filters: what a record must be like to be pointed at, as a formula of the record that points."""

from __future__ import annotations

from localorg import formulas
from localorg.deploy import filters
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.model import Field, Schema, SObject

SOURCE = "$Source."


def read(field: Field, owner: SObject, part: Part, schema: Schema, problems: Problems) -> None:
    """Sets the filter that saves are held to; one that is inactive or only suggests is not kept."""
    root = part.root.child("lookupFilter")
    target = schema.get(field.reference_to[0]) if field.reference_to else None
    if root is None or target is None or not root.flag("active"):
        return
    conditions = [_condition(item, field, owner, target, schema) for item in root.all("filterItems")]
    for item, found in zip(root.all("filterItems"), conditions, strict=True):
        if found is None:
            message = f"Invalid lookupFilter: {filters.shown(item)} does not fit {target.name}"
            problems.add(part.component, message, item.line)
    wanted = filters.combined([one or "TRUE" for one in conditions], root.get("booleanFilter"))
    if wanted is None or not conditions:
        problems.add(part.component, f"Invalid lookupFilter: booleanFilter {root.get('booleanFilter')}", root.line)
    elif not root.flag("isOptional") and None not in conditions:
        field.lookup_filter, field.filter_message = wanted, root.get("errorMessage")


def _condition(item: Element, field: Field, owner: SObject, target: SObject, schema: Schema) -> str | None:
    subject = _path(item.get("field"), field, owner, target, schema)
    value_field = item.get("valueField")
    other = _path(value_field, field, owner, target, schema) if value_field else None
    if subject is None or (value_field and other is None):
        return None
    return filters.condition(item, subject[1], subject[0], other[0] if other else "")


def _path(name: str, field: Field, owner: SObject, target: SObject, schema: Schema) -> tuple[str, Field] | None:
    """How the pointing record writes a field of itself (`$Source.X`), of its reader or of what it points at."""
    head, _, rest = name.partition(".")
    if name.startswith(SOURCE):
        return _found(rest, "", owner, schema)
    if head in formulas.GLOBALS:
        return _found(rest, f"{head}.", schema[formulas.GLOBALS[head]], schema)
    return _found(rest, f"{field.relationship_name}.", target, schema) if head == target.name else None


def _found(path: str, prefix: str, owner: SObject, schema: Schema) -> tuple[str, Field] | None:
    *steps, last = path.split(".")
    for step in steps:
        reference = owner.parent(step)
        parent = schema.get(reference.reference_to[0]) if reference else None
        if parent is None:
            return None
        owner = parent
    field = owner.get(last)
    return (prefix + path, field) if field is not None else None
