"""Retrieval: the components a manifest names, or those of a package, as a zip with its manifest."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lxml import etree

from localorg.deploy import kinds, objects, packaging, profiles, standard_values
from localorg.deploy.archive import pack
from localorg.deploy.problems import Component
from localorg.deploy.shelf import Stored
from localorg.deploy.source import NAMESPACE, Element, Part
from localorg.server.metadata.envelope import Request
from localorg.server.metadata.jobs import RETRIEVE, SUCCEEDED, Job
from localorg.server.packages import installed_packages

if TYPE_CHECKING:
    from localorg.context import User
    from localorg.server.runtime import Runtime

Wanted = dict[str, list[str]]


def start(runtime: Runtime, user: User, request: Request) -> Job:
    version = request.text("retrieveRequest/apiVersion") or "67.0"
    names = request.texts("retrieveRequest/packageNames")
    single = request.flag("retrieveRequest/singlePackage", False)
    wanted: Wanted = {}
    for types in request.all("retrieveRequest/unpackaged/types"):
        inside = Request("", "", types)
        wanted.setdefault(inside.text("name"), []).extend(inside.texts("members"))
    info = {"createdBy": user.id, "createdByName": user.name}
    return runtime.metadata.start(RETRIEVE, info, lambda job: _run(runtime, job, wanted, names, version, single))


def _run(runtime: Runtime, job: Job, wanted: Wanted, names: list[str], version: str, single: bool) -> None:
    files: dict[str, bytes] = {}
    messages: list[dict[str, Any]] = []
    properties: list[dict[str, Any]] = []
    for name in names:
        held = runtime.org.shelf.in_package(name)
        if not held:
            problem = f"INVALID_CROSS_REFERENCE_KEY: No package named '{name}' found"
            messages.append({"fileName": "package.xml", "problem": problem})
            continue
        _put(files, "" if single else f"{name}/", held, version, name)
        properties += [described(runtime, stored) for stored in held]
    if wanted or not names:
        held = _matching(runtime, wanted, messages)
        told = list(_profiles(runtime, wanted.get("Profile", []), held, wanted.get("CustomObject", []), messages))
        told += [*_objects(runtime, wanted, held), *_standard_values(runtime, wanted, held)]
        if "InstalledPackage" in wanted:
            told += _installed(runtime)
        _put(files, "" if single else "unpackaged/", held, version, "", told)
        properties += [described(runtime, stored) for stored in held]
    job.zip = pack(files)
    job.status = SUCCEEDED
    job.info |= {"fileProperties": properties, "messages": messages}


def _installed(runtime: Runtime) -> Iterator[Part]:
    """The managed packages of the org with their versions."""
    for _, _, _, name, (major, minor) in installed_packages(runtime.org.schema):
        root = etree.Element(f"{{{NAMESPACE}}}InstalledPackage", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
        etree.SubElement(root, f"{{{NAMESPACE}}}activateRSS").text = "false"
        etree.SubElement(root, f"{{{NAMESPACE}}}versionNumber").text = f"{major}.{minor}"
        yield Part(Component("InstalledPackage", name, PurePosixPath(name)), Element(root))


def _objects(runtime: Runtime, wanted: Wanted, held: list[Stored]) -> Iterator[Part]:
    """Those of the platform and of packages of which nothing was deployed."""
    deployed = {stored.name.partition(".")[0] for stored in held}
    for name in wanted.get("CustomObject", []):
        sobject = runtime.org.schema.get(name)
        if sobject is not None and sobject.name not in deployed:
            yield objects.described(sobject)


def _standard_values(runtime: Runtime, wanted: Wanted, held: list[Stored]) -> Iterator[Part]:
    """Those that nobody deployed: the org has them all the same."""
    deployed = {stored.name for stored in held if stored.kind == "StandardValueSet"}
    with runtime.org.store.read() as connection:
        for name in wanted.get("StandardValueSet", []):
            found = None if name in deployed else standard_values.described(name, runtime.org.schema, connection)
            if found is not None:
                yield found


def _profiles(
    runtime: Runtime, names: list[str], held: list[Stored], objects: list[str], messages: list[dict[str, Any]]
) -> Iterator[Part]:
    """Profiles are not kept as they were deployed but told anew, for the objects that are asked for beside them."""
    with runtime.org.store.read() as connection:
        asked = {stored.name for stored in held if stored.kind == "CustomObject"} | set(objects)
        for name in names:
            found = profiles.described(name, held, asked, runtime.org.schema, connection)
            if found is not None:
                yield found
            elif name != "*":
                problem = f"Entity of type 'Profile' named '{name}' cannot be found"
                messages.append({"fileName": "unpackaged/package.xml", "problem": problem})


def _put(
    files: dict[str, bytes], root: str, held: list[Stored], version: str, full_name: str, more: Iterable[Part] = ()
) -> None:
    made = packaging.package([*(stored.part() for stored in held), *more], version, full_name)
    files |= {f"{root}{path}": body for path, body in made.items()}


def _matching(runtime: Runtime, wanted: Wanted, messages: list[dict[str, Any]]) -> list[Stored]:
    """`*` means all of a kind; an object comes with its fields, a label file with its labels."""
    found: dict[tuple[str, str], Stored] = {}
    everything = runtime.org.shelf.all()
    for kind, members in wanted.items():
        for member in members:
            matching = [stored for stored in everything if _is_meant(stored, kind, member)]
            found |= {(stored.kind, stored.name): stored for stored in matching}
            if not matching and member != "*" and kind != "Profile" and not _is_standard(runtime, kind, member):
                problem = f"Entity of type '{kind}' named '{member}' cannot be found"
                messages.append({"fileName": "unpackaged/package.xml", "problem": problem})
    return list(found.values())


def _is_standard(runtime: Runtime, kind: str, member: str) -> bool:
    """What the org has without a deployment."""
    if kind == "StandardValueSet":
        return standard_values.is_known(member)
    return kind == "CustomObject" and runtime.org.schema.get(member) is not None


def _is_meant(stored: Stored, kind: str, member: str) -> bool:
    if stored.kind == kind:
        return member == "*" or stored.name.lower() == member.lower()
    parent = kinds.by_name()[stored.kind].parent
    if parent != kind:
        return packaging.folder_of(stored.kind) == kind and stored.name.lower() == member.lower()
    owner = stored.name.partition(".")[0]
    return kind == "CustomLabels" or owner.lower() == member.lower() or (member == "*" and owner.endswith("__c"))


def described(runtime: Runtime, stored: Stored) -> dict[str, Any]:
    """A FileProperties: who made the component, when, and where it stands in a package."""
    names = runtime.metadata.user_names
    files = packaging.packaged([stored.part()])
    return {
        "createdById": stored.created_by,
        "createdByName": names(stored.created_by),
        "createdDate": stored.created,
        "fileName": next(iter(sorted(files, key=len)), ""),
        "fullName": stored.name,
        "id": stored.id,
        "lastModifiedById": stored.modified_by,
        "lastModifiedByName": names(stored.modified_by),
        "lastModifiedDate": stored.modified,
        "manageableState": "unmanaged",
        "type": stored.kind,
    }


def shown(job: Job, with_zip: bool) -> dict[str, Any]:
    known: dict[str, Any] = {"done": job.done, "id": job.id, "status": job.status, "success": job.status == SUCCEEDED}
    for name in ("errorMessage", "errorStatusCode", "fileProperties", "messages"):
        if name in job.info:
            known[name] = job.info[name]
    if with_zip and job.zip is not None:
        known["zipFile"] = base64.b64encode(job.zip).decode()
    return dict(sorted(known.items()))
