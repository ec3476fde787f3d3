"""Reads metadata files, in source format or as packaged, into components: each parsed safely, with its line numbers."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lxml import etree

from localorg.deploy import kinds
from localorg.deploy.kinds import Kind
from localorg.deploy.naming import META, Place, Role, place_of
from localorg.deploy.problems import Component, Problems

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
MAX_BYTES = 10 * 1024 * 1024
Files = Mapping[str, bytes]


class Element:
    """An XML element without namespaces: its text, its children by name, its line."""

    def __init__(self, node: etree._Element) -> None:
        self.node = node
        self.name = etree.QName(node).localname
        self.line = int(node.sourceline or 1)

    @property
    def text(self) -> str:
        return (self.node.text or "").strip()

    @property
    def children(self) -> list[Element]:
        return [Element(child) for child in self.node if isinstance(child.tag, str)]

    def child(self, name: str) -> Element | None:
        return next((child for child in self.children if child.name == name), None)

    def all(self, path: str) -> list[Element]:
        """Every element at a path: `layoutSections/layoutColumns/layoutItems`."""
        found = [self]
        for name in path.split("/"):
            found = [child for element in found for child in element.children if child.name == name]
        return found

    def get(self, path: str, default: str = "") -> str:
        """The text of the first element at a path."""
        found = self.all(path)
        return found[0].text if found else default

    def texts(self, path: str) -> list[str]:
        return [element.text for element in self.all(path)]

    def deep(self, name: str) -> Iterator[Element]:
        """Every element of this name below here."""
        for node in self.node.iter(f"{{{NAMESPACE}}}{name}"):
            yield Element(node)

    def flag(self, name: str) -> bool:
        return self.get(name).lower() == "true"

    def number(self, name: str) -> int | None:
        text = self.get(name)
        return int(text) if text.isdigit() else None


@dataclass(frozen=True)
class Part:
    """One component: its XML, and what stands beside it (a class's code, the files of a bundle)."""

    component: Component
    root: Element
    content: bytes | None = None
    files: Files = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.component.kind

    @property
    def name(self) -> str:
        return self.component.name

    @property
    def owner(self) -> str:
        """The object of a field, list view or rule."""
        return self.name.partition(".")[0]

    @property
    def code(self) -> str:
        return (self.content or b"").decode("utf-8", "replace")

    def xml(self) -> bytes:
        """The component's XML alone, under a root of its own."""
        tag = self.kind if kinds.by_name()[self.kind].parent else self.root.name
        node = etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
        node.text = self.root.node.text
        node.extend(copy.deepcopy(child) for child in self.root.node)
        return bytes(etree.tostring(node, encoding="UTF-8", xml_declaration=True))

    def same_as(self, other: Part) -> bool:
        """Equal but for white space, and for the full name that a package says and source format may leave out."""
        beside = (self.content, dict(self.files)) == (other.content, dict(other.files))
        return beside and _canonical(self) == _canonical(other)


def _canonical(part: Part) -> bytes:
    root = etree.fromstring(part.xml(), etree.XMLParser(remove_blank_text=True, resolve_entities=False))
    for name in root.findall(f"{{{NAMESPACE}}}fullName"):
        root.remove(name)
    return bytes(etree.tostring(root, method="c14n"))


@dataclass
class Source:
    """Everything in the files: what the org understands by kind, and the rest by name."""

    parts: dict[str, list[Part]] = field(default_factory=dict)
    not_emulated: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Part]:
        return self.parts.get(kind, [])

    def add(self, part: Part) -> None:
        self.parts.setdefault(part.kind, []).append(part)

    def __iter__(self) -> Iterator[Part]:
        for parts in self.parts.values():
            yield from parts


@dataclass
class _Entry:
    """The files of one component, gathered before any is parsed."""

    place: Place
    path: str = ""
    xml: bytes | None = None
    content: bytes | None = None
    files: dict[str, bytes] = field(default_factory=dict)


def from_folder(folder: Path) -> dict[str, bytes]:
    """A folder's files by path; links that lead out of the folder are not followed."""
    inside = folder.resolve()
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and inside in path.resolve().parents
    }


def read(files: Files, problems: Problems) -> Source:
    source = Source()
    for entry in _gathered(files, source):
        kind = entry.place.kind
        component = Component(kind.name, entry.place.name, PurePosixPath(entry.path))
        if entry.xml is None:
            problems.add(component, f"The {kind.name} has no {entry.place.name}.{kind.suffix}{META} file")
            continue
        if kind.content and entry.content is None and not entry.files:
            problems.add(component, f"The {kind.name} has no {entry.place.name}.{kind.suffix} file")
            continue
        root = parse(entry.xml, component, problems)
        if root is not None:
            _add(source, Part(component, root, entry.content, entry.files), kind)
    return source


def _gathered(files: Files, source: Source) -> list[_Entry]:
    """One entry a component; a second XML file for the same component makes a second entry, refused later."""
    entries: dict[tuple[str, str], list[_Entry]] = {}
    for path in sorted(files):
        place = place_of(path)
        if place is None:
            _unplaced(path, source)
            continue
        same = entries.setdefault((place.kind.name, place.name), [])
        is_xml = place.role is Role.XML or _is_bundle_xml(place)
        if not same or (is_xml and same[-1].xml is not None):
            same.append(_Entry(place, path))
        entry = same[-1]
        if is_xml:
            entry.xml, entry.path = files[path], path
        elif place.role is Role.CONTENT:
            entry.content = files[path]
        if place.role is Role.FILE:
            entry.files[place.inside] = files[path]
    return [entry for same in entries.values() for entry in same]


def _unplaced(path: str, source: Source) -> None:
    name, _, suffix = PurePosixPath(path).name.removesuffix(META).rpartition(".")
    if path.endswith(META):
        source.not_emulated.append(f"{suffix}: {name}")


def _is_bundle_xml(place: Place) -> bool:
    return place.role is Role.FILE and place.inside.startswith(f"{place.name}.") and place.inside.endswith(META)


def _add(source: Source, part: Part, kind: Kind) -> None:
    """A packaged object holds its fields and list views; each is a component, and the object one if more is in it."""
    owned = kinds.parts_of(kind.name)
    for child in part.root.children:
        if child.name in owned:
            part.root.node.remove(child.node)
            own = owned[child.name]
            key = child.get("fullName") or child.get("name")
            name = key if kind.name == "CustomLabels" else f"{part.name}.{key}"
            component = Component(own.name, name, part.component.file, child.line)
            source.add(Part(component, child))
    if not owned or part.root.children:
        source.add(part)


def parse(text: bytes, component: Component, problems: Problems) -> Element | None:
    if len(text) > MAX_BYTES:
        problems.add(component, "The file is larger than 10 MB")
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as problem:
        problems.add(component, f"Error parsing file: {problem.msg}", problem.lineno or 1)
        return None
    if tree.getroottree().docinfo.doctype:
        problems.add(component, "Error parsing file: DOCTYPE is not allowed")
        return None
    expected = component.kind
    if expected == "CustomObject" and tree.tag == f"{{{NAMESPACE}}}Object":
        tree.tag = f"{{{NAMESPACE}}}CustomObject"  # as tools write the object settings of a scratch org
    tag = etree.QName(tree)
    fits = tag.localname == expected or (expected == "Settings" and tag.localname.endswith("Settings"))
    if tag.namespace != NAMESPACE or not (fits or expected == "AuraDefinitionBundle"):
        problems.add(component, f"Error parsing file: the root element must be {expected} in {NAMESPACE}")
        return None
    return Element(tree)
