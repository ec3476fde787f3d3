"""The package's source as one value: every metadata file parsed, and the objects and fields it adds to the org."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
SUFFIX = "-meta.xml"


@dataclass(frozen=True, order=True)
class Finding:
    path: pathlib.Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Component:
    """One `X.type-meta.xml`. `name` is the file's name without suffixes, `kind` the word before `-meta.xml`."""

    path: pathlib.Path
    root: etree._Element

    @property
    def kind(self) -> str:
        return self.path.name.removesuffix(SUFFIX).rpartition(".")[2]

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(SUFFIX).rpartition(".")[0]

    @property
    def object(self) -> str:
        """The object a field, list view, compact layout or rule belongs to: the folder's name."""
        return self.path.parent.parent.name

    def text(self, path: str, default: str = "") -> str:
        found = self.root.find(_qualified(path))
        return (found.text or "").strip() if found is not None else default

    def texts(self, path: str) -> list[str]:
        return [(one.text or "").strip() for one in self.root.iterfind(_qualified(path))]

    def all(self, path: str) -> list[etree._Element]:
        return list(self.root.iterfind(_qualified(path)))

    def finding(self, message: str, element: etree._Element | None = None) -> Finding:
        line = (element if element is not None else self.root).sourceline
        return Finding(self.path, int(line or 0), message)


def value(element: etree._Element, path: str, default: str = "") -> str:
    found = element.find(_qualified(path))
    return (found.text or "").strip() if found is not None else default


def _qualified(path: str) -> str:
    return "/".join(part if part in (".", "..", "") else f"{{{NAMESPACE}}}{part}" for part in path.split("/"))


@dataclass(frozen=True)
class FieldShape:
    """What references and formulas need to know of a field: its metadata type and where it points."""

    name: str
    type: str
    reference_to: tuple[str, ...] = ()
    relationship: str = ""
    required: bool = False
    formula: bool = False
    values: tuple[str, ...] = ()


@dataclass
class Source:
    """The parsed source under one or more folders, on top of the objects the org has already."""

    components: list[Component]
    unreadable: list[Finding]
    roots: tuple[pathlib.Path, ...]
    platform: dict[str, dict[str, FieldShape]] = field(default_factory=dict)

    @classmethod
    def read(cls, roots: Iterable[pathlib.Path], platform: dict[str, dict[str, FieldShape]] | None = None) -> Source:
        components, unreadable = [], []
        roots = tuple(roots)
        for path in sorted(path for root in roots for path in root.rglob(f"*{SUFFIX}")):
            try:
                components.append(Component(path, etree.parse(str(path)).getroot()))
            except etree.XMLSyntaxError as problem:
                unreadable.append(Finding(path, problem.lineno or 0, f"not well-formed XML: {problem.msg}"))
        return cls(components, unreadable, roots, platform or {})

    def of(self, *kinds: str) -> Iterator[Component]:
        return (one for one in self.components if one.kind in kinds)

    def names(self, kind: str) -> set[str]:
        return {one.name for one in self.of(kind)}

    def global_value_sets(self) -> dict[str, tuple[str, ...]]:
        return {one.name: tuple(one.texts("customValue/fullName")) for one in self.of("globalValueSet")}

    def objects(self) -> dict[str, dict[str, FieldShape]]:
        """Every object and its fields: the platform's and NPSP's, then ours on top."""
        known = {name: dict(fields) for name, fields in self.platform.items()}
        for one in self.of("object"):
            known.setdefault(one.name, dict(_system_fields(one)))
        sets = self.global_value_sets()
        for one in self.of("field"):
            shape = _field_shape(one, sets)
            known.setdefault(one.object, {})[shape.name] = shape
        return known


def _system_fields(owner: Component) -> Iterator[tuple[str, FieldShape]]:
    for name, kind in (("Id", "Id"), ("Name", "Text"), ("CreatedDate", "DateTime"), ("LastModifiedDate", "DateTime")):
        yield name, FieldShape(name, kind, required=True)
    for name in ("CreatedById", "LastModifiedById"):
        yield name, FieldShape(name, "Lookup", ("User",), name.removesuffix("Id"), required=True)
    if owner.text("sharingModel") != "ControlledByParent":
        yield "OwnerId", FieldShape("OwnerId", "Lookup", ("User",), "Owner", required=True)


def _field_shape(one: Component, sets: dict[str, tuple[str, ...]]) -> FieldShape:
    kind = one.text("type")
    own = tuple(one.texts("valueSet/valueSetDefinition/value/fullName"))
    return FieldShape(
        name=one.name,
        type=kind,
        reference_to=tuple(one.texts("referenceTo")),
        relationship=one.name.removesuffix("__c") + "__r" if one.texts("referenceTo") else "",
        required=one.text("required") == "true" or kind == "MasterDetail",
        formula=bool(one.text("formula")),
        values=own or sets.get(one.text("valueSet/valueSetName"), ()),
    )
