"""Writing with Bulk API 2.0: create a job, upload one CSV file, say that it is complete, poll, fetch the results."""

from __future__ import annotations

from localorg.engine import Session
from localorg.errors import ApiError
from localorg.lookups import external_field
from localorg.model import SObject
from localorg.server.bulk2 import csvfile
from localorg.server.bulk2.jobs import FINISHED
from localorg.server.bulk2.shown import (
    brief,
    changed,
    full,
    invalid_job,
    invalid_state,
    layout,
    listing,
    unknown_keys,
    word,
)
from localorg.server.http import Call, Reply, not_found
from localorg.server.routing import Routes

MAX_UPLOAD_BYTES = 150 * 1024 * 1024
OPERATIONS = frozenset({"insert", "update", "upsert", "delete", "hardDelete"})
KEYS = {
    "object", "operation", "externalIdFieldName", "contentType", "columnDelimiter", "lineEnding",
    "assignmentRuleId", "concurrencyMode",
}  # fmt: skip
routes = Routes("/services/data/v<version>/jobs/ingest")


@routes.on("POST", "")
def create(call: Call) -> Reply:
    given = call.json_object()
    unknown_keys(given, KEYS)
    operation, name = word(given, "operation"), word(given, "object")
    if operation not in OPERATIONS:
        raise invalid_job(f"Unknown operation: {operation}" if operation else "No operation found")
    sobject = entity(call.session, name)
    external = word(given, "externalIdFieldName")
    if operation == "upsert":
        field = external_field(sobject, str(external))
        if field is None:
            raise invalid_job(
                f"Field name provided, {external} does not match an External ID, Salesforce Id, or indexed field "
                f"for {sobject.name}"
            )
        external = field.name
    job = call.runtime.jobs.create(
        "ingest", "Open", operation=operation, object=sobject.name, user_id=call.user_id, version=call.version,
        external_id=external if operation == "upsert" else None,
        assignment_rule=word(given, "assignmentRuleId"), **layout(given),
    )  # fmt: skip
    return Reply(brief(job))


def entity(session: Session, name: object) -> SObject:
    found = session.sobject(str(name))
    if found is None:
        raise ApiError("INVALIDENTITY", f"InvalidEntity : Entity '{name}' is not supported by the Bulk API.")
    return found


@routes.on("GET", "")
def list_jobs(call: Call) -> Reply:
    return listing(call, "ingest")


@routes.on("GET", "/<job_id>")
def show(call: Call, job_id: str) -> Reply:
    return Reply(full(call.runtime.jobs.get(job_id, "ingest")))


@routes.on("PUT", "/<job_id>/batches")
def upload(call: Call, job_id: str) -> Reply:
    job = call.runtime.jobs.get(job_id, "ingest")
    if call.content_type not in ("text/csv", "application/octet-stream"):
        raise ApiError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"The Content-Type header specified in HTTP request is not supported: {call.content_type}",
            status=415,
        )
    if job.state != "Open":
        raise invalid_state(f"Uploading data is not allowed for a job in state {job.state}")
    file = call.runtime.jobs.file(job, "upload.csv")
    if file.exists():
        raise ApiError(
            "CLIENTINPUTERROR",
            f"ClientInputError : Found multiple contents for job: <{job.id}>, please 'Close' / 'Abort' / 'Delete' the "
            "current Job then create a new Job and make sure you only do 'PUT' once on a given Job.",
        )
    csvfile.receive(call.chunks(), file, MAX_UPLOAD_BYTES)
    return Reply.nothing(201)


@routes.on("PATCH", "/<job_id>")
def change(call: Call, job_id: str) -> Reply:
    jobs = call.runtime.jobs
    job = jobs.get(job_id, "ingest")
    wanted = word(call.json_object(), "state")
    if wanted == "UploadComplete":
        moved = jobs.move(job, frozenset({"Open"}), state="UploadComplete")
        if moved is None:
            raise invalid_state(f"Closing job not allowed in state {job.state}")
        call.runtime.submit(moved)
        return Reply(changed(moved))
    if wanted == "Aborted":
        moved = jobs.move(job, frozenset({"Open", "UploadComplete", "InProgress"}), state="Aborted")
        if moved is None:
            raise invalid_state(f"Aborting already {job.state} Job not allowed")
        return Reply(changed(moved))
    raise invalid_state(f"Unknown state: {wanted}")


@routes.on("DELETE", "/<job_id>")
def delete(call: Call, job_id: str) -> Reply:
    job = call.runtime.jobs.get(job_id, "ingest")
    if job.state not in FINISHED | {"UploadComplete"}:
        raise invalid_state(f"Deleting a job in state {job.state} is not allowed")
    call.runtime.jobs.delete(job)
    return Reply.nothing()


@routes.on("GET", "/<job_id>/<results>")
def results(call: Call, job_id: str, results: str) -> Reply:
    """successfulResults, failedResults and unprocessedrecords, in whatever case clients write them."""
    name = RESULT_FILES.get(results.lower())
    if name is None:
        raise not_found()
    job = call.runtime.jobs.get(job_id, "ingest")
    if job.state not in FINISHED:
        raise invalid_state(f"Results are not available for a job in state {job.state}")
    file = call.runtime.jobs.file(job, name)
    body = csvfile.whole(file) if file.exists() else iter([b""])
    return Reply(body, content_type=call.csv_type)


RESULT_FILES = {
    "successfulresults": "successful.csv",
    "failedresults": "failed.csv",
    "unprocessedrecords": "unprocessed.csv",
}
