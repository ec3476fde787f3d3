"""Objects and fields that were deployed into one org, kept beside its data and laid over the packaged schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.model import Field, Schema, SObject
from localorg.schema import field_from_dict, field_to_dict, object_from_dict, object_to_dict

if TYPE_CHECKING:
    from localorg.store import Store

OBJECT, FIELD = "object", "field"


def overlay(schema: Schema, store: Store) -> Schema:
    """The packaged schema with everything deployed into this org."""
    for entry in store.components(OBJECT).values():
        deployed = object_from_dict(entry, [])
        known = schema.get(deployed.name)
        if known is None:
            schema.add(deployed)
        else:
            known.record_types.update(deployed.record_types)
            known.validation_rules.update(deployed.validation_rules)
    for name, entry in store.components(FIELD).items():
        sobject = schema.get(name.partition(".")[0])
        if sobject is not None:
            sobject.add(field_from_dict(entry))
    return schema


def save(store: Store, objects: list[SObject], fields: list[tuple[SObject, Field]]) -> None:
    store.set_components(OBJECT, {sobject.name: object_to_dict(sobject) for sobject in objects})
    store.set_components(FIELD, {f"{sobject.name}.{field.name}": field_to_dict(field) for sobject, field in fields})
