"""How Bulk API v1 shows jobs and batches, in XML as it lays it out or in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from localorg.server.bulk1.refusals import DECLARATION, JSON, NAMESPACE, XML, wants_json
from localorg.server.bulk2.jobs import FINISHED, Job
from localorg.server.http import Call, Reply

BATCH_STATES = {"Open": "Queued", "UploadComplete": "Queued", "JobComplete": "Completed", "Aborted": "NotProcessed"}
XML_ONLY_IF_SET = frozenset({"externalIdFieldName", "assignmentRuleId", "stateMessage"})
JSON_ONLY = frozenset({"fastPathEnabled"})


def batch_state(batch: Job) -> str:
    return BATCH_STATES.get(batch.state, batch.state)


def job_info(job: Job, batches: list[Job]) -> dict[str, Any]:
    states = [batch_state(batch) for batch in batches]
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": job.user_id,
        "createdDate": job.created,
        "systemModstamp": job.modified,
        "state": job.state,
        "externalIdFieldName": job.external_id,
        "assignmentRuleId": job.assignment_rule,
        "concurrencyMode": job.concurrency,
        "contentType": job.content_type,
        "numberBatchesQueued": states.count("Queued"),
        "numberBatchesInProgress": states.count("InProgress"),
        "numberBatchesCompleted": states.count("Completed"),
        "numberBatchesFailed": states.count("Failed"),
        "numberBatchesTotal": len(states),
        "numberRecordsProcessed": sum(batch.processed for batch in batches if batch.state in FINISHED),
        "numberRetries": 0,
        "apiVersion": job.version,
        "numberRecordsFailed": sum(batch.failed for batch in batches if batch.state in FINISHED),
        "totalProcessingTime": sum(batch.total_ms for batch in batches),
        "apiActiveProcessingTime": sum(batch.active_ms for batch in batches),
        "apexProcessingTime": 0,
        "fastPathEnabled": False,
    }


def batch_info(batch: Job) -> dict[str, Any]:
    return {
        "id": batch.id,
        "jobId": batch.parent,
        "state": batch_state(batch),
        "stateMessage": batch.error,
        "createdDate": batch.created,
        "systemModstamp": batch.modified,
        "numberRecordsProcessed": batch.processed if batch.state in FINISHED else 0,
        "numberRecordsFailed": batch.failed if batch.state in FINISHED else 0,
        "totalProcessingTime": batch.total_ms,
        "apiActiveProcessingTime": batch.active_ms,
        "apexProcessingTime": 0,
    }


def as_json(info: dict[str, Any]) -> dict[str, Any]:
    """JSON has every name, in the order of the alphabet; the version is a number."""
    shown = {name: stamp(value, "+0000") if is_date(name) else value for name, value in sorted(info.items())}
    if "apiVersion" in shown:
        shown["apiVersion"] = float(shown["apiVersion"])
    return shown


def as_xml(info: dict[str, Any], indent: str = " ") -> str:
    lines = []
    for name, value in info.items():
        if name in JSON_ONLY or (name in XML_ONLY_IF_SET and value is None):
            continue
        text = stamp(value, "Z") if is_date(name) else str(value)
        lines.append(f"{indent}<{name}>{escape(text)}</{name}>\n")
    return "".join(lines)


def is_date(name: str) -> bool:
    return name in ("createdDate", "systemModstamp")


def stamp(at: float, zone: str) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S.000") + zone


def job_reply(call: Call, job: Job, batches: list[Job], **given: Any) -> Reply:
    """A `jobInfo` in the form the client writes itself."""
    info = job_info(job, batches)
    if wants_json(call):
        return Reply(as_json(info), content_type=JSON, **given)
    return Reply(document("jobInfo", as_xml(info)), content_type=XML, **given)


def batch_reply(batch: Job, **given: Any) -> Reply:
    """A `batchInfo` in the form of its job: JSON for JSON, XML for the rest."""
    info = batch_info(batch)
    if batch.content_type == "JSON":
        return Reply(as_json(info), content_type=JSON, **given)
    return Reply(document("batchInfo", as_xml(info)), content_type=XML, **given)


def list_reply(job: Job, batches: list[Job]) -> Reply:
    infos = [batch_info(batch) for batch in batches]
    if job.content_type == "JSON":
        return Reply({"batchInfo": [as_json(info) for info in infos]}, content_type=JSON)
    items = "".join(f" <batchInfo>\n{as_xml(info, '  ')} </batchInfo>\n" for info in infos)
    return Reply(document("batchInfoList", items), content_type=XML)


def document(name: str, inner: str) -> str:
    if not inner:
        return f'{DECLARATION}<{name}\n   xmlns="{NAMESPACE}" />'
    return f'{DECLARATION}<{name}\n   xmlns="{NAMESPACE}">\n{inner}</{name}>'
