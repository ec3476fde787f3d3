"""Entities and fields as parents of custom metadata that names them: `Summary_Object__r.QualifiedApiName`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from localorg.model import Field, Schema, SObject
from localorg.namespaces import developer_name, package_of

COLUMNS = ("Id", "DurableId", "QualifiedApiName", "DeveloperName", "NamespacePrefix", "Label", "MasterLabel")


@cache
def described(kind: str) -> SObject:
    sobject = SObject(kind, kind, kind, "000", createable=False, updateable=False, deletable=False, public=True)
    for name in COLUMNS:
        sobject.add(Field(name, "id" if name == "Id" else "string", name, length=255))
    return sobject


def rows(schema: Schema, kind: str) -> str:
    """As JSON, in the order of the columns. A field's label is that of the first object which has such a field."""
    found: dict[str, tuple[str | None, ...]] = {}
    for name, label in _named(schema, kind):
        found.setdefault(name, (name, name, name, developer_name(name), package_of(name), label, label))
    return json.dumps(list(found.values()))


def _named(schema: Schema, kind: str) -> Iterator[tuple[str, str]]:
    for sobject in schema:
        if kind == "EntityDefinition":
            yield sobject.name, sobject.label
        else:
            yield from ((field.name, field.label) for field in sobject)


def source(values: str) -> str:
    """The rows behind a bound value as a table."""
    columns = ", ".join(f"json_extract(value, '$[{place}]') AS \"{name}\"" for place, name in enumerate(COLUMNS))
    return f"(SELECT {columns} FROM json_each({values}))"  # noqa: S608 (names from above, the value is bound)
