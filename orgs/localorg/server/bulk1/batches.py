"""Batches of Bulk API v1: records or a query added to a job, their state, request and results."""

from __future__ import annotations

from localorg.errors import ApiError
from localorg.server.bulk1.jobs import QUERIES, found_job
from localorg.server.bulk1.refusals import DECLARATION, JSON, NAMESPACE, XML, AsyncError
from localorg.server.bulk1.shown import batch_reply, list_reply
from localorg.server.bulk2 import csvfile
from localorg.server.bulk2.jobs import Job
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

MAX_BATCH_BYTES = 10_000_000
MAX_BATCHES = 15_000
MEDIA_TYPES = {"CSV": "text/csv", "JSON": JSON, "XML": XML}
NO_RECORDS = b"Records not found for this query\n"
routes = Routes("/services/async/<version>/job/<job_id>/batch")


@routes.on("POST", "")
def create(call: Call, job_id: str) -> Reply:
    job = found_job(call, job_id)
    jobs = call.runtime.jobs
    if job.state != "Open":
        raise AsyncError("InvalidJobState", f"Job {job.id} is {job.state}: no more batches can be added to it")
    check_media_type(call, job)
    if jobs.created_today("batch") >= MAX_BATCHES:
        raise AsyncError("ExceededQuota", f"ApiBatchItems Limit exceeded: {MAX_BATCHES} batches in 24 hours")
    batch = jobs.create(
        "batch", "Open", parent=job.id, operation=job.operation, object=job.object, user_id=call.user_id,
        version=job.version, external_id=job.external_id, assignment_rule=job.assignment_rule,
        content_type=job.content_type, concurrency=job.concurrency,
    )  # fmt: skip
    try:
        csvfile.receive(call.chunks(), jobs.file(batch, "request"), MAX_BATCH_BYTES)
    except ApiError as problem:
        jobs.delete(batch)
        if problem.status != 413:
            raise
        message = f"Failed to read request. Exceeded max size limit of {MAX_BATCH_BYTES}"
        raise AsyncError("ClientInputError", message) from problem
    except BaseException:
        jobs.delete(batch)  # the client hung up: half a batch is none
        raise
    queued = jobs.change(batch, state="UploadComplete")
    call.runtime.submit(queued)
    location = {"Location": f"/services/async/{job.version}/job/{job.id}/batch/{batch.id}"}
    return batch_reply(queued, status=201, headers=location)


def check_media_type(call: Call, job: Job) -> None:
    """A batch comes in its job's content type; a query is text whatever it calls itself."""
    if job.operation not in QUERIES and call.content_type != MEDIA_TYPES[job.content_type]:
        message = f"Content-Type {call.content_type!r} does not match the job's content type {job.content_type}"
        raise AsyncError("InvalidBatch", message)


@routes.on("GET", "")
def list_batches(call: Call, job_id: str) -> Reply:
    job = found_job(call, job_id)
    return list_reply(job, call.runtime.jobs.children(job))


@routes.on("GET", "/<batch_id>")
def show(call: Call, job_id: str, batch_id: str) -> Reply:
    return batch_reply(found(call, job_id, batch_id))


@routes.on("GET", "/<batch_id>/request")
def request(call: Call, job_id: str, batch_id: str) -> Reply:
    batch = found(call, job_id, batch_id)
    kind = "text/plain" if batch.operation in QUERIES else MEDIA_TYPES[batch.content_type]
    return Reply(csvfile.whole(call.runtime.jobs.file(batch, "request")), content_type=kind)


@routes.on("GET", "/<batch_id>/result")
def result(call: Call, job_id: str, batch_id: str) -> Reply:
    """What became of each row; of a query, the ids of its results."""
    batch = completed(call, job_id, batch_id)
    if batch.operation not in QUERIES:
        body = csvfile.whole(call.runtime.jobs.file(batch, "result"))
        return Reply(body, content_type=MEDIA_TYPES[batch.content_type])
    key = (batch.result or "")[:15]  # the platform writes these ids short
    if batch.content_type == "JSON" or call.query.get("format", "").lower() == "json":
        return Reply([key], content_type=JSON)
    listed = f'{DECLARATION}<result-list xmlns="{NAMESPACE}"><result>{key}</result></result-list>'
    return Reply(listed, content_type=XML)


@routes.on("GET", "/<batch_id>/result/<result_id>")
def query_result(call: Call, job_id: str, batch_id: str, result_id: str) -> Reply:
    batch = completed(call, job_id, batch_id)
    if batch.operation not in QUERIES or not batch.result or batch.result[:15] != result_id[:15]:
        raise AsyncError("InvalidBatch", f"Invalid result id: {result_id[:18]}")
    if batch.content_type != "CSV":
        body = csvfile.whole(call.runtime.jobs.file(batch, "results"))
        return Reply(body, content_type=MEDIA_TYPES[batch.content_type])
    file = call.runtime.jobs.file(batch, "results.csv")
    return Reply(csvfile.whole(file) if batch.processed else NO_RECORDS, content_type=call.csv_type)


def found(call: Call, job_id: str, batch_id: str) -> Job:
    job = found_job(call, job_id)
    try:
        batch = call.runtime.jobs.get(batch_id, "batch")
    except ApiError as problem:
        raise AsyncError("InvalidBatch", f"Invalid batch id: {batch_id[:18]}") from problem
    if batch.parent != job.id:
        raise AsyncError("InvalidBatch", f"Batch {batch.id} does not belong to job {job.id}")
    return batch


def completed(call: Call, job_id: str, batch_id: str) -> Job:
    batch = found(call, job_id, batch_id)
    if batch.state != "JobComplete":
        raise AsyncError("InvalidBatch", "Batch not completed")
    return batch
