"""What a metadata file's path says: which component it belongs to and which of the component's files it is."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import PurePosixPath

from localorg.deploy import kinds
from localorg.deploy.kinds import Kind

META = "-meta.xml"
# Beside components in a project, never deployed; `.forceignore` says the same to Salesforce's own tools.
_NOT_DEPLOYED = frozenset({"jsconfig.json", "tsconfig.json", ".eslintrc.json", ".prettierrc", "__tests__", "__mocks__"})


class Role(enum.Enum):
    XML = "xml"
    CONTENT = "content"
    FILE = "file"  # of a bundle


@dataclass(frozen=True)
class Place:
    kind: Kind
    name: str
    role: Role
    inside: str = ""  # a bundle's file, from the bundle's folder


def place_of(path: str) -> Place | None:
    """None for a file that belongs to no component."""
    segments = path.split("/")
    if _NOT_DEPLOYED & set(segments):
        return None
    return _in_bundle(segments) or _folder_meta(segments) or _by_suffix(segments) or _resource(segments)


def _in_bundle(segments: list[str]) -> Place | None:
    for index, segment in enumerate(segments[:-2]):
        for kind in kinds.by_folder().get(segment, ()):
            if kind.bundle:
                return Place(kind, segments[index + 1], Role.FILE, "/".join(segments[index + 2 :]))
    return None


def _folder_meta(segments: list[str]) -> Place | None:
    """`reports/Donors-meta.xml`, as a package names what source format calls `Donors.reportFolder-meta.xml`."""
    name = segments[-1].removesuffix(META)
    if name == segments[-1] or "." in name or len(segments) < 2:
        return None
    for kind in kinds.by_folder().get(segments[-2], ()):
        if kind.is_folder:
            return Place(kind, name, Role.XML)
    return None


def _by_suffix(segments: list[str]) -> Place | None:
    plain = segments[-1].removesuffix(META)
    name, _, suffix = plain.rpartition(".")
    kind = kinds.by_suffix().get(suffix)
    if kind is None or not name or kind.bundle:
        return None
    is_meta = plain != segments[-1]
    if not is_meta and kind.folder not in segments[:-1]:
        return None  # only a package names a file without -meta.xml, and there its folder says the kind
    role = Role.CONTENT if kind.content and not is_meta else Role.XML
    if kind.parent and len(segments) >= 3:
        return Place(kind, f"{_owner(kind, segments)}.{name}", role)
    return Place(kind, _with_folder(kind, name, segments), role)


def _owner(kind: Kind, segments: list[str]) -> str:
    return segments[-2] if kind.parent == "CustomObjectTranslation" else segments[-3]


def _with_folder(kind: Kind, name: str, segments: list[str]) -> str:
    if not kind.foldered or kind.folder not in segments:
        return name
    return "/".join([*segments[segments.index(kind.folder) + 1 : -1], name])


def _resource(segments: list[str]) -> Place | None:
    """A static resource or document has its own ending in source format: `Logo.png` beside `Logo.resource-meta.xml`."""
    for kind in (kinds.by_name()["StaticResource"], kinds.by_name()["Document"]):
        if kind.folder not in segments[:-1] or segments[-1].endswith(META):
            continue
        below = segments[segments.index(kind.folder) + 1 :]
        if len(below) > 1 and not kind.foldered:
            return Place(kind, below[0], Role.FILE, "/".join(below[1:]))
        return Place(kind, _with_folder(kind, PurePosixPath(segments[-1]).stem, segments), Role.CONTENT)
    return None
