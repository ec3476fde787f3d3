"""Components as files of a package: what `retrieve` answers with and what a source folder converts to."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping

from lxml import etree

from localorg.deploy import kinds, manifest
from localorg.deploy.archive import pack
from localorg.deploy.naming import META
from localorg.deploy.source import NAMESPACE, Part

_WHOLE = {"CustomLabels": "CustomLabels"}  # the one file that holds all of a kind


def packaged(parts: Iterable[Part]) -> dict[str, bytes]:
    """Files by path, without the manifest."""
    files: dict[str, bytes] = {}
    owners: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        kind = kinds.by_name()[part.kind]
        if kind.parent:
            owners.setdefault((kind.parent, _WHOLE.get(kind.parent, part.owner)), []).append(part)
        elif kinds.parts_of(part.kind):
            owners.setdefault((part.kind, part.name), []).insert(0, part)
        else:
            files |= _own_files(part, kind)
    for (kind_name, name), owned in owners.items():
        kind = kinds.by_name()[kind_name]
        files[f"{kind.folder}/{name}.{kind.suffix}"] = _merged(kind_name, owned)
    return files


def _own_files(part: Part, kind: kinds.Kind) -> dict[str, bytes]:
    place = f"{kind.folder}/{part.name}"
    if kind.is_folder:
        return {f"{place}{META}": part.xml()}
    if kind.bundle:
        return {f"{place}/{path}": body for path, body in part.files.items()}
    if kind.content:
        content = pack(part.files) if part.files else part.content
        held = {f"{place}.{kind.suffix}": content} if content is not None else {}
        return {f"{place}.{kind.suffix}{META}": part.xml(), **held}
    return {f"{place}.{kind.suffix}": part.xml()}


def _merged(kind_name: str, owned: list[Part]) -> bytes:
    """An object with its fields and the like in it, elements of a kind together."""
    root = etree.Element(f"{{{NAMESPACE}}}{kind_name}", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    for part in sorted(owned, key=lambda part: (part.kind != kind_name, part.name)):
        if part.kind == kind_name:
            root.extend(copy.deepcopy(child) for child in part.root.node)
            continue
        node = etree.SubElement(root, f"{{{NAMESPACE}}}{kinds.by_name()[part.kind].element}")
        if part.root.child("fullName") is None and part.kind != "CustomFieldTranslation":
            etree.SubElement(node, f"{{{NAMESPACE}}}fullName").text = part.name.partition(".")[2] or part.name
        node.extend(copy.deepcopy(child) for child in part.root.node)
    root[:] = sorted(root, key=lambda node: str(node.tag))
    etree.indent(root, "    ")
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def members(parts: Iterable[Part]) -> dict[str, list[str]]:
    """What a manifest lists: components by kind, folders beside what they hold."""
    found: dict[str, list[str]] = {}
    for part in parts:
        kind = manifest.FOLDERS.get(part.kind, part.kind)
        kind = "CustomObjectTranslation" if kind == "CustomFieldTranslation" else kind
        name = part.owner if part.kind == "CustomFieldTranslation" else part.name
        if name not in found.setdefault(kind, []):
            found[kind].append(name)
    return found


def package(parts: Iterable[Part], version: str, full_name: str = "") -> Mapping[str, bytes]:
    """The files of the package with its manifest."""
    listed = list(parts)
    return {**packaged(listed), manifest.PACKAGE: manifest.write(members(listed), version, full_name)}


def folder_of(kind: str) -> str:
    """Report for ReportFolder; empty for what is no folder."""
    return manifest.FOLDERS.get(kind, "")


def record(part: Part) -> str:
    """The component's elements with its full name first, without a root: a record of readMetadata."""
    name = etree.Element(f"{{{NAMESPACE}}}fullName", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    name.text = part.name
    nodes = [name, *(node for node in part.root.node if not str(node.tag).endswith("}fullName"))]
    return "".join(etree.tostring(node, encoding="unicode", with_tail=False) for node in nodes)
