"""The org as it will be once a deployment is in: what references are held against."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from localorg.deploy.shelf import Shelf
from localorg.deploy.source import Part, Source
from localorg.model import Field, Schema, SObject

Key = tuple[str, str]  # kind, lower-cased name


def key(kind: str, name: str) -> Key:
    return kind, name.lower()


class World:
    """The schema with the deployment's objects and fields in it, and every component, deployed now or before."""

    def __init__(self, schema: Schema, source: Source, shelf: Shelf, removed: frozenset[Key]) -> None:
        self.schema = schema
        self.source = source
        self._shelf = shelf
        self._removed = removed
        self._stored = shelf.names() - removed
        self._new = {key(part.kind, part.name): part for part in source}
        self._parsed: dict[Key, Part] = {}

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """Of the packages that are installed: what they hold beside objects and fields is not known here."""
        return frozenset(name.partition("__")[0].lower() for name in self.schema.objects if name.count("__") == 2)

    def packaged(self, name: str) -> bool:
        bare = name.rpartition(".")[2]
        return bare.count("__") >= 1 and bare.partition("__")[0].lower() in self.namespaces

    def has(self, kind: str, name: str) -> bool:
        wanted = key(kind, name)
        return wanted in self._new or wanted in self._stored or self.packaged(name)

    def part(self, kind: str, name: str) -> Part | None:
        wanted = key(kind, name)
        if wanted in self._new or wanted not in self._stored:
            return self._new.get(wanted)
        if wanted not in self._parsed:
            stored = self._shelf.find(kind, name)
            if stored is None:
                return None
            self._parsed[wanted] = stored.part()
        return self._parsed[wanted]

    def names(self, kind: str) -> set[str]:
        """Lower-cased names of a kind."""
        return {name for other, name in (*self._new, *self._stored) if other == kind}

    def all(self, kind: str) -> Iterator[Part]:
        for name in sorted(self.names(kind)):
            found = self.part(kind, name)
            if found is not None:
                yield found

    def before(self) -> Iterator[Part]:
        """What stays as it was deployed earlier."""
        for kind, name in sorted(self._stored - set(self._new)):
            found = self.part(kind, name)
            if found is not None:
                yield found

    def field(self, start: SObject, path: str) -> tuple[SObject, Field] | None:
        """The field behind `Amount` or `AI_Donor_Profile__r.Segment__c`, and the object it stands on."""
        owner = start
        *steps, last = path.split(".")
        for step in steps:
            reference = owner.parent(step)
            found = self.schema.get(reference.reference_to[0]) if reference and reference.reference_to else None
            if found is None:
                return None
            owner = found
        field = owner.get(last)
        return (owner, field) if field is not None else None
