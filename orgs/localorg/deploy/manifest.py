"""`package.xml` and `destructiveChanges*.xml`: what a deployment names, and whether its files agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.sax.saxutils import escape

from localorg.deploy import kinds
from localorg.deploy.problems import Component, Problems
from localorg.deploy.source import NAMESPACE, Element, Source, parse
from localorg.deploy.structure import described

PACKAGE = "package.xml"
DESTRUCTIVE = ("destructiveChangesPre.xml", "destructiveChanges.xml", "destructiveChangesPost.xml")
# Kinds that stand inside a file of another kind, which this org keeps whole.
_INSIDE = {
    "AssignmentRule", "AutoResponseRule", "EscalationRule", "MatchingRule", "SharingCriteriaRule", "SharingGuestRule",
    "SharingOwnerRule", "SharingTerritoryRule", "WorkflowAlert", "WorkflowFieldUpdate", "WorkflowFlowAction",
    "WorkflowKnowledgePublish", "WorkflowOutboundMessage", "WorkflowRule", "WorkflowSend", "WorkflowTask",
}  # fmt: skip
FOLDERS = {
    "ReportFolder": "Report",
    "DashboardFolder": "Dashboard",
    "EmailFolder": "EmailTemplate",
    "DocumentFolder": "Document",
}


@dataclass
class Manifest:
    """Members by kind; where each stands, for messages."""

    file: str
    members: dict[str, dict[str, int]] = field(default_factory=dict)
    version: str = ""
    full_name: str = ""

    def names(self, kind: str, name: str) -> bool:
        """Whether the manifest lists the component, by name, by `*`, with its object, or as a folder."""
        listed = self.members.get(kind, {})
        if "*" in listed or any(name.lower() == member.lower() for member in listed):
            return True
        if kind in FOLDERS:
            return self.names(FOLDERS[kind], name)
        parent = kinds.by_name()[kind].parent
        if kind == "CustomLabel":
            return bool(self.members.get("CustomLabels"))
        return bool(parent) and self.names(parent, name.partition(".")[0])


def read(file: str, text: bytes, problems: Problems) -> Manifest | None:
    component = Component("Package", PACKAGE, PurePosixPath(file))
    root = parse(text, component, problems)
    if root is None:
        return None
    found = Manifest(file, version=root.get("version"), full_name=root.get("fullName"))
    for types in root.all("types"):
        _read_types(found, types, component, problems)
    return found


def _read_types(found: Manifest, types: Element, component: Component, problems: Problems) -> None:
    kind = types.get("name")
    if kind not in kinds.by_name() and kind not in _INSIDE:
        known = kind in described()[0]
        message = f"Unknown type name '{kind}' specified in {PurePosixPath(found.file).name}"
        problems.add(component, f"{kind} is not emulated by the local org" if known else message, types.line)
        return
    members = found.members.setdefault(kind, {})
    for member in types.all("members"):
        members[unquote(member.text)] = member.line


def agree(manifest: Manifest, source: Source, problems: Problems) -> Source:
    """The components that the manifest names. What it names without a file, and files it does not name, are refused."""
    kept = Source(not_emulated=source.not_emulated)
    present: dict[str, set[str]] = {}
    for part in source:
        if manifest.names(part.kind, part.name):
            kept.add(part)
        elif part.kind != "CustomObject":
            problems.add(part.component, "Not in package.xml")
        present.setdefault(part.kind, set()).add(part.name.lower())
    package = PurePosixPath(manifest.file)
    for kind, members in manifest.members.items():
        for name, line in members.items():
            if name == "*" or kind in _INSIDE or _is_present(kind, name, present):
                continue
            message = (
                f"An object '{name}' of type {kind} was named in package.xml, but was not found in zipped directory"
            )
            problems.add(Component("", name, package), message, line)
    return kept


def _is_present(kind: str, name: str, present: Mapping[str, set[str]]) -> bool:
    lowered = name.lower()
    if lowered in present.get(kind, ()):
        return True
    if kind == "CustomLabels":
        return bool(present.get("CustomLabel"))
    owned = [own.name for own in kinds.parts_of(kind).values()]
    if owned:  # the file of an object, or of its translation, may hold nothing but fields
        return any(part.startswith(f"{lowered}.") for own in owned for part in present.get(own, ()))
    return any(lowered in present.get(folder, ()) for folder, held in FOLDERS.items() if held == kind)


def write(members: Mapping[str, list[str]], version: str, full_name: str = "") -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<Package xmlns="{NAMESPACE}">']
    if full_name:
        lines.append(f"    <fullName>{escape(full_name)}</fullName>")
    for kind in sorted(members):
        lines.append("    <types>")
        lines += [f"        <members>{escape(name)}</members>" for name in sorted(members[kind])]
        lines += [f"        <name>{kind}</name>", "    </types>"]
    lines += [f"    <version>{version}</version>", "</Package>", ""]
    return "\n".join(lines).encode()
