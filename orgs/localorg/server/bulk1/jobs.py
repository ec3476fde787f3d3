"""Jobs of Bulk API v1: created, shown, closed and aborted."""

from __future__ import annotations

import json
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from localorg.errors import ApiError
from localorg.lookups import external_field
from localorg.server.bulk1.refusals import AsyncError, check_version, wants_json
from localorg.server.bulk1.shown import job_reply
from localorg.server.bulk2.jobs import Job
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

QUERIES = frozenset({"query", "queryAll"})
OPERATIONS = QUERIES | {"insert", "update", "upsert", "delete", "hardDelete"}
CONTENT_TYPES = ("CSV", "JSON", "XML")
CONCURRENCY = ("Parallel", "Serial")  # clients also send the position in this list
KEYS = frozenset(
    {"operation", "object", "concurrencyMode", "contentType", "externalIdFieldName", "assignmentRuleId", "state", "id"}
)
MAX_INFO_BYTES = 1 << 20
routes = Routes("/services/async/<version>/job")


@routes.on("POST", "")
def create(call: Call) -> Reply:
    version = check_version(call.version)
    given = read_info(call)
    operation, name = given.get("operation"), given.get("object")
    if operation not in OPERATIONS:
        raise AsyncError("InvalidJob", f"Unknown operation: {operation}" if operation else "No operation found")
    sobject = call.session.sobject(str(name))
    if sobject is None:
        raise AsyncError("InvalidEntity", f"Entity '{name}' is not supported by the Bulk API.")
    external = given.get("externalIdFieldName")
    if operation == "upsert":
        field = external_field(sobject, str(external))
        if field is None:
            raise AsyncError("InvalidJob", f"External ID was not found for {sobject.name}: {external}")
        external = field.name
    job = call.runtime.jobs.create(
        "async", "Open", operation=operation, object=sobject.name, user_id=call.user_id, version=version,
        external_id=external if operation == "upsert" else None, assignment_rule=given.get("assignmentRuleId"),
        content_type=one_of(given, "contentType", CONTENT_TYPES, "XML"),
        concurrency=one_of(given, "concurrencyMode", CONCURRENCY, "Parallel"),
    )  # fmt: skip
    location = {"Location": f"/services/async/{version}/job/{job.id}"}
    return job_reply(call, job, [], status=201, headers=location)


@routes.on("GET", "/<job_id>")
def show(call: Call, job_id: str) -> Reply:
    job = found_job(call, job_id)
    return job_reply(call, job, call.runtime.jobs.children(job))


@routes.on("POST", "/<job_id>")
def change(call: Call, job_id: str) -> Reply:
    """Closed: no more batches. Aborted: those that wait are not worked off."""
    job = found_job(call, job_id)
    jobs = call.runtime.jobs
    wanted = read_info(call).get("state")
    if wanted not in ("Closed", "Aborted"):
        raise AsyncError("InvalidJobState", f"Unknown job state: {wanted}")
    allowed = {"Open"} if wanted == "Closed" else {"Open", "Closed"}
    changed = job if job.state == wanted else jobs.move(job, frozenset(allowed), state=wanted)
    if changed is None:
        raise AsyncError("InvalidJobState", f"Job {job.id} is {job.state} and cannot become {wanted}")
    batches = jobs.children(changed)
    if wanted == "Aborted":
        batches = [jobs.move(batch, frozenset({"UploadComplete"}), state="Aborted") or batch for batch in batches]
    return job_reply(call, changed, batches)


def found_job(call: Call, job_id: str) -> Job:
    check_version(call.version)
    try:
        return call.runtime.jobs.get(job_id, "async")
    except ApiError as problem:
        raise AsyncError("InvalidJob", f"Invalid job id: {job_id[:18]}") from problem


def one_of(given: dict[str, Any], key: str, allowed: tuple[str, ...], default: str) -> str:
    value = given.get(key)
    if value is None:
        return default
    if isinstance(value, int) and 0 <= value < len(allowed):
        return allowed[value]
    if value not in allowed:
        raise AsyncError("InvalidJob", f"Unknown {key}: {value}; the local org takes {', '.join(allowed)}")
    return str(value)


def read_info(call: Call) -> dict[str, Any]:
    """The jobInfo a client sent, in XML or JSON, as name and value."""
    raw = call.body(MAX_INFO_BYTES)
    given = from_json(raw) if wants_json(call) else from_xml(raw)
    unknown = sorted(given.keys() - KEYS)
    if unknown:
        raise AsyncError("InvalidJob", f"Unable to parse Job: unknown element {unknown[0]}")
    return given


def from_json(raw: bytes) -> dict[str, Any]:
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError) as problem:
        raise AsyncError("InvalidJob", f"Unable to parse Job: {problem}") from problem
    if not isinstance(given, dict):
        raise AsyncError("InvalidJob", "Unable to parse Job: it must be a JSON object")
    return given


def from_xml(raw: bytes) -> dict[str, Any]:
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as problem:
        raise AsyncError("InvalidJob", f"Unable to parse Job: {problem}") from problem
    if root.tag.rpartition("}")[2] != "jobInfo":
        raise AsyncError("InvalidJob", "Unable to parse Job: the document must be a jobInfo")
    return {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root}
