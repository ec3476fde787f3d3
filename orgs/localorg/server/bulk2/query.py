"""Reading with Bulk API 2.0: the query runs in the background into a CSV file, which is handed out in pages."""

from __future__ import annotations

import base64
import binascii
from itertools import islice
from typing import Any

from localorg.errors import ApiError
from localorg.server.bulk2 import csvfile
from localorg.server.bulk2.jobs import FINISHED, Job
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
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes
from localorg.server.runtime import Runtime

KEYS = {"operation", "query", "contentType", "columnDelimiter", "lineEnding", "object", "concurrencyMode"}
DEFAULT_PAGE = 1_000_000  # without maxRecords: large, since clients in use fail on a second page
PARALLEL_PAGES = 5
DAILY_JOBS = 10_000
PARALLEL_PAGE_ROWS = 50_000
COUNT_EVERY = 50_000
routes = Routes("/services/data/v<version>/jobs/query")


@routes.on("POST", "")
def create(call: Call) -> Reply:
    given = call.json_object()
    unknown_keys(given, KEYS)
    operation, soql = word(given, "operation"), given.get("query")
    if operation not in ("query", "queryAll"):
        raise invalid_job(f"Unknown operation: {operation}" if operation else "No operation found")
    if not isinstance(soql, str) or not soql.strip():
        raise invalid_job("No query found")
    check_quota(call)
    plan = call.session.query(soql, all_rows=operation == "queryAll", bulk=True).plan
    job = call.runtime.jobs.create(
        "query", "UploadComplete", operation=operation, object=plan.sobject.name, user_id=call.user_id,
        version=call.version, query=soql, **layout(given),
    )  # fmt: skip
    call.runtime.submit(job)
    return Reply(brief(job))


def check_quota(call: Call) -> None:
    most = call.runtime.state.setting("daily_query_jobs", DAILY_JOBS)
    if call.runtime.jobs.created_today("query") >= most:
        message = f"ExceededQuota : Max bulk v2 query jobs ({most}) per 24 hrs has been reached"
        raise ApiError("EXCEEDEDQUOTA", message)


@routes.on("GET", "")
def list_jobs(call: Call) -> Reply:
    return listing(call, "query")


@routes.on("GET", "/<job_id>")
def show(call: Call, job_id: str) -> Reply:
    return Reply(full(call.runtime.jobs.get(job_id, "query")))


@routes.on("PATCH", "/<job_id>")
def abort(call: Call, job_id: str) -> Reply:
    job = call.runtime.jobs.get(job_id, "query")
    wanted = word(call.json_object(), "state")
    if wanted != "Aborted":
        raise invalid_state(f"Unknown state: {wanted}")
    moved = call.runtime.jobs.move(job, frozenset({"UploadComplete", "InProgress"}), state="Aborted")
    if moved is None:
        raise invalid_state(f"Aborting already {job.state} Job not allowed")
    return Reply(changed(moved))


@routes.on("DELETE", "/<job_id>")
def delete(call: Call, job_id: str) -> Reply:
    job = call.runtime.jobs.get(job_id, "query")
    if job.state not in FINISHED:
        raise invalid_state(f"Deleting a job in state {job.state} is not allowed")
    call.runtime.jobs.delete(job)
    return Reply.nothing()


@routes.on("GET", "/<job_id>/results")
def results(call: Call, job_id: str) -> Reply:
    job = completed(call, job_id)
    count = positive(call.query.get("maxRecords"), DEFAULT_PAGE)
    start = offset(call.query["locator"], job) if "locator" in call.query else 0
    count = min(count, job.processed - start)
    more = start + count < job.processed
    headers = {
        "Sforce-Locator": locator(job, start + count) if more else "null",
        "Sforce-NumberOfRecords": str(count),
    }
    body = csvfile.page(call.runtime.jobs.file(job, "results.csv"), start, count)
    return Reply(body, headers=headers, content_type=call.csv_type)


@routes.on("GET", "/<job_id>/resultPages")
def result_pages(call: Call, job_id: str) -> Reply:
    """Up to five addresses that can be fetched side by side."""
    job = completed(call, job_id)
    start = offset(call.query["locator"], job) if "locator" in call.query else 0
    starts = range(start, max(job.processed, 1), PARALLEL_PAGE_ROWS)
    here = f"{call.api}/jobs/query/{job.id}"
    pages = [
        {"resultUrl": f"{here}/results?locator={locator(job, first)}&maxRecords={PARALLEL_PAGE_ROWS}"}
        for first in starts[:PARALLEL_PAGES]
    ]
    following = starts[PARALLEL_PAGES] if len(starts) > PARALLEL_PAGES else None
    body: dict[str, Any] = {"resultPages": pages, "done": following is None}
    if following is not None:
        body["nextRecordsUrl"] = f"{here}/resultPages?locator={locator(job, following)}"
    return Reply(body)


def process(runtime: Runtime, job: Job) -> None:
    """Run the query into the job's result file; stops early when the job is aborted."""
    result = runtime.session(job.user_id).query(job.query or "", all_rows=job.operation == "queryAll", bulk=True)
    rows = result.rows
    with csvfile.Table(runtime.jobs.file(job, "results.csv"), result.columns, job) as table:
        while batch := list(islice(rows, COUNT_EVERY)):
            table.write(batch)
            if runtime.jobs.change(job, processed=table.rows).state != "InProgress":
                return


def completed(call: Call, job_id: str) -> Job:
    job = call.runtime.jobs.get(job_id, "query")
    if job.state != "JobComplete":
        raise invalid_state(f"Results are not available for a job in state {job.state}")
    return job


def locator(job: Job, start: int) -> str:
    return base64.urlsafe_b64encode(f"{start}:{job.id}:1".encode()).decode().rstrip("=")


def offset(text: str, job: Job) -> int:
    try:
        start, job_id, _ = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(":")
        found = int(start)
    except (ValueError, binascii.Error) as problem:
        raise invalid_locator(text) from problem
    if job_id != job.id or not 0 <= found <= job.processed:
        raise invalid_locator(text)
    return found


def invalid_locator(text: str) -> ApiError:
    return ApiError("INVALID_QUERY_LOCATOR", f"InvalidLocator : Invalid locator value: {text[:60]}")


def positive(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdigit() or int(text) == 0:
        raise ApiError("INVALID_PARAMETER", f"maxRecords must be a positive number, not {text[:40]}")
    return int(text)
