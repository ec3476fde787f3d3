"""The namespace in a name, and names that a client writes without one (`Sforce-Call-Options: defaultNamespace`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localorg.model import SObject

Records = Sequence[Mapping[str, Any]]


def package_of(name: str) -> str | None:
    """The package of `npsp__Fund__c`; None for `Account` and `AI_Donor_Profile__c`."""
    parts = name.split("__")
    return parts[0] if len(parts) == 3 else None


def developer_name(name: str) -> str:
    return name.removeprefix(f"{package_of(name)}__").rpartition("__")[0] or name


def spellings(namespace: str, name: str) -> tuple[str, ...]:
    """What a name may stand for: itself, then the package's own of that name."""
    bare, mark, _ = name.rpartition("__")
    return (name, f"{namespace}__{name}") if namespace and mark and "__" not in bare else (name,)


def written_out(namespace: str, sobject: SObject, records: Records) -> Records:
    """Records whose keys bear the namespace where the object knows them only with it."""
    if not namespace:
        return records
    return [{_known(namespace, sobject, key): value for key, value in record.items()} for record in records]


def _known(namespace: str, sobject: SObject, key: str) -> str:
    for name in spellings(namespace, key):
        if sobject.get(name) is not None or sobject.parent(name) is not None:
            return name
    return key
