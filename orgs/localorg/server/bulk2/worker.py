"""Threads that work jobs off, oldest first; jobs left unfinished by a stop are settled at the start."""

from __future__ import annotations

import logging
import queue
import threading
import time

from localorg.errors import ApiError
from localorg.server.bulk1 import work as batches
from localorg.server.bulk2 import query, saving
from localorg.server.bulk2.csvfile import UploadError
from localorg.server.bulk2.jobs import Job
from localorg.server.runtime import Runtime

logger = logging.getLogger("localorg.bulk")
THREADS = 2
QUEUED = frozenset({"UploadComplete"})
RUNNING = frozenset({"InProgress"})
PROCESSES = {"query": query.process, "ingest": saving.process, "batch": batches.process}


class Worker:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._queue: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for job in self._runtime.jobs.unfinished():
            self._settle(job)
        for number in range(THREADS):
            thread = threading.Thread(target=self._run, name=f"bulk-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(timeout=30)
        self._threads.clear()

    def submit(self, job: Job) -> None:
        if job.kind == "batch" and not batches.may_start(self._runtime, job):
            return  # the batch before it submits it when it ends
        self._queue.put((job.id, job.kind))

    def _settle(self, job: Job) -> None:
        """A query starts over; a write that was under way cannot say which rows of its last batch were saved."""
        if job.operation not in ("query", "queryAll") and job.state == "InProgress":
            if job.kind == "ingest":
                saving.leave_rest_unprocessed(self._runtime, job)
            error = "InternalServerError : The org was stopped while this job was in progress"
            self._runtime.jobs.change(job, state="Failed", error=error)
            return
        self._runtime.jobs.change(job, state="UploadComplete")
        self.submit(job)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                self._work(*item)
            except Exception:
                logger.exception("Job %s could not be worked off", item[0])

    def _work(self, job_id: str, kind: str) -> None:
        jobs = self._runtime.jobs
        try:
            queued = jobs.get(job_id, kind)
        except ApiError:
            return  # deleted while it waited
        job = jobs.move(queued, QUEUED, state="InProgress")
        if job is None:
            return
        started = time.perf_counter()
        error = None
        try:
            if self._runtime.faults.fails_job(f"/jobs/{fault_path(job)}/{job.object}"):
                raise UploadError("InternalServerError : Job failed by a fault rule of the local org")
            PROCESSES[kind](self._runtime, job)
        except (UploadError, ApiError) as problem:
            error = str(problem) if isinstance(problem, UploadError) else f"InvalidBatch : {problem}"
        except Exception:
            logger.exception("Job %s failed", job.id)
            error = "InternalServerError : An unexpected error occurred. See the org's log"
        if error is not None and kind == "ingest":
            saving.leave_rest_unprocessed(self._runtime, job)
        elapsed = round((time.perf_counter() - started) * 1000)
        jobs.move(
            job, RUNNING, error=error, state="Failed" if error else "JobComplete",
            active_ms=elapsed, total_ms=elapsed,
        )  # fmt: skip
        if kind == "batch" and (waiting := batches.following(self._runtime, job)) is not None:
            self.submit(waiting)


def fault_path(job: Job) -> str:
    """Fault rules name the two kinds of work; a batch of Bulk API v1 is one of them."""
    return "query" if job.operation in ("query", "queryAll") else "ingest"
