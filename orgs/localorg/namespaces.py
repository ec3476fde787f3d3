"""Names that a client writes without the package's namespace, as `Sforce-Call-Options: defaultNamespace` lets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localorg.model import SObject

Records = Sequence[Mapping[str, Any]]


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
