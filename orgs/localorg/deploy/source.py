"""Reads a folder of source-format metadata: which components there are, each parsed safely and with its line numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lxml import etree

from localorg.deploy.problems import Component, Problems

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
MAX_BYTES = 10 * 1024 * 1024
_KINDS = {
    "object": "CustomObject",
    "field": "CustomField",
    "recordType": "RecordType",
    "globalValueSet": "GlobalValueSet",
    "permissionset": "PermissionSet",
}
_OWNED_BY_OBJECT = frozenset({"field", "recordType"})


class Element:
    """An XML element without namespaces: its text, its children by name, its line."""

    def __init__(self, node: etree._Element) -> None:
        self._node = node
        self.name = etree.QName(node).localname
        self.line = int(node.sourceline or 1)

    @property
    def text(self) -> str:
        return (self._node.text or "").strip()

    @property
    def children(self) -> list[Element]:
        return [Element(child) for child in self._node if isinstance(child.tag, str)]

    def child(self, name: str) -> Element | None:
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Element]:
        return [child for child in self.children if child.name == name]

    def get(self, name: str, default: str = "") -> str:
        found = self.child(name)
        return found.text if found is not None else default

    def flag(self, name: str) -> bool:
        return self.get(name).lower() == "true"

    def number(self, name: str) -> int | None:
        text = self.get(name)
        return int(text) if text.isdigit() else None


@dataclass(frozen=True)
class Part:
    component: Component
    root: Element


@dataclass
class Source:
    """Everything in the folder: what the org understands by kind, and the rest by name."""

    parts: dict[str, list[Part]] = field(default_factory=dict)
    not_emulated: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Part]:
        return self.parts.get(kind, [])


def read(folder: Path, problems: Problems) -> Source:
    source = Source()
    for path in sorted(_files(folder)):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        name, kind = _name_and_kind(path)
        if kind not in _KINDS:
            source.not_emulated.append(f"{kind}: {name}")
            continue
        if kind in _OWNED_BY_OBJECT:
            name = f"{path.parent.parent.name}.{name}"
        component = Component(_KINDS[kind], name, relative)
        root = _parse(path, component, problems)
        if root is not None:
            source.parts.setdefault(_KINDS[kind], []).append(Part(component, root))
    return source


def _files(folder: Path) -> Iterator[Path]:
    """The metadata files; links that lead out of the folder are not followed."""
    inside = folder.resolve()
    for path in folder.rglob("*-meta.xml"):
        if path.is_file() and inside in path.resolve().parents:
            yield path


def _name_and_kind(path: Path) -> tuple[str, str]:
    stem = path.name.removesuffix("-meta.xml")
    name, _, kind = stem.rpartition(".")
    return name, kind


def _parse(path: Path, component: Component, problems: Problems) -> Element | None:
    if path.stat().st_size > MAX_BYTES:
        problems.add(component, "The file is larger than 10 MB")
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as problem:
        problems.add(component, f"Error parsing file: {problem.msg}", problem.lineno or 1)
        return None
    if tree.getroottree().docinfo.doctype:
        problems.add(component, "Error parsing file: DOCTYPE is not allowed")
        return None
    if etree.QName(tree).localname != component.kind or etree.QName(tree).namespace != NAMESPACE:
        problems.add(component, f"Error parsing file: the root element must be {component.kind} in {NAMESPACE}")
        return None
    return Element(tree)
