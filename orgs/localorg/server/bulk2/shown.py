"""How a job is shown in JSON; ingest and query jobs share most of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from localorg.errors import ApiError
from localorg.server.bulk2.jobs import DELIMITERS, LINE_ENDINGS, Job
from localorg.server.http import Call, Reply

LIST_PAGE = 1000
CHUNKING_TOLD = 58.0  # an org of 53.0 did not tell it, one of 61.0 did


def brief(job: Job) -> dict[str, Any]:
    """What creating a job answers, and each job of a list."""
    return changed(job) | rows_as(job)


def changed(job: Job) -> dict[str, Any]:
    """What closing or aborting a job answers: how its rows are written is left out."""
    shown: dict[str, Any] = {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": job.user_id,
        "createdDate": stamp(job.created),
        "systemModstamp": stamp(job.modified),
        "state": job.state,
    }
    if job.external_id:
        shown["externalIdFieldName"] = job.external_id
    if job.assignment_rule:
        shown["assignmentRuleId"] = job.assignment_rule
    shown |= {"concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": float(job.version)}
    if job.kind == "ingest" and job.state == "Open":
        shown["contentUrl"] = f"services/data/v{job.version}/jobs/ingest/{job.id}/batches"
    return shown


def rows_as(job: Job) -> dict[str, Any]:
    return {"lineEnding": job.line_ending, "columnDelimiter": job.delimiter}


def full(job: Job) -> dict[str, Any]:
    """What asking for a job answers."""
    ingest = job.kind == "ingest"
    shown = changed(job) | {"jobType": "V2Ingest" if ingest else "V2Query"} | rows_as(job)
    shown["numberRecordsProcessed"] = job.processed
    if ingest:
        shown["numberRecordsFailed"] = job.failed
    shown |= {"retries": job.retries, "totalProcessingTime": job.total_ms}
    if ingest:
        shown |= {"apiActiveProcessingTime": job.active_ms, "apexProcessingTime": 0}
    if float(job.version) >= CHUNKING_TOLD:
        shown["isPkChunkingSupported"] = not ingest
    if job.error:
        shown["errorMessage"] = job.error
    return shown


def listing(call: Call, kind: str) -> Reply:
    start = call.query.get("queryLocator", "0")
    if not start.isdigit():
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    jobs = call.runtime.jobs.listed(kind, int(start), LIST_PAGE + 1)
    done = len(jobs) <= LIST_PAGE
    following = None if done else f"{call.api}/jobs/{kind}?queryLocator={int(start) + LIST_PAGE}"
    records = [brief(job) | {"jobType": "V2Ingest" if kind == "ingest" else "V2Query"} for job in jobs[:LIST_PAGE]]
    return Reply({"done": done, "records": records, "nextRecordsUrl": following})


def layout(given: dict[str, Any]) -> dict[str, str]:
    """Column delimiter, line ending and content type as asked for, or the platform's refusal."""
    delimiter, ending = word(given, "columnDelimiter") or "COMMA", word(given, "lineEnding") or "LF"
    if delimiter not in DELIMITERS:
        raise invalid_job(f"Unknown column delimiter: {delimiter}")
    if ending not in LINE_ENDINGS:
        raise invalid_job(f"Unknown line ending: {ending}")
    if (given.get("contentType") or "CSV") != "CSV":
        raise invalid_job(f"Unknown content type: {given['contentType']}")
    return {"delimiter": delimiter, "line_ending": ending}


def word(given: dict[str, Any], key: str) -> str | None:
    """A text of a job's description; what is no text is refused as the platform's parser would."""
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise ApiError("JSON_PARSER_ERROR", f"Cannot deserialize a value of {key} from {json.dumps(value)[:60]}")
    return value


def unknown_keys(given: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise ApiError("JSON_PARSER_ERROR", f'Unrecognized field "{unknown[0]}", not marked as ignorable')


def invalid_job(message: str) -> ApiError:
    return ApiError("INVALIDJOB", f"InvalidJob : {message}")


def invalid_state(message: str) -> ApiError:
    return ApiError("INVALIDJOBSTATE", f"InvalidJobState : {message}")


def stamp(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
