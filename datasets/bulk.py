"""Inserts and updates by Bulk API 2.0 that say which row got which id; login and retries are the gateway's."""

from __future__ import annotations

import csv
import pathlib
import tempfile
from collections import defaultdict, deque
from collections.abc import Sequence

from steward.errors import UpstreamError
from steward.salesforce import bulk
from steward.salesforce.client import Gateway

Row = tuple[str, ...]
_SHOWN = 3


def send(gateway: Gateway, sobject: str, operation: str, header: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The ids of the rows, in their order. The first refusals end the load: a half-linked data set helps nobody."""
    names = [gateway.names.to_org(name) for name in header]
    spec = {
        "object": gateway.names.to_org(sobject),
        "operation": operation,
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        upload = folder / "rows.csv"
        with upload.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([names, *rows])
        with bulk.job(gateway, "ingest", spec, f"{operation} {sobject}", bulk.NoNotes()) as job_id:
            path = f"jobs/ingest/{job_id}"
            with upload.open("rb") as body:
                gateway.send("PUT", f"{path}/batches", data=body, headers={"Content-Type": "text/csv"})
            gateway.send("PATCH", path, json={"state": "UploadComplete"})
            facts = bulk.wait(gateway, "ingest", job_id)
            if facts["state"] != "JobComplete" or int(facts.get("numberRecordsFailed") or 0):
                raise _refused(gateway, path, sobject, facts, folder)
            results = folder / "done.csv"
            bulk.fetch(gateway, f"{path}/successfulResults", {}, results)
            return _ids(results, names, rows, sobject)


def _ids(results: pathlib.Path, names: Sequence[str], rows: Sequence[Row], sobject: str) -> list[str]:
    """The platform promises its results in no order: rows are known by what they hold; equal rows are alike."""
    waiting: dict[Row, deque[str]] = defaultdict(deque)
    with results.open(encoding="utf-8-sig", newline="") as file:
        for record in csv.DictReader(file):
            waiting[tuple(record[name] for name in names)].append(record["sf__Id"])
    try:
        return [waiting[row].popleft() for row in rows]
    except IndexError:
        raise UpstreamError(
            f"The org's results for {sobject} do not hold every row that was sent.", "Empty the org and load again."
        ) from None


def _refused(
    gateway: Gateway, path: str, sobject: str, facts: dict[str, object], folder: pathlib.Path
) -> UpstreamError:
    results = folder / "failed.csv"
    bulk.fetch(gateway, f"{path}/failedResults", {}, results)
    with results.open(encoding="utf-8-sig", newline="") as file:
        reasons = list(dict.fromkeys(record["sf__Error"] for record in csv.DictReader(file)))
    what = "; ".join(reasons[:_SHOWN]) or str(facts.get("errorMessage") or facts["state"])
    return UpstreamError(
        f"The org refused {facts.get('numberRecordsFailed')} rows of {sobject}: {what}", "See datasets/README.md."
    )
