"""Bulk API 2.0 queries: results streamed page by page to files, byte for byte as the org sent them."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from dataclasses import dataclass

from steward.errors import UpstreamError
from steward.salesforce import bulk
from steward.salesforce.bulk import NoNotes, Notes
from steward.salesforce.client import Gateway, expect
from steward.salesforce.refusals import Complaint, PlatformError, error

_TRIES = 3  # of a whole job that the org reports as Failed, or whose pages it forgot


@dataclass(frozen=True)
class Download:
    """The pages of one result, CSV files each with a header line, and how many records the org says they hold."""

    pages: tuple[pathlib.Path, ...]
    rows: int


def download(
    gateway: Gateway,
    soql: str,
    folder: pathlib.Path,
    name: str,
    *,
    deleted: bool = False,
    notes: Notes | None = None,
    progress: Callable[[int], None] | None = None,
) -> Download:
    """Runs a query (in the contract's names) and saves its pages as `folder/name-0000.csv`, …"""
    spec = {
        "operation": "queryAll" if deleted else "query",
        "query": gateway.names.to_org(soql),
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    trouble = ""
    for attempt in range(_TRIES):
        if attempt:
            gateway.patience.pause(attempt)
        with bulk.job(gateway, "query", spec, f"query {name}", notes or NoNotes()) as job_id:
            facts = bulk.wait(gateway, "query", job_id, progress)
            if facts["state"] == "JobComplete":
                try:
                    return _pages(gateway, job_id, folder, name)
                except PlatformError as refused:  # a locator or result that the org forgot: only a new job helps
                    trouble = refused.what
            else:
                trouble = _failure(facts, name)
    raise UpstreamError(f"The Bulk query of {name} failed {_TRIES} times: {trouble}.", "Run again to resume.")


def _failure(facts: dict[str, object], name: str) -> str:
    """What went wrong; raises at once where trying again cannot help."""
    message = str(facts.get("errorMessage") or f"the job ended as {facts['state']}")
    code = message.split(":", 1)[0].strip()
    if code in ("INVALIDENTITY", "INVALID_FIELD", "INVALID_TYPE", "MALFORMED_QUERY", "INVALID_QUERY"):
        raise error(Complaint(400, code, message), f"Bulk query of {name}")
    return message


def _pages(gateway: Gateway, job_id: str, folder: pathlib.Path, name: str) -> Download:
    paths: list[pathlib.Path] = []
    rows = 0
    locator = ""
    while True:
        path = folder / f"{name}-{len(paths):04d}.csv"
        count, following = _page(gateway, job_id, path, locator)
        paths.append(path)
        rows += count
        expect(following != locator or not following, f"Bulk query of {name}: page {len(paths)} points to itself.")
        if not following:
            return Download(tuple(paths), rows)
        locator = following


def _page(gateway: Gateway, job_id: str, path: pathlib.Path, locator: str) -> tuple[int, str]:
    """Saves one page; its record count and the next page's locator, or "" at the end."""
    params = {"maxRecords": str(gateway.page_rows), **({"locator": locator} if locator else {})}
    headers = bulk.fetch(gateway, f"jobs/query/{job_id}/results", params, path)
    following = headers.get("Sforce-Locator", "null")
    return int(headers.get("Sforce-NumberOfRecords") or 0), "" if following == "null" else following
