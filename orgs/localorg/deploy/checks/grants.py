"""Permission set groups and profiles: what they add up and what they grant exists."""

from __future__ import annotations

from localorg.deploy.checks.common import Check, missing, need
from localorg.deploy.problems import Problems
from localorg.deploy.source import Part
from localorg.deploy.world import World

# What grants access to components, in permission sets and profiles alike: element → kind of what it names.
COMPONENTS = {
    "applicationVisibilities/application": "CustomApplication",
    "classAccesses/apexClass": "ApexClass",
    "customPermissions/name": "CustomPermission",
    "flowAccesses/flow": "Flow",
    "pageAccesses/apexPage": "ApexPage",
    "recordTypeVisibilities/recordType": "RecordType",
    "tabSettings/tab": "CustomTab",
    "tabVisibilities/tab": "CustomTab",
    "layoutAssignments/layout": "Layout",
}


def components(part: Part, world: World, problems: Problems) -> None:
    for path, kind in COMPONENTS.items():
        for found in part.root.all(path):
            standard = found.text.startswith(("standard-", "standard__"))
            if not standard and not _packaged_record_type(kind, found.text, world):
                need(part, found, kind, world, problems)
    for found in part.root.all("externalCredentialPrincipalAccesses/externalCredentialPrincipal"):
        credential, _, principal = found.text.partition("-")
        described = world.part("ExternalCredential", credential)
        names = {
            one.get("parameterName")
            for one in (described.root.all("externalCredentialParameters") if described else ())
            if one.get("parameterType") in ("NamedPrincipal", "PerUserPrincipal")
        }
        if principal not in names:
            message = missing("externalCredentialPrincipal", "ExternalCredential principal", found.text)
            problems.add(part.component, message, found.line)


def _packaged_record_type(kind: str, name: str, world: World) -> bool:
    owner_name, _, own = name.partition(".")
    owner = world.schema.get(owner_name)
    return kind == "RecordType" and owner is not None and own in owner.record_types


def group(part: Part, world: World, problems: Problems) -> None:
    for found in part.root.all("permissionSets"):
        need(part, found, "PermissionSet", world, problems)
    for found in part.root.all("mutingPermissionSets"):
        need(part, found, "MutingPermissionSet", world, problems)


def profile(part: Part, world: World, problems: Problems) -> None:
    components(part, world, problems)
    for found in part.root.all("objectPermissions/object"):
        if world.schema.get(found.text) is None:
            problems.add(part.component, missing("object", "CustomObject", found.text), found.line)
    for found in part.root.all("fieldPermissions/field"):
        owner_name, _, own = found.text.partition(".")
        owner = world.schema.get(owner_name)
        if owner is None or owner.get(own) is None:
            problems.add(part.component, missing("field", "CustomField", found.text), found.line)


CHECKS: dict[str, Check] = {"PermissionSet": components, "PermissionSetGroup": group, "Profile": profile}
