"""The standard and NPSP objects our metadata may refer to, from the local org's own schema."""

from __future__ import annotations

from localorg import schema
from localorg.model import Field

from .source import FieldShape

# The metadata's words for describe's types, as far as formulas and references need them.
_TYPES = {
    "boolean": "Checkbox", "currency": "Currency", "date": "Date", "datetime": "DateTime", "double": "Number",
    "int": "Number", "multipicklist": "MultiselectPicklist", "percent": "Percent", "picklist": "Picklist",
    "reference": "Lookup",
}  # fmt: skip


def objects() -> dict[str, dict[str, FieldShape]]:
    return {one.name: {field.name: _shape(field) for field in one} for one in schema.load()}


def _shape(field: Field) -> FieldShape:
    kind = "MasterDetail" if field.master_detail else _TYPES.get(field.type, "Text")
    return FieldShape(
        name=field.name,
        type=kind,
        reference_to=field.reference_to,
        relationship=field.relationship_name or "",
        required=field.master_detail or (not field.nillable and field.type != "boolean"),
        formula=field.calculated,
        values=tuple(one.value for one in field.picklist),
    )
