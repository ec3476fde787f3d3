"""Field names as UI API writes them (`Contact.Account.Name`) and the tree of records they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from localorg.engine import Session
from localorg.errors import ApiError
from localorg.model import SObject

MAX_SPANS = 5


@dataclass
class Wanted:
    """The fields of one record, and the parents to show with it by relationship name."""

    sobject: SObject
    fields: dict[str, None] = field(default_factory=dict)  # in the order asked for
    parents: dict[str, Wanted] = field(default_factory=dict)

    def soql_paths(self, prefix: str = "") -> list[str]:
        paths = [prefix + name for name in self.fields]
        for relationship, parent in self.parents.items():
            paths += parent.soql_paths(f"{prefix}{relationship}.")
        return paths


def split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def wanted(session: Session, sobject: SObject, required: Iterable[str], optional: Iterable[str]) -> Wanted:
    """Raises INVALID_FIELD for a required name the user cannot read; optional ones are left out."""
    tree = Wanted(sobject)
    _system(session, tree)
    for names, strict in ((required, True), (optional, False)):
        for name in names:
            if not _add(session, tree, _inside(sobject, name)) and strict:
                raise ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    return tree


def _inside(sobject: SObject, name: str) -> list[str]:
    head, *rest = name.split(".")
    return rest if rest and head.lower() == sobject.name.lower() else [head, *rest]


def _add(session: Session, tree: Wanted, steps: list[str]) -> bool:
    *relationships, last = steps
    if len(relationships) > MAX_SPANS:
        return False
    for step in relationships:
        reference = tree.sobject.parent(step)
        target = session.sobject(reference.reference_to[0]) if reference else None
        if reference is None or target is None or not session.readable(tree.sobject, reference):
            return False
        if len(reference.reference_to) > 1 and reference.name == "OwnerId":
            target = session.sobject("User") or target
        key = str(reference.relationship_name)
        if key not in tree.parents:
            tree.parents[key] = Wanted(target)
            _system(session, tree.parents[key], brief=len(reference.reference_to) > 1)
        tree = tree.parents[key]
    found = tree.sobject.get(last)
    if found is None or not session.readable(tree.sobject, found):
        return False
    tree.fields.setdefault(found.name)
    return True


SYSTEM = ("Id", "SystemModstamp", "LastModifiedDate", "LastModifiedById", "RecordTypeId")


def _system(session: Session, tree: Wanted, *, brief: bool = False) -> None:
    """What every shown record needs; a parent that may be of several objects has only an id in common."""
    names = ("Id",) if brief else SYSTEM
    tree.fields |= {name: None for name in names if tree.sobject.get(name) is not None}
