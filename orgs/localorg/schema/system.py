"""The fields every object has, and the owner of those that belong to someone."""

from __future__ import annotations

from collections.abc import Iterator

from localorg.model import Field


def system_fields() -> Iterator[Field]:
    yield _fixed(Field("Id", "id", "Record ID", length=18))
    yield _fixed(Field("IsDeleted", "boolean", "Deleted"))
    yield _fixed(Field("CreatedDate", "datetime", "Created Date"))
    yield _fixed(_user_reference("CreatedById", "Created By ID"))
    yield _fixed(Field("LastModifiedDate", "datetime", "Last Modified Date"))
    yield _fixed(_user_reference("LastModifiedById", "Last Modified By ID"))
    yield _fixed(Field("SystemModstamp", "datetime", "System Modstamp"))


def owner_field(targets: tuple[str, ...] = ("User", "Group")) -> Field:
    field = Field("OwnerId", "reference", "Owner ID", length=18, nillable=False)
    field.reference_to, field.relationship_name = targets, "Owner"
    return field


def _user_reference(name: str, label: str) -> Field:
    relationship = name.removesuffix("Id")
    return Field(name, "reference", label, length=18, reference_to=("User",), relationship_name=relationship)


def _fixed(field: Field) -> Field:
    field.nillable = field.createable = field.updateable = False
    return field
