"""Deployments and retrievals as jobs: one at a time, in the background, remembered when the server starts anew."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localorg.clock import stamp
from localorg.errors import ApiError

if TYPE_CHECKING:
    from localorg.server.runtime import Runtime

logger = logging.getLogger("localorg.server")
_TABLE = (
    "CREATE TABLE IF NOT EXISTS metadata_jobs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, status TEXT NOT NULL,"
    " info TEXT NOT NULL, zip BLOB)"
)
DEPLOY, RETRIEVE = "deploy", "retrieve"
_PREFIXES = {DEPLOY: "0Af", RETRIEVE: "09S"}
PENDING, IN_PROGRESS, SUCCEEDED, FAILED, CANCELED = "Pending", "InProgress", "Succeeded", "Failed", "Canceled"
DONE = frozenset({SUCCEEDED, FAILED, CANCELED, "SucceededPartial"})
Work = Callable[["Job"], None]


@dataclass
class Job:
    """`info` is what the platform's DeployResult or RetrieveResult says beside the status; JSON."""

    id: str
    kind: str
    status: str
    info: dict[str, Any] = field(default_factory=dict)
    zip: bytes | None = None

    @property
    def done(self) -> bool:
        return self.status in DONE


class MetadataJobs:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._pool = ThreadPoolExecutor(1, "metadata")
        self._lock = threading.Lock()
        runtime.state.run(_TABLE)
        stopped = "The org was stopped while this ran; deploy again"
        for job in self.all():
            if not job.done:
                job.status = FAILED
                self.save(job, errorMessage=stopped, errorStatusCode="UNKNOWN_EXCEPTION")

    def start(self, kind: str, info: dict[str, Any], work: Work) -> Job:
        now = stamp(self._runtime.org.clock.now())
        job = Job(self._runtime.state.new_id(_PREFIXES[kind]), kind, PENDING, {"createdDate": now, **info})
        self.save(job)
        self._pool.submit(self._run, job, work)
        return job

    def _run(self, job: Job, work: Work) -> None:
        with self._lock:
            if self.find(job.id).status == CANCELED:
                return
            job.status = IN_PROGRESS
            self.save(job, startDate=stamp(self._runtime.org.clock.now()))
        try:
            work(job)
        except ApiError as problem:
            self._failed(job, problem.code, problem.message)
        except Exception:
            logger.exception("%s %s failed", job.kind, job.id)
            self._failed(job, "UNKNOWN_EXCEPTION", "An unexpected error occurred. See the org's log.")
        self.save(job, completedDate=stamp(self._runtime.org.clock.now()))

    def _failed(self, job: Job, code: str, message: str) -> None:
        job.status = FAILED
        job.info |= {"errorStatusCode": code, "errorMessage": f"{code}: {message}"}

    def cancel(self, job_id: str) -> Job:
        """Only what has not begun can be stopped: a deployment that runs ends whole."""
        with self._lock:
            job = self.find(job_id)
            if job.status == PENDING:
                job.status = CANCELED
                self.save(job, completedDate=stamp(self._runtime.org.clock.now()))
        return job

    def find(self, job_id: str, kind: str | None = None) -> Job:
        """By an id of 15 or 18 characters; raises INVALID_ID_FIELD."""
        for job in self.all(kind):
            if job.id[:15] == job_id[:15] and len(job_id) in (15, 18):
                return job
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", f"no {kind or 'job'} with the id {job_id}", status=404)

    def all(self, kind: str | None = None) -> list[Job]:
        rows = self._runtime.state.rows("SELECT id, kind, status, info, zip FROM metadata_jobs ORDER BY rowid")
        return [
            Job(row["id"], row["kind"], row["status"], json.loads(row["info"]), row["zip"])
            for row in rows
            if kind is None or row["kind"] == kind
        ]

    def save(self, job: Job, **more: Any) -> None:
        job.info |= {"lastModifiedDate": stamp(self._runtime.org.clock.now()), **more}
        self._runtime.state.run(
            "INSERT OR REPLACE INTO metadata_jobs VALUES (?, ?, ?, ?, ?)",
            job.id, job.kind, job.status, json.dumps(job.info), job.zip,
        )  # fmt: skip

    def user_names(self, user_id: str) -> str:
        return self._runtime.session(user_id).user.name if self._runtime.org.is_active(user_id) else ""

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
