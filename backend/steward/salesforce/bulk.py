"""Bulk API 2.0 jobs, what queries and uploads have in common: creating, waiting, deleting, and finding them again."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import requests
import urllib3.exceptions

from steward.errors import StewardError, UpstreamError
from steward.salesforce.client import Gateway
from steward.salesforce.refusals import PlatformError
from steward.salesforce.transport import on_the_wire

MIB = 1 << 20
_BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError)  # a body that breaks off while it is read
DONE = frozenset({"JobComplete", "Failed", "Aborted"})
_DELAYS = (0.1, 1.0, 2.0, 4.0, 8.0)  # then the last but longer: few polls for a short job, few calls for a long one
_LONGEST_DELAY = 15.0
_LONGEST_WAIT = 6 * 3600.0


class Notes(Protocol):
    """Where the ids of jobs that may still be running are kept, so that a killed run finds them again."""

    def opened(self, job_id: str, purpose: str) -> None: ...

    def closed(self, job_id: str) -> None: ...


class NoNotes:
    def opened(self, job_id: str, purpose: str) -> None:
        pass

    def closed(self, job_id: str) -> None:
        pass


def create(gateway: Gateway, kind: str, spec: dict[str, Any]) -> str:
    """Creates a job (`kind` is `query` or `ingest`) and returns its id."""
    return str(gateway.send("POST", f"jobs/{kind}", json=spec).json()["id"])


def wait(gateway: Gateway, kind: str, job_id: str, progress: Callable[[int], None] | None = None) -> dict[str, Any]:
    """The job's facts once it has ended, well or badly; `progress` hears the records processed so far."""
    waited = 0.0
    polls = 0
    while True:
        job: dict[str, Any] = gateway.send("GET", f"jobs/{kind}/{job_id}").json()
        if progress:
            progress(int(job.get("numberRecordsProcessed") or 0))
        if job.get("state") in DONE:
            return job
        if waited > _LONGEST_WAIT:
            raise UpstreamError(
                f"Bulk job {job_id} is still {job.get('state')} after {waited / 3600:.0f} hours.",
                "Look at Bulk Data Load Jobs in Setup, then run again to resume.",
            )
        delay = _DELAYS[polls] if polls < len(_DELAYS) else _LONGEST_DELAY
        gateway.patience.sleep(delay)
        waited += delay
        polls += 1


def fetch(gateway: Gateway, path: str, params: Mapping[str, str], target: pathlib.Path) -> Mapping[str, str]:
    """Saves a CSV result byte for byte and returns the reply's headers; one that breaks off is read again."""
    trouble = ""
    for attempt in range(gateway.patience.attempts):
        if attempt:
            gateway.meter.retries += 1
            gateway.patience.pause(attempt - 1)
        try:
            with (
                gateway.send("GET", path, params=params, stream=True, headers={"Accept": "text/csv"}) as reply,
                target.open("wb") as file,
            ):
                read = 0
                for chunk in reply.iter_content(MIB):
                    file.write(chunk)
                    before, read = read, on_the_wire(reply)
                    gateway.meter.receive(read - before)
        except _BROKEN as broken:
            trouble = f"the answer broke off ({type(broken).__name__})"
            continue
        if "html" not in reply.headers.get("Content-Type", ""):
            return reply.headers
        trouble = "a web page came instead of records"
    raise UpstreamError(f"GET {path}: {trouble}; tried {gateway.patience.attempts} times.", "Run again to resume.")


def delete(gateway: Gateway, kind: str, job_id: str) -> None:
    """Removes an ended job and its data from the org, which does so itself after seven days: failing is no harm."""
    with contextlib.suppress(StewardError):
        gateway.send("DELETE", f"jobs/{kind}/{job_id}")


@contextlib.contextmanager
def job(gateway: Gateway, kind: str, spec: dict[str, Any], purpose: str, notes: Notes) -> Iterator[str]:
    """A job, noted while it lives and deleted when it ended well; a broken one is left for the next run to settle."""
    job_id = create(gateway, kind, spec)
    notes.opened(job_id, purpose)
    yield job_id
    delete(gateway, kind, job_id)
    notes.closed(job_id)


def settle(gateway: Gateway, job_id: str, notes: Notes) -> str:
    """Ends what a killed run left: aborts a job never closed, waits for one that runs, deletes it; its last state."""
    kind = "query" if _exists(gateway, "query", job_id) else "ingest"
    if kind == "ingest" and not _exists(gateway, "ingest", job_id):
        notes.closed(job_id)
        return "gone"
    state = str(gateway.send("GET", f"jobs/{kind}/{job_id}").json()["state"])
    if state == "Open" or (kind == "query" and state not in DONE):
        gateway.send("PATCH", f"jobs/{kind}/{job_id}", json={"state": "Aborted"})
    state = str(wait(gateway, kind, job_id)["state"])
    delete(gateway, kind, job_id)
    notes.closed(job_id)
    return state


def _exists(gateway: Gateway, kind: str, job_id: str) -> bool:
    try:
        gateway.send("GET", f"jobs/{kind}/{job_id}")
    except PlatformError as refused:
        if refused.status in (400, 404):
            return False
        raise
    return True
