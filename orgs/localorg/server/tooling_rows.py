"""Rows of the objects about the org itself: packages, entities, fields, Apex and every other deployed component."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from localorg import ids
from localorg.deploy.checks.apex import bare, trigger_object
from localorg.deploy.shelf import Stored
from localorg.deploy.source import Element
from localorg.model import Field, SObject
from localorg.namespaces import developer_name, package_of
from localorg.server.http import Call
from localorg.server.metadata.jobs import DEPLOY
from localorg.server.packages import PACKAGES, installed_packages
from localorg.server.setup_objects import Row, rows_of


@rows_of("InstalledSubscriberPackage")
def installed(call: Call) -> Iterator[Row]:
    for install, package, version, _, _ in installed_packages(call.runtime.org.schema):
        yield install, package, version


@rows_of("SubscriberPackage")
def packages(call: Call) -> Iterator[Row]:
    for _, package, _, name, _ in installed_packages(call.runtime.org.schema):
        yield package, name, PACKAGES[name], None, 1


@rows_of("SubscriberPackageVersion")
def package_versions(call: Call) -> Iterator[Row]:
    for _, package, version, _, (major, minor) in installed_packages(call.runtime.org.schema):
        yield version, package, f"{major}.{minor}", major, minor, 0, 1, 0, 0, 1, 0, "Released"


# Entities and fields


def _entity_id(sobject: SObject) -> str:
    """Standard entities are known by name, custom ones by the id of their component."""
    return sobject.name


def visible(call: Call) -> Iterator[SObject]:
    return (sobject for sobject in call.runtime.org.schema if call.session.sobject(sobject.name))


@rows_of("EntityDefinition")
def entities(call: Call) -> Iterator[Row]:
    for sobject in visible(call):
        business = int(sobject.createable and sobject.updateable and not sobject.setup and not sobject.setting)
        yield (
            _entity_id(sobject), sobject.name, sobject.name, developer_name(sobject.name), package_of(sobject.name),
            sobject.label, sobject.label, sobject.label_plural, sobject.key_prefix, int(bool(sobject.setting)),
            int(sobject.queryable), sobject.sharing, sobject.sharing, int(sobject.createable), int(sobject.updateable),
            int(sobject.deletable), business, business, business, business, business, business, 0,
            "Deployed" if sobject.custom else None, *_pages(sobject),
        )  # fmt: skip


def _pages(sobject: SObject) -> tuple[str | None, str | None, str | None]:
    """Where a record is seen, changed and made in the browser."""
    if not sobject.key_prefix:
        return None, None, None
    return "/{ID}", "/{ID}/e", f"/{sobject.key_prefix}/e"


@rows_of("FieldDefinition")
def fields(call: Call) -> Iterator[Row]:
    for sobject in visible(call):
        for field in (field for field in sobject if call.session.readable(sobject, field)):
            yield (
                f"{sobject.name}.{field.name}", f"{sobject.name}.{field.name}", _entity_id(sobject), field.name,
                developer_name(field.name), package_of(field.name), field.label, _shown_type(field), field.type,
                field.length, field.precision, field.scale, int(field.nillable), int(field.calculated),
                int(field.unique or field.external_id), field.description or None,
            )  # fmt: skip


def _shown_type(field: Field) -> str:
    """As Setup shows it: `Lookup(Contact)`, `Number(4, 1)`."""
    if field.summary:
        return "Roll-Up Summary"
    if field.calculated:
        return f"Formula ({_plain_type(field)})"
    if field.reference_to:
        return f"{'Master-Detail' if field.master_detail else 'Lookup'}({','.join(field.reference_to)})"
    if field.type in ("double", "currency", "percent"):
        return f"{_plain_type(field)}({field.precision - field.scale}, {field.scale})"
    if field.type == "string" and field.length:
        return f"Text({field.length})"
    return _plain_type(field)


def _plain_type(field: Field) -> str:
    shown = {"string": "Text", "boolean": "Checkbox", "double": "Number", "datetime": "Date/Time", "id": "Lookup()"}
    return shown.get(field.type, "Long Text Area" if field.long_text else field.type.capitalize())


@rows_of("CustomObject")
def objects(call: Call) -> Iterator[Row]:
    deployed = {stored.name: stored for stored in call.runtime.org.shelf.of("CustomObject")}
    for number, sobject in enumerate(call.runtime.org.schema, 1):
        stored = deployed.get(sobject.name)
        if sobject.custom:
            identity = stored.id if stored else ids.make("01I", 1_000_000 + number)
            own = developer_name(sobject.name), package_of(sobject.name), sobject.description or None
            yield (identity, *own, *(_stamps(stored) if stored else ("installed", None, None, None, None)))


@rows_of("RecordType")
def record_types(call: Call) -> Iterator[Row]:
    with call.runtime.org.store.read() as connection:
        rows = connection.execute(
            "SELECT Id, Name, DeveloperName, NamespacePrefix, SobjectType || '.' || DeveloperName, SobjectType,"
            " BusinessProcessId, Description, IsActive, CreatedDate, CreatedById, LastModifiedDate, LastModifiedById"
            " FROM RecordType"
        )
        yield from rows.fetchall()


# Components


def _stamps(stored: Stored) -> tuple[object, ...]:
    return "unmanaged", stored.created, stored.created_by, stored.modified, stored.modified_by


def _number(text: str) -> float | None:
    return float(text) if text.replace(".", "", 1).isdigit() else None


@rows_of("ApexClass")
def apex_classes(call: Call) -> Iterator[Row]:
    for stored in call.runtime.org.shelf.of("ApexClass"):
        root, code = stored.part().root, stored.code
        yield (
            stored.id, stored.name, None, _number(root.get("apiVersion")), root.get("status") or "Active", 1,
            zlib.crc32(code.encode()), code, len(bare(code)), None, "unmanaged", stored.created, stored.modified,
            stored.modified,
        )  # fmt: skip


@rows_of("ApexTrigger")
def apex_triggers(call: Call) -> Iterator[Row]:
    for stored in call.runtime.org.shelf.of("ApexTrigger"):
        root, code = stored.part().root, stored.code
        yield (
            stored.id, stored.name, None, trigger_object(code), _number(root.get("apiVersion")),
            root.get("status") or "Active", 1, code, len(bare(code)), stored.created, stored.modified, stored.modified,
        )  # fmt: skip


def _components(name: str, shown: Callable[[Stored, Element], Row], kind: str = "") -> None:
    """Rows of an object that shows one kind of component."""

    @rows_of(name)
    def fill(call: Call) -> Iterator[Row]:
        for stored in call.runtime.org.shelf.of(kind or name):
            yield (stored.id, *shown(stored, stored.part().root), *_stamps(stored))


def _own(stored: Stored) -> str:
    return stored.name.partition(".")[2] or stored.name


def _owner(stored: Stored) -> str:
    return stored.name.partition(".")[0]


_components("CustomField", lambda one, root: (developer_name(_own(one)), None, _owner(one), _owner(one)))
_components("CustomTab", lambda one, root: (one.name, None, root.get("label") or one.name, _tab_type(root)))
_components("CustomApplication", lambda one, root: (one.name, None, root.get("label")))
_components("CustomPermission", lambda one, root: (one.name, None, root.get("label"), root.get("description") or None))
_components("CompactLayout", lambda one, root: (_own(one), None, root.get("label"), _owner(one)))
_components(
    "ExternalString",
    lambda one, root: (
        one.name, None, root.get("shortDescription"), root.get("value"), root.get("language"),
        root.get("categories") or None, int(root.flag("protected")),
    ),
    "CustomLabel",
)  # fmt: skip
_components(
    "FlexiPage",
    lambda one, root: (one.name, None, root.get("masterLabel"), root.get("type"), root.get("sobjectType") or None),
)
_components(
    "Flow",
    lambda one, root: (
        ids.make("300", ids.number(one.id)), root.get("label"), root.get("status") or "Draft",
        root.get("processType") or None, 1, _number(root.get("apiVersion")),
    ),
)  # fmt: skip
_components("Layout", lambda one, root: (one.name.partition("-")[2], None, one.name.partition("-")[0], "Standard"))
_components(
    "LightningComponentBundle",
    lambda one, root: (
        one.name, None, root.get("masterLabel") or one.name, _number(root.get("apiVersion")),
        int(root.flag("isExposed")), root.get("description") or None,
    ),
)  # fmt: skip
_components(
    "NamedCredential",
    lambda one, root: (
        one.name, None, root.get("label"),
        next((given.get("parameterValue") for given in root.all("namedCredentialParameters")
              if given.get("parameterType") == "Url"), root.get("endpoint") or None),
    ),
)  # fmt: skip
_components(
    "StaticResource",
    lambda one, root: (
        one.name,
        None,
        root.get("contentType"),
        len(one.content or b""),
        root.get("description") or None,
    ),
)
_components(
    "ValidationRule",
    lambda one, root: (
        _own(one), None, _owner(one), int(root.flag("active")), root.get("description") or None,
        root.get("errorMessage"), root.get("errorDisplayField") or None,
    ),
)  # fmt: skip


_components(
    "Report",
    lambda one, root: (
        _in_folder(one), None, one.name.partition("/")[0], root.get("name"), root.get("description") or None,
        root.get("format") or None,
    ),
)  # fmt: skip
_components(
    "Dashboard",
    lambda one, root: (
        _in_folder(one), None, one.name.partition("/")[0], root.get("title"), root.get("description") or None,
    ),
)  # fmt: skip
_components("ListView", lambda one, root: (_own(one), None, _owner(one), root.get("label"), 1))


def _in_folder(stored: Stored) -> str:
    return stored.name.rpartition("/")[2]


def _tab_type(root: Element) -> str:
    return "customObject" if root.flag("customObject") else "flexiPage" if root.get("flexiPage") else "url"


@rows_of("FlowDefinition")
def flow_definitions(call: Call) -> Iterator[Row]:
    for stored in call.runtime.org.shelf.of("Flow"):
        root = stored.part().root
        active = stored.id if root.get("status") == "Active" else None
        identity = ids.make("300", ids.number(stored.id))
        yield (identity, stored.name, None, root.get("label"), active, stored.id, *_stamps(stored))


@rows_of("TabDefinition")
def tabs(call: Call) -> Iterator[Row]:
    for stored in call.runtime.org.shelf.of("CustomTab"):
        root = stored.part().root
        sobject = call.runtime.org.schema.get(stored.name) if root.flag("customObject") else None
        label = root.get("label") or (sobject.label_plural if sobject else stored.name)
        name = sobject.name if sobject else None
        yield stored.id, stored.id, stored.name, label, name, f"/lightning/o/{name}/list" if name else None, 1, 1


@rows_of("DeployRequest")
def deploy_requests(call: Call) -> Iterator[Row]:
    for job in call.runtime.metadata.all(DEPLOY):
        info = job.info
        counts = [info.get(f"number{name}", 0) for name in ("ComponentErrors", "ComponentsDeployed", "ComponentsTotal")]
        tests = [info.get(f"numberTest{name}", 0) for name in ("Errors", "sCompleted", "sTotal")]
        yield (
            job.id, job.status, info.get("startDate"), info.get("completedDate"), int(info["checkOnly"]),
            int(info["rollbackOnError"]), info.get("errorMessage"), *counts, *tests, None, info["createdDate"],
            info["createdBy"], info["lastModifiedDate"], info["createdBy"],
        )  # fmt: skip
