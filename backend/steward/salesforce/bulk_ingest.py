"""Bulk API 2.0 uploads: one job a file, and what became of each row the org did not take."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from steward.salesforce import bulk, csv_files
from steward.salesforce.bulk import NoNotes, Notes
from steward.salesforce.client import Gateway, expect
from steward.salesforce.csv_files import Part
from steward.salesforce.refusals import PlatformError

# Refusals that pass by themselves; any other is the row's own fault and stays.
PASSING = frozenset({
    "UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION", "QUERY_TIMEOUT",
    "REQUEST_RUNNING_TOO_LONG", "TXN_SECURITY_METERING_ERROR", "UNPROCESSED",
})  # fmt: skip
UNPROCESSED = "UNPROCESSED"  # ours: the job ended before it came to the row


@dataclass(frozen=True)
class Upload:
    """What to do with rows: insert, upsert (by the external id `key`) or update (by Id), in the contract's names."""

    object: str
    operation: str
    key: str = "Id"


@dataclass(frozen=True)
class Refusal:
    """One row the org did not take, as it was sent."""

    row: dict[str, str]
    code: str
    message: str

    @property
    def passing(self) -> bool:
        return self.code in PASSING


@dataclass(frozen=True)
class Report:
    """How one job ended: rows taken, and files with the rows refused and not reached (absent where there are none)."""

    taken: int
    failed: pathlib.Path | None
    unprocessed: pathlib.Path | None

    def refusals(self) -> Iterator[Refusal]:
        if self.failed:
            for row in csv_files.read(self.failed):
                code, message = _why(row.pop("sf__Error", ""))
                row.pop("sf__Id", None)
                yield Refusal(row, code, message)
        if self.unprocessed:
            for row in csv_files.read(self.unprocessed):
                yield Refusal(row, UNPROCESSED, "The job ended before this row.")


def send(
    gateway: Gateway,
    upload: Upload,
    part: Part,
    folder: pathlib.Path,
    *,
    notes: Notes | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Uploads one file and waits for its end. The file's header holds names as the org knows them."""
    spec: dict[str, str] = {
        "object": gateway.names.to_org(upload.object),
        "operation": upload.operation,
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    if upload.operation == "upsert":
        spec["externalIdFieldName"] = gateway.names.to_org(upload.key)
    with bulk.job(gateway, "ingest", spec, f"{upload.operation} {upload.object}", notes or NoNotes()) as job_id:
        _put(gateway, job_id, part.path)
        _close(gateway, job_id)
        facts = bulk.wait(gateway, "ingest", job_id, progress)
        processed, failed = int(facts.get("numberRecordsProcessed") or 0), int(facts.get("numberRecordsFailed") or 0)
        complete = facts["state"] == "JobComplete"
        expect(not complete or processed == part.rows, f"Bulk job {job_id} took {processed} of {part.rows} rows.")
        bad = _results(gateway, job_id, "failedResults", folder) if failed else None
        left = None if complete else _results(gateway, job_id, "unprocessedrecords", folder)
        return Report(processed - failed, bad, left)


def _put(gateway: Gateway, job_id: str, path: pathlib.Path) -> None:
    """Uploads the file; a second attempt that is refused because the org already has it all is fine."""
    with path.open("rb") as file:
        try:
            gateway.send("PUT", f"jobs/ingest/{job_id}/batches", data=file, headers={"Content-Type": "text/csv"})
        except PlatformError as refused:
            if not (gateway.meter.retries and "content" in refused.what.lower()):
                raise


def _close(gateway: Gateway, job_id: str) -> None:
    """Closes the upload; where the org has done so but its answer was lost, a second attempt is refused: that is fine."""
    path = f"jobs/ingest/{job_id}"
    try:
        gateway.send("PATCH", path, json={"state": "UploadComplete"})
    except PlatformError:
        if gateway.send("GET", path).json()["state"] == "Open":
            raise


def _results(gateway: Gateway, job_id: str, which: str, folder: pathlib.Path) -> pathlib.Path:
    path = folder / f"{job_id}-{which}.csv"
    bulk.fetch(gateway, f"jobs/ingest/{job_id}/{which}", {}, path)
    return path


def _why(error: str) -> tuple[str, str]:
    """`CODE:message:fields --` → code and message."""
    code, _, rest = error.partition(":")
    message = rest.rsplit(":", 1)[0] if rest.rstrip().endswith("--") else rest
    return code.strip() or "UNKNOWN", message.strip() or error
