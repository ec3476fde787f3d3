"""Working a batch off: the query or the rows, through the same code as Bulk API 2.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

from localorg.engine import Session
from localorg.errors import ApiError
from localorg.server.bulk1.contents import ResultFile, to_csv, write_json, write_xml
from localorg.server.bulk1.jobs import QUERIES
from localorg.server.bulk2 import query, saving
from localorg.server.bulk2.csvfile import BATCH_ROWS, Upload, UploadError
from localorg.server.bulk2.jobs import Job
from localorg.server.bulk2.rows import columns
from localorg.server.runtime import Runtime

TYPEOF = re.compile(r"\btypeof\b", re.IGNORECASE)
Record = dict[str, Any]


def process(runtime: Runtime, batch: Job) -> None:
    (run_query if batch.operation in QUERIES else save_rows)(runtime, batch)


def save_rows(runtime: Runtime, batch: Job) -> None:
    jobs = runtime.jobs
    request, rows = jobs.file(batch, "request"), jobs.file(batch, "upload.csv")
    if batch.content_type == "CSV":
        rows = request
        with request.open("rb") as file:
            ending = "CRLF" if file.readline().endswith(b"\r\n") else "LF"
        batch = jobs.change(batch, line_ending=ending)
    else:
        to_csv(request, batch.content_type, rows)
    with closing(Upload(rows, batch)) as counted:
        if sum(len(part) for part in counted.batches()) > BATCH_ROWS:
            raise UploadError(f"InvalidBatch : Too many records in the batch: at most {BATCH_ROWS} are allowed")
    with closing(Upload(rows, batch)) as upload:
        names = columns(upload.header, batch, runtime.session(batch.user_id))
        with ResultFile(jobs.file(batch, "result"), batch.content_type) as results:
            saving.save_all(runtime, batch, upload, names, results)


def run_query(runtime: Runtime, batch: Job) -> None:
    jobs = runtime.jobs
    soql = jobs.file(batch, "request").read_text(encoding="utf-8", errors="replace")
    batch = jobs.change(batch, query=soql)
    all_rows = batch.operation == "queryAll"
    branching = batch.content_type != "CSV" and TYPEOF.search(soql) is not None  # which a CSV has no columns for
    session = runtime.session(batch.user_id)
    try:
        found = session.query(soql, all_rows=all_rows, bulk=not branching)
    except ApiError as problem:
        raise UploadError(f"InvalidBatch : Failed to process query: {problem}") from problem
    if found.plan.sobject.name != batch.object:
        text = f"The query reads {found.plan.sobject.name} but the job is for {batch.object}"
        raise UploadError(f"InvalidBatch : Failed to process query: {text}")
    if batch.content_type == "CSV":
        query.process(runtime, batch)
    else:
        with jobs.file(batch, "results").open("wb") as file, runtime.org.store.read() as connection:
            records = found.plan.run(connection, batch.version)
            as_json = batch.content_type == "JSON"
            processed = write_json(file, epochs(session, records)) if as_json else write_xml(file, records)
        jobs.change(batch, processed=processed)
    jobs.change(batch, result=runtime.state.new_id("752"))


def epochs(session: Session, records: Iterator[Record]) -> Iterator[Record]:
    """JSON of Bulk API v1 has points in time as milliseconds since 1970."""
    kinds: dict[tuple[str, str], str] = {}
    for record in records:
        yield epoch_record(session, record, kinds)


def epoch_record(session: Session, record: Record, kinds: dict[tuple[str, str], str]) -> Record:
    name = record["attributes"]["type"]
    shown: Record = {}
    for key, value in record.items():
        if isinstance(value, dict) and key != "attributes":
            shown[key] = epoch_record(session, value, kinds) if "attributes" in value else value
        elif isinstance(value, str):
            kind = kinds.get((name, key)) or kinds.setdefault((name, key), field_type(session, name, key))
            shown[key] = epoch(kind, value)
        else:
            shown[key] = value
    return shown


def field_type(session: Session, sobject: str, name: str) -> str:
    found = session.sobject(sobject)
    field = found.get(name) if found else None
    return field.type if field else "string"


def epoch(kind: str, value: str) -> str | int:
    if kind == "datetime":
        return int(datetime.fromisoformat(value).timestamp() * 1000)
    if kind == "date":
        day = date.fromisoformat(value)
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    return value


def may_start(runtime: Runtime, batch: Job) -> bool:
    """In a Serial job a batch waits for those before it."""
    if batch.concurrency != "Serial":
        return True
    parent = runtime.jobs.get(batch.parent or "", "async")
    before = [other for other in runtime.jobs.children(parent) if (other.created, other.id) < (batch.created, batch.id)]
    return all(other.state not in ("UploadComplete", "InProgress") for other in before)


def following(runtime: Runtime, batch: Job) -> Job | None:
    """The next batch of a Serial job once this one has ended."""
    if batch.concurrency != "Serial":
        return None
    waiting = runtime.jobs.children(runtime.jobs.get(batch.parent or "", "async"))
    return next((other for other in waiting if other.state == "UploadComplete"), None)
