"""Reads CumulusCI's mapping file: which table goes into which object, and which columns point to other tables."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass
from typing import Any

import yaml

MAPPING = pathlib.Path(__file__).parent / "steward" / "mapping.yml"


@dataclass(frozen=True)
class Lookup:
    field: str
    table: str
    column: str
    later: bool  # the rows it points to are loaded after this step


@dataclass(frozen=True)
class Step:
    sobject: str
    table: str
    fields: dict[str, str]  # field → column
    lookups: tuple[Lookup, ...]


# Text fields that hold an id: CumulusCI takes only real look-ups, so the mapping file cannot name them.
_TEXT_LOOKUPS = {
    "npsp__Partial_Soft_Credit__c": (
        Lookup("npsp__Contact_Role_ID__c", "OpportunityContactRole", "npsp__Contact_Role_ID__c", later=False),
    ),
}


def read(path: pathlib.Path = MAPPING) -> list[Step]:
    """The steps in loading order."""
    document: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [_step(body) for body in document.values()]


def _step(body: dict[str, Any]) -> Step:
    fields = body.get("fields") or {}
    lookups = tuple(
        Lookup(field, spec["table"], spec.get("key_field", field), "after" in spec)
        for field, spec in (body.get("lookups") or {}).items()
    )
    return Step(
        body["sf_object"],
        body["table"],
        {name: name for name in fields} if isinstance(fields, list) else dict(fields),
        lookups + _TEXT_LOOKUPS.get(body["sf_object"], ()),
    )
